#include "badges/sheets/paper_list.h"

#include "badges/sheets/sheet_page.h"
#include "core/base/text.h"
#include "core/congress/badges/print_log.h"

#include <string.h>

/* Millimetres on A4. */
#define PAGE_WIDTH 210.0
#define PAGE_HEIGHT 297.0
#define EDGE 9.0
#define WIDTH (PAGE_WIDTH - 2 * EDGE)
#define HEAD_TOP 37.0  /* of the table's head */
#define HEAD_HEIGHT 7.5
#define ROWS_TOP (HEAD_TOP + HEAD_HEIGHT)
#define ROW_HEIGHT 9.0
#define ROWS_ON_PAGE 26u
#define FOOT_TOP 281.0

#define RULE 0xB8B8B8u
#define SHADE 0xEDEDEDu
#define STRIPE 0xF6F6F6u

struct list_words {
    const char *language;
    const char *title, *everybody, *no_delegation, *name, *number, *unit, *seat, *code, *time, *sign, *direction, *in, *out, *given, *day, *kept_by, *others, *how, *back,
        *printed, *page, *of;
};

static const struct list_words words[] = {
    {"vi", "Danh sách giấy", "Toàn bộ", "Không thuộc đoàn nào", "Họ và tên", "Số", "Đoàn, thành phần", "Ghế", "Mã dòng", "Giờ", "Ký tên", "Hướng", "vào", "ra", "đã phát",
     "Ngày", "Người ghi", "Không có trong danh sách: ghi tên, đoàn và giờ; bàn đăng ký nhập sau.", "Đánh dấu ô, ghi giờ (07:52).",
     "Nộp lại danh sách này cho bàn đăng ký.", "In lúc", "Trang", "/"},
    {"en", "Paper list", "Everybody", "Of no delegation", "Name", "No.", "Delegation, category", "Seat", "Row code", "Time", "Signature", "Direction", "in", "out",
     "given", "Day", "Kept by", "Not on the list: write name, delegation and time; the desk enters them later.", "Tick the box, write the time (07:52).",
     "Hand this list back to the desk.", "Printed", "Page", "of"},
    {"pt", "Lista em papel", "Todos", "Sem delegação", "Nome", "N.º", "Delegação, categoria", "Lugar", "Código", "Hora", "Assinatura", "Sentido", "entrada", "saída",
     "entregue", "Dia", "Registado por", "Fora da lista: escreva nome, delegação e hora; a receção regista depois.", "Marque a caixa, escreva a hora (07:52).",
     "Devolva esta lista à receção.", "Impresso", "Página", "de"},
    {"ar", "قائمة ورقية", "الجميع", "بلا وفد", "الاسم", "الرقم", "الوفد، الفئة", "المقعد", "رمز السطر", "الوقت", "التوقيع", "الاتجاه", "دخول", "خروج", "سُلّم", "اليوم",
     "المسجِّل", "من ليس في القائمة: اكتبوا الاسم والوفد والوقت، ويُدخلهم مكتب التسجيل لاحقاً.", "ضعوا علامة في المربع واكتبوا الوقت (07:52).",
     "أعيدوا هذه القائمة إلى مكتب التسجيل.", "طُبعت", "صفحة", "من"},
};

static const struct list_words *find_words(const char *language)
{
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (text_is_of_language(language, words[i].language)) return &words[i];
    return &words[0];
}

/* Where the columns stand, from the side on which reading begins: the time beside the code, as they are typed. */
enum column { COLUMN_TICK, COLUMN_NAME, COLUMN_NUMBER, COLUMN_UNIT, COLUMN_SEAT, COLUMN_CODE, COLUMN_TIME, COLUMN_SIGN, COLUMN_COUNT };
static const double column_width[COLUMN_COUNT] = {9, 56, 14, 46, 13, 19, 15, 20};

/* One list with pages of its own: all, or a delegation. */
struct part {
    const char *unit;
    const struct row_person *rows;
    size_t count;
};

