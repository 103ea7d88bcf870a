/* A string that grows up to a ceiling. All ceilings of the house are named here, in one place.
 *
 * Contract: after the first failed append (memory or ceiling) the buffer is empty, `failed` is set and further appends do
 * nothing, so that callers check once, at the end, with buf_ok. `data` is always NUL-terminated when not NULL. */
#ifndef PLENUM_BASE_BUF_H
#define PLENUM_BASE_BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#define BUF_LIMIT_LINE (64u * 1024u)                /* one line of text, a message, a URL */
#define BUF_LIMIT_BODY (16u * 1024u * 1024u)        /* a request or reply body made in memory */
#define BUF_LIMIT_FILE (512u * 1024u * 1024u)       /* a whole file held in memory: lists, PDF */

struct buf {
    char *data;    /* owned; NULL while nothing was written */
    size_t length; /* without the NUL */
    size_t capacity;
    size_t limit;
    bool failed;
};

void buf_init(struct buf *buf, size_t limit);
void buf_release(struct buf *buf); /* accepts a zeroed one */
void buf_clear(struct buf *buf);   /* empty again, not failed, memory kept */

void buf_expect(struct buf *buf, size_t more); /* makes room at once for `more` bytes that will come; fails as an append of them would */
void buf_add(struct buf *buf, const void *data, size_t length);
void buf_puts(struct buf *buf, const char *text); /* NULL adds nothing */
void buf_putc(struct buf *buf, char c);
void buf_printf(struct buf *buf, const char *format, ...) __attribute__((format(printf, 2, 3)));
void buf_vprintf(struct buf *buf, const char *format, va_list args) __attribute__((format(printf, 2, 0)));

/* Text for HTML content and double-quoted attributes: & < > " ' are escaped. */
void buf_put_html(struct buf *buf, const char *text);
/* Text for one URL path segment or query value (RFC 3986 unreserved characters stay). */
void buf_put_url(struct buf *buf, const char *text);
/* One CSV field (RFC 4180), quoted where needed; a = + - @ tab or CR at the beginning, or behind apostrophes there, gets an apostrophe before it, so that
 * no spreadsheet runs it; core/sheet takes it away again. */
void buf_put_csv(struct buf *buf, const char *text);
/* A JSON string with its quotes. */
void buf_put_json(struct buf *buf, const char *text);

bool buf_ok(const struct buf *buf);
/* The text so far, "" when empty. Borrowed until the next append. */
const char *buf_text(const struct buf *buf);

#endif
