/* QR codes for screens. */
#ifndef PLENUM_SERVER_QR_PATH_H
#define PLENUM_SERVER_QR_PATH_H

#include "core/base/arena.h"

/* The path of an SVG whose viewBox is "0 0 size size": one run of black cells after the other, with four cells of quiet zone around. NULL when the text does
 * not fit into a code, or out of memory. In the arena. */
char *qr_path(struct arena *arena, const char *text, unsigned *ret_size);

#endif
