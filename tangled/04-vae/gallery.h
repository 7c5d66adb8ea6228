/* From chapters/04-vae.nw (edit that, then make tangle) */
#ifndef VAE_GALLERY_H
#define VAE_GALLERY_H

#include "00-foundations/data.h"
#include "04-vae/vae.h"

/* z[count, latents] from the prior, the same for the same seed. */
struct tensor vae_prior_codes(struct engine *engine, struct arena *arena,
                              size_t count, size_t latents, uint64_t seed);

/* The probabilities of the pixels given z[count, latents], as bytes
   [count, pixels]. Resets the tape, in whose arena z must not be. */
void vae_draw(const struct vae *vae, struct tape *tape, struct tensor z,
              uint8_t *images);

/* The first image of each class in order of the labels, or the first ten
   images where there are no labels; how many were found. */
enum { TEN_DIGITS = 10 };
size_t ten_digits(const struct dataset *data, size_t index[TEN_DIGITS]);

/* Three rows of images [3, count, pixels]: grey, tossed and rebuilt from
   the mean of the code. The indices are of the set; seed as in
   vae_evaluate. Resets the tape. */
void vae_rebuild(const struct vae *vae, struct tape *tape,
                 const struct dataset *data, uint64_t seed, size_t count,
                 const size_t index[], uint8_t *images);

#endif
