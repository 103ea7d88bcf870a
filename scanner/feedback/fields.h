/* One JSON object on one line, member after member: what the scanner's output and the operator's screen have in common. A member puts the comma that it
 * needs before itself, so that an object has neither a first nor a last one. What is not known is null, never a guess. One owner. */
#ifndef PLENUM_SCANNER_FIELDS_H
#define PLENUM_SCANNER_FIELDS_H

#include "core/base/buf.h"
#include "scanner/feedback/feedback.h"

struct fields {
    struct buf *out;    /* borrowed; the caller writes the braces */
    bool empty_is_null; /* an empty text is said as null */
};

/* A payload is bytes, and so are a file's and a device's name; JSON is UTF-8. What is not valid is shown as U+FFFD. `text` ends with NUL. */
void fields_put_bytes(struct buf *out, const char *text, size_t length);
void fields_put_key(const struct fields *fields, const char *key);
void fields_put_text(const struct fields *fields, const char *key, const char *value); /* NULL: null */
void fields_put_flag(const struct fields *fields, const char *key, bool value);
void fields_put_number(const struct fields *fields, const char *key, int64_t value);
void fields_put_count(const struct fields *fields, const char *key, int64_t value); /* negative: null */
void fields_put_time(const struct fields *fields, const char *key, int64_t ms);     /* DB_NULL: null */

/* scan_id, scanned_at, gate, direction, outcome, reason, decided_by: how every result begins. */
void fields_put_scan(const struct fields *fields, const struct result *result);
/* name, delegation, category, seat, badge_box. */
void fields_put_person(const struct fields *fields, const struct result *result);

#endif
