#include "core/vision/qr_symbol.h"

#include <stdlib.h>
#include <string.h>

#define CODEWORDS_MOST 346 /* version 10 */

/* Check codewords a block and blocks, by level L M Q H and version (ISO/IEC 18004, table 9). */
static const uint8_t parity_table[4][QR_SYMBOL_VERSIONS] = {
    {7, 10, 15, 20, 26, 18, 20, 24, 30, 18}, {10, 16, 26, 18, 24, 16, 18, 22, 22, 26},
    {13, 22, 18, 26, 18, 24, 18, 22, 20, 24}, {17, 28, 22, 16, 22, 28, 26, 26, 24, 28}};
static const uint8_t block_table[4][QR_SYMBOL_VERSIONS] = {
    {1, 1, 1, 1, 1, 2, 2, 2, 2, 4}, {1, 1, 1, 2, 2, 4, 4, 4, 5, 5}, {1, 1, 2, 2, 4, 4, 6, 6, 8, 8}, {1, 1, 2, 4, 4, 4, 5, 6, 8, 8}};
static const uint16_t codeword_table[QR_SYMBOL_VERSIONS] = {26, 44, 70, 100, 134, 172, 196, 242, 292, 346};
/* Middles of alignment patterns beyond the first at 6 (annex E). */
static const uint8_t alignment_table[QR_SYMBOL_VERSIONS][2] = {{0, 0}, {18, 0}, {22, 0}, {26, 0}, {30, 0}, {34, 0}, {22, 38}, {24, 42}, {26, 46}, {28, 50}};

struct codewords {
    uint8_t bytes[CODEWORDS_MOST];
    int32_t sure[CODEWORDS_MOST]; /* of the least sure bit */
};

struct doubt {
    int32_t sure;
    uint8_t place;
};

static unsigned version_of(unsigned side)
{
    return (side - 17) / 4;
}

static int larger(int a, int b)
{
    return a > b ? a : b;
}

/* The alignment pattern's ring around (x, y): how far from its middle, or 3 when none is near. */
static int alignment_distance(unsigned side, int x, int y)
{
    const uint8_t *places = alignment_table[version_of(side) - 1];
    int spots[3] = {6, places[0], places[1]};
    int count = places[1] ? 3 : places[0] ? 2 : 0;
    for (int j = 0; j < count; j++)
        for (int i = 0; i < count; i++) {
            int distance = larger(abs(x - spots[i]), abs(y - spots[j]));
            bool on_finder = (i == 0 && j == 0) || (i == 0 && j == count - 1) || (j == 0 && i == count - 1);
            if (distance <= 2 && !on_finder) return distance;
        }
    return 3;
}

int qr_symbol_pattern(unsigned side, int x, int y)
{
    int n = (int)side;
    if (x < 0 || y < 0 || x >= n || y >= n) return -1;
    int fx = x > 8 && x >= n - 8 ? n - 1 - x : x, fy = y > 8 && y >= n - 8 ? n - 1 - y : y;
    if (fx < 8 && fy < 8 && !(x >= n - 8 && y >= n - 8)) {
        int distance = larger(abs(fx - 3), abs(fy - 3));
        return distance == 2 || distance == 4 ? -1 : 1;
    }
    int distance = alignment_distance(side, x, y);
    if (distance <= 2) return distance == 1 ? -1 : 1;
    if (x == 6 || y == 6) return (x + y) % 2 == 0 ? 1 : -1;
    return x == 8 && y == n - 8 ? 1 : 0;
}

static bool is_data(unsigned side, int x, int y)
{
    int n = (int)side;
    if (qr_symbol_pattern(side, x, y) != 0) return false;
    if ((x == 8 && (y < 9 || y >= n - 8)) || (y == 8 && (x < 9 || x >= n - 8))) return false; /* level and mask */
    return version_of(side) < 7 || !((x >= n - 11 && y < 6) || (y >= n - 11 && x < 6));        /* version */
}

static bool mask_flips(unsigned mask, int x, int y)
{
    switch (mask) {
    case 0: return (x + y) % 2 == 0;
    case 1: return y % 2 == 0;
    case 2: return x % 3 == 0;
    case 3: return (x + y) % 3 == 0;
    case 4: return (y / 2 + x / 3) % 2 == 0;
    case 5: return x * y % 2 + x * y % 3 == 0;
    case 6: return (x * y % 2 + x * y % 3) % 2 == 0;
    default: return ((x + y) % 2 + x * y % 3) % 2 == 0;
    }
}

static int32_t cell(const struct qr_symbol *s, int x, int y)
{
    return s->cells[(unsigned)y * s->side + (unsigned)x];
}

