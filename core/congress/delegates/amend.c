#include "core/congress/delegates/amend_private.h"
#include "core/base/buf.h"
#include "core/base/crypto.h"
#include "core/congress/badges/credential.h"
#include "core/congress/checkin/history.h"
#include "core/congress/delegates/find_index.h"
#include "core/congress/store/store.h"

#include <string.h>

#define VERSION_BYTES 8

/* --- what all share ---------------------------------------------------------------------------------------------------------------------- */

enum err amend_begin(const struct amend *a, const char *kind, struct amended *ret, bool *ret_done)
{
    struct sql_amend_by_request_row row;
    *ret_done = false;
    if (!a->request || !id_is_uuid(a->request)) return fault_set(a->fault, ERR_INPUT, "request: must be a UUID");
    enum err e = sql_amend_by_request(a->db, a->arena, a->request, &row);
    if (e == ERR_NOT_FOUND) return OK;
    if (e != OK) return db_fault(a->db, e, a->fault, "look for the request");
    if (row.event_id != a->programme->event_id || strcmp(row.kind, kind) != 0)
        return fault_because(a->fault, ERR_CONFLICT, "amend_request_used", NULL, "request: was used for something else");
    *ret = (struct amended){row.code, row.number, row.name, row.delegate_id, true};
    *ret_done = true;
    return OK;
}

enum err amend_find(const struct amend *a, const char *word, amend_row *ret)
{
    amend_row *rows;
    size_t count = 0;
    enum err e = sql_amend_find(a->db, a->arena, a->programme->event_id, word, &rows, &count);
    if (e != OK) return db_fault(a->db, e, a->fault, "look for the delegate");
    if (count == 0) return fault_because(a->fault, ERR_NOT_FOUND, "amend_nobody", word, "no delegate has the code or number \"%.60s\"", word);
    if (count > 1) return fault_because(a->fault, ERR_CONFLICT, "amend_two", word, "\"%.60s\" is the code of one delegate and the number of another", word);
    *ret = rows[0];
    return OK;
}

/* Texts with their length before them, so that no two rows run together. */
static void add_text(struct buf *out, const char *text)
{
    if (text) buf_printf(out, "%zu:%s", strlen(text), text);
    else buf_putc(out, '-');
}

enum err amend_version(const struct amend *a, const amend_row *d, const char **ret)
{
    struct sql_amend_person_row p = {0};
    uint8_t hash[CRYPTO_HASH_BYTES];
    char hex[2 * VERSION_BYTES + 1];
    struct buf all;
    enum err e = d->code ? sql_amend_person(a->db, a->arena, d->code, &p) : OK;
    if (e != OK) return e;
    const char *const texts[] = {d->code, d->name, d->number, d->mandate, d->status, d->replaces, d->decision, d->absence, d->group_name, d->seat, d->badge_box,
                                 d->needs, d->room, d->transport, d->note, p.honorific, p.title, p.born, p.phone};
    buf_init(&all, BUF_LIMIT_LINE);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) add_text(&all, texts[i]);
    buf_printf(&all, "%lld %lld", (long long)d->category_id, (long long)d->delegation_id);
    if (buf_ok(&all)) crypto_derive("plenum-card-version", buf_text(&all), all.length, hash);
    else e = ERR_NOMEM;
    buf_release(&all);
    if (e != OK) return e;
    crypto_hex(hash, VERSION_BYTES, hex);
    *ret = arena_strdup(a->arena, hex);
    return *ret ? OK : ERR_NOMEM;
}

enum err amend_find_seen(const struct amend *a, const char *word, amend_row *ret)
{
    const char *now;
    enum err e = amend_find(a, word, ret);
    if (e != OK || !a->version) return e;
    e = amend_version(a, ret, &now);
    if (e != OK) return db_fault(a->db, e, a->fault, "read the person");
    if (strcmp(now, a->version) == 0) return OK;
    return fault_because(a->fault, ERR_CONFLICT, "amend_older", ret->name ? ret->name : ret->number, "somebody else changed them meanwhile: look again");
}

