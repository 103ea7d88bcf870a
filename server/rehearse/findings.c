#include "server/rehearse/findings.h"

#include "core/base/zone.h"
#include "core/congress/badges/badge_list.h"
#include "core/congress/badges/print_log.h"
#include "core/congress/device.h"
#include "server/venue/venue.h"

#include "catalogue.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>

#define INSTANTS_EACH 3 /* when a session changes what a door does: an hour before, its beginning, its end */

const char *finding_grade_name(enum finding_grade grade)
{
    static const char *const names[] = {[FINDING_NOTE] = "note", [FINDING_WARNING] = "warning", [FINDING_BROKEN] = "broken"};
    return names[grade];
}

void findings_begin(struct findings *findings, struct arena *arena)
{
    *findings = (struct findings){.arena = arena};
}

void findings_add(struct findings *findings, enum finding_grade grade, const char *id, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    const char *what = arena_vprintf(findings->arena, format, args);
    va_end(args);
    if (!what || arena_grow(findings->arena, &findings->items, &findings->capacity, findings->count, sizeof *findings->items) != 0) {
        findings->failed = true;
        return;
    }
    findings->items[findings->count++] = (struct finding){grade, id, what};
}

size_t findings_count(const struct findings *findings, enum finding_grade grade)
{
    size_t count = 0;
    for (size_t i = 0; i < findings->count; i++) count += findings->items[i].grade == grade;
    return count;
}

const char *finding_time(struct arena *arena, const char *zone, int64_t at_ms)
{
    char text[ZONE_TEXT_SIZE];
    if (zone_format(zone, at_ms, text) != OK) return "?";
    if (text[10] == 'T') text[10] = ' ';
    return arena_strdup(arena, text);
}

/* --- the programme ------------------------------------------------------------------------------------------------------------------------------ */

/* When a door first lets a category in, not before `from_ms`; -1: never. What a door does changes at a few instants only, so these are all that has to be asked. */
static int64_t first_admission(const struct programme *p, const struct programme_gate *gate, unsigned category, int64_t from_ms)
{
    int64_t first = -1;
    for (size_t i = 0; i <= p->session_count; i++) {
        int64_t instants[INSTANTS_EACH] = {p->opens_ms, from_ms, p->starts_ms};
        if (i < p->session_count) {
            const struct programme_session *s = &p->sessions[i];
            instants[0] = s->starts_ms - ADMISSION_EARLY_MS;
            instants[1] = s->starts_ms;
            instants[2] = s->ends_ms;
        }
        for (size_t k = 0; k < INSTANTS_EACH; k++) {
            if (instants[k] < from_ms || (first >= 0 && instants[k] >= first)) continue;
            if (rush_decide_at(p, gate, category, instants[k], false).outcome == OUTCOME_admitted) first = instants[k];
        }
    }
    return first;
}

static int64_t first_anywhere(const struct programme *p, const struct programme_area *area, unsigned category, int64_t from_ms)
{
    int64_t first = -1;
    for (size_t i = 0; i < p->gate_count; i++) {
        if (p->gates[i].kind != GATE_ENTRY || (area && p->gates[i].area_id != area->id)) continue;
        int64_t at = first_admission(p, &p->gates[i], category, from_ms);
        if (at >= 0 && (first < 0 || at < first)) first = at;
    }
    return first;
}

static void look_at_category(struct findings *f, const struct rush *plan, unsigned c, size_t people)
{
    const struct programme *p = plan->programme;
    const char *code = p->categories[c].code, *refuser = plan->session ? plan->session->code : "the gate's own list";
    if (first_anywhere(p, NULL, c, p->opens_ms) < 0) {
        findings_add(f, FINDING_BROKEN, "category_nowhere", "%zu `%s` are let in nowhere: no entry gate and no session admits `%s`", people, code, code);
        return;
    }
    size_t closed = 0;
    for (size_t i = 0; i < plan->main_count; i++) closed += rush_decide(plan, plan->lanes[i].gate, c, plan->opening_ms, false).outcome != OUTCOME_admitted;
    if (closed == 0) return;
    if (closed < plan->main_count) {
        for (size_t i = 0; i < plan->main_count && i < plan->gate_count; i++)
            if (rush_decide(plan, plan->lanes[i].gate, c, plan->opening_ms, false).outcome != OUTCOME_admitted)
                findings_add(f, FINDING_NOTE, "category_other_door", "%zu `%s` have to go to another door than %s: its `admits` lacks `%s`", people, code,
                             plan->lanes[i].gate->code, code);
        return;
    }
    int64_t later = first_anywhere(p, plan->area, c, plan->begins_at_ms);
    if (later == plan->begins_at_ms) { /* at a gate that has no scanner in this rehearsal */
        findings_add(f, FINDING_WARNING, "category_not_played", "%zu `%s` go to a gate of %s that had no scanner in this rehearsal: more --gates", people, code,
                     plan->area->code);
        return;
    }
    findings_add(f, FINDING_WARNING, "category_not_now", "%zu `%s` would be refused at every door of %s when it begins: `admits` of %s lacks `%s`; %s%s", people, code,
                 plan->area->code, refuser, code, later < 0 ? "they are let in there at no later time" : "the first time that they are let in there is ",
                 later < 0 ? "" : finding_time(f->arena, p->timezone, later));
}