static unsigned format_word(unsigned value)
{
    unsigned rest = value;
    for (int i = 0; i < 10; i++) rest = rest << 1 ^ (rest >> 9 & 1) * 0x537;
    return (value << 10 | (rest & 0x3FF)) ^ 0x5412;
}

/* The 5 bits of level and mask that both copies together speak for: the likeliest of the 32, if the next is clearly less likely. */
static bool read_format(const struct qr_symbol *s, unsigned *ret)
{
    int32_t bits[15] = {0}, best = INT32_MIN, second = INT32_MIN;
    int n = (int)s->side;
    for (int i = 0; i < 15; i++) {
        /* Around the first finder, then beside the other two (figure 25). */
        int x = i < 8 ? 8 : i == 8 ? 7 : 14 - i, y = i < 6 ? i : i < 8 ? i + 1 : 8;
        bits[i] = cell(s, x, y) + (i < 8 ? cell(s, n - 1 - i, 8) : cell(s, 8, n - 15 + i));
    }
    for (unsigned value = 0; value < 32; value++) {
        unsigned word = format_word(value);
        int32_t sum = 0;
        for (int i = 0; i < 15; i++) sum += word >> i & 1 ? bits[i] : -bits[i];
        if (sum > best) second = best, best = sum, *ret = value;
        else if (sum > second) second = sum;
    }
    return best > 0 && best - second > best / 8;
}

static void read_codewords(const struct qr_symbol *s, unsigned mask, size_t count, struct codewords *out)
{
    int n = (int)s->side, up = 1;
    size_t bit = 0;
    memset(out, 0, sizeof *out);
    for (size_t i = 0; i < count; i++) out->sure[i] = INT32_MAX;
    for (int right = n - 1; right > 0; right -= 2, up = !up) {
        if (right == 6) right--;
        for (int k = 0; k < 2 * n; k++) {
            int x = right - k % 2, y = up ? n - 1 - k / 2 : k / 2;
            if (bit == count * 8) return;
            if (!is_data(s->side, x, y)) continue;
            int32_t value = cell(s, x, y);
            bool dark = (value > 0) != mask_flips(mask, x, y);
            if (dark) out->bytes[bit / 8] |= (uint8_t)(0x80 >> bit % 8);
            if (abs(value) < out->sure[bit / 8]) out->sure[bit / 8] = abs(value);
            bit++;
        }
    }
}

static int compare_doubt(const void *a, const void *b)
{
    const struct doubt *left = a, *right = b;
    return (left->sure > right->sure) - (left->sure < right->sure);
}

/* First as it is, then with more and more of the least sure codewords given up. What is given up costs a reserve of four check bytes, since every try
 * is another chance to be wrong: a wrong word passes once in thousands of millions of tries. */
static bool repair_block(const struct reed_solomon *field, uint8_t *word, size_t length, size_t parity, struct doubt *doubts, size_t own_reserve)
{
    uint8_t erased[REED_SOLOMON_PARITY_MOST];
    size_t errors;
    if (reed_solomon_repair(field, word, length, parity, NULL, 0, own_reserve, &errors)) return true;
    if (parity < 10) return false;
    qsort(doubts, length, sizeof *doubts, compare_doubt);
    for (size_t count = 2; count + 4 <= parity; count += 2) {
        for (size_t i = 0; i < count; i++) erased[i] = doubts[i].place;
        if (reed_solomon_repair(field, word, length, parity, erased, count, 4, &errors)) return true;
    }
    return false;
}

/* Takes the interleaved blocks apart (7.6) and repairs each. */
static bool repair_all(const struct reed_solomon *field, const struct codewords *all, unsigned level, unsigned version, uint8_t *data, size_t *ret_count)
{
    size_t blocks = block_table[level][version - 1], parity = parity_table[level][version - 1], total = codeword_table[version - 1];
    size_t short_length = total / blocks, short_blocks = blocks - total % blocks, count = 0;
    /* Kept back from repairing so that a wrong word is not taken for a right one; at least what the standard keeps (table 9). */
    size_t own_reserve = parity <= 10 ? 3 : parity <= 16 ? 2 : parity <= 20 ? 1 : 0;
    for (size_t b = 0; b < blocks; b++) {
        uint8_t word[255];
        struct doubt doubts[255];
        size_t length = short_length + (b >= short_blocks), own = length - parity;
        if (length > sizeof word) return false;
        for (size_t i = 0; i < length; i++) {
            size_t at = i < own ? i * blocks + b : (total - parity * blocks) + (i - own) * blocks + b;
            if (i < own && i == short_length - parity) at = i * blocks + b - short_blocks; /* the last row has only the long blocks */
            word[i] = all->bytes[at];
            doubts[i] = (struct doubt){.sure = all->sure[at], .place = (uint8_t)i};
        }
        if (!repair_block(field, word, length, parity, doubts, own_reserve)) return false;
        memcpy(data + count, word, own);
        count += own;
    }
    *ret_count = count;
    return true;
}

