/* Why something was refused, in the language of whoever reads it: the words of a fault's reason, "refusal.…" of web/i18n. */
#ifndef PLENUM_SERVER_REFUSAL_H
#define PLENUM_SERVER_REFUSAL_H

#include "server/app.h"

/* `reason` and `detail` as in struct fault, either may be NULL; `sentence` is said where there are no words for it. Lives as long as the request. */
const char *refusal_words(struct http_request *req, const char *reason, const char *detail, const char *sentence);
const char *refusal_of_fault(struct http_request *req, const struct fault *fault);
/* reply_error with those words, and reason and detail for programs. */
void refusal_reply(struct http_request *req, enum err error, const struct fault *fault);

/* The tag of the language that whoever asks reads ("vi"). Static. */
const char *reader_language(struct http_request *req);

#endif
