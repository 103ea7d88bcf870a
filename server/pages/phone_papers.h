/* What a delegate's page shows of papers and questions; shared by the page (phone.c) and by what open pages ask for (news.c). */
#ifndef PLENUM_SERVER_PAGES_PHONE_PAPERS_H
#define PLENUM_SERVER_PAGES_PHONE_PAPERS_H

#include "server/pages/view.h"
#include "server/pages/viewer.h"

/* `papers`, `has_papers`, `all_papers`, `restricted`: what this viewer may see now, with their marks. */
enum err view_put_papers(struct view *view, struct db *db, const struct viewer *viewer, int64_t now_ms);
/* Whether any paper, also one that they do not see, would bear a mark for this person. */
enum err view_has_marks(struct db *db, struct arena *arena, int64_t event_id, int64_t delegate_id, bool *ret);
/* `questions` that this browser may read, `asked_elsewhere` (how many more, how many of them answered, the form for the PIN), `news_door`, `ask` (open). After
 * view_put_papers. */
enum err view_put_questions(struct view *view, struct db *db, const struct viewer *viewer);
/* What the page of this viewer depends on, as an ETag in the request: the configuration, the moments that have passed, their own openings and questions, the
 * PIN, the language. */
struct news_state {
    int64_t config_seq, opened, asked, answered; /* how many they opened and asked, and when the last answer came (0: none) */
    int64_t mine;                                /* how many this browser asked */
};
enum err news_etag_at(struct http_request *req, struct worker *worker, const struct viewer *viewer, const struct news_state *state, int64_t now_ms, const char **ret);
/* Of the viewer's delegation: equal for those who hear the same of what is for some delegations only; 0: nothing of it. Loads what it needs. */
enum err news_heard(struct worker *worker, struct arena *arena, const struct viewer *viewer, int64_t config_seq, uint64_t *ret);
void news_moments_release(struct news_moments *moments);
enum err news_etag(struct http_request *req, struct worker *worker, const struct viewer *viewer, int64_t now_ms, const char **ret);

#endif
