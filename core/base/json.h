/* JSON on Jansson: strict reading, places of errors, declarative specs. The only includer of jansson.h.
 *
 * Reading is strict: UTF-8 only, no duplicate keys, no U+0000, at most JSON_DEPTH_LIMIT deep. `json_t` values are reference
 * counted (owned by whoever got them, json_decref); texts read through a spec are borrowed from the value. */
#ifndef PLENUM_BASE_JSON_H
#define PLENUM_BASE_JSON_H

#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/base/err.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#define JSON_DEPTH_LIMIT 64

/* Parses a whole text; the fault says line and column. The caller owns *ret. */
enum err json_read(const char *text, size_t length, json_t **ret, struct fault *fault);
/* The same, but texts may hold U+0000: json_take refuses such a text where it stands, so that one bad item does not spoil its list. */
enum err json_read_list(const char *text, size_t length, json_t **ret, struct fault *fault);

/* Compact or indented text appended to `out`. */
enum err json_write(const json_t *value, bool indent, struct buf *out);
/* The compact text in an arena, keys in their order; NULL when out of memory. */
char *json_text(struct arena *arena, const json_t *value);
/* Compact with sorted keys: equal values give equal bytes. */
char *json_canonical(struct arena *arena, const json_t *value);

/* Where we are in a document: a chain on the stack from the inside out. */
struct json_place {
    const struct json_place *up;
    const char *key; /* NULL for an array item */
    size_t index;
};

/* "events[0].delegates[17].person" written to `out` (cut when longer). */
#define JSON_PLACE_SIZE 256
void json_place_text(const struct json_place *place, char out[JSON_PLACE_SIZE]);

/* ERR_INPUT with "place: sentence". */
enum err json_fault(struct fault *fault, const struct json_place *place, const char *format, ...) __attribute__((format(printf, 3, 4)));

enum json_kind {
    JSON_SPEC_TEXT,    /* const char * */
    JSON_SPEC_INTEGER, /* int64_t */
    JSON_SPEC_REAL,    /* double; an integer is taken too */
    JSON_SPEC_BOOLEAN, /* bool */
    JSON_SPEC_ARRAY,   /* json_t *, borrowed */
    JSON_SPEC_OBJECT,  /* json_t *, borrowed */
    JSON_SPEC_ANY      /* json_t *, borrowed */
};

enum json_flag {
    JSON_REQUIRED = 1, /* must be there and not null */
    JSON_NULLABLE = 2  /* null is allowed and leaves the target as it was */
};

struct json_spec {
    const char *key;
    enum json_kind kind;
    size_t offset; /* of the target in the struct */
    unsigned flags;
    size_t longest; /* texts: bytes at most, 0 = 4096; arrays: items at most, 0 = 100000 */
};

/* Fills the struct at `target` from an object by `count` specs. Keys that no spec names are errors, except "x-…". Absent optional
 * keys leave the target as it was, so defaults are set before. */
enum err json_take(json_t *object, const struct json_spec *specs, size_t count, void *target, const struct json_place *place, struct fault *fault);
/* The same, but keys that no spec names are left alone: for what programs of other versions send. */
enum err json_take_known(json_t *object, const struct json_spec *specs, size_t count, void *target, const struct json_place *place, struct fault *fault);

/* Passes `value` on, and sets *failed when it is NULL: for building where one check at the end is enough. */
json_t *json_sure(json_t *value, bool *failed);

#endif
