/* Where in a layout's text a mistake is: from the place that a fault names ("front[3].box") to line and column, for editors. Pure. */
#ifndef PLENUM_BADGES_LAYOUT_PLACE_H
#define PLENUM_BADGES_LAYOUT_PLACE_H

#include "core/base/err.h"

#include <stddef.h>

#define LAYOUT_PLACE_SIZE 256

struct layout_flaw {
    char place[LAYOUT_PLACE_SIZE]; /* "front[3].box", "" when the text is no JSON or the whole is meant */
    char sentence[FAULT_TEXT_SIZE];
    unsigned line, column;         /* from 1; column counts bytes; 0 = not known */
};

/* `fault` is what badges_layout_read said of this text. */
void layout_flaw_find(const char *text, size_t length, const struct fault *fault, struct layout_flaw *ret);

#endif
