/* POST /admin/{event}/our-work, without a script: a file (multipart/form-data; room= welcome, emblem), or do= up, down, on, off, remove, edit (slide=), give_back
 * (removed=), dismiss (upload=), welcome, welcome_none. */
#include "core/base/clock.h"
#include "core/base/text.h"
#include "core/congress/papers/upload.h"
#include "server/pages/form_fields.h"
#include "server/pages/messages.h"
#include "server/pages/our_work.h"
#include "server/paper_reader.h"
#include "server/refusal.h"
#include "server/work_reader.h"

#include <stdlib.h>
#include <string.h>

struct form {
    int64_t event_id, removed;
    const char *do_word, *slide;
    struct our_work_words words;
    json_t *texts;
    struct upload wish, upload;
    const char *data;
    size_t length;
    enum err result;
    struct fault fault;
};

static void tell(struct http_request *req, const struct form *f, enum err err, const struct fault *fault)
{
    bool theirs = (err == ERR_INPUT || err == ERR_CONFLICT || err == ERR_LIMIT || (err == ERR_NOT_FOUND && fault->reason)) && fault->text[0];
    int status = err == ERR_CONFLICT || err == ERR_NOT_FOUND ? 409 : 400;
    if (!theirs) reply_error(req, err, fault->text[0] ? fault : NULL);
    else if (strcmp(f->do_word, "edit") == 0 && err != ERR_NOT_FOUND) our_work_show_slide(req, f->slide, status, refusal_of_fault(req, fault));
    else our_work_show_list(req, status, refusal_of_fault(req, fault));
}

static void go_back(struct http_request *req, const struct form *f)
{
    const char *event = http_param(req, "event"), *d = f->do_word;
    /* Without a fragment: browsers do not heed autofocus where there is one. */
    bool moved = strcmp(d, "up") == 0 || strcmp(d, "down") == 0, stays = strcmp(d, "on") == 0 || strcmp(d, "off") == 0;
    const char *done = strcmp(d, "welcome_none") == 0 ? "welcome" : d;
    if (moved) http_reply_redirect(req, 303, arena_printf(req->arena, "/admin/%s/our-work?moved=%s&way=%s", event, f->slide, d));
    else if (strcmp(d, "edit") == 0) http_reply_redirect(req, 303, arena_printf(req->arena, "/admin/%s/our-work?done=edit#s-%s", event, f->slide));
    else http_reply_redirect(req, 303, arena_printf(req->arena, "/admin/%s/our-work?done=%s%s%s", event, done, stays ? "#s-" : "", stays ? f->slide : ""));
}

/* --- a file by the form ---------------------------------------------------------------------------------------------------------------- */

static void take_file(struct http_request *req, void *state)
{
    struct form *f = req->state;
    const char *folder = app_of(req)->store.folder;
    (void)state;
    f->result = upload_begin(req->arena, folder, &f->wish, clock_now_ms(), &f->upload, &f->fault);
    for (size_t at = 0; f->result == OK && at < f->length; at += UPLOAD_PIECE_MOST) {
        size_t n = f->length - at < UPLOAD_PIECE_MOST ? f->length - at : UPLOAD_PIECE_MOST;
        f->result = upload_append(req->arena, folder, f->upload.id, (int64_t)at, f->data + at, n, &f->upload, &f->fault);
    }
    if (f->result == OK) paper_reader_wake(app_of(req)->reader);
    else if (f->upload.id[0]) upload_remove(folder, f->upload.id); /* the form has no way to go on */
}

static void file_taken(struct http_request *req)
{
    const struct form *f = req->state;
    if (f->result == OK) go_back(req, f);
    else tell(req, f, f->result, &f->fault);
}

static void send_file(struct http_request *req, struct form *f)
{
    const char *name, *room = http_form(req, "room");
    if (!http_form_file(req, "file", &name, &f->data, &f->length)) {
        tell(req, f, ERR_INPUT, &(struct fault){.text = "choose a file first", .reason = "upload_choose"});
        return;
    }
    f->wish = (struct upload){.event = http_param(req, "event"), .room = room && work_reader_is_room(room) ? room : UPLOAD_ROOM_WORK, .name = name, .mark = "",
                              .actor = actor_of(req), .size = (int64_t)f->length};
    req->resume = file_taken;
    http_run_in_pool(req, app_of(req)->pool, take_file);
}

/* --- changes ---------------------------------------------------------------------------------------------------------------------------- */

static enum err store(struct db *db, struct http_request *req, struct write_tools *tools, struct fault *fault)
{
    const struct form *f = req->state;
    const struct doing d = {db, req->arena, &tools->ids, f->event_id, clock_now_ms(), actor_of(req), fault};
    const char *word = f->do_word;
    if (strcmp(word, "up") == 0) return our_work_move(&d, f->slide, -1);
    if (strcmp(word, "down") == 0) return our_work_move(&d, f->slide, 1);
    if (strcmp(word, "on") == 0) return our_work_show(&d, f->slide, true);
    if (strcmp(word, "off") == 0) return our_work_show(&d, f->slide, false);
    if (strcmp(word, "remove") == 0) return our_work_remove(&d, f->slide);
    if (strcmp(word, "give_back") == 0) return our_work_give_back(&d, f->removed);
    if (strcmp(word, "edit") == 0) return our_work_edit(&d, f->slide, &f->words);
    if (strcmp(word, "welcome") == 0) return our_work_welcome_say(&d, f->texts);
    if (strcmp(word, "welcome_none") == 0) return our_work_welcome_picture(&d, "", NULL);
    return fault_because(fault, ERR_INPUT, "work_nothing", NULL, "this is nothing that can be done here");
}

