/* The print log: which badge went onto paper when, by whom, with which address and what it said; so that nobody is printed twice by mistake and what
 * changed since is known field by field (docs/decisions/0014-print-log.md).
 *
 * A run is of one kind of paper ("badge", "voting_card", "coupon", "sheet": the layout's key `kind`); being printed is asked kind by kind. A file counts
 * as printed. A run that did not come out is marked spoiled, and its badges count as if it had never been. A run whose log was not finished (the program
 * died) is spoiled by itself.
 *
 * A printer gets a badge once: who prints claims it before the job is sent, in one transaction with the look at the log, and settles when the job has ended.
 * The claims stand in the database, so they hold between desks, servers and command lines.
 *
 * Tokens are never in the log. Functions take a connection that belongs to the caller's thread; what they return lives in the caller's arena. */
#ifndef PLENUM_CONGRESS_PRINT_LOG_H
#define PLENUM_CONGRESS_PRINT_LOG_H

#include "core/congress/badges/badge_list.h"

/* What a badge can say that may change. The first ones are of the person, the last ones of all badges of a run together. */
enum print_fact {
    PRINT_FACT_NAME, PRINT_FACT_HONORIFIC, PRINT_FACT_TITLE, PRINT_FACT_DELEGATION, PRINT_FACT_CATEGORY, PRINT_FACT_COLOR, PRINT_FACT_SEAT, PRINT_FACT_NUMBER,
    PRINT_FACT_GROUP, PRINT_FACT_ROOM, PRINT_FACT_TRANSPORT, PRINT_FACT_DIET, PRINT_FACT_BADGE_BOX, PRINT_FACT_CODE, PRINT_FACT_PHOTO,
    PRINT_FACT_ISSUE, /* the QR code's token and "Issue 2" */
    PRINT_FACT_HOST,  /* the QR code's address */
    PRINT_FACT_EVENT, PRINT_FACT_DATES, PRINT_FACT_VENUE, PRINT_FACT_ORGANIZATION, PRINT_FACT_LOGO, PRINT_FACT_WIFI, PRINT_FACT_PROGRAMME, PRINT_FACT_PAPERS,
    PRINT_FACT_COUNT
};
typedef uint32_t print_facts; /* bits 1u << enum print_fact */
#define PRINT_FACTS_ALL ((UINT32_C(1) << PRINT_FACT_COUNT) - 1)

/* "name", "badge_box", …: as they stand in the log and in JSON. Never NULL. */
const char *print_fact_name(enum print_fact fact);

/* old or new NULL: nothing was said, nothing would be. Of a photo, logo, Wi-Fi, programme and papers they are digests: tell that they changed, not what. */
struct print_change {
    enum print_fact fact;
    const char *before, *now;
};

/* The last print of a delegate's badge (or a person's card), of runs that are not spoiled. */
struct print_before {
    int64_t run_id, credential_id, issue, printed_ms;
    const char *actor, *layout, *host, *printer; /* printer NULL: a file */
    bool current; /* this very badge, not an earlier issue of it; always true for paper that shows no issue (print_facts without PRINT_FACT_ISSUE) */
};

/* What is about to be printed, or was. Borrowed for the call. */
struct print_run {
    const char *kind, *layout, *base_url;
    const char *printer; /* NULL: a file */
    const char *actor;
    int64_t now_ms;
    bool unless_printed; /* refused (ERR_CONFLICT) when somebody of the list was printed by another run since print_log_compare, or is on the way to a printer now */
    int64_t claim_until_ms; /* of print_log_claim: from then on the badges are free again, whatever became of the run. Sending and waiting, and PRINT_CLAIM_MARGIN_MS */
};

/* --- before: who was printed, what changed --- */

/* Sets printed, changes and change_count of every row. `shown` is what the layout shows (badges_shown_facts of badges/layout/shown.h): only of that
 * changes are told. `base_url` as the list was loaded with. Without any run of that kind this is one look. */
enum err print_log_compare(struct db *db, struct arena *arena, struct badge_list *list, const char *kind, const char *base_url, print_facts shown,
                           struct fault *fault);

/* What all badges have in common, and what changed of it since the runs in which the rows of the list were printed last: a warning for the run, not a
 * change of each badge. After print_log_compare, before print_log_keep; after badge_list_load_shared where programme or papers are shown. */
enum err print_log_compare_run(struct db *db, struct arena *arena, const struct badge_list *list, const char *kind, print_facts shown,
                               struct print_change **ret, size_t *ret_count, struct fault *fault);

