#include "server/bucket.h"
#include "core/base/clock.h"

#include <pthread.h>
#include <stdlib.h>

struct bucket {
    pthread_mutex_t lock;
    int64_t burst, every_ms, left, filled_ms;
};

enum err bucket_new(unsigned burst, int64_t every_ms, struct bucket **ret)
{
    struct bucket *t = calloc(1, sizeof *t);
    if (!t) return ERR_NOMEM;
    pthread_mutex_init(&t->lock, NULL);
    t->burst = t->left = burst;
    t->every_ms = every_ms;
    t->filled_ms = clock_steady_ms();
    *ret = t;
    return OK;
}

void bucket_free(struct bucket *t)
{
    if (!t) return;
    pthread_mutex_destroy(&t->lock);
    free(t);
}

static bool take(struct bucket *t, int64_t tries)
{
    pthread_mutex_lock(&t->lock);
    int64_t now = clock_steady_ms(), more = (now - t->filled_ms) / t->every_ms;
    if (more > 0) {
        t->left = t->left + more < t->burst ? t->left + more : t->burst;
        t->filled_ms += more * t->every_ms;
    }
    bool pass = t->left > 0;
    if (pass) t->left -= tries;
    pthread_mutex_unlock(&t->lock);
    return pass;
}

bool bucket_take(struct bucket *t)
{
    return take(t, 1);
}

bool bucket_has(struct bucket *t)
{
    return take(t, 0);
}
