/* Reading: who is shown what when. Writing is announce.c, the event file announcements_file.c. */
#include "core/congress/messages/announcements.h"
#include "core/base/clock.h"
#include "core/congress/messages/announcements_private.h"

#include <stdlib.h>
#include <string.h>

const char *announcement_state_word(enum announcement_state state)
{
    static const char *const words[] = {"planned", "shown", "over", "ended"};
    return words[state];
}

enum announcement_state announcement_state_at(const struct announcement *a, int64_t now_ms)
{
    if (a->ended_ms != DB_NULL) return ANNOUNCEMENT_ENDED;
    if (a->until_ms != DB_NULL && now_ms >= a->until_ms) return ANNOUNCEMENT_OVER;
    return a->from_ms != DB_NULL && now_ms < a->from_ms ? ANNOUNCEMENT_PLANNED : ANNOUNCEMENT_SHOWN;
}

static bool names(const json_t *list, const char *code)
{
    size_t i;
    json_t *item;
    json_array_foreach((json_t *)(uintptr_t)list, i, item)
        if (json_is_string(item) && code && strcmp(json_string_value(item), code) == 0) return true;
    return false;
}

bool announcement_is_for(const char *audience, const char *category, const char *delegation)
{
    json_t *root = NULL;
    if (!audience) return true;
    if (json_read(audience, strlen(audience), &root, NULL) != OK) return false;
    const json_t *categories = json_object_get(root, "categories"), *delegations = json_object_get(root, "delegations");
    bool good = json_is_object(root) && (!categories || names(categories, category)) && (!delegations || names(delegations, delegation));
    json_decref(root);
    return good;
}

bool announcement_asks_delegation(const char *audience)
{
    json_t *root = NULL;
    if (!audience || json_read(audience, strlen(audience), &root, NULL) != OK) return false;
    bool asks = json_object_get(root, "delegations") != NULL;
    json_decref(root);
    return asks;
}

bool announcement_is_shown(const struct announcement *a, const struct announcement_reader *reader, int64_t now_ms)
{
    if (announcement_state_at(a, now_ms) != ANNOUNCEMENT_SHOWN) return false;
    switch (reader->place) {
    case ANNOUNCEMENT_ON_WALL: return a->to_wall && !a->audience;
    case ANNOUNCEMENT_IN_PUBLIC: return a->to_phone && !a->audience;
    default: return a->to_phone && announcement_is_for(a->audience, reader->category, reader->delegation);
    }
}

/* --- rows ---------------------------------------------------------------------------------------------------------------------------------- */

#define FILL(row) \
    {.id = (row).id, .version = (row).version, .text = (row).text, .from_ms = (row).from_ms, .until_ms = (row).until_ms, .audience = (row).audience, \
     .to_wall = (row).to_wall != 0, .to_phone = (row).to_phone != 0, .urgent = (row).urgent != 0, .file_mark = (row).file_mark, .made_ms = (row).made_ms, \
     .changed_ms = (row).changed_ms, .ended_ms = (row).ended_ms, .made_by = (row).made_by, .changed_by = (row).changed_by, .ended_by = (row).ended_by}

enum err announcement_open(struct db *db, struct arena *arena, int64_t event_id, struct announcement **ret, size_t *ret_count)
{
    struct sql_announcement_open_row *rows;
    enum err e = sql_announcement_open(db, arena, event_id, &rows, ret_count);
    struct announcement *list = e == OK ? arena_array(arena, *ret_count + 1, sizeof *list) : NULL;
    if (e != OK || !list) return e != OK ? e : ERR_NOMEM;
    for (size_t i = 0; i < *ret_count; i++) list[i] = (struct announcement)FILL(rows[i]);
    *ret = list;
    return OK;
}

enum err announcement_of_file(struct db *db, struct arena *arena, int64_t event_id, struct announcement **ret, size_t *ret_count)
{
    struct sql_announcement_of_file_row *rows;
    enum err e = sql_announcement_of_file(db, arena, event_id, &rows, ret_count);
    struct announcement *list = e == OK ? arena_array(arena, *ret_count + 1, sizeof *list) : NULL;
    if (e != OK || !list) return e != OK ? e : ERR_NOMEM;
    for (size_t i = 0; i < *ret_count; i++) list[i] = (struct announcement)FILL(rows[i]);
    *ret = list;
    return OK;
}

enum err announcement_find(struct db *db, struct arena *arena, int64_t event_id, int64_t id, struct announcement *ret)
{
    struct sql_announcement_get_row row;
    enum err e = sql_announcement_get(db, arena, event_id, id, &row);
    if (e == OK) *ret = (struct announcement)FILL(row);
    return e;
}

static int by_place(const void *a, const void *b)
{
    const struct announcement *x = a, *y = b;
    int64_t begun_x = x->from_ms != DB_NULL ? x->from_ms : x->made_ms, begun_y = y->from_ms != DB_NULL ? y->from_ms : y->made_ms;
    if (x->urgent != y->urgent) return x->urgent ? -1 : 1;
    if (begun_x != begun_y) return begun_x > begun_y ? -1 : 1;
    return x->id < y->id ? -1 : x->id > y->id;
}

