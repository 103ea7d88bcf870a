#include "core/congress/account.h"
#include "catalogue.h"
#include "core/base/clock.h"
#include "core/base/id.h"
#include "core/base/text.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

static const char *const role_names[ACCOUNT_ROLE_COUNT] = {"organiser", "desk", "head"};

const char *account_role_name(enum account_role_kind kind)
{
    return role_names[kind];
}

bool account_role_from_name(const char *name, enum account_role_kind *ret)
{
    for (int i = 0; i < ACCOUNT_ROLE_COUNT; i++) {
        if (strcmp(name, role_names[i]) != 0) continue;
        *ret = (enum account_role_kind)i;
        return true;
    }
    return false;
}

char *account_tidy_name(struct arena *arena, const char *name, struct fault *fault)
{
    char *tidy = text_is_printable(name) ? text_tidy(arena, name) : NULL;
    if (!tidy || !*tidy || text_length(tidy) > ACCOUNT_NAME_LONGEST) {
        fault_set(fault, ERR_INPUT, "an account's name has 1 to %d characters", ACCOUNT_NAME_LONGEST);
        return NULL;
    }
    return tidy;
}

/* Capitals do not make another name of it. */
static bool account_name_is_kept(const char *name)
{
    static const char *const kept[] = {"command line", "door", "recovery", "server", "—"};
    size_t length = strlen(name);
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++)
        if (strcasecmp(name, kept[i]) == 0) return true;
    return length > 2 && name[length - 1] == ')' && strstr(name, " ("); /* a head of a delegation who came in by the badge: "Name (CODE)" */
}

enum err account_check_password(const char *password, struct fault *fault)
{
    if (!text_is_printable(password)) return fault_set(fault, ERR_INPUT, "the password is not plain text in UTF-8");
    if (text_length(password) < ACCOUNT_PASSWORD_LEAST) return fault_set(fault, ERR_INPUT, "the password is shorter than %d characters", ACCOUNT_PASSWORD_LEAST);
    if (strlen(password) > ACCOUNT_PASSWORD_LONGEST) return fault_set(fault, ERR_INPUT, "the password is longer than %d bytes", ACCOUNT_PASSWORD_LONGEST);
    return OK;
}

void account_make_password(char out[ACCOUNT_PASSWORD_SIZE])
{
    char token[ID_TOKEN_SIZE];
    id_token_make(token);
    (void)snprintf(out, ACCOUNT_PASSWORD_SIZE, "%.4s-%.4s-%.4s-%.4s", token, token + 4, token + 8, token + 12);
}

enum err account_add_role(struct db *db, int64_t account_id, const struct account_role *role)
{
    struct sql_account_role_insert_in in = {account_id, role_names[role->kind], role->event_id, role->unit_id, role->until_ms ? role->until_ms : DB_NULL};
    return sql_account_role_insert(db, &in, NULL);
}

enum err account_create(struct db *db, const char *name, const char *password_hash, bool must_change, const struct account_role *role, int64_t now_ms,
    int64_t *ret_id,
                        struct fault *fault)
{
    if (account_name_is_kept(name)) return fault_because(fault, ERR_INPUT, "account_name_kept", name, "\"%s\": the audit log uses this name for itself", name);
    struct id_source ids = {0};
    struct sql_account_insert_in in = {id_next(&ids), name, password_hash, must_change, now_ms};
    enum err e = sql_account_insert(db, &in, NULL);
    if (e == ERR_CONFLICT) return fault_set(fault, e, "there is already an account \"%s\"", name);
    if (e == OK && role) e = account_add_role(db, in.id, role);
    if (e != OK) return db_fault(db, e, fault, "store the account");
    if (ret_id) *ret_id = in.id;
    return OK;
}

enum err account_set_password(struct db *db, int64_t account_id, const char *password_hash, bool must_change)
{
    int64_t changes;
    enum err e = sql_account_set_password(db, account_id, password_hash, must_change, &changes);
    if (e == OK && changes == 0) return ERR_NOT_FOUND;
    return e == OK ? sql_web_session_delete_of_account(db, account_id, NULL) : e;
}

