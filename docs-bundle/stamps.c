/* Papers that came by an event file and turn out to bear a secrecy stamp: nobody sees them until the organiser lets the stamp pass. */
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

enum err docs_stop_stamped(struct db *db, int64_t now_ms, void (*tell)(void *context, const char *event, const char *code, const char *stamp), void *context,
                           struct fault *fault)
{
    struct arena arena = {0};
    struct sql_docs_unstamped_row *rows;
    size_t count = 0;
    enum err e = sql_docs_unstamped(db, &arena, &rows, &count);
    if (e != OK) (void)db_fault(db, e, fault, "read the list of papers");
    for (size_t i = 0; e == OK && i < count; i++) {
        struct stopping one = {&arena, &rows[i], docs_secrecy_in_name(&arena, rows[i].name), now_ms};
        if (!one.stamp && rows[i].text) one.stamp = docs_secrecy_in_text(&arena, rows[i].text, rows[i].source && strcmp(rows[i].source, "file") != 0);
        if (!one.stamp) continue;
        e = db_transaction(db, stop_one, &one, fault);
        if (e == OK && tell) tell(context, rows[i].event, rows[i].code, one.stamp);
    }
    arena_release(&arena);
    return e;
}
