/* GET /admin/{event}/announcements: what everybody is told now, what is planned, the form to write it, and what was shown when. POST: do= write, end. */
#include "core/base/clock.h"
#include "core/base/text.h"
#include "core/base/zone.h"
#include "core/congress/messages/announcements.h"
#include "core/congress/title.h"
#include "server/pages/messages.h"
#include "server/refusal.h"

#include "catalogue.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define HISTORY_MOST 100
#define CODES_MOST 400 /* as many as one form may choose */

/* How the page was asked for. */
struct note {
    int status;
    const char *problem; /* NULL: none; with one the form shows what was sent */
};

/* --- languages --------------------------------------------------------------------------------------------------------------------------- */

enum err messages_languages(struct db *db, struct arena *arena, const char **tags, size_t *ret_count)
{
    struct sql_pages_organization_row row;
    json_t *list = NULL;
    enum err e = sql_pages_organization(db, arena, &row);
    if (e == OK) (void)json_read(row.languages, strlen(row.languages), &list, NULL);
    else if (e != ERR_NOT_FOUND) return e;
    *ret_count = 0;
    for (size_t i = 0; i < json_array_size(list) && *ret_count < ANNOUNCEMENT_LANGUAGES; i++) {
        const char *tag = json_string_value(json_array_get(list, i));
        if (tag && text_is_language(tag)) tags[(*ret_count)++] = arena_strdup(arena, tag);
    }
    if (!*ret_count) tags[(*ret_count)++] = "vi";
    json_decref(list);
    return OK;
}

const char *messages_language_name(const char *tag)
{
    enum i18n_language language;
    return i18n_read_tag(tag, &language) ? i18n_own_name(language) : tag;
}

static const char *direction(const char *tag)
{
    return text_is_right_to_left(tag) ? "rtl" : "ltr";
}

/* --- what is shown ------------------------------------------------------------------------------------------------------------------------ */

static void put_where(json_t *out, bool wall, bool phone, const char *audience)
{
    view_put_flag(out, "to_wall", wall);
    view_put_flag(out, "to_phone", phone);
    view_put_flag(out, "for_some", audience != NULL);
}

/* The codes of an audience in words, as far as the event has them. */
static void put_audience(struct view *view, json_t *out, const struct programme *programme, const struct sql_announcement_units_row *units, size_t unit_count,
                         const char *audience)
{
    json_t *root = NULL, *names = json_array();
    if (audience) (void)json_read(audience, strlen(audience), &root, NULL);
    json_t *categories = json_object_get(root, "categories"), *delegations = json_object_get(root, "delegations");
    for (size_t i = 0; i < json_array_size(categories); i++) {
        const char *code = json_string_value(json_array_get(categories, i));
        const struct programme_category *category = code ? programme_category_by_code(programme, code) : NULL;
        json_array_append_new(names, json_string(category ? title_pick(view->arena, category->title, view->tag) : code));
    }
    for (size_t i = 0; i < json_array_size(delegations); i++) {
        const char *code = json_string_value(json_array_get(delegations, i)), *name = code;
        for (size_t k = 0; code && k < unit_count; k++)
            if (strcmp(units[k].code, code) == 0) name = title_pick(view->arena, units[k].name, view->tag);
        json_array_append_new(names, json_string(name));
    }
    json_decref(root);
    if (json_array_size(names)) view_put_json(out, "audience", names);
    else json_decref(names);
}

