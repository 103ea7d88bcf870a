#include "scanner/door.h"
#include "core/base/clock.h"
#include "core/congress/badges/badge_token.h"
#include "scanner/sync/protocol.h"

#include <stdio.h>
#include <string.h>

/* Where a scan stands on its way through the door. */
struct passage {
    struct arena *arena;
    char scan_id[ID_UUID_SIZE], badge_id[BADGE_TOKEN_ID_SIZE];
    struct queued_scan scan;
    struct result result;
};

static void notice(struct door *door, bool loud, const char *doing, const struct fault *fault)
{
    char text[FAULT_TEXT_SIZE + 128];
    (void)snprintf(text, sizeof text, "%.100s: %s", doing, fault->text);
    feedback_notice(door->feedback, loud, text);
}

static void tell_person(struct door *door, struct passage *p, const struct frame *frame)
{
    struct queue_counts counts;
    p->result.roster_age_ms = p->result.oldest_age_ms = -1;
    if (queue_count(door->queue, &counts, NULL) == OK) {
        p->result.waiting = counts.waiting;
        p->result.oldest_age_ms = counts.oldest_age_ms;
    }
    if (p->result.from == FROM_ROSTER) p->result.roster_age_ms = roster_age_ms(&door->roster, door->queue->boot_id);
    /* A scan that the server has answered waits only for its answer to be written down. */
    if (p->result.from == FROM_SERVER && p->result.waiting > 0) p->result.waiting--;
    p->result.category_title = roster_category_title(&door->roster, p->result.category);
    p->result.latency_ms = (clock_steady_us() - frame->at_us + 500) / 1000;
    feedback_result(door->feedback, &p->result);
}

/* Whether asking makes sense: the server was there the last time, and knows everything of this badge that we know. */
static bool shall_ask(struct door *door, const struct passage *p)
{
    bool waits = true;
    if (!door->client || !door->sync || !sync_reachable(door->sync)) return false;
    return queue_badge_waits(door->queue, p->badge_id, &waits, NULL) == OK && !waits;
}

static void take_answer(struct passage *p, const struct scan_answer *answer)
{
    struct result *r = &p->result;
    r->from = FROM_SERVER;
    r->outcome = answer->outcome;
    r->reason = answer->reason;
    r->name = answer->name;
    r->delegation = answer->delegation;
    r->category = answer->category;
    r->seat = answer->seat;
    r->badge_box = answer->badge_box;
    r->first_ms = answer->first_ms;
    r->first_gate = answer->first_gate;
    r->conflict = answer->conflict;
    r->replayed = answer->replayed;
    r->is_nearly_full = answer->is_nearly_full;
    r->places_left = answer->places_left;
}

/* The 250 ms question. True when the server answered it. */
static bool ask_server(struct door *door, struct passage *p)
{
    struct http_answer http;
    struct scan_answers answers = {0};
    struct fault fault = {0};
    struct buf body;
    bool answered = false;
    buf_init(&body, BUF_LIMIT_LINE);
    http_answer_init(&http, BUF_LIMIT_BODY);
    protocol_put_scan(&body, door->queue, &p->scan);
    enum err e = http_client_ask(door->client, "/api/v1/checkins", buf_text(&body), NULL, DOOR_ASK_MS, &http, &fault);
    if (e == OK && http.status == 401) sync_report_revoked(door->sync);
    if (e == OK && http.status != 200) {
        e = ERR_NETWORK;
        (void)snprintf(fault.text, sizeof fault.text, "the server answers with status %ld", http.status);
    }
    if (e == OK) e = protocol_read_answers(p->arena, buf_text(&http.body), http.body.length, &answers, &fault);
    if (e == OK && answers.count == 1 && strcmp(answers.items[0].scan_id, p->scan_id) == 0) {
        take_answer(p, &answers.items[0]);
        sync_report_reached(door->sync);
        answered = true;
    } else if (http.status != 401) {
        sync_report_lost(door->sync, fault.text[0] ? fault.text : "the server's answer is about another scan");
    }
    http_answer_release(&http);
    buf_release(&body);
    return answered;
}

/* The rules may have changed since the last scan. */
static void refresh_rules(struct door *door)
{
    struct fault fault;
    if (roster_load(&door->roster, door->queue->db, &fault) != OK) notice(door, true, "the roster cannot be read", &fault);
    feedback_set_timezone(door->feedback, door->roster.known ? door->roster.timezone : NULL);
}

/* By what the gate knows; when it knows nothing yet, the scan is kept for later. */
static void decide_here(struct door *door, struct passage *p)
{
    struct roster_verdict verdict;
    struct fault fault;
    p->result.from = FROM_NOBODY;
    p->result.outcome = "queued";
    if (!door->roster.known) return;
    bool going_out = strcmp(p->scan.direction, "out") == 0;
    const struct roster_reading read = {p->scan.scanned_ms, p->scan.steady_ms, p->scan.boot_id};
    enum err e = roster_decide(&door->roster, door->queue->db, p->arena, p->scan.token, going_out, &read, &verdict, &fault);
    if (e != OK) {
        notice(door, true, "the roster cannot be read", &fault);
        return;
    }
    p->result.from = FROM_ROSTER;
    p->result.outcome = outcome_name(verdict.answer.outcome);
    p->result.reason = reason_code(verdict.answer.reason);
    p->result.name = verdict.person.name;
    p->result.delegation = verdict.person.delegation;
    p->result.category = verdict.person.category;
    p->result.seat = verdict.person.seat;
    p->result.badge_box = verdict.person.badge_box;
    if (verdict.answer.outcome == OUTCOME_already_in) {
        p->result.first_ms = verdict.since_ms;
        p->result.first_gate = verdict.since_gate;
    }
}

