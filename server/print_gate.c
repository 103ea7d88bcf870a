#include "server/print_gate.h"

#include <pthread.h>
#include <stdlib.h>

struct print_gate {
    pthread_mutex_t mutex;
    int64_t inside[PRINT_GATE_MOST];
    size_t count;
};

enum err print_gate_new(struct print_gate **ret)
{
    struct print_gate *gate = calloc(1, sizeof *gate);
    if (!gate) return ERR_NOMEM;
    (void)pthread_mutex_init(&gate->mutex, NULL);
    *ret = gate;
    return OK;
}

void print_gate_free(struct print_gate *gate)
{
    if (!gate) return;
    (void)pthread_mutex_destroy(&gate->mutex);
    free(gate);
}

static size_t place_of(const struct print_gate *gate, int64_t credential)
{
    size_t i = 0;
    while (i < gate->count && gate->inside[i] != credential) i++;
    return i;
}

enum err print_gate_enter(struct print_gate *gate, const int64_t *credentials, size_t count, size_t *ret_at)
{
    enum err e = OK;
    pthread_mutex_lock(&gate->mutex);
    if (count > PRINT_GATE_MOST - gate->count) e = ERR_BUSY;
    for (size_t i = 0; e == OK && i < count; i++) {
        if (place_of(gate, credentials[i]) == gate->count) continue;
        *ret_at = i;
        e = ERR_CONFLICT;
    }
    for (size_t i = 0; e == OK && i < count; i++) gate->inside[gate->count++] = credentials[i];
    pthread_mutex_unlock(&gate->mutex);
    return e;
}

void print_gate_leave(struct print_gate *gate, const int64_t *credentials, size_t count)
{
    pthread_mutex_lock(&gate->mutex);
    for (size_t i = 0; i < count; i++) {
        size_t at = place_of(gate, credentials[i]);
        if (at < gate->count) gate->inside[at] = gate->inside[--gate->count];
    }
    pthread_mutex_unlock(&gate->mutex);
}
