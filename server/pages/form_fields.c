#include "server/pages/form_fields.h"
#include "core/base/zone.h"
#include "core/congress/messages/announcements.h"
#include "server/pages/messages.h"

#include <string.h>

static void release_texts(void *texts)
{
    json_decref(texts);
}

enum err form_read_texts(struct http_request *req, struct db *db, const char *key, form_tidy *tidy, const void *context, json_t **ret, struct fault *fault)
{
    const char *tags[ANNOUNCEMENT_LANGUAGES];
    size_t count;
    json_t *texts = json_object();
    if (!texts || http_at_end(req, release_texts, texts) != OK) return ERR_NOMEM;
    enum err e = messages_languages(db, req->arena, tags, &count);
    for (size_t i = 0; e == OK && i < count; i++) {
        const char *text = "";
        e = tidy(req, context, http_form(req, arena_printf(req->arena, "%s_%s", key, tags[i])), &text, fault);
        if (e == OK && *text && json_object_set_new(texts, tags[i], json_string(text)) != 0) e = ERR_NOMEM;
    }
    *ret = texts;
    return e;
}

enum err form_read_moment(struct http_request *req, const char *key, const char *timezone, int64_t old_ms, int64_t *ret, struct fault *fault)
{
    char was[ZONE_TEXT_SIZE];
    const char *text = http_form(req, key);
    *ret = DB_NULL;
    if (!text || !*text) return OK;
    if (old_ms != DB_NULL && zone_format(timezone, old_ms, was) == OK && strncmp(was, text, 16) == 0 && strlen(text) == 16) *ret = old_ms;
    else if (zone_parse(timezone, text, ret) != OK) return fault_because(fault, ERR_INPUT, "paper_time", NULL, "a time is needed, as 2026-12-01T07:30");
    return OK;
}
