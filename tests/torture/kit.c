#include "tests/torture/kit.h"
#include "core/base/clock.h"
#include "core/base/crypto.h"

#include <dirent.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

void kit_start(struct kit *kit, const char *name, int argc, char **argv)
{
    *kit = (struct kit){.seed = 1};
    for (int i = 1; i < argc; i += 2) {
        char *end = NULL;
        const char *value = i + 1 < argc ? argv[i + 1] : "";
        if (strcmp(argv[i], "--seed") == 0) kit->seed = strtoull(value, &end, 10);
        else if (strcmp(argv[i], "--minutes") == 0) kit->until_ms = clock_steady_ms() + (int64_t)(strtod(value, &end) * 60000.0);
        if (!end || end == value || *end) {
            fprintf(stderr, "usage: %s [--seed N] [--minutes M]\n", argv[0]);
            exit(2);
        }
    }
    kit->is_long = kit->until_ms > 0;
    const char *where = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
    (void)snprintf(kit->folder, sizeof kit->folder, "%s/plenum-torture-XXXXXX", where);
    if (!mkdtemp(kit->folder) || crypto_init() != OK) exit(1);
    ground_start();
    printf("# %s: seed %llu\n", name, (unsigned long long)kit->seed);
}

int kit_end(struct kit *kit, const char *name)
{
    ground_watch(NULL);
    kit_remove(kit->folder);
    return check_done(&kit->check, name);
}

bool kit_goes_on(const struct kit *kit, int round, int rounds)
{
    if (kit->check.failed > 20) return false; /* the first ones tell enough */
    return kit->is_long ? clock_steady_ms() < kit->until_ms : round < rounds;
}

void kit_make_folder(const struct kit *kit, const char *name, char out[256])
{
    (void)snprintf(out, 256, "%s/%s", kit->folder, name);
    kit_remove(out);
    if (mkdir(out, 0700) != 0) abort();
}

void kit_remove(const char *folder)
{
    char path[1024];
    DIR *list = opendir(folder);
    if (!list) return;
    for (struct dirent *entry; (entry = readdir(list));) {
        struct stat st;
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
        (void)snprintf(path, sizeof path, "%s/%s", folder, entry->d_name);
        if (lstat(path, &st) == 0 && S_ISDIR(st.st_mode)) kit_remove(path);
        else (void)unlink(path);
    }
    closedir(list);
    (void)rmdir(folder);
}

static void copy_file(const char *from, const char *to)
{
    static char data[1 << 16];
    FILE *in = fopen(from, "rb"), *out = fopen(to, "wb");
    if (!in || !out) abort();
    for (size_t n; (n = fread(data, 1, sizeof data, in)) > 0;)
        if (fwrite(data, 1, n, out) != n) abort();
    if (fclose(out) != 0) abort();
    fclose(in);
    (void)chmod(to, 0600);
}

void kit_copy_folder(const char *from, const char *to)
{
    char source[1024], target[1024];
    DIR *list = opendir(from);
    if (!list) abort();
    for (struct dirent *entry; (entry = readdir(list));) {
        struct stat st;
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
        (void)snprintf(source, sizeof source, "%s/%s", from, entry->d_name);
        (void)snprintf(target, sizeof target, "%s/%s", to, entry->d_name);
        if (stat(source, &st) != 0) abort();
        if (S_ISDIR(st.st_mode)) {
            if (mkdir(target, 0700) != 0) abort();
            kit_copy_folder(source, target);
        } else {
            copy_file(source, target);
        }
    }
    closedir(list);
}

static int keep_first(void *context, int columns, char **values, char **names)
{
    (void)names;
    char *out = context;
    if (!out[0]) (void)snprintf(out, 200, "%s", columns && values[0] ? values[0] : "(NULL)");
    return 0;
}

const char *kit_integrity(const char *database)
{
    static _Thread_local char first[200], foreign[200];
    sqlite3 *db = NULL;
    first[0] = foreign[0] = '\0';
    int code = sqlite3_open_v2(database, &db, SQLITE_OPEN_READWRITE, NULL);
    if (code == SQLITE_OK) code = sqlite3_exec(db, "PRAGMA integrity_check(1)", keep_first, first, NULL);
    if (code == SQLITE_OK) code = sqlite3_exec(db, "PRAGMA foreign_key_check", keep_first, foreign, NULL);
    if (code != SQLITE_OK) (void)snprintf(first, sizeof first, "%s", sqlite3_errmsg(db));
    sqlite3_close(db);
    return foreign[0] ? foreign : first;
}

void kit_checkpoint(const char *database, int kind)
{
    static const int kinds[] = {SQLITE_CHECKPOINT_PASSIVE, SQLITE_CHECKPOINT_RESTART, SQLITE_CHECKPOINT_TRUNCATE};
    sqlite3 *db = NULL;
    if (sqlite3_open_v2(database, &db, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK) {
        (void)sqlite3_exec(db, "PRAGMA synchronous=FULL", NULL, NULL, NULL);
        (void)sqlite3_wal_checkpoint_v2(db, NULL, kinds[kind % 3], NULL, NULL);
    }
    sqlite3_close(db);
}

bool kit_query(const char *database, const char *sql, int (*row)(void *context, int columns, char **values, char **names), void *context)
{
    sqlite3 *db = NULL;
    int code = sqlite3_open_v2(database, &db, SQLITE_OPEN_READWRITE, NULL);
    if (code == SQLITE_OK) code = sqlite3_exec(db, sql, row, context, NULL);
    if (code != SQLITE_OK) printf("# %s: %s\n", sql, sqlite3_errmsg(db));
    sqlite3_close(db);
    return code == SQLITE_OK;
}
