#include "core/sheet/refusal.h"
#include "core/sheet/xlsx.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/clock.h"

enum { SHEET = 1, DATA, ROW, CELL, VALUE, FORMULA, INLINE, TEXT, RUN, PROPERTIES, FONT, MERGES, MERGE };

static const struct markup_rule rules[] = {
    {CELL, "v", VALUE}, {ROW, "c", CELL}, {DATA, "row", ROW}, {CELL, "f", FORMULA}, {CELL, "is", INLINE}, {INLINE, "t", TEXT}, {INLINE, "r", RUN}, {RUN, "t", TEXT},
    {RUN, "rPr", PROPERTIES}, {PROPERTIES, "rFont", FONT}, {MERGES, "mergeCell", MERGE}, {SHEET, "sheetData", DATA}, {SHEET, "mergeCells", MERGES},
    {0, "worksheet", SHEET}, {0, NULL, 0},
};

enum type { NUMBER, SHARED, STRING, INLINED, YES_NO, FAILED, ISO_DATE };

struct reading {
    struct xlsx *x;
    struct buf value, formula;
    struct xlsx_runs runs;
    uint32_t row, column;      /* of the cell that is read; row as number, 0: none yet */
    const struct xlsx_style *style;
    enum type type;
    bool has_formula;
    uint32_t merges_seen;
};

/* --- beginnings ------------------------------------------------------------------------------------------------------------------------ */

static enum err open_row(struct reading *r, const char *const *attributes)
{
    uint32_t number;
    if (!markup_number(attributes, "r", &number)) number = r->row + 1;
    if (number == 0) return refuse_damaged(r->x->fault, "row", "a row has the number 0");
    r->row = number;
    r->column = UINT32_MAX; /* the next one is 0 */
    build_row(r->x->build, number, markup_flag(attributes, "hidden", false));
    return OK;
}

static enum type type_of(const char *text)
{
    static const struct { const char *name; enum type type; } types[] = {
        {"s", SHARED}, {"n", NUMBER}, {"str", STRING}, {"inlineStr", INLINED}, {"b", YES_NO}, {"e", FAILED}, {"d", ISO_DATE},
    };
    for (size_t i = 0; text && i < sizeof types / sizeof types[0]; i++)
        if (strcmp(text, types[i].name) == 0) return types[i].type;
    return NUMBER;
}

static enum err open_cell(struct reading *r, const char *const *attributes)
{
    static const struct xlsx_style plain = {0};
    const char *address = markup_attribute(attributes, "r");
    uint32_t column = r->column + 1, row = 0, style = 0;
    if (address && (!sheet_parse_address(address, &row, &column) || (row && row != r->row)))
        return refuse_damaged(r->x->fault, address, "\"%.40s\" is no address of a cell in row %u", address, r->row);
    r->column = column;
    r->type = type_of(markup_attribute(attributes, "t"));
    r->style = markup_number(attributes, "s", &style) && style < r->x->style_count ? &r->x->styles[style] : &plain;
    r->has_formula = false;
    buf_clear(&r->value);
    buf_clear(&r->formula);
    xlsx_runs_begin(&r->runs);
    return OK;
}

static enum err add_merge(struct reading *r, const char *const *attributes)
{
    const char *reference = markup_attribute(attributes, "ref"), *colon = reference ? strchr(reference, ':') : NULL;
    char first[SHEET_ADDRESS_SIZE];
    struct sheet_merge m;
    if (!colon || (size_t)(colon - reference) >= sizeof first) return OK; /* of one cell: nothing is merged */
    memcpy(first, reference, (size_t)(colon - reference));
    first[colon - reference] = '\0';
    if (!sheet_parse_address(first, &m.first_row, &m.first_column) || !sheet_parse_address(colon + 1, &m.last_row, &m.last_column)) return OK;
    bool good = m.first_row && m.first_row <= m.last_row && m.first_column <= m.last_column && (m.first_row < m.last_row || m.first_column < m.last_column);
    return good ? build_merge(r->x->build, &m) : OK;
}

