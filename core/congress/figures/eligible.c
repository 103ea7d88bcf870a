/* Who was eligible for the quorum when. The list of each moment is the newest one with what the desk changed since taken back (figures.h), so the changes are
 * taken back one by one, the newest first, and what each made of the people it is about is noted: somebody more, somebody less. Nothing else follows from the
 * kind of a change: what a file made of these people later was always so, and may leave nothing of it here. */
#include "core/congress/figures/past.h"

#include "catalogue.h"

#include <stdlib.h>
#include <string.h>

struct change {
    int64_t delegate_id, at_ms, by;
};

struct noting {
    struct arena *arena;
    const struct quorum_rule *rule;
    struct change *changes;
    size_t count, capacity;
};

static int compare_changes(const void *a, const void *b)
{
    const struct change *x = a, *y = b;
    if (x->delegate_id != y->delegate_id) return x->delegate_id < y->delegate_id ? -1 : 1;
    return x->at_ms != y->at_ms ? (x->at_ms < y->at_ms ? -1 : 1) : 0;
}

static int compare_changed(const void *a, const void *b)
{
    const struct quorum_changed *x = a, *y = b;
    return x->delegate_id != y->delegate_id ? (x->delegate_id < y->delegate_id ? -1 : 1) : 0;
}

size_t quorum_spans_of(const struct quorum_list *list, int64_t delegate_id, bool is_eligible, const struct quorum_span **ret)
{
    static const struct quorum_span always = {0, INT64_MAX};
    const struct quorum_changed key = {.delegate_id = delegate_id};
    const struct quorum_changed *one = list->count ? bsearch(&key, list->people, list->count, sizeof key, compare_changed) : NULL;
    *ret = one ? &list->spans[one->first] : &always;
    return one ? one->count : is_eligible;
}

/* --- what was changed --------------------------------------------------------------------------------------------------------------------------- */

static bool is_of_list(const struct sql_figures_amendments_row *row)
{
    return strcmp(row->kind, "absence") != 0;
}

/* A copy of whom the changes are about, on which they are taken back. */
static enum err copy_concerned(struct arena *arena, const struct past *past, const struct sql_figures_amendments_row *rows, size_t count, struct past *ret)
{
    *ret = (struct past){.people = arena_array(arena, count * 2, sizeof *ret->people)};
    if (!ret->people) return ERR_NOMEM;
    for (size_t i = 0; i < count; i++) {
        const struct past_person *one = is_of_list(&rows[i]) ? past_find(past, rows[i].delegate_id) : NULL;
        const struct past_person *other = is_of_list(&rows[i]) && rows[i].other_id != DB_NULL ? past_find(past, rows[i].other_id) : NULL;
        if (one) ret->people[ret->count++] = *one;
        if (other) ret->people[ret->count++] = *other;
    }
    past_sort_people(ret);
    return OK;
}

static int is_eligible(const struct noting *n, const struct past_person *person)
{
    return person && past_is_eligible(person, n->rule);
}

static enum err note(struct noting *n, const struct past_person *person, int64_t at_ms, int was)
{
    int by = was - is_eligible(n, person);
    if (!by) return OK;
    if (arena_grow(n->arena, &n->changes, &n->capacity, n->count, sizeof *n->changes) != 0) return ERR_NOMEM;
    n->changes[n->count++] = (struct change){person->id, at_ms, by};
    return OK;
}

static enum err note_changes(struct noting *n, const struct programme *p, const struct past *work, const struct sql_figures_amendments_row *rows, size_t count)
{
    enum err e = OK;
    for (size_t i = 0; e == OK && i < count; i++) {
        if (!is_of_list(&rows[i])) continue;
        const struct past_person *one = past_find(work, rows[i].delegate_id), *other = rows[i].other_id != DB_NULL ? past_find(work, rows[i].other_id) : NULL;
        int was = is_eligible(n, one), other_was = is_eligible(n, other);
        e = past_take_back(NULL, n->arena, p, work, &rows[i]);
        if (e == OK) e = note(n, one, rows[i].made_ms, was);
        if (e == OK) e = note(n, other, rows[i].made_ms, other_was);
    }
    return e;
}

