/* Merging two entries of the register, and taking it back. The trail (register_merge.detail): {"kept", "gone": rows as they were, "kept_attributes", "gone_attributes":
 * [[type, value]], "kept_periods", "gone_periods", "kept_event", "gone_event": of which event alone they were, "version": the kept one's behind the merge,
 * "delegates", "dropped", "cards", "handovers", "replaced", "aliases"}. */
#include "core/congress/delegates/find_index.h"
#include "core/congress/person_facts.h"
#include "core/congress/register/known.h"
#include "core/congress/register/merge_private.h"

#include <string.h>

static bool takes_field(const struct register_merge_wish *wish, const char *field)
{
    for (size_t i = 0; i < wish->take_count; i++)
        if (strcmp(wish->take[i], field) == 0) return true;
    return false;
}

/* --- what the two say --- */

static enum err values_of(struct register_doing *doing, int64_t person_id, struct sql_register_values_row **ret, size_t *ret_count)
{
    return sql_register_values(doing->db, doing->arena, person_id, ret, ret_count);
}

static enum err add_field(json_t *fields, const char *field, const char *kept, const char *gone, bool hidden)
{
    bool same = !register_differs(kept, gone);
    json_t *one = json_pack("{s:s,s:s?,s:s?,s:b,s:s,s:b}", "field", field, "kept", hidden && kept ? "•••" : kept, "gone", hidden && gone ? "•••" : gone, "same", same,
                            "takes", !kept && gone ? "gone" : "kept", "sensitive", hidden);
    return json_array_append_new(fields, one) == 0 ? OK : ERR_NOMEM;
}

static enum err look_at_fields(struct register_doing *doing, struct register_person *kept, struct register_person *gone, json_t *fields)
{
    struct register_unit a = {0}, b = {0};
    struct sql_register_values_row *x, *y;
    size_t n, m;
    enum err e = OK;
    for (size_t i = 0; e == OK && merge_fields[i]; i++)
        e = add_field(fields, merge_fields[i], *merge_column(kept, merge_fields[i]), *merge_column(gone, merge_fields[i]), false);
    if (e == OK && kept->unit_id != DB_NULL) e = register_unit_by_id(doing->db, doing->arena, kept->unit_id, &a);
    if (e == OK && gone->unit_id != DB_NULL) e = register_unit_by_id(doing->db, doing->arena, gone->unit_id, &b);
    if (e == OK) e = add_field(fields, "unit", a.code, b.code, false);
    if (e == OK) e = values_of(doing, kept->id, &x, &n);
    if (e == OK) e = values_of(doing, gone->id, &y, &m);
    for (size_t i = 0; e == OK && i < n && i < m; i++) { /* of both all types, in the same order */
        const char *field = arena_printf(doing->arena, "attribute:%s", x[i].code);
        e = field ? add_field(fields, field, x[i].value, y[i].value, x[i].sensitive != 0) : ERR_NOMEM;
    }
    return e;
}

static const struct sql_merge_delegates_row *in_event(const struct sql_merge_delegates_row *rows, size_t count, int64_t event_id)
{
    for (size_t i = 0; i < count; i++)
        if (rows[i].event_id == event_id) return &rows[i];
    return NULL;
}

static enum err add_event(json_t *events, const struct sql_merge_delegates_row *any, const struct sql_merge_delegates_row *k, const struct sql_merge_delegates_row *g)
{
    json_t *one = json_pack("{s:s,s:s,s:b,s:b,s:b,s:b,s:b,s:b}", "event", any->slug, "title", any->title, "kept", k != NULL, "gone", g != NULL, "kept_came", k && k->came,
                            "gone_came", g && g->came, "kept_used", k && k->used, "gone_used", g && g->used);
    return json_array_append_new(events, one) == 0 ? OK : ERR_NOMEM;
}

static enum err look_at_events(struct register_doing *doing, int64_t kept, int64_t gone, json_t *events)
{
    struct sql_merge_delegates_row *x, *y;
    size_t n, m = 0;
    enum err e = sql_merge_delegates(doing->db, doing->arena, kept, &x, &n);
    if (e == OK) e = sql_merge_delegates(doing->db, doing->arena, gone, &y, &m);
    for (size_t i = 0; e == OK && i < n; i++) e = add_event(events, &x[i], &x[i], in_event(y, m, x[i].event_id));
    for (size_t i = 0; e == OK && i < m; i++)
        if (!in_event(x, n, y[i].event_id)) e = add_event(events, &y[i], NULL, &y[i]);
    return e;
}

