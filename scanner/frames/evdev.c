#include "scanner/frames/evdev.h"
#include "scanner/frames/attend.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/input.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#define READ_MOST 64

static int control(int fd, unsigned long request, void *argument)
{
    int n;
    do n = ioctl(fd, request, argument);
    while (n < 0 && errno == EINTR);
    return n;
}

static enum err never(enum device_state *ret_state, struct fault *fault, const char *why)
{
    *ret_state = DEVICE_FAILS;
    return fault_set(fault, ERR_INPUT, "%s", why);
}

static enum err fail(enum device_state *ret_state, int number, struct fault *fault, const char *doing)
{
    *ret_state = attend_state_of_errno(number);
    switch (*ret_state) {
    case DEVICE_BUSY: return fault_set(fault, ERR_BUSY, "another program holds this hand scanner (another plenum-scanner?)");
    case DEVICE_GONE: return fault_set(fault, ERR_NOT_FOUND, "it is not plugged in");
    case DEVICE_DENIED:
        return fault_set(fault, ERR_DENIED, "this user may not open it: add the user to the group \"input\" (usermod -aG input USER) and sign in again");
    default: return fault_set(fault, ERR_IO, "%s: %s", doing, strerror(number));
    }
}

static bool has_bit(const uint8_t *bits, unsigned code) { return bits[code / 8] >> code % 8 & 1; }

/* Name and make; false when it is no device of this kind. */
static bool look_at(int fd, struct evdev *ret)
{
    struct input_id id = {0};
    if (control(fd, EVIOCGNAME(sizeof ret->name - 1), ret->name) < 0 && errno != ENOENT) return false; /* ENOENT: it has none */
    ret->name[sizeof ret->name - 1] = '\0';
    for (char *at = ret->name; *at; at++)
        if ((unsigned char)*at < 0x20 || *at == 0x7f) *at = ' '; /* a stranger's name must not move the cursor */
    if (control(fd, EVIOCGID, &id) == 0) {
        ret->bus = id.bustype;
        ret->vendor = id.vendor;
        ret->product = id.product;
    }
    return true;
}

static enum err take(struct evdev *evdev, enum device_state *ret_state, struct fault *fault)
{
    uint8_t can[EVDEV_KEY_BYTES] = {0}, none[EVDEV_KEY_BYTES] = {0};
    int clock = CLOCK_MONOTONIC;
    bool is_input = look_at(evdev->fd, evdev);
    bool has_list = control(evdev->fd, EVIOCGBIT(EV_KEY, sizeof can), can) >= 0 && memcmp(can, none, sizeof can) != 0;
    if (has_list && !(has_bit(can, KEY_A) && has_bit(can, KEY_1) && has_bit(can, KEY_ENTER)))
        return never(ret_state, fault,
                     "this one does not type letters and numbers: choose the one that ends in -event-kbd, and set the hand scanner to \"USB keyboard\"");
    /* To grab it would take the keyboard from the operator, Ctrl+C included. */
    if (evdev->bus == BUS_I8042) return never(ret_state, fault, "this is the machine's own keyboard, not a hand scanner");
    if (control(evdev->fd, EVIOCGRAB, (void *)(uintptr_t)1) != 0) {
        if (!is_input && errno != ENODEV) return never(ret_state, fault, "this is no input device (a file, a pipe or a serial line: use --lines)");
        return fail(ret_state, errno, fault, "grab it");
    }
    (void)control(evdev->fd, EVIOCSCLOCKID, &clock); /* without it, a clock that is set looks like a pause */
    return OK;
}

enum err evdev_open(const char *path, struct evdev *ret, enum device_state *ret_state, struct fault *fault)
{
    struct evdev evdev = {.fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)};
    if (evdev.fd < 0) return fail(ret_state, errno, fault, "open it");
    enum err e = take(&evdev, ret_state, fault);
    if (e != OK) {
        evdev_close(&evdev);
        return e;
    }
    *ret = evdev;
    return OK;
}

void evdev_close(struct evdev *evdev)
{
    if (evdev->fd >= 0) close(evdev->fd); /* lets go of it, too */
    evdev->fd = -1;
}

bool evdev_probe(const char *path, const struct evdev *like)
{
    struct evdev found = {.fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)};
    if (found.fd < 0) return false;
    bool is_same = look_at(found.fd, &found) && strcmp(found.name, like->name) == 0 && found.bus == like->bus && found.vendor == like->vendor &&
                   found.product == like->product;
    evdev_close(&found);
    return is_same;
}

enum err evdev_read(struct evdev *evdev, struct evdev_event *ret, size_t most, size_t *ret_count, enum device_state *ret_state, struct fault *fault)
{
    struct input_event events[READ_MOST];
    ssize_t n;
    if (most > READ_MOST) most = READ_MOST;
    do n = read(evdev->fd, events, most * sizeof *events);
    while (n < 0 && errno == EINTR);
    *ret_count = 0;
    if (n < 0 && errno == EAGAIN) return OK;
    if (n <= 0) {
        enum err e = fail(ret_state, n < 0 ? errno : ENODEV, fault, "read it");
        return e == ERR_NOT_FOUND ? fault_set(fault, ERR_IO, "it was unplugged") : ERR_IO;
    }
    *ret_count = (size_t)n / sizeof *events;
    for (size_t i = 0; i < *ret_count; i++)
        ret[i] = (struct evdev_event){.type = events[i].type, .code = events[i].code, .value = events[i].value,
                                      .at_ms = (int64_t)events[i].input_event_sec * 1000 + events[i].input_event_usec / 1000};
    return OK;
}

void evdev_keys_down(struct evdev *evdev, uint8_t ret_bits[EVDEV_KEY_BYTES])
{
    memset(ret_bits, 0, EVDEV_KEY_BYTES);
    (void)control(evdev->fd, EVIOCGKEY(EVDEV_KEY_BYTES), ret_bits);
}
