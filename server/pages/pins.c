/* POST /admin/{event}/pins.pdf: PINs for those who are asked for and have none, and the slips of all of these. It writes, so it is no GET: a link that is
 * followed, looked at ahead or reloaded makes nothing. POST /admin/{event}/pins/calm: the alarm was seen to. */
#include "badges/sheets/pin_slips.h"
#include "core/base/clock.h"
#include "server/pages/view.h"
#include "server/print_badges.h"

struct slips {
    struct arena arena; /* a list is larger than what a request may take */
    struct buf pdf;
    struct badge_list list; /* who was asked for: theirs are the PINs that are made, and the slips */
    struct pin_people people;
    struct pin_of *pins;
    size_t count;
    enum err result;
    struct fault fault;
};

static void release_slips(void *data)
{
    struct slips *s = data;
    buf_release(&s->pdf);
    arena_release(&s->arena);
}

static const char *form_word(struct http_request *req, const char *name)
{
    const char *word = http_form(req, name);
    return word && *word ? word : NULL;
}

static void reply_flaw(struct http_request *req, enum err e, const struct fault *fault)
{
    if (e == ERR_LIMIT && fault) reply_reason_with(req, REASON_too_many, fault->text);
    else reply_error(req, e, fault);
}

static enum err draw(struct worker *worker, struct slips *s, struct fault *fault)
{
    struct pin_slips slips;
    enum err e = pin_slips_from_list(&s->arena, &s->list, s->pins, s->count, &slips, fault);
    if (e == OK && !worker->fonts) e = fonts_new(&worker->fonts, fault);
    return e == OK ? pin_slips_write(&slips, worker->fonts, &s->pdf, NULL, fault) : e;
}

static void draw_work(struct http_request *req, void *thread_state)
{
    struct slips *s = req->state;
    struct fault fault = {0};
    enum err e = thread_state ? draw(thread_state, s, &fault) : ERR_BUSY;
    if (e != OK) {
        reply_flaw(req, e, &fault);
        return;
    }
    char *name = arena_printf(req->arena, "inline; filename=\"pins-%s.pdf\"", http_param(req, "event"));
    if (name) (void)http_set_header(req, "Content-Disposition", name);
    http_reply_buf(req, 200, "application/pdf", &s->pdf); /* no-store, as everything that is not said otherwise */
}

static enum err pins_apply(struct db *db, struct http_request *req, struct write_tools *tools, struct fault *fault)
{
    (void)tools;
    struct slips *s = req->state;
    return pin_make_slips(db, &s->arena, http_param(req, "event"), s->people, actor_of(req), clock_now_ms(), &s->pins, &s->count, fault);
}

static void pins_made(struct http_request *req)
{
    const struct fault *fault;
    enum err e = write_result(req, &fault);
    if (e != OK) {
        reply_error(req, e, fault);
        return;
    }
    req->resume = NULL;
    http_run_in_pool(req, app_of(req)->pool, draw_work);
}

/* First who is meant: nothing is made for a question that nobody answers to. */
static void find_work(struct http_request *req, void *thread_state)
{
    struct slips *s = req->state;
    struct worker *worker = thread_state;
    struct badge_list_filter filter = {.unit = form_word(req, "unit")};
    const char *event = http_param(req, "event");
    enum err e = worker ? print_badges_split(&s->arena, http_form(req, "only"), &filter, &s->fault) : ERR_BUSY;
    if (e == OK) e = print_badges_scope(worker->db, &s->arena, event, &filter, &s->fault);
    if (e == OK) e = badge_list_load(worker->db, &s->arena, event, &filter, "", &s->list, &s->fault);
    if (e == OK && s->list.count == 0) e = fault_set(&s->fault, ERR_NOT_FOUND, "there is nobody whose PIN could be printed");
    if (e == OK) e = pin_slips_people(&s->arena, &s->list, &s->people, &s->fault);
    s->result = e;
}

static void found(struct http_request *req)
{
    struct slips *s = req->state;
    if (s->result == OK) request_write(req, pins_apply, pins_made);
    else reply_flaw(req, s->result, &s->fault);
}

void pins_post(struct http_request *req)
{
    struct worker *worker = worker_of(req);
    if (!worker || !event_of(req, worker, NULL)) return;
    if (!http_form(req, "only") && !http_form(req, "unit")) { /* everybody is asked for by an empty field, never by none */
        reply_reason(req, REASON_bad_request);
        return;
    }
    struct slips *s = arena_alloc(req->arena, sizeof *s);
    if (!s || http_at_end(req, release_slips, s) != OK) {
        reply_reason(req, REASON_busy);
        return;
    }
    *s = (struct slips){0};
    buf_init(&s->pdf, BUF_LIMIT_FILE);
    arena_init(&s->arena, PRINT_BADGES_MEMORY);
    req->state = s;
    req->resume = found;
    http_run_in_pool(req, app_of(req)->pool, find_work);
}

static enum err calm_apply(struct db *db, struct http_request *req, struct write_tools *tools, struct fault *fault)
{
    (void)fault;
    const struct programme *programme;
    struct programme_seqs seqs;
    const char *event = http_param(req, "event");
    enum err e = programme_cached(&tools->programmes, db, event, &programme, &seqs);
    return e == OK ? pin_alarm_calm(db, event, seqs.event_id, actor_of(req), clock_now_ms()) : e;
}

static void calmed(struct http_request *req)
{
    const struct fault *fault;
    enum err e = write_result(req, &fault);
    if (e != OK) reply_error(req, e, fault);
    else http_reply_redirect(req, 303, arena_printf(req->arena, "/admin/%s", http_param(req, "event")));
}

void pins_calm_post(struct http_request *req)
{
    struct worker *worker = worker_of(req);
    if (worker && event_of(req, worker, NULL)) request_write(req, calm_apply, calmed);
}

enum err view_put_pin_alarm(struct view *view, struct db *db, int64_t event_id)
{
    struct pin_alarm alarm;
    enum err e = pin_alarm_read(db, event_id, clock_now_ms(), &alarm);
    if (e != OK || !alarm.is_on) return e;
    json_t *out = json_object();
    view_put_number(out, "recent", alarm.recent);
    view_put_number(out, "day", alarm.day);
    view_put_json(view->root, "pin_alarm", out);
    return OK;
}
