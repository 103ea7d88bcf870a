#include "core/congress/papers/search.h"
#include "core/base/buf.h"
#include "core/congress/papers/reading.h"
#include "core/congress/papers/reflow.h"
#include "core/congress/title.h"
#include "core/db/words.h"

#include "catalogue.h"

#include <stdlib.h>
#include <string.h>

#define PLACE_PAGES 4096 /* as core/congress/papers/reading.c numbers pages in the index */

/* A paper that may be looked at. */
struct shelf_item {
    int64_t place; /* DB_NULL: not in the index */
    size_t paper;
};

struct raw_hit {
    size_t paper;
    int64_t page;   /* 0: the title */
    bool together;  /* the words follow each other as written */
    int rank;       /* of its paper: 0 its title has it, 1 they are together on a page, 2 the rest */
};

struct searching {
    struct db *db;
    struct arena *arena;
    const struct search_wishes *wishes;
    struct text_words words;
    struct search_query query;
    struct paper *papers;  /* those that are open, and no others */
    size_t paper_count;
    struct shelf_item *shelf; /* by place */
    size_t shelf_count;
    struct raw_hit *hits;
    size_t hit_count, hit_capacity;
    bool together;         /* what is found now are all words of the query as one phrase */
};

static int by_place(const void *a, const void *b)
{
    const struct shelf_item *x = a, *y = b;
    if (x->place != y->place) return x->place < y->place ? -1 : 1;
    return x->paper < y->paper ? -1 : x->paper > y->paper;
}

static int by_paper(const void *a, const void *b)
{
    const struct raw_hit *x = a, *y = b;
    if (x->paper != y->paper) return x->paper < y->paper ? -1 : 1;
    return x->page < y->page ? -1 : x->page > y->page;
}

static int by_worth(const void *a, const void *b)
{
    const struct raw_hit *x = a, *y = b;
    if (x->rank != y->rank) return x->rank - y->rank;
    if (x->paper != y->paper) return x->paper < y->paper ? -1 : 1;
    if (!x->page != !y->page) return x->page ? 1 : -1;
    if (x->together != y->together) return x->together ? -1 : 1;
    return by_paper(a, b);
}

/* What is not open is left here, before anything is looked for. */
static enum err load_shelf(struct searching *s, const struct paper_viewer *viewer, int64_t now_ms)
{
    struct sql_reading_places_row *places;
    size_t all, count, open = 0;
    enum err e = papers_list(s->db, s->arena, viewer, now_ms, &s->papers, &all);
    if (e == OK) e = sql_reading_places(s->db, s->arena, viewer->event_id, &places, &count);
    if (e != OK) return e;
    for (size_t i = 0; i < all; i++)
        if (s->papers[i].access == PAPER_OPEN) s->papers[open++] = s->papers[i];
    s->paper_count = open;
    s->shelf = arena_array(s->arena, open + 1, sizeof *s->shelf);
    if (!s->shelf) return ERR_NOMEM;
    for (size_t i = 0; i < open; i++)
        for (size_t k = 0; k < count; k++)
            if (places[k].document_id == s->papers[i].id) s->shelf[s->shelf_count++] = (struct shelf_item){places[k].place, i};
    if (s->shelf_count) qsort(s->shelf, s->shelf_count, sizeof *s->shelf, by_place);
    return OK;
}

/* In a second look, for the words together, hits are known already: those of pages are in order of paper and page then. */
static enum err add_hit(struct searching *s, size_t paper, int64_t page)
{
    const struct raw_hit wanted = {.paper = paper, .page = page};
    struct raw_hit *known = s->together ? bsearch(&wanted, s->hits, s->hit_count, sizeof *s->hits, by_paper) : NULL;
    if (known) known->together = true;
    if (s->together) return OK;
    if (arena_grow(s->arena, &s->hits, &s->hit_capacity, s->hit_count, sizeof *s->hits) != 0) return ERR_NOMEM;
    s->hits[s->hit_count++] = wanted;
    return OK;
}

/* The same file as two papers has one place: each of them gets the hit. */
static enum err take_number(void *context, int64_t number)
{
    struct searching *s = context;
    int64_t place = number / PLACE_PAGES;
    size_t low = 0, high = s->shelf_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (s->shelf[middle].place < place) low = middle + 1;
        else high = middle;
    }
    enum err e = OK;
    for (; e == OK && low < s->shelf_count && s->shelf[low].place == place; low++) e = add_hit(s, s->shelf[low].paper, number % PLACE_PAGES);
    return e;
}

static const char *write_words(struct arena *arena, const struct search_phrase *phrase)
{
    struct buf out;
    buf_init(&out, BUF_LIMIT_LINE);
    for (size_t k = 0; k < phrase->count; k++) {
        if (k) buf_putc(&out, ' ');
        buf_puts(&out, phrase->marked ? phrase->words[k].marked : phrase->words[k].plain);
    }
    char *text = buf_ok(&out) ? arena_strdup(arena, buf_text(&out)) : NULL;
    buf_release(&out);
    return text;
}

