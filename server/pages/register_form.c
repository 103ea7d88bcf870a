#include "server/pages/register_form.h"
#include "core/base/clock.h"
#include "core/base/text.h"
#include "core/congress/title.h"
#include "server/access.h"
#include "server/pages/messages.h"
#include "server/refusal.h"

#include <stdio.h>
#include <string.h>

#define SHOWN_DEPTH 8

/* --- what came of it --- */

static const char *control_of(const struct fault *fault, struct arena *arena)
{
    static const struct {
        const char *reason, *control;
    } controls[] = {{"register_code_taken", "code"}, {"register_unit", "unit"}, {"register_unit_closed", "unit"}, {"register_unit_where", "unit"},
                    {"register_day", "day"}, {"register_unit_later", "day"}, {"register_unit_circle", "parent"}};
    if (strcmp(fault->reason, "register_value") == 0) return arena_strdup(arena, fault->detail);
    for (size_t i = 0; i < sizeof controls / sizeof controls[0]; i++)
        if (strcmp(fault->reason, controls[i].reason) == 0) return controls[i].control;
    return NULL;
}

bool register_said_of(struct http_request *req, enum err error, const struct fault *fault, struct register_said *ret)
{
    bool ours = fault && fault->reason && (error == ERR_INPUT || error == ERR_CONFLICT || (error == ERR_NOT_FOUND && strcmp(fault->reason, "register_person") != 0));
    if (!ours) return false;
    *ret = (struct register_said){.status = error == ERR_CONFLICT ? 409 : 400, .problem = refusal_of_fault(req, fault), .wrong = control_of(fault, req->arena),
                                  .is_changed = strcmp(fault->reason, "register_changed") == 0};
    ret->why = ret->problem;
    if (strcmp(fault->reason, "register_value") != 0) return true;
    const char *words = view_words_for(req, arena_printf(req->arena, "register.wrong.%.40s", fault->detail));
    ret->why = *words ? words : view_words_for(req, "register.wrong.value");
    ret->problem = view_words_for(req, "register.wrong_below");
    return true;
}

/* --- a page with a form --- */

struct register_ask *register_ask_begin(struct http_request *req, void (*page)(struct http_request *req, void *thread_state))
{
    if (!console_enter(req, true)) return NULL;
    struct register_ask *ask = arena_alloc(req->arena, sizeof *ask);
    if (!ask) {
        reply_reason(req, REASON_busy);
        return NULL;
    }
    *ask = (struct register_ask){.page = page, .act = req->method == HTTP_POST ? http_form(req, "do") : NULL};
    req->state = ask;
    return ask;
}

void register_ask_show(struct http_request *req)
{
    const struct register_ask *ask = req->state;
    req->resume = NULL;
    http_run_in_pool(req, app_of(req)->pool, ask->page);
}

static void written(struct http_request *req)
{
    struct register_ask *ask = req->state;
    const struct fault *fault;
    enum err e = write_result(req, &fault);
    if (e == OK && ask->to) http_reply_redirect(req, 303, ask->to);
    else if (e == OK || register_said_of(req, e, fault, &ask->said)) register_ask_show(req);
    else refusal_reply(req, e, fault);
}

void register_ask_write(struct http_request *req, write_apply *apply)
{
    request_write(req, apply, written);
}

enum err register_doing_begin(struct register_doing *doing, struct db *db, struct http_request *req, struct write_tools *tools, const char *day, struct fault *fault)
{
    *doing = (struct register_doing){.db = db, .arena = req->arena, .ids = &tools->ids, .at_ms = clock_now_ms(), .actor = actor_of(req), .source = "console",
                                     .day = day && *day ? day : NULL, .fault = fault};
    return register_begin(doing);
}

enum err register_form_begin(struct register_form *form, struct register_view *r, const struct register_said *said, const char *prefix)
{
    *form = (struct register_form){.r = r, .said = said, .lines = json_array(), .prefix = prefix};
    view_put_json(r->view.root, arena_printf(r->view.arena, "%slines", prefix), form->lines);
    if (said->problem) view_put(r->view.root, "problem", said->problem);
    return messages_languages(r->db, r->view.arena, form->tags, &form->tag_count);
}

void register_form_since(struct register_form *form, const struct register_change *changes, size_t count, int64_t seen)
{
    form->since = changes;
    if (form->said->is_changed && seen)
        while (form->since_count < count && changes[form->since_count].id > seen) form->since_count++;
}

/* --- a line --- */

static bool is_sent(const struct register_form *form) { return form->said->status != 0; }

static const char *shown_when(struct register_form *form, const char *stored)
{
    return stored ? view_date(&form->r->view, stored) : NULL;
}

