#include "server/pages/reading.h"
#include "core/base/clock.h"
#include "server/pages/opened.h"
#include "server/web_assets.h"

#include <stdlib.h>
#include <string.h>

bool reading_number(const char *text, int64_t *ret)
{
    if (!text || *text < '1' || *text > '9' || strlen(text) > 9 || strspn(text, "0123456789") != strlen(text)) return false;
    *ret = strtoll(text, NULL, 10);
    return true;
}

bool reading_open(struct http_request *req, struct opened *ret)
{
    int64_t version;
    *ret = (struct opened){.worker = worker_of(req), .now_ms = clock_now_ms(), .cache = HTTP_NO_STORE};
    if (!ret->worker) return false;
    struct db *db = ret->worker->db;
    enum err e = reading_number(http_param(req, "version"), &version) ? paper_viewer_of(req, ret->worker, ret->now_ms, &ret->viewer) : ERR_NOT_FOUND;
    if (e == OK) e = paper_find(db, req->arena, &ret->viewer.papers, http_param(req, "document"), version, ret->now_ms, &ret->paper);
    if (e == OK && ret->paper.access == PAPER_OPEN) e = viewer_cache_of(ret->worker, &ret->viewer, req->arena, &ret->paper, ret->now_ms, &ret->cache);
    if (e == OK && ret->paper.access == PAPER_OPEN) {
        opened_note(req, ret->viewer.papers.delegate_id, ret->paper.id, version);
        return true;
    }
    if (e == ERR_NOT_FOUND || e == ERR_DENIED || (e == OK && ret->paper.access == PAPER_HIDDEN)) reply_reason(req, REASON_not_found);
    else if (e != OK) reply_error(req, e, NULL);
    else reply_reason(req, REASON_pin_needed);
    return false;
}

char *reading_link(struct arena *arena, const struct viewer *viewer, const struct paper *paper, const char *what, int64_t page)
{
    struct buf out;
    buf_init(&out, BUF_LIMIT_LINE);
    buf_printf(&out, "%s/%s/", viewer->door, what);
    buf_put_url(&out, paper->code);
    buf_printf(&out, "/%lld", (long long)paper->version);
    if (*what == 'f') {
        buf_putc(&out, '/');
        buf_put_url(&out, paper->name);
    } else if (page > 0) {
        buf_printf(&out, "/%lld%s", (long long)page, *what == 'p' ? ".jpg" : "");
    }
    char *link = buf_ok(&out) ? arena_strdup(arena, buf_text(&out)) : NULL;
    buf_release(&out);
    return link;
}

json_t *reading_runs(const struct search_run *runs, size_t count, bool *first)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        json_t *run = json_object();
        view_put(run, "text", runs[i].text);
        view_put_flag(run, "hit", runs[i].is_hit);
        view_put_flag(run, "first", runs[i].is_hit && first && *first);
        if (runs[i].is_hit && first) *first = false;
        json_array_append_new(list, run);
    }
    return list;
}

void reading_may_keep(struct http_request *req)
{
    (void)http_set_header(req, "X-Plenum-Keep", "1");
}

static bool is_this_machine(const char *host)
{
    size_t n = strcspn(host, ":");
    return (n == 9 && (strncmp(host, "localhost", 9) == 0 || strncmp(host, "127.0.0.1", 9) == 0));
}

/* Where browsers let a page keep itself: over TLS, and on the machine itself (W3C Secure Contexts §3.1). */
bool reading_keeps(const struct http_request *req)
{
    return req->is_tls || is_this_machine(req->host);
}

/* At /d/me one address is many people's. */
void reading_put_keep(struct view *view, const struct viewer *viewer)
{
    view_put(view->root, "door", viewer->door);
    if (viewer->by_session || viewer->is_kiosk) return;
    if (!reading_keeps(view->req)) {
        view_put_flag(view->root, "keep_plain", true);
        return;
    }
    json_t *keep = json_object();
    view_put(keep, "door", viewer->door);
    view_put(keep, "build", web_build);
    view_put_json(view->root, "keep", keep);
}
