#include "core/congress/checkin/conflict.h"
#include "core/congress/store/store.h"

#include "catalogue.h"

enum err conflict_list(struct db *db, struct arena *arena, int64_t event_id, int64_t most, struct conflict **ret, size_t *ret_count)
{
    struct sql_conflict_list_row *rows;
    enum err e = sql_conflict_list(db, arena, event_id, most, &rows, ret_count);
    struct conflict *list = e == OK ? arena_array(arena, *ret_count + 1, sizeof *list) : NULL;
    if (e != OK || !list) return e != OK ? e : ERR_NOMEM;
    for (size_t i = 0; i < *ret_count; i++) {
        const struct sql_conflict_list_row *r = &rows[i];
        list[i] = (struct conflict){
            .scan_id = r->scan_id, .outcome = r->outcome, .reason = r->reason, .name = r->name, .number = r->number, .unit = r->unit_name,
            .later = {r->gate_id, r->true_ms, r->scanned_ms, r->estimated != 0, r->device ? r->device : r->account, r->origin != NULL},
            .entry = {r->entry_gate_id, r->entry_true_ms, r->entry_scanned_ms, r->entry_estimated == 1, r->entry_device ? r->entry_device : r->entry_account,
                      r->entry_origin != NULL}};
    }
    *ret = list;
    return OK;
}

enum err conflict_count(struct db *db, struct arena *arena, int64_t event_id, int64_t *ret)
{
    struct sql_conflict_open_row row;
    enum err e = sql_conflict_open(db, arena, event_id, &row);
    *ret = e == OK ? row.total : 0;
    return e;
}

enum err conflict_settle(struct db *db, struct arena *arena, int64_t event_id, const char *scan_id, const char *actor, int64_t now_ms, struct fault *fault)
{
    struct sql_conflict_find_row row;
    enum err e = sql_conflict_find(db, arena, event_id, scan_id, &row);
    if (e == ERR_NOT_FOUND) return fault_set(fault, e, "there is no such conflict");
    if (e == OK && row.settled_ms != DB_NULL) return OK;
    if (e == OK) e = sql_conflict_settle(db, row.scan, now_ms, actor, NULL);
    if (e == OK) e = audit_write(db, now_ms, actor, "conflict.settle", scan_id, NULL);
    return e == OK ? OK : db_fault(db, e, fault, "settle a conflict");
}