struct sql_import_delegate_write_in amend_values(const struct amend *a, const amend_row *row)
{
    return (struct sql_import_delegate_write_in){
        .id = row->id, .event_id = a->programme->event_id, .person_id = row->person_id, .number = row->number, .category_id = row->category_id,
        .delegation_id = row->delegation_id, .mandate = row->mandate, .status = row->status, .replaces = row->replaces, .decision = row->decision,
        .absence = row->absence, .roles = row->roles, .group_name = row->group_name, .sort_order = row->sort_order, .seat = row->seat,
        .badge_box = row->badge_box, .needs = row->needs, .room = row->room, .transport = row->transport, .diet = row->diet, .greet = row->greet};
}

enum err amend_tell_doors(const struct amend *a, int64_t delegate_id)
{
    int64_t seq = 0;
    enum err e = write_tools_grow(a->tools, a->db, a->programme->event_id, &seq);
    return e == OK ? sql_checkin_mark_delegate(a->db, delegate_id, seq, NULL) : e;
}

enum err amend_store(const struct amend *a, const struct sql_import_delegate_write_in *values)
{
    enum err e = sql_import_delegate_write(a->db, values, NULL);
    if (e == OK) e = amend_tell_doors(a, values->id);
    if (e == OK) e = sql_docs_event_touch(a->db, a->programme->event_id, NULL); /* pages of phones show names and seats */
    return e == OK ? OK : db_fault(a->db, e, a->fault, "store the delegate");
}

/* The counters that somebody adds: being expected, and where they are and were. */
static enum err keys_of(const struct amend *a, const struct amend_count *who, struct tally_key **ret, size_t *ret_count)
{
    struct presence_interval *intervals;
    struct tally_key *keys = NULL, *all;
    size_t n = 0, count = 0;
    int64_t delegation = !who || who->delegation_id == DB_NULL ? 0 : who->delegation_id;
    *ret_count = 0;
    if (!who) return OK;
    enum err e = history_stored_stays(a->db, a->arena, who->delegate_id, &intervals, &n);
    if (e == OK) e = tally_of_person(a->arena, a->programme, who->category_id, delegation, intervals, n, &keys, &count);
    if (e != OK) return e;
    const struct tally_key expected[] = {{TALLY_EXPECTED, TALLY_EVENT, 0, 0}, {TALLY_EXPECTED, TALLY_CATEGORY, who->category_id, 0},
                                         {TALLY_EXPECTED, TALLY_DELEGATION, delegation, 0}};
    size_t more = who->is_expected ? sizeof expected / sizeof expected[0] : 0;
    all = arena_array(a->arena, count + more + 1, sizeof *all);
    if (!all) return ERR_NOMEM;
    memcpy(all, expected, more * sizeof *all); /* EXPECTED is the first of the measures: the whole stays sorted */
    if (count) memcpy(all + more, keys, count * sizeof *all);
    *ret = all;
    *ret_count = count + more;
    return OK;
}

_Static_assert(TALLY_EXPECTED < TALLY_ATTENDED && TALLY_EXPECTED < TALLY_PRESENT && TALLY_EVENT < TALLY_CATEGORY && TALLY_CATEGORY < TALLY_DELEGATION, "keys_of");

enum err amend_recount(const struct amend *a, const struct amend_count *before, const struct amend_count *after)
{
    struct tally_key *old = NULL, *new = NULL;
    size_t old_count, new_count;
    enum err e = keys_of(a, before, &old, &old_count);
    if (e == OK) e = keys_of(a, after, &new, &new_count);
    return e == OK ? tally_add_difference(&a->tools->tally, a->programme->event_id, old, old_count, new, new_count) : e;
}

