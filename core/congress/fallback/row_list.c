#include "core/congress/fallback/row_list.h"

#include "core/base/crypto.h"
#include "core/base/map.h"
#include "core/congress/badges/badge_list.h"
#include "core/congress/programme/programme.h"
#include "core/congress/title.h"

#include "catalogue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool row_order_read(const char *word, enum row_order *ret)
{
    static const char *const words[] = {"name", "number", "seat", "delegation"};
    if (!word || !*word) word = words[0];
    for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
        if (strcmp(word, words[i]) != 0) continue;
        *ret = (enum row_order)i;
        return true;
    }
    return false;
}

/* --- codes --------------------------------------------------------------------------------------------------------------------------------- */

static enum err mark_used(struct db *db, struct arena *arena, int64_t event_id, bool *used, struct fault *fault)
{
    struct sql_row_used_row *rows;
    size_t n;
    char code[ROW_CODE_SIZE];
    enum err e = sql_row_used(db, arena, event_id, &rows, &n);
    if (e != OK) return db_fault(db, e, fault, "read the row codes");
    if (n > ROW_LIST_MOST) return fault_set(fault, ERR_LIMIT, "an event has row codes for %d people at most", ROW_LIST_MOST);
    for (size_t i = 0; i < n; i++)
        if (row_code_read(rows[i].code, code) == ROW_CODE_GOOD) used[row_code_index(code)] = true;
    return OK;
}

/* Drawn by lot: neighbours of a list get codes that are unlike each other. */
static uint32_t draw_free(bool *used)
{
    uint32_t index = crypto_random_below(ROW_CODE_COUNT);
    while (used[index]) index = crypto_random_below(ROW_CODE_COUNT);
    used[index] = true;
    return index;
}

enum err row_codes_assign(struct db *db, struct arena *arena, const char *event, bool *ret_more, struct fault *fault)
{
    struct sql_delegates_event_head_row head;
    struct sql_row_missing_row *missing;
    size_t n;
    *ret_more = false;
    enum err e = sql_delegates_event_head(db, arena, event, &head);
    if (e == ERR_NOT_FOUND) return fault_set(fault, e, "there is no event \"%s\"", event);
    if (e == OK) e = sql_row_missing(db, arena, head.id, ROW_ASSIGN_PIECE, &missing, &n);
    if (e != OK) return db_fault(db, e, fault, "find who has no row code");
    if (!n) return OK;
    bool *used = arena_array(arena, ROW_CODE_COUNT, sizeof *used);
    if (!used) return fault_set(fault, ERR_NOMEM, "not enough memory");
    e = mark_used(db, arena, head.id, used, fault);
    for (size_t i = 0; e == OK && i < n; i++) {
        char code[ROW_CODE_SIZE];
        row_code_make(draw_free(used), code);
        e = sql_row_insert(db, head.id, missing[i].delegate_id, code, NULL);
        if (e != OK) return db_fault(db, e, fault, "keep a row code");
    }
    *ret_more = n == ROW_ASSIGN_PIECE;
    return e;
}

const char *row_code_of(struct db *db, struct arena *arena, int64_t event_id, const char *code)
{
    struct sql_row_of_row row;
    enum err e = sql_row_of(db, arena, event_id, code, &row);
    return e == OK ? row.code : e == ERR_NOT_FOUND ? "" : NULL;
}

/* --- order ----------------------------------------------------------------------------------------------------------------------------------- */

/* "9" before "10", "A2" before "A12": runs of digits by their value. */
static int compare_natural(const char *a, const char *b)
{
    for (; *a && *b;) {
        size_t n = strspn(a, "0123456789"), k = strspn(b, "0123456789");
        if (n && k) {
            while (n > 1 && *a == '0') a++, n--;
            while (k > 1 && *b == '0') b++, k--;
            int order = n != k ? (n > k ? 1 : -1) : memcmp(a, b, n);
            if (order) return order;
            a += n;
            b += k;
        } else if (*a != *b) {
            return (unsigned char)*a > (unsigned char)*b ? 1 : -1;
        } else {
            a++, b++;
        }
    }
    return (*a != 0) - (*b != 0);
}

/* Those without come last. */
static int compare_optional(const char *a, const char *b, int (*compare)(const char *, const char *))
{
    if (!a || !b) return (a == NULL) - (b == NULL);
    return compare(a, b);
}

