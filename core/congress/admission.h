/* Who may pass: one pure function that the server, the scanner and (by the same test vectors, tests/fixtures/admission.json) the
 * browser use. No clock, no database, no memory: everything it knows is in its argument.
 *
 * The rules are DESIGN.md §6:
 * - A badge that is unknown, revoked, of another event, or has no name yet is refused before anything else is looked at.
 *   (`invalid` is kept for scans that are not in the right form or reuse a number: they say nothing about a person.)
 * - An alternate passes by category like everybody; who has lost the mandate (replaced, withdrawn, disqualified) does not.
 * - Check-in is open from midnight of the event's first day to its end, local time.
 * - The door follows the programme: while a session is on in the gate's area, or opens within 60 minutes, its `admits` decides; else the
 *   gate's own. Where several sessions qualify, one that is on goes before one that will open, and the later beginning before the earlier.
 * - Never a toggle: a second "in" of a person who is in is `already_in`; an "out" of one who is not in is `left` with `was_not_in`.
 * - A person who is known to be in another area may come in here (they have left there). */
#ifndef PLENUM_CONGRESS_ADMISSION_H
#define PLENUM_CONGRESS_ADMISSION_H

#include "core/congress/reason.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ADMISSION_EARLY_MS (INT64_C(60) * 60 * 1000) /* a session decides from an hour before it begins */

enum outcome { OUTCOME_admitted, OUTCOME_already_in, OUTCOME_left, OUTCOME_handed_out, OUTCOME_refused, OUTCOME_invalid, OUTCOME_COUNT };
const char *outcome_name(enum outcome outcome);
/* False when there is no such outcome. */
bool outcome_from_name(const char *name, enum outcome *ret);

enum gate_kind { GATE_ENTRY, GATE_HANDOUT };
enum delegate_status { STATUS_SUMMONED, STATUS_ALTERNATE, STATUS_REPLACED, STATUS_WITHDRAWN, STATUS_DISQUALIFIED, STATUS_COUNT };
/* -1 when unknown. */
int delegate_status_from_name(const char *name);
const char *delegate_status_name(enum delegate_status status);

/* Categories are bits by their position in the event (at most 64 categories an event). */
typedef uint64_t category_set;
#define CATEGORY_EVERY UINT64_MAX

struct admission_session {
    int64_t starts_ms, ends_ms;
    category_set admits;
};

struct admission {
    /* the door and the programme */
    int64_t opens_ms, closes_ms; /* of the event */
    enum gate_kind kind;
    bool lets_in, lets_out;
    bool reentry;
    category_set gate_admits;
    const struct admission_session *sessions; /* of the gate's area, in any order; borrowed */
    size_t session_count;
    int64_t capacity;  /* of the area; 0 = no bound */
    int64_t area_count; /* who is in it now */
    /* the badge */
    bool known, revoked, this_event, named;
    enum delegate_status status;
    unsigned category; /* position */
    /* the person at the doors */
    bool is_in;       /* in the gate's area now */
    bool was_in;      /* has been in the gate's area before */
    bool handed_out;  /* at this gate */
    /* the scan */
    bool going_out;
    int64_t at_ms; /* true time */
};

struct admission_answer {
    enum outcome outcome;
    enum reason reason;
};

struct admission_answer admission_decide(const struct admission *a);

/* Whether a room with a bound is to be warned about before it is full: a tenth of its places, or five, are left. */
bool admission_is_nearly_full(int64_t capacity, int64_t count);

/* Whether a person at the desk may let somebody in all the same: where the rule is about the door, the hour or the room. Not where the badge is no good or not ours, the
 * mandate has ended, or what is given once was given. */
bool admission_may_override(enum reason reason);

#endif
