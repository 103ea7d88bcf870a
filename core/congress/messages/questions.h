/* Short questions from a delegate's phone to the desk, and the desk's short answers. Not thread-safe: one connection. */
#ifndef PLENUM_CONGRESS_MESSAGES_QUESTIONS_H
#define PLENUM_CONGRESS_MESSAGES_QUESTIONS_H

#include "core/base/arena.h"
#include "core/base/crypto.h"
#include "core/base/id.h"
#include "core/db/db.h"

#include <stdbool.h>
#include <stdint.h>

#define QUESTION_LETTERS 500          /* of either text */
#define QUESTION_BURST 5              /* of one badge within QUESTION_BURST_MS */
#define QUESTION_BURST_MS (INT64_C(10) * 60 * 1000)
#define QUESTION_WAITING 10           /* of one badge without an answer */
#define QUESTION_TAKEN_MS (INT64_C(3) * 60 * 1000) /* how long "I am answering this" holds without another word */
#define QUESTION_TWICE_MS 5000        /* a form that was sent twice, with the second cookie kept */

struct question {
    int64_t id, asked_ms, answered_ms, seen_ms; /* DB_NULL: not yet */
    const char *words, *answer, *actor, *name, *number, *unit; /* the last four only from question_list */
    const char *language;                                      /* of the asker's page; NULL: not known. Like the next ones only from question_list */
    const char *taken_by, *taken_key;                          /* who is answering it; NULL: nobody */
    bool is_mine;                                              /* this viewer may read it. Only from question_of */
};

/* Who asks. Texts are borrowed. */
struct question_asker {
    int64_t event_id, delegate_id;
    const char *browser; /* the cookie of the browser that asks; "": none, and only the PIN shows the question again */
    const char *language; /* tag in which their page was; NULL: not known */
};
/* Who reads: a badge is worn and photographed, so a thread is shown to the browser that asked, and after the PIN. */
struct question_reader {
    int64_t delegate_id;
    const char *browser; /* as above */
    bool pin_passed;
};

/* What is stored of a browser's cookie. "" gives "". */
void question_browser_hash(const char *browser, char out[CRYPTO_HASH_HEX]);

/* Text as it is kept: tidy, lines as blanks. ERR_INPUT: empty, too long, or not text. */
enum err question_tidy(struct arena *arena, const char *text, const char **ret, struct fault *fault);
/* The same words again within the burst's time are one question. It stays the first browser's, unless the second came at once (a form sent twice before its
 * cookie was there): `ret_mine` says whether this browser will be shown it. ERR_LIMIT: too many; ERR_DENIED: the organiser has closed it. */
enum err question_ask(struct db *db, struct arena *arena, struct id_source *ids, const struct question_asker *asker, const char *words, int64_t now_ms,
                      bool *ret_mine, struct fault *fault);
/* Answers, or answers anew. `known_ms`: when the answer was given that its writer had before the eyes (0: none); ERR_CONFLICT where another one stands by now:
 * two desks must not overwrite each other unseen, nor where somebody else
 * has begun to answer that the form did not name. Audited, without either text. ERR_NOT_FOUND. */
struct question_reply {
    int64_t event_id, id, known_ms;
    const char *taken_key; /* of whoever was answering it when the form was made; NULL or "": nobody */
    const char *answer, *actor;
    const char *key;       /* of this sign-in (question_desk_key) */
};
enum err question_answer(struct db *db, struct arena *arena, const struct question_reply *reply, int64_t now_ms, struct fault *fault);
/* "I am answering this": for QUESTION_TAKEN_MS, or until it is answered or left. Not a lock: whoever has seen it may answer all the same. ERR_CONFLICT: somebody else
 * is; ERR_NOT_FOUND. */
enum err question_take(struct db *db, struct arena *arena, int64_t event_id, int64_t id, const char *actor, const char *key, int64_t now_ms, struct fault *fault);
/* Leaves it to others; of somebody else's nothing happens. */
enum err question_leave(struct db *db, struct arena *arena, int64_t event_id, int64_t id, const char *key, struct fault *fault);
/* Tells desks apart that share an account, and says nothing of the session. `session` is the hash of its id. */
#define QUESTION_KEY_SIZE 17
void question_desk_key(const char *session, char out[QUESTION_KEY_SIZE]);
enum err question_close(struct db *db, int64_t event_id, bool closed, const char *actor, const char *event, int64_t now_ms, struct fault *fault);

/* Of one delegate, oldest first; words and answer only of those that this reader may read (`is_mine`), else NULL. */
enum err question_of(struct db *db, struct arena *arena, const struct question_reader *reader, struct question **ret, size_t *ret_count);
/* For the desk: those that wait, oldest first, then the answered ones, newest first. */
enum err question_list(struct db *db, struct arena *arena, int64_t event_id, int64_t most, int64_t now_ms, struct question **ret, size_t *ret_count);

#endif
