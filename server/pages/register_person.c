/* GET /admin/-/register/people/{person}: what is known of somebody, in which units they were, what changed, when and by whom (before=). POST: do=show: the same with what
 * is sensitive, once, and a line in the audit log about it. For organisers of all events. */
#include "server/pages/cards.h"
#include "core/base/clock.h"
#include "core/congress/register/sensitive.h"
#include "core/congress/title.h"
#include "server/access.h"
#include "server/pages/messages.h"

#include <string.h>

/* What the press has read, in the writer's transaction. */
struct shown {
    struct register_value *values;
    size_t count;
};

static void add_row(struct register_view *r, json_t *rows, const char *field, const char *value)
{
    json_t *row = json_object();
    view_put(row, "label", register_field_words(r, field));
    view_put(row, "value", value && *value ? register_value_words(r, field, value) : NULL);
    for (size_t i = 0; i < r->fields.count; i++)
        if (strcmp(r->fields.items[i].code, field) == 0) view_put_flag(row, "wanted", r->fields.items[i].wanted);
    json_array_append_new(rows, row);
}

static enum err put_facts(struct register_view *r, const struct register_person *p)
{
    struct view *view = &r->view;
    struct register_unit unit;
    json_t *rows = json_array();
    view_put(view->root, "name", p->name);
    view_put(view->root, "code", p->code);
    view_put(view->root, "href", register_href(view, "people", p->code));
    add_row(r, rows, "honorific", p->honorific);
    add_row(r, rows, "sort_name", p->sort_name);
    add_row(r, rows, "title", p->title);
    add_row(r, rows, "gender", p->gender);
    add_row(r, rows, "born", p->born);
    add_row(r, rows, "joined", p->joined);
    add_row(r, rows, "phone", p->phone);
    add_row(r, rows, "email", p->email);
    add_row(r, rows, "photo", p->photo_blob ? view_words(view, "register.yes") : NULL);
    view_put_json(view->root, "rows", rows);
    view_put_flag(view->root, "has_photo", p->photo_blob != NULL);
    if (p->unit_id == DB_NULL) return OK;
    enum err e = register_unit_by_id(r->db, view->arena, p->unit_id, &unit);
    if (e != OK) return e;
    json_t *place = json_object();
    view_put_title(view, place, "name", unit.name);
    view_put(place, "href", register_href(view, "units", unit.code));
    view_put_json(view->root, "unit", place);
    return OK;
}

/* --- what else is known --- */

/* The title of what was chosen; NULL: there is none such. */
static const char *choice_words(struct view *view, const struct register_value *value)
{
    json_t *chosen = NULL, *choices = NULL;
    const char *out = NULL;
    if (json_read(value->value, strlen(value->value), &chosen, NULL) == OK && json_is_string(chosen) &&
        json_read(value->choices, strlen(value->choices), &choices, NULL) == OK) {
        const json_t *title = json_object_get(choices, json_string_value(chosen));
        out = title ? arena_strdup(view->arena, title_pick_json(title, view->tag, NULL)) : NULL;
    }
    json_decref(chosen);
    json_decref(choices);
    return out;
}

static const char *words_of(struct register_view *r, const struct register_value *value)
{
    const char *words = value->value && value->choices ? choice_words(&r->view, value) : NULL;
    return words ? words : register_value_words(r, "attribute:", value->value);
}

static void put_values(struct register_view *r, const struct register_value *values, size_t count)
{
    struct view *view = &r->view;
    json_t *rows = json_array();
    bool any_hidden = false;
    for (size_t i = 0; i < count; i++) {
        const struct register_value *v = &values[i];
        bool hidden = v->is_known && !v->value;
        json_t *row = json_object();
        view_put_title(view, row, "label", v->title);
        view_put(row, "value", words_of(r, v));
        view_put_flag(row, "hidden", hidden);
        view_put_flag(row, "sensitive", v->sensitive);
        json_array_append_new(rows, row);
        any_hidden = any_hidden || hidden;
    }
    view_put_json(view->root, "values", rows);
    view_put_flag(view->root, "any_value", count > 0);
    view_put_flag(view->root, "any_hidden", any_hidden);
}

/* --- where they were --- */

static const char *day_words(struct view *view, const char *day)
{
    return strcmp(day, REGISTER_ALWAYS) == 0 ? view_words(view, "register.always") : view_date(view, day);
}

