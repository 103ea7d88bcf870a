/* The plan as a whole. */
#include "core/congress/list_import/list_import.h"
#include "core/base/file.h"
#include "core/congress/list_import/private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *list_row_kind_name(enum list_row_kind kind)
{
    static const char *const names[LIST_ROW_KIND_COUNT] = {"new", "changed", "same", "doubtful", "wrong", "left", "removed"};
    return names[kind];
}

static enum err no_memory(struct fault *fault)
{
    return fault_set(fault, ERR_NOMEM, "not enough memory");
}

enum err list_import_lock(const char *folder, int *ret_fd, struct fault *fault)
{
    struct arena arena = {0};
    const char *path = file_join(&arena, folder, "list_import.lock");
    enum err e = path ? file_lock(path, ret_fd, fault) : ERR_NOMEM;
    arena_release(&arena);
    if (e == ERR_BUSY) return fault_because(fault, e, "list_import_busy", NULL, "another list is being taken in, or taken back: wait a moment and try again");
    return e;
}

static enum err take_decisions(struct list_import *m)
{
    for (size_t i = 0; i < m->options.decision_count; i++) {
        const struct list_decision *d = &m->options.decisions[i];
        const char *key = arena_printf(&m->arena, "%u/%u", (unsigned)d->place, (unsigned)d->row), *word = arena_strdup(&m->arena, d->decision);
        if (!key || !word || map_put(&m->decisions, key, (void *)word) != 0) return ERR_NOMEM;
    }
    return OK;
}

static enum err read_rows(struct list_import *m, struct fault *fault)
{
    enum err e = m->options.target == LIST_UNITS ? own_units_learn(m, fault) : OK;
    if (e == OK) e = list_read(m->known, &m->book, &m->mapping, &m->arena, &m->table, fault);
    if (e != OK) return e;
    m->capacity = m->table.count + 1;
    m->rows = arena_array(&m->arena, m->capacity, sizeof *m->rows);
    if (!m->rows) return no_memory(fault);
    m->count = m->table.count;
    for (size_t i = 0; i < m->count; i++) m->rows[i].record = &m->table.records[i];
    if (m->options.target == LIST_UNITS && own_units_name(m) != OK) return no_memory(fault);
    return OK;
}

static enum err merge_people(struct list_import *m)
{
    enum err e = OK;
    for (size_t i = 0; e == OK && i < m->count; i++) {
        struct list_row *row = &m->rows[i];
        if (row->kind == LIST_ROW_SAME && row->person) e = import_merge_person(m, row);
        arena_clear(&m->scratch);
    }
    return e;
}

/* What a row comes to. */
static void settle(const struct list_import *m, struct list_row *row)
{
    if (row->kind != LIST_ROW_SAME) return;
    for (size_t i = 0; i < row->flaw_count; i++) {
        if (row->flaws[i].doubtful) continue; /* decided about */
        row->kind = LIST_ROW_WRONG;
        return;
    }
    const struct row *delegate = row->delegate && !row->delegate->kept ? row->delegate : NULL;
    const struct row *subject = row->unit ? row->unit : delegate ? delegate : row->person;
    bool differs = (row->unit && import_row_differs(ENTITY_UNIT, row->unit)) || import_writes_person(m, row) ||
                   (delegate && import_row_differs(ENTITY_DELEGATE, delegate));
    if (subject && !subject->now) row->kind = LIST_ROW_NEW;
    else if (differs) row->kind = LIST_ROW_CHANGED;
}

static enum err make_plan(struct list_import *m, struct fault *fault)
{
    enum err e = import_resolve(m, fault);
    if (e != OK) return e;
    if (m->options.target == LIST_UNITS) {
        e = import_units(m, fault);
    } else {
        e = merge_people(m);
        if (e == OK && m->options.keeps_people) e = import_keep_foreign(m);
        if (e == OK && m->options.target == LIST_DELEGATES) e = import_name_delegates(m);
        if (e == OK && m->options.target == LIST_DELEGATES) e = import_delegates(m);
        if (e == OK && m->options.target == LIST_DELEGATES && m->options.prune) e = import_prune(m);
        if (e != OK) fault_set(fault, e, "%s", e == ERR_NOMEM ? "not enough memory" : err_name(e));
    }
    if (e == OK && import_hints(m) != OK) e = no_memory(fault);
    for (size_t i = 0; e == OK && i < m->count; i++) {
        settle(m, &m->rows[i]);
        m->counts[m->rows[i].kind]++;
    }
    return e;
}

