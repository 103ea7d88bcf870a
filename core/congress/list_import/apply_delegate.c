/* A delegate of the list: row, badge, state; the counters follow by the difference, as at the desk. */
#include "catalogue.h"
#include "core/congress/badges/credential.h"
#include "core/congress/delegates/amend_private.h"
#include "core/congress/list_import/apply.h"

#include <string.h>

enum { PERSON = 2 };

static struct amend_count count_of(const struct db_value *v)
{
    const struct db_value *delegation = &v[entity_column(ENTITY_DELEGATE, "delegation")];
    return (struct amend_count){.delegate_id = v[0].i64, .category_id = v[entity_column(ENTITY_DELEGATE, "category")].i64,
                                .delegation_id = delegation->type == DB_TYPE_I64 ? delegation->i64 : DB_NULL,
                                .is_expected = v[PERSON].type == DB_TYPE_I64 && strcmp(v[entity_column(ENTITY_DELEGATE, "status")].text, "summoned") == 0};
}

enum err apply_count(struct db *db, struct arena *arena, struct write_tools *tools, const char *slug, const struct db_value *before, const struct db_value *after)
{
    const struct programme *programme;
    struct amend_count was, is;
    enum err e = programme_cached(&tools->programmes, db, slug, &programme, NULL);
    if (e != OK) return e;
    const struct amend amend = {.db = db, .arena = arena, .tools = tools, .programme = programme};
    if (before) was = count_of(before);
    if (after) is = count_of(after);
    return amend_recount(&amend, before ? &was : NULL, after ? &is : NULL);
}

static enum err give_badge(struct slice *s, const struct db_value *v)
{
    struct credential_new credential;
    credential_make(&s->tools->ids, &credential);
    const struct credential_owner owner = {v[PERSON].type == DB_TYPE_I64 ? v[PERSON].i64 : 0, v[1].i64, v[0].i64};
    enum err e = sql_import_delegate_state_insert(s->db, v[0].i64, v[1].i64, NULL);
    return e == OK ? credential_add(s->db, &credential, &owner, 1, s->at_ms) : e;
}

enum err apply_delegate(struct slice *s, const struct item *item)
{
    const struct row *d = item->subject;
    const struct entity *entity = &entities[ENTITY_DELEGATE];
    enum err e = apply_count(s->db, s->arena, s->tools, s->m->plan.here->row->key, d->now, d->next);
    if (e == OK) e = db_execute(s->db, entity->write, d->next, entity_width(entity));
    if (e == OK && !d->now) e = give_badge(s, d->next);
    if (e == OK && d->now && d->now[PERSON].type == DB_TYPE_NULL && d->next[PERSON].type == DB_TYPE_I64)
        e = sql_import_credential_set_person(s->db, d->next[0].i64, d->next[PERSON].i64, NULL);
    tell_event(&s->tell, d->next[1].i64);
    if (e == OK && d->now) e = find_index_touch(s->db, s->arena, d->next[0].i64);
    return e;
}
