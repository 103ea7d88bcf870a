/* Backups and restores of the running server: one thread that does one thing at a time beneath everything else, with its own connection that only reads, so that no
 * check-in waits. It also makes the regular backups while an event is on, and knows how old the newest backup is. */
#ifndef PLENUM_SERVER_BACKUP_JOB_H
#define PLENUM_SERVER_BACKUP_JOB_H

#include "core/congress/store/backup_shelf.h"
#include "server/app.h"

struct backup_job;

enum backup_kind { BACKUP_NOTHING, BACKUP_MAKE, BACKUP_CHECK, BACKUP_PREPARE };

struct backup_wish {
    enum backup_kind kind;
    char name[SHELF_NAME_SIZE]; /* of the shelf; made by BACKUP_MAKE */
    char passphrase[CRYPTO_PASSPHRASE_LONGEST]; /* "": none; forgotten when it is done */
    char actor[128];
};

struct backup_state {
    enum backup_kind kind;       /* what is under way */
    char name[SHELF_NAME_SIZE];  /* of which; "" while one is made */
    int64_t done, total;         /* bytes; total 0: not known yet */
    bool is_stopping;
    int64_t number;              /* of things done since the start: another one means that something ended */
    enum backup_kind last;       /* what ended last */
    char last_name[SHELF_NAME_SIZE];
    enum err error;              /* how */
    struct fault fault;
    int64_t newest_ms;           /* the newest backup made here; 0: none */
    int64_t hours;               /* of the regular ones; 0: off */
    bool event_is_on;            /* or begins within a day */
    struct fault regular;        /* why the last regular one was not made; text "" when all is well */
};

/* Nothing happens on a practice copy, whose `store` is not to be kept. */
enum err backup_job_start(struct app *app, struct backup_job **ret, struct fault *fault);
/* What is under way is stopped and leaves nothing. Before the writer stops. Accepts NULL. */
void backup_job_stop(struct backup_job *job);

/* The following are thread-safe. */
void backup_job_state(struct backup_job *job, struct backup_state *ret);
/* ERR_BUSY, with a reason: something is under way. */
enum err backup_job_ask(struct backup_job *job, const struct backup_wish *wish, struct fault *fault);
void backup_job_cancel(struct backup_job *job);
/* Settings or files have changed: it looks anew. */
void backup_job_wake(struct backup_job *job);

#define BACKUP_OLD_MS CLOCK_DAY
/* An event is on, and the newest backup is older than a day, or there is none, or a regular one failed. */
bool backup_state_is_bad(const struct backup_state *state, int64_t now_ms);

#endif
