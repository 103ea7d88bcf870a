#include "core/base/text_encoding.h"
#include "core/base/text.h"
#include "core/base/text_vietnamese.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define SAMPLE (512u * 1024u) /* bytes whose words are looked at, from the first that is not ASCII */

/* Bytes 0x80 to 0xFF. 0: the encoding does not have it. 0xA0 to 0xFF of windows-1252 are Unicode's own. */
static const uint16_t windows_1252[32] = {
    0x20AC, 0, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017D, 0,
    0, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0, 0x017E, 0x0178,
};
static const uint16_t windows_1256[128] = {
    0x20AC, 0x067E, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0679, 0x2039, 0x0152, 0x0686, 0x0698, 0x0688,
    0x06AF, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014, 0x06A9, 0x2122, 0x0691, 0x203A, 0x0153, 0x200C, 0x200D, 0x06BA,
    0x00A0, 0x060C, 0x00A2, 0x00A3, 0x00A4, 0x00A5, 0x00A6, 0x00A7, 0x00A8, 0x00A9, 0x06BE, 0x00AB, 0x00AC, 0x00AD, 0x00AE, 0x00AF,
    0x00B0, 0x00B1, 0x00B2, 0x00B3, 0x00B4, 0x00B5, 0x00B6, 0x00B7, 0x00B8, 0x00B9, 0x061B, 0x00BB, 0x00BC, 0x00BD, 0x00BE, 0x061F,
    0x06C1, 0x0621, 0x0622, 0x0623, 0x0624, 0x0625, 0x0626, 0x0627, 0x0628, 0x0629, 0x062A, 0x062B, 0x062C, 0x062D, 0x062E, 0x062F,
    0x0630, 0x0631, 0x0632, 0x0633, 0x0634, 0x0635, 0x0636, 0x00D7, 0x0637, 0x0638, 0x0639, 0x063A, 0x0640, 0x0641, 0x0642, 0x0643,
    0x00E0, 0x0644, 0x00E2, 0x0645, 0x0646, 0x0647, 0x0648, 0x00E7, 0x00E8, 0x00E9, 0x00EA, 0x00EB, 0x0649, 0x064A, 0x00EE, 0x00EF,
    0x064B, 0x064C, 0x064D, 0x064E, 0x00F4, 0x064F, 0x0650, 0x00F7, 0x0651, 0x00F9, 0x0652, 0x00FB, 0x00FC, 0x200E, 0x200F, 0x06D2,
};

enum encoding { UTF_8, UTF_16LE, UTF_16BE, WINDOWS_1258, WINDOWS_1252, WINDOWS_1256, ISO_8859_15, UNKNOWN };
static const char *const names[] = {"utf-8", "utf-16le", "utf-16be", "windows-1258", "windows-1252", "windows-1256", "iso-8859-15"};

static enum encoding encoding_of(const char *name)
{
    for (int i = 0; i < UNKNOWN; i++)
        if (text_equal_ignoring_case(name, names[i])) return (enum encoding)i;
    return text_equal_ignoring_case(name, "iso-8859-1") ? WINDOWS_1252 : UNKNOWN;
}

const char *text_encoding_named(const char *name)
{
    enum encoding e = encoding_of(name);
    return e == UNKNOWN ? NULL : names[e];
}

/* --- one character ---------------------------------------------------------------------------------------------------------------- */

static int32_t of_1258(uint8_t byte)
{
    switch (byte) {
    case 0x8A: case 0x8E: case 0x9A: case 0x9E: return 0;
    case 0xC3: return 0x0102;
    case 0xCC: return 0x0300;
    case 0xD0: return 0x0110;
    case 0xD2: return 0x0309;
    case 0xD5: return 0x01A0;
    case 0xDD: return 0x01AF;
    case 0xDE: return 0x0303;
    case 0xE3: return 0x0103;
    case 0xEC: return 0x0301;
    case 0xF0: return 0x0111;
    case 0xF2: return 0x0323;
    case 0xF5: return 0x01A1;
    case 0xFD: return 0x01B0;
    case 0xFE: return 0x20AB;
    default: return byte < 0xA0 ? windows_1252[byte - 0x80] : byte;
    }
}

