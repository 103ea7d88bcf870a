/* Who may be drawn. Everybody is looked at once, in whatever order the engine has them: what is chosen by stands in no common index, and a count is asked for with each
 * page. A page is kept as the few that come next in the order of lists, so nothing is sorted. */
#include "core/congress/draw/people.h"
#include "core/base/text.h"
#include "core/congress/delegates/find_words.h"
#include "core/congress/person_facts.h"
#include "core/congress/register/units.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct walking {
    const struct draw_filter *filter;
    struct find_query query;
    struct units units;
    const bool *wanted;      /* by unit; NULL: all */
    const char *title_fold;  /* NULL: any */
    struct arena titles;     /* the folded title of the row before */
    const char *last_title;
    bool last_title_fits;
    int64_t last_unit;
    bool last_unit_fits;
    int64_t *delegates;      /* people, in order */
    size_t delegate_count, delegate_capacity;
    struct arena *arena;
    draw_visit *visit;
    void *context;
};

static int by_number(const void *left, const void *right)
{
    int64_t a = *(const int64_t *)left, b = *(const int64_t *)right;
    return (a > b) - (a < b);
}

static enum err take_delegate(void *context, const struct sql_draw_delegates_row *row)
{
    struct walking *w = context;
    if (row->person_id == DB_NULL) return OK;
    if (arena_grow(w->arena, &w->delegates, &w->delegate_capacity, w->delegate_count, sizeof *w->delegates) != 0) return ERR_NOMEM;
    w->delegates[w->delegate_count++] = row->person_id;
    return OK;
}

static enum err want_units(struct db *db, struct walking *w)
{
    const struct draw_filter *f = w->filter;
    if (!f->unit_count) return OK;
    enum err e = units_load(db, w->arena, &w->units);
    if (e != OK) return e;
    bool *wanted = arena_array(w->arena, w->units.count + 1, sizeof *wanted);
    if (!wanted) return ERR_NOMEM;
    memset(wanted, 0, (w->units.count + 1) * sizeof *wanted);
    for (size_t i = 0; i < f->unit_count; i++) {
        size_t top = units_find(&w->units, f->units[i]);
        for (size_t k = top; top != UNITS_NONE && k < w->units.items[top].after; k++) wanted[k] = true;
    }
    w->wanted = wanted;
    return OK;
}

static enum err begin(struct db *db, struct walking *w, int64_t event_id)
{
    const struct draw_filter *f = w->filter;
    enum err e = f->typed && *f->typed ? find_query_read(w->arena, f->typed, &w->query) : OK;
    if (e == OK && f->title && *f->title && !(w->title_fold = text_fold(w->arena, f->title))) e = ERR_NOMEM;
    if (e == OK) e = want_units(db, w);
    if (e == OK) e = sql_draw_delegates(db, event_id, take_delegate, w);
    if (e == OK && w->delegate_count) qsort(w->delegates, w->delegate_count, sizeof *w->delegates, by_number);
    return e;
}

/* --- does somebody match? --- */

static bool has_word(const char *text, const char *word)
{
    for (const char *at = strstr(text, word); at; at = strstr(at + 1, word))
        if (at == text || at[-1] == ' ') return true;
    return false;
}

static bool fits_typed(const struct walking *w, const struct sql_draw_people_row *row)
{
    bool all = true;
    if (!w->query.count) return true;
    if (text_equal_ignoring_case(w->filter->typed, row->code)) return true;
    for (size_t i = 0; all && i < w->query.count; i++) all = has_word(row->name_fold, w->query.words[i]);
    return all;
}

/* Neighbours often share a title; folding is the dear part. */
static enum err fits_title(struct walking *w, const char *title, bool *ret)
{
    *ret = true;
    if (!w->title_fold) return OK;
    *ret = false;
    if (!title) return OK;
    if (!w->last_title || strcmp(w->last_title, title) != 0) {
        arena_clear(&w->titles);
        const char *fold = label_fold(&w->titles, title);
        w->last_title = arena_strdup(&w->titles, title);
        if (!fold || !w->last_title) return ERR_NOMEM;
        w->last_title_fits = strstr(fold, w->title_fold) != NULL;
    }
    *ret = w->last_title_fits;
    return OK;
}

static bool fits_unit(struct walking *w, int64_t unit_id)
{
    if (!w->wanted) return true;
    if (unit_id == DB_NULL) return false;
    if (unit_id != w->last_unit) {
        size_t at = units_find(&w->units, unit_id);
        w->last_unit = unit_id;
        w->last_unit_fits = at != UNITS_NONE && w->wanted[at];
    }
    return w->last_unit_fits;
}

/* A year stands for its first day. */
static int compare_days(const char *stored, const char *day)
{
    char first[32];
    if (strlen(stored) != 4) return strcmp(stored, day);
    (void)snprintf(first, sizeof first, "%.4s-01-01", stored);
    return strcmp(first, day);
}

static bool fits_days(const char *stored, const char *from, const char *until)
{
    if (!from && !until) return true;
    return stored && (!from || compare_days(stored, from) >= 0) && (!until || compare_days(stored, until) <= 0);
}

