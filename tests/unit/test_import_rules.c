/* The rules of the import on small files: what stays, what goes, what is refused, what moves; and that nothing is half done. The broken files by kind
 * of mistake are in tests/fixtures/event-file (tests/flow/event-file.sh). */
#include "core/base/clock.h"
#include "core/base/crypto.h"
#include "core/base/file.h"
#include "core/base/zone.h"
#include "core/congress/event_file/event_file.h"
#include "core/congress/figures/figures.h"
#include "core/congress/store/store.h"
#include "tests/unit/check.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <unistd.h>

struct bench {
    struct check *c;
    char folder[64], file[96], data[96];
    char text[512]; /* of the last value() */
    struct fault fault;
    json_t *report;
};

static const char base[] =
    "{\"format\":\"plenum-events/1\",\"organization\":{\"name\":\"Công đoàn\",\"attribute_types\":{\"party\":{\"title\":\"Đảng\",\"type\":\"yes_no\","
        "\"sensitive\":true},"
    "\"grade\":{\"title\":\"Bậc\",\"type\":\"number\"}},\"units\":[{\"code\":\"U1\",\"name\":\"Một\",\"parent\":\"U0\"},{\"code\":\"U0\",\"name\":\"Không\"}]},"
    "\"people\":[{\"code\":\"P1\",\"name\":\"Nguye\xcc\x82\xcc\x83n  Thị A\",\"unit\":\"U1\",\"attributes\":{\"party\":true,\"grade\":5}},"
        "{\"code\":\"P2\",\"name\":\"Bùi B\",\"unit\":\"U0\"},"
    "{\"code\":\"P3\",\"name\":\"Lê C\"}],"
    "\"events\":[{\"slug\":\"e\",\"kind\":\"congress\",\"title\":\"Đại hội\",\"timezone\":\"Asia/Ho_Chi_Minh\",\"starts\":\"2026-12-01T07:30\","
        "\"ends\":\"2026-12-02T17:00\","
    "\"categories\":[{\"code\":\"official\",\"title\":\"C\"},{\"code\":\"guest\",\"title\":\"K\"}],\"areas\":[{\"code\":\"hall\",\"title\":\"H\"}],"
    "\"gates\":[{\"code\":\"main\",\"title\":\"M\",\"kind\":\"entry\",\"area\":\"hall\",\"admits\":[\"official\"]}],"
    "\"sessions\":[{\"code\":\"s1\",\"title\":\"S\",\"starts\":\"2026-12-01T08:00\",\"ends\":\"2026-12-01T11:00\",\"area\":\"hall\"}],"
    "\"documents\":[{\"code\":\"d1\",\"title\":\"D\",\"file\":\"papers/a.pdf\",\"session\":\"s1\",\"publish_at\":\"2026-12-01T07:00\"}],"
    "\"announcements\":[{\"text\":\"Chào\",\"from\":\"2026-12-01T07:00\"}],"
    "\"delegates\":[{\"person\":\"P1\",\"number\":\"1\",\"category\":\"official\"},{\"person\":\"P2\",\"number\":\"2\",\"category\":\"guest\",\"delegation\":null},"
    "{\"person\":null,\"number\":\"9\",\"category\":\"guest\"}]}]}";

#define EVENT "\"slug\":\"e\",\"kind\":\"congress\",\"title\":\"Đại hội\",\"timezone\":\"Asia/Ho_Chi_Minh\",\"starts\":\"2026-12-01T07:30\"," \
              "\"ends\":\"2026-12-02T17:00\""

/* What goes with each scan that is stored. */
static const char chain[] = "UPDATE delegate_state SET last_scan = (SELECT s.id FROM scan s WHERE s.delegate_id = delegate_state.delegate_id)";

static enum err import_with(struct bench *b, const char *text, struct import_options options)
{
    json_decref(b->report);
    b->report = NULL;
    b->fault = (struct fault){0};
    if (file_write_atomic(b->file, text, strlen(text), 0600, NULL) != OK) return ERR_IO;
    options.file = b->file;
    options.folder = b->data;
    options.actor = "test";
    return event_file_import(&options, &b->report, &b->fault);
}

static enum err import(struct bench *b, const char *text)
{
    return import_with(b, text, (struct import_options){0});
}

