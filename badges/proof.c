#include "badges/proof.h"

#include "badges/draw.h"
#include "badges/layout.h"
#include "core/vision/qr_read.h"

#include <string.h>

#define PROOF_DPI 150
#define LISTED_MOST 5 /* badges in the sentence; all are in the list */

struct proving {
    const struct badge_run *run;
    const struct badge_layout *layout;
    struct qr_reader *reader;
    struct arena *arena; /* the caller's: flaws */
    struct arena page;   /* one page */
    struct badge_proof proof;
    size_t flaw_capacity;
};

static double to_pixels(double mm)
{
    return mm * PROOF_DPI / 25.4;
}

static enum err note_flaw(struct proving *p, size_t index, const char *got)
{
    if (arena_grow(p->arena, &p->proof.flaws, &p->flaw_capacity, p->proof.flaw_count, sizeof *p->proof.flaws) != 0) return ERR_NOMEM;
    p->proof.flaws[p->proof.flaw_count++] = (struct badge_flaw){.index = index, .got = got ? arena_strdup(p->arena, got) : NULL};
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

static enum err prove_page(struct proving *p, const struct picture *picture, size_t page)
{
    struct qr_found_list list = {0};
    arena_clear(&p->page);
    enum err e = qr_read_all(p->reader, picture, &p->page, &list);
    size_t first = page * badge_page_size(p->layout);
    for (size_t i = first; e == OK && i < p->run->count && i < first + badge_page_size(p->layout); i++) {
        size_t where;
        double x, y;
        badge_place(p->layout, i, &where, &x, &y);
        struct box box = badge_box(p->layout, &p->layout->qr, badge_is_mirrored(p->run->language), x, y);
        double left = to_pixels(box.x), top = to_pixels(box.y), side = to_pixels(box.width);
        const char *got = find_code(&list, left, top, side);
        if (!got) e = look_closer(p, picture, left, top, side, &got);
        if (e != OK) break;
        if (got && strcmp(got, p->run->badges[i].url) == 0) p->proof.codes++;
        else e = note_flaw(p, i, got);
    }
    return e;
}

static enum err prove_pages(struct proving *p, struct drawing *drawing, struct fault *fault)
{
    size_t wanted = (p->run->count + badge_page_size(p->layout) - 1) / badge_page_size(p->layout);
    for (;;) {
        struct picture picture;
        enum err e = drawing_next(drawing, &picture, fault);
        if (e == ERR_NOT_FOUND && p->proof.pages == wanted) return OK;
        if (e == ERR_NOT_FOUND && p->proof.pages) return fault_set(fault, ERR_CONFLICT, "the PDF has %zu pages instead of %zu", p->proof.pages, wanted);
        if (e != OK) return e;
        if (p->proof.pages == wanted) return fault_set(fault, ERR_CONFLICT, "the PDF has more than %zu pages", wanted);
        e = prove_page(p, &picture, p->proof.pages);
        if (e != OK) return fault_set(fault, e, "reading page %zu: %s", p->proof.pages + 1, err_name(e));
        p->proof.pages++;
        size_t done = p->proof.pages * badge_page_size(p->layout);
        if (p->run->on_progress) p->run->on_progress(p->run->progress_data, done < p->run->count ? done : p->run->count, p->run->count);
    }
}

static enum err tell_flaws(const struct proving *p, struct fault *fault)
{
    struct buf list;
    buf_init(&list, BUF_LIMIT_LINE);
    for (size_t i = 0; i < p->proof.flaw_count && i < LISTED_MOST; i++) {
        const struct badge_flaw *flaw = &p->proof.flaws[i];
        const struct badge *badge = &p->run->badges[flaw->index];
        buf_printf(&list, "%s%.40s (page %zu) %s", i ? "; " : "", badge->person_code ? badge->person_code : badge->number ? badge->number : "?",
                   flaw->index / badge_page_size(p->layout) + 1, flaw->got ? "reads as another code" : "cannot be read");
    }
    (void)fault_set(fault, ERR_CONFLICT, "%zu of %zu QR codes are bad: %s%s", p->proof.flaw_count, p->run->count, buf_text(&list),
                    p->proof.flaw_count > LISTED_MOST ? "; …" : "");
    buf_release(&list);
    return ERR_CONFLICT;
}

enum err badges_verify(const struct badge_run *run, const struct buf *pdf, struct arena *arena, struct badge_proof *ret, struct fault *fault)
{
    struct proving p = {.run = run, .arena = arena};
    struct drawing *drawing = NULL;
    enum err e = badges_layout_find(run->layout, &p.layout, fault);
    if (e != OK) return e;
    p.reader = qr_reader_new();
    if (!p.reader) e = fault_set(fault, ERR_NOMEM, "no memory for reading codes");
    if (e == OK) e = drawing_start(pdf, PROOF_DPI, &drawing, fault);
    if (e == OK) e = prove_pages(&p, drawing, fault);
    if (e == OK && p.proof.flaw_count) e = tell_flaws(&p, fault);
    if (e == OK || e == ERR_CONFLICT) *ret = p.proof;
    drawing_end(drawing);
    qr_reader_free(p.reader);
    arena_release(&p.page);
    return e;
}
