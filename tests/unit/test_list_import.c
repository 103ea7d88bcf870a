/* Lists written beside others who change the same things: between every two slices a desk may do something, and at any of them the program may be killed. What somebody
 * else changed stays, numbers are never lost, and after the taking back all is as it was. By cases, then by chance: test_list_import [MINUTES [SEED]]. */
#include "core/base/clock.h"
#include "core/base/crypto.h"
#include "core/base/file.h"
#include "core/congress/delegates/amend.h"
#include "core/congress/delegates/find_index.h"
#include "core/congress/event_file/event_file.h"
#include "core/congress/figures/figures.h"
#include "core/congress/list_import/list_import.h"
#include "core/congress/register/edit.h"
#include "core/congress/register/history.h"
#include "core/congress/register/merge.h"
#include "core/congress/store/store.h"
#include "tests/unit/check.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <unistd.h>

struct world {
    struct check check;
    struct store store;
    struct write_tools tools;
    struct arena arena;
    struct id_source ids;
    struct fault fault;
    char folder[64], file[80];
    struct list_import_door door;
    struct list_import_result result;
    void (*before)(struct world *w);  /* when the plan stands, before its first slice */
    void (*between)(struct world *w); /* after each slice */
    int calls, die_at;                /* at this slice the disk is gone, 0: never */
    uint64_t chance;
    bool desk_did;
    char last_title[16][32]; /* what the desk said last, by the person's number */
};

static const char event_file[] =
    "{\"format\":\"plenum-events/1\",\"organization\":{\"name\":\"O\",\"languages\":[\"vi\"],\"attribute_types\":{\"school\":{\"title\":\"Trường\",\"type\":\"text\"}},"
    "\"units\":[{\"code\":\"R\",\"name\":\"Gốc\"},{\"code\":\"A\",\"name\":\"Nhánh A\",\"parent\":\"R\"},{\"code\":\"B\",\"name\":\"Nhánh B\",\"parent\":\"R\"},"
    "{\"code\":\"C\",\"name\":\"Nhánh C\",\"parent\":\"R\"},{\"code\":\"D\",\"name\":\"Nhánh D\",\"parent\":\"A\"}]},\"people\":[%s],\"events\":["
    "{\"slug\":\"one\",\"kind\":\"meeting\",\"title\":\"T\",\"timezone\":\"UTC\",\"starts\":\"2026-12-01T08:00\",\"ends\":\"2026-12-01T19:00\","
    "\"categories\":[{\"code\":\"c\",\"title\":\"C\"}],\"areas\":[{\"code\":\"hall\",\"title\":\"H\"}],\"delegates\":[%s]},"
    "{\"slug\":\"two\",\"kind\":\"meeting\",\"title\":\"T\",\"timezone\":\"UTC\",\"starts\":\"2026-12-01T08:00\",\"ends\":\"2026-12-01T19:00\","
    "\"categories\":[{\"code\":\"c\",\"title\":\"C\"}],\"areas\":[{\"code\":\"hall\",\"title\":\"H\"}],"
    "\"delegates\":[{\"person\":\"P01\",\"category\":\"c\",\"number\":\"1\"}]}]}";

/* --- the database, by a connection of its own ------------------------------------------------------------------------------------------------------------- */

static int take_row(void *context, int count, char **values, char **names)
{
    struct buf *out = context;
    (void)names;
    for (int i = 0; i < count; i++) buf_printf(out, "%s|", values[i] ? values[i] : "-");
    buf_puts(out, "\n");
    return 0;
}

