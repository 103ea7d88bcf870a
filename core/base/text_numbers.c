#include "core/base/text_numbers.h"
#include "core/base/buf.h"
#include "core/base/zone.h"

#include <stdlib.h>
#include <string.h>
#include <unicode/udat.h>
#include <unicode/uloc.h>
#include <unicode/unum.h>
#include <unicode/upluralrules.h>
#include <unicode/ustring.h>

#define LOCALE_SIZE 96
#define WIDE_SIZE 256
#define NESTED_MOST 4

/* ICU's name of the locale; the digits of plain Arabic are told. False: no such tag. */
static bool locale_name(const char *tag, char out[LOCALE_SIZE])
{
    UErrorCode status = U_ZERO_ERROR;
    const char *asked = strcmp(tag, "ar") == 0 ? "ar-u-nu-latn" : tag;
    int32_t length = uloc_forLanguageTag(asked, out, LOCALE_SIZE, NULL, &status);
    return U_SUCCESS(status) && length > 0 && length < LOCALE_SIZE;
}

static char *narrow(struct arena *arena, const UChar *wide, int32_t length)
{
    size_t room = (size_t)length * 3 + 1;
    UErrorCode status = U_ZERO_ERROR;
    char *text = arena_alloc(arena, room);
    if (text) u_strToUTF8(text, (int32_t)room, NULL, wide, length, &status);
    return U_SUCCESS(status) ? text : NULL;
}

static UNumberFormat *number_format(const char *tag, int decimals)
{
    char name[LOCALE_SIZE];
    UErrorCode status = U_ZERO_ERROR;
    if (!locale_name(tag, name)) return NULL;
    UNumberFormat *format = unum_open(UNUM_DECIMAL, NULL, 0, name, NULL, &status);
    if (U_FAILURE(status)) return NULL;
    unum_setAttribute(format, UNUM_MIN_FRACTION_DIGITS, decimals);
    unum_setAttribute(format, UNUM_MAX_FRACTION_DIGITS, decimals);
    return format;
}

char *text_number(struct arena *arena, const char *locale, int64_t number)
{
    UChar wide[WIDE_SIZE];
    UErrorCode status = U_ZERO_ERROR;
    UNumberFormat *format = number_format(locale, 0);
    if (!format) return NULL;
    int32_t length = unum_formatInt64(format, number, wide, WIDE_SIZE, NULL, &status);
    unum_close(format);
    return U_SUCCESS(status) ? narrow(arena, wide, length) : NULL;
}

char *text_hundredths(struct arena *arena, const char *locale, int64_t hundredths)
{
    UChar wide[WIDE_SIZE];
    UErrorCode status = U_ZERO_ERROR;
    UNumberFormat *format = number_format(locale, 2);
    if (!format) return NULL;
    int32_t length = unum_formatDouble(format, (double)hundredths / 100.0, wide, WIDE_SIZE, NULL, &status);
    unum_close(format);
    return U_SUCCESS(status) ? narrow(arena, wide, length) : NULL;
}

char *text_moment(struct arena *arena, const char *locale, const char *zone, int64_t ms, const char *pattern)
{
    char name[LOCALE_SIZE];
    UChar wide_zone[WIDE_SIZE], wide_pattern[WIDE_SIZE], wide[WIDE_SIZE];
    int32_t zone_length, pattern_length;
    UErrorCode status = U_ZERO_ERROR;
    if (!locale_name(locale, name) || !zone_is_known(zone)) return NULL;
    u_strFromUTF8(wide_zone, WIDE_SIZE, &zone_length, zone, -1, &status);
    u_strFromUTF8(wide_pattern, WIDE_SIZE, &pattern_length, pattern, -1, &status);
    if (U_FAILURE(status)) return NULL;
    UDateFormat *format = udat_open(UDAT_PATTERN, UDAT_PATTERN, name, wide_zone, zone_length, wide_pattern, pattern_length, &status);
    if (U_FAILURE(status)) return NULL;
    int32_t length = udat_format(format, (UDate)ms, wide, WIDE_SIZE, NULL, &status);
    udat_close(format);
    return U_SUCCESS(status) && length < WIDE_SIZE ? narrow(arena, wide, length) : NULL;
}

int64_t text_share(int64_t part, int64_t whole)
{
    if (whole <= 0 || part <= 0) return 0;
    if (part >= whole) return 10000;
    int64_t share = (part * 20000 + whole) / (2 * whole);
    return share < 1 ? 1 : share > 9999 ? 9999 : share;
}

/* --- sentences ------------------------------------------------------------------------------------------------------------------------------ */

struct sentence {
    struct arena *arena;
    const char *locale;
    const struct text_value *values;
    size_t count;
    struct buf out;
    bool failed;
};