static enum err put_periods(struct register_view *r, int64_t person_id)
{
    struct view *view = &r->view;
    struct register_period *periods;
    size_t count;
    enum err e = register_periods_read(r->db, view->arena, person_id, false, &periods, &count);
    if (e != OK) return e;
    json_t *rows = json_array();
    for (size_t i = count; i > 0; i--) { /* the newest first */
        const struct register_period *p = &periods[i - 1];
        json_t *row = json_object();
        if (p->unit_name) view_put_title(view, row, "place_name", p->unit_name);
        if (p->unit_code) view_put(row, "place", register_href(view, "units", p->unit_code));
        view_put(row, "from", day_words(view, p->from_day));
        view_put(row, "began", view_words(view, arena_printf(view->arena, "register.began.%s", register_began_name(p->began))));
        if (!p->is_open) view_put(row, "until", view_date(view, p->until_day));
        if (!p->is_open) view_put(row, "ended", view_words(view, arena_printf(view->arena, "register.ended.%s", register_ended_name(p->ended))));
        json_array_append_new(rows, row);
    }
    view_put_json(view->root, "periods", rows);
    view_put_flag(view->root, "any_period", count > 0);
    return OK;
}

/* --- the page --- */

static enum err put_person(struct register_view *r, const struct register_person *person, const struct shown *shown)
{
    struct register_value *values = shown ? shown->values : NULL;
    struct register_change *changes = NULL;
    size_t count = shown ? shown->count : 0, change_count = 0;
    int64_t before = messages_read_id(http_query(r->view.req, "before"));
    enum err e = put_facts(r, person);
    if (e == OK && !shown) e = register_values_read(r->db, r->view.arena, person->id, &values, &count);
    if (e == OK) e = put_periods(r, person->id);
    if (e == OK) e = cards_put_person(r, person);
    if (e == OK) e = register_changes_of_person(r->db, r->view.arena, person->id, before ? before : INT64_MAX, REGISTER_PAGE + 1, &changes, &change_count);
    if (e != OK) return e;
    put_values(r, values, count);
    register_put_changes(r, changes, change_count);
    return OK;
}

static void page_work(struct http_request *req, void *thread_state)
{
    struct register_view r;
    struct register_person person;
    const struct shown *shown = req->state;
    if (!register_view_begin(&r, req, thread_state)) return;
    enum err e = register_person_by_code(r.db, req->arena, http_param(req, "person"), &person);
    if (e == OK) e = put_person(&r, &person, shown);
    if (e != OK) {
        reply_error(req, e, NULL);
        return;
    }
    view_put_flag(r.view.root, "shown", shown != NULL);
    register_put_done(&r.view);
    view_set_title(&r.view, person.name);
    view_set_style(&r.view, "admin");
    view_reply(&r.view, 200, "house_person");
}

void register_person_get(struct http_request *req)
{
    if (!console_enter(req, true)) return;
    req->state = NULL;
    req->resume = NULL;
    http_run_in_pool(req, app_of(req)->pool, page_work);
}

/* The line in the audit log is written before anything is shown. */
static enum err note(struct db *db, struct http_request *req, struct write_tools *tools, struct fault *fault)
{
    struct shown *shown = req->state;
    struct register_person person;
    struct register_doing doing = {.db = db, .arena = req->arena, .ids = &tools->ids, .at_ms = clock_now_ms(), .actor = actor_of(req), .source = "console",
                                   .fault = fault};
    enum err e = register_begin(&doing);
    if (e == OK) e = register_person_by_code(db, req->arena, http_param(req, "person"), &person);
    if (e == OK) e = register_sensitive_values(&doing, person.id, &shown->values, &shown->count);
    return e == OK || e == ERR_NOT_FOUND || fault->text[0] ? e : db_fault(db, e, fault, "what is sensitive");
}

static void noted(struct http_request *req)
{
    request_work_noted(req, page_work, reply_error);
}

void register_person_post(struct http_request *req)
{
    const char *action = http_form(req, "do");
    if (!console_enter(req, true)) return;
    struct shown *shown = arena_alloc(req->arena, sizeof *shown);
    if (!shown || !action || strcmp(action, "show") != 0) {
        reply_reason(req, shown ? REASON_bad_request : REASON_busy);
        return;
    }
    *shown = (struct shown){0};
    req->state = shown;
    request_write(req, note, noted);
}
