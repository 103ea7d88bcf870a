/* Drawing an event's delegates from the register: who may be chosen, how many a unit sends, who is drawn by lot, and making them delegates
 * (docs/decisions/0065-draw.md). For organisers of all events: the register is the whole organisation's.
 *
 *     draw_find          who matches, by pages in the order of lists
 *     draw_quota_*       how many each unit sends, and what is filled of it
 *     draw_by_lot        a choice that everybody can repeat (lot.h)
 *     draw_plan          what taking the chosen would do: reads only
 *     draw_take          does it, in slices, with the journal of imports: list_import_undo takes it back
 *
 * Times, 70 000 people: draw_find about 40 ms (every person is looked at). On the job pool, not on a thread that answers. Texts live in the arena. Not thread-safe
 * beyond the connection. */
#ifndef PLENUM_CONGRESS_DRAW_H
#define PLENUM_CONGRESS_DRAW_H

#include "core/base/crypto.h"
#include "core/congress/list_import/list_import.h"
#include "core/congress/programme/programme.h"
#include "core/congress/register/people.h"

#define DRAW_TAKE_MOST 2000 /* people at once */

/* --- who may be chosen --- */

struct draw_filter {
    const int64_t *units; /* with all beneath them */
    size_t unit_count;    /* 0: everybody */
    const char *typed;    /* words of the name, each a beginning, or a code; NULL or "": all */
    const char *title;    /* part of the title, accents and case aside; NULL or "": any */
    const char *gender;   /* "f", "m", "x"; NULL: any */
    const char *born_from, *born_until; /* days, both included; who has a year only counts as born on its first day; NULL: any. Who has no birthday matches neither */
    const char *joined_from, *joined_until; /* likewise; a year stands for its first day */
    int64_t type_id;      /* an attribute that is not sensitive; 0: none */
    const char *value;    /* its value, canonical JSON */
    bool with_delegates;  /* also people who are delegates of the event already */
};

struct draw_line {
    int64_t id, unit_id;                                 /* unit_id DB_NULL: none */
    const char *code, *name, *sort, *title, *gender, *born, *joined; /* of the year of birth, only where the page shows it */
    bool is_delegate;
};
struct draw_found {
    size_t total;      /* who match and are no delegates */
    size_t delegates;  /* who match and are */
    struct draw_line *lines;
    size_t count;
    bool more;
};
/* One page, behind (after_sort, after_id); after_sort NULL: the first. ERR_INPUT: `typed` is too long or no UTF-8. */
enum err draw_find(struct db *db, struct arena *arena, int64_t event_id, const struct draw_filter *filter, const char *after_sort, int64_t after_id, size_t most,
                   struct draw_found *ret);

/* "At least `least` and at most `most` years old on that day" as days of birth; -1: no bound. `day` is "2026-12-01". */
enum err draw_ages(struct arena *arena, const char *day, int least, int most, const char **ret_from, const char **ret_until);

/* What may be filtered by. */
struct draw_type {
    int64_t id;
    const char *code, *title, *kind, *choices;
};
enum err draw_types(struct db *db, struct arena *arena, struct draw_type **ret, size_t *ret_count);

/* --- how many a unit sends --- */

struct draw_quota_unit {
    int64_t unit_id, seats;
};
struct draw_quota {
    const char *category;           /* whom it counts; NULL: delegates of every category */
    struct draw_quota_unit *units;
    size_t count;
    const char *mark;               /* another one with every change */
};
enum err draw_quota_read(struct db *db, struct arena *arena, int64_t event_id, struct draw_quota *ret);
/* In a transaction, with a line in the audit log. ERR_CONFLICT "draw_quota_older": it is not what `seen` (a mark) names any more. */
enum err draw_quota_write(struct db *db, struct arena *arena, const struct programme *programme, const struct draw_quota *quota, const char *seen, const char *actor,
                          int64_t now_ms, struct fault *fault);

struct draw_quota_line {
    size_t unit;                    /* index in the tree */
    int64_t seats, filled;          /* filled: summoned delegates of the unit and beneath it */
};
/* In the order of the tree; units that are gone are left out. */
enum err draw_quota_fill(struct db *db, struct arena *arena, const struct programme *programme, const struct draw_quota *quota, const struct register_tree *tree,
                         struct draw_quota_line **ret, size_t *ret_count);

/* --- by lot --- */

struct draw_lot_wish {
    const char *seed;  /* tidied by the caller, not empty */
    int64_t count;     /* of all who match; 0: what is left of each unit's quota, of people who are in none of these nobody */
};
struct draw_lot_result {
    const char **codes; /* in the order of drawing */
    size_t count, candidates;
    char fingerprint[CRYPTO_HASH_HEX];
};
/* ERR_LIMIT: more than DRAW_TAKE_MOST would be drawn. */
enum err draw_by_lot(struct db *db, struct arena *arena, const struct programme *programme, const struct draw_filter *filter, const struct draw_lot_wish *wish,
                     struct draw_lot_result *ret, struct fault *fault);
/* The codes of all who match and are no delegates, in the order of their bytes, a line each: what the fingerprint is made of. */
enum err draw_codes(struct db *db, struct arena *arena, int64_t event_id, const struct draw_filter *filter, struct buf *out);

/* --- taking them --- */

enum draw_delegation { DRAW_OWN_UNIT, DRAW_QUOTA_UNIT /* the nearest above with a quota, else their own */ };
struct draw_wish {
    const char *const *codes;       /* of people, in the order in which they get numbers */
    size_t count;
    const char *category;
    const char *mandate;            /* NULL: not said */
    bool is_alternate;
    enum draw_delegation delegation;
    const char *first_number;       /* NULL: no numbers; else its last digits count up, and numbers that somebody has are passed over */
    const char *lot;                /* JSON of how it was drawn, kept with the journal; NULL: chosen by hand */
};
enum draw_kind { DRAW_NEW, DRAW_ALREADY, DRAW_UNKNOWN, DRAW_TWICE };
struct draw_row {
    enum draw_kind kind;
    int64_t person_id, delegation_id; /* DB_NULL: none */
    const char *code, *name, *sort, *number; /* of who is a delegate already: theirs; UNKNOWN: the code alone */
};
struct draw_plan {
    struct draw_row *rows;
    size_t count, fresh;            /* fresh: DRAW_NEW */
    int64_t over;                   /* so many more than the quotas leave */
    char digest[17];                /* of what would be written */
    int64_t category_id;
};
/* ERR_INPUT, ERR_NOT_FOUND with a reason: category, mandate, number, more than DRAW_TAKE_MOST. */
enum err draw_plan(struct db *db, struct arena *arena, const struct programme *programme, const struct draw_wish *wish, struct draw_plan *ret, struct fault *fault);

/* The number behind the largest that is digits alone, as wide; "1" where there is none. */
enum err draw_next_number(struct db *db, struct arena *arena, int64_t event_id, const char **ret);

struct draw_result {
    int64_t number;                 /* of the journal; 0: there was nothing to write */
    size_t made, left;              /* left: became delegates meanwhile, or their number went */
};
/* Writes what the plan says. The caller holds list_import_lock. After an error in the middle everything is taken back. */
enum err draw_take(const struct list_import_door *door, const struct programme *programme, const struct draw_wish *wish, const struct draw_plan *plan, const char *actor,
                   struct draw_result *ret, struct fault *fault);

#endif
