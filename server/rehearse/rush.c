#include "server/rehearse/rush.h"

#include <stdlib.h>
#include <string.h>

#define SESSIONS_MOST 512 /* of one area; more do not come before the rule */
#define BUS_SPREAD_MS 20000
#define CUT_MS 120000
#define DRAIN_MS 30000

/* --- the rule --------------------------------------------------------------------------------------------------------------------------------- */

struct admission_answer rush_decide_at(const struct programme *p, const struct programme_gate *gate, unsigned category, int64_t at_ms, bool is_in)
{
    struct admission_session sessions[SESSIONS_MOST];
    size_t count = 0;
    for (size_t i = 0; i < p->session_count && count < SESSIONS_MOST; i++)
        if (gate->area_id != DB_NULL && p->sessions[i].area_id == gate->area_id)
            sessions[count++] = (struct admission_session){p->sessions[i].starts_ms, p->sessions[i].ends_ms, p->sessions[i].admits};
    const struct admission a = {.opens_ms = p->opens_ms, .closes_ms = programme_closes_ms(p, gate), .kind = gate->kind,
                                .lets_in = gate->lets_in, .lets_out = gate->lets_out,
                                .reentry = gate->reentry, .gate_admits = gate->admits, .sessions = sessions, .session_count = count, .known = true,
                                .this_event = true, .named = true, .status = STATUS_SUMMONED, .category = category, .is_in = is_in, .was_in = is_in, .at_ms = at_ms};
    return admission_decide(&a);
}

struct admission_answer rush_decide(const struct rush *plan, const struct programme_gate *gate, unsigned category, int64_t at_ms, bool is_in)
{
    return rush_decide_at(plan->programme, gate, category, plan->begins_at_ms - plan->opening_ms + at_ms, is_in);
}

static bool admits(const struct rush *plan, const struct programme_gate *gate, unsigned category, int64_t at_ms)
{
    return rush_decide(plan, gate, category, at_ms, false).outcome == OUTCOME_admitted;
}

/* --- where ------------------------------------------------------------------------------------------------------------------------------------ */

static bool leads_in(const struct programme_gate *gate, int64_t area_id)
{
    return gate->kind == GATE_ENTRY && gate->lets_in && gate->area_id == area_id;
}

static bool area_has_gate(const struct programme *p, int64_t area_id)
{
    for (size_t i = 0; i < p->gate_count; i++)
        if (leads_in(&p->gates[i], area_id)) return true;
    return false;
}

static enum err choose_session(struct rush *plan, const struct rush_wish *wish, struct fault *fault)
{
    const struct programme *p = plan->programme;
    for (size_t i = 0; i < p->session_count && !plan->session; i++) {
        const struct programme_session *s = &p->sessions[i];
        if (wish->session ? strcmp(s->code, wish->session) == 0 : s->area_id != DB_NULL && area_has_gate(p, s->area_id)) plan->session = s;
    }
    if (wish->session && !plan->session) return fault_set(fault, ERR_NOT_FOUND, "the event %s has no session \"%s\"", p->slug, wish->session);
    plan->begins_at_ms = plan->session ? plan->session->starts_ms : p->starts_ms;
    if (plan->session) plan->area = programme_area_by_id(p, plan->session->area_id);
    for (size_t i = 0; !plan->session && i < p->area_count && !plan->area; i++)
        if (area_has_gate(p, p->areas[i].id)) plan->area = &p->areas[i];
    if (plan->area && area_has_gate(p, plan->area->id)) return OK;
    if (wish->session) return fault_set(fault, ERR_CONFLICT, "no entry gate lets people in to the session \"%s\": nothing can be rehearsed there", wish->session);
    return fault_set(fault, ERR_CONFLICT, "the event %s has no entry gate that lets people in: there is no door to rehearse", p->slug);
}

static enum err add_lane(struct arena *arena, struct rush *plan, const struct programme_gate *gate, size_t number, bool side)
{
    struct rush_lane *lane = &plan->lanes[plan->lane_count];
    const char *name = number ? arena_printf(arena, "%s %zu", gate->code, number) : gate->code;
    if (!name) return ERR_NOMEM;
    *lane = (struct rush_lane){.gate = gate, .name = name, .side = side};
    plan->lane_count++;
    if (!side) plan->main_count++;
    return OK;
}

