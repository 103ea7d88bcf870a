/* Fields, what a column may be, and the search forms of headings and of what the organisation has. */
#include "core/base/text.h"
#include "core/congress/list/list_private.h"
#include "core/congress/title.h"

#include <stdlib.h>
#include <string.h>

#define CODES_MOST 2000000

static const char *const targets[LIST_TARGET_COUNT] = {"people", "units", "delegates"};

const char *list_target_name(enum list_target target) { return (unsigned)target < LIST_TARGET_COUNT ? targets[target] : ""; }

bool list_target_parse(const char *name, enum list_target *ret)
{
    for (int i = 0; i < LIST_TARGET_COUNT; i++) {
        if (strcmp(name, targets[i]) != 0) continue;
        *ret = (enum list_target)i;
        return true;
    }
    return false;
}

static const struct {
    const char *in; /* targets: P people, U units, D delegates */
    const char *code, *title;
    enum list_kind kind;
} table[] = {
    {"PUD", "code", "Code", LIST_CODE}, {"PD", "name", "Name", LIST_NAME}, {"U", "name", "Name", LIST_TEXT}, {"PD", "family_name", "Family name", LIST_NAME},
    {"PD", "given_name", "Given name", LIST_NAME}, {"PD", "sort_name", "Name for sorting", LIST_TEXT}, {"PD", "honorific", "Honorific", LIST_TEXT},
    {"PD", "unit", "Unit", LIST_UNIT}, {"PD", "unit_name", "Unit (new)", LIST_TEXT}, {"PD", "title", "Title", LIST_TEXT}, {"PD", "gender", "Sex", LIST_SEX},
    {"PD", "born", "Born", LIST_DAY}, {"PD", "joined", "Joined", LIST_DAY}, {"PD", "phone", "Phone", LIST_PHONE}, {"PD", "email", "E-mail", LIST_EMAIL},
    {"PD", "photo", "Photo", LIST_PATH}, {"D", "number", "Badge number", LIST_TEXT}, {"D", "category", "Category", LIST_CATEGORY},
    {"D", "delegation", "Delegation", LIST_UNIT}, {"D", "delegation_name", "Delegation (new)", LIST_TEXT}, {"D", "mandate", "Mandate", LIST_ENUM},
    {"D", "status", "Status", LIST_ENUM}, {"D", "replaces", "Replaces", LIST_CODE}, {"D", "decision", "Decision", LIST_TEXT}, {"D", "order", "Order", LIST_COUNT},
    {"D", "seat", "Seat", LIST_TEXT}, {"D", "badge_box", "Badge box", LIST_TEXT}, {"D", "group", "Group", LIST_TEXT}, {"D", "needs", "Needs", LIST_ENUMS},
    {"D", "roles", "Roles", LIST_CODES}, {"D", "room", "Room", LIST_TEXT}, {"D", "transport", "Transport", LIST_TEXT}, {"D", "diet", "Diet", LIST_TEXT},
    {"D", "absence", "Absence", LIST_ABSENCE}, {"U", "parent", "Higher unit", LIST_UNIT}, {"U", "parent_name", "Higher unit (new)", LIST_TEXT},
    {"U", "level", "Level", LIST_TEXT}, {"U", "sector", "Sector", LIST_TEXT}, {"U", "order", "Order", LIST_COUNT}, {"U", "members", "Members", LIST_COUNT},
    {"PUD", "serial", "Number in the list", LIST_NOTHING}, {"PUD", "note", "Note", LIST_NOTHING}, {"PUD", "signature", "Signature", LIST_NOTHING},
};

static const char target_letters[LIST_TARGET_COUNT] = {'P', 'U', 'D'};

static const char *const mandates[] = {"ex_officio", "elected", "appointed", NULL};
static const char *const statuses[] = {"summoned", "alternate", "replaced", "withdrawn", "disqualified", NULL};
static const char *const needs[] = {"paper", "large_print", "no_phone", "wheelchair", NULL};