struct drawing {
    const struct paper_list *paper;
    const struct list_words *words;
    const char *printed;
    struct part part;
    struct arena *arena;
    struct sheet_page page;
};

/* --- pieces -------------------------------------------------------------------------------------------------------------------------------- */

static void rule(struct drawing *d, double x, double y, double width, double line, uint32_t color)
{
    const struct box box = sheet_place(&d->page, x, y, width, 0);
    document_draw_line(d->page.document, box.x, y, box.x + box.width, y, line, color);
}

static void post(struct drawing *d, double x, double y, double height)
{
    const struct box box = sheet_place(&d->page, x, y, 0, height);
    document_draw_line(d->page.document, box.x, y, box.x, y + height, 0.25, RULE);
}

static void tick_box(struct drawing *d, double x, double y, double side)
{
    const struct box box = sheet_place(&d->page, x, y, side, side);
    document_stroke_round_box(d->page.document, &box, 0.4, 0.8, SHEET_INK);
}

static const char *sure(struct drawing *d, const char *text)
{
    if (text) return text;
    if (d->page.result == OK) d->page.result = fault_set(d->page.fault, ERR_NOMEM, "not enough memory");
    return "";
}

static double column_at(enum column column)
{
    double x = EDGE;
    for (int i = 0; i < (int)column; i++) x += column_width[i];
    return x;
}

/* --- the page ------------------------------------------------------------------------------------------------------------------------------ */

/* "From … to …" by what the list is sorted by: a page is found by leafing through. */
static const char *row_key(const struct drawing *d, const struct row_person *row)
{
    const enum row_order order = d->paper->list->order;
    if (order == ROW_ORDER_NUMBER) return row->number;
    return order == ROW_ORDER_SEAT ? row->seat : row->name;
}

static const char *page_range(struct drawing *d, size_t from, size_t rows)
{
    if (!rows) return NULL;
    const char *first = row_key(d, &d->part.rows[from]), *last = row_key(d, &d->part.rows[from + rows - 1]);
    if (!first) return NULL;
    if (!last || rows == 1) return first;
    return sure(d, arena_printf(d->arena, "\u2068%s\u2069 – \u2068%s\u2069", first, last));
}

/* What is not known when it is printed is ticked or written once at the head of each page: pages get apart. */
static void draw_blanks(struct drawing *d, double y)
{
    const struct row_list *list = d->paper->list;
    const struct look label = {.size = 9.5, .least = 6, .color = SHEET_MUTED}, word = {.size = 10.5, .least = 6};
    double x = EDGE;
    sheet_put(&d->page, x, y, 15, 7, list->is_handout ? NULL : d->words->direction, &label);
    const char *ways[] = {list->is_handout ? d->words->given : list->one_direction && list->goes_out ? NULL : d->words->in,
                          list->is_handout || (list->one_direction && !list->goes_out) ? NULL : d->words->out};
    x += list->is_handout ? 0 : 16;
    for (int i = 0; i < 2; i++) {
        if (!ways[i]) continue;
        tick_box(d, x, y + 1.2, 4.6);
        sheet_put(&d->page, x + 6, y, 16, 7, ways[i], &word);
        x += 23;
    }
    x = EDGE + 64;
    sheet_put(&d->page, x, y, 12, 7, d->words->day, &label);
    rule(d, x + 12, y + 6.4, 32, 0.5, SHEET_INK);
    sheet_put(&d->page, x + 48, y, 20, 7, d->words->kept_by, &label);
    rule(d, x + 68, y + 6.4, WIDTH - 64 - 68, 0.5, SHEET_INK);
}

