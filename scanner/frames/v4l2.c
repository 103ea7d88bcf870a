#include "scanner/frames/v4l2.h"
#include "core/vision/image_read.h"
#include "scanner/frames/attend.h"
#include "scanner/frames/camera_pick.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/videodev2.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define BUFFERS_WANTED 4
#define BUFFERS_MOST 32
#define OFFERS_MOST 256
#define LIST_MOST 128        /* entries of one of the driver's lists; some never end */
#define BLOCKED_US 3000      /* a driver that never says EAGAIN waits in spite of O_NONBLOCK: what it gives after so long has just come */
#define OLD_FRAMES 3         /* a picture that is older than so many, and a transfer, is old */
#define OLD_US 50000
#define RATE_MOST 1000.0     /* pictures a second; a camera that says so many, or more, says nothing */
#define STAMP_US_MOST 10000000 /* a time further away is by another clock */

struct buffer {
    uint8_t *data; /* NULL: not mapped */
    size_t length;
    bool is_queued;
};

struct v4l2 {
    int fd;
    char card[V4L2_CARD_SIZE];
    struct v4l2_mode mode;
    struct buffer buffers[BUFFERS_MOST];
    unsigned count;
    int held; /* what was given out last; -1 = none */
    bool is_streaming, says_again;
};

/* What we can read, the cheapest first. All are of one plane or have brightness at the start. */
static const struct {
    uint32_t format;
    bool is_jpeg;
    enum grey_layout layout;
} known_formats[] = {
    {V4L2_PIX_FMT_GREY, false, GREY_PLANE},          {V4L2_PIX_FMT_NV12, false, GREY_PLANE},          {V4L2_PIX_FMT_YUV420, false, GREY_PLANE},
    {V4L2_PIX_FMT_YUYV, false, GREY_FIRST_OF_TWO},   {V4L2_PIX_FMT_UYVY, false, GREY_SECOND_OF_TWO},  {V4L2_PIX_FMT_YVYU, false, GREY_FIRST_OF_TWO},
    {V4L2_PIX_FMT_VYUY, false, GREY_SECOND_OF_TWO},  {V4L2_PIX_FMT_NV21, false, GREY_PLANE},          {V4L2_PIX_FMT_YVU420, false, GREY_PLANE},
    {V4L2_PIX_FMT_NV16, false, GREY_PLANE},          {V4L2_PIX_FMT_YUV422P, false, GREY_PLANE},       {V4L2_PIX_FMT_MJPEG, true, GREY_PLANE},
    {V4L2_PIX_FMT_JPEG, true, GREY_PLANE},
};
#define KNOWN (sizeof known_formats / sizeof *known_formats)

static int control(int fd, unsigned long request, void *argument)
{
    int n;
    do n = ioctl(fd, request, argument);
    while (n < 0 && errno == EINTR);
    return n;
}

static size_t known_index(uint32_t format)
{
    size_t i = 0;
    while (i < KNOWN && known_formats[i].format != format) i++;
    return i;
}

static int64_t monotonic_us(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t); /* the drivers' clock */
    return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static void put_name(char out[5], uint32_t format)
{
    for (int i = 0; i < 4; i++) {
        char c = (char)(format >> (8 * i) & 0x7f);
        out[i] = c >= 0x20 && c < 0x7f ? c : ' ';
    }
    out[4] = '\0';
}

/* --- what it is ------------------------------------------------------------------------------------------------------------------ */

static enum err fail(enum device_state *ret_state, int number, struct fault *fault, const char *doing)
{
    *ret_state = attend_state_of_errno(number);
    switch (*ret_state) {
    case DEVICE_BUSY: return fault_set(fault, ERR_BUSY, "another program holds this camera: close it (video call, camera app, browser)");
    case DEVICE_GONE: return fault_set(fault, ERR_NOT_FOUND, "it is not plugged in");
    case DEVICE_DENIED: return fault_set(fault, ERR_DENIED, "this user may not open it: add the user to the group \"video\" (usermod -aG video USER) and sign in again");
    default: break;
    }
    if (number == ENOSPC) return fault_set(fault, ERR_FULL, "the USB bus has no room for its pictures: use another port, or one camera on each hub");
    return fault_set(fault, ERR_IO, "%s: %s", doing, strerror(number));
}

static enum err never(enum device_state *ret_state, struct fault *fault, const char *why)
{
    *ret_state = DEVICE_FAILS;
    return fault_set(fault, ERR_INPUT, "%s", why);
}

