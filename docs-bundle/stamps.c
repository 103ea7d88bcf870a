/* Papers that turn out to bear a secrecy stamp after they came: nobody sees them until the organiser lets the stamp pass. */
#include "catalogue.h"
#include "core/congress/store/store.h"
#include "docs-bundle/docs.h"

#include <string.h>

struct stopping {
    struct arena *arena;
    const struct sql_docs_unstamped_row *row;
    const char *stamp;
    int64_t now_ms;
};

static enum err stop_one(struct db *db, void *arg, struct fault *fault)
{
    const struct stopping *s = arg;
    enum err e = sql_room_set_stamp(db, s->row->id, s->stamp, NULL);
    if (e == OK) e = sql_docs_event_touch(db, s->row->event_id, NULL);
    if (e == OK) e = audit_write(db, s->now_ms, "import", "paper.stop", s->row->code, arena_printf(s->arena, "{\"stamp\":\"%s\"}", s->stamp));
    return e == OK ? OK : db_fault(db, e, fault, "stop a paper");
}

/* False: nothing has come since the last look. What is new now is looked at, what comes meanwhile the next time. */
static enum err is_new(struct db *db, struct arena *arena, struct docs_stamp_watch *watch, bool *ret)
{
    struct sql_docs_stamp_mark_row now;
    *ret = true;
    if (!watch) return OK;
    enum err e = sql_docs_stamp_mark(db, arena, &now);
    if (e != OK) return e;
    *ret = !watch->looks || now.config != watch->config || now.versions != watch->versions || now.readings != watch->readings || now.made_ms != watch->made_ms;
    if (*ret) *watch = (struct docs_stamp_watch){watch->looks + 1, now.config, now.versions, now.readings, now.made_ms};
    return OK;
}

enum err docs_stop_stamped(struct db *db, int64_t now_ms, struct docs_stamp_watch *watch,
                           void (*tell)(void *context, const char *event, const char *code, const char *stamp), void *context, struct fault *fault)
{
    bool look = false;
    struct arena arena = {0};
    struct sql_docs_unstamped_row *rows;
    size_t count = 0;
    enum err e = is_new(db, &arena, watch, &look);
    if (e == OK && look) e = sql_docs_unstamped(db, &arena, &rows, &count);
    if (e != OK) (void)db_fault(db, e, fault, "read the list of papers");
    for (size_t i = 0; e == OK && i < count; i++) {
        bool from_picture = rows[i].source && strcmp(rows[i].source, "file") != 0;
        struct stopping one = {&arena, &rows[i], docs_secrecy_of(&arena, rows[i].name, rows[i].text, from_picture), now_ms};
        if (!one.stamp) continue;
        e = db_transaction(db, stop_one, &one, fault);
        if (e == OK && tell) tell(context, rows[i].event, rows[i].code, one.stamp);
    }
    if (e != OK && watch) watch->config = -1; /* it is looked again */
    arena_release(&arena);
    return e;
}
