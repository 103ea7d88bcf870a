/* GET /desk/{event}: the registration desk, a page with a script (web/js/desk.js) over the JSON doors.
 * GET /desk/{event}/scans: the last scans with names, for that script. */
#include "core/base/clock.h"
#include "core/congress/title.h"
#include "server/pages/staff_page.h"

#define SCANS_SHOWN 20

static void put_categories(struct view *view, const struct programme *programme)
{
    json_t *all = json_object();
    for (size_t i = 0; i < programme->category_count; i++) {
        json_t *category = json_object();
        view_put_title(view, category, "title", programme->categories[i].title);
        view_put(category, "color", programme->categories[i].color);
        view_put_json(all, programme->categories[i].code, category);
    }
    view_put(view->root, "categories", json_text(view->arena, all));
    json_decref(all);
}

void desk_get(struct http_request *req)
{
    static const char *const prefixes[] = {"desk.", "js."};
    static const char *const first[] = {"common", "desk_tools"};
    static const char *const rest[] = {"desk_work", "desk_card", "desk_watch", "desk_messages", "desk_keys", "desk_badge", "desk_list", "desk_pick", "desk_history",
                                       "sound"};
    struct staff_page page;
    struct view *view = &page.view;
    if (view_ask_new_password(req) || !staff_page_begin(&page, req)) return;
    enum err err = view_put_pin_alarm(view, page.worker->db, page.event.id);
    if (err != OK) {
        reply_error(req, err, NULL);
        return;
    }
    view_put_gates(view, page.programme, NULL);
    if (page.programme->closed_ms) view_put(view->root, "closed_since", view_moment(view, page.event.timezone, page.programme->closed_ms));
    put_categories(view, page.programme);
    view_set_title(view, view_words(view, "desk.link"));
    view_set_style(view, "desk");
    view_set_script(view, "desk", prefixes, sizeof prefixes / sizeof *prefixes);
    view_set_modules(view, false, first, sizeof first / sizeof *first);
    view_set_modules(view, true, rest, sizeof rest / sizeof *rest);
    view_reply(view, 200, "desk");
}

void desk_scans_get(struct http_request *req)
{
    struct programme_seqs seqs;
    struct worker *worker = worker_of(req);
    const struct programme *programme = worker == NULL ? NULL : event_of(req, worker, &seqs);
    if (programme == NULL) return;
    struct event_page_scan *scans;
    size_t count;
    enum err err = event_page_scans(worker->db, req->arena, programme->event_id, SCANS_SHOWN, &scans, &count);
    if (err != OK) {
        reply_error(req, err, NULL);
        return;
    }
    const char *language = i18n_tag(view_language(req));
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        char at[CLOCK_TEXT_SIZE];
        const char *gate = scans[i].gate == NULL ? NULL : title_pick(req->arena, scans[i].gate, language);
        json_array_append_new(list, json_pack("{s:s, s:s, s:s, s:s?, s:s, s:s?, s:s?, s:s?, s:b, s:b}", "scan_id", scans[i].scan_id, "at",
                                              clock_format(scans[i].received_ms, at), "outcome", scans[i].outcome, "reason", scans[i].reason, "direction",
                                              scans[i].direction, "name", scans[i].name, "number", scans[i].number, "gate", gate, "undone", scans[i].undone, "group",
                                              scans[i].grouped));
    }
    http_reply_json(req, 200, json_pack("{s:o}", "scans", list));
}
