/* Workbooks that we write: read again they are what was written; nothing in them is a formula. */
#include "core/base/arena.h"
#include "core/base/file.h"
#include "core/sheet/sheet_write.h"
#include "tests/unit/check.h"
#include "tests/unit/sheet_kit.h"

#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const texts[] = {
    "Nguyễn Văn Đức", "=1+1", "+84912345678", "-5", "@SUM(A1)", "\t=A1", "007", "1E5", "2024-05-01", "TRUE", "<a href=\"x\">&amp;</a>", "dòng 1\ndòng 2", " giữ trống ",
    "_x000D_", "a_x0041_b",
    "http://example.org/", "mailto:an@example.org", "internal:Sheet1!A1", "{=A1}", "محمد", "東京 \U0001F600", "'ngoặc'", "\"", "x\ty",
};

static const char *folder_made(char room[64])
{
    (void)snprintf(room, 64, "/tmp/plenum-sheet-XXXXXX");
    return mkdtemp(room);
}

static enum err write_all(const char *path, size_t rows, struct fault *fault)
{
    static const char *const sexes[] = {"Nam", "Nữ"}, *const units[] = {"Đoàn xã A, huyện B", "Đoàn \"C\"", "D & E"}, *const above[] = {"DANH SÁCH", "=Kèm theo"};
    const struct sheet_column columns[] = {
        {.title = "TT", .kind = SHEET_NUMBER, .locked = true}, {.title = "=Họ và tên", .kind = SHEET_TEXT, .hint = "Họ và tên đầy đủ"},
        {.title = "Ngày sinh", .kind = SHEET_DATE, .least = -20000, .most = 20000, .hint = "ngày/tháng/năm"}, {.title = "Giới", .kind = SHEET_TEXT,
        .choices = sexes, .choice_count = 2},
        {.title = "Đơn vị", .kind = SHEET_TEXT, .choices = units, .choice_count = 3, .wrap = true}, {.title = "Có", .kind = SHEET_YES_NO},
    };
    struct sheet_writer *w = NULL;
    enum err e = sheet_writer_open(path, INT64_C(1800000000000), &w, fault);
    for (int s = 0; e == OK && s < 2; s++) {
        e = sheet_writer_sheet(w, &(struct sheet_plan){.name = s ? "Danh sách [2]: rất dài, dài hơn ba mươi mốt" : "Danh sách", .above = above,
            .above_count = 2, .columns = columns, .count = 6,
            .right_to_left = s == 1, .filter = true, .protect = true, .frozen_columns = 2, .empty_rows = 100}, fault);
        for (size_t i = 0; e == OK && i < rows; i++) {
            const struct sheet_value values[] = {
                {.kind = SHEET_NUMBER, .number = (double)i + 1}, {.kind = SHEET_TEXT, .text = texts[i % (sizeof texts / sizeof texts[0])],
                .style = (enum sheet_style)(i % 3)},
                {.kind = SHEET_DATE, .number = i == 3 ? -40000 : 5537 + (double)i}, {.kind = SHEET_TEXT, .text = sexes[i % 2]},
                {.kind = i % 2 ? SHEET_TEXT : SHEET_EMPTY, .text = units[i % 3]},
                {.kind = SHEET_YES_NO, .number = (double)(i % 2)},
            };
            e = sheet_writer_row(w, values, i % 7 == 6 ? 3 : 6, fault);
        }
        if (e == OK && sheet_writer_next_row(w) != rows + 4) e = fault_set(fault, ERR_BUG, "another row comes next");
    }
    if (e == OK) return sheet_writer_close(w, fault);
    sheet_writer_abandon(w);
    return e;
}

static void check_read_again(struct check *c, const struct sheet *sheet, size_t rows)
{
    CHECK(c, sheet->count == rows + 3 && sheet->columns == 6);
    for (size_t i = 0; i < rows && sheet->count == rows + 3; i++) {
        const struct sheet_row *row = &sheet->rows[i + 3];
        const struct sheet_cell *name = sheet_row_cell(row, 1), *born = sheet_row_cell(row, 2), *yes = sheet_row_cell(row, 5);
        CHECK(c, row->number == i + 4 && sheet_row_cell(row, 0) && sheet_row_cell(row, 0)->kind == SHEET_NUMBER);
        CHECK(c, name && name->kind == SHEET_TEXT && born && born->kind == (i == 3 ? SHEET_TEXT : SHEET_DATE));
        if (name) CHECK_TEXT(c, name->text, texts[i % (sizeof texts / sizeof texts[0])]);
        if (born && i == 0) CHECK_TEXT(c, born->text, "28/02/1985");
        if (born && i == 3) CHECK_TEXT(c, born->text, "1860-06-26");
        CHECK(c, (yes == NULL) == (i % 7 == 6) && (!yes || (yes->kind == SHEET_YES_NO && yes->number > 0) == (i % 2 == 1)));
    }
}

