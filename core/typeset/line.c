#include "core/typeset/line.h"

#include "core/base/buf.h"
#include "core/base/text.h"
#include "core/typeset/line_cache.h"

#include <fribidi/fribidi.h>
#include <harfbuzz/hb.h>
#include <string.h>

/* What is known of each character before shaping. */
struct letter {
    uint32_t character;
    uint32_t offset; /* bytes */
    hb_script_t script;
    unsigned font;
    FriBidiLevel level;
};

struct run {
    size_t first, count; /* letters */
    const struct letter *like;
};

struct work {
    struct fonts *fonts;
    struct arena *arena;
    const struct line_style *style;
    struct letter *letters;
    size_t letter_count;
    size_t bytes;
    struct line line;
    size_t glyph_capacity;
    double pen;
};

static bool is_neutral(hb_script_t script)
{
    return script == HB_SCRIPT_COMMON || script == HB_SCRIPT_INHERITED || script == HB_SCRIPT_UNKNOWN;
}

static enum err read_letters(struct work *work)
{
    const char *text = work->line.text;
    size_t most = strlen(text);
    work->bytes = most;
    work->letters = arena_array(work->arena, most + 1, sizeof *work->letters);
    if (!work->letters) return ERR_NOMEM;
    hb_unicode_funcs_t *unicode = hb_unicode_funcs_get_default();
    for (const char *cursor = text; *cursor;) {
        uint32_t offset = (uint32_t)(cursor - text);
        int32_t character = text_next(&cursor);
        if (character < 0) return ERR_INPUT;
        if (character == '\t' || character == '\n') character = ' ';
        work->letters[work->letter_count++] =
            (struct letter){.character = (uint32_t)character, .offset = offset, .script = hb_unicode_script(unicode, (uint32_t)character)};
    }
    return OK;
}

/* Neutral characters take the script of what goes before, at the start of what follows. */
static void settle_scripts(struct work *work)
{
    hb_script_t current = HB_SCRIPT_LATIN;
    for (size_t i = 0; i < work->letter_count; i++)
        if (!is_neutral(work->letters[i].script)) {
            current = work->letters[i].script;
            break;
        }
    for (size_t i = 0; i < work->letter_count; i++) {
        if (is_neutral(work->letters[i].script)) work->letters[i].script = current;
        else current = work->letters[i].script;
    }
}

static enum err settle_levels(struct work *work)
{
    size_t n = work->letter_count;
    FriBidiChar *characters = arena_array(work->arena, n, sizeof *characters);
    FriBidiCharType *types = arena_array(work->arena, n, sizeof *types);
    FriBidiBracketType *brackets = arena_array(work->arena, n, sizeof *brackets);
    FriBidiLevel *levels = arena_array(work->arena, n, sizeof *levels);
    if (!characters || !types || !brackets || !levels) return ERR_NOMEM;
    for (size_t i = 0; i < n; i++) characters[i] = work->letters[i].character;
    fribidi_get_bidi_types(characters, (FriBidiStrIndex)n, types);
    fribidi_get_bracket_types(characters, (FriBidiStrIndex)n, types, brackets);
    FriBidiParType base = FRIBIDI_PAR_ON;
    if (work->style->direction == LINE_LEFT_TO_RIGHT) base = FRIBIDI_PAR_LTR;
    if (work->style->direction == LINE_RIGHT_TO_LEFT) base = FRIBIDI_PAR_RTL;
    if (fribidi_get_par_embedding_levels_ex(types, brackets, (FriBidiStrIndex)n, &base, levels) == 0) return ERR_NOMEM;
    for (size_t i = 0; i < n; i++) work->letters[i].level = levels[i];
    work->line.right_to_left = FRIBIDI_IS_RTL(base);
    return OK;
}

static bool is_mark(uint32_t character)
{
    switch (hb_unicode_general_category(hb_unicode_funcs_get_default(), character)) {
    case HB_UNICODE_GENERAL_CATEGORY_NON_SPACING_MARK:
    case HB_UNICODE_GENERAL_CATEGORY_ENCLOSING_MARK:
    case HB_UNICODE_GENERAL_CATEGORY_SPACING_MARK:
    case HB_UNICODE_GENERAL_CATEGORY_FORMAT: return true; /* joiners and direction marks have no look of their own */
    default: return false;
    }
}

