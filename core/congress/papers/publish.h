/* The organiser's papers: adding, replacing, publishing, taking back, ordering, describing. Each change is one audited step that makes the event's
 * configuration a newer one (event.config_seq), so that pages and caches see it.
 *
 * An event file that is imported again never undoes these: `published_ms` and `withdrawn_ms` are no words of it; what was edited here is noted in
 * document.edited, and the import leaves those keys; a file that was replaced here stays the newest version until the event file brings other bytes
 * than it brought before (docs/decisions/0025-papers.md).
 *
 * All functions write within the caller's transaction. Texts of faults are for the organiser. Not thread-safe: one connection. */
#ifndef PLENUM_CONGRESS_PAPERS_PUBLISH_H
#define PLENUM_CONGRESS_PAPERS_PUBLISH_H

#include "core/base/id.h"
#include "core/base/json.h"
#include "core/congress/doing.h"
#include "core/congress/papers/papers.h"

enum paper_state {
    PAPER_DRAFT,     /* nobody sees it, and nobody did */
    PAPER_PLANNED,   /* from a moment to come */
    PAPER_PUBLISHED,
    PAPER_WITHDRAWN, /* it was there, and was taken back */
    PAPER_STOPPED    /* bears a secrecy stamp that waits for a decision */
};
const char *paper_state_word(enum paper_state state); /* "draft", … */

struct paper_item {
    int64_t id;
    const char *code, *title, *language, *number, *issued, *issuer, *audience, *session, *session_title;
    int64_t publish_ms, published_ms, withdrawn_ms; /* DB_NULL */
    int64_t from_ms;                                /* PAPER_PLANNED: from then on */
    const char *stamp;
    bool stamp_let, restricted, must_read;
    int64_t version;                                /* 0: there is no file yet */
    const char *sha256, *name, *media_type;         /* of the newest version */
    int64_t size, added_ms, pages, unread;
    const char *source;                             /* of its text (docs-bundle/docs.h); NULL: not read */
    const char *edited;
    enum paper_state state;
};
/* All papers of the event, in order. */
enum err paper_items(struct db *db, struct arena *arena, int64_t event_id, int64_t now_ms, struct paper_item **ret, size_t *ret_count);
/* ERR_NOT_FOUND. */
enum err paper_item_find(struct db *db, struct arena *arena, int64_t event_id, const char *code, int64_t now_ms, struct paper_item *ret);

/* Shown from `at_ms` on (now, or a moment to come). ERR_CONFLICT: it has no file, or bears a stamp that nobody let pass. */
enum err paper_publish(const struct doing *doing, const char *code, int64_t at_ms);
/* What one form publishes: drafts with a file that nobody took back. Left out: those that bear an undecided stamp, and drafts without a file or taken
 * back. `mark`: one word of which drafts, versions and audiences these are (of the arena). ERR_NOMEM. */
struct paper_drafts {
    size_t ready, stopped, unready;
    const char *mark;
};
enum err paper_drafts(struct arena *arena, const struct paper_item *items, size_t count, struct paper_drafts *ret);
/* All that are ready, from now on, each as paper_publish does it and with its own line in the audit log. `mark`: of what was shown; ERR_CONFLICT when the
 * drafts have another one by now (or NULL). On any error the caller's transaction must not be kept. */
enum err paper_publish_drafts(const struct doing *doing, const char *mark);
/* Nobody sees it any more (or yet); paper_give_back ends that. */
enum err paper_withdraw(const struct doing *doing, const char *code);
enum err paper_give_back(const struct doing *doing, const char *code);
/* The organiser decided that the stamp may be: the paper is then what it would be without. */
enum err paper_let_stamp(const struct doing *doing, const char *code);
/* One place up (-1) or down (+1); at the end of the list nothing happens. */
enum err paper_move(const struct doing *doing, const char *code, int by);
/* ERR_CONFLICT: somebody opened it, or a bundle brought it: those are withdrawn, not deleted. */
enum err paper_delete(const struct doing *doing, const char *code);

/* What a paper says of itself, and of whom it may be read, as one word: a form carries it, so that one that was open for long puts nothing back. NULL: no memory. */
const char *paper_mark(struct arena *arena, const struct paper_item *item);

/* What a paper says of itself; texts may be NULL or "". `titles`: language → title, at least one. `mark`: of what the form was made from; ERR_CONFLICT
 * when the paper has another one by now (or NULL): nothing is written. */
struct paper_words {
    const char *mark;
    json_t *titles;          /* borrowed */
    const char *language, *number, *issued, *issuer, *session;
    const char *const *categories; /* the audience */
    size_t category_count;
    bool for_everybody;      /* no audience: categories count for nothing */
    bool restricted, must_read;
};
enum err paper_describe(const struct doing *doing, const char *code, const struct paper_words *words);

/* A file that lies in the data folder: a new paper (`code` NULL; it begins as a draft, with a code and a title made of the file's name), or the next
 * version of one. The blob's row and the reading of it are the caller's, in the same transaction. `upload` names what brought it (NULL: nothing):
 * the same again changes nothing and finds what it became. A `stamp` stops the paper. */
struct paper_file {
    const char *code, *name, *sha256, *stamp, *upload;
};
enum err paper_add_file(const struct doing *doing, const struct paper_file *file, const char **ret_code, int64_t *ret_version);

/* Whether the event's organiser sees names of those who have not opened a paper. */
enum err paper_names_allow(const struct doing *doing, bool allow);

#endif