static enum err find_in_index(struct searching *s)
{
    struct db_phrase *phrases = arena_array(s->arena, s->query.count + 1, sizeof *phrases);
    if (!phrases) return ERR_NOMEM;
    for (size_t i = 0; i < s->query.count; i++) {
        const struct search_phrase *phrase = &s->query.phrases[i];
        const char *words = write_words(s->arena, phrase);
        if (!words) return ERR_NOMEM;
        phrases[i] = (struct db_phrase){words, phrase->marked, phrase->begins};
    }
    return db_words_find(s->db, phrases, s->query.count, take_number, s);
}

static enum err load_text(struct searching *s, const struct paper *paper, int64_t page, const char **ret)
{
    struct reading_page *pages;
    size_t count;
    enum err e = reading_load_pages(s->db, s->arena, paper->sha256, page, page, &pages, &count);
    if (e == OK) *ret = count ? reflow_text(s->arena, pages[0].text) : "";
    return e == OK && !*ret ? ERR_NOMEM : e;
}

/* The longest word says where it may be; the text itself says where it is. */
static enum err find_without_index(struct searching *s)
{
    const char *longest = "";
    for (size_t i = 0; i < s->query.count; i++)
        for (size_t k = 0; k < s->query.phrases[i].count; k++)
            if (strlen(s->query.phrases[i].words[k].plain) > strlen(longest)) longest = s->query.phrases[i].words[k].plain;
    const char *pattern = arena_printf(s->arena, "%%%s%%", longest);
    for (size_t i = 0; i < s->paper_count; i++) {
        struct sql_reading_like_row *rows;
        size_t count = 0;
        enum err e = pattern ? sql_reading_like(s->db, s->arena, s->papers[i].sha256, pattern, &rows, &count) : ERR_NOMEM;
        for (size_t k = 0; e == OK && k < count; k++) {
            const char *text;
            struct search_run *runs;
            size_t run_count, phrases = 0;
            e = load_text(s, &s->papers[i], rows[k].page, &text);
            if (e == OK && !search_mark(&s->words, &s->query, text, &runs, &run_count, &phrases)) e = ERR_NOMEM;
            if (e == OK && phrases == s->query.count) e = add_hit(s, i, rows[k].page);
        }
        if (e != OK) return e;
    }
    return OK;
}

static const char *title_of(struct searching *s, const struct paper *paper)
{
    const char *title = title_pick(s->arena, paper->title, s->wishes->language ? s->wishes->language : "vi");
    return paper->number ? arena_printf(s->arena, "%s · %s", title, paper->number) : title;
}

static enum err find_titles(struct searching *s)
{
    for (size_t i = 0; i < s->paper_count; i++) {
        struct search_run *runs;
        size_t count, phrases = 0;
        const char *title = title_of(s, &s->papers[i]);
        if (!title || !search_mark(&s->words, &s->query, title, &runs, &count, &phrases)) return ERR_NOMEM;
        enum err e = phrases == s->query.count ? add_hit(s, i, 0) : OK;
        if (e != OK) return e;
    }
    return OK;
}

static enum err find_pages(struct searching *s)
{
    return s->wishes->without_index || !db_has_words(s->db) ? find_without_index(s) : find_in_index(s);
}

/* Marks the pages on which all words follow each other as written, and gives each paper its rank. */
static enum err judge_hits(struct searching *s)
{
    struct search_query whole = s->query;
    struct search_phrase joined = {.words = arena_array(s->arena, SEARCH_WORDS_MOST + 1, sizeof *joined.words), .marked = true};
    int *ranks = arena_array(s->arena, s->paper_count + 1, sizeof *ranks);
    if (!joined.words || !ranks) return ERR_NOMEM;
    for (size_t i = 0; i < whole.count; i++) {
        for (size_t k = 0; k < whole.phrases[i].count; k++) joined.words[joined.count++] = whole.phrases[i].words[k];
        joined.marked = joined.marked && whole.phrases[i].marked;
        joined.begins = whole.phrases[i].begins;
    }
    qsort(s->hits, s->hit_count, sizeof *s->hits, by_paper);
    enum err e = OK;
    if (whole.count > 1) {
        s->together = true;
        s->query = (struct search_query){.phrases = &joined, .count = 1};
        e = find_pages(s);
        s->query = whole;
    }
    for (size_t i = 0; i < s->paper_count; i++) ranks[i] = 2;
    for (size_t i = 0; i < s->hit_count; i++) {
        int rank = !s->hits[i].page ? 0 : s->hits[i].together ? 1 : 2;
        if (rank < ranks[s->hits[i].paper]) ranks[s->hits[i].paper] = rank;
    }
    for (size_t i = 0; i < s->hit_count; i++) s->hits[i].rank = ranks[s->hits[i].paper];
    qsort(s->hits, s->hit_count, sizeof *s->hits, by_worth);
    return e;
}