/* --- the list ------------------------------------------------------------------------------------------------------------------------------------- */

/* By person, then by time; of each moment one. */
static size_t sort_changes(struct change *changes, size_t count)
{
    size_t kept = 0;
    if (count) qsort(changes, count, sizeof *changes, compare_changes);
    for (size_t i = 0; i < count; i++) {
        if (kept && compare_changes(&changes[kept - 1], &changes[i]) == 0) changes[kept - 1].by += changes[i].by;
        else changes[kept++] = changes[i];
    }
    count = kept;
    kept = 0;
    for (size_t i = 0; i < count; i++)
        if (changes[i].by) changes[kept++] = changes[i];
    return kept;
}

/* Of one person: they turn by turn are eligible and are not. */
static void add_spans(struct quorum_list *list, size_t *span_count, const struct change *changes, size_t count)
{
    struct quorum_changed *one = &list->people[list->count++];
    struct quorum_span *spans = &list->spans[*span_count];
    *one = (struct quorum_changed){changes->delegate_id, *span_count, 0};
    if (changes->by < 0) spans[one->count++] = (struct quorum_span){0, INT64_MAX}; /* less by the first: they were before */
    for (size_t i = 0; i < count; i++) {
        if (changes[i].by > 0) spans[one->count++] = (struct quorum_span){changes[i].at_ms, INT64_MAX};
        else spans[one->count - 1].until_ms = changes[i].at_ms;
    }
    *span_count += one->count;
}

static enum err make_list(struct arena *arena, struct noting *n, struct quorum_list *ret)
{
    size_t span_count = 0;
    *ret = (struct quorum_list){.people = arena_array(arena, n->count, sizeof *ret->people), .spans = arena_array(arena, n->count * 2, sizeof *ret->spans),
                                .changes = arena_array(arena, n->count, sizeof *ret->changes)};
    if (!ret->people || !ret->spans || !ret->changes) return ERR_NOMEM;
    n->count = sort_changes(n->changes, n->count);
    for (size_t i = 0, next; i < n->count; i = next) {
        for (next = i + 1; next < n->count && n->changes[next].delegate_id == n->changes[i].delegate_id;) next++;
        add_spans(ret, &span_count, &n->changes[i], next - i);
    }
    for (size_t i = 0; i < n->count; i++) ret->changes[i] = (struct quorum_turn){n->changes[i].at_ms, n->changes[i].by};
    ret->change_count = quorum_sort_turns(ret->changes, n->count);
    return OK;
}

enum err eligible_read(struct arena *arena, const struct programme *p, const struct quorum_rule *rule, const struct past *past,
                       const struct sql_figures_amendments_row *rows, size_t count, struct quorum_list *ret)
{
    struct arena scratch = {0};
    struct noting n = {.arena = &scratch, .rule = rule};
    struct past work;
    *ret = (struct quorum_list){0};
    if (!rule->category) return OK;
    enum err e = copy_concerned(&scratch, past, rows, count, &work);
    if (e == OK) e = note_changes(&n, p, &work, rows, count);
    if (e == OK) e = make_list(arena, &n, ret);
    arena_release(&scratch);
    return e;
}

enum err quorum_read_list(struct db *db, struct arena *arena, const struct programme *p, const struct quorum_rule *rule, struct quorum_list *ret)
{
    struct arena scratch = {0};
    struct sql_figures_amendments_row *rows;
    struct past past;
    size_t n;
    enum err e = past_read_changed(db, &scratch, p, &past);
    if (e == OK) e = sql_figures_amendments(db, &scratch, p->event_id, &rows, &n);
    if (e == OK) e = eligible_read(arena, p, rule, &past, rows, n, ret);
    arena_release(&scratch);
    return e;
}
