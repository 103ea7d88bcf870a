/* The register is the whole organisation's: an organiser of one event changes of it, by a list, only the people who came into it through that event and are nowhere
 * else. Of all others the list still says what it says of the delegate. */
#include "catalogue.h"
#include "core/congress/list_import/private.h"

#include <stdlib.h>
#include <string.h>

static int by_id(const void *a, const void *b)
{
    const struct sql_list_import_own_people_row *x = a, *y = b;
    return (x->person_id > y->person_id) - (x->person_id < y->person_id);
}

/* Whether the list says more of the person than who it is; not whether that differs: what the register knows is not told by this either. */
static bool says_more(const struct list_record *record)
{
    const struct shape *shape = entities[ENTITY_PERSON].shape;
    for (size_t i = 0; i < record->count; i++) {
        const char *key = record->values[i].field->code;
        if (record->values[i].field->attribute || strcmp(key, "unit_name") == 0) return true;
        if (strcmp(key, "code") == 0 || strcmp(key, "name") == 0) continue;
        for (size_t k = 0; k < shape->count; k++)
            if (strcmp(shape->fields[k].key, key) == 0) return true;
    }
    return false;
}

struct own {
    struct sql_list_import_own_people_row *people; /* by id */
    size_t count;
};

static enum err find_own(struct db *db, struct arena *arena, int64_t event_id, struct own *ret)
{
    enum err e = sql_list_import_own_people(db, arena, event_id, &ret->people, &ret->count);
    if (e == OK && ret->count) qsort(ret->people, ret->count, sizeof *ret->people, by_id);
    return e;
}

static bool is_own(const struct own *own, int64_t person_id)
{
    const struct sql_list_import_own_people_row key = {person_id};
    return own->count && bsearch(&key, own->people, own->count, sizeof key, by_id);
}

enum err import_keep_foreign(struct list_import *m)
{
    struct own own = {0};
    enum err e = m->plan.here ? find_own(m->db, &m->arena, m->plan.here->row->now[0].i64, &own) : OK;
    if (e != OK) return e;
    for (size_t i = 0; i < m->count; i++) {
        struct list_row *row = &m->rows[i];
        struct row *person = row->record ? row->person : NULL;
        if (!person || !person->now) continue;
        if (is_own(&own, person->now[0].i64)) continue;
        person->next = NULL;
        person->attributes_next = person->attributes_now;
        row->given = false;
        if (!row->note && says_more(row->record)) row->note = "person_of_all";
    }
    return OK;
}

enum err list_import_is_of_event(struct db *db, int64_t number, int64_t event_id, struct fault *fault)
{
    struct arena arena = {0};
    struct sql_list_import_changed_people_row *changed = NULL;
    struct own own = {0};
    size_t count = 0;
    enum err e = sql_list_import_changed_people(db, &arena, number, &changed, &count);
    if (e == OK && count) e = find_own(db, &arena, event_id, &own);
    if (e != OK) db_fault(db, e, fault, "look whom the import changed");
    for (size_t i = 0; e == OK && i < count; i++) {
        if (is_own(&own, changed[i].subject_id)) continue;
        e = fault_because(fault, ERR_DENIED, "list_of_all", NULL, "this import changed people of the register: an organiser of all events can take it back");
    }
    arena_release(&arena);
    return e;
}
