/* GET /d/{token}/f/{document}/{version}/{name}: one paper, to whom the predicate gives it. */
#include "core/base/clock.h"
#include "core/base/id.h"
#include "core/congress/papers/papers.h"
#include "server/pages/opened.h"
#include "server/pages/viewer.h"
#include "server/hot_papers.h"

#include <stdlib.h>
#include <string.h>

static void reply_paper(struct http_request *req, const struct paper *paper, enum http_cache cache)
{
    struct http_kept *kept = hot_papers_open(app_of(req)->hot_papers, paper->sha256, paper->size);
    if (!kept) { /* a file that a failing disk made shorter is not sent: under TLS it is mapped, and reading behind its end would end the server */
        reply_error(req, ERR_IO, &(struct fault){.text = "a paper's file is not there, or not whole: run `plenum doctor`"});
        return;
    }
    http_reply_file(req, &(struct http_file){.kept = kept, .size = paper->size, .content_type = paper->media_type, .etag = paper->sha256, .name = paper->name,
                                             .modified_ms = cache == HTTP_NO_STORE ? 0 : paper->added_ms, .cache = cache});
}

static bool read_version(const char *text, int64_t *ret)
{
    char *end;
    if (*text < '1' || *text > '9' || strlen(text) > 9) return false;
    *ret = strtoll(text, &end, 10);
    return *end == '\0';
}

void paper_file_get(struct http_request *req)
{
    int64_t version, now = clock_now_ms();
    enum http_cache cache = HTTP_NO_STORE;
    struct viewer viewer;
    struct paper paper;
    struct worker *worker = worker_of(req);
    if (!worker) return;
    enum err e = read_version(http_param(req, "version"), &version) ? paper_viewer_of(req, worker, now, &viewer) : ERR_NOT_FOUND;
    if (e == OK) e = paper_find(worker->db, req->arena, &viewer.papers, http_param(req, "document"), version, now, &paper);
    if (e == OK && paper.access == PAPER_OPEN) e = viewer_cache_of(worker, &viewer, req->arena, &paper, now, &cache);
    if (e == ERR_NOT_FOUND || e == ERR_DENIED || (e == OK && paper.access == PAPER_HIDDEN)) reply_reason(req, REASON_not_found);
    else if (e != OK) reply_error(req, e, NULL);
    else if (paper.access == PAPER_NEEDS_PIN) reply_reason(req, REASON_pin_needed);
    else {
        opened_note(req, viewer.papers.delegate_id, paper.id, paper.version);
        reply_paper(req, &paper, cache);
    }
}
