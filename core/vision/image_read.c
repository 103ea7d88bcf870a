#include "core/vision/image_read.h"

/* jpeglib.h needs FILE and size_t before it. */
#include <setjmp.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <jpeglib.h>
#include <png.h>

/* A progressive JPEG may carry thousands of scans that each walk over all pixels; cameras write about ten. */
#define JPEG_SCANS_MOST 100

struct jpeg_guard {
    struct jpeg_error_mgr base; /* first: libjpeg gives this pointer back */
    jmp_buf back;
    char text[JMSG_LENGTH_MAX];
};

static void jpeg_give_up(j_common_ptr info)
{
    struct jpeg_guard *guard = (struct jpeg_guard *)(void *)info->err;
    info->err->format_message(info, guard->text);
    longjmp(guard->back, 1);
}

static void jpeg_be_quiet(j_common_ptr info)
{
    (void)info;
}

static void jpeg_watch_scans(j_common_ptr info)
{
    struct jpeg_guard *guard = (struct jpeg_guard *)(void *)info->err;
    if (!info->is_decompressor || ((j_decompress_ptr)(void *)info)->input_scan_number <= JPEG_SCANS_MOST) return;
    (void)snprintf(guard->text, sizeof guard->text, "more than %d scans", JPEG_SCANS_MOST);
    longjmp(guard->back, 1);
}

static enum err check_size(uint64_t width, uint64_t height, struct fault *fault)
{
    if (!width || !height) return fault_set(fault, ERR_INPUT, "the picture is empty");
    if (width > PICTURE_SIDE_MOST || height > PICTURE_SIDE_MOST || width * height > IMAGE_PIXELS_MOST)
        return fault_set(fault, ERR_LIMIT, "a picture of %llux%llu is too large", (unsigned long long)width, (unsigned long long)height);
    return OK;
}

/* Phones take pictures of 108 and 200 megapixels: what is more than we take is read smaller. */
static enum err choose_scale(struct jpeg_decompress_struct *info, struct fault *fault)
{
    uint64_t pixels = (uint64_t)info->image_width * info->image_height;
    if (pixels <= IMAGE_PIXELS_MOST || pixels > IMAGE_JPEG_PIXELS_MOST) return check_size(info->image_width, info->image_height, fault);
    info->scale_num = 1;
    for (info->scale_denom = 2; pixels / (info->scale_denom * info->scale_denom) > IMAGE_PIXELS_MOST / 2;) info->scale_denom *= 2;
    jpeg_calc_output_dimensions(info);
    return check_size(info->output_width, info->output_height, fault);
}

/* Ink on paper as light. Adobe writes all four the other way round, and everybody follows. */
static void grey_of_inks(const struct jpeg_decompress_struct *info, const uint8_t *inks, uint8_t *out)
{
    unsigned turn = info->saw_Adobe_marker ? 0 : 255;
    for (size_t x = 0; x < info->output_width; x++, inks += 4) {
        unsigned black = inks[3] ^ turn;
        out[x] = (uint8_t)((77 * (inks[0] ^ turn) + 150 * (inks[1] ^ turn) + 29 * (inks[2] ^ turn)) * black / (256 * 255));
    }
}

/* Everything that libjpeg may jump out of. `picture` and `pixels` belong to the caller, so that nothing is lost by a jump. */
static enum err jpeg_run(struct jpeg_decompress_struct *info, struct arena *arena, struct picture *picture, uint8_t **pixels, struct fault *fault)
{
    if (jpeg_read_header(info, TRUE) != JPEG_HEADER_OK) return fault_set(fault, ERR_INPUT, "not a JPEG picture");
    bool is_ink = info->jpeg_color_space == JCS_CMYK || info->jpeg_color_space == JCS_YCCK;
    info->out_color_space = is_ink ? JCS_CMYK : JCS_GRAYSCALE;
    info->dct_method = JDCT_ISLOW;
    enum err e = choose_scale(info, fault);
    if (e != OK) return e;
    jpeg_start_decompress(info);
    JSAMPROW inks = is_ink ? arena_alloc(arena, (size_t)info->output_width * 4) : NULL;
    if (is_ink && !inks) return fault_set(fault, ERR_NOMEM, "no memory for a picture of %ux%u", info->output_width, info->output_height);
    *pixels = arena_alloc(arena, (size_t)info->output_width * info->output_height);
    if (!*pixels) return fault_set(fault, ERR_NOMEM, "no memory for a picture of %ux%u", info->output_width, info->output_height);
    while (info->output_scanline < info->output_height) {
        JSAMPROW row = *pixels + (size_t)info->output_scanline * info->output_width;
        (void)jpeg_read_scanlines(info, is_ink ? &inks : &row, 1);
        if (is_ink) grey_of_inks(info, inks, row);
    }
    *picture = (struct picture){.width = info->output_width, .height = info->output_height, .pixels = *pixels};
    return OK;
}

