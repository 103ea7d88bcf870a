/* The table of doors: patterns cut into segments once, found by number of segments. A literal beats a parameter at the leftmost
 * segment where two routes differ; two routes that cross (each more exact than the other somewhere) are refused at start. */
#include "server/http/internal.h"

#include <stdlib.h>
#include <string.h>

struct segment {
    const char *text; /* a literal, or a parameter's name */
    bool is_param, is_rest;
};

struct compiled {
    const struct http_route *route;
    struct segment segments[HTTP_SEGMENTS_MOST];
    size_t count;
};

struct route_table {
    struct arena arena;
    struct compiled *items; /* most exact first */
    size_t count;
};

static bool is_name(const char *text, size_t length)
{
    if (!length) return false;
    for (size_t i = 0; i < length; i++)
        if (!((text[i] >= 'a' && text[i] <= 'z') || text[i] == '_' || (i && text[i] >= '0' && text[i] <= '9'))) return false;
    return true;
}

static enum err compile_segment(struct arena *arena, const char *text, size_t length, struct segment *ret)
{
    *ret = (struct segment){0};
    bool braces = length > 2 && text[0] == '{' && text[length - 1] == '}';
    if (!braces) {
        if (!length || memchr(text, '{', length) || memchr(text, '}', length)) return ERR_INPUT;
        ret->text = arena_strndup(arena, text, length);
        return ret->text ? OK : ERR_NOMEM;
    }
    text++;
    length -= 2;
    ret->is_param = true;
    ret->is_rest = text[length - 1] == '*';
    if (ret->is_rest) length--;
    if (!is_name(text, length)) return ERR_INPUT;
    ret->text = arena_strndup(arena, text, length);
    return ret->text ? OK : ERR_NOMEM;
}

static enum err compile(struct arena *arena, const struct http_route *route, struct compiled *ret)
{
    *ret = (struct compiled){.route = route};
    const char *at = route->pattern;
    size_t params = 0;
    if (!at || *at != '/') return ERR_INPUT;
    if (!at[1]) return OK; /* "/" has no segments */
    while (*at == '/') {
        at++;
        size_t length = strcspn(at, "/");
        if (ret->count == HTTP_SEGMENTS_MOST || (ret->count && ret->segments[ret->count - 1].is_rest)) return ERR_INPUT;
        enum err err = compile_segment(arena, at, length, &ret->segments[ret->count]);
        if (err) return err;
        if (ret->segments[ret->count++].is_param && ++params > HTTP_PARAMS_MOST) return ERR_INPUT;
        at += length;
    }
    return OK;
}

static bool ends_open(const struct compiled *item)
{
    return item->count && item->segments[item->count - 1].is_rest;
}

static bool same_literal(const struct compiled *a, const struct compiled *b, size_t i)
{
    if (i == 0 && ((a->route->flags | b->route->flags) & HTTP_FOLD_FIRST)) return strcasecmp(a->segments[0].text, b->segments[0].text) == 0;
    return strcmp(a->segments[i].text, b->segments[i].text) == 0;
}

/* Whether some path matches both, and on which sides one is more exact. */
static bool overlaps(const struct compiled *a, const struct compiled *b, bool *ret_a_exact, bool *ret_b_exact)
{
    *ret_a_exact = *ret_b_exact = false;
    size_t i = 0;
    for (; i < a->count && i < b->count; i++) {
        const struct segment *left = &a->segments[i], *right = &b->segments[i];
        if (left->is_rest || right->is_rest) {
            *ret_a_exact |= !left->is_rest;
            *ret_b_exact |= !right->is_rest;
            return true;
        }
        if (left->is_param && right->is_param) continue;
        if (!left->is_param && !right->is_param) {
            if (!same_literal(a, b, i)) return false;
            continue;
        }
        *ret_a_exact |= !left->is_param;
        *ret_b_exact |= !right->is_param;
    }
    return a->count == b->count;
}

static enum err check_pairs(const struct route_table *table, struct fault *fault)
{
    for (size_t i = 0; i < table->count; i++)
        for (size_t j = i + 1; j < table->count; j++) {
            const struct http_route *a = table->items[i].route, *b = table->items[j].route;
            bool a_exact, b_exact;
            if (!overlaps(&table->items[i], &table->items[j], &a_exact, &b_exact)) continue;
            if (a->method == b->method && !a_exact && !b_exact)
                return fault_set(fault, ERR_INPUT, "route %s is there twice (%s, %s)", a->pattern, a->name, b->name);
            if (a->method == b->method && a_exact && b_exact)
                return fault_set(fault, ERR_INPUT, "routes %s (%s) and %s (%s) are ambiguous", a->pattern, a->name, b->pattern, b->name);
        }
    return OK;
}

