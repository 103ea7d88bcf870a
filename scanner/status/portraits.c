#include "scanner/status/portraits.h"
#include "core/base/clock.h"
#include "core/base/id.h"
#include "core/base/thread.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define IDLE_MS 60000 /* nothing to fetch and nothing to forget */

struct wish {
    char scan_id[ID_UUID_SIZE]; /* "": none */
    int64_t since_ms;
};

struct portrait {
    char scan_id[ID_UUID_SIZE]; /* "": none */
    int64_t since_ms;
    struct buf picture;
};

struct portraits {
    struct portraits_settings settings;
    atomic_bool stop;
    pthread_t thread;
    bool has_thread;
    struct http_client *client; /* the thread's alone */
    pthread_mutex_t lock;
    pthread_cond_t changed;
    /* under the lock */
    struct wish wishes[PORTRAITS_KEPT];
    struct portrait kept[PORTRAITS_KEPT];
    int64_t paused_until_ms;
};

/* --- what is a picture ------------------------------------------------------------------------------------------------------------ */

static bool is_frame(const uint8_t *segment, size_t length)
{
    if (length < 9) return false;
    unsigned height = (unsigned)segment[3] << 8 | segment[4], width = (unsigned)segment[5] << 8 | segment[6];
    return height && width && height <= PORTRAIT_SIDE_MOST && width <= PORTRAIT_SIDE_MOST && (segment[7] == 1 || segment[7] == 3);
}

bool portrait_is_sound(const void *data, size_t length)
{
    const uint8_t *bytes = data;
    bool has_frame = false;
    if (length < 4 || length > PORTRAIT_BYTES_MOST || bytes[0] != 0xff || bytes[1] != 0xd8) return false;
    if (bytes[length - 2] != 0xff || bytes[length - 1] != 0xd9) return false; /* torn */
    for (size_t at = 2; length - at >= 4;) {
        if (bytes[at] != 0xff) return false;
        uint8_t marker = bytes[at + 1];
        if (marker == 0xff) { /* a fill byte */
            at++;
            continue;
        }
        if (marker < 0xc0 || (marker >= 0xd0 && marker <= 0xd9)) return false; /* none that may stand before a scan */
        size_t segment = (size_t)bytes[at + 2] << 8 | bytes[at + 3];
        if (segment < 2 || segment + 2 > length - at) return false;
        if (marker == 0xda) return has_frame;
        if (marker >= 0xc0 && marker <= 0xc2) {
            if (has_frame || !is_frame(bytes + at + 2, segment)) return false;
            has_frame = true;
        }
        at += segment + 2;
    }
    return false;
}

/* --- under the lock ---------------------------------------------------------------------------------------------------------------- */

static void forget(struct portrait *portrait)
{
    buf_release(&portrait->picture);
    *portrait = (struct portrait){0};
}

/* The newest wish that is young enough; all others of its kind stay. False: none. */
static bool take_wish(struct portraits *p, int64_t now, char *ret)
{
    struct wish *newest = NULL;
    for (size_t i = 0; i < PORTRAITS_KEPT; i++) {
        struct wish *wish = &p->wishes[i];
        if (!wish->scan_id[0]) continue;
        if (now - wish->since_ms > PORTRAIT_WISH_MS) wish->scan_id[0] = '\0';
        else if (!newest || wish->since_ms > newest->since_ms) newest = wish;
    }
    if (!newest) return false;
    memcpy(ret, newest->scan_id, ID_UUID_SIZE);
    newest->scan_id[0] = '\0';
    return true;
}

/* How long until the next one is to be forgotten. */
static int64_t forget_old(struct portraits *p, int64_t now)
{
    int64_t next = IDLE_MS;
    for (size_t i = 0; i < PORTRAITS_KEPT; i++) {
        struct portrait *one = &p->kept[i];
        int64_t left = one->since_ms + PORTRAIT_KEEP_MS - now;
        if (!one->scan_id[0]) continue;
        if (left <= 0) forget(one);
        else if (left < next) next = left;
    }
    return next;
}

static void keep(struct portraits *p, const char *scan_id, struct buf *picture)
{
    struct portrait *place = &p->kept[0];
    for (size_t i = 1; i < PORTRAITS_KEPT; i++)
        if (p->kept[i].since_ms < place->since_ms) place = &p->kept[i]; /* free ones are the oldest */
    forget(place);
    (void)snprintf(place->scan_id, sizeof place->scan_id, "%s", scan_id);
    place->since_ms = clock_steady_ms();
    place->picture = *picture;
    *picture = (struct buf){0};
}

/* --- the thread -------------------------------------------------------------------------------------------------------------------- */

