#include "badges/sheets/sign_sheet.h"

#include "badges/layout/layout.h"
#include "badges/sheets/sheet_page.h"
#include "core/base/text.h"

/* Millimetres on A4. */
#define PAGE_WIDTH 210.0
#define PAGE_HEIGHT 297.0
#define EDGE 15.0
#define WIDTH (PAGE_WIDTH - 2 * EDGE)
#define ROWS_FIRST_TOP 71.0 /* of the table's head on the first page of a sheet */
#define ROWS_NEXT_TOP 29.0  /* on the others */
#define HEAD_HEIGHT 9.0
#define ROW_HEIGHT 8.2
#define NOTE_HEIGHT 3.4     /* more, when something stands beneath the name */
#define ROWS_BOTTOM 279.0
#define SIGN_HEIGHT 70.0    /* count, taker, date, two signatures */
#define KEPT_TOGETHER 3     /* rows that go with the signatures to a page of their own */

#define RULE 0xB8B8B8u
#define SHADE 0xF0F0F0u

struct sheet_words {
    const char *language;
    const char *title, *delegation, *no_delegation, *badges, *number, *name, *category, *seat, *box, *kept, *issue, *handed, *to, *kept_count, *date, *gives,
        *receives, *sign_here, *page, *of, *printed;
};

static const struct sheet_words words[] = {
    {"vi", "Biên bản giao nhận thẻ", "Đoàn", "Không thuộc đoàn nào", "Số thẻ", "Số", "Họ và tên", "Thành phần", "Ghế", "Hộp thẻ", "Giữ lại", "cấp lần", "Đã giao",
     "Người nhận", "Số thẻ đã nhận", "Ngày, giờ", "Bên giao", "Bên nhận", "(ký, ghi rõ họ tên)", "Trang", "/", "In lúc"},
    {"en", "Badge handover", "Delegation", "Of no delegation", "Badges", "No.", "Name", "Category", "Seat", "Box", "Kept back", "issue", "Handed to", "Received by",
     "Badges received", "Date, time", "Gives", "Receives", "(signature and name)", "Page", "of", "Printed"},
    {"pt", "Termo de entrega de crachás", "Delegação", "Sem delegação", "Crachás", "N.º", "Nome", "Categoria", "Lugar", "Caixa", "Retido", "emissão", "Entregue a",
     "Recebido por", "Crachás recebidos", "Data, hora", "Entrega", "Recebe", "(assinatura e nome)", "Página", "de", "Impresso"},
    {"ar", "محضر تسليم البطاقات", "الوفد", "بلا وفد", "عدد البطاقات", "الرقم", "الاسم", "الفئة", "المقعد", "العلبة", "محجوزة", "إصدار", "سُلّمت إلى", "المستلِم",
     "عدد البطاقات المستلمة", "التاريخ والساعة", "المسلِّم", "المستلِم", "(التوقيع والاسم)", "صفحة", "من", "طُبعت"},
};

static const struct sheet_words *find_words(const char *language)
{
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (text_is_of_language(language, words[i].language)) return &words[i];
    return &words[0];
}

/* Where the columns stand, from the side on which reading begins. */
enum column { COLUMN_PLACE, COLUMN_NUMBER, COLUMN_NAME, COLUMN_CATEGORY, COLUMN_SEAT, COLUMN_BOX, COLUMN_KEPT, COLUMN_COUNT };
static const double column_width[COLUMN_COUNT] = {9, 20, 66, 37, 16, 16, 16};

struct drawing_sheet {
    const struct sign_book *book;
    const struct sign_sheet *sheet;
    const struct sheet_words *words;
    struct arena *arena;
    struct sheet_page page;
};

/* --- pieces -------------------------------------------------------------------------------------------------------------------------------- */

static void rule(struct drawing_sheet *d, double x, double y, double width, double line, uint32_t color)
{
    const struct box box = sheet_place(&d->page, x, y, width, 0);
    document_draw_line(d->page.document, box.x, y, box.x + box.width, y, line, color);
}

static const char *sure(struct drawing_sheet *d, const char *text)
{
    if (text) return text;
    if (d->page.result == OK) d->page.result = fault_set(d->page.fault, ERR_NOMEM, "not enough memory");
    return "";
}

/* --- the page ------------------------------------------------------------------------------------------------------------------------------ */

