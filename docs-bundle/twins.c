/* The same file as two papers, of which one asks for the PIN: who may open the other has read it. */
#include "docs-bundle/bundle.h"

#include <stdlib.h>
#include <string.h>

static int by_file(const void *a, const void *b)
{
    const struct twin *x = a, *y = b;
    int files = strcmp(x->sha256 ? x->sha256 : "", y->sha256 ? y->sha256 : "");
    if (files) return files;
    if (x->restricted != y->restricted) return x->restricted ? 1 : -1; /* open ones first */
    return strcmp(x->code, y->code);
}

enum err twins_find(struct arena *arena, struct twin *items, size_t count, struct twin_pair **ret, size_t *ret_count)
{
    size_t first = 0, n = 0, capacity = 0;
    *ret = NULL;
    if (count) qsort(items, count, sizeof *items, by_file);
    for (size_t i = 0; i < count; i++) {
        if (i && (!items[i].sha256 || !items[i - 1].sha256 || strcmp(items[i].sha256, items[i - 1].sha256) != 0)) first = i;
        if (!items[i].sha256 || !items[i].restricted || items[first].restricted) continue;
        size_t open = first;
        while (!items[i].ours && !items[open].ours && !items[open + 1].restricted) open++; /* ends at i at the latest */
        if (!items[i].ours && !items[open].ours) continue;
        if (arena_grow(arena, ret, &capacity, n, sizeof **ret) != 0) return ERR_NOMEM;
        struct twin_pair *pair = &(*ret)[n++];
        *pair = (struct twin_pair){arena_strdup(arena, items[i].code), arena_strdup(arena, items[open].code)};
        if (!pair->restricted || !pair->open) return ERR_NOMEM;
    }
    *ret_count = n;
    return OK;
}

enum err bundle_twins(struct arena *arena, const struct bundle *bundle, struct twin_pair **ret, size_t *ret_count)
{
    struct twin *items = arena_array(arena, bundle->paper_count + 1, sizeof *items);
    if (!items) return ERR_NOMEM;
    for (size_t i = 0; i < bundle->paper_count; i++) {
        const struct bundle_paper *p = &bundle->papers[i];
        const struct bundle_file *file = bundle_find_file(bundle, p->file);
        items[i] = (struct twin){p->code, file ? file->sha256 : NULL, p->restricted || p->secrecy, true};
    }
    return twins_find(arena, items, bundle->paper_count, ret, ret_count);
}

json_t *twins_show(const struct twin_pair *pairs, size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) (void)json_array_append_new(list, json_pack("{s:s, s:s}", "restricted", pairs[i].restricted, "open", pairs[i].open));
    return list;
}

const char *twin_sentence(struct arena *arena, const struct twin_pair *pair)
{
    return arena_printf(arena, "asks for the PIN, but “%s” is the same file and does not: restrict both, or neither", pair->open);
}
