/* Command lines, files, hashes and seals. */
#include "core/base/crypto.h"
#include "core/base/file.h"
#include "core/base/opt.h"
#include "core/base/progress.h"
#include "tests/unit/check.h"

#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct wishes {
    bool loud;
    const char *file;
    long count;
    struct opt_list list;
};

static enum err parse(struct wishes *w, const char **words, size_t *n, struct fault *fault, int argc, char **argv)
{
    const struct opt options[] = {
        {.name = "loud", .kind = OPT_FLAG, .target = &w->loud, .help = "x"},
        {.name = "output", .letter = 'o', .kind = OPT_TEXT, .target = &w->file, .value = "FILE", .help = "x"},
        {.name = "count", .kind = OPT_NUMBER, .target = &w->count, .value = "N", .help = "x", .least = 1, .most = 9},
        {.name = "map", .kind = OPT_LIST, .target = &w->list, .value = "A=B", .help = "x"},
    };
    const struct opt_command command = {.usage = "t", .about = "t", .options = options, .option_count = 4, .least_words = 1, .most_words = 2};
    bool help;
    *w = (struct wishes){0};
    return opt_parse(&command, argc, argv, words, n, &help, fault);
}

static void check_options(struct check *c)
{
    struct wishes w;
    struct fault f = {0};
    const char *words[2];
    size_t n;
    char *good[] = {"t", "--loud", "-o", "x.pdf", "--count=3", "--map", "a=b", "--map=c=d", "one", "--", "--two"};
    CHECK(c, parse(&w, words, &n, &f, 11, good) == OK);
    CHECK(c, w.loud && w.count == 3 && w.list.count == 2 && n == 2);
    CHECK_TEXT(c, w.file, "x.pdf");
    CHECK_TEXT(c, w.list.items[1], "c=d");
    CHECK_TEXT(c, words[1], "--two");
    char *many[] = {"t", "a", "b", "c"}, *unknown[] = {"t", "a", "--quiet"}, *high[] = {"t", "a", "--count", "10"},
         *word[] = {"t", "a", "--count", "x"};
    char *missing[] = {"t", "a", "-o"}, *value[] = {"t", "a", "--loud=1"}, *few[] = {"t"};
    CHECK(c, parse(&w, words, &n, &f, 4, many) == ERR_USAGE && strstr(f.text, "\"c\""));
    CHECK(c, parse(&w, words, &n, &f, 3, unknown) == ERR_USAGE && strstr(f.text, "--quiet"));
    CHECK(c, parse(&w, words, &n, &f, 4, high) == ERR_USAGE && strstr(f.text, "between 1 and 9"));
    CHECK(c, parse(&w, words, &n, &f, 4, word) == ERR_USAGE && strstr(f.text, "not a number"));
    CHECK(c, parse(&w, words, &n, &f, 3, missing) == ERR_USAGE);
    CHECK(c, parse(&w, words, &n, &f, 3, value) == ERR_USAGE);
    CHECK(c, parse(&w, words, &n, &f, 1, few) == ERR_USAGE);
}

static void check_files(struct check *c)
{
    struct arena a = {0};
    struct fault f = {0};
    char folder[] = "/tmp/plenum-files-XXXXXX", command[128], *data;
    size_t n;
    CHECK(c, mkdtemp(folder) != NULL);
    char *path = file_join(&a, folder, "list.json"), *deep = file_join(&a, folder, "a/b/c");
    CHECK(c, file_write_atomic(path, "one", 3, 0600, &f) == OK && file_write_atomic(path, "three", 5, 0600, &f) == OK);
    CHECK(c, file_read(&a, path, 5, &data, &n, &f) == OK && n == 5);
    CHECK_TEXT(c, data, "three");
    CHECK(c, file_read(&a, path, 4, &data, &n, &f) == ERR_LIMIT);
    CHECK(c, file_read(&a, folder, 100, &data, &n, &f) == ERR_INPUT);
    CHECK(c, file_read(&a, deep, 100, &data, &n, &f) == ERR_NOT_FOUND);
    CHECK(c, file_make_directories(deep, &f) == OK && file_is_directory(deep));
    CHECK(c, file_write_atomic(deep, "x", 1, 0600, &f) != OK); /* a folder is not replaced, and nothing is left beside it */
    CHECK(c, file_write_atomic("/dev/full/x", "x", 1, 0600, &f) != OK);
    char pipe_path[256];
    (void)snprintf(pipe_path, sizeof pipe_path, "%s.pipe", path);
    struct stat status; /* what is no file is not replaced by one */
    CHECK(c, mkfifo(pipe_path, 0600) == 0 && file_write_atomic(pipe_path, "x", 1, 0600, &f) == ERR_INPUT && stat(pipe_path, &status) == 0 && S_ISFIFO(status.st_mode));
    (void)unlink(pipe_path);
    int lock, other;
    char *lock_path = file_join(&a, folder, "lock");
    CHECK(c, file_lock(lock_path, &lock, &f) == OK && file_lock(lock_path, &other, &f) == ERR_BUSY);
    file_unlock(lock);
    CHECK(c, file_lock(lock_path, &other, &f) == OK);
    file_unlock(other);
    CHECK(c, file_is_safe_relative("papers/a.pdf") && !file_is_safe_relative("../a") && !file_is_safe_relative("a/../b") &&
                 !file_is_safe_relative("/a"));
    CHECK(c, !file_is_safe_relative("") && !file_is_safe_relative("a//b") && !file_is_safe_relative("a/") && !file_is_safe_relative("a\\b") &&
                 !file_is_safe_relative("./a"));
    CHECK_TEXT(c, file_folder(&a, "a/b.json"), "a");
    CHECK_TEXT(c, file_folder(&a, "b.json"), ".");
    CHECK_TEXT(c, file_folder(&a, "/b"), "/");
    (void)snprintf(command, sizeof command, "ls %s | wc -l | grep -qx 3", folder);
    CHECK(c, system(command) == 0); /* list.json, a, lock: no temporary file is left */
    char *link_path = file_join(&a, deep, "out"), *outside = file_join(&a, folder, "list.json");
    CHECK(c, symlink(folder, link_path) == 0 && file_remove_tree(file_join(&a, folder, "a")) == OK && !file_exists(deep) && file_exists(outside));
    CHECK(c, file_remove_tree(folder) == OK && !file_exists(folder) && file_remove_tree(folder) == OK);
    arena_release(&a);
}