static enum err look_at(int fd, char card[V4L2_CARD_SIZE], enum device_state *ret_state, struct fault *fault)
{
    struct v4l2_capability about = {0};
    if (control(fd, VIDIOC_QUERYCAP, &about) != 0)
        return errno == ENOTTY || errno == EINVAL ? never(ret_state, fault, "this is not a camera") : fail(ret_state, errno, fault, "ask what it is");
    uint32_t can = about.capabilities & V4L2_CAP_DEVICE_CAPS ? about.device_caps : about.capabilities;
    for (size_t i = 0; i < V4L2_CARD_SIZE; i++) {
        unsigned char c = i < sizeof about.card ? about.card[i] : 0;
        card[i] = (char)(c && (c < 0x20 || c == 0x7f) ? ' ' : c); /* a stranger's name must not move the cursor */
    }
    card[V4L2_CARD_SIZE - 1] = '\0';
    if (!(can & V4L2_CAP_VIDEO_CAPTURE) && (can & V4L2_CAP_VIDEO_CAPTURE_MPLANE))
        return never(ret_state, fault, "this camera gives its pictures in several planes, which we cannot take: use ffmpeg … | plenum-scanner --frames -");
    if (!(can & V4L2_CAP_VIDEO_CAPTURE))
        return never(ret_state, fault, "this node has no pictures (a camera often has several: try the number before it, or auto)");
    if (!(can & V4L2_CAP_STREAMING)) return never(ret_state, fault, "this camera does not stream, which we need: use ffmpeg … | plenum-scanner --frames -");
    return OK;
}

bool v4l2_probe(const char *path, char ret_card[V4L2_CARD_SIZE])
{
    enum device_state state;
    int fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0) return false;
    bool is_camera = look_at(fd, ret_card, &state, NULL) == OK;
    close(fd);
    return is_camera;
}

/* --- what it offers -------------------------------------------------------------------------------------------------------------- */

struct offers {
    struct camera_offer items[OFFERS_MOST];
    size_t count;
    char unknown[64]; /* formats that we cannot read */
};

static double rate_of(struct v4l2_fract interval)
{
    double rate = interval.numerator && interval.denominator ? (double)interval.denominator / interval.numerator : 0;
    return fmin(rate, RATE_MOST);
}

/* The best of the rates for one size. */
static void add_size(int fd, struct offers *offers, size_t known, unsigned width, unsigned height)
{
    struct v4l2_frmivalenum list = {.pixel_format = known_formats[known].format, .width = width, .height = height};
    struct camera_offer found[LIST_MOST];
    size_t count = 0;
    if (!width || !height || width > PICTURE_SIDE_MOST || height > PICTURE_SIDE_MOST || offers->count == OFFERS_MOST) return;
    struct camera_offer offer = {.format = known_formats[known].format, .width = width, .height = height, .rank = (unsigned)known};
    for (; count < LIST_MOST && control(fd, VIDIOC_ENUM_FRAMEINTERVALS, &list) == 0; list.index++) {
        found[count] = offer;
        if (list.type == V4L2_FRMIVAL_TYPE_DISCRETE) {
            found[count++].rate = rate_of(list.discrete);
            continue;
        }
        double most = rate_of(list.stepwise.min), least = rate_of(list.stepwise.max); /* the shortest interval is the highest rate */
        found[count++].rate = fmax(least, fmin(most, CAMERA_RATE));
        break;
    }
    if (count == 0) found[count++] = offer;
    offers->items[offers->count++] = found[camera_pick(found, count)];
}

static unsigned within(unsigned wanted, unsigned least, unsigned most, unsigned step)
{
    if (wanted <= least || most <= least) return least;
    if (wanted > most) wanted = most;
    return step > 1 ? least + (wanted - least) / step * step : wanted;
}

static void add_sizes(int fd, struct offers *offers, size_t known)
{
    struct v4l2_frmsizeenum list = {.pixel_format = known_formats[known].format};
    for (; list.index < LIST_MOST && control(fd, VIDIOC_ENUM_FRAMESIZES, &list) == 0; list.index++) {
        if (list.type == V4L2_FRMSIZE_TYPE_DISCRETE) {
            add_size(fd, offers, known, list.discrete.width, list.discrete.height);
            continue;
        }
        const struct v4l2_frmsize_stepwise *range = &list.stepwise;
        add_size(fd, offers, known, within(CAMERA_WIDTH, range->min_width, range->max_width, range->step_width),
                 within(CAMERA_HEIGHT, range->min_height, range->max_height, range->step_height));
        break;
    }
    /* Drivers that list no sizes round what they are asked for. */
    if (list.index == 0) add_size(fd, offers, known, CAMERA_WIDTH, CAMERA_HEIGHT);
}

