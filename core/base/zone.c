#include "core/base/zone.h"
#include "core/base/clock.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <unicode/ucal.h>
#include <unicode/ustring.h>

#define ZONE_NAME_SIZE 64

/* ERR_INPUT: no such zone. */
static enum err calendar_open(const char *zone, UCalendar **ret)
{
    UChar wide[ZONE_NAME_SIZE], canonical[ZONE_NAME_SIZE];
    if (!zone || strlen(zone) >= ZONE_NAME_SIZE) return ERR_INPUT;
    for (const char *p = zone; *p; p++)
        if ((unsigned char)*p >= 0x80) return ERR_INPUT;
    UErrorCode status = U_ZERO_ERROR;
    u_charsToUChars(zone, wide, (int32_t)strlen(zone) + 1);
    UBool is_system = 0;
    /* ucal_open takes unknown names for GMT in silence, so the name is asked for first. */
    ucal_getCanonicalTimeZoneID(wide, -1, canonical, ZONE_NAME_SIZE, &is_system, &status);
    if (U_FAILURE(status)) return status == U_ILLEGAL_ARGUMENT_ERROR ? ERR_INPUT : ERR_NOMEM;
    if (!is_system) return ERR_INPUT;
    UCalendar *calendar = ucal_open(wide, -1, "en_US_POSIX", UCAL_GREGORIAN, &status);
    if (U_FAILURE(status)) return ERR_NOMEM;
    /* Without memory for the rules of a zone ICU takes GMT, in silence too. */
    int32_t length = ucal_getTimeZoneID(calendar, canonical, ZONE_NAME_SIZE, &status);
    if (U_FAILURE(status) || length >= ZONE_NAME_SIZE || u_strcmp(canonical, wide) != 0) {
        ucal_close(calendar);
        return ERR_NOMEM;
    }
    ucal_setAttribute(calendar, UCAL_REPEATED_WALL_TIME, UCAL_WALLTIME_FIRST);
    ucal_setAttribute(calendar, UCAL_SKIPPED_WALL_TIME, UCAL_WALLTIME_NEXT_VALID);
    *ret = calendar;
    return OK;
}

bool zone_is_known(const char *zone)
{
    UCalendar *calendar;
    if (calendar_open(zone, &calendar) != OK) return false;
    ucal_close(calendar);
    return true;
}

enum err zone_local(const char *zone, int64_t ms, struct zone_time *ret)
{
    UCalendar *calendar;
    enum err e = calendar_open(zone, &calendar);
    if (e != OK) return e;
    UErrorCode status = U_ZERO_ERROR;
    ucal_setMillis(calendar, (UDate)ms, &status);
    struct zone_time t = {
        .year = ucal_get(calendar, UCAL_YEAR, &status),
        .month = ucal_get(calendar, UCAL_MONTH, &status) + 1,
        .day = ucal_get(calendar, UCAL_DATE, &status),
        .hour = ucal_get(calendar, UCAL_HOUR_OF_DAY, &status),
        .minute = ucal_get(calendar, UCAL_MINUTE, &status),
        .second = ucal_get(calendar, UCAL_SECOND, &status),
        .weekday = ucal_get(calendar, UCAL_DAY_OF_WEEK, &status) - 1,
    };
    ucal_close(calendar);
    if (U_FAILURE(status)) return status == U_MEMORY_ALLOCATION_ERROR ? ERR_NOMEM : ERR_INPUT;
    *ret = t;
    return OK;
}

enum err zone_instant(const char *zone, const struct zone_time *local, int64_t *ret_ms)
{
    if (!clock_is_date(local->year, local->month, local->day)) return ERR_INPUT;
    if (local->hour < 0 || local->hour > 23 || local->minute < 0 || local->minute > 59 || local->second < 0 || local->second > 59) return ERR_INPUT;
    UCalendar *calendar;
    enum err e = calendar_open(zone, &calendar);
    if (e != OK) return e;
    UErrorCode status = U_ZERO_ERROR;
    ucal_clear(calendar);
    ucal_setDateTime(calendar, local->year, local->month - 1, local->day, local->hour, local->minute, local->second, &status);
    UDate ms = ucal_getMillis(calendar, &status);
    ucal_close(calendar);
    if (U_FAILURE(status)) return status == U_MEMORY_ALLOCATION_ERROR ? ERR_NOMEM : ERR_INPUT;
    *ret_ms = (int64_t)ms;
    return OK;
}

static bool is_shape(const char *text, const char *shape)
{
    for (; *shape; shape++, text++)
        if (*shape == '9' ? !isdigit((unsigned char)*text) : *text != *shape) return false;
    return *text == '\0';
}

enum err zone_parse(const char *zone, const char *text, int64_t *ret_ms)
{
    bool seconds = is_shape(text, "9999-99-99T99:99:99");
    if (!seconds && !is_shape(text, "9999-99-99T99:99")) return ERR_INPUT;
    struct zone_time t = {0};
    (void)sscanf(text, "%4d-%2d-%2dT%2d:%2d:%2d", &t.year, &t.month, &t.day, &t.hour, &t.minute, &t.second);
    if (t.year < 1970) return ERR_INPUT;
    return zone_instant(zone, &t, ret_ms);
}

enum err zone_format(const char *zone, int64_t ms, char out[ZONE_TEXT_SIZE])
{
    struct zone_time t;
    enum err e = zone_local(zone, ms, &t);
    if (e != OK) return e;
    int n = snprintf(out, ZONE_TEXT_SIZE, "%04d-%02d-%02dT%02d:%02d", t.year % 10000, t.month % 100, t.day % 100, t.hour % 100, t.minute % 100);
    if (t.second && n > 0) (void)snprintf(out + n, (size_t)(ZONE_TEXT_SIZE - n), ":%02d", t.second % 100);
    return OK;
}

enum err zone_day(const char *zone, int64_t ms, int64_t *ret_begin, int64_t *ret_end)
{
    struct zone_time t;
    enum err e = zone_local(zone, ms, &t);
    if (e != OK) return e;
    struct zone_time begin = {.year = t.year, .month = t.month, .day = t.day};
    struct zone_time end = {0};
    clock_civil_from_days(clock_days_from_civil(t.year, t.month, t.day) + 1, &end.year, &end.month, &end.day);
    int64_t begin_ms, end_ms;
    if ((e = zone_instant(zone, &begin, &begin_ms)) != OK) return e;
    if ((e = zone_instant(zone, &end, &end_ms)) != OK) return e;
    *ret_begin = begin_ms;
    *ret_end = end_ms;
    return OK;
}
