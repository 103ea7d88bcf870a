#include "core/typeset/subset.h"

#include "core/base/buf.h"
#include "core/base/text.h"

#include <harfbuzz/hb-ot.h>
#include <harfbuzz/hb-subset.h>
#include <math.h>
#include <string.h>

enum err subset_start(struct subset *subset, const struct font *font, struct arena *arena)
{
    size_t count = hb_face_get_glyph_count(font->face);
    const char **texts = arena_array(arena, count ? count : 1, sizeof *texts);
    if (!texts) return ERR_NOMEM;
    *subset = (struct subset){.font = font, .texts = texts, .glyph_count = count};
    return OK;
}

bool subset_use(struct subset *subset, struct arena *arena, uint32_t glyph, const char *text, size_t length)
{
    if (glyph >= subset->glyph_count) return true;
    const char *known = subset->texts[glyph];
    if (known) return length == 0 || (strlen(known) == length && memcmp(known, text, length) == 0);
    const char *copy = arena_strndup(arena, text, length);
    subset->texts[glyph] = copy ? copy : ""; /* out of memory costs copying text, not printing it */
    return true;
}

static void put_utf16(struct buf *out, const char *text)
{
    for (const char *cursor = text; *cursor;) {
        int32_t c = text_next(&cursor);
        if (c < 0) continue;
        if (c > 0xFFFF) buf_printf(out, "%04X%04X", 0xD800u + (((unsigned)c - 0x10000u) >> 10), 0xDC00u + (((unsigned)c - 0x10000u) & 0x3FFu));
        else buf_printf(out, "%04X", (unsigned)c);
    }
}

/* A ToUnicode CMap (ISO 32000-1 §9.10.3; Adobe technical note 5411): at most 100 entries a section. */
static void put_to_unicode(const struct subset *subset, struct buf *out)
{
    buf_puts(out, "/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def\n"
                  "/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n");
    for (size_t glyph = 0; glyph < subset->glyph_count;) {
        size_t end = glyph, entries = 0;
        for (; end < subset->glyph_count && entries < 100; end++)
            if (subset->texts[end] && subset->texts[end][0]) entries++;
        if (entries) buf_printf(out, "%zu beginbfchar\n", entries);
        for (; glyph < end; glyph++) {
            if (!subset->texts[glyph] || !subset->texts[glyph][0]) continue;
            buf_printf(out, "<%04zX> <", glyph);
            put_utf16(out, subset->texts[glyph]);
            buf_puts(out, ">\n");
        }
        if (entries) buf_puts(out, "endbfchar\n");
    }
    buf_puts(out, "endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n");
}

static int thousandths(const struct font *font, double value)
{
    return (int)lround(value * 1000.0 / font->em);
}

static void take_metrics(const struct font *font, struct pdf_font *ret)
{
    hb_font_extents_t extents = {0};
    hb_font_get_h_extents(font->shaper, &extents);
    ret->ascent = thousandths(font, extents.ascender);
    ret->descent = thousandths(font, extents.descender);
    hb_position_t cap = 0;
    ret->cap_height = hb_ot_metrics_get_position(font->shaper, HB_OT_METRICS_TAG_CAP_HEIGHT, &cap) ? thousandths(font, cap) : ret->ascent * 7 / 10;
    hb_blob_t *head = hb_face_reference_table(font->face, HB_TAG('h', 'e', 'a', 'd'));
    unsigned length = 0;
    const uint8_t *data = (const uint8_t *)hb_blob_get_data(head, &length);
    for (int i = 0; i < 4 && length >= 44; i++) /* xMin yMin xMax yMax, signed 16 bits from byte 36 */
        ret->box[i] = thousandths(font, (int16_t)((data[36 + 2 * i] << 8) | data[37 + 2 * i]));
    hb_blob_destroy(head);
}

