/* POST /admin/-/backup: do= make (passphrase=, again=), stop, check, delete, prepare (name=, passphrase=), drop, restore (typed=, mark=), back, forget (name=),
 * regular (hours=, keep=, passphrase=, again=, open=1), upload (file=). Uploads in pieces: POST …/uploads, PATCH …/uploads/{upload}?offset=. */
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/text.h"
#include "core/congress/papers/upload.h"
#include "core/congress/store/restore_swap.h"
#include "server/pages/backup.h"
#include "server/refusal.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define KEEP_MOST 200

static bool is_act(const struct backup_ask *ask, const char *act) { return strcmp(ask->act, act) == 0; }

static struct backup_job *job_of(struct http_request *req) { return app_of(req)->backup_job; }

static void refuse(struct http_request *req, struct backup_ask *ask)
{
    ask->problem = refusal_of_fault(req, &ask->fault);
    backup_show(req);
}

static void go(struct http_request *req, const char *done)
{
    const char *to = done ? arena_printf(req->arena, "/admin/-/backup?done=%s", done) : "/admin/-/backup";
    if (to) http_reply_redirect(req, 303, to);
    else reply_reason(req, REASON_busy);
}

/* Two fields that have to say the same; both empty: none. */
static enum err read_passphrase(struct http_request *req, const char **ret, struct fault *fault)
{
    const char *first = http_form(req, "passphrase"), *again = http_form(req, "again");
    char least[8];
    *ret = NULL;
    if (!first || (!*first && (!again || !*again))) return OK;
    (void)snprintf(least, sizeof least, "%d", CRYPTO_PASSPHRASE_LEAST);
    if (!again || strcmp(first, again) != 0) return fault_because(fault, ERR_INPUT, "backup_twice", NULL, "the two passphrases are not the same");
    if (strlen(first) >= CRYPTO_PASSPHRASE_LONGEST || !text_is_printable(first) || text_length(first) < CRYPTO_PASSPHRASE_LEAST)
        return fault_because(fault, ERR_INPUT, "backup_short", least, "a passphrase has at least %s characters: whoever gets the file may try without end", least);
    *ret = first;
    return OK;
}

/* --- what the job does ------------------------------------------------------------------------------------------------------------------------- */

static void ask_job(struct http_request *req, struct backup_ask *ask, enum backup_kind kind)
{
    const char *phrase = http_form(req, "passphrase");
    if (kind == BACKUP_MAKE) ask->error = read_passphrase(req, &phrase, &ask->fault);
    else if (!shelf_is_name(ask->name)) ask->error = fault_because(&ask->fault, ERR_NOT_FOUND, "backup_unknown", NULL, "there is no such backup");
    ask->wish.kind = kind;
    (void)snprintf(ask->wish.name, sizeof ask->wish.name, "%s", kind == BACKUP_MAKE ? "" : ask->name ? ask->name : "");
    (void)snprintf(ask->wish.passphrase, sizeof ask->wish.passphrase, "%s", phrase ? phrase : "");
    (void)snprintf(ask->wish.actor, sizeof ask->wish.actor, "%s", actor_of(req));
    if (ask->error == OK) ask->error = backup_job_ask(job_of(req), &ask->wish, &ask->fault);
    if (ask->error == OK) go(req, NULL);
    else refuse(req, ask);
}

/* --- what the pool does ---------------------------------------------------------------------------------------------------------------------------- */


static enum err write_line(struct db *db, struct http_request *req, struct write_tools *tools, struct fault *fault)
{
    const struct backup_ask *ask = req->state;
    (void)tools;
    const char *action = is_act(ask, "regular") ? "backup.setting" : "backup.delete";
    enum err e = audit_write(db, clock_now_ms(), actor_of(req), action, ask->name ? ask->name : "regular", NULL);
    return e == OK ? OK : db_fault(db, e, fault, "the audit log");
}

static void line_written(struct http_request *req)
{
    const struct backup_ask *ask = req->state;
    const struct fault *fault;
    enum err e = write_result(req, &fault);
    backup_job_wake(job_of(req));
    if (e != OK) reply_error(req, e, fault);
    else go(req, ask->act);
}

