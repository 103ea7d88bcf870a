#include "scanner/frames/source.h"
#include "core/base/clock.h"

#include <stdlib.h>
#include <string.h>

void source_stamp(struct source *source, struct frame *frame)
{
    frame->number = ++source->number;
    frame->at_us = clock_steady_us();
    frame->stream_ms = source->rate > 0 ? (int64_t)((double)(source->number - 1) * 1000.0 / source->rate) : -1;
}

enum err source_next(struct source *source, struct arena *arena, struct frame *ret, struct fault *fault)
{
    *ret = (struct frame){.stream_ms = -1};
    return source->next(source, arena, ret, fault);
}

void source_keep_encoded(struct source *source)
{
    source->keeps_encoded = true;
}

void source_close(struct source *source)
{
    if (!source) return;
    if (source->close) source->close(source);
    reader_release(&source->reader);
    free(source);
}

enum err source_open_stream(int fd, int stop_fd, double rate, struct source **ret, struct fault *fault)
{
    struct source *source = calloc(1, sizeof *source);
    if (!source) return fault_set(fault, ERR_NOMEM, "not enough memory for the frames");
    reader_init(&source->reader, fd, stop_fd);
    source->rate = rate;
    enum err e = reader_need(&source->reader, 10);
    const uint8_t *first = reader_data(&source->reader);
    size_t have = reader_length(&source->reader);
    if (e != OK && e != ERR_NOT_FOUND) fault_set(fault, e, "frames: %s", err_name(e));
    else if (have == 0) e = fault_set(fault, ERR_INPUT, "frames: nothing came");
    else if (have >= 10 && memcmp(first, "YUV4MPEG2 ", 10) == 0) e = y4m_start(source, fault);
    else if (have >= 2 && first[0] == 0xff && first[1] == 0xd8) e = mjpeg_start(source, fault);
    else e = fault_set(fault, ERR_INPUT, "frames: neither yuv4mpeg nor MJPEG (try: ffmpeg -i CAMERA -f yuv4mpegpipe -strict -1 -)");
    if (e != OK) {
        source_close(source);
        return e;
    }
    *ret = source;
    return OK;
}

static enum err line_next(struct source *source, struct arena *arena, struct frame *ret, struct fault *fault)
{
    struct reader *reader = &source->reader;
    size_t looked = 0;
    for (;;) {
        const uint8_t *data = reader_data(reader);
        size_t have = reader_length(reader), n = looked;
        /* Hand scanners end a code with Enter, some with Tab or both. */
        while (n < have && data[n] != '\n' && data[n] != '\r' && data[n] != '\t') n++;
        if (n == have && n <= FRAMES_TEXT_MOST) {
            enum err e = reader_more(reader);
            looked = n;
            if (e == OK) continue;
            if (e != ERR_NOT_FOUND) return fault_set(fault, e, "lines: %s", err_name(e));
            if (have == 0) return ERR_NOT_FOUND;
            data = reader_data(reader);
        }
        if (n > FRAMES_TEXT_MOST) {
            while (n == have) { /* the rest of an endless line is dropped, not kept */
                reader->start += n;
                if (reader_more(reader) != OK) break;
                data = reader_data(reader);
                have = reader_length(reader);
                for (n = 0; n < have && data[n] != '\n' && data[n] != '\r'; n++) {
                }
            }
            reader->start += n < have ? n + 1 : n;
            return fault_set(fault, ERR_INPUT, "a line of more than %d bytes is not a code", FRAMES_TEXT_MOST);
        }
        if (n > 0) {
            ret->text = arena_strndup(arena, (const char *)data, n);
            ret->text_length = n;
        }
        reader->start += n < have ? n + 1 : n;
        looked = 0;
        if (n == 0) continue;
        if (!ret->text) return fault_set(fault, ERR_NOMEM, "not enough memory for a line");
        source_stamp(source, ret);
        return OK;
    }
}

enum err source_open_lines(int fd, int stop_fd, struct source **ret, struct fault *fault)
{
    struct source *source = calloc(1, sizeof *source);
    if (!source) return fault_set(fault, ERR_NOMEM, "not enough memory for the lines");
    reader_init(&source->reader, fd, stop_fd);
    source->next = line_next;
    *ret = source;
    return OK;
}
