#include "server/live_messages.h"
#include "core/base/clock.h"
#include "core/congress/json_time.h"
#include "core/congress/messages/announcements.h"
#include "core/congress/messages/questions.h"

#include "catalogue.h"

#include <string.h>

static json_t *title(const char *stored)
{
    json_t *value = NULL;
    return json_read(stored, strlen(stored), &value, NULL) == OK ? value : json_string(stored);
}

/* All that is shown anywhere now: somebody who is asked about it must know it too. */
static char *announcements_text(struct arena *arena, struct announcement *list, size_t count, int64_t now_ms)
{
    json_t *out = json_array();
    announcement_sort(list, count);
    for (size_t i = 0; i < count; i++) {
        const struct announcement *a = &list[i];
        if (announcement_state_at(a, now_ms) != ANNOUNCEMENT_SHOWN) continue;
        json_t *to = json_array();
        if (a->to_wall) json_array_append_new(to, json_string("wall"));
        if (a->to_phone) json_array_append_new(to, json_string("phone"));
        json_array_append_new(out, json_pack("{s:o, s:b, s:o, s:b}", "text", title(a->text), "urgent", a->urgent, "to", to, "some", a->audience != NULL));
    }
    char *text = json_text(arena, out);
    json_decref(out);
    return text;
}

enum err live_messages_read(struct db *db, struct arena *arena, int64_t event_id, int64_t now_ms, struct live_messages *ret)
{
    struct announcement *list;
    size_t count;
    struct sql_question_marks_row marks;
    enum err e = announcement_open(db, arena, event_id, &list, &count);
    if (e == OK) e = sql_question_marks(db, arena, event_id, now_ms - QUESTION_TAKEN_MS, &marks);
    if (e != OK) return e;
    json_t *questions = json_pack("{s:I, s:I, s:o, s:s}", "waiting", (json_int_t)marks.waiting, "asked", (json_int_t)marks.count, "oldest",
                                  json_time_or_null(marks.oldest_ms), "mark",
                                  arena_printf(arena, "%lld-%lld-%lld", (long long)marks.newest, (long long)marks.taken, (long long)marks.taken_newest));
    *ret = (struct live_messages){.announcements = announcements_text(arena, list, count, now_ms), .questions = questions ? json_text(arena, questions) : NULL,
                                  .waiting = marks.waiting, .asked = marks.count, .next_change_ms = announcement_next_change(list, count, now_ms)};
    json_decref(questions);
    return ret->announcements && ret->questions ? OK : ERR_NOMEM;
}

static enum err put(json_t *snapshot, const char *key, const char *text)
{
    json_t *value = NULL;
    enum err e = json_read(text, strlen(text), &value, NULL);
    return e == OK && json_object_set_new(snapshot, key, value) != 0 ? ERR_NOMEM : e;
}

enum err live_messages_put(const struct live_messages *m, json_t *snapshot)
{
    enum err e = put(snapshot, "announced", m->announcements);
    return e == OK ? put(snapshot, "questions", m->questions) : e;
}

static uint64_t hash(const char *text)
{
    uint64_t h = UINT64_C(14695981039346656037);
    for (; *text; text++) h = (h ^ (unsigned char)*text) * UINT64_C(1099511628211);
    return h;
}

void live_messages_tell(struct live_hub *hub, struct arena *arena, const struct live_messages *m, const json_t *on_wall, const char *wall, const char *desk,
                        struct live_told *told)
{
    char *list = json_text(arena, on_wall);
    char *of_wall = list ? arena_printf(arena, "{\"announcements\":%s}", list) : NULL, *of_desk = arena_printf(arena, "{\"announced\":%s}", m->announcements);
    if (!of_wall || !of_desk) return;
    struct live_told now = {true, hash(of_wall) ^ (hash(of_desk) * 3), hash(m->questions), m->asked, m->waiting};
    if (told->begun && now.announcements != told->announcements) {
        /* Longer ones come with the snapshot, which was sent just before. */
        (void)live_publish(hub, wall, "announcement", strlen(of_wall) <= LIVE_EVENT_LONGEST ? of_wall : "{}");
        (void)live_publish(hub, desk, "announcement", strlen(of_desk) <= LIVE_EVENT_LONGEST ? of_desk : "{}");
    }
    if (told->begun && now.questions != told->questions) (void)live_publish(hub, desk, "questions", m->questions);
    *told = now;
}
