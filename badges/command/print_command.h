/* Private to plenum-badges: --print and --printers. */
#ifndef PLENUM_BADGES_PRINT_COMMAND_H
#define PLENUM_BADGES_PRINT_COMMAND_H

#include "badges/command/session.h"

/* Which printer --print means: one that is set up (`plenum printer`), an address, or a queue that CUPS knows here. With s->store open. Refuses (ERR_USAGE)
 * what does not go together. */
enum err print_choose(struct session *s, struct fault *fault);
/* ERR_CONFLICT when somebody of the list was printed before and --again was not given. */
enum err print_check_log(struct session *s, struct fault *fault);
/* Sends s->paper and waits for its end, at most a minute and 5 s for each page, or --timeout. Ctrl-C ends the waiting, not the job. Errors as printer_print. */
enum err print_send(struct session *s, struct fault *fault);
/* How long that may take at most. */
int64_t print_longest_ms(const struct session *s);

/* The end of the sentence of a run's result, and the members of its JSON, with a leading comma. */
void print_tell(const struct session *s);
void print_tell_json(const struct session *s, struct buf *out);

/* --printers: those that are set up and the queues of CUPS. Having none is no error. */
enum err print_list(const struct badge_options *options, struct fault *fault);

#endif
