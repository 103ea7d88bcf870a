#include "core/base/text.h"

#include <ctype.h>
#include <string.h>
#include <unicode/ubrk.h>
#include <unicode/uchar.h>
#include <unicode/ucol.h>
#include <unicode/uloc.h>
#include <unicode/unorm2.h>
#include <unicode/uscript.h>
#include <unicode/ustring.h>
#include <unicode/utf8.h>

#define SORT_KEY_BYTES 120

bool text_is_utf8(const char *text, size_t length)
{
    if (length > INT32_MAX) return false;
    int32_t i = 0;
    while (i < (int32_t)length) {
        UChar32 c;
        U8_NEXT(text, i, (int32_t)length, c);
        if (c <= 0) return false;
    }
    return true;
}

bool text_is_printable(const char *text)
{
    if (!text_is_utf8(text, strlen(text))) return false;
    for (const unsigned char *p = (const unsigned char *)text; *p; p++)
        if ((*p < 0x20 && *p != '\t' && *p != '\n') || *p == 0x7f) return false;
    return true;
}

int32_t text_next(const char **cursor)
{
    if (!**cursor) return -1;
    int32_t i = 0;
    UChar32 c;
    U8_NEXT(*cursor, i, -1, c);
    *cursor += i;
    return c < 0 ? -1 : c;
}

int text_digit(int32_t character)
{
    return character < 0 ? -1 : u_charDigitValue(character);
}

size_t text_length(const char *text)
{
    size_t n = 0;
    for (; *text; text++) n += ((unsigned char)*text & 0xC0) != 0x80;
    return n;
}

/* UTF-16 copy for ICU; the length comes back in `ret_length`. NULL when invalid or out of memory. */
static UChar *to_utf16(struct arena *arena, const char *text, int32_t *ret_length)
{
    size_t bytes = strlen(text);
    if (!text_is_utf8(text, bytes)) return NULL;
    UChar *wide = arena_array(arena, bytes + 1, sizeof *wide);
    if (!wide) return NULL;
    UErrorCode status = U_ZERO_ERROR;
    u_strFromUTF8(wide, (int32_t)bytes + 1, ret_length, text, (int32_t)bytes, &status);
    return U_SUCCESS(status) ? wide : NULL;
}

static char *from_utf16(struct arena *arena, const UChar *wide, int32_t length)
{
    size_t room = (size_t)length * 3 + 1;
    char *text = arena_alloc(arena, room);
    if (!text) return NULL;
    UErrorCode status = U_ZERO_ERROR;
    u_strToUTF8(text, (int32_t)room, NULL, wide, length, &status);
    return U_SUCCESS(status) ? text : NULL;
}

static UChar *normalize(struct arena *arena, const UNormalizer2 *form, const UChar *wide, int32_t length, int32_t *ret_length)
{
    UErrorCode status = U_ZERO_ERROR;
    int32_t need = unorm2_normalize(form, wide, length, NULL, 0, &status);
    if (status != U_BUFFER_OVERFLOW_ERROR && U_FAILURE(status)) return NULL;
    UChar *out = arena_array(arena, (size_t)need + 1, sizeof *out);
    if (!out) return NULL;
    status = U_ZERO_ERROR;
    *ret_length = unorm2_normalize(form, wide, length, out, need + 1, &status);
    return U_SUCCESS(status) ? out : NULL;
}

static bool is_ascii(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text >= 0x80) return false;
    return true;
}

char *text_nfc(struct arena *arena, const char *text)
{
    if (is_ascii(text)) return arena_strdup(arena, text);
    int32_t length, normal_length;
    UChar *wide = to_utf16(arena, text, &length);
    UErrorCode status = U_ZERO_ERROR;
    const UNormalizer2 *form = unorm2_getNFCInstance(&status);
    if (!wide || U_FAILURE(status)) return NULL;
    UChar *normal = normalize(arena, form, wide, length, &normal_length);
    return normal ? from_utf16(arena, normal, normal_length) : NULL;
}

/* Marks of direction that turn what follows (UAX 9: embeddings, overrides, isolates), spaces of no width, soft hyphens and the like: nobody types them into a
 * name, they come along when it is copied, and a badge would be printed backwards. The joiners that Persian and Indic spelling needs are none of these. */