static void check_round_trip(struct check *c, const char *folder)
{
    struct arena arena = {0};
    struct fault fault = {0};
    struct sheet_book book;
    struct stat st;
    char *one = NULL, *two = NULL;
    size_t rows = sizeof texts / sizeof texts[0], n = 0, m = 0;
    const char *path = file_join(&arena, folder, "list.xlsx"), *other = file_join(&arena, folder, "other.xlsx");
    if (!CHECK(c, write_all(path, rows, &fault) == OK && write_all(other, rows, &fault) == OK)) printf("# %s\n", fault.text);
    CHECK(c, file_read(&arena, path, 1 << 20, &one, &n, NULL) == OK && file_read(&arena, other, 1 << 20, &two, &m, NULL) == OK);
    CHECK(c, n == m && one && two && memcmp(one, two, n) == 0); /* equal content, equal bytes */
    CHECK(c, stat(path, &st) == 0 && (st.st_mode & 0777) == 0600);
    if (CHECK(c, sheet_read_apart(path, &arena, NULL, &book, &fault) == OK) && CHECK(c, book.count == 3)) {
        CHECK_TEXT(c, book.sheets[0].name, "Danh sách");
        CHECK_TEXT(c, book.sheets[1].name, "Danh sách -2-- rất dài, dài hơn");
        CHECK(c, !book.sheets[0].hidden && book.sheets[2].hidden && book.font_encoding == NULL);
        check_read_again(c, &book.sheets[0], rows);
        check_read_again(c, &book.sheets[1], rows);
        CHECK_TEXT(c, book.sheets[0].rows[1].cells[0].text, "=Kèm theo");
        CHECK_TEXT(c, book.sheets[0].rows[2].cells[1].text, "=Họ và tên");
        CHECK(c, book.sheets[2].count == 3); /* the choices that do not fit into a rule: once for both sheets */
        CHECK_TEXT(c, book.sheets[2].rows[0].cells[0].text, "Đoàn xã A, huyện B");
    }
    arena_release(&arena);
}

/* What stands in the parts themselves: no formula in any cell, the checks, the protection. */
static void check_parts(struct check *c, const char *folder)
{
    char command[512], line[4096];
    bool formula = false, list = false, locked = false, right = false;
    (void)snprintf(command, sizeof command, "%s/list.xlsx", folder);
    for (int s = 1; s <= 2; s++) {
        char part[64];
        (void)snprintf(part, sizeof part, "xl/worksheets/sheet%d.xml", s);
        int ends[2];
        if (!CHECK(c, pipe(ends) == 0)) return;
        pid_t pid = fork();
        if (pid == 0) {
            (void)dup2(ends[1], 1);
            close(ends[0]);
            (void)execlp("unzip", "unzip", "-p", command, part, (char *)NULL);
            _exit(127);
        }
        close(ends[1]);
        FILE *in = fdopen(ends[0], "r");
        while (in && fgets(line, sizeof line, in)) { /* one long line: in pieces, which is enough for these words */
            formula = formula || strstr(line, "<f>") || strstr(line, "<f ");
            list = list || strstr(line, "_lists!$A$1:$A$3");
            locked = locked || strstr(line, "<sheetProtection ");
            right = right || strstr(line, "rightToLeft=\"1\"");
        }
        if (in) (void)fclose(in);
    }
    CHECK(c, !formula && list && locked && right);
}

static void check_refusals(struct check *c, const char *folder)
{
    struct arena arena = {0};
    struct fault fault = {0};
    struct sheet_writer *w = NULL;
    const char *path = file_join(&arena, folder, "refused.xlsx");
    const struct sheet_column column = {.title = "a", .kind = SHEET_TEXT};
    const struct sheet_plan plan = {.name = "a", .columns = &column, .count = 1};
    char *longest = arena_alloc(&arena, 32769);
    memset(longest, 'a', 32768);
    if (!CHECK(c, sheet_writer_open(path, 0, &w, &fault) == OK)) return;
    CHECK(c, sheet_writer_sheet(w, &(struct sheet_plan){.name = "b", .columns = &column}, &fault) == ERR_LIMIT);
    CHECK(c, sheet_writer_sheet(w, &plan, &fault) == OK);
    CHECK(c, sheet_writer_row(w, &(struct sheet_value){.kind = SHEET_TEXT, .text = longest}, 1, &fault) == ERR_LIMIT && strstr(fault.text, "A2"));
    longest[32767] = '\0';
    CHECK(c, sheet_writer_row(w, &(struct sheet_value){.kind = SHEET_TEXT, .text = longest}, 1, &fault) == OK);
    sheet_writer_abandon(w);
    CHECK(c, !file_exists(path));
    if (CHECK(c, sheet_writer_open("/nowhere/at/all/list.xlsx", 0, &w, &fault) == OK)) { /* the library looks for its place when a sheet begins, or at the end */
        enum err e = sheet_writer_sheet(w, &plan, &fault);
        if (e == OK) e = sheet_writer_close(w, &fault);
        else sheet_writer_abandon(w);
        CHECK(c, e == ERR_IO);
    }
    CHECK(c, sheet_writer_open(path, 0, &w, &fault) == OK && sheet_writer_close(w, &fault) == ERR_BUG && !file_exists(path));
    arena_release(&arena);
}

/* Memory does not grow with the rows. */
static void check_memory(struct check *c, const char *folder)
{
    struct arena arena = {0};
    struct fault fault = {0};
    struct rusage before, after;
    const char *path = file_join(&arena, folder, "long.xlsx");
    (void)getrusage(RUSAGE_SELF, &before);
    CHECK(c, write_all(path, 30000, &fault) == OK);
    (void)getrusage(RUSAGE_SELF, &after);
    long most = 16 * 1024;
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__) || defined(__clang__)
    most = 512 * 1024; /* a sanitizer keeps what was freed, and a shadow of it */
#endif
    if (!CHECK(c, after.ru_maxrss - before.ru_maxrss < most)) printf("# %ld kB more\n", after.ru_maxrss - before.ru_maxrss);
    arena_release(&arena);
}

int main(void)
{
    struct check c = {0};
    char room[64];
    const char *folder = folder_made(room);
    if (CHECK(&c, folder != NULL)) {
        check_memory(&c, folder);
        check_round_trip(&c, folder);
        check_parts(&c, folder);
        check_refusals(&c, folder);
        CHECK(&c, file_remove_tree(folder) == OK);
    }
    return check_done(&c, "sheet write");
}
