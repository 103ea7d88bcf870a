/* The server's record and the power: scans through the writer thread with group commit, as a running server takes them; the power goes at a chance moment, and
 * the database is opened again from what a disk may then hold.
 *
 * What must hold: an answer that was given is in the record exactly once, and the same scan gets the same answer again; nothing is there that nobody sent;
 * what was taken back stays so; presence and counters equal a recount, before and after the gates send again what they hold; the file is sound. */
#include "core/base/clock.h"
#include "core/base/zone.h"
#include "core/congress/checkin/checkin.h"
#include "core/congress/event_file/event_file.h"
#include "core/congress/figures/figures.h"
#include "core/congress/store/store.h"
#include "core/db/writer.h"
#include "tests/torture/kit.h"

#include <pthread.h>
#include <stdlib.h>

#define EVENT "test-1"
#define MOST 900     /* scans in one life */
#define BURSTS 14    /* in one round, between two power cuts that last */
#define BURST_MOST 6 /* requests that the writer finds at once */
#define ARRAY_MOST 6 /* scans in one request */
#define CRASHES 12
#define ROUNDS 26
#define LIFE 6
#define NEVER SIZE_MAX

struct fact {
    size_t begun, done;
};

struct record {
    char id[ID_UUID_SIZE], person[8], gate[8];
    bool out, told;
    int64_t at_ms;
    enum outcome word;
    struct fact added, undone;
    struct checkin_answer answer; /* its texts are not kept */
    char first_gate[8];
};

struct server {
    struct kit kit;
    struct chance chance;
    char origin[256], folder[256], database[300];
    struct disk *disk;
    struct store store;
    struct writer *writer;
    struct write_tools tools;
    struct record records[MOST];
    size_t count;
    int64_t clock_ms;
    pthread_mutex_t lock;
    pthread_cond_t answered;
    size_t waiting;
    long crashes, commits;
};

/* One request, as server/api/checkins.c hands it to the writer. */
struct request {
    struct writer_work work; /* first */
    struct server *server;
    struct arena arena;
    struct record *records[ARRAY_MOST];
    size_t count;
    struct record *undo; /* instead of scans */
};

static const struct fact done_before = {0, 0}, not_yet = {NEVER, NEVER};

/* --- the server at work --------------------------------------------------------------------------------------------------------------- */

static void begin(void *context) { write_tools_begin(&((struct server *)context)->tools); }
static enum err end(struct db *db, void *context) { return write_tools_flush(&((struct server *)context)->tools, db); }

static enum err take(struct db *db, struct arena *arena, struct write_tools *tools, const struct record *r, struct checkin_answer *ret)
{
    struct checkin_source source = {.event = EVENT, .gate_id = DB_NULL, .device_id = DB_NULL, .account_id = 1, .received_ms = r->at_ms + 500};
    struct checkin_scan scan = {.scan_id = r->id, .delegate = r->person, .gate = r->gate, .going_out = r->out, .scanned_ms = r->at_ms, .age_ms = 500,
                                .asks = !r->told, .told = r->word, .roster = DB_NULL};
    return checkin_apply(db, arena, tools, &source, &scan, ret);
}

static enum err apply_all(struct db *db, struct request *q, struct fault *fault)
{
    struct server *s = q->server;
    enum err e = OK;
    if (q->undo) {
        struct checkin_source source = {.event = EVENT, .gate_id = DB_NULL, .device_id = DB_NULL, .account_id = 1, .received_ms = q->undo->at_ms + 60000};
        return checkin_undo(db, &q->arena, &s->tools, &source, q->undo->id, "wrong person");
    }
    for (size_t i = 0; e == OK && i < q->count; i++) {
        struct record *r = q->records[i];
        e = take(db, &q->arena, &s->tools, r, &r->answer);
        (void)snprintf(r->first_gate, sizeof r->first_gate, "%s", r->answer.first_gate ? r->answer.first_gate : "");
    }
    return e == OK ? OK : db_fault(db, e, fault, "check-in");
}

static enum err apply(struct db *db, void *arg, struct fault *fault)
{
    struct request *q = arg;
    struct write_mark mark = write_tools_mark(&q->server->tools);
    enum err e = apply_all(db, q, fault);
    if (e != OK) write_tools_forget(&q->server->tools, mark);
    return e;
}

