#include "core/congress/event_file/setup.h"
#include "catalogue.h"
#include "core/base/clock.h"
#include "core/base/crypto.h"
#include "core/base/text.h"
#include "core/congress/event_file/plan.h"

#include <string.h>

#define MARK_LENGTH 16
#define CODE_LONGEST 40
#define CODES_TRIED 1000
#define AUDIT_LONGEST 8000

static const enum entity_kind entity_of[] = {
    [SETUP_ORGANIZATION] = ENTITY_ORGANIZATION, [SETUP_ATTRIBUTE_TYPE] = ENTITY_ATTRIBUTE_TYPE, [SETUP_EVENT] = ENTITY_EVENT, [SETUP_CATEGORY] = ENTITY_CATEGORY,
    [SETUP_AREA] = ENTITY_AREA, [SETUP_GATE] = ENTITY_GATE, [SETUP_SESSION] = ENTITY_SESSION};

static enum err no_memory(struct fault *fault)
{
    return fault_set(fault, ERR_NOMEM, "not enough memory");
}

/* --- reading ---------------------------------------------------------------------------------------------------------------------------------- */

/* Other rooms of the console have these, with versions of their own. */
static void leave_out(json_t *event)
{
    static const char *const keys[] = {"slides", "wall_welcome", "welcome"};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) (void)json_object_del(event, keys[i]);
}

static json_t *show_row(struct plan *plan, enum entity_kind kind, const struct row *row, bool *failed)
{
    struct arena scratch = {0};
    char hash[CRYPTO_HASH_HEX];
    json_t *object = shape_show(plan, entities[kind].shape, row->now + entity_first_column(&entities[kind]), SHOW_FILE, failed);
    if (kind == ENTITY_EVENT) leave_out(object);
    char *text = object ? json_text(&scratch, object) : NULL;
    if (!text) *failed = true;
    else crypto_sha256_hex(text, strlen(text), hash);
    if (text && json_object_set_new(object, SETUP_MARK, json_stringn(hash, MARK_LENGTH)) != 0) *failed = true;
    arena_release(&scratch);
    return object;
}

static json_t *show_list(struct plan *plan, const struct table *table, bool *failed)
{
    json_t *list = json_sure(json_array(), failed);
    for (size_t i = 0; i < table->count; i++)
        if (json_array_append_new(list, show_row(plan, table->kind, table->rows[i], failed)) != 0) *failed = true;
    return list;
}

static enum err load(struct plan *plan, struct event_plan *event, const char *slug, struct fault *fault)
{
    enum err e = OK;
    for (int kind = ENTITY_ORGANIZATION; e == OK && kind <= ENTITY_EVENT; kind++)
        if (kind != ENTITY_PERSON && kind != ENTITY_UNIT) e = table_load(plan, &plan->tables[kind], (enum entity_kind)kind, 0);
    if (e != OK) return db_fault(plan->db, e, fault, "read what is stored");
    if (!slug) return OK;
    struct row *row = table_find(&plan->tables[ENTITY_EVENT], slug);
    if (!row) return fault_set(fault, ERR_NOT_FOUND, "there is no event \"%s\"", slug);
    *event = (struct event_plan){.row = row, .zone = row->now[entity_column(ENTITY_EVENT, "timezone")].text};
    plan->here = event;
    for (int kind = ENTITY_CATEGORY; e == OK && kind <= ENTITY_SESSION; kind++) e = table_load(plan, &event->tables[kind], (enum entity_kind)kind, row->now[0].i64);
    return e == OK ? OK : db_fault(plan->db, e, fault, "read the event");
}

static json_t *show_event(struct plan *plan, bool *failed)
{
    json_t *event = show_row(plan, ENTITY_EVENT, plan->here->row, failed);
    for (int kind = ENTITY_CATEGORY; kind <= ENTITY_SESSION; kind++)
        if (json_object_set_new(event, entities[kind].list_key, show_list(plan, &plan->here->tables[kind], failed)) != 0) *failed = true;
    return event;
}

