/* What is a showing, what is a badge, and how the roster decides. */
#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/base/crypto.h"
#include "core/base/id.h"
#include "core/congress/badges/badge_token.h"
#include "scanner/decision/debounce.h"
#include "scanner/decision/foreign.h"
#include "scanner/queue/queue.h"
#include "scanner/roster/roster.h"
#include "tests/unit/check.h"

#include <stdlib.h>
#include <unistd.h>

static void test_debounce(struct check *c)
{
    struct debounce d;
    debounce_init(&d, 3000);
    CHECK(c, debounce_is_new(&d, "A", 1, 0));
    for (int64_t t = 100; t <= 20000; t += 100)
        if (debounce_is_new(&d, "A", 1, t)) CHECK(c, !"held still is one scan");
    CHECK(c, debounce_is_new(&d, "B", 1, 20000) && !debounce_is_new(&d, "B", 1, 22999));
    CHECK(c, !debounce_is_new(&d, "A", 1, 22999) && debounce_is_new(&d, "A", 1, 25999));
    CHECK(c, debounce_is_new(&d, "AB", 2, 26000) && debounce_is_new(&d, "A\0B", 3, 26000));
    for (int i = 0; i < 1000; i++) { /* more codes than places: never one that is lost as "seen" */
        char text[16];
        int n = snprintf(text, sizeof text, "code %d", i);
        if (!debounce_is_new(&d, text, (size_t)n, 30000 + i)) CHECK(c, !"a new code is a new showing");
    }
    CHECK(c, !debounce_is_new(&d, "code 999", 8, 31500) && !debounce_is_new(&d, "code 950", 8, 31500));
    debounce_init(&d, 0);
    CHECK(c, debounce_is_new(&d, "A", 1, 0) && debounce_is_new(&d, "A", 1, 0));
}

static void test_foreign(struct check *c)
{
    static const struct {
        const char *text;
        enum foreign_kind kind;
    } cases[] = {{"WIFI:T:WPA;S:x;P:y;;", FOREIGN_WIFI}, {"BEGIN:VCARD\nFN:x", FOREIGN_CONTACT}, {"MECARD:N:x;;", FOREIGN_CONTACT},
                 {"https://example.org/d/short", FOREIGN_WEB}, {"WWW.EXAMPLE.ORG", FOREIGN_WEB}, {"mailto:a@b.c", FOREIGN_MAIL_OR_PHONE},
                 {"5901234123457", FOREIGN_NUMBER}, {"", FOREIGN_EMPTY}, {" \r\n", FOREIGN_EMPTY}, {"Xin chào", FOREIGN_OTHER},
                 /* a token of another length is no badge of ours */
                 {"https://checkin.conf.example/d/3nxynsk9fr6y75jhj4frwkvz58", FOREIGN_BADGE}, {"ABCDEFGHJKMNPQRST", FOREIGN_OTHER}};
    char token[ID_TOKEN_SIZE];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        CHECK(c, !id_token_from_scan(cases[i].text, token));
        CHECK(c, foreign_kind_of(cases[i].text, strlen(cases[i].text)) == cases[i].kind);
    }
    CHECK(c, id_token_from_scan("http://OTHER.HOST/D/0123456789ABCDEF", token) && id_token_from_scan("0123-4567-89ab-cdef", token));
}

/* --- the roster ---------------------------------------------------------------------------------------------------------------- */

#define NOW INT64_C(1796090400000) /* 2026-12-01T02:00:00Z, 09:00 in Ho Chi Minh City */

