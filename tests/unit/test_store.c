/* The data folder: modes, lock, blobs, settings. */
#include "core/base/file.h"
#include "core/congress/store/store.h"
#include "tests/unit/check.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static unsigned mode_of(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 ? st.st_mode & 0777 : 0;
}

static void test_open(struct check *c, const char *folder)
{
    struct fault fault = {0};
    struct store store = {0};
    char path[128];
    int lock, second;
    (void)snprintf(path, sizeof path, "%s/deep/data", folder);
    CHECK(c, store_open(path, STORE_READ, &store, &fault) == ERR_NOT_FOUND && strstr(fault.text, path));
    CHECK(c, store_open(path, STORE_WRITE, &store, &fault) == ERR_NOT_FOUND && !file_exists(path));
    CHECK(c, store_open(path, STORE_CREATE, &store, &fault) == OK);
    CHECK(c, mode_of(path) == 0700 && mode_of(store.database) == 0600 && store.folder[0] == '/');
    CHECK(c, setting_write(store.db, "a", "1") == OK && setting_write(store.db, "a", "2") == OK);
    CHECK(c, audit_write(store.db, 5, "command line", "test", "subject", NULL) == OK);
    CHECK(c, store_lock(&store, &lock, &fault) == OK && store_lock(&store, &second, &fault) == ERR_BUSY);
    file_unlock(lock);
    CHECK(c, store_lock(&store, &lock, &fault) == OK);
    store_close(&store);
    file_unlock(lock);
    store_close(&store);
    struct arena arena = {0};
    const char *value;
    CHECK(c, store_open(path, STORE_READ, &store, &fault) == OK);
    CHECK(c, setting_read(store.db, &arena, "a", &value) == OK && value && strcmp(value, "2") == 0);
    CHECK(c, setting_read(store.db, &arena, "b", &value) == OK && value == NULL);
    CHECK(c, setting_write(store.db, "a", "3") != OK);
    struct db *other = NULL;
    CHECK(c, store_connect(&store, DB_READ, &other, &fault) == OK);
    db_close(other);
    store_close(&store);
    arena_release(&arena);
    (void)setenv("PLENUM_DATA", "/from/env", 1);
    CHECK_TEXT(c, store_choose_folder(NULL), "/from/env");
    CHECK_TEXT(c, store_choose_folder("/given"), "/given");
    (void)unsetenv("PLENUM_DATA");
    CHECK_TEXT(c, store_choose_folder(NULL), "./plenum-data");
}

static void test_sniff(struct check *c)
{
    static const struct {
        const char *bytes;
        size_t length;
        const char *name, *type;
    } cases[] = {
        {"%PDF-1.7\n", 9, "a.exe", "application/pdf"},
        {"\xff\xd8\xff\xe0", 4, NULL, "image/jpeg"},
        {"\x89PNG\r\n\x1a\n", 8, NULL, "image/png"},
        {"RIFF....WEBPVP8 ", 16, NULL, "image/webp"},
        {"RIFF....WAVEfmt ", 16, NULL, "audio/wav"},
        {"GIF89a", 6, NULL, "image/gif"},
        {"....ftypisom", 12, NULL, "video/mp4"},
        {"....ftypM4A ", 12, NULL, "audio/mp4"},
        {"ID3\x04", 4, NULL, "audio/mpeg"},
        {"\xff\xfb\x90\x64", 4, NULL, "audio/mpeg"},
        {"OggS", 4, NULL, "audio/ogg"},
        {"PK\x03\x04", 4, "list.XLSX", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
        {"PK\x03\x04", 4, "a.zip", "application/zip"},
        {"PK\x03\x04", 4, NULL, "application/zip"},
        {"<html><script>", 14, "a.html", "text/plain; charset=utf-8"},
        {"Đại hội\r\n", 11, "a.txt", "text/plain; charset=utf-8"},
        {"a\0b", 3, "a.txt", "application/octet-stream"},
        {"\xff\xfe\x00\x01", 4, NULL, "application/octet-stream"},
        {"", 0, "a.pdf", "application/octet-stream"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) CHECK_TEXT(c, blob_sniff(cases[i].bytes, cases[i].length, cases[i].name), cases[i].type);
}

static void test_blobs(struct check *c, const char *folder)
{
    struct fault fault = {0};
    struct arena arena = {0};
    struct blob blob, again, probe;
    char source[128], missing[128];
    (void)snprintf(source, sizeof source, "%s/paper.pdf", folder);
    (void)snprintf(missing, sizeof missing, "%s/lost.pdf", folder);
    size_t size = 300000;
    char *data = malloc(size);
    for (size_t i = 0; i < size; i++) data[i] = (char)(i * 7);
    memcpy(data, "%PDF-1.7\n", 9);
    CHECK(c, file_write_atomic(source, data, size, 0644, &fault) == OK);
    CHECK(c, blob_probe_file(source, BLOB_LIMIT, &probe, &fault) == OK && probe.size == (int64_t)size);
    CHECK(c, blob_put_file(folder, source, BLOB_LIMIT, &blob, &fault) == OK && strcmp(blob.sha256, probe.sha256) == 0);
    CHECK_TEXT(c, blob.media_type, "application/pdf");
    const char *path = blob_path(&arena, folder, blob.sha256);
    char *stored;
    size_t length;
    CHECK(c, path && file_read(&arena, path, size, &stored, &length, &fault) == OK && length == size && memcmp(stored, data, size) == 0);
    CHECK(c, mode_of(path) == 0600);
    struct stat first, second;
    CHECK(c, stat(path, &first) == 0 && blob_put_file(folder, source, BLOB_LIMIT, &again, &fault) == OK && stat(path, &second) == 0 &&
        first.st_ino == second.st_ino);
    CHECK(c, blob_put_data(folder, data, size, &again, &fault) == OK && strcmp(again.sha256, blob.sha256) == 0);
    CHECK(c, truncate(path, 10) == 0 && blob_put_file(folder, source, BLOB_LIMIT, &again, &fault) == OK && stat(path, &second) == 0 &&
        second.st_size == (off_t)size); /* healed */
    CHECK(c, blob_put_file(folder, source, 1000, &again, &fault) == ERR_LIMIT);
    CHECK(c, blob_put_file(folder, missing, BLOB_LIMIT, &again, &fault) == ERR_NOT_FOUND);
    CHECK(c, blob_put_file(folder, folder, BLOB_LIMIT, &again, &fault) == ERR_INPUT);
    CHECK(c, blob_path(&arena, folder, "../../etc/passwd") == NULL && blob_path(&arena, folder, "") == NULL);
    char empty_hash[] = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    CHECK(c, blob_put_data(folder, "", 0, &again, &fault) == OK && strcmp(again.sha256, empty_hash) == 0);
    empty_hash[0] = 'E';
    CHECK(c, blob_path(&arena, folder, empty_hash) == NULL);
    free(data);
    arena_release(&arena);
}

int main(void)
{
    struct check c = {0};
    char folder[] = "/tmp/plenum-store-XXXXXX", command[96];
    if (crypto_init() != OK || !mkdtemp(folder)) return 1;
    test_open(&c, folder);
    test_sniff(&c);
    test_blobs(&c, folder);
    (void)snprintf(command, sizeof command, "rm -rf '%s'", folder);
    CHECK(&c, system(command) == 0);
    return check_done(&c, "store");
}
