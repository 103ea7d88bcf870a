/* Private to core/typeset: the lines shaped lately. */
#ifndef PLENUM_TYPESET_LINE_CACHE_H
#define PLENUM_TYPESET_LINE_CACHE_H

#include "core/typeset/line.h"

/* A copy of the kept line in the arena; false when there is none (or no memory: then it is shaped again). */
bool line_cache_find(struct fonts *fonts, struct arena *arena, const char *text, const struct line_style *style, struct line *ret);

/* Keeps a copy. Failing to is not an error. */
void line_cache_keep(struct fonts *fonts, const struct line_style *style, const struct line *line);

#endif