static enum err open(void *context, unsigned tag, const char *const *attributes, struct fault *fault)
{
    struct reading *r = context;
    const char *name;
    (void)fault;
    switch (tag) {
    case CELL: return open_cell(r, attributes);
    case ROW: return open_row(r, attributes);
    case FORMULA: r->has_formula = true; break;
    case RUN: xlsx_run_begin(&r->runs); break;
    case MERGE: return add_merge(r, attributes);
    case FONT:
        if ((name = markup_attribute(attributes, "val")) != NULL) xlsx_run_font(&r->runs, name);
        break;
    default: break;
    }
    return OK;
}

static enum err text(void *context, unsigned tag, const char *piece, size_t length, struct fault *fault)
{
    struct reading *r = context;
    (void)fault;
    if (tag == VALUE) buf_add(&r->value, piece, length);
    else if (tag == FORMULA) buf_add(&r->formula, piece, length);
    else if (tag == TEXT) buf_add(&r->runs.text, piece, length);
    return OK;
}

/* --- ends of cells --------------------------------------------------------------------------------------------------------------------- */

static enum err put(struct reading *r, enum sheet_kind kind, double number, const char *shown, size_t length)
{
    const char *kept = build_text(r->x->build, shown, length);
    return kept ? build_cell(r->x->build, r->column, kind, number, kept) : build_short(r->x->build, length);
}

static enum err put_damaged(struct reading *r)
{
    size_t length = xlsx_unescape(r->value.data, r->value.length);
    return length ? put(r, SHEET_ERROR, SHEET_TROUBLE_DAMAGED, r->value.data, length) : OK;
}

static enum err put_number(struct reading *r)
{
    char *end = NULL, shown[NUMBER_TEXT_SIZE];
    const char *text_of = buf_text(&r->value);
    double days, value = strtod(text_of, &end);
    while (*end == ' ' || *end == '\n' || *end == '\t' || *end == '\r') end++;
    if (end == text_of || *end || !isfinite(value)) return put_damaged(r);
    (void)number_format_show(r->style->format, value, r->x->from_1904, shown);
    if (r->style->kind == NUMBER_DATE && number_to_days(value, r->x->from_1904, &days)) return put(r, SHEET_DATE, days, shown, strlen(shown));
    return put(r, SHEET_NUMBER, value, shown, strlen(shown));
}

/* "2024-05-01", "2024-05-01T10:30:00" with or without a zone, which says nothing here. */
static enum err put_iso_date(struct reading *r)
{
    int year, month, day, hour = 0, minute = 0, taken = 0;
    double second = 0, serial;
    char shown[NUMBER_TEXT_SIZE];
    const char *p = buf_text(&r->value);
    if (sscanf(p, "%4d-%2d-%2d%n", &year, &month, &day, &taken) != 3 || !clock_is_date(year, month, day)) return put_damaged(r);
    bool timed = p[taken] == 'T';
    if (timed && sscanf(p + taken + 1, "%2d:%2d:%lf", &hour, &minute, &second) < 2) return put_damaged(r);
    if (hour < 0 || hour > 23 || minute < 0 || minute > 59 || !(second >= 0 && second < 61)) return put_damaged(r);
    double days = (double)clock_days_from_civil(year, month, day) + (hour * 3600 + minute * 60 + second) / 86400.0;
    serial = r->x->from_1904 ? days + 24107 : days + (days < -25509 ? 25568 : 25569);
    const char *format = r->style->kind == NUMBER_DATE ? r->style->format : timed ? "yyyy\\-mm\\-dd hh:mm" : "yyyy\\-mm\\-dd";
    (void)number_format_show(format, serial, r->x->from_1904, shown);
    return put(r, SHEET_DATE, days, shown, strlen(shown));
}

