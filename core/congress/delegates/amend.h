/* What the desk changes of the list on the day: somebody who came in addition (walk-in), a name for a numbered blank badge, a substitute, an absence with its
 * reason, a wrong name.
 *
 * Each runs in the caller's transaction, between write_tools_begin and write_tools_flush, and may be run again. Doors, figures and the audit log follow in the
 * same transaction. `request` (a UUID made by who asks) makes each of them happen once: the same request again gives the same answer and changes nothing.
 *
 * Who counts for the quorum is decided by the organiser alone: the desk adds nobody to that category, and a substitution leaves the number of the
 * summoned as it was. Errors: ERR_NOT_FOUND no such person, delegate, category or unit; ERR_INPUT a value that cannot be; ERR_DENIED only an organiser
 * may; ERR_CONFLICT the list says otherwise (fault.reason tells which: "amend_same_name", "amend_is_delegate", "amend_changed", …), or the delegate is not
 * as `version` says any more ("amend_older"): somebody else was faster, and whoever asks looks again. */
#ifndef PLENUM_CONGRESS_AMEND_H
#define PLENUM_CONGRESS_AMEND_H

#include "core/base/json.h"
#include "core/congress/write_tools.h"

struct amend {
    struct db *db;
    struct arena *arena;
    struct write_tools *tools;
    const struct programme *programme;
    const char *request; /* UUID */
    const char *version; /* of the delegate, as whoever asks saw them (delegate_card); NULL: they do not say */
    const char *actor;   /* for the audit log */
    int64_t now_ms;
    bool is_organiser;
    struct fault *fault;
};

/* Somebody of the register by their code, or somebody new by their name. Texts are borrowed; NULL: not said. */
struct amend_person {
    const char *code;                                        /* then the rest is not read */
    const char *name, *honorific, *title, *born, *gender, *phone;
    const char *unit;                                        /* code */
};

struct amended {
    const char *code, *number, *name; /* arena; code of the person (of a blank that still has none: NULL) */
    int64_t delegate_id;
    bool again; /* it had been done before: nothing was changed */
};

/* A new delegate, summoned, with a badge of their own. `number` may be NULL. `anyway`: although somebody of the same name is a delegate already. */
enum err amend_walk_in(const struct amend *a, const struct amend_person *who, const char *category, const char *number, bool anyway, struct amended *ret);

/* The blank badge with this number gets a name. Its token stays: what is printed is good. */
enum err amend_name_blank(const struct amend *a, const char *number, const struct amend_person *who, bool anyway, struct amended *ret);

/* `who` stands for the delegate with this code or number, who must not have come: the mandate, category, delegation, decision, seat and number go over, the
 * old badge dies. An alternate of the event keeps the own badge and number; anybody else gets a new badge. */
enum err amend_substitute(const struct amend *a, const char *code, const struct amend_person *who, struct amended *ret);

/* `reason` NULL with excused false: no absence is known. */
enum err amend_absence(const struct amend *a, const char *code, bool is_absent, bool excused, const char *reason, struct amended *ret);

/* "Call the host": shown to whoever opens the card; NULL or "" takes it away. */
enum err amend_note(const struct amend *a, const char *code, const char *note, struct amended *ret);

/* What may be put right at the desk. NULL: unchanged; "": cleared (never the name). `seen_name`: what the desk took for the name, NULL: it does not say;
 * ERR_CONFLICT when it is another by now. */
struct amend_facts {
    const char *seen_name;
    const char *name, *honorific, *title, *born, *phone; /* of the person, everywhere */
    const char *seat, *group, *badge_box, *room, *transport; /* of the delegate */
    bool says_greet, greet; /* whether screens at the doors may greet the delegate */
};
enum err amend_correct(const struct amend *a, const char *code, const struct amend_facts *facts, struct amended *ret);

/* What happened to the delegate with this code or number, the newest first: {"changes": [{"kind", "at", "by", "detail", "other": {"code", "name"}|null, "as":
 * "delegate"|"other"}], "scans": [{"at", "direction", "outcome", "reason", "gate", "by", "undone"}]}; a gate by its title in `language`. The caller owns *ret. */
enum err amend_history(struct db *db, struct arena *arena, const struct programme *programme, const char *code, const char *language, json_t **ret,
                       struct fault *fault);

#endif
