#include "core/base/file.h"
#include "core/sheet/stream.h"
#include "core/sheet/stream_format.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ROOM (256u * 1024u)

const char *const stream_words[STREAM_WORDS] = {
    "xlsx", "csv", "utf-8", "utf-16le", "utf-16be", "windows-1258", "windows-1252", "windows-1256", "iso-8859-15", "tcvn3", "vni",
};

struct writer {
    int fd;
    bool broken;
    size_t length;
    char *room;         /* [ROOM] */
    const char **slots; /* [STREAM_SLOTS] */
};

static void flush(struct writer *w)
{
    if (!w->broken && w->length && file_write_all(w->fd, w->room, w->length) != OK) w->broken = true;
    w->length = 0;
}

static void put(struct writer *w, const void *data, size_t length)
{
    const char *p = data;
    while (length) {
        size_t n = ROOM - w->length < length ? ROOM - w->length : length;
        memcpy(w->room + w->length, p, n);
        w->length += n;
        p += n;
        length -= n;
        if (w->length == ROOM) flush(w);
    }
}

/* How the text is called; *ret_new: its bytes have to follow. Equal pointers are equal texts: the reader keeps each once. */
static uint32_t name_text(struct writer *w, const char *text, bool *ret_new)
{
    *ret_new = false;
    if (!text) return STREAM_NONE;
    uint32_t slot = (uint32_t)((uintptr_t)text >> 4 ^ (uintptr_t)text >> 20) & (STREAM_SLOTS - 1);
    if (w->slots[slot] == text) return slot;
    w->slots[slot] = text;
    *ret_new = true;
    return slot | STREAM_NEW;
}

static void put_text(struct writer *w, const char *text)
{
    uint32_t length = (uint32_t)strlen(text);
    put(w, &length, sizeof length);
    put(w, text, length);
}

static void put_row(struct writer *w, const struct sheet_row *row)
{
    const struct stream_row head = {.number = row->number, .hidden = row->hidden, .count = (uint32_t)row->count};
    put(w, &head, sizeof head);
    for (size_t i = 0; i < row->count; i++) {
        const struct sheet_cell *cell = &row->cells[i];
        bool new_text, new_raw;
        struct stream_cell out = {.column = cell->column, .kind = cell->kind, .number = cell->number};
        out.text = name_text(w, cell->text, &new_text);
        out.raw = name_text(w, cell->raw, &new_raw);
        put(w, &out, sizeof out);
        if (new_text) put_text(w, cell->text);
        if (new_raw) put_text(w, cell->raw);
    }
}

static void put_sheet(struct writer *w, const struct sheet *sheet)
{
    bool new_name;
    struct stream_sheet head = {.name = name_text(w, sheet->name, &new_name), .hidden = sheet->hidden, .columns = sheet->columns, .rows = (uint32_t)sheet->count,
        .merges = (uint32_t)sheet->merge_count, .converted = (uint32_t)sheet->converted_count};
    put(w, &head, sizeof head);
    if (new_name) put_text(w, sheet->name);
    for (size_t i = 0; i < sheet->count; i++) put_row(w, &sheet->rows[i]);
    put(w, sheet->merges, sheet->merge_count * sizeof *sheet->merges);
    for (size_t i = 0; i < sheet->converted_count; i++) {
        const struct sheet_converted *c = &sheet->converted[i];
        const struct stream_converted out = {.column = c->column, .vni = strcmp(c->encoding, "vni") == 0, .by_font = c->by_font, .cells = (uint32_t)c->cells};
        put(w, &out, sizeof out);
    }
}

static uint8_t word(const char *text)
{
    for (uint8_t i = 0; text && i < STREAM_WORDS; i++)
        if (strcmp(stream_words[i], text) == 0) return i;
    return 0xFF;
}

static void put_fault(struct writer *w, const struct fault *fault)
{
    struct stream_fault out = {0};
    (void)snprintf(out.text, sizeof out.text, "%s", fault->text);
    (void)snprintf(out.reason, sizeof out.reason, "%s", fault->reason ? fault->reason : "");
    (void)snprintf(out.detail, sizeof out.detail, "%s", fault->detail);
    put(w, &out, sizeof out);
}

bool stream_write(int fd, enum err code, const struct sheet_book *book, const struct fault *fault)
{
    struct arena arena = {0};
    struct writer w = {.fd = fd, .room = arena_alloc(&arena, ROOM), .slots = arena_array(&arena, STREAM_SLOTS, sizeof *w.slots)};
    struct stream_head head = {.code = code};
    if (!w.room || !w.slots) {
        arena_release(&arena);
        return false;
    }
    if (code == OK) {
        head.sheets = (uint32_t)book->count;
        head.format = word(book->format);
        head.encoding = word(book->encoding);
        head.font_encoding = word(book->font_encoding);
        head.separator = (uint8_t)book->separator;
        head.has_macros = book->has_macros;
        head.from_1904 = book->from_1904;
    }
    put(&w, &head, sizeof head);
    if (code != OK) put_fault(&w, fault);
    for (size_t i = 0; code == OK && i < book->count; i++) put_sheet(&w, &book->sheets[i]);
    flush(&w);
    arena_release(&arena);
    return !w.broken;
}
