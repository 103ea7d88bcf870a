/* The register: one way for every change, periods that go on from one another, what is known of any day and was known at any moment, corrections of the past. */
#include "core/base/crypto.h"
#include "core/base/file.h"
#include "core/congress/person_facts.h"
#include "core/congress/register/history.h"
#include "core/congress/store/store.h"
#include "tests/unit/check.h"

#include "catalogue.h"

#include <stdlib.h>
#include <string.h>

struct world {
    struct check check;
    struct store store;
    struct arena arena;
    struct id_source ids;
    struct fault fault;
    int64_t now_ms;
};

enum act { UNIT, PERSON, MOVE, JOINED, GONE, MISTAKE, FORGET, CORRECT };

struct step {
    struct world *world;
    enum act act;
    const char *code, *unit, *text, *day;
    bool is_joining;
    enum register_ended ends_as;
    const struct register_period *periods;
    size_t count;
};

static int64_t unit_id(struct world *w, struct db *db, const char *code)
{
    struct register_unit unit;
    return code && register_unit_by_code(db, &w->arena, code, &unit) == OK ? unit.id : DB_NULL;
}

static enum err write_unit(struct register_doing *doing, const struct step *s)
{
    const struct register_unit unit = {.id = id_next(doing->ids), .code = s->code, .name = s->text, .name_fold = s->code,
                                       .parent_id = unit_id(s->world, doing->db, s->unit), .sort_order = DB_NULL, .members = DB_NULL};
    return register_write_unit(doing, NULL, &unit, NULL);
}

static enum err write_person(struct register_doing *doing, const struct step *s)
{
    struct register_person person = {.id = id_next(doing->ids), .code = s->code, .name = s->code, .unit_id = unit_id(s->world, doing->db, s->unit),
                                     .joined = s->text};
    enum err e = person_derive(doing->arena, "vi", s->code, NULL, &person.name_fold, &person.name_sort);
    return e == OK ? register_write_person(doing, NULL, &person, NULL, 0, NULL) : e;
}

static enum err change_person(struct register_doing *doing, const struct step *s)
{
    struct register_person person, after;
    enum err e = register_person_by_code(doing->db, doing->arena, s->code, &person);
    if (e != OK) return e;
    after = person;
    if (s->act == MOVE) after.unit_id = unit_id(s->world, doing->db, s->unit);
    else after.joined = s->text;
    return register_write_person(doing, &person, &after, NULL, 0, NULL);
}

static enum err apply(struct db *db, void *arg, struct fault *fault)
{
    const struct step *s = arg;
    struct register_person person;
    struct register_doing doing = {.db = db, .arena = &s->world->arena, .ids = &s->world->ids, .at_ms = s->world->now_ms, .day = s->day, .actor = "test",
                                   .source = "console", .is_joining = s->is_joining, .ends_as = s->ends_as, .fault = fault};
    enum err e = register_begin(&doing);
    if (e != OK) return e;
    if (s->act == UNIT) return write_unit(&doing, s);
    if (s->act == PERSON) return write_person(&doing, s);
    if (s->act == MOVE || s->act == JOINED) return change_person(&doing, s);
    e = register_person_by_code(db, &s->world->arena, s->code, &person);
    if (e != OK) return e;
    if (s->act == CORRECT) return register_correct(&doing, person.id, s->periods, s->count);
    return s->act == FORGET ? register_forget(&doing, person.id) : register_remove_person(&doing, person.id, s->act == MISTAKE);
}

static enum err step(struct world *w, struct step s)
{
    s.world = w;
    w->now_ms += 1000;
    w->fault = (struct fault){0};
    return db_transaction(w->store.db, apply, &s, &w->fault);
}

static void done(struct world *w, struct step s)
{
    if (!CHECK(&w->check, step(w, s) == OK)) printf("# %s\n", w->fault.text);
    struct fault why = {0};
    if (!CHECK(&w->check, register_check(w->store.db, &why) == OK)) printf("# %s\n", why.text);
}