static char *ask(struct world *w, const char *query)
{
    sqlite3 *db = NULL;
    struct buf out;
    char *why = NULL;
    buf_init(&out, BUF_LIMIT_BODY);
    bool good = sqlite3_open_v2(w->store.database, &db, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK && sqlite3_busy_timeout(db, 5000) == SQLITE_OK &&
                sqlite3_exec(db, query, take_row, &out, &why) == SQLITE_OK;
    if (!CHECK(&w->check, good)) printf("# %s: %s\n", query, why ? why : "");
    sqlite3_free(why);
    (void)sqlite3_close(db);
    char *text = arena_strdup(&w->arena, buf_text(&out));
    buf_release(&out);
    return text;
}

/* All that an organiser would call the state. */
static char *dump(struct world *w)
{
    static const char *const queries[] = {
        "SELECT * FROM unit ORDER BY id", "SELECT * FROM person ORDER BY id", "SELECT * FROM person_attribute ORDER BY person_id, type_id",
        "SELECT id, event_id, person_id, number, category_id, delegation_id, status, seat, replaces FROM delegate ORDER BY id",
        "SELECT id, token, person_id, event_id, delegate_id, revoked_ms FROM credential ORDER BY id", "SELECT delegate_id, event_id FROM delegate_state ORDER BY 1",
        "SELECT event_id, measure, dimension, key_id, total FROM tally WHERE total <> 0 ORDER BY 1, 2, 3, 4",
        "SELECT person_id, unit_id, from_day, until_day, began, ended, from_unit_id, to_unit_id FROM membership WHERE void_ms = 9223372036854775807 ORDER BY 1, 3, 4",
        "SELECT subject_id, sort, name, whole, rest, tail FROM find_entry ORDER BY scope, subject_id"};
    struct buf out;
    buf_init(&out, BUF_LIMIT_BODY);
    for (size_t i = 0; i < sizeof queries / sizeof queries[0]; i++) buf_puts(&out, ask(w, queries[i]));
    char *text = arena_strdup(&w->arena, buf_text(&out));
    buf_release(&out);
    return text;
}

static bool is_sound(struct world *w, const char *what)
{
    struct fault why = {0};
    int64_t entries;
    bool good = register_check(w->store.db, &why) == OK && find_index_check(w->store.db, &entries, &why) == OK &&
                figures_verify(w->store.db, "one", &why) == OK && figures_verify(w->store.db, "two", &why) == OK;
    if (!CHECK(&w->check, good)) printf("# %s: %s\n", what, why.text);
    char *round = ask(w, "WITH RECURSIVE up(id, at) AS (SELECT id, parent_id FROM unit UNION SELECT up.id, unit.parent_id FROM up JOIN unit ON unit.id = up.at) "
                         "SELECT id FROM up WHERE id = at");
    CHECK_TEXT(&w->check, round, "");
    return good && !*round;
}

/* --- doors ---------------------------------------------------------------------------------------------------------------------------------------------------- */

struct piece {
    struct world *world;
    enum err (*apply)(struct db *db, struct write_tools *tools, void *arg, struct fault *fault);
    void *arg;
};

static enum err run_piece(struct db *db, void *arg, struct fault *fault)
{
    struct piece *p = arg;
    write_tools_begin(&p->world->tools);
    enum err e = p->apply(db, &p->world->tools, p->arg, fault);
    return e == OK ? write_tools_flush(&p->world->tools, db) : e;
}

static enum err run(void *context, enum err (*apply)(struct db *, struct write_tools *, void *, struct fault *), void *arg, struct fault *fault)
{
    struct world *w = context;
    struct piece piece = {w, apply, arg};
    if (w->die_at && ++w->calls >= w->die_at) return fault_set(fault, ERR_IO, "the disk is gone");
    enum err e = db_transaction(w->store.db, run_piece, &piece, fault);
    if (e == OK && w->between) w->between(w);
    return e;
}

static enum err take(struct world *w, const char *list, struct list_import_options options)
{
    struct list_import *plan = NULL;
    w->fault = (struct fault){0};
    w->calls = 0;
    options.actor = "test";
    options.take_good = true;
    options.doubts = LIST_DOUBTS_NEW;
    options.forget_mapping = true;
    enum err e = file_write_atomic(w->file, list, strlen(list), 0600, &w->fault);
    if (e == OK) e = db_snapshot_begin(w->store.db);
    if (e == OK) e = list_import_open(w->store.db, w->file, "list.csv", true, &options, &plan, &w->fault);
    db_snapshot_end(w->store.db);
    if (e == OK && w->before) w->before(w);
    if (e == OK) e = list_import_apply(plan, &w->door, &w->result, &w->fault);
    list_import_close(plan);
    return e;
}

static enum err take_back(struct world *w, struct list_import_undone *ret)
{
    w->calls = 0;
    w->fault = (struct fault){0};
    return list_import_undo(&w->door, w->result.number, "test", ret, &w->fault);
}

static const struct list_import_options people = {.target = LIST_PEOPLE}, units = {.target = LIST_UNITS}, delegates = {.target = LIST_DELEGATES, .event = "one"};

/* --- a desk, and the console ------------------------------------------------------------------------------------------------------------------------------------ */

struct deed {
    struct world *world;
    const char *person, *title, *phone, *seat, *walk_in, *number, *unit, *above, *kept, *gone;
};

static enum err do_deed(struct db *db, void *arg, struct fault *fault)
{
    const struct deed *d = arg;
    struct world *w = d->world;
    const struct programme *programme;
    struct amended amended;
    char request[ID_UUID_SIZE];
    int64_t merge;
    id_uuid7(request);
    write_tools_begin(&w->tools);
    enum err e = programme_cached(&w->tools.programmes, db, "one", &programme, NULL);
    const struct amend a = {.db = db, .arena = &w->arena, .tools = &w->tools, .programme = programme, .request = request, .actor = "desk", .now_ms = clock_now_ms(),
                            .is_organiser = true, .fault = fault};
    struct register_doing doing = {.db = db, .arena = &w->arena, .ids = &w->ids, .at_ms = clock_now_ms(), .actor = "console", .source = "console", .fault = fault};
    if (e == OK) e = register_begin(&doing);
    if (e != OK) return e;
    if (d->kept) e = register_merge(&doing, &(struct register_merge_wish){.kept = d->kept, .gone = d->gone}, &merge);
    else if (d->walk_in) e = amend_walk_in(&a, &(struct amend_person){.code = d->person, .name = d->walk_in}, "c", d->number, true, &amended);
    else if (d->unit) e = register_edit_unit(&doing, d->unit, &(struct register_unit_edit){.parent = d->above});
    else e = amend_correct(&a, d->person, &(struct amend_facts){.title = d->title, .phone = d->phone, .seat = d->seat}, &amended);
    return e == OK ? write_tools_flush(&w->tools, db) : e;
}

static enum err deed(struct world *w, struct deed d)
{
    struct fault fault = {0};
    d.world = w;
    return db_transaction(w->store.db, do_deed, &d, &fault);
}

/* --- a new world ------------------------------------------------------------------------------------------------------------------------------------------------ */

static void put_facts(struct buf *people_out, struct buf *delegates_out, int count, int in_event)
{
    static const char units_of[] = "RABCD";
    for (int i = 1; i <= count; i++) {
        buf_printf(people_out, "%s{\"code\":\"P%02d\",\"name\":\"Người %c%c\",\"born\":\"1980-01-%02d\","
                   "\"unit\":\"%c\",\"title\":\"T%d\",\"attributes\":{\"school\":\"S%d\"}}",
                   i > 1 ? "," : "", i, 'a' + i % 26, 'a' + i / 26, 1 + i % 28, units_of[i % 5], i, i);
        if (i <= in_event) buf_printf(delegates_out, "%s{\"person\":\"P%02d\",\"category\":\"c\",\"number\":\"%d\",\"seat\":\"Z%d\"}", i > 1 ? "," : "", i, i, i);
    }
}

static bool open_world(struct world *w, int count, int in_event)
{
    struct buf some, others;
    char *text = NULL;
    json_t *report = NULL;
    *w = (struct world){.check = w->check, .chance = w->chance, .folder = "/tmp/plenum-list-XXXXXX"};
    w->door = (struct list_import_door){.run = run, .context = w, .slice_us = 1};
    if (!CHECK(&w->check, mkdtemp(w->folder) != NULL)) return false;
    (void)snprintf(w->file, sizeof w->file, "%s/list.json", w->folder);
    buf_init(&some, BUF_LIMIT_BODY);
    buf_init(&others, BUF_LIMIT_BODY);
    put_facts(&some, &others, count, in_event);
    if (asprintf(&text, event_file, buf_text(&some), buf_text(&others)) < 0) return false;
    const struct import_options options = {.file = w->file, .folder = w->folder, .actor = "test"};
    enum err e = file_write_atomic(w->file, text, strlen(text), 0600, &w->fault);
    if (e == OK) e = event_file_import(&options, &report, &w->fault);
    if (e == OK) e = store_open(w->folder, STORE_WRITE, &w->store, &w->fault);
    (void)snprintf(w->file, sizeof w->file, "%s/list.csv", w->folder);
    json_decref(report);
    free(text);
    buf_release(&some);
    buf_release(&others);
    if (!CHECK(&w->check, e == OK)) printf("# %s\n", w->fault.text);
    return e == OK;
}

static void close_world(struct world *w)
{
    write_tools_release(&w->tools);
    store_close(&w->store);
    arena_release(&w->arena);
    (void)file_remove_tree(w->folder);
}

static bool fine(struct world *w, enum err e)
{
    if (!CHECK(&w->check, e == OK)) printf("# %s\n", w->fault.text);
    return e == OK;
}

/* --- cases ---------------------------------------------------------------------------------------------------------------------------------------------------------- */

#define WITHOUT "SELECT COUNT(*) FROM delegate WHERE number IS NULL"
#define NUMBERS "SELECT COUNT(DISTINCT number), COUNT(*) FROM delegate WHERE event_id = (SELECT id FROM event WHERE slug = 'one')"

static void nobody_is_without(struct world *w)
{
    CHECK_TEXT(&w->check, ask(w, WITHOUT), "0|\n");
}

/* Whoever is without a number just now has another seat in the next moment. */
static void reseat(struct world *w)
{
    char *who = ask(w, "SELECT p.code FROM delegate d JOIN person p ON p.id = d.person_id WHERE d.number IS NULL LIMIT 1");
    char seat[16];
    who[strcspn(who, "|")] = '\0';
    (void)snprintf(seat, sizeof seat, "Y%d", ++w->calls);
    if (*who && w->calls < 20) CHECK(&w->check, deed(w, (struct deed){.person = who, .seat = seat}) == OK), w->desk_did = true;
    arena_clear(&w->arena);
}

static void numbers_go_round(struct world *w, int count, void (*between)(struct world *))
{
    struct buf list;
    struct list_import_undone undone;
    char all[32];
    if (!open_world(w, count, count)) return;
    buf_init(&list, BUF_LIMIT_BODY);
    buf_puts(&list, "Mã,Họ và tên,Số đại biểu,Số ghế\n");
    for (int i = 1; i <= count; i++) buf_printf(&list, "P%02d,,%d,\n", i, i % count + 1);
    (void)snprintf(all, sizeof all, "%d|%d|\n", count, count);
    w->between = between;
    w->desk_did = false;
    char *before = dump(w);
    before = strdup(before);
    fine(w, take(w, buf_text(&list), delegates));
    CHECK_TEXT(&w->check, ask(w, NUMBERS), all);
    CHECK(&w->check, w->desk_did == (between == reseat) && w->result.left == (between == reseat ? 1 : 0));
    fine(w, take_back(w, &undone));
    CHECK_TEXT(&w->check, ask(w, NUMBERS), all);
    if (between != reseat) CHECK_TEXT(&w->check, dump(w), before);
    is_sound(w, "numbers");
    free(before);
    buf_release(&list);
    close_world(w);
}

static void others_change_and_go(struct world *w)
{
    ask(w, "UPDATE person_attribute SET value = '\"M\"' WHERE person_id = (SELECT id FROM person WHERE code = 'P01')");
    CHECK(&w->check, deed(w, (struct deed){.person = "P02", .title = "Của bàn"}) == OK);
    CHECK(&w->check, deed(w, (struct deed){.walk_in = "Ai đó", .number = "77"}) == OK);
    CHECK(&w->check, deed(w, (struct deed){.person = "P09", .walk_in = "Người jj", .number = "78"}) == OK);
    ask(w, "UPDATE person SET unit_id = NULL WHERE unit_id = (SELECT id FROM unit WHERE code = 'C')");
    ask(w, "UPDATE membership SET void_ms = 1 WHERE unit_id = (SELECT id FROM unit WHERE code = 'C')");
    ask(w, "DELETE FROM unit WHERE code = 'C'");
    ask(w, "DELETE FROM find_entry; DELETE FROM find_scope");
}

static void what_changes_meanwhile_stays(struct world *w)
{
    if (!open_world(w, 10, 6)) return;
    w->before = others_change_and_go;
    fine(w, take(w, "Mã,Họ và tên,Trường,Chức vụ,Đơn vị,Số đại biểu\nP01,,L,,,\nP02,,,Của danh sách,,\nP04,,,Mới,,44\n"
                    "P05,,,,,77\nP07,Người hh,,,C,71\nP10,Người kk,,,,76\nP09,Người jj,,,,79\n",
                 delegates));
    w->before = NULL;
    CHECK_TEXT(&w->check, ask(w, "SELECT code, title, (SELECT value FROM person_attribute WHERE person_id = id) FROM person "
                                 "WHERE code IN ('P01', 'P02', 'P04') ORDER BY 1"),
               "P01|T1|\"M\"|\nP02|Của bàn|\"S2\"|\nP04|Mới|\"S4\"|\n");
    CHECK_TEXT(&w->check, ask(w, "SELECT p.code, d.number FROM delegate d JOIN person p ON p.id = d.person_id "
                                 "WHERE p.code IN ('P04', 'P05', 'P07', 'P09', 'P10') ORDER BY 1"),
               "P04|44|\nP05|5|\nP09|78|\nP10|76|\n");
    CHECK(&w->check, w->result.left == 6); /* P01, P02, the number of P05, P07 whose unit is gone, twice, P09 as a delegate */
    struct list_import_undone undone;
    ask(w, "UPDATE event SET roster_base = 0");
    fine(w, take_back(w, &undone));
    CHECK_TEXT(&w->check, ask(w, "SELECT slug, roster_base > 0 FROM event ORDER BY 1"), "one|1|\ntwo|0|\n"); /* P10 was removed: gates fetch the whole list */
    close_world(w);
}

static void moves_trees_and_merges(struct world *w)
{
    struct list_import_undone undone;
    struct register_flow_list flow;
    char today[REGISTER_DAY_SIZE];
    if (!open_world(w, 6, 0)) return;
    CHECK(&w->check, register_today(w->store.db, &w->arena, clock_now_ms(), today) == OK);
    fine(w, take(w, "Mã,Họ và tên,Đơn vị\nP01,,B\nP02,,A\n", people));
    fine(w, take_back(w, &undone));
    CHECK(&w->check, register_flow_read(w->store.db, &w->arena, today, today, REGISTER_NOW, &flow) == OK);
    for (size_t i = 0; i < flow.count; i++)
        CHECK(&w->check, flow.units[i].own.began[REGISTER_MOVED_IN] == 0 && flow.units[i].own.ended[REGISTER_MOVED_OUT] == 0);

    fine(w, take(w, "Mã đơn vị,Tên đơn vị,Đơn vị cấp trên\nA,Nhánh A,D\nD,Nhánh D,R\n", units)); /* the two change places */
    CHECK(&w->check, w->result.written == 2 && w->result.left == 0);
    fine(w, take_back(w, &undone));
    is_sound(w, "a tree");
    fine(w, take(w, "Mã đơn vị,Tên đơn vị,Đơn vị cấp trên\nD,Nhánh Mới,B\n", units));
    fine(w, deed(w, (struct deed){.unit = "A", .above = "D"}));
    fine(w, take_back(w, &undone));
    CHECK_TEXT(&w->check, ask(w, "SELECT u.name, p.code FROM unit u JOIN unit p ON p.id = u.parent_id WHERE u.code = 'D'"), "Nhánh D|B|\n");
    CHECK(&w->check, undone.left == 1);
    is_sound(w, "no circle");

    fine(w, take(w, "Mã,Họ và tên,Ngày sinh,Đơn vị\nN01,Người Mới Một,1990-01-01,B\n", people));
    fine(w, deed(w, (struct deed){.kept = "N01", .gone = "P06"}));
    fine(w, take_back(w, &undone));
    CHECK_TEXT(&w->check, ask(w, "SELECT code FROM person WHERE code = 'N01'"), "N01|\n");
    is_sound(w, "merged");
    close_world(w);
}

/* Killed at each slice of the writing, and again at each of the taking back. */
static void killed_anywhere(struct world *w)
{
    const char *list = "Mã,Họ và tên,Chức vụ,Đơn vị,Số đại biểu\nP01,,X,B,2\nP02,,,,1\nP07,Người hh,,,9\nN07,Người Mới,,A,10\n";
    size_t count;
    bool ended = false;
    if (!open_world(w, 9, 6)) return;
    char *before = strdup(dump(w));
    for (int at = 2; !ended && at < 60; at++) {
        w->die_at = at;
        ended = take(w, list, delegates) == OK;
        w->die_at = ended ? 0 : 2 + at % 7;
        w->calls = 0;
        if (!ended) (void)list_import_recover(&w->door, &count, &w->fault);
        w->die_at = 0;
        struct list_import_undone undone;
        if (ended) fine(w, take_back(w, &undone));
        else fine(w, list_import_recover(&w->door, &count, &w->fault));
        CHECK_TEXT(&w->check, dump(w), before);
        if (!is_sound(w, "killed")) printf("# at %d\n", at);
    }
    CHECK(&w->check, ended);
    free(before);
    close_world(w);
}

/* A name of a unit is in the index of names, and on gates, of everybody in it: also when the taking back was cut off behind the unit's own row. */
static void renamed_and_cut_off(struct world *w)
{
    struct list_import_undone undone;
    size_t count;
    if (!open_world(w, 12, 12)) return;
    fine(w, take(w, "Mã,Họ và tên,Đoàn\nP01,,B\nP02,,B\nP03,,C\n", delegates));
    char *before = strdup(dump(w));
    fine(w, take(w, "Mã đơn vị,Tên đơn vị\nB,Tên Khác Hẳn\nC,Lại Tên Khác\n", units));
    is_sound(w, "renamed");
    for (int at = 2; at < 20; at++) {
        w->die_at = at;
        if (take_back(w, &undone) != OK) {
            w->die_at = 0;
            char *numbers = ask(w, "SELECT config_seq FROM event ORDER BY 1");
            fine(w, list_import_recover(&w->door, &count, &w->fault));
            CHECK(&w->check, strcmp(numbers, ask(w, "SELECT config_seq FROM event ORDER BY 1")) != 0);
        }
        w->die_at = 0;
        CHECK_TEXT(&w->check, dump(w), before);
        is_sound(w, "renamed, and back");
        fine(w, take(w, "Mã đơn vị,Tên đơn vị\nB,Tên Khác Hẳn\nC,Lại Tên Khác\n", units));
    }
    free(before);
    close_world(w);
}

/* --- by chance ------------------------------------------------------------------------------------------------------- */

static unsigned pick(struct world *w, unsigned most)
{
    w->chance ^= w->chance << 13;
    w->chance ^= w->chance >> 7;
    w->chance ^= w->chance << 17;
    return (unsigned)((w->chance >> 11) % most);
}

static void chance_deed(struct world *w)
{
    char code[8], text[32], number[8];
    unsigned who = 1 + pick(w, 12);
    (void)snprintf(code, sizeof code, "P%02u", who);
    (void)snprintf(text, sizeof text, "B%u", pick(w, 1000000));
    (void)snprintf(number, sizeof number, "%u", 1 + pick(w, 30));
    switch (pick(w, 6)) {
    case 0:
    case 1:
        if (deed(w, (struct deed){.person = code, .title = text}) == OK) (void)snprintf(w->last_title[who], sizeof w->last_title[who], "%s", text);
        break;
    case 2: (void)deed(w, (struct deed){.person = code, .seat = text}); break;
    case 3: (void)deed(w, (struct deed){.walk_in = text, .number = number}); break;
    case 4: (void)deed(w, (struct deed){.person = code, .walk_in = "x", .number = number}); break;
    default: (void)deed(w, (struct deed){.unit = pick(w, 2) ? "D" : "A", .above = pick(w, 2) ? "B" : "C"}); break;
    }
    w->desk_did = true;
}

static void chance_between(struct world *w)
{
    if (!pick(w, 12)) chance_deed(w);
}

static void chance_list(struct world *w, struct buf *list, struct list_import_options *ret)
{
    static const char units_of[] = "RABCD";
    unsigned shift = pick(w, 20), kind = pick(w, 4);
    if (kind == 0) {
        *ret = units;
        buf_puts(list, "Mã đơn vị,Tên đơn vị,Đơn vị cấp trên\n");
        for (int i = 1; i < 5; i++)
            if (pick(w, 2)) buf_printf(list, "%c,Nhánh %c%u,%c\n", units_of[i], units_of[i], pick(w, 3), units_of[pick(w, 5)]);
        buf_printf(list, "U%u,Đơn vị mới,%c\n", pick(w, 1000), units_of[pick(w, 5)]);
        return;
    }
    *ret = kind == 1 ? people : delegates;
    buf_puts(list, kind == 1 ? "Mã,Họ và tên,Chức vụ,Trường,Đơn vị,Năm vào\n"
                             : "Mã,Họ và tên,Chức vụ,Trường,Đơn vị,Số đại biểu,Số ghế\n");
    for (unsigned i = 1; i <= 12; i++) {
        if (pick(w, 3) == 0) continue;
        buf_printf(list, "P%02u,,%s%u,%s%u,%c,", i, pick(w, 2) ? "L" : "M", pick(w, 90), pick(w, 2) ? "S" : "K", i, units_of[pick(w, 5)]);
        if (kind == 1) buf_puts(list, "\n");
        else buf_printf(list, "%u,Z%u\n", 1 + (i + shift) % 12, pick(w, 100));
    }
    for (unsigned n = pick(w, 4); n > 0; n--)
        buf_printf(list, ",Khách %c%c %c,,,%c,%u%s\n", 'a' + (int)pick(w, 26), 'a' + (int)pick(w, 26), 'a' + (int)n,
                   units_of[pick(w, 5)], 40 + n, kind == 1 ? "" : ",");
}

static void chance_check(struct world *w, const char *before, const char *numbers, uint64_t seed)
{
    bool good = is_sound(w, "by chance");
    if (!w->desk_did) good = CHECK_TEXT(&w->check, dump(w), before) && good;
    good = CHECK_TEXT(&w->check, ask(w, WITHOUT), numbers) && good;
    for (unsigned i = 1; i <= 12; i++) {
        char query[96], want[48];
        if (!w->last_title[i][0]) continue;
        (void)snprintf(query, sizeof query, "SELECT title FROM person WHERE code = 'P%02u'", i);
        (void)snprintf(want, sizeof want, "%s|\n", w->last_title[i]);
        good = CHECK_TEXT(&w->check, ask(w, query), want) && good;
    }
    if (!good) printf("# seed %llu\n", (unsigned long long)seed);
}

static void play_round(struct world *w)
{
    uint64_t seed = w->chance;
    struct buf list;
    struct list_import_options options = {0};
    struct list_import_undone undone;
    size_t count;
    bool desk = pick(w, 3) > 0;
    buf_init(&list, BUF_LIMIT_BODY);
    memset(w->last_title, 0, sizeof w->last_title);
    w->desk_did = false;
    char *before = strdup(dump(w)), *numbers = strdup(ask(w, WITHOUT));
    chance_list(w, &list, &options);
    w->between = desk ? chance_between : NULL;
    w->before = desk && pick(w, 2) ? chance_deed : NULL;
    w->die_at = pick(w, 3) ? 0 : 2 + (int)pick(w, 30);
    enum err e = take(w, buf_text(&list), options);
    bool nothing = e == OK && w->result.number == 0;
    if (e == OK && !nothing) e = take_back(w, &undone);
    w->die_at = 0;
    w->between = w->before = NULL;
    if (!nothing && !CHECK(&w->check, list_import_recover(&w->door, &count, &w->fault) == OK)) printf("# %s\n", w->fault.text);
    char *state = ask(w, "SELECT COUNT(*) FROM list_import WHERE state IN ('applying', 'taking_back')");
    CHECK_TEXT(&w->check, state, "0|\n");
    if (e == ERR_INPUT || (e == ERR_CONFLICT && !w->result.number)) printf("# %s\n", w->fault.text);
    char *open = ask(w, "SELECT MAX(number) FROM list_import WHERE state = 'done'");
    if (*open != '-') { /* it was killed before the taking back began */
        w->result.number = strtoll(open, NULL, 10);
        fine(w, take_back(w, &undone));
    }
    chance_check(w, before, numbers, seed);
    w->result.number = 0;
    free(before);
    free(numbers);
    buf_release(&list);
    arena_clear(&w->arena);
}

int main(int argc, char **argv)
{
    struct world w = {.chance = argc > 2 ? strtoull(argv[2], NULL, 10) : 88172645463325252u};
    double minutes = argc > 1 ? strtod(argv[1], NULL) : 0;
    int64_t until = clock_steady_us() + (int64_t)(minutes * 60e6);
    if (crypto_init() != OK) return 1;
    numbers_go_round(&w, 5, nobody_is_without);
    numbers_go_round(&w, 230, reseat);
    what_changes_meanwhile_stays(&w);
    moves_trees_and_merges(&w);
    killed_anywhere(&w);
    renamed_and_cut_off(&w);
    if (argc > 1 && argc < 3) w.chance ^= (uint64_t)clock_now_ms();
    do {
        if (!open_world(&w, 12, 9)) break;
        for (int i = 0; i < 12 && !w.check.failed; i++) play_round(&w);
        close_world(&w);
    } while (!w.check.failed && clock_steady_us() < until);
    return check_done(&w.check, "list import");
}
