/* The event's colour: as a ground with black or white on it, and as text on white (relative luminance and contrast as WCAG 2.2 has them). */
#ifndef PLENUM_SERVER_COLOUR_H
#define PLENUM_SERVER_COLOUR_H

#include <stdbool.h>

struct colour {
    unsigned red, green, blue; /* 0 to 255 */
};

/* "#b01020"; false: it is none (also NULL), and *ret is as it was. */
bool colour_read(const char *text, struct colour *ret);
double colour_contrast_to_white(struct colour c);
/* Until it has contrast enough for text on white (4.5). */
struct colour colour_darkened(struct colour c);

#endif
