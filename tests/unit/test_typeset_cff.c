/* A CFF font whose CIDs are not its glyph numbers would print another person's name: it is told apart from Noto CJK, whose are. */
#include "core/typeset/cff.h"
#include "core/typeset/fonts.h"
#include "tests/unit/check.h"

#include <harfbuzz/hb-subset.h>

static hb_blob_t *cut_cff(hb_face_t *face, unsigned flags)
{
    static const uint32_t characters[] = {0x5F35, 0x7F8E, 0x73B2, 0x20BB7};
    hb_subset_input_t *input = hb_subset_input_create_or_fail();
    if (!input) return NULL;
    hb_subset_input_set_flags(input, flags);
    for (size_t i = 0; i < 4; i++) hb_set_add(hb_subset_input_unicode_set(input), characters[i]);
    hb_face_t *cut = hb_subset_or_fail(face, input);
    hb_subset_input_destroy(input);
    hb_blob_t *blob = cut ? hb_face_reference_table(cut, HB_TAG('C', 'F', 'F', ' ')) : NULL;
    hb_face_destroy(cut);
    return blob;
}

int main(void)
{
    struct check c = {0};
    struct fonts *fonts = NULL;
    struct fault fault = {0};
    unsigned index = 0;
    if (!CHECK(&c, fonts_new(&fonts, &fault) == OK) || !CHECK(&c, fonts_find(fonts, NULL, "zh", false, 0x5F35, &index) == OK)) return check_done(&c, "typeset/cff");
    const struct font *font = fonts_get(fonts, index);
    CHECK(&c, font->is_cff);
    hb_blob_t *whole = hb_face_reference_table(font->face, HB_TAG('C', 'F', 'F', ' '));
    hb_blob_t *renumbered = cut_cff(font->face, HB_SUBSET_FLAGS_DEFAULT);
    unsigned length = 0;
    const uint8_t *data = (const uint8_t *)hb_blob_get_data(whole, &length);
    size_t glyphs = hb_face_get_glyph_count(font->face);
    CHECK(&c, cff_glyphs_are_cids(data, length, glyphs));
    CHECK(&c, !cff_glyphs_are_cids(data, length, glyphs + 1)); /* the list ends before */
    for (unsigned shorter = 0; shorter < 600; shorter++) CHECK(&c, !cff_glyphs_are_cids(data, shorter, glyphs));
    data = (const uint8_t *)hb_blob_get_data(renumbered, &length);
    CHECK(&c, length > 200 && !cff_glyphs_are_cids(data, length, 5));
    hb_blob_destroy(whole);
    hb_blob_destroy(renumbered);
    fonts_free(fonts);
    return check_done(&c, "typeset/cff");
}
