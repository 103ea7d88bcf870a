/* A delegation through one morning, at chosen times: a group, badges read after it, the quorum by either decision and as of earlier moments, taking back, absences,
 * reports, heads; the recount agrees after each step. */
#include "catalogue.h"
#include "core/base/crypto.h"
#include "core/base/zone.h"
#include "core/congress/delegation/group.h"
#include "core/congress/event_file/event_file.h"
#include "core/congress/figures/figures.h"
#include "core/congress/store/store.h"
#include "tests/unit/figures_kit.h"

#include <stdlib.h>
#include <string.h>

struct day {
    struct check check;
    struct store store;
    struct write_tools tools;
    struct arena arena;
    struct figures_keep *keep;
    enum err (*act)(struct db *db, struct day *d, struct fault *fault);
    const char *people[4], *unit, *person, *actor; /* actor: NULL is "head" */
    size_t count, here;
    int64_t now_ms, said;
    const struct delegation_scope *scope;
    char request[ID_UUID_SIZE];
    struct checkin_answer answers[4];
    struct group_undo undo;
    bool more, is_absent;
    struct delegation_settings settings;
};

static const struct delegation_scope everybody = {.all = true};

static int64_t at(const char *local)
{
    int64_t ms = 0;
    char text[32];
    (void)snprintf(text, sizeof text, "2026-12-01T%s", local);
    return zone_parse("Asia/Ho_Chi_Minh", text, &ms) == OK ? ms : 0;
}

static enum err apply(struct db *db, void *arg, struct fault *fault)
{
    struct day *d = arg;
    write_tools_begin(&d->tools);
    enum err e = d->act(db, d, fault);
    return e == OK ? write_tools_flush(&d->tools, db) : e;
}

/* What came of it; the recount must agree whatever it was. */
static enum err doing(struct day *d, enum err (*act)(struct db *db, struct day *d, struct fault *fault), const char *local)
{
    struct fault fault = {0}, other = {0};
    d->act = act;
    d->now_ms = at(local);
    enum err e = db_transaction(d->store.db, apply, d, &fault), v = figures_verify(d->store.db, "test-1", &other);
    if (v != OK) printf("# recount at %s: %s\n", local, other.text);
    CHECK(&d->check, v == OK && figures_kit_agree(d->keep, d->store.db, "test-1", d->now_ms));
    return e;
}

static enum err do_group(struct db *db, struct day *d, struct fault *fault)
{
    const struct group_wish wish = {.event = "test-1", .request = d->request, .unit = d->unit, .gate = "main", .scope = d->scope, .people = d->people, .count = d->count,
                                    .actor = d->actor ? d->actor : "head", .account_id = DB_NULL, .now_ms = d->now_ms};
    return group_apply(db, &d->arena, &d->tools, &wish, 0, d->answers, fault);
}

static enum err do_undo(struct db *db, struct day *d, struct fault *fault)
{
    d->undo = (struct group_undo){.event = "test-1", .request = d->request, .scope = d->scope, .actor = "head", .now_ms = d->now_ms};
    return group_take_back(db, &d->arena, &d->tools, &d->undo, &d->more, fault);
}

static enum err do_scan(struct db *db, struct day *d, struct fault *fault)
{
    char scan_id[ID_UUID_SIZE];
    (void)fault;
    id_uuid7(scan_id);
    const struct checkin_source source = {.event = "test-1", .gate_id = DB_NULL, .device_id = DB_NULL, .account_id = 1, .received_ms = d->now_ms};
    const struct checkin_scan scan = {.scan_id = scan_id, .delegate = d->person, .gate = "main", .scanned_ms = d->now_ms, .age_ms = 0, .asks = true, .roster = DB_NULL};
    return checkin_apply(db, &d->arena, &d->tools, &source, &scan, &d->answers[0]);
}

static const struct programme *programme_of(struct day *d)
{
    struct programme *p = NULL;
    return programme_load(d->store.db, &d->arena, "test-1", &p) == OK ? p : NULL;
}

static enum err do_decide(struct db *db, struct day *d, struct fault *fault)
{
    (void)fault;
    return delegation_settings_set(db, programme_of(d)->event_id, "test-1", &d->settings, "orga", d->now_ms);
}

