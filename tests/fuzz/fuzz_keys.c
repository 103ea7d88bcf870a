/* What an input device sends, three bytes an event: kind and value, key, and how much time passed. Whatever it is, lines have only what a code may have, and
 * are not too long; and when the keys are at rest, a badge that is typed is read.
 *     make CC=clang SAN=address,undefined,fuzzer-no-link B=build/fuzz build/fuzz/fuzz/fuzz_keys && build/fuzz/fuzz/fuzz_keys tests/fuzz/corpus/keys */
#include "tests/fuzz/fuzz.h"

#include "scanner/frames/keys.h"

#include <string.h>

#define EV_KEY_TYPE 1

struct fuzz_keyboard {
    struct keys keys;
    int64_t now;
    char line[FRAMES_TEXT_MOST + 1];
};

static void fuzz_look_at(const struct fuzz_keyboard *k, enum keys_word word)
{
    size_t length = word == KEYS_LINE ? strlen(k->line) : 0;
    fuzz_expect(length <= FRAMES_TEXT_MOST && k->keys.count <= FRAMES_TEXT_MOST);
    for (size_t i = 0; i < length; i++) fuzz_expect(k->line[i] >= 0x20 && k->line[i] < 0x7f);
}

static void fuzz_event(struct fuzz_keyboard *k, const uint8_t *event)
{
    static const unsigned types[] = {EV_KEY_TYPE, EV_KEY_TYPE, EV_KEY_TYPE, EV_KEY_TYPE, EV_KEY_TYPE, 0, 4, 17};
    uint8_t bits[96];
    unsigned type = types[event[0] & 7], code = event[1] | (event[0] & 0x40u) << 2;
    if (type == 0) code &= 3; /* report, …, dropped */
    k->now += event[2] < 200 ? event[2] / 8 : (event[2] - 199) * 40;
    enum keys_word word = keys_take(&k->keys, type, code, event[0] >> 3 & 3, k->now, k->line);
    fuzz_look_at(k, word);
    if (word == KEYS_LOST) {
        memset(bits, event[2], sizeof bits);
        keys_set_down(&k->keys, bits, event[1] % (sizeof bits + 1));
    }
    if (event[0] & 0x80) fuzz_look_at(k, keys_take_pause(&k->keys, k->line));
}

int fuzz_keys(const uint8_t *data, size_t length)
{
    static const uint8_t up[96] = {0};
    static const unsigned letters[] = {45, 45, 45, 45, 45, 45, 45, 45, 45, 45, 45, 45, 45, 45, 45, 45, 28}; /* sixteen times X, and Enter */
    struct fuzz_keyboard *k = calloc(1, sizeof *k);
    if (!k) abort();
    keys_init(&k->keys);
    for (size_t at = 0; at + 3 <= length; at += 3) fuzz_event(k, data + at);
    /* At rest: a report, a pause, nothing held down. */
    (void)keys_take(&k->keys, 0, 0, 0, k->now, k->line);
    (void)keys_take_pause(&k->keys, k->line);
    keys_set_down(&k->keys, up, sizeof up);
    enum keys_word word = KEYS_NOTHING;
    k->now += 5000;
    for (size_t i = 0; i < sizeof letters / sizeof *letters; i++)
        for (int value = 1; value >= 0; value--) {
            enum keys_word one = keys_take(&k->keys, EV_KEY_TYPE, letters[i], value, k->now, k->line);
            if (one != KEYS_NOTHING) word = one;
        }
    fuzz_expect(word == KEYS_LINE && strlen(k->line) == 16 && (strspn(k->line, "xX") == 16));
    free(k);
    return 0;
}

#ifdef FUZZ_MAIN
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t length)
{
    return fuzz_keys(data, length);
}
#endif