static void worked(struct http_request *req)
{
    struct backup_ask *ask = req->state;
    backup_job_wake(job_of(req));
    if (ask->error != OK) refuse(req, ask);
    else if (is_act(ask, "drop") || is_act(ask, "upload")) go(req, ask->act);
    else request_write(req, write_line, line_written);
}

static enum err make_key(struct backup_ask *ask, const char *data)
{
    struct shelf_regular before;
    enum err e = shelf_regular_read(data, &before, &ask->fault);
    if (e == OK && ask->has_passphrase) e = crypto_stream_make_key(ask->wish.passphrase, ask->regular.key);
    else if (e == OK && !ask->file_name) memcpy(ask->regular.key, before.key, sizeof before.key); /* as it was; file_name: they shall lie open */
    crypto_forget(&before, sizeof before);
    return e;
}

/* A file that came with the form lies in memory; from here on it is one that was uploaded. */
static enum err take_upload(struct http_request *req, struct backup_ask *ask, const char *data)
{
    char name[SHELF_NAME_SIZE];
    const char *folder = arena_printf(req->arena, "%s/backups", data), *path = arena_printf(req->arena, "%s/backups/.form-%p", data, (void *)req);
    enum err e = path && folder ? file_make_directories(folder, &ask->fault) : ERR_NOMEM;
    if (e == OK) e = shelf_check_room(data, (int64_t)ask->length, &ask->fault);
    if (e == OK) e = file_write_atomic(path, ask->data, ask->length, 0600, &ask->fault);
    if (e == OK) e = shelf_take(data, path, ask->file_name, actor_of(req), name, &ask->fault);
    if (e != OK && path) (void)unlink(path);
    return e;
}

static void work(struct http_request *req, void *thread_state)
{
    struct backup_ask *ask = req->state;
    const char *data = app_of(req)->store.folder;
    (void)thread_state;
    if (is_act(ask, "delete")) ask->error = shelf_remove(data, ask->name, &ask->fault);
    else if (is_act(ask, "forget")) ask->error = restore_forget(data, ask->name, &ask->fault);
    else if (is_act(ask, "drop")) ask->error = restore_drop(data);
    else if (is_act(ask, "upload")) ask->error = take_upload(req, ask, data);
    else if ((ask->error = make_key(ask, data)) == OK) ask->error = shelf_regular_write(data, &ask->regular, &ask->fault);
    if (ask->error == ERR_FULL && !ask->fault.reason) (void)fault_because(&ask->fault, ERR_FULL, "backup_full", "64", "the disk is full");
    if (ask->error != OK && !ask->fault.text[0]) (void)fault_set(&ask->fault, ask->error, "%s", err_name(ask->error));
}

static void run(struct http_request *req, void (*what)(struct http_request *, void *), void (*then)(struct http_request *))
{
    req->resume = then;
    http_run_in_pool(req, app_of(req)->pool, what);
}

/* --- restoring ----------------------------------------------------------------------------------------------------------------------------------------- */

static void agree(struct http_request *req, void *thread_state)
{
    struct backup_ask *ask = req->state;
    struct worker *worker = thread_state;
    const char *data = app_of(req)->store.folder;
    struct restore_prepared prepared;
    bool is_back = is_act(ask, "back");
    const char *mark = http_form(req, "mark");
    if (!worker) {
        ask->error = fault_set(&ask->fault, ERR_BUSY, "busy");
        return;
    }
    ask->error = is_back ? OK : restore_prepared_read(req->arena, data, &prepared);
    if (ask->error != OK || (!is_back && (!mark || strtoll(mark, NULL, 10) != prepared.prepared_ms)))
        ask->error = fault_because(&ask->fault, ERR_CONFLICT, "backup_other", NULL, "something else is prepared by now: look at it again");
    if (ask->error == OK) ask->error = restore_agree(worker->db, data, is_back ? ask->name : NULL, actor_of(req), &ask->fault);
}