static enum err do_absences(struct db *db, struct day *d, struct fault *fault)
{
    const struct programme *p;
    struct delegation_absences wish = {.people = d->people, .count = d->count, .is_absent = d->is_absent, .reason = "Ốm"};
    enum err e = programme_cached(&d->tools.programmes, db, "test-1", &p, NULL);
    if (e == OK) e = delegation_unit_in(db, &d->arena, d->scope, d->unit, &wish.unit_id, fault);
    const struct amend a = {.db = db, .arena = &d->arena, .tools = &d->tools, .programme = p, .request = d->request, .actor = "head",
                            .now_ms = d->now_ms, .fault = fault};
    d->here = 0;
    return e == OK ? delegation_set_absences(&a, &wish, 0, &d->here) : e;
}

static enum err do_report(struct db *db, struct day *d, struct fault *fault)
{
    const struct delegation_saying saying = {.request = d->request, .unit = d->unit, .scope = d->scope, .said = d->said, .now_ms = d->now_ms, .actor = "head"};
    return delegation_add_report(db, &d->arena, &d->tools.ids, programme_of(d), &saying, fault);
}

static void choose(struct day *d, const char *unit, const char *const *people, size_t count)
{
    d->unit = unit;
    d->count = count;
    for (size_t i = 0; i < count; i++) d->people[i] = people[i];
    id_uuid7(d->request);
}

static struct figures_quorum quorum_at(struct day *d, const char *local)
{
    struct figures f = {0};
    CHECK(&d->check, figures_read(d->store.db, &d->arena, programme_of(d), at(local), &f) == OK);
    return f.quorum;
}

static struct delegation find(struct day *d, const char *unit, const char *local)
{
    struct delegation found = {0};
    struct delegation_member *members;
    size_t n;
    CHECK(&d->check, delegation_find(d->store.db, &d->arena, programme_of(d), unit, at(local), &found, &members, &n) == OK);
    return found;
}

static const char *const bus[] = {"P04", "P05", "P06"};

static void a_bus(struct day *d)
{
    struct check *c = &d->check;
    choose(d, "U1", bus, 3);
    CHECK(c, find(d, "U1", "07:00").count.missing == 3);
    CHECK(c, doing(d, do_group, "07:30") == OK && d->answers[0].outcome == OUTCOME_admitted && d->answers[2].outcome == OUTCOME_admitted);
    CHECK(c, doing(d, do_group, "07:31") == OK && d->answers[1].replayed && d->answers[1].first_ms == at("07:30"));
    d->actor = "another"; /* its number stands on their page too */
    CHECK(c, doing(d, do_group, "07:31") == ERR_CONFLICT);
    d->actor = NULL;
    struct delegation found = find(d, "U1", "07:32");
    CHECK(c, found.count.here == 3 && found.count.missing == 0 && found.count.by_group == 3 && found.count.expected == 3);
    d->person = "P04";
    CHECK(c, doing(d, do_scan, "07:40") == OK && d->answers[0].outcome == OUTCOME_already_in);
    CHECK(c, doing(d, do_scan, "07:41") == OK && d->answers[0].outcome == OUTCOME_already_in);
    CHECK(c, quorum_at(d, "07:42").present == 1 && quorum_at(d, "07:42").by_group == 2 && !quorum_at(d, "07:42").group_counts);
    CHECK(c, quorum_at(d, "07:35").present == 0 && quorum_at(d, "07:35").by_group == 3); /* as it was */
    d->settings.group_quorum = true;
    CHECK(c, doing(d, do_decide, "07:43") == OK);
    CHECK(c, quorum_at(d, "07:42").present == 3 && quorum_at(d, "07:35").present == 3 && quorum_at(d, "07:42").by_group == 2 && quorum_at(d, "07:42").group_counts);
    d->settings.group_quorum = false;
    CHECK(c, doing(d, do_decide, "07:43") == OK && quorum_at(d, "07:42").present == 1);
}

