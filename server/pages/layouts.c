/* Badge layouts in the console: GET /admin/{event}/layouts, the list; GET and POST …/layouts/{name}, the editor. With JavaScript the editor uses the doors
 * under /api/v1/events/{event}/layouts; without, it posts itself and the page comes back with the pictures. */
#include "core/base/clock.h"
#include "core/base/crypto.h"
#include "server/layout_job.h"
#include "server/pages/staff_page.h"

#include <string.h>

/* As for every page (server/http), but pictures may come from the page itself: unsaved layouts have no address. */
#define POLICY_EDITOR \
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; font-src 'self'; form-action 'self'; " \
    "base-uri 'none'; frame-ancestors 'none'"

/* --- the list ----------------------------------------------------------------------------------------------------------------------------- */

struct listing {
    struct arena arena;
    struct layout_entry *entries;
    size_t count;
    enum err error;
    struct fault fault;
};

static void listing_end(void *data)
{
    struct listing *listing = data;
    arena_release(&listing->arena);
}

static void list_work(struct http_request *req, void *thread_state)
{
    struct listing *l = req->state;
    (void)thread_state;
    l->error = layout_folder_list(&l->arena, app_of(req)->store.folder, &l->entries, &l->count, &l->fault);
}

static const char *use_of(const struct view *view, const struct layout_entry *entry)
{
    if (entry->own || !entry->ready) return entry->about;
    const char *words = view_words(view, arena_printf(view->arena, "layouts.use.%s", entry->name));
    return words[0] ? words : entry->about;
}

static json_t *entry_view(struct view *view, const struct layout_entry *entry)
{
    json_t *row = json_object();
    view_put(row, "name", entry->name);
    view_put(row, "use", use_of(view, entry));
    view_put(row, "flaw", entry->flaw);
    view_put_flag(row, "own", entry->own);
    view_put_flag(row, "has_back", entry->has_back);
    if (entry->width > 0) view_put(row, "size", arena_printf(view->arena, "%g × %g mm", entry->width, entry->height));
    return row;
}

static void list_reply(struct http_request *req)
{
    struct staff_page page;
    struct view *view = &page.view;
    struct listing *l = req->state;
    if (l->error != OK) {
        reply_error(req, l->error, &l->fault);
        return;
    }
    if (!staff_page_begin(&page, req)) return;
    json_t *own = json_array(), *ready = json_array();
    for (size_t i = 0; i < l->count; i++) json_array_append_new(l->entries[i].own ? own : ready, entry_view(view, &l->entries[i]));
    view_put_flag(view->root, "has_own", json_array_size(own) > 0);
    view_put_json(view->root, "own", own);
    view_put_json(view->root, "ready", ready);
    view_set_title(view, view_words(view, "layouts.title"));
    view_set_style(view, "layouts");
    view_reply(view, 200, "admin_layouts");
}

void layouts_page_get(struct http_request *req)
{
    struct listing *l = arena_alloc(req->arena, sizeof *l);
    if (!staff_enter(req, NULL)) return;
    if (!l || http_at_end(req, listing_end, l) != OK) {
        reply_reason(req, REASON_busy);
        return;
    }
    req->state = l;
    req->resume = list_reply;
    http_run_in_pool(req, app_of(req)->pool, list_work);
}

/* --- the editor --------------------------------------------------------------------------------------------------------------------------- */

enum deed { DEED_NONE, DEED_SHOW, DEED_SAVE, DEED_DELETE };

struct editor {
    enum deed deed;
    const char *name, *as;   /* of the page; to be saved as */
    const char *text;
    size_t length;
    const char *seen;        /* tag of the version that was changed; "" = none */
    const char *person, *language;
    bool own, overlay;
    char tag[LAYOUT_TAG_SIZE];
    struct layout_job *front, *back;
    struct layout_entry entry;
    enum err error;          /* of saving or deleting */
    struct fault fault;
    bool is_flawed;
    struct layout_flaw flaw;
};

static void put_choices(struct view *view, const char *key, const char *prefix, const char *const *values, size_t count, const char *chosen)
{
    json_t *list = json_array();
    for (size_t i = 0; i < count; i++) {
        json_t *item = json_object();
        const char *word = values[i][0] == '~' ? values[i] + 1 : values[i];
        json_object_set_new(item, "value", json_string(values[i]));
        view_put(item, "label", view_words(view, arena_printf(view->arena, "%s.%s", prefix, word[0] ? word : "first")));
        view_put_flag(item, "chosen", strcmp(chosen, values[i]) == 0);
        json_array_append_new(list, item);
    }
    view_put_json(view->root, key, list);
}

