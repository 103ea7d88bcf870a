/* No statement of a door's path reads a whole table, nor all that an event ever had: what the engine plans for each is looked at. Without statistics of its own the
 * plan does not depend on how full the tables are. */
#include "catalogue.h"
#include "core/base/crypto.h"
#include "core/congress/store/store.h"
#include "tests/unit/check.h"

#include <stdlib.h>

static const char *const hot_rooms[] = {"checkin_", "conflict_", "roster_", "programme_seqs", "device_by_key", "device_seen", "tally_add", "tally_area_present",
                                        "figures_changed_people", "figures_special", "figures_by_group", "figures_arrivals_of", "figures_late",
                                        "photos_find_of_scan", "pages_scans", "figures_handouts", "tally_read",
                                        "row_find", "row_typed", "row_last", "delegates_shown", "people_shown",
                                        "find_entry_of", "find_entry_next", "find_entry_before"};

static bool is_hot(const char *name)
{
    for (size_t i = 0; i < sizeof hot_rooms / sizeof *hot_rooms; i++)
        if (strncmp(name, hot_rooms[i], strlen(hot_rooms[i])) == 0) return true;
    return false;
}

/* One person's chain is walked, and the newest of a list may be taken from its end. Everything else must be found by an index that says more than the event. */
static bool is_slow(const char *name, const char *step)
{
    if (strncmp(step, "SCAN ", 5) == 0) return strncmp(step, "SCAN past", 9) != 0 && strncmp(step, "SCAN CONSTANT", 13) != 0;
    /* Of tens of thousands of late scans none is looked up by itself, five times a second. */
    if (strcmp(name, "figures_late_count") == 0 && strncmp(step, "SEARCH s ", 9) != 0 && strncmp(step, "SEARCH ", 7) == 0) return !strstr(step, "USING COVERING INDEX");
    bool newest = strcmp(name, "pages_scans") == 0 || strcmp(name, "row_last") == 0;
    return !newest && (strstr(step, "scan_by_event (event_id=?)") || strstr(step, "presence_by_area (area_id=?)"));
}

static void look(struct check *c, const char *path, const struct db_statement_text *text)
{
    char *sql = malloc(strlen(text->sql) + 64);
    struct arena arena = {0};
    struct fault fault = {0};
    struct db *db = NULL;
    struct db_value nothing[64] = {{DB_TYPE_NULL, 0, NULL}}, *rows = NULL;
    size_t n = 0, parameters = strlen(text->parameter_types);
    if (!sql) abort();
    (void)sprintf(sql, "EXPLAIN QUERY PLAN %s", text->sql);
    struct db_statement_text explain = {text->name, sql, text->parameter_types, "iiit"};
    struct db_catalogue one = {&explain, 1, NULL, 0};
    if (CHECK(c, db_open(&one, path, DB_READ, &db, &fault) == OK) && CHECK(c, db_fetch(db, &arena, 0, nothing, parameters, &rows, &n) == OK)) {
        for (size_t i = 0; i < n; i++)
            if (!CHECK(c, !is_slow(text->name, rows[i * 4 + 3].text))) printf("# %s: %s\n", text->name, rows[i * 4 + 3].text);
    } else {
        printf("# %s: %s\n", text->name, db ? db_error(db) : fault.text);
    }
    db_close(db);
    arena_release(&arena);
    free(sql);
}

int main(void)
{
    struct check c = {0};
    struct store store = {0};
    struct fault fault = {0};
    char folder[] = "/tmp/plenum-test-XXXXXX", command[64];
    size_t looked = 0;
    if (!CHECK(&c, crypto_init() == OK && mkdtemp(folder)) || !CHECK(&c, store_open(folder, STORE_CREATE, &store, &fault) == OK)) return check_done(&c, "query plans");
    CHECK(&c, is_slow("checkin_x", "SCAN s") && is_slow("checkin_x", "SEARCH s USING INDEX scan_by_event (event_id=?)") && !is_slow("checkin_x", "SCAN past"));
    CHECK(&c, is_slow("figures_late_count", "SEARCH scan USING INDEX scan_late (event_id=? AND received_ms>?)"));
    for (size_t i = 0; i < catalogue.statement_count; i++) {
        if (!is_hot(catalogue.statements[i].name)) continue;
        look(&c, store.database, &catalogue.statements[i]);
        looked++;
    }
    CHECK(&c, looked > 30);
    store_close(&store);
    (void)snprintf(command, sizeof command, "rm -rf '%s'", folder);
    CHECK(&c, system(command) == 0);
    return check_done(&c, "query plans");
}
