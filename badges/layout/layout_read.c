/* A layout out of its JSON file: strict, every mistake with its place. */
#include "badges/layout/field.h"
#include "core/base/json.h"
#include "core/base/text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])
#define LAYOUT_BYTES_MOST (256u * 1024u)

struct reading {
    struct arena *arena;
    const char *font; /* of the whole layout; NULL = ours */
    struct fault *fault;
};

/* A part as it stands in the file; what is absent is NULL, or the default that was there before. */
struct raw_part {
    json_t *text, *box, *when;
    const char *list, *qr, *fill, *line;
    bool photo, logo, background, turned;
    const char *color, *align, *valign, *weight, *font;
    double size, break_below, least, leading, radius, width, first_column;
    int64_t lines, quiet;
};

struct raw_sheet {
    json_t *page;
    int64_t columns, rows;
    json_t *gutter, *margin;
    bool crop_marks;
    const char *duplex;
};

struct raw_layout {
    const char *format, *about, *kind, *font;
    json_t *size, *sheet, *front, *back;
    double bleed;
};

#define AT(type, field) offsetof(struct type, field)
#define PART_COMMON {"box", JSON_SPEC_ARRAY, AT(raw_part, box), JSON_REQUIRED, 4}, {"when", JSON_SPEC_ARRAY, AT(raw_part, when), 0, 16}, \
                    {"background", JSON_SPEC_BOOLEAN, AT(raw_part, background), 0, 0}, {"turned", JSON_SPEC_BOOLEAN, AT(raw_part, turned), 0, 0}
#define PART_LETTERS {"size", JSON_SPEC_REAL, AT(raw_part, size), JSON_REQUIRED, 0}, {"least", JSON_SPEC_REAL, AT(raw_part, least), 0, 0}, \
                     {"weight", JSON_SPEC_TEXT, AT(raw_part, weight), 0, 16}, {"font", JSON_SPEC_TEXT, AT(raw_part, font), 0, FONT_NAME_SIZE - 1}, \
                     {"color", JSON_SPEC_TEXT, AT(raw_part, color), 0, 16}, \
                     {"align", JSON_SPEC_TEXT, AT(raw_part, align), 0, 16}, {"leading", JSON_SPEC_REAL, AT(raw_part, leading), 0, 0}
static const struct json_spec text_specs[] = {PART_COMMON, PART_LETTERS, {"text", JSON_SPEC_ANY, AT(raw_part, text), 0, 0},
    {"valign", JSON_SPEC_TEXT, AT(raw_part, valign), 0, 16}, {"lines", JSON_SPEC_INTEGER, AT(raw_part, lines), 0, 0},
    {"break_below", JSON_SPEC_REAL, AT(raw_part, break_below), 0, 0}};
static const struct json_spec list_specs[] = {PART_COMMON, PART_LETTERS, {"list", JSON_SPEC_TEXT, AT(raw_part, list), 0, 16},
    {"lines", JSON_SPEC_INTEGER, AT(raw_part, lines), 0, 0}, {"first_column", JSON_SPEC_REAL, AT(raw_part, first_column), 0, 0}};
static const struct json_spec qr_specs[] = {PART_COMMON, {"qr", JSON_SPEC_TEXT, AT(raw_part, qr), 0, 16}, {"quiet", JSON_SPEC_INTEGER, AT(raw_part, quiet), 0, 0}};
static const struct json_spec photo_specs[] = {PART_COMMON, {"photo", JSON_SPEC_BOOLEAN, AT(raw_part, photo), 0, 0},
    {"radius", JSON_SPEC_REAL, AT(raw_part, radius), 0, 0}, {"color", JSON_SPEC_TEXT, AT(raw_part, color), 0, 16}};
static const struct json_spec logo_specs[] = {PART_COMMON, {"logo", JSON_SPEC_BOOLEAN, AT(raw_part, logo), 0, 0}};
static const struct json_spec fill_specs[] = {PART_COMMON, {"fill", JSON_SPEC_TEXT, AT(raw_part, fill), 0, 16}, {"radius", JSON_SPEC_REAL, AT(raw_part, radius), 0, 0}};
static const struct json_spec line_specs[] = {PART_COMMON, {"line", JSON_SPEC_TEXT, AT(raw_part, line), 0, 16}, {"width", JSON_SPEC_REAL, AT(raw_part, width), 0, 0}};

