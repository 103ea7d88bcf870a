/* What one badge opens: the person, their place in the event, and whether they are in. */
#ifndef PLENUM_CONGRESS_DELEGATE_PAGE_H
#define PLENUM_CONGRESS_DELEGATE_PAGE_H

#include "core/base/arena.h"
#include "core/db/db.h"

#include <stdbool.h>
#include <stdint.h>

enum delegate_presence { DELEGATE_NEVER, DELEGATE_IN, DELEGATE_OUT };

struct delegate_page {
    int64_t delegate_id, category_id;
    const char *event;       /* slug; NULL: the good card of somebody who is in no event, nothing else is known then */
    const char *person_code; /* NULL: a blank badge without a name yet; then only number, category, badge_box may be known */
    const char *name, *honorific, *title, *born, *number, *category, *status, *delegation, *seat, *group, *badge_box, *room, *transport, *diet;
    const char *needs;       /* JSON list or NULL */
    enum delegate_presence presence;
    int64_t since_ms;        /* DB_NULL unless DELEGATE_IN */
    /* Of the same moment as all the rest: the event, its change number, and how many papers they have opened and questions they have asked. */
    int64_t event_id, config_seq, opened, asked;
    const char *timezone;
    const char *unit;        /* code of the delegation; NULL: of none */
    bool asks_pin;           /* the event asks for the PIN for every paper */
    bool lost_mandate;
    bool is_head;            /* has the role head_of_delegation */
};

/* `token` as id_token_read gives it. A member card opens the person's event that is on or comes next (one where the mandate holds goes before one where it
 * was lost), else the last one. ERR_NOT_FOUND: no such badge; ERR_DENIED: revoked. Texts live in the
 * arena; title and delegation are stored titles (core/congress/title.h). */
enum err delegate_page_load(struct db *db, struct arena *arena, const char *token, int64_t now_ms, struct delegate_page *ret);
/* The same of a badge whose delegate has a name, by a statement of half the work, without what only the desk is shown: born, badge_box, diet, needs, presence.
 * ERR_NOT_FOUND: any other token; ask delegate_page_load. */
enum err delegate_page_load_holder(struct db *db, struct arena *arena, const char *token, struct delegate_page *ret);

#endif
