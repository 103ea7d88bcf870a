/* Figures of the past through two days in Lisbon, in the night between which the clocks are put back: a session over midnight and over the change of clocks, a break,
 * a gate that tells late, a taking back, a substitute who is in already, a lost badge, a walk-in. After each step the live figures are those made from the scans. */
#include "core/base/clock.h"
#include "core/base/crypto.h"
#include "core/congress/badges/reissue.h"
#include "core/congress/checkin/checkin.h"
#include "core/congress/delegates/amend.h"
#include "core/congress/event_file/event_file.h"
#include "core/congress/store/store.h"
#include "tests/unit/figures_kit.h"

#include <inttypes.h>
#include <sqlite3.h>

#define EVENT "past"

struct days {
    struct check check;
    struct store store;
    struct write_tools tools;
    struct arena arena;
    struct figures_keep *keep;
    enum err (*act)(struct days *d, struct db *db, struct fault *fault);
    /* what it does */
    const char *who, *gate, *read_at;
    bool out, late;
    int64_t now_ms; /* of the record */
    char last_scan[ID_UUID_SIZE], request[ID_UUID_SIZE];
    struct checkin_answer answer;
    struct amended amended;
};

static int64_t utc(const char *text)
{
    char whole[40];
    int64_t ms = 0;
    (void)snprintf(whole, sizeof whole, "2026-10-%s:00Z", text); /* "24T19:10" */
    return clock_parse(whole, &ms) == OK ? ms : 0;
}

/* --- what happens ------------------------------------------------------------------------------------------------------------------------------- */

static enum err work(struct db *db, void *arg, struct fault *fault)
{
    struct days *d = arg;
    write_tools_begin(&d->tools);
    enum err e = d->act(d, db, fault);
    return e == OK ? write_tools_flush(&d->tools, db) : e;
}

static bool happens(struct days *d, const char *when, enum err (*act)(struct days *d, struct db *db, struct fault *fault))
{
    struct fault fault = {0}, recount = {0};
    d->now_ms = utc(when);
    d->act = act;
    enum err e = db_transaction(d->store.db, work, d, &fault), v = figures_verify(d->store.db, EVENT, &recount);
    if (e != OK || v != OK) printf("# %s: %s %s; recount: %s\n", when, err_name(e), fault.text, recount.text);
    return e == OK && v == OK && figures_kit_agree(d->keep, d->store.db, EVENT, d->now_ms);
}

static enum err do_scan(struct days *d, struct db *db, struct fault *fault)
{
    (void)fault;
    int64_t read_ms = utc(d->read_at);
    id_uuid7(d->last_scan);
    const struct checkin_source source = {.event = EVENT, .gate_id = DB_NULL, .device_id = DB_NULL, .account_id = 1, .received_ms = d->now_ms};
    const struct checkin_scan scan = {.scan_id = d->last_scan, .delegate = d->who, .gate = d->gate, .going_out = d->out, .scanned_ms = read_ms,
                                      .age_ms = d->now_ms - read_ms, .asks = !d->late, .told = d->out ? OUTCOME_left : OUTCOME_admitted, .roster = DB_NULL};
    return checkin_apply(db, &d->arena, &d->tools, &source, &scan, &d->answer);
}

static bool scan(struct days *d, const char *who, bool out, const char *when)
{
    d->who = who;
    d->gate = "main";
    d->read_at = when;
    d->out = out;
    d->late = false;
    bool good = happens(d, when, do_scan) && d->answer.outcome == (out ? OUTCOME_left : OUTCOME_admitted);
    if (!good) printf("# %s %s at %s: %s\n", who, out ? "out" : "in", when, outcome_name(d->answer.outcome));
    return good;
}

static bool told_late(struct days *d, const char *who, const char *read_at, const char *when)
{
    d->who = who;
    d->gate = "main";
    d->read_at = read_at;
    d->out = false;
    d->late = true;
    return happens(d, when, do_scan);
}

static enum err do_undo(struct days *d, struct db *db, struct fault *fault)
{
    (void)fault;
    const struct checkin_source source = {.event = EVENT, .gate_id = DB_NULL, .device_id = DB_NULL, .account_id = 1, .received_ms = d->now_ms};
    return checkin_undo(db, &d->arena, &d->tools, &source, d->last_scan, "wrong person");
}

