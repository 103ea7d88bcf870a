/* Looking at a list is noted too: a dry run shows who of a file is known, and what of them would change. */
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/congress/list_import/private.h"
#include "core/congress/register/sensitive.h"

#include <string.h>

struct look {
    struct list_import *m;
    const char *detail;
    const char **types; /* sensitive attributes whose columns are read */
    size_t type_count;
    int64_t people;     /* known ones of whom the list says something sensitive */
    bool looked;
};

static bool has_type(const struct look *look, const char *code)
{
    for (size_t i = 0; i < look->type_count; i++)
        if (strcmp(look->types[i], code) == 0) return true;
    return false;
}

static enum err find_sensitive(struct look *look)
{
    struct list_import *m = look->m;
    look->types = arena_array(&m->arena, m->mapping.column_count + 1, sizeof *look->types);
    if (!look->types) return ERR_NOMEM;
    for (size_t i = 0; i < m->mapping.column_count; i++) {
        const struct list_field *field = m->mapping.columns[i].use.field;
        if (!field || !field->attribute || !field->attribute->sensitive || has_type(look, field->attribute->code)) continue;
        look->types[look->type_count++] = field->attribute->code;
    }
    for (size_t i = 0; i < m->count; i++) look->people += m->rows[i].given;
    return OK;
}

/* No names and no values: how many rows are what. */
static enum err make_detail(struct look *look)
{
    const struct list_import *m = look->m;
    json_t *counts = json_object();
    for (int i = 0; i < LIST_ROW_KIND_COUNT; i++)
        if (m->counts[i]) (void)json_object_set_new(counts, list_row_kind_name((enum list_row_kind)i), json_integer((json_int_t)m->counts[i]));
    json_t *detail = counts ? json_pack("{s:s, s:o}", "target", list_target_name(m->options.target), "counts", counts) : NULL;
    look->detail = detail ? json_text(&look->m->arena, detail) : NULL;
    json_decref(detail);
    return look->detail ? OK : ERR_NOMEM;
}

static enum err write(struct db *db, struct write_tools *tools, void *arg, struct fault *fault)
{
    const struct look *look = arg;
    struct list_import *m = look->m;
    int64_t event = m->plan.here ? m->plan.here->row->now[0].i64 : DB_NULL, now = clock_now_ms();
    struct register_doing doing = {.db = db, .arena = &m->scratch, .at_ms = now, .actor = m->options.actor, .source = "list", .fault = fault};
    enum err e = OK;
    (void)tools;
    if (look->looked) e = audit_write_of(db, event, now, m->options.actor, "import look", file_base_name(m->file_name), look->detail);
    if (e == OK && look->people && m->options.tells_sensitive)
        e = register_sensitive_note(&doing, m->options.event ? m->options.event : "register", look->types, look->type_count, look->people);
    return e == OK ? OK : db_fault(db, e, fault, "note who looked at the list");
}

enum err list_import_note(struct list_import *m, const struct list_import_door *door, bool looked, struct fault *fault)
{
    struct look look = {.m = m, .looked = looked};
    enum err e = find_sensitive(&look);
    if (e == OK) e = make_detail(&look);
    if (e != OK) return fault_set(fault, e, "not enough memory");
    if (!looked && (!look.people || !m->options.tells_sensitive)) return OK;
    return door->run(door->context, write, &look, fault);
}