static void look_at_gate(struct findings *f, const struct programme *p, const struct programme_gate *gate, const size_t *expected)
{
    bool any = false;
    if (gate->kind == GATE_ENTRY && !gate->lets_in) return; /* a way out */
    for (unsigned c = 0; c < p->category_count && c < 64 && !any; c++) {
        if (!expected[c]) continue;
        any = gate->kind == GATE_ENTRY ? first_admission(p, gate, c, p->opens_ms) >= 0 : (gate->admits >> c & 1) != 0;
    }
    if (!any) findings_add(f, FINDING_BROKEN, "gate_for_nobody", "%s %s %s: no delegate's category is in its `admits`%s", gate->kind == GATE_ENTRY ? "gate" : "hand-out",
        gate->code, gate->kind == GATE_ENTRY ? "lets nobody in at any time" : "has nobody to give to", gate->kind == GATE_ENTRY ? ", nor in those of its sessions" : "");
}

static size_t count_of(const size_t *expected, category_set set)
{
    size_t count = 0;
    for (unsigned c = 0; c < 64; c++) count += set >> c & 1 ? expected[c] : 0;
    return count;
}

static void look_at_room(struct findings *f, const struct programme *p, const struct programme_area *area, const size_t *expected)
{
    size_t sessions = 0;
    if (area->capacity <= 0) return;
    for (size_t i = 0; i < p->session_count; i++) {
        if (p->sessions[i].area_id != area->id) continue;
        size_t people = count_of(expected, p->sessions[i].admits);
        sessions++;
        if ((int64_t)people > area->capacity)
            findings_add(f, FINDING_BROKEN, "room_too_small", "%s takes %" PRId64 ", but \"%s\" admits %zu delegates: the last %" PRId64
                         " to come would be refused (full)",
                         area->code, area->capacity, p->sessions[i].code, people, (int64_t)people - area->capacity);
    }
    category_set set = 0;
    for (size_t i = 0; i < p->gate_count; i++)
        if (p->gates[i].area_id == area->id && p->gates[i].kind == GATE_ENTRY) set |= p->gates[i].admits;
    size_t people = count_of(expected, set);
    if (!sessions && (int64_t)people > area->capacity)
        findings_add(f, FINDING_BROKEN, "room_too_small", "%s takes %" PRId64 ", but its gates admit %zu delegates: the last %" PRId64
                     " to come would be refused (full)",
                     area->code, area->capacity, people, (int64_t)people - area->capacity);
}

void findings_of_programme(struct findings *f, const struct rush *plan, const size_t *expected)
{
    const struct programme *p = plan->programme;
    for (unsigned c = 0; c < p->category_count && c < 64; c++)
        if (expected[c]) look_at_category(f, plan, c, expected[c]);
    if (plan->gate_count < plan->area_gates)
        findings_add(f, FINDING_NOTE, "gates_not_played", "only %zu of the %zu gates of %s had a scanner in this rehearsal (--gates)", plan->gate_count, plan->area_gates,
                     plan->area->code);
    for (size_t i = 0; i < p->gate_count; i++) look_at_gate(f, p, &p->gates[i], expected);
    for (size_t i = 0; i < p->area_count; i++) look_at_room(f, p, &p->areas[i], expected);
}

/* --- the evening before --------------------------------------------------------------------------------------------------------------------------- */