/* Here a server's answer goes out. */
static void answer(struct writer_work *work)
{
    struct request *q = (struct request *)work;
    struct server *s = q->server;
    size_t place = disk_place(s->disk);
    if (!CHECK(&s->kit.check, work->result == OK)) printf("# %s: %s\n", err_name(work->result), work->fault.text);
    if (q->undo) q->undo->undone.done = place;
    for (size_t i = 0; i < q->count; i++) q->records[i]->added.done = place;
    arena_release(&q->arena);
    pthread_mutex_lock(&s->lock);
    s->waiting--;
    pthread_cond_signal(&s->answered);
    pthread_mutex_unlock(&s->lock);
}

static void make_record(struct server *s, struct record *r)
{
    static const char *const gates[] = {"main", "main", "main", "dinner", "gifts"};
    size_t gate = chance_below(&s->chance, 5);
    s->clock_ms += (int64_t)chance_below(&s->chance, 40000);
    *r = (struct record){.at_ms = s->clock_ms - (int64_t)chance_below(&s->chance, 90000), .added = {disk_place(s->disk), NEVER}, .undone = not_yet};
    id_uuid7(r->id);
    (void)snprintf(r->person, sizeof r->person, "P%02zu", 1 + chance_below(&s->chance, 14));
    (void)snprintf(r->gate, sizeof r->gate, "%s", gates[gate]);
    r->out = gate < 3 && chance_one_in(&s->chance, 3);
    r->told = chance_one_in(&s->chance, 4); /* a gate that was alone */
    r->word = gate == 4 ? OUTCOME_handed_out : r->out ? OUTCOME_left : OUTCOME_admitted;
}

/* Requests that all wait while one commit is on its way. */
static void burst(struct server *s)
{
    static struct request requests[BURST_MOST];
    size_t n = 1 + chance_below(&s->chance, BURST_MOST);
    for (size_t i = 0; i < n; i++) {
        struct request *q = &requests[i];
        *q = (struct request){.work = {.apply = apply, .done = answer, .arg = q}, .server = s};
        struct record *old = s->count ? &s->records[chance_below(&s->chance, s->count)] : NULL;
        if (old && chance_one_in(&s->chance, 8) && old->added.done != NEVER && old->undone.begun == NEVER && old->answer.outcome != OUTCOME_invalid) {
            q->undo = old;
            old->undone = (struct fact){disk_place(s->disk), NEVER};
        } else {
            size_t scans = 1 + chance_below(&s->chance, ARRAY_MOST);
            for (size_t k = 0; k < scans && s->count < MOST; k++) {
                q->records[q->count++] = &s->records[s->count];
                make_record(s, &s->records[s->count++]);
            }
        }
    }
    pthread_mutex_lock(&s->lock);
    s->waiting = n;
    for (size_t i = 0; i < n; i++)
        if (writer_submit(s->writer, &requests[i].work) != OK) abort();
    while (s->waiting) pthread_cond_wait(&s->answered, &s->lock);
    pthread_mutex_unlock(&s->lock);
}

static bool open_server(struct server *s)
{
    struct fault fault = {0};
    struct db *db = NULL;
    struct writer_config config = {.begin = begin, .end = end, .context = s};
    enum err e = store_open(s->folder, STORE_WRITE, &s->store, &fault);
    if (e == OK) e = store_connect(&s->store, DB_WRITE, &db, &fault);
    if (e == OK) e = writer_start(db, &config, &s->writer);
    if (!CHECK(&s->kit.check, e == OK)) printf("# the server does not start: %s\n", fault.text);
    return e == OK;
}

static void close_server(struct server *s)
{
    struct writer_figures figures;
    writer_read_figures(s->writer, &figures);
    s->commits += (long)figures.commits;
    writer_stop(s->writer);
    write_tools_release(&s->tools);
    store_close(&s->store);
}

/* --- after the power came back ------------------------------------------------------------------------------------------------------- */

struct looking {
    struct server *s;
    size_t place;
    bool there[MOST], taken_back[MOST];
};

static bool was_done(struct fact fact, size_t place) { return fact.done != NEVER && fact.done <= place; }
static bool was_begun(struct fact fact, size_t place) { return fact.begun != NEVER && fact.begun <= place; }

static void complain(const struct looking *l, const struct record *r, const char *what)
{
    CHECK(&l->s->kit.check, 0);
    printf("# place %zu: scan %s: %s", l->place, r ? r->id : "?", what);
    if (r) printf(" (begun %zu, answered %zu)", r->added.begun, r->added.done);
    printf("\n");
}

