/* Two entries of the register that are one person: who they may be, what the two say, one of them stays, and taking that back.
 *
 * **A merge** keeps one entry; the other goes. What it said is kept where the one that stays says nothing, and where the organiser chooses it. Its delegates, badges,
 * member cards and handovers become the kept one's, so every badge and card that is out goes on working and no figure of an event changes; its code finds the
 * one who stayed, in search, at the desk and in lists that come in again. Its changes stay readable under its id.
 *
 * Where both are delegates of one event, somebody has to say whose place stays ("register_both", detail: the event): the other place goes, its badges open the one that
 * stays, and the event counts one less. A place where somebody came in, or for which the desk or the papers keep something, cannot go ("register_both_used"). An event
 * that is on knows of it at once.
 *
 * **Taking it back** makes both entries as they were, as long as nothing was recorded of the kept one since ("register_merge_old").
 *
 * All in the caller's transaction behind register_begin, noted in the history of both, in the audit log, and told to doors and search. */
#ifndef PLENUM_CONGRESS_REGISTER_MERGE_H
#define PLENUM_CONGRESS_REGISTER_MERGE_H

#include "core/base/json.h"
#include "core/congress/register/register.h"

/* What the two say, field by field: {"kept": {code, name}, "gone": {code, name}, "fields": [{"field", "kept", "gone", "same", "takes": "kept"|"gone", "sensitive"}],
 * "events": [{"event", "title", "kept": bool, "gone": bool, "kept_came", "gone_came", "kept_used", "gone_used"}]}; fields as columns of lists are called, "unit" with its
 * memberships, "attribute:CODE" (sensitive values are not told, only whether they are there and differ). The caller owns *ret. Reads only. */
enum err register_merge_look(struct db *db, struct arena *arena, const char *kept, const char *gone, json_t **ret, struct fault *fault);

struct register_merge_wish {
    const char *kept, *gone;       /* codes */
    const char *const *take;       /* fields whose value is the gone one's although the kept one has another */
    size_t take_count;
    const char *const *events;     /* of events where both are delegates: where the gone one's place stays */
    size_t event_count;
    const char *const *kept_events; /* and where the kept one's does */
    size_t kept_event_count;
};
/* *ret_merge: its number, for taking it back. Errors as edit.h says, and those above. */
enum err register_merge(struct register_doing *doing, const struct register_merge_wish *wish, int64_t *ret_merge);
/* ERR_CONFLICT "register_merge_old": something happened since, or it was taken back already. */
enum err register_split(struct register_doing *doing, int64_t merge);

struct register_merged {
    int64_t id, kept_id, gone_id, made_ms, undone_ms; /* undone_ms DB_NULL: it holds */
    const char *kept_code, *gone_code, *actor, *undone_actor;
};
/* The newest first; before: INT64_MAX, then the last id of the page. */
enum err register_merges_read(struct db *db, struct arena *arena, int64_t before, int64_t most, struct register_merged **ret, size_t *ret_count);

/* --- who may be one person --- */

enum register_likeness { REGISTER_SAME_BIRTHDAY, REGISTER_SAME_PHONE, REGISTER_SAME_EMAIL, REGISTER_SAME_YEAR };
struct register_pair {
    int64_t a, b; /* ids, a < b */
    enum register_likeness why; /* same name and day of birth; same name and phone; same name and e-mail; same name, and the years of birth do not contradict */
};
/* Pairs that nobody said to be two people, the surest first, at most `most`; *ret_more: there are more. Sorted in memory: about a second for 400 000 people, so not on a
 * thread that answers. */
enum err register_doubles_read(struct db *db, struct arena *arena, size_t most, struct register_pair **ret, size_t *ret_count, bool *ret_more);
/* They are two people all the same (or: that was wrong). */
enum err register_set_distinct(struct register_doing *doing, const char *one, const char *other, bool distinct);

#endif
