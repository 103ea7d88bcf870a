/* Browsers that may see more than the badge alone shows: one in which the right PIN was given, one that came in by badge number and PIN, a kiosk at which
 * a badge was read. Only a hash of the cookie is stored. Reissuing a badge ends all of its browsers; a wrong PIN ends none. Thread-safe. */
#ifndef PLENUM_CONGRESS_PIN_SESSION_H
#define PLENUM_CONGRESS_PIN_SESSION_H

#include "core/base/arena.h"
#include "core/base/id.h"
#include "core/db/db.h"

#include <stdbool.h>
#include <stdint.h>

enum pin_session_kind {
    PIN_SESSION_BADGE,  /* goes with the badge's address; never enough alone */
    PIN_SESSION_NUMBER, /* badge number and PIN: stands for the badge */
    PIN_SESSION_KIOSK   /* a shared screen: stands for the badge, for minutes */
};

struct pin_session {
    enum pin_session_kind kind;
    int64_t delegate_id, expires_ms;
    bool passed; /* the PIN was given */
};

/* Stores a new one in the caller's transaction; the cookie is in the arena. Some of those that are over are deleted on the way. */
enum err pin_session_add(struct db *db, struct arena *arena, const struct pin_session *session, int64_t now_ms, const char **ret_cookie);
/* ERR_NOT_FOUND: none, or over. */
enum err pin_session_find(struct db *db, struct arena *arena, const char *cookie, int64_t now_ms, struct pin_session *ret);
/* The PIN was given at a kiosk. */
enum err pin_session_pass(struct db *db, const char *cookie);
enum err pin_session_end(struct db *db, const char *cookie);

/* The token of the delegate's good badge (else member card): for the server's own look-ups, never to be shown. ERR_NOT_FOUND: revoked, or none. */
enum err pin_session_token(struct db *db, int64_t delegate_id, char ret[ID_TOKEN_SIZE]);

#endif
