/* From chapters/00-foundations.nw (edit that, then make tangle) */
#ifndef FOUNDATIONS_PEN_H
#define FOUNDATIONS_PEN_H

#include <stddef.h>
#include <stdint.h>

/* A round pen on a canvas of 28 x 28 pixels. Lengths are in pixels; x runs
   to the right and y down; the pixel in row i, column j has its centre at
   (j + 1/2, i + 1/2). All in float, in every build: the same bytes. */
enum { PEN_SIDE = 28 };
#define PEN_TOLERANCE 0.05f         /* of chords, in pixels */

struct pen_point { float x, y, r; };            /* r: radius of the tip */
struct pen_curve { struct pen_point b[4]; };    /* control points */
struct pen_canvas { float edge[PEN_SIDE * PEN_SIDE]; };

/* say what the pen can do */
/* the point of a curve at time t in [0, 1] (Bezier's formula) */
struct pen_point pen_at(const struct pen_curve *curve, float t);

/* the curve from p[1] to p[2] of a path through all four points */
struct pen_curve pen_through(const struct pen_point p[4]);

/* an error that remembers four fifths of the last one */
struct pen_point pen_drift(struct pen_point error, struct pen_point fresh);

/* turned clockwise, |angle| <= 1/4 rad, to within 1e-5 */
struct pen_point pen_turn(struct pen_point p, float angle);

/* how many chords, at equal times, stay within the tolerance */
size_t pen_chords(const struct pen_curve *curve, float tolerance);

/* how far (x, y) lies outside the stroke from a to b; negative inside */
float pen_edge(struct pen_point a, struct pen_point b, float x, float y);

/* Draw on a canvas: clear it, add strokes, then read bytes [28, 28]. What
   falls off the canvas is lost. */
void pen_clear(struct pen_canvas *canvas);
void pen_line(struct pen_canvas *canvas, struct pen_point a,
              struct pen_point b);
void pen_draw(struct pen_canvas *canvas, const struct pen_curve *curve);
void pen_ink(const struct pen_canvas *canvas, uint8_t *pixels);

#endif