static enum err take_person(void *context, const struct sql_draw_people_row *row)
{
    struct walking *w = context;
    const struct draw_filter *f = w->filter;
    bool fits = fits_unit(w, row->unit_id) && (!f->gender || (row->gender && strcmp(row->gender, f->gender) == 0)) &&
                fits_days(row->born, f->born_from, f->born_until) && fits_days(row->joined, f->joined_from, f->joined_until) &&
                (!f->type_id || (row->value && f->value && strcmp(row->value, f->value) == 0)) && fits_typed(w, row);
    enum err e = fits ? fits_title(w, row->title, &fits) : OK;
    if (e != OK || !fits) return e;
    bool is_delegate = w->delegate_count && bsearch(&row->id, w->delegates, w->delegate_count, sizeof *w->delegates, by_number);
    return w->visit(w->context, row, is_delegate);
}

enum err draw_walk(struct db *db, struct arena *arena, int64_t event_id, const struct draw_filter *filter, draw_visit *visit, void *context)
{
    struct walking w = {.filter = filter, .arena = arena, .visit = visit, .context = context, .last_unit = DB_NULL};
    enum err e = begin(db, &w, event_id);
    if (e == OK) e = sql_draw_people(db, filter->type_id, take_person, &w);
    arena_release(&w.titles);
    return e;
}

/* --- a page --- */

struct paging {
    struct arena *arena;
    const struct draw_filter *filter;
    const char *after_sort;
    int64_t after_id;
    struct draw_found *found;
    size_t most; /* one more than is shown */
};

static int compare_places(const char *a_sort, int64_t a_id, const char *b_sort, int64_t b_id)
{
    int order = strcmp(a_sort, b_sort);
    return order ? order : (a_id > b_id) - (a_id < b_id);
}

static enum err keep_line(struct paging *p, size_t at, const struct sql_draw_people_row *row, bool is_delegate)
{
    struct draw_found *found = p->found;
    struct draw_line line = {.id = row->id, .unit_id = row->unit_id, .code = arena_strdup(p->arena, row->code), .name = arena_strdup(p->arena, row->name),
                             .sort = arena_strdup(p->arena, row->name_sort), .title = arena_strdup(p->arena, row->title), .born = arena_strdup(p->arena, row->born),
                             .gender = arena_strdup(p->arena, row->gender), .joined = arena_strdup(p->arena, row->joined), .is_delegate = is_delegate};
    if (!line.code || !line.name || !line.sort) return ERR_NOMEM;
    if (found->count < p->most) found->count++;
    memmove(found->lines + at + 1, found->lines + at, (found->count - 1 - at) * sizeof *found->lines);
    found->lines[at] = line;
    return OK;
}

static enum err visit_page(void *context, const struct sql_draw_people_row *row, bool is_delegate)
{
    struct paging *p = context;
    struct draw_found *found = p->found;
    if (is_delegate) found->delegates++;
    else found->total++;
    if (is_delegate && !p->filter->with_delegates) return OK;
    if (p->after_sort && compare_places(row->name_sort, row->id, p->after_sort, p->after_id) <= 0) return OK;
    size_t low = 0, high = found->count;
    if (high == p->most && compare_places(row->name_sort, row->id, found->lines[high - 1].sort, found->lines[high - 1].id) > 0) return OK;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare_places(row->name_sort, row->id, found->lines[middle].sort, found->lines[middle].id) > 0) low = middle + 1;
        else high = middle;
    }
    return keep_line(p, low, row, is_delegate);
}

enum err draw_find(struct db *db, struct arena *arena, int64_t event_id, const struct draw_filter *filter, const char *after_sort, int64_t after_id, size_t most,
                   struct draw_found *ret)
{
    struct draw_found found = {.lines = arena_array(arena, most + 2, sizeof *found.lines)};
    struct paging paging = {arena, filter, after_sort, after_id, &found, most + 1};
    if (!found.lines) return ERR_NOMEM;
    enum err e = draw_walk(db, arena, event_id, filter, visit_page, &paging);
    if (e != OK) return e;
    found.more = found.count > most;
    if (found.more) found.count = most;
    *ret = found;
    return OK;
}

enum err draw_types(struct db *db, struct arena *arena, struct draw_type **ret, size_t *ret_count)
{
    struct sql_draw_types_row *rows;
    size_t count;
    enum err e = sql_draw_types(db, arena, &rows, &count);
    if (e != OK) return e;
    struct draw_type *types = arena_array(arena, count + 1, sizeof *types);
    if (!types) return ERR_NOMEM;
    for (size_t i = 0; i < count; i++) types[i] = (struct draw_type){rows[i].id, rows[i].code, rows[i].title, rows[i].kind, rows[i].choices};
    *ret = types;
    *ret_count = count;
    return OK;
}

/* Whoever has their birthday on the day is older from then on. Who was born on 29 February is so on 1 March of other years, as texts compare. */
enum err draw_ages(struct arena *arena, const char *day, int least, int most, const char **ret_from, const char **ret_until)
{
    int year, month, date;
    char rest;
    *ret_from = *ret_until = NULL;
    if (sscanf(day, "%4d-%2d-%2d%c", &year, &month, &date, &rest) != 3) return ERR_INPUT;
    if (least >= 0) *ret_until = arena_printf(arena, "%04d-%02d-%02d", year - least, month, date);
    /* the first day on which nobody is more than `most`: the day after the one that makes them a year older */
    if (most >= 0) *ret_from = arena_printf(arena, "%04d-%02d-%02d~", year - most - 1, month, date);
    return (least >= 0 && !*ret_until) || (most >= 0 && !*ret_from) ? ERR_NOMEM : OK;
}
