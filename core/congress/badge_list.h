/* What is printed of an event's badges, and the log of print runs. */
#ifndef PLENUM_CONGRESS_BADGE_LIST_H
#define PLENUM_CONGRESS_BADGE_LIST_H

#include "core/base/arena.h"
#include "core/base/id.h"
#include "core/db/db.h"

#include <stddef.h>
#include <stdint.h>

struct badge_list_filter {
    const char *const *only; /* person codes or numbers; NULL: all */
    size_t only_count;
    const char *unit;        /* delegation; NULL: all */
};

struct badge_list_row {
    const char *person_code, *number, *name, *honorific, *title, *delegation, *category, *category_title, *category_color, *seat, *group;
    const char *url; /* "http://HOST/D/TOKEN", as it goes into the QR code */
    int64_t issue;
};

struct badge_list {
    int64_t event_id;
    const char *event_title, *timezone, *venue, *organization, *language;
    int64_t starts_ms, ends_ms;
    struct badge_list_row *rows; /* by delegation in protocol order, blanks last */
    size_t count;
};

/* Titles are picked in the event's first language. `base_url` is what public_url_choose gave. ERR_NOT_FOUND: no such event, unit or person (the fault
 * says which). Delegates who lost their mandate and revoked badges are left out; naming one of them in `only` is an error. */
enum err badge_list_load(struct db *db, struct arena *arena, const char *event, const struct badge_list_filter *filter, const char *base_url,
                         struct badge_list *ret, struct fault *fault);

/* In a transaction: writes the run down, so that nobody is printed twice by mistake and a changed address is noticed. */
enum err badge_list_record(struct db *db, struct id_source *ids, int64_t event_id, const char *layout, const char *base_url, size_t badges, const char *actor,
                           int64_t now_ms);

/* The address for QR codes and links: the option, else the stored one (`public_url` setting), else the event's, else the first address of this
 * machine that is not loopback with `port` (*ret_guessed is set then: the caller warns). Without a slash at the end. In the arena. ERR_INPUT when the
 * one that counts is not http(s)://host[:port]. */
enum err public_url_choose(struct db *db, struct arena *arena, const char *option, const char *event, unsigned port, const char **ret, bool *ret_guessed,
                           struct fault *fault);

/* Whether "address:port" (as it stands in print_run.host; no port means 80) is an address of this machine now and one of the two ports that we listen on
 * (0: none). A name is never known to be ours here. */
bool public_url_is_here(const char *host, unsigned port, unsigned other_port);

/* "http://HOST/D/TOKEN": scheme in lower case, host and path in upper case (DESIGN.md §6). */
char *badge_url(struct arena *arena, const char *base_url, const char *token);

#endif
