/* GET /api/v1/events/{event}/badges.pdf?layout=&only=&unit=: badges, made in the job pool; the run is written down before it is given out. */
#include "badges/badges.h"
#include "badges/from_list.h"
#include "core/base/clock.h"
#include "core/congress/badges/badge_list.h"
#include "server/app.h"

#include <string.h>

#define MOST_ONLY 500

struct print {
    struct badge_list list;
    const char *layout, *base_url;
    struct buf pdf;
    bool made;
};

static void release_pdf(void *data)
{
    buf_release(data);
}

/* "P0001,P0002" as the filter's list; absent or empty: everybody. A list that is cut would look like a whole print run. */
static enum err split_codes(struct arena *arena, const char *text, struct badge_list_filter *filter, struct fault *fault)
{
    if (!text || !*text) return OK;
    const char **codes = arena_array(arena, MOST_ONLY, sizeof *codes);
    char *copy = arena_strdup(arena, text), *rest = NULL;
    if (!codes || !copy) return ERR_NOMEM;
    filter->only = codes;
    for (char *code = strtok_r(copy, ",", &rest); code; code = strtok_r(NULL, ",", &rest)) {
        if (filter->only_count == MOST_ONLY) return fault_set(fault, ERR_INPUT, "only: more than %d codes", MOST_ONLY);
        codes[filter->only_count++] = code;
    }
    return OK;
}

static enum err make_pdf(struct http_request *req, struct worker *worker, struct print *p, struct fault *fault)
{
    struct badge_list_filter filter = {.unit = http_query(req, "unit")};
    struct badge_run run;
    bool guessed;
    const struct app *app = app_of(req);
    const char *event = http_param(req, "event");
    enum err e = split_codes(req->arena, http_query(req, "only"), &filter, fault);
    if (e == OK) e = public_url_choose(worker->db, req->arena, NULL, event, app->plain_port, &p->base_url, &guessed, fault);
    if (e == OK) e = badge_list_load(worker->db, req->arena, event, &filter, p->base_url, &p->list, fault);
    if (e == OK && !worker->fonts) e = fonts_new(&worker->fonts, fault);
    if (e == OK) e = badges_run_from_list(&p->list, p->layout, req->arena, &run);
    if (e == OK) e = badges_write(&run, worker->fonts, &p->pdf, NULL, fault);
    return e;
}

static void print_work(struct http_request *req, void *thread_state)
{
    struct print *p = req->state;
    struct fault fault = {0};
    if (!thread_state) {
        reply_reason(req, REASON_busy);
        return;
    }
    enum err e = make_pdf(req, thread_state, p, &fault);
    p->made = e == OK;
    if (e != OK) reply_error(req, e, &fault);
}

static enum err apply_record(struct db *db, struct http_request *req, struct write_tools *tools, struct fault *fault)
{
    const struct print *p = req->state;
    enum err e = badge_list_record(db, &tools->ids, p->list.event_id, p->layout ? p->layout : "a4x8", p->base_url, p->list.count, actor_of(req), clock_now_ms());
    if (e == OK) e = audit_write(db, clock_now_ms(), actor_of(req), "print", http_param(req, "event"), NULL);
    return e == OK ? OK : db_fault(db, e, fault, "print log");
}

static void after_record(struct http_request *req)
{
    struct print *p = req->state;
    const struct fault *fault;
    enum err e = write_result(req, &fault);
    if (e != OK) {
        reply_error(req, e, fault);
        return;
    }
    char *name = arena_printf(req->arena, "inline; filename=\"badges-%s.pdf\"", http_param(req, "event"));
    if (name) (void)http_set_header(req, "Content-Disposition", name);
    http_reply_buf(req, 200, "application/pdf", &p->pdf);
}

static void after_print(struct http_request *req)
{
    const struct print *p = req->state;
    if (p->made) request_write(req, apply_record, after_record);
}

void badges_get(struct http_request *req)
{
    struct worker *worker = worker_of(req);
    const struct badge_layout *layout;
    struct fault fault;
    if (!worker || !event_of(req, worker, NULL)) return;
    struct print *p = arena_alloc(req->arena, sizeof *p);
    if (!p || http_at_end(req, release_pdf, &p->pdf) != OK) {
        reply_reason(req, REASON_busy);
        return;
    }
    buf_init(&p->pdf, BUF_LIMIT_FILE);
    p->layout = http_query(req, "layout");
    if (badges_layout_find(req->arena, NULL, p->layout, &layout, &fault) != OK) {
        reply_reason_with(req, REASON_unknown_layout, fault.text);
        return;
    }
    req->state = p;
    req->resume = after_print;
    http_run_in_pool(req, app_of(req)->pool, print_work);
}