static bool is_stray(UChar32 c)
{
    return (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x206F) || c == 0x00AD || c == 0x180E || c == 0x200B || c == 0x2060 || c == 0xFEFF ||
           (c >= 0xFFF9 && c <= 0xFFFB) || (c >= 0xE0000 && c <= 0xE007F);
}

/* `to_set`: a text that is about to be set, in which no-break spaces hold and marks of direction are our own. */
static char *tidy(struct arena *arena, const char *text, bool to_set)
{
    char *normal = text_nfc(arena, text);
    if (!normal) return NULL;
    char *out = normal;
    bool seen = to_set, space = false, glued = false; /* white space goes before; all of it is one no-break space, which is no longer than what it stands for */
    const char *p = normal;
    while (*p) {
        const char *start = p;
        int32_t c = text_next(&p);
        if (!to_set && is_stray(c)) continue;
        if (c >= 0 && u_isUWhiteSpace(c)) {
            glued = to_set && !space && (c == 0xA0 || c == 0x202F);
            space = out != normal;
            continue;
        }
        if (space && glued) *out++ = '\xC2', *out++ = '\xA0';
        else if (space) *out++ = ' ';
        space = glued = false;
        seen = seen || !u_hasBinaryProperty(c, UCHAR_DEFAULT_IGNORABLE_CODE_POINT);
        size_t n = (size_t)(p - start);
        memmove(out, start, n);
        out += n;
    }
    *(seen ? out : normal) = '\0';
    return normal;
}

char *text_tidy(struct arena *arena, const char *text)
{
    return tidy(arena, text, false);
}

char *text_tidy_to_set(struct arena *arena, const char *text)
{
    return tidy(arena, text, true);
}

static bool is_mark(UChar32 c)
{
    int8_t type = u_charType(c);
    return type == U_NON_SPACING_MARK || type == U_ENCLOSING_MARK || type == U_COMBINING_SPACING_MARK;
}

/* Letters of Latin script that Unicode does not decompose, as people type them who do not have them on their keys. Case is folded before. */
static const char *plain_letter(UChar32 c)
{
    static const struct {
        UChar32 letter;
        const char *plain;
    } letters[] = {{0x00e6, "ae"}, {0x00f0, "d"}, {0x00f8, "o"}, {0x00fe, "th"}, {0x0111, "d"}, {0x0127, "h"}, {0x0131, "i"}, {0x0142, "l"},
                 {0x0153, "oe"}, {0x0167, "t"}};
    for (size_t i = 0; i < sizeof letters / sizeof letters[0]; i++)
        if (letters[i].letter == c) return letters[i].plain;
    return NULL;
}

/* The marks of one word, in order, so that it does not matter on which letter of a syllable somebody put them ("hoà", "hòa"). */
#define MARKS_MOST 24
struct word_marks {
    UChar32 items[MARKS_MOST];
    size_t count;
};

static void marks_add(struct word_marks *marks, UChar32 c)
{
    size_t at = marks->count;
    if (at == MARKS_MOST) return;
    for (; at && marks->items[at - 1] > c; at--) marks->items[at] = marks->items[at - 1];
    marks->items[at] = c;
    marks->count++;
}

static int32_t marks_end(struct word_marks *marks, UChar *kept, int32_t out)
{
    for (size_t i = 0; i < marks->count; i++) U16_APPEND_UNSAFE(kept, out, marks->items[i]);
    marks->count = 0;
    return out;
}