static enum err do_reissue(struct days *d, struct db *db, struct fault *fault)
{
    struct reissue reissue = {0};
    enum err e = reissue_plan(db, &d->arena, &d->tools.ids, EVENT, d->who, &reissue, fault);
    return e == OK ? reissue_apply(db, &reissue, "lan", d->now_ms, fault) : e;
}

/* Who stands for P6, or is a walk-in, or is absent. */
static enum err amend_now(struct days *d, struct db *db, struct amend *ret, struct fault *fault)
{
    const struct programme *programme;
    id_uuid7(d->request);
    enum err e = programme_cached(&d->tools.programmes, db, EVENT, &programme, NULL);
    *ret = (struct amend){.db = db, .arena = &d->arena, .tools = &d->tools, .programme = programme, .request = d->request, .actor = "lan", .now_ms = d->now_ms,
                          .is_organiser = true, .fault = fault};
    return e;
}

static enum err do_substitute(struct days *d, struct db *db, struct fault *fault)
{
    struct amend a;
    enum err e = amend_now(d, db, &a, fault);
    return e == OK ? amend_substitute(&a, "P6", &(struct amend_person){.code = d->who}, &d->amended) : e;
}

static enum err do_walk_in(struct days *d, struct db *db, struct fault *fault)
{
    struct amend a;
    enum err e = amend_now(d, db, &a, fault);
    return e == OK ? amend_walk_in(&a, &(struct amend_person){.name = "Somebody More", .unit = "U1"}, "official", NULL, false, &d->amended) : e;
}

static enum err do_absence(struct days *d, struct db *db, struct fault *fault)
{
    struct amend a;
    enum err e = amend_now(d, db, &a, fault);
    return e == OK ? amend_absence(&a, d->who, true, true, "ill", &d->amended) : e;
}

/* --- what was ----------------------------------------------------------------------------------------------------------------------------------- */

static struct figures asked(struct days *d, const char *at, const char *known)
{
    struct figures f = {0};
    struct programme *programme;
    enum err e = programme_load(d->store.db, &d->arena, EVENT, &programme);
    if (e == OK) e = figures_read_at(d->store.db, &d->arena, programme, (struct figures_moment){utc(at), utc(known)}, &f);
    CHECK(&d->check, e == OK);
    return f;
}

static const struct figures_session_quorum *session(const struct figures *f, const char *code)
{
    static const struct figures_session_quorum none = {.session = "none"};
    for (size_t i = 0; i < f->quorum_count; i++)
        if (strcmp(f->quorums[i].session, code) == 0) return &f->quorums[i];
    return &none;
}

/* Was it met at that moment, as known at another? */
static bool met(struct days *d, const char *code, const char *at, const char *known)
{
    struct figures f = asked(d, at, known);
    const struct figures_session_quorum *q = session(&f, code);
    return q->period_count && q->periods[q->period_count - 1].until_ms == DB_NULL;
}

static bool is_period(const struct figures_session_quorum *q, size_t i, const char *from, const char *until)
{
    return i < q->period_count && q->periods[i].from_ms == utc(from) && q->periods[i].until_ms == (until ? utc(until) : DB_NULL);
}

static int64_t curve_sum(const struct figures *f)
{
    int64_t sum = 0;
    for (size_t i = 0; i < f->arrivals.minute_count; i++) sum += f->arrivals.minutes[i];
    return sum;
}

/* --- stories ------------------------------------------------------------------------------------------------------------------------------------- */