static void draw_head(struct drawing *d, size_t from, size_t rows)
{
    const struct row_list *list = d->paper->list;
    const struct look event = {.size = 10, .least = 6, .color = SHEET_MUTED}, kind = {.size = 10, .least = 6, .bold = true, .align = ALIGN_RIGHT};
    const struct look place = {.size = 16, .least = 8, .lines = 2, .bold = true};
    const struct look range = {.size = 10, .least = 5.5, .lines = 2, .align = ALIGN_RIGHT};
    const char *unit = d->part.unit, *gate = list->gate_title;
    const char *where = gate && unit ? sure(d, arena_printf(d->arena, "\u2068%s\u2069 · \u2068%s\u2069", gate, unit)) : gate ? gate : unit ? unit : d->words->everybody;
    sheet_put(&d->page, EDGE, 9, WIDTH - 42, 5.5, list->event_title, &event);
    sheet_put(&d->page, EDGE + WIDTH - 40, 9, 40, 5.5, d->words->title, &kind);
    sheet_put(&d->page, EDGE, 15, 112, 11, where, &place);
    sheet_put(&d->page, EDGE + 114, 15, WIDTH - 114, 11, page_range(d, from, rows), &range);
    draw_blanks(d, 27.5);
}

static void draw_table_head(struct drawing *d)
{
    const struct list_words *w = d->words;
    const char *const titles[COLUMN_COUNT] = {"", w->name, w->number, w->unit, w->seat, w->code, w->time, w->sign};
    const struct look look = {.size = 9, .least = 5.5, .lines = 2, .bold = true};
    const struct box ground = {.x = EDGE, .y = HEAD_TOP, .width = WIDTH, .height = HEAD_HEIGHT};
    document_fill_box(d->page.document, &ground, SHADE);
    for (int i = 0; i < COLUMN_COUNT; i++)
        sheet_put(&d->page, column_at((enum column)i) + 1, HEAD_TOP + 0.4, column_width[i] - 1.6, HEAD_HEIGHT - 0.8, titles[i], &look);
    rule(d, EDGE, ROWS_TOP, WIDTH, 0.8, SHEET_INK);
}

static void draw_foot(struct drawing *d, size_t page, size_t pages)
{
    const struct look left = {.size = 8.5, .least = 6, .color = SHEET_MUTED}, right = {.size = 8.5, .least = 6, .color = SHEET_MUTED, .align = ALIGN_RIGHT};
    const struct look how = {.size = 9, .least = 6, .lines = 1};
    sheet_put(&d->page, EDGE, FOOT_TOP, WIDTH, 4.6, sure(d, arena_printf(d->arena, "%s %s", d->words->how, d->words->back)), &how);
    sheet_put(&d->page, EDGE, FOOT_TOP + 5, 110, 4.4, sure(d, arena_printf(d->arena, "%s %s · %zu", d->words->printed, d->printed, d->part.count)), &left);
    sheet_put(&d->page, EDGE + 110, FOOT_TOP + 5, WIDTH - 110, 4.4, sure(d, arena_printf(d->arena, "%s %zu %s %zu", d->words->page, page, d->words->of, pages)), &right);
}

/* --- rows ------------------------------------------------------------------------------------------------------------------------------------ */

static void draw_cells(struct drawing *d, double y)
{
    for (int i = COLUMN_NUMBER; i < COLUMN_COUNT; i++) post(d, column_at((enum column)i), y, ROW_HEIGHT);
    tick_box(d, EDGE + 2, y + (ROW_HEIGHT - 5) / 2, 5);
    rule(d, EDGE, y + ROW_HEIGHT, WIDTH, 0.35, RULE);
}

/* A tick as a pen makes it. */
static void draw_present(struct drawing *d, const struct row_person *row, double y)
{
    const struct look when = {.size = 8.5, .least = 5.5, .color = SHEET_MUTED};
    const struct box box = sheet_place(&d->page, EDGE + 2, y + (ROW_HEIGHT - 5) / 2, 5, 5);
    document_draw_line(d->page.document, box.x + 1, box.y + 2.6, box.x + 2.1, box.y + 4, 1.2, SHEET_INK);
    document_draw_line(d->page.document, box.x + 2.1, box.y + 4, box.x + 4.2, box.y + 1, 1.2, SHEET_INK);
    const char *moment = sure(d, print_log_when(d->arena, d->paper->list->timezone, row->marked_ms)), *clock = strrchr(moment, ' ');
    sheet_put(&d->page, column_at(COLUMN_TIME) + 1, y + 0.4, column_width[COLUMN_TIME] - 2, ROW_HEIGHT - 0.8, clock ? clock + 1 : moment, &when);
}

