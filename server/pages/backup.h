/* The pages of backups and restoring. Private to server/pages. */
#ifndef PLENUM_SERVER_PAGES_BACKUP_H
#define PLENUM_SERVER_PAGES_BACKUP_H

#include "server/backup_job.h"
#include "server/pages/view.h"

#define BACKUP_WORD "restore" /* what is typed, in every language */

struct backup_ask {
    const char *act, *name, *file_name, *data, *made; /* made: the name of what came of it */
    size_t length;
    int64_t offset;
    struct backup_wish wish;
    struct shelf_regular regular;
    bool has_passphrase; /* for the regular ones */
    enum err error;
    struct fault fault;
    const char *problem; /* the page says why the form was not taken */
};

/* For an organiser of all events, where there is a job. NULL: the reply is made. */
struct backup_ask *backup_begin(struct http_request *req);
/* The page, made in the pool; with ask->problem under status 400, or 507 where there is no room. */
void backup_show(struct http_request *req);

/* For the console's front: how old the newest backup is, and a warning. `zone`: by whose clocks. */
void backup_put_age(struct view *view, const char *zone);

#endif
