/* The files of an import as one book, and what each is. */
#include "core/congress/list_import/list_files.h"
#include "core/base/text.h"
#include "core/congress/list_import/private.h"

#include <stdio.h>
#include <string.h>

static enum err no_memory(struct fault *fault)
{
    return fault_set(fault, ERR_NOMEM, "not enough memory");
}

static bool is_of_file(enum err e)
{
    return e == ERR_INPUT || e == ERR_LIMIT || e == ERR_NOT_FOUND;
}

/* --- reading --------------------------------------------------------------------------------------------------------------------------------- */

struct joining {
    struct list_import *m;
    struct sheet *sheets;
    size_t capacity, count;
    size_t files_capacity, marks_capacity;
};

static enum err add_sheet(struct joining *j, size_t file, const struct sheet *sheet, const struct list_form *mark)
{
    struct list_import *m = j->m;
    if (arena_grow(&m->arena, &j->sheets, &j->capacity, j->count, sizeof *j->sheets) != 0 ||
        arena_grow(&m->arena, &m->sheet_files, &j->files_capacity, j->count, sizeof *m->sheet_files) != 0 ||
        arena_grow(&m->arena, &m->sheet_marks, &j->marks_capacity, j->count, sizeof *m->sheet_marks) != 0) return ERR_NOMEM;
    j->sheets[j->count] = *sheet;
    m->sheet_files[j->count] = (uint32_t)file;
    m->sheet_marks[j->count] = NULL;
    if (mark && !(m->sheet_marks[j->count] = arena_memdup(&m->arena, mark, sizeof *mark))) return ERR_NOMEM;
    j->count++;
    return OK;
}

static enum err add_book(struct joining *j, size_t index, const struct sheet_book *book)
{
    struct import_file *file = &j->m->files[index];
    for (size_t i = 0; i < book->count; i++) {
        struct list_form mark;
        enum list_form_found found = list_form_of(book, i, &mark);
        if (list_form_is_own_sheet(&book->sheets[i])) continue; /* ours, whoever sends it */
        if (found == LIST_FORM_BROKEN && !book->sheets[i].hidden) (void)fault_because(&file->problem, ERR_INPUT, "list_form_broken", NULL,
            "the line by which a form is known was changed: put the unit's people into the form anew, or delete that line and give it as a plain list");
        file->sheets++;
        enum err e = add_sheet(j, index, &book->sheets[i], found == LIST_FORM_FOUND ? &mark : NULL);
        if (e != OK) return e;
    }
    return OK;
}

static enum err read_one(struct joining *j, size_t index, const struct list_import_file *source, bool trusted, struct fault *fault)
{
    struct list_import *m = j->m;
    struct import_file *file = &m->files[index];
    struct sheet_book book = {0};
    struct sheet nothing = {.name = ""};
    file->left_out = source->left_out;
    enum err e = source->left_out ? ERR_INPUT : (trusted ? sheet_read_file : sheet_read_apart)(source->path, &m->arena, NULL, &book, &file->problem);
    if (e == OK) {
        if (!m->book.format || index == 0) m->book = book;
        e = add_book(j, index, &book);
    } else if (is_of_file(e)) {
        if (!source->left_out && m->file_count == 1) return *fault = file->problem, e;
        e = add_sheet(j, index, &nothing, NULL); /* so that places keep their numbers */
    } else {
        *fault = file->problem;
    }
    return e;
}

enum err import_read_files(struct list_import *m, const struct list_import_file *files, size_t count, bool trusted, list_import_watch *watch, void *context,
                           struct fault *fault)
{
    struct joining j = {.m = m};
    struct fault own = {0};
    m->files = arena_array(&m->arena, count + 1, sizeof *m->files);
    m->file_count = count;
    enum err e = m->files ? OK : ERR_NOMEM;
    for (size_t i = 0; e == OK && i < count; i++) {
        m->files[i].name = arena_strdup(&m->arena, files[i].name);
        e = m->files[i].name ? read_one(&j, i, &files[i], trusted, &own) : ERR_NOMEM;
        if (e == OK && watch && !watch(context, i + 1, count)) e = fault_because(&own, ERR_BUSY, "list_stopped", NULL, "it was stopped; nothing was written");
    }
    if (e != OK) {
        if (fault) *fault = own;
        return own.text[0] ? e : no_memory(fault);
    }
    m->book.sheets = j.sheets;
    m->book.count = j.count;
    m->sheets = j.sheets;
    return OK;
}

/* --- what marks say -------------------------------------------------------------------------------------------------------------------------- */