static void draw_unit(struct drawing *d, const struct row_person *row, double y)
{
    const struct look plain = {.size = 9, .least = 5, .lines = 2}, small = {.size = 7, .least = 5, .color = SHEET_MUTED};
    const struct look tight = {.size = 8.5, .least = 5, .lines = 2};
    const double x = column_at(COLUMN_UNIT) + 1, width = column_width[COLUMN_UNIT] - 2;
    const char *unit = d->part.unit ? NULL : row->delegation; /* it stands at the head */
    if (unit) sheet_put(&d->page, x, y + 0.1, width, 5.9, unit, &tight);
    sheet_put(&d->page, x, unit ? y + 6 : y + 0.4, width, unit ? 2.9 : ROW_HEIGHT - 0.8, row->category, unit ? &small : &plain);
}

static void draw_row(struct drawing *d, const struct row_person *row, double y)
{
    const struct look name = {.size = 11.5, .least = 5.5, .lines = 2}, number = {.size = 11, .least = 5.5, .bold = true}, plain = {.size = 10, .least = 5};
    const struct look code = {.size = 12.5, .least = 8, .bold = true};
    const double x = column_at(COLUMN_NAME) + 1, high = ROW_HEIGHT - 0.8;
    const char *who = row->born ? sure(d, arena_printf(d->arena, "\u2068%s\u2069 (\u2066%s\u2069)", row->name, row->born)) : row->name;
    d->page.whose = row->name ? row->name : row->number ? row->number : "";
    if (!row->code) d->page.result = fault_set(d->page.fault, ERR_INPUT, "%s has no row code yet", d->page.whose);
    if (!row->name) rule(d, x, y + ROW_HEIGHT - 1.8, column_width[COLUMN_NAME] - 3, 0.4, SHEET_MUTED);
    sheet_put(&d->page, x, y + 0.4, column_width[COLUMN_NAME] - 2, high, who, &name);
    sheet_put(&d->page, column_at(COLUMN_NUMBER) + 1, y + 0.4, column_width[COLUMN_NUMBER] - 2, high, row->number, &number);
    draw_unit(d, row, y);
    sheet_put(&d->page, column_at(COLUMN_SEAT) + 1, y + 0.4, column_width[COLUMN_SEAT] - 2, high, row->seat, &plain);
    sheet_put(&d->page, column_at(COLUMN_CODE) + 1, y + 0.4, column_width[COLUMN_CODE] - 2, high, row->code, &code);
    draw_cells(d, y);
    if (d->paper->mark_present && row->marked_ms != DB_NULL) draw_present(d, row, y);
}

static void draw_blank_row(struct drawing *d, double y)
{
    rule(d, column_at(COLUMN_NAME) + 1, y + ROW_HEIGHT - 1.8, column_width[COLUMN_NAME] - 3, 0.4, SHEET_MUTED);
    rule(d, column_at(COLUMN_UNIT) + 1, y + ROW_HEIGHT - 1.8, column_width[COLUMN_UNIT] - 3, 0.4, SHEET_MUTED);
    draw_cells(d, y);
}

/* --- parts ----------------------------------------------------------------------------------------------------------------------------------- */

/* Rows of people, then one that says what the blank ones are for, then these. */
static size_t row_total(const struct drawing *d)
{
    return d->part.count + (d->paper->blanks ? d->paper->blanks + 1 : 0);
}

