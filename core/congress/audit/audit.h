/* The audit log as it is read: who did what, when, to what, of which event and person (docs/decisions/0057-console.md). It is written by audit_write
 * (core/congress/store/store.h).
 *
 * Functions with a `struct db *` belong to that connection's thread. */
#ifndef PLENUM_CONGRESS_AUDIT_H
#define PLENUM_CONGRESS_AUDIT_H

#include "core/base/arena.h"
#include "core/base/err.h"
#include "core/db/db.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct audit_line {
    int64_t id, at_ms;
    const char *actor, *action, *subject;
    const char *detail;         /* JSON or a word; NULL */
    const char *event, *person; /* slug, code as they were then; NULL: of none */
};

/* All that is asked for has to hold; NULL or "" asks for nothing. */
struct audit_wish {
    const char *actor, *action, *event, *person;
    const char *words;          /* anywhere in actor, subject and detail, accents and case aside */
    int64_t from_ms, until_ms;  /* DB_NULL: any */
    int64_t before_id;          /* only older ones; 0: from the newest on */
};

/* The newest first, at most `most`. Found by the index of person, event, actor or action, whichever is asked for first of these; else by time. ERR_NOMEM. */
enum err audit_find(struct db *db, struct arena *arena, const struct audit_wish *wish, size_t most, struct audit_line **ret, size_t *ret_count);

/* Whom a typed text means: a code as it is, else everybody of that very name (accents and case aside), at most 20. */
struct audit_person {
    const char *code, *name;
};
enum err audit_find_people(struct db *db, struct arena *arena, const char *typed, struct audit_person **ret, size_t *ret_count);

/* The actions that are written, by group, for a choice: group is "accounts", "people", …; NULL at the end. Static. */
struct audit_action {
    const char *group, *name;
};
const struct audit_action *audit_actions(void);

#endif
