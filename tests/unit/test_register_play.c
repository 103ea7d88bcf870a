/* The register as it is edited, for a player: alone, a short life of it by what an organiser does, with what is refused; with a folder, one command a line from standard
 * input (a JSON list), one answer a line, for tests/flow/register_history.py, which plays by chance and replays by itself. */
#include "core/base/clock.h"
#include "core/base/crypto.h"
#include "core/base/file.h"
#include "core/base/json.h"
#include "core/congress/person_facts.h"
#include "core/congress/register/edit.h"
#include "core/congress/register/history.h"
#include "core/congress/register/merge.h"
#include "core/congress/register/people.h"
#include "core/congress/register/sensitive.h"
#include "core/congress/store/store.h"
#include "tests/unit/check.h"

#include "catalogue.h"

#include <stdlib.h>
#include <string.h>

#define MOST_PERIODS 16

struct game {
    struct store store;
    struct arena arena;
    struct id_source ids;
    struct fault fault;
    int64_t now_ms;
    json_t *command;
};

static const char *word(const struct game *g, size_t i)
{
    return json_string_value(json_array_get(g->command, i));
}

static int64_t number(const struct game *g, size_t i)
{
    const json_t *value = json_array_get(g->command, i);
    return json_is_integer(value) ? json_integer_value(value) : REGISTER_NOW;
}

static int64_t unit_id(struct game *g, struct db *db, const char *code)
{
    struct register_unit unit;
    return code && register_unit_by_code(db, &g->arena, code, &unit) == OK ? unit.id : DB_NULL;
}

/* --- what changes ------------------------------------------------------------------------------------------------------------------------------------ */

static enum err do_unit(struct register_doing *doing, const struct game *g)
{
    return register_add_unit(doing, &(struct register_unit_edit){.code = word(g, 2), .name = word(g, 2), .parent = word(g, 3)});
}

static enum err do_parent(struct register_doing *doing, const struct game *g)
{
    return register_edit_unit(doing, word(g, 2), &(struct register_unit_edit){.parent = word(g, 3) ? word(g, 3) : ""});
}

static enum err do_add(struct register_doing *doing, const struct game *g)
{
    const char *code;
    return register_add_person(doing, &(struct register_edit){.code = word(g, 2), .name = word(g, 2), .joined = word(g, 4)}, word(g, 3), &code);
}

/* What a list says of somebody: who they are, where, since when. */
static enum err do_list(struct register_doing *doing, const struct game *g)
{
    struct register_person now, person = {.code = word(g, 2), .name = word(g, 2)};
    enum err e = register_person_by_code(doing->db, doing->arena, word(g, 2), &now);
    bool is_new = e == ERR_NOT_FOUND;
    if (is_new) person.id = id_next(doing->ids);
    else person = now;
    person.unit_id = unit_id((struct game *)g, doing->db, word(g, 3));
    person.joined = word(g, 4);
    e = person_derive(doing->arena, "vi", person.name, NULL, &person.name_fold, &person.name_sort);
    return e == OK ? register_write_person(doing, is_new ? NULL : &now, &person, NULL, 0, NULL) : e;
}

static enum err do_end(struct register_doing *doing, const struct game *g)
{
    enum register_ended how;
    return register_ended_from_name(word(g, 3), &how) ? register_end(doing, word(g, 2), how) : ERR_BUG;
}

static enum err do_move(struct register_doing *doing, const struct game *g)
{
    return register_move(doing, word(g, 2), word(g, 3));
}

static enum err do_return(struct register_doing *doing, const struct game *g)
{
    return register_return(doing, word(g, 2), word(g, 3));
}

static enum err do_remove(struct register_doing *doing, const struct game *g)
{
    struct register_person person;
    enum err e = register_person_by_code(doing->db, doing->arena, word(g, 2), &person);
    return e == OK ? register_remove_person(doing, person.id, strcmp(word(g, 0), "mistake") == 0) : e;
}

static enum err do_edit(struct register_doing *doing, const struct game *g)
{
    struct register_edit edit = {.seen = json_integer_value(json_array_get(g->command, 5))};
    const char *field = word(g, 3), *value = word(g, 4);
    if (strcmp(field, "name") == 0) edit.name = value;
    else if (strcmp(field, "phone") == 0) edit.phone = value;
    else if (strcmp(field, "born") == 0) edit.born = value;
    else if (strcmp(field, "email") == 0) edit.email = value;
    else if (strcmp(field, "gender") == 0) edit.gender = value;
    else if (strcmp(field, "code") == 0) edit.code = value;
    else return register_edit_attribute(doing, word(g, 2), field, value);
    return register_edit_person(doing, word(g, 2), &edit);
}

