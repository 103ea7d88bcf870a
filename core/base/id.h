/* Identifiers made in C: row ids, UUIDs of scans, badge tokens. */
#ifndef PLENUM_BASE_ID_H
#define PLENUM_BASE_ID_H

#include <stdbool.h>
#include <stdint.h>

/* A source of 63-bit row ids: 41 bits of milliseconds since 2024, 22 random bits, strictly growing within one source. Not
 * thread-safe: one source per writer. Zero-initialise. */
struct id_source {
    int64_t last;
};
int64_t id_next(struct id_source *source);
/* The least id that is made at that moment or later: ids are in the order of the clock that made them. */
int64_t id_least_at(int64_t ms);

/* UUID version 7 (RFC 9562 §5.7): 48 bits of Unix milliseconds, then random. Lower case. */
#define ID_UUID_SIZE 37
void id_uuid7(char out[ID_UUID_SIZE]);
/* Any well-formed UUID in lower or upper case with hyphens. */
bool id_is_uuid(const char *text);
/* The moment within a UUID of version 7; false when it is none. */
bool id_uuid7_time(const char *text, int64_t *ret_ms);

/* Badge tokens: 16 characters of Crockford's base32, 80 random bits (DESIGN.md §6). */
#define ID_TOKEN_SIZE 17
void id_token_make(char out[ID_TOKEN_SIZE]);
/* Reads a token as a person or a scanner may give it: either case, I and L as 1, O as 0, hyphens dropped. False when it is not
 * exactly 16 characters of the alphabet (which has no U). */
bool id_token_read(const char *text, char out[ID_TOKEN_SIZE]);
/* Finds the token in what was scanned: a /d/ URL of any host (either case; query and fragment ignored), or a bare token. */
bool id_token_from_scan(const char *text, char out[ID_TOKEN_SIZE]);

#endif
