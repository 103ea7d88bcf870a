/* People of amendments: found by their code, or made of what the desk was told. */
#include "core/base/clock.h"
#include "core/base/text.h"
#include "core/base/zone.h"
#include "core/congress/delegates/amend_private.h"
#include "core/congress/person_facts.h"

#include <stdio.h>
#include <string.h>

#define NAME_MOST 200
#define FACT_MOST 300
#define CODE_TRIES 8

enum err amend_doing(const struct amend *a, struct register_doing *ret)
{
    *ret = (struct register_doing){.db = a->db, .arena = a->arena, .ids = &a->tools->ids, .at_ms = a->now_ms, .actor = a->actor, .source = "desk",
                                   .of_event = a->programme->event_id, .fault = a->fault};
    return register_begin(ret);
}

enum err amend_text(const struct amend *a, const char *given, const char *what, size_t most, const char **ret)
{
    char *tidy = given ? text_tidy(a->arena, given) : NULL;
    if (given && !tidy) return fault_because(a->fault, ERR_INPUT, "amend_text", what, "%s: is no text", what);
    if (tidy && (strlen(tidy) > most || !text_is_printable(tidy)))
        return fault_because(a->fault, ERR_INPUT, "amend_text", what, "%s: is too long, or has control characters", what);
    *ret = tidy && *tidy ? tidy : NULL;
    return OK;
}

enum err amend_label(const struct amend *a, const char *given, const char *what, const char **ret)
{
    const char *text = NULL;
    enum err e = amend_text(a, given, what, FACT_MOST, &text);
    if (e == OK && text && (text[0] == '{' || text[0] == '"')) {
        json_t *value = json_string(text);
        text = value ? json_text(a->arena, value) : NULL;
        json_decref(value);
        if (!text) return ERR_NOMEM;
    }
    if (e == OK) *ret = text;
    return e;
}

enum err amend_phone(const struct amend *a, const char *given, const char **ret)
{
    const char *text = NULL;
    enum err e = amend_text(a, given, "phone", FACT_MOST, &text);
    if (e == OK && text && !person_phone_is_good(text)) return fault_because(a->fault, ERR_INPUT, "amend_phone", text, "\"%.60s\" is no phone number", text);
    if (e == OK) *ret = text;
    return e;
}

enum err amend_born(const struct amend *a, const char *given, const char **ret)
{
    const char *text = NULL;
    char today[ZONE_TEXT_SIZE];
    enum err e = amend_text(a, given, "born", FACT_MOST, &text);
    if (e != OK) return e;
    if (text && zone_format(a->programme->timezone, a->now_ms, today) != OK) return ERR_NOMEM;
    if (text && (!person_day_is_good(text) || strncmp(text, today, strlen(text)) > 0))
        return fault_because(a->fault, ERR_INPUT, "amend_born", text, "\"%.40s\" is no year or day of birth", text);
    *ret = text;
    return OK;
}

const char *amend_language(const struct amend *a)
{
    struct sql_amend_languages_row row;
    json_t *list = NULL;
    bool stored = sql_amend_languages(a->db, a->arena, &row) == OK && row.languages && json_read(row.languages, strlen(row.languages), &list, NULL) == OK;
    const char *first = stored ? json_string_value(json_array_get(list, 0)) : NULL, *kept = first ? arena_strdup(a->arena, first) : NULL;
    json_decref(list);
    return kept ? kept : "vi";
}

/* Nobody is to be a delegate twice without anybody seeing it. */
static enum err check_same_name(const struct amend *a, const char *fold)
{
    struct sql_amend_same_name_row *rows;
    size_t count;
    enum err e = sql_amend_same_name(a->db, a->arena, a->programme->event_id, fold, &rows, &count);
    if (e != OK) return db_fault(a->db, e, a->fault, "look for the name");
    if (!count) return OK;
    return fault_because(a->fault, ERR_CONFLICT, "amend_same_name", rows[0].code, "%s (%s) is a delegate already", rows[0].name, rows[0].code);
}

