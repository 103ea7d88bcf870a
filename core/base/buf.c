#include "core/base/buf.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void buf_init(struct buf *buf, size_t limit)
{
    *buf = (struct buf){.limit = limit};
}

void buf_release(struct buf *buf)
{
    free(buf->data);
    *buf = (struct buf){.limit = buf->limit};
}

void buf_clear(struct buf *buf)
{
    buf->length = 0;
    buf->failed = false;
    if (buf->data) buf->data[0] = '\0';
}

static void buf_fail(struct buf *buf)
{
    buf_release(buf);
    buf->failed = true;
}

/* Room for `more` bytes and the NUL. */
static bool buf_reserve(struct buf *buf, size_t more)
{
    if (buf->failed) return false;
    if (more > buf->limit || buf->length > buf->limit - more) {
        buf_fail(buf);
        return false;
    }
    size_t need = buf->length + more + 1;
    if (need <= buf->capacity) return true;
    size_t capacity = buf->capacity ? buf->capacity : 128;
    while (capacity < need) capacity *= 2;
    char *data = realloc(buf->data, capacity);
    if (!data) {
        buf_fail(buf);
        return false;
    }
    buf->data = data;
    buf->capacity = capacity;
    return true;
}

void buf_expect(struct buf *buf, size_t more)
{
    (void)buf_reserve(buf, more);
}

void buf_add(struct buf *buf, const void *data, size_t length)
{
    if (!buf_reserve(buf, length)) return;
    if (length) memcpy(buf->data + buf->length, data, length);
    buf->length += length;
    buf->data[buf->length] = '\0';
}

void buf_puts(struct buf *buf, const char *text)
{
    if (text) buf_add(buf, text, strlen(text));
}

void buf_putc(struct buf *buf, char c)
{
    buf_add(buf, &c, 1);
}

void buf_vprintf(struct buf *buf, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, args);
    if (n >= 0 && buf_reserve(buf, (size_t)n)) {
        (void)vsnprintf(buf->data + buf->length, (size_t)n + 1, format, again);
        buf->length += (size_t)n;
    }
    va_end(again);
}

void buf_printf(struct buf *buf, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    buf_vprintf(buf, format, args);
    va_end(args);
}

static const char *html_entity(char c)
{
    switch (c) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return "&quot;";
    case '\'': return "&#39;";
    default: return NULL;
    }
}

void buf_put_html(struct buf *buf, const char *text)
{
    if (!text) return;
    const char *start = text;
    for (; *text; text++) {
        const char *entity = html_entity(*text);
        if (!entity) continue;
        buf_add(buf, start, (size_t)(text - start));
        buf_puts(buf, entity);
        start = text + 1;
    }
    buf_add(buf, start, (size_t)(text - start));
}

static bool url_unreserved(unsigned char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '.' || c == '_' || c == '~';
}

void buf_put_url(struct buf *buf, const char *text)
{
    if (!text) return;
    for (; *text; text++) {
        unsigned char c = (unsigned char)*text;
        if (url_unreserved(c)) buf_putc(buf, (char)c);
        else buf_printf(buf, "%%%02X", c);
    }
}

void buf_put_csv(struct buf *buf, const char *text)
{
    if (!text) return;
    const char *first = text + strspn(text, "'"); /* apostrophes before it too: so that taking one away always gives what was there */
    bool formula = *first && strchr("=+-@\t\r", *first);
    if (!formula && !strpbrk(text, ",;\"\r\n\t")) {
        buf_puts(buf, text);
        return;
    }
    buf_putc(buf, '"');
    if (formula) buf_putc(buf, '\'');
    for (; *text; text++) {
        if (*text == '"') buf_putc(buf, '"');
        buf_putc(buf, *text);
    }
    buf_putc(buf, '"');
}

void buf_put_json(struct buf *buf, const char *text)
{
    buf_putc(buf, '"');
    for (; text && *text; text++) {
        unsigned char c = (unsigned char)*text;
        if (c == '"' || c == '\\') buf_printf(buf, "\\%c", c);
        else if (c == '\n') buf_puts(buf, "\\n");
        else if (c < 0x20) buf_printf(buf, "\\u%04x", c);
        else buf_putc(buf, (char)c);
    }
    buf_putc(buf, '"');
}

bool buf_ok(const struct buf *buf)
{
    return !buf->failed;
}

const char *buf_text(const struct buf *buf)
{
    return buf->data ? buf->data : "";
}
