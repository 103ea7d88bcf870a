/* Announcements: the hours in which they are shown, for whom, what the console may write, what the event file makes of them, what an older folder had, and what
 * of it all was shown when. */
#include "core/base/clock.h"
#include "core/base/crypto.h"
#include "core/base/file.h"
#include "core/base/zone.h"
#include "core/congress/event_file/event_file.h"
#include "core/congress/messages/announcements.h"
#include "core/congress/store/store.h"
#include "tests/unit/check.h"

#include "catalogue.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEAD "{\"format\":\"plenum-events/1\",\"organization\":{\"name\":\"O\",\"languages\":[\"vi\",\"en\"]," \
             "\"units\":[{\"code\":\"U1\",\"name\":\"Một\"},{\"code\":\"U2\",\"name\":\"Hai\"}]},\"people\":[{\"code\":\"P1\",\"name\":\"Lê A\",\"unit\":\"U1\"}]," \
             "\"events\":[{\"slug\":\"e\",\"kind\":\"congress\",\"title\":\"Đại hội\",\"timezone\":\"Europe/Lisbon\",\"starts\":\"2026-03-28T07:30\"," \
             "\"ends\":\"2026-03-30T17:00\",\"categories\":[{\"code\":\"official\",\"title\":\"C\"},{\"code\":\"guest\",\"title\":\"K\"}]," \
             "\"delegates\":[{\"person\":\"P1\",\"category\":\"official\"}]"
#define FILE_A "{\"text\":{\"vi\":\"Chào\",\"en\":\"Welcome\"}}"
#define FILE_B "{\"text\":\"Xe 4\",\"from\":\"2026-03-29T01:30\",\"until\":\"2026-03-29T12:00\",\"to\":[\"phone\"]," \
               "\"urgent\":true,\"audience\":{\"delegations\":[\"U1\"]}}"

struct bench {
    struct check *c;
    char folder[64], file[96], data[96];
    struct store store;
    struct arena arena;
    struct id_source ids;
    struct fault fault;
    int64_t event_id;
};

static enum err import(struct bench *b, const char *list, bool prune)
{
    struct import_options options = {.file = b->file, .folder = b->data, .actor = "file", .prune = prune};
    json_t *report = NULL;
    char text[4096];
    (void)snprintf(text, sizeof text, HEAD "%s%s}]}", list ? ",\"announcements\":" : "", list ? list : "");
    if (file_write_atomic(b->file, text, strlen(text), 0600, NULL) != OK) return ERR_IO;
    b->fault = (struct fault){0};
    enum err e = event_file_import(&options, &report, &b->fault);
    json_decref(report);
    return e;
}

static struct doing doing(struct bench *b, int64_t now_ms)
{
    b->fault = (struct fault){0};
    return (struct doing){b->store.db, &b->arena, &b->ids, b->event_id, now_ms, "lan", &b->fault};
}

/* The texts that this reader is shown, as "a|b". */
static const char *shown(struct bench *b, const struct announcement_reader *reader, int64_t now_ms)
{
    struct announcement *list;
    size_t count;
    const char *all = "";
    if (announcement_shown(b->store.db, &b->arena, b->event_id, reader, now_ms, &list, &count) != OK) return "?";
    for (size_t i = 0; i < count; i++) all = arena_printf(&b->arena, "%s%s%s", all, i ? "|" : "", list[i].text);
    return all;
}

static const struct announcement_reader wall = {.place = ANNOUNCEMENT_ON_WALL}, public = {.place = ANNOUNCEMENT_IN_PUBLIC};
static const struct announcement_reader u1 = {ANNOUNCEMENT_ON_PHONE, "official", "U1"}, u2 = {ANNOUNCEMENT_ON_PHONE, "guest", "U2"};

