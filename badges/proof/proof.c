#include "badges/proof/proof.h"

#include "badges/proof/draw.h"
#include "badges/layout/field.h"
#include "badges/proof/ink_map.h"
#include "badges/paint/plan.h"
#include "core/base/text.h"
#include "core/vision/qr_read.h"

#include <string.h>

#define PROOF_DPI 150
#define LISTED_MOST 5 /* badges in the sentence; all are in the list */

struct proving {
    const struct badge_run *run;
    struct plan plan;
    struct qr_reader *reader;
    struct arena *arena; /* the caller's: flaws */
    struct arena own;    /* the plan */
    struct arena page, badge; /* one page, one badge */
    struct badge_proof proof;
    size_t flaw_capacity;
};

static double to_pixels(double mm)
{
    return mm * PROOF_DPI / 25.4;
}

static enum err note_flaw(struct proving *p, const struct badge_flaw *flaw)
{
    if (arena_grow(p->arena, &p->proof.flaws, &p->flaw_capacity, p->proof.flaw_count, sizeof *p->proof.flaws) != 0) return ERR_NOMEM;
    struct badge_flaw *kept = &p->proof.flaws[p->proof.flaw_count++];
    *kept = *flaw;
    kept->got = flaw->got ? arena_strdup(p->arena, flaw->got) : NULL;
    return OK;
}

/* The text whose middle is within the badge's code box, NULL when there is none. */
static const char *find_code(const struct qr_found_list *list, double left, double top, double side)
{
    for (size_t i = 0; i < list->count; i++) {
        const struct qr_found *found = &list->items[i];
        if (found->x >= left && found->x < left + side && found->y >= top && found->y < top + side) return found->text;
    }
    return NULL;
}

/* Looks at the code's box alone, without anything beside it. */
static enum err look_closer(struct proving *p, const struct picture *page, double left, double top, double side, const char **ret)
{
    unsigned x = (unsigned)left, y = (unsigned)top, size = (unsigned)side;
    if (x >= page->width || y >= page->height) return OK;
    unsigned width = x + size > page->width ? page->width - x : size, height = y + size > page->height ? page->height - y : size;
    uint8_t *pixels = arena_alloc(&p->page, (size_t)width * height);
    if (!pixels) return ERR_NOMEM;
    for (unsigned row = 0; row < height; row++) memcpy(pixels + (size_t)row * width, page->pixels + (size_t)(y + row) * page->width + x, width);
    struct picture part = {.width = width, .height = height, .pixels = pixels};
    struct qr_found_list list = {0};
    enum err e = qr_read(p->reader, &part, &p->page, &list);
    if (e == OK && list.count) *ret = list.items[0].text;
    return e;
}

/* Where the side shows the badge's code; false when it does not. */
static bool find_code_box(struct proving *p, const struct plan_page *page, size_t at, struct box *ret)
{
    const struct badge_layout *l = &p->plan.layout;
    const struct badge_side *side = page->kind == PLAN_BACK ? &l->back : &l->front;
    const struct badge_facts facts = {.run = p->run, .badge = &p->run->badges[page->first + at], .arena = &p->badge};
    double x, y;
    bool turned;
    badge_plan_place(l, page->kind, at, &x, &y, &turned);
    for (size_t i = 0; i < side->count; i++) {
        if (side->parts[i].kind != PART_QR || !badge_part_is_shown(&facts, &side->parts[i])) continue;
        *ret = badge_box(l, &side->parts[i].box, text_is_right_to_left(p->run->language), x, y);
        if (turned) ret->x = 2 * x + l->width - ret->x - ret->width, ret->y = 2 * y + l->height - ret->y - ret->height;
        return true;
    }
    return false;
}

static enum err prove_code(struct proving *p, const struct picture *picture, const struct qr_found_list *list, const struct plan_page *page, size_t at)
{
    struct box box;
    arena_clear(&p->badge);
    if (!find_code_box(p, page, at, &box)) return OK;
    double left = to_pixels(box.x), top = to_pixels(box.y), side = to_pixels(box.width);
    const char *got = find_code(list, left, top, side);
    enum err e = got ? OK : look_closer(p, picture, left, top, side, &got);
    if (e != OK) return e;
    size_t index = page->first + at;
    if (got && strcmp(got, p->run->badges[index].url) == 0) return p->proof.codes++, OK;
    struct badge_flaw flaw = {.index = index, .kind = got ? FLAW_OTHER_CODE : FLAW_UNREAD, .got = got, .back = page->kind == PLAN_BACK};
    return note_flaw(p, &flaw);
}

