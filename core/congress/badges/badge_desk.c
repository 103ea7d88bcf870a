#include "core/congress/badges/badge_desk.h"

#include "core/congress/json_time.h"
#include "core/congress/title.h"

#include "catalogue.h"

#include <string.h>

enum err badge_desk_units(struct db *db, struct arena *arena, int64_t event_id, struct badge_desk_unit **ret, size_t *ret_count)
{
    struct sql_badge_desk_units_row *rows;
    size_t count;
    enum err e = sql_badge_desk_units(db, arena, event_id, &rows, &count);
    if (e != OK) return e;
    struct badge_desk_unit *units = arena_array(arena, count + 1, sizeof *units);
    if (!units) return ERR_NOMEM;
    for (size_t i = 0; i < count; i++)
        units[i] = (struct badge_desk_unit){.code = rows[i].code, .name = rows[i].name, .badges = rows[i].badges, .handed = rows[i].handed};
    *ret = units;
    *ret_count = count;
    return OK;
}

/* A digest is not for people: of a photo or the programme it is only told that it is another. */
static bool is_digest(enum print_fact fact)
{
    return fact == PRINT_FACT_PHOTO || fact == PRINT_FACT_LOGO || fact == PRINT_FACT_WIFI || fact == PRINT_FACT_PROGRAMME || fact == PRINT_FACT_PAPERS;
}

static json_t *changes_json(const struct badge_list_row *row)
{
    bool failed = false;
    json_t *list = json_sure(json_array(), &failed);
    for (size_t i = 0; !failed && i < row->change_count; i++) {
        const struct print_change *change = &row->changes[i];
        bool told = !is_digest(change->fact);
        json_t *one = json_pack("{s:s,s:s?,s:s?}", "fact", print_fact_name(change->fact), "before", told ? change->before : NULL, "now",
                                told ? change->now : NULL);
        failed = !one || json_array_append_new(list, one) != 0;
    }
    if (!failed) return list;
    json_decref(list);
    return NULL;
}

static json_t *printed_json(const struct print_before *printed)
{
    if (!printed) return json_null();
    return json_pack("{s:o,s:s,s:s?,s:s,s:s,s:I,s:b}", "at", json_time_or_null(printed->printed_ms), "by", printed->actor, "printer", printed->printer, "layout",
                     printed->layout, "host", printed->host, "issue", (json_int_t)printed->issue, "current", printed->current);
}

enum err badge_desk_one(struct db *db, struct arena *arena, const char *event, const char *code, const char *base_url, const char *kind, print_facts shown,
                        const char *language, json_t **ret, struct fault *fault)
{
    const struct badge_list_filter filter = {.only = &code, .only_count = 1};
    struct sql_badge_desk_place_row place = {0};
    struct badge_list list;
    enum err e = badge_list_load(db, arena, event, &filter, base_url, &list, fault);
    if (e == OK && list.count != 1) e = fault_set(fault, ERR_CONFLICT, "\"%.60s\" is the code of one delegate and the number of another", code);
    if (e == OK) e = print_log_compare(db, arena, &list, kind, base_url, shown, fault);
    if (e != OK) return e;
    const struct badge_list_row *row = &list.rows[0];
    e = sql_badge_desk_place(db, arena, row->delegate_id, &place);
    if (e != OK) return db_fault(db, e, fault, "look for the badge's place");
    json_t *unit = json_null(), *handed = json_null();
    if (place.unit_code) unit = json_pack("{s:s,s:s}", "code", place.unit_code, "name", title_pick(arena, place.unit, language));
    if (place.to_name) handed = json_pack("{s:s,s:o}", "to", place.to_name, "at", json_time_or_null(place.handed_ms));
    *ret = json_pack("{s:s?,s:s?,s:s?,s:I,s:o,s:o,s:o,s:o}", "person", row->person_code, "number", row->number, "name", row->name, "issue",
                     (json_int_t)row->issue, "delegation", unit, "printed", printed_json(row->printed), "changes", changes_json(row), "handed", handed);
    return *ret ? OK : fault_set(fault, ERR_NOMEM, "not enough memory");
}
