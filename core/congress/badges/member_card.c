#include "core/congress/badges/member_card.h"

#include "core/base/json.h"
#include "core/base/map.h"
#include "core/congress/badges/credential.h"
#include "core/congress/store/store.h"
#include "core/congress/title.h"

#include "catalogue.h"

#include <string.h>

static enum err find_unit(struct db *db, struct arena *arena, const char *code, int64_t *ret, struct fault *fault)
{
    struct sql_delegates_unit_row unit;
    *ret = 0;
    if (!code) return OK;
    enum err e = sql_delegates_unit(db, arena, code, &unit);
    if (e == ERR_NOT_FOUND) return fault_set(fault, e, "there is no unit \"%s\"", code);
    if (e != OK) return db_fault(db, e, fault, "read the unit");
    *ret = unit.id;
    return OK;
}

/* --- who is meant ------------------------------------------------------------------------------------------------------------------------ */

/* One of the chosen. */
struct chosen {
    int64_t person_id;
    bool has_any, has_good;
};

static enum err find_chosen(struct db *db, struct arena *arena, const struct badge_list_filter *filter, int64_t unit_id, struct chosen **ret, struct fault *fault)
{
    struct chosen *list = arena_array(arena, filter->only_count + 1, sizeof *list);
    if (!list) return fault_set(fault, ERR_NOMEM, "not enough memory");
    for (size_t i = 0; i < filter->only_count; i++) {
        struct sql_member_card_person_row row;
        enum err e = sql_member_card_person(db, arena, filter->only[i], unit_id, &row);
        if (e == ERR_NOT_FOUND)
            return filter->unit ? fault_set(fault, e, "the unit \"%s\" has no person with the code \"%s\"", filter->unit, filter->only[i])
                                : fault_set(fault, e, "no person has the code \"%s\"", filter->only[i]);
        if (e != OK) return db_fault(db, e, fault, "read the person");
        list[i] = (struct chosen){.person_id = row.person_id, .has_any = row.cards > 0, .has_good = row.good > 0};
    }
    *ret = list;
    return OK;
}

enum err member_card_look(struct db *db, struct arena *arena, const struct badge_list_filter *filter, struct member_card_count *ret, struct fault *fault)
{
    int64_t unit_id;
    struct member_card_count count = {0};
    enum err e = find_unit(db, arena, filter->unit, &unit_id, fault);
    if (e != OK) return e;
    if (filter->only) {
        struct chosen *list;
        e = find_chosen(db, arena, filter, unit_id, &list, fault);
        if (e != OK) return e;
        count.people = filter->only_count;
        for (size_t i = 0; i < filter->only_count; i++) {
            if (!list[i].has_any) count.new_cards++;
            else if (!list[i].has_good) count.without++;
        }
    } else {
        struct sql_member_card_count_row row;
        e = sql_member_card_count(db, arena, unit_id, &row);
        if (e != OK) return db_fault(db, e, fault, "count the people");
        count = (struct member_card_count){.people = (size_t)row.people, .new_cards = (size_t)row.without_any, .without = (size_t)(row.without_good - row.without_any)};
    }
    *ret = count;
    return OK;
}

/* --- giving cards ------------------------------------------------------------------------------------------------------------------------ */

/* One turn, and what is left of the whole for the next one. */
struct turn {
    struct arena arena; /* of this turn */
    struct id_source ids;
    const struct badge_list_filter *filter;
    int64_t unit_id, now_ms;
    const char *actor;
    int64_t after_id, next_after_id; /* by unit: people up to here have theirs */
    size_t at, next_at;              /* of the chosen: these were looked at */
    int64_t *people;
    size_t count;
    size_t issued;                   /* in all */
    member_card_run *run;
    void *context;                   /* of run */
};

