/* GET /desk/{event}/paper: paper lists for doors without power: the form that prints them, and the place where they are typed afterwards.
 * POST …: what was typed, without JavaScript: do=one (a code, perhaps with its time), check and record (many lines), undo (scan),
 * find (q=: who is called so, with their codes). */
#include "core/base/clock.h"
#include "core/base/zone.h"
#include "core/congress/title.h"
#include "core/congress/delegates/find.h"
#include "core/congress/fallback/row_list.h"
#include "server/pages/staff_page.h"
#include "server/row_typing.h"

#include "catalogue.h"

#include <stdio.h>
#include <string.h>

#define LAST_MOST 30

/* What the form says once, kept from one page to the next: by POST, or by the query after an undo. */
static const char *kept(struct http_request *req, const char *name)
{
    const char *word = req->method == HTTP_POST ? http_form(req, name) : http_query(req, name);
    return word && *word ? word : NULL;
}

/* The day that is most likely meant: today, as far as the event is on. */
static const char *likely_day(struct view *view, const struct programme *programme)
{
    struct zone_time t;
    int64_t at = clock_now_ms();
    if (at < programme->opens_ms) at = programme->opens_ms;
    if (at >= programme->ends_ms) at = programme->ends_ms - 1;
    if (zone_local(programme->timezone, at, &t) != OK) return NULL;
    return arena_printf(view->arena, "%04d-%02d-%02d", t.year, t.month, t.day);
}

static void put_setting(struct view *view, const struct programme *programme)
{
    struct http_request *req = view->req;
    const char *direction = kept(req, "direction"), *date = kept(req, "date");
    view_put_gates(view, programme, kept(req, "gate"));
    view_put_flag(view->root, "goes_out", direction && strcmp(direction, "out") == 0);
    view_put(view->root, "date", date ? date : likely_day(view, programme));
    view_put(view->root, "time_once", kept(req, "time")); /* rows have a time of their own */
    view_put(view->root, "gate_code", kept(req, "gate"));
}

/* --- what came of it ---------------------------------------------------------------------------------------------------------------------- */

/* Shape, colour and words for what happened to one line. */
static void put_outcome(struct view *view, json_t *out, const struct row_tick *tick, bool recorded)
{
    const struct checkin_answer *a = &tick->answer;
    const char *kind = tick->flaw != ROW_FLAW_NONE ? "invalid" : !tick->taken ? "known" : tick->again ? "already_in" : a->conflict ? "conflict" : "admitted";
    view_put(out, "kind", kind);
    view_put_flag(out, "is_wrong", tick->flaw != ROW_FLAW_NONE);
    if (tick->flaw != ROW_FLAW_NONE) {
        view_put(out, "flaw", view_words(view, arena_printf(view->arena, "fallback.flaw.%s", row_flaw_name(tick->flaw))));
        view_put(out, "about", tick->about[0] ? tick->about : NULL);
        return;
    }
    if (!tick->taken) return;
    view_put(out, "outcome", view_words(view, arena_printf(view->arena, "fallback.was.%s", outcome_name(a->outcome))));
    view_put_flag(out, "conflict", a->conflict);
    if (a->conflict) view_put(out, "reason", view_words(view, arena_printf(view->arena, "desk.reason.%s", reason_code(a->reason) ? reason_code(a->reason) : "")));
    view_put_flag(out, "again", tick->again);
    view_put(out, "scan", recorded ? tick->scan_id : NULL);
}

static json_t *tick_json(struct view *view, const struct row_typing *t, const struct row_tick *tick)
{
    json_t *out = json_object();
    const char *zone = t->programme->timezone;
    view_put_number(out, "line", (int64_t)tick->line);
    view_put(out, "code", tick->code[0] ? tick->code : tick->typed);
    view_put(out, "name", tick->name);
    view_put(out, "number", tick->number);
    view_put(out, "born", tick->born);
    view_put_title(view, out, "unit", tick->delegation);
    view_put(out, "seat", tick->seat);
    if (tick->at_ms) view_put(out, "time", i18n_time(view->arena, zone, tick->at_ms));
    view_put(out, "way", view_words(view, tick->going_out ? "fallback.out" : "fallback.in"));
    put_outcome(view, out, tick, t->recorded);
    const struct checkin_answer *a = &tick->answer;
    if (tick->taken && a->outcome == OUTCOME_admitted && a->first_ms != DB_NULL && a->first_ms != tick->at_ms)
        view_put(out, "since", i18n_time(view->arena, zone, a->first_ms));
    if (tick->again) view_put(out, "typed", view_moment(view, zone, tick->typed_ms));
    if (tick->again) view_put(out, "by", tick->typed_by);
    return out;
}

