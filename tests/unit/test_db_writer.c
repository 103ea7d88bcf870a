/* # threads: also under the thread sanitizer */
/* The writer thread: group commit, neighbours that do not spoil one another, a full disk, a bounded queue. */
#include "core/base/clock.h"
#include "core/base/crypto.h"
#include "core/db/driver.h"
#include "core/db/writer.h"
#include "tests/unit/check.h"

#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

enum { ADD, TOTAL };
static const struct db_statement_text statements[] = {
    {"add", "INSERT INTO item(id, body) VALUES($1, $2)", "it", ""},
    {"total", "SELECT COUNT(*) FROM item", "", "i"},
};
static const struct db_migration migrations[] = {{"0001-first", "CREATE TABLE item (id BIGINT PRIMARY KEY, body TEXT)"}};
static const struct db_catalogue catalogue_here = {statements, 2, migrations, 1};

struct piece {
    struct writer_work work;
    int64_t id;
    const char *body;
    enum err fail_with; /* after having written */
    int runs, dones;
    pthread_mutex_t *gate; /* waits for it inside the transaction */
};

static enum err apply(struct db *db, void *arg, struct fault *fault)
{
    struct piece *piece = arg;
    (void)__atomic_add_fetch(&piece->runs, 1, __ATOMIC_RELEASE);
    if (piece->gate) {
        pthread_mutex_lock(piece->gate);
        pthread_mutex_unlock(piece->gate);
    }
    struct db_value values[] = {{DB_TYPE_I64, piece->id, NULL}, {DB_TYPE_TEXT, 0, piece->body ? piece->body : "x"}};
    enum err e = db_execute(db, ADD, values, 2);
    if (e != OK) return db_fault(db, e, fault, "add");
    return piece->fail_with ? fault_set(fault, piece->fail_with, "piece %d", (int)piece->id) : OK;
}

static void done(struct writer_work *work)
{
    ((struct piece *)work->arg)->dones++;
}

static struct db *open_db(const char *path)
{
    struct db *db = NULL;
    if (db_open(&catalogue_here, path, DB_CREATE, &db, NULL) != OK || db_migrate(db, NULL) != OK) exit(1);
    return db;
}

static int64_t total(const char *path)
{
    struct arena arena = {0};
    struct db_value *rows = NULL;
    size_t n = 0;
    struct db *db = open_db(path);
    int64_t count = db_fetch(db, &arena, TOTAL, NULL, 0, &rows, &n) == OK && n == 1 ? rows[0].i64 : -1;
    arena_release(&arena);
    db_close(db);
    return count;
}

static enum err submit(struct writer *writer, struct piece *piece)
{
    piece->work = (struct writer_work){.apply = apply, .done = done, .arg = piece};
    return writer_submit(writer, &piece->work);
}

struct gathered {
    int begins, ends;
};

static void begin(void *context)
{
    ((struct gathered *)context)->begins++;
}

/* What was gathered joins the same transaction. */
static enum err end(struct db *db, void *context)
{
    struct gathered *gathered = context;
    struct db_value values[] = {{DB_TYPE_I64, 100000 + ++gathered->ends, NULL}, {DB_TYPE_TEXT, 0, "end"}};
    return db_execute(db, ADD, values, 2);
}

static const struct writer_config plain = {0};

#define MANY 400
static void test_groups(struct check *c, const char *path)
{
    pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
    struct piece *pieces = calloc(MANY, sizeof *pieces);
    struct writer *writer = NULL;
    struct writer_figures figures = {0};
    struct gathered gathered = {0};
    struct writer_config config = {.begin = begin, .end = end, .context = &gathered};
    CHECK(c, writer_start(open_db(path), &config, &writer) == OK);
    pthread_mutex_lock(&gate);
    for (int i = 0; i < MANY; i++) { /* all queue up behind the first */
        pieces[i] = (struct piece){.id = i + 1, .gate = i == 0 ? &gate : NULL, .fail_with = i % 7 == 3 ? ERR_INPUT : OK};
        CHECK(c, submit(writer, &pieces[i]) == OK);
    }
    pthread_mutex_unlock(&gate);
    struct piece last = {.id = 5000};
    CHECK(c, writer_run(writer, apply, &last, NULL) == OK);
    writer_read_figures(writer, &figures);
    writer_stop(writer);
    int failed = 0;
    for (int i = 0; i < MANY; i++) {
        CHECK(c, pieces[i].dones == 1 && pieces[i].work.result == pieces[i].fail_with);
        failed += pieces[i].work.result != OK;
        if (pieces[i].fail_with) CHECK(c, strncmp(pieces[i].work.fault.text, "piece ", 6) == 0);
    }
    CHECK(c, total(path) == MANY - failed + 1 + gathered.ends);
    CHECK(c, figures.commits >= 1 && figures.commits <= 5 && figures.pieces == MANY + 1); /* hundreds of pieces, a handful of fsyncs */
    CHECK(c, gathered.ends == figures.commits && gathered.begins >= gathered.ends);
    CHECK(c, figures.longest_queue > 100);
    free(pieces);
}