static void check_crypto(struct check *c)
{
    struct arena a = {0};
    char hex[CRYPTO_HASH_HEX], streamed[CRYPTO_HASH_HEX];
    uint8_t key[CRYPTO_HASH_BYTES], other[CRYPTO_HASH_BYTES];
    size_t n, m;
    crypto_sha256_hex("abc", 3, hex); /* FIPS 180-4, appendix B.1 */
    CHECK_TEXT(c, hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    struct crypto_sha256_state state;
    crypto_sha256_start(&state);
    crypto_sha256_add(&state, "a", 1);
    crypto_sha256_add(&state, "bc", 2);
    crypto_sha256_end(&state, streamed);
    CHECK_TEXT(c, streamed, hex);
    crypto_derive("one", "secret", 6, key);
    crypto_derive("two", "secret", 6, other);
    CHECK(c, memcmp(key, other, sizeof key) != 0);
    uint8_t *sealed = crypto_seal(&a, key, "Trần Thị Ổn", 15, &n);
    uint8_t *plain = crypto_unseal(&a, key, sealed, n, &m);
    CHECK(c, plain && m == 15 && memcmp(plain, "Trần Thị Ổn", 15) == 0);
    CHECK(c, crypto_unseal(&a, other, sealed, n, &m) == NULL && crypto_unseal(&a, key, sealed, 10, &m) == NULL);
    sealed[n - 1] ^= 1;
    CHECK(c, crypto_unseal(&a, key, sealed, n, &m) == NULL);
    char *text = crypto_base64_encode(&a, "\xff\xfe\xfd", 3);
    CHECK_TEXT(c, text, "__79");
    CHECK(c, crypto_base64_decode(&a, text, &n) && n == 3 && !crypto_base64_decode(&a, "a+b", &n));
    CHECK(c, crypto_equal("abc", "abc") && !crypto_equal("abc", "abd") && !crypto_equal("abc", "ab"));
    char hash[CRYPTO_PASSWORD_SIZE];
    CHECK(c, crypto_password_hash("mật khẩu dài", hash) == OK && strncmp(hash, "$argon2id$", 10) == 0);
    CHECK(c, crypto_password_verify(hash, "mật khẩu dài") && !crypto_password_verify(hash, "mat khau dai"));
    CHECK(c, strlen(crypto_random_text(&a, 32)) == 43 && strcmp(crypto_random_text(&a, 32), crypto_random_text(&a, 32)) != 0);
    char *line = crypto_seal_text(&a, "one", "secret", "Nguyễn Thị Ánh");
    CHECK_TEXT(c, crypto_unseal_text(&a, "one", "secret", line), "Nguyễn Thị Ánh");
    CHECK(c, !crypto_unseal_text(&a, "two", "secret", line) && !crypto_unseal_text(&a, "one", "Secret", line));
    CHECK(c, !crypto_unseal_text(&a, "one", "secret", "no base64!"));
    arena_release(&a);
}

static void check_progress(struct check *c)
{
    struct progress none = {0}, progress;
    CHECK(c, progress_show(&none, 1, 2) && !progress_is_stopped(&none) && !none.open);
    progress_begin(&progress, "testing");
    progress.wanted = false;
    CHECK(c, progress_show(&progress, 1, 2) && !progress.open);
    CHECK(c, raise(SIGTERM) == 0); /* waits: we are still here */
    CHECK(c, progress_is_stopped(&progress) && !progress_show(&progress, 2, 2) && progress_show(&none, 2, 2));
    (void)signal(SIGTERM, SIG_IGN);
    progress_finish(&progress);
    (void)signal(SIGTERM, SIG_DFL);
    CHECK(c, !progress_is_stopped(&progress));
}

int main(void)
{
    struct check c = {0};
    CHECK(&c, crypto_init() == OK);
    check_options(&c);
    check_files(&c);
    check_crypto(&c);
    check_progress(&c);
    return check_done(&c, "base/tools");
}
