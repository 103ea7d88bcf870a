/* Gates, pages and figures learn of an import once, at its end: each delegate's row carries the event's number as it is written (a gate asks for everything
 * from its own
 * number on, with it), and the numbers of the events grow in the last slice. */
#include "catalogue.h"
#include "core/congress/list_import/private.h"

void tell_event(struct tell *tell, int64_t event_id)
{
    for (size_t i = 0; i < tell->count; i++)
        if (tell->events[i] == event_id) return;
    if (tell->count < TELL_EVENTS_MOST) tell->events[tell->count] = event_id;
    tell->count++; /* more than there is room for: all of them are told */
}

enum err tell_person(struct db *db, struct arena *arena, struct tell *tell, int64_t person_id)
{
    struct sql_find_delegates_of_person_row *rows;
    size_t count = 0;
    enum err e = sql_find_delegates_of_person(db, arena, person_id, &rows, &count);
    if (e != OK || !count) return e;
    for (size_t i = 0; i < count; i++) tell_event(tell, rows[i].event_id);
    return sql_import_delegate_touch_person(db, person_id, NULL);
}

enum err tell_unit(struct db *db, struct arena *arena, struct tell *tell, int64_t unit_id)
{
    struct sql_list_import_unit_events_row *rows;
    size_t count = 0;
    enum err e = sql_list_import_unit_events(db, arena, unit_id, &rows, &count);
    for (size_t i = 0; e == OK && i < count; i++) tell_event(tell, rows[i].event_id);
    return e;
}

enum err tell_all(struct db *db, const struct tell *tell)
{
    enum err e = OK;
    if (tell->count > TELL_EVENTS_MOST) return sql_list_import_bump_all(db, NULL);
    for (size_t i = 0; e == OK && i < tell->count; i++) e = sql_import_event_bump(db, tell->events[i], NULL);
    return e;
}
