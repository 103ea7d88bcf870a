/* Writing announcements on the console. */
#include "core/base/text.h"
#include "core/congress/messages/announcements_private.h"
#include "core/congress/store/store.h"

#include <string.h>
#include <strings.h>

bool announcement_names_badge(const char *text)
{
    for (const char *p = text; (p = strcasestr(p, "/d/")) != NULL; p += 3) {
        char token[ID_TOKEN_SIZE];
        size_t length = strcspn(p + 3, " \t\n/?#\"'<>)],;.");
        char part[64];
        if (length >= sizeof part) continue;
        memcpy(part, p + 3, length);
        part[length] = '\0';
        if (id_token_read(part, token)) return true;
    }
    return false;
}

enum err announcement_tidy(struct arena *arena, const char *text, const char **ret, struct fault *fault)
{
    const char *tidy = text ? text_tidy(arena, text) : "";
    if (!tidy || !text_is_printable(tidy)) return fault_because(fault, ERR_INPUT, "announce_text", NULL, "this is no text");
    if (text_length(tidy) > ANNOUNCEMENT_LETTERS)
        return fault_because(fault, ERR_INPUT, "announce_long", NULL, "longer than %d letters", ANNOUNCEMENT_LETTERS);
    if (announcement_names_badge(tidy)) return fault_because(fault, ERR_INPUT, "announce_badge", NULL, "the address of a badge is for one person: leave it out");
    *ret = tidy;
    return OK;
}

/* --- one announcement ---------------------------------------------------------------------------------------------------------------------- */

static enum err check_words(const struct doing *d, const struct announcement_words *w)
{
    if (!json_object_size(w->texts)) return fault_because(d->fault, ERR_INPUT, "announce_empty", NULL, "an announcement needs a text in one language at least");
    if (!w->to_wall && !w->to_phone) return fault_because(d->fault, ERR_INPUT, "announce_nowhere", NULL, "choose walls, phones, or both");
    if (w->to_wall && (w->category_count || w->delegation_count))
        return fault_because(d->fault, ERR_INPUT, "announce_wall_all", NULL, "everybody sees a wall: for some only, choose phones alone");
    bool over = w->until_ms != DB_NULL && (w->until_ms <= d->now_ms || (w->from_ms != DB_NULL && w->until_ms <= w->from_ms));
    return over ? fault_because(d->fault, ERR_INPUT, "announce_times", NULL, "the end must come after the beginning, and is still to come") : OK;
}

static bool is_category(const struct sql_docs_categories_row *rows, size_t count, const char *code)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(rows[i].code, code) == 0) return true;
    return false;
}

static bool is_unit(const struct sql_announcement_units_row *rows, size_t count, const char *code)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(rows[i].code, code) == 0) return true;
    return false;
}

static enum err add_code(const struct doing *d, json_t *list, const char *code, bool known)
{
    if (!known) return fault_because(d->fault, ERR_INPUT, "announce_code", code, "the event has no \"%.64s\"", code);
    return json_array_append_new(list, json_string(code)) == 0 ? OK : ERR_NOMEM;
}

/* NULL in *ret: for everybody. */
static enum err audience_text(const struct doing *d, const struct announcement_words *w, const char **ret)
{
    struct sql_docs_categories_row *categories;
    struct sql_announcement_units_row *units;
    size_t category_count, unit_count;
    *ret = NULL;
    if (!w->category_count && !w->delegation_count) return OK;
    enum err e = sql_docs_categories(d->db, d->arena, d->event_id, &categories, &category_count);
    if (e == OK) e = sql_announcement_units(d->db, d->arena, d->event_id, &units, &unit_count);
    if (e != OK) return e;
    json_t *root = json_object(), *list = json_array(), *others = json_array();
    for (size_t i = 0; e == OK && i < w->category_count; i++) e = add_code(d, list, w->categories[i], is_category(categories, category_count, w->categories[i]));
    for (size_t i = 0; e == OK && i < w->delegation_count; i++) e = add_code(d, others, w->delegations[i], is_unit(units, unit_count, w->delegations[i]));
    if (w->category_count) (void)json_object_set(root, "categories", list);
    if (w->delegation_count) (void)json_object_set(root, "delegations", others);
    if (e == OK) *ret = json_text(d->arena, root);
    json_decref(root);
    json_decref(list);
    json_decref(others);
    return e == OK && !*ret ? ERR_NOMEM : e;
}

