/* # threads: also under the thread sanitizer */
/* The SQL seam on SQLite: opening, statements, transactions, migrations. The writer thread: test_db_writer.c. */
#include "core/base/crypto.h"
#include "core/db/db.h"
#include "core/db/driver.h"
#include "tests/unit/check.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { ADD, LIST, SWAPPED, COUNT };
static const struct db_statement_text statements[] = {
    {"add", "INSERT INTO item(id, name, size) VALUES($1, $2, $3)", "iti", ""},
    {"list", "SELECT id, name, size FROM item ORDER BY id", "", "iti"},
    {"swapped", "SELECT $2, $1, CAST($10 AS BIGINT), $3, $4, $5, $6, $7, $8, $9", "tttttttttt", "ttitttttt" "t"},
    {"count", "SELECT COUNT(*) FROM item", "", "i"},
};
static const struct db_migration migrations[] = {
    {"0001-first", "CREATE TABLE item (id BIGINT PRIMARY KEY, name TEXT NOT NULL UNIQUE, size BIGINT)"},
    {"0002-second", "ALTER TABLE item ADD COLUMN color TEXT"},
};
static const struct db_migration edited[] = {
    {"0001-first", "CREATE TABLE item (id BIGINT PRIMARY KEY, name TEXT NOT NULL, size BIGINT)"},
    {"0002-second", "ALTER TABLE item ADD COLUMN color TEXT"},
};
static const struct db_migration failing[] = {
    {"0001-first", "CREATE TABLE item (id BIGINT PRIMARY KEY, name TEXT NOT NULL UNIQUE, size BIGINT)"},
    {"0002-second", "ALTER TABLE item ADD COLUMN color TEXT"},
    {"0003-third", "CREATE TABLE half (id BIGINT PRIMARY KEY)"},
    {"0004-fourth", "CREATE TABLE item (id BIGINT PRIMARY KEY)"},
};
static const struct db_catalogue first = {statements, 4, migrations, 1}, both = {statements, 4, migrations, 2}, changed = {statements, 4, edited, 2},
                                 bad = {statements, 4, failing, 4};

static struct db *open_at(struct check *c, const struct db_catalogue *catalogue, const char *path, enum db_mode mode)
{
    struct db *db = NULL;
    struct fault fault = {0};
    if (!CHECK(c, db_open(catalogue, path, mode, &db, &fault) == OK)) printf("# %s\n", fault.text);
    return db;
}

static enum err add(struct db *db, int64_t id, const char *name, int64_t size)
{
    struct db_value values[] = {{DB_TYPE_I64, id, NULL}, {name ? DB_TYPE_TEXT : DB_TYPE_NULL, 0, name}, {size == DB_NULL ? DB_TYPE_NULL : DB_TYPE_I64, size, NULL}};
    return db_execute(db, ADD, values, 3);
}

static int64_t count_items(struct db *db)
{
    struct arena arena = {0};
    struct db_value *rows = NULL;
    size_t n = 0;
    enum err e = db_fetch(db, &arena, COUNT, NULL, 0, &rows, &n);
    int64_t total = e == OK && n == 1 ? rows[0].i64 : -1;
    arena_release(&arena);
    return total;
}

