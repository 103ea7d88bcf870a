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

/* A margin as web/js/wall/options.js reads it: "4", "2.5", "4%", "40px". Gives the length of what is carried along, 0 for nonsense. A percent sign is no sign
 * in an address, and is what a number without one means. */
static size_t read_safe(const char *text)
{
    size_t whole = text ? strspn(text, "0123456789") : 0, length = whole;
    if (!whole || whole > 4) return 0;
    if (text[length] == '.') {
        size_t part = strspn(text + length + 1, "0123456789");
        if (!part || part > 3) return 0;
        length += 1 + part;
    }
    if (strcmp(text + length, "px") == 0) return length + 2;
    return !text[length] || strcmp(text + length, "%") == 0 ? length : 0;
}

static bool is_yes(const char *text)
{
    return text && (strcmp(text, "1") == 0 || strcmp(text, "true") == 0 || strcmp(text, "yes") == 0);
}

static char between(const struct buf *out)
{
    return out->length ? '&' : '?';
}

char *frame_query_of(struct arena *arena, const char *w, const char *h, const char *safe, const char *transparent)
{
    struct buf out;
    const long width = read_number(w, FRAME_SIDE_LEAST, FRAME_SIDE_MOST), height = read_number(h, FRAME_SIDE_LEAST, FRAME_SIDE_MOST);
    const size_t margin = read_safe(safe);
    buf_init(&out, BUF_LIMIT_LINE);
    if (width >= 0) buf_printf(&out, "%cw=%ld", between(&out), width);
    if (height >= 0) buf_printf(&out, "%ch=%ld", between(&out), height);
    if (margin) buf_printf(&out, "%csafe=%.*s", between(&out), (int)margin, safe);
    if (is_yes(transparent)) buf_printf(&out, "%ctransparent=1", between(&out));
    char *text = buf_ok(&out) ? arena_strdup(arena, out.length ? buf_text(&out) : "") : NULL;
    buf_release(&out);
    return text;
}

char *frame_query(struct http_request *req)
{
    return frame_query_of(req->arena, http_query(req, "w"), http_query(req, "h"), http_query(req, "safe"), http_query(req, "transparent"));
}
