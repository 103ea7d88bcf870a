/* Following a database: under writers in two threads and resets of the log, the copy is at each look a database as it was at one commit, and the last step
 * has everything. */
#include "core/base/clock.h"
#include "core/base/crypto.h"
#include "core/base/file.h"
#include "core/db/db.h"
#include "core/db/follow.h"
#include "tests/unit/check.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Each transaction adds a row to two tables: a copy between two commits would have them unlike. */
static const struct db_statement_text statements[] = {
    {"put_a", "INSERT INTO a(id, text) VALUES($1, $2)", "it", ""},
    {"put_b", "INSERT INTO b(id, text) VALUES($1, $2)", "it", ""},
    {"count_a", "SELECT COUNT(*), COALESCE(MAX(id), 0) FROM a", "", "ii"},
    {"count_b", "SELECT COUNT(*), COALESCE(MAX(id), 0) FROM b", "", "ii"},
};
static const struct db_migration migrations[] = {{"0001-first",
    "CREATE TABLE a(id BIGINT PRIMARY KEY, text TEXT NOT NULL);\nCREATE TABLE b(id BIGINT PRIMARY KEY, text TEXT NOT NULL);\n"}};
static const struct db_catalogue catalogue = {statements, 4, migrations, 1};

struct writing {
    const char *path;
    atomic_bool stop;
    _Atomic int64_t done;
};

static enum err put_pair(struct db *db, void *arg, struct fault *fault)
{
    char text[600];
    struct db_value values[2] = {{.type = DB_TYPE_I64, .i64 = *(int64_t *)arg}, {.type = DB_TYPE_TEXT, .text = text}};
    memset(text, 'x', sizeof text);
    text[sizeof text - 1] = '\0';
    enum err e = db_execute(db, 0, values, 2);
    if (e == OK) e = db_execute(db, 1, values, 2);
    return e == OK ? OK : db_fault(db, e, fault, "put");
}

static void *write_on(void *arg)
{
    struct writing *w = arg;
    struct db *db = NULL;
    struct fault fault = {0};
    if (db_open(&catalogue, w->path, DB_WRITE, &db, &fault) != OK) return NULL;
    while (!atomic_load(&w->stop)) {
        int64_t id = atomic_load(&w->done) + 1;
        if (db_transaction(db, put_pair, &id, &fault) != OK) break;
        atomic_store(&w->done, id);
    }
    db_close(db);
    return NULL;
}

static void read_pair(struct db *db, size_t statement, int64_t *ret_count, int64_t *ret_last)
{
    struct arena arena = {0};
    struct db_value *rows = NULL;
    size_t count = 0;
    *ret_count = *ret_last = -1;
    if (db_fetch(db, &arena, statement, NULL, 0, &rows, &count) == OK && count == 1) {
        *ret_count = rows[0].i64;
        *ret_last = rows[1].i64;
    }
    arena_release(&arena);
}

static bool copy_bytes(const char *from, const char *to)
{
    struct arena arena = {0};
    char *data;
    size_t length;
    struct fault fault;
    bool good = file_read(&arena, from, 1u << 30, &data, &length, &fault) == OK && file_write_atomic(to, data, length, 0600, &fault) == OK;
    arena_release(&arena);
    return good;
}

/* As a kill leaves it: the files are taken away as they are, and opened elsewhere. Gives the last row that both tables have. */
static int64_t look_at(struct check *c, const char *folder, const char *copy)
{
    struct arena arena = {0};
    struct fault fault = {0};
    struct db *db = NULL;
    int64_t a = 0, last_a = 0, b = 0, last_b = 0;
    char *taken = file_join(&arena, folder, "taken.db"), *log = arena_printf(&arena, "%s-wal", copy), *taken_log = arena_printf(&arena, "%s-wal", taken);
    (void)unlink(taken_log);
    (void)unlink(arena_printf(&arena, "%s-shm", taken));
    CHECK(c, copy_bytes(copy, taken));
    if (file_exists(log)) CHECK(c, copy_bytes(log, taken_log));
    CHECK(c, db_file_check(taken, &fault) == OK);
    CHECK(c, db_open(&catalogue, taken, DB_WRITE, &db, &fault) == OK);
    if (db) {
        read_pair(db, 2, &a, &last_a);
        read_pair(db, 3, &b, &last_b);
    }
    CHECK(c, a == b && last_a == last_b && a == last_a);
    db_close(db);
    arena_release(&arena);
    return last_a;
}

