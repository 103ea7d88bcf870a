#include "core/vision/qr_search.h"
#include "core/vision/qr_grid.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define TRIPLES_MOST 4000
#define TRIES_MOST 10     /* triples that were looked at in vain: then there is no code */
#define LARGE_COST 0.4f   /* a corner so good is one */
#define REACH 4           /* modules around one that say what is dark there */
#define CELLS_MOST (QR_SYMBOL_SIDE_MOST * QR_SYMBOL_SIDE_MOST)

struct triple {
    uint8_t finders[3]; /* the corner, then the one to its right, then the one below */
    float side;         /* modules, as measured */
    float cost;
};

/* One way of looking at the modules. */
struct look {
    float spread;            /* of each sample, in modules */
    float along, down;       /* how much of the neighbours' light is taken back: against blur */
};

static const struct look looks[] = {{0.5f, 0, 0}, {0.5f, 0.35f, 0.35f}, {0, 0, 0}, {0.5f, 0.8f, 0.8f}, {0.5f, 0.9f, 0}, {0.5f, 0, 0.9f}, {0.8f, 0, 0}};

/* --- triples ---------------------------------------------------------------------------------------------------------------------- */

/* Pixels a module of a finder, along a line to another. */
static float module_along(const struct qr_finder *f, float dx, float dy)
{
    float length = hypotf(dx, dy);
    return fabsf(dx) > fabsf(dy) ? f->across * fabsf(dx) / length : f->down * fabsf(dy) / length;
}

static float modules_between(const struct qr_finder *a, const struct qr_finder *b)
{
    float dx = b->x - a->x, dy = b->y - a->y;
    return hypotf(dx, dy) / ((module_along(a, dx, dy) + module_along(b, dx, dy)) / 2) + 7;
}

static bool are_alike(const struct qr_finder *a, const struct qr_finder *b)
{
    float x = a->across * a->down, y = b->across * b->down;
    return a->inverted == b->inverted && x < 5 * y && y < 5 * x;
}

/* How unlike a code's corner this is; below 0: it cannot be one. `across`, `down`: modules between the middles, and 7. */
static float judge(const struct qr_finder *corner, const struct qr_finder *right, const struct qr_finder *below, float across, float down)
{
    float ax = right->x - corner->x, ay = right->y - corner->y, bx = below->x - corner->x, by = below->y - corner->y;
    float a = hypotf(ax, ay), b = hypotf(bx, by), turn = ax * by - ay * bx, cosine = (ax * bx + ay * by) / (a * b + 1e-6f);
    if (turn <= 0 || a > 3 * b || b > 3 * a || fabsf(cosine) > 0.85f || across > 1.7f * down || down > 1.7f * across) return -1;
    float seen = (float)(corner->seen < right->seen ? corner->seen : right->seen);
    seen = seen < (float)below->seen ? seen : (float)below->seen;
    return fabsf(cosine) + fabsf(logf(across / down)) + 0.5f * fabsf(logf(a / b)) + 0.6f / seen;
}

static int compare_cost(const void *a, const void *b)
{
    const struct triple *left = a, *right = b;
    return (left->cost > right->cost) - (left->cost < right->cost);
}

/* Modules from each finder to each, where two may be corners of one code; else 0. */
static float *measure_pairs(struct arena *arena, const struct qr_finder_list *finders)
{
    size_t n = finders->count;
    float *pairs = arena_array(arena, n * n + 1, sizeof *pairs);
    for (size_t i = 0; pairs && i < n; i++)
        for (size_t j = 0; j < n; j++) {
            if (i == j || !are_alike(&finders->items[i], &finders->items[j])) continue;
            float modules = modules_between(&finders->items[i], &finders->items[j]);
            if (modules > 16 && modules < 190) pairs[i * n + j] = modules;
        }
    return pairs;
}

static enum err list_triples(struct arena *arena, const struct qr_finder_list *finders, struct triple **ret, size_t *ret_count)
{
    const struct qr_finder *f = finders->items;
    size_t count = 0, n = finders->count;
    const float *pairs = measure_pairs(arena, finders);
    struct triple *out = arena_array(arena, TRIPLES_MOST, sizeof *out);
    if (!pairs || !out) return ERR_NOMEM;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < n; j++) {
            float across = pairs[i * n + j];
            if (across <= 0) continue;
            for (size_t k = 0; k < n && count < TRIPLES_MOST; k++) {
                float down = pairs[i * n + k];
                if (k == j || down <= 0 || !are_alike(&f[j], &f[k])) continue;
                float cost = judge(&f[i], &f[j], &f[k], across, down);
                if (cost >= 0) out[count++] = (struct triple){.finders = {(uint8_t)i, (uint8_t)j, (uint8_t)k}, .side = (across + down) / 2, .cost = cost};
            }
        }
    qsort(out, count, sizeof *out, compare_cost);
    *ret = out;
    *ret_count = count;
    return OK;
}

