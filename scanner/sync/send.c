#include "scanner/sync/send.h"
#include "core/base/clock.h"
#include "scanner/roster/roster.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define BATCH_TIMEOUT_MS 10000
#define ROSTER_TIMEOUT_MS 60000
#define ROSTER_BYTES_MOST (256u * 1024u * 1024u)

enum err send_open(struct send_context *send, const struct sync_settings *settings, struct fault *fault)
{
    send->kept = *settings;
    send->settings = &send->kept;
    enum err e = queue_open(settings->spool, true, &send->queue, fault);
    if (e != OK) return e;
    struct http_settings http = {.server = settings->server, .servers = settings->servers,
                                 .key = settings->key, .authority = settings->authority, .pin = settings->pin, .stop = &send->stop};
    send->client = http_client_new(&http);
    return send->client ? OK : fault_set(fault, ERR_NOMEM, "not enough memory to start the sync");
}

void send_close(struct send_context *send)
{
    http_client_free(send->client);
    queue_close(&send->queue);
    arena_release(&send->arena);
}

static bool is_problem(const struct http_answer *answer, const char *wanted)
{
    struct arena arena = {0};
    const char *code = protocol_problem_code(&arena, buf_text(&answer->body), answer->body.length);
    bool is = code && strcmp(code, wanted) == 0;
    arena_release(&arena);
    return is;
}

/* What a status means that is not a success. */
static enum err from_status(struct send_context *send, const struct http_answer *answer, const char *what, struct fault *fault)
{
    send->retry_after_ms = answer->retry_after_s > 0 ? answer->retry_after_s * 1000 : 0;
    long status = answer->status;
    if (status == 401) {
        send->revoked = true;
        return fault_set(fault, ERR_DENIED, "%s: the server no longer accepts this device (401)", what);
    }
    if (status == 403 && is_problem(answer, "secure_only")) return fault_set(fault, ERR_DENIED, "%s: " PROTOCOL_SECURE_ONLY, what);
    if (status == 408 || status == 429 || status >= 500) return fault_set(fault, ERR_BUSY, "%s: the server is busy or in trouble (%ld)", what, status);
    if (status < 200 || (status >= 300 && status < 400))
        return fault_set(fault, ERR_NETWORK, "%s: something else than our server answered (%ld)", what, status);
    return fault_set(fault, ERR_INPUT, "%s: the server refused the request (%ld)", what, status);
}

static enum err ask(struct send_context *send, const char *path, const char *body, const char *etag, long timeout_ms, struct http_answer *answer,
                    struct fault *fault)
{
    send->retry_after_ms = 0;
    return http_client_ask(send->client, path, body, etag, timeout_ms, answer, fault);
}

/* --- scans -------------------------------------------------------------------------------------------------------------------- */

static void tell(struct send_context *send, enum sync_event event, const char *format, ...) __attribute__((format(printf, 3, 4)));
static void tell(struct send_context *send, enum sync_event event, const char *format, ...)
{
    char text[FAULT_TEXT_SIZE];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    send->settings->tell(send->settings->ctx, event, text);
}

static enum err set_aside(struct send_context *send, const char *scan_id, const char *outcome, const char *reason, struct fault *fault)
{
    enum err e = queue_set_aside(&send->queue, scan_id, outcome, reason, fault);
    if (e == OK) tell(send, SYNC_SET_ASIDE, "scan %s was set aside: %s %s", scan_id, outcome, reason ? reason : "");
    return e;
}

static enum err keep_answer(struct send_context *send, const struct queued_scan *scan, const struct scan_answer *answer, struct fault *fault)
{
    if (strcmp(answer->outcome, "invalid") == 0) return set_aside(send, scan->scan_id, answer->outcome, answer->reason, fault);
    enum err e = queue_settle(&send->queue, scan->scan_id, answer->outcome, answer->reason, answer->conflict, fault);
    bool differs = strcmp(scan->told, "ask") != 0 && strcmp(scan->told, answer->outcome) != 0;
    if (e == OK && (answer->conflict || differs))
        tell(send, SYNC_DIFFERS, "scan %s: the person was told \"%s\", the server says \"%s\"", scan->scan_id, scan->told, answer->outcome);
    return e;
}

struct keeping {
    struct send_context *send;
    const struct queued_scan *scans;
    size_t count;
    const struct scan_answers *answers;
    size_t kept;
};

static const struct scan_answer *find_answer(const struct scan_answers *answers, const char *scan_id)
{
    for (size_t i = 0; i < answers->count; i++)
        if (strcmp(answers->items[i].scan_id, scan_id) == 0) return &answers->items[i];
    return NULL;
}

