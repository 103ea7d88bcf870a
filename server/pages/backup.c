/* GET /admin/-/backup: what is under way, what is prepared against what is here, what is kept; …/state the same for a script; …/files/{name} a backup to take along. */
#include "server/pages/backup.h"
#include "catalogue.h"
#include "core/base/clock.h"
#include "core/congress/store/mirror.h"
#include "core/congress/store/restore_swap.h"
#include "server/pages/console.h"
#include "server/pages/staff_page.h"
#include "server/refusal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

static const char *const kinds[] = {NULL, "make", "check", "prepare"};

static void forget(void *data)
{
    struct backup_ask *ask = data;
    crypto_forget(&ask->wish, sizeof ask->wish);
    crypto_forget(&ask->regular, sizeof ask->regular);
}

struct backup_ask *backup_begin(struct http_request *req)
{
    if (!console_enter(req, true)) return NULL;
    struct backup_ask *ask = arena_alloc(req->arena, sizeof *ask);
    if (!app_of(req)->backup_job || !ask) {
        reply_reason(req, ask ? REASON_not_found : REASON_busy);
        return NULL;
    }
    *ask = (struct backup_ask){.error = OK};
    req->state = ask;
    if (http_at_end(req, forget, ask) == OK) return ask;
    reply_reason(req, REASON_busy);
    return NULL;
}

static const char *count_text(struct view *view, int64_t count)
{
    return arena_printf(view->arena, "%lld", (long long)count);
}

static int percent_of(const struct backup_state *s)
{
    if (s->total <= 0 || s->done <= 0) return 0;
    return s->done >= s->total ? 99 : (int)(s->done * 100 / s->total); /* it has not ended */
}

static const char *size_of(struct arena *arena, const struct backup_state *s)
{
    return s->total > 0 ? arena_printf(arena, "%s / %s", i18n_size(arena, s->done), i18n_size(arena, s->total)) : NULL;
}

/* --- what is under way, and what ended -------------------------------------------------------------------------------------------------------- */

static void put_running(struct view *view, const struct backup_state *s)
{
    if (s->kind == BACKUP_NOTHING) return;
    json_t *out = json_object();
    view_put(out, "title", view_words(view, arena_printf(view->arena, "backup.doing.%s", kinds[s->kind])));
    view_put(out, "name", s->name);
    view_put(out, "percent", arena_printf(view->arena, "%d", percent_of(s)));
    view_put(out, "bytes", size_of(view->arena, s));
    view_put_flag(out, "stopping", s->is_stopping);
    view_put_json(view->root, "running", out);
    view_put(view->root, "refresh", "2");
}

static void put_ended(struct view *view, const struct backup_state *s)
{
    if (s->last == BACKUP_NOTHING || s->kind != BACKUP_NOTHING) return;
    if (s->error == OK) {
        view_put(view->root, "ended", view_words(view, arena_printf(view->arena, "backup.ended.%s", kinds[s->last])));
        view_put(view->root, "ended_name", s->last_name);
    } else {
        view_put(view->root, s->error == ERR_TIMEOUT ? "stopped" : "failed", refusal_of_fault(view->req, &s->fault));
    }
}

void backup_put_age(struct view *view, const char *zone)
{
    struct backup_state s;
    if (!view->app->backup_job) return;
    backup_job_state(view->app->backup_job, &s);
    json_t *out = json_object();
    if (s.newest_ms) view_put(out, "newest", view_moment(view, zone, s.newest_ms));
    view_put_flag(out, "old", backup_state_is_bad(&s, clock_now_ms()));
    if (s.regular.text[0]) view_put(out, "trouble", refusal_of_fault(view->req, &s.regular));
    view_put_json(view->root, "backup_age", out);
}

/* --- what is kept ------------------------------------------------------------------------------------------------------------------------------ */

