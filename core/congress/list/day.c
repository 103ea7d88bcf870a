/* Days as people write them: order of the parts, years of two digits, names of months, other calendars.
 *
 * A year of two digits is the last one that is possible: "80" is 1980, "05" is 2005 when nobody of that age would be too young for the list. */
#include "core/base/clock.h"
#include "core/base/text.h"
#include "core/base/text_words.h"
#include "core/congress/list/list_private.h"

#include <math.h>
#include <string.h>

#define PIECES_MOST 6
#define WORD_MOST 24

struct piece {
    int value;   /* of a number, or of a month by its name */
    int digits;  /* 0: a month's name */
};

struct pieces {
    struct piece items[PIECES_MOST];
    size_t count;
    bool strange; /* words that are no part of a day */
    bool month_first_word; /* "May 5, 1980" */
};

static const char *const months[] = {
    /* 1 */ "jan|january|janeiro|janv|يناير|جانفي|كانون2",
    /* 2 */ "feb|february|fev|fevereiro|فبراير|فيفري|شباط",
    /* 3 */ "mar|march|marco|مارس|اذار",
    /* 4 */ "apr|april|abr|abril|ابريل|افريل|نيسان",
    /* 5 */ "may|mai|maio|مايو|ماي|ايار",
    /* 6 */ "jun|june|junho|يونيو|جوان|حزيران|يونيه",
    /* 7 */ "jul|july|julho|يوليو|جويلية|تموز|يوليوز|يوليه",
    /* 8 */ "aug|august|ago|agosto|اغسطس|اوت|غشت|اب",
    /* 9 */ "sep|sept|september|set|setembro|سبتمبر|شتنبر|ايلول",
    /* 10 */ "oct|october|out|outubro|اكتوبر|تشرين1",
    /* 11 */ "nov|november|novembro|نوفمبر|نونبر|تشرين2",
    /* 12 */ "dec|december|dez|dezembro|ديسمبر|دجنبر|كانون1",
};

static bool word_is_of(const char *word, const char *all)
{
    size_t n = strlen(word);
    for (const char *p = all; *p;) {
        size_t m = strcspn(p, "|");
        if (m == n && memcmp(p, word, n) == 0) return true;
        p += m + (p[m] == '|');
    }
    return false;
}

static int month_of(const char *word)
{
    for (int i = 0; i < 12; i++)
        if (word_is_of(word, months[i])) return i + 1;
    return 0;
}

int list_day_month(const char *plain)
{
    size_t vi = strncmp(plain, "thang", 5) == 0 ? 5 : strncmp(plain, "thg", 3) == 0 ? 3 : strncmp(plain, "th", 2) == 0 ? 2 : 0; /* Excel's "03-Thg4" */
    if (vi) {
        plain += vi + (plain[vi] == ' ');
        int month = plain[0] >= '0' && plain[0] <= '9' ? plain[0] - '0' : 0;
        if (month && plain[1] >= '0' && plain[1] <= '9') month = month * 10 + plain[1] - '0', plain++;
        return month && !plain[1] && month <= 12 ? month : 0;
    }
    return month_of(plain);
}

/* Words that stand around the parts of a day and say nothing that we need. */
static bool word_is_filling(const char *word)
{
    static const char filling[] = "ngay|thang|nam|sinh|sn|thg|th|t|d|m|y|de|do|da|of|the|st|nd|rd|em|nascido|born|day|month|year|سنة|عام|شهر|يوم|في|م|a|o|e|"
                                  "on|khoang|ca";
    return word_is_of(word, filling);
}

static void add_word(struct pieces *p, const char *word, size_t length)
{
    char copy[WORD_MOST * 4];
    struct arena arena = {0};
    if (length >= sizeof copy) {
        p->strange = true;
        return;
    }
    memcpy(copy, word, length);
    copy[length] = '\0';
    const char *plain = text_fold(&arena, copy);
    int month = plain ? month_of(plain) : 0;
    if (month && p->count < PIECES_MOST) {
        p->month_first_word = p->count == 0;
        p->items[p->count++] = (struct piece){.value = month};
    } else if (!plain || !word_is_filling(plain)) {
        p->strange = true;
    }
    arena_release(&arena);
}

