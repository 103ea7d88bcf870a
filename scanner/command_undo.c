/* plenum-scanner undo: the last scan of this gate, or the one that is named, is taken back at the server; also while the door runs. The server decides: this device's own
 * scans, within 15 minutes. */
#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/opt.h"
#include "queue_catalogue.h"
#include "scanner/commands.h"
#include "scanner/identity.h"
#include "scanner/queue/queue.h"
#include "scanner/sync/protocol.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define UNDO_MS 10000
#define REASON_MOST 200

/* Before the server has it, there is nothing to take back there: then it is found again in a moment. */
static enum err find_scan(struct queue *queue, struct arena *arena, const char *wanted, struct sql_spool_last_row *ret, struct fault *fault)
{
    enum err e = sql_spool_last(queue->db, arena, wanted ? wanted : "", ret);
    if (e == ERR_NOT_FOUND) return fault_set(fault, e, wanted ? "this gate has no such scan that could be undone" : "this gate has no scan that could be undone");
    if (e != OK) return db_fault(queue->db, e, fault, "read the queue");
    if (strcmp(ret->state, "sent") != 0) return fault_set(fault, ERR_BUSY, "scan %s has not reached the server yet: try again when it has", ret->scan_id);
    return OK;
}

static enum err take_back(struct http_client *client, const char *scan_id, const char *reason, struct fault *fault)
{
    struct arena arena = {0};
    struct http_answer answer;
    struct buf body;
    char path[128];
    buf_init(&body, BUF_LIMIT_LINE);
    http_answer_init(&answer, BUF_LIMIT_LINE);
    (void)snprintf(path, sizeof path, "/api/v1/checkins/%.40s/undo", scan_id);
    buf_puts(&body, "{\"reason\":");
    buf_put_json(&body, reason);
    buf_putc(&body, '}');
    enum err e = http_client_ask(client, path, reason ? buf_text(&body) : "{}", NULL, UNDO_MS, &answer, fault);
    const char *code = e == OK ? protocol_problem_code(&arena, buf_text(&answer.body), answer.body.length) : NULL;
    if (e == OK && answer.status != 200 && code && strcmp(code, "undo_too_late") == 0)
        e = fault_set(fault, ERR_TIMEOUT, "scan %s is older than 15 minutes: the desk or the organiser may help", scan_id);
    else if (e == OK && answer.status != 200)
        e = fault_set(fault, ERR_DENIED, "the server does not undo scan %s: %s (%ld)", scan_id, code ? code : "no reason said", answer.status);
    http_answer_release(&answer);
    buf_release(&body);
    arena_release(&arena);
    return e;
}

/* Each address once, from the one that pairing knows. */
static enum err undo(struct queue *queue, const char *spool, const char *wanted, const char *reason, struct fault *fault)
{
    struct arena arena = {0};
    struct identity identity = {0};
    struct sql_spool_last_row scan = {0};
    char when[CLOCK_TEXT_SIZE];
    enum err e = identity_load(&arena, spool, &identity, fault);
    if (e == OK) e = find_scan(queue, &arena, wanted, &scan, fault);
    if (e == OK) e = http_client_start();
    struct http_settings http = {.server = identity.server, .servers = &identity.servers, .key = identity.key, .authority = identity.authority, .pin = identity.pin};
    struct http_client *client = e == OK ? http_client_new(&http) : NULL;
    if (e == OK && !client) e = fault_set(fault, ERR_NOMEM, "not enough memory");
    for (size_t i = 0; client && (i == 0 || e == ERR_NETWORK || e == ERR_TIMEOUT) && i < identity.servers.count + (identity.servers.count == 0); i++) {
        if (i) http_servers_next(&identity.servers);
        e = take_back(client, scan.scan_id, reason, fault);
    }
    if (e == OK) printf("undone: %s of %s (%s)\n", scan.result, clock_format(scan.scanned_ms, when), scan.scan_id);
    http_client_free(client);
    if (client) http_client_finish();
    arena_release(&arena);
    return e;
}

int command_undo(int argc, char **argv)
{
    const char *spool = getenv("PLENUM_SPOOL"), *reason = NULL, *words[1] = {NULL};
    bool help;
    size_t count;
    struct fault fault = {0};
    struct queue queue = {0};
    if (!spool) spool = SPOOL_DEFAULT;
    struct opt options[] = {{.name = "spool", .kind = OPT_TEXT, .target = &spool, .value = "DIR",
                             .help = "the scanner's folder (default " SPOOL_DEFAULT " or PLENUM_SPOOL)"},
                            {.name = "reason", .kind = OPT_TEXT, .target = &reason, .value = "TEXT", .help = "why; it is recorded"}};
    struct opt_command command = {.usage = "plenum-scanner undo [SCAN_ID] [--reason TEXT] [--spool DIR]",
                                  .about = "Takes back the last scan of this gate that let somebody in or out or gave something, or the one that is named:\n"
                                           "within 15 minutes.\n"
                                           "The scan stays recorded, and that it was undone.",
                                  .options = options, .option_count = 2, .most_words = 1};
    enum err e = opt_parse(&command, argc, argv, words, &count, &help, &fault);
    if (e == OK && help) {
        opt_print_help(&command);
        return 0;
    }
    if (e == OK && reason && strlen(reason) > REASON_MOST) e = fault_set(&fault, ERR_USAGE, "--reason: at most %d bytes", REASON_MOST);
    if (e == OK) e = queue_open(spool, false, &queue, &fault);
    if (e == OK) e = undo(&queue, spool, words[0], reason, &fault);
    if (e != OK) fprintf(stderr, "plenum-scanner: %s\n", fault.text);
    queue_close(&queue);
    return err_exit_code(e);
}
