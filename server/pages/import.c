/* GET /admin/-/import, /admin/{event}/import: where a list is given, those on their way, those that were taken in. GET …/import/{work}: one of them: what its
 * columns are
 * taken for, what each row would do (kind=, words=, page=). All that reads files or makes plans runs in the job pool. */
#include "server/pages/import.h"
#include "core/base/clock.h"
#include "server/pages/console.h"
#include "server/refusal.h"

#include <stdlib.h>
#include <string.h>

#define ROWS_A_PAGE 50
#define HISTORY_SHOWN 20

static void release_json(void *data)
{
    struct import_ask *ask = data;
    json_decref(ask->works);
    json_decref(ask->history);
    json_decref(ask->meta);
    json_decref(ask->rows);
}

struct import_ask *import_begin(struct http_request *req)
{
    const char *event = http_param(req, "event");
    struct worker *worker = event ? staff_enter(req, NULL) : console_enter(req, true);
    const struct programme *programme = worker && event ? event_of(req, worker, NULL) : NULL;
    if (!worker || (event && !programme)) return NULL;
    struct import_ask *ask = arena_alloc(req->arena, sizeof *ask);
    const char *base = arena_printf(req->arena, "/admin/%s/import", event ? programme->slug : "-");
    if (!ask || !base || http_at_end(req, release_json, ask) != OK) {
        reply_reason(req, REASON_busy);
        return NULL;
    }
    *ask = (struct import_ask){.base = base, .event_id = DB_NULL, .id = http_param(req, "work")};
    if (event) {
        ask->event = arena_strdup(req->arena, programme->slug);
        ask->event_id = programme->event_id;
    }
    req->state = ask;
    return ask;
}

bool import_view(struct http_request *req, const struct import_ask *ask, struct staff_page *ret)
{
    if (ask->event && !staff_page_begin(ret, req)) return false;
    if (!ask->event && !view_begin(&ret->view, req)) return false;
    view_put(ret->view.root, "base", ask->base);
    view_put_flag(ret->view.root, "of_event", ask->event != NULL);
    view_set_style(&ret->view, "admin");
    return true;
}

/* --- the first page -------------------------------------------------------------------------------------------------------------------------------------------- */

/* Lists of this event, or of the register. */
static bool is_here(const struct import_ask *ask, const json_t *work)
{
    const char *event = json_string_value(json_object_get(work, "event"));
    return ask->event ? event && strcmp(event, ask->event) == 0 : event == NULL;
}

static void find_lists(struct http_request *req, void *thread_state)
{
    struct import_ask *ask = req->state;
    struct worker *worker = thread_state;
    ask->error = worker ? list_work_list(app_of(req)->store.folder, &ask->works) : ERR_BUSY;
    if (ask->error == OK) ask->error = list_import_history(worker->db, ask->event ? ask->event : "", 0, HISTORY_SHOWN, &ask->history, &ask->fault);
}

static void put_works(struct view *view, const struct import_ask *ask)
{
    json_t *list = json_array(), *work;
    size_t i;
    json_array_foreach(ask->works, i, work) {
        if (!is_here(ask, work)) continue;
        json_t *row = json_object();
        view_put(row, "href", arena_printf(view->arena, "%s/%s", ask->base, json_string_value(json_object_get(work, "id"))));
        view_put(row, "name", json_string_value(json_object_get(work, "name")));
        view_put_actor(view, row, "actor", json_string_value(json_object_get(work, "actor")));
        (void)json_array_append_new(list, row);
    }
    view_put_flag(view->root, "has_works", json_array_size(list) > 0);
    view_put_json(view->root, "works", list);
}

static void put_history(struct view *view, const struct import_ask *ask, const char *zone)
{
    json_t *list = json_array(), *import;
    size_t i;
    json_array_foreach(ask->history, i, import) {
        const char *state = json_string_value(json_object_get(import, "state")), *began = json_string_value(json_object_get(import, "began"));
        int64_t ms;
        json_t *row = json_object(), *counts = json_object_get(json_object_get(import, "detail"), "counts");
        view_put_number(row, "number", json_integer_value(json_object_get(import, "number")));
        view_put(row, "file", json_string_value(json_object_get(import, "file")));
        view_put_actor(view, row, "actor", json_string_value(json_object_get(import, "actor")));
        view_put(row, "state", view_words(view, arena_printf(view->arena, "import.state.%s", state)));
        view_put_flag(row, "may_undo", strcmp(state, "done") == 0);
        if (began && clock_parse(began, &ms) == OK) view_put(row, "at", view_moment(view, zone, ms));
        view_put_number(row, "fresh", json_integer_value(json_object_get(counts, "new")));
        view_put_number(row, "changed", json_integer_value(json_object_get(counts, "changed")));
        json_t *left = json_object_get(json_object_get(import, "result"), "left");
        if (json_integer_value(left)) view_put_number(row, "left", json_integer_value(left));
        (void)json_array_append_new(list, row);
    }
    view_put_flag(view->root, "has_history", json_array_size(list) > 0);
    view_put_json(view->root, "history", list);
}

