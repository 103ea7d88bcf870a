/* A server whose memory, disk and every single write fail, one after the other, while it takes check-ins over HTTP.
 *
 * For each request and each kind of fault: the 1st allocation (write, sync, …) of all threads of the server fails, then the 2nd, … until the request passes
 * without one. Each time the server answers with what is so: 200 only for what is in the record, else an answer that says "come again" (500, 503, 507), never
 * one that says that the request or the device is wrong, and never silence that does not end. Then the same request without a fault gets all that it asks
 * for, once; and presence and counters equal a recount. */
#include "core/base/clock.h"
#include "core/base/crypto.h"
#include "core/base/json.h"
#include "core/congress/checkin/conflict.h"
#include "core/congress/checkin/scan_file.h"
#include "core/congress/checkin/scan_seal.h"
#include "core/congress/figures/figures.h"
#include "server/serve.h"
#include "tests/torture/event.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define PEOPLE 600
#define SCANS_MOST 64
#define WAIT_MS 20000 /* longer than this is a hang */
#define BODY_MOST (64 * 1024)

struct bed {
    struct kit kit;
    struct chance chance;
    char folder[256], database[300], file[300];
    struct event event;
    struct app app;
    struct db *db;  /* the test's own */
    uint16_t port;
    /* the request */
    char ids[SCANS_MOST][ID_UUID_SIZE], scans[BODY_MOST], text[BODY_MOST + 1024];
    size_t count, next_person;
    bool out;
    /* the answer */
    int status;
    char answer[1024 * 1024];
    long faults, requests;
    const char *what;
};

struct act {
    const char *name;
    void (*prepare)(struct bed *b); /* may be NULL: what was prepared for the last one serves again */
    void (*run)(struct bed *b);     /* sets status */
    bool (*is_so)(struct bed *b);   /* what it asked for is in the record, exactly once */
    bool fails_here;                /* in the test's own thread, beside the server; else in the server's */
    size_t stride, io_stride;       /* of the short run: memory; the rest */
};

/* --- a client ------------------------------------------------------------------------------------------------------------------------- */

static size_t read_all(int fd, char *out, size_t size)
{
    size_t n = 0;
    int64_t until = clock_steady_ms() + WAIT_MS;
    while (n + 1 < size) {
        struct pollfd wait = {.fd = fd, .events = POLLIN};
        int64_t left = until - clock_steady_ms();
        if (left <= 0 || poll(&wait, 1, (int)left) <= 0) {
            n = SIZE_MAX;
            break;
        }
        ssize_t got = recv(fd, out + n, size - 1 - n, 0);
        if (got <= 0) break;
        n += (size_t)got;
    }
    out[n == SIZE_MAX ? 0 : n] = '\0';
    return n;
}

/* Sets status: 0 when the server closed without an answer, -1 when it is silent. */
static void ask(struct bed *b)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(b->port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    size_t length = strlen(b->text);
    b->status = -1;
    b->answer[0] = '\0';
    if (fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof address) == 0) {
        for (size_t done = 0; done < length;) {
            ssize_t n = send(fd, b->text + done, length - done, MSG_NOSIGNAL);
            if (n <= 0) break;
            done += (size_t)n;
        }
        size_t n = read_all(fd, b->answer, sizeof b->answer);
        if (n != SIZE_MAX) b->status = n > 12 && strncmp(b->answer, "HTTP/1.1 ", 9) == 0 ? (int)strtol(b->answer + 9, NULL, 10) : 0;
    }
    if (fd >= 0) close(fd);
    b->requests++;
}

static const char *body_of(const struct bed *b)
{
    const char *end = strstr(b->answer, "\r\n\r\n");
    return end ? end + 4 : "";
}

static void make_post(struct bed *b, const char *path, const char *body)
{
    (void)snprintf(b->text, sizeof b->text,
                   "POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n"
                   "Connection: close\r\n\r\n%s",
                   path, b->event.key, strlen(body), body);
}

/* --- an array of scans --------------------------------------------------------------------------------------------------------------- */

static void make_scans(struct bed *b, size_t count)
{
    char when[CLOCK_TEXT_SIZE];
    size_t n = 0;
    b->count = count;
    n += (size_t)snprintf(b->scans + n, sizeof b->scans - n, "[");
    for (size_t i = 0; i < count; i++) {
        id_uuid7(b->ids[i]);
        const char *token = b->event.tokens[b->next_person++ % b->event.count];
        bool tells = chance_one_in(&b->chance, 3);
        n += (size_t)snprintf(b->scans + n, sizeof b->scans - n,
                              "%s{\"scan_id\":\"%s\",\"token\":\"%s\",\"gate\":\"main\",\"direction\":\"%s\",\"scanned_at\":\"%s\",\"age_ms\":%d,\"decision\":\"%s\","
                              "\"roster\":3}",
                              i ? "," : "", b->ids[i], token, b->out ? "out" : "in", clock_format(clock_now_ms(), when), (int)chance_below(&b->chance, 2000),
                              !tells ? "ask" : b->out ? "left" : "admitted");
        if (b->next_person % b->event.count == 0) b->out = !b->out;
    }
    (void)snprintf(b->scans + n, sizeof b->scans - n, "]");
}

