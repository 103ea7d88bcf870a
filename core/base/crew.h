/* A few threads that take pieces of work in the order in which they are given, for work whose results are used in order.
 *
 * One thread, the owner, gives and finishes; the others only run. A piece must not touch what the owner touches until it is finished. The
 * owner waits by working too, so a crew without threads is right as well, only slower. What comes out never depends on the number. */
#ifndef PLENUM_BASE_CREW_H
#define PLENUM_BASE_CREW_H

#include "core/base/err.h"

#define CREW_MOST 16

struct crew;

struct crew_piece {
    void (*run)(void *data);
    void *data;
    struct crew_piece *next; /* the rest belongs to the crew */
    int state;
};

/* `threads` beside the owner, 0 to CREW_MOST; fewer when the system gives fewer. */
enum err crew_new(unsigned threads, struct crew **ret);
/* Waits for all pieces that were given. Accepts NULL. */
void crew_free(struct crew *crew);

/* One thread less than this machine's processors: the owner is the last. */
unsigned crew_threads_here(void);

/* The piece is borrowed until crew_finish. `crew` NULL: it is run at once. */
void crew_give(struct crew *crew, struct crew_piece *piece);
/* Returns when the piece has been run. A piece that was never given is fine. */
void crew_finish(struct crew *crew, struct crew_piece *piece);

#endif