static enum err check_options(const struct list_import_options *o, struct fault *fault)
{
    if (o->target == LIST_DELEGATES && !o->event) return fault_set(fault, ERR_USAGE, "a list of delegates needs the event");
    if (o->target != LIST_DELEGATES && o->prune)
        return fault_set(fault, ERR_USAGE, "--prune withdraws delegates whom a list does not name: people and units of the register stay, whatever a list says");
    return OK;
}

enum err list_import_open_files(struct db *db, const struct list_import_file *files, size_t count, bool trusted, const struct list_import_options *options,
                                list_import_watch *watch, void *context, struct list_import **ret, struct fault *fault)
{
    enum err e = check_options(options, fault);
    if (e != OK) return e;
    struct list_import *m = calloc(1, sizeof *m);
    if (!m) return no_memory(fault);
    m->db = db;
    m->options = *options;
    m->file_name = count == 1 ? arena_strdup(&m->arena, files[0].name) : arena_printf(&m->arena, "%s (+%zu)", files[0].name, count - 1);
    m->decisions.arena = m->codes.arena = m->new_units.arena = m->own_units.arena = &m->arena;
    e = m->file_name && take_decisions(m) == OK ? OK : no_memory(fault);
    if (e == OK) e = import_read_files(m, files, count, trusted, watch, context, fault);
    if (e == OK) e = import_load(m, fault);
    if (e == OK) e = import_judge_files(m, fault);
    if (e == OK) e = import_find_mapping(m, fault);
    if (e == OK) import_judge_places(m);
    if (e == OK) e = read_rows(m, fault);
    if (e == OK) e = make_plan(m, fault);
    if (e == OK) *ret = m;
    else list_import_close(m);
    return e;
}

enum err list_import_open(struct db *db, const char *path, const char *file_name, bool trusted, const struct list_import_options *options, struct list_import **ret,
                          struct fault *fault)
{
    const struct list_import_file file = {.path = path, .name = file_name};
    return list_import_open_files(db, &file, 1, trusted, options, NULL, NULL, ret, fault);
}

void list_import_close(struct list_import *m)
{
    if (!m) return;
    m->plan.keep = NULL;
    plan_release(&m->plan);
    json_decref(m->lasting);
    json_decref(m->passing);
    arena_release(&m->matching);
    arena_release(&m->scratch);
    arena_release(&m->arena);
    free(m);
}

void list_import_counts(const struct list_import *m, size_t ret[LIST_ROW_KIND_COUNT], size_t *ret_passed_over)
{
    memcpy(ret, m->counts, sizeof m->counts);
    *ret_passed_over = m->table.passed_count;
}

const struct list_mapping *list_import_mapping(const struct list_import *m)
{
    return &m->mapping;
}

enum err list_import_ready(const struct list_import *m, struct fault *fault)
{
    char number[24];
    size_t doubtful = m->counts[LIST_ROW_DOUBTFUL], wrong = m->counts[LIST_ROW_WRONG];
    (void)snprintf(number, sizeof number, "%zu", doubtful ? doubtful : wrong);
    if (doubtful)
        return fault_because(fault, ERR_CONFLICT, "list_doubtful", number, "%zu rows are doubtful: decide about each of them, or about all at once", doubtful);
    if (wrong && !m->options.take_good)
        return fault_because(fault, ERR_CONFLICT, "list_wrong", number, "%zu rows are wrong: put them right in the file, or take the others without them", wrong);
    size_t bad = import_bad_files(m);
    (void)snprintf(number, sizeof number, "%zu", bad);
    if (bad && !m->options.take_good)
        return fault_because(fault, ERR_CONFLICT, "list_files", number, "%zu files cannot be used: put them right, or take the others without them", bad);
    if (m->options.prune && (bad || wrong || m->counts[LIST_ROW_LEFT]))
        return fault_because(fault, ERR_CONFLICT, "list_prune", NULL,
                             "rows that are wrong or left may be those who would be withdrawn: nobody is withdrawn by such a list");
    return OK;
}