static void prepare_few(struct bed *b)
{
    make_scans(b, 3);
    make_post(b, "/api/v1/checkins", b->scans);
}

static void prepare_many(struct bed *b)
{
    make_scans(b, SCANS_MOST);
    make_post(b, "/api/v1/checkins", b->scans);
}

static int take_number(void *context, int columns, char **row, char **names)
{
    (void)columns;
    (void)names;
    *(long *)context = strtol(row[0], NULL, 10);
    return 0;
}

static long number_of(struct bed *b, const char *sql)
{
    long number = -1;
    return kit_query(b->database, sql, take_number, &number) ? number : -1;
}

/* How many of the scans are in the record; a scan_id cannot be there twice (UNIQUE), which the integrity check looks at. */
static long recorded(struct bed *b)
{
    static char sql[SCANS_MOST * 48 + 100];
    size_t n = (size_t)snprintf(sql, sizeof sql, "SELECT COUNT(*) FROM scan WHERE scan_id IN (");
    for (size_t i = 0; i < b->count; i++) n += (size_t)snprintf(sql + n, sizeof sql - n, "%s'%s'", i ? "," : "", b->ids[i]);
    (void)snprintf(sql + n, sizeof sql - n, ")");
    return number_of(b, sql);
}

/* The answer to each scan, in order, and none that says that the scan is at fault. */
static bool answers_are_sound(struct bed *b)
{
    json_t *value = NULL;
    const char *body = body_of(b);
    bool sound = json_read(body, strlen(body), &value, NULL) == OK && json_array_size(json_object_get(value, "results")) == b->count;
    for (size_t i = 0; sound && i < b->count; i++) {
        const json_t *item = json_array_get(json_object_get(value, "results"), i), *person = json_object_get(item, "person");
        const char *id = json_string_value(json_object_get(item, "scan_id")), *outcome = json_string_value(json_object_get(item, "outcome"));
        sound = id && outcome && strcmp(id, b->ids[i]) == 0 && strcmp(outcome, "invalid") != 0;
        if (sound) sound = json_is_string(json_object_get(person, "name")) && json_is_string(json_object_get(person, "delegation"));
    }
    json_decref(value);
    return sound;
}

static bool scans_are_so(struct bed *b) { return answers_are_sound(b) && recorded(b) == (long)b->count; }

/* --- other requests --------------------------------------------------------------------------------------------------------------------- */

/* A scan that was taken without a fault, to be taken back. */
static void prepare_undo(struct bed *b)
{
    char path[100];
    make_scans(b, 1);
    make_post(b, "/api/v1/checkins", b->scans);
    ask(b);
    CHECK(&b->kit.check, b->status == 200 && scans_are_so(b));
    (void)snprintf(path, sizeof path, "/api/v1/checkins/%s/undo", b->ids[0]);
    make_post(b, path, "{\"reason\":\"wrong person\"}");
}

static bool undo_is_so(struct bed *b)
{
    char sql[200];
    (void)snprintf(sql, sizeof sql, "SELECT COUNT(*) FROM correction c JOIN scan s ON s.id = c.scan WHERE s.scan_id = '%s'", b->ids[0]);
    return strstr(body_of(b), "\"undone\":true") && number_of(b, sql) == 1;
}

static void prepare_roster(struct bed *b)
{
    (void)snprintf(b->text, sizeof b->text,
                   "GET /api/v1/events/" EVENT_SLUG "/roster HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer %s\r\nConnection: close\r\n\r\n",
                   b->event.key);
}

static bool roster_is_so(struct bed *b)
{
    json_t *value = NULL;
    const char *body = body_of(b);
    bool sound = json_read(body, strlen(body), &value, NULL) == OK;
    const json_t *entries = json_object_get(value, "entries"), *gate = json_object_get(value, "gate"), *sessions = json_object_get(value, "sessions");
    sound = sound && json_array_size(entries) == PEOPLE && json_is_object(gate) && json_is_array(sessions) && json_is_object(json_object_get(value, "event"));
    for (size_t i = 0; sound && i < PEOPLE; i++) {
        const json_t *entry = json_array_get(entries, i);
        sound = json_is_string(json_object_get(entry, "id")) && json_is_string(json_object_get(entry, "record")) && json_is_string(json_object_get(entry, "status"));
    }
    json_decref(value);
    return sound;
}