static char *fold(struct arena *arena, const char *text, bool with_marks)
{
    int32_t length, wide_length;
    UChar *raw = to_utf16(arena, text, &length);
    UErrorCode status = U_ZERO_ERROR;
    const UNormalizer2 *form = unorm2_getNFKDInstance(&status);
    if (!raw || U_FAILURE(status)) return NULL;
    UChar *wide = normalize(arena, form, raw, length, &wide_length);
    /* Full case folding makes one character three at most (CaseFolding.txt, status F). */
    UChar *folded = wide ? arena_array(arena, (size_t)wide_length * 3 + 1, sizeof *folded) : NULL;
    if (!folded) return NULL;
    int32_t n = u_strFoldCase(folded, wide_length * 3 + 1, wide, wide_length, U_FOLD_CASE_DEFAULT, &status);
    UChar *kept = U_SUCCESS(status) ? arena_array(arena, (size_t)n * 3 + 1, sizeof *kept) : NULL;
    if (!kept) return NULL;
    struct word_marks marks = {.count = 0};
    int32_t out = 0;
    bool space = false;
    for (int32_t i = 0; i < n;) {
        int32_t start = i;
        UChar32 c;
        U16_NEXT(folded, i, n, c);
        if (is_mark(c)) {
            if (with_marks && out && !space) marks_add(&marks, c);
            continue;
        }
        if (!u_isalnum(c)) {
            out = marks_end(&marks, kept, out);
            space = out > 0;
            continue;
        }
        if (space) kept[out++] = ' '; /* room for it: at least one unit was skipped for this space */
        space = false;
        const char *plain = plain_letter(c);
        if (plain && with_marks) marks_add(&marks, c);
        for (const char *p = plain; p && *p; p++) kept[out++] = (UChar)*p;
        while (!plain && start < i) kept[out++] = folded[start++];
    }
    return from_utf16(arena, kept, marks_end(&marks, kept, out));
}

char *text_caseless(struct arena *arena, const char *text)
{
    int32_t length, wide_length;
    UErrorCode status = U_ZERO_ERROR;
    UChar *raw = to_utf16(arena, text, &length);
    const UNormalizer2 *form = unorm2_getNFCInstance(&status);
    UChar *wide = raw && U_SUCCESS(status) ? normalize(arena, form, raw, length, &wide_length) : NULL;
    UChar *folded = wide ? arena_array(arena, (size_t)wide_length * 3 + 1, sizeof *folded) : NULL;
    if (!folded) return NULL;
    int32_t n = u_strFoldCase(folded, wide_length * 3 + 1, wide, wide_length, U_FOLD_CASE_DEFAULT, &status);
    return U_SUCCESS(status) ? from_utf16(arena, folded, n) : NULL;
}

char *text_capitalize(struct arena *arena, const char *text)
{
    int32_t length, wide_length, out = 0;
    UErrorCode status = U_ZERO_ERROR;
    UChar *raw = to_utf16(arena, text, &length);
    const UNormalizer2 *form = unorm2_getNFCInstance(&status);
    UChar *wide = raw && U_SUCCESS(status) ? normalize(arena, form, raw, length, &wide_length) : NULL;
    UChar *made = wide ? arena_array(arena, (size_t)wide_length * 2 + 1, sizeof *made) : NULL;
    if (!made) return NULL;
    bool within = false;
    for (int32_t i = 0; i < wide_length;) {
        UChar32 c;
        U16_NEXT(wide, i, wide_length, c);
        UChar32 cased = within ? u_tolower(c) : u_totitle(c);
        within = u_isalnum(c) || is_mark(c);
        U16_APPEND_UNSAFE(made, out, cased);
    }
    return from_utf16(arena, made, out);
}

char *text_fold(struct arena *arena, const char *text)
{
    return fold(arena, text, false);
}

char *text_fold_marks(struct arena *arena, const char *text)
{
    return fold(arena, text, true);
}

static char *hex_of(struct arena *arena, const uint8_t *bytes, size_t n)
{
    static const char digits[] = "0123456789abcdef";
    char *hex = arena_alloc(arena, n * 2 + 1);
    if (!hex) return NULL;
    for (size_t i = 0; i < n; i++) {
        hex[2 * i] = digits[bytes[i] >> 4];
        hex[2 * i + 1] = digits[bytes[i] & 15];
    }
    return hex;
}

char *text_sort_key(struct arena *arena, const char *locale, const char *text)
{
    int32_t length;
    UChar *wide = to_utf16(arena, text, &length);
    if (!wide) return NULL;
    UErrorCode status = U_ZERO_ERROR;
    UCollator *collator = ucol_open(locale, &status);
    if (U_FAILURE(status)) return NULL;
    uint8_t key[4 * SORT_KEY_BYTES];
    int32_t n = ucol_getSortKey(collator, wide, length, key, sizeof key);
    ucol_close(collator);
    if (n < 1) return NULL;
    if (n > SORT_KEY_BYTES) n = SORT_KEY_BYTES;
    return hex_of(arena, key, (size_t)n);
}

