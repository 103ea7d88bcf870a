/* Whether a frame shows what the one before showed: a camera's noise does not count, a badge does, and so does what creeps in. */
#include "scanner/decode/still.h"
#include "tests/unit/check.h"

#include <stdlib.h>

#define WIDTH 83u /* not a multiple of a square */
#define HEIGHT 61u

static void fill(uint8_t *pixels, int level, int noise, unsigned *seed)
{
    for (size_t i = 0; i < (size_t)WIDTH * HEIGHT; i++) pixels[i] = (uint8_t)(level + (noise ? (int)((unsigned)rand_r(seed) % (unsigned)(2 * noise + 1)) - noise : 0));
}

int main(void)
{
    struct check check = {0}, *c = &check;
    static uint8_t pixels[WIDTH * HEIGHT];
    const struct picture picture = {.width = WIDTH, .height = HEIGHT, .pixels = pixels}, smaller = {.width = WIDTH - 8, .height = HEIGHT, .pixels = pixels},
                         tiny = {.width = 3, .height = 3, .pixels = pixels};
    struct still still = {0};
    unsigned seed = 5;
    fill(pixels, 120, 8, &seed);
    CHECK(c, !still_is_unchanged(&still, &picture)); /* the first */
    for (int i = 0; i < 50; i++) {
        fill(pixels, 120, 8, &seed);
        CHECK(c, still_is_unchanged(&still, &picture));
    }
    for (unsigned y = 24; y < 32; y++)
        for (unsigned x = 40; x < 48; x++) pixels[y * WIDTH + x] = 20; /* one square */
    CHECK(c, !still_is_unchanged(&still, &picture) && still_is_unchanged(&still, &picture));
    int changes = 0;
    for (int level = 120; level < 180; level++) { /* one level a frame: less than noise, and yet seen */
        fill(pixels, level, 0, &seed);
        changes += !still_is_unchanged(&still, &picture);
    }
    CHECK(c, changes >= 5 && changes <= 10);
    CHECK(c, !still_is_unchanged(&still, &smaller) && still_is_unchanged(&still, &smaller) && !still_is_unchanged(&still, &picture));
    CHECK(c, !still_is_unchanged(&still, &tiny) && !still_is_unchanged(&still, &tiny)); /* less than a square: always looked at */
    still_release(&still);
    CHECK(c, !still_is_unchanged(&still, &picture));
    still_release(&still);
    return check_done(c, "scanner/still");
}
