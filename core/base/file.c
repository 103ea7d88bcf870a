#include "core/base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <fts.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static enum err fault_errno(struct fault *fault, const char *path)
{
    int number = errno;
    return fault_set(fault, err_from_errno(number), "%s: %s", path, strerror(number));
}

enum err file_read(struct arena *arena, const char *path, size_t longest, char **ret_data, size_t *ret_length, struct fault *fault)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return fault_errno(fault, path);
    enum err e = OK;
    struct stat st;
    char *data = NULL;
    size_t have = 0;
    if (fstat(fd, &st) != 0) e = fault_errno(fault, path);
    else if (S_ISDIR(st.st_mode)) e = fault_set(fault, ERR_INPUT, "%s: is a folder", path);
    else if ((uintmax_t)st.st_size > longest) e = fault_set(fault, ERR_LIMIT, "%s: larger than %zu bytes", path, longest);
    if (e != OK) goto out;
    size_t room = st.st_size > 0 ? (size_t)st.st_size : 65536; /* pipes and /proc say 0 */
    data = arena_alloc(arena, room + 1);
    for (;;) {
        if (!data) {
            e = fault_set(fault, ERR_NOMEM, "%s: not enough memory", path);
            goto out;
        }
        ssize_t n = read(fd, data + have, room - have);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) {
            e = fault_errno(fault, path);
            goto out;
        }
        have += (size_t)n;
        if (n == 0 || (st.st_size > 0 && have == room)) break;
        if (have < room) continue;
        if (room >= longest) {
            e = fault_set(fault, ERR_LIMIT, "%s: larger than %zu bytes", path, longest);
            goto out;
        }
        char *more = arena_alloc(arena, room * 2 + 1);
        if (more) memcpy(more, data, have);
        data = more;
        room *= 2;
    }
    data[have] = '\0';
    *ret_data = data;
    *ret_length = have;
out:
    close(fd);
    return e;
}

enum err file_write_all(int fd, const void *data, size_t length)
{
    const char *p = data;
    while (length > 0) {
        ssize_t n = write(fd, p, length);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return err_from_errno(errno);
        p += n;
        length -= (size_t)n;
    }
    return OK;
}

enum err file_sync_directory(const char *path)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return err_from_errno(errno);
    enum err e = fsync(fd) == 0 || errno == EINVAL ? OK : err_from_errno(errno); /* EINVAL: a file system without it (some networks' folders) */
    close(fd);
    return e;
}

enum err file_new_open(struct file_new *file, const char *path, unsigned mode, struct fault *fault)
{
    if (strlen(path) >= sizeof file->path) return fault_set(fault, ERR_INPUT, "%.100s…: path too long", path);
    file->fd = -1;
    struct stat old; /* a rename would put a plain file in the place of a device, /dev/stdout even */
    if (stat(path, &old) == 0 && !S_ISREG(old.st_mode)) return fault_set(fault, ERR_INPUT, "%.200s is no plain file: nothing can be written in its place", path);
    (void)snprintf(file->path, sizeof file->path, "%s", path);
    (void)snprintf(file->temporary, sizeof file->temporary, "%s.XXXXXX", path);
    file->fd = mkostemp(file->temporary, O_CLOEXEC);
    if (file->fd < 0) return fault_errno(fault, path);
    if (mode != 0600 && fchmod(file->fd, mode) != 0) { /* mkostemp has made it 0600; a stick's file system may know no modes */
        enum err e = fault_errno(fault, path);
        file_new_abandon(file);
        return e;
    }
    return OK;
}

void file_new_abandon(struct file_new *file)
{
    if (file->fd < 0) return;
    close(file->fd);
    (void)unlink(file->temporary);
    file->fd = -1;
}

