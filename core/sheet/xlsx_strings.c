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

/* --- the table ------------------------------------------------------------------------------------------------------------------------- */

static enum err open(void *context, unsigned tag, const char *const *attributes, struct fault *fault)
{
    struct reading *r = context;
    const char *name;
    (void)fault;
    if (tag == ITEM) xlsx_runs_begin(&r->runs);
    if (tag == RUN) xlsx_run_begin(&r->runs);
    if (tag == FONT && (name = markup_attribute(attributes, "val")) != NULL) xlsx_run_font(&r->runs, name);
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
    if (tag == RUN && xlsx_run_end(x, &r->runs) != OK) return fault_set(fault, ERR_NOMEM, "not enough memory");
    if (tag != ITEM) return OK;
    if (x->string_count >= x->build->limits->strings) return refuse_large(fault, "texts", x->build->limits->strings);
    if (arena_grow(x->arena, &x->strings, &r->capacity, x->string_count, sizeof *x->strings) != 0) return fault_set(fault, ERR_NOMEM, "not enough memory");
    enum err e = xlsx_runs_text(x, &r->runs, &x->strings[x->string_count]);
    x->string_count += e == OK;
    return e;
}

enum err xlsx_read_strings(struct xlsx *x, const char *part)
{
    struct reading r = {.x = x};
    buf_init(&r.runs.text, x->build->limits->cell_bytes);
    enum err e = markup_read(x->parts, part, &(struct markup){.rules = rules, .context = &r, .open = open, .close = close, .text = text}, x->fault);
    buf_release(&r.runs.text);
    return e;
}