enum err setup_read(struct db *db, const char *slug, json_t **ret, struct fault *fault)
{
    struct arena arena = {0};
    struct import_options options = {0};
    struct event_plan event = {0};
    struct plan plan = {.db = db, .arena = &arena, .options = &options, .keep = json_array(), .light = true};
    bool failed = plan.keep == NULL;
    enum err e = failed ? no_memory(fault) : load(&plan, &event, slug, fault);
    if (e == OK) {
        const struct row *organization = table_find(&plan.tables[ENTITY_ORGANIZATION], "organization");
        json_t *own = organization ? show_row(&plan, ENTITY_ORGANIZATION, organization, &failed) : json_null();
        json_t *here = slug ? show_event(&plan, &failed) : json_null();
        json_t *types = show_list(&plan, &plan.tables[ENTITY_ATTRIBUTE_TYPE], &failed);
        json_t *root = json_pack("{s:o, s:o, s:o}", "organization", own, "attribute_types", types, "event", here);
        if (failed || !root) {
            json_decref(root);
            e = fault_set(fault, ERR_NOMEM, "not enough memory, or what is stored cannot be read");
        } else {
            *ret = root;
        }
    }
    plan_release(&plan);
    arena_release(&arena);
    return e;
}

/* --- codes ------------------------------------------------------------------------------------------------------------------------------------ */

char *setup_code_of(struct arena *arena, const json_t *title, const char *spare)
{
    const char *text = json_string_value(title), *key;
    json_t *value, *all = (json_t *)title;
    json_object_foreach(all, key, value)
        if (!text) text = json_string_value(value);
    char *folded = text ? text_fold(arena, text) : NULL, *code = arena_alloc(arena, CODE_LONGEST + 1);
    size_t n = 0;
    if (!code) return NULL;
    for (const char *p = folded ? folded : ""; *p && n < CODE_LONGEST; p++) {
        bool letter = (*p >= 'a' && *p <= 'z') || (*p >= '0' && *p <= '9');
        if (letter) code[n++] = *p;
        else if (n && code[n - 1] != '-') code[n++] = '-';
    }
    while (n && code[n - 1] == '-') n--;
    code[n] = '\0';
    return n ? code : arena_strdup(arena, spare);
}

/* --- changing --------------------------------------------------------------------------------------------------------------------------------- */

struct work {
    const struct setup_change *change;
    enum entity_kind kind;
    struct db *db;
    struct arena *arena;
    struct fault *fault;
    json_t *now;      /* what setup_read shows */
    const char *code; /* of the row */
    bool known;       /* a form that was sent twice: there is nothing to do */
};

static json_t *list_of(const struct work *w)
{
    if (w->kind == ENTITY_ATTRIBUTE_TYPE) return json_object_get(w->now, "attribute_types");
    return json_object_get(json_object_get(w->now, "event"), entities[w->kind].list_key);
}

static json_t *row_of(const struct work *w, const char *code)
{
    size_t i;
    json_t *row;
    if (w->kind == ENTITY_ORGANIZATION || w->kind == ENTITY_EVENT) {
        row = json_object_get(w->now, entities[w->kind].name);
        return json_is_null(row) ? NULL : row;
    }
    json_array_foreach(list_of(w), i, row) {
        const char *one = json_string_value(json_object_get(row, "code"));
        if (code && one && strcmp(one, code) == 0) return row;
    }
    return NULL;
}

/* Whether the row says what was sent, apart from its code: absent and null are the same. */
static bool says_so(const json_t *row, json_t *sent)
{
    const char *key;
    json_t *value;
    json_object_foreach(sent, key, value) {
        const json_t *there = json_object_get(row, key);
        if (strcmp(key, "code") == 0 || (json_is_null(value) && !there)) continue;
        if (!there || !json_equal(value, there)) return false;
    }
    return true;
}

