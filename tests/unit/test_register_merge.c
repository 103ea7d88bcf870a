/* Two entries that are one person: what hangs on the one that goes becomes the other's, figures stay, badges and codes go on working, and taking it back makes
 * everything as it was. And who is proposed. */
#include "core/base/buf.h"
#include "core/base/crypto.h"
#include "core/base/file.h"
#include "core/congress/delegates/find_index.h"
#include "core/congress/event_file/event_file.h"
#include "core/congress/figures/figures.h"
#include "core/congress/register/edit.h"
#include "core/congress/register/history.h"
#include "core/congress/register/merge.h"
#include "core/congress/register/people.h"
#include "core/congress/store/store.h"
#include "tests/unit/check.h"

#include "catalogue.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

struct desk {
    struct check check;
    struct store store;
    struct arena arena;
    struct id_source ids;
    struct fault fault;
    char folder[64], file[80];
    int64_t now_ms, merge;
};

enum act { MERGE, SPLIT, PHONE, CODE, APART, TOGETHER };
struct step {
    struct desk *desk;
    enum act act;
    struct register_merge_wish wish;
};

static const char list[] =
    "{\"format\":\"plenum-events/1\",\"organization\":{\"name\":\"O\",\"languages\":[\"vi\"],\"attribute_types\":{\"party\":{\"title\":\"P\","
    "\"type\":\"yes_no\",\"sensitive\":true},"
    "\"school\":{\"title\":\"S\",\"type\":\"text\"}},\"units\":[{\"code\":\"A\",\"name\":\"A\"},{\"code\":\"B\",\"name\":\"B\"}]},\"people\":["
    "{\"code\":\"P1\",\"name\":\"Trần Hoà\",\"born\":\"1980-02-03\",\"unit\":\"A\",\"phone\":\"0905 111 222\",\"attributes\":{\"party\":true}},"
    "{\"code\":\"P2\",\"name\":\"Trần Hòa\",\"born\":\"1980-02-03\",\"unit\":\"B\",\"joined\":\"2004\",\"email\":\"h@o.vn\","
    "\"attributes\":{\"party\":false,\"school\":\"uni\"}},"
    "{\"code\":\"P3\",\"name\":\"Trần Hoà\",\"born\":\"1980\"},{\"code\":\"P4\",\"name\":\"Lê Na\",\"phone\":\"+84 905 333 444\"},{\"code\":\"P5\","
    "\"name\":\"Lê Na\",\"phone\":\"0905333444\"},"
    "{\"code\":\"P6\",\"name\":\"Lê Na\",\"phone\":\"12345\"}],\"events\":["
    "{\"slug\":\"one\",\"kind\":\"meeting\",\"title\":\"T\",\"timezone\":\"UTC\",\"starts\":\"2026-12-01T08:00\",\"ends\":\"2026-12-01T09:00\","
    "\"categories\":[{\"code\":\"c\",\"title\":\"C\"}],"
    "\"areas\":[{\"code\":\"hall\",\"title\":\"H\"}],\"delegates\":[{\"person\":\"P1\",\"category\":\"c\",\"number\":\"1\"},{\"person\":\"P2\","
    "\"category\":\"c\",\"number\":\"2\"},"
    "{\"person\":\"P3\",\"category\":\"c\",\"number\":\"3\",\"status\":\"replaced\",\"replaces\":\"P2\"}]},"
    "{\"slug\":\"two\",\"kind\":\"meeting\",\"title\":\"T\",\"timezone\":\"UTC\",\"starts\":\"2026-12-01T08:00\",\"ends\":\"2026-12-01T09:00\","
    "\"categories\":[{\"code\":\"c\",\"title\":\"C\"}],"
    "\"areas\":[{\"code\":\"hall\",\"title\":\"H\"}],\"delegates\":[{\"person\":\"P2\",\"category\":\"c\",\"number\":\"7\"}]}]}";

static enum err apply(struct db *db, void *arg, struct fault *fault)
{
    const struct step *s = arg;
    struct desk *d = s->desk;
    struct register_doing doing = {.db = db, .arena = &d->arena, .ids = &d->ids, .at_ms = d->now_ms, .actor = "test", .source = "console", .fault = fault};
    enum err e = register_begin(&doing);
    if (e != OK) return e;
    switch (s->act) {
    case MERGE: return register_merge(&doing, &s->wish, &d->merge);
    case SPLIT: return register_split(&doing, d->merge);
    case PHONE: return register_edit_person(&doing, s->wish.kept, &(struct register_edit){.phone = s->wish.gone});
    case CODE: return register_edit_person(&doing, s->wish.kept, &(struct register_edit){.code = s->wish.gone});
    default: return register_set_distinct(&doing, s->wish.kept, s->wish.gone, s->act == APART);
    }
}

