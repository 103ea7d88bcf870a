#include "server/pages/fragment.h"
#include "core/base/crypto.h"

#include <stdlib.h>
#include <string.h>

#define HOLES_MOST 512

struct hole {
    size_t at; /* in head, then in rest */
    bool is_etag;
};

struct entry {
    struct fragment fragment;
    struct hole *holes; /* of head, then of rest */
    size_t head_holes, rest_holes;
    int64_t used;       /* 0: empty */
};

struct fragments {
    char token[FRAGMENT_TOKEN + 1], etag[FRAGMENT_ETAG + 1];
    int64_t clock;
    struct entry entries[FRAGMENTS_MOST];
};

struct fragments *fragments_new(void)
{
    struct fragments *f = calloc(1, sizeof *f);
    uint8_t random[(FRAGMENT_TOKEN + FRAGMENT_ETAG) / 2];
    char hex[2 * sizeof random + 1];
    if (!f) return NULL;
    crypto_random(random, sizeof random);
    crypto_hex(random, sizeof random, hex);
    memcpy(f->token, hex, FRAGMENT_TOKEN);
    memcpy(f->etag, hex + FRAGMENT_TOKEN, FRAGMENT_ETAG);
    return f;
}

void fragment_release(struct fragment *fragment)
{
    buf_release(&fragment->head);
    buf_release(&fragment->rest);
    free(fragment->category_title);
    *fragment = (struct fragment){0};
}

static void entry_clear(struct entry *entry)
{
    fragment_release(&entry->fragment);
    free(entry->holes);
    *entry = (struct entry){0};
}

void fragments_free(struct fragments *fragments)
{
    if (!fragments) return;
    for (size_t i = 0; i < FRAGMENTS_MOST; i++) entry_clear(&fragments->entries[i]);
    free(fragments);
}

const char *fragments_token(const struct fragments *fragments)
{
    return fragments->token;
}

const char *fragments_etag(const struct fragments *fragments)
{
    return fragments->etag;
}

/* All but the change number: a fragment of an older one is replaced where it stands. */
static bool is_of(const struct fragment_key *a, const struct fragment_key *b)
{
    return a->event_id == b->event_id && a->category_id == b->category_id && a->language == b->language && a->pin_passed == b->pin_passed && a->may_keep == b->may_keep &&
           a->heard == b->heard;
}

const struct fragment *fragments_find(struct fragments *fragments, const struct fragment_key *key, int64_t now_ms)
{
    for (size_t i = 0; i < FRAGMENTS_MOST; i++) {
        struct entry *entry = &fragments->entries[i];
        if (!entry->used || !is_of(&entry->fragment.key, key)) continue;
        if (entry->fragment.key.config_seq != key->config_seq || now_ms < entry->fragment.from_ms || now_ms >= entry->fragment.until_ms) return NULL;
        entry->used = ++fragments->clock;
        return &entry->fragment;
    }
    return NULL;
}

/* Where the stand-ins are, in order. False: more than anybody's page has. */
static bool find_holes(const struct fragments *fragments, const struct buf *text, struct hole *holes, size_t *count)
{
    const char *at = text->data, *end = at + text->length;
    while (at < end) {
        size_t left = (size_t)(end - at);
        const char *token = memmem(at, left, fragments->token, FRAGMENT_TOKEN), *etag = memmem(at, left, fragments->etag, FRAGMENT_ETAG);
        if (!token && !etag) return true;
        bool is_etag = !token || (etag && etag < token);
        if (*count == HOLES_MOST) return false;
        holes[(*count)++] = (struct hole){(size_t)((is_etag ? etag : token) - (const char *)text->data), is_etag};
        at = is_etag ? etag + FRAGMENT_ETAG : token + FRAGMENT_TOKEN;
    }
    return true;
}

static struct entry *slot_for(struct fragments *fragments, const struct fragment_key *key)
{
    struct entry *oldest = &fragments->entries[0];
    for (size_t i = 0; i < FRAGMENTS_MOST; i++) {
        struct entry *entry = &fragments->entries[i];
        if (entry->used && is_of(&entry->fragment.key, key)) return entry;
        if (entry->used < oldest->used) oldest = entry;
    }
    return oldest;
}

const struct fragment *fragments_keep(struct fragments *fragments, struct fragment *made)
{
    struct hole holes[HOLES_MOST];
    size_t in_head = 0, all;
    struct entry *entry = slot_for(fragments, &made->key);
    bool good = made->head.length + made->rest.length <= FRAGMENT_LARGEST && find_holes(fragments, &made->head, holes, &in_head);
    all = in_head;
    good = good && find_holes(fragments, &made->rest, holes, &all);
    struct hole *copy = good ? malloc((all + 1) * sizeof *copy) : NULL;
    if (!copy) {
        fragment_release(made);
        return NULL;
    }
    memcpy(copy, holes, all * sizeof *copy);
    entry_clear(entry);
    *entry = (struct entry){*made, copy, in_head, all - in_head, ++fragments->clock};
    *made = (struct fragment){0};
    return &entry->fragment;
}

enum err fragment_put(const struct fragment *fragment, bool rest, const char *token, const char *etag, struct buf *out)
{
    const struct entry *entry = (const struct entry *)(const void *)fragment; /* its first member */
    const struct buf *text = rest ? &fragment->rest : &fragment->head;
    const struct hole *holes = entry->holes + (rest ? entry->head_holes : 0);
    size_t count = rest ? entry->rest_holes : entry->head_holes, at = 0;
    if (strlen(token) != FRAGMENT_TOKEN || strlen(etag) != FRAGMENT_ETAG) return ERR_INPUT;
    for (size_t i = 0; i < count; i++) {
        buf_add(out, (const char *)text->data + at, holes[i].at - at);
        buf_add(out, holes[i].is_etag ? etag : token, holes[i].is_etag ? FRAGMENT_ETAG : FRAGMENT_TOKEN);
        at = holes[i].at + (holes[i].is_etag ? FRAGMENT_ETAG : FRAGMENT_TOKEN);
    }
    buf_add(out, (const char *)text->data + at, text->length - at);
    return out->failed ? ERR_LIMIT : OK;
}
