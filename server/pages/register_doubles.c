/* GET, POST /admin/-/register/doubles: who may be listed twice (from=); do=distinct, do=alike: two people, or perhaps not. GET, POST /admin/-/register/merge (kept=,
 * gone=): what two entries say, side by side, and which value stays; do=merge (take:FIELD=, event:SLUG=). GET, POST /admin/-/register/merges: those that were merged
 * (before=); do=split: two entries again. */
#include "core/congress/register/edit.h"
#include "core/congress/register/merge.h"
#include "core/congress/title.h"
#include "server/pages/messages.h"
#include "server/pages/register_form.h"

#include <stdlib.h>
#include <string.h>

#define PAIRS_PAGE 25
#define PAIRS_MOST 5000 /* that can be walked through: whoever settles so many comes to the rest */
#define FIELDS_MOST 160
#define EVENTS_MOST 100

/* --- who may be listed twice --- */

static enum err put_one(struct register_view *r, json_t *pair, const char *key, int64_t id)
{
    struct view *view = &r->view;
    struct register_person p;
    struct register_unit unit;
    enum err e = register_person_by_id(r->db, view->arena, id, &p);
    if (e == OK && p.unit_id != DB_NULL) e = register_unit_by_id(r->db, view->arena, p.unit_id, &unit);
    if (e != OK) return e;
    json_t *one = json_object();
    view_put(one, "name", p.name);
    view_put(one, "code", p.code);
    view_put(one, "href", register_href(view, "people", p.code));
    view_put(one, "born", p.born ? view_date(view, p.born) : view_words(view, "register.unknown"));
    if (p.unit_id != DB_NULL) view_put_title(view, one, "unit", unit.name);
    else view_put(one, "unit", view_words(view, "register.nowhere"));
    view_put(pair, arena_printf(view->arena, "%s_code", key), p.code);
    view_put_json(pair, key, one);
    return OK;
}

static enum err put_pairs(struct register_view *r)
{
    static const char *const why[] = {"birthday", "phone", "email", "year"};
    struct view *view = &r->view;
    struct register_pair *pairs;
    size_t count;
    bool more;
    const char *from_text = http_query(view->req, "from");
    size_t from = from_text ? (size_t)messages_read_id(from_text) : 0;
    json_t *rows = json_array();
    view_put_json(view->root, "pairs", rows);
    if (from > PAIRS_MOST) from = 0;
    enum err e = register_doubles_read(r->db, view->arena, from + PAIRS_PAGE, &pairs, &count, &more);
    for (size_t i = from; e == OK && i < count; i++) {
        json_t *pair = json_object();
        e = put_one(r, pair, "a", pairs[i].a);
        if (e == OK) e = put_one(r, pair, "b", pairs[i].b);
        view_put(pair, "why", view_words(view, arena_printf(view->arena, "register.alike.%s", why[pairs[i].why])));
        if (e == OK) json_array_append_new(rows, pair);
        else json_decref(pair);
        if (e == ERR_NOT_FOUND) e = OK; /* gone a moment ago */
    }
    view_put_flag(view->root, "any_pair", json_array_size(rows) > 0);
    if (more) view_put(view->root, "next", arena_printf(view->arena, "?from=%zu", from + PAIRS_PAGE));
    if (from) view_put(view->root, "first", "/admin/-/register/doubles");
    return e;
}

static void doubles_work(struct http_request *req, void *thread_state)
{
    const struct register_ask *ask = req->state;
    struct register_view r;
    if (!register_view_begin(&r, req, thread_state)) return;
    enum err e = put_pairs(&r);
    if (e != OK) {
        reply_error(req, e, NULL);
        return;
    }
    if (ask->said.problem) view_put(r.view.root, "problem", ask->said.problem);
    register_put_done(&r.view);
    view_set_title(&r.view, view_words(&r.view, "register.doubles"));
    view_set_style(&r.view, "admin");
    view_reply(&r.view, ask->said.status ? ask->said.status : 200, "house_doubles");
}

void register_doubles_get(struct http_request *req)
{
    if (register_ask_begin(req, doubles_work)) register_ask_show(req);
}

