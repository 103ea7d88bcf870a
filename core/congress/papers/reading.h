/* What is inside of papers, for reading them in a page: texts and pictures of pages, and the index of words that search uses.
 *
 * By the file's SHA-256: whether somebody may see it was decided before (core/congress/papers/papers.h). Texts live in the arena. */
#ifndef PLENUM_CONGRESS_READING_H
#define PLENUM_CONGRESS_READING_H

#include "core/base/arena.h"
#include "core/db/db.h"

#include <stdbool.h>
#include <stdint.h>

struct reading {
    int64_t pages, unread; /* unread: pages that are pictures only */
    bool is_scan;          /* nobody read its pictures */
    bool was_recognised;   /* the text was read from pictures, and may be wrong */
};
/* ERR_NOT_FOUND: nobody looked into the file (yet). */
enum err reading_load(struct db *db, struct arena *arena, const char *sha256, struct reading *ret);

/* What a page that shows a paper says of it. */
struct reading_about {
    const char *language, *number; /* may be NULL */
    int64_t newest;                /* version */
};
enum err reading_load_about(struct db *db, struct arena *arena, int64_t document_id, struct reading_about *ret);

struct reading_page {
    int64_t page;
    const char *text;       /* as it was taken out, line by line: core/congress/papers/reflow.h */
    const char *picture;    /* SHA-256 of a JPEG; NULL: none */
    int64_t width, height;  /* of the picture */
};
enum err reading_load_pages(struct db *db, struct arena *arena, const char *sha256, int64_t first, int64_t last, struct reading_page **ret, size_t *ret_count);

/* The picture of a page. ERR_NOT_FOUND. */
enum err reading_find_picture(struct db *db, struct arena *arena, const char *sha256, int64_t page, const char **ret_sha256, int64_t *ret_size);

/* Newest versions of papers that nobody has looked into. */
struct reading_missing {
    const char *sha256, *name, *code, *event;
};
enum err reading_list_missing(struct db *db, struct arena *arena, struct reading_missing **ret, size_t *ret_count);

/* Takes the words of pages into the index, some pages in each transaction so that check-ins need not wait, until nothing is left, `stop` says so (may be
 * NULL), or `until_steady_ms` (0: no bound) has come. What is in the index stays; the next call goes on. */
enum err reading_index(struct db *db, bool (*stop)(void *context), void *context, int64_t until_steady_ms, size_t *ret_pages, struct fault *fault);

#endif
