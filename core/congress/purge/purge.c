#include "core/congress/purge/purge.h"
#include "catalogue.h"
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/json.h"
#include "core/congress/delegates/find_index.h"
#include "core/congress/figures/fixed.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define YEAR_MS (365 * CLOCK_DAY + CLOCK_DAY / 4)

int purge_years(const char *kind)
{
    return strcmp(kind, "congress") == 0 ? 5 : strcmp(kind, "training") == 0 ? 2 : 1;
}

/* --- looking ---------------------------------------------------------------------------------------------------------------------------------- */

static enum err look_event(struct db *db, struct arena *arena, const char *slug, struct purge_view *ret)
{
    struct sql_purge_event_row event;
    enum err e = sql_purge_event(db, arena, slug, &event);
    if (e != OK) return e;
    bool by_kind = event.erase_ms == DB_NULL;
    *ret = (struct purge_view){.event_id = event.id, .slug = slug, .kind = event.kind, .ends_ms = event.ends_ms, .purged_ms = event.purged_ms, .due_by_kind = by_kind,
                               .due_ms = by_kind ? event.ends_ms + purge_years(event.kind) * YEAR_MS : event.erase_ms};
    return OK;
}

enum err purge_look(struct db *db, struct arena *arena, const char *slug, struct purge_view *ret)
{
    struct sql_purge_counts_row n;
    struct sql_purge_people_row *people;
    size_t count = 0;
    enum err e = look_event(db, arena, slug, ret);
    if (e == OK) e = sql_purge_counts(db, arena, ret->event_id, slug, &n);
    if (e == OK) e = sql_purge_people(db, arena, ret->event_id, &people, &count);
    if (e != OK) return e;
    for (size_t i = 0; i < count; i++) {
        if (people[i].stays) ret->stay++;
        else ret->erased++;
        if (!people[i].stays && people[i].photo) ret->photos++;
    }
    ret->badges = n.badges;
    ret->scans = n.scans;
    ret->readings = n.readings;
    ret->questions = n.questions;
    ret->pins = n.pins;
    ret->changes = n.changes;
    ret->handovers = n.handovers;
    ret->fixed = n.lists;
    ret->fixed_names = n.listed;
    ret->lines = n.lines;
    return OK;
}

enum err purge_set_due(struct db *db, struct arena *arena, const char *slug, int64_t due_ms, const char *actor, int64_t now_ms)
{
    struct purge_view view;
    enum err e = look_event(db, arena, slug, &view);
    const char *detail = due_ms == DB_NULL ? "{\"by\":\"kind\"}" : arena_printf(arena, "{\"due_ms\":%lld}", (long long)due_ms);
    if (e == OK) e = sql_purge_erase_set(db, view.event_id, due_ms, NULL);
    return e == OK ? detail ? audit_write(db, now_ms, actor, "purge.setting", slug, detail) : ERR_NOMEM : e;
}

/* --- doing ------------------------------------------------------------------------------------------------------------------------------------ */

struct purging {
    struct db *db;
    struct arena *arena;
    struct purge_view view;
    int64_t now_ms;
};

typedef enum err of_event(struct db *db, int64_t event_id, int64_t *ret_changes);

/* Keeps of a change what figures of the past are reckoned from: the place on the list before, whether an absence was excused. */
static json_t *keep_of_change(const json_t *detail)
{
    static const char *const kept[] = {"category", "delegation", "excused", "alternate", "absent", "was"};
    json_t *out = json_object();
    for (size_t i = 0; out && i < sizeof kept / sizeof *kept; i++) {
        json_t *value = json_object_get(detail, kept[i]);
        if (!value) continue;
        json_t *one = json_is_object(value) ? keep_of_change(value) : json_incref(value);
        (void)json_object_set_new(out, kept[i], one);
    }
    return out;
}

static enum err strip_changes(const struct purging *p)
{
    struct sql_purge_change_list_row *rows;
    size_t count = 0;
    enum err e = sql_purge_change_list(p->db, p->arena, p->view.event_id, &rows, &count);
    for (size_t i = 0; e == OK && i < count; i++) {
        json_t *detail = NULL;
        if (json_read(rows[i].detail, strlen(rows[i].detail), &detail, NULL) != OK) detail = json_object();
        json_t *kept = keep_of_change(detail);
        const char *text = kept ? json_text(p->arena, kept) : NULL;
        json_decref(kept);
        json_decref(detail);
        e = text ? sql_purge_change_set(p->db, rows[i].id, text, NULL) : ERR_NOMEM;
    }
    return e;
}

/* What is about the event, in an order that no reference breaks. */
static enum err strip_event(const struct purging *p)
{
    static of_event *const steps[] = {
        sql_purge_import_results, sql_purge_import_delegates, sql_purge_replaces, sql_purge_nobody_add,
        sql_purge_delegates, sql_purge_printed, sql_purge_handed, sql_purge_handovers, sql_purge_claims, sql_purge_credentials,
        sql_purge_scans, sql_purge_corrections, sql_purge_readings, sql_purge_browsers, sql_purge_pins, sql_purge_questions, sql_purge_row_codes, sql_purge_changes,
        sql_purge_group_actors, sql_purge_report_actors, sql_purge_amendment_actors};
    enum err e = OK;
    for (size_t i = 0; e == OK && i < sizeof steps / sizeof *steps; i++) e = steps[i](p->db, p->view.event_id, NULL);
    const struct sql_purge_absences_in absences = {p->view.event_id, "%\"excused\":true%", "{\"excused\":true}", "{\"excused\":false}"};
    if (e == OK) e = sql_purge_absences(p->db, &absences, NULL);
    if (e == OK) e = strip_changes(p);
    if (e == OK) e = sql_purge_audit_actors(p->db, p->view.slug, NULL);
    return e == OK ? sql_purge_audit(p->db, p->view.slug, NULL) : e;
}

