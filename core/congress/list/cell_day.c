/* Days in cells: real dates, serial numbers, years, and texts. */
#include "core/base/clock.h"
#include "core/congress/list/list_read.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define YOUNGEST 14          /* nobody on these lists is younger */

const char *list_day_text(struct arena *arena, const struct list_day *day)
{
    if (!day->month || !day->day) return arena_printf(arena, "%04d", day->year);
    return arena_printf(arena, "%04d-%02d-%02d", day->year, day->month, day->day);
}

const char *list_day_flaw(const struct list_known *known, const struct list_field *field, const char *iso)
{
    if (field->kind == LIST_DAY && strncmp(iso, known->today, strlen(iso)) > 0) return "in_future";
    return strcmp(iso, "1900") < 0 ? "before_1900" : NULL;
}

static enum err settle(struct list_reader *r, struct list_cell *c, const struct list_day *day, enum list_change change)
{
    const char *iso = list_day_text(r->arena, day);
    if (!iso) return ERR_NOMEM;
    c->reason = list_day_flaw(r->known, c->field, iso);
    if (!c->reason && c->field->kind == LIST_DATE && !iso[4]) c->reason = "day_needed";
    if (c->reason) return OK;
    c->value = iso;
    c->change = strcmp(iso, c->text) == 0 ? LIST_AS_WRITTEN : change;
    return OK;
}

/* A year that was typed into a cell for dates shows as a day of 1905. */
static bool is_typed_year(const struct list_known *known, double serial) { return serial == floor(serial) && serial >= 1900 && serial <= known->this_year; }

static enum err read_date_cell(struct list_reader *r, struct list_cell *c)
{
    struct list_day day, other;
    double serial = c->cell->number + sheet_epoch(r->book);
    if (c->field->kind == LIST_DAY && is_typed_year(r->known, serial)) {
        day = (struct list_day){.year = (int)serial};
        return settle(r, c, &day, LIST_SERIAL_DAY);
    }
    if (!list_day_from_number(c->cell->number, &day) || day.year < 1000 || day.year > 9999) {
        c->reason = "no_day";
        return OK;
    }
    bool year_shown = strlen(c->text) == 4 && strspn(c->text, "0123456789") == 4;
    if (year_shown && day.month == 1 && day.day == 1 && c->field->kind == LIST_DAY) day.month = day.day = 0;
    enum err e = settle(r, c, &day, LIST_SAID_OTHERWISE);
    if (e != OK || !c->value || !c->state->maybe_swapped || day.day > 12 || day.day == day.month || !day.day) return e;
    other = (struct list_day){.year = day.year, .month = day.day, .day = day.month};
    c->proposal = list_day_text(r->arena, &other);
    c->reason = "maybe_swapped";
    c->doubtful = true;
    return c->proposal ? OK : ERR_NOMEM;
}

static enum err read_text(struct list_reader *r, struct list_cell *c)
{
    struct list_day day;
    enum list_order order = c->column->order != LIST_ORDER_UNKNOWN ? c->column->order : r->mapping->ways.order;
    int age = strcmp(c->field->code, "born") == 0 ? YOUNGEST : 0;
    const char *reason = strlen(c->text) > 60 ? "no_day" : list_day_read(c->text, order, r->known->this_year, age, &day);
    if (!reason) {
        enum list_change change = day.zero ? LIST_LEADING_ZERO : day.two_digits ? LIST_CENTURY : day.month_only ? LIST_MONTH_LOST : LIST_SAID_OTHERWISE;
        return settle(r, c, &day, change);
    }
    c->reason = reason;
    bool order_flaw = strcmp(reason, "other_order") == 0, open = strcmp(reason, "day_or_month") == 0;
    if (order_flaw && !list_day_read(c->text, order == LIST_DAY_FIRST ? LIST_MONTH_FIRST : LIST_DAY_FIRST, r->known->this_year, age, &day)) {
        c->proposal = list_day_text(r->arena, &day);
        if (!c->proposal) return ERR_NOMEM;
    }
    c->doubtful = open;
    return OK;
}

/* A number without a date's format: a year, a serial number, or digits in a row. */
static enum err read_number(struct list_reader *r, struct list_cell *c)
{
    struct list_day day;
    double number = c->cell->number;
    if (number > 10000 && number < 100000) number = floor(number); /* the rest is the time of day */
    if (number != floor(number)) { /* 5.1980 was typed for May 1980, and became 5.198 */
        double month = floor(number), year = round((number - month) * 10000);
        if (month >= 1 && month <= 12 && year >= 1900 && year <= r->known->this_year && fabs(number - month - year / 10000) < 1e-9) {
            day = (struct list_day){.year = (int)year, .month = (int)month, .month_only = true};
            return settle(r, c, &day, LIST_MONTH_LOST);
        }
        c->reason = "no_day";
        return OK;
    }
    if (number >= 10000 && number <= 99999 && list_day_from_number(number - sheet_epoch(r->book), &day)) return settle(r, c, &day, LIST_SERIAL_DAY);
    if (number < 0 || number > 99999999) {
        c->reason = "no_day";
        return OK;
    }
    const char *written = c->text;
    c->text = arena_printf(r->scratch, "%.0f", number);
    if (!c->text) return ERR_NOMEM;
    enum err e = read_text(r, c);
    c->text = written;
    return e;
}

enum err list_cell_day(struct list_reader *r, struct list_cell *c)
{
    if (c->cell->kind == SHEET_DATE) return read_date_cell(r, c);
    if (c->cell->kind == SHEET_NUMBER) return read_number(r, c);
    if (strlen(c->text) == 5 && strspn(c->text, "0123456789") == 5) { /* a serial number that a program wrote into a CSV */
        struct list_day day;
        if (list_day_from_number(strtod(c->text, NULL) - sheet_epoch(r->book), &day)) return settle(r, c, &day, LIST_SERIAL_DAY);
    }
    return read_text(r, c);
}
