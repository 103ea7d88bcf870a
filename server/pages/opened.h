/* Who opened which paper: noted by every door that gives a paper's content, and by nothing else. A note costs the reader a lock and no wait: notes are
 * gathered in memory and written once a second, and at the server's end. What a power cut takes is at most the last second of notes.
 *
 * Thread-safe. */
#ifndef PLENUM_SERVER_PAGES_OPENED_H
#define PLENUM_SERVER_PAGES_OPENED_H

#include "server/app.h"

struct opened_log;

#define OPENED_QUEUE 20000 /* notes in memory at most: more are dropped and counted in the log */

enum err opened_log_new(struct writer *writer, struct opened_log **ret);
/* Writes what is left; before the writer stops, after the listeners. Accepts NULL. */
void opened_log_free(struct opened_log *log);

/* This delegate has been given content of this version. Not for staff who look at a delegate's page: then nothing is noted. HEAD is no opening. */
void opened_note(struct http_request *req, int64_t delegate_id, int64_t document_id, int64_t version);
/* Their page showed the answer to this question of theirs. */
void opened_note_answer(struct http_request *req, int64_t delegate_id, int64_t question_id);

#endif
