/* A gate's folder and the power: thousands of times it goes at a chance moment, and each time the gate starts again from what a disk may then hold.
 *
 * What must hold (scanner/queue/queue.h): a scan that was kept is there once, in order, as it was read; what a person was told stands; what was answered is not
 * sent as something else; what was not answered waits; the file is sound and the gate starts. The pairing and an export are the old or the new one, whole. */
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/id.h"
#include "scanner/identity.h"
#include "scanner/queue/queue.h"
#include "scanner/roster/roster.h"
#include "tests/torture/kit.h"

#include <stdlib.h>

#define MOST 600         /* scans in one life of a folder */
#define STEPS 60         /* in one round, between two power cuts that last */
#define CRASHES 24       /* power cuts of one round that are looked at */
#define ROUNDS 60
#define LIFE 12          /* rounds of one folder, then a new one */
#define NEVER SIZE_MAX

/* What was begun, and what was promised, as places of the disk's log. */
struct fact {
    size_t begun, done;
};

struct scan {
    char id[ID_UUID_SIZE], token[ID_TOKEN_SIZE];
    bool out;
    int64_t scanned_ms, steady_ms;
    struct fact added, told, settled;
    const char *word, *outcome; /* what they were told; what the server said */
    bool aside, resent;         /* resent: another server took over; it may wait again */
};

struct place {
    struct kit kit;
    struct chance chance;
    char folder[256], database[300];
    struct disk *disk;
    struct queue door, sync; /* two connections, as in the program */
    struct scan scans[MOST];
    size_t count;
    struct versions {
        int64_t base; /* what was there when the round began */
        size_t count; /* versions since: base + 1, … */
        struct fact facts[STEPS];
    } roster, identity, export;
    int64_t epoch;
    bool has_copy;
    long crashes, kept;
};

static const char *const words[] = {"admitted", "refused", "already_in", "ask", "left"};
static const struct fact done_before = {0, 0}, not_yet = {NEVER, NEVER};

static size_t now(struct place *p) { return disk_place(p->disk); }

static int64_t next_version(struct place *p, struct versions *v)
{
    v->facts[v->count++] = (struct fact){now(p), NEVER};
    return v->base + (int64_t)v->count;
}

static void promise_version(struct place *p, struct versions *v) { v->facts[v->count - 1].done = now(p); }

/* --- the gate at work ----------------------------------------------------------------------------------------------------------- */

static bool fine(struct place *p, enum err e, const char *what, const struct fault *fault)
{
    if (e != OK) printf("# %s: %s (%s)\n", what, err_name(e), fault ? fault->text : "");
    return CHECK(&p->kit.check, e == OK);
}

static void add(struct place *p)
{
    if (p->count == MOST) return;
    struct fault fault = {0};
    struct scan *s = &p->scans[p->count];
    *s = (struct scan){.out = chance_one_in(&p->chance, 4), .told = not_yet, .settled = not_yet, .added = {now(p), NEVER}};
    id_token_make(s->token);
    struct queued_scan scan = {.token = s->token, .gate = "main", .direction = s->out ? "out" : "in"};
    if (!fine(p, queue_add(&p->door, &scan, s->id, &fault), "add", &fault)) return;
    s->scanned_ms = scan.scanned_ms;
    s->steady_ms = scan.steady_ms;
    s->added.done = now(p);
    p->count++;
    if (chance_one_in(&p->chance, 6)) return; /* the power goes between reading and telling */
    s->word = s->out ? "left" : words[chance_below(&p->chance, 4)];
    s->told.begun = now(p);
    if (fine(p, queue_tell(&p->door, s->id, s->word, strcmp(s->word, "refused") == 0 ? "full" : NULL, 7, &fault), "tell", &fault)) s->told.done = now(p);
}

struct keeping {
    struct place *p;
    struct scan *scans[QUEUE_BATCH_MOST];
    size_t count;
};

