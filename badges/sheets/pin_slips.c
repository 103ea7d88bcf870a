#include "badges/sheets/pin_slips.h"

#include "badges/layout/layout.h"
#include "badges/sheets/sheet_page.h"
#include "core/base/text.h"

#include <stdlib.h>
#include <string.h>

/* Millimetres on A4: two columns of four slips, each a panel with the name, one with the PIN, and the flap. */
#define PAGE_WIDTH 210.0
#define PAGE_HEIGHT 297.0
#define EDGE 8.0
#define SLIP_WIDTH ((PAGE_WIDTH - 2 * EDGE) / 2)
#define SLIP_HEIGHT ((PAGE_HEIGHT - 2 * EDGE) / 4)
#define NAME_HEIGHT 27.0
#define PIN_HEIGHT ((SLIP_HEIGHT - NAME_HEIGHT) / 2)
#define PAD 4.0
#define PATTERN_SIDE 40 /* cells of a square of the pattern */

#define RULE 0x9A9A9Au

struct slip_words {
    const char *language, *title, *pin, *how, *fold, *number, *no_delegation;
};

static const struct slip_words words[] = {
    {"vi", "Phiếu mã PIN", "Mã PIN", "Nhập khi trang của đại biểu hỏi mã PIN. Xin giữ riêng, không để cùng thẻ.", "Gập lên theo nét đứt, che mã PIN.", "Số",
     "Không thuộc đoàn nào"},
    {"en", "PIN slips", "PIN", "Type it when your page asks for the PIN. Please keep it to yourself, apart from the badge.", "Fold up along the dashes, over the PIN.",
     "No.", "Of no delegation"},
    {"pt", "Talões de PIN", "PIN", "Escreva-o quando a sua página pedir o PIN. Guarde-o só para si, longe do crachá.", "Dobre para cima pelo tracejado, sobre o PIN.",
     "N.º", "Sem delegação"},
    {"ar", "قصاصات الأرقام السرية", "الرقم السري", "أدخلوه عندما تطلب صفحتكم الرقم السري. احفظوه لأنفسكم بعيداً عن البطاقة.",
     "اطووا إلى الأعلى عند الخط المتقطع فوق الرقم.", "الرقم", "بلا وفد"},
};

static const struct slip_words *find_words(const char *language)
{
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (text_is_of_language(language, words[i].language)) return &words[i];
    return &words[0];
}

struct drawing_slip {
    const struct pin_slips *all;
    const struct pin_slip *slip;
    const struct slip_words *words;
    struct arena *arena;
    struct sheet_page page; /* the slip's part of it */
};

static void draw_dashes(struct document *document, double x, double y, double width)
{
    for (double at = 0; at + 2 <= width; at += 4) document_draw_line(document, x + at, y, x + at + 2, y, 0.5, RULE);
}

/* Half of the cells, by a small generator of its own: the same paper for the same list. */
static void draw_pattern(struct document *document, double x, double y, double width, double height)
{
    unsigned char cells[PATTERN_SIDE * PATTERN_SIDE];
    uint32_t state = 0x9E3779B9u;
    for (size_t i = 0; i < sizeof cells; i++) {
        state = state * 1664525u + 1013904223u;
        cells[i] = (unsigned char)(state >> 31);
    }
    for (double at = 0; at + height <= width + 0.01; at += height) document_fill_cells_small(document, x + at, y, height, cells, PATTERN_SIDE);
}

