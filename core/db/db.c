/* The seam itself: engine-independent. Engines are core/db/sqlite.c and its future siblings. */
#include "core/db/db.h"
#include "core/base/clock.h"
#include "core/base/crypto.h"
#include "core/db/driver.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RETRY_MS 5000

enum err db_open(const struct db_catalogue *catalogue, const char *url, enum db_mode mode, struct db **ret, struct fault *fault)
{
    struct db *db = calloc(1, sizeof *db);
    if (!db) return fault_set(fault, ERR_NOMEM, "not enough memory to open the database");
    db->driver = &db_driver_sqlite;
    db->catalogue = catalogue;
    db->statements = calloc(catalogue->statement_count + 1, sizeof *db->statements);
    enum err e = db->statements ? db->driver->open(db, url, mode) : ERR_NOMEM;
    if (e != OK) {
        fault_set(fault, e, "%s: %s", url, db->error[0] ? db->error : err_name(e));
        db_close(db);
        return e;
    }
    *ret = db;
    return OK;
}

void db_close(struct db *db)
{
    if (!db) return;
    for (size_t i = 0; db->statements && i < db->catalogue->statement_count; i++) {
        if (db->statements[i].native) db->driver->finalize(&db->statements[i]);
        free(db->statements[i].slots);
    }
    for (size_t i = 0; i < DB_WORD_STATEMENT_COUNT; i++) {
        if (db->words[i].native) db->driver->finalize(&db->words[i]);
        free(db->words[i].slots);
    }
    if (db->native) db->driver->close(db);
    free(db->statements);
    free(db);
}

const char *db_error(const struct db *db)
{
    return db->error[0] ? db->error : "no error";
}

enum err db_fault(const struct db *db, enum err code, struct fault *fault, const char *doing)
{
    return fault_set(fault, code, "%s: %s (%s)", doing, err_name(code), db_error(db));
}

enum err db_statement_prepare(struct db *db, const struct db_statement_text *text, struct db_statement *s)
{
    if (s->native) return OK;
    s->db = db;
    s->parameter_count = (int)strlen(text->parameter_types);
    free(s->slots);
    s->slots = calloc((size_t)s->parameter_count + 1, sizeof *s->slots);
    return s->slots ? db->driver->prepare(db, text, s) : ERR_NOMEM;
}

enum err db_statement_start(struct db *db, size_t index, struct db_statement **ret)
{
    if (index >= db->catalogue->statement_count) return ERR_BUG;
    *ret = &db->statements[index];
    return db_statement_prepare(db, &db->catalogue->statements[index], *ret);
}

void db_bind_i64(struct db_statement *s, int index, int64_t value)
{
    s->db->driver->bind_i64(s, s->slots[index - 1], value);
}

void db_bind_text(struct db_statement *s, int index, const char *value)
{
    s->db->driver->bind_text(s, s->slots[index - 1], value);
}

enum err db_step(struct db_statement *s)
{
    return s->is_short ? ERR_NOMEM : s->db->driver->step(s);
}

int64_t db_column_i64(struct db_statement *s, int column)
{
    return s->db->driver->column_i64(s, column);
}

const char *db_column_text(struct db_statement *s, int column)
{
    return s->db->driver->column_text(s, column);
}

bool db_statement_is_short(const struct db_statement *s)
{
    return s->is_short;
}

int64_t db_statement_changes(struct db_statement *s)
{
    return s->db->driver->changes(s->db);
}

enum err db_statement_end(struct db_statement *s, enum err result)
{
    s->db->driver->reset(s);
    bool was_short = s->is_short;
    s->is_short = false;
    return result == OK && was_short ? ERR_NOMEM : result;
}

enum err db_prepare_all(struct db *db, struct fault *fault)
{
    for (size_t i = 0; i < db->catalogue->statement_count; i++) {
        struct db_statement *s;
        enum err e = db_statement_start(db, i, &s);
        if (e != OK) return fault_set(fault, e, "statement %s: %s", db->catalogue->statements[i].name, db_error(db));
    }
    return OK;
}

enum err db_begin(struct db *db) { return db->driver->frame(db, DB_BEGIN_WRITE); }
enum err db_commit(struct db *db) { return db->driver->frame(db, DB_COMMIT); }
enum err db_savepoint(struct db *db) { return db->driver->frame(db, DB_SAVEPOINT); }
enum err db_savepoint_release(struct db *db) { return db->driver->frame(db, DB_RELEASE); }
bool db_in_transaction(const struct db *db) { return db->driver->in_transaction(db); }
enum err db_snapshot_begin(struct db *db) { return db->driver->frame(db, DB_BEGIN_READ); }
enum err db_change_mark(struct db *db, int64_t *ret_mark) { return db->driver->change_mark(db, ret_mark); }

void db_rollback(struct db *db)
{
    if (db_in_transaction(db)) (void)db->driver->frame(db, DB_ROLLBACK);
}

void db_snapshot_end(struct db *db)
{
    if (db_in_transaction(db)) (void)db->driver->frame(db, DB_COMMIT);
}

