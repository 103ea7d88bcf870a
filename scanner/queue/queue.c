#include "scanner/queue/queue.h"
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/congress/badges/badge_token.h"
#include "core/congress/checkin/scan_seal.h"
#include "queue_catalogue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Acknowledged scans stay for a while: they tell who is in when the server is away. */
#define FORGET_MS (3 * CLOCK_DAY)

static void read_boot_id(char out[QUEUE_BOOT_SIZE])
{
    struct arena arena = {0};
    char *text;
    size_t length;
    (void)snprintf(out, QUEUE_BOOT_SIZE, "unknown");
    if (file_read(&arena, "/proc/sys/kernel/random/boot_id", 256, &text, &length, NULL) == OK && length > 30)
        (void)snprintf(out, QUEUE_BOOT_SIZE, "%.36s", text);
    arena_release(&arena);
}

enum err queue_open(const char *folder, bool create, struct queue *ret, struct fault *fault)
{
    char path[4096];
    struct queue queue = {0};
    int n = snprintf(path, sizeof path, "%s/queue.db", folder);
    if (n < 0 || (size_t)n >= sizeof path) return fault_set(fault, ERR_INPUT, "the spool's path is too long");
    enum err e = db_open(&queue_catalogue, path, create ? DB_CREATE : DB_READ, &queue.db, fault);
    if (e != OK) return e;
    e = create ? db_migrate(queue.db, fault) : db_check_schema(queue.db, fault);
    if (e == OK) e = db_prepare_all(queue.db, fault);
    if (e != OK) {
        db_close(queue.db);
        /* The spool of an older program: what waits in it must come out without a door being opened first. */
        return !create && e == ERR_CONFLICT ? queue_open(folder, true, ret, fault) : e;
    }
    read_boot_id(queue.boot_id);
    *ret = queue;
    return OK;
}

void queue_close(struct queue *queue)
{
    db_close(queue->db);
    queue->db = NULL;
}

/* One statement is a transaction of its own; the driver waits 5 s for another writer. */
static enum err done(const struct queue *queue, enum err e, const char *doing, struct fault *fault)
{
    return e == OK ? OK : db_fault(queue->db, e, fault, doing);
}

enum err queue_recover(struct queue *queue, struct fault *fault)
{
    enum err e = sql_spool_recover(queue->db, NULL);
    if (e == OK) e = sql_spool_forget(queue->db, clock_now_ms() - FORGET_MS, NULL);
    return done(queue, e, "put the queue in order", fault);
}

enum err queue_seal_to(struct queue *queue, const char *public_key, struct fault *fault)
{
    struct arena arena = {0};
    struct sql_spool_seal_row known;
    if (!*public_key) return OK;
    bool is_key = scan_seal_token(&arena, public_key, "", "") != NULL;
    enum err e = is_key ? sql_spool_seal(queue->db, &arena, &known) : ERR_INPUT;
    if (e == ERR_INPUT) fault_set(fault, e, "what the server wants scans sealed to is no key");
    else if (e == ERR_NOT_FOUND || (e == OK && strcmp(known.public_key, public_key) != 0))
        e = done(queue, sql_spool_seal_write(queue->db, public_key, NULL), "keep the server's key", fault);
    arena_release(&arena);
    return e;
}

enum err queue_is_of_other(struct queue *queue, const char *public_key, bool *ret, struct fault *fault)
{
    struct arena arena = {0};
    struct sql_spool_seal_row known;
    enum err e = sql_spool_seal(queue->db, &arena, &known);
    *ret = e == OK && strcmp(known.public_key, public_key) != 0;
    arena_release(&arena);
    return e == ERR_NOT_FOUND ? OK : done(queue, e, "read the server's key", fault);
}

static enum err forget_server(struct db *db, void *arg, struct fault *fault)
{
    (void)arg;
    enum err e = sql_spool_seal_forget(db, NULL);
    if (e == OK) e = sql_spool_server_forget(db, NULL);
    if (e == OK) e = sql_spool_wipe(db, INT64_MAX, NULL);
    return e == OK ? OK : db_fault(db, e, fault, "forget the server before");
}

enum err queue_forget_server(struct queue *queue, struct fault *fault)
{
    return db_transaction(queue->db, forget_server, NULL, fault);
}