static int compare_ids(const struct row_person *a, const struct row_person *b)
{
    return a->delegate_id < b->delegate_id ? -1 : a->delegate_id > b->delegate_id;
}

static int by_name(const void *x, const void *y)
{
    const struct row_person *a = x, *b = y;
    int order = (a->name == NULL) - (b->name == NULL);
    if (!order) order = compare_optional(a->sort, b->sort, strcmp);
    if (!order) order = compare_optional(a->number, b->number, compare_natural);
    return order ? order : compare_ids(a, b);
}

static int by_number(const void *x, const void *y)
{
    const struct row_person *a = x, *b = y;
    int order = compare_optional(a->number, b->number, compare_natural);
    return order ? order : by_name(x, y);
}

static int by_seat(const void *x, const void *y)
{
    const struct row_person *a = x, *b = y;
    int order = compare_optional(a->seat, b->seat, compare_natural);
    return order ? order : by_name(x, y);
}

/* --- loading ----------------------------------------------------------------------------------------------------------------------------------- */

struct loading {
    struct arena *arena;
    const struct row_filter *filter;
    struct row_list *list;
    const struct programme *programme;
    const struct programme_gate *gate;
    int64_t unit_id;
    struct sql_row_handed_row *handed; /* of a gate that hands out, by delegate */
    size_t handed_count;
};

/* Whom the gate may let in at any time: by its own list, or while a session is on behind it. */
static category_set admitted_by(const struct programme *programme, const struct programme_gate *gate)
{
    category_set admits = gate->admits;
    for (size_t i = 0; i < programme->session_count; i++)
        if (gate->kind == GATE_ENTRY && gate->area_id != DB_NULL && programme->sessions[i].area_id == gate->area_id) admits |= programme->sessions[i].admits;
    return admits;
}

static bool is_listed(const struct loading *l, const struct sql_row_people_row *row)
{
    if (l->unit_id && row->unit_id != l->unit_id) return false;
    if (!l->gate) return true;
    unsigned position = programme_category_position(l->programme, row->category_id);
    return position < 64 && (admitted_by(l->programme, l->gate) >> position & 1);
}

static int compare_handed(const void *key, const void *element)
{
    int64_t wanted = *(const int64_t *)key, here = ((const struct sql_row_handed_row *)element)->delegate_id;
    return wanted < here ? -1 : wanted > here;
}

/* What a tick at this gate would say again: that they are in, or that they were given it. */
static int64_t mark_of(const struct loading *l, const struct sql_row_people_row *row)
{
    if (l->list->is_handout) {
        const struct sql_row_handed_row *given = l->handed_count ? bsearch(&row->delegate_id, l->handed, l->handed_count, sizeof *l->handed, compare_handed) : NULL;
        return given ? given->given_ms : DB_NULL;
    }
    if (row->area_id == DB_NULL || row->since_ms == DB_NULL || row->until_ms <= l->filter->now_ms) return DB_NULL;
    return !l->gate || l->gate->area_id == row->area_id ? row->since_ms : DB_NULL;
}

/* How many bear each name. */
static enum err count_names(struct arena *arena, const struct sql_row_people_row *rows, size_t n, struct map *names)
{
    size_t *counts = arena_array(arena, n + 1, sizeof *counts);
    if (!counts) return ERR_NOMEM;
    for (size_t i = 0; i < n; i++) {
        if (!rows[i].name_fold) continue;
        size_t *count = map_get(names, rows[i].name_fold);
        if (!count && map_put(names, rows[i].name_fold, count = &counts[i]) != 0) return ERR_NOMEM;
        ++*count;
    }
    return OK;
}

static enum err fill_person(struct loading *l, const struct sql_row_people_row *row, bool has_namesake, struct row_person *out)
{
    const char *language = l->list->language;
    const struct row_person *before = l->list->count ? out - 1 : NULL;
    *out = (struct row_person){.delegate_id = row->delegate_id, .code = row->code, .number = row->number, .name = row->name, .seat = row->seat,
                               .sort = row->name_sort, .unit_title = row->delegation, .unit_id = row->unit_id == DB_NULL ? 0 : row->unit_id,
                               .marked_ms = mark_of(l, row), .category = title_pick(l->arena, row->category, language)};
    if (!out->category) return ERR_NOMEM;
    if (has_namesake && row->born && !(out->born = arena_strndup(l->arena, row->born, strspn(row->born, "0123456789")))) return ERR_NOMEM;
    if (!row->delegation) return OK;
    bool same = before && before->unit_title && strcmp(before->unit_title, row->delegation) == 0;
    out->delegation = same ? before->delegation : title_pick(l->arena, row->delegation, language);
    return out->delegation ? OK : ERR_NOMEM;
}

