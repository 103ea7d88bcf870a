/* Inside of the room: one camera of Video4Linux, open and streaming. The only includer of linux/videodev2.h.
 *
 * Single-planar capture into buffers of the driver's that are mapped here; the device is never waited for inside (O_NONBLOCK). One owner, one thread. */
#ifndef PLENUM_SCANNER_V4L2_H
#define PLENUM_SCANNER_V4L2_H

#include "scanner/frames/frames.h"
#include "scanner/frames/grey.h"

#define V4L2_NODES 64  /* /dev/video0 … */
#define V4L2_CARD_SIZE 33

struct v4l2;

struct v4l2_mode {
    unsigned width, height;
    double rate; /* pictures a second as the driver says; 0 = it does not */
    bool is_jpeg;
    enum grey_layout layout;
    size_t stride;
    char name[5]; /* "YUYV" */
};

/* One picture, in the driver's memory until the next v4l2_newest. */
struct v4l2_shot {
    const uint8_t *data;
    size_t length;
};

/* Opens, chooses size, rate and format, and starts. On failure *ret_state is what to do about it; DEVICE_FAILS with ERR_INPUT: this will never be a camera. */
enum err v4l2_open(const char *path, struct v4l2 **ret, enum device_state *ret_state, struct fault *fault);
void v4l2_close(struct v4l2 *v4l2); /* accepts NULL */

int v4l2_fd(const struct v4l2 *v4l2);
const struct v4l2_mode *v4l2_mode(const struct v4l2 *v4l2);
const char *v4l2_card(const struct v4l2 *v4l2); /* what the camera calls itself */

/* The newest whole picture of those that wait; the others go back, as do broken ones. ERR_NOT_FOUND: none yet. With `was_idle` false, nobody has waited for it
 * since the call before, and what filled all buffers meanwhile may be old: then it is passed over as well. Else ERR_IO with *ret_state. */
enum err v4l2_newest(struct v4l2 *v4l2, bool was_idle, struct v4l2_shot *ret, enum device_state *ret_state, struct fault *fault);

/* Whether there is a camera with pictures, and its name; without touching its settings. */
bool v4l2_probe(const char *path, char ret_card[V4L2_CARD_SIZE]);

#endif
