#include "server/paper_reader.h"
#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/base/thread.h"
#include "core/congress/papers/publish.h"
#include "core/congress/papers/upload.h"
#include "docs-bundle/docs.h"
#include "server/work_reader.h"

#include "catalogue.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#define LOOK_AGAIN_MS CLOCK_MINUTE /* a disk that was full may have room now */

struct paper_reader {
    const char *folder; /* of the data; borrowed */
    struct writer *writer;
    struct id_source ids; /* used on the writer thread only */
    pthread_mutex_t lock;
    pthread_cond_t wake;
    pthread_t thread;
    bool has_work;
    _Atomic bool stopping;
};

struct taking {
    struct paper_reader *reader;
    struct arena *arena;
    const struct upload *upload;
    struct docs_reading reading;
    struct blob blob;
    const char **shas;
    int64_t *sizes;
    const char *code;
    int64_t version;
};

static bool on_page(void *context, size_t done, size_t total)
{
    (void)done;
    (void)total;
    return !atomic_load(&((struct paper_reader *)context)->stopping);
}

/* The name that phones get: of an office file that became a PDF, the PDF's. */
static const char *name_of(struct taking *t)
{
    const char *name = t->upload->name, *dot = strrchr(name, '.');
    bool converted = t->reading.kind == DOCS_OFFICE && strcmp(t->reading.media_type, "application/pdf") == 0;
    if (!converted || !dot) return name;
    return arena_printf(t->arena, "%.*s.pdf", (int)(dot - name), name);
}

static enum err store_paper(struct db *db, void *arg, struct fault *fault)
{
    struct taking *t = arg;
    struct arena arena = {0}; /* may run again */
    struct sql_docs_event_row event;
    int64_t now_ms = clock_now_ms();
    const char *code = NULL;
    enum err e = sql_docs_event(db, &arena, t->upload->event, &event);
    struct sql_blob_insert_in blob = {t->blob.sha256, t->blob.size, t->reading.media_type, now_ms, t->blob.crc};
    if (e == OK) e = sql_blob_insert(db, &blob, NULL);
    if (e == OK) e = docs_reading_show(db, t->blob.sha256);
    struct doing doing = {db, &arena, &t->reader->ids, event.id, now_ms, t->upload->actor, fault};
    struct paper_file file = {t->upload->document, name_of(t), t->blob.sha256, t->reading.secrecy, t->upload->id};
    if (e == OK) e = file.name ? paper_add_file(&doing, &file, &code, &t->version) : ERR_NOMEM;
    if (e == OK && !(t->code = arena_strdup(t->arena, code))) e = ERR_NOMEM;
    arena_release(&arena);
    return e == OK || fault->text[0] ? e : db_fault(db, e, fault, "store a paper");
}

static enum err read_it(struct taking *t, const char *work, struct fault *fault)
{
    const char *folder = t->reader->folder, *path = upload_path(t->arena, folder, t->upload);
    struct docs_wishes wishes = {.folder = work, .name = t->upload->name, .on_page = on_page, .context = t->reader};
    enum err e = path ? docs_extract(t->arena, path, &wishes, &t->reading, fault) : ERR_NOMEM;
    if (e == ERR_NOT_FOUND) { /* what would look into it is not installed: it can be given out all the same, unread; by name alone a stamp is known */
        t->reading = (struct docs_reading){.file = path, .source = DOCS_SOURCE_NONE, .secrecy = docs_secrecy_in_name(t->arena, t->upload->name)};
        e = docs_kind_find(path, t->upload->name, &t->reading.kind, &t->reading.media_type, fault);
    }
    if (e == OK) e = blob_put_file(folder, t->reading.file, BLOB_LIMIT, &t->blob, fault);
    if (e == OK) e = docs_pictures_put(t->arena, folder, &t->reading, &t->shas, &t->sizes, fault);
    return e;
}

static enum err transact(void *writer, enum err (*work)(struct db *db, void *arg, struct fault *fault), void *arg, struct fault *fault)
{
    return writer_run(writer, work, arg, fault);
}

/* The pages in turns, so that check-ins go in between; then the paper with all of them. */
static enum err store_it(struct taking *t, struct fault *fault)
{
    struct paper_reader *reader = t->reader;
    struct docs_turns turns = {.folder = reader->folder, .transact = transact, .context = reader->writer, .on_page = on_page, .page_context = reader};
    struct docs_draft draft = {.sha256 = t->blob.sha256, .media_type = t->reading.media_type, .size = t->blob.size, .crc = t->blob.crc, .reading = &t->reading,
                               .shas = (const char *const *)t->shas, .sizes = t->sizes, .now_ms = clock_now_ms()};
    enum err e = docs_turns_begin(&turns, fault);
    if (e == OK && (t->reading.count || t->reading.source != DOCS_SOURCE_NONE)) e = docs_draft_write(&turns, &draft, fault);
    if (e == OK) e = writer_run(reader->writer, store_paper, t, fault);
    docs_turns_end(&turns);
    return e;
}

