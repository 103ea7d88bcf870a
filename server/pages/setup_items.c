/* How the console's pages tell the rows of a list: the facts of each in a few words, and what is worth a second look. */
#include "server/pages/setup_pages.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct telling {
    struct view *view;
    const json_t *event;
    json_t *row, *facts, *warnings;
};

static const char *text_of(const json_t *row, const char *key)
{
    const char *text = json_string_value(json_object_get(row, key));
    return text ? text : "";
}

static void add(json_t *list, const char *text)
{
    if (text && *text) json_array_append_new(list, json_string(text));
}

static const char *words(const struct telling *t, const char *key)
{
    return view_words(t->view, key);
}

/* "2026-12-01T08:00" as people here write it: 08:00 1/12/2026. */
static const char *moment(const struct telling *t, const char *local, bool with_day)
{
    int year, month, day;
    if (strlen(local) < 16 || sscanf(local, "%4d-%2d-%2d", &year, &month, &day) != 3) return local;
    const char *clock = arena_strndup(t->view->arena, local + 11, 5);
    return with_day ? arena_printf(t->view->arena, "%s %d/%d/%d", clock, day, month, year) : clock;
}

static const json_t *row_by_code(const json_t *list, const char *code)
{
    for (size_t i = 0; i < json_array_size(list); i++)
        if (strcmp(text_of(json_array_get(list, i), "code"), code) == 0) return json_array_get(list, i);
    return NULL;
}

static const char *title_by_code(const struct telling *t, const char *list, const char *code)
{
    const json_t *row = row_by_code(json_object_get(t->event, list), code);
    return row ? setup_title(t->view, json_object_get(row, "title")) : code;
}

static void tell_who(const struct telling *t)
{
    const json_t *admits = json_object_get(t->row, "admits");
    const char *all = NULL;
    if (!admits) {
        add(t->facts, words(t, "setup.all"));
        return;
    }
    for (size_t i = 0; i < json_array_size(admits); i++) {
        const char *title = title_by_code(t, "categories", json_string_value(json_array_get(admits, i)));
        all = all ? arena_printf(t->view->arena, "%s, %s", all, title) : title;
    }
    add(t->facts, all ? all : words(t, "setup.nobody"));
}

/* Local times of one event compare as texts. */
static bool overlaps(const json_t *a, const json_t *b)
{
    return strcmp(text_of(a, "starts"), text_of(b, "ends")) < 0 && strcmp(text_of(b, "starts"), text_of(a, "ends")) < 0;
}

static void warn_of_times(const struct telling *t)
{
    const json_t *sessions = json_object_get(t->event, "sessions");
    bool outside = strcmp(text_of(t->row, "starts"), text_of(t->event, "starts")) < 0 || strcmp(text_of(t->row, "ends"), text_of(t->event, "ends")) > 0;
    if (outside) add(t->warnings, words(t, "setup.warn_outside"));
    for (size_t i = 0; i < json_array_size(sessions); i++) {
        const json_t *other = json_array_get(sessions, i);
        if (other == t->row || !*text_of(t->row, "area") || strcmp(text_of(other, "area"), text_of(t->row, "area")) != 0 || !overlaps(t->row, other)) continue;
        add(t->warnings, arena_printf(t->view->arena, "%s \u2068%s\u2069", words(t, "setup.warn_overlap"), setup_title(t->view, json_object_get(other, "title"))));
    }
}

static void tell_session(const struct telling *t)
{
    const char *starts = text_of(t->row, "starts"), *ends = text_of(t->row, "ends");
    bool one_day = strncmp(starts, ends, 10) == 0;
    add(t->facts, one_day ? arena_printf(t->view->arena, "%s – %s", moment(t, starts, false), moment(t, ends, true))
                          : arena_printf(t->view->arena, "%s – %s", moment(t, starts, true), moment(t, ends, true)));
    if (*text_of(t->row, "area")) add(t->facts, title_by_code(t, "areas", text_of(t->row, "area")));
    add(t->facts, text_of(t->row, "room"));
    const json_t *speakers = json_object_get(t->row, "speakers");
    for (size_t i = 0; i < json_array_size(speakers); i++) add(t->facts, json_string_value(json_array_get(speakers, i)));
    tell_who(t);
    if (json_is_false(json_object_get(t->row, "carry_over"))) add(t->facts, words(t, "setup.no_carry_over"));
    warn_of_times(t);
}

