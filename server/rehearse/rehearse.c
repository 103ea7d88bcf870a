#include "server/rehearse/rehearse.h"

#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/congress/badges/reissue.h"
#include "core/congress/device.h"
#include "core/congress/figures/figures.h"
#include "core/net/http_client.h"

#include "catalogue.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define USUAL_MS 45000     /* a rehearsal without --speed */
#define WALLS_MOST_MS 5000 /* the figures are told five times a second */
#define PAIR_TRIES 200     /* the door for pairing is slow on purpose */

/* --- what there is -------------------------------------------------------------------------------------------------------------------------------- */

static enum err load_people(struct rehearsal *r, struct fault *fault)
{
    struct sql_practice_badges_row *rows = NULL;
    size_t count = 0;
    enum err e = sql_practice_badges(r->store.db, &r->arena, r->programme->event_id, &rows, &count);
    if (e != OK) return db_fault(r->store.db, e, fault, "read the delegates");
    r->people = arena_array(&r->arena, count + 1, sizeof *r->people);
    if (!r->people) return fault_set(fault, ERR_NOMEM, "not enough memory");
    r->people_total = count;
    for (size_t i = 0; i < count; i++) {
        unsigned category = programme_category_position(r->programme, rows[i].category_id);
        if (category < 64) r->expected[category]++;
        if (!rows[i].token) {
            r->without_badge++;
            continue;
        }
        r->people[r->people_count++] = (struct rush_person){.delegate_id = rows[i].delegate_id, .category = category, .code = rows[i].code, .token = rows[i].token,
                                                            .delegation_id = rows[i].delegation_id == DB_NULL ? 0 : rows[i].delegation_id};
    }
    return OK;
}

static enum err load_event(struct rehearsal *r, struct fault *fault)
{
    const struct rehearse_options *o = r->options;
    enum err e = store_open(store_choose_folder(o->data), STORE_READ, &r->store, fault);
    if (e == OK) e = practice_sweep(&r->store, o->scratch, &r->swept, fault);
    if (e != OK) return e;
    e = programme_load(r->store.db, &r->arena, o->event, &r->programme);
    if (e == ERR_NOT_FOUND) return fault_set(fault, e, "there is no event \"%s\"", o->event);
    if (e != OK) return db_fault(r->store.db, e, fault, "read the event");
    e = load_people(r, fault);
    r->wish = (struct rush_wish){.session = o->session, .scanners = (size_t)o->gates, .people = (size_t)o->people, .span_ms = o->minutes * CLOCK_MINUTE,
                                 .service_ms = o->service * 1000, .seed = (uint64_t)o->seed};
    if (e == OK) e = rush_make(&r->arena, r->programme, r->people, r->people_count, &r->wish, &r->plan, fault);
    if (e != OK) return e;
    r->speed = o->speed ? o->speed : (r->plan.horizon_ms + USUAL_MS - 1) / USUAL_MS;
    findings_of_programme(&r->findings, &r->plan, r->expected);
    return findings_of_preparation(&r->findings, r->store.db, r->store.folder, &r->plan, r->people_total, r->without_badge, fault);
}

/* --- the copy --------------------------------------------------------------------------------------------------------------------------------------- */

/* The moment that the rehearsal's clock begins with lies so far back that its end is now when it ends: no scan is of the future, however fast it is played. */
static enum err move_event(struct rehearsal *r, struct fault *fault)
{
    struct practice_move move = {.event = r->options->event};
    int64_t now = clock_now_ms();
    r->origin_ms = now - r->plan.horizon_ms + r->plan.horizon_ms / r->speed;
    move.by_ms = r->origin_ms + r->plan.opening_ms - r->plan.begins_at_ms;
    enum err e = practice_zone(&r->arena, r->programme->timezone, r->plan.begins_at_ms, r->plan.begins_at_ms + move.by_ms, &move.timezone);
    if (e != OK) return fault_set(fault, e, "the event's time zone \"%s\" is not known", r->programme->timezone);
    return practice_begin(r->copy_store.db, &move, fault);
}