static enum err keep(struct db *db, void *arg, struct fault *fault)
{
    struct keeping *k = arg;
    enum err e = OK;
    (void)db;
    for (size_t i = 0; e == OK && i < k->count; i++) {
        struct scan *s = k->scans[i];
        if (s->aside) e = queue_set_aside(&k->p->sync, s->id, "invalid", "unknown_gate", fault);
        else e = queue_settle(&k->p->sync, s->id, s->outcome, NULL, false, fault);
    }
    return e;
}

static struct scan *scan_of(struct place *p, const char *id)
{
    for (size_t i = p->count; i-- > 0;)
        if (strcmp(p->scans[i].id, id) == 0) return &p->scans[i];
    return NULL;
}

/* What goes over the wire must be what was read. */
static void check_sent(struct place *p, const struct queued_scan *sent, const struct scan *s)
{
    bool same = CHECK(&p->kit.check, s != NULL) && strcmp(sent->token, s->token) == 0 && strcmp(sent->gate, "main") == 0 && sent->scanned_ms == s->scanned_ms &&
                strcmp(sent->direction, s->out ? "out" : "in") == 0 && sent->steady_ms == s->steady_ms;
    CHECK(&p->kit.check, same);
}

static void send(struct place *p)
{
    struct arena arena = {0};
    struct fault fault = {0};
    struct queued_scan *list;
    size_t count;
    struct keeping k = {.p = p};
    size_t most = 1 + chance_below(&p->chance, QUEUE_BATCH_MOST);
    if (fine(p, queue_waiting(&p->sync, &arena, (int64_t)most, &list, &count, &fault), "waiting", &fault)) {
        for (size_t i = 0; i < count; i++) {
            struct scan *s = scan_of(p, list[i].scan_id);
            check_sent(p, &list[i], s);
            if (!s) continue;
            s->aside = chance_one_in(&p->chance, 12);
            s->outcome = s->aside ? "invalid" : s->out ? "left" : "admitted";
            s->settled = (struct fact){now(p), NEVER};
            k.scans[k.count++] = s;
        }
        if (k.count && fine(p, db_transaction(p->sync.db, keep, &k, &fault), "settle", &fault))
            for (size_t i = 0; i < k.count; i++) k.scans[i]->settled.done = now(p);
    }
    arena_release(&arena);
}

static void note_server(struct place *p)
{
    struct fault fault = {0};
    char epoch[32];
    int64_t again = 0;
    bool takes_over = chance_one_in(&p->chance, 16);
    if (takes_over) {
        p->epoch++;
        for (size_t i = 0; i < p->count; i++) p->scans[i].resent = true;
    }
    p->has_copy = chance_one_in(&p->chance, 2);
    (void)snprintf(epoch, sizeof epoch, "%lld.abc", (long long)p->epoch);
    struct queue_server server = {.epoch = epoch, .has_copy = p->has_copy, .copy_lag_ms = chance_one_in(&p->chance, 3) ? -1 : 100};
    (void)fine(p, queue_note_server(&p->sync, &server, &again, &fault), "note the server", &fault);
}

static void take_roster(struct place *p)
{
    char text[2048];
    struct fault fault = {0};
    int64_t version = next_version(p, &p->roster);
    (void)snprintf(text, sizeof text,
                   "{\"version\":%lld,\"full\":true,\"server_time\":\"2026-01-01T00:00:00.000Z\",\"event\":{\"slug\":\"e\",\"timezone\":\"Asia/Ho_Chi_Minh\","
                   "\"opens_at\":\"2026-01-01T00:00:00.000Z\",\"closes_at\":\"2036-01-01T00:00:00.000Z\"},\"gate\":{\"code\":\"main\",\"kind\":\"entry\",\"area\":"
                   "\"hall\",\"direction\":\"both\",\"reentry\":true,\"admits\":null},\"categories\":[{\"code\":\"official\"}],\"sessions\":[],\"entries\":[{\"id\":"
                   "\"%064llx\",\"category\":\"official\",\"status\":\"summoned\",\"credential\":\"active\"}],\"removed\":[]}",
                   (long long)version, (unsigned long long)version);
    if (fine(p, roster_take(p->sync.db, text, strlen(text), NULL, &(struct roster_clock){0}, &fault), "roster", &fault)) promise_version(p, &p->roster);
}