void announcement_sort(struct announcement *list, size_t count)
{
    if (count) qsort(list, count, sizeof *list, by_place);
}

enum err announcement_shown(struct db *db, struct arena *arena, int64_t event_id, const struct announcement_reader *reader, int64_t now_ms,
                            struct announcement **ret, size_t *ret_count)
{
    struct announcement *open, *list;
    size_t count, out = 0;
    enum err e = announcement_open(db, arena, event_id, &open, &count);
    list = e == OK ? arena_array(arena, count + 1, sizeof *list) : NULL;
    if (e != OK || !list) return e != OK ? e : ERR_NOMEM;
    for (size_t i = 0; i < count; i++)
        if (announcement_is_shown(&open[i], reader, now_ms)) list[out++] = open[i];
    announcement_sort(list, out);
    *ret = list;
    *ret_count = out;
    return OK;
}

int64_t announcement_next_change(const struct announcement *list, size_t count, int64_t now_ms)
{
    int64_t next = INT64_MAX;
    for (size_t i = 0; i < count; i++) {
        const int64_t moments[] = {list[i].from_ms, list[i].until_ms};
        for (size_t k = 0; k < 2; k++)
            if (moments[k] != DB_NULL && moments[k] > now_ms && moments[k] < next) next = moments[k];
    }
    return next;
}

json_t *announcement_title(const char *stored)
{
    json_t *value = NULL;
    if ((stored[0] == '{' || stored[0] == '"') && json_read(stored, strlen(stored), &value, NULL) == OK) return value;
    return json_string(stored);
}

enum err announcement_wall(struct db *db, struct arena *arena, int64_t event_id, int64_t now_ms, json_t **ret)
{
    struct announcement *list;
    size_t count;
    static const struct announcement_reader wall = {.place = ANNOUNCEMENT_ON_WALL};
    enum err e = announcement_shown(db, arena, event_id, &wall, now_ms, &list, &count);
    if (e != OK) return e;
    bool failed = false;
    json_t *out = json_sure(json_array(), &failed);
    for (size_t i = 0; i < count && i < ANNOUNCEMENTS_ON_WALL; i++) {
        char until[CLOCK_TEXT_SIZE];
        json_t *item = json_sure(json_pack("{s:o, s:b}", "text", announcement_title(list[i].text), "urgent", list[i].urgent), &failed);
        if (list[i].until_ms != DB_NULL) (void)json_object_set_new(item, "until", json_string(clock_format(list[i].until_ms, until)));
        if (json_array_append_new(out, item) != 0) failed = true;
    }
    if (failed) json_decref(out);
    else *ret = out;
    return failed ? ERR_NOMEM : OK;
}

/* --- what was shown when ------------------------------------------------------------------------------------------------------------------- */

/* The state that a change began stood until the next one of the same announcement, within its own hours. */
static void judge(struct announcement_stretch *s, const struct sql_announcement_changes_row *row, int64_t next_ms)
{
    int64_t from = row->from_ms != DB_NULL && row->from_ms > row->at_ms ? row->from_ms : row->at_ms;
    int64_t until = row->until_ms;
    if (next_ms != DB_NULL && (until == DB_NULL || next_ms < until)) until = next_ms;
    bool never = strcmp(row->kind, "ended") == 0 || (until != DB_NULL && until <= from);
    s->shown_from_ms = never ? DB_NULL : from;
    s->shown_until_ms = never ? DB_NULL : until;
}

enum err announcement_history(struct db *db, struct arena *arena, int64_t event_id, int64_t most, struct announcement_stretch **ret, size_t *ret_count)
{
    struct sql_announcement_changes_row *rows;
    size_t count;
    enum err e = sql_announcement_changes(db, arena, event_id, most, &rows, &count);
    struct announcement_stretch *list = e == OK ? arena_array(arena, count + 1, sizeof *list) : NULL;
    if (e != OK || !list) return e != OK ? e : ERR_NOMEM;
    for (size_t i = 0; i < count; i++) {
        const struct sql_announcement_changes_row *row = &rows[i];
        int64_t next_ms = DB_NULL;
        list[i] = (struct announcement_stretch){.announcement_id = row->announcement_id, .at_ms = row->at_ms, .text = row->text, .audience = row->audience,
                                                .actor = row->actor, .kind = row->kind, .to_wall = row->to_wall != 0, .to_phone = row->to_phone != 0,
                                                .urgent = row->urgent != 0};
        for (size_t k = i; k > 0 && next_ms == DB_NULL; k--)
            if (rows[k - 1].announcement_id == row->announcement_id) next_ms = rows[k - 1].at_ms;
        judge(&list[i], row, next_ms);
    }
    *ret = list;
    *ret_count = count;
    return OK;
}
