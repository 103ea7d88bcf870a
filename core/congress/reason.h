/* Reasons and problems by number and name; the registry is core/congress/errors.def. */
#ifndef PLENUM_CONGRESS_REASON_H
#define PLENUM_CONGRESS_REASON_H

enum reason {
    REASON_none = 0,
#define REASON(code, status, sentence) REASON_##code,
#include "core/congress/errors.def"
#undef REASON
    REASON_COUNT
};

/* "unknown_badge"; NULL for REASON_none. */
const char *reason_code(enum reason reason);
/* The HTTP status when it answers a whole request. */
int reason_status(enum reason reason);
/* The English sentence; screens translate by code. */
const char *reason_sentence(enum reason reason);
/* By name; REASON_none when unknown or NULL. */
enum reason reason_from_code(const char *code);

#endif
