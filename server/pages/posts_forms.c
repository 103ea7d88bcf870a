/* POST /admin/{event}/news, without a script: do= save, preview, publish (from=), recall, withdraw; pictures of a post: words, approve, hide, up, down, remove.
 * POST /admin/{event}/news/{post}/pictures: one more, multipart/form-data. */
#include "core/base/clock.h"
#include "core/base/zone.h"
#include "server/pages/form_fields.h"
#include "server/pages/messages.h"
#include "server/pages/posts_admin.h"
#include "server/refusal.h"

#include <inttypes.h>
#include <string.h>

enum step { SAVE, PREVIEW, PUBLISH, RECALL, WITHDRAW, PICTURE };

struct form {
    enum step step;
    enum post_picture_step picture_step;
    const char *word;
    int64_t event_id, id, version, picture_id, from_ms;
    struct post_words words;
    json_t *caption, *alt;
};

struct tidiness {
    bool lines;
    size_t letters;
};

static enum err tidy_field(struct http_request *req, const void *context, const char *typed, const char **ret, struct fault *fault)
{
    const struct tidiness *t = context;
    return post_tidy(req->arena, typed, t->lines, t->letters, ret, fault);
}

enum err posts_read_texts(struct http_request *req, struct db *db, const char *key, bool lines, size_t letters, json_t **ret, struct fault *fault)
{
    return form_read_texts(req, db, key, tidy_field, &(struct tidiness){lines, letters}, ret, fault);
}

static bool read_step(const char *word, struct form *f)
{
    static const struct {
        const char *word;
        enum step step;
        enum post_picture_step picture;
    } steps[] = {{"save", SAVE, 0}, {"preview", PREVIEW, 0}, {"publish", PUBLISH, 0}, {"recall", RECALL, 0}, {"withdraw", WITHDRAW, 0},
                 {"words", PICTURE, POST_PICTURE_WORDS}, {"approve", PICTURE, POST_PICTURE_APPROVE}, {"hide", PICTURE, POST_PICTURE_HIDE},
                 {"up", PICTURE, POST_PICTURE_UP}, {"down", PICTURE, POST_PICTURE_DOWN}, {"remove", PICTURE, POST_PICTURE_REMOVE}};
    for (size_t i = 0; word && i < sizeof steps / sizeof *steps; i++)
        if (strcmp(steps[i].word, word) == 0) {
            f->step = steps[i].step;
            f->picture_step = steps[i].picture;
            f->word = steps[i].word;
            return true;
        }
    return false;
}

static enum err read_form(struct http_request *req, struct worker *worker, const char *timezone, struct form *f, struct fault *fault)
{
    const char *kind = http_form(req, "kind"), *session = http_form(req, "session"), *from = http_form(req, "from");
    int64_t figure = messages_read_id(http_form(req, "figure"));
    enum err e = OK;
    f->id = messages_read_id(http_form(req, "id"));
    f->version = messages_read_id(http_form(req, "version"));
    f->picture_id = messages_read_id(http_form(req, "picture"));
    f->from_ms = DB_NULL;
    if (f->step == SAVE || f->step == PREVIEW) {
        f->words = (struct post_words){.is_results = kind && strcmp(kind, "results") == 0, .session = session && *session ? session : NULL,
                                       .figure_id = figure ? figure : DB_NULL};
        e = posts_read_texts(req, worker->db, "title", false, POST_TITLE_LETTERS, &f->words.title, fault);
        if (e == OK) e = posts_read_texts(req, worker->db, "body", true, POST_BODY_LETTERS, &f->words.body, fault);
    } else if (f->step == PICTURE && (f->picture_step == POST_PICTURE_WORDS || f->picture_step == POST_PICTURE_APPROVE)) {
        e = posts_read_texts(req, worker->db, "caption", false, POST_CAPTION_LETTERS, &f->caption, fault);
        if (e == OK) e = posts_read_texts(req, worker->db, "alt", false, POST_CAPTION_LETTERS, &f->alt, fault);
    } else if (f->step == PUBLISH && from && *from && zone_parse(timezone, from, &f->from_ms) != OK) {
        e = fault_because(fault, ERR_INPUT, "paper_time", NULL, "a time is needed, as 2026-12-01T07:30");
    }
    return e;
}

static enum err store(struct db *db, struct http_request *req, struct write_tools *tools, struct fault *fault)
{
    struct form *f = req->state;
    const struct doing doing = {db, req->arena, &tools->ids, f->event_id, clock_now_ms(), actor_of(req), fault};
    int64_t id = f->id;
    enum err e = ERR_BUG;
    switch (f->step) {
    case SAVE:
    case PREVIEW: return post_save(&doing, f->id, f->version, &f->words, f->id ? &id : &f->picture_id); /* a new one's id, to be told; run again it gets another */
    case PUBLISH: e = post_publish(&doing, f->id, f->version, f->from_ms); break;
    case RECALL: e = post_recall(&doing, f->id, f->version); break;
    case WITHDRAW: e = post_withdraw(&doing, f->id, f->version); break;
    case PICTURE: e = post_picture_do(&doing, f->id, f->picture_id, f->picture_step, f->caption, f->alt); break;
    }
    return e;
}