static enum err take_paper(struct paper_reader *reader, struct arena *arena, const struct upload *upload, struct fault *fault)
{
    struct taking t = {.reader = reader, .arena = arena, .upload = upload};
    const char *work = docs_work_folder(arena, fault);
    enum err e = work ? read_it(&t, work, fault) : ERR_IO;
    if (e == OK) e = store_it(&t, fault);
    if (work) docs_remove_folder(work);
    if (e == OK) log_line(LOG_NOTICE, "papers", "%s: version %lld is stored", t.code, (long long)t.version);
    return e;
}

/* ERR_FULL, ERR_IO and the like: later again; false. */
static bool take(struct paper_reader *reader, struct arena *arena, const struct upload *upload)
{
    struct fault fault = {0};
    struct work_taking hang = {reader->folder, reader->writer, &reader->ids, on_page, reader};
    enum err e = upload->room ? work_reader_take(&hang, arena, upload, &fault) : take_paper(reader, arena, upload, &fault);
    if (e == OK) {
        upload_remove(reader->folder, upload->id);
        return true;
    }
    if (e == ERR_TIMEOUT && atomic_load(&reader->stopping)) return false;
    bool theirs = e == ERR_INPUT || e == ERR_LIMIT || e == ERR_CONFLICT || e == ERR_NOT_FOUND || e == ERR_TIMEOUT;
    log_line(theirs ? LOG_NOTICE : LOG_ERROR, "papers", "an upload could not be taken: %s", fault.text[0] ? fault.text : err_name(e));
    struct fault why = fault;
    why.code = e;
    if (theirs) e = upload_refuse(arena, reader->folder, upload, &why, &fault);
    return theirs && e == OK;
}

/* All that are whole; those that could not be stored for want of room wait for the next round. */
static bool take_all(struct paper_reader *reader)
{
    struct arena arena = {0};
    struct upload *list;
    size_t count;
    bool done = true;
    if (upload_list(&arena, reader->folder, NULL, clock_now_ms(), &list, &count) == OK)
        for (size_t i = 0; i < count && !atomic_load(&reader->stopping); i++) {
            struct arena one = {0};
            if (upload_is_whole(&list[i])) done = take(reader, &one, &list[i]) && done;
            arena_release(&one);
        }
    arena_release(&arena);
    return done;
}

static void *run(void *arg)
{
    struct paper_reader *reader = arg;
    while (!atomic_load(&reader->stopping)) {
        (void)take_all(reader);
        (void)pthread_mutex_lock(&reader->lock);
        while (!reader->has_work && !atomic_load(&reader->stopping) && !thread_wait(&reader->wake, &reader->lock, LOOK_AGAIN_MS)) continue;
        reader->has_work = false;
        (void)pthread_mutex_unlock(&reader->lock);
    }
    return NULL;
}

enum err paper_reader_new(const struct store *store, struct writer *writer, struct paper_reader **ret)
{
    struct paper_reader *reader = calloc(1, sizeof *reader);
    if (!reader) return ERR_NOMEM;
    reader->folder = store->folder;
    reader->writer = writer;
    (void)pthread_mutex_init(&reader->lock, NULL);
    thread_condition_init(&reader->wake);
    if (pthread_create(&reader->thread, NULL, run, reader) == 0) {
        *ret = reader;
        return OK;
    }
    free(reader);
    return ERR_NOMEM;
}

static void signal_it(struct paper_reader *reader, bool stop)
{
    (void)pthread_mutex_lock(&reader->lock);
    reader->has_work = true;
    if (stop) atomic_store(&reader->stopping, true);
    (void)pthread_cond_signal(&reader->wake);
    (void)pthread_mutex_unlock(&reader->lock);
}

void paper_reader_wake(struct paper_reader *reader)
{
    signal_it(reader, false);
}

void paper_reader_free(struct paper_reader *reader)
{
    if (!reader) return;
    signal_it(reader, true);
    (void)pthread_join(reader->thread, NULL);
    (void)pthread_cond_destroy(&reader->wake);
    (void)pthread_mutex_destroy(&reader->lock);
    free(reader);
}
