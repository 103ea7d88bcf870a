/* Looks into papers that came without a bundle (an import, an upload): text and pictures of their pages, and the index of words, so that they can be read
 * and searched in the page. One paper at a time, on a thread of its own that gives way to everything else; strangers' files are opened by children only
 * (docs-bundle). It looks for work every few seconds by two small statements, so nobody has to tell it, whichever program brought the paper.
 *
 * What could not be read is tried again when the server starts anew, not before. */
#ifndef PLENUM_SERVER_PAPER_JOB_H
#define PLENUM_SERVER_PAPER_JOB_H

#include "core/congress/store/store.h"

struct paper_job;

enum err paper_job_start(const struct store *store, struct paper_job **ret, struct fault *fault);
/* Ends after the pages that are being drawn; at most some seconds later whatever they do. Accepts NULL. */
void paper_job_stop(struct paper_job *job);

/* The same work at once, for `plenum import`: begins no paper after `seconds`. *ret_left: papers that wait for the server. `tell` (may be NULL)
 * hears of papers that a secrecy stamp stopped. */
enum err paper_job_run_once(const struct store *store, unsigned seconds, size_t *ret_read, size_t *ret_left,
                            void (*tell)(void *context, const char *event, const char *code, const char *stamp), struct fault *fault);

#endif
