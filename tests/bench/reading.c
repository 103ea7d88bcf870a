/* A simulated camera for `make bench`: photographs of badges as a door sees them, and walk-up clips. No decoder has a say in what is kept.
 *
 *     reading photos FOLDER COUNT SEED      FOLDER/0000.jpg …, and truth.tsv: file, the code, what makes it hard, how hard (1 to 3)
 *     reading clip FILE SEED FPS TEXT...    yuv4mpeg, 640 × 480: each text is shown for 0.7 s, with 0.8 s of nothing before and after it
 *
 * Light is linear while it is blurred and gets noise, as in a lens and a sensor; then the tone curve, then JPEG. */
#include "badges/paint/qr.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

struct view {
    unsigned width, height;
    float *light; /* linear, 0 to 1 */
};

/* How a code is seen. */
struct scene {
    double x, y, size, turn, tilt, around; /* middle and side in pixels; angles; which way it is tilted */
    double blur, move, move_angle;         /* pixels */
    double exposure, contrast, noise, shadow, glare, glare_x, glare_y, finger;
    int quality;
    bool inverted;
};

static uint64_t next_random(uint64_t *state)
{
    *state ^= *state << 13, *state ^= *state >> 7, *state ^= *state << 17;
    return *state;
}

static double uniform(uint64_t *state, double least, double most)
{
    return least + (most - least) * (double)(next_random(state) >> 11) / 9007199254740992.0;
}

static double normal(uint64_t *state)
{
    double sum = 0;
    for (int i = 0; i < 4; i++) sum += uniform(state, -1, 1);
    return sum * 0.866;
}

/* Where the flat badge is hit by the line of sight through (px, py), in sides of the code from its middle; a camera four sides away. */
static void look_through(const struct scene *s, double px, double py, double *u, double *v)
{
    double x = (px - s->x) / s->size, y = (py - s->y) / s->size;
    double ax = cos(s->around), ay = sin(s->around), along = x * ax + y * ay, across = -x * ay + y * ax;
    double depth = 4 * cos(s->tilt) - along * sin(s->tilt);
    double a = 4 * along / depth, b = across * (4 + a * sin(s->tilt)) / 4;
    double fx = a * ax - b * ay, fy = a * ay + b * ax;
    *u = fx * cos(s->turn) + fy * sin(s->turn);
    *v = fy * cos(s->turn) - fx * sin(s->turn);
}

static double reflect(const struct scene *s, const struct qr *code, double u, double v, double behind)
{
    if (fabs(u) > 0.75 || fabs(v) > 1.0) return behind; /* the badge is larger than its code */
    double black = 0.5 - s->contrast / 2, white = 0.5 + s->contrast / 2;
    if (s->finger > 0 && hypot(u - 0.5, v - 0.1) < s->finger) return 0.35;
    double x = (u + 0.5) * code->side, y = (v + 0.5) * code->side;
    bool dark = x >= 0 && y >= 0 && x < code->side && y < code->side && code->cells[(unsigned)y * code->side + (unsigned)x] & 1;
    return dark != s->inverted ? black : white;
}

static void paint(struct view *view, const struct scene *s, const struct qr *code, bool keep)
{
    for (unsigned y = 0; y < view->height; y++)
        for (unsigned x = 0; x < view->width; x++) {
            float *at = &view->light[(size_t)y * view->width + x];
            double behind = keep ? *at : 0.25 + 0.1 * sin(x * 0.013 + s->turn) + 0.08 * ((x / 90 + y / 70) % 2), sum = 0;
            for (int k = 0; k < 4; k++) {
                double u, v;
                look_through(s, x + 0.25 + 0.5 * (k % 2), y + 0.25 + 0.5 * (k / 2), &u, &v);
                sum += code ? reflect(s, code, u, v, behind) : behind;
            }
            *at = (float)(sum / 4);
        }
}

