/* Whose picture a file is, by its name: a table of names in four scripts. */
#include "core/congress/photos/match.h"
#include "core/base/text.h"
#include "tests/unit/check.h"

static const struct photo_person people[] = {
    {.id = 1, .code = "P0001", .name = "Nguyễn Văn An", .number = "127", .unit = "HT-01", .unit_name = "Công đoàn Cảng"},
    {.id = 2, .code = "P0002", .name = "Nguyễn Văn Ân", .number = "128", .unit = "HT-02"},
    {.id = 3, .code = "P0003", .name = "Trần Thị Hòa", .number = "0129", .unit = "HT-01"},
    {.id = 4, .code = "P0004", .name = "Đặng Đình Lộc", .number = "130"},
    {.id = 5, .code = "P0005", .name = "Trần Thị Bích", .number = "131", .unit = "HT-01", .unit_name = "Công đoàn Cảng"},
    {.id = 6, .code = "P0006", .name = "Trần Thị Bích", .number = "132", .unit = "HT-02", .unit_name = "{\"vi\": \"Công đoàn Chợ\"}"},
    {.id = 7, .code = "P0007", .name = "João Conceição da Silva", .number = "133"},
    {.id = 8, .code = "P0008", .name = "محمد عبد الله الحسيني", .number = "134"},
    {.id = 9, .code = "P0009", .name = "فاطمة علي", .sort_name = "Ali, Fatima", .number = "135"},
    {.id = 10, .code = "P0010", .name = "王小明", .sort_name = "Wang Xiaoming", .number = "136"},
    {.id = 11, .code = "KH.12-A", .name = "Lê Quý Đôn", .number = "KM-7"},
    {.id = 12, .code = "140", .name = "Phạm Hùng", .number = "141"},
    {.id = 13, .code = "P0013", .name = "Phạm Thúy Anh", .number = "140"},
    {.id = 14, .code = "P0014", .name = "Søren Ærø Łukasz", .number = "142"},
    {.id = 15, .code = "P0015", .name = "O'Brien-Smith Mary Ann", .number = "143"},
};

