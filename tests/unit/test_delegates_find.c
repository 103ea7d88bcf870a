/* What the desk finds: names with and without accents, lettered badge numbers, phone numbers as people write them, and a badge's own delegate only. */
#include "core/base/crypto.h"
#include "core/base/file.h"
#include "core/base/text.h"
#include "core/congress/delegates/find.h"
#include "core/congress/event_file/event_file.h"
#include "core/congress/store/store.h"
#include "tests/unit/check.h"

#include "catalogue.h"

#include <stdlib.h>

/* Numbers that are the codes of others: a badge must not show them. */
static const char event[] =
    "{\"format\":\"plenum-events/1\",\"people\":[{\"code\":\"101\",\"name\":\"Łukasz Nguyễn Đức\",\"phone\":\"(0600) 912-345.678\"},"
    "{\"code\":\"102\",\"name\":\"Þórður Æsøn\"}],\"events\":[{\"slug\":\"test-2\",\"kind\":\"meeting\",\"title\":\"T\",\"timezone\":\"UTC\","
    "\"starts\":\"2026-12-01T08:00\",\"ends\":\"2026-12-01T09:00\",\"categories\":[{\"code\":\"c\",\"title\":\"C\"}],\"delegates\":["
    "{\"person\":\"101\",\"category\":\"c\",\"number\":\"102\"},{\"person\":\"102\",\"category\":\"c\",\"number\":\"101\"},"
    "{\"person\":null,\"category\":\"c\",\"number\":\"B-01\"}]}]}";

/* Who stands before whom; no number is another's code. */
static const char ranks[] =
    "{\"format\":\"plenum-events/1\",\"organization\":{\"name\":\"O\",\"languages\":[\"vi\"],\"units\":[{\"code\":\"HC-01\","
    "\"name\":{\"vi\":\"Quận Hải Châu\",\"ar\":\"مدرسة الهدى\"}},"
    "{\"code\":\"LC-02\",\"name\":\"Trường Nguyễn Trãi\"}]},\"people\":[{\"code\":\"A\",\"name\":\"Nguyễn An Anh\",\"unit\":\"HC-01\","
    "\"born\":\"1971-02-03\",\"phone\":\"+84 905 111 222\"},"
    "{\"code\":\"B\",\"name\":\"Nguyễn Văn Anh\",\"unit\":\"LC-02\",\"phone\":\"0905 111 333\"},{\"code\":\"C\",\"name\":\"Nguyễn Anh\",\"unit\":\"LC-02\"},"
    "{\"code\":\"D\",\"name\":\"Lê Thị Thịnh\",\"title\":\"Tổ trưởng\"},{\"code\":\"E\",\"name\":\"Lê Văn Thịnh\"},{\"code\":\"F\",\"name\":\"Châu Thị Hải\"},"
    "{\"code\":\"G\",\"name\":\"Trãi Nguyễn Kha\"},{\"code\":\"H\",\"name\":\"فاطمة الزهراء\"},{\"code\":\"I\",\"name\":\"علي موسى\"},{\"code\":\"J\","
    "\"name\":\"王小明\"},"
    "{\"code\":\"K\",\"name\":\"Đỗ Đặng Ưu\",\"unit\":\"HC-01\"}],\"events\":[{\"slug\":\"test-2\",\"kind\":\"meeting\",\"title\":\"T\","
    "\"timezone\":\"UTC\",\"starts\":\"2026-12-01T08:00\","
    "\"ends\":\"2026-12-01T09:00\",\"categories\":[{\"code\":\"c\",\"title\":\"C\"}],\"delegates\":["
    "{\"person\":\"A\",\"category\":\"c\",\"number\":\"007\",\"delegation\":\"HC-01\",\"seat\":\"A12\"},{\"person\":\"B\",\"category\":\"c\","
    "\"number\":\"7\",\"delegation\":\"LC-02\"},"
    "{\"person\":\"C\",\"category\":\"c\",\"number\":\"111\",\"delegation\":\"LC-02\",\"seat\":\"Hàng 3, ghế 4\"},{\"person\":\"D\",\"category\":\"c\","
    "\"number\":\"1112\"},"
    "{\"person\":\"E\",\"category\":\"c\",\"number\":\"333\"},{\"person\":\"F\",\"category\":\"c\",\"number\":\"71\"},{\"person\":\"G\",\"category\":\"c\"},"
    "{\"person\":\"H\",\"category\":\"c\"},{\"person\":\"I\",\"category\":\"c\"},{\"person\":\"J\",\"category\":\"c\"},{\"person\":null,\"category\":\"c\","
    "\"number\":\"B-02\"}]}]}";

struct desk {
    struct check check;
    struct store store;
    struct arena arena;
};

