/* The SQLite driver: the only includer of sqlite3.h. Settings and traps are measured facts:
 * WAL with synchronous=FULL (NORMAL can lose the last commits at power loss), a checkpoint every 4000 pages in the committing thread, and "$1" being
 * a *name* in SQLite, so that its index must be asked for. */
#include "core/base/buf.h"
#include "core/base/clock.h"
#include "core/db/driver.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static enum err classify_code(int code)
{
    switch (code & 0xff) {
    case SQLITE_OK: return OK;
    case SQLITE_BUSY:
    case SQLITE_PROTOCOL: /* somebody else was quicker at opening the log, many times over */
    case SQLITE_LOCKED: return ERR_BUSY;
    case SQLITE_FULL: return ERR_FULL;
    case SQLITE_NOMEM: return ERR_NOMEM;
    case SQLITE_CONSTRAINT: return ERR_CONFLICT;
    case SQLITE_READONLY:
    case SQLITE_PERM: return ERR_DENIED;
    case SQLITE_CANTOPEN: /* never ERR_NOT_FOUND: that means "no such row", and a log that cannot be opened for want of a descriptor is no answer to anybody */
    case SQLITE_IOERR:
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB: return ERR_IO;
    case SQLITE_TOOBIG: return ERR_LIMIT;
    default: return ERR_BUG;
    }
}

static enum err classify(struct db *db, int code)
{
    sqlite3 *native = db->native;
    (void)snprintf(db->error, sizeof db->error, "%s", native ? sqlite3_errmsg(native) : sqlite3_errstr(code));
    return classify_code(code);
}

static enum err sqlite_run(struct db *db, const char *sql)
{
    int code = sqlite3_exec(db->native, sql, NULL, NULL, NULL);
    return code == SQLITE_OK ? OK : classify(db, code);
}

/* The few words around every piece of work, prepared once: parsing them each time costs as much as a small statement. */
static enum err sqlite_frame(struct db *db, enum db_frame frame)
{
    static const char *const words[DB_FRAME_COUNT] = {"BEGIN IMMEDIATE", "BEGIN DEFERRED", "COMMIT", "ROLLBACK", "SAVEPOINT piece",
                                                      "RELEASE SAVEPOINT piece", "ROLLBACK TO SAVEPOINT piece"};
    sqlite3_stmt *s = db->frames[frame];
    if (!s) {
        int code = sqlite3_prepare_v3(db->native, words[frame], -1, SQLITE_PREPARE_PERSISTENT, &s, NULL);
        if (code != SQLITE_OK) return classify(db, code);
        db->frames[frame] = s;
    }
    int code = sqlite3_step(s);
    enum err e = code == SQLITE_DONE ? OK : classify(db, code);
    sqlite3_reset(s);
    return e;
}

#define MAPPED "PRAGMA mmap_size=268435456"

void db_release_memory(struct db *db)
{
    sqlite3_db_release_memory(db->native);
    (void)sqlite_run(db, "PRAGMA mmap_size=0; " MAPPED); /* the mapping goes; a new one grows as pages are read */
}

static enum err settings(struct db *db, enum db_mode mode)
{
    enum err e = sqlite_run(db, "PRAGMA foreign_keys=ON; " MAPPED "; PRAGMA temp_store=MEMORY; PRAGMA trusted_schema=OFF");
    if (e != OK || mode == DB_READ) return e;
    return sqlite_run(db, "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=4000; PRAGMA cache_size=-65536");
}

/* Who waits for another writer looks again every few milliseconds, about 5 s long. The engine's own waiting grows to 100 ms a time, and misses the gaps that
 * large work leaves between its turns. */
static int wait_for_others(void *context, int times)
{
    (void)context;
    clock_sleep_ms(times < 4 ? 1 : 4);
    return times < 1250;
}

