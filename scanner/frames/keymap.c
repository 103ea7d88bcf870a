#include "scanner/frames/keymap.h"
#include "core/base/id.h"
#include "core/base/text.h"

#include <linux/input-event-codes.h>
#include <string.h>
#include <strings.h>

struct key {
    uint16_t code;
    char plain, shifted;
};

/* clang-format off */
static const struct key us[] = {
    {KEY_1, '1', '!'}, {KEY_2, '2', '@'}, {KEY_3, '3', '#'}, {KEY_4, '4', '$'}, {KEY_5, '5', '%'}, {KEY_6, '6', '^'}, {KEY_7, '7', '&'}, {KEY_8, '8', '*'},
    {KEY_9, '9', '('}, {KEY_0, '0', ')'}, {KEY_MINUS, '-', '_'}, {KEY_EQUAL, '=', '+'}, {KEY_LEFTBRACE, '[', '{'}, {KEY_RIGHTBRACE, ']', '}'},
    {KEY_BACKSLASH, '\\', '|'}, {KEY_SEMICOLON, ';', ':'}, {KEY_APOSTROPHE, '\'', '"'}, {KEY_GRAVE, '`', '~'}, {KEY_COMMA, ',', '<'}, {KEY_DOT, '.', '>'},
    {KEY_SLASH, '/', '?'}, {KEY_102ND, '\\', '|'}, {KEY_RO, '\\', '_'}, {KEY_SPACE, ' ', ' '},
    {KEY_A, 'a', 'A'}, {KEY_B, 'b', 'B'}, {KEY_C, 'c', 'C'}, {KEY_D, 'd', 'D'}, {KEY_E, 'e', 'E'}, {KEY_F, 'f', 'F'}, {KEY_G, 'g', 'G'}, {KEY_H, 'h', 'H'},
    {KEY_I, 'i', 'I'}, {KEY_J, 'j', 'J'}, {KEY_K, 'k', 'K'}, {KEY_L, 'l', 'L'}, {KEY_M, 'm', 'M'}, {KEY_N, 'n', 'N'}, {KEY_O, 'o', 'O'}, {KEY_P, 'p', 'P'},
    {KEY_Q, 'q', 'Q'}, {KEY_R, 'r', 'R'}, {KEY_S, 's', 'S'}, {KEY_T, 't', 'T'}, {KEY_U, 'u', 'U'}, {KEY_V, 'v', 'V'}, {KEY_W, 'w', 'W'}, {KEY_X, 'x', 'X'},
    {KEY_Y, 'y', 'Y'}, {KEY_Z, 'z', 'Z'},
    /* The number pad is the same everywhere, whatever num lock says: a scanner that uses it means numbers. */
    {KEY_KP0, '0', '0'}, {KEY_KP1, '1', '1'}, {KEY_KP2, '2', '2'}, {KEY_KP3, '3', '3'}, {KEY_KP4, '4', '4'}, {KEY_KP5, '5', '5'}, {KEY_KP6, '6', '6'},
    {KEY_KP7, '7', '7'}, {KEY_KP8, '8', '8'}, {KEY_KP9, '9', '9'}, {KEY_KPSLASH, '/', '/'}, {KEY_KPDOT, '.', '.'}, {KEY_KPMINUS, '-', '-'},
    {KEY_KPPLUS, '+', '+'}, {KEY_KPASTERISK, '*', '*'}, {KEY_KPEQUAL, '=', '='}, {KEY_KPCOMMA, ',', ','}, {0},
};
/* Where they differ from US. '?' stands for letters that ASCII has not. */
static const struct key french[] = {
    {KEY_1, '&', '1'}, {KEY_2, '?', '2'}, {KEY_3, '"', '3'}, {KEY_4, '\'', '4'}, {KEY_5, '(', '5'}, {KEY_6, '-', '6'}, {KEY_7, '?', '7'}, {KEY_8, '_', '8'},
    {KEY_9, '?', '9'}, {KEY_0, '?', '0'}, {KEY_MINUS, ')', '?'}, {KEY_Q, 'a', 'A'}, {KEY_A, 'q', 'Q'}, {KEY_W, 'z', 'Z'}, {KEY_Z, 'w', 'W'},
    {KEY_SEMICOLON, 'm', 'M'}, {KEY_M, ',', '?'}, {KEY_COMMA, ';', '.'}, {KEY_DOT, ':', '/'}, {KEY_SLASH, '!', '?'}, {KEY_102ND, '<', '>'},
    {KEY_LEFTBRACE, '^', '?'}, {KEY_RIGHTBRACE, '$', '?'}, {KEY_APOSTROPHE, '?', '%'}, {KEY_BACKSLASH, '*', '?'}, {KEY_GRAVE, '?', '?'}, {0},
};
static const struct key german[] = {
    {KEY_2, '2', '"'}, {KEY_3, '3', '?'}, {KEY_6, '6', '&'}, {KEY_7, '7', '/'}, {KEY_8, '8', '('}, {KEY_9, '9', ')'}, {KEY_0, '0', '='}, {KEY_MINUS, '?', '?'},
    {KEY_EQUAL, '\'', '`'}, {KEY_Y, 'z', 'Z'}, {KEY_Z, 'y', 'Y'}, {KEY_COMMA, ',', ';'}, {KEY_DOT, '.', ':'}, {KEY_SLASH, '-', '_'}, {KEY_102ND, '<', '>'},
    {KEY_LEFTBRACE, '?', '?'}, {KEY_RIGHTBRACE, '+', '*'}, {KEY_SEMICOLON, '?', '?'}, {KEY_APOSTROPHE, '?', '?'}, {KEY_BACKSLASH, '#', '\''}, {KEY_GRAVE, '^', '?'}, {0},
};
static const struct key latin[] = {
    {KEY_2, '2', '"'}, {KEY_3, '3', '?'}, {KEY_6, '6', '&'}, {KEY_7, '7', '/'}, {KEY_8, '8', '('}, {KEY_9, '9', ')'}, {KEY_0, '0', '='}, {KEY_MINUS, '\'', '?'},
    {KEY_EQUAL, '?', '?'}, {KEY_COMMA, ',', ';'}, {KEY_DOT, '.', ':'}, {KEY_SLASH, '-', '_'}, {KEY_102ND, '<', '>'},
    {KEY_LEFTBRACE, '?', '?'}, {KEY_RIGHTBRACE, '?', '?'}, {KEY_SEMICOLON, '?', '?'}, {KEY_APOSTROPHE, '?', '?'}, {KEY_BACKSLASH, '?', '?'}, {KEY_GRAVE, '?', '?'}, {0},
};
static const struct key brazil[] = {
    {KEY_SEMICOLON, '?', '?'}, {KEY_SLASH, ';', ':'}, {KEY_RO, '/', '?'}, {KEY_LEFTBRACE, '\'', '`'}, {KEY_RIGHTBRACE, '[', '{'}, {KEY_BACKSLASH, ']', '}'},
    {KEY_APOSTROPHE, '~', '^'}, {KEY_GRAVE, '\'', '"'}, {KEY_6, '6', '?'}, {0},
};
static const struct key czech[] = {
    {KEY_1, '+', '1'}, {KEY_2, '?', '2'}, {KEY_3, '?', '3'}, {KEY_4, '?', '4'}, {KEY_5, '?', '5'}, {KEY_6, '?', '6'}, {KEY_7, '?', '7'}, {KEY_8, '?', '8'},
    {KEY_9, '?', '9'}, {KEY_0, '?', '0'}, {KEY_MINUS, '=', '%'}, {KEY_EQUAL, '?', '?'}, {KEY_Y, 'z', 'Z'}, {KEY_Z, 'y', 'Y'}, {KEY_LEFTBRACE, '?', '/'},
    {KEY_RIGHTBRACE, ')', '('}, {KEY_SEMICOLON, '?', '"'}, {KEY_APOSTROPHE, '?', '!'}, {KEY_BACKSLASH, '?', '\''}, {KEY_COMMA, ',', '?'}, {KEY_DOT, '.', ':'},
    {KEY_SLASH, '-', '_'}, {KEY_GRAVE, ';', '?'}, {0},
};
/* clang-format on */
static const struct key *const differing[KEYMAPS] = {[KEYMAP_US] = NULL,      [KEYMAP_FRENCH] = french, [KEYMAP_GERMAN] = german,
                                                     [KEYMAP_LATIN] = latin, [KEYMAP_BRAZIL] = brazil, [KEYMAP_CZECH] = czech};

