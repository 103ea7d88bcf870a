/* GET /admin/{event}/news: what was written, its states, and the form: edit=, new=1. GET /admin/{event}/news/{post}: exactly what everybody will see of the draft. */
#include "core/base/clock.h"
#include "core/base/text.h"
#include "core/base/zone.h"
#include "core/congress/figures/fixed.h"
#include "core/congress/title.h"
#include "server/pages/messages.h"
#include "server/pages/posts_admin.h"
#include "server/pages/public_kept.h"

#include <inttypes.h>
#include <string.h>

#define FIGURES_SHOWN 50 /* to choose from, the newest */

struct note {
    int status;
    int64_t id;          /* whose form is open; 0: a new one */
    const char *problem; /* NULL: none; with one the form shows what was sent */
};

struct page {
    struct staff_page staff;
    const struct note *note;
    const char *tags[ANNOUNCEMENT_LANGUAGES];
    size_t tag_count;
    int64_t now_ms;
};

/* --- the list --------------------------------------------------------------------------------------------------------------------------------- */

static json_t *edition_view(struct page *p, const struct post *post, const struct post_edition *e)
{
    struct view *view = &p->staff.view;
    json_t *out = json_object();
    view_put_number(out, "number", e->number);
    view_put(out, "from", view_moment(view, p->staff.event.timezone, e->from_ms));
    view_put(out, "at", view_moment(view, p->staff.event.timezone, e->at_ms));
    view_put_actor(view, out, "by", e->actor);
    view_put_flag(out, "recalled", e->recalled);
    view_put_flag(out, "shown", post->state == POST_PUBLIC && post->shown == e);
    view_put_flag(out, "coming", post->coming == e);
    return out;
}

/* The draft says more than what was published last. */
static bool is_ahead(const struct post *post)
{
    const struct post_edition *last = NULL;
    for (size_t i = 0; i < post->edition_count; i++)
        if (!post->editions[i].recalled) last = &post->editions[i];
    return last && post->version > last->of_version + 1; /* publishing itself is a step */
}

static json_t *item_view(struct page *p, const struct post *post)
{
    struct view *view = &p->staff.view;
    const char *zone = p->staff.event.timezone;
    json_t *out = json_object(), *editions = json_array();
    view_put(out, "id", arena_printf(view->arena, "%" PRId64, post->id));
    view_put(out, "version", arena_printf(view->arena, "%" PRId64, post->version));
    view_put_title(view, out, "title", post->title);
    view_put(out, "kind", view_words(view, post->is_results ? "public.kind.results" : "public.kind.news"));
    view_put(out, "state", post_state_word(post->state));
    view_put(out, "state_words", view_words(view, arena_printf(view->arena, "posts.state.%s", post_state_word(post->state))));
    view_put_flag(out, "is_public", post->state == POST_PUBLIC);
    view_put_flag(out, "can_recall", post->coming != NULL);
    view_put_flag(out, "can_withdraw", post->state == POST_PUBLIC);
    view_put_flag(out, "ahead", is_ahead(post));
    if (post->shown) view_put(out, "since", view_moment(view, zone, post->first_ms));
    if (post->shown && post->visible_count > 1) view_put(out, "corrected", view_moment(view, zone, post->shown->from_ms));
    if (post->coming) view_put(out, "coming", view_moment(view, zone, post->coming->from_ms));
    if (post->state == POST_WITHDRAWN) view_put(out, "withdrawn", view_moment(view, zone, post->withdrawn_ms));
    view_put_actor(view, out, "by", post->changed_by);
    view_put(out, "at", view_moment(view, zone, post->changed_ms));
    for (size_t i = 0; i < post->edition_count; i++) json_array_append_new(editions, edition_view(p, post, &post->editions[i]));
    view_put_flag(out, "has_editions", post->edition_count > 0);
    view_put_json(out, "editions", editions);
    return out;
}

static enum err put_list(struct page *p)
{
    struct view *view = &p->staff.view;
    struct post *list;
    size_t count;
    enum err e = posts_list(p->staff.worker->db, view->arena, p->staff.event.id, p->now_ms, &list, &count);
    if (e != OK) return e;
    json_t *items = json_array();
    for (size_t i = 0; i < count; i++) json_array_append_new(items, item_view(p, &list[i]));
    view_put_flag(view->root, "has_items", count > 0);
    view_put_json(view->root, "items", items);
    return OK;
}

/* --- the form --------------------------------------------------------------------------------------------------------------------------------- */

