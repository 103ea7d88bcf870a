/* Pages and feeds that are the same for everybody: kept as bytes by (event, what it is, language) until the event's configuration changes or the next moment at
 * which something on them begins or ends. A hall that opens the page at once is answered from these bytes. Private to server/pages. */
#ifndef PLENUM_SERVER_PAGES_PUBLIC_KEPT_H
#define PLENUM_SERVER_PAGES_PUBLIC_KEPT_H

#include "core/congress/posts/posts.h"
#include "server/pages/view.h"

#define PUBLIC_EVENT (-1)
#define PUBLIC_CALENDAR (-2)
#define PUBLIC_FEED (-3)             /* its pages: -3, -4, … */
#define PUBLIC_KEPT_MS INT64_C(60000) /* at most: our own addresses may change */
#define PUBLIC_PICTURE "/e/%s/pictures/%lld-%s.jpg"

struct public_door {
    struct http_request *req;
    struct view view;                /* begun; has nothing of the event yet */
    struct worker *worker;
    const struct programme *programme;
    struct programme_seqs seqs;
    uint64_t posts_mark;
    int64_t now_ms;
    int64_t what;                    /* one of the above, or a post's id */
    const char *type;                /* of the reply */
    const char *word;                /* the secret of this browser's form; NULL: the page has no form */
};

/* False: the reply is made. `what` and what follows are the caller's to set. */
bool public_begin(struct public_door *door, struct http_request *req);
/* True: the reply is made from what is kept. */
bool public_reply_kept(struct public_door *door);
/* Keeps what was made and replies with it; `made` is taken over. `until_ms`: when something on it changes by itself; `modified_ms`: Last-Modified, 0: none. Where
 * door->word is set, the page was made with public_stand_in in its place, and has it once. */
void public_reply_new(struct public_door *door, struct buf *made, int64_t until_ms, int64_t modified_ms);
const char *public_stand_in(struct public_door *door); /* NULL: out of memory */

/* "http://dai-hoi.example:8080", without a slash at its end: how everybody reaches this event. */
enum err public_base(struct public_door *door, const char **ret);

/* Whether some category of badge is not admitted to this session (also: nobody knows it). Then everybody is told its title and hours only. */
bool public_is_closed(const struct programme *programme, const char *session_code);
/* A picture as a reply: for everybody, or (for_all false) for those who write. */
void public_picture_send(struct http_request *req, bool for_all);

/* Of what is read: `title`, `kind`, `tag`, `dir`, `session`, `published`, `corrected`, pictures. `text` of an edition (or of the draft); `shown` NULL: a preview. */
struct public_post {
    const struct post *post;
    struct post_text text;
    const char *figure; /* the sentence of the chosen fixed figure; NULL */
    const char *title, *body, *tag, *plain; /* picked; plain: the body as words; all "" when there is none */
};
enum err public_post_load(struct public_door *door, const struct post *post, int64_t edition_id, struct public_post *ret);
void public_post_put(struct view *view, const struct event_page *event, const struct public_post *post, json_t *out);
/* Ready to be copied: title, event, place, date, the words, the organisation, the address. NULL: out of memory, or a badge's address came into it. */
const char *public_post_ready(struct public_door *door, const struct event_page *event, const struct public_post *post, const char *base);
/* Post page between its two templates. */
enum err public_post_write(struct public_door *door, const struct event_page *event, const struct public_post *post, struct buf *out);
/* The first words of a text in Markdown, without headings and tables, cut at a word's end. NULL: out of memory. */
const char *public_summary(struct arena *arena, const char *body, size_t letters);

#endif