struct person {
    const char *token, *category, *status, *credential, *in_since, *in_until;
    bool named, handed_out;
};
enum { OFFICIAL, GUEST, PRESS, REVOKED, REPLACED, WITHDRAWN, DISQUALIFIED, ALTERNATE, BLANK, INSIDE, YESTERDAY, ENDED, GIVEN, PEOPLE };
static const struct person people[PEOPLE] = {
    [OFFICIAL] = {"0000000000000000", "official", "summoned", "active", NULL, NULL, true, false},
    [GUEST] = {"0000000000000001", "guest", "summoned", "active", NULL, NULL, true, false},
    [PRESS] = {"0000000000000002", "press", "summoned", "active", NULL, NULL, true, false},
    [REVOKED] = {"0000000000000003", "official", "summoned", "revoked", NULL, NULL, true, false},
    [REPLACED] = {"0000000000000004", "official", "replaced", "active", NULL, NULL, true, false},
    [WITHDRAWN] = {"0000000000000005", "official", "withdrawn", "active", NULL, NULL, true, false},
    [DISQUALIFIED] = {"0000000000000006", "official", "disqualified", "active", NULL, NULL, true, false},
    [ALTERNATE] = {"0000000000000007", "official", "alternate", "active", NULL, NULL, true, false},
    [BLANK] = {"0000000000000008", "official", "summoned", "active", NULL, NULL, false, false},
    [INSIDE] = {"0000000000000009", "official", "summoned", "active", "2026-12-01T00:30:00.000Z", NULL, true, false},
    [YESTERDAY] = {"000000000000000A", "official", "summoned", "active", "2026-11-30T06:00:00.000Z", NULL, true, false},
    [ENDED] = {"000000000000000B", "official", "summoned", "active", "2026-12-01T00:30:00.000Z", "2026-12-01T01:30:00.000Z", true, false},
    [GIVEN] = {"000000000000000C", "official", "summoned", "active", NULL, NULL, true, true},
};

static void put(struct buf *out, const char *key, const char *value)
{
    buf_printf(out, ",\"%s\":", key);
    if (value) buf_put_json(out, value);
    else buf_puts(out, "null");
}

static void put_person(struct buf *out, struct arena *arena, const struct person *p)
{
    char id[BADGE_TOKEN_ID_SIZE];
    badge_token_id(p->token, id);
    buf_printf(out, "{\"named\":%s,\"handed_out\":%s", p->named ? "true" : "false", p->handed_out ? "true" : "false");
    put(out, "id", id);
    put(out, "category", p->category);
    put(out, "status", p->status);
    put(out, "credential", p->credential);
    put(out, "in_since", p->in_since);
    put(out, "in_until", p->in_until);
    put(out, "in_gate", p->in_since ? "side" : NULL);
    static const char record[] = "{\"name\":\"Nguyễn Thị Ánh\",\"delegation\":\"HT-01\",\"category\":\"official\",\"seat\":\"A12\",\"badge_box\":\"B3\",\"number\":"
                                 "\"7\"}";
    static const char older[] = "{\"name\":\"Nguyễn Thị Ánh\",\"delegation\":\"HT-01\",\"category\":\"guest\",\"seat\":\"A12\",\"number\":\"7\"}";
    put(out, "record", badge_token_seal(arena, p->token, p == &people[GUEST] ? older : record));
    buf_putc(out, '}');
}

static char *roster_text(struct arena *arena, int version, bool full, const char *gate, size_t first, size_t count)
{
    struct buf out;
    buf_init(&out, BUF_LIMIT_BODY);
    buf_printf(&out, "{\"version\":%d,\"since\":0,\"full\":%s,\"server_time\":\"2026-12-01T02:00:00.000Z\",\"event\":{\"slug\":\"e\",\"title\":{\"vi\":\"Đ\"},"
                     "\"timezone\":\"Asia/Ho_Chi_Minh\",\"opens_at\":\"2026-11-30T17:00:00.000Z\",\"closes_at\":\"2026-12-02T10:00:00.000Z\",\"midnights\":[]},"
                     "\"gate\":%s,\"categories\":[{\"code\":\"official\",\"title\":{\"vi\":\"Đại biểu\"}},{\"code\":\"guest\",\"title\":\"Khách\"},{\"code\":\"press\"}],"
                     "\"sessions\":[{\"code\":\"s1\",\"starts\":\"2026-12-01T06:00:00.000Z\",\"ends\":\"2026-12-01T09:00:00.000Z\",\"area\":\"hall\",\"admits\":"
                     "[\"press\"]},"
                     "{\"code\":\"x\",\"starts\":\"2026-12-01T00:00:00.000Z\",\"ends\":\"2026-12-01T09:00:00.000Z\",\"area\":\"other\",\"admits\":[]}],\"entries\":[",
               version, full ? "true" : "false", gate);
    for (size_t i = 0; i < count; i++) {
        if (i) buf_putc(&out, ',');
        put_person(&out, arena, &people[first + i]);
    }
    buf_puts(&out, "],\"removed\":[]}");
    char *text = arena_strdup(arena, buf_text(&out));
    buf_release(&out);
    return text;
}

