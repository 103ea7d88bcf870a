/* What cells, headings and rows of offices' tables mean; mappings. The day is given, so it holds on any date. */
#include "core/base/file.h"
#include "core/base/json.h"
#include "core/base/text.h"
#include "core/congress/list/list_private.h"
#include "tests/unit/check.h"
#include "tests/unit/list_kit.h"

struct look {
    struct check *c;
    struct arena arena;
    struct list_known *known;
    struct sheet_book book;
    struct list_mapping mapping;
    struct list_table table;
    struct fault fault;
};

static bool look_at(struct look *k, enum list_target target, const char *language, const char *country, const char *text)
{
    struct list_vocabulary *vocabulary = arena_alloc(&k->arena, sizeof *vocabulary);
    *vocabulary = list_kit_vocabulary(language, country);
    k->book = list_kit_book(&k->arena, text);
    return CHECK(k->c, list_prepare(&k->arena, target, vocabulary, &k->known, &k->fault) == OK) &&
           CHECK(k->c, list_guess(k->known, &k->book, &k->arena, &k->mapping, &k->fault) == OK);
}

static bool read_it(struct look *k)
{
    bool good = CHECK(k->c, list_read(k->known, &k->book, &k->mapping, &k->arena, &k->table, &k->fault) == OK);
    if (!good) printf("# %s\n", k->fault.text);
    return good;
}

static bool read_list(struct look *k, enum list_target target, const char *language, const char *text) { return look_at(k, target, language, NULL, text) &&
    read_it(k); }

static const char *value_of(const struct look *k, size_t record, const char *field)
{
    const struct list_value *v = record < k->table.count ? list_record_value(&k->table.records[record], field) : NULL;
    return v ? v->value : NULL;
}

static const char *change_of(const struct look *k, size_t record, const char *field)
{
    const struct list_value *v = record < k->table.count ? list_record_value(&k->table.records[record], field) : NULL;
    return v ? list_change_name((enum list_change)v->change) : NULL;
}

static const char *reason_of(const struct look *k, size_t record) { return record < k->table.count && k->table.records[record].flaw_count
                                                                   ? k->table.records[record].flaws[0].reason : NULL; }

static void check_days(struct check *c)
{
    static const struct {
        const char *text;
        enum list_order order;
        int year, month, day;
        const char *reason;
    } days[] = {
        {"31/12/1980", LIST_DAY_FIRST, 1980, 12, 31, NULL}, {"31.12.80", LIST_DAY_FIRST, 1980, 12, 31, NULL}, {"12/31/1980", LIST_MONTH_FIRST, 1980, 12, 31, NULL},
        {"12/31/1980", LIST_DAY_FIRST, 0, 0, 0, "other_order"}, {"Tháng 5/1980", LIST_DAY_FIRST, 1980, 5, 0, NULL}, {"5/1980", LIST_DAY_FIRST, 1980, 5, 0, NULL},
        {"1980", LIST_DAY_FIRST, 1980, 0, 0, NULL}, {"31-Dec-80", LIST_DAY_FIRST, 1980, 12, 31, NULL}, {"Dec 31, 1980", LIST_DAY_FIRST, 1980, 12, 31, NULL},
        {"٣١/١٢/١٩٨٠", LIST_DAY_FIRST, 1980, 12, 31, NULL}, {"5 de maio de 1980", LIST_DAY_FIRST, 1980, 5, 5, NULL}, {"ngày 03 tháng 02 năm 1980",
            LIST_DAY_FIRST, 1980, 2, 3, NULL},
        {"1980-02-03T00:00:00", LIST_DAY_FIRST, 1980, 2, 3, NULL}, {"1980-02-03 07:30", LIST_DAY_FIRST, 1980, 2, 3, NULL}, {"03021980", LIST_DAY_FIRST, 1980, 2,
            3, NULL},
        {"19800203", LIST_DAY_FIRST, 1980, 2, 3, NULL}, {"00/00/1980", LIST_DAY_FIRST, 1980, 0, 0, NULL}, {"30/02/1980", LIST_DAY_FIRST, 0, 0, 0, "impossible_day"},
        {"1/2/1980", LIST_ORDER_UNKNOWN, 0, 0, 0, "day_or_month"}, {"5/5/1980", LIST_ORDER_UNKNOWN, 1980, 5, 5, NULL}, {"01/01/2523", LIST_DAY_FIRST, 0, 0, 0,
            "year_buddhist"},
        {"15/07/1404", LIST_DAY_FIRST, 0, 0, 0, "year_hijri"}, {"khoảng 1980", LIST_DAY_FIRST, 1980, 0, 0, NULL}, {"chưa rõ", LIST_DAY_FIRST, 0, 0, 0, "no_day"},
        {"1/2/3/4/5/6/7", LIST_DAY_FIRST, 0, 0, 0, "no_day"}, {"12 مارس 1985", LIST_DAY_FIRST, 1985, 3, 12, NULL}, {"1/1/13", LIST_DAY_FIRST, 1913, 1, 1, NULL},
        {"1/1/05", LIST_DAY_FIRST, 2005, 1, 1, NULL},
    };
    for (size_t i = 0; i < sizeof days / sizeof days[0]; i++) {
        struct list_day day;
        const char *reason = list_day_read(days[i].text, days[i].order, 2026, 14, &day);
        if (!CHECK_TEXT(c, reason, days[i].reason)) printf("# %s\n", days[i].text);
        if (!reason && !CHECK(c, day.year == days[i].year && day.month == days[i].month && day.day == days[i].day)) printf("# %s: %d-%d-%d\n", days[i].text,
            day.year, day.month, day.day);
    }
}

