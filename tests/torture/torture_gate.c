/* A gate whose memory, disk and every single write fail, one after the other: while it reads a badge and decides, alone or with a server; while it sends what
 * waits, takes the list, starts, and writes an export.
 *
 * Each time: what the person is told is on the disk as told, or they are told "kept for later" and it is kept, or "not kept"; never another decision than the
 * rule's; what counts as sent is in the server's record; nothing is set aside for want of memory; and the next try does all that it should. */
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/json.h"
#include "scanner/commands.h"
#include "scanner/door.h"
#include "scanner/identity.h"
#include "scanner/sync/send.h"
#include "server/serve.h"
#include "tests/torture/event.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#define PEOPLE 120
#define ABSENCE_MS 0 /* every sight is a showing */

struct gate {
    struct kit kit;
    struct chance chance;
    char data[256], database[300], spool[256], queue_file[300], export_file[300], url[64];
    struct event event;
    struct app app;
    struct sync_settings settings;
    struct identity identity;
    struct send_context sender;
    struct queue queue;
    struct feedback *feedback;
    struct door door;
    /* one try */
    char token[ID_TOKEN_SIZE];
    const char *rule;     /* what the rule says of it */
    char told[24], scan_id[ID_UUID_SIZE];
    size_t told_count, next_person, person;
    enum { OUT, IN, UNKNOWN } came[PEOPLE + 1]; /* what the gate must know of them */
    enum err result;
    struct fault fault;
    long faults, tries;
    const char *what;
};

struct act {
    const char *name;
    void (*prepare)(struct gate *g);
    void (*run)(struct gate *g);    /* sets result */
    bool (*is_so)(struct gate *g);  /* after OK: all is done; after an error: nothing is said that is not */
    size_t stride, io_stride;
};

static struct gate *listening; /* whose people are told */

void __real_feedback_result(struct feedback *feedback, const struct result *result);
void __wrap_feedback_result(struct feedback *feedback, const struct result *result);

/* The person hears it now. */
void __wrap_feedback_result(struct feedback *feedback, const struct result *result)
{
    struct gate *g = listening;
    g->told_count++;
    (void)snprintf(g->told, sizeof g->told, "%s", result->outcome);
    (void)snprintf(g->scan_id, sizeof g->scan_id, "%s", result->scan_id ? result->scan_id : "");
    __real_feedback_result(feedback, result);
}

/* --- looking ---------------------------------------------------------------------------------------------------------------------------- */

static int take_text(void *context, int columns, char **row, char **names)
{
    (void)columns;
    (void)names;
    (void)snprintf(context, 64, "%s", row[0] ? row[0] : "");
    return 0;
}

static const char *ask_file(const char *file, const char *sql)
{
    static char text[64];
    text[0] = '\0';
    return kit_query(file, sql, take_text, text) ? text : "?";
}

static bool counts(const char *file, const char *sql, long wanted) { return strtol(ask_file(file, sql), NULL, 10) == wanted; }

/* --- a badge ----------------------------------------------------------------------------------------------------------------------------- */

static void prepare_badge(struct gate *g)
{
    g->person = g->next_person++ % g->event.count;
    (void)snprintf(g->token, sizeof g->token, "%s", g->event.tokens[g->person]);
    g->rule = g->came[g->person] == IN ? "already_in" : g->came[g->person] == OUT ? "admitted" : NULL;
    if (g->tries % 5 != 4) return;
    id_token_make(g->token);
    g->person = PEOPLE;
    g->rule = "refused"; /* nobody's */
}

static void run_badge(struct gate *g)
{
    struct arena arena = {0};
    struct frame frame = {.text = g->token, .text_length = strlen(g->token), .number = 1, .at_us = clock_steady_us(), .stream_ms = -1};
    g->told_count = 0;
    g->told[0] = '\0';
    g->result = door_take_frame(&g->door, &frame, &arena, &g->fault);
    arena_release(&arena);
    bool enters = strcmp(g->told, "admitted") == 0 || strcmp(g->told, "already_in") == 0;
    if (g->person < PEOPLE && g->told_count) g->came[g->person] = enters ? IN : UNKNOWN;
}

/* What is on the disk of the scan that was just told of. */
static const char *kept(const struct gate *g, const char *column)
{
    char sql[160];
    (void)snprintf(sql, sizeof sql, "SELECT %s FROM scan WHERE scan_id = '%s'", column, g->scan_id);
    return ask_file(g->queue_file, sql);
}

