/* Forms of what an event consists of: tables of fields between what a browser sends and a row of the event file (core/congress/event_file/setup.h), which checks it.
 * Private to server/pages. */
#ifndef PLENUM_SERVER_PAGES_SETUP_FORM_H
#define PLENUM_SERVER_PAGES_SETUP_FORM_H

#include "core/congress/event_file/setup.h"
#include "server/pages/view.h"

enum form_kind {
    FORM_LINE,      /* one line */
    FORM_WORDS,     /* a line in each of the organisation's languages */
    FORM_LINES,     /* a list: a line each */
    FORM_NUMBER,
    FORM_MOMENT,    /* by the event's clocks */
    FORM_DAY,
    FORM_CHOICE,    /* one of `choices`; words "setup.is.CHOICE" */
    FORM_ZONE,      /* a time zone */
    FORM_AREA,      /* an area of the event, or none */
    FORM_CATEGORY,  /* a category of the event, or none */
    FORM_WHO,       /* some categories of the event, or all */
    FORM_TICK,
    FORM_COLOUR,    /* or none */
    FORM_LANGUAGES, /* the first is the one that is chosen */
    FORM_VALUES     /* of a choice: code and title in a line each */
};

enum form_flag {
    FORM_NEEDED = 1, /* says so; the check itself is the event file's */
    FORM_FRESH = 2,  /* only of a new row */
    FORM_WIDE = 4,
    FORM_LATER = 8   /* folded away: nobody needs it on the first day */
};

struct form_field {
    const char *key; /* of the event file; "venue.name": of an object, which is stored as a whole */
    enum form_kind kind;
    unsigned flags;
    const char *const *choices; /* NULL-terminated */
};

struct form_table {
    enum setup_kind kind;
    const char *name; /* "session": how the page's addresses and the words ("setup.session.…") call it */
    const char *list; /* in what setup_read shows: "sessions" */
    const struct form_field *fields;
    size_t count;
};
extern const struct form_table form_event, form_new, form_copy, form_session, form_gate, form_area, form_category, form_organization, form_attribute;

/* What a form needs to know beside its own row; the JSON is borrowed. */
struct form_about {
    struct view *view;
    const json_t *event;       /* with its lists; NULL: of no event */
    const char *const *tags;   /* the organisation's languages */
    size_t tag_count;
    const char *wrong;         /* key of the field that the problem is about; NULL: none */
    bool sent;                 /* the form shows what was sent, not the row */
};

/* {"lines": [field …], "later": [field …], "mark", "code", "is_new"} for setup_form.html. `row` NULL: a new one. */
json_t *setup_form_show(const struct form_about *about, const struct form_table *table, const json_t *row);
/* What was sent as a row of the event file; what the form does not have is not in it. A new reference; NULL: out of memory. `row`: as it is stored, or NULL. */
json_t *setup_form_read(struct http_request *req, const struct form_table *table, const json_t *row, const char *const *tags, size_t tag_count);

/* A title of the file in the reader's language; "" when there is none. */
const char *setup_title(struct view *view, const json_t *title);

#endif