static enum err next_people(struct turn *t, struct db *db)
{
    struct sql_member_card_missing_row *rows;
    t->count = 0;
    t->people = arena_array(&t->arena, MEMBER_CARD_TURN, sizeof *t->people);
    if (!t->people) return ERR_NOMEM;
    if (t->filter->only) {
        size_t i = t->at;
        for (; i < t->filter->only_count && t->count < MEMBER_CARD_TURN; i++) {
            struct sql_member_card_person_row row; /* once more: somebody may be named twice, or got a card meanwhile */
            enum err e = sql_member_card_person(db, &t->arena, t->filter->only[i], t->unit_id, &row);
            if (e != OK) return e;
            bool twice = false;
            for (size_t k = 0; k < t->count; k++) twice |= t->people[k] == row.person_id;
            if (!twice && row.cards == 0) t->people[t->count++] = row.person_id;
        }
        t->next_at = i;
        return OK;
    }
    enum err e = sql_member_card_missing(db, &t->arena, t->after_id, t->unit_id, MEMBER_CARD_TURN, &rows, &t->count);
    for (size_t i = 0; e == OK && i < t->count; i++) t->people[i] = rows[i].person_id;
    return e;
}

static bool knows(const int64_t *events, size_t count, int64_t event_id)
{
    for (size_t i = 0; i < count; i++)
        if (events[i] == event_id) return true;
    return false;
}

/* Gates of every event of these people must hear of the new cards: each event's number grows once, then the delegates take it. */
static enum err tell_doors(struct turn *t, struct db *db)
{
    int64_t *events = NULL;
    size_t count = 0, capacity = 0, n;
    for (size_t i = 0; i < t->count; i++) {
        struct sql_member_card_events_row *rows;
        enum err e = sql_member_card_events(db, &t->arena, t->people[i], &rows, &n);
        for (size_t k = 0; e == OK && k < n; k++) {
            if (knows(events, count, rows[k].event_id)) continue;
            if (arena_grow(&t->arena, &events, &capacity, count, sizeof *events) != 0) return ERR_NOMEM;
            events[count++] = rows[k].event_id;
            e = sql_member_card_bump_event(db, rows[k].event_id, NULL);
        }
        if (e == OK && n) e = sql_member_card_touch_delegates(db, t->people[i], NULL);
        if (e != OK) return e;
    }
    return OK;
}

static enum err give_cards(struct db *db, void *arg, struct fault *fault)
{
    struct turn *t = arg;
    arena_clear(&t->arena);
    enum err e = next_people(t, db);
    for (size_t i = 0; e == OK && i < t->count; i++) {
        struct credential_new card;
        const struct credential_owner owner = {.person_id = t->people[i]};
        credential_make(&t->ids, &card);
        e = credential_add(db, &card, &owner, 1, t->now_ms);
    }
    if (e == OK) e = tell_doors(t, db);
    if (e == OK && t->count) t->next_after_id = t->people[t->count - 1];
    return e == OK ? OK : db_fault(db, e, fault, "make member cards");
}

static enum err write_audit(struct db *db, void *arg, struct fault *fault)
{
    struct turn *t = arg;
    const char *detail = arena_printf(&t->arena, "{\"cards\":%zu}", t->issued);
    if (!detail) return fault_set(fault, ERR_NOMEM, "not enough memory");
    const char *subject = t->filter->unit ? t->filter->unit : t->filter->only && t->filter->only_count == 1 ? t->filter->only[0] : "register";
    enum err e = audit_write(db, t->now_ms, t->actor, "member cards", subject, detail);
    return e == OK ? OK : db_fault(db, e, fault, "write the audit");
}

static enum err run_here(void *context, enum err (*apply)(struct db *, void *, struct fault *), void *arg, struct fault *fault)
{
    return db_transaction(context, apply, arg, fault);
}

