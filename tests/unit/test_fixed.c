/* Fixed figures: the sentence in four languages at the edges, what a figure says and that nothing changes it, the chain of hashes, what is known later. */
#include "catalogue.h"
#include "core/base/text_numbers.h"
#include "core/base/zone.h"
#include "core/congress/checkin/checkin.h"
#include "core/congress/event_file/event_file.h"
#include "core/congress/figures/figures.h"
#include "core/congress/figures/fixed.h"
#include "core/congress/store/store.h"
#include "server/fixed_words.h"
#include "tests/unit/check.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

static int64_t at(const char *local)
{
    int64_t ms = 0;
    char text[32];
    (void)snprintf(text, sizeof text, "2026-12-01T%s", local);
    return zone_parse("Asia/Ho_Chi_Minh", text, &ms) == OK ? ms : 0;
}

/* --- words ---------------------------------------------------------------------------------------------------------------------------------------- */

static void check_numbers(struct check *c, struct arena *a)
{
    CHECK_TEXT(c, text_number(a, "vi", 70000), "70.000");
    CHECK_TEXT(c, text_number(a, "en", 70000), "70,000");
    CHECK_TEXT(c, text_number(a, "ar", 70000), "70,000");
    CHECK_TEXT(c, text_number(a, "ar-EG", 295), "٢٩٥");
    CHECK_TEXT(c, text_hundredths(a, "vi", 9729), "97,29");
    CHECK_TEXT(c, text_hundredths(a, "pt", 5), "0,05");
    CHECK_TEXT(c, text_hundredths(a, "en", 10000), "100.00");
    CHECK(c, text_share(287, 295) == 9729 && text_share(0, 295) == 0 && text_share(295, 295) == 10000 && text_share(0, 0) == 0 && text_share(5, 0) == 0);
    CHECK(c, text_share(99999, 100000) == 9999 && text_share(1, 100000) == 1 && text_share(2, 3) == 6667 && text_share(1, 8) == 1250);
    CHECK_TEXT(c, text_moment(a, "pt", "Asia/Ho_Chi_Minh", at("08:05"), "d 'de' MMMM 'de' y, HH:mm"), "1 de dezembro de 2026, 08:05");
    CHECK(c, text_moment(a, "en", "Nowhere/At_All", 0, "HH:mm") == NULL);
}

static void check_patterns(struct check *c, struct arena *a)
{
    struct text_value v[] = {{.name = "n", .number = 3}, {.name = "who", .text = "A{B}#"}};
    CHECK_TEXT(c, text_sentence(a, "en", "{who}: {n, plural, =0 {none} one {# thing} other {# things of {who}}}.", v, 2), "A{B}#: 3 things of A{B}#.");
    v[0].number = 1;
    CHECK_TEXT(c, text_sentence(a, "en", "{n, plural, =0 {none} one {# thing} other {# things}}", v, 2), "1 thing");
    v[0].number = 0;
    CHECK_TEXT(c, text_sentence(a, "en", "{n, plural, =0 {none} one {# thing} other {# things}}", v, 2), "none");
    static const char *const wrong[] = {"{m}", "{n", "n}", "{n, plural, one {x}}", "{n, select, a {b}}", "{n, plural, other x}", "{who, plural, other {x}}"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) CHECK(c, text_sentence(a, "en", wrong[i], v, 2) == NULL);
    static const char six[] = "{n, plural, zero {z} one {o} two {t} few {f} many {m} other {r}}";
    static const struct {
        int64_t number;
        const char *form;
    } arabic[] = {{0, "z"}, {1, "o"}, {2, "t"}, {3, "f"}, {10, "f"}, {11, "m"}, {99, "m"}, {100, "r"}, {102, "r"}, {103, "f"}, {111, "m"}, {1000, "r"}};
    for (size_t i = 0; i < sizeof arabic / sizeof arabic[0]; i++) {
        v[0].number = arabic[i].number;
        CHECK_TEXT(c, text_sentence(a, "ar", six, v, 1), arabic[i].form);
    }
}