static void tell(struct http_request *req, int64_t id, enum err err, const struct fault *fault)
{
    bool theirs = (err == ERR_INPUT || err == ERR_CONFLICT || err == ERR_LIMIT) && fault->text[0];
    if (theirs) posts_admin_show(req, err == ERR_CONFLICT ? 409 : 400, id, refusal_of_fault(req, fault));
    else reply_error(req, err, fault->text[0] ? fault : NULL);
}

static void stored(struct http_request *req)
{
    const struct form *f = req->state;
    const struct fault *fault = NULL;
    const char *event = http_param(req, "event");
    enum err err = write_result(req, &fault);
    int64_t id = f->id ? f->id : f->picture_id;
    if (err != OK) tell(req, f->id, err, fault);
    else if (f->step == PREVIEW) http_reply_redirect(req, 303, arena_printf(req->arena, "/admin/%s/news/%" PRId64, event, id));
    else http_reply_redirect(req, 303, arena_printf(req->arena, "/admin/%s/news?edit=%" PRId64 "&done=%s%s", event, id, f->word, f->step == PICTURE ? "#pictures" : ""));
}

void posts_post(struct http_request *req)
{
    struct fault fault = {0};
    struct worker *worker = worker_of(req);
    const struct programme *programme = worker == NULL ? NULL : event_of(req, worker, NULL);
    struct form *f = programme == NULL ? NULL : arena_alloc(req->arena, sizeof *f);
    if (programme == NULL) return;
    if (f == NULL) {
        reply_reason(req, REASON_busy);
        return;
    }
    *f = (struct form){.event_id = programme->event_id};
    enum err err = read_step(http_form(req, "do"), f) ? OK : ERR_INPUT;
    if (err == OK) err = read_form(req, worker, programme->timezone, f, &fault);
    if (err != OK) {
        tell(req, f->id, err, &fault);
        return;
    }
    req->state = f;
    request_write(req, store, stored);
}

/* --- one more picture --------------------------------------------------------------------------------------------------------------------------- */

struct upload {
    int64_t event_id, post_id;
    const char *data;
    size_t length;
    struct post_upload made;
    enum err result;
    struct fault fault;
};

static void back_to(struct http_request *req, int64_t post_id, const char *done)
{
    http_reply_redirect(req, 303, arena_printf(req->arena, "/admin/%s/news?edit=%" PRId64 "&done=%s#pictures", http_param(req, "event"), post_id, done));
}

static void upload_work(struct http_request *req, void *thread_state)
{
    struct upload *u = req->state;
    (void)thread_state;
    u->result = post_picture_take(req->arena, app_of(req)->store.folder, u->data, u->length, &u->made, &u->fault);
}

static enum err upload_store(struct db *db, struct http_request *req, struct write_tools *tools, struct fault *fault)
{
    const struct upload *u = req->state;
    const struct doing doing = {db, req->arena, &tools->ids, u->event_id, clock_now_ms(), actor_of(req), fault};
    return post_picture_add(&doing, u->post_id, &u->made);
}

static void upload_stored(struct http_request *req)
{
    const struct upload *u = req->state;
    const struct fault *fault = NULL;
    enum err err = write_result(req, &fault);
    if (err == OK) back_to(req, u->post_id, "picture");
    else tell(req, u->post_id, err, fault);
}

static void upload_made(struct http_request *req)
{
    const struct upload *u = req->state;
    if (u->result == OK) request_write(req, upload_store, upload_stored);
    else if (u->result == ERR_INPUT || u->result == ERR_LIMIT) back_to(req, u->post_id, "no_picture");
    else reply_error(req, u->result, &u->fault);
}

void posts_picture_post(struct http_request *req)
{
    const char *name;
    struct post post;
    struct worker *worker = worker_of(req);
    const struct programme *programme = worker == NULL ? NULL : event_of(req, worker, NULL);
    struct upload *u = programme == NULL ? NULL : arena_alloc(req->arena, sizeof *u);
    if (programme == NULL) return;
    if (u == NULL) {
        reply_reason(req, REASON_busy);
        return;
    }
    *u = (struct upload){.event_id = programme->event_id, .post_id = messages_read_id(http_param(req, "post"))};
    enum err err = post_find(worker->db, req->arena, u->event_id, u->post_id, clock_now_ms(), &post);
    if (err == ERR_NOT_FOUND) reply_reason(req, REASON_not_found);
    else if (err != OK) reply_error(req, err, NULL);
    else if (!http_form_file(req, "picture", &name, &u->data, &u->length)) back_to(req, u->post_id, "no_picture");
    else {
        req->state = u;
        req->resume = upload_made;
        http_run_in_pool(req, app_of(req)->pool, upload_work);
    }
}
