/* POST /api/v1/events/{event}/print: badges to a printer that the organiser set up; GET and POST …/printers: which there are, and which one is the event's.
 *
 * Made, sent and waited for on threads of their own (app->print_pool). The badges are claimed in the print log before the job is sent and settled there when
 * the printer has answered: the client may be gone by then, the paper is not (docs/decisions/0016-printing.md). */
#include "badges/printer/printer.h"
#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/congress/badges/print_log.h"
#include "core/congress/badges/printers.h"
#include "server/print_badges.h"

#include <stddef.h>
#include <string.h>

#define ONLY_MOST 100
#define LAYOUT_USUAL "label-62"
#define SEND_MS 8000 /* until the printer has taken the job */
#define WAIT_MS 1500 /* after that: long enough for a refusal, a page may take longer */

struct printing {
    struct print_badges badges;
    struct arena arena;
    struct badge_list_filter filter;
    const struct printer_setting *printer;
    struct printer_job job;
    struct print_claim claim;
    enum print_end end;
    bool again;
    struct http_request *req;
};

struct wish {
    json_t *only;
    const char *layout, *printer;
    bool again;
};

static const struct json_spec wish_specs[] = {
    {"only", JSON_SPEC_ARRAY, offsetof(struct wish, only), JSON_REQUIRED, ONLY_MOST},
    {"layout", JSON_SPEC_TEXT, offsetof(struct wish, layout), JSON_NULLABLE, 64},
    {"printer", JSON_SPEC_TEXT, offsetof(struct wish, printer), JSON_NULLABLE, 64},
    {"again", JSON_SPEC_BOOLEAN, offsetof(struct wish, again), 0, 0},
};

static void end_printing(void *data)
{
    struct printing *p = data;
    buf_release(&p->badges.pdf);
    arena_release(&p->arena);
}

/* --- who is printed ------------------------------------------------------------------------------------------------------------------------- */

static enum err take_only(struct printing *p, json_t *only, struct fault *fault)
{
    size_t count = json_array_size(only);
    const char **codes = arena_array(&p->arena, count + 1, sizeof *codes);
    if (!codes) return ERR_NOMEM;
    if (!count) return fault_set(fault, ERR_INPUT, "only: nobody is named");
    for (size_t i = 0; i < count; i++) {
        codes[i] = arena_strdup(&p->arena, json_string_value(json_array_get(only, i)));
        if (!codes[i] || !*codes[i]) return fault_set(fault, ERR_INPUT, "only[%zu]: must be a code or a number as text", i);
    }
    p->filter.only = codes;
    p->filter.only_count = count;
    return OK;
}

/* --- the log -------------------------------------------------------------------------------------------------------------------------------- */

static struct print_run run_of(const struct printing *p)
{
    const int64_t now_ms = clock_now_ms();
    return (struct print_run){.kind = badges_layout_kind(p->badges.layout), .layout = p->badges.layout_name, .base_url = p->badges.base_url,
                              .printer = p->printer->name, .actor = actor_of(p->req), .now_ms = now_ms, .unless_printed = !p->again,
                              .claim_until_ms = now_ms + SEND_MS + WAIT_MS + PRINT_CLAIM_MARGIN_MS};
}

static enum err apply_claim(struct db *db, void *arg, struct fault *fault)
{
    struct printing *p = arg;
    struct write_tools *tools = app_of(p->req)->write_tools; /* this is the writer's thread */
    const struct print_run run = run_of(p);
    return print_log_claim(db, &tools->ids, &p->badges.ready.list, &run, &p->claim, fault);
}

static enum err apply_end(struct db *db, void *arg, struct fault *fault)
{
    const struct printing *p = arg;
    enum err e = print_log_settle(db, p->claim.run_id, p->end, fault);
    if (e != OK || p->end != PRINT_CAME_OUT) return e;
    e = audit_write(db, clock_now_ms(), actor_of(p->req), "print", http_param(p->req, "event"), p->printer->name);
    return e == OK ? OK : db_fault(db, e, fault, "print log");
}

/* Nobody is printed twice by mistake: not those of the log, and not those that are on their way, whoever sent them. */
static bool may_print(struct printing *p)
{
    struct fault fault = {0};
    enum err e = p->again ? OK : print_log_refuse(&p->badges.ready.list, &fault);
    if (e == OK) e = writer_run(app_of(p->req)->writer, apply_claim, p, &fault);
    if (e == OK && p->claim.broken)
        log_line(LOG_WARNING, "print", "%zu badges of %s were on their way to a printer in a run that never ended", p->claim.broken, http_param(p->req, "event"));
    if (e == ERR_CONFLICT) reply_reason_with(p->req, REASON_already_printed, fault.text);
    else if (e != OK) reply_error(p->req, e, &fault);
    return e == OK;
}

