/* The smallest test kit: CHECK prints one TAP line each, check_done returns the exit code. A failing CHECK does not stop the test. */
#ifndef PLENUM_TESTS_CHECK_H
#define PLENUM_TESTS_CHECK_H

#include <stdio.h>
#include <string.h>

struct check {
    int passed, failed;
};

static inline int check_report(struct check *check, int good, const char *what, const char *file, int line)
{
    if (good) check->passed++;
    else check->failed++;
    if (!good) printf("not ok %d - %s (%s:%d)\n", check->passed + check->failed, what, file, line);
    return good;
}

#define CHECK(c, condition) check_report((c), (condition) ? 1 : 0, #condition, __FILE__, __LINE__)
#define CHECK_TEXT(c, got, want) check_text((c), (got), (want), __FILE__, __LINE__)

static inline int check_text(struct check *check, const char *got, const char *want, const char *file, int line)
{
    int good = got && want ? strcmp(got, want) == 0 : got == want;
    if (!good) printf("# got \"%s\", wanted \"%s\"\n", got ? got : "(null)", want ? want : "(null)");
    return check_report(check, good, "texts are equal", file, line);
}

static inline int check_done(const struct check *check, const char *name)
{
    printf("# %s: %d passed, %d failed\n", name, check->passed, check->failed);
    return check->failed || !check->passed ? 1 : 0;
}

#endif
