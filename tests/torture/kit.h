/* Folders, options and the engine's own opinion of a file: what each program of this folder needs. */
#ifndef PLENUM_TORTURE_KIT_H
#define PLENUM_TORTURE_KIT_H

#include "tests/torture/ground.h"
#include "tests/unit/check.h"

#include <stdint.h>

struct kit {
    struct check check;
    char folder[128];  /* in memory where the machine has such a place; removed at the end */
    uint64_t seed;     /* --seed N */
    int64_t until_ms;  /* --minutes M: go on until then; 0: the short run */
    bool is_long;
};

/* Reads --seed and --minutes, makes the folder, starts the ground. Exit code 2 for anything else. */
void kit_start(struct kit *kit, const char *name, int argc, char **argv);
int kit_end(struct kit *kit, const char *name);
/* Whether the loop goes on: `rounds` in the short run, else until the time is over. */
bool kit_goes_on(const struct kit *kit, int round, int rounds);

/* A fresh, empty folder below the program's own. */
void kit_make_folder(const struct kit *kit, const char *name, char out[256]);
void kit_remove(const char *folder);
void kit_copy_folder(const char *from, const char *to);

/* "ok", or what `PRAGMA integrity_check` and `foreign_key_check` say. In static memory of this thread. */
const char *kit_integrity(const char *database);
/* Each row of a statement, as texts (NULL for NULL), to `row`. False when the engine refuses. */
bool kit_query(const char *database, const char *sql, int (*row)(void *context, int columns, char **values, char **names), void *context);
/* As another program would that has the file open: a checkpoint of one of the engine's three kinds, now. */
void kit_checkpoint(const char *database, int kind);

#endif