enum err db_savepoint_rollback(struct db *db)
{
    enum err e = db->driver->frame(db, DB_ROLLBACK_TO);
    return e == OK ? db_savepoint_release(db) : e;
}

enum err db_lift_forever(struct db *db, const char *table) { return db->driver->lift_forever(db, table, true); }
enum err db_restore_forever(struct db *db, const char *table) { return db->driver->lift_forever(db, table, false); }

enum err db_compact(struct db *db, struct fault *fault)
{
    enum err e = db->driver->compact(db);
    return e == OK ? OK : db_fault(db, e, fault, "make the database anew");
}

enum err db_copy_to(struct db *db, const char *path, struct fault *fault) { return db_copy_watched(db, path, NULL, fault); }

/* One view for the whole copy: else the engine would begin anew at each commit of another. */
enum err db_copy_watched(struct db *db, const char *path, const struct db_copy_watch *watch, struct fault *fault)
{
    enum err e = db_snapshot_begin(db);
    if (e != OK) return db_fault(db, e, fault, path);
    e = db->driver->copy_to(db, path, watch);
    if (e == ERR_TIMEOUT) (void)fault_set(fault, e, "%s: stopped", path);
    else if (e != OK) (void)db_fault(db, e, fault, path);
    db_snapshot_end(db);
    return e;
}

enum err db_transaction(struct db *db, enum err (*work)(struct db *db, void *arg, struct fault *fault), void *arg, struct fault *fault)
{
    int64_t deadline = clock_steady_ms() + RETRY_MS;
    for (;;) {
        enum err e = db_begin(db);
        const char *doing = "begin";
        if (e == OK) {
            e = work(db, arg, fault);
            doing = NULL;
        }
        if (e == OK && !doing) {
            e = db_commit(db);
            doing = "commit";
        }
        if (e == OK) return OK;
        if (doing) db_fault(db, e, fault, doing);
        db_rollback(db);
        if (e != ERR_BUSY || clock_steady_ms() > deadline) return e;
        clock_sleep_ms(5);
    }
}

static void bind_values(struct db_statement *s, const struct db_value *values, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (values[i].type == DB_TYPE_I64) db_bind_i64(s, (int)i + 1, values[i].i64);
        else db_bind_text(s, (int)i + 1, values[i].type == DB_TYPE_TEXT ? values[i].text : NULL);
    }
}

enum err db_execute(struct db *db, size_t statement, const struct db_value *values, size_t count)
{
    struct db_statement *s;
    enum err e = db_statement_start(db, statement, &s);
    if (e != OK) return e;
    if ((size_t)s->parameter_count != count) return ERR_BUG;
    bind_values(s, values, count);
    do e = db_step(s);
    while (e == OK);
    return db_statement_end(s, e == ERR_NOT_FOUND ? OK : e);
}

static enum err read_row(struct db_statement *s, struct arena *arena, const char *types, struct db_value *row)
{
    for (int i = 0; types[i]; i++) {
        if (s->db->driver->column_is_null(s, i)) {
            row[i] = (struct db_value){.type = DB_TYPE_NULL};
        } else if (types[i] == 'i') {
            row[i] = (struct db_value){.type = DB_TYPE_I64, .i64 = db_column_i64(s, i)};
        } else {
            row[i] = (struct db_value){.type = DB_TYPE_TEXT, .text = arena_strdup(arena, db_column_text(s, i))};
            if (!row[i].text) return ERR_NOMEM;
        }
    }
    return OK;
}

static enum err grow_rows(struct db_value **rows, size_t *capacity, size_t count, size_t width)
{
    if (count < *capacity) return OK;
    size_t more = *capacity ? 2 * *capacity : 16;
    void *longer = more <= SIZE_MAX / width ? realloc(*rows, more * width) : NULL;
    if (!longer) return ERR_NOMEM;
    *rows = longer;
    *capacity = more;
    return OK;
}

enum err db_fetch(struct db *db, struct arena *arena, size_t statement, const struct db_value *values, size_t count, struct db_value **ret_rows,
                  size_t *ret_row_count)
{
    struct db_statement *s;
    enum err e = db_statement_start(db, statement, &s);
    if (e != OK) return e;
    if ((size_t)s->parameter_count != count) return ERR_BUG;
    bind_values(s, values, count);
    const char *types = db->catalogue->statements[statement].column_types;
    size_t width = strlen(types), n = 0, capacity = 0;
    struct db_value *rows = NULL, *kept = NULL; /* not grown in the arena: of a register with 70 000 people the outgrown arrays were 70 MB */
    while ((e = db_step(s)) == OK) {
        e = grow_rows(&rows, &capacity, n, width * sizeof *rows);
        if (e == OK) e = read_row(s, arena, types, rows + n * width);
        if (e != OK) break;
        n++;
    }
    if (e == ERR_NOT_FOUND) e = n && !(kept = arena_memdup(arena, rows, n * width * sizeof *rows)) ? ERR_NOMEM : OK;
    free(rows);
    if (e == OK) {
        *ret_rows = kept;
        *ret_row_count = n;
    }
    return db_statement_end(s, e);
}
