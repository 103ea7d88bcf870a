/* What is looked for, and where it stands in a text. */
#include "core/base/buf.h"
#include "core/base/text.h"
#include "core/congress/papers/search.h"

#include <string.h>

#define TEXT_WORDS_MOST 60000 /* of one text; a page has some hundred */
#define SNIPPET_BEFORE 8
#define SNIPPET_WORDS 30
#define SNIPPET_BYTES 320
#define FIRST 0x80

/* --- the query ------------------------------------------------------------------------------------------------------------------------- */

/* „…“, “…”, «…» and "…" are quotes; the length of the one at `p`, 0 when there is none. */
static size_t quote_at(const char *p)
{
    static const char *const quotes[] = {"\"", "“", "”", "„", "«", "»", "「", "」"};
    for (size_t i = 0; i < sizeof quotes / sizeof quotes[0]; i++)
        if (strncmp(p, quotes[i], strlen(quotes[i])) == 0) return strlen(quotes[i]);
    return 0;
}

static bool is_same(const struct search_phrase *a, const struct search_phrase *b)
{
    if (a->count != b->count || a->marked != b->marked) return false;
    for (size_t i = 0; i < a->count; i++)
        if (strcmp(a->words[i].marked, b->words[i].marked) != 0) return false;
    return true;
}

static bool is_known(const struct search_query *query, const struct search_phrase *phrase)
{
    for (size_t i = 0; i < query->count; i++)
        if (is_same(&query->phrases[i], phrase)) return true;
    return false;
}

static bool add_phrase(struct text_words *words, const char *piece, struct search_query *query, size_t *room)
{
    struct text_word word;
    struct search_phrase *phrase = &query->phrases[query->count];
    size_t at = 0;
    *phrase = (struct search_phrase){.words = arena_array(words->arena, *room + 1, sizeof *phrase->words)};
    if (!phrase->words) return false;
    while (text_words_next(words, piece, &at, &word)) {
        if (phrase->count == *room) {
            query->left_out = true;
            break;
        }
        phrase->words[phrase->count++] = word;
        if (word.marked != word.plain) phrase->marked = true;
    }
    if (!phrase->count || is_known(query, phrase)) return !words->failed;
    *room -= phrase->count;
    query->count++;
    return !words->failed;
}

enum err search_parse(struct arena *arena, const char *text, struct search_query *ret)
{
    struct text_words words = {.arena = arena, .memo = {.arena = arena}};
    struct search_query query = {.phrases = arena_array(arena, SEARCH_PHRASES_MOST, sizeof *query.phrases)};
    char *copy = arena_strndup(arena, text, SEARCH_QUERY_MOST);
    size_t room = SEARCH_WORDS_MOST;
    if (!query.phrases || !copy) return ERR_NOMEM;
    query.left_out = strlen(copy) < strlen(text);
    for (size_t n = strlen(copy); n && !text_is_utf8(copy, n);) copy[--n] = '\0'; /* a letter that was cut */
    bool quoted = false;
    for (char *p = copy; *p;) {
        if (query.count == SEARCH_PHRASES_MOST || !room) { /* blanks and signs may follow */
            struct text_word word;
            size_t at = 0;
            query.left_out = query.left_out || text_words_next(&words, p, &at, &word);
            break;
        }
        size_t n = 0, quote = quote_at(p);
        if (quote) {
            quoted = !quoted;
            p += quote;
            continue;
        }
        while (p[n] && !quote_at(p + n) && (quoted || (p[n] != ' ' && p[n] != '\t' && p[n] != '\n'))) n++;
        char *piece = arena_strndup(arena, p, n);
        if (!piece || (n && !add_phrase(&words, piece, &query, &room))) return ERR_NOMEM;
        p += n + (n == 0);
    }
    *ret = query;
    return OK;
}

/* --- where it stands ------------------------------------------------------------------------------------------------------------------------ */

struct text_hits {
    struct text_word *words;
    unsigned char *phrase; /* of each word: 1 + the phrase that it belongs to, 0: none; with FIRST where the phrase begins */
    size_t count;
};

static bool word_fits(const struct search_phrase *phrase, size_t i, const struct text_word *word)
{
    const char *wanted = phrase->marked ? phrase->words[i].marked : phrase->words[i].plain, *have = phrase->marked ? word->marked : word->plain;
    if (phrase->begins && i + 1 == phrase->count) return strncmp(have, wanted, strlen(wanted)) == 0;
    return strcmp(have, wanted) == 0;
}

static bool phrase_fits(const struct search_phrase *phrase, const struct text_hits *text, size_t at)
{
    if (at + phrase->count > text->count) return false;
    for (size_t i = 0; i < phrase->count; i++)
        if (!word_fits(phrase, i, &text->words[at + i])) return false;
    return true;
}

