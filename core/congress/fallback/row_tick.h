/* What was ticked by hand on a printed list is taken into the record, by the rules of a door that was offline: what was told at the door is a fact. It is
 * recorded as decided, its time as estimated; where the rule says otherwise it is a conflict for a person (docs/decisions/0039-paper-lists.md).
 *
 * Three steps: row_ticks_read makes ticks of what was typed, row_ticks_find says whose they are and whether their times can be, row_tick_take records one. A
 * tick is named by what it says (whose row, gate, direction, moment), so that the same line typed twice is one scan. A tick with a flaw is never taken. */
#ifndef PLENUM_CONGRESS_ROW_TICK_H
#define PLENUM_CONGRESS_ROW_TICK_H

#include "core/base/json.h"
#include "core/congress/checkin/checkin.h"
#include "core/congress/fallback/row_code.h"

#define ROW_TICKS_MOST 2000          /* lines of one request; a file has no such bound */
#define ROW_TICK_AHEAD_MS (2 * 60000) /* clocks on walls and wrists differ: so much later than ours is now */

enum row_flaw {
    ROW_FLAW_NONE,
    ROW_FLAW_SHORT,     /* of the code: as row_code_read */
    ROW_FLAW_LONG,
    ROW_FLAW_STRANGE,
    ROW_FLAW_WRONG,
    ROW_FLAW_UNKNOWN,   /* a code of this event that was given to nobody */
    ROW_FLAW_GONE,      /* its delegate was removed from the event */
    ROW_FLAW_WORDS,     /* something else stands in the line */
    ROW_FLAW_NO_TIME,
    ROW_FLAW_TIME,
    ROW_FLAW_DATE,
    ROW_FLAW_FUTURE,
    ROW_FLAW_EARLY,     /* before the event opened for check-in */
    ROW_FLAW_LATE,      /* after its end */
    ROW_FLAW_GATE,
    ROW_FLAW_DIRECTION, /* neither in nor out, or not at this gate */
    ROW_FLAW_COUNT
};
const char *row_flaw_name(enum row_flaw flaw);     /* "wrong"; of the words paper.flaw.… */
const char *row_flaw_sentence(enum row_flaw flaw); /* for a command line */

/* What is said once for many rows. Texts may be NULL. */
struct row_setting {
    const char *gate, *direction; /* a gate's code; "in", "out" or NULL: as the gate has it */
    const char *date, *time;      /* "2026-12-01" or "1/12/2026"; "07:50", "7h50", "0750" */
};

struct row_tick {
    size_t line;             /* from 1 */
    enum row_flaw flaw;
    const char *about;       /* the word that is wrong, or "" */
    const char *typed;       /* the code as it was typed */
    const struct programme_gate *gate; /* borrowed from the programme; NULL: ROW_FLAW_GATE */
    bool going_out;
    int64_t at_ms;
    char code[ROW_CODE_SIZE];
    /* row_ticks_find */
    int64_t delegate_id;
    const char *name, *number, *born, *delegation, *category, *seat; /* born: where somebody else has the same name; titles as stored */
    /* row_tick_take */
    char scan_id[ID_UUID_SIZE];
    struct checkin_answer answer;
    bool taken, again;       /* again: it is in the record already, and nothing was added */
    int64_t typed_ms;        /* then: when, and by whom (NULL: a file) */
    const char *typed_by;
};

/* One tick; words that are NULL or "" are the setting's. In the arena. ERR_NOMEM is the only error: what is wrong is the tick's flaw. */
struct row_words {
    const char *code, *time, *date, *direction, *gate;
};
enum err row_tick_read(struct arena *arena, const struct programme *programme, const struct row_setting *setting, const struct row_words *words, size_t line,
                       struct row_tick *ret);

/* Ticks of what was typed or pasted, a line each: a code, then a time ("07:52", "7h52", "0752", or the minutes alone) and a direction, either of which may be
 * missing. Empty lines are none. ERR_LIMIT: more than ROW_TICKS_MOST. */
enum err row_ticks_read(struct arena *arena, const struct programme *programme, const struct row_setting *setting, const char *text, struct row_tick **ret,
                        size_t *ret_count);

/* Whose they are; any connection. Returns how many have a flaw. */
enum err row_ticks_find(struct db *db, struct arena *arena, const struct programme *programme, int64_t now_ms, struct row_tick *ticks, size_t count,
                        size_t *ret_flaws);

/* Records one without a flaw: in a transaction, between write_tools_begin and write_tools_flush; may run again. `source` is the one who typed it; its gate is
 * not looked at. */
enum err row_tick_take(struct db *db, struct arena *arena, struct write_tools *tools, const struct checkin_source *source, struct row_tick *tick);
/* What it would be; nothing is stored. */
enum err row_tick_preview(struct db *db, struct arena *arena, struct programme_cache *programmes, const struct checkin_source *source, struct row_tick *tick);

/* After a preview: what stands a second time among these would be recorded once; marked `again`. ERR_NOMEM. */
enum err row_ticks_mark_repeats(struct arena *arena, int64_t now_ms, struct row_tick *ticks, size_t count);

/* {"line", "typed", "code", "flaw": {"reason", "about"}|null, "person", "gate", "direction", "at", "time": "07:52" local, "outcome", "reason", "conflict",
 * "since", "scan_id", "again"} as docs/api.md describes; titles in `language`. NULL: out of memory. */
json_t *row_tick_json(struct arena *arena, const struct programme *programme, const struct row_tick *tick, const char *language);

#endif
