#include "core/vision/qr_read.h"

#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <zbar.h>

#define LOOKS_MOST 8 /* at one picture: each finds at least one code more */

/* Chance makes a bar code of stripes on one line, hardly the same one on three. */
#define BAR_LINES_LEAST 3
#define BAR_DENSITY 2 /* every other line: the same codes found at half the time */

struct qr_reader {
    zbar_image_scanner_t *scanner;
    bool reads_bars;
};

static struct qr_reader *make_reader(bool reads_bars)
{
    struct qr_reader *reader = calloc(1, sizeof *reader);
    if (!reader) return NULL;
    reader->scanner = zbar_image_scanner_create();
    if (!reader->scanner) {
        free(reader);
        return NULL;
    }
    reader->reads_bars = reads_bars;
    zbar_image_scanner_set_config(reader->scanner, 0, ZBAR_CFG_ENABLE, 0);
    return reader;
}

struct qr_reader *qr_reader_new(void)
{
    struct qr_reader *reader = make_reader(false);
    if (!reader) return NULL;
    zbar_image_scanner_set_config(reader->scanner, ZBAR_QRCODE, ZBAR_CFG_ENABLE, 1);
    zbar_image_scanner_set_config(reader->scanner, ZBAR_QRCODE, ZBAR_CFG_BINARY, 1);
    return reader;
}

/* Not DataBar and Codabar: zbar sees them in noise. */
struct qr_reader *qr_reader_new_for_bars(void)
{
    static const zbar_symbol_type_t kinds[] = {ZBAR_EAN13, ZBAR_EAN8, ZBAR_UPCA, ZBAR_UPCE, ZBAR_CODE128, ZBAR_CODE93, ZBAR_CODE39, ZBAR_I25};
    struct qr_reader *reader = make_reader(true);
    if (!reader) return NULL;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) zbar_image_scanner_set_config(reader->scanner, kinds[i], ZBAR_CFG_ENABLE, 1);
    zbar_image_scanner_set_config(reader->scanner, ZBAR_CODE39, ZBAR_CFG_MIN_LEN, 4);
    zbar_image_scanner_set_config(reader->scanner, 0, ZBAR_CFG_X_DENSITY, BAR_DENSITY);
    zbar_image_scanner_set_config(reader->scanner, 0, ZBAR_CFG_Y_DENSITY, BAR_DENSITY);
    return reader;
}

void qr_reader_free(struct qr_reader *reader)
{
    if (!reader) return;
    zbar_image_scanner_destroy(reader->scanner);
    free(reader);
}

/* The outline that zbar gives, and its middle. */
static void find_place(const zbar_symbol_t *symbol, struct qr_found *found)
{
    unsigned points = zbar_symbol_get_loc_size(symbol);
    long x = 0, y = 0, left = INT_MAX, top = INT_MAX, right = 0, bottom = 0;
    for (unsigned i = 0; i < points; i++) {
        long px = zbar_symbol_get_loc_x(symbol, i), py = zbar_symbol_get_loc_y(symbol, i);
        x += px;
        y += py;
        left = px < left ? px : left;
        top = py < top ? py : top;
        right = px > right ? px : right;
        bottom = py > bottom ? py : bottom;
    }
    if (!points || x < 0 || y < 0) return;
    found->x = (unsigned)(x / (long)points);
    found->y = (unsigned)(y / (long)points);
    found->left = left < 0 ? 0 : (unsigned)left;
    found->top = top < 0 ? 0 : (unsigned)top;
    found->right = (unsigned)right;
    found->bottom = (unsigned)bottom;
}

static int compare_place(const void *a, const void *b)
{
    const struct qr_found *left = a, *right = b;
    if (left->y != right->y) return left->y < right->y ? -1 : 1;
    return (left->x > right->x) - (left->x < right->x);
}

