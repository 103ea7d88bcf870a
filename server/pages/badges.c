/* GET /admin/{event}/badges: how many badges of a kind of paper are printed, which changed since, the form for a PDF, the print log, who took which badges
 * with them. Made in the job pool, because the whole list is compared with the log. Works without JavaScript. */
#include "server/pages/badges.h"

#include "badges/layout/layout_folder.h"
#include "badges/layout/shown.h"
#include "core/base/clock.h"
#include "core/congress/badges/badge_desk.h"
#include "core/congress/badges/handover.h"
#include "server/pages/staff_page.h"
#include "server/print_badges.h"

#include <stdlib.h>
#include <string.h>

#define CHANGED_PAGE 25
#define RUNS_SHOWN 50
#define HANDOVERS_SHOWN 100

struct page {
    struct staff_page staff;
    const struct badge_layout *layout;
    const char *layout_name, *base_url;
    struct arena arena; /* of the list: larger than what a request may take */
    int status;
    const char *problem;
};

static const char *chosen_layout(struct http_request *req)
{
    const char *name = http_query(req, "layout");
    if (name == NULL || name[0] == '\0') name = http_form(req, "layout");
    return name == NULL || name[0] == '\0' ? badges_layout_name(0) : name;
}

/* --- the form ---------------------------------------------------------------------------------------------------------------------------- */

static enum err put_layouts(struct page *p, struct fault *fault)
{
    struct layout_entry *entries;
    size_t count;
    enum err err = layout_folder_list(&p->arena, p->staff.view.app->store.folder, &entries, &count, fault);
    if (err != OK) return err;
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        if (entries[i].flaw != NULL) continue;
        json_t *layout = json_object();
        const char *about = entries[i].own ? NULL : view_words(&p->staff.view, arena_printf(p->staff.view.arena, "layouts.use.%s", entries[i].name));
        view_put(layout, "name", entries[i].name);
        view_put(layout, "about", about != NULL && about[0] != '\0' ? about : entries[i].about);
        view_put_flag(layout, "chosen", strcmp(entries[i].name, p->layout_name) == 0);
        json_array_append_new(list, layout);
    }
    view_put_json(p->staff.view.root, "layouts", list);
    return OK;
}

static enum err put_units(struct page *p)
{
    struct badge_desk_unit *units;
    size_t count;
    enum err err = badge_desk_units(p->staff.worker->db, &p->arena, p->staff.programme->event_id, &units, &count);
    if (err != OK) return err;
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        json_t *unit = json_object();
        view_put(unit, "code", units[i].code);
        view_put_title(&p->staff.view, unit, "name", units[i].name);
        view_put_number(unit, "badges", units[i].badges);
        view_put_number(unit, "handed", units[i].handed);
        view_put_flag(unit, "all", units[i].handed >= units[i].badges);
        json_array_append_new(list, unit);
    }
    view_put_flag(p->staff.view.root, "has_units", count > 0);
    view_put_json(p->staff.view.root, "units", list);
    return OK;
}

/* --- printed, not printed, changed --------------------------------------------------------------------------------------------------------- */

static bool is_digest(enum print_fact fact)
{
    return fact == PRINT_FACT_PHOTO || fact == PRINT_FACT_LOGO || fact == PRINT_FACT_WIFI || fact == PRINT_FACT_PROGRAMME || fact == PRINT_FACT_PAPERS;
}

static json_t *change_view(struct page *p, const struct print_change *change)
{
    json_t *out = json_object();
    view_put(out, "fact", view_words(&p->staff.view, arena_printf(&p->arena, "badges.fact.%s", print_fact_name(change->fact))));
    view_put_flag(out, "untold", is_digest(change->fact));
    if (is_digest(change->fact)) return out;
    view_put(out, "before", change->before);
    view_put(out, "now", change->now);
    return out;
}

static json_t *changed_view(struct page *p, const struct badge_list_row *row)
{
    json_t *out = json_object(), *changes = json_array();
    view_put(out, "code", row->person_code ? row->person_code : row->number);
    view_put(out, "name", row->name && row->name[0] ? row->name : row->number);
    view_put(out, "delegation", row->delegation);
    if (row->printed != NULL) view_put(out, "at", view_moment(&p->staff.view, p->staff.programme->timezone, row->printed->printed_ms));
    for (size_t i = 0; i < row->change_count; i++) json_array_append_new(changes, change_view(p, &row->changes[i]));
    view_put_json(out, "changes", changes);
    return out;
}