static void store_identity(struct place *p)
{
    struct fault fault = {0};
    char key[32];
    int64_t version = next_version(p, &p->identity);
    (void)snprintf(key, sizeof key, "key-%lld", (long long)version);
    struct identity identity = {.server = "http://127.0.0.1:1", .device = "ABCDEFGH", .key = key, .event = "test-1", .gate = "main"};
    identity.servers.urls[0] = identity.server;
    identity.servers.count = 1;
    if (fine(p, identity_store(p->folder, &identity, &fault), "identity", &fault)) promise_version(p, &p->identity);
}

#define EXPORT_BYTES 20000
static void put_export(int64_t version, char *text)
{
    (void)snprintf(text, 32, "%020lld:", (long long)version);
    memset(text + 21, 'a' + (int)(version % 26), EXPORT_BYTES - 21);
}

static void write_export(struct place *p)
{
    static char text[EXPORT_BYTES];
    char path[300];
    struct fault fault = {0};
    int64_t version = next_version(p, &p->export);
    put_export(version, text);
    (void)snprintf(path, sizeof path, "%.256s/export.json", p->folder);
    if (fine(p, file_write_atomic(path, text, sizeof text, 0600, &fault), "export", &fault)) promise_version(p, &p->export);
}

static void step(struct place *p)
{
    size_t what = chance_below(&p->chance, 100);
    if (what < 55) add(p);
    else if (what < 80) send(p);
    else if (what < 86) note_server(p);
    else if (what < 91) take_roster(p);
    else if (what < 94) store_identity(p);
    else if (what < 96) write_export(p);
    else kit_checkpoint(p->database, (int)chance_below(&p->chance, 3));
}

/* --- after the power came back -------------------------------------------------------------------------------------------------------- */

struct looking {
    struct place *p;
    size_t place, at; /* of the scans: what the next row may be */
    size_t waiting;
};

static void complain(const struct looking *l, const struct scan *s, const char *what, char **row)
{
    CHECK(&l->p->kit.check, 0);
    printf("# place %zu: scan %s: %s", l->place, s ? s->id : "?", what);
    if (s) printf(" (added %zu, told %zu, settled %zu)", s->added.done, s->told.done, s->settled.done);
    if (row) printf(" row %s %s %s %s", row[0], row[5], row[6], row[7] ? row[7] : "-");
    printf("\n");
}

static bool was_done(struct fact fact, size_t place) { return fact.done != NEVER && fact.done <= place; }
static bool was_begun(struct fact fact, size_t place) { return fact.begun != NEVER && fact.begun <= place; }

/* scan_id, token, direction, scanned_ms, steady_ms, state, told, outcome */
#define ALL_ROWS "SELECT scan_id, token, direction, scanned_ms, steady_ms, state, told, outcome FROM scan ORDER BY seq"

