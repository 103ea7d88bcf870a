#include "server/routes.h"

const struct http_route *routes_table(size_t *ret_count)
{
#define ROUTE(method, pattern, who, flags, body, handler, help) {HTTP_##method, pattern, who, flags, body, handler, #handler, help},
    static const struct http_route table[] = {
#include "server/routes.def"
    };
#undef ROUTE
    *ret_count = sizeof table / sizeof *table;
    return table;
}
