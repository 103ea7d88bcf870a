/* What a layout looks like: POST /api/v1/events/{event}/layouts/preview with a layout as body, GET …/layouts/{name}/picture.png for one that is there.
 * Both: ?person=&side=front|back&language=&overlay=1&pixels=, answered with a PNG and what is worth knowing in the header Plenum-Preview. */
#include "core/base/crypto.h"
#include "server/layout_job.h"

#include <string.h>

static bool is_printable_ascii(const char *text)
{
    for (; *text; text++)
        if (*text < 0x20 || *text > 0x7E) return false;
    return true;
}

/* Headers are ASCII: a code or number that is not stays out. */
static void set_report(struct http_request *req, const struct badge_preview *result)
{
    struct buf out;
    buf_init(&out, BUF_LIMIT_LINE);
    buf_printf(&out, "{\"has_back\":%s,\"cut\":%zu,\"missing\":%zu,\"helped\":%zu,\"name_size\":%.1f,\"flaw\":%s,\"person\":", result->has_back ? "true" : "false",
               result->cut, result->missing, result->helped, result->name_size, result->flaw ? "true" : "false");
    buf_put_json(&out, result->person && is_printable_ascii(result->person) ? result->person : "");
    buf_putc(&out, '}');
    if (buf_ok(&out)) (void)http_set_header(req, "Plenum-Preview", buf_text(&out));
    buf_release(&out);
}

static void reply_job(struct http_request *req)
{
    struct layout_job *job = req->state;
    if (job->is_flawed) {
        layout_job_reply_flaw(req, &job->flaw);
        return;
    }
    if (job->error != OK) {
        reply_error(req, job->error, &job->fault);
        return;
    }
    set_report(req, &job->result);
    http_reply_buf(req, 200, "image/png", &job->png);
}

static void work(struct http_request *req, void *thread_state)
{
    layout_job_run(req->state, thread_state);
}

static void start(struct http_request *req, struct layout_job *job)
{
    req->state = job;
    req->resume = reply_job;
    http_run_in_pool(req, app_of(req)->pool, work);
}

void layout_preview_post(struct http_request *req)
{
    struct worker *worker = worker_of(req);
    if (!worker || !event_of(req, worker, NULL)) return;
    if (strcmp(req->content_type, "application/json") != 0) {
        reply_reason(req, REASON_not_json);
        return;
    }
    struct layout_job *job = layout_job_new(req);
    if (!job) return;
    job->text = req->body;
    job->length = req->body_length;
    start(req, job);
}

/* Drawn anew only when layout, event or somebody in it has changed: the list of layouts asks for all at once. */
void layout_picture_get(struct http_request *req)
{
    struct worker *worker = worker_of(req);
    struct programme_seqs seqs;
    char tag[LAYOUT_TAG_SIZE];
    bool own;
    if (!worker || !event_of(req, worker, &seqs)) return;
    struct layout_job *job = layout_job_new(req);
    if (!job) return;
    job->name = http_param(req, "name");
    enum err e = layout_folder_read(req->arena, app_of(req)->store.folder, job->name, &job->text, &job->length, &own, tag, NULL);
    if (e != OK) {
        if (e == ERR_NOT_FOUND) reply_reason(req, REASON_unknown_layout);
        else reply_error(req, e, NULL);
        return;
    }
    const char *key = arena_printf(req->arena, "%s %lld %lld %d %d %u %s %s", tag, (long long)seqs.config_seq, (long long)seqs.roster_seq, job->back,
                                   job->overlay, job->pixels, job->language ? job->language : "", job->person ? job->person : "");
    char etag[CRYPTO_HASH_HEX];
    if (!key) {
        reply_reason(req, REASON_busy);
        return;
    }
    crypto_sha256_hex(key, strlen(key), etag);
    http_set_cache(req, HTTP_REVALIDATE);
    if (http_not_modified(req, etag)) return;
    start(req, job);
}
