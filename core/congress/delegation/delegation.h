/* A delegation of an event: who of it is here, who is missing, who is absent and why, what its head reported (docs/decisions/0036-delegation.md).
 *
 * A delegation is the delegates of one event that are listed under one unit; sub-units are delegations of their own. Its head answers for it and for no other: every
 * function that changes somebody by code asks whether that person is of the delegation, in the same transaction. Texts in results live in the arena. One connection. */
#ifndef PLENUM_CONGRESS_DELEGATION_H
#define PLENUM_CONGRESS_DELEGATION_H

#include "core/base/id.h"
#include "core/congress/delegates/amend.h"
#include "core/congress/programme/programme.h"

#define DELEGATION_PEOPLE_MOST 480 /* who can be named by one form (http_form reads 512 fields) */
#define DELEGATION_PIECE 64        /* people in one transaction: large work takes turns */
#define DELEGATION_SAID_MOST 99999 /* the largest number that a head can report */

/* Whose people somebody may see: all (desk, organiser), or those of some units (a head). */
struct delegation_scope {
    bool all;
    const int64_t *units;
    size_t unit_count;
};
bool delegation_in_scope(const struct delegation_scope *scope, int64_t unit_id);

/* Of the summoned who have a name. expected = here + elsewhere + absent + missing. */
struct delegation_count {
    int64_t expected, here; /* here: in the event's first area now, as the figures count */
    int64_t elsewhere;      /* in another area now */
    int64_t absent;         /* neither, and somebody said so */
    int64_t missing;
    int64_t by_group;       /* of those who are in: checked in with the group, their own badge not read since */
    int64_t alternates;     /* who is in besides, without a mandate */
};

struct delegation_report {
    int64_t made_ms, said; /* said: how many are here as the head counts */
    const char *actor;
    struct delegation_count count; /* as it was then; without by_group and alternates */
};

struct delegation {
    int64_t unit_id;
    const char *code, *name; /* name: a stored title */
    struct delegation_count count;
    const struct delegation_report *report; /* the last one; NULL: none yet */
};

/* All that have somebody, in protocol order. Reads every delegate: pool only. */
enum err delegation_list(struct db *db, struct arena *arena, const struct programme *programme, const struct delegation_scope *scope, int64_t now_ms,
                         struct delegation **ret, size_t *ret_count);

enum delegation_place { DELEGATION_MISSING, DELEGATION_ABSENT, DELEGATION_HERE, DELEGATION_ELSEWHERE };

struct delegation_member {
    int64_t delegate_id, category_id, area_id, since_ms; /* area_id, since_ms DB_NULL where they are not in */
    const char *code, *name, *honorific, *title, *number;
    enum delegation_place place;
    bool is_alternate, is_head, by_group;
    bool was_absent;          /* an absence is on record; `place` says whether it still holds */
    bool excused;
    const char *reason;       /* of the absence; NULL: none given */
};

/* One delegation by its unit's code with its people in order, the alternates last. ERR_NOT_FOUND: no such unit, or nobody of this event is listed there. */
enum err delegation_find(struct db *db, struct arena *arena, const struct programme *programme, const char *unit, int64_t now_ms, struct delegation *ret,
                         struct delegation_member **ret_members, size_t *ret_count);

/* The code of a unit. ERR_NOT_FOUND. */
enum err delegation_code_of(struct db *db, struct arena *arena, int64_t unit_id, const char **ret);
/* The id of a unit by its code. ERR_DENIED with the reason "delegation_not_yours" when it is out of scope, or there is none. */
enum err delegation_unit_in(struct db *db, struct arena *arena, const struct delegation_scope *scope, const char *unit, int64_t *ret, struct fault *fault);

/* Everybody of `people` (person codes) is of this delegation. ERR_DENIED with the reason "delegation_not_yours" when one is not; ERR_LIMIT too many. */
enum err delegation_check_people(struct db *db, struct arena *arena, int64_t event_id, int64_t unit_id, const char *const *people, size_t count, struct fault *fault);

/* Several absences at once, those of people[from] on, at most DELEGATION_PIECE: in a transaction of its own each time. Each is an amendment like the desk's. Whoever is
 * in by now is left as they are and counted in *ret_here (added). `a->request` is the form's: it happens once. */
struct delegation_absences {
    int64_t unit_id;
    const char *const *people;
    size_t count;
    bool is_absent, excused;
    const char *reason; /* NULL: none */
};
enum err delegation_set_absences(const struct amend *a, const struct delegation_absences *wish, size_t from, size_t *ret_here);

/* What the head says: `said` are here. Counted at the same moment. The same request again changes nothing. In a transaction; audited. */
struct delegation_saying {
    const char *request, *unit; /* UUID; unit's code */
    const struct delegation_scope *scope;
    int64_t said, now_ms;
    const char *actor;
};
enum err delegation_add_report(struct db *db, struct arena *arena, struct id_source *ids, const struct programme *programme, const struct delegation_saying *saying,
                               struct fault *fault);

/* A UUID that follows from the form's and somebody: the same form sent twice makes the same ones. It keeps the form's time. */
void delegation_derive_id(const char *request, const char *word, char out[ID_UUID_SIZE]);

/* --- heads ---------------------------------------------------------------------------------------------------------------------------------- */

struct delegation_head {
    int64_t unit_id;
    const char *code, *name, *number; /* of the person; number NULL: none */
};

/* The delegation for which this delegate answers as its head (role head_of_delegation), when the organiser lets heads in by badge and PIN. ERR_NOT_FOUND: no head of this
 * event, or without mandate; ERR_DENIED: a head, but the organiser has not allowed it. */
enum err delegation_head_of(struct db *db, struct arena *arena, int64_t event_id, int64_t delegate_id, struct delegation_head *ret);
/* All heads by their role in the list of delegates, and by accounts (code NULL, name is the account's). */
enum err delegation_heads(struct db *db, struct arena *arena, int64_t event_id, struct delegation_head **ret, size_t *ret_count);
enum err delegation_head_accounts(struct db *db, struct arena *arena, int64_t event_id, struct delegation_head **ret, size_t *ret_count);

/* The organiser's decisions. */
struct delegation_settings {
    bool group_quorum; /* who was checked in with a group counts for the quorum */
    bool head_pin;     /* heads come in with badge and PIN */
};
enum err delegation_settings_read(struct db *db, int64_t event_id, struct delegation_settings *ret);
/* In a transaction; audited with what it was and is. Nothing happens when it is so already. */
enum err delegation_settings_set(struct db *db, int64_t event_id, const char *event, const struct delegation_settings *settings, const char *actor, int64_t now_ms);

#endif