/* "ABCDEF+NotoSans-Bold": six letters made of what is in it (ISO 32000-1 §9.6.4), so that two subsets are never taken for one. */
static const char *make_name(const struct subset *subset, struct arena *arena)
{
    uint64_t hash = UINT64_C(14695981039346656037);
    for (size_t glyph = 0; glyph < subset->glyph_count; glyph++)
        if (subset->texts[glyph]) hash = (hash ^ glyph) * UINT64_C(1099511628211);
    char tag[7] = {0}, name[96] = {0};
    for (int i = 0; i < 6; i++, hash /= 26) tag[i] = (char)('A' + hash % 26);
    unsigned size = sizeof name;
    hb_ot_name_get_utf8(subset->font->face, HB_OT_NAME_ID_POSTSCRIPT_NAME, HB_LANGUAGE_INVALID, &size, name);
    char *out = name;
    for (const char *in = name; *in; in++)
        if ((*in >= 'A' && *in <= 'Z') || (*in >= 'a' && *in <= 'z') || (*in >= '0' && *in <= '9') || *in == '-') *out++ = *in;
    *out = '\0';
    return arena_printf(arena, "%s+%s", tag, name[0] ? name : "Font");
}

/* The cut font: glyph numbers stay, so that the page can say them; what only a shaper needs goes. */
static hb_face_t *cut_face(const struct subset *subset)
{
    static const char dropped[][5] = {"GSUB", "GPOS", "GDEF", "BASE", "JSTF", "MATH", "name", "OS/2", "post", "DSIG", "cmap", "VORG", "vhea", "vmtx",
                                      "fvar", "gvar", "avar", "HVAR", "VVAR", "MVAR", "STAT", "kern", "hdmx", "LTSH", "VDMX", "gasp", "meta", "SVG ", "COLR", "CPAL"};
    hb_subset_input_t *input = hb_subset_input_create_or_fail();
    if (!input) return NULL;
    hb_subset_input_set_flags(input, HB_SUBSET_FLAGS_RETAIN_GIDS | HB_SUBSET_FLAGS_NO_HINTING | HB_SUBSET_FLAGS_DESUBROUTINIZE | HB_SUBSET_FLAGS_NOTDEF_OUTLINE);
    hb_set_t *drop = hb_subset_input_set(input, HB_SUBSET_SETS_DROP_TABLE_TAG);
    for (size_t i = 0; i < sizeof dropped / sizeof dropped[0]; i++) hb_set_add(drop, hb_tag_from_string(dropped[i], 4));
    hb_set_t *glyphs = hb_subset_input_glyph_set(input);
    for (size_t glyph = 0; glyph < subset->glyph_count; glyph++)
        if (subset->texts[glyph]) hb_set_add(glyphs, (hb_codepoint_t)glyph);
    hb_face_t *cut = hb_subset_or_fail(subset->font->face, input);
    hb_subset_input_destroy(input);
    return cut;
}

enum err subset_make(const struct subset *subset, bool bold, struct arena *arena, struct pdf_font *ret, hb_blob_t **ret_blob, struct fault *fault)
{
    const struct font *font = subset->font;
    struct pdf_font made = {.is_cff = font->is_cff, .bold = bold, .width_count = subset->glyph_count};
    uint16_t *widths = arena_array(arena, subset->glyph_count, sizeof *widths);
    made.name = make_name(subset, arena);
    if (!widths || !made.name) return fault_set(fault, ERR_NOMEM, "no memory for the font %s", font->family);
    for (size_t glyph = 0; glyph < subset->glyph_count; glyph++)
        widths[glyph] = subset->texts[glyph] ? (uint16_t)thousandths(font, hb_font_get_glyph_h_advance(font->shaper, (hb_codepoint_t)glyph)) : PDF_NO_WIDTH;
    made.widths = widths;
    take_metrics(font, &made);
    struct buf map;
    buf_init(&map, BUF_LIMIT_BODY);
    put_to_unicode(subset, &map);
    made.to_unicode_length = map.length;
    made.to_unicode = buf_ok(&map) ? arena_strndup(arena, buf_text(&map), map.length) : NULL;
    buf_release(&map);
    hb_face_t *cut = cut_face(subset);
    if (!cut || !made.to_unicode) {
        hb_face_destroy(cut);
        return fault_set(fault, cut ? ERR_NOMEM : ERR_BUG, "cannot cut the font %s (%s)", font->family, font->path);
    }
    hb_blob_t *blob = font->is_cff ? hb_face_reference_table(cut, HB_TAG('C', 'F', 'F', ' ')) : hb_face_reference_blob(cut);
    hb_face_destroy(cut);
    unsigned length = 0;
    made.data = hb_blob_get_data(blob, &length);
    made.length = length;
    *ret = made;
    *ret_blob = blob;
    return OK;
}
