/* Accounts, sessions, pairing and devices on a real database. */
#include "catalogue.h"
#include "core/base/id.h"
#include "core/congress/account.h"
#include "core/congress/device.h"
#include "tests/unit/check.h"

#include <stdlib.h>
#include <unistd.h>

#define NOW INT64_C(1796085000000)

static void test_passwords(struct check *c)
{
    struct fault fault = {0};
    char made[ACCOUNT_PASSWORD_SIZE], again[ACCOUNT_PASSWORD_SIZE];
    account_make_password(made);
    account_make_password(again);
    CHECK(c, strlen(made) == 19 && strcmp(made, again) != 0 && account_check_password(made, NULL) == OK);
    CHECK(c, account_check_password("ngắn", &fault) == ERR_INPUT);
    CHECK(c, account_check_password("mười ký tự", &fault) == OK);
    CHECK(c, account_check_password("0123456789\xff", &fault) == ERR_INPUT);
    char longest[ACCOUNT_PASSWORD_LONGEST + 2];
    memset(longest, 'x', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    CHECK(c, account_check_password(longest, &fault) == ERR_INPUT);
    longest[ACCOUNT_PASSWORD_LONGEST] = '\0';
    CHECK(c, account_check_password(longest, &fault) == OK);
}

static void test_accounts(struct check *c, struct db *db, struct arena *arena)
{
    struct fault fault = {0};
    struct account account;
    char hash[CRYPTO_PASSWORD_SIZE], other[CRYPTO_PASSWORD_SIZE];
    int64_t id = 0, head_id = 0;
    CHECK(c, crypto_password_hash("correct horse", hash) == OK && crypto_password_hash("battery staple", other) == OK);
    CHECK(c, account_tidy_name(arena, "  \t ", &fault) == NULL && account_tidy_name(arena, "a\x01", &fault) == NULL);
    const char *name = account_tidy_name(arena, "  Bàn   đăng ký ", &fault);
    CHECK_TEXT(c, name, "Bàn đăng ký");
    struct account_role desk = {ACCOUNT_DESK, 11, 0, 0}, head = {ACCOUNT_HEAD, 0, 77, 0}, everywhere = {ACCOUNT_ORGANISER, 0, 0, 0};
    CHECK(c, account_create(db, name, hash, true, &desk, NOW, &id, &fault) == OK && id > 0);
    CHECK(c, account_create(db, name, hash, true, &desk, NOW, NULL, &fault) == ERR_CONFLICT && strstr(fault.text, name));
    CHECK(c, account_create(db, "Trưởng đoàn", hash, false, &head, NOW, &head_id, &fault) == OK);
    CHECK(c, account_find(db, arena, "nobody", &account) == ERR_NOT_FOUND);
    CHECK(c, account_find(db, arena, name, &account) == OK && account.id == id && account.must_change && !account.disabled && account.role_count == 1);
    CHECK(c, account_verify(&account, "correct horse") && !account_verify(&account, "Correct horse") && !account_verify(NULL, "correct horse"));
    CHECK(c, account_may(&account, ACCOUNT_DESK, 11) && !account_may(&account, ACCOUNT_DESK, 12) && !account_may(&account, ACCOUNT_DESK, 0));
    CHECK(c, !account_may(&account, ACCOUNT_ORGANISER, 11) && account_head_unit(&account, 11) == 0 && account_is_desk_alone(&account));
    CHECK(c, account_add_role(db, id, &everywhere) == OK && account_add_role(db, id, &everywhere) == OK);
    CHECK(c, account_by_id(db, arena, id, &account) == OK && account.role_count == 2 && !account_is_desk_alone(&account));
    CHECK(c, account_may(&account, ACCOUNT_DESK, 12) && account_may(&account, ACCOUNT_ORGANISER, 0) && !account_may(&account, ACCOUNT_HEAD, 11));
    CHECK(c, account_by_id(db, arena, head_id, &account) == OK && account_head_unit(&account, 5) == 77 && account_may(&account, ACCOUNT_HEAD, 5) &&
        !account_may(&account, ACCOUNT_DESK, 5) && !account_is_desk_alone(&account));
    int64_t *units;
    size_t unit_count;
    CHECK(c, account_add_role(db, head_id, &(struct account_role){ACCOUNT_HEAD, 11, 78, 0}) == OK && account_by_id(db, arena, head_id, &account) == OK);
    CHECK(c, account_head_units(&account, arena, 5, &units, &unit_count) == OK && unit_count == 1 && units[0] == 77);
    CHECK(c, account_head_units(&account, arena, 11, &units, &unit_count) == OK && unit_count == 2 && units[0] + units[1] == 77 + 78);
    struct account *all;
    size_t count;
    CHECK(c, account_list(db, arena, &all, &count) == OK && count == 2);
    CHECK(c, account_set_password(db, 999, other, false) == ERR_NOT_FOUND && account_disable(db, 999, NOW) == ERR_NOT_FOUND);
    CHECK(c, account_set_password(db, id, other, false) == OK && account_by_id(db, arena, id, &account) == OK && !account.must_change);
    CHECK(c, account_verify(&account, "battery staple") && !account_verify(&account, "correct horse"));
    CHECK(c, account_disable(db, id, NOW) == OK && account_by_id(db, arena, id, &account) == OK && account.disabled);
    CHECK(c, !account_verify(&account, "battery staple") && !account_may(&account, ACCOUNT_ORGANISER, 0));
}

static void test_sessions(struct check *c, struct db *db, struct arena *arena)
{
    struct account head;
    struct web_session made, found;
    const char *cookie, *second;
    CHECK(c, account_find(db, arena, "Trưởng đoàn", &head) == OK);
    CHECK(c, web_session_make(arena, WEB_SESSION_STAFF, head.id, NOW, &made, &cookie) == OK && strlen(cookie) >= 42 && strcmp(made.csrf, cookie) != 0);
    CHECK(c, web_session_insert(db, &made, NOW) == OK);
    CHECK(c, web_session_find(db, arena, cookie, NOW + WEB_SESSION_MS - 1, &found) == OK && found.account_id == head.id &&
        found.kind == WEB_SESSION_STAFF && found.event_id == DB_NULL);
    CHECK_TEXT(c, found.csrf, made.csrf);
    CHECK(c, web_session_find(db, arena, cookie, NOW + WEB_SESSION_MS, &found) == ERR_NOT_FOUND);
    CHECK(c, web_session_find(db, arena, made.id_hash, NOW, &found) == ERR_NOT_FOUND); /* what is stored opens nothing */
    CHECK(c, web_session_make(arena, WEB_SESSION_STAFF, head.id, NOW + WEB_SESSION_MS, &made, &second) == OK && web_session_insert(db, &made,
        NOW + WEB_SESSION_MS) == OK);
    CHECK(c, web_session_find(db, arena, cookie, NOW, &found) == ERR_NOT_FOUND); /* thrown out when the next came */
    CHECK(c, web_session_delete(db, "unknown") == OK && web_session_find(db, arena, second, NOW + WEB_SESSION_MS, &found) == OK);
    CHECK(c, account_set_password(db, head.id, head.password_hash, false) == OK);
    CHECK(c, web_session_find(db, arena, second, NOW + WEB_SESSION_MS, &found) == ERR_NOT_FOUND); /* a new password ends what is open */
}

static void test_devices(struct check *c, struct db *db, struct arena *arena)
{
    struct fault fault = {0};
    struct pairing pairing, late;
    struct device_new made, second;
    struct device device;
    pairing_make(11, 22, NOW, &pairing);
    CHECK(c, strlen(pairing.code) == 9 && pairing.code[4] == '-' && pairing.expires_ms == NOW + PAIRING_MS);
    CHECK(c, pairing_insert(db, &pairing, NOW) == OK);
    CHECK(c, device_make(arena, " \n", &made, &fault) == ERR_INPUT && device_make(arena, "Cửa 1\x02", &made, &fault) == ERR_INPUT);
    CHECK(c, device_make(arena, " Cửa  1 ", &made, &fault) == OK && strcmp(made.name, "Cửa 1") == 0 && strlen(made.key) >= 42);
    CHECK(c, pairing_redeem(db, arena, "0000-0000", &made, NOW, NULL) == ERR_NOT_FOUND);
    CHECK(c, pairing_redeem(db, arena, "short", &made, NOW, NULL) == ERR_NOT_FOUND && pairing_redeem(db, arena, "", &made, NOW, NULL) == ERR_NOT_FOUND);
    CHECK(c, pairing_redeem(db, arena, pairing.code, &made, pairing.expires_ms, NULL) == ERR_NOT_FOUND);
    char typed[128];
    (void)snprintf(typed, sizeof typed, "%.4s %s", pairing.code, pairing.code + 5);
    for (char *p = typed; *p; p++)
        if (*p >= 'A' && *p <= 'Z') *p = (char)(*p + 32);
    CHECK(c, pairing_redeem(db, arena, typed, &made, NOW + 1, &device) == OK);
    CHECK(c, device.event_id == 11 && device.gate_id == 22 && device.revoked_ms == DB_NULL && strcmp(device.gate_code, "main") == 0 &&
        strcmp(device.event_slug, "e") == 0);
    CHECK(c, device_make(arena, "Cửa 2", &second, &fault) == OK);
    CHECK(c, pairing_redeem(db, arena, pairing.code, &second, NOW + 2, NULL) == ERR_NOT_FOUND); /* once */
    CHECK(c, device_by_key(db, arena, made.key, &device) == OK && strcmp(device.code, made.code) == 0);
    CHECK(c, device_by_key(db, arena, made.key_hash, &device) == ERR_NOT_FOUND && device_by_key(db, arena, "", &device) == ERR_NOT_FOUND);
    CHECK(c, device_seen(db, made.id, NOW + 5, -120, 7) == OK && device_seen(db, made.id, NOW + 6, DB_NULL, DB_NULL) == OK);
    CHECK(c, device_by_code(db, arena, made.code, &device) == OK && device.last_seen_ms == NOW + 6 && device.clock_offset_ms == -120 && device.roster_version == 7);
    CHECK(c, device.roster_ms == DB_NULL && device.waiting == DB_NULL && device.waiting_since_ms == DB_NULL && device.set_aside == DB_NULL);
    const struct device_report full = {.now_ms = NOW + 7, .roster_version = 9, .waiting = 12, .waiting_since_ms = NOW - 5000, .set_aside = 1};
    const struct device_report silent = {.now_ms = NOW + 8, .roster_version = DB_NULL, .waiting = DB_NULL, .waiting_since_ms = DB_NULL, .set_aside = DB_NULL};
    CHECK(c, device_report(db, made.id, &full) == OK && device_by_code(db, arena, made.code, &device) == OK);
    CHECK(c, device.last_seen_ms == NOW + 7 && device.roster_ms == NOW + 7 && device.roster_version == 9 && device.waiting == 12 &&
        device.waiting_since_ms == NOW - 5000 && device.set_aside == 1);
    CHECK(c, device_report(db, made.id, &silent) == OK && device_by_key(db, arena, made.key, &device) == OK);
    CHECK(c, device.roster_version == 9 && device.waiting == DB_NULL && device.set_aside == DB_NULL); /* an old figure is not a new one */
    CHECK(c, device_revoke(db, "NOSUCH", NOW) == ERR_NOT_FOUND && device_revoke(db, made.code, NOW + 9) == OK && device_revoke(db, made.code, NOW + 10) == OK);
    CHECK(c, device_by_key(db, arena, made.key, &device) == OK && device.revoked_ms == NOW + 9);
    pairing_make(11, 22, NOW, &late);
    CHECK(c, pairing_insert(db, &late, NOW) == OK && pairing_redeem(db, arena, late.code, &second, NOW + 1, NULL) == OK);
    struct device *all;
    size_t count;
    CHECK(c, device_list(db, arena, 0, &all, &count) == OK && count == 2 && device_list(db, arena, 11, &all, &count) == OK && count == 2);
    CHECK(c, device_list(db, arena, 12, &all, &count) == OK && count == 0);
    /* A browser of somebody who is signed in. */
    struct account desk;
    const struct device_place place = {11, 22, account_find(db, arena, "Trưởng đoàn", &desk) == OK ? desk.id : DB_NULL};
    CHECK(c, place.account_id != DB_NULL && device_make(arena, "Điện thoại", &made, &fault) == OK && device_add(db, &made, &place, NOW) == OK);
    CHECK(c, device_by_key(db, arena, made.key, &device) == OK && device.account_id == desk.id && device.account && strcmp(device.account, desk.name) == 0);
}

int main(void)
{
    struct check c = {0};
    struct arena arena = {0};
    struct db *db = NULL;
    struct fault fault = {0};
    char folder[] = "/tmp/plenum-account-XXXXXX", path[64], command[96];
    if (crypto_init() != OK || !mkdtemp(folder)) return 1;
    (void)snprintf(path, sizeof path, "%s/a.db", folder);
    if (db_open(&catalogue, path, DB_CREATE, &db, &fault) != OK || db_migrate(db, &fault) != OK) return 1;
    struct sql_import_event_write_in event = {.id = 11, .slug = "e", .kind = "meeting", .title = "\"E\"", .timezone = "UTC", .starts_ms = NOW, .ends_ms = NOW + 1,
                                              .opens_ms = NOW, .documents_access = "badge", .pin = "random"};
    struct sql_import_area_write_in area = {33, 11, "hall", "\"Hall\"", DB_NULL, 0};
    struct sql_import_gate_write_in gate = {.id = 22, .event_id = 11, .code = "main", .title = "\"Main\"", .kind = "entry", .area_id = 33, .direction = "both",
                                            .reentry = 1, .closed_ms = DB_NULL};
    CHECK(&c, sql_import_event_write(db, &event, NULL) == OK);
    CHECK(&c, sql_import_area_write(db, &area, NULL) == OK && sql_import_gate_write(db, &gate, NULL) == OK);
    test_passwords(&c);
    test_accounts(&c, db, &arena);
    test_sessions(&c, db, &arena);
    test_devices(&c, db, &arena);
    db_close(db);
    arena_release(&arena);
    (void)snprintf(command, sizeof command, "rm -rf '%s'", folder);
    CHECK(&c, system(command) == 0);
    return check_done(&c, "account device");
}