/* "data:image/png;base64,…", for pages without JavaScript. */
static void put_picture(struct view *view, const char *key, const struct layout_job *job)
{
    if (!job || job->error != OK || !job->png.length) return;
    char *data = crypto_base64_encode(view->arena, job->png.data, job->png.length);
    for (char *p = data; p && *p; p++) *p = *p == '-' ? '+' : *p == '_' ? '/' : *p;
    if (data) view_put(view->root, key, arena_printf(view->arena, "data:image/png;base64,%s", data));
}

static void put_problem(struct view *view, const struct editor *ed)
{
    const struct layout_job *job = ed->front && ed->front->error != OK ? ed->front : NULL;
    const struct layout_flaw *flaw = ed->is_flawed ? &ed->flaw : job && job->is_flawed ? &job->flaw : NULL;
    const char *sentence = flaw ? flaw->sentence : ed->error != OK ? ed->fault.text : job ? job->fault.text : NULL;
    if (!sentence) return;
    json_t *out = json_object();
    view_put(out, "sentence", sentence[0] ? sentence : err_name(ed->error));
    if (flaw) view_put(out, "place", flaw->place);
    if (flaw && flaw->line) view_put_number(out, "line", flaw->line);
    view_put_json(view->root, "problem", out);
}

static void editor_reply(struct http_request *req, struct editor *ed, int status)
{
    static const char *const people[] = {"", "~longest", "~blank", "~no-photo", "~full"}, *const languages[] = {"", "vi", "en", "pt", "ar"};
    static const char *const words[] = {"layouts."};
    struct staff_page page;
    struct view *view = &page.view;
    if (!staff_page_begin(&page, req)) return;
    const char *person = ed->person ? ed->person : "";
    bool known = person[0] == '~' || !person[0];
    put_choices(view, "people", "layouts.who", people, 5, known ? person : "");
    put_choices(view, "tongues", "layouts.in", languages, 5, ed->language ? ed->language : "");
    if (!known) view_put(view->root, "someone", person);
    view_put(view->root, "name", ed->name);
    view_put(view->root, "as", ed->as);
    view_put(view->root, "text", ed->text);
    view_put(view->root, "seen", ed->seen);
    view_put_flag(view->root, "own", ed->own);
    view_put_flag(view->root, "overlay", ed->overlay);
    view_put_flag(view->root, "saved", http_query(req, "saved") != NULL);
    view_put_flag(view->root, "fresh", ed->deed == DEED_NONE);
    put_picture(view, "front", ed->front);
    put_picture(view, "back", ed->back);
    put_problem(view, ed);
    view_set_title(view, arena_printf(req->arena, "%s · %s", ed->name, view_words(view, "layouts.title")));
    view_set_style(view, "layouts");
    view_set_script(view, "layouts", words, 1);
    (void)http_set_header(req, "Content-Security-Policy", POLICY_EDITOR);
    view_reply(view, status, "admin_layout");
}

/* The layout of the page's address into `ed`; replies when there is none. */
static bool editor_load(struct http_request *req, struct editor *ed)
{
    ed->name = http_param(req, "name");
    enum err e = layout_folder_read(req->arena, app_of(req)->store.folder, ed->name, &ed->text, &ed->length, &ed->own, ed->tag, NULL);
    if (e == ERR_NOT_FOUND) reply_reason(req, REASON_unknown_layout);
    else if (e != OK) reply_error(req, e, NULL);
    if (e != OK) return false;
    bool keeps = ed->own && !layout_name_is_ready(ed->name);
    ed->as = keeps ? ed->name : arena_printf(req->arena, "%.34s-own", ed->name);
    ed->seen = keeps ? ed->tag : "";
    return true;
}

void layout_page_get(struct http_request *req)
{
    struct editor *ed = arena_alloc(req->arena, sizeof *ed);
    if (!staff_enter(req, NULL)) return;
    if (!ed) reply_reason(req, REASON_busy);
    else if (editor_load(req, ed)) editor_reply(req, ed, 200);
}

/* --- what is posted ------------------------------------------------------------------------------------------------------------------------ */

