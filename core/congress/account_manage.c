#include "core/congress/account_manage.h"
#include "catalogue.h"
#include "core/base/json.h"
#include "core/congress/sign_in.h"
#include "core/congress/store/store.h"

#include <string.h>

bool account_manages(const struct account *who)
{
    for (size_t i = 0; !who->disabled && i < who->role_count; i++)
        if (who->roles[i].kind == ACCOUNT_ORGANISER) return true;
    return false;
}

bool account_may_grant(const struct account *who, const struct account_role *role)
{
    if (account_may(who, ACCOUNT_ORGANISER, 0)) return true;
    return role->kind != ACCOUNT_ORGANISER && role->event_id != 0 && account_may(who, ACCOUNT_ORGANISER, role->event_id);
}

enum account_reach account_reach_of(const struct account *who, const struct account *whom)
{
    if (account_may(who, ACCOUNT_ORGANISER, 0)) return ACCOUNT_MANAGED;
    bool seen = false, whole = whom->role_count > 0;
    for (size_t i = 0; i < whom->role_count; i++) {
        const struct account_role *role = &whom->roles[i];
        seen = seen || (role->event_id != 0 && account_may(who, ACCOUNT_ORGANISER, role->event_id));
        whole = whole && account_may_grant(who, role);
    }
    return whole ? ACCOUNT_MANAGED : seen ? ACCOUNT_SEEN : ACCOUNT_HIDDEN;
}

static enum err refuse(const struct account_doing *d, enum err code, const char *reason, const char *sentence)
{
    return fault_because(d->fault, code, reason, NULL, "%s", sentence);
}

static enum err refuse_right(const struct account_doing *d)
{
    return refuse(d, ERR_DENIED, "account_right", "that is more than you may do: ask an organiser of all events");
}

static enum err who_asks(const struct account_doing *d, struct account *ret)
{
    enum err e = account_by_id(d->db, d->arena, d->by_id, ret);
    if (e == ERR_NOT_FOUND || (e == OK && (ret->disabled || !account_manages(ret)))) return refuse_right(d);
    return e;
}

/* {"role":"desk","event":"slug","unit":"U1"}: an absent event is every event. */
static enum err describe_role(const struct account_doing *d, const struct account_role *role, json_t *into)
{
    struct sql_account_role_words_row row;
    enum err e = sql_account_role_words(d->db, d->arena, role->event_id, role->unit_id, &row);
    if (e != OK) return e;
    if ((role->event_id && !row.slug) || (role->unit_id && !row.unit)) return ERR_NOT_FOUND; /* it went meanwhile */
    bool good = json_object_set_new(into, "role", json_string(account_role_name(role->kind))) == 0;
    if (role->event_id) good = good && json_object_set_new(into, "event", json_string(row.slug)) == 0;
    if (role->unit_id) good = good && json_object_set_new(into, "unit", json_string(row.unit)) == 0;
    if (role->until_ms > 0) good = good && json_object_set_new(into, "until_ms", json_integer(role->until_ms)) == 0;
    return good ? OK : ERR_NOMEM;
}

/* `role` may be NULL. */
static enum err audit(const struct account_doing *d, const struct account *who, const char *action, const char *name, const struct account_role *role)
{
    json_t *detail = role ? json_object() : NULL;
    enum err e = role ? detail ? describe_role(d, role, detail) : ERR_NOMEM : OK;
    const char *text = e == OK && role ? json_text(d->arena, detail) : NULL;
    json_decref(detail);
    if (e == OK && role && !text) e = ERR_NOMEM;
    return e == OK ? audit_write(d->db, d->now_ms, who->name, action, name, text) : e;
}

