/* Who took which badges with them: the badges of a delegation, or of chosen people, given to one person who signed for them. Printing the sheet to sign
 * is another act (badges/sheets/sign_sheet.h). A badge that was lost and issued anew is another badge: it has not been handed to anybody.
 *
 * Not thread-safe beyond the connection. Texts in results live in the arena. */
#ifndef PLENUM_CONGRESS_HANDOVER_H
#define PLENUM_CONGRESS_HANDOVER_H

#include "core/base/id.h"
#include "core/base/json.h"
#include "core/db/db.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HANDOVER_NAME_MOST 200 /* bytes of the name of the one who takes them */

struct handover_wish {
    const char *event;            /* slug; NULL: member cards of people of the unit (and of its sub-units) */
    const char *unit;             /* code of the delegation; NULL only with `people` */
    const char *const *people;    /* person codes or badge numbers; NULL: all of the delegation */
    size_t people_count;
    const char *const *except;    /* codes or numbers that stay at the desk; each must be among the chosen */
    size_t except_count;
    const char *to_name;          /* tidied here; may be NULL when to_person is given: then the name is the register's */
    const char *to_person;        /* code of the one who takes them, NULL when they are not in the register */
    bool again;                   /* also what was handed to somebody before; the newest handover is the one that counts */
    const char *actor;            /* "command line" or an account's name, for the record and the audit */
    int64_t now_ms;
};

/* A badge as handing over sees it. */
struct handover_badge {
    int64_t credential_id;
    const char *code, *number, *name; /* of the person; name NULL: a numbered blank */
    int64_t issue;
    const char *to_name;  /* who has it now; NULL: nobody was given it */
    int64_t handed_ms;    /* DB_NULL then */
    bool printed;         /* false: it was never printed (or only in runs that were spoiled): it is told, not refused */
};

struct handover_result {
    int64_t id;
    const char *to_name;                  /* as it was written down */
    size_t count;                         /* badges that were handed over now */
    struct handover_badge *already;       /* of a whole delegation: left out, because somebody has them; with `again`: handed over anew */
    size_t already_count;
    struct handover_badge *unprinted;     /* handed over, although no print is on record */
    size_t unprinted_count;
};

/* In the caller's transaction: writes handover, handed_badge and audit (never a token). Delegates who lost their mandate, and people without a valid badge,
 * are left out of a whole delegation; naming one of them is ERR_NOT_FOUND. A named badge that somebody has already is ERR_CONFLICT without `again` (the fault
 * tells to whom and when), and so is a delegation of which nothing is left. ERR_INPUT: no name, or one that is too long; ERR_NOT_FOUND: no such event,
 * unit or person. Repeatable: it changes only the database and *ret. */
enum err handover_record(struct db *db, struct arena *arena, struct id_source *ids, const struct handover_wish *wish, struct handover_result *ret,
                         struct fault *fault);

/* In the caller's transaction: the badges count as not handed over by it from now on; the record stays. ERR_NOT_FOUND: no such handover of this event (NULL:
 * of member cards); ERR_CONFLICT: undone already. */
enum err handover_undo(struct db *db, const char *event, int64_t id, const char *actor, int64_t now_ms, struct fault *fault);

struct handover {
    int64_t id;
    const char *unit_code, *unit; /* NULL: of no delegation; `unit` is a stored title (core/congress/title.h) */
    const char *to_name, *to_person, *actor;
    int64_t made_ms, undone_ms;   /* undone_ms DB_NULL: it counts */
    int64_t badges;
};

/* Who has this badge: ERR_NOT_FOUND when nobody was given it (or only by handovers that were undone). */
enum err handover_of_badge(struct db *db, struct arena *arena, int64_t credential_id, const char **ret_to_name, int64_t *ret_handed_ms);

/* All handovers of an event (slug; NULL: of member cards), the newest first. ERR_NOT_FOUND: no such event. */
enum err handover_list(struct db *db, struct arena *arena, const char *event, struct handover **ret, size_t *ret_count, struct fault *fault);

/* {"id": "…", "unit": {"code", "name"}|null, "to": {"name", "code"|null}, "at", "by", "undone_at"|null, "badges": N}: ids are texts, they do not fit into a
 * double. The unit's name in `language`. NULL when out of memory; the caller owns it. */
json_t *handover_json(struct arena *arena, const struct handover *handover, const char *language);
/* {"id": "…", "to": "…", "badges": N, "already": [{code, number, name, "to", "at"}], "unprinted": [{code, number, name}]}. */
json_t *handover_result_json(const struct handover_result *result);
/* Reads an id as handover_json writes it; false when it is none. */
bool handover_read_id(const char *text, int64_t *ret);

#endif