static int64_t person_id(struct world *w, const char *code)
{
    struct register_person person;
    return register_person_by_code(w->store.db, &w->arena, code, &person) == OK ? person.id : 0;
}

/* "A 2026-01-01..2026-02-01 joined/moved_out, …" */
static const char *history_of(struct world *w, int64_t id, bool with_void)
{
    struct register_period *periods;
    size_t count;
    const char *text = "";
    if (register_periods_read(w->store.db, &w->arena, id, with_void, &periods, &count) != OK) return "(error)";
    for (size_t i = 0; i < count; i++) {
        const struct register_period *p = &periods[i];
        text = arena_printf(&w->arena, "%s%s%s%s %s..%s %s/%s", text, i ? ", " : "", p->void_ms != INT64_MAX ? "not " : "", p->unit_code, p->from_day,
                            p->is_open ? "" : p->until_day, register_began_name(p->began), p->is_open ? "-" : register_ended_name(p->ended));
    }
    return text;
}

/* "opening joined+returned+moved_in+listed -left… closing" of a unit's tree */
static const char *flow_of(struct world *w, const char *code, const char *first, const char *last, int64_t known_ms)
{
    struct register_flow_list list;
    if (register_flow_read(w->store.db, &w->arena, first, last, known_ms, &list) != OK) return "(error)";
    for (size_t i = 0; i <= list.count; i++) {
        const struct register_flow *f = i == list.count ? &list.all : &list.units[i].below;
        int64_t sum = f->opening;
        for (int k = 0; k < REGISTER_BEGAN_COUNT; k++) sum += f->began[k];
        for (int k = 0; k < REGISTER_ENDED_COUNT; k++) sum -= f->ended[k];
        CHECK(&w->check, sum == f->closing);
        if (i < list.count ? strcmp(list.units[i].code, code) != 0 : strcmp(code, "*") != 0) continue;
        return arena_printf(&w->arena, "%lld listed %lld joined %lld in %lld returned %lld removed %lld left %lld retired %lld died %lld out %lld = %lld",
                            (long long)f->opening, (long long)f->began[0], (long long)f->began[1], (long long)f->began[2], (long long)f->began[3],
                            (long long)f->ended[0], (long long)f->ended[1], (long long)f->ended[2], (long long)f->ended[3], (long long)f->ended[4],
                            (long long)f->closing);
    }
    return "(none)";
}

static const char *members_of(struct world *w, const char *unit, const char *day, int64_t known_ms)
{
    const struct register_page page = {.most = 100};
    struct register_member *rows;
    size_t count;
    const char *text = "";
    if (register_members_read(w->store.db, &w->arena, unit_id(w, w->store.db, unit), day, known_ms, &page, &rows, &count) != OK) return "(error)";
    for (size_t i = 0; i < count; i++) text = arena_printf(&w->arena, "%s%s ", text, rows[i].code ? rows[i].code : "?");
    return text;
}