/* From here on there is no way back: this server ends in good order and starts anew on the other folder. */
static void agreed(struct http_request *req)
{
    static const char *const said[] = {"backup.js."};
    struct backup_ask *ask = req->state;
    struct view view;
    if (ask->error != OK) {
        refuse(req, ask);
        return;
    }
    if (view_begin(&view, req)) {
        view_put(view.root, "refresh", "12;url=/login?next=/admin/-/backup");
        view_set_title(&view, view_words(&view, "backup.restarting"));
        view_set_style(&view, "admin");
        view_set_script(&view, "backup", said, 1);
        (void)http_set_header(req, "Connection", "close");
        view_reply(&view, 200, "backup_restart");
    }
    /* Once: a second signal, of a second press, would still be waiting when the new server looks, and end it. */
    if (!atomic_exchange(&app_of(req)->begins_again, true)) (void)kill(getpid(), SIGTERM);
}

static void begin_agree(struct http_request *req, struct backup_ask *ask)
{
    const char *typed = http_form(req, "typed");
    struct backup_state state;
    backup_job_state(job_of(req), &state);
    if (state.kind != BACKUP_NOTHING)
        ask->error = fault_because(&ask->fault, ERR_BUSY, "backup_busy", NULL, "another backup or restore is under way");
    else if (is_act(ask, "restore") && (!typed || strcmp(typed, BACKUP_WORD) != 0))
        ask->error = fault_because(&ask->fault, ERR_INPUT, "backup_word", BACKUP_WORD, "to restore, the word has to be typed: " BACKUP_WORD);
    if (ask->error == OK) run(req, agree, agreed);
    else refuse(req, ask);
}

/* --- regular ones -------------------------------------------------------------------------------------------------------------------------------------- */

static void begin_regular(struct http_request *req, struct backup_ask *ask)
{
    const char *hours = http_form(req, "hours"), *keep = http_form(req, "keep"), *phrase = NULL;
    ask->error = read_passphrase(req, &phrase, &ask->fault);
    ask->regular.hours = hours ? strtoll(hours, NULL, 10) : -1;
    ask->regular.keep = keep ? strtoll(keep, NULL, 10) : 0;
    bool good = ask->regular.hours >= 0 && ask->regular.hours <= 168 && ask->regular.keep >= 1 && ask->regular.keep <= KEEP_MOST;
    if (ask->error == OK && !good) ask->error = fault_because(&ask->fault, ERR_INPUT, "backup_keep", "200", "how many are kept is a number from 1 to 200");
    ask->has_passphrase = phrase != NULL;
    (void)snprintf(ask->wish.passphrase, sizeof ask->wish.passphrase, "%s", phrase ? phrase : "");
    ask->file_name = !phrase ? http_form(req, "open") : NULL;
    ask->name = NULL;
    if (ask->error == OK) run(req, work, worked);
    else refuse(req, ask);
}

void backup_post(struct http_request *req)
{
    struct backup_ask *ask = backup_begin(req);
    if (!ask) return;
    const char *act = http_form(req, "do");
    ask->act = act ? act : "";
    ask->name = http_form(req, "name");
    if (is_act(ask, "make")) ask_job(req, ask, BACKUP_MAKE);
    else if (is_act(ask, "check")) ask_job(req, ask, BACKUP_CHECK);
    else if (is_act(ask, "prepare")) ask_job(req, ask, BACKUP_PREPARE);
    else if (is_act(ask, "restore") || is_act(ask, "back")) begin_agree(req, ask);
    else if (is_act(ask, "regular")) begin_regular(req, ask);
    else if (is_act(ask, "delete") || is_act(ask, "forget") || is_act(ask, "drop")) run(req, work, worked);
    else if (is_act(ask, "stop")) {
        backup_job_cancel(job_of(req));
        go(req, NULL);
    } else if (is_act(ask, "upload")) {
        if (http_form_file(req, "file", &ask->file_name, &ask->data, &ask->length)) run(req, work, worked);
        else go(req, "none");
    } else {
        reply_reason(req, REASON_bad_request);
    }
}

/* --- uploads in pieces ------------------------------------------------------------------------------------------------------------------------------------- */

