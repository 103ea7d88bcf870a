#include "core/sheet/number_format.h"
#include "core/sheet/number_section.h"
#include "core/base/text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DIGITS 15

const char *number_format_of_id(uint32_t id)
{
    static const char *const low[] = {
        NULL, "0", "0.00", "#,##0", "#,##0.00", NULL, NULL, NULL, NULL, "0%", "0.00%", "0.00E+00", NULL, NULL, "yyyy\\-mm\\-dd", "d-mmm-yy", "d-mmm", "mmm-yy",
        "h:mm AM/PM", "h:mm:ss AM/PM", "h:mm", "h:mm:ss", "yyyy\\-mm\\-dd h:mm",
    };
    if (id < sizeof low / sizeof low[0]) return low[id];
    if ((id >= 27 && id <= 36) || (id >= 50 && id <= 58)) return "yyyy\\-mm\\-dd"; /* dates of East Asian machines */
    switch (id) {
    case 37: case 38: return "#,##0;(#,##0)";
    case 39: case 40: return "#,##0.00;(#,##0.00)";
    case 45: return "mm:ss";
    case 46: return "[h]:mm:ss";
    case 47: return "mm:ss.0";
    case 48: return "##0.0E+0";
    case 49: return "@";
    default: return NULL;
    }
}

/* A sign and the whole character behind it: "_₫". */
static size_t with_character(const char *p, size_t left)
{
    size_t n = left > 1 ? 2 : 1;
    while (n > 1 && n < left && ((unsigned char)p[n] & 0xC0) == 0x80) n++;
    return n;
}

/* The next token of a format: how long it is, and what it stands for. */
size_t section_token(const char *p, const char *end, enum section_token *ret)
{
    size_t left = (size_t)(end - p);
    *ret = SECTION_LITERAL;
    switch (*p) {
    case '"': {
        const char *closing = memchr(p + 1, '"', left - 1);
        *ret = SECTION_QUOTED;
        return closing ? (size_t)(closing - p) + 1 : left;
    }
    case '\\':
    case '!':
        *ret = SECTION_ESCAPED;
        return with_character(p, left);
    case '_':
    case '*':
        *ret = SECTION_FILL;
        return with_character(p, left);
    case '[': {
        const char *closing = memchr(p, ']', left);
        size_t n = closing ? (size_t)(closing - p) + 1 : left;
        bool elapsed = n > 2 && strchr("hHmMsS", p[1]) && strspn(p + 1, "hHmMsS") == n - 2;
        *ret = elapsed ? SECTION_ELAPSED : SECTION_BRACKET;
        return n;
    }
    case '0':
    case '#':
    case '?':
        *ret = SECTION_DIGIT;
        return 1;
    case '.':
    case ',':
    case '%':
    case '@':
    case '/':
        *ret = (enum section_token)*p;
        return 1;
    default: break;
    }
    if (left >= 7 && strncasecmp(p, "General", 7) == 0) return *ret = SECTION_GENERAL, 7;
    if (left >= 8 && strncasecmp(p, "Standard", 8) == 0) return *ret = SECTION_GENERAL, 8;
    if (left >= 5 && strncasecmp(p, "AM/PM", 5) == 0) return *ret = SECTION_HALF, 5;
    if (left >= 3 && strncasecmp(p, "A/P", 3) == 0) return *ret = SECTION_HALF, 3;
    if ((*p == 'E' || *p == 'e') && left > 1 && (p[1] == '+' || p[1] == '-')) return *ret = SECTION_EXPONENT, 2;
    if (strchr("yYmMdDhHsSeEgGbB", *p)) {
        size_t n = 1;
        while (n < left && (p[n] | 32) == (*p | 32)) n++;
        *ret = SECTION_DATE;
        return n;
    }
    return 1;
}

/* --- sections ------------------------------------------------------------------------------------------------------------------------ */

struct section {
    const char *from, *end;
};

static size_t split(const char *format, struct section out[4])
{
    const char *end = format + strlen(format), *from = format;
    size_t n = 0;
    for (const char *p = format; p < end;) {
        enum section_token token;
        size_t length = section_token(p, end, &token);
        if (token == SECTION_LITERAL && *p == ';' && n < 3) {
            out[n++] = (struct section){from, p};
            from = p + 1;
        }
        p += length;
    }
    out[n++] = (struct section){from, end};
    return n;
}

/* The condition that a section begins with: "[>=100]". False: it has none. */
static bool has_condition(const struct section *s, double value, bool *ret_holds)
{
    for (const char *p = s->from; p < s->end && *p == '[';) {
        const char *closing = memchr(p, ']', (size_t)(s->end - p));
        if (!closing) return false;
        if (strchr("<>=", p[1])) {
            size_t n = strspn(p + 1, "<>=");
            char mark[3] = {p[1], n > 1 ? p[2] : '\0', '\0'};
            double bound = strtod(p + 1 + n, NULL);
            *ret_holds = strcmp(mark, "<") == 0 ? value < bound : strcmp(mark, ">") == 0 ? value > bound : strcmp(mark, "=") == 0 ? !(value < bound || value > bound) :
                         strcmp(mark, "<=") == 0 ? value <= bound : strcmp(mark, ">=") == 0 ? value >= bound : value < bound || value > bound;
            return true;
        }
        p = closing + 1;
    }
    return false;
}

