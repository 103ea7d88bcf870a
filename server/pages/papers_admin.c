/* GET /admin/{event}/papers: every paper in order with its state, warnings and readers; files on their way; the place where many are given at once. */
#include "core/base/clock.h"
#include "core/congress/papers/upload.h"
#include "core/congress/title.h"
#include "server/pages/papers_admin.h"
#include "server/refusal.h"

#include <string.h>
#include <strings.h>

#define LARGE (INT64_C(20) << 20) /* minutes on a hall's Wi-Fi */

enum err papers_people_load(struct db *db, struct arena *arena, int64_t event_id, struct papers_people *ret)
{
    return sql_room_people(db, arena, event_id, &ret->rows, &ret->count);
}

int64_t papers_people_count(const struct papers_people *people, const char *audience)
{
    int64_t count = 0;
    for (size_t i = 0; i < people->count; i++)
        if (paper_is_for(audience, people->rows[i].category)) count += people->rows[i].people;
    return count;
}

static void warn(struct view *view, json_t *list, const char *key)
{
    const char *words = view_words(view, key);
    if (*words) (void)json_array_append_new(list, json_string(words));
}

static bool ends_with_one_of(const char *name, const char *const *endings, size_t count)
{
    const char *dot = name ? strrchr(name, '.') : NULL;
    for (size_t i = 0; dot && i < count; i++)
        if (strcasecmp(dot + 1, endings[i]) == 0) return true;
    return false;
}

static void put_warnings(struct view *view, json_t *out, const struct paper_item *item)
{
    static const char *const old[] = {"doc", "xls", "ppt", "rtf"}, *const office[] = {"docx", "xlsx", "pptx", "odt", "ods", "odp"};
    json_t *list = json_array();
    if (!item->version) warn(view, list, "room.warn_none");
    if (item->stamp) view_put(out, "stamp", item->stamp);
    if (ends_with_one_of(item->name, old, 4)) warn(view, list, "room.warn_old");
    if (ends_with_one_of(item->name, office, 6)) warn(view, list, "room.warn_office");
    if (item->size > LARGE) warn(view, list, "room.warn_large");
    if (item->source && strcmp(item->source, "scan") == 0) warn(view, list, "room.warn_scan");
    else if (item->source && item->unread) warn(view, list, "room.warn_some");
    bool text = item->media_type && (strcmp(item->media_type, "application/pdf") == 0 || strncmp(item->media_type, "text/", 5) == 0);
    if (text && !item->source) warn(view, list, "room.warn_unread");
    view_put_json(out, "warnings", list);
}

json_t *paper_item_view(struct view *view, const char *timezone, const struct paper_item *item)
{
    json_t *out = json_object();
    view_put(out, "code", item->code);
    view_put_title(view, out, "title", item->title);
    const char *word = paper_state_word(item->state);
    view_put(out, "state", word);
    view_put(out, "state_words", view_words(view, arena_printf(view->arena, "room.state_%s", word)));
    if (item->state == PAPER_PLANNED) view_put(out, "from", view_moment(view, timezone, item->from_ms));
    if (item->version) view_put_number(out, "version", item->version);
    view_put(out, "name", item->name);
    if (item->version) view_put(out, "size", i18n_size(view->arena, item->size));
    if (item->pages) view_put_number(out, "pages", item->pages);
    view_put(out, "number", item->number);
    view_put_title(view, out, "session", item->session_title);
    view_put_flag(out, "must_read", item->must_read);
    view_put_flag(out, "restricted", item->restricted);
    view_put_flag(out, "is_stopped", item->state == PAPER_STOPPED);
    view_put_flag(out, "may_publish", item->version && (item->state == PAPER_DRAFT || item->state == PAPER_PLANNED) && item->withdrawn_ms == DB_NULL);
    view_put_flag(out, "may_withdraw", item->state == PAPER_PUBLISHED || (item->state == PAPER_PLANNED && item->withdrawn_ms == DB_NULL));
    view_put_flag(out, "may_give_back", item->withdrawn_ms != DB_NULL);
    put_warnings(view, out, item);
    return out;
}

static enum err put_drafts(struct view *view, const struct paper_item *items, size_t count)
{
    struct paper_drafts drafts;
    enum err e = paper_drafts(view->arena, items, count, &drafts);
    if (e != OK || !drafts.ready) return e;
    json_t *out = json_object();
    view_put_number(out, "ready", (int64_t)drafts.ready);
    if (drafts.stopped) view_put_number(out, "stopped", (int64_t)drafts.stopped);
    if (drafts.unready) view_put_number(out, "unready", (int64_t)drafts.unready);
    view_put(out, "mark", drafts.mark);
    view_put_json(view->root, "drafts", out);
    return OK;
}