static void draw_table_head(struct drawing_sheet *d, double y)
{
    const char *const titles[COLUMN_COUNT] = {"", d->words->number, d->words->name, d->words->category, d->words->seat, d->words->box, d->words->kept};
    const struct look look = {.size = 9, .least = 6, .lines = 2, .bold = true}, middle = {.size = 9, .least = 6, .lines = 2, .bold = true, .align = ALIGN_CENTER};
    const struct box ground = {.x = EDGE, .y = y, .width = WIDTH, .height = HEAD_HEIGHT};
    document_fill_box(d->page.document, &ground, SHADE);
    double x = EDGE;
    for (int i = 0; i < COLUMN_COUNT; i++) {
        sheet_put(&d->page, x + 1, y + 0.5, column_width[i] - 2, HEAD_HEIGHT - 1, titles[i], i >= COLUMN_SEAT ? &middle : &look);
        x += column_width[i];
    }
    rule(d, EDGE, y + HEAD_HEIGHT, WIDTH, 0.8, SHEET_INK);
}

static void draw_first_head(struct drawing_sheet *d)
{
    const struct sign_book *book = d->book;
    const struct look small = {.size = 10, .least = 6, .color = SHEET_MUTED}, event = {.size = 13, .least = 7, .lines = 2, .bold = true};
    const struct look title = {.size = 20, .least = 10, .bold = true, .align = ALIGN_CENTER};
    const struct look label = {.size = 10, .least = 6, .color = SHEET_MUTED}, unit = {.size = 14, .least = 8, .lines = 2, .bold = true};
    const struct look many = {.size = 14, .least = 8, .bold = true, .align = ALIGN_RIGHT};
    const struct look far = {.size = 10, .least = 6, .color = SHEET_MUTED, .align = ALIGN_RIGHT};
    const char *when = book->dates && book->venue
        ? sure(d, arena_printf(d->arena, "%s\u2066%s\u2069 · \u2068%s\u2069", d->page.mirrored ? "\u200F" : "\u200E", book->dates, book->venue))
        : book->dates ? book->dates : book->venue;
    sheet_put(&d->page, EDGE, 12, WIDTH, 5.5, book->organization, &small);
    sheet_put(&d->page, EDGE, 18, WIDTH, 9, book->event_title, &event);
    sheet_put(&d->page, EDGE, 27.5, WIDTH, 5, when, &small);
    sheet_put(&d->page, EDGE, 37, WIDTH, 11, d->words->title, &title);
    sheet_put(&d->page, EDGE, 51, 140, 5, d->words->delegation, &label);
    sheet_put(&d->page, EDGE, 56.5, 140, 11.5, d->sheet->unit ? d->sheet->unit : d->words->no_delegation, &unit);
    sheet_put(&d->page, EDGE + 142, 51, WIDTH - 142, 5, d->words->badges, &far);
    sheet_put(&d->page, EDGE + 142, 56.5, WIDTH - 142, 11.5, sure(d, arena_printf(d->arena, "%zu", d->sheet->count)), &many);
}

static void draw_next_head(struct drawing_sheet *d)
{
    const struct look small = {.size = 10, .least = 6, .color = SHEET_MUTED}, unit = {.size = 12, .least = 7, .bold = true};
    sheet_put(&d->page, EDGE, 12, WIDTH, 5.5, d->book->event_title, &small);
    sheet_put(&d->page, EDGE, 18.5, WIDTH, 7.5, d->sheet->unit ? d->sheet->unit : d->words->no_delegation, &unit);
}

static void draw_foot(struct drawing_sheet *d, size_t page, size_t pages)
{
    const struct look left = {.size = 8.5, .least = 6, .color = SHEET_MUTED}, right = {.size = 8.5, .least = 6, .color = SHEET_MUTED, .align = ALIGN_RIGHT};
    if (d->book->printed) sheet_put(&d->page, EDGE, 284, 100, 5, sure(d, arena_printf(d->arena, "%s %s", d->words->printed, d->book->printed)), &left);
    sheet_put(&d->page, EDGE + 100, 284, WIDTH - 100, 5, sure(d, arena_printf(d->arena, "%s %zu %s %zu", d->words->page, page, d->words->of, pages)), &right);
}

/* --- rows and signatures -------------------------------------------------------------------------------------------------------------------- */

static double row_height(const struct sign_sheet_line *line)
{
    return line->issue > 1 || line->handed ? ROW_HEIGHT + NOTE_HEIGHT : ROW_HEIGHT;
}

