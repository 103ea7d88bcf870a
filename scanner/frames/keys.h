/* From key presses to lines: what a hand scanner types. No device here, and no clock: times come with the events. One owner, one thread.
 *
 * Enter, keypad Enter, Tab and Line feed (also as Ctrl+M, Ctrl+I, Ctrl+J) end a line. Shift, caps lock and the number pad are known, and Alt with a number on
 * the pad ("ALT mode"). A pause in the middle ends a line that is a whole badge (scanners that send no Enter) and drops one that is not. */
#ifndef PLENUM_SCANNER_KEYS_H
#define PLENUM_SCANNER_KEYS_H

#include "scanner/frames/frames.h"
#include "scanner/frames/keymap.h"

#define KEYS_PAUSE_MS 1000 /* the slowest scanners leave 100 ms between keys */

enum keys_word {
    KEYS_NOTHING,
    KEYS_LINE,     /* `out` holds it */
    KEYS_TOO_LONG, /* more than FRAMES_TEXT_MOST characters: dropped */
    KEYS_HALF,     /* the line before was broken off: dropped */
    KEYS_LOST,     /* the kernel dropped events: the line is dropped with its rest; ask which keys are down and call keys_set_down */
    KEYS_UNSURE    /* a badge, but in a keyboard layout that cannot be told */
};

struct keys {
    stroke strokes[FRAMES_TEXT_MOST];
    size_t count;
    bool shift_left, shift_right, ctrl_left, ctrl_right, alt, alt_graph, caps;
    unsigned alt_number;
    bool has_alt_number;
    bool is_dropping; /* after SYN_DROPPED, until the next SYN_REPORT */
    bool is_skipping; /* the rest of a line that cannot be whole */
    bool is_too_long;
    int64_t last_ms;
    enum keymap known;
};

void keys_init(struct keys *keys);
/* One event of evdev as its type, code and value; `at_ms` when it was made. `out` has FRAMES_TEXT_MOST + 1 bytes. */
enum keys_word keys_take(struct keys *keys, unsigned type, unsigned code, int value, int64_t at_ms, char *out);
/* Nothing came for KEYS_PAUSE_MS. */
enum keys_word keys_take_pause(struct keys *keys, char *out);
/* A line has begun and is not at its end. */
bool keys_are_waiting(const struct keys *keys);
/* Which keys are down, as EVIOCGKEY gives it: a bit a key. */
void keys_set_down(struct keys *keys, const uint8_t *bits, size_t bytes);

#endif