/* All answers of a batch in one transaction. It may run twice, so a person may be told twice, but nothing is lost. */
static enum err keep_answers(struct db *db, void *arg, struct fault *fault)
{
    struct keeping *keeping = arg;
    (void)db;
    keeping->kept = 0;
    for (size_t i = 0; i < keeping->count; i++) {
        const struct scan_answer *answer = find_answer(keeping->answers, keeping->scans[i].scan_id);
        if (!answer) continue;
        enum err e = keep_answer(keeping->send, &keeping->scans[i], answer, fault);
        if (e != OK) return e;
        keeping->kept++;
    }
    return OK;
}

/* Asks about `count` scans as one array. ERR_INPUT: the server refused the request as a whole, with a 4xx. */
static enum err post(struct send_context *send, const struct queued_scan *scans, size_t count, struct http_answer *answer, struct fault *fault)
{
    struct buf body;
    buf_init(&body, BUF_LIMIT_BODY);
    buf_putc(&body, '[');
    for (size_t i = 0; i < count; i++) {
        if (i) buf_putc(&body, ',');
        protocol_put_scan(&body, &send->queue, &scans[i]);
    }
    buf_putc(&body, ']');
    enum err e = buf_ok(&body) ? ask(send, "/api/v1/checkins", buf_text(&body), NULL, BATCH_TIMEOUT_MS, answer, fault)
                               : fault_set(fault, ERR_NOMEM, "not enough memory to send");
    buf_release(&body);
    if (e == OK && answer->status != 200) e = from_status(send, answer, "check-ins", fault);
    return e;
}

static enum err send_some(struct send_context *send, struct arena *arena, const struct queued_scan *scans, size_t count, size_t *ret_kept, struct fault *fault)
{
    struct http_answer answer;
    struct scan_answers answers;
    http_answer_init(&answer, BUF_LIMIT_BODY);
    enum err e = post(send, scans, count, &answer, fault);
    if (e == ERR_INPUT && count == 1 && answer.status != 403 && answer.status != 404) {
        /* This very scan is what the server will not take. */
        const char *code = protocol_problem_code(arena, buf_text(&answer.body), answer.body.length);
        if (!code) { /* our server always says which rule: this is somebody else at its address */
            e = fault_set(fault, ERR_NETWORK, "check-ins: something else than our server answered (%ld)", answer.status);
            goto out;
        }
        e = set_aside(send, scans[0].scan_id, "invalid", code, fault);
        *ret_kept = e == OK ? 1 : 0;
        goto out;
    }
    if (e != OK) goto out;
    e = protocol_read_answers(arena, buf_text(&answer.body), answer.body.length, &answers, fault);
    if (e == ERR_INPUT) e = ERR_NETWORK; /* something on the way answered, not our server */
    if (e != OK) goto out;
    struct keeping keeping = {.send = send, .scans = scans, .count = count, .answers = &answers};
    e = db_transaction(send->queue.db, keep_answers, &keeping, fault);
    *ret_kept = e == OK ? keeping.kept : 0;
    if (e == OK && keeping.kept == 0) e = fault_set(fault, ERR_NETWORK, "check-ins: the server's answer is about other scans");
out:
    http_answer_release(&answer);
    return e;
}

enum err send_batch(struct send_context *send, size_t *ret_sent, struct fault *fault)
{
    struct arena arena = {0};
    struct queued_scan *scans;
    size_t count, kept = 0;
    *ret_sent = 0;
    enum err e = queue_waiting(&send->queue, &arena, QUEUE_BATCH_MOST, &scans, &count, fault);
    if (e != OK || count == 0) goto out;
    e = send_some(send, &arena, scans, count, &kept, fault);
    *ret_sent = kept;
    if (e != ERR_INPUT || count == 1) goto out;
    for (size_t i = 0; i < count; i++) {
        e = send_some(send, &arena, &scans[i], 1, &kept, fault);
        if (e != OK) break;
        *ret_sent += kept;
    }
out:
    arena_release(&arena);
    return e;
}

/* --- roster ------------------------------------------------------------------------------------------------------------------- */

#define CLOCK_AGAIN_MS (5 * CLOCK_MINUTE)