/* ["correct", day, code, [[unit, from, until or null, began, ended], …]] */
static enum err do_correct(struct register_doing *doing, const struct game *g)
{
    struct register_period periods[MOST_PERIODS] = {{0}};
    struct register_person person;
    size_t i;
    json_t *list = json_array_get(g->command, 3), *one;
    enum err e = register_person_by_code(doing->db, doing->arena, word(g, 2), &person);
    json_array_foreach(list, i, one) {
        const char *until = json_string_value(json_array_get(one, 2));
        if (i == MOST_PERIODS) return ERR_LIMIT;
        periods[i] = (struct register_period){.unit_id = unit_id((struct game *)g, doing->db, json_string_value(json_array_get(one, 0))),
                                              .from_day = json_string_value(json_array_get(one, 1)), .until_day = until, .is_open = !until};
        (void)register_began_from_name(json_string_value(json_array_get(one, 3)), &periods[i].began);
        (void)register_ended_from_name(json_string_value(json_array_get(one, 4)), &periods[i].ended);
    }
    return e == OK ? register_correct(doing, person.id, periods, json_array_size(list)) : e;
}

static enum err do_wanted(struct register_doing *doing, const struct game *g)
{
    const char *codes[8];
    size_t count = 0;
    for (; count < 8 && word(g, 2 + count); count++) codes[count] = word(g, 2 + count);
    return register_wanted_write(doing, codes, count);
}

static enum err apply(struct db *db, void *arg, struct fault *fault)
{
    static const struct {
        const char *name;
        enum err (*work)(struct register_doing *, const struct game *);
    } acts[] = {{"unit", do_unit}, {"parent", do_parent}, {"add", do_add}, {"list", do_list}, {"end", do_end}, {"move", do_move}, {"return", do_return},
                {"remove", do_remove}, {"mistake", do_remove}, {"edit", do_edit}, {"correct", do_correct}, {"wanted", do_wanted}};
    struct game *g = arg;
    struct register_doing doing = {.db = db, .arena = &g->arena, .ids = &g->ids, .at_ms = g->now_ms, .day = word(g, 1), .actor = "player",
                                   .source = "game", .fault = fault};
    enum err e = register_begin(&doing);
    for (size_t i = 0; e == OK && i < sizeof acts / sizeof acts[0]; i++)
        if (strcmp(word(g, 0), acts[i].name) == 0) return acts[i].work(&doing, g);
    return e == OK ? ERR_USAGE : e;
}

/* --- what is asked ----------------------------------------------------------------------------------------------------------------------------------- */

static json_t *flow_json(const struct register_flow *f)
{
    json_t *began = json_array(), *ended = json_array();
    for (int i = 0; i < REGISTER_BEGAN_COUNT; i++) (void)json_array_append_new(began, json_integer(f->began[i]));
    for (int i = 0; i < REGISTER_ENDED_COUNT; i++) (void)json_array_append_new(ended, json_integer(f->ended[i]));
    return json_pack("{s:I,s:o,s:o,s:I}", "opening", (json_int_t)f->opening, "began", began, "ended", ended, "closing", (json_int_t)f->closing);
}

static json_t *ask_flow(struct game *g, bool sizes)
{
    struct register_flow_list list;
    enum err e = sizes ? register_sizes_read(g->store.db, &g->arena, word(g, 1), number(g, 2), &list)
                       : register_flow_read(g->store.db, &g->arena, word(g, 1), word(g, 2), number(g, 3), &list);
    json_t *answer = json_object();
    if (e != OK) return answer;
    for (size_t i = 0; i < list.count; i++)
        (void)json_object_set_new(answer, list.units[i].code, json_pack("[o,o]", flow_json(&list.units[i].own), flow_json(&list.units[i].below)));
    (void)json_object_set_new(answer, "*", flow_json(&list.all));
    return answer;
}

