/* What the desk changes of the list on the day: each once, whatever is sent again; the figures, the doors and the badges follow; the recount agrees after each. */
#include "core/base/crypto.h"
#include "core/base/zone.h"
#include "core/congress/checkin/checkin.h"
#include "core/congress/delegates/amend.h"
#include "core/congress/event_file/event_file.h"
#include "core/congress/figures/figures.h"
#include "core/congress/store/store.h"
#include "tests/unit/check.h"

#include "catalogue.h"

#include <stdlib.h>
#include <string.h>

#define ZONE "Asia/Ho_Chi_Minh"

struct desk {
    struct check check;
    struct store store;
    struct write_tools tools;
    struct arena arena;
    struct fault fault;
    struct amended amended;
    struct checkin_answer answer;
    char request[ID_UUID_SIZE];
    bool is_organiser, again;
};

enum kind { WALK_IN, BLANK, SUBSTITUTE, ABSENCE, NOTE, CORRECT, SCAN };

/* One wish: of each kind only its own fields count. */
struct wish {
    enum kind kind;
    const char *code, *category, *number;
    struct amend_person who;
    struct amend_facts facts;
    bool anyway, excused;
    const char *reason;
};

struct doing {
    struct desk *desk;
    const struct wish *wish;
};

static int64_t noon(void)
{
    int64_t ms = 0;
    return zone_parse(ZONE, "2026-12-01T09:00", &ms) == OK ? ms : 0;
}

static enum err scan(struct desk *d, struct db *db, const char *code)
{
    char id[ID_UUID_SIZE];
    id_uuid7(id);
    const struct checkin_source source = {.event = "test-1", .gate_id = DB_NULL, .device_id = DB_NULL, .account_id = 1, .received_ms = noon()};
    const struct checkin_scan scan = {.scan_id = id, .delegate = code, .gate = "main", .scanned_ms = noon(), .age_ms = 0, .asks = true, .roster = DB_NULL};
    return checkin_apply(db, &d->arena, &d->tools, &source, &scan, &d->answer);
}

static enum err work(struct db *db, void *arg, struct fault *fault)
{
    struct doing *doing = arg;
    struct desk *d = doing->desk;
    const struct wish *w = doing->wish;
    const struct programme *programme;
    write_tools_begin(&d->tools);
    enum err e = programme_cached(&d->tools.programmes, db, "test-1", &programme, NULL);
    const struct amend a = {.db = db, .arena = &d->arena, .tools = &d->tools, .programme = programme, .request = d->request, .actor = "lan", .now_ms = noon(),
                            .is_organiser = d->is_organiser, .fault = fault};
    if (e != OK) return e;
    switch (w->kind) {
    case WALK_IN: e = amend_walk_in(&a, &w->who, w->category, w->number, w->anyway, &d->amended); break;
    case BLANK: e = amend_name_blank(&a, w->number, &w->who, w->anyway, &d->amended); break;
    case SUBSTITUTE: e = amend_substitute(&a, w->code, &w->who, &d->amended); break;
    case ABSENCE: e = amend_absence(&a, w->code, w->reason != NULL, w->excused, w->reason, &d->amended); break;
    case NOTE: e = amend_note(&a, w->code, w->reason, &d->amended); break;
    case CORRECT: e = amend_correct(&a, w->code, &w->facts, &d->amended); break;
    case SCAN: e = scan(d, db, w->code); break;
    }
    return e == OK ? write_tools_flush(&d->tools, db) : e;
}

/* The recount agrees, whether it was done or refused. */
static enum err amend(struct desk *d, const struct wish *wish)
{
    struct fault recount = {0};
    d->fault = (struct fault){0};
    if (!d->again) id_uuid7(d->request);
    enum err e = db_transaction(d->store.db, work, &(struct doing){d, wish}, &d->fault);
    if (!CHECK(&d->check, figures_verify(d->store.db, "test-1", &recount) == OK)) printf("# %s\n", recount.text);
    return e;
}

