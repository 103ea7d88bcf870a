/* Telephone numbers: as written when that is one good number; else what can be put right without guessing. */
#include "core/base/text.h"
#include "core/base/text_words.h"
#include "core/congress/list/list_read.h"
#include "core/congress/person_facts.h"

#include <stdlib.h>
#include <string.h>

#define PHONE_MOST 32

static size_t count_digits(const char *text)
{
    size_t n = 0;
    for (; *text; text++) n += *text >= '0' && *text <= '9';
    return n;
}

/* Digits of any script as 0 to 9; letters end it ("0901234567 (Zalo)"); of several numbers the first. */
static void first_number(const char *text, char out[PHONE_MOST * 2], bool *ret_split)
{
    size_t n = 0, digits = 0;
    *ret_split = false;
    for (const char *p = text; *p && n + 1 < PHONE_MOST * 2;) {
        int32_t c = text_next(&p);
        int digit = text_digit(c);
        if (digit >= 0) {
            out[n++] = (char)('0' + digit);
            digits++;
        } else if (c == '+' && n == 0) {
            out[n++] = '+';
        } else if (digits && (c == ';' || c == ',' || c == '/' || c == '\n' || c == '|' || (c == '-' && digits >= 9 && count_digits(p) >= 9))) {
            *ret_split = count_digits(p) >= 6;
            if (*ret_split) break;
            out[n++] = c == '-' ? '-' : ' ';
        } else if (text_is_letter_or_digit(c)) {
            if (digits >= 7) {
                *ret_split = true;
                break;
            }
            if (digits) break;
        } else if (c >= 0 && c < 128 && strchr(" ().-", (int)c)) {
            if (n || c == '(') out[n++] = (char)c;
        } else if (c == 0xA0 || c == 0x2009 || c == 0x202F || c == '\t') {
            if (n) out[n++] = ' ';
        } else if (c == 0x2010 || c == 0x2011 || c == 0x2013) {
            out[n++] = '-';
        }
        if (digits >= 9 && *p == ' ' && count_digits(p) >= 9) { /* two numbers with a space between */
            *ret_split = true;
            break;
        }
    }
    while (n && strchr(" .-(", out[n - 1])) n--;
    out[n] = '\0';
}

/* Where every number within the country begins with 0, which no office program keeps in a number: how many digits are left, and how they begin. */
static bool lacks_zero(const char *country, const char *text, size_t digits)
{
    static const struct {
        const char *country;
        size_t digits;
        const char *first;
    } left[] = {{"VN", 9, "356789"}, {"VN", 10, "12"}, {"GB", 10, "123789"}, {"FR", 9, "12345679"}, {"MA", 9, "5678"}, {"DZ", 9, "567"}, {"SA", 9, "5"},
                {"EG", 10, "1"}, {"AE", 9, "5"}, {"JO", 9, "7"}, {"AU", 9, "23478"}};
    for (size_t i = 0; i < sizeof left / sizeof left[0]; i++)
        if (strcmp(country, left[i].country) == 0 && digits == left[i].digits && text[0] && strchr(left[i].first, text[0])) return true;
    return false;
}

static bool is_rounded(const char *text)
{
    const char *e = strpbrk(text, "eE");
    return e && e != text && (e[1] == '+' || (e[1] >= '0' && e[1] <= '9')) && strspn(text, "0123456789.,") == (size_t)(e - text) && strspn(e + 1,
        "+0123456789") == strlen(e + 1);
}

enum err list_cell_phone(struct list_reader *r, struct list_cell *c)
{
    char number[PHONE_MOST * 2];
    const char *text = c->text, *country = r->mapping->ways.country ? r->mapping->ways.country : "";
    bool split;
    if (c->cell->kind == SHEET_NUMBER && c->cell->number >= 0 && c->cell->number < 1e15) text = arena_printf(r->scratch, "%.0f", c->cell->number);
    if (!text) return ERR_NOMEM;
    if (is_rounded(text)) {
        c->reason = "digits_lost";
        return OK;
    }
    first_number(text, number, &split);
    size_t digits = count_digits(number);
    if (number[0] == '(' && !strchr(number, ')')) memmove(number, number + 1, strlen(number));
    if (digits < 6 || digits > 15 || strlen(number) > PHONE_MOST || (strcmp(country, "VN") == 0 && digits < 8)) {
        c->reason = "phone_wrong";
        return OK;
    }
    c->change = split ? LIST_SPLIT : strcmp(number, c->text) != 0 ? LIST_SAID_OTHERWISE : LIST_AS_WRITTEN;
    if (lacks_zero(country, number, digits)) c->change = LIST_LEADING_ZERO;
    bool plus_lost = strcmp(country, "VN") == 0 && digits == 11 && strncmp(number, "84", 2) == 0 && strspn(number, "0123456789") == 11; /* of "+84…" */
    if (plus_lost) c->change = LIST_SAID_OTHERWISE;
    bool longer = c->change == LIST_LEADING_ZERO || plus_lost;
    c->value = longer ? arena_printf(r->arena, "%s%s", plus_lost ? "+" : "0", number) : c->change == LIST_AS_WRITTEN ? c->text : arena_strdup(r->arena, number);
    if (!c->value) return ERR_NOMEM;
    if (person_phone_is_good(c->value)) return OK;
    c->value = NULL;
    c->reason = "phone_wrong";
    return OK;
}