static bool is_latin(const char *name)
{
    while (*name) {
        int32_t c = text_next(&name);
        if (c < 0 || !u_isalpha(c)) continue;
        UErrorCode status = U_ZERO_ERROR;
        if (uscript_getScript(c, &status) != USCRIPT_LATIN) return false;
    }
    return true;
}

char *text_person_sort_key(struct arena *arena, const char *locale, const char *name, const char *sort_name)
{
    if (sort_name && *sort_name) return text_sort_key(arena, locale, sort_name);
    const char *space = strrchr(name, ' ');
    if (strncmp(locale, "vi", 2) != 0 || !space || !space[1] || !is_latin(name)) return text_sort_key(arena, locale, name);
    char *turned = arena_printf(arena, "%s %.*s", space + 1, (int)(space - name), name);
    if (!turned) return NULL;
    /* The given name decides alone before the family name is looked at: "An Z" stands before "Ân A". A plain key of the turned
     * text compares all base letters before any accent, so the given name's key goes first, closed by a low byte. */
    char *given = text_sort_key(arena, locale, space + 1);
    char *all = text_sort_key(arena, locale, turned);
    return given && all ? arena_printf(arena, "%s00%s", given, all) : NULL;
}

static size_t find_breaks(struct arena *arena, UBreakIteratorType type, const char *locale, const char *text, size_t **ret_offsets)
{
    UErrorCode status = U_ZERO_ERROR;
    size_t bytes = strlen(text);
    UText view = UTEXT_INITIALIZER;
    utext_openUTF8(&view, text, (int64_t)bytes, &status);
    UBreakIterator *breaks = ubrk_open(type, locale, NULL, 0, &status);
    size_t n = 0;
    size_t *offsets = arena_array(arena, bytes + 1, sizeof *offsets);
    if (U_SUCCESS(status) && offsets) {
        ubrk_setUText(breaks, &view, &status);
        for (int32_t at = ubrk_next(breaks); U_SUCCESS(status) && at != UBRK_DONE; at = ubrk_next(breaks)) offsets[n++] = (size_t)at;
    }
    if (breaks) ubrk_close(breaks);
    utext_close(&view);
    *ret_offsets = offsets;
    return n;
}

size_t text_line_breaks(struct arena *arena, const char *locale, const char *text, size_t **ret_offsets)
{
    return find_breaks(arena, UBRK_LINE, locale, text, ret_offsets);
}

size_t text_letter_breaks(struct arena *arena, const char *text, size_t **ret_offsets)
{
    return find_breaks(arena, UBRK_CHARACTER, "", text, ret_offsets);
}

bool text_equal_ignoring_case(const char *a, const char *b)
{
    for (; *a && *b; a++, b++) {
        int x = *a >= 'A' && *a <= 'Z' ? *a + 32 : *a;
        int y = *b >= 'A' && *b <= 'Z' ? *b + 32 : *b;
        if (x != y) return false;
    }
    return *a == *b;
}

static bool is_ascii_alnum(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool text_is_code(const char *text)
{
    size_t n = strlen(text);
    if (n < 1 || n > 64) return false;
    for (; *text; text++)
        if (!is_ascii_alnum(*text) && !strchr("._-", *text)) return false;
    return true;
}

bool text_is_slug(const char *text)
{
    size_t n = strlen(text);
    if (n < 1 || n > 63 || *text == '-') return false;
    for (; *text; text++)
        if (!(*text >= 'a' && *text <= 'z') && !(*text >= '0' && *text <= '9') && *text != '-') return false;
    return true;
}

bool text_is_language(const char *text)
{
    size_t part = 0;
    bool first = true;
    for (const char *p = text;; p++) {
        if (*p == '-' || *p == '\0') {
            if (part < (first ? 2u : 1u) || part > 8) return false;
            if (!*p) return true;
            first = false;
            part = 0;
            continue;
        }
        if (!is_ascii_alnum(*p) || (first && isdigit((unsigned char)*p))) return false;
        part++;
    }
}

bool text_is_of_language(const char *tag, const char *language)
{
    size_t n = strlen(language);
    return tag && strncasecmp(tag, language, n) == 0 && (tag[n] == '\0' || tag[n] == '-');
}

bool text_is_right_to_left(const char *tag) { return tag && text_is_language(tag) && uloc_isRightToLeft(tag); }
