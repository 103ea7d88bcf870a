/* A mapping as JSON, format "plenum-list-mapping/1": what is remembered, and what a page or a script shows and sends back. */
#include "core/base/json.h"
#include "core/congress/list/list_private.h"

#include <string.h>

#define FORMAT "plenum-list-mapping/1"

static const char *const orders[] = {NULL, "day", "month", "year"};
static const char *const unit_ways[] = {"no", "sections", "sheets"};

/* --- writing --- */

static json_t *place_json(const struct list_place *p, bool told, bool *failed)
{
    json_t *o = json_sure(json_object(), failed);
    bool bad = json_object_set_new(o, "sheet", json_string(p->name)) != 0;
    bad = bad || json_object_set_new(o, "index", json_integer(p->sheet)) != 0 || json_object_set_new(o, "taken", json_boolean(p->taken)) != 0;
    bad = bad || json_object_set_new(o, "header", json_pack("[II]", (json_int_t)p->header_first, (json_int_t)p->header_last)) != 0;
    bad = bad || json_object_set_new(o, "data", json_pack("[II]", (json_int_t)p->data_first, (json_int_t)p->data_last)) != 0;
    if (told) {
        bad = bad || json_object_set_new(o, "hidden", json_boolean(p->hidden)) != 0 || json_object_set_new(o, "rows", json_integer(p->row_count)) != 0;
        bad = bad || json_object_set_new(o, "confidence", json_integer(p->confidence)) != 0;
    }
    *failed = *failed || bad;
    return o;
}

static json_t *at_json(const struct list_mapping *m, const struct list_place *p, bool *failed)
{
    json_t *list = json_sure(json_array(), failed);
    for (size_t i = 0; i < m->column_count; i++) {
        char letters[SHEET_ADDRESS_SIZE];
        json_t *one = p->at[i] == LIST_NOT_THERE ? json_null() : json_string(sheet_cell_address(0, p->at[i], letters));
        if (json_array_append_new(list, one) != 0) *failed = true;
    }
    return list;
}

static enum err set_use(json_t *o, const char *key, const struct list_use *use, struct arena *arena)
{
    const char *word = list_use_text(arena, use);
    return word && json_object_set_new(o, key, json_string(word)) == 0 ? OK : ERR_NOMEM;
}

static json_t *column_json(const struct list_column *c, bool told, struct arena *arena, bool *failed)
{
    char letters[SHEET_ADDRESS_SIZE];
    json_t *o = json_sure(json_object(), failed);
    bool bad = json_object_set_new(o, "column", json_string(sheet_cell_address(0, c->column, letters))) != 0;
    bad = bad || json_object_set_new(o, "heading", json_string(c->heading)) != 0 || set_use(o, "field", &c->use, arena) != OK;
    if (c->order != LIST_ORDER_UNKNOWN) bad = bad || json_object_set_new(o, "order", json_string(orders[c->order])) != 0;
    if (told) {
        bad = bad || json_object_set_new(o, "confidence", json_integer(c->confidence)) != 0 || json_object_set_new(o, "why", json_string(c->why ? c->why
            : "unknown")) != 0;
        bad = bad || json_object_set_new(o, "filled", json_integer(c->filled)) != 0;
        if (c->rival.field) bad = bad || set_use(o, "rival", &c->rival, arena) != OK;
        json_t *samples = json_sure(json_array(), failed);
        for (size_t i = 0; i < c->sample_count; i++) bad = bad || json_array_append_new(samples, json_string(c->samples[i])) != 0;
        bad = json_object_set_new(o, "samples", samples) != 0 || bad;
    }
    *failed = *failed || bad;
    return o;
}

