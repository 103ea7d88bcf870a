#include "scanner/status/request.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

size_t status_head_length(const char *data, size_t length)
{
    const char *end = length >= 4 ? memmem(data, length, "\r\n\r\n", 4) : NULL;
    return end ? (size_t)(end - data) + 4 : 0;
}

static bool equals(const char *text, size_t length, const char *wanted)
{
    return strlen(wanted) == length && strncasecmp(text, wanted, length) == 0;
}

/* "127.0.0.1:8090" and the like; for an Origin after its "http://". */
static bool is_our_place(const char *text, size_t length, int port)
{
    static const char *const names[] = {"127.0.0.1", "localhost", "[::1]"};
    char wanted[64];
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        (void)snprintf(wanted, sizeof wanted, "%s:%d", names[i], port);
        if (equals(text, length, wanted)) return true;
        if (port == 80 && equals(text, length, names[i])) return true;
    }
    return false;
}

struct fields {
    int hosts; /* how many Host lines */
    int refuse;
};

static void read_field(struct fields *fields, const char *name, size_t name_length, const char *value, size_t length, int port)
{
    if (equals(name, name_length, "host")) {
        fields->hosts++;
        if (!is_our_place(value, length, port)) fields->refuse = 421;
    } else if (equals(name, name_length, "origin")) {
        bool ours = length > 7 && strncasecmp(value, "http://", 7) == 0 && is_our_place(value + 7, length - 7, port);
        if (!ours && !fields->refuse) fields->refuse = 403;
    } else if (equals(name, name_length, "sec-fetch-site")) {
        bool ours = equals(value, length, "same-origin") || equals(value, length, "none");
        if (!ours && !fields->refuse) fields->refuse = 403;
    } else if (equals(name, name_length, "transfer-encoding") || (equals(name, name_length, "content-length") && !equals(value, length, "0"))) {
        fields->refuse = 400;
    }
}

/* "GET /path?query HTTP/1.1" */
static int read_line(const char *line, size_t length, struct status_request *ret)
{
    if (length < 4 || memcmp(line, "GET ", 4) != 0) return memchr(line, ' ', length) ? 405 : 400;
    const char *path = line + 4, *end = memchr(path, ' ', length - 4);
    if (!end || *path != '/') return 400;
    const char *version = end + 1;
    if (!equals(version, length - (size_t)(version - line), "HTTP/1.1") && !equals(version, length - (size_t)(version - line), "HTTP/1.0")) return 400;
    const char *query = memchr(path, '?', (size_t)(end - path));
    size_t n = (size_t)((query ? query : end) - path);
    if (n >= sizeof ret->path) return 414;
    memcpy(ret->path, path, n);
    ret->path[n] = '\0';
    return 0;
}

int status_request_read(const char *head, size_t length, int port, struct status_request *ret)
{
    struct fields fields = {0};
    if (length < 4 || memchr(head, '\0', length)) return 400;
    const char *end = head + length - 2, *eol = memmem(head, length, "\r\n", 2);
    int refused = read_line(head, (size_t)(eol - head), ret);
    for (const char *line = eol + 2; line < end; line = eol + 2) {
        eol = memmem(line, (size_t)(head + length - line), "\r\n", 2);
        const char *colon = memchr(line, ':', (size_t)(eol - line));
        if (!colon || colon == line || *line == ' ' || *line == '\t') return 400;
        const char *value = colon + 1, *stop = eol;
        while (value < stop && (*value == ' ' || *value == '\t')) value++;
        while (stop > value && (stop[-1] == ' ' || stop[-1] == '\t')) stop--;
        read_field(&fields, line, (size_t)(colon - line), value, (size_t)(stop - value), port);
    }
    if (fields.hosts != 1) return fields.hosts ? 400 : 421;
    return fields.refuse ? fields.refuse : refused;
}
