/* News and results that the organiser publishes for everybody: what is being written, what may be read from when on, what was corrected, what was withdrawn.
 *
 * A post is written as a draft. Publishing makes an edition of what the draft says, to be read from a moment on (at once or later); correcting is publishing
 * again: the newest edition whose moment has come is shown, the older ones are kept. Withdrawing takes all of it away at once; its address says so kindly.
 * Which edition is shown is decided by the moment alone, at every look: nobody has to press anything at the hour. Each step is audited, and makes posts_mark
 * another number, so that what is kept of public pages is made anew; the event's configuration stays as it is: thousands of phones have nothing to load.
 *
 * A picture is shown when it is approved and stands in the edition that is shown: an approval that is taken back hides it at once.
 * Texts are for everybody: a badge's address is refused. Why so: docs/decisions/0049-public-page.md.
 *
 * Texts live in the arena. Not thread-safe: one connection. */
#ifndef PLENUM_CONGRESS_POSTS_H
#define PLENUM_CONGRESS_POSTS_H

#include "core/base/arena.h"
#include "core/base/id.h"
#include "core/base/json.h"
#include "core/congress/doing.h"
#include "core/congress/store/store.h"
#include "core/db/db.h"

#include <stdbool.h>
#include <stdint.h>

#define POST_TITLE_LETTERS 200
#define POST_BODY_LETTERS 20000
#define POST_CAPTION_LETTERS 300
#define POST_LANGUAGES 16
#define POSTS_MOST 500         /* of an event */
#define POST_PICTURES_MOST 20  /* of a post */
#define POST_EDITIONS_MOST 100 /* of a post */
#define POST_LARGE_SIDE 1200u
#define POST_SMALL_SIDE 480u

enum post_state {
    POST_DRAFT,     /* never published, or what was planned was recalled */
    POST_PLANNED,   /* its first edition is still to come */
    POST_PUBLIC,
    POST_WITHDRAWN
};
const char *post_state_word(enum post_state state); /* "draft", … */

struct post_edition {
    int64_t id, number, of_version, at_ms, from_ms;
    bool recalled;
    const char *actor;
};

struct post {
    int64_t id, version, changed_ms, withdrawn_ms; /* withdrawn_ms: DB_NULL */
    bool is_results;
    const char *session;                 /* code or NULL */
    const char *title;                   /* of the draft */
    const char *changed_by, *withdrawn_by;
    enum post_state state;               /* at the moment that was asked for */
    const struct post_edition *editions; /* by number, also recalled ones */
    size_t edition_count;
    const struct post_edition *shown;    /* NULL: none is to be read now. Also of a withdrawn one: what was shown last */
    const struct post_edition *coming;   /* NULL: none is planned */
    int64_t first_ms;                    /* from when on it could be read for the first time; with `shown` */
    int64_t visible_count;               /* editions whose moment has come; more than one: it was corrected */
};

/* The newest written first; also drafts: for the console. */
enum err posts_list(struct db *db, struct arena *arena, int64_t event_id, int64_t now_ms, struct post **ret, size_t *ret_count);
/* ERR_NOT_FOUND. */
enum err post_find(struct db *db, struct arena *arena, int64_t event_id, int64_t id, int64_t now_ms, struct post *ret);
/* Those with a `shown` edition (withdrawn ones too), the newest first edition first. */
enum err posts_public(struct db *db, struct arena *arena, int64_t event_id, int64_t now_ms, struct post **ret, size_t *ret_count);
/* Another number whenever something that may be read has changed. */
enum err posts_mark(struct db *db, struct arena *arena, int64_t event_id, uint64_t *ret);
/* The next moment at which an edition appears by itself; INT64_MAX: none. */
int64_t posts_next_change(const struct post *posts, size_t count, int64_t now_ms);

struct post_picture {
    int64_t id;
    const char *caption, *alt; /* titles */
    int64_t width, height;     /* of the large one */
    bool approved;
    const char *made_by, *approved_by;
};

