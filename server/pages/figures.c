/* GET /admin/{event}/figures: the figures now, the form to fix one, with preview=1 what would be fixed, and what was fixed. POST: fixes it. Works without a script;
 * counts everybody, so it is made in the pool. */
#include "server/pages/figures.h"
#include "core/base/clock.h"
#include "core/base/text_numbers.h"
#include "core/base/zone.h"
#include "core/congress/figures/keep.h"
#include "core/congress/title.h"
#include "server/refusal.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define LIST_MOST 20

/* How the page was asked for, beside its fields. */
struct asked {
    struct fixed_job *job;
    int status;
    const char *problem; /* NULL: none */
};

/* A field of the form, however it was sent. */
static const char *field(struct http_request *req, const char *key)
{
    const char *text = req->method == HTTP_POST ? http_form(req, key) : http_query(req, key);
    return text && *text ? text : NULL;
}

/* --- now ------------------------------------------------------------------------------------------------------------------------------------------- */

static const char *session_title(struct figures_page *page, const char *code)
{
    const struct programme *p = page->staff.programme;
    for (size_t i = 0; code && i < p->session_count; i++)
        if (strcmp(p->sessions[i].code, code) == 0) return title_pick(page->staff.view.arena, p->sessions[i].title, page->staff.view.tag);
    return code;
}

/* Every session so far, with the stretches in which its quorum was met. */
static void put_quorums(struct figures_page *page, const struct figures *f)
{
    struct view *view = &page->staff.view;
    const char *zone = page->staff.event.timezone;
    json_t *list = json_array();
    for (size_t i = 0; i < f->quorum_count; i++) {
        const struct figures_session_quorum *q = &f->quorums[i];
        json_t *one = json_object(), *periods = json_array();
        view_put(one, "session", session_title(page, q->session));
        figures_put(page, one, "required", q->required);
        figures_put(page, one, "eligible", q->eligible);
        figures_put(page, one, "most", q->most);
        for (size_t k = 0; k < q->period_count; k++) {
            json_t *period = json_object();
            view_put(period, "from", i18n_time(view->arena, zone, q->periods[k].from_ms));
            view_put(period, "until", q->periods[k].until_ms == DB_NULL ? "…" : i18n_time(view->arena, zone, q->periods[k].until_ms));
            json_array_append_new(periods, period);
        }
        view_put_flag(one, "met", q->reached);
        view_put_json(one, "periods", periods);
        json_array_append_new(list, one);
    }
    view_put_flag(view->root, "has_quorums", f->quorum_count > 0);
    view_put_json(view->root, "quorums", list);
}

/* The same reading as a fixed figure's: of the summoned, by the list, so that what is shown here is what would be fixed. */
static enum err put_now(struct figures_page *page, int64_t now_ms, struct fault *fault)
{
    struct view *view = &page->staff.view;
    struct fixed_content now;
    struct figures figures;
    json_t *count = json_object();
    enum err e = fixed_gather(page->staff.worker->db, &page->job->arena, page->staff.programme, now_ms, now_ms, NULL, &now, fault);
    if (e == OK) e = figures_read_kept(page->staff.worker->app->figures, page->staff.worker->db, view->arena, page->staff.programme, now_ms, &figures);
    if (e == OK) {
        figures_put_count(page, count, &now.count);
        figures_put_parts(page, &now);
        put_quorums(page, &figures);
        if (figures.corrected) figures_put(page, view->root, "corrected", figures.corrected);
        view_put(view->root, "as_of", view_moment(view, page->staff.event.timezone, now_ms));
    }
    view_put_json(view->root, "now", count);
    return e;
}

/* --- the form ---------------------------------------------------------------------------------------------------------------------------------------- */

/* Whom the quorum counts is whom the committee speaks of: chosen, where nothing was. */
static const char *quorum_category(struct figures_page *page)
{
    json_t *rule = NULL;
    const char *stored = page->staff.programme->quorum;
    if (!stored || json_read(stored, strlen(stored), &rule, NULL) != OK) return NULL;
    const char *category = json_string_value(json_object_get(rule, "category"));
    char *copy = category ? arena_strdup(page->staff.view.arena, category) : NULL;
    json_decref(rule);
    return copy;
}

