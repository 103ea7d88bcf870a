#include "core/sheet/refusal.h"
#include "core/sheet/xlsx.h"

#include <string.h>
#include <strings.h>

#define STYLES_MOST 200000 /* the programs' own bound is 65 490 */

enum { STYLESHEET = 1, FORMATS, FORMAT, FONTS, FONT, FONT_NAME, CELLS, CELL };

static const struct markup_rule rules[] = {
    {0, "styleSheet", STYLESHEET}, {STYLESHEET, "numFmts", FORMATS}, {FORMATS, "numFmt", FORMAT}, {STYLESHEET, "fonts", FONTS}, {FONTS, "font", FONT},
    {FONT, "name", FONT_NAME}, {STYLESHEET, "cellXfs", CELLS}, {CELLS, "xf", CELL}, {0, NULL, 0},
};

struct format {
    uint32_t id;
    const char *code;
};

struct reading {
    struct xlsx *x;
    struct format *formats;
    size_t format_count, format_capacity, font_count, font_capacity, style_capacity;
    enum build_font *fonts;
};

enum build_font xlsx_font_of(const char *name)
{
    size_t length = strlen(name);
    if (strncasecmp(name, ".Vn", 3) == 0) return length > 3 && (name[length - 1] == 'H') ? FONT_TCVN3_CAPITALS : FONT_TCVN3;
    if (strncasecmp(name, "VNI-", 4) == 0 || strncasecmp(name, "VNI ", 4) == 0) return FONT_VNI;
    return FONT_UNKNOWN;
}

static enum err add_format(struct reading *r, const char *const *attributes)
{
    uint32_t id;
    const char *code = markup_attribute(attributes, "formatCode");
    if (!code || !markup_number(attributes, "numFmtId", &id)) return OK;
    if (r->format_count >= STYLES_MOST || arena_grow(r->x->arena, &r->formats, &r->format_capacity, r->format_count, sizeof *r->formats) != 0) return ERR_NOMEM;
    r->formats[r->format_count] = (struct format){.id = id, .code = arena_strdup(r->x->arena, code)};
    return r->formats[r->format_count++].code ? OK : ERR_NOMEM;
}

static enum err add_style(struct reading *r, const char *const *attributes)
{
    struct xlsx *x = r->x;
    uint32_t format = 0, font = 0;
    if (x->style_count >= STYLES_MOST || arena_grow(x->arena, &x->styles, &r->style_capacity, x->style_count, sizeof *x->styles) != 0) return ERR_NOMEM;
    struct xlsx_style style = {0};
    if (markup_number(attributes, "numFmtId", &format)) style.format = number_format_of_id(format);
    for (size_t i = 0; i < r->format_count; i++) /* programs also give built-in numbers a format of their own */
        if (r->formats[i].id == format) style.format = r->formats[i].code;
    if (markup_number(attributes, "fontId", &font) && font < r->font_count) style.font = r->fonts[font];
    style.kind = number_format_kind(style.format);
    x->styles[x->style_count++] = style;
    return OK;
}

static enum err open(void *context, unsigned tag, const char *const *attributes, struct fault *fault)
{
    struct reading *r = context;
    enum err e = OK;
    const char *name;
    if (tag == FORMAT) e = add_format(r, attributes);
    if (tag == CELL) e = add_style(r, attributes);
    if (tag == FONT) {
        bool room = r->font_count < STYLES_MOST && arena_grow(r->x->arena, &r->fonts, &r->font_capacity, r->font_count, sizeof *r->fonts) == 0;
        if (room) r->fonts[r->font_count++] = FONT_UNKNOWN;
        else e = ERR_NOMEM;
    }
    if (tag == FONT_NAME && r->font_count && (name = markup_attribute(attributes, "val")) != NULL) r->fonts[r->font_count - 1] = xlsx_font_of(name);
    return e == OK ? OK : fault_set(fault, e, "not enough memory");
}

enum err xlsx_read_styles(struct xlsx *x, const char *part)
{
    struct reading r = {.x = x};
    return markup_read(x->parts, part, &(struct markup){.rules = rules, .context = &r, .open = open}, x->fault);
}
