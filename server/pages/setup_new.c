/* GET and POST of /admin/-/new: a new event, by kind with what nearly every such event has, or as a copy of another (from=). */
#include "core/congress/person_facts.h"
#include "server/pages/console.h"
#include "server/pages/messages.h"
#include "server/pages/setup_pages.h"
#include "server/refusal.h"

#include <string.h>

struct ask {
    const char *problem, *wrong;
    int status;
};

struct show {
    const struct ask *ask;
    struct view view;
    struct worker *worker;
    const char *tags[ANNOUNCEMENT_LANGUAGES];
    size_t tag_count;
    const char *from; /* slug of the event that is copied; NULL: none */
    json_t *setup;
};

static void release(void *json)
{
    json_decref(json);
}

static bool begin(struct show *s, struct http_request *req, void *thread_state)
{
    struct fault fault = {0};
    s->worker = thread_state;
    if (!thread_state) reply_reason(req, REASON_busy);
    if (!thread_state || !view_begin(&s->view, req)) return false;
    s->from = s->ask->problem || req->method == HTTP_POST ? http_form(req, "from") : http_query(req, "from");
    if (s->from && !*s->from) s->from = NULL;
    enum err e = setup_read(s->worker->db, s->from, &s->setup, &fault);
    if (e == OK && http_at_end(req, release, s->setup) != OK) e = ERR_NOMEM;
    if (e == OK) e = messages_languages(s->worker->db, req->arena, s->tags, &s->tag_count);
    if (e != OK) reply_error(req, e, fault.text[0] ? &fault : NULL);
    return e == OK;
}

/* --- showing ---------------------------------------------------------------------------------------------------------------------------------- */

static enum err put_events(struct show *s)
{
    struct event_page_line *lines;
    size_t count;
    enum err e = event_page_list(s->worker->db, s->view.arena, &lines, &count);
    json_t *events = json_array();
    for (size_t i = 0; e == OK && i < count; i++) {
        json_t *event = json_object();
        view_put(event, "slug", lines[i].slug);
        view_put_title(&s->view, event, "title", lines[i].title);
        view_put(event, "dates", i18n_date_range(s->view.arena, lines[i].timezone, lines[i].starts_ms, lines[i].ends_ms));
        json_array_append_new(events, event);
    }
    view_put_flag(s->view.root, "has_events", json_array_size(events) > 0);
    view_put_json(s->view.root, "events", events);
    return e;
}

static void show_work(struct http_request *req, void *thread_state)
{
    struct show s = {.ask = req->state};
    if (!begin(&s, req, thread_state)) return;
    struct view *view = &s.view;
    const json_t *event = s.from ? json_object_get(s.setup, "event") : NULL;
    const struct form_about about = {.view = view, .tags = s.tags, .tag_count = s.tag_count, .wrong = s.ask->wrong, .sent = s.ask->problem != NULL};
    json_t *row = event ? json_pack("{s:O}", "title", json_object_get(event, "title")) : NULL;
    json_t *form = setup_form_show(&about, s.from ? &form_copy : &form_new, NULL);
    if (row && !about.sent) { /* the name stands there already; the address is made of the new one */
        json_t *filled = setup_form_show(&about, &form_copy, row);
        json_object_set(form, "lines", json_object_get(filled, "lines"));
        json_decref(filled);
    }
    json_decref(row);
    if (http_at_end(req, release, form) != OK || put_events(&s) != OK) {
        reply_error(req, ERR_NOMEM, NULL);
        return;
    }
    view_put_json(view->root, "form", json_incref(form));
    view_put(view->root, "from", s.from);
    if (event) view_put(view->root, "from_title", setup_title(view, json_object_get(event, "title")));
    view_put(view->root, "problem", s.ask->problem);
    view_set_title(view, view_words(view, s.from ? "create.copy" : "create.page"));
    view_set_style(view, "setup");
    view_reply(view, s.ask->status, "admin_new");
}

static void run(struct http_request *req, void (*work)(struct http_request *req, void *thread_state))
{
    struct ask *ask = arena_alloc(req->arena, sizeof *ask);
    if (!console_enter(req, true)) return;
    if (!ask) {
        reply_reason(req, REASON_busy);
        return;
    }
    *ask = (struct ask){.status = 200};
    req->state = ask;
    http_run_in_pool(req, app_of(req)->pool, work);
}

void event_new_get(struct http_request *req) { run(req, show_work); }

/* --- what nearly every event of a kind has ----------------------------------------------------------------------------------------------------- */

/* The same words in each of the organisation's languages that the screens speak. */
static json_t *title_of(const struct show *s, const char *key)
{
    json_t *title = json_object();
    enum i18n_language language;
    for (size_t i = 0; i < s->tag_count; i++)
        if (i18n_read_tag(s->tags[i], &language)) (void)json_object_set_new(title, s->tags[i], json_string(i18n_text(view_i18n(&s->view), language, key)));
    if (json_object_size(title) == 0) (void)json_object_set_new(title, s->tags[0], json_string(view_words(&s->view, key)));
    return title;
}

