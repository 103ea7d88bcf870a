/* What the organiser tells everybody: on walls, on phones, from when until when, and what of it was shown when.
 *
 * An announcement is a row; each change is one audited step that makes the event's configuration a newer one (event.config_seq), so that pages and caches see
 * it, and is noted in announcement_change, which nothing ever takes away from. Times are instants; whoever writes them reads them in the event's zone. What is
 * shown is decided by the moment alone, at every look: nobody has to press anything, and a clock that is put right puts the screens right.
 *
 * Texts live in the arena. Not thread-safe: one connection. */
#ifndef PLENUM_CONGRESS_MESSAGES_ANNOUNCEMENTS_H
#define PLENUM_CONGRESS_MESSAGES_ANNOUNCEMENTS_H

#include "core/base/arena.h"
#include "core/base/id.h"
#include "core/base/json.h"
#include "core/congress/doing.h"
#include "core/db/db.h"

#include <stdbool.h>
#include <stdint.h>

#define ANNOUNCEMENT_LETTERS 600   /* of one language */
#define ANNOUNCEMENT_LANGUAGES 16
#define ANNOUNCEMENTS_MOST 100     /* of an event that are shown or still to come, written on the console */
#define ANNOUNCEMENTS_ON_WALL 20   /* that a wall is given at once */

struct announcement {
    int64_t id, version;
    const char *text;              /* a stored title (core/congress/title.h) */
    int64_t from_ms, until_ms;     /* DB_NULL: at once; until somebody ends it */
    const char *audience;          /* whose phones: JSON {"categories": […], "delegations": […]}; NULL: everybody's */
    bool to_wall, to_phone, urgent;
    const char *file_mark;         /* NULL: not of an event file */
    int64_t made_ms, changed_ms, ended_ms; /* ended_ms: DB_NULL */
    const char *made_by, *changed_by, *ended_by;
};

enum announcement_state { ANNOUNCEMENT_PLANNED, ANNOUNCEMENT_SHOWN, ANNOUNCEMENT_OVER, ANNOUNCEMENT_ENDED };
const char *announcement_state_word(enum announcement_state state); /* "planned", … */
/* from_ms <= now < until_ms. */
enum announcement_state announcement_state_at(const struct announcement *announcement, int64_t now_ms);

/* Whether it is meant for a phone of this category and delegation (codes; NULL: none). Both lists must name them where both are there; an audience that cannot
 * be read admits nobody: a mistake must not publish. */
bool announcement_is_for(const char *audience, const char *category, const char *delegation);
/* Whether that depends on the delegation at all. */
bool announcement_asks_delegation(const char *audience);

enum announcement_place { ANNOUNCEMENT_ON_WALL, ANNOUNCEMENT_ON_PHONE, ANNOUNCEMENT_IN_PUBLIC /* phones' without an audience: the public page */ };
struct announcement_reader {
    enum announcement_place place;
    const char *category, *delegation; /* of a phone's owner; NULL: none */
};
bool announcement_is_shown(const struct announcement *announcement, const struct announcement_reader *reader, int64_t now_ms);

/* All that nobody has ended, the oldest first; also those that are over by the clock. */
enum err announcement_open(struct db *db, struct arena *arena, int64_t event_id, struct announcement **ret, size_t *ret_count);
/* In the order of every screen: urgent ones first, then those that began last, then as they were written. */
void announcement_sort(struct announcement *list, size_t count);
/* Those that this reader is shown now, in that order. */
enum err announcement_shown(struct db *db, struct arena *arena, int64_t event_id, const struct announcement_reader *reader, int64_t now_ms,
                            struct announcement **ret, size_t *ret_count);
/* ERR_NOT_FOUND. Also one that was ended. */
enum err announcement_find(struct db *db, struct arena *arena, int64_t event_id, int64_t id, struct announcement *ret);
/* What walls get: [{"text": title, "urgent": bool, "until": "…" or absent}], ANNOUNCEMENTS_ON_WALL at most. Owned by the caller. */
enum err announcement_wall(struct db *db, struct arena *arena, int64_t event_id, int64_t now_ms, json_t **ret);
/* The next moment at which something appears or goes by itself; INT64_MAX: none. */
int64_t announcement_next_change(const struct announcement *list, size_t count, int64_t now_ms);

