/* What an organiser changes of one person. */
#include "core/congress/register/edit.h"
#include "core/base/id.h"
#include "core/base/json.h"
#include "core/base/text.h"
#include "core/congress/person_facts.h"
#include "core/congress/register/edit_private.h"
#include "core/congress/store/store.h"

#include <string.h>

#define CODE_TRIES 8

/* --- what all edits share --- */

enum err edit_audit(struct register_doing *doing, const char *action, const char *subject, json_t *detail)
{
    const char *text = detail ? json_text(doing->arena, detail) : NULL;
    json_decref(detail);
    return text ? audit_write(doing->db, doing->at_ms, doing->actor, action, subject, text) : ERR_NOMEM;
}

enum err edit_find_person(struct register_doing *doing, const char *code, struct register_person *ret)
{
    enum err e = register_person_by_code(doing->db, doing->arena, code, ret);
    return e == ERR_NOT_FOUND ? fault_because(doing->fault, e, "register_person", code, "there is nobody with the code \"%.64s\"", code) : e;
}

enum err edit_find_unit(struct register_doing *doing, const char *code, int64_t *ret)
{
    struct register_unit unit;
    enum err e = register_unit_by_code(doing->db, doing->arena, code, &unit);
    if (e == ERR_NOT_FOUND) return fault_because(doing->fault, e, "register_unit", code, "there is no unit \"%.64s\"", code);
    struct sql_register_unit_closed_row row;
    if (e == OK) e = sql_register_unit_closed(doing->db, doing->arena, unit.id, &row);
    if (e == OK && row.closed_day) return fault_because(doing->fault, ERR_CONFLICT, "register_unit_closed", unit.code, "the unit %s is closed", unit.code);
    if (e == OK) *ret = unit.id;
    return e;
}

enum err edit_text(struct register_doing *doing, const char *field, const char *given, size_t most, const char **place)
{
    if (!given) return OK;
    char *tidy = text_tidy(doing->arena, given);
    if (!tidy || !text_is_printable(tidy) || text_length(tidy) > most)
        return fault_because(doing->fault, ERR_INPUT, "register_value", field, "%s: is no text, too long, or has control characters", field);
    *place = *tidy ? tidy : NULL;
    return OK;
}

/* Of a language map each text, as edit_text has it. */
static enum err edit_map(struct register_doing *doing, const char *field, const char *given, const char **place)
{
    json_t *map = NULL, *tidy = json_object(), *value;
    const char *tag, *text;
    enum err e = tidy && json_read(given, strlen(given), &map, NULL) == OK && json_is_object(map) ? OK : ERR_INPUT;
    if (e == OK) json_object_foreach(map, tag, value) {
        text = NULL;
        if (e == OK) e = json_is_string(value) ? edit_text(doing, field, json_string_value(value), EDIT_TEXT_MOST, &text) : ERR_INPUT;
        if (e == OK && text && json_object_set_new(tidy, tag, json_string(text)) != 0) e = ERR_NOMEM;
    }
    const char *stored = e == OK && json_object_size(tidy) ? json_text(doing->arena, tidy) : NULL;
    if (e == OK && json_object_size(tidy) && !stored) e = ERR_NOMEM;
    json_decref(map);
    json_decref(tidy);
    if (e == ERR_INPUT) return fault_because(doing->fault, e, "register_value", field, "%s: is no language map", field);
    if (e == OK) *place = stored;
    return e;
}

/* A text that looks like a language map is kept as what it is. */
enum err edit_label(struct register_doing *doing, const char *field, const char *given, bool as_stored, const char **place)
{
    if (!given) return OK;
    if (as_stored && *given == '{') return edit_map(doing, field, given, place);
    enum err e = edit_text(doing, field, given, EDIT_TEXT_MOST, place);
    if (e != OK || !*place || (**place != '{' && **place != '"')) return e;
    json_t *value = json_string(*place);
    *place = value ? json_text(doing->arena, value) : NULL;
    json_decref(value);
    return *place ? OK : ERR_NOMEM;
}

static enum err refuse_value(struct register_doing *doing, const char *field, const char *given)
{
    return fault_because(doing->fault, ERR_INPUT, "register_value", field, "%s: \"%.60s\" cannot be", field, given);
}

enum err edit_code(struct register_doing *doing, const char *given, const char *now)
{
    struct sql_register_code_free_row row;
    if (!text_is_code(given)) return refuse_value(doing, "code", given);
    if (now && strcmp(given, now) == 0) return OK;
    enum err e = sql_register_code_free(doing->db, NULL, given, &row);
    if (e == OK && row.taken) return fault_because(doing->fault, ERR_CONFLICT, "register_code_taken", given, "the code \"%.64s\" is somebody's already", given);
    return e;
}

