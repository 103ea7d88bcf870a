/* How it stands with the member cards of the register: who has one, which were printed, handed over, withdrawn. Reads only; tokens are never among
 * what is read. Texts live in the arena. Of 70 000 people the counts take about 0.3 s: on the job pool. */
#ifndef PLENUM_CONGRESS_CARD_LIST_H
#define PLENUM_CONGRESS_CARD_LIST_H

#include "core/base/id.h"
#include "core/db/db.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Of the card that is good, else of the last that was. Handing over counts before printing: the log may not know of every paper. */
enum card_state { CARD_NONE, CARD_MADE, CARD_PRINTED, CARD_HANDED, CARD_WITHDRAWN, CARD_STATE_COUNT };
const char *card_state_name(enum card_state state); /* "none", "made", "printed", "handed", "withdrawn" */

#define CARD_ANY_STATE (-1)
#define CARD_REPLACED 5 /* instead of a state: whose good card is not their first */
/* "made" → CARD_MADE, "replaced" → CARD_REPLACED, anything else → CARD_ANY_STATE. */
int card_state_from_name(const char *name);

struct card_line {
    int64_t person_id;
    const char *code, *name, *sort, *unit_code, *unit; /* unit: a stored title; NULL: none */
    enum card_state state;
    int64_t issue;                                     /* 0: never had one */
    int64_t made_ms, printed_ms, handed_ms, revoked_ms; /* DB_NULL: not */
    const char *to_name;                               /* who took it */
};
/* In the order of lists, behind (after_sort, after_id); after_sort NULL: from the first. unit_id 0: everybody; else with all units beneath it. */
enum err card_list_page(struct db *db, struct arena *arena, int64_t unit_id, int state, const char *after_sort, int64_t after_id, size_t most, struct card_line **ret,
                        size_t *ret_count);

struct card_counts {
    int64_t of[CARD_STATE_COUNT], people, replaced;
};
enum err card_list_counts(struct db *db, struct arena *arena, int64_t unit_id, struct card_counts *ret);

struct card_issue {
    int64_t issue, made_ms, revoked_ms, printed_ms; /* DB_NULL: not */
    int64_t handover_id, handed_ms;                 /* DB_NULL: nobody was given it */
    const char *to_name, *handed_by;
};
/* Every card that somebody ever had, the newest first. */
enum err card_list_of_person(struct db *db, struct arena *arena, int64_t person_id, struct card_issue **ret, size_t *ret_count);

/* Whose member card was read: `text` is what a scanner types (a URL or a token). ERR_INPUT: it is no badge; ERR_NOT_FOUND: no member card of ours;
 * ERR_CONFLICT: it is not good any more. The faults have reasons. */
enum err card_list_scanned(struct db *db, struct arena *arena, const char *text, const char **ret_code, struct fault *fault);

#endif
