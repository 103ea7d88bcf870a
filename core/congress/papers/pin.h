/* The PIN of restricted papers: what it is, what wrong tries cost, and when the desk must hear of them (docs/decisions/0022-pin.md).
 *
 * A PIN that was made for somebody (six random digits, in badge_pin) goes before everything. Else it is the last four digits of the listed phone, where the
 * event says so and there is a phone. Else there is none until one is made. PINs stand in no log, address, roster or audit record. */
#ifndef PLENUM_CONGRESS_PIN_H
#define PLENUM_CONGRESS_PIN_H

#include "core/base/arena.h"
#include "core/db/db.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PIN_SIZE 8        /* of a PIN's text, with NUL */
#define PIN_TAIL_DIGITS 4
#define PIN_RANDOM_DIGITS 6
#define PIN_TAILS_MOST 3  /* numbers in one phone field: "0912…, 024…" */

/* What somebody typed as digits: any script, blanks and hyphens dropped. False: no digits only, or not 4 to 6 of them. */
bool pin_read(const char *typed, char ret[PIN_SIZE]);
/* The tails of the numbers in a phone field ("/", ";" and "," part numbers). Returns how many; 0: no number of at least four digits. */
size_t pin_phone_tails(const char *phone, char ret[PIN_TAILS_MOST][PIN_SIZE]);

enum pin_door {
    PIN_DOOR_BADGE, /* whoever tries has the badge, or a picture of it */
    PIN_DOOR_NUMBER /* whoever tries knows a number: anybody */
};

/* How long the next try must wait after so many wrong ones in a row, in milliseconds. By badge: 5 cost nothing, then 30 s, 1, 2, 5, 15, 30 min, 1 h.
 * By number: 3, then 1, 5, 15 min, 1 h; while the alarm is on and the PIN is the tail of a phone number, 1 h from the first on. By browser: 2, then 5, 15,
 * 45 s, 2, 5, 15 min. After a day of peace, counting begins anew. */
int64_t pin_wait_of(enum pin_door door, int64_t wrong);
int64_t pin_wait_of_browser(unsigned wrong);

enum pin_outcome { PIN_RIGHT, PIN_WRONG, PIN_WAIT, PIN_NONE /* nobody has made one yet */ };
struct pin_answer {
    enum pin_outcome outcome;
    int64_t wait_ms;   /* PIN_WAIT, and PIN_WRONG when the next try must wait; else 0 */
    int64_t open_ms;   /* PIN_RIGHT: until when a browser may stay open: the day after the event, at least a day */
};

/* One try, in the caller's write transaction: looks whether it has to wait, compares in constant time (a few digits, no slow hash), counts. There is one writer,
 * so tries that come at once are one after the other here and never more than the waits allow. A try that has to wait is neither compared nor counted.
 * ERR_NOT_FOUND: no such delegate, or the mandate is lost. */
enum err pin_try(struct db *db, enum pin_door door, int64_t delegate_id, const char *typed, int64_t now_ms, struct pin_answer *ret);

/* The delegate of a badge number as people type it: in either case, digits of any script, with or without leading zeros. ERR_NOT_FOUND. */
enum err pin_find_number(struct db *db, struct arena *arena, int64_t event_id, const char *typed, int64_t *ret_delegate_id);

/* --- for desk and organiser ----------------------------------------------------------------------------------------------------------------- */

enum pin_source { PIN_FROM_NOTHING, PIN_FROM_PHONE, PIN_FROM_SLIP };
struct pin_state {
    enum pin_source source;
    int64_t wrong;   /* in a row, by the door that has more */
    int64_t wait_ms; /* until the next try, by the door that waits longer; never longer than that door's step (a clock may have been set back) */
};
/* `code`: a person's code, or a badge number. ERR_NOT_FOUND; ERR_CONFLICT: the word is one's code and another's number. */
enum err pin_state_of(struct db *db, struct arena *arena, const char *event, const char *code, int64_t now_ms, struct pin_state *ret, struct fault *fault);

/* The desk lets them try again at once; open browsers stay open. Writes audit "pin_reset". In the caller's transaction. */
enum err pin_reset(struct db *db, struct arena *arena, const char *event, const char *code, const char *actor, int64_t now_ms, struct fault *fault);
/* Six new random digits in place of what was; waits end, open browsers are closed (somebody else may have known the old one). Audit "pin_new". */
enum err pin_renew(struct db *db, struct arena *arena, const char *event, const char *code, const char *actor, int64_t now_ms, char ret[PIN_SIZE],
                   struct fault *fault);

/* PINs of an event for its slips. */
struct pin_of {
    int64_t delegate_id;
    const char *pin;
};
/* Whom slips are for. */
struct pin_people {
    const int64_t *delegates; /* ascending */
    size_t count;
};
/* Makes random PINs for those of `people` who need one and have none, for nobody else, and gives all of theirs that are random, by delegate id. In the
 * caller's transaction; audit "pin_slips" with the counts. ERR_NOT_FOUND: no such event. */
enum err pin_make_slips(struct db *db, struct arena *arena, const char *event, struct pin_people people, const char *actor, int64_t now_ms, struct pin_of **ret,
                        size_t *ret_count, struct fault *fault);

/* Many badges failing at once: somebody is guessing. Counted are delegates whose last try was wrong: in five minutes 10 and 1 % of the event's, in a day 40
 * and 5 %. */
struct pin_alarm {
    bool is_on;
    int64_t recent, day; /* badges */
};
enum err pin_alarm_read(struct db *db, int64_t event_id, int64_t now_ms, struct pin_alarm *ret);
/* The organiser has seen to it: counting for the alarm begins anew, waits stay. Audit "pin_calm". */
enum err pin_alarm_calm(struct db *db, const char *event, int64_t event_id, const char *actor, int64_t now_ms);

#endif
