/* The SQL seam: a connection, a closed catalogue of statements, transactions, migrations. Above this header there is no dialect.
 *
 * Statements live in core/db/sql/NAME.sql (and scanner/sql for the scanner's queue) as
 *     -- name :kind (param type, …) -> (column type, …)
 *     SELECT …
 * kinds  :exec no rows · :maybe one row or ERR_NOT_FOUND · :many an array in an arena · :each a callback per row
 * types  i64, text; a `?` behind the type says that it may be NULL: DB_NULL for i64, NULL for text.
 * core/db/gen/sqlgen.c makes a typed C function of each: `sql_name(db, …)`.
 *
 * Contract: a connection belongs to one thread at a time. No statement outlives the call that ran it, so no forgotten cursor can
 * freeze a reader's view. Errors: ERR_NOT_FOUND no row, ERR_CONFLICT a constraint, ERR_BUSY another writer (try again), ERR_FULL,
 * ERR_IO, ERR_NOMEM (these three may have rolled back the whole transaction: see db_in_transaction). */
#ifndef PLENUM_DB_H
#define PLENUM_DB_H

#include "core/base/arena.h"
#include "core/base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define DB_NULL INT64_MIN

struct db;

struct db_statement_text {
    const char *name;
    const char *sql;
    const char *parameter_types; /* one letter each: 'i' i64, 't' text */
    const char *column_types;
};

struct db_migration {
    const char *name; /* "0001-first" */
    const char *sql;
};

struct db_catalogue {
    const struct db_statement_text *statements;
    size_t statement_count;
    const struct db_migration *migrations;
    size_t migration_count;
};

enum db_mode {
    DB_READ,  /* read-only; the database must exist */
    DB_WRITE, /* may write; the database must exist */
    DB_CREATE /* as DB_WRITE, made when missing (mode 0600) */
};

/* `url` is a file path today (SQLite). The catalogue is borrowed for the life of the connection. */
enum err db_open(const struct db_catalogue *catalogue, const char *url, enum db_mode mode, struct db **ret, struct fault *fault);
void db_close(struct db *db); /* accepts NULL */

/* What went wrong in the last failing call on this connection. Never NULL; borrowed until the next call. */
const char *db_error(const struct db *db);
/* Fills a fault from the connection's last error, with a few words before it; returns `code`. */
enum err db_fault(const struct db *db, enum err code, struct fault *fault, const char *doing);

/* Brings the schema to the newest version: applies what is missing in order, each in a transaction, registered with its hash. A
 * database that knows a patch that we do not (it is newer), or whose patch was edited later, is refused. */
enum err db_migrate(struct db *db, struct fault *fault);
/* The same checks without writing: ERR_CONFLICT when patches are missing. */
enum err db_check_schema(struct db *db, struct fault *fault);

/* Prepares the whole catalogue, so that a typo is found at start and never at the door. */
enum err db_prepare_all(struct db *db, struct fault *fault);

/* Runs `work` in one transaction and commits; on any error rolls back. ERR_BUSY is tried again (about 5 s), so `work` must be
 * repeatable: it changes nothing but the database and what it will overwrite when run again. */
enum err db_transaction(struct db *db, enum err (*work)(struct db *db, void *arg, struct fault *fault), void *arg, struct fault *fault);

/* The steps, for the writer thread, which groups many pieces of work into one commit. */
enum err db_begin(struct db *db);
enum err db_commit(struct db *db);
void db_rollback(struct db *db);
enum err db_savepoint(struct db *db);
enum err db_savepoint_release(struct db *db);
enum err db_savepoint_rollback(struct db *db);
/* False after the engine itself has rolled back (disk full, I/O error, out of memory). */
bool db_in_transaction(const struct db *db);

/* One unchanging view for several reads. */
enum err db_snapshot_begin(struct db *db);
void db_snapshot_end(struct db *db);

/* A number that is another one whenever some other connection has committed since. */
enum err db_change_mark(struct db *db, int64_t *ret_mark);

/* A consistent copy of the whole database into a new file (mode 0600), while others read and write. A file that is there already is left alone:
 * ERR_CONFLICT. After an error what was made of it stays and is not whole: the caller removes it. */
enum err db_copy_to(struct db *db, const char *path, struct fault *fault);
/* The same, told now and then how far it is, in bytes. ERR_TIMEOUT: `go_on` said no. */
struct db_copy_watch {
    bool (*go_on)(void *context, int64_t done, int64_t total);
    void *context;
};
enum err db_copy_watched(struct db *db, const char *path, const struct db_copy_watch *watch, struct fault *fault);

/* Rows of a table that a migration marked "-- forever" may be updated between the two calls, both within one transaction. For erasing people alone
 * (core/congress/purge/purge.h): nothing else alters what was fixed. */
enum err db_lift_forever(struct db *db, const char *table);
enum err db_restore_forever(struct db *db, const char *table);

/* Makes the file anew, so that nothing that was deleted is left in it or in its log. Outside of a transaction; takes about as long as copying it, and others cannot
 * write meanwhile. ERR_BUSY: others write or look at an older state; ERR_FULL: there has to be room for a second copy. */
enum err db_compact(struct db *db, struct fault *fault);

/* --- for code that walks tables of columns (import, export): values instead of typed functions --- */
enum db_type { DB_TYPE_NULL, DB_TYPE_I64, DB_TYPE_TEXT };
struct db_value {
    enum db_type type;
    int64_t i64;
    const char *text; /* borrowed on the way in, arena on the way out */
};
/* Gives back what the engine holds of pages that were read: after a scan of all people, when much is yet to be done in memory. Also within a snapshot. */
void db_release_memory(struct db *db);
enum err db_execute(struct db *db, size_t statement, const struct db_value *values, size_t count);
enum err db_fetch(struct db *db, struct arena *arena, size_t statement, const struct db_value *values, size_t count, struct db_value **ret_rows,
                  size_t *ret_row_count);

/* --- for generated code only --- */
struct db_statement;
enum err db_statement_start(struct db *db, size_t statement, struct db_statement **ret);
void db_bind_i64(struct db_statement *s, int index, int64_t value);
void db_bind_text(struct db_statement *s, int index, const char *value);
enum err db_step(struct db_statement *s); /* OK: a row; ERR_NOT_FOUND: done */
int64_t db_column_i64(struct db_statement *s, int column);
const char *db_column_text(struct db_statement *s, int column); /* borrowed until the next step */
bool db_statement_is_short(const struct db_statement *s); /* the row that was just read has texts that there was no memory for */
enum err db_statement_end(struct db_statement *s, enum err result);
int64_t db_statement_changes(struct db_statement *s);

#endif