static void check_hours(struct check *c)
{
    const struct announcement a = {.from_ms = 100, .until_ms = 200, .ended_ms = DB_NULL}, always = {.from_ms = DB_NULL, .until_ms = DB_NULL, .ended_ms = DB_NULL};
    const struct announcement ended = {.from_ms = DB_NULL, .until_ms = DB_NULL, .ended_ms = 5};
    CHECK(c, announcement_state_at(&a, 99) == ANNOUNCEMENT_PLANNED && announcement_state_at(&a, 100) == ANNOUNCEMENT_SHOWN);
    CHECK(c, announcement_state_at(&a, 199) == ANNOUNCEMENT_SHOWN && announcement_state_at(&a, 200) == ANNOUNCEMENT_OVER);
    CHECK(c, announcement_state_at(&always, INT64_MIN + 1) == ANNOUNCEMENT_SHOWN && announcement_state_at(&ended, 0) == ANNOUNCEMENT_ENDED);
    CHECK(c, announcement_next_change(&a, 1, 0) == 100 && announcement_next_change(&a, 1, 100) == 200 && announcement_next_change(&a, 1, 200) == INT64_MAX);
    CHECK(c, announcement_next_change(&always, 1, 0) == INT64_MAX);
}

static void check_audience(struct check *c)
{
    static const struct {
        const char *audience, *category, *delegation;
        bool good;
    } cases[] = {
        {NULL, NULL, NULL, true}, {"{\"categories\":[\"a\"]}", "a", NULL, true}, {"{\"categories\":[\"a\"]}", "b", "a", false},
        {"{\"categories\":[\"a\"]}", NULL, NULL, false}, {"{\"delegations\":[\"u\"]}", "a", "u", true}, {"{\"delegations\":[\"u\"]}", "a", NULL, false},
        {"{\"categories\":[\"a\"],\"delegations\":[\"u\"]}", "a", "u", true}, {"{\"categories\":[\"a\"],\"delegations\":[\"u\"]}", "a", "v", false},
        {"{\"categories\":[\"a\"],\"delegations\":[\"u\"]}", "b", "u", false}, {"{\"categories\":[]}", "a", "u", false}, {"{", "a", "u", false}, {"[]", "a", "u", false},
        {"{\"categories\":\"a\"}", "a", "u", false}, {"{\"delegations\":{}}", "a", "u", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        if (!CHECK(c, announcement_is_for(cases[i].audience, cases[i].category, cases[i].delegation) == cases[i].good)) printf("# case %zu\n", i);
    CHECK(c, announcement_asks_delegation("{\"delegations\":[]}") && !announcement_asks_delegation("{\"categories\":[]}") && !announcement_asks_delegation(NULL));
}

static void check_tidy(struct bench *b)
{
    struct check *c = b->c;
    const char *text = NULL;
    char letters[2 * ANNOUNCEMENT_LETTERS + 8] = "";
    CHECK(c, announcement_tidy(&b->arena, "  Mời\nvào\t hội trường \xe2\x80\xae ", &text, NULL) == OK);
    CHECK_TEXT(c, text, "Mời vào hội trường"); /* the override (U+202E) would turn the rest of a wall */
    CHECK(c, announcement_tidy(&b->arena, NULL, &text, NULL) == OK && *text == '\0');
    CHECK(c, announcement_tidy(&b->arena, "a\x07" "b", &text, NULL) == ERR_INPUT && announcement_tidy(&b->arena, "a\xff", &text, NULL) == ERR_INPUT);
    for (int i = 0; i < ANNOUNCEMENT_LETTERS; i++) strcat(letters, "đ");
    CHECK(c, announcement_tidy(&b->arena, letters, &text, NULL) == OK);
    strcat(letters, "x");
    CHECK(c, announcement_tidy(&b->arena, letters, &text, &b->fault) == ERR_INPUT);
    CHECK_TEXT(c, b->fault.reason, "announce_long");
    static const char *const badges[] = {"http://10.0.0.5:8080/D/7K3M9QWXT2VB4HNJ", "xem http://a.vn/d/7k3m9qwxt2vb4hnj.",
                                         "/d/7K3M-9QWX-T2VB-4HNJ?x", "(/d/OK3M9QWXT2VB4HNI)"};
    static const char *const others[] = {"http://a.vn/e/dai-hoi", "và/d/ hay", "/d/7K3M9QWXT2VB4HN", "/d/me", "1/d/2", "/d/"};
    for (size_t i = 0; i < sizeof badges / sizeof *badges; i++)
        CHECK(c, announcement_names_badge(badges[i]) && announcement_tidy(&b->arena, badges[i], &text, NULL) == ERR_INPUT);
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) CHECK(c, !announcement_names_badge(others[i]));
}

static bool begin(struct bench *b)
{
    struct sql_programme_seqs_row row;
    (void)snprintf(b->folder, sizeof b->folder, "/tmp/plenum-announce-XXXXXX");
    if (!mkdtemp(b->folder)) return false;
    (void)snprintf(b->file, sizeof b->file, "%s/e.json", b->folder);
    (void)snprintf(b->data, sizeof b->data, "%s/data", b->folder);
    if (import(b, "[" FILE_A "," FILE_B "]", false) != OK || store_open(b->data, STORE_WRITE, &b->store, &b->fault) != OK) {
        printf("# %s\n", b->fault.text);
        return false;
    }
    if (sql_programme_seqs(b->store.db, &b->arena, "e", &row) != OK) return false;
    b->event_id = row.event_id;
    return true;
}

/* Lisbon's clocks go from 01:00 to 02:00 on 2026-03-29: 01:30 is never there, and means 02:00. */
static void check_file_hours(struct bench *b)
{
    struct check *c = b->c;
    int64_t gap = 0, noon = 0;
    CHECK(c, zone_parse("Europe/Lisbon", "2026-03-29T02:00", &gap) == OK && zone_parse("Europe/Lisbon", "2026-03-29T12:00", &noon) == OK);
    static const char welcome[] = "{\"vi\":\"Chào\",\"en\":\"Welcome\"}";
    CHECK_TEXT(c, shown(b, &u1, gap - 1), welcome);
    CHECK_TEXT(c, shown(b, &u1, gap), "\"Xe 4\"|{\"vi\":\"Chào\",\"en\":\"Welcome\"}"); /* urgent first */
    CHECK_TEXT(c, shown(b, &u1, noon - 1), "\"Xe 4\"|{\"vi\":\"Chào\",\"en\":\"Welcome\"}");
    CHECK_TEXT(c, shown(b, &u1, noon), welcome);
    CHECK_TEXT(c, shown(b, &u2, gap), welcome);
    CHECK_TEXT(c, shown(b, &wall, gap), welcome);
    CHECK_TEXT(c, shown(b, &public, gap), welcome);
}

static int64_t find(struct bench *b, const char *text)
{
    struct announcement *list;
    size_t count;
    if (announcement_open(b->store.db, &b->arena, b->event_id, &list, &count) != OK) return 0;
    for (size_t i = 0; i < count; i++)
        if (strcmp(list[i].text, text) == 0) return list[i].id;
    return 0;
}

static json_t *say(const char *text)
{
    return json_pack("{s:s}", "vi", text);
}

static void check_console(struct bench *b)
{
    struct check *c = b->c;
    int64_t now = clock_now_ms(), id = 0, same = 0;
    const char *official[] = {"official"}, *nobody[] = {"press"}, *unit[] = {"U1"}, *other[] = {"U2"};
    struct announcement_words w = {.texts = say("Họp lúc 5 giờ"), .from_ms = DB_NULL, .until_ms = DB_NULL, .to_wall = true, .to_phone = true};
    struct doing d = doing(b, now);
    CHECK(c, announcement_write(&d, 0, 0, &w, &id) == OK && id != 0);
    CHECK(c, strstr(shown(b, &wall, now), "5 giờ") != NULL && strstr(shown(b, &u2, now), "5 giờ") != NULL && strstr(shown(b, &wall, now - 1), "5 giờ") != NULL);
    static const struct {
        const char *reason;
        int what;
    } wrong[] = {{"announce_empty", 0}, {"announce_nowhere", 1}, {"announce_wall_all", 2}, {"announce_times", 3}, {"announce_times", 4},
                 {"announce_code", 5}, {"announce_code", 6}};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        struct announcement_words bad = w;
        json_t *none = json_object();
        if (wrong[i].what == 0) bad.texts = none;
        if (wrong[i].what == 1) bad.to_wall = bad.to_phone = false;
        if (wrong[i].what == 2) bad.categories = official, bad.category_count = 1;
        if (wrong[i].what == 3) bad.until_ms = now;
        if (wrong[i].what == 4) bad.from_ms = now + 2000, bad.until_ms = now + 1000;
        if (wrong[i].what == 5) bad.to_wall = false, bad.categories = nobody, bad.category_count = 1;
        if (wrong[i].what == 6) bad.to_wall = false, bad.delegations = other, bad.delegation_count = 1; /* nobody of it is in the event */
        d = doing(b, now);
        CHECK(c, announcement_write(&d, 0, 0, &bad, &same) == ERR_INPUT);
        CHECK_TEXT(c, b->fault.reason ? b->fault.reason : "", wrong[i].reason);
        json_decref(none);
    }
    struct announcement_words later = {.texts = w.texts, .from_ms = now + 60000, .until_ms = now + 120000, .to_phone = true, .urgent = true, .categories = official,
                                       .category_count = 1, .delegations = unit, .delegation_count = 1};
    d = doing(b, now + 1000);
    CHECK(c, announcement_write(&d, id, 1, &later, &same) == OK && same == id);
    CHECK(c, strstr(shown(b, &u1, now + 60000), "5 giờ") != NULL && strstr(shown(b, &u1, now + 59999), "5 giờ") == NULL);
    CHECK(c, strstr(shown(b, &u1, now + 120000), "5 giờ") == NULL);
    CHECK(c, strstr(shown(b, &u2, now + 60000), "5 giờ") == NULL && strstr(shown(b, &wall, now + 60000), "5 giờ") == NULL);
    d = doing(b, now + 2000);
    CHECK(c, announcement_write(&d, id, 1, &w, &same) == ERR_CONFLICT); /* of a form that was open when it was changed */
    CHECK(c, announcement_write(&d, 4711, 1, &w, &same) == ERR_NOT_FOUND && announcement_end(&d, 4711) == ERR_NOT_FOUND);
    d = doing(b, now + 90000);
    CHECK(c, announcement_end(&d, id) == OK && announcement_end(&d, id) == OK && strstr(shown(b, &u1, now + 90000), "5 giờ") == NULL);
    CHECK(c, announcement_write(&d, id, 3, &w, &same) == ERR_CONFLICT);
    struct announcement_stretch *s;
    size_t count;
    CHECK(c, announcement_history(b->store.db, &b->arena, b->event_id, 100, &s, &count) == OK && count == 5);
    CHECK_TEXT(c, s[0].kind, "ended");
    CHECK(c, s[0].shown_from_ms == DB_NULL);
    CHECK(c, s[1].shown_from_ms == now + 60000 && s[1].shown_until_ms == now + 90000); /* until it was ended, not until it would have been over */
    CHECK(c, s[2].shown_from_ms == now && s[2].shown_until_ms == now + 1000 && strcmp(s[2].actor, "lan") == 0);
    json_decref(w.texts);
}

