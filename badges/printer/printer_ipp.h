/* Private to badges/printer*: the conversation with a printer, in a child process of its own. printer_ipp.c is the only includer of libcups. */
#ifndef PLENUM_BADGES_PRINTER_IPP_H
#define PLENUM_BADGES_PRINTER_IPP_H

#include "badges/printer/printer.h"

#include <stdint.h>

enum printer_step_kind {
    STEP_ASKING,  /* connected */
    STEP_SENDING, /* from here on the printer may print */
    STEP_TAKEN,   /* job.id is set */
    STEP_QUEUE,   /* one of a list */
    STEP_END      /* the last: code, text, job */
};

/* What the child tells the parent, one write each. */
struct printer_step {
    uint32_t kind;
    uint32_t code; /* enum err */
    struct printer_job job;
    struct printer_queue queue;
    char text[FAULT_TEXT_SIZE];
};

/* Writes its steps to `out`; STEP_END is the last. */
void printer_talk(const struct printer_order *order, int out);
void printer_talk_list(int out);

/* A printer-state-reason in words, without its severity; the keyword itself when it is not known. */
const char *printer_reason_words(const char *keyword, char room[PRINTER_NAME_SIZE]);

#endif