/* The mean along a line of `steps` places, for motion; twice across and down is a lens out of focus. */
static void smear(struct view *view, double dx, double dy, int steps)
{
    size_t pixels = (size_t)view->width * view->height;
    float *out = malloc(pixels * sizeof *out);
    if (!out) exit(1);
    for (int y = 0; y < (int)view->height; y++)
        for (int x = 0; x < (int)view->width; x++) {
            float sum = 0;
            for (int k = 0; k < steps; k++) {
                double t = steps > 1 ? (double)k / (steps - 1) - 0.5 : 0, fx = x + t * dx, fy = y + t * dy;
                fx = fx < 0 ? 0 : fx > view->width - 2 ? view->width - 2 : fx;
                fy = fy < 0 ? 0 : fy > view->height - 2 ? view->height - 2 : fy;
                unsigned ix = (unsigned)fx, iy = (unsigned)fy;
                float wx = (float)(fx - ix), wy = (float)(fy - iy);
                const float *at = view->light + (size_t)iy * view->width + ix;
                sum += (at[0] * (1 - wx) + at[1] * wx) * (1 - wy) + (at[view->width] * (1 - wx) + at[view->width + 1] * wx) * wy;
            }
            out[(size_t)y * view->width + (size_t)x] = sum / (float)steps;
        }
    memcpy(view->light, out, pixels * sizeof *out);
    free(out);
}

static void defocus(struct view *view, double radius)
{
    int steps = 2 + (int)(2 * radius);
    if (radius < 0.2) return;
    for (int k = 0; k < 4; k++) smear(view, 1.7 * radius * cos(k * 0.785), 1.7 * radius * sin(k * 0.785), steps < 9 ? steps : 9);
}

/* Light to bytes: exposure, a hard shadow, a lamp's reflection, shot and read noise, the tone curve. */
static void expose(const struct view *view, const struct scene *s, uint64_t *seed, unsigned char *out)
{
    for (unsigned y = 0; y < view->height; y++)
        for (unsigned x = 0; x < view->width; x++) {
            double light = view->light[(size_t)y * view->width + x] * s->exposure;
            if (s->shadow > 0 && x * 0.8 + y * 0.6 > s->x * 0.8 + s->y * 0.6) light *= 1 - s->shadow;
            double far = hypot(x - s->glare_x, y - s->glare_y);
            if (s->glare > 0) light += 1.6 * exp(-far * far / (2 * s->glare * s->glare));
            light += normal(seed) * s->noise * sqrt(0.02 + (light > 0 ? light : 0));
            double value = 255 * pow(light < 0 ? 0 : light > 1 ? 1 : light, 1 / 2.2);
            out[(size_t)y * view->width + x] = (unsigned char)(value + 0.5);
        }
}

static bool write_jpeg(const char *path, const unsigned char *pixels, unsigned width, unsigned height, int quality)
{
    struct jpeg_compress_struct info;
    struct jpeg_error_mgr errors;
    FILE *file = fopen(path, "wb");
    if (!file) return false;
    info.err = jpeg_std_error(&errors);
    jpeg_create_compress(&info);
    jpeg_stdio_dest(&info, file);
    info.image_width = width, info.image_height = height, info.input_components = 1, info.in_color_space = JCS_GRAYSCALE;
    jpeg_set_defaults(&info);
    jpeg_set_quality(&info, quality, TRUE);
    jpeg_start_compress(&info, TRUE);
    while (info.next_scanline < height) {
        JSAMPROW row = (JSAMPROW)(uintptr_t)(pixels + (size_t)info.next_scanline * width);
        (void)jpeg_write_scanlines(&info, &row, 1);
    }
    jpeg_finish_compress(&info);
    jpeg_destroy_compress(&info);
    return fclose(file) == 0;
}

static void make_token(uint64_t *seed, char out[17])
{
    static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    for (int i = 0; i < 16; i++) out[i] = alphabet[next_random(seed) >> 20 & 31];
    out[16] = '\0';
}

