#include "core/vision/photo.h"

#include "core/vision/color.h"
#include "core/vision/image_read.h"
#include "core/vision/photo_profile.h"
#include "core/vision/photo_webp.h"

/* jpeglib.h needs FILE and size_t before it. */
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>
#include <png.h>

#define JPEG_SCANS_MOST 100
#define JPEG_MEMORY_MOST (300L << 20)
#define PNG_PIXELS_MOST 24000000u /* it is decoded whole, three bytes each */
#define QUALITY 84
#define QUALITY_LESS 62
#define QUALITY_KEPT 90
#define BYTES_WISHED 40000u

struct guard {
    struct jpeg_error_mgr base; /* first: libjpeg gives this pointer back */
    jmp_buf back;
    char text[JMSG_LENGTH_MAX];
};

/* A decoded picture: RGB, rows packed. `turn` is the EXIF orientation, 1 to 8. */
struct colours {
    unsigned width, height, turn;
    uint8_t *pixels;
    struct photo_profile profile; /* of the RGB above; ink has been turned into sRGB already */
};

static void give_up(j_common_ptr info)
{
    struct guard *guard = (struct guard *)(void *)info->err;
    info->err->format_message(info, guard->text);
    longjmp(guard->back, 1);
}

static void be_quiet(j_common_ptr info)
{
    (void)info;
}

static void watch_scans(j_common_ptr info)
{
    struct guard *guard = (struct guard *)(void *)info->err;
    if (!info->is_decompressor || ((j_decompress_ptr)(void *)info)->input_scan_number <= JPEG_SCANS_MOST) return;
    (void)snprintf(guard->text, sizeof guard->text, "more than %d scans", JPEG_SCANS_MOST);
    longjmp(guard->back, 1);
}

static void guard_start(struct guard *guard)
{
    (void)jpeg_std_error(&guard->base);
    guard->base.error_exit = give_up;
    guard->base.output_message = be_quiet;
    guard->text[0] = '\0';
}

static enum err check_size(uint64_t width, uint64_t height, uint64_t most, struct fault *fault)
{
    if (!width || !height) return fault_set(fault, ERR_INPUT, "the picture is empty");
    if (width > 65000 || height > 65000 || width * height > most)
        return fault_set(fault, ERR_LIMIT, "a picture of %llu × %llu is too large", (unsigned long long)width, (unsigned long long)height);
    return OK;
}

/* --- EXIF ---------------------------------------------------------------------------------------------------------------------------- */

static unsigned read_16(const uint8_t *p, bool little)
{
    return little ? p[0] | (unsigned)p[1] << 8 : (unsigned)p[0] << 8 | p[1];
}

static uint32_t read_32(const uint8_t *p, bool little)
{
    return little ? read_16(p, true) | (uint32_t)read_16(p + 2, true) << 16 : (uint32_t)read_16(p, false) << 16 | read_16(p + 2, false);
}

/* Tag 0x0112 of the first directory (Exif 2.3, 4.6.4); 1 when there is none. `bare`: the six letters before it may be missing, as WebP has it. */
static unsigned exif_turn(const uint8_t *data, size_t length, bool bare)
{
    bool named = length >= 6 && memcmp(data, "Exif\0\0", 6) == 0;
    if (!named && !bare) return 1;
    const uint8_t *tiff = named ? data + 6 : data;
    size_t room = named ? length - 6 : length;
    if (room < 8) return 1;
    bool little = tiff[0] == 'I';
    uint32_t at = read_32(tiff + 4, little);
    if (at > room || room - at < 2) return 1;
    unsigned entries = read_16(tiff + at, little);
    for (unsigned i = 0; i < entries; i++) {
        size_t entry = (size_t)at + 2 + 12 * (size_t)i;
        if (entry + 12 > room) return 1;
        if (read_16(tiff + entry, little) != 0x0112) continue;
        unsigned turn = read_16(tiff + entry + 8, little);
        return turn >= 1 && turn <= 8 ? turn : 1;
    }
    return 1;
}

/* --- decoding ------------------------------------------------------------------------------------------------------------------------ */

/* The smallest of the decoder's own scales that is still not smaller than what is wished. */
static void choose_scale(struct jpeg_decompress_struct *info, const struct photo_wish *wish)
{
    unsigned need = wish->width > wish->height ? wish->width : wish->height;
    unsigned least = info->image_width < info->image_height ? info->image_width : info->image_height;
    info->scale_num = 1;
    info->scale_denom = 1;
    while (info->scale_denom < 8 && least / (info->scale_denom * 2) >= need) info->scale_denom *= 2;
}

