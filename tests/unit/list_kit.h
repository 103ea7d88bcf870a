/* What the tests of lists share: an organisation, and sheets written in C. */
#ifndef PLENUM_TESTS_LIST_KIT_H
#define PLENUM_TESTS_LIST_KIT_H

#include "core/congress/list/list.h"
#include "core/sheet/sheet.h"

#include <stdlib.h>
#include <string.h>

static const struct list_term list_kit_schooling[] = {
    {"secondary", "{\"vi\":\"Trung học phổ thông\",\"en\":\"Secondary school\"}"}, {"college", "{\"vi\":\"Cao đẳng\",\"en\":\"College\"}"},
    {"university", "{\"vi\":\"Đại học\",\"en\":\"University\"}"}, {"master", "{\"vi\":\"Thạc sĩ\",\"en\":\"Master’s degree\"}"},
    {"doctor", "{\"vi\":\"Tiến sĩ\",\"en\":\"Doctorate\"}"}};
static const struct list_attribute list_kit_attributes[] = {
    {"party_member", "{\"vi\":\"Đảng viên\",\"en\":\"Party member\"}", LIST_ATTRIBUTE_YES_NO, NULL, 0, true},
    {"party_joined", "{\"vi\":\"Ngày vào Đảng\",\"en\":\"Joined the Party on\"}", LIST_ATTRIBUTE_DATE, NULL, 0, true},
    {"schooling", "{\"vi\":\"Trình độ học vấn\",\"en\":\"Schooling\"}", LIST_ATTRIBUTE_CHOICE, list_kit_schooling, 5, false},
    {"trade_grade", "{\"vi\":\"Bậc thợ\",\"en\":\"Trade grade\"}", LIST_ATTRIBUTE_NUMBER, NULL, 0, false}};
static const struct list_term list_kit_units[] = {
    {"HT-00", "Liên đoàn Lao động thành phố Hương Tràm"}, {"HT-01", "Công đoàn phường Cầu Mây"}, {"HT-02", "Công đoàn phường Bến Mơ"}, {"HT-05",
        "Công đoàn xã Đồng Sậy"},
    {"HT-08", "Công đoàn ngành Giáo dục Hương Tràm"}, {"HT-09", "Công đoàn ngành Y tế Hương Tràm"}, {"HT-10", "Công đoàn Viên chức Hương Tràm"},
    {"HT-13", "Công đoàn Công ty Dệt may Sợi Lụa Xanh"}, {"HT-18", "Công đoàn Bệnh viện Đa khoa Hương Tràm"}, {"HT-21",
        "Công đoàn Trường Trung học phổ thông Đồi Sim"}};
static const struct list_term list_kit_categories[] = {
    {"official", "{\"vi\":\"Đại biểu chính thức\",\"en\":\"Delegate\",\"pt\":\"Delegado\",\"ar\":\"مندوب\"}"}, {"guest",
        "{\"vi\":\"Khách mời\",\"en\":\"Guest\",\"pt\":\"Convidado\"}"}};
static const char *const list_kit_codes[] = {"007", "0012", "15", "P0001"};

static inline struct list_vocabulary list_kit_vocabulary(const char *language, const char *country)
{
    return (struct list_vocabulary){.language = language, .country = country, .today = "2026-11-22", .attributes = list_kit_attributes, .attribute_count = 4,
                                    .units = list_kit_units, .unit_count = 10, .categories = list_kit_categories, .category_count = 2, .codes = list_kit_codes,
                                        .code_count = 4};
}

/* A sheet of texts: rows end with a line feed, cells with |. "#12.5" is a number, "@7305.0" a date by its days since 1970, "" nothing. */
static inline struct sheet_book list_kit_book(struct arena *arena, const char *text)
{
    struct sheet *sheet = arena_alloc(arena, sizeof *sheet);
    struct sheet_row *rows = arena_array(arena, 512, sizeof *rows);
    uint32_t number = 0;
    size_t count = 0;
    *sheet = (struct sheet){.name = "Sheet1"};
    for (const char *p = text; *p && count < 512;) {
        struct sheet_cell *cells = arena_array(arena, 64, sizeof *cells);
        uint32_t column = 0;
        size_t filled = 0;
        number++;
        for (bool end = false; !end && column < 64; column++) {
            size_t n = strcspn(p, "|\n");
            char *cell = arena_strndup(arena, p, n), *stop;
            end = p[n] != '|';
            p += n + (p[n] != '\0');
            if (!*cell) continue;
            struct sheet_cell *c = &cells[filled++];
            *c = (struct sheet_cell){.column = column, .kind = SHEET_TEXT, .text = cell};
            if (cell[0] == '#' || cell[0] == '@') {
                c->kind = cell[0] == '#' ? SHEET_NUMBER : SHEET_DATE;
                c->number = strtod(cell + 1, &stop);
                c->text = *stop == '=' ? stop + 1 : cell + 1; /* "#7=007": shown as 007 */
            }
            if (column + 1 > sheet->columns) sheet->columns = column + 1;
        }
        if (filled) rows[count++] = (struct sheet_row){.number = number, .cells = cells, .count = filled};
    }
    sheet->rows = rows;
    sheet->count = count;
    return (struct sheet_book){.sheets = sheet, .count = 1, .format = "csv", .encoding = "utf-8", .separator = '|'};
}

#endif
