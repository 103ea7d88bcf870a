/* From the server's answer into the spool. */
#include "scanner/roster/roster.h"
#include "core/base/clock.h"
#include "core/base/crypto.h"
#include "core/base/json.h"
#include "queue_catalogue.h"

#include <string.h>

#define CHUNK 500 /* rows of one transaction */

struct taking {
    json_t *entries, *removed;
    size_t from;
    int64_t version, generation;
    int64_t stamp; /* of this very attempt: a full roster drops the entries that it did not bring */
    bool full;
    const char *etag, *head;
    const struct roster_clock *clock;
};

static const char *text_of(const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    return json_is_string(value) ? json_string_value(value) : NULL;
}

static int64_t time_of(const json_t *object, const char *key)
{
    const char *text = text_of(object, key);
    int64_t ms;
    return text && clock_parse(text, &ms) == OK ? ms : DB_NULL;
}

/* 64 lower-case hex digits. */
static bool is_badge_id(const char *text)
{
    return text && strlen(text) == 64 && strspn(text, "0123456789abcdef") == 64;
}

static enum err put_entry(struct db *db, const json_t *entry, int64_t stamp, size_t index, struct fault *fault)
{
    const char *id = text_of(entry, "id"), *category = text_of(entry, "category"), *status = text_of(entry, "status"), *credential = text_of(entry, "credential");
    const json_t *named = json_object_get(entry, "named"), *handed_out = json_object_get(entry, "handed_out");
    if (!is_badge_id(id) || !category || !status || !credential) return fault_set(fault, ERR_INPUT, "roster: entry %zu is not in the right form", index);
    struct sql_spool_roster_put_in in = {
        .badge_id = id,
        .category = category,
        .status = status,
        .revoked = strcmp(credential, "active") != 0,
        .named = !named || json_is_true(named),
        .in_since_ms = time_of(entry, "in_since"),
        .in_until_ms = time_of(entry, "in_until"),
        .in_gate = text_of(entry, "in_gate"),
        .handed_out = json_is_true(handed_out) || json_is_string(handed_out),
        .record = text_of(entry, "record"),
        .stamp = stamp,
    };
    enum err e = sql_spool_roster_put(db, &in, NULL);
    return e == OK ? OK : db_fault(db, e, fault, "keep the roster");
}

static enum err put_chunk(struct db *db, void *arg, struct fault *fault)
{
    const struct taking *t = arg;
    size_t count = json_array_size(t->entries);
    for (size_t i = t->from; i < count && i < t->from + CHUNK; i++) {
        enum err e = put_entry(db, json_array_get(t->entries, i), t->stamp, i, fault);
        if (e != OK) return e;
    }
    return OK;
}

static enum err finish(struct db *db, void *arg, struct fault *fault)
{
    const struct taking *t = arg;
    enum err e = OK;
    for (size_t i = 0; e == OK && i < json_array_size(t->removed); i++) {
        const char *id = json_string_value(json_array_get(t->removed, i));
        if (id) e = sql_spool_roster_remove(db, id, NULL);
    }
    if (e == OK && t->full) e = sql_spool_roster_remove_older(db, t->stamp, NULL);
    struct sql_spool_roster_head_write_in in = {.version = t->version, .generation = t->generation, .etag = t->etag, .offset_ms = t->clock->offset_ms,
                                         .fetched_ms = clock_now_ms(), .head = t->head, .server_ms = DB_NULL, .steady_ms = DB_NULL};
    if (t->clock->boot_id[0]) {
        in.server_ms = t->clock->server_ms;
        in.steady_ms = t->clock->steady_ms;
        in.boot_id = t->clock->boot_id;
    }
    if (e == OK) e = sql_spool_roster_head_write(db, &in, NULL);
    return e == OK ? OK : db_fault(db, e, fault, "keep the roster");
}

