/* Scans through one day of the small congress, at chosen times: presence, blocks, areas, quorum, counters, undo; the recount agrees after each step. */
#include "catalogue.h"
#include "core/base/crypto.h"
#include "core/base/zone.h"
#include "core/congress/checkin/checkin.h"
#include "core/congress/checkin/conflict.h"
#include "core/congress/event_file/event_file.h"
#include "core/congress/figures/figures.h"
#include "core/congress/store/store.h"
#include "tests/unit/figures_kit.h"

#include <stdlib.h>
#include <string.h>

#define ZONE "Asia/Ho_Chi_Minh"

struct day {
    struct check check;
    struct store store;
    struct write_tools tools;
    struct arena arena;
    struct checkin_source source;
    struct checkin_scan scan;
    struct checkin_answer answer;
    char last_scan[ID_UUID_SIZE];
    int64_t newest; /* the counters know nothing of moments before it */
};

static int64_t at(const char *local)
{
    int64_t ms = 0;
    char text[32];
    (void)snprintf(text, sizeof text, "2026-12-01T%s", local);
    return zone_parse(ZONE, text, &ms) == OK ? ms : 0;
}

static enum err apply(struct db *db, void *arg, struct fault *fault)
{
    (void)fault;
    struct day *d = arg;
    write_tools_begin(&d->tools);
    enum err e = checkin_apply(db, &d->arena, &d->tools, &d->source, &d->scan, &d->answer);
    return e == OK ? write_tools_flush(&d->tools, db) : e;
}

/* A scan by code at a local time, told at once; true when the answer is as wanted and the recount agrees. */
static bool scan_told(struct day *d, const char *person, const char *gate, bool out, const char *local, const char *told, const char *want,
                      const char *reason)
{
    struct fault fault = {0};
    id_uuid7(d->last_scan);
    d->source.received_ms = at(local);
    if (at(local) > d->newest) d->newest = at(local);
    d->scan = (struct checkin_scan){.scan_id = d->last_scan,
                                    .delegate = person,
                                    .gate = gate,
                                    .going_out = out,
                                    .scanned_ms = at(local),
                                    .age_ms = 0,
                                    .asks = !told,
                                    .roster = DB_NULL};
    if (told) (void)outcome_from_name(told, &d->scan.told);
    enum err e = db_transaction(d->store.db, apply, d, &fault);
    const char *got = outcome_name(d->answer.outcome), *why = reason_code(d->answer.reason);
    bool same = e == OK && strcmp(got, want) == 0 && (reason ? why && strcmp(why, reason) == 0 : !why);
    if (!same) printf("# %s at %s %s: %s %s/%s\n", person, gate, local, err_name(e), got, why ? why : "-");
    enum err v = figures_verify(d->store.db, "test-1", &fault);
    if (v != OK) printf("# recount after %s at %s: %s\n", person, local, fault.text);
    return same && v == OK;
}

static bool scan(struct day *d, const char *person, const char *gate, bool out, const char *local, const char *want, const char *reason)
{
    return scan_told(d, person, gate, out, local, NULL, want, reason);
}

static struct figures read_at(struct day *d, const char *local)
{
    struct figures f = {0};
    struct programme *programme;
    enum err e = programme_load(d->store.db, &d->arena, "test-1", &programme);
    if (e == OK) e = figures_read(d->store.db, &d->arena, programme, at(local), &f);
    CHECK(&d->check, e == OK && (at(local) < d->newest || figures_kit_agree(NULL, d->store.db, "test-1", at(local))));
    return f;
}

static const struct figures_count *part(const struct figures_part *parts, size_t n, const char *code)
{
    static const struct figures_count none = {-1, -1, -1};
    for (size_t i = 0; i < n; i++)
        if (strcmp(parts[i].code, code) == 0) return &parts[i].count;
    return &none;
}

