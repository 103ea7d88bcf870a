#include "core/base/clock.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

int64_t clock_now_ms(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

int64_t clock_steady_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_BOOTTIME, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int64_t clock_thread_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int64_t clock_steady_ms(void)
{
    return clock_steady_us() / 1000;
}

void clock_sleep_ms(int64_t ms)
{
    if (ms <= 0) return;
    struct timespec t = {.tv_sec = (time_t)(ms / 1000), .tv_nsec = (long)(ms % 1000) * 1000000};
    while (nanosleep(&t, &t) != 0 && errno == EINTR) {
    }
}

/* Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms": the era formulas. */
int64_t clock_days_from_civil(int year, int month, int day)
{
    int64_t y = year - (month <= 2);
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t yoe = y - era * 400;
    int64_t doy = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    return era * 146097 + doe - 719468;
}

void clock_civil_from_days(int64_t days, int *ret_year, int *ret_month, int *ret_day)
{
    days += 719468;
    int64_t era = (days >= 0 ? days : days - 146096) / 146097;
    int64_t doe = days - era * 146097;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int64_t mp = (5 * doy + 2) / 153;
    *ret_day = (int)(doy - (153 * mp + 2) / 5 + 1);
    *ret_month = (int)(mp < 10 ? mp + 3 : mp - 9);
    *ret_year = (int)(yoe + era * 400 + (*ret_month <= 2));
}

int clock_is_date(int year, int month, int day)
{
    if (month < 1 || month > 12 || day < 1 || day > 31) return 0;
    int y, m, d;
    clock_civil_from_days(clock_days_from_civil(year, month, day), &y, &m, &d);
    return y == year && m == month && d == day;
}

char *clock_format(int64_t ms, char out[CLOCK_TEXT_SIZE])
{
    int64_t days = ms / CLOCK_DAY;
    int64_t rest = ms % CLOCK_DAY;
    if (rest < 0) {
        rest += CLOCK_DAY;
        days--;
    }
    int year, month, day;
    clock_civil_from_days(days, &year, &month, &day);
    int second = (int)(rest / 1000);
    (void)snprintf(out, CLOCK_TEXT_SIZE, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", year % 10000, month, day, second / 3600, second / 60 % 60,
                   second % 60, (int)(rest % 1000));
    return out;
}

/* Exactly `count` digits; moves the cursor. -1 when they are not there. */
static int read_digits(const char **cursor, int count)
{
    int value = 0;
    for (int i = 0; i < count; i++, (*cursor)++) {
        if (!isdigit((unsigned char)**cursor)) return -1;
        value = value * 10 + (**cursor - '0');
    }
    return value;
}

static int expect(const char **cursor, char c)
{
    if (**cursor != c) return 0;
    (*cursor)++;
    return 1;
}

static int read_offset_minutes(const char **cursor, int *ret_minutes)
{
    if (**cursor == 'Z' || **cursor == 'z') {
        (*cursor)++;
        *ret_minutes = 0;
        return 1;
    }
    int sign = **cursor == '-' ? -1 : **cursor == '+' ? 1 : 0;
    if (!sign) return 0;
    (*cursor)++;
    int hours = read_digits(cursor, 2);
    if (hours < 0 || hours > 23 || !expect(cursor, ':')) return 0;
    int minutes = read_digits(cursor, 2);
    if (minutes < 0 || minutes > 59) return 0;
    *ret_minutes = sign * (hours * 60 + minutes);
    return 1;
}

static int read_fraction_ms(const char **cursor)
{
    if (!expect(cursor, '.')) return 0;
    int value = 0, digits = 0;
    for (; isdigit((unsigned char)**cursor); (*cursor)++, digits++)
        if (digits < 3) value = value * 10 + (**cursor - '0');
    if (digits == 0 || digits > 9) return -1;
    for (; digits < 3; digits++) value *= 10;
    return value;
}

enum err clock_parse(const char *text, int64_t *ret_ms)
{
    const char *p = text;
    int year = read_digits(&p, 4);
    if (year < 1970 || !expect(&p, '-')) return ERR_INPUT;
    int month = read_digits(&p, 2);
    if (month < 0 || !expect(&p, '-')) return ERR_INPUT;
    int day = read_digits(&p, 2);
    if (!clock_is_date(year, month, day)) return ERR_INPUT;
    if (*p != 'T' && *p != 't' && *p != ' ') return ERR_INPUT;
    p++;
    int hour = read_digits(&p, 2);
    if (hour < 0 || hour > 23 || !expect(&p, ':')) return ERR_INPUT;
    int minute = read_digits(&p, 2);
    if (minute < 0 || minute > 59 || !expect(&p, ':')) return ERR_INPUT;
    int second = read_digits(&p, 2);
    if (second < 0 || second > 60) return ERR_INPUT;
    if (second == 60) second = 59;
    int fraction = read_fraction_ms(&p);
    int offset;
    if (fraction < 0 || !read_offset_minutes(&p, &offset) || *p) return ERR_INPUT;
    int64_t seconds = clock_days_from_civil(year, month, day) * 86400 + hour * 3600 + minute * 60 + second - (int64_t)offset * 60;
    if (seconds < 0) return ERR_INPUT;
    *ret_ms = seconds * 1000 + fraction;
    return OK;
}