static void check_life(struct world *w)
{
    done(w, (struct step){.act = UNIT, .code = "ALL", .text = "All"});
    done(w, (struct step){.act = UNIT, .code = "A", .text = "A", .unit = "ALL"});
    done(w, (struct step){.act = UNIT, .code = "B", .text = "B", .unit = "ALL"});
    done(w, (struct step){.act = UNIT, .code = "C", .text = "C"});
    done(w, (struct step){.act = PERSON, .code = "an", .unit = "A"});
    done(w, (struct step){.act = PERSON, .code = "binh", .unit = "A", .text = "2004"});
    done(w, (struct step){.act = PERSON, .code = "chi", .unit = "A", .day = "2026-01-10", .is_joining = true});
    done(w, (struct step){.act = PERSON, .code = "guest"});
    int64_t chi = person_id(w, "chi");
    CHECK_TEXT(&w->check, history_of(w, person_id(w, "an"), true), "A .. listed/-");
    CHECK_TEXT(&w->check, history_of(w, person_id(w, "binh"), true), "A 2004-01-01.. listed/-");
    CHECK_TEXT(&w->check, history_of(w, person_id(w, "guest"), true), "");
    int64_t before_move = w->now_ms;
    done(w, (struct step){.act = MOVE, .code = "chi", .unit = "B", .day = "2026-02-01"});
    done(w, (struct step){.act = MOVE, .code = "chi", .day = "2026-03-01", .ends_as = REGISTER_RETIRED});
    done(w, (struct step){.act = MOVE, .code = "chi", .unit = "C", .day = "2026-04-01"});
    CHECK_TEXT(&w->check, history_of(w, chi, true), "A 2026-01-10..2026-02-01 joined/moved_out, B 2026-02-01..2026-03-01 moved_in/retired, C 2026-04-01.. returned/-");
    CHECK_TEXT(&w->check, members_of(w, "ALL", "2026-01-09", REGISTER_NOW), "an binh ");
    CHECK_TEXT(&w->check, members_of(w, "ALL", "2026-02-01", REGISTER_NOW), "an binh chi ");
    CHECK_TEXT(&w->check, members_of(w, "B", "2026-02-28", REGISTER_NOW), "chi ");
    CHECK_TEXT(&w->check, members_of(w, "B", "2026-03-01", REGISTER_NOW), "");
    CHECK_TEXT(&w->check, members_of(w, "A", "2026-03-01", before_move), "an binh chi ");
    CHECK_TEXT(&w->check, members_of(w, "ALL", "1990-01-01", REGISTER_NOW), "an ");
    CHECK_TEXT(&w->check, flow_of(w, "ALL", "2026-01-01", "2026-02-28", REGISTER_NOW), "2 listed 0 joined 1 in 0 returned 0 removed 0 left 0 retired 0 died 0 out 0 = 3");
    CHECK_TEXT(&w->check, flow_of(w, "B", "2026-01-01", "2026-03-31", REGISTER_NOW), "0 listed 0 joined 0 in 1 returned 0 removed 0 left 0 retired 1 died 0 out 0 = 0");
    CHECK_TEXT(&w->check, flow_of(w, "*", "2026-01-01", "2026-12-31", REGISTER_NOW), "2 listed 0 joined 1 in 0 returned 1 removed 0 left 0 retired 1 died 0 out 0 = 3");
    CHECK_TEXT(&w->check, flow_of(w, "A", "2026-01-01", "2026-12-31", before_move), "2 listed 0 joined 1 in 0 returned 0 removed 0 left 0 retired 0 died 0 out 0 = 3");
}

static void check_days(struct world *w)
{
    /* A list of before the membership began moves nobody out before they came; a list names since when somebody is a member. */
    done(w, (struct step){.act = MOVE, .code = "chi", .unit = "A", .day = "2026-03-15"});
    CHECK_TEXT(&w->check, strstr(history_of(w, person_id(w, "chi"), false), "C 2026"), "C 2026-04-01..2026-04-01 returned/moved_out, A 2026-04-01.. moved_in/-");
    done(w, (struct step){.act = JOINED, .code = "an", .text = "1999-05-06"});
    CHECK_TEXT(&w->check, history_of(w, person_id(w, "an"), true), "not A .. listed/-, A 1999-05-06.. listed/-");
    done(w, (struct step){.act = JOINED, .code = "chi", .text = "1999"});
    CHECK_TEXT(&w->check, flow_of(w, "*", "1999-01-01", "1999-12-31", REGISTER_NOW), "0 listed 1 joined 0 in 0 returned 0 removed 0 left 0 retired 0 died 0 out 0 = 1");
    CHECK(&w->check, step(w, (struct step){.act = PERSON, .code = "chi"}) == ERR_CONFLICT && *w->fault.text);
}