static void draw_name(struct drawing_sheet *d, const struct sign_sheet_line *line, double x, double y)
{
    const struct look name = {.size = 11.5, .least = 6, .lines = 2}, note = {.size = 7.5, .least = 5, .color = SHEET_MUTED};
    const double width = column_width[COLUMN_NAME] - 4;
    const char *more = NULL;
    if (line->issue > 1) more = sure(d, arena_printf(d->arena, "%s %lld", d->words->issue, (long long)line->issue));
    if (line->handed) more = sure(d, arena_printf(d->arena, "%s%s%s: %s", more ? more : "", more ? " · " : "", d->words->handed, line->handed));
    if (!line->name) rule(d, x + 1, y + ROW_HEIGHT - 2, width, 0.4, SHEET_MUTED);
    sheet_put(&d->page, x + 1, y + 0.4, width, ROW_HEIGHT - 0.8, line->name, &name);
    sheet_put(&d->page, x + 1, y + ROW_HEIGHT - 0.3, width + 2, NOTE_HEIGHT - 0.2, more, &note);
}

static void draw_row(struct drawing_sheet *d, size_t index, double y)
{
    const struct sign_sheet_line *line = &d->sheet->lines[index];
    const struct look place = {.size = 8, .least = 5, .color = SHEET_MUTED}, number = {.size = 11.5, .least = 6, .bold = true};
    const struct look plain = {.size = 9, .least = 5.5, .lines = 2}, middle = {.size = 10.5, .least = 5.5, .align = ALIGN_CENTER};
    double x[COLUMN_COUNT] = {EDGE};
    for (int i = 1; i < COLUMN_COUNT; i++) x[i] = x[i - 1] + column_width[i - 1];
    const char *which = sure(d, arena_printf(d->arena, "%zu", index + 1));
    sheet_put(&d->page, x[COLUMN_PLACE] + 1, y + 0.4, column_width[COLUMN_PLACE] - 1, ROW_HEIGHT - 0.8, which, &place);
    sheet_put(&d->page, x[COLUMN_NUMBER] + 1, y + 0.4, column_width[COLUMN_NUMBER] - 2, ROW_HEIGHT - 0.8, line->number, &number);
    draw_name(d, line, x[COLUMN_NAME], y);
    sheet_put(&d->page, x[COLUMN_CATEGORY] + 1, y + 0.4, column_width[COLUMN_CATEGORY] - 2, ROW_HEIGHT - 0.8, line->category, &plain);
    sheet_put(&d->page, x[COLUMN_SEAT] + 1, y + 0.4, column_width[COLUMN_SEAT] - 2, ROW_HEIGHT - 0.8, line->seat, &middle);
    sheet_put(&d->page, x[COLUMN_BOX] + 1, y + 0.4, column_width[COLUMN_BOX] - 2, ROW_HEIGHT - 0.8, line->badge_box, &middle);
    const struct box tick = sheet_place(&d->page, x[COLUMN_KEPT] + column_width[COLUMN_KEPT] / 2 - 2.3, y + (ROW_HEIGHT - 4.6) / 2, 4.6, 4.6);
    document_stroke_round_box(d->page.document, &tick, 0.4, 0.7, SHEET_INK);
    rule(d, EDGE, y + row_height(line), WIDTH, 0.35, RULE);
}

/* A label, and a line to write on (or what is known already). */
static void draw_blank(struct drawing_sheet *d, double x, double y, double width, double label_width, const char *label, const char *known)
{
    const struct look look = {.size = 10.5, .least = 6, .lines = 2, .color = SHEET_MUTED}, value = {.size = 12, .least = 7, .bold = true};
    sheet_put(&d->page, x, y, label_width, 8, label, &look);
    sheet_put(&d->page, x + label_width + 1, y + 0.6, width - label_width - 1, 6.6, known, &value);
    rule(d, x + label_width, y + 7.4, width - label_width, 0.5, SHEET_INK);
}

static void draw_signatures(struct drawing_sheet *d, double y)
{
    const struct look who = {.size = 12, .least = 7, .bold = true, .align = ALIGN_CENTER};
    const struct look how = {.size = 8.5, .least = 6, .color = SHEET_MUTED, .align = ALIGN_CENTER};
    const struct look name = {.size = 11, .least = 6, .lines = 2, .align = ALIGN_CENTER};
    const double half = (WIDTH - 12) / 2, second = EDGE + half + 12;
    draw_blank(d, EDGE, y + 6, WIDTH, 32, d->words->to, d->book->to_name);
    draw_blank(d, EDGE, y + 16, half, 40, d->words->kept_count, NULL);
    draw_blank(d, second, y + 16, half, 26, d->words->date, NULL);
    sheet_put(&d->page, EDGE, y + 29, half, 6, d->words->gives, &who);
    sheet_put(&d->page, second, y + 29, half, 6, d->words->receives, &who);
    sheet_put(&d->page, EDGE, y + 35, half, 4.5, d->words->sign_here, &how);
    sheet_put(&d->page, second, y + 35, half, 4.5, d->words->sign_here, &how);
    rule(d, EDGE, y + 60, half, 0.5, SHEET_INK);
    rule(d, second, y + 60, half, 0.5, SHEET_INK);
    sheet_put(&d->page, second, y + 61, half, 8, d->book->to_name, &name);
}

