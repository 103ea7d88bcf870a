/* The plan written, in slices of a few milliseconds, so that check-ins and desks have their turn in between. Each slice writes rows and, in the same
 * transaction, what they were in the journal: whatever happens, the journal says exactly what was done. */
#include "catalogue.h"
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/congress/list_import/apply.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define INDEX_ROWS 500

/* --- slices ----------------------------------------------------------------------------------------------------------------------------------------------------- */

int64_t slice_length(const struct list_import_door *door)
{
    return door->slice_us ? door->slice_us : LIST_SLICE_US;
}

enum err slice_begin(struct slice *s, struct db *db, struct write_tools *tools)
{
    s->db = db;
    s->tools = tools;
    arena_clear(s->arena);
    s->doing = (struct register_doing){.db = db, .arena = s->arena, .ids = &tools->ids, .at_ms = s->at_ms, .actor = s->actor, .source = s->source,
                                       .of_event = s->m && s->m->plan.here ? s->m->plan.here->row->now[0].i64 : 0, .fault = s->fault};
    return register_begin(&s->doing);
}

static enum err run_slice(struct db *db, struct write_tools *tools, void *arg, struct fault *fault)
{
    struct applying *a = arg;
    int64_t until = clock_steady_us() + a->slice.slice_us;
    struct slice *s = &a->after;
    *s = a->slice; /* it may be run again */
    s->fault = fault;
    a->until = a->from;
    enum err e = slice_begin(s, db, tools);
    while (e == OK && a->until < a->count && (a->until == a->from || a->items[a->until].joined || clock_steady_us() < until))
        e = apply_item(s, &a->items[a->until++]);
    if (e == OK || (fault && fault->code)) return e;
    return db_fault(db, e, fault, "write the list");
}

/* Whoever is new is found from the end on, all at once or nearly: in the order of lists, which is the quickest. */
static enum err index_slice(struct db *db, struct write_tools *tools, void *arg, struct fault *fault)
{
    struct applying *a = arg;
    const struct names *n = a->indexing;
    size_t rest = n->count - n->done, count = rest < INDEX_ROWS ? rest : INDEX_ROWS;
    (void)tools;
    arena_clear(a->slice.arena);
    enum err e = find_index_add(db, a->slice.arena, n->event_id, n->ids + n->done, count, rest - count);
    return e == OK ? OK : db_fault(db, e, fault, "index the names");
}

static int by_sort(const void *left, const void *right)
{
    const struct item *x = left, *y = right;
    const char *a = x->sort, *b = y->sort;
    int order = strcmp(a, b);
    int64_t i = x->subject->next[0].i64, k = y->subject->next[0].i64;
    return order ? order : (i > k) - (i < k);
}

static enum err list_names(struct applying *a, enum item_kind kind, int64_t event_id, struct names *ret)
{
    const size_t sort = entity_column(ENTITY_PERSON, "<name_sort>"), number = entity_column(ENTITY_DELEGATE, "number");
    struct item *items = arena_array(&a->arena, a->count + 1, sizeof *items);
    size_t n = 0;
    if (!items) return ERR_NOMEM;
    for (size_t i = 0; i < a->count; i++) {
        const struct item *item = &a->items[i];
        if (item->kind != kind || item->subject->now) continue;
        items[n] = *item;
        const struct row *person = kind == ITEM_PERSON ? item->subject : item->row->person;
        items[n].sort = person ? row_values(person)[sort].text : arena_printf(&a->arena, "~%s", item->subject->next[number].text);
        if (!items[n++].sort) return ERR_NOMEM;
    }
    qsort(items, n, sizeof *items, by_sort);
    int64_t *ids = arena_array(&a->arena, n + 1, sizeof *ids);
    if (!ids) return ERR_NOMEM;
    for (size_t i = 0; i < n; i++) ids[i] = items[i].subject->next[0].i64;
    *ret = (struct names){event_id, ids, n, 0};
    return OK;
}

static enum err index_names(struct applying *a, const struct list_import_door *door, struct fault *fault)
{
    struct names all[2] = {{0}};
    enum err e = list_names(a, ITEM_PERSON, 0, &all[0]);
    if (e == OK && a->m->plan.here) e = list_names(a, ITEM_DELEGATE, a->m->plan.here->row->now[0].i64, &all[1]);
    if (e != OK) return fault_set(fault, e, "not enough memory");
    for (int i = 0; e == OK && i < 2; i++) {
        for (a->indexing = &all[i]; e == OK && all[i].done < all[i].count; all[i].done += INDEX_ROWS) e = door->run(door->context, index_slice, a, fault);
    }
    return e;
}

/* Where there is none yet it is made before it has much to hold. */
static enum err begin_index(struct db *db, int64_t event_id)
{
    int64_t from, until;
    return find_index_range(db, event_id, &from, &until) == ERR_NOT_FOUND ? find_index_sync(db, event_id) : OK;
}

