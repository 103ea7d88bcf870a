/* One side of one person's badge as a PNG, on a page of its own: what the console shows while a layout is edited, and small in its list.
 *
 * The QR code leads nowhere (its token is all zeros): a picture of a layout must never open anybody's papers. */
#ifndef PLENUM_BADGES_PREVIEW_H
#define PLENUM_BADGES_PREVIEW_H

#include "badges/badges.h"
#include "core/db/db.h"

#define PREVIEW_PIXELS_LEAST 64
#define PREVIEW_PIXELS_MOST 2400

struct badge_preview_wish {
    const char *event, *folder, *base_url;
    const struct badge_layout *layout;
    const char *person;   /* a code or number; "~blank", "~longest", "~no-photo", "~full" (everything known); NULL or "": the first */
    const char *language; /* of words and direction; NULL: the event's */
    bool back;
    bool overlay;         /* millimetres, boxes with their index, size and reading distance of texts */
    unsigned pixels;      /* of the longer side */
};

struct badge_preview {
    const char *person;  /* its code or number; "" for an invented one */
    bool has_back;
    size_t cut, missing, helped; /* texts: as in struct badge_report */
    double name_size;    /* points; 0: no name on this side */
    const char *flaw;    /* of photo or logo; NULL */
};

/* ERR_NOT_FOUND: no such event or person, or the layout has no back. ERR_INPUT: the layout cannot be drawn with this person's facts. Everything of `ret`
 * in the arena. In a job: draws in a child process, some 100 ms. */
enum err badges_preview(struct db *db, struct arena *arena, const struct badge_preview_wish *wish, int64_t now_ms, struct fonts *fonts, struct buf *png,
                        struct badge_preview *ret, struct fault *fault);

#endif
