/* plenum-scanner queue list | export FILE: also while the door is running. */
#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/crypto.h"
#include "core/base/file.h"
#include "core/base/opt.h"
#include "core/congress/checkin/scan_seal.h"
#include "scanner/commands.h"
#include "scanner/identity.h"
#include "scanner/queue/queue.h"
#include "scanner/sync/protocol.h"
#include "queue_catalogue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct printing {
    const struct queue *queue;
    struct buf out;
    bool json;
    int64_t count;
};

static void put_text(struct buf *out, const char *key, const char *value)
{
    buf_printf(out, "\"%s\":", key);
    if (value) buf_put_json(out, value);
    else buf_puts(out, "null");
}

/* Without the token: this goes to terminals and logs. */
static enum err print_row(void *ctx, const struct sql_spool_list_row *row)
{
    struct printing *p = ctx;
    char when[CLOCK_TEXT_SIZE];
    clock_format(row->scanned_ms, when);
    p->count++;
    if (!p->json) {
        buf_printf(&p->out, "%s  %s  %-4s %-16s %-9s told %s%s%s", when, row->scan_id, row->direction, row->gate, row->state, row->told, row->reason ? " " : "",
                   row->reason ? row->reason : "");
        if (row->outcome) buf_printf(&p->out, ", server: %s %s", row->outcome, row->outcome_reason ? row->outcome_reason : "");
        buf_putc(&p->out, '\n');
        return buf_ok(&p->out) ? OK : ERR_LIMIT;
    }
    buf_putc(&p->out, '{');
    const char *const pairs[][2] = {{"scan_id", row->scan_id}, {"scanned_at", when}, {"gate", row->gate}, {"direction", row->direction}, {"state", row->state},
                                    {"told", row->told}, {"reason", row->reason}, {"outcome", row->outcome}, {"outcome_reason", row->outcome_reason}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        if (i) buf_putc(&p->out, ',');
        put_text(&p->out, pairs[i][0], pairs[i][1]);
    }
    buf_puts(&p->out, "}\n");
    return buf_ok(&p->out) ? OK : ERR_LIMIT;
}

/* The form of POST /api/v1/checkins, one scan an item, so that whoever takes the file treats it as that request. Ages are as of the export. */
static enum err export_row(void *ctx, const struct sql_spool_export_row *row)
{
    struct printing *p = ctx;
    struct queued_scan scan = {.scan_id = row->scan_id, .token = queue_plain_token(row->token), .sealed = queue_sealed_token(row->token),
                               .gate = row->gate, .direction = row->direction, .scanned_ms = row->scanned_ms,
                               .boot_id = row->boot_id, .steady_ms = row->steady_ms, .told = row->told, .roster = row->roster,
                               .server_ms = row->server_ms == DB_NULL ? 0 : row->server_ms};
    buf_puts(&p->out, p->count++ ? ",\n" : "\n");
    protocol_put_scan(&p->out, p->queue, &scan);
    return buf_ok(&p->out) ? OK : ERR_LIMIT;
}

static enum err list(struct queue *queue, bool json, struct fault *fault)
{
    struct printing p = {.json = json};
    struct queue_counts counts;
    buf_init(&p.out, BUF_LIMIT_FILE);
    enum err e = queue_count(queue, &counts, fault);
    if (e == OK && (e = sql_spool_list(queue->db, print_row, &p)) != OK) db_fault(queue->db, e, fault, "read the queue");
    if (e == OK && !json) buf_printf(&p.out, "%lld waiting, %lld set aside, %lld sent\n", (long long)counts.waiting, (long long)counts.set_aside,
                                              (long long)counts.sent);
    if (e == OK && p.out.length && (e = file_write_all(STDOUT_FILENO, p.out.data, p.out.length)) != OK) fault_set(fault, e, "standard output: %s", err_name(e));
    buf_release(&p.out);
    return e;
}

