/* Queues at doors: by hand, by Little's law, by Pollaczek and Khinchine, by Erlang; and the plan of a rehearsal. No clock and no chance but seeds: the same each time. */
#include "server/rehearse/rush.h"
#include "tests/unit/check.h"

#include <math.h>
#include <stdlib.h>

#define MANY 200000

/* --- by hand ----------------------------------------------------------------------------------------------------------------------------------- */

/* Two lanes, ten seconds each. a, b and c come at 0; d at 1 s; e at 10 s. a → lane 0, b → lane 1, c → lane 0 (shortest, first), d → lane 1; at 10 s a and b have
 * gone, so each lane holds one: e → lane 0. */
static void check_by_hand(struct check *c, struct arena *arena)
{
    static const int64_t joins[] = {0, 0, 0, 1000, 10000};
    static const size_t lanes[] = {0, 1, 0, 1, 0};
    static const int64_t begins[] = {0, 0, 10000, 10000, 20000};
    struct queue_turn turns[5];
    struct queues queues;
    queues_begin(&queues, arena, 2);
    for (size_t i = 0; i < 5; i++) {
        size_t lane = queues_shortest(&queues, joins[i], 0);
        turns[i].joins_ms = joins[i];
        CHECK(c, lane == lanes[i]);
        CHECK(c, queues_join(&queues, lane, joins[i], 10000, &turns[i].begins_ms, &turns[i].ends_ms) == OK);
        CHECK(c, turns[i].begins_ms == begins[i] && turns[i].ends_ms == begins[i] + 10000);
    }
    struct queue_figures f;
    CHECK(c, queue_measure(arena, turns, 5, &f) == OK);
    CHECK(c, f.people == 5 && f.longest_queue == 2 && f.longest_queue_ms == 1000); /* c and d wait from 1 s on */
    CHECK(c, f.median_ms == 9000 && f.p95_ms == 10000 && f.longest_ms == 10000);   /* waits: 0 0 9 10 10 s */
    CHECK(c, queue_turns_waiting(turns, 5, 999) == 1 && queue_turns_waiting(turns, 5, 1000) == 2);
    CHECK(c, queue_turns_waiting(turns, 5, 10000) == 1 && queue_turns_waiting(turns, 5, 20000) == 0);
    CHECK(c, queue_measure(arena, turns, 0, &f) == OK && f.people == 0 && f.longest_queue == 0 && f.longest_ms == 0);
}

static void check_lanes_allowed(struct check *c, struct arena *arena)
{
    struct queues queues;
    int64_t begins, ends;
    queues_begin(&queues, arena, 3);
    for (int i = 0; i < 4; i++) {
        size_t lane = queues_shortest(&queues, 0, 1u << 2);
        CHECK(c, lane == 2); /* only there, however long it grows */
        CHECK(c, queues_join(&queues, lane, 0, 1000, &begins, &ends) == OK && begins == i * 1000);
    }
    CHECK(c, queues_shortest(&queues, 0, 6) == 1 && queues_shortest(&queues, 4000, 4) == 2);
}

static void check_percentile(struct check *c)
{
    int64_t values[] = {5, 1, 4, 2, 3, 10, 9, 8, 7, 6};
    CHECK(c, percentile(values, 10, 50) == 5 && percentile(values, 10, 95) == 10 && percentile(values, 10, 90) == 9 && percentile(values, 10, 100) == 10);
    CHECK(c, percentile(values, 1, 1) == 1 && percentile(values, 0, 50) == 0);
}

/* --- by the books -------------------------------------------------------------------------------------------------------------------------------- */

static double draw_exponential(struct dice *dice, double mean)
{
    return -mean * log(1 - dice_fraction(dice));
}

enum service { SERVICE_EXPONENTIAL, SERVICE_OURS };

/* People come by chance (Poisson) at so many an hour of `mean_service` each, to one or more lanes; gives the mean wait, and the turns. */
static double play(struct arena *arena, size_t lanes, double load, double mean_ms, enum service service, uint64_t seed, struct queue_turn *turns)
{
    struct dice dice = {seed};
    struct queues queues;
    double at = 0, waits = 0;
    queues_begin(&queues, arena, lanes);
    for (size_t i = 0; i < MANY; i++) {
        at += draw_exponential(&dice, mean_ms / load / (double)lanes);
        int64_t time = service == SERVICE_OURS ? service_time(&dice, (int64_t)mean_ms) : (int64_t)draw_exponential(&dice, mean_ms);
        struct queue_turn *turn = &turns[i];
        turn->joins_ms = (int64_t)at;
        if (queues_join(&queues, queues_shortest(&queues, turn->joins_ms, 0), turn->joins_ms, time, &turn->begins_ms, &turn->ends_ms) != OK) return NAN;
        waits += (double)(turn->begins_ms - turn->joins_ms);
    }
    return waits / MANY;
}

