/* Search in all papers that one person may see: titles and texts of pages, with and without accents.
 *
 * The one predicate (core/congress/papers/papers.h) decides before anything is compared: papers that are hidden or ask for a PIN are not looked at, so that
 * neither a hit nor a count nor the time it took tells of them. Every word must be on the page; words in quotes, or written together ("12/BC-BCH"), must
 * follow each other. A word that is written with accents wants these accents ("đảng" does not find "dâng"), one without them finds all. When nothing is
 * found the search is loosened, and says so: accents no longer count, then the last word and a few others may go on; single letters are left out.
 *
 * Order: papers whose title has it, then papers with a page on which the words follow each other as written, then the others, each in the organiser's order;
 * within a paper the title, the pages where the words follow each other, the others by number.
 *
 * Bounded: any query takes a few looks at the index with at most SEARCH_WORDS_MOST words, of which three may go on. */
#ifndef PLENUM_CONGRESS_SEARCH_H
#define PLENUM_CONGRESS_SEARCH_H

#include "core/base/text_words.h"
#include "core/congress/papers/papers.h"

#define SEARCH_QUERY_MOST 200 /* bytes that are read of a query */
#define SEARCH_PHRASES_MOST 8
#define SEARCH_WORDS_MOST 12
#define SEARCH_BEGINNINGS_MOST 3 /* words that may go on when the search is loosened: each is a look at all words of the papers */

struct search_phrase {
    struct text_word *words;
    size_t count;
    bool marked; /* compare with accents */
    bool begins; /* the last word may go on */
};
struct search_query {
    struct search_phrase *phrases;
    size_t count;
    bool left_out; /* something that was written is not looked for */
};
/* What is written twice is looked for once; what goes beyond the bounds above is left out. count 0: there is nothing to look for. ERR_NOMEM. */
enum err search_parse(struct arena *arena, const char *text, struct search_query *ret);

/* A piece of text, in its own spelling. */
struct search_run {
    const char *text;
    bool is_hit;
};
/* All of `text` in runs; *ret_hits (may be NULL): how many phrases were found. False: out of memory. `words` remembers across calls. */
bool search_mark(struct text_words *words, const struct search_query *query, const char *text, struct search_run **ret, size_t *ret_count, size_t *ret_hits);
/* The place that has most of the phrases, about 30 words around it, "…" where text is left out. count 0: nothing is found in it. */
bool search_snippet(struct text_words *words, const struct search_query *query, const char *text, struct search_run **ret, size_t *ret_count);

enum search_way { SEARCH_AS_WRITTEN, SEARCH_WITHOUT_MARKS, SEARCH_BEGINNINGS };

struct search_hit {
    const struct paper *paper;
    int64_t page; /* 0: the title */
    struct search_run *runs;
    size_t run_count;
};
struct search_found {
    struct search_hit *hits;
    size_t count;
    size_t all;              /* titles and pages in which it stands */
    enum search_way way;
    const struct search_query *query; /* as it was used in the end */
};
struct search_wishes {
    const char *query;
    const char *language; /* of the reader: which title is meant */
    size_t skip, most;    /* of the hits */
    bool without_index;   /* as an engine without one would do it */
};
enum err papers_search(struct db *db, struct arena *arena, const struct paper_viewer *viewer, const struct search_wishes *wishes, int64_t now_ms,
                       struct search_found *ret);

#endif