/* The section for a value. *ret_absolute: its own signs say what is negative. */
static struct section choose(const char *format, double value, bool *ret_absolute)
{
    struct section s[4] = {{0}};
    size_t n = split(format, s);
    bool holds = false;
    *ret_absolute = false;
    if (n > 3) n = 3; /* the fourth is for texts */
    for (size_t i = 0; i < n; i++) {
        if (!has_condition(&s[i], value, &holds)) {
            if (i == 0) break;
            return s[i];
        }
        if (holds) return *ret_absolute = value < 0 && n > 1, s[i];
        if (i == n - 1) return s[i];
    }
    if (n > 1 && value < 0) return *ret_absolute = true, s[1];
    return n > 2 && fabs(value) < 1e-300 ? s[2] : s[0];
}

enum number_kind number_format_kind(const char *format)
{
    bool date = false, time = false, month = false;
    struct section s[4];
    if (!format) return NUMBER_PLAIN;
    (void)split(format, s);
    for (const char *p = s[0].from; p < s[0].end;) {
        enum section_token token;
        size_t n = section_token(p, s[0].end, &token);
        char c = (char)(*p | 32);
        if (token == SECTION_DATE && strchr("ydegb", c)) date = true;
        if (token == SECTION_DATE && c == 'm') month = true;
        if ((token == SECTION_DATE && strchr("hs", c)) || token == SECTION_ELAPSED || token == SECTION_HALF) time = true;
        if (token == SECTION_GENERAL || token == SECTION_EXPONENT || token == SECTION_PERCENT || token == SECTION_TEXT) return NUMBER_PLAIN;
        p += n;
    }
    if (date || (month && !time)) return NUMBER_DATE;
    return time ? NUMBER_TIME : NUMBER_PLAIN;
}

/* --- numbers ------------------------------------------------------------------------------------------------------------------------- */

bool number_to_days(double serial, bool from_1904, double *ret)
{
    if (!(serial >= (from_1904 ? 0.0 : 1.0)) || serial >= (from_1904 ? 2957004.0 : 2958466.0)) return false;
    double days = from_1904 ? serial - 24107 : serial - (serial < 60 ? 25568 : 25569); /* 1900-02-29, day 60, there never was */
    *ret = round(days * 86400000.0) / 86400000.0;
    return true;
}

/* The plain number: whole ones as they are, whatever their length; 15 digits. */
static const char *show_general(double value, char ret[NUMBER_TEXT_SIZE])
{
    char text[64];
    if (!isfinite(value)) return (void)snprintf(ret, NUMBER_TEXT_SIZE, "#NUM!"), ret;
    (void)snprintf(text, sizeof text, "%.*g", DIGITS, value);
    if (strchr(text, 'e') && fabs(value) >= 1 && fabs(value) < 1e21) { /* 15 digits, then zeros */
        int zeros = (int)strtol(strchr(text, 'e') + 1, NULL, 10);
        size_t n = 0;
        for (const char *p = text; *p != 'e'; p++) {
            if (*p == '-' || (*p >= '0' && *p <= '9')) ret[n++] = *p;
            if (p > text && *p >= '0' && *p <= '9' && memchr(text, '.', (size_t)(p - text))) zeros--;
        }
        for (; zeros > 0; zeros--) ret[n++] = '0';
        ret[n] = '\0';
        return ret;
    }
    char *e = strchr(text, 'e');
    if (e) *e = 'E';
    (void)snprintf(ret, NUMBER_TEXT_SIZE, "%s", strcmp(text, "-0") == 0 ? "0" : text);
    return ret;
}

const char *number_format_show(const char *format, double value, bool from_1904, char ret[NUMBER_TEXT_SIZE])
{
    bool absolute = false, good = false;
    if (!format || !isfinite(value) || text_equal_ignoring_case(format, "General") || strcmp(format, "@") == 0) return show_general(value, ret);
    struct section s = choose(format, value, &absolute);
    enum number_kind kind = number_format_kind(format);
    if (kind == NUMBER_PLAIN) {
        char general[NUMBER_TEXT_SIZE];
        (void)show_general(absolute ? -value : value, general);
        good = section_show_number(s.from, s.end, absolute ? -value : value, general, ret, NUMBER_TEXT_SIZE);
    } else {
        double days = 0;
        bool machine_date = strncmp(format, "[$-F800]", 8) == 0 || strncmp(format, "[$-f800]", 8) == 0;
        static const char plain_date[] = "yyyy\\-mm\\-dd";
        if (machine_date) s = (struct section){plain_date, plain_date + sizeof plain_date - 1};
        bool of_day = kind == NUMBER_TIME && value >= 0 && value < 1e7;
        if (number_to_days(value, from_1904, &days) || of_day) good = section_show_date(s.from, s.end, value, of_day ? value : days, ret, NUMBER_TEXT_SIZE);
    }
    for (const char *p = ret; good && *p; p++)
        if (*p != ' ') return ret;
    return show_general(value, ret);
}