/* Two doors told the same person "come in": the later one is a conflict. */
static void prepare_conflict(struct bed *b)
{
    char when[CLOCK_TEXT_SIZE];
    b->count = 2;
    const char *token = b->event.tokens[b->next_person++ % b->event.count];
    for (size_t i = 0; i < 2; i++) id_uuid7(b->ids[i]);
    (void)clock_format(clock_now_ms(), when);
    (void)snprintf(b->scans, sizeof b->scans,
                   "[{\"scan_id\":\"%s\",\"token\":\"%s\",\"gate\":\"main\",\"direction\":\"in\",\"scanned_at\":\"%s\",\"age_ms\":2000,\"decision\":\"admitted\"},"
                   "{\"scan_id\":\"%s\",\"token\":\"%s\",\"gate\":\"main\",\"direction\":\"in\",\"scanned_at\":\"%s\",\"age_ms\":1000,\"decision\":\"admitted\"}]",
                   b->ids[0], token, when, b->ids[1], token, when);
    make_post(b, "/api/v1/checkins", b->scans);
    ask(b);
    CHECK(&b->kit.check, b->status == 200 && scans_are_so(b));
}

static enum err settle(struct db *db, void *arg, struct fault *fault)
{
    struct bed *b = arg;
    struct arena arena = {0};
    const struct programme *programme;
    enum err e = programme_cached(&b->app.write_tools->programmes, db, EVENT_SLUG, &programme, NULL);
    if (e == OK) e = conflict_settle(db, &arena, programme->event_id, b->ids[1], "desk", clock_now_ms(), fault);
    arena_release(&arena);
    return e;
}

static int status_of(enum err e)
{
    if (e == OK) return 200;
    return e == ERR_NOMEM || e == ERR_IO || e == ERR_FULL || e == ERR_BUSY ? 503 : 400;
}

static void run_settle(struct bed *b)
{
    struct fault fault = {0};
    enum err e = writer_run(b->app.writer, settle, b, &fault);
    b->status = status_of(e);
    (void)snprintf(b->answer, sizeof b->answer, "%s: %s", err_name(e), fault.text);
    b->requests++;
}

static bool settle_is_so(struct bed *b)
{
    char sql[200];
    (void)snprintf(sql, sizeof sql, "SELECT COUNT(*) FROM conflict_settled c JOIN scan s ON s.id = c.scan WHERE s.scan_id = '%s'", b->ids[1]);
    return number_of(b, sql) == 1;
}

/* What a gate carried over on a stick. */
static void prepare_import(struct bed *b)
{
    struct arena arena = {0};
    char hash[CRYPTO_HASH_HEX], when[CLOCK_TEXT_SIZE];
    make_scans(b, 5);
    crypto_sha256_hex(b->event.key, strlen(b->event.key), hash);
    const char *inside = arena_printf(&arena, "{\"device\":\"%s\",\"event\":\"" EVENT_SLUG "\",\"gate\":\"main\",\"exported_at\":\"%s\",\"offset_ms\":0,\"scans\":%s}",
                                      b->event.device, clock_format(clock_now_ms(), when), b->scans);
    FILE *out = fopen(b->file, "w");
    if (!out) abort();
    fprintf(out, "{\"format\":\"" SCAN_FILE_FORMAT "\",\"device\":\"%s\",\"sealed\":\"%s\"}\n", b->event.device, scan_seal(&arena, hash, inside));
    (void)fclose(out);
    arena_release(&arena);
}

static void run_import(struct bed *b)
{
    struct scan_file_options options = {.folder = b->folder, .file = b->file};
    struct fault fault = {0};
    json_t *report = NULL;
    enum err e = scan_file_import(&options, &report, &fault);
    b->status = status_of(e);
    long invalid = (long)json_integer_value(json_object_get(report, "invalid"));
    if (e == OK && (invalid || json_integer_value(json_object_get(report, "scans")) != (json_int_t)b->count)) b->status = 400;
    (void)snprintf(b->answer, sizeof b->answer, "%s, %ld invalid: %s", err_name(e), invalid, fault.text);
    json_decref(report);
    b->requests++;
}

static bool import_is_so(struct bed *b) { return recorded(b) == (long)b->count; }

/* --- the faults ------------------------------------------------------------------------------------------------------------------------- */

static const char *kind_name(enum fault_kind kind)
{
    static const char *const names[] = {"memory", "EIO", "full disk", "short write"};
    return names[kind];
}

static void complain(struct bed *b, const char *what)
{
    CHECK(&b->kit.check, 0);
    printf("# %s: %s; status %d: %.300s\n", b->what, what, b->status, b->status > 0 ? body_of(b)[0] ? body_of(b) : b->answer : "");
}

static bool may_be_status(int status) { return status == 0 || status == 200 || status == 500 || status == 503 || status == 507; }