static enum err choose_code(struct work *w)
{
    size_t i;
    json_t *row, *sent = w->change->row;
    const char *given = json_string_value(json_object_get(sent, "code"));
    json_array_foreach(list_of(w), i, row) {
        if (!says_so(row, sent)) continue;
        w->code = json_string_value(json_object_get(row, "code"));
        w->known = true;
        return OK;
    }
    if (given && row_of(w, given)) return fault_because(w->fault, ERR_CONFLICT, "setup_exists", given, "there is one with the code \"%s\" already", given);
    if (given) {
        w->code = given;
        return OK;
    }
    const char *made = setup_code_of(w->arena, json_object_get(sent, "title"), entities[w->kind].name);
    const char *code = made;
    for (int n = 2; code && row_of(w, code) && n < CODES_TRIED; n++) code = arena_printf(w->arena, "%s-%d", made, n);
    w->code = code;
    return code && json_object_set_new(sent, "code", json_string(code)) == 0 ? OK : no_memory(w->fault);
}

/* The address of a new event: as it was given, else made of its title. The same event once more is the form sent twice. */
static enum err choose_slug(struct work *w)
{
    json_t *sent = w->change->row;
    const char *given = json_string_value(json_object_get(sent, "slug")), *made = given ? given : setup_code_of(w->arena, json_object_get(sent, "title"), "event");
    const char *slug = made;
    json_t *essence = json_pack("{s:O?, s:O?, s:O?}", "title", json_object_get(sent, "title"), "starts", json_object_get(sent, "starts"), "kind",
                                json_object_get(sent, "kind"));
    enum err e = essence ? OK : no_memory(w->fault);
    for (int n = 2; e == OK && slug && n < CODES_TRIED; n++) {
        json_decref(w->now);
        w->now = NULL;
        e = setup_read(w->db, slug, &w->now, w->fault);
        if (e != OK) break;
        w->known = says_so(row_of(w, NULL), essence);
        if (!w->known && given) e = fault_because(w->fault, ERR_CONFLICT, "setup_slug", given, "there is an event \"%s\" already", given);
        if (w->known || e != OK) break;
        slug = arena_printf(w->arena, "%s-%d", made, n);
    }
    json_decref(essence);
    w->code = slug;
    if (e == ERR_NOT_FOUND && slug) e = json_object_set_new(sent, "slug", json_string(slug)) == 0 ? OK : no_memory(w->fault);
    if (e == OK && w->fault) *w->fault = (struct fault){0};
    return e;
}

/* The row that the form was made from is still there, and still says the same. */
static enum err check_mark(struct work *w)
{
    const struct setup_change *c = w->change;
    const json_t *row = row_of(w, c->code);
    const char *mark = json_string_value(json_object_get(row, SETUP_MARK));
    if (!row && w->kind == ENTITY_ORGANIZATION) return OK;
    if (!row) return fault_because(w->fault, ERR_NOT_FOUND, "setup_gone", NULL, "it is not there any more");
    w->code = c->code;
    if (!c->mark || !*c->mark || (mark && strcmp(mark, c->mark) == 0)) return OK;
    if (c->row && says_so(row, c->row)) return OK; /* sent twice */
    return fault_because(w->fault, ERR_CONFLICT, "setup_changed", NULL, "somebody else changed it meanwhile");
}

/* The change as an event file. */
static json_t *file_of(const struct work *w)
{
    const struct setup_change *c = w->change;
    const char *list = entities[w->kind].list_key;
    json_t *row = c->row ? json_copy(c->row) : NULL;
    if (row && w->kind != ENTITY_ORGANIZATION && w->kind != ENTITY_EVENT) (void)json_object_set_new(row, "code", json_string(w->code));
    if (w->kind == ENTITY_ORGANIZATION) return json_pack("{s:o}", "organization", row);
    if (w->kind == ENTITY_EVENT) {
        if (c->event) (void)json_object_set_new(row, "slug", json_string(c->event));
        return json_pack("{s:[o]}", "events", row);
    }
    if (w->kind == ENTITY_ATTRIBUTE_TYPE) {
        (void)json_object_del(row, "code");
        return json_pack("{s:{s:{s:o*}}}", "organization", list, w->code, row);
    }
    return row ? json_pack("{s:[{s:s, s:[o]}]}", "events", "slug", c->event, list, row) : json_pack("{s:[{s:s}]}", "events", "slug", c->event);
}