static void draw_any_row(struct drawing *d, size_t index, double y)
{
    const struct look note = {.size = 9, .least = 6, .color = SHEET_MUTED};
    if (index < d->part.count && index % 2) {
        const struct box ground = {.x = EDGE, .y = y, .width = WIDTH, .height = ROW_HEIGHT};
        document_fill_box(d->page.document, &ground, STRIPE);
    }
    if (index < d->part.count) draw_row(d, &d->part.rows[index], y);
    else if (index > d->part.count) draw_blank_row(d, y);
    else sheet_put(&d->page, EDGE + 2, y + 2.2, WIDTH - 4, ROW_HEIGHT - 2.6, d->words->others, &note);
    if (index == d->part.count) rule(d, EDGE, y + ROW_HEIGHT, WIDTH, 0.5, SHEET_INK);
}

static enum err draw_part(struct drawing *d)
{
    const size_t total = row_total(d), pages = total ? (total + ROWS_ON_PAGE - 1) / ROWS_ON_PAGE : 1;
    for (size_t page = 0; page < pages && d->page.result == OK; page++) {
        const size_t from = page * ROWS_ON_PAGE, rows = total - from < ROWS_ON_PAGE ? total - from : ROWS_ON_PAGE;
        const size_t people = from >= d->part.count ? 0 : d->part.count - from < rows ? d->part.count - from : rows;
        d->page.result = document_add_page(d->page.document, PAGE_WIDTH, PAGE_HEIGHT, d->page.fault);
        if (d->page.result != OK) break;
        if (page == 0 && d->part.unit && document_add_bookmark(d->page.document, d->part.unit) != OK)
            d->page.result = fault_set(d->page.fault, ERR_NOMEM, "no memory for bookmarks");
        d->page.whose = d->words->title;
        draw_head(d, from, people);
        draw_table_head(d);
        for (size_t i = 0; i < rows && d->page.result == OK; i++) draw_any_row(d, from + i, ROWS_TOP + (double)i * ROW_HEIGHT);
        draw_foot(d, page + 1, pages);
        arena_clear(d->arena);
    }
    return d->page.result;
}

/* From row `from` on: all, or those of one delegation. */
static struct part part_at(const struct row_list *list, const struct list_words *own, size_t from)
{
    struct part part = {.unit = list->unit_title, .rows = list->rows + from, .count = list->count - from};
    if (list->order != ROW_ORDER_DELEGATION || from == list->count) return part;
    part.count = 1;
    while (from + part.count < list->count && list->rows[from + part.count].unit_id == list->rows[from].unit_id) part.count++;
    part.unit = list->rows[from].delegation ? list->rows[from].delegation : own->no_delegation;
    return part;
}

enum err paper_list_write(const struct paper_list *paper, struct fonts *fonts, struct buf *out, size_t *ret_pages, struct fault *fault)
{
    struct arena arena = {0}, titles = {0};
    struct document *document = NULL;
    const struct row_list *list = paper->list;
    const struct list_words *own = find_words(list->language);
    const char *title = arena_printf(&titles, "%s – %s", list->event_title, own->title), *printed = print_log_when(&titles, list->timezone, list->printed_ms);
    const struct document_info info = {.title = title, .author = list->organization, .language = list->language};
    enum err e = title && printed ? document_new(fonts, &info, &document, fault) : fault_set(fault, ERR_NOMEM, "not enough memory");
    size_t from = 0;
    do {
        struct drawing d = {.paper = paper, .words = own, .printed = printed, .arena = &arena, .part = part_at(list, own, from)};
        d.page = (struct sheet_page){.document = document, .language = list->language, .width = PAGE_WIDTH, .mirrored = text_is_right_to_left(list->language),
                                     .allow_missing = paper->allow_missing, .kind = "list", .fault = fault};
        if (e == OK) e = draw_part(&d);
        from += d.part.count;
    } while (e == OK && from < list->count);
    if (e == OK) e = document_save(document, out, fault);
    if (e == OK && ret_pages) *ret_pages = document_page_count(document);
    document_free(document);
    arena_release(&arena);
    arena_release(&titles);
    return e;
}
