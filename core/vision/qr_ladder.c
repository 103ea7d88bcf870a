#include "core/vision/qr_ladder.h"
#include "core/base/clock.h"
#include "core/vision/qr_search.h"
#include "core/vision/shade.h"

#include <stdlib.h>
#include <string.h>

#define SHARE_PERCENT 45         /* of one core, for a camera */
#define FRAME_US_LEAST 33000     /* frames that come faster are a file's: it has time */
#define CREDIT_US_MOST 200000
#define THRESHOLD_MARGIN 5

struct qr_ladder {
    bool (*is_wanted)(const char *text, size_t length);
    struct qr_reader *reader;
    struct reed_solomon field;
    unsigned turn;
    int64_t credit_us; /* processor time that may still be used */
};

/* One picture on its way up. */
struct climb {
    struct qr_ladder *ladder;
    struct arena *arena;
    struct picture full, half, quarter, sharp;
    struct shade half_shade, full_shade;
    struct qr_found_list found;
    bool wanted;     /* a code of ours is among them */
    bool more;       /* corners of a code that was not read, at the last look */
    bool suspicious; /* something looks like a code and could not be read */
};

typedef enum err rung_function(struct climb *climb);

struct qr_ladder *qr_ladder_new(bool (*is_wanted)(const char *text, size_t length))
{
    struct qr_ladder *ladder = calloc(1, sizeof *ladder);
    if (!ladder) return NULL;
    ladder->is_wanted = is_wanted;
    ladder->reader = qr_reader_new();
    if (!ladder->reader) {
        free(ladder);
        return NULL;
    }
    reed_solomon_init(&ladder->field);
    return ladder;
}

void qr_ladder_free(struct qr_ladder *ladder)
{
    if (!ladder) return;
    qr_reader_free(ladder->reader);
    free(ladder);
}

/* --- what pictures are made of the picture; each once ------------------------------------------------------------------------------ */

static enum err need_half(struct climb *c)
{
    if (c->half.pixels) return OK;
    enum err e = shade_halve(c->arena, &c->full, &c->half);
    return e == OK ? shade_make(c->arena, &c->half, 20, &c->half_shade) : e;
}

static enum err need_full_shade(struct climb *c)
{
    return c->full_shade.values ? OK : shade_make(c->arena, &c->full, 30, &c->full_shade);
}

/* --- rungs ------------------------------------------------------------------------------------------------------------------------ */

/* Places in a smaller picture, as places in the whole one. */
static void enlarge(struct qr_found *found, unsigned scale)
{
    unsigned *const places[] = {&found->x, &found->y, &found->left, &found->top, &found->right, &found->bottom};
    for (size_t k = 0; k < sizeof places / sizeof *places; k++) *places[k] *= scale;
}

static enum err search(struct climb *c, const struct picture *picture, const struct shade *shade, unsigned step, int margin)
{
    struct qr_search s = {.field = &c->ladder->field, .picture = picture, .shade = shade, .arena = c->arena, .step = step, .margin = margin, .found = &c->found};
    size_t before = c->found.count;
    unsigned scale = (c->full.width + picture->width / 2) / picture->width;
    enum err e = qr_search_run(&s);
    c->more = s.suspects > 0 || s.left_over > 0;
    c->suspicious = c->suspicious || s.suspects > 0;
    for (size_t i = before; e == OK && i < c->found.count; i++) enlarge(&c->found.items[i], scale);
    return e;
}

static enum err look_at_half(struct climb *c)
{
    enum err e = need_half(c);
    return e == OK ? search(c, &c->full, &c->half_shade, 1, 8) : e;
}

static enum err look_at_full(struct climb *c)
{
    enum err e = need_full_shade(c);
    return e == OK ? search(c, &c->full, &c->full_shade, 2, 8) : e;
}

/* Noise is averaged away, and so is what a phone's screen adds. */
static enum err look_at_quarter(struct climb *c)
{
    struct shade shade;
    enum err e = need_half(c);
    if (e == OK) e = shade_halve(c->arena, &c->half, &c->quarter);
    if (e == OK) e = shade_make(c->arena, &c->quarter, 12, &shade);
    return e == OK ? search(c, &c->half, &shade, 1, 3) : e;
}

static enum err look_at_sharpened(struct climb *c)
{
    struct shade shade;
    struct picture sharp;
    enum err e = need_half(c);
    if (e == OK) e = shade_sharpen(c->arena, &c->half, 30, &sharp);
    if (e == OK) e = shade_make(c->arena, &sharp, 20, &shade);
    return e == OK ? search(c, &c->full, &shade, 1, 4) : e;
}

static bool has(const struct qr_found_list *list, const struct qr_found *item)
{
    for (size_t i = 0; i < list->count; i++)
        if (list->items[i].length == item->length && memcmp(list->items[i].text, item->text, item->length) == 0) return true;
    return false;
}

static enum err ask_zbar(struct climb *c, const struct picture *picture)
{
    struct qr_found_list more = {0};
    unsigned scale = picture->width ? (c->full.width + picture->width / 2) / picture->width : 1;
    enum err e = qr_read(c->ladder->reader, picture, c->arena, &more);
    for (size_t i = 0; e == OK && i < more.count && c->found.count < QR_READ_MOST; i++) {
        struct qr_found item = more.items[i];
        if (item.length == 0 || has(&c->found, &item)) continue;
        enlarge(&item, scale);
        c->found.items[c->found.count++] = item;
    }
    return e;
}

