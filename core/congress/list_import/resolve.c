/* Whom each row means. Everything that is not sure is a doubt, with those who may be meant; decisions that were given settle it. */
#include "core/base/text.h"
#include "core/congress/list_import/private.h"

#include <stdio.h>
#include <string.h>

static const char *value_of(const struct list_record *record, const char *field)
{
    const struct list_value *value = list_record_value(record, field);
    return value ? value->value : NULL;
}

static const char *lower(struct arena *arena, const char *text)
{
    const char *p = text;
    while (p && *p && (unsigned char)*p < 0x80 && !(*p >= 'A' && *p <= 'Z')) p++;
    return p && *p ? text_caseless(arena, text) : text; /* nearly all are written so */
}

/* --- what is compared --------------------------------------------------------------------------------------------------------------------------------- */

/* What a purge leaves of somebody: a row without a name, for the counters of past events. It is nobody whom a list can mean. */
#define ERASED "erased-"
static bool is_erased(const char *code)
{
    return strncmp(code, ERASED, strlen(ERASED)) == 0;
}

static enum err known_facts(struct list_import *m)
{
    const struct table *people = &m->plan.tables[ENTITY_PERSON], *units = &m->plan.tables[ENTITY_UNIT],
                       *delegates = m->plan.here ? &m->plan.here->tables[ENTITY_DELEGATE] : NULL;
    const size_t name = entity_column(ENTITY_PERSON, "name"), unit = entity_column(ENTITY_PERSON, "unit"), born = entity_column(ENTITY_PERSON, "born"),
                 gender = entity_column(ENTITY_PERSON, "gender"), phone = entity_column(ENTITY_PERSON, "phone"), email = entity_column(ENTITY_PERSON, "email"),
                 number = entity_column(ENTITY_DELEGATE, "number");
    struct match_facts *facts = arena_array(&m->arena, people->count + 1, sizeof *facts);
    if (!facts) return ERR_NOMEM;
    for (size_t i = 0; i < people->count; i++) {
        const struct db_value *v = people->rows[i]->now;
        people->rows[i]->index = i;
        if (is_erased(people->rows[i]->key)) continue;
        const struct row *of = v[unit].type == DB_TYPE_I64 ? table_find_id(units, v[unit].i64) : NULL, *delegate = delegates ? table_find(delegates,
                people->rows[i]->key) : NULL;
        facts[i] = (struct match_facts){.code = people->rows[i]->key, .name = v[name].text, .born = v[born].text, .phone = v[phone].text,
                                        .email = lower(&m->arena, v[email].text), .gender = v[gender].text, .unit = of ? of->key : NULL,
                                        .number = delegate ? row_values(delegate)[number].text : NULL};
    }
    m->known_facts = facts;
    m->known_count = people->count;
    m->named_by = arena_array(&m->arena, people->count + 1, sizeof *m->named_by);
    return m->named_by ? OK : ERR_NOMEM;
}

/* The unit by which a row's person is told from namesakes: their own, else that of the delegation. */
static const char *unit_of(struct list_import *m, const struct list_record *record)
{
    static const char *const codes[] = {"unit", "delegation"}, *const names[] = {"unit_name", "delegation_name"};
    for (int i = 0; i < 2; i++) {
        const char *code = value_of(record, codes[i]), *name = value_of(record, names[i]);
        if (code) return code;
        if (name) return text_fold(&m->arena, name);
    }
    const struct list_form *form = import_form_of(m, record);
    return form ? form->unit : NULL;
}

/* The code of whom a code means: of an entry that was merged into another, the one that stayed. */
static const char *code_of(struct list_import *m, const struct list_record *record)
{
    const char *code = value_of(record, "code");
    const struct row *person = code ? table_find(&m->plan.tables[ENTITY_PERSON], code) : NULL;
    return person && person->now ? person->key : code;
}

static enum err row_facts(struct list_import *m)
{
    struct match_facts *facts = arena_array(&m->arena, m->count + 1, sizeof *facts);
    if (!facts) return ERR_NOMEM;
    for (size_t i = 0; i < m->count; i++) {
        const struct list_record *r = m->rows[i].record;
        facts[i] = (struct match_facts){.code = code_of(m, r), .name = value_of(r, "name"), .born = value_of(r, "born"), .phone = value_of(r, "phone"),
                                        .email = lower(&m->arena, value_of(r, "email")), .gender = value_of(r, "gender"), .unit = unit_of(m, r),
                                        .number = value_of(r, "number")};
        bool is_new = facts[i].code && !table_find(&m->plan.tables[ENTITY_PERSON], facts[i].code);
        if (is_new && map_put(&m->codes, facts[i].code, &facts[i]) != 0) return ERR_NOMEM;
    }
    m->row_facts = facts;
    return OK;
}

