#include "core/congress/list_import/made.h"
#include "catalogue.h"
#include "core/congress/delegates/find_index.h"
#include "core/congress/list_import/private.h"

#include <stdio.h>

enum err list_made_begin(struct db *db, const struct list_made *made, int64_t *ret_number, struct fault *fault)
{
    struct sql_list_import_next_row next;
    int64_t from, until;
    enum err e = sql_list_import_next(db, NULL, &next);
    if (e != OK) return db_fault(db, e, fault, "begin the list");
    const struct sql_list_import_begin_in in = {next.number, list_target_name(LIST_DELEGATES), made->event_id, made->name, made->actor, made->at_ms, made->detail};
    e = sql_list_import_begin(db, &in, NULL);
    if (e == OK && find_index_range(db, made->event_id, &from, &until) == ERR_NOT_FOUND) e = find_index_sync(db, made->event_id);
    *ret_number = next.number;
    return e == OK ? OK : db_fault(db, e, fault, "begin the list");
}

enum err list_made_delegate(struct db *db, struct arena *arena, int64_t number, int64_t place, int64_t delegate_id, const char *code)
{
    struct db_value *now = NULL;
    char hash[33];
    enum err e = journal_read(db, arena, ENTITY_DELEGATE, delegate_id, &now);
    if (e != OK || !now) return e == OK ? ERR_BUG : e;
    journal_hash(ENTITY_DELEGATE, now, "", hash);
    return sql_list_import_row_add(db, &(struct sql_list_import_row_add_in){number, place, 0, entities[ENTITY_DELEGATE].name, delegate_id, code, hash, "{}", NULL}, NULL);
}

enum err list_made_left(struct db *db, int64_t number, int64_t place, const char *code)
{
    const struct sql_list_import_row_add_in in = {number, place, 0, entities[ENTITY_DELEGATE].name, 0, code, NULL, "{}", "meanwhile"};
    return sql_list_import_row_add(db, &in, NULL);
}

enum err list_made_end(struct db *db, int64_t number, int64_t event_id, int64_t at_ms, size_t written, size_t left)
{
    char result[96];
    struct tell tell = {.count = 0};
    tell_event(&tell, event_id);
    (void)snprintf(result, sizeof result, "{\"written\":%zu,\"left\":%zu}", written, left);
    enum err e = tell_all(db, &tell);
    return e == OK ? sql_list_import_end(db, number, at_ms, result, NULL) : e;
}
