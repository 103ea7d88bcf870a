/* A camera as a source: there, gone, back. What it is while it is there is v4l2.c's. */
#include "core/base/clock.h"
#include "core/vision/image_read.h"
#include "scanner/frames/attend.h"
#include "scanner/frames/source.h"
#include "scanner/frames/v4l2.h"

#include <limits.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_MS 8000  /* some cameras take seconds to begin */
#define SILENT_MS 4000 /* a camera that gave pictures and gives none any more */

struct camera {
    struct attend attend;
    struct v4l2 *v4l2;        /* NULL: not open */
    bool has_given;           /* a picture, since it was opened */
    char path[64];            /* where "auto" or a search found it; empty = where it was named */
    char card[V4L2_CARD_SIZE]; /* the one that we had */
    uint8_t *room;            /* for a grey picture */
    size_t room_size;
};

static const char *path_of(const struct camera *own)
{
    return own->path[0] ? own->path : own->attend.settings.path;
}

static bool is_auto(const struct camera *own) { return strcmp(own->attend.settings.path, "auto") == 0; }

/* Under any number: the first camera, or, when we had one, the one that calls itself so. What is said of those that could not be opened is said of the first of them. */
static enum err search(struct camera *own, enum device_state *ret_state, struct fault *fault)
{
    enum device_state state;
    struct fault other;
    bool has_said = false;
    *ret_state = DEVICE_GONE;
    enum err e = fault_set(fault, ERR_NOT_FOUND, "no camera is plugged in");
    for (int k = 0; k < V4L2_NODES; k++) {
        char path[32], card[V4L2_CARD_SIZE];
        (void)snprintf(path, sizeof path, "/dev/video%d", k);
        if (own->card[0] && (!v4l2_probe(path, card) || strcmp(card, own->card) != 0)) continue;
        enum err one = v4l2_open(path, &own->v4l2, &state, &other);
        if (one == OK) {
            (void)snprintf(own->path, sizeof own->path, "%s", path);
            return OK;
        }
        if (state == DEVICE_GONE || has_said || one == ERR_INPUT) continue;
        has_said = true;
        *ret_state = state;
        e = fault_set(fault, one, "%s: %s", path, other.text);
    }
    return e;
}

static void add_cameras(struct fault *fault)
{
    for (int k = 0; k < V4L2_NODES; k++) {
        char path[32], card[V4L2_CARD_SIZE];
        size_t used = strlen(fault->text);
        (void)snprintf(path, sizeof path, "/dev/video%d", k);
        if (v4l2_probe(path, card)) (void)snprintf(fault->text + used, sizeof fault->text - used, "; there is %s (%s)", path, card);
    }
}

static enum err connect_camera(struct camera *own, enum device_state *ret_state, struct fault *fault)
{
    own->has_given = false;
    own->path[0] = '\0';
    enum err e = is_auto(own) ? search(own, ret_state, fault) : v4l2_open(own->attend.settings.path, &own->v4l2, ret_state, fault);
    if (e == ERR_NOT_FOUND && is_auto(own) && own->card[0]) { /* "auto" with another camera than before is welcome */
        own->card[0] = '\0';
        e = search(own, ret_state, fault);
    }
    if (e == OK || is_auto(own)) return e;
    /* Back under another number; its old one may be away, or be another part of the same camera now. */
    bool is_elsewhere = own->card[0] && (e == ERR_NOT_FOUND || e == ERR_INPUT);
    struct fault ignored;
    enum device_state state;
    if (is_elsewhere && attend_may_search(&own->attend) && search(own, &state, &ignored) == OK) return OK;
    return e;
}

static void disconnect(struct camera *own)
{
    v4l2_close(own->v4l2);
    own->v4l2 = NULL;
}

static void tell_good(struct camera *own)
{
    const struct v4l2_mode *mode = v4l2_mode(own->v4l2);
    char text[256], rate[48] = "";
    if (own->has_given) {
        attend_tell_good(&own->attend, path_of(own), NULL);
        return;
    }
    own->has_given = true;
    (void)snprintf(own->card, sizeof own->card, "%s", v4l2_card(own->v4l2));
    if (mode->rate > 0) (void)snprintf(rate, sizeof rate, ", %.3g pictures a second", mode->rate);
    (void)snprintf(text, sizeof text, "camera %s (%s): %u × %u%s, %s", path_of(own), own->card, mode->width, mode->height, rate, mode->name);
    attend_tell_good(&own->attend, path_of(own), text);
}

/* --- frames ---------------------------------------------------------------------------------------------------------------------- */

