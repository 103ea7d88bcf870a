#include "core/congress/badges/handover.h"

#include "core/base/map.h"
#include "core/base/text.h"
#include "core/base/zone.h"
#include "core/congress/json_time.h"
#include "core/congress/store/store.h"
#include "core/congress/title.h"

#include "catalogue.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* --- what is asked for -------------------------------------------------------------------------------------------------------------------- */

/* A wish while it is carried out. */
struct handing {
    struct db *db;
    struct arena *arena;
    const struct handover_wish *wish;
    int64_t event_id, unit_id, to_person_id; /* 0: member cards; no unit; DB_NULL: not in the register */
    const char *timezone, *to_name;
    struct handover_badge *badges;
    size_t count, capacity;
};

static enum err no_memory(struct fault *fault)
{
    return fault_set(fault, ERR_NOMEM, "not enough memory");
}

static enum err find_event(struct db *db, struct arena *arena, const char *event, int64_t *ret_id, const char **ret_timezone, struct fault *fault)
{
    struct sql_delegates_event_head_row head;
    *ret_id = 0;
    *ret_timezone = "UTC";
    if (!event) return OK;
    enum err e = sql_delegates_event_head(db, arena, event, &head);
    if (e == ERR_NOT_FOUND) return fault_set(fault, e, "there is no event \"%s\"", event);
    if (e != OK) return db_fault(db, e, fault, "read the event");
    *ret_id = head.id;
    *ret_timezone = head.timezone;
    return OK;
}

static enum err find_places(struct handing *h, struct fault *fault)
{
    const struct handover_wish *wish = h->wish;
    struct sql_delegates_unit_row unit;
    enum err e = find_event(h->db, h->arena, wish->event, &h->event_id, &h->timezone, fault);
    if (e != OK || !wish->unit) return e;
    e = sql_delegates_unit(h->db, h->arena, wish->unit, &unit);
    if (e == ERR_NOT_FOUND) return fault_set(fault, e, "there is no unit \"%s\"", wish->unit);
    if (e != OK) return db_fault(h->db, e, fault, "read the unit");
    h->unit_id = unit.id;
    return OK;
}

static enum err find_taker(struct handing *h, struct fault *fault)
{
    const struct handover_wish *wish = h->wish;
    h->to_person_id = DB_NULL;
    if (wish->to_person) {
        struct sql_handover_person_row person;
        enum err e = sql_handover_person(h->db, h->arena, wish->to_person, &person);
        if (e == ERR_NOT_FOUND) return fault_set(fault, e, "no person has the code \"%s\"", wish->to_person);
        if (e != OK) return db_fault(h->db, e, fault, "read the person");
        h->to_person_id = person.id;
        h->to_name = person.name;
    }
    if (wish->to_name && text_is_printable(wish->to_name)) {
        const char *tidy = text_tidy(h->arena, wish->to_name);
        if (!tidy) return no_memory(fault);
        if (tidy[0]) h->to_name = tidy;
    }
    if (!h->to_name) return fault_set(fault, ERR_INPUT, "who takes the badges must be named");
    if (strlen(h->to_name) > HANDOVER_NAME_MOST) return fault_set(fault, ERR_INPUT, "the name of who takes the badges is longer than %d bytes", HANDOVER_NAME_MOST);
    return OK;
}

/* --- which badges -------------------------------------------------------------------------------------------------------------------------- */

static enum err add_badge(struct handing *h, const struct handover_badge *badge, int64_t handover_id)
{
    struct handover_badge copy = *badge;
    copy.handed_ms = DB_NULL;
    if (handover_id != DB_NULL) {
        struct sql_handover_head_row head;
        enum err e = sql_handover_head(h->db, h->arena, handover_id, &head);
        if (e != OK) return e;
        copy.to_name = head.to_name;
        copy.handed_ms = head.made_ms;
    }
    if (arena_grow(h->arena, &h->badges, &h->capacity, h->count, sizeof *h->badges) != 0) return ERR_NOMEM;
    h->badges[h->count++] = copy;
    return OK;
}