static void put_results(struct view *view, const struct row_typing *t)
{
    json_t *list = json_array();
    bool only_flaws = t->flaws > 0; /* what is to be put right is seen first, and alone */
    for (size_t i = 0; i < t->count; i++)
        if (!only_flaws || t->ticks[i].flaw != ROW_FLAW_NONE) json_array_append_new(list, tick_json(view, t, &t->ticks[i]));
    view_put_flag(view->root, "has_results", json_array_size(list) > 0);
    view_put_flag(view->root, "recorded", t->recorded);
    view_put_flag(view->root, "checked", t->only_check && !t->flaws && t->count > 0);
    view_put_number(view->root, "line_count", (int64_t)t->count);
    if (t->flaws) view_put_number(view->root, "wrong", (int64_t)t->flaws);
    view_put_json(view->root, "results", list);
}

static enum err put_last(struct view *view, struct db *db, const struct programme *programme)
{
    struct sql_row_last_row *rows;
    size_t n;
    enum err e = sql_row_last(db, view->arena, programme->event_id, LAST_MOST, &rows, &n);
    json_t *list = json_array();
    for (size_t i = 0; e == OK && i < n; i++) {
        json_t *item = json_object();
        view_put(item, "scan", rows[i].undone ? NULL : rows[i].scan_id);
        view_put(item, "time", i18n_time(view->arena, programme->timezone, rows[i].true_ms));
        view_put(item, "code", rows[i].code);
        view_put(item, "name", rows[i].name);
        view_put(item, "number", rows[i].number);
        view_put_title(view, item, "unit", rows[i].delegation);
        view_put_title(view, item, "gate", rows[i].gate);
        view_put(item, "way", view_words(view, strcmp(rows[i].direction, "out") == 0 ? "fallback.out" : "fallback.in"));
        view_put(item, "by", rows[i].account);
        view_put_flag(item, "undone", rows[i].undone != 0);
        view_put_flag(item, "conflict", rows[i].conflict && !rows[i].undone);
        json_array_append_new(list, item);
    }
    view_put_flag(view->root, "has_last", json_array_size(list) > 0);
    view_put_json(view->root, "last", list);
    return e;
}

/* Who is called so, with their row codes: for whoever was written by hand at the end of a list. */
static enum err put_found(struct view *view, struct db *db, const struct programme *programme, const char *words)
{
    json_t *answer = NULL, *one, *list = json_array();
    size_t i;
    enum err e = words ? delegates_find(db, view->arena, programme, words, clock_now_ms(), &answer) : OK;
    json_array_foreach(json_object_get(answer, "results"), i, one)
    {
        const char *number = json_string_value(json_object_get(one, "number")), *person = json_string_value(json_object_get(one, "code"));
        const char *code = person || number ? row_code_of(db, view->arena, programme->event_id, person ? person : number) : "";
        json_t *item = json_object();
        view_put(item, "code", code && *code ? code : NULL);
        view_put(item, "name", json_string_value(json_object_get(one, "name")));
        view_put(item, "number", number);
        const char *born = json_string_value(json_object_get(one, "born"));
        if (born) view_put(item, "born", arena_strndup(view->arena, born, strspn(born, "0123456789"))); /* the year tells namesakes apart */
        view_put_title(view, item, "unit", json_string_value(json_object_get(one, "delegation")));
        json_array_append_new(list, item);
    }
    view_put(view->root, "sought", words);
    view_put_flag(view->root, "nobody", words && json_array_size(list) == 0);
    view_put_json(view->root, "found", list);
    json_decref(answer);
    return e == ERR_INPUT ? OK : e;
}

/* `typing` NULL: nothing was typed. `sought` NULL: nobody was looked for. */
static void show(struct http_request *req, const struct row_typing *typing, const char *sought)
{
    static const char *const prefixes[] = {"fallback.", "desk.reason."};
    struct staff_page page;
    struct view *view = &page.view;
    if (!staff_page_begin(&page, req)) return;
    put_setting(view, page.programme);
    if (typing && typing->result == OK) put_results(view, typing);
    if (typing && typing->result != OK) view_put(view->root, "problem", view_words(view, "fallback.too_many"));
    bool again = typing && (!typing->recorded || typing->count == 0); /* stays in the field until it is right */
    const char *what = req->method == HTTP_POST ? http_form(req, "do") : NULL;
    if (again && what) view_put(view->root, strcmp(what, "one") == 0 ? "code" : "text", typing->text);
    view_put_flag(view->root, "many", what && typing && strcmp(what, "one") != 0);
    staff_page_put_done(view, "fallback.done_");
    enum err e = put_last(view, page.worker->db, page.programme);
    if (e == OK) e = put_found(view, page.worker->db, page.programme, sought);
    if (e != OK) {
        reply_error(req, e, NULL);
        return;
    }
    view_set_title(view, view_words(view, "fallback.title"));
    view_set_style(view, "paper");
    view_set_script(view, "paper", prefixes, sizeof prefixes / sizeof *prefixes);
    view_reply(view, typing && typing->flaws ? 422 : 200, "paper_desk");
}