/* Scanners go round the area's gates; a gate with several numbers them. */
static enum err choose_lanes(struct arena *arena, struct rush *plan, const struct rush_wish *wish)
{
    const struct programme *p = plan->programme;
    const struct programme_gate *gates[QUEUE_LANES_MOST];
    size_t count = 0;
    enum err e = OK;
    for (size_t i = 0; i < p->gate_count && count < QUEUE_LANES_MOST; i++)
        if (leads_in(&p->gates[i], plan->area->id)) gates[count++] = &p->gates[i];
    size_t scanners = wish->scanners < QUEUE_LANES_MOST ? wish->scanners : QUEUE_LANES_MOST;
    plan->gate_count = count < scanners ? count : scanners;
    plan->area_gates = count;
    for (size_t i = 0; e == OK && i < scanners; i++) {
        bool several = i % count + count < scanners;
        e = add_lane(arena, plan, gates[i % count], several || i >= count ? i / count + 1 : 0, false);
    }
    for (size_t i = 0; e == OK && i < p->gate_count && plan->lane_count < plan->main_count + 2; i++) /* where people go by mistake */
        if (p->gates[i].kind == GATE_ENTRY && p->gates[i].lets_in && p->gates[i].area_id != plan->area->id) e = add_lane(arena, plan, &p->gates[i], 0, true);
    return e;
}

/* --- who -------------------------------------------------------------------------------------------------------------------------------------- */

static void choose_people(struct rush *plan, struct rush_person *people, size_t count, const struct rush_wish *wish, struct dice *dice)
{
    for (size_t i = count; i > 1; i--) {
        size_t k = dice_below(dice, i);
        struct rush_person swapped = people[i - 1];
        people[i - 1] = people[k];
        people[k] = swapped;
    }
    plan->people = people;
    plan->people_count = count < wish->people ? count : wish->people;
}

static struct visit *new_visit(struct arena *arena, enum visit_kind kind, struct rush_person *person, int64_t joins_ms)
{
    struct visit *visit = arena_alloc(arena, sizeof *visit);
    if (!visit) return NULL;
    visit->kind = kind;
    visit->person = person;
    visit->joins_ms = joins_ms;
    visit->lane = SIZE_MAX;
    atomic_init(&visit->done, false);
    return visit;
}

static enum visit_kind choose_kind(const struct rush *plan, size_t number, struct dice *dice)
{
    size_t side = plan->lane_count - plan->main_count, cast = dice_below(dice, 100);
    if (cast == 0 || number == 5) return VISIT_OLD; /* small rehearsals have one of each too */
    if (cast < 4 || number == 6) return VISIT_TWICE;
    if (side && (cast < 6 || number == 7)) return VISIT_ELSEWHERE;
    return VISIT_PLAIN;
}

/* One delegation in four comes by bus. */
static int64_t choose_time(const struct rush *plan, const struct rush_person *person, const struct rush_wish *wish, struct dice *dice)
{
    double own = rush_time(dice_fraction(dice)) * (double)plan->span_ms, after = dice_fraction(dice);
    struct dice bus = {wish->seed ^ ((uint64_t)person->delegation_id * UINT64_C(0x2545f4914f6cdd1d))};
    int64_t spread = BUS_SPREAD_MS < plan->span_ms / 10 ? BUS_SPREAD_MS : plan->span_ms / 10;
    if (!person->delegation_id || dice_below(&bus, 4) != 0) return (int64_t)own;
    return (int64_t)(rush_time(dice_fraction(&bus)) * (double)(plan->span_ms - spread) + after * (double)spread);
}

static int compare_visits(const void *a, const void *b)
{
    const struct visit *x = *(struct visit *const *)a, *y = *(struct visit *const *)b;
    return (x->joins_ms > y->joins_ms) - (x->joins_ms < y->joins_ms);
}

static enum err cast_people(struct arena *arena, struct rush *plan, const struct rush_wish *wish, struct dice *dice)
{
    size_t foreign = 1 + plan->people_count / 100, total = plan->people_count + foreign;
    plan->visits = arena_array(arena, total + 1, sizeof *plan->visits);
    plan->visit_capacity = total + 1;
    if (!plan->visits) return ERR_NOMEM;
    for (size_t i = 0; i < total; i++) {
        struct rush_person *person = i < plan->people_count ? &plan->people[i] : NULL;
        enum visit_kind kind = person ? choose_kind(plan, i, dice) : VISIT_FOREIGN;
        int64_t at = person ? choose_time(plan, person, wish, dice) : (int64_t)(rush_time(dice_fraction(dice)) * (double)plan->span_ms);
        struct visit *visit = new_visit(arena, kind, person, at);
        if (!visit) return ERR_NOMEM;
        if (kind == VISIT_OLD) person->reissue = true;
        plan->visits[plan->visit_count++] = visit;
    }
    qsort(plan->visits, plan->visit_count, sizeof *plan->visits, compare_visits);
    return OK;
}