static const struct {
    const char *key;
    enum badge_part_kind kind;
    const struct json_spec *specs;
    size_t count;
} kinds[] = {
    {"text", PART_TEXT, text_specs, COUNT(text_specs)}, {"list", PART_LIST, list_specs, COUNT(list_specs)}, {"qr", PART_QR, qr_specs, COUNT(qr_specs)},
    {"photo", PART_PHOTO, photo_specs, COUNT(photo_specs)}, {"logo", PART_LOGO, logo_specs, COUNT(logo_specs)},
    {"fill", PART_FILL, fill_specs, COUNT(fill_specs)}, {"line", PART_LINE, line_specs, COUNT(line_specs)},
};

static const struct json_spec layout_specs[] = {
    {"format", JSON_SPEC_TEXT, AT(raw_layout, format), JSON_REQUIRED, 32}, {"about", JSON_SPEC_TEXT, AT(raw_layout, about), 0, 200},
    {"kind", JSON_SPEC_TEXT, AT(raw_layout, kind), 0, 16}, {"size", JSON_SPEC_ARRAY, AT(raw_layout, size), JSON_REQUIRED, 2},
    {"bleed", JSON_SPEC_REAL, AT(raw_layout, bleed), 0, 0}, {"font", JSON_SPEC_TEXT, AT(raw_layout, font), 0, FONT_NAME_SIZE - 1},
    {"sheet", JSON_SPEC_OBJECT, AT(raw_layout, sheet), 0, 0},
    {"front", JSON_SPEC_ARRAY, AT(raw_layout, front), JSON_REQUIRED, BADGE_PARTS_MOST},
    {"back", JSON_SPEC_ARRAY, AT(raw_layout, back), 0, BADGE_PARTS_MOST}};
static const struct json_spec sheet_specs[] = {
    {"page", JSON_SPEC_ANY, AT(raw_sheet, page), 0, 0}, {"columns", JSON_SPEC_INTEGER, AT(raw_sheet, columns), 0, 0},
    {"rows", JSON_SPEC_INTEGER, AT(raw_sheet, rows), 0, 0},
    {"gutter", JSON_SPEC_ARRAY, AT(raw_sheet, gutter), 0, 2}, {"margin", JSON_SPEC_ARRAY, AT(raw_sheet, margin), 0, 2},
    {"crop_marks", JSON_SPEC_BOOLEAN, AT(raw_sheet, crop_marks), 0, 0}, {"duplex", JSON_SPEC_TEXT, AT(raw_sheet, duplex), 0, 8}};

/* --- small values -------------------------------------------------------------------------------------------------------------------- */

/* `count` millimetres from a list. */
static enum err read_numbers(struct reading *r, json_t *list, size_t count, double *ret, const struct json_place *up, const char *key)
{
    const struct json_place place = {.up = up, .key = key};
    if (!json_is_array(list) || json_array_size(list) != count) return json_fault(r->fault, &place, "must be a list of %zu numbers", count);
    for (size_t i = 0; i < count; i++) {
        const json_t *item = json_array_get(list, i);
        const struct json_place here = {.up = &place, .index = i};
        double value = json_number_value(item);
        if (!json_is_number(item) || !(fabs(value) <= 5000)) return json_fault(r->fault, &here, "must be a number of millimetres, 5000 at most");
        ret[i] = value;
    }
    return OK;
}

static enum err read_choice(struct reading *r, const char *text, const char *const *words, size_t count, int *ret, const struct json_place *up, const char *key)
{
    const struct json_place place = {.up = up, .key = key};
    for (size_t i = 0; text && i < count; i++)
        if (strcmp(words[i], text) == 0) *ret = (int)i;
    for (size_t i = 0; text && i < count; i++)
        if (strcmp(words[i], text) == 0) return OK;
    if (!text) return OK;
    struct buf list;
    buf_init(&list, BUF_LIMIT_LINE);
    for (size_t i = 0; i < count; i++) buf_printf(&list, "%s\"%s\"", i ? ", " : "", words[i]);
    enum err e = json_fault(r->fault, &place, "\"%.40s\" is none of %s", text, buf_text(&list));
    buf_release(&list);
    return e;
}

static enum err read_color(struct reading *r, const char *text, struct badge_color *ret, const struct json_place *up, const char *key)
{
    static const char *const names[] = {"ink", "muted", "category", "on_category", "white"};
    const struct json_place place = {.up = up, .key = key};
    if (!text) return OK;
    for (size_t i = 0; i < COUNT(names); i++)
        if (strcmp(text, names[i]) == 0) return ret->paint = (enum badge_paint)i, OK;
    unsigned rgb;
    if (text[0] != '#' || strlen(text) != 7 || strspn(text + 1, "0123456789abcdefABCDEF") != 6 || sscanf(text + 1, "%x", &rgb) != 1)
        return json_fault(r->fault, &place, "\"%.20s\" is no colour: \"#rrggbb\", or one of ink, muted, category, on_category, white", text);
    *ret = (struct badge_color){.paint = PAINT_FIXED, .rgb = rgb};
    return OK;
}

