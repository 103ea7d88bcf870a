/* Private to core/sheet/stream_*.c: what goes over. Numbers as this machine has them: both ends are one program. */
#ifndef PLENUM_SHEET_STREAM_FORMAT_H
#define PLENUM_SHEET_STREAM_FORMAT_H

#include <stdbool.h>
#include <stdint.h>

#define STREAM_SLOTS 65536u       /* texts that both ends remember, a power of two */
#define STREAM_NEW 0x80000000u    /* with a slot: `length` and the bytes of a text follow, which is in this slot from now on */
#define STREAM_NONE 0xFFFFFFFFu   /* no text */
#define STREAM_ROW_END 0xFFFFFFFFu

struct stream_head {
    uint32_t code; /* enum err; not OK: a stream_fault follows */
    uint32_t sheets;
    uint8_t format, encoding, font_encoding, separator; /* places in stream_words; font_encoding 0xFF: none */
    uint32_t has_macros, from_1904;
};

struct stream_fault {
    char text[512], reason[64], detail[64];
};

struct stream_sheet {
    uint32_t name, hidden, columns, rows, merges, converted; /* name: a text */
};

struct stream_row {
    uint32_t number, hidden, count;
};

struct stream_cell {
    uint32_t column, kind, text, raw;
    double number;
};

struct stream_converted {
    uint32_t column, vni, by_font, cells;
};

#define STREAM_WORDS 11
extern const char *const stream_words[STREAM_WORDS];

/* The reason of that name as static text; NULL: core/sheet gives no such reason. */
const char *refusal_reason(const char *name);

#endif