static void list_offers(int fd, struct offers *offers)
{
    struct v4l2_fmtdesc list = {.type = V4L2_BUF_TYPE_VIDEO_CAPTURE};
    bool has_list = false;
    for (; list.index < LIST_MOST && control(fd, VIDIOC_ENUM_FMT, &list) == 0; list.index++) {
        size_t known = known_index(list.pixelformat);
        char name[5];
        has_list = true;
        if (known < KNOWN) {
            add_sizes(fd, offers, known);
            continue;
        }
        put_name(name, list.pixelformat);
        size_t used = strlen(offers->unknown);
        (void)snprintf(offers->unknown + used, sizeof offers->unknown - used, "%s%s", used ? " " : "", name);
    }
    for (size_t known = 0; !has_list && known < KNOWN; known++) add_sizes(fd, offers, known);
}

/* --- starting -------------------------------------------------------------------------------------------------------------------- */

/* Not all drivers know rates; what they say then counts as nothing. */
static void set_rate(struct v4l2 *v, double rate)
{
    struct v4l2_streamparm wish = {.type = V4L2_BUF_TYPE_VIDEO_CAPTURE};
    if (rate >= RATE_MOST) rate = 0;
    if (rate > 0) {
        wish.parm.capture.timeperframe = (struct v4l2_fract){.numerator = 1000, .denominator = (uint32_t)(rate * 1000 + 0.5)};
        (void)control(v->fd, VIDIOC_S_PARM, &wish);
        wish = (struct v4l2_streamparm){.type = V4L2_BUF_TYPE_VIDEO_CAPTURE};
    }
    if (control(v->fd, VIDIOC_G_PARM, &wish) == 0) v->mode.rate = rate_of(wish.parm.capture.timeperframe);
    if (v->mode.rate <= 0 || v->mode.rate >= RATE_MOST) v->mode.rate = rate;
}

/* True when the driver took it, or something else that we can read; v->mode is what it says then. errno else. */
static bool set_format(struct v4l2 *v, const struct camera_offer *offer)
{
    struct v4l2_format wish = {.type = V4L2_BUF_TYPE_VIDEO_CAPTURE};
    wish.fmt.pix.width = offer->width;
    wish.fmt.pix.height = offer->height;
    wish.fmt.pix.pixelformat = offer->format;
    wish.fmt.pix.field = V4L2_FIELD_ANY;
    if (control(v->fd, VIDIOC_S_FMT, &wish) != 0) return false;
    const struct v4l2_pix_format *pix = &wish.fmt.pix;
    size_t known = known_index(pix->pixelformat);
    errno = EINVAL;
    if (known == KNOWN || !pix->width || !pix->height || pix->width > PICTURE_SIDE_MOST || pix->height > PICTURE_SIDE_MOST) return false;
    if ((uint64_t)pix->width * pix->height > IMAGE_PIXELS_MOST) return false;
    v->mode = (struct v4l2_mode){.width = pix->width, .height = pix->height, .is_jpeg = known_formats[known].is_jpeg, .layout = known_formats[known].layout,
                                 .stride = pix->bytesperline};
    put_name(v->mode.name, pix->pixelformat);
    set_rate(v, offer->rate);
    return true;
}

static enum err choose(struct v4l2 *v, bool only_jpeg, enum device_state *ret_state, struct fault *fault)
{
    struct offers *offers = calloc(1, sizeof *offers);
    if (!offers) return fault_set(fault, ERR_NOMEM, "not enough memory for the camera");
    list_offers(v->fd, offers);
    for (size_t i = 0; only_jpeg && i < offers->count; i++) offers->items[i].is_refused = !known_formats[offers->items[i].rank].is_jpeg;
    bool had_any = offers->count > 0;
    int number = only_jpeg ? ENOSPC : EINVAL;
    enum err e = ERR_IO;
    for (size_t best; (best = camera_pick(offers->items, offers->count)) < offers->count;) {
        errno = 0;
        if (set_format(v, &offers->items[best])) {
            e = OK;
            break;
        }
        number = errno;
        if (number != EINVAL) break; /* busy, gone, denied: another format would not help */
        offers->items[best].is_refused = true;
    }
    if (e != OK && !had_any) {
        e = never(ret_state, fault, "");
        fault_set(fault, e, "this camera has no picture format that we can read (it has %s): use ffmpeg … | plenum-scanner --frames -",
                  offers->unknown[0] ? offers->unknown : "none");
    } else if (e != OK) e = fail(ret_state, number, fault, "choose size and format");
    free(offers);
    return e;
}