static void judge_row(struct looking *l, const struct scan *s, char **row)
{
    const char *state = row[5];
    bool is_sent = strcmp(state, "sent") == 0, is_aside = strcmp(state, "set_aside") == 0, waits = strcmp(state, "waiting") == 0;
    if (strcmp(row[2], s->out ? "out" : "in") != 0 || strtoll(row[3], NULL, 10) != s->scanned_ms || strtoll(row[4], NULL, 10) != s->steady_ms)
        complain(l, s, "is not as it was read", row);
    if (row[1] ? strcmp(row[1], s->token) != 0 : !is_sent) complain(l, s, "has another token, or none", row);
    /* What the server that is lost had answered becomes what was told, where nobody else had told anything. */
    bool by_server = s->resent && strcmp(row[6], s->out ? "left" : "admitted") == 0;
    if (was_done(s->told, l->place) && strcmp(row[6], s->word) != 0 && !(by_server && strcmp(s->word, "ask") == 0))
        complain(l, s, "the person was told something else", row);
    if (!was_begun(s->told, l->place) && strcmp(row[6], "ask") != 0 && !by_server) complain(l, s, "nobody was told anything", row);
    if (!is_sent && !is_aside && !waits) complain(l, s, "is in a strange state after the start", row);
    if (was_done(s->settled, l->place) && !s->resent && (s->aside ? !is_aside : !is_sent)) complain(l, s, "was answered, and waits", row);
    if (!was_begun(s->settled, l->place) && !s->resent && !waits) complain(l, s, "was not answered, and does not wait", row);
    if ((is_sent || is_aside) && !s->resent && (!row[7] || strcmp(row[7], s->outcome) != 0)) complain(l, s, "has another answer", row);
    l->waiting += waits;
}

static int judge(void *context, int columns, char **row, char **names)
{
    struct looking *l = context;
    (void)columns;
    (void)names;
    for (; l->at < l->p->count; l->at++) {
        const struct scan *s = &l->p->scans[l->at];
        if (strcmp(s->id, row[0]) == 0) break;
        if (was_done(s->added, l->place)) complain(l, s, "IS LOST", NULL);
    }
    if (l->at == l->p->count) {
        complain(l, NULL, "is there twice, out of order, or was never read", row);
        return 0;
    }
    if (!was_begun(l->p->scans[l->at].added, l->place)) complain(l, &l->p->scans[l->at], "comes from the future", row);
    judge_row(l, &l->p->scans[l->at++], row);
    return 0;
}

/* One that was begun, and none that is older than the newest that was promised. 0: none at all. */
static bool may_be(const struct versions *v, int64_t seen, size_t place)
{
    if (seen < v->base || seen > v->base + (int64_t)v->count) return false;
    if (seen > v->base && !was_begun(v->facts[seen - v->base - 1], place)) return false;
    for (size_t i = (size_t)(seen - v->base); i < v->count; i++)
        if (was_done(v->facts[i], place)) return false;
    return true;
}

static void look_at_files(struct place *p, const char *folder, size_t place)
{
    struct check *c = &p->kit.check;
    struct arena arena = {0};
    struct fault fault = {0};
    struct identity identity = {0};
    char *text, path[300], wanted[EXPORT_BYTES];
    size_t length = 0;
    enum err e = identity_load(&arena, folder, &identity, &fault);
    int64_t seen = e == OK ? strtoll(identity.key + 4, NULL, 10) : 0;
    if (!CHECK(c, e == OK || (e == ERR_NOT_FOUND && p->identity.base == 0))) printf("# place %zu: identity: %s\n", place, fault.text);
    CHECK(c, may_be(&p->identity, seen, place));
    (void)snprintf(path, sizeof path, "%.256s/export.json", folder);
    e = file_read(&arena, path, 1 << 20, &text, &length, &fault);
    seen = e == OK ? strtoll(text, NULL, 10) : 0;
    CHECK(c, may_be(&p->export, seen, place));
    if (e == OK) put_export(seen, wanted);
    CHECK(c, e == ERR_NOT_FOUND || (length == EXPORT_BYTES && memcmp(text, wanted, EXPORT_BYTES) == 0));
    arena_release(&arena);
}

static void look_at_waiting(struct place *p, struct queue *queue, const struct looking *l)
{
    struct arena arena = {0};
    struct fault fault = {0};
    struct queued_scan *list;
    size_t count = 0;
    if (fine(p, queue_waiting(queue, &arena, MOST + 1, &list, &count, &fault), "waiting", &fault))
        for (size_t i = 0; i < count; i++) check_sent(p, &list[i], scan_of(p, list[i].scan_id));
    CHECK(&p->kit.check, count == l->waiting);
    arena_release(&arena);
}