/* ERR_NOT_FOUND: told to stop. Else the camera fails, with its state. */
static enum err wait_for_shot(struct camera *own, struct v4l2_shot *ret, enum device_state *ret_state, struct fault *fault)
{
    int64_t until = clock_steady_ms() + (own->has_given ? SILENT_MS : FIRST_MS);
    if (attend_poll(&own->attend, -1, 0, NULL) < 0) return ERR_NOT_FOUND; /* also when pictures come faster than they are read */
    for (bool was_idle = false;; was_idle = true) {
        enum err e = v4l2_newest(own->v4l2, was_idle || !own->has_given, ret, ret_state, fault);
        if (e != ERR_NOT_FOUND) return e;
        short events = 0;
        int64_t left = until - clock_steady_ms();
        int n = left > 0 ? attend_poll(&own->attend, v4l2_fd(own->v4l2), (int)left, &events) : 0;
        if (n < 0) return ERR_NOT_FOUND;
        if (n == 0) {
            *ret_state = DEVICE_SILENT;
            return fault_set(fault, ERR_TIMEOUT, "it gives no pictures: is it covered, or its plug loose?");
        }
        if (!(events & (POLLERR | POLLHUP | POLLNVAL))) continue;
        /* Something is wrong; what, the next reading says. When that has nothing to say either, it would be wrong for ever. */
        e = v4l2_newest(own->v4l2, true, ret, ret_state, fault);
        if (e != ERR_NOT_FOUND) return e;
        *ret_state = DEVICE_FAILS;
        return fault_set(fault, ERR_IO, "it reports an error");
    }
}

static enum err fill_frame(struct source *source, const struct v4l2_shot *shot, struct arena *arena, struct frame *ret, struct fault *fault)
{
    struct camera *own = source->own;
    const struct v4l2_mode *mode = v4l2_mode(own->v4l2);
    size_t pixels = (size_t)mode->width * mode->height;
    source_stamp(source, ret);
    if (mode->is_jpeg && source->keeps_encoded) {
        ret->encoded = shot->data;
        ret->encoded_length = shot->length;
        return OK;
    }
    if (mode->is_jpeg) {
        return image_read(arena, shot->data, shot->length, &ret->picture, fault) == OK ? OK : ERR_INPUT;
    }
    if (own->room_size < pixels) {
        free(own->room);
        own->room = malloc(pixels);
        own->room_size = own->room ? pixels : 0;
        if (!own->room) return fault_set(fault, ERR_INPUT, "not enough memory for a picture"); /* the next one may find some */
    }
    grey_take(mode->layout, mode->width, mode->height, mode->stride, shot->data, own->room, &ret->picture);
    return OK;
}

static enum err camera_next(struct source *source, struct arena *arena, struct frame *ret, struct fault *fault)
{
    struct camera *own = source->own;
    for (;;) {
        struct v4l2_shot shot;
        struct fault why = {0};
        enum device_state state = DEVICE_FAILS;
        enum err e = own->v4l2 ? OK : connect_camera(own, &state, &why);
        if (e == OK) {
            e = wait_for_shot(own, &shot, &state, &why);
            if (e == ERR_NOT_FOUND) return e;
        }
        if (e == OK) {
            tell_good(own);
            return fill_frame(source, &shot, arena, ret, fault);
        }
        disconnect(own);
        fault_prefix(&why, "camera %s", own->attend.settings.path);
        if (own->attend.settings.ends) return fault_set(fault, ERR_IO, "%s", why.text);
        if (!attend_wait(&own->attend, state, why.text)) return ERR_NOT_FOUND;
    }
}

static void camera_close(struct source *source)
{
    struct camera *own = source->own;
    if (own) {
        disconnect(own);
        free(own->room);
    }
    free(own);
}

enum err source_open_camera(const struct device_settings *settings, struct source **ret, struct fault *fault)
{
    struct source *source = calloc(1, sizeof *source);
    struct camera *own = calloc(1, sizeof *own);
    enum device_state state = DEVICE_FAILS;
    struct fault why = {0};
    if (!source || !own) {
        free(source);
        free(own);
        return fault_set(fault, ERR_NOMEM, "not enough memory for the camera");
    }
    attend_init(&own->attend, settings);
    reader_init(&source->reader, -1, settings->stop_fd);
    source->own = own;
    source->next = camera_next;
    source->close = camera_close;
    enum err e = connect_camera(own, &state, &why);
    if (e != OK) {
        if (state == DEVICE_GONE) add_cameras(&why);
        fault_prefix(&why, "camera %s", settings->path);
    }
    /* What is only away or busy may come; what is wrong or forbidden wants a person. */
    if (e != OK && (settings->ends || state == DEVICE_DENIED || e == ERR_INPUT || e == ERR_NOMEM)) {
        source_close(source);
        return fault_set(fault, e, "%s", why.text);
    }
    if (e != OK) (void)attend_wait(&own->attend, state, why.text); /* told to stop: source_next hears it too */
    *ret = source;
    return OK;
}
