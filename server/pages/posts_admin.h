/* The console's pages of news and results. Private to server/pages. */
#ifndef PLENUM_SERVER_PAGES_POSTS_ADMIN_H
#define PLENUM_SERVER_PAGES_POSTS_ADMIN_H

#include "core/congress/posts/posts.h"
#include "server/pages/staff_page.h"

/* The list with one post's form (id 0: a new one; with a problem, what was sent). */
void posts_admin_show(struct http_request *req, int status, int64_t id, const char *problem);
/* Words in each language of a form: fields "KEY_TAG"; tidied. *ret is released with the request. */
enum err posts_read_texts(struct http_request *req, struct db *db, const char *key, bool lines, size_t letters, json_t **ret, struct fault *fault);

#endif
