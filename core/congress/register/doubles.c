/* Who may be one person: all people sorted by name, then compared within each name; a name that very many have is compared by what is rarer. */
#include "core/congress/register/edit_private.h"
#include "core/congress/register/merge.h"

#include <stdlib.h>
#include <string.h>

#define TAIL 9 /* digits of a phone number that have to be the same: with or without the country's */

struct someone {
    int64_t id;
    const char *name, *born, *email; /* born, email: NULL */
    char phone[TAIL + 1];
};
struct crowd {
    struct arena *arena;
    struct someone *items;
    size_t count, capacity;
};
struct pairs {
    struct arena *arena;
    struct register_pair *items;
    size_t count, capacity;
};

static void phone_tail(const char *phone, char out[TAIL + 1])
{
    size_t n = 0;
    out[0] = '\0';
    if (!phone) return;
    for (size_t i = strlen(phone); i-- > 0 && n < TAIL;)
        if (phone[i] >= '0' && phone[i] <= '9') out[n++] = phone[i];
    out[n == TAIL ? n : 0] = '\0'; /* shorter ones are extensions, and say nothing */
}

static enum err take(void *context, const struct sql_doubles_all_row *row)
{
    struct crowd *c = context;
    struct someone s = {.id = row->id};
    if (arena_grow(c->arena, &c->items, &c->capacity, c->count, sizeof *c->items) != 0) return ERR_NOMEM;
    s.name = arena_strdup(c->arena, row->name_fold);
    s.born = arena_strdup(c->arena, row->born);
    s.email = arena_strdup(c->arena, row->email);
    if (!s.name || (row->born && !s.born) || (row->email && !s.email)) return ERR_NOMEM;
    phone_tail(row->phone, s.phone);
    c->items[c->count++] = s;
    return OK;
}

static int compare(const char *a, const char *b)
{
    return strcmp(a ? a : "", b ? b : "");
}

static int by_born(const void *a, const void *b)
{
    const struct someone *x = a, *y = b;
    int order = strcmp(x->name, y->name);
    if (!order) order = compare(x->born, y->born);
    return order ? order : (x->id > y->id) - (x->id < y->id);
}

static int by_phone(const void *a, const void *b)
{
    const struct someone *x = a, *y = b;
    int order = strcmp(x->name, y->name);
    if (!order) order = strcmp(x->phone, y->phone);
    return order ? order : (x->id > y->id) - (x->id < y->id);
}

static int by_email(const void *a, const void *b)
{
    const struct someone *x = a, *y = b;
    int order = strcmp(x->name, y->name);
    if (!order) order = compare(x->email, y->email);
    return order ? order : (x->id > y->id) - (x->id < y->id);
}

static enum err add(struct pairs *p, const struct someone *x, const struct someone *y, enum register_likeness why)
{
    if (arena_grow(p->arena, &p->items, &p->capacity, p->count, sizeof *p->items) != 0) return ERR_NOMEM;
    p->items[p->count++] = (struct register_pair){x->id < y->id ? x->id : y->id, x->id < y->id ? y->id : x->id, why};
    return OK;
}

/* Neighbours that agree: of three alike two pairs are proposed, which is enough to merge them all. A day of birth says more than its year, which stands before it in the
 * order; who has neither is like the first of the name only where nobody else is. */
static enum err compare_neighbours(const struct crowd *c, struct pairs *p, enum register_likeness why)
{
    enum err e = OK;
    for (size_t i = 1; e == OK && i < c->count; i++) {
        const struct someone *x = &c->items[i - 1], *y = &c->items[i];
        if (strcmp(x->name, y->name) != 0) continue;
        bool both = x->born && y->born, day = both && strlen(y->born) == 10 && strcmp(x->born, y->born) == 0;
        bool year = both && !day && (strlen(x->born) == 4 || strlen(y->born) == 4) && strncmp(x->born, y->born, 4) == 0;
        if (why == REGISTER_SAME_BIRTHDAY && (day || year)) e = add(p, x, y, day ? REGISTER_SAME_BIRTHDAY : REGISTER_SAME_YEAR);
        if (why == REGISTER_SAME_PHONE && *x->phone && strcmp(x->phone, y->phone) == 0) e = add(p, x, y, why);
        if (why == REGISTER_SAME_EMAIL && x->email && y->email && strcmp(x->email, y->email) == 0) e = add(p, x, y, why);
    }
    return e;
}

