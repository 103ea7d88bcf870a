#include "core/base/map.h"
#include "tests/unit/check.h"

int main(void)
{
    struct check c = {0};
    struct arena arena = {0}, small;
    struct map map = {.arena = &arena};
    static int values[20000];
    CHECK(&c, map_get(&map, "nothing") == NULL && map_get(&map, NULL) == NULL);
    for (int i = 0; i < 20000; i++) CHECK(&c, map_put(&map, arena_printf(&arena, "P%04d", i), &values[i]) == 0);
    CHECK(&c, map.count == 20000);
    for (int i = 0; i < 20000; i++) {
        char key[16];
        (void)snprintf(key, sizeof key, "P%04d", i);
        CHECK(&c, map_get(&map, key) == &values[i]);
    }
    CHECK(&c, map_get(&map, "P20000") == NULL && map_get(&map, "p0001") == NULL && map_get(&map, "") == NULL);
    CHECK(&c, map_put(&map, "P0001", &values[7]) == 0 && map.count == 20000 && map_get(&map, "P0001") == &values[7]);
    CHECK(&c, map_put(&map, "", &values[1]) == 0 && map_get(&map, "") == &values[1]);
    arena_init(&small, 16); /* no room for a table */
    struct map none = {.arena = &small};
    CHECK(&c, map_put(&none, "a", &values[0]) == -1 && none.count == 0 && map_get(&none, "a") == NULL);
    arena_release(&small);
    arena_release(&arena);
    return check_done(&c, "base map");
}
