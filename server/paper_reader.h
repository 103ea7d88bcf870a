/* What becomes of a file that was uploaded: it is looked into (text and pictures of pages, secrecy stamp) and stored as a paper. One thread of its own,
 * since this takes from moments to minutes. All that waits lies in DIR/uploads, so a server that ended goes on where it was.
 *
 * Thread-safe. */
#ifndef PLENUM_SERVER_PAPER_READER_H
#define PLENUM_SERVER_PAPER_READER_H

#include "core/congress/store/store.h"
#include "core/db/writer.h"

struct paper_reader;

/* `store` is borrowed for its folder. */
enum err paper_reader_new(const struct store *store, struct writer *writer, struct paper_reader **ret);
/* Stops at the next page of what is being read; before the writer stops. Accepts NULL. */
void paper_reader_free(struct paper_reader *reader);
/* There is something whole in DIR/uploads. */
void paper_reader_wake(struct paper_reader *reader);

#endif
