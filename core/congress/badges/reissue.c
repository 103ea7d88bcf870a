#include "core/congress/badges/reissue.h"

#include "core/base/json.h"
#include "core/base/buf.h"
#include "core/congress/store/store.h"

#include "catalogue.h"

#include <inttypes.h>
#include <string.h>

static bool has_mandate(const char *status)
{
    return strcmp(status, "summoned") == 0 || strcmp(status, "alternate") == 0;
}

enum err reissue_plan(struct db *db, struct arena *arena, struct id_source *ids, const char *event, const char *code, struct reissue *ret, struct fault *fault)
{
    struct sql_delegates_event_head_row head;
    struct sql_reissue_find_row *rows;
    size_t count;
    enum err e = sql_delegates_event_head(db, arena, event, &head);
    if (e == ERR_NOT_FOUND) return fault_set(fault, e, "there is no event \"%.60s\"", event);
    if (e == OK) e = sql_reissue_find(db, arena, head.id, code, &rows, &count);
    if (e != OK) return db_fault(db, e, fault, "look for the badge");
    if (count == 0) return fault_set(fault, ERR_NOT_FOUND, "no delegate has the code or number \"%.60s\"", code);
    /* The wrong badge would die: nobody guesses here. */
    if (count > 1) return fault_set(fault, ERR_CONFLICT, "\"%.60s\" is the code of one delegate and the number of another", code);
    if (!has_mandate(rows[0].status)) return fault_set(fault, ERR_CONFLICT, "%s is %s and gets no badge", rows[0].name ? rows[0].name : code, rows[0].status);
    struct reissue reissue = {.owner = {.person_id = rows[0].person_id == DB_NULL ? 0 : rows[0].person_id, .event_id = head.id, .delegate_id = rows[0].delegate_id},
                              .issue = rows[0].last_issue + 1, .code = rows[0].code ? rows[0].code : rows[0].number, .name = rows[0].name,
                              .event = arena_strdup(arena, event)};
    if (!reissue.event) return fault_set(fault, ERR_NOMEM, "not enough memory");
    credential_make(ids, &reissue.credential);
    *ret = reissue;
    return OK;
}

enum err reissue_plan_card(struct db *db, struct arena *arena, struct id_source *ids, const char *person, struct reissue *ret, struct fault *fault)
{
    struct sql_reissue_find_card_row row;
    enum err e = sql_reissue_find_card(db, arena, person, &row);
    if (e == ERR_NOT_FOUND) return fault_set(fault, e, "there is no person \"%.60s\"", person);
    if (e != OK) return db_fault(db, e, fault, "look for the member card");
    if (row.last_issue == 0) return fault_set(fault, ERR_NOT_FOUND, "%s has no member card yet", row.name);
    struct reissue reissue = {.owner = {.person_id = row.person_id}, .issue = row.last_issue + 1, .code = arena_strdup(arena, person), .name = row.name};
    if (!reissue.code) return fault_set(fault, ERR_NOMEM, "not enough memory");
    credential_make(ids, &reissue.credential);
    *ret = reissue;
    return OK;
}

enum err reissue_expect(const struct reissue *reissue, int64_t seen, struct fault *fault)
{
    const int64_t newest = reissue->issue - 1;
    if (newest == seen) return OK;
    return fault_set(fault, ERR_CONFLICT, "the badge of %s was reissued by somebody else: issue %" PRId64 " is the newest, not %" PRId64 "; look again",
                     reissue->name ? reissue->name : reissue->code, newest, seen);
}

/* Between plan and apply others may have written: another reissue, a name for a blank badge, a lost mandate. */
enum err reissue_check(struct db *db, const struct reissue *reissue, struct fault *fault)
{
    struct arena arena = {0};
    struct sql_reissue_delegate_row delegate = {0};
    struct sql_reissue_card_row card = {0};
    bool is_card = reissue->owner.delegate_id == 0, good;
    enum err e = is_card ? sql_reissue_card(db, &arena, reissue->owner.person_id, &card) : sql_reissue_delegate(db, &arena, reissue->owner.delegate_id, &delegate);
    int64_t last = is_card ? card.last_issue : delegate.last_issue;
    good = e == OK && last + 1 == reissue->issue;
    if (good && !is_card) good = has_mandate(delegate.status) && (delegate.person_id == DB_NULL ? 0 : delegate.person_id) == reissue->owner.person_id;
    arena_release(&arena);
    if (good) return OK;
    if (e != OK && e != ERR_NOT_FOUND) return db_fault(db, e, fault, "look at the badge again");
    return fault_set(fault, ERR_CONFLICT, "the badge of %s changed in this moment: somebody else reissued it, or the delegate is another; look again", reissue->code);
}

