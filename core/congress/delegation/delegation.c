#include "core/base/clock.h"
#include "core/congress/delegation/delegation.h"
#include "core/base/crypto.h"
#include "core/base/json.h"
#include "core/congress/store/store.h"

#include "catalogue.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

bool delegation_in_scope(const struct delegation_scope *scope, int64_t unit_id)
{
    bool found = scope->all;
    for (size_t i = 0; !found && i < scope->unit_count; i++) found = scope->units[i] == unit_id;
    return found;
}

void delegation_derive_id(const char *request, const char *word, char out[ID_UUID_SIZE])
{
    uint8_t hash[CRYPTO_HASH_BYTES];
    char text[256], hex[2 * 16 + 1];
    (void)snprintf(text, sizeof text, "%.40s %.200s", request, word);
    crypto_derive("plenum-group", text, strlen(text), hash);
    hash[6] = (uint8_t)(0x70 | (hash[6] & 0x0f)); /* version 7, variant 10 (RFC 9562) */
    hash[8] = (uint8_t)(0x80 | (hash[8] & 0x3f));
    crypto_hex(hash, 16, hex);
    (void)snprintf(out, ID_UUID_SIZE, "%.13s-%.4s-%.4s-%.12s", request, hex + 12, hex + 16, hex + 20);
}

/* --- counting ---------------------------------------------------------------------------------------------------------------------------- */

static int64_t first_area(const struct programme *p)
{
    return p->area_count ? p->areas[0].id : 0;
}

static void set_missing(struct delegation_count *c)
{
    c->missing = c->expected - c->here - c->elsewhere - c->absent;
}

static struct delegation_report *report_of(struct arena *arena, int64_t made_ms, const char *actor, int64_t said, struct delegation_count count)
{
    struct delegation_report *report = arena_alloc(arena, sizeof *report);
    if (!report) return NULL;
    set_missing(&count);
    *report = (struct delegation_report){.made_ms = made_ms, .actor = actor, .said = said, .count = count};
    return report;
}

static struct delegation *by_unit(struct delegation *list, size_t count, int64_t unit_id)
{
    for (size_t i = 0; i < count; i++)
        if (list[i].unit_id == unit_id) return &list[i];
    return NULL;
}

/* They come by unit and time: the last one of a unit stays. */
static enum err put_reports(struct db *db, struct arena *arena, int64_t event_id, struct delegation *list, size_t count)
{
    struct sql_delegation_reports_row *rows;
    size_t n;
    enum err e = sql_delegation_reports(db, arena, event_id, &rows, &n);
    for (size_t i = 0; e == OK && i < n; i++) {
        bool last = i + 1 == n || rows[i + 1].unit_id != rows[i].unit_id;
        struct delegation *one = last ? by_unit(list, count, rows[i].unit_id) : NULL;
        if (!one) continue;
        one->report = report_of(arena, rows[i].made_ms, rows[i].actor, rows[i].said,
                                (struct delegation_count){.expected = rows[i].expected, .here = rows[i].here, .elsewhere = rows[i].elsewhere, .absent = rows[i].absent});
        if (!one->report) e = ERR_NOMEM;
    }
    return e;
}

enum err delegation_list(struct db *db, struct arena *arena, const struct programme *p, const struct delegation_scope *scope, int64_t now_ms,
                         struct delegation **ret, size_t *ret_count)
{
    struct sql_delegation_list_row *rows;
    size_t n, count = 0;
    enum err e = sql_delegation_list(db, arena, p->event_id, first_area(p), now_ms, &rows, &n);
    struct delegation *list = e == OK ? arena_array(arena, n + 1, sizeof *list) : NULL;
    if (!list) return e != OK ? e : ERR_NOMEM;
    for (size_t i = 0; i < n; i++) {
        const struct sql_delegation_list_row *r = &rows[i];
        if (!delegation_in_scope(scope, r->id)) continue;
        struct delegation *one = &list[count++];
        *one = (struct delegation){.unit_id = r->id, .code = r->code, .name = r->name,
                                   .count = {.expected = r->expected, .here = r->here, .elsewhere = r->elsewhere, .absent = r->absent, .by_group = r->by_group,
                                             .alternates = r->alternates}};
        set_missing(&one->count);
    }
    *ret = list;
    *ret_count = count;
    return put_reports(db, arena, p->event_id, list, count);
}

/* --- one delegation -------------------------------------------------------------------------------------------------------------------------- */

