/* From chapters/00-foundations.nw (edit that, then make tangle) */
#include "00-foundations/digits.h"
#include <stdbool.h>
#include "00-foundations/pen.h"
#include "00-foundations/rng.h"
#include "workshop/fail.h"

/* say how a way is written down */
enum action { WAY_ENDS, PEN_LIFTS, PEN_PASSES, PEN_TURNS };
struct knot { uint8_t x, y, action; };  /* hundredths of the height */
enum { KNOTS = 15 };
struct way { struct knot knot[KNOTS + 1]; };

#define AT(x, y) {x, y, PEN_LIFTS}
#define VIA(x, y) {x, y, PEN_PASSES}
#define TO(x, y) {x, y, PEN_TURNS}
/* ways to write 0 */
static const struct way zero[] = {
    {{AT(33, 0), VIA(10, 16), VIA(2, 52), VIA(11, 87), VIA(32, 100),
      VIA(52, 86), VIA(60, 50), VIA(52, 14), VIA(30, 0), VIA(15, 9)}},
    {{AT(46, 9), VIA(25, 0), VIA(8, 20), VIA(2, 58), VIA(18, 96),
      VIA(40, 98), VIA(58, 70), VIA(56, 26), VIA(40, 4), VIA(20, 6)}},
    {{AT(20, 4), VIA(5, 32), VIA(4, 68), VIA(18, 96), VIA(40, 97),
      VIA(57, 68), VIA(55, 28), VIA(38, 2), VIA(17, 7), VIA(7, 24)}}};
/* ways to write 1 and 2 */
static const struct way one[] = {
    {{AT(30, 0), VIA(30, 50), TO(30, 100)}},
    {{AT(14, 22), TO(34, 0), VIA(34, 50), TO(34, 100)}},
    {{AT(14, 20), TO(34, 0), VIA(34, 50), TO(34, 100),
      AT(14, 100), TO(56, 100)}}};

static const struct way two[] = {
    {{AT(6, 22), VIA(14, 6), VIA(32, 0), VIA(52, 10), VIA(54, 32),
      VIA(36, 62), TO(4, 98), VIA(32, 99), TO(62, 98)}},
    {{AT(6, 20), VIA(16, 5), VIA(34, 0), VIA(54, 12), VIA(54, 34),
      VIA(40, 62), VIA(18, 92), VIA(5, 95), VIA(6, 82), VIA(22, 83),
      VIA(42, 98), TO(64, 92)}},
    {{AT(8, 14), VIA(28, 0), VIA(50, 8), VIA(52, 30), VIA(34, 64),
      TO(4, 98), VIA(18, 90), VIA(34, 97), VIA(50, 100), TO(64, 92)}}};
/* ways to write 3 and 4 */
static const struct way three[] = {
    {{AT(6, 12), VIA(28, 0), VIA(50, 12), VIA(46, 36), TO(24, 46),
      VIA(50, 56), VIA(57, 78), VIA(36, 99), TO(2, 90)}},
    {{AT(6, 3), TO(52, 2), TO(24, 40), VIA(46, 46), VIA(58, 70),
      VIA(46, 92), VIA(24, 100), TO(2, 92)}},
    {{AT(6, 14), VIA(26, 0), VIA(48, 10), VIA(44, 34), VIA(26, 47),
      VIA(17, 46), VIA(26, 43), VIA(52, 60), VIA(48, 90), TO(2, 94)}}};

static const struct way four[] = {
    {{AT(16, 4), VIA(10, 32), TO(3, 60), VIA(30, 60), TO(62, 56),
      AT(46, 6), TO(42, 100)}},
    {{AT(44, 0), TO(2, 66), VIA(30, 66), TO(64, 64),
      AT(44, 2), TO(44, 100)}},
    {{AT(8, 2), VIA(3, 28), VIA(14, 48), VIA(34, 46), TO(52, 26),
      AT(56, 0), VIA(50, 50), TO(46, 100)}},
    {{AT(42, 2), VIA(22, 32), TO(3, 58), VIA(30, 57), TO(56, 54),
      AT(46, 24), TO(38, 100)}}};
