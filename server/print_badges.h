/* Badges made in this process: for badges.pdf and for the printer's door. */
#ifndef PLENUM_SERVER_PRINT_BADGES_H
#define PLENUM_SERVER_PRINT_BADGES_H

#include "badges/prepare.h"
#include "server/app.h"

/* What one request may ask for: beyond that the command line is the place, which makes volumes, shows progress and takes its time. */
#define PRINT_BADGES_MOST 5000        /* about a second and 20 MB */
#define PRINT_BADGES_PHOTOS_MOST 1000 /* badges with photos: about 7 s */
#define PRINT_BADGES_SCOPE 20000      /* delegates among whom those not printed or changed are looked for */
#define PRINT_BADGES_MS 60000
#define PRINT_BADGES_MEMORY (192u * 1024u * 1024u) /* of the arena of a run; the PDF comes on top */

struct print_badges {
    const char *layout_name;           /* asked for; NULL: the default */
    const struct badge_layout *layout; /* found by print_badges_find */
    struct badge_wish_words words;          /* on paper; zeroed: as the layout says */
    const char *desk_phone;
    unsigned keep;                     /* bits of enum print_keep; 0: everybody */
    bool look_back;                    /* the rows are to know when they were printed last, also when everybody is kept */
    const char *base_url;              /* what the QR codes point at */
    struct badge_ready ready;          /* the list and the run */
    struct buf pdf;                    /* released by the caller */
};

/* The layout by its name, of the data folder or our own, into `p`; ERR_NOT_FOUND or ERR_INPUT as badges_layout_find. Any thread. */
enum err print_badges_find(struct arena *arena, const struct app *app, const char *layout_name, struct print_badges *p, struct fault *fault);

/* "P0001,P0002" as the filter's list; absent or empty: everybody. ERR_INPUT for more than 500: a list that is cut would look like a whole print run. */
enum err print_badges_split(struct arena *arena, const char *text, struct badge_list_filter *filter, struct fault *fault);

/* ERR_LIMIT with a sentence for people when the filter names more than PRINT_BADGES_SCOPE delegates (event NULL: good member cards). */
enum err print_badges_scope(struct db *db, struct arena *arena, const char *event, const struct badge_list_filter *filter, struct fault *fault);

/* On a pool thread: the list and its PDF with photos and logo, appended to p->pdf (which the caller has initialised). Errors as badges_prepare and
 * badges_write; ERR_LIMIT with a sentence for people when it is more than the above, or takes longer. A list without anybody is no error: there is no PDF. */
enum err print_badges_make(struct arena *arena, struct worker *worker, const char *event, const struct badge_list_filter *filter, struct print_badges *p,
                           struct fault *fault);

/* The reply to GET …/badges.pdf, whoever may ask: made in the pool, written into the print log unless it is only looked at. Without {event}: member
 * cards. */
void print_badges_answer(struct http_request *req);

#endif
