/* The real table of doors has no duplicate, ambiguous or malformed line. */
#include "server/routes.h"
#include "tests/unit/check.h"

int main(void)
{
    struct check check = {0};
    struct fault fault = {0};
    size_t count = 0;
    const struct http_route *table = routes_table(&count);
    CHECK(&check, count > 0);
    if (!CHECK(&check, http_routes_check(table, count, &fault) == OK)) printf("# %s\n", fault.text);
    for (size_t i = 0; i < count; i++) {
        if (!CHECK(&check, table[i].who != 0)) printf("# %s says not who may\n", table[i].pattern);
        if (!CHECK(&check, table[i].help && *table[i].help)) printf("# %s has no help\n", table[i].pattern);
        if (!CHECK(&check, strncmp(table[i].pattern, "/d/", 3) != 0 ||
            (table[i].flags & HTTP_SECRET))) printf("# %s carries a token and is not HTTP_SECRET\n", table[i].pattern);
    }
    return check_done(&check, "table of doors");
}
