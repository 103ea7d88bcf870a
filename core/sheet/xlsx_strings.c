#include "core/base/buf.h"
#include "core/base/text_vietnamese.h"
#include "core/sheet/refusal.h"
#include "core/sheet/xlsx.h"

#include <string.h>

enum { TABLE = 1, ITEM, TEXT, RUN, PROPERTIES, FONT };

/* What is said beside the text to help reading it (rPh) is named by no rule. */
static const struct markup_rule rules[] = {
    {0, "sst", TABLE}, {TABLE, "si", ITEM}, {ITEM, "t", TEXT}, {ITEM, "r", RUN}, {RUN, "t", TEXT}, {RUN, "rPr", PROPERTIES}, {PROPERTIES, "rFont", FONT}, {0, NULL, 0},
};

struct reading {
    struct xlsx *x;
    struct xlsx_runs runs;
    size_t capacity;
};

/* --- runs ----------------------------------------------------------------------------------------------------------------------------- */

void xlsx_runs_begin(struct xlsx_runs *runs)
{
    buf_clear(&runs->text);
    runs->font = FONT_UNKNOWN;
    runs->any = false;
    xlsx_run_begin(runs);
}

void xlsx_run_begin(struct xlsx_runs *runs)
{
    runs->run_from = runs->text.length;
    runs->run_font = FONT_UNKNOWN;
    runs->run_has_font = false;
}

static bool is_ascii(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)text[i] >= 0x80) return false;
    return true;
}

/* One run in letters of its own: converted at once, the others stay. */
static enum err convert_run(struct xlsx_runs *runs, size_t from, enum build_font font)
{
    struct arena scratch = {0};
    enum err e = OK;
    enum vietnamese_code code = font == FONT_VNI ? VIETNAMESE_VNI : VIETNAMESE_TCVN3;
    const char *run = buf_text(&runs->text) + from;
    if (font != FONT_UNKNOWN && font != FONT_MIXED && vietnamese_is_within(code, run)) {
        char *made = vietnamese_convert(&scratch, code, font == FONT_TCVN3_CAPITALS, run);
        if (!made) e = ERR_NOMEM;
        if (made) {
            runs->text.length = from;
            buf_puts(&runs->text, made);
        }
    }
    arena_release(&scratch);
    return e;
}

/* As long as all runs with letters beyond ASCII have one font, the whole text has it and is converted with its column; else each run is, as it comes. */
enum err xlsx_run_end(struct xlsx_runs *runs)
{
    size_t length = runs->text.length - runs->run_from;
    if (!buf_ok(&runs->text) || is_ascii(buf_text(&runs->text) + runs->run_from, length)) return OK;
    if (!runs->any) {
        runs->any = true;
        runs->font = runs->run_font;
        return OK;
    }
    if (runs->font == runs->run_font) return OK;
    enum err e = OK;
    if (runs->font != FONT_MIXED) { /* what came before was of one font */
        struct arena scratch = {0};
        const char *last = arena_strdup(&scratch, buf_text(&runs->text) + runs->run_from);
        runs->text.length = runs->run_from;
        if (runs->text.data) runs->text.data[runs->text.length] = '\0';
        e = last ? convert_run(runs, 0, runs->font) : ERR_NOMEM;
        runs->run_from = runs->text.length;
        if (last) buf_puts(&runs->text, last);
        arena_release(&scratch);
        runs->font = FONT_MIXED;
    }
    return e == OK ? convert_run(runs, runs->run_from, runs->run_font) : e;
}

static int hex(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'A' && c <= 'F' ? c - 'A' + 10 : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The character of "_xHHHH_" at p; -1: it is none. */
static int escaped(const char *p, const char *end)
{
    int c = 0;
    if (end - p < 7 || p[0] != '_' || p[1] != 'x' || p[6] != '_') return -1;
    for (int i = 2; i < 6; i++) {
        int digit = hex(p[i]);
        if (digit < 0) return -1;
        c = c * 16 + digit;
    }
    return c;
}

size_t xlsx_unescape(char *text, size_t length)
{
    size_t n = 0;
    if (length == 0) return 0;
    const char *p = text, *end = text + length;
    while (p < end) {
        int c = *p == '_' ? escaped(p, end) : -1;
        if (c >= 0 && c < 0x80) p += 7;
        else c = *p++;
        if (c == '\r') {
            if (p < end && *p == '\n') continue;
            c = '\n';
        }
        if ((c >= 0 && c < ' ' && c != '\t' && c != '\n') || c == 0x7F) continue;
        text[n++] = (char)c;
    }
    text[n] = '\0';
    return n;
}

const char *xlsx_runs_text(struct xlsx *x, struct xlsx_runs *runs)
{
    if (!buf_ok(&runs->text)) return NULL;
    if (runs->text.length == 0) return "";
    size_t length = xlsx_unescape(runs->text.data, runs->text.length);
    return build_is_blank(runs->text.data, length) ? "" : build_text(x->build, runs->text.data, length);
}

/* --- the table ------------------------------------------------------------------------------------------------------------------------- */

static enum err open(void *context, unsigned tag, const char *const *attributes, struct fault *fault)
{
    struct reading *r = context;
    const char *name;
    (void)fault;
    if (tag == ITEM) xlsx_runs_begin(&r->runs);
    if (tag == RUN) xlsx_run_begin(&r->runs);
    if (tag == FONT && (name = markup_attribute(attributes, "val")) != NULL) r->runs.run_font = xlsx_font_of(name);
    return OK;
}

static enum err text(void *context, unsigned tag, const char *piece, size_t length, struct fault *fault)
{
    struct reading *r = context;
    (void)fault;
    if (tag == TEXT) buf_add(&r->runs.text, piece, length);
    return OK;
}

static enum err close(void *context, unsigned tag, struct fault *fault)
{
    struct reading *r = context;
    struct xlsx *x = r->x;
    if (tag == RUN && xlsx_run_end(&r->runs) != OK) return fault_set(fault, ERR_NOMEM, "not enough memory");
    if (tag != ITEM) return OK;
    if (x->string_count >= x->build->limits->strings) return refuse_large(fault, "texts", x->build->limits->strings);
    if (arena_grow(x->arena, &x->strings, &r->capacity, x->string_count, sizeof *x->strings) != 0) return fault_set(fault, ERR_NOMEM, "not enough memory");
    const char *made = xlsx_runs_text(x, &r->runs);
    if (!made) return build_short(x->build, r->runs.text.failed ? (size_t)x->build->limits->cell_bytes + 1 : r->runs.text.length);
    x->strings[x->string_count++] = (struct xlsx_string){.text = made, .font = r->runs.font};
    return OK;
}

enum err xlsx_read_strings(struct xlsx *x, const char *part)
{
    struct reading r = {.x = x};
    buf_init(&r.runs.text, x->build->limits->cell_bytes);
    enum err e = markup_read(x->parts, part, &(struct markup){.rules = rules, .context = &r, .open = open, .close = close, .text = text}, x->fault);
    buf_release(&r.runs.text);
    return e;
}
