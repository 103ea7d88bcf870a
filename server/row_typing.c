#include "server/row_typing.h"

#include "core/base/clock.h"

#include <string.h>

#define MEMORY (64u * 1024u * 1024u)

static void release(void *data)
{
    struct row_typing *t = data;
    arena_release(&t->arena);
}

/* Whose rows they are, and, when it is only asked, what would come of them. */
static enum err look(struct db *db, struct row_typing *t)
{
    struct programme_cache programmes = {0};
    enum err e = programme_load(db, &t->arena, t->source.event, &t->programme); /* of its own: the worker's may be loaded anew while we wait */
    if (e == OK) e = row_ticks_read(&t->arena, t->programme, &t->setting, t->text, &t->ticks, &t->count);
    if (e == OK) e = row_ticks_find(db, &t->arena, t->programme, t->source.received_ms, t->ticks, t->count, &t->flaws);
    for (size_t i = 0; e == OK && t->only_check && i < t->count; i++)
        if (t->ticks[i].flaw == ROW_FLAW_NONE) e = row_tick_preview(db, &t->arena, &programmes, &t->source, &t->ticks[i]);
    if (e == OK && t->only_check) e = row_ticks_mark_repeats(&t->arena, t->source.received_ms, t->ticks, t->count);
    programme_cache_release(&programmes);
    if (e == ERR_LIMIT) return fault_set(&t->fault, e, "more than %d lines at once", ROW_TICKS_MOST);
    return e == OK ? OK : db_fault(db, e, &t->fault, "find whose rows these are");
}

static enum err take_piece(struct db *db, struct http_request *req, struct write_tools *tools, struct fault *fault)
{
    struct row_typing *t = req->state;
    size_t end = t->count - t->at < CHECKIN_PIECE ? t->count : t->at + CHECKIN_PIECE;
    for (size_t i = t->at; i < end; i++) {
        enum err e = row_tick_take(db, &t->arena, tools, &t->source, &t->ticks[i]);
        if (e != OK) return db_fault(db, e, fault, "record what was ticked");
    }
    return OK;
}

static void piece_taken(struct http_request *req)
{
    struct row_typing *t = req->state;
    const struct fault *fault = NULL;
    t->result = write_result(req, &fault);
    if (t->result != OK) {
        if (fault) t->fault = *fault;
        t->done(req);
        return;
    }
    t->at += CHECKIN_PIECE;
    if (t->at < t->count) {
        request_write(req, take_piece, piece_taken);
        return;
    }
    t->recorded = true;
    t->done(req);
}

static void looked(struct http_request *req)
{
    struct row_typing *t = req->state;
    bool record = t->result == OK && !t->only_check && !t->flaws && t->count;
    if (record) request_write(req, take_piece, piece_taken);
    else t->done(req);
}

static void look_in_pool(struct http_request *req, void *thread_state)
{
    struct row_typing *t = req->state;
    struct worker *worker = thread_state;
    t->result = worker ? look(worker->db, t) : ERR_BUSY;
}

/* A line without end is long too: each word of it is looked at. */
static bool is_short(const char *text)
{
    size_t lines = 0;
    if (strnlen(text, ROW_TYPING_BYTES_AT_ONCE) == ROW_TYPING_BYTES_AT_ONCE) return false;
    for (const char *p = text; *p && lines <= ROW_TYPING_AT_ONCE; p++) lines += *p == '\n';
    return lines < ROW_TYPING_AT_ONCE;
}

void row_typing_run(struct http_request *req, struct row_typing *typing, void (*done)(struct http_request *req))
{
    struct worker *worker = worker_of(req);
    if (!worker) return;
    arena_init(&typing->arena, MEMORY);
    typing->done = done;
    typing->source = (struct checkin_source){.event = http_param(req, "event"), .gate_id = DB_NULL, .device_id = DB_NULL,
                                             .account_id = principal_of(req)->account.id, .received_ms = clock_now_ms(), .actor = actor_of(req)};
    if (http_at_end(req, release, typing) != OK) {
        reply_reason(req, REASON_busy);
        return;
    }
    req->state = typing;
    if (is_short(typing->text)) {
        typing->result = look(worker->db, typing);
        looked(req);
        return;
    }
    req->resume = looked;
    http_run_in_pool(req, app_of(req)->pool, look_in_pool);
}
