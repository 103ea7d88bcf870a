/* GET, POST /admin/-/register/new-person (unit=) and /admin/-/register/people/{person}/edit: somebody new in the register, and what is known of somebody. POST:
 * do=save with the fields; seen= the version that was shown: who was slower sees what the other wrote. do=show: with what is sensitive, noted in the audit log. POST
 * /admin/-/register/people/{person}/photo: a picture, or do=remove; GET: a small one. */
#include "core/base/clock.h"
#include "core/congress/photos/photos.h"
#include "core/congress/register/edit.h"
#include "core/congress/title.h"
#include "server/access.h"
#include "server/pages/messages.h"
#include "server/pages/register_form.h"
#include "server/photo_job.h"
#include "server/photo_show.h"
#include "server/refusal.h"

#include <string.h>

/* What a press has read, in the writer's transaction. */
struct shown {
    struct register_value *values;
    size_t count;
};

static bool is_new(const struct http_request *req) { return http_param(req, "person") == NULL; }

/* --- the page --- */

static void put_line(struct register_form *form, const char *name, const char *value, enum register_line_kind kind, const char *how)
{
    struct register_view *r = form->r;
    const struct register_line_of line = {.name = name, .label = register_field_words(r, name), .value = value, .kind = kind,
                                          .how = how ? view_words(&r->view, how) : NULL, .needed = strcmp(name, "name") == 0};
    register_form_line(form, &line);
}

static enum err put_lines(struct register_form *form, const struct register_person *p)
{
    struct view *view = &form->r->view;
    const struct register_option sexes[] = {{"", view_words(view, "register.unknown")}, {"f", view_words(view, "register.gender.f")},
                                            {"m", view_words(view, "register.gender.m")}, {"x", view_words(view, "register.gender.x")}};
    char today[REGISTER_DAY_SIZE];
    enum err e = OK;
    put_line(form, "name", p->name, LINE_TEXT, NULL);
    put_line(form, "honorific", p->honorific, LINE_TEXT, NULL);
    if (is_new(view->req)) {
        e = register_today(form->r->db, view->arena, clock_now_ms(), today);
        if (e == OK) e = register_form_unit(form, "unit", register_field_words(form->r, "unit"), http_query(view->req, "unit"), view_words(view, "register.nowhere"), 0);
        const struct register_line_of day = {.name = "day", .label = view_words(view, "register.comes_on"), .value = arena_strdup(view->arena, today), .kind = LINE_DATE};
        if (e == OK) register_form_line(form, &day);
    }
    register_form_words(form, "title", register_field_words(form->r, "title"), p->title, false);
    register_form_choice(form, "gender", register_field_words(form->r, "gender"), p->gender, sexes, 4);
    put_line(form, "born", p->born, LINE_WHEN, "register.how.when");
    put_line(form, "joined", p->joined, LINE_WHEN, "register.how.joined");
    put_line(form, "phone", p->phone, LINE_PHONE, NULL);
    put_line(form, "email", p->email, LINE_EMAIL, NULL);
    put_line(form, "sort_name", p->sort_name, LINE_TEXT, "register.how.sort_name");
    put_line(form, "code", p->code, LINE_TEXT, is_new(view->req) ? "register.how.new_code" : "register.how.code");
    return e;
}

/* Sensitive ones only of somebody new, or where they were asked for. */
static enum err put_values(struct register_form *form, int64_t person_id, const struct shown *shown)
{
    struct view *view = &form->r->view;
    struct register_value *values = shown ? shown->values : NULL;
    size_t count = shown ? shown->count : 0;
    bool with_sensitive = shown || is_new(view->req) || (form->said->status && http_form(view->req, "sensitive")), any_hidden = false;
    enum err e = shown ? OK : register_values_read(form->r->db, view->arena, person_id, &values, &count);
    for (size_t i = 0; e == OK && i < count; i++) {
        any_hidden = any_hidden || (values[i].sensitive && !with_sensitive);
        if (!values[i].sensitive || with_sensitive) register_form_value(form, &values[i]);
    }
    view_put_flag(view->root, "any_hidden", any_hidden);
    view_put_flag(view->root, "with_sensitive", with_sensitive);
    return e;
}

