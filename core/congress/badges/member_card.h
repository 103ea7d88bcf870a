/* Member cards: a credential of a person and of no event, good at every event where that person is a delegate (docs/decisions/0015-member-cards.md).
 *
 * What a card opens is what the person's badge opens: at a door and at a desk of that event, on a phone of the event that is on or comes next. Of a person
 * who is a delegate nowhere it opens nothing. The list of cards is a struct badge_list with event_id 0 and event NULL, so that print log, photos, layouts
 * and proof are those of badges; `number` is the person's code. */
#ifndef PLENUM_CONGRESS_MEMBER_CARD_H
#define PLENUM_CONGRESS_MEMBER_CARD_H

#include "core/congress/badges/badge_list.h"

/* People who get their card in one transaction: other writers wait for one of these at most (about 15 ms). */
#define MEMBER_CARD_TURN 250

struct member_card_count {
    size_t people;   /* of the register, whom the filter names */
    size_t new_cards; /* of these never had a card */
    size_t without;  /* had one that was revoked and not issued anew: no card is made for them here, only by reissue.h */
};

/* Whom the filter names: `only` are person codes, `unit` counts with all units below it. ERR_NOT_FOUND: no such unit, no such person, or the person is of another
 * unit (the fault says which). */
enum err member_card_look(struct db *db, struct arena *arena, const struct badge_list_filter *filter, struct member_card_count *ret, struct fault *fault);

/* Gives a card to each of them who never had one, in turns of MEMBER_CARD_TURN, each a transaction of its own; must not be called within one. The doors of
 * the events where they are delegates are told (roster_seq). What was done stays when a later turn fails: calling it again goes on. One audit entry
 * for the call, without tokens; none when nobody needed a card. `progress` (may be NULL) is called after each turn; false stops with ERR_TIMEOUT. */
enum err member_card_issue(struct db *db, const struct badge_list_filter *filter, const char *actor, int64_t now_ms,
                           bool (*progress)(void *data, size_t done, size_t total), void *data, size_t *ret_issued, struct fault *fault);

/* The same where somebody else owns the connection that writes: `run` calls `apply` in a transaction and returns after COMMIT (core/db/writer.h); `db` is only read. */
typedef enum err member_card_run(void *context, enum err (*apply)(struct db *db, void *arg, struct fault *fault), void *arg, struct fault *fault);
enum err member_card_issue_by(struct db *db, member_card_run *run, void *context, const struct badge_list_filter *filter, const char *actor, int64_t now_ms,
                              size_t *ret_issued, struct fault *fault);

/* The cards that are good, by unit (in the units' order) and name. Titles are picked in the organization's first language. ERR_NOT_FOUND as above, and for
 * one of `only` who has no good card. */
enum err member_card_load(struct db *db, struct arena *arena, const struct badge_list_filter *filter, const char *base_url, struct badge_list *ret, struct fault *fault);

#endif