static void put_page_links(struct page *p, json_t *out, size_t page, size_t pages)
{
    const char *slug = http_param(p->staff.view.req, "event");
    if (pages < 2) return;
    view_put_number(out, "page", (int64_t)page);
    view_put_number(out, "pages", (int64_t)pages);
    if (page > 1) view_put(out, "earlier", arena_printf(&p->arena, "/admin/%s/badges?layout=%s&page=%zu#changed", slug, p->layout_name, page - 1));
    if (page < pages) view_put(out, "later", arena_printf(&p->arena, "/admin/%s/badges?layout=%s&page=%zu#changed", slug, p->layout_name, page + 1));
}

/* One page of those who changed. */
static void put_changed(struct page *p, struct badge_list *list)
{
    print_log_keep(list, PRINT_KEEP_CHANGED);
    const char *asked = http_query(p->staff.view.req, "page");
    size_t pages = (list->count + CHANGED_PAGE - 1) / CHANGED_PAGE, page = asked ? (size_t)strtoul(asked, NULL, 10) : 1;
    if (page < 1 || page > pages) page = 1;
    json_t *out = json_object(), *rows = json_array();
    for (size_t i = (page - 1) * CHANGED_PAGE; i < list->count && i < page * CHANGED_PAGE; i++) json_array_append_new(rows, changed_view(p, &list->rows[i]));
    view_put_json(out, "rows", rows);
    put_page_links(p, out, page, pages);
    if (list->count > 0) view_put_json(p->staff.view.root, "changed", out);
    else json_decref(out);
}

static void put_common(struct page *p, const struct print_change *changes, size_t count)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) json_array_append_new(list, change_view(p, &changes[i]));
    if (count > 0) view_put_json(p->staff.view.root, "common", json_pack("{s:o}", "changes", list));
    else json_decref(list);
}

static void put_counts(struct page *p, const struct print_count *count)
{
    json_t *out = json_object();
    view_put_number(out, "printed", (int64_t)count->printed);
    view_put_number(out, "not_printed", (int64_t)count->not_printed);
    view_put_number(out, "changed", (int64_t)count->changed);
    view_put_json(p->staff.view.root, "counts", out);
}

static enum err put_state(struct page *p, struct fault *fault)
{
    const struct badge_list_filter filter = {0};
    const char *event = http_param(p->staff.view.req, "event"), *kind = badges_layout_kind(p->layout);
    const print_facts shown = badges_shown_facts(p->layout, DUPLEX_LAYOUT);
    struct print_change *common;
    struct print_count count;
    struct badge_list list;
    size_t common_count;
    enum err err = print_badges_scope(p->staff.worker->db, &p->arena, event, &filter, fault);
    if (err == ERR_LIMIT) {
        view_put_flag(p->staff.view.root, "too_many", true);
        return OK;
    }
    if (err == OK) err = badge_list_load(p->staff.worker->db, &p->arena, event, &filter, p->base_url, &list, fault);
    if (err == OK && badges_layout_lists(p->layout)) err = badge_list_load_shared(p->staff.worker->db, &p->arena, &list, clock_now_ms(), fault);
    if (err == OK) err = print_log_compare(p->staff.worker->db, &p->arena, &list, kind, p->base_url, shown, fault);
    if (err == OK) err = print_log_compare_run(p->staff.worker->db, &p->arena, &list, kind, shown, &common, &common_count, fault);
    if (err != OK) return err;
    print_log_count(&list, &count);
    put_counts(p, &count);
    put_common(p, common, common_count);
    put_changed(p, &list);
    return OK;
}

/* --- the logs ------------------------------------------------------------------------------------------------------------------------------ */

static enum err put_runs(struct page *p)
{
    struct print_log_entry *runs;
    size_t count;
    enum err err = print_log_runs(p->staff.worker->db, &p->arena, p->staff.programme->event_id, RUNS_SHOWN, &runs, &count);
    if (err != OK) return err;
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        json_t *run = json_object();
        view_put(run, "id", arena_printf(&p->arena, "%lld", (long long)runs[i].id));
        view_put(run, "at", view_moment(&p->staff.view, p->staff.programme->timezone, runs[i].printed_ms));
        view_put_actor(&p->staff.view, run, "by", runs[i].actor);
        view_put(run, "kind", view_words(&p->staff.view, arena_printf(&p->arena, "badges.kind.%s", runs[i].kind)));
        view_put(run, "layout", runs[i].layout);
        view_put(run, "host", runs[i].host);
        view_put(run, "printer", runs[i].printer);
        view_put_number(run, "badges", runs[i].badges);
        view_put_flag(run, "spoiled", runs[i].spoiled_ms != DB_NULL);
        json_array_append_new(list, run);
    }
    view_put_json(p->staff.view.root, "runs", json_pack("{s:o}", "rows", list));
    if (count == 0) json_object_del(p->staff.view.root, "runs");
    return OK;
}