/* A stretch of time in which one text stood; the newest change first. */
struct announcement_stretch {
    int64_t announcement_id, at_ms;    /* at_ms: of the change that began it */
    int64_t shown_from_ms, shown_until_ms; /* DB_NULL both: it was never to be seen; until DB_NULL: it still is, or is to come, without an end */
    const char *text, *audience, *actor, *kind; /* kind: "made", "changed", "ended" */
    bool to_wall, to_phone, urgent;
};
/* Of the newest `most` changes. */
enum err announcement_history(struct db *db, struct arena *arena, int64_t event_id, int64_t most, struct announcement_stretch **ret, size_t *ret_count);

/* --- writing: in the caller's transaction; texts of faults are for the organiser ---------------------------------------------------------- */

/* As a form gives it. */
struct announcement_words {
    json_t *texts;               /* language → tidied text; borrowed */
    int64_t from_ms, until_ms;   /* DB_NULL */
    bool to_wall, to_phone, urgent;
    const char *const *categories, *const *delegations; /* both empty: everybody */
    size_t category_count, delegation_count;
};

/* One language's text as it is kept: tidy, lines as blanks; marks that turn the direction of what follows are dropped. "" is none. ERR_INPUT: too long, no text,
 * or with a badge's address in it: announcements are public. */
enum err announcement_tidy(struct arena *arena, const char *text, const char **ret, struct fault *fault);
/* Whether a text holds the address of a badge (/d/ and a token, of any host, in either case). */
bool announcement_names_badge(const char *text);

/* A new one (id 0), or the change of one; `version` of what the form was made from: ERR_CONFLICT when there is another by now, or it was ended. ERR_INPUT: no text,
 * nowhere to be shown, an end before the beginning or before now, an audience on a wall (which everybody sees), or codes that the event does not have. ERR_LIMIT. */
enum err announcement_write(const struct doing *doing, int64_t id, int64_t version, const struct announcement_words *words, int64_t *ret_id);
/* From now on nobody is shown it. Again: nothing happens. */
enum err announcement_end(const struct doing *doing, int64_t id);

/* --- the event file ------------------------------------------------------------------------------------------------------------------------- */

/* What an import makes of the rows, without writing. An item of the file's list is the row that says the same now, else the row that once came from the same item
 * (which may have been changed or ended on the console since, and stays so), else it is new. Rows that came from a file and that the list has no more are ended;
 * what was written on the console stays. */
struct announcement_merge {
    const struct announcement *rows;
    size_t row_count;
    bool *gone;           /* of each row: it came from a file that has it no more. Those that nobody has ended end */
    json_t **fresh;       /* borrowed items of the list */
    size_t fresh_count;
    json_t *after;        /* owned: the list as it will be, in the same form */
};
/* `list`: [{"text", "from": ms, "until": ms, "to", "urgent", "audience"}] as the event file's tables store it; NULL: none. `now` (may be NULL): owned by the
 * caller, the list as it is. */
enum err announcement_merge(struct db *db, struct arena *arena, int64_t event_id, const json_t *list, struct announcement_merge *ret, json_t **ret_now);
/* The list as it is: of all that nobody has ended. Owned by the caller. */
enum err announcement_list(struct db *db, struct arena *arena, int64_t event_id, json_t **ret);
/* The merge, written. The caller's transaction moves config_seq. */
enum err announcement_take_file(struct db *db, struct id_source *ids, int64_t event_id, const json_t *list, const char *actor, int64_t now_ms);
/* Makes rows of what an older version kept in the events' rows; a transaction of its own, none when there is nothing. */
enum err announcement_adopt(struct db *db, struct fault *fault);

#endif
