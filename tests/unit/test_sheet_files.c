/* The ugly lists of tests/fixtures/lists, at the reader's level: each gives what its JSON says under "sheet", in this process and in a child. */
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/json.h"
#include "tests/unit/check.h"
#include "tests/unit/sheet_kit.h"

#include <dirent.h>
#include <math.h>

#define FOLDER "tests/fixtures/lists"

struct look {
    struct check *c;
    const char *file;
    bool good;
};

static void expect(struct look *k, bool good, const char *what, const char *got)
{
    if (!CHECK(k->c, good)) printf("# %s: %s (got \"%s\")\n", k->file, what, got ? got : "(nothing)");
}

static void expect_text(struct look *k, json_t *object, const char *key, const char *got)
{
    json_t *wanted = json_object_get(object, key);
    if (!wanted) return;
    if (json_is_null(wanted)) expect(k, got == NULL, key, got);
    else expect(k, got && strcmp(json_string_value(wanted), got) == 0, key, got);
}

static void expect_count(struct look *k, json_t *object, const char *key, size_t got)
{
    json_t *wanted = json_object_get(object, key);
    char text[24];
    (void)snprintf(text, sizeof text, "%zu", got);
    if (wanted) expect(k, (size_t)json_integer_value(wanted) == got, key, text);
}

static void expect_cell(struct look *k, const struct sheet *sheet, const char *address, json_t *wanted)
{
    uint32_t row = 0, column = 0;
    expect(k, sheet_parse_address(address, &row, &column) && row, "address", address);
    const struct sheet_row *found = sheet_find_row(sheet, row);
    const struct sheet_cell *cell = found ? sheet_row_cell(found, column) : NULL;
    if (json_is_null(wanted)) {
        expect(k, cell == NULL, address, cell ? cell->text : NULL);
        return;
    }
    if (!cell) {
        expect(k, false, address, NULL);
        return;
    }
    if (json_is_string(wanted)) {
        expect(k, strcmp(json_string_value(wanted), cell->text) == 0, address, cell->text);
        return;
    }
    expect_text(k, wanted, "text", cell->text);
    expect_text(k, wanted, "raw", cell->raw);
    expect_text(k, wanted, "kind", sheet_kit_kind(cell->kind));
    json_t *number = json_object_get(wanted, "number"), *date = json_object_get(wanted, "date");
    if (number) expect(k, fabs(json_number_value(number) - cell->number) < 1e-9, "number", cell->text);
    if (date) {
        int year, month, day;
        char text[32];
        clock_civil_from_days((int64_t)floor(cell->number), &year, &month, &day);
        (void)snprintf(text, sizeof text, "%04d-%02d-%02d", year, month, day);
        expect(k, strcmp(text, json_string_value(date)) == 0, "date", text);
    }
}

static void expect_merges(struct look *k, const struct sheet *sheet, json_t *wanted)
{
    expect(k, json_array_size(wanted) == sheet->merge_count, "merges", NULL);
    for (size_t i = 0; i < sheet->merge_count && i < json_array_size(wanted); i++) {
        char first[SHEET_ADDRESS_SIZE], last[SHEET_ADDRESS_SIZE], text[2 * SHEET_ADDRESS_SIZE + 1];
        const struct sheet_merge *m = &sheet->merges[i];
        (void)snprintf(text, sizeof text, "%s:%s", sheet_cell_address(m->first_row, m->first_column, first), sheet_cell_address(m->last_row, m->last_column, last));
        expect(k, strcmp(json_string_value(json_array_get(wanted, i)), text) == 0, "merge", text);
    }
}

static void expect_converted(struct look *k, const struct sheet *sheet, json_t *wanted)
{
    expect(k, json_array_size(wanted) == sheet->converted_count, "converted columns", NULL);
    for (size_t i = 0; i < sheet->converted_count && i < json_array_size(wanted); i++) {
        json_t *one = json_array_get(wanted, i), *by_font = json_object_get(one, "by_font");
        char letters[SHEET_ADDRESS_SIZE];
        expect_text(k, one, "column", sheet_cell_address(0, sheet->converted[i].column, letters));
        expect_text(k, one, "encoding", sheet->converted[i].encoding);
        expect_count(k, one, "cells", sheet->converted[i].cells);
        if (by_font) expect(k, json_is_true(by_font) == sheet->converted[i].by_font, "by_font", letters);
    }
}

