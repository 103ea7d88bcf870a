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

/* The same for each name of many (addresses). Names share BUCKETS cells by a hash that is another one at every start: a name cannot be made to meet another one's
 * cell, nobody fills memory, and no name is ever pushed out (which would give it a new stock). Who does meet in a cell shares its stock. Thread-safe. */
#define BUCKETS 4096
struct buckets;

enum err buckets_new(unsigned burst, int64_t every_ms, struct buckets **ret);
void buckets_free(struct buckets *buckets); /* accepts NULL */
/* Takes one try: 0; none left: milliseconds until there is one. */
int64_t buckets_take(struct buckets *buckets, const char *name);
/* The try was no wrong one. */
void buckets_give_back(struct buckets *buckets, const char *name);

#endif
