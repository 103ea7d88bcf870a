/* Private to docs-bundle: a ZIP archive that may be hostile.
 *
 * Everything that an archive can lie about is compared before any content is read: the central directory with each local header, places with the length
 * of the file and with each other, names, sizes, methods. What is not plain is refused with its entry and byte: encryption, links, several disks, paths that
 * lead out, names that stand twice or differ only in case, entries that overlap, sizes above the caps, content that grows more than 200-fold above 1 MB.
 * Only stored and deflated entries are read; nothing is ever written. One reader belongs to one thread. */
#ifndef PLENUM_DOCS_ZIP_READ_H
#define PLENUM_DOCS_ZIP_READ_H

#include "core/base/arena.h"
#include "core/base/err.h"
#include "core/base/map.h"

#include <stdbool.h>
#include <stdint.h>

#define ZIP_ENTRIES_MOST 200100
#define ZIP_CENTRAL_MOST (INT64_C(64) << 20)

struct zip_item {
    const char *name; /* safe (file_is_safe_relative), printable UTF-8; without the last "/" of a folder */
    uint64_t size, packed, offset /* of its local header */, data /* of its content */;
    uint32_t crc;
    unsigned method;
    bool folder;      /* an empty entry for a folder */
};

struct zip_reader {
    int fd; /* owned */
    uint64_t length, central, central_length;
    struct zip_item *items; /* in the order of the central directory */
    size_t count;
    struct map by_name;     /* -> struct zip_item */
    struct map by_caseless; /* the same by text_caseless */
    struct arena *arena;
};

struct zip_caps {
    uint64_t each, total; /* bytes unpacked */
};

/* ERR_INPUT: no ZIP, damaged or hostile, with the place. */
enum err zip_open(struct arena *arena, const char *path, const struct zip_caps *caps, struct zip_reader *ret, struct fault *fault);
enum err zip_open_fd(struct arena *arena, int fd, const struct zip_caps *caps, struct zip_reader *ret, struct fault *fault); /* takes the fd, also on failure */
void zip_close(struct zip_reader *zip); /* accepts a zeroed one whose fd is -1 */

/* Hands out the content piece by piece; size and CRC are checked at the end: ERR_CONFLICT when they do not hold. An error of `take` ends it. */
enum err zip_read(const struct zip_reader *zip, const struct zip_item *item, enum err (*take)(void *context, const void *piece, size_t length), void *context,
                  struct fault *fault);
/* The whole content, NUL-terminated. */
enum err zip_read_whole(struct arena *arena, const struct zip_reader *zip, const struct zip_item *item, size_t most, char **ret, size_t *ret_length,
    struct fault *fault);

#endif