static void check_headings(struct look *k)
{
    static const char *const words[] = {"Họ và tên", "HỌ & TÊN", "Ho va ten", "họ, tên", "Họtên", "Ngày, tháng, năm sinh", "NTNS", "SĐT", "ĐT", "Điện thoại DĐ",
                                        "Đơn vị công tác", "S.T.T",
                                        "Giới tính (Nam/Nữ)", "Data de nascimento", "Telemóvel", "الاسم الكامل", "رقم الجوال", "Date of birth (dd/mm/yyyy)",
                                            "Đảng viên"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        const char *plain = list_heading_plain(&k->arena, words[i]);
        if (!CHECK(k->c, list_heading_known(k->known, plain) >= 90)) printf("# %s: %u\n", words[i], list_heading_known(k->known, plain));
    }
    CHECK(k->c, list_heading_known(k->known, "danh sach dai bieu du dai hoi cong doan thanh pho") < 70);
}

/* Part of the title of one category, and enough of it; never of two. */
static void check_categories(struct check *c)
{
    static const struct list_term terms[] = {{.code = "official", .title = "{\"vi\": \"Đại biểu chính thức\"}"},
                                             {.code = "substitute", .title = "{\"vi\": \"Đại biểu dự khuyết\"}"},
                                             {.code = "guest", .title = "{\"vi\": \"Khách mời\", \"en\": \"Guest of honour\"}"}};
    static const struct {
        const char *written;
        enum list_found found;
        const char *code;
    } cases[] = {{"Chính thức", LIST_FOUND, "official"}, {"ĐB CHINH THUC", LIST_FOUND, "official"}, {"khách", LIST_FOUND, "guest"}, {"Đại biểu", LIST_FOUND_NOT, NULL},
                 {"Đương nhiên", LIST_FOUND_NOT, NULL}, {"of", LIST_FOUND_NOT, NULL}};
    struct arena arena = {0};
    struct list_terms known;
    if (CHECK(c, list_terms_make(&arena, terms, sizeof terms / sizeof terms[0], LIST_TERMS_OTHER, &known, NULL) == OK))
        for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
            struct list_finding found;
            CHECK(c, list_terms_find(&known, &arena, &arena, cases[i].written, true, &found) == OK);
            if (!CHECK(c, found.found == cases[i].found)) printf("# %s: %d\n", cases[i].written, found.found);
            if (cases[i].code) CHECK_TEXT(c, found.code, cases[i].code);
        }
    arena_release(&arena);
}

