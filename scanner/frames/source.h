/* Inside of the room: what a kind of source must do, and the formats of streams. */
#ifndef PLENUM_SCANNER_SOURCE_H
#define PLENUM_SCANNER_SOURCE_H

#include "scanner/frames/frames.h"
#include "scanner/frames/reader.h"

struct source {
    enum err (*next)(struct source *source, struct arena *arena, struct frame *ret, struct fault *fault);
    void (*close)(struct source *source); /* what the kind itself holds; may be NULL */
    struct reader reader;
    int64_t number;
    bool keeps_encoded;
    double rate;
    void *own;
};

/* Both begin with the first bytes still in the source's reader. */
enum err y4m_start(struct source *source, struct fault *fault);
enum err mjpeg_start(struct source *source, struct fault *fault);

/* Fills number, at_us and stream_ms. */
void source_stamp(struct source *source, struct frame *frame);

#endif
