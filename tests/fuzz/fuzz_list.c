/* Tables and mappings from anybody: bytes become a book with merges and a vocabulary, are guessed and read, also with a mapping that was bent or made of bytes.
 * Nothing crashes, nothing is unbounded, and what is read keeps what its header promises. */
#include "tests/fuzz/fuzz.h"

#include "core/base/text.h"
#include "tests/unit/list_kit.h"

#include <stdio.h>

#define MEMORY_MOST (64u << 20)

struct bytes {
    const uint8_t *at;
    size_t left;
};

static unsigned take(struct bytes *b)
{
    if (!b->left) return 0;
    b->left--;
    return *b->at++;
}

/* Words that make tables likely, and raw bytes. */
static const char *take_text(struct bytes *b, struct arena *arena)
{
    static const char *const words[] = {
        "STT", "Họ và tên", "Họ", "Tên", "Năm sinh", "Nam", "Nữ", "Ngày", "Tháng", "Năm", "SĐT", "Đơn vị", "Chức vụ", "Đảng viên", "Trình độ học vấn",
            "Đại học", "Email", "Mã số",
        "(1)", "(2)", "(3)", "x", "Nguyễn Văn An", "Trần Thị Bình", "1980", "31/12/1980", "12/31/80", "30/02/1980", "0901234567", "HT-01", "CĐ phường Cầu Mây",
            "nt", "\"", "I",
        "Tổng cộng: 3", "TM. BAN CHẤP HÀNH", "Nơi nhận:", "a@example.org", "Đương nhiên", "Giới tính", "الاسم", "ذكر", "٣١/١٢/١٩٨٠", "Date of birth", "Surname",
            " ", "\xc2\xa0", "7", "no",
        "Đ/c NGUYỄN AN", "wheelchair, giấy", "Xe lăn", "Ghi chú", "Dr. Sr. O'BRIEN", "9.01E+08"};
    unsigned which = take(b);
    if (which < 200) return words[which % (sizeof words / sizeof words[0])];
    size_t n = take(b) % 24;
    char *raw = arena_alloc(arena, n + 2);
    for (size_t i = 0; raw && i < n; i++) raw[i] = (char)take(b);
    if (raw && (!*raw || !text_is_utf8(raw, strlen(raw)))) raw[0] = '?', raw[1] = '\0'; /* the sheet's reader gives no other texts */
    return raw ? raw : "";
}

static void take_row(struct bytes *b, struct arena *arena, struct sheet_row *row, uint32_t number)
{
    size_t count = take(b) % 9 + 1;
    struct sheet_cell *cells = arena_array(arena, count, sizeof *cells);
    uint32_t column = 0;
    fuzz_expect(cells != NULL);
    for (size_t i = 0; i < count; i++) {
        unsigned kind = take(b);
        cells[i] = (struct sheet_cell){.column = column, .kind = SHEET_TEXT, .text = take_text(b, arena)};
        if (kind % 8 == 1) cells[i].kind = SHEET_NUMBER, cells[i].number = (double)take(b) * take(b) * (kind % 3 ? 1 : 0.37) - 3;
        if (kind % 8 == 2) cells[i].kind = SHEET_DATE, cells[i].number = kind % 5 ? (double)take(b) * 97 - 10000 : 1e18;
        if (kind % 32 == 3) cells[i].kind = SHEET_ERROR, cells[i].number = kind % 5;
        if (kind % 32 == 4) cells[i].kind = SHEET_YES_NO, cells[i].number = kind & 1;
        if (kind % 16 == 5) cells[i].raw = "raw";
        column += 1 + (kind > 250 ? take(b) * 64 : kind % 3 == 0);
    }
    *row = (struct sheet_row){.number = number, .cells = cells, .count = count, .hidden = count == 7};
}

static void take_sheet(struct bytes *b, struct arena *arena, struct sheet *sheet)
{
    size_t rows = take(b) % 40, merges = take(b) % 12;
    struct sheet_row *list = arena_array(arena, rows + 1, sizeof *list);
    struct sheet_merge *merged = arena_array(arena, merges + 1, sizeof *merged);
    uint32_t number = 0;
    fuzz_expect(list && merged);
    *sheet = (struct sheet){.name = take_text(b, arena), .hidden = take(b) % 7 == 1, .rows = list, .count = rows, .merges = merged, .merge_count = merges};
    for (size_t i = 0; i < rows; i++) {
        number += 1 + (take(b) > 240);
        take_row(b, arena, &list[i], number);
        uint32_t last = list[i].cells[list[i].count - 1].column;
        if (last + 1 > sheet->columns) sheet->columns = last + 1;
    }
    for (size_t i = 0; i < merges; i++) {
        uint32_t row = take(b) % 40 + 1, column = take(b) % 12;
        merged[i] = (struct sheet_merge){row, row + take(b) % 6, column, column + take(b) % 6};
    }
}

