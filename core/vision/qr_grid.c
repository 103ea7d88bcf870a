#include "core/vision/qr_grid.h"

#include <math.h>
#include <string.h>

#define MARKS_MOST 700 /* version 10: 192 of the finders, 82 of timing, 125 of alignment */
#define STEP 0.75f
#define CORNERS_POOR 0.15f
#define SHADE_MOST 48  /* beyond this a module is as dark as can be */

/* A module whose colour is known. */
struct mark {
    float x, y; /* its middle, 0 to 1 between the finders' middles */
    int sign;   /* 1 dark, -1 light; doubled where few modules say much */
};

struct marks {
    struct mark items[MARKS_MOST];
    size_t count, corners, last; /* the finders' come first; from `last` on those near the fourth spot */
};

/* Heckbert's projective map of the unit square. */
struct projection {
    float a, b, c, d, e, f, g, h;
};

static struct projection project(const struct qr_point spots[4])
{
    struct projection p = {0};
    struct qr_point p0 = spots[0], p1 = spots[1], p2 = spots[2], p3 = spots[3];
    float dx1 = p1.x - p3.x, dy1 = p1.y - p3.y, dx2 = p2.x - p3.x, dy2 = p2.y - p3.y;
    float sx = p0.x - p1.x + p3.x - p2.x, sy = p0.y - p1.y + p3.y - p2.y, determinant = dx1 * dy2 - dx2 * dy1;
    if (fabsf(determinant) > 1e-6f) {
        p.g = (sx * dy2 - dx2 * sy) / determinant;
        p.h = (dx1 * sy - sx * dy1) / determinant;
    }
    p.a = p1.x - p0.x + p.g * p1.x;
    p.b = p2.x - p0.x + p.h * p2.x;
    p.c = p0.x;
    p.d = p1.y - p0.y + p.g * p1.y;
    p.e = p2.y - p0.y + p.h * p2.y;
    p.f = p0.y;
    return p;
}

static struct qr_point place(const struct projection *p, float u, float v)
{
    float below = p->g * u + p->h * v + 1;
    if (below < 0.05f) return (struct qr_point){-1, -1}; /* behind the camera */
    return (struct qr_point){(p->a * u + p->b * v + p->c) / below, (p->d * u + p->e * v + p->f) / below};
}

struct qr_point qr_grid_place(const struct qr_grid *grid, float x, float y)
{
    struct projection p = project(grid->spots);
    float span = (float)grid->side - 7;
    return place(&p, (x - 3.5f) / span, (y - 3.5f) / span);
}

static void add_mark(struct marks *out, unsigned side, int x, int y, int weight)
{
    float span = (float)side - 7;
    int sign = qr_symbol_pattern(side, x, y);
    if (sign == 0 || out->count == MARKS_MOST) return;
    out->items[out->count++] = (struct mark){.x = ((float)x - 3) / span, .y = ((float)y - 3) / span, .sign = weight * sign};
}

static void gather_corners(unsigned side, struct marks *out)
{
    int far = (int)side - 8;
    out->count = 0;
    for (int y = 0; y < 8; y++)
        for (int x = 0; x < 8; x++) {
            add_mark(out, side, x, y, 1);
            add_mark(out, side, far + x, y, 1);
            add_mark(out, side, x, far + y, 1);
        }
    out->corners = out->count;
}

static void gather_rest(unsigned side, struct marks *out)
{
    int n = (int)side, fourth = n > 21 ? n - 9 : n;
    for (int y = 0; y < n; y++)
        for (int x = 0; x < n; x++) {
            bool corner = (x < 8 || x >= n - 8) && (y < 8 || y >= n - 8) && !(x >= n - 8 && y >= n - 8);
            if (!corner && !(x >= fourth && y >= fourth)) add_mark(out, side, x, y, 2);
        }
    out->last = out->count;
    for (int y = fourth; y < n; y++)
        for (int x = fourth; x < n; x++) add_mark(out, side, x, y, 2);
}

