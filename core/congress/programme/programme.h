/* What an event's doors must know, compiled from its rows: areas, gates, sessions, categories, days. Read-only after loading.
 *
 * A programme is loaded once per configuration (event.config_seq) and kept in a cache that belongs to one thread. */
#ifndef PLENUM_CONGRESS_PROGRAMME_H
#define PLENUM_CONGRESS_PROGRAMME_H

#include "core/base/arena.h"
#include "core/congress/admission.h"
#include "core/congress/block.h"
#include "core/db/db.h"

#include <stdint.h>

struct programme_category {
    int64_t id;
    const char *code, *title, *color; /* title: JSON text or language map */
};

struct programme_area {
    int64_t id, capacity;
    const char *code, *title;
    struct block_session *sessions; /* of this area, by beginning */
    size_t session_count;
};

struct programme_gate {
    int64_t id, area_id; /* area_id DB_NULL for a hand-out */
    int64_t closed_ms;   /* from then on it takes nobody; 0: it is not closed */
    const char *code, *title, *direction;
    enum gate_kind kind;
    bool lets_in, lets_out, reentry;
    bool greets; /* a screen there greets whoever is admitted: core/congress/welcome.h */
    category_set admits;
};

struct programme_session {
    int64_t id, area_id, starts_ms, ends_ms;
    const char *code, *title, *room;
    category_set admits;
    bool carry_over;
};

struct programme {
    int64_t event_id, config_seq, opens_ms, starts_ms, ends_ms;
    int64_t closed_ms; /* the organiser closed the event then; 0: it is not closed */
    const char *slug, *title, *timezone, *quorum;
    bool names_on_wall;
    bool welcome_photo; /* these screens show photos too */
    bool group_quorum; /* who was checked in with a group counts for the quorum */
    struct programme_category *categories; /* in order; the index is the bit in a category_set */
    size_t category_count;
    struct programme_area *areas; /* in order; [0] is the event's first area */
    size_t area_count;
    struct programme_gate *gates;
    size_t gate_count;
    struct programme_session *sessions; /* by beginning */
    size_t session_count;
    int64_t *midnights; /* local midnights from opens_ms on, ascending, past ends_ms */
    size_t midnight_count;
};

/* Loads by slug into the arena. ERR_NOT_FOUND when there is no such event. */
enum err programme_load(struct db *db, struct arena *arena, const char *slug, struct programme **ret);

/* Until when check-ins happen there: the event's end, or when it or this gate (NULL: any) was closed, if that is earlier. What a gate tells later is decided by when
 * it happened. */
int64_t programme_closes_ms(const struct programme *programme, const struct programme_gate *gate);

/* NULL when there is none. Borrowed from the programme. */
const struct programme_gate *programme_gate_by_code(const struct programme *programme, const char *code);
const struct programme_gate *programme_gate_by_id(const struct programme *programme, int64_t id);
const struct programme_area *programme_area_by_id(const struct programme *programme, int64_t id);
const struct programme_category *programme_category_by_code(const struct programme *programme, const char *code);
/* The position of a category, or 64 when it is not there. */
unsigned programme_category_position(const struct programme *programme, int64_t id);

/* The local midnight after `at_ms`. */
int64_t programme_day_end(const struct programme *programme, int64_t at_ms);

/* When a presence that begins at `at_ms` in an area ends by itself: block_end of its sessions. */
int64_t programme_block_end(const struct programme *programme, int64_t area_id, int64_t at_ms);

/* The session of an area (DB_NULL: of any) that is on, else the next one that day; NULL when none. */
const struct programme_session *programme_session_at(const struct programme *programme, int64_t area_id, int64_t at_ms);

/* The counters of an event's rows, read anew each time. */
struct programme_seqs {
    int64_t event_id, config_seq, roster_seq, figures_seq;
};

/* A small cache for one thread: entries are loaded anew when event.config_seq has changed. */
#define PROGRAMME_CACHE_SIZE 8
struct programme_cache {
    struct programme_cache_entry {
        struct arena arena;
        struct programme *programme;
        int64_t used;
    } entries[PROGRAMME_CACHE_SIZE];
    int64_t clock;
    bool keeps; /* of a writing thread */
    const struct programme *kept;
    struct programme_seqs kept_seqs;
};
void programme_cache_release(struct programme_cache *cache);
/* Borrowed until the next call with this cache. ret_seqs may be NULL. */
enum err programme_cached(struct programme_cache *cache, struct db *db, const char *slug, const struct programme **ret, struct programme_seqs *ret_seqs);

/* For a writing thread, at the begin of each transaction (and after a piece of it that changes a configuration): in between nobody else can change
 * one, so the event that was asked for last is not asked for again. */
void programme_cache_expire(struct programme_cache *cache);

#endif
