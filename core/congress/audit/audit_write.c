/* audit_write and audit_write_of: what a line is about is found here, from its subject, so that every writer says it the same way without looking it up. */
#include "catalogue.h"
#include "core/base/id.h"
#include "core/base/text.h"
#include "core/congress/store/store.h"

#include <string.h>

#define FOLD_MOST 2000 /* bytes: whoever searches looks for a name or a code */

/* Actions whose subject is something else, although it may look like an event's slug or a person's code. */
static bool names_no_event(const char *action)
{
    static const char *const others[] = {"account.", "sign_in", "password", "layout", "paper.", "post.", "work.", "announcement.", "question.", "printer"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (strncmp(action, others[i], strlen(others[i])) == 0) return true;
    return false;
}

static enum err write_line(struct db *db, struct sql_audit_insert_in *in)
{
    struct arena arena = {0};
    struct id_source ids = {0};
    in->id = id_next(&ids);
    const char *slash = strchr(in->subject, '/'), *all = arena_printf(&arena, "%s %s %s", in->actor, in->subject, in->detail ? in->detail : "");
    bool free_subject = !names_no_event(in->action);
    if (free_subject) in->slug = slash ? arena_strndup(&arena, in->subject, (size_t)(slash - in->subject)) : in->subject;
    if (free_subject) in->code = slash ? slash + 1 : in->subject;
    if (strncmp(in->action, "checkin.", 8) == 0 || strcmp(in->action, "conflict.settle") == 0) in->scan_id = in->subject;
    if (all && strlen(all) > FOLD_MOST) {
        size_t end = FOLD_MOST;
        while (end > 0 && ((unsigned char)all[end] & 0xc0) == 0x80) end--; /* at a character's beginning */
        all = arena_strndup(&arena, all, end);
    }
    in->text_fold = all && text_is_utf8(all, strlen(all)) ? text_fold(&arena, all) : NULL;
    enum err e = all ? sql_audit_insert(db, in, NULL) : ERR_NOMEM;
    arena_release(&arena);
    return e;
}

enum err audit_write(struct db *db, int64_t at_ms, const char *actor, const char *action, const char *subject, const char *detail)
{
    return audit_write_of(db, DB_NULL, at_ms, actor, action, subject, detail);
}

enum err audit_write_of(struct db *db, int64_t event_id, int64_t at_ms, const char *actor, const char *action, const char *subject, const char *detail)
{
    struct sql_audit_insert_in in = {.at_ms = at_ms, .actor = actor, .action = action, .subject = subject, .detail = detail, .event_id = event_id};
    return write_line(db, &in);
}