static bool has_role(const char *stored, const char *role)
{
    json_t *list = NULL;
    bool found = false;
    if (!stored || json_read(stored, strlen(stored), &list, NULL) != OK) return false;
    for (size_t i = 0; !found && i < json_array_size(list); i++) {
        const char *one = json_string_value(json_array_get(list, i));
        found = one && strcmp(one, role) == 0;
    }
    json_decref(list);
    return found;
}

static enum err read_absence(struct arena *arena, const char *stored, struct delegation_member *member)
{
    json_t *absence = NULL;
    if (!stored) return OK;
    enum err e = json_read(stored, strlen(stored), &absence, NULL);
    if (e != OK) return e;
    const char *reason = json_string_value(json_object_get(absence, "reason"));
    member->was_absent = true;
    member->excused = json_is_true(json_object_get(absence, "excused"));
    member->reason = reason ? arena_strdup(arena, reason) : NULL;
    json_decref(absence);
    return reason && !member->reason ? ERR_NOMEM : OK;
}

static enum err read_member(struct arena *arena, const struct programme *p, const struct sql_delegation_members_row *r, int64_t now_ms, struct delegation_member *ret)
{
    bool is_in = r->area_id != DB_NULL && r->since_ms <= now_ms && r->until_ms > now_ms;
    *ret = (struct delegation_member){.delegate_id = r->id, .category_id = r->category_id, .area_id = is_in ? r->area_id : DB_NULL,
                                      .since_ms = is_in ? r->since_ms : DB_NULL, .code = r->code, .name = r->name, .honorific = r->honorific, .title = r->title,
                                      .number = r->number, .is_alternate = strcmp(r->status, "alternate") == 0, .by_group = is_in && r->by_group == 1,
                                      .is_head = has_role(r->roles, "head_of_delegation")};
    enum err e = read_absence(arena, r->absence, ret);
    ret->place = ret->was_absent ? DELEGATION_ABSENT : DELEGATION_MISSING;
    if (is_in) ret->place = r->area_id == first_area(p) ? DELEGATION_HERE : DELEGATION_ELSEWHERE;
    return e;
}

static void count_member(const struct delegation_member *m, struct delegation_count *c)
{
    if (m->is_alternate) {
        c->alternates += m->place == DELEGATION_HERE || m->place == DELEGATION_ELSEWHERE;
        return;
    }
    c->expected++;
    c->here += m->place == DELEGATION_HERE;
    c->elsewhere += m->place == DELEGATION_ELSEWHERE;
    c->absent += m->place == DELEGATION_ABSENT;
    c->by_group += m->by_group;
}

static enum err put_last_report(struct db *db, struct arena *arena, int64_t event_id, struct delegation *d)
{
    struct sql_delegation_report_last_row r;
    enum err e = sql_delegation_report_last(db, arena, event_id, d->unit_id, &r);
    if (e == ERR_NOT_FOUND) return OK;
    if (e != OK) return e;
    d->report = report_of(arena, r.made_ms, r.actor, r.said,
                          (struct delegation_count){.expected = r.expected, .here = r.here, .elsewhere = r.elsewhere, .absent = r.absent});
    return d->report ? OK : ERR_NOMEM;
}

enum err delegation_find(struct db *db, struct arena *arena, const struct programme *p, const char *unit, int64_t now_ms, struct delegation *ret,
                         struct delegation_member **ret_members, size_t *ret_count)
{
    struct sql_delegation_unit_row row;
    struct sql_delegation_members_row *rows;
    size_t n = 0;
    enum err e = sql_delegation_unit(db, arena, unit, &row);
    if (e == OK) e = sql_delegation_members(db, arena, p->event_id, row.id, &rows, &n);
    if (e != OK || n == 0) return e != OK ? e : ERR_NOT_FOUND;
    struct delegation one = {.unit_id = row.id, .code = row.code, .name = row.name};
    struct delegation_member *members = arena_array(arena, n, sizeof *members);
    if (!members) return ERR_NOMEM;
    for (size_t i = 0; e == OK && i < n; i++) {
        e = read_member(arena, p, &rows[i], now_ms, &members[i]);
        count_member(&members[i], &one.count);
    }
    set_missing(&one.count);
    if (e == OK) e = put_last_report(db, arena, p->event_id, &one);
    if (e != OK) return e;
    *ret = one;
    *ret_members = members;
    *ret_count = n;
    return OK;
}

