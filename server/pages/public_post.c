/* GET /e/{event}/news/{post}: news or results of an event, with pictures and a text to be copied. One that was withdrawn says so kindly (410).
 * GET /e/{event}/pictures/{name}: a picture of it, as long as it may be seen. */
#include "core/base/clock.h"
#include "core/base/text.h"
#include "core/congress/figures/fixed.h"
#include "core/congress/messages/announcements.h"
#include "core/congress/title.h"
#include "docs-bundle/docs.h"
#include "server/pages/messages.h"
#include "server/pages/public_kept.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define ABOUT_LETTERS 160

/* --- what a post shows -------------------------------------------------------------------------------------------------------------------------- */

enum err public_post_load(struct public_door *door, const struct post *post, int64_t edition_id, struct public_post *ret)
{
    struct arena *arena = door->view.arena;
    *ret = (struct public_post){.post = post};
    enum err e = post_read(door->worker->db, arena, door->seqs.event_id, post->id, edition_id, &ret->text);
    if (e != OK) return e;
    post_pick(arena, &ret->text, door->view.tag, &ret->title, &ret->body, &ret->tag);
    if (ret->title) ret->plain = docs_markdown_text(arena, ret->body, strlen(ret->body));
    if (!ret->title || !ret->plain) return ERR_NOMEM;
    struct fixed_figure figure;
    if (ret->text.figure_id == DB_NULL) return OK;
    e = fixed_find(door->worker->db, arena, door->seqs.event_id, ret->text.figure_id, &figure);
    if (e == OK) ret->figure = fixed_sentence(arena, &figure, *ret->tag ? ret->tag : door->view.tag);
    return e == ERR_NOT_FOUND ? OK : e;
}

static void put_pictures(struct view *view, const struct event_page *event, const struct public_post *post, json_t *out)
{
    json_t *list = json_array();
    for (size_t i = 0; i < post->text.picture_count; i++) {
        const struct post_picture *p = &post->text.pictures[i];
        json_t *picture = json_object();
        if (!p->approved) {
            json_decref(picture);
            continue;
        }
        int64_t side = p->width > p->height ? p->width : p->height, small = side > POST_SMALL_SIDE ? p->width * POST_SMALL_SIDE / side : p->width;
        view_put(picture, "small", arena_printf(view->arena, PUBLIC_PICTURE, event->slug, (long long)p->id, "small"));
        view_put(picture, "large", arena_printf(view->arena, PUBLIC_PICTURE, event->slug, (long long)p->id, "large"));
        view_put_number(picture, "small_width", small);
        view_put_number(picture, "width", p->width);
        view_put_number(picture, "height", p->height);
        view_put_title(view, picture, "caption", p->caption);
        view_put_title(view, picture, "alt", p->alt);
        json_array_append_new(list, picture);
    }
    view_put_flag(out, "has_pictures", json_array_size(list) > 0);
    view_put_json(out, "pictures", list);
}

static void put_moment(struct view *view, const struct event_page *event, json_t *out, const char *key, int64_t ms)
{
    char text[CLOCK_TEXT_SIZE];
    json_t *moment = json_object();
    view_put(moment, "words", view_moment(view, event->timezone, ms));
    view_put(moment, "machine", arena_strdup(view->arena, clock_format(ms, text)));
    view_put_json(out, key, moment);
}

void public_post_put(struct view *view, const struct event_page *event, const struct public_post *post, json_t *out)
{
    const struct post *p = post->post;
    view_put(out, "id", arena_printf(view->arena, "%" PRId64, p->id));
    view_put(out, "title", post->title);
    view_put(out, "tag", post->tag);
    view_put(out, "dir", i18n_direction(view->language));
    if (*post->tag) view_put(out, "dir", text_is_right_to_left(post->tag) ? "rtl" : "ltr");
    view_put(out, "kind", view_words(view, post->text.is_results ? "public.kind.results" : "public.kind.news"));
    view_put_flag(out, "is_results", post->text.is_results);
    if (p->shown) put_moment(view, event, out, "published", p->first_ms);
    if (p->shown && p->visible_count > 1) put_moment(view, event, out, "corrected", p->shown->from_ms);
    put_pictures(view, event, post, out);
}

