/* # threads: also under the thread sanitizer */
/* Backup and restore: the same content on the other side, all or nothing, and nothing hostile gets out of the folder. */
#include "catalogue.h"
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/congress/store/backup.h"
#include "tests/unit/check.h"

#include <pthread.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct bench {
    struct check *c;
    char folder[64], data[96], file[96], other[96];
    struct fault fault;
};

static enum err add_blob(struct db *db, void *arg, struct fault *fault)
{
    (void)fault;
    const struct blob *blob = arg;
    struct sql_blob_insert_in in = {blob->sha256, blob->size, blob->media_type, 1, blob->crc};
    return sql_blob_insert(db, &in, NULL);
}

static void put(struct bench *b, struct store *store, const char *text, struct blob *ret)
{
    CHECK(b->c, blob_put_data(store->folder, text, strlen(text), ret, &b->fault) == OK);
    CHECK(b->c, db_transaction(store->db, add_blob, ret, &b->fault) == OK);
}

static void ignore(void *context, const char *sentence)
{
    (void)sentence;
    ++*(int *)context;
}

static int exists_beneath(const char *folder, const char *pattern)
{
    char command[256];
    (void)snprintf(command, sizeof command, "find '%s' -name '%s' | grep -q .", folder, pattern);
    return system(command) == 0;
}

static void test_round_trip(struct bench *b, struct blob *paper)
{
    struct check *c = b->c;
    struct store store = {0}, again = {0};
    struct backup_figures written = {0}, restored = {0};
    char path[128];
    CHECK(c, store_open(b->data, STORE_CREATE, &store, &b->fault) == OK);
    put(b, &store, "%PDF-1.7 one", paper);
    struct blob second;
    put(b, &store, "%PDF-1.7 two", &second);
    CHECK(c, setting_write(store.db, "public_url", "http://10.0.0.1") == OK);
    (void)snprintf(path, sizeof path, "%s/tls", b->data);
    CHECK(c, file_make_directories(path, &b->fault) == OK);
    (void)snprintf(path, sizeof path, "%s/tls/authority.key", b->data);
    CHECK(c, file_write_atomic(path, "key", 3, 0600, &b->fault) == OK);
    if (!CHECK(c, backup_write(&store, b->file, &written, &b->fault) == OK)) printf("# %s\n", b->fault.text);
    struct stat st;
    CHECK(c, stat(b->file, &st) == 0 && (st.st_mode & 0777) == 0600 && written.blobs == 2);
    CHECK(c, !exists_beneath(b->folder, "*.database-*"));
    CHECK(c, backup_restore(b->file, b->data, NULL, &b->fault) == ERR_CONFLICT);
    store_close(&store);
    if (!CHECK(c, backup_restore(b->file, b->other, &restored, &b->fault) == OK)) printf("# %s\n", b->fault.text);
    CHECK(c, restored.blobs == 2 && stat(b->other, &st) == 0 && (st.st_mode & 0777) == 0700);
    (void)snprintf(path, sizeof path, "%s/tls/authority.key", b->other);
    CHECK(c, stat(path, &st) == 0 && st.st_size == 3 && (st.st_mode & 0777) == 0600);
    struct arena arena = {0};
    const char *url = NULL;
    int64_t total = 0, bad = 0;
    int complaints = 0;
    CHECK(c, store_open(b->other, STORE_WRITE, &again, &b->fault) == OK && setting_read(again.db, &arena, "public_url", &url) == OK);
    CHECK_TEXT(c, url, "http://10.0.0.1");
    CHECK(c, backup_check_blobs(again.db, again.folder, ignore, &complaints, &total, &bad, &b->fault) == OK && total == 2 && bad == 0 && complaints == 0);
    CHECK(c, unlink(blob_path(&arena, again.folder, second.sha256)) == 0);
    CHECK(c, file_write_atomic(blob_path(&arena, again.folder, paper->sha256), "other", 5, 0600, NULL) == OK);
    CHECK(c, backup_check_blobs(again.db, again.folder, ignore, &complaints, &total, &bad, &b->fault) == OK && total == 2 && bad == 2 && complaints == 2);
    (void)snprintf(path, sizeof path, "%s/bad.tgz", b->folder);
    CHECK(c, backup_write(&again, path, NULL, &b->fault) == ERR_CONFLICT && !file_exists(path)); /* no backup rather than a bad one */
    store_close(&again);
    arena_release(&arena);
}

static void refuse(struct bench *b, const char *path, enum err wanted, int line)
{
    char target[128];
    (void)snprintf(target, sizeof target, "%s/target", b->folder);
    enum err e = backup_restore(path, target, NULL, &b->fault);
    if (!CHECK(b->c, e == wanted)) printf("# line %d: %s: %s\n", line, err_name(e), b->fault.text);
    CHECK(b->c, !file_exists(target) && !exists_beneath(b->folder, "*.restoring-*"));
}