static const char *as_shown(struct register_form *form, enum register_line_kind kind, const char *stored)
{
    const char *text = kind == LINE_WHEN ? shown_when(form, stored) : stored;
    return text ? text : "";
}

/* The newest change of the field meanwhile, and the value that the form was made with. */
static const struct register_change *meanwhile(const struct register_form *form, const char *field, const char **ret_before)
{
    const struct register_change *newest = NULL;
    for (size_t i = 0; i < form->since_count; i++) {
        if (strcmp(form->since[i].field, field) != 0) continue;
        if (!newest) newest = &form->since[i];
        *ret_before = form->since[i].old;
    }
    return newest;
}

static json_t *new_line(struct register_form *form, const char *name, const char *label, const char *how)
{
    struct view *view = &form->r->view;
    const struct register_said *said = form->said;
    json_t *line = json_object();
    const char *unit = said->wrong && (strcmp(said->wrong, "unit") == 0 || strcmp(said->wrong, "parent") == 0) ? name : ""; /* a form has one of them */
    bool wrong = said->wrong && (strcmp(said->wrong, name) == 0 || strcmp(unit, "unit") == 0 || strcmp(unit, "parent") == 0);
    const char *id = arena_printf(view->arena, "f-%s%s", form->prefix, name);
    view_put(line, "id", id);
    view_put(line, "name", name);
    view_put(line, "label", label);
    if (how) view_put(line, "how", how);
    view_put_flag(line, "wrong", wrong);
    if (wrong) view_put(line, "why", said->why);
    json_array_append_new(form->lines, line);
    return line;
}

/* What the control is filled with: who did not touch a field takes over what somebody else wrote meanwhile; who did sees both. `compared`: as it is sent. */
static const char *fill(struct register_form *form, json_t *line, const char *field, const char *sent, const char *now,
                        const char *(*show)(struct register_form *, const char *))
{
    struct view *view = &form->r->view;
    const char *before = NULL;
    const struct register_change *change = meanwhile(form, field, &before);
    if (!is_sent(form) || !sent) return now;
    if (!change) return sent;
    if (!change->sensitive) view_put(line, "now", now && *now ? register_value_words(form->r, field, change->value) : view_words(view, "register.empty"));
    else view_put(line, "now", view_words(view, "register.hidden"));
    view_put_actor(view, line, "now_by", change->actor);
    if (change->sensitive) return sent;
    const char *was = before && show ? show(form, before) : before;
    return strcmp(sent, was ? was : "") == 0 ? now : sent;
}

static void put_described(struct register_form *form, json_t *line)
{
    const char *id = json_string_value(json_object_get(line, "id")), *out = "";
    static const char *const parts[][2] = {{"why", "why"}, {"now", "now"}, {"how", "how"}};
    for (size_t i = 0; i < 3; i++)
        if (json_object_get(line, parts[i][0])) out = arena_printf(form->r->view.arena, "%s%s%s-%s", out ? out : "", out && *out ? " " : "", id, parts[i][1]);
    if (out && *out) view_put(line, "described", out);
}

void register_form_line(struct register_form *form, const struct register_line_of *of)
{
    static const char *const types[] = {"text", "text", "date", "tel", "email", "text"};
    json_t *line = new_line(form, of->name, of->label, of->how);
    const char *now = as_shown(form, of->kind, of->value);
    view_put(line, "value", fill(form, line, of->name, http_form(form->r->view.req, of->name), now, of->kind == LINE_WHEN ? shown_when : NULL));
    view_put(line, "type", types[of->kind]);
    view_put(line, "dir", of->kind == LINE_TEXT ? "auto" : "ltr");
    if (of->kind == LINE_NUMBER) view_put(line, "mode", "numeric");
    view_put_flag(line, "needed", of->needed);
    view_put_flag(line, "is_input", true);
    put_described(form, line);
}

/* --- choices --- */

static void add_option(struct view *view, json_t *options, const char *code, const char *title, const char *chosen)
{
    json_t *option = json_object();
    view_put(option, "code", code);
    view_put(option, "title", title);
    view_put_flag(option, "chosen", strcmp(code, chosen) == 0);
    json_array_append_new(options, option);
    (void)view;
}

void register_form_choice(struct register_form *form, const char *name, const char *label, const char *value, const struct register_option *options, size_t count)
{
    json_t *line = new_line(form, name, label, NULL), *list = json_array();
    const char *chosen = fill(form, line, name, http_form(form->r->view.req, name), value ? value : "", NULL);
    for (size_t i = 0; i < count; i++) add_option(&form->r->view, list, options[i].code, options[i].title, chosen);
    view_put_json(line, "options", list);
    view_put_flag(line, "is_choice", true);
    put_described(form, line);
}