static void morning(struct day *d)
{
    struct check *c = &d->check;
    struct figures f = read_at(d, "06:00");
    CHECK(c, f.event.expected == 12 && f.event.attended == 0 && f.event.present == 0);
    CHECK(c, part(f.categories, f.category_count, "official")->expected == 9);
    CHECK(c, f.quorum.known && f.quorum.eligible == 9 && f.quorum.required == 6 && !f.quorum.reached);
    static const char *const people[] = {"P01", "P02", "P03", "P04", "P05"};
    for (size_t i = 0; i < 5; i++) CHECK(c, scan(d, people[i], "main", false, "07:30", "admitted", NULL));
    CHECK(c, scan(d, "P10", "main", false, "07:40", "admitted", NULL)); /* a guest is no quorum */
    CHECK(c, !read_at(d, "07:45").quorum.reached);
    CHECK(c, scan(d, "P06", "main", false, "07:52", "admitted", NULL));
    f = read_at(d, "08:30");
    CHECK(c, f.quorum.reached && f.quorum.since_ms == at("07:52") && f.quorum.session && strcmp(f.quorum.session, "opening") == 0);
    CHECK(c, f.event.present == 7 && f.event.attended == 7);
    CHECK(c, part(f.sessions, f.session_count, "opening")->present == 7);
    CHECK(c, part(f.delegations, f.delegation_count, "U1")->present == 3 && part(f.delegations, f.delegation_count, "U1")->expected == 3);
    CHECK(c, scan(d, "P01", "main", false, "08:40", "already_in", NULL));
    CHECK(c, d->answer.first_ms == at("07:30") && strcmp(d->answer.first_gate, "main") == 0);
    CHECK(c, scan(d, "P12", "main", false, "08:41", "refused", "not_admitted_here"));
    CHECK(c, scan(d, "P13", "main", false, "08:42", "refused", "status_replaced"));
    CHECK(c, scan(d, "P14", "main", false, "08:42", "refused", "status_withdrawn"));
    CHECK(c, scan(d, "901", "main", false, "08:43", "refused", "not_issued"));
    CHECK(c, scan(d, "P01", "main", true, "09:00", "left", NULL));
    CHECK(c, scan(d, "P02", "main", true, "09:05", "left", NULL));
    f = read_at(d, "09:10");
    CHECK(c, f.event.present == 5 && f.event.attended == 7);
    CHECK(c, f.quorum.reached && f.quorum.present == 4 && f.quorum.since_ms == at("07:52")); /* it does not flip in a break */
    CHECK(c, scan(d, "P07", "main", true, "09:11", "left", "was_not_in"));
}

static void afternoon(struct day *d)
{
    struct check *c = &d->check;
    struct figures f = read_at(d, "12:00"); /* the opening carries nothing over: its block has ended */
    CHECK(c, f.event.present == 0 && f.event.attended == 7);
    CHECK(c, !f.quorum.reached && f.quorum.session && strcmp(f.quorum.session, "vote") == 0);
    CHECK(c, scan(d, "P01", "main", false, "13:00", "admitted", NULL));
    CHECK(c, scan(d, "P10", "main", false, "13:00", "refused", "not_admitted_here")); /* the door follows the programme */
    f = read_at(d, "13:40");
    CHECK(c, f.event.present == 1 && part(f.sessions, f.session_count, "vote")->attended == 1);
    CHECK(c, scan(d, "P01", "dinner", false, "16:00", "admitted", NULL)); /* entering B leaves A */
    f = read_at(d, "16:05");
    CHECK(c, f.event.present == 0 && part(f.gates, f.gate_count, "dinner")->present == 1);
    CHECK(c, scan(d, "P01", "main", false, "16:10", "admitted", NULL));
    CHECK(c, scan(d, "P01", "dinner", false, "18:10", "refused", "no_reentry"));
    CHECK(c, scan(d, "P10", "dinner", false, "18:00", "admitted", NULL));
    CHECK(c, scan(d, "P02", "gifts", false, "18:00", "handed_out", NULL));
    CHECK(c, scan(d, "P02", "gifts", false, "18:01", "refused", "already_handed_out"));
    CHECK(c, scan(d, "P10", "gifts", false, "18:02", "refused", "not_admitted_here"));
    f = read_at(d, "18:05");
    CHECK(c, part(f.gates, f.gate_count, "gifts")->attended == 1);
}

static enum err undo(struct db *db, void *arg, struct fault *fault)
{
    (void)fault;
    struct day *d = arg;
    write_tools_begin(&d->tools);
    enum err e = checkin_undo(db, &d->arena, &d->tools, &d->source, d->last_scan, "wrong person");
    return e == OK ? write_tools_flush(&d->tools, db) : e;
}

