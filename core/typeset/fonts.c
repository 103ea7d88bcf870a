#include "core/typeset/fonts.h"

#include "core/typeset/cff.h"
#include "core/typeset/line.h"

#include <fontconfig/fontconfig.h>
#include <harfbuzz/hb-ot.h>
#include <stdlib.h>
#include <string.h>

#define MISSING_MOST 64
#define CANDIDATES_MOST 24

/* Families by preference; the last four are alternatives of which the language picks one first. */
enum family { FAMILY_SANS, FAMILY_NASKH, FAMILY_ARABIC, FAMILY_HAN_SC, FAMILY_HAN_TC, FAMILY_HAN_JP, FAMILY_HAN_KR, FAMILY_COUNT };
static const char *const families[FAMILY_COUNT] = {
    [FAMILY_SANS] = "Noto Sans",
    [FAMILY_NASKH] = "Noto Naskh Arabic", /* before the sans: it has no ligatures of two letters, which viewers copy the wrong way round */
    [FAMILY_ARABIC] = "Noto Sans Arabic",
    [FAMILY_HAN_SC] = "Noto Sans CJK SC",
    [FAMILY_HAN_TC] = "Noto Sans CJK TC",
    [FAMILY_HAN_JP] = "Noto Sans CJK JP",
    [FAMILY_HAN_KR] = "Noto Sans CJK KR",
};

#define SLOT_UNKNOWN (-1)
#define SLOT_ABSENT (-2)

/* A family that a layout asks for by name. */
struct named_family {
    char name[FONT_NAME_SIZE];
    int slots[2];
};

struct fonts {
    FcConfig *folders; /* our families are looked for here: the folders that every system has, without rules (reading those is a third of the time of
                        * one badge) */
    FcConfig *config;  /* with all rules of this machine; loaded when the folders do not have it, NULL until then */
    struct font items[FONTS_MOST];
    unsigned count;
    int family_slots[2][FAMILY_COUNT]; /* index of a loaded font, or SLOT_… */
    struct named_family named[FONT_FAMILIES_MOST];
    unsigned named_count;
    unsigned first[2];                 /* what draws the box for an uncovered character */
    uint32_t missing[MISSING_MOST];    /* a ring of characters that no font has: asking fontconfig again is slow */
    unsigned missing_count;
    struct line_cache *lines;
};

struct line_cache **fonts_line_cache(struct fonts *fonts)
{
    return &fonts->lines;
}

const struct font *fonts_get(const struct fonts *fonts, unsigned index)
{
    return &fonts->items[index];
}

bool font_covers(const struct font *font, uint32_t character)
{
    hb_codepoint_t glyph = 0;
    return hb_font_get_nominal_glyph(font->shaper, character, &glyph) && glyph != 0;
}

static bool has_table(hb_face_t *face, hb_tag_t tag)
{
    hb_blob_t *blob = hb_face_reference_table(face, tag);
    bool has = hb_blob_get_length(blob) > 0;
    hb_blob_destroy(blob);
    return has;
}

/* OS/2 fsType (OpenType specification, OS/2): 2 alone forbids embedding. */
static bool may_embed(hb_face_t *face)
{
    hb_blob_t *blob = hb_face_reference_table(face, HB_TAG('O', 'S', '/', '2'));
    unsigned length = 0;
    const uint8_t *data = (const uint8_t *)hb_blob_get_data(blob, &length);
    bool may = length < 10 || (((data[8] << 8) | data[9]) & 0x000F) != 2;
    hb_blob_destroy(blob);
    return may;
}

static bool has_usable_cff(hb_face_t *face)
{
    hb_blob_t *blob = hb_face_reference_table(face, HB_TAG('C', 'F', 'F', ' '));
    unsigned length = 0;
    const uint8_t *data = (const uint8_t *)hb_blob_get_data(blob, &length);
    bool usable = cff_glyphs_are_cids(data, length, hb_face_get_glyph_count(face));
    hb_blob_destroy(blob);
    return usable;
}