/* Behind the day a time of day may stand: "1980-02-03T00:00:00". False at a colon: the number before it is an hour. */
static bool add_number(struct pieces *p, const char **at)
{
    int value = 0, digits = 0, digit;
    const char *next = *at;
    for (const char *look = next; (digit = text_digit(text_next(&look))) >= 0; next = look) {
        if (digits < 9) value = value * 10 + digit;
        digits++;
    }
    *at = next;
    if (*next == ':') return false;
    if (digits > 8 || p->count == PIECES_MOST) p->strange = true;
    else p->items[p->count++] = (struct piece){.value = value, .digits = digits};
    return true;
}

static void take_apart(const char *text, struct pieces *ret)
{
    *ret = (struct pieces){.count = 0};
    for (const char *p = text; *p;) {
        const char *start = p;
        int32_t c = text_next(&p);
        if (text_digit(c) >= 0) {
            p = start;
            if (!add_number(ret, &p)) return;
        } else if (text_is_letter_or_digit(c)) {
            for (const char *look = p; text_is_letter_or_digit(c = text_next(&look)) && text_digit(c) < 0;) p = look;
            size_t length = (size_t)(p - start);
            if (length == 1 && (*start == 'T' || *start == 't') && ret->count == 3 && text_digit((unsigned char)*p) >= 0) return;
            add_word(ret, start, length);
        } else if (c < 0 || !strchr(" \t\n\r/.-,()_'", c < 128 ? (int)c : '/')) {
            ret->strange = true;
        }
    }
}

static int full_year(int two, int this_year, int age)
{
    int year = this_year / 100 * 100 + two;
    return year <= this_year - age ? year : year - 100;
}

static const char *finish(int year, int digits, int month, int day, int this_year, int age, struct list_day *ret)
{
    if (digits <= 2) {
        year = full_year(year, this_year, age);
        ret->two_digits = true;
    }
    if (year >= 2400 && year <= 2700) return "year_buddhist";
    if (year >= 1300 && year <= 1500) return "year_hijri";
    if (year < 1000 || year > 2999) return "no_day";
    ret->year = year;
    ret->month = month;
    ret->day = day;
    if (!month) return NULL;
    if (!day) {
        ret->month_only = true;
        return month <= 12 ? NULL : "no_day";
    }
    return clock_is_date(year, month, day) ? NULL : "impossible_day";
}

/* Three parts: which is which. */
static const char *three(const struct pieces *p, enum list_order order, int this_year, int age, struct list_day *ret)
{
    struct piece a = p->items[0], b = p->items[1], c = p->items[2];
    if (a.digits == 0 && b.digits && c.digits) return finish(c.value, c.digits, a.value, b.value, this_year, age, ret);
    if (b.digits == 0 && a.digits && c.digits)
        return a.digits == 4 ? finish(a.value, 4, b.value, c.value, this_year, age, ret) : finish(c.value, c.digits, b.value, a.value, this_year, age, ret);
    if (!a.digits || !b.digits || !c.digits) return "no_day";
    if (a.digits == 4) return b.digits > 2 || c.digits > 2 ? "no_day" : finish(a.value, 4, b.value, c.value, this_year, age, ret);
    if (a.digits > 2 || b.digits > 2 || (c.digits != 4 && c.digits != 2)) return "no_day";
    if (order == LIST_YEAR_FIRST && c.digits == 2) return finish(a.value, a.digits, b.value, c.value, this_year, age, ret);
    if (a.value == 0 || b.value == 0) { /* "00/00/1980": only the year is known */
        if (a.value == 0 && b.value == 0 && c.digits == 4) return finish(c.value, 4, 0, 0, this_year, age, ret);
        if (a.value == 0 && b.value <= 12) return finish(c.value, c.digits, b.value, 0, this_year, age, ret);
        return "impossible_day";
    }
    bool month_first = order == LIST_MONTH_FIRST;
    if (a.value > 12 && b.value <= 12 && month_first) return "other_order";
    if (b.value > 12 && a.value <= 12 && order == LIST_DAY_FIRST) return "other_order";
    if (order == LIST_ORDER_UNKNOWN || order == LIST_YEAR_FIRST) {
        month_first = b.value > 12;
        if (a.value <= 12 && b.value <= 12 && a.value != b.value) return "day_or_month";
    }
    return finish(c.value, c.digits, month_first ? a.value : b.value, month_first ? b.value : a.value, this_year, age, ret);
}

