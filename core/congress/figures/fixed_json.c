/* Fixed figures as JSON, and what is known otherwise by now. */
#include "core/base/clock.h"
#include "core/congress/figures/fixed.h"

#include <stdlib.h>
#include <string.h>

json_t *fixed_count_json(const struct fixed_count *c)
{
    return json_pack("{s:I,s:I,s:I,s:{s:I,s:I,s:I},s:I,s:I,s:I}", "expected", (json_int_t)c->expected, "attended", (json_int_t)c->attended, "present",
                     (json_int_t)c->present, "absent", "total", (json_int_t)c->absent, "excused", (json_int_t)c->excused, "unexcused",
                     (json_int_t)(c->absent - c->excused), "alternates", (json_int_t)c->alternates, "substitutes", (json_int_t)c->substitutes, "by_group",
                     (json_int_t)c->by_group);
}

static json_t *time_json(int64_t ms)
{
    char text[CLOCK_TEXT_SIZE];
    return ms == DB_NULL ? json_null() : json_string(clock_format(ms, text));
}

static json_t *quorum_json(const struct fixed_quorum *q)
{
    if (!q->known) return json_null();
    return json_pack("{s:s?,s:s,s:I,s:I,s:I,s:b,s:o,s:o}", "session", q->session, "category", q->category, "eligible", (json_int_t)q->eligible, "required",
                     (json_int_t)q->required, "present", (json_int_t)q->present, "reached", q->reached, "since", time_json(q->since_ms), "lost",
                     time_json(q->lost_ms));
}

json_t *fixed_json(const struct fixed_figure *f)
{
    json_t *sentence = NULL, *count = fixed_count_json(&f->content.count);
    if (json_read(f->sentence, strlen(f->sentence), &sentence, NULL) != OK) sentence = json_null();
    json_t *out = json_pack("{s:I,s:o,s:o,s:s,s:s?,s:s?,s:o,s:o,s:I,s:s}", "id", (json_int_t)f->number, "at", time_json(f->content.at_ms), "known_at",
                            time_json(f->content.known_ms), "by", f->actor, "label", f->label, "category", f->content.category, "quorum",
                            quorum_json(&f->content.quorum), "sentence", sentence, "people", (json_int_t)f->content.person_count, "hash", f->hash);
    if (!out || !count || json_object_update(out, count) != 0) {
        json_decref(out);
        out = NULL;
    }
    json_decref(count);
    return out;
}

int fixed_json_add_parts(json_t *figure, const struct fixed_content *content)
{
    json_t *maps[] = {[FIXED_CATEGORY] = json_object(), [FIXED_DELEGATION] = json_object()};
    int result = figure ? 0 : -1;
    for (size_t i = 0; result == 0 && i < content->part_count; i++) {
        const struct fixed_part *p = &content->parts[i];
        result = json_object_set_new(maps[p->kind], p->code, fixed_count_json(&p->count));
    }
    if (result == 0) result = json_object_set(figure, "by_category", maps[FIXED_CATEGORY]);
    if (result == 0) result = json_object_set(figure, "by_delegation", maps[FIXED_DELEGATION]);
    json_decref(maps[FIXED_CATEGORY]);
    json_decref(maps[FIXED_DELEGATION]);
    return result;
}

json_t *fixed_person_json(const struct fixed_person *p, bool reasons)
{
    json_t *excused = p->state == FIXED_PRESENT ? json_null() : json_boolean(p->excused);
    json_t *out = json_pack("{s:s,s:s,s:s?,s:s?,s:s,s:s?,s:s,s:s,s:o,s:s?,s:b,s:o,s:o}", "person", p->code, "name", p->name, "number", p->number, "seat", p->seat,
                            "category", p->category, "delegation", p->delegation[0] ? p->delegation : NULL, "status", p->status, "state", fixed_state_word(p->state),
                            "excused", excused, "stands_for", p->stands_for, "by_group", p->by_group, "first", time_json(p->first_ms), "last", time_json(p->last_ms));
    if (out && reasons && json_object_set_new(out, "reason", p->reason ? json_string(p->reason) : json_null()) != 0) {
        json_decref(out);
        return NULL;
    }
    return out;
}

/* --- what is known otherwise ------------------------------------------------------------------------------------------------------------------------ */

static int compare_ids(const void *a, const void *b)
{
    const struct fixed_person *const *x = a, *const *y = b;
    return (*x)->delegate_id < (*y)->delegate_id ? -1 : (*x)->delegate_id > (*y)->delegate_id;
}

static const struct fixed_person **by_id(struct arena *arena, const struct fixed_content *c)
{
    const struct fixed_person **list = arena_array(arena, c->person_count + 1, sizeof *list);
    if (!list) return NULL;
    for (size_t i = 0; i < c->person_count; i++) list[i] = &c->people[i];
    qsort(list, c->person_count, sizeof *list, compare_ids);
    return list;
}

static const struct fixed_person *find_id(const struct fixed_person *const *list, size_t count, const struct fixed_person *whom)
{
    const struct fixed_person *const *found = bsearch(&whom, list, count, sizeof *list, compare_ids);
    return found ? *found : NULL;
}

static bool same_text(const char *a, const char *b)
{
    return strcmp(a ? a : "", b ? b : "") == 0;
}

static bool is_same(const struct fixed_person *a, const struct fixed_person *b)
{
    return a->state == b->state && a->excused == b->excused && a->by_group == b->by_group && same_text(a->name, b->name) &&
           same_text(a->category, b->category) && same_text(a->delegation, b->delegation) && same_text(a->status, b->status) && same_text(a->stands_for, b->stands_for);
}

enum err fixed_compare(struct arena *arena, const struct fixed_content *figure, const struct fixed_content *now, struct fixed_change **ret, size_t *ret_count)
{
    const struct fixed_person **old = by_id(arena, figure), **new = by_id(arena, now);
    struct fixed_change *changes = NULL;
    size_t n = 0, capacity = 0;
    if (!old || !new) return ERR_NOMEM;
    for (size_t i = 0; i < figure->person_count; i++) {
        const struct fixed_person *before = &figure->people[i], *after = find_id(new, now->person_count, before);
        if (after && is_same(before, after)) continue;
        if (arena_grow(arena, &changes, &capacity, n, sizeof *changes) != 0) return ERR_NOMEM;
        changes[n++] = (struct fixed_change){before, after};
    }
    for (size_t i = 0; i < now->person_count; i++) {
        if (find_id(old, figure->person_count, &now->people[i])) continue;
        if (arena_grow(arena, &changes, &capacity, n, sizeof *changes) != 0) return ERR_NOMEM;
        changes[n++] = (struct fixed_change){NULL, &now->people[i]};
    }
    *ret = changes;
    *ret_count = n;
    return OK;
}
