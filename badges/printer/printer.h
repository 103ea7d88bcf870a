/* Printers by IPP (RFC 8011, IPP Everywhere PWG 5100.14): ask what one can do, send a PDF, wait for its end.
 *
 * A destination is an ipp:// or ipps:// address, or the name of a queue that CUPS knows on this machine. Printers are strangers: the whole
 * conversation runs in a child process with bounds on time and memory, so one that hangs, drips or answers garbage costs the stated time and no more.
 * The caller's thread waits for the child. Thread-safe. What a printer says comes back as printable UTF-8.
 * TLS: printers sign their certificates themselves. One is trusted at first use, told as `pin`, and with that pin in later orders it must be the very
 * same; without a pin ipps:// only hides the badges from listeners. */
#ifndef PLENUM_BADGES_PRINTER_H
#define PLENUM_BADGES_PRINTER_H

#include "core/base/crypto.h"
#include "core/base/err.h"

#include <stdbool.h>
#include <stddef.h>

#define PRINTER_NAME_SIZE 160
#define PRINTER_TEXT_SIZE 400
#define PRINTER_COPIES_MOST 100

enum printer_sides { PRINTER_ONE_SIDE, PRINTER_LONG_EDGE, PRINTER_SHORT_EDGE };

struct printer_order {
    const char *destination;
    const char *title;          /* of the job; it is seen by everybody who sees the printer's queue, so no names */
    const char *pin;            /* of ipps:// addresses: printer_job.pin of before; NULL or "": none is known */
    const void *pdf;            /* NULL: only ask the printer, print nothing */
    size_t pdf_length;
    unsigned copies;            /* 0 = 1 */
    double width, height;       /* of the page, millimetres; 0: the printer's own choice */
    enum printer_sides sides;
    unsigned timeout_ms;        /* until the printer has taken the job; 0 = 30 s */
    unsigned wait_ms;           /* after that, until its end; 0: do not wait */
    bool (*on_wait)(void *data); /* may be NULL; called a few times a second; false stops */
    void *data;
};

enum printer_end {
    PRINTER_DONE,   /* the printer says that the job is completed; or it was only asked */
    PRINTER_TAKEN   /* it took the job; the end was not waited for, or did not come in time */
};

struct printer_job {
    long id;                          /* of the printer; 0 when only asked */
    enum printer_end end;
    char printer[PRINTER_NAME_SIZE];  /* what it calls itself: model or name */
    char pin[CRYPTO_HASH_HEX];        /* of ipps:// addresses: SHA-256 of its certificate, hex; else "" */
    char media[PRINTER_NAME_SIZE];    /* the name of the paper that was asked for, "62 x 100 mm" for one of a free size, or "" */
    char reasons[PRINTER_TEXT_SIZE];  /* why it waits, in words; "" when it does not say */
    char warning[PRINTER_TEXT_SIZE];  /* one sentence, or "" */
};

/* Refused before anything is printed: it takes no PDF, accepts no jobs, has stopped (its reasons are in the sentence), prints one side only.
 * OK             it is printed or at least taken (ret->end)
 * ERR_INPUT      the destination is neither an address nor a queue's name; copies out of range
 * ERR_NOT_FOUND  CUPS knows no such queue, or there is no CUPS here
 * ERR_NETWORK    it cannot be reached, does not answer, or answers what is no IPP; nothing was sent
 * ERR_DENIED     it, or its certificate, was refused or it refuses us
 * ERR_CONFLICT   it refuses the job, or took it and gave it up
 * ERR_TIMEOUT    the job was sent, whole or in part, and it never said whether it took it; or on_wait stopped (the sentence says which) */
enum err printer_print(const struct printer_order *order, struct printer_job *ret, struct fault *fault);

struct badge_run;
/* The page's size and whether and how it has backs, as `run` is going to be drawn, into `order`. ERR_INPUT when the page does not hold a badge. */
enum err printer_order_fit(const struct badge_run *run, struct printer_order *order, struct fault *fault);

struct printer_queue {
    char name[PRINTER_NAME_SIZE];
    char about[PRINTER_TEXT_SIZE]; /* description or model */
    bool is_default;
};

/* The queues that CUPS knows here, also those that it finds in the network, at most `most`. ERR_NOT_FOUND with the reason when there is no CUPS. At most 6 s. */
enum err printer_list(struct printer_queue *queues, size_t most, size_t *ret_count, struct fault *fault);

#endif