/* --- sheets ---------------------------------------------------------------------------------------------------------------------------------- */

/* How many rows from `from` on fit into the page that begins with it. */
static size_t rows_that_fit(const struct sign_sheet *sheet, size_t from, bool with_signatures)
{
    double room = ROWS_BOTTOM - (from ? ROWS_NEXT_TOP : ROWS_FIRST_TOP) - HEAD_HEIGHT - (with_signatures ? SIGN_HEIGHT : 0);
    size_t rows = 0;
    for (; from + rows < sheet->count; rows++) {
        room -= row_height(&sheet->lines[from + rows]);
        if (room < 0) break;
    }
    return rows;
}

/* Rows of the page that begins with row `from`. The signatures stand beneath the last rows, never alone on a page. */
static size_t rows_of_page(const struct sign_sheet *sheet, size_t from)
{
    size_t left = sheet->count - from, most = rows_that_fit(sheet, from, false);
    if (left > most || rows_that_fit(sheet, from, true) == left) return most;
    return left > KEPT_TOGETHER ? left - KEPT_TOGETHER : most;
}

static size_t count_pages(const struct sign_sheet *sheet)
{
    size_t pages = 0;
    for (size_t from = 0; from < sheet->count; pages++) from += rows_of_page(sheet, from);
    return pages;
}

static enum err draw_sheet(struct drawing_sheet *d)
{
    size_t pages = count_pages(d->sheet), page = 0, count = d->sheet->count;
    for (size_t from = 0; from < count && d->page.result == OK;) {
        size_t rows = rows_of_page(d->sheet, from);
        bool first = from == 0, last = from + rows == count;
        double y = first ? ROWS_FIRST_TOP : ROWS_NEXT_TOP;
        d->page.result = document_add_page(d->page.document, PAGE_WIDTH, PAGE_HEIGHT, d->page.fault);
        if (d->page.result != OK) break;
        if (first && document_add_bookmark(d->page.document, d->sheet->unit ? d->sheet->unit : d->words->no_delegation) != OK)
            d->page.result = fault_set(d->page.fault, ERR_NOMEM, "no memory for bookmarks");
        if (first) draw_first_head(d);
        else draw_next_head(d);
        draw_table_head(d, y);
        y += HEAD_HEIGHT;
        for (size_t i = 0; i < rows && d->page.result == OK; y += row_height(&d->sheet->lines[from + i]), i++) draw_row(d, from + i, y);
        if (last) draw_signatures(d, y);
        draw_foot(d, ++page, pages);
        arena_clear(d->arena);
        from += rows;
    }
    return d->page.result;
}

enum err sign_book_write(const struct sign_book *book, struct fonts *fonts, struct buf *out, size_t *ret_pages, struct fault *fault)
{
    struct arena arena = {0}, titles = {0};
    struct document *document = NULL;
    const struct sheet_words *own = find_words(book->language);
    const char *title = book->event_title ? arena_printf(&titles, "%s – %s", book->event_title, own->title) : own->title;
    const struct document_info info = {.title = title, .author = book->organization, .language = book->language};
    enum err e = book->count ? document_new(fonts, &info, &document, fault) : fault_set(fault, ERR_INPUT, "there is no badge to hand over");
    for (size_t i = 0; e == OK && i < book->count; i++) {
        const struct sign_sheet *sheet = &book->sheets[i];
        struct drawing_sheet d = {.book = book, .sheet = sheet, .words = own, .arena = &arena};
        d.page = (struct sheet_page){.document = document, .language = book->language, .width = PAGE_WIDTH, .mirrored = text_is_right_to_left(book->language),
                                     .allow_missing = book->allow_missing, .kind = "sheet", .whose = sheet->unit ? sheet->unit : own->no_delegation,
                                     .fault = fault};
        e = draw_sheet(&d);
    }
    if (e == OK) e = document_save(document, out, fault);
    if (e == OK && ret_pages) *ret_pages = document_page_count(document);
    document_free(document);
    arena_release(&arena);
    arena_release(&titles);
    return e;
}