/* Midnight is at 23:00 UTC, and at 01:00 UTC it is 02:00 and 01:00 again. */
static void over_midnight(struct days *d)
{
    struct check *c = &d->check;
    CHECK(c, scan(d, "P1", false, "24T19:10") && scan(d, "P2", false, "24T19:20") && scan(d, "P3", false, "24T19:30"));
    CHECK(c, scan(d, "P3", true, "24T23:30"));
    CHECK(c, scan(d, "P4", false, "25T01:30"));
    struct figures f = asked(d, "25T02:29", "25T02:29");
    CHECK(c, f.event.present == 3 && f.event.attended == 4 && f.event.expected == 6);
    CHECK(c, session(&f, "eve")->required == 3 && session(&f, "eve")->eligible == 6 && session(&f, "eve")->since_ms == utc("24T19:30"));
    CHECK(c, session(&f, "eve")->period_count == 2 && is_period(session(&f, "eve"), 0, "24T19:30", "24T23:30") && is_period(session(&f, "eve"), 1, "25T01:30", NULL));
    f = asked(d, "25T02:31", "25T02:31");
    CHECK(c, f.event.present == 0 && is_period(session(&f, "eve"), 1, "25T01:30", "25T02:30"));
    CHECK(c, session(&f, "eve")->lost_ms == DB_NULL && session(&f, "eve")->present == 3 && session(&f, "eve")->most == 3); /* it ended, and was not lost */
    CHECK(c, f.quorum.session && strcmp(f.quorum.session, "day") == 0 && !f.quorum.reached);
    CHECK(c, met(d, "eve", "24T22:59", "25T02:31") && met(d, "eve", "24T23:01", "25T02:31")); /* midnight is nothing */
    CHECK(c, !met(d, "eve", "24T23:30", "25T02:31") && !met(d, "eve", "25T00:30", "25T02:31") && met(d, "eve", "25T01:30", "25T02:31"));
    CHECK(c, asked(d, "24T19:25", "25T02:31").event.present == 2 && asked(d, "24T19:25", "24T19:15").event.present == 1);
    f = asked(d, "24T19:31", "25T02:31");
    CHECK(c, f.arrivals.first_ms == utc("24T19:10") && f.arrivals.last_ms == utc("24T19:30") && f.arrivals.per_minute == 1 && f.arrivals.minute_count == 22);
    f = asked(d, "25T02:31", "25T02:31"); /* of this day, the fourth alone: the others were in over midnight */
    CHECK(c, f.arrivals.first_ms == utc("25T01:30") && f.arrivals.last_ms == utc("25T01:30") && curve_sum(&f) == 1);
}

/* An alternate is in the hall as such, and counts for the quorum from the moment on when they stand for somebody. */
static void substitute_while_in(struct days *d)
{
    struct check *c = &d->check;
    CHECK(c, scan(d, "P1", false, "25T08:50") && scan(d, "P2", false, "25T08:55") && scan(d, "A1", false, "25T08:56"));
    d->who = "P5";
    CHECK(c, happens(d, "25T09:10", do_absence));
    d->who = "A1";
    CHECK(c, happens(d, "25T09:30", do_substitute));
    struct figures before = asked(d, "25T09:29", "25T09:31"), after = asked(d, "25T09:31", "25T09:31");
    CHECK(c, before.event.present == 3 && before.quorum.present == 2 && !before.quorum.reached && before.substitutes == 0 && before.quorum.eligible == 6);
    CHECK(c, after.event.present == 3 && after.quorum.present == 3 && after.quorum.since_ms == utc("25T09:30") && after.substitutes == 1 && after.quorum.eligible == 6);
    CHECK(c, before.categories[1].count.present == 1 && after.categories[1].count.present == 0); /* the category went over too */
    CHECK(c, before.categories[0].count.expected == 6 && after.categories[0].count.expected == 6);
    CHECK(c, asked(d, "25T09:05", "25T09:05").absent.excused == 0 && asked(d, "25T09:05", "25T09:31").absent.excused == 1); /* an absence is knowledge */
    struct figures_person *people;
    struct programme *programme;
    size_t n, present = 0, excused = 0, standing = 0;
    CHECK(c, programme_load(d->store.db, &d->arena, EVENT, &programme) == OK);
    CHECK(c, figures_people_at(d->store.db, &d->arena, programme, (struct figures_moment){utc("25T09:31"), utc("25T09:31")}, &people, &n) == OK && n == 7);
    for (size_t i = 0; i < n; i++) {
        present += people[i].state == FIGURES_PRESENT;
        excused += people[i].excused && people[i].state == FIGURES_ABSENT;
        standing += people[i].substitute_of && strcmp(people[i].substitute_of, "P6") == 0;
    }
    CHECK(c, present == 3 && excused == 1 && standing == 1);
}

