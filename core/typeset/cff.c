#include "core/typeset/cff.h"

#define OPERATOR_CHARSET 15
#define OPERATOR_ESCAPE 12
#define OPERATOR_ROS (0x100 | 30)

struct bytes {
    const uint8_t *data;
    size_t length;
    size_t at;
    bool bad; /* read beyond the end */
};

static uint32_t take(struct bytes *b, unsigned count)
{
    uint32_t value = 0;
    for (unsigned i = 0; i < count; i++) {
        if (b->at >= b->length) {
            b->bad = true;
            return 0;
        }
        value = (value << 8) | b->data[b->at++];
    }
    return value;
}

/* Steps over an INDEX; *ret_first is its first item. */
static void skip_index(struct bytes *b, struct bytes *ret_first)
{
    uint32_t count = take(b, 2);
    *ret_first = (struct bytes){0};
    if (!count || b->bad) return;
    unsigned size = take(b, 1);
    if (size < 1 || size > 4) {
        b->bad = true;
        return;
    }
    size_t offsets = b->at;
    uint32_t first = take(b, size), second = take(b, size);
    b->at = offsets + (size_t)count * size;
    uint32_t last = take(b, size);
    size_t base = b->at - 1; /* offsets count from the byte before the data */
    if (b->bad || first < 1 || second < first || last < second || base + last > b->length) {
        b->bad = true;
        return;
    }
    *ret_first = (struct bytes){.data = b->data + base + first, .length = second - first};
    b->at = base + last;
}

/* The Top DICT's charset offset, and whether the font has CIDs. */
static bool read_top(struct bytes top, uint32_t *ret_charset, bool *ret_has_cids)
{
    uint32_t operand = 0;
    while (top.at < top.length && !top.bad) {
        unsigned b0 = take(&top, 1);
        if (b0 <= 21) {
            unsigned operator = b0 == OPERATOR_ESCAPE ? 0x100 | take(&top, 1) : b0;
            if (operator == OPERATOR_ROS) *ret_has_cids = true;
            if (operator == OPERATOR_CHARSET) *ret_charset = operand;
            operand = 0;
        } else if (b0 == 28) operand = take(&top, 2);
        else if (b0 == 29) operand = take(&top, 4);
        else if (b0 == 30) {
            for (unsigned pair = 0; !top.bad && (pair & 0xF0) != 0xF0 && (pair & 0x0F) != 0x0F;) pair = take(&top, 1);
        } else if (b0 >= 32 && b0 <= 246) operand = b0 - 139;
        else if (b0 >= 247 && b0 <= 250) operand = (b0 - 247) * 256 + take(&top, 1) + 108;
        else if (b0 >= 251 && b0 <= 254) operand = 0 - ((b0 - 251) * 256 + take(&top, 1) + 108);
        else return false;
    }
    return !top.bad;
}

/* Whether the charset gives each glyph its own number. */
static bool is_identity(struct bytes b, size_t glyph_count)
{
    unsigned format = take(&b, 1);
    if (format > 2) return false;
    for (size_t glyph = 1; glyph < glyph_count;) { /* glyph 0 is not listed */
        uint32_t first = take(&b, 2), more = format ? take(&b, format) : 0;
        if (b.bad || first != glyph) return false;
        glyph += (size_t)more + 1;
    }
    return true;
}

bool cff_glyphs_are_cids(const uint8_t *data, size_t length, size_t glyph_count)
{
    struct bytes b = {.data = data, .length = length, .at = 2}, name, top;
    b.at = take(&b, 1); /* the header's size */
    skip_index(&b, &name);
    if (!b.bad) skip_index(&b, &top);
    uint32_t charset = 0;
    bool has_cids = false;
    if (b.bad || !top.data || !read_top(top, &charset, &has_cids)) return false;
    if (!has_cids) return true;
    if (charset <= 2 || charset >= length) return false; /* the ready-made charsets have no CIDs */
    return is_identity((struct bytes){.data = data, .length = length, .at = charset}, glyph_count);
}
