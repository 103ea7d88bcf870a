/* Files that stay open over many replies, and replies whose bytes lie in several places. */
#include "server/http/internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* Read at once for a reply in pieces, and all the memory that its bytes ever take. */
#define PIECE_BLOCK (32 * 1024)

struct http_kept {
    int fd;
    int64_t size;
    _Atomic unsigned references;
    pthread_mutex_t mutex; /* map */
    void *map;             /* all of it, made when TLS first asks; NULL: not yet */
};

struct http_kept *http_kept_new(int fd, int64_t size)
{
    struct http_kept *kept = fd < 0 ? NULL : calloc(1, sizeof *kept);
    if (kept && pthread_mutex_init(&kept->mutex, NULL)) {
        free(kept);
        kept = NULL;
    }
    if (!kept) {
        if (fd >= 0) (void)close(fd);
        return NULL;
    }
    kept->fd = fd;
    kept->size = size;
    atomic_store(&kept->references, 1);
    return kept;
}

struct http_kept *http_kept_add(struct http_kept *kept)
{
    atomic_fetch_add(&kept->references, 1);
    return kept;
}

void http_kept_drop(struct http_kept *kept)
{
    if (!kept || atomic_fetch_sub(&kept->references, 1) > 1) return;
    if (kept->map) (void)munmap(kept->map, (size_t)kept->size);
    (void)close(kept->fd);
    (void)pthread_mutex_destroy(&kept->mutex);
    free(kept);
}

int kept_duplicate(const struct http_kept *kept)
{
    return fcntl(kept->fd, F_DUPFD_CLOEXEC, 0);
}

static void drop(void *cls)
{
    http_kept_drop(cls);
}

/* Under TLS the library would read a file piece by piece into one buffer; mapped memory is twice as fast (docs/decisions/0004-http.md). */
struct MHD_Response *kept_part_mapped(struct http_kept *kept, int64_t first, int64_t length)
{
    (void)pthread_mutex_lock(&kept->mutex);
    if (!kept->map) {
        void *map = mmap(NULL, (size_t)kept->size, PROT_READ, MAP_SHARED, kept->fd, 0);
        if (map != MAP_FAILED) kept->map = map;
    }
    char *map = kept->map;
    (void)pthread_mutex_unlock(&kept->mutex);
    if (!map) return NULL;
    struct MHD_Response *response = MHD_create_response_from_buffer_with_free_callback_cls((size_t)length, map + first, drop, http_kept_add(kept));
    if (!response) http_kept_drop(kept);
    return response;
}

/* --- pieces ------------------------------------------------------------------------------------------------------------------------ */

struct walk {
    struct http_pieces pieces;
    int64_t first;          /* where the reply begins in the whole */
    size_t at;              /* the piece that is being read … */
    int64_t begin;          /* … and where it begins in the whole */
    struct http_kept *kept; /* of that piece */
};

/* Moves to the piece that holds `place`. The library reads forward only. */
static bool move_to(struct walk *walk, int64_t place)
{
    while (walk->at < walk->pieces.count && place >= walk->begin + walk->pieces.items[walk->at].length) {
        http_kept_drop(walk->kept);
        walk->kept = NULL;
        walk->begin += walk->pieces.items[walk->at++].length;
    }
    return walk->at < walk->pieces.count && place >= walk->begin;
}

/* Reads from the current piece; -1: the file is not what it was. */
static ssize_t read_some(struct walk *walk, int64_t place, char *out, size_t room)
{
    const struct http_piece *piece = &walk->pieces.items[walk->at];
    int64_t from = place - walk->begin, left = piece->length - from;
    size_t n = left < (int64_t)room ? (size_t)left : room;
    if (piece->data) {
        memcpy(out, (const char *)piece->data + from, n);
        return (ssize_t)n;
    }
    if (!walk->kept) walk->kept = walk->pieces.open(walk->pieces.context, piece->key, piece->length);
    if (!walk->kept) return -1;
    ssize_t got;
    do got = pread(walk->kept->fd, out, n, from);
    while (got < 0 && errno == EINTR);
    return got > 0 ? got : -1;
}

static ssize_t read_pieces(void *cls, uint64_t position, char *out, size_t room)
{
    struct walk *walk = cls;
    size_t done = 0;
    while (done < room) {
        int64_t place = walk->first + (int64_t)position + (int64_t)done;
        if (!move_to(walk, place)) break;
        ssize_t n = read_some(walk, place, out + done, room - done);
        if (n < 0) return done ? (ssize_t)done : MHD_CONTENT_READER_END_WITH_ERROR; /* said at the next call when there is something to send first */
        done += (size_t)n;
    }
    return done ? (ssize_t)done : MHD_CONTENT_READER_END_WITH_ERROR;
}

static void end_walk(void *cls)
{
    struct walk *walk = cls;
    http_kept_drop(walk->kept);
    free(walk);
}

struct MHD_Response *pieces_part(const struct http_pieces *pieces, int64_t first, int64_t length)
{
    struct walk *walk = calloc(1, sizeof *walk);
    if (!walk) return NULL;
    *walk = (struct walk){.pieces = *pieces, .first = first};
    struct MHD_Response *response = MHD_create_response_from_callback((uint64_t)length, PIECE_BLOCK, read_pieces, walk, end_walk);
    if (!response) free(walk);
    return response;
}
