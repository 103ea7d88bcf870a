#include "core/typeset/line_cache.h"

#include <stdlib.h>
#include <string.h>

/* One line a place, the newest wins: bounded memory without any bookkeeping. */
#define PLACES 512
#define TEXT_MOST 512

struct entry {
    char *text; /* NULL = free; owned, as are the glyphs */
    char language[16];
    char family[FONT_NAME_SIZE];
    bool bold;
    enum line_direction direction;
    struct line line;
};

struct line_cache {
    struct entry entries[PLACES];
};

static size_t place_of(const char *text, const struct line_style *style)
{
    uint64_t hash = UINT64_C(14695981039346656037); /* FNV-1a */
    for (const char *p = text; *p; p++) hash = (hash ^ (unsigned char)*p) * UINT64_C(1099511628211);
    for (const char *p = style->language ? style->language : ""; *p; p++) hash = (hash ^ (unsigned char)*p) * UINT64_C(1099511628211);
    for (const char *p = style->family ? style->family : ""; *p; p++) hash = (hash ^ (unsigned char)*p) * UINT64_C(1099511628211);
    hash = (hash ^ ((style->bold ? 1u : 2u) + 4u * style->direction)) * UINT64_C(1099511628211);
    return (size_t)(hash >> 32) % PLACES;
}

static void entry_release(struct entry *entry)
{
    free(entry->text);
    free(entry->line.glyphs);
    *entry = (struct entry){0};
}

bool line_cache_find(struct fonts *fonts, struct arena *arena, const char *text, const struct line_style *style, struct line *ret)
{
    struct line_cache *cache = *fonts_line_cache(fonts);
    if (!cache) return false;
    const struct entry *entry = &cache->entries[place_of(text, style)];
    if (!entry->text || entry->bold != style->bold || entry->direction != style->direction || strcmp(entry->text, text) != 0 ||
        strcmp(entry->language, style->language ? style->language : "") != 0 || strcmp(entry->family, style->family ? style->family : "") != 0)
        return false;
    struct line line = entry->line;
    line.text = arena_strdup(arena, text);
    line.glyphs = line.count ? arena_memdup(arena, entry->line.glyphs, line.count * sizeof *line.glyphs) : NULL;
    if (!line.text || (line.count && !line.glyphs)) return false;
    *ret = line;
    return true;
}

void line_cache_keep(struct fonts *fonts, const struct line_style *style, const struct line *line)
{
    struct line_cache **cache = fonts_line_cache(fonts);
    size_t language = style->language ? strlen(style->language) : 0, family = style->family ? strlen(style->family) : 0;
    if (strlen(line->text) > TEXT_MOST || language >= sizeof (*cache)->entries[0].language || family >= FONT_NAME_SIZE) return;
    if (!*cache) *cache = calloc(1, sizeof **cache);
    if (!*cache) return;
    struct entry *entry = &(*cache)->entries[place_of(line->text, style)];
    entry_release(entry);
    entry->text = strdup(line->text);
    entry->line = *line;
    entry->line.text = NULL;
    entry->line.glyphs = line->count ? malloc(line->count * sizeof *line->glyphs) : NULL;
    if (!entry->text || (line->count && !entry->line.glyphs)) {
        entry_release(entry);
        return;
    }
    if (line->count) memcpy(entry->line.glyphs, line->glyphs, line->count * sizeof *line->glyphs);
    if (language) memcpy(entry->language, style->language, language);
    if (family) memcpy(entry->family, style->family, family);
    entry->bold = style->bold;
    entry->direction = style->direction;
}

void line_cache_free(struct line_cache *cache)
{
    if (!cache) return;
    for (size_t i = 0; i < PLACES; i++) entry_release(&cache->entries[i]);
    free(cache);
}
