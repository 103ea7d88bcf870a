/* What the linker puts in the place of the C library's functions in our own code (--wrap, see the Makefile): each asks the plan, and files tell the disk. */
#include "core/base/arena.h"
#include "tests/torture/ground.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define FILES 4096

void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
void *__real_mmap(void *at, size_t length, int protection, int flags, int fd, off_t offset);
int __real_open(const char *path, int flags, ...);
int __real_mkostemp(char *path, int flags);
ssize_t __real_write(int fd, const void *data, size_t length);
ssize_t __real_pwrite(int fd, const void *data, size_t length, off_t at);
int __real_ftruncate(int fd, off_t size);
int __real_fsync(int fd);
int __real_fdatasync(int fd);
int __real_rename(const char *from, const char *to);
int __real_unlink(const char *path);
int __real_close(int fd);

void *__real_arena_alloc(struct arena *arena, size_t size);
void *__real_arena_array(struct arena *arena, size_t count, size_t size);
void *__real_arena_memdup(struct arena *arena, const void *data, size_t length);
char *__real_arena_strndup(struct arena *arena, const char *text, size_t length);
char *__real_arena_strdup(struct arena *arena, const char *text);

int __real_arena_grow(struct arena *arena, void *items, size_t *capacity, size_t count, size_t item_size);