/* The server's clock, from its server_time and the middle of the request by the clock that cannot jump. */
static struct roster_clock measure_clock(const struct queue *queue, const struct http_answer *answer, int64_t before_ms, int64_t after_ms)
{
    struct roster_clock clock = {0};
    static const char key[] = "\"server_time\":";
    const char *at = strstr(buf_text(&answer->body), key);
    char text[CLOCK_TEXT_SIZE + 1] = "";
    int64_t ms;
    if (!at) return clock;
    at += sizeof key - 1;
    at += strspn(at, " ");
    if (*at != '"') return clock;
    size_t n = strcspn(at + 1, "\"");
    if (n > CLOCK_TEXT_SIZE) return clock;
    memcpy(text, at + 1, n);
    if (clock_parse(text, &ms) != OK) return clock;
    clock.server_ms = ms;
    clock.steady_ms = (before_ms + after_ms) / 2;
    clock.offset_ms = ms + clock_steady_ms() - clock.steady_ms - clock_now_ms();
    if (strcmp(queue->boot_id, "unknown") != 0) memcpy(clock.boot_id, queue->boot_id, sizeof clock.boot_id);
    return clock;
}

/* "Unchanged" tells no time. So it is asked for the changes, none as a rule, where the server's clock was not measured since this start of the machine, or long ago. */
static bool wants_time(const struct queue *queue, const struct roster_counts *known)
{
    if (!known->clock_boot || strcmp(known->clock_boot, queue->boot_id) != 0) return strcmp(queue->boot_id, "unknown") != 0;
    return clock_steady_ms() - known->clock_steady_ms > CLOCK_AGAIN_MS;
}

/* Where to look when it is gone: at once, and at the next start. */
static enum err note_spares(struct send_context *send, const struct http_answer *answer, struct fault *fault)
{
    struct http_servers *servers = send->settings->servers;
    if (!answer->spares[0] || !servers || !http_servers_add(servers, &send->arena, answer->spares)) return OK;
    tell(send, SYNC_REACHED, "the server told where else it may be: %s", answer->spares);
    return queue_keep_spares(&send->queue, answer->spares, fault);
}

/* Which server this is; what it holds safely need not be held here. */
static enum err note_server(struct send_context *send, const struct http_answer *answer, struct fault *fault)
{
    const struct queue_server server = {.epoch = answer->epoch, .has_copy = answer->copy_lag_ms != HTTP_NO_COPY, .copy_lag_ms = answer->copy_lag_ms};
    int64_t again = 0;
    enum err e = queue_note_server(&send->queue, &server, &again, fault);
    if (e == OK) e = queue_seal_to(&send->queue, answer->seal_key, fault);
    if (e == OK) e = note_spares(send, answer, fault);
    if (e == OK && again >= 0)
        tell(send, SYNC_TROUBLE, "another server has taken over: %lld scans that the first one had are sent again", (long long)again);
    return e;
}

/* So that the console can show what waits at which gate. */
static void say_queue(struct send_context *send)
{
    struct queue_counts counts;
    char header[100];
    if (queue_count(&send->queue, &counts, NULL) != OK) return;
    int64_t age = counts.oldest_age_ms > 0 ? counts.oldest_age_ms : 0;
    (void)snprintf(header, sizeof header, "Plenum-Queue: %lld %lld %lld", (long long)counts.waiting, (long long)age, (long long)counts.set_aside);
    http_client_say(send->client, header);
}

enum err send_fetch_roster(struct send_context *send, struct fault *fault)
{
    struct arena arena = {0};
    struct http_answer answer;
    struct roster_counts known = {0};
    char path[256];
    http_answer_init(&answer, ROSTER_BYTES_MOST);
    enum err e = roster_state(send->queue.db, &arena, &known);
    if (e != OK && e != ERR_NOT_FOUND) {
        db_fault(send->queue.db, e, fault, "read the roster's version");
        goto out;
    }
    if (e == OK) (void)snprintf(path, sizeof path, "/api/v1/events/%.100s/roster?since=%lld", send->settings->event, (long long)known.version);
    else (void)snprintf(path, sizeof path, "/api/v1/events/%.100s/roster", send->settings->event);
    int64_t before = clock_steady_ms();
    say_queue(send);
    e = ask(send, path, NULL, wants_time(&send->queue, &known) ? NULL : known.etag, ROSTER_TIMEOUT_MS, &answer, fault);
    if (e != OK) goto out;
    if (answer.status == 304 || answer.status == 200) e = note_server(send, &answer, fault);
    if (e != OK) goto out;
    if (answer.status == 304) e = roster_still_good(send->queue.db, fault);
    else if (answer.status != 200) e = from_status(send, &answer, "roster", fault);
    else {
        const struct roster_clock clock = measure_clock(&send->queue, &answer, before, clock_steady_ms());
        e = roster_take(send->queue.db, buf_text(&answer.body), answer.body.length, answer.etag, &clock, fault);
    }
out:
    if (e != OK && fault && !fault->text[0]) fault_set(fault, e, "the list: %s", err_name(e)); /* never without a word */
    http_answer_release(&answer);
    arena_release(&arena);
    return e;
}