static int count(const struct bench *b, const char *entity, const char *what)
{
    return (int)json_integer_value(json_object_get(json_object_get(json_object_get(b->report, "counts"), entity), what));
}

/* One value by plain SQL, beside the house's own statements; "" when none. */
static const char *value(struct bench *b, const char *sql)
{
    char path[128];
    sqlite3 *db = NULL;
    sqlite3_stmt *s = NULL;
    (void)snprintf(path, sizeof path, "%s/plenum.db", b->data);
    b->text[0] = '\0';
    bool good = sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK && sqlite3_prepare_v2(db, sql, -1, &s, NULL) == SQLITE_OK;
    if (!good) printf("# %s: %s\n", sql, sqlite3_errmsg(db));
    if (s && sqlite3_step(s) == SQLITE_ROW && sqlite3_column_text(s, 0)) (void)snprintf(b->text, sizeof b->text, "%s", (const char *)sqlite3_column_text(s, 0));
    sqlite3_finalize(s);
    sqlite3_close(db);
    return b->text;
}

static void fresh(struct bench *b)
{
    char command[256];
    (void)snprintf(command, sizeof command, "rm -rf '%s'", b->data);
    CHECK(b->c, system(command) == 0);
    if (!CHECK(b->c, import(b, base) == OK)) printf("# %s\n", b->fault.text);
}

static void test_first(struct bench *b)
{
    struct check *c = b->c;
    fresh(b);
    CHECK(c, count(b, "person", "new") == 3 && count(b, "delegate", "new") == 3 && count(b, "unit", "new") == 2);
    CHECK_TEXT(c, value(b, "SELECT name FROM person WHERE code = 'P1'"), "Nguyễn Thị A"); /* NFC, tidied */
    CHECK_TEXT(c, value(b, "SELECT name_fold FROM person WHERE code = 'P1'"), "nguyen thi a");
    CHECK_TEXT(c, value(b, "SELECT p.code FROM unit u JOIN unit p ON p.id = u.parent_id WHERE u.code = 'U1'"), "U0");
    CHECK_TEXT(c, value(b, "SELECT u.code FROM delegate d JOIN unit u ON u.id = d.delegation_id WHERE d.number = '1'"), "U1"); /* the person's unit */
    CHECK_TEXT(c, value(b, "SELECT COUNT(*) FROM delegate WHERE number = '2' AND delegation_id IS NULL"), "1");
    CHECK_TEXT(c, value(b, "SELECT COUNT(*) FROM credential WHERE length(token) = 16 AND length(token_id) = 64 AND issue = 1"), "3");
    CHECK_TEXT(c, value(b, "SELECT COUNT(*) FROM delegate_state"), "3");
    CHECK_TEXT(c, value(b, "SELECT opens_ms FROM event"), "1796058000000"); /* 2026-12-01T00:00+07:00 */
    CHECK_TEXT(c, value(b, "SELECT text || from_ms || to_wall || to_phone || urgent || COALESCE(until_ms, '-') FROM announcement"), "\"Chào\"1796083200000110-");
    CHECK_TEXT(c, value(b, "SELECT COUNT(*) FROM document_version v JOIN document d ON d.id = v.document_id AND d.file_blob = v.sha256 AND v.version = 1"), "1");
    CHECK_TEXT(c, value(b, "SELECT total FROM tally WHERE measure = 1 AND dimension = 0"), "2");
    CHECK_TEXT(c, value(b, "SELECT COUNT(*) FROM audit WHERE actor = 'test' AND action = 'import'"), "1");
    CHECK(c, import(b, base) == OK && count(b, "person", "same") == 3 && count(b, "delegate", "same") == 3 && count(b, "delegate", "changed") == 0 &&
        count(b, "event", "changed") == 0);
    CHECK_TEXT(c, value(b, "SELECT config_seq || ',' || roster_seq || ',' || figures_seq FROM event"), "1,1,1"); /* nothing changed */
    char marked[8192]; /* as a Windows editor writes it */
    (void)snprintf(marked, sizeof marked, "\xef\xbb\xbf%s", base);
    CHECK(b->c, strlen(base) + 4 < sizeof marked && import(b, marked) == OK && count(b, "person", "new") == 0);
}

