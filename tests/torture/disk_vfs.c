/* SQLite's file system, with a disk behind it that is watched and a plan by which it fails. What is not written by the engine (reading, locks, shared memory) is
 * the default one's. */
#include "tests/torture/ground.h"

#include <errno.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct vfs_file {
    sqlite3_file base; /* first */
    struct disk *disk; /* NULL: not watched */
    int file;
    sqlite3_file *real;
};

static struct {
    sqlite3_vfs *real, vfs;
    sqlite3_syscall_ptr open_directory;
} ground_vfs;
static _Thread_local bool names_synced;

static struct vfs_file *of(sqlite3_file *file) { return (struct vfs_file *)file; }

static int engine_code(int number, int io_code) { return number == ENOSPC ? SQLITE_FULL : io_code; }

static int file_close(sqlite3_file *file)
{
    int code = of(file)->real->pMethods ? of(file)->real->pMethods->xClose(of(file)->real) : SQLITE_OK;
    file->pMethods = NULL;
    return code;
}

static int file_get(sqlite3_file *file, void *data, int length, sqlite3_int64 at)
{
    return of(file)->real->pMethods->xRead(of(file)->real, data, length, at);
}

static int real_write(struct vfs_file *f, const void *data, int length, sqlite3_int64 at)
{
    if (!f->disk) return f->real->pMethods->xWrite(f->real, data, length, at);
    disk_lock(f->disk);
    int code = f->real->pMethods->xWrite(f->real, data, length, at);
    if (code == SQLITE_OK) disk_wrote(f->disk, f->file, data, (size_t)length, at);
    disk_unlock(f->disk);
    return code;
}

static int file_write(sqlite3_file *file, const void *data, int length, sqlite3_int64 at)
{
    bool half;
    int number = ground_fails_io(true, &half);
    if (!number) return real_write(of(file), data, length, at);
    if (half && length > 1) (void)real_write(of(file), data, length / 2, at);
    return engine_code(number, SQLITE_IOERR_WRITE);
}

static int file_truncate(sqlite3_file *file, sqlite3_int64 size)
{
    struct vfs_file *f = of(file);
    bool half;
    if (ground_fails_io(false, &half)) return SQLITE_IOERR_TRUNCATE;
    if (!f->disk) return f->real->pMethods->xTruncate(f->real, size);
    disk_lock(f->disk);
    int code = f->real->pMethods->xTruncate(f->real, size);
    if (code == SQLITE_OK) disk_truncated(f->disk, f->file, size);
    disk_unlock(f->disk);
    return code;
}

/* The default one syncs the folder too when a log or journal is new; that it opens the folder for it is how we see it. */
static int file_sync(sqlite3_file *file, int flags)
{
    struct vfs_file *f = of(file);
    bool half;
    if (ground_fails_io(false, &half)) return SQLITE_IOERR_FSYNC;
    size_t since = f->disk ? disk_place(f->disk) : 0;
    names_synced = false;
    int code = f->real->pMethods->xSync(f->real, flags);
    if (code != SQLITE_OK || !f->disk) return code;
    disk_lock(f->disk);
    disk_synced(f->disk, f->file, since);
    if (names_synced) disk_synced_names(f->disk, since);
    disk_unlock(f->disk);
    return code;
}

static int file_size(sqlite3_file *file, sqlite3_int64 *size) { return of(file)->real->pMethods->xFileSize(of(file)->real, size); }
static int file_take_lock(sqlite3_file *file, int level) { return of(file)->real->pMethods->xLock(of(file)->real, level); }
static int file_leave_lock(sqlite3_file *file, int level) { return of(file)->real->pMethods->xUnlock(of(file)->real, level); }
static int file_reserved(sqlite3_file *file, int *result) { return of(file)->real->pMethods->xCheckReservedLock(of(file)->real, result); }

/* Growing ahead of time is a write that nobody sees here: the engine must not ask for it, and does not by our settings. */
static int file_control(sqlite3_file *file, int operation, void *argument)
{
    if (operation == SQLITE_FCNTL_SIZE_HINT || operation == SQLITE_FCNTL_CHUNK_SIZE) return SQLITE_OK;
    return of(file)->real->pMethods->xFileControl(of(file)->real, operation, argument);
}

static int file_sector(sqlite3_file *file) { return of(file)->real->pMethods->xSectorSize(of(file)->real); }
static int file_traits(sqlite3_file *file) { return of(file)->real->pMethods->xDeviceCharacteristics(of(file)->real); }

static int file_shm_map(sqlite3_file *file, int region, int size, int extend, void volatile **memory)
{
    bool half;
    if (extend && ground_fails_io(true, &half)) return SQLITE_IOERR_SHMSIZE;
    return of(file)->real->pMethods->xShmMap(of(file)->real, region, size, extend, memory);
}