/* What is read: of an edition or of the draft. */
struct post_text {
    bool is_results;
    const char *session, *title, *body; /* title, body: maps from language to text */
    int64_t figure_id;                  /* number of a fixed figure (core/congress/figures/fixed.h); DB_NULL */
    struct post_picture *pictures;      /* in their order. Of an edition: approved ones only */
    size_t picture_count;
};
/* `edition_id` 0: the draft with all of its pictures. */
enum err post_read(struct db *db, struct arena *arena, int64_t event_id, int64_t post_id, int64_t edition_id, struct post_text *ret);
/* Title and body in `language`, else as title_pick does; both in the same one. *ret_tag: which it is. NULL in *ret_title: out of memory. */
void post_pick(struct arena *arena, const struct post_text *text, const char *language, const char **ret_title, const char **ret_body, const char **ret_tag);

/* The blob of a picture. ERR_NOT_FOUND: none of this event, or (for_all) not one that everybody may see now. */
enum err post_picture_blob(struct db *db, struct arena *arena, int64_t event_id, int64_t picture_id, bool small, bool for_all, int64_t now_ms,
                           const char **ret_sha256, int64_t *ret_size);

/* --- writing: in the caller's transaction; texts of faults are for the organiser ---------------------------------------------------------- */

struct post_words {
    bool is_results;
    const char *session;   /* NULL: of the whole event */
    json_t *title, *body;  /* language → tidied text; borrowed */
    int64_t figure_id;     /* DB_NULL */
};

/* One language's text as it is kept: NFC, line feeds, marks that turn the direction of what follows dropped; `lines` false: one line. "" is none. ERR_INPUT: too
 * long, no text, or with a badge's address in it. */
enum err post_tidy(struct arena *arena, const char *text, bool lines, size_t letters, const char **ret, struct fault *fault);

/* A new draft (id 0), or the change of one; `version` of what the form was made from: ERR_CONFLICT when there is another by now. What everybody reads stays as it
 * is until post_publish. ERR_INPUT: no title; a session that the event does not have. ERR_LIMIT. */
enum err post_save(const struct doing *doing, int64_t id, int64_t version, const struct post_words *words, int64_t *ret_id);
/* An edition of the draft, to be read from `from_ms` on (DB_NULL or past: at once); what was planned before is recalled; a withdrawn post can be read again. ERR_INPUT:
 * a language with only a title or only a text; an approved picture without its words in one of these languages. ERR_CONFLICT as above. */
enum err post_publish(const struct doing *doing, int64_t id, int64_t version, int64_t from_ms);
/* What is planned is not published. */
enum err post_recall(const struct doing *doing, int64_t id, int64_t version);
/* Nobody is shown it any more, from now on; what is planned is recalled. */
enum err post_withdraw(const struct doing *doing, int64_t id, int64_t version);

struct post_upload {
    struct blob large, small;
    int64_t width, height;
};
/* Decodes what was sent in a child and makes two pictures of it, without what a camera writes beside, stored in the data folder. No database: for a thread of the
 * pool. Errors as photo_take. */
enum err post_picture_take(struct arena *arena, const char *folder, const void *data, size_t length, struct post_upload *ret, struct fault *fault);
enum err post_picture_add(const struct doing *doing, int64_t post_id, const struct post_upload *upload);

enum post_picture_step { POST_PICTURE_WORDS, POST_PICTURE_APPROVE, POST_PICTURE_HIDE, POST_PICTURE_UP, POST_PICTURE_DOWN, POST_PICTURE_REMOVE };
/* `caption` and `alt` (language → text; borrowed) are stored with POST_PICTURE_WORDS and POST_PICTURE_APPROVE. ERR_INPUT: approved without its words in every
 * language of the post's title. */
enum err post_picture_do(const struct doing *doing, int64_t post_id, int64_t picture_id, enum post_picture_step step, json_t *caption, json_t *alt);

#endif