static enum err read_jpeg(struct arena *arena, const void *data, size_t length, struct picture *ret, struct fault *fault)
{
    struct jpeg_decompress_struct info;
    struct jpeg_progress_mgr progress = {.progress_monitor = jpeg_watch_scans};
    struct jpeg_guard guard;
    struct picture picture = {0};
    uint8_t *pixels = NULL;
    enum err e;
    memset(&info, 0, sizeof info);
    info.err = jpeg_std_error(&guard.base);
    guard.base.error_exit = jpeg_give_up;
    guard.base.output_message = jpeg_be_quiet;
    guard.text[0] = '\0';
    if (setjmp(guard.back)) {
        jpeg_destroy_decompress(&info);
        return fault_set(fault, ERR_INPUT, "broken JPEG picture: %s", guard.text);
    }
    jpeg_create_decompress(&info);
    info.progress = &progress;
    info.mem->max_memory_to_use = (long)IMAGE_PIXELS_MOST * 8;
    jpeg_mem_src(&info, data, (unsigned long)length);
    e = jpeg_run(&info, arena, &picture, &pixels, fault);
    jpeg_destroy_decompress(&info);
    if (e == OK) *ret = picture;
    return e;
}

static enum err read_png(struct arena *arena, const void *data, size_t length, struct picture *ret, struct fault *fault)
{
    png_image image = {.version = PNG_IMAGE_VERSION};
    const png_color white = {255, 255, 255};
    if (!png_image_begin_read_from_memory(&image, data, length)) return fault_set(fault, ERR_INPUT, "broken PNG picture: %s", image.message);
    enum err e = check_size(image.width, image.height, fault);
    uint8_t *pixels = NULL;
    if (e == OK) {
        image.format = PNG_FORMAT_GRAY;
        pixels = arena_alloc(arena, (size_t)image.width * image.height);
        if (!pixels) e = fault_set(fault, ERR_NOMEM, "no memory for a picture of %ux%u", image.width, image.height);
    }
    if (e == OK && !png_image_finish_read(&image, &white, pixels, (png_int_32)image.width, NULL))
        e = fault_set(fault, ERR_INPUT, "broken PNG picture: %s", image.message);
    if (e == OK) *ret = (struct picture){.width = image.width, .height = image.height, .pixels = pixels};
    png_image_free(&image);
    return e;
}

enum image_kind image_kind_of(const void *data, size_t length)
{
    static const uint8_t png[] = {0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
    const uint8_t *bytes = data;
    if (length >= 3 && bytes[0] == 0xff && bytes[1] == 0xd8 && bytes[2] == 0xff) return IMAGE_JPEG;
    if (length >= sizeof png && memcmp(bytes, png, sizeof png) == 0) return IMAGE_PNG;
    if (length >= 12 && memcmp(bytes, "RIFF", 4) == 0 && memcmp(bytes + 8, "WEBP", 4) == 0) return IMAGE_WEBP;
    if (length >= 2 && bytes[0] == 'P' && bytes[1] == '5') return IMAGE_PGM;
    return IMAGE_UNKNOWN;
}

const char *image_kind_name(const void *data, size_t length)
{
    static const struct {
        size_t at;
        const char *magic, *name;
    } known[] = {{4, "ftypheic", "HEIC"}, {4, "ftypheix", "HEIC"}, {4, "ftyphevc", "HEIC"}, {4, "ftypmif1", "HEIC"}, {4, "ftypmsf1", "HEIC"}, {4, "ftypavif", "AVIF"},
                 {8, "WEBP", "WebP"}, {0, "GIF8", "GIF"}, {0, "II*", "TIFF"}, {0, "MM", "TIFF"}, {0, "BM", "BMP"}, {0, "%PDF", "PDF"}};
    const uint8_t *bytes = data;
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        size_t n = strlen(known[i].magic);
        if (length >= known[i].at + n && memcmp(bytes + known[i].at, known[i].magic, n) == 0) return known[i].name;
    }
    return NULL;
}

static enum err refuse_kind(const void *data, size_t length, struct fault *fault)
{
    const char *name = image_kind_name(data, length);
    if (length == 0) return fault_set(fault, ERR_INPUT, "the file is empty");
    if (name) return fault_set(fault, ERR_INPUT, "%s is not read: save it as JPEG first", name);
    return fault_set(fault, ERR_INPUT, "neither a JPEG nor a PNG nor a PGM picture");
}

enum err image_read(struct arena *arena, const void *data, size_t length, struct picture *ret, struct fault *fault)
{
    switch (image_kind_of(data, length)) {
    case IMAGE_JPEG: return read_jpeg(arena, data, length, ret, fault);
    case IMAGE_PNG: return read_png(arena, data, length, ret, fault);
    case IMAGE_PGM: {
        struct picture picture;
        enum err e = picture_read_pgm(arena, data, length, &picture, NULL, fault);
        if (e == OK) e = check_size(picture.width, picture.height, fault);
        if (e == OK) *ret = picture;
        return e;
    }
    default: return refuse_kind(data, length, fault);
    }
}
