/* A piece of a page that differs between people only in a few texts: rendered once for each shape, filled for each person.
 *
 * It is never out of date, because all that it is made of is in its key: the language, which of the texts there are, the category as it is shown, the state of
 * the mandate; words and templates are built into the program. It is rendered from the same template as the whole page, with stand-ins for the texts: random,
 * so that no text of an event can be the same. Texts are escaped when they are filled in.
 *
 * Memory: at most STENCILS_MOST a worker, the one that was used longest ago goes. One thread. */
#ifndef PLENUM_SERVER_PAGES_STENCIL_H
#define PLENUM_SERVER_PAGES_STENCIL_H

#include "core/base/buf.h"
#include "core/base/err.h"

#include <stdint.h>

#define STENCILS_MOST 64
#define STENCIL_TEXTS 9

struct stencil_key {
    unsigned language, texts, category_index; /* texts: a bit for each that there is */
    const char *category_title, *status;      /* NULL: none */
};

struct stencils;
struct stencil;

struct stencils *stencils_new(void);              /* NULL: out of memory */
void stencils_free(struct stencils *stencils);    /* accepts NULL */
const char *stencils_stand_in(const struct stencils *stencils, unsigned text); /* below STENCIL_TEXTS */

/* NULL: none of this shape. Borrowed until the next stencils_keep. */
const struct stencil *stencils_find(struct stencils *stencils, const struct stencil_key *key);
/* `rendered` is taken over in every case. NULL: memory ran out, or it has more stand-ins than a page of ours. */
const struct stencil *stencils_keep(struct stencils *stencils, const struct stencil_key *key, struct buf *rendered);
/* Appends it with these texts; those that the key says are there are not NULL. */
void stencil_put(const struct stencil *stencil, const char *const texts[STENCIL_TEXTS], struct buf *out);

#endif
