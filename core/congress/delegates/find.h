/* Finding people at the desk while somebody types: by name with or without accents (any order of words, the beginning of each is enough), badge number, seat,
 * code, unit, the tail of a phone number.
 *
 * Best answers first: whose number, seat or code is what was typed; then those whose own name has all the words whole, then the last word as a beginning, then
 * all; then units; within each in the order of lists. With the engine's index of words (find_index.h) an answer costs well under a millisecond for one word and
 * a few for the worst combination of one-letter words over 70 000 people; without it every row is looked at. */
#ifndef PLENUM_CONGRESS_FIND_H
#define PLENUM_CONGRESS_FIND_H

#include "core/base/json.h"
#include "core/congress/programme/programme.h"
#include "core/db/db.h"

#define FIND_MOST 20

/* {"results": [{code, number, name, …}], "more": bool} as docs/api.md describes; what was typed may also be a badge (URL or token). The caller owns *ret.
 * ERR_INPUT: more than 200 bytes were typed, or no UTF-8. */
enum err delegates_find(struct db *db, struct arena *arena, const struct programme *programme, const char *typed, int64_t now_ms, json_t **ret);

/* The same of all people of the register, delegates of the event or not, with what tells namesakes apart and no more: {"results": [{code, name, honorific, title,
 * born (the year), unit, unit_code, delegate: {number, status}|null}], "more": bool}. Phone numbers find nobody here. */
enum err people_find(struct db *db, struct arena *arena, const struct programme *programme, const char *typed, json_t **ret);

/* The ids of people of the register for organisers: the end of a phone number finds too. At most FIND_MOST + 1 of them; more than FIND_MOST: there are more. */
enum err people_find_ids(struct db *db, struct arena *arena, const char *typed, int64_t ret_ids[FIND_MOST + 1], size_t *ret_count);

#endif
