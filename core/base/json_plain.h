/* JSON without rarities, read so that missing memory is told as such.
 *
 * The library's own reader drops bytes of a text when memory is missing while it reads (it does not look whether its buffer grew), and then calls a sound request
 * malformed; a door would set its scans aside for ever. So what programs of ours send each other is read here: objects, arrays, texts without \u, whole numbers of at
 * most 18 digits, true, false, null. Private to core/base/json.c. Thread-safe. */
#ifndef PLENUM_BASE_JSON_PLAIN_H
#define PLENUM_BASE_JSON_PLAIN_H

#include "core/base/json.h"

/* ERR_INPUT: has rarities, or mistakes: the library knows which. ERR_NOMEM. At most JSON_DEPTH_LIMIT levels, which the caller has looked at. */
enum err json_read_plain(const char *text, size_t length, json_t **ret);

#endif