static struct record *record_of(struct server *s, const char *id)
{
    for (size_t i = s->count; i-- > 0;)
        if (strcmp(s->records[i].id, id) == 0) return &s->records[i];
    return NULL;
}

#define ALL_ROWS "SELECT s.scan_id, s.outcome, (SELECT COUNT(*) FROM correction c WHERE c.scan = s.id) FROM scan s ORDER BY s.id"

static int judge(void *context, int columns, char **row, char **names)
{
    struct looking *l = context;
    const struct record *r = record_of(l->s, row[0]);
    (void)columns;
    (void)names;
    if (!r) {
        complain(l, NULL, "nobody has sent it");
        return 0;
    }
    size_t at = (size_t)(r - l->s->records);
    if (l->there[at]) complain(l, r, "IS THERE TWICE");
    if (!was_begun(r->added, l->place)) complain(l, r, "comes from the future");
    if (strcmp(row[1], outcome_name(r->answer.outcome)) != 0) complain(l, r, "has another outcome than was answered");
    l->there[at] = true;
    l->taken_back[at] = strcmp(row[2], "1") == 0;
    return 0;
}

static void judge_missing(struct looking *l)
{
    for (size_t i = 0; i < l->s->count; i++) {
        const struct record *r = &l->s->records[i];
        bool has_record = r->answer.outcome != OUTCOME_invalid;
        if (has_record && was_done(r->added, l->place) && !l->there[i]) complain(l, r, "WAS ANSWERED AND IS LOST");
        if (was_done(r->undone, l->place) && !l->taken_back[i]) complain(l, r, "was taken back, and counts again");
        if (l->taken_back[i] && !was_begun(r->undone, l->place)) complain(l, r, "nobody has taken it back");
    }
}

struct resending {
    const struct record *record;
    struct write_tools *tools;
    struct arena arena;
    struct checkin_answer answer;
};

static enum err resend(struct db *db, void *arg, struct fault *fault)
{
    struct resending *r = arg;
    (void)fault;
    write_tools_begin(r->tools);
    enum err e = take(db, &r->arena, r->tools, r->record, &r->answer);
    return e == OK ? write_tools_flush(r->tools, db) : e;
}

static bool same_answer(const struct record *r, const struct checkin_answer *a)
{
    return a->outcome == r->answer.outcome && a->reason == r->answer.reason && a->conflict == r->answer.conflict && a->first_ms == r->answer.first_ms &&
           strcmp(a->first_gate ? a->first_gate : "", r->first_gate) == 0;
}

/* The gates send again all that they hold: what is there gets the answer that it got. */
static void send_again(const struct looking *l, struct db *db)
{
    struct write_tools tools = {0};
    struct fault fault = {0};
    for (size_t i = 0; i < l->s->count; i++) {
        const struct record *r = &l->s->records[i];
        if (!was_begun(r->added, l->place)) break;
        if (l->there[i] && i + 40 < l->s->count && i % 7 != l->place % 7) continue; /* of the older ones, some */
        struct resending again = {.record = r, .tools = &tools};
        enum err e = db_transaction(db, resend, &again, &fault);
        if (!CHECK(&l->s->kit.check, e == OK)) printf("# %s\n", fault.text);
        else if (l->there[i] && (!again.answer.replayed || !same_answer(r, &again.answer))) complain(l, r, "gets another answer than before");
        else if (!l->there[i] && again.answer.replayed) complain(l, r, "is answered as if it were there");
        arena_release(&again.arena);
    }
    write_tools_release(&tools);
}

static void look(struct server *s, const char *folder, size_t place)
{
    static struct looking l;
    struct fault fault = {0};
    struct store store = {0};
    char database[300];
    l = (struct looking){.s = s, .place = place};
    (void)snprintf(database, sizeof database, "%.256s/plenum.db", folder);
    if (!CHECK(&s->kit.check, store_open(folder, STORE_WRITE, &store, &fault) == OK)) {
        printf("# place %zu: THE SERVER DOES NOT START: %s\n", place, fault.text);
        return;
    }
    CHECK(&s->kit.check, kit_query(database, ALL_ROWS, judge, &l));
    judge_missing(&l);
    if (!CHECK(&s->kit.check, figures_verify(store.db, EVENT, &fault) == OK)) printf("# place %zu: %s\n", place, fault.text);
    send_again(&l, store.db);
    if (!CHECK(&s->kit.check, figures_verify(store.db, EVENT, &fault) == OK)) printf("# place %zu, sent again: %s\n", place, fault.text);
    CHECK_TEXT(&s->kit.check, kit_integrity(database), "ok");
    store_close(&store);
    s->crashes++;
}