static void said(struct check *c, struct arena *a, const struct fixed_words *words, const struct fixed_figure *f, const char *const want[I18N_COUNT])
{
    for (enum i18n_language l = I18N_VI; l < I18N_COUNT; l++)
        if (want[l]) CHECK_TEXT(c, fixed_words_sentence(a, words, l, f), want[l]);
}

static void check_sentences(struct check *c, struct arena *a)
{
    struct i18n *i18n = NULL;
    struct fault fault = {0};
    if (!CHECK(c, i18n_load(&i18n, &fault) == OK)) return;
    struct fixed_words words = {.i18n = i18n, .tags = {"vi"}, .count = 1};
    struct fixed_figure f = {.timezone = "Asia/Ho_Chi_Minh",
                             .content = {.at_ms = at("08:05"), .count = {.expected = 295, .attended = 287, .present = 287, .absent = 8, .excused = 7},
                                     .quorum = {.since_ms = DB_NULL}}};
    said(c, a, &words, &f, (const char *const[I18N_COUNT]){
        [I18N_VI] = "Tính đến 08:05 ngày 1 tháng 12 năm 2026, có mặt 287 trên tổng số 295 đại biểu được triệu tập, đạt 97,29%; vắng 8, trong đó 7 có lý do.",
        [I18N_EN] = "As of 08:05 on 1 December 2026, 287 of 295 summoned delegates are present, 97.29 %; absent 8, of whom 7 excused.",
        [I18N_PT] = "Às 08:05 de 1 de dezembro de 2026, estão presentes 287 de 295 delegados convocados, 97,29%; ausentes 8, dos quais 7 com justificação.",
        [I18N_AR] = "حتى الساعة 08:05 من يوم 1 ديسمبر 2026، حضر 287 من أصل 295 مندوباً مدعواً، أي 97.29%؛ وغاب 8 مندوبين، منهم 7 بعذر."});
    f.content.quorum = (struct fixed_quorum){.known = true, .category = "official", .eligible = 295, .required = 197, .present = 287, .reached = true,
            .since_ms = at("07:52"), .lost_ms = DB_NULL};
    f.content.count = (struct fixed_count){.expected = 70000, .attended = 70000, .present = 69998, .alternates = 2};
    said(c, a, &words, &f, (const char *const[I18N_COUNT]){
        [I18N_VI] = "Tính đến 08:05 ngày 1 tháng 12 năm 2026, có mặt 69.998 trên tổng số 70.000 đại biểu được triệu tập, đạt 99,99%; 2 đại biểu đã đến trước đó "
                "nhưng không có mặt "
                    "trong hội trường; không ai vắng; ngoài ra có 2 đại biểu dự khuyết; đã đủ số đại biểu theo quy định (197) lúc 07:52.",
        [I18N_EN] = "As of 08:05 on 1 December 2026, 69,998 of 70,000 summoned delegates are present, 99.99 %; 2 came earlier and are not in the hall; nobody is "
                "absent; besides, 2 "
                    "alternates are present; the quorum of 197 was reached at 07:52.",
        [I18N_AR] = "حتى الساعة 08:05 من يوم 1 ديسمبر 2026، حضر 69,998 من أصل 70,000 مندوب مدعو، أي 99.99%؛ وحضر قبل ذلك مندوبان وليسا في القاعة؛ ولم يغب أحد؛ ويحضر "
                    "أيضاً مندوبان احتياطيان؛ واكتمل النصاب البالغ 197 في الساعة 07:52."});
    f.content.count = (struct fixed_count){.expected = 1, .absent = 1, .excused = 1};
    f.content.quorum.reached = false;
    f.content.category = "official";
    f.content.category_title = "{\"vi\": \"Chính thức\", \"en\": \"Official\"}";
    said(c, a, &words, &f, (const char *const[I18N_COUNT]){
        [I18N_EN] = "As of 08:05 on 1 December 2026, 0 of 1 summoned delegate (Official) are present, 0.00 %; absent 1, of whom 1 excused; the quorum of 197 has not "
                "been reached.",
        [I18N_PT] = "Às 08:05 de 1 de dezembro de 2026, estão presentes 0 de 1 delegado convocado (Chính thức), 0,00%; ausente 1, com justificação; o quórum de 197 "
                "não foi atingido."});
    f.content = (struct fixed_content){.at_ms = at("08:05"), .quorum = {.since_ms = DB_NULL}};
    said(c, a, &words, &f, (const char *const[I18N_COUNT]){[I18N_VI] = "Tính đến 08:05 ngày 1 tháng 12 năm 2026, chưa có đại biểu nào được triệu tập.",
                                                 [I18N_EN] = "As of 08:05 on 1 December 2026, nobody is summoned."});
    f.content.count = (struct fixed_count){.expected = 3, .attended = 3, .present = 3};
    f.content.quorum = (struct fixed_quorum){.known = true, .category = "official", .eligible = 3, .required = 2, .present = 3, .reached = true,
            .since_ms = at("08:05") - 86400000, .lost_ms = DB_NULL};
    said(c, a, &words, &f, (const char *const[I18N_COUNT]){
        [I18N_EN] = "As of 08:05 on 1 December 2026, 3 of 3 summoned delegates are present, 100.00 %; nobody is absent; the quorum of 2 was reached at 08:05, 30 "
                "November 2026."});
    f.content.at_ms = at("01:05"); /* one o'clock is one hour, and what was lost since is said */
    f.content.quorum = (struct fixed_quorum){.known = true, .category = "official", .eligible = 3, .required = 4, .present = 3, .reached = true,
            .since_ms = at("00:40"), .lost_ms = at("01:00")};
    said(c, a, &words, &f, (const char *const[I18N_COUNT]){
        [I18N_VI] = "Tính đến 01:05 ngày 1 tháng 12 năm 2026, có mặt 3 trên tổng số 3 đại biểu được triệu tập, đạt 100,00%; không ai vắng; đã đủ số đại biểu theo quy "
                "định (4) lúc 00:40, nhưng từ 01:00 không còn đủ.",
        [I18N_EN] = "As of 01:05 on 1 December 2026, 3 of 3 summoned delegates are present, 100.00 %; nobody is absent; the quorum of 4 was reached at 00:40 and has not "
                "been met since 01:00.",
        [I18N_PT] = "À 01:05 de 1 de dezembro de 2026, estão presentes 3 de 3 delegados convocados, 100,00%; ninguém ausente; o quórum de 4 foi atingido às 00:40 e "
                "deixou de existir à 01:00.",
        [I18N_AR] = "حتى الساعة 01:05 من يوم 1 ديسمبر 2026، حضر 3 من أصل 3 مندوبين مدعوين، أي 100.00%؛ ولم يغب أحد؛ واكتمل النصاب البالغ 4 في الساعة 00:40 ولم يعد "
                "مكتملاً منذ الساعة 01:00."});
    words.tags[0] = "ar-EG";
    CHECK(c, strstr(fixed_words_sentence(a, &words, I18N_AR, &f), "١٠٠٫٠٠") != NULL);
    for (int64_t n = 0; n <= 120; n++) { /* every form there is */
        f.content.count = (struct fixed_count){.expected = n, .attended = n / 2, .present = n / 3, .absent = n - n / 2, .excused = (n - n / 2) / 2, .alternates = n};
        for (enum i18n_language l = I18N_VI; l < I18N_COUNT; l++) {
            char *text = fixed_words_sentence(a, &words, l, &f);
            CHECK(c, text && !strpbrk(text, "{}#"));
        }
    }
    i18n_free(i18n);
}

