/* What the keys of a keyboard mean, in the layouts to which hand scanners are set. The only includer of linux/input-event-codes.h besides keys.c. Pure; thread-safe.
 *
 * A hand scanner plays a keyboard: for each character it presses the key that has it in the layout it was set to. We are given keys, not characters, so no
 * layout or input method of this machine (Vietnamese typing, caps lock of the desktop) is in between; but which layout it means has to be found out. */
#ifndef PLENUM_SCANNER_KEYMAP_H
#define PLENUM_SCANNER_KEYMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum keymap {
    KEYMAP_US,     /* also UK and Vietnamese, in what badges need */
    KEYMAP_FRENCH, /* AZERTY, also Belgian */
    KEYMAP_GERMAN, /* QWERTZ, also Swiss and Austrian */
    KEYMAP_LATIN,  /* Portuguese, Spanish, Italian, Nordic: the signs as German, the letters as US */
    KEYMAP_BRAZIL,
    KEYMAP_CZECH,
    KEYMAPS
};

/* One press: the key's code, or with STROKE_LITERAL a character itself. */
#define STROKE_SHIFT 0x1000u
#define STROKE_CAPS 0x2000u
#define STROKE_LITERAL 0x4000u
typedef uint16_t stroke;

/* What it writes: a printable ASCII character; '?' for one that is none of those; 0 for a key that writes nothing. */
char keymap_read(enum keymap map, stroke pressed);

enum keymap_verdict { KEYMAP_SURE, KEYMAP_UNSURE };

/* The text of a line, with NUL; `out` has count + 1 bytes. A badge's address begins with http://, whose signs lie elsewhere in each layout: so it tells the
 * layout, which *known (KEYMAPS = not known) then keeps for lines without. KEYMAP_UNSURE: two layouts fit, and what they write differs (German and Latin, in Y
 * and Z). */
enum keymap_verdict keymap_read_line(const stroke *pressed, size_t count, enum keymap *known, char *out);

#endif