/* --- the facts of a person --- */

static bool is_past(const struct register_doing *doing, const char *day)
{
    return person_day_is_good(day) && strncmp(day, doing->today, strlen(day)) <= 0;
}

static enum err edit_checked(struct register_doing *doing, const char *field, const char *given, const char **place)
{
    const char *text = NULL;
    if (!given) return OK;
    enum err e = edit_text(doing, field, given, EDIT_TEXT_MOST, &text);
    if (e != OK) return e;
    bool good = true;
    if (text && strcmp(field, "phone") == 0) good = person_phone_is_good(text);
    else if (text && strcmp(field, "email") == 0) good = person_email_is_good(text);
    else if (text && strcmp(field, "gender") == 0) good = strcmp(text, "f") == 0 || strcmp(text, "m") == 0 || strcmp(text, "x") == 0;
    else if (text) good = is_past(doing, text); /* born, joined */
    if (!good) return refuse_value(doing, field, given);
    *place = text;
    return OK;
}

static const char *first_language(struct register_doing *doing)
{
    struct sql_amend_languages_row row;
    json_t *list = NULL;
    bool stored = sql_amend_languages(doing->db, doing->arena, &row) == OK && row.languages && json_read(row.languages, strlen(row.languages), &list, NULL) == OK;
    const char *first = stored ? json_string_value(json_array_get(list, 0)) : NULL, *kept = first ? arena_strdup(doing->arena, first) : NULL;
    json_decref(list);
    return kept ? kept : "vi";
}

enum err edit_derive(struct register_doing *doing, struct register_person *person)
{
    return person_derive(doing->arena, first_language(doing), person->name, person->sort_name, &person->name_fold, &person->name_sort);
}

static enum err read_facts(struct register_doing *doing, const struct register_edit *edit, const char *now_code, struct register_person *p)
{
    enum err e = edit->code ? edit_code(doing, edit->code, now_code) : OK;
    if (edit->code) p->code = edit->code;
    if (e == OK) e = edit_text(doing, "name", edit->name, 200, &p->name);
    if (e == OK && !p->name) e = refuse_value(doing, "name", "");
    if (e == OK) e = edit_text(doing, "sort_name", edit->sort_name, 200, &p->sort_name);
    if (e == OK) e = edit_text(doing, "honorific", edit->honorific, EDIT_TEXT_MOST, &p->honorific);
    if (e == OK) e = edit_label(doing, "title", edit->title, edit->labels_as_stored, &p->title);
    if (e == OK) e = edit_checked(doing, "gender", edit->gender, &p->gender);
    if (e == OK) e = edit_checked(doing, "born", edit->born, &p->born);
    if (e == OK) e = edit_checked(doing, "joined", edit->joined, &p->joined);
    if (e == OK) e = edit_checked(doing, "phone", edit->phone, &p->phone);
    if (e == OK) e = edit_checked(doing, "email", edit->email, &p->email);
    return e == OK ? edit_derive(doing, p) : e;
}

static json_t *changed_fields(const struct register_person *a, const struct register_person *b)
{
    const char *const fields[][3] = {{"code", a->code, b->code}, {"name", a->name, b->name}, {"sort_name", a->sort_name, b->sort_name},
                                     {"honorific", a->honorific, b->honorific}, {"title", a->title, b->title}, {"gender", a->gender, b->gender},
                                     {"born", a->born, b->born}, {"joined", a->joined, b->joined}, {"phone", a->phone, b->phone}, {"email", a->email, b->email}};
    json_t *list = json_array();
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        if (register_differs(fields[i][1], fields[i][2])) (void)json_array_append_new(list, json_string(fields[i][0]));
    return json_pack("{s:o}", "fields", list);
}

enum err register_person_version(struct db *db, int64_t person_id, int64_t *ret)
{
    struct sql_register_version_row row;
    enum err e = sql_register_version(db, NULL, person_id, &row);
    if (e == OK) *ret = row.version;
    return e;
}

static enum err check_seen(struct register_doing *doing, const struct register_person *person, int64_t seen)
{
    int64_t version = 0;
    enum err e = seen ? register_person_version(doing->db, person->id, &version) : OK;
    if (e != OK || version == seen) return e;
    return fault_because(doing->fault, ERR_CONFLICT, "register_changed", person->name, "somebody changed %s meanwhile: look again", person->name);
}