static enum err set_distinct(struct db *db, struct http_request *req, struct write_tools *tools, struct fault *fault)
{
    struct register_ask *ask = req->state;
    struct register_doing doing;
    bool distinct = strcmp(ask->act, "distinct") == 0;
    const char *one = http_form(req, "kept"), *other = http_form(req, "gone");
    enum err e = register_doing_begin(&doing, db, req, tools, NULL, fault);
    if (e == OK) e = register_set_distinct(&doing, one ? one : "", other ? other : "", distinct);
    ask->to = distinct ? "/admin/-/register/doubles?done=distinct" : "/admin/-/register/doubles?done=alike";
    return e == OK || fault->text[0] ? e : db_fault(db, e, fault, "the two entries");
}

void register_doubles_post(struct http_request *req)
{
    const struct register_ask *ask = register_ask_begin(req, doubles_work);
    if (!ask) return;
    if (ask->act && (strcmp(ask->act, "distinct") == 0 || strcmp(ask->act, "alike") == 0)) register_ask_write(req, set_distinct);
    else reply_reason(req, REASON_bad_request);
}

/* --- side by side --- */

static const char *asked(struct http_request *req, const char *name)
{
    const char *text = req->method == HTTP_POST ? http_form(req, name) : http_query(req, name);
    return text ? text : "";
}

static const char *text_of(const json_t *object, const char *key) { return json_string_value(json_object_get(object, key)); }

static const char *value_words(struct register_view *r, const char *field, const json_t *one, const char *key)
{
    const char *value = text_of(one, key);
    if (!value) return NULL;
    if (json_is_true(json_object_get(one, "sensitive"))) return view_words(&r->view, "register.hidden");
    if (strcmp(field, "photo") == 0) return view_words(&r->view, "register.yes");
    return register_value_words(r, field, arena_strdup(r->view.arena, value));
}

/* A choice where both say something else; else what will stand there. */
static void put_field(struct register_view *r, json_t *rows, const json_t *one)
{
    struct view *view = &r->view;
    json_t *row = json_object();
    const char *field = arena_strdup(view->arena, text_of(one, "field")), *kept = value_words(r, field, one, "kept"), *gone = value_words(r, field, one, "gone");
    const char *sent = http_form(view->req, arena_printf(view->arena, "take:%s", field));
    bool same = json_is_true(json_object_get(one, "same"));
    view_put(row, "field", field);
    view_put(row, "words", register_field_words(r, field));
    view_put(row, "kept", kept ? kept : "");
    view_put(row, "gone", gone ? gone : "");
    view_put_flag(row, "differs", !same && kept && gone);
    view_put_flag(row, "choose", !same && kept && gone);
    view_put_flag(row, "take_gone", (sent && strcmp(sent, "gone") == 0) || (!kept && gone));
    view_put_flag(row, "is_photo", strcmp(field, "photo") == 0);
    if (kept || gone) json_array_append_new(rows, row);
    else json_decref(row);
}

static void put_event(struct register_view *r, json_t *rows, const json_t *one)
{
    struct view *view = &r->view;
    json_t *row = json_object();
    const char *slug = arena_strdup(view->arena, text_of(one, "event"));
    const char *sent = http_form(view->req, arena_printf(view->arena, "event:%s", slug));
    bool kept = json_is_true(json_object_get(one, "kept")), gone = json_is_true(json_object_get(one, "gone"));
    view_put(row, "event", slug);
    view_put_title(view, row, "title", arena_strdup(view->arena, text_of(one, "title")));
    view_put_flag(row, "both", kept && gone);
    view_put_flag(row, "of_kept", kept);
    view_put_flag(row, "kept_came", json_is_true(json_object_get(one, "kept_came")));
    view_put_flag(row, "gone_came", json_is_true(json_object_get(one, "gone_came")));
    view_put_flag(row, "take_gone", sent ? strcmp(sent, "gone") == 0 : json_is_true(json_object_get(one, "gone_came")));
    json_array_append_new(rows, row);
}

static enum err put_versions(struct register_view *r, const char *const codes[2])
{
    enum err e = OK;
    for (size_t i = 0; e == OK && i < 2; i++) {
        struct register_person person;
        int64_t version;
        e = register_person_by_code(r->db, r->view.arena, codes[i], &person);
        if (e == OK) e = register_person_version(r->db, person.id, &version);
        if (e == OK) view_put(r->view.root, i ? "gone_seen" : "kept_seen", arena_printf(r->view.arena, "%lld", (long long)version));
    }
    return e;
}