static enum err tell_door(struct db *db, int64_t event_id, int64_t delegate_id)
{
    struct sql_checkin_bump_event_row row;
    enum err e = sql_checkin_bump_event(db, NULL, event_id, &row);
    return e == OK ? sql_checkin_mark_delegate(db, delegate_id, row.roster_seq, NULL) : e;
}

/* Every gate where the person may stand learns of it with its next look at the roster. */
static enum err tell_doors(struct db *db, const struct credential_owner *owner)
{
    struct arena arena = {0};
    struct sql_reissue_places_of_person_row *places;
    size_t count = 0;
    if (owner->delegate_id) return tell_door(db, owner->event_id, owner->delegate_id);
    enum err e = sql_reissue_places_of_person(db, &arena, owner->person_id, &places, &count);
    for (size_t i = 0; e == OK && i < count; i++) e = tell_door(db, places[i].event_id, places[i].delegate_id);
    arena_release(&arena);
    return e;
}

/* What the audit tells: which issue, and why. Never a token. */
static enum err write_audit(struct db *db, const struct reissue *reissue, const char *actor, int64_t now_ms)
{
    struct buf subject, detail;
    buf_init(&subject, BUF_LIMIT_LINE);
    buf_init(&detail, BUF_LIMIT_LINE);
    if (reissue->event) buf_printf(&subject, "%s/", reissue->event);
    buf_puts(&subject, reissue->code);
    buf_printf(&detail, "{\"issue\":%" PRId64, reissue->issue);
    if (!reissue->owner.delegate_id) buf_puts(&detail, ",\"card\":true");
    if (reissue->reason) buf_puts(&detail, ",\"reason\":"), buf_put_json(&detail, reissue->reason);
    buf_putc(&detail, '}');
    enum err e = buf_ok(&subject) && buf_ok(&detail) ? audit_write(db, now_ms, actor, "reissue", buf_text(&subject), buf_text(&detail)) : ERR_NOMEM;
    buf_release(&subject);
    buf_release(&detail);
    return e;
}

enum err reissue_apply(struct db *db, const struct reissue *reissue, const char *actor, int64_t now_ms, struct fault *fault)
{
    const struct credential_owner *owner = &reissue->owner;
    enum err e = reissue_check(db, reissue, fault);
    if (e != OK) return e;
    e = owner->delegate_id ? sql_reissue_revoke_badges(db, owner->delegate_id, now_ms, NULL) : sql_reissue_revoke_cards(db, owner->person_id, now_ms, NULL);
    /* Browsers that the old badge had opened are closed with it. */
    if (e == OK) e = owner->delegate_id ? sql_pin_session_delete_of_delegate(db, owner->delegate_id, NULL) : sql_pin_session_delete_of_person(db, owner->person_id, NULL);
    if (e == OK) e = credential_add(db, &reissue->credential, owner, reissue->issue, now_ms);
    if (e == OK) e = tell_doors(db, owner);
    if (e == OK) e = write_audit(db, reissue, actor, now_ms);
    return e == OK ? OK : db_fault(db, e, fault, "reissue the badge");
}

enum err reissue_withdraw_card(struct db *db, struct arena *arena, const char *person, const char *reason, const char *actor, int64_t now_ms, struct fault *fault)
{
    struct sql_member_card_person_row row;
    enum err e = sql_member_card_person(db, arena, person, 0, &row);
    if (e == ERR_NOT_FOUND) return fault_because(fault, e, "amend_person", person, "there is no person \"%.64s\"", person);
    if (e == OK && !row.good) return fault_because(fault, ERR_CONFLICT, "card_none", person, "%.64s has no good member card", person);
    const struct credential_owner owner = {.person_id = row.person_id};
    json_t *detail = json_pack("{s:s?}", "reason", reason);
    const char *text = detail ? json_text(arena, detail) : NULL;
    json_decref(detail);
    if (e == OK) e = text ? sql_reissue_revoke_cards(db, row.person_id, now_ms, NULL) : ERR_NOMEM;
    if (e == OK) e = sql_pin_session_delete_of_person(db, row.person_id, NULL);
    if (e == OK) e = tell_doors(db, &owner);
    if (e == OK) e = audit_write(db, now_ms, actor, "card.withdraw", person, text);
    return e == OK ? OK : db_fault(db, e, fault, "withdraw the card");
}

enum err reissue_into_list(struct arena *arena, const struct reissue *reissue, const char *base_url, struct badge_list *list)
{
    for (size_t i = 0; i < list->count; i++) {
        struct badge_list_row *row = &list->rows[i];
        bool same = reissue->owner.delegate_id ? row->delegate_id == reissue->owner.delegate_id : row->person_id == reissue->owner.person_id;
        if (!same) continue;
        const char *url = badge_url(arena, base_url, reissue->credential.token);
        if (!url) return ERR_NOMEM;
        row->url = url;
        row->issue = reissue->issue;
        row->credential_id = reissue->credential.id;
        return OK;
    }
    return ERR_NOT_FOUND;
}