/* Who came the day before arrives again, once that day, whatever was between; live and past agree after each scan. */
static void second_day(struct days *d)
{
    struct check *c = &d->check;
    struct figures f = asked(d, "25T09:31", "25T09:31");
    CHECK(c, f.arrivals.first_ms == utc("25T01:30") && f.arrivals.last_ms == utc("25T08:56") && curve_sum(&f) == 4); /* P4 in the night, P1, P2, A1 */
    CHECK(c, scan(d, "P4", false, "25T09:45") && scan(d, "P4", true, "25T09:50")); /* was in that night: no arrival */
    f = asked(d, "25T09:46", "25T09:46");
    CHECK(c, f.arrivals.last_ms == utc("25T08:56") && f.arrivals.per_minute == 0 && curve_sum(&f) == 4);
    f = asked(d, "24T19:31", "25T09:46");
    CHECK(c, f.arrivals.first_ms == utc("24T19:10") && curve_sum(&f) == 3); /* the first day's curve is what it was */
}

static void lost_badge(struct days *d)
{
    struct check *c = &d->check;
    struct figures before = asked(d, "25T10:30", "25T10:30");
    d->who = "P2";
    CHECK(c, happens(d, "25T10:20", do_reissue));
    struct figures after = asked(d, "25T10:30", "25T10:30");
    CHECK(c, before.event.present == 3 && strcmp(figures_kit_text(&before, &d->arena), figures_kit_text(&after, &d->arena)) == 0);
}

static void in_the_break(struct days *d)
{
    struct check *c = &d->check;
    struct figures f = asked(d, "25T12:30", "25T12:30");
    CHECK(c, f.event.present == 3 && strcmp(f.quorum.session, "noon") == 0 && f.quorum.reached && f.quorum.since_ms == utc("25T12:00"));
    CHECK(c, session(&f, "day")->lost_ms == DB_NULL && is_period(session(&f, "day"), 0, "25T09:30", "25T12:00"));
}

static void told_later(struct days *d)
{
    struct check *c = &d->check;
    CHECK(c, told_late(d, "P5", "25T08:51", "25T14:00"));
    CHECK(c, !met(d, "day", "25T08:57", "25T13:59") && met(d, "day", "25T08:57", "25T14:00"));
    struct figures f = asked(d, "25T14:00", "25T14:00");
    CHECK(c, session(&f, "day")->since_ms == utc("25T08:55") && f.corrected == 1 && f.absent.total == 0);
    struct figures_late *late;
    size_t n;
    struct programme *programme;
    CHECK(c, programme_load(d->store.db, &d->arena, EVENT, &programme) == OK);
    CHECK(c, figures_late_read(d->store.db, &d->arena, programme->event_id, 10, &late, &n) == OK && n == 1);
    CHECK(c, late[0].known_ms == utc("25T14:00") && late[0].first_ms == utc("25T08:51") && late[0].entered == 1 && late[0].undone == 0);
    CHECK(c, happens(d, "25T14:10", do_undo));
    CHECK(c, !met(d, "day", "25T08:57", "25T14:10") && met(d, "day", "25T08:57", "25T14:09"));
    CHECK(c, asked(d, "25T14:10", "25T14:10").corrected == 0 && asked(d, "25T14:10", "25T14:09").corrected == 1);
    CHECK(c, figures_late_read(d->store.db, &d->arena, programme->event_id, 10, &late, &n) == OK && n == 1 && late[0].undone == 1);
}

/* One more who is entitled: the quorum asks for one more from then on, and never for the time before. */
static void walk_in(struct days *d)
{
    struct check *c = &d->check;
    CHECK(c, happens(d, "25T15:00", do_walk_in));
    struct figures before = asked(d, "25T14:59", "25T15:10"), after = asked(d, "25T15:10", "25T15:10");
    CHECK(c, before.event.expected == 6 && before.quorum.required == 3 && after.event.expected == 7 && after.quorum.eligible == 7 && after.quorum.required == 4);
    CHECK(c, session(&after, "noon")->lost_ms == utc("25T15:00") && is_period(session(&after, "noon"), 0, "25T12:00", "25T15:00"));
    CHECK(c, session(&after, "eve")->required == 3 && session(&after, "day")->required == 3);
    CHECK(c, after.quorum.reached && met(d, "noon", "25T14:59", "25T15:10") && !met(d, "noon", "25T15:00", "25T15:10"));
    struct figures_unit *units;
    size_t n;
    CHECK(c, figures_units_read(d->store.db, &d->arena, &after, &units, &n) == OK && n == 3 && strcmp(units[0].code, "D1") == 0 && units[1].depth == 1);
    CHECK(c, units[0].count.expected == 7 && units[0].count.attended == 5 && units[0].count.expected == units[1].count.expected + units[2].count.expected);
}