static enum err read_when(struct reading *r, json_t *list, struct badge_part *part, const struct json_place *up)
{
    const struct json_place place = {.up = up, .key = "when"};
    for (size_t i = 0; list && i < json_array_size(list); i++) {
        const struct json_place here = {.up = &place, .index = i};
        const char *text = json_string_value(json_array_get(list, i));
        if (!text) return json_fault(r->fault, &here, "must be a text");
        bool not = text[0] == '!';
        enum badge_field field = badge_field_find(text + not, strlen(text + not));
        if (field == FIELD_COUNT) return json_fault(r->fault, &here, "there is no field \"%.40s\"", text + not);
        if (field == FIELD_NAMED) field = FIELD_BLANK, not = !not; /* one bit, so that "named" and "blank" are known to exclude each other */
        *(not ? &part->needs_not : &part->needs) |= UINT64_C(1) << field;
    }
    return OK;
}

/* --- texts --------------------------------------------------------------------------------------------------------------------------- */

static enum err read_variant(struct reading *r, const char *language, const json_t *value, struct badge_variant *ret, const struct json_place *place)
{
    const char *text = json_string_value(value), *bad = NULL;
    if (!text || json_string_length(value) != strlen(text)) return json_fault(r->fault, place, "must be a text, or texts by language");
    if (strlen(text) > 500) return json_fault(r->fault, place, "longer than 500 bytes");
    if (!text_is_printable(text)) return json_fault(r->fault, place, "has control characters");
    if (!badge_template_is_good(text, &bad)) return json_fault(r->fault, place, "there is no such field: \"%.*s\"", (int)(strcspn(bad, "}") + 1), bad);
    *ret = (struct badge_variant){.language = arena_strdup(r->arena, language), .template = arena_strdup(r->arena, text)};
    return ret->language && ret->template ? OK : fault_set(r->fault, ERR_NOMEM, "no memory for a layout");
}

/* A text, or a map from language to text. */
static enum err read_alternative(struct reading *r, json_t *value, struct badge_choice *ret, const struct json_place *place)
{
    size_t count = json_is_object(value) ? json_object_size(value) : 1;
    if (count == 0 || count > 32) return json_fault(r->fault, place, "must have 1 to 32 languages");
    ret->variants = arena_array(r->arena, count, sizeof *ret->variants);
    if (!ret->variants) return fault_set(r->fault, ERR_NOMEM, "no memory for a layout");
    if (!json_is_object(value)) return read_variant(r, "", value, &ret->variants[ret->count++], place);
    const char *language;
    json_t *text;
    json_object_foreach(value, language, text) {
        const struct json_place here = {.up = place, .key = language};
        if (!text_is_language(language)) return json_fault(r->fault, &here, "is no language");
        enum err e = read_variant(r, language, text, &ret->variants[ret->count++], &here);
        if (e != OK) return e;
    }
    return OK;
}

/* Without alternatives a text is shown only when its fields are known: that is a condition like those of "when". */
static void imply_needs(struct badge_part *part)
{
    uint64_t all = part->choice_count == 1 ? UINT64_MAX : 0;
    for (size_t i = 0; all && i < part->choices[0].count; i++) all &= badge_template_fields(part->choices[0].variants[i].template);
    part->needs |= all;
}

static enum err read_text(struct reading *r, json_t *value, struct badge_part *part, const struct json_place *up)
{
    const struct json_place place = {.up = up, .key = "text"};
    size_t count = json_is_array(value) ? json_array_size(value) : 1;
    if (count == 0 || count > 8) return json_fault(r->fault, &place, "must have 1 to 8 alternatives");
    part->choices = arena_array(r->arena, count, sizeof *part->choices);
    if (!part->choices) return fault_set(r->fault, ERR_NOMEM, "no memory for a layout");
    part->choice_count = count;
    if (!json_is_array(value)) return read_alternative(r, value, &part->choices[0], &place);
    for (size_t i = 0; i < count; i++) {
        const struct json_place here = {.up = &place, .index = i};
        enum err e = read_alternative(r, json_array_get(value, i), &part->choices[i], &here);
        if (e != OK) return e;
    }
    return OK;
}

