#include "tests/torture/disk.h"

#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum op_kind { OP_WRITE, OP_TRUNCATE, OP_SYNC, OP_CREATE, OP_DELETE, OP_RENAME, OP_SYNC_NAMES };

#define NAME_SIZE 64

struct op {
    enum op_kind kind;
    int file;
    int64_t at;      /* write: where; truncate: the size */
    size_t length, since;
    char *data;
    char name[NAME_SIZE], to[NAME_SIZE];
};

struct base_file {
    char name[NAME_SIZE];
    char *data;
    size_t length;
};

struct disk {
    char folder[512];
    pthread_mutex_t lock;
    struct op *ops;
    size_t count, capacity;
    struct base_file *files; /* [0, base_count) were there at the beginning, the others were made since */
    size_t file_count, base_count;
    struct entry {
        char name[NAME_SIZE];
        int file; /* -1: none now */
    } *names;     /* as they are now */
    size_t name_count;
};

/* --- chance ------------------------------------------------------------------------------------------------------------------- */

uint64_t chance_next(struct chance *chance) /* splitmix64 */
{
    uint64_t z = chance->state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

size_t chance_below(struct chance *chance, size_t bound) { return bound ? (size_t)(chance_next(chance) % bound) : 0; }
bool chance_one_in(struct chance *chance, size_t n) { return chance_below(chance, n) == 0; }

/* --- the log ------------------------------------------------------------------------------------------------------------------- */

static void *sure(void *memory)
{
    if (memory) return memory;
    fprintf(stderr, "torture: out of memory\n");
    abort();
}

static const char *name_of(const struct disk *disk, const char *path)
{
    size_t n = strlen(disk->folder);
    if (strncmp(path, disk->folder, n) != 0 || path[n] != '/' || strchr(path + n + 1, '/') || strlen(path + n + 1) >= NAME_SIZE) return NULL;
    return path + n + 1;
}

bool disk_watches(const struct disk *disk, const char *path) { return disk && path && name_of(disk, path); }

static struct entry *find_name(struct entry *names, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(names[i].name, name) == 0) return &names[i];
    return NULL;
}

static struct entry *make_name(struct entry **names, size_t *count, const char *name)
{
    struct entry *entry = find_name(*names, *count, name);
    if (entry) return entry;
    *names = sure(realloc(*names, (*count + 1) * sizeof **names));
    entry = &(*names)[(*count)++];
    (void)snprintf(entry->name, sizeof entry->name, "%s", name);
    entry->file = -1;
    return entry;
}

static int add_file(struct disk *disk, const char *name)
{
    disk->files = sure(realloc(disk->files, (disk->file_count + 1) * sizeof *disk->files));
    struct base_file *file = &disk->files[disk->file_count];
    *file = (struct base_file){0};
    (void)snprintf(file->name, sizeof file->name, "%s", name);
    return (int)disk->file_count++;
}

static struct op *add_op(struct disk *disk, enum op_kind kind, int file)
{
    if (disk->count == disk->capacity) {
        disk->capacity = disk->capacity ? 2 * disk->capacity : 1024;
        disk->ops = sure(realloc(disk->ops, disk->capacity * sizeof *disk->ops));
    }
    struct op *op = &disk->ops[disk->count++];
    *op = (struct op){.kind = kind, .file = file};
    return op;
}

static void load_base(struct disk *disk, const char *name)
{
    char path[1024];
    struct stat st;
    (void)snprintf(path, sizeof path, "%s/%s", disk->folder, name);
    size_t longest = strlen(name);
    if (longest > 4 && strcmp(name + longest - 4, "-shm") == 0) return; /* shared memory: no power cut leaves it behind in a form that counts */
    if (stat(path, &st) != 0 || !S_ISREG(st.st_mode)) return;
    int index = add_file(disk, name), fd = open(path, O_RDONLY | O_CLOEXEC);
    struct base_file *file = &disk->files[index];
    file->data = sure(malloc((size_t)st.st_size + 1));
    file->length = (size_t)st.st_size;
    for (size_t done = 0; fd >= 0 && done < file->length;) {
        ssize_t n = read(fd, file->data + done, file->length - done);
        if (n <= 0) abort();
        done += (size_t)n;
    }
    if (fd >= 0) close(fd);
    make_name(&disk->names, &disk->name_count, name)->file = index;
}