static void check_units(struct look *k)
{
    static const struct {
        const char *written;
        enum list_found found;
        const char *code;
    } units[] = {{"HT-01", LIST_FOUND, "HT-01"}, {"ht-01", LIST_FOUND, "HT-01"}, {"CĐ phường Cầu Mây", LIST_FOUND, "HT-01"}, {"CONG DOAN PHUONG CAU MAY",
        LIST_FOUND, "HT-01"},
                 {"Phường Cầu Mây", LIST_FOUND, "HT-01"}, {"LĐLĐ TP Hương Tràm", LIST_FOUND, "HT-00"}, {"Công đoàn phường Cầu Mai", LIST_FOUND_CLOSE, "HT-01"},
                 {"Văn phòng Quốc hội", LIST_FOUND_NOT, NULL}, {"", LIST_FOUND_NOT, NULL}};
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        struct list_finding found;
        CHECK(k->c, list_terms_find(&k->known->units, &k->arena, &k->arena, units[i].written, true, &found) == OK);
        if (!CHECK(k->c, found.found == units[i].found)) printf("# %s: %d\n", units[i].written, found.found);
        CHECK_TEXT(k->c, found.code, units[i].code);
    }
}

static void check_cells(struct check *c)
{
    struct look k = {.c = c};
    if (!read_list(&k, LIST_PEOPLE, "vi",
                   "STT|Mã số|Họ và tên|Ngày sinh|SĐT|Email|Bậc thợ\n"
                   "#1|#7|Nguyễn  Văn An|#29221|#901234567|an@example.org|3,5\n"
                   "#2|P0001|Trần Thị Bình|@-23586|+84 901 234 568|b@example.org; c@example.org|2\n"
                   "#3|#15=15|Lê Văn Cường|30/02/1980|9.01E+08|khong co|x\n"
                   "#4|A B|12345|2031|0901234567 (Zalo)|d@nowhere|4\n"
                   "#5|P0001|Phạm Thị Dung|#5.198|không||\n"))
        return;
    CHECK_TEXT(c, value_of(&k, 0, "code"), "007");
    CHECK_TEXT(c, change_of(&k, 0, "code"), "leading_zero");
    CHECK_TEXT(c, value_of(&k, 0, "name"), "Nguyễn Văn An");
    CHECK_TEXT(c, value_of(&k, 0, "born"), "1980-01-01");
    CHECK_TEXT(c, change_of(&k, 0, "born"), "serial_day");
    CHECK_TEXT(c, value_of(&k, 0, "phone"), "0901234567");
    CHECK_TEXT(c, value_of(&k, 0, "attribute:trade_grade"), "3.5");
    CHECK_TEXT(c, value_of(&k, 1, "born"), "1983"); /* a year that was typed into a cell for dates */
    CHECK_TEXT(c, value_of(&k, 1, "phone"), "+84 901 234 568");
    CHECK_TEXT(c, value_of(&k, 1, "email"), "b@example.org");
    CHECK_TEXT(c, value_of(&k, 2, "code"), "15");
    CHECK(c, !value_of(&k, 2, "born") && !value_of(&k, 2, "phone") && !value_of(&k, 2, "email") && k.table.records[2].flaw_count == 3);
    CHECK_TEXT(c, value_of(&k, 3, "phone"), "0901234567");
    CHECK(c, k.table.records[3].flaw_count == 4); /* code, name, born, e-mail */
    CHECK_TEXT(c, value_of(&k, 4, "born"), "1980");
    CHECK_TEXT(c, change_of(&k, 4, "born"), "month_lost");
    CHECK_TEXT(c, reason_of(&k, 4), "code_twice");
    CHECK_TEXT(c, list_flaw_text(&k.arena, &k.table.records[4].flaws[0]), "B6: \"P0001\" stands in the list before (B3)");
    arena_release(&k.arena);
}

