/* The generator of the statement catalogue refuses what would not mean the same on every engine, and what does not fit its own head. */
#include "tests/unit/check.h"

#include <libgen.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

struct bench {
    char folder[64], tool[512];
};

static int write_file(const char *path, const char *text)
{
    FILE *f = fopen(path, "w");
    if (!f) return -1;
    fputs(text, f);
    return fclose(f);
}

/* The exit code of sqlgen for a file with this text; what it said goes to `said`. */
static int generate(const struct bench *bench, const char *sql, char *said, size_t size)
{
    char path[128], command[1024];
    (void)snprintf(path, sizeof path, "%s/sql/a.sql", bench->folder);
    if (write_file(path, sql) != 0) return -1;
    (void)snprintf(command, sizeof command, "cd '%s' && '%s' cat out sql migrations 2>&1", bench->folder, bench->tool);
    FILE *f = popen(command, "r");
    size_t n = f ? fread(said, 1, size - 1, f) : 0;
    said[n] = '\0';
    int status = f ? pclose(f) : -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void must_refuse(struct check *c, const struct bench *bench, const char *sql, const char *word)
{
    char said[1024];
    int code = generate(bench, sql, said, sizeof said);
    if (!CHECK(c, code == 1 && strstr(said, word) != NULL)) printf("# exit %d, said: %s# for: %s\n", code, said, sql);
}

static void test_refusals(struct check *c, const struct bench *b)
{
    must_refuse(c, b, "-- a :exec (x i64)\nDELETE FROM t;\n", "$1 is not used");
    must_refuse(c, b, "-- a :many () -> (x bool)\nSELECT x FROM t;\n", "unknown type");
    must_refuse(c, b, "-- a :some () -> (x i64)\nSELECT x FROM t;\n", "unknown kind");
    must_refuse(c, b, "-- a :exec () -> (x i64)\nSELECT x FROM t;\n", "do not fit");
    must_refuse(c, b, "-- a :many ()\nSELECT x FROM t;\n", "do not fit");
    must_refuse(c, b, "-- a :many () -> (x i64)\n", "has no statement");
    must_refuse(c, b, "SELECT 1;\n", "without a head");
    must_refuse(c, b, "-- a :exec ()\nDELETE FROM t;\n-- a :exec ()\nDELETE FROM u;\n", "stands twice");
    must_refuse(c, b, "-- a :many (x i64) -> (x i64)\nSELECT $1::bigint;\n", "::");
    must_refuse(c, b, "-- a :exec (x i64)\nDELETE FROM t WHERE x = ANY($1);\n", "any(");
    must_refuse(c, b, "-- a :exec (x text)\nDELETE FROM t WHERE x ILIKE $1;\n", "ilike");
    must_refuse(c, b, "-- a :exec ()\nDELETE FROM \"t\";\n", "not the same");
    must_refuse(c, b, "-- a :exec (x i64)\nDELETE FROM t WHERE x = ?1 OR y = $1;\n", "not the same");
    must_refuse(c, b, "-- a :exec ()\nINSERT OR IGNORE INTO t(x) VALUES(1);\n", "insert or");
    must_refuse(c, b, "-- a :many () -> (x text)\nSELECT group_concat(x) FROM t;\n", "group_concat");
    must_refuse(c, b, "-- a :many () -> (x text)\nSELECT x FROM t ORDER BY x COLLATE nocase;\n", "collate");
}

static void test_good(struct check *c, const struct bench *b)
{
    char said[1024], path[128];
    struct stat st;
    int code = generate(b, "-- Words about the file.\n\n-- a :maybe (x i64, y text?) -> (n i64?, s text)\nSELECT n, s FROM t\nWHERE x = $1 AND y = $2;\n\n"
                           "-- b :exec (p i64, q i64, r text, s text)\nUPDATE t SET a = $1, b = $2, c = $3, d = $4;\n", said, sizeof said);
    if (!CHECK(c, code == 0)) printf("# %s\n", said);
    (void)snprintf(path, sizeof path, "%s/out/cat.h", b->folder);
    CHECK(c, stat(path, &st) == 0 && st.st_size > 0);
    char command[512];
    (void)snprintf(command, sizeof command,
        "grep -q 'enum err sql_a(struct db \\*db, struct arena \\*arena, int64_t x, const char \\*y, struct sql_a_row \\*ret);' '%s'", path);
    CHECK(c, system(command) == 0);
    (void)snprintf(command, sizeof command, "grep -q 'enum err sql_b(struct db \\*db, const struct sql_b_in \\*in, int64_t \\*ret_changes);' '%s'", path);
    CHECK(c, system(command) == 0);
}

int main(void)
{
    struct check c = {0};
    struct bench bench = {.folder = "/tmp/plenum-sqlgen-XXXXXX"};
    char self[400], path[128];
    ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
    if (n <= 0 || !mkdtemp(bench.folder)) return 1;
    self[n] = '\0';
    (void)snprintf(bench.tool, sizeof bench.tool, "%s/../tool/sqlgen", dirname(self)); /* beside the tests in the build folder */
    static const char *const folders[] = {"sql", "migrations", "out"};
    for (int i = 0; i < 3; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", bench.folder, folders[i]);
        CHECK(&c, mkdir(path, 0700) == 0);
    }
    test_refusals(&c, &bench);
    test_good(&c, &bench);
    char command[128];
    (void)snprintf(command, sizeof command, "rm -rf '%s'", bench.folder);
    CHECK(&c, system(command) == 0);
    return check_done(&c, "sqlgen");
}
