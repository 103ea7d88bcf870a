/* A group check-in: people of one delegation are checked in at once by somebody who has counted them, as a bus arrives, and not by their badges.
 *
 * Each of them is a scan like any other, by the same admission rule; what tells it apart is its group. Whether it counts for the quorum is the organiser's decision
 * (programme.group_quorum), looked at when the quorum is worked out, so that a change of mind recounts rightly. A later reading of somebody's own badge makes their
 * stay personal from then on (core/congress/checkin/presence.c). One connection; in the caller's transaction, between write_tools_begin and write_tools_flush. */
#ifndef PLENUM_CONGRESS_GROUP_H
#define PLENUM_CONGRESS_GROUP_H

#include "core/congress/checkin/checkin.h"
#include "core/congress/delegation/delegation.h"

struct group_wish {
    const char *event, *request; /* slug; UUID of version 7, made with the page: the same again is the same group */
    const char *unit, *gate;     /* codes; the gate lets somebody into an area */
    const struct delegation_scope *scope;
    const char *const *people;   /* person codes */
    size_t count;
    const char *actor;
    int64_t account_id, now_ms;  /* account_id DB_NULL: a head who is in with badge and PIN */
};

/* Checks in people[from] to people[from + DELEGATION_PIECE - 1]; answers[i] is that of people[i]. With from 0 the group is recorded (audited) and everybody named is
 * looked at: ERR_DENIED (delegation_not_yours) when the unit is out of scope or one of them of another delegation, and nobody is checked in. ERR_INPUT: the form;
 * ERR_CONFLICT: the request was used for another delegation or gate, or by somebody else (amend_request_used), or was taken back (delegation_undone). */
enum err group_apply(struct db *db, struct arena *arena, struct write_tools *tools, const struct group_wish *wish, size_t from, struct checkin_answer *answers,
                     struct fault *fault);

/* Takes a group back, within CHECKIN_UNDO_MS: whoever is in by their own badge stays in. At most DELEGATION_PIECE scans a call, from `after` on (begin with 0);
 * *ret_more says whether there is more. Twice is fine. A piece may be run again: give it a copy, and keep that when it was stored. ERR_NOT_FOUND: no such group of
 * this event; ERR_DENIED: not in scope; ERR_TIMEOUT. Audited. */
struct group_undo {
    const char *event, *request;
    const struct delegation_scope *scope;
    const char *actor;
    int64_t now_ms;
    int64_t after;
    size_t undone, kept; /* so far */
    const char *unit;    /* given back: its code */
};
enum err group_take_back(struct db *db, struct arena *arena, struct write_tools *tools, struct group_undo *undo, bool *ret_more, struct fault *fault);

/* One answer of a group, for the page that follows. */
struct group_answer {
    const char *code, *name; /* NULL: nobody */
    enum outcome outcome;
    enum reason reason;
    bool undone;
};
/* ERR_NOT_FOUND: no such group of this event and unit. */
enum err group_answers(struct db *db, struct arena *arena, int64_t event_id, int64_t unit_id, const char *request, struct group_answer **ret, size_t *ret_count);

/* Groups of a delegation since then, the newest first. */
struct group_line {
    const char *request, *actor;
    int64_t made_ms, undone_ms, admitted; /* undone_ms DB_NULL: it stands; admitted: without those that were taken back */
};
enum err group_lines(struct db *db, struct arena *arena, int64_t event_id, int64_t unit_id, int64_t since_ms, struct group_line **ret, size_t *ret_count);

#endif