/* Decided here: first on disk, then said. */
static void finish_here(struct door *door, struct passage *p, const struct frame *frame)
{
    struct fault fault;
    const char *told = p->result.outcome;
    if (p->result.from == FROM_NOBODY) told = "ask";
    else if (strcmp(told, "invalid") == 0) told = "refused"; /* what the person hears; the server finds its own word */
    int64_t version = p->result.from == FROM_ROSTER ? door->roster.version : DB_NULL;
    enum err e = queue_tell(door->queue, p->scan_id, told, p->result.reason, version, &fault);
    if (e != OK) {
        /* The scan is safe, the decision is not: so none is given. */
        notice(door, true, "the decision cannot be written down", &fault);
        p->result.outcome = "queued";
        p->result.reason = NULL;
        p->result.from = FROM_NOBODY;
        door->has_untold = true;
    }
    tell_person(door, p, frame);
    if (door->sync) sync_poke(door->sync);
}

/* Decided by the server, which has it on its disk: said at once. If we die before the answer is written down, the scan goes again and is
 * answered as before. */
static void finish_answered(struct door *door, struct passage *p, const struct frame *frame)
{
    struct fault fault;
    enum err e;
    tell_person(door, p, frame);
    if (strcmp(p->result.outcome, "invalid") == 0) e = queue_set_aside(door->queue, p->scan_id, p->result.outcome, p->result.reason, &fault);
    else e = queue_settle(door->queue, p->scan_id, p->result.outcome, p->result.reason, p->result.conflict, &fault);
    if (e == OK) return;
    notice(door, false, "the server's answer cannot be written down; the scan is sent again", &fault);
    door->has_untold = true;
}

static void take_badge(struct door *door, const char *token, const struct frame *frame, struct arena *arena)
{
    struct fault fault;
    struct passage p = {.arena = arena, .scan = {.token = token, .gate = door->gate, .direction = door->direction}};
    p.result = (struct result){.gate = door->gate, .direction = door->direction, .first_ms = DB_NULL, .picture = frame->name, .frame = frame->number,
                               .from = FROM_NOBODY};
    if (door->has_untold && queue_recover(door->queue, NULL) == OK) door->has_untold = false;
    refresh_rules(door);
    p.scan.server_base_ms = roster_server_base(&door->roster, door->queue->boot_id);
    enum err e = queue_add(door->queue, &p.scan, p.scan_id, &fault);
    p.result.scanned_ms = p.scan.scanned_ms;
    if (e != OK) {
        notice(door, true, "THIS SCAN IS NOT KEPT", &fault);
        p.result.outcome = "lost";
        door->lost++;
        tell_person(door, &p, frame);
        return;
    }
    door->scans++;
    p.result.scan_id = p.scan_id;
    badge_token_id(token, p.badge_id);
    if (shall_ask(door, &p) && ask_server(door, &p)) {
        finish_answered(door, &p, frame);
        return;
    }
    decide_here(door, &p);
    finish_here(door, &p, frame);
}

static void name_foreign(struct door *door, const struct code *code, int64_t now)
{
    if (!debounce_is_new(&door->others, code->text, code->length, now)) return;
    feedback_foreign(door->feedback, code->is_bar ? FOREIGN_NUMBER : foreign_kind_of(code->text, code->length));
}

/* A camera counts by our clock; a clip that is played faster than it was taken, by its own time. */
static int64_t showing_time(struct door *door, const struct frame *frame)
{
    if (!door->first_us) door->first_us = frame->at_us;
    int64_t passed = (frame->at_us - door->first_us) / 1000;
    return frame->stream_ms > passed ? frame->stream_ms : passed;
}

enum err door_take_frame(struct door *door, const struct frame *frame, struct arena *arena, struct fault *fault)
{
    struct code_list codes;
    char (*taken)[ID_TOKEN_SIZE];
    size_t taken_count = 0;
    enum err e = guarded_read(door->decoder, frame, arena, &codes, fault);
    if (e != OK) return e;
    taken = arena_array(arena, codes.count + 1, sizeof *taken);
    if (!taken) return fault_set(fault, ERR_NOMEM, "not enough memory for the codes");
    int64_t now = showing_time(door, frame);
    for (size_t i = 0; i < codes.count; i++) {
        const struct code *code = &codes.items[i];
        char *token = taken[taken_count];
        bool twice = false;
        /* What a bar code says may look like a token; no badge of ours has one. */
        if (code->is_bar || strlen(code->text) != code->length || !id_token_from_scan(code->text, token)) {
            name_foreign(door, code, now);
            continue;
        }
        for (size_t k = 0; k < taken_count; k++) twice = twice || strcmp(taken[k], token) == 0;
        if (twice || !debounce_is_new(&door->badges, token, strlen(token), now)) continue;
        taken_count++;
        take_badge(door, token, frame, arena);
    }
    return OK;
}

void door_release(struct door *door)
{
    if (door->has_untold) (void)queue_recover(door->queue, NULL);
    roster_release(&door->roster);
}
