/* Time zones by IANA name, on ICU's data. Times in event files are local to the event's zone.
 *
 * All functions are thread-safe. */
#ifndef PLENUM_BASE_ZONE_H
#define PLENUM_BASE_ZONE_H

#include "core/base/err.h"

#include <stdbool.h>
#include <stdint.h>

bool zone_is_known(const char *zone);

struct zone_time {
    int year, month, day, hour, minute, second; /* month 1-12 */
    int weekday;                                /* 0 Sunday … 6 Saturday */
};

/* The local time of an instant. ERR_INPUT for an unknown zone. */
enum err zone_local(const char *zone, int64_t ms, struct zone_time *ret);

/* The instant of a local time. A time that a clock change skips reads as the instant after the gap; one that happens twice as the
 * first. ERR_INPUT for an unknown zone or a date that does not exist. */
enum err zone_instant(const char *zone, const struct zone_time *local, int64_t *ret_ms);

/* "2026-12-01T07:30" or "2026-12-01T07:30:00" (no offset), read in the zone. */
enum err zone_parse(const char *zone, const char *text, int64_t *ret_ms);

/* The same form back: "2026-12-01T07:30" (with ":SS" only when seconds are not zero). `out` holds 24 bytes. */
#define ZONE_TEXT_SIZE 24
enum err zone_format(const char *zone, int64_t ms, char out[ZONE_TEXT_SIZE]);

/* Midnight that begins the local day of `ms`, and the midnight that ends it. */
enum err zone_day(const char *zone, int64_t ms, int64_t *ret_begin, int64_t *ret_end);

#endif
