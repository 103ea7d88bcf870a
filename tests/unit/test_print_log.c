/* The print log and reissue at the level of the domain: which print counts, what a change is, two at once, runs that were never finished, cards of members. How quick
 * writing down a large run is, is told and never failed on. */
#include "core/base/clock.h"
#include "core/base/crypto.h"
#include "core/base/file.h"
#include "core/congress/badges/print_facts.h"
#include "core/congress/badges/reissue.h"
#include "core/congress/event_file/event_file.h"
#include "core/congress/store/store.h"
#include "tests/unit/check.h"

#include "catalogue.h"

#include <sqlite3.h>
#include <stdlib.h>

#define BASE "http://10.0.0.1:8080"
#define BIT(fact) (UINT32_C(1) << PRINT_FACT_##fact)
#define SHOWN (BIT(NAME) | BIT(SEAT) | BIT(ISSUE) | BIT(HOST) | BIT(EVENT))
#define LARGE 20000

static const char event[] =
    "{\"format\":\"plenum-events/1\",\"people\":[{\"code\":\"A\",\"name\":\"An\"},{\"code\":\"B\",\"name\":\"Bình\"},{\"code\":\"C\",\"name\":\"Châu\"}],"
    "\"events\":[{\"slug\":\"e\",\"kind\":\"meeting\",\"title\":\"T\",\"timezone\":\"Asia/Ho_Chi_Minh\",\"starts\":\"2026-12-01T08:00\",\"ends\":\"2026-12-01T09:00\","
    "\"categories\":[{\"code\":\"c\",\"title\":\"C\"}],\"delegates\":[{\"person\":\"A\",\"category\":\"c\",\"number\":\"1\",\"seat\":\"A1\",\"order\":1},"
    "{\"person\":\"B\",\"category\":\"c\",\"number\":\"2\",\"order\":2},{\"person\":\"C\",\"category\":\"c\",\"number\":\"A\",\"order\":3},"
    "{\"person\":null,\"category\":\"c\",\"number\":\"901\"}]}]}";

struct desk {
    struct check check;
    struct store store;
    struct arena arena;
    struct id_source ids;
    int64_t now_ms;
};

static struct badge_list load(struct desk *d, const char *only, print_facts shown, const char *base)
{
    struct badge_list list = {0};
    struct fault fault = {0};
    const struct badge_list_filter filter = {.only = only ? &only : NULL, .only_count = only ? 1 : 0};
    enum err e = badge_list_load(d->store.db, &d->arena, "e", &filter, base, &list, &fault);
    if (e == OK) e = print_log_compare(d->store.db, &d->arena, &list, "badge", base, shown, &fault);
    if (!CHECK(&d->check, e == OK)) printf("# %s\n", fault.text);
    return list;
}

static enum err record(struct desk *d, const struct badge_list *list, const char *kind, bool unless_printed, int64_t *ret_run, struct fault *fault)
{
    const struct print_run run = {.kind = kind, .layout = "a6", .base_url = BASE, .actor = "anna", .now_ms = ++d->now_ms, .unless_printed = unless_printed};
    enum err e = db_begin(d->store.db);
    if (e == OK) e = print_log_record(d->store.db, &d->ids, list, &run, ret_run, fault);
    if (e == OK) return db_commit(d->store.db);
    db_rollback(d->store.db);
    return e;
}

static size_t not_printed(struct desk *d)
{
    struct badge_list list = load(d, NULL, SHOWN, BASE);
    print_log_keep(&list, PRINT_KEEP_NOT_PRINTED);
    return list.count;
}

