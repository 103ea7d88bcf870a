/* After a change of the programme or of delegates: what the scans mean now. An event where nobody was scanned yet has only its expected figures. */
#include "catalogue.h"
#include "core/congress/checkin/checkin.h"
#include "core/congress/event_file/plan.h"

enum err plan_recount(struct db *db, int64_t event_id, const char *slug)
{
    struct arena arena = {0}, scratch = {0};
    struct sql_import_scanned_delegates_row *rows = NULL;
    struct programme *programme;
    struct write_tools tools = {0};
    size_t count = 0;
    enum err e = sql_import_scanned_delegates(db, &arena, event_id, &rows, &count);
    if (e == OK && count == 0) {
        arena_release(&arena);
        return tally_rebuild_expected(db, event_id);
    }
    if (e == OK) e = programme_load(db, &arena, slug, &programme);
    write_tools_begin(&tools);
    for (size_t i = 0; e == OK && i < count; i++) {
        e = presence_recompute(db, &scratch, programme, &tools, rows[i].id, rows[i].category_id, rows[i].delegation_id == DB_NULL ? 0 : rows[i].delegation_id);
        arena_clear(&scratch);
    }
    write_tools_release(&tools); /* its differences are void: categories may have changed too, so all is counted from nothing */
    if (e == OK) e = tally_rebuild(db, event_id);
    arena_release(&scratch);
    arena_release(&arena);
    return e;
}