/* A disk that is full for the big one only: its neighbours are stored. */
static void test_full(struct check *c, const char *path)
{
    char limit[64];
    pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
    struct db *db = open_db(path);
    struct writer *writer = NULL;
    size_t length = 4 << 20;
    char *big = malloc(length + 1);
    memset(big, 'b', length);
    big[length] = '\0';
    (void)snprintf(limit, sizeof limit, "PRAGMA max_page_count=%d", 200);
    CHECK(c, db->driver->run_schema(db, limit) == OK);
    struct piece pieces[5] = {{.id = 9001, .gate = &gate}, {.id = 9002}, {.id = 9003, .body = big}, {.id = 9004}, {.id = 9005, .fail_with = ERR_CONFLICT}};
    int64_t before = total(path);
    CHECK(c, writer_start(db, &plain, &writer) == OK);
    pthread_mutex_lock(&gate);
    for (int i = 0; i < 5; i++) CHECK(c, submit(writer, &pieces[i]) == OK);
    pthread_mutex_unlock(&gate);
    struct piece after = {.id = 9006};
    CHECK(c, writer_run(writer, apply, &after, NULL) == OK);
    writer_stop(writer);
    CHECK(c, pieces[0].work.result == OK && pieces[1].work.result == OK && pieces[3].work.result == OK);
    CHECK(c, pieces[2].work.result == ERR_FULL);
    CHECK(c, pieces[4].work.result == ERR_CONFLICT);
    for (int i = 0; i < 5; i++) CHECK(c, pieces[i].dones == 1);
    CHECK(c, total(path) == before + 4);
    free(big);
}

static void test_queue_limit(struct check *c, const char *path)
{
    pthread_mutex_t gate = PTHREAD_MUTEX_INITIALIZER;
    struct writer *writer = NULL;
    struct piece *pieces = calloc(WRITER_QUEUE_LIMIT + 3, sizeof *pieces);
    int refused = 0;
    CHECK(c, writer_start(open_db(path), &plain, &writer) == OK);
    pthread_mutex_lock(&gate);
    pieces[0] = (struct piece){.id = 20000, .gate = &gate};
    CHECK(c, submit(writer, &pieces[0]) == OK);
    int64_t deadline = clock_steady_ms() + 5000;
    while (__atomic_load_n(&pieces[0].runs, __ATOMIC_ACQUIRE) == 0 && clock_steady_ms() < deadline) clock_sleep_ms(1);
    for (int i = 1; i < WRITER_QUEUE_LIMIT + 3; i++) {
        pieces[i] = (struct piece){.id = 20000 + i};
        enum err e = submit(writer, &pieces[i]);
        CHECK(c, e == OK || e == ERR_BUSY);
        if (e != OK) {
            refused++;
            CHECK(c, i > WRITER_QUEUE_LIMIT);
        }
    }
    CHECK(c, refused == 2);
    pthread_mutex_unlock(&gate);
    writer_stop(writer); /* finishes what is queued */
    int dones = 0;
    for (int i = 0; i < WRITER_QUEUE_LIMIT + 3; i++) dones += pieces[i].dones;
    CHECK(c, dones == WRITER_QUEUE_LIMIT + 1);
    free(pieces);
}

int main(void)
{
    struct check c = {0};
    char folder[] = "/tmp/plenum-writer-XXXXXX", path[64], command[96];
    if (crypto_init() != OK || !mkdtemp(folder)) return 1;
    (void)snprintf(path, sizeof path, "%s/a.db", folder);
    test_groups(&c, path);
    test_full(&c, path);
    test_queue_limit(&c, path);
    (void)snprintf(command, sizeof command, "rm -rf '%s'", folder);
    CHECK(&c, system(command) == 0);
    return check_done(&c, "db writer");
}