struct bits {
    const uint8_t *data;
    size_t at, end;
    bool short_of;
};

static unsigned take_bits(struct bits *b, unsigned count)
{
    unsigned value = 0;
    if (b->end - b->at < count) {
        b->short_of = true;
        b->at = b->end;
        return 0;
    }
    for (; count; count--, b->at++) value = value << 1 | (b->data[b->at / 8] >> (7 - b->at % 8) & 1u);
    return value;
}

static bool put_digits(unsigned value, unsigned digits, char *text, size_t *length)
{
    static const unsigned limits[] = {1, 10, 100, 1000};
    if (value >= limits[digits] || *length + digits > QR_SYMBOL_TEXT_MOST) return false;
    for (unsigned i = digits; i-- > 0;) text[(*length)++] = (char)('0' + value / limits[i] % 10);
    return true;
}

static bool take_numbers(struct bits *b, size_t count, char *text, size_t *length)
{
    for (; count >= 3; count -= 3)
        if (!put_digits(take_bits(b, 10), 3, text, length)) return false;
    if (count == 2) return put_digits(take_bits(b, 7), 2, text, length);
    return count == 0 || put_digits(take_bits(b, 4), 1, text, length);
}

static bool take_letters(struct bits *b, size_t count, char *text, size_t *length)
{
    static const char letters[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
    for (; count; count -= count > 1 ? 2 : 1) {
        unsigned value = take_bits(b, count > 1 ? 11 : 6);
        if (value >= (count > 1 ? 45u * 45u : 45u) || *length + 2 > QR_SYMBOL_TEXT_MOST) return false;
        if (count > 1) text[(*length)++] = letters[value / 45];
        text[(*length)++] = letters[value % 45];
    }
    return true;
}

static bool take_bytes(struct bits *b, size_t count, char *text, size_t *length)
{
    if (*length + count > QR_SYMBOL_TEXT_MOST) return false;
    for (; count; count--) text[(*length)++] = (char)(unsigned char)take_bits(b, 8);
    return true;
}

/* The number behind "extended channel interpretation" says a character set: our texts are bytes. */
static bool skip_interpretation(struct bits *b)
{
    unsigned first = take_bits(b, 8);
    if (first & 0x80) (void)take_bits(b, first & 0x40 ? 16 : 8);
    return true;
}

/* The segments (7.4), and that what follows them is the padding that the standard demands: the last guard against a wrong repair. */
static bool read_segments(const uint8_t *data, size_t count, unsigned version, char *text, size_t *ret_length)
{
    struct bits b = {.data = data, .end = count * 8};
    size_t length = 0;
    bool good = true, wide = version >= 10;
    while (good && !b.short_of && b.end - b.at >= 4) {
        unsigned mode = take_bits(&b, 4);
        if (mode == 0) break;
        if (mode == 7) good = skip_interpretation(&b);
        else if (mode == 1) good = take_numbers(&b, take_bits(&b, wide ? 12 : 10), text, &length);
        else if (mode == 2) good = take_letters(&b, take_bits(&b, wide ? 11 : 9), text, &length);
        else if (mode == 4) good = take_bytes(&b, take_bits(&b, wide ? 16 : 8), text, &length);
        else good = false;
    }
    if (!good || b.short_of || length == 0) return false;
    for (size_t i = (b.at + 7) / 8, k = 0; i < count; i++, k++)
        if (data[i] != (k % 2 ? 0x11 : 0xEC)) return false;
    text[length] = '\0';
    *ret_length = length;
    return true;
}

bool qr_symbol_read(const struct reed_solomon *field, const struct qr_symbol *symbol, char text[QR_SYMBOL_TEXT_MOST + 1], size_t *ret_length)
{
    static const uint8_t level_order[4] = {1, 0, 3, 2}; /* 00 is M, 01 L, 10 H, 11 Q (table 12) */
    struct codewords words;
    uint8_t data[CODEWORDS_MOST];
    unsigned format, version;
    size_t count;
    if (symbol->side < 21 || symbol->side > QR_SYMBOL_SIDE_MOST || symbol->side % 4 != 1) return false;
    version = version_of(symbol->side);
    if (!read_format(symbol, &format)) return false;
    read_codewords(symbol, format & 7, codeword_table[version - 1], &words);
    return repair_all(field, &words, level_order[format >> 3], version, data, &count) && read_segments(data, count, version, text, ret_length);
}