/* Most exact first, so that the first that fits is the right one. */
static int compare(const void *left, const void *right)
{
    const struct compiled *a = left, *b = right;
    for (size_t i = 0; i < a->count && i < b->count; i++) {
        int a_rank = a->segments[i].is_rest ? 2 : a->segments[i].is_param, b_rank = b->segments[i].is_rest ? 2 : b->segments[i].is_param;
        if (a_rank != b_rank) return a_rank - b_rank;
    }
    return a->count < b->count ? -1 : a->count > b->count;
}

static bool is_one_method(enum http_method method)
{
    return method == HTTP_GET || method == HTTP_POST || method == HTTP_PUT || method == HTTP_PATCH || method == HTTP_DELETE;
}

enum err route_table_make(const struct http_route *routes, size_t count, struct route_table **ret, struct fault *fault)
{
    struct route_table *table = calloc(1, sizeof *table);
    if (!table) return fault_set(fault, ERR_NOMEM, "out of memory");
    enum err err = ERR_NOMEM;
    table->items = calloc(count ? count : 1, sizeof *table->items);
    if (!table->items) goto out;
    for (size_t i = 0; i < count; i++) {
        if (!routes[i].handle || !is_one_method(routes[i].method)) {
            err = fault_set(fault, ERR_INPUT, "route %s has no handler or no method", routes[i].pattern ? routes[i].pattern : "?");
            goto out;
        }
        err = compile(&table->arena, &routes[i], &table->items[i]);
        if (err) {
            (void)fault_set(fault, err, "route %s: malformed pattern", routes[i].pattern ? routes[i].pattern : "?");
            goto out;
        }
        table->count++;
    }
    qsort(table->items, table->count, sizeof *table->items, compare);
    err = check_pairs(table, fault);
    if (err) goto out;
    *ret = table;
    table = NULL;
out:
    route_table_free(table);
    return err;
}

void route_table_free(struct route_table *table)
{
    if (!table) return;
    arena_release(&table->arena);
    free(table->items);
    free(table);
}

enum err http_routes_check(const struct http_route *routes, size_t count, struct fault *fault)
{
    struct route_table *table = NULL;
    enum err err = route_table_make(routes, count, &table, fault);
    if (!err) route_table_free(table);
    return err;
}

static bool fits(const struct compiled *item, char *const *segments, size_t count)
{
    if (ends_open(item) ? count < item->count : count != item->count) return false;
    for (size_t i = 0; i < item->count; i++) {
        if (item->segments[i].is_param) continue;
        bool fold = i == 0 && (item->route->flags & HTTP_FOLD_FIRST);
        if ((fold ? strcasecmp : strcmp)(item->segments[i].text, segments[i]) != 0) return false;
    }
    return true;
}

static enum err take_params(const struct compiled *item, char *const *segments, size_t count, struct arena *arena, struct http_pairs *params)
{
    for (size_t i = 0; i < item->count; i++) {
        const struct segment *segment = &item->segments[i];
        if (!segment->is_param) continue;
        const char *value = segments[i];
        for (size_t j = i + 1; segment->is_rest && value && j < count; j++) value = arena_printf(arena, "%s/%s", value, segments[j]);
        if (!value) return ERR_NOMEM;
        enum err err = pairs_add(arena, params, segment->text, value);
        if (err) return err;
    }
    return OK;
}

enum err route_table_find(const struct route_table *table, enum http_method method, char *const *segments, size_t count, struct arena *arena,
                          struct route_match *ret, struct http_pairs *params)
{
    struct route_match match = {0};
    const struct compiled *found = NULL;
    for (size_t i = 0; i < table->count; i++) {
        const struct compiled *item = &table->items[i];
        if (found || !fits(item, segments, count)) continue;
        match.methods |= item->route->method;
        if (!match.any) match.any = item->route;
        if (item->route->method == method) found = item;
    }
    if (found) {
        match.route = found->route;
        enum err err = take_params(found, segments, count, arena, params);
        if (err) return err;
    }
    *ret = match;
    return OK;
}