static json_t *item_json(struct view *view, const char *zone, const struct shelf_item *item)
{
    json_t *out = json_object();
    view_put(out, "name", item->name);
    view_put(out, "at", view_moment(view, zone, item->made_ms));
    view_put(out, "size", i18n_size(view->arena, item->size));
    view_put_flag(out, "sealed", item->is_sealed);
    view_put_flag(out, "regular", item->is_regular);
    view_put_flag(out, "uploaded", item->is_uploaded);
    view_put(out, "program", item->program);
    if (item->actor && !item->is_regular) view_put(out, "actor", item->actor);
    if (item->checked_ms) view_put(out, "checked", view_moment(view, zone, item->checked_ms));
    if (!item->is_known) return out;
    view_put_flag(out, "known", true);
    view_put(out, "events", count_text(view, item->contents.events));
    view_put(out, "people", count_text(view, item->contents.people));
    view_put(out, "scans", count_text(view, item->contents.scans));
    return out;
}

static enum err put_shelf(struct view *view, const char *data, const char *zone)
{
    struct shelf_item *items;
    const char *const *kept;
    size_t count = 0, kept_count = 0;
    struct statvfs disk;
    enum err e = shelf_list(view->arena, data, &items, &count);
    if (e == OK) e = restore_kept(view->arena, data, &kept, &kept_count);
    if (e != OK) return e;
    json_t *list = json_array(), *states = json_array();
    for (size_t i = 0; i < count; i++) json_array_append_new(list, item_json(view, zone, &items[i]));
    for (size_t i = 0; i < kept_count; i++) json_array_append_new(states, json_pack("{s:s}", "name", kept[i]));
    view_put_json(view->root, "items", list);
    view_put_json(view->root, "kept", states);
    view_put_flag(view->root, "has_kept", kept_count > 0);
    if (statvfs(data, &disk) == 0) view_put(view->root, "room", i18n_size(view->arena, (int64_t)disk.f_bavail * (int64_t)disk.f_frsize));
    return OK;
}

static enum err put_regular(struct view *view, const char *data)
{
    static const int64_t hours[] = {0, 1, 2, 4, 8, 24};
    struct shelf_regular regular;
    enum err e = shelf_regular_read(data, &regular, NULL);
    if (e != OK) return e;
    json_t *list = json_array(), *out = json_object();
    for (size_t i = 0; i < sizeof hours / sizeof *hours; i++) {
        json_t *one = json_object();
        view_put(one, "value", count_text(view, hours[i]));
        if (hours[i]) view_put(one, "hours", count_text(view, hours[i]));
        view_put_flag(one, "chosen", hours[i] == regular.hours);
        json_array_append_new(list, one);
    }
    view_put_json(out, "choices", list);
    view_put(out, "keep", count_text(view, regular.keep));
    view_put_flag(out, "sealed", regular.key[0] != '\0');
    view_put_json(view->root, "settings", out);
    crypto_forget(&regular, sizeof regular);
    return OK;
}

/* --- what is prepared against what is here --------------------------------------------------------------------------------------------------------- */

static void put_row(struct view *view, json_t *rows, const char *key, const char *title, const char *then, const char *now)
{
    json_t *row = json_object();
    view_put(row, "what", key ? view_words(view, key) : title);
    view_put(row, "then", then ? then : "–");
    view_put(row, "now", now ? now : "–");
    view_put_flag(row, "differs", !then || !now || strcmp(then, now) != 0);
    json_array_append_new(rows, row);
}

static const char *moment_of(struct view *view, const char *zone, int64_t ms)
{
    return ms == DB_NULL || ms == 0 ? NULL : view_moment(view, zone, ms);
}

static const char *scans_of(struct view *view, const char *slug)
{
    return arena_printf(view->arena, "%s: %s", view_words(view, "backup.row.scans"), slug);
}