static bool is_variation_selector(uint32_t character)
{
    return (character >= 0xFE00 && character <= 0xFE0F) || (character >= 0xE0100 && character <= 0xE01EF);
}

/* A base character chooses the font, marks stay with it where they can; spaces and punctuation outside ASCII stay with the word before. */
static void settle_fonts(struct work *work)
{
    hb_unicode_funcs_t *unicode = hb_unicode_funcs_get_default();
    const struct letter *before = NULL;
    for (size_t i = 0; i < work->letter_count; i++) {
        struct letter *letter = &work->letters[i];
        uint32_t c = letter->character;
        bool follows = before && (c == ' ' || c == 0xA0 || is_mark(c) || (c > 0x7F && is_neutral(hb_unicode_script(unicode, c))));
        bool formless = hb_unicode_general_category(unicode, c) == HB_UNICODE_GENERAL_CATEGORY_FORMAT || is_variation_selector(c);
        if (follows && (formless || font_covers(fonts_get(work->fonts, before->font), c))) letter->font = before->font;
        else if (fonts_find(work->fonts, work->style->family, work->style->language, work->style->bold, c, &letter->font) != OK && !formless && !work->line.missing)
            work->line.missing = c;
        if (work->style->family && c != ' ' && !formless && !fonts_is_family(work->fonts, letter->font, work->style->family)) work->line.helped = true;
        before = letter;
    }
}

static bool same_run(const struct letter *a, const struct letter *b)
{
    return a->font == b->font && a->level == b->level && a->script == b->script;
}

static void reverse_runs(struct run *runs, size_t first, size_t last)
{
    for (; first < last; first++, last--) {
        struct run kept = runs[first];
        runs[first] = runs[last];
        runs[last] = kept;
    }
}

/* Unicode Bidirectional Algorithm, rule L2, on whole runs: each has one level. */
static void order_runs(struct run *runs, size_t count)
{
    int highest = 0;
    for (size_t i = 0; i < count; i++)
        if (runs[i].like->level > highest) highest = runs[i].like->level;
    for (int level = highest; level > 0; level--)
        for (size_t i = 0; i < count; i++) {
            if (runs[i].like->level < level) continue;
            size_t first = i;
            while (i + 1 < count && runs[i + 1].like->level >= level) i++;
            reverse_runs(runs, first, i);
        }
}

static void add_ink(struct work *work, const struct font *font, const struct line_glyph *glyph)
{
    hb_glyph_extents_t box;
    if (!hb_font_get_glyph_extents(font->shaper, glyph->glyph, &box) || box.width == 0 || box.height == 0) return;
    struct line *line = &work->line;
    double em = font->em;
    double left = work->pen + glyph->x + box.x_bearing / em, right = left + box.width / em;
    double top = glyph->y + box.y_bearing / em, bottom = top + box.height / em;
    if (left < line->left) line->left = left;
    if (right > line->right) line->right = right;
    if (top > line->top) line->top = top;
    if (bottom < line->bottom) line->bottom = bottom;
}

/* Which bytes each glyph of a shaped run stands for. Clusters rise (or, right to left, fall) along the run. */
static void take_clusters(struct line_glyph *glyphs, size_t count, bool rtl, uint32_t run_end)
{
    uint32_t end = run_end, previous = UINT32_MAX;
    for (size_t k = 0; k < count; k++) {
        struct line_glyph *glyph = rtl ? &glyphs[k] : &glyphs[count - 1 - k]; /* from the last character to the first */
        if (previous != UINT32_MAX && glyph->start != previous) end = previous;
        previous = glyph->start;
        glyph->end = end;
    }
    for (size_t k = count; k-- > 1;) /* of several glyphs for one character, the one drawn first speaks */
        if (glyphs[k].start == glyphs[k - 1].start) glyphs[k].end = glyphs[k].start;
}

