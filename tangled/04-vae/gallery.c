/* From chapters/04-vae.nw (edit that, then make tangle) */
#include "04-vae/gallery.h"

#include "04-vae/evaluate.h"
#include "workshop/picture.h"

struct tensor vae_prior_codes(struct engine *engine, struct arena *arena,
                              size_t count, size_t latents, uint64_t seed)
{
    struct rng_stream s = {.seed = seed, .purpose = RNG_SAMPLE};
    struct tensor z = tensor_new2(arena, count, latents);
    kernel_normal(engine, s, count, latents, z.data);
    return z;
}

/* show the probability of each pixel */
static void show(const struct tensor *probabilities, uint8_t *images)
{
    for (size_t i = 0; i < tensor_size(probabilities); i++)
        images[i] = picture_grey((double)probabilities->data[i]);
}

void vae_draw(const struct vae *vae, struct tape *tape, struct tensor z,
              uint8_t *images)
{
    tape_reset(tape);
    struct node *logits = vae_decode(vae, tape, tape_constant(tape, z));
    show(&op_sigmoid(tape, logits)->value, images);
    tape_reset(tape);
}

/* rebuild an image from the mean of its code */
static void rebuild_one(const struct vae *vae, struct tape *tape,
                        const struct dataset *data, uint64_t seed,
                        size_t index, uint8_t *row[3])
{
    tape_reset(tape);
    struct vae_trial t = vae_trial(tape_engine(tape), tape_arena(tape),
                                   data, &vae->sizes, seed, index, 1);
    struct node *x = tape_constant(tape, t.x);
    struct node *logits = vae_decode(vae, tape,
                                     vae_encode(vae, tape, x).mu);
    show(&t.grey, row[0]);
    show(&t.x, row[1]);
    show(&op_sigmoid(tape, logits)->value, row[2]);
    tape_reset(tape);
}

void vae_rebuild(const struct vae *vae, struct tape *tape,
                 const struct dataset *data, uint64_t seed, size_t count,
                 const size_t index[], uint8_t *images)
{
    size_t pixels = vae->sizes.pixels;
    for (size_t i = 0; i < count; i++) {
        uint8_t *row[3];
        for (size_t r = 0; r < 3; r++)
            row[r] = images + (r * count + i) * pixels;
        rebuild_one(vae, tape, data, seed, index[i], row);
    }
}

/* find the first image of each class */
size_t ten_digits(const struct dataset *data, size_t index[TEN_DIGITS])
{
    size_t found = 0;
    if (!data->labels) {
        while (found < TEN_DIGITS && found < data->count) {
            index[found] = found;
            found++;
        }
        return found;
    }
    for (unsigned digit = 0; digit < TEN_DIGITS; digit++)
        for (size_t i = 0; i < data->count; i++)
            if (data->labels[i] == digit) {
                index[found++] = i;
                break;
            }
    return found;
}