static enum err finish(const struct doing *d, enum err e, int64_t id, const char *kind)
{
    struct sql_announcement_change_insert_in change = {id_next(d->ids), id, d->now_ms, d->actor, kind};
    const char *subject = arena_printf(d->arena, "%lld", (long long)id), *action = arena_printf(d->arena, "announcement.%s", kind);
    if (!subject || !action) return ERR_NOMEM;
    if (e == OK) e = sql_announcement_change_insert(d->db, &change, NULL);
    if (e == OK) e = sql_docs_event_touch(d->db, d->event_id, NULL);
    if (e == OK) e = audit_write_of(d->db, d->event_id, d->now_ms, d->actor, action, subject, NULL);
    return e;
}

static enum err check_room(const struct doing *d)
{
    struct announcement *list;
    size_t count, alive = 0;
    enum err e = announcement_open(d->db, d->arena, d->event_id, &list, &count);
    for (size_t i = 0; e == OK && i < count; i++) alive += announcement_state_at(&list[i], d->now_ms) != ANNOUNCEMENT_OVER;
    if (e == OK && alive >= ANNOUNCEMENTS_MOST)
        return fault_because(d->fault, ERR_LIMIT, "announce_many", NULL, "there are %d announcements already: end some first", ANNOUNCEMENTS_MOST);
    return e;
}

static enum err write_words(const struct doing *d, int64_t id, const struct announcement_words *w, const char *audience, int64_t *ret_id)
{
    const char *text = json_text(d->arena, w->texts);
    if (!text) return ERR_NOMEM;
    if (id) {
        const struct sql_announcement_update_in in = {id, text, w->from_ms, w->until_ms, w->to_wall, w->to_phone, audience, w->urgent, d->now_ms, d->actor};
        *ret_id = id;
        return finish(d, sql_announcement_update(d->db, &in, NULL), id, "changed");
    }
    const struct sql_announcement_insert_in in = {id_next(d->ids), d->event_id, text, w->from_ms, w->until_ms, w->to_wall, w->to_phone, audience, w->urgent,
                                                  NULL, d->now_ms, d->actor};
    *ret_id = in.id;
    return finish(d, sql_announcement_insert(d->db, &in, NULL), in.id, "made");
}

enum err announcement_write(const struct doing *d, int64_t id, int64_t version, const struct announcement_words *w, int64_t *ret_id)
{
    struct announcement old;
    const char *audience = NULL;
    enum err e = id ? announcement_find(d->db, d->arena, d->event_id, id, &old) : check_room(d);
    if (e == ERR_NOT_FOUND) return fault_set(d->fault, e, "there is no such announcement");
    if (e == OK && id && (old.version != version || old.ended_ms != DB_NULL))
        return fault_because(d->fault, ERR_CONFLICT, "announce_changed", NULL, "somebody has changed or ended this announcement meanwhile");
    if (e == OK) e = check_words(d, w);
    if (e == OK) e = audience_text(d, w, &audience);
    if (e == OK) e = write_words(d, id, w, audience, ret_id);
    return e == OK || d->fault->text[0] ? e : db_fault(d->db, e, d->fault, "write an announcement");
}

enum err announcement_end(const struct doing *d, int64_t id)
{
    struct announcement old;
    enum err e = announcement_find(d->db, d->arena, d->event_id, id, &old);
    if (e == ERR_NOT_FOUND) return fault_set(d->fault, e, "there is no such announcement");
    if (e == OK && old.ended_ms != DB_NULL) return OK;
    if (e == OK) e = finish(d, sql_announcement_end(d->db, id, d->now_ms, d->actor, NULL), id, "ended");
    return e == OK ? OK : db_fault(d->db, e, d->fault, "end an announcement");
}
