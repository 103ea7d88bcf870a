/* What hangs on a person when two entries become one: delegates, badges, member cards, handovers, who stands for whom, old codes. */
#include "core/congress/delegates/find_index.h"
#include "core/congress/figures/tally.h"
#include "core/congress/register/merge_private.h"

#include <string.h>

typedef struct sql_merge_delegates_row place;

static enum err list_add(struct merge_two *two, const char *key, json_t *value)
{
    json_t *list = json_object_get(two->trail, key);
    if (!list) {
        list = json_array();
        if (!list || json_object_set_new(two->trail, key, list) != 0) return ERR_NOMEM;
    }
    return json_array_append_new(list, value) == 0 ? OK : ERR_NOMEM;
}

static bool is_named(const char *const *events, size_t count, const char *slug)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(events[i], slug) == 0) return true;
    return false;
}

/* The place that goes: its badges open the one that stays. */
static enum err drop_place(struct merge_two *two, const place *goes, const place *stays, int64_t owner)
{
    struct register_doing *doing = two->doing;
    struct sql_merge_delegate_row_row row;
    struct sql_merge_credentials_row *cards;
    size_t count;
    json_t *ids = json_array();
    if (goes->came || goes->used)
        return fault_because(doing->fault, ERR_CONFLICT, "register_both_used", goes->slug, "%s: the place that would go has been used already", goes->slug);
    enum err e = sql_merge_delegate_row(doing->db, doing->arena, goes->id, &row);
    if (e == OK) e = sql_merge_credentials(doing->db, doing->arena, owner, &cards, &count);
    for (size_t i = 0; e == OK && i < count; i++) {
        if (cards[i].delegate_id != goes->id) continue;
        e = sql_merge_credential_to(doing->db, cards[i].id, two->kept.id, stays->id, NULL);
        if (e == OK && json_array_append_new(ids, json_integer(cards[i].id)) != 0) e = ERR_NOMEM;
    }
    json_t *kept = e == OK ? merge_delegate_json(&row) : NULL;
    if (e == OK && !kept) e = ERR_NOMEM;
    if (e != OK) {
        json_decref(ids);
        return e;
    }
    e = list_add(two, "dropped", json_pack("{s:o,s:o,s:I}", "row", kept, "credentials", ids, "into", (json_int_t)stays->id));
    if (e == OK) e = sql_import_delegate_remove_state(doing->db, goes->id, NULL);
    if (e == OK) e = sql_import_delegate_remove(doing->db, goes->id, NULL);
    if (e == ERR_CONFLICT) return fault_because(doing->fault, e, "register_both_used", goes->slug, "%s: the place that would go has been used already", goes->slug);
    if (e == OK) e = find_index_sync(doing->db, goes->event_id);
    if (e == OK) e = sql_merge_event_bump(doing->db, goes->event_id, NULL);
    return e == OK ? tally_rebuild(doing->db, goes->event_id) : e;
}

static enum err move_place(struct merge_two *two, const place *p)
{
    enum err e = sql_merge_delegate_to(two->doing->db, p->id, two->kept.id, NULL);
    if (e == OK) e = sql_merge_credentials_of_delegate(two->doing->db, p->id, two->kept.id, NULL);
    return e == OK ? list_add(two, "delegates", json_integer(p->id)) : e;
}

static enum err move_one(struct merge_two *two, const struct register_merge_wish *wish, const place *p, const place *mine)
{
    if (!mine) return move_place(two, p);
    bool takes = is_named(wish->events, wish->event_count, p->slug), keeps = is_named(wish->kept_events, wish->kept_event_count, p->slug);
    if (takes == keeps)
        return fault_because(two->doing->fault, ERR_CONFLICT, "register_both", p->slug, "both are delegates of %s: say whose place stays", p->slug);
    if (keeps) return drop_place(two, p, mine, two->gone.id);
    enum err e = drop_place(two, mine, p, two->kept.id);
    return e == OK ? move_place(two, p) : e;
}

static enum err move_delegates(struct merge_two *two, const struct register_merge_wish *wish)
{
    place *theirs, *mine;
    size_t count, mine_count;
    enum err e = sql_merge_delegates(two->doing->db, two->doing->arena, two->gone.id, &theirs, &count);
    if (e == OK) e = sql_merge_delegates(two->doing->db, two->doing->arena, two->kept.id, &mine, &mine_count);
    for (size_t i = 0; e == OK && i < count; i++) {
        const place *same = NULL;
        for (size_t k = 0; k < mine_count; k++)
            if (mine[k].event_id == theirs[i].event_id) same = &mine[k];
        e = move_one(two, wish, &theirs[i], same);
    }
    return e;
}