/* Late scans of a gate that was alone: told is told, and the past is put right. */
static void late(struct day *d)
{
    struct check *c = &d->check;
    struct fault fault;
    CHECK(c, scan(d, "P08", "main", false, "14:00", "admitted", NULL));
    d->source.received_ms = at("14:10");
    CHECK(c, db_transaction(d->store.db, undo, d, &fault) == OK);
    CHECK(c, figures_verify(d->store.db, "test-1", &fault) == OK);
    CHECK(c, read_at(d, "14:11").event.present == 1);             /* P01 until 16:00 by the afternoon's scans, P08 taken back */
    CHECK(c, db_transaction(d->store.db, undo, d, &fault) == OK); /* twice is fine */
    CHECK(c, scan(d, "P09", "main", false, "14:20", "admitted", NULL));
    d->source.received_ms = at("14:40");
    CHECK(c, db_transaction(d->store.db, undo, d, &fault) == ERR_TIMEOUT);
    /* a gate told P09 at 13:50, and says so only now */
    CHECK(c, scan_told(d, "P09", "main", false, "13:50", "admitted", "admitted", NULL));
    struct figures f = read_at(d, "14:30");
    CHECK(c, part(f.sessions, f.session_count, "vote")->attended >= 2);
    CHECK(c, scan_told(d, "P12", "main", false, "14:31", "admitted", "admitted", "not_admitted_here") && d->answer.conflict);
}

/* What those late scans were to each other: P09's 13:50 came in last and is the entry, so 14:20 is the conflict; P12 was told against the rule. */
static void conflicts(struct day *d)
{
    struct check *c = &d->check;
    struct conflict *list;
    struct programme *programme;
    struct fault fault = {0};
    size_t count = 0;
    CHECK(c, programme_load(d->store.db, &d->arena, "test-1", &programme) == OK);
    CHECK(c, conflict_list(d->store.db, &d->arena, programme->event_id, 100, &list, &count) == OK && count == 2);
    if (count != 2) return;
    CHECK(c, list[0].later.true_ms == at("14:31") && list[0].entry.true_ms == DB_NULL && strcmp(list[0].reason, "not_admitted_here") == 0);
    CHECK(c, list[1].later.true_ms == at("14:20") && list[1].entry.true_ms == at("13:50") && !list[1].reason);
    CHECK(c, conflict_settle(d->store.db, &d->arena, programme->event_id + 1, list[1].scan_id, "test", at("15:00"), &fault) == ERR_NOT_FOUND);
    for (int i = 0; i < 2; i++) CHECK(c, conflict_settle(d->store.db, &d->arena, programme->event_id, list[1].scan_id, "test", at("15:00"), &fault) == OK);
    CHECK(c, conflict_list(d->store.db, &d->arena, programme->event_id, 100, &list, &count) == OK && count == 1);
}

struct stay {
    int64_t event_id, delegate_id, scan; /* what the newest stay is to name as its beginning */
};

static enum err rename_stay(struct db *db, void *arg, struct fault *fault)
{
    const struct stay *stay = arg;
    struct arena arena = {0};
    struct sql_checkin_presence_row *rows;
    size_t n;
    (void)fault;
    enum err e = sql_checkin_presence(db, &arena, stay->delegate_id, &rows, &n);
    if (e == OK && n < 2) e = ERR_BUG;
    if (e == OK) e = sql_checkin_remove_stay(db, rows[n - 1].id, NULL);
    if (e == OK)
        e = sql_checkin_add_stay(db, &(struct sql_checkin_add_stay_in){.id = rows[n - 1].id, .event_id = stay->event_id, .delegate_id = stay->delegate_id,
                                 .area_id = rows[n - 1].area_id, .gate_id = rows[n - 1].gate_id, .from_ms = rows[n - 1].from_ms,
                                 .until_ms = rows[n - 1].until_ms, .closed = rows[n - 1].closed, .scan = stay->scan, .previous = rows[n - 2].id}, NULL);
    arena_release(&arena);
    return e;
}