/* Starts the gate in a folder as the crash left it. False: it does not start. */
static bool look(struct place *p, const char *folder, size_t place)
{
    struct fault fault = {0};
    struct queue queue = {0};
    struct roster roster = {0};
    struct looking l = {.p = p, .place = place};
    char database[300], id[ID_UUID_SIZE];
    (void)snprintf(database, sizeof database, "%.256s/queue.db", folder);
    look_at_files(p, folder, place);
    enum err e = queue_open(folder, true, &queue, &fault);
    if (e == OK) e = queue_recover(&queue, &fault);
    if (!fine(p, e, "THE GATE DOES NOT START", &fault)) return false;
    if (fine(p, roster_load(&roster, queue.db, &fault), "roster", &fault))
        CHECK(&p->kit.check, may_be(&p->roster, roster.known ? roster.version : 0, place));
    CHECK(&p->kit.check, kit_query(database, ALL_ROWS, judge, &l));
    for (; l.at < p->count; l.at++)
        if (was_done(p->scans[l.at].added, place)) complain(&l, &p->scans[l.at], "IS LOST", NULL);
    look_at_waiting(p, &queue, &l);
    CHECK_TEXT(&p->kit.check, kit_integrity(database), "ok");
    struct queued_scan scan = {.token = "0123456789ABCDEF", .gate = "main", .direction = "in"};
    (void)fine(p, queue_add(&queue, &scan, id, &fault), "the next scan", &fault);
    roster_release(&roster);
    queue_close(&queue);
    p->crashes++;
    return true;
}

/* --- rounds --------------------------------------------------------------------------------------------------------------------------- */

static void crash_into(struct place *p, size_t place, const char *folder)
{
    char path[300];
    size_t style = chance_below(&p->chance, CRASH_STYLES + 1);
    disk_crash(p->disk, place, style >= CRASH_STYLES ? CRASH_ANY : (enum crash_style)style, &p->chance, folder);
    if (!chance_one_in(&p->chance, 6)) return; /* what shared memory may look like after a crash */
    (void)snprintf(path, sizeof path, "%.256s/queue.db-shm", folder);
    FILE *out = fopen(path, "wb");
    for (int i = 0; out && i < 32768; i++) (void)fputc((int)chance_below(&p->chance, 256), out);
    if (out) (void)fclose(out);
}

/* The folder goes on as the last crash left it: what is there now is what there is. */
static int take_over(void *context, int columns, char **row, char **names)
{
    struct looking *l = context;
    (void)columns;
    (void)names;
    struct scan *s = scan_of(l->p, row[0]);
    if (!s) return 0;
    bool waits = strcmp(row[5], "waiting") == 0 || strcmp(row[5], "asking") == 0;
    s->added = done_before;
    s->told = strcmp(row[5], "asking") == 0 ? not_yet : done_before;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (strcmp(row[6], words[i]) == 0) s->word = words[i];
    s->settled = waits ? not_yet : done_before;
    s->aside = strcmp(row[5], "set_aside") == 0;
    s->outcome = s->aside ? "invalid" : s->out ? "left" : "admitted";
    s->resent = false;
    l->p->scans[l->at++] = *s;
    return 0;
}

static int64_t file_version(const char *folder, const char *name)
{
    struct arena arena = {0};
    char path[300], *text;
    size_t length;
    (void)snprintf(path, sizeof path, "%.256s/%s", folder, name);
    enum err e = file_read(&arena, path, 1 << 20, &text, &length, NULL);
    int64_t version = e == OK ? strtoll(text, NULL, 10) : 0;
    const char *key = e == OK ? strstr(text, "key-") : NULL;
    if (key) version = strtoll(key + 4, NULL, 10);
    arena_release(&arena);
    return version;
}