enum err account_manage_make(const struct account_doing *d, const char *name, const char *hash, const struct account_role *role, int64_t *ret_id)
{
    struct account who, there;
    enum err e = who_asks(d, &who);
    if (e == OK && !account_may_grant(&who, role)) return refuse_right(d);
    if (e == OK && role->until_ms > 0 && role->until_ms <= d->now_ms) return refuse(d, ERR_INPUT, "account_past", "this end is past already");
    if (e == OK) e = account_find(d->db, d->arena, name, &there);
    if (e == OK) return fault_because(d->fault, ERR_CONFLICT, "account_taken", NULL, "there is already an account with this name");
    if (e == ERR_NOT_FOUND) e = account_create(d->db, name, hash, true, role, d->now_ms, ret_id, d->fault);
    return e == OK ? audit(d, &who, "account.made", name, role) : e;
}

static bool is_organiser_of_all(const struct account_role *role) { return role->kind == ACCOUNT_ORGANISER && role->event_id == 0; }

/* After the change: somebody still answers for everything, and will tomorrow. */
static enum err check_last(const struct account_doing *d, const struct account *whom)
{
    struct sql_account_other_organisers_row row = {0};
    enum err e = sql_account_other_organisers(d->db, d->arena, whom->id, &row);
    if (e == OK && row.total == 0) return refuse(d, ERR_CONFLICT, "account_last", "this is the last organiser of all events: make another one first");
    return e;
}

static const struct account_role *find_role(const struct account *whom, const struct account_role *role)
{
    for (size_t i = 0; i < whom->role_count; i++) {
        const struct account_role *r = &whom->roles[i];
        if (r->kind == role->kind && r->event_id == role->event_id && r->unit_id == role->unit_id) return r;
    }
    return NULL;
}

static bool answers_for_all(const struct account *whom)
{
    const struct account_role *role = find_role(whom, &(struct account_role){.kind = ACCOUNT_ORGANISER});
    return !whom->disabled && role && role->until_ms == DB_NULL;
}

static enum err grant(const struct account_doing *d, const struct account *who, const struct account *whom, const struct account_role *role)
{
    bool ends = role->until_ms > 0;
    if (ends && role->until_ms <= d->now_ms) return refuse(d, ERR_INPUT, "account_past", "this end is past already");
    if (ends && role->kind == ACCOUNT_ORGANISER && who->id == whom->id) return refuse(d, ERR_DENIED, "account_own", "somebody else has to do this to you");
    enum err e = ends && is_organiser_of_all(role) && answers_for_all(whom) ? check_last(d, whom) : OK;
    if (e == OK) e = account_add_role(d->db, whom->id, role);
    return e == OK ? audit(d, who, "account.role", whom->name, role) : e;
}

static enum err take(const struct account_doing *d, const struct account *who, const struct account *whom, const struct account_role *role)
{
    struct sql_account_role_delete_in in = {whom->id, account_role_name(role->kind), role->event_id, role->unit_id};
    int64_t changes = 0;
    if (role->kind == ACCOUNT_ORGANISER && who->id == whom->id) return refuse(d, ERR_DENIED, "account_own", "somebody else has to do this to you");
    enum err e = is_organiser_of_all(role) && answers_for_all(whom) ? check_last(d, whom) : OK;
    if (e == OK) e = sql_account_role_delete(d->db, &in, &changes);
    if (e == OK && changes == 0) return OK; /* it is gone already, as was wished */
    return e == OK ? audit(d, who, "account.role_end", whom->name, role) : e;
}

static enum err disable(const struct account_doing *d, const struct account *who, const struct account *whom)
{
    if (who->id == whom->id) return refuse(d, ERR_DENIED, "account_own", "somebody else has to do this to you");
    enum err e = answers_for_all(whom) ? check_last(d, whom) : OK;
    if (e == OK) e = sign_in_end_others(d->db, whom->id, NULL, who->name, d->now_ms, NULL);
    if (e == OK) e = account_disable(d->db, whom->id, d->now_ms);
    return e == OK ? audit(d, who, "account.disabled", whom->name, NULL) : e;
}

static enum err enable(const struct account_doing *d, const struct account *who, const struct account *whom)
{
    enum err e = sql_account_enable(d->db, whom->id, NULL);
    return e == OK ? audit(d, who, "account.enabled", whom->name, NULL) : e;
}

