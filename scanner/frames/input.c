/* A hand scanner that types, as a source of lines: there, gone, back. The device is evdev.c's, what its keys mean keys.c's. */
#include "core/base/clock.h"
#include "scanner/frames/attend.h"
#include "scanner/frames/evdev.h"
#include "scanner/frames/keys.h"
#include "scanner/frames/source.h"

#include <dirent.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define EVENTS 64
#define BY_ID "/dev/input/by-id"

struct input {
    struct attend attend;
    struct evdev evdev;
    char path[64];  /* where a search found it; empty = where it was named */
    struct keys keys;
    struct evdev_event events[EVENTS]; /* read, and not all taken yet */
    size_t count, taken;
    char line[FRAMES_TEXT_MOST + 1];
};

static const char *path_of(const struct input *own)
{
    return own->path[0] ? own->path : own->attend.settings.path;
}

/* Back under another number: the one that calls itself so. */
static enum err search(struct input *own, enum device_state *ret_state, struct fault *fault)
{
    enum err e = ERR_NOT_FOUND;
    struct evdev like = own->evdev;
    for (int k = 0; k < EVDEV_NODES; k++) {
        char path[40];
        (void)snprintf(path, sizeof path, "/dev/input/event%d", k);
        if (!evdev_probe(path, &like)) continue;
        e = evdev_open(path, &own->evdev, ret_state, fault);
        if (e != OK) continue;
        (void)snprintf(own->path, sizeof own->path, "%s", path);
        return OK;
    }
    return e;
}

static enum err connect_input(struct input *own, enum device_state *ret_state, struct fault *fault)
{
    struct fault ignored;
    enum device_state state;
    own->path[0] = '\0';
    own->count = own->taken = 0;
    keys_init(&own->keys);
    enum err e = evdev_open(own->attend.settings.path, &own->evdev, ret_state, fault);
    bool was_there = own->evdev.name[0] != '\0';
    if (was_there && (e == ERR_NOT_FOUND || e == ERR_INPUT) && attend_may_search(&own->attend) && search(own, &state, &ignored) == OK) return OK;
    return e;
}

static void tell_good(struct input *own)
{
    char text[256];
    (void)snprintf(text, sizeof text, "hand scanner %s (%s): its keys go nowhere else", path_of(own), own->evdev.name);
    attend_tell_good(&own->attend, path_of(own), text);
}

/* What may be meant by a path that is not there. */
static void add_scanners(struct fault *fault)
{
    DIR *dir = opendir(BY_ID);
    if (!dir) return;
    for (struct dirent *entry; (entry = readdir(dir));) {
        size_t used = strlen(fault->text), n = strlen(entry->d_name);
        if (n > 10 && strcmp(entry->d_name + n - 10, "-event-kbd") == 0)
            (void)snprintf(fault->text + used, sizeof fault->text - used, "; there is " BY_ID "/%.200s", entry->d_name);
    }
    closedir(dir);
}

/* --- lines ------------------------------------------------------------------------------------------------------------------------ */

/* What became of a line that is none. */
static enum err refuse(enum keys_word word, struct fault *fault)
{
    switch (word) {
    case KEYS_TOO_LONG: return fault_set(fault, ERR_INPUT, "hand scanner: a line of more than %d characters is not a code", FRAMES_TEXT_MOST);
    case KEYS_HALF: return fault_set(fault, ERR_INPUT, "hand scanner: a code broke off in the middle: scan it again");
    case KEYS_LOST: return fault_set(fault, ERR_INPUT, "hand scanner: keys were lost: scan it again");
    default:
        return fault_set(fault, ERR_INPUT, "hand scanner: it types in a keyboard layout that cannot be told (Y and Z): set it to the US (English) layout with the "
                                           "code in its manual");
    }
}

/* The next word of what was read already; KEYS_NOTHING when all of it is used up. */
static enum keys_word take_events(struct input *own)
{
    while (own->taken < own->count) {
        const struct evdev_event *event = &own->events[own->taken++];
        enum keys_word word = keys_take(&own->keys, event->type, event->code, event->value, event->at_ms, own->line);
        if (word == KEYS_LOST) {
            uint8_t down[EVDEV_KEY_BYTES];
            evdev_keys_down(&own->evdev, down);
            keys_set_down(&own->keys, down, sizeof down);
        }
        if (word != KEYS_NOTHING) return word;
    }
    return KEYS_NOTHING;
}

