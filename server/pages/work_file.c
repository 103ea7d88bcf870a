/* GET /display/{event}/work/{name}: a picture or a text of our work, made here, under an address that names its bytes. For walls and staff. */
#include "core/congress/our_work/our_work.h"
#include "server/app.h"
#include "server/hot_papers.h"

#include <string.h>

void work_file_get(struct http_request *req)
{
    struct programme_seqs seqs = {0};
    struct worker *worker = worker_of(req);
    const char *name = http_param(req, "name"), *dot = strchr(name, '.'), *type = NULL;
    int64_t size = 0;
    if (!worker || !event_of(req, worker, &seqs)) return;
    const char *sha256 = dot ? arena_strndup(req->arena, name, (size_t)(dot - name)) : NULL;
    bool sound = sha256 && strlen(sha256) == 64 && strspn(sha256, "0123456789abcdef") == 64;
    enum err e = sound ? our_work_find(worker->db, req->arena, seqs.event_id, sha256, &size, &type) : ERR_NOT_FOUND;
    if (e == OK && strcmp(dot, strncmp(type, "text/html", 9) == 0 ? ".html" : ".jpg") != 0) e = ERR_NOT_FOUND;
    if (e != OK) {
        reply_error(req, e, NULL);
        return;
    }
    struct http_kept *kept = hot_papers_open(app_of(req)->hot_papers, sha256, size);
    if (!kept) {
        reply_error(req, ERR_IO, &(struct fault){.text = "a picture for the wall is not there, or not whole: run `plenum doctor`"});
        return;
    }
    if (strncmp(type, "text/html", 9) == 0) (void)http_set_header(req, "Content-Security-Policy", "default-src 'none'; sandbox"); /* opened by itself it is a download */
    http_reply_file(req, &(struct http_file){.kept = kept, .size = size, .content_type = type, .etag = sha256, .cache = HTTP_PRIVATE_KEEP});
}