static enum err sqlite_open(struct db *db, const char *url, enum db_mode mode)
{
    if (mode == DB_CREATE) { /* SQLite would make it readable by others; it holds tokens */
        int fd = open(url, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
        if (fd >= 0) close(fd);
    }
    (void)sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); /* counting allocations takes a lock at each; only the first opening of a program may say so */
    sqlite3 *native = NULL;
    int flags = SQLITE_OPEN_NOMUTEX | (mode == DB_READ ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE);
    int code = sqlite3_open_v2(url, &native, flags, NULL);
    db->native = native;
    if (code != SQLITE_OK) {
        enum err e = classify(db, code);
        return code == SQLITE_CANTOPEN && access(url, F_OK) != 0 && errno == ENOENT ? ERR_NOT_FOUND : e;
    }
    sqlite3_extended_result_codes(native, 1);
    sqlite3_busy_handler(native, wait_for_others, NULL);
    return settings(db, mode);
}

static void sqlite_close(struct db *db)
{
    for (int i = 0; i < DB_FRAME_COUNT; i++) sqlite3_finalize(db->frames[i]);
    sqlite3_close_v2(db->native);
    db->native = NULL;
}

static enum err sqlite_prepare(struct db *db, const struct db_statement_text *text, struct db_statement *s)
{
    sqlite3_stmt *native = NULL;
    const char *tail = NULL;
    int code = sqlite3_prepare_v3(db->native, text->sql, -1, SQLITE_PREPARE_PERSISTENT, &native, &tail);
    if (code != SQLITE_OK) return classify(db, code);
    bool fits = sqlite3_bind_parameter_count(native) == s->parameter_count && sqlite3_column_count(native) == (int)strlen(text->column_types);
    for (int i = 0; fits && i < s->parameter_count; i++) {
        char name[16];
        (void)snprintf(name, sizeof name, "$%d", i + 1);
        s->slots[i] = sqlite3_bind_parameter_index(native, name);
        fits = s->slots[i] > 0;
    }
    if (!fits || (tail && *tail)) {
        (void)snprintf(db->error, sizeof db->error, "%s: parameters or columns do not match what the catalogue declares", text->name);
        sqlite3_finalize(native);
        return ERR_BUG;
    }
    s->native = native;
    return OK;
}

static void sqlite_finalize(struct db_statement *s)
{
    sqlite3_finalize(s->native);
    s->native = NULL;
}

static void sqlite_bind_i64(struct db_statement *s, int slot, int64_t value)
{
    if (value == DB_NULL) sqlite3_bind_null(s->native, slot);
    else sqlite3_bind_int64(s->native, slot, value);
}

/* The caller's text lives until the statement is reset, which every generated function does before it returns. */
static void sqlite_bind_text(struct db_statement *s, int slot, const char *value)
{
    if (!value) sqlite3_bind_null(s->native, slot);
    else sqlite3_bind_text(s->native, slot, value, -1, SQLITE_STATIC);
}

static enum err sqlite_step(struct db_statement *s)
{
    int code = sqlite3_step(s->native);
    if (code == SQLITE_ROW) return OK;
    if (code == SQLITE_DONE) return ERR_NOT_FOUND;
    return classify(s->db, code);
}

static int64_t sqlite_column_i64(struct db_statement *s, int column)
{
    if (sqlite3_column_type(s->native, column) == SQLITE_NULL) return DB_NULL;
    return sqlite3_column_int64(s->native, column);
}

static const char *sqlite_column_text(struct db_statement *s, int column)
{
    bool is_null = sqlite3_column_type(s->native, column) == SQLITE_NULL;
    const char *text = (const char *)sqlite3_column_text(s->native, column);
    if (!text && !is_null) s->is_short = true;
    return text;
}

static bool sqlite_column_is_null(struct db_statement *s, int column)
{
    return sqlite3_column_type(s->native, column) == SQLITE_NULL;
}

static void sqlite_reset(struct db_statement *s)
{
    sqlite3_reset(s->native);
    sqlite3_clear_bindings(s->native);
}

static int64_t sqlite_changes(struct db *db)
{
    return sqlite3_changes64(db->native);
}

static bool sqlite_in_transaction(const struct db *db)
{
    return !sqlite3_get_autocommit(db->native);
}

/* Texts are given as folded words, so the tokenizer has only to part them at spaces: "ascii" takes every byte above 127 for part of a word. The index holds no
 * texts: they stand in their table. */