static void draw_slip(struct drawing_slip *d)
{
    const struct look small = {.size = 8, .least = 5.5, .color = SHEET_MUTED}, far = {.size = 11, .least = 6, .bold = true, .align = ALIGN_RIGHT};
    const struct look name = {.size = 15, .least = 8, .lines = 2, .bold = true}, unit = {.size = 9.5, .least = 6, .lines = 2, .color = SHEET_MUTED};
    const struct look label = {.size = 9.5, .least = 6, .color = SHEET_MUTED, .align = ALIGN_CENTER};
    const struct look pin = {.size = 24, .least = 14, .bold = true, .align = ALIGN_CENTER};
    const struct look how = {.size = 7.5, .least = 5, .lines = 2, .color = SHEET_MUTED, .align = ALIGN_CENTER};
    const double width = SLIP_WIDTH - 2 * PAD, flap = NAME_HEIGHT + PIN_HEIGHT;
    const char *number = d->slip->number ? arena_printf(d->arena, "%s \u2066%s\u2069", d->words->number, d->slip->number) : NULL;
    /* In two groups of three it is read and typed without losing one's place. */
    const char *digits = arena_printf(d->arena, "\u2066%.3s\u2009%s\u2069", d->slip->pin, strlen(d->slip->pin) > 3 ? d->slip->pin + 3 : "");
    if (!digits || (d->slip->number && !number)) d->page.result = fault_set(d->page.fault, ERR_NOMEM, "not enough memory");
    sheet_put(&d->page, PAD, 2, width - 26, 4, d->all->event_title, &small);
    sheet_put(&d->page, PAD + width - 25, 2, 25, 4.6, number, &far);
    sheet_put(&d->page, PAD, 7, width, 11.5, d->slip->name, &name);
    sheet_put(&d->page, PAD, 18.6, width, 7, d->slip->unit ? d->slip->unit : d->slip->category, &unit);
    sheet_put(&d->page, PAD, NAME_HEIGHT + 1.2, width, 3.8, d->words->pin, &label);
    sheet_put(&d->page, PAD, NAME_HEIGHT + 5.2, width, 9.5, digits, &pin);
    sheet_put(&d->page, PAD, NAME_HEIGHT + 14.9, width, 6.8, d->words->how, &how);
    sheet_put(&d->page, PAD, flap + 0.8, width, 3.4, d->words->fold, &how);
    draw_dashes(d->page.document, d->page.x + 1, d->page.y + NAME_HEIGHT, SLIP_WIDTH - 2);
    draw_dashes(d->page.document, d->page.x + 1, d->page.y + flap, SLIP_WIDTH - 2);
    const double high = PIN_HEIGHT - 5.6, side = high * (double)(int)(width / high);
    draw_pattern(d->page.document, d->page.x + (SLIP_WIDTH - side) / 2, d->page.y + flap + 4.6, side, high);
}

/* Marks at the paper's edges and crosses between: the slips themselves keep no frame. */
static void draw_cut_marks(struct document *document)
{
    for (int row = 0; row <= 4; row++) {
        double y = EDGE + row * SLIP_HEIGHT;
        document_draw_line(document, 0, y, EDGE - 2, y, 0.4, SHEET_INK);
        document_draw_line(document, PAGE_WIDTH - EDGE + 2, y, PAGE_WIDTH, y, 0.4, SHEET_INK);
        document_draw_line(document, PAGE_WIDTH / 2 - 2, y, PAGE_WIDTH / 2 + 2, y, 0.4, SHEET_INK);
    }
    for (int column = 0; column <= 2; column++) {
        double x = EDGE + column * SLIP_WIDTH;
        document_draw_line(document, x, 0, x, EDGE - 2, 0.4, SHEET_INK);
        document_draw_line(document, x, PAGE_HEIGHT - EDGE + 2, x, PAGE_HEIGHT, 0.4, SHEET_INK);
        for (int row = 1; row < 4; row++) document_draw_line(document, x, EDGE + row * SLIP_HEIGHT - 2, x, EDGE + row * SLIP_HEIGHT + 2, 0.4, SHEET_INK);
    }
}