/* The first page, as a screen asks for it. */
static json_t *ask_page(struct game *g)
{
    struct register_line *rows;
    size_t count = 0;
    const char *unit = word(g, 1);
    const struct register_filter filter = {unit ? REGISTER_IN_UNIT : REGISTER_EVERYBODY, unit_id(g, g->store.db, unit), number(g, 2)};
    enum err e = register_people_read(g->store.db, &g->arena, &filter, &(struct register_page){.after_sort = word(g, 3), .most = 50}, &rows, &count);
    return e == OK ? json_integer((json_int_t)count) : json_null();
}

/* Pages of three, so that pages are played too. */
static json_t *ask_members(struct game *g)
{
    struct register_page page = {.most = 3};
    json_t *answer = json_array();
    int64_t unit = unit_id(g, g->store.db, word(g, 1));
    for (;;) {
        struct register_member *rows;
        size_t count = 0;
        if (register_members_read(g->store.db, &g->arena, unit, word(g, 2), number(g, 3), &page, &rows, &count) != OK) return answer;
        for (size_t i = 0; i < count; i++) (void)json_array_append_new(answer, rows[i].code ? json_string(rows[i].code) : json_null());
        if (count < 3) return answer;
        page = (struct register_page){rows[count - 1].sort, rows[count - 1].id, 3};
    }
}

static json_t *ask_people(struct game *g)
{
    struct register_page page = {.most = 3};
    json_t *answer = json_array();
    const char *unit = word(g, 1);
    struct register_filter filter = {!unit ? REGISTER_EVERYBODY : *unit ? REGISTER_IN_UNIT : REGISTER_IN_NO_UNIT, unit_id(g, g->store.db, unit), 0};
    struct register_fields fields;
    if (word(g, 2) && register_fields_read(g->store.db, &g->arena, &fields) == OK)
        for (size_t i = 0; i < fields.count; i++)
            if (strcmp(fields.items[i].code, word(g, 2)) == 0) filter.missing = fields.items[i].mask;
    for (;;) {
        struct register_line *rows;
        size_t count = 0;
        if (register_people_read(g->store.db, &g->arena, &filter, &page, &rows, &count) != OK) return answer;
        for (size_t i = 0; i < count; i++) (void)json_array_append_new(answer, json_string(rows[i].code));
        if (count < 3) return answer;
        page = (struct register_page){rows[count - 1].sort, rows[count - 1].id, 3};
    }
}

static json_t *ask_doubles(struct game *g)
{
    struct register_pair *pairs;
    size_t count = 0;
    bool more;
    return register_doubles_read(g->store.db, &g->arena, 100, &pairs, &count, &more) == OK ? json_integer((json_int_t)count) : json_null();
}

static json_t *ask_find(struct game *g)
{
    struct register_line *rows;
    size_t count = 0;
    bool more;
    json_t *answer = json_array();
    if (register_find(g->store.db, &g->arena, word(g, 1), &rows, &count, &more) != OK) return answer;
    for (size_t i = 0; i < count; i++) (void)json_array_append_new(answer, json_string(rows[i].code));
    return answer;
}

static json_t *ask_history(struct game *g)
{
    struct register_person person;
    struct register_period *p;
    size_t count = 0;
    json_t *answer = json_array();
    if (register_person_by_code(g->store.db, &g->arena, word(g, 1), &person) != OK) return answer;
    if (register_periods_read(g->store.db, &g->arena, person.id, false, &p, &count) != OK) return answer;
    for (size_t i = 0; i < count; i++)
        (void)json_array_append_new(answer, json_pack("[s?,s,s?,s,s?,s?,s?]", p[i].unit_code, p[i].from_day, p[i].is_open ? NULL : p[i].until_day,
                                                      register_began_name(p[i].began), p[i].is_open ? NULL : register_ended_name(p[i].ended), p[i].from_code,
                                                      p[i].to_code));
    return answer;
}

static json_t *ask_tree(struct game *g)
{
    struct register_fields fields;
    struct register_tree tree;
    json_t *answer = json_object();
    if (register_fields_read(g->store.db, &g->arena, &fields) != OK || register_tree_read(g->store.db, &g->arena, &fields, &tree) != OK) return answer;
    for (size_t i = 0; i <= tree.count + 1; i++) {
        const struct register_count *c = i < tree.count ? &tree.units[i].below : i == tree.count ? &tree.nowhere : &tree.all;
        const char *name = i < tree.count ? tree.units[i].code : i == tree.count ? "-" : "*";
        (void)json_object_set_new(answer, name, json_pack("[I,I,I,I,I]", (json_int_t)c->people, (json_int_t)c->women, (json_int_t)c->complete, (json_int_t)c->have,
                                                          (json_int_t)c->wanted));
    }
    return answer;
}

