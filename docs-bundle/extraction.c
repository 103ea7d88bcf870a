#include "docs-bundle/extraction.h"
#include "core/base/text.h"

#include <ctype.h>
#include <stdarg.h>
#include <string.h>

void extraction_warn(struct extraction *x, const char *format, ...)
{
    struct docs_reading *r = x->reading;
    va_list args;
    va_start(args, format);
    char *sentence = arena_vprintf(x->arena, format, args);
    va_end(args);
    if (sentence && arena_grow(x->arena, &r->warnings, &x->warning_capacity, r->warning_count, sizeof *r->warnings) == 0) r->warnings[r->warning_count++] = sentence;
}

const char *extraction_clean(struct arena *arena, const char *text, size_t length)
{
    if (length > DOCS_PAGE_TEXT_MOST / 2) length = DOCS_PAGE_TEXT_MOST / 2; /* composing may lengthen it */
    char *copy = arena_strndup(arena, text, length);
    if (!copy) return NULL;
    while (length && !text_is_utf8(copy, length) && (copy[length - 1] & 0x80)) copy[--length] = '\0'; /* a letter that was cut */
    char *out = copy;
    for (const char *p = copy; *p;) {
        const char *from = p;
        int32_t c = text_next(&p);
        if (c < 0 || (c < 0x20 && c != '\n' && c != '\t') || (c >= 0x7f && c < 0xa0) || c == 0xfeff || c == 0xad) continue;
        memmove(out, from, (size_t)(p - from));
        out += p - from;
    }
    while (out > copy && (unsigned char)out[-1] <= ' ') out--;
    *out = '\0';
    return text_nfc(arena, copy);
}

size_t extraction_count_letters(const char *text)
{
    size_t count = 0;
    for (const char *p = text; *p;) {
        int32_t c = text_next(&p);
        if (c > 0x7f ? c > 0xbf && !(c >= 0x2000 && c < 0x2c00) : isalnum(c)) count++;
    }
    return count;
}