/* The check-ins of each event, of both sides. */
static enum err put_events(struct view *view, struct db *then, struct db *now, json_t *rows)
{
    struct sql_backup_events_row *a, *b;
    size_t count, other;
    enum err e = sql_backup_events(then, view->arena, &a, &count);
    if (e == OK) e = sql_backup_events(now, view->arena, &b, &other);
    for (size_t i = 0; e == OK && i < count; i++) {
        size_t k = 0;
        while (k < other && strcmp(a[i].slug, b[k].slug) != 0) k++;
        put_row(view, rows, NULL, scans_of(view, a[i].slug), count_text(view, a[i].scans),
                k < other ? count_text(view, b[k].scans) : NULL);
        if (k < other) b[k].slug = "";
    }
    for (size_t k = 0; e == OK && k < other; k++)
        if (b[k].slug[0]) put_row(view, rows, NULL, scans_of(view, b[k].slug), NULL, count_text(view, b[k].scans));
    return e;
}

static void put_loss(struct view *view, json_t *out, const char *key, int64_t count)
{
    if (count <= 0) return;
    json_t *row = json_object();
    view_put(row, "words", view_words(view, arena_printf(view->arena, "backup.loss.%s", key)));
    view_put(row, "count", count_text(view, count));
    json_array_append_new(json_object_get(out, "losses"), row);
}

static enum err put_since(struct view *view, json_t *out, struct db *now, int64_t made_ms)
{
    struct sql_backup_since_row since;
    enum err e = sql_backup_since(now, view->arena, made_ms, &since);
    if (e != OK) return e;
    put_loss(view, out, "scans", since.scans);
    put_loss(view, out, "changes", since.changes);
    put_loss(view, out, "reissued", since.reissued);
    put_loss(view, out, "revoked", since.revoked);
    view_put_flag(out, "loses", json_array_size(json_object_get(out, "losses")) > 0);
    return OK;
}

static enum err compare(struct view *view, struct db *now, const char *data, const char *zone, const struct restore_prepared *p, json_t *out)
{
    struct backup_contents here;
    struct db *then = NULL;
    json_t *rows = json_array();
    const struct backup_contents *c = &p->contents;
    view_put_json(out, "rows", rows);
    view_put_json(out, "losses", json_array());
    enum err e = backup_count(now, &here);
    bool is_readable = e == OK && restore_prepared_open(data, &then, NULL) == OK; /* else it was prepared by another version: it can be dropped */
    if (e == OK) {
        put_row(view, rows, "backup.row.newest", NULL, moment_of(view, zone, c->newest_ms), moment_of(view, zone, here.newest_ms));
        put_row(view, rows, "backup.row.events", NULL, count_text(view, c->events), count_text(view, here.events));
        put_row(view, rows, "backup.row.people", NULL, count_text(view, c->people), count_text(view, here.people));
        put_row(view, rows, "backup.row.delegates", NULL, count_text(view, c->delegates), count_text(view, here.delegates));
        if (is_readable) e = put_events(view, then, now, rows);
    }
    db_close(then);
    bool other = c->server[0] && here.server[0] && strcmp(c->server, here.server) != 0;
    view_put_flag(out, "other", other);
    if (e == OK && !other && p->made_ms) e = put_since(view, out, now, p->made_ms);
    return e;
}

static enum err put_prepared(struct view *view, struct db *now, const char *data, const char *zone)
{
    struct restore_prepared p;
    enum err e = restore_prepared_read(view->arena, data, &p);
    if (e == ERR_NOT_FOUND) return OK;
    if (e != OK) return e;
    json_t *out = json_object(), *warnings = json_array();
    view_put(out, "source", p.source);
    view_put(out, "actor", p.actor);
    view_put(out, "made", moment_of(view, zone, p.made_ms));
    view_put(out, "program", p.program);
    view_put(out, "mark", count_text(view, p.prepared_ms));
    for (size_t i = 0; i < p.warning_count; i++) json_array_append_new(warnings, json_string(p.warnings[i]));
    view_put_flag(out, "has_warnings", p.warning_count > 0);
    view_put_json(out, "warnings", warnings);
    view_put(out, "word", BACKUP_WORD);
    view_put_json(view->root, "prepared", out);
    return compare(view, now, data, zone, &p, out);
}

/* --- the page --------------------------------------------------------------------------------------------------------------------------------------- */

