/* GET /admin/-/register/units/{unit}: a unit with those beneath it: people by pages (after=, id=; missing= a field: who lacks it), the units beneath, how many they
 * were on a day (day=), who came and went in a period (from=, until=), what changed of the unit. {unit} "~", no code: people who are in none; "*": everybody.
 * missing=any: who lacks any of what is wanted. For organisers of all events. */
#include "server/pages/register.h"
#include "core/base/clock.h"
#include "core/base/text.h"
#include "core/congress/person_facts.h"
#include "server/pages/messages.h"

#include <string.h>

#define UNITS_MOST 2000

struct asked {
    struct register_unit unit;
    bool nowhere, everybody; /* no unit */
    const char *href, *field; /* field: who lacks it; NULL: everybody */
    int64_t missing;
};

static enum err read_asked(struct register_view *r, struct asked *ret)
{
    struct http_request *req = r->view.req;
    const char *code = http_param(req, "unit"), *field = http_query(req, "missing");
    *ret = (struct asked){.nowhere = strcmp(code, "~") == 0, .everybody = strcmp(code, "*") == 0};
    enum err e = ret->nowhere || ret->everybody ? OK : register_unit_by_code(r->db, req->arena, code, &ret->unit);
    if (e != OK) return e;
    ret->href = register_href(&r->view, "units", ret->nowhere ? "~" : ret->everybody ? "*" : ret->unit.code);
    if (field && strcmp(field, "any") == 0 && r->fields.wanted) {
        ret->field = "any";
        ret->missing = r->fields.wanted;
    }
    for (size_t i = 0; field && i < r->fields.count; i++) {
        if (strcmp(r->fields.items[i].code, field) != 0) continue;
        ret->field = r->fields.items[i].code;
        ret->missing = r->fields.items[i].mask;
    }
    return OK;
}

static void put_number(struct view *view, json_t *object, const char *key, int64_t number)
{
    view_put(object, key, arena_printf(view->arena, "%lld", (long long)number));
}

/* --- people --- */

static const char *next_href(struct view *view, const struct asked *asked, const struct register_line *last)
{
    struct buf out;
    buf_init(&out, BUF_LIMIT_LINE);
    buf_printf(&out, "%s?after=", asked->href);
    buf_put_url(&out, last->sort ? last->sort : "");
    buf_printf(&out, "&id=%lld", (long long)last->id);
    if (asked->field) {
        buf_puts(&out, "&missing=");
        buf_put_url(&out, asked->field);
    }
    buf_puts(&out, "#people");
    const char *text = buf_ok(&out) ? arena_strdup(view->arena, buf_text(&out)) : NULL;
    buf_release(&out);
    return text;
}

static enum err put_people(struct register_view *r, const struct asked *asked)
{
    struct view *view = &r->view;
    struct register_line *lines;
    size_t count;
    const char *after = http_query(view->req, "after");
    enum register_where where = asked->nowhere ? REGISTER_IN_NO_UNIT : asked->everybody ? REGISTER_EVERYBODY : REGISTER_IN_UNIT;
    const struct register_filter filter = {where, asked->unit.id, asked->missing};
    const struct register_page page = {after, after ? messages_read_id(http_query(view->req, "id")) : 0, REGISTER_PAGE + 1};
    enum err e = register_people_read(r->db, view->arena, &filter, &page, &lines, &count);
    if (e != OK) return e;
    json_t *rows = json_array();
    for (size_t i = 0; i < count && i < REGISTER_PAGE; i++) json_array_append_new(rows, register_line_json(r, &lines[i]));
    view_put_json(view->root, "people", rows);
    view_put_flag(view->root, "any_person", count > 0);
    if (after) view_put(view->root, "first", asked->href);
    if (count > REGISTER_PAGE) view_put(view->root, "next", next_href(view, asked, &lines[REGISTER_PAGE - 1]));
    if (!asked->field) return OK;
    view_put(view->root, "lacks", register_field_words(r, asked->field));
    return OK;
}

/* --- what they count --- */

