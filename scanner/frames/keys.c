#include "scanner/frames/keys.h"
#include "core/base/id.h"

#include <linux/input-event-codes.h>

#define SKIP_MS 300 /* after so long without a key the rest of a lost line is over */

void keys_init(struct keys *keys)
{
    keys->count = 0;
    keys->shift_left = keys->shift_right = keys->ctrl_left = keys->ctrl_right = keys->alt = keys->alt_graph = keys->caps = false;
    keys->has_alt_number = keys->is_dropping = keys->is_skipping = keys->is_too_long = false;
    keys->alt_number = 0;
    keys->last_ms = 0;
    keys->known = KEYMAPS;
}

bool keys_are_waiting(const struct keys *keys)
{
    return keys->count > 0 || keys->is_too_long || keys->is_skipping;
}

void keys_set_down(struct keys *keys, const uint8_t *bits, size_t bytes)
{
    struct {
        unsigned code;
        bool *is_down;
    } const modifiers[] = {{KEY_LEFTSHIFT, &keys->shift_left}, {KEY_RIGHTSHIFT, &keys->shift_right}, {KEY_LEFTCTRL, &keys->ctrl_left},
                           {KEY_RIGHTCTRL, &keys->ctrl_right}, {KEY_LEFTALT, &keys->alt},            {KEY_RIGHTALT, &keys->alt_graph}};
    for (size_t i = 0; i < sizeof modifiers / sizeof *modifiers; i++) {
        size_t byte = modifiers[i].code / 8;
        *modifiers[i].is_down = byte < bytes && (bits[byte] >> modifiers[i].code % 8 & 1);
    }
    keys->has_alt_number = false;
}

/* The line is over, in whichever way. */
static enum keys_word end_line(struct keys *keys, char *out)
{
    size_t count = keys->count;
    bool was_too_long = keys->is_too_long;
    keys->count = 0;
    keys->is_too_long = keys->is_skipping = false;
    if (was_too_long) return KEYS_TOO_LONG;
    if (count == 0) return KEYS_NOTHING;
    return keymap_read_line(keys->strokes, count, &keys->known, out) == KEYMAP_SURE ? KEYS_LINE : KEYS_UNSURE;
}

static bool is_badge(const char *text)
{
    char token[ID_TOKEN_SIZE];
    return id_token_from_scan(text, token);
}

enum keys_word keys_take_pause(struct keys *keys, char *out)
{
    if (keys->is_skipping) {
        keys->is_skipping = keys->is_too_long = false;
        keys->count = 0;
        return KEYS_NOTHING;
    }
    enum keys_word word = end_line(keys, out);
    return word == KEYS_LINE && !is_badge(out) ? KEYS_HALF : word;
}

static void add(struct keys *keys, stroke pressed)
{
    if (keys->is_skipping) return;
    if (keys->count == FRAMES_TEXT_MOST) {
        keys->is_too_long = true;
        return;
    }
    keys->strokes[keys->count++] = pressed;
}

/* True for a key that is held for the sake of others. */
static bool take_modifier(struct keys *keys, unsigned code, bool is_down)
{
    switch (code) {
    case KEY_LEFTSHIFT: keys->shift_left = is_down; return true;
    case KEY_RIGHTSHIFT: keys->shift_right = is_down; return true;
    case KEY_LEFTCTRL: keys->ctrl_left = is_down; return true;
    case KEY_RIGHTCTRL: keys->ctrl_right = is_down; return true;
    case KEY_RIGHTALT: keys->alt_graph = is_down; return true;
    case KEY_CAPSLOCK: keys->caps = is_down ? !keys->caps : keys->caps; return true;
    case KEY_LEFTALT:
        keys->alt = is_down;
        if (is_down) {
            keys->has_alt_number = false;
            keys->alt_number = 0;
        }
        return true;
    default: return false;
    }
}

/* The digit of the number pad, or -1. */
static int pad_digit(unsigned code)
{
    static const uint16_t pad[10] = {KEY_KP0, KEY_KP1, KEY_KP2, KEY_KP3, KEY_KP4, KEY_KP5, KEY_KP6, KEY_KP7, KEY_KP8, KEY_KP9};
    for (int i = 0; i < 10; i++)
        if (pad[i] == code) return i;
    return -1;
}

static bool ends_line(unsigned code, bool has_ctrl)
{
    if (has_ctrl) return code == KEY_M || code == KEY_J || code == KEY_I;
    return code == KEY_ENTER || code == KEY_KPENTER || code == KEY_TAB || code == KEY_LINEFEED;
}

/* Alt was let go behind a number. */
static enum keys_word take_alt_number(struct keys *keys, char *out)
{
    unsigned number = keys->alt_number;
    keys->has_alt_number = false;
    if (number == '\r' || number == '\n' || number == '\t') return end_line(keys, out);
    add(keys, (stroke)(STROKE_LITERAL | (number < 0x100 ? number : 0)));
    return KEYS_NOTHING;
}

static enum keys_word press(struct keys *keys, unsigned code, char *out)
{
    bool has_ctrl = keys->ctrl_left || keys->ctrl_right;
    int digit = pad_digit(code);
    if (keys->alt && digit >= 0) {
        keys->has_alt_number = true;
        if (keys->alt_number < 0x1000) keys->alt_number = keys->alt_number * 10 + (unsigned)digit;
        return KEYS_NOTHING;
    }
    if (ends_line(code, has_ctrl)) return end_line(keys, out);
    if (has_ctrl || code > 0xfff || keymap_read(KEYMAP_US, (stroke)code) == '\0') return KEYS_NOTHING;
    stroke pressed = (stroke)(code | (keys->shift_left || keys->shift_right ? STROKE_SHIFT : 0) | (keys->caps ? STROKE_CAPS : 0));
    add(keys, keys->alt || keys->alt_graph ? (stroke)(STROKE_LITERAL | '?') : pressed);
    return KEYS_NOTHING;
}

static enum keys_word take_sync(struct keys *keys, unsigned code)
{
    if (code == SYN_DROPPED) keys->is_dropping = true;
    if (code != SYN_REPORT || !keys->is_dropping) return KEYS_NOTHING;
    keys->is_dropping = false;
    keys->count = 0;
    keys->is_too_long = false;
    keys->is_skipping = true;
    return KEYS_LOST;
}

enum keys_word keys_take(struct keys *keys, unsigned type, unsigned code, int value, int64_t at_ms, char *out)
{
    enum keys_word before = KEYS_NOTHING;
    if (type == EV_SYN) return take_sync(keys, code);
    if (type != EV_KEY || keys->is_dropping || (value != 0 && value != 1)) return KEYS_NOTHING; /* 2: a key that is held repeats; a scanner never means that */
    int64_t since = at_ms - keys->last_ms;
    keys->last_ms = at_ms;
    if (keys->is_skipping && since > SKIP_MS) keys->is_skipping = false;
    if (keys->count > 0 && since > KEYS_PAUSE_MS) before = keys_take_pause(keys, out);
    if (take_modifier(keys, code, value == 1)) {
        if (code == KEY_LEFTALT && value == 0 && keys->has_alt_number) {
            enum keys_word word = take_alt_number(keys, out);
            return word == KEYS_NOTHING ? before : word;
        }
        return before;
    }
    if (value == 0) return before;
    enum keys_word word = press(keys, code, out);
    return word == KEYS_NOTHING ? before : word;
}