static int is_near(double got, double wanted, double share)
{
    if (fabs(got - wanted) <= share * wanted) return 1;
    printf("# got %.1f, wanted %.1f\n", got, wanted);
    return 0;
}

/* Wq = λ E[S²] / (2 (1 − ρ)). Exponential: E[S²] = 2 m². Ours: eleven in twelve evenly between 0.6 and 1.4 (E = 1, E[x²] = 1 + 0.64/12), one in twelve 3, all by 7/6. */
static void check_pollaczek(struct check *c, struct arena *arena, struct queue_turn *turns)
{
    const double mean = 5000, load = 0.6, ours = (11.0 / 12 * (1 + 0.64 / 12) + 9.0 / 12) / (49.0 / 36);
    double wanted = load / mean * 2 * mean * mean / (2 * (1 - load));
    CHECK(c, is_near(play(arena, 1, load, mean, SERVICE_EXPONENTIAL, 7, turns), wanted, 0.05));
    arena_clear(arena);
    wanted = load / mean * ours * mean * mean / (2 * (1 - load));
    CHECK(c, is_near(play(arena, 1, load, mean, SERVICE_OURS, 11, turns), wanted, 0.05));
    arena_clear(arena);
}

/* The shortest of three queues is never better than one queue for three (Erlang C), and never worse than three queues by lot (each an M/M/1). */
static void check_erlang(struct check *c, struct arena *arena, struct queue_turn *turns)
{
    const double mean = 4000, load = 0.7, offered = 3 * load;
    double delayed = offered * offered * offered / 6 / (1 - load), none = 1 + offered + offered * offered / 2;
    double erlang = delayed / (none + delayed) * mean / (3 * (1 - load)), alone = load * mean / (1 - load);
    double got = play(arena, 3, load, mean, SERVICE_EXPONENTIAL, 3, turns);
    CHECK(c, got > 0.97 * erlang && got < alone);
    arena_clear(arena);
}

/* L = λ W: the queue looked at from time to time, and the people's own waits, tell the same. */
static void check_little(struct check *c, struct arena *arena, struct queue_turn *turns)
{
    const size_t count = 20000, looks = 4000;
    double waits = 0, length = 0;
    (void)play(arena, 2, 0.8, 5000, SERVICE_OURS, 5, turns);
    const int64_t span = turns[count - 1].joins_ms;
    for (size_t i = 0; i < count; i++) waits += (double)(turns[i].begins_ms - turns[i].joins_ms);
    for (size_t i = 0; i < looks; i++) length += (double)queue_turns_waiting(turns, count, (int64_t)((double)span * ((double)i + 0.5) / (double)looks));
    CHECK(c, is_near(length / (double)looks, waits / (double)span, 0.03));
    arena_clear(arena);
}

static void check_chance(struct check *c)
{
    struct dice a = {42}, b = {42}, other = {43};
    double sum = 0, times = 0;
    bool same = true, differs = false, rises = true;
    for (int i = 0; i < 1000; i++) {
        uint64_t x = dice_next(&a);
        same = same && x == dice_next(&b);
        differs = differs || x != dice_next(&other);
    }
    CHECK(c, same && differs);
    for (int i = 0; i < 100000; i++) {
        sum += (double)service_time(&a, 5000);
        times += dice_fraction(&a);
    }
    CHECK(c, is_near(sum / 100000, 5000, 0.02) && is_near(times / 100000, 0.5, 0.02));
    for (int i = 1; i <= 100; i++) rises = rises && rush_time(i / 100.0) > rush_time((i - 1) / 100.0);
    CHECK(c, rises && rush_time(0) < 1e-9 && rush_time(1) > 1 - 1e-6);
    CHECK(c, fabs(rush_time(5 * pow(0.9, 4) - 4 * pow(0.9, 5)) - RUSH_BEGINNING) < 1e-9); /* 92 of 100 are there when it begins */
}

static void check_what_if(struct check *c, struct arena *arena)
{
    struct dice dice = {9};
    struct queue_turn turns[300], *others;
    struct queue_figures f;
    int64_t before = INT64_MAX;
    for (size_t i = 0; i < 300; i++) turns[i] = (struct queue_turn){(int64_t)i * 1200, 0, service_time(&dice, 5000)};
    for (size_t lanes = 1; lanes <= 8; lanes++) {
        CHECK(c, queue_what_if(arena, turns, 300, lanes, &others) == OK && queue_measure(arena, others, 300, &f) == OK);
        CHECK(c, f.people == 300 && f.longest_ms <= before);
        before = f.longest_ms;
    }
    CHECK(c, queue_what_if(arena, turns, 300, 1, &others) == OK);
    int64_t work = 0;
    for (size_t i = 0; i < 300; i++) work += turns[i].ends_ms;
    CHECK(c, others[299].ends_ms == work); /* one lane that is never idle */
}

