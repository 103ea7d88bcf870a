/* What the gate knows: who may pass, by hashes of tokens and sealed records (DESIGN.md §6), and the rules of the door. It is kept in the
 * spool's database, written by the sync thread and read by the door; each has a connection of its own.
 *
 * A record is opened only with the badge's own token: the spool names nobody. */
#ifndef PLENUM_SCANNER_ROSTER_H
#define PLENUM_SCANNER_ROSTER_H

#include "core/base/arena.h"
#include "core/base/err.h"
#include "core/congress/admission.h"
#include "core/congress/block.h"
#include "core/db/db.h"

#include <stdbool.h>
#include <stdint.h>

#define ROSTER_CATEGORIES_MOST 64
#define ROSTER_BOOT_SIZE 40

/* What the server's clock said when ours said what: by the wall clock, and by the one that cannot jump, which counts from one start of the machine. */
struct roster_clock {
    int64_t offset_ms;            /* server's clock minus our wall clock */
    int64_t server_ms, steady_ms; /* the same moment by both; only with a boot_id */
    char boot_id[ROSTER_BOOT_SIZE]; /* "": not known */
};

/* When a badge was read, by the clocks of this machine. */
struct roster_reading {
    int64_t wall_ms, steady_ms;
    const char *boot_id; /* NULL: only the wall clock is known */
};

/* The door and the programme, as admission_decide wants them. */
struct roster {
    struct arena arena;
    bool known; /* false until a first roster has come */
    int64_t version, generation;
    struct roster_clock clock; /* measured with the last answer that was not just "unchanged" */
    int64_t fetched_ms; /* our wall clock at the last answer */
    int64_t heard_steady_ms; /* the steady one, when clock.boot_id is this start of the machine; else DB_NULL */
    const char *timezone;
    int64_t opens_ms, closes_ms;
    const char *gate;
    const char *gate_title; /* JSON: a text, or a map from language to text; NULL */
    enum gate_kind kind;
    bool lets_in, lets_out, reentry;
    category_set gate_admits;
    const char *categories[ROSTER_CATEGORIES_MOST];
    size_t category_count;
    const char *category_titles[ROSTER_CATEGORIES_MOST]; /* JSON, for title_pick; NULL: it has none */
    struct admission_session *sessions; /* of the gate's area, by their beginning */
    struct block_session *blocks;       /* the same ones, as the block rule wants them */
    size_t session_count;
};

/* What the category of that code is called, as title_pick takes it; NULL: not known (`code` may be NULL). Valid until the next roster_load. */
const char *roster_category_title(const struct roster *roster, const char *code);

struct roster_person {
    const char *name, *delegation, *category, *seat, *badge_box; /* NULL where the record has none; in the arena that was passed */
};

struct roster_verdict {
    struct admission_answer answer;
    struct roster_person person;
    int64_t since_ms;   /* already in, or handed out: when; DB_NULL = unknown */
    const char *since_gate;
};

/* Zero-initialise before the first roster_load, which reads the head again when it has changed since. OK with known = false when there is
 * none yet. */
enum err roster_load(struct roster *roster, struct db *db, struct fault *fault);
void roster_release(struct roster *roster);

/* Decides a scan by what the gate knows: the roster, and what this door itself has done since (which the roster may not know yet).
 * Needs roster->known. Capacity is not judged here: other doors fill the room too. */
enum err roster_decide(struct roster *roster, struct db *db, struct arena *arena, const char *token, bool going_out, const struct roster_reading *read,
                       struct roster_verdict *ret, struct fault *fault);

/* The server's clock at that reading. Since the last answer no step of our wall clock changes it; after a start of the machine it is our wall clock, corrected by what
 * was measured before. */
int64_t roster_server_ms(const struct roster *roster, const struct roster_reading *read);

/* What the server's clock is ahead of our steady clock; 0 when it was not measured since that start of the machine. */
int64_t roster_server_base(const struct roster *roster, const char *boot_id);
/* How long ago the server said the last about this list. */
int64_t roster_age_ms(const struct roster *roster, const char *boot_id);

struct roster_counts {
    int64_t version, entries, fetched_ms;
    const char *etag; /* in the arena, or NULL */
    int64_t clock_steady_ms; /* when the server's clock was measured; only with clock_boot */
    const char *clock_boot;  /* in the arena, or NULL */
};
/* ERR_NOT_FOUND when there is no roster yet. */
enum err roster_state(struct db *db, struct arena *arena, struct roster_counts *ret);

/* Takes an answer of GET …/roster. Large ones are written in several transactions, so that the door never waits long; the version changes
 * with the last. ERR_INPUT when the text is not a roster: nothing that counts was changed. */
enum err roster_take(struct db *db, const char *text, size_t length, const char *etag, const struct roster_clock *clock, struct fault *fault);
/* The server said "unchanged". */
enum err roster_still_good(struct db *db, struct fault *fault);
/* Another pairing: what was known belongs to another gate. */
enum err roster_clear(struct db *db, struct fault *fault);


#endif
