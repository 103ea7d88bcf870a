/* GET /d/{token}/f/{document}/{version}/{name}: one paper, to whom the predicate gives it. */
#include "core/base/clock.h"
#include "core/base/id.h"
#include "core/congress/papers/papers.h"
#include "server/app.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* A file that a failing disk made shorter must not be sent: under TLS it is mapped, and reading behind its end would end the server. */
static int open_whole(const char *path, int64_t size)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size == size)) return fd;
    (void)close(fd);
    return -1;
}

static void reply_paper(struct http_request *req, const struct paper *paper)
{
    const struct app *app = app_of(req);
    char *path = blob_path(req->arena, app->store.folder, paper->sha256);
    int fd = path ? open_whole(path, paper->size) : -1;
    if (fd < 0) {
        reply_error(req, ERR_IO, &(struct fault){.text = "a paper's file is not there, or not whole: run `plenum doctor`"});
        return;
    }
    http_reply_file(req, &(struct http_file){.fd = fd, .size = paper->size, .content_type = paper->media_type, .etag = paper->sha256, .name = paper->name,
                                             .cache = HTTP_PRIVATE_KEEP});
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
    char token[ID_TOKEN_SIZE];
    int64_t version, now = clock_now_ms();
    struct paper_viewer viewer;
    struct paper paper;
    struct worker *worker = worker_of(req);
    if (!worker) return;
    bool sound = id_token_read(http_param(req, "token"), token) && read_version(http_param(req, "version"), &version);
    enum err e = sound ? paper_viewer_by_token(worker->db, req->arena, token, now, &viewer) : ERR_NOT_FOUND;
    if (e == OK) e = paper_find(worker->db, req->arena, &viewer, http_param(req, "document"), version, now, &paper);
    if (e == ERR_NOT_FOUND || e == ERR_DENIED || (e == OK && paper.access == PAPER_HIDDEN)) reply_reason(req, REASON_not_found);
    else if (e != OK) reply_error(req, e, NULL);
    else if (paper.access == PAPER_NEEDS_PIN) reply_reason(req, REASON_pin_needed);
    else reply_paper(req, &paper);
}