/* --- parts --------------------------------------------------------------------------------------------------------------------------- */

static enum err check_range(struct reading *r, double value, double least, double most, const struct json_place *up, const char *key)
{
    const struct json_place place = {.up = up, .key = key};
    return value >= least && value <= most ? OK : json_fault(r->fault, &place, "must be from %g to %g", least, most);
}

/* The name of a family; whether this machine has it is looked for when drawing. */
static enum err read_font(struct reading *r, const char *text, const char **ret, const struct json_place *up)
{
    const struct json_place place = {.up = up, .key = "font"};
    if (!text) return OK;
    if (!text[0] || !text_is_printable(text)) return json_fault(r->fault, &place, "is no name of a font");
    *ret = arena_strdup(r->arena, text);
    return *ret ? OK : fault_set(r->fault, ERR_NOMEM, "no memory for a layout");
}

static enum err read_letters(struct reading *r, const struct raw_part *raw, struct badge_part *part, const struct json_place *place)
{
    static const char *const weights[] = {"regular", "bold"}, *const aligns[] = {"left", "center", "right"}, *const valigns[] = {"top", "middle", "bottom"};
    int weight = 0, align = ALIGN_LEFT, valign = ALIGN_MIDDLE;
    const char *family = r->font;
    enum err e = read_choice(r, raw->weight, weights, COUNT(weights), &weight, place, "weight");
    if (e == OK) e = read_choice(r, raw->align, aligns, COUNT(aligns), &align, place, "align");
    if (e == OK) e = read_choice(r, raw->valign, valigns, COUNT(valigns), &valign, place, "valign");
    if (e == OK) e = check_range(r, raw->size, 3, 600, place, "size");
    if (e == OK) e = check_range(r, raw->least, 3, raw->size, place, "least");
    if (e == OK) e = check_range(r, raw->break_below, 0, raw->size, place, "break_below");
    if (e == OK) e = check_range(r, raw->leading, 1, 3, place, "leading");
    if (e == OK) e = check_range(r, (double)raw->lines, 1, part->kind == PART_LIST ? 200 : 12, place, "lines");
    if (e == OK) e = check_range(r, raw->first_column, 0, 500, place, "first_column");
    if (e == OK) e = read_color(r, raw->color, &part->color, place, "color");
    if (e == OK) e = read_font(r, raw->font, &family, place);
    part->align = (enum align)align;
    part->valign = (enum valign)valign;
    part->first_column = raw->first_column;
    part->fit = (struct fit_style){.family = family, .bold = weight == 1, .size = raw->size, .break_below = raw->break_below, .least = raw->least,
                                   .lines = (unsigned)raw->lines,
                                   .leading = raw->leading};
    return e;
}

static enum err read_code(struct reading *r, const struct raw_part *raw, struct badge_part *part, const struct json_place *place)
{
    static const char *const codes[] = {"badge", "wifi"};
    int code = 0;
    enum err e = read_choice(r, raw->qr, codes, COUNT(codes), &code, place, "qr");
    if (e != OK) return e;
    if (code == 1) part->kind = PART_WIFI;
    if (raw->quiet == BADGE_QUIET_CELLS) return OK;
    const struct json_place quiet = {.up = place, .key = "quiet"};
    return json_fault(r->fault, &quiet, "a QR code has %d white cells on each side, part of its box: no more and no fewer", BADGE_QUIET_CELLS);
}

static enum err read_special(struct reading *r, const struct raw_part *raw, struct badge_part *part, const struct json_place *place)
{
    static const char *const lists[] = {"programme", "papers"};
    int list = 0;
    enum err e = OK;
    switch (part->kind) {
    case PART_TEXT:
    case PART_LIST: e = read_letters(r, raw, part, place); break;
    case PART_QR: e = read_code(r, raw, part, place); break;
    case PART_PHOTO: e = read_color(r, raw->color, &part->color, place, "color"); break;
    case PART_FILL: e = read_color(r, raw->fill, &part->color, place, "fill"); break;
    case PART_LINE: e = read_color(r, raw->line, &part->color, place, "line"); break;
    default: break;
    }
    if (e == OK && part->kind == PART_TEXT) e = read_text(r, raw->text, part, place);
    if (e == OK && part->kind == PART_TEXT) imply_needs(part);
    if (e == OK && part->kind == PART_LIST) e = read_choice(r, raw->list, lists, COUNT(lists), &list, place, "list");
    part->list = list ? FIELD_PAPERS : FIELD_PROGRAMME;
    if (e == OK) e = check_range(r, raw->radius, 0, 200, place, "radius");
    if (e == OK) e = check_range(r, raw->width, 0.1, 20, place, "width");
    return e;
}

