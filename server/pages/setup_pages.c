/* GET and POST of /admin/{event}/setup, /programme, /gates, /categories, and of /admin/-/organization: one row at a time, without a script. Every form is a table
 * (setup_fields.c), every check the event file's (core/congress/event_file/setup.h). GET: list= edit= or remove=, done=. POST: do= save, remove, up, down, close,
 * open. */
#include "server/pages/setup_pages.h"
#include "core/base/clock.h"
#include "core/base/zone.h"
#include "server/pages/console.h"
#include "server/pages/messages.h"
#include "server/pages/staff_page.h"
#include "server/refusal.h"

#include <string.h>

static const struct setup_page setup_page = {"setup", NULL, {&form_event}}, programme_page = {"programme", NULL, {&form_session}},
                               gates_page = {"gates", NULL, {&form_area, &form_gate}}, categories_page = {"categories", NULL, {&form_category}},
                               organization_page = {"organization", "/admin/-/organization", {&form_organization, &form_attribute}};

/* What a request carries from its handler to a thread of the pool. */
struct ask {
    const struct setup_page *page;
    const char *problem, *wrong; /* NULL: none; with one the form shows what was sent */
    int status;
};

struct show {
    const struct ask *ask;
    struct view view;
    struct staff_page staff; /* of an event's page */
    struct worker *worker;
    json_t *setup;
    const char *tags[ANNOUNCEMENT_LANGUAGES];
    size_t tag_count;
};

static const char *address(struct http_request *req, const struct setup_page *page)
{
    return page->place ? page->place : arena_printf(req->arena, "/admin/%s/%s", http_param(req, "event"), page->name);
}

static const char *asked(const struct show *s, const char *key)
{
    return s->ask->problem ? http_form(s->view.req, key) : http_query(s->view.req, key);
}

static json_t *rows_of(const struct show *s, const struct form_table *table)
{
    const json_t *event = json_object_get(s->setup, "event");
    return json_object_get(table->kind == SETUP_ATTRIBUTE_TYPE ? s->setup : event, table->list);
}

static json_t *find_row(const struct show *s, const struct form_table *table, const char *code)
{
    size_t i;
    json_t *row;
    if (!table->list) {
        row = json_object_get(s->setup, table->kind == SETUP_EVENT ? "event" : "organization");
        return json_is_null(row) ? NULL : row;
    }
    json_array_foreach(rows_of(s, table), i, row) {
        const char *one = json_string_value(json_object_get(row, "code"));
        if (code && one && strcmp(one, code) == 0) return row;
    }
    return NULL;
}

/* --- showing ---------------------------------------------------------------------------------------------------------------------------------- */

/* What it means that something goes, before it goes. */
static void put_removal(struct show *s, json_t *section, const struct form_table *table, const json_t *row)
{
    struct view *view = &s->view;
    json_t *out = json_object();
    view_put(out, "code", json_string_value(json_object_get(row, "code")));
    view_put(out, "title", setup_title(view, json_object_get(row, "title")));
    view_put(out, "mark", json_string_value(json_object_get(row, SETUP_MARK)));
    view_put(out, "effect", view_words(view, arena_printf(view->arena, "setup.%s.remove_effect", table->name)));
    view_put_json(section, "removal", out);
}

static json_t *section_of(struct show *s, const struct form_table *table)
{
    struct view *view = &s->view;
    const char *list = asked(s, "list"), *wanted = NULL, *removed = NULL;
    bool here = !list || strcmp(list, table->name) == 0;
    if (here) wanted = s->ask->problem ? http_form(view->req, "code_of") : http_query(view->req, "edit");
    if (here && !s->ask->problem) removed = http_query(view->req, "remove");
    const json_t *row = find_row(s, table, wanted), *goes = removed ? find_row(s, table, removed) : NULL;
    const struct form_about about = {.view = view, .event = json_object_get(s->setup, "event"), .tags = s->tags, .tag_count = s->tag_count,
                                     .wrong = here ? s->ask->wrong : NULL, .sent = s->ask->problem && list && here};
    json_t *section = json_object(), *items = table->list ? setup_items(view, table, s->setup) : NULL;
    view_put(section, "name", table->name);
    view_put(section, "title", view_words(view, arena_printf(view->arena, "setup.%s.section", table->name)));
    view_put(section, "section_how", view_words(view, arena_printf(view->arena, "setup.%s.about", table->name)));
    view_put(section, "form_title", view_words(view, arena_printf(view->arena, "setup.%s.%s", table->name, row ? "change" : "add")));
    view_put_flag(section, "is_list", table->list != NULL);
    view_put_flag(section, "has_items", json_array_size(items) > 0);
    if (items) view_put_json(section, "items", items);
    json_t *form = setup_form_show(&about, table, row);
    view_put_flag(form, "changes", row && table->list);
    if (goes) put_removal(s, section, table, goes);
    else view_put_json(section, "form", form);
    if (goes) json_decref(form);
    return section;
}