static void editor_work(struct http_request *req, void *thread_state)
{
    struct editor *ed = req->state;
    const char *folder = app_of(req)->store.folder;
    if (ed->deed == DEED_DELETE) {
        ed->error = layout_folder_delete(folder, ed->name, ed->seen[0] ? ed->seen : NULL, &ed->fault);
        return;
    }
    if (ed->deed == DEED_SAVE) {
        ed->error = layout_folder_save(folder, ed->as, ed->text, ed->length, ed->seen[0] && strcmp(ed->as, ed->name) == 0 ? ed->seen : NULL, ed->tag, &ed->fault);
        ed->is_flawed = ed->error == ERR_INPUT;
        if (ed->is_flawed) layout_flaw_find(ed->text, ed->length, &ed->fault, &ed->flaw);
        if (ed->error == OK) return;
    }
    layout_job_run(ed->front, thread_state);
    if (ed->front->error == OK && ed->front->result.has_back) layout_job_run(ed->back, thread_state);
}

static enum err apply_audit(struct db *db, struct http_request *req, struct write_tools *tools, struct fault *fault)
{
    const struct editor *ed = req->state;
    (void)tools;
    bool remove = ed->deed == DEED_DELETE;
    enum err e = audit_write(db, clock_now_ms(), actor_of(req), remove ? "delete_layout" : "save_layout", remove ? ed->name : ed->as, NULL);
    return e == OK ? OK : db_fault(db, e, fault, "audit log");
}

static void after_audit(struct http_request *req)
{
    const struct editor *ed = req->state;
    const struct fault *fault;
    enum err e = write_result(req, &fault);
    const char *event = http_param(req, "event");
    if (e != OK) reply_error(req, e, fault);
    else if (ed->deed == DEED_DELETE) http_reply_redirect(req, 303, arena_printf(req->arena, "/admin/%s/layouts", event));
    else http_reply_redirect(req, 303, arena_printf(req->arena, "/admin/%s/layouts/%s?saved=1", event, ed->as));
}

static void after_work(struct http_request *req)
{
    struct editor *ed = req->state;
    bool changed = ed->error == OK && (ed->deed == DEED_SAVE || ed->deed == DEED_DELETE);
    if (changed) {
        request_write(req, apply_audit, after_audit);
        return;
    }
    int status = ed->error == ERR_CONFLICT ? 412 : ed->error == ERR_DENIED ? 409 : ed->error != OK || ed->front->is_flawed ? 422 : 200;
    editor_reply(req, ed, status);
}

/* Line ends of forms are CR LF (HTML 4.10.21): a saved layout has LF as it had before. */
static char *plain_lines(struct arena *arena, const char *text)
{
    char *copy = arena_strdup(arena, text), *to = copy;
    for (const char *p = copy; p && *p; p++)
        if (p[0] != '\r' || p[1] != '\n') *to++ = *p;
    if (copy) *to = '\0';
    return copy;
}

static const char *form_or(struct http_request *req, const char *field, const char *otherwise)
{
    const char *value = http_form(req, field);
    return value ? value : otherwise;
}

static bool editor_read(struct http_request *req, struct editor *ed)
{
    static const char *const deeds[] = {"", "show", "save", "delete"};
    const char *deed = form_or(req, "do", "show"), *someone = http_form(req, "someone"), *text = http_form(req, "text");
    if (!editor_load(req, ed)) return false;
    ed->deed = DEED_SHOW;
    for (int i = DEED_SHOW; i <= DEED_DELETE; i++)
        if (strcmp(deed, deeds[i]) == 0) ed->deed = (enum deed)i;
    if (text) ed->text = plain_lines(req->arena, text);
    ed->as = form_or(req, "as", ed->as);
    ed->seen = form_or(req, "seen", "");
    ed->person = layout_job_person(someone && someone[0] ? someone : http_form(req, "person"));
    ed->language = layout_job_language(http_form(req, "language"));
    ed->overlay = http_form(req, "overlay") != NULL;
    ed->front = layout_job_new(req);
    ed->back = ed->front ? layout_job_new(req) : NULL;
    if (!ed->back) return false;
    if (!ed->text) {
        reply_reason(req, REASON_busy);
        return false;
    }
    ed->length = strlen(ed->text);
    for (int i = 0; i < 2; i++) {
        struct layout_job *job = i ? ed->back : ed->front;
        job->name = ed->name;
        job->text = ed->text;
        job->length = ed->length;
        job->person = ed->person;
        job->language = ed->language;
        job->overlay = ed->overlay;
        job->back = i == 1;
    }
    return true;
}

void layout_page_post(struct http_request *req)
{
    struct worker *worker = worker_of(req);
    struct editor *ed = arena_alloc(req->arena, sizeof *ed);
    if (!worker || !event_of(req, worker, NULL)) return;
    if (!ed) {
        reply_reason(req, REASON_busy);
        return;
    }
    if (!editor_read(req, ed)) return;
    req->state = ed;
    req->resume = after_work;
    http_run_in_pool(req, app_of(req)->pool, editor_work);
}
