/* GET /api/v1/events/{event}/stats: the figures, with an ETag that changes when a figure does. */
#include "core/base/clock.h"
#include "core/congress/figures/figures.h"
#include "server/app.h"

#include <inttypes.h>

void stats_get(struct http_request *req)
{
    struct worker *worker = worker_of(req);
    struct programme_seqs seqs;
    struct figures figures;
    const struct programme *programme = worker ? event_of(req, worker, &seqs) : NULL;
    if (!programme) return;
    if (http_query(req, "at") || http_query(req, "known_at")) {
        reply_reason_with(req, REASON_bad_request, "figures of the past are not answered by this version: leave out at= and known_at=");
        return;
    }
    enum err e = figures_read(worker->db, req->arena, programme, clock_now_ms(), &figures);
    if (e != OK) {
        reply_error(req, e, NULL);
        return;
    }
    /* The programme changes figures by itself at next_change_ms, so that moment is part of the validator. */
    char *etag = arena_printf(req->arena, "%" PRId64 "-%" PRId64 "-%" PRId64, seqs.figures_seq, seqs.config_seq, figures.next_change_ms);
    http_set_cache(req, HTTP_REVALIDATE);
    if (etag && http_not_modified(req, etag)) return;
    http_reply_json(req, 200, figures_json(&figures));
}
