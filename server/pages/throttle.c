#include "server/pages/throttle.h"

#include "core/base/clock.h"
#include "core/base/crypto.h"
#include "core/base/id.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define SLOTS 1024
#define LONGEST_WAIT (15 * CLOCK_MINUTE)

struct slot {
    uint8_t id[CRYPTO_HASH_BYTES];
    unsigned failures;
    int64_t last_ms, before_ms; /* of the last try, and of the one before it */
};

struct throttle {
    pthread_mutex_t lock;
    char secret[ID_TOKEN_SIZE]; /* so that nobody can look for another name that pushes this one out */
    int64_t (*wait_of)(unsigned failures);
    struct slot slots[SLOTS];
};

static int64_t wait_of_password(unsigned failures)
{
    if (failures < THROTTLE_FREE_TRIES) return 0;
    unsigned doublings = failures - THROTTLE_FREE_TRIES + 1;
    int64_t wait = doublings > 10 ? LONGEST_WAIT : CLOCK_SECOND << doublings;
    return wait < LONGEST_WAIT ? wait : LONGEST_WAIT;
}

struct throttle *throttle_new(void)
{
    return throttle_new_with(wait_of_password);
}

struct throttle *throttle_new_with(int64_t (*wait_of)(unsigned failures))
{
    struct throttle *throttle = calloc(1, sizeof *throttle);
    if (throttle == NULL) return NULL;
    throttle->wait_of = wait_of;
    pthread_mutex_init(&throttle->lock, NULL);
    id_token_make(throttle->secret);
    return throttle;
}

void throttle_free(struct throttle *throttle)
{
    if (throttle == NULL) return;
    pthread_mutex_destroy(&throttle->lock);
    free(throttle);
}

static struct slot *slot_of(struct throttle *throttle, const char *name, uint8_t id[CRYPTO_HASH_BYTES])
{
    crypto_derive(throttle->secret, name, strlen(name), id);
    return &throttle->slots[(id[0] | (unsigned)id[1] << 8) % SLOTS];
}

static int64_t wait_in(const struct throttle *throttle, const struct slot *slot, const uint8_t id[CRYPTO_HASH_BYTES], int64_t now_ms)
{
    int64_t wait = memcmp(slot->id, id, CRYPTO_HASH_BYTES) == 0 ? slot->last_ms + throttle->wait_of(slot->failures) - now_ms : 0;
    return wait > 0 ? wait : 0;
}

int64_t throttle_wait(struct throttle *throttle, const char *name, int64_t now_ms)
{
    uint8_t id[CRYPTO_HASH_BYTES];
    pthread_mutex_lock(&throttle->lock);
    const struct slot *slot = slot_of(throttle, name, id);
    int64_t wait = wait_in(throttle, slot, id, now_ms);
    pthread_mutex_unlock(&throttle->lock);
    return wait;
}

static void count(struct slot *slot, const uint8_t id[CRYPTO_HASH_BYTES], int64_t now_ms)
{
    bool other = memcmp(slot->id, id, CRYPTO_HASH_BYTES) != 0, old = now_ms - slot->last_ms > CLOCK_HOUR;
    if (other || old) *slot = (struct slot){0};
    memcpy(slot->id, id, CRYPTO_HASH_BYTES);
    slot->failures++;
    slot->before_ms = slot->last_ms;
    slot->last_ms = now_ms;
}

int64_t throttle_take(struct throttle *throttle, const char *name, int64_t now_ms)
{
    uint8_t id[CRYPTO_HASH_BYTES];
    pthread_mutex_lock(&throttle->lock);
    struct slot *slot = slot_of(throttle, name, id);
    int64_t wait = wait_in(throttle, slot, id, now_ms);
    if (wait == 0) count(slot, id, now_ms);
    pthread_mutex_unlock(&throttle->lock);
    return wait;
}

void throttle_spare(struct throttle *throttle, const char *name)
{
    uint8_t id[CRYPTO_HASH_BYTES];
    pthread_mutex_lock(&throttle->lock);
    struct slot *slot = slot_of(throttle, name, id);
    if (memcmp(slot->id, id, sizeof id) == 0 && slot->failures > 0) {
        slot->failures--;
        slot->last_ms = slot->before_ms;
    }
    pthread_mutex_unlock(&throttle->lock);
}

void throttle_passed(struct throttle *throttle, const char *name)
{
    uint8_t id[CRYPTO_HASH_BYTES];
    pthread_mutex_lock(&throttle->lock);
    struct slot *slot = slot_of(throttle, name, id);
    if (memcmp(slot->id, id, sizeof id) == 0) *slot = (struct slot){0};
    pthread_mutex_unlock(&throttle->lock);
}