static enum err find_two(struct register_doing *doing, const char *kept, const char *gone, struct merge_two *ret)
{
    enum err e = edit_find_person(doing, kept, &ret->kept);
    if (e == OK) e = edit_find_person(doing, gone, &ret->gone);
    if (e != OK || ret->kept.id != ret->gone.id) return e;
    return fault_because(doing->fault, ERR_INPUT, "register_same", ret->kept.code, "%s is one entry already", ret->kept.code);
}

enum err register_merge_look(struct db *db, struct arena *arena, const char *kept, const char *gone, json_t **ret, struct fault *fault)
{
    struct register_doing doing = {.db = db, .arena = arena, .fault = fault};
    struct merge_two two = {.doing = &doing};
    json_t *fields = json_array(), *events = json_array(), *both = NULL;
    enum err e = find_two(&doing, kept, gone, &two);
    if (e == OK) e = look_at_fields(&doing, &two.kept, &two.gone, fields);
    if (e == OK) e = look_at_events(&doing, two.kept.id, two.gone.id, events);
    if (e == OK) both = json_pack("{s:{s:s,s:s},s:{s:s,s:s},s:O,s:O}", "kept", "code", two.kept.code, "name", two.kept.name, "gone", "code", two.gone.code, "name",
                                  two.gone.name, "fields", fields, "events", events);
    json_decref(fields);
    json_decref(events);
    if (e == OK && !both) return ERR_NOMEM;
    if (e == OK) *ret = both;
    return e;
}

/* --- merging --- */

static enum err keep_values(struct merge_two *two, const char *key, const struct sql_register_values_row *rows, size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++)
        if (rows[i].value) (void)json_array_append_new(list, json_pack("[I,s]", (json_int_t)rows[i].type_id, rows[i].value));
    return json_object_set_new(two->trail, key, list) == 0 ? OK : ERR_NOMEM;
}

static enum err keep_periods(struct merge_two *two, const char *key, int64_t person_id, struct register_period **ret, size_t *ret_count)
{
    enum err e = register_periods_read(two->doing->db, two->doing->arena, person_id, false, ret, ret_count);
    if (e != OK) return e;
    return json_object_set_new(two->trail, key, merge_periods_json(*ret, *ret_count)) == 0 ? OK : ERR_NOMEM;
}

/* The kept one as it will be, and which attributes it gets; all of both goes into the trail. */
static enum err join_values(struct merge_two *two, const struct register_merge_wish *wish, struct register_attribute **ret, size_t *ret_count)
{
    struct sql_register_values_row *x, *y;
    size_t n, m = 0;
    enum err e = values_of(two->doing, two->kept.id, &x, &n);
    if (e == OK) e = values_of(two->doing, two->gone.id, &y, &m);
    if (e == OK) e = keep_values(two, "kept_attributes", x, n);
    if (e == OK) e = keep_values(two, "gone_attributes", y, m);
    if (e != OK) return e;
    *ret = arena_array(two->doing->arena, n + 1, sizeof **ret);
    if (!*ret) return ERR_NOMEM;
    for (size_t i = 0; i < n && i < m; i++) {
        const char *field = arena_printf(two->doing->arena, "attribute:%s", x[i].code);
        if (!field) return ERR_NOMEM;
        if (!y[i].value || !register_differs(x[i].value, y[i].value) || (x[i].value && !takes_field(wish, field))) continue;
        (*ret)[(*ret_count)++] = (struct register_attribute){x[i].type_id, x[i].value, y[i].value};
    }
    return OK;
}

static void join_fields(struct merge_two *two, const struct register_merge_wish *wish, struct register_person *after)
{
    *after = two->kept;
    for (size_t i = 0; merge_fields[i]; i++) {
        const char **to = merge_column(after, merge_fields[i]), *from = *merge_column(&two->gone, merge_fields[i]);
        if (!from || (*to && !takes_field(wish, merge_fields[i]))) continue;
        *to = from;
        if (strcmp(merge_fields[i], "photo") == 0) after->photo = two->gone.photo;
    }
}