static void test_follow(struct check *c, const char *folder)
{
    struct arena arena = {0};
    struct fault fault = {0};
    struct db *db = NULL;
    struct db_follow *follow = NULL;
    struct writing writing = {.path = file_join(&arena, folder, "source.db")};
    const char *copy = file_join(&arena, folder, "copy.db");
    int64_t bytes = 0, most = 0, id = 1;
    pthread_t thread;
    CHECK(c, db_open(&catalogue, writing.path, DB_CREATE, &db, &fault) == OK && db_migrate(db, &fault) == OK);
    CHECK(c, db_transaction(db, put_pair, &id, &fault) == OK);
    writing.done = 1;
    CHECK(c, db_follow_open(writing.path, copy, &writing.stop, &follow, &fault) == OK);
    CHECK(c, db_follow_step(follow, &bytes, &fault) == OK && bytes > 0);
    CHECK(c, look_at(c, folder, copy) == 1);
    CHECK(c, pthread_create(&thread, NULL, write_on, &writing) == 0);
    int64_t until = clock_steady_ms() + 60000;
    /* About 3 pages a row: enough for several beginnings of the log. */
    for (int i = 0; atomic_load(&writing.done) < 3000 && clock_steady_ms() < until; i++) {
        int64_t before = atomic_load(&writing.done);
        enum err e = db_follow_step(follow, &bytes, &fault);
        if (e != OK) printf("# %s\n", fault.text);
        CHECK(c, e == OK);
        if (i > 0 && bytes > most) most = bytes;
        if (i % 20 == 0) CHECK(c, look_at(c, folder, copy) >= before);
        if (e != OK) break;
        clock_sleep_ms(i % 3 * 5);
    }
    atomic_store(&writing.stop, true);
    pthread_join(thread, NULL);
    atomic_store(&writing.stop, false);
    CHECK(c, db_follow_step(follow, &bytes, &fault) == OK);
    CHECK(c, look_at(c, folder, copy) == atomic_load(&writing.done));
    CHECK(c, atomic_load(&writing.done) >= 1000);
    CHECK(c, db_follow_step(follow, &bytes, &fault) == OK && bytes == 0); /* nothing changed: nothing is written */
    struct arena scratch = {0};
    char *log = arena_printf(&scratch, "%s-wal", writing.path), *data;
    size_t length = 0;
    CHECK(c, file_read(&scratch, log, 1u << 30, &data, &length, &fault) == OK);
    printf("# %lld rows; most of one step %lld bytes; the source's log %zu bytes\n", (long long)writing.done, (long long)most, length);
    CHECK(c, length < 40u * 1024 * 1024); /* it was begun anew: all rows together are more */
    arena_release(&scratch);
    db_follow_close(follow);
    /* A new follower, on a folder that holds an older copy. */
    follow = NULL;
    id = writing.done + 1;
    CHECK(c, db_transaction(db, put_pair, &id, &fault) == OK);
    CHECK(c, db_follow_open(writing.path, copy, &writing.stop, &follow, &fault) == OK && db_follow_step(follow, &bytes, &fault) == OK);
    CHECK(c, look_at(c, folder, copy) == id);
    db_follow_close(follow);
    db_close(db);
    arena_release(&arena);
}

/* A folder that goes away is an error, and the source goes on. */
/* After a clean stop and a start the log is empty, and may be so until the first guest comes: the copy is whole all the same, and follows then. */
static void test_quiet(struct check *c, const char *folder)
{
    struct arena arena = {0};
    struct fault fault = {0};
    struct db *db = NULL;
    struct db_follow *follow = NULL;
    atomic_bool stop = false;
    const char *path = file_join(&arena, folder, "quiet.db"), *copy = file_join(&arena, folder, "quiet-copy.db");
    int64_t bytes = 0, id = 1;
    CHECK(c, db_open(&catalogue, path, DB_CREATE, &db, &fault) == OK && db_migrate(db, &fault) == OK && db_transaction(db, put_pair, &id, &fault) == OK);
    db_close(db); /* the last one folds the log in */
    CHECK(c, !file_exists(arena_printf(&arena, "%s-wal", path)));
    db = NULL;
    CHECK(c, db_open(&catalogue, path, DB_WRITE, &db, &fault) == OK);
    CHECK(c, db_follow_open(path, copy, &stop, &follow, &fault) == OK);
    enum err e = db_follow_step(follow, &bytes, &fault);
    if (e != OK) printf("# %s\n", fault.text);
    CHECK(c, e == OK && bytes > 0 && look_at(c, folder, copy) == 1);
    CHECK(c, db_follow_step(follow, &bytes, &fault) == OK && bytes == 0);
    for (id = 2; id <= 300; id++) {
        CHECK(c, db_transaction(db, put_pair, &id, &fault) == OK);
        if (id % 7 == 2) CHECK(c, db_follow_step(follow, &bytes, &fault) == OK);
        if (id % 98 == 2) CHECK(c, look_at(c, folder, copy) == id);
    }
    CHECK(c, db_follow_step(follow, &bytes, &fault) == OK && look_at(c, folder, copy) == 300);
    db_follow_close(follow);
    db_close(db);
    arena_release(&arena);
}

static void test_gone(struct check *c, const char *folder)
{
    struct arena arena = {0};
    struct fault fault = {0};
    struct db_follow *follow = NULL;
    atomic_bool stop = false;
    int64_t bytes;
    const char *source = file_join(&arena, folder, "source.db");
    CHECK(c, db_follow_open(source, file_join(&arena, folder, "nowhere/copy.db"), &stop, &follow, &fault) == OK);
    CHECK(c, db_follow_step(follow, &bytes, &fault) == ERR_NOT_FOUND && strstr(fault.text, "nowhere") != NULL);
    db_follow_close(follow);
    arena_release(&arena);
}

int main(void)
{
    char folder[] = "/tmp/plenum-follow-XXXXXX", command[64];
    struct check check = {0}, *c = &check;
    if (crypto_init() != OK || !mkdtemp(folder)) return 1;
    test_follow(&check, folder);
    test_quiet(&check, folder);
    test_gone(&check, folder);
    (void)snprintf(command, sizeof command, "rm -rf %s", folder);
    CHECK(c, system(command) == 0);
    return check_done(&check, "db_follow");
}