static enum err give_in_turns(struct turn *t, size_t wanted, bool (*progress)(void *data, size_t done, size_t total), void *data, struct fault *fault)
{
    for (;;) {
        enum err e = t->run(t->context, give_cards, t, fault);
        if (e != OK) return e;
        if (!t->count) return OK;
        t->after_id = t->next_after_id;
        t->at = t->next_at;
        t->issued += t->count;
        if (progress && !progress(data, t->issued, wanted > t->issued ? wanted : t->issued)) return fault_set(fault, ERR_TIMEOUT, "stopped; the cards made so far stay");
    }
}

static enum err issue(struct db *db, struct turn *turn, bool (*progress)(void *data, size_t done, size_t total), void *data, size_t *ret_issued, struct fault *fault)
{
    struct arena arena = {0};
    struct member_card_count count;
    enum err e = member_card_look(db, &arena, turn->filter, &count, fault);
    if (e == OK) e = find_unit(db, &arena, turn->filter->unit, &turn->unit_id, fault);
    turn->after_id = INT64_MIN + 1; /* INT64_MIN is NULL here */
    if (e == OK && count.new_cards) e = give_in_turns(turn, count.new_cards, progress, data, fault);
    if (turn->issued) {
        enum err audited = turn->run(turn->context, write_audit, turn, e == OK ? fault : NULL);
        if (e == OK) e = audited;
    }
    if (e == OK) *ret_issued = turn->issued;
    arena_release(&turn->arena);
    arena_release(&arena);
    return e;
}

enum err member_card_issue(struct db *db, const struct badge_list_filter *filter, const char *actor, int64_t now_ms,
                           bool (*progress)(void *data, size_t done, size_t total), void *data, size_t *ret_issued, struct fault *fault)
{
    struct turn turn = {.filter = filter, .actor = actor, .now_ms = now_ms, .run = run_here, .context = db};
    return issue(db, &turn, progress, data, ret_issued, fault);
}

enum err member_card_issue_by(struct db *db, member_card_run *run, void *context, const struct badge_list_filter *filter, const char *actor, int64_t now_ms,
                              size_t *ret_issued, struct fault *fault)
{
    struct turn turn = {.filter = filter, .actor = actor, .now_ms = now_ms, .run = run, .context = context};
    return issue(db, &turn, NULL, NULL, ret_issued, fault);
}

/* --- the list ---------------------------------------------------------------------------------------------------------------------------- */

/* Rows as they come; what neighbours share is kept once. */
struct collect {
    struct arena *arena;
    struct badge_list *list;
    const char *base_url;
    size_t capacity;
    char *unit; /* as it is stored, of the row before */
    const struct map *wanted; /* NULL: all */
};

static const char *keep_shared(struct arena *arena, const char *text, const char *before)
{
    if (!text) return NULL;
    return before && strcmp(before, text) == 0 ? before : arena_strdup(arena, text);
}

static enum err collect_row(void *ctx, const struct sql_member_card_rows_row *r)
{
    struct collect *c = ctx;
    struct badge_list *list = c->list;
    if (c->wanted) {
        bool *found = map_get(c->wanted, r->code);
        if (!found) return OK;
        *found = true;
    }
    if (arena_grow(c->arena, &list->rows, &c->capacity, list->count, sizeof *list->rows) != 0) return ERR_NOMEM;
    const struct badge_list_row none = {0}, *last = list->count ? &list->rows[list->count - 1] : &none;
    struct badge_list_row row = {.person_id = r->person_id, .credential_id = r->credential_id, .order = INT64_MAX, .issue = r->issue,
                                 .person_code = arena_strdup(c->arena, r->code), .name = arena_strdup(c->arena, r->name),
                                 .honorific = keep_shared(c->arena, r->honorific, last->honorific), .photo_sha256 = arena_strdup(c->arena, r->photo_blob),
                                 .joined = keep_shared(c->arena, r->joined, last->joined), .name_sort = arena_strdup(c->arena, r->name_sort),
                                 .title = r->title ? title_pick(c->arena, r->title, list->language) : NULL, .url = badge_url(c->arena, c->base_url, r->token)};
    if (r->unit && c->unit && strcmp(c->unit, r->unit) == 0) {
        row.delegation = last->delegation;
    } else if (r->unit) {
        c->unit = arena_strdup(c->arena, r->unit);
        row.delegation = title_pick(c->arena, r->unit, list->language);
    }
    row.number = row.person_code;
    bool whole = row.person_code && row.name && row.url && (row.delegation || !r->unit) && (row.title || !r->title) && (row.photo_sha256 || !r->photo_blob);
    if (!whole) return ERR_NOMEM;
    list->rows[list->count++] = row;
    return OK;
}

