/* The console's pages of papers. Private to server/pages. */
#ifndef PLENUM_SERVER_PAGES_PAPERS_ADMIN_H
#define PLENUM_SERVER_PAGES_PAPERS_ADMIN_H

#include "core/congress/papers/publish.h"
#include "server/pages/staff_page.h"

#include "catalogue.h"

struct papers_note {
    int status;
    const char *problem; /* NULL: none */
};

/* Has `page` made in the job pool, with a struct papers_note as the request's state. */
void papers_admin_defer(struct http_request *req, int status, const char *problem, void (*page)(struct http_request *req, void *thread_state));
/* `problem` of the note, `done` of the query. */
void papers_admin_put_note(struct view *view, const struct papers_note *note);

/* `uploads`: files on their way; papers, or what is to hang on the wall. */
enum err papers_admin_put_uploads(struct view *view, const char *event, bool wall, int64_t now_ms);

/* The list, made in the job pool: it counts people. `problem`: why a form was refused. */
void papers_admin_show(struct http_request *req, int status, const char *problem);
/* One paper, in the same way. */
void paper_admin_show(struct http_request *req, int status, const char *problem);

/* Those whose mandate holds, by delegation and category. */
struct papers_people {
    struct sql_room_people_row *rows;
    size_t count;
};
enum err papers_people_load(struct db *db, struct arena *arena, int64_t event_id, struct papers_people *ret);
int64_t papers_people_count(const struct papers_people *people, const char *audience);

/* What both pages say of a paper. */
json_t *paper_item_view(struct view *view, const char *timezone, const struct paper_item *item);

#endif
