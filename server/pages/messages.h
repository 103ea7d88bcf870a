/* What the pages of announcements and of texts for chat groups share. Private to server/pages. */
#ifndef PLENUM_SERVER_PAGES_MESSAGES_H
#define PLENUM_SERVER_PAGES_MESSAGES_H

#include "server/pages/staff_page.h"

/* The organisation's languages (tags, in its order), "vi" when it says none; `tags` holds ANNOUNCEMENT_LANGUAGES. */
enum err messages_languages(struct db *db, struct arena *arena, const char **tags, size_t *ret_count);
/* "Tiếng Việt"; the tag itself where we do not know the language's own name. */
const char *messages_language_name(const char *tag);
/* Of a form or an address; 0: none. */
int64_t messages_read_id(const char *text);
/* An announcement's words as form_read_texts tidies them (server/pages/form_fields.h). */
enum err messages_tidy_field(struct http_request *req, const void *context, const char *typed, const char **ret, struct fault *fault);
/* The list again, with what could not be done; the form keeps what was sent. */
void announcements_show(struct http_request *req, int status, const char *problem);

#endif
