/* `plenum import FILE.csv|.xlsx`: lists of offices. */
#ifndef PLENUM_SERVER_IMPORT_LIST_H
#define PLENUM_SERVER_IMPORT_LIST_H

#include "core/base/opt.h"

#include <stdbool.h>
#include <stddef.h>

struct import_list_command {
    const char *data, *const *files; /* at least one */
    size_t file_count;
    const char *event, *category, *sheet, *header, *doubtful;
    struct opt_list map, decide;
    bool units, dry_run, prune, take_good, capitals, new_units, forget_mapping, json;
};

int import_list(const struct import_list_command *command);
/* `plenum import --list`, `plenum import --undo N`. */
int import_list_history(const char *data, const char *event, bool json);
int import_list_undo(const char *data, long number, bool json);

#endif