static void test_merge(struct bench *b)
{
    struct check *c = b->c;
    fresh(b);
    CHECK(c, import(b, "{\"format\":\"plenum-events/1\",\"people\":[{\"code\":\"P1\",\"name\":\"Nguyễn Thị A\",\"unit\":null,"
        "\"attributes\":{\"party\":null}}]}") == OK);
    CHECK(c, count(b, "person", "changed") == 1);
    CHECK_TEXT(c, value(b, "SELECT COUNT(*) FROM person WHERE code = 'P1' AND unit_id IS NULL"), "1"); /* null clears */
    CHECK_TEXT(c, value(b, "SELECT group_concat(value) FROM person_attribute"), "5");                   /* absent stays */
    CHECK_TEXT(c, value(b, "SELECT roster_seq FROM event"), "2");                                      /* it is news at the doors */
    CHECK_TEXT(c, value(b, "SELECT group_concat(roster_seq) FROM (SELECT roster_seq FROM delegate ORDER BY number)"), "2,1,1");
    CHECK(c, import(b, "{\"format\":\"plenum-events/1\",\"people\":[{\"code\":\"P1\",\"attributes\":null}]}") == OK);
    CHECK_TEXT(c, value(b, "SELECT COUNT(*) FROM person_attribute"), "0");
    CHECK(c, import(b, "{\"format\":\"plenum-events/1\",\"events\":[{\"slug\":\"e\",\"delegates\":[{\"person\":\"P1\",\"status\":\"withdrawn\"}]}]}") == OK);
    CHECK_TEXT(c, value(b, "SELECT status FROM delegate WHERE number = '1'"), "withdrawn");
    CHECK_TEXT(c, value(b, "SELECT roster_seq - (SELECT roster_seq FROM event) FROM delegate WHERE number = '1'"), "0");
    CHECK_TEXT(c, value(b, "SELECT COALESCE(SUM(total), 0) FROM tally WHERE measure = 1 AND dimension = 0"), "1"); /* expected again */
    CHECK(c, import(b, "{\"format\":\"plenum-events/1\",\"events\":[{\"slug\":\"e\",\"delegates\":[{\"person\":\"P1\",\"status\":null}],"
        "\"categories\":[{\"code\":\"press\",\"title\":\"B\"}]}]}") == OK);
    CHECK_TEXT(c, value(b, "SELECT status FROM delegate WHERE number = '1'"), "summoned");
    CHECK_TEXT(c, value(b, "SELECT group_concat(code || sort_order) FROM (SELECT code, sort_order FROM category ORDER BY sort_order)"), "official0,guest1,press2");
    CHECK(c, import(b, "{\"format\":\"plenum-events/1\",\"people\":[{\"code\":\"P9\"}]}") == ERR_INPUT);
    CHECK_TEXT(c, b->fault.text, "people[0].name: is required");
}

static void test_numbers_and_blanks(struct bench *b)
{
    struct check *c = b->c;
    fresh(b);
    char token[32];
    (void)snprintf(token, sizeof token, "%s", value(b, "SELECT token FROM credential c JOIN delegate d ON d.id = c.delegate_id WHERE d.number = '9'"));
    CHECK(c, import(b, "{\"format\":\"plenum-events/1\",\"events\":[{" EVENT ",\"delegates\":[{\"person\":\"P1\",\"number\":\"2\"},{\"person\":\"P2\","
        "\"number\":\"1\"}]}]}") == OK);
    CHECK_TEXT(c, value(b, "SELECT group_concat(number) FROM (SELECT d.number FROM delegate d JOIN person p ON p.id = d.person_id ORDER BY p.code)"),
        "2,1"); /* changed hands */
    CHECK(c, import(b, "{\"format\":\"plenum-events/1\",\"events\":[{" EVENT ",\"delegates\":[{\"person\":\"P3\",\"number\":\"1\","
        "\"category\":\"guest\"}]}]}") == ERR_INPUT);
    CHECK(c, strncmp(b->fault.text, "events[0].delegates[0].number: ", 31) == 0 && strstr(b->fault.text, "P2"));
    CHECK(c, import(b, "{\"format\":\"plenum-events/1\",\"events\":[{" EVENT ",\"delegates\":[{\"person\":\"P3\",\"number\":\"9\","
        "\"category\":\"official\"}]}]}") == OK);
    CHECK(c, count(b, "delegate", "changed") == 1 && count(b, "delegate", "new") == 0); /* the blank has a name now, and keeps its printed code */
    CHECK_TEXT(c, value(b,
        "SELECT c.token FROM credential c JOIN person p ON p.id = c.person_id JOIN delegate d ON d.id = c.delegate_id AND d.person_id = p.id WHERE "
            "p.code = 'P3'"), token);
    CHECK(c, import(b, base) == OK && count(b, "delegate", "new") == 0); /* the old file calls it a blank: it stays whose it is */
    CHECK_TEXT(c, value(b, "SELECT p.code FROM delegate d JOIN person p ON p.id = d.person_id WHERE d.number = '9'"), "P3");
}