#define GATE_MAIN "{\"code\":\"main\",\"kind\":\"entry\",\"area\":\"hall\",\"direction\":\"both\",\"reentry\":true,\"admits\":[\"official\",\"guest\"],\"capacity\":null}"
#define GATE_ONCE "{\"code\":\"main\",\"kind\":\"entry\",\"area\":\"hall\",\"direction\":\"in\",\"reentry\":false,\"admits\":null,\"capacity\":null}"
#define GATE_GIFT "{\"code\":\"main\",\"kind\":\"handout\",\"area\":null,\"direction\":\"both\",\"reentry\":true,\"admits\":[\"official\"],\"capacity\":null}"

struct fixture {
    struct check *c;
    char folder[64];
    struct queue queue;
    struct roster roster;
    struct arena arena;
};

static void take(struct fixture *f, const char *text, int64_t offset)
{
    const struct roster_clock clock = {.offset_ms = offset};
    CHECK(f->c, roster_take(f->queue.db, text, strlen(text), "\"e\"", &clock, NULL) == OK && roster_load(&f->roster, f->queue.db, NULL) == OK && f->roster.known);
}

static struct roster_verdict decide(struct fixture *f, const char *token, bool out, int64_t at)
{
    struct roster_verdict v = {0};
    CHECK(f->c, roster_load(&f->roster, f->queue.db, NULL) == OK);
    CHECK(f->c, roster_decide(&f->roster, f->queue.db, &f->arena, token, out, &(struct roster_reading){.wall_ms = at}, &v, NULL) == OK);
    return v;
}

static void expect(struct fixture *f, const char *token, bool out, int64_t at, const char *outcome, const char *reason)
{
    struct roster_verdict v = decide(f, token, out, at);
    CHECK_TEXT(f->c, outcome_name(v.answer.outcome), outcome);
    CHECK_TEXT(f->c, reason_code(v.answer.reason), reason);
}

static struct admission_answer decide_read(struct fixture *f, int64_t wall_ms, int64_t steady_ms, const char *boot_id)
{
    struct roster_verdict v = {0};
    const struct roster_reading read = {wall_ms, steady_ms, boot_id};
    CHECK(f->c, roster_decide(&f->roster, f->queue.db, &f->arena, people[OFFICIAL].token, false, &read, &v, NULL) == OK);
    return v.answer;
}

