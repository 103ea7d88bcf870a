/* GET /admin/{event}/late: when the quorum of each session was met and missed, and what late scans put right since: which moments, by which gate, how many, since when
 * it is known. */
#include "core/base/clock.h"
#include "core/base/zone.h"
#include "core/congress/figures/keep.h"
#include "server/pages/staff_page.h"

#define SHOWN_MOST 200

/* "08:05:30 1/12/2026" */
static const char *moment(struct view *view, const struct programme *p, int64_t ms)
{
    struct zone_time t;
    if (ms == DB_NULL || zone_local(p->timezone, ms, &t) != OK) return NULL;
    return arena_printf(view->arena, "%02d:%02d:%02d %d/%d/%d", t.hour, t.minute, t.second, t.day, t.month, t.year);
}

static json_t *late_json(struct view *view, const struct programme *p, const struct figures_late *late)
{
    json_t *out = json_object();
    const struct programme_gate *gate = programme_gate_by_id(p, late->gate_id);
    const char *first = moment(view, p, late->first_ms), *last = moment(view, p, late->last_ms);
    if (gate) view_put_title(view, out, "gate", gate->title);
    view_put(out, "by", late->by);
    view_put_flag(out, "paper", late->on_paper);
    view_put(out, "known", moment(view, p, late->known_ms));
    view_put(out, "first", first);
    if (late->last_ms != late->first_ms) view_put(out, "last", last);
    if (late->entered) view_put_number(out, "entered", late->entered);
    if (late->left) view_put_number(out, "left", late->left);
    if (late->given) view_put_number(out, "given", late->given);
    if (late->undone) view_put_number(out, "undone", late->undone);
    return out;
}

static void put_late(struct view *view, const struct programme *p, const struct figures_late *list, size_t count)
{
    json_t *out = json_array();
    for (size_t i = 0; i < count && i < SHOWN_MOST; i++) json_array_append_new(out, late_json(view, p, &list[i]));
    view_put_flag(view->root, "has_late", count > 0);
    view_put_flag(view->root, "more", count > SHOWN_MOST);
    view_put_json(view->root, "late", out);
}

static json_t *session_json(struct view *view, const struct programme *p, const struct figures_session_quorum *q, const char *title)
{
    json_t *out = json_object(), *periods = json_array();
    view_put_title(view, out, "title", title);
    view_put_number(out, "eligible", q->eligible);
    view_put_number(out, "required", q->required);
    view_put_number(out, "most", q->most);
    view_put_flag(out, "reached", q->reached);
    for (size_t i = 0; i < q->period_count; i++) {
        json_t *one = json_object();
        view_put(one, "from", moment(view, p, q->periods[i].from_ms));
        view_put(one, "until", moment(view, p, q->periods[i].until_ms));
        json_array_append_new(periods, one);
    }
    view_put_json(out, "periods", periods);
    return out;
}

static void put_quorums(struct view *view, const struct programme *p, const struct figures *f)
{
    json_t *out = json_array();
    size_t at = 0;
    for (size_t i = 0; i < p->session_count && at < f->quorum_count; i++)
        if (f->quorums[at].session == p->sessions[i].code) json_array_append_new(out, session_json(view, p, &f->quorums[at++], p->sessions[i].title));
    view_put_flag(view->root, "has_quorum", f->quorum_count > 0);
    view_put_json(view->root, "quorums", out);
}

static void page_work(struct http_request *req, void *thread_state)
{
    struct staff_page page;
    struct figures_late *list;
    struct figures figures;
    size_t count;
    if (!staff_page_begin_in_pool(&page, req, thread_state)) return;
    struct view *view = &page.view;
    enum err e = figures_late_read(page.worker->db, req->arena, page.event.id, SHOWN_MOST + 1, &list, &count);
    if (e == OK) e = figures_read_kept(page.worker->app->figures, page.worker->db, req->arena, page.programme, clock_now_ms(), &figures);
    if (e != OK) {
        reply_error(req, e, NULL);
        return;
    }
    put_late(view, page.programme, list, count);
    put_quorums(view, page.programme, &figures);
    view_set_title(view, view_words(view, "late.title"));
    view_set_style(view, "papers");
    view_reply(view, 200, "admin_late");
}

void late_get(struct http_request *req)
{
    if (!staff_enter(req, NULL)) return;
    req->resume = NULL;
    http_run_in_pool(req, app_of(req)->pool, page_work);
}