/* "photo": false is no photo that is switched off; and only what may be painted over is a ground. */
static enum err check_words(struct reading *r, const struct raw_part *raw, enum badge_part_kind kind, const struct json_place *up)
{
    const struct json_place photo = {.up = up, .key = "photo"}, logo = {.up = up, .key = "logo"}, ground = {.up = up, .key = "background"};
    if (kind == PART_PHOTO && !raw->photo) return json_fault(r->fault, &photo, "must be true; leave the part out instead");
    if (kind == PART_LOGO && !raw->logo) return json_fault(r->fault, &logo, "must be true; leave the part out instead");
    bool words = kind == PART_TEXT || kind == PART_LIST || kind == PART_QR;
    return raw->background && words ? json_fault(r->fault, &ground, "a text or a code cannot be the ground of other parts") : OK;
}

static enum err read_part(struct reading *r, json_t *value, struct badge_part *part, const struct json_place *place)
{
    size_t kind = COUNT(kinds), found = 0;
    for (size_t i = 0; i < COUNT(kinds); i++) {
        if (!json_object_get(value, kinds[i].key)) continue;
        kind = i;
        found++;
    }
    if (found != 1) return json_fault(r->fault, place, "must be an object with exactly one of text, list, qr, photo, logo, fill, line");
    struct raw_part raw = {.size = 10, .leading = 1.2, .lines = 1, .quiet = BADGE_QUIET_CELLS, .width = 0.6};
    enum err e = json_take(value, kinds[kind].specs, kinds[kind].count, &raw, place, r->fault);
    if (e != OK) return e;
    if (raw.least <= 0) raw.least = raw.size;
    part->kind = kinds[kind].kind;
    e = check_words(r, &raw, part->kind, place);
    if (e != OK) return e;
    part->background = raw.background;
    part->turned = raw.turned;
    part->radius = raw.radius;
    part->line = raw.width;
    part->color.paint = part->kind == PART_PHOTO ? PAINT_CATEGORY : PAINT_INK;
    double box[4] = {0};
    e = read_numbers(r, raw.box, 4, box, place, "box");
    part->box = (struct box){.x = box[0], .y = box[1], .width = box[2], .height = box[3]};
    if (e == OK) e = read_when(r, raw.when, part, place);
    return e == OK ? read_special(r, &raw, part, place) : e;
}

static enum err read_side(struct reading *r, json_t *list, struct badge_side *side, const char *key)
{
    const struct json_place place = {.key = key};
    size_t count = list ? json_array_size(list) : 0;
    side->parts = arena_array(r->arena, count + 1, sizeof *side->parts);
    if (!side->parts) return fault_set(r->fault, ERR_NOMEM, "no memory for a layout");
    for (; side->count < count; side->count++) {
        const struct json_place here = {.up = &place, .index = side->count};
        side->parts[side->count].place = side->count;
        enum err e = read_part(r, json_array_get(list, side->count), &side->parts[side->count], &here);
        if (e != OK) return e;
    }
    return OK;
}

/* --- the whole ----------------------------------------------------------------------------------------------------------------------- */

static enum err read_page(struct reading *r, json_t *value, struct badge_layout *layout, const struct json_place *up)
{
    static const struct {
        const char *name;
        double width, height;
    } pages[] = {{"A3", 297, 420}, {"A4", 210, 297}, {"A5", 148, 210}, {"A6", 105, 148}, {"Letter", 215.9, 279.4}};
    const struct json_place place = {.up = up, .key = "page"};
    if (!value) return OK;
    const char *name = json_string_value(value);
    double size[2] = {0};
    if (!name) {
        enum err e = read_numbers(r, value, 2, size, up, "page");
        if (e != OK) return e;
    }
    for (size_t i = 0; name && i < COUNT(pages); i++)
        if (strcmp(name, pages[i].name) == 0) size[0] = pages[i].width, size[1] = pages[i].height;
    if (size[0] <= 0 || size[1] <= 0) return json_fault(r->fault, &place, "must be [width, height] or one of A3, A4, A5, A6, Letter");
    layout->page_width = size[0];
    layout->page_height = size[1];
    return OK;
}

