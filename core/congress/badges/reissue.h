/* A lost badge: a new token, and the old one dead at every door.
 *
 * Two steps, so that a badge which cannot be drawn changes nothing and nobody waits for drawing: plan (reads; the new token exists only in memory), make the
 * paper, apply (in a transaction, together with print_log_record). */
#ifndef PLENUM_CONGRESS_REISSUE_H
#define PLENUM_CONGRESS_REISSUE_H

#include "core/congress/badges/badge_list.h"
#include "core/congress/badges/credential.h"

struct reissue {
    struct credential_new credential; /* the new one: a secret */
    struct credential_owner owner;
    int64_t issue;       /* of the new one: the last one's and 1 */
    const char *event;   /* slug; NULL: a member card */
    const char *code;    /* of the person; of a blank badge its number */
    const char *name;    /* NULL: a blank badge */
    const char *reason;  /* set by the caller between plan and apply: what the desk was told, for the audit; may be NULL */
};

/* Whose badge `code` (a person's code or a badge number) is, and what the new one would be. ERR_NOT_FOUND: no such event or delegate. ERR_CONFLICT: the
 * delegate lost the mandate, or the word is one's code and another's number. */
enum err reissue_plan(struct db *db, struct arena *arena, struct id_source *ids, const char *event, const char *code, struct reissue *ret, struct fault *fault);

/* ERR_CONFLICT when the plan replaces another issue than `seen`, the newest that who asks knew of: somebody else reissued the badge, and theirs would die. */
enum err reissue_expect(const struct reissue *reissue, int64_t seen, struct fault *fault);

/* The same for a person's member card; ERR_NOT_FOUND also when there never was one. */
enum err reissue_plan_card(struct db *db, struct arena *arena, struct id_source *ids, const char *person, struct reissue *ret, struct fault *fault);

/* In the caller's transaction: whether the plan still holds; ERR_CONFLICT as reissue_apply. For who sends paper to a printer before applying. */
enum err reissue_check(struct db *db, const struct reissue *reissue, struct fault *fault);

/* In the caller's transaction: stores the new one, revokes all others of that delegate (of a card: all cards of that person), tells the doors (roster_seq of
 * the delegate; for a card in every event of that person) and writes audit "reissue" without a token. ERR_CONFLICT: somebody else reissued it meanwhile. May be
 * run again when the transaction failed. */
enum err reissue_apply(struct db *db, const struct reissue *reissue, const char *actor, int64_t now_ms, struct fault *fault);

/* In the caller's transaction: the person's member card is good no more, and no new one is made; every gate where the person may stand is told, and the audit log
 * ("card.withdraw"). ERR_NOT_FOUND: no such person; ERR_CONFLICT "card_none": there is no good card. reissue_plan_card makes another later. */
enum err reissue_withdraw_card(struct db *db, struct arena *arena, const char *person, const char *reason, const char *actor, int64_t now_ms, struct fault *fault);

/* Puts the new token and issue into the row of a list that was loaded with the old ones (`only` = reissue->code), before it is drawn. ERR_NOT_FOUND: the
 * list has no such row. */
enum err reissue_into_list(struct arena *arena, const struct reissue *reissue, const char *base_url, struct badge_list *list);

#endif
