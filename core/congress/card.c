#include "core/congress/card.h"

#include "catalogue.h"

enum err card_facts_load(struct db *db, struct arena *arena, int64_t delegate_id, struct card_facts *ret)
{
    struct sql_pages_card_row row;
    enum err e = sql_pages_card(db, arena, delegate_id, &row);
    if (e == OK) *ret = (struct card_facts){row.gate_id, row.note, row.greet != 0};
    return e;
}

enum err card_result_load(struct db *db, struct arena *arena, const char *scan_id, int64_t account_id, int64_t delegate_id, int64_t now_ms, struct card_result *ret)
{
    struct sql_pages_card_scan_row row;
    const struct sql_pages_card_scan_in in = {scan_id, account_id, delegate_id, now_ms - CHECKIN_UNDO_MS};
    enum err e = sql_pages_card_scan(db, arena, &in, &row);
    if (e != OK) return e;
    *ret = (struct card_result){.reason = reason_from_code(row.reason), .gate_id = row.gate_id, .first_ms = row.first_ms, .first_gate_id = row.first_gate_id,
                                .undone = row.undone != 0};
    return outcome_from_name(row.outcome, &ret->outcome) ? OK : ERR_BUG;
}
