/* The member register for programs, read only, for organisers of all events: GET /api/v1/register/people (q=, or unit=, missing=, after=, id=, limit=),
 * …/people/{person}, …/units, …/units/{unit}, …/flow (from=, until=, known_at=), …/changes (before=, limit=). Sensitive attributes are never here; docs/api.md,
 * docs/decisions/0064. */
#include "core/base/clock.h"
#include "core/congress/person_facts.h"
#include "core/congress/register/people.h"
#include "core/congress/register/sensitive.h"
#include "server/app.h"

#include <stdlib.h>
#include <string.h>

#define LIMIT_USUAL 50
#define LIMIT_MOST 500

typedef enum err answer(struct http_request *req, struct db *db, json_t **ret, struct fault *fault);

/* On a thread of the pool: the whole tree is counted, or a year of who came and went. */
static void answer_by(struct http_request *req, void *thread_state, answer *make)
{
    struct worker *worker = thread_state;
    struct fault fault = {0};
    json_t *body = NULL;
    enum err e = worker ? make(req, worker->db, &body, &fault) : ERR_BUSY;
    if (e == OK) http_reply_json(req, 200, body);
    else reply_error(req, e, fault.text[0] ? &fault : NULL);
}

static void run(struct http_request *req, void (*work)(struct http_request *req, void *thread_state))
{
    if (!account_may(&principal_of(req)->account, ACCOUNT_ORGANISER, 0)) {
        reply_reason(req, REASON_forbidden);
        return;
    }
    req->resume = NULL;
    http_run_in_pool(req, app_of(req)->pool, work);
}

static int64_t number_of(struct http_request *req, const char *name, int64_t usual)
{
    const char *text = http_query(req, name);
    char *end = NULL;
    long long number = text && *text ? strtoll(text, &end, 10) : 0;
    return end && !*end && number > 0 ? number : usual;
}

static int64_t limit_of(struct http_request *req)
{
    int64_t limit = number_of(req, "limit", LIMIT_USUAL);
    return limit > LIMIT_MOST ? LIMIT_MOST : limit;
}

/* Text or language map, as stored. */
static json_t *title_json(const char *stored)
{
    json_t *value = NULL;
    if (!stored) return json_null();
    if ((*stored == '{' || *stored == '"') && json_read(stored, strlen(stored), &value, NULL) == OK) return value;
    return json_string(stored);
}

static json_t *number_json(int64_t number) { return number == DB_NULL ? json_null() : json_integer(number); }

/* --- people --- */

static json_t *missing_json(const struct register_fields *fields, int64_t known)
{
    json_t *list = json_array();
    for (size_t i = 0; i < fields->count; i++)
        if (fields->items[i].wanted && fields->items[i].mask && !(known & fields->items[i].mask)) (void)json_array_append_new(list, json_string(fields->items[i].code));
    return list;
}

static json_t *line_json(const struct register_fields *fields, const struct register_line *l)
{
    return json_pack("{s:s,s:s,s:s?,s:o,s:s?,s:o,s:s?,s:s?,s:s?,s:s?,s:s?,s:b,s:o}", "code", l->code, "name", l->name, "honorific", l->honorific, "title",
                     title_json(l->title), "unit", l->unit_code, "unit_name", title_json(l->unit_name), "gender", l->gender, "born", l->born, "joined", l->joined,
                     "phone", l->phone, "email", l->email, "photo", l->photo_blob != NULL, "missing", missing_json(fields, l->known));
}

static enum err read_filter(struct http_request *req, struct db *db, const struct register_fields *fields, struct register_filter *ret, struct fault *fault)
{
    const char *unit = http_query(req, "unit"), *missing = http_query(req, "missing");
    struct register_unit row;
    enum err e = OK;
    *ret = (struct register_filter){.where = !unit || !*unit ? REGISTER_EVERYBODY : strcmp(unit, "~") == 0 ? REGISTER_IN_NO_UNIT : REGISTER_IN_UNIT};
    if (ret->where == REGISTER_IN_UNIT) e = register_unit_by_code(db, req->arena, unit, &row);
    if (e == OK && ret->where == REGISTER_IN_UNIT) ret->unit_id = row.id;
    if (e != OK || !missing || !*missing) return e;
    if (strcmp(missing, "any") == 0) ret->missing = fields->wanted;
    for (size_t i = 0; i < fields->count; i++)
        if (strcmp(fields->items[i].code, missing) == 0) ret->missing = fields->items[i].mask;
    return ret->missing ? OK : fault_set(fault, ERR_INPUT, "missing= names no field that can be wanted");
}

