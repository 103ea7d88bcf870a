/* What the desk changes of the list on the day: POST …/delegates (walk-in), PATCH …/delegates/{code} (what was wrong), …/name (of a blank badge), …/substitute,
 * …/absence, …/note, and GET …/history. Each bears a "request", a UUID of its sender, and happens once however often it is sent. */
#include "core/base/clock.h"
#include "core/congress/delegates/amend.h"
#include "server/live_feed.h"
#include "server/refusal.h"
#include "server/routes.h"

#include <stddef.h>
#include <string.h>

struct change {
    const char *request, *version;
    struct amend_person who;
    struct amend_facts facts;
    const char *category, *number, *reason, *note;
    bool anyway, absent, excused;
    struct amended done;
    enum err (*make)(const struct amend *a, const char *code, struct change *change);
};

#define TEXT(key, place) {key, JSON_SPEC_TEXT, offsetof(struct change, place), JSON_NULLABLE, 400}
#define FLAG(key, place) {key, JSON_SPEC_BOOLEAN, offsetof(struct change, place), JSON_NULLABLE, 0}
#define REQUEST {"request", JSON_SPEC_TEXT, offsetof(struct change, request), JSON_REQUIRED, 40}
#define VERSION TEXT("version", version)
#define WHO TEXT("person", who.code), TEXT("name", who.name), TEXT("honorific", who.honorific), TEXT("title", who.title), TEXT("born", who.born), \
            TEXT("gender", who.gender), TEXT("phone", who.phone), TEXT("unit", who.unit)

static const struct json_spec walk_in_specs[] = {REQUEST, WHO, TEXT("category", category), TEXT("number", number), FLAG("anyway", anyway)};
static const struct json_spec name_specs[] = {REQUEST, VERSION, WHO, FLAG("anyway", anyway)};
static const struct json_spec substitute_specs[] = {REQUEST, VERSION, WHO};
static const struct json_spec absence_specs[] = {REQUEST, VERSION,
                                                 {"absent", JSON_SPEC_BOOLEAN, offsetof(struct change, absent), JSON_REQUIRED, 0}, FLAG("excused", excused),
                                                 TEXT("reason", reason)};
static const struct json_spec note_specs[] = {REQUEST, VERSION, TEXT("note", note)};
static const struct json_spec patch_specs[] = {REQUEST, VERSION, TEXT("seen_name", facts.seen_name), TEXT("name", facts.name), TEXT("honorific", facts.honorific),
                                               TEXT("title", facts.title), TEXT("born", facts.born), TEXT("phone", facts.phone), TEXT("seat", facts.seat),
                                               TEXT("group", facts.group), TEXT("badge_box", facts.badge_box), TEXT("room", facts.room),
                                               TEXT("transport", facts.transport), FLAG("greet", facts.greet)};

static enum err walk_in(const struct amend *a, const char *code, struct change *c)
{
    (void)code;
    return amend_walk_in(a, &c->who, c->category, c->number, c->anyway, &c->done);
}

static enum err name_blank(const struct amend *a, const char *code, struct change *c) { return amend_name_blank(a, code, &c->who, c->anyway, &c->done); }

static enum err substitute(const struct amend *a, const char *code, struct change *c) { return amend_substitute(a, code, &c->who, &c->done); }

static enum err absence(const struct amend *a, const char *code, struct change *c)
{
    return amend_absence(a, code, c->absent, c->excused, c->reason, &c->done);
}

static enum err note(const struct amend *a, const char *code, struct change *c) { return amend_note(a, code, c->note, &c->done); }

static enum err correct(const struct amend *a, const char *code, struct change *c) { return amend_correct(a, code, &c->facts, &c->done); }

static enum err apply(struct db *db, struct http_request *req, struct write_tools *tools, struct fault *fault)
{
    struct change *c = req->state;
    const struct programme *programme;
    enum err e = programme_cached(&tools->programmes, db, http_param(req, "event"), &programme, NULL);
    if (e != OK) return e;
    const struct amend a = {.db = db, .arena = req->arena, .tools = tools, .programme = programme, .request = c->request, .version = c->version, .actor = actor_of(req),
                            .now_ms = clock_now_ms(), .is_organiser = (principal_of(req)->roles & WHO_ORGANISER) != 0, .fault = fault};
    return c->make(&a, http_param(req, "code"), c);
}

/* Also of the one whose mandate went over, and of the number that a blank badge had: another desk may have that card open. */
static void tell_desks(struct http_request *req, const struct change *c)
{
    const char *asked = http_param(req, "code"), *code = c->done.code ? c->done.code : c->done.number;
    const struct live_change change = {.event = http_param(req, "event"), .code = code, .by = actor_of(req), .request = c->request};
    live_feed_changed(app_of(req)->feed, &change);
    if (!asked || !code || strcmp(asked, code) == 0) return;
    struct live_change other = change;
    other.code = asked;
    live_feed_changed(app_of(req)->feed, &other);
}

static void applied(struct http_request *req)
{
    const struct change *c = req->state;
    const struct fault *why;
    enum err e = write_result(req, &why);
    if (e != OK) {
        refusal_reply(req, e, why);
        return;
    }
    const struct amended *d = &c->done;
    tell_desks(req, c);
    bool made = req->method == HTTP_POST && !d->again;
    http_reply_json(req, made ? 201 : 200, json_pack("{s:s?,s:s?,s:s?,s:b}", "code", d->code, "number", d->number, "name", d->name, "again", d->again));
}

static void change_by(struct http_request *req, const struct json_spec *specs, size_t count,
                      enum err (*make)(const struct amend *a, const char *code, struct change *change))
{
    struct fault fault = {0};
    struct worker *worker = worker_of(req);
    if (!worker || !event_of(req, worker, NULL)) return;
    struct change *c = arena_alloc(req->arena, sizeof *c);
    json_t *body = c ? http_body_json(req) : NULL;
    if (!c) reply_reason(req, REASON_busy);
    if (!body) return;
    *c = (struct change){.make = make};
    if (json_take(body, specs, count, c, NULL, &fault) != OK) {
        reply_reason_with(req, REASON_bad_request, fault.text);
        return;
    }
    c->facts.says_greet = json_is_boolean(json_object_get(body, "greet"));
    req->state = c;
    request_write(req, apply, applied);
}

#define CHANGE_BY(req, specs, make) change_by(req, specs, sizeof specs / sizeof specs[0], make)

void delegates_post(struct http_request *req) { CHANGE_BY(req, walk_in_specs, walk_in); }
void delegate_patch(struct http_request *req) { CHANGE_BY(req, patch_specs, correct); }
void delegate_name_post(struct http_request *req) { CHANGE_BY(req, name_specs, name_blank); }
void delegate_substitute_post(struct http_request *req) { CHANGE_BY(req, substitute_specs, substitute); }
void delegate_absence_put(struct http_request *req) { CHANGE_BY(req, absence_specs, absence); }
void delegate_note_put(struct http_request *req) { CHANGE_BY(req, note_specs, note); }

void delegate_history_get(struct http_request *req)
{
    struct fault fault = {0};
    struct worker *worker = worker_of(req);
    const struct programme *programme = worker ? event_of(req, worker, NULL) : NULL;
    json_t *history = NULL;
    if (!programme) return;
    enum err e = amend_history(worker->db, req->arena, programme, http_param(req, "code"), reader_language(req), &history, &fault);
    if (e == OK) http_reply_json(req, 200, history);
    else refusal_reply(req, e, &fault);
}
