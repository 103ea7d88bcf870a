#include "server/live_delta.h"

#include <string.h>

#define ROOM_FOR_DELEGATIONS 1200 /* bytes that other lists leave to them */

/* Sent when changed, in this order; all else of the figures always, so that whoever shows them needs not keep them. */
static const struct {
    const char *key;
    bool by_item;
} lists[] = {{"arrivals", false}, {"by_session", true}, {"quorums", false}, {"fixed", false}, {"by_delegation", true}};
#define LISTS (sizeof lists / sizeof *lists)

void live_delta_release(struct live_delta *delta)
{
    json_decref(delta->told);
    *delta = (struct live_delta){0};
}

enum err live_delta_whole(struct live_delta *delta, const json_t *figures)
{
    json_t *told = json_deep_copy(figures);
    if (!told) return ERR_NOMEM;
    json_decref(delta->told);
    delta->told = told;
    delta->owes = false;
    return OK;
}

static bool is_list(const char *key)
{
    for (size_t i = 0; i < LISTS; i++)
        if (strcmp(lists[i].key, key) == 0) return true;
    return false;
}

struct making {
    struct arena *arena;
    json_t *out, *told;
    size_t room;
    bool failed;
};

/* Puts the value into both when there is room; false: there is none. */
static bool put(struct making *m, json_t *out, json_t *told, const char *key, json_t *value, size_t keep)
{
    const char *text = json_text(m->arena, value);
    if (!text) return !(m->failed = true);
    size_t size = strlen(key) + strlen(text) + sizeof "\"\":,";
    if (m->room < keep || size > m->room - keep) return false;
    m->room -= size;
    m->failed |= json_object_set(out, key, value) != 0 || json_object_set(told, key, value) != 0;
    return true;
}

/* The items that have changed, beginning with number `turn`. Gives the number of the first that had no room; `count`: none. */
static size_t put_items(struct making *m, json_t *out, json_t *told, json_t *items, size_t turn, size_t keep)
{
    const char *key;
    json_t *item;
    size_t count = json_object_size(items), first_left = count;
    for (int round = 0; round < 2 && first_left == count; round++) {
        size_t i = 0;
        json_object_foreach(items, key, item)
        {
            bool is_due = round == 0 ? i >= turn : i < turn;
            if (is_due && first_left == count && !json_equal(item, json_object_get(told, key)) && !put(m, out, told, key, item, keep)) first_left = i;
            i++;
        }
    }
    return first_left;
}

/* False: something of it had no room. */
static bool tell_list(struct making *m, const char *key, bool by_item, json_t *value, size_t *turn, size_t keep)
{
    json_t *known = json_object_get(m->told, key);
    if (json_equal(known, value)) return true;
    if (!by_item) return put(m, m->out, m->told, key, value, keep);
    if (!known) m->failed |= json_object_set_new(m->told, key, json_object()) != 0;
    json_t *items = json_object();
    size_t name = strlen(key) + sizeof "\"\":{},";
    if (!items || m->failed || m->room < keep + name) {
        json_decref(items);
        return false;
    }
    m->room -= name;
    size_t count = json_object_size(value), left = put_items(m, items, json_object_get(m->told, key), value, *turn % (count + 1), keep);
    *turn = left == count ? 0 : left;
    if (json_object_size(items) > 0) m->failed |= json_object_set(m->out, key, items) != 0;
    json_decref(items);
    return left == count;
}

enum err live_delta_stats(struct live_delta *delta, struct arena *arena, const json_t *figures, size_t longest, const char **ret)
{
    const char *key;
    json_t *value, *all = (json_t *)(uintptr_t)figures;
    if (!delta->told && !(delta->told = json_object())) return ERR_NOMEM;
    struct making m = {.arena = arena, .out = json_object(), .told = delta->told, .room = longest};
    if (!m.out) return ERR_NOMEM;
    bool fits = longest > 2;
    m.room -= fits ? 2 : 0;
    json_object_foreach(all, key, value)
    {
        if (!is_list(key)) fits &= put(&m, m.out, m.told, key, value, 0);
    }
    for (size_t i = 0; i < LISTS && fits; i++) {
        bool delegations = strcmp(lists[i].key, "by_delegation") == 0;
        size_t none = 0;
        value = json_object_get(figures, lists[i].key);
        if (!value) continue;
        if (!tell_list(&m, lists[i].key, lists[i].by_item, value, delegations ? &delta->turn : &none, delegations ? 0 : ROOM_FOR_DELEGATIONS) && !delegations)
            delta->owes = true;
    }
    *ret = m.failed || !fits ? NULL : json_text(arena, m.out);
    json_decref(m.out);
    if (!fits) return ERR_LIMIT;
    return *ret ? OK : ERR_NOMEM;
}

/* Order counts: it is what the screens show. */
static uint64_t hash(uint64_t h, const char *text)
{
    for (; *text; text++) h = (h ^ (unsigned char)*text) * UINT64_C(1099511628211);
    return (h ^ 0xff) * UINT64_C(1099511628211);
}

static uint64_t hash_value(struct arena *arena, uint64_t h, const json_t *value)
{
    const char *text = value ? json_canonical(arena, value) : NULL;
    return hash(h, text ? text : "");
}

uint64_t live_delta_structure(struct arena *arena, const json_t *snapshot, const json_t *figures, const char *more)
{
    const char *key;
    json_t *value, *item;
    size_t i;
    uint64_t h = hash(UINT64_C(14695981039346656037), more);
    json_object_foreach((json_t *)(uintptr_t)snapshot, key, value)
    {
        if (json_object_get(figures, key)) continue;
        h = hash(h, key);
        if (strcmp(key, "delegations") != 0) {
            h = hash_value(arena, h, value);
            continue;
        }
        json_array_foreach(value, i, item)
        {
            h = hash_value(arena, hash_value(arena, h, json_object_get(item, "code")), json_object_get(item, "name"));
        }
    }
    return h;
}