static enum err shape_run(struct work *work, const struct run *run, hb_buffer_t *buffer)
{
    const struct font *font = fonts_get(work->fonts, run->like->font);
    bool rtl = FRIBIDI_LEVEL_IS_RTL(run->like->level);
    uint32_t from = work->letters[run->first].offset;
    uint32_t to = run->first + run->count < work->letter_count ? work->letters[run->first + run->count].offset : (uint32_t)work->bytes;
    hb_buffer_clear_contents(buffer);
    hb_buffer_set_flags(buffer, HB_BUFFER_FLAG_REMOVE_DEFAULT_IGNORABLES);
    /* Clusters of single characters, and no optional ligatures from right to left: else copied text comes out with letters swapped. */
    hb_buffer_set_cluster_level(buffer, HB_BUFFER_CLUSTER_LEVEL_MONOTONE_CHARACTERS);
    hb_buffer_add_utf8(buffer, work->line.text, (int)work->bytes, from, (int)(to - from));
    hb_buffer_set_direction(buffer, rtl ? HB_DIRECTION_RTL : HB_DIRECTION_LTR);
    hb_buffer_set_script(buffer, run->like->script);
    if (work->style->language) hb_buffer_set_language(buffer, hb_language_from_string(work->style->language, -1));
    const hb_feature_t plain[] = {{HB_TAG('l', 'i', 'g', 'a'), 0, 0, (unsigned)-1}, {HB_TAG('d', 'l', 'i', 'g'), 0, 0, (unsigned)-1}};
    hb_shape(font->shaper, buffer, plain, rtl ? 2 : 0);
    if (!hb_buffer_allocation_successful(buffer)) return ERR_NOMEM;
    unsigned count = 0;
    const hb_glyph_info_t *infos = hb_buffer_get_glyph_infos(buffer, &count);
    const hb_glyph_position_t *places = hb_buffer_get_glyph_positions(buffer, &count);
    size_t first = work->line.count;
    for (unsigned i = 0; i < count; i++) {
        if (arena_grow(work->arena, &work->line.glyphs, &work->glyph_capacity, work->line.count, sizeof *work->line.glyphs) != 0) return ERR_NOMEM;
        struct line_glyph *glyph = &work->line.glyphs[work->line.count++];
        *glyph = (struct line_glyph){.glyph = infos[i].codepoint, .font = run->like->font, .start = infos[i].cluster};
        glyph->advance = (float)places[i].x_advance / (float)font->em;
        glyph->x = (float)places[i].x_offset / (float)font->em;
        glyph->y = (float)places[i].y_offset / (float)font->em;
        add_ink(work, font, glyph);
        work->pen += glyph->advance;
    }
    if (count) take_clusters(work->line.glyphs + first, count, rtl, to);
    return OK;
}

static enum err shape_runs(struct work *work)
{
    struct run *runs = arena_array(work->arena, work->letter_count + 1, sizeof *runs);
    hb_buffer_t *buffer = hb_buffer_create();
    size_t count = 0;
    enum err e = runs ? OK : ERR_NOMEM;
    for (size_t i = 0; e == OK && i < work->letter_count; i++) {
        if (count && same_run(runs[count - 1].like, &work->letters[i])) runs[count - 1].count++;
        else runs[count++] = (struct run){.first = i, .count = 1, .like = &work->letters[i]};
    }
    if (e == OK) order_runs(runs, count);
    for (size_t i = 0; e == OK && i < count; i++) e = shape_run(work, &runs[i], buffer);
    hb_buffer_destroy(buffer);
    work->line.width = work->pen;
    return e;
}

enum err line_shape(struct fonts *fonts, struct arena *arena, const char *text, const struct line_style *style, struct line *ret)
{
    if (strlen(text) > BUF_LIMIT_LINE) return ERR_LIMIT;
    if (line_cache_find(fonts, arena, text, style, ret)) return OK;
    struct work work = {.fonts = fonts, .arena = arena, .style = style};
    work.line.text = arena_strdup(arena, text);
    if (!work.line.text) return ERR_NOMEM;
    enum err e = read_letters(&work);
    if (e == OK && work.letter_count) {
        settle_scripts(&work);
        settle_fonts(&work);
        e = settle_levels(&work);
        if (e == OK) e = shape_runs(&work);
    }
    if (e != OK) return e;
    line_cache_keep(fonts, style, &work.line);
    *ret = work.line;
    return OK;
}
