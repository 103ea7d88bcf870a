/* GET /admin/{event}/papers/{document}: what one paper says of itself, its versions, and who has opened it; and its file for the organiser's eyes. */
#include "core/base/clock.h"
#include "core/base/zone.h"
#include "core/congress/title.h"
#include "server/hot_papers.h"
#include "server/pages/papers_admin.h"

#include <stdlib.h>
#include <string.h>

#define NAMES_MOST 500

static void put_titles(struct view *view, const char *stored)
{
    json_t *list = json_array(), *titles = NULL;
    (void)json_read(stored, strlen(stored), &titles, NULL);
    for (int i = 0; i < I18N_COUNT; i++) {
        json_t *out = json_object();
        const char *tag = i18n_tag((enum i18n_language)i);
        const char *text = json_is_object(titles) ? json_string_value(json_object_get(titles, tag)) : i == I18N_VI ? json_string_value(titles) : NULL;
        if (!titles && i == I18N_VI) text = stored; /* plain text */
        view_put(out, "tag", tag);
        view_put(out, "language", i18n_own_name((enum i18n_language)i));
        view_put(out, "dir", i18n_direction((enum i18n_language)i));
        view_put(out, "text", text);
        json_array_append_new(list, out);
    }
    view_put_json(view->root, "titles", list);
    json_decref(titles);
}

static void put_choices(struct view *view, const struct programme *programme, const struct paper_item *item)
{
    static const char *const tags[] = {"vi", "en", "pt", "ar", "fr", "es", "zh", "ja", "ko", "ru", "de", "lo", "km", "th"};
    json_t *languages = json_array(), *sessions = json_array(), *categories = json_array();
    bool known = !item->language;
    for (size_t i = 0; i < sizeof tags / sizeof tags[0]; i++) {
        bool chosen = item->language && strcmp(item->language, tags[i]) == 0;
        known = known || chosen;
        json_array_append_new(languages, json_pack("{s:s, s:b}", "tag", tags[i], "chosen", chosen));
    }
    if (!known) json_array_append_new(languages, json_pack("{s:s, s:b}", "tag", item->language, "chosen", 1));
    for (size_t i = 0; i < programme->session_count; i++) {
        json_t *out = json_object();
        view_put(out, "code", programme->sessions[i].code);
        view_put_title(view, out, "title", programme->sessions[i].title);
        view_put_flag(out, "chosen", item->session && strcmp(item->session, programme->sessions[i].code) == 0);
        json_array_append_new(sessions, out);
    }
    for (size_t i = 0; i < programme->category_count; i++) {
        json_t *out = json_object();
        view_put(out, "code", programme->categories[i].code);
        view_put_title(view, out, "title", programme->categories[i].title);
        view_put_flag(out, "chosen", item->audience && paper_is_for(item->audience, programme->categories[i].code));
        json_array_append_new(categories, out);
    }
    view_put_json(view->root, "paper_languages", languages);
    view_put_json(view->root, "sessions", sessions);
    view_put_json(view->root, "categories", categories);
    view_put_flag(view->root, "for_everybody", item->audience == NULL);
}

static enum err put_versions(struct view *view, struct db *db, const char *timezone, const struct paper_item *item)
{
    struct sql_room_versions_row *rows;
    size_t count;
    enum err e = sql_room_versions(db, view->arena, item->id, &rows, &count);
    json_t *list = json_array();
    for (size_t i = 0; e == OK && i < count; i++) {
        json_t *out = json_object();
        view_put_number(out, "version", rows[i].version);
        view_put(out, "name", rows[i].name);
        view_put(out, "size", i18n_size(view->arena, rows[i].size));
        view_put(out, "at", view_moment(view, timezone, rows[i].added_ms));
        json_array_append_new(list, out);
    }
    view_put_json(view->root, "versions", list);
    return e;
}

static bool same(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : !a && !b;
}

/* By delegation: of so many, so many opened it, and so many the newest version. */
static enum err put_readers(struct view *view, struct db *db, int64_t event_id, const struct paper_item *item)
{
    struct papers_people people;
    struct sql_room_opened_by_unit_row *opened;
    size_t count;
    enum err e = papers_people_load(db, view->arena, event_id, &people);
    if (e == OK) e = sql_room_opened_by_unit(db, view->arena, item->id, item->version, &opened, &count);
    if (e != OK) return e;
    json_t *list = json_array();
    for (size_t i = 0; i < people.count;) {
        const char *unit = people.rows[i].unit, *name = people.rows[i].unit_name;
        int64_t all = 0, read = 0, newest = 0;
        for (; i < people.count && same(people.rows[i].unit, unit); i++)
            if (paper_is_for(item->audience, people.rows[i].category)) all += people.rows[i].people;
        for (size_t k = 0; k < count; k++) {
            if (!same(opened[k].unit, unit) || !paper_is_for(item->audience, opened[k].category)) continue;
            read += opened[k].people;
            newest += opened[k].newest;
        }
        if (!all) continue;
        json_t *out = json_object();
        if (name) view_put_title(view, out, "name", name);
        else view_put(out, "name", view_words(view, "room.no_unit"));
        view_put_number(out, "people", all);
        view_put_number(out, "opened", read);
        view_put_number(out, "newest", newest);
        view_put_flag(out, "all_read", newest >= all);
        json_array_append_new(list, out);
    }
    view_put_flag(view->root, "has_readers", json_array_size(list) > 0);
    view_put_json(view->root, "readers", list);
    return OK;
}