static enum err ask_zbar_half(struct climb *c)
{
    struct picture picture;
    enum err e = need_half(c);
    if (e == OK) e = shade_threshold(c->arena, &c->half_shade, THRESHOLD_MARGIN, &picture);
    return e == OK ? ask_zbar(c, &picture) : e;
}

static enum err ask_zbar_threshold(struct climb *c)
{
    struct picture picture;
    enum err e = need_full_shade(c);
    if (e == OK) e = shade_threshold(c->arena, &c->full_shade, THRESHOLD_MARGIN, &picture);
    return e == OK ? ask_zbar(c, &picture) : e;
}

static enum err ask_zbar_raw(struct climb *c)
{
    return ask_zbar(c, &c->full);
}

static enum err ask_zbar_inverted(struct climb *c)
{
    struct picture picture;
    enum err e = need_half(c);
    if (e == OK) e = shade_invert(c->arena, &c->half, &picture);
    return e == OK ? ask_zbar(c, &picture) : e;
}

/* --- climbing --------------------------------------------------------------------------------------------------------------------- */

static rung_function *const own_rungs[] = {look_at_half, look_at_full, look_at_quarter, look_at_sharpened};
static rung_function *const zbar_rungs[] = {ask_zbar_half, ask_zbar_raw, ask_zbar_threshold, ask_zbar_inverted};
#define OWN (sizeof own_rungs / sizeof *own_rungs)
#define STILL 2 /* of them for a picture: the others find next to nothing that these and our own leave, but have another chance at each frame of a camera */
#define ZBAR (sizeof zbar_rungs / sizeof *zbar_rungs)
_Static_assert(QR_LADDER_TURNS == 2 * ZBAR, "each rung has had its turn after as many glances");

static int compare_place(const void *a, const void *b)
{
    const struct qr_found *left = a, *right = b;
    if (left->y != right->y) return left->y < right->y ? -1 : 1;
    return (left->x > right->x) - (left->x < right->x);
}

static enum err begin(struct qr_ladder *ladder, const struct picture *picture, struct arena *arena, struct climb *c)
{
    if (!picture->width || !picture->height || picture->width > PICTURE_SIDE_MOST || picture->height > PICTURE_SIDE_MOST) return ERR_INPUT;
    *c = (struct climb){.ladder = ladder, .arena = arena, .full = *picture, .found = {.items = arena_array(arena, QR_READ_MOST, sizeof *c->found.items)}};
    return c->found.items ? OK : ERR_NOMEM;
}

static enum err take_rung(struct climb *c, rung_function *rung)
{
    size_t before = c->found.count;
    enum err e = rung(c);
    for (size_t i = before; e == OK && i < c->found.count; i++)
        c->wanted = c->wanted || !c->ladder->is_wanted || c->ladder->is_wanted(c->found.items[i].text, c->found.items[i].length);
    return e;
}

static void finish(struct climb *c, struct qr_found_list *ret)
{
    qsort(c->found.items, c->found.count, sizeof *c->found.items, compare_place);
    *ret = c->found;
}

enum err qr_ladder_climb(struct qr_ladder *ladder, const struct picture *picture, struct arena *arena, struct qr_found_list *ret)
{
    struct climb c;
    enum err e = begin(ladder, picture, arena, &c);
    /* The second look is for a smaller badge beside the one that was found. */
    for (size_t i = 0; e == OK && i < OWN && (!c.wanted || (i == 1 && c.more)); i++) e = take_rung(&c, own_rungs[i]);
    /* zbar's dear looks only where there is something to be read, and none beside a code of somebody else: it may hang there all day. */
    for (size_t i = 0; e == OK && i < STILL && !c.wanted && (i == 0 || (c.suspicious && c.found.count == 0)); i++) e = take_rung(&c, zbar_rungs[i]);
    if (e == OK) finish(&c, ret);
    return e;
}

enum err qr_ladder_glance(struct qr_ladder *ladder, const struct picture *picture, int64_t passed_us, struct arena *arena, struct qr_found_list *ret)
{
    struct climb c;
    int64_t start_us = clock_thread_us(), spent_us = 0;
    unsigned turn = ladder->turn++;
    if (passed_us < FRAME_US_LEAST) passed_us = FRAME_US_LEAST;
    if (passed_us > CREDIT_US_MOST) passed_us = CREDIT_US_MOST;
    ladder->credit_us += passed_us * SHARE_PERCENT / 100;
    if (ladder->credit_us > CREDIT_US_MOST) ladder->credit_us = CREDIT_US_MOST;
    enum err e = begin(ladder, picture, arena, &c);
    if (e == OK) e = take_rung(&c, own_rungs[0]);
    for (size_t i = 1; e == OK && i < OWN; i++) {
        /* When time is short, each has its turn. */
        bool due = turn % (OWN - 1) == i - 1, rich = ladder->credit_us > clock_thread_us() - start_us;
        if (c.wanted ? i == 1 && due : due || rich) e = take_rung(&c, own_rungs[i]);
    }
    spent_us = clock_thread_us() - start_us;
    if (e == OK && !c.wanted && turn % 2 == 0 && ladder->credit_us > spent_us) e = take_rung(&c, zbar_rungs[turn / 2 % ZBAR]);
    ladder->credit_us -= clock_thread_us() - start_us;
    if (ladder->credit_us < -CREDIT_US_MOST) ladder->credit_us = -CREDIT_US_MOST;
    if (e == OK) finish(&c, ret);
    return e;
}