/* --- the course of it --------------------------------------------------------------------------------------------------------------------------- */

/* Keeps the order; the place is never before `from`, which is at work now. */
static enum err insert_visit(struct arena *arena, struct rush *plan, size_t from, struct visit *visit)
{
    if (!visit || arena_grow(arena, &plan->visits, &plan->visit_capacity, plan->visit_count, sizeof *plan->visits) != 0) return ERR_NOMEM;
    size_t at = plan->visit_count++;
    for (; at > from + 1 && plan->visits[at - 1]->joins_ms > visit->joins_ms; at--) plan->visits[at] = plan->visits[at - 1];
    plan->visits[at] = visit;
    return OK;
}

/* People read the signs: the shortest queue of the doors that are theirs; of all when none is. */
static size_t choose_lane(const struct rush *plan, struct queues *queues, const struct visit *visit, struct dice *dice)
{
    uint64_t allowed = 0;
    if (visit->lane != SIZE_MAX) return visit->lane;
    if (visit->kind == VISIT_ELSEWHERE) return plan->main_count + dice_below(dice, plan->lane_count - plan->main_count);
    for (size_t i = 0; visit->person && i < plan->main_count; i++)
        if (admits(plan, plan->lanes[i].gate, visit->person->category, visit->joins_ms)) allowed |= UINT64_C(1) << i;
    return queues_shortest(queues, visit->joins_ms, allowed);
}

static struct visit *next_visit(struct arena *arena, struct rush *plan, struct visit *visit, bool *lent)
{
    enum visit_kind kind = VISIT_PLAIN;
    int64_t walk = visit->kind == VISIT_OLD ? RUSH_DESK_MS : RUSH_WALK_MS;
    size_t cut = plan->main_count - 1, lane = SIZE_MAX;
    if (visit->kind == VISIT_PLAIN && !*lent && visit->lane != cut && visit->begins_ms > plan->cut_from_ms && admits(plan, plan->lanes[visit->lane].gate,
        visit->person->category, visit->begins_ms)) { /* walks out again, and somebody else comes with this badge to the scanner that knows nothing of it */
        kind = VISIT_LENT;
        lane = cut;
        walk = (plan->cut_until_ms - plan->cut_from_ms) / 8;
        *lent = true;
    } else if (visit->kind != VISIT_OLD && visit->kind != VISIT_ELSEWHERE) {
        return NULL;
    }
    struct visit *next = new_visit(arena, kind, visit->person, visit->ends_ms + walk);
    if (!next) return NULL;
    next->lane = lane;
    next->after = visit;
    next->walk_ms = walk;
    return next;
}

static bool goes_on(const struct rush *plan, const struct visit *visit, bool lent)
{
    bool may_lend = !lent && plan->main_count > 1 && visit->kind == VISIT_PLAIN && !visit->after;
    return visit->kind == VISIT_OLD || visit->kind == VISIT_ELSEWHERE || may_lend;
}

static enum err run(struct arena *arena, struct rush *plan, const struct rush_wish *wish, struct dice *dice)
{
    struct queues queues;
    bool lent = false;
    enum err e = OK;
    queues_begin(&queues, arena, plan->main_count);
    for (size_t i = 0; e == OK && i < plan->visit_count; i++) {
        struct visit *visit = plan->visits[i];
        visit->service_ms = service_time(dice, wish->service_ms);
        visit->lane = choose_lane(plan, &queues, visit, dice);
        visit->begins_ms = visit->joins_ms;
        visit->ends_ms = visit->joins_ms + visit->service_ms;
        if (!plan->lanes[visit->lane].side) e = queues_join(&queues, visit->lane, visit->joins_ms, visit->service_ms, &visit->begins_ms, &visit->ends_ms);
        if (e != OK || !goes_on(plan, visit, lent)) continue;
        struct visit *next = next_visit(arena, plan, visit, &lent);
        if (next) e = insert_visit(arena, plan, i, next);
        else if (visit->kind != VISIT_PLAIN) e = ERR_NOMEM;
    }
    return e;
}

