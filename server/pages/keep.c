/* GET /d/{token}/worker.js: the service worker by which a phone keeps its pages. Its scope is one badge, so the address is too. */
#include "core/base/clock.h"
#include "server/pages/reading.h"
#include "server/web_assets.h"

#include <string.h>

void keep_worker_get(struct http_request *req)
{
    struct view view;
    struct viewer viewer;
    struct worker *worker = worker_of(req);
    const struct web_asset *script = web_asset_find("js/worker.js");
    if (!worker || !view_begin(&view, req)) return;
    enum err e = viewer_door_of(req, worker, clock_now_ms(), &viewer);
    if (e != OK || viewer.by_session || viewer.is_kiosk || !script) {
        reply_reason(req, REASON_not_found);
        return;
    }
    json_t *words = json_object();
    view_put(words, "lang", view.tag);
    view_put(words, "dir", i18n_direction(view.language));
    view_put(words, "not_here", view_words(&view, "keep.not_here"));
    view_put(words, "back", view_words(&view, "reader.back"));
    char *text = json_text(req->arena, words);
    json_decref(words);
    struct buf out;
    buf_init(&out, BUF_LIMIT_BODY);
    buf_printf(&out, "const WORDS = %s;\n", text ? text : "{}");
    buf_add(&out, script->body.data, script->body.length);
    /* A worker obeys the policy that its own script came with; it may speak with this server and nobody else. */
    (void)http_set_header(req, "Content-Security-Policy", "default-src 'none'; connect-src 'self'");
    (void)http_set_header(req, "Service-Worker-Allowed", arena_printf(req->arena, "/%c/%s", req->path[1], http_param(req, "token")));
    http_set_cache(req, HTTP_REVALIDATE);
    http_reply_buf(req, 200, "text/javascript; charset=utf-8", &out);
}
