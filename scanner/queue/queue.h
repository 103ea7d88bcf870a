/* The durable queue of a scanner: every badge that was read, on disk before anybody hears a beep, until the server has acknowledged it.
 *
 * Order of one scan: queue_add (committed and synced) → asked or decided → queue_tell (what the person is told, committed before they
 * hear it) → queue_settle or queue_set_aside when the server has answered. A scan that was added and never told (the power went
 * between) is sent as "ask": nobody was told anything.
 *
 * The file is SQLite with synchronous=FULL (core/db), mode 0600, one process a spool (spool_open takes the lock). A queue belongs to one
 * thread; the sync thread opens a second one on the same file. Tokens lie in the file sealed to the server's key (queue_seal_to), until the scan is
 * acknowledged, and where the server keeps a second copy until that has it too (queue_note_server): a stolen device with a full queue holds no badge. */
#ifndef PLENUM_SCANNER_QUEUE_H
#define PLENUM_SCANNER_QUEUE_H

#include "core/base/arena.h"
#include "core/base/err.h"
#include "core/base/id.h"
#include "core/db/db.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define QUEUE_BATCH_MOST 64
#define QUEUE_BOOT_SIZE 40

struct queue {
    struct db *db;
    char boot_id[QUEUE_BOOT_SIZE]; /* of this start of the machine */
};

struct queued_scan {
    const char *scan_id, *token, *gate, *direction;
    const char *sealed; /* in place of the token: only the server can open it; NULL */
    int64_t scanned_ms;
    const char *boot_id;
    int64_t steady_ms;
    const char *told;   /* "ask", "admitted", "already_in", "left", "handed_out", "refused" */
    const char *reason; /* or NULL */
    int64_t roster;     /* version, or DB_NULL */
    int64_t server_ms;  /* the server's clock at the reading, as we carried it on; 0: not known */
    int64_t server_base_ms; /* for queue_add: what the server's clock is ahead of our steady clock; 0: not measured since this machine was started */
};

struct queue_counts {
    int64_t waiting, set_aside, sent;
    int64_t oldest_ms; /* scanned_at of the oldest that waits; DB_NULL */
    int64_t oldest_age_ms; /* how long the first of them waits, whatever the wall clock did; -1: none waits */
};

/* Opens (and with `create` makes) FOLDER/queue.db, and migrates it. ERR_NOT_FOUND when it is not there; ERR_CONFLICT: of a newer program. */
enum err queue_open(const char *folder, bool create, struct queue *ret, struct fault *fault);
void queue_close(struct queue *queue); /* accepts one that failed to open when zeroed before */

/* What a crash left between reading and telling is made ready to be sent; long acknowledged scans are forgotten. Once at start. */
enum err queue_recover(struct queue *queue, struct fault *fault);

/* From now on tokens are kept sealed to this key (the server's, as pairing and rosters tell it). "" changes nothing; ERR_INPUT: it is no key. */
enum err queue_seal_to(struct queue *queue, const char *public_key, struct fault *fault);
/* For a new pairing. Whether the server of that key ("": it told none) is another one than the queue is sealed for; false when it is not sealed. A spare server and a
 * restored one have the same key. */
enum err queue_is_of_other(struct queue *queue, const char *public_key, bool *ret, struct fault *fault);
/* What belongs to the server or event before this pairing is forgotten: its key, its epoch, and the tokens of what it acknowledged. What waits stays. */
enum err queue_forget_server(struct queue *queue, struct fault *fault);

/* Where else the server may be, as it said last; "" when nothing was said. The second keeps it. */
enum err queue_spares(struct queue *queue, struct arena *arena, const char **ret, struct fault *fault);
enum err queue_keep_spares(struct queue *queue, const char *urls, struct fault *fault);

/* Durable when it returns OK. Fills scan_id, and the clocks of `scan`; token, gate, direction and server_base_ms are the caller's. ERR_FULL, ERR_IO: the
 * scan is NOT kept, and the person must be told so. `scan_id` is the caller's room. */
enum err queue_add(struct queue *queue, struct queued_scan *scan, char scan_id[ID_UUID_SIZE], struct fault *fault);
/* What the person is being told. `told` "ask" when nobody could decide. */
enum err queue_tell(struct queue *queue, const char *scan_id, const char *told, const char *reason, int64_t roster, struct fault *fault);
enum err queue_settle(struct queue *queue, const char *scan_id, const char *outcome, const char *reason, bool conflict, struct fault *fault);
/* The server will never take it: kept for a person to look at, not sent again. */
enum err queue_set_aside(struct queue *queue, const char *scan_id, const char *outcome, const char *reason, struct fault *fault);

/* Of what the file holds as a token: it, when it is one, or is not sealed; the other is NULL. */
static inline const char *queue_plain_token(const char *kept) { return kept && strlen(kept) == ID_TOKEN_SIZE - 1 ? kept : NULL; }
static inline const char *queue_sealed_token(const char *kept) { return kept && strlen(kept) != ID_TOKEN_SIZE - 1 ? kept : NULL; }

/* Who answers; from the headers of GET …/roster. */
struct queue_server {
    const char *epoch;   /* "" when the server says none */
    bool has_copy;       /* it keeps a second copy */
    int64_t copy_lag_ms; /* what it acknowledged longer ago is in the copy; -1: the copy is not whole yet */
};
/* Behind another, higher epoch stands a machine that took over from a copy: every acknowledged scan whose token is still here waits again, *ret_again many (-1:
 * no such thing happened). Tokens that the copy surely covers are wiped, a minute after; those of a server without a copy at once; any after a day. ERR_NETWORK:
 * a server of a lower epoch, which another has taken over from. */
enum err queue_note_server(struct queue *queue, const struct queue_server *server, int64_t *ret_again, struct fault *fault);

/* The oldest scans that wait, in the order of reading. */
enum err queue_waiting(struct queue *queue, struct arena *arena, int64_t most, struct queued_scan **ret, size_t *ret_count, struct fault *fault);
enum err queue_count(struct queue *queue, struct queue_counts *ret, struct fault *fault);
/* Whether an earlier scan of this badge still waits: the server would judge a new one without knowing of it. */
enum err queue_badge_waits(struct queue *queue, const char *badge_id, bool *ret, struct fault *fault);

/* Milliseconds since the scan by a clock that does not jump; -1 when the machine was restarted since. */
int64_t queue_age_ms(const struct queue *queue, const struct queued_scan *scan);

#endif
