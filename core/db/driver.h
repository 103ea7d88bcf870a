/* What an engine must do for the seam; private to core/db. Keep it this narrow: a driver is a few hundred lines. */
#ifndef PLENUM_DB_DRIVER_H
#define PLENUM_DB_DRIVER_H

#include "core/base/buf.h"
#include "core/db/db.h"
#include "core/db/words.h"

#define DB_ERROR_SIZE 320

struct db_statement {
    struct db *db;
    void *native;
    int *slots;  /* native index of $1, $2, … */
    int parameter_count;
    bool is_short; /* there was no memory for a column's text: what was read of this row is void */
};

enum db_frame { DB_BEGIN_WRITE, DB_BEGIN_READ, DB_COMMIT, DB_ROLLBACK, DB_SAVEPOINT, DB_RELEASE, DB_ROLLBACK_TO, DB_FRAME_COUNT };

/* The engine's index of words (core/db/words.h). */
enum db_word_statement { DB_WORDS_ADD, DB_WORDS_FIND, DB_RECORDS_ADD, DB_RECORDS_REMOVE, DB_RECORDS_FORGET, DB_RECORDS_FIND, DB_RECORDS_COUNT, DB_WORD_STATEMENT_COUNT };
struct db_word_index {
    struct db_statement_text texts[DB_WORD_STATEMENT_COUNT];
    void (*put_phrase)(struct buf *out, const struct db_phrase *phrase, bool first); /* in the engine's language of queries */
    void (*put_term)(struct buf *out, const struct db_term *term, bool first);
};

struct db_driver {
    enum err (*open)(struct db *db, const char *url, enum db_mode mode);
    void (*close)(struct db *db);
    enum err (*prepare)(struct db *db, const struct db_statement_text *text, struct db_statement *s);
    void (*finalize)(struct db_statement *s);
    void (*bind_i64)(struct db_statement *s, int slot, int64_t value);
    void (*bind_text)(struct db_statement *s, int slot, const char *value);
    enum err (*step)(struct db_statement *s);
    int64_t (*column_i64)(struct db_statement *s, int column);
    const char *(*column_text)(struct db_statement *s, int column);
    bool (*column_is_null)(struct db_statement *s, int column);
    void (*reset)(struct db_statement *s);
    int64_t (*changes)(struct db *db);
    enum err (*frame)(struct db *db, enum db_frame frame);
    enum err (*run_schema)(struct db *db, const char *sql);    /* a migration, in the engine's words */
    bool (*in_transaction)(const struct db *db);
    enum err (*change_mark)(struct db *db, int64_t *ret_mark);
    enum err (*copy_to)(struct db *db, const char *path, const struct db_copy_watch *watch); /* within a snapshot; `watch` may be NULL */
    enum err (*lift_forever)(struct db *db, const char *table, bool lifted);
    enum err (*compact)(struct db *db);
    const struct db_word_index *words; /* NULL: the engine has none */
};

struct db {
    const struct db_driver *driver;
    const struct db_catalogue *catalogue;
    void *native;
    void *frames[DB_FRAME_COUNT];    /* prepared by the driver when first used */
    struct db_statement *statements; /* one per catalogue entry, prepared when first used */
    struct db_statement words[DB_WORD_STATEMENT_COUNT]; /* prepared when first used */
    char error[DB_ERROR_SIZE];
};

/* Makes `s` of the text unless it is made already (core/db/db.c). */
enum err db_statement_prepare(struct db *db, const struct db_statement_text *text, struct db_statement *s);

extern const struct db_driver db_driver_sqlite;

#endif