static json_t *ways_json(const struct list_ways *w, bool *failed)
{
    char one[2] = {w->one, '\0'};
    json_t *o = json_sure(json_object(), failed);
    bool bad = json_object_set_new(o, "capitals", json_boolean(w->capitals)) != 0 || json_object_set_new(o, "honorific", json_boolean(w->honorific)) != 0;
    bad = bad || json_object_set_new(o, "new_units", json_boolean(w->new_units)) != 0 || json_object_set_new(o, "units", json_string(unit_ways[w->units])) != 0;
    if (w->order != LIST_ORDER_UNKNOWN) bad = bad || json_object_set_new(o, "order", json_string(orders[w->order])) != 0;
    if (w->one) bad = bad || json_object_set_new(o, "one", json_string(one)) != 0;
    *failed = *failed || bad;
    return o;
}

enum err list_mapping_write(const struct list_mapping *mapping, bool told, struct arena *arena, char **ret)
{
    bool failed = false;
    json_t *root = json_sure(json_object(), &failed), *places = json_sure(json_array(), &failed), *columns = json_sure(json_array(), &failed);
    for (size_t i = 0; i < mapping->place_count; i++) {
        json_t *place = place_json(&mapping->places[i], told, &failed);
        if (mapping->places[i].at && json_object_set_new(place, "at", at_json(mapping, &mapping->places[i], &failed)) != 0) failed = true;
        if (json_array_append_new(places, place) != 0) failed = true;
    }
    for (size_t i = 0; i < mapping->column_count; i++)
        if (json_array_append_new(columns, column_json(&mapping->columns[i], told, arena, &failed)) != 0) failed = true;
    if (json_object_set_new(root, "format", json_string(FORMAT)) != 0 || json_object_set_new(root, "target",
        json_string(list_target_name(mapping->target))) != 0) failed = true;
    if (json_object_set_new(root, "sheets", places) != 0) failed = true;
    if (json_object_set_new(root, "columns", columns) != 0) failed = true;
    if (json_object_set_new(root, "ways", ways_json(&mapping->ways, &failed)) != 0) failed = true;
    char *text = failed ? NULL : json_text(arena, root);
    json_decref(root);
    if (!text) return ERR_NOMEM;
    *ret = text;
    return OK;
}

/* --- reading --- */

struct read_place {
    const char *sheet;
    int64_t index, rows, confidence;
    bool taken, hidden;
    json_t *header, *data, *at;
};

struct read_column {
    const char *column, *heading, *field, *order, *why, *rival;
    int64_t confidence, filled;
    json_t *samples;
};

struct read_ways {
    bool capitals, honorific, new_units;
    const char *units, *order, *one;
};

struct read_mapping {
    const char *format, *target;
    json_t *sheets, *columns, *ways;
};

struct reading {
    const struct list_known *known;
    struct arena *arena;
    struct fault *fault;
};

static enum err read_pair(const struct reading *r, json_t *list, const struct json_place *place, uint32_t *ret_first, uint32_t *ret_last)
{
    json_t *a = json_array_get(list, 0), *b = json_array_get(list, 1);
    bool good = list && json_array_size(list) == 2 && json_is_integer(a) && json_is_integer(b);
    json_int_t first = good ? json_integer_value(a) : 0, last = good ? json_integer_value(b) : 0;
    if (!good || first < 0 || last < 0 || first > 1048576 || last > 1048576 || (last && last < first)) return json_fault(r->fault, place, "must be two row numbers");
    *ret_first = (uint32_t)first;
    *ret_last = (uint32_t)last;
    return OK;
}

static enum err read_order(const struct reading *r, const char *text, const struct json_place *place, enum list_order *ret)
{
    if (!text) return OK;
    for (int i = LIST_DAY_FIRST; i <= LIST_YEAR_FIRST; i++) {
        if (strcmp(text, orders[i]) != 0) continue;
        *ret = (enum list_order)i;
        return OK;
    }
    return json_fault(r->fault, place, "\"%.40s\" is none of day, month, year", text);
}

static enum err read_letters(const struct reading *r, const char *text, const struct json_place *place, uint32_t *ret)
{
    uint32_t row;
    if (sheet_parse_address(text, &row, ret) && !row) return OK;
    return json_fault(r->fault, place, "\"%.40s\" is no column", text);
}

