#include "server/colour.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

bool colour_read(const char *text, struct colour *ret)
{
    struct colour c;
    char end;
    if (text == NULL || strlen(text) != 7 || sscanf(text, "#%2x%2x%2x%c", &c.red, &c.green, &c.blue, &end) != 3) return false;
    *ret = c;
    return true;
}

static double linear(unsigned value)
{
    double v = value / 255.0;
    return v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4);
}

/* Relative luminance, WCAG 2.2. */
static double luminance(struct colour c)
{
    return 0.2126 * linear(c.red) + 0.7152 * linear(c.green) + 0.0722 * linear(c.blue);
}

double colour_contrast_to_white(struct colour c)
{
    return 1.05 / (luminance(c) + 0.05);
}

struct colour colour_darkened(struct colour c)
{
    while (colour_contrast_to_white(c) < 4.5) {
        c.red = c.red * 15 / 16;
        c.green = c.green * 15 / 16;
        c.blue = c.blue * 15 / 16;
    }
    return c;
}
