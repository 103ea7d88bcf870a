#include "core/congress/welcome.h"

#include "catalogue.h"
#include "core/base/crypto.h"
#include "core/base/id.h"
#include "core/base/json.h"

#include <string.h>

enum err welcome_guests(struct db *db, struct arena *arena, const struct programme *programme, const struct programme_gate *gate, int64_t now_ms,
                        struct welcome_guest **ret, size_t *ret_count)
{
    struct sql_welcome_guests_row *rows = NULL;
    size_t count = 0;
    *ret = NULL;
    *ret_count = 0;
    if (!gate->greets) return OK;
    const struct sql_welcome_guests_in in = {programme->event_id, gate->id, now_ms - WELCOME_RECENT_MS, WELCOME_LATE_MS, WELCOME_MOST};
    enum err e = sql_welcome_guests(db, arena, &in, &rows, &count);
    struct welcome_guest *guests = e == OK && count ? arena_array(arena, count, sizeof *guests) : NULL;
    if (e != OK || !count) return e;
    if (!guests) return ERR_NOMEM;
    for (size_t i = 0; i < count; i++)
        guests[i] = (struct welcome_guest){rows[i].scan_id, rows[i].name, rows[i].honorific, rows[i].seat, rows[i].received_ms,
                                           programme->welcome_photo && rows[i].photo_blob};
    *ret = guests;
    *ret_count = count;
    return OK;
}

enum err welcome_photo(struct db *db, struct arena *arena, const struct programme *programme, const struct programme_gate *gate, const char *scan_id, int64_t now_ms,
                       const char **ret_sha256)
{
    struct sql_welcome_guest_row row;
    if (!gate->greets || !programme->welcome_photo) return ERR_NOT_FOUND;
    const struct sql_welcome_guest_in in = {scan_id, programme->event_id, gate->id, now_ms - WELCOME_RECENT_MS, WELCOME_LATE_MS};
    enum err e = sql_welcome_guest(db, arena, &in, &row);
    if (e == OK && !row.photo_blob) e = ERR_NOT_FOUND;
    if (e == OK) *ret_sha256 = row.photo_blob;
    return e;
}

/* --- what the organiser decides -------------------------------------------------------------------------------------------------- */

enum err welcome_decide(struct db *db, struct arena *arena, int64_t event_id, const struct welcome_rule *rule)
{
    json_t *gates = json_array();
    bool failed = !gates;
    for (size_t i = 0; i < rule->gate_count && !failed; i++) failed = json_array_append_new(gates, json_string(rule->gates[i])) != 0;
    json_t *value = json_pack("{s:b,s:o,s:b}", "on", rule->on, "gates", gates, "photo", rule->photo); /* in the order of the event file's table */
    const char *text = value && !failed ? json_text(arena, value) : NULL;
    json_decref(value);
    return text ? sql_welcome_event_set(db, event_id, text, NULL) : ERR_NOMEM;
}

void welcome_code_make(char out[WELCOME_CODE_SIZE])
{
    char token[ID_TOKEN_SIZE];
    id_token_make(token);
    memcpy(out, token, WELCOME_CODE_SIZE - 1);
    out[WELCOME_CODE_SIZE - 1] = '\0';
}

enum err welcome_code_renew(struct db *db, int64_t gate_id, const char code[WELCOME_CODE_SIZE], int64_t now_ms)
{
    enum err e = sql_welcome_code_set(db, gate_id, code, now_ms, NULL);
    return e == OK ? sql_welcome_screens_end(db, gate_id, NULL) : e;
}

enum err welcome_code_list(struct db *db, struct arena *arena, int64_t event_id, struct welcome_code **ret, size_t *ret_count)
{
    struct sql_welcome_codes_row *rows = NULL;
    size_t count = 0;
    enum err e = sql_welcome_codes(db, arena, event_id, &rows, &count);
    struct welcome_code *codes = e == OK ? arena_array(arena, count + 1, sizeof *codes) : NULL;
    if (e != OK) return e;
    if (!codes) return ERR_NOMEM;
    for (size_t i = 0; i < count; i++) codes[i] = (struct welcome_code){rows[i].gate_id, rows[i].screens, rows[i].code};
    *ret = codes;
    *ret_count = count;
    return OK;
}

enum err welcome_code_find(struct db *db, struct arena *arena, int64_t gate_id, const char **ret)
{
    struct sql_welcome_code_find_row row;
    enum err e = sql_welcome_code_find(db, arena, gate_id, &row);
    if (e == OK) *ret = row.code;
    return e;
}

/* --- screens ----------------------------------------------------------------------------------------------------------------------- */

enum err welcome_screen_make(struct arena *arena, const struct programme *programme, int64_t gate_id, int64_t now_ms, struct welcome_screen *ret,
                             const char **ret_cookie)
{
    const char *cookie = crypto_random_text(arena, 32);
    if (!cookie) return ERR_NOMEM;
    *ret = (struct welcome_screen){.gate_id = gate_id, .created_ms = now_ms, .expires_ms = now_ms + WELCOME_SCREEN_MS};
    if (ret->expires_ms < programme->ends_ms + WELCOME_SCREEN_MS) ret->expires_ms = programme->ends_ms + WELCOME_SCREEN_MS;
    crypto_sha256_hex(cookie, strlen(cookie), ret->id_hash);
    *ret_cookie = cookie;
    return OK;
}

enum err welcome_screen_insert(struct db *db, const struct welcome_screen *screen, int64_t now_ms)
{
    enum err e = sql_welcome_screens_expire(db, now_ms, NULL);
    const struct sql_welcome_screen_insert_in in = {screen->id_hash, screen->gate_id, screen->created_ms, screen->expires_ms};
    return e == OK ? sql_welcome_screen_insert(db, &in, NULL) : e;
}

enum err welcome_screen_find(struct db *db, struct arena *arena, const char *cookie, int64_t gate_id, int64_t now_ms)
{
    struct sql_welcome_screen_find_row row;
    char id_hash[CRYPTO_HASH_HEX];
    crypto_sha256_hex(cookie, strlen(cookie), id_hash);
    return sql_welcome_screen_find(db, arena, id_hash, gate_id, now_ms, &row);
}
