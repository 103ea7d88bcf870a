/* Presence: from scans in true-time order to intervals. Pure. */
#include "core/congress/checkin/checkin.h"

struct presence_step presence_next(const struct programme *programme, const struct presence_interval *open, const struct presence_scan *scan)
{
    struct presence_step step = {0};
    const struct programme_gate *gate = programme_gate_by_id(programme, scan->gate_id);
    if (!gate || gate->kind != GATE_ENTRY || gate->area_id == DB_NULL) return step;
    bool same_area = open && open->area_id == gate->area_id;
    if (scan->is_out) {
        step.ends = same_area;
        return step;
    }
    step.confirms = same_area && !scan->by_group && open->personal_ms == DB_NULL;
    if (same_area || scan->only_confirms) return step; /* is in already */
    step.ends = open != NULL;   /* entering area B leaves area A */
    step.begins = true;
    step.begun = (struct presence_interval){.area_id = gate->area_id, .gate_id = gate->id, .from_ms = scan->true_ms,
                                            .until_ms = programme_block_end(programme, gate->area_id, scan->true_ms), .scan = scan->id,
                                            .personal_ms = scan->by_group ? DB_NULL : 0};
    return step;
}

enum err presence_of_scans(struct arena *arena, const struct programme *programme, const struct presence_scan *scans, size_t count,
                           struct presence_interval **ret, size_t *ret_count, int64_t *ret_effective_ms)
{
    struct presence_interval *list = arena_array(arena, count, sizeof *list);
    if (!list) return ERR_NOMEM;
    size_t n = 0;
    int64_t effective_ms = DB_NULL;
    for (size_t i = 0; i < count; i++) {
        struct presence_interval *open = n && list[n - 1].until_ms > scans[i].true_ms ? &list[n - 1] : NULL; /* else the programme had ended it before */
        struct presence_step step = presence_next(programme, open, &scans[i]);
        if (step.ends) {
            open->until_ms = scans[i].true_ms;
            open->closed = true;
        }
        if (step.confirms) open->personal_ms = scans[i].true_ms;
        if (step.begins) list[n++] = step.begun;
        if (!scans[i].only_confirms || step.confirms) effective_ms = scans[i].true_ms;
    }
    *ret = list;
    *ret_count = n;
    *ret_effective_ms = effective_ms;
    return OK;
}
