/* What a check-in works out from the row of state must be what all scans of the person say: scans by chance, in and out at several gates, early and late, of badges and
 * of groups, told against the rule and taken back, and after each of them the recount, which goes the long way for stays, conflicts, chains and counters. */
#include "catalogue.h"
#include "core/base/clock.h"
#include "core/base/crypto.h"
#include "core/base/zone.h"
#include "core/congress/checkin/checkin.h"
#include "core/congress/event_file/event_file.h"
#include "core/congress/figures/figures.h"
#include "core/congress/store/store.h"
#include "tests/unit/figures_kit.h"

#include <stdlib.h>

#define STEPS 400
#define PAST 24 /* scans that may still be taken back */

struct rush {
    struct check check;
    struct store store;
    struct write_tools tools;
    struct arena arena;
    struct checkin_source source;
    struct checkin_scan scan;
    struct checkin_answer answer;
    char past[PAST][ID_UUID_SIZE];
    struct figures_keep *keep;
    const char *undo; /* instead of a scan */
    uint64_t chance;
    int64_t now;
    size_t outcomes[OUTCOME_COUNT], late, conflicts, undone, groups, confirmed;
};

static uint64_t chance(struct rush *r, uint64_t below)
{
    r->chance = r->chance * 6364136223846793005u + 1442695040888963407u;
    return (r->chance >> 33) % below;
}

static enum err apply(struct db *db, void *arg, struct fault *fault)
{
    struct rush *r = arg;
    (void)fault;
    write_tools_begin(&r->tools);
    enum err e = r->undo ? checkin_undo(db, &r->arena, &r->tools, &r->source, r->undo, NULL)
                         : checkin_apply(db, &r->arena, &r->tools, &r->source, &r->scan, &r->answer);
    if (r->undo && e == ERR_TIMEOUT) e = OK; /* too old to be taken back: nothing changes */
    return e == OK ? write_tools_flush(&r->tools, db) : e;
}

static void one_scan(struct rush *r, char *scan_id)
{
    static const char *const people[] = {"P01", "P02", "P03", "P10"}, *const gates[] = {"main", "main", "main", "dinner", "gifts"};
    static const enum outcome told_in[] = {OUTCOME_admitted, OUTCOME_already_in, OUTCOME_refused};
    const char *gate = gates[chance(r, 5)];
    bool gift = strcmp(gate, "gifts") == 0, late = chance(r, 4) == 0, out = !gift && chance(r, 3) == 0;
    id_uuid7(scan_id);
    r->undo = NULL;
    r->source.received_ms = r->now;
    r->scan = (struct checkin_scan){.scan_id = scan_id, .delegate = people[chance(r, 4)], .gate = gate, .going_out = out, .roster = DB_NULL, .asks = !late};
    r->scan.age_ms = late ? (int64_t)chance(r, 120) * CLOCK_MINUTE : 0; /* now and then the very moment of another */
    r->scan.scanned_ms = r->now - r->scan.age_ms;
    r->scan.told = gift ? OUTCOME_handed_out : out ? OUTCOME_left : told_in[chance(r, 3)];
    r->source.group_id = !late && !out && !gift && chance(r, 2) == 0 ? 77 : 0;
    r->late += late;
    r->groups += r->source.group_id != 0;
}

static void one_undo(struct rush *r, const char *scan_id)
{
    r->undo = scan_id;
    r->source.group_id = 0;
    r->source.received_ms = r->now;
    r->undone++;
}

/* Stays that a group began and in which the own badge was read later. */
static enum err count_confirmed(struct rush *r)
{
    struct programme *programme;
    struct sql_figures_quorum_stays_row *rows;
    size_t n = 0;
    r->confirmed = 0;
    enum err e = programme_load(r->store.db, &r->arena, "test-1", &programme);
    for (size_t i = 0; e == OK && i < 2; i++) {
        e = sql_figures_quorum_stays(r->store.db, &r->arena, programme->event_id, programme->areas[i].id, programme->categories[0].id, &rows, &n);
        for (size_t k = 0; e == OK && k < n; k++) {
            r->confirmed += rows[k].personal_ms > 0;
            if (rows[k].personal_ms > 0 && (rows[k].personal_ms < rows[k].from_ms || rows[k].personal_ms > rows[k].until_ms)) e = ERR_BUG;
        }
    }
    return e;
}

static bool step(struct rush *r, size_t i)
{
    struct fault fault = {0};
    char *slot = r->past[i % PAST];
    r->now += (int64_t)chance(r, 4) * CLOCK_MINUTE;
    bool undo = i > PAST && chance(r, 8) == 0;
    if (undo) one_undo(r, r->past[(i + PAST - 1 - chance(r, 4)) % PAST]);
    else one_scan(r, slot);
    enum err e = db_transaction(r->store.db, apply, r, &fault);
    if (e == ERR_NOT_FOUND && undo) e = OK; /* the slot before was a taking back */
    if (!undo && e == OK) {
        r->outcomes[r->answer.outcome]++;
        r->conflicts += r->answer.conflict;
    }
    if (undo) slot[0] = '\0';
    enum err v = figures_verify(r->store.db, "test-1", &fault);
    if (e != OK || v != OK) printf("# step %zu: %s, %s: %s\n", i, err_name(e), err_name(v), fault.text);
    arena_clear(&r->arena);
    return e == OK && v == OK && figures_kit_agree(r->keep, r->store.db, "test-1", r->now);
}

int main(void)
{
    struct rush r = {.source = {.event = "test-1", .gate_id = DB_NULL, .device_id = DB_NULL, .account_id = 1}, .chance = 7};
    char folder[] = "/tmp/plenum-test-XXXXXX", command[64];
    struct fault fault = {0};
    json_t *report = NULL;
    CHECK(&r.check, crypto_init() == OK && mkdtemp(folder) && zone_parse("Asia/Ho_Chi_Minh", "2026-12-01T07:00", &r.now) == OK);
    struct import_options options = {.file = "tests/fixtures/event-file/good/small.json", .folder = folder, .actor = "test"};
    bool ready = CHECK(&r.check, event_file_import(&options, &report, &fault) == OK) && CHECK(&r.check, store_open(folder, STORE_WRITE, &r.store, &fault) == OK);
    json_decref(report);
    ready = ready && CHECK(&r.check, figures_keep_new(&r.keep) == OK);
    for (size_t i = 0; ready && i < STEPS; i++) ready = CHECK(&r.check, step(&r, i));
    CHECK(&r.check, r.outcomes[OUTCOME_admitted] > 20 && r.outcomes[OUTCOME_left] > 20 && r.outcomes[OUTCOME_already_in] > 5 && r.outcomes[OUTCOME_handed_out] > 5);
    CHECK(&r.check, ready && count_confirmed(&r) == OK && r.groups > 40 && r.confirmed > 2);
    CHECK(&r.check, r.late > 50 && r.conflicts > 20 && r.undone > 20);
    printf("# late %zu, conflicts %zu, undone %zu, of groups %zu, confirmed %zu\n", r.late, r.conflicts, r.undone, r.groups, r.confirmed);
    figures_keep_free(r.keep);
    store_close(&r.store);
    write_tools_release(&r.tools);
    arena_release(&r.arena);
    (void)snprintf(command, sizeof command, "rm -rf '%s'", folder);
    CHECK(&r.check, system(command) == 0);
    return check_done(&r.check, "check-in history");
}
