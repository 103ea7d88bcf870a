/* The decoder's process: waits for a picture, reads it, answers. Whoever made the picture may take it over: it holds nothing and can do nothing else. */
#include "core/vision/image_read.h"
#include "scanner/decode/guarded.h"
#include "scanner/decode/guarded_wire.h"

#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

struct server {
    struct decoder *decoder;
    struct arena arena;
    uint8_t *memory;
    size_t mapped;
};

static bool map(struct server *s, size_t wanted)
{
    struct stat st;
    if (wanted <= s->mapped) return true;
    if (fstat(WIRE_MEMORY, &st) != 0 || st.st_size < (off_t)wanted) return false;
    if (s->memory) munmap(s->memory, s->mapped);
    s->mapped = 0;
    s->memory = mmap(NULL, (size_t)st.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, WIRE_MEMORY, 0);
    if (s->memory == MAP_FAILED) {
        s->memory = NULL;
        return false;
    }
    s->mapped = (size_t)st.st_size;
    return true;
}

static void put_codes(const struct code_list *codes, uint8_t *out, struct wire_answer *answer)
{
    for (size_t i = 0; i < codes->count; i++) {
        const struct wire_code code = {.length = (uint32_t)codes->items[i].length, .is_bar = codes->items[i].is_bar};
        if (answer->length + sizeof code + code.length > WIRE_ANSWER) return;
        memcpy(out + answer->length, &code, sizeof code);
        memcpy(out + answer->length + sizeof code, codes->items[i].text, code.length);
        answer->length += (uint32_t)sizeof code + code.length;
        answer->count++;
    }
}

static void answer_one(struct server *s, const struct wire_request *request, struct wire_answer *answer)
{
    struct frame frame = {.at_us = request->at_us, .stream_ms = request->stream_ms, .name = request->is_live ? NULL : ""};
    struct code_list codes = {0};
    struct fault fault = {0};
    const uint8_t *picture = s->memory + WIRE_ANSWER;
    enum err e = OK;
    arena_clear(&s->arena);
    decoder_set_bars(s->decoder, request->wants_bars);
    if (request->width) frame.picture = (struct picture){.width = request->width, .height = request->height, .pixels = picture};
    else e = image_read(&s->arena, picture, request->length, &frame.picture, &fault);
    if (e == OK && (e = decoder_read(s->decoder, &frame, &s->arena, &codes)) != OK) fault_set(&fault, e, "%s", err_name(e));
    if (e == OK) put_codes(&codes, s->memory, answer);
    answer->e = e;
    (void)snprintf(answer->text, sizeof answer->text, "%.190s", fault.text);
}

int guarded_serve(void)
{
    struct server s = {.decoder = decoder_new()};
    struct wire_request request;
    if (!s.decoder) return 1;
    while (recv(WIRE_SOCKET, &request, sizeof request, 0) == (ssize_t)sizeof request) {
        struct wire_answer answer = {.number = request.number, .e = ERR_NOMEM};
        if (map(&s, WIRE_ANSWER + request.length)) answer_one(&s, &request, &answer);
        if (send(WIRE_SOCKET, &answer, sizeof answer, MSG_NOSIGNAL) != (ssize_t)sizeof answer) break;
    }
    decoder_free(s.decoder);
    arena_release(&s.arena);
    return 0;
}
