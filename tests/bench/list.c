/* `build/bench/list [ROWS]`: a list of 70 000 people in 14 columns is guessed and read; processor time and memory, beside a plain walk over all of its cells
 * that only folds
 * every text once (what any matching without accents costs at least). */
#include "core/base/clock.h"
#include "core/base/text.h"
#include "tests/unit/list_kit.h"

#include <stdio.h>

static const char *one_of(const char *const *words, size_t count, uint64_t *chance)
{
    *chance = *chance * 6364136223846793005u + 1442695040888963407u;
    return words[(*chance >> 33) % count];
}
#define ONE_OF(words) one_of(words, sizeof words / sizeof words[0], &chance)

static void make_rows(struct arena *arena, struct sheet_row *rows, size_t count)
{
    static const char *const headings[] = {"STT", "Mã đoàn viên", "Họ và tên", "Giới tính", "Ngày sinh", "Đơn vị công tác", "Chức vụ", "Điện thoại", "Email",
                                           "Ngày vào công đoàn", "Đảng viên",
                                           "Trình độ học vấn", "Bậc thợ", "Ghi chú"};
    static const char *const family[] = {"Nguyễn", "Trần", "Lê", "Phạm", "Đặng", "Võ"}, *const middle[] = {"Văn", "Thị", "Hữu", "Ngọc"}, *const given[] = {"An",
        "Bình", "Dũng", "Hà", "Mẫn", "Sẵn"};
    static const char *const sexes[] = {"Nam", "Nữ"}, *const titles[] = {"Công nhân", "Tổ trưởng", "Kỹ sư"}, *const marks[] = {"x", ""},
        *const degrees[] = {"Đại học", "CĐ", "ThS"};
    uint64_t chance = 1;
    for (size_t r = 0; r <= count; r++) {
        struct sheet_cell *cells = arena_array(arena, 14, sizeof *cells);
        const char *texts[14];
        memcpy(texts, headings, sizeof texts);
        if (r) {
            texts[0] = arena_printf(arena, "%zu", r);
            texts[1] = arena_printf(arena, "%06zu", r);
            texts[2] = arena_printf(arena, "%s %s %s", ONE_OF(family), ONE_OF(middle), ONE_OF(given));
            texts[3] = ONE_OF(sexes);
            texts[4] = arena_printf(arena, "%02zu/%02zu/%zu", r % 28 + 1, r % 12 + 1, 1960 + r % 45);
            texts[5] = list_kit_units[r % 10].title;
            texts[6] = ONE_OF(titles);
            texts[7] = arena_printf(arena, "0%zu", 900000000 + r);
            texts[8] = arena_printf(arena, "p%zu@example.org", r);
            texts[9] = arena_printf(arena, "%zu", 2000 + r % 25);
            texts[10] = ONE_OF(marks);
            texts[11] = ONE_OF(degrees);
            texts[12] = arena_printf(arena, "%zu", r % 7 + 1);
            texts[13] = "-";
        }
        size_t n = 0;
        for (uint32_t c = 0; c < 14; c++)
            if (*texts[c]) cells[n++] = (struct sheet_cell){.column = c, .kind = SHEET_TEXT, .text = texts[c]};
        rows[r] = (struct sheet_row){.number = (uint32_t)r + 1, .cells = cells, .count = n};
    }
}

int main(int argc, char **argv)
{
    size_t count = argc > 1 ? strtoul(argv[1], NULL, 10) : 70000;
    struct arena made = {0}, arena = {0}, peer = {0};
    struct sheet_row *rows = arena_array(&made, count + 1, sizeof *rows);
    if (!rows) return 1;
    make_rows(&made, rows, count);
    struct sheet sheet = {.name = "DS", .rows = rows, .count = count + 1, .columns = 14};
    struct sheet_book book = {.sheets = &sheet, .count = 1, .format = "xlsx"};
    struct list_vocabulary vocabulary = list_kit_vocabulary("vi", "VN");
    struct list_known *known;
    struct list_mapping mapping;
    struct list_table table;
    int64_t begun = clock_thread_us();
    if (list_prepare(&arena, LIST_PEOPLE, &vocabulary, &known, NULL) != OK || list_guess(known, &book, &arena, &mapping, NULL) != OK) return 1;
    int64_t guessed = clock_thread_us();
    if (list_read(known, &book, &mapping, &arena, &table, NULL) != OK || table.count != count) return 1;
    int64_t read = clock_thread_us();
    for (size_t r = 0; r <= count; r++) {
        for (size_t k = 0; k < rows[r].count; k++) (void)text_fold(&peer, rows[r].cells[k].text);
        arena_clear(&peer);
    }
    int64_t folded = clock_thread_us();
    printf("list: %zu rows of 14 columns guessed in %.3f s, read in %.3f s, %zu MB; folding every cell alone %.3f s (%.2f of it)\n", count,
           (double)(guessed - begun) / 1e6,
           (double)(read - guessed) / 1e6, arena.total >> 20, (double)(folded - read) / 1e6, (double)(read - begun) / (double)(folded - read));
    arena_release(&made);
    arena_release(&arena);
    arena_release(&peer);
    return 0;
}
