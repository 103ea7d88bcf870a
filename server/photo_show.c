#include "server/photo_show.h"

#include "core/congress/photos/photos.h"

struct show {
    const char *sha256, *etag;
    unsigned side;
    const void *data;
    size_t length;
    enum err result;
    struct fault fault;
};

static void show_work(struct http_request *req, void *thread_state)
{
    struct show *show = req->state;
    (void)thread_state;
    show->result = photo_show(req->arena, app_of(req)->store.folder, show->sha256, show->side, &show->data, &show->length, &show->fault);
}

static void show_reply(struct http_request *req)
{
    const struct show *show = req->state;
    if (show->result == ERR_INPUT || show->result == ERR_LIMIT) reply_reason_with(req, REASON_not_found, show->fault.text); /* a moving WebP of an event file */
    else if (show->result != OK) reply_error(req, show->result, &show->fault);
    else if (!show->etag || !http_not_modified(req, show->etag)) http_reply(req, 200, "image/jpeg", show->data, show->length);
}

void photo_show_reply(struct http_request *req, const char *sha256, unsigned side, const char *etag)
{
    struct show *show = arena_alloc(req->arena, sizeof *show);
    if (!show) {
        reply_reason(req, REASON_busy);
        return;
    }
    *show = (struct show){.sha256 = sha256, .etag = etag, .side = side};
    req->state = show;
    req->resume = show_reply;
    http_run_in_pool(req, app_of(req)->pool, show_work);
}