/* The codes (else numbers) of all that is found, with a space after each. */
static const char *found_in(struct desk *d, const char *typed, bool people)
{
    struct programme *programme;
    json_t *answer = NULL, *one;
    size_t i;
    char *text = arena_strdup(&d->arena, "");
    enum err e = programme_load(d->store.db, &d->arena, "test-2", &programme);
    if (e == OK) e = people ? people_find(d->store.db, &d->arena, programme, typed, &answer) : delegates_find(d->store.db, &d->arena, programme, typed, 0, &answer);
    json_array_foreach(json_object_get(answer, "results"), i, one)
    {
        const char *code = json_string_value(json_object_get(one, "code"));
        text = arena_printf(&d->arena, "%s%s ", text, code ? code : json_string_value(json_object_get(one, "number")));
    }
    json_decref(answer);
    return e == OK ? text : err_name(e);
}

static const char *found(struct desk *d, const char *typed) { return found_in(d, typed, false); }

static void check_typed(struct desk *d)
{
    static const char *const cases[][2] = {{"nguyen duc", "101 "},   {"ĐỨC NGUYỄN", "101 "}, {"lukasz", "101 "},  {"thordur aeson", "102 "},
                                           {"b-01", "B-01 "},        {"B-01", "B-01 "},      {"5678", "101 "},    {"912 345 678", "101 "},
                                           {"0600.912.345678", "101 "}, {"%", ""},           {"( )", ""},         {"102", "101 102 "}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) CHECK_TEXT(&d->check, found(d, cases[i][0]), cases[i][1]);
}

static void check_badges(struct desk *d)
{
    struct sql_delegates_badges_row *rows = NULL;
    struct programme *programme;
    size_t n = 0;
    CHECK(&d->check, programme_load(d->store.db, &d->arena, "test-2", &programme) == OK);
    const struct sql_delegates_badges_in in = {.event_id = programme->event_id, .only = ""};
    CHECK(&d->check, sql_delegates_badges(d->store.db, &d->arena, &in, &rows, &n) == OK && n == 3);
    for (size_t i = 0; i < n; i++)
        CHECK_TEXT(&d->check, found(d, rows[i].token), arena_printf(&d->arena, "%s ", rows[i].code ? rows[i].code : rows[i].number));
}

