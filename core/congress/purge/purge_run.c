/* A purge from its beginning to its end, in slices. Nothing of it has to be known from one slice to the next but where it stands, and that is told by what is still
 * there: one that was cut off begins anew and finds little to do. */
#include "catalogue.h"
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/congress/figures/fixed.h"
#include "core/congress/purge/private.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define SCANS_A_SLICE 150
#define PLACES_A_SLICE 800 /* of a fixed figure's list */

typedef enum err of_event(struct db *db, int64_t event_id, int64_t *ret_changes);

struct purging {
    struct db *db; /* reads */
    const struct list_import_door *door;
    struct arena arena;
    const char *folder, *actor;
    struct purge_view view;
    int64_t now_ms;
    struct fault *fault;
};

static enum err trouble(const struct purging *p, struct db *db, enum err e, struct fault *fault)
{
    (void)p;
    return e == OK || (fault && fault->text[0]) ? e : db_fault(db, e, fault, "erase the people");
}

/* --- what is done once ------------------------------------------------------------------------------------------------------------------------ */

static enum err begin(struct db *db, struct write_tools *tools, void *arg, struct fault *fault)
{
    const struct purging *p = arg;
    char since[CLOCK_TEXT_SIZE];
    (void)tools;
    enum err e = sql_purge_begin(db, p->view.event_id, p->now_ms, NULL);
    if (e == OK) e = setting_write(db, PURGE_TRACES, clock_format(p->now_ms, since));
    if (e == OK) e = sql_purge_import_results(db, p->view.event_id, NULL);
    if (e == OK) e = sql_purge_replaces(db, p->view.event_id, NULL);
    return trouble(p, db, e, fault);
}

static enum err end(struct db *db, struct write_tools *tools, void *arg, struct fault *fault)
{
    struct purging *p = arg;
    const struct purge_view *v = &p->view;
    (void)tools;
    const char *detail = arena_printf(&p->arena, "{\"erased\":%lld,\"stay\":%lld,\"photos\":%lld,\"badges\":%lld,\"scans\":%lld,\"fixed\":%lld}", (long long)v->erased,
                                      (long long)v->stay, (long long)v->photos, (long long)v->badges, (long long)v->scans, (long long)v->fixed);
    enum err e = sql_purge_done(db, v->event_id, p->now_ms, NULL);
    if (e == OK) e = detail ? audit_write(db, p->now_ms, p->actor, "purge", v->slug, detail) : ERR_NOMEM;
    return trouble(p, db, e, fault);
}

/* --- the list, line by line ------------------------------------------------------------------------------------------------------------------- */

struct lines {
    struct purging *p;
    const struct sql_purge_delegates_row *rows;
    size_t count, at, reached;
    struct arena arena;
    struct purge_lines state;
};

static enum err strip_some(struct db *db, struct write_tools *tools, void *arg, struct fault *fault)
{
    struct lines *l = arg;
    int64_t until = clock_steady_us() + PURGE_SLICE_US;
    enum err e = OK;
    (void)tools;
    arena_clear(&l->arena);
    l->state = (struct purge_lines){.event_id = l->p->view.event_id, .slug = l->p->view.slug};
    for (l->reached = l->at; e == OK && l->reached < l->count; l->reached++) {
        if (l->reached > l->at && clock_steady_us() >= until) break;
        e = purge_line(db, &l->arena, &l->state, l->rows[l->reached].id);
    }
    return trouble(l->p, db, e, fault);
}

static enum err strip_lines(struct purging *p)
{
    struct sql_purge_delegates_row *rows;
    struct lines l = {.p = p};
    enum err e = sql_purge_delegates(p->db, &p->arena, p->view.event_id, &rows, &l.count);
    if (e != OK) return db_fault(p->db, e, p->fault, "read the list");
    l.rows = rows;
    while (e == OK && l.at < l.count) {
        e = p->door->run(p->door->context, strip_some, &l, p->fault);
        if (e != OK) break;
        l.at = l.reached;
        for (size_t i = 0; e == OK && i < l.state.photo_count; i++) e = purge_remove_photo(p->folder, l.state.photos[i].sha256, p->fault);
        if (p->door->progress) p->door->progress(p->door->progress_context, l.at, l.count);
    }
    arena_release(&l.arena);
    return e;
}

