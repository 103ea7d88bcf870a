#include "scanner/sync/protocol.h"
#include "core/base/clock.h"
#include "core/base/json.h"

static void put_key_text(struct buf *out, const char *key, const char *value)
{
    buf_printf(out, "\"%s\":", key);
    if (value) buf_put_json(out, value);
    else buf_puts(out, "null");
    buf_putc(out, ',');
}

void protocol_put_scan(struct buf *out, const struct queue *queue, const struct queued_scan *scan)
{
    char when[CLOCK_TEXT_SIZE];
    int64_t age = queue_age_ms(queue, scan);
    buf_putc(out, '{');
    put_key_text(out, "scan_id", scan->scan_id);
    put_key_text(out, scan->sealed ? "sealed" : "token", scan->sealed ? scan->sealed : scan->token);
    put_key_text(out, "gate", scan->gate);
    put_key_text(out, "direction", scan->direction);
    put_key_text(out, "scanned_at", clock_format(scan->scanned_ms, when));
    if (age >= 0) buf_printf(out, "\"age_ms\":%lld,", (long long)age);
    else buf_puts(out, "\"age_ms\":null,");
    if (age < 0 && scan->server_ms) put_key_text(out, "server_at", clock_format(scan->server_ms, when));
    put_key_text(out, "decision", scan->told);
    if (scan->roster == DB_NULL) buf_puts(out, "\"roster\":null}");
    else buf_printf(out, "\"roster\":%lld}", (long long)scan->roster);
}

/* Copied, because the JSON value is let go before the caller reads. */
static const char *text_of(struct arena *arena, const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    return json_is_string(value) ? arena_strdup(arena, json_string_value(value)) : NULL;
}

static int64_t time_of(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    int64_t ms;
    return json_is_string(value) && clock_parse(json_string_value(value), &ms) == OK ? ms : DB_NULL;
}

static void read_one(struct arena *arena, const json_t *item, struct scan_answer *ret)
{
    const json_t *person = json_object_get(item, "person"), *first = json_object_get(item, "first");
    *ret = (struct scan_answer){
        .scan_id = text_of(arena, item, "scan_id"), .outcome = text_of(arena, item, "outcome"), .reason = text_of(arena, item, "reason"),
        .name = text_of(arena, person, "name"), .delegation = text_of(arena, person, "delegation"), .category = text_of(arena, person, "category"),
        .seat = text_of(arena, person, "seat"), .badge_box = text_of(arena, person, "badge_box"),
        .first_ms = time_of(first, "at"), .first_gate = text_of(arena, first, "gate"),
        .conflict = json_is_true(json_object_get(item, "conflict")), .replayed = json_is_true(json_object_get(item, "replayed")),
        .is_nearly_full = json_is_integer(json_object_get(item, "places_left")), .places_left = json_integer_value(json_object_get(item, "places_left")),
    };
}

enum err protocol_read_answers(struct arena *arena, const char *text, size_t length, struct scan_answers *ret, struct fault *fault)
{
    json_t *value = NULL;
    enum err e = json_read(text, length, &value, fault);
    if (e != OK) return e == ERR_NOMEM ? e : fault_set(fault, ERR_INPUT, "the server's answer is not JSON");
    const json_t *results = json_object_get(value, "results");
    struct scan_answers answers = {.server_ms = time_of(value, "server_time"), .count = json_array_size(results)};
    answers.items = arena_array(arena, answers.count + 1, sizeof *answers.items);
    if (!json_is_array(results)) e = fault_set(fault, ERR_INPUT, "the server's answer has no results");
    else if (!answers.items) e = fault_set(fault, ERR_NOMEM, "not enough memory for the server's answer");
    for (size_t i = 0; e == OK && i < answers.count; i++) {
        read_one(arena, json_array_get(results, i), &answers.items[i]);
        if (!answers.items[i].scan_id || !answers.items[i].outcome) e = fault_set(fault, ERR_INPUT, "the server's answer lacks a scan_id or an outcome");
    }
    json_decref(value);
    if (e == OK) *ret = answers;
    return e;
}

const char *protocol_problem_code(struct arena *arena, const char *text, size_t length)
{
    json_t *value = NULL;
    if (json_read(text, length, &value, NULL) != OK) return NULL;
    const char *code = text_of(arena, value, "code");
    json_decref(value);
    return code;
}