/* ways to write 5 and 6 */
static const struct way five[] = {
    {{AT(56, 2), VIA(34, 3), TO(14, 2), TO(8, 44), VIA(30, 36),
      VIA(54, 50), VIA(56, 76), VIA(38, 97), VIA(16, 99), TO(0, 88)}},
    {{AT(13, 4), TO(8, 46), VIA(32, 38), VIA(54, 56), VIA(50, 86),
      VIA(26, 100), TO(2, 90), AT(13, 4), TO(58, 0)}},
    {{AT(56, 2), VIA(30, 3), VIA(13, 14), VIA(11, 36), VIA(30, 46),
      VIA(52, 58), VIA(54, 82), VIA(32, 100), TO(4, 92)}}};

static const struct way six[] = {
    {{AT(44, 0), VIA(18, 24), VIA(4, 60), VIA(10, 90), VIA(32, 100),
      VIA(54, 86), VIA(54, 64), VIA(34, 54), VIA(14, 62), TO(6, 78)}},
    {{AT(36, 0), VIA(14, 40), VIA(4, 72), VIA(14, 96), VIA(36, 98),
      VIA(52, 80), VIA(44, 60), VIA(26, 58), TO(8, 72)}},
    {{AT(54, 10), VIA(38, 0), VIA(16, 18), VIA(4, 54), VIA(10, 90),
      VIA(32, 100), VIA(54, 84), VIA(50, 60), VIA(30, 52), TO(8, 66)}}};
/* ways to write 7 */
static const struct way seven[] = {
    {{AT(4, 4), TO(56, 4), VIA(38, 46), TO(26, 100)}},
    {{AT(4, 4), TO(56, 3), VIA(38, 46), TO(24, 100),
      AT(16, 52), TO(54, 48)}},
    {{AT(4, 18), TO(5, 3), VIA(30, 6), TO(58, 2), VIA(36, 50),
      TO(24, 100)}},
    {{AT(4, 10), VIA(26, 3), VIA(54, 6), VIA(46, 42), TO(30, 100)}}};


/* ways to write 8 */
static const struct way eight[] = {
    {{AT(52, 14), VIA(30, 0), VIA(8, 14), VIA(14, 36), VIA(34, 49),
      VIA(54, 64), VIA(56, 84), VIA(32, 100), VIA(6, 86), VIA(8, 66),
      VIA(28, 50), VIA(48, 34), TO(53, 12)}},
    {{AT(30, 0), VIA(10, 10), VIA(10, 36), VIA(30, 47), VIA(50, 36),
      VIA(50, 11), TO(29, 0), AT(30, 46), VIA(5, 60), VIA(6, 88),
      VIA(30, 100), VIA(55, 88), VIA(54, 60), TO(30, 46)}},
    {{AT(54, 10), VIA(32, 1), VIA(10, 14), VIA(16, 36), VIA(36, 50),
      VIA(54, 72), VIA(44, 96), VIA(18, 98), VIA(6, 78), VIA(20, 56),
      VIA(44, 34), TO(58, 6)}}};
/* ways to write 9 */
static const struct way nine[] = {
    {{AT(52, 14), VIA(32, 0), VIA(10, 10), VIA(4, 34), VIA(20, 50),
      VIA(42, 42), TO(54, 12), VIA(52, 50), TO(46, 100)}},
    {{AT(52, 12), VIA(30, 0), VIA(8, 12), VIA(6, 36), VIA(24, 50),
      VIA(46, 38), TO(53, 12), VIA(54, 56), VIA(44, 90), VIA(24, 100),
      TO(6, 92)}},
    {{AT(50, 8), VIA(26, 2), VIA(5, 22), VIA(14, 46), VIA(36, 42),
      TO(53, 4), VIA(44, 56), TO(34, 100)}}};
/* gather the ways of all ten digits */
#define WAYS(digit) {digit, sizeof digit / sizeof digit[0]}
static const struct { const struct way *way; uint32_t ways; } hand[10] = {
    WAYS(zero), WAYS(one), WAYS(two), WAYS(three), WAYS(four),
    WAYS(five), WAYS(six), WAYS(seven), WAYS(eight), WAYS(nine)};
/* write a way along its path */
static struct pen_point mirror(struct pen_point at, struct pen_point p) {
    return (struct pen_point){2 * at.x - p.x, 2 * at.y - p.y,
                              2 * at.r - p.r};
}