/* A wall clock that is wrong, or set while we work, opens and closes no door. */
static void test_clocks(struct fixture *f)
{
    const char *text = roster_text(&f->arena, 5, true, GATE_MAIN, 0, PEOPLE);
    const struct roster_clock clock = {.offset_ms = -3 * CLOCK_HOUR, .server_ms = NOW, .steady_ms = 5000, .boot_id = "boot-1"};
    CHECK(f->c, roster_take(f->queue.db, text, strlen(text), NULL, &clock, NULL) == OK && roster_load(&f->roster, f->queue.db, NULL) == OK);
    const int64_t walls[] = {NOW, NOW + 3 * CLOCK_HOUR, NOW - 2 * CLOCK_DAY, NOW + 40 * CLOCK_DAY, 0};
    for (size_t i = 0; i < sizeof walls / sizeof *walls; i++) CHECK(f->c, decide_read(f, walls[i], 65000, "boot-1").outcome == OUTCOME_admitted);
    CHECK(f->c, roster_server_ms(&f->roster, &(struct roster_reading){0, 65000, "boot-1"}) == NOW + 60000);
    CHECK(f->c, roster_server_ms(&f->roster, &(struct roster_reading){0, 3000, "boot-1"}) == NOW - 2000);
    CHECK(f->c, decide_read(f, NOW, 5000 + 33 * CLOCK_HOUR, "boot-1").reason == REASON_closed); /* time itself goes on */
    /* Started anew: the wall clock as it was measured before, unless it would close the event that was open when the server was heard last. */
    CHECK(f->c, roster_server_ms(&f->roster, &(struct roster_reading){NOW + 4 * CLOCK_HOUR, 100, "boot-2"}) == NOW + CLOCK_HOUR);
    CHECK(f->c, decide_read(f, NOW + 36 * CLOCK_HOUR, 100, "boot-2").outcome == OUTCOME_admitted);
    CHECK(f->c, decide_read(f, NOW + 36 * CLOCK_HOUR, 33 * CLOCK_HOUR, "boot-2").reason == REASON_closed); /* it has run so long */
    CHECK(f->c, roster_server_base(&f->roster, "boot-1") == NOW - 5000 && roster_server_base(&f->roster, "boot-2") == 0);
    CHECK(f->c, decide_read(f, 0, 100, "boot-2").outcome == OUTCOME_admitted);
}

static void test_rules(struct fixture *f)
{
    take(f, roster_text(&f->arena, 5, true, GATE_MAIN, 0, PEOPLE), 0);
    expect(f, people[OFFICIAL].token, false, NOW, "admitted", NULL);
    expect(f, people[GUEST].token, false, NOW, "admitted", NULL);
    expect(f, people[PRESS].token, false, NOW, "refused", "not_admitted_here");
    expect(f, people[PRESS].token, false, NOW + 4 * CLOCK_HOUR, "admitted", NULL);   /* the session of 13:00 decides */
    expect(f, people[OFFICIAL].token, false, NOW + 4 * CLOCK_HOUR, "refused", "not_admitted_here");
    expect(f, people[OFFICIAL].token, false, NOW + 3 * CLOCK_HOUR - 1, "admitted", NULL); /* more than an hour before it */
    expect(f, people[OFFICIAL].token, false, NOW - 10 * CLOCK_HOUR, "refused", "not_yet_open");
    expect(f, people[OFFICIAL].token, false, NOW + 33 * CLOCK_HOUR, "refused", "closed");
    expect(f, people[REVOKED].token, false, NOW, "refused", "revoked");
    expect(f, people[REPLACED].token, false, NOW, "refused", "status_replaced");
    expect(f, people[WITHDRAWN].token, false, NOW, "refused", "status_withdrawn");
    expect(f, people[DISQUALIFIED].token, false, NOW, "refused", "status_disqualified");
    expect(f, people[ALTERNATE].token, false, NOW, "admitted", NULL);
    expect(f, people[BLANK].token, false, NOW, "refused", "not_issued");
    expect(f, "ZZZZZZZZZZZZZZZZ", false, NOW, "refused", "unknown_badge");
    expect(f, people[YESTERDAY].token, false, NOW, "admitted", NULL);
    expect(f, people[ENDED].token, false, NOW, "admitted", NULL);
    expect(f, people[INSIDE].token, true, NOW, "left", NULL);
    expect(f, people[OFFICIAL].token, true, NOW, "left", "was_not_in");
    struct roster_verdict v = decide(f, people[INSIDE].token, false, NOW);
    int64_t since;
    CHECK(f->c, v.answer.outcome == OUTCOME_already_in && clock_parse(people[INSIDE].in_since, &since) == OK && v.since_ms == since);
    CHECK_TEXT(f->c, v.since_gate, "side");
    CHECK_TEXT(f->c, v.person.name, "Nguyễn Thị Ánh");
    CHECK_TEXT(f->c, v.person.seat, "A12");
    CHECK_TEXT(f->c, v.person.badge_box, "B3");
    v = decide(f, people[GUEST].token, false, NOW);
    CHECK_TEXT(f->c, v.person.seat, "A12");
    CHECK(f->c, !v.person.badge_box); /* a record of an older server */
    CHECK_TEXT(f->c, roster_category_title(&f->roster, "official"), "{\"vi\":\"Đại biểu\"}");
    CHECK_TEXT(f->c, roster_category_title(&f->roster, "guest"), "\"Khách\"");
    CHECK(f->c, !roster_category_title(&f->roster, "press") && !roster_category_title(&f->roster, "nobody") && !roster_category_title(&f->roster, NULL));
    /* A device whose clock is a day slow, and knows it. */
    take(f, roster_text(&f->arena, 6, true, GATE_MAIN, 0, PEOPLE), CLOCK_DAY);
    expect(f, people[OFFICIAL].token, false, NOW - CLOCK_DAY, "admitted", NULL);
    take(f, roster_text(&f->arena, 7, true, GATE_ONCE, 0, PEOPLE), 0);
    expect(f, people[PRESS].token, false, NOW, "admitted", NULL); /* null admits everyone */
    expect(f, people[ENDED].token, false, NOW, "refused", "no_reentry");
    expect(f, people[INSIDE].token, true, NOW, "refused", "wrong_direction");
    take(f, roster_text(&f->arena, 8, true, GATE_GIFT, 0, PEOPLE), 0);
    expect(f, people[OFFICIAL].token, false, NOW, "handed_out", NULL);
    expect(f, people[GIVEN].token, false, NOW, "refused", "already_handed_out");
    expect(f, people[GUEST].token, false, NOW, "refused", "not_admitted_here");
}