static void check_names(struct check *c)
{
    static const struct {
        const char *language, *written, *name;
    } names[] = {{"vi", "NGUYỄN VĂN AN", "Nguyễn Văn An"}, {"vi", "nguyễn thị bé", "Nguyễn Thị Bé"}, {"pt", "MARIA DAS DORES DE SOUZA E SILVA",
        "Maria das Dores de Souza e Silva"},
                 {"pt", "JOSÉ D'ÁVILA", "José D'Ávila"}, {"en", "TOM MCDONALD", "Tom McDonald"}, {"en", "Tom McDonald", "Tom McDonald"}, {"en",
                     "PAT O'BRIEN-SMITH", "Pat O'Brien-Smith"},
                 {"vi", "Y Đhăm ÊBAN", "Y Đhăm ÊBAN"}, {"ar", "ليلى المنصوري", "ليلى المنصوري"}};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct look k = {.c = c};
        if (!look_at(&k, LIST_PEOPLE, names[i].language, NULL, arena_printf(&k.arena, "Mã số|Họ và tên|Email\nP1|%s|a@example.org\n", names[i].written))) return;
        if (read_it(&k)) CHECK_TEXT(c, value_of(&k, 0, "name"), names[i].written); /* not unless asked */
        k.mapping.ways.capitals = true;
        if (read_it(&k)) CHECK_TEXT(c, value_of(&k, 0, "name"), names[i].name);
        arena_release(&k.arena);
    }
    CHECK(c, list_word_honorific("Đ/c Nguyễn An") == strlen("Đ/c ") && list_word_honorific("Exma. Sra. Dra. Inês") > 12 &&
          list_word_honorific("Ông Nguyễn An") == strlen("Ông "));
    CHECK(c, list_word_honorific("Anh Thư") == 0 && list_word_honorific("Bá Kiến") == 0 && list_word_honorific("Drago Silva") == 0 && list_word_honorific("Dr.") == 0);
}

static void check_marks(struct check *c)
{
    struct look k = {.c = c};
    if (!read_list(&k, LIST_DELEGATES, "vi",
                   "STT|Họ và tên|Nữ|Đảng viên|Đương nhiên|Được bầu|Giới tính\n"
                   "#1|Nguyễn Văn An||x|x||\n#2|Trần Thị Bình|x|||X|\n#3|Lê Thị Chi|✓|x||có|Nam\n"))
        return;
    CHECK_TEXT(c, value_of(&k, 0, "gender"), "m");
    CHECK_TEXT(c, value_of(&k, 1, "gender"), "f");
    CHECK_TEXT(c, value_of(&k, 0, "attribute:party_member"), "true");
    CHECK_TEXT(c, value_of(&k, 1, "attribute:party_member"), "false");
    CHECK_TEXT(c, value_of(&k, 0, "mandate"), "ex_officio");
    CHECK_TEXT(c, value_of(&k, 1, "mandate"), "elected");
    CHECK_TEXT(c, reason_of(&k, 2), "two_values");
    arena_release(&k.arena);
    struct look one = {.c = c};
    if (!look_at(&one, LIST_PEOPLE, "vi", NULL, "Mã số|Họ và tên|Giới tính\nP1|Nguyễn Văn An|1\nP2|Trần Thị Bình|0\n")) return;
    if (read_it(&one)) CHECK_TEXT(c, reason_of(&one, 0), "sex_number");
    one.mapping.ways.one = 'm';
    if (read_it(&one)) CHECK_TEXT(c, value_of(&one, 1, "gender"), "f");
    arena_release(&one.arena);
}

