/* POST /admin/-/import, /admin/{event}/import: do=upload (multipart: file, target=), undo (number=). POST …/import/{work}: do= map (columns, sheet, ways),
 * decide (rows), files (without=), all (doubts=), agree (digest=, take_good=), wrong (format=), drop. */
#include "server/pages/import.h"
#include "core/base/file.h"
#include "server/pages/console.h"
#include "server/refusal.h"
#include "server/turn.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define COLUMNS_MOST 400

/* --- what the pool does
 * ------------------------------------------------------------------------------------------------------------------------------------------ */

static bool is_of(const struct import_ask *ask, const json_t *meta)
{
    const char *event = json_string_value(json_object_get(meta, "event"));
    return ask->event ? event && strcmp(event, ask->event) == 0 : event == NULL;
}

/* For whoever changes it: with its lock, which is the caller's to free. */
static enum err read_work(struct http_request *req, struct import_ask *ask, bool patient, int *ret_lock)
{
    enum err e = list_work_lock(app_of(req)->store.folder, ask->id, patient, ret_lock, &ask->fault);
    if (e == OK) e = list_work_read(app_of(req)->store.folder, ask->id, &ask->meta, &ask->fault);
    if (e == OK && !is_of(ask, ask->meta)) e = ERR_NOT_FOUND;
    if (e == OK && json_object_set_new(ask->meta, "actor", json_string(actor_of(req))) != 0) e = ERR_NOMEM;
    if (e == OK && json_object_set_new(ask->meta, "of_all", json_boolean(console_is_of_all(req))) != 0) e = ERR_NOMEM; /* the one who agrees counts */
    return e;
}

static void upload(struct http_request *req, void *thread_state)
{
    struct import_ask *ask = req->state;
    struct worker *worker = thread_state;
    const struct list_import_door door = turn_door(app_of(req));
    const char *folder = app_of(req)->store.folder;
    ask->meta = json_pack("{s:s, s:s?, s:s, s:s, s:b}", "target", ask->act, "event", ask->event, "name", ask->pieces[0].name, "actor", actor_of(req), "of_all",
                          console_is_of_all(req));
    ask->error = !worker ? ERR_BUSY : ask->meta ? list_work_make(folder, ask->pieces, ask->piece_count, ask->meta, ask->made, &ask->fault) : ERR_NOMEM;
    if (ask->error != OK) return;
    ask->error = list_work_plan(worker->db, &door, folder, ask->made, ask->meta, &ask->fault);
    if (ask->error != OK) list_work_remove(folder, ask->made); /* nobody was told of it */
}

static void plan_again(struct http_request *req, void *thread_state)
{
    struct import_ask *ask = req->state;
    struct worker *worker = thread_state;
    const struct list_import_door door = turn_door(app_of(req));
    json_t *changes = ask->meta, *value; /* what the form says, over what was chosen before */
    const char *key;
    int lock = -1;
    ask->meta = NULL;
    ask->error = worker ? read_work(req, ask, true, &lock) : ERR_BUSY;
    json_t *decisions = json_object_get(ask->meta, "decisions");
    if (ask->error == OK && !decisions && json_object_set_new(ask->meta, "decisions", decisions = json_object()) != 0) ask->error = ERR_NOMEM;
    json_object_foreach(changes, key, value) {
        if (ask->error != OK) break;
        bool one = strchr(key, '/') != NULL; /* a row's decision; "" takes it back */
        json_t *into = one ? decisions : ask->meta;
        bool nothing = json_is_null(value) || (json_is_string(value) && !*json_string_value(value));
        if (nothing ? (json_object_del(into, key), false) : json_object_set(into, key, value) != 0) ask->error = ERR_NOMEM;
    }
    json_decref(changes);
    if (ask->error == OK) ask->error = list_work_plan(worker->db, &door, app_of(req)->store.folder, ask->id, ask->meta, &ask->fault);
    file_unlock(lock);
}

static void agree(struct http_request *req, void *thread_state)
{
    struct import_ask *ask = req->state;
    struct worker *worker = thread_state;
    const struct list_import_door door = turn_door(app_of(req));
    bool take_good = ask->act != NULL;
    int lock = -1;
    /* Who presses twice does not take the pool's other thread for as long as the list is written. */
    ask->error = worker ? read_work(req, ask, false, &lock) : ERR_BUSY;
    if (ask->error == OK && json_object_set_new(ask->meta, "take_good", json_boolean(take_good)) != 0) ask->error = ERR_NOMEM;
    if (ask->error == OK)
        ask->error = list_work_apply(worker->db, &door, app_of(req)->store.folder, ask->id, ask->meta, ask->digest, &ask->result, &ask->fault);
    file_unlock(lock);
}