static void taken_back(struct day *d)
{
    struct check *c = &d->check;
    CHECK(c, doing(d, do_undo, "07:46") == ERR_TIMEOUT);
    CHECK(c, doing(d, do_undo, "07:44") == OK && d->undo.undone == 2 && d->undo.kept == 1 && !d->more && strcmp(d->undo.unit, "U1") == 0);
    CHECK(c, find(d, "U1", "07:45").count.here == 1 && find(d, "U1", "07:45").count.by_group == 0 && quorum_at(d, "07:45").present == 1);
    CHECK(c, doing(d, do_undo, "07:45") == OK && d->undo.undone == 0);
    CHECK(c, doing(d, do_group, "07:46") == ERR_CONFLICT);
    choose(d, "U1", bus, 3);
    CHECK(c, doing(d, do_group, "07:47") == OK && d->answers[0].outcome == OUTCOME_already_in && d->answers[1].outcome == OUTCOME_admitted);
}

static void not_theirs(struct day *d)
{
    struct check *c = &d->check;
    static const char *const mixed[] = {"P05", "P01"}, *const nobody[] = {"P99"}, *const blank[] = {"901"}, *const other[] = {"P01"};
    const int64_t own[] = {find(d, "U1", "07:50").unit_id};
    const struct delegation_scope scope = {.units = own, .unit_count = 1};
    CHECK(c, delegation_in_scope(&scope, own[0]) && !delegation_in_scope(&scope, own[0] + 1) && delegation_in_scope(&everybody, 1));
    d->scope = &scope;
    choose(d, "U1", mixed, 2);
    CHECK(c, doing(d, do_group, "07:50") == ERR_DENIED && doing(d, do_absences, "07:50") == ERR_DENIED);
    choose(d, "U1", nobody, 1);
    CHECK(c, doing(d, do_group, "07:50") == ERR_DENIED);
    choose(d, "U1", blank, 1);
    CHECK(c, doing(d, do_group, "07:50") == ERR_DENIED);
    choose(d, "U0", other, 1);
    CHECK(c, doing(d, do_group, "07:50") == ERR_DENIED && doing(d, do_absences, "07:50") == ERR_DENIED && doing(d, do_report, "07:50") == ERR_DENIED);
    choose(d, "U1", NULL, 0);
    CHECK(c, doing(d, do_group, "07:50") == ERR_INPUT);
    d->scope = &everybody;
    CHECK(c, find(d, "U0", "07:51").count.here == 0);
}

static void absences(struct day *d)
{
    struct check *c = &d->check;
    static const char *const people[] = {"P01", "P02"};
    d->is_absent = true;
    choose(d, "U0", people, 2);
    int64_t absent = find(d, "U0", "07:55").count.absent;
    CHECK(c, doing(d, do_absences, "07:55") == OK && d->here == 0 && doing(d, do_absences, "07:56") == OK);
    CHECK(c, find(d, "U0", "07:56").count.absent == absent + 2);
    d->person = "P01";
    CHECK(c, doing(d, do_scan, "07:57") == OK && find(d, "U0", "07:58").count.absent == absent + 1 && find(d, "U0", "07:58").count.here == 1);
    choose(d, "U0", people, 2);
    CHECK(c, doing(d, do_absences, "07:58") == OK && d->here == 1);
    d->is_absent = false;
    choose(d, "U0", people, 2);
    CHECK(c, doing(d, do_absences, "07:59") == OK && d->here == 0 && find(d, "U0", "07:59").count.absent == absent);
}

