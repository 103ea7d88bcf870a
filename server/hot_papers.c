#include "server/hot_papers.h"

#include "core/base/clock.h"
#include "core/congress/store/store.h"
#include "server/http/http.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define WAYS 4u /* a hash has four places */
#define SETS (HOT_PAPERS_MOST / WAYS)

struct place {
    char sha256[CRYPTO_HASH_HEX];
    dev_t device;
    ino_t inode;
    struct http_kept *kept; /* NULL: free */
    int64_t used_ms;
};

struct hot_papers {
    const char *folder;
    pthread_mutex_t mutex;
    struct place places[SETS][WAYS];
    struct hot_papers_figures figures;
};

enum err hot_papers_new(const char *folder, struct hot_papers **ret)
{
    struct hot_papers *hot = calloc(1, sizeof *hot);
    if (!hot) return ERR_NOMEM;
    if (pthread_mutex_init(&hot->mutex, NULL)) {
        free(hot);
        return ERR_NOMEM;
    }
    hot->folder = folder;
    *ret = hot;
    return OK;
}

static void empty(struct hot_papers *hot, struct place *place)
{
    if (!place->kept) return;
    http_kept_drop(place->kept);
    place->kept = NULL;
    hot->figures.held--;
}

void hot_papers_free(struct hot_papers *hot)
{
    if (!hot) return;
    for (size_t i = 0; i < HOT_PAPERS_MOST; i++) empty(hot, &hot->places[i / WAYS][i % WAYS]);
    (void)pthread_mutex_destroy(&hot->mutex);
    free(hot);
}

void hot_papers_sweep(struct hot_papers *hot)
{
    int64_t now = clock_steady_ms();
    (void)pthread_mutex_lock(&hot->mutex);
    for (size_t i = 0; i < HOT_PAPERS_MOST; i++) {
        struct place *place = &hot->places[i / WAYS][i % WAYS];
        if (place->kept && now - place->used_ms > HOT_PAPERS_IDLE_MS) empty(hot, place);
    }
    (void)pthread_mutex_unlock(&hot->mutex);
}

static bool is_whole(const struct stat *st, int64_t size)
{
    return S_ISREG(st->st_mode) && st->st_size == size;
}

/* The place of this hash; else a free one of its set, else that which was not used for longest. */
static struct place *find_place(struct hot_papers *hot, const char *sha256)
{
    unsigned set = 0;
    for (int i = 0; i < 4; i++) set = set * 16 + (unsigned)(sha256[i] <= '9' ? sha256[i] - '0' : sha256[i] - 'a' + 10);
    struct place *row = hot->places[set % SETS], *best = row;
    for (size_t i = 0; i < WAYS; i++) {
        if (row[i].kept && memcmp(row[i].sha256, sha256, sizeof row[i].sha256) == 0) return &row[i];
        if (best->kept && (!row[i].kept || row[i].used_ms < best->used_ms)) best = &row[i];
    }
    return best;
}

/* Under the mutex, so that a hundred requests at once open it once: a file of our own disk opens in microseconds. */
static struct http_kept *open_now(struct hot_papers *hot, struct place *place, const char *path, const char *sha256, int64_t size)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return NULL;
    if (fstat(fd, &st) != 0 || !is_whole(&st, size)) {
        (void)close(fd);
        return NULL;
    }
    struct http_kept *kept = http_kept_new(fd, size);
    if (!kept) return NULL;
    *place = (struct place){.device = st.st_dev, .inode = st.st_ino, .kept = kept};
    memcpy(place->sha256, sha256, sizeof place->sha256);
    hot->figures.opened++;
    hot->figures.held++;
    return kept;
}

struct http_kept *hot_papers_open(struct hot_papers *hot, const char *sha256, int64_t size)
{
    struct stat st;
    struct arena scratch = {0};
    const char *path = blob_path(&scratch, hot->folder, sha256);
    bool whole = path && stat(path, &st) == 0 && is_whole(&st, size);
    struct http_kept *kept = NULL;
    if (path) {
        (void)pthread_mutex_lock(&hot->mutex);
        struct place *place = find_place(hot, sha256);
        bool is_it = place->kept && memcmp(place->sha256, sha256, sizeof place->sha256) == 0;
        hot->figures.asked++;
        if (is_it && whole && place->device == st.st_dev && place->inode == st.st_ino) kept = place->kept;
        if (!kept && (whole || is_it)) empty(hot, place);
        if (!kept && whole) kept = open_now(hot, place, path, sha256, size);
        if (kept) {
            place->used_ms = clock_steady_ms();
            (void)http_kept_add(kept);
        }
        (void)pthread_mutex_unlock(&hot->mutex);
    }
    arena_release(&scratch);
    return kept;
}

void hot_papers_count(struct hot_papers *hot, struct hot_papers_figures *ret)
{
    (void)pthread_mutex_lock(&hot->mutex);
    *ret = hot->figures;
    (void)pthread_mutex_unlock(&hot->mutex);
}