static void release_look(void *look) { json_decref(look); }

static enum err put_look(struct register_view *r, struct fault *fault)
{
    struct view *view = &r->view;
    json_t *look = NULL, *one, *fields = json_array(), *events = json_array();
    size_t i;
    view_put_json(view->root, "fields", fields);
    view_put_json(view->root, "events", events);
    enum err e = register_merge_look(r->db, view->arena, asked(view->req, "kept"), asked(view->req, "gone"), &look, fault);
    if (e != OK) return e;
    if (http_at_end(view->req, release_look, look) != OK) return ERR_NOMEM;
    json_array_foreach(json_object_get(look, "fields"), i, one) put_field(r, fields, one);
    json_array_foreach(json_object_get(look, "events"), i, one) put_event(r, events, one);
    const json_t *kept = json_object_get(look, "kept"), *gone = json_object_get(look, "gone");
    const char *const codes[2] = {arena_strdup(view->arena, text_of(kept, "code")), arena_strdup(view->arena, text_of(gone, "code"))};
    view_put(view->root, "kept_code", codes[0]);
    view_put(view->root, "gone_code", codes[1]);
    view_put(view->root, "kept_name", text_of(kept, "name"));
    view_put(view->root, "gone_name", text_of(gone, "name"));
    view_put(view->root, "kept_href", register_href(view, "people", codes[0]));
    view_put(view->root, "gone_href", register_href(view, "people", codes[1]));
    view_put_flag(view->root, "any_event", json_array_size(events) > 0);
    return put_versions(r, codes);
}

static void merge_work(struct http_request *req, void *thread_state)
{
    const struct register_ask *ask = req->state;
    struct register_view r;
    struct fault fault = {0};
    struct register_said said = ask->said;
    if (!register_view_begin(&r, req, thread_state)) return;
    enum err e = put_look(&r, &fault);
    bool nobody = e != OK && fault.reason; /* a code that was typed and is nobody's, or twice the same */
    if (nobody && e == ERR_NOT_FOUND) e = ERR_INPUT;
    if (nobody && !register_said_of(req, e, &fault, &said)) nobody = false;
    if (e != OK && !nobody) {
        reply_error(req, e, fault.text[0] ? &fault : NULL);
        return;
    }
    view_put_flag(r.view.root, "found", !nobody);
    if (said.problem) view_put(r.view.root, "problem", said.problem);
    if (nobody) view_put(r.view.root, "kept_code", asked(req, "kept"));
    view_set_title(&r.view, view_words(&r.view, "register.merge_page"));
    view_set_style(&r.view, "admin");
    view_reply(&r.view, said.status ? said.status : 200, "house_merge");
}

void register_merge_get(struct http_request *req)
{
    if (register_ask_begin(req, merge_work)) register_ask_show(req);
}

struct chosen {
    const char *take[FIELDS_MOST], *events[EVENTS_MOST], *kept_events[EVENTS_MOST];
    struct register_merge_wish wish;
};

static void read_chosen(struct http_request *req, const json_t *look, struct chosen *c)
{
    const json_t *one;
    size_t i;
    json_array_foreach(json_object_get(look, "fields"), i, one) {
        const char *field = arena_strdup(req->arena, text_of(one, "field")), *said = http_form(req, arena_printf(req->arena, "take:%s", field));
        if (said && strcmp(said, "gone") == 0 && c->wish.take_count < FIELDS_MOST) c->take[c->wish.take_count++] = field;
    }
    json_array_foreach(json_object_get(look, "events"), i, one) {
        const char *slug = arena_strdup(req->arena, text_of(one, "event")), *said = http_form(req, arena_printf(req->arena, "event:%s", slug));
        if (said && strcmp(said, "gone") == 0 && c->wish.event_count < EVENTS_MOST) c->events[c->wish.event_count++] = slug;
        if (said && strcmp(said, "kept") == 0 && c->wish.kept_event_count < EVENTS_MOST) c->kept_events[c->wish.kept_event_count++] = slug;
    }
    c->wish.take = c->take;
    c->wish.events = c->events;
    c->wish.kept_events = c->kept_events;
}

