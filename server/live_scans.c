#include "server/live_scans.h"

#include "core/base/arena.h"
#include "core/base/clock.h"
#include "core/congress/checkin/scan_json.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

struct slot {
    char event[64];
    bool wanted, names, any;
    int64_t expected_ms;       /* steady */
    int64_t budget, filled_ms; /* thousandths of a scan, and the steady ms of the last filling */
    struct live_scan *first, **last;
    uint64_t untold;
};

struct live_scans {
    pthread_mutex_t mutex;
    struct slot slots[LIVE_SCANS_EVENTS];
    size_t count;
};

enum err live_scans_new(struct live_scans **ret)
{
    struct live_scans *scans = calloc(1, sizeof *scans);
    if (!scans) return ERR_NOMEM;
    (void)pthread_mutex_init(&scans->mutex, NULL);
    *ret = scans;
    return OK;
}

static void free_list(struct live_scan *list)
{
    while (list) {
        struct live_scan *next = list->next;
        free(list);
        list = next;
    }
}

void live_scans_free(struct live_scans *scans)
{
    if (!scans) return;
    for (size_t i = 0; i < scans->count; i++) free_list(scans->slots[i].first);
    (void)pthread_mutex_destroy(&scans->mutex);
    free(scans);
}

static struct slot *find(struct live_scans *scans, const char *event)
{
    for (size_t i = 0; i < scans->count; i++)
        if (strcmp(scans->slots[i].event, event) == 0) return &scans->slots[i];
    return NULL;
}

enum err live_scans_watch(struct live_scans *scans, const char *event)
{
    enum err e = OK;
    pthread_mutex_lock(&scans->mutex);
    if (find(scans, event)) goto out;
    e = scans->count == LIVE_SCANS_EVENTS || strlen(event) >= sizeof scans->slots[0].event ? ERR_LIMIT : OK;
    if (e != OK) goto out;
    struct slot *slot = &scans->slots[scans->count++];
    *slot = (struct slot){.budget = LIVE_SCANS_SECOND * 1000, .filled_ms = clock_steady_ms(), .last = &slot->first};
    memcpy(slot->event, event, strlen(event) + 1);
out:
    pthread_mutex_unlock(&scans->mutex);
    return e;
}

bool live_scans_expect(struct live_scans *scans, const char *event)
{
    pthread_mutex_lock(&scans->mutex);
    struct slot *slot = find(scans, event);
    if (slot) {
        slot->wanted = true;
        slot->expected_ms = clock_steady_ms();
    }
    pthread_mutex_unlock(&scans->mutex);
    return slot != NULL;
}

void live_scans_allow(struct live_scans *scans, const char *event, bool heard, bool names_on_wall)
{
    pthread_mutex_lock(&scans->mutex);
    struct slot *slot = find(scans, event);
    if (slot) {
        slot->wanted = heard || clock_steady_ms() - slot->expected_ms < LIVE_SCANS_EXPECT_MS;
        slot->names = names_on_wall;
    }
    pthread_mutex_unlock(&scans->mutex);
}

static bool is_news(const struct checkin_answer *a)
{
    return !a->replayed && a->outcome != OUTCOME_invalid;
}

/* How many of these are told one by one. Under the mutex. */
static size_t spend(struct slot *slot, size_t count)
{
    const int64_t most = LIVE_SCANS_SECOND * 1000;
    int64_t now = clock_steady_ms();
    slot->budget += (now - slot->filled_ms) * LIVE_SCANS_SECOND;
    slot->filled_ms = now;
    if (slot->budget > most) slot->budget = most;
    size_t told = (size_t)(slot->budget / 1000) < count ? (size_t)(slot->budget / 1000) : count;
    slot->budget -= (int64_t)told * 1000;
    slot->untold += count - told;
    return told;
}

static struct live_scan *make(struct arena *arena, const struct checkin_answer *a, bool names)
{
    char at[CLOCK_TEXT_SIZE];
    json_t *whole = scan_answer_json(arena, a, "vi"), *plain = NULL;
    (void)clock_format(clock_now_ms(), at);
    if (whole) (void)json_object_set_new(whole, "at", json_string(at));
    if (a->outcome != OUTCOME_refused) /* that is between the desk and the person */
        plain = json_pack("{s:s,s:s,s:s?,s:s?}", "at", at, "outcome", outcome_name(a->outcome), "category", a->category, "name",
                          names && a->outcome == OUTCOME_admitted ? a->name : NULL);
    const char *desk = whole ? json_text(arena, whole) : NULL, *wall = plain ? json_text(arena, plain) : NULL;
    json_decref(whole);
    json_decref(plain);
    size_t desk_size = desk ? strlen(desk) + 1 : 0, wall_size = wall ? strlen(wall) + 1 : 0;
    struct live_scan *scan = malloc(sizeof *scan + desk_size + wall_size);
    if (!scan) return NULL;
    char *texts = (char *)(scan + 1);
    *scan = (struct live_scan){.desk = desk ? texts : NULL, .wall = wall ? texts + desk_size : NULL};
    if (desk) memcpy(texts, desk, desk_size);
    if (wall) memcpy(texts + desk_size, wall, wall_size);
    return scan;
}

bool live_scans_put(struct live_scans *scans, const char *event, const struct checkin_answer *answers, size_t count)
{
    struct arena arena = {0};
    struct live_scan *first = NULL, **last = &first;
    size_t news = 0, told = 0;
    bool rings = false, names = false;
    for (size_t i = 0; i < count; i++) news += is_news(&answers[i]);
    if (!news) return false;
    pthread_mutex_lock(&scans->mutex);
    struct slot *slot = find(scans, event); /* stays where it is */
    if (slot && slot->wanted) {
        told = spend(slot, news);
        names = slot->names;
        rings = !slot->any;
        slot->any = true;
    }
    pthread_mutex_unlock(&scans->mutex);
    for (size_t i = 0; told && i < count; i++) {
        struct live_scan *scan = is_news(&answers[i]) ? make(&arena, &answers[i], names) : NULL;
        told -= is_news(&answers[i]);
        if (!scan) continue;
        *last = scan;
        last = &scan->next;
    }
    arena_release(&arena);
    if (!first) return rings;
    pthread_mutex_lock(&scans->mutex);
    *slot->last = first;
    slot->last = last;
    rings |= !slot->any; /* it was taken in between */
    slot->any = true;
    pthread_mutex_unlock(&scans->mutex);
    return rings;
}

void live_scans_take(struct live_scans *scans, const char *event, struct live_scans_taken *ret)
{
    *ret = (struct live_scans_taken){0};
    pthread_mutex_lock(&scans->mutex);
    struct slot *slot = find(scans, event);
    if (slot) {
        *ret = (struct live_scans_taken){.list = slot->first, .untold = slot->untold, .any = slot->any};
        slot->first = NULL;
        slot->last = &slot->first;
        slot->untold = 0;
        slot->any = false;
    }
    pthread_mutex_unlock(&scans->mutex);
}
