/* GET /admin/-/audit: the audit log, the newest first: who=, what= (an action), of= (an event's slug), person=, from=, until= (days), words=, before= (a line's number).
 * POST the same with do=export: all lines that match, as CSV, which is itself a line. For organisers of all events: it tells of every one. */
#include "core/congress/audit/audit.h"
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/text.h"
#include "core/base/zone.h"
#include "server/access.h"
#include "server/pages/console.h"
#include "server/pages/messages.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define LINES_SHOWN 100
#define LINES_AT_ONCE 2000 /* of the export: so much of it is held in memory */
#define SUBJECT_PLACE "{subject}"

typedef const char *field_of(struct http_request *req, const char *name);

struct asked {
    struct audit_wish wish;
    const char *zone, *person_typed;
    struct audit_person *people;
    size_t people_count;
};

/* A day of the form as a moment: its beginning, or its end. */
static int64_t day_of(const char *text, const char *zone, bool end)
{
    char noon[24];
    int64_t at, begin, until;
    if (!text || strlen(text) != 10) return DB_NULL;
    (void)snprintf(noon, sizeof noon, "%sT12:00", text);
    if (zone_parse(zone, noon, &at) != OK || zone_day(zone, at, &begin, &until) != OK) return DB_NULL;
    return end ? until : begin;
}

static const char *tidy(struct http_request *req, const char *text)
{
    return text && strlen(text) <= 200 && text_is_printable(text) ? text_tidy(req->arena, text) : NULL;
}

/* From the address, or from the form of the export. */
static enum err read_asked(struct http_request *req, struct db *db, field_of *field, struct asked *ret)
{
    *ret = (struct asked){.person_typed = tidy(req, field(req, "person"))};
    enum err e = console_zone(db, req->arena, clock_now_ms(), &ret->zone);
    if (e != OK) return e;
    ret->wish = (struct audit_wish){.actor = tidy(req, field(req, "who")), .action = tidy(req, field(req, "what")), .event = tidy(req, field(req, "of")),
                                    .words = tidy(req, field(req, "words")), .from_ms = day_of(field(req, "from"), ret->zone, false),
                                    .until_ms = day_of(field(req, "until"), ret->zone, true), .before_id = messages_read_id(field(req, "before"))};
    if (!ret->person_typed || !*ret->person_typed) return OK;
    e = audit_find_people(db, req->arena, ret->person_typed, &ret->people, &ret->people_count);
    ret->wish.person = ret->people_count == 1 ? ret->people[0].code : ret->person_typed; /* of nobody: a person who is gone may still stand in the log */
    return e;
}

/* --- a line in words --- */

/* A sentence of our own words; an action that has none is shown as it is. */
static const char *sentence_of(struct view *view, const struct audit_line *line)
{
    const char *words = view_words(view, arena_printf(view->arena, "audit.say.%.60s", line->action)), *place = strstr(words, SUBJECT_PLACE);
    if (!*words) return arena_printf(view->arena, "%s: \u2068%s\u2069", line->action, line->subject);
    if (!place) return words;
    return arena_printf(view->arena, "%.*s\u2068%s\u2069%s", (int)(place - words), words, line->subject, place + strlen(SUBJECT_PLACE));
}

static const char *actor_of_line(struct view *view, const char *actor)
{
    if (strcmp(actor, "command line") == 0) return view_words(view, "common.command_line");
    return strcmp(actor, "door") == 0 ? view_words(view, "audit.door") : actor;
}

/* One value: a moment by our clocks, counts that are not zero ("new 5, same 2"), else as it is. NULL: nothing to say. */
static const char *value_words(struct view *view, const char *zone, const char *key, const json_t *value)
{
    const char *name, *out = NULL;
    json_t *one;
    size_t length = strlen(key);
    if (json_is_string(value)) return json_string_value(value);
    if (json_is_integer(value) && length > 3 && strcmp(key + length - 3, "_ms") == 0) return view_moment(view, zone, json_integer_value(value));
    if (!json_is_object(value)) return json_text(view->arena, value);
    json_object_foreach((json_t *)value, name, one) {
        const char *text = json_is_string(one) ? json_string_value(one) : json_text(view->arena, one);
        if (!json_is_integer(one) || json_integer_value(one) != 0) out = arena_printf(view->arena, "%s%s%s %s", out ? out : "", out ? ", " : "", name, text ? text : "");
    }
    return out;
}

/* What a form of the console changed, "title: Cửa → Cửa chính · reentry: true → false". */
static void put_changes(struct view *view, const char *zone, const json_t *changes, struct buf *out)
{
    size_t i, k;
    json_t *change, *field;
    json_array_foreach(changes, i, change)
        json_array_foreach(json_object_get(change, "fields"), k, field) {
            const char *name = json_string_value(json_object_get(field, "field"));
            const json_t *was = json_object_get(field, "old"), *is = json_object_get(field, "new");
            const char *old = was && !json_is_null(was) ? value_words(view, zone, "", was) : NULL;
            const char *now = is && !json_is_null(is) ? value_words(view, zone, "", is) : NULL;
            if (!name) continue;
            buf_printf(out, "%s%s", out->length ? " · " : "", name);
            if (was || is) buf_printf(out, ": %s → %s", old ? old : "–", now ? now : "–");
        }
}

