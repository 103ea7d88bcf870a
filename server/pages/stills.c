/* GET /admin/{event}/stills.zip: pictures of the wall for a USB stick, in one archive: size= (1920x1080), language=. Drawn when it is asked for. */
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/zip.h"
#include "docs-bundle/docs.h"
#include "server/pages/staff_page.h"
#include "server/refusal.h"
#include "server/stills/stills.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#define PICTURE_MOST (128u << 20)

struct stills_job {
    struct stills_wish wish;
    int fd; /* of the archive, which has no name any more; -1: none */
    int64_t size;
    enum err result;
    struct fault fault;
};

static void close_archive(void *data)
{
    struct stills_job *job = data;
    if (job->fd >= 0) (void)close(job->fd);
}

static enum err put_record(struct stills_job *job, struct buf *record)
{
    enum err e = buf_ok(record) ? file_write_all(job->fd, record->data, record->length) : ERR_NOMEM;
    job->size += (int64_t)record->length;
    buf_release(record);
    buf_init(record, BUF_LIMIT_FILE);
    return e;
}

static enum err put_pictures(struct stills_job *job, const struct stills *stills, struct zip_entry *entries, struct buf *record)
{
    enum err e = OK;
    for (size_t i = 0; e == OK && i < stills->count; i++) {
        struct arena arena = {0};
        char *data;
        size_t length;
        const char *path = file_join(&arena, job->wish.folder, stills->names[i]);
        e = path ? file_read(&arena, path, PICTURE_MOST, &data, &length, &job->fault) : ERR_NOMEM;
        if (e == OK) {
            entries[i] = (struct zip_entry){.name = stills->names[i], .size = length, .crc = zip_crc32(0, data, length), .offset = (uint64_t)job->size};
            zip_local_header(&entries[i], record);
            e = put_record(job, record);
        }
        if (e == OK) e = file_write_all(job->fd, data, length);
        if (e == OK) job->size += (int64_t)length;
        if (path) (void)unlink(path); /* room on the disk for one archive is enough */
        arena_release(&arena);
    }
    return e;
}

static enum err put_archive(struct arena *arena, struct stills_job *job, const struct stills *stills)
{
    struct buf record;
    struct zip_entry *entries = arena_array(arena, stills->count + 1, sizeof *entries);
    const char *path = file_join(arena, job->wish.folder, "stills.zip");
    buf_init(&record, BUF_LIMIT_FILE);
    enum err e = entries && path ? OK : ERR_NOMEM;
    if (e == OK) job->fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (e == OK && job->fd < 0) e = fault_set(&job->fault, err_from_errno(errno), "stills: %s", strerror(errno));
    if (e == OK) e = put_pictures(job, stills, entries, &record);
    const int64_t central = job->size;
    for (size_t i = 0; e == OK && i < stills->count; i++) zip_central_header(&entries[i], &record);
    if (e == OK) zip_end(stills->count, (uint64_t)central, record.length, &record);
    if (e == OK) e = put_record(job, &record);
    buf_release(&record);
    return e;
}

static bool may_go_on(void *app, size_t done, size_t total)
{
    (void)done;
    (void)total;
    return atomic_load(&((struct app *)app)->is_open);
}

static void make(struct http_request *req, void *thread_state)
{
    struct stills_job *job = req->state;
    struct worker *worker = thread_state;
    struct arena arena = {0}; /* more than a request may take */
    struct stills stills;
    job->result = worker ? OK : ERR_BUSY;
    if (worker && !worker->fonts) job->result = fonts_new(&worker->fonts, &job->fault);
    const char *folder = job->result == OK ? docs_work_folder(&arena, &job->fault) : NULL;
    if (job->result == OK && !folder) job->result = ERR_IO;
    if (job->result == OK) {
        job->wish.db = worker->db;
        job->wish.fonts = worker->fonts;
        job->wish.folder = folder;
        job->result = stills_make(&arena, &job->wish, &stills, &job->fault);
    }
    if (job->result == OK) job->result = put_archive(&arena, job, &stills);
    docs_remove_folder(folder);
    arena_release(&arena);
}

static void made(struct http_request *req)
{
    struct stills_job *job = req->state;
    if (job->result == OK) {
        const char *name = arena_printf(req->arena, "stills-%s-%ux%u.zip", job->wish.event, job->wish.width, job->wish.height);
        const int fd = job->fd;
        job->fd = -1;
        http_reply_file(req, &(struct http_file){.fd = fd, .size = job->size, .content_type = "application/zip", .name = name, .attachment = true});
    } else if (job->result == ERR_BUSY) {
        reply_reason(req, REASON_busy);
    } else {
        refusal_reply(req, job->result == ERR_NOT_FOUND && job->fault.reason ? ERR_INPUT : job->result, &job->fault);
    }
}

void stills_get(struct http_request *req)
{
    const char *size = http_query(req, "size"), *language = http_query(req, "language");
    struct view view;
    struct worker *worker = staff_enter(req, NULL);
    struct stills_job *job = worker ? arena_alloc(req->arena, sizeof *job) : NULL;
    if (!worker || view_make_part(&view, req) != OK) return;
    if (!job) {
        reply_reason(req, REASON_busy);
        return;
    }
    *job = (struct stills_job){.fd = -1};
    job->wish = (struct stills_wish){.data_folder = app_of(req)->store.folder, .i18n = view_i18n(&view), .event = http_param(req, "event"), .width = STILLS_WIDTH_USUAL,
                                     .height = STILLS_HEIGHT_USUAL, .language = language && *language ? language : NULL, .now_ms = clock_now_ms(),
                                     .on_picture = may_go_on, .context = app_of(req)};
    if (size && *size && !stills_size_parse(size, &job->wish.width, &job->wish.height)) {
        refusal_reply(req, ERR_INPUT, &(struct fault){.text = "size= is like 1920x1080", .reason = "work_size"});
        return;
    }
    if (http_at_end(req, close_archive, job) != OK) {
        reply_reason(req, REASON_busy);
        return;
    }
    req->state = job;
    req->resume = made;
    http_run_in_pool(req, app_of(req)->past_pool, make);
}
