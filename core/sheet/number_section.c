#include "core/sheet/number_section.h"
#include "core/base/clock.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DIGITS 15

struct out {
    char *text;
    size_t length, size;
    bool full;
};

static void put(struct out *o, const char *text, size_t length)
{
    if (length >= o->size - o->length) {
        o->full = true;
        return;
    }
    memcpy(o->text + o->length, text, length);
    o->length += length;
    o->text[o->length] = '\0';
}

/* What a literal token shows; false: it is none. "[$€-407]" shows its sign. */
static bool put_literal(struct out *o, enum section_token token, const char *p, size_t n)
{
    if (token == SECTION_FILL) return true;
    if (token == SECTION_QUOTED) return put(o, p + 1, n > 1 && p[n - 1] == '"' ? n - 2 : n - 1), true;
    if (token == SECTION_ESCAPED) return put(o, p + 1, n - 1), true;
    if (token == SECTION_LITERAL) return put(o, p, n), true;
    if (token != SECTION_BRACKET) return false;
    if (n > 2 && p[1] == '$') put(o, p + 2, strcspn(p + 2, "-]"));
    return true;
}

/* --- numbers ------------------------------------------------------------------------------------------------------------------------- */

struct shape {
    int whole, decimals; /* places for digits */
    int percents, thousands_off;
    bool grouped, point, exponent, unknown, general, digits;
};

static struct shape look(const char *from, const char *end)
{
    struct shape s = {0};
    bool comma = false;
    for (const char *p = from; p < end;) {
        enum section_token token;
        size_t n = section_token(p, end, &token);
        if (token == SECTION_DIGIT && s.exponent) {
            p += n;
            continue; /* of the exponent */
        }
        if (token == SECTION_DIGIT) {
            s.digits = true;
            if (comma) s.grouped = true;
            comma = false;
            if (s.point) s.decimals++;
            else s.whole++;
        } else if (token == SECTION_COMMA) {
            if (comma) s.thousands_off++;
            comma = s.digits;
        } else if (token == SECTION_POINT) {
            if (comma) s.thousands_off++, comma = false;
            s.point = true;
        } else if (token == SECTION_PERCENT) {
            s.percents++;
        } else if (token == SECTION_EXPONENT) {
            s.exponent = true;
        } else if (token == SECTION_GENERAL) {
            s.general = true;
        } else if (token == SECTION_SLASH && s.digits) {
            s.unknown = true; /* a fraction */
        } else if (token == SECTION_DATE || token == SECTION_ELAPSED || token == SECTION_HALF || token == SECTION_TEXT) {
            s.unknown = true;
        }
        p += n;
    }
    if (comma) s.thousands_off++;
    return s;
}

/* The digits of a number that is not negative, rounded half up at `decimals` as the programs do: of its 15 digits, not of its binary form. Whole part and
 * decimals apart. */
static bool make_digits(double value, int decimals, char whole[64], char part[32])
{
    char text[64], all[96] = "0";
    if (value >= 1e21 || decimals > 30) return false;
    (void)snprintf(text, sizeof text, "%.*e", DIGITS - 1, value); /* d.ddde±xx */
    int exponent = (int)strtol(strchr(text, 'e') + 1, NULL, 10);
    char digits[DIGITS + 1];
    digits[0] = text[0];
    memcpy(digits + 1, text + 2, DIGITS - 1);
    int total = exponent + 1 + decimals; /* digits that are kept, of those that begin with digits[0] */
    int lead = exponent < 0 ? -exponent - 1 : 0;
    int n = 1; /* all[0] is room for a carry */
    for (int i = 0; i < lead && i < decimals; i++) all[n++] = '0';
    for (int i = 0; i < total && n < 90; i++) all[n++] = i < DIGITS ? digits[i] : '0';
    bool up = total >= 0 && total < DIGITS && digits[total] >= '5';
    for (int i = n - 1; up && i >= 0; i--) {
        up = all[i] == '9';
        all[i] = up ? '0' : (char)(all[i] + 1);
    }
    int whole_length = n - decimals > 1 ? n - decimals : 1;
    if (n - whole_length != decimals) return false;
    int skip = 0;
    while (skip < whole_length && all[skip] == '0') skip++;
    (void)snprintf(whole, 64, "%.*s", whole_length - skip, all + skip);
    (void)snprintf(part, 32, "%.*s", decimals, all + whole_length);
    return true;
}

struct filling {
    const char *whole, *part;
    int whole_places, whole_length, place, decimal;
    bool grouped, padded;
};