static void check_many(struct bench *b)
{
    int64_t id = 0, now = clock_now_ms();
    struct announcement *list;
    size_t count = 0;
    struct announcement_words w = {.texts = say("Tin"), .from_ms = DB_NULL, .until_ms = DB_NULL, .to_wall = true};
    struct doing d = doing(b, now);
    CHECK(b->c, announcement_open(b->store.db, &b->arena, b->event_id, &list, &count) == OK);
    for (size_t i = 0; i < count; i++) CHECK(b->c, announcement_end(&d, list[i].id) == OK);
    for (int i = 0; i < ANNOUNCEMENTS_MOST; i++)
        if (announcement_write(&d, 0, 0, &w, &id) != OK) b->c->failed++;
    CHECK(b->c, announcement_write(&d, 0, 0, &w, &id) == ERR_LIMIT && strcmp(b->fault.reason, "announce_many") == 0);
    json_t *news = NULL;
    CHECK(b->c, announcement_wall(b->store.db, &b->arena, b->event_id, now, &news) == OK && json_array_size(news) == ANNOUNCEMENTS_ON_WALL);
    json_decref(news);
    json_decref(w.texts);
}

/* How many there are that nobody has ended, and of how many changes. */
static void counts(struct bench *b, size_t *ret_open, size_t *ret_changes)
{
    struct announcement *list;
    struct announcement_stretch *s;
    CHECK(b->c, announcement_open(b->store.db, &b->arena, b->event_id, &list, ret_open) == OK);
    CHECK(b->c, announcement_history(b->store.db, &b->arena, b->event_id, 100, &s, ret_changes) == OK);
}

