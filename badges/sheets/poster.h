/* The event's poster for the doors: Wi-Fi code, code of the event's page, and what to press when a phone says that there is no internet. One page, A4 or A3,
 * in one or two languages; where the first is written from the right, the page is mirrored. */
#ifndef PLENUM_BADGES_POSTER_H
#define PLENUM_BADGES_POSTER_H

#include "core/base/arena.h"
#include "core/base/buf.h"
#include "core/db/db.h"
#include "core/typeset/fonts.h"

#include <stdbool.h>
#include <stddef.h>

struct poster {
    const char *languages[2], *titles[2]; /* titles: in these languages; equal ones are printed once */
    size_t language_count;                /* 1 or 2 */
    const char *organization, *dates, *venue;
    const char *wifi_name, *wifi_password, *wifi_security; /* wifi_name NULL: the poster has no Wi-Fi part */
    const char *url;                      /* of the code: "http://HOST/E/SLUG", host and path in upper case (docs/decisions/0023-venue.md) */
    const char *address;                  /* to type: "192.168.1.10:8080", with /e/slug where the server has several events */
    bool a3;                              /* else A4 */
    bool allow_missing;                   /* as struct badge_run's */
};

/* Of an event; `base_url` as public_url_choose gave it, `languages` "vi,ar", NULL or "": the organization's first two. ERR_NOT_FOUND: no such event; ERR_INPUT:
 * a language that is not one of vi, en, pt, ar. All in the arena. */
enum err poster_load(struct db *db, struct arena *arena, const char *event, const char *base_url, const char *languages, struct poster *ret, struct fault *fault);

/* The PDF appended to `out`. ERR_INPUT: a character that no font has; ERR_LIMIT: a text that no code holds. */
enum err poster_write(const struct poster *poster, struct fonts *fonts, struct buf *out, struct fault *fault);

#endif