static enum err read_at(const struct reading *r, json_t *list, size_t columns, const struct json_place *place, const uint32_t **ret)
{
    if (!list) return OK;
    uint32_t *at = arena_array(r->arena, columns + 1, sizeof *at);
    if (!at) return fault_set(r->fault, ERR_NOMEM, "not enough memory");
    if (json_array_size(list) != columns) return json_fault(r->fault, place, "must be one column for each of \"columns\"");
    for (size_t i = 0; i < columns; i++) {
        json_t *one = json_array_get(list, i);
        struct json_place here = {.up = place, .index = i};
        at[i] = LIST_NOT_THERE;
        if (json_is_null(one)) continue;
        if (!json_is_string(one)) return json_fault(r->fault, &here, "must be a column or null");
        enum err e = read_letters(r, json_string_value(one), &here, &at[i]);
        if (e != OK) return e;
    }
    *ret = at;
    return OK;
}

static enum err read_place(const struct reading *r, json_t *json, size_t columns, const struct json_place *place, struct list_place *ret)
{
    static const struct json_spec specs[] = {
        {"sheet", JSON_SPEC_TEXT, offsetof(struct read_place, sheet), JSON_REQUIRED, 0}, {"index", JSON_SPEC_INTEGER, offsetof(struct read_place, index),
                                                                                          JSON_REQUIRED, 0},
        {"taken", JSON_SPEC_BOOLEAN, offsetof(struct read_place, taken), JSON_REQUIRED, 0}, {"header", JSON_SPEC_ARRAY, offsetof(struct read_place, header),
            JSON_REQUIRED, 2},
        {"data", JSON_SPEC_ARRAY, offsetof(struct read_place, data), JSON_REQUIRED, 2}, {"at", JSON_SPEC_ARRAY, offsetof(struct read_place, at), 0, LIST_COLUMNS_MOST},
        {"hidden", JSON_SPEC_BOOLEAN, offsetof(struct read_place, hidden), 0, 0}, {"rows", JSON_SPEC_INTEGER, offsetof(struct read_place, rows), 0, 0},
        {"confidence", JSON_SPEC_INTEGER, offsetof(struct read_place, confidence), 0, 0},
    };
    struct read_place p = {.sheet = ""};
    if (!json_is_object(json)) return json_fault(r->fault, place, "must be an object");
    enum err e = json_take(json, specs, sizeof specs / sizeof specs[0], &p, place, r->fault);
    struct json_place header = {.up = place, .key = "header"}, data = {.up = place, .key = "data"}, at = {.up = place, .key = "at"}, index = {.up = place,
        .key = "index"};
    if (e == OK && (p.index < 0 || p.index > 100000)) return json_fault(r->fault, &index, "is no sheet");
    *ret = (struct list_place){.sheet = (uint32_t)p.index, .taken = p.taken, .hidden = p.hidden, .row_count = p.rows > 0 && p.rows < UINT32_MAX ? (uint32_t)p.rows : 0,
                               .confidence = p.confidence >= 0 && p.confidence <= 100 ? (unsigned)p.confidence : 0};
    if (e == OK) e = read_pair(r, p.header, &header, &ret->header_first, &ret->header_last);
    if (e == OK) e = read_pair(r, p.data, &data, &ret->data_first, &ret->data_last);
    if (e == OK) e = read_at(r, p.at, columns, &at, &ret->at);
    if (e != OK) return e;
    ret->name = arena_strdup(r->arena, p.sheet);
    return ret->name ? OK : fault_set(r->fault, ERR_NOMEM, "not enough memory");
}

static enum err read_samples(const struct reading *r, json_t *list, struct list_column *ret)
{
    for (size_t i = 0; i < json_array_size(list) && i < LIST_SAMPLES_MOST; i++) {
        const char *text = json_string_value(json_array_get(list, i));
        ret->samples[i] = arena_strdup(r->arena, text ? text : "");
        if (!ret->samples[i]) return fault_set(r->fault, ERR_NOMEM, "not enough memory");
        ret->sample_count++;
    }
    return OK;
}