static enum err put_papers(struct view *view, struct db *db, int64_t event_id, const char *timezone, int64_t now_ms)
{
    struct paper_item *items;
    struct papers_people people;
    struct sql_room_opened_row *opened;
    size_t count, opened_count;
    enum err e = paper_items(db, view->arena, event_id, now_ms, &items, &count);
    if (e == OK) e = put_drafts(view, items, count);
    if (e == OK) e = papers_people_load(db, view->arena, event_id, &people);
    if (e == OK) e = sql_room_opened(db, view->arena, event_id, &opened, &opened_count);
    if (e != OK) return e;
    json_t *list = json_array(), *must = json_array();
    const char *moved = http_query(view->req, "moved"), *way = http_query(view->req, "way");
    for (size_t i = 0; i < count; i++) {
        json_t *out = paper_item_view(view, timezone, &items[i]);
        int64_t read = 0, all = papers_people_count(&people, items[i].audience);
        for (size_t k = 0; k < opened_count; k++)
            if (opened[k].document_id == items[i].id && paper_is_for(items[i].audience, opened[k].category)) read += opened[k].people;
        view_put_number(out, "opened", read);
        view_put_number(out, "people", all);
        if (items[i].must_read && items[i].state == PAPER_PUBLISHED && all > read) {
            view_put_number(out, "left", all - read);
            json_array_append(must, out);
        }
        view_put_flag(out, "is_first", i == 0);
        view_put_flag(out, "is_last", i + 1 == count);
        bool here = moved && strcmp(moved, items[i].code) == 0;
        view_put_flag(out, "focus_up", here && (i + 1 == count || (way && strcmp(way, "up") == 0)) && i > 0);
        view_put_flag(out, "focus_down", here && !json_object_get(out, "focus_up"));
        json_array_append_new(list, out);
    }
    view_put_flag(view->root, "has_papers", count > 0);
    view_put_json(view->root, "papers", list);
    view_put_flag(view->root, "has_must", json_array_size(must) > 0);
    view_put_json(view->root, "must", must);
    return OK;
}

enum err papers_admin_put_uploads(struct view *view, const char *event, bool wall, int64_t now_ms)
{
    struct upload *list;
    size_t count;
    enum err e = upload_list(view->arena, view->app->store.folder, event, now_ms, &list, &count);
    if (e != OK) return e;
    json_t *uploads = json_array();
    for (size_t i = 0; i < count; i++) {
        if ((list[i].room != NULL) != wall) continue;
        json_t *out = json_object();
        view_put(out, "id", list[i].id);
        view_put(out, "name", list[i].name);
        view_put(out, "document", list[i].document);
        view_put(out, "problem", list[i].problem ? refusal_words(view->req, list[i].reason, list[i].detail, list[i].problem) : NULL);
        view_put_flag(out, "reading", upload_is_whole(&list[i]));
        view_put(out, "so_far", i18n_size(view->arena, list[i].offset));
        view_put(out, "size", i18n_size(view->arena, list[i].size));
        json_array_append_new(uploads, out);
    }
    view_put_flag(view->root, "has_uploads", json_array_size(uploads) > 0);
    view_put_json(view->root, "uploads", uploads);
    return OK;
}

void papers_admin_put_note(struct view *view, const struct papers_note *note)
{
    view_put(view->root, "problem", note->problem);
    staff_page_put_done(view, "room.done_");
}

static void show(struct http_request *req, void *thread_state)
{
    static const char *const prefixes[] = {"room.js_"};
    struct staff_page page;
    struct view *view = &page.view;
    struct sql_room_event_row room;
    const struct papers_note *note = req->state;
    int64_t now_ms = clock_now_ms();
    if (!staff_page_begin_in_pool(&page, req, thread_state)) return;
    enum err e = sql_room_event(page.worker->db, req->arena, page.event.id, &room);
    if (e == OK) e = put_papers(view, page.worker->db, page.event.id, page.event.timezone, now_ms);
    if (e == OK) e = papers_admin_put_uploads(view, page.event.slug, false, now_ms);
    if (e != OK) {
        reply_error(req, e, NULL);
        return;
    }
    view_put_flag(view->root, "names", room.opened_names != 0);
    papers_admin_put_note(view, note);
    view_set_title(view, view_words(view, "papers.title"));
    view_set_style(view, "papers");
    view_set_script(view, "papers", prefixes, 1);
    view_reply(view, note->status, "admin_papers");
}

void papers_admin_defer(struct http_request *req, int status, const char *problem, void (*page)(struct http_request *req, void *thread_state))
{
    struct papers_note *note = arena_alloc(req->arena, sizeof *note);
    if (!note) {
        reply_reason(req, REASON_busy);
        return;
    }
    *note = (struct papers_note){status, problem ? arena_strdup(req->arena, problem) : NULL};
    req->state = note;
    req->resume = NULL;
    http_run_in_pool(req, app_of(req)->pool, page);
}

void papers_admin_show(struct http_request *req, int status, const char *problem)
{
    papers_admin_defer(req, status, problem, show);
}

void papers_page_get(struct http_request *req)
{
    if (staff_enter(req, NULL)) papers_admin_show(req, 200, NULL);
}
