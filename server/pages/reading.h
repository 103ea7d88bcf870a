/* What the doors of reading share: opening a paper by its address, links, words with hits. Private to server/pages. */
#ifndef PLENUM_SERVER_PAGES_READING_H
#define PLENUM_SERVER_PAGES_READING_H

#include "core/congress/papers/search.h"
#include "server/pages/view.h"
#include "server/pages/viewer.h"

/* A paper that may be seen, as its address names it: {token}, {document}, {version}. */
struct opened {
    struct worker *worker;
    struct viewer viewer;
    struct paper paper;
    int64_t now_ms;
    enum http_cache cache; /* viewer_cache_of */
};
/* False: the reply is made (unknown, hidden and withdrawn papers alike are not found; one that asks for the PIN says so). */
bool reading_open(struct http_request *req, struct opened *ret);
/* "1" to "999999999". */
bool reading_number(const char *text, int64_t *ret);

/* "/d/TOKEN/r/CODE/1", and beneath it the page when it is above 0; arena. `what`: "r" the reader, "p" a picture (".jpg" behind it), "f" the file. */
char *reading_link(struct arena *arena, const struct viewer *viewer, const struct paper *paper, const char *what, int64_t page);

/* [{"text", "hit", "first"}]: `first` for the first hit of the page (*first, cleared then; may be NULL). */
json_t *reading_runs(const struct search_run *runs, size_t count, bool *first);

/* What stays on this phone: `door`, and either `keep` (the origin allows a service worker) or `keep_plain` (it does not, and the page says so). */
void reading_put_keep(struct view *view, const struct viewer *viewer);
/* Whether this origin allows one. */
bool reading_keeps(const struct http_request *req);
/* Tells the service worker that it may keep this page (server/pages/keep.c). */
void reading_may_keep(struct http_request *req);

#endif