/* --- a congress --------------------------------------------------------------------------------------------------------------------------------------- */

struct day {
    struct check check;
    struct store store;
    struct write_tools tools;
    struct arena arena;
    const char *person;
    int64_t now_ms, number;
    bool again, asks;
    struct checkin_answer answer;
    struct fixed_wish wish;
    char database[64];
};

static char *say_little(void *context, struct arena *arena, const struct fixed_figure *f)
{
    (void)context;
    return arena_printf(arena, "{\"en\":\"%d of %d\"}", (int)f->content.count.present, (int)f->content.count.expected);
}

static const struct programme *programme_of(struct day *d)
{
    struct programme *p = NULL;
    return programme_load(d->store.db, &d->arena, "test-1", &p) == OK ? p : NULL;
}

static enum err scan_work(struct db *db, void *arg, struct fault *fault)
{
    struct day *d = arg;
    char scan_id[ID_UUID_SIZE];
    (void)fault;
    write_tools_begin(&d->tools);
    id_uuid7(scan_id);
    const struct checkin_source source = {.event = "test-1", .gate_id = DB_NULL, .device_id = DB_NULL, .account_id = 1, .received_ms = at("20:00")};
    const struct checkin_scan scan = {.scan_id = scan_id, .delegate = d->person, .gate = "main", .scanned_ms = d->now_ms, .age_ms = at("20:00") - d->now_ms,
            .asks = true, .roster = DB_NULL};
    enum err e = checkin_apply(db, &d->arena, &d->tools, &source, &scan, &d->answer);
    return e == OK ? write_tools_flush(&d->tools, db) : e;
}