static enum err step(struct desk *d, enum act act, struct register_merge_wish wish)
{
    struct step s = {d, act, wish};
    d->now_ms += 1000;
    d->fault = (struct fault){0};
    return db_transaction(d->store.db, apply, &s, &d->fault);
}

static void check_sound(struct desk *d, const char *what)
{
    struct fault why = {0};
    int64_t entries;
    if (!CHECK(&d->check, register_check(d->store.db, &why) == OK)) printf("# %s: %s\n", what, why.text);
    if (!CHECK(&d->check, find_index_check(d->store.db, &entries, &why) == OK)) printf("# %s: %s\n", what, why.text);
    if (!CHECK(&d->check, figures_verify(d->store.db, "one", &why) == OK && figures_verify(d->store.db, "two", &why) == OK)) printf("# %s: %s\n", what, why.text);
}

static enum err import(struct desk *d, const char *expect_people, const char *expect_delegates)
{
    const struct import_options options = {.file = d->file, .folder = d->folder, .actor = "test", .dry_run = expect_people != NULL};
    json_t *report = NULL;
    enum err e = event_file_import(&options, &report, &d->fault);
    if (e == OK && expect_people) {
        json_t *counts = json_object_get(report, "counts");
        CHECK_TEXT(&d->check, json_canonical(&d->arena, json_object_get(counts, "person")), expect_people);
        CHECK_TEXT(&d->check, json_canonical(&d->arena, json_object_get(counts, "delegate")), expect_delegates);
    }
    json_decref(report);
    return e;
}

static int take_row(void *context, int count, char **values, char **names)
{
    struct buf *out = context;
    (void)names;
    for (int i = 0; i < count; i++) buf_printf(out, "%s|", values[i] ? values[i] : "");
    buf_puts(out, "\n");
    return 0;
}

