/* Badge layouts, ready ones and the house's own: GET /api/v1/events/{event}/layouts; GET, PUT, DELETE …/layouts/{name}. Files are written in the job pool. */
#include "core/base/clock.h"
#include "server/layout_job.h"

#include <string.h>

struct change {
    const char *name;
    char seen[LAYOUT_TAG_SIZE + 1]; /* "" = none given */
    char tag[LAYOUT_TAG_SIZE];
    bool remove, existed;
    enum err error;
    struct fault fault;
};

static const char *folder_of(const struct http_request *req)
{
    return app_of(req)->store.folder;
}

/* --- reading --------------------------------------------------------------------------------------------------------------------------- */

static void list_work(struct http_request *req, void *thread_state)
{
    struct layout_entry *list;
    size_t count;
    struct fault fault = {0};
    struct arena arena = {0};
    (void)thread_state;
    enum err e = layout_folder_list(&arena, folder_of(req), &list, &count, &fault);
    json_t *out = json_array();
    for (size_t i = 0; e == OK && i < count; i++) {
        const struct layout_entry *one = &list[i];
        json_t *item = json_pack("{s:s,s:b,s:b,s:s,s:b,s:[f,f]}", "name", one->name, "own", one->own, "ready", one->ready, "about", one->about ? one->about : "",
                                 "has_back", one->has_back, "size", one->width, one->height);
        if (item && one->flaw) (void)json_object_set_new(item, "flaw", json_string(one->flaw));
        (void)json_array_append_new(out, item);
    }
    arena_release(&arena);
    if (e == OK) {
        http_reply_json(req, 200, json_pack("{s:o}", "layouts", out));
        return;
    }
    json_decref(out);
    reply_error(req, e, &fault);
}

void layouts_get(struct http_request *req)
{
    struct worker *worker = worker_of(req);
    if (worker && event_of(req, worker, NULL)) http_run_in_pool(req, app_of(req)->pool, list_work);
}

void layout_get(struct http_request *req)
{
    struct worker *worker = worker_of(req);
    const char *text, *name = http_param(req, "name"), *download = http_query(req, "download");
    size_t length;
    bool own;
    char tag[LAYOUT_TAG_SIZE];
    if (!worker || !event_of(req, worker, NULL)) return;
    enum err e = layout_folder_read(req->arena, folder_of(req), name, &text, &length, &own, tag, NULL);
    if (e != OK) {
        if (e == ERR_NOT_FOUND) reply_reason(req, REASON_unknown_layout);
        else reply_error(req, e, NULL);
        return;
    }
    http_set_cache(req, HTTP_REVALIDATE);
    if (download) (void)http_set_header(req, "Content-Disposition", arena_printf(req->arena, "attachment; filename=\"%s.json\"", name));
    if (!http_not_modified(req, tag)) http_reply(req, 200, "application/json", text, length);
}

/* --- changing -------------------------------------------------------------------------------------------------------------------------- */

static enum err apply_audit(struct db *db, struct http_request *req, struct write_tools *tools, struct fault *fault)
{
    const struct change *change = req->state;
    (void)tools;
    enum err e = audit_write(db, clock_now_ms(), actor_of(req), change->remove ? "delete_layout" : "save_layout", change->name, NULL);
    return e == OK ? OK : db_fault(db, e, fault, "audit log");
}

static void after_audit(struct http_request *req)
{
    const struct change *change = req->state;
    const struct fault *fault;
    enum err e = write_result(req, &fault);
    if (e != OK) {
        reply_error(req, e, fault);
        return;
    }
    if (change->remove) {
        http_reply_empty(req, 204);
        return;
    }
    (void)http_set_header(req, "ETag", arena_printf(req->arena, "\"%s\"", change->tag));
    http_reply_json(req, change->existed ? 200 : 201, json_pack("{s:s,s:s}", "name", change->name, "tag", change->tag));
}

static void reply_refusal(struct http_request *req, const struct change *change)
{
    struct layout_flaw flaw;
    switch (change->error) {
    case ERR_CONFLICT: reply_reason_with(req, REASON_changed_meanwhile, change->fault.text); return;
    case ERR_DENIED: reply_reason_with(req, REASON_ready_layout, change->fault.text); return;
    case ERR_NOT_FOUND: reply_reason(req, REASON_unknown_layout); return;
    case ERR_INPUT:
        layout_flaw_find(req->body, req->body_length, &change->fault, &flaw);
        layout_job_reply_flaw(req, &flaw);
        return;
    case ERR_LIMIT: reply_reason_with(req, REASON_too_large, change->fault.text); return;
    default: reply_error(req, change->error, &change->fault);
    }
}

static void after_change(struct http_request *req)
{
    const struct change *change = req->state;
    if (change->error == OK) request_write(req, apply_audit, after_audit);
    else reply_refusal(req, change);
}

static void change_work(struct http_request *req, void *thread_state)
{
    struct change *change = req->state;
    const char *seen = change->seen[0] ? change->seen : NULL;
    (void)thread_state;
    change->existed = seen != NULL;
    if (change->remove) change->error = layout_folder_delete(folder_of(req), change->name, seen, &change->fault);
    else change->error = layout_folder_save(folder_of(req), change->name, req->body, req->body_length, seen, change->tag, &change->fault);
}

/* If-Match names the version that was changed ("…" or *); without it there must be none yet. */
static void start_change(struct http_request *req, bool remove)
{
    struct worker *worker = worker_of(req);
    struct change *change = arena_alloc(req->arena, sizeof *change);
    const char *match = http_header(req, "If-Match");
    if (!worker || !event_of(req, worker, NULL)) return;
    if (!remove && strcmp(req->content_type, "application/json") != 0) {
        reply_reason(req, REASON_not_json);
        return;
    }
    if (!change) {
        reply_reason(req, REASON_busy);
        return;
    }
    change->name = http_param(req, "name");
    change->remove = remove;
    if (match && strncmp(match, "W/", 2) == 0) match += 2; /* ours names the whole content, however it was compressed on the way */
    size_t n = match ? strlen(match) : 0;
    bool quoted = n > 2 && match[0] == '"' && match[n - 1] == '"' && n - 2 < sizeof change->seen;
    if (match && !quoted && strcmp(match, "*") != 0) {
        reply_reason_with(req, REASON_bad_request, "If-Match must be one strong ETag or *.");
        return;
    }
    if (quoted) memcpy(change->seen, match + 1, n - 2);
    else if (match) change->seen[0] = '*';
    req->state = change;
    req->resume = after_change;
    http_run_in_pool(req, app_of(req)->pool, change_work);
}

void layout_put(struct http_request *req)
{
    start_change(req, false);
}

void layout_delete(struct http_request *req)
{
    start_change(req, true);
}
