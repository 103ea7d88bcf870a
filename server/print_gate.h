/* Badges that are on their way to a printer now: who presses a button twice, or at two desks, prints once. The print log takes over when they are out.
 *
 * Thread-safe. */
#ifndef PLENUM_SERVER_PRINT_GATE_H
#define PLENUM_SERVER_PRINT_GATE_H

#include "core/base/err.h"

#include <stddef.h>
#include <stdint.h>

#define PRINT_GATE_MOST 1024 /* badges on their way at a time */
#define PRINT_THREADS 4      /* printers that are waited for at a time */
#define PRINT_QUEUE 32

struct print_gate;

enum err print_gate_new(struct print_gate **ret);
void print_gate_free(struct print_gate *gate); /* accepts NULL */

/* All of these badges (credential ids) or none. ERR_CONFLICT: one is on its way, *ret_at says which; ERR_BUSY: too many are. */
enum err print_gate_enter(struct print_gate *gate, const int64_t *credentials, size_t count, size_t *ret_at);
void print_gate_leave(struct print_gate *gate, const int64_t *credentials, size_t count);

#endif
