#include "core/congress/photos/words.h"

#include "core/base/buf.h"
#include "core/base/text.h"

#include <ctype.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Letters that Arabic and Persian keyboards give for the same sound, the stretching line, and digits of other scripts. */
static int32_t even_out(int32_t c)
{
    switch (c) {
    case 0x0629: return 0x0647; /* teh marbuta: heh */
    case 0x0649: case 0x06CC: return 0x064A; /* alef maksura, Farsi yeh: yeh */
    case 0x06A9: return 0x0643; /* keheh: kaf */
    case 0x0640: return 0; /* tatweel */
    default: break;
    }
    if (c >= 0x0660 && c <= 0x0669) return '0' + (c - 0x0660);
    if (c >= 0x06F0 && c <= 0x06F9) return '0' + (c - 0x06F0);
    return c;
}

static void put_letter(struct buf *out, int32_t c)
{
    if (c < 0x80) {
        buf_putc(out, (char)c);
    } else if (c < 0x800) {
        buf_putc(out, (char)(0xC0 | c >> 6));
        buf_putc(out, (char)(0x80 | (c & 0x3F)));
    }
}

static char *even_word(struct arena *arena, const char *word, size_t length)
{
    char *copy = arena_strndup(arena, word, length);
    struct buf out;
    buf_init(&out, BUF_LIMIT_LINE);
    for (const char *p = copy; p && *p;) {
        const char *start = p;
        int32_t c = text_next(&p), even = even_out(c);
        if (even == c) buf_add(&out, start, (size_t)(p - start));
        else if (even) put_letter(&out, even);
    }
    char *even = buf_ok(&out) && out.length ? arena_strdup(arena, buf_text(&out)) : copy;
    buf_release(&out);
    return even;
}

enum err photo_words_read(struct arena *arena, const char *text, struct photo_words *ret)
{
    if (!text_is_utf8(text, strlen(text))) return ERR_INPUT;
    const char *plain = text_fold(arena, text), *marked = text_fold_marks(arena, text);
    if (!plain || !marked) return ERR_NOMEM;
    ret->count = 0;
    while (*plain && *marked && ret->count < PHOTO_WORDS_MOST) {
        size_t n = strcspn(plain, " "), m = strcspn(marked, " ");
        struct photo_word *word = &ret->items[ret->count++];
        word->has_marks = n != m || memcmp(plain, marked, n) != 0;
        word->plain = even_word(arena, plain, n);
        word->marked = arena_strndup(arena, marked, m);
        if (!word->plain || !word->marked) return ERR_NOMEM;
        plain += n + (plain[n] == ' ');
        marked += m + (marked[m] == ' ');
    }
    return OK;
}

/* Where the ending begins: the last dot with one to five letters or digits behind it. */
static size_t without_ending(const char *name, size_t length)
{
    size_t dot = length;
    while (dot && name[dot - 1] != '.') dot--;
    if (dot < 2 || length == dot || length - dot > 5) return length;
    for (size_t i = dot; i < length; i++)
        if (!isalnum((unsigned char)name[i])) return length;
    return dot - 1;
}

static size_t without_spaces(const char *name, size_t length)
{
    while (length && strchr(" -_.", name[length - 1])) length--;
    return length;
}

/* "(2)" at the end. */
static size_t without_count(const char *name, size_t length)
{
    if (!length || name[length - 1] != ')') return length;
    size_t i = length - 1;
    while (i && isdigit((unsigned char)name[i - 1])) i--;
    return i && i < length - 1 && length - 1 - i <= 3 && name[i - 1] == '(' ? i - 1 : length;
}

static bool is_picture_ending(const char *name, size_t length)
{
    size_t stem = without_ending(name, length);
    if (stem == length) return false;
    static const char *const known[] = {"jpg", "jpeg", "jpe", "png", "heic", "heif", "webp", "gif", "bmp", "tif", "tiff", "avif"};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (strlen(known[i]) == length - stem - 1 && strncasecmp(known[i], name + stem + 1, length - stem - 1) == 0) return true;
    return false;
}