static void put_form(struct figures_page *page, int64_t now_ms)
{
    struct view *view = &page->staff.view;
    const struct programme *p = page->staff.programme;
    json_t *form = json_object(), *categories = json_array(), *labels = json_array();
    bool sent = field(view->req, "sent") != NULL;
    const char *chosen = sent ? field(view->req, "category") : quorum_category(page), *label = field(view->req, "label"), *at = field(view->req, "when");
    const struct programme_session *session = p->area_count ? programme_session_at(p, p->areas[0].id, now_ms) : NULL;
    if (!sent && session) label = title_pick(view->arena, session->title, view->tag);
    for (size_t i = 0; i < p->category_count; i++) {
        json_t *one = json_object();
        view_put(one, "code", p->categories[i].code);
        view_put_title(view, one, "title", p->categories[i].title);
        view_put_flag(one, "chosen", chosen && strcmp(chosen, p->categories[i].code) == 0);
        json_array_append_new(categories, one);
    }
    for (size_t i = 0; i < p->session_count; i++) json_array_append_new(labels, json_string(title_pick(view->arena, p->sessions[i].title, view->tag)));
    view_put(form, "label", label);
    view_put(form, "when", at);
    view_put_json(form, "categories", categories);
    view_put_json(form, "labels", labels);
    view_put_json(view->root, "form", form);
}

/* What would be fixed: of this very moment, which the confirmation then names, so that what is fixed is what was read. */
static enum err put_preview(struct figures_page *page, int64_t now_ms, struct fault *fault)
{
    struct view *view = &page->staff.view;
    const struct programme *p = page->staff.programme;
    struct fixed_figure figure = {.timezone = p->timezone, .label = field(view->req, "label")};
    int64_t at_ms;
    char request[ID_UUID_SIZE], at[CLOCK_TEXT_SIZE], seen[FIXED_TOKEN_SIZE];
    const char *when = field(view->req, "at");
    enum err e = fixed_moment_read(p->timezone, when ? when : field(view->req, "when"), &at_ms, fault);
    if (e != OK) return e;
    if (at_ms == DB_NULL) at_ms = now_ms;
    if (at_ms > now_ms) return fault_because(fault, ERR_INPUT, "fixed_future", NULL, "a moment that is still to come cannot be fixed");
    if (at_ms < p->opens_ms) return fault_because(fault, ERR_INPUT, "fixed_before", NULL, "the event had not begun then");
    e = fixed_gather(page->staff.worker->db, &page->job->arena, p, at_ms, now_ms, field(view->req, "category"), &figure.content, fault);
    figure.sentence = e == OK ? fixed_words_say(&page->words, &page->job->arena, &figure) : NULL;
    if (e == OK && !figure.sentence) e = ERR_NOMEM;
    if (e != OK) return e;
    json_t *preview = json_object(), *count = json_object();
    id_uuid7(request);
    view_put(preview, "request", request);
    view_put(preview, "at_value", clock_format(at_ms, at));
    view_put(preview, "at", view_moment(view, p->timezone, at_ms));
    view_put(preview, "seen", fixed_token(&figure.content.count, seen));
    view_put(preview, "label", figure.label);
    view_put(preview, "category", figure.content.category);
    figures_put_count(page, count, &figure.content.count);
    view_put_json(preview, "count", count);
    figures_put_sentences(page, preview, &figure);
    view_put_json(view->root, "preview", preview);
    return OK;
}

/* --- what was fixed ------------------------------------------------------------------------------------------------------------------------------------ */