static enum err reissue_badges(struct db *db, void *arg, struct fault *fault)
{
    struct rehearsal *r = arg;
    struct id_source ids = {0};
    enum err e = OK;
    for (size_t i = 0; e == OK && i < r->plan.people_count; i++) {
        struct rush_person *person = &r->plan.people[i];
        struct reissue *reissue = person->reissue ? arena_alloc(&r->arena, sizeof *reissue) : NULL;
        if (!person->reissue) continue;
        if (!reissue) return fault_set(fault, ERR_NOMEM, "not enough memory");
        e = reissue_plan(db, &r->arena, &ids, r->options->event, person->code, reissue, fault);
        if (e == OK) e = reissue_apply(db, reissue, "rehearsal", clock_now_ms(), fault);
        if (e != OK) return e;
        if (!person->old_token) person->old_token = person->token; /* the transaction may run again */
        person->token = reissue->credential.token;
    }
    return e;
}

static enum err make_copy(struct rehearsal *r, struct fault *fault)
{
    enum err e = practice_make(&r->store, r->options->scratch, &r->copy, fault);
    if (e == OK && progress_is_stopped(&r->progress)) return fault_set(fault, ERR_BUSY, "stopped");
    if (e == OK) e = store_open(r->copy.folder, STORE_PRACTICE, &r->copy_store, fault);
    if (e == OK) e = move_event(r, fault);
    if (e == OK) e = db_transaction(r->copy_store.db, reissue_badges, r, fault);
    r->after.missing_papers = r->copy.missing;
    return e;
}

/* --- the scanners ------------------------------------------------------------------------------------------------------------------------------------ */

struct pairing_work {
    struct pairing pairing;
    int64_t event_id, gate_id;
};

static enum err store_pairing(struct db *db, void *arg, struct fault *fault)
{
    struct pairing_work *work = arg;
    int64_t now = clock_now_ms();
    pairing_make(work->event_id, work->gate_id, now, &work->pairing);
    enum err e = pairing_insert(db, &work->pairing, now);
    return e == OK ? OK : db_fault(db, e, fault, "store the pairing code");
}

/* By the door that real scanners come through. */
static enum err pair(struct rehearsal *r, struct http_client *client, const struct rush_lane *lane, const char **ret_key, struct fault *fault)
{
    struct pairing_work work = {.event_id = r->programme->event_id, .gate_id = lane->gate->id};
    struct http_answer answer;
    json_t *value = NULL;
    char body[256];
    enum err e = db_transaction(r->copy_store.db, store_pairing, &work, fault);
    if (e != OK) return e;
    (void)snprintf(body, sizeof body, "{\"code\":\"%s\",\"name\":\"rehearsal %.64s\"}", work.pairing.code, lane->name);
    http_answer_init(&answer, BUF_LIMIT_LINE);
    for (int i = 0; e == OK && answer.status != 201 && i < PAIR_TRIES; i++) {
        if (progress_is_stopped(&r->progress)) e = fault_set(fault, ERR_BUSY, "stopped");
        if (i) clock_sleep_ms(250);
        if (e == OK) e = http_client_ask(client, "/api/v1/pair", body, NULL, 10000, &answer, fault);
        if (e == OK && answer.status != 201 && answer.status != 429) e = fault_set(fault, ERR_CONFLICT, "a scanner could not be paired: the answer was %ld",
            answer.status);
    }
    if (e == OK) e = json_read(buf_text(&answer.body), answer.body.length, &value, fault);
    const char *key = json_string_value(json_object_get(value, "key"));
    *ret_key = key ? arena_strdup(&r->arena, key) : NULL;
    if (e == OK && !*ret_key) e = fault_set(fault, ERR_CONFLICT, "a scanner could not be paired");
    json_decref(value);
    http_answer_release(&answer);
    return e;
}

static enum err pair_all(struct rehearsal *r, const char **keys, struct fault *fault)
{
    struct http_client *client = http_client_new(&(struct http_settings){.server = r->host.url});
    enum err e = client ? OK : fault_set(fault, ERR_NOMEM, "not enough memory");
    for (size_t i = 0; e == OK && i < r->plan.lane_count; i++) e = pair(r, client, &r->plan.lanes[i], &keys[i], fault);
    http_client_free(client);
    return e;
}

/* --- afterwards -------------------------------------------------------------------------------------------------------------------------------------- */