enum err photo_words_of_file(struct arena *arena, const char *name, struct photo_words *ret)
{
    size_t length = without_ending(name, strlen(name));
    for (size_t before = length + 1; length != before;) {
        before = length;
        length = without_spaces(name, length);
        length = without_count(name, length);
        if (is_picture_ending(name, length)) length = without_ending(name, length); /* "an.jpg.jpg" */
    }
    struct buf out;
    buf_init(&out, BUF_LIMIT_LINE);
    for (size_t i = 0; i < length; i++) {
        if (i && isupper((unsigned char)name[i]) && islower((unsigned char)name[i - 1])) buf_putc(&out, ' ');
        buf_putc(&out, name[i]);
    }
    const char *stem = buf_ok(&out) ? arena_strdup(arena, buf_text(&out)) : NULL;
    buf_release(&out);
    return stem ? photo_words_read(arena, stem, ret) : ERR_NOMEM;
}

size_t photo_words_without_copy(const struct photo_words *words)
{
    static const char *const pairs[][2] = {{"sao", "chep"}, {"ban", "sao"}};
    static const char *const single[] = {"copy", "copia", "copie", "kopie", "kopia", "副本", "نسخه"};
    size_t n = words->count;
    if (n > 1 && photo_word_is_number(&words->items[n - 1], 2)) n--; /* "an copy 2" */
    for (size_t i = 0; n > 1 && i < sizeof single / sizeof single[0]; i++)
        if (strcmp(words->items[n - 1].plain, single[i]) == 0) return n - 1;
    for (size_t i = 0; n > 2 && i < sizeof pairs / sizeof pairs[0]; i++)
        if (strcmp(words->items[n - 2].plain, pairs[i][0]) == 0 && strcmp(words->items[n - 1].plain, pairs[i][1]) == 0) return n - 2;
    return words->count;
}

char *photo_words_squeezed(struct arena *arena, const struct photo_words *words, size_t from, size_t to)
{
    struct buf out;
    buf_init(&out, BUF_LIMIT_LINE);
    for (size_t i = from; i < to; i++) buf_puts(&out, words->items[i].plain);
    char *key = buf_ok(&out) ? arena_strdup(arena, buf_text(&out)) : NULL;
    buf_release(&out);
    return key;
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

char *photo_words_sorted(struct arena *arena, const struct photo_words *words, size_t from, size_t to)
{
    const char *sorted[PHOTO_WORDS_MOST];
    for (size_t i = from; i < to; i++) sorted[i - from] = words->items[i].plain;
    qsort(sorted, to - from, sizeof sorted[0], compare);
    struct buf out;
    buf_init(&out, BUF_LIMIT_LINE);
    for (size_t i = 0; i < to - from; i++) {
        if (i) buf_putc(&out, ' ');
        buf_puts(&out, sorted[i]);
    }
    char *key = buf_ok(&out) ? arena_strdup(arena, buf_text(&out)) : NULL;
    buf_release(&out);
    return key;
}

bool photo_word_is_number(const struct photo_word *word, size_t most)
{
    size_t n = strspn(word->plain, "0123456789");
    return n && !word->plain[n] && n <= most;
}

bool photo_words_are_in(const struct photo_words *words, size_t from, size_t to, const struct photo_words *name, enum photo_marks *ret_marks)
{
    bool used[PHOTO_WORDS_MOST] = {false};
    *ret_marks = PHOTO_MARKS_SAME;
    for (size_t i = from; i < to; i++) {
        const struct photo_word *word = &words->items[i];
        size_t found = name->count;
        bool same = false;
        for (size_t k = 0; k < name->count && !same; k++) {
            if (used[k] || strcmp(word->plain, name->items[k].plain) != 0) continue;
            same = strcmp(word->marked, name->items[k].marked) == 0;
            if (same || found == name->count) found = k;
        }
        if (found == name->count) return false;
        used[found] = true;
        enum photo_marks marks = same ? PHOTO_MARKS_SAME : word->has_marks ? PHOTO_MARKS_DIFFER : PHOTO_MARKS_LEFT_OUT;
        if (marks < *ret_marks) *ret_marks = marks;
    }
    return true;
}
