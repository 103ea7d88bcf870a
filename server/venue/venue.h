/* What can be known beforehand about the laptop and the venue's network: a list of findings, each fine, a warning or bad. For `plenum doctor --venue` and the
 * console's page. Words are web/i18n's: "venue.ID.STATE" says what, "venue.ID.STATE.do" what to do, {1} {2} {3} stand for the finding's values.
 *
 * Three steps, so that each can be tried alone: the plan (what the event needs, from the database), the machine (what the system says, read from files under
 * `roots` and by system calls), the judgement (pure but for the files under `roots`). What cannot be read is told as such, never guessed. */
#ifndef PLENUM_SERVER_VENUE_H
#define PLENUM_SERVER_VENUE_H

#include "core/base/arena.h"
#include "core/db/db.h"
#include "server/i18n/i18n.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum venue_grade { VENUE_OK, VENUE_WARNING, VENUE_BAD };

struct venue_item {
    const char *id, *state; /* static words */
    enum venue_grade grade;
    const char *values[3];  /* NULL: none; borrowed from plan, machine and arena */
};

#define VENUE_MOST 48
struct venue_list {
    struct arena *arena;
    struct venue_item items[VENUE_MOST];
    size_t count;
};
/* Adds one; values beyond those given are NULL. Of more than VENUE_MOST the rest is left out. */
void venue_add(struct venue_list *list, const char *id, const char *state, enum venue_grade grade, const char *first, const char *second, const char *third);
size_t venue_count(const struct venue_list *list, enum venue_grade grade);

/* --- the plan ---------------------------------------------------------------------------------------------------------------------- */

struct venue_host {
    const char *host;   /* "192.168.1.10:8080" */
    bool secure;        /* https */
    bool printed;       /* stands on badges; else it is the public address */
};

struct venue_plan {
    const char *event, *timezone; /* NULL: there is no event */
    int64_t delegates, phones;    /* phones: delegates × 1.5, for two devices and those who stay away */
    int64_t blob_bytes, blobs, database_bytes;
    int64_t newest_ms;            /* of what is recorded; 0: nothing yet */
    unsigned port, tls_port;      /* where the server listens, or is thought to; 0: not */
    const char *public_host;      /* "192.168.1.10:8080", of the public address */
    bool guessed;                 /* nobody fixed it */
    struct venue_host *hosts;     /* the public one first, each once */
    size_t host_count;
};

/* `event` NULL: the largest of those that are not over, else the largest. ERR_NOT_FOUND: no such event.
 * `port`: of the server; 0: as the last one wrote it down. `folder`: the
 * data folder. */
enum err venue_plan_read(struct db *db, struct arena *arena, const char *folder, const char *event, unsigned port, int64_t now_ms, struct venue_plan *ret,
                         struct fault *fault);

/* --- the machine ------------------------------------------------------------------------------------------------------------------- */

struct venue_roots {
    const char *proc, *sys, *etc, *run; /* "/proc", … */
};

enum venue_lease { LEASE_UNKNOWN, LEASE_FIXED, LEASE_DYNAMIC };
struct venue_address {
    char device[16];
    char text[46];       /* IPv4 */
    unsigned prefix;
    enum venue_lease lease;
};
enum venue_clock { CLOCK_UNKNOWN, CLOCK_SYNCED, CLOCK_FREE };

#define VENUE_ADDRESSES 16
struct venue_machine {
    struct venue_roots roots;
    struct venue_address addresses[VENUE_ADDRESSES]; /* without loopback */
    size_t address_count;
    int64_t now_ms;
    enum venue_clock clock;
    int64_t files;              /* that a process may have open; -1: no limit */
    int64_t free_bytes, free_inodes; /* of the data folder's file system; -1: unknown, or no limit */
};

/* Of this machine. What fails stays unknown. */
void venue_machine_read(const char *folder, struct venue_machine *ret);

/* --- the judgement ------------------------------------------------------------------------------------------------------------------ */

void venue_judge_network(const struct venue_plan *plan, const struct venue_machine *machine, struct venue_list *list); /* judge_network.c */
void venue_judge_ports(const struct venue_plan *plan, const struct venue_machine *machine, struct venue_list *list);   /* judge_ports.c */
void venue_judge_machine(const struct venue_plan *plan, const struct venue_machine *machine, struct venue_list *list); /* judge_machine.c */
void venue_judge_power(const struct venue_machine *machine, struct venue_list *list);                                 /* judge_power.c */

/* Asks each host of the plan over the network, with a nonce, whether it is the server of this data folder: at most 2 s each for an address; a name is
 * resolved first, which may take longer. Blocks: command line or job pool. `key`: proof_key_read's, NULL when no server ever ran here. */
void venue_reach(const struct venue_plan *plan, const char *key, struct venue_list *list);

/* All of it. */
enum err venue_look(struct db *db, struct arena *arena, const char *folder, const char *event, unsigned port, struct venue_list *ret, struct venue_plan *ret_plan,
                    struct fault *fault);

/* --- words -------------------------------------------------------------------------------------------------------------------------- */

/* What is so, and what to do about it ("" when nothing). In the arena; NULL when out of memory. */
const char *venue_what(struct arena *arena, const struct i18n *i18n, enum i18n_language language, const struct venue_item *item);
const char *venue_todo(struct arena *arena, const struct i18n *i18n, enum i18n_language language, const struct venue_item *item);
const char *venue_grade_name(enum venue_grade grade); /* "ok", "warning", "bad" */

/* --- shared by the judges ------------------------------------------------------------------------------------------------------------ */

/* The file ROOT/PATH, or NULL when it is not there or cannot be read; at most 1 MiB. */
char *venue_file(struct arena *arena, const char *root, const char *path);
/* "12 GB", with the decimals that matter. */
char *venue_size(struct arena *arena, int64_t bytes);
/* The address of the machine that `host` ("address[:port]") names; NULL when it is a name, or no address of this machine. */
const struct venue_address *venue_address_of(const struct venue_machine *machine, const char *host);
bool venue_host_is_name(const char *host);

#endif