static bool refused(struct desk *d, const struct wish *wish, enum err want, const char *reason)
{
    enum err e = amend(d, wish);
    bool good = e == want && d->fault.reason && strcmp(d->fault.reason, reason) == 0;
    if (!good) printf("# %s %s: %s\n", err_name(e), d->fault.reason ? d->fault.reason : "-", d->fault.text);
    return good;
}

static struct figures_count figures_of(struct desk *d, const char *category)
{
    struct figures f = {0};
    struct programme *programme;
    CHECK(&d->check, programme_load(d->store.db, &d->arena, "test-1", &programme) == OK && figures_read(d->store.db, &d->arena, programme, noon(), &f) == OK);
    for (size_t i = 0; category && i < f.category_count; i++)
        if (strcmp(f.categories[i].code, category) == 0) return f.categories[i].count;
    return f.event;
}

static const char *outcome_of(struct desk *d, const char *code)
{
    if (!CHECK(&d->check, amend(d, &(struct wish){.kind = SCAN, .code = code}) == OK)) return "";
    return d->answer.reason ? reason_code(d->answer.reason) : outcome_name(d->answer.outcome);
}

/* How many badges of a delegate are good, and how many there were. */
static void count_badges(struct desk *d, const char *code, int64_t *ret_good, int64_t *ret_all)
{
    struct sql_amend_badges_row row = {0};
    CHECK(&d->check, sql_amend_badges(d->store.db, &d->arena, code, &row) == OK);
    *ret_good = row.good;
    *ret_all = row.total;
}

static void walk_ins(struct desk *d)
{
    struct check *c = &d->check;
    struct wish w = {.kind = WALK_IN, .category = "guest", .who = {.name = "  Trần   Thị Hoà ", .phone = "0912 000 111", .born = "1980", .unit = "U1"}};
    int64_t guests = figures_of(d, "guest").expected, all = figures_of(d, NULL).expected, good, total;
    if (!CHECK(c, amend(d, &w) == OK)) printf("# %s\n", d->fault.text);
    char code[32];
    (void)snprintf(code, sizeof code, "%s", d->amended.code);
    CHECK_TEXT(c, d->amended.name, "Trần Thị Hoà");
    CHECK(c, figures_of(d, "guest").expected == guests + 1 && figures_of(d, NULL).expected == all + 1);
    count_badges(d, code, &good, &total);
    CHECK(c, good == 1 && total == 1);
    CHECK_TEXT(c, outcome_of(d, code), "admitted");
    d->again = true; /* the answer was lost: the same request, and nobody new */
    (void)snprintf(d->request, sizeof d->request, "%s", "0192f0c4-0000-7000-8000-000000000001");
    w.who.name = "Lê Văn Ba";
    CHECK(c, amend(d, &w) == OK && !d->amended.again && amend(d, &w) == OK && d->amended.again);
    CHECK(c, figures_of(d, NULL).expected == all + 2);
    CHECK(c, refused(d, &(struct wish){.kind = NOTE, .code = code, .reason = "x"}, ERR_CONFLICT, "amend_request_used"));
    d->again = false;
    w.who.name = "TRAN THI HOA"; /* told apart by whoever looks, never by chance */
    CHECK(c, refused(d, &w, ERR_CONFLICT, "amend_same_name"));
    w.anyway = true;
    CHECK(c, amend(d, &w) == OK && figures_of(d, NULL).expected == all + 3);
    CHECK(c, refused(d, &(struct wish){.kind = WALK_IN, .category = "guest", .who = {.code = "P01"}}, ERR_CONFLICT, "amend_is_delegate"));
    CHECK(c, refused(d, &(struct wish){.kind = WALK_IN, .category = "guest", .who = {.code = "P999"}}, ERR_NOT_FOUND, "amend_person"));
    CHECK(c, refused(d, &(struct wish){.kind = WALK_IN, .category = "none", .who = {.name = "X"}}, ERR_NOT_FOUND, "amend_category"));
    CHECK(c, refused(d, &(struct wish){.kind = WALK_IN, .category = "guest", .who = {.name = " \t"}}, ERR_INPUT, "amend_no_name"));
    CHECK(c, refused(d, &(struct wish){.kind = WALK_IN, .category = "guest", .who = {.name = "X", .unit = "U99"}}, ERR_NOT_FOUND, "amend_unit"));
    CHECK(c, refused(d, &(struct wish){.kind = WALK_IN, .category = "guest", .who = {.name = "X", .phone = "call me"}}, ERR_INPUT, "amend_phone"));
    CHECK(c, refused(d, &(struct wish){.kind = WALK_IN, .category = "guest", .who = {.name = "X", .born = "2999"}}, ERR_INPUT, "amend_born"));
    CHECK(c, refused(d, &(struct wish){.kind = WALK_IN, .category = "guest", .number = "001", .who = {.name = "X"}}, ERR_CONFLICT, "amend_number"));
    const struct wish official = {.kind = WALK_IN, .category = "official", .who = {.name = "Phạm Quorum"}};
    CHECK(c, refused(d, &official, ERR_DENIED, "amend_quorum")); /* the base of the quorum is the organiser's */
    d->is_organiser = true;
    CHECK(c, amend(d, &official) == OK);
    d->is_organiser = false;
}

