#include "core/vision/picture.h"

#include <stdbool.h>

/* The next decimal number of a header, past white space and # comments; false when there is none or it is above `most`. */
static bool read_number(const uint8_t *data, size_t length, size_t *at, unsigned most, unsigned *ret)
{
    const size_t start = *at;
    size_t i = start;
    for (; i < length; i++) {
        if (data[i] == '#') {
            while (i < length && data[i] != '\n') i++;
            continue;
        }
        if (data[i] != ' ' && (data[i] < '\t' || data[i] > '\r')) break;
    }
    *at = i;
    if (i == start || i >= length || data[i] < '0' || data[i] > '9') return false;
    unsigned value = 0;
    for (; i < length && data[i] >= '0' && data[i] <= '9'; i++) {
        value = value * 10 + (unsigned)(data[i] - '0');
        if (value > most) return false;
    }
    *at = i;
    *ret = value;
    return i < length; /* else there may be more digits to come */
}

/* A file whose white is not 255 is stretched to it. */
static const uint8_t *stretch(struct arena *arena, const uint8_t *pixels, size_t count, unsigned white)
{
    uint8_t *out = arena_alloc(arena, count);
    if (!out) return NULL;
    for (size_t i = 0; i < count; i++) out[i] = pixels[i] >= white ? 255 : (uint8_t)(pixels[i] * 255u / white);
    return out;
}

struct header {
    unsigned width, height, white;
    size_t pixels; /* where they begin */
};

/* ERR_NOT_FOUND when the bytes end before the header does. */
static enum err read_header(const uint8_t *bytes, size_t length, struct header *ret, struct fault *fault)
{
    struct header header = {.pixels = 2};
    if (length >= 2 && (bytes[0] != 'P' || bytes[1] != '5')) return fault_set(fault, ERR_INPUT, "not a binary PGM picture");
    unsigned *const numbers[] = {&header.width, &header.height, &header.white};
    for (int i = 0; i < 3; i++) {
        bool good = length > 2 && read_number(bytes, length, &header.pixels, i < 2 ? 999999999 : 255, numbers[i]);
        if (header.pixels >= length || length <= 2) return fault_set(fault, ERR_NOT_FOUND, "the PGM header is cut off");
        if (!good) return fault_set(fault, ERR_INPUT, "broken PGM header");
    }
    header.pixels++; /* exactly one white space ends the header */
    if (!header.width || !header.height || !header.white) return fault_set(fault, ERR_INPUT, "empty PGM picture");
    if (header.width > PICTURE_SIDE_MOST || header.height > PICTURE_SIDE_MOST)
        return fault_set(fault, ERR_LIMIT, "picture of %ux%u is too large", header.width, header.height);
    *ret = header;
    return OK;
}

enum err picture_measure_pgm(const void *data, size_t length, size_t *ret, struct fault *fault)
{
    struct header header;
    struct fault why = {0};
    enum err e = read_header(data, length, &header, &why);
    if (e != OK && e != ERR_NOT_FOUND) return fault_set(fault, e, "%s", why.text);
    *ret = e == OK ? header.pixels + (size_t)header.width * header.height : 0;
    return OK;
}

enum err picture_read_pgm(struct arena *arena, const void *data, size_t length, struct picture *ret, size_t *ret_used, struct fault *fault)
{
    struct header header;
    const uint8_t *bytes = data;
    enum err e = read_header(bytes, length, &header, fault);
    if (e != OK) return e == ERR_NOT_FOUND ? fault_set(fault, ERR_INPUT, "the PGM header is cut off") : e;
    size_t count = (size_t)header.width * header.height;
    if (length - header.pixels < count) return fault_set(fault, ERR_INPUT, "the PGM picture is cut off");
    const uint8_t *pixels = header.white == 255 ? bytes + header.pixels : stretch(arena, bytes + header.pixels, count, header.white);
    if (!pixels) return fault_set(fault, ERR_NOMEM, "no memory for a picture of %ux%u", header.width, header.height);
    *ret = (struct picture){.width = header.width, .height = header.height, .pixels = pixels};
    if (ret_used) *ret_used = header.pixels + count;
    return OK;
}
