/* Which data are wanted of everybody. */
#include "core/base/json.h"
#include "core/congress/register/known.h"
#include "core/congress/register/people.h"
#include "core/congress/register/write_private.h"
#include "core/congress/store/store.h"

#include <string.h>

static const struct register_field columns[] = {{"born", NULL, KNOWN_BORN, true, false}, {"gender", NULL, KNOWN_GENDER, true, false},
                                                {"phone", NULL, KNOWN_PHONE, true, false}, {"unit", NULL, KNOWN_UNIT, true, false},
                                                {"photo", NULL, KNOWN_PHOTO, true, false}, {"joined", NULL, KNOWN_JOINED, true, false},
                                                {"email", NULL, KNOWN_EMAIL, false, false}, {"title", NULL, KNOWN_TITLE, false, false},
                                                {"honorific", NULL, KNOWN_HONORIFIC, false, false}};
_Static_assert(sizeof columns / sizeof columns[0] + KNOWN_TYPES_MOST <= REGISTER_FIELDS_MOST, "fields");

static enum err add_types(struct db *db, struct arena *arena, struct register_fields *fields)
{
    struct sql_register_types_row *rows;
    size_t count;
    enum err e = sql_register_types(db, arena, &rows, &count);
    for (size_t i = 0; e == OK && i < count; i++) {
        const char *code = arena_printf(arena, "attribute:%s", rows[i].code);
        if (!code) return ERR_NOMEM;
        if (fields->count == REGISTER_FIELDS_MOST) break; /* without a mark: nobody has a value of it yet, or there are too many to count them all */
        fields->items[fields->count++] = (struct register_field){code, rows[i].title, rows[i].mask, false, rows[i].sensitive != 0};
    }
    return e;
}

static void choose(struct register_fields *fields, const json_t *chosen)
{
    for (size_t i = 0; i < fields->count; i++) {
        size_t k;
        json_t *code;
        fields->items[i].wanted = false;
        json_array_foreach(chosen, k, code)
            if (json_is_string(code) && strcmp(json_string_value(code), fields->items[i].code) == 0) fields->items[i].wanted = true;
    }
}

enum err register_fields_read(struct db *db, struct arena *arena, struct register_fields *ret)
{
    struct register_fields fields = {.count = sizeof columns / sizeof columns[0]};
    const char *stored = NULL;
    json_t *chosen = NULL;
    memcpy(fields.items, columns, sizeof columns);
    enum err e = add_types(db, arena, &fields);
    if (e == OK) e = setting_read(db, arena, REGISTER_WANTED_SETTING, &stored);
    if (e == OK && stored && json_read(stored, strlen(stored), &chosen, NULL) == OK) choose(&fields, chosen);
    json_decref(chosen);
    for (size_t i = 0; i < fields.count; i++)
        if (fields.items[i].wanted) fields.wanted |= fields.items[i].mask;
    if (e == OK) *ret = fields;
    return e;
}

static bool is_field(const struct register_fields *fields, const char *code)
{
    for (size_t i = 0; i < fields->count; i++)
        if (strcmp(fields->items[i].code, code) == 0) return true;
    return false;
}

enum err register_wanted_write(struct register_doing *doing, const char *const *codes, size_t count)
{
    struct register_fields fields;
    enum err e = register_load_types(doing); /* each gets its mark, if there is one left */
    if (e == OK) e = register_fields_read(doing->db, doing->arena, &fields);
    json_t *list = json_array();
    for (size_t i = 0; e == OK && i < count; i++) {
        if (!is_field(&fields, codes[i])) e = fault_because(doing->fault, ERR_INPUT, "register_field", codes[i], "there is no field \"%s\"", codes[i]);
        else if (json_array_append_new(list, json_string(codes[i])) != 0) e = ERR_NOMEM;
    }
    const char *text = e == OK ? json_text(doing->arena, list) : NULL;
    json_decref(list);
    if (e == OK && !text) e = ERR_NOMEM;
    if (e == OK) e = setting_write(doing->db, REGISTER_WANTED_SETTING, text);
    return e == OK ? audit_write(doing->db, doing->at_ms, doing->actor, "register wanted", "register", text) : e;
}