static enum err find_unit(const struct amend *a, const char *code, int64_t *ret)
{
    struct sql_delegates_unit_row row;
    if (!code || !*code) return OK;
    enum err e = sql_delegates_unit(a->db, a->arena, code, &row);
    if (e == ERR_NOT_FOUND) return fault_because(a->fault, e, "amend_unit", code, "there is no unit \"%.64s\"", code);
    if (e == OK) *ret = row.id;
    return e;
}

/* Short, and not like any that an office gives: W- and six of Crockford's letters. */
static enum err make_code(const struct amend *a, const char **ret)
{
    struct sql_amend_person_row row;
    char token[ID_TOKEN_SIZE];
    for (int tries = 0; tries < CODE_TRIES; tries++) {
        id_token_make(token);
        const char *code = arena_printf(a->arena, "W-%.6s", token);
        enum err e = code ? sql_amend_person(a->db, a->arena, code, &row) : ERR_NOMEM;
        if (e == ERR_NOT_FOUND) {
            *ret = code;
            return OK;
        }
        if (e != OK) return e;
    }
    return ERR_BUG;
}

static enum err read_person(const struct amend *a, const struct amend_person *wish, struct register_person *ret)
{
    static const char *const genders[] = {"f", "m", "x"};
    const char *name = NULL;
    enum err e = amend_text(a, wish->name, "name", NAME_MOST, &name);
    if (e == OK && !name) return fault_because(a->fault, ERR_INPUT, "amend_no_name", NULL, "a name is needed");
    *ret = (struct register_person){.name = name, .unit_id = DB_NULL};
    if (e == OK) e = amend_text(a, wish->honorific, "honorific", FACT_MOST, &ret->honorific);
    if (e == OK) e = amend_label(a, wish->title, "title", &ret->title);
    if (e == OK) e = amend_phone(a, wish->phone, &ret->phone);
    if (e == OK) e = amend_born(a, wish->born, &ret->born);
    if (e == OK) e = find_unit(a, wish->unit, &ret->unit_id);
    if (e != OK) return e;
    for (size_t i = 0; wish->gender && i < sizeof genders / sizeof genders[0]; i++)
        if (strcmp(wish->gender, genders[i]) == 0) ret->gender = genders[i];
    return person_derive(a->arena, amend_language(a), name, NULL, &ret->name_fold, &ret->name_sort);
}

static enum err make_person(const struct amend *a, const struct amend_person *wish, bool anyway, struct amend_who *ret)
{
    struct register_person in;
    struct register_doing doing;
    enum err e = read_person(a, wish, &in);
    if (e == OK && !anyway) e = check_same_name(a, in.name_fold);
    if (e == OK) e = make_code(a, &in.code);
    if (e != OK) return e;
    in.id = id_next(&a->tools->ids);
    e = amend_doing(a, &doing);
    if (e == OK) e = register_write_person(&doing, NULL, &in, NULL, 0, NULL);
    if (e != OK) return db_fault(a->db, e, a->fault, "store the person");
    *ret = (struct amend_who){in.id, in.unit_id, in.code, in.name, true};
    return OK;
}

enum err amend_take_person(const struct amend *a, const struct amend_person *wish, bool anyway, struct amend_who *ret)
{
    struct register_person row;
    if (!wish->code) return make_person(a, wish, anyway, ret);
    enum err e = register_person_by_code(a->db, a->arena, wish->code, &row);
    if (e == ERR_NOT_FOUND) return fault_because(a->fault, e, "amend_person", wish->code, "there is no person \"%.64s\"", wish->code);
    if (e != OK) return db_fault(a->db, e, a->fault, "look for the person");
    *ret = (struct amend_who){row.id, row.unit_id, row.code, row.name, false};
    return OK;
}