static void scan(struct fixture *f, const char *token, const char *told, char id[ID_UUID_SIZE])
{
    struct queued_scan s = {.token = token, .gate = "main", .direction = "in"};
    CHECK(f->c, queue_add(&f->queue, &s, id, NULL) == OK && queue_tell(&f->queue, id, told, NULL, 1, NULL) == OK);
}

/* What this door did itself ends where the programme ends it: with the block of 13:00 to 16:00, or with the day. */
static void test_blocks(struct fixture *f)
{
    char id[ID_UUID_SIZE];
    int64_t now = clock_now_ms();
    take(f, roster_text(&f->arena, 9, true, GATE_MAIN, 0, PEOPLE), NOW - now);
    scan(f, people[OFFICIAL].token, "admitted", id); /* 09:00: for the block of the afternoon */
    expect(f, people[OFFICIAL].token, false, now + 6 * CLOCK_HOUR, "already_in", NULL);
    expect(f, people[OFFICIAL].token, false, now + 7 * CLOCK_HOUR + CLOCK_MINUTE, "admitted", NULL);
    take(f, roster_text(&f->arena, 10, true, GATE_MAIN, 0, PEOPLE), NOW + 8 * CLOCK_HOUR - now);
    scan(f, people[GUEST].token, "admitted", id); /* 17:00: no session follows */
    expect(f, people[GUEST].token, false, now + 6 * CLOCK_HOUR, "already_in", NULL);
    expect(f, people[GUEST].token, false, now + 7 * CLOCK_HOUR + CLOCK_MINUTE, "admitted", NULL);
}

