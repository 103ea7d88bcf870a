/* Who stands on a list that is printed for the hour without power: everybody whom a gate may admit, or a delegation, with their row codes. No PDF here. */
#ifndef PLENUM_CONGRESS_ROW_LIST_H
#define PLENUM_CONGRESS_ROW_LIST_H

#include "core/base/arena.h"
#include "core/congress/fallback/row_code.h"
#include "core/db/db.h"

#include <stdbool.h>

/* More delegates than this in one event have no row codes: two thirds of all codes, so that a wrong one seldom is somebody's. */
#define ROW_LIST_MOST 100000
#define ROW_ASSIGN_PIECE 1000 /* codes given in one transaction */

enum row_order { ROW_ORDER_NAME, ROW_ORDER_NUMBER, ROW_ORDER_SEAT, ROW_ORDER_DELEGATION };

/* "name", "number", "seat" or "delegation"; false for anything else. NULL and "" are the name. */
bool row_order_read(const char *word, enum row_order *ret);

struct row_filter {
    const char *gate, *unit; /* codes; NULL: all */
    enum row_order order;
    int64_t now_ms;          /* who is in is told as of now */
};

struct row_person {
    int64_t delegate_id;
    const char *code;                /* NULL: none given yet */
    const char *number, *name, *delegation, *category, *seat; /* NULL: none; name NULL: a numbered blank badge */
    const char *born;                /* a year, when somebody else of the event has the same name; else NULL */
    const char *sort, *unit_title;   /* private: the name's sort key; the unit as it is stored */
    int64_t unit_id;                 /* 0: none */
    int64_t marked_ms;               /* in since then; at a gate that hands out: given then; DB_NULL: not */
};

struct row_list {
    int64_t event_id, printed_ms;
    const char *event_title, *organization, *timezone, *language; /* the language in which lists are printed */
    const char *gate_title, *unit_title;                          /* of the filter; NULL: none */
    bool is_handout, one_direction, goes_out;                     /* of the gate: direction is said where it leaves no choice */
    enum row_order order;
    struct row_person *rows; /* blank badges last; by delegation: those of one unit together, blank badges last in it */
    size_t count, without;   /* without: rows that have no code yet */
};

/* All in the arena. Titles in the organization's first language. ERR_NOT_FOUND: no such event, gate or unit; ERR_LIMIT: more than ROW_LIST_MOST. A list of
 * nobody is no error. */
enum err row_list_load(struct db *db, struct arena *arena, const char *event, const struct row_filter *filter, struct row_list *ret, struct fault *fault);

/* Gives codes to those of the event who have none, at most ROW_ASSIGN_PIECE; *ret_more: there are others. In a transaction; may run again. ERR_LIMIT as above. */
enum err row_codes_assign(struct db *db, struct arena *arena, const char *event, bool *ret_more, struct fault *fault);

/* The row code of the person with this code, or of the blank badge with this number; "" when there is none yet, NULL when out of memory or on an error. */
const char *row_code_of(struct db *db, struct arena *arena, int64_t event_id, const char *code);

#endif