static int32_t of_8859_15(uint8_t byte)
{
    switch (byte) {
    case 0xA4: return 0x20AC;
    case 0xA6: return 0x0160;
    case 0xA8: return 0x0161;
    case 0xB4: return 0x017D;
    case 0xB8: return 0x017E;
    case 0xBC: return 0x0152;
    case 0xBD: return 0x0153;
    case 0xBE: return 0x0178;
    default: return byte < 0xA0 ? 0 : byte;
    }
}

/* 0: no such character. */
static int32_t of_byte(enum encoding e, uint8_t byte)
{
    if (byte < 0x80) return byte;
    if (e == WINDOWS_1258) return of_1258(byte);
    if (e == WINDOWS_1256) return windows_1256[byte - 0x80];
    if (e == ISO_8859_15) return of_8859_15(byte);
    return byte < 0xA0 ? windows_1252[byte - 0x80] : byte;
}

/* The character at `at`; *ret_took bytes. 0: none. */
static int32_t take(enum encoding e, const uint8_t *data, size_t length, size_t at, size_t *ret_took)
{
    *ret_took = 1;
    if (e != UTF_16LE && e != UTF_16BE) {
        int32_t c = of_byte(e, data[at]);
        int32_t mark = e == WINDOWS_1258 && c && at + 1 < length ? of_byte(e, data[at + 1]) : 0;
        int32_t joined = mark >= 0x0300 && mark <= 0x0323 ? vietnamese_with_tone(c, mark) : 0;
        if (joined) *ret_took = 2;
        return joined ? joined : c;
    }
    if (at + 2 > length) return 0;
    int32_t c = e == UTF_16LE ? data[at] | data[at + 1] << 8 : data[at] << 8 | data[at + 1];
    *ret_took = 2;
    if (c < 0xD800 || c > 0xDFFF) return c;
    if (c > 0xDBFF || at + 4 > length) return 0;
    int32_t low = e == UTF_16LE ? data[at + 2] | data[at + 3] << 8 : data[at + 2] << 8 | data[at + 3];
    *ret_took = 4;
    return low >= 0xDC00 && low <= 0xDFFF ? 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00) : 0;
}

static size_t put(char *out, int32_t c)
{
    if (c < 0x80) return out[0] = (char)c, 1;
    if (c < 0x800) return out[0] = (char)(0xC0 | c >> 6), out[1] = (char)(0x80 | (c & 0x3F)), 2;
    if (c < 0x10000) return out[0] = (char)(0xE0 | c >> 12), out[1] = (char)(0x80 | (c >> 6 & 0x3F)), out[2] = (char)(0x80 | (c & 0x3F)), 3;
    return out[0] = (char)(0xF0 | c >> 18), out[1] = (char)(0x80 | (c >> 12 & 0x3F)), out[2] = (char)(0x80 | (c >> 6 & 0x3F)), out[3] = (char)(0x80 | (c & 0x3F)), 4;
}

/* --- reading ---------------------------------------------------------------------------------------------------------------------- */

static enum err check_utf8(const char *data, size_t length, size_t *ret_wrong)
{
    size_t good = 0;
    if (text_is_utf8(data, length)) return OK;
    while (good < length) { /* the first piece that is not: found by halves of what is left, whole characters only */
        size_t n = (unsigned char)data[good] < 0x80 ? 1 : (unsigned char)data[good] < 0xE0 ? 2 : (unsigned char)data[good] < 0xF0 ? 3 : 4;
        if (n > length - good || !text_is_utf8(data + good, n)) break;
        good += n;
    }
    *ret_wrong = good;
    return ERR_INPUT;
}

/* Writes to `out`, or only counts when it is NULL. */
static enum err decode(enum encoding e, const uint8_t *data, size_t length, char *out, size_t *ret_length, size_t *ret_wrong)
{
    size_t n = 0, at = 0, took;
    if ((e == UTF_16LE && length >= 2 && data[0] == 0xFF && data[1] == 0xFE) || (e == UTF_16BE && length >= 2 && data[0] == 0xFE && data[1] == 0xFF)) at = 2;
    for (; at < length; at += took) {
        char room[4];
        int32_t c = take(e, data, length, at, &took);
        if (c == 0) return *ret_wrong = at, ERR_INPUT;
        n += put(out ? out + n : room, c);
    }
    *ret_length = n;
    return OK;
}