static json_t *category(const struct show *s, const char *code, const char *color)
{
    return json_pack("{s:s, s:o, s:s}", "code", code, "title", title_of(s, arena_printf(s->view.arena, "create.is.%s", code)), "color", color);
}

static void put_usual(const struct show *s, json_t *row)
{
    const char *kind = json_string_value(json_object_get(row, "kind"));
    bool training = kind && strcmp(kind, "training") == 0, congress = kind && strcmp(kind, "congress") == 0;
    json_t *categories = json_array(), *gates = json_array();
    json_array_append_new(categories, category(s, training ? "participant" : congress ? "official" : "member", "#b01020"));
    json_array_append_new(categories, training ? category(s, "lecturer", "#1a5fb4") : category(s, "guest", "#1a5fb4"));
    if (congress) json_array_append_new(categories, category(s, "press", "#2e7d32"));
    json_array_append_new(categories, category(s, "staff", "#6b4fa0"));
    json_array_append_new(gates, json_pack("{s:s, s:o, s:s, s:s, s:s}", "code", "main", "title", title_of(s, "create.is.main"), "kind", "entry", "area", "hall",
                                           "direction", "both"));
    if (congress) json_array_append_new(gates, json_pack("{s:s, s:o, s:s}", "code", "papers", "title", title_of(s, "create.is.papers"), "kind", "handout"));
    (void)json_object_set_new(row, "categories", categories);
    (void)json_object_set_new(row, "gates", gates);
    (void)json_object_set_new(row, "areas", json_pack("[{s:s, s:o}]", "code", "hall", "title", title_of(s, training ? "create.is.classroom" : "create.is.hall")));
    if (training) return;
    json_t *quorum = json_pack("{s:s, s:s, s:s}", "category", congress ? "official" : "member", "rule", congress ? "at_least" : "more_than", "fraction",
                               congress ? "2/3" : "1/2");
    (void)json_object_set_new(row, "quorum", quorum);
}

/* --- making ------------------------------------------------------------------------------------------------------------------------------------ */

static void refuse(struct show *s, enum err e, const struct fault *fault)
{
    struct http_request *req = s->view.req;
    struct ask *ask = arena_alloc(req->arena, sizeof *ask);
    struct setup_refusal told;
    if (!ask || !setup_refused(&s->view, s->from ? &form_copy : &form_new, e, fault, &told)) {
        reply_error(req, e, fault->text[0] ? fault : NULL);
        return;
    }
    *ask = (struct ask){.problem = told.problem, .wrong = told.wrong, .status = told.status};
    if (fault->reason && strcmp(fault->reason, "setup_slug") == 0) ask->wrong = "slug";
    req->state = ask;
    show_work(req, s->worker);
}

static enum err make_copy(struct show *s, json_t *row, const char **ret_slug, struct fault *fault)
{
    const char *day = json_string_value(json_object_get(row, "day")), *slug = json_string_value(json_object_get(row, "slug"));
    json_t *title = json_object_get(row, "title");
    const struct setup_copy copy = {.from = s->from, .title = title, .slug = slug, .starts_on = day, .actor = actor_of(s->view.req),
                                    .delegates = json_is_true(json_object_get(row, "delegates"))};
    if (!json_is_object(title)) return fault_because(fault, ERR_INPUT, "field_required", "title", "a title is needed");
    if (!day || !person_date_is_good(day)) return fault_because(fault, ERR_INPUT, "field_day", "day", "a day is needed");
    return setup_write_copy(s->worker->app, s->view.arena, &copy, ret_slug, fault);
}

static void make_work(struct http_request *req, void *thread_state)
{
    struct show s = {.ask = req->state};
    struct fault fault = {0};
    const char *slug = NULL;
    if (!begin(&s, req, thread_state)) return;
    json_t *row = setup_form_read(req, s.from ? &form_copy : &form_new, NULL, s.tags, s.tag_count);
    enum err e = row && http_at_end(req, release, row) == OK ? OK : ERR_NOMEM;
    if (e == OK && s.from) e = make_copy(&s, row, &slug, &fault);
    if (e == OK && !s.from) {
        const struct setup_change change = {.kind = SETUP_EVENT, .row = row, .actor = actor_of(req)};
        put_usual(&s, row);
        e = setup_write(s.worker->app, req->arena, &change, &slug, &fault);
    }
    if (e == OK) http_reply_redirect(req, 303, arena_printf(req->arena, "/admin/%s?done=made", slug));
    else refuse(&s, e, &fault);
}

void event_new_post(struct http_request *req) { run(req, make_work); }
