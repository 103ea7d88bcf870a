#include "scanner/frames/grey.h"

#include <string.h>

static size_t row_bytes(enum grey_layout layout, unsigned width)
{
    return layout == GREY_PLANE ? width : (size_t)width * 2;
}

size_t grey_stride(enum grey_layout layout, unsigned width, size_t stride)
{
    size_t least = row_bytes(layout, width);
    return stride < least ? least : stride;
}

size_t grey_bytes(enum grey_layout layout, unsigned width, unsigned height, size_t stride)
{
    if (!width || !height) return 0;
    return grey_stride(layout, width, stride) * (height - 1) + row_bytes(layout, width);
}

/* A loop of its own, so that the compiler sees the step of two. */
static void take_every_other(const uint8_t *from, uint8_t *to, unsigned width)
{
    for (unsigned x = 0; x < width; x++) to[x] = from[(size_t)x * 2];
}

void grey_take(enum grey_layout layout, unsigned width, unsigned height, size_t stride, const uint8_t *data, uint8_t *room, struct picture *ret)
{
    size_t step = grey_stride(layout, width, stride);
    *ret = (struct picture){.width = width, .height = height, .pixels = room};
    if (layout == GREY_PLANE && step == width) {
        ret->pixels = data;
        return;
    }
    for (unsigned y = 0; y < height; y++) {
        const uint8_t *row = data + y * step;
        uint8_t *to = room + (size_t)y * width;
        if (layout == GREY_PLANE) memcpy(to, row, width);
        else take_every_other(row + (layout == GREY_SECOND_OF_TWO), to, width);
    }
}