static void comes(struct day *d, const char *person, const char *local)
{
    d->person = person;
    d->now_ms = at(local);
    CHECK(&d->check, db_transaction(d->store.db, scan_work, d, NULL) == OK && d->answer.outcome == OUTCOME_admitted);
}

static enum err fix_work(struct db *db, void *arg, struct fault *fault)
{
    struct day *d = arg;
    return fixed_fix(db, &d->arena, &d->tools.ids, programme_of(d), &d->wish, &d->number, &d->again, fault);
}

static enum err fixes(struct day *d, const char *request, const char *local, struct fault *fault)
{
    d->wish.request = request;
    d->wish.at_ms = at(local);
    d->wish.now_ms = at("20:00");
    return db_transaction(d->store.db, fix_work, d, fault);
}

#define FIRST "01912345-0000-7000-8000-000000000001"
#define SECOND "01912345-0000-7000-8000-000000000002"
#define THIRD "01912345-0000-7000-8000-000000000003"

static void is_fixed(struct day *d)
{
    struct fixed_figure f, g;
    struct fault fault = {0};
    const struct programme *p = programme_of(d);
    comes(d, "P01", "07:50");
    comes(d, "P02", "08:10");
    d->wish = (struct fixed_wish){.label = " Khai  mạc ", .actor = "orga", .say = say_little};
    CHECK(&d->check, fixes(d, FIRST, "08:05", &fault) == OK && d->number == 1 && !d->again);
    CHECK(&d->check, fixes(d, FIRST, "08:30", &fault) == OK && d->number == 1 && d->again);
    CHECK(&d->check, fixed_find(d->store.db, &d->arena, p->event_id, 1, &f) == OK && fixed_load(d->store.db, &d->arena, &f) == OK);
    const struct fixed_count *c = &f.content.count;
    CHECK(&d->check, c->present == 1 && c->attended == 1 && c->expected == c->present + c->absent && c->expected > 1);
    CHECK_TEXT(&d->check, f.label, "Khai mạc");
    CHECK(&d->check, f.content.at_ms == at("08:05") && f.content.known_ms == at("20:00"));
    int64_t by_category = 0, by_delegation = 0, listed = 0;
    for (size_t i = 0; i < f.content.part_count; i++) *(f.content.parts[i].kind == FIXED_CATEGORY ? &by_category : &by_delegation) += f.content.parts[i].count.expected;
    for (size_t i = 0; i < f.content.person_count; i++) listed += strcmp(f.content.people[i].status, "summoned") == 0;
    CHECK(&d->check, by_category == c->expected && by_delegation == c->expected && listed == c->expected);
    CHECK(&d->check, fixes(d, SECOND, "08:15", &fault) == OK && d->number == 2);
    CHECK(&d->check, fixed_find(d->store.db, &d->arena, p->event_id, 2, &g) == OK && g.content.count.present == 2);
    CHECK_TEXT(&d->check, g.previous, f.hash);
    CHECK(&d->check, fixed_find(d->store.db, &d->arena, p->event_id, 3, &g) == ERR_NOT_FOUND);
}

