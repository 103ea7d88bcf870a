#include "server/http/validators.h"

#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_listed(const char *list, const char *etag, bool strong)
{
    size_t length = strlen(etag);
    const char *p = list;
    while (*p) {
        p += strspn(p, " \t,");
        if (*p == '*') return true;
        bool weak = p[0] == 'W' && p[1] == '/';
        if (weak) p += 2;
        if (*p != '"') return false; /* nothing sensible follows */
        const char *end = strchr(++p, '"');
        if (!end) return false;
        if (!(weak && strong) && (size_t)(end - p) == length && strncmp(p, etag, length) == 0) return true;
        p = end + 1;
    }
    return false;
}

bool etag_listed(const char *list, const char *etag)
{
    return is_listed(list, etag, false);
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

static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

int64_t http_date_read(const char *text)
{
    char name[4] = "";
    int year = -1, month = 0, day = 0, hour = 0, minute = 0, second = 0, end = -1;
    if (strlen(text) > 40) return -1;
    if (sscanf(text, "%*[A-Za-z], %2d %3[A-Za-z] %4d %2d:%2d:%2d GMT%n", &day, name, &year, &hour, &minute, &second, &end) < 6 || end < 0) {
        end = -1;
        if (sscanf(text, "%*[A-Za-z], %2d-%3[A-Za-z]-%2d %2d:%2d:%2d GMT%n", &day, name, &year, &hour, &minute, &second, &end) == 6 && end > 0)
            year += year < 70 ? 2000 : 1900; /* nothing here is from the future (RFC 9110 §5.6.7) */
        else if (sscanf(text, "%*[A-Za-z] %3[A-Za-z] %2d %2d:%2d:%2d %4d%n", name, &day, &hour, &minute, &second, &year, &end) < 6) return -1;
    }
    while (month < 12 && strcmp(months[month], name) != 0) month++;
    if (end < 0 || text[end] || month == 12 || year < 1970 || day < 1 || day > 31 || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 60)
        return -1;
    return ((clock_days_from_civil(year, month + 1, day) * 24 + hour) * 60 + minute) * 60 + second;
}

bool http_date_write(int64_t seconds, char out[HTTP_DATE_SIZE])
{
    int year, month, day;
    if (seconds < 0 || seconds >= INT64_C(253402300800)) return false;
    int64_t date = seconds / 86400, rest = seconds % 86400;
    clock_civil_from_days(date, &year, &month, &day);
    return snprintf(out, HTTP_DATE_SIZE, "%s, %02u %s %04u %02u:%02u:%02u GMT", days[(date + 4) % 7], (unsigned)day % 100, months[month - 1], (unsigned)year % 10000,
                    (unsigned)(rest / 3600) % 100, (unsigned)(rest / 60 % 60), (unsigned)(rest % 60)) == HTTP_DATE_SIZE - 1;
}

int http_conditions_judge(const struct http_conditions *c, const char *etag, int64_t modified)
{
    int64_t since;
    if (c->if_match) {
        if (!is_listed(c->if_match, etag ? etag : "", true)) return 412;
    } else if (c->if_unmodified_since && modified >= 0) {
        since = http_date_read(c->if_unmodified_since);
        if (since >= 0 && modified > since) return 412;
    }
    if (c->if_none_match) return etag && is_listed(c->if_none_match, etag, false) ? 304 : 0;
    if (!c->if_modified_since || modified < 0) return 0;
    since = http_date_read(c->if_modified_since);
    return since >= 0 && modified <= since ? 304 : 0;
}

bool if_range_holds(const char *header, const char *etag, int64_t modified)
{
    if (*header != '"') return modified >= 0 && http_date_read(header) == modified;
    if (!etag) return false;
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
