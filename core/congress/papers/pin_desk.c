/* What desk and organiser do with PINs. */
#include "core/base/clock.h"
#include "core/base/crypto.h"
#include "core/congress/papers/pin.h"
#include "core/congress/store/store.h"

#include "catalogue.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ALARM_RECENT (5 * CLOCK_MINUTE)

static enum err find_row(struct db *db, struct arena *arena, const char *event, const char *code, int64_t *ret_delegate_id, struct sql_pin_of_delegate_row *ret,
                         struct fault *fault)
{
    struct sql_pin_event_row head;
    struct sql_reissue_find_row *rows;
    size_t count = 0;
    enum err e = sql_pin_event(db, arena, event, &head);
    if (e == ERR_NOT_FOUND) return fault_set(fault, e, "there is no event \"%.60s\"", event);
    if (e == OK) e = sql_reissue_find(db, arena, head.id, code, &rows, &count);
    if (e == OK && count > 1) return fault_set(fault, ERR_CONFLICT, "\"%.60s\" is the code of one delegate and the number of another", code);
    if (e == OK && count == 0) return fault_set(fault, ERR_NOT_FOUND, "no delegate has the code or number \"%.60s\"", code);
    if (e == OK) e = sql_pin_of_delegate(db, arena, rows[0].delegate_id, ret);
    if (e != OK) return db_fault(db, e, fault, "look for the PIN");
    if (ret->person_id == DB_NULL) return fault_set(fault, ERR_CONFLICT, "this badge has no name yet, and so no PIN");
    *ret_delegate_id = rows[0].delegate_id;
    return OK;
}

static int64_t larger(int64_t a, int64_t b)
{
    if (a == DB_NULL || b == DB_NULL) return a == DB_NULL ? b : a;
    return a > b ? a : b;
}

/* What pin_try would say: a wait is never longer than its step, whatever is stored. */
static int64_t wait_left(enum pin_door door, int64_t wrong, int64_t until_ms, int64_t now_ms)
{
    if (until_ms == DB_NULL || until_ms <= now_ms) return 0;
    int64_t longest = pin_wait_of(door, wrong == DB_NULL ? 0 : wrong), left = until_ms - now_ms;
    return left < longest ? left : longest;
}

enum err pin_state_of(struct db *db, struct arena *arena, const char *event, const char *code, int64_t now_ms, struct pin_state *ret, struct fault *fault)
{
    char tails[PIN_TAILS_MOST][PIN_SIZE];
    int64_t delegate_id;
    struct sql_pin_of_delegate_row row;
    enum err e = find_row(db, arena, event, code, &delegate_id, &row, fault);
    if (e != OK) return e;
    int64_t wrong = larger(row.wrong, row.number_wrong), badge = wait_left(PIN_DOOR_BADGE, row.wrong, row.wait_until_ms, now_ms);
    int64_t number = wait_left(PIN_DOOR_NUMBER, row.number_wrong, row.number_wait_until_ms, now_ms);
    *ret = (struct pin_state){.wrong = wrong == DB_NULL ? 0 : wrong, .wait_ms = badge > number ? badge : number};
    if (row.pin) ret->source = PIN_FROM_SLIP;
    else if (strcmp(row.rule, "phone_tail") == 0 && pin_phone_tails(row.phone, tails) > 0) ret->source = PIN_FROM_PHONE;
    return OK;
}

static enum err tell_audit(struct db *db, struct arena *arena, const char *action, const struct sql_pin_of_delegate_row *row, const char *actor, int64_t now_ms)
{
    const char *subject = arena_printf(arena, "%s/%s", row->event, row->code ? row->code : row->number);
    return subject ? audit_write(db, now_ms, actor, action, subject, NULL) : ERR_NOMEM;
}

enum err pin_reset(struct db *db, struct arena *arena, const char *event, const char *code, const char *actor, int64_t now_ms, struct fault *fault)
{
    int64_t delegate_id;
    struct sql_pin_of_delegate_row row;
    enum err e = find_row(db, arena, event, code, &delegate_id, &row, fault);
    if (e != OK) return e;
    e = sql_pin_make_row(db, delegate_id, NULL);
    if (e == OK) e = sql_pin_reset(db, delegate_id, now_ms, NULL);
    if (e == OK) e = tell_audit(db, arena, "pin_reset", &row, actor, now_ms);
    return e == OK ? OK : db_fault(db, e, fault, "reset the PIN");
}

static void make_pin(char ret[PIN_SIZE])
{
    (void)snprintf(ret, PIN_SIZE, "%06" PRIu32, crypto_random_below(1000000));
}