static bool queue(struct v4l2 *v, unsigned index)
{
    struct v4l2_buffer one = {.type = V4L2_BUF_TYPE_VIDEO_CAPTURE, .memory = V4L2_MEMORY_MMAP, .index = index};
    if (control(v->fd, VIDIOC_QBUF, &one) != 0) return false;
    v->buffers[index].is_queued = true;
    return true;
}

static enum err map_buffers(struct v4l2 *v, enum device_state *ret_state, struct fault *fault)
{
    struct v4l2_requestbuffers wish = {.type = V4L2_BUF_TYPE_VIDEO_CAPTURE, .memory = V4L2_MEMORY_MMAP, .count = BUFFERS_WANTED};
    if (control(v->fd, VIDIOC_REQBUFS, &wish) != 0)
        return errno == EINVAL ? never(ret_state, fault, "this camera lends no memory: use ffmpeg … | plenum-scanner --frames -")
                               : fail(ret_state, errno, fault, "ask for memory");
    if (wish.count < 2) return never(ret_state, fault, "this camera lends too little memory: use ffmpeg … | plenum-scanner --frames -");
    v->count = wish.count < BUFFERS_MOST ? wish.count : BUFFERS_MOST;
    for (unsigned i = 0; i < v->count; i++) {
        struct v4l2_buffer one = {.type = V4L2_BUF_TYPE_VIDEO_CAPTURE, .memory = V4L2_MEMORY_MMAP, .index = i};
        if (control(v->fd, VIDIOC_QUERYBUF, &one) != 0) return fail(ret_state, errno, fault, "look at its memory");
        void *data = mmap(NULL, one.length, PROT_READ | PROT_WRITE, MAP_SHARED, v->fd, one.m.offset);
        if (data == MAP_FAILED) return fail(ret_state, errno, fault, "map its memory");
        v->buffers[i] = (struct buffer){.data = data, .length = one.length};
    }
    return OK;
}

static enum err start(struct v4l2 *v, enum device_state *ret_state, struct fault *fault)
{
    int type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
    for (unsigned i = 0; i < v->count; i++)
        if (!queue(v, i)) return fail(ret_state, errno, fault, "give it memory");
    if (control(v->fd, VIDIOC_STREAMON, &type) != 0) return fail(ret_state, errno, fault, "start it");
    v->is_streaming = true;
    return OK;
}

static enum err open_as(const char *path, bool only_jpeg, struct v4l2 **ret, enum device_state *ret_state, struct fault *fault)
{
    struct v4l2 *v = calloc(1, sizeof *v);
    *ret_state = DEVICE_FAILS;
    if (!v) return fault_set(fault, ERR_NOMEM, "not enough memory for the camera");
    v->held = -1;
    v->fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
    enum err e = v->fd >= 0 ? look_at(v->fd, v->card, ret_state, fault)
                 : errno == EISDIR ? never(ret_state, fault, "this is a folder, not a camera")
                                   : fail(ret_state, errno, fault, "open it");
    if (e == OK) e = choose(v, only_jpeg, ret_state, fault);
    if (e == OK) e = map_buffers(v, ret_state, fault);
    if (e == OK) e = start(v, ret_state, fault);
    if (e != OK) {
        v4l2_close(v);
        return e;
    }
    *ret = v;
    return OK;
}

enum err v4l2_open(const char *path, struct v4l2 **ret, enum device_state *ret_state, struct fault *fault)
{
    enum err e = open_as(path, false, ret, ret_state, fault);
    /* Raw pictures want much of a USB bus, and another camera may have it: compressed ones may still find room. */
    return e == ERR_FULL ? open_as(path, true, ret, ret_state, fault) : e;
}

/* What fails here fails because the camera is gone; then there is nothing left to give back. */
void v4l2_close(struct v4l2 *v)
{
    int type = V4L2_BUF_TYPE_VIDEO_CAPTURE;
    if (!v) return;
    if (v->is_streaming) (void)control(v->fd, VIDIOC_STREAMOFF, &type);
    for (unsigned i = 0; i < v->count; i++)
        if (v->buffers[i].data) munmap(v->buffers[i].data, v->buffers[i].length);
    if (v->fd >= 0) close(v->fd);
    free(v);
}