static void test_migrations(struct check *c, const char *path)
{
    struct fault fault = {0};
    struct db *db = NULL;
    CHECK(c, db_open(&both, path, DB_READ, &db, &fault) == ERR_NOT_FOUND);
    CHECK(c, db == NULL && fault.text[0]);
    db = open_at(c, &first, path, DB_CREATE);
    struct stat st;
    CHECK(c, stat(path, &st) == 0 && (st.st_mode & 0777) == 0600);
    CHECK(c, db_migrate(db, &fault) == OK);
    CHECK(c, add(db, 1, "one", 7) == OK);
    db_close(db);
    db = open_at(c, &both, path, DB_WRITE);
    CHECK(c, db_check_schema(db, &fault) == ERR_CONFLICT);
    CHECK(c, strstr(fault.text, "0002-second") != NULL);
    CHECK(c, db_migrate(db, &fault) == OK);
    CHECK(c, db_check_schema(db, &fault) == OK);
    CHECK(c, db_migrate(db, &fault) == OK);
    CHECK(c, count_items(db) == 1);
    CHECK(c, db_prepare_all(db, &fault) == OK);
    db_close(db);
    db = open_at(c, &changed, path, DB_WRITE);
    CHECK(c, db_migrate(db, &fault) == ERR_CONFLICT);
    CHECK(c, strstr(fault.text, "0001-first") != NULL);
    CHECK(c, db_check_schema(db, &fault) == ERR_CONFLICT);
    db_close(db);
    db = open_at(c, &first, path, DB_WRITE); /* an older program */
    CHECK(c, db_migrate(db, &fault) == ERR_CONFLICT);
    CHECK(c, strstr(fault.text, "newer") != NULL);
    db_close(db);
    db = open_at(c, &bad, path, DB_WRITE); /* 0004 fails: 0003 goes with it */
    CHECK(c, db_migrate(db, &fault) != OK);
    CHECK(c, !db_in_transaction(db));
    CHECK(c, db->driver->run_schema(db, "SELECT * FROM half") != OK);
    db_close(db);
    db = open_at(c, &both, path, DB_WRITE);
    CHECK(c, db_check_schema(db, &fault) == OK);
    db_close(db);
}

static void test_statements(struct check *c, const char *path)
{
    struct arena arena = {0};
    struct db_value *rows = NULL, ten[10];
    size_t n = 0;
    struct db *db = open_at(c, &both, path, DB_WRITE);
    CHECK(c, add(db, 2, "hai", DB_NULL) == OK);
    CHECK(c, add(db, 3, "hai", 1) == ERR_CONFLICT);
    CHECK(c, strstr(db_error(db), "item.name") != NULL);
    CHECK(c, add(db, 4, NULL, 1) == ERR_CONFLICT);
    CHECK(c, db_execute(db, ADD, ten, 2) == ERR_BUG);
    CHECK(c, db_execute(db, 99, ten, 0) == ERR_BUG);
    CHECK(c, db_fetch(db, &arena, LIST, NULL, 0, &rows, &n) == OK && n == 2);
    CHECK(c, rows[0].type == DB_TYPE_I64 && rows[0].i64 == 1 && rows[2].i64 == 7);
    CHECK(c, rows[3].i64 == 2 && rows[5].type == DB_TYPE_NULL);
    CHECK_TEXT(c, rows[4].text, "hai");
    static const char *const names[] = {"1", "2", "3", "4", "5", "6", "7", "8", "9", "10"};
    for (int i = 0; i < 10; i++) ten[i] = (struct db_value){DB_TYPE_TEXT, 0, names[i]};
    CHECK(c, db_fetch(db, &arena, SWAPPED, ten, 10, &rows, &n) == OK && n == 1); /* "$1" is a name in SQLite */
    CHECK_TEXT(c, rows[0].text, "2");
    CHECK_TEXT(c, rows[1].text, "1");
    CHECK(c, rows[2].i64 == 10);
    db_close(db);
    db = open_at(c, &both, path, DB_READ);
    CHECK(c, add(db, 9, "nine", 9) == ERR_DENIED);
    db_close(db);
    static const struct db_statement_text typo[] = {{"typo", "SELECT nothing FROM item", "", "t"}};
    static const struct db_statement_text wrong_count[] = {{"wrong", "SELECT id, name FROM item WHERE id = $1", "i", "i"}};
    const struct db_catalogue typos = {typo, 1, migrations, 2}, wrongs = {wrong_count, 1, migrations, 2};
    struct fault fault = {0};
    db = open_at(c, &typos, path, DB_READ);
    CHECK(c, db_prepare_all(db, &fault) != OK && strstr(fault.text, "typo") != NULL);
    db_close(db);
    db = open_at(c, &wrongs, path, DB_READ);
    CHECK(c, db_prepare_all(db, &fault) == ERR_BUG);
    db_close(db);
    arena_release(&arena);
}

static enum err add_two_then_fail(struct db *db, void *arg, struct fault *fault)
{
    (void)add(db, 100, "hundred", 1);
    *(int *)arg += 1;
    return fault_set(fault, ERR_INPUT, "on purpose");
}

