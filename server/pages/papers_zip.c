/* GET /d/{token}/papers.zip: every paper that this person may see now, in one archive that is nowhere stored. */
#include "core/base/clock.h"
#include "core/congress/papers/papers_zip.h"
#include "server/hot_papers.h"
#include "server/pages/opened.h"
#include "server/pages/viewer.h"

static struct http_kept *open_piece(void *context, const char *key, int64_t length)
{
    return hot_papers_open(context, key, length);
}

/* A reader must not find out after an hour that a paper was missing: each is looked for before the first byte goes out. */
static bool are_all_whole(struct hot_papers *hot, const struct papers_zip *zip)
{
    for (size_t i = 0; i < zip->piece_count; i++) {
        if (zip->pieces[i].data) continue;
        struct http_kept *kept = hot_papers_open(hot, zip->pieces[i].sha256, zip->pieces[i].length);
        if (!kept) return false;
        http_kept_drop(kept);
    }
    return true;
}

static void reply_archive(struct http_request *req, const struct viewer *viewer, const struct papers_zip *zip)
{
    struct app *app = app_of(req);
    struct http_piece *pieces = arena_array(req->arena, zip->piece_count, sizeof *pieces);
    const char *name = arena_printf(req->arena, "papers-%s.zip", viewer->papers.event);
    if (!pieces || !name) {
        reply_error(req, ERR_NOMEM, NULL);
        return;
    }
    if (!are_all_whole(app->hot_papers, zip)) {
        reply_error(req, ERR_IO, &(struct fault){.text = "a paper's file is not there, or not whole: run `plenum doctor`"});
        return;
    }
    for (size_t i = 0; i < zip->piece_count; i++)
        pieces[i] = (struct http_piece){.data = zip->pieces[i].data, .key = zip->pieces[i].sha256, .length = zip->pieces[i].length};
    const struct http_file file = {.fd = -1, .size = zip->size, .content_type = "application/zip", .etag = zip->etag, .name = name, .attachment = true,
                                   .cache = viewer->by_session ? HTTP_NO_STORE : HTTP_REVALIDATE};
    http_reply_pieces(req, &file, &(struct http_pieces){.items = pieces, .count = zip->piece_count, .open = open_piece, .context = app->hot_papers});
}

void papers_zip_get(struct http_request *req)
{
    int64_t now = clock_now_ms();
    struct viewer viewer;
    struct paper *papers = NULL;
    struct papers_zip zip = {0};
    struct fault fault = {0};
    size_t count = 0;
    struct worker *worker = worker_of(req);
    if (!worker) return;
    enum err e = paper_viewer_of(req, worker, now, &viewer);
    if (e == OK && viewer.is_kiosk) e = ERR_DENIED; /* a shared screen keeps no files */
    if (e == OK) e = papers_list(worker->db, req->arena, &viewer.papers, now, &papers, &count);
    if (e == OK) e = papers_zip_plan(req->arena, papers, count, viewer.papers.timezone, &zip, &fault);
    if (e == ERR_NOT_FOUND || e == ERR_DENIED || (e == OK && count == 0)) reply_reason(req, REASON_not_found);
    else if (e == ERR_CONFLICT) reply_error(req, ERR_IO, &fault);
    else if (e != OK) reply_error(req, e, NULL);
    else if (zip.paper_count == 0) reply_reason(req, REASON_pin_needed);
    else {
        for (size_t i = 0; i < count; i++)
            if (papers[i].access == PAPER_OPEN) opened_note(req, viewer.papers.delegate_id, papers[i].id, papers[i].version);
        reply_archive(req, &viewer, &zip);
    }
}