/* What else the line says, "role: desk · event: test-1". */
static const char *detail_words(struct view *view, const char *zone, const char *detail)
{
    struct buf out;
    const char *key;
    json_t *value, *root = NULL;
    if (!detail || !strchr("{[", detail[0]) || json_read(detail, strlen(detail), &root, NULL) != OK) return detail;
    buf_init(&out, BUF_LIMIT_LINE);
    put_changes(view, zone, root, &out);
    json_object_foreach(root, key, value) {
        const char *text = value_words(view, zone, key, value);
        if (text) buf_printf(&out, "%s%s: %s", out.length ? " · " : "", key, text);
    }
    bool is_list = json_is_array(root) && !json_is_object(json_array_get(root, 0)); /* of codes */
    json_decref(root);
    const char *words = buf_ok(&out) && !is_list ? arena_strdup(view->arena, buf_text(&out)) : detail;
    buf_release(&out);
    return words;
}

static enum err put_person(struct view *view, struct db *db, json_t *row, const char *code)
{
    struct audit_person *people;
    size_t count;
    if (!code) return OK;
    enum err e = audit_find_people(db, view->arena, code, &people, &count);
    if (e == OK && count == 1 && strcmp(people[0].code, code) == 0) view_put(row, "person_name", people[0].name);
    return e;
}

static enum err put_lines(struct view *view, struct db *db, const struct asked *asked)
{
    struct audit_line *lines;
    size_t count;
    enum err e = audit_find(db, view->arena, &asked->wish, LINES_SHOWN + 1, &lines, &count);
    if (e != OK) return e;
    json_t *rows = json_array();
    for (size_t i = 0; e == OK && i < count && i < LINES_SHOWN; i++) {
        json_t *row = json_object();
        view_put(row, "at", view_moment(view, asked->zone, lines[i].at_ms));
        view_put(row, "actor", actor_of_line(view, lines[i].actor));
        view_put(row, "says", sentence_of(view, &lines[i]));
        view_put(row, "detail", detail_words(view, asked->zone, lines[i].detail));
        view_put(row, "event", lines[i].event);
        e = put_person(view, db, row, lines[i].person);
        json_array_append_new(rows, row);
    }
    view_put_json(view->root, "lines", rows);
    view_put_flag(view->root, "any", count > 0);
    if (count > LINES_SHOWN) view_put(view->root, "older", arena_printf(view->arena, "%lld", (long long)lines[LINES_SHOWN - 1].id));
    return e;
}

/* --- the form --- */

static void put_actions(struct view *view, const char *chosen)
{
    json_t *groups = json_array(), *list = NULL;
    const char *group = "";
    for (const struct audit_action *a = audit_actions(); a->name; a++) {
        if (strcmp(a->group, group) != 0) {
            json_t *object = json_object();
            group = a->group;
            list = json_array();
            view_put(object, "title", view_words(view, arena_printf(view->arena, "audit.sort.%s", group)));
            view_put_json(object, "actions", list);
            json_array_append_new(groups, object);
        }
        json_t *one = json_object();
        const struct audit_line line = {.action = a->name, .subject = "…"};
        view_put(one, "name", a->name);
        view_put(one, "words", sentence_of(view, &line));
        view_put_flag(one, "chosen", chosen && strcmp(chosen, a->name) == 0);
        json_array_append_new(list, one);
    }
    view_put_json(view->root, "groups", groups);
}

static enum err put_events(struct view *view, struct db *db, const char *chosen)
{
    struct event_page_line *lines;
    size_t count;
    enum err e = event_page_list(db, view->arena, &lines, &count);
    json_t *events = json_array();
    for (size_t i = 0; e == OK && i < count; i++) {
        json_t *row = json_object();
        view_put(row, "slug", lines[i].slug);
        view_put_title(view, row, "title", lines[i].title);
        view_put_flag(row, "chosen", chosen && strcmp(chosen, lines[i].slug) == 0);
        json_array_append_new(events, row);
    }
    view_put_json(view->root, "events", events);
    return e;
}

static void put_asked(struct view *view, const struct asked *asked)
{
    json_t *out = json_object(), *people = json_array();
    view_put(out, "who", asked->wish.actor);
    view_put(out, "what", asked->wish.action);
    view_put(out, "of", asked->wish.event);
    view_put(out, "person", asked->wish.person ? asked->wish.person : asked->person_typed);
    view_put(out, "from", asked->wish.from_ms == DB_NULL ? NULL : http_query(view->req, "from"));
    view_put(out, "until", asked->wish.until_ms == DB_NULL ? NULL : http_query(view->req, "until"));
    view_put(out, "words", asked->wish.words);
    for (size_t i = 0; asked->people_count > 1 && i < asked->people_count; i++) {
        json_t *row = json_object();
        view_put(row, "code", asked->people[i].code);
        view_put(row, "name", asked->people[i].name);
        json_array_append_new(people, row);
    }
    view_put_json(out, "people", people);
    view_put_flag(out, "nobody", asked->person_typed && *asked->person_typed && asked->people_count == 0);
    view_put_json(view->root, "asked", out);
}