/* The badges of the event and unit, or the one of `only`. */
static enum err add_badges(struct handing *h, const char *only)
{
    size_t n;
    enum err e;
    if (h->event_id) {
        struct sql_handover_badges_of_row *rows;
        e = sql_handover_badges_of(h->db, h->arena, h->event_id, h->unit_id, only, &rows, &n);
        for (size_t i = 0; e == OK && i < n; i++) {
            const struct handover_badge badge = {.credential_id = rows[i].credential_id, .code = rows[i].code, .number = rows[i].number,
                                                 .name = rows[i].name, .issue = rows[i].issue, .printed = rows[i].printed > 0};
            e = add_badge(h, &badge, rows[i].handover_id);
        }
        return e;
    }
    struct sql_handover_cards_of_row *cards;
    e = sql_handover_cards_of(h->db, h->arena, h->unit_id, only, &cards, &n);
    for (size_t i = 0; e == OK && i < n; i++) {
        const struct handover_badge badge = {.credential_id = cards[i].credential_id, .code = cards[i].code, .number = cards[i].code, .name = cards[i].name,
                                             .issue = cards[i].issue, .printed = cards[i].printed > 0};
        e = add_badge(h, &badge, cards[i].handover_id);
    }
    return e;
}

/* `named`: the badges so far, by their ids. */
static enum err add_named(struct handing *h, const char *word, struct map *named, struct fault *fault)
{
    size_t before = h->count;
    enum err e = *word ? add_badges(h, word) : OK;
    const char *of = h->wish->unit ? " of this delegation" : "";
    if (e != OK) return db_fault(h->db, e, fault, "read the badges");
    if (h->count == before) return fault_set(fault, ERR_NOT_FOUND, "nobody%s with a valid %s has the code%s \"%s\"", of, h->event_id ? "badge" : "member card",
                                             h->event_id ? " or number" : "", word);
    if (h->count > before + 1) return fault_set(fault, ERR_CONFLICT, "\"%s\" is the code of one person and the number of another", word);
    const char *id = arena_printf(h->arena, "%lld", (long long)h->badges[before].credential_id);
    if (!id) return no_memory(fault);
    if (map_get(named, id)) h->count = before; /* named twice */
    else if (map_put(named, id, h) != 0) return no_memory(fault);
    return OK;
}

/* A word of two badges is of neither: `twofold` stands for them. */
static bool call(struct map *badges, const char *word, struct handover_badge *badge, struct handover_badge *twofold)
{
    if (!word) return true;
    struct handover_badge *other = map_get(badges, word);
    return map_put(badges, word, other && other != badge ? twofold : badge) == 0;
}

/* By name, not one by one: 2 000 of 10 000 may stay. */
static enum err leave_out(struct handing *h, struct fault *fault)
{
    const struct handover_wish *wish = h->wish;
    struct handover_badge twofold = {0};
    struct map badges = {.arena = h->arena};
    size_t kept = 0;
    bool *stays = arena_array(h->arena, h->count + 1, sizeof *stays), good = stays != NULL;
    for (size_t i = 0; good && wish->except_count && i < h->count; i++)
        good = call(&badges, h->badges[i].code, &h->badges[i], &twofold) && call(&badges, h->badges[i].number, &h->badges[i], &twofold);
    if (!good) return no_memory(fault);
    for (size_t i = 0; i < wish->except_count; i++) {
        const struct handover_badge *badge = map_get(&badges, wish->except[i]);
        if (!badge) return fault_set(fault, ERR_NOT_FOUND, "\"%s\" is not among the badges that are handed over", wish->except[i]);
        if (badge == &twofold) return fault_set(fault, ERR_CONFLICT, "\"%s\" is the code of one person and the number of another", wish->except[i]);
        stays[badge - h->badges] = true;
    }
    for (size_t i = 0; i < h->count; i++)
        if (!stays[i]) h->badges[kept++] = h->badges[i];
    h->count = kept;
    return OK;
}

static enum err choose_badges(struct handing *h, struct fault *fault)
{
    const struct handover_wish *wish = h->wish;
    struct map named = {.arena = h->arena};
    enum err e = OK;
    if (!wish->unit && !wish->people) return fault_set(fault, ERR_INPUT, "a delegation or people must be named");
    if (!wish->people) {
        e = add_badges(h, "");
        if (e != OK) return db_fault(h->db, e, fault, "read the badges");
    }
    for (size_t i = 0; wish->people && e == OK && i < wish->people_count; i++) e = add_named(h, wish->people[i], &named, fault);
    if (e == OK) e = leave_out(h, fault);
    if (e == OK && !h->count) e = fault_set(fault, ERR_NOT_FOUND, "there is no badge to hand over");
    return e;
}

/* --- the record ---------------------------------------------------------------------------------------------------------------------------- */

