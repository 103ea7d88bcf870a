#include "core/congress/papers/pin.h"
#include "core/base/clock.h"
#include "core/base/crypto.h"
#include "core/base/text.h"

#include "catalogue.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define PEACE CLOCK_DAY
#define NUMBER_LAST 7 /* wrong tries by number from which on the wait is the longest */

static bool is_filler(int32_t character)
{
    return character == ' ' || character == '-' || character == '.' || character == 0xA0 || (character >= 0x2000 && character <= 0x2015) || character == 0x200E ||
           character == 0x200F || character == 0x202F || (character >= 0x202A && character <= 0x202E) || (character >= 0x2066 && character <= 0x2069);
}

bool pin_read(const char *typed, char ret[PIN_SIZE])
{
    size_t n = 0;
    if (!typed || !text_is_utf8(typed, strlen(typed))) return false;
    for (int32_t c = text_next(&typed); c >= 0; c = text_next(&typed)) {
        int digit = text_digit(c);
        if (digit < 0 && is_filler(c)) continue;
        if (digit < 0 || n == PIN_RANDOM_DIGITS) return false;
        ret[n++] = (char)('0' + digit);
    }
    ret[n] = '\0';
    return n >= PIN_TAIL_DIGITS;
}

/* Keeps the last digits that were seen. */
static void end_number(const char digits[PIN_TAIL_DIGITS], size_t seen, char ret[PIN_TAILS_MOST][PIN_SIZE], size_t *count)
{
    if (seen < PIN_TAIL_DIGITS || *count == PIN_TAILS_MOST) return;
    for (size_t i = 0; i < PIN_TAIL_DIGITS; i++) ret[*count][i] = digits[(seen + i) % PIN_TAIL_DIGITS];
    ret[(*count)++][PIN_TAIL_DIGITS] = '\0';
}

size_t pin_phone_tails(const char *phone, char ret[PIN_TAILS_MOST][PIN_SIZE])
{
    char digits[PIN_TAIL_DIGITS] = {0};
    size_t seen = 0, count = 0;
    if (!phone) return 0;
    for (int32_t c = text_next(&phone); c >= 0; c = text_next(&phone)) {
        int digit = text_digit(c);
        if (digit >= 0) digits[seen++ % PIN_TAIL_DIGITS] = (char)('0' + digit);
        if (c != '/' && c != ';' && c != ',') continue;
        end_number(digits, seen, ret, &count);
        seen = 0;
    }
    end_number(digits, seen, ret, &count);
    return count;
}

static int64_t step_of(const int64_t *steps, size_t count, int64_t free_tries, int64_t wrong)
{
    if (wrong <= free_tries) return 0;
    size_t i = (size_t)(wrong - free_tries - 1);
    return steps[i < count ? i : count - 1];
}

int64_t pin_wait_of(enum pin_door door, int64_t wrong)
{
    static const int64_t badge[] = {30 * CLOCK_SECOND, CLOCK_MINUTE, 2 * CLOCK_MINUTE, 5 * CLOCK_MINUTE, 15 * CLOCK_MINUTE, 30 * CLOCK_MINUTE, CLOCK_HOUR};
    static const int64_t number[] = {CLOCK_MINUTE, 5 * CLOCK_MINUTE, 15 * CLOCK_MINUTE, CLOCK_HOUR};
    if (door == PIN_DOOR_BADGE) return step_of(badge, sizeof badge / sizeof *badge, 5, wrong);
    return step_of(number, sizeof number / sizeof *number, 3, wrong);
}

int64_t pin_wait_of_browser(unsigned wrong)
{
    static const int64_t steps[] = {5 * CLOCK_SECOND, 15 * CLOCK_SECOND, 45 * CLOCK_SECOND, 2 * CLOCK_MINUTE, 5 * CLOCK_MINUTE, 15 * CLOCK_MINUTE};
    return step_of(steps, sizeof steps / sizeof *steps, 2, wrong);
}

static bool has_mandate(const char *status)
{
    return strcmp(status, "summoned") == 0 || strcmp(status, "alternate") == 0;
}

/* What is right for them: at most PIN_TAILS_MOST texts. */
static size_t list_pins(const struct sql_pin_of_delegate_row *row, char ret[PIN_TAILS_MOST][PIN_SIZE])
{
    if (!row->pin) return strcmp(row->rule, "phone_tail") == 0 ? pin_phone_tails(row->phone, ret) : 0;
    (void)snprintf(ret[0], PIN_SIZE, "%s", row->pin);
    return 1;
}

/* All are compared, so that the time tells nothing. */
static bool is_right(const char *typed, char pins[PIN_TAILS_MOST][PIN_SIZE], size_t count)
{
    char digits[PIN_SIZE];
    bool right = false;
    if (!pin_read(typed, digits)) return false;
    for (size_t i = 0; i < count; i++) right |= crypto_equal(digits, pins[i]);
    crypto_forget(digits, sizeof digits);
    return right;
}

static int64_t known(int64_t value, int64_t otherwise)
{
    return value == DB_NULL ? otherwise : value;
}

static enum err count_wrong(struct db *db, enum pin_door door, int64_t delegate_id, int64_t wrong, int64_t now_ms, struct pin_answer *ret)
{
    int64_t wait = pin_wait_of(door, wrong);
    *ret = (struct pin_answer){.outcome = PIN_WRONG, .wait_ms = wait};
    const struct sql_pin_wrong_in badge = {delegate_id, wrong, now_ms + wait, now_ms};
    const struct sql_pin_number_wrong_in number = {delegate_id, wrong, now_ms + wait, now_ms};
    return door == PIN_DOOR_BADGE ? sql_pin_wrong(db, &badge, NULL) : sql_pin_number_wrong(db, &number, NULL);
}

