#include "core/congress/purge/purge.h"
#include "catalogue.h"
#include "core/base/clock.h"

#include <string.h>

#define YEAR_MS (365 * CLOCK_DAY + CLOCK_DAY / 4)

int purge_years(const char *kind)
{
    return strcmp(kind, "congress") == 0 ? 5 : strcmp(kind, "training") == 0 ? 2 : 1;
}

enum err purge_look_due(struct db *db, struct arena *arena, const char *slug, struct purge_view *ret)
{
    struct sql_purge_event_row event;
    enum err e = sql_purge_event(db, arena, slug, &event);
    if (e != OK) return e;
    bool by_kind = event.erase_ms == DB_NULL;
    *ret = (struct purge_view){.event_id = event.id, .slug = slug, .kind = event.kind, .ends_ms = event.ends_ms, .purged_ms = event.purged_ms,
                               .purging_ms = event.purging_ms, .due_by_kind = by_kind,
                               .due_ms = by_kind ? event.ends_ms + purge_years(event.kind) * YEAR_MS : event.erase_ms};
    return OK;
}

enum err purge_look(struct db *db, struct arena *arena, const char *slug, struct purge_view *ret)
{
    struct sql_purge_counts_row n;
    struct sql_purge_people_row people;
    enum err e = purge_look_due(db, arena, slug, ret);
    if (e == OK) e = sql_purge_counts(db, arena, ret->event_id, slug, &n);
    if (e == OK) e = sql_purge_people(db, arena, ret->event_id, &people);
    if (e != OK) return e;
    ret->erased = people.going;
    ret->stay = people.total - people.going;
    ret->photos = people.photos;
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
    enum err e = purge_look_due(db, arena, slug, &view);
    const char *detail = due_ms == DB_NULL ? "{\"by\":\"kind\"}" : arena_printf(arena, "{\"due_ms\":%lld}", (long long)due_ms);
    if (e == OK) e = sql_purge_erase_set(db, view.event_id, due_ms, NULL);
    return e == OK ? detail ? audit_write(db, now_ms, actor, "purge.setting", slug, detail) : ERR_NOMEM : e;
}
