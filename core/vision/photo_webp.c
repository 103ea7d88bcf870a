#include "core/vision/photo_webp.h"

#include <string.h>

#include <webp/decode.h>

static size_t read_length(const uint8_t *p)
{
    return (size_t)p[0] | (size_t)p[1] << 8 | (size_t)p[2] << 16 | (size_t)p[3] << 24;
}

/* What stands beside the picture (WebP container specification: RIFF chunks, each padded to an even length). */
static void find_chunks(const uint8_t *data, size_t length, struct photo_webp *ret)
{
    for (size_t at = 12; at + 8 <= length;) {
        size_t size = read_length(data + at + 4);
        const uint8_t *body = data + at + 8;
        if (size > length - at - 8) return;
        if (memcmp(data + at, "EXIF", 4) == 0) ret->exif = body, ret->exif_length = size;
        if (memcmp(data + at, "ICCP", 4) == 0) ret->icc = body, ret->icc_length = size;
        at += 8 + size + (size & 1);
    }
}

/* Four bytes a pixel become three, in the same place, over white. */
static void flatten(uint8_t *pixels, size_t count)
{
    for (size_t i = 0; i < count; i++)
        for (size_t c = 0; c < 3; c++) {
            unsigned alpha = pixels[4 * i + 3];
            pixels[3 * i + c] = (uint8_t)((pixels[4 * i + c] * alpha + 255 * (255 - alpha) + 127) / 255);
        }
}

enum err photo_webp_read(struct arena *arena, const void *data, size_t length, unsigned pixels_most, struct photo_webp *ret, struct fault *fault)
{
    WebPBitstreamFeatures features;
    struct photo_webp picture = {0};
    if (WebPGetFeatures(data, length, &features) != VP8_STATUS_OK || features.width < 1 || features.height < 1) return fault_set(fault, ERR_INPUT, "broken WebP picture");
    if (features.has_animation) return fault_set(fault, ERR_INPUT, "a moving WebP picture: please save one picture of it as JPEG and send it again");
    picture.width = (unsigned)features.width;
    picture.height = (unsigned)features.height;
    size_t count = (size_t)picture.width * picture.height;
    if (count > pixels_most) return fault_set(fault, ERR_LIMIT, "a picture of %u × %u is too large", picture.width, picture.height);
    size_t deep = features.has_alpha ? 4 : 3;
    picture.pixels = arena_array(arena, count, deep);
    if (!picture.pixels) return fault_set(fault, ERR_NOMEM, "no memory for a picture of %u × %u", picture.width, picture.height);
    int stride = (int)(picture.width * deep);
    const uint8_t *made = deep == 4 ? WebPDecodeRGBAInto(data, length, picture.pixels, count * deep, stride)
                                    : WebPDecodeRGBInto(data, length, picture.pixels, count * deep, stride);
    if (!made) return fault_set(fault, ERR_INPUT, "damaged WebP picture");
    if (deep == 4) flatten(picture.pixels, count);
    find_chunks(data, length, &picture);
    *ret = picture;
    return OK;
}
