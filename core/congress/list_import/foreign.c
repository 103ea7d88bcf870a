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

enum err import_keep_foreign(struct list_import *m)
{
    struct sql_list_import_own_people_row *own = NULL;
    size_t count = 0;
    enum err e = m->plan.here ? sql_list_import_own_people(m->db, &m->arena, m->plan.here->row->now[0].i64, &own, &count) : OK;
    if (e != OK) return e;
    if (count) qsort(own, count, sizeof *own, by_id);
    for (size_t i = 0; i < m->count; i++) {
        struct list_row *row = &m->rows[i];
        struct row *person = row->record ? row->person : NULL;
        if (!person || !person->now) continue;
        const struct sql_list_import_own_people_row key = {person->now[0].i64};
        if (count && bsearch(&key, own, count, sizeof *own, by_id)) continue;
        person->next = NULL;
        person->attributes_next = person->attributes_now;
        row->given = false;
        if (!row->note && says_more(row->record)) row->note = "person_of_all";
    }
    return OK;
}