static void put_whole_digit(struct out *o, struct filling *f, int from_right, char c)
{
    put(o, &c, 1);
    if (f->grouped && from_right && from_right % 3 == 0) put(o, ",", 1);
}

/* A place of the whole part. The first one takes all digits for which there is no place. */
static void fill_whole(struct out *o, struct filling *f, char place)
{
    int from_right = f->whole_places - 1 - f->place;
    if (f->place++ == 0)
        for (int i = f->whole_length - 1; i > from_right; i--) put_whole_digit(o, f, i, f->whole[f->whole_length - 1 - i]);
    if (from_right < f->whole_length) {
        put_whole_digit(o, f, from_right, f->whole[f->whole_length - 1 - from_right]);
    } else if (place == '0' || f->padded) {
        f->padded = true;
        put_whole_digit(o, f, from_right, '0');
    } else if (place == '?') {
        put(o, " ", 1);
    }
}

/* A place of the decimals: "#" shows no zeros at the end. */
static void fill_decimal(struct out *o, struct filling *f, char place)
{
    const char *digit = f->part + f->decimal++;
    if (place == '0' || strspn(digit, "0") != strlen(digit)) put(o, digit, 1);
    else if (place == '?') put(o, " ", 1);
}

static void fill(struct out *o, const char *from, const char *end, struct filling *f, const struct shape *s, const char *general)
{
    bool point = false;
    for (const char *p = from; p < end;) {
        enum section_token token;
        size_t n = section_token(p, end, &token);
        if (token == SECTION_DIGIT && point) fill_decimal(o, f, *p);
        else if (token == SECTION_DIGIT) fill_whole(o, f, *p);
        else if (token == SECTION_GENERAL) put(o, general, strlen(general));
        else if (token == SECTION_PERCENT) put(o, "%", 1);
        else if (token == SECTION_SLASH) put(o, "/", 1);
        else if (token == SECTION_COMMA && !s->digits) put(o, ",", 1);
        else if (token == SECTION_POINT) {
            if (!point && s->whole == 0 && f->whole_length) put(o, f->whole, (size_t)f->whole_length);
            if (!point || !s->digits) put(o, ".", 1);
            point = true;
        } else (void)put_literal(o, token, p, n);
        p += n;
    }
}

bool section_show_number(const char *from, const char *end, double value, const char *general, char *out, size_t size)
{
    struct shape s = look(from, end);
    struct out o = {.text = out, .size = size};
    char whole[64], part[32];
    bool negative = value < 0;
    if (s.unknown) return false;
    if (s.exponent) {
        int n = snprintf(out, size, "%.*E", s.decimals > DIGITS - 1 ? DIGITS - 1 : s.decimals, value);
        return n > 0 && (size_t)n < size;
    }
    value = fabs(value);
    for (int i = 0; i < s.percents; i++) value *= 100;
    for (int i = 0; i < s.thousands_off; i++) value /= 1000;
    if (!make_digits(value, s.decimals, whole, part)) return false;
    struct filling f = {.whole = whole, .part = part, .whole_places = s.whole, .whole_length = (int)strlen(whole), .grouped = s.grouped};
    bool nothing = whole[0] == '\0' && strspn(part, "0") == strlen(part);
    out[0] = '\0';
    if (negative && s.digits && !nothing) put(&o, "-", 1);
    fill(&o, from, end, &f, &s, general);
    if (s.digits && o.length && out[o.length - 1] == '.') out[--o.length] = '\0'; /* "0.##" of a whole number */
    return !o.full;
}

/* --- dates ---------------------------------------------------------------------------------------------------------------------------- */

struct moment {
    int year, month, day, weekday, hour, minute, second, milli;
    double serial; /* what has elapsed */
    bool half;     /* hours go to 12 */
};

static void put_number(struct out *o, int value, int width)
{
    char text[16];
    int n = snprintf(text, sizeof text, "%0*d", width, value);
    put(o, text, (size_t)n);
}

static void put_name(struct out *o, const char *name, size_t length)
{
    put(o, name, length == 3 ? 3 : length == 5 ? 1 : strlen(name));
}