static enum err begin_import(struct db *db, struct write_tools *tools, void *arg, struct fault *fault)
{
    struct applying *a = arg;
    struct list_import *m = a->m;
    struct sql_list_import_next_row next;
    (void)tools;
    enum err e = sql_list_import_next(db, NULL, &next);
    if (e != OK) return db_fault(db, e, fault, "begin the import");
    const struct sql_list_import_begin_in in = {next.number, list_target_name(m->options.target), m->plan.here ? m->plan.here->row->now[0].i64 : DB_NULL,
                                                file_base_name(m->file_name), m->options.actor, a->slice.at_ms, a->detail};
    e = sql_list_import_begin(db, &in, NULL);
    a->slice.number = next.number;
    if (e == OK) e = begin_index(db, 0);
    if (e == OK && in.event_id != DB_NULL) e = begin_index(db, in.event_id);
    return e == OK ? OK : db_fault(db, e, fault, "begin the import");
}

static enum err keep_numbers(struct db *db, const struct list_import *m)
{
    char text[24];
    (void)snprintf(text, sizeof text, "%lld", (long long)m->next_person - 1);
    enum err e = setting_write(db, IMPORT_PERSON_NUMBER, text);
    (void)snprintf(text, sizeof text, "%lld", (long long)m->next_unit - 1);
    return e == OK ? setting_write(db, IMPORT_UNIT_NUMBER, text) : e;
}

static enum err remember(struct db *db, struct applying *a)
{
    char *headings = import_headings(a->slice.arena, &a->m->mapping), *mapping = NULL;
    enum err e = headings ? list_mapping_write(&a->m->mapping, false, a->slice.arena, &mapping) : ERR_NOMEM;
    const struct sql_list_import_mapping_keep_in in = {list_target_name(a->m->options.target), headings, mapping, a->slice.at_ms};
    return e == OK ? sql_list_import_mapping_keep(db, &in, NULL) : e;
}

static enum err end_import(struct db *db, struct write_tools *tools, void *arg, struct fault *fault)
{
    struct applying *a = arg;
    const struct list_import *m = a->m;
    char result[96];
    (void)tools;
    (void)snprintf(result, sizeof result, "{\"written\":%zu,\"left\":%zu}", a->slice.written, a->slice.left);
    enum err e = tell_all(db, &a->slice.tell);
    if (e == OK) e = keep_numbers(db, m);
    if (e == OK) e = remember(db, a);
    if (e == OK) e = sql_list_import_end(db, a->slice.number, clock_now_ms(), result, NULL);
    if (e == OK) e = audit_write(db, clock_now_ms(), m->options.actor, "import", file_base_name(m->file_name), a->detail);
    return e == OK ? OK : db_fault(db, e, fault, "end the import");
}

static enum err make_detail(struct applying *a)
{
    json_t *head = NULL, *mapping;
    enum err e = list_import_head_json(a->m, &head);
    if (e != OK) return e;
    mapping = json_object_get(head, "mapping"); /* what it was agreed to be; cells of the file are no business of the history */
    json_t *detail = json_pack("{s:o?, s:O, s:O, s:b, s:b}", "forms", import_forms_taken(a->m), "counts", json_object_get(head, "counts"), "sheet",
                               json_object_get(head, "sheet"), "take_good",
                               a->m->options.take_good,
                               "remembered", json_is_true(json_object_get(head, "remembered")));
    (void)mapping;
    a->detail = detail ? json_text(&a->arena, detail) : NULL;
    json_decref(detail);
    json_decref(head);
    return a->detail ? OK : ERR_NOMEM;
}

/* Everything that the journal says, taken back at once; what the disk does not let us do now is done by whoever opens the folder next. */
static void give_up(struct applying *a, const struct list_import_door *door)
{
    size_t count;
    if (a->slice.number) (void)list_import_recover(door, &count, NULL);
}

static enum err run_all(struct applying *a, const struct list_import_door *door, struct fault *fault)
{
    a->slice.slice_us = slice_length(door);
    enum err e = door->run(door->context, begin_import, a, fault);
    if (e == OK) (void)snprintf(a->source, sizeof a->source, "import:%lld", (long long)a->slice.number);
    while (e == OK && a->from < a->count) {
        e = door->run(door->context, run_slice, a, fault);
        if (e != OK) break;
        a->slice = a->after;
        a->from = a->until;
        if (door->progress) door->progress(door->progress_context, a->from, a->count);
    }
    if (e == OK) e = index_names(a, door, fault);
    if (e == OK && a->slice.renamed_unit) e = import_tell_renamed(door, a->slice.number, fault);
    if (e == OK) e = door->run(door->context, end_import, a, fault);
    if (e != OK) give_up(a, door);
    return e;
}

enum err list_import_apply(struct list_import *m, const struct list_import_door *door, struct list_import_result *ret, struct fault *fault)
{
    struct applying *a = calloc(1, sizeof *a);
    struct arena scratch = {0};
    struct buf fields;
    if (!a) return fault_set(fault, ERR_NOMEM, "not enough memory");
    buf_init(&fields, BUF_LIMIT_BODY);
    a->m = m;
    a->slice = (struct slice){.m = m, .arena = &scratch, .fields = &fields, .at_ms = clock_now_ms(), .actor = m->options.actor, .source = a->source, .place = 1};
    enum err e = list_import_ready(m, fault);
    if (e == OK && (apply_order(a) != OK || make_detail(a) != OK)) e = fault_set(fault, ERR_NOMEM, "not enough memory");
    if (e == OK && a->count) e = run_all(a, door, fault);
    if (e == OK) *ret = (struct list_import_result){a->slice.number, a->slice.written, a->slice.left};
    buf_release(&fields);
    arena_release(&scratch);
    arena_release(&a->arena);
    free(a);
    return e;
}