/* --- the plan -------------------------------------------------------------------------------------------------------------------------------------- */

#define HOUR_MS INT64_C(3600000)
#define PEOPLE 240

struct house {
    struct programme programme;
    struct programme_category categories[3];
    struct programme_area areas[2];
    struct programme_gate gates[4];
    struct programme_session session;
    struct rush_person people[PEOPLE];
};

/* Two doors into the hall, for delegates and for guests, one way out, and a door into another room. Nobody admits the press. */
static void build(struct house *h, bool with_session)
{
    *h = (struct house){.categories = {{1, "official", NULL, NULL}, {2, "guest", NULL, NULL}, {3, "press", NULL, NULL}},
                        .areas = {{.id = 10, .code = "hall"}, {.id = 11, .code = "foyer"}}};
    h->gates[0] = (struct programme_gate){.id = 20, .area_id = 10, .code = "north", .direction = "both", .kind = GATE_ENTRY,
                                          .lets_in = true, .lets_out = true, .reentry = true, .admits = 1};
    h->gates[1] = (struct programme_gate){.id = 21, .area_id = 10, .code = "south", .direction = "both", .kind = GATE_ENTRY,
                                          .lets_in = true, .lets_out = true, .reentry = true, .admits = 2};
    h->gates[2] = (struct programme_gate){.id = 22, .area_id = 10, .code = "exit", .direction = "out", .kind = GATE_ENTRY,
                                          .lets_in = false, .lets_out = true, .reentry = true, .admits = 7};
    h->gates[3] = (struct programme_gate){.id = 23, .area_id = 11, .code = "foyer", .direction = "both", .kind = GATE_ENTRY,
                                          .lets_in = true, .lets_out = true, .reentry = true, .admits = 1};
    h->session = (struct programme_session){.id = 30, .area_id = 10, .starts_ms = 9 * HOUR_MS, .ends_ms = 11 * HOUR_MS, .code = "opening", .admits = 3};
    h->programme = (struct programme){.slug = "e", .timezone = "UTC", .opens_ms = 0, .starts_ms = 8 * HOUR_MS, .ends_ms = 20 * HOUR_MS, .categories = h->categories,
                                      .category_count = 3, .areas = h->areas, .area_count = 2, .gates = h->gates, .gate_count = 4, .sessions = &h->session,
                                      .session_count = with_session ? 1 : 0};
    for (size_t i = 0; i < PEOPLE; i++)
        h->people[i] = (struct rush_person){.delegate_id = (int64_t)i + 1, .delegation_id = (int64_t)i / 12, .category = i % 10 == 9 ? 2 : i % 3 == 0, .code = "x",
            .token = "y"};
}

static void check_rules(struct check *c, const struct rush *rush, bool with_session)
{
    CHECK(c, rush->begins_at_ms == (with_session ? 9 : 8) * HOUR_MS && rush->area->id == 10);
    CHECK(c, rush->lane_count == 6 && rush->main_count == 5 && rush->gate_count == 2);
    CHECK_TEXT(c, rush->lanes[0].name, "north 1");
    CHECK_TEXT(c, rush->lanes[3].name, "south 2");
    CHECK_TEXT(c, rush->lanes[4].name, "north 3");
    CHECK_TEXT(c, rush->lanes[5].name, "foyer");
    CHECK(c, rush->lanes[5].side && rush->lanes[4].is_cut && !rush->lanes[0].is_cut);
    CHECK(c, rush_decide(rush, &rush->programme->gates[0], 1, rush->opening_ms, false).outcome == (with_session ? OUTCOME_admitted : OUTCOME_refused));
    CHECK(c, rush_decide(rush, &rush->programme->gates[0], 2, rush->opening_ms, false).reason == REASON_not_admitted_here);
    CHECK(c, rush_decide(rush, &rush->programme->gates[0], 0, 0, true).outcome == OUTCOME_already_in);
}

