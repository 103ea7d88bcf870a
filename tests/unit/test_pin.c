/* PINs of restricted papers: what is one, what wrong tries cost with a clock that the test turns. The doors are tests/http/pin.py. */
#include "core/base/clock.h"
#include "core/congress/papers/pin.h"
#include "tests/unit/check.h"

#include <string.h>

static void read_pins(struct check *c)
{
    static const struct {
        const char *typed, *want; /* NULL: none */
    } table[] = {
        {"1234", "1234"}, {"123456", "123456"}, {" 12 34 ", "1234"}, {"123-456", "123456"}, {"12345", "12345"}, {"\u0661\u0662\u0663\u0664", "1234"},
        {"\u06F1\u06F2\u06F3\u06F4", "1234"}, {"\uFF11\uFF12\uFF13\uFF14", "1234"}, {"\u20681234\u2069", "1234"}, {"123\u2009456", "123456"}, {"0000", "0000"},
        {NULL, NULL}, {"", NULL}, {"123", NULL}, {"1234567", NULL}, {"12a4", NULL}, {"+1234", NULL}, {"1234\xff", NULL}, {"----", NULL},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        char pin[PIN_SIZE];
        bool read = pin_read(table[i].typed, pin);
        CHECK(c, read == (table[i].want != NULL));
        if (read) CHECK_TEXT(c, pin, table[i].want);
    }
}

static void read_phones(struct check *c)
{
    static const struct {
        const char *phone;
        size_t count;
        const char *first, *second;
    } table[] = {
        {"0600 000 001", 1, "0001", NULL}, {"+84 (24) 3333-4455", 1, "4455", NULL}, {"0912345678/0987654321", 2, "5678", "4321"}, {"0912 345 678; 123", 1, "5678", NULL},
        {"\u0660\u0661\u0662\u0663\u0664", 1, "1234", NULL}, {"1234", 1, "1234", NULL}, {"123", 0, NULL, NULL}, {"", 0, NULL, NULL}, {NULL, 0, NULL, NULL},
        {"1111,2222,3333,4444", 3, "1111", "2222"},
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        char tails[PIN_TAILS_MOST][PIN_SIZE];
        size_t count = pin_phone_tails(table[i].phone, tails);
        CHECK(c, count == table[i].count);
        if (count > 0) CHECK_TEXT(c, tails[0], table[i].first);
        if (count > 1) CHECK_TEXT(c, tails[1], table[i].second);
    }
}

static void waits_grow(struct check *c)
{
    int64_t last = 0;
    for (int64_t wrong = 0; wrong < 40; wrong++) {
        int64_t badge = pin_wait_of(PIN_DOOR_BADGE, wrong), number = pin_wait_of(PIN_DOOR_NUMBER, wrong);
        CHECK(c, badge >= last && badge <= CLOCK_HOUR && number >= badge);
        last = badge;
    }
    CHECK(c, pin_wait_of(PIN_DOOR_BADGE, 5) == 0 && pin_wait_of(PIN_DOOR_BADGE, 6) == 30 * CLOCK_SECOND && pin_wait_of(PIN_DOOR_BADGE, 12) == CLOCK_HOUR);
    CHECK(c, pin_wait_of(PIN_DOOR_NUMBER, 3) == 0 && pin_wait_of(PIN_DOOR_NUMBER, 4) == CLOCK_MINUTE && pin_wait_of(PIN_DOOR_NUMBER, 7) == CLOCK_HOUR);
    CHECK(c, pin_wait_of_browser(2) == 0 && pin_wait_of_browser(3) == 5 * CLOCK_SECOND && pin_wait_of_browser(100) == 15 * CLOCK_MINUTE);
    CHECK(c, pin_wait_of(PIN_DOOR_BADGE, INT64_MAX) == CLOCK_HOUR && pin_wait_of_browser(~0u) == 15 * CLOCK_MINUTE);
}

/* Somebody who never sleeps and always tries at once when allowed: how many tries a congress of three days gives. */
static void guessing_does_not_pay(struct check *c)
{
    static const struct {
        enum pin_door door;
        int most;
    } table[] = {{PIN_DOOR_BADGE, 85}, {PIN_DOOR_NUMBER, 80}};
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        int64_t now = 0;
        int tries = 0;
        while (now < 3 * CLOCK_DAY) now += pin_wait_of(table[i].door, ++tries);
        CHECK(c, tries <= table[i].most && tries > 60);
    }
}

int main(void)
{
    struct check c = {0};
    read_pins(&c);
    read_phones(&c);
    waits_grow(&c);
    guessing_does_not_pay(&c);
    return check_done(&c, "congress/pin");
}
