/* yuv4mpeg2 (yuv4mpeg(5) of mjpegtools; ffmpeg -f yuv4mpegpipe): the Y plane is the grey picture, the colours are skipped. */
#include "scanner/frames/source.h"
#include "core/vision/image_read.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEADER_MOST 1024

struct y4m {
    unsigned width, height;
    size_t luma, rest; /* bytes of a frame: Y, and what follows */
    bool inside;       /* `rest` of the last frame is still to be skipped */
};

/* The bytes behind Y of one frame; false for a layout that we cannot take (more than 8 bits a sample). */
static bool rest_of_frame(const char *chroma, unsigned width, unsigned height, size_t *ret)
{
    size_t luma = (size_t)width * height, half_width = (width + 1) / 2, half_height = (height + 1) / 2;
    static const char *const deep[] = {"p9", "p10", "p12", "p14", "p16", "mono9", "mono10", "mono12", "mono16"};
    for (size_t i = 0; i < sizeof deep / sizeof *deep; i++)
        if (strstr(chroma, deep[i])) return false;
    if (strncmp(chroma, "420", 3) == 0) *ret = 2 * half_width * half_height;
    else if (strcmp(chroma, "422") == 0) *ret = 2 * half_width * height;
    else if (strcmp(chroma, "444") == 0) *ret = 2 * luma;
    else if (strcmp(chroma, "444alpha") == 0) *ret = 3 * luma;
    else if (strcmp(chroma, "411") == 0) *ret = 2 * (((size_t)width + 3) / 4) * height;
    else if (strcmp(chroma, "mono") == 0) *ret = 0;
    else return false;
    return true;
}

/* A line of at most HEADER_MOST bytes, without its end, as a text. */
static enum err read_line(struct reader *reader, char out[HEADER_MOST + 1])
{
    for (size_t n = 0; n <= HEADER_MOST; n++) {
        if (reader_length(reader) == n) {
            enum err e = reader_more(reader);
            if (e != OK) return e;
        }
        const uint8_t *data = reader_data(reader);
        if (data[n] != '\n') continue;
        memcpy(out, data, n);
        out[n] = '\0';
        reader->start += n + 1;
        return OK;
    }
    return ERR_LIMIT;
}

static unsigned read_side(const char *text)
{
    char *end;
    unsigned long side = strtoul(text, &end, 10);
    return *end == '\0' && side <= PICTURE_SIDE_MOST ? (unsigned)side : 0;
}

static enum err cut_off(struct source *source, enum err e, struct fault *fault)
{
    if (e == ERR_NOT_FOUND) return fault_set(fault, ERR_IO, "frames: cut off in the middle of frame %lld", (long long)source->number + 1);
    return fault_set(fault, e, "frames: %s", err_name(e));
}

static enum err y4m_next(struct source *source, struct arena *arena, struct frame *ret, struct fault *fault)
{
    struct y4m *own = source->own;
    char line[HEADER_MOST + 1];
    (void)arena;
    if (own->inside) {
        enum err e = reader_skip(&source->reader, own->luma + own->rest);
        if (e != OK) return cut_off(source, e, fault);
        own->inside = false;
    }
    if (reader_length(&source->reader) == 0 && reader_more(&source->reader) == ERR_NOT_FOUND) return ERR_NOT_FOUND;
    enum err e = read_line(&source->reader, line);
    if (e == ERR_LIMIT || (e == OK && strcmp(line, "FRAME") != 0 && strncmp(line, "FRAME ", 6) != 0))
        return fault_set(fault, ERR_IO, "frames: frame %lld does not begin with FRAME", (long long)source->number + 1);
    if (e == OK) e = reader_need(&source->reader, own->luma);
    if (e != OK) return cut_off(source, e, fault);
    own->inside = true;
    ret->picture = (struct picture){.width = own->width, .height = own->height, .pixels = reader_data(&source->reader)};
    source_stamp(source, ret);
    return OK;
}

static void y4m_close(struct source *source)
{
    free(source->own);
}

static enum err read_header(struct source *source, struct y4m *own, char *line, struct fault *fault)
{
    char chroma[32] = "420jpeg"; /* what the format says when it says nothing */
    char *rest = NULL;
    for (char *word = strtok_r(line + 10, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
        long above, below;
        if (word[0] == 'W') own->width = read_side(word + 1);
        if (word[0] == 'H') own->height = read_side(word + 1);
        if (word[0] == 'C') (void)snprintf(chroma, sizeof chroma, "%.30s", word + 1);
        if (word[0] == 'F' && sscanf(word + 1, "%9ld:%9ld", &above, &below) == 2 && above > 0 && below > 0) source->rate = (double)above / (double)below;
    }
    if (!own->width || !own->height || (size_t)own->width * own->height > IMAGE_PIXELS_MOST)
        return fault_set(fault, ERR_INPUT, "frames: the yuv4mpeg header has no size that we can take");
    if (!rest_of_frame(chroma, own->width, own->height, &own->rest))
        return fault_set(fault, ERR_INPUT, "frames: pixel layout C%s is not supported (use -pix_fmt yuv420p or gray)", chroma);
    own->luma = (size_t)own->width * own->height;
    return OK;
}

enum err y4m_start(struct source *source, struct fault *fault)
{
    char line[HEADER_MOST + 1];
    struct y4m *own = calloc(1, sizeof *own);
    if (!own) return fault_set(fault, ERR_NOMEM, "not enough memory for the frames");
    source->own = own;
    source->next = y4m_next;
    source->close = y4m_close;
    enum err e = read_line(&source->reader, line);
    if (e != OK) return fault_set(fault, ERR_INPUT, "frames: the yuv4mpeg header does not end");
    return read_header(source, own, line, fault);
}
