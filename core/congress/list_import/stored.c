/* What stands in the way of a row, looked up as it is stored now. */
#include "catalogue.h"
#include "core/congress/list_import/apply.h"

#define ABOVE_MOST 1000 /* a tree is never so deep: it goes round */

enum err import_give_number(struct slice *s, int64_t event_id, int64_t delegate_id, const char *first, const char *second)
{
    const char *const numbers[] = {first, second};
    struct sql_list_import_number_taken_row row;
    for (int i = 0; i < 2; i++) {
        if (!numbers[i]) continue;
        enum err e = sql_list_import_number_taken(s->db, s->arena, event_id, numbers[i], &row);
        if (e == ERR_NOT_FOUND) return sql_list_import_number_give(s->db, delegate_id, numbers[i], NULL);
        if (e != OK) return e;
    }
    return OK;
}

enum err import_stays_tree(struct db *db, struct arena *arena, int64_t unit_id, int64_t parent_id, bool *ret)
{
    struct register_unit unit;
    *ret = false;
    for (int i = 0; i < ABOVE_MOST && parent_id != unit_id; i++) {
        enum err e = register_unit_by_id(db, arena, parent_id, &unit);
        if (e != OK && e != ERR_NOT_FOUND) return e;
        *ret = e == ERR_NOT_FOUND || unit.parent_id == DB_NULL; /* who is not there is refused by the engine */
        if (*ret) return OK;
        parent_id = unit.parent_id;
    }
    return OK;
}