static const struct row {
    const char *file, *folder;
    enum photo_found found;
    int64_t who; /* the first, or the only one */
    const char *why;
    size_t count;
} table[] = {
    /* codes */
    {"P0001.jpg", NULL, PHOTO_MATCHED, 1, "code", 1},
    {"p0001 (2).JPG", NULL, PHOTO_MATCHED, 1, "code", 1},
    {"p0001(12).jpeg", NULL, PHOTO_MATCHED, 1, "code", 1},
    {"P0001 - Copy.jpg", NULL, PHOTO_MATCHED, 1, "code", 1},
    {"P0001 - Copy (3).jpg", NULL, PHOTO_MATCHED, 1, "code", 1},
    {"P0001 copy 2.png", NULL, PHOTO_MATCHED, 1, "code", 1},
    {"P0001 - Sao chép.jpg", NULL, PHOTO_MATCHED, 1, "code", 1},
    {"P0001 - Cópia.jpg", NULL, PHOTO_MATCHED, 1, "code", 1},
    {"P0001 - نسخة.jpg", NULL, PHOTO_MATCHED, 1, "code", 1},
    {"P0001 - 副本.jpg", NULL, PHOTO_MATCHED, 1, "code", 1},
    {"P0001_2.jpg", NULL, PHOTO_MATCHED, 1, "code_and_name", 1},
    {"P-0001.jpg", NULL, PHOTO_MATCHED, 1, "code", 1},
    {"P0001.jpg.jpg", NULL, PHOTO_MATCHED, 1, "code", 1},
    {"P0001", NULL, PHOTO_MATCHED, 1, "code", 1},
    {"KH.12-A.jpg", NULL, PHOTO_MATCHED, 11, "code", 1},
    {"kh_12_a.png", NULL, PHOTO_MATCHED, 11, "code", 1},
    {"P00011.jpg", NULL, PHOTO_UNKNOWN, 0, "nobody", 0},
    /* numbers */
    {"127.png", NULL, PHOTO_MATCHED, 1, "number", 1},
    {"0127.png", NULL, PHOTO_MATCHED, 1, "number", 1},
    {"129.jpg", NULL, PHOTO_MATCHED, 3, "number", 1},
    {"١٢٧.jpg", NULL, PHOTO_MATCHED, 1, "number", 1},
    {"km-7.jpg", NULL, PHOTO_MATCHED, 11, "number", 1},
    {"140.jpg", NULL, PHOTO_DOUBTFUL, 12, "code_or_number", 2},
    {"999.jpg", NULL, PHOTO_UNKNOWN, 0, "nobody", 0},
    {"IMG_0127.jpg", NULL, PHOTO_UNKNOWN, 0, "nobody", 0},
    {"DSC00127.JPG", NULL, PHOTO_UNKNOWN, 0, "nobody", 0},
    {"IMG-20261120-WA0127.jpg", NULL, PHOTO_UNKNOWN, 0, "nobody", 0},
    {"1.jpg", NULL, PHOTO_UNKNOWN, 0, "nobody", 0},
    /* Vietnamese */
    {"nguyễn_văn_ân.jpeg", NULL, PHOTO_MATCHED, 2, "name", 1},
    {"Nguyễn Văn An.jpg", NULL, PHOTO_MATCHED, 1, "name", 1},
    {"NGUYỄN VĂN ÂN.jpg", NULL, PHOTO_MATCHED, 2, "name", 1},
    {"Nguye\xcc\x82\xcc\x83n Va\xcc\x86n A\xcc\x82n.jpg", NULL, PHOTO_MATCHED, 2, "name", 1},
    {"Nguyen Van An.jpg", NULL, PHOTO_DOUBTFUL, 1, "namesakes", 2},
    {"An Nguyen Van.jpg", NULL, PHOTO_DOUBTFUL, 1, "namesakes", 2},
    {"Nguyễn Văn Ấn.jpg", NULL, PHOTO_DOUBTFUL, 1, "accents", 2},
    {"tran thi hoa.jpg", NULL, PHOTO_MATCHED, 3, "name", 1},
    {"Trần Thị Hoà.jpg", NULL, PHOTO_MATCHED, 3, "name", 1},
    {"Hòa Trần Thị.jpg", NULL, PHOTO_MATCHED, 3, "name", 1},
    {"TranThiHoa.jpg", NULL, PHOTO_MATCHED, 3, "name", 1},
    {"tranthihoa.jpg", NULL, PHOTO_MATCHED, 3, "name", 1},
    {"tran-thi-hoa_2.jpg", NULL, PHOTO_MATCHED, 3, "name", 1},
    {"dang dinh loc.jpg", NULL, PHOTO_MATCHED, 4, "name", 1},
    {"Đặng Đình Lộc.jpg", NULL, PHOTO_MATCHED, 4, "name", 1},
    {"Dặng Dình Lộc.jpg", NULL, PHOTO_DOUBTFUL, 4, "accents", 1},
    {"Trần Thị Bích.jpg", NULL, PHOTO_DOUBTFUL, 5, "namesakes", 2},
    {"Trần Thị Bích.jpg", "HT-02", PHOTO_MATCHED, 6, "name", 1},
    {"tran thi bich.jpg", "cong doan cang", PHOTO_MATCHED, 5, "name", 1},
    {"tran thi bich.jpg", "Photos", PHOTO_DOUBTFUL, 5, "namesakes", 2},
    {"pham thuy anh.jpg", NULL, PHOTO_MATCHED, 13, "name", 1},
    {"Anh the Tran Thi Hoa.jpg", NULL, PHOTO_DOUBTFUL, 3, "part_of_name", 1},
    {"Thi Hoa.jpg", NULL, PHOTO_DOUBTFUL, 3, "part_of_name", 1},
    {"Hoa.jpg", NULL, PHOTO_UNKNOWN, 0, "nobody", 0},
    /* Portuguese and others in Latin letters */
    {"joao conceicao da silva.jpg", NULL, PHOTO_MATCHED, 7, "name", 1},
    {"João_Conceição_da_Silva.JPG", NULL, PHOTO_MATCHED, 7, "name", 1},
    {"silva, joao conceicao da.jpg", NULL, PHOTO_MATCHED, 7, "name", 1},
    {"joao silva.jpg", NULL, PHOTO_DOUBTFUL, 7, "part_of_name", 1},
    {"soren aero lukasz.jpg", NULL, PHOTO_MATCHED, 14, "name", 1},
    {"OBrienSmith MaryAnn.jpg", NULL, PHOTO_MATCHED, 15, "name", 1},
    {"o'brien-smith mary ann.jpg", NULL, PHOTO_MATCHED, 15, "name", 1},
    /* Arabic */
    {"محمد عبد الله الحسيني.jpg", NULL, PHOTO_MATCHED, 8, "name", 1},
    {"مُحَمَّد_عبدالله_الحسيني.jpg", NULL, PHOTO_MATCHED, 8, "name", 1},
    {"محمد عبد الله الحسينى.jpg", NULL, PHOTO_MATCHED, 8, "name", 1},
    {"فاطمه على.jpg", NULL, PHOTO_MATCHED, 9, "name", 1},
    {"فـاطمة علي.png", NULL, PHOTO_MATCHED, 9, "name", 1},
    {"fatima ali.jpg", NULL, PHOTO_MATCHED, 9, "name", 1},
    /* Chinese */
    {"王小明.jpg", NULL, PHOTO_MATCHED, 10, "name", 1},
    {"王 小明.jpg", NULL, PHOTO_MATCHED, 10, "name", 1},
    {"王小明 (1).jpg", NULL, PHOTO_MATCHED, 10, "name", 1},
    {"xiaoming wang.jpg", NULL, PHOTO_MATCHED, 10, "name", 1},
    /* code or number, and name */
    {"P0002 - Nguyen Van An.jpg", NULL, PHOTO_MATCHED, 2, "code_and_name", 1},
    {"Nguyen Van An_P0001.jpg", NULL, PHOTO_MATCHED, 1, "code_and_name", 1},
    {"127 Nguyễn Văn An.jpg", NULL, PHOTO_MATCHED, 1, "code_and_name", 1},
    {"P0001 An.jpg", NULL, PHOTO_MATCHED, 1, "code_and_name", 1},
    {"P0001 - Tran Thi Hoa.jpg", NULL, PHOTO_DOUBTFUL, 1, "disagree", 2},
    {"128_Tran_Thi_Hoa.jpg", NULL, PHOTO_DOUBTFUL, 2, "disagree", 2},
    {"P0001 - Nguyễn Văn Ân.jpg", NULL, PHOTO_DOUBTFUL, 1, "disagree", 2},
    {"P0006 Trần Thị Bích.jpg", NULL, PHOTO_MATCHED, 6, "code_and_name", 1},
    {"P0001 new.jpg", NULL, PHOTO_DOUBTFUL, 1, "more_than_code", 1},
    /* nothing in it */
    {".jpg", NULL, PHOTO_UNKNOWN, 0, "nobody", 0},
    {"(2).jpg", NULL, PHOTO_UNKNOWN, 0, "nobody", 0},
    {"---.jpg", NULL, PHOTO_UNKNOWN, 0, "nobody", 0},
    {"\xff\xfe.jpg", NULL, PHOTO_UNKNOWN, 0, "nobody", 0},
    {"", NULL, PHOTO_UNKNOWN, 0, "nobody", 0},
};