static void put_sections(struct show *s)
{
    json_t *sections = json_array();
    for (size_t i = 0; i < SETUP_FORMS_MOST && s->ask->page->forms[i]; i++)
        if (i == 0 || s->ask->page->forms[0]->list || find_row(s, s->ask->page->forms[0], NULL)) json_array_append_new(sections, section_of(s, s->ask->page->forms[i]));
    view_put_json(s->view.root, "sections", sections);
}

static void release(void *json)
{
    json_decref(json);
}

static bool begin(struct show *s, struct http_request *req, void *thread_state)
{
    const struct setup_page *page = s->ask->page;
    struct fault fault = {0};
    if (page->place) {
        s->worker = thread_state;
        if (!thread_state) reply_reason(req, REASON_busy);
        if (!thread_state || !view_begin(&s->view, req)) return false;
    } else {
        if (!staff_page_begin_in_pool(&s->staff, req, thread_state)) return false;
        s->worker = s->staff.worker;
        s->view = s->staff.view;
    }
    enum err e = setup_read(s->worker->db, page->place ? NULL : http_param(req, "event"), &s->setup, &fault);
    if (e == OK && http_at_end(req, release, s->setup) != OK) e = ERR_NOMEM;
    if (e == OK) e = messages_languages(s->worker->db, req->arena, s->tags, &s->tag_count);
    if (e != OK) reply_error(req, e, fault.text[0] ? &fault : NULL);
    return e == OK;
}

static void show_work(struct http_request *req, void *thread_state)
{
    struct show s = {.ask = req->state};
    struct view *view = &s.view;
    if (!begin(&s, req, thread_state)) return;
    const struct setup_page *page = s.ask->page;
    put_sections(&s);
    view_put(view->root, "place", address(req, page));
    view_put(view->root, "heading", view_words(view, arena_printf(req->arena, "setup.%s.page", page->name)));
    view_put(view->root, "intro", view_words(view, arena_printf(req->arena, "setup.%s.intro", page->name)));
    view_put_flag(view->root, arena_printf(req->arena, "on_%s", page->name), true);
    view_put(view->root, "problem", s.ask->problem);
    if (!page->place) view_put(view->root, "zone", s.staff.event.timezone);
    staff_page_put_done(view, "setup.done_");
    view_set_title(view, view_words(view, arena_printf(req->arena, "setup.%s.page", page->name)));
    view_set_style(view, "setup");
    view_reply(view, s.ask->status, "admin_setup");
}

static void show(struct http_request *req, const struct setup_page *page)
{
    struct ask *ask = arena_alloc(req->arena, sizeof *ask);
    if (page->place ? !console_enter(req, true) : view_ask_new_password(req)) return;
    if (!ask) {
        reply_reason(req, REASON_busy);
        return;
    }
    *ask = (struct ask){.page = page, .status = 200};
    req->state = ask;
    http_run_in_pool(req, app_of(req)->pool, show_work);
}

/* --- changing --------------------------------------------------------------------------------------------------------------------------------- */

/* The label of the field in front, so that the sentence is whole without the form. */
const char *setup_problem(struct view *view, const struct form_table *table, const struct fault *fault)
{
    const char *words = refusal_of_fault(view->req, fault), *label = "";
    if (!fault->reason || strncmp(fault->reason, "field_", 6) != 0) return words;
    for (size_t i = 0; i < table->count && !*label; i++) {
        const char *key = table->fields[i].key, *dot = strchr(key, '.');
        if (strcmp(fault->detail, key) != 0 && (!dot || strcmp(fault->detail, dot + 1) != 0)) continue;
        char *name = arena_strdup(view->arena, key);
        for (char *p = name; p && *p; p++) *p = *p == '.' ? '_' : *p;
        label = view_words(view, arena_printf(view->arena, "setup.%s.%s", table->name, name));
        if (!*label) label = view_words(view, arena_printf(view->arena, "setup.%s", name));
    }
    return *label ? arena_printf(view->arena, "\u2068%s\u2069: %s", label, words) : words;
}

bool setup_refused(struct view *view, const struct form_table *table, enum err e, const struct fault *fault, struct setup_refusal *ret)
{
    bool theirs = fault->text[0] && (e == ERR_INPUT || e == ERR_CONFLICT || e == ERR_LIMIT || (e == ERR_NOT_FOUND && fault->reason));
    if (!theirs) return false;
    *ret = (struct setup_refusal){.problem = setup_problem(view, table, fault), .status = e == ERR_INPUT ? 400 : 409};
    if (fault->reason && strncmp(fault->reason, "field_", 6) == 0) ret->wrong = arena_strdup(view->req->arena, fault->detail);
    return true;
}

static void refuse(struct show *s, const struct form_table *table, enum err e, const struct fault *fault)
{
    struct http_request *req = s->view.req;
    struct ask *ask = arena_alloc(req->arena, sizeof *ask);
    struct setup_refusal told;
    if (!ask || !setup_refused(&s->view, table, e, fault, &told)) {
        reply_error(req, e, fault->text[0] ? fault : NULL);
        return;
    }
    *ask = (struct ask){.page = s->ask->page, .problem = told.problem, .wrong = told.wrong, .status = told.status};
    req->state = ask;
    show_work(req, s->worker);
}