static enum err add_pieces(struct db *db, void *arg, struct fault *fault)
{
    struct check *c = arg;
    (void)fault;
    CHECK(c, db_savepoint(db) == OK && add(db, 10, "ten", 1) == OK && db_savepoint_release(db) == OK);
    CHECK(c, db_savepoint(db) == OK && add(db, 11, "eleven", 1) == OK && add(db, 12, "ten", 1) == ERR_CONFLICT && db_savepoint_rollback(db) == OK);
    CHECK(c, db_in_transaction(db));
    CHECK(c, db_savepoint(db) == OK && add(db, 13, "thirteen", 1) == OK && db_savepoint_release(db) == OK);
    return OK;
}

static void test_transactions(struct check *c, const char *path)
{
    struct fault fault = {0};
    int runs = 0;
    int64_t before, after;
    struct db *db = open_at(c, &both, path, DB_WRITE), *reader = open_at(c, &both, path, DB_READ);
    int64_t had = count_items(db);
    CHECK(c, db_transaction(db, add_two_then_fail, &runs, &fault) == ERR_INPUT);
    CHECK(c, runs == 1);
    CHECK_TEXT(c, fault.text, "on purpose");
    CHECK(c, count_items(db) == had && !db_in_transaction(db));
    CHECK(c, db_change_mark(reader, &before) == OK);
    CHECK(c, db_snapshot_begin(reader) == OK && count_items(reader) == had);
    CHECK(c, db_transaction(db, add_pieces, c, &fault) == OK);
    CHECK(c, count_items(db) == had + 2);
    CHECK(c, count_items(reader) == had); /* one unchanging view */
    db_snapshot_end(reader);
    CHECK(c, count_items(reader) == had + 2);
    CHECK(c, db_change_mark(reader, &after) == OK && after != before);
    db_close(reader);
    db_close(db);
}

struct holder {
    struct db *db;
};

static void *hold_the_lock(void *arg)
{
    struct holder *holder = arg;
    usleep(150000);
    (void)db_commit(holder->db);
    return NULL;
}

static enum err add_one(struct db *db, void *arg, struct fault *fault)
{
    (void)fault;
    *(int *)arg += 1;
    return add(db, 200, "two hundred", 1);
}

/* Another program writes: ours waits and then goes on. */
static void test_busy(struct check *c, const char *path)
{
    struct fault fault = {0};
    struct db *db = open_at(c, &both, path, DB_WRITE), *other = open_at(c, &both, path, DB_WRITE);
    struct holder holder = {other};
    pthread_t thread;
    int runs = 0;
    CHECK(c, db_begin(other) == OK && add(other, 201, "other", 1) == OK);
    CHECK(c, pthread_create(&thread, NULL, hold_the_lock, &holder) == 0);
    CHECK(c, db_transaction(db, add_one, &runs, &fault) == OK);
    CHECK(c, runs == 1);
    pthread_join(thread, NULL);
    db_close(other);
    db_close(db);
}

static void test_copy(struct check *c, const char *path)
{
    char copy[128];
    struct fault fault = {0};
    (void)snprintf(copy, sizeof copy, "%s.copy", path);
    struct db *db = open_at(c, &both, path, DB_READ);
    CHECK(c, db_copy_to(db, copy, &fault) == OK);
    struct db *second = open_at(c, &both, copy, DB_WRITE);
    CHECK(c, count_items(second) == count_items(db) && count_items(db) > 3);
    CHECK(c, add(second, 999, "only here", 1) == OK && count_items(second) == count_items(db) + 1);
    int64_t items = count_items(second);
    CHECK(c, db_copy_to(db, copy, &fault) == ERR_CONFLICT && count_items(second) == items); /* what is there is never written over */
    db_close(second);
    db_close(db);
}

int main(void)
{
    struct check c = {0};
    char folder[] = "/tmp/plenum-db-XXXXXX", path[64], command[96];
    if (crypto_init() != OK || !mkdtemp(folder)) return 1;
    (void)snprintf(path, sizeof path, "%s/a.db", folder);
    test_migrations(&c, path);
    test_statements(&c, path);
    test_transactions(&c, path);
    test_busy(&c, path);
    test_copy(&c, path);
    (void)snprintf(command, sizeof command, "rm -rf '%s'", folder);
    CHECK(&c, system(command) == 0);
    return check_done(&c, "db");
}