/* CMYK as Adobe writes it: inverted. Plain ink values, without a profile. */
static void to_rgb(const uint8_t *row, uint8_t *out, unsigned width, bool inverted)
{
    for (unsigned x = 0; x < width; x++)
        for (int c = 0; c < 3; c++) {
            unsigned ink = row[4 * x + (unsigned)c], black = row[4 * x + 3];
            if (!inverted) ink = 255 - ink, black = 255 - black;
            out[3 * x + (unsigned)c] = (uint8_t)(ink * black / 255);
        }
}

/* What decode_jpeg cleans up, also after a jump. */
struct jpeg_reading {
    struct jpeg_decompress_struct info;
    JOCTET *profile; /* libjpeg's, on the heap */
    struct color *ink;
};

static void jpeg_end(struct jpeg_reading *reading)
{
    jpeg_destroy_decompress(&reading->info);
    color_free(reading->ink);
    free(reading->profile);
}

/* The profile is for the colours that come out of the decoder: of ink it is used at once, row by row; of RGB when the picture is small. */
static void take_profile(struct jpeg_reading *reading, struct arena *arena, bool four, struct colours *ret)
{
    unsigned length = 0;
    if (!jpeg_read_icc_profile(&reading->info, &reading->profile, &length)) return;
    if (four) {
        (void)color_new(reading->profile, length, reading->info.saw_Adobe_marker ? COLOR_CMYK_INVERTED : COLOR_CMYK, &reading->ink);
        return;
    }
    ret->profile.data = arena_memdup(arena, reading->profile, length);
    ret->profile.length = ret->profile.data ? length : 0;
}

/* Everything that libjpeg may jump out of. */
static enum err run_jpeg(struct jpeg_reading *reading, struct arena *arena, const struct photo_wish *wish, struct colours *ret, struct fault *fault)
{
    struct jpeg_decompress_struct *info = &reading->info;
    jpeg_save_markers(info, JPEG_APP0 + 1, 0xFFFF);
    jpeg_save_markers(info, JPEG_APP0 + 2, 0xFFFF);
    if (jpeg_read_header(info, TRUE) != JPEG_HEADER_OK) return fault_set(fault, ERR_INPUT, "not a JPEG picture");
    enum err e = check_size(info->image_width, info->image_height, PHOTO_PIXELS_MOST, fault);
    if (e != OK) return e;
    for (jpeg_saved_marker_ptr m = info->marker_list; m && ret->turn == 1; m = m->next) ret->turn = exif_turn(m->data, m->data_length, false);
    bool four = info->jpeg_color_space == JCS_CMYK || info->jpeg_color_space == JCS_YCCK;
    info->out_color_space = four ? JCS_CMYK : JCS_RGB;
    take_profile(reading, arena, four, ret);
    choose_scale(info, wish);
    jpeg_start_decompress(info);
    ret->width = info->output_width;
    ret->height = info->output_height;
    ret->pixels = arena_array(arena, (size_t)ret->width * ret->height, 3);
    uint8_t *wide = four ? arena_array(arena, ret->width, 4) : NULL;
    if (!ret->pixels || (four && !wide)) return fault_set(fault, ERR_NOMEM, "no memory for a picture of %u × %u", ret->width, ret->height);
    while (info->output_scanline < info->output_height) {
        uint8_t *out = ret->pixels + (size_t)info->output_scanline * ret->width * 3;
        JSAMPROW row = four ? wide : out;
        (void)jpeg_read_scanlines(info, &row, 1);
        if (four && reading->ink) color_run(reading->ink, wide, out, ret->width);
        else if (four) to_rgb(wide, out, ret->width, info->saw_Adobe_marker);
    }
    return OK;
}

static enum err decode_jpeg(struct arena *arena, const void *data, size_t length, const struct photo_wish *wish, struct colours *ret, struct fault *fault)
{
    struct jpeg_reading reading;
    struct jpeg_progress_mgr progress = {.progress_monitor = watch_scans};
    struct guard guard;
    memset(&reading, 0, sizeof reading);
    guard_start(&guard);
    reading.info.err = &guard.base;
    if (setjmp(guard.back)) {
        jpeg_end(&reading);
        return fault_set(fault, ERR_INPUT, "broken JPEG picture: %s", guard.text);
    }
    jpeg_create_decompress(&reading.info);
    reading.info.progress = &progress;
    reading.info.mem->max_memory_to_use = JPEG_MEMORY_MOST;
    jpeg_mem_src(&reading.info, data, (unsigned long)length);
    enum err e = run_jpeg(&reading, arena, wish, ret, fault);
    /* libjpeg fills up a cut file with grey and only warns: half a face is no photo. */
    if (e == OK && guard.base.num_warnings) e = fault_set(fault, ERR_INPUT, "damaged JPEG picture");
    jpeg_end(&reading);
    return e;
}