/* Everybody comes once, to a door of theirs; what follows another visit comes behind it. */
static void check_course(struct check *c, const struct rush *rush, bool with_session)
{
    size_t first = 0, lent = 0, old = 0, foreign = 0, twice = 0, elsewhere = 0, wrong_door = 0;
    int64_t before = 0;
    bool in_order = true, follows = true;
    for (size_t i = 0; i < rush->visit_count; i++) {
        const struct visit *v = rush->visits[i];
        in_order = in_order && v->joins_ms >= before && v->begins_ms >= v->joins_ms && v->ends_ms >= v->begins_ms && v->ends_ms <= rush->horizon_ms;
        before = v->joins_ms;
        follows = follows && (!v->after || (v->joins_ms == v->after->ends_ms + v->walk_ms && v->after->person == v->person));
        first += v->person && !v->after;
        foreign += v->kind == VISIT_FOREIGN;
        twice += v->kind == VISIT_TWICE;
        old += v->kind == VISIT_OLD;
        elsewhere += v->kind == VISIT_ELSEWHERE;
        lent += v->kind == VISIT_LENT;
        if (v->kind == VISIT_PLAIN && v->person->category < 2 && !with_session) wrong_door += rush->lanes[v->lane].gate->id != 20 + (int64_t)v->person->category;
    }
    CHECK(c, in_order && follows);
    CHECK(c, first == PEOPLE && wrong_door == 0);
    CHECK(c, foreign >= 1 && twice >= 1 && old >= 1 && elsewhere >= 1 && lent <= 1);
    CHECK(c, rush->phone_count > PEOPLE / 2 && rush->phones[rush->phone_count - 1].at_ms <= rush->horizon_ms);
}

static void check_rush(struct check *c, struct arena *arena, bool with_session)
{
    struct house *one = malloc(sizeof *one), *two = malloc(sizeof *two);
    struct rush_wish wish = {.scanners = 5, .people = 1000, .span_ms = 600000, .service_ms = 5000, .seed = 4};
    struct rush *a = malloc(sizeof *a), *b = malloc(sizeof *b);
    struct fault fault = {0};
    bool same = true;
    build(one, with_session);
    build(two, with_session);
    CHECK(c, rush_make(arena, &one->programme, one->people, PEOPLE, &wish, a, &fault) == OK);
    CHECK(c, rush_make(arena, &two->programme, two->people, PEOPLE, &wish, b, &fault) == OK);
    check_rules(c, a, with_session);
    check_course(c, a, with_session);
    CHECK(c, a->visit_count == b->visit_count);
    for (size_t i = 0; i < a->visit_count && i < b->visit_count; i++)
        same = same && a->visits[i]->joins_ms == b->visits[i]->joins_ms && a->visits[i]->lane == b->visits[i]->lane && a->visits[i]->kind == b->visits[i]->kind;
    CHECK(c, same);
    wish.seed = 5;
    build(two, with_session);
    CHECK(c, rush_make(arena, &two->programme, two->people, PEOPLE, &wish, b, &fault) == OK && b->visits[3]->joins_ms != a->visits[3]->joins_ms);
    free(one), free(two), free(a), free(b);
}

static void check_refusals(struct check *c, struct arena *arena)
{
    struct house *h = malloc(sizeof *h);
    struct rush *rush = malloc(sizeof *rush);
    struct rush_wish wish = {.scanners = 2, .people = 10, .span_ms = 600000, .service_ms = 5000, .session = "none"};
    struct fault fault = {0};
    build(h, true);
    CHECK(c, rush_make(arena, &h->programme, h->people, PEOPLE, &wish, rush, &fault) == ERR_NOT_FOUND);
    wish.session = NULL;
    CHECK(c, rush_make(arena, &h->programme, h->people, 0, &wish, rush, &fault) == ERR_CONFLICT);
    CHECK(c, rush_make(arena, &h->programme, h->people, PEOPLE, &wish, rush, &fault) == OK && rush->people_count == 10 && rush->main_count == 2);
    CHECK_TEXT(c, rush->lanes[1].name, "south"); /* one scanner a gate has no number */
    for (size_t i = 0; i < 4; i++) h->gates[i].lets_in = false;
    CHECK(c, rush_make(arena, &h->programme, h->people, PEOPLE, &wish, rush, &fault) == ERR_CONFLICT);
    CHECK(c, strstr(fault.text, "no entry gate") != NULL);
    free(h), free(rush);
}

int main(void)
{
    struct check c = {0};
    struct arena arena = {0};
    struct queue_turn *turns = calloc(MANY, sizeof *turns);
    if (!turns) return 1;
    check_by_hand(&c, &arena);
    check_lanes_allowed(&c, &arena);
    check_percentile(&c);
    check_chance(&c);
    check_pollaczek(&c, &arena, turns);
    check_erlang(&c, &arena, turns);
    check_little(&c, &arena, turns);
    check_what_if(&c, &arena);
    check_rush(&c, &arena, true);
    check_rush(&c, &arena, false);
    check_refusals(&c, &arena);
    free(turns);
    arena_release(&arena);
    return check_done(&c, "rehearse");
}