static void font_release(struct font *font)
{
    hb_font_destroy(font->shaper);
    hb_face_destroy(font->face);
    free(font->family);
    free(font->path);
    *font = (struct font){0};
}

/* Loads one face; false when the file is not one we can embed. */
static bool font_load(struct font *font, const char *path, unsigned face_index, const char *family)
{
    hb_blob_t *blob = hb_blob_create_from_file_or_fail(path);
    if (!blob) return false;
    hb_face_t *face = hb_face_create(blob, face_index);
    hb_blob_destroy(blob);
    bool cff = has_table(face, HB_TAG('C', 'F', 'F', ' '));
    bool drawable = cff ? has_usable_cff(face) : has_table(face, HB_TAG('g', 'l', 'y', 'f'));
    if (!drawable || !may_embed(face) || hb_face_get_upem(face) == 0) {
        hb_face_destroy(face);
        return false;
    }
    *font = (struct font){.face = face, .shaper = hb_font_create(face), .em = hb_face_get_upem(face), .is_cff = cff, .face_index = face_index};
    font->family = strdup(family);
    font->path = strdup(path);
    hb_font_set_scale(font->shaper, (int)font->em, (int)font->em);
    hb_font_make_immutable(font->shaper);
    if (font->family && font->path) return true;
    font_release(font);
    return false;
}

/* The index of the face behind a fontconfig pattern, loading it when it is new; -1 when it cannot be used. */
static int take_pattern(struct fonts *fonts, FcPattern *pattern)
{
    FcChar8 *path = NULL, *family = NULL;
    int face_index = 0;
    if (FcPatternGetString(pattern, FC_FILE, 0, &path) != FcResultMatch) return -1;
    if (FcPatternGetString(pattern, FC_FAMILY, 0, &family) != FcResultMatch) return -1;
    (void)FcPatternGetInteger(pattern, FC_INDEX, 0, &face_index);
    unsigned index = (unsigned)face_index & 0xFFFF; /* the upper half names an instance of a variable font */
    for (unsigned i = 0; i < fonts->count; i++)
        if (fonts->items[i].face_index == index && strcmp(fonts->items[i].path, (const char *)path) == 0) return (int)i;
    if (fonts->count == FONTS_MOST) return -1;
    if (!font_load(&fonts->items[fonts->count], (const char *)path, index, (const char *)family)) return -1;
    return (int)fonts->count++;
}

/* Where Debian's own configuration looks, and its caches. */
static const char folders[] = "<?xml version=\"1.0\"?><fontconfig><dir>/usr/share/fonts</dir><dir>/usr/local/share/fonts</dir><dir prefix=\"xdg\">fonts</dir>"
                              "<dir>~/.fonts</dir><cachedir>/var/cache/fontconfig</cachedir><cachedir prefix=\"xdg\">fontconfig</cachedir></fontconfig>";

static FcConfig *load_folders(void)
{
    if (getenv("FONTCONFIG_FILE") || getenv("FONTCONFIG_PATH")) return NULL; /* somebody has wishes */
    FcConfig *config = FcConfigCreate();
    if (!config) return NULL;
    if (FcConfigParseAndLoadFromMemory(config, (const FcChar8 *)folders, FcFalse) && FcConfigBuildFonts(config)) return config;
    FcConfigDestroy(config);
    return NULL;
}

static FcConfig *whole_config(struct fonts *fonts)
{
    if (!fonts->config) fonts->config = FcInitLoadConfigAndFonts();
    return fonts->config;
}