static void check_ranks(struct desk *d)
{
    static const char *const cases[][2] = {
        {"an", "A C B "},                       /* the word itself before those who begin so */
        {"anh an", "A C B "}, {"an anh", "A C B "},
        {"nguyen van a", "B "}, {"van nguyen", "B "}, {"nguyễn", "C A B G "}, {"NGUYE", "C A B G "},
        {"thi thinh", "D E "},                  /* "thi" whole before "Thịnh", which begins so too */
        {"hai chau", "F A "},                   /* the name before the unit */
        {"nguyen trai", "G C B "}, {"kha trai nguyen", "G "},
        {"hc-01", "A "}, {"HC01", "A "}, {"lc", "C B "}, {"truong", "C B "}, {"anh truong", "C B "}, {"le hai", ""},
        {"7", "B A F "}, {"007", "A B "}, {"07", "A B "}, {"71", "F "}, {"b02", "B-02 "}, {"b 2", ""}, {"b-0", "B-02 B "}, {"02", "C B B-02 "},
        {"a12", "A "}, {"A 12", "A "}, {"hang 3 ghe 4", "C "}, {"hàng 3", "C "}, {"ghế", "C "},
        {"111", "C D "}, {"1112", "D "}, {"11", "C D "}, {"333", "E B "}, {"222", "A "}, {"1222", "A "}, {"0905111222", "A "}, {"+84905111222", "A "},
        {"905 111", ""},
        {"nguyen 333", "B "}, {"thinh 333", "E "}, {"٣٣٣", "E B "}, {"１１１２", "D "},
        {"فاطمه", "H "}, {"الزهراء فاطمة", "H "}, {"موسي", "I "}, {"عـلـى", "I "}, {"الهدي", "A "}, {"王", "J "}, {"王小", "J "}, {"小明", ""},
        {"do", ""}, {"", ""}, {"   ", ""}, {"%", ""}, {"_", ""}, {"*", ""}, {"\"", ""}, {"anh OR thinh", ""}, {"name : anh", ""}, {"anh*", "C A B "},
        {"-anh", "C A B "},
        {"(anh)", "C A B "}, {"NEAR(anh)", ""}, {"n n n n n n n n n n n n", "C A B G "}, {"a b c d e f g h i j k l m n o p", ""}};
    static const char *const people[][2] = {{"dang do", "K "}, {"k", "K G "}, {"hai chau", "F A K "}, {"anh", "C A B "}, {"222", ""}, {"0905111222", ""},
        {"007", ""}, {"a12", ""}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        if (!CHECK_TEXT(&d->check, found(d, cases[i][0]), cases[i][1])) printf("# typed: %s\n", cases[i][0]);
    for (size_t i = 0; i < sizeof people / sizeof people[0]; i++)
        if (!CHECK_TEXT(&d->check, found_in(d, people[i][0], true), people[i][1])) printf("# typed for the register: %s\n", people[i][0]);
}

/* What the register tells: the year and no day, nothing of phones; who is a delegate. */
static void check_told(struct desk *d)
{
    struct programme *programme;
    json_t *answer = NULL;
    CHECK(&d->check, programme_load(d->store.db, &d->arena, "test-2", &programme) == OK && people_find(d->store.db, &d->arena, programme, "nguyen an hai chau",
        &answer) == OK);
    const char *told = answer ? json_text(&d->arena, answer) : "";
    CHECK_TEXT(&d->check, told,
        "{\"results\":[{\"code\":\"A\",\"name\":\"Nguyễn An Anh\",\"honorific\":null,\"title\":null,\"born\":\"1971\",\"unit\":\"Quận Hải Châu\","
               "\"unit_code\":\"HC-01\",\"delegate\":{\"number\":\"007\",\"status\":\"summoned\"}}],\"more\":false}");
    json_decref(answer);
}

/* Anything may be typed: it is answered, or refused for its length or for being no text. */
static void check_odd(struct desk *d)
{
    static const char *const bits[] = {"a", "an", "nguyễn", " ", "  ", "\"", "'", "*", ":", "-", "(", ")", "^", "+", "{", "}", "AND", "OR", "NOT", "NEAR", "7",
        "0", "00", "é", "\xcc\x81", "\xe2\x80\x8f",
                                       "ا", "\t", "\n", "\x01", "%", "_", "\\", ";", "--", "/*", "name", "whole", "\xf0\x9f\x98\x80", "王", "\xff", "\xc3",
                                       "\xef\xbf\xbd", "ﬁ", "ß", "İ", "²"};
    unsigned seed = 6;
    size_t bad = 0, refused = 0;
    for (int i = 0; i < 3000; i++) {
        char typed[400] = "";
        size_t length = 0;
        for (int k = rand_r(&seed) % 24; k >= 0; k--) {
            const char *bit = bits[(size_t)rand_r(&seed) % (sizeof bits / sizeof bits[0])];
            memcpy(typed + length, bit, strlen(bit) + 1);
            length += strlen(bit);
        }
        const char *answer = found_in(d, typed, i % 2 != 0);
        bool is_refused = strcmp(answer, err_name(ERR_INPUT)) == 0, may = length > 200 || !text_is_utf8(typed, length);
        if (is_refused != may || (!is_refused && *answer && answer[strlen(answer) - 1] != ' ')) bad++;
        refused += is_refused;
        arena_clear(&d->arena);
    }
    CHECK(&d->check, bad == 0 && refused > 100);
    char long_text[260];
    memset(long_text, 'n', sizeof long_text - 1);
    long_text[201] = '\0';
    CHECK_TEXT(&d->check, found(d, long_text), err_name(ERR_INPUT));
    long_text[200] = '\0';
    CHECK_TEXT(&d->check, found(d, long_text), "");
}

static void check_event(struct desk *d, const char *text, void (*look)(struct desk *d))
{
    char folder[] = "/tmp/plenum-test-XXXXXX", file[64], command[64];
    struct fault fault = {0};
    json_t *report = NULL;
    CHECK(&d->check, mkdtemp(folder) != NULL);
    (void)snprintf(file, sizeof file, "%s/event.json", folder);
    const struct import_options options = {.file = file, .folder = folder, .actor = "test"};
    CHECK(&d->check, file_write_atomic(file, text, strlen(text), 0600, &fault) == OK);
    bool ready = CHECK(&d->check, event_file_import(&options, &report, &fault) == OK && store_open(folder, STORE_WRITE, &d->store, &fault) == OK);
    json_decref(report);
    if (ready) look(d);
    else printf("# %s\n", fault.text);
    store_close(&d->store);
    arena_release(&d->arena);
    (void)snprintf(command, sizeof command, "rm -rf '%s'", folder);
    CHECK(&d->check, system(command) == 0);
}

static void look_at_few(struct desk *d)
{
    check_typed(d);
    check_badges(d);
}

static void look_at_ranks(struct desk *d)
{
    check_ranks(d);
    check_told(d);
    check_odd(d);
}

int main(void)
{
    struct desk d = {0};
    CHECK(&d.check, crypto_init() == OK);
    check_event(&d, event, look_at_few);
    check_event(&d, ranks, look_at_ranks);
    return check_done(&d.check, "congress/delegates find");
}
