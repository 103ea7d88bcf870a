/* GET /admin/{event}/photos: who has no photo yet, by delegation, and the place where many files are given at once (web/js/photos.js sends each to the API).
 * POST: the same page's form without a script, one file. POST /desk/{event}/photo: the form on the desk's card, from a phone's camera. */
#include "core/base/text.h"
#include "core/congress/photos/photos.h"
#include "server/pages/staff_page.h"
#include "server/photo_job.h"

#include <stdlib.h>
#include <string.h>

#define PEOPLE_A_PAGE 100

/* What came of a form, told on the page that follows it: words of our own tables only. */
static void put_result(struct view *view, const struct photo_people *people)
{
    const char *outcome = http_query(view->req, "done"), *why = http_query(view->req, "why"), *code = http_query(view->req, "person");
    const char *words = outcome ? view_words(view, arena_printf(view->arena, "photos.outcome.%.20s", outcome)) : "";
    if (!*words) return;
    json_t *result = json_object();
    bool good = strcmp(outcome, "new") == 0 || strcmp(outcome, "replaced") == 0 || strcmp(outcome, "same") == 0;
    view_put(result, "kind", good ? "admitted" : "refused");
    view_put(result, "words", words);
    if (why) view_put(result, "more", view_words(view, arena_printf(view->arena, "photos.why.%.30s", why)));
    for (size_t i = 0; code && people && i < people->count; i++)
        if (strcmp(people->items[i].code, code) == 0) view_put(result, "name", arena_strdup(view->arena, people->items[i].name));
    view_put_json(view->root, "result", result);
}

static void put_people(struct view *view, const struct photo_people *people, size_t from)
{
    json_t *groups = json_array(), *group = NULL, *rows = NULL;
    const char *unit = NULL;
    size_t place = 0, shown = 0;
    for (size_t i = 0; i < people->count && shown < PEOPLE_A_PAGE; i++) {
        const struct photo_person *person = &people->items[i];
        if (!person->expected || person->photo_blob || place++ < from) continue;
        const char *here = person->unit ? person->unit : "";
        if (!group || strcmp(here, unit) != 0) {
            group = json_object();
            rows = json_array();
            if (person->unit_name) view_put_title(view, group, "unit", person->unit_name);
            else view_put(group, "unit", view_words(view, "photos.no_unit"));
            view_put_json(group, "people", rows);
            json_array_append_new(groups, group);
            unit = here;
        }
        json_t *row = json_object();
        view_put(row, "code", person->code);
        view_put(row, "name", person->name);
        view_put(row, "number", person->number);
        json_array_append_new(rows, row);
        shown++;
    }
    view_put_flag(view->root, "has_missing", shown > 0);
    view_put_json(view->root, "groups", groups);
}

static void put_pages(struct view *view, size_t missing, size_t page)
{
    size_t last = missing ? (missing - 1) / PEOPLE_A_PAGE : 0;
    if (page > 0) view_put(view->root, "before", arena_printf(view->arena, "?page=%zu#missing", page));
    if (page < last) view_put(view->root, "after", arena_printf(view->arena, "?page=%zu#missing", page + 2));
    if (last) view_put(view->root, "page", arena_printf(view->arena, "%zu / %zu", page + 1, last + 1));
}

static enum err put_missing(struct view *view, struct db *db, const char *event)
{
    struct arena arena = {0};
    struct photo_people people = {0};
    int64_t expected, with;
    enum err e = photo_people_load(db, &arena, event, NULL, &people, NULL);
    if (e == OK) e = photo_count(db, &arena, people.event_id, &expected, &with);
    if (e == OK) {
        const char *asked = http_query(view->req, "page");
        size_t missing = (size_t)(expected - with), pages = missing ? (missing + PEOPLE_A_PAGE - 1) / PEOPLE_A_PAGE : 1;
        size_t page = asked ? (size_t)strtoul(asked, NULL, 10) : 1;
        if (page < 1 || page > pages) page = 1;
        view_put_number(view->root, "expected", expected);
        view_put_number(view->root, "with", with);
        view_put_number(view->root, "without", expected - with);
        put_people(view, &people, (page - 1) * PEOPLE_A_PAGE);
        put_pages(view, missing, page - 1);
        put_result(view, &people);
    }
    arena_release(&arena);
    return e;
}

