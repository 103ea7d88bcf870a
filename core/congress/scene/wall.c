#include "core/congress/scene/wall.h"

#include "catalogue.h"
#include "core/base/text.h"
#include "core/congress/store/store.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define CODE_TRIES 100
#define TYPED_MOST 64

enum err wall_list(struct db *db, struct arena *arena, int64_t event_id, struct wall **ret, size_t *ret_count)
{
    struct sql_walls_row *rows;
    size_t count;
    enum err e = sql_walls(db, arena, event_id, &rows, &count);
    struct wall *walls = e == OK ? arena_array(arena, count + 1, sizeof *walls) : NULL;
    if (e != OK) return e;
    if (!walls) return ERR_NOMEM;
    for (size_t i = 0; i < count; i++)
        walls[i] = (struct wall){rows[i].id, rows[i].number, rows[i].name, rows[i].made_ms, rows[i].seen_ms, rows[i].width, rows[i].height, rows[i].frame, rows[i].shows};
    *ret = walls;
    *ret_count = count;
    return OK;
}

/* --- walls ----------------------------------------------------------------------------------------------------------------------------------- */

enum err wall_register(struct db *db, struct arena *arena, struct id_source *ids, int64_t event_id, int64_t now_ms, int64_t *ret_id)
{
    struct sql_wall_numbers_row numbers;
    enum err e = sql_wall_numbers(db, arena, event_id, &numbers);
    if (e != OK) return e;
    *ret_id = 0;
    if (numbers.open >= WALLS_MOST) return OK;
    int64_t id = id_next(ids);
    e = sql_wall_insert(db, &(struct sql_wall_insert_in){id, event_id, numbers.next, now_ms}, NULL);
    if (e == OK) *ret_id = id;
    return e;
}

enum err wall_of_session(struct db *db, struct arena *arena, struct id_source *ids, const struct web_session *session, int64_t now_ms, int64_t *ret_id)
{
    struct sql_web_session_find_row now;
    enum err e = sql_web_session_find(db, arena, session->id_hash, now_ms, &now); /* another request may have been quicker */
    if (e != OK) return e;
    *ret_id = now.wall_id == DB_NULL ? 0 : now.wall_id;
    if (*ret_id) return OK;
    e = wall_register(db, arena, ids, session->event_id, now_ms, ret_id);
    return e == OK && *ret_id ? sql_wall_session_set(db, session->id_hash, *ret_id, NULL) : e;
}

enum err wall_report(struct db *db, int64_t wall_id, const struct wall_report *report, int64_t now_ms)
{
    const struct sql_wall_report_in in = {wall_id, now_ms, report->width, report->height, report->frame, report->shows};
    return sql_wall_report(db, &in, NULL);
}

static enum err audit(const struct wall_work *w, const char *action, const char *detail)
{
    return audit_write(w->db, w->now_ms, w->actor, action, w->event, detail);
}

enum err wall_rename(const struct wall_work *work, int64_t wall_id, const char *name)
{
    struct sql_wall_find_row wall;
    const char *tidy = name ? text_tidy(work->arena, name) : "";
    if (!tidy || !text_is_printable(tidy)) return fault_because(work->fault, ERR_INPUT, "wall_name", NULL, "this is no name");
    if (text_length(tidy) > WALL_NAME_LETTERS) return fault_because(work->fault, ERR_INPUT, "wall_name", NULL, "a name has %d letters at most", WALL_NAME_LETTERS);
    enum err e = sql_wall_find(work->db, work->arena, work->event_id, wall_id, &wall);
    if (e == OK) e = sql_wall_rename(work->db, work->event_id, wall_id, *tidy ? tidy : NULL, NULL);
    return e == OK ? audit(work, "wall renamed", arena_printf(work->arena, "{\"wall\":%" PRId64 "}", wall.number)) : e;
}