static bool same_unit(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

static enum err begin_page(struct document *document, struct fault *fault)
{
    enum err e = document_add_page(document, PAGE_WIDTH, PAGE_HEIGHT, fault);
    if (e == OK) draw_cut_marks(document);
    return e;
}

enum err pin_slips_write(const struct pin_slips *slips, struct fonts *fonts, struct buf *out, size_t *ret_pages, struct fault *fault)
{
    struct arena arena = {0};
    struct document *document = NULL;
    const struct slip_words *own = find_words(slips->language);
    const struct document_info info = {.title = own->title, .language = slips->language};
    enum err e = slips->count ? document_new(fonts, &info, &document, fault) : fault_set(fault, ERR_INPUT, "there is no slip to print");
    for (size_t i = 0; e == OK && i < slips->count; i++) {
        const struct pin_slip *slip = &slips->slips[i];
        const size_t place = i % PIN_SLIPS_ON_PAGE;
        bool first = i == 0 || !same_unit(slip->unit, slips->slips[i - 1].unit);
        if (place == 0) e = begin_page(document, fault);
        if (e == OK && first && document_add_bookmark(document, slip->unit ? slip->unit : own->no_delegation) != OK)
            e = fault_set(fault, ERR_NOMEM, "no memory for bookmarks");
        if (e != OK) break;
        struct drawing_slip d = {.all = slips, .slip = slip, .words = own, .arena = &arena};
        d.page = (struct sheet_page){.document = document, .language = slips->language, .width = SLIP_WIDTH, .mirrored = text_is_right_to_left(slips->language),
                                     .allow_missing = slips->allow_missing, .kind = "slip", .whose = slip->name, .fault = fault};
        d.page.x = EDGE + (double)((place % 2 == 0) == !d.page.mirrored ? 0 : 1) * SLIP_WIDTH;
        d.page.y = EDGE + (double)(place / 2) * SLIP_HEIGHT;
        draw_slip(&d);
        e = d.page.result;
        arena_clear(&arena);
    }
    if (e == OK) e = document_save(document, out, fault);
    if (e == OK && ret_pages) *ret_pages = document_page_count(document);
    document_free(document);
    arena_release(&arena);
    return e;
}

static int compare_pins(const void *key, const void *element)
{
    int64_t wanted = *(const int64_t *)key, here = ((const struct pin_of *)element)->delegate_id;
    return wanted < here ? -1 : wanted > here;
}

static const char *pin_in(const struct pin_of *pins, size_t count, int64_t delegate_id)
{
    const struct pin_of *found = count ? bsearch(&delegate_id, pins, count, sizeof *pins, compare_pins) : NULL;
    return found ? found->pin : NULL;
}

static int compare_ids(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

enum err pin_slips_people(struct arena *arena, const struct badge_list *list, struct pin_people *ret, struct fault *fault)
{
    int64_t *ids = arena_array(arena, list->count + 1, sizeof *ids);
    if (!ids) return fault_set(fault, ERR_NOMEM, "not enough memory");
    for (size_t i = 0; i < list->count; i++) ids[i] = list->rows[i].delegate_id;
    qsort(ids, list->count, sizeof *ids, compare_ids);
    *ret = (struct pin_people){ids, list->count};
    return OK;
}

enum err pin_slips_from_list(struct arena *arena, const struct badge_list *list, const struct pin_of *pins, size_t count, struct pin_slips *ret,
                             struct fault *fault)
{
    struct pin_slip *slips = arena_array(arena, list->count + 1, sizeof *slips);
    size_t found = 0;
    if (!slips) return fault_set(fault, ERR_NOMEM, "not enough memory");
    for (size_t i = 0; i < list->count; i++) {
        const struct badge_list_row *row = &list->rows[i];
        const char *pin = row->name ? pin_in(pins, count, row->delegate_id) : NULL;
        if (pin) slips[found++] = (struct pin_slip){row->delegation, row->name, row->number, row->category_title, pin};
    }
    *ret = (struct pin_slips){.event_title = list->event_title, .language = list->language, .slips = slips, .count = found};
    if (found) return OK;
    return fault_set(fault, ERR_NOT_FOUND, "nobody here has a PIN of six digits: theirs are the tails of their phone numbers");
}