static const char *const kinds[] = {"plain", "small", "tilt", "motion", "defocus", "dark", "contrast", "glare", "inverted", "finger", "jpeg", "walk-up"};
#define KINDS (sizeof kinds / sizeof *kinds)

/* What makes a picture of this kind hard, from 1 (easy) to 3. */
static struct scene choose(size_t kind, int hard, unsigned side, unsigned width, unsigned height, uint64_t *seed)
{
    struct scene s = {.size = uniform(seed, 160, 300), .turn = uniform(seed, -0.5, 0.5), .tilt = uniform(seed, 0, 0.3), .around = uniform(seed, 0, 6.28),
                      .exposure = 0.75, .contrast = 0.85, .noise = 0.02, .quality = 82, .move_angle = uniform(seed, 0, 3.14)};
    static const double smalls[] = {150, 100, 76}, moves[] = {0.7, 1.2, 1.7}, blurs[] = {0.4, 0.65, 0.85}, darks[] = {0.15, 0.08, 0.05}, fingers[] = {0.12, 0.22, 0.3};
    if (kind == 1) s.size = smalls[hard - 1];
    if (kind == 2) s.tilt = 0.35 * hard, s.turn = uniform(seed, 0, 6.28);
    double module = s.size / side;
    if (kind == 3) s.move = moves[hard - 1] * module;
    if (kind == 4) s.blur = blurs[hard - 1] * module;
    if (kind == 5) s.exposure = darks[hard - 1], s.noise = 0.04 + 0.03 * hard;
    if (kind == 6) s.contrast = 0.5 / hard, s.shadow = 0.2 + 0.2 * hard;
    if (kind == 8) s.inverted = true, s.blur = 0.15 * hard * module;
    if (kind == 9) s.finger = fingers[hard - 1];
    if (kind == 10) s.quality = 50 - 12 * hard, s.size = 190 - 30 * hard;
    if (kind == 11) s.blur = 0.25 * hard * module, s.move = 0.35 * hard * module, s.exposure = 0.3 / hard, s.noise = 0.03 + 0.01 * hard;
    if (kind == 11) s.size = 220 - 30 * hard, s.quality = 60;
    s.blur += 0.4;
    s.x = uniform(seed, s.size, width - s.size);
    s.y = uniform(seed, s.size * 0.7, height - s.size * 0.7);
    if (kind == 7) s.glare = s.size * (0.05 + 0.05 * hard), s.glare_x = s.x + uniform(seed, -0.4, 0.4) * s.size, s.glare_y = s.y + uniform(seed, -0.4, 0.4) * s.size;
    return s;
}

static void take(struct view *view, const struct scene *s, const struct qr *code, uint64_t *seed, unsigned char *out)
{
    paint(view, s, code, false);
    defocus(view, s->blur);
    if (s->move > 0.3) smear(view, s->move * cos(s->move_angle), s->move * sin(s->move_angle), 9);
    expose(view, s, seed, out);
}

static int make_photos(const char *folder, int count, uint64_t seed)
{
    struct view view = {.width = 1280, .height = 720};
    char path[4096], token[17], text[64];
    unsigned char *pixels = malloc((size_t)view.width * view.height);
    view.light = malloc((size_t)view.width * view.height * sizeof *view.light);
    (void)snprintf(path, sizeof path, "%s/truth.tsv", folder);
    FILE *truth = fopen(path, "w");
    if (!pixels || !view.light || !truth) return 1;
    for (int i = 0; i < count; i++) {
        struct arena arena = {0};
        struct qr code = {0};
        size_t kind = (size_t)i % (KINDS + 1); /* the last: nothing is shown */
        int hard = 1 + i / (int)(KINDS + 1) % 3;
        make_token(&seed, token);
        (void)snprintf(text, sizeof text, i % 2 ? "HTTP://192.168.%d.10:8080/D/%s" : "HTTPS://10.0.0.%d/D/%s", i % 250, token);
        if ((i % 3 ? qr_make(text, &arena, &code) : qr_make_sparse(text, &arena, &code)) != OK) return 1;
        struct scene scene = choose(kind, hard, code.side, view.width, view.height, &seed);
        take(&view, &scene, kind == KINDS ? NULL : &code, &seed, pixels);
        (void)snprintf(path, sizeof path, "%s/%04d.jpg", folder, i);
        if (!write_jpeg(path, pixels, view.width, view.height, scene.quality)) return 1;
        fprintf(truth, "%04d.jpg\t%s\t%s\t%d\t\n", i, kind == KINDS ? "" : text, kind == KINDS ? "nothing" : kinds[kind], kind == KINDS ? 1 : hard);
        arena_release(&arena);
    }
    free(pixels);
    free(view.light);
    return fclose(truth) == 0 ? 0 : 1;
}