/* Whose membership stays: the kept one's, where there is any and nobody said otherwise. */
static enum err join_periods(struct merge_two *two, const struct register_merge_wish *wish, struct register_person *after)
{
    struct register_period *mine, *theirs;
    size_t n, m = 0;
    enum err e = keep_periods(two, "kept_periods", two->kept.id, &mine, &n);
    if (e == OK) e = keep_periods(two, "gone_periods", two->gone.id, &theirs, &m);
    if (e == OK) e = membership_void_all(two->doing, two->gone.id);
    bool takes = takes_field(wish, "unit") || (two->kept.unit_id == DB_NULL && two->gone.unit_id != DB_NULL) || !n;
    if (e != OK || !takes || !m) return e;
    after->unit_id = two->gone.unit_id;
    return membership_replace(two->doing, two->kept.id, theirs, m);
}

/* The row, without what a change of unit would do to the periods: they are right already. */
static enum err write_kept(struct merge_two *two, const struct register_person *after, const struct register_attribute *attributes, size_t count)
{
    struct register_person meanwhile = two->kept, wanted = *after;
    meanwhile.unit_id = after->unit_id;
    meanwhile.joined = after->joined;
    enum err e = register_put_unit(two->doing, &two->kept, &meanwhile);
    return e == OK ? register_write_person(two->doing, &meanwhile, &wanted, attributes, count, NULL) : e;
}

static enum err end_gone(struct merge_two *two)
{
    struct register_doing *doing = two->doing;
    enum err e = register_note(doing, &(struct note){two->gone.id, DB_NULL, "merged", two->gone.code, two->kept.code, false});
    if (e == OK) e = sql_register_person_of_both(doing->db, two->kept.id, two->gone.id, NULL);
    if (e == OK) e = sql_register_person_drop(doing->db, two->gone.id, NULL);
    if (e == OK) e = find_index_touch_person(doing->db, doing->arena, two->gone.id);
    if (e == OK) e = sql_merge_alias_put(doing->db, two->gone.code, two->kept.id, two->merge_id, NULL);
    return e == OK ? register_note(doing, &(struct note){two->kept.id, DB_NULL, "merged", two->gone.code, two->kept.code, false}) : e;
}

static enum err write_trail(struct merge_two *two)
{
    struct register_doing *doing = two->doing;
    int64_t version = 0;
    enum err e = register_person_version(doing->db, two->kept.id, &version);
    if (e == OK && json_object_set_new(two->trail, "version", json_integer(version)) != 0) e = ERR_NOMEM;
    const char *text = e == OK ? json_text(doing->arena, two->trail) : NULL;
    if (e == OK && !text) e = ERR_NOMEM;
    const struct sql_merge_add_in in = {two->merge_id, two->kept.id, two->gone.id, two->kept.code, two->gone.code, doing->at_ms, doing->actor, doing->source, text};
    return e == OK ? sql_merge_add(doing->db, &in, NULL) : e;
}

/* For whom a purge of an event may erase: what is taken back must be so again. */
static enum err keep_event(struct merge_two *two, const char *key, int64_t person_id)
{
    struct sql_register_event_of_person_row row;
    enum err e = sql_register_event_of_person(two->doing->db, NULL, person_id, &row);
    if (e != OK || row.event_id == DB_NULL) return e;
    return json_object_set_new(two->trail, key, json_integer(row.event_id)) == 0 ? OK : ERR_NOMEM;
}

static enum err event_back(struct merge_two *two, const char *key, int64_t person_id)
{
    const json_t *event = json_object_get(two->trail, key);
    return event ? sql_register_person_of_event(two->doing->db, person_id, json_integer_value(event), NULL) : OK;
}