static int by_ids(const void *a, const void *b)
{
    const struct register_pair *x = a, *y = b;
    if (x->a != y->a) return x->a < y->a ? -1 : 1;
    if (x->b != y->b) return x->b < y->b ? -1 : 1;
    return (int)x->why - (int)y->why;
}

static int by_sureness(const void *a, const void *b)
{
    const struct register_pair *x = a, *y = b;
    return x->why != y->why ? (int)x->why - (int)y->why : by_ids(a, b);
}

static int row_by_ids(const void *a, const void *b)
{
    const struct sql_doubles_distinct_row *x = a, *y = b;
    if (x->low_id != y->low_id) return x->low_id < y->low_id ? -1 : 1;
    return (x->high_id > y->high_id) - (x->high_id < y->high_id);
}

/* Each pair once, by its best reason, without those who are two people. */
static void tidy(struct pairs *p, struct sql_doubles_distinct_row *distinct, size_t distinct_count)
{
    size_t kept = 0;
    if (!p->count) return;
    qsort(p->items, p->count, sizeof *p->items, by_ids);
    if (distinct_count) qsort(distinct, distinct_count, sizeof *distinct, row_by_ids);
    for (size_t i = 0; i < p->count; i++) {
        const struct sql_doubles_distinct_row key = {p->items[i].a, p->items[i].b};
        if (kept && p->items[kept - 1].a == key.low_id && p->items[kept - 1].b == key.high_id) continue;
        if (distinct_count && bsearch(&key, distinct, distinct_count, sizeof key, row_by_ids)) continue;
        p->items[kept++] = p->items[i];
    }
    p->count = kept;
    qsort(p->items, p->count, sizeof *p->items, by_sureness);
}

enum err register_doubles_read(struct db *db, struct arena *arena, size_t most, struct register_pair **ret, size_t *ret_count, bool *ret_more)
{
    struct arena scratch = {0};
    struct crowd crowd = {.arena = &scratch};
    struct pairs pairs = {.arena = &scratch}; /* a list that came twice: very many, of which a page is asked for */
    struct register_pair *list = NULL;
    struct sql_doubles_distinct_row *distinct;
    size_t distinct_count;
    enum err e = sql_doubles_distinct(db, &scratch, &distinct, &distinct_count);
    if (e == OK) e = sql_doubles_all(db, take, &crowd);
    if (e == OK && crowd.count) {
        qsort(crowd.items, crowd.count, sizeof *crowd.items, by_born);
        e = compare_neighbours(&crowd, &pairs, REGISTER_SAME_BIRTHDAY);
        qsort(crowd.items, crowd.count, sizeof *crowd.items, by_phone);
        if (e == OK) e = compare_neighbours(&crowd, &pairs, REGISTER_SAME_PHONE);
        qsort(crowd.items, crowd.count, sizeof *crowd.items, by_email);
        if (e == OK) e = compare_neighbours(&crowd, &pairs, REGISTER_SAME_EMAIL);
    }
    if (e == OK && pairs.count) tidy(&pairs, distinct, distinct_count);
    size_t count = pairs.count > most ? most : pairs.count;
    if (e == OK && !(list = arena_array(arena, count + 1, sizeof *list))) e = ERR_NOMEM;
    if (e == OK && count) memcpy(list, pairs.items, count * sizeof *list);
    arena_release(&scratch);
    if (e != OK) return e;
    *ret_more = pairs.count > most;
    *ret = list;
    *ret_count = count;
    return OK;
}

enum err register_set_distinct(struct register_doing *doing, const char *one, const char *other, bool distinct)
{
    struct register_person a, b;
    enum err e = edit_find_person(doing, one, &a);
    if (e == OK) e = edit_find_person(doing, other, &b);
    if (e != OK) return e;
    int64_t low = a.id < b.id ? a.id : b.id, high = a.id < b.id ? b.id : a.id;
    if (low == high) return fault_because(doing->fault, ERR_INPUT, "register_same", a.code, "%s is one entry already", a.code);
    e = distinct ? sql_doubles_set_distinct(doing->db, &(struct sql_doubles_set_distinct_in){low, high, doing->at_ms, doing->actor}, NULL)
                 : sql_doubles_unset_distinct(doing->db, low, high, NULL);
    return e == OK ? edit_audit(doing, distinct ? "register distinct" : "register alike", a.code, json_pack("{s:s}", "other", b.code)) : e;
}