static bool plural_form(const char *tag, int64_t number, char out[16])
{
    char name[LOCALE_SIZE];
    UChar wide[16];
    int32_t length = 0;
    UErrorCode status = U_ZERO_ERROR;
    if (!locale_name(tag, name)) return false;
    UPluralRules *rules = uplrules_openForType(name, UPLURAL_TYPE_CARDINAL, &status);
    if (U_SUCCESS(status)) length = uplrules_select(rules, (double)number, wide, 16, &status);
    uplrules_close(rules);
    if (U_FAILURE(status) || length >= 16) return false;
    u_UCharsToChars(wide, out, length);
    out[length] = '\0';
    return true;
}

static const struct text_value *value_named(struct sentence *s, const char *name, size_t length)
{
    for (size_t i = 0; i < s->count; i++)
        if (strlen(s->values[i].name) == length && strncmp(s->values[i].name, name, length) == 0) return &s->values[i];
    s->failed = true;
    return NULL;
}

static void put_number(struct sentence *s, int64_t number)
{
    char *text = text_number(s->arena, s->locale, number);
    if (text) buf_puts(&s->out, text);
    else s->failed = true;
}

/* Behind the bracket that closes what begins at `p` (behind its opening one); NULL: it is never closed. */
static const char *behind_bracket(const char *p)
{
    for (int depth = 1; *p; p++) {
        if (*p == '{') depth++;
        if (*p == '}' && --depth == 0) return p + 1;
    }
    return NULL;
}

static const char *skip_blanks(const char *p)
{
    while (*p == ' ' || *p == '\n') p++;
    return p;
}

static void put_pattern(struct sentence *s, const char *p, const char *end, const struct text_value *counted, int depth);

/* The forms between `p` and `end`: the exact number wins, then its plural form, then "other". */
static void put_plural(struct sentence *s, const char *p, const char *end, const struct text_value *counted, int depth)
{
    char form[16];
    const char *best = NULL, *best_end = NULL;
    int best_rank = 0;
    if (counted->text || !plural_form(s->locale, counted->number, form)) s->failed = true;
    while (!s->failed && (p = skip_blanks(p)) < end) {
        size_t word = strcspn(p, " {}");
        const char *open = skip_blanks(p + word), *behind = *open == '{' ? behind_bracket(open + 1) : NULL;
        if (word == 0 || !behind || behind > end) {
            s->failed = true;
            return;
        }
        int rank = 0;
        if (*p == '=' && strtoll(p + 1, NULL, 10) == counted->number) rank = 3;
        else if (strlen(form) == word && strncmp(p, form, word) == 0) rank = 2;
        else if (word == 5 && strncmp(p, "other", 5) == 0) rank = 1;
        if (rank > best_rank) {
            best_rank = rank;
            best = open + 1;
            best_end = behind - 1;
        }
        p = behind;
    }
    if (best) put_pattern(s, best, best_end, counted, depth + 1);
    else s->failed = true;
}

/* What stands between two brackets. */
static void put_place(struct sentence *s, const char *p, const char *end, int depth)
{
    static const char plural[] = ", plural, ";
    size_t length = strcspn(p, ",}");
    const struct text_value *value = value_named(s, p, length);
    const char *behind = p + length;
    if (!value) return;
    if (behind == end && value->text) buf_puts(&s->out, value->text);
    else if (behind == end) put_number(s, value->number);
    else if (strncmp(behind, plural, sizeof plural - 1) == 0) put_plural(s, behind + sizeof plural - 1, end, value, depth);
    else s->failed = true;
}

static void put_pattern(struct sentence *s, const char *p, const char *end, const struct text_value *counted, int depth)
{
    if (depth > NESTED_MOST) s->failed = true;
    while (!s->failed && p < end) {
        const char *behind = *p == '{' ? behind_bracket(p + 1) : p + 1;
        if (!behind || behind > end || *p == '}') s->failed = true;
        else if (*p == '{') put_place(s, p + 1, behind - 1, depth);
        else if (*p == '#' && counted) put_number(s, counted->number);
        else buf_putc(&s->out, *p);
        p = behind;
    }
}

char *text_sentence(struct arena *arena, const char *locale, const char *pattern, const struct text_value *values, size_t count)
{
    struct sentence s = {.arena = arena, .locale = locale, .values = values, .count = count};
    buf_init(&s.out, BUF_LIMIT_LINE);
    put_pattern(&s, pattern, pattern + strlen(pattern), NULL, 0);
    char *text = !s.failed && buf_ok(&s.out) ? arena_strdup(arena, buf_text(&s.out)) : NULL;
    buf_release(&s.out);
    return text;
}