struct disk *disk_new(const char *folder)
{
    struct disk *disk = sure(calloc(1, sizeof *disk));
    (void)snprintf(disk->folder, sizeof disk->folder, "%s", folder);
    pthread_mutex_init(&disk->lock, NULL);
    DIR *list = opendir(folder);
    if (!list) abort();
    for (struct dirent *entry; (entry = readdir(list));)
        if (strlen(entry->d_name) < NAME_SIZE) load_base(disk, entry->d_name);
    closedir(list);
    disk->base_count = disk->file_count;
    return disk;
}

void disk_free(struct disk *disk)
{
    if (!disk) return;
    for (size_t i = 0; i < disk->count; i++) free(disk->ops[i].data);
    for (size_t i = 0; i < disk->file_count; i++) free(disk->files[i].data);
    free(disk->ops);
    free(disk->files);
    free(disk->names);
    pthread_mutex_destroy(&disk->lock);
    free(disk);
}

void disk_lock(struct disk *disk) { pthread_mutex_lock(&disk->lock); }
void disk_unlock(struct disk *disk) { pthread_mutex_unlock(&disk->lock); }

size_t disk_place(struct disk *disk)
{
    disk_lock(disk);
    size_t place = disk->count;
    disk_unlock(disk);
    return place;
}

int disk_file_at(struct disk *disk, const char *path)
{
    const struct entry *entry = find_name(disk->names, disk->name_count, name_of(disk, path));
    return entry ? entry->file : -1;
}

int disk_created(struct disk *disk, const char *path)
{
    const char *name = name_of(disk, path);
    int file = add_file(disk, name);
    make_name(&disk->names, &disk->name_count, name)->file = file;
    (void)snprintf(add_op(disk, OP_CREATE, file)->name, NAME_SIZE, "%s", name);
    return file;
}

void disk_wrote(struct disk *disk, int file, const void *data, size_t length, int64_t at)
{
    struct op *op = add_op(disk, OP_WRITE, file);
    op->at = at;
    op->length = length;
    op->data = sure(malloc(length + 1));
    memcpy(op->data, data, length);
}

void disk_truncated(struct disk *disk, int file, int64_t size) { add_op(disk, OP_TRUNCATE, file)->at = size; }
void disk_synced(struct disk *disk, int file, size_t since) { add_op(disk, OP_SYNC, file)->since = since; }
void disk_synced_names(struct disk *disk, size_t since) { add_op(disk, OP_SYNC_NAMES, -1)->since = since; }

void disk_deleted(struct disk *disk, const char *path)
{
    struct entry *entry = find_name(disk->names, disk->name_count, name_of(disk, path));
    if (!entry || entry->file < 0) return;
    (void)snprintf(add_op(disk, OP_DELETE, entry->file)->name, NAME_SIZE, "%s", entry->name);
    entry->file = -1;
}

void disk_renamed(struct disk *disk, const char *from, const char *to)
{
    struct entry *entry = find_name(disk->names, disk->name_count, name_of(disk, from));
    if (!entry || entry->file < 0) return;
    int file = entry->file;
    struct op *op = add_op(disk, OP_RENAME, file);
    (void)snprintf(op->name, NAME_SIZE, "%s", name_of(disk, from));
    (void)snprintf(op->to, NAME_SIZE, "%s", name_of(disk, to));
    entry->file = -1;
    make_name(&disk->names, &disk->name_count, op->to)->file = file;
}

/* --- the crash ------------------------------------------------------------------------------------------------------------------ */

struct image {
    char *data;
    size_t length, capacity;
};

static void image_room(struct image *image, size_t length)
{
    if (length <= image->capacity) return;
    image->capacity = length * 2;
    image->data = sure(realloc(image->data, image->capacity));
}

static void image_resize(struct image *image, size_t length)
{
    image_room(image, length + 1);
    if (length > image->length) memset(image->data + image->length, 0, length - image->length);
    image->length = length;
}

static void image_put(struct image *image, const char *data, size_t length, size_t at)
{
    if (at + length > image->length) image_resize(image, at + length);
    memcpy(image->data + at, data, length);
}

struct crash {
    enum crash_style style;
    struct chance *chance;
    size_t sector, last_whole; /* CRASH_TORN: writes from this place on are torn */
};

/* Sector by sector: each one that it touches is there or not. */
static void put_some_sectors(struct image *image, const struct op *op, const struct crash *crash)
{
    size_t at = (size_t)op->at, end = at + op->length;
    while (at < end) {
        size_t next = (at / crash->sector + 1) * crash->sector;
        if (next > end) next = end;
        if (chance_one_in(crash->chance, 2)) image_put(image, op->data + (at - (size_t)op->at), next - at, at);
        at = next;
    }
    if (end > image->length && chance_one_in(crash->chance, 2)) image_resize(image, end); /* grown, without the content */
}