static json_t *ask(struct game *g);

/* ["time", [command], …]: how long each answer takes, ms. */
static json_t *ask_times(struct game *g)
{
    json_t *all = g->command, *answer = json_array();
    for (size_t i = 1; i < json_array_size(all); i++) {
        int64_t begun = clock_steady_us();
        g->command = json_array_get(all, i);
        json_decref(ask(g));
        (void)json_array_append_new(answer, json_real((double)(clock_steady_us() - begun) / 1000.0));
        arena_clear(&g->arena);
    }
    g->command = all;
    return answer;
}

static json_t *ask(struct game *g)
{
    const char *what = word(g, 0);
    if (strcmp(what, "time") == 0) return ask_times(g);
    if (strcmp(what, "sizes") == 0) return ask_flow(g, true);
    if (strcmp(what, "flow") == 0) return ask_flow(g, false);
    if (strcmp(what, "members") == 0) return ask_members(g);
    if (strcmp(what, "people") == 0) return ask_people(g);
    if (strcmp(what, "doubles") == 0) return ask_doubles(g);
    if (strcmp(what, "page") == 0) return ask_page(g);
    if (strcmp(what, "find") == 0) return ask_find(g);
    if (strcmp(what, "history") == 0) return ask_history(g);
    if (strcmp(what, "tree") == 0) return ask_tree(g);
    if (strcmp(what, "check") != 0) return NULL;
    struct fault why = {0};
    return json_string(register_check(g->store.db, &why) == OK ? "" : why.text);
}

/* Takes the command. */
static json_t *play(struct game *g, json_t *command)
{
    arena_clear(&g->arena);
    g->command = command;
    g->fault = (struct fault){0};
    json_t *answer = ask(g);
    if (!answer) {
        g->now_ms += 1000;
        enum err e = db_transaction(g->store.db, apply, g, &g->fault);
        answer = e == OK ? json_pack("{s:I}", "known", (json_int_t)g->now_ms)
                         : json_pack("{s:s,s:s?,s:s}", "error", err_name(e), "reason", g->fault.reason, "text", *g->fault.text ? g->fault.text : db_error(g->store.db));
    }
    json_decref(command);
    return answer;
}

/* --- alone ------------------------------------------------------------------------------------------------------------------------------------------- */

static void expect(struct check *check, struct game *g, const char *command, const char *wanted)
{
    json_t *value = NULL;
    struct arena arena = {0};
    if (!CHECK(check, json_read(command, strlen(command), &value, NULL) == OK)) return;
    json_t *answer = play(g, value);
    const char *reason = json_string_value(json_object_get(answer, "reason"));
    bool failed = json_object_get(answer, "error") != NULL, done = json_object_get(answer, "known") != NULL;
    const char *text = done ? "done" : failed ? (reason ? reason : "error") : json_canonical(&arena, answer);
    if (!check_text(check, text, wanted, __FILE__, __LINE__)) printf("# %s %s\n", command, json_string_value(json_object_get(answer, "text")));
    json_decref(answer);
    arena_release(&arena);
}

static enum err add_types(struct db *db, void *arg, struct fault *fault)
{
    (void)arg, (void)fault;
    enum err e = sql_import_attribute_type_write(db, &(struct sql_import_attribute_type_write_in){1, "party", "\"P\"", "yes_no", NULL, 1}, NULL);
    return e == OK ? sql_import_attribute_type_write(db, &(struct sql_import_attribute_type_write_in){2, "school", "\"S\"", "choice", "{\"uni\":\"U\"}", 0}, NULL) : e;
}

