/* What the door asks the roster. */
#include "scanner/roster/roster.h"
#include "core/base/clock.h"
#include "core/base/json.h"
#include "core/base/zone.h"
#include "core/congress/badges/badge_token.h"
#include "queue_catalogue.h"

#include <stdio.h>
#include <string.h>

void roster_release(struct roster *roster)
{
    arena_release(&roster->arena);
    *roster = (struct roster){0};
}

static const char *text_of(struct arena *arena, const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    return json_is_string(value) ? arena_strdup(arena, json_string_value(value)) : NULL;
}

static bool time_of(const json_t *object, const char *key, int64_t *ret)
{
    const json_t *value = json_object_get(object, key);
    return json_is_string(value) && clock_parse(json_string_value(value), ret) == OK;
}

static int category_position(const struct roster *roster, const char *code)
{
    for (size_t i = 0; code && i < roster->category_count; i++)
        if (strcmp(roster->categories[i], code) == 0) return (int)i;
    return -1;
}

const char *roster_category_title(const struct roster *roster, const char *code)
{
    int position = category_position(roster, code);
    return position < 0 ? NULL : roster->category_titles[position];
}

/* null: every category. Codes that the event does not have admit nobody. */
static category_set read_admits(const struct roster *roster, const json_t *list)
{
    if (!json_is_array(list)) return CATEGORY_EVERY;
    category_set set = 0;
    size_t i;
    json_t *item;
    json_array_foreach(list, i, item) {
        int position = category_position(roster, json_string_value(item));
        if (position >= 0) set |= (category_set)1 << position;
    }
    return set;
}

static void insert_session(struct roster *roster, const struct admission_session *session, bool carry_over)
{
    size_t at = roster->session_count++;
    for (; at > 0 && roster->sessions[at - 1].starts_ms > session->starts_ms; at--) {
        roster->sessions[at] = roster->sessions[at - 1];
        roster->blocks[at] = roster->blocks[at - 1];
    }
    roster->sessions[at] = *session;
    roster->blocks[at] = (struct block_session){session->starts_ms, session->ends_ms, carry_over};
}

static enum err read_sessions(struct roster *roster, const json_t *list, const char *area)
{
    roster->sessions = arena_array(&roster->arena, json_array_size(list) + 1, sizeof *roster->sessions);
    roster->blocks = arena_array(&roster->arena, json_array_size(list) + 1, sizeof *roster->blocks);
    if (!roster->sessions || !roster->blocks) return ERR_NOMEM;
    size_t i;
    json_t *item;
    json_array_foreach(list, i, item) {
        const char *where = json_string_value(json_object_get(item, "area"));
        const json_t *carry_over = json_object_get(item, "carry_over");
        struct admission_session session;
        if (!area || !where || strcmp(area, where) != 0) continue;
        if (!time_of(item, "starts", &session.starts_ms) || !time_of(item, "ends", &session.ends_ms)) continue;
        session.admits = read_admits(roster, json_object_get(item, "admits"));
        insert_session(roster, &session, !carry_over || json_is_true(carry_over));
    }
    return OK;
}

static enum err read_gate(struct roster *roster, const json_t *gate)
{
    const char *kind = json_string_value(json_object_get(gate, "kind")), *direction = json_string_value(json_object_get(gate, "direction"));
    const json_t *reentry = json_object_get(gate, "reentry");
    roster->gate = text_of(&roster->arena, gate, "code");
    const json_t *title = json_object_get(gate, "title");
    roster->gate_title = title ? json_text(&roster->arena, title) : NULL;
    roster->kind = kind && strcmp(kind, "handout") == 0 ? GATE_HANDOUT : GATE_ENTRY;
    roster->lets_in = !direction || strcmp(direction, "out") != 0;
    roster->lets_out = !direction || strcmp(direction, "in") != 0;
    roster->reentry = !reentry || json_is_true(reentry);
    roster->gate_admits = read_admits(roster, json_object_get(gate, "admits"));
    return roster->gate ? OK : ERR_INPUT;
}

static enum err read_categories(struct roster *roster, const json_t *list)
{
    size_t i;
    json_t *item;
    json_array_foreach(list, i, item) {
        if (roster->category_count == ROSTER_CATEGORIES_MOST) break;
        const char *code = text_of(&roster->arena, item, "code");
        if (!code) return ERR_INPUT;
        json_t *title = json_object_get(item, "title");
        bool has_title = json_is_string(title) || json_is_object(title);
        roster->category_titles[roster->category_count] = has_title ? json_text(&roster->arena, title) : NULL;
        roster->categories[roster->category_count++] = code;
    }
    return OK;
}