static void put_missing(struct register_view *r, const struct asked *asked, const struct register_count *count)
{
    struct view *view = &r->view;
    json_t *rows = json_array();
    for (size_t i = 0; i < r->fields.count; i++) {
        const struct register_field *field = &r->fields.items[i];
        if (!field->wanted || !field->mask || count->missing[i] == 0) continue;
        json_t *row = json_object();
        view_put(row, "words", register_field_words(r, field->code));
        view_put(row, "href", arena_printf(view->arena, "%s?missing=%s#people", asked->href, field->code));
        put_number(view, row, "lack", count->missing[i]);
        json_array_append_new(rows, row);
    }
    if (json_array_size(rows) > 1) {
        json_t *any = json_object();
        view_put(any, "words", view_words(view, "register.anything"));
        view_put(any, "href", arena_printf(view->arena, "%s?missing=any#people", asked->href));
        put_number(view, any, "lack", count->people - count->complete);
        json_array_insert_new(rows, 0, any);
    }
    view_put_flag(view->root, "any_missing", json_array_size(rows) > 0);
    view_put_json(view->root, "missing_fields", rows);
}

static void put_count(struct view *view, const struct register_count *count, int64_t members)
{
    json_t *facts = json_array();
    view_add_fact(view, facts, "register.people", arena_printf(view->arena, "%lld", (long long)count->people), false);
    view_add_fact(view, facts, "register.women", arena_printf(view->arena, "%lld", (long long)count->women), false);
    view_add_fact(view, facts, "register.complete", register_percent(view, count->have, count->wanted), false);
    if (members != DB_NULL) view_add_fact(view, facts, "register.said", arena_printf(view->arena, "%lld", (long long)members), false);
    view_put_json(view->root, "facts", facts);
}

static void put_beneath(struct view *view, const struct register_tree *tree, size_t at)
{
    json_t *rows = json_array();
    for (size_t i = at + 1; i < tree->units[at].after && json_array_size(rows) < UNITS_MOST; i++) {
        const struct register_tree_unit *unit = &tree->units[i];
        if (unit->above != at) continue;
        json_t *row = json_object();
        view_put_title(view, row, "name", unit->name);
        view_put(row, "href", register_href(view, "units", unit->code));
        put_number(view, row, "people", unit->below.people);
        put_number(view, row, "women", unit->below.women);
        view_put(row, "percent", register_percent(view, unit->below.have, unit->below.wanted));
        json_array_append_new(rows, row);
    }
    view_put_flag(view->root, "any_unit", json_array_size(rows) > 0);
    view_put_json(view->root, "units", rows);
}

static enum err put_tree(struct register_view *r, const struct asked *asked)
{
    struct view *view = &r->view;
    struct register_tree tree;
    size_t at = 0;
    enum err e = register_tree_read(r->db, view->arena, &r->fields, &tree);
    if (e != OK) return e;
    bool of_unit = !asked->nowhere && !asked->everybody;
    while (of_unit && at < tree.count && tree.units[at].unit_id != asked->unit.id) at++;
    if (of_unit && at == tree.count) return ERR_NOT_FOUND;
    const struct register_count *count = asked->nowhere ? &tree.nowhere : asked->everybody ? &tree.all : &tree.units[at].below;
    put_count(view, count, of_unit ? tree.units[at].members : DB_NULL);
    put_missing(r, asked, count);
    if (!of_unit) return OK;
    if (tree.units[at].closed_day) view_put(view->root, "closed", view_date(view, tree.units[at].closed_day));
    put_beneath(view, &tree, at);
    if (tree.units[at].above == SIZE_MAX) return OK;
    json_t *above = json_object();
    view_put_title(view, above, "name", tree.units[tree.units[at].above].name);
    view_put(above, "href", register_href(view, "units", tree.units[tree.units[at].above].code));
    view_put_json(view->root, "above", above);
    return OK;
}

/* --- days --- */

static const char *day_of(struct http_request *req, const char *name)
{
    const char *text = http_query(req, name);
    return text && strlen(text) == 10 && person_date_is_good(text) ? text : NULL;
}

static const struct register_flow *flow_of(const struct register_flow_list *list, int64_t unit_id)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->units[i].unit_id == unit_id) return &list->units[i].below;
    return NULL;
}

static enum err put_size(struct register_view *r, const struct asked *asked)
{
    struct register_flow_list list;
    const char *day = day_of(r->view.req, "day");
    if (!day) return OK;
    enum err e = register_sizes_read(r->db, r->view.arena, day, REGISTER_NOW, &list);
    const struct register_flow *flow = e == OK ? flow_of(&list, asked->unit.id) : NULL;
    if (!flow) return e;
    view_put(r->view.root, "day", day);
    view_put(r->view.root, "day_words", view_date(&r->view, day));
    put_number(&r->view, r->view.root, "size", flow->closing);
    return OK;
}

