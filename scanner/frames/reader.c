#include "scanner/frames/reader.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define READ_PIECE ((size_t)256 * 1024)

void reader_init(struct reader *reader, int fd, int stop_fd)
{
    *reader = (struct reader){.fd = fd, .stop_fd = stop_fd};
}

void reader_release(struct reader *reader)
{
    free(reader->data);
    *reader = (struct reader){.fd = -1, .stop_fd = -1};
}

const uint8_t *reader_data(const struct reader *reader)
{
    return reader->data ? reader->data + reader->start : NULL;
}

size_t reader_length(const struct reader *reader)
{
    return reader->end - reader->start;
}

/* Waits for input or for the wish to stop. False when nothing more shall be read. */
static bool wait_for_input(struct reader *reader)
{
    struct pollfd wait[2] = {{.fd = reader->fd, .events = POLLIN}, {.fd = reader->stop_fd, .events = POLLIN}};
    while (poll(wait, 2, -1) < 0)
        if (errno != EINTR) return true; /* read(2) will say what is wrong */
    return !(wait[1].revents & POLLIN);
}

static enum err make_room(struct reader *reader, size_t room)
{
    if (reader->start && (reader->start == reader->end || reader->capacity - reader->end < room)) {
        memmove(reader->data, reader->data + reader->start, reader->end - reader->start);
        reader->end -= reader->start;
        reader->start = 0;
    }
    if (reader->capacity - reader->end >= room) return OK;
    size_t capacity = reader->capacity ? reader->capacity * 2 : READ_PIECE;
    while (capacity - reader->end < room) capacity *= 2;
    uint8_t *data = realloc(reader->data, capacity);
    if (!data) return ERR_NOMEM;
    reader->data = data;
    reader->capacity = capacity;
    return OK;
}

static enum err read_piece(struct reader *reader, size_t room)
{
    if (reader->ended) return ERR_NOT_FOUND;
    enum err e = make_room(reader, room);
    if (e != OK) return e;
    for (;;) {
        if (!wait_for_input(reader)) {
            reader->ended = true;
            return ERR_NOT_FOUND;
        }
        ssize_t n = read(reader->fd, reader->data + reader->end, reader->capacity - reader->end);
        if (n < 0 && (errno == EINTR || errno == EAGAIN)) continue;
        if (n < 0) return err_from_errno(errno);
        if (n == 0) {
            reader->ended = true;
            return ERR_NOT_FOUND;
        }
        reader->end += (size_t)n;
        return OK;
    }
}

enum err reader_need(struct reader *reader, size_t length)
{
    while (reader_length(reader) < length) {
        enum err e = read_piece(reader, length - reader_length(reader));
        if (e != OK) return e;
    }
    return OK;
}

enum err reader_more(struct reader *reader)
{
    return read_piece(reader, 1);
}

enum err reader_skip(struct reader *reader, size_t length)
{
    for (;;) {
        size_t have = reader_length(reader);
        size_t drop = have < length ? have : length;
        reader->start += drop;
        length -= drop;
        if (!length) return OK;
        enum err e = read_piece(reader, 1);
        if (e != OK) return e;
    }
}
