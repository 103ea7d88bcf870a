#include "core/congress/badge_list.h"
#include "core/base/json.h"
#include "core/base/text.h"
#include "core/congress/store/store.h"
#include "core/congress/title.h"

#include "catalogue.h"

#include <ctype.h>
#include <string.h>

char *badge_url(struct arena *arena, const char *base_url, const char *token)
{
    char *url = arena_printf(arena, "%s/D/%s", base_url, token);
    if (!url) return NULL;
    char *host = strstr(url, "://");
    for (char *p = host ? host + 3 : url; *p; p++) *p = (char)toupper((unsigned char)*p);
    return url;
}

static const char *first_language(struct arena *arena, const char *languages)
{
    json_t *list = NULL;
    const char *language = "vi";
    if (!languages || json_read(languages, strlen(languages), &list, NULL) != OK) return language;
    const char *first = json_string_value(json_array_get(list, 0));
    if (first) language = arena_strdup(arena, first);
    json_decref(list);
    return language;
}

static const char *venue_name(struct arena *arena, const char *venue, const char *language)
{
    json_t *value = NULL;
    if (!venue || json_read(venue, strlen(venue), &value, NULL) != OK) return NULL;
    const char *name = arena_strdup(arena, title_pick_json(json_object_get(value, "name"), language, NULL));
    json_decref(value);
    return name;
}

static enum err read_network(struct arena *arena, const char *wifi, struct badge_list *list)
{
    json_t *value = NULL;
    if (!wifi) return OK;
    enum err e = json_read(wifi, strlen(wifi), &value, NULL);
    if (e != OK) return e;
    list->wifi_name = arena_strdup(arena, json_string_value(json_object_get(value, "ssid")));
    list->wifi_password = arena_strdup(arena, json_string_value(json_object_get(value, "password")));
    list->wifi_security = arena_strdup(arena, json_string_value(json_object_get(value, "security")));
    json_decref(value);
    return OK;
}

static bool is_wanted(const struct badge_list_filter *filter, const struct sql_delegates_badges_row *row, bool *found)
{
    if (!filter->only) return true;
    for (size_t i = 0; i < filter->only_count; i++) {
        bool hit = (row->code && strcmp(filter->only[i], row->code) == 0) || (row->number && strcmp(filter->only[i], row->number) == 0);
        if (!hit) continue;
        found[i] = true;
        return true;
    }
    return false;
}

/* A title in the list's language; neighbours in the list mostly share theirs, so the one before is looked at first. */
static const char *pick_shared(struct arena *arena, const char *title, const char *language, const char *before, const char *before_picked)
{
    if (!title) return NULL;
    if (before && before_picked && strcmp(before, title) == 0) return before_picked;
    return title_pick(arena, title, language);
}

static void fill_row(struct arena *arena, const char *language, const char *base_url, const struct sql_delegates_badges_row *r,
                     const struct sql_delegates_badges_row *before, struct badge_list_row *out)
{
    const struct badge_list_row *last = before ? out - 1 : NULL;
    *out = (struct badge_list_row){
        .person_code = r->code, .number = r->number, .name = r->name, .honorific = r->honorific,
        .title = r->title ? title_pick(arena, r->title, language) : NULL,
        .delegation = pick_shared(arena, r->delegation, language, before ? before->delegation : NULL, before ? last->delegation : NULL),
        .category = r->category,
        .category_title = pick_shared(arena, r->category_title, language, before ? before->category_title : NULL, before ? last->category_title : NULL),
        .category_color = r->category_color,
        .seat = r->seat, .group = r->group_name, .room = r->room, .transport = r->transport, .diet = r->diet, .badge_box = r->badge_box,
        .photo_sha256 = r->photo_blob, .name_sort = r->name_sort, .order = r->sort_order == DB_NULL ? INT64_MAX : r->sort_order,
        .url = badge_url(arena, base_url, r->token), .issue = r->issue};
}

static enum err load_rows(struct db *db, struct arena *arena, const struct badge_list_filter *filter, int64_t unit_id, const char *base_url,
                          struct badge_list *list, struct fault *fault)
{
    struct sql_delegates_badges_row *rows;
    size_t n;
    enum err e = sql_delegates_badges(db, arena, list->event_id, unit_id, filter->for_name_order ? 1 : 0, &rows, &n);
    if (e != OK) return db_fault(db, e, fault, "read the delegates");
    list->rows = arena_array(arena, n, sizeof *list->rows);
    bool *found = arena_array(arena, filter->only_count + 1, sizeof *found);
    if (!list->rows || !found) return fault_set(fault, ERR_NOMEM, "not enough memory");
    const struct sql_delegates_badges_row *before = NULL;
    for (size_t i = 0; i < n; i++) {
        if (!is_wanted(filter, &rows[i], found)) continue;
        struct badge_list_row *row = &list->rows[list->count++];
        fill_row(arena, list->language, base_url, &rows[i], list->count > 1 ? before : NULL, row);
        before = &rows[i];
        if (!row->url) return fault_set(fault, ERR_NOMEM, "not enough memory");
    }
    for (size_t i = 0; i < filter->only_count; i++)
        if (!found[i]) return fault_set(fault, ERR_NOT_FOUND, "no delegate with a valid badge has the code or number \"%s\"", filter->only[i]);
    return OK;
}

enum err badge_list_load(struct db *db, struct arena *arena, const char *event, const struct badge_list_filter *filter, const char *base_url,
                         struct badge_list *ret, struct fault *fault)
{
    struct sql_delegates_event_head_row head;
    struct badge_list list = {0};
    int64_t unit_id = 0;
    enum err e = sql_delegates_event_head(db, arena, event, &head);
    if (e == ERR_NOT_FOUND) return fault_set(fault, e, "there is no event \"%s\"", event);
    if (e != OK) return db_fault(db, e, fault, "read the event");
    if (filter->unit) {
        struct sql_delegates_unit_row unit;
        e = sql_delegates_unit(db, arena, filter->unit, &unit);
        if (e != OK) return fault_set(fault, e, "there is no unit \"%s\"", filter->unit);
        unit_id = unit.id;
    }
    list.event_id = head.id;
    list.timezone = head.timezone;
    list.language = first_language(arena, head.languages);
    list.event_title = title_pick(arena, head.title, list.language);
    list.organization = head.organization ? title_pick(arena, head.organization, list.language) : NULL;
    list.venue = venue_name(arena, head.venue, list.language);
    e = read_network(arena, head.wifi, &list);
    if (e != OK) return fault_set(fault, e, "the event's wifi cannot be read");
    list.event = arena_strdup(arena, event);
    list.logo_sha256 = head.logo_blob;
    list.pin_for_all = strcmp(head.documents_access, "pin") == 0;
    list.starts_ms = head.starts_ms;
    list.ends_ms = head.ends_ms;
    e = load_rows(db, arena, filter, unit_id, base_url, &list, fault);
    if (e == OK) *ret = list;
    return e;
}

enum err badge_list_record(struct db *db, struct id_source *ids, int64_t event_id, const char *layout, const char *base_url, size_t badges, const char *actor,
                           int64_t now_ms)
{
    const char *host = strstr(base_url, "://");
    return sql_print_run_add(db, &(struct sql_print_run_add_in){.id = id_next(ids), .event_id = event_id, .layout = layout, .host = host ? host + 3 : base_url,
                             .badges = (int64_t)badges, .printed_ms = now_ms, .actor = actor}, NULL);
}