/* A list that loses its names: the figure keeps the hash of what it was, beside it stands the hash of what is left. */
static enum err strip_list(const struct purging *p, int64_t fixed_id)
{
    struct fixed_figure figure = {.id = fixed_id};
    struct arena arena = {0};
    char hash[CRYPTO_HASH_HEX];
    enum err e = sql_purge_fixed_people(p->db, fixed_id, NULL);
    if (e == OK) e = fixed_load(p->db, &arena, &figure);
    if (e == OK) {
        fixed_hash_people(figure.content.people, figure.content.person_count, hash);
        e = sql_purge_fixed_note(p->db, fixed_id, p->now_ms, hash, NULL);
    }
    arena_release(&arena);
    return e;
}

static enum err strip_fixed(const struct purging *p)
{
    struct sql_purge_fixed_row *rows;
    size_t count = 0;
    enum err e = sql_purge_fixed(p->db, p->arena, p->view.event_id, &rows, &count);
    if (e != OK || count == 0) return e;
    e = db_lift_forever(p->db, "figure_fixed_person");
    for (size_t i = 0; e == OK && i < count; i++) e = strip_list(p, rows[i].id);
    return e == OK ? db_restore_forever(p->db, "figure_fixed_person") : e;
}

static enum err delete_person(const struct purging *p, int64_t id)
{
    struct sql_purge_person_code_row row;
    static of_event *const steps[] = {sql_purge_person_changes, sql_purge_person_merges, sql_purge_person_distinct, sql_purge_person_imports, sql_purge_person_handovers,
                                      sql_purge_person};
    enum err e = sql_purge_person_code(p->db, p->arena, id, &row);
    if (e == OK) e = sql_purge_audit_person(p->db, row.code, NULL);
    for (size_t i = 0; e == OK && i < sizeof steps / sizeof *steps; i++) e = steps[i](p->db, id, NULL);
    return e;
}

/* Its row goes when nobody else shows it. */
static enum err forget_photo(const struct purging *p, const char *sha256, struct purge_files *files)
{
    struct sql_purge_blob_used_row used;
    enum err e = sql_purge_blob_used(p->db, p->arena, sha256, &used);
    if (e != OK || used.total > 0) return e;
    e = sql_purge_blob(p->db, sha256, NULL);
    files->sha256[files->count++] = sha256;
    return e;
}

static enum err delete_people(const struct purging *p, const struct sql_purge_people_row *people, size_t count, struct purge_files *files)
{
    enum err e = OK;
    files->sha256 = arena_array(p->arena, count + 1, sizeof *files->sha256);
    if (!files->sha256) return ERR_NOMEM;
    for (size_t i = 0; e == OK && i < count; i++) {
        if (people[i].stays) continue;
        e = delete_person(p, people[i].id);
        if (e == OK && people[i].photo) e = forget_photo(p, people[i].photo, files);
    }
    return e;
}

static enum err note(const struct purging *p, const char *actor)
{
    const struct purge_view *v = &p->view;
    const char *detail = arena_printf(p->arena, "{\"erased\":%lld,\"stay\":%lld,\"photos\":%lld,\"badges\":%lld,\"scans\":%lld,\"fixed\":%lld}", (long long)v->erased,
                                      (long long)v->stay, (long long)v->photos, (long long)v->badges, (long long)v->scans, (long long)v->fixed);
    enum err e = sql_purge_done(p->db, v->event_id, p->now_ms, NULL);
    return e == OK ? detail ? audit_write(p->db, p->now_ms, actor, "purge", v->slug, detail) : ERR_NOMEM : e;
}

enum err purge_apply(struct db *db, struct arena *arena, const char *slug, const char *actor, int64_t now_ms, struct purge_files *ret_files, struct fault *fault)
{
    struct purging p = {.db = db, .arena = arena, .now_ms = now_ms};
    struct sql_purge_people_row *people;
    size_t count = 0;
    *ret_files = (struct purge_files){0};
    enum err e = purge_look(db, arena, slug, &p.view);
    if (e == ERR_NOT_FOUND) return fault_set(fault, e, "there is no event \"%.64s\"", slug);
    if (e == OK) e = sql_purge_people(db, arena, p.view.event_id, &people, &count);
    if (e == OK) e = strip_event(&p);
    if (e == OK) e = strip_fixed(&p);
    if (e == OK) e = delete_people(&p, people, count, ret_files);
    if (e == OK) e = find_index_rebuild(db);
    if (e == OK) e = note(&p, actor);
    return e == OK ? OK : db_fault(db, e, fault, "erase the people");
}

enum err purge_remove_files(const char *folder, const struct purge_files *files, struct fault *fault)
{
    struct buf imports;
    buf_init(&imports, BUF_LIMIT_LINE);
    buf_printf(&imports, "%s/imports", folder); /* lists that were given and not yet taken in: whoever still wants one gives it again */
    enum err e = buf_ok(&imports) ? file_remove_tree(buf_text(&imports)) : ERR_NOMEM;
    if (e != OK) e = fault_set(fault, e, "%s/imports: %s", folder, strerror(errno));
    buf_release(&imports);
    for (size_t i = 0; i < files->count; i++) {
        struct arena scratch = {0};
        const char *path = blob_path(&scratch, folder, files->sha256[i]);
        if (path && unlink(path) != 0 && errno != ENOENT) e = fault_set(fault, ERR_IO, "%s: %s", path, strerror(errno));
        arena_release(&scratch);
    }
    return e;
}
