/* The register: who is in which unit since when, what is known of them, and how all of that came to be.
 *
 * Every change of a person, a unit or an attribute goes through this header, whoever makes it: an event file, a list of an office, the desk, the console, a photo. One
 * call writes the row and, in the same transaction, what it means: which fields changed (register_change), and how the person's membership went on (membership). No
 * other statement writes these tables (tests/lint holds it). docs/decisions/0055-register.md.
 *
 * **Days** are local dates, "2026-12-01"; REGISTER_ALWAYS ("") stands before all of them: a beginning that nobody knows; REGISTER_OPEN ("9999-12-31") behind all: a
 * membership that goes on. A period goes from its first day up to, and without, the day on which it ended. A person belongs to the unit of their open period, which
 * is person.unit_id; who has no unit has no open period. A person has one open period at most, and periods never overlap.
 *
 * **What was known when.** A period that turns out to be otherwise is not altered: it is known until that moment, and another stands for it from then on. So the
 * register can be asked for any day, and for any day as it was known at any moment (history.h).
 *
 * All functions that take a `struct register_doing *` run in the caller's transaction (the writer's) and may be run again with it. They touch neither the index of
 * names nor the doors: register_tell does that for one person, find_index_sync for many. Errors: ERR_INPUT, ERR_NOT_FOUND and ERR_CONFLICT have a sentence in the
 * fault; what cannot be written is db_error's. Not thread-safe: one doing, one thread.
 *
 * What must be purged with a person: register_forget does all of it. A whole register's: membership, register_change, register_merge, person_alias,
 * register_distinct. None of them is in an event file; all are in backups. */
#ifndef PLENUM_CONGRESS_REGISTER_H
#define PLENUM_CONGRESS_REGISTER_H

#include "core/base/id.h"
#include "core/db/db.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define REGISTER_DAY_SIZE 11
#define REGISTER_ALWAYS ""
#define REGISTER_OPEN "9999-12-31"

/* How a membership in a unit began, and ended. `listed`: a list named them, and nobody said that they had just come; `removed`: they are in no unit any more, and nobody
 * said why. */
enum register_began { REGISTER_LISTED, REGISTER_JOINED, REGISTER_MOVED_IN, REGISTER_RETURNED, REGISTER_BEGAN_COUNT };
enum register_ended { REGISTER_REMOVED, REGISTER_LEFT, REGISTER_RETIRED, REGISTER_DIED, REGISTER_MOVED_OUT, REGISTER_ENDED_COUNT };
const char *register_began_name(enum register_began began); /* "moved_in", as it is stored and said in JSON */
const char *register_ended_name(enum register_ended ended);
bool register_began_from_name(const char *name, enum register_began *ret);
bool register_ended_from_name(const char *name, enum register_ended *ret);

/* What writing needs of an attribute type; read by the first call that needs them. */
struct register_type {
    int64_t id, mask; /* mask: its bit in person.known; 0: there was none left for it */
    const char *code;
    bool sensitive;
};

/* Who changes the register, when, by what. Zero-initialise, then fill; texts are borrowed. */
struct register_doing {
    struct db *db;
    struct arena *arena;   /* grows a little with each change; cleared: a new doing */
    struct id_source *ids;
    int64_t at_ms;         /* recorded at */
    const char *day;       /* from which local day on the changes hold: an earlier one that somebody chose; NULL: register_begin puts today's here */
    const char *actor;     /* as the audit log names them */
    const char *source;    /* by what: "console", "desk", "event file", "photos", "import:12" */
    bool is_joining;       /* who is new or had no unit joins on `day`; else the source only lists them: since their `joined`, or since nobody knows when */
    enum register_ended ends_as; /* how a membership ended whose unit is taken away */
    int64_t of_event;      /* not 0: who is new and in no unit came in for this event alone, and goes with a purge of it (core/congress/purge) */
    struct fault *fault;
    struct register_type *types; /* private; NULL at first */
    size_t type_count;
    char today[REGISTER_DAY_SIZE]; /* register_begin's */
};

/* To be called first: what day it is. */
enum err register_begin(struct register_doing *doing);

/* The local date of a moment at the organisation: in the time zone of its newest event; UTC as long as there is none. */
enum err register_today(struct db *db, struct arena *arena, int64_t at_ms, char ret[REGISTER_DAY_SIZE]);

/* --- people --- */

/* The columns of `person`, in their order; texts borrowed, NULL: none; unit_id DB_NULL: none. */
struct register_person {
    int64_t id;
    const char *code, *name, *name_fold, *name_sort, *sort_name, *honorific;
    int64_t unit_id;
    const char *title, *gender, *born, *joined, *phone, *email, *photo, *photo_blob;
};

/* By code; also by a code that went over to somebody else in a merge (*ret_code of the row tells). ERR_NOT_FOUND. In the arena. */
enum err register_person_by_code(struct db *db, struct arena *arena, const char *code, struct register_person *ret);
enum err register_person_by_id(struct db *db, struct arena *arena, int64_t id, struct register_person *ret);

/* One attribute of a person that changes: canonical JSON; old NULL: had none, value NULL: goes. */
struct register_attribute {
    int64_t type_id;
    const char *old, *value;
};

/* Writes a person as `after` says: `before` is the row as it is stored, NULL for somebody new, whose id comes from `ids`. name_fold and name_sort are person_derive's,
 * values are checked by the caller. Nothing is written when nothing differs; *ret_changed (may be NULL) tells. ERR_CONFLICT: the code is taken. */
enum err register_write_person(struct register_doing *doing, const struct register_person *before, const struct register_person *after,
                               const struct register_attribute *attributes, size_t attribute_count, bool *ret_changed);

/* Behind all that an event file wrote: who is new since doing->at_ms, in no unit and in one event alone, came in for that event (of_event). */
enum err register_claim_new(struct register_doing *doing);

/* Takes a person out of the register, with attributes; delegates and cards must be gone (ERR_CONFLICT). was_mistake: they never belonged there, as when an import is
 * undone: then no day knows them any more; else the membership ends as `removed` on doing->day. */
enum err register_remove_person(struct register_doing *doing, int64_t person_id, bool was_mistake);

/* Behind everything that was written of one person: the index of names follows, and the doors, pages and lists of every event where they are a delegate. */
enum err register_tell(struct register_doing *doing, int64_t person_id);

/* Erases what the history tells of a person, for a purge: values of fields, names in merges, codes. What was counted stays counted: periods stay without the person. To
 * be called when nothing refers to the person any more; the row itself goes too. */
enum err register_forget(struct register_doing *doing, int64_t person_id);

/* --- units --- */

/* The columns of `unit`. parent_id DB_NULL: none; sort_order, members DB_NULL: not said. */
struct register_unit {
    int64_t id;
    const char *code, *name, *name_fold;
    int64_t parent_id;
    const char *level, *sector;
    int64_t sort_order, members;
};
enum err register_unit_by_code(struct db *db, struct arena *arena, const char *code, struct register_unit *ret);
enum err register_unit_by_id(struct db *db, struct arena *arena, int64_t id, struct register_unit *ret);

/* As register_write_person. The caller has checked that the unit does not come beneath itself. */
enum err register_write_unit(struct register_doing *doing, const struct register_unit *before, const struct register_unit *after, bool *ret_changed);
/* ERR_CONFLICT: people, units beneath or delegates need it. Past memberships in it stay, under the code that it had. */
enum err register_remove_unit(struct register_doing *doing, int64_t unit_id);

#endif