enum err amend_finish(const struct amend *a, const char *kind, int64_t delegate_id, int64_t other_id, const char *subject, json_t *detail)
{
    const char *text = detail ? json_text(a->arena, detail) : NULL;
    const char *about = arena_printf(a->arena, "%s/%s", a->programme->slug, subject), *action = arena_printf(a->arena, "delegate.%s", kind);
    json_decref(detail);
    if (!text || !about || !action) return ERR_NOMEM;
    enum err e = sql_amend_write(a->db, &(struct sql_amend_write_in){.id = id_next(&a->tools->ids), .request = a->request, .event_id = a->programme->event_id,
                                                                    .delegate_id = delegate_id, .other_id = other_id, .kind = kind, .detail = text,
                                                                    .made_ms = a->now_ms, .actor = a->actor}, NULL);
    if (e == OK) e = audit_write(a->db, a->now_ms, a->actor, action, about, text);
    if (e == OK) e = find_index_touch(a->db, a->arena, delegate_id);
    if (e == OK && other_id != DB_NULL) e = find_index_touch(a->db, a->arena, other_id);
    return e == OK ? OK : db_fault(a->db, e, a->fault, "note the change");
}

/* --- walk-in ------------------------------------------------------------------------------------------------------------------------------- */

/* Whom the quorum counts, the organiser alone adds. */
static enum err may_add(const struct amend *a, int64_t category_id)
{
    json_t *quorum = NULL;
    const struct programme *p = a->programme;
    if (a->is_organiser || !p->quorum || json_read(p->quorum, strlen(p->quorum), &quorum, NULL) != OK) return OK;
    const char *code = json_string_value(json_object_get(quorum, "category"));
    const struct programme_category *counted = code ? programme_category_by_code(p, code) : NULL;
    bool counts = counted && counted->id == category_id;
    json_decref(quorum);
    if (!counts) return OK;
    return fault_because(a->fault, ERR_DENIED, "amend_quorum", NULL, "this category counts for the quorum: only an organiser adds somebody to it");
}

static enum err give_badge(const struct amend *a, int64_t person_id, int64_t delegate_id)
{
    struct credential_new credential;
    credential_make(&a->tools->ids, &credential);
    enum err e = sql_import_delegate_state_insert(a->db, delegate_id, a->programme->event_id, NULL);
    const struct credential_owner owner = {person_id, a->programme->event_id, delegate_id};
    return e == OK ? credential_add(a->db, &credential, &owner, 1, a->now_ms) : e;
}

/* Whether this person is a delegate already: by who they are, since a number may be spelt like a code. */
static enum err find_listed(const struct amend *a, const struct amend_who *who, amend_row *ret, bool *ret_is)
{
    amend_row *rows;
    size_t count = 0;
    *ret_is = false;
    if (who->is_new) return OK;
    enum err e = sql_amend_find(a->db, a->arena, a->programme->event_id, who->code, &rows, &count);
    if (e != OK) return db_fault(a->db, e, a->fault, "look for the delegate");
    for (size_t i = 0; i < count && !*ret_is; i++) {
        if (rows[i].person_id != who->id) continue;
        *ret = rows[i];
        *ret_is = true;
    }
    return OK;
}

static enum err check_not_delegate(const struct amend *a, const struct amend_who *who)
{
    amend_row row;
    bool listed;
    enum err e = find_listed(a, who, &row, &listed);
    if (e != OK || !listed) return e;
    return fault_because(a->fault, ERR_CONFLICT, "amend_is_delegate", who->code, "%s is a delegate already", who->name);
}

static enum err check_number(const struct amend *a, const char *given, const char **ret)
{
    struct sql_amend_number_taken_row row;
    enum err e = amend_text(a, given, "number", 64, ret);
    if (e != OK || !*ret) return e;
    e = sql_amend_number_taken(a->db, a->arena, a->programme->event_id, *ret, &row);
    if (e == OK) return fault_because(a->fault, ERR_CONFLICT, "amend_number", *ret, "number \"%.60s\" is taken", *ret);
    return e == ERR_NOT_FOUND ? OK : e;
}

