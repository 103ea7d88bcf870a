/* What the programs of this folder stand on: the place where disk, engine and memory can fail. (Test code: here, and only here, is state of the whole program.)
 *
 * ground_start replaces, before anything else runs,
 *     SQLite's default VFS by one that tells the watched disk and asks the plan (disk_vfs.c),
 *     the allocators of SQLite, Jansson and ICU by ones that ask the plan (ground.c),
 * and the linker's --wrap (Makefile) replaces malloc, calloc, realloc, asprintf, realpath, mmap, open, mkostemp, write, pwrite, ftruncate, fsync, fdatasync,
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

/* From the `nth` chance on (1 is the first), `times` of them fail (0: all, until ground_calm). */
void ground_plan(enum fault_kind kind, long nth, long times);
/* Ends the plan. How many faults there were. */
long ground_calm(void);
/* This thread is none of the code under test (it plays a client): nothing of it fails or counts. */
void ground_spare_thread(void);

bool ground_fails_memory(void);
/* 0, or the errno of the fault; *ret_half: half of a write is to be done first. `grows`: it needs room. */
int ground_fails_io(bool grows, bool *ret_half);

#endif
