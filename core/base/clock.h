/* Time: BIGINT milliseconds since 1970-01-01 UTC everywhere; local time only at the edges (core/base/zone.h).
 *
 * All functions are thread-safe. */
#ifndef PLENUM_BASE_CLOCK_H
#define PLENUM_BASE_CLOCK_H

#include "core/base/err.h"

#include <stddef.h>
#include <stdint.h>

#define CLOCK_SECOND INT64_C(1000)
#define CLOCK_MINUTE (60 * CLOCK_SECOND)
#define CLOCK_HOUR (60 * CLOCK_MINUTE)
#define CLOCK_DAY (24 * CLOCK_HOUR)

/* The wall clock, milliseconds since the epoch; it may jump. */
int64_t clock_now_ms(void);

/* A clock that counts suspended time and never jumps (CLOCK_BOOTTIME), milliseconds; for ages and deadlines. */
int64_t clock_steady_ms(void);
int64_t clock_steady_us(void);

/* Processor time of this thread, microseconds; for budgets. */
int64_t clock_thread_us(void);

/* "2026-12-01T00:31:05.123Z" (RFC 3339, UTC, milliseconds). `out` holds at least CLOCK_TEXT_SIZE bytes. */
#define CLOCK_TEXT_SIZE 32
char *clock_format(int64_t ms, char out[CLOCK_TEXT_SIZE]);

/* Reads RFC 3339 with any offset and up to 9 decimals; years 1970 to 9999; a leap second reads as :59. ERR_INPUT else. */
enum err clock_parse(const char *text, int64_t *ret_ms);

void clock_sleep_ms(int64_t ms);

/* Days since 1970-01-01 for a civil date (proleptic Gregorian), and back. */
int64_t clock_days_from_civil(int year, int month, int day);
void clock_civil_from_days(int64_t days, int *ret_year, int *ret_month, int *ret_day);
/* Whether such a date exists. */
int clock_is_date(int year, int month, int day);

#endif
