/* GET /admin/{event}/draw: who of the register may be drawn, by unit=, q=, title=, sex=, age_from=, age_to=, joined_from=, joined_to=, attribute=, everybody=1,
 * page by page (after=, id=); the units' quotas and what is filled of them; the form that takes people. GET …/draw/codes.txt: the codes of all who match, for
 * whoever repeats a drawing by lot. */
#include "server/pages/draw.h"
#include "core/base/zone.h"
#include "core/congress/title.h"
#include "server/pages/console.h"
#include "server/pages/messages.h"
#include "server/refusal.h"

#include <stdlib.h>
#include <string.h>

#define UNITS_MOST 200      /* chosen at once */
#define MEMORY (96u * 1024u * 1024u)

const char *draw_word(struct http_request *req, const char *name)
{
    const char *word = http_form(req, name);
    if (!word) word = http_query(req, name);
    return word && *word ? word : NULL;
}

static const char *word_at(struct http_request *req, const char *name, size_t at)
{
    const char *word = http_form_at(req, name, at);
    return word ? word : http_query_at(req, name, at);
}

static void release(void *data)
{
    struct draw_ask *ask = data;
    arena_release(&ask->arena);
}

bool draw_enter(struct http_request *req)
{
    if (!staff_enter(req, NULL)) return false;
    if (!console_is_of_all(req)) reply_reason(req, REASON_forbidden); /* the register is the whole organisation's */
    return console_is_of_all(req);
}

void draw_begin(struct http_request *req, const char *act, void (*work)(struct http_request *, void *))
{
    struct draw_ask *ask = arena_alloc(req->arena, sizeof *ask);
    if (!ask || http_at_end(req, release, ask) != OK) {
        reply_reason(req, REASON_busy);
        return;
    }
    *ask = (struct draw_ask){.act = act, .status = 200};
    arena_init(&ask->arena, MEMORY);
    req->state = ask;
    req->resume = NULL;
    http_run_in_pool(req, app_of(req)->pool, work);
}

/* --- the filter ---------------------------------------------------------------------------------------------------------------------------------- */

static enum err read_units(struct http_request *req, struct db *db, struct draw_ask *ask)
{
    int64_t *units = arena_array(&ask->arena, UNITS_MOST, sizeof *units);
    const char *code;
    if (!units) return ERR_NOMEM;
    ask->filter.units = units; /* also when one of them is none: the page is shown with the others */
    for (size_t i = 0; (code = word_at(req, "unit", i)) && ask->filter.unit_count < UNITS_MOST; i++) {
        struct register_unit unit;
        if (!*code) continue;
        enum err e = register_unit_by_code(db, &ask->arena, code, &unit);
        if (e == ERR_NOT_FOUND) return fault_because(&ask->fault, ERR_INPUT, "amend_unit", code, "there is no unit \"%.64s\"", code);
        if (e != OK) return e;
        units[ask->filter.unit_count++] = unit.id;
    }
    return OK;
}

static enum err read_number(struct draw_ask *ask, const char *text, long least, long most, int *ret)
{
    char *end;
    if (!text) return OK;
    long number = strtol(text, &end, 10);
    if (*end || number < least || number > most) return fault_because(&ask->fault, ERR_INPUT, "draw_input", text, "\"%.40s\" is no number that can be meant", text);
    *ret = (int)number;
    return OK;
}

static enum err read_days(struct http_request *req, const struct programme *programme, struct draw_ask *ask)
{
    struct zone_time day;
    int least = -1, most = -1, from = -1, until = -1;
    enum err e = read_number(ask, draw_word(req, "age_from"), 0, 150, &least);
    if (e == OK) e = read_number(ask, draw_word(req, "age_to"), 0, 150, &most);
    if (e == OK) e = read_number(ask, draw_word(req, "joined_from"), 1800, 2999, &from);
    if (e == OK) e = read_number(ask, draw_word(req, "joined_to"), 1800, 2999, &until);
    if (e == OK) e = zone_local(programme->timezone, programme->starts_ms, &day);
    if (e != OK) return e;
    const char *text = arena_printf(&ask->arena, "%04d-%02d-%02d", day.year, day.month, day.day);
    e = text ? draw_ages(&ask->arena, text, least, most, &ask->filter.born_from, &ask->filter.born_until) : ERR_NOMEM;
    if (from >= 0) ask->filter.joined_from = arena_printf(&ask->arena, "%04d-01-01", from);
    if (until >= 0) ask->filter.joined_until = arena_printf(&ask->arena, "%04d-12-31", until);
    return e;
}