/* --- modules ---------------------------------------------------------------------------------------------------------------------- */

/* Takes back what blur brought from the neighbours. */
static void clear_up(const int16_t *in, unsigned side, const struct look *look, int16_t *out)
{
    for (unsigned y = 0; y < side; y++)
        for (unsigned x = 0; x < side; x++) {
            size_t at = (size_t)y * side + x;
            float value = in[at], left = in[x ? at - 1 : at], right = in[x + 1 < side ? at + 1 : at];
            float up = in[y ? at - side : at], under = in[y + 1 < side ? at + side : at];
            float clear = value + look->along * (value - (left + right) / 2) + look->down * (value - (up + under) / 2);
            out[at] = (int16_t)(clear < -8000 ? -8000 : clear > 12000 ? 12000 : clear);
        }
}

/* Sums and counts of what is dark and what is light. */
struct halves {
    int32_t sums[2], counts[2];
};

static void add_halves(struct halves *to, const struct halves *from, int times)
{
    for (int k = 0; k < 2; k++) {
        to->sums[k] += times * from->sums[k];
        to->counts[k] += times * from->counts[k];
    }
}

/* The middle between the dark and the light of the nine by nine modules around each, by what the last round took for dark and light. */
static void find_middles(const int16_t *values, const int16_t *before, unsigned side, int16_t *out)
{
    struct halves columns[QR_SYMBOL_SIDE_MOST] = {0};
    for (int y = -REACH; y < (int)side; y++) {
        for (int x = 0; x < (int)side; x++)
            for (int k = 0; k < 2; k++) {
                int row = k ? y - REACH - 1 : y + REACH;
                if (row < 0 || row >= (int)side) continue;
                size_t at = (size_t)row * side + (size_t)x;
                bool light = values[at] > before[at];
                columns[x].sums[light] += k ? -values[at] : values[at];
                columns[x].counts[light] += k ? -1 : 1;
            }
        if (y < 0) continue;
        struct halves window = {0};
        for (int x = 0; x < REACH; x++) add_halves(&window, &columns[x], 1);
        for (int x = 0; x < (int)side; x++) {
            if (x + REACH < (int)side) add_halves(&window, &columns[x + REACH], 1);
            if (x > REACH) add_halves(&window, &columns[x - REACH - 1], -1);
            size_t at = (size_t)y * side + (size_t)x;
            out[at] = window.counts[0] && window.counts[1] ? (int16_t)((window.sums[0] / window.counts[0] + window.sums[1] / window.counts[1]) / 2) : before[at];
        }
    }
}

static void find_means(const int16_t *values, unsigned side, int16_t *out)
{
    int64_t sum = 0;
    size_t count = (size_t)side * side;
    for (size_t i = 0; i < count; i++) sum += values[i];
    for (size_t i = 0; i < count; i++) out[i] = (int16_t)(sum / (int64_t)count);
}

static void take_modules(const int16_t *values, struct qr_symbol *symbol)
{
    int16_t middles[CELLS_MOST], better[CELLS_MOST];
    size_t count = (size_t)symbol->side * symbol->side;
    find_means(values, symbol->side, middles);
    find_middles(values, middles, symbol->side, better);
    find_middles(values, better, symbol->side, middles);
    for (size_t i = 0; i < count; i++) symbol->cells[i] = (int16_t)(middles[i] - values[i]);
}

/* Pixels of the picture for one of the shade: a whole number, also where a half lost its odd last column. */
static float scale_of(const struct qr_search *s)
{
    return roundf((float)s->picture->width / (float)s->shade->width);
}

static bool read_grid(struct qr_search *s, const struct qr_grid *grid, char *text, size_t *ret_length)
{
    int16_t values[CELLS_MOST], clear[CELLS_MOST];
    struct qr_symbol symbol = {.side = grid->side};
    float scale = scale_of(s), sampled = -1;
    for (size_t i = 0; i < sizeof looks / sizeof *looks; i++) {
        if (looks[i].spread != sampled) qr_grid_sample(grid, s->picture, scale, looks[i].spread, values);
        sampled = looks[i].spread;
        clear_up(values, grid->side, &looks[i], clear);
        take_modules(clear, &symbol);
        if (qr_symbol_read(s->field, &symbol, text, ret_length)) return true;
    }
    return false;
}

/* --- codes ------------------------------------------------------------------------------------------------------------------------ */

