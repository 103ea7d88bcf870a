/* The book: which part is what (relationships, ECMA-376 part 2, 9.3), and the sheets in their order. */
#include "core/sheet/xlsx.h"
#include "core/sheet/refusal.h"

#include <stdio.h>
#include <string.h>

#define RELATIONS_MOST 4000

struct relation {
    const char *id, *type, *part; /* the last piece of the type: "worksheet" */
};

struct relations {
    struct arena *arena;
    const char *base;
    struct relation *items;
    size_t count, capacity;
};

struct tab {
    const char *name, *relation;
    bool hidden;
};

struct workbook {
    struct arena *arena;
    struct tab *tabs;
    size_t count, capacity;
    bool from_1904;
};

/* --- relationships ----------------------------------------------------------------------------------------------------------------------- */

enum { RELATIONSHIPS = 1, RELATIONSHIP };
static const struct markup_rule relation_rules[] = {{0, "Relationships", RELATIONSHIPS}, {RELATIONSHIPS, "Relationship", RELATIONSHIP}, {0, NULL, 0}};

static enum err open_relation(void *context, unsigned tag, const char *const *attributes, struct fault *fault)
{
    struct relations *r = context;
    const char *id = markup_attribute(attributes, "Id"), *type = markup_attribute(attributes, "Type"), *target = markup_attribute(attributes, "Target");
    const char *mode = markup_attribute(attributes, "TargetMode");
    if (tag != RELATIONSHIP || !id || !type || !target || (mode && strcmp(mode, "External") == 0)) return OK;
    const char *slash = strrchr(type, '/'), *part = parts_resolve(r->arena, r->base, target);
    if (!part) return OK;
    if (r->count >= RELATIONS_MOST) return refuse_large(fault, "relations", RELATIONS_MOST);
    if (arena_grow(r->arena, &r->items, &r->capacity, r->count, sizeof *r->items) != 0) return fault_set(fault, ERR_NOMEM, "not enough memory");
    r->items[r->count] = (struct relation){.id = arena_strdup(r->arena, id), .type = arena_strdup(r->arena, slash ? slash + 1 : type), .part = part};
    if (!r->items[r->count].id || !r->items[r->count].type) return fault_set(fault, ERR_NOMEM, "not enough memory");
    r->count++;
    return OK;
}

/* Of "xl/workbook.xml" they stand in "xl/_rels/workbook.xml.rels"; of the whole file ("") in "_rels/.rels". */
static enum err read_relations(struct xlsx *x, const char *base, struct relations *ret)
{
    const char *slash = strrchr(base, '/'), *name = slash ? slash + 1 : base;
    const char *part = arena_printf(x->arena, "%.*s_rels/%s.rels", (int)(name - base), base, name);
    *ret = (struct relations){.arena = x->arena, .base = base};
    if (!part) return fault_set(x->fault, ERR_NOMEM, "not enough memory");
    if (!parts_has(x->parts, part)) return OK;
    return markup_read(x->parts, part, &(struct markup){.rules = relation_rules, .context = ret, .open = open_relation}, x->fault);
}

static const struct relation *by_type(const struct relations *r, const char *type)
{
    for (size_t i = 0; i < r->count; i++)
        if (strcmp(r->items[i].type, type) == 0) return &r->items[i];
    return NULL;
}

static const struct relation *by_id(const struct relations *r, const char *id)
{
    for (size_t i = 0; id && i < r->count; i++)
        if (strcmp(r->items[i].id, id) == 0) return &r->items[i];
    return NULL;
}

/* --- the workbook ------------------------------------------------------------------------------------------------------------------------- */

enum { WORKBOOK = 1, PROPERTIES, TABS, TAB };
static const struct markup_rule workbook_rules[] = {
    {0, "workbook", WORKBOOK}, {WORKBOOK, "workbookPr", PROPERTIES}, {WORKBOOK, "sheets", TABS}, {TABS, "sheet", TAB}, {0, NULL, 0},
};

static enum err open_workbook(void *context, unsigned tag, const char *const *attributes, struct fault *fault)
{
    struct workbook *w = context;
    if (tag == PROPERTIES) w->from_1904 = markup_flag(attributes, "date1904", false);
    if (tag != TAB) return OK;
    const char *name = markup_attribute(attributes, "name"), *state = markup_attribute(attributes, "state"), *id = NULL;
    for (const char *const *p = attributes; *p; p += 2) { /* "r:id", whatever its prefix; "id" alone is none */
        const char *colon = strchr(p[0], ':');
        if (colon && strcmp(colon, ":id") == 0) id = p[1];
    }
    if (arena_grow(w->arena, &w->tabs, &w->capacity, w->count, sizeof *w->tabs) != 0) return fault_set(fault, ERR_NOMEM, "not enough memory");
    struct tab tab = {.name = arena_strdup(w->arena, name ? name : ""), .relation = id ? arena_strdup(w->arena, id) : NULL};
    tab.hidden = state && (strcmp(state, "hidden") == 0 || strcmp(state, "veryHidden") == 0);
    if (!tab.name || (id && !tab.relation)) return fault_set(fault, ERR_NOMEM, "not enough memory");
    w->tabs[w->count++] = tab;
    return OK;
}

