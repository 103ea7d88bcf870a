#include "core/congress/badges/card_list.h"

#include "core/congress/badges/badge_token.h"

#include "catalogue.h"

#include <string.h>

static const char *const names[] = {"none", "made", "printed", "handed", "withdrawn", "replaced"};

const char *card_state_name(enum card_state state)
{
    return names[state];
}

int card_state_from_name(const char *name)
{
    for (int i = 0; name && i <= CARD_REPLACED; i++)
        if (strcmp(names[i], name) == 0) return i;
    return CARD_ANY_STATE;
}

enum err card_list_page(struct db *db, struct arena *arena, int64_t unit_id, int state, const char *after_sort, int64_t after_id, size_t most, struct card_line **ret,
                        size_t *ret_count)
{
    const struct sql_card_list_page_in in = {unit_id, state, after_sort ? after_sort : "", after_sort ? after_id : INT64_MIN + 1, (int64_t)most};
    struct sql_card_list_page_row *rows;
    size_t count;
    enum err e = sql_card_list_page(db, arena, &in, &rows, &count);
    if (e != OK) return e;
    struct card_line *lines = arena_array(arena, count + 1, sizeof *lines);
    if (!lines) return ERR_NOMEM;
    for (size_t i = 0; i < count; i++)
        lines[i] = (struct card_line){.person_id = rows[i].id, .code = rows[i].code, .name = rows[i].name, .sort = rows[i].name_sort, .unit_code = rows[i].unit_code,
                                      .unit = rows[i].unit_name, .state = (enum card_state)rows[i].state, .issue = rows[i].issue == DB_NULL ? 0 : rows[i].issue,
                                      .made_ms = rows[i].created_ms, .printed_ms = rows[i].printed_ms, .handed_ms = rows[i].handed_ms,
                                      .revoked_ms = rows[i].revoked_ms, .to_name = rows[i].to_name};
    *ret = lines;
    *ret_count = count;
    return OK;
}

enum err card_list_counts(struct db *db, struct arena *arena, int64_t unit_id, struct card_counts *ret)
{
    struct sql_card_list_counts_row *rows;
    size_t count;
    struct card_counts counts = {.people = 0};
    enum err e = sql_card_list_counts(db, arena, unit_id, &rows, &count);
    if (e != OK) return e;
    for (size_t i = 0; i < count; i++) {
        counts.of[rows[i].state] = rows[i].total;
        counts.people += rows[i].total;
        counts.replaced += rows[i].replaced;
    }
    *ret = counts;
    return OK;
}

enum err card_list_of_person(struct db *db, struct arena *arena, int64_t person_id, struct card_issue **ret, size_t *ret_count)
{
    struct sql_card_list_of_person_row *rows;
    size_t count;
    enum err e = sql_card_list_of_person(db, arena, person_id, &rows, &count);
    if (e != OK) return e;
    struct card_issue *cards = arena_array(arena, count + 1, sizeof *cards);
    if (!cards) return ERR_NOMEM;
    for (size_t i = 0; i < count; i++)
        cards[i] = (struct card_issue){rows[i].issue, rows[i].created_ms, rows[i].revoked_ms, rows[i].printed_ms, rows[i].handover_id, rows[i].handed_ms, rows[i].to_name,
                                       rows[i].handed_by};
    *ret = cards;
    *ret_count = count;
    return OK;
}

enum err card_list_scanned(struct db *db, struct arena *arena, const char *text, const char **ret_code, struct fault *fault)
{
    char token[ID_TOKEN_SIZE], token_id[BADGE_TOKEN_ID_SIZE];
    struct sql_card_by_token_row row;
    if (!text || !id_token_from_scan(text, token)) return fault_because(fault, ERR_INPUT, "card_unread", NULL, "that is no card");
    badge_token_id(token, token_id);
    enum err e = sql_card_by_token(db, arena, token_id, &row);
    if (e == ERR_NOT_FOUND) return fault_because(fault, e, "card_unknown", NULL, "that is no member card of ours");
    if (e != OK) return db_fault(db, e, fault, "look for the card");
    if (row.revoked_ms != DB_NULL) return fault_because(fault, ERR_CONFLICT, "card_revoked", row.name, "the card of %s is not good any more", row.name);
    *ret_code = row.code;
    return OK;
}
