#include "server/pages/sign_in_note.h"
#include "core/base/clock.h"

#include <stdlib.h>

void sign_in_note_fill(struct http_request *req, int64_t account_id, enum sign_in_outcome outcome, struct sign_in *ret)
{
    struct id_source ids = {0};
    *ret = (struct sign_in){.id = id_next(&ids), .account_id = account_id, .at_ms = clock_now_ms(), .outcome = outcome, .ended_ms = DB_NULL};
    ret->way = req->is_tls ? "https" : req->is_loopback ? "here" : "air";
    sign_in_read_browser(http_header(req, "User-Agent"), &ret->browser, &ret->machine);
}

struct note {
    struct writer_work work; /* first: what `done` is given */
    struct sign_in sign_in;
};

static enum err write_note(struct db *db, void *arg, struct fault *fault)
{
    const struct note *note = arg;
    (void)fault;
    return sign_in_write(db, &note->sign_in);
}

static void note_written(struct writer_work *work) { free(work); }

void sign_in_note(struct http_request *req, int64_t account_id, enum sign_in_outcome outcome)
{
    struct note *note = calloc(1, sizeof *note);
    if (!note) return;
    sign_in_note_fill(req, account_id, outcome, &note->sign_in);
    note->work = (struct writer_work){.apply = write_note, .done = note_written, .arg = note};
    if (writer_submit(app_of(req)->writer, &note->work) != OK) free(note);
}