static void put_turn(struct view *view, json_t *rows, const char *key, const char *what, int64_t count)
{
    json_t *row = json_object();
    view_put(row, "words", view_words(view, arena_printf(view->arena, "register.%s.%s", key, what)));
    view_put(row, "count", arena_printf(view->arena, "%lld", (long long)count));
    json_array_append_new(rows, row);
}

static enum err put_flow(struct register_view *r, const struct asked *asked, const char *today)
{
    struct view *view = &r->view;
    struct register_flow_list list;
    const char *from = day_of(view->req, "from"), *until = day_of(view->req, "until");
    view_put(view->root, "from", from ? from : arena_printf(view->arena, "%.4s-01-01", today));
    view_put(view->root, "until", until ? until : today);
    if (!from || !until) return OK;
    view_put_flag(view->root, "backwards", strcmp(from, until) > 0);
    if (strcmp(from, until) > 0) return OK;
    enum err e = register_flow_read(r->db, view->arena, from, until, REGISTER_NOW, &list);
    const struct register_flow *flow = e == OK ? flow_of(&list, asked->unit.id) : NULL;
    if (!flow) return e;
    json_t *out = json_object(), *turns = json_array();
    for (int i = 0; i < REGISTER_BEGAN_COUNT; i++)
        if (flow->began[i]) put_turn(view, turns, "began", register_began_name((enum register_began)i), flow->began[i]);
    for (int i = 0; i < REGISTER_ENDED_COUNT; i++)
        if (flow->ended[i]) put_turn(view, turns, "ended", register_ended_name((enum register_ended)i), -flow->ended[i]);
    view_put(out, "from", view_date(view, from));
    view_put(out, "until", view_date(view, until));
    put_number(view, out, "opening", flow->opening);
    put_number(view, out, "closing", flow->closing);
    view_put_json(out, "turns", turns);
    view_put_json(view->root, "flow", out);
    return OK;
}

/* --- the page --- */

static enum err put_unit(struct register_view *r, const struct asked *asked)
{
    struct view *view = &r->view;
    struct register_change *changes;
    size_t count;
    char today[REGISTER_DAY_SIZE];
    view_put(view->root, "code", asked->unit.code);
    view_put(view->root, "level", asked->unit.level);
    view_put(view->root, "sector", asked->unit.sector);
    view_put_flag(view->root, "is_unit", true);
    int64_t before = messages_read_id(http_query(view->req, "before"));
    enum err e = register_today(r->db, view->arena, clock_now_ms(), today);
    if (e == OK) e = put_size(r, asked);
    if (e == OK) e = put_flow(r, asked, today);
    if (e == OK) e = register_changes_of_unit(r->db, view->arena, asked->unit.id, before ? before : INT64_MAX, REGISTER_PAGE + 1, &changes, &count);
    if (e == OK) register_put_changes(r, changes, count);
    return e;
}

static void page_work(struct http_request *req, void *thread_state)
{
    struct register_view r;
    struct asked asked;
    if (!register_view_begin(&r, req, thread_state)) return;
    enum err e = read_asked(&r, &asked);
    if (e == OK) e = put_people(&r, &asked);
    if (e == OK) e = put_tree(&r, &asked);
    if (e == OK && !asked.nowhere && !asked.everybody) e = put_unit(&r, &asked);
    if (e != OK) {
        reply_error(req, e, NULL);
        return;
    }
    if (asked.nowhere) view_put(r.view.root, "name", view_words(&r.view, "register.nowhere"));
    else if (asked.everybody) view_put(r.view.root, "name", view_words(&r.view, "register.all"));
    else view_put_title(&r.view, r.view.root, "name", asked.unit.name);
    view_put(r.view.root, "href", asked.href);
    register_put_done(&r.view);
    view_set_title(&r.view, json_string_value(json_object_get(r.view.root, "name")));
    view_set_style(&r.view, "admin");
    view_reply(&r.view, 200, "house_unit");
}

void register_unit_get(struct http_request *req)
{
    if (!console_enter(req, true)) return;
    req->resume = NULL;
    http_run_in_pool(req, app_of(req)->pool, page_work);
}