static void check_rows(struct check *c)
{
    static const enum list_passed_why why[] = {LIST_PASSED_TITLE, LIST_PASSED_NUMBERS, LIST_PASSED_SECTION, LIST_PASSED_HEADER, LIST_PASSED_EMPTY,
                                               LIST_PASSED_SECTION, LIST_PASSED_TOTAL,
                                               LIST_PASSED_SIGNATURE, LIST_PASSED_SIGNATURE, LIST_PASSED_SIGNATURE};
    struct look k = {.c = c};
    if (!read_list(&k, LIST_PEOPLE, "vi",
                   "DANH SÁCH ĐOÀN VIÊN\n\nSTT|Họ và tên|Ngày sinh|Chức vụ|SĐT\n(1)|(2)|(3)|(4)|(5)\nI|CÔNG ĐOÀN PHƯỜNG CẦU MÂY\n#1|Đoàn Văn Tống|1980|"
                   "Công nhân|0901234567\n"
                   "#2|Tống Thị Phòng|1981|Kỹ sư|0901234568\nSTT|Họ và tên|Ngày sinh|Chức vụ|SĐT\n#3|Tô Ban\n#4\nII|Phường Bến Mơ (2 người)\n#5|Cộng Hòa|1979|"
                   "Tài xế|0901234569\n"
                   "|Cộng: 4|||\n||||TM. BAN CHẤP HÀNH\n||||(Ký, ghi rõ họ tên)\n||||Trần Văn Ban\n"))
        return;
    CHECK(c, k.table.count == 4 && k.table.passed_count == sizeof why / sizeof why[0]);
    for (size_t i = 0; i < k.table.passed_count && i < sizeof why / sizeof why[0]; i++)
        if (!CHECK(c, k.table.passed[i].why == why[i])) printf("# %u %s %s\n", k.table.passed[i].row, list_passed_name(k.table.passed[i].why), k.table.passed[i].text);
    CHECK_TEXT(c, value_of(&k, 0, "unit"), "HT-01");
    CHECK_TEXT(c, value_of(&k, 2, "name"), "Tô Ban");
    CHECK_TEXT(c, value_of(&k, 3, "unit"), "HT-02");
    arena_release(&k.arena);
}

/* Words that begin like sums, notes and ditto marks. */
static void check_likenesses(struct check *c)
{
    struct look k = {.c = c};
    if (!read_list(&k, LIST_PEOPLE, "vi",
                   "Họ và tên|Năm sinh|Chức vụ|Đơn vị công tác|Ghi chú\nNguyễn Thị Hà|1980|Thư ký|Đỏ|\nLưu Thị Hà|1981|||\n"
                   "Trần Văn Bình|1975|Đỏ|Tổng công ty Đường sắt|\n"
                   "Tổng cộng: 3|||||\n"))
        return;
    CHECK(c, k.table.count == 3 && k.table.passed_count == 1 && k.table.passed[0].why == LIST_PASSED_TOTAL);
    CHECK_TEXT(c, value_of(&k, 1, "name"), "Lưu Thị Hà");
    CHECK_TEXT(c, value_of(&k, 2, "title"), "Đỏ");
    arena_release(&k.arena);
    k = (struct look){.c = c};
    if (!read_list(&k, LIST_PEOPLE, "vi", "Đơn vị|Họ và tên|Năm sinh|Chức vụ\n"
                   "Tổng công ty Điện lực|Nguyễn Thị Hà|1980|Thư ký\nTổng cục Thuế|Lê Văn Bảo|1981|Kế toán\n")) return;
    CHECK(c, k.table.count == 2 && k.table.passed_count == 0);
    arena_release(&k.arena);
}

/* Covers and instructions before very many sheets of units: only some are looked at closely, all that are alike are taken. */
static void check_many_sheets(struct check *c)
{
    struct look k = {.c = c};
    struct sheet *sheets = arena_array(&k.arena, 90, sizeof *sheets);
    struct list_vocabulary vocabulary = list_kit_vocabulary("vi", "VN");
    size_t taken = 0;
    for (int i = 0; sheets && i < 90; i++) {
        const char *text = i < 30 ? "HƯỚNG DẪN\nTên|Ghi chú\n#1|A\n#2|B\n#3|C\n#4|D\n"
            : i % 2 ? "STT|Họ và tên|Năm sinh|SĐT\n#1|Nguyễn Văn An|1980|0901234567\n" : "STT|SĐT|Họ và tên|Năm sinh\n#1|0901234568|Trần Thị Bình|1981\n";
        sheets[i] = list_kit_book(&k.arena, text).sheets[0];
    }
    k.book = (struct sheet_book){.sheets = sheets, .count = 90, .format = "xlsx", .encoding = "utf-8"};
    if (!CHECK(c, sheets && list_prepare(&k.arena, LIST_PEOPLE, &vocabulary, &k.known, &k.fault) == OK)) return;
    if (!CHECK(c, list_guess(k.known, &k.book, &k.arena, &k.mapping, &k.fault) == OK) || !read_it(&k)) return;
    for (size_t i = 0; i < k.mapping.place_count; i++) taken += k.mapping.places[i].taken;
    CHECK(c, taken == 60 && k.table.count == 60);
    CHECK_TEXT(c, value_of(&k, 0, "phone"), "0901234568");
    CHECK_TEXT(c, value_of(&k, 59, "born"), "1980");
    arena_release(&k.arena);
}

