/* Lists of badges: other orders, and what the members of a category have in common. */
#include "core/base/zone.h"
#include "core/congress/badges/badge_list.h"
#include "core/congress/papers/papers.h"
#include "core/congress/programme/programme.h"
#include "core/congress/title.h"

#include <stdlib.h>
#include <string.h>

/* --- orders ---------------------------------------------------------------------------------------------------------------------------- */

struct sorted {
    struct badge_list_row row;
    size_t place; /* before: so that equal ones stay in order */
};

static int compare_text(const char *a, const char *b)
{
    if (!a || !b) return (a == NULL) - (b == NULL);
    return strcmp(a, b);
}

static int settle(int order, const struct sorted *a, const struct sorted *b)
{
    if (order) return order;
    return (a->place > b->place) - (a->place < b->place);
}

static int blanks_last(const struct sorted *a, const struct sorted *b)
{
    return (a->row.name == NULL) - (b->row.name == NULL);
}

static int by_protocol(const void *one, const void *two)
{
    const struct sorted *a = one, *b = two;
    int order = blanks_last(a, b);
    if (!order) order = (a->row.order > b->row.order) - (a->row.order < b->row.order);
    return settle(order, a, b);
}

static int by_name(const void *one, const void *two)
{
    const struct sorted *a = one, *b = two;
    int order = blanks_last(a, b);
    if (!order) order = compare_text(a->row.name_sort, b->row.name_sort);
    return settle(order, a, b);
}

/* "B2" before "B10": digits at the end count as a number. */
static int compare_box(const char *a, const char *b)
{
    if (!a || !b) return (a == NULL) - (b == NULL);
    size_t letters_a = strcspn(a, "0123456789"), letters_b = strcspn(b, "0123456789");
    if (letters_a == letters_b && memcmp(a, b, letters_a) == 0) {
        unsigned long number_a = strtoul(a + letters_a, NULL, 10), number_b = strtoul(b + letters_b, NULL, 10);
        if (number_a != number_b) return number_a < number_b ? -1 : 1;
    }
    return strcmp(a, b);
}

static int by_box(const void *one, const void *two)
{
    const struct sorted *a = one, *b = two;
    return settle(compare_box(a->row.badge_box, b->row.badge_box), a, b);
}

void badge_list_sort(struct badge_list *list, enum badge_list_order order)
{
    static int (*const compare[])(const void *, const void *) = {NULL, by_protocol, by_name, by_box};
    if (!compare[order] || list->count < 2) return;
    struct sorted *items = calloc(list->count, sizeof *items);
    if (!items) return; /* the order it has is a good one too */
    for (size_t i = 0; i < list->count; i++) items[i] = (struct sorted){.row = list->rows[i], .place = i};
    qsort(items, list->count, sizeof *items, compare[order]);
    for (size_t i = 0; i < list->count; i++) list->rows[i] = items[i].row;
    free(items);
}

/* --- programme and papers --------------------------------------------------------------------------------------------------------------- */

static const char *session_time(struct arena *arena, const struct programme *programme, int64_t at_ms, bool with_day)
{
    struct zone_time t;
    if (zone_local(programme->timezone, at_ms, &t) != OK) return NULL;
    return with_day ? arena_printf(arena, "%02d/%02d %02d:%02d", t.day, t.month, t.hour, t.minute) : arena_printf(arena, "%02d:%02d", t.hour, t.minute);
}

static enum err add_programme(struct arena *arena, const struct programme *programme, unsigned bit, const char *language, struct badge_list_category *ret)
{
    bool days = programme->ends_ms - programme->opens_ms > INT64_C(24) * 3600 * 1000;
    ret->programme = arena_array(arena, programme->session_count + 1, sizeof *ret->programme);
    if (!ret->programme) return ERR_NOMEM;
    for (size_t i = 0; i < programme->session_count; i++) {
        const struct programme_session *session = &programme->sessions[i];
        if (session->admits && bit < 64 && !(session->admits >> bit & 1)) continue;
        const char *title = title_pick(arena, session->title, language);
        const char *text = session->room && session->room[0] ? arena_printf(arena, "%s – %s", title, session->room) : title;
        const char *time = session_time(arena, programme, session->starts_ms, days);
        if (!title || !text) return ERR_NOMEM;
        ret->programme[ret->programme_count++] = (struct badge_list_line){.first = time, .second = text};
    }
    return OK;
}

static enum err add_papers(struct db *db, struct arena *arena, const struct badge_list *list, int64_t now_ms, struct badge_list_category *ret)
{
    const struct paper_viewer viewer = {.event_id = list->event_id, .event = list->event, .category = ret->code, .pin_for_all = list->pin_for_all};
    struct paper *papers;
    size_t count;
    enum err e = papers_list(db, arena, &viewer, now_ms, &papers, &count);
    if (e != OK) return e;
    ret->papers = arena_array(arena, count + 1, sizeof *ret->papers);
    if (!ret->papers) return ERR_NOMEM;
    for (size_t i = 0; i < count; i++) {
        if (papers[i].access != PAPER_OPEN) continue; /* not even its title before the PIN: paper lies about */
        const char *title = title_pick(arena, papers[i].title, list->language);
        if (!title) return ERR_NOMEM;
        ret->papers[ret->paper_count++] = (struct badge_list_line){.first = papers[i].number, .second = title};
    }
    return OK;
}

enum err badge_list_load_shared(struct db *db, struct arena *arena, struct badge_list *list, int64_t now_ms, struct fault *fault)
{
    struct programme *programme;
    if (!list->event) return OK; /* member cards */
    enum err e = programme_load(db, arena, list->event, &programme);
    if (e != OK) return db_fault(db, e, fault, "read the programme");
    struct badge_list_category *shared = arena_array(arena, programme->category_count + 1, sizeof *shared);
    if (!shared) return fault_set(fault, ERR_NOMEM, "not enough memory");
    for (size_t k = 0; e == OK && k < programme->category_count; k++) {
        shared[k].code = programme->categories[k].code;
        e = add_programme(arena, programme, (unsigned)k, list->language, &shared[k]);
        if (e == OK) e = add_papers(db, arena, list, now_ms, &shared[k]);
    }
    if (e != OK) return db_fault(db, e, fault, "read the programme and the papers");
    list->shared = shared;
    list->shared_count = programme->category_count;
    for (size_t i = 0; i < list->count; i++)
        for (size_t k = 0; k < programme->category_count; k++)
            if (strcmp(list->rows[i].category, shared[k].code) == 0) list->rows[i].shared = &shared[k];
    return OK;
}