static enum err put_version(struct register_form *form, const struct register_person *p)
{
    struct register_change *changes;
    size_t count;
    int64_t version = 0, seen = messages_read_id(http_form(form->r->view.req, "seen"));
    enum err e = register_person_version(form->r->db, p->id, &version);
    if (e == OK) e = register_changes_of_person(form->r->db, form->r->view.arena, p->id, INT64_MAX, REGISTER_PAGE, &changes, &count);
    if (e != OK) return e;
    register_form_since(form, changes, count, seen);
    view_put(form->r->view.root, "seen", arena_printf(form->r->view.arena, "%lld", (long long)version));
    return OK;
}

static void put_frame(struct register_view *r, const struct register_person *p)
{
    struct view *view = &r->view;
    const char *href = p->code ? register_href(view, "people", p->code) : NULL;
    view_put(view->root, "heading", view_words(view, p->code ? "register.edit_person" : "register.new_person"));
    view_put(view->root, "about", p->name);
    view_put(view->root, "back", href ? href : "/admin/-/register");
    view_put(view->root, "action", href ? arena_printf(view->arena, "%s/edit", href) : "/admin/-/register/new-person");
    view_set_title(view, view_words(view, p->code ? "register.edit_person" : "register.new_person"));
    view_set_style(view, "admin");
}

static void page_work(struct http_request *req, void *thread_state)
{
    const struct register_ask *ask = req->state;
    struct register_view r;
    struct register_form form;
    struct register_person person = {0};
    if (!register_view_begin(&r, req, thread_state)) return;
    enum err e = is_new(req) ? OK : register_person_by_code(r.db, req->arena, http_param(req, "person"), &person);
    if (e == OK) e = register_form_begin(&form, &r, &ask->said, "");
    if (e == OK && !is_new(req)) e = put_version(&form, &person);
    if (e == OK) e = put_lines(&form, &person);
    if (e == OK) e = put_values(&form, person.id, ask->more);
    if (e != OK) {
        reply_error(req, e, NULL);
        return;
    }
    put_frame(&r, &person);
    view_reply(&r.view, ask->said.status ? ask->said.status : 200, "house_form");
}

void register_edit_get(struct http_request *req)
{
    if (register_ask_begin(req, page_work)) register_ask_show(req);
}

/* --- saving --- */

static struct register_edit read_edit(struct http_request *req, struct db *db, const char *title_now)
{
    struct register_edit edit = {.name = http_form(req, "name"), .sort_name = http_form(req, "sort_name"), .honorific = http_form(req, "honorific"),
                                 .title = register_form_read_words(req, db, "title", title_now), .gender = http_form(req, "gender"),
                                 .born = register_read_when(req->arena, http_form(req, "born")), .joined = register_read_when(req->arena, http_form(req, "joined")),
                                 .phone = http_form(req, "phone"), .email = http_form(req, "email"), .code = http_form(req, "code"),
                                 .seen = messages_read_id(http_form(req, "seen")), .labels_as_stored = true};
    if (edit.code && !*edit.code) edit.code = NULL; /* stays, or is made */
    return edit;
}

static enum err save_values(struct register_doing *doing, struct http_request *req, const char *code)
{
    struct register_person person;
    struct register_value *values;
    size_t count;
    bool sent, with_sensitive = http_form(req, "sensitive") != NULL;
    enum err e = register_person_by_code(doing->db, doing->arena, code, &person);
    if (e == OK) e = register_values_read(doing->db, doing->arena, person.id, &values, &count);
    for (size_t i = 0; e == OK && i < count; i++) {
        if (values[i].sensitive && !with_sensitive) continue;
        const char *value = register_form_read_value(req, values[i].type, values[i].kind, &sent);
        if (sent) e = register_edit_attribute(doing, code, values[i].type, value);
        if (e == ERR_INPUT && doing->fault) /* as its control is called */
            e = fault_because(doing->fault, e, "register_value", arena_printf(doing->arena, "attribute:%s", values[i].type), "a value is wrong");
    }
    return e;
}

static enum err save(struct db *db, struct http_request *req, struct write_tools *tools, struct fault *fault)
{
    struct register_ask *ask = req->state;
    struct register_doing doing;
    struct register_person person = {0};
    const char *asked = http_param(req, "person"), *code = NULL;
    enum err e = register_doing_begin(&doing, db, req, tools, asked ? NULL : http_form(req, "day"), fault);
    if (e == OK && asked) e = register_person_by_code(db, req->arena, asked, &person);
    if (e != OK) return e;
    const struct register_edit edit = read_edit(req, db, person.title);
    e = asked ? register_edit_person(&doing, person.code, &edit) : register_add_person(&doing, &edit, http_form(req, "unit"), &code);
    if (asked) code = edit.code ? edit.code : person.code;
    if (e == OK) e = save_values(&doing, req, code);
    if (e != OK) return fault->text[0] ? e : db_fault(db, e, fault, "the person");
    ask->to = arena_printf(req->arena, "/admin/-/register/people/%s?done=%s", code, asked ? "saved" : "made");
    return ask->to ? OK : ERR_NOMEM;
}

