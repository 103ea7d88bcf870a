#include "server/venue/watch.h"

#include "core/base/clock.h"
#include "core/base/crypto.h"

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define REGISTER_BITS 13
#define REGISTERS (1u << REGISTER_BITS)
#define HOURS 26 /* a day, the hour in which it began, and the one being cleared */
#define SECONDS 64
#define COUNT_BITS 24

struct hour {
    _Atomic int64_t number; /* hours since 1970; 0: never used */
    _Atomic uint8_t registers[REGISTERS];
};

struct watch {
    uint8_t key[16];
    _Atomic int64_t first_ms;
    _Atomic uint64_t seconds[SECONDS]; /* second << COUNT_BITS | requests in it */
    _Atomic bool answers_probes;
    pthread_mutex_t turning; /* of an hour */
    struct hour hours[HOURS];
};

enum err watch_new(bool answer_probes, struct watch **ret)
{
    struct watch *watch = calloc(1, sizeof *watch);
    if (!watch) return ERR_NOMEM;
    if (pthread_mutex_init(&watch->turning, NULL) != 0) {
        free(watch);
        return ERR_NOMEM;
    }
    crypto_random(watch->key, sizeof watch->key);
    atomic_store(&watch->answers_probes, answer_probes);
    *ret = watch;
    return OK;
}

void watch_free(struct watch *watch)
{
    if (!watch) return;
    crypto_forget(watch->key, sizeof watch->key);
    pthread_mutex_destroy(&watch->turning);
    free(watch);
}

static void count_second(struct watch *watch, int64_t now_ms)
{
    const uint64_t second = (uint64_t)(now_ms / CLOCK_SECOND);
    _Atomic uint64_t *slot = &watch->seconds[second % SECONDS];
    uint64_t old = atomic_load_explicit(slot, memory_order_relaxed), wanted;
    do wanted = old >> COUNT_BITS == second ? old + 1 : second << COUNT_BITS | 1;
    while (!atomic_compare_exchange_weak_explicit(slot, &old, wanted, memory_order_relaxed, memory_order_relaxed));
}

/* The hour's registers, cleared when another hour stood there. */
static struct hour *turn_to(struct watch *watch, int64_t number)
{
    struct hour *hour = &watch->hours[number % HOURS];
    if (atomic_load(&hour->number) == number) return hour;
    pthread_mutex_lock(&watch->turning);
    if (atomic_load(&hour->number) != number) {
        for (size_t i = 0; i < REGISTERS; i++) atomic_store_explicit(&hour->registers[i], 0, memory_order_relaxed);
        atomic_store(&hour->number, number);
    }
    pthread_mutex_unlock(&watch->turning);
    return hour;
}

static void count_phone(struct watch *watch, const char *peer, int64_t now_ms)
{
    uint8_t text[sizeof watch->key + 64] = {0}, digest[CRYPTO_HASH_BYTES];
    uint64_t hash;
    size_t length = strnlen(peer, 64);
    memcpy(text, watch->key, sizeof watch->key);
    memcpy(text + sizeof watch->key, peer, length);
    crypto_derive("venue-watch", text, sizeof watch->key + length, digest);
    memcpy(&hash, digest, sizeof hash);
    const uint64_t rest = hash >> REGISTER_BITS;
    const uint8_t rank = (uint8_t)(rest ? __builtin_clzll(rest) - REGISTER_BITS + 1 : 64 - REGISTER_BITS + 1);
    _Atomic uint8_t *slot = &turn_to(watch, now_ms / CLOCK_HOUR)->registers[hash % REGISTERS];
    uint8_t old = atomic_load_explicit(slot, memory_order_relaxed);
    while (old < rank && !atomic_compare_exchange_weak_explicit(slot, &old, rank, memory_order_relaxed, memory_order_relaxed)) continue;
}

void watch_count(struct watch *watch, const char *peer, bool is_phone, int64_t now_ms)
{
    int64_t none = 0;
    if (now_ms <= 0) return;
    count_second(watch, now_ms);
    if (!is_phone) return;
    count_phone(watch, peer, now_ms);
    if (atomic_load_explicit(&watch->first_ms, memory_order_relaxed) == 0) (void)atomic_compare_exchange_strong(&watch->first_ms, &none, now_ms);
}

static unsigned estimate(const uint8_t *registers)
{
    double sum = 0, count = REGISTERS;
    size_t empty = 0;
    for (size_t i = 0; i < REGISTERS; i++) {
        sum += ldexp(1, -registers[i]);
        empty += registers[i] == 0;
    }
    const double raw = 0.7213 / (1 + 1.079 / count) * count * count / sum; /* the paper's alpha for 128 registers and more */
    return (unsigned)lround(empty && raw <= 2.5 * count ? count * log(count / (double)empty) : raw);
}

void watch_figures(struct watch *watch, int64_t since_ms, int64_t now_ms, struct watch_figures *ret)
{
    uint8_t all[REGISTERS] = {0};
    *ret = (struct watch_figures){.first_ms = atomic_load(&watch->first_ms)};
    const int64_t second = now_ms / CLOCK_SECOND, hour = now_ms / CLOCK_HOUR, since = since_ms / CLOCK_HOUR;
    for (size_t i = 0; i < SECONDS; i++) {
        const uint64_t slot = atomic_load_explicit(&watch->seconds[i], memory_order_relaxed);
        const int64_t of = (int64_t)(slot >> COUNT_BITS);
        if (of > second - 60 && of <= second) ret->last_minute += (unsigned)(slot & ((1u << COUNT_BITS) - 1));
    }
    for (size_t i = 0; i < HOURS; i++) {
        const struct hour *one = &watch->hours[i];
        const int64_t number = atomic_load(&one->number);
        if (number < since || number > hour || number <= hour - HOURS + 1) continue;
        for (size_t k = 0; k < REGISTERS; k++) {
            const uint8_t rank = atomic_load_explicit(&one->registers[k], memory_order_relaxed);
            if (rank > all[k]) all[k] = rank;
        }
    }
    ret->phones = estimate(all);
}

bool watch_answers_probes(const struct watch *watch)
{
    return atomic_load_explicit(&watch->answers_probes, memory_order_relaxed);
}

void watch_set_answers_probes(struct watch *watch, bool answer)
{
    atomic_store(&watch->answers_probes, answer);
}
