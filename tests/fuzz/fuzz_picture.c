/* A picture that somebody holds before the camera. The first byte of the input chooses: a file (JPEG, PNG, PGM), bare pixels, or the modules of a code. What is read
 * is a text of the length that is told; nothing is read behind a picture's end. zbar is not asked: it is not ours to mend, and runs in a process of its own.
 *     make CC=clang SAN=address,undefined,fuzzer-no-link B=build/fuzz build/fuzz/fuzz/fuzz_picture && build/fuzz/fuzz/fuzz_picture tests/fuzz/corpus/picture */
#include "tests/fuzz/fuzz.h"

#include "core/vision/image_read.h"
#include "core/vision/qr_search.h"
#include "core/vision/qr_symbol.h"

#include <string.h>

#define PICTURE_PIXELS 300000u /* larger ones are only slower */

static void picture_search(struct arena *arena, const struct picture *picture, const struct reed_solomon *field)
{
    struct shade shade;
    struct picture half;
    struct qr_found_list found = {.items = arena_array(arena, QR_READ_MOST, sizeof *found.items)};
    if (!found.items || picture->width * picture->height > PICTURE_PIXELS || shade_halve(arena, picture, &half) != OK) return;
    for (int k = 0; k < 2; k++) {
        if (shade_make(arena, k ? &half : picture, k ? 20 : 30, &shade) != OK) return;
        struct qr_search search = {.field = field, .picture = picture, .shade = &shade, .arena = arena, .step = 1, .margin = 6, .found = &found};
        fuzz_expect(qr_search_run(&search) == OK);
    }
    for (size_t i = 0; i < found.count; i++) {
        const struct qr_found *one = &found.items[i];
        fuzz_expect(one->length > 0 && one->text[one->length] == '\0' && one->right >= one->left && one->bottom >= one->top);
        fuzz_expect(one->right <= picture->width + 2 && one->bottom <= picture->height + 2);
    }
}

static void picture_symbol(const uint8_t *data, size_t length, const struct reed_solomon *field)
{
    struct qr_symbol symbol = {.side = 21 + 4 * (data[0] % 12u)};
    char text[QR_SYMBOL_TEXT_MOST + 1];
    size_t count = 0, cells = sizeof symbol.cells / sizeof *symbol.cells;
    for (size_t i = 1; i < length && i - 1 < cells; i++) symbol.cells[i - 1] = (int16_t)((data[i] - 128) * 20);
    if (qr_symbol_read(field, &symbol, text, &count)) fuzz_expect(count > 0 && count <= QR_SYMBOL_TEXT_MOST && text[count] == '\0' && symbol.side <= QR_SYMBOL_SIDE_MOST);
}

int fuzz_picture(const uint8_t *data, size_t length)
{
    struct arena arena = {0};
    struct reed_solomon field;
    struct picture picture = {0};
    struct fault fault = {0};
    if (length < 3) return 0;
    reed_solomon_init(&field);
    if (data[0] % 3 == 0) {
        enum err e = image_read(&arena, data + 1, length - 1, &picture, &fault);
        fuzz_expect(e == OK ? picture.width && picture.height && picture.pixels : fault.text[0] != '\0');
        if (e == OK) picture_search(&arena, &picture, &field);
    } else if (data[0] % 3 == 1) {
        picture.width = 1 + data[1] * 2u;
        picture.height = (unsigned)((length - 2) / picture.width);
        picture.pixels = arena_memdup(&arena, data + 2, length - 2);
        if (picture.height && picture.pixels) picture_search(&arena, &picture, &field);
    } else picture_symbol(data + 1, length - 1, &field);
    arena_release(&arena);
    return 0;
}

#ifdef FUZZ_MAIN
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length)
{
    return fuzz_picture(data, length);
}
#endif