static void test_prune(struct bench *b)
{
    struct check *c = b->c;
    struct import_options prune = {.prune = true}, look = {.prune = true, .dry_run = true};
    static const char less[] = "{\"format\":\"plenum-events/1\",\"people\":[{\"code\":\"P1\"}],\"events\":[{" EVENT ",\"categories\":[{\"code\":\"official\"}],"
                               "\"delegates\":[{\"person\":\"P1\"}]}]}";
    static const char needs[] = "{\"format\":\"plenum-events/1\",\"events\":[{" EVENT ",\"areas\":[]}]}";
    fresh(b);
    CHECK(c, import_with(b, less, look) == OK && count(b, "delegate", "removed") == 2 && count(b, "person", "removed") == 2 && count(b, "category", "removed") == 1);
    CHECK_TEXT(c, value(b, "SELECT COUNT(*) FROM delegate"), "3");
    CHECK(c, import_with(b, needs, prune) == ERR_CONFLICT && strstr(b->fault.text, "session \"s1\"") && strstr(b->fault.text, "hall"));
    if (!CHECK(c, import_with(b, less, prune) == OK)) printf("# %s\n", b->fault.text);
    CHECK_TEXT(c, value(b,
        "SELECT (SELECT COUNT(*) FROM delegate) || (SELECT COUNT(*) FROM credential) || (SELECT COUNT(*) FROM delegate_state) || (SELECT COUNT(*) FROM person) "
                           "|| (SELECT COUNT(*) FROM category) || (SELECT COUNT(*) FROM gate) || (SELECT COUNT(*) FROM unit)"), "1111112");
    fresh(b);
    value(b, "INSERT INTO scan(id, scan_id, event_id, delegate_id, token_id, gate_id, direction, outcome, decision, scanned_ms, true_ms, estimated, received_ms) "
             "SELECT 1, 'x', event_id, id, 't', (SELECT id FROM gate), 'in', 'admitted', 'ask', 1, 1, 0, 1 FROM delegate WHERE number = '2'");
    value(b, chain);
    CHECK(c, import_with(b, less, prune) == ERR_CONFLICT && strstr(b->fault.text, "\"P2\"") && strstr(b->fault.text, "1 scans"));
    CHECK(c, import_with(b, "{\"format\":\"plenum-events/1\",\"events\":[{" EVENT ",\"gates\":[]}]}", prune) == ERR_CONFLICT && strstr(b->fault.text,
        "gate \"main\" has 1 scans"));
    CHECK(c, import_with(b, "{\"format\":\"plenum-events/1\",\"people\":[]}", prune) == ERR_CONFLICT && strstr(b->fault.text, "has a delegate"));
    CHECK(c, import_with(b, "{\"format\":\"plenum-events/1\",\"organization\":{\"name\":\"X\",\"attribute_types\":{}}}", prune) == ERR_CONFLICT &&
        strstr(b->fault.text, "attribute type"));
    CHECK_TEXT(c, value(b, "SELECT COUNT(*) FROM delegate"), "3");
    CHECK_TEXT(c, value(b, "SELECT name FROM organization"), "\"Công đoàn\""); /* all or nothing */
}