enum err amend_walk_in(const struct amend *a, const struct amend_person *wish, const char *category, const char *number, bool anyway, struct amended *ret)
{
    struct amend_who who;
    bool done;
    enum err e = amend_begin(a, "walk_in", ret, &done);
    if (e != OK || done) return e;
    const struct programme_category *k = category ? programme_category_by_code(a->programme, category) : NULL;
    if (!k) return fault_because(a->fault, ERR_NOT_FOUND, "amend_category", category, "there is no category \"%.64s\"", category ? category : "");
    e = may_add(a, k->id);
    if (e == OK) e = check_number(a, number, &number);
    if (e == OK) e = amend_take_person(a, wish, anyway, &who);
    if (e == OK) e = check_not_delegate(a, &who);
    if (e != OK) return e;
    int64_t id = id_next(&a->tools->ids);
    const struct sql_import_delegate_write_in in = {.id = id, .event_id = a->programme->event_id, .person_id = who.id, .number = number, .category_id = k->id,
                                                    .delegation_id = who.unit_id, .status = "summoned", .sort_order = DB_NULL, .greet = 1};
    e = amend_store(a, &in);
    if (e == OK) e = give_badge(a, who.id, id);
    if (e == OK) e = amend_recount(a, NULL, &(struct amend_count){id, k->id, who.unit_id, true});
    if (e == OK) e = amend_finish(a, "walk_in", id, DB_NULL, who.code, json_pack("{s:s,s:b}", "category", k->code, "new", who.is_new));
    if (e == OK) *ret = (struct amended){who.code, number, who.name, id, false};
    return e;
}

/* What the record cannot tell any more afterwards, for figures of the past (core/congress/figures/past_list.c). */
static enum err note_was(const struct amend *a, int64_t category_id, int64_t delegation_id, json_t *detail)
{
    struct sql_delegation_unit_by_id_row unit = {0};
    unsigned at = programme_category_position(a->programme, category_id);
    if (!detail) return ERR_NOMEM;
    enum err e = delegation_id == DB_NULL ? OK : sql_delegation_unit_by_id(a->db, a->arena, delegation_id, &unit);
    json_t *was = json_pack("{s:s?,s:s?}", "category", at < a->programme->category_count ? a->programme->categories[at].code : NULL, "delegation", unit.code);
    return e == OK && json_object_set_new(detail, "was", was) != 0 ? ERR_NOMEM : e;
}

/* --- a name for a blank badge ---------------------------------------------------------------------------------------------------------------- */

enum err amend_name_blank(const struct amend *a, const char *number, const struct amend_person *wish, bool anyway, struct amended *ret)
{
    struct amend_who who;
    amend_row row;
    bool done;
    enum err e = amend_begin(a, "name_blank", ret, &done);
    if (e != OK || done) return e;
    e = amend_find_seen(a, number, &row);
    if (e == OK && row.person_id != DB_NULL)
        return fault_because(a->fault, ERR_CONFLICT, "amend_not_blank", row.name, "number \"%.60s\" is the badge of %s by now", number, row.name);
    if (e == OK && strcmp(row.status, "summoned") == 0) e = may_add(a, row.category_id);
    if (e == OK) e = amend_take_person(a, wish, anyway, &who);
    if (e == OK) e = check_not_delegate(a, &who);
    if (e != OK) return e;
    struct sql_import_delegate_write_in in = amend_values(a, &row);
    in.person_id = who.id;
    if (in.delegation_id == DB_NULL) in.delegation_id = who.unit_id;
    bool expected = strcmp(row.status, "summoned") == 0;
    const struct amend_count before = {row.id, row.category_id, row.delegation_id, false}, after = {row.id, row.category_id, in.delegation_id, expected};
    e = amend_recount(a, &before, &after);
    if (e == OK) e = amend_store(a, &in);
    if (e == OK) e = sql_import_credential_set_person(a->db, row.id, who.id, NULL);
    json_t *detail = e == OK ? json_pack("{s:s,s:b}", "number", number, "new", who.is_new) : NULL;
    if (e == OK) e = note_was(a, row.category_id, row.delegation_id, detail);
    if (e == OK) e = amend_finish(a, "name_blank", row.id, DB_NULL, who.code, detail);
    else json_decref(detail);
    if (e == OK) *ret = (struct amended){who.code, row.number, who.name, row.id, false};
    return e;
}

/* --- a substitute ------------------------------------------------------------------------------------------------------------------------------ */

static enum err check_replaced(const struct amend *a, const amend_row *old)
{
    if (old->person_id == DB_NULL) return fault_because(a->fault, ERR_CONFLICT, "amend_blank", old->number, "a blank badge has nobody to stand for");
    if (strcmp(old->status, "summoned") != 0) return fault_because(a->fault, ERR_CONFLICT, "amend_no_mandate", old->name, "%s is %s", old->name, old->status);
    if (old->attended_ms != DB_NULL) return fault_because(a->fault, ERR_CONFLICT, "amend_has_come", old->name, "%s has come: nobody stands for who is here", old->name);
    return OK;
}