static const char *field(struct page *p, const char *key, const char *tag, const char *stored)
{
    struct view *view = &p->staff.view;
    json_t *map = NULL;
    if (p->note->problem && http_form(view->req, arena_printf(view->arena, "%s_%s", key, tag))) return http_form(view->req, arena_printf(view->arena, "%s_%s", key, tag));
    if (stored) (void)json_read(stored, strlen(stored), &map, NULL);
    const char *text = json_string_value(json_object_get(map, tag));
    text = text ? arena_strdup(view->arena, text) : NULL;
    json_decref(map);
    return text;
}

static json_t *texts_view(struct page *p, const char *const keys[2], const char *const stored[2])
{
    json_t *list = json_array();
    for (size_t i = 0; i < p->tag_count; i++) {
        json_t *out = json_object();
        view_put(out, "tag", p->tags[i]);
        view_put(out, "dir", text_is_right_to_left(p->tags[i]) ? "rtl" : "ltr");
        view_put(out, "language", messages_language_name(p->tags[i]));
        for (size_t k = 0; k < 2; k++) { /* also when there is none: a title is also what the whole form has */
            const char *text = field(p, keys[k], p->tags[i], stored[k]);
            view_put_json(out, keys[k], json_string(text ? text : ""));
        }
        view_put(out, "rows", i == 0 || *json_string_value(json_object_get(out, keys[1])) ? "10" : "4");
        json_array_append_new(list, out);
    }
    return list;
}

static void put_sessions(struct page *p, json_t *form, const char *chosen)
{
    struct view *view = &p->staff.view;
    json_t *list = json_array();
    for (size_t i = 0; i < p->staff.programme->session_count; i++) {
        const struct programme_session *s = &p->staff.programme->sessions[i];
        json_t *out = json_object();
        view_put(out, "code", s->code);
        view_put_title(view, out, "title", s->title);
        view_put(out, "from", view_moment(view, p->staff.event.timezone, s->starts_ms));
        view_put_flag(out, "chosen", chosen && strcmp(chosen, s->code) == 0);
        json_array_append_new(list, out);
    }
    view_put_json(form, "sessions", list);
}

/* The sentences that may stand in the text: only what was fixed. */
static enum err put_figures(struct page *p, json_t *form, int64_t chosen)
{
    struct view *view = &p->staff.view;
    struct fixed_figure *figures;
    size_t count;
    enum err e = fixed_list(p->staff.worker->db, view->arena, p->staff.event.id, INT64_MAX, FIGURES_SHOWN, &figures, &count);
    if (e != OK) return e;
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        json_t *out = json_object();
        view_put(out, "number", arena_printf(view->arena, "%" PRId64, figures[i].number));
        view_put(out, "sentence", fixed_sentence(view->arena, &figures[i], view->tag));
        view_put_flag(out, "chosen", figures[i].number == chosen);
        json_array_append_new(list, out);
    }
    view_put_flag(form, "has_figures", count > 0);
    view_put_json(form, "figures", list);
    return OK;
}

static void put_pictures(struct page *p, json_t *form, const struct post_text *text)
{
    static const char *const keys[2] = {"caption", "alt"};
    struct view *view = &p->staff.view;
    const struct note *note = p->note;
    const struct note stored = {200, note->id, NULL}; /* what was sent belongs to one of them, whose words were not in the form of another */
    json_t *list = json_array();
    const char *sent = note->problem ? http_form(view->req, "picture") : NULL;
    for (size_t i = 0; i < text->picture_count; i++) {
        const struct post_picture *picture = &text->pictures[i];
        const char *id = arena_printf(view->arena, "%" PRId64, picture->id), *const words[2] = {picture->caption, picture->alt};
        json_t *out = json_object();
        p->note = sent && id && strcmp(sent, id) == 0 ? note : &stored;
        view_put(out, "id", id);
        view_put_number(out, "place", (int64_t)i + 1);
        view_put_flag(out, "approved", picture->approved);
        view_put_actor(view, out, "by", picture->approved ? picture->approved_by : picture->made_by);
        view_put_flag(out, "first", i == 0);
        view_put_flag(out, "last", i + 1 == text->picture_count);
        view_put_json(out, "words", texts_view(p, keys, words));
        json_array_append_new(list, out);
    }
    p->note = note;
    view_put_flag(form, "has_pictures", text->picture_count > 0);
    view_put_json(form, "pictures", list);
}

