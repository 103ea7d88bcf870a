/* The desk's card of one person: GET /d/{token} for signed-in desk staff, and the form behind its button. Private to server/pages. */
#ifndef PLENUM_SERVER_PAGES_CARD_H
#define PLENUM_SERVER_PAGES_CARD_H

#include "core/congress/delegate_page.h"
#include "server/pages/view.h"

void card_reply(struct view *view, struct worker *worker, const char *token, const struct delegate_page *delegate);

/* Puts `person` and `status_note`; `category` (its title in the reader's language); all three. */
void card_put_name(struct view *view, const struct delegate_page *delegate);
void card_put_category(struct view *view, unsigned position, const char *title);
void card_put_person(struct view *view, const struct delegate_page *delegate, const struct programme *programme);
/* Needs as stored (a JSON list) in words, "Large print, Wheelchair"; NULL: none. */
const char *card_needs_words(struct view *view, const char *stored);

#endif