static void reply_job(struct printing *p)
{
    const struct printer_job *job = &p->job;
    const char *state = job->end == PRINTER_DONE ? "done" : "sent", *media = job->media[0] ? job->media : NULL;
    const char *reasons = job->reasons[0] ? job->reasons : NULL, *warning = job->warning[0] ? job->warning : NULL;
    json_t *body = json_pack("{s:{s:I, s:s}, s:s, s:I, s:s*, s:s*, s:s*}", "job", "id", (json_int_t)job->id, "state", state, "printer", p->printer->name,
                             "badges", (json_int_t)p->badges.ready.list.count, "media", media, "reasons", reasons, "warning", warning);
    http_reply_json(p->req, 200, body);
}

/* --- printing ------------------------------------------------------------------------------------------------------------------------------- */

static void reply_trouble(struct printing *p, enum err e, const struct fault *fault)
{
    log_line(LOG_WARNING, "print", "%s: %s", p->printer->name, fault->text);
    enum reason reason = e == ERR_TIMEOUT ? REASON_printer_unsure : e == ERR_CONFLICT || e == ERR_DENIED ? REASON_printer_refused : REASON_printer_unreachable;
    if (e == ERR_NETWORK || e == ERR_NOT_FOUND || e == ERR_TIMEOUT || e == ERR_CONFLICT || e == ERR_DENIED) reply_reason_with(p->req, reason, fault->text);
    else reply_error(p->req, e, fault);
}

static void send_badges(struct printing *p)
{
    struct fault fault = {0};
    struct printer_order order = {.destination = p->printer->uri, .pin = p->printer->pin, .pdf = p->badges.pdf.data, .pdf_length = p->badges.pdf.length,
                                  .timeout_ms = SEND_MS, .wait_ms = WAIT_MS};
    order.title = arena_printf(&p->arena, "Badges %s", http_param(p->req, "event"));
    enum err sent = printer_order_fit(&p->badges.ready.run, &order, &fault);
    if (sent == OK) sent = printer_print(&order, &p->job, &fault);
    p->end = sent == OK ? PRINT_CAME_OUT : sent == ERR_TIMEOUT ? PRINT_UNSURE : PRINT_NOT_SENT;
    struct fault why = {0};
    enum err e = writer_run(app_of(p->req)->writer, apply_end, p, &why);
    if (e != OK)
        log_line(LOG_ERROR, "print", "%zu badges of %s: how their printing ended was not written down: %s", p->badges.ready.list.count,
                 http_param(p->req, "event"), why.text);
    if (sent != OK) reply_trouble(p, sent, &fault);
    else if (e != OK) reply_error(p->req, e, &why);
    else reply_job(p);
}

static void print_work(struct http_request *req, void *thread_state)
{
    struct printing *p = req->state;
    struct fault fault = {0};
    if (!thread_state) {
        reply_reason(req, REASON_busy);
        return;
    }
    p->badges.look_back = true;
    enum err e = print_badges_make(&p->arena, thread_state, http_param(req, "event"), &p->filter, &p->badges, &fault);
    if (e == ERR_LIMIT) reply_reason_with(req, REASON_too_many, fault.text);
    else if (e != OK) reply_error(req, e, &fault);
    else if (!p->badges.ready.list.count) reply_reason(req, REASON_nothing_to_print);
    else if (may_print(p)) send_badges(p);
}

/* What is asked for and is there: printer and layout. False: the reply is made. */
static bool take_wish(struct http_request *req, struct worker *worker, struct printing *p)
{
    struct wish wish = {0};
    struct fault fault = {0};
    json_t *body = http_body_json(req);
    if (!body) return false;
    enum err e = json_take(body, wish_specs, sizeof wish_specs / sizeof wish_specs[0], &wish, NULL, &fault);
    if (e == OK) e = take_only(p, wish.only, &fault);
    if (e != OK) return reply_error(req, e, &fault), false;
    p->again = wish.again;
    e = printers_choose(worker->db, &p->arena, http_param(req, "event"), wish.printer, &p->printer, &fault);
    if (e == ERR_NOT_FOUND) return reply_reason_with(req, REASON_unknown_printer, fault.text), false;
    if (e != OK) return reply_error(req, e, &fault), false;
    const char *layout = arena_strdup(&p->arena, wish.layout ? wish.layout : LAYOUT_USUAL);
    e = layout ? print_badges_find(&p->arena, app_of(req), layout, &p->badges, &fault) : ERR_NOMEM;
    if (e == ERR_NOMEM) return reply_error(req, e, &fault), false;
    if (e != OK) return reply_reason_with(req, REASON_unknown_layout, fault.text), false;
    return true;
}

void print_post(struct http_request *req)
{
    struct worker *worker = worker_of(req);
    if (!worker || !event_of(req, worker, NULL)) return;
    struct printing *p = arena_alloc(req->arena, sizeof *p);
    if (!p || http_at_end(req, end_printing, p) != OK) {
        reply_reason(req, REASON_busy);
        return;
    }
    p->req = req;
    buf_init(&p->badges.pdf, BUF_LIMIT_BODY);
    arena_init(&p->arena, PRINT_BADGES_MEMORY);
    if (!take_wish(req, worker, p)) return;
    req->state = p;
    req->resume = NULL;
    http_run_in_pool(req, app_of(req)->print_pool, print_work);
}
