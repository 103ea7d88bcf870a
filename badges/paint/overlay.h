/* Private to badges: lines over a badge that help whoever makes a layout. */
#ifndef PLENUM_BADGES_OVERLAY_H
#define PLENUM_BADGES_OVERLAY_H

#include "badges/paint/paint.h"

/* Millimetres along the edges, a grid of 10, the boxes of the parts that are shown with their index in the file, and of texts the size in points as
 * drawn with the distance in metres from which a capital is read at ease (1/300 of it). */
enum err overlay_paint(struct painter *painter, struct fault *fault);

#endif