static void check_mapping(struct check *c)
{
    struct look k = {.c = c}, next = {.c = c};
    struct list_mapping remembered, made;
    char *json = NULL;
    if (!look_at(&k, LIST_PEOPLE, "vi", NULL, "STT|Họ và tên|Cấp bậc riêng|Số A|Năm sinh\n#1|Nguyễn Văn An|Tổ trưởng|0901234567|1980\n#2|Trần Thị Bình|Kỹ sư|"
                                              "0901234568|1981\n")) return;
    CHECK(c, list_mapping_set(&k.mapping, k.known, "title=Cap bac rieng", &k.arena, &k.fault) == OK && list_mapping_set(&k.mapping, k.known, "-=D", &k.arena,
        &k.fault) == OK);
    CHECK(c, list_mapping_set(&k.mapping, k.known, "nonsense=D", &k.arena, &k.fault) == ERR_USAGE && list_mapping_set(&k.mapping, k.known, "title=ZZ", &k.arena,
        &k.fault) == ERR_USAGE);
    CHECK(c, list_mapping_set(&k.mapping, k.known, "title", &k.arena, &k.fault) == ERR_USAGE && strstr(k.fault.text, "FIELD=COLUMN"));
    if (read_it(&k)) CHECK_TEXT(c, value_of(&k, 0, "title"), "Tổ trưởng");
    CHECK(c, list_mapping_write(&k.mapping, false, &k.arena, &json) == OK);
    CHECK(c, list_mapping_read(k.known, json, strlen(json), &k.arena, &remembered, &k.fault) == OK);
    /* the next file has its columns elsewhere */
    if (!look_at(&next, LIST_PEOPLE, "vi", NULL, "TT|Năm sinh|Số A|CẤP BẬC RIÊNG|Họ và tên|Email\n#1|1980|0901234567|Thợ|Lê Văn Cường|c@example.org\n")) return;
    CHECK(c, list_mapping_likeness(&remembered, &next.mapping, &next.arena) == 66);
    CHECK(c, list_mapping_apply(&remembered, &next.mapping, &next.arena, &made) == OK);
    next.mapping = made;
    if (read_it(&next)) {
        CHECK_TEXT(c, value_of(&next, 0, "title"), "Thợ");
        CHECK_TEXT(c, value_of(&next, 0, "phone"), NULL);
        CHECK_TEXT(c, value_of(&next, 0, "email"), "c@example.org");
    }
    made.columns[0].use = made.columns[4].use;
    CHECK(c, list_mapping_check(&made, next.known, &next.fault) == ERR_INPUT);
    CHECK_TEXT(c, next.fault.reason, "list_column_twice");
    static const char *const wrong[] = {"", "[]", "{}", "{\"format\":\"x\"}",
        "{\"format\":\"plenum-list-mapping/1\",\"target\":\"units\",\"sheets\":[],\"columns\":[],\"ways\":{}}",
        "{\"format\":\"plenum-list-mapping/1\",\"target\":\"people\",\"sheets\":[],\"columns\":[{\"column\":\"B7\",\"heading\":\"\",\"field\":\"name\"}],\"ways\":{}}",
        "{\"format\":\"plenum-list-mapping/1\",\"target\":\"people\",\"sheets\":[],\"columns\":[{\"column\":\"B\",\"heading\":\"\",\"field\":\"nothing\"}],\"ways\":{}}",
        "{\"format\":\"plenum-list-mapping/1\",\"target\":\"people\",\"sheets\":[],\"columns\":[],\"ways\":{\"order\":\"week\"}}"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        next.fault.text[0] = '\0';
        CHECK(c, list_mapping_read(next.known, wrong[i], strlen(wrong[i]), &next.arena, &made, &next.fault) == ERR_INPUT && next.fault.text[0]);
    }
    CHECK(c, strstr(next.fault.text, "ways.order"));
    arena_release(&k.arena);
    arena_release(&next.arena);
}