static enum err put_handovers(struct page *p, struct fault *fault)
{
    struct handover *handovers;
    size_t count;
    enum err err = handover_list(p->staff.worker->db, &p->arena, http_param(p->staff.view.req, "event"), &handovers, &count, fault);
    if (err != OK) return err;
    json_t *list = json_array();
    for (size_t i = 0; i < count && i < HANDOVERS_SHOWN; i++) {
        json_t *one = json_object();
        view_put(one, "id", arena_printf(&p->arena, "%lld", (long long)handovers[i].id));
        view_put(one, "at", view_moment(&p->staff.view, p->staff.programme->timezone, handovers[i].made_ms));
        view_put_actor(&p->staff.view, one, "by", handovers[i].actor);
        view_put(one, "to", handovers[i].to_name);
        view_put_title(&p->staff.view, one, "unit", handovers[i].unit);
        view_put_number(one, "badges", handovers[i].badges);
        view_put_flag(one, "undone", handovers[i].undone_ms != DB_NULL);
        json_array_append_new(list, one);
    }
    view_put_json(p->staff.view.root, "handovers", json_pack("{s:o}", "rows", list));
    if (count == 0) json_object_del(p->staff.view.root, "handovers");
    return OK;
}

/* --- the page ------------------------------------------------------------------------------------------------------------------------------ */

static enum err fill(struct page *p, struct fault *fault)
{
    struct view *view = &p->staff.view;
    bool guessed;
    enum err err = badges_layout_find(&p->arena, view->app->store.folder, p->layout_name, &p->layout, fault);
    if (err != OK) return err;
    err = public_url_choose(p->staff.worker->db, &p->arena, NULL, p->staff.programme->slug, view->app->plain_port, &p->base_url, &guessed, fault);
    if (err == OK) err = view_put_host_warnings(view, p->staff.worker->db, p->staff.programme);
    if (err == OK) err = put_layouts(p, fault);
    if (err == OK) err = put_units(p);
    if (err == OK) err = put_state(p, fault);
    if (err == OK) err = put_runs(p);
    if (err == OK) err = put_handovers(p, fault);
    if (err != OK) return err;
    view_put(view->root, "kind", view_words(view, arena_printf(view->arena, "badges.kind.%s", badges_layout_kind(p->layout))));
    view_put(view->root, "layout_name", p->layout_name);
    view_put(view->root, "problem", p->problem);
    staff_page_put_done(view, "badges.done.");
    view_set_title(view, view_words(view, "badges.link"));
    view_set_style(view, "badges");
    return OK;
}

static void page_work(struct http_request *req, void *thread_state)
{
    struct page *p = req->state;
    struct fault fault = {0};
    if (!staff_page_begin_in_pool(&p->staff, req, thread_state)) return;
    enum err err = fill(p, &fault);
    if (err == OK) view_reply(&p->staff.view, p->status, "admin_badges");
    else if (p->layout == NULL && err != ERR_NOMEM) reply_reason_with(req, REASON_unknown_layout, fault.text);
    else reply_error(req, err, &fault);
}

static void page_release(void *arena)
{
    arena_release(arena);
}

void badges_page_show(struct http_request *req, int status, const char *problem)
{
    struct page *p = arena_alloc(req->arena, sizeof *p);
    if (p == NULL || http_at_end(req, page_release, &p->arena) != OK) {
        reply_reason(req, REASON_busy);
        return;
    }
    arena_init(&p->arena, PRINT_BADGES_MEMORY);
    p->layout_name = chosen_layout(req);
    p->status = status;
    p->problem = problem == NULL ? NULL : arena_strdup(req->arena, problem);
    req->state = p;
    req->resume = NULL;
    http_run_in_pool(req, app_of(req)->pool, page_work);
}

void badges_page_get(struct http_request *req)
{
    if (staff_enter(req, NULL)) badges_page_show(req, 200, NULL);
}

/* badges.pdf for the page's form: the same handler, but what goes wrong is told as a page, because a person reads it. */
void badges_print_get(struct http_request *req)
{
    if (!view_ask_new_password(req)) badges_get(req);
}