/* The mandate goes over; the old one keeps name, category and delegation, so that the record can be read. */
static enum err retire(const struct amend *a, const amend_row *old)
{
    struct sql_import_delegate_write_in in = amend_values(a, old);
    in.status = "replaced";
    in.number = in.seat = in.badge_box = NULL;
    enum err e = amend_recount(a, &(struct amend_count){old->id, old->category_id, old->delegation_id, true},
                               &(struct amend_count){old->id, old->category_id, old->delegation_id, false});
    if (e == OK) e = amend_store(a, &in);
    if (e == OK) e = sql_reissue_revoke_badges(a->db, old->id, a->now_ms, NULL);
    return e == OK ? sql_pin_session_delete_of_delegate(a->db, old->id, NULL) : e;
}

static void take_over(struct sql_import_delegate_write_in *in, const amend_row *old)
{
    in->category_id = old->category_id;
    in->delegation_id = old->delegation_id;
    in->mandate = old->mandate;
    in->status = "summoned";
    in->replaces = old->code;
    in->decision = old->decision;
    in->group_name = old->group_name;
    in->sort_order = old->sort_order;
    in->seat = old->seat;
    in->absence = NULL;
}

static enum err substitute_alternate(const struct amend *a, const amend_row *old, const amend_row *alternate)
{
    struct sql_import_delegate_write_in in = amend_values(a, alternate);
    take_over(&in, old);
    if (!in.number) in.number = old->number;
    enum err e = amend_recount(a, &(struct amend_count){alternate->id, alternate->category_id, alternate->delegation_id, false},
                               &(struct amend_count){alternate->id, in.category_id, in.delegation_id, true});
    return e == OK ? amend_store(a, &in) : e;
}

static enum err substitute_new(const struct amend *a, const amend_row *old, const struct amend_who *who, int64_t *ret_id)
{
    struct sql_import_delegate_write_in in = {.id = id_next(&a->tools->ids), .event_id = a->programme->event_id, .person_id = who->id, .number = old->number, .greet = 1};
    take_over(&in, old);
    enum err e = amend_store(a, &in);
    if (e == OK) e = give_badge(a, who->id, in.id);
    if (e == OK) e = amend_recount(a, NULL, &(struct amend_count){in.id, in.category_id, in.delegation_id, true});
    *ret_id = in.id;
    return e;
}

enum err amend_substitute(const struct amend *a, const char *code, const struct amend_person *wish, struct amended *ret)
{
    struct amend_who who;
    amend_row old, other;
    bool done, listed = false;
    int64_t id = 0;
    enum err e = amend_begin(a, "substitute", ret, &done);
    if (e != OK || done) return e;
    e = amend_find_seen(a, code, &old);
    if (e == OK) e = check_replaced(a, &old);
    if (e == OK) e = amend_take_person(a, wish, true, &who);
    if (e == OK) e = find_listed(a, &who, &other, &listed);
    if (e != OK) return e;
    if (listed && strcmp(other.status, "alternate") != 0)
        return fault_because(a->fault, ERR_CONFLICT, "amend_is_delegate", who.name, "%s is a delegate already", who.name);
    e = retire(a, &old);
    if (e == OK) e = listed ? substitute_alternate(a, &old, &other) : substitute_new(a, &old, &who, &id);
    if (listed) id = other.id;
    json_t *detail = e == OK ? json_pack("{s:s,s:s?,s:b}", "replaces", old.code, "number", old.number, "alternate", listed) : NULL;
    if (e == OK && listed) e = note_was(a, other.category_id, other.delegation_id, detail);
    if (e == OK) e = amend_finish(a, "substitute", id, old.id, who.code, detail);
    else json_decref(detail);
    const char *number = listed && other.number ? other.number : old.number;
    if (e == OK) *ret = (struct amended){who.code, number, who.name, id, false};
    return e;
}