/* A gate that was silent tells who was in on the evening before, and has been replaced since: they were eligible then, and so they count for that evening. */
static void replaced_after_all(struct days *d)
{
    struct check *c = &d->check;
    CHECK(c, told_late(d, "P6", "24T19:15", "25T15:20"));
    struct figures then = asked(d, "24T19:21", "25T15:20"), now = asked(d, "25T15:20", "25T15:20");
    CHECK(c, then.quorum.eligible == 6 && then.quorum.present == 3 && then.quorum.since_ms == utc("24T19:20"));
    CHECK(c, session(&now, "eve")->since_ms == utc("24T19:20") && session(&now, "eve")->eligible == 6 && session(&now, "eve")->most == 4);
    CHECK(c, session(&now, "day")->eligible == 6 && is_period(session(&now, "day"), 0, "25T09:30", "25T12:00"));
}

/* What a file makes of somebody was always so: also of whom the desk had put onto the list, and of who stands for somebody. */
static void file_afterwards(struct days *d, const char *folder, const char *person, const char *status, int64_t eligible)
{
    struct check *c = &d->check;
    struct fault fault = {0};
    json_t *report = NULL;
    char path[64];
    (void)snprintf(path, sizeof path, "%s/newer.json", folder);
    FILE *file = fopen(path, "w");
    if (!CHECK(c, file)) return;
    fprintf(file, "{\"format\": \"plenum-events/1\", \"events\": [{\"slug\": \"past\", \"delegates\": [{\"person\": \"%s\", \"status\": \"%s\"}]}]}", person, status);
    (void)fclose(file);
    const struct import_options options = {.file = path, .folder = folder, .actor = "test"};
    if (!CHECK(c, event_file_import(&options, &report, &fault) == OK)) printf("# %s\n", fault.text);
    json_decref(report);
    if (!CHECK(c, figures_verify(d->store.db, EVENT, &fault) == OK)) printf("# %s\n", fault.text);
    CHECK(c, figures_kit_agree(d->keep, d->store.db, EVENT, utc("25T15:25")));
    struct figures f = asked(d, "25T15:25", "25T15:25");
    if (!CHECK(c, f.quorum.eligible == eligible)) printf("# %s %s: %" PRId64 "\n", person, status, f.quorum.eligible);
    CHECK(c, session(&f, "eve")->eligible == 6 && session(&f, "day")->eligible == 6);
}

static void moments(struct days *d)
{
    struct check *c = &d->check;
    struct fault fault = {0};
    struct figures_moment m;
    int64_t now = utc("25T12:00");
    CHECK(c, figures_moment_read("2026-10-25T08:00:00Z", NULL, now, &m, &fault) == OK && m.at_ms == utc("25T08:00") && m.known_ms == now);
    CHECK(c, figures_moment_read(NULL, "2026-10-25T09:00:00+01:00", now, &m, &fault) == OK && m.at_ms == utc("25T08:00") && m.known_ms == m.at_ms);
    CHECK(c, figures_moment_read("2026-10-25T12:00:00.001Z", NULL, now, &m, &fault) == ERR_INPUT && strcmp(fault.reason, "figures_future") == 0);
    CHECK(c, figures_moment_read("08:00", NULL, now, &m, &fault) == ERR_INPUT && strcmp(fault.reason, "figures_moment") == 0);
    struct figures f;
    struct programme *programme;
    CHECK(c, programme_load(d->store.db, &d->arena, EVENT, &programme) == OK);
    CHECK(c, figures_read_at(d->store.db, &d->arena, programme, (struct figures_moment){DB_NULL, now}, &f) == ERR_INPUT);
}

