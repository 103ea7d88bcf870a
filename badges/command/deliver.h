/* Private to plenum-badges: what was drawn becomes paper or a file, and the print log knows (docs/decisions/0014-print-log.md). */
#ifndef PLENUM_BADGES_DELIVER_H
#define PLENUM_BADGES_DELIVER_H

#include "badges/command/session.h"

/* Into files, after volumes_make. The log goes first; when a file does not get its name, or anything else fails, the run is spoiled. ERR_CONFLICT: with
 * --not-printed and --changed somebody else printed one of them meanwhile; or the badge to be replaced changed. */
enum err deliver_file(struct session *s, struct fault *fault);

/* To the printer, and into the file of -o when there is one. The badges are claimed before the job is sent, so nobody is printed twice; a job that the printer
 * does not take leaves no trace, one that was sent without an answer stays in the log as spoiled. ERR_CONFLICT as deliver_file, also when a badge is on its way
 * to a printer already: then nothing was sent. */
enum err deliver_to_printer(struct session *s, struct fault *fault);

#endif