static const char make_words[] = "CREATE VIRTUAL TABLE %.*s USING fts5(plain, marked, content='', tokenize='ascii');\n";
/* The same over the columns of a table, for what is found while somebody types: indexes of the beginnings too, since a third of all names begin with "n". */
static const char make_words_of[] = "CREATE VIRTUAL TABLE %.*s USING fts5(%.*s, content='%.*s', content_rowid='place', tokenize='ascii', detail='column', "
                                    "prefix='1 2 3 4 5 6');\n";

/* A line "-- words index NAME" or "-- words index NAME of TABLE(COLUMNS)", behind its first words. Gives what follows the line's words. */
static const char *put_words_index(const char *line, char **out)
{
    int name = (int)strcspn(line, " \n");
    const char *table = line + name + 4, *columns;
    if (strncmp(line + name, " of ", 4) != 0) {
        *out += snprintf(*out, sizeof make_words + (size_t)name, make_words, name, line);
        return line + name;
    }
    columns = table + strcspn(table, "(") + 1;
    int width = (int)strcspn(columns, ")");
    int owner = (int)(columns - 1 - table);
    *out += snprintf(*out, sizeof make_words_of + (size_t)(name + width + owner), make_words_of, name, line, width, columns, owner, table);
    return columns + width + 1;
}

/* A line "-- forever TABLE" or "-- forever TABLE of OWNER(COLUMN)": rows that are there stay as they are, and where there is an owner, none comes to those of an
 * owner that is there. Appends what makes it so; gives what follows the line. */
static const char forever_update[] = "CREATE TRIGGER %.*s_update BEFORE UPDATE ON %.*s BEGIN SELECT RAISE(ABORT, 'it is never altered'); END;\n";

static const char *put_forever(const char *line, struct buf *out)
{
    int name = (int)strcspn(line, " \n");
    const char *owner = line + name + 4, *column = "id";
    int owner_name = name, column_name = 2;
    buf_printf(out, forever_update, name, line, name, line);
    buf_printf(out, "CREATE TRIGGER %.*s_delete BEFORE DELETE ON %.*s BEGIN SELECT RAISE(ABORT, 'it is never deleted'); END;\n", name, line, name, line);
    if (strncmp(line + name, " of ", 4) == 0) {
        owner_name = (int)strcspn(owner, "(");
        column = owner + owner_name + 1;
        column_name = (int)strcspn(column, ")");
    } else {
        owner = line;
    }
    buf_printf(out, "CREATE TRIGGER %.*s_insert BEFORE INSERT ON %.*s WHEN EXISTS (SELECT 1 FROM %.*s WHERE id = NEW.%.*s) "
                    "BEGIN SELECT RAISE(ABORT, 'it is complete'); END;\n", name, line, name, line, owner_name, owner, column_name, column);
    return line + strcspn(line, "\n");
}

/* Only INTEGER PRIMARY KEY is the row itself in SQLite; PostgreSQL needs BIGINT. The migrations say BIGINT PRIMARY KEY. */
static enum err sqlite_run_schema(struct db *db, const char *sql)
{
    static const char wide[] = "BIGINT PRIMARY KEY", own[] = "INTEGER PRIMARY KEY", words[] = "-- words index ", forever[] = "-- forever ";
    char *text = malloc(8 * strlen(sql) + sizeof make_words_of), *out = text; /* the line of an index is 15 bytes and its words, and becomes that of make_words */
    struct buf triggers;
    if (!text) return ERR_NOMEM;
    buf_init(&triggers, BUF_LIMIT_LINE);
    while (*sql) {
        if (strncmp(sql, forever, sizeof forever - 1) == 0) {
            sql = put_forever(sql + sizeof forever - 1, &triggers);
            continue;
        }
        if (strncmp(sql, words, sizeof words - 1) == 0) {
            sql = put_words_index(sql + sizeof words - 1, &out);
            continue;
        }
        if (strncmp(sql, wide, sizeof wide - 1) == 0) {
            memcpy(out, own, sizeof own - 1);
            out += sizeof own - 1;
            sql += sizeof wide - 1;
        } else {
            *out++ = *sql++;
        }
    }
    *out = '\0';
    enum err e = buf_ok(&triggers) ? sqlite_run(db, text) : ERR_NOMEM;
    if (e == OK && triggers.length) e = sqlite_run(db, buf_text(&triggers));
    buf_release(&triggers);
    free(text);
    return e;
}

