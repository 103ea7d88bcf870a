#include "core/vision/picture.h"

#include <stdbool.h>

/* The next decimal number of a header, past white space and # comments; false when there is none or it is above `most`. */
static bool read_number(const uint8_t *data, size_t length, size_t *at, unsigned most, unsigned *ret)
{
    size_t i = *at;
    for (; i < length; i++) {
        if (data[i] == '#') {
            while (i < length && data[i] != '\n') i++;
            continue;
        }
        if (data[i] != ' ' && (data[i] < '\t' || data[i] > '\r')) break;
    }
    if (i == *at || i >= length || data[i] < '0' || data[i] > '9') return false;
    unsigned value = 0;
    for (; i < length && data[i] >= '0' && data[i] <= '9'; i++) {
        value = value * 10 + (unsigned)(data[i] - '0');
        if (value > most) return false;
    }
    *at = i;
    *ret = value;
    return true;
}

/* A file whose white is not 255 is stretched to it. */
static const uint8_t *stretch(struct arena *arena, const uint8_t *pixels, size_t count, unsigned white)
{
    uint8_t *out = arena_alloc(arena, count);
    if (!out) return NULL;
    for (size_t i = 0; i < count; i++) out[i] = pixels[i] >= white ? 255 : (uint8_t)(pixels[i] * 255u / white);
    return out;
}

enum err picture_read_pgm(struct arena *arena, const void *data, size_t length, struct picture *ret, size_t *ret_used, struct fault *fault)
{
    const uint8_t *bytes = data;
    unsigned width, height, white;
    size_t at = 2;
    if (length < 2 || bytes[0] != 'P' || bytes[1] != '5') return fault_set(fault, ERR_INPUT, "not a binary PGM picture");
    if (!read_number(bytes, length, &at, 999999999, &width) || !read_number(bytes, length, &at, 999999999, &height) ||
        !read_number(bytes, length, &at, 255, &white) || at >= length)
        return fault_set(fault, ERR_INPUT, "broken PGM header");
    at++; /* exactly one white space ends the header */
    if (!width || !height || !white) return fault_set(fault, ERR_INPUT, "empty PGM picture");
    if (width > PICTURE_SIDE_MOST || height > PICTURE_SIDE_MOST) return fault_set(fault, ERR_LIMIT, "picture of %ux%u is too large", width, height);
    size_t count = (size_t)width * height;
    if (length - at < count) return fault_set(fault, ERR_INPUT, "the PGM picture is cut off");
    const uint8_t *pixels = white == 255 ? bytes + at : stretch(arena, bytes + at, count, white);
    if (!pixels) return fault_set(fault, ERR_NOMEM, "no memory for a picture of %ux%u", width, height);
    *ret = (struct picture){.width = width, .height = height, .pixels = pixels};
    if (ret_used) *ret_used = at + count;
    return OK;
}