static void test_moving(struct bench *b)
{
    struct check *c = b->c;
    struct import_options later = {.starts_on = "2027-01-31"}, today = {.starts_on = "today"}, nonsense = {.starts_on = "soon"};
    fresh(b);
    CHECK(c, import_with(b, base, later) == OK && count(b, "event", "changed") == 1 && count(b, "session", "changed") == 1 && count(b, "document", "changed") == 1);
    int64_t starts = 0, ends = 0, session = 0, publish = 0, from, opens = 0;
    CHECK(c, zone_parse("Asia/Ho_Chi_Minh", "2027-01-31T07:30", &starts) == OK && zone_parse("Asia/Ho_Chi_Minh", "2027-02-01T17:00", &ends) == OK);
    CHECK(c, zone_parse("Asia/Ho_Chi_Minh", "2027-01-31T08:00", &session) == OK && zone_parse("Asia/Ho_Chi_Minh", "2027-01-31T07:00", &publish) == OK);
    CHECK(c, strtoll(value(b, "SELECT starts_ms FROM event"), NULL, 10) == starts && strtoll(value(b, "SELECT ends_ms FROM event"), NULL, 10) == ends);
    CHECK(c, strtoll(value(b, "SELECT starts_ms FROM session"), NULL, 10) == session && strtoll(value(b, "SELECT publish_ms FROM document"), NULL, 10) == publish);
    from = strtoll(value(b, "SELECT from_ms FROM announcement WHERE ended_ms IS NULL"), NULL, 10);
    CHECK(c, from == publish);
    CHECK(c, import_with(b, base, today) == OK);
    CHECK(c, zone_day("Asia/Ho_Chi_Minh", clock_now_ms(), &opens, &ends) == OK && strtoll(value(b, "SELECT opens_ms FROM event"), NULL, 10) == opens);
    CHECK(c, import_with(b, base, nonsense) == ERR_USAGE);
    CHECK(c, import_with(b, "{\"format\":\"plenum-events/1\",\"events\":[{\"slug\":\"e\"}]}", later) == ERR_INPUT && strstr(b->fault.text, "events[0].starts"));
}

static json_t *find_change(const struct bench *b, const char *entity, const char *field)
{
    size_t i, k;
    json_t *change, *item;
    json_array_foreach(json_object_get(b->report, "changes"), i, change) {
        if (strcmp(json_string_value(json_object_get(change, "entity")), entity) != 0) continue;
        json_array_foreach(json_object_get(change, "fields"), k, item)
            if (strcmp(json_string_value(json_object_get(item, "field")), field) == 0) return item;
    }
    return NULL;
}

static void test_dry_run(struct bench *b)
{
    struct check *c = b->c;
    struct import_options look = {.dry_run = true};
    char command[256];
    (void)snprintf(command, sizeof command, "rm -rf '%s'", b->data);
    CHECK(c, system(command) == 0);
    CHECK(c, import_with(b, base, look) == OK && count(b, "person", "new") == 3 && !file_exists(b->data)); /* needs no folder, makes none */
    fresh(b);
    CHECK(c, import_with(b,
        "{\"format\":\"plenum-events/1\",\"people\":[{\"code\":\"P1\",\"title\":\"Mới\",\"unit\":\"U0\",\"attributes\":{\"party\":false,\"grade\":6}}],"
                            "\"events\":[{" EVENT ",\"ends\":\"2026-12-03T17:00\"}]}", look) == ERR_INPUT); /* a key twice */
    CHECK(c, import_with(b,
        "{\"format\":\"plenum-events/1\",\"people\":[{\"code\":\"P1\",\"title\":\"Mới\",\"unit\":\"U0\",\"attributes\":{\"party\":false,\"grade\":6}}],"
                            "\"events\":[{\"slug\":\"e\",\"ends\":\"2026-12-03T17:00\"}]}", look) == OK);
    CHECK_TEXT(c, json_string_value(json_object_get(find_change(b, "person", "unit"), "old")), "U1");
    CHECK_TEXT(c, json_string_value(json_object_get(find_change(b, "person", "unit"), "new")), "U0");
    CHECK(c, json_is_null(json_object_get(find_change(b, "person", "title"), "old")));
    CHECK_TEXT(c, json_string_value(json_object_get(find_change(b, "person", "attributes.party"), "old")), "•••"); /* sensitive */
    CHECK_TEXT(c, json_string_value(json_object_get(find_change(b, "person", "attributes.party"), "new")), "•••");
    CHECK(c, json_integer_value(json_object_get(find_change(b, "person", "attributes.grade"), "new")) == 6);
    CHECK_TEXT(c, json_string_value(json_object_get(find_change(b, "event", "ends"), "old")), "2026-12-02T17:00");
    CHECK_TEXT(c, json_string_value(json_object_get(json_array_get(json_object_get(b->report, "changes"), 0), "place")), "people[0]");
    CHECK(c, json_is_true(json_object_get(b->report, "dry_run")));
    CHECK_TEXT(c, value(b, "SELECT COUNT(*) FROM person WHERE title IS NOT NULL"), "0");
    CHECK_TEXT(c, value(b, "SELECT COUNT(*) FROM audit"), "1");
}

