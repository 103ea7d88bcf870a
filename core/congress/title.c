#include "core/congress/title.h"

#include <string.h>

static const char *const fallbacks[] = {"vi", "en"};

const char *title_pick_json(const json_t *title, const char *language, const char **ret_language)
{
    if (ret_language != NULL) *ret_language = "";
    if (json_is_string(title)) return json_string_value(title);
    if (!json_is_object(title)) return "";
    const char *wanted[] = {language, fallbacks[0], fallbacks[1]};
    for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
        const char *text = wanted[i] == NULL ? NULL : json_string_value(json_object_get(title, wanted[i]));
        if (text == NULL) continue;
        if (ret_language != NULL) *ret_language = wanted[i];
        return text;
    }
    /* A map in other languages only: the first is better than nothing; its language is named by whoever asks for it. */
    void *first = json_object_iter((json_t *)(uintptr_t)title);
    const char *text = first == NULL ? NULL : json_string_value(json_object_iter_value(first));
    return text == NULL ? "" : text;
}

char *title_pick_language(struct arena *arena, const char *stored, const char *language, const char **ret_language)
{
    if (ret_language != NULL) *ret_language = "";
    if (stored == NULL) return arena_strdup(arena, "");
    if (stored[0] != '{' && stored[0] != '"') return arena_strdup(arena, stored);
    json_t *title = NULL;
    enum err e = json_read(stored, strlen(stored), &title, NULL);
    if (e != OK) return e == ERR_NOMEM ? NULL : arena_strdup(arena, stored);
    char *text = arena_strdup(arena, title_pick_json(title, language, ret_language));
    json_decref(title);
    return text;
}

char *title_pick(struct arena *arena, const char *stored, const char *language)
{
    return title_pick_language(arena, stored, language, NULL);
}