static void show_lists(struct http_request *req)
{
    struct import_ask *ask = req->state;
    struct staff_page page;
    const char *zone = "UTC";
    if (ask->error != OK) {
        reply_error(req, ask->error, &ask->fault);
        return;
    }
    if (!import_view(req, ask, &page)) return;
    struct worker *worker = worker_of(req);
    if (ask->event) zone = page.programme->timezone;
    else if (worker) (void)console_zone(worker->db, req->arena, clock_now_ms(), &zone);
    put_works(&page.view, ask);
    put_history(&page.view, ask, zone);
    staff_page_put_done(&page.view, "import.done.");
    view_set_title(&page.view, view_words(&page.view, "import.title"));
    view_reply(&page.view, 200, "admin_import");
}

void import_get(struct http_request *req)
{
    if (!import_begin(req)) return;
    req->resume = show_lists;
    http_run_in_pool(req, app_of(req)->pool, find_lists);
}

/* --- one list
 * ---------------------------------------------------------------------------------------------------------------------------------------------------- */

static void read_filter(struct http_request *req, struct import_ask *ask)
{
    const char *kind = http_query(req, "kind"), *words = http_query(req, "words"), *page = http_query(req, "page");
    struct buf query;
    long number = page ? strtol(page, NULL, 10) : 1;
    ask->page = number > 0 && number < 100000 ? (size_t)number : 1;
    ask->filter = (struct list_work_filter){.words = words, .from = (ask->page - 1) * ROWS_A_PAGE, .most = ROWS_A_PAGE};
    buf_init(&query, BUF_LIMIT_LINE);
    for (int i = 0; kind && i < LIST_ROW_KIND_COUNT; i++) {
        if (strcmp(kind, list_row_kind_name((enum list_row_kind)i)) != 0) continue;
        ask->filter.kinds = 1u << i;
        buf_printf(&query, "kind=%s&", kind);
    }
    if (words && *words) {
        buf_puts(&query, "words=");
        buf_put_url(&query, words);
        buf_putc(&query, '&');
    }
    ask->query = arena_strdup(req->arena, buf_text(&query));
    buf_release(&query);
}

static void find_plan(struct http_request *req, void *thread_state)
{
    struct import_ask *ask = req->state;
    const char *folder = app_of(req)->store.folder;
    (void)thread_state;
    ask->error = list_work_read(folder, ask->id, &ask->meta, &ask->fault);
    if (ask->error == OK && !is_here(ask, ask->meta)) ask->error = ERR_NOT_FOUND;
    bool planned = json_object_get(ask->meta, "head") && !json_object_get(ask->meta, "problem"); /* not yet, or never: the server ended before */
    if (ask->error == OK && planned) ask->error = list_work_rows(folder, ask->id, &ask->filter, &ask->rows, &ask->fault);
}

const char *import_problem_words(struct view *view, const json_t *problem)
{
    const char *text = json_string_value(json_object_get(problem, "text")), *detail = json_string_value(json_object_get(problem, "detail"));
    struct fault fault = {.code = ERR_INPUT};
    (void)fault_set(&fault, ERR_INPUT, "%s", text ? text : "");
    fault.reason = json_string_value(json_object_get(problem, "reason"));
    if (detail) (void)snprintf(fault.detail, sizeof fault.detail, "%s", detail);
    return refusal_of_fault(view->req, &fault);
}

/* What stands in the way, in the reader's words. */
static void put_problem(struct view *view, const struct import_ask *ask)
{
    static const char *const reasons[] = {"list_changed", "list_doubtful", "list_wrong", "list_prune", "list_import_busy", "list_files"};
    const json_t *problem = json_object_get(ask->meta, "problem");
    const char *asked = http_query(view->req, "said");
    struct fault fault = {.code = ERR_INPUT};
    if (problem) view_put(view->root, "problem", import_problem_words(view, problem));
    for (size_t i = 0; !problem && asked && i < sizeof reasons / sizeof *reasons; i++) {
        if (strcmp(asked, reasons[i]) != 0) continue;
        fault.reason = reasons[i];
        const char *kind = i == 1 ? "doubtful" : "wrong";
        json_t *head = json_object_get(ask->meta, "head"), *file;
        long long count = (long long)json_integer_value(json_object_get(json_object_get(head, "counts"), kind));
        size_t k;
        if (i == 5) count = 0;
        json_array_foreach(json_object_get(head, "files"), k, file) count += i == 5 && json_is_object(json_object_get(file, "problem"));
        (void)snprintf(fault.detail, sizeof fault.detail, "%lld", count);
        view_put(view->root, "problem", refusal_of_fault(view->req, &fault));
    }
}

static void show_plan(struct http_request *req)
{
    struct import_ask *ask = req->state;
    struct staff_page page;
    if (ask->error != OK) {
        reply_error(req, ask->error, &ask->fault);
        return;
    }
    if (!import_view(req, ask, &page)) return;
    put_problem(&page.view, ask);
    import_put_plan(&page.view, ask);
    view_set_title(&page.view, view_words(&page.view, "import.title"));
    view_reply(&page.view, 200, "admin_import_work");
}

void import_work_get(struct http_request *req)
{
    struct import_ask *ask = import_begin(req);
    if (!ask) return;
    read_filter(req, ask);
    req->resume = show_plan;
    http_run_in_pool(req, app_of(req)->pool, find_plan);
}