static void undo(struct http_request *req, void *thread_state)
{
    struct import_ask *ask = req->state;
    struct worker *worker = thread_state;
    const struct list_import_door door = turn_door(app_of(req));
    int lock = -1;
    size_t count;
    ask->error = worker ? list_import_history(worker->db, ask->event ? ask->event : "", ask->number, 1, &ask->history, &ask->fault) : ERR_BUSY;
    const json_t *one = json_array_get(ask->history, 0);
    bool here = one && json_integer_value(json_object_get(one, "number")) == ask->number;
    if (ask->error == OK && !here) ask->error = fault_because(&ask->fault, ERR_NOT_FOUND, "list_import_unknown", NULL, "there is no such import");
    if (ask->error != OK) return;
    ask->error = list_import_lock(app_of(req)->store.folder, &lock, &ask->fault);
    if (ask->error != OK) return;
    ask->error = list_import_recover(&door, &count, &ask->fault);
    bool bounded = ask->event && !console_is_of_all(req);
    if (ask->error == OK && bounded) ask->error = list_import_is_of_event(worker->db, ask->number, ask->event_id, &ask->fault);
    if (ask->error == OK) ask->error = list_import_undo(&door, ask->number, actor_of(req), &ask->undone, &ask->fault);
    file_unlock(lock);
}

static void drop(struct http_request *req, void *thread_state)
{
    struct import_ask *ask = req->state;
    int lock = -1;
    (void)thread_state;
    ask->error = read_work(req, ask, false, &lock);
    if (ask->error == OK) list_work_remove(app_of(req)->store.folder, ask->id);
    file_unlock(lock);
}

/* --- and then
 * ------------------------------------------------------------------------------------------------------------------------------------------------------ */

static void go(struct http_request *req, const char *to)
{
    if (to) http_reply_redirect(req, 303, to);
    else reply_reason(req, REASON_busy);
}

static void after_upload(struct http_request *req)
{
    struct import_ask *ask = req->state;
    if (ask->error != OK) refusal_reply(req, ask->error, &ask->fault);
    else go(req, arena_printf(req->arena, "%s/%s", ask->base, ask->made));
}

static void after_plan(struct http_request *req)
{
    struct import_ask *ask = req->state;
    if (ask->error != OK) refusal_reply(req, ask->error, &ask->fault);
    else go(req, arena_printf(req->arena, "%s/%s%s%s", ask->base, ask->id, ask->query ? "?" : "", ask->query ? ask->query : ""));
}

static void after_agree(struct http_request *req)
{
    struct import_ask *ask = req->state;
    bool said = ask->fault.reason && ask->error != OK && strncmp(ask->fault.reason, "list_", 5) == 0;
    if (said) go(req, arena_printf(req->arena, "%s/%s?said=%s", ask->base, ask->id, ask->fault.reason));
    else if (ask->error != OK) refusal_reply(req, ask->error, &ask->fault);
    else go(req, arena_printf(req->arena, "%s?done=%s", ask->base, ask->result.left ? "meanwhile" : ask->result.number ? "taken" : "nothing"));
}

static void after_undo(struct http_request *req)
{
    struct import_ask *ask = req->state;
    if (ask->error != OK) refusal_reply(req, ask->error, &ask->fault);
    else go(req, arena_printf(req->arena, "%s?done=%s", ask->base, ask->undone.left ? "undone_some" : "undone"));
}

static void after_drop(struct http_request *req)
{
    struct import_ask *ask = req->state;
    if (ask->error != OK) refusal_reply(req, ask->error, &ask->fault);
    else go(req, arena_printf(req->arena, "%s?done=dropped", ask->base));
}

static void run(struct http_request *req, void (*work)(struct http_request *, void *), void (*then)(struct http_request *))
{
    req->resume = then;
    http_run_in_pool(req, app_of(req)->pool, work);
}

/* --- forms
 * ------------------------------------------------------------------------------------------------------------------------------------------------------------ */

/* All files that were chosen. */
static bool read_pieces(struct http_request *req, struct import_ask *ask)
{
    const char *name, *data;
    size_t length, count = 0;
    while (http_form_file_at(req, "file", count, &name, &data, &length)) count++;
    ask->pieces = arena_array(req->arena, count + 1, sizeof *ask->pieces);
    for (size_t i = 0; ask->pieces && i < count && http_form_file_at(req, "file", i, &name, &data, &length); i++)
        ask->pieces[ask->piece_count++] = (struct list_work_piece){name, data, length};
    return ask->pieces != NULL;
}

void import_post(struct http_request *req)
{
    struct import_ask *ask = import_begin(req);
    if (!ask) return;
    const char *act = http_form(req, "do"), *target = http_form(req, "target"), *number = http_form(req, "number");
    if (act && strcmp(act, "undo") == 0) {
        ask->number = number ? strtoll(number, NULL, 10) : 0;
        run(req, undo, after_undo);
        return;
    }
    ask->act = ask->event ? "delegates" : target && strcmp(target, "units") == 0 ? "units" : "people";
    if (!read_pieces(req, ask)) {
        reply_reason(req, REASON_busy);
        return;
    }
    if (ask->piece_count) {
        run(req, upload, after_upload);
        return;
    }
    go(req, arena_printf(req->arena, "%s?done=none", ask->base));
}

