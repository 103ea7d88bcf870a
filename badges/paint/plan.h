/* Private to badges: which badge stands on which page, and where. What writes and what proves ask the same plan. */
#ifndef PLENUM_BADGES_PLAN_H
#define PLENUM_BADGES_PLAN_H

#include "badges/layout/layout.h"
#include "core/base/arena.h"

enum plan_kind { PLAN_FRONT, PLAN_BACK, PLAN_SEPARATOR, PLAN_EMPTY };

struct plan_page {
    enum plan_kind kind;
    size_t first, count; /* badges of the run; of a separator: those that follow it */
};

struct plan {
    struct badge_layout layout; /* with what the run asks for instead */
    struct plan_page *pages;    /* in the arena */
    size_t count;
};

/* Finds the layout, applies the run's page and duplex. ERR_INPUT when the page does not hold a badge. */
enum err badge_plan_make(const struct badge_run *run, struct arena *arena, struct plan *ret, struct fault *fault);

/* The corner of the badge that is `at` (from 0) on a page. *ret_turned: it is printed upside down (backs when the paper turns over its short edge). */
void badge_plan_place(const struct badge_layout *layout, enum plan_kind kind, size_t at, double *ret_x, double *ret_y, bool *ret_turned);

/* What badges are kept together by: delegation, badge box, or the first letter of the given name. NULL when it has none. */
const char *badge_plan_group(const struct badge_run *run, const struct badge *badge, struct arena *arena);

#endif