/* In, out and in again at one moment, as where a clock was ahead: a record of an older schema names the first scan for both stays, and the recount knows that. */
static void same_moment(struct day *d)
{
    struct check *c = &d->check;
    struct fault fault = {0};
    struct programme *programme;
    struct sql_checkin_presence_row *rows;
    size_t n = 0;
    CHECK(c, scan(d, "P07", "main", false, "15:00", "admitted", NULL) && scan(d, "P07", "main", true, "15:00", "left", NULL) &&
             scan(d, "P07", "main", false, "15:00", "admitted", NULL));
    CHECK(c, programme_load(d->store.db, &d->arena, "test-1", &programme) == OK);
    struct stay stay = {.event_id = programme->event_id, .delegate_id = d->answer.delegate_id};
    CHECK(c, sql_checkin_presence(d->store.db, &d->arena, stay.delegate_id, &rows, &n) == OK);
    if (!CHECK(c, n == 2 && rows[0].from_ms == rows[1].from_ms && rows[0].scan != rows[1].scan)) return;
    stay.scan = rows[0].scan;
    CHECK(c, db_transaction(d->store.db, rename_stay, &stay, &fault) == OK && figures_verify(d->store.db, "test-1", &fault) == OK);
    stay.scan = rows[1].scan + 1;
    CHECK(c, db_transaction(d->store.db, rename_stay, &stay, &fault) == OK && figures_verify(d->store.db, "test-1", &fault) == ERR_CONFLICT);
    stay.scan = rows[1].scan;
    CHECK(c, db_transaction(d->store.db, rename_stay, &stay, &fault) == OK && figures_verify(d->store.db, "test-1", &fault) == OK);
}

static void quorum_rules(struct day *d)
{
    struct check *c = &d->check;
    CHECK(c,
          quorum_required("at_least", "2/3", 9) == 6 && quorum_required("at_least", "2/3", 10) == 7 && quorum_required("more_than", "1/2", 10) == 6);
    CHECK(c,
          quorum_required("more_than", "2/3", 9) == 7 && quorum_required("at_least", "1/1", 9) == 9 && quorum_required("at_least", "3/2", 9) == -1);
    CHECK(c, quorum_required("half", "1/2", 9) == -1 && quorum_required("at_least", "1/2x", 9) == -1 && quorum_required("at_least", "1/0", 9) == -1);
}

/* Minutes of a day of 1440. */
static void block_rules(struct day *d)
{
    struct check *c = &d->check;
    const struct block_session day[] = {{480, 690, true}, {700, 800, false}, {900, 1000, true}, {1320, 1560, true}, {1900, 2000, false}};
    CHECK(c, block_end(day, 5, 1440, 470) == 800);  /* the first carries over to the second, which does not */
    CHECK(c, block_end(day, 5, 1440, 790) == 800);
    CHECK(c, block_end(day, 5, 1440, 850) == 1560); /* the evening goes on over midnight, and carries nothing into the next day */
    CHECK(c, block_end(day, 5, 1440, 1400) == 1560);
    CHECK(c, block_end(day, 2, 1440, 850) == 1440); /* no session follows: the day ends it */
    CHECK(c, block_end(NULL, 0, 1440, 0) == 1440);
}

int main(void)
{
    struct day d = {.source = {.event = "test-1", .gate_id = DB_NULL, .device_id = DB_NULL, .account_id = 1}};
    char folder[] = "/tmp/plenum-test-XXXXXX";
    struct fault fault = {0};
    json_t *report = NULL;
    CHECK(&d.check, crypto_init() == OK && mkdtemp(folder));
    struct import_options options = {.file = "tests/fixtures/event-file/good/small.json", .folder = folder, .actor = "test"};
    bool ready = CHECK(&d.check, event_file_import(&options, &report, &fault) == OK)
    &&CHECK(&d.check, store_open(folder, STORE_WRITE, &d.store, &fault) == OK);
    json_decref(report);
    if (ready) {
        morning(&d);
        afternoon(&d);
        late(&d);
        conflicts(&d);
        same_moment(&d);
        quorum_rules(&d);
        block_rules(&d);
    } else {
        printf("# %s\n", fault.text);
    }
    store_close(&d.store);
    write_tools_release(&d.tools);
    arena_release(&d.arena);
    char command[128];
    (void)snprintf(command, sizeof command, "rm -rf '%s'", folder);
    CHECK(&d.check, system(command) == 0);
    return check_done(&d.check, "congress/checkin");
}
