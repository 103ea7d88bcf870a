/* A frame's codes, as texts. Decides nothing about them: what counts as a badge is scanner/decision's to say.
 *
 * Pictures go up the ladder of core/vision/qr_ladder.h; frames of a camera get a glance each, and one that shows what the last one showed is not looked at
 * again. Bar codes are looked for where nothing else is found, so that they can be named: they are never badges. A decoder belongs to one thread. */
#ifndef PLENUM_SCANNER_DECODE_H
#define PLENUM_SCANNER_DECODE_H

#include "core/base/arena.h"
#include "core/base/err.h"
#include "scanner/frames/frames.h"

struct decoder;

struct code {
    const char *text; /* in the arena or borrowed from the frame; NUL behind the last byte */
    size_t length;
    bool is_bar; /* of a bar code, not a QR code or a line */
};

struct code_list {
    struct code *items;
    size_t count;
};

struct decoder *decoder_new(void); /* NULL when out of memory */
/* Whether bar codes are looked for, too (at first they are not): in a picture without any other code; in frames of a camera once a second at most, by the stream's
 * own time where that is longer, and once after each change. */
void decoder_set_bars(struct decoder *decoder, bool wanted);
void decoder_free(struct decoder *decoder);

/* All codes of a picture (each text of a kind once, from the top), or the one text of a line. Count 0 where there is none. */
enum err decoder_read(struct decoder *decoder, const struct frame *frame, struct arena *arena, struct code_list *ret);

#endif