static void check_corrections(struct world *w)
{
    int64_t a = unit_id(w, w->store.db, "A"), b = unit_id(w, w->store.db, "B"), before = w->now_ms, id = person_id(w, "binh");
    const struct register_period good[] = {{.unit_id = b, .from_day = "2004-01-01", .until_day = "2010-06-01", .began = REGISTER_JOINED, .ended = REGISTER_LEFT},
                                           {.unit_id = a, .from_day = "2010-06-01", .began = REGISTER_JOINED, .is_open = true}};
    const struct register_period late[] = {{.unit_id = b, .from_day = "2004-01-01", .until_day = "2011-06-01", .ended = REGISTER_LEFT}, good[1]};
    const struct register_period left[] = {good[0]};
    const struct register_period ahead[] = {{.unit_id = b, .from_day = "2999-01-01", .is_open = true}};
    CHECK(&w->check, step(w, (struct step){.act = CORRECT, .code = "binh", .periods = late, .count = 2}) == ERR_INPUT && w->fault.reason);
    CHECK(&w->check, step(w, (struct step){.act = CORRECT, .code = "binh", .periods = ahead, .count = 1}) == ERR_INPUT);
    done(w, (struct step){.act = CORRECT, .code = "binh", .periods = good, .count = 2});
    CHECK_TEXT(&w->check, history_of(w, id, true), "B 2004-01-01..2010-06-01 joined/moved_out, not A 2004-01-01.. listed/-, A 2010-06-01.. moved_in/-");
    CHECK_TEXT(&w->check, members_of(w, "A", "2005-01-01", before), "an binh ");
    CHECK_TEXT(&w->check, members_of(w, "A", "2005-01-01", REGISTER_NOW), "an ");
    done(w, (struct step){.act = CORRECT, .code = "binh", .periods = left, .count = 1});
    CHECK_TEXT(&w->check, members_of(w, "ALL", "2026-05-01", REGISTER_NOW), "an chi ");
}

static void check_gone(struct world *w)
{
    int64_t an = person_id(w, "an"), chi = person_id(w, "chi");
    done(w, (struct step){.act = PERSON, .code = "wrong", .unit = "A"});
    int64_t before = w->now_ms, wrong = person_id(w, "wrong");
    done(w, (struct step){.act = MISTAKE, .code = "wrong"});
    CHECK_TEXT(&w->check, history_of(w, wrong, true), "not A .. listed/-");
    CHECK_TEXT(&w->check, members_of(w, "A", "2026-05-01", before), "an chi ? ");
    done(w, (struct step){.act = GONE, .code = "an", .day = "2026-06-01"});
    CHECK_TEXT(&w->check, history_of(w, an, false), "A 1999-05-06..2026-06-01 listed/removed");
    done(w, (struct step){.act = FORGET, .code = "chi", .day = "2026-07-01"});
    CHECK_TEXT(&w->check, history_of(w, chi, true), "");
    CHECK_TEXT(&w->check, flow_of(w, "*", "2026-01-01", "2026-12-31", REGISTER_NOW), "1 listed 0 joined 1 in 0 returned 1 removed 2 left 0 retired 1 died 0 out 0 = 0");
    struct register_change *changes;
    size_t count;
    CHECK(&w->check, register_changes_of_person(w->store.db, &w->arena, chi, INT64_MAX, 50, &changes, &count) == OK && count == 0);
    CHECK(&w->check, register_changes_of_person(w->store.db, &w->arena, an, INT64_MAX, 50, &changes, &count) == OK && count == 3);
    CHECK_TEXT(&w->check, count ? changes[0].field : NULL, "removed");
    CHECK_TEXT(&w->check, count == 3 ? changes[1].value : NULL, "1999-05-06");
}

int main(void)
{
    struct world w = {.now_ms = INT64_C(1790000000000)};
    char folder[] = "/tmp/plenum-register-XXXXXX";
    if (crypto_init() != OK || !mkdtemp(folder)) return 1;
    if (!CHECK(&w.check, store_open(folder, STORE_CREATE, &w.store, &w.fault) == OK)) return check_done(&w.check, "register");
    check_life(&w);
    check_days(&w);
    check_corrections(&w);
    check_gone(&w);
    store_close(&w.store);
    arena_release(&w.arena);
    (void)file_remove_tree(folder);
    return check_done(&w.check, "register");
}