/* "schooling=uni", "veteran=true": of attributes that are not sensitive only, whatever an address says. */
static enum err read_attribute(struct http_request *req, struct db *db, struct draw_ask *ask)
{
    const char *asked = draw_word(req, "attribute"), *value = asked ? strchr(asked, '=') : NULL;
    enum err e = draw_types(db, &ask->arena, &ask->types, &ask->type_count);
    if (e != OK || !asked) return e;
    for (size_t i = 0; value && i < ask->type_count; i++) {
        const struct draw_type *type = &ask->types[i];
        if (strlen(type->code) != (size_t)(value - asked) || strncmp(type->code, asked, (size_t)(value - asked)) != 0) continue;
        json_t *json = strcmp(type->kind, "choice") == 0 ? json_string(value + 1) : json_boolean(strcmp(value + 1, "true") == 0);
        ask->filter.type_id = type->id;
        ask->filter.value = json ? json_text(&ask->arena, json) : NULL;
        json_decref(json);
        return ask->filter.value ? OK : ERR_NOMEM;
    }
    return fault_because(&ask->fault, ERR_INPUT, "draw_input", asked, "\"%.60s\" is nothing to choose by", asked);
}

enum err draw_read_filter(struct http_request *req, struct db *db, const struct programme *programme, struct draw_ask *ask)
{
    const char *sex = draw_word(req, "sex");
    ask->filter.typed = draw_word(req, "q");
    ask->filter.title = draw_word(req, "title");
    ask->filter.gender = sex && (strcmp(sex, "f") == 0 || strcmp(sex, "m") == 0 || strcmp(sex, "x") == 0) ? sex : NULL;
    ask->filter.with_delegates = draw_word(req, "everybody") != NULL;
    enum err e = read_units(req, db, ask);
    if (e == OK) e = read_days(req, programme, ask);
    return e == OK ? read_attribute(req, db, ask) : e;
}

void draw_put_kept(struct view *view, const struct draw_ask *ask)
{
    static const char *const names[] = {"unit", "q", "title", "sex", "age_from", "age_to", "joined_from", "joined_to", "attribute", "everybody"};
    json_t *kept = json_array();
    struct buf query;
    (void)ask;
    buf_init(&query, BUF_LIMIT_BODY);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *value;
        for (size_t k = 0; k < UNITS_MOST && (value = word_at(view->req, names[i], k)); k++) {
            if (!*value) continue;
            json_t *row = json_object();
            view_put(row, "name", names[i]);
            view_put(row, "value", value);
            json_array_append_new(kept, row);
            buf_printf(&query, "%s=", names[i]);
            buf_put_url(&query, value);
            buf_putc(&query, '&');
            if (i > 0) view_put(view->root, arena_printf(view->arena, "asked_%s", names[i]), value);
        }
    }
    view_put_json(view->root, "kept", kept);
    view_put(view->root, "query", buf_ok(&query) ? buf_text(&query) : "");
    buf_release(&query);
}

/* --- the page -------------------------------------------------------------------------------------------------------------------------------------- */

static void put_choice(json_t *rows, const char *value, const char *words, const char *asked)
{
    json_t *row = json_object();
    view_put(row, "value", value);
    view_put(row, "words", words);
    view_put_flag(row, "chosen", asked && strcmp(asked, value) == 0);
    json_array_append_new(rows, row);
}