enum err delegation_code_of(struct db *db, struct arena *arena, int64_t unit_id, const char **ret)
{
    struct sql_delegation_unit_by_id_row row;
    enum err e = sql_delegation_unit_by_id(db, arena, unit_id, &row);
    if (e == OK) *ret = row.code;
    return e;
}

enum err delegation_unit_in(struct db *db, struct arena *arena, const struct delegation_scope *scope, const char *unit, int64_t *ret, struct fault *fault)
{
    struct sql_delegation_unit_row row;
    enum err e = sql_delegation_unit(db, arena, unit, &row);
    if (e == ERR_NOT_FOUND || (e == OK && !delegation_in_scope(scope, row.id)))
        return fault_because(fault, ERR_DENIED, "delegation_not_yours", NULL, "not your delegation");
    if (e != OK) return db_fault(db, e, fault, "find the delegation");
    *ret = row.id;
    return OK;
}

/* --- changing ------------------------------------------------------------------------------------------------------------------------------- */

enum err delegation_check_people(struct db *db, struct arena *arena, int64_t event_id, int64_t unit_id, const char *const *people, size_t count, struct fault *fault)
{
    struct sql_delegation_member_row row;
    enum err e = OK;
    if (count > DELEGATION_PEOPLE_MOST) return fault_because(fault, ERR_LIMIT, "delegation_many", NULL, "more than %d people at once", DELEGATION_PEOPLE_MOST);
    for (size_t i = 0; e == OK && i < count; i++) e = sql_delegation_member(db, arena, event_id, unit_id, people[i], &row);
    if (e == ERR_NOT_FOUND) return fault_because(fault, ERR_DENIED, "delegation_not_yours", NULL, "somebody of these is not of the delegation");
    return e == OK ? OK : db_fault(db, e, fault, "look for the people");
}

enum err delegation_set_absences(const struct amend *a, const struct delegation_absences *wish, size_t from, size_t *ret_here)
{
    size_t end = from + DELEGATION_PIECE < wish->count ? from + DELEGATION_PIECE : wish->count, here = 0;
    if (!id_is_uuid(a->request)) return fault_set(a->fault, ERR_INPUT, "request: must be a UUID");
    /* All of them before the first: a form that names a stranger changes nobody. */
    size_t look = from == 0 ? wish->count : end - from;
    enum err e = delegation_check_people(a->db, a->arena, a->programme->event_id, wish->unit_id, wish->people + from, look, a->fault);
    for (size_t i = from; e == OK && i < end; i++) {
        struct sql_delegation_member_row row;
        struct amended done;
        char request[ID_UUID_SIZE];
        delegation_derive_id(a->request, wish->people[i], request);
        struct amend one = *a;
        one.request = request;
        e = sql_delegation_member(a->db, a->arena, a->programme->event_id, wish->unit_id, wish->people[i], &row);
        bool is_in = e == OK && row.area_id != DB_NULL && row.since_ms <= a->now_ms && row.until_ms > a->now_ms;
        here += is_in && wish->is_absent;
        if (e == OK && !(is_in && wish->is_absent)) e = amend_absence(&one, wish->people[i], wish->is_absent, wish->excused, wish->reason, &done);
    }
    if (e == OK) *ret_here += here;
    return e;
}

enum err delegation_add_report(struct db *db, struct arena *arena, struct id_source *ids, const struct programme *p, const struct delegation_saying *s,
                               struct fault *fault)
{
    struct sql_delegation_report_find_row old;
    struct delegation d;
    struct delegation_member *members;
    size_t n;
    if (!id_is_uuid(s->request)) return fault_set(fault, ERR_INPUT, "request: must be a UUID");
    if (s->said < 0 || s->said > DELEGATION_SAID_MOST) return fault_because(fault, ERR_INPUT, "delegation_number", NULL, "the number is none");
    enum err e = delegation_find(db, arena, p, s->unit, s->now_ms, &d, &members, &n);
    if (e == OK && !delegation_in_scope(s->scope, d.unit_id)) return fault_because(fault, ERR_DENIED, "delegation_not_yours", NULL, "not your delegation");
    if (e == OK) e = sql_delegation_report_find(db, arena, s->request, &old);
    if (e == OK && (old.event_id != p->event_id || old.unit_id != d.unit_id))
        return fault_because(fault, ERR_CONFLICT, "amend_request_used", NULL, "request: was used for something else");
    if (e != ERR_NOT_FOUND) return e == OK ? OK : db_fault(db, e, fault, "read the delegation");
    e = sql_delegation_report_add(db, &(struct sql_delegation_report_add_in){.id = id_next(ids), .request = s->request, .event_id = p->event_id, .unit_id = d.unit_id,
                                  .made_ms = s->now_ms, .actor = s->actor, .said = s->said, .expected = d.count.expected, .here = d.count.here,
                                  .elsewhere = d.count.elsewhere, .absent = d.count.absent}, NULL);
    char *detail = arena_printf(arena, "%" PRId64 " of %" PRId64 ", counted %" PRId64, s->said, d.count.expected, d.count.here);
    if (e == OK) e = audit_write_of(db, p->event_id, s->now_ms, s->actor, "delegation.report", d.code, detail);
    return e == OK ? OK : db_fault(db, e, fault, "store the report");
}