static int file_shm_lock(sqlite3_file *file, int at, int n, int flags) { return of(file)->real->pMethods->xShmLock(of(file)->real, at, n, flags); }
static void file_shm_barrier(sqlite3_file *file) { of(file)->real->pMethods->xShmBarrier(of(file)->real); }
static int file_shm_unmap(sqlite3_file *file, int remove) { return of(file)->real->pMethods->xShmUnmap(of(file)->real, remove); }
static int file_fetch(sqlite3_file *file, sqlite3_int64 at, int n, void **memory) { return of(file)->real->pMethods->xFetch(of(file)->real, at, n, memory); }
static int file_unfetch(sqlite3_file *file, sqlite3_int64 at, void *memory) { return of(file)->real->pMethods->xUnfetch(of(file)->real, at, memory); }

static const sqlite3_io_methods methods = {
    .iVersion = 3, .xClose = file_close, .xRead = file_get, .xWrite = file_write, .xTruncate = file_truncate, .xSync = file_sync, .xFileSize = file_size,
    .xLock = file_take_lock, .xUnlock = file_leave_lock, .xCheckReservedLock = file_reserved, .xFileControl = file_control, .xSectorSize = file_sector,
    .xDeviceCharacteristics = file_traits, .xShmMap = file_shm_map, .xShmLock = file_shm_lock, .xShmBarrier = file_shm_barrier, .xShmUnmap = file_shm_unmap,
    .xFetch = file_fetch, .xUnfetch = file_unfetch};

static int vfs_open(sqlite3_vfs *vfs, sqlite3_filename name, sqlite3_file *file, int flags, int *ret_flags)
{
    (void)vfs;
    struct vfs_file *f = of(file);
    struct disk *disk = ground_disk();
    bool half;
    *f = (struct vfs_file){.file = -1, .real = (sqlite3_file *)(f + 1)};
    if (name && (flags & SQLITE_OPEN_CREATE) && ground_fails_io(true, &half)) return SQLITE_CANTOPEN;
    bool watched = name && !(flags & SQLITE_OPEN_DELETEONCLOSE) && disk_watches(disk, name);
    if (watched) disk_lock(disk);
    int code = ground_vfs.real->xOpen(ground_vfs.real, name, f->real, flags, ret_flags);
    if (watched) {
        if (code == SQLITE_OK) {
            f->disk = disk;
            f->file = disk_file_at(disk, name);
            if (f->file < 0) f->file = disk_created(disk, name);
        }
        disk_unlock(disk);
    }
    if (f->real->pMethods) file->pMethods = &methods;
    return code;
}

static int vfs_delete(sqlite3_vfs *vfs, const char *name, int sync_names)
{
    (void)vfs;
    struct disk *disk = ground_disk();
    bool half, watched = disk_watches(disk, name);
    if (ground_fails_io(false, &half)) return SQLITE_IOERR_DELETE;
    if (!watched) return ground_vfs.real->xDelete(ground_vfs.real, name, sync_names);
    disk_lock(disk);
    names_synced = false;
    int code = ground_vfs.real->xDelete(ground_vfs.real, name, sync_names);
    if (code == SQLITE_OK) disk_deleted(disk, name);
    disk_unlock(disk);
    if (code == SQLITE_OK && names_synced) {
        size_t since = disk_place(disk);
        disk_lock(disk);
        disk_synced_names(disk, since);
        disk_unlock(disk);
    }
    return code;
}

static int open_directory(const char *path, int *ret_fd)
{
    names_synced = true;
    return ((int (*)(const char *, int *))ground_vfs.open_directory)(path, ret_fd);
}

void ground_register_vfs(void)
{
    ground_vfs.real = sqlite3_vfs_find(NULL);
    if (!ground_vfs.real) abort();
    ground_vfs.open_directory = ground_vfs.real->xGetSystemCall(ground_vfs.real, "openDirectory");
    ground_vfs.vfs = *ground_vfs.real;
    ground_vfs.vfs.zName = "torture";
    ground_vfs.vfs.szOsFile = (int)sizeof(struct vfs_file) + ground_vfs.real->szOsFile;
    ground_vfs.vfs.xOpen = vfs_open;
    ground_vfs.vfs.xDelete = vfs_delete;
    if (!ground_vfs.open_directory || ground_vfs.real->xSetSystemCall(ground_vfs.real, "openDirectory", (sqlite3_syscall_ptr)open_directory) != SQLITE_OK ||
        sqlite3_vfs_register(&ground_vfs.vfs, 1) != SQLITE_OK)
        abort();
}