/* A name of a sheet is shown to people and looked for again by the next import. */
static const char *tidy_name(struct xlsx *x, const char *name)
{
    const char *kept = build_text(x->build, name, strlen(name));
    return kept ? kept : "";
}

static enum err read_tabs(struct xlsx *x, const struct workbook *w, const struct relations *relations)
{
    for (size_t i = 0; i < w->count; i++) {
        const struct relation *r = by_id(relations, w->tabs[i].relation);
        if (!r) return refuse_damaged(x->fault, w->tabs[i].name, "the sheet \"%.100s\" has no part in the file", w->tabs[i].name);
        if (strcmp(r->type, "worksheet") != 0) continue; /* charts, dialogs, macros of before 1997 */
        enum err e = xlsx_read_sheet(x, r->part);
        if (e == OK) e = build_sheet_end(x->build, tidy_name(x, w->tabs[i].name), w->tabs[i].hidden);
        if (e != OK) return e;
    }
    return OK;
}

static enum err refuse_other_zip(const struct parts *parts, struct fault *fault)
{
    if (parts_has(parts, "xl/workbook.bin")) return refuse(fault, REFUSAL_XLSB, NULL);
    if (parts_has(parts, "content.xml") && parts_has(parts, "mimetype")) return refuse(fault, REFUSAL_ODS, NULL);
    if (parts_has(parts, "word/document.xml")) return refuse(fault, REFUSAL_OTHER, "DOCX");
    if (parts_has(parts, "ppt/presentation.xml")) return refuse(fault, REFUSAL_OTHER, "PPTX");
    if (parts_has(parts, "Index/Document.iwa") || parts_has(parts, "Index.zip")) return refuse(fault, REFUSAL_OTHER, "Apple Numbers");
    if (parts_has(parts, "[Content_Types].xml")) return refuse_damaged(fault, "xl/workbook.xml", "\"xl/workbook.xml\" is missing in the file");
    return refuse(fault, REFUSAL_OTHER, "ZIP");
}

static enum err find_workbook(struct xlsx *x, const char **ret)
{
    struct relations top;
    enum err e = read_relations(x, "", &top);
    if (e != OK) return e;
    const struct relation *r = by_type(&top, "officeDocument");
    *ret = r ? r->part : "xl/workbook.xml";
    size_t length = strlen(*ret);
    if (!parts_has(x->parts, *ret) || (length > 4 && strcmp(*ret + length - 4, ".bin") == 0)) return refuse_other_zip(x->parts, x->fault);
    return strstr(*ret, "word/") || strstr(*ret, "ppt/") ? refuse_other_zip(x->parts, x->fault) : OK;
}

static enum err read_shared_parts(struct xlsx *x, const struct relations *relations)
{
    const struct relation *styles = by_type(relations, "styles"), *strings = by_type(relations, "sharedStrings");
    enum err e = styles ? xlsx_read_styles(x, styles->part) : OK;
    return e == OK && strings ? xlsx_read_strings(x, strings->part) : e;
}

enum err xlsx_read(struct parts *parts, struct build *build, struct sheet_book *ret, struct fault *fault)
{
    struct arena scratch = {0}; /* what is only needed while reading; texts are in the build's */
    struct xlsx x = {.arena = &scratch, .parts = parts, .build = build, .fault = fault};
    struct workbook workbook = {.arena = &scratch};
    struct relations relations = {0};
    const char *part = NULL;
    enum err e = find_workbook(&x, &part);
    if (e == OK) e = read_relations(&x, part, &relations);
    if (e == OK) e = markup_read(parts, part, &(struct markup){.rules = workbook_rules, .context = &workbook, .open = open_workbook}, fault);
    x.from_1904 = workbook.from_1904;
    if (e == OK) e = read_shared_parts(&x, &relations);
    if (e == OK) e = read_tabs(&x, &workbook, &relations);
    if (e == OK && build->sheet_count == 0) e = refuse_damaged(fault, part, "there is no sheet in the file");
    if (e == OK) *ret = (struct sheet_book){.format = "xlsx", .encoding = "utf-8", .has_macros = by_type(&relations, "vbaProject") != NULL,
        .from_1904 = x.from_1904};
    arena_release(&scratch);
    return e;
}