static void show(struct http_request *req, void *thread_state)
{
    static const char *const said[] = {"backup.js."};
    struct backup_ask *ask = req->state;
    struct worker *worker = thread_state;
    struct view view;
    struct backup_state state;
    const char *zone = "UTC", *data = app_of(req)->store.folder;
    if (!worker) {
        reply_reason(req, REASON_busy);
        return;
    }
    if (!view_begin(&view, req)) return;
    backup_job_state(view.app->backup_job, &state);
    enum err e = console_zone(worker->db, req->arena, clock_now_ms(), &zone);
    if (e == OK) e = put_shelf(&view, data, zone);
    if (e == OK) e = put_regular(&view, data);
    if (e == OK && state.kind != BACKUP_PREPARE) e = put_prepared(&view, worker->db, data, zone);
    if (e != OK) {
        reply_error(req, e, NULL);
        return;
    }
    put_running(&view, &state);
    if (!ask->problem && !http_query(req, "done")) put_ended(&view, &state);
    backup_put_age(&view, zone);
    view_put_mirror(&view);
    view_put(view.root, "number", count_text(&view, state.number));
    view_put(view.root, "problem", ask->problem);
    staff_page_put_done(&view, "backup.done.");
    view_set_title(&view, view_words(&view, "backup.title"));
    view_set_style(&view, "admin");
    view_set_script(&view, "backup", said, 1);
    view_reply(&view, !ask->problem ? 200 : ask->error == ERR_FULL ? 507 : 400, "backup");
}

void backup_show(struct http_request *req)
{
    req->resume = NULL;
    http_run_in_pool(req, app_of(req)->pool, show);
}

void backup_get(struct http_request *req)
{
    if (backup_begin(req)) backup_show(req);
}

void backup_state_get(struct http_request *req)
{
    struct backup_state s;
    if (!backup_begin(req)) return;
    backup_job_state(app_of(req)->backup_job, &s);
    http_reply_json(req, 200, json_pack("{s:s?, s:I, s:I, s:i, s:s?, s:b, s:I}", "kind", kinds[s.kind], "done", (json_int_t)s.done, "total", (json_int_t)s.total,
                                        "percent", percent_of(&s), "size", size_of(req->arena, &s), "stopping", s.is_stopping, "number", (json_int_t)s.number));
}

/* --- taking one along ------------------------------------------------------------------------------------------------------------------------------------ */

static enum err note_download(struct db *db, struct http_request *req, struct write_tools *tools, struct fault *fault)
{
    (void)tools;
    enum err e = audit_write(db, clock_now_ms(), actor_of(req), "backup.download", http_param(req, "name"), NULL);
    return e == OK ? OK : db_fault(db, e, fault, "the audit log");
}

static void give(struct http_request *req, void *thread_state)
{
    const char *name = http_param(req, "name"), *path = shelf_path(req->arena, app_of(req)->store.folder, name);
    struct stat st;
    (void)thread_state;
    int fd = path ? open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW) : -1;
    if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
        if (fd >= 0) (void)close(fd);
        reply_reason(req, REASON_not_found);
        return;
    }
    const char *etag = arena_printf(req->arena, "%llx-%llx-%llx", (unsigned long long)st.st_ino, (unsigned long long)st.st_mtim.tv_sec, (unsigned long long)st.st_size);
    http_reply_file(req, &(struct http_file){.fd = fd, .size = st.st_size, .content_type = "application/octet-stream", .etag = etag, .name = name, .attachment = true,
                                             .cache = HTTP_NO_STORE});
}

static void noted(struct http_request *req)
{
    const struct fault *fault = NULL;
    enum err e = write_result(req, &fault);
    req->resume = NULL;
    if (e == OK) http_run_in_pool(req, app_of(req)->pool, give);
    else reply_error(req, e, fault->text[0] ? fault : NULL);
}

void backup_file_get(struct http_request *req)
{
    if (!backup_begin(req)) return;
    if (!shelf_is_name(http_param(req, "name"))) reply_reason(req, REASON_not_found);
    else request_write(req, note_download, noted); /* first the record, so that nothing leaves without it */
}
