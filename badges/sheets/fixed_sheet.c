#include "badges/sheets/fixed_sheet.h"

#include "badges/sheets/sheet_page.h"
#include "core/base/text.h"

/* Millimetres on A4. */
#define PAGE_WIDTH 210.0
#define PAGE_HEIGHT 297.0
#define EDGE 18.0
#define WIDTH (PAGE_WIDTH - 2 * EDGE)
#define FIRST_TOP 15.0
#define NEXT_TOP 27.0
#define BOTTOM 277.0
#define SENTENCE_HEIGHT 95.0
#define ROW_HEIGHT 6.6
#define HEAD_HEIGHT 9.0
#define PERSON_HEIGHT 6.4
#define MORE_HEIGHT 3.4
#define SIGN_HEIGHT 44.0
#define TITLE_WIDTH 84.0
#define MILLIMETRES_A_POINT (25.4 / 72.0)

#define RULE 0xB8B8B8u
#define SHADE 0xF0F0F0u

static const double cell_width[FIXED_SHEET_CELLS] = {20, 82, 22, 50};

struct drawing_fixed {
    const struct fixed_sheet *sheet;
    struct arena *arena;
    struct sheet_page page;
    double y;
    size_t pages;
    size_t total; /* pages that there will be; 0: not known yet */
};

static void rule(struct drawing_fixed *d, double y, double line, uint32_t color)
{
    document_draw_line(d->page.document, EDGE, y, EDGE + WIDTH, y, line, color);
}

static void draw_foot(struct drawing_fixed *d)
{
    const struct look left = {.size = 8.5, .least = 6, .color = SHEET_MUTED}, right = {.size = 8.5, .least = 6, .color = SHEET_MUTED, .align = ALIGN_RIGHT};
    const char *which = arena_printf(d->arena, "%s %zu", d->sheet->page, d->pages);
    if (d->total) which = arena_printf(d->arena, "%s %zu %s %zu", d->sheet->page, d->pages, d->sheet->of, d->total);
    sheet_put(&d->page, EDGE, 284, 100, 5, d->sheet->printed, &left);
    sheet_put(&d->page, EDGE + 100, 284, WIDTH - 100, 5, which, &right);
}

static void next_page(struct drawing_fixed *d)
{
    const struct look small = {.size = 9.5, .least = 6, .color = SHEET_MUTED};
    if (d->page.result == OK) d->page.result = document_add_page(d->page.document, PAGE_WIDTH, PAGE_HEIGHT, d->page.fault);
    if (d->page.result != OK) return;
    d->pages++;
    draw_foot(d);
    if (d->pages > 1) {
        sheet_put(&d->page, EDGE, 12, WIDTH, 5, d->sheet->event_title, &small);
        sheet_put(&d->page, EDGE, 17.5, WIDTH, 5, d->sheet->facts, &small);
    }
    d->y = d->pages > 1 ? NEXT_TOP : FIRST_TOP;
}

/* A text of as many lines as it needs: the place beneath it is where the next thing stands. */
static void put_flowing(struct drawing_fixed *d, const char *text, const struct look *look, double most)
{
    const struct box box = sheet_place(&d->page, EDGE, d->y, WIDTH, most);
    const struct text_style style = {.align = d->page.mirrored ? ALIGN_RIGHT : ALIGN_LEFT, .valign = ALIGN_TOP, .color = look->color ? look->color : SHEET_INK,
                                     .allow_missing = d->page.allow_missing,
                                     .fit = {.language = d->sheet->language, .bold = look->bold, .size = look->size, .break_below = look->size, .least = look->least,
                                             .lines = look->lines, .leading = 1.35}};
    struct text_report report = {0};
    struct fault why = {0};
    if (d->page.result != OK || !text || !text[0]) return;
    d->page.result = document_put_text(d->page.document, &box, text, &style, &report, &why);
    if (d->page.result != OK) (void)fault_set(d->page.fault, d->page.result, "the fixed figure: %s", why.text);
    d->y += (double)report.lines * report.size * 1.35 * MILLIMETRES_A_POINT + 3;
}

