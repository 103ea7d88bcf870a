/* Drawing a layout for the console, in the job pool: for the doors under layouts/ and for the editor's page without JavaScript. */
#ifndef PLENUM_SERVER_LAYOUT_JOB_H
#define PLENUM_SERVER_LAYOUT_JOB_H

#include "badges/layout/layout_folder.h"
#include "badges/layout/layout_place.h"
#include "badges/proof/preview.h"
#include "server/app.h"

struct layout_job {
    const char *event;
    const char *name;          /* for messages */
    const char *text;          /* of the layout, borrowed */
    size_t length;
    const char *person, *language;
    bool back, overlay;
    unsigned pixels;
    struct buf png;            /* released with the request */
    struct badge_preview result; /* in `arena`, which is released with the request */
    struct arena arena;
    enum err error;
    struct fault fault;
    bool is_flawed;            /* the layout itself is wrong: `flaw` tells where */
    struct layout_flaw flaw;
};

/* With what the query asks for: person, language, side, overlay, pixels. NULL: out of memory, and the reply is made. */
struct layout_job *layout_job_new(struct http_request *req);
/* A person as the query or the form names them: a code, a number, or one of the words of badges/proof/preview.h. Bounded; NULL when none. */
const char *layout_job_person(const char *text);

/* On a pool thread. The outcome is in the job; nothing is replied. `worker` NULL: busy. */
void layout_job_run(struct layout_job *job, struct worker *worker);

/* One of the languages of the house, or NULL. */
const char *layout_job_language(const char *text);

/* 422 bad_layout with sentence, place, line and column. */
void layout_job_reply_flaw(struct http_request *req, const struct layout_flaw *flaw);

#endif