static int64_t ask_attended(struct rehearsal *r)
{
    struct http_answer answer;
    char path[256];
    json_t *value = NULL;
    int64_t attended = -1;
    http_answer_init(&answer, BUF_LIMIT_BODY);
    (void)snprintf(path, sizeof path, "/api/v1/events/%.128s/stats", r->options->event);
    if (http_client_ask(r->play->lanes[0].client, path, NULL, NULL, 10000, &answer, NULL) == OK && answer.status == 200 &&
        json_read(buf_text(&answer.body), answer.body.length, &value, NULL) == OK)
        attended = json_integer_value(json_object_get(value, "attended"));
    json_decref(value);
    http_answer_release(&answer);
    return attended;
}

static enum err look_after(struct rehearsal *r, struct fault *fault)
{
    struct sql_practice_recorded_row row = {0};
    struct fault why = {0};
    r->after.shown = ask_attended(r);
    r->after.wall_ms = play_walls_wait(r->play, r->after.shown, WALLS_MOST_MS);
    r->after.server_lived = host_is_alive(&r->host);
    atomic_store(&r->play->walls_stop, true);
    host_stop(&r->host);
    play_walls_end(r->play);
    enum err e = result_make(&r->arena, r->play, &r->result);
    if (e != OK) return fault_set(fault, e, "not enough memory");
    e = sql_practice_recorded(r->copy_store.db, &r->arena, r->programme->event_id, &row);
    if (e != OK) return db_fault(r->copy_store.db, e, fault, "count what was recorded");
    r->after.recorded = row.scans;
    r->after.recorded_invalid = row.bad;
    r->after.recount_agrees = figures_verify(r->copy_store.db, r->options->event, &why) == OK;
    (void)snprintf(r->after.recount, sizeof r->after.recount, "%.255s", why.text);
    findings_of_play(&r->findings, r->play, &r->result, &r->after);
    return r->findings.failed ? fault_set(fault, ERR_NOMEM, "not enough memory") : OK;
}

static enum err play_copy(struct rehearsal *r, struct fault *fault)
{
    const char **keys = arena_array(&r->arena, r->plan.lane_count + 1, sizeof *keys);
    const char *log = file_join(&r->arena, r->copy.folder, "server.log");
    int64_t begun = clock_steady_ms();
    if (!keys || !log) return fault_set(fault, ERR_NOMEM, "not enough memory");
    enum err e = host_start(&r->host, r->copy_store.db, r->copy.folder, log, &r->progress, fault);
    if (e == OK) e = pair_all(r, keys, fault);
    if (e == OK && (e = play_new(&r->arena, &r->plan, r->host.url, r->options->event, keys, r->speed, &r->play)) != OK) fault_set(fault, e, "not enough memory");
    if (e != OK) return e;
    r->play->origin_ms = r->origin_ms;
    e = play_run(r->play, &r->progress, fault);
    r->took_ms = clock_steady_ms() - begun;
    return e == OK ? look_after(r, fault) : e;
}

/* Nothing stays: not the server, not the copy. */
static enum err clear(struct rehearsal *r, enum err e, struct fault *fault)
{
    bool keep = r->options->keep && e == OK;
    host_stop(&r->host);
    store_close(&r->copy_store);
    if (keep) r->kept = arena_strdup(&r->arena, r->copy.folder);
    enum err removed = practice_end(&r->copy, keep, e == OK ? fault : NULL);
    return e == OK ? removed : e;
}

enum err rehearse_run(const struct rehearse_options *options, struct rehearsal *r, struct fault *fault)
{
    *r = (struct rehearsal){.options = options, .copy.hold = -1};
    findings_begin(&r->findings, &r->arena);
    progress_begin(&r->progress, "arrivals");
    enum err e = http_client_start();
    if (e != OK) return fault_set(fault, e, "libcurl does not start");
    e = load_event(r, fault);
    if (e == OK) e = make_copy(r, fault);
    if (e == OK) e = play_copy(r, fault);
    return clear(r, e, fault);
}

void rehearse_end(struct rehearsal *r)
{
    play_free(r->play);
    store_close(&r->store);
    http_client_finish();
    progress_finish(&r->progress); /* a signal that waited ends us here */
    arena_release(&r->arena);
}
