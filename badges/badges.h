/* Badges: plain facts in, a PDF out. No database, no HTTP.
 *
 * Texts are UTF-8, borrowed for the call, and may be NULL where nothing is known. Thread-safe as long as each thread has fonts of its own
 * (core/typeset/fonts.h). What is printed does not depend on the number of threads. */
#ifndef PLENUM_BADGES_BADGES_H
#define PLENUM_BADGES_BADGES_H

#include "core/base/buf.h"
#include "core/base/crew.h"
#include "core/base/err.h"
#include "core/typeset/fonts.h"
#include "core/vision/photo.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A line of the programme ("01/12 08:00", "Opening") or of the papers ("12/BC-BCH", "Political report"). */
struct badge_line {
    const char *first, *second;
};

struct badge {
    const char *person_code; /* for messages, bookkeeping, and {code} */
    const char *name;
    const char *honorific;
    const char *title;
    const char *delegation;
    const char *category_title;
    const char *category_color; /* "#rrggbb" */
    const char *seat;
    const char *number;
    const char *group;
    const char *room, *transport, *diet, *badge_box;
    const char *joined;         /* a year or a date; on member cards */
    const char *url;            /* the text of the QR code, exactly (DESIGN.md §6); required */
    const struct photo *photo;  /* NULL: initials */
    const struct badge_line *programme, *papers;
    size_t programme_count, paper_count;
    int64_t issue; /* above 1 for a badge that replaces a lost one */
    bool blank;    /* numbered, with a line to write the name on */
};

enum badge_duplex { DUPLEX_LAYOUT, DUPLEX_NONE, DUPLEX_LONG, DUPLEX_SHORT };
enum badge_groups { GROUPS_NONE, GROUPS_DELEGATION, GROUPS_BOX };

struct badge_layout;

struct badge_run {
    const char *event_title; /* NULL: member cards */
    bool member_cards;       /* of people, not of an event: no title, dates, venue */
    const char *dates; /* "01–02/12/2026" */
    const char *venue;
    const char *organization;
    const char *language; /* of the printed labels and of the document */
    const char *wifi_name, *wifi_password, *wifi_security; /* of the guests' network; security "WPA", "WEP", "nopass" or NULL */
    const char *desk_phone;
    const struct photo *logo;
    const char *layout;   /* a name, as badges_layout_find takes it; NULL = "a4x8" */
    const char *folder;   /* the data folder, whose layouts/NAME.json go before our own; may be NULL */
    const struct badge_layout *ready; /* instead of the above two: a layout that was read already */
    double page_width, page_height;   /* another page than the layout's, millimetres; 0 = the layout's */
    enum badge_duplex duplex;         /* another way of turning the paper than the layout's */
    enum badge_groups separators;     /* a page of its own before each delegation or badge box */
    bool by_name;                     /* the order is that of given names: bookmarks are letters, not delegations */
    unsigned first_page;              /* the label of the first page, for volumes; 0 = 1 */
    const struct badge *badges; /* printed in this order */
    size_t count;
    bool allow_missing; /* print a box for a character that no font has, and tell, instead of refusing */
    unsigned threads;   /* besides the caller's */
    bool (*on_progress)(void *data, size_t done, size_t total); /* may be NULL; called now and then; false stops (ERR_TIMEOUT) */
    void *progress_data;
};

/* A text that ends in an ellipsis: of which badge of the run, in which part of the layout ("front[4]"). */
struct badge_cut {
    size_t badge, part;
    bool back, name; /* name: the person's own */
};
#define BADGE_CUTS_TOLD 12

struct badge_report {
    size_t badges, pages;
    size_t cut;          /* texts that end in an ellipsis */
    size_t cut_names;    /* of these the names of people */
    struct badge_cut cuts[BADGE_CUTS_TOLD]; /* the first of them, names before others */
    size_t cuts_told;
    size_t missing;      /* texts with a character that no font has (allow_missing) */
    size_t helped;       /* texts for which another font than the layout's had to help: it is not on this machine, or lacks a letter */
    unsigned modules;    /* cells along the side of the largest QR code; above 29 the address is longer than wished */
    double name_least;   /* the smallest size of a printed name, points; 0 = no names */
};

/* A layout by name: FOLDER/layouts/NAME.json when `folder` is given and has it, else ours. NULL finds the default. Never a path, so names may come from
 * strangers. *ret lives in the arena. ERR_NOT_FOUND with the list of names; ERR_INPUT with the place in the file. */
enum err badges_layout_find(struct arena *arena, const char *folder, const char *name, const struct badge_layout **ret, struct fault *fault);
/* A layout from the text of a file. `name` is for messages, may be NULL. ERR_INPUT: "front[3].box: …". */
enum err badges_layout_read(struct arena *arena, const char *name, const char *text, size_t length, const struct badge_layout **ret, struct fault *fault);
/* The names of our own in the order of the help, the default first, NULL after the last. */
const char *badges_layout_name(size_t index);
/* The file of one of our own, NUL-terminated, as a start for somebody's own; NULL when there is none of that name. */
const char *badges_layout_source(const char *name, size_t *ret_length);
/* The kind of paper, one of "badge", "voting_card", "coupon", "sheet": who got a badge may still need a coupon. */
const char *badges_layout_kind(const struct badge_layout *layout);
/* Whether it prints the programme or the papers, and the logo: what it does not print need not be read. */
bool badges_layout_lists(const struct badge_layout *layout);
bool badges_layout_shows_logo(const struct badge_layout *layout);
/* The aspect in which the layout shows photos, as pixels that are enough for print; false when it shows none. */
bool badges_layout_photo(const struct badge_layout *layout, unsigned *ret_width, unsigned *ret_height);

/* The whole PDF appended to `out`. Refused (ERR_INPUT, the sentence names person and character) before anything is written: a character that
 * no font has, a badge without URL, a URL that no QR code can hold, a colour that is none, an empty run. `ret` may be NULL. */
enum err badges_write(const struct badge_run *run, struct fonts *fonts, struct buf *out, struct badge_report *ret, struct fault *fault);

#endif
