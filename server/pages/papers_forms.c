/* The forms of the console's papers, all without a script: one door for the list, one for each paper; `do` says what. */
#include "core/base/clock.h"
#include "core/base/text.h"
#include "core/base/zone.h"
#include "core/congress/papers/upload.h"
#include "server/pages/papers_admin.h"
#include "server/paper_reader.h"
#include "server/refusal.h"

#include <string.h>

struct form {
    int64_t event_id;
    const char *code, *do_word;   /* code NULL: the list */
    const char *mark;             /* of the drafts that the list showed */
    int64_t at_ms;
    bool allow;
    struct paper_words words;
    struct upload wish, upload;   /* a file that came with the form */
    const char *data;
    size_t length;
    enum err result;
    struct fault fault;
};

static void release_titles(void *titles)
{
    json_decref(titles);
}

/* What a person can put right stands on the page itself; the rest is an error page. */
static void tell(struct http_request *req, const struct form *form, enum err err, const struct fault *fault)
{
    bool theirs = err == ERR_INPUT || err == ERR_CONFLICT || err == ERR_LIMIT;
    int status = err == ERR_CONFLICT ? 409 : err == ERR_LIMIT ? 413 : 400;
    bool stale = err == ERR_CONFLICT && strcmp(form->do_word, "edit") == 0;
    bool stale_list = err == ERR_CONFLICT && !form->code && strcmp(form->do_word, "publish_all") == 0;
    if (stale) paper_admin_show(req, status, view_words_for(req, "room.changed_meanwhile"));
    else if (stale_list) papers_admin_show(req, status, view_words_for(req, "room.all_changed"));
    else if (!theirs || fault->text[0] == '\0') reply_error(req, err, fault);
    else if (form->code) paper_admin_show(req, status, refusal_of_fault(req, fault));
    else papers_admin_show(req, status, refusal_of_fault(req, fault));
}

static void go_back(struct http_request *req, const struct form *form)
{
    const char *event = http_param(req, "event"), *d = form->do_word;
    /* Without a fragment: browsers do not heed autofocus where there is one. */
    bool moved = strcmp(d, "up") == 0 || strcmp(d, "down") == 0, one = form->code && strcmp(d, "delete") != 0 && http_form(req, "from") == NULL;
    if (moved) http_reply_redirect(req, 303, arena_printf(req->arena, "/admin/%s/papers?moved=%s&way=%s", event, form->code, d));
    else if (one) http_reply_redirect(req, 303, arena_printf(req->arena, "/admin/%s/papers/%s?done=%s", event, form->code, d));
    else http_reply_redirect(req, 303, arena_printf(req->arena, "/admin/%s/papers?done=%s%s%s", event, d, form->code ? "#p-" : "", form->code ? form->code : ""));
}

/* --- a file by the form ---------------------------------------------------------------------------------------------------------------- */

static void take_file(struct http_request *req, void *state)
{
    struct form *form = req->state;
    const char *folder = app_of(req)->store.folder;
    (void)state;
    form->result = upload_begin(req->arena, folder, &form->wish, clock_now_ms(), &form->upload, &form->fault);
    for (size_t at = 0; form->result == OK && at < form->length; at += UPLOAD_PIECE_MOST) {
        size_t n = form->length - at < UPLOAD_PIECE_MOST ? form->length - at : UPLOAD_PIECE_MOST;
        form->result = upload_append(req->arena, folder, form->upload.id, (int64_t)at, form->data + at, n, &form->upload, &form->fault);
    }
    if (form->result == OK) paper_reader_wake(app_of(req)->reader);
    else if (form->upload.id[0]) upload_remove(folder, form->upload.id); /* the form has no way to go on */
}

static void file_taken(struct http_request *req)
{
    const struct form *form = req->state;
    if (form->result == OK) go_back(req, form);
    else tell(req, form, form->result, &form->fault);
}

static void send_file(struct http_request *req, struct form *form)
{
    const char *name;
    if (!http_form_file(req, "file", &name, &form->data, &form->length)) {
        tell(req, form, ERR_INPUT, &(struct fault){.text = "choose a file first", .reason = "upload_choose"});
        return;
    }
    form->wish = (struct upload){.event = http_param(req, "event"), .document = form->code, .name = name, .mark = "", .actor = actor_of(req),
                                 .size = (int64_t)form->length};
    req->state = form;
    req->resume = file_taken;
    http_run_in_pool(req, app_of(req)->pool, take_file);
}

/* --- changes ---------------------------------------------------------------------------------------------------------------------------- */

static enum err store(struct db *db, struct http_request *req, struct write_tools *tools, struct fault *fault)
{
    const struct form *f = req->state;
    const struct doing d = {db, req->arena, &tools->ids, f->event_id, clock_now_ms(), actor_of(req), fault};
    const char *word = f->do_word;
    if (strcmp(word, "names") == 0) return paper_names_allow(&d, f->allow);
    if (!f->code && strcmp(word, "publish_all") == 0) return paper_publish_drafts(&d, f->mark);
    if (strcmp(word, "publish") == 0) return paper_publish(&d, f->code, d.now_ms);
    if (strcmp(word, "plan") == 0) return paper_publish(&d, f->code, f->at_ms);
    if (strcmp(word, "withdraw") == 0) return paper_withdraw(&d, f->code);
    if (strcmp(word, "give_back") == 0) return paper_give_back(&d, f->code);
    if (strcmp(word, "let") == 0) return paper_let_stamp(&d, f->code);
    if (strcmp(word, "up") == 0) return paper_move(&d, f->code, -1);
    if (strcmp(word, "down") == 0) return paper_move(&d, f->code, 1);
    if (strcmp(word, "delete") == 0) return paper_delete(&d, f->code);
    if (strcmp(word, "edit") == 0) return paper_describe(&d, f->code, &f->words);
    return fault_because(fault, ERR_INPUT, "paper_nothing", NULL, "this is nothing that can be done with a paper");
}