void paper_desk_get(struct http_request *req)
{
    if (!view_ask_new_password(req)) show(req, NULL, NULL);
}

/* --- typing --------------------------------------------------------------------------------------------------------------------------------- */

static void typed(struct http_request *req)
{
    const struct row_typing *t = req->state;
    if (t->result == OK || t->result == ERR_LIMIT) show(req, t, NULL);
    else reply_error(req, t->result, &t->fault);
}

struct undoing {
    struct checkin_source source;
    const char *scan_id;
};

static enum err apply_undo(struct db *db, struct http_request *req, struct write_tools *tools, struct fault *fault)
{
    struct undoing *u = req->state;
    (void)fault;
    return checkin_undo(db, req->arena, tools, &u->source, u->scan_id, NULL);
}

/* What was said once goes along: "&gate=main&…". Nothing but what needs no escaping. */
static const char *setting_query(struct http_request *req)
{
    static const char *const names[] = {"gate", "direction", "date", "time"};
    const char *query = "";
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *word = kept(req, names[i]);
        if (word && strlen(word) <= 64 && strspn(word, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz._:-") == strlen(word))
            query = arena_printf(req->arena, "%s&%s=%s", query, names[i], word);
        if (!query) return "";
    }
    return query;
}

static void undone(struct http_request *req)
{
    const struct fault *fault;
    enum err e = write_result(req, &fault);
    if (e == ERR_TIMEOUT) reply_reason(req, REASON_undo_too_late);
    else if (e != OK) reply_error(req, e, fault);
    else http_reply_redirect(req, 303, arena_printf(req->arena, "/desk/%s/paper?done=undone%s", http_param(req, "event"), setting_query(req)));
}

static void undo(struct http_request *req)
{
    struct undoing *u = arena_alloc(req->arena, sizeof *u);
    const char *scan_id = http_form(req, "scan");
    if (!u) reply_reason(req, REASON_busy);
    else if (!scan_id || !id_is_uuid(scan_id)) reply_reason(req, REASON_not_found);
    else {
        *u = (struct undoing){{.event = http_param(req, "event"), .gate_id = DB_NULL, .device_id = DB_NULL, .account_id = principal_of(req)->account.id,
                               .received_ms = clock_now_ms(), .actor = actor_of(req)}, scan_id};
        req->state = u;
        request_write(req, apply_undo, undone);
    }
}

/* --- looking for somebody's code -------------------------------------------------------------------------------------------------------------- */

struct finding {
    struct arena piece;
    bool more;
};

static void release_finding(void *data)
{
    struct finding *f = data;
    arena_release(&f->piece);
}

/* Who came on the day has none yet. */
static enum err apply_codes(struct db *db, struct http_request *req, struct write_tools *tools, struct fault *fault)
{
    struct finding *f = req->state;
    (void)tools;
    arena_clear(&f->piece);
    return row_codes_assign(db, &f->piece, http_param(req, "event"), &f->more, fault);
}

static void codes_given(struct http_request *req)
{
    const struct finding *f = req->state;
    const struct fault *fault;
    enum err e = write_result(req, &fault);
    if (e == OK && f->more) request_write(req, apply_codes, codes_given);
    else if (e == OK) show(req, NULL, http_form(req, "q"));
    else reply_error(req, e, fault);
}

static void find(struct http_request *req)
{
    struct finding *f = arena_alloc(req->arena, sizeof *f);
    if (f) *f = (struct finding){0};
    if (!f || http_at_end(req, release_finding, f) != OK) {
        reply_reason(req, REASON_busy);
        return;
    }
    req->state = f;
    request_write(req, apply_codes, codes_given);
}

void paper_desk_post(struct http_request *req)
{
    const char *what = http_form(req, "do");
    if (!staff_enter(req, NULL)) return;
    if (what && strcmp(what, "undo") == 0) {
        undo(req);
        return;
    }
    if (what && strcmp(what, "find") == 0) {
        find(req);
        return;
    }
    bool one = what && strcmp(what, "one") == 0, check = what && strcmp(what, "check") == 0;
    if (!one && !check && (!what || strcmp(what, "record") != 0)) {
        reply_reason(req, REASON_bad_request);
        return;
    }
    struct row_typing *t = arena_alloc(req->arena, sizeof *t);
    if (!t) {
        reply_reason(req, REASON_busy);
        return;
    }
    const char *text = http_form(req, one ? "code" : "text");
    *t = (struct row_typing){.setting = {.gate = kept(req, "gate"), .direction = kept(req, "direction"), .date = kept(req, "date"), .time = kept(req, "time")},
                             .text = text ? text : "", .only_check = check};
    row_typing_run(req, t, typed);
}
