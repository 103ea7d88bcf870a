#include "core/base/crew.h"

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

enum { PIECE_IDLE, PIECE_WAITING, PIECE_RUNNING };

struct crew {
    pthread_mutex_t mutex;
    pthread_cond_t given, done;
    struct crew_piece *first, *last;
    pthread_t threads[CREW_MOST];
    unsigned count;
    bool ending;
};

unsigned crew_threads_here(void)
{
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    if (processors <= 1) return 0;
    return processors - 1 > CREW_MOST ? CREW_MOST : (unsigned)processors - 1;
}

/* With the mutex held: runs the first piece that waits, without the mutex. */
static void run_first(struct crew *crew)
{
    struct crew_piece *piece = crew->first;
    crew->first = piece->next;
    if (!crew->first) crew->last = NULL;
    piece->state = PIECE_RUNNING;
    pthread_mutex_unlock(&crew->mutex);
    piece->run(piece->data);
    pthread_mutex_lock(&crew->mutex);
    piece->state = PIECE_IDLE;
    pthread_cond_broadcast(&crew->done);
}

static void *work(void *data)
{
    struct crew *crew = data;
    pthread_mutex_lock(&crew->mutex);
    for (;;) {
        while (!crew->first && !crew->ending) pthread_cond_wait(&crew->given, &crew->mutex);
        if (!crew->first) break;
        run_first(crew);
    }
    pthread_mutex_unlock(&crew->mutex);
    return NULL;
}

enum err crew_new(unsigned threads, struct crew **ret)
{
    struct crew *crew = calloc(1, sizeof *crew);
    if (!crew) return ERR_NOMEM;
    pthread_mutex_init(&crew->mutex, NULL);
    pthread_cond_init(&crew->given, NULL);
    pthread_cond_init(&crew->done, NULL);
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before); /* signals are the owner's */
    while (crew->count < threads && crew->count < CREW_MOST && pthread_create(&crew->threads[crew->count], NULL, work, crew) == 0) crew->count++;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    *ret = crew;
    return OK;
}

void crew_free(struct crew *crew)
{
    if (!crew) return;
    pthread_mutex_lock(&crew->mutex);
    while (crew->first) run_first(crew);
    crew->ending = true;
    pthread_cond_broadcast(&crew->given);
    pthread_mutex_unlock(&crew->mutex);
    for (unsigned i = 0; i < crew->count; i++) pthread_join(crew->threads[i], NULL);
    pthread_cond_destroy(&crew->given);
    pthread_cond_destroy(&crew->done);
    pthread_mutex_destroy(&crew->mutex);
    free(crew);
}

void crew_give(struct crew *crew, struct crew_piece *piece)
{
    if (!crew || !crew->count) {
        piece->run(piece->data);
        piece->state = PIECE_IDLE;
        return;
    }
    pthread_mutex_lock(&crew->mutex);
    piece->state = PIECE_WAITING;
    piece->next = NULL;
    if (crew->last) crew->last->next = piece;
    else crew->first = piece;
    crew->last = piece;
    pthread_cond_signal(&crew->given);
    pthread_mutex_unlock(&crew->mutex);
}

void crew_finish(struct crew *crew, struct crew_piece *piece)
{
    if (!crew || !crew->count) return;
    pthread_mutex_lock(&crew->mutex);
    while (piece->state != PIECE_IDLE) {
        if (crew->first) run_first(crew); /* rather than wait: what is first is not later than this piece, or this piece is running */
        else pthread_cond_wait(&crew->done, &crew->mutex);
    }
    pthread_mutex_unlock(&crew->mutex);
}