static enum err sqlite_change_mark(struct db *db, int64_t *ret_mark)
{
    sqlite3_stmt *s = NULL;
    int code = sqlite3_prepare_v2(db->native, "PRAGMA data_version", -1, &s, NULL);
    if (code == SQLITE_OK) code = sqlite3_step(s);
    int64_t mark = code == SQLITE_ROW ? sqlite3_column_int64(s, 0) : 0;
    sqlite3_finalize(s);
    if (code != SQLITE_ROW) return classify(db, code);
    *ret_mark = mark;
    return OK;
}

static enum err sqlite_lift_forever(struct db *db, const char *table, bool lifted)
{
    char sql[512];
    int name = (int)strlen(table);
    if (lifted) (void)snprintf(sql, sizeof sql, "DROP TRIGGER %s_update", table);
    else (void)snprintf(sql, sizeof sql, forever_update, name, table, name, table);
    return sqlite_run(db, sql);
}

/* VACUUM leaves no free page; the log still has what was before, until it is cut off, for which nobody may look at an older state. */
static enum err sqlite_compact(struct db *db)
{
    enum err e = sqlite_run(db, "VACUUM");
    for (int i = 0; e == OK && i < 50; i++) {
        int code = sqlite3_wal_checkpoint_v2(db->native, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
        if (code == SQLITE_OK) return OK;
        if (code != SQLITE_BUSY) return ERR_IO;
        clock_sleep_ms(100);
    }
    return e == OK ? ERR_BUSY : e;
}

#define COPY_PAGES 1024

/* A lock is no error to the engine, but the copy is not whole. */
static int copy_pages(sqlite3_backup *backup, sqlite3 *target, const struct db_copy_watch *watch)
{
    int64_t page = 0;
    sqlite3_stmt *s = NULL;
    int code = SQLITE_OK;
    while (code == SQLITE_OK) {
        code = sqlite3_backup_step(backup, watch ? COPY_PAGES : -1);
        if (!watch || (code != SQLITE_OK && code != SQLITE_DONE)) break;
        if (!page && sqlite3_prepare_v2(target, "PRAGMA page_size", -1, &s, NULL) == SQLITE_OK && sqlite3_step(s) == SQLITE_ROW) page = sqlite3_column_int64(s, 0);
        sqlite3_finalize(s);
        s = NULL;
        int64_t total = sqlite3_backup_pagecount(backup), left = sqlite3_backup_remaining(backup);
        if (!watch->go_on(watch->context, (total - left) * page, total * page)) code = SQLITE_INTERRUPT;
    }
    int last = sqlite3_backup_finish(backup);
    return last == SQLITE_OK && code != SQLITE_DONE ? code : last;
}

static enum err sqlite_copy_to(struct db *db, const char *path, const struct db_copy_watch *watch)
{
    sqlite3 *target = NULL;
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) {
        (void)snprintf(db->error, sizeof db->error, "%s", strerror(errno));
        return err_from_errno(errno);
    }
    close(fd);
    int code = sqlite3_open_v2(path, &target, SQLITE_OPEN_READWRITE, NULL);
    if (code == SQLITE_OK) code = sqlite3_exec(db->native, "SELECT 1 FROM sqlite_schema LIMIT 1", NULL, NULL, NULL); /* now the snapshot is taken */
    sqlite3_backup *backup = code == SQLITE_OK ? sqlite3_backup_init(target, "main", db->native, "main") : NULL;
    if (backup) code = copy_pages(backup, target, watch);
    else if (code == SQLITE_OK) code = target ? sqlite3_errcode(target) : SQLITE_NOMEM;
    enum err e = code == SQLITE_OK ? OK : code == SQLITE_INTERRUPT ? ERR_TIMEOUT : classify_code(code);
    int number = 0; /* a limit on file sizes, or a quota */
    if (e == ERR_IO && sqlite3_file_control(target, "main", SQLITE_FCNTL_LAST_ERRNO, &number) == SQLITE_OK && (number == EFBIG || number == EDQUOT)) e = ERR_FULL;
    if (e != OK) (void)snprintf(db->error, sizeof db->error, "%s", sqlite3_errstr(code));
    sqlite3_close(target);
    return e;
}

