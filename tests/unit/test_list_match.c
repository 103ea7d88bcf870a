/* Whom a row of a list means: core/congress/list_import/match.h, names.h. */
#include "core/congress/list_import/match.h"
#include "tests/unit/check.h"

#include <string.h>

struct fixture {
    struct check check;
    struct arena arena;
    struct match_index *index;
};

static const struct match_facts known[] = {
    {.code = "P1", .name = "Nguyễn Văn Hòa", .born = "1980-02-03", .unit = "A", .gender = "m", .phone = "0912 345 678"},
    {.code = "P2", .name = "Nguyễn Văn Hòa", .born = "1975-05-05", .unit = "B", .gender = "m"},
    {.code = "P3", .name = "Lê Thị Hoa", .unit = "A", .gender = "f"},
    {.code = "P4", .name = "Trần Thị Thu Hà", .born = "1990-10-10", .unit = "A"},
    {.code = "P5", .name = "Phạm An", .born = "1970", .unit = "C", .email = "an@example.org"},
    {.code = "P6", .name = "Vũ Minh", .born = "1985-01-01", .unit = "A"},
    {.code = "P7", .name = "Đỗ Đức Thắng", .unit = "D"},
    {.code = "P8", .name = "Đỗ Đức Thắng", .unit = "D"},
    {.code = "P9", .name = "João da Silva", .born = "1966-06-06", .number = "12"},
};
enum { KNOWN = sizeof known / sizeof known[0] };

/* "= CODE", "new", "? WHY CODE …" */
static const char *meaning(struct fixture *f, struct match_facts row)
{
    struct match_result r;
    if (match_find(f->index, &f->arena, &row, KNOWN, &r) != OK) return "error";
    if (r.kind == MATCH_NEW) return "new";
    if (r.kind == MATCH_SAME) return arena_printf(&f->arena, "= %s", known[r.index].code);
    const char *text = "?";
    for (size_t i = 0; i < r.count; i++) text = arena_printf(&f->arena, "%s %s %s", text, match_why_name(r.candidates[i].why), known[r.candidates[i].index].code);
    return text;
}

static void means_at(struct fixture *f, struct match_facts row, const char *wanted, const char *what, int line)
{
    const char *got = meaning(f, row);
    if (!check_report(&f->check, strcmp(got, wanted) == 0, what, __FILE__, line)) printf("# got \"%s\", wanted \"%s\"\n", got, wanted);
}
#define MEANS(what, wanted, ...) means_at(f, (struct match_facts){__VA_ARGS__}, wanted, what, __LINE__)

static void test_same(struct fixture *f)
{
    MEANS("by code", "= P3", .code = "P3");
    MEANS("by code, the name was put right", "= P3", .code = "P3", .name = "Lê Thị Hoa Mai");
    MEANS("the mark on the other vowel, the same day", "= P1", .name = "Nguyễn Văn Hoà", .born = "1980-02-03");
    MEANS("decomposed, the mark on the other vowel", "= P2", .name = "NGUYỄN  VĂN HO\xcc\x80" "A", .unit = "B");
    MEANS("decomposed, name and unit", "= P2", .name = "nguyễn văn hoa\xcc\x80", .unit = "B");
    MEANS("name, unit, year", "= P1", .name = "Nguyễn Văn Hòa", .unit = "A", .born = "1980");
    MEANS("name and phone, written otherwise", "= P1", .name = "Nguyễn Văn Hòa", .phone = "+84912345678");
    MEANS("name and e-mail", "= P5", .name = "Phạm An", .email = "an@example.org");
    MEANS("the same person moved", "= P4", .name = "Trần Thị Thu Hà", .born = "1990-10-10", .unit = "B");
    MEANS("name and number of the badge", "= P9", .name = "João da Silva", .number = "12");
}