static void write_way(struct pen_canvas *canvas, const struct knot *knot,
                      const struct pen_point *path) {
    for (size_t i = 0; knot[i + 1].action != WAY_ENDS; i++) {
        if (knot[i + 1].action == PEN_LIFTS)
            continue;
        struct pen_point a = path[i], b = path[i + 1];
        bool goes_on = knot[i + 1].action == PEN_PASSES &&
                       knot[i + 2].action > PEN_LIFTS;
        struct pen_curve curve = pen_through((struct pen_point[4]){
            knot[i].action == PEN_PASSES ? path[i - 1] : mirror(a, b), a, b,
            goes_on ? path[i + 2] : mirror(b, a)});
        pen_draw(canvas, &curve);
    }
}
/* give each factor its unit and its range */
const struct digits_factor_range digits_factors[DIGITS_FACTORS] = {
    [DIGITS_SLANT] = {"slant", "width/height", -0.4f, 0.8f},
    [DIGITS_ROTATION] = {"rotation", "rad clockwise", -0.25f, 0.25f},
    [DIGITS_THICKNESS] = {"thickness", "px", 1.4f, 3.6f},
    [DIGITS_WIDTH] = {"width", "of normal", 0.65f, 1.2f},
    [DIGITS_HEIGHT] = {"height", "px", 15.0f, 20.0f},
    [DIGITS_X] = {"x", "px to the right", -1.5f, 1.5f},
    [DIGITS_Y] = {"y", "px down", -1.5f, 1.5f},
    [DIGITS_WAIST] = {"waist", "height/4 up", -0.5f, 0.5f},
    [DIGITS_TAPER] = {"taper", "width/height", -0.5f, 0.5f},
    [DIGITS_WOBBLE] = {"wobble", "s.d./height", 0.02f, 0.12f},
    [DIGITS_WAY] = {"way", "number", 0.0f, 3.0f}};
/* draw the random words of an image */
static void words(uint64_t seed, uint32_t example, uint32_t block,
                  uint32_t word[4]) {
    philox((uint32_t[4]){block, example, 0, RNG_DIGITS},
           (uint32_t[2]){(uint32_t)seed, (uint32_t)(seed >> 32)}, word);
}
/* shape a random word */
static float triangle(uint32_t word) {                  /* on [0, 1] */
    return (float)((word >> 16) + (word & 0xffff)) / 131070.0f;
}

static float bell(uint32_t word) {           /* mean 0, variance 1 */
    uint32_t sum = (word & 255) + (word >> 8 & 255) + (word >> 16 & 255) +
                   (word >> 24);
    return ((float)sum - 510.0f) / 147.8f;
}

static uint32_t choose(uint32_t n, uint32_t word) {     /* below n */
    return (uint32_t)((uint64_t)word * n >> 32);
}
/* draw the factors of an image */
enum { FACTOR_BLOCK = 1, KNOT_BLOCK = 16 };

