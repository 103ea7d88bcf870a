/* HTML pages: templates and words, made once at start (struct app.pages). The handlers themselves are named in server/routes.def. */
#ifndef PLENUM_SERVER_PAGES_H
#define PLENUM_SERVER_PAGES_H

#include "core/base/err.h"
#include "server/http/http.h"

struct pages;

/* Reads templates and words out of the program. ERR_INPUT names what is wrong with them: a mistake is found at start, never at the door. */
enum err pages_load(struct pages **ret, struct fault *fault);
void pages_free(struct pages *pages); /* accepts NULL */

/* The words of all languages. Borrowed for the life of the pages. */
struct i18n;
const struct i18n *pages_i18n(const struct pages *pages);

/* http_hooks.error_page; `context` is the struct app. Any thread of the listener. */
void pages_error(void *context, struct http_request *req, int status, const char *code, const char *sentence, struct buf *out);

#endif