static enum err refuse_used(const struct work *w, size_t statement, const char *what, int64_t id)
{
    struct db_value parameter = value_i64(id), *rows = NULL;
    size_t count = 0;
    enum err e = db_fetch(w->db, w->arena, statement, &parameter, 1, &rows, &count);
    if (e != OK) return db_fault(w->db, e, w->fault, "look who needs it");
    if (!count || !rows[0].i64) return OK;
    return fault_because(w->fault, ERR_CONFLICT, "setup_used", NULL, "it has %lld %s and cannot be removed", (long long)rows[0].i64, what);
}

/* What the plan would find among people and delegates, which are not loaded. */
static enum err check_people(const struct work *w, int64_t id)
{
    if (w->kind == ENTITY_CATEGORY) return refuse_used(w, SQL_SETUP_CATEGORY_DELEGATES, "delegates", id);
    if (w->kind == ENTITY_ATTRIBUTE_TYPE) return refuse_used(w, SQL_SETUP_ATTRIBUTE_PEOPLE, "values", id);
    return OK;
}

static enum err mark_removal(const struct work *w, struct plan *plan, const char *code)
{
    struct event_plan *event = plan->event_count ? &plan->events[0] : NULL;
    struct table *table = w->kind == ENTITY_ATTRIBUTE_TYPE ? &plan->tables[w->kind] : event ? &event->tables[w->kind] : NULL;
    struct row *row = table ? table_find(table, code) : NULL;
    if (!row) return fault_because(w->fault, ERR_NOT_FOUND, "setup_gone", NULL, "it is not there any more");
    enum err e = check_people(w, row->now[0].i64);
    if (e != OK) return e;
    row->removed = true;
    plan->goes = row;
    e = plan_removals(plan, w->fault);
    if (e == ERR_CONFLICT && w->fault && !w->fault->reason) fault_reason(w->fault, "setup_needed");
    if (e == OK && event && plan_write_id(plan, WRITE_FIRST, SQL_IMPORT_EVENT_BUMP, event->row->now[0].i64) != OK) e = no_memory(w->fault);
    return e;
}

/* The rows as they stand, `from` and `to` having changed places: each whose place is another one is written. The first area is where people are counted as present, so
 * that another first one means to count anew. */
static enum err write_order(struct plan *plan, struct event_plan *event, struct table *table, size_t from, size_t to)
{
    size_t column = entity_column(table->kind, "<sort_order>");
    enum err e = OK;
    bool first = table->kind == ENTITY_AREA && (from == 0 || to == 0), differs = false;
    for (size_t i = 0; e == OK && i < table->count; i++) {
        struct row *row = table->rows[i == from ? to : i == to ? from : i];
        row->next = arena_memdup(plan->arena, row->now, entity_width(&entities[table->kind]) * sizeof *row->now);
        if (!row->next) return ERR_NOMEM;
        row->next[column] = value_i64((int64_t)i);
        e = row_settle(plan, table, row, &differs);
    }
    if (first) event->changed = true;
    return e == OK ? plan_write_id(plan, WRITE_FIRST, SQL_IMPORT_EVENT_BUMP, event->row->now[0].i64) : e;
}

static enum err mark_move(const struct work *w, struct plan *plan, const char *code)
{
    struct event_plan *event = plan->event_count && w->kind >= ENTITY_CATEGORY && w->kind <= ENTITY_GATE ? &plan->events[0] : NULL;
    struct table *table = event ? &event->tables[w->kind] : NULL;
    size_t from = 0;
    while (table && from < table->count && strcmp(table->rows[from]->key, code) != 0) from++;
    if (!table || from == table->count) return fault_because(w->fault, ERR_NOT_FOUND, "setup_gone", NULL, "it is not there any more");
    bool is_last = w->change->move < 0 ? from == 0 : from + 1 == table->count;
    if (is_last) return OK;
    enum err e = write_order(plan, event, table, from, w->change->move < 0 ? from - 1 : from + 1);
    return e == OK ? OK : no_memory(w->fault);
}

