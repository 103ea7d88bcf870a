#include "badges/printer/printer_media.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define INCH_MM 25.4

bool media_size_of(const char *name, double *ret_width, double *ret_height)
{
    const char *size = strrchr(name, '_');
    char *end;
    if (!size) return false;
    double width = strtod(size + 1, &end);
    if (end == size + 1 || *end != 'x') return false;
    const char *second = end + 1;
    double height = strtod(second, &end);
    double unit = strcmp(end, "mm") == 0 ? 1 : strcmp(end, "in") == 0 ? INCH_MM : 0;
    if (end == second || unit <= 0 || !(width > 0) || !(height > 0) || width > 1e5 || height > 1e5) return false;
    *ret_width = width * unit;
    *ret_height = height * unit;
    return true;
}

/* "custom_min_…" and the like are no papers but the ends of a range. */
static bool is_bound(const char *name, const char *which)
{
    size_t n = strlen(which);
    return (strncmp(name, "custom_", 7) == 0 && strncmp(name + 7, which, n) == 0) || (strncmp(name, "roll_", 5) == 0 && strncmp(name + 5, which, n) == 0);
}

static double distance(double width, double height, double w, double h)
{
    return fmax(fabs(width - w), fabs(height - h));
}

/* Whether a range of free sizes, given by two names of one kind, holds the page. */
static bool is_free(const char *const *names, size_t count, const char *kind, double width, double height)
{
    double least_w = 0, least_h = 0, most_w = 0, most_h = 0;
    size_t n = strlen(kind);
    for (size_t i = 0; i < count; i++) {
        if (strncmp(names[i], kind, n) != 0) continue;
        if (strncmp(names[i] + n, "_min_", 5) == 0) (void)media_size_of(names[i], &least_w, &least_h);
        if (strncmp(names[i] + n, "_max_", 5) == 0) (void)media_size_of(names[i], &most_w, &most_h);
    }
    return most_w > 0 && width >= least_w && width <= most_w && height >= least_h && height <= most_h;
}

struct media_choice media_choose(const char *const *names, size_t count, double width, double height)
{
    struct media_choice choice = {0};
    double best = INFINITY, w, h;
    for (size_t i = 0; i < count; i++) {
        if (is_bound(names[i], "min_") || is_bound(names[i], "max_") || !media_size_of(names[i], &w, &h)) continue;
        double off = fmin(distance(width, height, w, h), distance(height, width, w, h));
        if (off >= best) continue;
        best = off;
        choice.name = names[i];
    }
    if (choice.name && best <= MEDIA_NEAR_MM) {
        choice.found = MEDIA_NAMED;
        return choice;
    }
    static const char *const kinds[] = {"custom", "roll"};
    for (size_t i = 0; i < 4; i++) {
        bool lies = i & 1;
        w = lies ? height : width;
        h = lies ? width : height;
        if (is_free(names, count, kinds[i / 2], w, h)) return (struct media_choice){.found = MEDIA_FREE, .width = w, .height = h};
    }
    return choice;
}