/* The line in the audit log is written before anything is shown. */
static enum err show(struct db *db, struct http_request *req, struct write_tools *tools, struct fault *fault)
{
    struct register_ask *ask = req->state;
    struct register_doing doing;
    struct register_person person;
    struct shown *shown = arena_alloc(req->arena, sizeof *shown);
    enum err e = shown ? register_doing_begin(&doing, db, req, tools, NULL, fault) : ERR_NOMEM;
    if (e == OK) e = register_person_by_code(db, req->arena, http_param(req, "person"), &person);
    if (e == OK) e = register_sensitive_values(&doing, person.id, &shown->values, &shown->count);
    ask->more = shown;
    return e == OK || e == ERR_NOT_FOUND || fault->text[0] ? e : db_fault(db, e, fault, "what is sensitive");
}

void register_edit_post(struct http_request *req)
{
    const struct register_ask *ask = register_ask_begin(req, page_work);
    if (!ask) return;
    if (ask->act && strcmp(ask->act, "save") == 0) register_ask_write(req, save);
    else if (ask->act && strcmp(ask->act, "show") == 0 && !is_new(req)) register_ask_write(req, show);
    else reply_reason(req, REASON_bad_request);
}

/* --- the photo --- */

static const char *photo_href(struct http_request *req, const char *done)
{
    struct buf out;
    buf_init(&out, BUF_LIMIT_LINE);
    buf_puts(&out, "/admin/-/register/people/");
    buf_put_url(&out, http_param(req, "person"));
    buf_printf(&out, "?photo=%s#photo", done);
    const char *text = buf_ok(&out) ? arena_strdup(req->arena, buf_text(&out)) : NULL;
    buf_release(&out);
    return text;
}

static void photo_taken(struct http_request *req)
{
    const struct photo_job *job = req->state;
    if (job->result != OK) reply_error(req, job->result, &job->fault);
    else http_reply_redirect(req, 303, photo_href(req, job->outcome));
}

static enum err remove_photo(struct db *db, struct http_request *req, struct write_tools *tools, struct fault *fault)
{
    struct register_ask *ask = req->state;
    struct register_doing doing;
    const char *code = http_param(req, "person");
    enum err e = register_doing_begin(&doing, db, req, tools, NULL, fault);
    if (e == OK) e = photo_remove(&doing, code);
    if (e == OK) e = audit_write(db, doing.at_ms, doing.actor, "photo remove", code, NULL);
    ask->to = photo_href(req, "removed");
    return e;
}

void register_photo_post(struct http_request *req)
{
    const struct register_ask *ask = register_ask_begin(req, page_work);
    if (!ask) return;
    if (ask->act && strcmp(ask->act, "remove") == 0) {
        register_ask_write(req, remove_photo);
        return;
    }
    struct photo_job *job = arena_alloc(req->arena, sizeof *job);
    if (!job) {
        reply_reason(req, REASON_busy);
        return;
    }
    *job = (struct photo_job){.person = http_param(req, "person"), .of_register = true};
    if (http_form_file(req, "photo", &job->file_name, &job->data, &job->length)) photo_job_run(req, job, photo_taken);
    else http_reply_redirect(req, 303, photo_href(req, "none"));
}

void register_photo_get(struct http_request *req)
{
    struct worker *worker = console_enter(req, true);
    struct register_person person;
    if (!worker) return;
    enum err e = register_person_by_code(worker->db, req->arena, http_param(req, "person"), &person);
    if (e == OK && !person.photo_blob) e = ERR_NOT_FOUND;
    const char *etag = e == OK ? arena_printf(req->arena, "%.32s-%u", person.photo_blob, PHOTO_SIDE_SHOWN) : NULL;
    if (e == OK && !etag) e = ERR_NOMEM;
    if (e != OK) {
        reply_error(req, e, NULL);
        return;
    }
    http_set_cache(req, HTTP_REVALIDATE);
    if (!http_not_modified(req, etag)) photo_show_reply(req, person.photo_blob, PHOTO_SIDE_SHOWN, etag);
}