static bool badge_is_so(struct gate *g)
{
    if (g->result != OK) return g->told_count == 0 && g->fault.text[0]; /* the picture was lost, and it is said */
    if (g->told_count != 1) return false;
    if (strcmp(g->told, "lost") == 0) return !g->scan_id[0];
    bool by_none = strcmp(kept(g, "told"), "ask") == 0;
    if (strcmp(g->told, "queued") == 0) return by_none;
    bool enters = strcmp(g->told, "admitted") == 0 || strcmp(g->told, "already_in") == 0;
    if (g->rule ? strcmp(g->told, g->rule) != 0 : !enters) return false;
    if (!by_none) return strcmp(kept(g, "told"), g->told) == 0;
    /* What the server said may still have to be written down: then the scan goes again, and is answered as before. */
    return g->door.client && (g->door.has_untold || strcmp(kept(g, "outcome"), g->told) == 0);
}

/* --- sending ------------------------------------------------------------------------------------------------------------------------------ */

static void prepare_send(struct gate *g)
{
    struct fault fault = {0};
    char id[ID_UUID_SIZE];
    for (int i = 0; i < 3; i++) {
        size_t person = g->next_person++ % g->event.count;
        g->came[person] = UNKNOWN;
        struct queued_scan scan = {.token = g->event.tokens[person], .gate = "main", .direction = "in"};
        CHECK(&g->kit.check, queue_add(&g->queue, &scan, id, &fault) == OK && queue_tell(&g->queue, id, i ? "admitted" : "ask", NULL, 1, &fault) == OK);
    }
}

static void run_send(struct gate *g)
{
    size_t sent;
    do g->result = send_batch(&g->sender, &sent, &g->fault);
    while (g->result == OK && sent);
}

struct reconciling {
    struct gate *g;
    bool good;
};

static int reconcile(void *context, int columns, char **row, char **names)
{
    struct reconciling *r = context;
    char sql[160];
    (void)columns;
    (void)names;
    (void)snprintf(sql, sizeof sql, "SELECT COUNT(*) FROM scan WHERE scan_id = '%s'", row[0]);
    if (!counts(r->g->database, sql, 1)) r->good = false;
    return 0;
}

static bool send_is_so(struct gate *g)
{
    struct reconciling r = {g, true};
    bool good = kit_query(g->queue_file, "SELECT scan_id FROM scan WHERE state = 'sent' ORDER BY seq DESC LIMIT 8", reconcile, &r) && r.good;
    good = good && counts(g->queue_file, "SELECT COUNT(*) FROM scan WHERE state = 'set_aside'", 0) && !g->sender.revoked;
    if (g->result == OK) return good && counts(g->queue_file, "SELECT COUNT(*) FROM scan WHERE state IN ('waiting', 'asking')", 0);
    return good && g->fault.text[0];
}

/* --- the list, the start, the export ------------------------------------------------------------------------------------------------------ */

static void prepare_roster(struct gate *g) { CHECK(&g->kit.check, roster_clear(g->sender.queue.db, &g->fault) == OK); }
static void run_roster(struct gate *g) { g->result = send_fetch_roster(&g->sender, &g->fault); }

static bool roster_is_so(struct gate *g)
{
    if (g->sender.revoked) return false;
    if (g->result != OK) return g->fault.text[0] && counts(g->queue_file, "SELECT COUNT(*) FROM roster_head", 0);
    return counts(g->queue_file, "SELECT COUNT(*) FROM roster_entry WHERE record IS NOT NULL", PEOPLE) && counts(g->queue_file, "SELECT COUNT(*) FROM roster_head", 1);
}

static void prepare_nothing(struct gate *g) { (void)g; }

static void run_start(struct gate *g)
{
    struct arena arena = {0};
    struct queue queue = {0};
    struct roster roster = {0};
    struct identity identity;
    g->result = identity_load(&arena, g->spool, &identity, &g->fault);
    if (g->result == OK) g->result = queue_open(g->spool, true, &queue, &g->fault);
    if (g->result == OK) g->result = queue_recover(&queue, &g->fault);
    if (g->result == OK) g->result = roster_load(&roster, queue.db, &g->fault);
    if (g->result == OK && !roster.known) g->result = ERR_BUG;
    roster_release(&roster);
    queue_close(&queue);
    arena_release(&arena);
}

static bool start_is_so(struct gate *g) { return g->result == OK || (g->result != ERR_NOT_FOUND && g->result != ERR_BUG && g->fault.text[0]); }

static void run_store(struct gate *g) { g->result = identity_store(g->spool, &g->identity, &g->fault); }

static bool store_is_so(struct gate *g)
{
    struct arena arena = {0};
    struct identity identity;
    bool good = identity_load(&arena, g->spool, &identity, NULL) == OK && strcmp(identity.key, g->event.key) == 0;
    arena_release(&arena);
    return good && (g->result == OK || g->fault.text[0]);
}

static void prepare_export(struct gate *g)
{
    run_send(g);
    prepare_send(g);
    (void)unlink(g->export_file);
}