static enum err read_head(struct roster *roster, const json_t *head)
{
    const json_t *event = json_object_get(head, "event"), *gate = json_object_get(head, "gate");
    roster->timezone = text_of(&roster->arena, event, "timezone");
    if (!roster->timezone || !time_of(event, "opens_at", &roster->opens_ms) || !time_of(event, "closes_at", &roster->closes_ms)) return ERR_INPUT;
    enum err e = read_categories(roster, json_object_get(head, "categories"));
    if (e == OK) e = read_gate(roster, gate);
    if (e == OK) e = read_sessions(roster, json_object_get(head, "sessions"), json_string_value(json_object_get(gate, "area")));
    return e;
}

enum err roster_load(struct roster *roster, struct db *db, struct fault *fault)
{
    struct arena arena = {0};
    struct sql_spool_roster_mark_row mark;
    enum err e = sql_spool_roster_mark(db, &arena, &mark);
    arena_release(&arena);
    if (e == ERR_NOT_FOUND) {
        roster_release(roster);
        return OK;
    }
    if (e != OK) return db_fault(db, e, fault, "read the roster's version");
    if (roster->known && roster->version == mark.version && roster->generation == mark.generation) return OK;
    struct roster fresh = {0};
    struct sql_spool_roster_head_read_row row;
    json_t *head = NULL;
    e = sql_spool_roster_head_read(db, &fresh.arena, &row);
    if (e != OK) db_fault(db, e, fault, "read the roster");
    if (e == OK) e = json_read(row.head, strlen(row.head), &head, fault);
    if (e == OK && (e = read_head(&fresh, head)) != OK) fault_set(fault, e, "the roster in the spool is not in the right form");
    json_decref(head);
    if (e != OK) {
        roster_release(&fresh);
        return e;
    }
    fresh.known = true;
    fresh.version = row.version;
    fresh.generation = row.generation;
    fresh.clock = (struct roster_clock){.offset_ms = row.offset_ms, .server_ms = row.server_ms, .steady_ms = row.steady_ms};
    if (row.boot_id) (void)snprintf(fresh.clock.boot_id, sizeof fresh.clock.boot_id, "%s", row.boot_id);
    fresh.fetched_ms = row.fetched_ms;
    fresh.heard_steady_ms = row.heard_steady_ms;
    roster_release(roster);
    *roster = fresh;
    return OK;
}

/* The sealed record, opened with the badge's own token. A record that does not open names nobody: that is no error. */
static void open_record(struct arena *arena, const char *token, const char *record, struct roster_person *ret)
{
    json_t *value = NULL;
    char *plain = record ? badge_token_unseal(arena, token, record) : NULL;
    if (!plain || json_read(plain, strlen(plain), &value, NULL) != OK) return;
    *ret = (struct roster_person){.name = text_of(arena, value, "name"), .delegation = text_of(arena, value, "delegation"),
                                  .category = text_of(arena, value, "category"), .seat = text_of(arena, value, "seat"),
                                  .badge_box = text_of(arena, value, "badge_box")};
    json_decref(value);
}

/* When a presence that began at `at_ms` ends by itself. */
static enum err presence_end(const struct roster *roster, int64_t at_ms, int64_t *ret_ms)
{
    int64_t day_begin, day_end = INT64_MAX;
    enum err e = zone_day(roster->timezone, at_ms, &day_begin, &day_end);
    *ret_ms = block_end(roster->blocks, roster->session_count, day_end, at_ms);
    return e == ERR_NOMEM ? e : OK; /* a zone that this machine does not know has no days */
}

/* What this door did itself stands above what the roster says, as long as the roster cannot know of it. */
static enum err add_own_doings(const struct roster *roster, struct db *db, struct arena *arena, const char *badge_id, struct admission *a,
                               struct roster_verdict *verdict)
{
    struct sql_spool_badge_last_row *rows;
    size_t count;
    enum err e = sql_spool_badge_last(db, arena, badge_id, roster->gate, &rows, &count);
    if (e != OK) return e;
    bool judged = false;
    for (size_t i = 0; i < count; i++) {
        bool came = strcmp(rows[i].result, "admitted") == 0 || strcmp(rows[i].result, "already_in") == 0;
        bool left = strcmp(rows[i].result, "left") == 0;
        if (came) a->was_in = true;
        if (rows[i].fresh && strcmp(rows[i].result, "handed_out") == 0) a->handed_out = true;
        if (!rows[i].fresh || judged || !(came || left)) continue;
        judged = true;
        int64_t when = roster_server_ms(roster, &(struct roster_reading){rows[i].scanned_ms, rows[i].steady_ms, rows[i].boot_id});
        int64_t until;
        if ((e = presence_end(roster, when, &until)) != OK) return e;
        a->is_in = came && a->at_ms < until;
        if (!a->is_in) continue;
        verdict->since_ms = when;
        verdict->since_gate = roster->gate;
    }
    return OK;
}