/* What was changed, for the audit log; the password of the Wi-Fi is not for it. */
static char *audit_detail(struct arena *arena, const struct plan *plan)
{
    size_t i, k;
    json_t *change, *field;
    json_array_foreach(plan->changes, i, change)
        json_array_foreach(json_object_get(change, "fields"), k, field) {
            const char *key = json_string_value(json_object_get(field, "field"));
            if (!key || strcmp(key, "wifi") != 0) continue;
            (void)json_object_del(field, "old");
            (void)json_object_del(field, "new");
        }
    char *text = json_text(arena, plan->changes);
    if (text && strlen(text) > AUDIT_LONGEST) text = arena_printf(arena, "{\"rows\": %zu}", json_array_size(plan->changes));
    return text;
}

static enum err write_audit(const struct work *w, const struct plan *plan)
{
    const struct setup_change *c = w->change;
    const char *verb = c->move ? "change" : !c->row ? "remove" : row_of(w, w->code) ? "change" : "add", *name = entities[w->kind].name;
    const char *action = arena_printf(w->arena, "%s_%s", verb, name), *subject = c->event ? c->event : w->code ? w->code : name;
    if (c->event && w->code) subject = arena_printf(w->arena, "%s/%s", c->event, w->code);
    char *detail = c->move ? arena_strdup(w->arena, c->move < 0 ? "{\"moved\": \"up\"}" : "{\"moved\": \"down\"}") : audit_detail(w->arena, plan);
    if (!action || !subject || !detail) return ERR_NOMEM;
    return json_array_size(plan->changes) ? audit_write(w->db, plan->now_ms, c->actor, action, subject, detail) : OK;
}

static enum err carry_out(struct work *w, json_t *file)
{
    struct arena arena = {0};
    struct files files = {.arena = &arena, .base = "/nowhere", .by_path = {.arena = &arena}};
    struct import_options options = {.actor = w->change->actor, .file = "setup"};
    struct plan plan = {.db = w->db, .arena = &arena, .options = &options, .files = &files, .root = file, .light = true};
    enum err e = plan_make(&plan, w->fault);
    if (e == OK && w->change->move) e = mark_move(w, &plan, w->code);
    else if (e == OK && !w->change->row) e = mark_removal(w, &plan, w->code);
    if (e == OK) e = plan_carry_out(&plan, w->db, w->fault);
    if (e == OK && (e = write_audit(w, &plan)) != OK) db_fault(w->db, e, w->fault, "note it in the record");
    plan_release(&plan);
    arena_release(&arena);
    return e;
}

enum err setup_apply(struct db *db, struct arena *arena, const struct setup_change *change, const char **ret_code, struct fault *fault)
{
    struct work w = {.change = change, .kind = entity_of[change->kind], .db = db, .arena = arena, .fault = fault};
    bool single = w.kind == ENTITY_ORGANIZATION || w.kind == ENTITY_EVENT, fresh = single ? w.kind == ENTITY_EVENT && !change->event : !change->code;
    enum err e = setup_read(db, change->event, &w.now, fault);
    if (e != OK) return e;
    if (!fresh) e = check_mark(&w);
    else if (!single) e = choose_code(&w);
    else e = choose_slug(&w);
    if (e == OK && !w.known) {
        json_t *file = file_of(&w);
        e = file ? carry_out(&w, file) : no_memory(fault);
        json_decref(file);
    }
    if (e == OK && ret_code) *ret_code = w.code ? arena_strdup(arena, w.code) : NULL;
    json_decref(w.now);
    return e;
}
