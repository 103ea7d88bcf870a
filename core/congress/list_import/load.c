/* What is stored, as the list's reading and the plan need it; running numbers of new codes. */
#include "core/base/text.h"
#include "core/congress/list_import/private.h"

#include <stdlib.h>
#include <string.h>

#define PERSON_PREFIX "P"
#define UNIT_PREFIX "U"
#define WIDTH_LEAST 4

static enum err no_memory(struct fault *fault)
{
    return fault_set(fault, ERR_NOMEM, "not enough memory");
}

static enum list_attribute_type attribute_type(const char *kind)
{
    static const char *const names[] = {[LIST_ATTRIBUTE_YES_NO] = "yes_no", [LIST_ATTRIBUTE_CHOICE] = "choice", [LIST_ATTRIBUTE_TEXT] = "text",
                                        [LIST_ATTRIBUTE_NUMBER] = "number", [LIST_ATTRIBUTE_DATE] = "date"};
    for (int i = 0; i < (int)(sizeof names / sizeof names[0]); i++)
        if (strcmp(names[i], kind) == 0) return (enum list_attribute_type)i;
    return LIST_ATTRIBUTE_TEXT;
}

/* {"uni": title, …} as terms; titles in their stored form. */
static enum err read_choices(struct arena *arena, const char *stored, struct list_attribute *ret)
{
    json_t *choices = NULL, *title;
    const char *code;
    if (!stored) return OK;
    enum err e = json_read(stored, strlen(stored), &choices, NULL);
    if (e != OK) return e;
    struct list_term *terms = arena_array(arena, json_object_size(choices) + 1, sizeof *terms);
    if (!terms) e = ERR_NOMEM;
    json_object_foreach(choices, code, title) {
        if (e != OK) break;
        struct list_term *term = &terms[ret->value_count++];
        term->code = arena_strdup(arena, code);
        term->title = json_is_string(title) ? arena_strdup(arena, json_string_value(title)) : json_text(arena, title);
        if (!term->code || !term->title) e = ERR_NOMEM;
    }
    ret->values = terms;
    json_decref(choices);
    return e;
}

static enum err load_attributes(struct list_import *m)
{
    const struct table *types = &m->plan.tables[ENTITY_ATTRIBUTE_TYPE];
    const size_t title = entity_column(ENTITY_ATTRIBUTE_TYPE, "title"), type = entity_column(ENTITY_ATTRIBUTE_TYPE, "type"),
                 values = entity_column(ENTITY_ATTRIBUTE_TYPE, "values"), sensitive = entity_column(ENTITY_ATTRIBUTE_TYPE, "sensitive");
    struct list_attribute *list = arena_array(&m->arena, types->count + 1, sizeof *list);
    enum err e = list ? OK : ERR_NOMEM;
    for (size_t i = 0; e == OK && i < types->count; i++) {
        const struct db_value *v = types->rows[i]->now;
        list[i] = (struct list_attribute){.code = types->rows[i]->key, .title = v[title].text, .type = attribute_type(v[type].text),
                                          .sensitive = v[sensitive].i64 != 0};
        e = read_choices(&m->arena, v[values].text, &list[i]);
    }
    m->vocabulary.attributes = list;
    m->vocabulary.attribute_count = types->count;
    return e;
}

static enum err load_terms(struct arena *arena, const struct table *table, const char *title_key, const struct list_term **ret, size_t *ret_count)
{
    size_t title = entity_column(table->kind, title_key);
    struct list_term *terms = arena_array(arena, table->count + 1, sizeof *terms);
    if (!terms) return ERR_NOMEM;
    for (size_t i = 0; i < table->count; i++) terms[i] = (struct list_term){table->rows[i]->key, table->rows[i]->now[title].text};
    *ret = terms;
    *ret_count = table->count;
    return OK;
}

static enum err load_codes(struct list_import *m)
{
    const struct table *people = &m->plan.tables[ENTITY_PERSON];
    const char **codes = arena_array(&m->arena, people->count + 1, sizeof *codes);
    if (!codes) return ERR_NOMEM;
    for (size_t i = 0; i < people->count; i++) codes[i] = people->rows[i]->key;
    m->vocabulary.codes = codes;
    m->vocabulary.code_count = people->count;
    return OK;
}

