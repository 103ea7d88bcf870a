/* Errors of every room: a small closed set of codes, and a sentence for a person.
 *
 * Contract: a function that can fail returns `enum err` and leaves its ret_ parameters untouched on failure. Where a person must
 * be told what is wrong, it also takes a `struct fault *`, which may be NULL; library code never prints. */
#ifndef PLENUM_BASE_ERR_H
#define PLENUM_BASE_ERR_H

enum err {
    OK = 0,
    ERR_NOMEM,     /* an allocation failed */
    ERR_IO,        /* the operating system refused a read, write, open, … */
    ERR_FULL,      /* no space left on the disk */
    ERR_BUSY,      /* somebody else holds it now; trying again is right */
    ERR_INPUT,     /* what we were given is wrong; the fault names the place */
    ERR_NOT_FOUND, /* no such thing (also: no row, end of rows) */
    ERR_CONFLICT,  /* it contradicts what is stored (unique key, other content) */
    ERR_DENIED,    /* not allowed */
    ERR_LIMIT,     /* larger than a stated bound */
    ERR_TIMEOUT,   /* it did not happen in time */
    ERR_NETWORK,   /* the other side could not be reached */
    ERR_USAGE,     /* wrong options on the command line: exit code 2 */
    ERR_BUG        /* an invariant of ours does not hold */
};

/* The longest sentence kept; longer ones are cut at a character boundary. */
#define FAULT_TEXT_SIZE 512

/* The longest detail kept. */
#define FAULT_DETAIL_SIZE 64

struct fault {
    enum err code;
    char text[FAULT_TEXT_SIZE];
    const char *reason;             /* static: the key by which a screen says it in its own language; NULL: there is only the sentence */
    char detail[FAULT_DETAIL_SIZE]; /* the one value that these words need; "" when they need none */
};

/* A short stable English word for a code ("not found"). Never NULL. */
const char *err_name(enum err code);

/* The process exit code for a result: 0 fine, 1 refused or failed, 2 wrong usage. */
int err_exit_code(enum err code);

/* Stores code and sentence in `fault` (which may be NULL) and returns code, so that `return fault_set(…)` reads well. */
enum err fault_set(struct fault *fault, enum err code, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* The same for what a person sees on a screen: with the reason (static), and a detail (NULL: none). */
enum err fault_because(struct fault *fault, enum err code, const char *reason, const char *detail, const char *format, ...) __attribute__((format(printf, 5, 6)));

/* Gives the sentence that is already there a reason. */
void fault_reason(struct fault *fault, const char *reason);

/* Puts "prefix: " before the sentence that is already there. */
void fault_prefix(struct fault *fault, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* The code for an errno value: ENOSPC, EDQUOT and EFBIG are ERR_FULL, ENOENT is ERR_NOT_FOUND, … else ERR_IO. */
enum err err_from_errno(int error_number);

#endif
