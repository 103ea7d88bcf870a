/* Motion JPEG as a plain row of JPEG pictures (ffmpeg -f mjpeg). The end of a picture is found by its markers (ITU-T T.81 §B.1), not
 * by searching FFD9: thumbnails inside a picture have ends of their own. */
#include "scanner/frames/source.h"
#include "core/vision/image_read.h"

#include <stdlib.h>
#include <string.h>

#define PICTURE_BYTES_MOST ((size_t)16 * 1024 * 1024)
#define GARBAGE_MOST ((size_t)16 * 1024 * 1024) /* so much without one picture is not MJPEG */

/* How far the walk over the markers has come; offsets in the reader's data. */
struct walk {
    size_t at;
    bool in_scan;
};

enum step { STEP_MORE, STEP_DONE, STEP_BROKEN };

/* Inside the entropy-coded data: to the next marker that is neither a stuffed zero nor a restart. */
static enum step walk_scan(const uint8_t *data, size_t length, struct walk *walk)
{
    while (walk->at + 1 < length) {
        const uint8_t *ff = memchr(data + walk->at, 0xff, length - walk->at - 1);
        if (!ff) {
            walk->at = length - 1;
            return STEP_MORE;
        }
        walk->at = (size_t)(ff - data);
        uint8_t marker = ff[1];
        if (marker == 0xff) {
            walk->at++;
        } else if (marker == 0 || (marker >= 0xd0 && marker <= 0xd7)) {
            walk->at += 2;
        } else {
            walk->in_scan = false;
            return STEP_DONE;
        }
    }
    return STEP_MORE;
}

/* From the start of a picture to behind its end. STEP_BROKEN: `at` is where something else begins. */
static enum step walk_picture(const uint8_t *data, size_t length, struct walk *walk)
{
    for (;;) {
        if (walk->in_scan && walk_scan(data, length, walk) == STEP_MORE) return STEP_MORE;
        if (length - walk->at < 2) return STEP_MORE;
        uint8_t marker = data[walk->at + 1];
        if (data[walk->at] != 0xff || marker == 0) return STEP_BROKEN;
        if (marker == 0xff) {
            walk->at++; /* fill byte */
            continue;
        }
        if (marker == 0xd8) return STEP_BROKEN; /* the next picture begins and this one did not end */
        if (marker == 0xd9) {
            walk->at += 2;
            return STEP_DONE;
        }
        if (marker == 0x01 || (marker >= 0xd0 && marker <= 0xd7)) {
            walk->at += 2;
            continue;
        }
        if (length - walk->at < 4) return STEP_MORE;
        size_t segment = (size_t)data[walk->at + 2] << 8 | data[walk->at + 3];
        if (segment < 2) return STEP_BROKEN;
        if (length - walk->at < segment + 2) return STEP_MORE;
        walk->in_scan = marker == 0xda;
        walk->at += segment + 2;
    }
}

/* Drops bytes until the data begins with a picture. */
static enum err find_start(struct source *source, struct fault *fault)
{
    struct reader *reader = &source->reader;
    size_t dropped = 0;
    for (;;) {
        enum err e = reader_need(reader, 2);
        if (e == ERR_NOT_FOUND) return e;
        if (e != OK) return fault_set(fault, e, "frames: %s", err_name(e));
        const uint8_t *data = reader_data(reader);
        size_t length = reader_length(reader), n = 0;
        while (n + 1 < length && !(data[n] == 0xff && data[n + 1] == 0xd8)) n++;
        reader->start += n;
        dropped += n;
        if (n + 1 < length) return OK;
        if (dropped > GARBAGE_MOST) return fault_set(fault, ERR_IO, "frames: this is not MJPEG any more");
    }
}

static enum err mjpeg_next(struct source *source, struct arena *arena, struct frame *ret, struct fault *fault)
{
    struct reader *reader = &source->reader;
    enum err e = find_start(source, fault);
    if (e != OK) return e;
    struct walk walk = {.at = 2};
    enum step step;
    while ((step = walk_picture(reader_data(reader), reader_length(reader), &walk)) == STEP_MORE) {
        if (reader_length(reader) > PICTURE_BYTES_MOST) {
            step = STEP_BROKEN;
            break;
        }
        e = reader_more(reader);
        if (e == ERR_NOT_FOUND) return fault_set(fault, ERR_IO, "frames: cut off in the middle of frame %lld", (long long)source->number + 1);
        if (e != OK) return fault_set(fault, e, "frames: %s", err_name(e));
    }
    source_stamp(source, ret);
    size_t length = walk.at < 2 ? 2 : walk.at;
    if (step == STEP_DONE && source->keeps_encoded) {
        ret->encoded = reader_data(reader);
        ret->encoded_length = length;
    } else if (step == STEP_DONE) e = image_read(arena, reader_data(reader), length, &ret->picture, fault);
    else e = fault_set(fault, ERR_INPUT, "broken JPEG picture");
    reader->start += length;
    if (e != OK) {
        fault_prefix(fault, "frame %lld", (long long)ret->number);
        return e == ERR_NOMEM ? e : ERR_INPUT;
    }
    return OK;
}

enum err mjpeg_start(struct source *source, struct fault *fault)
{
    (void)fault;
    source->next = mjpeg_next;
    return OK;
}