/* --- rounds ------------------------------------------------------------------------------------------------------------------------------ */

static void crash_into(struct server *s, size_t place, const char *folder)
{
    size_t style = chance_below(&s->chance, CRASH_STYLES + 1);
    disk_crash(s->disk, place, style >= CRASH_STYLES ? CRASH_ANY : (enum crash_style)style, &s->chance, folder);
}

/* What is there now is what there is; the rest was never sent. */
static void go_on_in(struct server *s, const char *folder, size_t place)
{
    static struct looking l;
    char database[300];
    size_t kept = 0;
    l = (struct looking){.s = s, .place = place};
    (void)snprintf(database, sizeof database, "%.256s/plenum.db", folder);
    CHECK(&s->kit.check, kit_query(database, ALL_ROWS, judge, &l));
    for (size_t i = 0; i < s->count; i++) {
        if (!l.there[i]) continue;
        s->records[kept] = s->records[i];
        s->records[kept].added = done_before;
        s->records[kept++].undone = l.taken_back[i] ? done_before : not_yet;
    }
    s->count = kept;
}

static void work(struct server *s)
{
    if (!open_server(s)) return;
    for (int i = 0; i < BURSTS && s->count + BURST_MOST * ARRAY_MOST < MOST; i++) {
        burst(s);
        if (chance_one_in(&s->chance, 5)) kit_checkpoint(s->database, (int)chance_below(&s->chance, 3));
    }
    close_server(s);
}

static void enter(struct server *s, const char *folder)
{
    (void)snprintf(s->folder, sizeof s->folder, "%s", folder);
    (void)snprintf(s->database, sizeof s->database, "%.256s/plenum.db", folder);
}

static void round_of(struct server *s, int number)
{
    char next[256], name[32];
    s->disk = disk_new(s->folder);
    ground_watch(s->disk);
    work(s);
    ground_watch(NULL);
    size_t all = disk_place(s->disk);
    for (int i = 0; i < CRASHES && s->kit.check.failed <= 20; i++) {
        size_t place = i == 0 ? all : chance_below(&s->chance, all + 1);
        kit_make_folder(&s->kit, "crash", next);
        crash_into(s, place, next);
        look(s, next, place);
    }
    (void)snprintf(name, sizeof name, "life-%d", number & 1);
    kit_make_folder(&s->kit, name, next);
    if (number % LIFE == LIFE - 1) {
        kit_copy_folder(s->origin, next);
        s->count = 0;
    } else {
        size_t place = chance_below(&s->chance, all + 1);
        crash_into(s, place, next);
        go_on_in(s, next, place);
    }
    disk_free(s->disk);
    enter(s, next);
}

static bool make_origin(struct server *s)
{
    struct fault fault = {0};
    json_t *report = NULL;
    kit_make_folder(&s->kit, "origin", s->origin);
    struct import_options options = {.file = "tests/fixtures/event-file/good/small.json", .folder = s->origin, .actor = "test"};
    bool good = CHECK(&s->kit.check, event_file_import(&options, &report, &fault) == OK);
    if (!good) printf("# %s\n", fault.text);
    json_decref(report);
    return good && CHECK(&s->kit.check, zone_parse("Asia/Ho_Chi_Minh", "2026-12-01T07:00", &s->clock_ms) == OK);
}

int main(int argc, char **argv)
{
    static struct server s = {.lock = PTHREAD_MUTEX_INITIALIZER, .answered = PTHREAD_COND_INITIALIZER};
    struct kit kit;
    char first[256];
    kit_start(&kit, "torture checkin", argc, argv);
    s.kit = kit;
    s.chance.state = kit.seed;
    if (make_origin(&s)) {
        int64_t begun = clock_steady_ms();
        kit_make_folder(&s.kit, "life-9", first);
        kit_copy_folder(s.origin, first);
        enter(&s, first);
        for (int i = 0; kit_goes_on(&s.kit, i, ROUNDS); i++) round_of(&s, i);
        printf("# %ld power cuts, %ld commits, %lld ms\n", s.crashes, s.commits, (long long)(clock_steady_ms() - begun));
        CHECK(&s.kit.check, s.crashes >= ROUNDS * CRASHES && s.commits > 0);
    }
    return kit_end(&s.kit, "torture checkin");
}