static void check_file(struct bench *b)
{
    struct check *c = b->c;
    size_t open, changes, was;
    int64_t id;
    struct doing d = doing(b, clock_now_ms());
    CHECK(c, import(b, "[" FILE_A "," FILE_B "]", false) == OK);
    counts(b, &open, &was);
    CHECK(c, open == 2); /* the same file again: nothing */
    struct announcement_words w = {.texts = say("Chào mừng"), .from_ms = DB_NULL, .until_ms = DB_NULL, .to_wall = true, .to_phone = true};
    id = find(b, "{\"vi\":\"Chào\",\"en\":\"Welcome\"}");
    CHECK(c, announcement_write(&d, id, 1, &w, &id) == OK && announcement_end(&d, find(b, "\"Xe 4\"")) == OK);
    json_object_set_new(w.texts, "vi", json_string("Viết ở bảng điều khiển"));
    CHECK(c, announcement_write(&d, 0, 0, &w, &id) == OK);
    CHECK(c, import(b, "[" FILE_A "," FILE_B "]", false) == OK);
    counts(b, &open, &changes);
    CHECK(c, open == 2 && changes == was + 3); /* what was changed, ended and written on the console stays so */
    CHECK(c, import(b, NULL, false) == OK);
    counts(b, &open, &was);
    CHECK(c, open == 2 && changes == was); /* a file that does not speak of them */
    CHECK(c, import(b, "[{\"text\":\"Mới\"}]", false) == OK);
    counts(b, &open, &changes);
    CHECK(c, open == 2 && find(b, "{\"vi\":\"Chào mừng\"}") == 0 && find(b, "{\"vi\":\"Viết ở bảng điều khiển\"}") == id && find(b, "\"Mới\"") != 0);
    CHECK(c, import(b, "[" FILE_A ",{\"text\":\"Mới\"}]", false) == OK && find(b, "{\"vi\":\"Chào\",\"en\":\"Welcome\"}") != 0); /* it comes back as a new one */
    CHECK(c, import(b, "null", false) == OK);
    counts(b, &open, &changes);
    CHECK(c, open == 1 && find(b, "{\"vi\":\"Viết ở bảng điều khiển\"}") == id);
    json_decref(w.texts);
}

