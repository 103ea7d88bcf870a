/* Private to core/sheet. */
#ifndef PLENUM_SHEET_READ_H
#define PLENUM_SHEET_READ_H

#include "core/sheet/sheet.h"

/* `wish` with what it leaves open filled in. */
struct sheet_wish read_whole_wish(const struct sheet_wish *wish);

/* All of an open file into the arena, NUL-terminated. */
enum err read_all(int fd, struct arena *arena, uint64_t most, char **ret, size_t *ret_length, struct fault *fault);
/* ERR_NOT_FOUND and others of open(2). */
enum err read_open(const char *path, int *ret_fd, struct fault *fault);
/* `data` is NUL-terminated. */
enum err read_data(const char *data, size_t length, struct arena *arena, const struct sheet_wish *wish, struct sheet_book *ret, struct fault *fault);

#endif
