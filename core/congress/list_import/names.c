#include "core/congress/list_import/names.h"
#include "core/base/text.h"

#include <stdlib.h>
#include <string.h>

#define WORDS_MOST 32
#define SHORTEST 5 /* letters of a name in which one wrong letter is still a slip and not another name */

struct word {
    const char *at;
    size_t length;
};

bool names_make(struct arena *arena, const char *name, struct name_forms *ret)
{
    ret->marked = text_fold_marks(arena, name);
    ret->plain = text_fold(arena, name);
    return ret->marked && ret->plain;
}

static size_t split(const char *text, struct word words[WORDS_MOST])
{
    size_t n = 0;
    while (*text && n < WORDS_MOST) {
        size_t length = strcspn(text, " ");
        words[n++] = (struct word){text, length};
        text += length;
        text += strspn(text, " ");
    }
    return n;
}

static bool same_word(const struct word *a, const struct word *b)
{
    return a->length == b->length && memcmp(a->at, b->at, a->length) == 0;
}

static int by_letters(const void *a, const void *b)
{
    const struct word *x = a, *y = b;
    size_t shorter = x->length < y->length ? x->length : y->length;
    int order = memcmp(x->at, y->at, shorter);
    return order ? order : (x->length > y->length) - (x->length < y->length);
}

static bool same_words(const char *a, const char *b)
{
    struct word x[WORDS_MOST], y[WORDS_MOST];
    size_t n = split(a, x), m = split(b, y);
    if (n != m) return false;
    qsort(x, n, sizeof *x, by_letters);
    qsort(y, m, sizeof *y, by_letters);
    for (size_t i = 0; i < n; i++)
        if (!same_word(&x[i], &y[i])) return false;
    return true;
}

/* First and last word are the same, and those of the shorter one stand in the longer one in their order. */
static bool misses_word(const char *a, const char *b)
{
    struct word x[WORDS_MOST], y[WORDS_MOST];
    size_t n = split(a, x), m = split(b, y);
    const struct word *longer = n > m ? x : y, *shorter = n > m ? y : x;
    size_t most = n > m ? n : m, least = n > m ? m : n, k = 0;
    if (n == m || least < 2 || !same_word(&longer[0], &shorter[0]) || !same_word(&longer[most - 1], &shorter[least - 1])) return false;
    for (size_t i = 0; i < most && k < least; i++)
        if (same_word(&longer[i], &shorter[k])) k++;
    return k == least;
}

/* Bytes stand for letters: plain forms of Latin names are ASCII, and a letter of another script that differs does so in its last byte more often than not. */
static bool one_letter(const char *a, const char *b)
{
    size_t n = strlen(a), m = strlen(b), head = 0, tail = 0;
    size_t least = n < m ? n : m;
    if (least < SHORTEST || (n > m ? n - m : m - n) > 1) return false;
    while (head < least && a[head] == b[head]) head++;
    while (tail < least - head && a[n - 1 - tail] == b[m - 1 - tail]) tail++;
    size_t rest_a = n - head - tail, rest_b = m - head - tail;
    if (rest_a <= 1 && rest_b <= 1) return true;
    return rest_a == 2 && rest_b == 2 && a[head] == b[head + 1] && a[head + 1] == b[head];
}

enum likeness names_compare(const struct name_forms *a, const struct name_forms *b)
{
    if (strcmp(a->marked, b->marked) == 0) return NAMES_EQUAL;
    if (strcmp(a->plain, b->plain) == 0) return NAMES_MARKS;
    if (same_words(a->plain, b->plain)) return NAMES_ORDER;
    if (misses_word(a->plain, b->plain)) return NAMES_WORD;
    return one_letter(a->plain, b->plain) ? NAMES_LETTER : NAMES_UNLIKE;
}

bool names_contain(const struct name_forms *a, const struct name_forms *b)
{
    struct word x[WORDS_MOST], y[WORDS_MOST];
    size_t n = split(a->plain, x), m = split(b->plain, y), found = 0;
    const struct word *longer = n > m ? x : y, *shorter = n > m ? y : x;
    size_t most = n > m ? n : m, least = n > m ? m : n;
    for (size_t i = 0; i < most && found < least; i++) found += same_word(&longer[i], &shorter[found]);
    return least > 1 && found == least;
}

char *names_sorted(struct arena *arena, const char *plain)
{
    struct word words[WORDS_MOST];
    size_t n = split(plain, words), at = 0;
    char *text = arena_alloc(arena, strlen(plain) + 2);
    if (!text) return NULL;
    qsort(words, n, sizeof *words, by_letters);
    for (size_t i = 0; i < n; i++) {
        if (i) text[at++] = ' ';
        memcpy(text + at, words[i].at, words[i].length);
        at += words[i].length;
    }
    return text;
}

const char *names_last_word(const char *plain)
{
    const char *space = strrchr(plain, ' ');
    return space ? space + 1 : plain;
}