const char *const *list_field_names(const struct list_field *field)
{
    if (field->attribute) return NULL;
    if (strcmp(field->code, "mandate") == 0) return mandates;
    if (strcmp(field->code, "status") == 0) return statuses;
    return strcmp(field->code, "needs") == 0 ? needs : NULL;
}

bool list_field_is_short(const struct list_field *field)
{
    static const char *const codes[] = {"number", "seat", "group", "badge_box", "room", "transport"};
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++)
        if (strcmp(field->code, codes[i]) == 0) return true;
    return false;
}

static enum list_kind attribute_kind(enum list_attribute_type type)
{
    switch (type) {
    case LIST_ATTRIBUTE_YES_NO: return LIST_YES_NO;
    case LIST_ATTRIBUTE_CHOICE: return LIST_CHOICE;
    case LIST_ATTRIBUTE_NUMBER: return LIST_NUMBER;
    case LIST_ATTRIBUTE_DATE: return LIST_DATE;
    default: return LIST_TEXT;
    }
}

static enum err make_fields(struct arena *arena, struct list_known *known)
{
    const struct list_vocabulary *v = known->vocabulary;
    size_t own = known->target == LIST_UNITS ? 0 : v->attribute_count;
    known->fields = arena_array(arena, sizeof table / sizeof table[0] + own, sizeof *known->fields);
    if (!known->fields) return ERR_NOMEM;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        if (strchr(table[i].in, target_letters[known->target]))
            known->fields[known->field_count++] = (struct list_field){.code = table[i].code, .title = table[i].title, .kind = table[i].kind};
    }
    for (size_t i = 0; i < own; i++) {
        struct list_field *field = &known->fields[known->field_count++];
        const struct list_attribute *attribute = &v->attributes[i];
        *field = (struct list_field){.code = arena_printf(arena, "attribute:%s", attribute->code), .title = title_pick(arena, attribute->title, known->language),
                                     .kind = attribute_kind(attribute->type), .attribute = attribute};
        if (!field->code || !field->title) return ERR_NOMEM;
    }
    return OK;
}

size_t list_known_index(const struct list_known *known, const char *code)
{
    for (size_t i = 0; i < known->field_count; i++)
        if (strcmp(known->fields[i].code, code) == 0) return i;
    return SIZE_MAX;
}

const struct list_field *list_known_field(const struct list_known *known, const char *code)
{
    size_t i = list_known_index(known, code);
    return i == SIZE_MAX ? NULL : &known->fields[i];
}

const struct list_field *list_known_fields(const struct list_known *known, size_t *ret_count)
{
    *ret_count = known->field_count;
    return known->fields;
}

/* --- uses --- */

static size_t parts_of(const struct list_known *known, const struct list_field *field, struct list_use *out)
{
    size_t n = 0;
#define USE(p, v)                                                                        \
    do {                                                                                 \
        if (out) out[n] = (struct list_use){.field = field, .part = (p), .value = (v)};  \
        n++;                                                                             \
    } while (0)
    USE(LIST_PART_ALL, NULL);
    bool day = field->kind == LIST_DAY || field->kind == LIST_DATE;
    if (strcmp(field->code, "born") == 0) {
        USE(LIST_PART_MALE, NULL);
        USE(LIST_PART_FEMALE, NULL);
    }
    for (int p = LIST_PART_DAY; day && p <= LIST_PART_YEAR; p++) USE((enum list_part)p, NULL);
    if (field->kind == LIST_SEX) {
        USE(LIST_PART_MARK, "m");
        USE(LIST_PART_MARK, "f");
    }
    const char *const *names = list_field_names(field);
    for (; names && *names; names++) USE(LIST_PART_MARK, *names);
    if (field->kind == LIST_CATEGORY)
        for (size_t i = 0; i < known->vocabulary->category_count; i++) USE(LIST_PART_MARK, known->vocabulary->categories[i].code);
    if (field->kind == LIST_CHOICE)
        for (size_t i = 0; i < field->attribute->value_count; i++) USE(LIST_PART_MARK, field->attribute->values[i].code);
#undef USE
    return n;
}