enum err file_new_commit(struct file_new *file, struct fault *fault)
{
    enum err e = OK;
    if (fsync(file->fd) != 0 || rename(file->temporary, file->path) != 0) {
        e = fault_errno(fault, file->path);
        file_new_abandon(file);
        return e;
    }
    close(file->fd);
    file->fd = -1;
    char folder[4096];
    const char *slash = strrchr(file->path, '/');
    size_t n = slash ? (size_t)(slash - file->path) : 0;
    if (slash && n == 0) n = 1;
    memcpy(folder, slash ? file->path : ".", slash ? n : 1);
    folder[slash ? n : 1] = '\0';
    e = file_sync_directory(folder);
    return e == OK ? OK : fault_set(fault, e, "%s: %s", folder, err_name(e));
}

enum err file_write_atomic(const char *path, const void *data, size_t length, unsigned mode, struct fault *fault)
{
    struct file_new file;
    enum err e = file_new_open(&file, path, mode, fault);
    if (e != OK) return e;
    e = file_write_all(file.fd, data, length);
    if (e != OK) {
        file_new_abandon(&file);
        return fault_set(fault, e, "%s: %s", path, err_name(e));
    }
    return file_new_commit(&file, fault);
}

bool file_exists(const char *path)
{
    return access(path, F_OK) == 0;
}

bool file_is_plain(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

bool file_is_directory(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

enum err file_make_directories(const char *path, struct fault *fault)
{
    char part[4096];
    size_t n = strlen(path);
    if (n == 0 || n >= sizeof part) return fault_set(fault, ERR_INPUT, "bad folder name \"%.100s\"", path);
    memcpy(part, path, n + 1);
    for (size_t i = 1; i <= n; i++) {
        if (part[i] != '/' && part[i] != '\0') continue;
        char keep = part[i];
        part[i] = '\0';
        if (mkdir(part, 0700) != 0 && errno != EEXIST) return fault_errno(fault, part);
        part[i] = keep;
    }
    return file_is_directory(path) ? OK : fault_set(fault, ERR_CONFLICT, "%s: is not a folder", path);
}

enum err file_remove_tree(const char *path)
{
    char *const paths[] = {(char *)path, NULL}; /* fts(3) does not write to it */
    int first = 0;
    FTS *tree = fts_open(paths, FTS_PHYSICAL | FTS_NOCHDIR, NULL);
    if (!tree) return err_from_errno(errno);
    for (FTSENT *entry; (entry = fts_read(tree)) != NULL;) {
        if (entry->fts_info == FTS_D) continue; /* it comes once more, after what is in it */
        if (remove(entry->fts_accpath) != 0 && errno != ENOENT && !first) first = errno;
    }
    (void)fts_close(tree);
    errno = first;
    return err_from_errno(first);
}

bool file_is_safe_relative(const char *path)
{
    size_t n = strlen(path);
    if (n == 0 || n > 1024 || path[0] == '/' || strchr(path, '\\')) return false;
    while (*path) {
        size_t part = strcspn(path, "/");
        if (part == 0 || (part == 1 && path[0] == '.') || (part == 2 && path[0] == '.' && path[1] == '.')) return false;
        path += part;
        if (*path == '/' && *++path == '\0') return false;
    }
    return true;
}

char *file_join(struct arena *arena, const char *folder, const char *name)
{
    size_t n = strlen(folder);
    return arena_printf(arena, "%s%s%s", folder, n && folder[n - 1] == '/' ? "" : "/", name);
}

const char *file_base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

char *file_folder(struct arena *arena, const char *path)
{
    const char *slash = strrchr(path, '/');
    if (!slash) return arena_strdup(arena, ".");
    return arena_strndup(arena, path, slash == path ? 1 : (size_t)(slash - path));
}

enum err file_lock(const char *path, int *ret_fd, struct fault *fault)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0) return fault_errno(fault, path);
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        int number = errno;
        close(fd);
        if (number == EWOULDBLOCK) return fault_set(fault, ERR_BUSY, "%s: another program holds it", path);
        return fault_set(fault, err_from_errno(number), "%s: %s", path, strerror(number));
    }
    *ret_fd = fd;
    return OK;
}

void file_unlock(int fd)
{
    if (fd >= 0) close(fd);
}
