/* The delegate's page in its two halves: what all of one category share, and what is the person's own. Private to server/pages. */
#ifndef PLENUM_SERVER_PAGES_PHONE_SHARED_H
#define PLENUM_SERVER_PAGES_PHONE_SHARED_H

#include "core/congress/delegate_page.h"
#include "server/pages/view.h"
#include "server/pages/viewer.h"

/* What the programme's page shows of the event: head, announcements for this reader, sessions of `mine`. */
enum err phone_put_event(struct view *view, struct worker *worker, const struct event_page *event, const struct programme *programme,
                         const struct announcement_reader *reader, category_set mine, int64_t now_ms);
/* Papers, questions, what stays on the phone; `etag` of news_etag. */
enum err phone_put_papers(struct view *view, struct worker *worker, const struct viewer *viewer, const char *etag, int64_t now_ms);
/* Seat, number, group, room, transport. */
void phone_put_facts(struct view *view, const struct delegate_page *delegate);

/* Replies with the page out of a kept fragment (server/pages/fragment.h), which it makes when there is none. False, and no reply: the page is of another kind
 * (staff, a shared screen, ?lang=, a blank or lost badge, somebody with questions or with papers that are new to them) and is made as a whole. */
bool phone_reply_shared(struct http_request *req, struct worker *worker, int64_t now_ms);

#endif
