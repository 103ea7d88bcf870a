#include "server/bucket.h"
#include "core/base/clock.h"
#include "core/base/crypto.h"
#include "core/base/id.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct cell {
    int64_t left, filled_ms;
};

struct bucket {
    pthread_mutex_t lock;
    int64_t burst, every_ms;
    struct cell cell;
};

struct buckets {
    pthread_mutex_t lock;
    int64_t burst, every_ms;
    char secret[ID_TOKEN_SIZE];
    struct cell cells[BUCKETS];
};

enum err bucket_new(unsigned burst, int64_t every_ms, struct bucket **ret)
{
    struct bucket *t = calloc(1, sizeof *t);
    if (!t) return ERR_NOMEM;
    pthread_mutex_init(&t->lock, NULL);
    t->burst = burst;
    t->every_ms = every_ms;
    t->cell = (struct cell){burst, clock_steady_ms()};
    *ret = t;
    return OK;
}

void bucket_free(struct bucket *t)
{
    if (!t) return;
    pthread_mutex_destroy(&t->lock);
    free(t);
}

static bool take(struct cell *cell, int64_t burst, int64_t every_ms, int64_t now_ms)
{
    int64_t more = (now_ms - cell->filled_ms) / every_ms;
    if (more > 0) {
        cell->left = cell->left + more < burst ? cell->left + more : burst;
        cell->filled_ms += more * every_ms;
    }
    if (cell->left == 0) return false;
    cell->left--;
    return true;
}

bool bucket_take(struct bucket *t)
{
    pthread_mutex_lock(&t->lock);
    bool pass = take(&t->cell, t->burst, t->every_ms, clock_steady_ms());
    pthread_mutex_unlock(&t->lock);
    return pass;
}

/* --- by name -------------------------------------------------------------------------------------------------------------------------------- */

enum err buckets_new(unsigned burst, int64_t every_ms, struct buckets **ret)
{
    struct buckets *b = calloc(1, sizeof *b);
    if (!b) return ERR_NOMEM;
    pthread_mutex_init(&b->lock, NULL);
    b->burst = burst;
    b->every_ms = every_ms;
    id_token_make(b->secret);
    int64_t now_ms = clock_steady_ms();
    for (size_t i = 0; i < BUCKETS; i++) b->cells[i] = (struct cell){burst, now_ms};
    *ret = b;
    return OK;
}

void buckets_free(struct buckets *b)
{
    if (!b) return;
    pthread_mutex_destroy(&b->lock);
    free(b);
}

static struct cell *cell_of(struct buckets *b, const char *name)
{
    uint8_t hash[CRYPTO_HASH_BYTES];
    crypto_derive(b->secret, name, strlen(name), hash);
    return &b->cells[(hash[0] | (unsigned)hash[1] << 8) % BUCKETS];
}

int64_t buckets_take(struct buckets *b, const char *name)
{
    pthread_mutex_lock(&b->lock);
    struct cell *cell = cell_of(b, name);
    int64_t now_ms = clock_steady_ms(), wait = take(cell, b->burst, b->every_ms, now_ms) ? 0 : cell->filled_ms + b->every_ms - now_ms;
    pthread_mutex_unlock(&b->lock);
    return wait;
}

void buckets_give_back(struct buckets *b, const char *name)
{
    pthread_mutex_lock(&b->lock);
    struct cell *cell = cell_of(b, name);
    if (cell->left < b->burst) cell->left++;
    pthread_mutex_unlock(&b->lock);
}
