#include "core/congress/delegate_page.h"

#include "core/congress/badges/badge_token.h"

#include "catalogue.h"

#include <string.h>

static bool mandate_is_lost(const char *status)
{
    return strcmp(status, "summoned") != 0 && strcmp(status, "alternate") != 0;
}

/* A list of codes as the import stores it. */
static bool is_head_of_delegation(const char *roles)
{
    return roles != NULL && strstr(roles, "\"head_of_delegation\"") != NULL;
}

enum err delegate_page_load(struct db *db, struct arena *arena, const char *token, int64_t now_ms, struct delegate_page *ret)
{
    char token_id[BADGE_TOKEN_ID_SIZE];
    badge_token_id(token, token_id);
    struct sql_pages_delegate_row row;
    enum err err = sql_pages_delegate(db, arena, token_id, now_ms, &row);
    if (err != OK) return err;
    if (row.revoked_ms != DB_NULL) return ERR_DENIED;
    if (row.delegate_id == DB_NULL) {
        *ret = (struct delegate_page){.delegate_id = DB_NULL, .since_ms = DB_NULL};
        return OK;
    }
    bool is_in = row.area_id != DB_NULL && row.until_ms > now_ms;
    *ret = (struct delegate_page){
        .delegate_id = row.delegate_id, .category_id = row.category_id, .event = row.event_slug, .person_code = row.person_code, .name = row.name,
        .honorific = row.honorific, .title = row.title, .born = row.born, .number = row.number, .category = row.category, .status = row.status,
        .delegation = row.delegation, .seat = row.seat, .group = row.group_name, .badge_box = row.badge_box, .room = row.room,
        .transport = row.transport, .diet = row.diet, .needs = row.needs,
        .presence = is_in ? DELEGATE_IN : row.since_ms != DB_NULL ? DELEGATE_OUT : DELEGATE_NEVER,
        .since_ms = is_in ? row.since_ms : DB_NULL,
        .event_id = row.event_id, .config_seq = row.config_seq, .opened = row.opened, .asked = row.asked, .timezone = row.timezone,
        .unit = row.unit, .asks_pin = strcmp(row.documents_access, "pin") == 0,
        .lost_mandate = mandate_is_lost(row.status),
        .is_head = is_head_of_delegation(row.roles),
    };
    return OK;
}

enum err delegate_page_load_holder(struct db *db, struct arena *arena, const char *token, struct delegate_page *ret)
{
    char token_id[BADGE_TOKEN_ID_SIZE];
    badge_token_id(token, token_id);
    struct sql_pages_holder_row row;
    enum err err = sql_pages_holder(db, arena, token_id, &row);
    if (err != OK) return err;
    *ret = (struct delegate_page){
        .delegate_id = row.delegate_id, .category_id = row.category_id, .event = row.event_slug, .person_code = row.person_code, .name = row.name,
        .honorific = row.honorific, .title = row.title, .number = row.number, .category = row.category, .status = row.status, .delegation = row.delegation,
        .seat = row.seat, .group = row.group_name, .room = row.room, .transport = row.transport, .since_ms = DB_NULL,
        .event_id = row.event_id, .config_seq = row.config_seq, .opened = row.opened, .asked = row.asked, .timezone = row.timezone,
        .unit = row.unit, .asks_pin = strcmp(row.documents_access, "pin") == 0, .lost_mandate = mandate_is_lost(row.status),
        .is_head = is_head_of_delegation(row.roles),
    };
    return OK;
}