static void test_files(struct bench *b)
{
    struct check *c = b->c;
    char path[128], link_to[128];
    fresh(b);
    (void)snprintf(path, sizeof path, "%s/papers/a.pdf", b->folder);
    CHECK(c, file_write_atomic(path, "%PDF-1.7 new", 12, 0600, NULL) == OK && import(b, base) == OK && count(b, "document", "changed") == 1);
    CHECK_TEXT(c, value(b, "SELECT group_concat(version || name) FROM (SELECT version, name FROM document_version ORDER BY version)"), "1a.pdf,2a.pdf");
    CHECK_TEXT(c, value(b, "SELECT COUNT(*) FROM blob WHERE media_type = 'application/pdf'"), "2");
    CHECK(c, file_write_atomic(path, "%PDF-1.7 old", 12, 0600, NULL) == OK);
    (void)snprintf(link_to, sizeof link_to, "%s/papers/out.pdf", b->folder);
    CHECK(c, symlink("/etc/passwd", link_to) == 0);
    CHECK(c, import(b, "{\"format\":\"plenum-events/1\",\"events\":[{" EVENT ",\"documents\":[{\"code\":\"d2\",\"title\":\"D\","
        "\"file\":\"papers/out.pdf\"}]}]}") == ERR_INPUT);
    CHECK(c, strncmp(b->fault.text, "events[0].documents[0].file: ", 29) == 0 && strstr(b->fault.text, "out of the folder"));
    CHECK(c, import(b, "{\"format\":\"plenum-events/1\",\"people\":[{\"code\":\"P1\",\"photo\":\"papers/a.pdf\"}]}") == ERR_INPUT &&
        strstr(b->fault.text, "picture"));
    CHECK(c, unlink(link_to) == 0);
}

static void test_limits(struct bench *b)
{
    struct check *c = b->c;
    struct buf text;
    fresh(b);
    for (int total = 62; total <= 63; total++) { /* with the two that are there: 64, then one too many */
        buf_init(&text, BUF_LIMIT_BODY);
        buf_puts(&text, "{\"format\":\"plenum-events/1\",\"events\":[{" EVENT ",\"categories\":[");
        for (int i = 0; i < total; i++) buf_printf(&text, "%s{\"code\":\"c%d\",\"title\":\"x\"}", i ? "," : "", i);
        buf_puts(&text, "]}]}");
        enum err e = import(b, buf_text(&text));
        CHECK(c, total == 62 ? e == OK : e == ERR_INPUT && strstr(b->fault.text, "64 categories"));
        buf_release(&text);
    }
    CHECK_TEXT(c, value(b, "SELECT MAX(sort_order) || ',' || COUNT(*) FROM category"), "63,64");
    CHECK(c, import(b, "{\"format\":\"plenum-events/1\",\"organization\":{\"name\":\"X\",\"attribute_types\":{\"grade\":{\"title\":\"B\","
        "\"type\":\"text\"}}}}") == ERR_INPUT);
    CHECK(c, strncmp(b->fault.text, "organization.attribute_types.grade: ", 36) == 0 && strstr(b->fault.text, "P1"));
}

static void figures_agree(struct bench *b, int line)
{
    struct store store = {0};
    struct fault fault = {0};
    CHECK(b->c, store_open(b->data, STORE_READ, &store, &fault) == OK);
    if (!CHECK(b->c, figures_verify(store.db, "e", &fault) == OK)) printf("# line %d: %s\n", line, fault.text);
    store_close(&store);
}