/* Everything that a merge touches, as it is. */
static char *dump(struct desk *d)
{
    static const char *const queries[] = {
        "SELECT * FROM person ORDER BY id",
        "SELECT * FROM person_attribute ORDER BY person_id, type_id",
        "SELECT id, token, person_id, event_id, delegate_id, revoked_ms FROM credential ORDER BY id",
        "SELECT id, event_id, person_id, number, category_id, delegation_id, status, replaces, seat, greet FROM delegate ORDER BY id",
        "SELECT * FROM person_alias ORDER BY code",
        "SELECT delegate_id, event_id, last_scan FROM delegate_state ORDER BY 1",
        "SELECT event_id, measure, dimension, key_id, total FROM tally WHERE total <> 0 ORDER BY 1, 2, 3, 4",
        "SELECT person_id, unit_id, from_day, until_day, began, ended FROM membership WHERE void_ms = 9223372036854775807 ORDER BY 1, 3, 4"};
    sqlite3 *db = NULL;
    struct buf out;
    buf_init(&out, BUF_LIMIT_BODY);
    if (CHECK(&d->check, sqlite3_open_v2(d->store.database, &db, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK))
        for (size_t i = 0; i < sizeof queries / sizeof queries[0]; i++) CHECK(&d->check, sqlite3_exec(db, queries[i], take_row, &out, NULL) == SQLITE_OK);
    (void)sqlite3_close(db);
    char *text = arena_strdup(&d->arena, buf_text(&out));
    buf_release(&out);
    return text;
}

static const char *value(struct desk *d, const char *query)
{
    sqlite3 *db = NULL;
    struct buf out;
    buf_init(&out, BUF_LIMIT_BODY);
    if (sqlite3_open_v2(d->store.database, &db, SQLITE_OPEN_READONLY, NULL) == SQLITE_OK) (void)sqlite3_exec(db, query, take_row, &out, NULL);
    (void)sqlite3_close(db);
    char *text = arena_strdup(&d->arena, buf_text(&out));
    buf_release(&out);
    return text;
}

#define NAMES(...) (const char *const[]){__VA_ARGS__}

static void check_proposals(struct desk *d)
{
    struct register_pair *pairs;
    size_t count = 0;
    bool more;
    CHECK(&d->check, register_doubles_read(d->store.db, &d->arena, 10, &pairs, &count, &more) == OK && count == 3 && !more);
    CHECK(&d->check, count == 3 && pairs[0].why == REGISTER_SAME_BIRTHDAY && pairs[1].why == REGISTER_SAME_PHONE && pairs[2].why == REGISTER_SAME_YEAR);
    CHECK(&d->check, step(d, APART, (struct register_merge_wish){.kept = "P5", .gone = "P4"}) == OK);
    CHECK(&d->check, register_doubles_read(d->store.db, &d->arena, 10, &pairs, &count, &more) == OK && count == 2);
    CHECK(&d->check, step(d, TOGETHER, (struct register_merge_wish){.kept = "P4", .gone = "P5"}) == OK);
    CHECK(&d->check, register_doubles_read(d->store.db, &d->arena, 1, &pairs, &count, &more) == OK && count == 1 && more);
}

static void check_refusals(struct desk *d)
{
    json_t *look = NULL;
    char *before = dump(d);
    CHECK(&d->check, step(d, MERGE, (struct register_merge_wish){.kept = "P1", .gone = "P1"}) == ERR_INPUT);
    CHECK(&d->check, step(d, MERGE, (struct register_merge_wish){.kept = "P1", .gone = "P9"}) == ERR_NOT_FOUND);
    CHECK(&d->check, step(d, MERGE, (struct register_merge_wish){.kept = "P1", .gone = "P2"}) == ERR_CONFLICT);
    CHECK_TEXT(&d->check, d->fault.reason, "register_both");
    CHECK_TEXT(&d->check, d->fault.detail, "one");
    CHECK_TEXT(&d->check, dump(d), before);
    CHECK(&d->check, register_merge_look(d->store.db, &d->arena, "P1", "P2", &look, &d->fault) == OK);
    CHECK(&d->check, json_array_size(json_object_get(look, "events")) == 2 && json_array_size(json_object_get(look, "fields")) == 13);
    const char *text = json_canonical(&d->arena, json_array_get(json_object_get(look, "fields"), 11));
    CHECK_TEXT(&d->check, text, "{\"field\":\"attribute:party\",\"gone\":\"•••\",\"kept\":\"•••\",\"same\":false,\"sensitive\":true,\"takes\":\"kept\"}");
    json_decref(look);
}

static void check_merge(struct desk *d)
{
    const struct register_merge_wish wish = {.kept = "P1", .gone = "P2", .take = NAMES("name", "unit", "attribute:party"), .take_count = 3,
                                             .kept_events = NAMES("one"), .kept_event_count = 1};
    struct register_person person;
    struct register_line *found;
    size_t count = 0;
    bool more;
    char *before = dump(d);
    const char *tokens = value(d, "SELECT token FROM credential WHERE revoked_ms IS NULL ORDER BY token");
    if (!CHECK(&d->check, step(d, MERGE, wish) == OK)) printf("# %s\n", d->fault.text);
    check_sound(d, "merged");
    CHECK(&d->check, register_person_by_code(d->store.db, &d->arena, "P2", &person) == OK);
    CHECK_TEXT(&d->check, person.code, "P1");
    CHECK_TEXT(&d->check, person.name, "Trần Hòa");
    CHECK_TEXT(&d->check, person.email, "h@o.vn");
    CHECK_TEXT(&d->check, person.phone, "0905 111 222");
    CHECK_TEXT(&d->check, value(d, "SELECT t.code, a.value FROM person_attribute a JOIN attribute_type t ON t.id = a.type_id ORDER BY 1"),
               "party|false|\nschool|\"uni\"|\n");
    CHECK_TEXT(&d->check, value(d, "SELECT u.code, m.from_day, m.until_day FROM membership m JOIN unit u ON u.id = m.unit_id WHERE m.void_ms = 9223372036854775807"),
               "B|2004-01-01|9999-12-31|\n");
    CHECK_TEXT(&d->check, value(d, "SELECT e.slug, d.number, p.code FROM delegate d JOIN event e ON e.id = d.event_id JOIN person p ON p.id = d.person_id ORDER BY 1, 2"),
               "one|1|P1|\none|3|P3|\ntwo|7|P1|\n");
    CHECK_TEXT(&d->check, value(d, "SELECT token FROM credential WHERE revoked_ms IS NULL AND delegate_id IS NOT NULL ORDER BY token"), tokens);
    CHECK_TEXT(&d->check, value(d, "SELECT DISTINCT replaces FROM delegate WHERE replaces IS NOT NULL"), "P1|\n");
    CHECK(&d->check, register_find(d->store.db, &d->arena, "p2", &found, &count, &more) == OK && count >= 1 && strcmp(found[0].code, "P1") == 0);
    /* The old list comes again: nobody is new, and who stayed is who they are; the file says of P1 what it always said. */
    CHECK(&d->check, import(d, "{\"changed\":1,\"new\":0,\"removed\":0,\"same\":4}", "{\"changed\":0,\"new\":0,\"removed\":0,\"same\":3}") == OK);
    if (!CHECK(&d->check, step(d, SPLIT, wish) == OK)) printf("# %s\n", d->fault.text);
    CHECK_TEXT(&d->check, dump(d), before);
    check_sound(d, "taken back");
    CHECK(&d->check, step(d, SPLIT, wish) == ERR_CONFLICT);
}

static void check_other_place(struct desk *d)
{
    const struct register_merge_wish wish = {.kept = "P1", .gone = "P2", .events = NAMES("one"), .event_count = 1};
    char *before = dump(d);
    CHECK(&d->check, step(d, MERGE, wish) == OK);
    CHECK_TEXT(&d->check, value(d, "SELECT e.slug, d.number, p.code FROM delegate d JOIN event e ON e.id = d.event_id JOIN person p ON p.id = d.person_id ORDER BY 1, 2"),
               "one|2|P1|\none|3|P3|\ntwo|7|P1|\n");
    check_sound(d, "the other place stays");
    CHECK(&d->check, step(d, SPLIT, wish) == OK);
    CHECK_TEXT(&d->check, dump(d), before);
    CHECK(&d->check, step(d, MERGE, wish) == OK && step(d, PHONE, (struct register_merge_wish){.kept = "P2", .gone = "0905 999 999"}) == OK);
    CHECK(&d->check, step(d, SPLIT, wish) == ERR_CONFLICT);
    CHECK_TEXT(&d->check, d->fault.reason, "register_merge_old");
    check_sound(d, "changed since");
}

/* Who stands for somebody goes on doing so when that one gets another code. */
static void check_code(struct desk *d)
{
    CHECK(&d->check, step(d, CODE, (struct register_merge_wish){.kept = "P2", .gone = "P2.x"}) == OK);
    CHECK_TEXT(&d->check, value(d, "SELECT DISTINCT replaces FROM delegate WHERE replaces IS NOT NULL"), "P2.x|\n");
    CHECK(&d->check, step(d, CODE, (struct register_merge_wish){.kept = "P2.x", .gone = "P2"}) == OK);
}

/* Who came in for one event alone is that again, so that a purge of it finds them. */
static void check_event(struct desk *d)
{
    static const char *const pairs[][2] = {{"P6", "P3"}, {"P3", "P6"}};
    char *before = dump(d);
    CHECK_TEXT(&d->check, value(d, "SELECT code FROM person WHERE of_event_id IS NOT NULL"), "P3|\n");
    for (size_t i = 0; i < 2; i++) {
        const struct register_merge_wish wish = {.kept = pairs[i][0], .gone = pairs[i][1]};
        if (!CHECK(&d->check, step(d, MERGE, wish) == OK)) printf("# %s\n", d->fault.text);
        CHECK_TEXT(&d->check, value(d, "SELECT code FROM person WHERE of_event_id IS NOT NULL"), "");
        CHECK(&d->check, step(d, SPLIT, wish) == OK);
        CHECK_TEXT(&d->check, dump(d), before);
    }
}

int main(void)
{
    struct desk d = {.folder = "/tmp/plenum-merge-XXXXXX", .now_ms = INT64_C(1790000000000)};
    if (crypto_init() != OK || !mkdtemp(d.folder)) return 1;
    (void)snprintf(d.file, sizeof d.file, "%s/list.json", d.folder);
    CHECK(&d.check, file_write_atomic(d.file, list, strlen(list), 0600, &d.fault) == OK);
    if (!CHECK(&d.check, import(&d, NULL, NULL) == OK)) printf("# %s\n", d.fault.text);
    if (!CHECK(&d.check, store_open(d.folder, STORE_WRITE, &d.store, &d.fault) == OK)) return check_done(&d.check, "register merge");
    check_proposals(&d);
    check_refusals(&d);
    check_code(&d);
    check_event(&d);
    check_merge(&d);
    check_other_place(&d);
    store_close(&d.store);
    arena_release(&d.arena);
    (void)file_remove_tree(d.folder);
    return check_done(&d.check, "register merge");
}