static enum err people_answer(struct http_request *req, struct db *db, json_t **ret, struct fault *fault)
{
    struct register_fields fields;
    struct register_filter filter;
    struct register_line *lines;
    size_t count;
    bool more = false;
    const char *typed = http_query(req, "q"), *after = http_query(req, "after");
    int64_t limit = limit_of(req);
    const struct register_page page = {after, after ? number_of(req, "id", 0) : 0, limit + 1};
    enum err e = register_fields_read(db, req->arena, &fields);
    if (e == OK && typed) e = register_find(db, req->arena, typed, &lines, &count, &more);
    if (e == OK && !typed) e = read_filter(req, db, &fields, &filter, fault);
    if (e == OK && !typed) e = register_people_read(db, req->arena, &filter, &page, &lines, &count);
    if (e != OK) return e;
    if (!typed) more = (int64_t)count > limit;
    json_t *people = json_array(), *next = NULL;
    for (size_t i = 0; i < count && (typed || (int64_t)i < limit); i++) (void)json_array_append_new(people, line_json(&fields, &lines[i]));
    if (more && !typed) next = json_pack("{s:s,s:I}", "after", lines[limit - 1].sort, "id", (json_int_t)lines[limit - 1].id);
    *ret = json_pack("{s:o,s:b,s:o?}", "people", people, "more", more, "next", next);
    return OK;
}

static json_t *periods_json(const struct register_period *periods, size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        const struct register_period *p = &periods[i];
        (void)json_array_append_new(list, json_pack("{s:s?,s:s?,s:s,s:s?,s:s?}", "unit", p->unit_code, "from", *p->from_day ? p->from_day : NULL, "began",
                                                    register_began_name(p->began), "until", p->is_open ? NULL : p->until_day, "ended",
                                                    p->is_open ? NULL : register_ended_name(p->ended)));
    }
    return list;
}

static json_t *values_json(const struct register_value *values, size_t count)
{
    json_t *map = json_object();
    for (size_t i = 0; i < count; i++) {
        json_t *value = NULL;
        if (!values[i].sensitive && values[i].value && json_read(values[i].value, strlen(values[i].value), &value, NULL) == OK)
            (void)json_object_set_new(map, values[i].type, value);
    }
    return map;
}

static enum err person_answer(struct http_request *req, struct db *db, json_t **ret, struct fault *fault)
{
    struct register_person p;
    struct register_unit unit = {0};
    struct register_period *periods;
    struct register_value *values;
    size_t period_count, value_count;
    int64_t id = 0;
    (void)fault;
    enum err e = register_person_by_code(db, req->arena, http_param(req, "person"), &p);
    if (e == OK) id = p.id;
    if (e == OK && p.unit_id != DB_NULL) e = register_unit_by_id(db, req->arena, p.unit_id, &unit);
    if (e == OK) e = register_periods_read(db, req->arena, id, false, &periods, &period_count);
    if (e == OK) e = register_values_read(db, req->arena, id, &values, &value_count);
    if (e != OK) return e;
    *ret = json_pack("{s:s,s:s,s:s?,s:s?,s:o,s:s?,s:s?,s:s?,s:s?,s:s?,s:s?,s:b,s:o,s:o}", "code", p.code, "name", p.name, "sort_name", p.sort_name, "honorific",
                     p.honorific, "title", title_json(p.title), "unit", unit.code, "gender", p.gender, "born", p.born, "joined", p.joined, "phone", p.phone, "email",
                     p.email, "photo", p.photo_blob != NULL, "attributes", values_json(values, value_count), "memberships", periods_json(periods, period_count));
    return OK;
}

/* --- units --- */

static json_t *count_json(const struct register_fields *fields, const struct register_count *c)
{
    json_t *missing = json_object();
    for (size_t i = 0; i < fields->count; i++)
        if (fields->items[i].wanted && fields->items[i].mask) (void)json_object_set_new(missing, fields->items[i].code, json_integer(c->missing[i]));
    return json_pack("{s:I,s:I,s:I,s:I,s:I,s:I,s:o}", "people", (json_int_t)c->people, "women", (json_int_t)c->women, "men", (json_int_t)c->men, "complete",
                     (json_int_t)c->complete, "have", (json_int_t)c->have, "wanted", (json_int_t)c->wanted, "missing", missing);
}

static json_t *unit_json(const struct register_fields *fields, const struct register_tree *tree, const struct register_tree_unit *u)
{
    return json_pack("{s:s,s:o,s:s?,s:s?,s:s?,s:s?,s:o,s:o,s:o}", "code", u->code, "name", title_json(u->name), "parent",
                     u->above == SIZE_MAX ? NULL : tree->units[u->above].code, "level", u->level, "sector", u->sector, "closed", u->closed_day, "members",
                     number_json(u->members), "own", count_json(fields, &u->own), "with_beneath", count_json(fields, &u->below));
}