/* What is sealed: who exports what, when, and how far this machine's clock is from the server's as last measured. */
static enum err put_inside(struct queue *queue, const struct identity *identity, const char *when, struct printing *p, struct fault *fault)
{
    struct arena arena = {0};
    struct sql_spool_roster_head_read_row mark;
    enum err e = sql_spool_roster_head_read(queue->db, &arena, &mark);
    bool measured = e == OK;
    /* The wall clock may have been set since, but not the other one. */
    if (measured && mark.boot_id && strcmp(mark.boot_id, queue->boot_id) == 0)
        mark.offset_ms = mark.server_ms + clock_steady_ms() - mark.steady_ms - clock_now_ms();
    arena_release(&arena);
    if (e != OK && e != ERR_NOT_FOUND) return db_fault(queue->db, e, fault, "read the roster's version");
    buf_putc(&p->out, '{');
    const char *const pairs[][2] = {{"device", identity->device}, {"event", identity->event}, {"gate", identity->gate}, {"exported_at", when}};
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        put_text(&p->out, pairs[i][0], pairs[i][1]);
        buf_putc(&p->out, ',');
    }
    if (measured) buf_printf(&p->out, "\"offset_ms\":%lld,\"scans\":[", (long long)mark.offset_ms);
    else buf_puts(&p->out, "\"offset_ms\":null,\"scans\":[");
    e = sql_spool_export(queue->db, export_row, p);
    buf_puts(&p->out, "\n]}\n");
    if (e != OK) return db_fault(queue->db, e, fault, "read the queue");
    return buf_ok(&p->out) ? OK : fault_set(fault, ERR_NOMEM, "not enough memory for the export");
}

static enum err export(struct queue *queue, const char *spool, const char *path, struct fault *fault)
{
    struct printing inside = {.queue = queue};
    struct buf out;
    struct arena arena = {0};
    struct identity identity;
    char when[CLOCK_TEXT_SIZE], key_hash[CRYPTO_HASH_HEX];
    buf_init(&inside.out, BUF_LIMIT_FILE);
    buf_init(&out, BUF_LIMIT_FILE);
    clock_format(clock_now_ms(), when);
    enum err e = identity_load(&arena, spool, &identity, fault);
    if (e == OK) e = put_inside(queue, &identity, when, &inside, fault);
    if (e != OK) goto out;
    crypto_sha256_hex(identity.key, strlen(identity.key), key_hash);
    const char *sealed = scan_seal(&arena, key_hash, inside.out.data);
    buf_puts(&out, "{\"format\":\"" SCAN_FILE_FORMAT "\",");
    put_text(&out, "device", identity.device);
    buf_putc(&out, ',');
    put_text(&out, "event", identity.event);
    buf_putc(&out, ',');
    put_text(&out, "gate", identity.gate);
    buf_putc(&out, ',');
    put_text(&out, "exported_at", when);
    buf_printf(&out, ",\"count\":%lld,\"sealed\":\"", (long long)inside.count);
    buf_puts(&out, sealed);
    buf_puts(&out, "\"}\n");
    if (!sealed || !buf_ok(&out)) e = fault_set(fault, ERR_NOMEM, "not enough memory for the export");
    else e = file_write_atomic(path, out.data, out.length, 0600, fault);
    if (e == OK) printf("%lld scans written to %s: give it to `plenum import` on the server\n", (long long)inside.count, path);
out:
    buf_release(&out);
    buf_release(&inside.out);
    arena_release(&arena);
    return e;
}

int command_queue(int argc, char **argv)
{
    const char *spool = getenv("PLENUM_SPOOL"), *words[2] = {NULL, NULL};
    bool json = false, help;
    size_t count;
    struct fault fault = {0};
    struct queue queue = {0};
    if (!spool) spool = SPOOL_DEFAULT;
    struct opt options[] = {{.name = "spool", .kind = OPT_TEXT, .target = &spool, .value = "DIR",
                             .help = "the scanner's folder (default " SPOOL_DEFAULT " or PLENUM_SPOOL)"},
                            {.name = "json", .kind = OPT_FLAG, .target = &json, .help = "list: one JSON line a scan"}};
    struct opt_command command = {.usage = "plenum-scanner queue list | export FILE [--spool DIR]",
                                  .about = "list: the scans that the server has not acknowledged, and those it will never take (set_aside).\n"
                                           "export: the same scans as a file for `plenum import`, for the case that the network never comes back.\n"
                                           "It is sealed with this device's key, may be made and taken in any number of times, and the queue stays as it is.",
                                  .options = options, .option_count = 2, .least_words = 1, .most_words = 2};
    enum err e = opt_parse(&command, argc, argv, words, &count, &help, &fault);
    if (e == OK && help) {
        opt_print_help(&command);
        return 0;
    }
    bool is_list = e == OK && strcmp(words[0], "list") == 0 && count == 1, is_export = e == OK && strcmp(words[0], "export") == 0 && count == 2;
    if (e == OK && !is_list && !is_export) e = fault_set(&fault, ERR_USAGE, "usage: %s", command.usage);
    if (e == OK) e = queue_open(spool, false, &queue, &fault);
    if (is_list && e == OK) e = list(&queue, json, &fault);
    if (is_export && e == OK) e = export(&queue, spool, words[1], &fault);
    if (e != OK) fprintf(stderr, "plenum-scanner: %s\n", fault.text);
    queue_close(&queue);
    return err_exit_code(e);
}
