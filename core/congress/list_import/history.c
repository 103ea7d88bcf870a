/* Imports that were made, and what stayed when they were taken back. */
#include "catalogue.h"
#include "core/congress/json_time.h"
#include "core/congress/list_import/private.h"

#include <string.h>

#define LEFT_MOST 1000

static json_t *parsed(const char *text)
{
    json_t *json = NULL;
    return text && json_read(text, strlen(text), &json, NULL) == OK ? json : json_null();
}

static enum err left_json(struct db *db, struct arena *arena, int64_t number, json_t **ret)
{
    struct sql_list_import_left_row *rows;
    size_t count = 0;
    enum err e = sql_list_import_left(db, arena, number, LEFT_MOST, &rows, &count);
    json_t *list = e == OK ? json_array() : NULL;
    for (size_t i = 0; list && i < count; i++)
        (void)json_array_append_new(list, json_pack("{s:I, s:s, s:s, s:s}", "row", (json_int_t)rows[i].sheet_row, "entity", rows[i].entity, "code",
                                                    rows[i].code, "why",
                                                    rows[i].left_as));
    *ret = list;
    return e == OK && !list ? ERR_NOMEM : e;
}

enum err list_import_history(struct db *db, const char *event, int64_t number, size_t most, json_t **ret, struct fault *fault)
{
    struct arena arena = {0};
    struct sql_list_import_list_row *rows;
    size_t count = 0;
    json_t *list = json_array();
    enum err e = list ? sql_list_import_list(db, &arena, event, number && number < INT64_MAX ? number + 1 : INT64_MAX, (int64_t)most, &rows, &count) : ERR_NOMEM;
    for (size_t i = 0; e == OK && i < count; i++) {
        const struct sql_list_import_list_row *r = &rows[i];
        json_t *one = json_pack("{s:I, s:s, s:s, s:s?, s:s, s:s, s:o, s:o, s:o, s:s?, s:o, s:o}", "number", (json_int_t)r->number, "state", r->state, "target",
                                r->target, "event",
                                r->slug, "file", r->file, "actor", r->actor, "began", json_time_or_null(r->began_ms), "ended", json_time_or_null(r->ended_ms),
                                    "undone",
                                json_time_or_null(r->undone_ms), "undone_by", r->undone_by, "detail", parsed(r->detail), "result", parsed(r->result));
        json_t *left = NULL;
        if (number) e = left_json(db, &arena, r->number, &left);
        if (left) (void)json_object_set_new(one, "left", left);
        if (!one || json_array_append_new(list, one) != 0) e = ERR_NOMEM;
    }
    arena_release(&arena);
    if (e == OK) {
        *ret = list;
        return OK;
    }
    json_decref(list);
    return db_fault(db, e, fault, "read the imports");
}