static enum err merge(struct db *db, struct http_request *req, struct write_tools *tools, struct fault *fault)
{
    struct register_ask *ask = req->state;
    struct register_doing doing;
    struct chosen *c = arena_alloc(req->arena, sizeof *c);
    json_t *look = NULL;
    int64_t number;
    if (!c) return ERR_NOMEM;
    *c = (struct chosen){.wish = {.kept = asked(req, "kept"), .gone = asked(req, "gone")}};
    enum err e = register_doing_begin(&doing, db, req, tools, NULL, fault);
    if (e == OK) e = register_merge_look(db, req->arena, c->wish.kept, c->wish.gone, &look, fault);
    if (e == OK) e = register_check_seen(&doing, c->wish.kept, messages_read_id(http_form(req, "kept_seen")));
    if (e == OK) e = register_check_seen(&doing, c->wish.gone, messages_read_id(http_form(req, "gone_seen")));
    if (e == OK) read_chosen(req, look, c);
    if (e == OK) e = register_merge(&doing, &c->wish, &number);
    json_decref(look);
    if (e != OK) return fault->text[0] ? e : db_fault(db, e, fault, "the two entries");
    ask->to = arena_printf(req->arena, "/admin/-/register/people/%s?done=merged", c->wish.kept);
    return ask->to ? OK : ERR_NOMEM;
}

void register_merge_post(struct http_request *req)
{
    const struct register_ask *ask = register_ask_begin(req, merge_work);
    if (!ask) return;
    if (ask->act && strcmp(ask->act, "merge") == 0) register_ask_write(req, merge);
    else reply_reason(req, REASON_bad_request);
}

/* --- those that were merged --- */

static void merges_work(struct http_request *req, void *thread_state)
{
    const struct register_ask *ask = req->state;
    struct register_view r;
    struct register_merged *list;
    size_t count;
    int64_t before = messages_read_id(http_query(req, "before"));
    if (!register_view_begin(&r, req, thread_state)) return;
    struct view *view = &r.view;
    enum err e = register_merges_read(r.db, req->arena, before ? before : INT64_MAX, REGISTER_PAGE + 1, &list, &count);
    if (e != OK) {
        reply_error(req, e, NULL);
        return;
    }
    json_t *rows = json_array();
    for (size_t i = 0; i < count && i < REGISTER_PAGE; i++) {
        json_t *row = json_object();
        view_put(row, "id", arena_printf(req->arena, "%lld", (long long)list[i].id));
        view_put(row, "kept", list[i].kept_code);
        view_put(row, "gone", list[i].gone_code);
        view_put(row, "href", register_href(view, "people", list[i].kept_code));
        view_put(row, "at", view_moment(view, r.zone, list[i].made_ms));
        view_put_actor(view, row, "actor", list[i].actor);
        if (list[i].undone_ms != DB_NULL) view_put(row, "undone", view_moment(view, r.zone, list[i].undone_ms));
        if (list[i].undone_ms != DB_NULL) view_put_actor(view, row, "undone_actor", list[i].undone_actor);
        json_array_append_new(rows, row);
    }
    view_put_json(view->root, "merges", rows);
    view_put_flag(view->root, "any_merge", count > 0);
    if (count > REGISTER_PAGE) view_put(view->root, "older", arena_printf(req->arena, "?before=%lld", (long long)list[REGISTER_PAGE - 1].id));
    if (ask->said.problem) view_put(view->root, "problem", ask->said.problem);
    register_put_done(view);
    view_set_title(view, view_words(view, "register.merges"));
    view_set_style(view, "admin");
    view_reply(view, ask->said.status ? ask->said.status : 200, "house_merges");
}

void register_merges_get(struct http_request *req)
{
    if (register_ask_begin(req, merges_work)) register_ask_show(req);
}

static enum err split(struct db *db, struct http_request *req, struct write_tools *tools, struct fault *fault)
{
    struct register_ask *ask = req->state;
    struct register_doing doing;
    enum err e = register_doing_begin(&doing, db, req, tools, NULL, fault);
    if (e == OK) e = register_split(&doing, messages_read_id(http_form(req, "merge")));
    ask->to = "/admin/-/register/merges?done=split";
    return e == OK || fault->text[0] ? e : db_fault(db, e, fault, "the merge");
}

void register_merges_post(struct http_request *req)
{
    const struct register_ask *ask = register_ask_begin(req, merges_work);
    if (!ask) return;
    if (ask->act && strcmp(ask->act, "split") == 0) register_ask_write(req, split);
    else reply_reason(req, REASON_bad_request);
}