/* The parts that the door needs at every scan, as one JSON text. */
static char *head_text(struct arena *arena, const json_t *answer)
{
    static const char *const keys[] = {"event", "gate", "categories", "sessions"};
    bool failed = false;
    json_t *head = json_sure(json_object(), &failed);
    for (size_t i = 0; head && i < sizeof keys / sizeof *keys; i++)
        if (json_object_set(head, keys[i], json_object_get(answer, keys[i])) != 0) failed = true;
    char *text = failed ? NULL : json_text(arena, head);
    json_decref(head);
    return text;
}

static enum err read_answer(const json_t *answer, struct taking *t, struct fault *fault)
{
    const json_t *version = json_object_get(answer, "version");
    t->entries = json_object_get(answer, "entries");
    t->removed = json_object_get(answer, "removed");
    if (!json_is_integer(version) || !json_is_array(t->entries) || !json_is_object(json_object_get(answer, "event")) ||
        !json_is_object(json_object_get(answer, "gate")) || !json_is_array(json_object_get(answer, "categories")) ||
        !json_is_array(json_object_get(answer, "sessions")))
        return fault_set(fault, ERR_INPUT, "roster: the answer is not in the right form");
    t->version = json_integer_value(version);
    t->full = json_is_true(json_object_get(answer, "full"));
    return OK;
}

/* Chance, not a clock: two attempts in one millisecond, or on either side of a clock set back, must not be taken for one. */
static int64_t make_stamp(void)
{
    uint64_t stamp;
    crypto_random(&stamp, sizeof stamp);
    return (int64_t)(stamp >> 1);
}

enum err roster_take(struct db *db, const char *text, size_t length, const char *etag, const struct roster_clock *clock, struct fault *fault)
{
    json_t *answer = NULL;
    struct arena arena = {0};
    struct sql_spool_roster_mark_row mark = {0};
    struct taking t = {.etag = etag, .clock = clock};
    enum err e = json_read(text, length, &answer, fault);
    if (e != OK) return e;
    e = read_answer(answer, &t, fault);
    if (e != OK) goto out;
    e = sql_spool_roster_mark(db, &arena, &mark);
    if (e != OK && e != ERR_NOT_FOUND) {
        db_fault(db, e, fault, "read the roster's version");
        goto out;
    }
    /* A difference needs something to stand on. */
    if (e == ERR_NOT_FOUND && !t.full) {
        e = fault_set(fault, ERR_INPUT, "roster: the server sent only changes");
        goto out;
    }
    t.generation = mark.generation + 1;
    t.stamp = make_stamp();
    t.head = head_text(&arena, answer);
    e = t.head ? OK : fault_set(fault, ERR_NOMEM, "not enough memory for the roster");
    for (; e == OK && t.from < json_array_size(t.entries); t.from += CHUNK) e = db_transaction(db, put_chunk, &t, fault);
    if (e == OK) e = db_transaction(db, finish, &t, fault);
out:
    json_decref(answer);
    arena_release(&arena);
    return e;
}

enum err roster_still_good(struct db *db, struct fault *fault)
{
    enum err e = sql_spool_roster_still_good(db, clock_now_ms(), clock_steady_ms(), NULL);
    return e == OK ? OK : db_fault(db, e, fault, "keep the roster's age");
}

static enum err clear_work(struct db *db, void *arg, struct fault *fault)
{
    (void)arg;
    enum err e = sql_spool_roster_clear_head(db, NULL);
    if (e == OK) e = sql_spool_roster_clear_entries(db, NULL);
    return e == OK ? OK : db_fault(db, e, fault, "clear the roster");
}

enum err roster_clear(struct db *db, struct fault *fault)
{
    return db_transaction(db, clear_work, NULL, fault);
}

enum err roster_state(struct db *db, struct arena *arena, struct roster_counts *ret)
{
    struct sql_spool_roster_head_read_row head;
    struct sql_spool_roster_count_row count;
    enum err e = sql_spool_roster_head_read(db, arena, &head);
    if (e == OK) e = sql_spool_roster_count(db, arena, &count);
    if (e != OK) return e;
    *ret = (struct roster_counts){.version = head.version, .entries = count.entries, .fetched_ms = head.fetched_ms, .etag = head.etag,
                                   .clock_steady_ms = head.steady_ms, .clock_boot = head.boot_id};
    return OK;
}