static enum err read_column(const struct reading *r, json_t *json, const struct json_place *place, struct list_column *ret)
{
    static const struct json_spec specs[] = {
        {"column", JSON_SPEC_TEXT, offsetof(struct read_column, column), JSON_REQUIRED, 8}, {"heading", JSON_SPEC_TEXT, offsetof(struct read_column, heading),
            JSON_REQUIRED, 4096},
        {"field", JSON_SPEC_TEXT, offsetof(struct read_column, field), JSON_REQUIRED, 512}, {"order", JSON_SPEC_TEXT, offsetof(struct read_column, order),
            JSON_NULLABLE, 8},
        {"confidence", JSON_SPEC_INTEGER, offsetof(struct read_column, confidence), 0, 0}, {"why", JSON_SPEC_TEXT, offsetof(struct read_column, why), 0, 40},
        {"filled", JSON_SPEC_INTEGER, offsetof(struct read_column, filled), 0, 0}, {"rival", JSON_SPEC_TEXT, offsetof(struct read_column, rival), JSON_NULLABLE, 512},
        {"samples", JSON_SPEC_ARRAY, offsetof(struct read_column, samples), 0, LIST_SAMPLES_MOST},
    };
    struct read_column c = {.confidence = 100};
    if (!json_is_object(json)) return json_fault(r->fault, place, "must be an object");
    enum err e = json_take(json, specs, sizeof specs / sizeof specs[0], &c, place, r->fault);
    if (e != OK) return e;
    struct json_place column = {.up = place, .key = "column"}, field = {.up = place, .key = "field"}, order = {.up = place, .key = "order"};
    *ret = (struct list_column){.heading = arena_strdup(r->arena, c.heading), .confidence = c.confidence >= 0 && c.confidence <= 100 ? (unsigned)c.confidence : 0,
                                .filled = c.filled > 0 && c.filled < UINT32_MAX ? (uint32_t)c.filled : 0};
    if (!ret->heading) return fault_set(r->fault, ERR_NOMEM, "not enough memory");
    if ((e = read_letters(r, c.column, &column, &ret->column)) != OK || (e = read_order(r, c.order, &order, &ret->order)) != OK) return e;
    e = list_use_parse(r->known, r->arena, c.field, &ret->use, NULL);
    if (e == ERR_NOMEM) return fault_set(r->fault, ERR_NOMEM, "not enough memory");
    if (e != OK) return json_fault(r->fault, &field, "there is no field \"%.100s\" in a list of %s", c.field, list_target_name(r->known->target));
    ret->why = ret->use.field ? "chosen" : "ignored";
    return read_samples(r, c.samples, ret);
}

static enum err read_ways(const struct reading *r, json_t *json, struct list_ways *ret)
{
    static const struct json_spec specs[] = {
        {"capitals", JSON_SPEC_BOOLEAN, offsetof(struct read_ways, capitals), 0, 0}, {"honorific", JSON_SPEC_BOOLEAN, offsetof(struct read_ways, honorific), 0, 0},
        {"new_units", JSON_SPEC_BOOLEAN, offsetof(struct read_ways, new_units), 0, 0}, {"units", JSON_SPEC_TEXT, offsetof(struct read_ways, units), 0, 16},
        {"order", JSON_SPEC_TEXT, offsetof(struct read_ways, order), JSON_NULLABLE, 8}, {"one", JSON_SPEC_TEXT, offsetof(struct read_ways, one), JSON_NULLABLE, 1},
    };
    struct json_place place = {.key = "ways"}, units = {.up = &place, .key = "units"}, order = {.up = &place, .key = "order"}, one = {.up = &place, .key = "one"};
    struct read_ways w = {.units = "no"};
    enum err e = json_take(json, specs, sizeof specs / sizeof specs[0], &w, &place, r->fault);
    if (e != OK) return e;
    *ret = (struct list_ways){.capitals = w.capitals, .honorific = w.honorific, .new_units = w.new_units, .language = r->known->language, .country = r->known->country};
    if ((e = read_order(r, w.order, &order, &ret->order)) != OK) return e;
    if (w.one && strcmp(w.one, "m") != 0 && strcmp(w.one, "f") != 0) return json_fault(r->fault, &one, "must be \"m\" or \"f\"");
    ret->one = w.one ? w.one[0] : '\0';
    for (int i = 0; i < 3; i++) {
        if (strcmp(w.units, unit_ways[i]) != 0) continue;
        ret->units = (enum list_units)i;
        return OK;
    }
    return json_fault(r->fault, &units, "\"%.20s\" is none of no, sections, sheets", w.units);
}

