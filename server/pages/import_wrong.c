/* POST …/import/{work}, do=wrong: the rows that are wrong or doubtful as a file, to be put right and given again (core/congress/list_import/list_wrong.h). */
#include "core/base/id.h"
#include "server/pages/import.h"
#include "server/refusal.h"
#include "server/turn.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* All that the page says of the row, in one cell. */
static const char *row_words(void *context, struct arena *arena, const json_t *row)
{
    struct view *view = context;
    const char *all = "", *words;
    size_t i;
    json_t *one;
    json_array_foreach(json_object_get(row, "flaws"), i, one) {
        words = import_flaw_words(view, one);
        if (all) all = arena_printf(arena, "%s%s%s", all, *all ? "\n" : "", words ? words : "");
    }
    json_array_foreach(json_object_get(row, "candidates"), i, one) {
        const char *code = json_string_value(json_object_get(one, "code")), *name = json_string_value(json_object_get(one, "name"));
        words = view_words(view, arena_printf(arena, "list.whom.%s", json_string_value(json_object_get(one, "why"))));
        if (all) all = arena_printf(arena, "%s%s%s%s%s: %s", all, *all ? "\n" : "", code ? code : "", code ? " " : "", name ? name : "", words ? words : "");
    }
    return all;
}

static enum err write_wrong(struct http_request *req, struct worker *worker, struct view *view, bool csv, int *ret_fd, struct fault *fault)
{
    struct import_ask *ask = req->state;
    const struct list_import_door door = turn_door(app_of(req));
    struct list_wrong_wish wish = {.csv = csv, .language = view->tag, .words = row_words, .context = view};
    const char *folder = app_of(req)->store.folder;
    char name[ID_UUID_SIZE];
    id_uuid7(name);
    const char *path = arena_printf(req->arena, "%s/imports/%s/.wrong-%s", folder, ask->id, name);
    enum err e = list_work_read(folder, ask->id, &ask->meta, fault);
    if (e != OK) return e;
    const char *event = json_string_value(json_object_get(ask->meta, "event"));
    if (ask->event ? !event || strcmp(event, ask->event) != 0 : event != NULL) return ERR_NOT_FOUND;
    if (!path || json_object_set_new(ask->meta, "actor", json_string(actor_of(req))) != 0) return ERR_NOMEM;
    e = list_work_wrong(worker->db, &door, folder, ask->id, ask->meta, &wish, path, fault);
    if (e == OK) *ret_fd = open(path, O_RDONLY | O_CLOEXEC);
    (void)unlink(path);
    return e == OK && *ret_fd < 0 ? ERR_IO : e;
}

static void work(struct http_request *req, void *thread_state)
{
    static const char *const types[] = {"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "text/csv; charset=utf-8"};
    struct worker *worker = thread_state;
    struct view view;
    struct fault fault = {0};
    struct stat info;
    int fd = -1;
    const char *format = http_form(req, "format");
    bool csv = format && strcmp(format, "csv") == 0;
    if (!worker) {
        reply_reason(req, REASON_busy);
        return;
    }
    if (!view_begin(&view, req)) return;
    enum err e = write_wrong(req, worker, &view, csv, &fd, &fault);
    if (e == OK && fstat(fd, &info) != 0) e = ERR_IO;
    if (e != OK) {
        if (fd >= 0) (void)close(fd);
        refusal_reply(req, e, &fault);
        return;
    }
    http_reply_file(req, &(struct http_file){.fd = fd, .size = info.st_size, .content_type = types[csv], .name = csv ? "wrong.csv" : "wrong.xlsx", .attachment = true,
                                             .cache = HTTP_NO_STORE});
}

void import_wrong_post(struct http_request *req, struct import_ask *ask)
{
    (void)ask;
    req->resume = NULL;
    http_run_in_pool(req, app_of(req)->pool, work);
}