static void read_entry(const struct roster *roster, struct arena *arena, const char *token, const struct sql_spool_roster_find_row *entry,
                       int64_t day_begin, struct admission *a, struct roster_verdict *verdict)
{
    int status = delegate_status_from_name(entry->status), category = category_position(roster, entry->category);
    a->known = true;
    a->revoked = entry->revoked;
    a->named = entry->named;
    a->status = status < 0 ? STATUS_WITHDRAWN : (enum delegate_status)status;
    a->category = category < 0 ? 64 : (unsigned)category; /* 64: no door admits it */
    a->was_in = entry->in_since_ms != DB_NULL;
    /* Nobody stays over night in a hall: presence ends with the day, and where the server says so, before. */
    a->is_in = entry->in_since_ms != DB_NULL && entry->in_since_ms >= day_begin && (entry->in_until_ms == DB_NULL || a->at_ms < entry->in_until_ms);
    a->handed_out = entry->handed_out;
    if (a->is_in) {
        verdict->since_ms = entry->in_since_ms;
        verdict->since_gate = entry->in_gate;
    }
    open_record(arena, token, entry->record, &verdict->person);
}

static bool is_this_start(const struct roster *roster, const char *boot_id)
{
    return boot_id && roster->clock.boot_id[0] && strcmp(boot_id, roster->clock.boot_id) == 0;
}

int64_t roster_server_ms(const struct roster *roster, const struct roster_reading *read)
{
    const struct roster_clock *c = &roster->clock;
    if (is_this_start(roster, read->boot_id)) return c->server_ms + read->steady_ms - c->steady_ms;
    return read->wall_ms + c->offset_ms;
}

int64_t roster_server_base(const struct roster *roster, const char *boot_id)
{
    return roster->known && is_this_start(roster, boot_id) ? roster->clock.server_ms - roster->clock.steady_ms : 0;
}

int64_t roster_age_ms(const struct roster *roster, const char *boot_id)
{
    if (is_this_start(roster, boot_id) && roster->heard_steady_ms != DB_NULL) return clock_steady_ms() - roster->heard_steady_ms;
    int64_t age = clock_now_ms() - roster->fetched_ms;
    return age < 0 ? clock_steady_ms() : age; /* heard before this machine was started */
}

static bool is_open(const struct roster *roster, int64_t ms) { return ms >= roster->opens_ms && ms < roster->closes_ms; }

/* After a start of the machine nothing is sure. A wall clock that would close the event, though it was open when the server said its time last, is not believed: then it
 * is that time, and as long as this machine runs. */
static int64_t server_now(const struct roster *roster, const struct roster_reading *read)
{
    int64_t now = roster_server_ms(roster, read), least = roster->clock.server_ms + read->steady_ms;
    bool is_sure = !roster->clock.boot_id[0] || !read->boot_id || is_this_start(roster, read->boot_id);
    return !is_sure && is_open(roster, least) && (now < least || !is_open(roster, now)) ? least : now;
}

enum err roster_decide(struct roster *roster, struct db *db, struct arena *arena, const char *token, bool going_out, const struct roster_reading *read,
                       struct roster_verdict *ret, struct fault *fault)
{
    char badge_id[BADGE_TOKEN_ID_SIZE];
    struct sql_spool_roster_find_row entry;
    struct roster_verdict verdict = {.since_ms = DB_NULL};
    struct admission a = {
        .opens_ms = roster->opens_ms, .closes_ms = roster->closes_ms, .kind = roster->kind, .lets_in = roster->lets_in, .lets_out = roster->lets_out,
        .reentry = roster->reentry, .gate_admits = roster->gate_admits, .sessions = roster->sessions, .session_count = roster->session_count,
        .this_event = true, .going_out = going_out, .at_ms = server_now(roster, read),
    };
    int64_t day_begin = 0, day_end;
    if (zone_day(roster->timezone, a.at_ms, &day_begin, &day_end) == ERR_NOMEM) return fault_set(fault, ERR_NOMEM, "not enough memory to decide");
    badge_token_id(token, badge_id);
    enum err e = sql_spool_roster_find(db, arena, badge_id, &entry);
    if (e == OK) {
        read_entry(roster, arena, token, &entry, day_begin, &a, &verdict);
        e = add_own_doings(roster, db, arena, badge_id, &a, &verdict);
    } else if (e == ERR_NOT_FOUND) {
        e = OK;
    }
    if (e != OK) return db_fault(db, e, fault, "look into the roster");
    verdict.answer = admission_decide(&a);
    *ret = verdict;
    return OK;
}
