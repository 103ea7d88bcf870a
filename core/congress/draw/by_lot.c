/* Drawing by lot among those who match. */
#include "core/congress/draw/lot.h"
#include "core/congress/draw/people.h"
#include "core/congress/draw/seats.h"

#include <string.h>

/* The lots, which are large, are made when it is known how many there are: an array that grows leaves its smaller ones behind. */
struct gathering {
    struct arena *arena;
    struct candidate {
        const char *code;
        int64_t unit_id;
    } *candidates;
    struct draw_lot *lots; /* draw_lot.at: index of the candidate */
    size_t count, capacity;
};

static enum err gather(void *context, const struct sql_draw_people_row *row, bool is_delegate)
{
    struct gathering *g = context;
    if (is_delegate) return OK;
    if (arena_grow(g->arena, &g->candidates, &g->capacity, g->count, sizeof *g->candidates) != 0) return ERR_NOMEM;
    g->candidates[g->count] = (struct candidate){arena_strdup(g->arena, row->code), row->unit_id};
    return g->candidates[g->count++].code ? OK : ERR_NOMEM;
}

static enum err gather_all(struct db *db, struct arena *arena, int64_t event_id, const struct draw_filter *filter, struct gathering *g)
{
    *g = (struct gathering){.arena = arena};
    enum err e = draw_walk(db, arena, event_id, filter, gather, g);
    if (e == OK && !(g->lots = arena_array(arena, g->count + 1, sizeof *g->lots))) e = ERR_NOMEM;
    for (size_t i = 0; e == OK && i < g->count; i++) g->lots[i] = (struct draw_lot){.code = g->candidates[i].code, .at = i};
    return e;
}

enum err draw_by_lot(struct db *db, struct arena *arena, const struct programme *programme, const struct draw_filter *filter, const struct draw_lot_wish *wish,
                     struct draw_lot_result *ret, struct fault *fault)
{
    struct gathering g;
    struct draw_seats seats = {0};
    struct draw_lot_result result = {.codes = arena_array(arena, DRAW_TAKE_MOST + 1, sizeof *result.codes)};
    enum err e = result.codes ? gather_all(db, arena, programme->event_id, filter, &g) : ERR_NOMEM;
    if (e == OK && wish->count == 0) e = draw_seats_read(db, arena, programme, &seats);
    if (e != OK) return e == ERR_INPUT ? e : db_fault(db, e, fault, "draw by lot");
    draw_lot_fingerprint(g.lots, g.count, result.fingerprint);
    draw_lots(wish->seed, g.lots, g.count);
    result.candidates = g.count;
    for (size_t i = 0; i < g.count; i++) {
        if (wish->count && (int64_t)result.count == wish->count) break;
        if (wish->count == 0 && !draw_seats_take(&seats, g.candidates[g.lots[i].at].unit_id)) continue;
        if (result.count == DRAW_TAKE_MOST) return fault_because(fault, ERR_LIMIT, "draw_too_many", "2000", "more than %d people at once", DRAW_TAKE_MOST);
        result.codes[result.count++] = g.lots[i].code;
    }
    *ret = result;
    return OK;
}

enum err draw_codes(struct db *db, struct arena *arena, int64_t event_id, const struct draw_filter *filter, struct buf *out)
{
    struct gathering g;
    char fingerprint[CRYPTO_HASH_HEX];
    enum err e = gather_all(db, arena, event_id, filter, &g);
    if (e != OK) return e;
    draw_lot_fingerprint(g.lots, g.count, fingerprint); /* puts them in order */
    for (size_t i = 0; i < g.count; i++) {
        buf_puts(out, g.lots[i].code);
        buf_putc(out, '\n');
    }
    return buf_ok(out) ? OK : ERR_NOMEM;
}