static void refuse(struct import_file *file, const char *reason, const char *detail, const char *sentence)
{
    if (!file->problem.code) (void)fault_because(&file->problem, ERR_INPUT, reason, detail, "%s%s%s", sentence, detail ? ": " : "", detail ? detail : "");
}

static void judge_mark(struct list_import *m, size_t sheet)
{
    const struct list_form *mark = m->sheet_marks[sheet];
    struct import_file *file = &m->files[m->sheet_files[sheet]];
    if (!file->unit) file->unit = mark->unit;
    bool delegates = mark->target == LIST_DELEGATES;
    if (mark->target != m->options.target && delegates) refuse(file, "list_form_delegates", mark->event, "this is a form of delegates of an event");
    else if (mark->target != m->options.target) refuse(file, "list_form_people", NULL, "this is a form of people of the register");
    else if (m->options.event && strcmp(m->options.event, mark->event) != 0) refuse(file, "list_form_event", mark->event, "this is a form of another event");
    else if (!table_find(&m->plan.tables[ENTITY_UNIT], mark->unit)) refuse(file, "list_form_unit", mark->unit, "the unit of this form is not there any more");
}

/* One unit told twice: nobody can see which is right. */
static enum err find_twice(struct list_import *m)
{
    struct map units = {.arena = &m->arena};
    for (size_t i = 0; i < m->book.count; i++) {
        const struct list_form *mark = m->sheet_marks[i];
        struct import_file *file = &m->files[m->sheet_files[i]], *other = mark ? map_get(&units, mark->unit) : NULL;
        if (!mark || m->book.sheets[i].hidden || (file->problem.code && !other)) continue;
        if (!other && map_put(&units, mark->unit, file) != 0) return ERR_NOMEM;
        if (!other || other == file) continue;
        refuse(file, "list_form_twice", mark->unit, "this unit is told by another file too; leave one of them out");
        refuse(other, "list_form_twice", mark->unit, "this unit is told by another file too; leave one of them out");
    }
    return OK;
}

enum err import_judge_files(struct list_import *m, struct fault *fault)
{
    for (size_t i = 0; i < m->book.count; i++)
        if (m->sheet_marks[i] && !m->book.sheets[i].hidden) judge_mark(m, i);
    if (find_twice(m) != OK) return no_memory(fault);
    size_t read = 0;
    for (size_t i = 0; i < m->book.count; i++) {
        const struct import_file *file = &m->files[m->sheet_files[i]];
        if (!file->problem.code && !file->left_out) {
            read += m->sheets[i].count > 0;
            continue;
        }
        m->sheets[i] = (struct sheet){.name = m->sheets[i].name, .hidden = m->sheets[i].hidden};
        m->sheet_marks[i] = NULL;
    }
    if (read) return OK;
    for (size_t i = 0; i < m->file_count; i++) {
        if (!m->files[i].problem.code) continue;
        if (fault) *fault = m->files[i].problem;
        if (m->file_count > 1) fault_prefix(fault, "%.80s", m->files[i].name);
        return m->files[i].problem.code;
    }
    return fault_because(fault, ERR_INPUT, "sheet_empty", NULL, "there is nothing to read");
}

/* When it is known what the table is: files that have another one. */
void import_judge_places(struct list_import *m)
{
    for (size_t i = 0; i < m->book.count; i++) /* a form's own mark, not the name of its sheet, says whose it is */
        if (m->sheet_marks[i] && m->mapping.ways.units == LIST_UNITS_SHEETS) m->mapping.ways.units = LIST_UNITS_NO;
    for (size_t i = 0; m->file_count > 1 && i < m->mapping.place_count; i++)
        if (m->mapping.places[i].taken) m->files[m->sheet_files[m->mapping.places[i].sheet]].taken = true;
    for (size_t i = 0; m->file_count > 1 && i < m->file_count; i++)
        if (!m->files[i].taken && !m->files[i].left_out) refuse(&m->files[i], "list_not_alike", NULL,
            "its columns are others than those of the other files: give it alone");
}

size_t import_bad_files(const struct list_import *m)
{
    size_t count = 0;
    for (size_t i = 0; i < m->file_count; i++) count += m->files[i].problem.code && !m->files[i].left_out;
    return count;
}

const char *import_place_file(const struct list_import *m, uint32_t place, bool *ret_has_sheets)
{
    const struct import_file *file = &m->files[m->sheet_files[m->mapping.places[place].sheet]];
    *ret_has_sheets = file->sheets > 1;
    return file->name;
}
