#include "scanner/status/board.h"
#include "core/base/clock.h"
#include "queue_catalogue.h"
#include "scanner/feedback/fields.h"

void board_put_result(struct buf *out, const struct result *r)
{
    const struct fields fields = {.out = out, .empty_is_null = true};
    buf_putc(out, '{');
    fields_put_scan(&fields, r);
    fields_put_person(&fields, r);
    fields_put_time(&fields, "first_at", r->first_ms);
    fields_put_text(&fields, "first_gate", r->first_gate);
    fields_put_flag(&fields, "conflict", r->conflict);
    fields_put_count(&fields, "roster_age_ms", r->roster_age_ms);
    buf_putc(out, '}');
}

void board_put_foreign(struct buf *out, enum foreign_kind kind)
{
    static const char *const names[FOREIGN_KINDS] = {"empty", "wifi", "contact", "web", "mail", "number", "other", "badge"};
    const struct fields fields = {.out = out, .empty_is_null = true};
    buf_putc(out, '{');
    fields_put_text(&fields, "kind", names[kind]);
    buf_putc(out, '}');
}

static void put_server(const struct fields *fields, struct sync *sync)
{
    struct sync_state state = {0};
    if (sync) sync_get_state(sync, &state);
    fields_put_flag(fields, "reached", state.reachable && !state.revoked && state.contact_ms > 0);
    fields_put_flag(fields, "revoked", state.revoked);
    fields_put_count(fields, "contact_age_ms", state.contact_ms ? clock_steady_ms() - state.contact_ms : -1);
}

/* What categories are called: a scan has only the code. */
static void put_titles(const struct fields *fields, const struct roster *roster)
{
    fields_put_key(fields, "categories");
    buf_putc(fields->out, '{');
    for (size_t i = 0; roster && i < roster->category_count; i++) {
        if (!roster->category_titles[i]) continue;
        fields_put_key(fields, roster->categories[i]);
        buf_puts(fields->out, roster->category_titles[i]);
    }
    buf_putc(fields->out, '}');
}

static void put_device(const struct fields *fields, const struct board_device *device)
{
    fields_put_key(fields, "device");
    buf_puts(fields->out, device->is_known ? "{" : "null");
    if (!device->is_known) return;
    fields_put_text(fields, "name", device->name);
    fields_put_text(fields, "state", device_state_name(device->state));
    buf_putc(fields->out, '}');
}

void board_put_state(struct buf *out, const struct status_settings *settings, struct queue *queue, struct roster *roster, const struct board_device *device)
{
    struct queue_counts counts = {.waiting = -1, .set_aside = -1, .sent = -1, .oldest_ms = DB_NULL};
    (void)queue_count(queue, &counts, NULL);
    const struct fields fields = {.out = out, .empty_is_null = true};
    bool known = roster_load(roster, queue->db, NULL) == OK && roster->known;
    buf_putc(out, '{');
    fields_put_text(&fields, "event", settings->event);
    fields_put_text(&fields, "gate", settings->gate);
    fields_put_key(&fields, "gate_title");
    buf_puts(out, known && roster->gate_title ? roster->gate_title : "null");
    put_titles(&fields, known ? roster : NULL);
    fields_put_text(&fields, "direction", settings->direction);
    fields_put_text(&fields, "timezone", known ? roster->timezone : NULL);
    put_server(&fields, settings->sync);
    put_device(&fields, device);
    fields_put_count(&fields, "waiting", counts.waiting);
    fields_put_count(&fields, "oldest_age_ms", counts.waiting > 0 ? counts.oldest_age_ms : -1);
    fields_put_count(&fields, "aside", counts.set_aside);
    fields_put_count(&fields, "roster_age_ms", known ? roster_age_ms(roster, queue->boot_id) : -1);
    buf_putc(out, '}');
}

static void put_aside_row(struct buf *out, const struct sql_spool_aside_row *row)
{
    const struct fields fields = {.out = out, .empty_is_null = true};
    buf_putc(out, '{');
    fields_put_text(&fields, "scan_id", row->scan_id);
    fields_put_time(&fields, "scanned_at", row->scanned_ms);
    fields_put_text(&fields, "direction", row->direction);
    fields_put_text(&fields, "told", row->told);
    fields_put_text(&fields, "reason", row->outcome_reason);
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