static enum err tell_already(struct handing *h, const struct handover_badge *badge, struct fault *fault)
{
    struct zone_time at;
    if (zone_local(h->timezone, badge->handed_ms, &at) != OK) return fault_set(fault, ERR_BUG, "the event's zone is not known");
    return fault_set(fault, ERR_CONFLICT, "the badge of %s %s was handed to %s on %02d/%02d/%d %02d:%02d%s", badge->number ? badge->number : badge->code,
                     badge->name ? badge->name : "", badge->to_name, at.day, at.month, at.year, at.hour, at.minute, h->event_id ? "" : " UTC");
}

/* Sorts out what somebody has already: of a whole delegation it is left out, by name it is refused. */
static enum err settle_already(struct handing *h, struct handover_result *ret, struct fault *fault)
{
    size_t kept = 0;
    ret->already = arena_array(h->arena, h->count + 1, sizeof *ret->already);
    if (!ret->already) return no_memory(fault);
    for (size_t i = 0; i < h->count; i++) {
        const struct handover_badge *badge = &h->badges[i];
        bool has = badge->handed_ms != DB_NULL;
        if (has && h->wish->people && !h->wish->again) return tell_already(h, badge, fault);
        if (has) ret->already[ret->already_count++] = *badge;
        if (!has || h->wish->again) h->badges[kept++] = *badge;
    }
    if (!kept) return tell_already(h, &ret->already[0], fault);
    h->count = kept;
    return OK;
}

static enum err write_down(struct handing *h, struct id_source *ids, struct handover_result *ret)
{
    const struct handover_wish *wish = h->wish;
    ret->id = id_next(ids);
    ret->unprinted = arena_array(h->arena, h->count + 1, sizeof *ret->unprinted);
    if (!ret->unprinted) return ERR_NOMEM;
    enum err e = sql_handover_add(h->db, &(struct sql_handover_add_in){.id = ret->id, .event_id = h->event_id ? h->event_id : DB_NULL,
                                  .unit_id = h->unit_id ? h->unit_id : DB_NULL, .to_name = h->to_name, .to_person_id = h->to_person_id, .made_ms = wish->now_ms,
                                  .actor = wish->actor}, NULL);
    for (size_t i = 0; e == OK && i < h->count; i++) {
        e = sql_handover_add_badge(h->db, ret->id, h->badges[i].credential_id, NULL);
        if (!h->badges[i].printed) ret->unprinted[ret->unprinted_count++] = h->badges[i];
    }
    return e;
}

static enum err write_audit(struct handing *h, const struct handover_result *result)
{
    json_t *detail = json_pack("{s:o,s:s?,s:s?,s:s,s:I}", "id", json_sprintf("%lld", (long long)result->id), "event", h->wish->event, "unit", h->wish->unit, "to",
                               h->to_name, "badges", (json_int_t)h->count);
    const char *text = detail ? json_text(h->arena, detail) : NULL;
    json_decref(detail);
    if (!text) return ERR_NOMEM;
    return audit_write(h->db, h->wish->now_ms, h->wish->actor, "handover", h->wish->event ? h->wish->event : "member cards", text);
}

enum err handover_record(struct db *db, struct arena *arena, struct id_source *ids, const struct handover_wish *wish, struct handover_result *ret, struct fault *fault)
{
    struct handing h = {.db = db, .arena = arena, .wish = wish};
    struct handover_result result = {0};
    enum err e = find_places(&h, fault);
    if (e == OK) e = find_taker(&h, fault);
    if (e == OK) e = choose_badges(&h, fault);
    if (e == OK) e = settle_already(&h, &result, fault);
    if (e != OK) return e;
    e = write_down(&h, ids, &result);
    if (e == OK) e = write_audit(&h, &result);
    if (e != OK) return db_fault(db, e, fault, "write the handover down");
    result.to_name = h.to_name;
    result.count = h.count;
    *ret = result;
    return OK;
}