/* A clock that was set back must not make anybody wait longer than the step that they are on. The cut moment is stored: else each try would cut it
 * anew, and the wait would never run down. */
static enum err cut_wait(struct db *db, enum pin_door door, int64_t delegate_id, int64_t until, int64_t longest, int64_t now_ms, int64_t *ret_until)
{
    *ret_until = until - now_ms > longest ? now_ms + longest : until;
    if (*ret_until == until) return OK;
    return door == PIN_DOOR_BADGE ? sql_pin_cut(db, delegate_id, *ret_until, NULL) : sql_pin_number_cut(db, delegate_id, *ret_until, NULL);
}

/* Whether numbers are being tried just now where four digits are the PIN: then one wrong try by number costs as much as the seventh. */
static enum err is_guessed(struct db *db, const struct sql_pin_of_delegate_row *row, int64_t now_ms, bool *ret)
{
    struct pin_alarm alarm = {0};
    enum err e = row->pin ? OK : pin_alarm_read(db, row->event_id, now_ms, &alarm);
    *ret = alarm.is_on;
    return e;
}

static enum err try_row(struct db *db, enum pin_door door, int64_t delegate_id, const struct sql_pin_of_delegate_row *row, const char *typed, int64_t now_ms,
                        struct pin_answer *ret)
{
    char pins[PIN_TAILS_MOST][PIN_SIZE];
    int64_t wrong = known(door == PIN_DOOR_BADGE ? row->wrong : row->number_wrong, 0);
    int64_t until = known(door == PIN_DOOR_BADGE ? row->wait_until_ms : row->number_wait_until_ms, 0);
    enum err e = cut_wait(db, door, delegate_id, until, pin_wait_of(door, wrong), now_ms, &until);
    if (e != OK) return e;
    *ret = (struct pin_answer){.outcome = PIN_WAIT, .wait_ms = until - now_ms};
    if (until > now_ms) return OK;
    size_t count = list_pins(row, pins);
    *ret = (struct pin_answer){.outcome = PIN_NONE};
    if (count == 0) return OK;
    bool right = is_right(typed, pins, count);
    crypto_forget(pins, sizeof pins);
    e = sql_pin_make_row(db, delegate_id, NULL);
    if (e != OK) return e;
    if (!right) {
        wrong = now_ms - until > PEACE ? 1 : wrong + 1;
        bool dear = false;
        if (door == PIN_DOOR_NUMBER && wrong < NUMBER_LAST) e = is_guessed(db, row, now_ms, &dear);
        return e == OK ? count_wrong(db, door, delegate_id, dear ? NUMBER_LAST : wrong, now_ms, ret) : e;
    }
    int64_t least = now_ms + CLOCK_DAY, open_ms = row->ends_ms + CLOCK_DAY;
    *ret = (struct pin_answer){.outcome = PIN_RIGHT, .open_ms = open_ms > least ? open_ms : least};
    return sql_pin_right(db, delegate_id, NULL);
}

enum err pin_try(struct db *db, enum pin_door door, int64_t delegate_id, const char *typed, int64_t now_ms, struct pin_answer *ret)
{
    struct arena arena = {0};
    struct sql_pin_of_delegate_row row;
    enum err e = sql_pin_of_delegate(db, &arena, delegate_id, &row);
    if (e == OK && (row.person_id == DB_NULL || !has_mandate(row.status))) e = ERR_NOT_FOUND;
    if (e == OK) e = try_row(db, door, delegate_id, &row, typed, now_ms, ret);
    arena_release(&arena);
    return e;
}

/* ASCII of what was typed: digits of any script as 0-9, letters large, blanks dropped. */
static bool read_number(const char *typed, char out[40])
{
    size_t n = 0;
    for (int32_t c = text_next(&typed); c >= 0; c = text_next(&typed)) {
        int digit = text_digit(c);
        if (c == ' ' || c == 0xA0) continue;
        if (n == 39 || (digit < 0 && (c <= ' ' || c > 0x7E))) return false;
        out[n++] = digit >= 0 ? (char)('0' + digit) : (char)toupper((int)c);
    }
    out[n] = '\0';
    return n > 0;
}

enum err pin_find_number(struct db *db, struct arena *arena, int64_t event_id, const char *typed, int64_t *ret_delegate_id)
{
    char number[40], padded[48];
    struct sql_pin_delegate_by_number_row row;
    enum err e = sql_pin_delegate_by_number(db, arena, event_id, typed, &row);
    bool readable = read_number(typed, number);
    if (e == ERR_NOT_FOUND && readable) e = sql_pin_delegate_by_number(db, arena, event_id, number, &row);
    const char *bare = number;
    if (readable && strspn(number, "0123456789") == strlen(number)) {
        while (bare[0] == '0' && bare[1]) bare++;
        for (int width = 1; width <= 6 && e == ERR_NOT_FOUND; width++) {
            (void)snprintf(padded, sizeof padded, "%0*d%s", width > (int)strlen(bare) ? width - (int)strlen(bare) : 0, 0, bare);
            e = sql_pin_delegate_by_number(db, arena, event_id, width > (int)strlen(bare) ? padded : bare, &row);
        }
    }
    if (e == OK) *ret_delegate_id = row.delegate_id;
    return e;
}
