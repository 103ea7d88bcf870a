/* What the desk's card on a helper's phone shows beside the delegate's page (core/congress/delegate_page.h). */
#ifndef PLENUM_CONGRESS_CARD_H
#define PLENUM_CONGRESS_CARD_H

#include "core/congress/checkin/checkin.h"

struct card_facts {
    int64_t gate_id;  /* where they came in; DB_NULL: they are not in */
    const char *note; /* "call the host"; NULL: none */
    bool greet;       /* screens at doors may greet them */
};
/* ERR_NOT_FOUND: no such delegate. Texts in the arena. */
enum err card_facts_load(struct db *db, struct arena *arena, int64_t delegate_id, struct card_facts *ret);

/* What came of a button that was pressed on the card: from the record, so that no address can claim it; only to the account that pressed it, and as long as it
 * can be taken back. ERR_NOT_FOUND: nothing such. */
struct card_result {
    enum outcome outcome;
    enum reason reason;
    int64_t gate_id, first_ms, first_gate_id; /* the last two DB_NULL: nothing is known */
    bool undone;
};
enum err card_result_load(struct db *db, struct arena *arena, const char *scan_id, int64_t account_id, int64_t delegate_id, int64_t now_ms, struct card_result *ret);

#endif
