#include "core/base/progress.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

void progress_begin(struct progress *progress, const char *doing)
{
    *progress = (struct progress){.doing = doing, .wanted = isatty(STDERR_FILENO)};
    sigemptyset(&progress->stops);
    sigaddset(&progress->stops, SIGINT);
    sigaddset(&progress->stops, SIGTERM);
    sigaddset(&progress->stops, SIGHUP);
    sigprocmask(SIG_BLOCK, &progress->stops, &progress->before);
}

bool progress_is_stopped(const struct progress *progress)
{
    sigset_t waiting;
    if (sigpending(&waiting) != 0) return false;
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP};
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++)
        if (sigismember(&waiting, signals[i]) == 1 && sigismember(&progress->stops, signals[i]) == 1) return true;
    return false;
}

bool progress_show(void *data, size_t done, size_t total)
{
    struct progress *progress = data;
    if (progress_is_stopped(progress)) return false;
    if (!progress->wanted) return true;
    char bar[41];
    size_t filled = total ? done * 40 / total : 0;
    memset(bar, '.', 40);
    memset(bar, '#', filled > 40 ? 40 : filled);
    bar[40] = '\0';
    fprintf(stderr, "\r%-8s [%s] %zu/%zu", progress->doing ? progress->doing : "", bar, done, total);
    progress->open = true;
    return true;
}

void progress_end(struct progress *progress)
{
    if (progress->open) fputc('\n', stderr);
    progress->open = false;
}

void progress_finish(struct progress *progress)
{
    progress_end(progress);
    sigprocmask(SIG_SETMASK, &progress->before, NULL);
}