static void draw_factors(uint64_t seed, uint32_t example,
                         float factor[DIGITS_FACTORS]) {
    uint32_t word[4];
    for (uint32_t f = 0; f < DIGITS_WAY; f++) {
        if (f % 4 == 0)
            words(seed, example, FACTOR_BLOCK + f / 4, word);
        float low = digits_factors[f].low, high = digits_factors[f].high;
        factor[f] = low + (high - low) * triangle(word[f % 4]);
    }
}
/* place a knot on the sheet */
static struct pen_point place(struct knot knot, struct pen_point error,
                              const float factor[DIGITS_FACTORS]) {
    float x = (float)knot.x / 100 - 0.3f, y = (float)knot.y / 100 - 0.5f;
    x += factor[DIGITS_WOBBLE] * error.x;
    y += factor[DIGITS_WOBBLE] * error.y;
    y += factor[DIGITS_WAIST] * (y * y - 0.25f);
    x *= 1 + factor[DIGITS_TAPER] * y;
    return (struct pen_point){
        x, y, factor[DIGITS_THICKNESS] / 2 * (1 + 0.125f * error.r)};
}
/* slant, turn and enlarge the sheet */
static struct pen_point turn(struct pen_point p,
                             const float factor[DIGITS_FACTORS]) {
    p.x = factor[DIGITS_WIDTH] * p.x - factor[DIGITS_SLANT] * p.y;
    p = pen_turn(p, factor[DIGITS_ROTATION]);
    p.x *= factor[DIGITS_HEIGHT];
    p.y *= factor[DIGITS_HEIGHT];
    return p;
}
/* centre the path on the canvas */
static void centre(struct pen_point *path, size_t n, float x, float y) {
    float left = path[0].x, right = left, top = path[0].y, bottom = top;
    for (size_t i = 1; i < n; i++) {
        left = path[i].x < left ? path[i].x : left;
        right = path[i].x > right ? path[i].x : right;
        top = path[i].y < top ? path[i].y : top;
        bottom = path[i].y > bottom ? path[i].y : bottom;
    }
    for (size_t i = 0; i < n; i++) {
        path[i].x += (float)PEN_SIDE / 2 + x - (left + right) / 2;
        path[i].y += (float)PEN_SIDE / 2 + y - (top + bottom) / 2;
    }
}
/* trace the path of the pen */
static size_t trace(uint64_t seed, uint32_t example,
                    const struct knot *knot,
                    const float factor[DIGITS_FACTORS],
                    struct pen_point path[KNOTS]) {
    struct pen_point error = {0, 0, 0};
    size_t n = 0;
    for (; knot[n].action != WAY_ENDS; n++) {
        uint32_t word[4];
        words(seed, example, KNOT_BLOCK + (uint32_t)n, word);
        struct pen_point fresh = {bell(word[0]), bell(word[1]),
                                  bell(word[2])};
        error = n == 0 ? fresh : pen_drift(error, fresh);
        path[n] = turn(place(knot[n], error, factor), factor);
    }
    return n;
}
/* draw what is described */
void digits_render(uint64_t seed, uint32_t example, uint8_t label,
                   const float factor[DIGITS_FACTORS], uint8_t *pixels) {
    if (label > 9 || !(factor[DIGITS_WAY] >= 0) ||
        factor[DIGITS_WAY] >= (float)hand[label].ways)
        die("digits_render: no way %g to write a %d",
            (double)factor[DIGITS_WAY], label);
    const struct knot *knot =
        /* cppcheck-suppress arrayIndexOutOfBoundsCond; die is an end */
        hand[label].way[(size_t)factor[DIGITS_WAY]].knot;
    struct pen_point path[KNOTS];
    size_t n = trace(seed, example, knot, factor, path);
    centre(path, n, factor[DIGITS_X], factor[DIGITS_Y]);
    struct pen_canvas canvas;
    pen_clear(&canvas);
    write_way(&canvas, knot, path);
    pen_ink(&canvas, pixels);
}
/* describe an image */
uint8_t digits_describe(uint64_t seed, uint32_t example,
                        float factor[DIGITS_FACTORS]) {
    uint32_t word[4];
    words(seed, example, 0, word);
    uint32_t label = choose(10, word[0]);
    draw_factors(seed, example, factor);
    factor[DIGITS_WAY] = (float)choose(hand[label].ways, word[1]);
    return (uint8_t)label;
}
/* let threads draw a hundred images at a time */
enum { PORTION = 100 };
struct drawing { uint64_t seed; size_t first; struct dataset *out; };

static void draw_portion(void *context, size_t item, size_t thread) {
    const struct drawing *d = context;
    const struct dataset *out = d->out;
    (void)thread;
    size_t end = (item + 1) * PORTION;
    for (size_t i = item * PORTION; i < end && i < out->count; i++) {
        float factor[DIGITS_FACTORS];
        uint32_t example = (uint32_t)(d->first + i);
        out->labels[i] = digits_describe(d->seed, example, factor);
        digits_render(d->seed, example, out->labels[i], factor,
                      out->pixels + i * PEN_SIDE * PEN_SIDE);
        for (size_t f = 0; f < DIGITS_FACTORS; f++)
            out->factors[i * DIGITS_FACTORS + f] = (real)factor[f];
    }
}
/* draw a range of digits */
void digits_draw(uint64_t seed, size_t first, size_t count,
                 struct pool *pool, struct dataset *out) {
    if (first > UINT32_MAX || count > UINT32_MAX - first)
        die("digits_draw: no image %zu", first + count);
    *out = (struct dataset){
        .count = count, .height = PEN_SIDE, .width = PEN_SIDE,
        .pixels = checked_alloc(count, PEN_SIDE * PEN_SIDE),
        .labels = checked_alloc(count, 1),
        .factors = checked_alloc(count, DIGITS_FACTORS * sizeof(real)),
        .factor_count = DIGITS_FACTORS};
    struct drawing drawing = {seed, first, out};
    pool_for(pool, (count + PORTION - 1) / PORTION, draw_portion, &drawing);
}