static enum err new_password(const struct account_doing *d, const struct account *who, const struct account *whom, const char *hash)
{
    if (who->id == whom->id) return refuse(d, ERR_DENIED, "account_own_password", "your own password is changed on your own page, with the present one");
    enum err e = sign_in_end_others(d->db, whom->id, NULL, who->name, d->now_ms, NULL);
    if (e == OK) e = account_set_password(d->db, whom->id, hash, true);
    return e == OK ? audit(d, who, "account.password", whom->name, NULL) : e;
}

static enum err end_sessions(const struct account_doing *d, const struct account *who, const struct account *whom, const struct account_change *change)
{
    int64_t count = 1;
    enum err e = change->act == ACCOUNT_END_SESSION ? sign_in_end(d->db, whom->id, change->sign_in_id, who->name, d->now_ms)
                                                    : sign_in_end_others(d->db, whom->id, NULL, who->name, d->now_ms, &count);
    if (e == ERR_NOT_FOUND || (e == OK && count == 0)) return OK; /* it has ended already, as was wished */
    return e == OK ? audit(d, who, "account.session_end", whom->name, NULL) : e;
}

static enum err change_managed(const struct account_doing *d, const struct account *who, const struct account *whom, const struct account_change *change)
{
    switch (change->act) {
    case ACCOUNT_NEW_PASSWORD: return new_password(d, who, whom, change->hash);
    case ACCOUNT_DISABLE: return disable(d, who, whom);
    case ACCOUNT_ENABLE: return enable(d, who, whom);
    case ACCOUNT_END_SESSION:
    case ACCOUNT_END_SESSIONS: return end_sessions(d, who, whom, change);
    default: return ERR_BUG;
    }
}

enum err account_manage_change(const struct account_doing *d, const struct account_change *change)
{
    struct account who, whom;
    int64_t changes = 0;
    bool of_role = change->act == ACCOUNT_GRANT || change->act == ACCOUNT_TAKE;
    bool of_sessions = change->act == ACCOUNT_END_SESSION || change->act == ACCOUNT_END_SESSIONS;
    enum err e = who_asks(d, &who);
    if (e == OK) e = account_by_id(d->db, d->arena, change->id, &whom);
    if (e != OK) return e;
    enum account_reach reach = account_reach_of(&who, &whom);
    if (reach == ACCOUNT_HIDDEN) return ERR_NOT_FOUND;
    if (of_role ? !account_may_grant(&who, &change->role) : reach != ACCOUNT_MANAGED) return refuse_right(d);
    if (!of_sessions) e = sql_account_step(d->db, whom.id, change->version, &changes); /* a session that is ended twice is ended */
    if (e == OK && !of_sessions && changes == 0) return refuse(d, ERR_CONFLICT, "account_changed", "this account was changed meanwhile: look at it again");
    if (e != OK) return e;
    if (change->act == ACCOUNT_GRANT) return grant(d, &who, &whom, &change->role);
    if (change->act == ACCOUNT_TAKE) return take(d, &who, &whom, &change->role);
    return change_managed(d, &who, &whom, change);
}

enum err account_roles_named(struct db *db, struct arena *arena, int64_t account_id, struct account_role_named **ret, size_t *ret_count)
{
    struct sql_account_roles_named_row *rows = NULL;
    size_t count = 0;
    enum err e = sql_account_roles_named(db, arena, account_id, &rows, &count);
    if (e != OK) return e;
    struct account_role_named *list = arena_array(arena, count + 1, sizeof *list);
    if (!list) return ERR_NOMEM;
    for (size_t i = 0; i < count; i++) {
        list[i] = (struct account_role_named){rows[i].account_id, {.event_id = rows[i].event_id, .unit_id = rows[i].unit_id, .until_ms = rows[i].until_ms},
                                              rows[i].slug, rows[i].title, rows[i].timezone, rows[i].unit_code, rows[i].unit_name};
        if (!account_role_from_name(rows[i].role, &list[i].role.kind)) return ERR_BUG;
    }
    *ret = list;
    *ret_count = count;
    return OK;
}