/* The first paragraph that is one. */
static const char *lead_of(struct arena *arena, const char *body)
{
    for (const char *p = body; *p;) {
        const char *end = strstr(p, "\n\n");
        size_t length = end ? (size_t)(end - p) : strlen(p);
        bool words = length && !strchr("#|`~\n-*>+", *p);
        if (*p == '*' && p[1] == '*') words = true; /* bold, no list */
        const char *plain = words ? docs_markdown_text(arena, p, length) : "";
        if (!plain || *plain) return plain;
        p = end ? end + 2 : p + length;
    }
    return "";
}

const char *public_summary(struct arena *arena, const char *body, size_t letters)
{
    const char *plain = lead_of(arena, body), *at = plain, *space = NULL;
    size_t count = 0;
    if (!plain) return NULL;
    while (*at && count < letters) {
        if (*at == ' ' || *at == '\n') space = at;
        (void)text_next(&at);
        count++;
    }
    if (!*at) return text_tidy(arena, plain);
    char *cut = arena_strndup(arena, plain, (size_t)((space ? space : at) - plain));
    cut = cut ? text_tidy(arena, cut) : NULL;
    return cut ? arena_printf(arena, "%s …", cut) : NULL;
}

static const char *session_title(struct public_door *door, const char *code)
{
    for (size_t i = 0; code && i < door->programme->session_count; i++)
        if (strcmp(door->programme->sessions[i].code, code) == 0) return title_pick(door->view.arena, door->programme->sessions[i].title, door->view.tag);
    return NULL;
}

/* Lines of a text, those without a word left out. */
static void add_line(struct buf *out, const char *text)
{
    if (text && *text) buf_printf(out, "%s\n", text);
}

const char *public_post_ready(struct public_door *door, const struct event_page *event, const struct public_post *post, const char *base)
{
    struct arena *arena = door->view.arena;
    struct buf out;
    json_t *venue = NULL;
    const char *organization = "", *tag = *post->tag ? post->tag : door->view.tag;
    int64_t when = post->post->shown ? post->post->first_ms : door->now_ms;
    enum i18n_language language = door->view.language;
    (void)i18n_read_tag(tag, &language);
    if (event_page_organization(door->worker->db, arena, &organization) != OK) return NULL;
    if (event->venue) (void)json_read(event->venue, strlen(event->venue), &venue, NULL);
    const char *place = title_pick_json(json_object_get(venue, "name"), tag, NULL), *date = i18n_date(arena, view_i18n(&door->view), language, event->timezone, when);
    buf_init(&out, BUF_LIMIT_BODY);
    add_line(&out, post->title);
    add_line(&out, title_pick(arena, event->title, tag));
    add_line(&out, place && *place ? arena_printf(arena, "%s, %s", place, date) : date);
    buf_printf(&out, "\n%s%s\n", post->plain, *post->plain && post->plain[strlen(post->plain) - 1] == '\n' ? "" : "\n");
    if (post->figure) buf_printf(&out, "%s\n\n", post->figure);
    add_line(&out, title_pick(arena, organization, tag));
    buf_printf(&out, "%s/e/%s/news/%" PRId64, base, event->slug, post->post->id);
    json_decref(venue);
    const char *made = buf_ok(&out) && !announcement_names_badge(buf_text(&out)) ? arena_strdup(arena, buf_text(&out)) : NULL;
    buf_release(&out);
    return made;
}

static void put_ready(struct view *view, const char *ready)
{
    size_t lines = 2;
    for (const char *p = ready; p && *p; p++) lines += *p == '\n';
    view_put(view->root, "ready", ready);
    view_put_number(view->root, "ready_rows", (int64_t)(lines < 20 ? lines : 20));
}

static void put_shared(struct public_door *door, const struct event_page *event, const struct public_post *post, const char *base)
{
    struct view *view = &door->view;
    json_t *shared = json_object();
    view_put(shared, "type", "article");
    view_put(shared, "title", post->title);
    view_put(shared, "about", public_summary(view->arena, post->body, ABOUT_LETTERS));
    view_put(shared, "url", arena_printf(view->arena, "%s/e/%s/news/%" PRId64, base, event->slug, post->post->id));
    for (size_t i = 0; i < post->text.picture_count; i++)
        if (post->text.pictures[i].approved) {
            view_put(shared, "picture", arena_printf(view->arena, "%s" PUBLIC_PICTURE, base, event->slug, (long long)post->text.pictures[i].id, "large"));
            break;
        }
    view_put_json(view->root, "shared", shared);
}

