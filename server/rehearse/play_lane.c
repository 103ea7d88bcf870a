/* One scanner: people come up, badges are read, the server is asked. Where the network is away it decides by what it knows, keeps the scans, and sends them
 * later as they were told (DESIGN.md §6). */
#include "core/base/clock.h"
#include "core/base/json.h"
#include "core/net/http_client.h"
#include "server/rehearse/play.h"

#include <stdio.h>
#include <string.h>

#define ASK_TIMEOUT_MS 10000
#define BATCH_MOST 200
#define FLUSH_TRIES 5
#define TURN_MS 2 /* between two looks whether somebody is done at another door */

/* --- what is known ------------------------------------------------------------------------------------------------------------------------------ */

static size_t number_of(const struct play *play, const struct rush_person *person)
{
    return (size_t)(person - play->plan->people);
}

static bool is_cut(const struct play_lane *lane, int64_t at_ms)
{
    return lane->lane->is_cut && at_ms >= lane->play->plan->cut_from_ms && at_ms < lane->play->plan->cut_until_ms;
}

/* Whether this person is in, as far as everybody together was told; or as far as this scanner knows while it is cut off. */
static bool is_in(const struct play_lane *lane, const struct rush_person *person, int64_t at_ms, bool offline)
{
    const struct play *play = lane->play;
    size_t number = number_of(play, person);
    if (atomic_load(&play->in_area[number]) != lane->lane->gate->area_id) return false;
    int64_t since = atomic_load(&play->in_since[number]), by = atomic_load(&play->in_lane[number]);
    return since <= at_ms && (!offline || by == lane - play->lanes || since < play->plan->cut_from_ms);
}

static void note_in(struct play_lane *lane, const struct rush_person *person, int64_t at_ms)
{
    size_t number = number_of(lane->play, person);
    if (is_in(lane, person, at_ms, false)) return;
    atomic_store(&lane->play->in_lane[number], lane - lane->play->lanes);
    atomic_store(&lane->play->in_since[number], at_ms);
    atomic_store(&lane->play->in_area[number], lane->lane->gate->area_id);
}

/* What the rules say. */
static struct admission_answer decide(const struct play_lane *lane, const struct visit *visit, int64_t at_ms, bool offline)
{
    if (visit->kind == VISIT_FOREIGN) return (struct admission_answer){OUTCOME_refused, REASON_unknown_badge};
    if (visit->kind == VISIT_OLD) return (struct admission_answer){OUTCOME_refused, REASON_revoked};
    return rush_decide(lane->play->plan, lane->lane->gate, visit->person->category, at_ms, is_in(lane, visit->person, at_ms, offline));
}

/* --- talking ------------------------------------------------------------------------------------------------------------------------------------- */

static void put_scan(struct buf *out, const struct play_lane *lane, const struct play_scan *scan)
{
    char when[CLOCK_TEXT_SIZE];
    const struct visit *visit = scan->visit;
    const char *token = scan->nobody;
    int64_t true_ms = lane->play->origin_ms + scan->at_ms, age = clock_now_ms() - true_ms;
    if (visit->person) token = visit->kind == VISIT_OLD ? visit->person->old_token : visit->person->token;
    buf_printf(out, "{\"scan_id\":\"%s\",\"token\":\"%s\",\"gate\":", scan->scan_id, token);
    buf_put_json(out, lane->lane->gate->code);
    buf_printf(out, ",\"direction\":\"in\",\"scanned_at\":\"%s\",\"age_ms\":%lld,\"decision\":\"%s\",\"roster\":null}", clock_format(true_ms, when),
               (long long)(age > 0 ? age : 0), scan->offline ? outcome_name(scan->told.outcome) : "ask");
}

static bool take_answer(const json_t *result, struct play_scan *scan)
{
    const char *id = json_string_value(json_object_get(result, "scan_id")), *outcome = json_string_value(json_object_get(result, "outcome"));
    if (!id || !outcome || strcmp(id, scan->scan_id) != 0 || !outcome_from_name(outcome, &scan->answer.outcome)) return false;
    scan->answer.reason = reason_from_code(json_string_value(json_object_get(result, "reason")));
    scan->conflict = json_is_true(json_object_get(result, "conflict"));
    scan->answered = true;
    return true;
}

/* Sends `count` scans; true when each was acknowledged. */
static bool post(struct play_lane *lane, const size_t *which, size_t count, enum sample_kind kind, int64_t *ret_us)
{
    struct samples *samples = &lane->play->samples[kind];
    struct http_answer answer;
    struct fault fault = {0};
    struct buf body;
    json_t *value = NULL;
    bool good = false;
    buf_init(&body, BUF_LIMIT_BODY);
    http_answer_init(&answer, BUF_LIMIT_BODY);
    for (size_t i = 0; i < count; i++) {
        buf_putc(&body, i ? ',' : '[');
        put_scan(&body, lane, &lane->scans[which[i]]);
    }
    buf_putc(&body, ']');
    int64_t begun = clock_steady_us();
    enum err e = http_client_ask(lane->client, "/api/v1/checkins", buf_text(&body), NULL, ASK_TIMEOUT_MS, &answer, &fault);
    *ret_us = clock_steady_us() - begun;
    if (e == OK && answer.status == 200 && json_read(buf_text(&answer.body), answer.body.length, &value, NULL) == OK) {
        const json_t *results = json_object_get(value, "results");
        good = json_array_size(results) == count;
        for (size_t i = 0; good && i < count; i++) good = take_answer(json_array_get(results, i), &lane->scans[which[i]]);
    }
    if (good) samples_add(samples, *ret_us);
    else if (!atomic_load(&lane->play->stop) && e != OK) samples_fail(samples, "%.100s", fault.text);
    else if (!atomic_load(&lane->play->stop)) samples_fail(samples, "the answer was %ld%s", answer.status, answer.status == 200 ? " without the scans" : "");
    json_decref(value);
    buf_release(&body);
    http_answer_release(&answer);
    return good;
}

