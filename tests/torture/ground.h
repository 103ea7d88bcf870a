/* What the programs of this folder stand on: the place where disk, engine and memory can fail. (Test code: here, and only here, is state of the whole program.)
 *
 * ground_start replaces, before anything else runs,
 *     SQLite's default VFS by one that tells the watched disk and asks the plan (disk_vfs.c),
 *     the allocators of SQLite, Jansson and ICU by ones that ask the plan (ground.c),
 * and the linker's --wrap (Makefile) replaces malloc, calloc, realloc, asprintf, mmap, the arena's functions, open, mkostemp, write, pwrite, ftruncate, fsync, fdatasync,
 * rename and unlink in all of our own code (wrap.c). libmicrohttpd's, GnuTLS's and curl's own memory is not ours to fail. */
#ifndef PLENUM_TORTURE_GROUND_H
#define PLENUM_TORTURE_GROUND_H

#include "tests/torture/disk.h"

#include <stdbool.h>
#include <stddef.h>

void ground_start(void);
void ground_register_vfs(void); /* disk_vfs.c */

/* --- the disk that is watched; NULL: none ------------------------------------------------------------------------------------- */

void ground_watch(struct disk *disk);
struct disk *ground_disk(void);

/* --- the plan of faults ---------------------------------------------------------------------------------------------------------- */

enum fault_kind {
    FAULT_MEMORY, /* an allocation gives NULL */
    FAULT_IO,     /* a write, sync, truncation, creation, renaming: EIO; nothing was done */
    FAULT_FULL,   /* a write, creation, growth: ENOSPC */
    FAULT_SHORT   /* a write does half of its work, and then as FAULT_FULL */
};

enum fault_where { FAULT_HERE, FAULT_ELSEWHERE }; /* in the thread that plans; in all the others */

/* From the `nth` chance on (1 is the first), `times` of them fail (0: all, until ground_calm). */
void ground_plan(enum fault_kind kind, enum fault_where where, long nth, long times);
/* Ends the plan. How many faults there were. */
long ground_calm(void);
/* How many chances there were since the plan was made, and how many faults. */
long ground_chances(void);

bool ground_fails_memory(void);
/* 0, or the errno of the fault; *ret_half: half of a write is to be done first. `grows`: it needs room. */
int ground_fails_io(bool grows, bool *ret_half);

#endif
