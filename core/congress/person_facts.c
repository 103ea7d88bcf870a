#include "core/congress/person_facts.h"
#include "core/base/clock.h"
#include "core/base/text.h"

#include <stdio.h>
#include <string.h>

#define PHONE_MOST 32
#define PHONE_DIGITS_LEAST 3

bool person_phone_is_good(const char *text)
{
    size_t digits = 0;
    const char *rest = text + (text[0] == '+');
    for (const char *p = rest; *p; p++) digits += *p >= '0' && *p <= '9';
    return strlen(text) <= PHONE_MOST && digits >= PHONE_DIGITS_LEAST && strspn(rest, "0123456789 ().-") == strlen(rest) && rest[0] != ' ';
}

bool person_date_is_good(const char *text)
{
    int year, month, day, used = 0;
    if (strlen(text) != 10 || text[4] != '-' || text[7] != '-' || strspn(text, "0123456789-") != 10) return false;
    return sscanf(text, "%4d-%2d-%2d%n", &year, &month, &day, &used) == 3 && used == 10 && year >= 1000 && clock_is_date(year, month, day);
}

bool person_day_is_good(const char *text)
{
    bool year = strlen(text) == 4 && strspn(text, "0123456789") == 4 && text[0] != '0';
    return year || person_date_is_good(text);
}

enum err person_derive(struct arena *arena, const char *language, const char *name, const char *sort_name, const char **ret_fold, const char **ret_sort)
{
    const char *both = sort_name ? arena_printf(arena, "%s %s", name, sort_name) : name;
    const char *fold = both ? text_fold(arena, both) : NULL, *sort = text_person_sort_key(arena, language, name, sort_name);
    if (!fold || !sort) return ERR_NOMEM;
    *ret_fold = fold;
    *ret_sort = sort;
    return OK;
}
