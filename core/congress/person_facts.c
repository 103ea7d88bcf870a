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

bool person_email_is_good(const char *text)
{
    const char *at = strchr(text, '@');
    return at && at != text && at[1] && !strchr(at + 1, '@') && strlen(text) <= 254 && text_is_printable(text) && !strpbrk(text, " \t\r\n");
}

bool person_attribute_is_good(const char *kind, const char *choices, const json_t *value)
{
    const char *text = json_string_value(value);
    json_t *offered = NULL;
    if (strcmp(kind, "yes_no") == 0) return json_is_boolean(value);
    if (strcmp(kind, "number") == 0) return json_is_number(value);
    if (!text) return false;
    if (strcmp(kind, "date") == 0) return person_date_is_good(text);
    if (strcmp(kind, "text") == 0) return *text && text_is_printable(text) && text_length(text) <= 4096;
    bool good = choices && json_read(choices, strlen(choices), &offered, NULL) == OK && json_object_get(offered, text) != NULL;
    json_decref(offered);
    return good;
}

char *label_fold(struct arena *arena, const char *stored)
{
    if (stored[0] != '{' && stored[0] != '"') return text_fold(arena, stored);
    json_t *json = NULL;
    if (json_read(stored, strlen(stored), &json, NULL) != OK) return NULL;
    const char *all = json_is_string(json) ? arena_strdup(arena, json_string_value(json)) : "", *language;
    json_t *text;
    json_object_foreach(json, language, text)
        if (all) all = arena_printf(arena, "%s %s", all, json_string_value(text));
    json_decref(json);
    return all ? text_fold(arena, all) : NULL;
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
