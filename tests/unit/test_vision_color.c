/* Colours of photos by their profiles: CMYK as Photoshop writes it (inverted, with Adobe's marker) and plain, Adobe RGB; broken profiles; the profiles are
 * Ghostscript's. What is wanted: SWOP's cyan is not the cyan of screens. */
#include "core/base/file.h"
#include "core/vision/color.h"
#include "core/vision/photo.h"
#include "tests/unit/check.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <jpeglib.h>

#define PROFILES "/usr/share/color/icc/ghostscript/"
#define SIDE 64

struct jpeg {
    unsigned char *data;
    unsigned long length;
};

/* A picture of one colour; of four inks it is written inverted when `adobe`. */
static struct jpeg draw(const uint8_t *color, int components, bool adobe, const void *profile, size_t profile_length)
{
    struct jpeg jpeg = {0};
    struct jpeg_compress_struct info;
    struct jpeg_error_mgr errors;
    JSAMPLE row[SIDE * 4];
    info.err = jpeg_std_error(&errors);
    jpeg_create_compress(&info);
    jpeg_mem_dest(&info, &jpeg.data, &jpeg.length);
    info.image_width = info.image_height = SIDE;
    info.input_components = components;
    info.in_color_space = components == 4 ? JCS_CMYK : JCS_RGB;
    jpeg_set_defaults(&info);
    jpeg_set_quality(&info, 100, TRUE);
    info.write_Adobe_marker = adobe;
    jpeg_start_compress(&info, TRUE);
    if (profile) jpeg_write_icc_profile(&info, profile, (unsigned)profile_length);
    for (int i = 0; i < SIDE * components; i++) row[i] = components == 4 && adobe ? (JSAMPLE)(255 - color[i % components]) : color[i % components];
    JSAMPROW line = row;
    while (info.next_scanline < SIDE) (void)jpeg_write_scanlines(&info, &line, 1);
    jpeg_finish_compress(&info);
    jpeg_destroy_compress(&info);
    return jpeg;
}

static void read_middle(const struct photo *photo, uint8_t out[3])
{
    struct jpeg_decompress_struct info;
    struct jpeg_error_mgr errors;
    JSAMPLE row[SIDE * 3];
    JSAMPROW line = row;
    info.err = jpeg_std_error(&errors);
    jpeg_create_decompress(&info);
    jpeg_mem_src(&info, photo->data, photo->length);
    (void)jpeg_read_header(&info, TRUE);
    jpeg_start_decompress(&info);
    while (info.output_scanline < SIDE / 2) (void)jpeg_read_scanlines(&info, &line, 1);
    memcpy(out, row + SIDE / 2 * 3, 3);
    jpeg_abort_decompress(&info);
    jpeg_destroy_decompress(&info);
}

struct row {
    const char *what;
    uint8_t color[4];
    int components;
    bool adobe;
    const char *profile;
    size_t cut; /* bytes of the profile that are used; 0: all */
    uint8_t want[3];
    int near;
};

static void test_row(struct check *c, const struct row *row, bool apart)
{
    const struct photo_wish wish = {.width = SIDE, .height = SIDE, .keep = true};
    struct arena arena = {0};
    struct photo photo;
    struct fault fault = {0};
    char *profile = NULL;
    size_t length = 0;
    uint8_t got[3] = {0};
    if (row->profile && !CHECK(c, file_read(&arena, row->profile, 4 << 20, &profile, &length, NULL) == OK)) return;
    struct jpeg jpeg = draw(row->color, row->components, row->adobe, profile, row->cut ? row->cut : length);
    enum err e = apart ? photo_make_apart(&arena, jpeg.data, jpeg.length, &wish, &photo, &fault) : photo_make(&arena, jpeg.data, jpeg.length, &wish, &photo, &fault);
    if (CHECK(c, e == OK && photo.width == SIDE && photo.height == SIDE)) read_middle(&photo, got);
    for (int i = 0; i < 3; i++)
        if (!CHECK(c, abs(got[i] - row->want[i]) <= row->near)) printf("# %s: %d %d %d\n", row->what, got[0], got[1], got[2]);
    free(jpeg.data);
    arena_release(&arena);
}

static void test_pictures(struct check *c)
{
    static const struct row rows[] = {
        {"sRGB, none", {80, 160, 80}, 3, false, NULL, 0, {80, 160, 80}, 3},
        {"sRGB, said", {80, 160, 80}, 3, false, PROFILES "srgb.icc", 0, {80, 160, 80}, 3},
        {"Adobe RGB", {80, 160, 80}, 3, false, PROFILES "a98.icc", 0, {0, 160, 71}, 4},
        {"Adobe RGB, cut", {80, 160, 80}, 3, false, PROFILES "a98.icc", 200, {80, 160, 80}, 3},
        {"profile of ink in RGB", {80, 160, 80}, 3, false, PROFILES "default_cmyk.icc", 0, {80, 160, 80}, 3},
        {"SWOP cyan, Adobe", {255, 0, 0, 0}, 4, true, PROFILES "default_cmyk.icc", 0, {0, 174, 239}, 25},
        {"SWOP cyan, plain", {255, 0, 0, 0}, 4, false, PROFILES "default_cmyk.icc", 0, {0, 174, 239}, 25},
        {"SWOP magenta", {0, 255, 0, 0}, 4, true, PROFILES "default_cmyk.icc", 0, {236, 0, 140}, 25},
        {"SWOP paper", {0, 0, 0, 0}, 4, true, PROFILES "default_cmyk.icc", 0, {255, 255, 255}, 6},
        {"SWOP black", {0, 0, 0, 255}, 4, true, PROFILES "default_cmyk.icc", 0, {35, 31, 32}, 25},
        {"ink without a profile", {255, 0, 0, 0}, 4, true, NULL, 0, {0, 255, 255}, 4},
        {"ink with a profile of RGB", {255, 0, 0, 0}, 4, true, PROFILES "srgb.icc", 0, {0, 255, 255}, 4},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        test_row(c, &rows[i], false);
        test_row(c, &rows[i], true);
    }
}

/* A profile with any byte changed, or cut anywhere, is used or not used; nothing else happens. */
static void test_broken(struct check *c)
{
    struct arena arena = {0};
    char *profile = NULL;
    size_t length = 0;
    uint8_t pixels[3 * 16] = {200, 100, 50};
    int used = 0, refused = 0;
    CHECK(c, file_read(&arena, PROFILES "a98.icc", 1 << 20, &profile, &length, NULL) == OK);
    for (size_t i = 0; profile && i < length * 2; i++) {
        char *copy = malloc(length);
        size_t n = i < length ? i : length;
        struct color *color = NULL;
        if (!copy) break;
        memcpy(copy, profile, length);
        if (i >= length) copy[i - length] = (char)(copy[i - length] ^ (1 << i % 8));
        enum err e = color_new(copy, n, COLOR_RGB, &color);
        if (e == OK) color_run(color, pixels, pixels, 16);
        color_free(color);
        free(copy);
        if (e == OK) used++;
        else refused++;
    }
    CHECK(c, used > 0 && refused > 0);
    struct color *color = NULL;
    CHECK(c, color_new("x", 1, COLOR_RGB, &color) == ERR_INPUT && !color);
    color_free(NULL);
    arena_release(&arena);
}

int main(void)
{
    struct check check = {0};
    test_pictures(&check);
    test_broken(&check);
    return check_done(&check, "vision/color");
}