int v4l2_fd(const struct v4l2 *v) { return v->fd; }
const struct v4l2_mode *v4l2_mode(const struct v4l2 *v) { return &v->mode; }
const char *v4l2_card(const struct v4l2 *v) { return v->card; }

/* --- pictures -------------------------------------------------------------------------------------------------------------------- */

static bool is_whole(const struct v4l2 *v, const struct v4l2_buffer *one)
{
    const struct buffer *buffer = &v->buffers[one->index];
    if ((one->flags & V4L2_BUF_FLAG_ERROR) || one->bytesused > buffer->length) return false;
    if (v->mode.is_jpeg) return one->bytesused > 4 && buffer->data[0] == 0xff && buffer->data[1] == 0xd8;
    return one->bytesused >= grey_bytes(v->mode.layout, v->mode.width, v->mode.height, v->mode.stride);
}

static bool is_old(const struct v4l2 *v, const struct v4l2_buffer *one, bool was_full)
{
    int64_t seconds = one->timestamp.tv_sec, rest = one->timestamp.tv_usec;
    bool has_stamp = (one->flags & V4L2_BUF_FLAG_TIMESTAMP_MASK) == V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC;
    if (!has_stamp || seconds < 0 || seconds > UINT32_MAX || rest < 0 || rest >= 1000000) return was_full;
    int64_t age = monotonic_us() - (seconds * 1000000 + rest);
    if (age <= -STAMP_US_MOST || age >= STAMP_US_MOST) return was_full;
    return age > (int64_t)(OLD_FRAMES * 1e6 / (v->mode.rate > 1 ? v->mode.rate : CAMERA_RATE)) + OLD_US;
}

static unsigned count_queued(const struct v4l2 *v)
{
    unsigned n = 0;
    for (unsigned i = 0; i < v->count; i++) n += v->buffers[i].is_queued;
    return n;
}

/* Takes what is ready, keeps the last whole one in *newest (flags and times; index -1 = none). False: the camera fails, by errno. */
static bool drain(struct v4l2 *v, struct v4l2_buffer *newest, int *ret_index, unsigned *ret_taken)
{
    *ret_index = -1;
    *ret_taken = 0;
    for (unsigned k = 0; k < v->count; k++) {
        struct v4l2_buffer one = {.type = V4L2_BUF_TYPE_VIDEO_CAPTURE, .memory = V4L2_MEMORY_MMAP};
        int64_t before = monotonic_us();
        if (control(v->fd, VIDIOC_DQBUF, &one) != 0) {
            v->says_again = v->says_again || errno == EAGAIN;
            return errno == EAGAIN;
        }
        bool has_blocked = !v->says_again && monotonic_us() - before > BLOCKED_US;
        if (one.index >= v->count || !v->buffers[one.index].is_queued) {
            errno = EIO;
            return false;
        }
        v->buffers[one.index].is_queued = false;
        ++*ret_taken;
        if (is_whole(v, &one)) {
            if (*ret_index >= 0 && !queue(v, (unsigned)*ret_index)) return false;
            *newest = one;
            *ret_index = (int)one.index;
            if (has_blocked) return true;
        } else if (!queue(v, one.index)) return false;
    }
    return true;
}

enum err v4l2_newest(struct v4l2 *v, bool was_idle, struct v4l2_shot *ret, enum device_state *ret_state, struct fault *fault)
{
    struct v4l2_buffer newest;
    int index;
    unsigned taken, had = count_queued(v);
    bool is_well = drain(v, &newest, &index, &taken);
    /* The picture that was out goes back after the others were counted: had all of the driver's buffers been full, it stood still since nobody knows when. */
    if (is_well && v->held >= 0) is_well = queue(v, (unsigned)v->held);
    v->held = -1;
    if (is_well && index >= 0 && !was_idle && is_old(v, &newest, taken >= had && had > 1)) {
        is_well = queue(v, (unsigned)index);
        index = -1;
    }
    if (!is_well) {
        enum err e = fail(ret_state, errno, fault, "read its pictures");
        return e == ERR_NOT_FOUND ? fault_set(fault, ERR_IO, "it was unplugged") : ERR_IO;
    }
    if (index < 0) return ERR_NOT_FOUND;
    v->held = index;
    *ret = (struct v4l2_shot){v->buffers[index].data, newest.bytesused};
    return OK;
}