static enum err share_visits(struct arena *arena, struct rush *plan)
{
    for (size_t i = 0; i < plan->visit_count; i++) plan->lanes[plan->visits[i]->lane].count++;
    for (size_t i = 0; i < plan->lane_count; i++) {
        plan->lanes[i].visits = arena_array(arena, plan->lanes[i].count + 1, sizeof *plan->lanes[i].visits);
        if (!plan->lanes[i].visits) return ERR_NOMEM;
        plan->lanes[i].count = 0;
    }
    for (size_t i = 0; i < plan->visit_count; i++) {
        struct rush_lane *lane = &plan->lanes[plan->visits[i]->lane];
        lane->visits[lane->count++] = plan->visits[i];
    }
    return OK;
}

/* --- phones ----------------------------------------------------------------------------------------------------------------------------------- */

static int compare_phones(const void *a, const void *b)
{
    const struct rush_phone *x = a, *y = b;
    return (x->at_ms > y->at_ms) - (x->at_ms < y->at_ms);
}

/* Who has come in looks at the page some time later; and when the chair opens, everybody takes the first paper within half a minute. */
static enum err rush_phones(struct arena *arena, struct rush *plan, struct dice *dice)
{
    plan->phones = arena_array(arena, 2 * plan->visit_count + 1, sizeof *plan->phones);
    if (!plan->phones) return ERR_NOMEM;
    for (size_t i = 0; i < plan->visit_count; i++) {
        const struct visit *visit = plan->visits[i];
        bool comes_in = visit->kind == VISIT_PLAIN || visit->kind == VISIT_TWICE;
        if (!comes_in || !admits(plan, plan->lanes[visit->lane].gate, visit->person->category, visit->begins_ms)) continue;
        int64_t after = 10000 + (int64_t)dice_below(dice, 120000), opening = plan->opening_ms + (int64_t)dice_below(dice, 30000);
        plan->phones[plan->phone_count++] = (struct rush_phone){visit->ends_ms + after, visit->person, PHONE_PAGE};
        if (visit->ends_ms <= plan->opening_ms) plan->phones[plan->phone_count++] = (struct rush_phone){opening, visit->person, PHONE_PAPER};
    }
    qsort(plan->phones, plan->phone_count, sizeof *plan->phones, compare_phones);
    return OK;
}

static void find_horizon(struct rush *plan)
{
    size_t most = 0;
    for (size_t i = 0; i < plan->visit_count; i++)
        if (plan->visits[i]->ends_ms > plan->horizon_ms) plan->horizon_ms = plan->visits[i]->ends_ms;
    for (size_t i = 0; i < plan->lane_count; i++)
        if (plan->lanes[i].count > most) most = plan->lanes[i].count;
    for (size_t i = 0; i < plan->phone_count; i++)
        if (plan->phones[i].at_ms > plan->horizon_ms) plan->horizon_ms = plan->phones[i].at_ms;
    if (plan->span_ms > plan->horizon_ms) plan->horizon_ms = plan->span_ms;
    plan->horizon_ms += (int64_t)most * RUSH_ASK_MS + DRAIN_MS;
}

enum err rush_make(struct arena *arena, const struct programme *programme, struct rush_person *people, size_t count, const struct rush_wish *wish,
                   struct rush *ret, struct fault *fault)
{
    static const char no_memory[] = "not enough memory";
    struct rush plan = {.programme = programme, .span_ms = wish->span_ms};
    struct dice dice = {wish->seed};
    plan.opening_ms = (int64_t)(RUSH_BEGINNING * (double)wish->span_ms);
    int64_t cut = CUT_MS < wish->span_ms / 4 ? CUT_MS : wish->span_ms / 4;
    plan.cut_from_ms = wish->span_ms / 2;
    plan.cut_until_ms = plan.cut_from_ms + cut;
    enum err e = choose_session(&plan, wish, fault);
    if (e != OK) return e;
    if (count == 0) return fault_set(fault, ERR_CONFLICT, "the event %s has no delegate with a badge: nobody could come", programme->slug);
    e = choose_lanes(arena, &plan, wish);
    if (e != OK) return fault_set(fault, e, no_memory);
    choose_people(&plan, people, count, wish, &dice);
    e = cast_people(arena, &plan, wish, &dice);
    if (e == OK) e = run(arena, &plan, wish, &dice);
    if (e == OK) e = share_visits(arena, &plan);
    if (e == OK) e = rush_phones(arena, &plan, &dice);
    if (e != OK) return fault_set(fault, e, no_memory);
    plan.lanes[plan.main_count - 1].is_cut = true;
    find_horizon(&plan);
    *ret = plan;
    return OK;
}