static enum err put_text(struct reading *r, const struct xlsx_string *string)
{
    enum build_font font;
    const char *kept, *raw;
    enum err e = xlsx_string_text(r->x, string, r->style->font, &kept, &raw, &font);
    if (e == OK && *kept) e = build_cell(r->x->build, r->column, SHEET_TEXT, font, kept);
    if (e == OK && *kept && raw) build_raw(r->x->build, raw);
    return e;
}

static enum err put_shared(struct reading *r)
{
    char *end = NULL;
    const char *p = buf_text(&r->value);
    unsigned long long index = strtoull(p, &end, 10);
    while (*end == ' ' || *end == '\n') end++;
    if (end == p || *end) return put_damaged(r);
    if (index >= r->x->string_count) {
        char address[SHEET_ADDRESS_SIZE];
        (void)sheet_cell_address(r->row, r->column, address);
        return refuse_damaged(r->x->fault, address, "cell %s refers to text %llu, of which there are %zu", address, index, r->x->string_count);
    }
    return put_text(r, &r->x->strings[index]);
}

static enum err put_formula(struct reading *r)
{
    size_t length = xlsx_unescape(r->formula.data, r->formula.length), most = r->x->build->limits->cell_bytes;
    struct arena scratch = {0};
    const char *shown = arena_printf(&scratch, "=%s", length ? r->formula.data : "");
    enum err e = shown ? put(r, SHEET_ERROR, SHEET_TROUBLE_UNCOMPUTED, shown, strlen(shown) < most ? strlen(shown) : 1) : ERR_NOMEM;
    arena_release(&scratch);
    return e;
}

static enum err close_cell(struct reading *r)
{
    struct xlsx *x = r->x;
    bool is_inline = r->runs.text.length > 0;
    if (!buf_ok(&r->value) || !buf_ok(&r->runs.text) || !buf_ok(&r->formula)) return build_short(x->build, (size_t)x->build->limits->cell_bytes + 1);
    if (r->type == INLINED || (is_inline && r->value.length == 0)) {
        struct xlsx_string string;
        enum err e = xlsx_runs_text(x, &r->runs, &string);
        return e == OK ? put_text(r, &string) : e;
    }
    if (r->value.length == 0) return r->has_formula && r->type != STRING ? put_formula(r) : OK;
    switch (r->type) {
    case SHARED: return put_shared(r);
    case YES_NO: return put(r, SHEET_YES_NO, r->value.data[0] == '1' || r->value.data[0] == 't', r->value.data[0] == '1' || r->value.data[0] == 't' ? "TRUE" : "FALSE",
        r->value.data[0] == '1' || r->value.data[0] == 't' ? 4 : 5);
    case FAILED: return put(r, SHEET_ERROR, SHEET_TROUBLE_SHOWN, r->value.data, r->value.length);
    case ISO_DATE: return put_iso_date(r);
    case NUMBER: return put_number(r);
    default: break;
    }
    size_t length = xlsx_unescape(r->value.data, r->value.length);
    if (build_is_blank(r->value.data, length)) return OK;
    return put(r, SHEET_TEXT, r->style->font, r->value.data, length);
}

static enum err close(void *context, unsigned tag, struct fault *fault)
{
    struct reading *r = context;
    if (tag == CELL) return close_cell(r);
    if (tag == ROW) return build_row_end(r->x->build);
    if (tag == RUN && xlsx_run_end(r->x, &r->runs) != OK) return fault_set(fault, ERR_NOMEM, "not enough memory");
    return OK;
}

enum err xlsx_read_sheet(struct xlsx *x, const char *part)
{
    struct reading r = {.x = x};
    uint32_t most = x->build->limits->cell_bytes;
    buf_init(&r.value, most);
    buf_init(&r.formula, most);
    buf_init(&r.runs.text, most);
    enum err e = markup_read(x->parts, part, &(struct markup){.rules = rules, .context = &r, .open = open, .close = close, .text = text}, x->fault);
    buf_release(&r.value);
    buf_release(&r.formula);
    buf_release(&r.runs.text);
    return e;
}