/* Each language that the organisation has, with its text or the mark that it is missing, then others that there are. */
static json_t *texts_view(const char *stored, const char *const *tags, size_t count, json_t *missing)
{
    json_t *title = NULL, *out = json_array(), *text;
    const char *tag;
    if (json_read(stored, strlen(stored), &title, NULL) != OK) title = json_string(stored);
    if (json_is_string(title)) json_array_append_new(out, json_pack("{s:O}", "text", title));
    for (size_t i = 0; json_is_object(title) && i < count; i++) {
        text = json_object_get(title, tags[i]);
        if (!text) json_array_append_new(missing, json_string(messages_language_name(tags[i])));
        else json_array_append_new(out, json_pack("{s:O, s:s, s:s}", "text", text, "tag", tags[i], "dir", direction(tags[i])));
    }
    json_object_foreach(json_is_object(title) ? title : NULL, tag, text) {
        bool known = false;
        for (size_t i = 0; i < count; i++) known = known || strcmp(tags[i], tag) == 0;
        if (!known) json_array_append_new(out, json_pack("{s:O, s:s, s:s}", "text", text, "tag", tag, "dir", direction(tag)));
    }
    json_decref(title);
    return out;
}

struct page {
    struct staff_page staff;
    const char *tags[ANNOUNCEMENT_LANGUAGES];
    size_t tag_count, unit_count;
    struct sql_announcement_units_row *units;
    int64_t now_ms;
    const struct note *note;
};

static json_t *item_view(struct page *p, const struct announcement *a)
{
    struct view *view = &p->staff.view;
    const char *timezone = p->staff.event.timezone;
    enum announcement_state state = announcement_state_at(a, p->now_ms);
    json_t *out = json_object(), *missing = json_array();
    view_put(out, "id", arena_printf(view->arena, "%" PRId64, a->id));
    view_put(out, "state", announcement_state_word(state));
    view_put(out, "state_words", view_words(view, arena_printf(view->arena, "announce.state.%s", announcement_state_word(state))));
    view_put_json(out, "texts", texts_view(a->text, p->tags, p->tag_count, missing));
    view_put_flag(out, "has_missing", json_array_size(missing) > 0);
    if (json_array_size(missing)) view_put_json(out, "missing", missing);
    else json_decref(missing);
    if (a->from_ms != DB_NULL) view_put(out, "from", view_moment(view, timezone, a->from_ms));
    if (a->until_ms != DB_NULL) view_put(out, "until", view_moment(view, timezone, a->until_ms));
    put_where(out, a->to_wall, a->to_phone, a->audience);
    put_audience(view, out, p->staff.programme, p->units, p->unit_count, a->audience);
    view_put_flag(out, "urgent", a->urgent);
    view_put_flag(out, "of_file", a->file_mark != NULL);
    view_put_actor(view, out, "by", a->changed_by);
    view_put(out, "at", view_moment(view, timezone, a->changed_ms));
    return out;
}

static json_t *stretch_view(struct page *p, const struct announcement_stretch *s)
{
    struct view *view = &p->staff.view;
    const char *timezone = p->staff.event.timezone;
    json_t *out = json_object();
    bool ends = strcmp(s->kind, "ended") == 0, ever = s->shown_from_ms != DB_NULL, begun = ever && s->shown_from_ms <= p->now_ms;
    bool over = begun && s->shown_until_ms != DB_NULL && s->shown_until_ms <= p->now_ms;
    view_put(out, "at", view_moment(view, timezone, s->at_ms));
    view_put_actor(view, out, "by", s->actor);
    view_put(out, "kind", view_words(view, arena_printf(view->arena, "announce.kind.%.12s", s->kind)));
    view_put_title(view, out, "text", s->text);
    view_put_flag(out, "ends", ends);
    view_put_flag(out, "never", !ever && !ends);
    if (ever && !begun) view_put(out, "planned", view_moment(view, timezone, s->shown_from_ms));
    if (begun) view_put(out, "from", view_moment(view, timezone, s->shown_from_ms));
    if (over) view_put(out, "until", view_moment(view, timezone, s->shown_until_ms));
    if (ends || over) view_put(out, "again", arena_printf(view->arena, "%" PRId64, s->announcement_id));
    put_where(out, s->to_wall, s->to_phone, s->audience);
    view_put_flag(out, "urgent", s->urgent);
    return out;
}

