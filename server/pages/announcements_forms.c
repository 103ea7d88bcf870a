/* POST /admin/{event}/announcements, without a script: do= write (a new one, or the change of `id`), end. */
#include "core/base/clock.h"
#include "core/base/text.h"
#include "core/congress/messages/announcements.h"
#include "server/pages/form_fields.h"
#include "server/pages/messages.h"
#include "server/refusal.h"

#include <stdlib.h>
#include <string.h>

#define CODES_MOST 400 /* as many as one form may choose */

struct form {
    int64_t event_id, id, version;
    bool ends;
    struct announcement_words words;
};

int64_t messages_read_id(const char *text)
{
    bool number = text && *text && strlen(text) < 19 && strspn(text, "0123456789") == strlen(text);
    return number ? strtoll(text, NULL, 10) : 0;
}

enum err messages_tidy_field(struct http_request *req, const void *context, const char *typed, const char **ret, struct fault *fault)
{
    (void)context;
    return announcement_tidy(req->arena, typed, ret, fault);
}

static enum err read_codes(struct http_request *req, const char *key, const char *const **ret, size_t *ret_count)
{
    size_t count = 0;
    while (count < CODES_MOST && http_form_at(req, key, count)) count++;
    const char **codes = arena_array(req->arena, count + 1, sizeof *codes);
    if (!codes) return ERR_NOMEM;
    for (size_t i = 0; i < count; i++) codes[i] = http_form_at(req, key, i);
    *ret = codes;
    *ret_count = count;
    return OK;
}

static enum err read_form(struct http_request *req, struct db *db, const char *timezone, struct form *f, struct fault *fault)
{
    struct announcement old = {.from_ms = DB_NULL, .until_ms = DB_NULL};
    struct announcement_words *w = &f->words;
    if (f->id && announcement_find(db, req->arena, f->event_id, f->id, &old) != OK) return ERR_NOT_FOUND;
    f->version = messages_read_id(http_form(req, "version"));
    w->to_wall = http_form(req, "to_wall") != NULL;
    w->to_phone = http_form(req, "to_phone") != NULL;
    w->urgent = http_form(req, "urgent") != NULL;
    enum err e = form_read_texts(req, db, "text", messages_tidy_field, NULL, &f->words.texts, fault);
    if (e == OK) e = form_read_moment(req, "from", timezone, old.from_ms, &w->from_ms, fault);
    if (e == OK) e = form_read_moment(req, "until", timezone, old.until_ms, &w->until_ms, fault);
    if (e == OK) e = read_codes(req, "category", &w->categories, &w->category_count);
    if (e == OK) e = read_codes(req, "delegation", &w->delegations, &w->delegation_count);
    return e;
}

static enum err store(struct db *db, struct http_request *req, struct write_tools *tools, struct fault *fault)
{
    const struct form *f = req->state;
    const struct doing doing = {db, req->arena, &tools->ids, f->event_id, clock_now_ms(), actor_of(req), fault};
    int64_t id;
    return f->ends ? announcement_end(&doing, f->id) : announcement_write(&doing, f->id, f->version, &f->words, &id);
}

static void tell(struct http_request *req, enum err err, const struct fault *fault)
{
    bool theirs = (err == ERR_INPUT || err == ERR_CONFLICT || err == ERR_LIMIT) && fault->text[0];
    if (theirs) announcements_show(req, err == ERR_CONFLICT ? 409 : 400, refusal_of_fault(req, fault));
    else reply_error(req, err, fault->text[0] ? fault : NULL);
}

static void stored(struct http_request *req)
{
    const struct form *f = req->state;
    const struct fault *fault = NULL;
    enum err err = write_result(req, &fault);
    const char *done = f->ends ? "ended" : f->id ? "changed" : "made";
    if (err == OK) http_reply_redirect(req, 303, arena_printf(req->arena, "/admin/%s/announcements?done=%s", http_param(req, "event"), done));
    else tell(req, err, fault);
}

void announcements_post(struct http_request *req)
{
    struct fault fault = {0};
    struct worker *worker = worker_of(req);
    const struct programme *programme = worker == NULL ? NULL : event_of(req, worker, NULL);
    struct form *f = programme == NULL ? NULL : arena_alloc(req->arena, sizeof *f);
    const char *word = http_form(req, "do");
    if (programme == NULL) return;
    if (f == NULL) {
        reply_reason(req, REASON_busy);
        return;
    }
    *f = (struct form){.event_id = programme->event_id, .id = messages_read_id(http_form(req, "id")), .ends = word && strcmp(word, "end") == 0};
    enum err err = f->ends || (word && strcmp(word, "write") == 0) ? OK : ERR_INPUT;
    if (err == OK && !f->ends) err = read_form(req, worker->db, programme->timezone, f, &fault);
    if (err != OK) {
        tell(req, err, &fault);
        return;
    }
    req->state = f;
    request_write(req, store, stored);
}
