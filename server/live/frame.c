/* Bytes that are made once and sent to all. */
#include "server/live/hub.h"

#include "core/base/buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ID_ROOM 64 /* "id: " + boot + "-" + 20 digits + "\n" */

struct frame *live_frame_make(const char *data, size_t length)
{
    struct frame *frame = malloc(sizeof *frame + length);
    if (!frame) return NULL;
    *frame = (struct frame){.references = 1, .length = length, .data = frame->room};
    memcpy(frame->room, data, length);
    return frame;
}

void live_frame_drop(struct frame *frame)
{
    if (frame && --frame->references == 0) free(frame);
}

struct frame *live_frame_event(const char *name, const char *text)
{
    static const char id_room[ID_ROOM] = {0};
    struct buf out;
    buf_init(&out, BUF_LIMIT_BODY);
    buf_add(&out, id_room, sizeof id_room);
    buf_printf(&out, "event: %s\n", name);
    for (const char *p = text;;) {
        size_t length = strcspn(p, "\r\n");
        buf_puts(&out, "data: ");
        buf_add(&out, p, length);
        buf_putc(&out, '\n');
        p += length;
        if (!*p) break;
        p += *p == '\r' && p[1] == '\n' ? 2 : 1;
    }
    buf_putc(&out, '\n');
    struct frame *frame = buf_ok(&out) ? live_frame_make(out.data, out.length) : NULL;
    buf_release(&out);
    return frame;
}

void live_frame_number(struct frame *frame, const char *boot, int64_t seq)
{
    char id[ID_ROOM];
    int length = snprintf(id, sizeof id, "id: %s-%lld\n", boot, (long long)seq);
    size_t unused = ID_ROOM - (size_t)length;
    memcpy(frame->room + unused, id, (size_t)length);
    frame->data = frame->room + unused;
    frame->length -= unused;
    frame->seq = seq;
}
