/* Files of the store that are being read now: a paper that a hall opens at once is opened once, not once a request.
 *
 * Bounded: HOT_PAPERS_MOST files, the longest unused makes room; one that nobody asked for in HOT_PAPERS_IDLE_MS is closed. Thread-safe. */
#ifndef PLENUM_SERVER_HOT_PAPERS_H
#define PLENUM_SERVER_HOT_PAPERS_H

#include "core/base/err.h"

#include <stdint.h>

#define HOT_PAPERS_MOST 256u
#define HOT_PAPERS_IDLE_MS 60000

struct hot_papers;
struct http_kept; /* server/http/http.h */

/* Of the data folder `folder` (borrowed until free). */
enum err hot_papers_new(const char *folder, struct hot_papers **ret);
void hot_papers_free(struct hot_papers *hot); /* accepts NULL; replies that still send keep their files */

/* A reference to the open file. Each call looks at the file's name again: one that is gone, replaced, or no longer `size` bytes long is not given from what
 * was opened before. NULL: it is not there, or not whole. */
struct http_kept *hot_papers_open(struct hot_papers *hot, const char *sha256, int64_t size);

/* Closes what has not been asked for. */
void hot_papers_sweep(struct hot_papers *hot);

struct hot_papers_figures {
    uint64_t asked, opened; /* since the start */
    unsigned held;          /* now */
};
void hot_papers_count(struct hot_papers *hot, struct hot_papers_figures *ret);

#endif