static void test_hostile(struct bench *b)
{
    struct check *c = b->c;
    char path[128], command[1024];
    (void)snprintf(path, sizeof path, "%s/cut.tgz", b->folder);
    (void)snprintf(command, sizeof command, "head -c 500 '%s' > '%s'", b->file, path);
    CHECK(c, system(command) == 0);
    refuse(b, path, ERR_INPUT, __LINE__);
    CHECK(c, file_write_atomic(path, "hello", 5, 0600, NULL) == OK);
    refuse(b, path, ERR_INPUT, __LINE__);
    (void)snprintf(path, sizeof path, "%s/lost.tgz", b->folder);
    refuse(b, path, ERR_NOT_FOUND, __LINE__);
    static const char *const entries[] = {"../evil", "/tmp/plenum-evil", "a/../../evil"};
    for (int i = 0; i < 3; i++) {
        (void)snprintf(path, sizeof path, "%s/evil.tgz", b->folder);
        (void)snprintf(command, sizeof command,
                       "cd '%s' && echo '{}' > plenum-backup.json && echo x > evil-file && tar --absolute-names -czf '%s' plenum-backup.json "
                           "--transform 's|^evil-file$|%s|' evil-file",
                       b->folder, path, entries[i]);
        CHECK(c, system(command) == 0);
        refuse(b, path, ERR_INPUT, __LINE__);
        CHECK(c, strstr(b->fault.text, "strange entry") != NULL && !file_exists("/tmp/plenum-evil"));
    }
    (void)snprintf(command, sizeof command, "cd '%s' && ln -s /etc link && tar -czf '%s' plenum-backup.json link", b->folder, path);
    CHECK(c, system(command) == 0);
    refuse(b, path, ERR_INPUT, __LINE__);
    (void)snprintf(command, sizeof command, "cd '%s' && echo rubbish > plenum.db && tar -czf '%s' plenum-backup.json plenum.db", b->folder, path);
    CHECK(c, system(command) == 0);
    char target[128];
    (void)snprintf(target, sizeof target, "%s/target", b->folder);
    CHECK(c, backup_restore(path, target, NULL, &b->fault) != OK && !file_exists(target));
    CHECK(c, file_make_directories(target, NULL) == OK && backup_restore(b->file, target, NULL, &b->fault) == OK); /* into an empty one */
}

struct scribbler {
    struct store *store;
    int stop, written;
};

static enum err scribble(struct db *db, void *arg, struct fault *fault)
{
    (void)fault;
    char a[32];
    (void)snprintf(a, sizeof a, "%d", *(int *)arg);
    enum err e = setting_write(db, "left", a);
    return e == OK ? setting_write(db, "right", a) : e;
}

static void *scribbling(void *arg)
{
    struct scribbler *s = arg;
    struct db *db = NULL;
    if (store_connect(s->store, DB_WRITE, &db, NULL) != OK) return NULL;
    while (!__atomic_load_n(&s->stop, __ATOMIC_RELAXED)) {
        int n = s->written + 1;
        if (db_transaction(db, scribble, &n, NULL) == OK) __atomic_add_fetch(&s->written, 1, __ATOMIC_RELAXED);
    }
    db_close(db);
    return NULL;
}

/* While another connection writes: the copy is of one moment. */
static void test_consistent(struct bench *b)
{
    struct check *c = b->c;
    struct store store = {0}, copy = {0};
    struct arena arena = {0};
    char file[128], target[128];
    const char *left = NULL, *right = NULL;
    (void)snprintf(file, sizeof file, "%s/live.tgz", b->folder);
    (void)snprintf(target, sizeof target, "%s/live", b->folder);
    CHECK(c, store_open(b->data, STORE_WRITE, &store, &b->fault) == OK);
    struct scribbler s = {.store = &store};
    pthread_t thread;
    CHECK(c, pthread_create(&thread, NULL, scribbling, &s) == 0);
    for (int i = 0; i < 500 && __atomic_load_n(&s.written, __ATOMIC_RELAXED) < 20; i++) clock_sleep_ms(10);
    CHECK(c, backup_write(&store, file, NULL, &b->fault) == OK);
    __atomic_store_n(&s.stop, 1, __ATOMIC_RELAXED);
    pthread_join(thread, NULL);
    CHECK(c, s.written >= 20);
    CHECK(c, backup_restore(file, target, NULL, &b->fault) == OK && store_open(target, STORE_READ, &copy, &b->fault) == OK);
    CHECK(c, setting_read(copy.db, &arena, "left", &left) == OK && setting_read(copy.db, &arena, "right", &right) == OK);
    CHECK_TEXT(c, left, right);
    store_close(&copy);
    store_close(&store);
    arena_release(&arena);
}

int main(void)
{
    struct check c = {0};
    struct bench b = {.c = &c, .folder = "/tmp/plenum-backup-XXXXXX"};
    struct blob paper;
    char command[96];
    if (crypto_init() != OK || !mkdtemp(b.folder)) return 1;
    (void)snprintf(b.data, sizeof b.data, "%s/data", b.folder);
    (void)snprintf(b.file, sizeof b.file, "%s/backup.tgz", b.folder);
    (void)snprintf(b.other, sizeof b.other, "%s/deep/other", b.folder);
    test_round_trip(&b, &paper);
    test_hostile(&b);
    test_consistent(&b);
    (void)snprintf(command, sizeof command, "rm -rf '%s'", b.folder);
    CHECK(&c, system(command) == 0);
    return check_done(&c, "store backup");
}