/* Whether an m stands for minutes: behind hours, or before seconds. */
static bool is_minute(const char *from, const char *at, const char *behind, const char *end)
{
    enum section_token token;
    char last = '\0';
    for (const char *p = from; p < at;) {
        size_t n = section_token(p, end, &token);
        if (token == SECTION_DATE) last = (char)(*p | 32);
        if (token == SECTION_ELAPSED) last = (char)(p[1] | 32);
        p += n;
    }
    if (last == 'h') return true;
    for (const char *p = behind; p < end;) {
        size_t n = section_token(p, end, &token);
        if (token == SECTION_DATE) return (*p | 32) == 's';
        if (token == SECTION_ELAPSED) return (p[1] | 32) == 's';
        p += n;
    }
    return false;
}

static void put_date_token(struct out *o, const struct moment *t, char c, size_t n, bool minute)
{
    static const char *const months[] = {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"};
    static const char *const days[] = {"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};
    int hour = t->half ? (t->hour + 11) % 12 + 1 : t->hour;
    switch (c) {
    case 'y': put_number(o, n <= 2 ? t->year % 100 : t->year, n <= 2 ? 2 : 4); break;
    case 'e': put_number(o, t->year, 4); break;
    case 'b': put_number(o, n <= 2 ? (t->year + 543) % 100 : t->year + 543, n <= 2 ? 2 : 4); break;
    case 'm':
        if (minute) put_number(o, t->minute, n > 1 ? 2 : 1);
        else if (n > 2) put_name(o, months[t->month - 1], n);
        else put_number(o, t->month, (int)n);
        break;
    case 'd':
        if (n > 2) put_name(o, days[t->weekday], n);
        else put_number(o, t->day, (int)n);
        break;
    case 'h': put_number(o, hour, n > 1 ? 2 : 1); break;
    case 's': put_number(o, t->second, n > 1 ? 2 : 1); break;
    default: break;
    }
}

static void put_elapsed(struct out *o, const struct moment *t, const char *p, size_t n)
{
    double seconds = floor(t->serial * 86400.0 + 0.0005);
    char unit = (char)(p[1] | 32), text[32];
    int length = snprintf(text, sizeof text, "%0*.0f", (int)(n - 2 > 10 ? 10 : n - 2), floor(unit == 'h' ? seconds / 3600 : unit == 'm' ? seconds / 60 : seconds));
    put(o, text, (size_t)length);
}

/* ".0" behind seconds. */
static size_t put_fraction(struct out *o, const struct moment *t, const char *p, const char *end)
{
    char text[8];
    size_t n = 0;
    while (p + 1 + n < end && p[1 + n] == '0' && n < 3) n++;
    put(o, ".", 1);
    (void)snprintf(text, sizeof text, "%03d", t->milli);
    put(o, text, n);
    return 1 + n;
}

static struct moment make_moment(double serial, double days)
{
    struct moment t = {.serial = serial};
    int64_t ms = llround(days * 86400000.0), day = ms / 86400000;
    if (ms % 86400000 < 0) day--;
    int64_t rest = ms - day * 86400000;
    clock_civil_from_days(day, &t.year, &t.month, &t.day);
    t.weekday = (int)(((day + 4) % 7 + 7) % 7);
    t.hour = (int)(rest / 3600000);
    t.minute = (int)(rest / 60000 % 60);
    t.second = (int)(rest / 1000 % 60);
    t.milli = (int)(rest % 1000);
    return t;
}

bool section_show_date(const char *from, const char *end, double serial, double days, char *out, size_t size)
{
    struct moment t = make_moment(serial, days);
    struct out o = {.text = out, .size = size};
    enum section_token token;
    out[0] = '\0';
    for (const char *p = from; p < end; p += section_token(p, end, &token)) {
        (void)section_token(p, end, &token);
        if (token == SECTION_HALF) t.half = true;
    }
    for (const char *p = from; p < end;) {
        size_t n = section_token(p, end, &token);
        char c = (char)(*p | 32);
        if (token == SECTION_DATE) put_date_token(&o, &t, c, n, c == 'm' && n < 3 && is_minute(from, p, p + n, end));
        else if (token == SECTION_ELAPSED) put_elapsed(&o, &t, p, n);
        else if (token == SECTION_HALF) put(&o, n == 3 ? (t.hour < 12 ? "A" : "P") : (t.hour < 12 ? "AM" : "PM"), n == 3 ? 1 : 2);
        else if (token == SECTION_POINT && p + 1 < end && p[1] == '0') n = put_fraction(&o, &t, p, end);
        else if (token == SECTION_SLASH || token == SECTION_COMMA || token == SECTION_POINT || token == SECTION_DIGIT) put(&o, p, 1);
        else (void)put_literal(&o, token, p, n);
        p += n;
    }
    return !o.full;
}
