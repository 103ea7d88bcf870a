/* Accounts of staff, their roles, and browser sessions (DESIGN.md §10).
 *
 * Writing is in two steps, so that a piece of work for the writer thread can be run again without harm: a `_make` function (no database; random
 * values, ids) fills a plain struct, then a function that takes `struct db *` stores it inside the caller's transaction. Passwords are
 * hashed before (crypto_password_hash, about 60 ms: job pool only). What stands in the database of a session is the hash of its cookie.
 *
 * Functions with a `struct db *` belong to that connection's thread; the others are thread-safe. */
#ifndef PLENUM_CONGRESS_ACCOUNT_H
#define PLENUM_CONGRESS_ACCOUNT_H

#include "core/base/arena.h"
#include "core/base/crypto.h"
#include "core/base/err.h"
#include "core/db/db.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ACCOUNT_NAME_LONGEST 64      /* code points */
#define ACCOUNT_PASSWORD_LEAST 10    /* code points */
#define ACCOUNT_PASSWORD_LONGEST 256 /* bytes */

enum account_role_kind { ACCOUNT_ORGANISER, ACCOUNT_DESK, ACCOUNT_HEAD, ACCOUNT_ROLE_COUNT };
const char *account_role_name(enum account_role_kind kind); /* "organiser" */
bool account_role_from_name(const char *name, enum account_role_kind *ret);

struct account_role {
    enum account_role_kind kind;
    int64_t event_id; /* 0: every event */
    int64_t unit_id;  /* the delegation of a head; else 0 */
    int64_t until_ms; /* it counts no more from then on; 0 or DB_NULL: until it is taken away */
};

struct account {
    int64_t id;
    const char *name;
    const char *password_hash;
    bool must_change; /* the password was made by somebody else */
    bool disabled;
    int64_t created_ms, version; /* version: grows with every change by the console */
    const struct account_role *roles; /* those that count now */
    size_t role_count;
};

/* The name as it is stored (NFC, tidied); NULL with a fault when it may not be one. */
char *account_tidy_name(struct arena *arena, const char *name, struct fault *fault);
/* ERR_INPUT when it is too short, too long or not UTF-8. */
enum err account_check_password(const char *password, struct fault *fault);
/* A password for a person to type: 4 groups of 4 characters of the badge alphabet, 80 random bits. */
#define ACCOUNT_PASSWORD_SIZE 20
void account_make_password(char out[ACCOUNT_PASSWORD_SIZE]);

/* In a transaction. ERR_CONFLICT with a fault when the name is taken; ERR_INPUT (account_name_kept) when it is one by which the audit log says who did something: the
 * command line, a door, a head who came in by the badge. */
enum err account_create(struct db *db, const char *name, const char *password_hash, bool must_change, const struct account_role *role, int64_t now_ms, int64_t *ret_id,
                        struct fault *fault);
/* In a transaction; an account that has the role already gets its new end. */
enum err account_add_role(struct db *db, int64_t account_id, const struct account_role *role);
/* In a transaction; ends all sessions of the account. ERR_NOT_FOUND. */
enum err account_set_password(struct db *db, int64_t account_id, const char *password_hash, bool must_change);
enum err account_disable(struct db *db, int64_t account_id, int64_t now_ms);

/* With roles, also when disabled. ERR_NOT_FOUND. `ret` lives in the arena. */
enum err account_find(struct db *db, struct arena *arena, const char *name, struct account *ret);
enum err account_by_id(struct db *db, struct arena *arena, int64_t id, struct account *ret);
/* All, by name. */
enum err account_list(struct db *db, struct arena *arena, struct account **ret_rows, size_t *ret_count);

/* Slow (60 ms): job pool only. `account` may be NULL (no such name): it then takes as long and is false, so that nobody learns names by the
 * clock. A disabled account is false. */
bool account_verify(const struct account *account, const char *password);

/* Whether a role of `kind` covers the event (event_id 0 asks for a role for every event). An organiser may what a desk may. For ACCOUNT_HEAD see
 * account_head_unit. */
bool account_may(const struct account *account, enum account_role_kind kind, int64_t event_id);
/* Whether it holds no role but the desk's: by the organiser's decision these, and no others, sign in over plain HTTP (docs/decisions/0042-rights.md). */
bool account_is_desk_alone(const struct account *account);
/* The unit that a head of delegation answers for in this event; 0 when none. */
int64_t account_head_unit(const struct account *account, int64_t event_id);
/* All of them. ERR_NOMEM. */
enum err account_head_units(const struct account *account, struct arena *arena, int64_t event_id, int64_t **ret, size_t *ret_count);

/* --- browser sessions --- */

#define WEB_SESSION_MS (INT64_C(12) * 60 * 60 * 1000)

enum web_session_kind { WEB_SESSION_STAFF, WEB_SESSION_DISPLAY };

struct web_session {
    char id_hash[CRYPTO_HASH_HEX];
    enum web_session_kind kind;
    int64_t account_id; /* staff; else DB_NULL */
    int64_t event_id;   /* display; else DB_NULL */
    int64_t wall_id;    /* display: which wall it is (core/congress/scene/wall.h); DB_NULL: not known yet */
    int64_t sign_in_id; /* staff: how they came in (core/congress/sign_in.h); DB_NULL: not known */
    const char *csrf;
    int64_t created_ms, expires_ms;
};

/* A new session and the text of its cookie (arena; 256 random bits). `owner` is the account (staff) or the event (display).
 * ERR_NOMEM. */
enum err web_session_make(struct arena *arena, enum web_session_kind kind, int64_t owner, int64_t now_ms, struct web_session *ret, const char **ret_cookie);
/* In a transaction; also throws out what has expired. */
enum err web_session_insert(struct db *db, const struct web_session *session, int64_t now_ms);
/* ERR_NOT_FOUND: unknown or expired. For staff, ask account_by_id for what they may, at every request. */
enum err web_session_find(struct db *db, struct arena *arena, const char *cookie, int64_t now_ms, struct web_session *ret);
/* In a transaction; OK also when there is none. */
enum err web_session_delete(struct db *db, const char *cookie);

#endif
