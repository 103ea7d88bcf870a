#include "server/work_reader.h"

#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/congress/our_work/our_work.h"
#include "core/congress/store/store.h"
#include "docs-bundle/docs.h"

#include "catalogue.h"

#include <string.h>

struct taken {
    const struct work_taking *taking;
    const struct upload *upload;
    struct docs_work work;
    struct blob blob;
};

bool work_reader_is_room(const char *room)
{
    static const char *const rooms[] = {UPLOAD_ROOM_WORK, UPLOAD_ROOM_WELCOME, UPLOAD_ROOM_EMBLEM};
    for (size_t i = 0; i < sizeof rooms / sizeof rooms[0]; i++)
        if (strcmp(room, rooms[i]) == 0) return true;
    return false;
}

static enum err hang(const struct doing *d, const struct taken *t)
{
    const char *name = t->upload->name, *room = t->upload->room;
    if (strcmp(room, UPLOAD_ROOM_WORK) == 0) return our_work_add(d, name, t->blob.sha256, t->work.pages);
    if (strcmp(room, UPLOAD_ROOM_WELCOME) == 0) return our_work_welcome_picture(d, name, t->blob.sha256);
    return our_work_emblem(d, name, t->blob.sha256);
}

static enum err store(struct db *db, void *arg, struct fault *fault)
{
    struct taken *t = arg;
    struct arena arena = {0}; /* may run again */
    struct sql_our_work_event_row event;
    int64_t now_ms = clock_now_ms();
    struct sql_blob_insert_in blob = {t->blob.sha256, t->blob.size, t->blob.media_type, now_ms, t->blob.crc};
    struct sql_our_work_upload_row done;
    enum err e = sql_our_work_upload(db, &arena, t->upload->id, &done);
    if (e != ERR_NOT_FOUND) { /* a server that was ended after it was stored */
        arena_release(&arena);
        return e == OK ? OK : db_fault(db, e, fault, "store what a wall shows");
    }
    e = sql_our_work_event(db, &arena, t->upload->event, &event);
    if (e == OK) e = sql_our_work_upload_set(db, t->upload->id, event.id, now_ms, NULL);
    if (e == OK) e = sql_blob_insert(db, &blob, NULL);
    if (e == OK) e = docs_work_store(db, t->blob.sha256, &t->work, NULL, now_ms);
    struct doing doing = {db, &arena, t->taking->ids, event.id, now_ms, t->upload->actor, fault};
    if (e == OK) e = hang(&doing, t);
    arena_release(&arena);
    return e == OK || fault->text[0] ? e : db_fault(db, e, fault, "store what a wall shows");
}

/* Scenes that are one picture take nothing else. */
static enum err check(const struct taken *t, struct fault *fault)
{
    bool picture = strncmp(t->blob.media_type, "image/", 6) == 0;
    if (picture || strcmp(t->upload->room, UPLOAD_ROOM_WORK) == 0) return OK;
    return fault_because(fault, ERR_INPUT, "work_picture", NULL, "is no picture (JPEG, PNG or WebP)");
}

enum err work_reader_take(const struct work_taking *taking, struct arena *arena, const struct upload *upload, struct fault *fault)
{
    struct taken t = {.taking = taking, .upload = upload};
    const char *path = upload_path(arena, taking->folder, upload);
    struct docs_work_wish wish = {.data_folder = taking->folder, .path = path, .name = upload->name, .on_page = taking->on_page, .context = taking->context};
    enum err e = path ? docs_work_make(arena, &wish, &t.work, fault) : ERR_NOMEM;
    if (e == OK) e = blob_put_file(taking->folder, path, BLOB_LIMIT, &t.blob, fault);
    if (e == OK) e = check(&t, fault);
    if (e == OK) e = writer_run(taking->writer, store, &t, fault);
    if (e == OK) log_line(LOG_NOTICE, "work", "%s: \"%s\" hangs now, %zu pages", upload->event, upload->name, t.work.count);
    return e;
}