/* --- heads ------------------------------------------------------------------------------------------------------------------------------------ */

enum err delegation_head_of(struct db *db, struct arena *arena, int64_t event_id, int64_t delegate_id, struct delegation_head *ret)
{
    struct sql_delegation_head_row row;
    enum err e = sql_delegation_head(db, arena, event_id, delegate_id, &row);
    if (e != OK) return e;
    bool has_mandate = strcmp(row.status, "summoned") == 0 || strcmp(row.status, "alternate") == 0;
    if (row.unit_id == DB_NULL || !has_mandate || !has_role(row.roles, "head_of_delegation")) return ERR_NOT_FOUND;
    *ret = (struct delegation_head){.unit_id = row.unit_id, .code = row.code, .name = row.name};
    return row.head_pin ? OK : ERR_DENIED;
}

enum err delegation_heads(struct db *db, struct arena *arena, int64_t event_id, struct delegation_head **ret, size_t *ret_count)
{
    struct sql_delegation_heads_row *rows;
    size_t n, count = 0;
    enum err e = sql_delegation_heads(db, arena, event_id, &rows, &n);
    struct delegation_head *list = e == OK ? arena_array(arena, n + 1, sizeof *list) : NULL;
    if (!list) return e != OK ? e : ERR_NOMEM;
    for (size_t i = 0; i < n; i++)
        if (has_role(rows[i].roles, "head_of_delegation"))
            list[count++] = (struct delegation_head){.unit_id = rows[i].unit_id, .code = rows[i].code, .name = rows[i].name, .number = rows[i].number};
    *ret = list;
    *ret_count = count;
    return OK;
}

enum err delegation_head_accounts(struct db *db, struct arena *arena, int64_t event_id, struct delegation_head **ret, size_t *ret_count)
{
    struct sql_delegation_accounts_row *rows;
    enum err e = sql_delegation_accounts(db, arena, event_id, clock_now_ms(), &rows, ret_count);
    struct delegation_head *list = e == OK ? arena_array(arena, *ret_count + 1, sizeof *list) : NULL;
    if (!list) return e != OK ? e : ERR_NOMEM;
    for (size_t i = 0; i < *ret_count; i++) list[i] = (struct delegation_head){.unit_id = rows[i].unit_id, .name = rows[i].name};
    *ret = list;
    return OK;
}

/* --- decisions ---------------------------------------------------------------------------------------------------------------------------------- */

enum err delegation_settings_read(struct db *db, int64_t event_id, struct delegation_settings *ret)
{
    struct sql_delegation_settings_row row;
    enum err e = sql_delegation_settings(db, NULL, event_id, &row);
    if (e == OK) *ret = (struct delegation_settings){row.group_quorum != 0, row.head_pin != 0};
    return e;
}

enum err delegation_settings_set(struct db *db, int64_t event_id, const char *event, const struct delegation_settings *settings, const char *actor, int64_t now_ms)
{
    struct delegation_settings old;
    enum err e = delegation_settings_read(db, event_id, &old);
    if (e != OK) return e;
    bool quorum = old.group_quorum != settings->group_quorum, pin = old.head_pin != settings->head_pin;
    if (quorum || pin) e = sql_delegation_settings_set(db, event_id, settings->group_quorum, settings->head_pin, NULL);
    if (e == OK && quorum) e = audit_write(db, now_ms, actor, "event.group_quorum", event, settings->group_quorum ? "0 -> 1" : "1 -> 0");
    if (e == OK && pin) e = audit_write(db, now_ms, actor, "event.head_pin", event, settings->head_pin ? "0 -> 1" : "1 -> 0");
    return e;
}