static enum err merge(struct merge_two *two, const struct register_merge_wish *wish)
{
    struct register_person after;
    struct register_attribute *attributes = NULL;
    size_t count = 0;
    json_t *kept = merge_person_json(&two->kept), *gone = merge_person_json(&two->gone);
    bool noted = json_object_set_new(two->trail, "kept", kept) == 0 && json_object_set_new(two->trail, "gone", gone) == 0;
    enum err e = noted ? join_values(two, wish, &attributes, &count) : ERR_NOMEM;
    if (e == OK) e = keep_event(two, "kept_event", two->kept.id);
    if (e == OK) e = keep_event(two, "gone_event", two->gone.id);
    join_fields(two, wish, &after);
    if (e == OK) e = join_periods(two, wish, &after);
    if (e == OK) e = edit_derive(two->doing, &after);
    if (e == OK) e = merge_move_places(two, wish);
    if (e == OK) e = write_kept(two, &after, attributes, count);
    if (e == OK) e = end_gone(two);
    if (e == OK) e = write_trail(two);
    if (e == OK) e = register_tell(two->doing, two->kept.id);
    return e == OK ? edit_audit(two->doing, "register merge", two->kept.code, json_pack("{s:s,s:I}", "gone", two->gone.code, "merge", (json_int_t)two->merge_id)) : e;
}

enum err register_merge(struct register_doing *doing, const struct register_merge_wish *wish, int64_t *ret_merge)
{
    struct merge_two two = {.doing = doing, .merge_id = id_next(doing->ids), .trail = json_object()};
    enum err e = two.trail ? find_two(doing, wish->kept, wish->gone, &two) : ERR_NOMEM;
    if (e == OK) e = merge(&two, wish);
    json_decref(two.trail);
    if (e == OK) *ret_merge = two.merge_id;
    return e;
}

/* --- and back --- */

static enum err refuse_old(struct register_doing *doing, const char *code)
{
    return fault_because(doing->fault, ERR_CONFLICT, "register_merge_old", code, "%s: something was changed since, or it was taken back already", code);
}

/* As if the person had never been away: the row, the attributes, the periods. */
static enum err gone_back(struct merge_two *two)
{
    struct register_doing *doing = two->doing;
    struct register_period *periods;
    const struct register_person *p = &two->gone;
    const struct sql_register_person_put_in in = {p->id, p->code, p->name, p->name_fold, p->name_sort, p->sort_name, p->honorific, p->unit_id, p->title, p->gender,
                                                  p->born, p->joined, p->phone, p->email, p->photo, p->photo_blob, known_of_fields(p), 0};
    const json_t *values = json_object_get(two->trail, "gone_attributes");
    size_t n = json_array_size(values), count = 0;
    struct register_attribute *list = arena_array(doing->arena, n + 1, sizeof *list);
    enum err e = list ? sql_merge_alias_drop(doing->db, p->code, NULL) : ERR_NOMEM;
    if (e == OK) e = sql_register_person_put(doing->db, &in, NULL);
    for (size_t i = 0; e == OK && i < n; i++) {
        const json_t *one = json_array_get(values, i);
        list[i] = (struct register_attribute){json_integer_value(json_array_get(one, 0)), NULL, json_string_value(json_array_get(one, 1))};
    }
    if (e == OK && n) e = register_write_person(doing, p, p, list, n, NULL);
    if (e == OK) e = merge_periods_back(doing->arena, json_object_get(two->trail, "gone_periods"), &periods, &count);
    if (e == OK) e = membership_replace(doing, p->id, periods, count);
    return e == OK ? register_note(doing, &(struct note){p->id, DB_NULL, "split", two->kept.code, p->code, false}) : e;
}

static const char *value_in(const json_t *values, int64_t type_id)
{
    for (size_t i = 0; i < json_array_size(values); i++)
        if (json_integer_value(json_array_get(json_array_get(values, i), 0)) == type_id) return json_string_value(json_array_get(json_array_get(values, i), 1));
    return NULL;
}

