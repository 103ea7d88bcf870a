/* A screen at a door that greets whoever was just admitted there, by form of address, name, seat and (if decided so) photo.
 *
 * Nobody is greeted unless the organiser decided it for the event and the gate (event file: "welcome": {"on": true, "gates": ["main"], "photo": true}; without
 * "gates" every gate that leads in), and a delegate may be left out ("greet": false). A screen opens with the code of its gate, not with the wall's, and reads
 * the greetings of that gate and no more. docs/decisions/0038-welcome.md says why. */
#ifndef PLENUM_CONGRESS_WELCOME_H
#define PLENUM_CONGRESS_WELCOME_H

#include "core/congress/programme/programme.h"

#define WELCOME_RECENT_MS INT64_C(60000) /* so long after the scan came in a screen may know who it was */
#define WELCOME_LATE_MS INT64_C(30000)   /* a scan that comes in later than this after it was made greets nobody: they are past the door */
#define WELCOME_MOST 24
#define WELCOME_CODE_SIZE 9
#define WELCOME_SCREEN_MS (INT64_C(12) * 60 * 60 * 1000) /* a screen stays open so long at least, and to the end of the event */

struct welcome_guest {
    const char *scan_id, *name, *honorific, *seat; /* honorific, seat: may be NULL */
    int64_t received_ms;
    bool has_photo; /* and the event shows photos */
};
/* Whom the gate let in within WELCOME_RECENT_MS, the newest first, at most WELCOME_MOST; nobody where no screen is to greet. Lives in the arena. */
enum err welcome_guests(struct db *db, struct arena *arena, const struct programme *programme, const struct programme_gate *gate, int64_t now_ms,
                        struct welcome_guest **ret, size_t *ret_count);
/* The photo (its blob) of one of these. ERR_NOT_FOUND: not one of them, or no photo, or none are shown. */
enum err welcome_photo(struct db *db, struct arena *arena, const struct programme *programme, const struct programme_gate *gate, const char *scan_id, int64_t now_ms,
                       const char **ret_sha256);

/* --- what the organiser decides; both in a transaction --- */

struct welcome_rule {
    bool on, photo;
    const char *const *gates; /* codes */
    size_t gate_count;
};
enum err welcome_decide(struct db *db, struct arena *arena, int64_t event_id, const struct welcome_rule *rule);
/* A new code for the gate; screens that the old one opened are closed. */
enum err welcome_code_renew(struct db *db, int64_t gate_id, const char code[WELCOME_CODE_SIZE], int64_t now_ms);
void welcome_code_make(char out[WELCOME_CODE_SIZE]); /* 8 letters and digits of the badge alphabet, 40 random bits: for behind a throttle */

struct welcome_code {
    int64_t gate_id, screens; /* how many screens are open with it */
    const char *code;
};
/* Those that were made, in the order of the gates. */
enum err welcome_code_list(struct db *db, struct arena *arena, int64_t event_id, struct welcome_code **ret, size_t *ret_count);
/* ERR_NOT_FOUND: none was made. */
enum err welcome_code_find(struct db *db, struct arena *arena, int64_t gate_id, const char **ret);

/* --- screens --- */

struct welcome_screen {
    char id_hash[65];
    int64_t gate_id, created_ms, expires_ms;
};
/* A new screen and the text of its cookie (arena; 256 random bits). ERR_NOMEM. No database. */
enum err welcome_screen_make(struct arena *arena, const struct programme *programme, int64_t gate_id, int64_t now_ms, struct welcome_screen *ret,
                             const char **ret_cookie);
/* In a transaction; also throws out what has expired. */
enum err welcome_screen_insert(struct db *db, const struct welcome_screen *screen, int64_t now_ms);
/* Whether this cookie opens this gate's screen. ERR_NOT_FOUND: no. */
enum err welcome_screen_find(struct db *db, struct arena *arena, const char *cookie, int64_t gate_id, int64_t now_ms);

#endif