static enum err decode_png(struct arena *arena, const void *data, size_t length, struct colours *ret, struct fault *fault)
{
    png_image image = {.version = PNG_IMAGE_VERSION};
    const png_color white = {255, 255, 255};
    if (!png_image_begin_read_from_memory(&image, data, length)) return fault_set(fault, ERR_INPUT, "broken PNG picture: %s", image.message);
    enum err e = check_size(image.width, image.height, PNG_PIXELS_MOST, fault);
    if (e == OK) {
        image.format = PNG_FORMAT_RGB;
        ret->width = image.width;
        ret->height = image.height;
        ret->pixels = arena_array(arena, (size_t)image.width * image.height, 3);
        if (!ret->pixels) e = fault_set(fault, ERR_NOMEM, "no memory for a picture of %u × %u", image.width, image.height);
    }
    if (e == OK && !png_image_finish_read(&image, &white, ret->pixels, (png_int_32)(image.width * 3), NULL))
        e = fault_set(fault, ERR_INPUT, "broken PNG picture: %s", image.message);
    png_image_free(&image);
    if (e == OK) ret->profile = photo_profile_of_png(arena, data, length);
    return e;
}

static enum err decode_webp(struct arena *arena, const void *data, size_t length, struct colours *ret, struct fault *fault)
{
    struct photo_webp picture;
    enum err e = photo_webp_read(arena, data, length, PNG_PIXELS_MOST, &picture, fault);
    if (e != OK) return e;
    ret->width = picture.width;
    ret->height = picture.height;
    ret->pixels = picture.pixels;
    ret->turn = picture.exif ? exif_turn(picture.exif, picture.exif_length, true) : 1;
    ret->profile = (struct photo_profile){.data = picture.icc, .length = picture.icc_length};
    return OK;
}

/* --- cutting and resampling ---------------------------------------------------------------------------------------------------------- */

/* The pixel that is at (x, y) when the picture has been turned as its EXIF says. */
static const uint8_t *turned_pixel(const struct colours *p, unsigned x, unsigned y)
{
    unsigned w = p->width, h = p->height, px = x, py = y;
    switch (p->turn) {
    case 2: px = w - 1 - x; break;
    case 3: px = w - 1 - x, py = h - 1 - y; break;
    case 4: py = h - 1 - y; break;
    case 5: px = y, py = x; break;
    case 6: px = y, py = h - 1 - x; break;
    case 7: px = w - 1 - y, py = h - 1 - x; break;
    case 8: px = w - 1 - y, py = x; break;
    default: break;
    }
    return p->pixels + ((size_t)py * w + px) * 3;
}

struct cut {
    unsigned x, y, width, height; /* of the turned picture */
    unsigned to_width, to_height;
};

static struct cut make_cut(const struct colours *p, const struct photo_wish *wish)
{
    unsigned w = p->turn >= 5 ? p->height : p->width, h = p->turn >= 5 ? p->width : p->height;
    struct cut cut = {.width = w, .height = h};
    if (wish->crop && (uint64_t)w * wish->height > (uint64_t)h * wish->width) {
        cut.width = (unsigned)((uint64_t)h * wish->width / wish->height);
        cut.x = (w - cut.width) / 2;
    } else if (wish->crop) {
        cut.height = (unsigned)((uint64_t)w * wish->height / wish->width);
        cut.y = (h - cut.height) / 5;
    }
    if (!cut.width) cut.width = 1;
    if (!cut.height) cut.height = 1;
    double scale = (double)wish->width / cut.width, other = (double)wish->height / cut.height;
    if (other < scale) scale = other;
    if (scale > 1) scale = 1;
    cut.to_width = (unsigned)(cut.width * scale + 0.5);
    cut.to_height = (unsigned)(cut.height * scale + 0.5);
    if (!cut.to_width) cut.to_width = 1;
    if (!cut.to_height) cut.to_height = 1;
    return cut;
}

/* Each new pixel is the mean of the old ones beneath it. */
static uint8_t *resample(struct arena *arena, const struct colours *p, const struct cut *cut)
{
    uint8_t *out = arena_array(arena, (size_t)cut->to_width * cut->to_height, 3);
    for (unsigned j = 0; out && j < cut->to_height; j++) {
        unsigned y0 = cut->y + (unsigned)((uint64_t)j * cut->height / cut->to_height), y1 = cut->y + (unsigned)((uint64_t)(j + 1) * cut->height / cut->to_height);
        for (unsigned i = 0; i < cut->to_width; i++) {
            unsigned x0 = cut->x + (unsigned)((uint64_t)i * cut->width / cut->to_width), x1 = cut->x + (unsigned)((uint64_t)(i + 1) * cut->width / cut->to_width);
            uint64_t sum[3] = {0}, count = 0;
            for (unsigned y = y0; y == y0 || y < y1; y++)
                for (unsigned x = x0; x == x0 || x < x1; x++, count++) {
                    const uint8_t *pixel = turned_pixel(p, x, y);
                    for (int c = 0; c < 3; c++) sum[c] += pixel[c];
                }
            for (int c = 0; c < 3; c++) out[((size_t)j * cut->to_width + i) * 3 + (unsigned)c] = (uint8_t)((sum[c] + count / 2) / count);
        }
    }
    return out;
}