static void sqlite_put_phrase(struct buf *out, const struct db_phrase *phrase, bool first)
{
    buf_printf(out, "%s%s : \"%s\"%s", first ? "" : " AND ", phrase->marked ? "marked" : "plain", phrase->words, phrase->begins ? " *" : "");
}

static void sqlite_put_columns(struct buf *out, unsigned columns)
{
    static const char *const names[] = {"name", "whole", "rest", "tail"}; /* as DB_RECORD_NAME and its sisters */
    buf_puts(out, "{");
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (columns >> i & 1) buf_printf(out, " %s", names[i]);
    buf_puts(out, "} : ");
}

/* Words have only letters and digits, so that nothing of the query's language can be in them. */
static void sqlite_put_term(struct buf *out, const struct db_term *term, bool first)
{
    buf_puts(out, first ? "(" : " AND (");
    sqlite_put_columns(out, term->columns);
    buf_printf(out, "\"%s\"%s", term->word, term->begins ? " *" : "");
    if (term->other) {
        buf_puts(out, " OR ");
        sqlite_put_columns(out, term->other_columns);
        buf_printf(out, "\"%s\"%s", term->other, term->begins ? " *" : "");
    }
    buf_puts(out, ")");
}

#define OF_ENTRY \
    "(SELECT name FROM find_entry WHERE place = $1), (SELECT whole FROM find_entry WHERE place = $1), (SELECT rest FROM find_entry WHERE place = $1), " \
    "(SELECT tail FROM find_entry WHERE place = $1)"

static const struct db_word_index sqlite_words = {
    .texts = {[DB_WORDS_ADD] = {"words_add", "INSERT INTO paper_words(rowid, plain, marked) VALUES($1, $2, $3)", "itt", ""},
              [DB_WORDS_FIND] = {"words_find", "SELECT rowid FROM paper_words WHERE paper_words MATCH $1 ORDER BY rowid", "t", "i"},
              /* Values of one row each: an INSERT … SELECT would make the index write a piece of itself at every row, in case the next one fails. */
              [DB_RECORDS_ADD] = {"records_add", "INSERT INTO find_words(rowid, name, whole, rest, tail) VALUES($1, " OF_ENTRY ")", "i", ""},
              [DB_RECORDS_REMOVE] = {"records_remove", "INSERT INTO find_words(find_words, rowid, name, whole, rest, tail) VALUES('delete', $1, " OF_ENTRY ")", "i", ""},
              [DB_RECORDS_FORGET] = {"records_forget", "INSERT INTO find_words(find_words) VALUES('delete-all')", "", ""},
              [DB_RECORDS_FIND] = {"records_find", "SELECT e.place, e.subject_id, e.name, e.whole, e.rest FROM find_words JOIN find_entry e "
                                   "ON e.place = find_words.rowid WHERE find_words MATCH $1 AND find_words.rowid >= $2 AND find_words.rowid < $3 "
                                   "ORDER BY find_words.rowid LIMIT $4", "tiii", "iittt"},
              [DB_RECORDS_COUNT] = {"records_count", "SELECT COUNT(*) FROM find_words_docsize", "", "i"}},
    .put_phrase = sqlite_put_phrase,
    .put_term = sqlite_put_term,
};

const struct db_driver db_driver_sqlite = {
    .open = sqlite_open,
    .close = sqlite_close,
    .prepare = sqlite_prepare,
    .finalize = sqlite_finalize,
    .bind_i64 = sqlite_bind_i64,
    .bind_text = sqlite_bind_text,
    .step = sqlite_step,
    .column_i64 = sqlite_column_i64,
    .column_text = sqlite_column_text,
    .column_is_null = sqlite_column_is_null,
    .reset = sqlite_reset,
    .changes = sqlite_changes,
    .run_schema = sqlite_run_schema,
    .frame = sqlite_frame,
    .in_transaction = sqlite_in_transaction,
    .change_mark = sqlite_change_mark,
    .copy_to = sqlite_copy_to,
    .lift_forever = sqlite_lift_forever,
    .compact = sqlite_compact,
    .words = &sqlite_words,
};
