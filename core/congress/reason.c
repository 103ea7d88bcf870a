#include "core/congress/reason.h"

#include <stddef.h>
#include <string.h>

static const struct {
    const char *code;
    int status;
    const char *sentence;
} registry[REASON_COUNT] = {
    [REASON_none] = {NULL, 200, ""},
#define REASON(code, status, sentence) [REASON_##code] = {#code, status, sentence},
#include "core/congress/errors.def"
#undef REASON
};

const char *reason_code(enum reason reason)
{
    return (unsigned)reason < REASON_COUNT ? registry[reason].code : NULL;
}

int reason_status(enum reason reason)
{
    return (unsigned)reason < REASON_COUNT ? registry[reason].status : 500;
}

const char *reason_sentence(enum reason reason)
{
    return (unsigned)reason < REASON_COUNT ? registry[reason].sentence : "";
}

enum reason reason_from_code(const char *code)
{
    for (int i = 1; code && i < REASON_COUNT; i++)
        if (strcmp(registry[i].code, code) == 0) return (enum reason)i;
    return REASON_none;
}
