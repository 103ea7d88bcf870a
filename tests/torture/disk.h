/* A disk that loses power.
 *
 * A watched folder (on a disk that works) and the log of everything that was done to its files: writes, truncations, syncs, names that came, went and moved.
 * At any place of the log the power may have gone: disk_crash makes a folder as it may look then. What was synced before is there; of the rest each write and
 * each name is there, or not, or in part, by chance and in any order:
 *
 *     content   durable with fsync or fdatasync of that file that began after the write; else each sector of each write for itself (512 or 4096 bytes, never half
 *               of one); a file may have grown without its content (zeros)
 *     names     creating, deleting, renaming: durable with fsync of the folder, never with that of the file; a rename happens whole or not at all
 *
 * That is harsher than ext4 or XFS are. It cannot show a disk that says "synced" and lies, sectors that rot, or a torn sector.
 *
 * Thread-safe while it records; between disk_begin_write and disk_end_write nothing else is recorded, so that the log's order is the order on the disk. */
#ifndef PLENUM_TORTURE_DISK_H
#define PLENUM_TORTURE_DISK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct disk;

/* Small, seeded, the same everywhere. */
struct chance {
    uint64_t state;
};
uint64_t chance_next(struct chance *chance);
size_t chance_below(struct chance *chance, size_t bound);
bool chance_one_in(struct chance *chance, size_t n);

/* Watches a folder; what it holds now is durable. Folders in it are not descended into. Ends the program when memory is short, as all of this does. */
struct disk *disk_new(const char *folder);
void disk_free(struct disk *disk); /* accepts NULL */
bool disk_watches(const struct disk *disk, const char *path);

/* How long the log is now: what happened before is before this place. */
size_t disk_place(struct disk *disk);

void disk_lock(struct disk *disk);
void disk_unlock(struct disk *disk);
/* Under the lock, together with the real thing. A path must be watched; a file is what disk_file_at or disk_created gave. */
int disk_file_at(struct disk *disk, const char *path); /* -1: no such file */
int disk_created(struct disk *disk, const char *path);
void disk_wrote(struct disk *disk, int file, const void *data, size_t length, int64_t at);
void disk_truncated(struct disk *disk, int file, int64_t size);
void disk_synced(struct disk *disk, int file, size_t since);   /* `since`: disk_place when the sync began */
void disk_synced_names(struct disk *disk, size_t since);
void disk_deleted(struct disk *disk, const char *path);
void disk_renamed(struct disk *disk, const char *from, const char *to);

enum crash_style {
    CRASH_ANY,     /* each sector of each write that was not synced, by the toss of a coin */
    CRASH_WRITES,  /* whole writes, by the toss of a coin */
    CRASH_TORN,    /* all but the last few writes, the last ones torn */
    CRASH_NOTHING, /* nothing that was not synced */
    CRASH_ALL,     /* everything: a kill, not a power cut */
    CRASH_STYLES
};

/* Makes `folder` (which must be there and empty) as the watched one may look when the power goes at `place`. */
void disk_crash(struct disk *disk, size_t place, enum crash_style style, struct chance *chance, const char *folder);

#endif