static bool is_wrong(const struct list_row *row)
{
    for (size_t i = 0; i < row->record->flaw_count; i++)
        if (!row->record->flaws[i].doubtful) return true;
    return false;
}

/* The code and, letter by letter, the name: most rows of a list that comes again. 0: not so. */
static uint32_t sure_by_code(const struct list_import *m, const struct match_facts *facts)
{
    const struct row *person = facts->code ? table_find(&m->plan.tables[ENTITY_PERSON], facts->code) : NULL;
    const struct match_facts *known = person && person->now ? &m->known_facts[person->index] : NULL;
    return known && known->code && (!facts->name || strcmp(facts->name, known->name) == 0) ? (uint32_t)person->index + 1 : 0;
}

/* Whom rows mean beyond doubt. The rest is looked for among the known and among the rows, and only then these are made ready to be searched. */
static enum err find_sure(struct list_import *m)
{
    struct match_result match;
    bool all = true;
    m->sure = arena_array(&m->matching, m->count + 1, sizeof *m->sure);
    if (!m->sure) return ERR_NOMEM;
    for (size_t i = 0; i < m->count; i++) {
        m->sure[i] = sure_by_code(m, &m->row_facts[i]);
        all = all && m->sure[i];
    }
    if (all) return OK;
    enum err e = match_index_make(&m->matching, m->known_facts, m->known_count, &m->known_index);
    struct match_facts *others = arena_array(&m->matching, m->count + 1, sizeof *others);
    if (!others) return ERR_NOMEM;
    for (size_t i = 0; e == OK && i < m->count; i++) {
        if (m->sure[i] || is_wrong(&m->rows[i])) continue;
        e = match_find(m->known_index, &m->scratch, &m->row_facts[i], m->known_count, &match);
        arena_clear(&m->scratch);
        if (match.kind == MATCH_SAME) m->sure[i] = (uint32_t)match.index + 1;
        else others[i] = m->row_facts[i];
    }
    return e == OK ? match_index_make(&m->matching, others, m->count, &m->row_index) : e;
}

enum err import_facts(struct list_import *m)
{
    enum err e = known_facts(m);
    if (e == OK) e = row_facts(m);
    return e == OK ? find_sure(m) : e;
}

/* --- one row ------------------------------------------------------------------------------------------------------------------------------------------------ */

static enum err doubt(struct list_import *m, struct list_row *row, const struct match_result *match, bool in_file)
{
    row->kind = LIST_ROW_DOUBTFUL;
    row->match = arena_memdup(&m->arena, match, sizeof *match);
    row->match_in_file = in_file;
    return row->match ? OK : ERR_NOMEM;
}

/* Somebody known, by this row; a second row about them is a doubt. */
static enum err take_known(struct list_import *m, size_t at, size_t index)
{
    struct list_row *row = &m->rows[at];
    if (m->named_by[index]) {
        struct match_result match = {.kind = MATCH_DOUBT, .candidates = {{m->named_by[index] - 1, MATCH_IN_FILE}}, .count = 1};
        return doubt(m, row, &match, true);
    }
    m->named_by[index] = (uint32_t)at + 1;
    row->person = m->plan.tables[ENTITY_PERSON].rows[index];
    row->person_first = true;
    return OK;
}

static enum err make_person(struct list_import *m, struct list_row *row)
{
    struct table *people = &m->plan.tables[ENTITY_PERSON];
    const char *code = value_of(row->record, "code");
    if (code && table_find(people, code)) code = NULL; /* it is somebody else's, as was decided */
    if (code && !text_is_code(code)) {
        row->kind = LIST_ROW_WRONG;
        return import_add_flaw(m, row, "no_code", list_record_value(row->record, "code"), NULL);
    }
    if (!code) code = import_next_person_code(m);
    row->person = code ? table_new_row(&m->plan, people, code) : NULL;
    if (!row->person || table_add(&m->plan, people, row->person) != OK) return ERR_NOMEM;
    row->person->next[entity_column(ENTITY_PERSON, "code")] = value_text(code);
    row->person_first = true;
    return OK;
}

static bool only_new_rows(const struct list_import *m, struct match_result *match)
{
    size_t n = 0;
    for (size_t i = 0; i < match->count; i++)
        if (m->rows[match->candidates[i].index].person && !m->rows[match->candidates[i].index].person->now) match->candidates[n++] = match->candidates[i];
    match->count = n;
    return n > 0;
}

