/* What the poster of an event says. */
#include "badges/sheets/poster.h"

#include "badges/from_list.h"
#include "badges/sheets/poster_words.h"
#include "core/base/json.h"
#include "core/congress/event_page.h"
#include "core/congress/title.h"

#include "catalogue.h"

#include <string.h>

static enum err no_memory(struct fault *fault)
{
    return fault_set(fault, ERR_NOMEM, "not enough memory");
}

static enum err take_language(struct arena *arena, const char *tag, size_t length, struct poster *poster, struct fault *fault)
{
    const char *language = arena_strndup(arena, tag, length);
    if (!language) return no_memory(fault);
    const struct poster_words *words = poster_words_find(language);
    if (!words) return fault_set(fault, ERR_INPUT, "the poster has no words in \"%.20s\": one of vi, en, pt, ar, or two with a comma", language);
    if (poster->language_count < 2 && (!poster->language_count || strcmp(poster->languages[0], words->language) != 0))
        poster->languages[poster->language_count++] = words->language;
    return OK;
}

static enum err asked_languages(struct arena *arena, const char *asked, struct poster *poster, struct fault *fault)
{
    enum err e = OK;
    for (const char *p = asked; e == OK && *p;) {
        const size_t n = strcspn(p, ",");
        e = take_language(arena, p, n, poster, fault);
        p += n + (p[n] == ',');
    }
    return e;
}

/* Those of the organization's that there are words for; Vietnamese where there are none. */
static void own_languages(const char *stored, struct poster *poster)
{
    json_t *list = NULL;
    if (stored && json_read_list(stored, strlen(stored), &list, NULL) == OK)
        for (size_t i = 0; i < json_array_size(list) && poster->language_count < 2; i++) {
            const struct poster_words *words = poster_words_find(json_string_value(json_array_get(list, i)));
            if (words) poster->languages[poster->language_count++] = words->language;
        }
    json_decref(list);
    if (!poster->language_count) poster->languages[poster->language_count++] = "vi";
}

static const char *part_of(struct arena *arena, const json_t *object, const char *key, const char *language)
{
    const char *text = title_pick_json(json_object_get(object, key), language, NULL);
    return text && text[0] ? arena_strdup(arena, text) : NULL;
}

static void take_json(struct arena *arena, const char *wifi, const char *venue, struct poster *poster)
{
    json_t *value = NULL;
    if (wifi && json_read(wifi, strlen(wifi), &value, NULL) == OK) {
        poster->wifi_name = arena_strdup(arena, json_string_value(json_object_get(value, "ssid")));
        poster->wifi_password = arena_strdup(arena, json_string_value(json_object_get(value, "password")));
        poster->wifi_security = arena_strdup(arena, json_string_value(json_object_get(value, "security")));
    }
    json_decref(value);
    value = NULL;
    if (venue && json_read(venue, strlen(venue), &value, NULL) == OK) poster->venue = part_of(arena, value, "name", poster->languages[0]);
    json_decref(value);
}

static char *upper(char *text)
{
    for (char *p = text; p && *p; p++)
        if (*p >= 'a' && *p <= 'z') *p = (char)(*p - 'a' + 'A');
    return text;
}

static enum err take_addresses(struct db *db, struct arena *arena, const char *event, const char *base_url, struct poster *poster, struct fault *fault)
{
    struct event_page_line *events = NULL;
    size_t count = 0;
    const char *host = strstr(base_url, "://") + 3;
    enum err e = event_page_list(db, arena, &events, &count);
    if (e != OK) return db_fault(db, e, fault, "read the events");
    char *rest = upper(arena_printf(arena, "%s/e/%s", host, event));
    poster->url = rest ? arena_printf(arena, "%.*s%s", (int)(host - base_url), base_url, rest) : NULL;
    poster->address = count > 1 ? arena_printf(arena, "%s/e/%s", host, event) : host;
    return poster->url && poster->address ? OK : no_memory(fault);
}

enum err poster_load(struct db *db, struct arena *arena, const char *event, const char *base_url, const char *languages, struct poster *ret, struct fault *fault)
{
    struct sql_delegates_event_head_row head;
    *ret = (struct poster){0};
    enum err e = sql_delegates_event_head(db, arena, event, &head);
    if (e == ERR_NOT_FOUND) return fault_set(fault, e, "there is no event \"%.80s\"", event);
    if (e != OK) return db_fault(db, e, fault, "read the event");
    e = languages && languages[0] ? asked_languages(arena, languages, ret, fault) : OK;
    if (e != OK) return e;
    if (!ret->language_count) own_languages(head.languages, ret);
    for (size_t i = 0; i < ret->language_count; i++) {
        ret->titles[i] = title_pick(arena, head.title, ret->languages[i]);
        if (!ret->titles[i]) return no_memory(fault);
    }
    take_json(arena, head.wifi, head.venue, ret);
    ret->organization = title_pick(arena, head.organization, ret->languages[0]);
    ret->dates = badges_dates_text(arena, head.timezone, ret->languages[0], head.starts_ms, head.ends_ms);
    return take_addresses(db, arena, event, base_url, ret, fault);
}
