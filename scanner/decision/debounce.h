/* The same badge held still is one scan; shown again after it was away for a while it is a new one.
 *
 * Keyed by text, bounded: the longest unseen is forgotten. One thread. Times are milliseconds of one clock that never goes back. */
#ifndef PLENUM_SCANNER_DEBOUNCE_H
#define PLENUM_SCANNER_DEBOUNCE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DEBOUNCE_KEYS 64 /* more codes than any camera sees in three seconds */

struct debounce {
    int64_t absence_ms; /* how long away makes a new showing; 0 = every sight is one */
    struct {
        uint8_t key[16]; /* a hash: what is not a badge may be long, and private */
        int64_t seen_ms;
        bool used;
    } items[DEBOUNCE_KEYS];
};

void debounce_init(struct debounce *debounce, int64_t absence_ms);
/* Notes the sight; true when it is a new showing. */
bool debounce_is_new(struct debounce *debounce, const char *text, size_t length, int64_t now_ms);

#endif