static void put_sexes(struct view *view)
{
    static const char *const sexes[] = {"f", "m"};
    json_t *rows = json_array();
    for (size_t i = 0; i < 2; i++)
        put_choice(rows, sexes[i], view_words(view, arena_printf(view->arena, "register.gender.%s", sexes[i])), draw_word(view->req, "sex"));
    view_put_json(view->root, "sexes", rows);
}

static void put_choices_of(struct view *view, json_t *rows, const struct draw_type *type, const char *title, const char *asked)
{
    json_t *choices = NULL, *words;
    const char *key;
    if (!type->choices || json_read(type->choices, strlen(type->choices), &choices, NULL) != OK) return;
    json_object_foreach(choices, key, words)
        put_choice(rows, arena_printf(view->arena, "%s=%s", type->code, key),
                   arena_printf(view->arena, "%s: %s", title, title_pick_json(words, view->tag, NULL)), asked);
    json_decref(choices);
}

static void put_attributes(struct view *view, const struct draw_ask *ask)
{
    static const char *const answers[] = {"true", "false"};
    const char *asked = draw_word(view->req, "attribute");
    json_t *rows = json_array();
    for (size_t i = 0; i < ask->type_count; i++) {
        const struct draw_type *type = &ask->types[i];
        const char *title = title_pick(view->arena, type->title, view->tag);
        if (strcmp(type->kind, "choice") == 0) put_choices_of(view, rows, type, title, asked);
        for (size_t k = 0; k < 2 && strcmp(type->kind, "yes_no") == 0; k++)
            put_choice(rows, arena_printf(view->arena, "%s=%s", type->code, answers[k]),
                       arena_printf(view->arena, "%s: %s", title, view_words(view, k ? "register.no" : "register.yes")), asked);
    }
    view_put_flag(view->root, "any_attribute", json_array_size(rows) > 0);
    view_put_json(view->root, "attributes", rows);
}

static void put_categories(struct staff_page *page)
{
    json_t *rows = json_array();
    for (size_t i = 0; i < page->programme->category_count; i++) {
        const struct programme_category *c = &page->programme->categories[i];
        put_choice(rows, c->code, title_pick(page->view.arena, c->title, page->view.tag), draw_word(page->view.req, "category"));
    }
    view_put_json(page->view.root, "categories", rows);
}

static const char *year_of(struct arena *arena, const char *day)
{
    return day ? arena_strndup(arena, day, 4) : NULL;
}

static enum err put_line(struct staff_page *page, const struct draw_line *line, json_t *rows)
{
    struct view *view = &page->view;
    struct register_unit unit;
    json_t *row = json_object();
    json_array_append_new(rows, row);
    view_put(row, "code", line->code);
    view_put(row, "name", line->name);
    if (line->title) view_put_title(view, row, "title", line->title);
    view_put(row, "born", year_of(view->arena, line->born));
    view_put(row, "joined", year_of(view->arena, line->joined));
    view_put_flag(row, "already", line->is_delegate);
    if (line->unit_id == DB_NULL) return OK;
    enum err e = register_unit_by_id(page->worker->db, view->arena, line->unit_id, &unit);
    if (e == OK) view_put_title(view, row, "unit", unit.name);
    return e;
}

