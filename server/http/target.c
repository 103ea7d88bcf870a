/* Request targets and form encodings: decoded exactly once, strictly, within bounds. */
#include "core/base/text.h"
#include "server/http/internal.h"

#include <ctype.h>
#include <string.h>

enum err pairs_add(struct arena *arena, struct http_pairs *pairs, const char *name, const char *value)
{
    if (arena_grow(arena, &pairs->items, &pairs->capacity, pairs->count, sizeof *pairs->items)) return ERR_NOMEM;
    pairs->items[pairs->count++] = (struct http_pair){name, value};
    return OK;
}

const char *pairs_find(const struct http_pairs *pairs, const char *name, size_t index)
{
    for (size_t i = 0; i < pairs->count; i++)
        if (strcmp(pairs->items[i].name, name) == 0 && index-- == 0) return pairs->items[i].value;
    return NULL;
}

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return -1;
}

/* Percent-decodes `length` bytes; NULL for a broken escape, NUL, or what is not UTF-8. `plus` turns '+' into a space. */
static char *decode(struct arena *arena, const char *text, size_t length, bool plus)
{
    char *out = arena_strndup(arena, text, length);
    if (!out) return NULL;
    size_t n = 0;
    for (size_t i = 0; i < length; i++) {
        char c = text[i];
        if (c == '+' && plus) c = ' ';
        if (c == '%') {
            int high = length - i > 2 ? hex_digit(text[i + 1]) : -1;
            int low = length - i > 2 ? hex_digit(text[i + 2]) : -1;
            if (high < 0 || low < 0) return NULL;
            c = (char)(high * 16 + low);
            i += 2;
        }
        if (!c) return NULL;
        out[n++] = c;
    }
    out[n] = '\0';
    return text_is_utf8(out, n) ? out : NULL;
}

static bool has_control(const char *text, bool allow_lines)
{
    for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
        if (allow_lines && (*p == '\t' || *p == '\n' || *p == '\r')) continue;
        if (*p < 0x20 || *p == 0x7f) return true;
        if (*p == 0xc2 && p[1] >= 0x80 && p[1] < 0xa0) return true; /* U+0080 … U+009F */
    }
    return false;
}

/* Text areas send CRLF; inside it is one line feed. */
static void normalise_lines(char *text)
{
    char *out = text;
    for (const char *p = text; *p; p++) {
        if (*p == '\r' && p[1] == '\n') continue;
        *out++ = *p == '\r' ? '\n' : *p;
    }
    *out = '\0';
}

bool target_read_pairs(struct arena *arena, const char *text, size_t length, size_t most, struct http_pairs *pairs)
{
    size_t at = 0;
    while (at < length) {
        const char *piece = text + at;
        const char *end = memchr(piece, '&', length - at);
        size_t size = end ? (size_t)(end - piece) : length - at;
        at += size + 1;
        if (!size) continue;
        const char *equals = memchr(piece, '=', size);
        size_t name_size = equals ? (size_t)(equals - piece) : size;
        char *name = decode(arena, piece, name_size, true);
        char *value = equals ? decode(arena, equals + 1, size - name_size - 1, true) : arena_strdup(arena, "");
        if (!name || !value || has_control(name, false) || has_control(value, true)) return false;
        normalise_lines(value);
        if (pairs->count >= most || pairs_add(arena, pairs, name, value)) return false;
    }
    return true;
}

