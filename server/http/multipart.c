#include "server/http/multipart.h"

#include "core/base/text.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#define HEAD_MOST 4096u
#define BOUNDARY_MOST 70u

/* RFC 2046 §5.1.1: bchars. */
static bool is_boundary(const char *text, size_t length)
{
    if (!length || length > BOUNDARY_MOST || text[length - 1] == ' ') return false;
    for (size_t i = 0; i < length; i++)
        if (!isalnum((unsigned char)text[i]) && !strchr("'()+_,-./:=? ", text[i])) return false;
    return true;
}

/* The delimiter, "\r\n--boundary". */
static char *read_boundary(struct arena *arena, const char *content_type)
{
    const char *p = strchr(content_type, ';');
    for (; p; p = strchr(p, ';')) {
        p += 1 + strspn(p + 1, " \t");
        if (strncasecmp(p, "boundary=", 9) != 0) continue;
        p += 9;
        bool quoted = *p == '"';
        if (quoted) p++;
        size_t length = strcspn(p, quoted ? "\"" : "; \t");
        if (!is_boundary(p, length) || (quoted && p[length] != '"')) return NULL;
        return arena_printf(arena, "\r\n--%.*s", (int)length, p);
    }
    return NULL;
}

static int hex_value(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'A' && c <= 'F') return c - 'A' + 10;
    return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* A quoted parameter of the header: browsers write a quote as %22 and line ends as %0D%0A (WHATWG HTML, multipart/form-data encoding), older ones \". */
static char *read_parameter(struct arena *arena, const char *header, const char *name)
{
    size_t n = strlen(name);
    for (const char *p = strchr(header, ';'); p; p = strchr(p, ';')) {
        p += 1 + strspn(p + 1, " \t");
        bool mine = strncasecmp(p, name, n) == 0 && p[n] == '=' && p[n + 1] == '"';
        const char *end = strchr(p, '"');
        if (!end) return NULL;
        end++;
        char *out = arena_alloc(arena, strlen(end) + 1);
        size_t length = 0;
        if (!out) return NULL;
        for (; *end && *end != '"'; end++) {
            if (*end == '\\' && (end[1] == '"' || end[1] == '\\')) end++;
            bool escaped = end[0] == '%' && (strncmp(end + 1, "22", 2) == 0 || strncasecmp(end + 1, "0d", 2) == 0 || strncasecmp(end + 1, "0a", 2) == 0);
            out[length++] = escaped ? (char)(hex_value(end[1]) << 4 | hex_value(end[2])) : *end;
            if (escaped) end += 2;
        }
        if (*end != '"') return NULL;
        if (mine) return out;
        p = end;
    }
    return NULL;
}

static bool is_plain(const char *text)
{
    if (!text_is_printable(text)) return false;
    return !strpbrk(text, "\t\n");
}

/* Old browsers send the whole path. */
static const char *without_folders(const char *name)
{
    const char *last = name;
    for (const char *p = name; *p; p++)
        if (*p == '/' || *p == '\\') last = p + 1;
    return last;
}

/* The header lines of one part, without the empty one. */
static bool read_head(struct arena *arena, const char *head, size_t length, struct http_part *part)
{
    char *text = arena_strndup(arena, head, length);
    if (!text || strlen(text) != length) return false;
    for (char *line = text; line;) {
        char *next = strstr(line, "\r\n");
        if (next) *next = '\0';
        if (strpbrk(line, "\r\n")) return false;
        if (strncasecmp(line, "Content-Disposition:", 20) == 0) {
            const char *value = line + 20 + strspn(line + 20, " \t");
            if (part->name || strncasecmp(value, "form-data;", 10) != 0) return false;
            part->name = read_parameter(arena, value, "name");
            part->file_name = read_parameter(arena, value, "filename");
        }
        line = next ? next + 2 : NULL;
    }
    if (part->file_name) part->file_name = without_folders(part->file_name);
    return part->name && is_plain(part->name) && (!part->file_name || is_plain(part->file_name));
}

bool multipart_read(struct arena *arena, const char *content_type, const char *body, size_t length, struct http_parts *ret)
{
    const char *delimiter = read_boundary(arena, content_type), *end = body + length, *p = body;
    size_t n = delimiter ? strlen(delimiter) : 0;
    ret->count = 0;
    if (!n || length < n || memcmp(body, delimiter + 2, n - 2) != 0) return false;
    p += n - 2;
    for (;;) {
        if (end - p >= 2 && memcmp(p, "--", 2) == 0) return true; /* what follows the last boundary is nobody's */
        if (end - p < 4 || memcmp(p, "\r\n", 2) != 0 || ret->count == HTTP_PARTS_MOST) return false;
        p += 2;
        size_t room = (size_t)(end - p);
        const char *data = memmem(p, room < HEAD_MOST ? room : HEAD_MOST, "\r\n\r\n", 4);
        struct http_part part = {0};
        if (!data || !read_head(arena, p, (size_t)(data - p), &part)) return false;
        data += 4;
        const char *stop = memmem(data - 2, (size_t)(end - data) + 2, delimiter, n); /* an empty part's end is also the end of its head */
        if (!stop) return false;
        part.data = data;
        part.length = stop < data ? 0 : (size_t)(stop - data);
        ret->items[ret->count++] = part;
        p = stop + n;
    }
}