enum err register_form_unit(struct register_form *form, const char *name, const char *label, const char *value, const char *none, int64_t except)
{
    static const char indent[] = "— — — — — — — — ";
    struct view *view = &form->r->view;
    struct register_unit_line *units;
    size_t count;
    enum err e = register_units_read(form->r->db, view->arena, &units, &count);
    if (e != OK) return e;
    json_t *line = new_line(form, name, label, NULL), *list = json_array();
    const char *sent = http_form(view->req, name), *chosen = is_sent(form) && sent ? sent : value ? value : "";
    if (none) add_option(view, list, "", none, chosen);
    for (size_t i = 0; i < count; i++) {
        if (except && units[i].unit_id == except) {
            i = units[i].after - 1;
            continue;
        }
        if (units[i].closed_day && strcmp(units[i].code, chosen) != 0) continue;
        int depth = units[i].depth < SHOWN_DEPTH ? units[i].depth : SHOWN_DEPTH;
        const char *words = title_pick(view->arena, units[i].name, view->tag);
        add_option(view, list, units[i].code, arena_printf(view->arena, "%.*s%s (%s)", depth * 4, indent, words ? words : "", units[i].code), chosen);
    }
    view_put_json(line, "options", list);
    view_put_flag(line, "is_choice", true);
    view_put_flag(line, "wide", true);
    put_described(form, line);
    return OK;
}

/* --- words in several languages --- */

/* One language's text of what is stored: a text stands for the first language. */
static const char *word_of(struct arena *arena, const char *stored, const char *tag, bool is_first)
{
    json_t *map = NULL;
    const char *text = NULL;
    if (!stored) return "";
    if (*stored == '{' && json_read(stored, strlen(stored), &map, NULL) == OK) {
        const char *found = json_string_value(json_object_get(map, tag));
        text = found ? arena_strdup(arena, found) : "";
    } else if (is_first) {
        text = title_pick(arena, stored, tag);
    }
    json_decref(map);
    return text ? text : "";
}

void register_form_words(struct register_form *form, const char *name, const char *label, const char *stored, bool needed)
{
    struct view *view = &form->r->view;
    for (size_t i = 0; i < form->tag_count; i++) {
        const char *control = arena_printf(view->arena, "%s_%s", name, form->tags[i]), *sent = http_form(view->req, control), *before = NULL;
        json_t *line = new_line(form, i ? control : name, label, NULL);
        const struct register_change *change = meanwhile(form, name, &before);
        const char *now = word_of(view->arena, stored, form->tags[i], i == 0), *was = word_of(view->arena, before, form->tags[i], i == 0);
        bool own = is_sent(form) && sent && !(change && strcmp(sent, was) == 0);
        view_put(line, "name", control);
        view_put(line, "value", own ? sent : now);
        if (change && i == 0) view_put(line, "now", register_value_words(form->r, name, change->value ? change->value : ""));
        if (change && i == 0) view_put_actor(view, line, "now_by", change->actor);
        if (form->tag_count > 1) view_put(line, "language", messages_language_name(form->tags[i]));
        view_put(line, "tag", form->tags[i]);
        view_put(line, "type", "text");
        view_put(line, "dir", "auto");
        view_put_flag(line, "needed", needed && i == 0);
        view_put_flag(line, "is_input", true);
        put_described(form, line);
    }
}

const char *register_form_read_words(struct http_request *req, struct db *db, const char *name, const char *stored)
{
    const char *tags[ANNOUNCEMENT_LANGUAGES], *out = NULL;
    size_t count, sent = 0;
    json_t *map = NULL, *was = NULL;
    bool was_map = stored && *stored == '{' && json_read(stored, strlen(stored), &map, NULL) == OK && json_is_object(map);
    if (was_map) was = json_copy(map);
    if (!was_map) {
        json_decref(map);
        map = json_object();
    }
    if (!map || messages_languages(db, req->arena, tags, &count) != OK) count = 0;
    for (size_t i = 0; i < count; i++) {
        const char *text = http_form(req, arena_printf(req->arena, "%s_%s", name, tags[i]));
        if (!text) continue;
        sent++;
        if (*text) (void)json_object_set_new(map, tags[i], json_string(text));
        else (void)json_object_del(map, tags[i]);
    }
    bool first_only = count && json_object_size(map) == 1 && json_object_get(map, tags[0]) && !was_map;
    if (sent && json_object_size(map) == 0) out = "";
    else if (sent && !(was && json_equal(was, map)))
        out = first_only ? arena_strdup(req->arena, json_string_value(json_object_get(map, tags[0]))) : json_text(req->arena, map);
    json_decref(was);
    json_decref(map);
    return out;
}

