/* The index of names stays what the rows say: after single changes, many at one place in the list, a piece that is undone, an import, a migration of an older
 * database; and
 * what disagrees is noticed and mended. */
#include "core/base/crypto.h"
#include "core/base/file.h"
#include "core/base/id.h"
#include "core/congress/delegates/find.h"
#include "core/congress/delegates/find_index.h"
#include "core/congress/event_file/event_file.h"
#include "core/congress/person_facts.h"
#include "core/congress/register/register.h"
#include "core/congress/store/store.h"
#include "tests/unit/check.h"

#include "catalogue.h"

#include <sqlite3.h>
#include <stdlib.h>

#define PEOPLE 300 /* more than one crowd of find_index.c */

struct desk {
    struct check check;
    struct store store;
    struct arena arena;
    struct id_source ids;
    char folder[32], file[64];
    int64_t event_id, category_id;
};

static void sql(struct desk *d, const char *text)
{
    sqlite3 *db = NULL;
    char *why = NULL;
    bool good = sqlite3_open_v2(d->store.database, &db, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK && sqlite3_exec(db, text, NULL, NULL, &why) == SQLITE_OK;
    if (!CHECK(&d->check, good)) printf("# %s: %s\n", text, why ? why : "not opened");
    sqlite3_free(why);
    sqlite3_close(db);
}

/* The codes of all that is found in the event, or in the register. */
static const char *found_in(struct desk *d, const char *typed, bool people)
{
    struct programme *programme;
    json_t *answer = NULL, *one;
    size_t i;
    char *text = arena_strdup(&d->arena, "");
    enum err e = programme_load(d->store.db, &d->arena, "test-3", &programme);
    if (e == OK) e = people ? people_find(d->store.db, &d->arena, programme, typed, &answer) : delegates_find(d->store.db, &d->arena, programme, typed, 0, &answer);
    json_array_foreach(json_object_get(answer, "results"), i, one)
        text = arena_printf(&d->arena, "%s%s ", text, json_string_value(json_object_get(one, "code")));
    json_decref(answer);
    return e == OK ? text : err_name(e);
}

static void check_sound(struct desk *d, const char *what, int64_t entries)
{
    struct fault fault = {0};
    int64_t have = 0;
    if (!CHECK(&d->check, find_index_check(d->store.db, &have, &fault) == OK)) printf("# %s: %s\n", what, fault.text);
    if (!CHECK(&d->check, have == entries)) printf("# %s: %lld entries, wanted %lld\n", what, (long long)have, (long long)entries);
}

/* Entries in the order of their places are in the order of the list. */
static void check_order(struct desk *d)
{
    struct sql_find_entries_row *rows;
    int64_t from = 0, until = 0;
    size_t n = 0, wrong = 0;
    CHECK(&d->check, find_index_range(d->store.db, d->event_id, &from, &until) == OK && sql_find_entries(d->store.db, &d->arena, from, until, &rows, &n) == OK && n);
    for (size_t i = 1; i < n; i++) wrong += strcmp(rows[i - 1].sort, rows[i].sort) > 0;
    CHECK(&d->check, wrong == 0);
}

static void write_file(struct desk *d, int count, const char *more)
{
    struct buf out;
    buf_init(&out, BUF_LIMIT_BODY);
    buf_puts(&out,
        "{\"format\":\"plenum-events/1\",\"organization\":{\"name\":\"O\",\"languages\":[\"vi\"],\"units\":[{\"code\":\"U-1\","
        "\"name\":\"Phường Hoà An\"}]},\"people\":[");
    for (int i = 0; i < count; i++) buf_printf(&out, "%s{\"code\":\"P%03d\",\"name\":\"Lê Văn K%03d\",\"unit\":\"U-1\"}", i ? "," : "", i, i);
    buf_puts(&out,
        "],\"events\":[{\"slug\":\"test-3\",\"kind\":\"meeting\",\"title\":\"T\",\"timezone\":\"UTC\",\"starts\":\"2026-12-01T08:00\",\"ends\":\"2026-12-01T09:00\","
                   "\"categories\":[{\"code\":\"c\",\"title\":\"C\"}],\"delegates\":[");
    for (int i = 0; i < count; i++) buf_printf(&out, "%s{\"person\":\"P%03d\",\"category\":\"c\",\"number\":\"%d\",\"delegation\":\"U-1\"}", i ? "," : "", i, i + 1);
    buf_printf(&out, "]%s}]}", more);
    struct fault fault = {0};
    CHECK(&d->check, buf_ok(&out) && file_write_atomic(d->file, buf_text(&out), strlen(buf_text(&out)), 0600, &fault) == OK);
    buf_release(&out);
}

static void import(struct desk *d, bool prune)
{
    const struct import_options options = {.file = d->file, .folder = d->folder, .actor = "test", .prune = prune};
    struct fault fault = {0};
    json_t *report = NULL;
    if (!CHECK(&d->check, event_file_import(&options, &report, &fault) == OK)) printf("# %s\n", fault.text);
    json_decref(report);
}

static struct register_doing doing_of(struct desk *d, struct db *db)
{
    return (struct register_doing){.db = db, .arena = &d->arena, .ids = &d->ids, .at_ms = 1, .day = "2026-12-01", .actor = "test", .source = "test"};
}

static enum err add_person(struct desk *d, struct db *db, const char *code, const char *name)
{
    struct register_doing doing = doing_of(d, db);
    struct register_person p = {.id = id_next(&d->ids), .code = code, .name = name, .unit_id = DB_NULL};
    enum err e = person_derive(&d->arena, "vi", name, NULL, &p.name_fold, &p.name_sort);
    if (e == OK) e = register_write_person(&doing, NULL, &p, NULL, 0, NULL);
    const struct sql_import_delegate_write_in in = {.id = id_next(&d->ids), .event_id = d->event_id, .person_id = p.id, .category_id = d->category_id,
                                                    .delegation_id = DB_NULL, .status = "summoned", .sort_order = DB_NULL};
    if (e == OK) e = sql_import_delegate_write(db, &in, NULL);
    return e == OK ? find_index_touch(db, &d->arena, in.id) : e;
}

/* --- many who come in at one place of the list ----------------------------------------------------------------------------------------------------- */

static enum err add_downwards(struct db *db, void *arg, struct fault *fault)
{
    struct desk *d = arg;
    enum err e = OK;
    (void)fault;
    for (int i = 99; e == OK && i >= 0; i--) /* each one before the one before, behind all who were there */
        e = add_person(d, db, arena_printf(&d->arena, "D%02d", i), arena_printf(&d->arena, "Lê Văn L%02d", i));
    return e;
}

static enum err add_three(struct db *db, void *arg, struct fault *fault)
{
    struct desk *d = arg;
    (void)fault;
    enum err e = add_person(d, db, "E3", "Lê Văn K005 C");
    if (e == OK) e = add_person(d, db, "E2", "Lê Văn K005 B");
    return e == OK ? add_person(d, db, "E1", "Lê Văn K005 A") : e;
}

static void check_crowds(struct desk *d)
{
    struct fault fault = {0};
    CHECK(&d->check, db_transaction(d->store.db, add_downwards, d, &fault) == OK);
    check_sound(d, "a hundred at one place", 2 * (PEOPLE + 100));
    check_order(d);
    CHECK_TEXT(&d->check, found_in(d, "van l0", false), "D00 D01 D02 D03 D04 D05 D06 D07 D08 D09 ");
    /* No room anywhere: all get new places. */
    sql(d, "CREATE TEMP TABLE turn AS SELECT place AS was, ROW_NUMBER() OVER (PARTITION BY scope ORDER BY place) AS n FROM find_entry;"
           "UPDATE find_entry SET place = -place; UPDATE find_entry SET place = (scope << 40) + 2 * (SELECT n FROM turn WHERE was = -find_entry.place);"
           "INSERT INTO find_words(find_words) VALUES('rebuild')");
    check_sound(d, "close together", 2 * (PEOPLE + 100));
    CHECK(&d->check, db_transaction(d->store.db, add_three, d, &fault) == OK);
    check_sound(d, "three where there was no room", 2 * (PEOPLE + 103));
    check_order(d);
    CHECK_TEXT(&d->check, found_in(d, "k005", false), "E1 E2 E3 P005 ");
}

/* --- single changes, against what the rows say -------------------------------------------------------------------------------------------------------- */

static const char *const names[] = {"Trần Thị Bê", "Đặng Út", "Ngô Bá Ê", "Lý Ái", "محمد أحمد", "王小明", "Ông Ỷ", "…", "B-52 \"Cao\" OR NOT"};

struct change {
    struct desk *desk;
    int64_t delegate_id, person_id;
    const char *name, *number;
    bool fails;
};

static enum err make_change(struct db *db, void *arg, struct fault *fault)
{
    const struct change *c = arg;
    struct desk *d = c->desk;
    struct register_doing doing = doing_of(d, db);
    struct register_person p;
    const char *fold, *sort;
    (void)fault;
    enum err e = person_derive(&d->arena, "vi", c->name, NULL, &fold, &sort);
    const char *code = arena_printf(&d->arena, "P%03d", (int)c->person_id);
    if (e == OK) e = register_person_by_code(db, &d->arena, code, &p);
    const struct register_person in = {.id = p.id, .code = code, .name = c->name, .name_fold = fold, .name_sort = sort, .unit_id = p.unit_id,
        .phone = c->number};
    if (e == OK) e = register_write_person(&doing, &p, &in, NULL, 0, NULL);
    if (e == OK) e = find_index_touch(db, &d->arena, c->delegate_id);
    return e == OK && c->fails ? ERR_CONFLICT : e;
}

static enum err savepoints(struct db *db, void *arg, struct fault *fault)
{
    struct change *c = arg;
    enum err e = make_change(db, c, fault);
    if (e == OK) e = db_savepoint(db);
    c->name = "Không Còn Ai";
    if (e == OK) e = make_change(db, c, fault);
    if (e == OK) e = db_savepoint_rollback(db);
    return e;
}

static int64_t delegate_of(struct desk *d, int number)
{
    struct sql_amend_number_taken_row row = {0};
    CHECK(&d->check, sql_amend_number_taken(d->store.db, &d->arena, d->event_id, arena_printf(&d->arena, "%d", number), &row) == OK);
    return row.id;
}

static void check_changes(struct desk *d, int64_t entries)
{
    struct fault fault = {0};
    for (int i = 0; i < 60; i++) {
        struct change c = {d, delegate_of(d, i % 20 + 1), i % 20, names[(size_t)i * 7 % (sizeof names / sizeof names[0])], i % 3 ? NULL : "+84 905 123 4",
            i % 5 == 4};
        CHECK(&d->check, db_transaction(d->store.db, make_change, &c, &fault) == (c.fails ? ERR_CONFLICT : OK));
    }
    check_sound(d, "sixty changes", entries);
    check_order(d);
    struct change c = {d, delegate_of(d, 40), 39, "Quách Một", NULL, false};
    CHECK(&d->check, db_transaction(d->store.db, savepoints, &c, &fault) == OK);
    check_sound(d, "a piece undone", entries);
    CHECK_TEXT(&d->check, found_in(d, "quach", false), "P039 ");
    CHECK_TEXT(&d->check, found_in(d, "quach", true), "P039 ");
    CHECK_TEXT(&d->check, found_in(d, "khong con ai", false), "");
    CHECK_TEXT(&d->check, found_in(d, "k039", false), "");
}

/* --- what disagrees ------------------------------------------------------------------------------------------------------------------------------------- */

static enum err rebuild(struct db *db, void *arg, struct fault *fault)
{
    (void)arg, (void)fault;
    return find_index_rebuild(db);
}

static void check_mending(struct desk *d, int64_t entries)
{
    static const char *const harm[] = {"UPDATE person SET name_fold = 'xyz' WHERE code = 'P100'", "UPDATE delegate SET seat = 'Z9' WHERE number = '100'",
                                       "INSERT INTO find_words(find_words) VALUES('delete-all')",
                                           "DELETE FROM find_entry WHERE place = (SELECT MAX(place) FROM find_entry)",
                                       "UPDATE find_entry SET name = 'nobody' WHERE place = (SELECT MIN(place) FROM find_entry)",
                                           "DELETE FROM find_scope WHERE event_id <> 0",
                                       "INSERT INTO find_words(rowid, name, whole, rest, tail) VALUES(1, 'a', '', '', '')"};
    for (size_t i = 0; i < sizeof harm / sizeof harm[0]; i++) {
        struct fault fault = {0};
        int64_t n;
        sql(d, harm[i]);
        if (!CHECK(&d->check, find_index_check(d->store.db, &n, &fault) == ERR_CONFLICT)) printf("# not noticed: %s\n", harm[i]);
        CHECK(&d->check, strstr(fault.text, "--mend-search") != NULL);
        CHECK(&d->check, db_transaction(d->store.db, rebuild, NULL, &fault) == OK);
        check_sound(d, harm[i], entries);
    }
}

/* Damaged while the desk works: nobody is sent away, everybody is found, and the next command that writes makes it anew. */
static void check_damage(struct desk *d, int64_t entries)
{
    struct fault fault = {0};
    struct change c = {d, delegate_of(d, 41), 40, "Quách Hai", NULL, false};
    sql(d, "INSERT INTO find_words(find_words) VALUES('delete-all')");
    CHECK(&d->check, db_transaction(d->store.db, make_change, &c, &fault) == OK);
    CHECK_TEXT(&d->check, found_in(d, "quach hai", false), "P040 ");
    CHECK_TEXT(&d->check, found_in(d, "quach hai", true), "P040 ");
    CHECK_TEXT(&d->check, found_in(d, "k042", false), "P042 ");
    CHECK(&d->check, find_index_complete(d->store.db, &fault) == OK);
    check_sound(d, "after damage", entries);
    CHECK_TEXT(&d->check, found_in(d, "quach hai", false), "P040 ");
}

/* --- an older database ------------------------------------------------------------------------------------------------------------------------------------ */

static void check_older(struct desk *d, int64_t entries)
{
    struct fault fault = {0};
    struct store before = {0};
    sql(d, "DELETE FROM find_scope");
    CHECK_TEXT(&d->check, found_in(d, "van k077", false), "P077 "); /* slowly */
    CHECK_TEXT(&d->check, found_in(d, "hoa an k077", false), "P077 ");
    CHECK_TEXT(&d->check, found_in(d, "k077 le", true), "P077 ");
    CHECK_TEXT(&d->check, found_in(d, "78", false), "P077 ");
    store_close(&d->store);
    sql(&(struct desk){.check = d->check, .store = {.database = arena_printf(&d->arena, "%s/plenum.db", d->folder)}},
        "DROP TABLE find_words; DROP TABLE find_entry; DROP TABLE find_scope; DELETE FROM schema_patch WHERE name LIKE '%-search'");
    CHECK(&d->check, store_open(d->folder, STORE_READ, &before, &fault) == ERR_CONFLICT);
    store_close(&before);
    if (!CHECK(&d->check, store_open(d->folder, STORE_WRITE, &d->store, &fault) == OK)) printf("# %s\n", fault.text);
    check_sound(d, "an older database", entries);
    CHECK_TEXT(&d->check, found_in(d, "k077", false), "P077 ");
}

static void check_imports(struct desk *d)
{
    write_file(d, PEOPLE - 50, "");
    import(d, true);
    check_sound(d, "pruned", 2 * (PEOPLE - 50));
    check_order(d);
    CHECK_TEXT(&d->check, found_in(d, "k299", false), "");
    CHECK_TEXT(&d->check, found_in(d, "quach", false), "");
    CHECK_TEXT(&d->check, found_in(d, "k039", false), "P039 ");
    write_file(d, PEOPLE, "");
    import(d, false);
    check_sound(d, "and back", 2 * PEOPLE);
    check_order(d);
    CHECK_TEXT(&d->check, found_in(d, "299 k298", false), "P298 ");
}

int main(void)
{
    struct desk d = {.folder = "/tmp/plenum-test-XXXXXX"};
    struct sql_find_scope_list_row *scopes = NULL;
    struct programme *programme = NULL;
    struct fault fault = {0};
    char command[64];
    size_t n = 0;
    CHECK(&d.check, crypto_init() == OK && mkdtemp(d.folder));
    (void)snprintf(d.file, sizeof d.file, "%s/event.json", d.folder);
    write_file(&d, PEOPLE, "");
    import(&d, false);
    bool ready = store_open(d.folder, STORE_WRITE, &d.store, &fault) == OK && sql_find_scope_list(d.store.db, &d.arena, &scopes, &n) == OK &&
                 programme_load(d.store.db, &d.arena, "test-3", &programme) == OK;
    if (CHECK(&d.check, ready && n == 2)) {
        d.event_id = programme->event_id;
        d.category_id = programme->categories[0].id;
        check_sound(&d, "imported", 2 * PEOPLE);
        check_order(&d);
        check_crowds(&d);
        check_changes(&d, 2 * (PEOPLE + 103));
        check_mending(&d, 2 * (PEOPLE + 103));
        check_damage(&d, 2 * (PEOPLE + 103));
        check_older(&d, 2 * (PEOPLE + 103));
        check_imports(&d);
    } else {
        printf("# %s\n", fault.text);
    }
    store_close(&d.store);
    arena_release(&d.arena);
    (void)snprintf(command, sizeof command, "rm -rf '%s'", d.folder);
    CHECK(&d.check, system(command) == 0);
    return check_done(&d.check, "congress/delegates find_index");
}