static void draw_head(struct drawing_fixed *d)
{
    const struct fixed_sheet *s = d->sheet;
    const struct look small = {.size = 10, .least = 6, .color = SHEET_MUTED}, event = {.size = 13, .least = 7, .lines = 2, .bold = true};
    const struct look title = {.size = 20, .least = 10, .bold = true}, label = {.size = 14, .least = 8, .lines = 2, .bold = true};
    const struct look sentence = {.size = 15, .least = 8, .lines = 16}, facts = {.size = 9.5, .least = 6, .lines = 3, .color = SHEET_MUTED};
    sheet_put(&d->page, EDGE, 12, WIDTH, 5.5, s->organization, &small);
    sheet_put(&d->page, EDGE, 18, WIDTH, 10, s->event_title, &event);
    sheet_put(&d->page, EDGE, 32, WIDTH, 11, s->title, &title);
    d->y = 45;
    if (s->label) {
        sheet_put(&d->page, EDGE, d->y, WIDTH, 8, s->label, &label);
        d->y += 11;
    }
    put_flowing(d, s->sentence, &sentence, SENTENCE_HEIGHT);
    put_flowing(d, s->facts, &facts, 20);
    d->y += 3;
}

static void draw_row(struct drawing_fixed *d, const struct fixed_sheet_row *row)
{
    const double height = row->is_head ? HEAD_HEIGHT : ROW_HEIGHT, each = (WIDTH - TITLE_WIDTH) / FIXED_SHEET_NUMBERS;
    const struct look title = {.size = 10, .least = 6, .lines = 2, .bold = row->is_head};
    const struct look number = {.size = row->is_head ? 8.5 : 10.5, .least = 5.5, .lines = 2, .align = ALIGN_RIGHT, .bold = row->is_head};
    if (d->y + height + (row->is_head ? 2 * ROW_HEIGHT : 0) > BOTTOM) next_page(d);
    if (d->page.result != OK) return;
    if (row->is_head && d->y > NEXT_TOP) d->y += 3;
    const struct box ground = {.x = EDGE, .y = d->y, .width = WIDTH, .height = height};
    if (row->is_head) document_fill_box(d->page.document, &ground, SHADE);
    sheet_put(&d->page, EDGE + 1, d->y + 0.4, TITLE_WIDTH - 2, height - 0.8, row->title, &title);
    for (size_t i = 0; i < FIXED_SHEET_NUMBERS; i++)
        sheet_put(&d->page, EDGE + TITLE_WIDTH + (double)i * each, d->y + 0.4, each - 1, height - 0.8, row->numbers[i], &number);
    d->y += height;
    rule(d, d->y, row->is_head ? 0.8 : 0.35, row->is_head ? SHEET_INK : RULE);
}

static void draw_signatures(struct drawing_fixed *d)
{
    const struct look who = {.size = 11, .least = 7, .lines = 2, .bold = true, .align = ALIGN_CENTER};
    const struct look how = {.size = 8.5, .least = 6, .color = SHEET_MUTED, .align = ALIGN_CENTER};
    const double gap = 8, each = (WIDTH - gap * (FIXED_SHEET_SIGNERS - 1)) / FIXED_SHEET_SIGNERS;
    if (!d->sheet->signers[0]) return;
    if (d->y + SIGN_HEIGHT > BOTTOM) next_page(d);
    if (d->page.result != OK) return;
    for (size_t i = 0; i < FIXED_SHEET_SIGNERS; i++) {
        double x = EDGE + (double)i * (each + gap);
        const struct box line = sheet_place(&d->page, x, d->y + 40, each, 0);
        sheet_put(&d->page, x, d->y + 7, each, 7, d->sheet->signers[i], &who);
        sheet_put(&d->page, x, d->y + 14, each, 4.5, d->sheet->sign_here, &how);
        document_draw_line(d->page.document, line.x, d->y + 40, line.x + line.width, d->y + 40, 0.5, SHEET_INK);
    }
    d->y += SIGN_HEIGHT;
}

/* --- the list ------------------------------------------------------------------------------------------------------------------------------------- */

static void draw_list_head(struct drawing_fixed *d)
{
    const struct look look = {.size = 9, .least = 6, .bold = true};
    const struct box ground = {.x = EDGE, .y = d->y, .width = WIDTH, .height = ROW_HEIGHT};
    double x = EDGE;
    document_fill_box(d->page.document, &ground, SHADE);
    for (size_t i = 0; i < FIXED_SHEET_CELLS; i++) {
        sheet_put(&d->page, x + 1, d->y + 0.4, cell_width[i] - 2, ROW_HEIGHT - 0.8, d->sheet->list_head[i], &look);
        x += cell_width[i];
    }
    d->y += ROW_HEIGHT;
}