static enum err make_uses(struct arena *arena, struct list_known *known)
{
    size_t total = 0;
    for (size_t i = 0; i < known->field_count; i++) total += parts_of(known, &known->fields[i], NULL);
    known->uses = arena_array(arena, total, sizeof *known->uses);
    if (!known->uses) return ERR_NOMEM;
    for (size_t i = 0; i < known->field_count; i++) known->use_count += parts_of(known, &known->fields[i], known->uses + known->use_count);
    return OK;
}

bool list_use_equal(const struct list_use *a, const struct list_use *b)
{
    if (!a->field || !b->field) return a->field == b->field;
    if (strcmp(a->field->code, b->field->code) != 0 || a->part != b->part) return false;
    return a->value && b->value ? strcmp(a->value, b->value) == 0 : a->value == b->value;
}

size_t list_known_use(const struct list_known *known, const char *field, enum list_part part, const char *value)
{
    const struct list_use wanted = {.field = list_known_field(known, field), .part = part, .value = value};
    for (size_t i = 0; wanted.field && i < known->use_count; i++)
        if (list_use_equal(&known->uses[i], &wanted)) return i;
    return SIZE_MAX;
}

/* --- headings --- */

static enum err add_phrase(struct arena *arena, struct map *map, const char *key, uint16_t field, bool one_of_many)
{
    struct list_phrase *phrase = arena_alloc(arena, sizeof *phrase), *first = map_get(map, key);
    if (!phrase) return ERR_NOMEM;
    for (const struct list_phrase *p = first; p; p = p->next)
        if (p->field == field) return OK;
    *phrase = (struct list_phrase){.next = first, .field = field, .one_of_many = one_of_many};
    return map_put(map, key, phrase) == 0 ? OK : ERR_NOMEM;
}

static enum err learn_phrase(struct arena *arena, struct list_known *known, const char *text, uint16_t field)
{
    bool one_of_many = text[0] == '~';
    const char *plain = list_heading_plain(arena, text + one_of_many);
    if (!plain) return ERR_NOMEM;
    if (!*plain) return OK;
    char *squeezed = arena_strdup(arena, plain), *out = squeezed;
    if (!squeezed) return ERR_NOMEM;
    for (const char *p = plain; *p; p++)
        if (*p != ' ') *out++ = *p;
    *out = '\0';
    enum err e = add_phrase(arena, &known->phrases, plain, field, one_of_many);
    return e == OK ? add_phrase(arena, &known->squeezed, squeezed, field, one_of_many) : e;
}

static enum err learn_headings(struct arena *arena, struct list_known *known)
{
    static const struct {
        const char *in, *field, *words;
    } headings[] = {
#define HEADING(in, field, words) {in, field, words},
#include "core/congress/list/headings.def"
#undef HEADING
    };
    for (size_t i = 0; i < sizeof headings / sizeof headings[0]; i++) {
        size_t field = strcmp(headings[i].field, "-") == 0 ? LIST_STRANGER : list_known_index(known, headings[i].field);
        if (field == SIZE_MAX || !strchr(headings[i].in, target_letters[known->target])) continue;
        for (const char *p = headings[i].words; *p;) {
            size_t n = strcspn(p, "|");
            const char *one = arena_strndup(arena, p, n);
            if (!one || learn_phrase(arena, known, one, (uint16_t)field) != OK) return ERR_NOMEM;
            p += n + (p[n] == '|');
        }
    }
    return OK;
}