static enum err read_lists(const struct reading *r, const struct read_mapping *m, struct list_mapping *ret)
{
    struct json_place columns = {.key = "columns"}, sheets = {.key = "sheets"};
    enum err e = OK;
    ret->column_count = json_array_size(m->columns);
    ret->place_count = json_array_size(m->sheets);
    ret->columns = arena_array(r->arena, ret->column_count + 1, sizeof *ret->columns);
    ret->places = arena_array(r->arena, ret->place_count + 1, sizeof *ret->places);
    if (!ret->columns || !ret->places) return fault_set(r->fault, ERR_NOMEM, "not enough memory");
    for (size_t i = 0; e == OK && i < ret->column_count; i++) {
        struct json_place here = {.up = &columns, .index = i};
        e = read_column(r, json_array_get(m->columns, i), &here, &ret->columns[i]);
    }
    for (size_t i = 0; e == OK && i < ret->place_count; i++) {
        struct json_place here = {.up = &sheets, .index = i};
        e = read_place(r, json_array_get(m->sheets, i), ret->column_count, &here, &ret->places[i]);
    }
    return e;
}

enum err list_mapping_read(const struct list_known *known, const char *text, size_t length, struct arena *arena, struct list_mapping *ret, struct fault *fault)
{
    static const struct json_spec specs[] = {
        {"format", JSON_SPEC_TEXT, offsetof(struct read_mapping, format), JSON_REQUIRED, 64}, {"target", JSON_SPEC_TEXT, offsetof(struct read_mapping, target),
            JSON_REQUIRED, 16},
        {"sheets", JSON_SPEC_ARRAY, offsetof(struct read_mapping, sheets), JSON_REQUIRED, 1000},
        {"columns", JSON_SPEC_ARRAY, offsetof(struct read_mapping, columns), JSON_REQUIRED, LIST_COLUMNS_MOST},
        {"ways", JSON_SPEC_OBJECT, offsetof(struct read_mapping, ways), JSON_REQUIRED, 0},
    };
    struct reading r = {.known = known, .arena = arena, .fault = fault};
    struct json_place format = {.key = "format"}, target = {.key = "target"};
    struct read_mapping m = {.format = ""};
    struct list_mapping made = {.target = known->target};
    json_t *root = NULL;
    enum err e = json_read(text, length, &root, fault);
    if (e != OK) return e;
    if (!json_is_object(root)) e = fault_set(fault, ERR_INPUT, "a mapping is an object");
    if (e == OK) e = json_take(root, specs, sizeof specs / sizeof specs[0], &m, NULL, fault);
    if (e == OK && strcmp(m.format, FORMAT) != 0) e = json_fault(fault, &format, "must be \"%s\"", FORMAT);
    if (e == OK && strcmp(m.target, list_target_name(known->target)) != 0) e = json_fault(fault, &target, "must be \"%s\"", list_target_name(known->target));
    if (e == OK) e = read_ways(&r, m.ways, &made.ways);
    if (e == OK) e = read_lists(&r, &m, &made);
    json_decref(root);
    if (e == OK) *ret = made;
    return e;
}