/* Nobody whom the register knows; perhaps an earlier row of the list. */
static enum err take_new(struct list_import *m, size_t at, bool decided)
{
    struct match_result match = {0};
    enum err e = decided ? OK : match_find(m->row_index, &m->scratch, &m->row_facts[at], at, &match);
    if (e != OK) return e;
    if (match.kind == MATCH_SAME) {
        match.candidates[0] = (struct match_candidate){match.index, MATCH_IN_FILE};
        match.count = 1;
        match.kind = MATCH_DOUBT;
    }
    for (size_t i = 0; i < match.count; i++)
        if (match.candidates[i].why == MATCH_NAMESAKES) match.candidates[i].why = MATCH_IN_FILE;
    if (match.kind == MATCH_DOUBT && only_new_rows(m, &match)) return doubt(m, &m->rows[at], &match, true);
    return make_person(m, &m->rows[at]);
}

static const char *decision_for(struct list_import *m, const struct list_row *row)
{
    char key[32];
    (void)snprintf(key, sizeof key, "%u/%u", (unsigned)row->record->place, (unsigned)row->record->row);
    return map_get(&m->decisions, key);
}

static enum err decide(struct list_import *m, size_t at)
{
    struct list_row *row = &m->rows[at];
    const char *word = row->decision;
    if (!word && m->options.doubts == LIST_DOUBTS_NEW) word = "new";
    if (!word && m->options.doubts == LIST_DOUBTS_LEAVE) word = "leave";
    if (!word && m->options.doubts == LIST_DOUBTS_SAME && row->match && !row->match_in_file &&
        row->match->count == 1) word = m->known_facts[row->match->candidates[0].index].code;
    if (!word) return OK;
    row->kind = LIST_ROW_SAME;
    if (strcmp(word, "leave") == 0) {
        row->kind = LIST_ROW_LEFT;
        return OK;
    }
    if (row->person || row->unit || !m->row_facts[at].name) return OK; /* "new": take it as it is */
    if (strcmp(word, "new") == 0) return take_new(m, at, true);
    const struct row *person = table_find(&m->plan.tables[ENTITY_PERSON], word);
    if (person && person->now && !is_erased(person->key)) return take_known(m, at, person->index);
    row->kind = LIST_ROW_WRONG;
    return import_add_flaw(m, row, "decided_nobody", NULL, word);
}

static bool has_doubts(const struct list_row *row)
{
    for (size_t i = 0; i < row->record->flaw_count; i++)
        if (row->record->flaws[i].doubtful) return true;
    return false;
}

static enum err resolve(struct list_import *m, size_t at)
{
    struct list_row *row = &m->rows[at];
    struct match_result match = {.kind = MATCH_SAME};
    row->kind = LIST_ROW_SAME;
    row->decision = decision_for(m, row);
    const struct match_facts *facts = &m->row_facts[at];
    if (is_wrong(row) || (facts->code && is_erased(facts->code))) {
        row->kind = LIST_ROW_WRONG;
        return is_wrong(row) ? OK : import_add_flaw(m, row, "code_erased", list_record_value(row->record, "code"), NULL);
    }
    if (!facts->name && !facts->code) { /* of a delegate: by their number, or a blank badge */
        bool by_number = m->options.target == LIST_DELEGATES && facts->number;
        if (by_number && has_doubts(row)) row->kind = LIST_ROW_DOUBTFUL;
        if (by_number) return row->kind == LIST_ROW_DOUBTFUL ? decide(m, at) : OK;
        row->kind = LIST_ROW_WRONG;
        return import_add_flaw(m, row, "no_name", NULL, NULL);
    }
    enum err e = m->sure[at] ? OK : match_find(m->known_index, &m->scratch, facts, m->known_count, &match);
    if (e == OK && match.kind == MATCH_SAME) e = take_known(m, at, m->sure[at] - 1);
    else if (e == OK && match.kind == MATCH_DOUBT) e = doubt(m, row, &match, false);
    else if (e == OK) e = take_new(m, at, false);
    if (e == OK) e = import_check_form(m, row);
    if (e == OK && row->kind == LIST_ROW_SAME && has_doubts(row)) row->kind = LIST_ROW_DOUBTFUL;
    return e == OK && row->kind == LIST_ROW_DOUBTFUL ? decide(m, at) : e;
}

static bool is_named(const struct row *unit, const char *fold)
{
    const char *own = row_values(unit)[entity_column(ENTITY_UNIT, "<name_fold>")].text;
    return own && fold && strcmp(own, fold) == 0;
}

