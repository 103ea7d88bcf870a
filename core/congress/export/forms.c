/* Which units get a form, with which columns. */
#include "core/congress/export/forms.h"
#include "catalogue.h"
#include "core/base/clock.h"
#include "core/base/crypto.h"
#include "core/base/text.h"
#include "core/congress/export/forms_private.h"
#include "core/congress/register/sensitive.h"
#include "core/congress/title.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static enum err no_memory(struct fault *fault)
{
    return fault_set(fault, ERR_NOMEM, "not enough memory");
}

/* --- units ---------------------------------------------------------------------------------------------------------------------------------- */

static size_t find_unit(const struct register_tree *tree, const char *code)
{
    for (size_t i = 0; i < tree->count; i++)
        if (strcmp(tree->units[i].code, code) == 0) return i;
    return SIZE_MAX;
}

/* Indices into the tree, in its order. */
static enum err choose_units(const struct register_tree *tree, struct arena *arena, enum list_form_span span, const char *root, size_t **ret, size_t *ret_count)
{
    size_t at = root ? find_unit(tree, root) : SIZE_MAX, count = 0;
    size_t *chosen = arena_array(arena, tree->count + 1, sizeof *chosen);
    if (!chosen) return ERR_NOMEM;
    if (root && at == SIZE_MAX) return ERR_NOT_FOUND;
    size_t first = root ? at : 0, after = root ? tree->units[at].after : tree->count;
    for (size_t i = first; i < after; i++) {
        bool takes = span == LIST_FORM_EACH || (span == LIST_FORM_ONE ? i == at : tree->units[i].above == at);
        if (takes) chosen[count++] = i;
    }
    *ret = chosen;
    *ret_count = count;
    return OK;
}

enum err forms_units(struct db *db, struct arena *arena, enum list_form_span span, const char *root, const char *const **ret_codes, size_t *ret_count)
{
    struct register_fields fields;
    struct register_tree tree;
    size_t *chosen, count;
    enum err e = register_fields_read(db, arena, &fields);
    if (e == OK) e = register_tree_read(db, arena, &fields, &tree);
    if (e == OK) e = choose_units(&tree, arena, span, root && *root ? root : NULL, &chosen, &count);
    const char **codes = e == OK ? arena_array(arena, count + 1, sizeof *codes) : NULL;
    if (e == OK && !codes) e = ERR_NOMEM;
    for (size_t i = 0; e == OK && i < count; i++) codes[i] = tree.units[chosen[i]].code;
    if (e == OK) *ret_codes = codes, *ret_count = count;
    return e;
}

static enum err read_units(struct db *db, struct forms *f, struct fault *fault)
{
    struct register_fields fields;
    const struct forms_wish *wish = f->wish;
    enum err e = register_fields_read(db, f->arena, &fields);
    if (e == OK) e = register_tree_read(db, f->arena, &fields, &f->tree);
    if (e != OK) return db_fault(db, e, fault, "read the units");
    f->labels = arena_array(f->arena, f->tree.count + 1, sizeof *f->labels);
    for (size_t i = 0; f->labels && i < f->tree.count; i++) {
        const char *name = title_pick(f->arena, f->tree.units[i].name, f->list->language);
        f->labels[i] = name ? arena_printf(f->arena, "%s" FORMS_BETWEEN "%s", f->tree.units[i].code, name) : NULL;
        if (!f->labels[i]) return no_memory(fault);
    }
    if (!f->labels) return no_memory(fault);
    e = choose_units(&f->tree, f->arena, wish->span, wish->unit, &f->chosen, &f->count);
    if (e == ERR_NOT_FOUND) return fault_because(fault, e, "export_no_unit", wish->unit, "there is no unit \"%.60s\"", wish->unit);
    if (e != OK) return no_memory(fault);
    if (f->count == 0) return fault_because(fault, ERR_INPUT, "export_no_units", NULL, "there is no unit to make a form for");
    if (f->count > FORMS_MOST) return fault_set(fault, ERR_LIMIT, "%zu forms at once (at most %d)", f->count, FORMS_MOST);
    return OK;
}