/* The words of a text with what of them is looked for. False: out of memory. */
static bool find_hits(struct text_words *words, const struct search_query *query, const char *text, struct text_hits *ret, size_t *ret_phrases)
{
    size_t capacity = 0, at = 0;
    unsigned seen = 0;
    struct text_word word;
    *ret = (struct text_hits){.count = 0};
    while (ret->count < TEXT_WORDS_MOST && text_words_next(words, text, &at, &word)) {
        if (arena_grow(words->arena, &ret->words, &capacity, ret->count, sizeof *ret->words) != 0) return false;
        ret->words[ret->count++] = word;
    }
    ret->phrase = arena_alloc(words->arena, ret->count + 1);
    if (words->failed || !ret->phrase) return false;
    for (size_t i = 0; i < ret->count; i++)
        for (size_t k = 0; k < query->count; k++) {
            if (!phrase_fits(&query->phrases[k], ret, i)) continue;
            seen |= 1u << k;
            memset(ret->phrase + i, (int)k + 1, query->phrases[k].count);
            ret->phrase[i] |= FIRST;
        }
    if (ret_phrases) *ret_phrases = (size_t)__builtin_popcount(seen);
    return true;
}

static bool add_run(struct arena *arena, const char *text, size_t length, bool is_hit, struct search_run **runs, size_t *capacity, size_t *count)
{
    if (!length) return true;
    if (arena_grow(arena, runs, capacity, *count, sizeof **runs) != 0) return false;
    char *copy = arena_strndup(arena, text, length);
    for (char *p = copy; p && *p; p++)
        if (*p == '\n' || *p == '\t') *p = ' ';
    (*runs)[(*count)++] = (struct search_run){copy, is_hit};
    return copy != NULL;
}

/* The bytes from `from` to `until` as runs; the words of one phrase are one hit. */
static bool make_runs(struct arena *arena, const char *text, size_t from, size_t until, const struct text_hits *hits, struct search_run **runs, size_t *capacity,
                      size_t *count)
{
    size_t at = from;
    bool good = true;
    for (size_t i = 0; good && i < hits->count; i++) {
        const struct text_word *word = &hits->words[i];
        if (!hits->phrase[i] || word->at < from || word->at + word->length > until) continue;
        size_t last = i;
        while (last + 1 < hits->count && hits->phrase[last + 1] == (hits->phrase[i] & ~FIRST) && hits->words[last + 1].at + hits->words[last + 1].length <= until) last++;
        size_t end = hits->words[last].at + hits->words[last].length;
        good = add_run(arena, text + at, word->at - at, false, runs, capacity, count) && add_run(arena, text + word->at, end - word->at, true, runs, capacity, count);
        at = end;
        i = last;
    }
    return good && add_run(arena, text + at, until - at, false, runs, capacity, count);
}

bool search_mark(struct text_words *words, const struct search_query *query, const char *text, struct search_run **ret, size_t *ret_count, size_t *ret_hits)
{
    struct text_hits hits;
    size_t capacity = 0;
    *ret = NULL;
    *ret_count = 0;
    return find_hits(words, query, text, &hits, ret_hits) && make_runs(words->arena, text, 0, strlen(text), &hits, ret, &capacity, ret_count);
}

/* The hit around which most phrases stand; hits->count when there is none. */
static size_t best_hit(const struct text_hits *hits)
{
    size_t best = hits->count;
    int most = 0;
    for (size_t i = 0; i < hits->count; i++) {
        unsigned seen = 0;
        if (!hits->phrase[i]) continue;
        for (size_t k = i; k < hits->count && k < i + SNIPPET_WORDS - SNIPPET_BEFORE; k++)
            if (hits->phrase[k]) seen |= 1u << (hits->phrase[k] & ~FIRST);
        if (__builtin_popcount(seen) <= most) continue;
        most = __builtin_popcount(seen);
        best = i;
    }
    return best;
}

bool search_snippet(struct text_words *words, const struct search_query *query, const char *text, struct search_run **ret, size_t *ret_count)
{
    struct text_hits hits;
    size_t capacity = 0;
    *ret = NULL;
    *ret_count = 0;
    if (!find_hits(words, query, text, &hits, NULL)) return false;
    size_t best = best_hit(&hits);
    if (best == hits.count) return true;
    size_t first = best > SNIPPET_BEFORE ? best - SNIPPET_BEFORE : 0, last = first;
    while (last + 1 < hits.count && last - first < SNIPPET_WORDS && hits.words[last + 1].at + hits.words[last + 1].length - hits.words[first].at < SNIPPET_BYTES) last++;
    size_t from = first ? hits.words[first].at : 0, until = last + 1 < hits.count ? hits.words[last].at + hits.words[last].length : strlen(text);
    if (until - from > 2 * SNIPPET_BYTES) from = hits.words[first].at, until = hits.words[last].at + hits.words[last].length;
    if (from && !add_run(words->arena, "… ", strlen("… "), false, ret, &capacity, ret_count)) return false;
    if (!make_runs(words->arena, text, from, until, &hits, ret, &capacity, ret_count)) return false;
    return until == strlen(text) || add_run(words->arena, " …", strlen(" …"), false, ret, &capacity, ret_count);
}