static bool is_ours(const struct qr_reader *reader, const zbar_symbol_t *symbol)
{
    bool is_qr = zbar_symbol_get_type(symbol) == ZBAR_QRCODE;
    return reader->reads_bars ? !is_qr && zbar_symbol_get_quality(symbol) >= BAR_LINES_LEAST : is_qr;
}

static enum err take_symbols(const struct qr_reader *reader, const zbar_image_t *image, size_t count, struct arena *arena, struct qr_found_list *ret)
{
    struct qr_found_list list = {.items = arena_array(arena, count, sizeof *list.items)};
    if (!list.items) return ERR_NOMEM;
    for (const zbar_symbol_t *symbol = zbar_image_first_symbol(image); symbol && list.count < count; symbol = zbar_symbol_next(symbol)) {
        if (!is_ours(reader, symbol)) continue;
        struct qr_found *found = &list.items[list.count++];
        found->length = zbar_symbol_get_data_length(symbol);
        char *text = arena_alloc(arena, found->length + 1); /* zeroed, so it ends with NUL */
        if (!text) return ERR_NOMEM;
        const char *data = zbar_symbol_get_data(symbol);
        for (size_t i = 0; i < found->length; i++) text[i] = data[i];
        found->text = text;
        find_place(symbol, found);
    }
    qsort(list.items, list.count, sizeof *list.items, compare_place);
    *ret = list;
    return OK;
}

enum err qr_read(struct qr_reader *reader, const struct picture *picture, struct arena *arena, struct qr_found_list *ret)
{
    if (!picture->width || !picture->height || picture->width > PICTURE_SIDE_MOST || picture->height > PICTURE_SIDE_MOST) return ERR_INPUT;
    zbar_image_t *image = zbar_image_create();
    if (!image) return ERR_NOMEM;
    enum err e = OK;
    zbar_image_set_format(image, zbar_fourcc('Y', '8', '0', '0'));
    zbar_image_set_size(image, picture->width, picture->height);
    /* Borrowed: no cleanup handler, and zbar only reads. */
    zbar_image_set_data(image, picture->pixels, (unsigned long)picture->width * picture->height, NULL);
    int found = zbar_scan_image(reader->scanner, image);
    if (found < 0) e = ERR_BUG; /* only a wrong pixel format gives this */
    else if (found == 0) *ret = (struct qr_found_list){0};
    else e = take_symbols(reader, image, found > QR_READ_MOST ? QR_READ_MOST : (size_t)found, arena, ret);
    zbar_image_destroy(image);
    return e;
}

static void paint_over(uint8_t *pixels, const struct picture *picture, const struct qr_found *found)
{
    for (unsigned y = found->top; y <= found->bottom && y < picture->height; y++)
        for (unsigned x = found->left; x <= found->right && x < picture->width; x++) pixels[(size_t)y * picture->width + x] = 255;
}

enum err qr_read_all(struct qr_reader *reader, const struct picture *picture, struct arena *arena, struct qr_found_list *ret)
{
    struct qr_found_list all = {0}, more = {0};
    size_t capacity = 0;
    enum err e = qr_read(reader, picture, arena, &more);
    if (e != OK || more.count == 0) {
        if (e == OK) *ret = more;
        return e;
    }
    uint8_t *pixels = arena_memdup(arena, picture->pixels, (size_t)picture->width * picture->height);
    if (!pixels) return ERR_NOMEM;
    struct picture rest = {.width = picture->width, .height = picture->height, .pixels = pixels};
    for (int look = 0; more.count && look < LOOKS_MOST; look++) {
        for (size_t i = 0; i < more.count && all.count < QR_READ_MOST; i++) {
            if (arena_grow(arena, &all.items, &capacity, all.count, sizeof *all.items) != 0) return ERR_NOMEM;
            all.items[all.count++] = more.items[i];
            paint_over(pixels, picture, &more.items[i]);
        }
        e = qr_read(reader, &rest, arena, &more);
        if (e != OK) return e;
    }
    qsort(all.items, all.count, sizeof *all.items, compare_place);
    *ret = all;
    return OK;
}
