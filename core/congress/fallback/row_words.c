#include "core/congress/fallback/row_words.h"

#include "core/base/clock.h"
#include "core/base/text.h"

#include <string.h>

#define NUMBERS_MOST 3

/* Up to three runs of digits and the single characters between them. */
struct pieces {
    int value[NUMBERS_MOST], digits[NUMBERS_MOST];
    int32_t between[NUMBERS_MOST]; /* after each number; 0: the end */
    size_t count;
};

static bool read_pieces(const char *text, struct pieces *ret)
{
    *ret = (struct pieces){0};
    for (const char *p = text; *p;) {
        int32_t c = text_next(&p);
        int digit = text_digit(c);
        if (digit < 0) {
            if (!ret->count || ret->between[ret->count - 1]) return false;
            ret->between[ret->count - 1] = c;
            continue;
        }
        if (!ret->count || ret->between[ret->count - 1]) {
            if (ret->count == NUMBERS_MOST) return false;
            ret->count++;
        }
        size_t at = ret->count - 1;
        if (++ret->digits[at] > 4) return false;
        ret->value[at] = ret->value[at] * 10 + digit;
    }
    return ret->count > 0;
}

static bool is_hour_mark(int32_t c) { return c == ':' || c == 'h' || c == 'H' || c == '.' || c == 'g' || c == 'G'; }

bool row_words_time(const char *text, int hour, struct zone_time *ret)
{
    struct pieces p;
    struct zone_time t = {0};
    if (!read_pieces(text, &p)) return false;
    if (p.count == 1 && !p.between[0] && p.digits[0] >= 3) {
        t.hour = p.value[0] / 100;
        t.minute = p.value[0] % 100;
    } else if (p.count == 1 && !p.between[0]) {
        if (p.digits[0] != 2 || hour < 0) return false;
        t.hour = hour;
        t.minute = p.value[0];
    } else {
        bool hours_only = p.count == 1 && (p.between[0] == 'h' || p.between[0] == 'H' || p.between[0] == 'g' || p.between[0] == 'G');
        if ((p.count == 1 && !hours_only) || !is_hour_mark(p.between[0]) || p.digits[0] > 2) return false;
        if (p.count > 1 && (p.digits[1] != 2 || (p.count > 2 ? p.between[1] != ':' && p.between[1] != '.' : p.between[1] != 0))) return false;
        if (p.count > 2 && (p.digits[2] != 2 || p.between[2])) return false;
        t.hour = p.value[0];
        t.minute = p.value[1];
        t.second = p.value[2];
    }
    if (t.hour > 23 || t.minute > 59 || t.second > 59) return false;
    ret->hour = t.hour;
    ret->minute = t.minute;
    ret->second = t.second;
    return true;
}

bool row_words_date(const char *text, struct zone_time *ret)
{
    struct pieces p;
    if (!read_pieces(text, &p) || p.count != 3 || p.between[0] != p.between[1] || p.between[2]) return false;
    if (p.between[0] != '-' && p.between[0] != '/' && p.between[0] != '.') return false;
    bool year_first = p.digits[0] == 4;
    if (!year_first && p.digits[2] != 4) return false;
    if (p.digits[1] > 2 || p.digits[year_first ? 2 : 0] > 2) return false;
    int year = p.value[year_first ? 0 : 2], day = p.value[year_first ? 2 : 0];
    if (!clock_is_date(year, p.value[1], day)) return false;
    ret->year = year;
    ret->month = p.value[1];
    ret->day = day;
    return true;
}

bool row_words_direction(struct arena *arena, const char *text, bool *ret)
{
    static const char *const in[] = {"in", "vao", "entrada", "دخول"}, *const out[] = {"out", "ra", "saida", "خروج"};
    const char *folded = text_fold(arena, text);
    for (size_t i = 0; folded && i < sizeof in / sizeof *in; i++) {
        bool is_in = strcmp(folded, in[i]) == 0, is_out = strcmp(folded, out[i]) == 0;
        if (!is_in && !is_out) continue;
        *ret = is_out;
        return true;
    }
    return false;
}