struct sending {
    struct backup_ask ask; /* first */
    struct upload wish, upload;
    char name[SHELF_NAME_SIZE]; /* of the shelf; "": not whole yet */
};

static struct sending *begin_sending(struct http_request *req)
{
    if (!backup_begin(req)) return NULL;
    struct sending *s = arena_alloc(req->arena, sizeof *s);
    if (s) *s = (struct sending){.ask = {.error = OK}};
    else reply_reason(req, REASON_busy);
    req->state = s;
    return s;
}

static void reply_sending(struct http_request *req)
{
    const struct sending *s = req->state;
    const struct upload *u = &s->upload;
    enum err e = s->ask.error;
    if (e == OK || e == ERR_CONFLICT) (void)http_set_header(req, "Upload-Offset", arena_printf(req->arena, "%lld", (long long)u->offset));
    if (e == OK)
        http_reply_json(req, req->method == HTTP_POST ? 201 : 200,
                        json_pack("{s:s, s:I, s:I, s:i, s:s?}", "upload", u->id, "size", (json_int_t)u->size, "offset", (json_int_t)u->offset,
                                  "piece", (int)UPLOAD_PIECE_MOST, "backup",
                                  s->name[0] ? s->name : NULL));
    else refusal_reply(req, e, &s->ask.fault);
}

static const char *shelf_of(struct http_request *req) { return arena_printf(req->arena, "%s/backups", app_of(req)->store.folder); }

static void make_upload(struct http_request *req, void *thread_state)
{
    struct sending *s = req->state;
    const char *folder = shelf_of(req);
    (void)thread_state;
    s->ask.error = folder ? file_make_directories(folder, &s->ask.fault) : ERR_NOMEM;
    if (s->ask.error == OK) s->ask.error = upload_begin(req->arena, folder, &s->wish, clock_now_ms(), &s->upload, &s->ask.fault);
}

void backup_uploads_post(struct http_request *req)
{
    static const struct json_spec specs[] = {{"name", JSON_SPEC_TEXT, offsetof(struct upload, name), JSON_REQUIRED, 1024},
                                             {"size", JSON_SPEC_INTEGER, offsetof(struct upload, size), JSON_REQUIRED, 0},
                                             {"mark", JSON_SPEC_TEXT, offsetof(struct upload, mark), JSON_NULLABLE, 64}};
    struct sending *s = begin_sending(req);
    json_t *body = s ? http_body_json(req) : NULL;
    if (!body) return;
    s->ask.error = json_take(body, specs, sizeof specs / sizeof specs[0], &s->wish, NULL, &s->ask.fault);
    s->wish.event = "-";
    s->wish.actor = actor_of(req);
    s->wish.longest = SHELF_UPLOAD_MOST;
    if (s->ask.error == OK) run(req, make_upload, reply_sending);
    else reply_sending(req);
}

static void append(struct http_request *req, void *thread_state)
{
    struct sending *s = req->state;
    const char *folder = shelf_of(req), *id = http_param(req, "upload");
    struct fault *fault = &s->ask.fault;
    (void)thread_state;
    enum err e = folder ? upload_append(req->arena, folder, id, s->ask.offset, req->body, req->body_length, &s->upload, fault) : ERR_NOMEM;
    if (e == OK && upload_is_whole(&s->upload)) {
        const char *path = upload_path(req->arena, folder, &s->upload);
        e = path ? shelf_take(app_of(req)->store.folder, path, s->upload.name, actor_of(req), s->name, fault) : ERR_NOMEM;
        upload_remove(folder, id);
        backup_job_wake(job_of(req));
    }
    s->ask.error = e;
}

void backup_upload_patch(struct http_request *req)
{
    struct sending *s = begin_sending(req);
    const char *offset = s ? http_query(req, "offset") : NULL;
    char *end = NULL;
    if (!s) return;
    if (!offset || *offset < '0' || *offset > '9' || strlen(offset) > 12 || (s->ask.offset = strtoll(offset, &end, 10), *end))
        reply_reason_with(req, REASON_bad_request, "offset= is needed: where this piece goes.");
    else run(req, append, reply_sending);
}
