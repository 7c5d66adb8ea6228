/* From chapters/00-foundations.nw (edit that, then make tangle) */
#include "00-foundations/pen.h"
#include <math.h>

/* choose between two numbers and find a pixel */
static inline float larger(float a, float b) { return a > b ? a : b; }
static inline float smaller(float a, float b) { return a < b ? a : b; }

static size_t pixel(float v) {
    return (size_t)larger(0, smaller((float)PEN_SIDE, v));
}
/* move the pen along a curve */
struct pen_point pen_at(const struct pen_curve *curve, float t) {
    const struct pen_point *b = curve->b;
    float s = 1 - t;
    float w0 = s * s * s, w1 = 3 * s * s * t;
    float w2 = 3 * s * t * t, w3 = t * t * t;
    return (struct pen_point){
        w0 * b[0].x + w1 * b[1].x + w2 * b[2].x + w3 * b[3].x,
        w0 * b[0].y + w1 * b[1].y + w2 * b[2].y + w3 * b[3].y,
        w0 * b[0].r + w1 * b[1].r + w2 * b[2].r + w3 * b[3].r};
}
/* pass through two of four points */
static struct pen_point toward(struct pen_point a, struct pen_point from,
                               struct pen_point to) {
    return (struct pen_point){a.x + (to.x - from.x) / 6,
                              a.y + (to.y - from.y) / 6,
                              a.r + (to.r - from.r) / 6};
}

struct pen_curve pen_through(const struct pen_point p[4]) {
    return (struct pen_curve){
        {p[1], toward(p[1], p[0], p[2]), toward(p[2], p[3], p[1]), p[2]}};
}
/* let an error drift */
struct pen_point pen_drift(struct pen_point error, struct pen_point fresh) {
    return (struct pen_point){0.8f * error.x + 0.6f * fresh.x,
                              0.8f * error.y + 0.6f * fresh.y,
                              0.8f * error.r + 0.6f * fresh.r};
}
/* turn a point about the origin */
struct pen_point pen_turn(struct pen_point p, float angle) {
    float half = angle / 2, u = half + half * half * half / 3;
    float c = (1 - u * u) / (1 + u * u), s = 2 * u / (1 + u * u);
    return (struct pen_point){c * p.x - s * p.y, s * p.x + c * p.y, p.r};
}
/* count the chords that a curve needs */
static float bend(struct pen_point a, struct pen_point b,
                  struct pen_point c) {
    float x = a.x - 2 * b.x + c.x, y = a.y - 2 * b.y + c.y;
    return sqrtf(x * x + y * y);
}

size_t pen_chords(const struct pen_curve *curve, float tolerance) {
    const struct pen_point *b = curve->b;
    float m = larger(bend(b[0], b[1], b[2]), bend(b[1], b[2], b[3]));
    return 1 + (size_t)sqrtf(3 * m / (4 * tolerance));
}
/* measure how far a point lies outside a chord's stroke */
float pen_edge(struct pen_point a, struct pen_point b, float x, float y) {
    float dx = b.x - a.x, dy = b.y - a.y, length = dx * dx + dy * dy;
    float px = x - a.x, py = y - a.y;
    float t = length > 0 ? (px * dx + py * dy) / length : 0;
    t = larger(0, smaller(1, t));
    float ex = px - t * dx, ey = py - t * dy;
    return sqrtf(ex * ex + ey * ey) - (a.r + t * (b.r - a.r));
}
/* lower the distances around a chord */
void pen_line(struct pen_canvas *canvas, struct pen_point a,
              struct pen_point b) {
    float reach = larger(a.r, b.r) + 1;
    size_t left = pixel(smaller(a.x, b.x) - reach);
    size_t right = pixel(larger(a.x, b.x) + reach + 1);
    size_t top = pixel(smaller(a.y, b.y) - reach);
    size_t bottom = pixel(larger(a.y, b.y) + reach + 1);
    for (size_t i = top; i < bottom; i++)
        for (size_t j = left; j < right; j++) {
            float edge = pen_edge(a, b, (float)j + 0.5f, (float)i + 0.5f);
            float *least = &canvas->edge[i * PEN_SIDE + j];
            *least = smaller(*least, edge);
        }
}
/* draw a curve on a canvas */
void pen_clear(struct pen_canvas *canvas) {
    for (size_t i = 0; i < PEN_SIDE * PEN_SIDE; i++)
        canvas->edge[i] = (float)PEN_SIDE;
}

void pen_draw(struct pen_canvas *canvas, const struct pen_curve *curve) {
    size_t chords = pen_chords(curve, PEN_TOLERANCE);
    struct pen_point a = curve->b[0];
    for (size_t i = 1; i <= chords; i++) {
        struct pen_point b = pen_at(curve, (float)i / (float)chords);
        pen_line(canvas, a, b);
        a = b;
    }
}
/* turn distances into ink */
void pen_ink(const struct pen_canvas *canvas, uint8_t *pixels) {
    for (size_t i = 0; i < PEN_SIDE * PEN_SIDE; i++) {
        float ink = larger(0, smaller(1, 0.5f - canvas->edge[i]));
        pixels[i] = (uint8_t)(255 * ink + 0.5f);
    }
}