static void test_table(struct check *c)
{
    struct arena arena = {0};
    struct photo_index *index = NULL;
    CHECK(c, photo_index_make(&arena, people, sizeof people / sizeof people[0], &index) == OK);
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        const struct row *row = &table[i];
        struct photo_match match;
        bool good = photo_match_file(index, &arena, row->file, row->folder, &match) == OK && match.found == row->found && strcmp(match.why, row->why) == 0 &&
                    match.count == row->count && (!row->count || people[match.people[0]].id == row->who);
        if (!good) printf("# \"%s\": %d %s, %zu people, first %lld\n", row->file, (int)match.found, match.why, match.count,
                          match.count ? (long long)people[match.people[0]].id : 0);
        CHECK(c, good);
    }
    arena_release(&arena);
}

/* Long names of files and people, an empty list, and every cut of a name: no answer but the three, and nothing outside of memory. */
static void test_edges(struct check *c)
{
    struct arena arena = {0};
    struct photo_index *index = NULL;
    struct photo_match match;
    char longest[4096];
    CHECK(c, photo_index_make(&arena, people, 0, &index) == OK);
    CHECK(c, photo_match_file(index, &arena, "P0001.jpg", NULL, &match) == OK && match.found == PHOTO_UNKNOWN);
    CHECK(c, photo_index_make(&arena, people, sizeof people / sizeof people[0], &index) == OK);
    for (size_t i = 0; i + 3 < sizeof longest; i += 3) memcpy(longest + i, i % 2 ? "a) " : "ng.", 3);
    longest[sizeof longest - 1] = '\0';
    longest[sizeof longest - 2] = '\0';
    longest[sizeof longest - 3] = '\0';
    longest[sizeof longest - 4] = '\0';
    CHECK(c, photo_match_file(index, &arena, longest, longest, &match) == OK && match.found == PHOTO_UNKNOWN);
    static const char name[] = "P0001 - Nguyễn Văn Ân (2).jpg";
    for (size_t i = 0; i < sizeof name; i++) CHECK(c, photo_match_file(index, &arena, arena_strndup(&arena, name, i), NULL, &match) == OK);
    struct arena tiny;
    arena_init(&tiny, 64);
    CHECK(c, photo_match_file(index, &tiny, name, NULL, &match) == ERR_NOMEM);
    arena_release(&tiny);
    arena_release(&arena);
}

static void test_marks(struct check *c)
{
    struct arena arena = {0};
    CHECK_TEXT(c, text_fold_marks(&arena, "Hoà"), text_fold_marks(&arena, "HÒA"));
    CHECK(c, strcmp(text_fold_marks(&arena, "Hòa"), text_fold_marks(&arena, "Hoa")) != 0);
    CHECK(c, strcmp(text_fold_marks(&arena, "Đinh"), text_fold_marks(&arena, "Dinh")) != 0);
    CHECK_TEXT(c, text_fold_marks(&arena, "nguyen  van_an"), "nguyen van an");
    CHECK_TEXT(c, text_fold_marks(&arena, "à b"), "a\xcc\x80 b");
    CHECK_TEXT(c, text_fold_marks(&arena, "\xcc\x80 b"), "b");
    CHECK(c, text_fold_marks(&arena, "\xff") == NULL);
    arena_release(&arena);
}

int main(void)
{
    struct check check = {0};
    test_table(&check);
    test_edges(&check);
    test_marks(&check);
    return check_done(&check, "photo_match");
}