static enum err units_answer(struct http_request *req, struct db *db, json_t **ret, struct fault *fault)
{
    struct register_fields fields;
    struct register_tree tree;
    const char *code = http_param(req, "unit");
    json_t *list = NULL;
    (void)fault;
    enum err e = register_fields_read(db, req->arena, &fields);
    if (e == OK) e = register_tree_read(db, req->arena, &fields, &tree);
    if (e != OK) return e;
    if (!code) list = json_array();
    for (size_t i = 0; i < tree.count; i++) {
        if (code && strcmp(code, tree.units[i].code) != 0) continue;
        json_t *one = unit_json(&fields, &tree, &tree.units[i]);
        if (!code) (void)json_array_append_new(list, one);
        else *ret = one;
        if (code) return OK;
    }
    if (code) return ERR_NOT_FOUND;
    *ret = json_pack("{s:o,s:o,s:o}", "units", list, "nowhere", count_json(&fields, &tree.nowhere), "all", count_json(&fields, &tree.all));
    return OK;
}

/* --- who came and went --- */

static json_t *flow_json(const struct register_flow *flow)
{
    json_t *began = json_object(), *ended = json_object();
    for (int i = 0; i < REGISTER_BEGAN_COUNT; i++)
        (void)json_object_set_new(began, register_began_name((enum register_began)i), json_integer(flow->began[i]));
    for (int i = 0; i < REGISTER_ENDED_COUNT; i++)
        (void)json_object_set_new(ended, register_ended_name((enum register_ended)i), json_integer(flow->ended[i]));
    return json_pack("{s:I,s:o,s:o,s:I}", "opening", (json_int_t)flow->opening, "began", began, "ended", ended, "closing", (json_int_t)flow->closing);
}

static enum err flow_answer(struct http_request *req, struct db *db, json_t **ret, struct fault *fault)
{
    struct register_flow_list list;
    const char *from = http_query(req, "from"), *until = http_query(req, "until"), *known = http_query(req, "known_at");
    int64_t known_ms = REGISTER_NOW;
    if (!from || !until || !person_date_is_good(from) || !person_date_is_good(until) || strcmp(from, until) > 0)
        return fault_set(fault, ERR_INPUT, "from= and until= are days as 2026-12-01, the first not behind the last");
    if (known && clock_parse(known, &known_ms) != OK) return fault_set(fault, ERR_INPUT, "known_at= is a moment as 2026-12-01T00:00:00Z");
    enum err e = register_flow_read(db, req->arena, from, until, known_ms, &list);
    if (e != OK) return e;
    json_t *units = json_array();
    for (size_t i = 0; i < list.count; i++)
        (void)json_array_append_new(units, json_pack("{s:s,s:o,s:o}", "code", list.units[i].code, "own", flow_json(&list.units[i].own), "with_beneath",
                                                     flow_json(&list.units[i].below)));
    *ret = json_pack("{s:s,s:s,s:o,s:o}", "from", from, "until", until, "all", flow_json(&list.all), "units", units);
    return OK;
}

/* --- what was changed --- */

static enum err changes_answer(struct http_request *req, struct db *db, json_t **ret, struct fault *fault)
{
    struct register_change *changes;
    size_t count;
    int64_t limit = limit_of(req);
    (void)fault;
    enum err e = register_changes_read(db, req->arena, 0, INT64_MAX, number_of(req, "before", INT64_MAX), limit + 1, &changes, &count);
    if (e != OK) return e;
    json_t *list = json_array();
    for (size_t i = 0; i < count && (int64_t)i < limit; i++) {
        const struct register_change *c = &changes[i];
        char at[CLOCK_TEXT_SIZE];
        (void)clock_format(c->at_ms, at);
        (void)json_array_append_new(list, json_pack("{s:I,s:s,s:s,s:s?,s:s?,s:s,s:s?,s:s?,s:b,s:s,s:s}", "id", (json_int_t)c->id, "at", at, "day", c->day, "person",
                                                    c->person_code, "unit", c->unit_code, "field", c->field, "old", c->old, "value", c->value, "sensitive",
                                                    c->sensitive, "actor", c->actor, "source", c->source));
    }
    bool more = (int64_t)count > limit;
    *ret = json_pack("{s:o,s:b,s:o}", "changes", list, "more", more, "before", more ? json_integer(changes[limit - 1].id) : json_null());
    return OK;
}

static void people_work(struct http_request *req, void *state) { answer_by(req, state, people_answer); }
static void person_work(struct http_request *req, void *state) { answer_by(req, state, person_answer); }
static void units_work(struct http_request *req, void *state) { answer_by(req, state, units_answer); }
static void flow_work(struct http_request *req, void *state) { answer_by(req, state, flow_answer); }
static void changes_work(struct http_request *req, void *state) { answer_by(req, state, changes_answer); }

void register_people_json(struct http_request *req) { run(req, people_work); }
void register_person_json(struct http_request *req) { run(req, person_work); }
void register_units_json(struct http_request *req) { run(req, units_work); }
void register_flow_json(struct http_request *req) { run(req, flow_work); }
void register_changes_json(struct http_request *req) { run(req, changes_work); }