enum err account_disable(struct db *db, int64_t account_id, int64_t now_ms)
{
    int64_t changes;
    enum err e = sql_account_disable(db, account_id, now_ms, &changes);
    if (e == OK && changes == 0) return ERR_NOT_FOUND;
    return e == OK ? sql_web_session_delete_of_account(db, account_id, NULL) : e;
}

static enum err read_roles(struct db *db, struct arena *arena, struct account *account)
{
    struct sql_account_roles_row *rows = NULL;
    size_t count = 0;
    enum err e = sql_account_roles(db, arena, account->id, &rows, &count);
    if (e != OK) return e;
    struct account_role *roles = arena_array(arena, count + 1, sizeof *roles);
    if (!roles) return ERR_NOMEM;
    int64_t now_ms = clock_now_ms();
    for (size_t i = 0; i < count; i++) {
        struct account_role *role = &roles[account->role_count];
        if (rows[i].until_ms != DB_NULL && rows[i].until_ms <= now_ms) continue;
        if (!account_role_from_name(rows[i].role, &role->kind)) return ERR_BUG;
        role->event_id = rows[i].event_id;
        role->unit_id = rows[i].unit_id;
        role->until_ms = rows[i].until_ms;
        account->role_count++;
    }
    account->roles = roles;
    return OK;
}

/* Both look-ups give the same row; `account` holds all but the roles. */
static enum err with_roles(struct db *db, struct arena *arena, struct account account, struct account *ret)
{
    enum err e = read_roles(db, arena, &account);
    if (e == OK) *ret = account;
    return e;
}

enum err account_find(struct db *db, struct arena *arena, const char *name, struct account *ret)
{
    struct sql_account_find_row row;
    enum err e = sql_account_find(db, arena, name, &row);
    if (e != OK) return e;
    return with_roles(db, arena, (struct account){.id = row.id, .name = row.name, .password_hash = row.password_hash, .must_change = row.must_change != 0,
                                                  .disabled = row.disabled_ms != DB_NULL, .created_ms = row.created_ms, .version = row.version}, ret);
}

enum err account_by_id(struct db *db, struct arena *arena, int64_t id, struct account *ret)
{
    struct sql_account_by_id_row row;
    enum err e = sql_account_by_id(db, arena, id, &row);
    if (e != OK) return e;
    return with_roles(db, arena, (struct account){.id = row.id, .name = row.name, .password_hash = row.password_hash, .must_change = row.must_change != 0,
                                                  .disabled = row.disabled_ms != DB_NULL, .created_ms = row.created_ms, .version = row.version}, ret);
}

enum err account_list(struct db *db, struct arena *arena, struct account **ret_rows, size_t *ret_count)
{
    struct sql_account_list_row *rows = NULL;
    size_t count = 0;
    enum err e = sql_account_list(db, arena, &rows, &count);
    if (e != OK) return e;
    struct account *accounts = arena_array(arena, count + 1, sizeof *accounts);
    if (!accounts) return ERR_NOMEM;
    for (size_t i = 0; i < count; i++) {
        accounts[i] = (struct account){.id = rows[i].id, .name = rows[i].name, .password_hash = rows[i].password_hash, .must_change = rows[i].must_change != 0,
                                       .disabled = rows[i].disabled_ms != DB_NULL, .created_ms = rows[i].created_ms, .version = rows[i].version};
        e = read_roles(db, arena, &accounts[i]);
        if (e != OK) return e;
    }
    *ret_rows = accounts;
    *ret_count = count;
    return OK;
}

/* Of a random password that nobody knows, at the same cost as real ones. */
static bool spend_the_same_time(const char *password)
{
    char hash[CRYPTO_PASSWORD_SIZE];
    (void)crypto_password_hash(password, hash);
    return false;
}

bool account_verify(const struct account *account, const char *password)
{
    if (strlen(password) > ACCOUNT_PASSWORD_LONGEST) return false;
    if (!account || account->disabled) return spend_the_same_time(password);
    return crypto_password_verify(account->password_hash, password);
}