/* --- encoding ------------------------------------------------------------------------------------------------------------------------ */

struct encoded {
    unsigned char *data; /* libjpeg's, on the heap */
    unsigned long length;
};

static enum err encode(const uint8_t *pixels, unsigned width, unsigned height, int quality, struct encoded *ret, struct fault *fault)
{
    struct jpeg_compress_struct info;
    struct guard guard;
    memset(&info, 0, sizeof info);
    guard_start(&guard);
    info.err = &guard.base;
    if (setjmp(guard.back)) {
        jpeg_destroy_compress(&info);
        return fault_set(fault, ERR_NOMEM, "a photo cannot be encoded: %s", guard.text);
    }
    jpeg_create_compress(&info);
    jpeg_mem_dest(&info, &ret->data, &ret->length);
    info.image_width = width;
    info.image_height = height;
    info.input_components = 3;
    info.in_color_space = JCS_RGB;
    jpeg_set_defaults(&info);
    jpeg_set_quality(&info, quality, TRUE);
    info.optimize_coding = TRUE;
    jpeg_start_compress(&info, TRUE);
    while (info.next_scanline < height) {
        JSAMPROW row = (JSAMPROW)(pixels + (size_t)info.next_scanline * width * 3);
        (void)jpeg_write_scanlines(&info, &row, 1);
    }
    jpeg_finish_compress(&info);
    jpeg_destroy_compress(&info);
    return OK;
}

/* Of the picture when it is small already: the mean of a few neighbours is the same to the eye in either space. */
static void to_srgb(const struct photo_profile *profile, uint8_t *pixels, size_t count)
{
    struct color *color = NULL;
    if (profile->data && color_new(profile->data, profile->length, COLOR_RGB, &color) == OK) color_run(color, pixels, pixels, count);
    color_free(color);
}

/* Kinds that people send and that we do not read are called by their names. */
static enum err refuse_kind(const void *data, size_t length, struct fault *fault)
{
    const char *name = image_kind_name(data, length);
    if (name) return fault_set(fault, ERR_INPUT, "%s: please save it as JPEG and send it again", name);
    return fault_set(fault, ERR_INPUT, "no JPEG, PNG or WebP picture");
}

enum err photo_make(struct arena *arena, const void *data, size_t length, const struct photo_wish *wish, struct photo *ret, struct fault *fault)
{
    if (!wish->width || !wish->height || wish->width > PHOTO_SIDE_MOST || wish->height > PHOTO_SIDE_MOST) return fault_set(fault, ERR_BUG, "no such photo size");
    if (length > PHOTO_FILE_MOST) return fault_set(fault, ERR_LIMIT, "the file is larger than %u MB", PHOTO_FILE_MOST >> 20);
    struct colours colours = {.turn = 1};
    enum err e;
    switch (image_kind_of(data, length)) {
    case IMAGE_JPEG: e = decode_jpeg(arena, data, length, wish, &colours, fault); break;
    case IMAGE_PNG: e = decode_png(arena, data, length, &colours, fault); break;
    case IMAGE_WEBP: e = decode_webp(arena, data, length, &colours, fault); break;
    default: e = refuse_kind(data, length, fault);
    }
    if (e != OK) return e;
    struct cut cut = make_cut(&colours, wish);
    uint8_t *pixels = resample(arena, &colours, &cut);
    if (!pixels) return fault_set(fault, ERR_NOMEM, "no memory for a photo");
    to_srgb(&colours.profile, pixels, (size_t)cut.to_width * cut.to_height);
    struct encoded encoded = {0};
    e = encode(pixels, cut.to_width, cut.to_height, wish->keep ? QUALITY_KEPT : QUALITY, &encoded, fault);
    if (e == OK && !wish->keep && encoded.length > BYTES_WISHED) {
        free(encoded.data);
        encoded = (struct encoded){0};
        e = encode(pixels, cut.to_width, cut.to_height, QUALITY_LESS, &encoded, fault);
    }
    if (e == OK) {
        *ret = (struct photo){.data = arena_memdup(arena, encoded.data, encoded.length), .length = encoded.length, .width = cut.to_width, .height = cut.to_height};
        if (!ret->data) e = fault_set(fault, ERR_NOMEM, "no memory for a photo");
    }
    free(encoded.data);
    return e;
}