static void expect_sheet(struct look *k, const struct sheet *sheet, json_t *wanted)
{
    json_t *hidden = json_object_get(wanted, "hidden"), *at, *item;
    const char *address;
    size_t cells = 0, i;
    for (size_t r = 0; r < sheet->count; r++) cells += sheet->rows[r].count;
    expect_text(k, wanted, "name", sheet->name);
    if (hidden) expect(k, json_is_true(hidden) == sheet->hidden, "hidden", sheet->name);
    expect_count(k, wanted, "rows", sheet->count);
    expect_count(k, wanted, "columns", sheet->columns);
    expect_count(k, wanted, "cells", cells);
    if ((at = json_object_get(wanted, "merges")) != NULL) expect_merges(k, sheet, at);
    if ((at = json_object_get(wanted, "converted")) != NULL) expect_converted(k, sheet, at);
    json_array_foreach(json_object_get(wanted, "hidden_rows"), i, item)
    {
        const struct sheet_row *row = sheet_find_row(sheet, (uint32_t)json_integer_value(item));
        expect(k, row && row->hidden, "hidden row", NULL);
    }
    json_object_foreach(json_object_get(wanted, "at"), address, item) expect_cell(k, sheet, address, item);
}

static void expect_book(struct look *k, const struct sheet_book *book, json_t *wanted)
{
    char separator[2] = {book->separator, '\0'};
    json_t *sheets = json_object_get(wanted, "sheets");
    expect_text(k, wanted, "format", book->format);
    expect_text(k, wanted, "encoding", book->encoding);
    expect_text(k, wanted, "fonts", book->font_encoding);
    expect_text(k, wanted, "separator", book->separator ? separator : NULL);
    expect(k, json_is_true(json_object_get(wanted, "macros")) == book->has_macros, "macros", NULL);
    expect(k, json_array_size(sheets) == book->count, "sheets", NULL);
    for (size_t i = 0; i < book->count && i < json_array_size(sheets); i++) expect_sheet(k, &book->sheets[i], json_array_get(sheets, i));
}

static void tell(enum err e, const struct sheet_book *book, const struct fault *fault, struct buf *out)
{
    if (e == OK) sheet_kit_tell(book, out);
    else buf_printf(out, "%s %s %s %s", err_name(e), fault->reason ? fault->reason : "-", fault->detail, fault->text);
}

static void check_file(struct check *c, const char *path, const char *name, json_t *wanted)
{
    struct arena arena = {0}, other = {0};
    struct sheet_book book, apart;
    struct fault fault = {0}, fault_apart = {0};
    struct buf here = {.limit = BUF_LIMIT_BODY}, there = {.limit = BUF_LIMIT_BODY};
    struct look k = {.c = c, .file = name};
    enum err e = sheet_read_file(path, &arena, NULL, &book, &fault);
    const char *reason = json_string_value(json_object_get(wanted, "error"));
    if (reason) {
        expect(&k, e != OK && fault.reason && strcmp(fault.reason, reason) == 0, reason, e == OK ? "it was read" : fault.text);
        expect(&k, e == OK || fault.text[0], "a sentence", fault.text);
    } else if (e != OK) {
        expect(&k, false, "it is read", fault.text);
    } else {
        expect_book(&k, &book, wanted);
    }
    enum err again = sheet_read_apart(path, &other, NULL, &apart, &fault_apart);
    expect(&k, again == e, "the same in a child", err_name(again));
    tell(e, &book, &fault, &here);
    if (again == e) tell(again, &apart, &fault_apart, &there);
    expect(&k, buf_ok(&here) && strcmp(buf_text(&here), buf_text(&there)) == 0, "the same in a child", buf_text(&there));
    buf_release(&here);
    buf_release(&there);
    arena_release(&arena);
    arena_release(&other);
}

/* The list beside its JSON: .xlsx or .csv. */
static const char *list_of(struct arena *arena, const char *json_name)
{
    static const char *const endings[] = {"xlsx", "csv"};
    int stem = (int)strlen(json_name) - 5;
    for (size_t i = 0; i < 2; i++) {
        const char *path = arena_printf(arena, FOLDER "/%.*s.%s", stem, json_name, endings[i]);
        if (path && file_exists(path)) return path;
    }
    return NULL;
}

int main(void)
{
    struct check c = {0};
    struct arena arena = {0};
    DIR *dir = opendir(FOLDER);
    int count = 0;
    for (struct dirent *entry; dir && (entry = readdir(dir)) != NULL;) {
        size_t length = strlen(entry->d_name), size = 0;
        char *text = NULL;
        json_t *json = NULL;
        if (length < 6 || strcmp(entry->d_name + length - 5, ".json") != 0) continue;
        const char *path = list_of(&arena, entry->d_name);
        if (!CHECK(&c, path && file_read(&arena, file_join(&arena, FOLDER, entry->d_name), 1 << 20, &text, &size, NULL) == OK)) continue;
        bool good = json_read(text, size, &json, NULL) == OK && json_object_get(json, "sheet") && json_string_value(json_object_get(json, "why"));
        if (!CHECK(&c, good)) printf("# %s\n", entry->d_name);
        else check_file(&c, path, file_base_name(path), json_object_get(json, "sheet")), count++;
        json_decref(json);
    }
    if (dir) closedir(dir);
    CHECK(&c, count >= 50);
    arena_release(&arena);
    return check_done(&c, "sheet files");
}