bool account_may(const struct account *account, enum account_role_kind kind, int64_t event_id)
{
    if (account->disabled) return false;
    for (size_t i = 0; i < account->role_count; i++) {
        const struct account_role *role = &account->roles[i];
        bool does = role->kind == kind || (kind == ACCOUNT_DESK && role->kind == ACCOUNT_ORGANISER);
        if (does && (role->event_id == 0 || role->event_id == event_id)) return true;
    }
    return false;
}

bool account_is_desk_alone(const struct account *account)
{
    for (size_t i = 0; i < account->role_count; i++)
        if (account->roles[i].kind != ACCOUNT_DESK) return false;
    return account->role_count > 0;
}

int64_t account_head_unit(const struct account *account, int64_t event_id)
{
    for (size_t i = 0; !account->disabled && i < account->role_count; i++) {
        const struct account_role *role = &account->roles[i];
        if (role->kind == ACCOUNT_HEAD && (role->event_id == 0 || role->event_id == event_id)) return role->unit_id;
    }
    return 0;
}

enum err account_head_units(const struct account *account, struct arena *arena, int64_t event_id, int64_t **ret, size_t *ret_count)
{
    int64_t *units = arena_array(arena, account->role_count + 1, sizeof *units);
    size_t n = 0;
    if (!units) return ERR_NOMEM;
    for (size_t i = 0; !account->disabled && i < account->role_count; i++) {
        const struct account_role *role = &account->roles[i];
        if (role->kind == ACCOUNT_HEAD && (role->event_id == 0 || role->event_id == event_id)) units[n++] = role->unit_id;
    }
    *ret = units;
    *ret_count = n;
    return OK;
}

/* --- browser sessions --- */

enum err web_session_make(struct arena *arena, enum web_session_kind kind, int64_t owner, int64_t now_ms, struct web_session *ret, const char **ret_cookie)
{
    const char *cookie = crypto_random_text(arena, 32), *csrf = crypto_random_text(arena, 32);
    if (!cookie || !csrf) return ERR_NOMEM;
    *ret = (struct web_session){.kind = kind, .account_id = kind == WEB_SESSION_STAFF ? owner : DB_NULL, .event_id = kind == WEB_SESSION_DISPLAY ? owner : DB_NULL,
                                .wall_id = DB_NULL, .sign_in_id = DB_NULL, .csrf = csrf, .created_ms = now_ms, .expires_ms = now_ms + WEB_SESSION_MS};
    crypto_sha256_hex(cookie, strlen(cookie), ret->id_hash);
    *ret_cookie = cookie;
    return OK;
}

enum err web_session_insert(struct db *db, const struct web_session *session, int64_t now_ms)
{
    struct sql_web_session_insert_in in = {session->id_hash, session->kind == WEB_SESSION_STAFF ? "staff" : "display", session->account_id,
                                           session->event_id, session->csrf, session->created_ms, session->expires_ms, session->wall_id, session->sign_in_id};
    enum err e = sql_web_session_delete_expired(db, now_ms, NULL);
    return e == OK ? sql_web_session_insert(db, &in, NULL) : e;
}

enum err web_session_find(struct db *db, struct arena *arena, const char *cookie, int64_t now_ms, struct web_session *ret)
{
    struct web_session found;
    struct sql_web_session_find_row row;
    crypto_sha256_hex(cookie, strlen(cookie), found.id_hash);
    enum err e = sql_web_session_find(db, arena, found.id_hash, now_ms, &row);
    if (e != OK) return e;
    found.kind = strcmp(row.kind, "staff") == 0 ? WEB_SESSION_STAFF : WEB_SESSION_DISPLAY;
    found.account_id = row.account_id;
    found.event_id = row.event_id;
    found.csrf = row.csrf;
    found.wall_id = row.wall_id;
    found.sign_in_id = row.sign_in_id;
    found.created_ms = row.created_ms;
    found.expires_ms = row.expires_ms;
    *ret = found;
    return OK;
}

enum err web_session_delete(struct db *db, const char *cookie)
{
    char hash[CRYPTO_HASH_HEX];
    crypto_sha256_hex(cookie, strlen(cookie), hash);
    return sql_web_session_delete(db, hash, NULL);
}
