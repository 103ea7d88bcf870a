/* The parts of a page that many people share, as they were rendered: kept by one worker, never older than what they show.
 *
 * A fragment may be shown when all of this holds, and fragment_find looks at all of it:
 *   - its key is equal: event, change number of the event (event.config_seq), category, delegation (so far as announcements ask for it), language, PIN, origin.
 *     Whatever is shown and is configured
 *     (sessions, papers, publication, announcements, venue, Wi-Fi, titles, colours) moves config_seq in the transaction that changes it. The caller gives the
 *     number that it has read with the person's own row, by one statement: so the fragment is of exactly the moment at which that row was true;
 *   - from_ms <= now < until_ms: nothing that is shown changes by itself in between (the maker says until when).
 * Pages for everybody (public_kept.h) are kept here too, under the negative numbers of what they are, or a post's id, in place of a category.
 * What depends on the person is not in it, but for two texts of fixed length that are put in anew for everybody: the badge's token, and the ETag of news.
 *
 * Memory: at most FRAGMENTS_MOST fragments a worker, the one that was shown longest ago goes; pages above FRAGMENT_LARGEST are not kept. One thread. */
#ifndef PLENUM_SERVER_PAGES_FRAGMENT_H
#define PLENUM_SERVER_PAGES_FRAGMENT_H

#include "core/base/buf.h"
#include "core/base/err.h"
#include "core/base/id.h"

#include <stdbool.h>
#include <stdint.h>

#define FRAGMENTS_MOST 64
#define FRAGMENT_LARGEST (256u * 1024u)
#define FRAGMENT_TOKEN 16u
#define FRAGMENT_ETAG 24u

struct fragment_key {
    int64_t event_id, config_seq, category_id;
    unsigned language;
    uint64_t heard; /* which of the announcements for some delegations only are for this one (news_heard) */
    bool pin_passed, may_keep; /* may_keep: the origin allows a service worker */
};

struct fragment {
    struct fragment_key key;
    int64_t from_ms, until_ms;
    struct buf head, rest;  /* before and behind what is the person's own */
    unsigned category_index;
    char *category_title;   /* NULL: none; owned */
    int64_t modified_ms;    /* of a public page: see public_kept.h */
    char etag[33];
};

struct fragments;

/* NULL: out of memory. */
struct fragments *fragments_new(void);
void fragments_free(struct fragments *fragments); /* accepts NULL */

/* What stands for the token and the ETag while a fragment is rendered: random, so that no text of an event can be the same. FRAGMENT_TOKEN and FRAGMENT_ETAG
 * hexadecimal digits. */
const char *fragments_token(const struct fragments *fragments);
const char *fragments_etag(const struct fragments *fragments);

/* NULL: none that may be shown. Borrowed until the next fragments_keep. */
const struct fragment *fragments_find(struct fragments *fragments, const struct fragment_key *key, int64_t now_ms);
/* Takes over what is in `made` (buffers, title) in every case. Gives the kept one, NULL when it is too large or memory ran out. */
const struct fragment *fragments_keep(struct fragments *fragments, struct fragment *made);
void fragment_release(struct fragment *fragment); /* one that was not kept */

/* Appends `head` or `rest` of a kept fragment, with this person's token and ETag where the stand-ins are. ERR_INPUT: a text of another length. */
enum err fragment_put(const struct fragment *fragment, bool rest, const char *token, const char *etag, struct buf *out);

#endif
