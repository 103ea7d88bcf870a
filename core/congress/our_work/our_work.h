/* *Our work*: an event's playlist of pictures, Markdown and pages of PDFs for the wall, and the scene that welcomes the hall (docs/decisions/0047-our-work.md).
 *
 * The playlist is event.slides, exactly as the event file says it (core/congress/event_file/event_file.h), whoever wrote it: what is edited on the console
 * goes out with an export and comes in again without a change. What screens get of a file (work_file, work_page) is made of it once, by its hash,
 * in children (docs-bundle/docs.h), and can always be made again.
 *
 * Texts live in the given arena. Functions that change something write within the caller's transaction. Not thread-safe: one connection. */
#ifndef PLENUM_CONGRESS_OUR_WORK_H
#define PLENUM_CONGRESS_OUR_WORK_H

#include "core/base/arena.h"
#include "core/base/err.h"
#include "core/base/id.h"
#include "core/base/json.h"
#include "core/congress/doing.h"
#include "core/db/db.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define OUR_WORK_SLIDES_MOST 200 /* of one event, and what a wall gets of their pages */
#define OUR_WORK_PAGES_MOST 60   /* of one PDF in one slide */
#define OUR_WORK_SECONDS_LEAST 3
#define OUR_WORK_SECONDS_MOST 600
#define OUR_WORK_SECONDS_USUAL 10
#define OUR_WORK_CAPTION_LETTERS 200
#define OUR_WORK_ID_SIZE 17

struct our_work_slide {
    char id[OUR_WORK_ID_SIZE];  /* stays the same while caption, seconds and place change */
    const char *file, *sha256;  /* its path in an event file; of what was given */
    const char *caption;        /* a stored title; NULL: none */
    const char *pages;          /* NULL: all */
    int64_t first, last;        /* of a PDF; 0: from the first, to the last */
    int64_t seconds;            /* OUR_WORK_SECONDS_LEAST to _MOST, whatever the file said */
    int64_t from_ms, until_ms;  /* DB_NULL: always */
    bool on;
    const char *mark;           /* one word of what it says: a form that was open for long puts nothing back */
};

struct our_work {
    int64_t event_id, config_seq;
    const char *timezone;
    struct our_work_slide *slides;
    size_t count;
    const char *welcome_text;                /* a stored title; NULL */
    const char *welcome_picture, *welcome_sha256; /* NULL */
    const char *emblem_sha256;               /* of the organisation; NULL */
};
/* ERR_NOT_FOUND: no such event. */
enum err our_work_load(struct db *db, struct arena *arena, const char *slug, struct our_work *ret);
/* Of what is stored in event.slides and event.wall_welcome (either may be NULL). */
enum err our_work_parse(struct arena *arena, const char *slides, const char *welcome, struct our_work *ret);
bool our_work_is_on(const struct our_work_slide *slide, int64_t now_ms);

/* "3" or "2-5". */
bool our_work_pages_parse(const char *text, int64_t *ret_first, int64_t *ret_last);
/* By its name and what its first bytes are. */
bool our_work_may_show(const char *path, const char *media_type);

/* --- what screens get of a file --- */

struct our_work_page {
    int64_t page, size, width, height; /* width and height 0: a text */
    const char *sha256, *media_type;
    const char *large;                 /* for screens above Full HD; NULL: there is no more to see */
    int64_t large_width, large_height;
};
struct our_work_file {
    bool is_ready, is_text;             /* not ready: nobody looked into it yet */
    int64_t pages;
    const char *reason, *detail, *problem; /* why it cannot be shown; NULL: it can */
    struct our_work_page *made;         /* by number; of a PDF perhaps not all */
    size_t made_count;
};
enum err our_work_file_load(struct db *db, struct arena *arena, const char *sha256, struct our_work_file *ret);
/* The pages of that file that a slide shows: first and last number, at most OUR_WORK_PAGES_MOST of them. False: it has none of these. */
bool our_work_range(const struct our_work_slide *slide, int64_t pages, int64_t *ret_first, int64_t *ret_last);
const struct our_work_page *our_work_page_find(const struct our_work_file *file, int64_t page);
/* What of this event is served under that hash. ERR_NOT_FOUND. */
enum err our_work_find(struct db *db, struct arena *arena, int64_t event_id, const char *sha256, int64_t *ret_size, const char **ret_type);

/* --- what the organiser does --- */

/* At the end of the list; `name` as its sender called the file, `pages` of it (0: no PDF). ERR_LIMIT: the list is full. */
enum err our_work_add(const struct doing *doing, const char *name, const char *sha256, int64_t pages);
/* One place up (-1) or down (+1); at the end of the list nothing happens. All by id: ERR_NOT_FOUND when it is not there any more. */
enum err our_work_move(const struct doing *doing, const char *id, int by);
enum err our_work_show(const struct doing *doing, const char *id, bool on);
enum err our_work_remove(const struct doing *doing, const char *id);
/* What was taken out comes back to where it was. ERR_NOT_FOUND. */
enum err our_work_give_back(const struct doing *doing, int64_t removed_id);

struct our_work_words {
    const char *mark;    /* of what the form was made from; ERR_CONFLICT when it says something else by now */
    json_t *captions;    /* language -> text; borrowed; empty: none */
    int64_t seconds, from_ms, until_ms;
    const char *pages;   /* NULL or "": all */
};
enum err our_work_edit(const struct doing *doing, const char *id, const struct our_work_words *words);

struct our_work_removed {
    int64_t id, removed_ms;
    const char *file, *removed_by;
};
/* The newest first, 20 at most. */
enum err our_work_removed_list(struct db *db, struct arena *arena, int64_t event_id, struct our_work_removed **ret, size_t *ret_count);

/* The words of the welcome scene; `texts` language -> text, borrowed; empty: none. */
enum err our_work_welcome_say(const struct doing *doing, json_t *texts);
/* Its picture; `sha256` NULL: none. */
enum err our_work_welcome_picture(const struct doing *doing, const char *name, const char *sha256);
/* The organisation's emblem, of all its events: badges bear it too. */
enum err our_work_emblem(const struct doing *doing, const char *name, const char *sha256);

#endif