static enum err kept_back(struct merge_two *two)
{
    struct register_doing *doing = two->doing;
    struct sql_register_values_row *now;
    struct register_period *periods;
    struct register_person was, meanwhile;
    size_t n, m = 0, count = 0;
    merge_person_back(json_object_get(two->trail, "kept"), &was);
    enum err e = values_of(doing, two->kept.id, &now, &n);
    struct register_attribute *list = e == OK ? arena_array(doing->arena, n + 1, sizeof *list) : NULL;
    if (e == OK && !list) e = ERR_NOMEM;
    for (size_t i = 0; e == OK && i < n; i++) {
        const char *value = value_in(json_object_get(two->trail, "kept_attributes"), now[i].type_id);
        if (register_differs(now[i].value, value)) list[count++] = (struct register_attribute){now[i].type_id, now[i].value, value};
    }
    if (e == OK) e = merge_periods_back(doing->arena, json_object_get(two->trail, "kept_periods"), &periods, &m);
    if (e == OK) e = membership_replace(doing, two->kept.id, periods, m);
    meanwhile = two->kept;
    meanwhile.unit_id = was.unit_id;
    meanwhile.joined = was.joined;
    if (e == OK) e = register_put_unit(doing, &two->kept, &meanwhile);
    if (e == OK) e = register_write_person(doing, &meanwhile, &was, list, count, NULL);
    return e == OK ? register_note(doing, &(struct note){was.id, DB_NULL, "split", two->kept.code, two->gone.code, false}) : e;
}

static enum err split(struct merge_two *two)
{
    struct register_doing *doing = two->doing;
    struct sql_register_code_free_row taken;
    int64_t version = 0;
    merge_person_back(json_object_get(two->trail, "gone"), &two->gone);
    enum err e = register_person_version(doing->db, two->kept.id, &version);
    if (e == OK && version != json_integer_value(json_object_get(two->trail, "version"))) return refuse_old(doing, two->kept.code);
    if (e == OK) e = sql_register_code_free(doing->db, NULL, two->gone.code, &taken);
    if (e == OK && taken.taken != 1) return refuse_old(doing, two->gone.code); /* the alias alone has it */
    if (e == OK) e = gone_back(two);
    if (e == OK) e = kept_back(two);
    if (e == OK) e = event_back(two, "kept_event", two->kept.id);
    if (e == OK) e = event_back(two, "gone_event", two->gone.id);
    if (e == OK) e = merge_move_back(two);
    if (e == OK) e = sql_merge_mark_undone(doing->db, two->merge_id, doing->at_ms, doing->actor, NULL);
    if (e == OK) e = register_tell(doing, two->kept.id);
    if (e == OK) e = register_tell(doing, two->gone.id);
    return e == OK ? edit_audit(doing, "register split", two->kept.code, json_pack("{s:s,s:I}", "gone", two->gone.code, "merge", (json_int_t)two->merge_id)) : e;
}

enum err register_split(struct register_doing *doing, int64_t merge)
{
    struct sql_merge_find_row row;
    struct merge_two two = {.doing = doing, .merge_id = merge};
    enum err e = sql_merge_find(doing->db, doing->arena, merge, &row);
    if (e == ERR_NOT_FOUND) return fault_because(doing->fault, e, "register_merge_old", "", "there is no such merge");
    if (e == OK && row.undone_ms != DB_NULL) return refuse_old(doing, row.kept_code);
    if (e == OK) e = register_person_by_id(doing->db, doing->arena, row.kept_id, &two.kept);
    if (e == ERR_NOT_FOUND) return refuse_old(doing, row.kept_code);
    if (e == OK) e = json_read(row.detail, strlen(row.detail), &two.trail, NULL);
    if (e == OK) e = split(&two);
    json_decref(two.trail);
    return e;
}

enum err register_merges_read(struct db *db, struct arena *arena, int64_t before, int64_t most, struct register_merged **ret, size_t *ret_count)
{
    struct sql_merge_list_row *rows;
    size_t count;
    enum err e = sql_merge_list(db, arena, before, most, &rows, &count);
    struct register_merged *list = e == OK ? arena_array(arena, count + 1, sizeof *list) : NULL;
    if (e != OK) return e;
    if (!list) return ERR_NOMEM;
    for (size_t i = 0; i < count; i++)
        list[i] = (struct register_merged){rows[i].id, rows[i].kept_id, rows[i].gone_id, rows[i].made_ms, rows[i].undone_ms, rows[i].kept_code, rows[i].gone_code,
                                           rows[i].actor, rows[i].undone_actor};
    *ret = list;
    *ret_count = count;
    return OK;
}
