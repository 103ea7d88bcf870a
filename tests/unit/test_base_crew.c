/* # threads: also under the thread sanitizer */
/* Pieces of work are run once each, whatever the number of threads, and are done when finished. */
#include "core/base/crew.h"
#include "tests/unit/check.h"

#include <stddef.h>

#define PIECES 2000
#define AHEAD 7

struct sum {
    unsigned from;
    unsigned long total;
    int runs;
};

static void add_up(void *data)
{
    struct sum *sum = data;
    for (unsigned i = 0; i < 1000; i++) sum->total += (sum->from + i) % 7;
    sum->runs++;
}

static void test_crew(struct check *c, struct crew *crew)
{
    static struct sum sums[PIECES];
    struct crew_piece pieces[AHEAD] = {0};
    memset(sums, 0, sizeof sums);
    int bad = 0;
    for (unsigned i = 0; i < PIECES + AHEAD; i++) {
        struct crew_piece *piece = &pieces[i % AHEAD];
        if (i >= AHEAD) {
            crew_finish(crew, piece);
            struct sum want = {.from = i - AHEAD};
            add_up(&want);
            bad += sums[i - AHEAD].runs != 1 || sums[i - AHEAD].total != want.total;
        }
        if (i >= PIECES) continue;
        sums[i].from = i;
        *piece = (struct crew_piece){.run = add_up, .data = &sums[i]};
        crew_give(crew, piece);
    }
    CHECK(c, bad == 0);
}

int main(void)
{
    struct check c = {0};
    test_crew(&c, NULL);
    for (unsigned threads = 0; threads < 6; threads++) {
        struct crew *crew = NULL;
        if (!CHECK(&c, crew_new(threads, &crew) == OK)) continue;
        struct crew_piece never = {0};
        crew_finish(crew, &never);
        test_crew(&c, crew);
        struct sum last = {0};
        struct crew_piece piece = {.run = add_up, .data = &last};
        crew_give(crew, &piece);
        crew_free(crew); /* what was given is done */
        CHECK(&c, last.runs == 1);
    }
    CHECK(&c, crew_threads_here() <= CREW_MOST);
    return check_done(&c, "base/crew");
}