/* On a thread of the pool: words that are rare are looked for in every line. */
static void page_work(struct http_request *req, void *thread_state)
{
    struct view view;
    struct asked asked;
    struct worker *worker = thread_state;
    if (!worker) {
        reply_reason(req, REASON_busy);
        return;
    }
    if (!view_begin(&view, req)) return;
    enum err e = read_asked(req, worker->db, http_query, &asked);
    if (e == OK) e = put_lines(&view, worker->db, &asked);
    if (e == OK) e = put_events(&view, worker->db, asked.wish.event);
    if (e != OK) {
        reply_error(req, e, NULL);
        return;
    }
    put_actions(&view, asked.wish.action);
    put_asked(&view, &asked);
    view_set_title(&view, view_words(&view, "audit.title"));
    view_set_style(&view, "admin");
    view_reply(&view, 200, "audit");
}

void audit_get(struct http_request *req)
{
    if (!console_enter(req, true)) return;
    req->resume = NULL;
    http_run_in_pool(req, app_of(req)->pool, page_work);
}

/* --- export --- */

struct export {
    int fd; /* a file without a name: it goes when its last reader does */
    int64_t size;
};

static enum err put_csv(int fd, const struct audit_line *lines, size_t count, int64_t *size)
{
    struct buf out;
    char at[CLOCK_TEXT_SIZE];
    buf_init(&out, 64u * 1024u * 1024u);
    for (size_t i = 0; i < count; i++) {
        const char *cells[] = {clock_format(lines[i].at_ms, at), lines[i].actor, lines[i].action, lines[i].subject, lines[i].event, lines[i].person, lines[i].detail};
        for (size_t k = 0; k < sizeof cells / sizeof *cells; k++) {
            if (k) buf_putc(&out, ',');
            buf_put_csv(&out, cells[k] ? cells[k] : "");
        }
        buf_puts(&out, "\r\n");
    }
    enum err e = buf_ok(&out) ? file_write_all(fd, buf_text(&out), out.length) : ERR_NOMEM;
    *size += (int64_t)out.length;
    buf_release(&out);
    return e;
}

static enum err write_csv(struct db *db, struct audit_wish wish, struct export *x)
{
    static const char head[] = "\xef\xbb\xbf" "at,actor,action,subject,event,person,detail\r\n";
    enum err e = file_write_all(x->fd, head, sizeof head - 1);
    x->size = (int64_t)sizeof head - 1;
    wish.before_id = 0;
    while (e == OK) {
        struct arena arena = {0};
        struct audit_line *lines;
        size_t count = 0;
        e = audit_find(db, &arena, &wish, LINES_AT_ONCE, &lines, &count);
        if (e == OK) e = put_csv(x->fd, lines, count, &x->size);
        if (e == OK && count) wish.before_id = lines[count - 1].id;
        arena_release(&arena);
        if (e == OK && count < LINES_AT_ONCE) break;
    }
    return e;
}

/* On a thread of the pool, after the line about it was written: whoever takes the log along stands in it. */
static void export_work(struct http_request *req, void *thread_state)
{
    struct worker *worker = thread_state;
    struct asked asked;
    struct export x = {.fd = -1};
    const char *folder = worker ? worker->app->store.folder : NULL;
    enum err e = worker ? read_asked(req, worker->db, http_form, &asked) : ERR_BUSY;
    if (e == OK && (x.fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600)) < 0) e = ERR_IO;
    if (e == OK) e = write_csv(worker->db, asked.wish, &x);
    if (e != OK) {
        if (x.fd >= 0) (void)close(x.fd);
        reply_error(req, e, NULL);
        return;
    }
    http_reply_file(req, &(struct http_file){.fd = x.fd, .size = x.size, .content_type = "text/csv; charset=utf-8", .name = "plenum-audit.csv", .attachment = true,
                                             .cache = HTTP_NO_STORE});
}

static void export_noted(struct http_request *req)
{
    request_work_noted(req, export_work, reply_error);
}

static enum err export_note(struct db *db, struct http_request *req, struct write_tools *tools, struct fault *fault)
{
    static const char *const names[] = {"who", "what", "of", "person", "from", "until", "words"};
    (void)tools;
    json_t *detail = json_object();
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *text = tidy(req, http_form(req, names[i]));
        if (text && *text) (void)json_object_set_new(detail, names[i], json_string(text));
    }
    const char *text = json_text(req->arena, detail);
    json_decref(detail);
    enum err e = text ? audit_write(db, clock_now_ms(), actor_of(req), "audit.export", "audit", text) : ERR_NOMEM;
    return e == OK ? OK : db_fault(db, e, fault, "the audit log");
}

void audit_post(struct http_request *req)
{
    const char *action = http_form(req, "do");
    if (!console_enter(req, true)) return;
    if (!action || strcmp(action, "export") != 0) reply_reason(req, REASON_bad_request);
    else request_write(req, export_note, export_noted);
}
