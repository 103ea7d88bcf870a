/* Uploads of papers in pieces: POST makes one (or finds the unfinished one), PATCH ?offset= appends, GET says where it is, DELETE dismisses it. When the last
 * piece is there, it is read and becomes a paper by itself (server/paper_reader.h). */
#include "core/base/clock.h"
#include "core/congress/papers/publish.h"
#include "core/congress/papers/upload.h"
#include "server/app.h"
#include "server/paper_reader.h"
#include "server/refusal.h"
#include "server/work_reader.h"

#include "catalogue.h"

#include <stdlib.h>
#include <string.h>

struct sending {
    struct upload wish, upload;
    int64_t offset;
    enum err result;
    struct fault fault;
};

static struct sending *begin(struct http_request *req)
{
    struct worker *worker = worker_of(req);
    if (!worker || !event_of(req, worker, NULL)) return NULL;
    struct sending *s = arena_alloc(req->arena, sizeof *s);
    if (s) *s = (struct sending){0};
    else reply_reason(req, REASON_busy);
    req->state = s;
    return s;
}

static json_t *upload_json(struct http_request *req, const struct upload *u)
{
    const char *problem = u->problem ? refusal_words(req, u->reason, u->detail, u->problem) : NULL;
    const char *state = u->problem ? "refused" : upload_is_whole(u) ? "reading" : "receiving";
    return json_pack("{s:s, s:s, s:s?, s:I, s:I, s:s, s:s?, s:s?, s:i}", "upload", u->id, "name", u->name, "document", u->document, "size", (json_int_t)u->size, "offset",
                     (json_int_t)u->offset, "state", state, "problem", problem, "reason", u->reason, "piece", (int)UPLOAD_PIECE_MOST);
}

/* 409 says where it goes on, in the header that the others of this kind use. */
static void reply_upload(struct http_request *req, int status)
{
    const struct sending *s = req->state;
    if (s->result == OK || s->result == ERR_CONFLICT) (void)http_set_header(req, "Upload-Offset", arena_printf(req->arena, "%lld", (long long)s->upload.offset));
    if (s->result == OK) http_reply_json(req, status, upload_json(req, &s->upload));
    else if (s->result == ERR_BUSY) reply_reason(req, REASON_busy);
    else refusal_reply(req, s->result, &s->fault);
}

static void reply_made(struct http_request *req)
{
    reply_upload(req, 201);
}

static void reply_state(struct http_request *req)
{
    reply_upload(req, 200);
}

static void run_in_pool(struct http_request *req, void (*work)(struct http_request *req, void *state), void (*then)(struct http_request *req))
{
    req->resume = then;
    http_run_in_pool(req, app_of(req)->pool, work);
}

static void make(struct http_request *req, void *state)
{
    struct sending *s = req->state;
    (void)state;
    s->result = upload_begin(req->arena, app_of(req)->store.folder, &s->wish, clock_now_ms(), &s->upload, &s->fault);
}

void uploads_post(struct http_request *req)
{
    static const struct json_spec specs[] = {
        {"name", JSON_SPEC_TEXT, offsetof(struct upload, name), JSON_REQUIRED, 1024},
        {"size", JSON_SPEC_INTEGER, offsetof(struct upload, size), JSON_REQUIRED, 0},
        {"mark", JSON_SPEC_TEXT, offsetof(struct upload, mark), JSON_NULLABLE, 64},
        {"document", JSON_SPEC_TEXT, offsetof(struct upload, document), JSON_NULLABLE, 64},
        {"room", JSON_SPEC_TEXT, offsetof(struct upload, room), JSON_NULLABLE, 16}};
    struct paper_item item;
    struct sending *s = begin(req);
    json_t *body = s ? http_body_json(req) : NULL;
    if (!body) return;
    enum err e = json_take(body, specs, sizeof specs / sizeof specs[0], &s->wish, NULL, &s->fault);
    s->wish.event = http_param(req, "event");
    s->wish.actor = actor_of(req);
    struct worker *worker = worker_of(req);
    struct programme_seqs seqs = {0};
    if (!worker || !event_of(req, worker, &seqs)) return;
    if (e == OK && s->wish.room && (s->wish.document || !work_reader_is_room(s->wish.room))) e = fault_set(&s->fault, ERR_INPUT, "room: there is no such room");
    if (e == OK && s->wish.document) e = paper_item_find(worker->db, req->arena, seqs.event_id, s->wish.document, clock_now_ms(), &item);
    if (e == OK) run_in_pool(req, make, reply_made);
    else reply_error(req, e, &s->fault);
}

