/* People and units of the plan, through the register: in the transaction, in the order of the other writes. */
#include "core/congress/event_file/plan.h"

static int64_t id_of(const struct db_value *value)
{
    return value->type == DB_TYPE_I64 ? value->i64 : DB_NULL;
}

/* Columns as entities.c and the statements import_person_list and import_unit_list have them. */
static struct register_person person_of(const struct db_value *v)
{
    return (struct register_person){v[0].i64, v[1].text, v[2].text, v[3].text, v[4].text, v[5].text, v[6].text, id_of(&v[7]), v[8].text, v[9].text, v[10].text,
                                    v[11].text, v[12].text, v[13].text, v[14].text, v[15].text};
}

static struct register_unit unit_of(const struct db_value *v)
{
    return (struct register_unit){v[0].i64, v[1].text, v[2].text, v[3].text, id_of(&v[4]), v[5].text, v[6].text, id_of(&v[7]), id_of(&v[8])};
}

static enum err add_attribute(struct plan *plan, const char *code, json_t *old, json_t *value, struct register_attribute *list, size_t *count)
{
    const struct row *type = map_get(&plan->tables[ENTITY_ATTRIBUTE_TYPE].by_key, code);
    struct register_attribute a = {.type_id = row_values(type)[0].i64};
    if (old && value && json_equal(old, value)) return OK;
    if (old) a.old = json_canonical(plan->arena, old);
    if (value) a.value = json_canonical(plan->arena, value);
    if ((old && !a.old) || (value && !a.value)) return ERR_NOMEM;
    list[(*count)++] = a;
    return OK;
}

static enum err record_person(struct plan *plan, struct register_doing *doing, const struct row *row)
{
    const struct register_person after = person_of(row->next);
    struct register_person before;
    struct register_attribute *list = NULL;
    size_t count = 0, most = json_object_size(row->attributes_now) + json_object_size(row->attributes_next);
    const char *code;
    json_t *value;
    enum err e = OK;
    if (most) list = arena_array(plan->arena, most, sizeof *list);
    if (most && !list) return ERR_NOMEM;
    json_object_foreach(row->attributes_next, code, value)
        if (e == OK) e = add_attribute(plan, code, json_object_get(row->attributes_now, code), value, list, &count);
    json_object_foreach(row->attributes_now, code, value)
        if (e == OK && !json_object_get(row->attributes_next, code)) e = add_attribute(plan, code, value, NULL, list, &count);
    if (row->now) before = person_of(row->now);
    return e == OK ? register_write_person(doing, row->now ? &before : NULL, &after, list, count, NULL) : e;
}

static enum err record_unit(struct register_doing *doing, const struct row *row, bool bare)
{
    struct register_unit after = unit_of(row->next), before = after;
    before.parent_id = DB_NULL;
    if (bare) return register_write_unit(doing, NULL, &before, NULL);
    if (row->now) before = unit_of(row->now);
    return register_write_unit(doing, &before, &after, NULL);
}

enum err plan_record(struct plan *plan, struct register_doing *doing, const struct write *write)
{
    const struct row *row = write->row;
    if (write->what == REMOVE_ROW)
        return write->kind == ENTITY_PERSON ? register_remove_person(doing, row->now[0].i64, false) : register_remove_unit(doing, row->now[0].i64);
    return write->kind == ENTITY_PERSON ? record_person(plan, doing, row) : record_unit(doing, row, write->what == WRITE_ROW_BARE);
}
