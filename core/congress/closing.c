#include "core/congress/closing.h"
#include "catalogue.h"
#include "core/base/text.h"
#include "core/congress/store/store.h"

static enum err stored(const struct doing *d, enum err e)
{
    return e == OK || d->fault->text[0] ? e : db_fault(d->db, e, d->fault, "store it");
}

/* NULL in *ret for none. */
static enum err tidy(const struct doing *d, const char *text, const char **ret)
{
    *ret = NULL;
    if (!text) return OK;
    char *clean = text_is_printable(text) ? text_tidy(d->arena, text) : NULL;
    if (!clean || text_length(clean) > CLOSING_NOTE_LONGEST) return fault_because(d->fault, ERR_INPUT, "close_note", NULL, "at most %d letters", CLOSING_NOTE_LONGEST);
    if (*clean) *ret = clean;
    return OK;
}

static enum err is_closed(const struct doing *d, bool *ret)
{
    struct sql_closing_now_row row;
    enum err e = sql_closing_now(d->db, d->arena, d->event_id, &row);
    if (e == OK) *ret = row.closed_ms != DB_NULL;
    return e;
}

enum err event_close(const struct doing *d, const char *slug, const char *note)
{
    bool closed = false;
    enum err e = tidy(d, note, &note);
    if (e == OK) e = stored(d, is_closed(d, &closed));
    if (e != OK) return e;
    if (closed) return fault_because(d->fault, ERR_CONFLICT, "close_closed", NULL, "the event is closed already");
    e = sql_closing_set(d->db, d->event_id, d->now_ms, NULL);
    if (e == OK) e = sql_closing_insert(d->db, &(struct sql_closing_insert_in){id_next(d->ids), d->event_id, d->now_ms, d->actor, note}, NULL);
    if (e == OK) e = audit_write(d->db, d->now_ms, d->actor, "close_event", slug, NULL);
    return stored(d, e);
}

enum err event_reopen(const struct doing *d, const char *slug, const char *reason)
{
    bool closed = false;
    enum err e = tidy(d, reason, &reason);
    if (e == OK && !reason) e = fault_because(d->fault, ERR_INPUT, "close_reason", NULL, "a reason is needed");
    if (e == OK) e = stored(d, is_closed(d, &closed));
    if (e != OK) return e;
    if (!closed) return fault_because(d->fault, ERR_CONFLICT, "close_open", NULL, "the event is not closed");
    e = sql_closing_set(d->db, d->event_id, DB_NULL, NULL);
    if (e == OK) e = sql_closing_reopen(d->db, &(struct sql_closing_reopen_in){d->event_id, d->now_ms, d->actor, reason}, NULL);
    if (e == OK) e = audit_write(d->db, d->now_ms, d->actor, "reopen_event", slug, NULL);
    return stored(d, e);
}

enum err event_closings(struct db *db, struct arena *arena, int64_t event_id, struct closing **ret, size_t *ret_count)
{
    struct sql_closing_list_row *rows;
    size_t count;
    enum err e = sql_closing_list(db, arena, event_id, &rows, &count);
    struct closing *list = e == OK ? arena_array(arena, count + 1, sizeof *list) : NULL;
    if (e != OK) return e;
    if (!list) return ERR_NOMEM;
    for (size_t i = 0; i < count; i++)
        list[i] = (struct closing){rows[i].closed_ms, rows[i].reopened_ms, rows[i].closed_by, rows[i].note, rows[i].reopened_by, rows[i].reason};
    *ret = list;
    *ret_count = count;
    return OK;
}