static enum err look_at_badges(struct findings *f, struct db *db, const char *slug, struct fault *fault)
{
    const struct badge_list_filter filter = {0};
    struct arena arena = {0};
    struct badge_list list;
    struct print_count count;
    const char *url = NULL;
    bool guessed = false;
    enum err e = public_url_choose(db, &arena, NULL, slug, 8080, &url, &guessed, fault);
    if (e == OK) e = badge_list_load(db, &arena, slug, &filter, url, &list, fault);
    if (e == OK) e = print_log_compare(db, &arena, &list, "badge", url, 0, fault);
    if (e == OK) {
        print_log_count(&list, &count);
        if (count.not_printed) findings_add(f, FINDING_WARNING, "badges_not_printed", "%zu of %zu badges are not printed yet (plenum badges)", count.not_printed,
            list.count);
    }
    arena_release(&arena);
    return e;
}

static enum err look_at_scanners(struct findings *f, struct db *db, const struct rush *plan)
{
    struct arena arena = {0};
    struct device *devices = NULL;
    size_t count = 0, ready = 0;
    enum err e = device_list(db, &arena, plan->programme->event_id, &devices, &count);
    for (size_t i = 0; i < count; i++) ready += devices[i].revoked_ms == DB_NULL;
    arena_release(&arena);
    if (e == OK && ready < plan->main_count)
        findings_add(f, FINDING_WARNING, "scanners_not_paired", "%zu scanners were rehearsed, %zu are paired for this event (plenum device pair)", plan->main_count,
            ready);
    return e;
}

static enum err look_at_photos(struct findings *f, struct db *db, int64_t event_id)
{
    struct arena arena = {0};
    struct sql_photos_count_row row;
    enum err e = sql_photos_count(db, &arena, event_id, &row);
    arena_release(&arena);
    if (e == OK && row.with_photo && row.with_photo < row.people)
        findings_add(f, FINDING_WARNING, "photos_missing", "%" PRId64 " of %" PRId64 " delegates have no photo (plenum photos missing)", row.people - row.with_photo,
            row.people);
    else if (e == OK && !row.with_photo) findings_add(f, FINDING_NOTE, "no_photos", "no delegate has a photo: badges and the desk show initials");
    return e;
}

/* What `plenum doctor --venue` finds of the machine; the network is the venue's, and perhaps not here yet. */
static enum err look_at_machine(struct findings *f, struct db *db, const char *folder, const char *slug, struct fault *fault)
{
    struct venue_machine machine;
    struct venue_plan plan;
    struct venue_list list = {.arena = f->arena};
    struct i18n *i18n = NULL;
    enum err e = i18n_load(&i18n, fault);
    if (e != OK) return e;
    venue_machine_read(folder, &machine);
    e = venue_plan_read(db, f->arena, folder, slug, 0, machine.now_ms, &plan, fault);
    if (e == OK) {
        venue_judge_machine(&plan, &machine, &list);
        venue_judge_power(&machine, &list);
    }
    for (size_t i = 0; e == OK && i < list.count; i++) {
        const struct venue_item *item = &list.items[i];
        const char *what = venue_what(f->arena, i18n, I18N_EN, item), *todo = venue_todo(f->arena, i18n, I18N_EN, item);
        if (item->grade == VENUE_OK) continue;
        const char *id = arena_printf(f->arena, "machine_%s", item->id);
        findings_add(f, item->grade == VENUE_BAD ? FINDING_BROKEN : FINDING_WARNING, id ? id : item->id, "%s%s%s", what ? what : item->id, todo && todo[0] ? " → " : "",
                     todo ? todo : "");
    }
    i18n_free(i18n);
    return e;
}

enum err findings_of_preparation(struct findings *f, struct db *db, const char *folder, const struct rush *plan, size_t people, size_t without, struct fault *fault)
{
    if (without) findings_add(f, FINDING_BROKEN, "no_badge", "%zu of %zu delegates have no badge that is good", without, people);
    enum err e = look_at_badges(f, db, plan->programme->slug, fault);
    if (e == OK) e = look_at_machine(f, db, folder, plan->programme->slug, fault);
    if (e != OK) return e;
    e = look_at_photos(f, db, plan->programme->event_id);
    if (e == OK) e = look_at_scanners(f, db, plan);
    return e == OK ? OK : db_fault(db, e, fault, "look at the preparation");
}