/* One letter of a script with spaces: as a beginning it is half of all words. */
static bool is_short(const struct search_phrase *phrase)
{
    const char *word = phrase->words[phrase->count - 1].plain;
    size_t letters = 0;
    for (const char *p = word; *p; p++) letters += (*p & 0xc0) != 0x80;
    return phrase->count == 1 && letters == 1 && strlen(word) < 3;
}

static void leave_out_letters(struct search_query *query)
{
    size_t kept = 0;
    for (size_t i = 0; i < query->count; i++)
        if (!is_short(&query->phrases[i])) query->phrases[kept++] = query->phrases[i];
    if (!kept) query->phrases[kept++] = query->phrases[query->count - 1]; /* letters alone: the one typed last */
    query->left_out = query->left_out || kept < query->count;
    query->count = kept;
}

/* The last word may go on, since it is often not finished, and others from three letters on. */
static bool loosen_ends(struct search_query *query)
{
    size_t open = 0;
    leave_out_letters(query);
    for (size_t i = query->count; i-- > 0 && open < SEARCH_BEGINNINGS_MOST;) {
        struct search_phrase *phrase = &query->phrases[i];
        phrase->begins = i + 1 == query->count || strlen(phrase->words[phrase->count - 1].plain) > 2;
        open += phrase->begins;
    }
    return open > 0;
}

/* Returns false when the query is that loose already. */
static bool loosen(struct search_query *query, enum search_way way)
{
    bool changed = false;
    for (size_t i = 0; i < query->count; i++) {
        changed = changed || query->phrases[i].marked;
        query->phrases[i].marked = false;
    }
    return way == SEARCH_BEGINNINGS ? loosen_ends(query) : changed;
}

/* One hit as it is shown. What the index said and the text does not bear out is left without runs. */
static enum err show_hit(struct searching *s, const struct raw_hit *raw, struct search_hit *ret)
{
    const struct paper *paper = &s->papers[raw->paper];
    *ret = (struct search_hit){.paper = paper, .page = raw->page};
    const char *text = NULL;
    if (!raw->page) {
        text = title_of(s, paper);
        return text && search_mark(&s->words, &s->query, text, &ret->runs, &ret->run_count, NULL) ? OK : ERR_NOMEM;
    }
    enum err e = load_text(s, paper, raw->page, &text);
    if (e != OK) return e;
    return search_snippet(&s->words, &s->query, text, &ret->runs, &ret->run_count) ? OK : ERR_NOMEM;
}

static enum err show_hits(struct searching *s, struct search_found *ret)
{
    size_t from = s->wishes->skip < s->hit_count ? s->wishes->skip : s->hit_count;
    size_t left = s->hit_count - from, count = left < s->wishes->most ? left : s->wishes->most;
    ret->hits = arena_array(s->arena, count + 1, sizeof *ret->hits);
    if (!ret->hits) return ERR_NOMEM;
    enum err e = OK;
    for (size_t i = 0; e == OK && i < count; i++) {
        e = show_hit(s, &s->hits[from + i], &ret->hits[ret->count]);
        if (e == OK && ret->hits[ret->count].run_count) ret->count++;
    }
    ret->all = s->hit_count;
    return e;
}

enum err papers_search(struct db *db, struct arena *arena, const struct paper_viewer *viewer, const struct search_wishes *wishes, int64_t now_ms,
                       struct search_found *ret)
{
    struct searching s = {.db = db, .arena = arena, .wishes = wishes, .words = {.arena = arena, .memo = {.arena = arena}}};
    struct search_query *used = arena_alloc(arena, sizeof *used);
    *ret = (struct search_found){.query = used};
    enum err e = used ? search_parse(arena, wishes->query, &s.query) : ERR_NOMEM;
    if (e == OK && s.query.count) e = load_shelf(&s, viewer, now_ms);
    for (int way = SEARCH_AS_WRITTEN; e == OK && s.query.count && !s.hit_count && way <= SEARCH_BEGINNINGS; way++) {
        if (way != SEARCH_AS_WRITTEN && !loosen(&s.query, (enum search_way)way)) continue;
        ret->way = (enum search_way)way;
        e = find_titles(&s);
        if (e == OK) e = find_pages(&s);
    }
    if (e == OK && s.hit_count) e = judge_hits(&s);
    if (e != OK) return e;
    *used = s.query;
    if (!s.hit_count) ret->way = SEARCH_AS_WRITTEN;
    return s.hit_count ? show_hits(&s, ret) : OK;
}
