/* Fields that several of the console's forms have. */
#ifndef PLENUM_SERVER_PAGES_FORM_FIELDS_H
#define PLENUM_SERVER_PAGES_FORM_FIELDS_H

#include "core/base/json.h"
#include "core/db/db.h"
#include "server/http/http.h"

/* One language's words as they are kept ("" is none), in the request's arena. `typed` may be NULL. */
typedef enum err form_tidy(struct http_request *req, const void *context, const char *typed, const char **ret, struct fault *fault);

/* Words in each of the organisation's languages: fields "KEY_TAG", tidied; those that were left empty are not in it. *ret is released with the request. */
enum err form_read_texts(struct http_request *req, struct db *db, const char *key, form_tidy *tidy, const void *context, json_t **ret, struct fault *fault);

/* A moment by the event's clocks; DB_NULL when the field is empty. One that was not touched stays what it was (old_ms), to the second: also the second 02:30 of a
 * night in which clocks go back. ERR_INPUT: no such time. */
enum err form_read_moment(struct http_request *req, const char *key, const char *timezone, int64_t old_ms, int64_t *ret, struct fault *fault);

#endif