static void draw_person(struct drawing_fixed *d, const struct fixed_sheet_person *p)
{
    const struct look heading = {.size = 11, .least = 7, .bold = true}, more = {.size = 7.5, .least = 5, .color = SHEET_MUTED};
    const double height = PERSON_HEIGHT + (p->more ? MORE_HEIGHT : 0), before = p->heading ? 10 : 0;
    if (d->y + before + height > BOTTOM) {
        next_page(d);
        if (d->page.result != OK) return;
        draw_list_head(d);
    }
    if (p->heading) sheet_put(&d->page, EDGE, d->y + 2.5, WIDTH, 6.5, p->heading, &heading);
    d->y += before;
    double x = EDGE;
    for (size_t i = 0; i < FIXED_SHEET_CELLS; i++) {
        const struct look look = {.size = i == 1 ? 10.5 : 9.5, .least = 5.5, .bold = i == 0};
        sheet_put(&d->page, x + 1, d->y + 0.4, cell_width[i] - 2, PERSON_HEIGHT - 0.8, p->cells[i], &look);
        x += cell_width[i];
    }
    sheet_put(&d->page, EDGE + cell_width[0] + 1, d->y + PERSON_HEIGHT - 0.4, WIDTH - cell_width[0] - 2, MORE_HEIGHT - 0.2, p->more, &more);
    d->y += height;
    rule(d, d->y, 0.3, RULE);
}

static void draw_list(struct drawing_fixed *d)
{
    const struct look title = {.size = 15, .least = 9, .bold = true};
    next_page(d);
    if (d->page.result != OK) return;
    sheet_put(&d->page, EDGE, d->y, WIDTH, 9, d->sheet->list_title, &title);
    d->y += 12;
    draw_list_head(d);
    for (size_t i = 0; i < d->sheet->person_count && d->page.result == OK; i++) {
        draw_person(d, &d->sheet->people[i]);
        if (i % 64 == 63) arena_clear(d->arena);
    }
}

/* --- the whole ------------------------------------------------------------------------------------------------------------------------------------ */

static enum err draw(const struct fixed_sheet *sheet, struct fonts *fonts, size_t total, struct document **ret, size_t *ret_pages, struct fault *fault)
{
    struct arena arena = {0};
    const struct document_info info = {.title = sheet->title, .author = sheet->organization, .language = sheet->language};
    struct drawing_fixed d = {.sheet = sheet, .arena = &arena, .total = total};
    enum err e = document_new(fonts, &info, ret, fault);
    if (e != OK) return e;
    d.page = (struct sheet_page){.document = *ret, .language = sheet->language, .width = PAGE_WIDTH, .mirrored = text_is_right_to_left(sheet->language),
                                 .allow_missing = sheet->allow_missing, .kind = "fixed figure", .whose = sheet->title, .fault = fault};
    next_page(&d);
    if (d.page.result == OK) draw_head(&d);
    for (size_t i = 0; i < sheet->row_count && d.page.result == OK; i++) draw_row(&d, &sheet->rows[i]);
    if (d.page.result == OK) draw_signatures(&d);
    if (d.page.result == OK && sheet->person_count) draw_list(&d);
    *ret_pages = d.pages;
    arena_release(&arena);
    return d.page.result;
}

#define COUNTED_MOST 3000 /* people whose pages are counted by drawing them twice; longer lists say the page alone */

enum err fixed_sheet_write(const struct fixed_sheet *sheet, struct fonts *fonts, struct buf *out, size_t *ret_pages, struct fault *fault)
{
    struct document *document = NULL;
    size_t pages = 0;
    enum err e = OK;
    if (sheet->person_count <= COUNTED_MOST) {
        e = draw(sheet, fonts, 0, &document, &pages, fault);
        document_free(document);
        document = NULL;
    }
    if (e == OK) e = draw(sheet, fonts, pages, &document, &pages, fault);
    if (e == OK) e = document_save(document, out, fault);
    if (e == OK && ret_pages) *ret_pages = pages;
    document_free(document);
    return e;
}