static void run_export(struct gate *g)
{
    char *arguments[] = {"queue", "export", g->export_file, "--spool", g->spool, NULL};
    int code = command_queue(5, arguments);
    g->result = code == 0 ? OK : ERR_IO;
    (void)snprintf(g->fault.text, sizeof g->fault.text, "exit code %d", code);
}

/* Whole, or not there; with as many as wait. */
static bool export_is_so(struct gate *g)
{
    struct arena arena = {0};
    char *text;
    size_t length;
    json_t *value = NULL;
    enum err e = file_read(&arena, g->export_file, 1 << 20, &text, &length, NULL);
    bool good = e == ERR_NOT_FOUND ? g->result != OK : e == OK && json_read(text, length, &value, NULL) == OK;
    if (value) good = json_is_string(json_object_get(value, "sealed")) &&
                      counts(g->queue_file, "SELECT COUNT(*) FROM scan WHERE state <> 'sent'", (long)json_integer_value(json_object_get(value, "count")));
    json_decref(value);
    arena_release(&arena);
    return good;
}

/* --- the faults ---------------------------------------------------------------------------------------------------------------------------- */

static void complain(struct gate *g, const char *what)
{
    CHECK(&g->kit.check, 0);
    printf("# %s: %s: %s, told \"%s\" of %s, kept \"%s\" (%.200s)\n", g->what, what, err_name(g->result), g->told, g->rule ? g->rule : "-",
           g->scan_id[0] ? kept(g, "told") : "-", g->fault.text);
}

static bool try_once(struct gate *g, const struct act *act, enum fault_kind kind, long nth, long times)
{
    static const char *const names[] = {"memory", "EIO", "full disk", "short write"};
    char what[160];
    (void)snprintf(what, sizeof what, "%s, %s %ld%s", act->name, names[kind], nth, times ? "" : " and all that follow");
    g->what = what;
    g->tries++;
    act->prepare(g);
    g->fault = (struct fault){0};
    (void)alarm(120);
    ground_plan(kind, FAULT_HERE, nth, times);
    act->run(g);
    long faults = ground_calm();
    g->faults += faults;
    if (!act->is_so(g)) complain(g, "WHAT IT SAYS IS NOT SO");
    else g->kit.check.passed++;
    act->prepare(g);
    act->run(g);
    if (g->result != OK || !act->is_so(g) || strcmp(g->told, "lost") == 0) complain(g, "does not work again");
    else g->kit.check.passed++;
    (void)alarm(0);
    return faults > 0;
}

static void sweep(struct gate *g, const struct act *act, enum fault_kind kind, long times)
{
    size_t stride = g->kit.is_long ? 1 : kind == FAULT_MEMORY ? act->stride : act->io_stride;
    long nth = 1 + (long)chance_below(&g->chance, stride);
    int64_t begun = clock_steady_ms();
    while (try_once(g, act, kind, nth, times) && g->kit.check.failed <= 20 && CHECK(&g->kit.check, nth < 100000)) nth += (long)stride;
    printf("# %-20s %d %s: to %ld by %zu, %lld ms\n", act->name, (int)kind, times ? "once" : "from then on", nth, stride, (long long)(clock_steady_ms() - begun));
    g->told[0] = '\0';
}

static void all_kinds(struct gate *g, const struct act *act)
{
    static const struct {
        enum fault_kind kind;
        long times;
    } faults[] = {{FAULT_MEMORY, 1}, {FAULT_MEMORY, 0}, {FAULT_IO, 1}, {FAULT_IO, 0}, {FAULT_FULL, 1}, {FAULT_FULL, 0}, {FAULT_SHORT, 1}};
    for (size_t i = 0; i < sizeof faults / sizeof *faults && g->kit.check.failed <= 20; i++) sweep(g, act, faults[i].kind, faults[i].times);
}

static void quiet(void *context, enum sync_event event, const char *text)
{
    (void)context;
    (void)event;
    (void)text;
}

/* With the server: the door asks it, and a thread of its own sends what was not answered. */
static void with_server(struct gate *g)
{
    static const struct act act = {"badge, server asked", prepare_badge, run_badge, badge_is_so, 2, 1};
    struct http_settings http = {.server = g->url, .key = g->event.key};
    struct fault fault = {0};
    CHECK(&g->kit.check, sync_start(&g->settings, &g->door.sync, &fault) == OK);
    g->door.client = http_client_new(&http);
    if (!CHECK(&g->kit.check, g->door.client && g->door.sync)) return;
    sync_wait_first(g->door.sync, 20000);
    for (int i = 0; i < 20; i++) { /* the fault-free way first: each kind of answer */
        prepare_badge(g);
        run_badge(g);
        CHECK(&g->kit.check, g->result == OK && badge_is_so(g));
    }
    all_kinds(g, &act);
    CHECK(&g->kit.check, sync_drain(g->door.sync, 20000, -1) == 0);
    sync_stop(g->door.sync);
    http_client_free(g->door.client);
    g->door.sync = NULL;
    g->door.client = NULL;
}

