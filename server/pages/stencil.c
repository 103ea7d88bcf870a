#include "server/pages/stencil.h"
#include "core/base/crypto.h"

#include <stdlib.h>
#include <string.h>

#define DIGITS 16u /* of a stand-in */
#define HOLES_MOST (2 * STENCIL_TEXTS)

struct hole {
    size_t at;
    unsigned text;
};

struct stencil {
    struct stencil_key key; /* its texts are owned */
    struct buf rendered;
    struct hole holes[HOLES_MOST];
    size_t hole_count;
    int64_t used; /* 0: empty */
};

struct stencils {
    char stand_ins[STENCIL_TEXTS][DIGITS + 1];
    int64_t clock;
    struct stencil items[STENCILS_MOST];
};

struct stencils *stencils_new(void)
{
    struct stencils *s = calloc(1, sizeof *s);
    uint8_t random[DIGITS / 2];
    for (size_t i = 0; s && i < STENCIL_TEXTS; i++) {
        crypto_random(random, sizeof random);
        crypto_hex(random, sizeof random, s->stand_ins[i]);
    }
    return s;
}

static void clear(struct stencil *stencil)
{
    buf_release(&stencil->rendered);
    free((char *)(uintptr_t)stencil->key.category_title);
    free((char *)(uintptr_t)stencil->key.status);
    *stencil = (struct stencil){0};
}

void stencils_free(struct stencils *stencils)
{
    if (!stencils) return;
    for (size_t i = 0; i < STENCILS_MOST; i++) clear(&stencils->items[i]);
    free(stencils);
}

const char *stencils_stand_in(const struct stencils *stencils, unsigned text)
{
    return stencils->stand_ins[text];
}

static bool is_same_text(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : !a && !b;
}

const struct stencil *stencils_find(struct stencils *stencils, const struct stencil_key *key)
{
    for (size_t i = 0; i < STENCILS_MOST; i++) {
        struct stencil *item = &stencils->items[i];
        const struct stencil_key *own = &item->key;
        if (!item->used || own->language != key->language || own->texts != key->texts || own->category_index != key->category_index) continue;
        if (!is_same_text(own->category_title, key->category_title) || !is_same_text(own->status, key->status)) continue;
        item->used = ++stencils->clock;
        return item;
    }
    return NULL;
}

/* The next stand-in at or behind `from`. */
static bool find_hole(const struct stencils *stencils, const struct buf *rendered, size_t from, struct hole *ret)
{
    bool found = false;
    for (unsigned i = 0; i < STENCIL_TEXTS; i++) {
        const char *at = memmem(rendered->data + from, rendered->length - from, stencils->stand_ins[i], DIGITS);
        if (!at || (found && (size_t)(at - rendered->data) > ret->at)) continue;
        *ret = (struct hole){(size_t)(at - rendered->data), i};
        found = true;
    }
    return found;
}

static bool copy_text(const char *text, const char **ret)
{
    *ret = text ? strdup(text) : NULL;
    return !text || *ret;
}

const struct stencil *stencils_keep(struct stencils *stencils, const struct stencil_key *key, struct buf *rendered)
{
    struct stencil *item = &stencils->items[0];
    for (size_t i = 1; i < STENCILS_MOST; i++)
        if (stencils->items[i].used < item->used) item = &stencils->items[i];
    clear(item);
    item->rendered = *rendered;
    *rendered = (struct buf){0};
    item->key = *key;
    bool good = copy_text(key->category_title, &item->key.category_title);
    good = copy_text(key->status, &item->key.status) && good && buf_ok(&item->rendered);
    struct hole hole;
    for (size_t from = 0; good && find_hole(stencils, &item->rendered, from, &hole); from = hole.at + DIGITS) {
        good = item->hole_count < HOLES_MOST;
        if (good) item->holes[item->hole_count++] = hole;
    }
    if (!good) {
        clear(item);
        return NULL;
    }
    item->used = ++stencils->clock;
    return item;
}

void stencil_put(const struct stencil *stencil, const char *const texts[STENCIL_TEXTS], struct buf *out)
{
    size_t at = 0;
    for (size_t i = 0; i < stencil->hole_count; i++) {
        const struct hole *hole = &stencil->holes[i];
        buf_add(out, stencil->rendered.data + at, hole->at - at);
        buf_put_html(out, texts[hole->text]);
        at = hole->at + DIGITS;
    }
    buf_add(out, stencil->rendered.data + at, stencil->rendered.length - at);
}
