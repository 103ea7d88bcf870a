/* GET /api/v1/events/{event}/stats: the figures, with an ETag that changes when a figure does. Those of the past are made from all scans, one question at a time,
 * by a thread of their own (app->past_pool). Of its places screens and devices have a few only: who holds a wall's code keeps nobody of the staff waiting. */
#include "core/base/clock.h"
#include "core/congress/figures/keep.h"
#include "server/refusal.h"

#include <inttypes.h>
#include <string.h>

#define PAST_OF_SCREENS 4 /* questions of walls and devices at once */

static bool wants_units(struct http_request *req)
{
    const char *units = http_query(req, "units");
    return units && strcmp(units, "1") == 0;
}

static enum err reply_figures(struct http_request *req, struct db *db, const struct figures *figures)
{
    struct figures_unit *units = NULL;
    size_t count = 0;
    enum err e = wants_units(req) ? figures_units_read(db, req->arena, figures, &units, &count) : OK;
    if (e != OK) return e;
    json_t *all = figures_json(figures);
    if (all && wants_units(req) && json_object_set_new(all, "units", figures_units_json(units, count)) != 0) {
        json_decref(all);
        return ERR_NOMEM;
    }
    http_reply_json(req, 200, all);
    return OK;
}

static void past_work(struct http_request *req, void *thread_state)
{
    struct worker *worker = thread_state;
    const struct figures_moment *moment = req->state;
    const struct programme *programme;
    struct figures figures;
    if (!worker) {
        reply_reason(req, REASON_busy);
        return;
    }
    enum err e = programme_cached(&worker->programmes, worker->db, http_param(req, "event"), &programme, NULL);
    if (e == OK) e = figures_read_at(worker->db, req->arena, programme, *moment, &figures);
    if (e == OK) e = reply_figures(req, worker->db, &figures);
    if (e != OK) reply_error(req, e, NULL);
}

static void screen_answered(void *data)
{
    atomic_uint *asked = data;
    atomic_fetch_sub(asked, 1);
}

/* A place for the request's question until it is over. False: screens and devices have all of theirs. */
static bool take_place(struct http_request *req)
{
    atomic_uint *asked = &app_of(req)->past_of_screens;
    if (principal_of(req)->is_staff) return true;
    if (atomic_fetch_add(asked, 1) < PAST_OF_SCREENS && http_at_end(req, screen_answered, asked) == OK) return true;
    atomic_fetch_sub(asked, 1);
    return false;
}

/* What was is changed by what is told of it later, and by a changed list or programme: each of these grows a counter. */
static void past_get(struct http_request *req, const struct programme_seqs *seqs, const char *at, const char *known_at)
{
    struct fault fault = {0};
    struct figures_moment *moment = arena_alloc(req->arena, sizeof *moment);
    if (!moment) {
        reply_error(req, ERR_NOMEM, NULL);
        return;
    }
    enum err e = figures_moment_read(at, known_at, clock_now_ms(), moment, &fault);
    if (e != OK) {
        refusal_reply(req, e, &fault);
        return;
    }
    char *etag = arena_printf(req->arena, "past-%" PRId64 "-%" PRId64 "-%" PRId64 "-%" PRId64 "-%" PRId64 "%s", seqs->figures_seq, seqs->config_seq, seqs->roster_seq,
                              moment->at_ms, known_at ? moment->known_ms : 0, wants_units(req) ? "-u" : "");
    http_set_cache(req, HTTP_REVALIDATE);
    if (etag && http_not_modified(req, etag)) return;
    if (!take_place(req)) {
        reply_reason(req, REASON_busy);
        return;
    }
    req->state = moment;
    http_run_in_pool(req, app_of(req)->past_pool, past_work);
}

void stats_get(struct http_request *req)
{
    struct worker *worker = worker_of(req);
    struct programme_seqs seqs;
    struct figures figures;
    const struct programme *programme = worker ? event_of(req, worker, &seqs) : NULL;
    const char *at = http_query(req, "at"), *known_at = http_query(req, "known_at");
    if (!programme) return;
    if (at || known_at) {
        past_get(req, &seqs, at, known_at);
        return;
    }
    enum err e = figures_read_kept(app_of(req)->figures, worker->db, req->arena, programme, clock_now_ms(), &figures);
    if (e != OK) {
        reply_error(req, e, NULL);
        return;
    }
    /* The programme changes figures by itself at next_change_ms, so that moment is part of the validator. */
    char *etag = arena_printf(req->arena, "%" PRId64 "-%" PRId64 "-%" PRId64 "%s", seqs.figures_seq, seqs.config_seq, figures.next_change_ms,
                              wants_units(req) ? "-u" : "");
    http_set_cache(req, HTTP_REVALIDATE);
    if (etag && http_not_modified(req, etag)) return;
    e = reply_figures(req, worker->db, &figures);
    if (e != OK) reply_error(req, e, NULL);
}
