/* The console's pages of our work. Private to server/pages. */
#ifndef PLENUM_SERVER_PAGES_OUR_WORK_H
#define PLENUM_SERVER_PAGES_OUR_WORK_H

#include "core/congress/our_work/our_work.h"
#include "server/pages/papers_admin.h"

/* The list, made in the job pool; and one slide of it. `problem`: why a form was refused; NULL: nothing was. */
void our_work_show_list(struct http_request *req, int status, const char *problem);
void our_work_show_slide(struct http_request *req, const char *id, int status, const char *problem);

/* The part of a slide's path that people know it by. */
const char *our_work_name(const char *file);

#endif