/* What an import would change, without making a file for each. */
static void sql(struct desk *d, const char *text)
{
    sqlite3 *db = NULL;
    bool good = sqlite3_open_v2(d->store.database, &db, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK && sqlite3_exec(db, text, NULL, NULL, NULL) == SQLITE_OK;
    if (!good) printf("# %s: %s\n", text, sqlite3_errmsg(db));
    CHECK(&d->check, good);
    sqlite3_close(db);
}

static void check_counting(struct desk *d)
{
    struct badge_list all = load(d, NULL, SHOWN, BASE), one = load(d, "A", SHOWN, BASE);
    struct print_count count;
    struct fault fault = {0};
    int64_t first, second;
    CHECK(&d->check, all.count == 4 && one.count == 2); /* "A" is a code and a number: both are printed, neither is reissued */
    CHECK(&d->check, print_log_refuse(&all, &fault) == OK);
    CHECK(&d->check, record(d, &all, "badge", true, &first, &fault) == OK && not_printed(d) == 0);
    one = load(d, "B", SHOWN, BASE);
    CHECK(&d->check, one.count == 1 && print_log_is_printed(&one.rows[0]) && one.rows[0].change_count == 0);
    CHECK(&d->check, print_log_refuse(&one, &fault) == ERR_CONFLICT && strstr(fault.text, "Bình") && strstr(fault.text, "anna"));
    CHECK(&d->check, record(d, &one, "badge", false, &second, &fault) == OK);
    struct badge_list again = load(d, NULL, SHOWN, BASE);
    print_log_count(&again, &count);
    CHECK(&d->check, count.printed == 4 && count.not_printed == 0 && count.changed == 0 && count.last && count.last->printed->run_id == second);
    CHECK(&d->check, print_log_mark_spoiled(d->store.db, again.event_id, second, true, "anna", d->now_ms, &fault) == OK && not_printed(d) == 0);
    CHECK(&d->check, print_log_mark_spoiled(d->store.db, again.event_id, first, true, "anna", d->now_ms, &fault) == OK && not_printed(d) == 4);
    CHECK(&d->check, print_log_mark_spoiled(d->store.db, again.event_id, first, false, "anna", d->now_ms, &fault) == OK && not_printed(d) == 0);
    CHECK(&d->check, print_log_mark_spoiled(d->store.db, again.event_id + 1, first, true, "anna", d->now_ms, &fault) == ERR_NOT_FOUND);
    CHECK(&d->check, print_log_mark_spoiled(d->store.db, 0, first, true, "anna", d->now_ms, &fault) == ERR_NOT_FOUND);
}

static void check_changes(struct desk *d)
{
    struct print_change *common;
    size_t common_count;
    struct fault fault = {0};
    sql(d, "UPDATE delegate SET seat = NULL WHERE number = '1'; UPDATE delegate SET room = '9' WHERE number = '2'; UPDATE event SET title = 'U'");
    struct badge_list list = load(d, NULL, SHOWN, BASE);
    CHECK(&d->check, print_log_compare_run(d->store.db, &d->arena, &list, "badge", SHOWN, &common, &common_count, &fault) == OK);
    if (CHECK(&d->check, common_count == 1)) CHECK(&d->check, common[0].fact == PRINT_FACT_EVENT && strcmp(common[0].before, "T") == 0);
    CHECK(&d->check, print_log_compare_run(d->store.db, &d->arena, &list, "badge", BIT(NAME), &common, &common_count, &fault) == OK && common_count == 0);
    print_log_keep(&list, PRINT_KEEP_CHANGED);
    if (CHECK(&d->check, list.count == 1 && list.rows[0].change_count == 1)) {
        CHECK(&d->check, list.rows[0].changes[0].fact == PRINT_FACT_SEAT && !list.rows[0].changes[0].now);
        CHECK_TEXT(&d->check, list.rows[0].changes[0].before, "A1");
    }
    list = load(d, NULL, SHOWN | BIT(ROOM), BASE);
    print_log_keep(&list, PRINT_KEEP_CHANGED);
    CHECK(&d->check, list.count == 2);
    list = load(d, NULL, SHOWN, "http://10.0.0.2:8080");
    print_log_keep(&list, PRINT_KEEP_CHANGED | PRINT_KEEP_NOT_PRINTED);
    CHECK(&d->check, list.count == 4);
    list = load(d, NULL, BIT(NAME), "http://10.0.0.2:8080"); /* paper without a code does not mind the host */
    print_log_keep(&list, PRINT_KEEP_CHANGED);
    CHECK(&d->check, list.count == 0);
    sql(d, "UPDATE printed_badge SET facts = '{broken'"); /* a log that is no JSON: nothing is known, everything changed */
    list = load(d, "901", SHOWN, BASE);
    CHECK(&d->check, list.count == 1 && list.rows[0].change_count == 0);
    list = load(d, "B", SHOWN, BASE);
    CHECK(&d->check, list.count == 1 && list.rows[0].change_count == 1 && !list.rows[0].changes[0].before);
}

/* Somebody else printed between looking and writing down. */
static void check_two(struct desk *d)
{
    struct badge_list mine = load(d, "B", SHOWN, BASE), theirs = load(d, NULL, SHOWN, BASE);
    struct fault fault = {0};
    int64_t run = 7;
    CHECK(&d->check, record(d, &theirs, "badge", false, &run, &fault) == OK);
    run = 7;
    CHECK(&d->check, record(d, &mine, "badge", true, &run, &fault) == ERR_CONFLICT && run == 7 && strstr(fault.text, "Bình"));
    CHECK(&d->check, record(d, &mine, "voting_card", true, &run, &fault) == OK); /* another kind of paper is not meant */
    mine = load(d, "B", SHOWN, BASE);
    CHECK(&d->check, record(d, &mine, "badge", true, &run, &fault) == OK); /* knowing of it */
}

/* In turns: until the last one the run is spoiled, as after a power cut. */
static void check_turns(struct desk *d)
{
    struct badge_list list = load(d, "B", SHOWN, BASE);
    struct print_log_entry *runs;
    size_t count;
    struct fault fault = {0};
    const struct print_run run = {.kind = "sheet", .layout = "sheet", .base_url = BASE, .actor = "anna", .now_ms = ++d->now_ms};
    int64_t id = id_next(&d->ids);
    struct db *db = d->store.db;
    CHECK(&d->check, print_log_begin(db, id, &list, &run, &fault) == OK && print_log_add(db, id, &list, 0, PRINT_LOG_TURN, &fault) == OK);
    CHECK(&d->check, print_log_runs(db, &d->arena, list.event_id, 1, &runs, &count) == OK && count == 1 && runs[0].id == id && runs[0].spoiled_ms != DB_NULL);
    CHECK(&d->check, print_log_finish(db, id, &fault) == OK);
    CHECK(&d->check, print_log_runs(db, &d->arena, list.event_id, 1, &runs, &count) == OK && runs[0].spoiled_ms == DB_NULL && runs[0].badges == 1);
    CHECK_TEXT(&d->check, runs[0].host, "10.0.0.1:8080");
    CHECK(&d->check, print_log_add(db, id, &list, 0, 1, &fault) == ERR_CONFLICT); /* a badge is once in a run */
}

/* A run that was not finished when the list was compared, and then was; and one that was spoiled while another was finished: as many as before. */
static void check_between(struct desk *d)
{
    struct fault fault = {0};
    struct badge_list list = load(d, "1", SHOWN, BASE);
    const struct print_run run = {.kind = "badge", .layout = "a6", .base_url = BASE, .actor = "anna", .now_ms = ++d->now_ms};
    struct db *db = d->store.db;
    int64_t id = id_next(&d->ids), spare, ours;
    CHECK(&d->check, record(d, &list, "badge", false, &spare, &fault) == OK);
    CHECK(&d->check, print_log_begin(db, id, &list, &run, &fault) == OK && print_log_add(db, id, &list, 0, 1, &fault) == OK);
    list = load(d, "1", SHOWN, BASE);
    CHECK(&d->check, print_log_finish(db, id, &fault) == OK && print_log_mark_spoiled(db, list.event_id, spare, true, "anna", d->now_ms, &fault) == OK);
    CHECK(&d->check, record(d, &list, "badge", true, &ours, &fault) == ERR_CONFLICT);
}

static enum err claim(struct desk *d, const struct badge_list *list, bool unless_printed, bool in_turns, struct print_claim *ret, struct fault *fault)
{
    const struct print_run run = {.kind = "badge", .layout = "a6", .base_url = BASE, .printer = "first", .actor = "anna", .now_ms = ++d->now_ms,
                                  .unless_printed = unless_printed, .claim_until_ms = d->now_ms + 60000};
    if (in_turns) return print_log_claim_in_turns(d->store.db, &d->ids, list, &run, ret, fault);
    enum err e = db_begin(d->store.db);
    if (e == OK) e = print_log_claim(d->store.db, &d->ids, list, &run, ret, fault);
    if (e == OK) return db_commit(d->store.db);
    db_rollback(d->store.db);
    return e;
}

static bool is_told(const struct fault *fault)
{
    return strstr(fault->text, "being printed") && strstr(fault->text, "first") && strstr(fault->text, "anna") && strstr(fault->text, "free again after");
}

static size_t runs_of(struct desk *d, int64_t event_id, int64_t *ret_spoiled_ms)
{
    struct print_log_entry *runs;
    size_t count = 0;
    CHECK(&d->check, print_log_runs(d->store.db, &d->arena, event_id, 1000, &runs, &count) == OK);
    *ret_spoiled_ms = count ? runs[0].spoiled_ms : 0;
    return count;
}

/* To a printer: who claims first prints, by whatever door and also knowingly; the claims end with the job, or with their time. */
static void check_claims(struct desk *d, bool in_turns)
{
    struct fault fault = {0};
    struct print_claim one = {0}, two = {0};
    int64_t run, spoiled_ms;
    struct db *db = d->store.db;
    struct badge_list mine = load(d, "B", SHOWN, BASE), all = load(d, NULL, SHOWN, BASE), other = load(d, "901", SHOWN, BASE);
    size_t before = runs_of(d, all.event_id, &spoiled_ms);
    CHECK(&d->check, claim(d, &mine, true, in_turns, &one, &fault) == OK && one.run_id && !one.broken);
    CHECK(&d->check, claim(d, &mine, true, false, &two, &fault) == ERR_CONFLICT && is_told(&fault) && strstr(fault.text, "Bình"));
    CHECK(&d->check, claim(d, &all, false, in_turns, &two, &fault) == ERR_CONFLICT && is_told(&fault)); /* also knowingly, and with others */
    CHECK(&d->check, runs_of(d, all.event_id, &spoiled_ms) == before + 1 && spoiled_ms != DB_NULL); /* and nothing of it stays */
    CHECK(&d->check, record(d, &mine, "badge", true, &run, &fault) == ERR_CONFLICT && is_told(&fault)); /* a file of --not-printed */
    CHECK(&d->check, claim(d, &other, true, in_turns, &two, &fault) == OK); /* somebody else's badge */
    CHECK(&d->check, print_log_settle(db, two.run_id, PRINT_NOT_SENT, &fault) == OK && runs_of(d, all.event_id, &spoiled_ms) == before + 1);
    mine = load(d, "B", SHOWN, BASE); /* looked while it was on its way, asks when it is out */
    CHECK(&d->check, print_log_settle(db, one.run_id, PRINT_CAME_OUT, &fault) == OK);
    CHECK(&d->check, runs_of(d, all.event_id, &spoiled_ms) == before + 1 && spoiled_ms == DB_NULL);
    CHECK(&d->check, claim(d, &mine, true, in_turns, &two, &fault) == ERR_CONFLICT && strstr(fault.text, "nothing was printed here"));
    CHECK(&d->check, claim(d, &mine, false, in_turns, &two, &fault) == OK); /* knowingly, after it */
    CHECK(&d->check, print_log_settle(db, two.run_id, PRINT_UNSURE, &fault) == OK && runs_of(d, all.event_id, &spoiled_ms) == before + 2 && spoiled_ms != DB_NULL);
    CHECK(&d->check, claim(d, &all, false, in_turns, &one, &fault) == OK);
    d->now_ms += 60001; /* its program died */
    CHECK(&d->check, claim(d, &mine, false, in_turns, &two, &fault) == OK && two.broken == 1 && two.broken_run_id == one.run_id);
    CHECK(&d->check, print_log_settle(db, two.run_id, PRINT_CAME_OUT, &fault) == OK && print_log_settle(db, one.run_id, PRINT_NOT_SENT, &fault) == OK);
    mine = load(d, "B", SHOWN, BASE);
    CHECK(&d->check, print_log_is_printed(&mine.rows[0]) && mine.rows[0].printed->run_id == two.run_id);
}

static void check_reissue(struct desk *d)
{
    struct reissue one, two;
    struct fault fault = {0};
    struct badge_list list;
    struct db *db = d->store.db;
    CHECK(&d->check, reissue_plan(db, &d->arena, &d->ids, "e", "A", &one, &fault) == ERR_CONFLICT); /* a code and a number */
    CHECK(&d->check, reissue_plan(db, &d->arena, &d->ids, "e", "Z", &one, &fault) == ERR_NOT_FOUND);
    CHECK(&d->check, reissue_plan(db, &d->arena, &d->ids, "no", "B", &one, &fault) == ERR_NOT_FOUND);
    CHECK(&d->check, reissue_plan(db, &d->arena, &d->ids, "e", "B", &one, &fault) == OK && reissue_plan(db, &d->arena, &d->ids, "e", "2", &two, &fault) == OK);
    CHECK(&d->check, reissue_expect(&one, 1, &fault) == OK && reissue_expect(&one, 2, &fault) == ERR_CONFLICT && reissue_expect(&one, 0, &fault) == ERR_CONFLICT);
    CHECK(&d->check, one.issue == 2 && two.issue == 2 && strcmp(one.credential.token, two.credential.token) != 0);
    list = load(d, "B", SHOWN, BASE);
    const char *old = list.rows[0].url;
    CHECK(&d->check, reissue_into_list(&d->arena, &one, BASE, &list) == OK && strcmp(old, list.rows[0].url) != 0 && strstr(list.rows[0].url, one.credential.token));
    list = load(d, "901", SHOWN, BASE);
    CHECK(&d->check, reissue_into_list(&d->arena, &one, BASE, &list) == ERR_NOT_FOUND);
    CHECK(&d->check, reissue_apply(db, &one, "anna", ++d->now_ms, &fault) == OK);
    CHECK(&d->check, reissue_apply(db, &two, "berta", ++d->now_ms, &fault) == ERR_CONFLICT); /* two at one time: one new badge */
    list = load(d, "B", SHOWN, BASE);
    CHECK(&d->check, list.count == 1 && list.rows[0].issue == 2 && list.rows[0].credential_id == one.credential.id && strstr(list.rows[0].url, one.credential.token));
    CHECK(&d->check, !print_log_is_printed(&list.rows[0]) && list.rows[0].printed && list.rows[0].printed->issue == 1);
    CHECK(&d->check, print_log_refuse(&list, &fault) == OK); /* the new one was not printed */
    bool told = false;
    for (size_t i = 0; i < list.rows[0].change_count; i++) told |= list.rows[0].changes[i].fact == PRINT_FACT_ISSUE && strcmp(list.rows[0].changes[i].now, "2") == 0;
    CHECK(&d->check, told);
    list = load(d, "B", BIT(NAME), BASE); /* paper without a code was printed, whatever the issue */
    CHECK(&d->check, print_log_is_printed(&list.rows[0]));
    CHECK(&d->check, reissue_plan(db, &d->arena, &d->ids, "e", "901", &one, &fault) == OK && !one.name);
    sql(d, "UPDATE delegate SET person_id = NULL WHERE number = '2'; UPDATE delegate SET person_id = (SELECT id FROM person WHERE code = 'B') WHERE number = '901'");
    CHECK(&d->check, reissue_apply(db, &one, "anna", ++d->now_ms, &fault) == ERR_CONFLICT); /* it got a name meanwhile */
}

/* A member card dies in every event of its person; badges stay. */
static void check_card(struct desk *d)
{
    struct reissue card;
    struct fault fault = {0};
    struct credential_new first;
    struct sql_reissue_find_card_row person;
    struct sql_checkin_badge_row badge;
    struct sql_roster_base_row before, after;
    struct db *db = d->store.db;
    struct badge_list list = load(d, "1", SHOWN, BASE);
    CHECK(&d->check, reissue_plan_card(db, &d->arena, &d->ids, "A", &card, &fault) == ERR_NOT_FOUND && sql_reissue_find_card(db, &d->arena, "A", &person) == OK);
    credential_make(&d->ids, &first);
    CHECK(&d->check, credential_add(db, &first, &(struct credential_owner){.person_id = person.person_id}, 1, ++d->now_ms) == OK);
    CHECK(&d->check, sql_checkin_badge(db, &d->arena, first.token_id, list.event_id, &badge) == OK && badge.delegate_id == list.rows[0].delegate_id);
    CHECK(&d->check, sql_roster_base(db, NULL, list.event_id, &before) == OK);
    CHECK(&d->check, reissue_plan_card(db, &d->arena, &d->ids, "A", &card, &fault) == OK && card.issue == 2 && !card.event);
    CHECK(&d->check, reissue_apply(db, &card, "anna", ++d->now_ms, &fault) == OK);
    CHECK(&d->check, sql_checkin_badge(db, &d->arena, first.token_id, list.event_id, &badge) == OK && badge.revoked_ms != DB_NULL);
    CHECK(&d->check, sql_checkin_badge(db, &d->arena, card.credential.token_id, list.event_id, &badge) == OK && badge.revoked_ms == DB_NULL);
    CHECK(&d->check, sql_roster_base(db, NULL, list.event_id, &after) == OK && after.roster_seq > before.roster_seq);
    list = load(d, "1", SHOWN, BASE);
    CHECK(&d->check, list.count == 1 && list.rows[0].issue == 1); /* the badge is another thing */
}

static void tell_speed(struct desk *d)
{
    struct badge_list list = load(d, "1", SHOWN, BASE);
    struct badge_list_row *rows = calloc(LARGE, sizeof *rows);
    struct fault fault = {0};
    int64_t run;
    if (!CHECK(&d->check, rows != NULL)) return;
    for (size_t i = 0; i < LARGE; i++) {
        rows[i] = list.rows[0];
        rows[i].credential_id = (int64_t)i + 1;
    }
    list.rows = rows;
    list.count = LARGE;
    int64_t began = clock_steady_ms();
    CHECK(&d->check, record(d, &list, "coupon", false, &run, &fault) == OK);
    printf("# %d badges written down in %lld ms\n", LARGE, (long long)(clock_steady_ms() - began));
    const struct print_run large = {.kind = "sheet", .layout = "sheet", .base_url = BASE, .actor = "anna", .now_ms = ++d->now_ms, .unless_printed = true};
    struct sql_print_log_mark_row mark;
    CHECK(&d->check, sql_print_log_mark(d->store.db, NULL, list.event_id, "sheet", &mark) == OK);
    list.runs_seen = mark.mark;
    began = clock_steady_ms();
    CHECK(&d->check, print_log_record_in_turns(d->store.db, &d->ids, &list, &large, &run, &fault) == OK);
    printf("# and in turns in %lld ms\n", (long long)(clock_steady_ms() - began));
    free(rows);
}

int main(void)
{
    struct desk d = {.now_ms = INT64_C(1764547200000)};
    char folder[] = "/tmp/plenum-test-XXXXXX", file[64], command[64];
    struct fault fault = {0};
    json_t *report = NULL;
    CHECK(&d.check, crypto_init() == OK && mkdtemp(folder));
    (void)snprintf(file, sizeof file, "%s/event.json", folder);
    struct import_options options = {.file = file, .folder = folder, .actor = "test"};
    CHECK(&d.check, file_write_atomic(file, event, strlen(event), 0600, &fault) == OK);
    if (CHECK(&d.check, event_file_import(&options, &report, &fault) == OK && store_open(folder, STORE_WRITE, &d.store, &fault) == OK)) {
        check_counting(&d);
        check_changes(&d);
        check_two(&d);
        check_turns(&d);
        check_between(&d);
        check_claims(&d, false);
        check_claims(&d, true);
        check_reissue(&d);
        check_card(&d);
        tell_speed(&d);
    } else printf("# %s\n", fault.text);
    json_decref(report);
    store_close(&d.store);
    arena_release(&d.arena);
    (void)snprintf(command, sizeof command, "rm -rf %s", folder);
    CHECK(&d.check, system(command) == 0);
    return check_done(&d.check, "print_log");
}