static enum err put_lists(struct page *p)
{
    struct announcement *list;
    struct announcement_stretch *history;
    size_t count, changes;
    struct view *view = &p->staff.view;
    enum err e = announcement_open(p->staff.worker->db, view->arena, p->staff.event.id, &list, &count);
    if (e == OK) e = announcement_history(p->staff.worker->db, view->arena, p->staff.event.id, HISTORY_MOST, &history, &changes);
    if (e != OK) return e;
    json_t *items = json_array(), *past = json_array();
    for (int state = ANNOUNCEMENT_SHOWN; state >= ANNOUNCEMENT_PLANNED; state--)
        for (int urgent = 1; urgent >= 0; urgent--)
            for (size_t i = 0; i < count; i++)
                if ((int)announcement_state_at(&list[i], p->now_ms) == state && (int)list[i].urgent == urgent) json_array_append_new(items, item_view(p, &list[i]));
    for (size_t i = 0; i < changes; i++) json_array_append_new(past, stretch_view(p, &history[i]));
    view_put_flag(view->root, "has_items", json_array_size(items) > 0);
    view_put_flag(view->root, "has_past", json_array_size(past) > 0);
    view_put_json(view->root, "items", items);
    view_put_json(view->root, "past", past);
    return OK;
}

/* --- the form ------------------------------------------------------------------------------------------------------------------------------- */

/* What stands in the form: what was sent when there is a problem, else what is stored, else nothing. */
static const char *local(struct page *p, const char *key, int64_t stored)
{
    char text[ZONE_TEXT_SIZE] = "";
    struct view *view = &p->staff.view;
    if (p->note->problem) return http_form(view->req, key);
    if (stored == DB_NULL || zone_format(p->staff.event.timezone, stored, text) != OK) return NULL;
    return arena_strndup(view->arena, text, 16);
}

static bool is_sent(struct http_request *req, const char *key, const char *code)
{
    const char *one;
    for (size_t i = 0; i < CODES_MOST && (one = http_form_at(req, key, i)) != NULL; i++)
        if (strcmp(one, code) == 0) return true;
    return false;
}

static bool is_named(const json_t *root, const char *key, const char *code)
{
    const json_t *list = json_object_get(root, key);
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *one = json_string_value(json_array_get(list, i));
        if (one && strcmp(one, code) == 0) return true;
    }
    return false;
}

static json_t *choice(struct page *p, const char *key, const char *code, const char *title, const json_t *audience, bool *any)
{
    struct view *view = &p->staff.view;
    json_t *out = json_object();
    bool chosen = p->note->problem ? is_sent(view->req, key, code) : is_named(audience, strcmp(key, "category") == 0 ? "categories" : "delegations", code);
    view_put(out, "code", code);
    view_put_title(view, out, "title", title);
    view_put_flag(out, "chosen", chosen);
    *any = *any || chosen;
    return out;
}

static void put_choices(struct page *p, json_t *form, const char *stored)
{
    json_t *audience = NULL, *categories = json_array(), *units = json_array();
    bool any = false, any_unit = false;
    if (stored) (void)json_read(stored, strlen(stored), &audience, NULL);
    for (size_t i = 0; i < p->staff.programme->category_count; i++) {
        const struct programme_category *c = &p->staff.programme->categories[i];
        json_array_append_new(categories, choice(p, "category", c->code, c->title, audience, &any));
    }
    for (size_t i = 0; i < p->unit_count; i++) json_array_append_new(units, choice(p, "delegation", p->units[i].code, p->units[i].name, audience, &any_unit));
    view_put_flag(form, "some", any || any_unit);
    view_put_flag(form, "has_units", p->unit_count > 0);
    view_put_json(form, "categories", categories);
    view_put_json(form, "units", units);
    json_decref(audience);
}