enum print_keep {
    PRINT_KEEP_NOT_PRINTED = 1, /* this issue never went onto this kind of paper */
    PRINT_KEEP_CHANGED = 2      /* it did (or an earlier issue), and says something else now */
};
/* Whether this very badge was printed. */
bool print_log_is_printed(const struct badge_list_row *row);
/* Leaves the rows for which one of `keep` (bits) holds, in their order; 0 leaves all. After print_log_compare. */
void print_log_keep(struct badge_list *list, unsigned keep);

struct print_count {
    size_t printed, not_printed, changed; /* changed ones are printed ones, or earlier issues */
    const struct badge_list_row *last;    /* whose print is the newest of the printed ones; NULL: none */
};
void print_log_count(const struct badge_list *list, struct print_count *ret);

/* "01/12/2026 08:00" in the zone (NULL: UTC). */
const char *print_log_when(struct arena *arena, const char *timezone, int64_t at_ms);

/* For printers and desks: ERR_CONFLICT when a badge of the list was printed before; the fault tells whose, when and by whom. */
enum err print_log_refuse(const struct badge_list *list, struct fault *fault);

/* --- after: the log is written before the paper comes out; who cannot make the paper marks the run spoiled --- */

/* The whole run in the caller's transaction. ERR_CONFLICT: see unless_printed; the fault tells who. A thousand badges hold the database for about 5 ms: who
 * writes more takes turns. `audit` is the caller's. */
enum err print_log_record(struct db *db, struct id_source *ids, const struct badge_list *list, const struct print_run *run, int64_t *ret_run_id,
                          struct fault *fault);

/* The same in turns, each in a transaction of its own: begin, then add for every PRINT_LOG_TURN rows, then finish. All may be run again with the same
 * arguments when their transaction failed. Until finish the run is spoiled: who reads the log meanwhile finds these badges not printed. */
#define PRINT_LOG_TURN 1000
enum err print_log_begin(struct db *db, int64_t run_id, const struct badge_list *list, const struct print_run *run, struct fault *fault);
enum err print_log_add(struct db *db, int64_t run_id, const struct badge_list *list, size_t first, size_t count, struct fault *fault);
enum err print_log_finish(struct db *db, int64_t run_id, struct fault *fault);

/* All turns, in transactions of its own (must not be called within one). unless_printed is asked at the beginning and at the end: of two large runs at
 * once one stays spoiled. */
enum err print_log_record_in_turns(struct db *db, struct id_source *ids, const struct badge_list *list, const struct print_run *run, int64_t *ret_run_id,
                                   struct fault *fault);

/* --- printers: claim, send, settle --- */

#define PRINT_CLAIM_MARGIN_MS 60000

struct print_claim {
    int64_t run_id;
    size_t broken;         /* badges of the list that an earlier run claimed and never settled: its program died, the paper may have come out. It stays spoiled */
    int64_t broken_run_id; /* one of those runs; 0: none */
};

/* In the caller's transaction, before anything is sent: the whole run, spoiled for the time being, and a claim on each badge of the list. ERR_CONFLICT: one of
 * them is on its way to a printer now (also when unless_printed is false), or see unless_printed; the fault tells whose, and by whom. May be run again when the
 * transaction failed. */
enum err print_log_claim(struct db *db, struct id_source *ids, const struct badge_list *list, const struct print_run *run, struct print_claim *ret,
                         struct fault *fault);
/* The same for many badges, in transactions of its own; when it fails nothing of it stays. */
enum err print_log_claim_in_turns(struct db *db, struct id_source *ids, const struct badge_list *list, const struct print_run *run, struct print_claim *ret,
                                  struct fault *fault);

enum print_end {
    PRINT_CAME_OUT, /* the printer took the job: the run counts */
    PRINT_NOT_SENT, /* it did not: the run never was */
    PRINT_UNSURE    /* sent, and nobody knows: the run stays spoiled, for whoever looks at the printer */
};
/* In the caller's transaction: ends the claims of the run. */
enum err print_log_settle(struct db *db, int64_t run_id, enum print_end end, struct fault *fault);

/* --- the runs --- */

struct print_log_entry {
    int64_t id; /* as text in JSON: it does not fit into a double */
    const char *kind, *layout, *host, *printer, *actor;
    int64_t badges, printed_ms, spoiled_ms; /* spoiled_ms DB_NULL: it counts */
};
/* The newest first, `most` of them. event_id 0: those of member cards. */
enum err print_log_runs(struct db *db, struct arena *arena, int64_t event_id, size_t most, struct print_log_entry **ret, size_t *ret_count);

/* In a transaction: marks a run of this event (0: of member cards) as spoiled, or as good again, with an audit entry. Doing it twice changes nothing.
 * ERR_NOT_FOUND: there is no such run. */
enum err print_log_mark_spoiled(struct db *db, int64_t event_id, int64_t run_id, bool spoiled, const char *actor, int64_t now_ms, struct fault *fault);

#endif
