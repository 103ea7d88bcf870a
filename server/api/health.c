/* GET /healthz · /readyz · /metrics */
#include "core/base/clock.h"
#include "server/app.h"
#include "server/hot_papers.h"
#include "server/mirror_job.h"

#include <inttypes.h>

void health_get(struct http_request *req)
{
    struct mirror_state mirror;
    struct buf out;
    mirror_job_state(app_of(req)->mirror, &mirror);
    buf_init(&out, BUF_LIMIT_LINE);
    buf_puts(&out, "ok\n"); /* the server is, whatever the copy is */
    if (mirror.is_on && mirror.is_whole)
        buf_printf(&out, "mirror %s: %" PRId64 ".%d s behind\n", mirror_state_is_bad(&mirror) ? "LATE" : "ok", mirror.lag_ms / 1000, (int)(mirror.lag_ms % 1000 / 100));
    else if (mirror.is_on) buf_puts(&out, "mirror NOT YET WHOLE\n");
    http_reply_buf(req, 200, "text/plain; charset=utf-8", &out);
}

/* Ready: the database answers and the writer is not drowning. */
void ready_get(struct http_request *req)
{
    struct worker *worker = worker_of(req);
    if (!worker) return;
    int64_t mark;
    struct writer_figures figures;
    writer_read_figures(app_of(req)->writer, &figures);
    if (db_change_mark(worker->db, &mark) != OK || figures.waiting >= WRITER_QUEUE_LIMIT / 2) reply_reason(req, REASON_busy);
    else http_reply_text(req, 200, "text/plain; charset=utf-8", "ready\n");
}

static void put_metric(struct buf *out, const char *name, const char *kind, const char *help, int64_t value)
{
    buf_printf(out, "# HELP plenum_%s %s\n# TYPE plenum_%s %s\nplenum_%s %" PRId64 "\n", name, help, name, kind, name, value);
}

static void put_requests(struct buf *out, const struct http_counters *c)
{
    buf_puts(out, "# HELP plenum_requests_total Requests answered, by status class\n# TYPE plenum_requests_total counter\n");
    for (int i = 1; i < 6; i++) buf_printf(out, "plenum_requests_total{class=\"%dxx\"} %" PRIu64 "\n", i, c->requests[i]);
}

static void put_mirror(struct buf *out, const struct app *app)
{
    struct mirror_state mirror;
    mirror_job_state(app->mirror, &mirror);
    if (!mirror.is_on) return;
    put_metric(out, "mirror_good", "gauge", "1: the second copy is whole and current", mirror.is_whole && !mirror_state_is_bad(&mirror));
    put_metric(out, "mirror_lag_ms", "gauge", "What was acknowledged longer ago is in the second copy; -1: it is not whole yet", mirror.lag_ms);
    put_metric(out, "mirror_missing", "gauge", "Papers and pictures still to be copied", mirror.missing);
    put_metric(out, "mirror_bytes_total", "counter", "Written to the second copy", mirror.bytes);
}

void metrics_get(struct http_request *req)
{
    const struct app *app = app_of(req);
    struct http_counters http;
    struct live_counters live;
    struct pool_counters pool;
    struct writer_figures writer;
    struct hot_papers_figures papers;
    http_server_counters(app->http, &http);
    live_counters(app->hub, &live);
    pool_counters(app->pool, &pool);
    writer_read_figures(app->writer, &writer);
    hot_papers_count(app->hot_papers, &papers);
    struct buf out;
    buf_init(&out, BUF_LIMIT_LINE);
    put_requests(&out, &http);
    put_metric(&out, "connections", "gauge", "Open connections", http.connections);
    put_metric(&out, "connections_cut_total", "counter", "Connections cut for being too slow", (int64_t)http.cut);
    put_metric(&out, "heads_refused_total", "counter", "Requests refused for their framing or host", (int64_t)http.refused_heads);
    put_metric(&out, "streams", "gauge", "Open live streams", live.streams);
    put_metric(&out, "pool_queued", "gauge", "Jobs waiting", pool.queued);
    put_metric(&out, "commits_total", "counter", "Transactions committed by the writer", writer.commits);
    put_metric(&out, "writes_total", "counter", "Pieces of work in them", writer.pieces);
    put_metric(&out, "writer_waiting", "gauge", "Pieces of work waiting", (int64_t)writer.waiting);
    put_metric(&out, "paper_files_asked_total", "counter", "Times that a paper's file was wanted", (int64_t)papers.asked);
    put_metric(&out, "paper_files_opened_total", "counter", "Times that one had to be opened", (int64_t)papers.opened);
    put_metric(&out, "paper_files_held", "gauge", "Held open now", papers.held);
    put_metric(&out, "up_seconds", "gauge", "Since the start", (clock_now_ms() - app->started_ms) / 1000);
    put_mirror(&out, app);
    http_reply_buf(req, 200, "text/plain; version=0.0.4; charset=utf-8", &out);
}
