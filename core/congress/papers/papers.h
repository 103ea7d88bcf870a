/* Papers and who may see them: one predicate in one place, used by the page, the file, and whatever comes later (search, pictures, ZIP). */
#ifndef PLENUM_CONGRESS_PAPERS_H
#define PLENUM_CONGRESS_PAPERS_H

#include "core/base/arena.h"
#include "core/db/db.h"

#include <stdbool.h>
#include <stdint.h>

enum paper_access {
    PAPER_OPEN,      /* may be seen and fetched */
    PAPER_NEEDS_PIN, /* may be seen after the PIN only; until then neither its name nor its text */
    PAPER_HIDDEN     /* not published, or not for this person */
};

struct paper_viewer {
    int64_t delegate_id, event_id;
    const char *event;    /* slug */
    const char *timezone;
    const char *category; /* code */
    const char *delegation; /* code; NULL: of none */
    bool pin_passed;
    bool pin_for_all;     /* the event asks for the PIN for every paper */
};

struct paper {
    int64_t id;
    const char *code, *title, *language, *number, *issued, *issuer, *session;
    const char *session_title; /* as stored (core/congress/title.h); NULL: of no session. Like `session` and crc32 only from papers_list */
    bool must_read;
    int64_t version, size, added_ms, crc32; /* crc32: of the file's bytes; DB_NULL: not known */
    const char *sha256, *name, *media_type;
    bool behind_pin; /* asks for the PIN, also when this viewer has passed it. Only from papers_list */
    enum paper_access access;
};

/* What decides, apart from the viewer. */
struct paper_rule {
    const char *audience; /* JSON {"categories": […]}, NULL: every delegate */
    int64_t publish_ms, published_ms; /* DB_NULL: not set. published_ms is the organiser's decision and goes before the rest: from then on */
    bool publish_manual, restricted;
    bool withdrawn; /* taken back, or not given out yet whatever else says */
    bool stopped;   /* bears a secrecy stamp that nobody has let pass */
};
bool paper_is_published(const struct paper_rule *rule, int64_t now_ms); /* so far as time and the organiser say */
bool paper_is_for(const char *audience, const char *category);
enum paper_access paper_decide(const struct paper_rule *rule, const struct paper_viewer *viewer, int64_t now_ms);

/* The viewer behind a badge, or behind a member card at the event that delegate_page_load finds for it. ERR_NOT_FOUND: no such badge, or the card of
 * somebody who is in no event; ERR_DENIED: revoked, without a name, or the mandate is lost. */
enum err paper_viewer_by_token(struct db *db, struct arena *arena, const char *token, int64_t now_ms, struct paper_viewer *ret);

/* The newest version of every paper that is PAPER_OPEN or PAPER_NEEDS_PIN, in order. */
enum err papers_list(struct db *db, struct arena *arena, const struct paper_viewer *viewer, int64_t now_ms, struct paper **ret, size_t *ret_count);

/* One version of one paper, also when it is hidden (look at `access`). ERR_NOT_FOUND. */
enum err paper_find(struct db *db, struct arena *arena, const struct paper_viewer *viewer, const char *code, int64_t version, int64_t now_ms,
                    struct paper *ret);

#endif
