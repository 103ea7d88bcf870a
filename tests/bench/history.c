/* Fills an event with a history of scans, through the same functions as a door's: what `make bench` needs to tell whether a long event is slower than its first
 * morning.
 *
 *     history DATA EVENT TOKENS COUNT DAYS
 *
 * TOKENS has a badge's token a line. COUNT scans are spread evenly over the DAYS before now, all people in turn, in another order each time: in, out, in again,
 * over the gates main, side, back and north. One in fifty comes in twice, one in a thousand was let in by a door that was cut off: those are conflicts. */
#include "core/base/clock.h"
#include "core/base/crypto.h"
#include "core/base/id.h"
#include "core/congress/checkin/checkin.h"
#include "core/congress/store/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PIECE 4000 /* scans in a transaction */

struct history {
    struct store store;
    struct write_tools tools;
    struct arena arena;
    const char *event;
    char (*tokens)[ID_TOKEN_SIZE];
    size_t *order;
    size_t people, count, done;
    int64_t from_ms, to_ms;
    uint64_t chance;
};

static uint64_t chance(struct history *h, uint64_t below)
{
    h->chance = h->chance * 6364136223846793005u + 1442695040888963407u;
    return (h->chance >> 33) % below;
}

static void shuffle(struct history *h)
{
    for (size_t i = h->people; i > 1; i--) {
        size_t k = chance(h, i), keep = h->order[i - 1];
        h->order[i - 1] = h->order[k];
        h->order[k] = keep;
    }
}

static enum err one_scan(struct history *h, struct db *db, size_t number)
{
    static const char *const gates[] = {"main", "side", "back", "north"};
    char scan_id[ID_UUID_SIZE];
    struct checkin_answer answer;
    size_t turn = number / h->people, at = number % h->people;
    if (at == 0) shuffle(h);
    uint64_t odd = chance(h, 1000);
    int64_t when = h->from_ms + (int64_t)((double)(h->to_ms - h->from_ms) * (double)number / (double)h->count);
    id_uuid7(scan_id);
    struct checkin_source source = {.event = h->event, .gate_id = DB_NULL, .device_id = DB_NULL, .account_id = DB_NULL, .received_ms = when};
    struct checkin_scan scan = {.scan_id = scan_id, .token = h->tokens[h->order[at]], .gate = gates[chance(h, 4)], .going_out = turn % 2 && odd >= 20,
                                .scanned_ms = when, .age_ms = 0, .asks = odd != 0, .told = OUTCOME_admitted, .roster = DB_NULL};
    return checkin_apply(db, &h->arena, &h->tools, &source, &scan, &answer);
}

static enum err one_piece(struct db *db, void *arg, struct fault *fault)
{
    struct history *h = arg;
    enum err e = OK;
    (void)fault;
    write_tools_begin(&h->tools);
    for (size_t i = 0; e == OK && i < PIECE && h->done < h->count; i++) {
        e = one_scan(h, db, h->done++);
        arena_clear(&h->arena);
    }
    return e == OK ? write_tools_flush(&h->tools, db) : e;
}

static bool read_tokens(struct history *h, const char *path)
{
    FILE *f = fopen(path, "r");
    char line[64];
    if (!f) return false;
    while (fgets(line, sizeof line, f)) {
        h->tokens = realloc(h->tokens, (h->people + 1) * sizeof *h->tokens);
        line[strcspn(line, "\n")] = '\0';
        if (h->tokens && id_token_read(line, h->tokens[h->people])) h->people++;
    }
    fclose(f);
    h->order = calloc(h->people + 1, sizeof *h->order);
    for (size_t i = 0; h->order && i < h->people; i++) h->order[i] = i;
    return h->people > 0 && h->order;
}

int main(int argc, char **argv)
{
    struct fault fault = {0};
    if (argc != 6 || crypto_init() != OK) {
        fputs("usage: history DATA EVENT TOKENS COUNT DAYS\n", stderr);
        return 2;
    }
    struct history h = {.event = argv[2], .count = strtoul(argv[4], NULL, 10), .to_ms = clock_now_ms(), .chance = 42};
    h.from_ms = h.to_ms - strtol(argv[5], NULL, 10) * CLOCK_DAY;
    if (!read_tokens(&h, argv[3])) {
        fprintf(stderr, "%s: no tokens\n", argv[3]);
        return 1;
    }
    enum err e = store_open(argv[1], STORE_WRITE, &h.store, &fault);
    while (e == OK && h.done < h.count) e = db_transaction(h.store.db, one_piece, &h, &fault);
    if (e != OK) fprintf(stderr, "%s: %s\n", err_name(e), fault.text);
    write_tools_release(&h.tools);
    arena_release(&h.arena);
    store_close(&h.store);
    free(h.tokens);
    free(h.order);
    return e == OK ? 0 : 1;
}