static enum err read_secrets(struct db *db, void *arg, struct fault *fault)
{
    struct game *g = arg;
    struct register_value *values;
    struct register_person person;
    struct register_change *changes;
    size_t count;
    struct register_doing doing = {.db = db, .arena = &g->arena, .ids = &g->ids, .at_ms = g->now_ms, .actor = "boss", .source = "page", .fault = fault};
    enum err e = register_person_by_code(db, &g->arena, "an", &person);
    if (e == OK) e = register_sensitive_values(&doing, person.id, &values, &count);
    if (e == OK && (count != 2 || !values[0].value || strcmp(values[0].value, "true") != 0)) e = ERR_BUG;
    if (e == OK) e = register_sensitive_changes(&doing, person.id, INT64_MAX, 10, &changes, &count);
    return e == OK && (count != 1 || strcmp(changes[0].value, "true") != 0) ? ERR_BUG : e;
}

static void check_secrets(struct check *check, struct game *g)
{
    struct register_person person;
    struct register_value *values;
    struct register_change *changes;
    size_t count = 0;
    CHECK(check, db_transaction(g->store.db, read_secrets, g, &g->fault) == OK);
    CHECK(check, register_person_by_code(g->store.db, &g->arena, "an", &person) == OK);
    CHECK(check, register_values_read(g->store.db, &g->arena, person.id, &values, &count) == OK && count == 2 && values[0].is_known && !values[0].value);
    CHECK_TEXT(check, count == 2 ? values[1].value : NULL, "\"uni\"");
    CHECK(check, register_changes_of_person(g->store.db, &g->arena, person.id, INT64_MAX, 50, &changes, &count) == OK && count > 3);
    for (size_t i = 0; i < count; i++) {
        bool secret = strcmp(changes[i].field, "attribute:party") == 0;
        CHECK(check, changes[i].sensitive == secret && !(secret && changes[i].value));
    }
}

static void check_edits(struct check *check, struct game *g)
{
    expect(check, g, "[\"unit\",null,\"ALL\",null]", "done");
    expect(check, g, "[\"unit\",null,\"A\",\"ALL\"]", "done");
    expect(check, g, "[\"unit\",null,\"A\",\"ALL\"]", "register_code_taken");
    expect(check, g, "[\"parent\",null,\"ALL\",\"A\"]", "register_unit_circle");
    expect(check, g, "[\"add\",\"2026-02-01\",\"an\",\"A\",null]", "done");
    expect(check, g, "[\"add\",\"2026-02-01\",\"an\",\"A\",null]", "register_code_taken");
    expect(check, g, "[\"add\",\"2999-02-01\",\"binh\",\"A\",null]", "register_day");
    expect(check, g, "[\"add\",\"2026-02-30\",\"binh\",\"A\",null]", "register_day");
    expect(check, g, "[\"add\",null,\"binh\",\"Z\",null]", "register_unit");
    expect(check, g, "[\"move\",\"2026-01-01\",\"an\",\"ALL\"]", "register_day");
    expect(check, g, "[\"return\",\"2026-03-01\",\"an\",\"ALL\"]", "register_member");
    expect(check, g, "[\"end\",\"2026-03-01\",\"nobody\",\"left\"]", "register_person");
    expect(check, g, "[\"end\",\"2026-03-01\",\"an\",\"died\"]", "done");
    expect(check, g, "[\"end\",\"2026-03-01\",\"an\",\"left\"]", "register_no_member");
    expect(check, g, "[\"return\",\"2026-03-01\",\"an\",\"ALL\"]", "done");
    expect(check, g, "[\"history\",\"an\"]",
           "[[\"A\",\"2026-02-01\",\"2026-03-01\",\"joined\",\"died\",null,null],[\"ALL\",\"2026-03-01\",null,\"returned\",null,null,null]]");
    expect(check, g, "[\"edit\",null,\"an\",\"phone\",\"0905 111 222\",0]", "done");
    expect(check, g, "[\"edit\",null,\"an\",\"phone\",\"zero\",0]", "register_value");
    expect(check, g, "[\"edit\",null,\"an\",\"born\",\"2999\",0]", "register_value");
    expect(check, g, "[\"edit\",null,\"an\",\"gender\",\"q\",0]", "register_value");
    expect(check, g, "[\"edit\",null,\"an\",\"name\",\"\",0]", "register_value");
    expect(check, g, "[\"edit\",null,\"an\",\"name\",\"Đặng Thị Ấn\",7]", "register_changed");
    expect(check, g, "[\"edit\",null,\"an\",\"name\",\"Đặng Thị Ấn\",0]", "done");
    expect(check, g, "[\"edit\",null,\"an\",\"gender\",\"f\",0]", "done");
    expect(check, g, "[\"edit\",null,\"an\",\"party\",\"true\",0]", "done");
    expect(check, g, "[\"edit\",null,\"an\",\"party\",\"1\",0]", "register_value");
    expect(check, g, "[\"edit\",null,\"an\",\"school\",\"\\\"uni\\\"\",0]", "done");
    expect(check, g, "[\"edit\",null,\"an\",\"school\",\"\\\"none\\\"\",0]", "register_value");
    expect(check, g, "[\"edit\",null,\"an\",\"nothing\",\"true\",0]", "register_field");
}