static FcPattern *make_pattern(FcConfig *config, const char *family, bool bold, uint32_t character)
{
    FcPattern *pattern = FcPatternCreate();
    if (!pattern) return NULL;
    FcPatternAddString(pattern, FC_FAMILY, (const FcChar8 *)family);
    FcPatternAddInteger(pattern, FC_WEIGHT, bold ? FC_WEIGHT_BOLD : FC_WEIGHT_REGULAR);
    FcPatternAddInteger(pattern, FC_SLANT, FC_SLANT_ROMAN);
    FcPatternAddBool(pattern, FC_SCALABLE, FcTrue);
    FcPatternAddBool(pattern, FC_VARIABLE, FcFalse);
    if (character) {
        FcCharSet *set = FcCharSetCreate();
        if (set) {
            FcCharSetAddChar(set, character);
            FcPatternAddCharSet(pattern, FC_CHARSET, set);
            FcCharSetDestroy(set);
        }
    }
    FcConfigSubstitute(config, pattern, FcMatchPattern);
    FcDefaultSubstitute(pattern);
    return pattern;
}

/* Whether one of the pattern's family names is `family`: fontconfig always finds something, often another. */
static bool is_family(FcPattern *pattern, const char *family)
{
    FcChar8 *name = NULL;
    for (int i = 0; FcPatternGetString(pattern, FC_FAMILY, i, &name) == FcResultMatch; i++)
        if (strcmp((const char *)name, family) == 0) return true;
    return false;
}

static int find_in(struct fonts *fonts, FcConfig *config, const char *name, bool bold)
{
    if (!config) return SLOT_ABSENT;
    FcPattern *pattern = make_pattern(config, name, bold, 0);
    FcResult result;
    FcPattern *match = pattern ? FcFontMatch(config, pattern, &result) : NULL;
    int index = match && is_family(match, name) ? take_pattern(fonts, match) : -1;
    if (match) FcPatternDestroy(match);
    if (pattern) FcPatternDestroy(pattern);
    return index >= 0 ? index : SLOT_ABSENT;
}

/* Fills the slot of a family by its name. */
static int fill_slot(struct fonts *fonts, const char *name, bool bold, int *slot)
{
    if (*slot != SLOT_UNKNOWN) return *slot;
    *slot = find_in(fonts, fonts->folders, name, bold);
    if (*slot == SLOT_ABSENT) *slot = find_in(fonts, whole_config(fonts), name, bold);
    return *slot;
}

static int find_family(struct fonts *fonts, enum family family, bool bold)
{
    return fill_slot(fonts, families[family], bold, &fonts->family_slots[bold ? 1 : 0][family]);
}

/* A family by its name; SLOT_ABSENT when this machine does not have it. */
static int find_named(struct fonts *fonts, const char *name, bool bold)
{
    unsigned i = 0;
    while (i < fonts->named_count && strcmp(fonts->named[i].name, name) != 0) i++;
    if (i == fonts->named_count) {
        size_t length = strlen(name);
        if (i == FONT_FAMILIES_MOST || length >= FONT_NAME_SIZE) return SLOT_ABSENT;
        memcpy(fonts->named[i].name, name, length + 1);
        fonts->named[i].slots[0] = fonts->named[i].slots[1] = SLOT_UNKNOWN;
        fonts->named_count++;
    }
    return fill_slot(fonts, name, bold, &fonts->named[i].slots[bold ? 1 : 0]);
}

bool fonts_has_family(struct fonts *fonts, const char *family)
{
    return find_named(fonts, family, false) >= 0;
}

bool fonts_is_family(struct fonts *fonts, unsigned index, const char *family)
{
    return find_named(fonts, family, false) == (int)index || find_named(fonts, family, true) == (int)index;
}

/* Asks fontconfig for any font with the character, best first. */
static int find_anywhere(struct fonts *fonts, bool bold, uint32_t character)
{
    FcConfig *config = whole_config(fonts);
    FcPattern *pattern = config ? make_pattern(config, families[FAMILY_SANS], bold, character) : NULL;
    FcResult result;
    FcFontSet *set = pattern ? FcFontSort(config, pattern, FcFalse, NULL, &result) : NULL;
    int found = -1;
    int tried = 0;
    for (int i = 0; set && i < set->nfont && found < 0 && tried < CANDIDATES_MOST; i++) {
        FcCharSet *covered = NULL;
        if (FcPatternGetCharSet(set->fonts[i], FC_CHARSET, 0, &covered) != FcResultMatch || !FcCharSetHasChar(covered, character)) continue;
        tried++;
        int index = take_pattern(fonts, set->fonts[i]);
        if (index >= 0 && font_covers(&fonts->items[index], character)) found = index;
    }
    if (set) FcFontSetDestroy(set);
    if (pattern) FcPatternDestroy(pattern);
    return found;
}

