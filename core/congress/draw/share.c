#include "core/congress/draw/share.h"

#include <stdbool.h>
#include <stdlib.h>

struct part {
    size_t at;
    int64_t members, rest; /* rest: of the division, to be compared with those of the others */
};

static int by_rest(const void *left, const void *right)
{
    const struct part *a = left, *b = right;
    if (a->rest != b->rest) return a->rest < b->rest ? 1 : -1;
    if (a->members != b->members) return a->members < b->members ? 1 : -1;
    return (a->at > b->at) - (a->at < b->at);
}

static bool is_good(const int64_t *members, size_t count, int64_t seats, int64_t least)
{
    if (seats < 0 || seats > DRAW_SEATS_MOST || least < 0 || least > DRAW_SEATS_MOST) return false;
    for (size_t i = 0; i < count; i++)
        if (members[i] < 0 || members[i] > DRAW_MEMBERS_MOST / ((int64_t)count + 1)) return false;
    return true;
}

/* One sharing among those who do not stand aside. Seats × members stays below 10^15. */
static void share_once(struct part *parts, size_t n, int64_t all, int64_t seats, int64_t *ret)
{
    int64_t left = seats;
    for (size_t i = 0; i < n; i++) {
        int64_t product = seats * parts[i].members;
        ret[parts[i].at] = product / all;
        parts[i].rest = product % all;
        left -= ret[parts[i].at];
    }
    qsort(parts, n, sizeof *parts, by_rest);
    for (size_t i = 0; i < n && left > 0; i++, left--) ret[parts[i].at]++;
}

enum err draw_share(struct arena *arena, const int64_t *members, size_t count, int64_t seats, int64_t least, int64_t *ret)
{
    struct part *parts = arena_array(arena, count + 1, sizeof *parts);
    bool *aside = arena_array(arena, count + 1, sizeof *aside);
    int64_t all = 0, rest = seats, some = 0;
    if (!parts || !aside) return ERR_NOMEM;
    if (!is_good(members, count, seats, least)) return ERR_INPUT;
    for (size_t i = 0; i < count; i++) {
        ret[i] = 0;
        aside[i] = members[i] == 0;
        all += members[i];
        some += members[i] > 0;
    }
    if (some * least > seats) return ERR_LIMIT;
    for (bool again = true; again;) { /* a share that is below the least one stands aside; what is left for the others is less by it */
        int64_t shared = rest, among = all;
        again = false;
        for (size_t i = 0; i < count; i++) {
            if (aside[i] || shared * members[i] >= least * among) continue;
            aside[i] = again = true;
            ret[i] = least;
            rest -= least;
            all -= members[i];
        }
    }
    size_t n = 0;
    for (size_t i = 0; i < count; i++)
        if (!aside[i]) parts[n++] = (struct part){i, members[i], 0};
    if (n) share_once(parts, n, all, rest, ret);
    return OK;
}
