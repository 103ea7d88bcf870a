/* Sharing seats out by the largest remainder, also with a least number, and lots that everybody can repeat. */
#include "core/congress/draw/lot.h"
#include "core/congress/draw/share.h"
#include "tests/unit/check.h"

#include <stdbool.h>
#include <stdlib.h>

static bool is_shared(const int64_t *members, size_t count, int64_t seats, int64_t least, const int64_t *want)
{
    struct arena arena = {0};
    int64_t got[16] = {0};
    bool good = draw_share(&arena, members, count, seats, least, got) == OK && memcmp(got, want, count * sizeof *got) == 0;
    for (size_t i = 0; !good && i < count; i++) printf("# %zu: got %lld, wanted %lld\n", i, (long long)got[i], (long long)want[i]);
    arena_release(&arena);
    return good;
}

/* Examples of the method that others reckoned: the first is in every textbook, the second is its paradox (one seat more, and C loses one). */
static void shares(struct check *c)
{
    static const int64_t a[] = {47000, 16000, 15900, 12000, 6000, 3100}, a_want[] = {5, 2, 1, 1, 1, 0};
    static const int64_t alabama[] = {6, 6, 2}, ten[] = {4, 4, 2}, eleven[] = {5, 5, 1};
    static const int64_t d[] = {41, 20, 7, 2, 0}, none[] = {6, 3, 1, 0, 0}, one[] = {5, 3, 1, 1, 0}, two[] = {4, 2, 2, 2, 0};
    static const int64_t ties[] = {1, 1, 1}, tied[] = {1, 1, 0}, nobody[] = {0, 0}, nothing[] = {0, 0};
    CHECK(c, is_shared(a, 6, 10, 0, a_want));
    CHECK(c, is_shared(alabama, 3, 10, 0, ten));
    CHECK(c, is_shared(alabama, 3, 11, 0, eleven));
    CHECK(c, is_shared(d, 5, 10, 0, none));
    CHECK(c, is_shared(d, 5, 10, 1, one));
    CHECK(c, is_shared(d, 5, 10, 2, two));
    CHECK(c, is_shared(ties, 3, 2, 0, tied));
    CHECK(c, is_shared(nobody, 2, 7, 1, nothing));
}

/* Whatever is asked: all seats are given, nobody has less than the least, and without one nobody is a whole seat from their share. */
static void always(struct check *c)
{
    struct arena arena = {0};
    int wrong = 0, refused = 0;
    unsigned state = 17;
    for (int round = 0; round < 2000; round++) {
        int64_t members[12], got[12], sum = 0, all = 0;
        state = state * 1103515245u + 12345u;
        size_t count = 1 + (state >> 16) % 12;
        for (size_t i = 0; i < count; i++) {
            state = state * 1103515245u + 12345u;
            members[i] = 1 + (state >> 16) % 900;
            all += members[i];
        }
        int64_t seats = (state >> 8) % 200, least = round % 4;
        enum err e = draw_share(&arena, members, count, seats, least, got);
        refused += e == ERR_LIMIT;
        wrong += (e == ERR_LIMIT) != (least * (int64_t)count > seats);
        for (size_t i = 0; e == OK && i < count; i++) {
            sum += got[i];
            wrong += got[i] < least || (least == 0 && llabs(got[i] * all - seats * members[i]) >= all);
        }
        wrong += e == OK && sum != seats;
        arena_clear(&arena);
    }
    CHECK(c, wrong == 0);
    CHECK(c, refused > 0 && refused < 2000);
    const int64_t too_many[] = {DRAW_MEMBERS_MOST, 1};
    int64_t ret[2];
    CHECK(c, draw_share(&arena, too_many, 2, 5, 0, ret) == ERR_INPUT);
    CHECK(c, draw_share(&arena, too_many, 1, DRAW_SEATS_MOST + 1, 0, ret) == ERR_INPUT);
    arena_release(&arena);
}

/* printf 'seed\nP1' | sha256sum, and so on. */
static void lots(struct check *c)
{
    struct draw_lot list[] = {{.code = "P2", .at = 1}, {.code = "P1", .at = 0}, {.code = "P3", .at = 2}};
    char fingerprint[CRYPTO_HASH_HEX], want[CRYPTO_HASH_HEX], line[CRYPTO_HASH_HEX];
    draw_lot_fingerprint(list, 3, fingerprint);
    crypto_sha256_hex("P1\nP2\nP3\n", 9, want);
    CHECK_TEXT(c, fingerprint, want);
    CHECK(c, list[0].at == 0 && list[1].at == 1 && list[2].at == 2);
    draw_lots("seed", list, 3);
    for (int i = 0; i < 3; i++) {
        char text[16];
        (void)snprintf(text, sizeof text, "seed\n%s", list[i].code);
        crypto_sha256_hex(text, strlen(text), line);
        CHECK_TEXT(c, list[i].lot, line);
    }
    CHECK(c, strcmp(list[0].lot, list[1].lot) < 0 && strcmp(list[1].lot, list[2].lot) < 0);
}

int main(void)
{
    struct check check = {0};
    if (crypto_init() != OK) return 1;
    shares(&check);
    always(&check);
    lots(&check);
    return check_done(&check, "congress/draw");
}
