#include "core/congress/badges/badge_list.h"
#include "core/base/json.h"
#include "core/base/map.h"
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

const char *badge_list_language(struct arena *arena, const char *languages)
{
    json_t *list = NULL;
    const char *language = "vi";
    if (!languages || json_read(languages, strlen(languages), &list, NULL) != OK) return language;
    const char *first = json_string_value(json_array_get(list, 0));
    if (first) language = arena_strdup(arena, first);
    json_decref(list);
    return language;
}

/* The place's name, and its desk's phone. */
static void read_venue(struct arena *arena, const char *venue, struct badge_list *list)
{
    json_t *value = NULL;
    if (!venue || json_read(venue, strlen(venue), &value, NULL) != OK) return;
    list->venue = arena_strdup(arena, title_pick_json(json_object_get(value, "name"), list->language, NULL));
    list->desk_phone = arena_strdup(arena, json_string_value(json_object_get(value, "phone")));
    json_decref(value);
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

/* `wanted`: a flag for each word that is asked for, set when it is found. */
static bool is_wanted(const struct map *wanted, const struct sql_delegates_badges_row *row)
{
    bool *code = row->code ? map_get(wanted, row->code) : NULL, *number = row->number ? map_get(wanted, row->number) : NULL;
    if (code) *code = true;
    if (number) *number = true;
    return code || number;
}

/* How rows are copied: the database's rows are dropped afterwards, what neighbours share is kept once. */
struct copying {
    struct arena *arena;
    const char *language, *base_url;
    const struct sql_delegates_badges_row *before; /* NULL for the first */
    bool failed;
};

static const char *keep(struct copying *c, const char *text)
{
    const char *copy = text ? arena_strdup(c->arena, text) : NULL;
    if (text && !copy) c->failed = true;
    return copy;
}

/* The title in the list's language; `before` and `kept` are the neighbour's. */
static const char *keep_title(struct copying *c, const char *title, const char *before, const char *kept)
{
    if (!title) return NULL;
    if (c->before && before && kept && strcmp(before, title) == 0) return kept;
    const char *picked = title_pick(c->arena, title, c->language);
    if (!picked) c->failed = true;
    return picked;
}

static const char *keep_shared(struct copying *c, const char *text, const char *kept)
{
    return text && c->before && kept && strcmp(kept, text) == 0 ? kept : keep(c, text);
}

static void fill_row(struct copying *c, const struct sql_delegates_badges_row *r, struct badge_list_row *out)
{
    static const struct sql_delegates_badges_row none = {0};
    static const struct badge_list_row no_row = {0};
    const struct sql_delegates_badges_row *before = c->before ? c->before : &none;
    const struct badge_list_row *last = c->before ? out - 1 : &no_row;
    *out = (struct badge_list_row){
        .delegate_id = r->delegate_id, .credential_id = r->credential_id, .person_id = r->person_id == DB_NULL ? 0 : r->person_id,
        .person_code = keep(c, r->code), .number = keep(c, r->number), .name = keep(c, r->name), .honorific = keep_shared(c, r->honorific, last->honorific),
        .title = keep_title(c, r->title, before->title, last->title), .delegation = keep_title(c, r->delegation, before->delegation, last->delegation),
        .category = keep_shared(c, r->category, last->category),
        .category_title = keep_title(c, r->category_title, before->category_title, last->category_title),
        .category_color = keep_shared(c, r->category_color, last->category_color), .seat = keep(c, r->seat),
        .group = keep_shared(c, r->group_name, last->group), .room = keep(c, r->room), .transport = keep_shared(c, r->transport, last->transport),
        .diet = keep(c, r->diet), .badge_box = keep_shared(c, r->badge_box, last->badge_box), .photo_sha256 = keep(c, r->photo_blob),
        .name_sort = keep(c, r->name_sort), .order = r->sort_order == DB_NULL ? INT64_MAX : r->sort_order, .issue = r->issue,
        .url = badge_url(c->arena, c->base_url, r->token)};
    if (!out->url) c->failed = true;
    c->before = r;
}

static enum err copy_rows(struct arena *arena, const struct badge_list_filter *filter, const char *base_url, const struct sql_delegates_badges_row *rows,
                          size_t n, struct badge_list *list, struct fault *fault)
{
    struct copying copying = {.arena = arena, .language = list->language, .base_url = base_url};
    list->rows = arena_array(arena, n, sizeof *list->rows);
    bool *found = arena_array(arena, filter->only_count + 1, sizeof *found);
    struct map wanted = {.arena = arena};
    if (!list->rows || !found) return fault_set(fault, ERR_NOMEM, "not enough memory");
    for (size_t i = 0; i < filter->only_count; i++)
        if (map_put(&wanted, filter->only[i], &found[i]) != 0) return fault_set(fault, ERR_NOMEM, "not enough memory");
    for (size_t i = 0; i < n; i++) {
        if (filter->only && !is_wanted(&wanted, &rows[i])) continue;
        fill_row(&copying, &rows[i], &list->rows[list->count++]);
        if (copying.failed) return fault_set(fault, ERR_NOMEM, "not enough memory");
    }
    for (size_t i = 0; i < filter->only_count; i++)
        if (!*(const bool *)map_get(&wanted, filter->only[i]))
            return fault_set(fault, ERR_NOT_FOUND, "no delegate with a valid badge has the code or number \"%s\"", filter->only[i]);
    return OK;
}

static enum err load_rows(struct db *db, struct arena *arena, const struct badge_list_filter *filter, int64_t unit_id, const char *base_url,
                          struct badge_list *list, struct fault *fault)
{
    struct arena own = {0}; /* 70 000 rows as the database gives them are 90 MB */
    struct sql_delegates_badges_row *rows;
    size_t n;
    struct sql_delegates_badges_in in = {.event_id = list->event_id, .unit_id = unit_id, .with_sort = filter->for_name_order ? 1 : 0, .only = ""};
    if (filter->only && filter->only_count == 1) in.only = filter->only[0]; /* one badge at the desk is not looked for in all rows */
    enum err e = sql_delegates_badges(db, &own, &in, &rows, &n);
    if (e != OK) e = db_fault(db, e, fault, "read the delegates");
    else e = copy_rows(arena, filter, base_url, rows, n, list, fault);
    arena_release(&own);
    return e;
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
    list.language = badge_list_language(arena, head.languages);
    list.event_title = title_pick(arena, head.title, list.language);
    list.organization = head.organization ? title_pick(arena, head.organization, list.language) : NULL;
    read_venue(arena, head.venue, &list);
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