/* A picture is asked for once. Whatever is no picture is as good as none. */
static void fetch(struct portraits *p, const char *scan_id)
{
    char path[128];
    struct http_answer answer;
    struct fault fault;
    if (p->settings.sync && !sync_reachable(p->settings.sync)) return;
    (void)snprintf(path, sizeof path, "/api/v1/checkins/%.64s/photo", scan_id);
    http_answer_init(&answer, PORTRAIT_BYTES_MOST);
    int64_t begun = clock_steady_ms();
    enum err e = http_client_ask(p->client, path, NULL, NULL, PORTRAIT_ASK_MS, &answer, &fault);
    bool is_slow = e == ERR_NETWORK || e == ERR_TIMEOUT || e == ERR_LIMIT || clock_steady_ms() - begun > PORTRAIT_SLOW_MS;
    bool has = e == OK && answer.status == 200 && portrait_is_sound(buf_text(&answer.body), answer.body.length);
    pthread_mutex_lock(&p->lock);
    if (is_slow) p->paused_until_ms = clock_steady_ms() + PORTRAIT_PAUSE_MS;
    if (has) keep(p, scan_id, &answer.body);
    pthread_mutex_unlock(&p->lock);
    if (has) p->settings.ready(p->settings.ctx, scan_id);
    http_answer_release(&answer);
}

static void *run(void *arg)
{
    struct portraits *p = arg;
    char scan_id[ID_UUID_SIZE];
    pthread_mutex_lock(&p->lock);
    while (!atomic_load(&p->stop)) {
        int64_t now = clock_steady_ms(), next = forget_old(p, now);
        if (!take_wish(p, now, scan_id)) {
            (void)thread_wait(&p->changed, &p->lock, next);
            continue;
        }
        if (now < p->paused_until_ms) continue;
        pthread_mutex_unlock(&p->lock);
        fetch(p, scan_id);
        pthread_mutex_lock(&p->lock);
    }
    pthread_mutex_unlock(&p->lock);
    return NULL;
}

enum err portraits_start(const struct portraits_settings *settings, struct portraits **ret, struct fault *fault)
{
    struct portraits *p = calloc(1, sizeof *p);
    if (!p) return fault_set(fault, ERR_NOMEM, "not enough memory for photos");
    p->settings = *settings;
    p->settings.server.stop = &p->stop;
    p->settings.server.accept = "image/jpeg";
    pthread_mutex_init(&p->lock, NULL);
    thread_condition_init(&p->changed);
    p->client = http_client_new(&p->settings.server);
    p->has_thread = p->client && pthread_create(&p->thread, NULL, run, p) == 0;
    if (!p->has_thread) {
        portraits_stop(p);
        return fault_set(fault, ERR_NOMEM, "cannot start the thread that fetches photos");
    }
    *ret = p;
    return OK;
}

void portraits_stop(struct portraits *p)
{
    if (!p) return;
    pthread_mutex_lock(&p->lock);
    atomic_store(&p->stop, true);
    pthread_cond_broadcast(&p->changed);
    pthread_mutex_unlock(&p->lock);
    if (p->has_thread) pthread_join(p->thread, NULL);
    for (size_t i = 0; i < PORTRAITS_KEPT; i++) forget(&p->kept[i]);
    http_client_free(p->client);
    pthread_cond_destroy(&p->changed);
    pthread_mutex_destroy(&p->lock);
    free(p);
}

/* --- from other threads ------------------------------------------------------------------------------------------------------------ */

void portraits_wish(struct portraits *p, const char *scan_id)
{
    pthread_mutex_lock(&p->lock);
    struct wish *place = &p->wishes[0];
    for (size_t i = 0; i < PORTRAITS_KEPT; i++) {
        struct wish *one = &p->wishes[i];
        if (!one->scan_id[0]) {
            place = one;
            break;
        }
        if (one->since_ms < place->since_ms) place = one;
    }
    (void)snprintf(place->scan_id, sizeof place->scan_id, "%s", scan_id);
    place->since_ms = clock_steady_ms();
    pthread_cond_signal(&p->changed);
    pthread_mutex_unlock(&p->lock);
}

bool portraits_get(struct portraits *p, const char *scan_id, struct buf *out)
{
    bool has = false;
    if (!*scan_id) return false;
    pthread_mutex_lock(&p->lock);
    for (size_t i = 0; i < PORTRAITS_KEPT && !has; i++) {
        const struct portrait *one = &p->kept[i];
        has = strcmp(one->scan_id, scan_id) == 0;
        if (has && out) buf_add(out, one->picture.data, one->picture.length);
    }
    pthread_mutex_unlock(&p->lock);
    return has;
}