/* One number: a year, or all the digits of a day in a row. */
static const char *one(struct piece a, enum list_order order, int this_year, int age, struct list_day *ret)
{
    if (a.digits == 4 || a.digits == 2) return finish(a.value, a.digits, 0, 0, this_year, age, ret);
    if (a.digits == 8 || a.digits == 7) {
        int year = a.value / 10000, month = a.value / 100 % 100, day = a.value % 100;
        if (a.digits == 8 && year >= 1800 && year <= 2200 && clock_is_date(year, month, day)) return finish(year, 4, month, day, this_year, age, ret);
        int first = a.value / 1000000, second = a.value / 10000 % 100;
        bool month_first = order == LIST_MONTH_FIRST;
        ret->zero = a.digits == 7;
        return finish(a.value % 10000, 4, month_first ? first : second, month_first ? second : first, this_year, age, ret);
    }
    return "no_day";
}

const char *list_day_read(const char *text, enum list_order order, int this_year, int age, struct list_day *ret)
{
    struct pieces p;
    *ret = (struct list_day){.year = 0};
    take_apart(text, &p);
    if (p.strange || p.count == 0) return "no_day";
    if (p.count == 3) return three(&p, order, this_year, age, ret);
    if (p.count == 1) return p.items[0].digits ? one(p.items[0], order, this_year, age, ret) : "no_day";
    if (p.count != 2) return "no_day";
    struct piece a = p.items[0], b = p.items[1];
    if (a.digits == 4 && b.digits <= 2) return finish(a.value, 4, b.value, 0, this_year, age, ret);
    if (b.digits == 4 && a.digits <= 2) return finish(b.value, 4, a.value, 0, this_year, age, ret);
    if (a.digits == 0 && b.digits == 2) return finish(b.value, 2, a.value, 0, this_year, age, ret);
    return "no_day";
}

enum list_order list_day_order(const char *text, bool *ret_is_day)
{
    struct pieces p;
    *ret_is_day = false;
    if (strlen(text) > 40) return LIST_ORDER_UNKNOWN;
    take_apart(text, &p);
    if (p.strange || p.count == 0 || p.count > 3) return LIST_ORDER_UNKNOWN;
    struct piece a = p.items[0], b = p.items[1], c = p.items[2];
    if (p.count == 1) *ret_is_day = a.digits == 8 && a.value % 10000 >= 1900 && a.value % 10000 <= 2100;
    if (p.count == 2) *ret_is_day = (b.digits == 4 && b.value >= 1900 && b.value <= 2100 && a.value <= 12) || (a.digits == 4 && a.value >= 1900 &&
        a.value <= 2100 && b.value <= 12);
    if (p.count != 3) return LIST_ORDER_UNKNOWN;
    if (a.digits == 4 && b.digits <= 2 && c.digits <= 2) {
        *ret_is_day = b.value <= 12 && c.value <= 31;
        return *ret_is_day ? LIST_YEAR_FIRST : LIST_ORDER_UNKNOWN;
    }
    bool named = !a.digits || !b.digits;
    if (a.digits > 2 || b.digits > 2 || (c.digits != 4 && c.digits != 2) || a.value > 31 || b.value > 31) return LIST_ORDER_UNKNOWN;
    *ret_is_day = true;
    if (named || (a.value > 12) == (b.value > 12)) return LIST_ORDER_UNKNOWN;
    return a.value > 12 ? LIST_DAY_FIRST : LIST_MONTH_FIRST;
}

bool list_day_from_number(double days, struct list_day *ret)
{
    if (!isfinite(days) || days < -200000 || days > 200000) return false;
    *ret = (struct list_day){.year = 0};
    clock_civil_from_days((int64_t)floor(days), &ret->year, &ret->month, &ret->day);
    return true;
}
