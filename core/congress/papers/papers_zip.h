/* All papers that somebody may see now as one ZIP archive, laid out from what the database knows: nothing is read, nothing is copied, and the same papers
 * give the same bytes, so that any part of it can be sent at any time. core/base/zip.h has the records. */
#ifndef PLENUM_CONGRESS_PAPERS_ZIP_H
#define PLENUM_CONGRESS_PAPERS_ZIP_H

#include "core/base/crypto.h"
#include "core/congress/papers/papers.h"

#include <stddef.h>
#include <stdint.h>

/* A stretch of the archive: records, or the whole content of a file. */
struct papers_zip_piece {
    const void *data;   /* NULL: a file's content */
    const char *sha256; /* of that file */
    int64_t length;     /* > 0 */
};

struct papers_zip {
    struct papers_zip_piece *pieces;
    size_t piece_count, paper_count;
    int64_t size;
    char etag[CRYPTO_HASH_HEX]; /* changes with every byte of the archive, and only then */
};

/* Of `papers` (papers_list) those that are PAPER_OPEN, in order, in a folder for each session; of the others nothing goes in, not even a name. Names are
 * made safe for any file system and told apart; their times are the local times of `timezone` at which the versions were added. Texts live in the arena
 * or are borrowed from `papers`. ERR_CONFLICT: a file's CRC is not known (blob_add_crcs). Thread-safe. */
enum err papers_zip_plan(struct arena *arena, const struct paper *papers, size_t count, const char *timezone, struct papers_zip *ret, struct fault *fault);

/* One part of a path out of any text: without separators, control characters and what Windows refuses, at most 120 bytes, the ending kept; "_" when
 * nothing is left. NULL: out of memory. */
char *papers_zip_safe_name(struct arena *arena, const char *text);

#endif