static void put_texts(struct page *p, json_t *form, const char *stored)
{
    struct view *view = &p->staff.view;
    json_t *title = NULL, *list = json_array();
    if (stored && json_read(stored, strlen(stored), &title, NULL) != OK) title = json_string(stored);
    for (size_t i = 0; i < p->tag_count; i++) {
        const char *tag = p->tags[i], *text = json_string_value(json_object_get(title, tag));
        json_t *out = json_object();
        if (json_is_string(title) && i == 0) text = json_string_value(title);
        if (p->note->problem) text = http_form(view->req, arena_printf(view->arena, "text_%s", tag));
        view_put(out, "tag", tag);
        view_put(out, "dir", direction(tag));
        view_put(out, "language", messages_language_name(tag));
        view_put(out, "text", text);
        json_array_append_new(list, out);
    }
    view_put_json(form, "texts", list);
    json_decref(title);
}

static enum err put_form(struct page *p)
{
    struct view *view = &p->staff.view;
    const char *edit = p->note->problem ? http_form(view->req, "id") : http_query(view->req, "edit");
    struct announcement a = {.from_ms = DB_NULL, .until_ms = DB_NULL, .to_wall = true, .to_phone = true};
    int64_t id = messages_read_id(edit), again = p->note->problem ? 0 : messages_read_id(http_query(view->req, "again"));
    enum err e = id || again ? announcement_find(p->staff.worker->db, view->arena, p->staff.event.id, id ? id : again, &a) : OK;
    if (e != OK) return e;
    if (!id) a.from_ms = a.until_ms = DB_NULL; /* said once more: a new one, whose hours are chosen anew */
    json_t *form = json_object();
    bool sent = p->note->problem != NULL;
    if (id) view_put(form, "id", arena_printf(view->arena, "%" PRId64, id));
    if (id) view_put(form, "version", sent ? http_form(view->req, "version") : arena_printf(view->arena, "%" PRId64, a.version));
    view_put(form, "from", local(p, "from", a.from_ms));
    view_put(form, "until", local(p, "until", a.until_ms));
    view_put_flag(form, "to_wall", sent ? http_form(view->req, "to_wall") != NULL : a.to_wall);
    view_put_flag(form, "to_phone", sent ? http_form(view->req, "to_phone") != NULL : a.to_phone);
    view_put_flag(form, "urgent", sent ? http_form(view->req, "urgent") != NULL : a.urgent);
    put_texts(p, form, a.text);
    put_choices(p, form, a.audience);
    view_put_json(view->root, "form", form);
    return OK;
}

static void show_work(struct http_request *req, void *thread_state)
{
    static const char *const prefixes[] = {"chat.js_"};
    struct page p = {.note = req->state, .now_ms = clock_now_ms()};
    struct view *view = &p.staff.view;
    if (!staff_page_begin_in_pool(&p.staff, req, thread_state)) return;
    struct db *db = p.staff.worker->db;
    enum err e = messages_languages(db, req->arena, p.tags, &p.tag_count);
    if (e == OK) e = sql_announcement_units(db, req->arena, p.staff.event.id, &p.units, &p.unit_count);
    if (e == OK) e = put_lists(&p);
    if (e == OK) e = put_form(&p);
    if (e != OK) {
        reply_error(req, e, NULL);
        return;
    }
    view_put(view->root, "problem", p.note->problem);
    view_put(view->root, "now", view_moment(view, p.staff.event.timezone, p.now_ms));
    staff_page_put_done(view, "announce.done_");
    view_set_title(view, view_words(view, "announce.title"));
    view_set_style(view, "messages");
    view_set_script(view, "messages", prefixes, 1);
    view_reply(view, p.note->status, "admin_announcements");
}

/* Hundreds of delegations may be chosen from: on a thread of the pool. */
void announcements_show(struct http_request *req, int status, const char *problem)
{
    struct note *note = arena_alloc(req->arena, sizeof *note);
    if (note == NULL) {
        reply_reason(req, REASON_busy);
        return;
    }
    *note = (struct note){status, problem};
    req->state = note;
    req->resume = NULL;
    http_run_in_pool(req, app_of(req)->pool, show_work);
}

void announcements_get(struct http_request *req)
{
    if (staff_enter(req, NULL)) announcements_show(req, 200, NULL);
}
