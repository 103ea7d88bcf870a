/* From a database, a data folder and wishes in words to a run that is ready to be drawn: the one way, for plenum-badges, for printing and for the server.
 *
 * Everything lives in the caller's arena. Not thread-safe on one database connection; otherwise as badges/badges.h. */
#ifndef PLENUM_BADGES_PREPARE_H
#define PLENUM_BADGES_PREPARE_H

#include "badges/badges.h"
#include "badges/photos.h"
#include "core/congress/badges/badge_list.h"
#include "core/congress/badges/print_log.h"
#include "core/congress/badges/reissue.h"

/* How a run is put on paper, as people say it; NULL is the default of each. The same words on the command line, in a form and in a query. */
struct badge_wish_words {
    const char *order;      /* delegation, protocol, given-name, box */
    const char *duplex;     /* long, short, none; the layout's own when NULL */
    const char *separators; /* none, unit (goes with order delegation), box (goes with order box) */
    const char *page;       /* A3, A4, A5, A6, SRA3, Letter, or 320x450 in millimetres; the layout's own when NULL */
};

struct badge_wish {
    const char *event;                 /* slug; NULL: member cards (core/congress/badges/member_card.h) */
    const char *folder;                /* the data folder: photos and the logo */
    const struct badge_layout *layout; /* required */
    const char *base_url;              /* as public_url_choose gave it */
    const char *desk_phone;
    struct badge_list_filter filter;   /* for_name_order is set by the order itself */
    enum badge_list_order order;
    enum badge_duplex duplex;
    enum badge_groups separators;
    double page_width, page_height;
    unsigned keep;                     /* bits of enum print_keep: only who was not printed, or changed; 0: everybody */
    bool look_back;                    /* compare with the print log also when everybody is kept */
    const struct reissue *reissue;     /* draw the new badge that this plans instead of the one that is good now; NULL: none */
    bool allow_missing;
    unsigned threads;
    bool (*on_progress)(void *data, size_t done, size_t total);
    void *progress_data;
};

struct badge_ready {
    struct badge_list list;
    struct badge_run run;   /* all badges, in order, without photos */
    struct photo logo;      /* run.logo points here: do not copy this struct */
    const char *logo_flaw;  /* why the organization's logo is left out; NULL: it is not */
    struct print_count before;   /* of all whom the filter names, before `keep` left some out; zeros when the log was not looked at */
    struct print_change *common; /* what those who are left out say about the event and is no longer so */
    size_t common_count;
};

/* ERR_USAGE with a sentence that begins with `prefix` and the option: "--order: …" (prefix "--") or "order: …" (prefix ""). */
enum err badges_wish_read(const struct badge_wish_words *words, const char *prefix, struct badge_wish *wish, struct fault *fault);

/* Loads the list, sorts it, looks into the print log (wish->keep, wish->look_back), adds what the layout shows (programme, papers, logo). Errors as
 * badge_list_load, badge_list_load_shared and print_log_compare. A list without anybody is no error here. */
enum err badges_prepare(struct db *db, struct arena *arena, const struct badge_wish *wish, int64_t now_ms, struct badge_ready *ret, struct fault *fault);

/* `*ret`: the `count` badges from `first` on as a run of their own, with their photos when the layout shows any; `ready` stays as it is, so that
 * volumes can be made one after the other with one small arena. A photo that cannot be used is a flaw, not an error: that badge shows initials. */
enum err badges_prepare_part(const struct badge_ready *ready, const struct badge_wish *wish, size_t first, size_t count, struct arena *arena,
                             struct badge_run *ret, struct photo_list *ret_photos, struct fault *fault);

#endif
