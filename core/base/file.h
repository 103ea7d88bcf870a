/* Files: reading whole, writing so that a power cut leaves the old or the new one, folders, locks. */
#ifndef PLENUM_BASE_FILE_H
#define PLENUM_BASE_FILE_H

#include "core/base/arena.h"
#include "core/base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The whole file into the arena, NUL-terminated. ERR_LIMIT above `longest` bytes. */
enum err file_read(struct arena *arena, const char *path, size_t longest, char **ret_data, size_t *ret_length, struct fault *fault);

/* Temporary file in the same folder, fsync, rename, fsync of the folder. `mode` as in open(2). */
enum err file_write_atomic(const char *path, const void *data, size_t length, unsigned mode, struct fault *fault);

/* The steps of the above for content that comes in pieces: write to fd, then commit, or abandon. */
struct file_new {
    int fd;
    char path[4096];
    char temporary[4096 + 16];
};
enum err file_new_open(struct file_new *file, const char *path, unsigned mode, struct fault *fault);
enum err file_new_commit(struct file_new *file, struct fault *fault);
void file_new_abandon(struct file_new *file); /* accepts one that was committed */

/* All of `data`, through short writes and EINTR. */
enum err file_write_all(int fd, const void *data, size_t length);

bool file_exists(const char *path);
bool file_is_directory(const char *path);
/* No folder, pipe, device or socket, also behind a link: reading it never waits for anybody. */
bool file_is_plain(const char *path);
/* mkdir -p with mode 0700. */
enum err file_make_directories(const char *path, struct fault *fault);
/* fsync of a folder, so that a rename in it is durable. */
enum err file_sync_directory(const char *path);

/* A folder and all beneath it; links are removed, not followed. What cannot be removed stays, the rest goes, and errno says why the first one stayed. One that is
 * not there is fine. */
enum err file_remove_tree(const char *path);

/* A relative path that stays beneath its root: no leading /, no "." or ".." part, no backslash, no empty part, at most 1024 bytes. */
bool file_is_safe_relative(const char *path);
/* "a/b" in the arena. */
char *file_join(struct arena *arena, const char *folder, const char *name);
/* The part after the last /. Borrowed. */
const char *file_base_name(const char *path);
/* The folder of a path, "." when it has none. */
char *file_folder(struct arena *arena, const char *path);

/* A lock that dies with the process (flock). ERR_BUSY when another process holds it. The fd is the lock. */
enum err file_lock(const char *path, int *ret_fd, struct fault *fault);
void file_unlock(int fd);

#endif