/* OK with a word; ERR_NOT_FOUND: told to stop; else the device fails, with its state. */
static enum err wait_for_word(struct input *own, enum keys_word *ret, enum device_state *ret_state, struct fault *fault)
{
    if (attend_poll(&own->attend, -1, 0, NULL) < 0) return ERR_NOT_FOUND; /* also when keys never cease */
    for (;;) {
        if ((*ret = take_events(own)) != KEYS_NOTHING) return OK;
        own->taken = 0;
        enum err e = evdev_read(&own->evdev, own->events, EVENTS, &own->count, ret_state, fault);
        if (e != OK) return e;
        if (own->count) continue;
        short events = 0;
        int n = attend_poll(&own->attend, own->evdev.fd, keys_are_waiting(&own->keys) ? KEYS_PAUSE_MS : -1, &events);
        if (n < 0) return ERR_NOT_FOUND;
        if (n == 0 && (*ret = keys_take_pause(&own->keys, own->line)) != KEYS_NOTHING) return OK;
        if (n > 0 && !(events & POLLIN)) {
            *ret_state = DEVICE_GONE;
            return fault_set(fault, ERR_IO, "it was unplugged");
        }
    }
}

static enum err input_next(struct source *source, struct arena *arena, struct frame *ret, struct fault *fault)
{
    struct input *own = source->own;
    for (;;) {
        enum keys_word word = KEYS_NOTHING;
        enum device_state state = DEVICE_FAILS;
        struct fault why = {0};
        enum err e = own->evdev.fd >= 0 ? OK : connect_input(own, &state, &why);
        if (e == OK) {
            tell_good(own);
            e = wait_for_word(own, &word, &state, &why);
            if (e == ERR_NOT_FOUND) return e;
        }
        if (e == OK && word != KEYS_LINE) return refuse(word, fault);
        if (e == OK) {
            size_t length = strlen(own->line);
            if (!length) continue;
            ret->text = arena_strndup(arena, own->line, length);
            ret->text_length = length;
            if (!ret->text) return fault_set(fault, ERR_INPUT, "hand scanner: not enough memory for a line: scan it again");
            source_stamp(source, ret);
            return OK;
        }
        evdev_close(&own->evdev);
        fault_prefix(&why, "hand scanner %s", own->attend.settings.path);
        if (own->attend.settings.ends) return fault_set(fault, ERR_IO, "%s", why.text);
        if (!attend_wait(&own->attend, state, why.text)) return ERR_NOT_FOUND;
    }
}

static void input_close(struct source *source)
{
    struct input *own = source->own;
    if (own) evdev_close(&own->evdev);
    free(own);
}

enum err source_open_input(const struct device_settings *settings, struct source **ret, struct fault *fault)
{
    struct source *source = calloc(1, sizeof *source);
    struct input *own = calloc(1, sizeof *own);
    enum device_state state = DEVICE_FAILS;
    struct fault why = {0};
    if (!source || !own) {
        free(source);
        free(own);
        return fault_set(fault, ERR_NOMEM, "not enough memory for the hand scanner");
    }
    own->evdev.fd = -1;
    attend_init(&own->attend, settings);
    reader_init(&source->reader, -1, settings->stop_fd);
    source->own = own;
    source->next = input_next;
    source->close = input_close;
    enum err e = connect_input(own, &state, &why);
    if (e != OK) {
        if (state == DEVICE_GONE) add_scanners(&why);
        fault_prefix(&why, "hand scanner %s", settings->path);
    }
    /* What is only away or held by another may come; what is wrong or forbidden wants a person. */
    if (e != OK && (settings->ends || state == DEVICE_DENIED || e == ERR_INPUT)) {
        source_close(source);
        return fault_set(fault, e, "%s", why.text);
    }
    if (e != OK) (void)attend_wait(&own->attend, state, why.text); /* told to stop: source_next hears it too */
    *ret = source;
    return OK;
}