static void stored(struct http_request *req)
{
    const struct form *form = req->state;
    const struct fault *fault = NULL;
    enum err err = write_result(req, &fault);
    if (err == OK) go_back(req, form);
    else tell(req, form, err, fault);
}

static enum err read_words(struct http_request *req, struct form *f)
{
    static const char *const tags[] = {"vi", "en", "pt", "ar"};
    json_t *titles = json_object();
    if (!titles || http_at_end(req, release_titles, titles) != OK) return ERR_NOMEM;
    for (size_t i = 0; i < sizeof tags / sizeof tags[0]; i++) {
        const char *text = http_form(req, arena_printf(req->arena, "title_%s", tags[i])), *tidy = text ? text_tidy(req->arena, text) : NULL;
        if (tidy && strlen(tidy) > 1000) return fault_because(&f->fault, ERR_INPUT, "paper_title_long", NULL, "a title is too long");
        if (tidy && *tidy) (void)json_object_set_new(titles, tags[i], json_string(tidy));
    }
    const char **categories = arena_array(req->arena, 65, sizeof *categories);
    if (!categories) return ERR_NOMEM;
    f->words = (struct paper_words){.mark = http_form(req, "mark"), .titles = titles,
                                    .language = http_form(req, "language"), .number = http_form(req, "number"), .issued = http_form(req, "issued"),
                                    .issuer = http_form(req, "issuer"), .session = http_form(req, "session"), .categories = categories,
                                    .for_everybody = http_form(req, "everybody") != NULL, .restricted = http_form(req, "restricted") != NULL,
                                    .must_read = http_form(req, "must_read") != NULL};
    for (const char *one; f->words.category_count < 64 && (one = http_form_at(req, "category", f->words.category_count));) {
        if (!text_is_code(one)) return fault_because(&f->fault, ERR_INPUT, "paper_for_whom", NULL, "a category is not one");
        categories[f->words.category_count++] = one;
    }
    bool for_nobody = !f->words.for_everybody && !f->words.category_count;
    return for_nobody ? fault_because(&f->fault, ERR_INPUT, "paper_for_whom", NULL, "choose for whom the paper is") : OK;
}

static enum err read_form(struct http_request *req, struct form *f, const char *timezone)
{
    if (strcmp(f->do_word, "edit") == 0) return read_words(req, f);
    if (strcmp(f->do_word, "plan") != 0) return OK;
    const char *at = http_form(req, "at");
    if (!at || zone_parse(timezone, at, &f->at_ms) != OK) return fault_because(&f->fault, ERR_INPUT, "paper_time", NULL, "a time is needed, as 2026-12-01T07:30");
    return OK;
}

static struct form *begin(struct http_request *req, const struct programme **ret)
{
    struct worker *worker = worker_of(req);
    *ret = worker == NULL ? NULL : event_of(req, worker, NULL);
    struct form *form = *ret ? arena_alloc(req->arena, sizeof *form) : NULL;
    if (*ret && !form) reply_reason(req, REASON_busy);
    if (!form) return NULL;
    const char *word = http_form(req, "do");
    *form = (struct form){.event_id = (*ret)->event_id, .code = http_param(req, "document"), .do_word = word ? word : "file"};
    req->state = form;
    return form;
}

void papers_page_post(struct http_request *req)
{
    const struct programme *programme;
    struct form *form = begin(req, &programme);
    if (!form) return;
    if (strcmp(form->do_word, "names") == 0) {
        const char *allow = http_form(req, "names");
        form->allow = allow && strcmp(allow, "1") == 0;
        request_write(req, store, stored);
    } else if (strcmp(form->do_word, "publish_all") == 0) {
        const char *sure = http_form(req, "sure");
        form->mark = http_form(req, "mark");
        if (sure && strcmp(sure, "1") == 0) request_write(req, store, stored);
        else papers_admin_show(req, 400, view_words_for(req, "room.all_tick"));
    } else if (strcmp(form->do_word, "dismiss") == 0) {
        const char *id = http_form(req, "upload");
        bool ours = id && upload_find(req->arena, app_of(req)->store.folder, id, &form->upload, NULL) == OK && strcmp(form->upload.event, programme->slug) == 0;
        if (ours) upload_remove(app_of(req)->store.folder, id);
        go_back(req, form);
    } else if (strcmp(form->do_word, "file") == 0) {
        send_file(req, form);
    } else {
        tell(req, form, ERR_INPUT, &(struct fault){.text = "this is nothing that can be done here", .reason = "paper_nothing"});
    }
}

void paper_page_post(struct http_request *req)
{
    const struct programme *programme;
    struct paper_item item;
    struct form *form = begin(req, &programme);
    struct worker *worker = form ? worker_of(req) : NULL;
    if (!worker) return;
    enum err e = paper_item_find(worker->db, req->arena, form->event_id, form->code, clock_now_ms(), &item);
    if (e != OK) {
        reply_error(req, e, NULL);
        return;
    }
    form->code = item.code; /* as it is stored: it goes into addresses */
    if (strcmp(form->do_word, "file") == 0) {
        send_file(req, form);
        return;
    }
    e = read_form(req, form, programme->timezone);
    if (e == OK) request_write(req, store, stored);
    else tell(req, form, e, &form->fault);
}
