#include "server/http/validators.h"

#include "core/base/buf.h"
#include "core/base/text.h"

#include <stdlib.h>
#include <string.h>

bool etag_listed(const char *list, const char *etag)
{
    size_t length = strlen(etag);
    const char *p = list;
    while (*p) {
        p += strspn(p, " \t,");
        if (*p == '*') return true;
        if (p[0] == 'W' && p[1] == '/') p += 2;
        if (*p != '"') return false; /* nothing sensible follows */
        const char *end = strchr(++p, '"');
        if (!end) return false;
        if ((size_t)(end - p) == length && strncmp(p, etag, length) == 0) return true;
        p = end + 1;
    }
    return false;
}

/* Digits to a number, saturated; false when there are none. */
static bool read_number(const char **p, int64_t *ret)
{
    int64_t value = 0;
    if (**p < '0' || **p > '9') return false;
    for (; **p >= '0' && **p <= '9'; (*p)++) value = value > (INT64_MAX - 9) / 10 ? INT64_MAX : value * 10 + (**p - '0');
    *ret = value;
    return true;
}

enum range_result range_read(const char *header, int64_t size, int64_t *ret_first, int64_t *ret_last)
{
    int64_t first = 0, last = INT64_MAX;
    if (!header || strncasecmp(header, "bytes=", 6) != 0) return RANGE_WHOLE;
    const char *p = header + 6;
    p += strspn(p, " \t");
    bool has_first = read_number(&p, &first);
    if (*p++ != '-') return RANGE_WHOLE;
    bool has_last = read_number(&p, &last);
    p += strspn(p, " \t");
    if (*p || (!has_first && !has_last) || (has_first && has_last && last < first)) return RANGE_WHOLE;
    if (!has_first) { /* the last so many bytes */
        if (last == 0 || size == 0) return RANGE_UNSATISFIABLE;
        first = last >= size ? 0 : size - last;
        last = size - 1;
    }
    if (first >= size) return RANGE_UNSATISFIABLE;
    *ret_first = first;
    *ret_last = last >= size ? size - 1 : last;
    return RANGE_PART;
}

bool if_range_holds(const char *header, const char *etag)
{
    size_t length = strlen(etag);
    return strlen(header) == length + 2 && header[0] == '"' && strncmp(header + 1, etag, length) == 0 && header[length + 1] == '"';
}

/* The q-value among the parameters after a coding: 0…1000. */
static int read_weight(const char *p, size_t length)
{
    const char *end = p + length;
    for (; p < end; p++) {
        if (*p != ';') continue;
        p++;
        while (p < end && (*p == ' ' || *p == '\t')) p++;
        if (end - p < 3 || (*p != 'q' && *p != 'Q') || p[1] != '=') continue;
        double weight = strtod(p + 2, NULL);
        return weight <= 0 ? 0 : weight >= 1 ? 1000 : (int)(weight * 1000);
    }
    return 1000;
}

bool encoding_accepts_gzip(const char *header)
{
    int gzip = -1, any = -1;
    for (const char *p = header ? header : ""; *p;) {
        p += strspn(p, " \t,");
        size_t length = strcspn(p, ",");
        size_t name = strcspn(p, ",; \t");
        if ((name == 4 && strncasecmp(p, "gzip", 4) == 0) || (name == 6 && strncasecmp(p, "x-gzip", 6) == 0)) gzip = read_weight(p, length);
        if (name == 1 && *p == '*') any = read_weight(p, length);
        p += length;
    }
    return gzip >= 0 ? gzip > 0 : any > 0;
}

/* Letters without their marks where there are such, "_" else: for clients that cannot read the other form. */
static void put_ascii_name(struct buf *out, struct arena *arena, const char *name)
{
    const char *p = name;
    while (*p) {
        const char *start = p;
        int32_t c = text_next(&p);
        if (c < 0) break;
        if (c < 0x80) {
            buf_putc(out, c < 0x20 || c == 0x7f || c == '"' || c == '\\' || c == '/' || c == '%' ? '_' : (char)c);
            continue;
        }
        char one[5] = {0};
        memcpy(one, start, (size_t)(p - start));
        char *folded = text_fold(arena, one);
        bool plain = folded && *folded;
        for (const char *f = folded; plain && *f; f++) plain = (unsigned char)*f < 0x80;
        if (c >= 0x300 && c < 0x370) continue; /* a mark that belongs to the letter before */
        buf_puts(out, plain ? folded : "_");
    }
}

static void put_extended_name(struct buf *out, const char *name)
{
    static const char hex[] = "0123456789ABCDEF";
    for (const unsigned char *p = (const unsigned char *)name; *p; p++) {
        bool plain = (*p >= '0' && *p <= '9') || (*p >= 'A' && *p <= 'Z') || (*p >= 'a' && *p <= 'z') || (*p && strchr("!#$&+-.^_`|~", *p));
        if (plain) buf_putc(out, (char)*p);
        else buf_printf(out, "%%%c%c", hex[*p >> 4], hex[*p & 15]);
    }
}

char *disposition_text(struct arena *arena, bool attachment, const char *name)
{
    struct buf out;
    buf_init(&out, BUF_LIMIT_LINE);
    buf_puts(&out, attachment ? "attachment" : "inline");
    if (name && *name && text_is_utf8(name, strlen(name))) {
        buf_puts(&out, "; filename=\"");
        put_ascii_name(&out, arena, name);
        buf_puts(&out, "\"");
        bool ascii = true;
        for (const unsigned char *p = (const unsigned char *)name; *p; p++) ascii &= *p >= 0x20 && *p < 0x7f && !strchr("\"\\/%", *p);
        if (!ascii) {
            buf_puts(&out, "; filename*=UTF-8''");
            put_extended_name(&out, name);
        }
    }
    char *text = buf_ok(&out) ? arena_strdup(arena, buf_text(&out)) : NULL;
    buf_release(&out);
    return text;
}
