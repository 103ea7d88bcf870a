/* GET /admin/{event}/conflicts: what doors told that another door or the rule had not, with names, gates and clocks. POST …/{scan_id}/settle: somebody has looked
 * at it. */
#include "core/base/clock.h"
#include "core/base/zone.h"
#include "core/congress/checkin/conflict.h"
#include "server/pages/staff_page.h"

#include <stdlib.h>

#define SHOWN_MOST 200
#define CLOCK_WRONG_MS 2000 /* a device's clock that is off by more is shown */

/* With seconds: conflicts are often within a minute. */
static const char *moment(struct view *view, const char *zone, int64_t ms)
{
    struct zone_time t;
    if (zone_local(zone, ms, &t) != OK) return NULL;
    return arena_printf(view->arena, "%02d:%02d:%02d %d/%d/%d", t.hour, t.minute, t.second, t.day, t.month, t.year);
}

static json_t *reading_json(struct view *view, const struct programme *programme, const struct conflict_reading *r)
{
    json_t *out = json_object();
    const struct programme_gate *gate = programme_gate_by_id(programme, r->gate_id);
    if (gate) view_put_title(view, out, "gate", gate->title);
    view_put(out, "at", moment(view, programme->timezone, r->true_ms));
    view_put(out, "by", r->by);
    view_put_flag(out, "estimated", r->estimated && !r->on_paper);
    view_put_flag(out, "paper", r->on_paper);
    if (llabs((long long)(r->scanned_ms - r->true_ms)) > CLOCK_WRONG_MS) view_put(out, "clock", moment(view, programme->timezone, r->scanned_ms));
    return out;
}

static json_t *conflict_json(struct view *view, const struct programme *programme, const struct conflict *c)
{
    json_t *out = json_object();
    view_put(out, "scan", c->scan_id);
    view_put(out, "name", c->name);
    view_put(out, "number", c->number);
    view_put_title(view, out, "unit", c->unit);
    view_put(out, "told", view_words(view, arena_printf(view->arena, "desk.outcome.%.20s", c->outcome)));
    if (c->reason) view_put(out, "reason", view_words(view, arena_printf(view->arena, "desk.reason.%.40s", c->reason)));
    view_put_json(out, "later", reading_json(view, programme, &c->later));
    if (c->entry.true_ms != DB_NULL) view_put_json(out, "entry", reading_json(view, programme, &c->entry));
    return out;
}

static void page_work(struct http_request *req, void *thread_state)
{
    struct staff_page page;
    struct conflict *list;
    size_t count;
    if (!staff_page_begin_in_pool(&page, req, thread_state)) return;
    struct view *view = &page.view;
    enum err e = conflict_list(page.worker->db, req->arena, page.event.id, SHOWN_MOST + 1, &list, &count);
    if (e != OK) {
        reply_error(req, e, NULL);
        return;
    }
    json_t *out = json_array();
    for (size_t i = 0; i < count && i < SHOWN_MOST; i++) json_array_append_new(out, conflict_json(view, page.programme, &list[i]));
    view_put_flag(view->root, "has_conflicts", count > 0);
    view_put_flag(view->root, "more", count > SHOWN_MOST);
    view_put_json(view->root, "conflicts", out);
    view_set_title(view, view_words(view, "conflicts.title"));
    view_set_style(view, "papers");
    view_reply(view, 200, "admin_conflicts");
}

/* However many there are: on a thread of the pool, beside the doors. */
void conflicts_get(struct http_request *req)
{
    if (!staff_enter(req, NULL)) return;
    req->resume = NULL;
    http_run_in_pool(req, app_of(req)->pool, page_work);
}

static enum err settle_store(struct db *db, struct http_request *req, struct write_tools *tools, struct fault *fault)
{
    const int64_t *event_id = req->state;
    (void)tools;
    return conflict_settle(db, req->arena, *event_id, http_param(req, "scan_id"), actor_of(req), clock_now_ms(), fault);
}

static void settle_stored(struct http_request *req)
{
    const struct fault *fault;
    enum err e = write_result(req, &fault);
    if (e != OK) reply_error(req, e, fault);
    else http_reply_redirect(req, 303, arena_printf(req->arena, "/admin/%s/conflicts", http_param(req, "event")));
}

void conflicts_settle_post(struct http_request *req)
{
    struct worker *worker = worker_of(req);
    const struct programme *programme = worker == NULL ? NULL : event_of(req, worker, NULL);
    int64_t *event_id = programme == NULL ? NULL : arena_alloc(req->arena, sizeof *event_id);
    if (programme == NULL) return;
    if (event_id == NULL) {
        reply_reason(req, REASON_busy);
        return;
    }
    *event_id = programme->event_id;
    req->state = event_id;
    request_write(req, settle_store, settle_stored);
}