enum err register_check_seen(struct register_doing *doing, const char *code, int64_t seen)
{
    struct register_person person;
    enum err e = edit_find_person(doing, code, &person);
    return e == OK ? check_seen(doing, &person, seen) : e;
}

/* Who stands for somebody names them by their code. */
static enum err follow_code(struct register_doing *doing, const char *old, const char *code)
{
    struct sql_merge_replaced_row *rows = NULL;
    size_t count = 0;
    enum err e = strcmp(old, code) != 0 ? sql_merge_replaced(doing->db, doing->arena, old, &rows, &count) : OK;
    for (size_t i = 0; e == OK && i < count; i++) e = sql_merge_replaced_to(doing->db, rows[i].id, code, NULL);
    return e;
}

enum err register_edit_person(struct register_doing *doing, const char *code, const struct register_edit *edit)
{
    struct register_person before, after;
    bool changed = false;
    enum err e = edit_find_person(doing, code, &before);
    if (e == OK) e = check_seen(doing, &before, edit->seen);
    if (e != OK) return e;
    after = before;
    e = read_facts(doing, edit, before.code, &after);
    if (e == OK) e = register_write_person(doing, &before, &after, NULL, 0, &changed);
    if (e != OK || !changed) return e;
    e = follow_code(doing, before.code, after.code);
    if (e == OK) e = edit_audit(doing, "register person", after.code, changed_fields(&before, &after));
    return e == OK ? register_tell(doing, after.id) : e;
}

static enum err make_code(struct register_doing *doing, const char **ret)
{
    for (int tries = 0; tries < CODE_TRIES; tries++) {
        struct sql_register_code_free_row row;
        char token[ID_TOKEN_SIZE];
        id_token_make(token);
        *ret = arena_printf(doing->arena, "M-%.6s", token);
        enum err e = *ret ? sql_register_code_free(doing->db, NULL, *ret, &row) : ERR_NOMEM;
        if (e != OK || !row.taken) return e;
    }
    return ERR_BUG;
}

enum err register_add_person(struct register_doing *doing, const struct register_edit *facts, const char *unit, const char **ret_code)
{
    struct register_person person = {.id = id_next(doing->ids), .unit_id = DB_NULL};
    bool was_joining = doing->is_joining;
    enum err e = edit_check_day(doing);
    if (e == OK && unit && *unit) e = edit_find_unit(doing, unit, &person.unit_id);
    if (e == OK) e = read_facts(doing, facts, NULL, &person);
    if (e == OK && !person.code) e = make_code(doing, &person.code);
    doing->is_joining = true;
    if (e == OK) e = register_write_person(doing, NULL, &person, NULL, 0, NULL);
    doing->is_joining = was_joining;
    if (e == OK) e = edit_audit(doing, "register add", person.code, json_pack("{s:s?,s:s}", "unit", unit, "day", doing->day));
    if (e == OK) e = register_tell(doing, person.id);
    if (e == OK) *ret_code = person.code;
    return e;
}

/* --- attributes --- */

static enum err find_value(struct register_doing *doing, int64_t person_id, const char *type, struct sql_register_values_row *ret)
{
    struct sql_register_values_row *rows;
    size_t count;
    enum err e = sql_register_values(doing->db, doing->arena, person_id, &rows, &count);
    for (size_t i = 0; e == OK && i < count; i++) {
        if (strcmp(rows[i].code, type) != 0) continue;
        *ret = rows[i];
        return OK;
    }
    return e != OK ? e : fault_because(doing->fault, ERR_INPUT, "register_field", type, "there is no attribute type \"%.64s\"", type);
}

enum err register_edit_attribute(struct register_doing *doing, const char *code, const char *type, const char *value)
{
    struct register_person person;
    struct sql_register_values_row have = {0};
    json_t *json = NULL;
    bool changed = false;
    enum err e = edit_find_person(doing, code, &person);
    if (e == OK) e = find_value(doing, person.id, type, &have);
    if (e != OK) return e;
    bool good = !value || (json_read(value, strlen(value), &json, NULL) == OK && person_attribute_is_good(have.kind, have.choices, json));
    const char *stored = value && good ? json_canonical(doing->arena, json) : NULL;
    json_decref(json);
    if (!good) return fault_because(doing->fault, ERR_INPUT, "register_value", type, "%s: is no value of this kind", type);
    if (value && !stored) return ERR_NOMEM;
    const struct register_attribute attribute = {have.type_id, have.value, stored};
    e = register_write_person(doing, &person, &person, &attribute, 1, &changed);
    if (e != OK || !changed) return e;
    return edit_audit(doing, "register person", person.code, json_pack("{s:[s+]}", "fields", "attribute:", type));
}