/* People are in while the list is corrected: presence and counters follow, in the same transaction. */
static void test_after_scans(struct bench *b)
{
    struct check *c = b->c;
    fresh(b);
    value(b, "INSERT INTO scan(id, scan_id, event_id, delegate_id, token_id, gate_id, direction, outcome, decision, scanned_ms, true_ms, estimated, received_ms) "
             "SELECT id, 's' || number, event_id, id, 't', (SELECT id FROM gate), 'in', 'admitted', 'ask', 1796087700000, 1796087700000, 0, 1796087700000 "
             "FROM delegate WHERE number < '9'"); /* 08:15 */
    value(b, chain);
    CHECK(c, import(b, "{\"format\":\"plenum-events/1\",\"events\":[{\"slug\":\"e\",\"delegates\":["
                       "{\"person\":\"P2\",\"category\":\"official\",\"delegation\":\"U1\"}]}]}") == OK);
    CHECK_TEXT(c, value(b, "SELECT COUNT(*) FROM presence"), "2");
    CHECK_TEXT(c, value(b, "SELECT total FROM tally t JOIN category c ON c.id = t.key_id AND c.code = 'official' WHERE measure = 2 AND dimension = 1"), "2");
    figures_agree(b, __LINE__);
    CHECK_TEXT(c, value(b, "SELECT MAX(until_ms) FROM presence"), "1796097600000"); /* 11:00 */
    CHECK(c, import(b, "{\"format\":\"plenum-events/1\",\"events\":[{\"slug\":\"e\",\"sessions\":[{\"code\":\"s1\",\"ends\":\"2026-12-01T11:45\"}]}]}") == OK);
    CHECK_TEXT(c, value(b, "SELECT MAX(until_ms) FROM presence"), "1796100300000"); /* 11:45 */
    figures_agree(b, __LINE__);
    CHECK(c, import(b, "{\"format\":\"plenum-events/1\",\"events\":[{\"slug\":\"e\",\"delegates\":["
                       "{\"person\":\"P1\",\"status\":\"replaced\"},{\"person\":\"P3\",\"category\":\"guest\"}]}]}") == OK);
    figures_agree(b, __LINE__);
}

/* Export, import into an empty folder, export again: the same bytes. */
static void test_round_trip(struct bench *b)
{
    struct check *c = b->c;
    struct store store = {0};
    struct arena arena = {0};
    json_t *first = NULL, *second = NULL, *open = NULL;
    fresh(b);
    CHECK(c, store_open(b->data, STORE_READ, &store, NULL) == OK && event_file_export(store.db, "e", true, &first, &b->fault) == OK);
    CHECK(c, event_file_export(store.db, "e", false, &open, &b->fault) == OK && event_file_export(store.db, "nothing", false, &second, &b->fault) == ERR_NOT_FOUND);
    store_close(&store);
    const char *text = json_text(&arena, first), *calm = json_text(&arena, open);
    CHECK(c, text && strstr(text, "\"party\":true") && calm && !strstr(calm, "\"party\":true") && strstr(calm, "\"grade\":5") && !strstr(text, "token"));
    char command[256];
    (void)snprintf(command, sizeof command, "rm -rf '%s'", b->data);
    CHECK(c, system(command) == 0);
    if (!CHECK(c, import(b, text) == OK)) printf("# %s\n", b->fault.text);
    CHECK(c, store_open(b->data, STORE_READ, &store, NULL) == OK && event_file_export(store.db, "e", true, &second, &b->fault) == OK);
    CHECK_TEXT(c, json_text(&arena, second), text);
    store_close(&store);
    json_decref(first);
    json_decref(second);
    json_decref(open);
    arena_release(&arena);
}

int main(void)
{
    struct check c = {0};
    struct bench b = {.c = &c, .folder = "/tmp/plenum-import-XXXXXX"};
    char path[96], command[96];
    if (crypto_init() != OK || !mkdtemp(b.folder)) return 1;
    (void)snprintf(b.file, sizeof b.file, "%s/event.json", b.folder);
    (void)snprintf(b.data, sizeof b.data, "%s/data", b.folder);
    (void)snprintf(path, sizeof path, "%s/papers", b.folder);
    CHECK(&c, file_make_directories(path, NULL) == OK);
    (void)snprintf(path, sizeof path, "%s/papers/a.pdf", b.folder);
    CHECK(&c, file_write_atomic(path, "%PDF-1.7 old", 12, 0600, NULL) == OK);
    test_first(&b);
    test_merge(&b);
    test_numbers_and_blanks(&b);
    test_prune(&b);
    test_moving(&b);
    test_dry_run(&b);
    test_files(&b);
    test_limits(&b);
    test_after_scans(&b);
    test_round_trip(&b);
    json_decref(b.report);
    (void)snprintf(command, sizeof command, "rm -rf '%s'", b.folder);
    CHECK(&c, system(command) == 0);
    return check_done(&c, "import rules");
}