enum err queue_spares(struct queue *queue, struct arena *arena, const char **ret, struct fault *fault)
{
    struct sql_spool_spares_row row = {.urls = ""};
    enum err e = sql_spool_spares(queue->db, arena, &row);
    *ret = e == OK ? row.urls : "";
    return e == ERR_NOT_FOUND ? OK : done(queue, e, "read the spare servers", fault);
}

enum err queue_keep_spares(struct queue *queue, const char *urls, struct fault *fault)
{
    return done(queue, sql_spool_spares_write(queue->db, urls, NULL), "keep the spare servers", fault);
}

/* What is kept of a token: sealed, or as it is when no server has told its key yet. */
static enum err keep_token(struct queue *queue, struct arena *arena, const struct queued_scan *scan, const char **ret)
{
    struct sql_spool_seal_row seal;
    enum err e = sql_spool_seal(queue->db, arena, &seal);
    *ret = e == OK ? scan_seal_token(arena, seal.public_key, scan->scan_id, scan->token) : scan->token;
    return e == ERR_NOT_FOUND ? OK : e == OK && !*ret ? ERR_NOMEM : e;
}

enum err queue_add(struct queue *queue, struct queued_scan *scan, char scan_id[ID_UUID_SIZE], struct fault *fault)
{
    char badge_id[BADGE_TOKEN_ID_SIZE];
    id_uuid7(scan_id);
    badge_token_id(scan->token, badge_id);
    scan->scan_id = scan_id;
    scan->scanned_ms = clock_now_ms();
    scan->steady_ms = clock_steady_ms();
    scan->boot_id = queue->boot_id;
    scan->server_ms = scan->server_base_ms ? scan->steady_ms + scan->server_base_ms : 0;
    scan->told = "ask";
    scan->reason = NULL;
    scan->roster = DB_NULL;
    struct arena arena = {0};
    const char *kept;
    enum err e = keep_token(queue, &arena, scan, &kept);
    struct sql_spool_add_in in = {.scan_id = scan_id, .token = kept, .badge_id = badge_id, .gate = scan->gate, .direction = scan->direction,
                                  .scanned_ms = scan->scanned_ms, .boot_id = scan->boot_id, .steady_ms = scan->steady_ms,
                                  .server_ms = scan->server_ms ? scan->server_ms : DB_NULL};
    if (e == OK) e = sql_spool_add(queue->db, &in, NULL);
    arena_release(&arena);
    return done(queue, e, "keep the scan", fault);
}

enum err queue_tell(struct queue *queue, const char *scan_id, const char *told, const char *reason, int64_t roster, struct fault *fault)
{
    struct sql_spool_tell_in in = {.scan_id = scan_id, .told = told, .reason = reason, .roster = roster};
    return done(queue, sql_spool_tell(queue->db, &in, NULL), "keep the decision", fault);
}

enum err queue_settle(struct queue *queue, const char *scan_id, const char *outcome, const char *reason, bool conflict, struct fault *fault)
{
    struct sql_spool_settle_in in = {.scan_id = scan_id, .outcome = outcome, .reason = reason, .conflict = conflict,
                                     .settled_ms = clock_now_ms()};
    return done(queue, sql_spool_settle(queue->db, &in, NULL), "keep the server's answer", fault);
}

enum err queue_set_aside(struct queue *queue, const char *scan_id, const char *outcome, const char *reason, struct fault *fault)
{
    return done(queue, sql_spool_set_aside(queue->db, scan_id, outcome, reason, NULL), "set the scan aside", fault);
}

struct noting {
    const struct queue_server *server;
    int64_t again;
};

static int64_t epoch_number(const char *epoch) { return strtoll(epoch, NULL, 10); }

