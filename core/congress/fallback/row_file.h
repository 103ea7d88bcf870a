/* What was typed from printed lists into a spreadsheet: a CSV file with the columns code and time, and if need be date, direction and gate. All or nothing: every
 * line is looked at before the first is recorded, and every one that is wrong is told. The same file twice changes nothing.
 *
 * Works beside a running server, 64 scans a transaction; each has a name of its own, so that after a power cut the same file is given again. */
#ifndef PLENUM_CONGRESS_ROW_FILE_H
#define PLENUM_CONGRESS_ROW_FILE_H

#include "core/congress/fallback/row_tick.h"

#define ROW_FILE_LIMIT (16u * 1024u * 1024u)

struct row_file_options {
    const char *folder, *file, *event; /* event NULL: ERR_USAGE */
    struct row_setting setting;        /* for lines that do not say it themselves */
    const char *actor;
    bool dry_run;
};

/* Whether the file's first line names the columns of such a list; also false when it cannot be read. */
bool row_file_is_one(const char *path);

/* *ret_report, owned by the caller, also when lines are wrong (ERR_INPUT): event, lines, new, known, conflicts, and results: of those that are wrong, else of
 * those that are in conflict, as row_tick_json; with dry_run of all. */
enum err row_file_import(const struct row_file_options *options, json_t **ret_report, struct fault *fault);

#endif