/* --- an upgrade ---------------------------------------------------------------------------------------------------------------------------------- */

static void sql(struct days *d, const char *text)
{
    sqlite3 *db = NULL;
    char *why = NULL;
    bool good = sqlite3_open_v2(d->store.database, &db, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK && sqlite3_exec(db, text, NULL, NULL, &why) == SQLITE_OK;
    if (!CHECK(&d->check, good)) printf("# %s: %s\n", text, why ? why : "not opened");
    sqlite3_free(why);
    sqlite3_close(db);
}

/* A record whose counters were made by the rule before migration 0030 (first arrivals at the event): the recount finds it out, who opens it next counts anew, once. */
static void older_record(struct days *d, const char *folder)
{
    struct check *c = &d->check;
    struct fault fault = {0};
    struct store other = {0};
    const char *asked_for = NULL;
    int64_t now_ms = utc("25T15:30");
    sql(d, "DELETE FROM tally WHERE dimension = 6;"
           "INSERT INTO tally(event_id, measure, dimension, key_id, until_ms, total) SELECT event_id, 2, 6, first_ms / 60000, 0, COUNT(*) FROM"
           " (SELECT event_id, MIN(from_ms) AS first_ms FROM presence WHERE area_id = (SELECT id FROM area ORDER BY sort_order LIMIT 1) GROUP BY event_id, delegate_id)"
           " GROUP BY event_id, first_ms / 60000");
    CHECK(c, figures_verify(d->store.db, EVENT, &fault) == ERR_CONFLICT);
    CHECK(c, store_open(folder, STORE_WRITE, &other, &fault) == OK && figures_verify(other.db, EVENT, &fault) == ERR_CONFLICT); /* nothing is made anew unasked */
    store_close(&other);
    sql(d, "DELETE FROM schema_patch WHERE name LIKE '%-arrivals'");
    store_close(&d->store);
    CHECK(c, store_open(folder, STORE_READ, &other, &fault) == ERR_CONFLICT);
    store_close(&other);
    if (!CHECK(c, store_open(folder, STORE_WRITE, &d->store, &fault) == OK)) printf("# %s\n", fault.text);
    if (!CHECK(c, figures_verify(d->store.db, EVENT, &fault) == OK)) printf("# %s\n", fault.text);
    CHECK(c, setting_read(d->store.db, &d->arena, TALLY_REBUILD_SETTING, &asked_for) == OK && !asked_for);
    figures_keep_free(d->keep);
    d->keep = NULL;
    CHECK(c, figures_keep_new(&d->keep) == OK && figures_kit_agree(d->keep, d->store.db, EVENT, now_ms));
}

int main(void)
{
    struct days d = {0};
    char folder[] = "/tmp/plenum-test-XXXXXX", command[64];
    struct fault fault = {0};
    json_t *report = NULL;
    CHECK(&d.check, crypto_init() == OK && mkdtemp(folder));
    struct import_options options = {.file = "tests/fixtures/figures/past.json", .folder = folder, .actor = "test"};
    bool ready = CHECK(&d.check, event_file_import(&options, &report, &fault) == OK) && CHECK(&d.check, store_open(folder, STORE_WRITE, &d.store, &fault) == OK);
    json_decref(report);
    if (!ready) printf("# %s\n", fault.text);
    if (ready && CHECK(&d.check, figures_keep_new(&d.keep) == OK)) {
        over_midnight(&d);
        substitute_while_in(&d);
        second_day(&d);
        lost_badge(&d);
        in_the_break(&d);
        told_later(&d);
        walk_in(&d);
        replaced_after_all(&d);
        const char *code = d.amended.code;
        file_afterwards(&d, folder, code, "withdrawn", 6);
        file_afterwards(&d, folder, code, "summoned", 7);
        moments(&d);
        older_record(&d, folder);
    }
    figures_keep_free(d.keep);
    store_close(&d.store);
    write_tools_release(&d.tools);
    arena_release(&d.arena);
    (void)snprintf(command, sizeof command, "rm -rf '%s'", folder);
    CHECK(&d.check, system(command) == 0);
    return check_done(&d.check, "figures of the past");
}
