/* Bytes from a pipe, a terminal or a file, with a look ahead, and a way to be told to stop.
 *
 * One owner, one thread. */
#ifndef PLENUM_SCANNER_READER_H
#define PLENUM_SCANNER_READER_H

#include "core/base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct reader {
    int fd;      /* borrowed */
    int stop_fd; /* readable when the program shall end; -1 = none. Borrowed */
    uint8_t *data;
    size_t start, end, capacity;
    bool ended; /* no more will come: the other side closed, or we were told to stop */
};

void reader_init(struct reader *reader, int fd, int stop_fd);
void reader_release(struct reader *reader);

/* What is buffered; borrowed until the next call. */
const uint8_t *reader_data(const struct reader *reader);
size_t reader_length(const struct reader *reader);

/* Buffers at least `length` bytes. ERR_NOT_FOUND when the input ended before that (what came is buffered), ERR_NOMEM, ERR_IO. */
enum err reader_need(struct reader *reader, size_t length);
/* At least one byte more than now; the same errors. */
enum err reader_more(struct reader *reader);
/* Drops bytes, reading on as needed, without keeping them. ERR_NOT_FOUND when the input ended before that. */
enum err reader_skip(struct reader *reader, size_t length);

#endif