/* --- columns -------------------------------------------------------------------------------------------------------------------------------- */

static bool is_of_form(const struct forms *f, const struct export_column *column)
{
    static const char *const people[] = {"code", "name", "honorific", "title", "gender", "born", "joined", "phone", "email", NULL},
                             *const delegates[] = {"person", "number", "name", "honorific", "title", "category", "mandate", "gender", "born", "joined", "phone", "email",
                                                   "needs", "diet", NULL};
    if (!column->code) return true; /* an attribute */
    if (strcmp(column->key, "unit") == 0) return f->wish->span != LIST_FORM_EACH;
    for (const char *const *p = f->wish->event ? delegates : people; *p; p++)
        if (strcmp(*p, column->key) == 0) return true;
    return false;
}

static enum err read_columns(struct db *db, struct forms *f, struct fault *fault)
{
    const struct forms_wish *w = f->wish;
    f->list_wish = (struct export_wish){.what = w->event ? EXPORT_DELEGATES : EXPORT_MEMBERS, .format = EXPORT_XLSX, .event = w->event, .language = w->language,
                                        .sensitive = w->sensitive, .sensitive_count = w->sensitive_count};
    enum err e = export_open(db, f->arena, &f->list_wish, &f->list, fault);
    size_t n = 0;
    for (size_t i = 0; e == OK && i < f->list->count; i++)
        if (is_of_form(f, &f->list->columns[i])) f->list->columns[n++] = f->list->columns[i];
    if (e == OK) f->list->count = n;
    return e;
}

static enum err read_categories(struct db *db, struct forms *f)
{
    struct sql_export_categories_row *rows;
    size_t count;
    enum err e = sql_export_categories(db, f->arena, f->list->event_id, &rows, &count);
    f->categories = e == OK ? arena_array(f->arena, count + 1, sizeof *f->categories) : NULL;
    for (size_t i = 0; f->categories && e == OK && i < count; i++) {
        const char *title = title_pick(f->arena, rows[i].title, f->list->language);
        f->categories[i] = (struct export_choice){rows[i].code, title ? arena_printf(f->arena, "%s" FORMS_BETWEEN "%s", rows[i].code, title) : NULL};
        if (!f->categories[i].title) e = ERR_NOMEM;
    }
    f->category_count = count;
    return e == OK && !f->categories ? ERR_NOMEM : e;
}

/* --- delegates, by delegation ------------------------------------------------------------------------------------------------------------------ */

struct gather {
    struct export_sink sink;
    json_t *all;
};

static enum err take_delegate(struct export_sink *sink, const json_t *row, struct fault *fault)
{
    json_t *all = ((struct gather *)sink)->all;
    const char *delegation = json_string_value(json_object_get(row, "delegation")), *status = json_string_value(json_object_get(row, "status"));
    (void)fault;
    bool comes = status && (strcmp(status, "summoned") == 0 || strcmp(status, "alternate") == 0);
    if (!delegation || !comes) return OK;
    json_t *list = json_object_get(all, delegation);
    if (!list && json_object_set_new(all, delegation, list = json_array()) != 0) return ERR_NOMEM;
    return json_array_append(list, (json_t *)(uintptr_t)row) == 0 ? OK : ERR_NOMEM;
}

static enum err read_delegates(struct db *db, struct forms *f, struct fault *fault)
{
    struct gather g = {.sink = {.row = take_delegate, .export = f->list}, .all = json_object()};
    f->delegates = g.all;
    enum err e = g.all ? rows_read(db, f->list, &g.sink, fault) : ERR_NOMEM;
    if (e == OK) e = read_categories(db, f);
    return e == OK || (fault && fault->text[0]) ? e : db_fault(db, e, fault, "read the delegates");
}

/* --- opening ------------------------------------------------------------------------------------------------------------------------------------ */