static enum err put_names(struct view *view, struct db *db, int64_t event_id, const struct paper_item *item)
{
    struct sql_room_unopened_row *rows;
    size_t count;
    enum err e = sql_room_unopened(db, view->arena, event_id, item->id, 20000, &rows, &count);
    json_t *list = json_array();
    for (size_t i = 0; e == OK && i < count && json_array_size(list) < NAMES_MOST; i++) {
        if (!paper_is_for(item->audience, rows[i].category)) continue;
        json_t *out = json_object();
        view_put(out, "name", rows[i].name);
        view_put(out, "number", rows[i].number);
        view_put_title(view, out, "unit", rows[i].unit_name);
        json_array_append_new(list, out);
    }
    view_put_flag(view->root, "has_unopened", json_array_size(list) > 0);
    view_put_json(view->root, "unopened", list);
    return e;
}

static enum err put_paper(struct view *view, struct worker *worker, const struct programme *programme, const struct event_page *event, struct paper_item *item)
{
    struct sql_room_event_row room;
    char at[ZONE_TEXT_SIZE] = "";
    int64_t now_ms = clock_now_ms();
    enum err e = paper_item_find(worker->db, view->arena, event->id, http_param(view->req, "document"), now_ms, item);
    if (e == OK) e = sql_room_event(worker->db, view->arena, event->id, &room);
    if (e != OK) return e;
    json_t *paper = paper_item_view(view, event->timezone, item);
    view_put(paper, "issued", item->issued);
    view_put(paper, "issuer", item->issuer);
    view_put_json(view->root, "paper", paper);
    if (item->state == PAPER_PLANNED && zone_format(event->timezone, item->from_ms, at) == OK) view_put(view->root, "at", arena_strndup(view->arena, at, 16));
    view_put(view->root, "mark", paper_mark(view->arena, item));
    put_titles(view, item->title);
    put_choices(view, programme, item);
    e = put_versions(view, worker->db, event->timezone, item);
    if (e == OK) e = put_readers(view, worker->db, event->id, item);
    view_put_flag(view->root, "names", room.opened_names != 0);
    if (e == OK && room.opened_names && item->state == PAPER_PUBLISHED) e = put_names(view, worker->db, event->id, item);
    return e;
}

static void show(struct http_request *req, void *thread_state)
{
    struct staff_page page;
    struct view *view = &page.view;
    struct paper_item item;
    const struct papers_note *note = req->state;
    if (!staff_page_begin_in_pool(&page, req, thread_state)) return;
    enum err e = put_paper(view, page.worker, page.programme, &page.event, &item);
    if (e != OK) {
        reply_error(req, e, NULL);
        return;
    }
    papers_admin_put_note(view, note);
    bool stale = note->problem != NULL && strcmp(note->problem, view_words(view, "room.changed_meanwhile")) == 0;
    view_put_flag(view->root, "is_stale", stale); /* a link: the form that has to be filled in again is far below */
    view_set_title(view, title_pick(view->arena, item.title, view->tag));
    view_set_style(view, "papers");
    view_reply(view, note->status, "admin_paper");
}

void paper_admin_show(struct http_request *req, int status, const char *problem)
{
    papers_admin_defer(req, status, problem, show);
}

void paper_page_get(struct http_request *req)
{
    if (staff_enter(req, NULL)) paper_admin_show(req, 200, NULL);
}

/* Also of a draft, and of a paper that a stamp stops: somebody has to look at it before deciding. */
void paper_admin_file_get(struct http_request *req)
{
    struct sql_papers_version_row row;
    struct programme_seqs seqs = {0};
    struct worker *worker = staff_enter(req, &seqs);
    if (worker == NULL) return;
    const char *version = http_param(req, "version");
    bool number = strlen(version) <= 9 && strspn(version, "0123456789") == strlen(version);
    enum err e = number ? sql_papers_version(worker->db, req->arena, seqs.event_id, http_param(req, "document"), strtoll(version, NULL, 10), &row) : ERR_NOT_FOUND;
    struct http_kept *kept = e == OK ? hot_papers_open(app_of(req)->hot_papers, row.sha256, row.size) : NULL;
    if (e == OK && kept == NULL) e = ERR_IO;
    if (e != OK) reply_error(req, e, &(struct fault){.text = "the paper's file is not there"});
    else http_reply_file(req, &(struct http_file){.kept = kept, .size = row.size, .content_type = row.media_type, .etag = row.sha256, .name = row.name,
                                                  .cache = HTTP_REVALIDATE});
}