static void check_table(const struct list_table *t, const struct sheet_book *book)
{
    size_t rows = 0;
    for (size_t i = 0; i < book->count; i++) rows += book->sheets[i].count;
    fuzz_expect(t->count + t->passed_count <= rows);
    for (size_t i = 0; i < t->count; i++) {
        const struct list_record *r = &t->records[i];
        for (size_t k = 0; k < r->count; k++) {
            const struct list_value *v = &r->values[k];
            fuzz_expect(v->field && v->value && *v->value && v->written && v->change < LIST_CHANGE_COUNT && text_is_utf8(v->value, strlen(v->value)));
            fuzz_expect(k == 0 || r->values[k - 1].field < v->field);
        }
        for (size_t k = 0; k < r->flaw_count; k++) {
            bool known = false;
            for (size_t n = 0; list_reason_name(n); n++) known = known || strcmp(list_reason_name(n), r->flaws[k].reason) == 0;
            fuzz_expect(known && r->flaws[k].written);
        }
    }
}

static void read_with(struct bytes *b, struct list_known *known, struct sheet_book *book, struct list_mapping *m, struct arena *arena)
{
    struct list_table table;
    struct list_mapping again;
    struct fault fault = {0};
    char *json = NULL;
    size_t fields;
    (void)list_known_fields(known, &fields);
    enum err e = list_read(known, book, m, arena, &table, &fault);
    fuzz_expect(e == OK || e == ERR_NOMEM || (e == ERR_INPUT && fault.reason));
    if (e == OK) check_table(&table, book);
    for (unsigned i = take(b) % 6; i && m->column_count; i--) { /* bent */
        char word[128];
        static const char *const uses[] = {"born", "born:m", "born:f", "born:day", "born:year", "gender:f", "attribute:schooling:master", "unit", "name",
                                           "given_name", "code", "phone", "-"};
        (void)snprintf(word, sizeof word, "%s=%c", uses[take(b) % 13], 'A' + (int)(take(b) % 12));
        (void)list_mapping_set(m, known, word, arena, &fault);
    }
    m->ways = (struct list_ways){.capitals = take(b) & 1, .honorific = take(b) & 1, .new_units = take(b) & 1, .units = (enum list_units)(take(b) % 3),
                                 .order = (enum list_order)(take(b) % 4), .one = take(b) & 1 ? 'm' : 0, .language = "pt", .country = "VN"};
    e = list_read(known, book, m, arena, &table, &fault);
    fuzz_expect(e == OK || e == ERR_NOMEM || (e == ERR_INPUT && fault.reason));
    if (e == OK) check_table(&table, book);
    if (list_mapping_write(m, true, arena, &json) != OK) return;
    e = list_mapping_read(known, json, strlen(json), arena, &again, &fault);
    fuzz_expect(e == OK || e == ERR_NOMEM);
    size_t n = strlen(json);
    if (n) json[take(b) * take(b) % n] = (char)take(b);
    e = list_mapping_read(known, json, n, arena, &again, &fault);
    fuzz_expect(e == OK || e == ERR_NOMEM || (e == ERR_INPUT && fault.text[0]));
    if (e == OK) (void)list_read(known, book, &again, arena, &table, &fault);
}

int fuzz_list(const uint8_t *data, size_t length)
{
    struct bytes b = {data, length};
    struct arena arena = {.limit = MEMORY_MOST};
    struct sheet sheets[3];
    struct sheet_book book = {.sheets = sheets, .count = take(&b) % 3 + 1, .format = "xlsx"};
    struct list_vocabulary vocabulary = list_kit_vocabulary(take(&b) % 2 ? "vi" : "en", "VN");
    enum list_target target = (enum list_target)(take(&b) % LIST_TARGET_COUNT);
    struct list_known *known;
    struct list_mapping mapping;
    struct fault fault = {0};
    for (size_t i = 0; i < book.count; i++) take_sheet(&b, &arena, &sheets[i]);
    enum err e = list_prepare(&arena, target, &vocabulary, &known, &fault);
    fuzz_expect(e == OK);
    e = list_guess(known, &book, &arena, &mapping, &fault);
    fuzz_expect(e == OK || e == ERR_NOMEM || (e == ERR_NOT_FOUND && fault.reason));
    if (e == OK) read_with(&b, known, &book, &mapping, &arena);
    e = list_mapping_place(known, &book, take(&b) % 4, take(&b) % 8, take(&b) % 8, &arena, &mapping, &fault);
    fuzz_expect(e == OK || e == ERR_NOMEM || fault.reason);
    if (e == OK) read_with(&b, known, &book, &mapping, &arena);
    arena_release(&arena);
    return 0;
}

#ifdef FUZZ_MAIN
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length)
{
    return fuzz_list(data, length);
}
#endif