/* What this door did itself counts until the roster can know it, and not longer. */
static void test_own_doings(struct fixture *f)
{
    char id[ID_UUID_SIZE];
    int64_t now = clock_now_ms(), offset = NOW - now;
    const char *roster = roster_text(&f->arena, 9, true, GATE_MAIN, 0, PEOPLE);
    take(f, roster, offset);
    expect(f, people[OFFICIAL].token, false, now, "admitted", NULL);
    scan(f, people[OFFICIAL].token, "admitted", id);
    expect(f, people[OFFICIAL].token, false, now, "already_in", NULL);
    scan(f, people[INSIDE].token, "left", id);
    expect(f, people[INSIDE].token, false, now, "admitted", NULL);
    scan(f, people[GUEST].token, "refused", id);
    expect(f, people[GUEST].token, false, now, "admitted", NULL);
    scan(f, people[PRESS].token, "ask", id);
    CHECK(f->c, queue_settle(&f->queue, id, "already_in", NULL, false, NULL) == OK);
    expect(f, people[PRESS].token, false, now, "already_in", NULL);
    take(f, roster, offset); /* may have been made before the scan was acknowledged */
    expect(f, people[PRESS].token, false, now, "already_in", NULL);
    take(f, roster, offset); /* was asked for after it: the server knows better */
    expect(f, people[PRESS].token, false, now, "refused", "not_admitted_here");
    expect(f, people[OFFICIAL].token, false, now, "already_in", NULL); /* still not acknowledged */
}

static void test_updates(struct fixture *f)
{
    struct roster_counts counts;
    take(f, roster_text(&f->arena, 20, true, GATE_MAIN, 0, 3), 0);
    CHECK(f->c, roster_state(f->queue.db, &f->arena, &counts) == OK && counts.entries == 3 && counts.version == 20);
    CHECK_TEXT(f->c, counts.etag, "\"e\"");
    take(f, roster_text(&f->arena, 21, false, GATE_MAIN, REVOKED, 2), 0);
    CHECK(f->c, roster_state(f->queue.db, &f->arena, &counts) == OK && counts.entries == 5 && counts.version == 21);
    take(f, roster_text(&f->arena, 22, true, GATE_MAIN, REVOKED, 1), 0);
    CHECK(f->c, roster_state(f->queue.db, &f->arena, &counts) == OK && counts.entries == 1);
    static const char *const bad[] = {"", "<html>", "{}", "[]", "null", "{\"version\":\"x\"}",
                                      "{\"version\":9,\"full\":true,\"event\":{},\"gate\":{},\"categories\":[],\"sessions\":[],\"entries\":[{\"id\":\"zz\"}]}"};
    const struct roster_clock none = {0};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) CHECK(f->c, roster_take(f->queue.db, bad[i], strlen(bad[i]), NULL, &none, NULL) == ERR_INPUT);
    CHECK(f->c, roster_state(f->queue.db, &f->arena, &counts) == OK && counts.entries == 1 && counts.version == 22);
    expect(f, people[REVOKED].token, false, NOW, "refused", "revoked");
    CHECK(f->c, roster_clear(f->queue.db, NULL) == OK && roster_load(&f->roster, f->queue.db, NULL) == OK && !f->roster.known);
    const char *delta = roster_text(&f->arena, 23, false, GATE_MAIN, 0, 1);
    CHECK(f->c, roster_take(f->queue.db, delta, strlen(delta), NULL, &(struct roster_clock){0}, NULL) == ERR_INPUT); /* nothing to stand on */
}

static void with_fixture(struct check *c, void (*test)(struct fixture *))
{
    struct fixture f = {.c = c};
    char path[128];
    static const char *const names[] = {"queue.db", "queue.db-wal", "queue.db-shm"};
    (void)snprintf(f.folder, sizeof f.folder, "/tmp/plenum-roster-XXXXXX");
    if (!CHECK(c, mkdtemp(f.folder) != NULL) || !CHECK(c, queue_open(f.folder, true, &f.queue, NULL) == OK)) return;
    test(&f);
    roster_release(&f.roster);
    arena_release(&f.arena);
    queue_close(&f.queue);
    for (size_t i = 0; i < 3; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", f.folder, names[i]);
        (void)unlink(path);
    }
    (void)rmdir(f.folder);
}

int main(void)
{
    struct check c = {0};
    CHECK(&c, crypto_init() == OK);
    test_debounce(&c);
    test_foreign(&c);
    with_fixture(&c, test_rules);
    with_fixture(&c, test_clocks);
    with_fixture(&c, test_own_doings);
    with_fixture(&c, test_blocks);
    with_fixture(&c, test_updates);
    return check_done(&c, "scanner/decision");
}
