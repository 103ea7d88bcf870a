#include "core/vision/photo_profile.h"

#include <png.h>
#include <string.h>

#define CHUNK_MOST (4u << 20) /* unpacked: a profile of a few bytes may claim gigabytes */

struct reader {
    const unsigned char *data;
    size_t left;
};

static void read_bytes(png_structp png, png_bytep out, size_t count)
{
    struct reader *reader = png_get_io_ptr(png);
    if (count > reader->left) png_error(png, "cut");
    memcpy(out, reader->data, count);
    reader->data += count;
    reader->left -= count;
}

static void stay_quiet(png_structp png, png_const_charp text)
{
    (void)png;
    (void)text;
}

static void give_up(png_structp png, png_const_charp text)
{
    (void)text;
    png_longjmp(png, 1);
}

struct photo_profile photo_profile_of_png(struct arena *arena, const void *data, size_t length)
{
    struct photo_profile profile = {0};
    struct reader reader = {.data = data, .left = length};
    png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, NULL, give_up, stay_quiet);
    png_infop info = png ? png_create_info_struct(png) : NULL;
    if (info && setjmp(png_jmpbuf(png)) == 0) {
        png_charp name;
        png_bytep bytes;
        png_uint_32 count;
        int method;
        png_set_chunk_malloc_max(png, CHUNK_MOST);
        png_set_read_fn(png, &reader, read_bytes);
        png_read_info(png, info);
        if (png_get_iCCP(png, info, &name, &method, &bytes, &count) == PNG_INFO_iCCP) {
            void *copy = arena_memdup(arena, bytes, count);
            if (copy) profile = (struct photo_profile){.data = copy, .length = count};
        }
    }
    if (png) png_destroy_read_struct(&png, &info, NULL);
    return profile;
}
