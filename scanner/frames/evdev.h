/* Inside of the room: one input device of the kernel's, open and grabbed. The only includer of linux/input.h. One owner, one thread. */
#ifndef PLENUM_SCANNER_EVDEV_H
#define PLENUM_SCANNER_EVDEV_H

#include "scanner/frames/frames.h"

#define EVDEV_NODES 64 /* /dev/input/event0 … */
#define EVDEV_KEY_BYTES 96

struct evdev {
    int fd; /* -1 = not open */
    char name[80];
    uint16_t bus, vendor, product;
};

struct evdev_event {
    unsigned type, code;
    int value;
    int64_t at_ms; /* by the monotonic clock */
};

/* Opens, makes sure that it types, and grabs it. On failure *ret_state is what to do; ERR_INPUT: this will never be a hand scanner. */
enum err evdev_open(const char *path, struct evdev *ret, enum device_state *ret_state, struct fault *fault);
void evdev_close(struct evdev *evdev);
/* Up to `most` events, never waiting. *ret_count 0: none now. Else ERR_IO with *ret_state. */
enum err evdev_read(struct evdev *evdev, struct evdev_event *ret, size_t most, size_t *ret_count, enum device_state *ret_state, struct fault *fault);
/* Which keys are down now: a bit a key. All up when it cannot be asked. */
void evdev_keys_down(struct evdev *evdev, uint8_t ret_bits[EVDEV_KEY_BYTES]);
/* Whether there is the same make of device, without grabbing it. */
bool evdev_probe(const char *path, const struct evdev *like);

#endif