/* Ink on each badge, then on the whole page: that is beside all of them when the badges have none. */
static enum err prove_ink(struct proving *p, const struct picture *picture, const struct plan_page *page)
{
    const struct badge_layout *l = &p->plan.layout;
    struct ink_map map;
    enum err e = ink_map_start(&p->page, picture, PROOF_DPI, &map);
    for (size_t at = 0; e == OK && at < page->count; at++) {
        arena_clear(&p->badge);
        ink_map_add(&map, p->run, l, page->kind, at, &p->run->badges[page->first + at], &p->badge);
    }
    bool any = false;
    for (size_t at = 0; e == OK && at <= page->count; at++) {
        bool turned, whole = at == page->count;
        double x = 0, y = 0, stray_x, stray_y;
        if (!whole) badge_plan_place(l, page->kind, at, &x, &y, &turned);
        const struct box part = {.x = x, .y = y, .width = whole ? l->page_width : l->width, .height = whole ? l->page_height : l->height};
        if ((whole && any) || !ink_map_strays(&map, picture, &part, &stray_x, &stray_y)) continue;
        any = true;
        struct badge_flaw flaw = {.index = page->first + (whole ? 0 : at), .kind = FLAW_INK, .x = stray_x - x, .y = stray_y - y, .back = page->kind == PLAN_BACK};
        e = note_flaw(p, &flaw);
    }
    return e;
}

static enum err prove_page(struct proving *p, const struct picture *picture, const struct plan_page *page)
{
    struct qr_found_list list = {0};
    arena_clear(&p->page);
    if (page->kind == PLAN_SEPARATOR || page->kind == PLAN_EMPTY) return OK;
    struct box unused;
    arena_clear(&p->badge);
    enum err e = find_code_box(p, page, 0, &unused) ? qr_read_all(p->reader, picture, &p->page, &list) : OK;
    for (size_t at = 0; e == OK && at < page->count; at++) e = prove_code(p, picture, &list, page, at);
    return e == OK ? prove_ink(p, picture, page) : e;
}

static enum err prove_pages(struct proving *p, struct drawing *drawing, struct fault *fault)
{
    const size_t wanted = p->plan.count;
    for (;;) {
        struct picture picture;
        enum err e = drawing_next(drawing, &picture, fault);
        if (e == ERR_NOT_FOUND && p->proof.pages == wanted) return OK;
        if (e == ERR_NOT_FOUND && p->proof.pages) return fault_set(fault, ERR_CONFLICT, "the PDF has %zu pages instead of %zu", p->proof.pages, wanted);
        if (e != OK) return e;
        if (p->proof.pages == wanted) return fault_set(fault, ERR_CONFLICT, "the PDF has more than %zu pages", wanted);
        const struct plan_page *page = &p->plan.pages[p->proof.pages];
        e = prove_page(p, &picture, page);
        if (e != OK) return fault_set(fault, e, "reading page %zu: %s", p->proof.pages + 1, err_name(e));
        p->proof.pages++;
        if (p->run->on_progress && !p->run->on_progress(p->run->progress_data, page->first + page->count, p->run->count))
            return fault_set(fault, ERR_TIMEOUT, "stopped");
    }
}

static void tell_flaw(const struct proving *p, const struct badge_flaw *flaw, struct buf *out)
{
    const struct badge *badge = &p->run->badges[flaw->index];
    size_t page = 0;
    enum plan_kind kind = flaw->back ? PLAN_BACK : PLAN_FRONT;
    while (page < p->plan.count && (p->plan.pages[page].kind != kind || flaw->index >= p->plan.pages[page].first + p->plan.pages[page].count)) page++;
    buf_printf(out, "%.40s (page %zu) ", badge->person_code ? badge->person_code : badge->number ? badge->number : "?", page + 1);
    if (flaw->kind == FLAW_INK) buf_printf(out, "has ink outside of its boxes at %.1f, %.1f mm", flaw->x, flaw->y);
    else buf_puts(out, flaw->kind == FLAW_OTHER_CODE ? "reads as another code" : "cannot be read");
}

static enum err tell_flaws(const struct proving *p, struct fault *fault)
{
    struct buf list;
    buf_init(&list, BUF_LIMIT_LINE);
    for (size_t i = 0; i < p->proof.flaw_count && i < LISTED_MOST; i++) {
        if (i) buf_puts(&list, "; ");
        tell_flaw(p, &p->proof.flaws[i], &list);
    }
    (void)fault_set(fault, ERR_CONFLICT, "%zu of %zu badges are bad: %s%s", p->proof.flaw_count, p->run->count, buf_text(&list),
                    p->proof.flaw_count > LISTED_MOST ? "; …" : "");
    buf_release(&list);
    return ERR_CONFLICT;
}

enum err badges_verify(const struct badge_run *run, const struct buf *pdf, struct arena *arena, struct badge_proof *ret, struct fault *fault)
{
    struct proving p = {.run = run, .arena = arena};
    struct drawing *drawing = NULL;
    enum err e = badge_plan_make(run, &p.own, &p.plan, fault);
    if (e != OK) {
        arena_release(&p.own);
        return e;
    }
    p.reader = qr_reader_new();
    if (!p.reader) e = fault_set(fault, ERR_NOMEM, "no memory for reading codes");
    if (e == OK) e = drawing_start(pdf, PROOF_DPI, &drawing, fault);
    if (e == OK) e = prove_pages(&p, drawing, fault);
    if (e == OK && p.proof.flaw_count) e = tell_flaws(&p, fault);
    if (e == OK || e == ERR_CONFLICT) *ret = p.proof;
    drawing_end(drawing);
    qr_reader_free(p.reader);
    arena_release(&p.page);
    arena_release(&p.badge);
    arena_release(&p.own);
    return e;
}