enum err handover_undo(struct db *db, const char *event, int64_t id, const char *actor, int64_t now_ms, struct fault *fault)
{
    struct arena arena = {0};
    struct sql_handover_head_row head;
    const char *timezone;
    int64_t event_id;
    enum err e = find_event(db, &arena, event, &event_id, &timezone, fault);
    if (e != OK) goto out;
    e = sql_handover_head(db, &arena, id, &head);
    if (e == OK && (head.event_id == DB_NULL ? 0 : head.event_id) != event_id) e = ERR_NOT_FOUND;
    if (e == ERR_NOT_FOUND) (void)fault_set(fault, e, "there is no such handover");
    else if (e == OK && head.undone_ms != DB_NULL) e = fault_set(fault, ERR_CONFLICT, "this handover was undone already");
    if (e != OK) goto out;
    e = sql_handover_mark_undone(db, id, now_ms, NULL);
    const char *detail = arena_printf(&arena, "{\"id\":\"%lld\"}", (long long)id);
    if (e == OK) e = detail ? audit_write(db, now_ms, actor, "undo handover", event ? event : "member cards", detail) : ERR_NOMEM;
    if (e != OK) (void)db_fault(db, e, fault, "undo the handover");
out:
    arena_release(&arena);
    return e;
}

enum err handover_of_badge(struct db *db, struct arena *arena, int64_t credential_id, const char **ret_to_name, int64_t *ret_handed_ms)
{
    struct sql_handover_of_badge_row row;
    enum err e = sql_handover_of_badge(db, arena, credential_id, &row);
    if (e != OK) return e;
    *ret_to_name = row.to_name;
    *ret_handed_ms = row.made_ms;
    return OK;
}

/* --- lists --------------------------------------------------------------------------------------------------------------------------------- */

enum err handover_list(struct db *db, struct arena *arena, const char *event, struct handover **ret, size_t *ret_count, struct fault *fault)
{
    struct sql_handover_list_row *rows;
    const char *timezone;
    int64_t event_id;
    size_t n;
    enum err e = find_event(db, arena, event, &event_id, &timezone, fault);
    if (e != OK) return e;
    e = sql_handover_list(db, arena, event_id, &rows, &n);
    if (e != OK) return db_fault(db, e, fault, "read the handovers");
    struct handover *list = arena_array(arena, n + 1, sizeof *list);
    if (!list) return no_memory(fault);
    for (size_t i = 0; i < n; i++)
        list[i] = (struct handover){.id = rows[i].id, .unit_code = rows[i].unit_code, .unit = rows[i].unit, .to_name = rows[i].to_name, .to_person = rows[i].to_person,
                                    .actor = rows[i].actor, .made_ms = rows[i].made_ms, .undone_ms = rows[i].undone_ms, .badges = rows[i].badges};
    *ret = list;
    *ret_count = n;
    return OK;
}

/* --- JSON ---------------------------------------------------------------------------------------------------------------------------------- */

json_t *handover_json(struct arena *arena, const struct handover *h, const char *language)
{
    json_t *unit = json_null();
    if (h->unit_code) unit = json_pack("{s:s,s:s?}", "code", h->unit_code, "name", title_pick(arena, h->unit, language));
    return json_pack("{s:o,s:o,s:{s:s,s:s?},s:o,s:s,s:o,s:I}", "id", json_sprintf("%lld", (long long)h->id), "unit", unit, "to", "name", h->to_name, "code",
                     h->to_person, "at", json_time_or_null(h->made_ms), "by", h->actor, "undone_at", json_time_or_null(h->undone_ms), "badges",
                     (json_int_t)h->badges);
}

static json_t *badges_json(const struct handover_badge *badges, size_t count, bool with_taker)
{
    json_t *list = json_array();
    for (size_t i = 0; list && i < count; i++) {
        json_t *one = json_pack("{s:s?,s:s?,s:s?}", "code", badges[i].code, "number", badges[i].number, "name", badges[i].name);
        bool failed = !one;
        if (one && with_taker) {
            failed = json_object_set_new(one, "to", json_string(badges[i].to_name)) != 0;
            failed |= json_object_set_new(one, "at", json_time_or_null(badges[i].handed_ms)) != 0;
        }
        if (json_array_append_new(list, one) == 0 && !failed) continue;
        json_decref(list);
        return NULL;
    }
    return list;
}

json_t *handover_result_json(const struct handover_result *r)
{
    return json_pack("{s:o,s:s,s:I,s:o,s:o}", "id", json_sprintf("%lld", (long long)r->id), "to", r->to_name, "badges", (json_int_t)r->count, "already",
                     badges_json(r->already, r->already_count, true), "unprinted", badges_json(r->unprinted, r->unprinted_count, false));
}

bool handover_read_id(const char *text, int64_t *ret)
{
    size_t length = strspn(text, "0123456789");
    if (length == 0 || length > 19 || text[length]) return false;
    errno = 0;
    long long id = strtoll(text, NULL, 10);
    if (errno || id <= 0) return false;
    *ret = id;
    return true;
}