/* Between four pixels. Outside of the picture: 0, as if nothing were known. */
static float full_shade_at(const struct shade *shade, float x, float y)
{
    x -= 0.5f;
    y -= 0.5f;
    if (!(x >= 0 && y >= 0 && x + 1 < (float)shade->width && y + 1 < (float)shade->height)) return 0;
    unsigned left = (unsigned)x, top = (unsigned)y;
    float fx = x - (float)left, fy = y - (float)top;
    const int8_t *at = shade->values + (size_t)top * shade->width + left;
    float upper = (float)at[0] + fx * (float)(at[1] - at[0]), lower = (float)at[shade->width] + fx * (float)(at[shade->width + 1] - at[shade->width]);
    return upper + fy * (lower - upper);
}

static float shade_at(const struct shade *shade, float x, float y)
{
    float value = full_shade_at(shade, x, y);
    return value > SHADE_MOST ? SHADE_MOST : value < -SHADE_MOST ? -SHADE_MOST : value;
}

/* The sum that shall become large; *ret_all: what it would be if every module were of the right colour. */
static float match(const struct qr_grid *grid, const struct shade *shade, const struct marks *marks, size_t from, size_t to, size_t step, float *ret_all)
{
    struct projection p = project(grid->spots);
    float sum = 0, all = 0;
    for (size_t i = from; i < to; i += step) {
        const struct mark *m = &marks->items[i];
        struct qr_point at = place(&p, m->x, m->y);
        float value = shade_at(shade, at.x, at.y);
        sum -= value * (float)m->sign;
        if (ret_all) all += fabsf(value) * (float)(m->sign < 0 ? -m->sign : m->sign);
    }
    if (ret_all) *ret_all = all;
    return grid->inverted ? -sum : sum;
}

static float module_size(const struct qr_grid *g)
{
    float a = hypotf(g->spots[1].x - g->spots[0].x, g->spots[1].y - g->spots[0].y), b = hypotf(g->spots[2].x - g->spots[0].x, g->spots[2].y - g->spots[0].y);
    return (a < b ? a : b) / ((float)g->side - 7);
}

/* The fourth spot where the alignment pattern answers loudest: up to a seventh of the side away, in steps of three quarters of a module. */
static void find_fourth(struct qr_grid *grid, const struct shade *shade, const struct marks *marks)
{
    struct qr_grid best = *grid;
    float most = -INFINITY, span = (float)grid->side - 7;
    struct qr_point right = {(grid->spots[1].x - grid->spots[0].x) / span, (grid->spots[1].y - grid->spots[0].y) / span};
    struct qr_point down = {(grid->spots[2].x - grid->spots[0].x) / span, (grid->spots[2].y - grid->spots[0].y) / span};
    int reach = (int)(span / 7 / STEP) + 2;
    for (int j = -reach; j <= reach; j++)
        for (int i = -reach; i <= reach; i++) {
            struct qr_grid moved = *grid;
            moved.spots[3].x += STEP * ((float)i * right.x + (float)j * down.x);
            moved.spots[3].y += STEP * ((float)i * right.y + (float)j * down.y);
            /* Far away must be clearly better: data may look like the pattern. */
            float sum = match(&moved, shade, marks, marks->last, marks->count, 1, NULL) * (1 - 0.3f * (float)(i * i + j * j) / (float)(2 * reach * reach));
            if (sum > most) most = sum, best = moved;
        }
    *grid = best;
}

static void move_all(struct qr_grid *grid, const struct shade *shade, const struct marks *marks)
{
    float size = module_size(grid), best = 0;
    for (float step = 0.45f; step > 0.05f; step *= 0.55f) {
        size_t sparse = step > 0.2f ? 2 : 1; /* half of the marks will do for the large steps */
        best = match(grid, shade, marks, 0, marks->count, sparse, NULL);
        for (int round = 0; round < 2; round++) {
            bool moved = false;
            for (int k = 0; k < 16; k++) {
                struct qr_grid other = *grid;
                int spot = 3 - k / 4;
                float way = (k % 2 ? -step : step) * size * (spot == 3 ? 1.6f : 1.0f);
                if (k % 4 < 2) other.spots[spot].x += way;
                else other.spots[spot].y += way;
                float sum = match(&other, shade, marks, 0, marks->count, sparse, NULL);
                if (sum <= best) continue;
                best = sum;
                *grid = other;
                moved = true;
            }
            if (!moved) break;
        }
    }
}