void *__wrap_arena_alloc(struct arena *arena, size_t size);
void *__wrap_arena_array(struct arena *arena, size_t count, size_t size);
void *__wrap_arena_memdup(struct arena *arena, const void *data, size_t length);
char *__wrap_arena_strndup(struct arena *arena, const char *text, size_t length);
char *__wrap_arena_strdup(struct arena *arena, const char *text);
char *__wrap_arena_printf(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));
int __wrap_arena_grow(struct arena *arena, void *items, size_t *capacity, size_t count, size_t item_size);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *memory, size_t size);
void *__wrap_mmap(void *at, size_t length, int protection, int flags, int fd, off_t offset);
int __wrap_open(const char *path, int flags, ...);
int __wrap_mkostemp(char *path, int flags);
ssize_t __wrap_write(int fd, const void *data, size_t length);
ssize_t __wrap_pwrite(int fd, const void *data, size_t length, off_t at);
int __wrap_ftruncate(int fd, off_t size);
int __wrap_fsync(int fd);
int __wrap_fdatasync(int fd);
int __wrap_rename(const char *from, const char *to);
int __wrap_unlink(const char *path);
int __wrap_close(int fd);
int __wrap_vasprintf(char **ret, const char *format, va_list args) __attribute__((format(printf, 2, 0)));
int __wrap_asprintf(char **ret, const char *format, ...) __attribute__((format(printf, 2, 3)));
int __wrap___asprintf_chk(char **ret, int flag, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* --- memory ------------------------------------------------------------------------------------------------------------------------- */

static bool out_of_memory(void)
{
    if (!ground_fails_memory()) return false;
    errno = ENOMEM;
    return true;
}

void *__wrap_malloc(size_t size) { return out_of_memory() ? NULL : __real_malloc(size); }
void *__wrap_calloc(size_t count, size_t size) { return out_of_memory() ? NULL : __real_calloc(count, size); }
void *__wrap_realloc(void *memory, size_t size) { return out_of_memory() ? NULL : __real_realloc(memory, size); }

void *__wrap_mmap(void *at, size_t length, int protection, int flags, int fd, off_t offset)
{
    return out_of_memory() ? MAP_FAILED : __real_mmap(at, length, protection, flags, fd, offset);
}

int __wrap_vasprintf(char **ret, const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int n = vsnprintf(NULL, 0, format, again);
    va_end(again);
    char *text = n < 0 || out_of_memory() ? NULL : __real_malloc((size_t)n + 1);
    if (!text) return -1;
    (void)vsnprintf(text, (size_t)n + 1, format, args);
    *ret = text;
    return n;
}

int __wrap_asprintf(char **ret, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    int n = __wrap_vasprintf(ret, format, args);
    va_end(args);
    return n;
}

int __wrap___asprintf_chk(char **ret, int flag, const char *format, ...)
{
    (void)flag;
    va_list args;
    va_start(args, format);
    int n = __wrap_vasprintf(ret, format, args);
    va_end(args);
    return n;
}

/* An arena asks for memory only now and then; here each piece of it may be the one that there is none for. */
static bool is_short(struct arena *arena)
{
    if (!out_of_memory()) return false;
    arena->is_short = true;
    return true;
}

void *__wrap_arena_alloc(struct arena *arena, size_t size) { return is_short(arena) ? NULL : __real_arena_alloc(arena, size); }
void *__wrap_arena_array(struct arena *arena, size_t count, size_t size) { return is_short(arena) ? NULL : __real_arena_array(arena, count, size); }
void *__wrap_arena_memdup(struct arena *arena, const void *data, size_t length) { return is_short(arena) ? NULL : __real_arena_memdup(arena, data, length); }
char *__wrap_arena_strndup(struct arena *arena, const char *text, size_t length) { return is_short(arena) ? NULL : __real_arena_strndup(arena, text, length); }
char *__wrap_arena_strdup(struct arena *arena, const char *text) { return text && is_short(arena) ? NULL : __real_arena_strdup(arena, text); }

char *__wrap_arena_printf(struct arena *arena, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    char *text = is_short(arena) ? NULL : arena_vprintf(arena, format, args);
    va_end(args);
    return text;
}

int __wrap_arena_grow(struct arena *arena, void *items, size_t *capacity, size_t count, size_t item_size)
{
    return count >= *capacity && is_short(arena) ? -1 : __real_arena_grow(arena, items, capacity, count, item_size);
}

/* --- files ---------------------------------------------------------------------------------------------------------------------------- */

/* Files that our code has opened: only these fail, no socket and no terminal. */
static struct {
    _Atomic(struct disk *) disk;
    atomic_int file;
    atomic_bool known, is_folder;
} open_files[FILES];

static void remember(int fd, struct disk *disk, int file, bool is_folder)
{
    if (fd < 0 || fd >= FILES) return;
    atomic_store(&open_files[fd].disk, disk);
    atomic_store(&open_files[fd].file, file);
    atomic_store(&open_files[fd].is_folder, is_folder);
    atomic_store(&open_files[fd].known, true);
}

static bool is_known(int fd) { return fd >= 0 && fd < FILES && atomic_load(&open_files[fd].known); }

/* The disk of a watched file; NULL. */
static struct disk *disk_of(int fd, int *ret_file)
{
    if (!is_known(fd)) return NULL;
    *ret_file = atomic_load(&open_files[fd].file);
    return atomic_load(&open_files[fd].disk);
}

static bool io_fails(bool grows)
{
    bool half;
    int number = ground_fails_io(grows, &half);
    if (number) errno = number;
    return number != 0;
}

/* A folder is watched when a file in it would be. */
static bool is_watched_folder(const struct disk *disk, const char *path)
{
    char inside[1024];
    (void)snprintf(inside, sizeof inside, "%.1000s/x", path);
    return disk_watches(disk, inside);
}

int __wrap_open(const char *path, int flags, ...)
{
    mode_t mode = 0;
    if (flags & O_CREAT) {
        va_list args;
        va_start(args, flags);
        mode = (mode_t)va_arg(args, int);
        va_end(args);
    }
    struct disk *disk = ground_disk();
    if (io_fails((flags & O_CREAT) != 0)) return -1;
    if (flags & O_DIRECTORY) {
        int fd = __real_open(path, flags, mode);
        remember(fd, is_watched_folder(disk, path) ? disk : NULL, -1, true);
        return fd;
    }
    bool watched = disk_watches(disk, path);
    if (watched && !(flags & O_CREAT)) { /* what nobody told the disk of (shared memory) is not its business */
        disk_lock(disk);
        watched = disk_file_at(disk, path) >= 0;
        disk_unlock(disk);
    }
    if (!watched) {
        int fd = __real_open(path, flags, mode);
        remember(fd, NULL, -1, false);
        return fd;
    }
    disk_lock(disk);
    int fd = __real_open(path, flags, mode), file = disk_file_at(disk, path);
    if (fd >= 0 && file < 0) file = disk_created(disk, path);
    else if (fd >= 0 && (flags & O_TRUNC)) disk_truncated(disk, file, 0);
    disk_unlock(disk);
    remember(fd, disk, file, false);
    return fd;
}

int __wrap_mkostemp(char *path, int flags)
{
    struct disk *disk = ground_disk();
    if (io_fails(true)) return -1;
    bool watched = disk_watches(disk, path);
    if (watched) disk_lock(disk);
    int fd = __real_mkostemp(path, flags), file = -1;
    if (watched && fd >= 0) file = disk_created(disk, path);
    if (watched) disk_unlock(disk);
    remember(fd, watched ? disk : NULL, file, false);
    return fd;
}

static ssize_t put(int fd, const void *data, size_t length, off_t at, bool by_position)
{
    int file;
    struct disk *disk = disk_of(fd, &file);
    if (!disk) return by_position ? __real_pwrite(fd, data, length, at) : __real_write(fd, data, length);
    disk_lock(disk);
    if (!by_position) at = lseek(fd, 0, SEEK_CUR);
    ssize_t n = by_position ? __real_pwrite(fd, data, length, at) : __real_write(fd, data, length);
    if (n > 0) disk_wrote(disk, file, data, (size_t)n, at);
    disk_unlock(disk);
    return n;
}

/* A short write is no error yet: the rest finds the disk full. */
static ssize_t put_or_fail(int fd, const void *data, size_t length, off_t at, bool by_position)
{
    bool half;
    int number = is_known(fd) ? ground_fails_io(true, &half) : 0;
    if (!number) return put(fd, data, length, at, by_position);
    if (half && length > 1) return put(fd, data, length / 2, at, by_position);
    errno = number;
    return -1;
}

ssize_t __wrap_write(int fd, const void *data, size_t length) { return put_or_fail(fd, data, length, 0, false); }
ssize_t __wrap_pwrite(int fd, const void *data, size_t length, off_t at) { return put_or_fail(fd, data, length, at, true); }

int __wrap_ftruncate(int fd, off_t size)
{
    int file, result;
    if (is_known(fd) && io_fails(true)) return -1;
    struct disk *disk = disk_of(fd, &file);
    if (!disk) return __real_ftruncate(fd, size);
    disk_lock(disk);
    result = __real_ftruncate(fd, size);
    if (result == 0) disk_truncated(disk, file, size);
    disk_unlock(disk);
    return result;
}

static int sync_file(int fd, int (*sync)(int fd))
{
    int file;
    if (is_known(fd) && io_fails(false)) return -1;
    struct disk *disk = disk_of(fd, &file);
    if (!disk) return sync(fd);
    size_t since = disk_place(disk);
    int result = sync(fd);
    if (result != 0) return result;
    disk_lock(disk);
    if (atomic_load(&open_files[fd].is_folder)) disk_synced_names(disk, since);
    else disk_synced(disk, file, since);
    disk_unlock(disk);
    return 0;
}

int __wrap_fsync(int fd) { return sync_file(fd, __real_fsync); }
int __wrap_fdatasync(int fd) { return sync_file(fd, __real_fdatasync); }

int __wrap_rename(const char *from, const char *to)
{
    struct disk *disk = ground_disk();
    if (io_fails(true)) return -1;
    if (!disk_watches(disk, from) || !disk_watches(disk, to)) return __real_rename(from, to);
    disk_lock(disk);
    int result = __real_rename(from, to);
    if (result == 0) disk_renamed(disk, from, to);
    disk_unlock(disk);
    return result;
}

int __wrap_unlink(const char *path)
{
    struct disk *disk = ground_disk();
    if (io_fails(false)) return -1;
    if (!disk_watches(disk, path)) return __real_unlink(path);
    disk_lock(disk);
    int result = __real_unlink(path);
    if (result == 0) disk_deleted(disk, path);
    disk_unlock(disk);
    return result;
}

int __wrap_close(int fd)
{
    if (is_known(fd)) atomic_store(&open_files[fd].known, false);
    return __real_close(fd);
}
