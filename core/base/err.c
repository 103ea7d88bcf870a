#include "core/base/err.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *const names[] = {
    [OK] = "ok",
    [ERR_NOMEM] = "out of memory",
    [ERR_IO] = "input/output error",
    [ERR_FULL] = "disk full",
    [ERR_BUSY] = "busy",
    [ERR_INPUT] = "bad input",
    [ERR_NOT_FOUND] = "not found",
    [ERR_CONFLICT] = "conflict",
    [ERR_DENIED] = "denied",
    [ERR_LIMIT] = "too large",
    [ERR_TIMEOUT] = "timed out",
    [ERR_NETWORK] = "network unreachable",
    [ERR_USAGE] = "wrong usage",
    [ERR_BUG] = "internal error",
};

const char *err_name(enum err code)
{
    if ((unsigned)code >= sizeof names / sizeof names[0]) return "unknown error";
    return names[code];
}

int err_exit_code(enum err code)
{
    if (code == OK) return 0;
    return code == ERR_USAGE ? 2 : 1;
}

/* A cut in the middle of a UTF-8 sequence would make the whole sentence unprintable on some terminals. */
static void cut_at_character(char *text, size_t size)
{
    size_t n = strlen(text);
    if (n + 1 < size) return;
    size_t i = n;
    while (i > 0 && ((unsigned char)text[i - 1] & 0xC0) == 0x80) i--;
    if (i > 0 && (unsigned char)text[i - 1] >= 0xC0) i--;
    if (n - i < 4 && i < n) text[i] = '\0';
}

__attribute__((format(printf, 3, 0))) static void set(struct fault *fault, enum err code, const char *format, va_list args)
{
    fault->code = code;
    fault->reason = NULL;
    fault->detail[0] = '\0';
    (void)vsnprintf(fault->text, sizeof fault->text, format, args);
    cut_at_character(fault->text, sizeof fault->text);
}

enum err fault_set(struct fault *fault, enum err code, const char *format, ...)
{
    if (!fault) return code;
    va_list args;
    va_start(args, format);
    set(fault, code, format, args);
    va_end(args);
    return code;
}

enum err fault_because(struct fault *fault, enum err code, const char *reason, const char *detail, const char *format, ...)
{
    if (!fault) return code;
    char kept[FAULT_DETAIL_SIZE]; /* it may stand in the sentence that goes */
    va_list args;
    (void)snprintf(kept, sizeof kept, "%s", detail ? detail : "");
    cut_at_character(kept, sizeof kept);
    va_start(args, format);
    set(fault, code, format, args);
    va_end(args);
    fault->reason = reason;
    memcpy(fault->detail, kept, sizeof kept);
    return code;
}

void fault_reason(struct fault *fault, const char *reason)
{
    if (fault) fault->reason = reason;
}

void fault_prefix(struct fault *fault, const char *format, ...)
{
    if (!fault) return;
    char old[FAULT_TEXT_SIZE];
    memcpy(old, fault->text, sizeof old);
    va_list args;
    va_start(args, format);
    int n = vsnprintf(fault->text, sizeof fault->text, format, args);
    va_end(args);
    if (n < 0 || (size_t)n >= sizeof fault->text) return;
    (void)snprintf(fault->text + n, sizeof fault->text - (size_t)n, ": %.*s", (int)sizeof fault->text - n - 3, old);
    cut_at_character(fault->text, sizeof fault->text);
}

enum err err_from_errno(int error_number)
{
    switch (error_number) {
    case 0: return OK;
    case ENOMEM: return ERR_NOMEM;
    case ENOSPC:
    case EFBIG: /* a limit on file sizes (ulimit -f, a file system's own): nobody's wish was too large, there is no room */
    case EDQUOT: return ERR_FULL;
    case ENOENT:
    case ENOTDIR: return ERR_NOT_FOUND;
    case EEXIST: return ERR_CONFLICT;
    case EACCES:
    case EPERM: return ERR_DENIED;
    case EAGAIN:
    case EBUSY: return ERR_BUSY;
    case ETIMEDOUT: return ERR_TIMEOUT;
    case ECONNREFUSED:
    case ENETUNREACH:
    case EHOSTUNREACH: return ERR_NETWORK;
    default: return ERR_IO;
    }
}
