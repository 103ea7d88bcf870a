#include "core/congress/checkin/scan_json.h"
#include "core/base/clock.h"
#include "core/congress/title.h"

#include <stddef.h>
#include <string.h>

struct raw_scan {
    const char *scan_id, *token, *sealed, *delegate, *gate, *direction, *scanned_at, *server_at, *decision, *override;
    int64_t age_ms, roster;
};

static const struct json_spec specs[] = {
    {"scan_id", JSON_SPEC_TEXT, offsetof(struct raw_scan, scan_id), JSON_REQUIRED, 64},
    {"token", JSON_SPEC_TEXT, offsetof(struct raw_scan, token), JSON_NULLABLE, 64},
    {"sealed", JSON_SPEC_TEXT, offsetof(struct raw_scan, sealed), JSON_NULLABLE, SCAN_SEALED_MOST},
    {"delegate", JSON_SPEC_TEXT, offsetof(struct raw_scan, delegate), JSON_NULLABLE, 64},
    {"gate", JSON_SPEC_TEXT, offsetof(struct raw_scan, gate), JSON_REQUIRED, 64},
    {"direction", JSON_SPEC_TEXT, offsetof(struct raw_scan, direction), JSON_REQUIRED, 8},
    {"scanned_at", JSON_SPEC_TEXT, offsetof(struct raw_scan, scanned_at), JSON_REQUIRED, 64},
    {"server_at", JSON_SPEC_TEXT, offsetof(struct raw_scan, server_at), JSON_NULLABLE, 64},
    {"age_ms", JSON_SPEC_INTEGER, offsetof(struct raw_scan, age_ms), JSON_NULLABLE, 0},
    {"decision", JSON_SPEC_TEXT, offsetof(struct raw_scan, decision), JSON_NULLABLE, 16},
    {"override", JSON_SPEC_TEXT, offsetof(struct raw_scan, override), JSON_NULLABLE, SCAN_OVERRIDE_MOST},
    {"roster", JSON_SPEC_INTEGER, offsetof(struct raw_scan, roster), JSON_NULLABLE, 0},
};

static enum err read_decision(const char *decision, struct checkin_scan *scan)
{
    scan->asks = strcmp(decision, "ask") == 0;
    if (scan->asks) return OK;
    if (!outcome_from_name(decision, &scan->told) || scan->told == OUTCOME_invalid) return ERR_INPUT;
    return OK;
}

/* Puts what is sealed in the token's place. */
static enum err open_token(struct raw_scan *raw, struct arena *arena, const struct scan_key *key, struct fault *fault)
{
    if (!raw->sealed) return OK;
    if (raw->token || raw->delegate) return fault_set(fault, ERR_INPUT, "sealed: stands in place of the token");
    if (!key || !scan_unseal_token(arena, key, raw->scan_id, raw->sealed, &raw->token))
        return fault_set(fault, ERR_INPUT, "sealed: is not for this server and this scan");
    return OK;
}