static enum err add_found(struct qr_search *s, const struct qr_grid *grid, const char *text, size_t length)
{
    struct qr_found_list *list = s->found;
    float scale = scale_of(s), n = (float)grid->side;
    for (size_t i = 0; i < list->count; i++)
        if (list->items[i].length == length && memcmp(list->items[i].text, text, length) == 0) return OK;
    if (list->count == QR_READ_MOST) return OK;
    char *copy = arena_memdup(s->arena, text, length + 1);
    if (!copy) return ERR_NOMEM;
    float left = INFINITY, top = INFINITY, right = 0, bottom = 0;
    for (int k = 0; k < 4; k++) {
        struct qr_point at = qr_grid_place(grid, k % 2 ? n : 0, k / 2 ? n : 0);
        left = fminf(left, at.x), right = fmaxf(right, at.x), top = fminf(top, at.y), bottom = fmaxf(bottom, at.y);
    }
    left = fmaxf(left, 0), top = fmaxf(top, 0), right = fminf(right, (float)s->shade->width), bottom = fminf(bottom, (float)s->shade->height);
    struct qr_point middle = qr_grid_place(grid, n / 2, n / 2);
    list->items[list->count++] = (struct qr_found){
        .text = copy, .length = length, .x = (unsigned)(fmaxf(middle.x, 0) * scale), .y = (unsigned)(fmaxf(middle.y, 0) * scale),
        .left = (unsigned)(left * scale), .top = (unsigned)(top * scale), .right = (unsigned)(right * scale), .bottom = (unsigned)(bottom * scale)};
    return OK;
}

/* How far away each pattern is, by its size, says how far the fourth would be. */
static struct qr_point guess_fourth(const struct qr_finder *a, const struct qr_finder *b, const struct qr_finder *c)
{
    float size = a->across * a->down, right = cbrtf(size / (b->across * b->down)), below = cbrtf(size / (c->across * c->down));
    right = fminf(fmaxf(right, 0.7f), 1.4f), below = fminf(fmaxf(below, 0.7f), 1.4f);
    float all = fmaxf(right + below - 1, 0.5f);
    return (struct qr_point){(b->x * right + c->x * below - a->x) / all, (b->y * right + c->y * below - a->y) / all};
}

/* Of the three sides next to the measured one, those whose patterns fit, the best first. */
static size_t fit_sides(const struct qr_search *s, const struct qr_finder_list *finders, const struct triple *t, struct qr_grid grids[3])
{
    const struct qr_finder *f = finders->items;
    struct qr_point a = {f[t->finders[0]].x, f[t->finders[0]].y}, b = {f[t->finders[1]].x, f[t->finders[1]].y}, c = {f[t->finders[2]].x, f[t->finders[2]].y};
    struct qr_point d = guess_fourth(&f[t->finders[0]], &f[t->finders[1]], &f[t->finders[2]]);
    int nearest = (int)lroundf((t->side - 17) / 4);
    float fits[3];
    size_t count = 0;
    for (int k = -1; k <= 1; k++) {
        int version = nearest + k;
        if (version < 1 || version > QR_SYMBOL_VERSIONS || fabsf((float)(17 + 4 * version) - t->side) > 5) continue;
        struct qr_grid grid = {.side = (unsigned)(17 + 4 * version), .spots = {a, b, c, d},
                               .inverted = f[t->finders[0]].inverted};
        float fit = qr_grid_fit(&grid, s->shade);
        if (fit < QR_GRID_POOR) continue;
        size_t at = count++;
        for (; at > 0 && fits[at - 1] < fit; at--) fits[at] = fits[at - 1], grids[at] = grids[at - 1];
        fits[at] = fit;
        grids[at] = grid;
    }
    return count;
}

enum err qr_search_run(struct qr_search *search)
{
    struct qr_finder_list finders;
    char text[QR_SYMBOL_TEXT_MOST + 1];
    struct qr_grid grids[3];
    bool used[QR_FINDERS_MOST] = {false};
    size_t vain = 0, length;
    search->suspects = search->left_over = 0;
    enum err e = qr_finder_scan(search->arena, search->shade, search->margin, search->step, &finders);
    struct triple *triples;
    size_t count;
    if (e == OK) e = list_triples(search->arena, &finders, &triples, &count);
    if (e != OK) return e;
    for (size_t i = 0; i < count && vain < TRIES_MOST; i++) {
        const struct triple *t = &triples[i];
        if (used[t->finders[0]] || used[t->finders[1]] || used[t->finders[2]]) continue;
        if (t->side > QR_SYMBOL_SIDE_MOST + 2) {
            search->suspects += t->cost < LARGE_COST; /* a larger code, for zbar */
            continue;
        }
        size_t fitting = fit_sides(search, &finders, t, grids), k = 0;
        while (k < fitting && !read_grid(search, &grids[k], text, &length)) k++;
        if (k == fitting) {
            vain++;
            search->suspects += fitting > 0;
            continue;
        }
        for (int j = 0; j < 3; j++) used[t->finders[j]] = true;
        vain = 0;
        if ((e = add_found(search, &grids[k], text, length)) != OK) return e;
    }
    for (size_t i = 0; i < finders.count; i++) search->left_over += !used[i] && finders.items[i].seen >= 3;
    return OK;
}