static void stored(struct http_request *req)
{
    const struct form *f = req->state;
    const struct fault *fault = NULL;
    enum err err = write_result(req, &fault);
    if (err == OK) go_back(req, f);
    else tell(req, f, err, fault);
}

static void release_texts(void *texts)
{
    json_decref(texts);
}

/* Of every language that a field may be of: the organisation's own, and those that the stored words have. */
static enum err read_texts(struct http_request *req, struct db *db, const char *prefix, const char *stored, json_t **ret)
{
    const char *tags[ANNOUNCEMENT_LANGUAGES], *tag;
    size_t count;
    json_t *texts = json_object(), *said = NULL, *value;
    if (!texts || http_at_end(req, release_texts, texts) != OK) return ERR_NOMEM;
    enum err e = messages_languages(db, req->arena, tags, &count);
    if (e == OK && stored) (void)json_read(stored, strlen(stored), &said, NULL);
    if (json_is_object(said) && http_at_end(req, release_texts, json_incref(said)) != OK) e = ERR_NOMEM;
    json_object_foreach(said, tag, value) {
        bool known = false;
        for (size_t i = 0; i < count; i++) known = known || strcmp(tags[i], tag) == 0;
        if (!known && count < ANNOUNCEMENT_LANGUAGES) tags[count++] = tag;
    }
    for (size_t i = 0; e == OK && i < count; i++) {
        const char *text = http_form(req, arena_printf(req->arena, "%s_%s", prefix, tags[i])), *tidy = text ? text_tidy(req->arena, text) : NULL;
        if (tidy && *tidy && json_object_set_new(texts, tags[i], json_string(tidy)) != 0) e = ERR_NOMEM;
    }
    json_decref(said);
    *ret = texts;
    return e;
}

static enum err read_edit(struct http_request *req, struct db *db, struct form *f)
{
    struct our_work work;
    const struct our_work_slide *slide = NULL;
    const char *seconds = http_form(req, "seconds");
    enum err e = our_work_load(db, req->arena, http_param(req, "event"), &work);
    for (size_t i = 0; e == OK && i < work.count; i++)
        if (strcmp(work.slides[i].id, f->slide) == 0) slide = &work.slides[i];
    if (e == OK && !slide) return fault_because(&f->fault, ERR_NOT_FOUND, "work_gone", NULL, "this slide is not in the list any more");
    if (e == OK) e = read_texts(req, db, "caption", slide->caption, &f->texts);
    if (e == OK) e = form_read_moment(req, "from", work.timezone, slide->from_ms, &f->words.from_ms, &f->fault);
    if (e == OK) e = form_read_moment(req, "until", work.timezone, slide->until_ms, &f->words.until_ms, &f->fault);
    bool number = seconds && *seconds && strlen(seconds) <= 6 && strspn(seconds, "0123456789") == strlen(seconds);
    f->words.captions = f->texts;
    f->words.mark = http_form(req, "mark");
    f->words.pages = http_form(req, "pages");
    f->words.seconds = number ? strtoll(seconds, NULL, 10) : 0;
    return e;
}

static enum err read_welcome(struct http_request *req, struct db *db, struct form *f)
{
    struct our_work work;
    enum err e = our_work_load(db, req->arena, http_param(req, "event"), &work);
    return e == OK ? read_texts(req, db, "text", work.welcome_text, &f->texts) : e;
}

static void dismiss(struct http_request *req, struct form *f)
{
    const char *id = http_form(req, "upload"), *folder = app_of(req)->store.folder;
    bool ours = id && upload_find(req->arena, folder, id, &f->upload, NULL) == OK && f->upload.room && strcmp(f->upload.event, http_param(req, "event")) == 0;
    if (ours) upload_remove(folder, id);
    go_back(req, f);
}

void our_work_post(struct http_request *req)
{
    struct worker *worker = worker_of(req);
    const struct programme *programme = worker == NULL ? NULL : event_of(req, worker, NULL);
    struct form *f = programme == NULL ? NULL : arena_alloc(req->arena, sizeof *f);
    const char *word = http_form(req, "do"), *slide = http_form(req, "slide");
    if (programme == NULL) return;
    if (f == NULL) {
        reply_reason(req, REASON_busy);
        return;
    }
    *f = (struct form){.event_id = programme->event_id, .do_word = word ? word : "file", .slide = slide && text_is_code(slide) ? slide : "",
                       .removed = messages_read_id(http_form(req, "removed"))};
    req->state = f;
    if (strcmp(f->do_word, "file") == 0) {
        send_file(req, f);
    } else if (strcmp(f->do_word, "dismiss") == 0) {
        dismiss(req, f);
    } else {
        enum err e = strcmp(f->do_word, "edit") == 0 ? read_edit(req, worker->db, f) : strcmp(f->do_word, "welcome") == 0 ? read_welcome(req, worker->db, f) : OK;
        if (e == OK) request_write(req, store, stored);
        else tell(req, f, e, &f->fault);
    }
}
