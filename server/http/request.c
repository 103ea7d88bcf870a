/* What handlers ask a request for. */
#include "core/base/text.h"
#include "server/http/internal.h"

#include <string.h>

const char *http_param(const struct http_request *req, const char *name)
{
    return pairs_find(&exchange_of(req)->params, name, 0);
}

const char *http_query(struct http_request *req, const char *name)
{
    return http_query_at(req, name, 0);
}

const char *http_query_at(struct http_request *req, const char *name, size_t index)
{
    return pairs_find(&exchange_of(req)->query, name, index);
}

const char *http_form(struct http_request *req, const char *name)
{
    return http_form_at(req, name, 0);
}

const char *http_form_at(struct http_request *req, const char *name, size_t index)
{
    return pairs_find(&exchange_of(req)->form, name, index);
}

bool http_form_file(const struct http_request *req, const char *name, const char **ret_name, const char **ret_data, size_t *ret_length)
{
    return http_form_file_at(req, name, 0, ret_name, ret_data, ret_length);
}

bool http_form_file_at(const struct http_request *req, const char *name, size_t index, const char **ret_name, const char **ret_data, size_t *ret_length)
{
    const struct http_parts *parts = exchange_of(req)->parts;
    for (size_t i = 0; parts && i < parts->count; i++) {
        const struct http_part *part = &parts->items[i];
        if (!part->file_name || strcmp(part->name, name) != 0 || (!part->length && !*part->file_name) || index-- > 0) continue;
        *ret_name = part->file_name;
        *ret_data = part->data;
        *ret_length = part->length;
        return true;
    }
    return false;
}

const char *http_header(const struct http_request *req, const char *name)
{
    const struct exchange *x = exchange_of(req);
    for (size_t i = 0; i < x->headers.count; i++)
        if (text_equal_ignoring_case(x->headers.items[i].name, name)) return x->headers.items[i].value;
    return NULL;
}

/* The value of `name` in one Cookie header; RFC 6265 §4.2. */
static const char *find_cookie(struct arena *arena, const char *header, const char *name)
{
    size_t length = strlen(name);
    for (const char *p = header; *p;) {
        p += strspn(p, "; \t");
        size_t size = strcspn(p, ";");
        if (size > length && strncmp(p, name, length) == 0 && p[length] == '=') {
            const char *value = p + length + 1;
            size_t value_size = size - length - 1;
            while (value_size && (value[value_size - 1] == ' ' || value[value_size - 1] == '\t')) value_size--;
            if (value_size >= 2 && *value == '"' && value[value_size - 1] == '"') {
                value++;
                value_size -= 2;
            }
            return text_is_utf8(value, value_size) ? arena_strndup(arena, value, value_size) : NULL;
        }
        p += size;
    }
    return NULL;
}

const char *http_cookie(struct http_request *req, const char *name)
{
    struct exchange *x = exchange_of(req);
    for (size_t i = 0; i < x->headers.count; i++) {
        if (!text_equal_ignoring_case(x->headers.items[i].name, "Cookie")) continue;
        const char *value = find_cookie(&x->arena, x->headers.items[i].value, name);
        if (value) return value;
    }
    return NULL;
}

const char *http_bearer(const struct http_request *req)
{
    if (!req->has_bearer) return NULL;
    const char *value = http_header(req, "Authorization");
    value += strlen("Bearer ");
    value += strspn(value, " ");
    return *value ? value : NULL;
}

json_t *http_body_json(struct http_request *req)
{
    struct exchange *x = exchange_of(req);
    struct fault fault;
    if (x->json) return x->json;
    if (strcmp(req->content_type, "application/json") != 0) {
        http_reply_problem(req, 415, "not_json", "The body must be application/json.");
        return NULL;
    }
    enum err err = json_read_list(req->body, req->body_length, &x->json, &fault);
    if (err == OK) return x->json;
    if (err == ERR_NOMEM) http_reply_problem(req, 503, "busy", "Out of memory.");
    else http_reply_problem(req, 400, "bad_json", fault.text);
    return NULL;
}

enum err http_at_end(struct http_request *req, void (*end)(void *data), void *data)
{
    struct exchange *x = exchange_of(req);
    struct at_end *entry = arena_alloc(&x->arena, sizeof *entry);
    if (!entry) return ERR_NOMEM;
    *entry = (struct at_end){x->ends, end, data};
    x->ends = entry;
    return OK;
}