static void fetch_roster(struct play_lane *lane)
{
    struct samples *samples = &lane->play->samples[SAMPLE_ROSTER];
    struct http_answer answer;
    struct fault fault = {0};
    char path[256];
    http_answer_init(&answer, BUF_LIMIT_FILE);
    (void)snprintf(path, sizeof path, "/api/v1/events/%.128s/roster", lane->play->slug);
    int64_t begun = clock_steady_us();
    enum err e = http_client_ask(lane->client, path, NULL, NULL, 60000, &answer, &fault);
    if (e == OK && answer.status == 200) samples_add(samples, clock_steady_us() - begun);
    else if (!atomic_load(&lane->play->stop)) samples_fail(samples, "%.100s", e == OK ? "the answer was not 200" : fault.text);
    lane->roster_bytes = answer.body.length;
    http_answer_release(&answer);
}

/* --- people ---------------------------------------------------------------------------------------------------------------------------------------- */

static void flush(struct play_lane *lane)
{
    while (lane->kept_count && !atomic_load(&lane->play->stop)) {
        size_t count = lane->kept_count < BATCH_MOST ? lane->kept_count : BATCH_MOST;
        int64_t us = 0;
        if (!post(lane, lane->kept, count, SAMPLE_LATE, &us)) return;
        lane->sent_late += count;
        lane->sent_late_us += us;
        lane->kept_count -= count;
        memmove(lane->kept, lane->kept + count, lane->kept_count * sizeof *lane->kept);
    }
}

/* One read of a code. Returns for how long the person waits for the light: never longer than a scanner asks. */
static int64_t read_code(struct play_lane *lane, struct visit *visit, int64_t at_ms, bool again)
{
    size_t number = lane->scan_count++;
    struct play_scan *scan = &lane->scans[number];
    int64_t us = 0;
    *scan = (struct play_scan){.visit = visit, .again = again, .at_ms = at_ms, .offline = is_cut(lane, at_ms)};
    id_uuid7(scan->scan_id);
    id_token_make(scan->nobody);
    scan->expected = decide(lane, visit, at_ms, false);
    if (!scan->offline) {
        flush(lane);
        scan->offline = lane->kept_count > 0 || !post(lane, &number, 1, SAMPLE_CHECKIN, &us);
        scan->told = scan->answer;
    }
    if (scan->offline) {
        scan->told = decide(lane, visit, at_ms, true);
        lane->kept[lane->kept_count++] = number;
        if (lane->kept_count > lane->kept_most) lane->kept_most = lane->kept_count;
        us = RUSH_ASK_MS * 1000;
    }
    if (scan->told.outcome == OUTCOME_admitted) note_in(lane, visit->person, at_ms);
    int64_t took = (us + 500) / 1000;
    return took < RUSH_ASK_MS ? took : RUSH_ASK_MS;
}

/* Somebody who was at another door is not here before they can be. */
static bool await_other(struct play_lane *lane, const struct visit *visit, int64_t *joins_ms)
{
    if (!visit->after) return true;
    while (!atomic_load(&visit->after->done)) {
        if (atomic_load(&lane->play->stop)) return false;
        clock_sleep_ms(TURN_MS);
    }
    int64_t earliest = visit->after->played.ends_ms + visit->walk_ms;
    if (earliest > *joins_ms) *joins_ms = earliest;
    return true;
}

static bool serve(struct play_lane *lane, struct visit *visit, int64_t *free_ms)
{
    int64_t joins = visit->joins_ms, late = 0;
    if (!await_other(lane, visit, &joins)) return false;
    int64_t begins = lane->lane->side || *free_ms < joins ? joins : *free_ms, shows = begins + visit->service_ms / 2;
    if (!play_wait(lane->play, shows, &late)) return false;
    if (late > lane->late_ms) lane->late_ms = late;
    int64_t took = read_code(lane, visit, shows, false);
    if (visit->kind == VISIT_TWICE) {
        int64_t again = shows + took + RUSH_AGAIN_MS;
        if (!play_wait(lane->play, again, NULL)) return false;
        took += RUSH_AGAIN_MS + read_code(lane, visit, again, true);
    }
    visit->played = (struct queue_turn){joins, begins, begins + visit->service_ms + took};
    *free_ms = visit->played.ends_ms;
    atomic_store(&visit->done, true);
    atomic_fetch_add(&lane->play->steps, 1);
    return true;
}

void *play_lane_run(void *arg)
{
    struct play_lane *lane = arg;
    int64_t free_ms = 0;
    fetch_roster(lane);
    for (size_t i = 0; i < lane->lane->count; i++)
        if (!serve(lane, lane->lane->visits[i], &free_ms)) return NULL;
    for (int i = 0; i < FLUSH_TRIES && lane->kept_count && play_wait(lane->play, lane->play->plan->cut_until_ms, NULL); i++) {
        flush(lane);
        if (lane->kept_count) clock_sleep_ms(200);
    }
    return NULL;
}