/* --- attributes --- */

/* Canonical JSON as a control has it. */
static const char *plain(struct register_form *form, const char *value)
{
    struct arena *arena = form->r->view.arena;
    json_t *json = NULL;
    const char *out = value;
    if (!value || json_read(value, strlen(value), &json, NULL) != OK) return value;
    if (json_is_string(json)) out = arena_strdup(arena, json_string_value(json));
    json_decref(json);
    return out;
}

static const char *plain_when(struct register_form *form, const char *value)
{
    return shown_when(form, plain(form, value));
}

static size_t read_options(struct view *view, const struct register_value *value, struct register_option *options, size_t most)
{
    json_t *choices = NULL, *title;
    const char *code;
    size_t count = 0;
    options[count++] = (struct register_option){"", view_words(view, "register.unknown")};
    if (strcmp(value->kind, "yes_no") == 0) {
        options[count++] = (struct register_option){"true", view_words(view, "register.yes")};
        options[count++] = (struct register_option){"false", view_words(view, "register.no")};
    } else if (value->choices && json_read(value->choices, strlen(value->choices), &choices, NULL) == OK) {
        json_object_foreach(choices, code, title) {
            if (count == most) break;
            options[count].code = arena_strdup(view->arena, code);
            options[count++].title = arena_strdup(view->arena, title_pick_json(title, view->tag, NULL));
        }
    }
    json_decref(choices);
    return count;
}

void register_form_value(struct register_form *form, const struct register_value *value)
{
    struct view *view = &form->r->view;
    const char *name = arena_printf(view->arena, "attribute:%s", value->type), *label = title_pick(view->arena, value->title, view->tag);
    bool is_choice = strcmp(value->kind, "yes_no") == 0 || strcmp(value->kind, "choice") == 0, is_date = strcmp(value->kind, "date") == 0;
    if (value->sensitive) label = arena_printf(view->arena, "%s (%s)", label, view_words(view, "register.sensitive"));
    if (is_choice) {
        struct register_option *options = arena_array(view->arena, 200, sizeof *options);
        size_t count = options ? read_options(view, value, options, 200) : 0;
        json_t *line = new_line(form, name, label, NULL), *list = json_array();
        const char *now = plain(form, value->value), *chosen = fill(form, line, name, http_form(view->req, name), now ? now : "", plain);
        for (size_t i = 0; i < count; i++) add_option(view, list, options[i].code, options[i].title, chosen);
        view_put_json(line, "options", list);
        view_put_flag(line, "is_choice", true);
        put_described(form, line);
        return;
    }
    json_t *line = new_line(form, name, label, is_date ? view_words(view, "register.how.day") : NULL);
    const char *now = is_date ? plain_when(form, value->value) : plain(form, value->value);
    view_put(line, "value", fill(form, line, name, http_form(view->req, name), now ? now : "", is_date ? plain_when : plain));
    view_put(line, "type", "text");
    view_put(line, "dir", strcmp(value->kind, "text") == 0 ? "auto" : "ltr");
    if (strcmp(value->kind, "number") == 0) view_put(line, "mode", "decimal");
    view_put_flag(line, "is_input", true);
    put_described(form, line);
}

const char *register_form_read_value(struct http_request *req, const char *type, const char *kind, bool *ret_sent)
{
    const char *typed = http_form(req, arena_printf(req->arena, "attribute:%s", type));
    *ret_sent = typed != NULL;
    typed = typed ? text_tidy(req->arena, typed) : NULL;
    if (!typed || !*typed) return NULL;
    if (strcmp(kind, "yes_no") == 0) return typed;
    if (strcmp(kind, "number") == 0) {
        json_t *number = NULL;
        char *text = arena_strdup(req->arena, typed);
        for (char *p = text; p && *p; p++)
            if (*p == ',') *p = '.';
        bool good = text && json_read(text, strlen(text), &number, NULL) == OK && json_is_number(number);
        json_decref(number);
        if (good) return text;
    }
    json_t *json = json_string(strcmp(kind, "date") == 0 ? register_read_when(req->arena, typed) : typed);
    const char *out = json ? json_canonical(req->arena, json) : NULL;
    json_decref(json);
    return out ? out : "\"\"";
}

const char *register_read_when(struct arena *arena, const char *typed)
{
    unsigned day, month, year;
    char first, second, rest;
    if (!typed) return NULL;
    if (sscanf(typed, "%2u%c%2u%c%4u%c", &day, &first, &month, &second, &year, &rest) == 5 && first == second && strchr("/.-", first) && year >= 1000) {
        const char *text = arena_printf(arena, "%04u-%02u-%02u", year, month, day);
        return text ? text : typed;
    }
    return typed;
}
