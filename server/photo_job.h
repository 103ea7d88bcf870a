/* One photo that somebody sent: whose it is, decoding, storing. What the doors of the API and the forms of the pages share. */
#ifndef PLENUM_SERVER_PHOTO_JOB_H
#define PLENUM_SERVER_PHOTO_JOB_H

#include "core/congress/photos/photos.h"
#include "server/app.h"

#define PHOTO_UPLOAD_MOST (20u * 1024u * 1024u)

struct photo_job {
    /* Set by the handler; all of them live in the request. */
    const char *person;    /* code of a delegate of the route's event; NULL: found by the file's name */
    bool of_register;      /* the code is anybody's of the register */
    const char *file_name; /* NULL when `person` is given */
    const char *data;
    size_t length;
    /* What came of it. */
    enum err result;       /* OK: the rest says what; else reply_error(result, fault) */
    struct fault fault;
    const char *outcome;   /* new, replaced, same, doubtful, unknown, refused */
    const char *why;       /* word of photo_match, or the sentence of the one who refused */
    json_t *people;        /* of whom, or of whom perhaps: released with the request */
};

/* Works on it in the pool, writes, and then calls `then` on the request's worker; req->state is the job. May reply "busy" itself. */
void photo_job_run(struct http_request *req, struct photo_job *job, void (*then)(struct http_request *req));

#endif