static const struct form_table *sent_table(struct http_request *req, const struct setup_page *page)
{
    const char *list = http_form(req, "list");
    for (size_t i = 0; list && i < SETUP_FORMS_MOST && page->forms[i]; i++)
        if (strcmp(page->forms[i]->name, list) == 0) return page->forms[i];
    return NULL;
}

/* The second that is now, by the event's clocks: a gate that is closed takes nobody from then on, and who came in earlier in this minute came in. */
static json_t *closed_row(const struct show *s, bool closes)
{
    char text[ZONE_TEXT_SIZE];
    if (!closes) return json_pack("{s:n}", "closed");
    int64_t second = clock_now_ms() / CLOCK_SECOND * CLOCK_SECOND;
    return zone_format(s->staff.event.timezone, second, text) == OK ? json_pack("{s:s}", "closed", text) : NULL;
}

/* Nobody was chosen where somebody has to be. */
static enum err check_sent(const json_t *row, struct fault *fault)
{
    const json_t *admits = json_object_get(row, "admits");
    if (json_is_array(admits) && json_array_size(admits) == 0) return fault_because(fault, ERR_INPUT, "field_who", "admits", "choose who may enter");
    return OK;
}

static void done(const struct show *s, const struct form_table *table, const char *word, const char *code)
{
    struct http_request *req = s->view.req;
    bool gone = strcmp(word, "remove") == 0 || !code || !table->list;
    const char *fragment = gone ? "" : arena_printf(req->arena, "#%s-%s", table->name, code);
    http_reply_redirect(req, 303, arena_printf(req->arena, "%s?done=%s%s", address(req, s->ask->page), word, fragment));
}

static void change_work(struct http_request *req, void *thread_state)
{
    struct show s = {.ask = req->state};
    struct fault fault = {0};
    if (!begin(&s, req, thread_state)) return;
    const struct form_table *table = sent_table(req, s.ask->page);
    const char *word = http_form(req, "do"), *of = http_form(req, "code_of"), *code = NULL;
    bool saves = word && strcmp(word, "save") == 0, removes = word && strcmp(word, "remove") == 0, closes = word && strcmp(word, "close") == 0;
    bool opens = word && strcmp(word, "open") == 0, single = table && !table->list;
    int move = !word || !table || !setup_has_order(table) ? 0 : strcmp(word, "up") == 0 ? -1 : strcmp(word, "down") == 0 ? 1 : 0;
    if (!table || !(saves || move || (!single && removes) || (table == &form_gate && (closes || opens)))) {
        reply_error(req, ERR_INPUT, NULL);
        return;
    }
    const json_t *row = find_row(&s, table, of);
    struct setup_change change = {.kind = table->kind, .event = s.ask->page->place ? NULL : http_param(req, "event"), .code = of && *of ? of : NULL,
                                  .mark = http_form(req, "mark"), .move = move, .actor = actor_of(req)};
    if (saves) change.row = setup_form_read(req, table, row, s.tags, s.tag_count);
    else if (!removes && !move) change.row = closed_row(&s, closes);
    if (change.row && http_at_end(req, release, change.row) != OK) fault_set(&fault, ERR_NOMEM, "not enough memory");
    enum err e = !removes && !move && !change.row ? ERR_NOMEM : change.row ? check_sent(change.row, &fault) : OK;
    if (e == OK) e = setup_write(s.worker->app, req->arena, &change, &code, &fault);
    if (e == OK) done(&s, table, move ? "moved" : saves && !change.code && !single ? "added" : word, code);
    else refuse(&s, table, e, &fault);
}

static void change(struct http_request *req, const struct setup_page *page)
{
    struct ask *ask = arena_alloc(req->arena, sizeof *ask);
    if (page->place && !console_enter(req, true)) return;
    if (!ask) {
        reply_reason(req, REASON_busy);
        return;
    }
    *ask = (struct ask){.page = page, .status = 200};
    req->state = ask;
    http_run_in_pool(req, app_of(req)->pool, change_work);
}

/* --- the doors -------------------------------------------------------------------------------------------------------------------------------- */

void setup_page_get(struct http_request *req) { show(req, &setup_page); }
void setup_page_post(struct http_request *req) { change(req, &setup_page); }
void programme_page_get(struct http_request *req) { show(req, &programme_page); }
void programme_page_post(struct http_request *req) { change(req, &programme_page); }
void gates_page_get(struct http_request *req) { show(req, &gates_page); }
void gates_page_post(struct http_request *req) { change(req, &gates_page); }
void categories_page_get(struct http_request *req) { show(req, &categories_page); }
void categories_page_post(struct http_request *req) { change(req, &categories_page); }
void organization_page_get(struct http_request *req) { show(req, &organization_page); }
void organization_page_post(struct http_request *req) { change(req, &organization_page); }
