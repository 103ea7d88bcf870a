#include "core/congress/delegates/find_words.h"
#include "core/base/text.h"

#include <ctype.h>
#include <string.h>

#define TAIL_DIGITS 9 /* of a phone number that is typed whole: it may have been noted with 0 or with +84 before them */

/* Two bytes each in UTF-8, and so is what stands for them. */
static int32_t plain_arabic(int32_t c)
{
    switch (c) {
    case 0x0649: /* alef maksura */
    case 0x06CC: return 0x064A;
    case 0x0629: return 0x0647; /* teh marbuta */
    case 0x06A9: return 0x0643;
    case 0x0671: return 0x0627;
    default: return c;
    }
}

/* `fold` is text_fold's; nothing gets longer. */
static char *more_plain(struct arena *arena, const char *fold)
{
    char *text = fold ? arena_strdup(arena, fold) : NULL, *out = text;
    for (const char *p = fold; text && *p;) {
        const char *start = p;
        int32_t c = text_next(&p);
        int digit = text_digit(c);
        int32_t plain = plain_arabic(c);
        if (c == 0x0640) continue; /* a stroke that only makes a word longer */
        if (digit >= 0) {
            *out++ = (char)('0' + digit);
        } else if (plain != c) {
            *out++ = (char)(0xC0 | plain >> 6);
            *out++ = (char)(0x80 | (plain & 0x3F));
        } else {
            memmove(out, start, (size_t)(p - start));
            out += p - start;
        }
    }
    if (text) *out = '\0';
    return text;
}

static char *fold(struct arena *arena, const char *text)
{
    return more_plain(arena, text_fold(arena, text ? text : ""));
}

static char *without_spaces(struct arena *arena, const char *text)
{
    char *copy = arena_strdup(arena, text), *out = copy;
    for (const char *p = copy; p && *p; p++)
        if (*p != ' ') *out++ = *p;
    if (copy) *out = '\0';
    return copy;
}

static char *digits_reversed(struct arena *arena, const char *text)
{
    size_t n = strlen(text), count = 0;
    char *digits = arena_alloc(arena, n + 1);
    for (size_t i = n; digits && i > 0; i--)
        if (isdigit((unsigned char)text[i - 1])) digits[count++] = text[i - 1];
    return digits;
}

static bool all_digits(const char *text)
{
    return *text && strspn(text, "0123456789") == strlen(text);
}

/* "007" → "7"; NULL where nothing is different. */
static const char *without_zeros(const char *joined)
{
    if (!all_digits(joined) || *joined != '0') return NULL;
    const char *bare = joined + strspn(joined, "0");
    return *bare ? bare : NULL;
}

/* --- of somebody --- */

/* A number or code: whole as one word, its parts among the rest when it has more than one. */
static enum err add_code(struct arena *arena, const char *written, bool in_whole, struct find_words *words)
{
    if (!written || !*written) return OK;
    const char *parts = fold(arena, written), *joined = parts ? without_spaces(arena, parts) : NULL;
    if (!joined) return ERR_NOMEM;
    const char *bare = without_zeros(joined), *old = in_whole ? words->whole : words->rest;
    const char *new = arena_printf(arena, "%s%s%s%s%s", old, *old ? " " : "", joined, bare && in_whole ? " " : "", bare && in_whole ? bare : "");
    if (!new) return ERR_NOMEM;
    if (in_whole) words->whole = new;
    else words->rest = new;
    if (!strchr(parts, ' ')) return OK;
    words->rest = arena_printf(arena, "%s%s%s", words->rest, *words->rest ? " " : "", parts);
    return words->rest ? OK : ERR_NOMEM;
}

enum err find_words_make(struct arena *arena, const struct find_facts *f, struct find_words *ret)
{
    struct find_words words = {.whole = ""};
    words.name = more_plain(arena, f->name ? f->name : "");
    words.rest = more_plain(arena, f->unit ? f->unit : "");
    const char *phone = fold(arena, f->phone);
    words.tail = phone ? digits_reversed(arena, phone) : NULL;
    if (!words.name || !words.rest || !words.tail) return ERR_NOMEM;
    enum err e = add_code(arena, f->number, true, &words);
    if (e == OK) e = add_code(arena, f->seat, true, &words);
    if (e == OK) e = add_code(arena, f->code, true, &words);
    if (e == OK) e = add_code(arena, f->unit_code, false, &words);
    if (e == OK) *ret = words;
    return e;
}

/* --- of what was typed --- */

static bool begins_with(const char *text, const char *beginning)
{
    return strncmp(text, beginning, strlen(beginning)) == 0;
}

static void add_word(struct find_query *q, const char *word)
{
    for (size_t i = 0; i < q->count; i++)
        if (strcmp(q->words[i], word) == 0) {
            q->last = i;
            return;
        }
    if (q->count == FIND_WORDS_MOST) return;
    q->last = q->count;
    q->words[q->count++] = word;
}

static void note_covered(struct find_query *q)
{
    for (size_t i = 0; i < q->count; i++)
        for (size_t k = 0; k < q->count; k++)
            if (k != i && begins_with(q->words[k], q->words[i])) q->covered[i] = true;
}

static enum err add_tails(struct arena *arena, struct find_query *q)
{
    for (size_t i = 0; i < q->count; i++) {
        if (!all_digits(q->words[i]) || strlen(q->words[i]) < FIND_TAIL_LEAST) continue;
        char *tail = digits_reversed(arena, q->words[i]);
        if (!tail) return ERR_NOMEM;
        if (strlen(tail) > TAIL_DIGITS) tail[TAIL_DIGITS] = '\0';
        q->tails[i] = tail;
    }
    if (!q->is_digits || strlen(q->joined) < FIND_TAIL_LEAST) return OK;
    char *tail = digits_reversed(arena, q->joined);
    if (tail && strlen(tail) > TAIL_DIGITS) tail[TAIL_DIGITS] = '\0';
    q->tail = tail;
    return tail ? OK : ERR_NOMEM;
}

enum err find_query_read(struct arena *arena, const char *typed, struct find_query *ret)
{
    struct find_query q = {.count = 0};
    if (strlen(typed) > FIND_TYPED_MOST || !text_is_utf8(typed, strlen(typed))) return ERR_INPUT;
    char *folded = fold(arena, typed);
    q.joined = folded ? without_spaces(arena, folded) : NULL;
    if (!q.joined) return ERR_NOMEM;
    for (char *word = folded; *word;) {
        char *end = word + strcspn(word, " "), *next = *end ? end + 1 : end;
        *end = '\0';
        add_word(&q, word);
        word = next;
    }
    note_covered(&q);
    q.bare = without_zeros(q.joined);
    q.is_digits = all_digits(q.joined);
    enum err e = add_tails(arena, &q);
    if (e == OK) *ret = q;
    return e;
}