static json_t *read_columns(struct http_request *req)
{
    json_t *map = json_array();
    for (size_t i = 0; map && i < COLUMNS_MOST; i++) {
        char use[32], letter[32];
        (void)snprintf(use, sizeof use, "use-%zu", i);
        (void)snprintf(letter, sizeof letter, "letter-%zu", i);
        const char *what = http_form(req, use), *column = http_form(req, letter);
        if (!what || !column) break;
        (void)json_array_append_new(map, json_sprintf("%s=%s", what, column));
    }
    return map;
}

/* What a form says of a flag: 1, or nothing. */
static json_t *flag(struct http_request *req, const char *name)
{
    return http_form(req, name) ? json_true() : json_null();
}

static json_t *read_map(struct http_request *req)
{
    const char *sheet = http_form(req, "sheet"), *category = http_form(req, "category"), *first = http_form(req, "header_first"), *last = http_form(req,
            "header_last"),
               *was_first = http_form(req, "was_first"), *was_last = http_form(req, "was_last"), *was_sheet = http_form(req, "was_sheet");
    long from = first ? strtol(first, NULL, 10) : 0, to = last ? strtol(last, NULL, 10) : 0;
    bool other = (first && was_first && strcmp(first, was_first) != 0) || (last && was_last && strcmp(last, was_last) != 0) ||
                 (sheet && was_sheet && strcmp(sheet, was_sheet) != 0);
    json_t *header = from > 0 && to >= from && other ? json_pack("[I, I]", (json_int_t)from, (json_int_t)to) : NULL;
    json_t *all = json_pack("{s:s?, s:s?, s:o, s:o, s:o}", "sheet", sheet, "category", category, "capitals", flag(req, "capitals"), "new_units", flag(req,
            "new_units"), "prune",
                            flag(req, "prune"));
    if (all && header) (void)json_object_set_new(all, "header", header);
    /* another place of the table has other columns: they are guessed anew */
    if (all) (void)json_object_set_new(all, "map", other ? json_null() : read_columns(req));
    return all;
}

static json_t *read_choices(struct http_request *req)
{
    json_t *all = json_object();
    const char *key;
    for (size_t i = 0; all && (key = http_form_at(req, "key", i)); i++) {
        const char *value = http_form(req, arena_printf(req->arena, "d-%s", key)), *was = http_form(req, arena_printf(req->arena, "was-%s", key));
        if (value && was && strcmp(value, was) == 0) continue; /* not chosen here: somebody else may have, since this page was made */
        if (strchr(key, '/') && value) (void)json_object_set_new(all, key, json_string(value));
    }
    return all;
}

/* Files that are to be left out. */
static json_t *read_without(struct http_request *req)
{
    json_t *list = json_array();
    const char *index;
    for (size_t i = 0; list && (index = http_form_at(req, "without", i)); i++) (void)json_array_append_new(list, json_integer(strtoll(index, NULL, 10)));
    return list ? json_pack("{s:o}", "without", list) : NULL;
}

static void change(struct http_request *req, struct import_ask *ask, json_t *changes)
{
    if (!changes) {
        reply_reason(req, REASON_busy);
        return;
    }
    ask->meta = changes;
    run(req, plan_again, after_plan);
}

/* Only what our own links say goes back into an address. */
static const char *read_query(struct http_request *req)
{
    const char *query = http_form(req, "query");
    return query && strlen(query) < 400 && strspn(query, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789=&%_.~-") == strlen(query) ? query : NULL;
}

void import_work_post(struct http_request *req)
{
    struct import_ask *ask = import_begin(req);
    if (!ask) return;
    const char *act = http_form(req, "do"), *doubts = http_form(req, "doubts");
    ask->query = read_query(req);
    ask->digest = http_form(req, "digest");
    if (act && strcmp(act, "map") == 0) {
        change(req, ask, read_map(req));
    } else if (act && strcmp(act, "decide") == 0) {
        change(req, ask, read_choices(req));
    } else if (act && strcmp(act, "wrong") == 0) {
        import_wrong_post(req, ask);
    } else if (act && strcmp(act, "files") == 0) {
        change(req, ask, read_without(req));
    } else if (act && strcmp(act, "all") == 0 && doubts) {
        change(req, ask, json_pack("{s:s}", "doubts", doubts));
    } else if (act && strcmp(act, "agree") == 0 && ask->digest) {
        ask->act = http_form(req, "take_good");
        run(req, agree, after_agree);
    } else if (act && strcmp(act, "drop") == 0) {
        run(req, drop, after_drop);
    } else {
        reply_reason(req, REASON_bad_request);
    }
}
