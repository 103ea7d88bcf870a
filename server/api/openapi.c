/* GET /api/v1/openapi.json: the doors below /api/, from the table that opens them; the shapes stand in docs/api.md. */
#include "core/base/version.h"
#include "server/app.h"

#include <string.h>

static const char *method_name(enum http_method method)
{
    switch (method) {
    case HTTP_POST: return "post";
    case HTTP_PUT: return "put";
    case HTTP_PATCH: return "patch";
    case HTTP_DELETE: return "delete";
    default: return "get";
    }
}

static json_t *parameters(struct arena *arena, const char *pattern)
{
    json_t *list = json_array();
    for (const char *open = strchr(pattern, '{'); list && open; open = strchr(open + 1, '{')) {
        const char *close = strchr(open, '}');
        char *name = close ? arena_strndup(arena, open + 1, (size_t)(close - open - 1)) : NULL;
        if (name)
            (void)json_array_append_new(list, json_pack("{s:s,s:s,s:b,s:{s:s}}", "name", name, "in", "path", "required", 1, "schema", "type", "string"));
    }
    return list;
}

static json_t *operation(struct arena *arena, const struct http_route *route)
{
    json_t *op = json_pack("{s:s,s:s,s:o,s:{s:{s:s},s:{s:s}}}", "operationId", route->name, "summary", route->help, "parameters",
                           parameters(arena, route->pattern), "responses", "200", "description", "done", "default", "description",
                           "application/problem+json with a stable code");
    if (op && !(route->who & WHO_ANYONE)) {
        json_t *security = json_array();
        if (route->who & WHO_DEVICE) (void)json_array_append_new(security, json_pack("{s:[]}", "key"));
        if (route->who & ~(unsigned)WHO_DEVICE) (void)json_array_append_new(security, json_pack("{s:[]}", "cookie"));
        (void)json_object_set_new(op, "security", security);
    }
    return op;
}

void openapi_get(struct http_request *req)
{
    size_t count;
    const struct http_route *routes = routes_table(&count);
    json_t *paths = json_object();
    for (size_t i = 0; paths && i < count; i++) {
        if (strncmp(routes[i].pattern, "/api/", 5) != 0) continue;
        json_t *path = json_object_get(paths, routes[i].pattern);
        if (!path) {
            (void)json_object_set_new(paths, routes[i].pattern, json_object());
            path = json_object_get(paths, routes[i].pattern);
        }
        (void)json_object_set_new(path, method_name(routes[i].method), operation(req->arena, &routes[i]));
    }
    http_set_cache(req, HTTP_REVALIDATE);
    http_reply_json(req, 200, json_pack("{s:s,s:{s:s,s:s},s:o,s:{s:{s:{s:s,s:s},s:{s:s,s:s,s:s}}}}", "openapi", "3.1.0", "info", "title", "Plenum", "version",
                                        PLENUM_VERSION, "paths", paths, "components", "securitySchemes", "key", "type", "http", "scheme", "bearer",
                                        "cookie", "type", "apiKey", "in", "cookie", "name", "plenum_session"));
}
