#include "core/base/log.h"
#include "core/base/clock.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

static const char *const level_names[] = {"error", "warning", "notice", "info"};

void log_line(enum log_level level, const char *room, const char *format, ...)
{
    char line[1024], when[CLOCK_TEXT_SIZE];
    int n = snprintf(line, sizeof line, "%s %s %s: ", clock_format(clock_now_ms(), when), level_names[level], room);
    va_list args;
    va_start(args, format);
    int m = vsnprintf(line + n, sizeof line - (size_t)n - 1, format, args);
    va_end(args);
    size_t length = (size_t)n + (m < 0 ? 0 : (size_t)m);
    if (length > sizeof line - 2) length = sizeof line - 2;
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)line[i] < 0x20) line[i] = ' '; /* nothing that is logged may start a line of its own */
    line[length++] = '\n';
    ssize_t ignored = write(STDERR_FILENO, line, length);
    (void)ignored;
}