static int take_number(void *context, int columns, char **row, char **names)
{
    (void)columns;
    (void)names;
    *(int64_t *)context = strtoll(row[0], NULL, 10);
    return 0;
}

static void go_on_in(struct place *p, const char *folder)
{
    char database[300];
    struct looking l = {.p = p};
    struct queue queue = {0};
    (void)snprintf(database, sizeof database, "%.256s/queue.db", folder);
    p->identity = (struct versions){.base = file_version(folder, "device.json")};
    p->export = (struct versions){.base = file_version(folder, "export.json")};
    p->roster = (struct versions){0};
    if (queue_open(folder, true, &queue, NULL) == OK) { /* it may have been torn before its tables were made */
        CHECK(&p->kit.check, kit_query(database, "SELECT version FROM roster_head", take_number, &p->roster.base));
        CHECK(&p->kit.check, kit_query(database, ALL_ROWS, take_over, &l));
        int64_t epoch = p->epoch;
        CHECK(&p->kit.check, kit_query(database, "SELECT CAST(epoch AS BIGINT) FROM server", take_number, &epoch));
        p->epoch = epoch;
    }
    queue_close(&queue);
    p->count = l.at;
}

static bool work(struct place *p)
{
    struct fault fault = {0};
    bool starts = fine(p, queue_open(p->folder, true, &p->door, &fault), "open", &fault) && fine(p, queue_open(p->folder, true, &p->sync, &fault), "open", &fault) &&
                  fine(p, queue_recover(&p->door, &fault), "recover", &fault);
    for (int i = 0; starts && i < STEPS; i++) step(p);
    if (chance_one_in(&p->chance, 3)) send(p);
    queue_close(&p->door);
    queue_close(&p->sync);
    return starts;
}

static void round_of(struct place *p, int number)
{
    char next[256], name[32];
    p->disk = disk_new(p->folder);
    ground_watch(p->disk);
    bool works = work(p);
    ground_watch(NULL);
    size_t all = disk_place(p->disk);
    p->kept += (long)p->count;
    for (int i = 0; works && i < CRASHES; i++) {
        size_t place = i == 0 ? all : chance_below(&p->chance, all + 1);
        kit_make_folder(&p->kit, "crash", next);
        crash_into(p, place, next);
        if (!look(p, next, place) || p->kit.check.failed > 20) break;
    }
    (void)snprintf(name, sizeof name, "life-%d", number & 1);
    kit_make_folder(&p->kit, name, next);
    if (number % LIFE == LIFE - 1) {
        p->count = 0;
        p->roster = p->identity = p->export = (struct versions){0};
        p->epoch = 1;
    } else {
        crash_into(p, chance_below(&p->chance, all + 1), next);
        disk_free(p->disk);
        p->disk = NULL;
        go_on_in(p, next);
    }
    disk_free(p->disk);
    p->disk = NULL;
    (void)snprintf(p->folder, sizeof p->folder, "%s", next);
    (void)snprintf(p->database, sizeof p->database, "%.256s/queue.db", next);
}

int main(int argc, char **argv)
{
    static struct place p;
    kit_start(&p.kit, "torture queue", argc, argv);
    p.chance.state = p.kit.seed;
    p.epoch = 1;
    kit_make_folder(&p.kit, "life-9", p.folder);
    (void)snprintf(p.database, sizeof p.database, "%.256s/queue.db", p.folder);
    int64_t begun = clock_steady_ms();
    for (int i = 0; kit_goes_on(&p.kit, i, ROUNDS); i++) round_of(&p, i);
    printf("# %ld power cuts over %ld scans, %lld ms\n", p.crashes, p.kept, (long long)(clock_steady_ms() - begun));
    CHECK(&p.kit.check, p.crashes > 1000);
    return kit_end(&p.kit, "torture queue");
}