static enum err end_all(const struct wall_work *w)
{
    enum err e = sql_wall_all_end(w->db, w->event_id, w->now_ms, w->actor, NULL);
    if (e == OK) e = sql_wall_all_sessions_end(w->db, w->event_id, NULL);
    return e == OK ? audit(w, "wall shut out", "{\"wall\":\"all\"}") : e;
}

enum err wall_end(const struct wall_work *work, int64_t wall_id)
{
    struct sql_wall_find_row wall;
    if (wall_id == 0) return end_all(work);
    enum err e = sql_wall_find(work->db, work->arena, work->event_id, wall_id, &wall);
    if (e == ERR_NOT_FOUND) return OK;
    if (e == OK) e = sql_wall_end(work->db, &(struct sql_wall_end_in){work->event_id, wall_id, work->now_ms, work->actor}, NULL);
    if (e == OK) e = sql_wall_sessions_end(work->db, work->event_id, wall_id, NULL);
    return e == OK ? audit(work, "wall shut out", arena_printf(work->arena, "{\"wall\":%" PRId64 "}", wall.number)) : e;
}

/* --- the code ---------------------------------------------------------------------------------------------------------------------------------- */

bool wall_code_read(const char *typed, char out[WALL_CODE_SIZE])
{
    size_t count = 0;
    if (!typed || strlen(typed) > TYPED_MOST) return false;
    for (int32_t c; (c = text_next(&typed)) > 0;) {
        int digit = text_digit(c);
        if (digit < 0 && c != ' ' && c != '-' && c != 0xA0) return false;
        if (digit < 0) continue;
        if (count == WALL_CODE_SIZE - 1) return false;
        out[count++] = (char)('0' + digit);
    }
    out[count] = '\0';
    return count == WALL_CODE_SIZE - 1;
}

enum err wall_code_make(struct db *db, struct arena *arena, char out[WALL_CODE_SIZE])
{
    for (int i = 0; i < CODE_TRIES; i++) {
        struct sql_wall_code_taken_row taken;
        (void)snprintf(out, WALL_CODE_SIZE, "%06u", (unsigned)crypto_random_below(1000000) % 1000000u);
        enum err e = sql_wall_code_taken(db, arena, out, &taken);
        if (e != OK || taken.count == 0) return e;
    }
    return ERR_LIMIT;
}

enum err wall_code_renew(const struct wall_work *work)
{
    char code[WALL_CODE_SIZE];
    enum err e = wall_code_make(work->db, work->arena, code);
    if (e == OK) e = sql_wall_code_set(work->db, work->event_id, code, NULL);
    return e == OK ? audit(work, "wall code", NULL) : e;
}

enum err wall_code_find(struct db *db, struct arena *arena, const char *code, int64_t now_ms, int64_t *ret_event_id, const char **ret_slug)
{
    struct sql_wall_code_find_row row;
    enum err e = sql_wall_code_find(db, arena, code, now_ms - WALL_OPEN_MS, &row);
    if (e != OK) return e;
    *ret_event_id = row.event_id;
    *ret_slug = row.slug;
    return OK;
}

static enum err adopt(struct db *db, void *argument, struct fault *fault)
{
    struct arena arena = {0};
    struct sql_wall_code_left_row *rows;
    size_t count = 0;
    (void)argument;
    enum err e = sql_wall_code_left(db, &arena, &rows, &count);
    for (size_t i = 0; e == OK && i < count; i++) {
        char code[WALL_CODE_SIZE];
        e = wall_code_make(db, &arena, code);
        if (e == OK) e = sql_wall_code_set(db, rows[i].event_id, code, NULL);
    }
    arena_release(&arena);
    return e == OK ? OK : db_fault(db, e, fault, "give the walls their codes");
}

enum err wall_code_adopt(struct db *db, struct fault *fault)
{
    struct arena arena = {0};
    struct sql_wall_code_left_row *rows;
    size_t count = 0;
    enum err e = sql_wall_code_left(db, &arena, &rows, &count);
    arena_release(&arena);
    if (e != OK) return db_fault(db, e, fault, "look for the walls' codes");
    return count ? db_transaction(db, adopt, NULL, fault) : OK;
}