static void check_ends(struct check *c)
{
    struct look k = {.c = c};
    struct list_vocabulary vocabulary = list_kit_vocabulary("vi", "VN");
    CHECK(c, list_prepare(&k.arena, LIST_PEOPLE, &vocabulary, &k.known, &k.fault) == OK);
    k.book = list_kit_book(&k.arena, "");
    CHECK(c, list_guess(k.known, &k.book, &k.arena, &k.mapping, &k.fault) == ERR_NOT_FOUND);
    CHECK_TEXT(c, k.fault.reason, "list_no_table");
    k.book = list_kit_book(&k.arena, "Kính gửi các đơn vị\nDoanh thu|#12|#13\nChi phí|#14|#15\n");
    CHECK(c, list_guess(k.known, &k.book, &k.arena, &k.mapping, &k.fault) == ERR_NOT_FOUND);
    check_headings(&k);
    check_units(&k);
    for (struct arena small = {0}; small.limit < 400000; small.limit += 9973) { /* memory that ends anywhere is told as such */
        struct list_known *known;
        enum err e = list_prepare(&small, LIST_DELEGATES, &vocabulary, &known, &k.fault);
        CHECK(c, e == OK || e == ERR_NOMEM);
        arena_release(&small);
    }
    arena_release(&k.arena);
}

/* Every reason, change and kind of row has words in every language, and the places in them. */
static void check_words(struct check *c)
{
    static const char *const languages[] = {"vi", "en", "pt", "ar"};
    struct arena arena = {0};
    for (size_t l = 0; l < 4; l++) {
        char *text = NULL;
        size_t size = 0;
        json_t *words = NULL;
        if (!CHECK(c, file_read(&arena, arena_printf(&arena, "web/i18n/%s.json", languages[l]), 8 << 20, &text, &size, NULL) == OK)) continue;
        if (!CHECK(c, json_read(text, size, &words, NULL) == OK)) continue;
        for (size_t i = 0; list_reason_name(i); i++) {
            const char *said = json_string_value(json_object_get(words, arena_printf(&arena, "list.flaw.%s", list_reason_name(i))));
            if (!CHECK(c, said && strstr(said, "{cell}"))) printf("# %s list.flaw.%s\n", languages[l], list_reason_name(i));
        }
        for (int i = 0; i < LIST_CHANGE_COUNT; i++) CHECK(c, json_object_get(words, arena_printf(&arena, "list.change.%s", list_change_name((enum list_change)i))));
        for (int i = 0; i < LIST_PASSED_COUNT; i++) CHECK(c, json_object_get(words, arena_printf(&arena, "list.passed.%s", list_passed_name((enum list_passed_why)i))));
        for (int t = 0; t < LIST_TARGET_COUNT; t++) {
            struct list_known *known;
            struct list_vocabulary none = {.language = "vi"};
            size_t count;
            CHECK(c, list_prepare(&arena, (enum list_target)t, &none, &known, NULL) == OK);
            const struct list_field *fields = list_known_fields(known, &count);
            for (size_t i = 0; i < count; i++)
                if (!CHECK(c, json_object_get(words, arena_printf(&arena, "list.field.%s", fields[i].code)))) printf("# list.field.%s\n", fields[i].code);
        }
        json_decref(words);
    }
    arena_release(&arena);
}

int main(void)
{
    struct check c = {0};
    check_days(&c);
    check_categories(&c);
    check_cells(&c);
    check_names(&c);
    check_marks(&c);
    check_rows(&c);
    check_likenesses(&c);
    check_many_sheets(&c);
    check_mapping(&c);
    check_ends(&c);
    check_words(&c);
    return check_done(&c, "list");
}