enum err public_post_write(struct public_door *door, const struct event_page *event, const struct public_post *post, struct buf *out)
{
    static const char *const prefixes[] = {"chat.js_"};
    struct view *view = &door->view;
    json_t *shown = json_object();
    const char *base, *html = docs_markdown_html_below(view->arena, post->body, strlen(post->body), 1);
    enum err e = html ? public_base(door, &base) : ERR_NOMEM;
    if (e != OK) {
        json_decref(shown);
        return e;
    }
    public_post_put(view, event, post, shown);
    view_put(shown, "figure", post->figure);
    view_put(shown, "session", session_title(door, post->text.session));
    view_put_json(view->root, "post", shown);
    put_ready(view, public_post_ready(door, event, post, base));
    put_shared(door, event, post, base);
    view_set_title(view, post->title);
    view_set_style(view, "public");
    view_set_script(view, "copy", prefixes, 1);
    e = view_render(view, "post", out);
    if (e == OK) buf_puts(out, html);
    return e == OK ? view_render(view, "post_end", out) : e;
}

/* --- doors ------------------------------------------------------------------------------------------------------------------------------------- */

static void reply_gone(struct public_door *door, const struct event_page *event)
{
    json_t *back = json_object();
    view_put(back, "href", arena_printf(door->view.arena, "/e/%s", event->slug));
    view_put(back, "label", view_words(&door->view, "public.to_event"));
    view_put_json(door->view.root, "back", back);
    view_reply_note(&door->view, 410, "public.withdrawn");
}

void public_post_get(struct http_request *req)
{
    struct public_door door;
    struct event_page event;
    struct post post;
    struct public_post shown;
    struct buf out;
    if (!public_begin(&door, req)) return;
    door.what = messages_read_id(http_param(req, "post"));
    if (door.what && public_reply_kept(&door)) return;
    enum err e = door.what ? event_page_load(door.worker->db, req->arena, door.programme->slug, &event) : ERR_NOT_FOUND;
    if (e == OK) e = post_find(door.worker->db, req->arena, event.id, door.what, door.now_ms, &post);
    if (e == OK && !post.shown) e = ERR_NOT_FOUND; /* a draft is nobody's business */
    if (e == OK && post.state == POST_WITHDRAWN) {
        view_put_event(&door.view, &event, false);
        reply_gone(&door, &event);
        return;
    }
    buf_init(&out, VIEW_LIMIT);
    if (e == OK) view_put_event(&door.view, &event, false);
    if (e == OK) e = public_post_load(&door, &post, post.shown->id, &shown);
    if (e == OK) e = public_post_write(&door, &event, &shown, &out);
    if (e == OK) {
        public_reply_new(&door, &out, post.coming ? post.coming->from_ms : INT64_MAX, post.shown->from_ms);
        return;
    }
    buf_release(&out);
    if (e == ERR_NOT_FOUND) reply_reason(req, REASON_not_found);
    else reply_error(req, e, NULL);
}

/* "17-small.jpg", "17-large.jpg" */
static int64_t read_name(const char *name, bool *ret_small)
{
    char *end = NULL;
    int64_t id = name && *name >= '1' && *name <= '9' && strlen(name) < 32 ? strtoll(name, &end, 10) : 0;
    *ret_small = end && strcmp(end, "-small.jpg") == 0;
    return *ret_small || (end && strcmp(end, "-large.jpg") == 0) ? id : 0;
}

void public_picture_send(struct http_request *req, bool for_all)
{
    bool small;
    const char *sha256 = NULL;
    struct worker *worker = worker_of(req);
    struct programme_seqs seqs;
    struct http_file file = {.content_type = "image/jpeg", .cache = HTTP_REVALIDATE};
    if (!worker || !event_of(req, worker, &seqs)) return;
    int64_t id = read_name(http_param(req, "name"), &small);
    enum err e = id ? post_picture_blob(worker->db, req->arena, seqs.event_id, id, small, for_all, clock_now_ms(), &sha256, &file.size) : ERR_NOT_FOUND;
    const char *path = e == OK ? blob_path(req->arena, app_of(req)->store.folder, sha256) : NULL;
    file.fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    if (e != OK && e != ERR_NOT_FOUND) reply_error(req, e, NULL);
    else if (file.fd < 0) reply_reason(req, REASON_not_found);
    else {
        file.etag = arena_strndup(req->arena, sha256, 32);
        http_reply_file(req, &file);
    }
}

void public_picture_get(struct http_request *req)
{
    public_picture_send(req, true);
}
