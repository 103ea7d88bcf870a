#include "core/base/text_words.h"
#include "core/base/text.h"

#include <string.h>
#include <unicode/uchar.h>
#include <unicode/uscript.h>

#define MEMO_BYTES 48 /* longer words are rare, and folded each time */

struct forms {
    const char *plain, *marked;
};

bool text_is_small_letter(int32_t c)
{
    return c > 0 && u_islower(c);
}

bool text_is_letter_or_digit(int32_t c)
{
    return c > 0 && u_isalnum(c);
}

bool text_is_dense_letter(int32_t c)
{
    if (c < 0x0e00 || !u_isalpha(c)) return false; /* Thai is the first of them */
    UErrorCode status = U_ZERO_ERROR;
    UScriptCode script = uscript_getScript(c, &status);
    return U_SUCCESS(status) && uscript_breaksBetweenLetters(script);
}

static bool is_on_letter(int32_t c)
{
    if (c < 0x300) return false;
    int8_t type = u_charType(c);
    return type == U_NON_SPACING_MARK || type == U_ENCLOSING_MARK || type == U_COMBINING_SPACING_MARK;
}

/* From the first letter or digit on; false when there is none. */
static bool find_word(const char *text, size_t from, size_t *ret_at, size_t *ret_length)
{
    const char *p = text + from, *start = NULL;
    bool dense = false;
    while (*p) {
        const char *here = p;
        int32_t c = text_next(&p);
        bool letter = c > 0 && u_isalnum(c);
        if (!start) {
            if (!letter) continue;
            start = here;
            dense = text_is_dense_letter(c);
        } else if (is_on_letter(c)) {
            continue;
        } else if (!letter || dense || text_is_dense_letter(c)) {
            p = here;
            break;
        }
    }
    if (!start) return false;
    *ret_at = (size_t)(start - text);
    *ret_length = (size_t)(p - start);
    return true;
}

static void drop_spaces(char *text)
{
    char *out = text;
    for (; *text; text++)
        if (*text != ' ') *out++ = *text;
    *out = '\0';
}

static bool fold_word(struct arena *arena, const char *word, struct forms *ret)
{
    char *plain = text_fold(arena, word), *marked = text_fold_marks(arena, word);
    if (!plain || !marked) return false;
    drop_spaces(plain);
    drop_spaces(marked);
    ret->plain = plain;
    ret->marked = strcmp(plain, marked) == 0 ? plain : marked;
    return true;
}

static bool is_ascii(const char *word, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)word[i] >= 0x80) return false;
    return true;
}

static bool forms_of(struct text_words *words, const char *word, size_t length, struct forms *ret)
{
    char small[MEMO_BYTES];
    struct forms *known = NULL;
    char *copy = length < sizeof small ? small : arena_strndup(words->arena, word, length);
    if (!copy) return false;
    memcpy(copy, word, length);
    copy[length] = '\0';
    if (copy == small && (known = map_get(&words->memo, small)) != NULL) {
        *ret = *known;
        return true;
    }
    if (is_ascii(copy, length)) {
        char *plain = arena_strndup(words->arena, copy, length);
        for (char *p = plain; p && *p; p++)
            if (*p >= 'A' && *p <= 'Z') *p = (char)(*p + 32);
        *ret = (struct forms){plain, plain};
        if (!plain) return false;
    } else if (!fold_word(words->arena, copy, ret)) {
        return false;
    }
    if (copy != small) return true;
    const char *key = arena_strndup(words->arena, small, length);
    known = arena_memdup(words->arena, ret, sizeof *ret);
    return key && known && map_put(&words->memo, key, known) == 0;
}

bool text_words_next(struct text_words *words, const char *text, size_t *at, struct text_word *ret)
{
    struct forms forms;
    size_t start, length;
    while (!words->failed && find_word(text, *at, &start, &length)) {
        *at = start + length;
        if (!forms_of(words, text + start, length, &forms)) {
            words->failed = true;
            return false;
        }
        if (!*forms.plain) continue;
        *ret = (struct text_word){start, length, forms.plain, forms.marked};
        return true;
    }
    return false;
}
