#include "scanner/feedback/fields.h"
#include "core/base/clock.h"
#include "core/base/text.h"
#include "core/db/db.h"

#include <inttypes.h>
#include <string.h>

void fields_put_bytes(struct buf *out, const char *text, size_t length)
{
    if (text_is_utf8(text, length)) {
        buf_put_json(out, text);
        return;
    }
    struct buf clean;
    buf_init(&clean, BUF_LIMIT_LINE);
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c >= 0x20 && c < 0x7f) buf_putc(&clean, (char)c);
        else buf_puts(&clean, "\xEF\xBF\xBD");
    }
    buf_put_json(out, buf_text(&clean));
    buf_release(&clean);
}

void fields_put_key(const struct fields *fields, const char *key)
{
    struct buf *out = fields->out;
    if (out->length && out->data[out->length - 1] != '{') buf_putc(out, ',');
    buf_put_json(out, key);
    buf_putc(out, ':');
}

void fields_put_text(const struct fields *fields, const char *key, const char *value)
{
    fields_put_key(fields, key);
    if (value && (*value || !fields->empty_is_null)) fields_put_bytes(fields->out, value, strlen(value));
    else buf_puts(fields->out, "null");
}

void fields_put_flag(const struct fields *fields, const char *key, bool value)
{
    fields_put_key(fields, key);
    buf_puts(fields->out, value ? "true" : "false");
}

void fields_put_number(const struct fields *fields, const char *key, int64_t value)
{
    fields_put_key(fields, key);
    buf_printf(fields->out, "%" PRId64, value);
}

void fields_put_count(const struct fields *fields, const char *key, int64_t value)
{
    if (value < 0) fields_put_text(fields, key, NULL);
    else fields_put_number(fields, key, value);
}

void fields_put_time(const struct fields *fields, const char *key, int64_t ms)
{
    char when[CLOCK_TEXT_SIZE];
    fields_put_text(fields, key, ms == DB_NULL ? NULL : clock_format(ms, when));
}

void fields_put_scan(const struct fields *fields, const struct result *r)
{
    static const char *const from[] = {[FROM_SERVER] = "server", [FROM_ROSTER] = "roster", [FROM_NOBODY] = NULL};
    fields_put_text(fields, "scan_id", r->scan_id);
    fields_put_time(fields, "scanned_at", r->scanned_ms);
    fields_put_text(fields, "gate", r->gate);
    fields_put_text(fields, "direction", r->direction);
    fields_put_text(fields, "outcome", r->outcome);
    fields_put_text(fields, "reason", r->reason);
    fields_put_text(fields, "decided_by", from[r->from]);
    fields_put_count(fields, "places_left", r->is_nearly_full ? r->places_left : -1);
}

void fields_put_person(const struct fields *fields, const struct result *r)
{
    fields_put_text(fields, "name", r->name);
    fields_put_text(fields, "delegation", r->delegation);
    fields_put_text(fields, "category", r->category);
    fields_put_text(fields, "seat", r->seat);
    fields_put_text(fields, "badge_box", r->badge_box);
}