static const struct key *find(const struct key *keys, unsigned code)
{
    while (keys && keys->code && keys->code != code) keys++;
    return keys && keys->code ? keys : NULL;
}

char keymap_read(enum keymap map, stroke pressed)
{
    unsigned code = pressed & 0xfffu;
    if (pressed & STROKE_LITERAL) return code >= 0x20 && code < 0x7f ? (char)code : '?';
    const struct key *key = find(differing[map], code);
    if (!key) key = find(us, code);
    if (!key) return '\0';
    bool is_letter = key->plain >= 'a' && key->plain <= 'z' && key->shifted == key->plain - 32;
    /* French caps lock shifts the numbers, too. */
    bool is_caps = (pressed & STROKE_CAPS) && (is_letter || (map == KEYMAP_FRENCH && key->shifted >= '0' && key->shifted <= '9' && key->plain != key->shifted));
    return ((pressed & STROKE_SHIFT) != 0) != is_caps ? key->shifted : key->plain;
}

static void read_all(enum keymap map, const stroke *pressed, size_t count, char *out)
{
    size_t n = 0;
    for (size_t i = 0; i < count; i++) {
        char c = keymap_read(map, pressed[i]);
        if (c) out[n++] = c;
    }
    out[n] = '\0';
}

static bool is_address(const char *text)
{
    return strncasecmp(text, "http://", 7) == 0 || strncasecmp(text, "https://", 8) == 0;
}