static enum err put_form(struct page *p)
{
    static const char *const keys[2] = {"title", "body"};
    struct view *view = &p->staff.view;
    struct post_text text = {.title = "{}", .body = "{}", .figure_id = DB_NULL};
    struct post post = {0};
    int64_t id = p->note->id;
    const char *sent = p->note->problem ? http_form(view->req, "do") : NULL;
    bool words_sent = sent && (strcmp(sent, "save") == 0 || strcmp(sent, "preview") == 0);
    enum err e = id ? post_find(p->staff.worker->db, view->arena, p->staff.event.id, id, p->now_ms, &post) : OK;
    if (e == OK && id) e = post_read(p->staff.worker->db, view->arena, p->staff.event.id, id, 0, &text);
    if (e != OK) return e;
    const char *const stored[2] = {text.title, text.body};
    json_t *form = id ? item_view(p, &post) : json_object();
    if (words_sent && http_form(view->req, "version") && p->note->status != 409) view_put(form, "version", http_form(view->req, "version"));
    view_put_flag(form, "is_results", words_sent ? http_form(view->req, "kind") && strcmp(http_form(view->req, "kind"), "results") == 0 : text.is_results);
    view_put_json(form, "texts", texts_view(p, keys, stored));
    put_sessions(p, form, words_sent ? http_form(view->req, "session") : text.session);
    e = put_figures(p, form, words_sent ? messages_read_id(http_form(view->req, "figure")) : text.figure_id);
    put_pictures(p, form, &text);
    view_put_json(view->root, "form", form);
    return e;
}

static void show_work(struct http_request *req, void *thread_state)
{
    struct page p = {.note = req->state, .now_ms = clock_now_ms()};
    struct view *view = &p.staff.view;
    if (!staff_page_begin_in_pool(&p.staff, req, thread_state)) return;
    bool form = p.note->id || p.note->problem || http_query(req, "new");
    enum err e = messages_languages(p.staff.worker->db, req->arena, p.tags, &p.tag_count);
    if (e == OK && form) e = put_form(&p);
    if (e == OK && !form) e = put_list(&p);
    if (e != OK) {
        reply_error(req, e, NULL);
        return;
    }
    view_put(view->root, "problem", p.note->problem);
    view_put(view->root, "now", view_moment(view, p.staff.event.timezone, p.now_ms));
    staff_page_put_done(view, "posts.done_");
    view_set_title(view, view_words(view, "posts.title"));
    view_set_style(view, "messages");
    view_reply(view, p.note->status, form ? "admin_post" : "admin_posts");
}

void posts_admin_show(struct http_request *req, int status, int64_t id, const char *problem)
{
    struct note *note = arena_alloc(req->arena, sizeof *note);
    if (!note) {
        reply_reason(req, REASON_busy);
        return;
    }
    *note = (struct note){status, id, problem};
    req->state = note;
    req->resume = NULL;
    http_run_in_pool(req, app_of(req)->pool, show_work);
}

void posts_get(struct http_request *req)
{
    if (staff_enter(req, NULL)) posts_admin_show(req, 200, messages_read_id(http_query(req, "edit")), NULL);
}

/* --- the preview ------------------------------------------------------------------------------------------------------------------------------ */

void posts_preview_get(struct http_request *req)
{
    struct public_door door;
    struct event_page event;
    struct post post;
    struct public_post shown;
    struct buf out;
    if (view_ask_new_password(req) || !public_begin(&door, req)) return;
    int64_t id = messages_read_id(http_param(req, "post"));
    enum err e = event_page_load(door.worker->db, req->arena, door.programme->slug, &event);
    if (e == OK) e = post_find(door.worker->db, req->arena, event.id, id, door.now_ms, &post);
    buf_init(&out, VIEW_LIMIT);
    if (e == OK) view_put_event(&door.view, &event, false);
    if (e == OK) e = public_post_load(&door, &post, 0, &shown);
    if (e == OK) {
        view_put(door.view.root, "preview", arena_printf(req->arena, "/admin/%s/news?edit=%" PRId64, event.slug, id));
        e = public_post_write(&door, &event, &shown, &out);
    }
    if (e == OK) http_reply_buf(req, 200, "text/html; charset=utf-8", &out);
    else {
        buf_release(&out);
        if (e == ERR_NOT_FOUND) reply_reason(req, REASON_not_found);
        else reply_error(req, e, NULL);
    }
}

void posts_picture_get(struct http_request *req)
{
    if (!view_ask_new_password(req)) public_picture_send(req, false);
}