enum err text_encoding_read(struct arena *arena, const char *data, size_t length, const char *encoding, char **ret, size_t *ret_length, size_t *ret_wrong)
{
    enum encoding e = encoding_of(encoding);
    size_t n = 0;
    if (e == UNKNOWN) return ERR_BUG;
    if (e == UTF_8) {
        size_t mark = length >= 3 && memcmp(data, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
        enum err bad = check_utf8(data + mark, length - mark, ret_wrong);
        if (bad != OK) return *ret_wrong += mark, bad;
        union { const char *from; char *to; } borrowed = {.from = data + mark};
        *ret = borrowed.to;
        *ret_length = length - mark;
        return OK;
    }
    enum err bad = decode(e, (const uint8_t *)data, length, NULL, &n, ret_wrong);
    if (bad != OK) return bad;
    char *out = arena_alloc(arena, n + 1);
    if (!out) return ERR_NOMEM;
    (void)decode(e, (const uint8_t *)data, length, out, &n, ret_wrong);
    out[n] = '\0';
    *ret = out;
    *ret_length = n;
    return OK;
}

/* --- finding ---------------------------------------------------------------------------------------------------------------------- */

/* UTF-16 without a mark: spaces, digits and line ends of any script have a NUL on one side, and never on the other. */
static enum encoding find_utf16(const uint8_t *data, size_t length)
{
    size_t zeros[2] = {0};
    if (length < 4 || length % 2) return UNKNOWN;
    for (size_t i = 0; i < length && i < SAMPLE; i++) zeros[i % 2] += data[i] == 0;
    size_t most = (length < SAMPLE ? length : SAMPLE) / 2;
    if (zeros[1] * 10 >= most && zeros[0] == 0) return UTF_16LE;
    if (zeros[0] * 10 >= most && zeros[1] == 0) return UTF_16BE;
    return UNKNOWN;
}

/* How words look to somebody who takes the bytes for Arabic, or for a Western language. */
struct bytes_look {
    size_t words, arabic, odd;
};

static bool is_letter_byte(uint8_t b)
{
    return (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || b >= 0x80;
}

/* Quotes, dashes, the no-break space, signs of money and the like. */
static bool is_apart(uint8_t b)
{
    static const char apart[] = "\x80\x82\x84\x85\x8b\x91\x92\x93\x94\x95\x96\x97\x9b\xa0\xa1\xa2\xa3\xa4\xa5"
                                "\xa7\xa9\xaa\xab\xad\xae\xb0\xb1\xb2\xb3\xb4\xb5\xb7\xb9\xba\xbb\xbf";
    return b >= 0x80 && b < 0xC0 && strchr(apart, (char)b) != NULL;
}

static bool is_western_letter(uint8_t b)
{
    if (b >= 0xC0) return b != 0xD7 && b != 0xF7;
    return b >= 0x80 && strchr("\x83\x8a\x8c\x8e\x9a\x9c\x9e\x9f\xa6\xa8\xb8\xbc\xbd\xbe", (char)b) != NULL;
}

static void look_at_bytes(const uint8_t *word, size_t length, struct bytes_look *look)
{
    size_t high = 0, arabic = 0, run = 0, longest = 0;
    bool odd = false;
    for (size_t i = 0; i < length; i++) {
        bool is_high = word[i] >= 0x80;
        int32_t c = is_high ? windows_1256[word[i] - 0x80] : 0;
        high += is_high;
        arabic += (c >= 0x0600 && c <= 0x06FF) || c == 0x200C || c == 0x200D;
        run = is_high ? run + 1 : 0;
        if (run > longest) longest = run;
        if (is_high && !is_western_letter(word[i])) odd = true;
        if (i && word[i] >= 0xC0 && word[i] <= 0xDE && word[i - 1] >= 'a' && word[i - 1] <= 'z') odd = true;
    }
    if (!high) return;
    look->words++;
    look->arabic += arabic == length && length > 1;
    look->odd += odd || longest > 2;
}

static struct bytes_look look_at_words(const uint8_t *data, size_t length)
{
    struct bytes_look look = {0};
    for (size_t i = 0; i < length;) {
        size_t from = i;
        while (i < length && is_letter_byte(data[i]) && !is_apart(data[i])) i++;
        if (i > from) look_at_bytes(data + from, i - from, &look);
        else i++;
    }
    return look;
}

/* ISO-8859-15 differs from ISO-8859-1 in eight characters, and has none of windows-1252's from 0x80 to 0x9F. */
static enum encoding which_western(const uint8_t *data, size_t length)
{
    bool letters = false;
    for (size_t i = 0; i < length; i++) {
        if (data[i] >= 0x80 && data[i] < 0xA0) return WINDOWS_1252;
        bool beside = (i && ((data[i - 1] | 32) >= 'a' && (data[i - 1] | 32) <= 'z')) || (i + 1 < length && (data[i + 1] | 32) >= 'a' && (data[i + 1] | 32) <= 'z');
        bool beside_digit = (i && data[i - 1] >= '0' && data[i - 1] <= '9') || (i > 1 && data[i - 1] == ' ' && data[i - 2] >= '0' && data[i - 2] <= '9');
        if (data[i] == 0xA4 ? beside_digit : beside && data[i] >= 0xA6 && data[i] <= 0xBE && strchr("\xa6\xa8\xb4\xb8\xbc\xbd\xbe", (char)data[i])) letters = true;
    }
    return letters ? ISO_8859_15 : WINDOWS_1252;
}

static bool look_decoded(enum encoding e, const uint8_t *data, size_t length, struct vietnamese_look *look)
{
    struct arena arena = {0};
    char *out = arena_alloc(&arena, length * 3 + 1);
    size_t n = 0, took;
    for (size_t at = 0; out && at < length; at += took) {
        int32_t c = take(e, data, length, at, &took);
        n += put(out + n, c ? c : '?');
    }
    if (out) vietnamese_look_at(out, look);
    arena_release(&arena);
    return out != NULL;
}

static enum encoding find_by_words(const uint8_t *data, size_t length)
{
    struct vietnamese_look one = {0}, as_1258 = {0};
    struct bytes_look look = look_at_words(data, length);
    if (look.words && look.arabic * 10 >= look.words * 6) return WINDOWS_1256;
    if (!look_decoded(WINDOWS_1252, data, length, &one) || !look_decoded(WINDOWS_1258, data, length, &as_1258)) return UNKNOWN;
    size_t all = as_1258.words + as_1258.unicode + as_1258.other, good = as_1258.plain + as_1258.unicode_good;
    size_t code = one.good[VIETNAMESE_VNI] > one.good[VIETNAMESE_TCVN3] ? VIETNAMESE_VNI : VIETNAMESE_TCVN3;
    bool by_fonts = one.strong[code] && one.good[code] * 10 >= (one.words + one.unicode + one.other) * 6;
    if (by_fonts && one.good[code] * (all ? all : 1) >= good * (one.words + one.unicode + one.other)) return WINDOWS_1252;
    if (as_1258.unicode_good && good * 10 >= all * 6) return WINDOWS_1258;
    if (look.odd * 10 > look.words * 3) return UNKNOWN;
    return which_western(data, length);
}

const char *text_encoding_find(const char *text, size_t length)
{
    const uint8_t *data = (const uint8_t *)text;
    if (length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0) return names[UTF_8];
    if (length >= 2 && data[0] == 0xFF && data[1] == 0xFE) return names[UTF_16LE];
    if (length >= 2 && data[0] == 0xFE && data[1] == 0xFF) return names[UTF_16BE];
    enum encoding e = memchr(text, 0, length) ? find_utf16(data, length) : UNKNOWN;
    if (e != UNKNOWN) return names[e];
    size_t wrong = 0, first = 0, marks = 0;
    if (check_utf8(text, length, &wrong) == OK) return names[UTF_8];
    for (size_t i = 0; i < wrong; i++) marks += data[i] >= 0xC0;
    if (marks >= 20) return names[UTF_8]; /* so many sequences are no chance: a file that is cut or damaged */
    while (first < length && data[first] < 0x80) first++;
    if (first > 64) first -= 64;
    else first = 0;
    e = find_by_words(data + first, length - first < SAMPLE ? length - first : SAMPLE);
    return e == UNKNOWN ? NULL : names[e];
}
