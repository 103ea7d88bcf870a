/* People of the register by pages, and those that were searched for. */
#include "core/congress/delegates/find.h"
#include "core/congress/delegates/find_index.h"
#include "core/congress/register/people.h"
#include "core/congress/store/store.h"

#include "catalogue.h"

#include <string.h>

#define FEW 3000 /* gathered and sorted; more are walked in their order, which soon finds a page of them */
#define SEARCH_SETTING "register.search"

_Static_assert(REGISTER_FOUND_MOST == FIND_MOST && FIND_MOST == 20, "people_by_id");

static void take_line(struct register_line *l, int64_t id, const char *code, const char *name, const char *sort)
{
    l->id = id;
    l->code = code;
    l->name = name;
    l->sort = sort;
}

#define LINES(rows, count, list) \
    for (size_t i = 0; i < (count); i++) { \
        take_line(&(list)[i], (rows)[i].id, (rows)[i].code, (rows)[i].name, (rows)[i].name_sort); \
        (list)[i].honorific = (rows)[i].honorific; \
        (list)[i].title = (rows)[i].title; \
        (list)[i].gender = (rows)[i].gender; \
        (list)[i].born = (rows)[i].born; \
        (list)[i].joined = (rows)[i].joined; \
        (list)[i].phone = (rows)[i].phone; \
        (list)[i].email = (rows)[i].email; \
        (list)[i].photo_blob = (rows)[i].photo_blob; \
        (list)[i].unit_id = (rows)[i].unit_id; \
        (list)[i].unit_code = (rows)[i].unit_code; \
        (list)[i].unit_name = (rows)[i].unit_name; \
        (list)[i].known = (rows)[i].known; \
    }

struct asking {
    struct db *db;
    struct arena *arena;
    const struct register_filter *filter;
    const char *after_sort;
    int64_t after_id, most;
    struct register_line *list;
    size_t count;
};

static enum err make_list(struct asking *a, size_t count)
{
    a->list = arena_array(a->arena, count + 1, sizeof *a->list);
    a->count = count;
    return a->list ? OK : ERR_NOMEM;
}

static enum err walk(struct asking *a)
{
    const struct sql_people_walk_in in = {a->filter->where == REGISTER_IN_UNIT ? a->filter->unit_id : 0, a->filter->missing, a->after_sort, a->after_id, a->most};
    struct sql_people_walk_row *rows;
    size_t count;
    enum err e = sql_people_walk(a->db, a->arena, &in, &rows, &count);
    if (e == OK) e = make_list(a, count);
    if (e == OK) LINES(rows, count, a->list)
    return e;
}

static enum err gather(struct asking *a)
{
    const struct sql_people_gather_in in = {a->filter->unit_id, a->filter->missing, a->after_sort, a->after_id, a->most};
    struct sql_people_gather_row *rows;
    size_t count;
    enum err e = sql_people_gather(a->db, a->arena, &in, &rows, &count);
    if (e == OK) e = make_list(a, count);
    if (e == OK) LINES(rows, count, a->list)
    return e;
}

static enum err gather_all(struct asking *a)
{
    const struct sql_people_gather_all_in in = {a->filter->missing, a->after_sort, a->after_id, a->most};
    struct sql_people_gather_all_row *rows;
    size_t count;
    enum err e = sql_people_gather_all(a->db, a->arena, &in, &rows, &count);
    if (e == OK) e = make_list(a, count);
    if (e == OK) LINES(rows, count, a->list)
    return e;
}

static enum err nowhere(struct asking *a)
{
    const struct sql_people_nowhere_in in = {a->filter->missing, a->after_sort, a->after_id, a->most};
    struct sql_people_nowhere_row *rows;
    size_t count;
    enum err e = sql_people_nowhere(a->db, a->arena, &in, &rows, &count);
    if (e == OK) e = make_list(a, count);
    if (e == OK) LINES(rows, count, a->list)
    return e;
}

static enum err in_unit(struct asking *a)
{
    struct sql_people_count_row few;
    enum err e = sql_people_count(a->db, NULL, a->filter->unit_id, a->filter->missing, &few);
    if (e != OK) return e;
    return few.total <= FEW ? gather(a) : walk(a);
}

static enum err everybody(struct asking *a)
{
    struct sql_people_count_all_row few = {0};
    enum err e = a->filter->missing ? sql_people_count_all(a->db, NULL, a->filter->missing, &few) : OK;
    if (e != OK) return e;
    return a->filter->missing && few.total <= FEW ? gather_all(a) : walk(a);
}

enum err register_people_read(struct db *db, struct arena *arena, const struct register_filter *filter, const struct register_page *page, struct register_line **ret,
                              size_t *ret_count)
{
    struct asking a = {.db = db, .arena = arena, .filter = filter, .after_sort = page->after_sort ? page->after_sort : "",
                       .after_id = page->after_sort ? page->after_id : INT64_MIN + 1, .most = page->most};
    enum err e = filter->where == REGISTER_IN_UNIT ? in_unit(&a) : filter->where == REGISTER_IN_NO_UNIT ? nowhere(&a) : everybody(&a);
    if (e != OK) return e;
    *ret = a.list;
    *ret_count = a.count;
    return OK;
}

/* --- search --- */

static enum err read_found(struct db *db, struct arena *arena, const int64_t *ids, size_t count, struct register_line **ret, size_t *ret_count)
{
    struct sql_people_by_id_in in;
    struct sql_people_by_id_row *rows;
    int64_t all[FIND_MOST] = {0};
    size_t n, found = 0;
    for (size_t i = 0; i < count && i < FIND_MOST; i++) all[i] = ids[i];
    _Static_assert(sizeof in == sizeof all, "people_by_id");
    memcpy(&in, all, sizeof in);
    enum err e = sql_people_by_id(db, arena, &in, &rows, &n);
    if (e != OK) return e;
    struct register_line *lines = arena_array(arena, n + 1, sizeof *lines), *list = arena_array(arena, n + 1, sizeof *list);
    if (!lines || !list) return ERR_NOMEM;
    LINES(rows, n, lines)
    for (size_t i = 0; i < count && i < FIND_MOST; i++)
        for (size_t k = 0; k < n; k++)
            if (lines[k].id == ids[i]) list[found++] = lines[k];
    *ret = list;
    *ret_count = found;
    return OK;
}

enum err register_find(struct db *db, struct arena *arena, const char *typed, struct register_line **ret, size_t *ret_count, bool *ret_more)
{
    int64_t ids[FIND_MOST + 1];
    size_t count = 0;
    enum err e = people_find_ids(db, arena, typed, ids, &count);
    if (e == OK) e = read_found(db, arena, ids, count, ret, ret_count);
    if (e == OK) *ret_more = count > FIND_MOST;
    return e;
}

/* --- after a migration --- */

static enum err complete(struct db *db, void *arg, struct fault *fault)
{
    (void)arg;
    enum err e = find_index_sync(db, 0);
    if (e == OK) e = setting_write(db, SEARCH_SETTING, "1");
    return e == OK ? OK : db_fault(db, e, fault, "bring the register's search up to date");
}

enum err register_complete(struct db *db, struct fault *fault)
{
    struct arena arena = {0};
    const char *done = NULL;
    enum err e = setting_read(db, &arena, SEARCH_SETTING, &done);
    bool is_done = done != NULL;
    arena_release(&arena);
    if (e != OK) return db_fault(db, e, fault, "settings");
    return is_done ? OK : db_transaction(db, complete, NULL, fault);
}