/* A host name, IPv4 or [IPv6] address, with an optional port. */
bool host_is_wellformed(const char *host)
{
    size_t length = strlen(host);
    if (!length || length > 255) return false;
    const char *p = host;
    if (*p == '[') {
        size_t inside = strspn(p + 1, "0123456789abcdefABCDEF:.");
        if (inside < 2 || p[1 + inside] != ']') return false;
        p += inside + 2;
    } else {
        size_t name = strspn(p, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_");
        if (!name) return false;
        p += name;
    }
    if (!*p) return true;
    if (*p++ != ':') return false;
    size_t digits = strspn(p, "0123456789");
    return digits >= 1 && digits <= 5 && !p[digits];
}

static bool refuse(struct refusal *refusal, int status, const char *code, const char *sentence)
{
    *refusal = (struct refusal){status, code, sentence, true};
    return false;
}

/* "http://host/path" → "/path", and the host. */
static const char *strip_authority(struct arena *arena, const char *raw, const char **ret_authority)
{
    size_t scheme = strncasecmp(raw, "http://", 7) == 0 ? 7 : strncasecmp(raw, "https://", 8) == 0 ? 8 : 0;
    if (!scheme) return NULL;
    const char *authority = raw + scheme;
    size_t length = strcspn(authority, "/?#");
    char *copy = arena_strndup(arena, authority, length);
    if (!copy || !host_is_wellformed(copy)) return NULL;
    for (char *p = copy; *p; p++) *p = (char)tolower((unsigned char)*p);
    *ret_authority = copy;
    const char *rest = authority + length;
    return *rest == '/' ? rest : arena_printf(arena, "/%s", rest);
}

static bool cut_segments(struct arena *arena, const char *path, size_t length, struct target *target, struct refusal *refusal)
{
    size_t at = 1;
    while (at <= length) {
        const char *piece = path + at;
        const char *slash = at < length ? memchr(piece, '/', length - at) : NULL;
        size_t size = slash ? (size_t)(slash - piece) : length - at;
        at += size + 1;
        if (!size && !slash) { /* "/" or "/a/" */
            target->trailing_slash = target->segment_count > 0;
            break;
        }
        if (target->segment_count == HTTP_SEGMENTS_MOST) return refuse(refusal, 414, "uri_too_long", "The address has too many parts.");
        char *segment = decode(arena, piece, size, false);
        if (!segment && arena->is_short) return refuse(refusal, 503, "busy", "Out of memory.");
        if (!segment || has_control(segment, false)) return refuse(refusal, 400, "bad_path", "The address is not valid UTF-8 text.");
        if (!*segment || strchr(segment, '/') || strcmp(segment, ".") == 0 || strcmp(segment, "..") == 0)
            return refuse(refusal, 400, "bad_path", "The address has an empty, relative or masked part.");
        target->segments[target->segment_count++] = segment;
    }
    return true;
}

bool target_read(struct arena *arena, const char *raw, struct target *ret, struct refusal *refusal)
{
    *ret = (struct target){.query = ""};
    if (strlen(raw) > HTTP_TARGET_LONGEST) return refuse(refusal, 414, "uri_too_long", "The address is too long.");
    for (const unsigned char *p = (const unsigned char *)raw; *p; p++)
        if (*p <= 0x20 || *p == 0x7f || *p == '#') return refuse(refusal, 400, "bad_target", "The request line is malformed.");
    if (*raw && *raw != '/') raw = strip_authority(arena, raw, &ret->authority);
    if (!raw && arena->is_short) return refuse(refusal, 503, "busy", "Out of memory.");
    if (!raw || *raw != '/') return refuse(refusal, 400, "bad_target", "The request target is not a path.");
    size_t length = strcspn(raw, "?");
    if (raw[length] == '?') ret->query = raw + length + 1;
    if (!cut_segments(arena, raw, length, ret, refusal)) return false;
    struct buf path;
    buf_init(&path, BUF_LIMIT_LINE);
    for (size_t i = 0; i < ret->segment_count; i++) {
        buf_putc(&path, '/');
        buf_puts(&path, ret->segments[i]);
    }
    if (!ret->segment_count || ret->trailing_slash) buf_putc(&path, '/');
    ret->path = buf_ok(&path) ? arena_strdup(arena, buf_text(&path)) : NULL;
    buf_release(&path);
    return ret->path ? true : refuse(refusal, 503, "busy", "Out of memory.");
}
