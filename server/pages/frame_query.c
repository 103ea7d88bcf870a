#include "server/pages/frame_query.h"

#include "core/base/buf.h"

#include <stdlib.h>
#include <string.h>

/* Plain digits, at least `least`, at most `most`; -1 else. */
static long read_number(const char *text, long least, long most)
{
    size_t length = text ? strlen(text) : 0;
    if (!length || length > 6 || strspn(text, "0123456789") != length) return -1;
    long number = strtol(text, NULL, 10);
    return number >= least && number <= most ? number : -1;
}

static void add(struct buf *out, const char *key, long number)
{
    if (number >= 0) buf_printf(out, "%c%s=%ld", out->length ? '&' : '?', key, number);
}

char *frame_query_of(struct arena *arena, const char *w, const char *h, const char *safe, const char *transparent)
{
    struct buf out;
    buf_init(&out, BUF_LIMIT_LINE);
    add(&out, "w", read_number(w, 16, FRAME_SIDE_MOST));
    add(&out, "h", read_number(h, 16, FRAME_SIDE_MOST));
    add(&out, "safe", read_number(safe, 0, FRAME_SAFE_MOST));
    add(&out, "transparent", read_number(transparent, 1, 1));
    char *text = buf_ok(&out) ? arena_strdup(arena, out.length ? buf_text(&out) : "") : NULL;
    buf_release(&out);
    return text;
}

char *frame_query(struct http_request *req)
{
    return frame_query_of(req->arena, http_query(req, "w"), http_query(req, "h"), http_query(req, "safe"), http_query(req, "transparent"));
}