/* --- what else there is of the event ---------------------------------------------------------------------------------------------------------------- */

struct rest {
    const struct purging *p;
    of_event *step;
    int64_t changes;
};

static enum err rest_some(struct db *db, struct write_tools *tools, void *arg, struct fault *fault)
{
    struct rest *r = arg;
    (void)tools;
    return trouble(r->p, db, r->step(db, r->p->view.event_id, &r->changes), fault);
}

static enum err strip_rest(const struct purging *p)
{
    static of_event *const steps[] = {sql_purge_rest_credentials, sql_purge_rest_handed, sql_purge_rest_handovers, sql_purge_rest_claims, sql_purge_rest_row_codes,
                                      sql_purge_rest_corrections, sql_purge_rest_groups, sql_purge_rest_reports};
    enum err e = OK;
    for (size_t i = 0; e == OK && i < sizeof steps / sizeof *steps; i++) {
        struct rest rest = {p, steps[i], 1};
        while (e == OK && rest.changes > 0) e = p->door->run(p->door->context, rest_some, &rest, p->fault);
    }
    return e;
}

struct scans {
    const struct purging *p;
    int64_t from_id, until_id;
};

static enum err scans_some(struct db *db, struct write_tools *tools, void *arg, struct fault *fault)
{
    const struct scans *s = arg;
    (void)tools;
    return trouble(s->p, db, sql_purge_rest_scan_range(db, s->p->view.event_id, s->from_id, s->until_id, NULL), fault);
}

static enum err strip_scans(const struct purging *p)
{
    struct arena arena = {0};
    struct sql_purge_rest_scans_row *rows;
    int64_t after = 0;
    size_t n = 0;
    enum err e;
    do {
        arena_clear(&arena);
        e = sql_purge_rest_scans(p->db, &arena, p->view.event_id, after, &rows, &n);
        if (e != OK) db_fault(p->db, e, p->fault, "read the scans");
        for (size_t i = 0; e == OK && i < n; i += SCANS_A_SLICE) {
            size_t last = i + SCANS_A_SLICE < n ? i + SCANS_A_SLICE - 1 : n - 1;
            struct scans scans = {p, rows[i].id, rows[last].id};
            after = rows[last].id;
            e = p->door->run(p->door->context, scans_some, &scans, p->fault);
        }
    } while (e == OK && n);
    arena_release(&arena);
    return e;
}

struct log_lines {
    const struct purging *p;
    const struct sql_purge_rest_audit_row *rows;
    size_t count, at, reached;
};

static enum err log_some(struct db *db, struct write_tools *tools, void *arg, struct fault *fault)
{
    struct log_lines *l = arg;
    int64_t until = clock_steady_us() + PURGE_SLICE_US;
    enum err e = OK;
    (void)tools;
    for (l->reached = l->at; e == OK && l->reached < l->count; l->reached++) {
        if (l->reached > l->at && clock_steady_us() >= until) break;
        e = sql_purge_rest_line(db, l->p->view.slug, l->rows[l->reached].id, NULL);
    }
    return trouble(l->p, db, e, fault);
}

static enum err strip_log(const struct purging *p)
{
    struct arena arena = {0};
    int64_t after = 0;
    enum err e;
    struct log_lines l = {.p = p};
    do {
        struct sql_purge_rest_audit_row *rows;
        arena_clear(&arena);
        e = sql_purge_rest_audit(p->db, &arena, p->view.slug, after, &rows, &l.count);
        if (e != OK) db_fault(p->db, e, p->fault, "read the audit log");
        l.rows = rows;
        for (l.at = 0; e == OK && l.at < l.count; l.at = l.reached) e = p->door->run(p->door->context, log_some, &l, p->fault);
        if (e == OK && l.count) after = rows[l.count - 1].id;
    } while (e == OK && l.count);
    arena_release(&arena);
    return e;
}

/* --- fixed figures: the figure keeps the hash of what its list was, beside it stands the hash of what is left -------------------------------------------- */

struct list {
    const struct purging *p;
    int64_t fixed_id, from_place;
    char hash[CRYPTO_HASH_HEX];
};