/* How clearly the modules stand out of each other beyond the middle of the code, where no pattern says anything: a grid that is off meets their edges. */
static float contrast(const struct qr_grid *grid, const struct shade *shade)
{
    struct projection p = project(grid->spots);
    float sum = 0, span = (float)grid->side - 7;
    for (unsigned y = 9; y < grid->side; y++)
        for (unsigned x = 9; x < grid->side; x++) {
            struct qr_point at = place(&p, ((float)x - 3) / span, ((float)y - 3) / span);
            sum += fabsf(full_shade_at(shade, at.x, at.y));
        }
    return sum;
}

void qr_grid_fit_contrast(struct qr_grid *grid, const struct shade *shade)
{
    float best = contrast(grid, shade), size = module_size(grid);
    for (float step = 1.2f; step > 0.1f; step *= 0.6f)
        for (int round = 0; round < 3; round++) {
            struct qr_grid from = *grid;
            for (int k = 0; k < 9; k++) {
                struct qr_grid other = from;
                other.spots[3].x += (float)(k % 3 - 1) * step * size;
                other.spots[3].y += (float)(k / 3 - 1) * step * size;
                float sum = contrast(&other, shade);
                if (sum > best) best = sum, *grid = other;
            }
            if (memcmp(&from, grid, sizeof from) == 0) break;
        }
}

float qr_grid_fit(struct qr_grid *grid, const struct shade *shade)
{
    struct marks marks;
    float all;
    gather_corners(grid->side, &marks);
    /* Most triples are no code: their corners say so. */
    float sum = match(grid, shade, &marks, 0, marks.corners, 1, &all);
    if (sum < CORNERS_POOR * all) return 0;
    gather_rest(grid->side, &marks);
    if (marks.last < marks.count) find_fourth(grid, shade, &marks);
    move_all(grid, shade, &marks);
    if (marks.last == marks.count) qr_grid_fit_contrast(grid, shade);
    sum = match(grid, shade, &marks, 0, marks.count, 1, &all);
    return all > 0 ? sum / all : 0;
}

/* Brightness times 16 between four pixels; beyond the edge, that of the edge. */
static float grey_at(const struct picture *picture, float x, float y)
{
    float right = (float)picture->width - 1.001f, bottom = (float)picture->height - 1.001f;
    x -= 0.5f;
    y -= 0.5f;
    x = !(x > 0) ? 0 : x > right ? right : x;
    y = !(y > 0) ? 0 : y > bottom ? bottom : y;
    unsigned left = (unsigned)x, top = (unsigned)y;
    float fx = x - (float)left, fy = y - (float)top;
    const uint8_t *at = picture->pixels + (size_t)top * picture->width + left;
    float upper = (float)at[0] + fx * (float)(at[1] - at[0]), lower = (float)at[picture->width] + fx * (float)(at[picture->width + 1] - at[picture->width]);
    return 16 * (upper + fy * (lower - upper));
}

void qr_grid_sample(const struct qr_grid *grid, const struct picture *picture, float scale, float spread, int16_t *out)
{
    struct projection p = project(grid->spots);
    float span = (float)grid->side - 7, size = module_size(grid) * scale * spread;
    int around = spread <= 0 || size < 0.7f ? 0 : size < 2 ? 1 : 2;
    float step = around ? spread / (float)(2 * around) : 0;
    memset(out, 0, (size_t)grid->side * grid->side * sizeof *out);
    if (picture->width < 2 || picture->height < 2) return;
    for (unsigned y = 0; y < grid->side; y++)
        for (unsigned x = 0; x < grid->side; x++) {
            float sum = 0;
            for (int j = -around; j <= around; j++)
                for (int i = -around; i <= around; i++) {
                    struct qr_point at = place(&p, ((float)x - 3 + (float)i * step) / span, ((float)y - 3 + (float)j * step) / span);
                    sum += grey_at(picture, at.x * scale, at.y * scale);
                }
            sum /= (float)((2 * around + 1) * (2 * around + 1));
            out[(size_t)y * grid->side + x] = (int16_t)(grid->inverted ? 4080 - sum : sum);
        }
}
