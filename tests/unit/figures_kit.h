/* What tests of figures share: the counters, and what is kept between readings, say what a count of everything from the scans says. */
#ifndef PLENUM_TESTS_FIGURES_KIT_H
#define PLENUM_TESTS_FIGURES_KIT_H

#include "core/congress/figures/keep.h"
#include "tests/unit/check.h"

#include <stdlib.h>
#include <string.h>

static inline char *figures_kit_text(const struct figures *f, struct arena *arena)
{
    json_t *all = figures_json(f);
    (void)json_object_del(all, "at");
    (void)json_object_del(all, "known_at");
    char *text = all ? json_text(arena, all) : NULL;
    json_decref(all);
    return text;
}

/* As of `now_ms`: live, live with what `keep` holds from the readings before (NULL: not asked), and from nothing. Says what differs. */
static inline bool figures_kit_agree(struct figures_keep *keep, struct db *db, const char *event, int64_t now_ms)
{
    struct arena arena = {0};
    struct programme *programme;
    struct figures live, kept, past;
    enum err e = programme_load(db, &arena, event, &programme);
    if (e == OK) e = figures_read(db, &arena, programme, now_ms, &live);
    if (e == OK) e = figures_read_kept(keep, db, &arena, programme, now_ms, &kept);
    if (e == OK) e = figures_read_at(db, &arena, programme, (struct figures_moment){now_ms, now_ms}, &past);
    const char *a = e == OK ? figures_kit_text(&live, &arena) : NULL, *b = e == OK ? figures_kit_text(&kept, &arena) : NULL;
    const char *c = e == OK ? figures_kit_text(&past, &arena) : NULL;
    bool same = a && b && c && strcmp(a, b) == 0 && strcmp(a, c) == 0;
    if (!same) printf("# figures: %s\n# live %s\n# kept %s\n# past %s\n", err_name(e), a ? a : "-", b ? b : "-", c ? c : "-");
    arena_release(&arena);
    return same;
}

#endif