/* One request with the nth chance failing. Returns whether there was a fault. */
static bool try_once(struct bed *b, const struct act *act, enum fault_kind kind, long nth, long times)
{
    struct fault fault = {0};
    char what[160];
    (void)snprintf(what, sizeof what, "%s, %s %ld%s", act->name, kind_name(kind), nth, times ? "" : " and all that follow");
    b->what = what;
    act->prepare(b);
    (void)alarm(120);
    ground_plan(kind, act->fails_here ? FAULT_HERE : FAULT_ELSEWHERE, nth, times);
    act->run(b);
    long faults = ground_calm();
    b->faults += faults;
    if (b->status < 0) complain(b, "the server is silent");
    else if (!may_be_status(b->status)) complain(b, "a wrong reason");
    else if (b->status == 200 && !act->is_so(b)) complain(b, "IT SAYS YES, AND IT IS NOT SO");
    else b->kit.check.passed++;
    act->run(b);
    if (b->status != 200 || !act->is_so(b)) complain(b, "does not work again");
    else b->kit.check.passed++;
    if (b->requests % 128 == 0 && !CHECK(&b->kit.check, figures_verify(b->db, EVENT_SLUG, &fault) == OK)) printf("# %s: %s\n", b->what, fault.text);
    (void)alarm(0);
    return faults > 0;
}

static void sweep(struct bed *b, const struct act *act, enum fault_kind kind, long times)
{
    size_t stride = b->kit.is_long ? 1 : kind == FAULT_MEMORY ? act->stride : act->io_stride;
    long nth = 1 + (long)chance_below(&b->chance, stride);
    int64_t begun = clock_steady_ms();
    long first = nth;
    while (try_once(b, act, kind, nth, times) && b->kit.check.failed <= 20) {
        if (!CHECK(&b->kit.check, nth < 100000)) break;
        nth += (long)stride;
    }
    printf("# %-16s %-12s %s: %ld to %ld by %zu, %lld ms\n", act->name, kind_name(kind), times ? "once" : "from then on", first, nth, stride,
           (long long)(clock_steady_ms() - begun));
}

static void all_faults(struct bed *b)
{
    static const struct act acts[] = {
        {"check-in of 3", prepare_few, ask, scans_are_so, false, 1, 1},
        {"check-in of 64", prepare_many, ask, scans_are_so, false, 997, 29},
        {"undo", prepare_undo, ask, undo_is_so, false, 3, 1},
        {"roster", prepare_roster, ask, roster_is_so, false, 997, 1},
        {"settling", prepare_conflict, run_settle, settle_is_so, false, 1, 1},
        {"import", prepare_import, run_import, import_is_so, true, 17, 1},
    };
    static const struct {
        enum fault_kind kind;
        long times;
    } faults[] = {{FAULT_MEMORY, 1}, {FAULT_MEMORY, 0}, {FAULT_IO, 1}, {FAULT_IO, 0}, {FAULT_FULL, 1}, {FAULT_FULL, 0}, {FAULT_SHORT, 1}};
    for (size_t i = 0; i < sizeof acts / sizeof *acts; i++)
        for (size_t k = 0; k < sizeof faults / sizeof *faults && b->kit.check.failed <= 20; k++) sweep(b, &acts[i], faults[k].kind, faults[k].times);
}

static bool start(struct bed *b)
{
    struct fault fault = {0};
    kit_make_folder(&b->kit, "data", b->folder);
    (void)snprintf(b->database, sizeof b->database, "%.256s/plenum.db", b->folder);
    (void)snprintf(b->file, sizeof b->file, "%.256s/scans.json", b->folder);
    struct serve_options options = {.data = b->folder, .listen = "127.0.0.1:0"};
    if (!event_make(&b->kit.check, b->folder, PEOPLE, &b->event)) return false;
    enum err e = serve_start(&options, &b->app, &fault);
    if (e == OK) e = store_connect(&b->app.store, DB_READ, &b->db, &fault);
    if (!CHECK(&b->kit.check, e == OK)) printf("# the server does not start: %s\n", fault.text);
    b->port = (uint16_t)b->app.plain_port;
    return e == OK;
}

int main(int argc, char **argv)
{
    static struct bed b;
    struct fault fault = {0};
    kit_start(&b.kit, "torture server", argc, argv);
    (void)signal(SIGPIPE, SIG_IGN);
    b.chance.state = b.kit.seed;
    if (start(&b)) {
        all_faults(&b);
        CHECK(&b.kit.check, b.faults > 100);
        if (!CHECK(&b.kit.check, figures_verify(b.db, EVENT_SLUG, &fault) == OK)) printf("# %s\n", fault.text);
        printf("# %ld requests, %ld faults\n", b.requests, b.faults);
        db_close(b.db);
        serve_stop(&b.app);
        CHECK_TEXT(&b.kit.check, kit_integrity(b.database), "ok");
    }
    return kit_end(&b.kit, "torture server");
}