/* Whether two layouts write the same, which for a line without what differs they do. */
static bool write_the_same(enum keymap a, enum keymap b, const stroke *pressed, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (keymap_read(a, pressed[i]) != keymap_read(b, pressed[i])) return false;
    return true;
}

enum keymap_verdict keymap_read_line(const stroke *pressed, size_t count, enum keymap *known, char *out)
{
    char token[ID_TOKEN_SIZE];
    enum keymap found = KEYMAPS;
    bool is_only = true;
    for (enum keymap map = 0; map < KEYMAPS; map++) {
        read_all(map, pressed, count, out);
        if (!is_address(out)) continue;
        if (found == KEYMAPS) found = map;
        else is_only = is_only && write_the_same(found, map, pressed, count);
    }
    if (found != KEYMAPS) {
        if (is_only && found != KEYMAP_GERMAN) *known = found; /* it fits German by chance: no letter told it from Latin */
        read_all(found, pressed, count, out);
        return is_only || !id_token_from_scan(out, token) ? KEYMAP_SURE : KEYMAP_UNSURE; /* what is no badge may be misspelt */
    }
    /* Without an address only a bare token is a badge. */
    for (enum keymap map = 0; map < KEYMAPS; map++) {
        enum keymap tried = *known != KEYMAPS ? *known : map;
        read_all(tried, pressed, count, out);
        if (id_token_from_scan(out, token)) return KEYMAP_SURE;
        if (*known != KEYMAPS) return KEYMAP_SURE;
    }
    read_all(KEYMAP_US, pressed, count, out);
    return KEYMAP_SURE;
}
