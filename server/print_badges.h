/* Badges made in this process: for badges.pdf and for the printer's door. */
#ifndef PLENUM_SERVER_PRINT_BADGES_H
#define PLENUM_SERVER_PRINT_BADGES_H

#include "badges/badges.h"
#include "core/congress/badges/badge_list.h"
#include "server/app.h"

struct print_badges {
    const char *layout_name;           /* asked for; NULL: the default */
    const struct badge_layout *layout; /* found by print_badges_find */
    const char *base_url;              /* what the QR codes point at */
    struct badge_list list;
    struct buf pdf;                    /* released by the caller */
};

/* The layout by its name, into `p`; ERR_NOT_FOUND or ERR_INPUT as badges_layout_find. Any thread. */
enum err print_badges_find(struct arena *arena, const struct app *app, const char *layout_name, struct print_badges *p, struct fault *fault);

/* "P0001,P0002" as the filter's list; absent or empty: everybody. ERR_INPUT for more than 500: a list that is cut would look like a whole print run. */
enum err print_badges_split(struct arena *arena, const char *text, struct badge_list_filter *filter, struct fault *fault);

/* On a pool thread: the list and its PDF, appended to p->pdf (which the caller has initialised). Errors as badge_list_load and badges_write. */
enum err print_badges_make(struct arena *arena, struct worker *worker, const char *event, const struct badge_list_filter *filter, struct print_badges *p,
                           struct fault *fault);

#endif