static void blanks(struct desk *d)
{
    struct check *c = &d->check;
    int64_t all = figures_of(d, NULL).expected, good, total;
    CHECK_TEXT(c, outcome_of(d, "901"), "not_issued");
    const struct wish w = {.kind = BLANK, .number = "901", .who = {.name = "Đỗ Khách Mời"}};
    d->is_organiser = true;
    if (!CHECK(c, amend(d, &w) == OK)) printf("# %s\n", d->fault.text);
    CHECK(c, strcmp(d->amended.number, "901") == 0 && figures_of(d, NULL).expected == all + 1);
    count_badges(d, d->amended.code, &good, &total);
    CHECK(c, good == 1 && total == 1); /* what is printed is good */
    CHECK_TEXT(c, outcome_of(d, d->amended.code), "admitted");
    CHECK(c, refused(d, &w, ERR_CONFLICT, "amend_not_blank"));
    CHECK(c, refused(d, &(struct wish){.kind = BLANK, .number = "999", .who = {.name = "X"}}, ERR_NOT_FOUND, "amend_nobody"));
    d->is_organiser = false;
}

static void substitutes(struct desk *d)
{
    struct check *c = &d->check;
    struct figures_count before = figures_of(d, "official");
    int64_t good, total;
    CHECK(c, amend(d, &(struct wish){.kind = SUBSTITUTE, .code = "P07", .who = {.name = "Vũ Thay Thế"}}) == OK);
    char code[32];
    (void)snprintf(code, sizeof code, "%s", d->amended.code);
    CHECK_TEXT(c, d->amended.number, "007");
    CHECK(c, figures_of(d, "official").expected == before.expected); /* the summoned stay as many as they were */
    count_badges(d, "P07", &good, &total);
    CHECK(c, good == 0 && total == 1);
    CHECK_TEXT(c, outcome_of(d, "P07"), "revoked");
    CHECK_TEXT(c, outcome_of(d, code), "admitted");
    struct sql_amend_find_row *rows;
    size_t count;
    struct programme *programme;
    CHECK(c, programme_load(d->store.db, &d->arena, "test-1", &programme) == OK);
    CHECK(c, sql_amend_find(d->store.db, &d->arena, programme->event_id, code, &rows, &count) == OK && count == 1);
    if (count == 1) {
        CHECK_TEXT(c, rows[0].replaces, "P07");
        CHECK_TEXT(c, rows[0].seat, "B2");
        CHECK_TEXT(c, rows[0].mandate, "elected");
    }
    CHECK(c, refused(d, &(struct wish){.kind = SUBSTITUTE, .code = "P07", .who = {.name = "X"}}, ERR_CONFLICT, "amend_no_mandate"));
    CHECK(c, refused(d, &(struct wish){.kind = SUBSTITUTE, .code = code, .who = {.name = "X"}}, ERR_CONFLICT, "amend_has_come"));
    CHECK(c, refused(d, &(struct wish){.kind = SUBSTITUTE, .code = "P05", .who = {.code = "P06"}}, ERR_CONFLICT, "amend_is_delegate"));
    json_t *history = NULL;
    CHECK(c, amend_history(d->store.db, &d->arena, programme, code, "vi", &history, &d->fault) == OK);
    const json_t *changes = json_object_get(history, "changes");
    CHECK(c, json_array_size(changes) == 1 && json_array_size(json_object_get(history, "scans")) == 1);
    CHECK_TEXT(c, json_string_value(json_object_get(json_object_get(json_array_get(changes, 0), "other"), "code")), "P07");
    json_decref(history);
}