static bool language_begins(const char *language, const char *start)
{
    return language && strncmp(language, start, strlen(start)) == 0;
}

/* The order in which families are asked. */
static void order_families(const char *language, enum family order[FAMILY_COUNT])
{
    enum family han = FAMILY_HAN_SC;
    if (language_begins(language, "ja")) han = FAMILY_HAN_JP;
    else if (language_begins(language, "ko")) han = FAMILY_HAN_KR;
    else if (language_begins(language, "zh-TW") || language_begins(language, "zh-HK") || language_begins(language, "zh-Hant")) han = FAMILY_HAN_TC;
    unsigned n = 0;
    order[n++] = FAMILY_SANS;
    order[n++] = FAMILY_NASKH;
    order[n++] = FAMILY_ARABIC;
    order[n++] = han;
    for (int f = FAMILY_HAN_SC; f < FAMILY_COUNT; f++)
        if ((enum family)f != han) order[n++] = (enum family)f;
}

enum err fonts_find(struct fonts *fonts, const char *family, const char *language, bool bold, uint32_t character, unsigned *ret_index)
{
    enum family order[FAMILY_COUNT];
    int wished = family ? find_named(fonts, family, bold) : SLOT_ABSENT;
    if (wished >= 0 && font_covers(&fonts->items[wished], character)) return *ret_index = (unsigned)wished, OK;
    order_families(language, order);
    for (int i = 0; i < FAMILY_COUNT; i++) {
        int index = find_family(fonts, order[i], bold);
        if (index < 0 || !font_covers(&fonts->items[index], character)) continue;
        *ret_index = (unsigned)index;
        return OK;
    }
    unsigned known = fonts->missing_count < MISSING_MOST ? fonts->missing_count : MISSING_MOST;
    int index = -1;
    for (unsigned i = 0; i < known; i++)
        if (fonts->missing[i] == character) goto missing;
    index = find_anywhere(fonts, bold, character);
    if (index >= 0) {
        *ret_index = (unsigned)index;
        return OK;
    }
    fonts->missing[fonts->missing_count++ % MISSING_MOST] = character;
missing:
    *ret_index = fonts->first[bold ? 1 : 0];
    return ERR_NOT_FOUND;
}

enum err fonts_new(struct fonts **ret, struct fault *fault)
{
    struct fonts *fonts = calloc(1, sizeof *fonts);
    if (!fonts) return fault_set(fault, ERR_NOMEM, "no memory for fonts");
    for (int f = 0; f < FAMILY_COUNT; f++) fonts->family_slots[0][f] = fonts->family_slots[1][f] = SLOT_UNKNOWN;
    fonts->folders = load_folders();
    if (!fonts->folders && !whole_config(fonts)) {
        fonts_free(fonts);
        return fault_set(fault, ERR_IO, "fontconfig does not start: no list of fonts");
    }
    for (int bold = 0; bold < 2; bold++) {
        int index = find_family(fonts, FAMILY_SANS, bold);
        if (index < 0) index = find_anywhere(fonts, bold, 'A');
        if (index < 0) {
            fonts_free(fonts);
            return fault_set(fault, ERR_NOT_FOUND, "no font found: install fonts-noto-core");
        }
        fonts->first[bold] = (unsigned)index;
    }
    *ret = fonts;
    return OK;
}

void fonts_free(struct fonts *fonts)
{
    if (!fonts) return;
    line_cache_free(fonts->lines);
    for (unsigned i = 0; i < fonts->count; i++) font_release(&fonts->items[i]);
    if (fonts->folders) FcConfigDestroy(fonts->folders);
    if (fonts->config) FcConfigDestroy(fonts->config);
    free(fonts);
}