/* Whether what the row says of the unit above is true of this one. */
static bool is_beneath(struct list_import *m, const struct row *unit, const struct list_record *record)
{
    const char *code = value_of(record, "parent"), *name = value_of(record, "parent_name");
    if (!code && !name) return true;
    if (unit->source && !unit->now) { /* new by a row above this one: what is above it is not worked out yet */
        const struct list_record *other = m->rows[unit->index - 1].record;
        const char *its_code = value_of(other, "parent"), *its_name = value_of(other, "parent_name");
        return code ? its_code && strcmp(code, its_code) == 0 : its_name && strcmp(name, its_name) == 0;
    }
    const struct db_value *above = &row_values(unit)[entity_column(ENTITY_UNIT, "parent")];
    const struct row *parent = above->type == DB_TYPE_I64 ? table_find_id(&m->plan.tables[ENTITY_UNIT], above->i64) : NULL;
    return parent && (code ? strcmp(parent->key, code) == 0 : is_named(parent, text_fold(&m->scratch, name)));
}

/* "Phòng Hành chính" is in many places: one of this name alone, or the one beneath what the row names. */
static struct row *unit_by_name(struct list_import *m, const struct list_record *record, const char *fold, struct row **ret_second)
{
    const struct table *units = &m->plan.tables[ENTITY_UNIT];
    struct row *found = NULL;
    for (size_t i = 0; fold && i < units->count; i++) {
        if (!is_named(units->rows[i], fold) || !is_beneath(m, units->rows[i], record)) continue;
        if (found) *ret_second = units->rows[i];
        else found = units->rows[i];
    }
    return found;
}

static enum err resolve_unit(struct list_import *m, struct list_row *row)
{
    struct table *units = &m->plan.tables[ENTITY_UNIT];
    const char *code = value_of(row->record, "code"), *name = value_of(row->record, "name");
    row->kind = is_wrong(row) ? LIST_ROW_WRONG : LIST_ROW_SAME;
    row->decision = decision_for(m, row);
    if (row->kind == LIST_ROW_WRONG) return OK;
    const char *fold = name ? text_fold(&m->arena, name) : NULL;
    if (code) row->unit = table_find(units, code);
    struct row *second = NULL;
    if (!row->unit && !code) row->unit = unit_by_name(m, row->record, fold, &second);
    if (second) {
        row->kind = LIST_ROW_WRONG;
        const char *both = arena_printf(&m->arena, "%s, %s", row->unit->key, second->key);
        row->unit = NULL;
        return both ? import_add_flaw(m, row, "unit_several", list_record_value(row->record, "name"), both) : ERR_NOMEM;
    }
    if (row->unit && row->unit->source) {
        row->kind = LIST_ROW_WRONG;
        return import_add_flaw(m, row, "unit_twice", list_record_value(row->record, code ? "code" : "name"), row->unit->key);
    }
    if (!row->unit && code && !text_is_code(code)) {
        row->kind = LIST_ROW_WRONG;
        return import_add_flaw(m, row, "no_code", list_record_value(row->record, "code"), NULL);
    }
    if (!row->unit) {
        if (!code) code = import_next_unit_code(m);
        row->unit = code ? table_new_row(&m->plan, units, code) : NULL;
        if (!row->unit) return ERR_NOMEM;
        row->unit->next[entity_column(ENTITY_UNIT, "code")] = value_text(code);
        row->unit->next[entity_column(ENTITY_UNIT, "<name_fold>")] = value_text(fold);
        if (table_add(&m->plan, units, row->unit) != OK) return ERR_NOMEM;
    }
    row->unit->source = m->passing; /* named by a row */
    row->unit->index = (size_t)(row - m->rows) + 1;
    row->unit_first = true;
    if (has_doubts(row)) row->kind = LIST_ROW_DOUBTFUL;
    return row->kind == LIST_ROW_DOUBTFUL ? decide(m, (size_t)(row - m->rows)) : OK;
}

enum err import_resolve(struct list_import *m, struct fault *fault)
{
    enum err e = m->options.target == LIST_UNITS ? OK : import_facts(m);
    for (size_t i = 0; e == OK && i < m->count; i++) {
        e = m->options.target == LIST_UNITS ? resolve_unit(m, &m->rows[i]) : resolve(m, i);
        arena_clear(&m->scratch);
    }
    arena_release(&m->matching); /* the facts stay, for the report */
    m->known_index = m->row_index = NULL;
    m->sure = NULL;
    return e == OK ? OK : fault_set(fault, e, "%s", e == ERR_NOMEM ? "not enough memory" : err_name(e));
}