/* An attribute is called by its code and by its titles in all languages. */
static enum err learn_attributes(struct arena *arena, struct list_known *known, struct fault *fault)
{
    for (size_t i = 0; i < known->field_count; i++) {
        const struct list_attribute *attribute = known->fields[i].attribute;
        if (!attribute) continue;
        struct list_term term = {.code = attribute->code, .title = attribute->title};
        struct list_terms names = {.way = LIST_TERMS_OTHER};
        enum err e = list_terms_make(arena, &term, 1, LIST_TERMS_OTHER, &names, fault);
        for (size_t k = 0; e == OK && k < names.count; k++) {
            e = learn_phrase(arena, known, names.names[k].plain, (uint16_t)i);
            if (e == OK && arena_grow(arena, &known->titles, &known->title_capacity, known->title_count, sizeof *known->titles) != 0) e = ERR_NOMEM;
            if (e == OK) known->titles[known->title_count++] = (struct list_title){.plain = names.names[k].plain, .field = (uint16_t)i};
        }
        const char *title = title_pick(arena, attribute->title, known->language);
        if (e == OK) e = title ? learn_phrase(arena, known, title, (uint16_t)i) : ERR_NOMEM;
        if (e == OK) e = learn_phrase(arena, known, attribute->code, (uint16_t)i);
        if (e != OK) return e;
    }
    return OK;
}

/* --- codes --- */

static enum err learn_codes(struct arena *arena, struct list_known *known)
{
    const struct list_vocabulary *v = known->vocabulary;
    bool units = known->target == LIST_UNITS;
    size_t count = units ? v->unit_count : v->code_count;
    for (size_t i = 0; i < count && i < CODES_MOST; i++) {
        const char *code = units ? v->units[i].code : v->codes[i];
        const char *plain = code[0] == '0' ? code + strspn(code, "0") : code;
        if (plain != code && !*plain) plain--;
        struct list_zeros *same = map_get(&known->codes, plain);
        if (same) {
            same->count++;
            if (strcmp(code, plain) == 0) same->code = code; /* what is written exactly so is meant */
            continue;
        }
        same = arena_alloc(arena, sizeof *same);
        if (!same) return ERR_NOMEM;
        *same = (struct list_zeros){.code = code, .count = 1};
        if (map_put(&known->codes, plain, same) != 0) return ERR_NOMEM;
    }
    return OK;
}

static const char *country_of(const char *language)
{
    if (text_is_of_language(language, "vi")) return "VN";
    const char *region = strrchr(language, '-');
    return region && strlen(region) == 3 ? region + 1 : "";
}

static enum err prepare(struct arena *arena, struct list_known *known, struct fault *fault)
{
    const struct list_vocabulary *v = known->vocabulary;
    enum err e = make_fields(arena, known);
    if (e == OK) e = make_uses(arena, known);
    if (e == OK) e = learn_headings(arena, known);
    if (e == OK) e = learn_attributes(arena, known, fault);
    if (e == OK) e = learn_codes(arena, known);
    if (e == OK) e = list_terms_make(arena, v->units, v->unit_count, LIST_TERMS_UNITS, &known->units, fault);
    if (e == OK) e = list_terms_make(arena, v->categories, v->category_count, LIST_TERMS_OTHER, &known->categories, fault);
    known->choices = arena_array(arena, v->attribute_count + 1, sizeof *known->choices);
    if (!known->choices) return ERR_NOMEM;
    for (size_t i = 0; e == OK && i < v->attribute_count; i++)
        if (v->attributes[i].type == LIST_ATTRIBUTE_CHOICE)
            e = list_terms_make(arena, v->attributes[i].values, v->attributes[i].value_count, LIST_TERMS_OTHER, &known->choices[i], fault);
    return e;
}

enum err list_prepare(struct arena *arena, enum list_target target, const struct list_vocabulary *vocabulary, struct list_known **ret, struct fault *fault)
{
    struct list_known *known = arena_alloc(arena, sizeof *known);
    if (!known) return fault_set(fault, ERR_NOMEM, "not enough memory");
    known->target = target;
    known->vocabulary = vocabulary;
    known->language = vocabulary->language ? vocabulary->language : "vi";
    known->country = vocabulary->country ? vocabulary->country : country_of(known->language);
    known->today = vocabulary->today ? vocabulary->today : "9999-12-31";
    known->this_year = (int)strtol(known->today, NULL, 10);
    known->phrases.arena = known->squeezed.arena = known->codes.arena = arena;
    enum err e = prepare(arena, known, fault);
    if (e == ERR_NOMEM) return fault_set(fault, ERR_NOMEM, "not enough memory");
    if (e == OK) *ret = known;
    return e;
}
