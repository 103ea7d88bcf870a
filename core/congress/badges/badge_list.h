/* What is printed of an event's badges. The log of print runs is print_log.h. */
#ifndef PLENUM_CONGRESS_BADGE_LIST_H
#define PLENUM_CONGRESS_BADGE_LIST_H

#include "core/base/arena.h"
#include "core/base/id.h"
#include "core/db/db.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct badge_list_filter {
    const char *const *only; /* person codes or numbers; NULL: all */
    size_t only_count;
    const char *unit;        /* delegation; NULL: all */
    bool for_name_order;     /* the rows' name_sort is needed: it is longer than all the rest */
};

/* A line of the programme or of the papers, in two columns. */
struct badge_list_line {
    const char *first, *second;
};

/* What delegates of one category have in common. */
struct badge_list_category {
    const char *code;
    struct badge_list_line *programme, *papers; /* papers: those that may be named before a PIN */
    size_t programme_count, paper_count;
};

enum badge_list_order {
    BADGE_ORDER_DELEGATION, /* units in their order, in them protocol order */
    BADGE_ORDER_PROTOCOL,   /* the delegates' order */
    BADGE_ORDER_NAME,       /* given name first, as the people's sort keys are made (core/base/text.h) */
    BADGE_ORDER_BOX         /* badge box, in it as by delegation */
};

struct print_before; /* print_log.h */
struct print_change;

struct badge_list_row {
    int64_t delegate_id, credential_id, person_id; /* 0: none (a member card has no delegate, a blank badge no person) */
    const char *person_code, *number, *name, *honorific, *title, *delegation, *category, *category_title, *category_color, *seat, *group;
    const char *room, *transport, *diet, *badge_box, *photo_sha256, *name_sort, *joined; /* joined: a year or a date, on member cards only */
    const struct badge_list_category *shared; /* NULL before badge_list_load_shared */
    int64_t order;   /* protocol; INT64_MAX = none */
    const char *url; /* "http://HOST/D/TOKEN", as it goes into the QR code */
    int64_t issue;
    const struct print_before *printed; /* the last print that counts; NULL: never, or not compared with the log yet (print_log_compare) */
    const struct print_change *changes; /* since then, of what the layout shows */
    size_t change_count;
};

struct badge_list {
    int64_t event_id; /* 0: member cards, which belong to no event */
    const char *event_title, *timezone, *venue, *organization, *language;
    const char *event, *wifi_name, *wifi_password, *wifi_security, *logo_sha256, *desk_phone;
    bool pin_for_all; /* papers are not named before the PIN */
    int64_t starts_ms, ends_ms;
    struct badge_list_row *rows; /* by delegation in protocol order, blanks last */
    size_t count;
    const struct badge_list_category *shared; /* of every category of the event, after badge_list_load_shared */
    size_t shared_count;
    int64_t runs_seen; /* mark of the runs of this kind that counted when the list was compared with the print log */
};

/* Titles are picked in the event's first language. `base_url` is what public_url_choose gave. ERR_NOT_FOUND: no such event, unit or person (the fault
 * says which). Delegates who lost their mandate and revoked badges are left out, of several
 * that are good the newest issue is taken; naming one of them in `only` is an error. */
enum err badge_list_load(struct db *db, struct arena *arena, const char *event, const struct badge_list_filter *filter, const char *base_url,
                         struct badge_list *ret, struct fault *fault);

/* The first of the organization's languages, a JSON list; "vi" when there is none. What is printed is in it. */
const char *badge_list_language(struct arena *arena, const char *languages);

/* Sorts the rows anew; equal ones stay as they are, blanks stay last. */
void badge_list_sort(struct badge_list *list, enum badge_list_order order);

/* The programme and the papers of each category into the rows: for layouts that print them. */
enum err badge_list_load_shared(struct db *db, struct arena *arena, struct badge_list *list, int64_t now_ms, struct fault *fault);

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
