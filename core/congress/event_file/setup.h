/* What an event consists of, read and changed row by row, as the console's forms do: the organisation, the event's own words and rules, categories, areas, gates,
 * sessions. A change is a small event file: the same tables read it, check it, write it and note what differs, so that a rule stands once (entities.c). People and
 * delegates are not touched and not loaded: a change costs the same with 400 000 people in the register.
 *
 * A row has a `mark`, which is a hash of what it says: a form gives back the mark of the row that it was made from, and a change of a row that says something else by
 * then is refused (ERR_CONFLICT, setup_changed), whoever changed it: another form, or an event file. */
#ifndef PLENUM_EVENT_FILE_SETUP_H
#define PLENUM_EVENT_FILE_SETUP_H

#include "core/base/arena.h"
#include "core/base/err.h"
#include "core/base/json.h"
#include "core/db/db.h"

#include <stdbool.h>
#include <stdint.h>

enum setup_kind { SETUP_ORGANIZATION, SETUP_ATTRIBUTE_TYPE, SETUP_EVENT, SETUP_CATEGORY, SETUP_AREA, SETUP_GATE, SETUP_SESSION };

#define SETUP_MARK "x-mark" /* the key in what setup_read shows; the file takes no notice of it */

/* {"organization": {…} or null, "attribute_types": [{"code", …}], "event": {…, "categories": [], "areas": [], "gates": [], "sessions": []}} as the event file says it,
 * each row with its mark; of the event no papers, slides, announcements, people. `slug` NULL: "event" is null. A new reference. ERR_NOT_FOUND: no such event. */
enum err setup_read(struct db *db, const char *slug, json_t **ret, struct fault *fault);

struct setup_change {
    enum setup_kind kind;
    const char *event; /* slug; NULL: of no event, or a new one, whose lists stand in `row` */
    const char *code;  /* of the row that is changed or goes; NULL: a new one. Of the organisation and of an event it is not looked at */
    const char *mark;  /* as the form has it; NULL: not compared */
    json_t *row;       /* what the event file would say of it, without a code when it shall be made from the title; NULL: the row goes, or moves */
    int move;          /* -1 up, 1 down: it changes places with its neighbour, of which there may be none. Of areas, gates, categories; 0: not */
    const char *actor;
};

/* In the caller's transaction (of its own connection: it counts anew what scans mean, so not among other work of a writer thread). *ret_code: of the row, in the arena;
 * may be NULL. A new row that says the same as one that is there is that one: a form that was sent twice.
 * ERR_INPUT: the reason "field_…" with the key of the field as detail; ERR_CONFLICT: setup_changed, setup_used, setup_needed, setup_exists, setup_slug;
 * ERR_NOT_FOUND: setup_gone. */
enum err setup_apply(struct db *db, struct arena *arena, const struct setup_change *change, const char **ret_code, struct fault *fault);

struct setup_copy {
    const char *from;      /* slug of the event that is copied */
    json_t *title;         /* of the new one; NULL: the same */
    const char *slug;      /* NULL: made of the title */
    const char *starts_on; /* "2027-05-01": all times are moved by whole days */
    bool delegates;        /* come along, without what they did or were excused for; their badges are new */
    const char *actor;
};

/* What a copy is made of: read before the transaction, since with thousands of people it takes a while. *ret is a new reference. ERR_NOT_FOUND. */
enum err setup_copy_read(struct db *db, const char *from, json_t **ret, struct fault *fault);

/* A new event that consists of what another does, as setup_copy_read said (`root` is altered): rules, categories, areas, gates, programme, papers, our work; nothing of
 * what happened there, no announcements or news. In the caller's transaction, as setup_apply. ERR_NOT_FOUND; ERR_INPUT field_…; ERR_CONFLICT setup_slug. */
enum err setup_copy(struct db *db, struct arena *arena, const struct setup_copy *copy, json_t *root, const char **ret_slug, struct fault *fault);

/* A code of at most 40 characters out of a title: "Cửa chính" → "cua-chinh"; `spare` when nothing of it can stand in a code. NULL: out of memory. */
char *setup_code_of(struct arena *arena, const json_t *title, const char *spare);

#endif