static enum err put_list(struct figures_page *page)
{
    struct view *view = &page->staff.view;
    struct fixed_figure *list;
    size_t n;
    const char *before = http_query(view->req, "before");
    int64_t below = before && strspn(before, "0123456789") == strlen(before) && strlen(before) < 9 ? strtoll(before, NULL, 10) : INT64_MAX;
    enum err e = fixed_list(page->staff.worker->db, view->arena, page->staff.event.id, below, LIST_MOST + 1, &list, &n);
    json_t *out = json_array();
    for (size_t i = 0; e == OK && i < n && i < LIST_MOST; i++) {
        json_t *one = json_object();
        figures_put_head(page, one, &list[i]);
        view_put(one, "sentence", fixed_sentence(view->arena, &list[i], page->words.tags[0]));
        view_put(one, "tag", page->words.tags[0]);
        json_array_append_new(out, one);
    }
    view_put_flag(view->root, "has_fixed", json_array_size(out) > 0);
    if (e == OK && n > LIST_MOST) view_put_number(view->root, "older", list[LIST_MOST - 1].number);
    view_put_json(view->root, "fixed", out);
    return e;
}

/* --- the page -------------------------------------------------------------------------------------------------------------------------------------------- */

static void show_work(struct http_request *req, void *thread_state)
{
    const struct asked *asked = req->state;
    struct figures_page page = {0};
    struct fault fault = {0};
    int64_t now_ms = clock_now_ms();
    int status = asked->status;
    const char *problem = asked->problem;
    req->state = asked->job;
    if (!figures_page_begin(&page, req, thread_state)) return;
    struct view *view = &page.staff.view;
    enum err e = put_now(&page, now_ms, &fault);
    if (e == OK && field(req, "sent")) {
        e = put_preview(&page, now_ms, &fault);
        if (e == ERR_INPUT && fault.reason) {
            problem = refusal_of_fault(req, &fault);
            status = 400;
            e = OK;
        }
    }
    if (e == OK) e = put_list(&page);
    if (e != OK) {
        reply_error(req, e, &fault);
        return;
    }
    put_form(&page, now_ms);
    view_put(view->root, "problem", problem);
    view_set_title(view, view_words(view, "figures.title"));
    view_set_style(view, "figures");
    view_reply(view, status, "admin_figures");
}

static void show(struct http_request *req, struct fixed_job *job, int status, const char *problem)
{
    struct asked *asked = job ? arena_alloc(req->arena, sizeof *asked) : NULL;
    if (job && !asked) reply_reason(req, REASON_busy);
    if (!asked) return;
    *asked = (struct asked){job, status, problem};
    req->state = asked;
    req->resume = NULL;
    http_run_in_pool(req, app_of(req)->pool, show_work);
}

void figures_get(struct http_request *req)
{
    if (staff_enter(req, NULL)) show(req, fixed_job_new(req), 200, NULL);
}

static void fixed(struct http_request *req)
{
    struct fixed_job *job = req->state;
    const struct fault *why;
    enum err e = write_result(req, &why);
    if (e == OK) http_reply_redirect(req, 303, arena_printf(req->arena, "/admin/%s/figures/%" PRId64 "?done=1", http_param(req, "event"), job->number));
    else if ((e == ERR_INPUT || e == ERR_CONFLICT || e == ERR_LIMIT) && why->reason) show(req, job, e == ERR_INPUT ? 400 : 409, refusal_of_fault(req, why));
    else reply_error(req, e, why);
}

void figures_post(struct http_request *req)
{
    struct fault fault = {0};
    struct worker *worker = worker_of(req);
    const struct programme *programme = worker ? event_of(req, worker, NULL) : NULL;
    struct fixed_job *job = programme ? fixed_job_new(req) : NULL;
    if (!job) return;
    enum err e = fixed_moment_read(programme->timezone, field(req, "at"), &job->wish.at_ms, &fault);
    if (e != OK) {
        show(req, job, 400, refusal_of_fault(req, &fault));
        return;
    }
    job->wish.request = field(req, "request");
    job->wish.label = field(req, "label");
    job->wish.category = field(req, "category");
    job->wish.seen = field(req, "seen");
    fixed_job_write(req, job, fixed);
}