static enum err note_server(struct db *db, void *arg, struct fault *fault)
{
    struct noting *noting = arg;
    const struct queue_server *server = noting->server;
    struct arena arena = {0};
    struct sql_spool_server_row known;
    int64_t now = clock_now_ms(), before = now;
    noting->again = -1;
    enum err e = sql_spool_server(db, &arena, &known);
    bool is_known = e == OK;
    if (e == ERR_NOT_FOUND) e = OK;
    if (e == OK && is_known && server->epoch[0] && strcmp(known.epoch, server->epoch) != 0) {
        if (epoch_number(server->epoch) < epoch_number(known.epoch)) {
            arena_release(&arena);
            return fault_set(fault, ERR_NETWORK, "the server that answers there was taken over from: it must be stopped");
        }
        e = sql_spool_resend(db, &noting->again);
    }
    if (e == OK) e = sql_spool_server_write(db, server->epoch[0] || !is_known ? server->epoch : known.epoch, server->has_copy ? server->copy_lag_ms : DB_NULL, NULL);
    /* The lag is as it was when the server answered; clocks are set by seconds. */
    if (server->has_copy) before = server->copy_lag_ms < 0 ? now - CLOCK_DAY : now - server->copy_lag_ms - CLOCK_MINUTE;
    if (before < now - CLOCK_DAY) before = now - CLOCK_DAY;
    if (e == OK) e = sql_spool_wipe(db, server->has_copy ? before : INT64_MAX, NULL);
    arena_release(&arena);
    return e == OK ? OK : db_fault(db, e, fault, "note the server");
}

enum err queue_note_server(struct queue *queue, const struct queue_server *server, int64_t *ret_again, struct fault *fault)
{
    struct noting noting = {.server = server};
    enum err e = db_transaction(queue->db, note_server, &noting, fault);
    *ret_again = noting.again;
    return e;
}

enum err queue_waiting(struct queue *queue, struct arena *arena, int64_t most, struct queued_scan **ret, size_t *ret_count, struct fault *fault)
{
    struct sql_spool_waiting_row *rows;
    size_t count;
    enum err e = sql_spool_waiting(queue->db, arena, most, &rows, &count);
    if (e != OK) return done(queue, e, "read the queue", fault);
    struct queued_scan *scans = arena_array(arena, count + 1, sizeof *scans);
    if (!scans) return fault_set(fault, ERR_NOMEM, "not enough memory to read the queue");
    for (size_t i = 0; i < count; i++)
        scans[i] = (struct queued_scan){.scan_id = rows[i].scan_id, .token = queue_plain_token(rows[i].token),
                                        .sealed = queue_sealed_token(rows[i].token), .gate = rows[i].gate, .direction = rows[i].direction,
                                        .scanned_ms = rows[i].scanned_ms, .boot_id = rows[i].boot_id, .steady_ms = rows[i].steady_ms,
                                        .told = rows[i].told, .reason = rows[i].reason, .roster = rows[i].roster,
                                        .server_ms = rows[i].server_ms == DB_NULL ? 0 : rows[i].server_ms};
    *ret = scans;
    *ret_count = count;
    return OK;
}

enum err queue_count(struct queue *queue, struct queue_counts *ret, struct fault *fault)
{
    struct arena arena = {0};
    struct sql_spool_counts_row row;
    struct sql_spool_oldest_row oldest;
    int64_t age = -1;
    enum err e = sql_spool_counts(queue->db, &arena, &row);
    if (e == OK && row.waiting > 0 && sql_spool_oldest(queue->db, &arena, &oldest) == OK) {
        age = strcmp(oldest.boot_id, queue->boot_id) == 0 ? clock_steady_ms() - oldest.steady_ms : clock_now_ms() - oldest.scanned_ms;
        if (age < 0) age = clock_steady_ms(); /* read before this machine was started */
    }
    arena_release(&arena);
    if (e != OK) return done(queue, e, "count the queue", fault);
    *ret = (struct queue_counts){.waiting = row.waiting, .set_aside = row.set_aside, .sent = row.sent, .oldest_ms = row.oldest_ms, .oldest_age_ms = age};
    return OK;
}

enum err queue_badge_waits(struct queue *queue, const char *badge_id, bool *ret, struct fault *fault)
{
    struct arena arena = {0};
    struct sql_spool_badge_waits_row row;
    enum err e = sql_spool_badge_waits(queue->db, &arena, badge_id, &row);
    arena_release(&arena);
    if (e != OK) return done(queue, e, "look into the queue", fault);
    *ret = row.waiting > 0;
    return OK;
}

int64_t queue_age_ms(const struct queue *queue, const struct queued_scan *scan)
{
    if (strcmp(queue->boot_id, "unknown") == 0 || strcmp(queue->boot_id, scan->boot_id) != 0) return -1;
    int64_t age = clock_steady_ms() - scan->steady_ms;
    return age < 0 ? -1 : age;
}