static void append(struct http_request *req, void *state)
{
    struct sending *s = req->state;
    (void)state;
    const char *folder = app_of(req)->store.folder;
    s->result = upload_find(req->arena, folder, http_param(req, "upload"), &s->upload, &s->fault);
    if (s->result == OK && strcmp(s->upload.event, http_param(req, "event")) != 0) s->result = ERR_NOT_FOUND;
    if (s->result == OK) s->result = upload_append(req->arena, folder, s->upload.id, s->offset, req->body, req->body_length, &s->upload, &s->fault);
    if (s->result == OK && upload_is_whole(&s->upload)) paper_reader_wake(app_of(req)->reader);
}

void upload_patch(struct http_request *req)
{
    struct sending *s = begin(req);
    if (!s) return;
    const char *offset = http_query(req, "offset");
    char *end = NULL;
    if (!offset || *offset < '0' || *offset > '9' || strlen(offset) > 12 || (s->offset = strtoll(offset, &end, 10), *end)) {
        reply_reason_with(req, REASON_bad_request, "offset= is needed: where this piece goes.");
        return;
    }
    run_in_pool(req, append, reply_state);
}

void upload_get(struct http_request *req)
{
    struct sql_room_upload_row row;
    struct sql_our_work_upload_row hung;
    struct programme_seqs seqs = {0};
    struct sending *s = begin(req);
    struct worker *worker = s ? worker_of(req) : NULL;
    if (!worker || !event_of(req, worker, &seqs)) return;
    const char *id = http_param(req, "upload");
    s->result = upload_find(req->arena, app_of(req)->store.folder, id, &s->upload, &s->fault);
    if (s->result == OK && strcmp(s->upload.event, http_param(req, "event")) != 0) s->result = ERR_NOT_FOUND;
    if (s->result != ERR_NOT_FOUND) {
        reply_upload(req, 200);
        return;
    }
    if (sql_our_work_upload(worker->db, req->arena, id, &hung) == OK && hung.event_id == seqs.event_id) {
        http_reply_json(req, 200, json_pack("{s:s, s:s}", "upload", id, "state", "done"));
        return;
    }
    enum err e = sql_room_upload(worker->db, req->arena, id, &row);
    if (e == OK && row.event_id != seqs.event_id) e = ERR_NOT_FOUND;
    if (e == OK) http_reply_json(req, 200, json_pack("{s:s, s:s, s:s, s:I}", "upload", id, "state", "done", "document", row.code, "version", (json_int_t)row.version));
    else reply_error(req, e, NULL);
}

static void dismiss(struct http_request *req, void *state)
{
    struct sending *s = req->state;
    (void)state;
    s->result = upload_find(req->arena, app_of(req)->store.folder, http_param(req, "upload"), &s->upload, &s->fault);
    if (s->result == OK && strcmp(s->upload.event, http_param(req, "event")) != 0) s->result = ERR_NOT_FOUND;
    if (s->result == OK) upload_remove(app_of(req)->store.folder, s->upload.id);
}

static void reply_dismissed(struct http_request *req)
{
    const struct sending *s = req->state;
    if (s->result == OK) http_reply_empty(req, 204);
    else refusal_reply(req, s->result, &s->fault);
}

void upload_delete(struct http_request *req)
{
    if (begin(req)) run_in_pool(req, dismiss, reply_dismissed);
}