static void is_refused(struct day *d)
{
    struct fault fault = {0};
    CHECK(&d->check, fixes(d, THIRD, "20:01", &fault) == ERR_INPUT && strcmp(fault.reason, "fixed_future") == 0);
    d->wish.category = "nobody";
    CHECK(&d->check, fixes(d, THIRD, "08:05", &fault) == ERR_INPUT && strcmp(fault.reason, "fixed_category") == 0);
    d->wish.category = NULL;
    CHECK(&d->check, fixes(d, "no uuid", "08:05", &fault) == ERR_INPUT);
    d->wish.actor = "somebody else";
    CHECK(&d->check, fixes(d, FIRST, "08:05", &fault) == ERR_CONFLICT && strcmp(fault.reason, "fixed_request_used") == 0);
    d->wish.actor = "orga";
}

/* A door that was offline tells of somebody who was there already. */
static void is_corrected(struct day *d)
{
    struct fixed_figure f;
    struct fixed_content now;
    struct fixed_change *changes;
    size_t n = 0;
    const struct programme *p = programme_of(d);
    comes(d, "P03", "08:01");
    CHECK(&d->check, fixed_find(d->store.db, &d->arena, p->event_id, 1, &f) == OK && fixed_load(d->store.db, &d->arena, &f) == OK && f.content.count.present == 1);
    CHECK(&d->check, fixed_gather(d->store.db, &d->arena, p, f.content.at_ms, at("20:00"), f.content.category, &now, NULL) == OK && now.count.present == 2);
    CHECK(&d->check, fixed_compare(&d->arena, &f.content, &now, &changes, &n) == OK && n == 1);
    CHECK_TEXT(&d->check, n ? changes[0].before->code : NULL, "P03");
    CHECK(&d->check, n && changes[0].before->state == FIXED_ABSENT && changes[0].after->state == FIXED_PRESENT);
}

static int behind_our_back(struct day *d, const char *sql)
{
    sqlite3 *db = NULL;
    int code = sqlite3_open(d->database, &db);
    if (code == SQLITE_OK) code = sqlite3_exec(db, sql, NULL, NULL, NULL);
    sqlite3_close(db);
    return code;
}

/* What `sql` does is found and named; then the rows are put back as they were. */
static void is_found(struct day *d, const char *sql, const char *word, const char *back)
{
    struct fault fault = {0};
    int64_t count = 0;
    int64_t event_id = programme_of(d)->event_id;
    CHECK(&d->check, behind_our_back(d, sql) == SQLITE_OK);
    CHECK(&d->check, fixed_verify(d->store.db, event_id, "test-1", &count, &fault) == ERR_CONFLICT);
    if (!CHECK(&d->check, strstr(fault.text, word) != NULL)) printf("# %s\n", fault.text);
    CHECK(&d->check, behind_our_back(d, back) == SQLITE_OK);
    if (!CHECK(&d->check, fixed_verify(d->store.db, event_id, "test-1", &count, &fault) == OK)) printf("# %s\n", fault.text);
}

