/* Photos by JSON doors: PUT …/photos?name= finds out whose it is by the file's name, PUT …/delegates/{code}/photo is told, GET gives a small picture to staff,
 * DELETE takes it away. GET /api/v1/checkins/{scan_id}/photo gives it to the gate that has just read that person's badge. */
#include "core/base/clock.h"
#include "server/access.h"
#include "server/photo_job.h"
#include "server/photo_show.h"

#include <string.h>

static void reply_job(struct http_request *req)
{
    const struct photo_job *job = req->state;
    if (job->result != OK) {
        reply_error(req, job->result, &job->fault);
        return;
    }
    http_reply_json(req, 200, json_pack("{s:s, s:s, s:O}", "outcome", job->outcome, "why", job->why, "people", job->people));
}

static void put(struct http_request *req, const char *person, const char *file_name)
{
    struct worker *worker = worker_of(req);
    if (!worker || !event_of(req, worker, NULL)) return;
    struct photo_job *job = arena_alloc(req->arena, sizeof *job);
    if (!job) {
        reply_reason(req, REASON_busy);
        return;
    }
    *job = (struct photo_job){.person = person, .file_name = file_name, .data = req->body, .length = req->body_length};
    photo_job_run(req, job, reply_job);
}

void photos_put(struct http_request *req)
{
    const char *name = http_query(req, "name");
    if (!name || !*name) reply_reason_with(req, REASON_bad_request, "name= is needed: what the file is called.");
    else put(req, NULL, name);
}

void delegate_photo_put(struct http_request *req)
{
    put(req, http_param(req, "code"), NULL);
}

/* --- taking it away --- */

static enum err apply_delete(struct db *db, struct http_request *req, struct write_tools *tools, struct fault *fault)
{
    const char *code = http_param(req, "code"), *sha256 = NULL;
    struct register_doing doing = {.db = db, .arena = req->arena, .ids = &tools->ids, .at_ms = clock_now_ms(), .actor = actor_of(req),
                                   .source = "photos", .fault = fault};
    enum err e = photo_find(db, req->arena, http_param(req, "event"), code, &sha256);
    if (e == OK && !sha256) e = ERR_NOT_FOUND;
    if (e == OK) e = register_begin(&doing);
    if (e == OK) e = photo_remove(&doing, code);
    if (e == OK) e = audit_write(db, clock_now_ms(), actor_of(req), "photo remove", code, NULL);
    if (e == ERR_NOT_FOUND) return fault_set(fault, e, "\"%.100s\" is no delegate of this event, or has no photo", code);
    return e == OK ? OK : db_fault(db, e, fault, "remove the photo");
}

static void after_delete(struct http_request *req)
{
    const struct fault *fault = NULL;
    enum err e = write_result(req, &fault);
    if (e == OK) http_reply_empty(req, 204);
    else reply_error(req, e, fault);
}

void delegate_photo_delete(struct http_request *req)
{
    struct worker *worker = worker_of(req);
    if (worker && event_of(req, worker, NULL)) request_write(req, apply_delete, after_delete);
}

/* --- the small picture --- */

void delegate_photo_get(struct http_request *req)
{
    struct worker *worker = worker_of(req);
    const char *sha256 = NULL, *etag = NULL;
    if (!worker) return;
    enum err e = photo_find(worker->db, req->arena, http_param(req, "event"), http_param(req, "code"), &sha256);
    if (e == OK && !sha256) e = ERR_NOT_FOUND;
    if (e == OK) etag = arena_printf(req->arena, "%.32s-%u", sha256, PHOTO_SIDE_SHOWN);
    if (e == OK && !etag) e = ERR_NOMEM;
    if (e != OK) {
        reply_error(req, e, NULL);
        return;
    }
    http_set_cache(req, HTTP_REVALIDATE); /* private, and asked again each time: who may see it is decided anew */
    if (!http_not_modified(req, etag)) photo_show_reply(req, sha256, PHOTO_SIDE_SHOWN, etag);
}

/* One answer for all that it may not see, so that nothing is learnt from it. Kept by nobody: each scan has a number of its own. */
void checkin_photo_get(struct http_request *req)
{
    struct worker *worker = worker_of(req);
    const char *scan_id = http_param(req, "scan_id"), *sha256 = NULL;
    if (!worker) return;
    enum err e = id_is_uuid(scan_id) ? OK : ERR_NOT_FOUND;
    if (e == OK) e = photo_find_of_scan(worker->db, req->arena, scan_id, principal_of(req)->device.id, clock_now_ms(), &sha256);
    if (e == OK && !sha256) e = ERR_NOT_FOUND;
    if (e == OK) photo_show_reply(req, sha256, PHOTO_SIDE_SHOWN, NULL);
    else reply_error(req, e, NULL);
}
