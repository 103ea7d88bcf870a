#include "scanner/status/board.h"
#include "core/base/clock.h"
#include "queue_catalogue.h"

#include <inttypes.h>

static void put_key(struct buf *out, const char *key)
{
    if (out->length && out->data[out->length - 1] != '{') buf_putc(out, ',');
    buf_printf(out, "\"%s\":", key);
}

static void put_text(struct buf *out, const char *key, const char *value)
{
    put_key(out, key);
    if (value && *value) buf_put_json(out, value);
    else buf_puts(out, "null");
}

static void put_flag(struct buf *out, const char *key, bool value)
{
    put_key(out, key);
    buf_puts(out, value ? "true" : "false");
}

/* Negative: not known. */
static void put_count(struct buf *out, const char *key, int64_t value)
{
    put_key(out, key);
    if (value < 0) buf_puts(out, "null");
    else buf_printf(out, "%" PRId64, value);
}

static void put_time(struct buf *out, const char *key, int64_t ms)
{
    char when[CLOCK_TEXT_SIZE];
    put_text(out, key, ms == DB_NULL ? NULL : clock_format(ms, when));
}

void board_put_result(struct buf *out, const struct result *r)
{
    static const char *const from[] = {[FROM_SERVER] = "server", [FROM_ROSTER] = "roster", [FROM_NOBODY] = NULL};
    buf_putc(out, '{');
    put_text(out, "scan_id", r->scan_id);
    put_time(out, "scanned_at", r->scanned_ms);
    put_text(out, "gate", r->gate);
    put_text(out, "direction", r->direction);
    put_text(out, "outcome", r->outcome);
    put_text(out, "reason", r->reason);
    put_text(out, "decided_by", from[r->from]);
    put_text(out, "name", r->name);
    put_text(out, "delegation", r->delegation);
    put_text(out, "category", r->category);
    put_text(out, "seat", r->seat);
    put_time(out, "first_at", r->first_ms);
    put_text(out, "first_gate", r->first_gate);
    put_flag(out, "conflict", r->conflict);
    put_count(out, "roster_age_ms", r->roster_age_ms);
    buf_putc(out, '}');
}

void board_put_foreign(struct buf *out, enum foreign_kind kind)
{
    static const char *const names[FOREIGN_KINDS] = {"empty", "wifi", "contact", "web", "mail", "number", "other", "badge"};
    buf_putc(out, '{');
    put_text(out, "kind", names[kind]);
    buf_putc(out, '}');
}

static void put_server(struct buf *out, struct sync *sync)
{
    struct sync_state state = {0};
    if (sync) sync_get_state(sync, &state);
    put_flag(out, "reached", state.reachable && !state.revoked && state.contact_ms > 0);
    put_flag(out, "revoked", state.revoked);
    put_count(out, "contact_age_ms", state.contact_ms ? clock_steady_ms() - state.contact_ms : -1);
}

/* Ages by two readings of a wall clock that may have been set in between are never below nothing. */
static int64_t age_since(int64_t then_ms)
{
    int64_t age = clock_now_ms() - then_ms;
    return then_ms == DB_NULL ? -1 : age < 0 ? 0 : age;
}

void board_put_state(struct buf *out, const struct status_settings *settings, struct queue *queue, struct roster *roster)
{
    struct queue_counts counts = {.waiting = -1, .set_aside = -1, .sent = -1, .oldest_ms = DB_NULL};
    (void)queue_count(queue, &counts, NULL);
    bool known = roster_load(roster, queue->db, NULL) == OK && roster->known;
    buf_putc(out, '{');
    put_text(out, "event", settings->event);
    put_text(out, "gate", settings->gate);
    put_key(out, "gate_title");
    buf_puts(out, known && roster->gate_title ? roster->gate_title : "null");
    put_text(out, "direction", settings->direction);
    put_text(out, "timezone", known ? roster->timezone : NULL);
    put_server(out, settings->sync);
    put_count(out, "waiting", counts.waiting);
    put_count(out, "oldest_age_ms", counts.waiting > 0 ? age_since(counts.oldest_ms) : -1);
    put_count(out, "aside", counts.set_aside);
    put_count(out, "roster_age_ms", known ? age_since(roster->fetched_ms) : -1);
    buf_putc(out, '}');
}

static void put_aside_row(struct buf *out, const struct sql_spool_aside_row *row)
{
    buf_putc(out, '{');
    put_text(out, "scan_id", row->scan_id);
    put_time(out, "scanned_at", row->scanned_ms);
    put_text(out, "direction", row->direction);
    put_text(out, "told", row->told);
    put_text(out, "reason", row->outcome_reason);
    buf_putc(out, '}');
}

enum err board_put_aside(struct buf *out, struct queue *queue, struct fault *fault)
{
    struct arena arena = {0};
    struct sql_spool_aside_row *rows;
    size_t count;
    enum err e = sql_spool_aside(queue->db, &arena, BOARD_ASIDE_MOST, &rows, &count);
    if (e != OK) db_fault(queue->db, e, fault, "read what was set aside");
    buf_puts(out, "{\"scans\":[");
    for (size_t i = 0; e == OK && i < count; i++) {
        struct buf one;
        buf_init(&one, BUF_LIMIT_LINE);
        put_aside_row(&one, &rows[i]);
        if (i) buf_putc(out, ',');
        buf_puts(out, buf_text(&one));
        buf_release(&one);
    }
    buf_puts(out, "]}");
    arena_release(&arena);
    return e;
}