struct summons {
    int64_t event_id;
    struct sql_amend_find_row *who;
};

static enum err make_alternate(struct db *db, void *arg, struct fault *fault)
{
    const struct summons *s = arg;
    (void)fault;
    const struct sql_import_delegate_write_in in = {.id = s->who->id, .event_id = s->event_id, .person_id = s->who->person_id, .number = s->who->number,
                                                    .category_id = s->who->category_id, .delegation_id = s->who->delegation_id, .status = "alternate",
                                                    .sort_order = DB_NULL};
    enum err e = sql_import_delegate_write(db, &in, NULL);
    return e == OK ? tally_rebuild_expected(db, s->event_id) : e;
}

/* An alternate who is in the hall already takes over: counted from now on where the mandate is, once, with the badge that they wear. */
static void alternate(struct desk *d)
{
    struct check *c = &d->check;
    struct programme *programme;
    struct summons s = {0};
    size_t count = 0;
    int64_t good, total;
    CHECK(c, programme_load(d->store.db, &d->arena, "test-1", &programme) == OK);
    s.event_id = programme->event_id;
    if (!CHECK(c, sql_amend_find(d->store.db, &d->arena, s.event_id, "P11", &s.who, &count) == OK && count == 1)) return;
    CHECK(c, db_transaction(d->store.db, make_alternate, &s, &d->fault) == OK);
    CHECK_TEXT(c, outcome_of(d, "P11"), "admitted");
    struct figures_count officials = figures_of(d, "official"), guests = figures_of(d, "guest"), all = figures_of(d, NULL);
    CHECK(c, amend(d, &(struct wish){.kind = SUBSTITUTE, .code = "P05", .who = {.code = "P11"}}) == OK);
    CHECK_TEXT(c, d->amended.number, "011");
    struct figures_count now = figures_of(d, "official"), less = figures_of(d, "guest"), whole = figures_of(d, NULL);
    CHECK(c, now.expected == officials.expected && now.attended == officials.attended + 1 && now.present == officials.present + 1);
    CHECK(c, less.expected == guests.expected && less.attended == guests.attended - 1 && less.present == guests.present - 1);
    CHECK(c, whole.expected == all.expected && whole.attended == all.attended && whole.present == all.present);
    count_badges(d, "P11", &good, &total);
    CHECK(c, good == 1 && total == 1);
    CHECK_TEXT(c, outcome_of(d, "P11"), "already_in");
    CHECK_TEXT(c, outcome_of(d, "P05"), "revoked");
    /* A number that is spelt like somebody's code makes nobody a delegate twice. */
    CHECK(c, amend(d, &(struct wish){.kind = WALK_IN, .category = "guest", .number = "P12", .who = {.name = "Ngô Số Lạ"}}) == OK);
    CHECK(c, refused(d, &(struct wish){.kind = SUBSTITUTE, .code = "P06", .who = {.code = "P12"}}, ERR_CONFLICT, "amend_is_delegate"));
}