static void check_lists(struct check *check, struct game *g)
{
    expect(check, g, "[\"add\",null,\"guest\",null,null]", "done");
    for (int i = 0; i < 7; i++) {
        char line[96];
        (void)snprintf(line, sizeof line, "[\"add\",\"2026-02-01\",\"m%d\",\"%s\",\"200%d\"]", i, i % 2 ? "A" : "ALL", i);
        expect(check, g, line, "done");
    }
    expect(check, g, "[\"find\",\"dang an\"]", "[\"an\"]");
    expect(check, g, "[\"find\",\"111222\"]", "[\"an\"]");
    expect(check, g, "[\"find\",\"m3\"]", "[\"m3\"]");
    expect(check, g, "[\"people\",null]", "[\"an\",\"guest\",\"m0\",\"m1\",\"m2\",\"m3\",\"m4\",\"m5\",\"m6\"]");
    expect(check, g, "[\"people\",\"A\"]", "[\"m1\",\"m3\",\"m5\"]");
    expect(check, g, "[\"people\",\"\"]", "[\"guest\"]");
    expect(check, g, "[\"people\",\"ALL\",\"joined\"]", "[\"an\"]");
    expect(check, g, "[\"people\",null,\"joined\"]", "[\"an\",\"guest\"]");
    expect(check, g, "[\"tree\"]", "{\"*\":[9,1,0,17,54],\"-\":[1,0,0,0,6],\"A\":[3,0,0,6,18],\"ALL\":[8,1,0,17,48]}");
    expect(check, g, "[\"wanted\",null,\"joined\",\"attribute:school\"]", "done");
    expect(check, g, "[\"wanted\",null,\"shoes\"]", "register_field");
    expect(check, g, "[\"tree\"]", "{\"*\":[9,1,0,8,18],\"-\":[1,0,0,0,2],\"A\":[3,0,0,3,6],\"ALL\":[8,1,0,8,16]}");
    expect(check, g, "[\"edit\",null,\"m1\",\"school\",\"\\\"uni\\\"\",0]", "done");
    expect(check, g, "[\"tree\"]", "{\"*\":[9,1,1,9,18],\"-\":[1,0,0,0,2],\"A\":[3,0,1,4,6],\"ALL\":[8,1,1,9,16]}");
    expect(check, g, "[\"check\"]", "\"\"");
}

static int play_alone(struct game *g)
{
    struct check check = {0};
    CHECK(&check, db_transaction(g->store.db, add_types, NULL, &g->fault) == OK);
    check_edits(&check, g);
    check_secrets(&check, g);
    check_lists(&check, g);
    return check_done(&check, "register edits");
}

static int play_lines(struct game *g)
{
    static char line[1 << 16];
    while (fgets(line, sizeof line, stdin)) {
        json_t *command = NULL;
        if (json_read(line, strlen(line), &command, &g->fault) != OK) return 1;
        json_t *answer = play(g, command);
        char *text = json_text(&g->arena, answer);
        json_decref(answer);
        if (!text || printf("%s\n", text) < 0 || fflush(stdout) != 0) return 1;
    }
    return 0;
}

int main(int argc, char **argv)
{
    struct game g = {.now_ms = INT64_C(1790000000000)};
    char folder[] = "/tmp/plenum-register-XXXXXX";
    const char *data = argc > 1 ? argv[1] : mkdtemp(folder);
    if (crypto_init() != OK || !data || store_open(data, STORE_CREATE, &g.store, &g.fault) != OK) {
        fprintf(stderr, "%s\n", g.fault.text);
        return 1;
    }
    int code = argc > 1 ? play_lines(&g) : play_alone(&g);
    store_close(&g.store);
    arena_release(&g.arena);
    if (argc == 1) (void)file_remove_tree(folder);
    return code;
}