/* What was exported and is imported again, into the same folder or another one, changes nothing. */
static void check_round(struct bench *b)
{
    struct check *c = b->c;
    size_t open, changes, was;
    json_t *file = NULL, *again = NULL;
    CHECK(c, import(b, "[" FILE_B "]", false) == OK);
    counts(b, &open, &was);
    CHECK(c, open == 2 && event_file_export(b->store.db, "e", false, &file, &b->fault) == OK);
    char *list = json_text(&b->arena, json_object_get(json_array_get(json_object_get(file, "events"), 0), "announcements"));
    CHECK_TEXT(c, list, "[{\"text\":{\"vi\":\"Viết ở bảng điều khiển\"},\"to\":[\"wall\",\"phone\"],\"urgent\":false},"
               "{\"text\":\"Xe 4\",\"from\":\"2026-03-29T02:00\",\"until\":\"2026-03-29T12:00\",\"to\":[\"phone\"],\"urgent\":true,"
               "\"audience\":{\"delegations\":[\"U1\"]}}]");
    CHECK(c, import(b, list, false) == OK);
    counts(b, &open, &changes);
    CHECK(c, open == 2 && changes == was);
    CHECK(c, event_file_export(b->store.db, "e", false, &again, &b->fault) == OK && json_equal(file, again));
    json_decref(file);
    json_decref(again);
    CHECK(c, import(b, "[{\"text\":\"a\",\"audience\":{\"categories\":[\"official\"]}}]", false) == ERR_INPUT && strstr(b->fault.text, "announcements[0].audience"));
    CHECK(c, import(b, "[{\"text\":\"a\",\"to\":[\"phone\"],\"audience\":{\"delegations\":[\"U9\"]}}]", false) == ERR_INPUT && strstr(b->fault.text, "U9"));
    counts(b, &open, &changes);
    CHECK(c, open == 2 && changes == was); /* all or nothing */
}

