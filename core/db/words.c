#include "core/db/words.h"
#include "core/base/buf.h"
#include "core/db/driver.h"

#include <stdlib.h>
#include <string.h>

bool db_has_words(const struct db *db)
{
    return db->driver->words != NULL;
}

static enum err start(struct db *db, enum db_word_statement which, struct db_statement **ret)
{
    if (!db->driver->words) return ERR_BUG;
    *ret = &db->words[which];
    return db_statement_prepare(db, &db->driver->words->texts[which], *ret);
}

enum err db_words_add(struct db *db, int64_t number, const char *plain, const char *marked)
{
    struct db_statement *s;
    enum err e = start(db, DB_WORDS_ADD, &s);
    if (e != OK) return e;
    db_bind_i64(s, 1, number);
    db_bind_text(s, 2, plain);
    db_bind_text(s, 3, marked);
    e = db_step(s);
    return db_statement_end(s, e == ERR_NOT_FOUND ? OK : e == OK ? ERR_BUG : e);
}

enum err db_words_find(struct db *db, const struct db_phrase *phrases, size_t count, enum err (*take)(void *context, int64_t number), void *context)
{
    struct db_statement *s;
    struct buf wanted;
    enum err e = start(db, DB_WORDS_FIND, &s);
    if (e != OK || !count) return e;
    buf_init(&wanted, BUF_LIMIT_LINE);
    for (size_t i = 0; i < count; i++) db->driver->words->put_phrase(&wanted, &phrases[i], i == 0);
    if (!buf_ok(&wanted)) e = ERR_LIMIT;
    if (e == OK) db_bind_text(s, 1, buf_text(&wanted));
    while (e == OK && (e = db_step(s)) == OK) e = take(context, db_column_i64(s, 0));
    e = db_statement_end(s, e == ERR_NOT_FOUND ? OK : e);
    buf_release(&wanted);
    return e;
}

static enum err with_place(struct db *db, enum db_word_statement which, int64_t place)
{
    struct db_statement *s;
    enum err e = start(db, which, &s);
    if (e != OK) return e;
    db_bind_i64(s, 1, place);
    e = db_step(s);
    return db_statement_end(s, e == ERR_NOT_FOUND ? OK : e == OK ? ERR_BUG : e);
}

enum err db_records_add(struct db *db, int64_t place)
{
    return with_place(db, DB_RECORDS_ADD, place);
}

enum err db_records_remove(struct db *db, int64_t place)
{
    return with_place(db, DB_RECORDS_REMOVE, place);
}

enum err db_records_forget(struct db *db)
{
    struct db_statement *s;
    enum err e = start(db, DB_RECORDS_FORGET, &s);
    if (e != OK) return e;
    e = db_step(s);
    return db_statement_end(s, e == ERR_NOT_FOUND ? OK : e == OK ? ERR_BUG : e);
}

enum err db_records_find(struct db *db, const struct db_term *terms, size_t count, const struct db_record_range *range,
                         enum err (*take)(void *context, const struct db_record *record), void *context)
{
    struct db_statement *s;
    struct buf wanted;
    enum err e = start(db, DB_RECORDS_FIND, &s);
    if (e != OK || !count) return e;
    buf_init(&wanted, BUF_LIMIT_LINE);
    for (size_t i = 0; i < count; i++) db->driver->words->put_term(&wanted, &terms[i], i == 0);
    if (!buf_ok(&wanted)) e = ERR_LIMIT;
    if (e == OK) {
        db_bind_text(s, 1, buf_text(&wanted));
        db_bind_i64(s, 2, range->from);
        db_bind_i64(s, 3, range->until);
        db_bind_i64(s, 4, range->most);
    }
    while (e == OK && (e = db_step(s)) == OK) {
        const struct db_record record = {db_column_i64(s, 0), db_column_i64(s, 1), db_column_text(s, 2), db_column_text(s, 3), db_column_text(s, 4)};
        e = record.name && record.whole && record.rest ? take(context, &record) : ERR_NOMEM;
    }
    e = db_statement_end(s, e == ERR_NOT_FOUND ? OK : e);
    buf_release(&wanted);
    return e;
}

enum err db_records_count(struct db *db, int64_t *ret)
{
    struct db_statement *s;
    enum err e = start(db, DB_RECORDS_COUNT, &s);
    if (e != OK) return e;
    e = db_step(s);
    if (e == OK) *ret = db_column_i64(s, 0);
    return db_statement_end(s, e);
}