static enum err check(struct raw_scan *raw, struct arena *arena, const struct scan_reading *how, struct checkin_scan *scan, struct fault *fault)
{
    char token[ID_TOKEN_SIZE];
    bool by_desk = how->by_desk;
    int64_t now_ms = how->now_ms;
    if (!id_is_uuid(raw->scan_id)) return fault_set(fault, ERR_INPUT, "scan_id: is not a UUID");
    enum err e = open_token(raw, arena, how->key, fault);
    if (e != OK) return e;
    if (raw->delegate && !by_desk) return fault_set(fault, ERR_INPUT, "delegate: only the desk names people by code");
    if (!raw->token == !raw->delegate) return fault_set(fault, ERR_INPUT, "token: is required");
    if (raw->token && !id_token_read(raw->token, token)) return fault_set(fault, ERR_INPUT, "token: is not a badge token");
    scan->going_out = strcmp(raw->direction, "out") == 0;
    if (!scan->going_out && strcmp(raw->direction, "in") != 0) return fault_set(fault, ERR_INPUT, "direction: is neither \"in\" nor \"out\"");
    if (clock_parse(raw->scanned_at, &scan->scanned_ms) != OK) return fault_set(fault, ERR_INPUT, "scanned_at: is not an RFC 3339 time");
    if (raw->age_ms != DB_NULL && (raw->age_ms < 0 || raw->age_ms > CHECKIN_OLDEST_MS)) return fault_set(fault, ERR_INPUT, "age_ms: is out of bounds");
    if (raw->server_at && clock_parse(raw->server_at, &scan->server_ms) != OK) return fault_set(fault, ERR_INPUT, "server_at: is not an RFC 3339 time");
    if (scan->server_ms < now_ms - CHECKIN_OLDEST_MS) scan->server_ms = 0;
    if (raw->age_ms == DB_NULL && !scan->server_ms && scan->scanned_ms < now_ms - CHECKIN_OLDEST_MS) return fault_set(fault, ERR_INPUT, "scanned_at: is too long ago");
    if (raw->roster != DB_NULL && raw->roster < 0) return fault_set(fault, ERR_INPUT, "roster: is out of bounds");
    if (raw->override && (!by_desk || strcmp(raw->decision, "ask") != 0)) return fault_set(fault, ERR_INPUT, "override: only the desk lets somebody in against the rule");
    if (raw->override && !*raw->override) return fault_set(fault, ERR_INPUT, "override: says why");
    scan->override = raw->override;
    if (read_decision(raw->decision, scan) != OK) return fault_set(fault, ERR_INPUT, "decision: \"%.16s\" is none", raw->decision);
    scan->token = raw->token ? arena_strdup(arena, token) : NULL;
    scan->delegate = raw->delegate;
    scan->gate = raw->gate;
    scan->age_ms = raw->age_ms;
    scan->roster = raw->roster;
    return raw->token && !scan->token ? ERR_NOMEM : OK;
}

enum reason scan_json_read(json_t *object, struct arena *arena, const struct scan_reading *how, struct checkin_scan *ret, struct fault *fault)
{
    struct raw_scan raw = {.decision = "ask", .age_ms = DB_NULL, .roster = DB_NULL};
    const char *scan_id = json_string_value(json_object_get(object, "scan_id"));
    *ret = (struct checkin_scan){.scan_id = scan_id && id_is_uuid(scan_id) ? scan_id : "", .age_ms = DB_NULL, .roster = DB_NULL};
    enum err e = json_take_known(object, specs, sizeof specs / sizeof specs[0], &raw, NULL, fault);
    if (e == OK) e = check(&raw, arena, how, ret, fault);
    if (e == OK) return REASON_none;
    return e == ERR_NOMEM || arena->is_short ? REASON_busy : REASON_malformed;
}

static json_t *person_json(struct arena *arena, const struct checkin_answer *a, const char *language)
{
    if (!a->name && !a->number) return json_null();
    const char *delegation = a->delegation ? title_pick(arena, a->delegation, language) : NULL;
    if (a->delegation && !delegation) return NULL;
    return json_pack("{s:s?,s:s?,s:s?,s:s?,s:s?,s:s?,s:s?}", "code", a->person_code, "name", a->name, "delegation",
                     delegation, "category", a->category, "seat", a->seat, "badge_box", a->badge_box,
                     "number", a->number);
}

json_t *scan_answer_json(struct arena *arena, const struct checkin_answer *a, const char *language)
{
    char at[CLOCK_TEXT_SIZE];
    json_t *first = a->first_ms == DB_NULL ? json_null() : json_pack("{s:s,s:s?}", "at", clock_format(a->first_ms, at), "gate", a->first_gate);
    json_t *out = json_pack("{s:s,s:s,s:s?,s:o,s:o,s:b,s:b}", "scan_id", a->scan_id, "outcome", outcome_name(a->outcome), "reason", reason_code(a->reason),
                     "person", person_json(arena, a, language), "first", first, "conflict", a->conflict, "replayed", a->replayed);
    if (out && a->is_nearly_full && json_object_set_new(out, "places_left", json_integer(a->places_left)) != 0) {
        json_decref(out);
        return NULL;
    }
    return out;
}