static void all_faults(struct gate *g)
{
    static const struct act acts[] = {
        {"start", prepare_nothing, run_start, start_is_so, 11, 1},
        {"badge, alone", prepare_badge, run_badge, badge_is_so, 1, 1},
        {"sending", prepare_send, run_send, send_is_so, 5, 1},
        {"list", prepare_roster, run_roster, roster_is_so, 331, 11},
        {"pairing kept", prepare_nothing, run_store, store_is_so, 1, 1},
        {"export", prepare_export, run_export, export_is_so, 31, 1},
    };
    for (size_t i = 0; i < sizeof acts / sizeof *acts && g->kit.check.failed <= 20; i++) {
        if (acts[i].run == run_send) (void)queue_recover(&g->queue, NULL);
        all_kinds(g, &acts[i]);
    }
}

static bool start_server(struct gate *g)
{
    struct fault fault = {0};
    struct serve_options options = {.data = g->data, .listen = "127.0.0.1:0"};
    if (!event_make(&g->kit.check, g->data, PEOPLE, &g->event)) return false;
    if (!CHECK(&g->kit.check, serve_start(&options, &g->app, &fault) == OK)) printf("# %s\n", fault.text);
    (void)snprintf(g->url, sizeof g->url, "http://127.0.0.1:%u", g->app.plain_port);
    return g->app.plain_port != 0;
}

static bool start_gate(struct gate *g)
{
    struct fault fault = {0};
    struct feedback_settings feedback = {.json = true};
    g->identity = (struct identity){.server = g->url, .device = g->event.device, .key = g->event.key, .event = EVENT_SLUG, .gate = "main"};
    g->identity.servers.urls[0] = g->url;
    g->identity.servers.count = 1;
    g->settings = (struct sync_settings){.spool = g->spool, .server = g->url, .key = g->event.key, .event = EVENT_SLUG, .tell = quiet};
    enum err e = http_client_start();
    if (e == OK) e = identity_store(g->spool, &g->identity, &fault);
    if (e == OK) e = queue_open(g->spool, true, &g->queue, &fault);
    if (e == OK) e = send_open(&g->sender, &g->settings, &fault);
    if (e == OK) e = send_fetch_roster(&g->sender, &fault);
    if (e == OK) e = feedback_start(&feedback, &g->feedback, &fault);
    g->door = (struct door){.queue = &g->queue, .feedback = g->feedback, .gate = "main", .direction = "in"};
    debounce_init(&g->door.badges, ABSENCE_MS);
    debounce_init(&g->door.others, ABSENCE_MS);
    if (!CHECK(&g->kit.check, e == OK)) printf("# the gate does not start: %s\n", fault.text);
    return e == OK;
}

/* The gate's own lines go beside the report. */
static void put_lines_aside(const struct gate *g, int *ret_report)
{
    char path[300];
    (void)snprintf(path, sizeof path, "%.256s/lines", g->data);
    (void)fflush(stdout);
    *ret_report = dup(STDOUT_FILENO);
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (*ret_report < 0 || fd < 0 || dup2(fd, STDOUT_FILENO) < 0) abort();
    close(fd);
    stdout = fdopen(*ret_report, "w");
    if (!stdout) abort();
    (void)setvbuf(stdout, NULL, _IOLBF, 0);
}

int main(int argc, char **argv)
{
    static struct gate g;
    int report;
    kit_start(&g.kit, "torture gate", argc, argv);
    (void)signal(SIGPIPE, SIG_IGN);
    g.chance.state = g.kit.seed;
    listening = &g;
    kit_make_folder(&g.kit, "data", g.data);
    kit_make_folder(&g.kit, "spool", g.spool);
    (void)snprintf(g.database, sizeof g.database, "%.256s/plenum.db", g.data);
    (void)snprintf(g.queue_file, sizeof g.queue_file, "%.256s/queue.db", g.spool);
    (void)snprintf(g.export_file, sizeof g.export_file, "%.256s/export.json", g.spool);
    if (start_server(&g) && start_gate(&g)) {
        put_lines_aside(&g, &report);
        all_faults(&g);
        run_send(&g);
        with_server(&g);
        door_release(&g.door);
        send_close(&g.sender);
        queue_close(&g.queue);
        feedback_stop(g.feedback);
        serve_stop(&g.app);
        CHECK_TEXT(&g.kit.check, kit_integrity(g.queue_file), "ok");
        CHECK(&g.kit.check, g.faults > 100);
        printf("# %ld tries, %ld faults\n", g.tries, g.faults);
    }
    http_client_finish();
    return kit_end(&g.kit, "torture gate");
}
