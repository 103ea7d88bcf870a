/* What figures cost: live ones, which screens ask for five times a second, and those of the past, which are made from all scans.
 *
 *     figures DATA EVENT */
#include "core/base/clock.h"
#include "core/congress/figures/keep.h"
#include "core/congress/store/store.h"

#include <stdio.h>
#include <string.h>

#define TIMES 5

typedef enum err read_figures(struct figures_keep *keep, struct db *db, struct arena *arena, const struct programme *programme, int64_t now_ms, struct figures *ret);

static enum err of_now(struct figures_keep *keep, struct db *db, struct arena *arena, const struct programme *programme, int64_t now_ms, struct figures *ret)
{
    return figures_read_kept(keep, db, arena, programme, now_ms, ret);
}

static enum err of_the_past(struct figures_keep *keep, struct db *db, struct arena *arena, const struct programme *programme, int64_t now_ms, struct figures *ret)
{
    (void)keep;
    return figures_read_at(db, arena, programme, (struct figures_moment){now_ms, now_ms}, ret);
}

static enum err measure(const char *what, read_figures *read, struct figures_keep *keep, struct db *db, const struct programme *programme)
{
    enum err e = OK;
    for (int i = 0; e == OK && i < TIMES; i++) {
        struct arena arena = {0};
        struct figures figures;
        int64_t cpu_us = clock_thread_us(), wall_us = clock_steady_us();
        e = read(keep, db, &arena, programme, clock_now_ms(), &figures);
        cpu_us = clock_thread_us() - cpu_us;
        wall_us = clock_steady_us() - wall_us;
        json_t *all = e == OK ? figures_json(&figures) : NULL;
        const char *text = all ? json_text(&arena, all) : "";
        printf("%-5s %8.1f ms of processor, %8.1f ms of time, %6.1f MB, JSON of %zu bytes\n", what, (double)cpu_us / 1e3, (double)wall_us / 1e3,
               (double)arena.total / 1e6, text ? strlen(text) : 0);
        json_decref(all);
        arena_release(&arena);
    }
    return e;
}

int main(int argc, char **argv)
{
    struct store store = {0};
    struct arena arena = {0};
    struct programme *programme;
    struct figures_keep *keep = NULL;
    struct fault fault = {0};
    if (argc != 3) return 2;
    enum err e = store_open(argv[1], STORE_READ, &store, &fault);
    if (e == OK) e = programme_load(store.db, &arena, argv[2], &programme);
    if (e == OK) e = figures_keep_new(&keep);
    if (e == OK) e = measure("live", of_now, NULL, store.db, programme);
    if (e == OK) e = measure("kept", of_now, keep, store.db, programme);
    if (e == OK) e = measure("past", of_the_past, NULL, store.db, programme);
    if (e != OK) fprintf(stderr, "figures: %s %s\n", err_name(e), fault.text);
    figures_keep_free(keep);
    arena_release(&arena);
    store_close(&store);
    return e != OK;
}
