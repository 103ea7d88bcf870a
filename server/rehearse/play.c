#include "server/rehearse/play.h"

#include "core/base/clock.h"
#include "core/net/http_client.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SLICE_US 20000

/* --- samples ------------------------------------------------------------------------------------------------------------------------------------ */

void samples_add(struct samples *samples, int64_t us)
{
    pthread_mutex_lock(&samples->mutex);
    if (samples->count == samples->capacity) {
        size_t capacity = samples->capacity ? 2 * samples->capacity : 1024;
        int64_t *more = realloc(samples->us, capacity * sizeof *more);
        if (more) {
            samples->us = more;
            samples->capacity = capacity;
        }
    }
    if (samples->count < samples->capacity) samples->us[samples->count++] = us;
    else samples->lost++;
    pthread_mutex_unlock(&samples->mutex);
}

void samples_fail(struct samples *samples, const char *format, ...)
{
    va_list args;
    pthread_mutex_lock(&samples->mutex);
    if (samples->failed++ == 0) {
        va_start(args, format);
        (void)vsnprintf(samples->failure, sizeof samples->failure, format, args);
        va_end(args);
    }
    pthread_mutex_unlock(&samples->mutex);
}

/* --- the clock ---------------------------------------------------------------------------------------------------------------------------------- */

bool play_wait(struct play *play, int64_t at_ms, int64_t *ret_late_ms)
{
    int64_t due_us = play->started_us + at_ms * 1000 / play->speed, left;
    while ((left = due_us - clock_steady_us()) > 0) {
        if (atomic_load(&play->stop)) return false;
        clock_sleep_ms(left > SLICE_US ? SLICE_US / 1000 : left / 1000 + 1);
    }
    if (ret_late_ms) *ret_late_ms = -left * play->speed / 1000;
    return !atomic_load(&play->stop);
}

/* --- begin and end -------------------------------------------------------------------------------------------------------------------------------- */

static enum err new_lane(struct arena *arena, struct play *play, size_t number, const char *key)
{
    struct play_lane *lane = &play->lanes[number];
    struct rush_lane *plan = &play->plan->lanes[number];
    *lane = (struct play_lane){.play = play, .lane = plan, .key = key};
    lane->scans = arena_array(arena, 2 * plan->count + 1, sizeof *lane->scans);
    lane->kept = arena_array(arena, 2 * plan->count + 1, sizeof *lane->kept);
    lane->client = http_client_new(&(struct http_settings){.server = play->url, .key = key, .stop = &play->stop});
    return lane->scans && lane->kept && lane->client ? OK : ERR_NOMEM;
}

enum err play_new(struct arena *arena, struct rush *plan, const char *url, const char *slug, const char *const *keys, int64_t speed, struct play **ret)
{
    struct play *play = arena_alloc(arena, sizeof *play);
    if (!play) return ERR_NOMEM;
    play->plan = plan;
    play->url = url;
    play->slug = slug;
    play->speed = speed;
    for (size_t i = 0; i < SAMPLE_COUNT; i++) pthread_mutex_init(&play->samples[i].mutex, NULL);
    play->in_area = arena_array(arena, plan->people_count + 1, sizeof *play->in_area);
    play->in_since = arena_array(arena, plan->people_count + 1, sizeof *play->in_since);
    play->in_lane = arena_array(arena, plan->people_count + 1, sizeof *play->in_lane);
    enum err e = play->in_area && play->in_since && play->in_lane ? OK : ERR_NOMEM;
    for (size_t i = 0; e == OK && i < plan->lane_count; i++) e = new_lane(arena, play, i, keys[i]);
    for (size_t i = 0; i < PLAY_WALLS; i++) {
        play->walls[i] = (struct play_wall){.play = play, .key = keys[0]};
        atomic_init(&play->walls[i].attended, -1);
    }
    *ret = play; /* also when half made: play_free */
    return e;
}

void play_free(struct play *play)
{
    if (!play) return;
    for (size_t i = 0; i < play->plan->lane_count; i++) http_client_free(play->lanes[i].client);
    for (size_t i = 0; i < SAMPLE_COUNT; i++) {
        free(play->samples[i].us);
        pthread_mutex_destroy(&play->samples[i].mutex);
    }
}

/* --- running -------------------------------------------------------------------------------------------------------------------------------------- */

struct crew {
    pthread_t threads[RUSH_LANES_MOST + PLAY_PHONES];
    size_t count;
    atomic_size_t ended;
};

struct job {
    struct crew *crew;
    void *(*body)(void *arg);
    void *arg;
};

static void *run_job(void *arg)
{
    struct job job = *(struct job *)arg;
    free(arg);
    (void)job.body(job.arg);
    atomic_fetch_add(&job.crew->ended, 1);
    return NULL;
}

static enum err start(struct crew *crew, void *(*body)(void *arg), void *arg)
{
    struct job *job = malloc(sizeof *job);
    if (!job) return ERR_NOMEM;
    *job = (struct job){crew, body, arg};
    if (pthread_create(&crew->threads[crew->count], NULL, run_job, job) != 0) {
        free(job);
        return ERR_NOMEM;
    }
    crew->count++;
    return OK;
}

static enum err start_walls(struct play *play, pthread_t *threads)
{
    for (size_t i = 0; i < PLAY_WALLS; i++) {
        if (pthread_create(&threads[i], NULL, play_wall_run, &play->walls[i]) != 0) return ERR_NOMEM;
        play->walls[i].opened = true;
    }
    return OK;
}

enum err play_run(struct play *play, struct progress *progress, struct fault *fault)
{
    struct crew crew = {0};
    const size_t total = play->plan->visit_count + play->plan->phone_count;
    size_t shown = SIZE_MAX;
    enum err e = start_walls(play, play->wall_threads);
    play->started_us = clock_steady_us();
    for (size_t i = 0; e == OK && i < play->plan->lane_count; i++) e = start(&crew, play_lane_run, &play->lanes[i]);
    for (size_t i = 0; e == OK && i < PLAY_PHONES; i++) e = start(&crew, play_phone_run, play);
    if (e != OK) e = fault_set(fault, e, "the threads of the rehearsal could not be started");
    while (e == OK && atomic_load(&crew.ended) < crew.count) {
        size_t steps = atomic_load(&play->steps);
        bool goes_on = steps == shown ? !progress_is_stopped(progress) : progress_show(progress, steps, total);
        if (!goes_on) e = fault_set(fault, ERR_BUSY, "stopped");
        shown = steps;
        clock_sleep_ms(20);
    }
    if (e != OK) atomic_store(&play->stop, true);
    for (size_t i = 0; i < crew.count; i++) (void)pthread_join(crew.threads[i], NULL);
    if (e != OK) play_walls_end(play);
    progress_end(progress);
    return e;
}

int64_t play_walls_wait(struct play *play, int64_t attended, int64_t most_ms)
{
    int64_t begun = clock_steady_ms();
    for (;;) {
        bool agree = true;
        for (size_t i = 0; i < PLAY_WALLS; i++) agree = agree && atomic_load(&play->walls[i].attended) == attended;
        int64_t took = clock_steady_ms() - begun;
        if (agree || took >= most_ms) return agree ? took : -1;
        clock_sleep_ms(10);
    }
}

void play_walls_end(struct play *play)
{
    atomic_store(&play->walls_stop, true);
    for (size_t i = 0; i < PLAY_WALLS; i++) {
        if (play->walls[i].opened) (void)pthread_join(play->wall_threads[i], NULL);
        play->walls[i].opened = false;
    }
}
