/* Where codes come from: picture files and folders, frames from a pipe, a camera, lines or keys of a hand scanner. One interface for all.
 *
 * A source belongs to one thread. What a frame points to is borrowed until the next call for the same source, or lives in the arena
 * that was passed. */
#ifndef PLENUM_SCANNER_FRAMES_H
#define PLENUM_SCANNER_FRAMES_H

#include "core/base/arena.h"
#include "core/base/err.h"
#include "core/vision/picture.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FRAMES_TEXT_MOST 4096 /* a longer line is not a code; QR codes end at 2953 bytes */

struct frame {
    struct picture picture; /* pixels NULL for a line */
    const void *encoded;    /* instead of pixels, the bytes of a JPEG, PNG or PGM file (source_keep_encoded) */
    size_t encoded_length;
    const char *text;       /* a line: the code as the hand scanner sent it; else NULL */
    size_t text_length;
    const char *name;  /* the picture's file; NULL for streams */
    int64_t number;    /* from 1 */
    int64_t at_us;     /* clock_steady_us() when the frame was complete here */
    int64_t stream_ms; /* its time by the stream's own rate, from 0; -1 when the stream names none */
};

struct source;

/* Pictures of files and of the folders' files (jpg, jpeg, png, pgm; by name). With `watch` the source does not end: the folders are
 * looked at again and again for new pictures, and a path that is not there is ERR_NOT_FOUND (else it is a picture that cannot be read).
 * `paths` is borrowed. */
enum err source_open_images(const char *const *paths, size_t count, bool watch, int stop_fd, struct source **ret, struct fault *fault);
/* yuv4mpeg or MJPEG, told apart by the first bytes, which this waits for. `fd` is borrowed. `rate` is frames per second where the
 * stream names none (0 = unknown). */
enum err source_open_stream(int fd, int stop_fd, double rate, struct source **ret, struct fault *fault);
/* One code a line. */
enum err source_open_lines(int fd, int stop_fd, struct source **ret, struct fault *fault);

/* --- devices: they may be unplugged and come back ------------------------------------------------------------------------------- */

enum device_state {
    DEVICE_READS,  /* all is well (again) */
    DEVICE_GONE,   /* not plugged in */
    DEVICE_BUSY,   /* another program has it */
    DEVICE_DENIED, /* this user may not open it */
    DEVICE_SILENT, /* a camera that gives no pictures */
    DEVICE_FAILS,  /* anything else */
    DEVICE_STATES
};

/* "reads", "gone", "busy", "denied", "silent", "fails". */
const char *device_state_name(enum device_state state);

struct device_news {
    enum device_state state;
    const char *device; /* as it was named, or where it is now */
    const char *text;   /* a sentence for the operator */
};

struct device_settings {
    const char *path; /* borrowed */
    int stop_fd;
    bool ends;        /* with the device, instead of waiting until it is there (again) */
    void (*tell)(void *ctx, const struct device_news *news); /* once a change, on the thread of source_next; may be NULL */
    void *ctx;
};

/* A camera of Video4Linux: "/dev/video0", "/dev/v4l/by-id/…", or "auto" for the first that has pictures. Raw pictures come as grey ones, MJPEG as encoded
 * (below). Only the newest picture counts: what was taken while nobody asked is passed over. A camera that is not there, or that another program has, is waited
 * for; one that comes back under another number is known by its name. Want of memory costs a picture. ERR_DENIED, ERR_INPUT (not a camera) at the start;
 * ERR_NOT_FOUND and ERR_BUSY only with `ends`. */
enum err source_open_camera(const struct device_settings *settings, struct source **ret, struct fault *fault);
/* A hand scanner that types: "/dev/input/by-id/…-event-kbd" or "/dev/input/event3". Grabbed, so that its keys go nowhere else. Each line is a frame; what was
 * typed in part, with keys lost, or in a keyboard layout that cannot be told is ERR_INPUT, and the next call goes on. Waits and errors as for a camera. */
enum err source_open_input(const struct device_settings *settings, struct source **ret, struct fault *fault);

/* The next frame. ERR_NOT_FOUND: the end (or we were told to stop). ERR_INPUT: this one could not be read, the fault and ret->name say
 * which; the next call goes on. Anything else ends the source. */
enum err source_next(struct source *source, struct arena *arena, struct frame *ret, struct fault *fault);
/* Pictures of files and of MJPEG are not decoded here but handed on as they are: for a decoder in a process of its own. */
void source_keep_encoded(struct source *source);
void source_close(struct source *source); /* accepts NULL */

#endif