static enum err store_pin(struct db *db, int64_t delegate_id, const char *pin, int64_t now_ms)
{
    enum err e = sql_pin_make_row(db, delegate_id, NULL);
    return e == OK ? sql_pin_set(db, delegate_id, pin, now_ms, NULL) : e;
}

enum err pin_renew(struct db *db, struct arena *arena, const char *event, const char *code, const char *actor, int64_t now_ms, char ret[PIN_SIZE],
                   struct fault *fault)
{
    int64_t delegate_id;
    struct sql_pin_of_delegate_row row;
    enum err e = find_row(db, arena, event, code, &delegate_id, &row, fault);
    if (e != OK) return e;
    do make_pin(ret);
    while (row.pin && strcmp(ret, row.pin) == 0);
    e = store_pin(db, delegate_id, ret, now_ms);
    if (e == OK) e = sql_pin_reset(db, delegate_id, now_ms, NULL);
    if (e == OK) e = sql_pin_session_delete_of_delegate(db, delegate_id, NULL);
    if (e == OK) e = tell_audit(db, arena, "pin_new", &row, actor, now_ms);
    return e == OK ? OK : db_fault(db, e, fault, "make a new PIN");
}

static int compare_ids(const void *a, const void *b)
{
    const int64_t *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

enum err pin_make_slips(struct db *db, struct arena *arena, const char *event, struct pin_people who, const char *actor, int64_t now_ms, struct pin_of **ret,
                        size_t *ret_count, struct fault *fault)
{
    char tails[PIN_TAILS_MOST][PIN_SIZE], pin[PIN_SIZE];
    struct sql_pin_event_row head;
    struct sql_pin_people_row *people;
    size_t total, count = 0, made = 0;
    enum err e = sql_pin_event(db, arena, event, &head);
    if (e == ERR_NOT_FOUND) return fault_set(fault, e, "there is no event \"%.60s\"", event);
    if (e == OK) e = sql_pin_people(db, arena, head.id, &people, &total);
    if (e != OK) return db_fault(db, e, fault, "read the PINs");
    struct pin_of *pins = arena_array(arena, total + 1, sizeof *pins);
    if (!pins) return fault_set(fault, ERR_NOMEM, "not enough memory");
    bool by_phone = strcmp(head.rule, "phone_tail") == 0;
    for (size_t i = 0; e == OK && i < total; i++) {
        const char *text = people[i].pin;
        if (!who.count || !bsearch(&people[i].delegate_id, who.delegates, who.count, sizeof *who.delegates, compare_ids)) continue;
        if (!text && by_phone && pin_phone_tails(people[i].phone, tails) > 0) continue;
        if (!text) {
            make_pin(pin);
            made++;
            text = arena_strdup(arena, pin);
            e = text ? store_pin(db, people[i].delegate_id, text, now_ms) : ERR_NOMEM;
        }
        pins[count++] = (struct pin_of){people[i].delegate_id, text};
    }
    const char *detail = arena_printf(arena, "{\"slips\":%zu,\"new\":%zu}", count, made);
    if (e == OK) e = detail ? audit_write(db, now_ms, actor, "pin_slips", event, detail) : ERR_NOMEM;
    *ret = pins;
    *ret_count = count;
    return e == OK ? OK : db_fault(db, e, fault, "make the PINs");
}

enum err pin_alarm_read(struct db *db, int64_t event_id, int64_t now_ms, struct pin_alarm *ret)
{
    struct arena arena = {0};
    struct sql_pin_failing_row failing;
    struct sql_pin_delegate_count_row people = {0};
    enum err e = sql_pin_failing(db, &arena, event_id, now_ms - ALARM_RECENT, now_ms - CLOCK_DAY, &failing);
    *ret = (struct pin_alarm){0};
    if (e == OK) ret->recent = failing.recent, ret->day = failing.day;
    if (e == OK && ret->day >= 10) e = sql_pin_delegate_count(db, &arena, event_id, &people); /* nearly always nothing is failing */
    if (e == OK) ret->is_on = ret->recent >= 10 + people.total / 100 || ret->day >= 40 + people.total / 20;
    arena_release(&arena);
    return e;
}

enum err pin_alarm_calm(struct db *db, const char *event, int64_t event_id, const char *actor, int64_t now_ms)
{
    enum err e = sql_pin_forget_wrong(db, event_id, NULL);
    return e == OK ? audit_write(db, now_ms, actor, "pin_calm", event, NULL) : e;
}
