/* Private to plenum-badges: one call of the program, from its options to what it tells. */
#ifndef PLENUM_BADGES_SESSION_H
#define PLENUM_BADGES_SESSION_H

#include "badges/command/command.h"
#include "badges/prepare.h"
#include "badges/printer/printer.h"
#include "core/base/file.h"
#include "core/base/progress.h"
#include "core/congress/badges/printers.h"
#include "core/congress/store/store.h"

struct session {
    const struct badge_options *options;
    struct store store;
    struct arena arena, photos; /* photos: of one volume */
    struct id_source ids;
    struct fonts *fonts;
    const char *base_url;
    bool guessed;               /* base_url is this machine's address, not what anybody said */
    struct badge_wish wish;
    struct badge_ready ready;
    struct reissue reissue;     /* with --reissue: wish.reissue points here */
    struct file_new *files;     /* one for each volume, without their names until all are done */
    size_t volumes, bytes;
    struct badge_report report; /* of all volumes */
    size_t verified, photos_read, photos_bad;
    struct printer_setting printer; /* with --print */
    struct printer_job job;
    struct buf paper;           /* the PDF that goes to the printer */
    int64_t run_id;             /* in the print log */
    bool logged;                /* the run is in the log already, written in turns */
    struct progress progress;
};

#endif