void photos_page_get(struct http_request *req)
{
    static const char *const prefixes[] = {"photos."};
    struct staff_page page;
    struct view *view = &page.view;
    if (view_ask_new_password(req) || !staff_page_begin(&page, req)) return;
    enum err e = put_missing(view, page.worker->db, page.programme->slug);
    if (e != OK) {
        reply_error(req, e, NULL);
        return;
    }
    view_put_number(view->root, "most_bytes", PHOTO_UPLOAD_MOST);
    view_set_title(view, view_words(view, "photos.title"));
    view_set_style(view, "photos");
    view_set_script(view, "photos", prefixes, 1);
    view_reply(view, 200, "admin_photos");
}

/* --- forms --- */

struct form {
    struct photo_job job; /* first: what photo_job_run gives back */
    const char *back;     /* the page that tells what came of it; ends with '?' */
};

static void form_done(struct http_request *req)
{
    const struct form *form = req->state;
    const struct photo_job *job = &form->job;
    if (job->result != OK && job->result != ERR_NOT_FOUND) {
        reply_error(req, job->result, &job->fault);
        return;
    }
    const char *outcome = job->result == ERR_NOT_FOUND ? "unknown" : job->outcome;
    bool refused = strcmp(outcome, "refused") == 0, doubtful = strcmp(outcome, "doubtful") == 0;
    const char *person = json_array_size(job->people) == 1 ? json_string_value(json_object_get(json_array_get(job->people, 0), "code")) : NULL;
    struct buf to;
    buf_init(&to, BUF_LIMIT_LINE);
    buf_printf(&to, "%sdone=%s", form->back, outcome);
    if (doubtful) buf_printf(&to, "&why=%s", job->why);
    if (refused) buf_puts(&to, strstr(job->why, "JPEG and send") || strstr(job->why, "neither") ? "&why=kind" : "&why=damaged");
    if (person) buf_puts(&to, "&person=");
    if (person) buf_put_url(&to, person);
    if (buf_ok(&to)) http_reply_redirect(req, 303, buf_text(&to));
    else reply_reason(req, REASON_busy);
    buf_release(&to);
}

static void take_form(struct http_request *req, const char *back, bool by_name)
{
    struct worker *worker = worker_of(req);
    if (worker == NULL || event_of(req, worker, NULL) == NULL) return;
    struct form *form = arena_alloc(req->arena, sizeof *form);
    if (form == NULL || back == NULL) {
        reply_reason(req, REASON_busy);
        return;
    }
    const char *person = http_form(req, "person");
    if (person != NULL && *person == '\0') person = NULL;
    *form = (struct form){.back = back, .job = {.person = person}};
    if (!http_form_file(req, "photo", &form->job.file_name, &form->job.data, &form->job.length) || (person == NULL && !by_name)) {
        http_reply_redirect(req, 303, arena_printf(req->arena, "%sdone=none", back));
        return;
    }
    photo_job_run(req, &form->job, form_done);
}

void photos_page_post(struct http_request *req)
{
    take_form(req, arena_printf(req->arena, "/admin/%s/photos?", http_param(req, "event")), true);
}

void card_photo_post(struct http_request *req)
{
    char token[ID_TOKEN_SIZE];
    const char *sent = http_form(req, "token");
    if (sent == NULL || !id_token_read(sent, token)) reply_reason(req, REASON_bad_request);
    else take_form(req, arena_printf(req->arena, "/d/%s?photo=1&", token), false);
}