static enum err load_people(struct db *db, struct loading *l, struct fault *fault)
{
    struct sql_row_people_row *rows;
    struct map names = {.arena = l->arena};
    struct row_list *list = l->list;
    size_t n;
    enum err e = sql_row_people(db, l->arena, list->event_id, &rows, &n);
    if (e == OK && list->is_handout) e = sql_row_handed(db, l->arena, l->gate->id, &l->handed, &l->handed_count);
    if (e != OK) return db_fault(db, e, fault, "read the delegates");
    if (n > ROW_LIST_MOST) return fault_set(fault, ERR_LIMIT, "an event has row codes for %d people at most", ROW_LIST_MOST);
    list->rows = arena_array(l->arena, n + 1, sizeof *list->rows);
    if (!list->rows) return fault_set(fault, ERR_NOMEM, "not enough memory");
    e = count_names(l->arena, rows, n, &names);
    for (size_t i = 0; e == OK && i < n; i++) {
        if (!is_listed(l, &rows[i])) continue;
        const size_t *same = rows[i].name_fold ? map_get(&names, rows[i].name_fold) : NULL;
        e = fill_person(l, &rows[i], same && *same > 1, &list->rows[list->count]);
        list->without += rows[i].code == NULL;
        list->count++;
    }
    return e == OK ? OK : fault_set(fault, e, "not enough memory");
}

static enum err find_places(struct db *db, struct loading *l, const char *event, struct fault *fault)
{
    struct row_list *list = l->list;
    struct programme *programme;
    struct sql_row_unit_row unit;
    enum err e = programme_load(db, l->arena, event, &programme);
    if (e != OK) return db_fault(db, e, fault, "read the event");
    l->programme = programme;
    if (l->filter->gate) {
        l->gate = programme_gate_by_code(programme, l->filter->gate);
        if (!l->gate) return fault_set(fault, ERR_NOT_FOUND, "there is no gate \"%.64s\"", l->filter->gate);
        list->gate_title = title_pick(l->arena, l->gate->title, list->language);
        list->is_handout = l->gate->kind == GATE_HANDOUT;
        list->one_direction = list->is_handout || !l->gate->lets_in || !l->gate->lets_out;
        list->goes_out = !list->is_handout && !l->gate->lets_in;
    }
    if (!l->filter->unit) return OK;
    e = sql_row_unit(db, l->arena, l->filter->unit, &unit);
    if (e == ERR_NOT_FOUND) return fault_set(fault, e, "there is no unit \"%.64s\"", l->filter->unit);
    if (e != OK) return db_fault(db, e, fault, "read the unit");
    l->unit_id = unit.id;
    list->unit_title = title_pick(l->arena, unit.name, list->language);
    return OK;
}

enum err row_list_load(struct db *db, struct arena *arena, const char *event, const struct row_filter *filter, struct row_list *ret, struct fault *fault)
{
    struct sql_delegates_event_head_row head;
    struct row_list list = {.order = filter->order, .printed_ms = filter->now_ms};
    struct loading loading = {.arena = arena, .filter = filter, .list = &list};
    enum err e = sql_delegates_event_head(db, arena, event, &head);
    if (e == ERR_NOT_FOUND) return fault_set(fault, e, "there is no event \"%.64s\"", event);
    if (e != OK) return db_fault(db, e, fault, "read the event");
    list.event_id = head.id;
    list.timezone = head.timezone;
    list.language = badge_list_language(arena, head.languages);
    list.event_title = title_pick(arena, head.title, list.language);
    list.organization = head.organization ? title_pick(arena, head.organization, list.language) : NULL;
    e = find_places(db, &loading, event, fault);
    if (e == OK) e = load_people(db, &loading, fault);
    if (e != OK) return e;
    if (arena->is_short) return fault_set(fault, ERR_NOMEM, "not enough memory");
    if (filter->order == ROW_ORDER_NAME) qsort(list.rows, list.count, sizeof *list.rows, by_name);
    if (filter->order == ROW_ORDER_NUMBER) qsort(list.rows, list.count, sizeof *list.rows, by_number);
    if (filter->order == ROW_ORDER_SEAT) qsort(list.rows, list.count, sizeof *list.rows, by_seat);
    *ret = list;
    return OK;
}
