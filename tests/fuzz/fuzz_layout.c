/* A layout from anybody: refused with a sentence, or it keeps what the checks promise and prints a badge.
 *     make CC=clang SAN=address,undefined,fuzzer-no-link B=build/fuzz build/fuzz/fuzz/fuzz_layout && build/fuzz/fuzz/fuzz_layout tests/fuzz/corpus/layout */
#include "tests/fuzz/fuzz.h"

#include "badges/layout/layout.h"

#include <stdlib.h>

static void check_parts(const struct badge_layout *l, const struct badge_side *side)
{
    for (size_t i = 0; i < side->count; i++) {
        const struct box *box = &side->parts[i].box;
        fuzz_expect(box->x >= -0.01 && box->y >= -0.01 && box->x + box->width <= l->width + 0.01 && box->y + box->height <= l->height + 0.01);
        if (side->parts[i].kind == PART_QR || side->parts[i].kind == PART_WIFI) fuzz_expect(box->width >= 25.5);
    }
}

int fuzz_layout(const uint8_t *data, size_t length, struct fonts *fonts)
{
    struct arena arena = {0};
    struct fault fault = {0};
    const struct badge_layout *layout;
    enum err e = badges_layout_read(&arena, "fuzz", (const char *)data, length, &layout, &fault);
    fuzz_expect(e == OK || ((e == ERR_INPUT || e == ERR_LIMIT) && fault.text[0]));
    if (e == OK) {
        check_parts(layout, &layout->front);
        check_parts(layout, &layout->back);
        const struct badge_line lines[] = {{"08:00", "Khai mạc"}, {NULL, "Bế mạc"}};
        const struct badge badge = {.person_code = "P1", .name = "Nguyễn Thị Ở", .title = "Chủ tịch", .delegation = "Đoàn", .category_title = "Đại biểu",
                                    .category_color = "#b01020", .seat = "A1", .number = "001", .url = "HTTP://H/D/0123456789ABCDEF", .issue = 2, .programme = lines,
                                    .papers = lines, .programme_count = 2, .paper_count = 2};
        const struct badge_run run = {.event_title = "Đại hội", .language = "vi", .wifi_name = "w;", .ready = layout, .badges = &badge, .count = 1};
        struct buf pdf;
        buf_init(&pdf, BUF_LIMIT_FILE);
        e = badges_write(&run, fonts, &pdf, NULL, &fault);
        fuzz_expect(e == OK || e == ERR_LIMIT || e == ERR_INPUT);
        buf_release(&pdf);
    }
    arena_release(&arena);
    return 0;
}

#ifdef FUZZ_MAIN
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length)
{
    static struct fonts *fonts; /* dear to make, the same for every input */
    if (!fonts && fonts_new(&fonts, NULL) != OK) abort();
    return fuzz_layout(data, length, fonts);
}
#endif