static void is_kept(struct day *d)
{
    static const char *const forbidden[] = {"UPDATE figure_fixed SET present = present + 1", "DELETE FROM figure_fixed", "UPDATE figure_fixed_person SET state = "
            "'present'",
        "DELETE FROM figure_fixed_person WHERE place = 0", "UPDATE figure_fixed_part SET expected = 1", "DELETE FROM figure_fixed_part",
        "INSERT INTO figure_fixed_person SELECT fixed_id, place + 1000, delegate_id, code, name, name_fold, name_sort, number, seat, category, delegation, status, "
                "state, excused, "
        "reason, stands_for, by_group, first_ms, last_ms FROM figure_fixed_person",
        "REPLACE INTO figure_fixed_part SELECT fixed_id, kind, place, code, title, 9, attended, present, absent, excused, alternates, substitutes, by_group FROM "
                "figure_fixed_part",
        "REPLACE INTO figure_fixed SELECT * FROM figure_fixed"};
    int64_t count = 0;
    for (size_t i = 0; i < sizeof forbidden / sizeof forbidden[0]; i++)
        if (!CHECK(&d->check, behind_our_back(d, forbidden[i]) == SQLITE_CONSTRAINT)) printf("# %s\n", forbidden[i]);
    CHECK(&d->check, fixed_verify(d->store.db, programme_of(d)->event_id, "test-1", &count, NULL) == OK && count == 2);
    static const char open[] = "DROP TRIGGER figure_fixed_update; DROP TRIGGER figure_fixed_person_update; DROP TRIGGER figure_fixed_part_update; DROP TRIGGER "
            "figure_fixed_delete; "
                               "DROP TRIGGER figure_fixed_insert; DROP TRIGGER figure_fixed_person_delete; CREATE TABLE kept AS SELECT * FROM figure_fixed";
    CHECK(&d->check, behind_our_back(d, open) == SQLITE_OK);
    is_found(d, "UPDATE figure_fixed SET present = present + 1 WHERE number = 1", "fixed figure 1: what it says", "UPDATE figure_fixed SET present = present - 1 "
            "WHERE number = 1");
    is_found(d, "UPDATE figure_fixed_person SET name = name || 'x' WHERE place = 1 AND fixed_id = (SELECT id FROM figure_fixed WHERE number = 2)", "fixed figure 2: "
            "its list",
             "UPDATE figure_fixed_person SET name = substr(name, 1, length(name) - 1) WHERE place = 1 AND fixed_id = (SELECT id FROM figure_fixed WHERE number = 2)");
    is_found(d, "UPDATE figure_fixed_part SET expected = expected + 1 WHERE place = 0", "fixed figure 1: its table", "UPDATE figure_fixed_part SET expected = "
            "expected - 1 WHERE place = 0");
    is_found(d, "DELETE FROM figure_fixed WHERE number = 2", "fixed figure 2: is missing", "INSERT INTO figure_fixed SELECT * FROM kept WHERE number = 2");
    is_found(d, "DELETE FROM figure_fixed WHERE number = 1", "fixed figure 1: is missing", "INSERT INTO figure_fixed SELECT * FROM kept WHERE number = 1");
    CHECK(&d->check, fixed_verify_whole(d->store.db, NULL) == OK && behind_our_back(d, "DELETE FROM figure_fixed") == SQLITE_OK);
    CHECK(&d->check, fixed_verify_whole(d->store.db, NULL) == ERR_CONFLICT);
}

int main(void)
{
    struct day d = {0};
    char folder[] = "/tmp/plenum-test-XXXXXX", command[64];
    struct fault fault = {0};
    json_t *report = NULL;
    CHECK(&d.check, crypto_init() == OK && mkdtemp(folder));
    (void)snprintf(d.database, sizeof d.database, "%s/plenum.db", folder);
    struct import_options options = {.file = "tests/fixtures/event-file/good/small.json", .folder = folder, .actor = "test"};
    check_numbers(&d.check, &d.arena);
    check_patterns(&d.check, &d.arena);
    check_sentences(&d.check, &d.arena);
    if (CHECK(&d.check, event_file_import(&options, &report, &fault) == OK) && CHECK(&d.check, store_open(folder, STORE_WRITE, &d.store, &fault) == OK)) {
        is_fixed(&d);
        is_refused(&d);
        is_corrected(&d);
        is_kept(&d);
    }
    json_decref(report);
    store_close(&d.store);
    write_tools_release(&d.tools);
    arena_release(&d.arena);
    (void)snprintf(command, sizeof command, "rm -rf '%s'", folder);
    CHECK(&d.check, system(command) == 0);
    return check_done(&d.check, "fixed");
}