static void test_doubts(struct fixture *f)
{
    MEANS("the name alone", "? same_name P1 same_name P2", .name = "Nguyễn Văn Hòa");
    MEANS("another unit, no birth", "? other_unit P1 other_unit P2", .name = "Nguyễn Văn Hòa", .unit = "C");
    MEANS("another birth in the same unit", "? other_birth P1", .name = "Nguyễn Văn Hòa", .unit = "A", .born = "1981-02-03");
    MEANS("two of one name in one unit", "? namesakes P8 namesakes P7", .name = "Đỗ Đức Thắng", .unit = "D");
    MEANS("without marks", "? other_marks P4", .name = "Tran Thi Thu Ha", .born = "1990-10-10");
    MEANS("a word is missing", "? missing_word P4", .name = "Trần Thu Hà", .unit = "A");
    MEANS("words in another order", "? word_order P4", .name = "Thu Hà Trần Thị", .born = "1990-10-10");
    MEANS("one letter", "? one_letter P4", .name = "Trần Thị Thu Hàa", .born = "1990-10-10");
    MEANS("another code", "? other_code P4", .code = "X9", .name = "Trần Thị Thu Hà", .born = "1990-10-10");
    MEANS("the code of somebody else", "? other_name P4", .code = "P4", .name = "Bùi Quốc Khánh");
    MEANS("the code of somebody else of the same family name", "? other_name P1", .code = "P1", .name = "Nguyễn Thị An", .born = "1990-05-02", .gender = "f");
    MEANS("the other sex", "? other_sex P1", .name = "Nguyễn Văn Hòa", .born = "1980-02-03", .gender = "f");
    MEANS("a day that stands for a year", "? other_unit P6", .name = "Vũ Minh", .born = "1985-01-01", .unit = "B");
}

static void test_new(struct fixture *f)
{
    MEANS("nobody of that name", "new", .name = "Bùi Quốc Khánh", .unit = "A");
    MEANS("a namesake elsewhere, born on another day", "new", .name = "Nguyễn Văn Hòa", .born = "1960-01-02", .unit = "C");
    MEANS("a namesake with a code of their own elsewhere", "new", .name = "Lê Thị Hoa", .code = "X1", .unit = "B");
    MEANS("other marks in another unit", "new", .name = "Lê Thị Hòa", .unit = "B");
    MEANS("another day, another unit", "new", .name = "Vũ Minh", .born = "1985-12-31", .unit = "Z");
}

static void test_names(struct fixture *f)
{
    static const struct {
        const char *a, *b;
        enum likeness like;
    } cases[] = {
        {"Lê Hoà", "LÊ HÒA", NAMES_EQUAL}, {"Đỗ Mười", "Do Muoi", NAMES_MARKS}, {"An Lê", "Lê An", NAMES_ORDER}, {"Lê Văn An", "Lê An", NAMES_WORD},
        {"Lê Văn Anh", "Lê Văn Ahn", NAMES_LETTER}, {"Nguyen", "Nguyem", NAMES_LETTER}, {"An", "Am", NAMES_UNLIKE}, {"Lê An", "Trần Bình", NAMES_UNLIKE},
        {"محمد علي", "محمد علي", NAMES_EQUAL}, {"", "", NAMES_EQUAL}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct name_forms a, b;
        CHECK(&f->check, names_make(&f->arena, cases[i].a, &a) && names_make(&f->arena, cases[i].b, &b));
        check_report(&f->check, names_compare(&a, &b) == cases[i].like && names_compare(&b, &a) == cases[i].like, cases[i].a, __FILE__, __LINE__);
    }
}

static void test_until(struct fixture *f)
{
    struct match_result r;
    struct match_facts row = {.name = "Trần Thị Thu Hà", .born = "1990-10-10"};
    CHECK(&f->check, match_find(f->index, &f->arena, &row, 3, &r) == OK && r.kind == MATCH_NEW);
    CHECK(&f->check, match_find(f->index, &f->arena, &row, 4, &r) == OK && r.kind == MATCH_SAME && r.index == 3);
}

int main(void)
{
    struct fixture fixture = {0}, *f = &fixture;
    CHECK(&f->check, match_index_make(&f->arena, known, KNOWN, &f->index) == OK);
    test_same(f);
    test_doubts(f);
    test_new(f);
    test_names(f);
    test_until(f);
    arena_release(&f->arena);
    return check_done(&f->check, "list match");
}