static void put_unsynced(struct image *image, const struct op *op, size_t place, const struct crash *crash)
{
    bool coin = chance_one_in(crash->chance, 2);
    if (crash->style == CRASH_NOTHING) return;
    bool whole = crash->style == CRASH_ALL || (crash->style == CRASH_WRITES && coin) || (crash->style == CRASH_TORN && place < crash->last_whole);
    if (crash->style == CRASH_WRITES && !coin) return;
    if (op->kind == OP_TRUNCATE) {
        if (whole || coin) image_resize(image, (size_t)op->at);
    } else if (whole) {
        image_put(image, op->data, op->length, (size_t)op->at);
    } else {
        put_some_sectors(image, op, crash);
    }
}

static void make_content(const struct disk *disk, int file, size_t place, const struct crash *crash, struct image *image)
{
    const struct base_file *base = &disk->files[file];
    size_t durable = 0;
    image->length = 0;
    image_room(image, base->length + 1);
    if (base->length) image_put(image, base->data, base->length, 0);
    for (size_t i = 0; i < place; i++)
        if (disk->ops[i].kind == OP_SYNC && disk->ops[i].file == file && disk->ops[i].since > durable) durable = disk->ops[i].since;
    for (size_t i = 0; i < place; i++) {
        const struct op *op = &disk->ops[i];
        if (op->file != file || (op->kind != OP_WRITE && op->kind != OP_TRUNCATE)) continue;
        if (i >= durable) put_unsynced(image, op, i, crash);
        else if (op->kind == OP_WRITE) image_put(image, op->data, op->length, (size_t)op->at);
        else image_resize(image, (size_t)op->at);
    }
}

static void apply_name(struct entry **names, size_t *count, const struct op *op)
{
    if (op->kind == OP_CREATE) {
        make_name(names, count, op->name)->file = op->file;
        return;
    }
    struct entry *entry = find_name(*names, *count, op->name);
    bool there = entry && entry->file == op->file;
    if (there) entry->file = -1;
    if (op->kind == OP_RENAME && there) make_name(names, count, op->to)->file = op->file;
}

static struct entry *make_names(const struct disk *disk, size_t place, const struct crash *crash, size_t *ret_count)
{
    struct entry *names = NULL;
    size_t count = 0, durable = 0;
    for (size_t i = 0; i < disk->base_count; i++) make_name(&names, &count, disk->files[i].name)->file = (int)i;
    for (size_t i = 0; i < place; i++)
        if (disk->ops[i].kind == OP_SYNC_NAMES && disk->ops[i].since > durable) durable = disk->ops[i].since;
    for (size_t i = 0; i < place; i++) {
        const struct op *op = &disk->ops[i];
        if (op->kind != OP_CREATE && op->kind != OP_DELETE && op->kind != OP_RENAME) continue;
        bool there = i < durable || crash->style == CRASH_ALL || (crash->style == CRASH_TORN && i < crash->last_whole) ||
                     (crash->style != CRASH_NOTHING && chance_one_in(crash->chance, 2));
        if (there) apply_name(&names, &count, op);
    }
    *ret_count = count;
    return names;
}

static void write_file(const char *folder, const char *name, const struct image *image)
{
    char path[1024];
    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    for (size_t done = 0; done < image->length;) {
        ssize_t n = fd < 0 ? -1 : write(fd, image->data + done, image->length - done);
        if (n <= 0) abort();
        done += (size_t)n;
    }
    if (fd < 0 || close(fd) != 0) abort();
}

void disk_crash(struct disk *disk, size_t place, enum crash_style style, struct chance *chance, const char *folder)
{
    disk_lock(disk);
    struct crash crash = {.style = style, .chance = chance, .sector = chance_one_in(chance, 2) ? 512 : 4096};
    size_t back = chance_below(chance, 12), count;
    crash.last_whole = place > back ? place - back : 0;
    struct entry *names = make_names(disk, place, &crash, &count);
    struct image image = {0};
    for (size_t i = 0; i < count; i++) {
        if (names[i].file < 0) continue;
        make_content(disk, names[i].file, place, &crash, &image);
        write_file(folder, names[i].name, &image);
    }
    free(image.data);
    free(names);
    disk_unlock(disk);
}