/* The number of a code that is a prefix and digits; -1: another kind of code. */
static int64_t running_number(const char *code, const char *prefix)
{
    size_t n = strlen(prefix), digits = strspn(code + (strncmp(code, prefix, n) == 0 ? n : 0), "0123456789");
    if (strncmp(code, prefix, n) != 0 || digits == 0 || digits > 9 || code[n + digits]) return -1;
    return strtoll(code + n, NULL, 10);
}

static enum err last_number(struct list_import *m, const struct table *table, const char *prefix, const char *setting, int64_t *ret_next, int *ret_width)
{
    const char *given = NULL;
    int64_t last = 0;
    size_t width = WIDTH_LEAST;
    for (size_t i = 0; i < table->count; i++) {
        int64_t number = running_number(table->rows[i]->key, prefix);
        if (number < 0) continue;
        if (number > last) last = number;
        if (strlen(table->rows[i]->key) - strlen(prefix) > width) width = strlen(table->rows[i]->key) - strlen(prefix);
    }
    enum err e = m->db ? setting_read(m->db, &m->arena, setting, &given) : OK;
    if (e == OK && given && strtoll(given, NULL, 10) > last) last = strtoll(given, NULL, 10);
    *ret_next = last + 1;
    *ret_width = (int)width;
    return e;
}

enum err import_code_numbers(struct list_import *m)
{
    enum err e = last_number(m, &m->plan.tables[ENTITY_PERSON], PERSON_PREFIX, IMPORT_PERSON_NUMBER, &m->next_person, &m->person_width);
    return e == OK ? last_number(m, &m->plan.tables[ENTITY_UNIT], UNIT_PREFIX, IMPORT_UNIT_NUMBER, &m->next_unit, &m->unit_width) : e;
}

const char *import_next_person_code(struct list_import *m)
{
    for (;;) {
        const char *code = arena_printf(&m->arena, PERSON_PREFIX "%0*lld", m->person_width, (long long)m->next_person++);
        if (!code || (!map_get(&m->codes, code) && !table_find(&m->plan.tables[ENTITY_PERSON], code))) return code;
    }
}

const char *import_next_unit_code(struct list_import *m)
{
    for (;;) {
        const char *code = arena_printf(&m->arena, UNIT_PREFIX "%0*lld", m->unit_width, (long long)m->next_unit++);
        if (!code || !table_find(&m->plan.tables[ENTITY_UNIT], code)) return code;
    }
}

static enum err load_vocabulary(struct list_import *m, struct fault *fault)
{
    char day[REGISTER_DAY_SIZE];
    m->language = plan_first_language(&m->plan);
    memcpy(day, m->plan.today, sizeof day);
    enum err e = m->db ? register_today(m->db, &m->scratch, m->plan.now_ms, day) : OK;
    m->vocabulary = (struct list_vocabulary){.language = m->language, .today = arena_strdup(&m->arena, day)};
    if (e == OK) e = load_attributes(m);
    if (e == OK) e = load_terms(&m->arena, &m->plan.tables[ENTITY_UNIT], "name", &m->vocabulary.units, &m->vocabulary.unit_count);
    if (e == OK && m->plan.here) e = load_terms(&m->arena, &m->plan.here->tables[ENTITY_CATEGORY], "title", &m->vocabulary.categories,
                                                &m->vocabulary.category_count);
    if (e == OK) e = load_codes(m);
    if (e == OK && !m->vocabulary.today) e = ERR_NOMEM;
    if (e == ERR_NOMEM) return no_memory(fault);
    if (e != OK) return m->db ? db_fault(m->db, e, fault, "read what is stored") : e;
    return list_prepare(&m->arena, m->options.target, &m->vocabulary, &m->known, fault);
}

enum err import_load(struct list_import *m, struct fault *fault)
{
    m->plan = (struct plan){.db = m->db, .arena = &m->arena, .options = &m->plan_options, .rechecking = true /* files are not looked at */};
    enum err e = plan_open(&m->plan, fault);
    m->lasting = m->plan.keep; /* what is stored stands in it */
    m->plan.keep = m->passing = json_array();
    if (e == OK && !m->passing) e = no_memory(fault);
    if (e == OK && m->options.target == LIST_DELEGATES) e = plan_take_event(&m->plan, m->options.event, fault);
    if (m->db) db_release_memory(m->db);
    if (e == OK && import_code_numbers(m) != OK) e = no_memory(fault);
    return e == OK ? load_vocabulary(m, fault) : e;
}