static void tell_gate(const struct telling *t, json_t *out)
{
    add(t->facts, words(t, arena_printf(t->view->arena, "setup.is.%s", text_of(t->row, "kind"))));
    if (*text_of(t->row, "area")) add(t->facts, title_by_code(t, "areas", text_of(t->row, "area")));
    if (strcmp(text_of(t->row, "kind"), "entry") == 0) add(t->facts, words(t, arena_printf(t->view->arena, "setup.is.%s", text_of(t->row, "direction"))));
    tell_who(t);
    view_put_flag(out, "may_close", true);
    if (!*text_of(t->row, "closed")) return;
    view_put_flag(out, "closed", true);
    add(t->warnings, arena_printf(t->view->arena, "%s \u2068%s\u2069", words(t, "setup.closed_since"), moment(t, text_of(t->row, "closed"), true)));
}

static void tell_area(const struct telling *t, bool first)
{
    const json_t *capacity = json_object_get(t->row, "capacity"), *gates = json_object_get(t->event, "gates");
    const char *own = NULL;
    if (first) add(t->facts, words(t, "setup.first_area"));
    if (capacity) add(t->facts, arena_printf(t->view->arena, "%s %lld", words(t, "setup.places"), (long long)json_integer_value(capacity)));
    for (size_t i = 0; i < json_array_size(gates); i++) {
        const json_t *gate = json_array_get(gates, i);
        if (strcmp(text_of(gate, "area"), text_of(t->row, "code")) != 0) continue;
        const char *title = setup_title(t->view, json_object_get(gate, "title"));
        own = own ? arena_printf(t->view->arena, "%s, %s", own, title) : title;
    }
    if (own) add(t->facts, own);
    else add(t->warnings, words(t, "setup.warn_no_gate"));
}

static void tell_attribute(const struct telling *t)
{
    add(t->facts, words(t, arena_printf(t->view->arena, "setup.is.%s", text_of(t->row, "type"))));
    json_t *values = json_object_get(t->row, "values"), *title;
    const char *code;
    json_object_foreach(values, code, title) add(t->facts, setup_title(t->view, title));
    if (json_is_true(json_object_get(t->row, "sensitive"))) add(t->facts, words(t, "setup.is_sensitive"));
}

bool setup_has_order(const struct form_table *table)
{
    return table->kind == SETUP_AREA || table->kind == SETUP_GATE || table->kind == SETUP_CATEGORY;
}

static json_t *item_of(struct view *view, const struct form_table *table, const json_t *event, json_t *row, bool first, bool last)
{
    json_t *out = json_object();
    struct telling t = {view, event, row, json_array(), json_array()};
    view_put(out, "title", setup_title(view, json_object_get(row, "title")));
    view_put(out, "code", text_of(row, "code"));
    view_put(out, "mark", text_of(row, SETUP_MARK));
    view_put_flag(out, "may_move", setup_has_order(table) && !(first && last));
    view_put_flag(out, "is_first", first);
    view_put_flag(out, "is_last", last);
    if (json_object_get(row, "color")) view_put(out, "colour", text_of(row, "color"));
    if (table->kind == SETUP_SESSION) tell_session(&t);
    if (table->kind == SETUP_GATE) tell_gate(&t, out);
    if (table->kind == SETUP_AREA) tell_area(&t, first);
    if (table->kind == SETUP_ATTRIBUTE_TYPE) tell_attribute(&t);
    view_put_json(out, "facts", t.facts);
    view_put_json(out, "warnings", t.warnings);
    return out;
}

static int by_time(const void *a, const void *b)
{
    const json_t *left = *(json_t *const *)a, *right = *(json_t *const *)b;
    int order = strcmp(text_of(left, "starts"), text_of(right, "starts"));
    return order ? order : strcmp(text_of(left, "code"), text_of(right, "code"));
}

json_t *setup_items(struct view *view, const struct form_table *table, const json_t *setup)
{
    const json_t *event = json_object_get(setup, "event"), *rows = json_object_get(table->kind == SETUP_ATTRIBUTE_TYPE ? setup : event, table->list);
    size_t count = json_array_size(rows);
    json_t *items = json_array(), **sorted = arena_array(view->arena, count + 1, sizeof(json_t *));
    for (size_t i = 0; sorted && i < count; i++) sorted[i] = json_array_get(rows, i);
    if (sorted && table->kind == SETUP_SESSION) qsort(sorted, count, sizeof(json_t *), by_time);
    for (size_t i = 0; sorted && i < count; i++) json_array_append_new(items, item_of(view, table, event, sorted[i], i == 0, i + 1 == count));
    return items;
}
