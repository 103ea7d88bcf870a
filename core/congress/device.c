#include "core/congress/device.h"
#include "catalogue.h"
#include "core/base/id.h"
#include "core/base/text.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

/* Codes are short and live ten minutes; the hash only keeps them out of copies of the database. */
static void hash_code(const char *code, char out[CRYPTO_HASH_HEX])
{
    uint8_t raw[CRYPTO_HASH_BYTES];
    crypto_derive("plenum-pairing", code, strlen(code), raw);
    crypto_hex(raw, sizeof raw, out);
}

/* What a person typed, as the 8 characters of the code; false when it cannot be one. */
static bool read_code(const char *typed, char out[PAIRING_CODE_SIZE])
{
    size_t n = 0;
    for (; *typed; typed++) {
        if (*typed == '-' || *typed == ' ') continue;
        if (n == 8) return false;
        char c = (char)toupper((unsigned char)*typed);
        if (c == 'I' || c == 'L') c = '1';
        if (c == 'O') c = '0';
        out[n++] = c;
    }
    out[n] = '\0';
    return n == 8;
}

void pairing_make(int64_t event_id, int64_t gate_id, int64_t now_ms, struct pairing *ret)
{
    char token[ID_TOKEN_SIZE], plain[PAIRING_CODE_SIZE];
    id_token_make(token);
    (void)snprintf(plain, sizeof plain, "%.8s", token);
    (void)snprintf(ret->code, sizeof ret->code, "%.4s-%.4s", token, token + 4);
    hash_code(plain, ret->code_hash);
    ret->event_id = event_id;
    ret->gate_id = gate_id;
    ret->expires_ms = now_ms + PAIRING_MS;
}

enum err pairing_insert(struct db *db, const struct pairing *pairing, int64_t now_ms)
{
    struct sql_pairing_insert_in in = {pairing->code_hash, pairing->event_id, pairing->gate_id, pairing->expires_ms};
    enum err e = sql_pairing_delete_old(db, now_ms, NULL);
    return e == OK ? sql_pairing_insert(db, &in, NULL) : e;
}

enum err device_make(struct arena *arena, const char *name, struct device_new *ret, struct fault *fault)
{
    const char *tidy = text_is_printable(name) ? text_tidy(arena, name) : NULL;
    if (!tidy || !*tidy || text_length(tidy) > DEVICE_NAME_LONGEST) return fault_set(fault, ERR_INPUT, "a device's name has 1 to %d characters",
        DEVICE_NAME_LONGEST);
    const char *key = crypto_random_text(arena, 32);
    if (!key) return fault_set(fault, ERR_NOMEM, "not enough memory");
    struct id_source ids = {0};
    char token[ID_TOKEN_SIZE];
    id_token_make(token);
    ret->id = id_next(&ids);
    (void)snprintf(ret->code, sizeof ret->code, "%.8s", token);
    crypto_sha256_hex(key, strlen(key), ret->key_hash);
    ret->name = tidy;
    ret->key = key;
    return OK;
}

enum err device_by_code(struct db *db, struct arena *arena, const char *code, struct device *ret)
{
    struct sql_device_by_code_row r;
    enum err e = sql_device_by_code(db, arena, code, &r);
    if (e != OK) return e;
    *ret = (struct device){r.id, r.code, r.name, r.event_id, r.gate_id, r.event_slug, r.gate_code, r.created_ms, r.revoked_ms, r.last_seen_ms,
        r.clock_offset_ms, r.roster_version, r.roster_ms, r.waiting, r.waiting_since_ms, r.set_aside, r.account_id, r.account};
    return OK;
}

enum err device_by_key(struct db *db, struct arena *arena, const char *key, struct device *ret)
{
    char hash[CRYPTO_HASH_HEX];
    crypto_sha256_hex(key, strlen(key), hash);
    struct sql_device_by_key_row r;
    enum err e = sql_device_by_key(db, arena, hash, &r);
    if (e != OK) return e;
    *ret = (struct device){r.id, r.code, r.name, r.event_id, r.gate_id, r.event_slug, r.gate_code, r.created_ms, r.revoked_ms, r.last_seen_ms,
        r.clock_offset_ms, r.roster_version, r.roster_ms, r.waiting, r.waiting_since_ms, r.set_aside, r.account_id, r.account};
    return OK;
}

enum err device_list(struct db *db, struct arena *arena, int64_t event_id, struct device **ret_rows, size_t *ret_count)
{
    struct sql_device_list_row *rows = NULL;
    size_t count = 0;
    enum err e = sql_device_list(db, arena, event_id, &rows, &count);
    if (e != OK) return e;
    struct device *devices = arena_array(arena, count + 1, sizeof *devices);
    if (!devices) return ERR_NOMEM;
    for (size_t i = 0; i < count; i++) {
        const struct sql_device_list_row *r = &rows[i];
        devices[i] = (struct device){r->id,         r->code,       r->name,         r->event_id,        r->gate_id,       r->event_slug, r->gate_code,
                                     r->created_ms, r->revoked_ms, r->last_seen_ms, r->clock_offset_ms, r->roster_version,
                                     r->roster_ms,  r->waiting,    r->waiting_since_ms, r->set_aside, r->account_id, r->account};
    }
    *ret_rows = devices;
    *ret_count = count;
    return OK;
}

enum err pairing_redeem(struct db *db, struct arena *arena, const char *code, const struct device_new *device, int64_t now_ms, struct device *ret)
{
    char plain[PAIRING_CODE_SIZE], hash[CRYPTO_HASH_HEX];
    if (!read_code(code, plain)) return ERR_NOT_FOUND;
    hash_code(plain, hash);
    struct sql_pairing_find_row found;
    enum err e = sql_pairing_find(db, arena, hash, now_ms, &found);
    if (e != OK) return e;
    int64_t changes;
    e = sql_pairing_use(db, hash, now_ms, &changes);
    if (e == OK && changes != 1) return ERR_NOT_FOUND;
    if (e == OK) e = device_add(db, device, &(struct device_place){found.event_id, found.gate_id, DB_NULL}, now_ms);
    return e == OK && ret ? device_by_code(db, arena, device->code, ret) : e;
}

enum err device_add(struct db *db, const struct device_new *device, const struct device_place *place, int64_t now_ms)
{
    struct sql_device_insert_in in = {device->id, device->code, device->name, device->key_hash, place->event_id, place->gate_id, now_ms, place->account_id};
    return sql_device_insert(db, &in, NULL);
}

enum err device_revoke(struct db *db, const char *code, int64_t now_ms)
{
    int64_t changes;
    enum err e = sql_device_revoke(db, code, now_ms, &changes);
    return e == OK && changes == 0 ? ERR_NOT_FOUND : e;
}

enum err device_seen(struct db *db, int64_t device_id, int64_t now_ms, int64_t clock_offset_ms, int64_t roster_version)
{
    struct sql_device_seen_in in = {device_id, now_ms, clock_offset_ms, roster_version};
    return sql_device_seen(db, &in, NULL);
}

enum err device_report(struct db *db, int64_t device_id, const struct device_report *report)
{
    struct sql_device_report_in in = {device_id, report->now_ms, report->roster_version, report->waiting, report->waiting_since_ms, report->set_aside};
    return sql_device_report(db, &in, NULL);
}
