/* Texts in runs. A run without a font of its own has the cell's, which is not known while shared strings are read: where runs differ, the pieces are kept until it is. */
#include "core/base/text_vietnamese.h"
#include "core/sheet/xlsx.h"

#include <string.h>

struct piece {
    uint32_t from; /* in the text */
    enum build_font font; /* FONT_UNKNOWN: the cell's */
};

struct xlsx_pieces {
    const char *text;               /* as it stands in the file */
    const char *raw;                /* the same among the book's texts, once it was asked for */
    const char *made[FONT_VNI + 1]; /* by the cell's font, once it was asked for */
    uint32_t count;
    struct piece items[];
};

void xlsx_runs_begin(struct xlsx_runs *runs)
{
    buf_clear(&runs->text);
    runs->count = 0;
    xlsx_run_begin(runs);
}

void xlsx_run_begin(struct xlsx_runs *runs)
{
    runs->run_from = runs->text.length;
    runs->run_font = FONT_UNKNOWN;
}

void xlsx_run_font(struct xlsx_runs *runs, const char *name)
{
    enum build_font font = xlsx_font_of(name);
    runs->run_font = font == FONT_UNKNOWN ? FONT_USUAL : font;
}

/* Letters of ASCII are the same in all fonts, but that some show them as capitals. */
static bool font_counts(const struct xlsx_runs *runs, const char *text, size_t length)
{
    bool capitals = runs->run_font == FONT_TCVN3_CAPITALS || (runs->count && runs->pieces[runs->count - 1].font == FONT_TCVN3_CAPITALS);
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)text[i] >= 0x80 || (capitals && text[i] >= 'a' && text[i] <= 'z')) return true;
    return false;
}

static enum err add_piece(struct xlsx *x, struct xlsx_runs *runs, size_t from, enum build_font font)
{
    if (arena_grow(x->arena, &runs->pieces, &runs->capacity, runs->count, sizeof *runs->pieces) != 0) return ERR_NOMEM;
    runs->pieces[runs->count++] = (struct piece){.from = (uint32_t)from, .font = font};
    return OK;
}

enum err xlsx_run_end(struct xlsx *x, struct xlsx_runs *runs)
{
    if (!buf_ok(&runs->text)) return OK; /* told at the end of the text */
    if (!font_counts(runs, buf_text(&runs->text) + runs->run_from, runs->text.length - runs->run_from)) return OK;
    if (runs->count && runs->pieces[runs->count - 1].font == runs->run_font) return OK;
    bool bare = runs->count == 0 && runs->run_font != FONT_TCVN3_CAPITALS; /* nothing before it depends on a font */
    if (runs->count == 0 && !bare && runs->run_from && add_piece(x, runs, 0, FONT_USUAL) != OK) return ERR_NOMEM;
    return add_piece(x, runs, bare ? 0 : runs->run_from, runs->run_font);
}

/* A text of the build; NULL: out of memory, or above a limit (build_short). */
static const char *keep(struct xlsx *x, struct buf *text)
{
    if (!buf_ok(text)) return NULL;
    if (text->length == 0) return "";
    size_t length = xlsx_unescape(text->data, text->length);
    return build_is_blank(text->data, length) ? "" : build_text(x->build, text->data, length);
}

static enum err short_of(struct xlsx *x, const struct buf *text)
{
    return build_short(x->build, text->failed ? (size_t)x->build->limits->cell_bytes + 1 : text->length);
}

enum err xlsx_runs_text(struct xlsx *x, struct xlsx_runs *runs, struct xlsx_string *ret)
{
    *ret = (struct xlsx_string){.text = "", .font = runs->count == 1 ? runs->pieces[0].font : FONT_UNKNOWN};
    if (runs->count < 2 || !buf_ok(&runs->text)) {
        ret->text = keep(x, &runs->text);
        return ret->text ? OK : short_of(x, &runs->text);
    }
    struct xlsx_pieces *pieces = arena_alloc(x->arena, sizeof *pieces + runs->count * sizeof *pieces->items);
    if (!pieces) return fault_set(x->fault, ERR_NOMEM, "not enough memory");
    pieces->count = (uint32_t)runs->count;
    memcpy(pieces->items, runs->pieces, runs->count * sizeof *pieces->items);
    pieces->text = arena_strndup(x->arena, buf_text(&runs->text), runs->text.length);
    *ret = (struct xlsx_string){.pieces = pieces};
    return pieces->text ? OK : fault_set(x->fault, ERR_NOMEM, "not enough memory");
}

/* One piece in letters of its own; what its font does not have stays as it is. */
static enum err convert_piece(struct buf *out, const char *piece, size_t length, enum build_font font)
{
    struct arena scratch = {0};
    enum vietnamese_code code = font == FONT_VNI ? VIETNAMESE_VNI : VIETNAMESE_TCVN3;
    const char *text = arena_strndup(&scratch, piece, length);
    bool own = text && font > FONT_UNKNOWN && font < FONT_MIXED && vietnamese_is_within(code, text);
    if (own) text = vietnamese_convert(&scratch, code, font == FONT_TCVN3_CAPITALS, text);
    if (text) buf_puts(out, text);
    arena_release(&scratch);
    return text ? OK : ERR_NOMEM;
}

static enum err make_text(struct xlsx *x, struct xlsx_pieces *p, enum build_font cell)
{
    struct buf made;
    enum err e = OK;
    buf_init(&made, x->build->limits->cell_bytes);
    for (uint32_t i = 0; e == OK && i < p->count; i++) {
        enum build_font font = p->items[i].font == FONT_UNKNOWN ? cell : p->items[i].font;
        size_t end = i + 1 < p->count ? p->items[i + 1].from : strlen(p->text);
        e = convert_piece(&made, p->text + p->items[i].from, end - p->items[i].from, font);
    }
    if (e != OK) e = fault_set(x->fault, e, "not enough memory");
    if (e == OK && !(p->made[cell] = keep(x, &made))) e = short_of(x, &made);
    buf_release(&made);
    if (e != OK || p->raw) return e;
    p->raw = build_text(x->build, p->text, strlen(p->text));
    return p->raw ? OK : build_short(x->build, strlen(p->text));
}

enum err xlsx_string_text(struct xlsx *x, const struct xlsx_string *string, enum build_font cell, const char **ret, const char **ret_raw, enum build_font *ret_font)
{
    struct xlsx_pieces *p = string->pieces;
    *ret_raw = NULL;
    if (!p) {
        *ret = string->text;
        *ret_font = string->font == FONT_UNKNOWN ? cell : string->font == FONT_USUAL ? FONT_UNKNOWN : string->font;
        return OK;
    }
    enum err e = p->made[cell] ? OK : make_text(x, p, cell);
    if (e != OK) return e;
    *ret = p->made[cell];
    *ret_font = FONT_MIXED;
    if (strcmp(p->made[cell], p->raw) != 0) *ret_raw = p->raw;
    return OK;
}