static void facts(struct desk *d)
{
    struct check *c = &d->check;
    CHECK(c, amend(d, &(struct wish){.kind = ABSENCE, .code = "P04", .excused = true, .reason = "Ốm"}) == OK);
    struct sql_amend_find_row *rows;
    size_t count = 0;
    struct programme *programme;
    CHECK(c, programme_load(d->store.db, &d->arena, "test-1", &programme) == OK);
    CHECK(c, sql_amend_find(d->store.db, &d->arena, programme->event_id, "P04", &rows, &count) == OK);
    if (CHECK(c, count == 1)) CHECK_TEXT(c, rows[0].absence, "{\"excused\":true,\"reason\":\"Ốm\"}");
    CHECK(c, amend(d, &(struct wish){.kind = ABSENCE, .code = "P04"}) == OK);
    CHECK(c, amend(d, &(struct wish){.kind = NOTE, .code = "004", .reason = "Gọi chủ nhà"}) == OK);
    CHECK(c, sql_amend_find(d->store.db, &d->arena, programme->event_id, "P04", &rows, &count) == OK && !rows[0].absence);
    CHECK_TEXT(c, rows[0].note, "Gọi chủ nhà");
    struct wish w = {.kind = CORRECT, .code = "P04", .facts = {.seen_name = rows[0].name, .name = "Nguyễn Đúng Tên", .seat = "C9", .phone = ""}};
    CHECK(c, amend(d, &w) == OK);
    CHECK_TEXT(c, d->amended.name, "Nguyễn Đúng Tên");
    CHECK(c, refused(d, &w, ERR_CONFLICT, "amend_changed")); /* another desk was quicker */
    w = (struct wish){.kind = CORRECT, .code = "P04", .facts = {.title = "{\"vi\" 1}"}}; /* a text, however it looks */
    struct sql_amend_person_row p;
    CHECK(c, amend(d, &w) == OK && sql_amend_person(d->store.db, &d->arena, "P04", &p) == OK);
    CHECK_TEXT(c, p.title, "\"{\\\"vi\\\" 1}\"");
    w = (struct wish){.kind = CORRECT, .code = "P04", .facts = {.name = ""}};
    CHECK(c, refused(d, &w, ERR_INPUT, "amend_no_name"));
    w = (struct wish){.kind = CORRECT, .code = "P04", .facts = {.name = "Nguyễn Đúng Tên"}};
    CHECK(c, amend(d, &w) == OK);
    json_t *history = NULL;
    CHECK(c, amend_history(d->store.db, &d->arena, programme, "P04", "vi", &history, &d->fault) == OK);
    CHECK(c, json_array_size(json_object_get(history, "changes")) == 5); /* what changes nothing is no line */
    const char *text = json_text(&d->arena, history);
    CHECK(c, strstr(text, "Nguyễn Đúng Tên") && !strstr(text, "0901"));
    json_decref(history);
}

int main(void)
{
    struct desk d = {0};
    char folder[] = "/tmp/plenum-amend-XXXXXX", command[128];
    json_t *report = NULL;
    CHECK(&d.check, crypto_init() == OK && mkdtemp(folder));
    struct import_options options = {.file = "tests/fixtures/event-file/good/small.json", .folder = folder, .actor = "test"};
    bool ready = CHECK(&d.check, event_file_import(&options, &report, &d.fault) == OK) && CHECK(&d.check, store_open(folder, STORE_WRITE, &d.store, &d.fault) == OK);
    json_decref(report);
    if (ready) {
        walk_ins(&d);
        blanks(&d);
        substitutes(&d);
        alternate(&d);
        facts(&d);
    } else printf("# %s\n", d.fault.text);
    store_close(&d.store);
    write_tools_release(&d.tools);
    arena_release(&d.arena);
    (void)snprintf(command, sizeof command, "rm -rf '%s'", folder);
    CHECK(&d.check, system(command) == 0);
    return check_done(&d.check, "delegates/amend");
}