static enum err put_people(struct staff_page *page, struct draw_ask *ask)
{
    struct view *view = &page->view;
    const char *after = http_query(view->req, "after");
    struct draw_found found;
    enum err e = draw_find(page->worker->db, &ask->arena, page->programme->event_id, &ask->filter, after, after ? messages_read_id(http_query(view->req, "id")) : 0,
                           DRAW_PAGE, &found);
    if (e == ERR_INPUT) found = (struct draw_found){0}; /* nobody is called so */
    else if (e != OK) return e;
    json_t *rows = json_array();
    view_put_json(view->root, "people", rows);
    for (size_t i = 0; i < found.count; i++)
        if ((e = put_line(page, &found.lines[i], rows)) != OK && e != ERR_NOT_FOUND) return e;
    view_put_number(view->root, "total", (int64_t)found.total);
    view_put_number(view->root, "already_count", (int64_t)found.delegates);
    view_put_flag(view->root, "any_person", found.count > 0);
    view_put_flag(view->root, "may_all", found.total > 0 && found.total <= DRAW_TAKE_MOST);
    view_put_flag(view->root, "any_free", found.total > 0);
    if (after) view_put(view->root, "first", "1");
    if (!found.more) return OK;
    struct buf next;
    buf_init(&next, BUF_LIMIT_BODY);
    buf_puts(&next, "after=");
    buf_put_url(&next, found.lines[found.count - 1].sort);
    buf_printf(&next, "&id=%lld", (long long)found.lines[found.count - 1].id);
    view_put(view->root, "next", buf_text(&next));
    buf_release(&next);
    return OK;
}

static enum err put_form(struct staff_page *page, struct draw_ask *ask)
{
    struct view *view = &page->view;
    const char *number = draw_word(view->req, "first_number");
    enum err e = number ? OK : draw_next_number(page->worker->db, &ask->arena, page->programme->event_id, &number);
    view_put(view->root, "first_number", number);
    view_put(view->root, "typed_seed", draw_word(view->req, "seed"));
    view_put(view->root, "typed_count", draw_word(view->req, "count"));
    put_sexes(view);
    put_attributes(view, ask);
    put_categories(page);
    view_put_flag(view->root, "any_category", page->programme->category_count > 0);
    return e;
}

static enum err fill(struct staff_page *page, struct draw_ask *ask)
{
    enum err e = put_people(page, ask);
    if (e == OK) e = put_form(page, ask);
    if (e == OK) e = draw_put_quotas(page, ask);
    return e == OK ? draw_put_history(page, ask) : e;
}

void draw_show(struct staff_page *page, struct draw_ask *ask)
{
    struct view *view = &page->view;
    draw_put_kept(view, ask);
    enum err e = fill(page, ask);
    if (e != OK) {
        reply_error(view->req, e, NULL);
        return;
    }
    view_put(view->root, "problem", ask->problem);
    staff_page_put_done(view, "draw.done.");
    view_set_title(view, view_words(view, "draw.title"));
    view_set_style(view, "admin");
    view_reply(view, ask->status, "admin_draw");
}

static void page_work(struct http_request *req, void *thread_state)
{
    struct draw_ask *ask = req->state;
    struct staff_page page;
    if (!staff_page_begin_in_pool(&page, req, thread_state)) return;
    enum err e = draw_read_filter(req, page.worker->db, page.programme, ask);
    if (e != OK && e != ERR_INPUT) {
        reply_error(req, e, NULL);
        return;
    }
    if (e == ERR_INPUT) { /* what cannot be chosen by is told, and everybody shown */
        ask->problem = refusal_of_fault(req, &ask->fault);
        ask->status = 400;
    }
    draw_show(&page, ask);
}

void draw_page_get(struct http_request *req)
{
    if (draw_enter(req)) draw_begin(req, "show", page_work);
}

static void codes_work(struct http_request *req, void *thread_state)
{
    struct draw_ask *ask = req->state;
    struct worker *worker = thread_state;
    struct buf out;
    const struct programme *programme = worker ? event_of(req, worker, NULL) : NULL;
    if (!worker) reply_reason(req, REASON_busy);
    if (!programme) return;
    buf_init(&out, BUF_LIMIT_FILE);
    enum err e = draw_read_filter(req, worker->db, programme, ask);
    if (e == OK) e = draw_codes(worker->db, &ask->arena, programme->event_id, &ask->filter, &out);
    if (e == OK) http_reply_buf(req, 200, "text/plain; charset=utf-8", &out);
    else refusal_reply(req, e, &ask->fault);
    buf_release(&out);
}

void draw_codes_get(struct http_request *req)
{
    if (draw_enter(req)) draw_begin(req, "codes", codes_work);
}
