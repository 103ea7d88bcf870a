#include "badges/paint/plan.h"

#include "badges/layout/field.h"
#include "core/base/text.h"

#include <string.h>

const char *badge_plan_group(const struct badge_run *run, const struct badge *badge, struct arena *arena)
{
    if (run->separators == GROUPS_BOX) return badge->badge_box;
    if (!run->by_name) return badge->delegation;
    const struct badge_facts facts = {.run = run, .badge = badge, .arena = arena};
    const char *given = badge_field_value(&facts, FIELD_GIVEN_NAME), *cursor = given;
    if (!given) return NULL;
    (void)text_next(&cursor);
    return arena_strndup(arena, given, (size_t)(cursor - given));
}

static bool same_text(const char *a, const char *b)
{
    return strcmp(a ? a : "", b ? b : "") == 0;
}

static bool same_group(const struct badge_run *run, size_t a, size_t b)
{
    const struct badge *one = &run->badges[a], *two = &run->badges[b];
    return run->separators == GROUPS_BOX ? same_text(one->badge_box, two->badge_box) : same_text(one->delegation, two->delegation);
}

static enum err settle_layout(const struct badge_run *run, struct arena *arena, struct badge_layout *ret, struct fault *fault)
{
    const struct badge_layout *layout = run->ready;
    enum err e = layout ? OK : badges_layout_find(arena, run->folder, run->layout, &layout, fault);
    if (e != OK) return e;
    *ret = *layout;
    if (run->duplex != DUPLEX_LAYOUT) ret->duplex = run->duplex;
    if (ret->duplex == DUPLEX_NONE) ret->back.count = 0;
    if (run->page_width <= 0) return OK;
    ret->page_width = run->page_width;
    ret->page_height = run->page_height;
    ret->columns = ret->rows = 0;
    ret->left = ret->top = -1;
    return badges_layout_impose(ret, fault);
}

struct planning {
    struct arena *arena;
    struct plan plan;
    size_t capacity;
};

static enum err add_page(struct planning *p, enum plan_kind kind, size_t first, size_t count)
{
    if (arena_grow(p->arena, &p->plan.pages, &p->capacity, p->plan.count, sizeof *p->plan.pages) != 0) return ERR_NOMEM;
    p->plan.pages[p->plan.count++] = (struct plan_page){.kind = kind, .first = first, .count = count};
    return OK;
}

static enum err add_pages(struct planning *p, const struct badge_run *run)
{
    size_t most = badge_page_size(&p->plan.layout);
    bool backs = p->plan.layout.back.count > 0;
    enum err e = OK;
    for (size_t first = 0, end; first < run->count && e == OK; first = end) {
        end = first + 1;
        while (end < run->count && (!run->separators || same_group(run, first, end))) end++;
        if (run->separators) e = add_page(p, PLAN_SEPARATOR, first, end - first);
        if (run->separators && backs && e == OK) e = add_page(p, PLAN_EMPTY, first, 0);
        for (size_t i = first; i < end && e == OK; i += most) {
            size_t count = end - i < most ? end - i : most;
            e = add_page(p, PLAN_FRONT, i, count);
            if (e == OK && backs) e = add_page(p, PLAN_BACK, i, count);
        }
    }
    return e;
}

enum err badge_plan_make(const struct badge_run *run, struct arena *arena, struct plan *ret, struct fault *fault)
{
    struct planning p = {.arena = arena};
    enum err e = settle_layout(run, arena, &p.plan.layout, fault);
    if (e != OK) return e;
    if (add_pages(&p, run) != OK) return fault_set(fault, ERR_NOMEM, "no memory for %zu badges", run->count);
    *ret = p.plan;
    return OK;
}

void badge_plan_place(const struct badge_layout *l, enum plan_kind kind, size_t at, double *ret_x, double *ret_y, bool *ret_turned)
{
    double x = l->left + (double)(at % l->columns) * (l->width + l->gap_x);
    double y = l->top + (double)(at / l->columns) * (l->height + l->gap_y);
    *ret_turned = false;
    if (kind == PLAN_BACK) {
        /* Paper that turns over its upright edge swaps left and right, over its level edge top and bottom. */
        bool upright = (l->duplex == DUPLEX_SHORT) == (l->page_width > l->page_height);
        if (upright) x = l->page_width - x - l->width;
        else y = l->page_height - y - l->height;
        *ret_turned = !upright;
    }
    *ret_x = x;
    *ret_y = y;
}
