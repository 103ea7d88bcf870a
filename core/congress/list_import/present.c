/* Who stands in a list although no row of it was taken for them: in rows that were passed over, are wrong, or wait for a decision. Pruning counts them as named. */
#include "core/base/text.h"
#include "core/congress/list_import/private.h"

#include <string.h>

#define WORDS_LOOKED_AT 24 /* of one cell */
#define WORDS_OF_NAME 8

static enum err put(struct list_import *m, struct map *present, const char *kind, const char *text, size_t length)
{
    const char *key = arena_printf(&m->matching, "%s%.*s", kind, (int)length, text);
    return key && map_put(present, key, present) == 0 ? OK : ERR_NOMEM;
}

/* Every few words of it that stand beside each other may be a name, or a code. */
static enum err put_words(struct list_import *m, struct map *present, const char *text)
{
    const char *fold = text_fold(&m->scratch, text), *words[WORDS_LOOKED_AT];
    size_t count = 0;
    if (!fold) return ERR_NOMEM;
    for (const char *p = fold; *p && count < WORDS_LOOKED_AT; p += *p == ' ') {
        words[count++] = p;
        p += strcspn(p, " ");
    }
    for (size_t i = 0; i < count; i++)
        for (size_t k = i; k < count && k < i + WORDS_OF_NAME; k++)
            if (put(m, present, "", words[i], (size_t)(words[k] - words[i]) + strcspn(words[k], " ")) != OK) return ERR_NOMEM;
    return OK;
}

/* Where the numbers of badges stand in a sheet; UINT32_MAX: nowhere. */
static uint32_t number_column(const struct list_import *m, size_t place)
{
    for (size_t i = 0; i < m->mapping.column_count; i++) {
        const struct list_use *use = &m->mapping.columns[i].use;
        if (!use->field || strcmp(use->field->code, "number") != 0) continue;
        return m->mapping.places[place].at ? m->mapping.places[place].at[i] : m->mapping.columns[i].column;
    }
    return UINT32_MAX;
}

static enum err put_passed(struct list_import *m, struct map *present, const struct list_passed *passed)
{
    const struct sheet_row *row = sheet_find_row(&m->book.sheets[m->mapping.places[passed->place].sheet], passed->row);
    uint32_t number = number_column(m, passed->place);
    enum err e = OK;
    if (passed->why == LIST_PASSED_TITLE || passed->why == LIST_PASSED_HEADER || passed->why == LIST_PASSED_NUMBERS) return OK;
    for (size_t i = 0; row && e == OK && i < row->count; i++) {
        const char *text = row->cells[i].text;
        if (!text) continue;
        e = put_words(m, present, text);
        if (e == OK && row->cells[i].column == number) e = put(m, present, "#", text, strlen(text));
    }
    return e;
}

static enum err put_row(struct list_import *m, struct map *present, const struct list_row *row)
{
    const struct list_value *name = list_record_value(row->record, "name"), *code = list_record_value(row->record, "code"),
                            *number = list_record_value(row->record, "number");
    enum err e = name ? put_words(m, present, name->value) : OK;
    if (e == OK && code) e = put_words(m, present, code->value);
    if (e == OK && number) e = put(m, present, "#", number->value, strlen(number->value));
    for (size_t i = 0; e == OK && i < row->record->flaw_count; i++) e = put_words(m, present, row->record->flaws[i].written);
    for (size_t i = 0; e == OK && row->match && !row->match_in_file && i < row->match->count; i++)
        e = put_words(m, present, m->known_facts[row->match->candidates[i].index].code);
    return e;
}

enum err import_present(struct list_import *m, struct map *present)
{
    enum err e = OK;
    for (size_t i = 0; e == OK && i < m->table.passed_count; i++) {
        e = put_passed(m, present, &m->table.passed[i]);
        arena_clear(&m->scratch);
    }
    for (size_t i = 0; e == OK && i < m->count; i++) {
        enum list_row_kind kind = m->rows[i].kind;
        if (m->rows[i].record && (kind == LIST_ROW_WRONG || kind == LIST_ROW_DOUBTFUL || kind == LIST_ROW_LEFT)) e = put_row(m, present, &m->rows[i]);
        arena_clear(&m->scratch);
    }
    return e;
}

enum err import_is_present(struct list_import *m, const struct map *present, const struct row *person, const char *number, bool *ret)
{
    const char *name = row_values(person)[entity_column(ENTITY_PERSON, "name")].text, *fold = text_fold(&m->scratch, name ? name : ""),
               *code = text_fold(&m->scratch, person->key), *key = arena_printf(&m->scratch, "#%s", number ? number : "");
    if (!fold || !code || !key) return ERR_NOMEM;
    *ret = map_get(present, fold) || map_get(present, code) || (number && map_get(present, key));
    arena_clear(&m->scratch);
    return OK;
}
