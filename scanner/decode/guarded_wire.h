/* What both sides of the decoder's process say to each other. Private to scanner/decode. */
#ifndef PLENUM_SCANNER_GUARDED_WIRE_H
#define PLENUM_SCANNER_GUARDED_WIRE_H

#include <stdint.h>

#define WIRE_SOCKET 3
#define WIRE_MEMORY 4
#define WIRE_ANSWER ((size_t)1 << 20) /* shared memory begins with the answer: texts, each behind its struct wire_code; then the picture */

struct wire_request {
    uint64_t number, length; /* `length` bytes of picture */
    uint32_t width, height;  /* 0: the bytes are a file */
    int64_t at_us, stream_ms;
    uint8_t is_live, wants_bars;
};

struct wire_code {
    uint32_t length, is_bar; /* is_bar: 1 of a bar code, which is never a badge; 0 of a QR code */
};

struct wire_answer {
    uint64_t number;
    int32_t e; /* enum err */
    uint32_t count, length;
    char text[200]; /* the fault's */
};

#endif