/* Counted before, because growing an array in an arena leaves the smaller ones behind. */
static enum err make_room(struct db *db, struct collect *c, const struct badge_list_filter *filter, struct fault *fault)
{
    struct sql_member_card_total_row row;
    enum err e = sql_member_card_total(db, c->arena, &row);
    if (e != OK) return db_fault(db, e, fault, "count the member cards");
    c->capacity = (size_t)row.total;
    if (filter->only && filter->only_count < c->capacity) c->capacity = filter->only_count;
    c->list->rows = arena_array(c->arena, c->capacity + 1, sizeof *c->list->rows);
    return c->list->rows ? OK : fault_set(fault, ERR_NOMEM, "not enough memory");
}

/* One is looked for by the database, many by a map of codes. */
static enum err read_rows(struct db *db, struct collect *c, const struct badge_list_filter *filter, int64_t unit_id, struct fault *fault)
{
    struct arena own = {0};
    struct map wanted = {.arena = &own};
    int64_t person_id = 0;
    struct chosen *chosen = NULL;
    enum err e = filter->only ? find_chosen(db, &own, filter, unit_id, &chosen, fault) : OK;
    bool *found = arena_array(&own, filter->only_count + 1, sizeof *found);
    if (e == OK && !found) e = fault_set(fault, ERR_NOMEM, "not enough memory");
    for (size_t i = 0; e == OK && i < filter->only_count; i++)
        if (map_put(&wanted, filter->only[i], &found[i]) != 0) e = fault_set(fault, ERR_NOMEM, "not enough memory");
    if (e == OK && filter->only_count == 1) person_id = chosen[0].person_id;
    if (filter->only) c->wanted = &wanted;
    if (e == OK) {
        e = sql_member_card_rows(db, unit_id, person_id, filter->for_name_order ? INT64_C(1) : INT64_C(0), collect_row, c);
        if (e != OK) (void)db_fault(db, e, fault, "read the member cards");
    }
    for (size_t i = 0; e == OK && i < filter->only_count; i++) {
        const bool *hit = map_get(&wanted, filter->only[i]);
        if (!*hit) e = fault_set(fault, ERR_NOT_FOUND, "\"%s\" has no valid member card", filter->only[i]);
    }
    arena_release(&own);
    return e;
}

enum err member_card_load(struct db *db, struct arena *arena, const struct badge_list_filter *filter, const char *base_url, struct badge_list *ret, struct fault *fault)
{
    struct sql_member_card_head_row head = {0};
    struct badge_list list = {.language = "vi"};
    int64_t unit_id;
    enum err e = sql_member_card_head(db, arena, &head);
    if (e != OK && e != ERR_NOT_FOUND) return db_fault(db, e, fault, "read the organization");
    if (e == OK) {
        list.language = badge_list_language(arena, head.languages);
        list.organization = title_pick(arena, head.name, list.language);
        list.logo_sha256 = head.logo_blob;
        list.timezone = head.timezone;
        if (!list.organization) return fault_set(fault, ERR_NOMEM, "not enough memory");
    }
    e = find_unit(db, arena, filter->unit, &unit_id, fault);
    if (e != OK) return e;
    struct collect collect = {.arena = arena, .list = &list, .base_url = base_url};
    e = make_room(db, &collect, filter, fault);
    if (e == OK) e = read_rows(db, &collect, filter, unit_id, fault);
    if (e == OK) *ret = list;
    return e;
}
