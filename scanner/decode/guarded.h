/* Reading in a process of its own: a picture that crashes or hangs a decoder costs that picture, never the door, its queue or its key.
 *
 * The process is this program again, without our memory (fork and exec), confined, with one socket and one piece of shared memory. It lives until it fails. A
 * picture on which it dies or is late is tried once more with a fresh one, then dropped by name; fresh ones come at once the first time, then more and more
 * slowly. One owner, one thread. */
#ifndef PLENUM_SCANNER_GUARDED_H
#define PLENUM_SCANNER_GUARDED_H

#include "scanner/decode/decode.h"

struct guarded;

/* NULL when out of memory. Nothing is started before the first picture. Bar codes are looked for, too. */
struct guarded *guarded_new(void);
void guarded_free(struct guarded *guarded); /* accepts NULL; ends the process */
/* As decoder_set_bars. */
void guarded_set_bars(struct guarded *guarded, bool wanted);

/* As decoder_read, but the frame's picture may also be the bytes of a JPEG, PNG or PGM file (frame->encoded). ERR_INPUT: this picture cannot be read or was
 * dropped, the fault says why; the next is welcome; so, too, when no process can be started now. ERR_NOMEM. */
enum err guarded_read(struct guarded *guarded, const struct frame *frame, struct arena *arena, struct code_list *ret, struct fault *fault);

/* The other side: `plenum-scanner decoder`, started by the above only. Returns the exit code. */
int guarded_serve(void);

#endif