static bool run_sql(const char *path, const char *sql)
{
    sqlite3 *db = NULL;
    bool good = sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK && sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK;
    if (!good) printf("# %s\n", sqlite3_errmsg(db));
    sqlite3_close(db);
    return good;
}

/* A folder of before there were rows. */
static void check_adopt(struct bench *b)
{
    struct check *c = b->c;
    struct arena arena = {0};
    struct doing d = doing(b, clock_now_ms());
    struct announcement *list;
    size_t count = 0;
    CHECK(c, announcement_open(b->store.db, &b->arena, b->event_id, &list, &count) == OK);
    for (size_t i = 0; i < count; i++) CHECK(c, announcement_end(&d, list[i].id) == OK);
    char *path = file_join(&arena, b->data, "plenum.db");
    char *command = arena_printf(&arena, "UPDATE event SET announcements = '["
                                         "{\"text\":{\"vi\":\"Cũ\"},\"from\":100,\"until\":200,\"to\":[\"wall\"],\"urgent\":true},{\"text\":\"Hai\"}]'");
    CHECK(c, path && command && run_sql(path, command));
    store_close(&b->store);
    CHECK(c, store_open(b->data, STORE_WRITE, &b->store, &b->fault) == OK);
    CHECK_TEXT(c, shown(b, &wall, 150), "{\"vi\":\"Cũ\"}|\"Hai\"");
    CHECK_TEXT(c, shown(b, &u1, 200), "\"Hai\"");
    store_close(&b->store);
    CHECK(c, store_open(b->data, STORE_WRITE, &b->store, &b->fault) == OK);
    CHECK(c, announcement_open(b->store.db, &b->arena, b->event_id, &list, &count) == OK && count == 2); /* once */
    arena_release(&arena);
}

int main(void)
{
    struct check c = {0};
    struct bench b = {.c = &c};
    if (crypto_init() != OK) return 1;
    check_hours(&c);
    check_audience(&c);
    check_tidy(&b);
    if (CHECK(&c, begin(&b))) {
        check_file_hours(&b);
        check_console(&b);
        check_many(&b);
        check_adopt(&b);
        store_close(&b.store);
    }
    (void)file_remove_tree(b.folder);
    b.event_id = 0;
    if (CHECK(&c, begin(&b))) {
        check_file(&b);
        check_round(&b);
        store_close(&b.store);
    }
    (void)file_remove_tree(b.folder);
    arena_release(&b.arena);
    return check_done(&c, "announcements");
}
