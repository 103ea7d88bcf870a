/* Colours of a picture to sRGB, by the profile that the picture carries. The only includer of lcms2.h.
 *
 * A profile comes from strangers as the picture does: this runs where the picture is decoded, in the guarded child. */
#ifndef PLENUM_VISION_COLOR_H
#define PLENUM_VISION_COLOR_H

#include "core/base/err.h"

#include <stddef.h>
#include <stdint.h>

enum color_kind {
    COLOR_RGB,          /* three bytes a pixel */
    COLOR_CMYK,         /* four; 255 is all ink */
    COLOR_CMYK_INVERTED /* four, as Adobe writes JPEG: 0 is all ink */
};

struct color;

/* ERR_NOT_FOUND: nothing to do, the profile is sRGB itself. ERR_INPUT: it cannot be read, or is of another kind of picture; whoever decodes goes on
 * without it. Perceptual from ink, else relative colorimetric with black point compensation. */
enum err color_new(const void *profile, size_t length, enum color_kind kind, struct color **ret);
void color_free(struct color *color); /* accepts NULL */

/* `out`: three bytes a pixel, sRGB; may be `in` when that is RGB. */
void color_run(const struct color *color, const uint8_t *in, uint8_t *out, size_t pixels);

#endif