static enum err read_sheet(struct reading *r, json_t *value, struct badge_layout *layout)
{
    static const char *const turns[] = {"", "none", "long", "short"};
    const struct json_place place = {.key = "sheet"};
    struct raw_sheet raw = {0};
    double gutter[2] = {0}, margin[2] = {-1, -1};
    int duplex = DUPLEX_LONG;
    enum err e = value ? json_take(value, sheet_specs, COUNT(sheet_specs), &raw, &place, r->fault) : OK;
    if (e == OK) e = read_page(r, raw.page, layout, &place);
    if (e == OK && raw.gutter) e = read_numbers(r, raw.gutter, 2, gutter, &place, "gutter");
    if (e == OK && raw.margin) e = read_numbers(r, raw.margin, 2, margin, &place, "margin");
    if (e == OK) e = check_range(r, (double)raw.columns, 0, 100, &place, "columns");
    if (e == OK) e = check_range(r, (double)raw.rows, 0, 100, &place, "rows");
    if (e == OK) e = check_range(r, fmin(gutter[0], gutter[1]), 0, 500, &place, "gutter");
    if (e == OK) e = read_choice(r, raw.duplex, turns, COUNT(turns), &duplex, &place, "duplex");
    if (e != OK) return e;
    layout->columns = (unsigned)raw.columns;
    layout->rows = (unsigned)raw.rows;
    layout->gap_x = gutter[0];
    layout->gap_y = gutter[1];
    layout->left = margin[0];
    layout->top = margin[1];
    layout->crop_marks = raw.crop_marks;
    layout->duplex = (enum badge_duplex)duplex;
    return OK;
}

static enum err read_layout(struct reading *r, json_t *root, struct badge_layout *layout)
{
    static const char *const papers[] = {"badge", "voting_card", "coupon", "sheet"};
    struct raw_layout raw = {0};
    int kind = 0;
    const struct json_place format = {.key = "format"};
    double size[2] = {0};
    enum err e = json_take(root, layout_specs, COUNT(layout_specs), &raw, NULL, r->fault);
    if (e == OK && strcmp(raw.format, "plenum-layout/1") != 0) e = json_fault(r->fault, &format, "must be \"plenum-layout/1\"");
    if (e == OK) e = read_numbers(r, raw.size, 2, size, NULL, "size");
    if (e == OK) e = check_range(r, fmin(size[0], size[1]), 10, 2000, NULL, "size");
    if (e == OK) e = check_range(r, fmax(size[0], size[1]), 10, 2000, NULL, "size");
    if (e == OK) e = check_range(r, raw.bleed, 0, 20, NULL, "bleed");
    if (e == OK) e = read_choice(r, raw.kind, papers, COUNT(papers), &kind, NULL, "kind");
    if (e != OK) return e;
    layout->kind = papers[kind];
    layout->about = raw.about ? arena_strdup(r->arena, raw.about) : "";
    layout->width = size[0];
    layout->height = size[1];
    layout->bleed = raw.bleed;
    e = read_font(r, raw.font, &r->font, NULL);
    if (e == OK) e = read_sheet(r, raw.sheet, layout);
    double beyond = 2 * (layout->bleed + (layout->crop_marks ? 5 : 0)); /* a page of just one badge */
    if (layout->page_width <= 0) layout->page_width = size[0] + beyond, layout->page_height = size[1] + beyond;
    if (e == OK) e = read_side(r, raw.front, &layout->front, "front");
    if (e == OK) e = read_side(r, raw.back, &layout->back, "back");
    if (e == OK) e = badges_layout_check(layout, r->fault);
    return e == OK ? badges_layout_impose(layout, r->fault) : e;
}

enum err badges_layout_read(struct arena *arena, const char *name, const char *text, size_t length, const struct badge_layout **ret, struct fault *fault)
{
    struct fault why = {0};
    struct reading r = {.arena = arena, .fault = &why};
    json_t *root = NULL;
    struct badge_layout *layout = arena_alloc(arena, sizeof *layout);
    if (!layout) return fault_set(fault, ERR_NOMEM, "no memory for a layout");
    enum err e = length > LAYOUT_BYTES_MOST ? fault_set(&why, ERR_LIMIT, "larger than 256 KB") : json_read(text, length, &root, &why);
    layout->name = arena_strdup(arena, name ? name : "layout");
    if (e == OK) e = read_layout(&r, root, layout);
    json_decref(root);
    if (e != OK) return fault_set(fault, e, "layout %s: %s", name ? name : "", why.text);
    *ret = layout;
    return OK;
}