/* The hand is never quite still; it comes from below and goes again. */
static struct scene hold(double t, double from, uint64_t *seed, const struct scene *base)
{
    struct scene s = *base;
    double in = t - from, late = in - 0.7;
    s.x += uniform(seed, -1.5, 1.5);
    s.y += uniform(seed, -1.5, 1.5) + (in < 0 ? -in * 1800 : 0) + (late > 0 ? late * 1800 : 0);
    if (in < 0 || late > 0) s.move = 60, s.move_angle = 1.57;
    return s;
}

static int make_clip(const char *path, uint64_t seed, int fps, char **texts, int count)
{
    struct view view = {.width = 640, .height = 480};
    size_t size = (size_t)view.width * view.height;
    unsigned char *pixels = malloc(size);
    view.light = malloc(size * sizeof *view.light);
    FILE *out = fopen(path, "wb");
    if (!pixels || !view.light || !out) return 1;
    fprintf(out, "YUV4MPEG2 W%u H%u F%d:1 Ip A1:1 Cmono\n", view.width, view.height, fps);
    for (int k = 0; k < count; k++) {
        struct arena arena = {0};
        struct qr code = {0};
        if (qr_make(texts[k], &arena, &code) != OK) return 1;
        struct scene base = {.x = uniform(&seed, 220, 420), .y = uniform(&seed, 200, 280), .size = uniform(&seed, 120, 220), .turn = uniform(&seed, -0.4, 0.4),
                             .tilt = uniform(&seed, 0, 0.6), .around = uniform(&seed, 0, 6.28), .exposure = uniform(&seed, 0.15, 0.7), .contrast = 0.8, .noise = 0.05};
        double module = base.size / code.side;
        base.blur = 0.3 + uniform(&seed, 0, 0.35) * module;
        base.move = uniform(&seed, 0, 0.9) * module;
        base.move_angle = uniform(&seed, 0, 3.14);
        for (double t = 0; t < 2.3; t += 1.0 / fps) {
            struct scene scene = hold(t, 0.8, &seed, &base);
            take(&view, &scene, t > 0.6 && t < 1.7 ? &code : NULL, &seed, pixels);
            fputs("FRAME\n", out);
            if (fwrite(pixels, 1, size, out) != size) return 1;
        }
        arena_release(&arena);
    }
    free(pixels);
    free(view.light);
    return fclose(out) == 0 ? 0 : 1;
}

int main(int argc, char **argv)
{
    if (argc == 5 && strcmp(argv[1], "photos") == 0) return make_photos(argv[2], (int)strtol(argv[3], NULL, 10), strtoull(argv[4], NULL, 10) * 2654435761u + 1);
    if (argc >= 6 && strcmp(argv[1], "clip") == 0)
        return make_clip(argv[2], strtoull(argv[3], NULL, 10) * 2654435761u + 1, (int)strtol(argv[4], NULL, 10), argv + 5, argc - 5);
    fprintf(stderr, "reading photos FOLDER COUNT SEED | reading clip FILE SEED FPS TEXT...\n");
    return 2;
}
