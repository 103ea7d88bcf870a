/* Private to core/sheet: the parts of an XLSX, which is a ZIP (ECMA-376 part 2). The only place of libarchive here.
 *
 * Only an archive with a central directory is read, from memory; a name that stands twice, encryption and sizes above the limits are refused. Nothing is written. */
#ifndef PLENUM_SHEET_PARTS_H
#define PLENUM_SHEET_PARTS_H

#include "core/base/map.h"
#include "core/sheet/sheet.h"

struct parts {
    struct arena *arena;
    const void *data; /* borrowed */
    size_t length;
    const struct sheet_limits *limits;
    struct map names;  /* in small ASCII letters, "/" between -> the name as it is in the archive */
    uint64_t unpacked; /* bytes so far */
};

/* Reads the directory. */
enum err parts_open(struct arena *arena, const void *data, size_t length, const struct sheet_limits *limits, struct parts *ret, struct fault *fault);

bool parts_has(const struct parts *parts, const char *name);

/* Hands out the part piece by piece. An error of `take` ends it. A part that is missing is a damaged file. */
enum err parts_read(struct parts *parts, const char *name, enum err (*take)(void *context, const void *piece, size_t length, struct fault *fault), void *context,
    struct fault *fault);

/* What `target` means in a part of that name (ECMA-376 part 2, 9.3): "../a/b.xml", "b.xml", "/xl/b.xml". NULL: it leads out, or no memory. */
const char *parts_resolve(struct arena *arena, const char *base, const char *target);

#endif