static enum err name_batch(struct db *db, struct forms *f)
{
    char day[REGISTER_DAY_SIZE];
    int year, month, date;
    uint8_t random[4];
    char hex[2 * sizeof random + 1];
    f->made_ms = clock_now_ms();
    enum err e = register_today(db, f->arena, f->made_ms, day);
    if (e != OK) return e;
    crypto_random(random, sizeof random);
    crypto_hex(random, sizeof random, hex);
    (void)snprintf(f->batch, sizeof f->batch, "%.10s.%.8s", day, hex);
    if (sscanf(day, "%d-%d-%d", &year, &month, &date) == 3) f->today = (double)clock_days_from_civil(year, month, date);
    return OK;
}

enum err forms_open(struct db *db, struct arena *arena, const struct forms_wish *wish, struct forms **ret, struct fault *fault)
{
    struct forms *f = arena_alloc(arena, sizeof *f);
    if (!f) return no_memory(fault);
    *f = (struct forms){.wish = wish, .arena = arena};
    if (wish->span == LIST_FORM_ONE && !wish->unit) return fault_because(fault, ERR_INPUT, "export_which_unit", NULL, "one form: of which unit?");
    if (wish->empty_rows > FORMS_ROWS_MOST) return fault_set(fault, ERR_INPUT, "%u empty rows (at most %d)", wish->empty_rows, FORMS_ROWS_MOST);
    enum err e = read_columns(db, f, fault);
    if (e == OK) e = read_units(db, f, fault);
    if (e == OK && (e = name_batch(db, f)) != OK) e = db_fault(db, e, fault, "read the day");
    if (e == OK && wish->event) e = read_delegates(db, f, fault);
    if (e == OK) f->list->by_unit = true;
    if (e == OK) *ret = f;
    else forms_close(f);
    return e;
}

void forms_close(struct forms *f)
{
    if (f) json_decref(f->delegates);
}

enum err forms_note(struct register_doing *doing, const struct forms_wish *wish)
{
    struct forms *f = NULL;
    int64_t people = 0;
    if (!wish->sensitive_count) return OK;
    enum err e = forms_open(doing->db, doing->arena, wish, &f, doing->fault);
    for (size_t i = 0; e == OK && i < f->count; i++) {
        const struct register_tree_unit *unit = &f->tree.units[f->chosen[i]];
        if (!wish->event) people += wish->span == LIST_FORM_EACH ? unit->own.people : unit->below.people;
        for (size_t k = f->chosen[i]; wish->event && k < (wish->span == LIST_FORM_EACH ? f->chosen[i] + 1 : unit->after); k++)
            people += (int64_t)json_array_size(json_object_get(f->delegates, f->tree.units[k].code));
    }
    const char *subject = wish->event ? wish->event : wish->unit ? wish->unit : "register";
    if (e == OK) e = register_sensitive_note(doing, subject, wish->sensitive, wish->sensitive_count, people);
    forms_close(f);
    return e == OK || (doing->fault && doing->fault->text[0]) ? e : db_fault(doing->db, e, doing->fault, "the audit log");
}

size_t forms_count(const struct forms *f) { return f->count; }

/* --- names --------------------------------------------------------------------------------------------------------------------------------------- */

char *forms_name(const struct forms *f, struct arena *arena, size_t index)
{
    const struct register_tree_unit *unit = &f->tree.units[f->chosen[index]];
    char *name = title_pick(arena, unit->name, f->list->language), *plain = name ? text_fold(arena, name) : NULL;
    size_t n = 0;
    if (!plain) return NULL;
    for (const char *p = plain; *p && n < 40; p++) {
        bool good = (*p >= 'a' && *p <= 'z') || (*p >= '0' && *p <= '9');
        if (good) plain[n++] = *p;
        else if (n && plain[n - 1] != '-') plain[n++] = '-';
    }
    while (n && plain[n - 1] == '-') n--;
    plain[n] = '\0';
    return arena_printf(arena, "%s%s%s.xlsx", unit->code, n ? "-" : "", plain);
}

char *forms_file_name(const struct forms *f, struct arena *arena)
{
    if (f->wish->span == LIST_FORM_ONE) return forms_name(f, arena, 0);
    const char *unit = f->wish->unit ? f->wish->unit : NULL, *event = f->wish->event;
    return arena_printf(arena, "%s%sforms%s%s.zip", event ? event : "", event ? "-" : "", unit ? "-" : "", unit ? unit : "");
}