/* What is left of the gone one's: member cards, and badges whose delegate is no more. */
static enum err move_cards(struct merge_two *two)
{
    struct register_doing *doing = two->doing;
    struct sql_merge_credentials_row *cards;
    struct sql_merge_handovers_row *handovers;
    size_t count, handed = 0;
    enum err e = sql_merge_credentials(doing->db, doing->arena, two->gone.id, &cards, &count);
    for (size_t i = 0; e == OK && i < count; i++) {
        e = sql_merge_credential_to(doing->db, cards[i].id, two->kept.id, cards[i].delegate_id, NULL);
        if (e == OK) e = list_add(two, "cards", json_integer(cards[i].id));
    }
    if (e == OK) e = sql_merge_handovers(doing->db, doing->arena, two->gone.id, &handovers, &handed);
    for (size_t i = 0; e == OK && i < handed; i++) {
        e = sql_merge_handover_to(doing->db, handovers[i].id, two->kept.id, NULL);
        if (e == OK) e = list_add(two, "handovers", json_integer(handovers[i].id));
    }
    return e;
}

static enum err move_codes(struct merge_two *two)
{
    struct register_doing *doing = two->doing;
    struct sql_merge_replaced_row *replaced;
    struct sql_merge_aliases_row *aliases;
    size_t count, alias_count = 0;
    enum err e = sql_merge_replaced(doing->db, doing->arena, two->gone.code, &replaced, &count);
    for (size_t i = 0; e == OK && i < count; i++) {
        e = sql_merge_replaced_to(doing->db, replaced[i].id, two->kept.code, NULL);
        if (e == OK) e = list_add(two, "replaced", json_integer(replaced[i].id));
    }
    if (e == OK) e = sql_merge_aliases(doing->db, doing->arena, two->gone.id, &aliases, &alias_count);
    for (size_t i = 0; e == OK && i < alias_count; i++) {
        e = sql_merge_alias_put(doing->db, aliases[i].code, two->kept.id, two->merge_id, NULL);
        if (e == OK) e = list_add(two, "aliases", json_string(aliases[i].code));
    }
    return e;
}

enum err merge_move_places(struct merge_two *two, const struct register_merge_wish *wish)
{
    enum err e = move_delegates(two, wish);
    if (e == OK) e = move_cards(two);
    return e == OK ? move_codes(two) : e;
}

/* --- and back --- */

static enum err put_back(struct merge_two *two, const json_t *dropped)
{
    struct register_doing *doing = two->doing;
    const struct sql_import_delegate_write_in row = merge_delegate_back(json_object_get(dropped, "row"));
    const json_t *ids = json_object_get(dropped, "credentials");
    enum err e = sql_import_delegate_write(doing->db, &row, NULL);
    if (e == OK) e = sql_import_delegate_state_insert(doing->db, row.id, row.event_id, NULL);
    for (size_t i = 0; e == OK && i < json_array_size(ids); i++)
        e = sql_merge_credential_to(doing->db, json_integer_value(json_array_get(ids, i)), row.person_id, row.id, NULL);
    if (e == OK) e = find_index_sync(doing->db, row.event_id);
    if (e == OK) e = sql_merge_event_bump(doing->db, row.event_id, NULL);
    if (e == OK) e = tally_rebuild(doing->db, row.event_id);
    return e == ERR_CONFLICT ? fault_because(doing->fault, e, "register_merge_old", two->kept.code, "the list of an event has changed since") : e;
}

static enum err each_id(struct merge_two *two, const char *key, enum err (*work)(struct merge_two *two, int64_t id))
{
    const json_t *list = json_object_get(two->trail, key);
    enum err e = OK;
    for (size_t i = 0; e == OK && i < json_array_size(list); i++) e = work(two, json_integer_value(json_array_get(list, i)));
    return e;
}

static enum err delegate_back(struct merge_two *two, int64_t id)
{
    enum err e = sql_merge_delegate_to(two->doing->db, id, two->gone.id, NULL);
    return e == OK ? sql_merge_credentials_of_delegate(two->doing->db, id, two->gone.id, NULL) : e;
}

static enum err card_back(struct merge_two *two, int64_t id)
{
    return sql_merge_credential_to(two->doing->db, id, two->gone.id, DB_NULL, NULL);
}

static enum err handover_back(struct merge_two *two, int64_t id)
{
    return sql_merge_handover_to(two->doing->db, id, two->gone.id, NULL);
}

static enum err replaced_back(struct merge_two *two, int64_t id)
{
    return sql_merge_replaced_to(two->doing->db, id, two->gone.code, NULL);
}

enum err merge_move_back(struct merge_two *two)
{
    const json_t *dropped = json_object_get(two->trail, "dropped"), *aliases = json_object_get(two->trail, "aliases");
    enum err e = each_id(two, "delegates", delegate_back);
    for (size_t i = 0; e == OK && i < json_array_size(dropped); i++) e = put_back(two, json_array_get(dropped, i));
    if (e == OK) e = each_id(two, "cards", card_back);
    if (e == OK) e = each_id(two, "handovers", handover_back);
    if (e == OK) e = each_id(two, "replaced", replaced_back);
    for (size_t i = 0; e == OK && i < json_array_size(aliases); i++)
        e = sql_merge_alias_put(two->doing->db, json_string_value(json_array_get(aliases, i)), two->gone.id, two->merge_id, NULL);
    return e;
}
