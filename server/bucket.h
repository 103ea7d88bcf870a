/* A bucket of tries: `burst` at once, one more every `every_ms`. For doors where guessing must not pay. Thread-safe. */
#ifndef PLENUM_SERVER_BUCKET_H
#define PLENUM_SERVER_BUCKET_H

#include "core/base/err.h"

#include <stdbool.h>
#include <stdint.h>

struct bucket;

enum err bucket_new(unsigned burst, int64_t every_ms, struct bucket **ret);
void bucket_free(struct bucket *bucket); /* accepts NULL */
/* Takes one try; false when there is none left. */
bool bucket_take(struct bucket *bucket);
/* Whether there is one left; takes none. */
bool bucket_has(struct bucket *bucket);

#endif