static enum err list_some(struct db *db, struct write_tools *tools, void *arg, struct fault *fault)
{
    const struct list *l = arg;
    (void)tools;
    enum err e = db_lift_forever(db, "figure_fixed_person");
    if (e == OK) e = sql_purge_fixed_people(db, l->fixed_id, l->from_place, l->from_place + PLACES_A_SLICE, NULL);
    if (e == OK) e = db_restore_forever(db, "figure_fixed_person");
    return trouble(l->p, db, e, fault);
}

static enum err list_note(struct db *db, struct write_tools *tools, void *arg, struct fault *fault)
{
    const struct list *l = arg;
    (void)tools;
    return trouble(l->p, db, sql_purge_fixed_note(db, l->fixed_id, l->p->now_ms, l->hash, NULL), fault);
}

static enum err strip_list(const struct purging *p, const struct sql_purge_fixed_row *row)
{
    struct list l = {.p = p, .fixed_id = row->id};
    struct fixed_figure figure = {.id = row->id};
    struct arena arena = {0};
    enum err e = OK;
    for (; e == OK && l.from_place <= row->people; l.from_place += PLACES_A_SLICE) e = p->door->run(p->door->context, list_some, &l, p->fault);
    if (e == OK && (e = fixed_load(p->db, &arena, &figure)) != OK) db_fault(p->db, e, p->fault, "read a fixed figure");
    if (e == OK) {
        fixed_hash_people(figure.content.people, figure.content.person_count, l.hash);
        e = p->door->run(p->door->context, list_note, &l, p->fault);
    }
    arena_release(&arena);
    return e;
}

static enum err strip_fixed(struct purging *p)
{
    struct sql_purge_fixed_row *rows;
    size_t count = 0;
    enum err e = sql_purge_fixed(p->db, &p->arena, p->view.event_id, &rows, &count);
    if (e != OK) return db_fault(p->db, e, p->fault, "read the fixed figures");
    for (size_t i = 0; e == OK && i < count; i++) e = strip_list(p, &rows[i]);
    return e;
}

/* --- files ------------------------------------------------------------------------------------------------------------------------------------ */

enum err purge_remove_photo(const char *folder, const char *sha256, struct fault *fault)
{
    struct arena scratch = {0};
    const char *path = blob_path(&scratch, folder, sha256);
    enum err e = path ? OK : ERR_NOMEM;
    if (path && unlink(path) != 0 && errno != ENOENT) e = fault_set(fault, ERR_IO, "%s: %s", path, strerror(errno));
    arena_release(&scratch);
    return e;
}

/* Lists that were given and not yet taken in: whoever still wants one gives it again. */
static enum err remove_given_lists(const struct purging *p)
{
    struct arena scratch = {0};
    const char *path = arena_printf(&scratch, "%s/imports", p->folder);
    enum err e = path ? file_remove_tree(path) : ERR_NOMEM;
    if (e != OK) e = fault_set(p->fault, e, "%s/imports: %s", p->folder, strerror(errno));
    arena_release(&scratch);
    return e;
}

/* --- all of it -------------------------------------------------------------------------------------------------------------------------------- */

static enum err run_steps(struct purging *p)
{
    enum err e = p->door->run(p->door->context, begin, p, p->fault);
    if (e == OK) e = strip_lines(p);
    if (e == OK) e = strip_rest(p);
    if (e == OK) e = strip_scans(p);
    if (e == OK) e = strip_log(p);
    if (e == OK) e = strip_fixed(p);
    if (e == OK) e = remove_given_lists(p);
    return e == OK ? p->door->run(p->door->context, end, p, p->fault) : e;
}

enum err purge_run(struct db *db, const struct list_import_door *door, const char *folder, const char *slug, const char *actor, struct fault *fault)
{
    struct purging p = {.db = db, .door = door, .folder = folder, .actor = actor, .now_ms = clock_now_ms(), .fault = fault};
    int lock = -1;
    enum err e = list_import_lock(folder, &lock, fault); /* rows of lists must not come in, or be taken back, beside it */
    if (e != OK) return e;
    e = purge_look(db, &p.arena, slug, &p.view);
    if (e == ERR_NOT_FOUND) fault_set(fault, e, "there is no event \"%.64s\"", slug);
    else if (e != OK) db_fault(db, e, fault, "look at the event");
    if (e == OK) e = run_steps(&p);
    file_unlock(lock);
    arena_release(&p.arena);
    return e;
}
