#include "scanner/frames/camera_pick.h"

#include <math.h>

#define RATE_LEAST 15.0

/* In points: half or twice the pixels are 100, each picture a second that is missing to 15 is 16. */
static double cost_of(const struct camera_offer *offer)
{
    double pixels = (double)offer->width * offer->height;
    double rate = offer->rate > 0 ? offer->rate : RATE_LEAST;
    double cost = 100 * fabs(log2(pixels / (CAMERA_WIDTH * CAMERA_HEIGHT)));
    if (rate < RATE_LEAST) cost += (RATE_LEAST - rate) * 16 + (CAMERA_RATE - RATE_LEAST);
    else cost += fabs(CAMERA_RATE - rate);
    return cost + offer->rank * 2;
}

size_t camera_pick(const struct camera_offer *offers, size_t count)
{
    size_t best = count;
    for (size_t i = 0; i < count; i++) {
        if (offers[i].is_refused || !offers[i].width || !offers[i].height) continue;
        if (best == count || cost_of(&offers[i]) < cost_of(&offers[best])) best = i;
    }
    return best;
}
