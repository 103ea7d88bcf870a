#include "core/congress/write_tools.h"

#include "catalogue.h"

void write_tools_begin(struct write_tools *tools)
{
    tools->tally.count = 0;
    tools->grown_count = 0;
    programme_cache_expire(&tools->programmes);
}

struct write_mark write_tools_mark(const struct write_tools *tools)
{
    return (struct write_mark){tools->tally.count, tools->grown_count};
}

void write_tools_forget(struct write_tools *tools, struct write_mark mark)
{
    tools->tally.count = mark.tally_count;
    tools->grown_count = mark.grown_count;
}

enum err write_tools_flush(struct write_tools *tools, struct db *db)
{
    return tally_sink_flush(&tools->tally, db);
}

void write_tools_release(struct write_tools *tools)
{
    programme_cache_release(&tools->programmes);
    tally_sink_release(&tools->tally);
}

enum err write_tools_grow(struct write_tools *tools, struct db *db, int64_t event_id, int64_t *ret_roster_seq)
{
    for (size_t i = 0; i < tools->grown_count; i++) {
        if (tools->grown[i].event_id != event_id) continue;
        *ret_roster_seq = tools->grown[i].roster_seq;
        return OK;
    }
    struct sql_checkin_bump_event_row row;
    enum err e = sql_checkin_bump_event(db, NULL, event_id, &row);
    if (e != OK) return e;
    if (tools->grown_count < WRITE_TOOLS_EVENTS) {
        tools->grown[tools->grown_count].event_id = event_id;
        tools->grown[tools->grown_count++].roster_seq = row.roster_seq;
    }
    *ret_roster_seq = row.roster_seq;
    return OK;
}
