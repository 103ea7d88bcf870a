/* What a person's facts must look like, wherever they come from: the event file, the desk. Pure; texts are tidy UTF-8. */
#ifndef PLENUM_CONGRESS_PERSON_FACTS_H
#define PLENUM_CONGRESS_PERSON_FACTS_H

#include "core/base/arena.h"
#include "core/base/err.h"
#include "core/base/json.h"

#include <stdbool.h>

/* Digits with the usual marks between them, perhaps + first: 3 digits at least, 32 bytes at most. */
bool person_phone_is_good(const char *text);
/* A year ("1980") or a date of the calendar ("1980-02-03"). Whether it is past, the caller compares: both forms are in order as texts. */
bool person_day_is_good(const char *text);
bool person_date_is_good(const char *text); /* a date alone */

/* One @ with something before and behind it, no blanks, 254 bytes at most. */
bool person_email_is_good(const char *text);
/* A value of an attribute type of this kind ("yes_no", "choice", "text", "number", "date"); `choices`: what may be chosen, JSON as stored, or NULL. */
bool person_attribute_is_good(const char *kind, const char *choices, const json_t *value);

/* The search form of a label that is stored as a text or as a language map: of all its languages. NULL: out of memory. */
char *label_fold(struct arena *arena, const char *stored);

/* How somebody is found and where they stand in lists of this language. A sort name in Latin letters is also what one looks them up by. `sort_name` may be
 * NULL. ERR_NOMEM, ERR_INPUT for what is no UTF-8. */
enum err person_derive(struct arena *arena, const char *language, const char *name, const char *sort_name, const char **ret_fold, const char **ret_sort);

#endif
