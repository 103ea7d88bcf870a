#include "core/congress/papers/papers.h"
#include "core/base/json.h"
#include "core/congress/badges/badge_token.h"

#include "catalogue.h"

#include <string.h>

bool paper_is_published(const struct paper_rule *rule, int64_t now_ms)
{
    if (rule->withdrawn || rule->stopped) return false;
    if (rule->published_ms != DB_NULL) return rule->published_ms <= now_ms;
    if (rule->publish_manual) return false;
    return rule->publish_ms == DB_NULL || rule->publish_ms <= now_ms;
}

/* An audience that cannot be read admits nobody: a mistake must not publish. */
bool paper_is_for(const char *audience, const char *category)
{
    if (!audience) return true;
    json_t *root = NULL;
    if (json_read(audience, strlen(audience), &root, NULL) != OK) return false;
    json_t *categories = json_object_get(root, "categories"), *item;
    bool found = json_is_object(root) && !categories;
    size_t i;
    json_array_foreach(categories, i, item) {
        if (json_is_string(item) && category && strcmp(json_string_value(item), category) == 0) found = true;
    }
    json_decref(root);
    return found;
}

enum paper_access paper_decide(const struct paper_rule *rule, const struct paper_viewer *viewer, int64_t now_ms)
{
    if (!paper_is_published(rule, now_ms) || !paper_is_for(rule->audience, viewer->category)) return PAPER_HIDDEN;
    if ((rule->restricted || viewer->pin_for_all) && !viewer->pin_passed) return PAPER_NEEDS_PIN;
    return PAPER_OPEN;
}

enum err paper_viewer_by_token(struct db *db, struct arena *arena, const char *token, int64_t now_ms, struct paper_viewer *ret)
{
    char token_id[BADGE_TOKEN_ID_SIZE];
    struct sql_papers_viewer_row row;
    badge_token_id(token, token_id);
    enum err e = sql_papers_viewer(db, arena, token_id, now_ms, &row);
    if (e != OK) return e;
    if (row.delegate_id == DB_NULL) return ERR_NOT_FOUND;
    bool lost = strcmp(row.status, "summoned") != 0 && strcmp(row.status, "alternate") != 0;
    if (row.revoked_ms != DB_NULL || !row.named || lost) return ERR_DENIED;
    *ret = (struct paper_viewer){.delegate_id = row.delegate_id, .event_id = row.event_id, .event = row.event, .timezone = row.timezone, .category = row.category,
                                 .delegation = row.unit,
                                 .pin_for_all = strcmp(row.documents_access, "pin") == 0};
    return OK;
}

enum err papers_list(struct db *db, struct arena *arena, const struct paper_viewer *viewer, int64_t now_ms, struct paper **ret, size_t *ret_count)
{
    struct sql_papers_of_event_row *rows;
    size_t n, out = 0;
    enum err e = sql_papers_of_event(db, arena, viewer->event_id, &rows, &n);
    if (e != OK) return e;
    struct paper *papers = arena_array(arena, n, sizeof *papers);
    if (!papers) return ERR_NOMEM;
    for (size_t i = 0; i < n; i++) {
        const struct sql_papers_of_event_row *r = &rows[i];
        struct paper_rule rule = {r->audience, r->publish_ms, r->published_ms, r->publish_manual != 0, r->restricted != 0, r->withdrawn_ms != DB_NULL,
                                  r->stamp && r->stamp_let_ms == DB_NULL};
        enum paper_access access = paper_decide(&rule, viewer, now_ms);
        if (access == PAPER_HIDDEN) continue;
        papers[out++] = (struct paper){.id = r->id, .code = r->code, .title = r->title, .language = r->language, .number = r->number, .issued = r->issued,
                                       .issuer = r->issuer, .session = r->session, .must_read = r->must_read != 0, .version = r->version, .size = r->size,
                                       .added_ms = r->added_ms, .sha256 = r->sha256, .name = r->name, .media_type = r->media_type, .access = access,
                                       .session_title = r->session_title, .crc32 = r->crc32, .behind_pin = rule.restricted || viewer->pin_for_all};
    }
    *ret = papers;
    *ret_count = out;
    return OK;
}

enum err paper_find(struct db *db, struct arena *arena, const struct paper_viewer *viewer, const char *code, int64_t version, int64_t now_ms,
                    struct paper *ret)
{
    struct sql_papers_version_row r;
    enum err e = sql_papers_version(db, arena, viewer->event_id, code, version, &r);
    if (e != OK) return e;
    struct paper_rule rule = {r.audience, r.publish_ms, r.published_ms, r.publish_manual != 0, r.restricted != 0, r.withdrawn_ms != DB_NULL,
                                  r.stamp && r.stamp_let_ms == DB_NULL};
    *ret = (struct paper){.id = r.id, .code = r.code, .title = r.title, .version = r.version, .size = r.size, .added_ms = r.added_ms, .crc32 = DB_NULL,
                          .sha256 = r.sha256, .name = r.name,
                          .media_type = r.media_type, .access = paper_decide(&rule, viewer, now_ms)};
    return OK;
}