static void reports(struct day *d)
{
    struct check *c = &d->check;
    choose(d, "U1", NULL, 0);
    CHECK(c, !find(d, "U1", "08:00").report);
    d->said = 2;
    CHECK(c, doing(d, do_report, "08:01") == OK && doing(d, do_report, "08:02") == OK);
    const struct delegation_report *r = find(d, "U1", "08:03").report;
    CHECK(c, r && r->said == 2 && r->count.here == 3 && r->count.expected == 3 && r->made_ms == at("08:01"));
    id_uuid7(d->request);
    CHECK(c, (d->said = -1, doing(d, do_report, "08:04")) == ERR_INPUT && (d->said = DELEGATION_SAID_MOST + 1, doing(d, do_report, "08:04")) == ERR_INPUT);
    d->said = 3;
    CHECK(c, doing(d, do_report, "08:05") == OK && find(d, "U1", "08:06").report->said == 3);
    struct delegation *list;
    size_t n, with = 0;
    CHECK(c, delegation_list(d->store.db, &d->arena, programme_of(d), &everybody, at("08:06"), &list, &n) == OK && n >= 2);
    for (size_t i = 0; i < n; i++) {
        struct delegation one = find(d, list[i].code, "08:06");
        with += list[i].report != NULL;
        CHECK(c, memcmp(&one.count, &list[i].count, sizeof one.count) == 0); /* both ways of counting */
    }
    CHECK(c, with == 1 && list[0].unit_id == find(d, "U0", "08:06").unit_id);
}

static void heads(struct day *d)
{
    struct check *c = &d->check;
    struct delegation_head head, *all;
    struct delegation_member *members;
    struct delegation found;
    size_t n;
    int64_t event_id = programme_of(d)->event_id;
    CHECK(c, delegation_find(d->store.db, &d->arena, programme_of(d), "U1", at("08:10"), &found, &members, &n) == OK && n >= 2);
    CHECK(c, members[0].is_head && delegation_head_of(d->store.db, &d->arena, event_id, members[0].delegate_id, &head) == ERR_DENIED);
    CHECK(c, delegation_head_of(d->store.db, &d->arena, event_id, members[1].delegate_id, &head) == ERR_NOT_FOUND);
    d->settings.head_pin = true;
    CHECK(c, doing(d, do_decide, "08:11") == OK);
    CHECK(c, delegation_head_of(d->store.db, &d->arena, event_id, members[0].delegate_id, &head) == OK && head.unit_id == found.unit_id && strcmp(head.code, "P04") == 0);
    CHECK(c, delegation_head_of(d->store.db, &d->arena, event_id + 1, members[0].delegate_id, &head) == ERR_NOT_FOUND);
    CHECK(c, delegation_heads(d->store.db, &d->arena, event_id, &all, &n) == OK && n >= 2);
    CHECK(c, delegation_find(d->store.db, &d->arena, programme_of(d), "nowhere", at("08:10"), &found, &members, &n) == ERR_NOT_FOUND);
}

static void ids(struct check *c)
{
    char request[ID_UUID_SIZE], a[ID_UUID_SIZE], b[ID_UUID_SIZE];
    int64_t when, derived;
    id_uuid7(request);
    delegation_derive_id(request, "P04", a);
    delegation_derive_id(request, "P05", b);
    CHECK(c, id_uuid7_time(request, &when) && id_uuid7_time(a, &derived) && when == derived && strcmp(a, b) != 0 && strcmp(a, request) != 0);
    delegation_derive_id(request, "P04", b);
    CHECK_TEXT(c, a, b);
}

int main(void)
{
    struct day d = {.scope = &everybody};
    char folder[] = "/tmp/plenum-test-XXXXXX", command[64];
    struct fault fault = {0};
    json_t *report = NULL;
    CHECK(&d.check, crypto_init() == OK && mkdtemp(folder));
    struct import_options options = {.file = "tests/fixtures/event-file/good/small.json", .folder = folder, .actor = "test"};
    bool ready = CHECK(&d.check, event_file_import(&options, &report, &fault) == OK) && CHECK(&d.check, store_open(folder, STORE_WRITE, &d.store, &fault) == OK);
    ready = ready && CHECK(&d.check, figures_keep_new(&d.keep) == OK);
    json_decref(report);
    ids(&d.check);
    if (ready) {
        a_bus(&d);
        taken_back(&d);
        not_theirs(&d);
        absences(&d);
        reports(&d);
        heads(&d);
    }
    figures_keep_free(d.keep);
    store_close(&d.store);
    write_tools_release(&d.tools);
    arena_release(&d.arena);
    (void)snprintf(command, sizeof command, "rm -rf '%s'", folder);
    CHECK(&d.check, system(command) == 0);
    return check_done(&d.check, "delegation");
}
