#include "core/base/file.h"
#include "core/base/text.h"
#include "core/base/zip.h"
#include "core/congress/store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#define SNIFF_BYTES 512
#define PIECE (64 * 1024)

static bool starts(const unsigned char *data, size_t length, size_t at, const char *magic, size_t n)
{
    return length >= at + n && memcmp(data + at, magic, n) == 0;
}

static const char *sniff_zip(const char *name)
{
    static const struct {
        const char *ending, *type;
    } office[] = {{".docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
                  {".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
                  {".pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"},
                  {".odt", "application/vnd.oasis.opendocument.text"},
                  {".ods", "application/vnd.oasis.opendocument.spreadsheet"},
                  {".odp", "application/vnd.oasis.opendocument.presentation"}};
    size_t n = name ? strlen(name) : 0;
    for (size_t i = 0; i < sizeof office / sizeof office[0]; i++) {
        size_t k = strlen(office[i].ending);
        if (n > k && strcasecmp(name + n - k, office[i].ending) == 0) return office[i].type;
    }
    return "application/zip";
}

/* Text: UTF-8 without control characters, except that the last character may be cut by the end of what was read. */
static bool looks_like_text(const unsigned char *data, size_t length)
{
    char copy[SNIFF_BYTES + 1];
    size_t n = length < SNIFF_BYTES ? length : SNIFF_BYTES;
    if (n == 0 || memchr(data, '\0', n)) return false;
    for (size_t i = 0; i < n; i++) copy[i] = data[i] == '\r' || data[i] == '\f' ? ' ' : (char)data[i];
    for (size_t cut = 0; cut < 4 && cut < n; cut++) {
        copy[n - cut] = '\0';
        if (text_is_printable(copy)) return true;
    }
    return false;
}

const char *blob_sniff(const void *data, size_t length, const char *name)
{
    static const struct {
        size_t at, n;
        const char *magic, *type;
    } known[] = {{0, 5, "%PDF-", "application/pdf"},
                 {0, 3, "\xff\xd8\xff", "image/jpeg"},
                 {0, 8, "\x89PNG\r\n\x1a\n", "image/png"},
                 {0, 6, "GIF87a", "image/gif"},
                 {0, 6, "GIF89a", "image/gif"},
                 {0, 4, "OggS", "audio/ogg"},
                 {0, 3, "ID3", "audio/mpeg"},
                 {0, 4, "fLaC", "audio/flac"},
                 {0, 4, "\x1a\x45\xdf\xa3", "video/webm"}};
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (starts(data, length, known[i].at, known[i].magic, known[i].n)) return known[i].type;
    const unsigned char *bytes = data;
    if (starts(data, length, 0, "RIFF", 4) && starts(data, length, 8, "WEBP", 4)) return "image/webp";
    if (starts(data, length, 0, "RIFF", 4) && starts(data, length, 8, "WAVE", 4)) return "audio/wav";
    if (starts(data, length, 4, "ftyp", 4)) return starts(data, length, 8, "M4A", 3) ? "audio/mp4" : "video/mp4";
    if (length >= 2 && bytes[0] == 0xff && (bytes[1] & 0xe6) == 0xe2) return "audio/mpeg"; /* frame header, layer III */
    if (starts(data, length, 0, "PK\x03\x04", 4)) return sniff_zip(name);
    return looks_like_text(data, length) ? "text/plain; charset=utf-8" : "application/octet-stream";
}

char *blob_path(struct arena *arena, const char *folder, const char *sha256)
{
    if (strlen(sha256) != 64 || strspn(sha256, "0123456789abcdef") != 64) return NULL;
    return arena_printf(arena, "%s/blobs/%.2s/%s", folder, sha256, sha256);
}

static enum err open_source(const char *path, int64_t longest, int *ret_fd, struct fault *fault)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK); /* not to hang on a pipe; regular files do not mind */
    struct stat st;
    if (fd < 0 || fstat(fd, &st) != 0) {
        int number = errno;
        if (fd >= 0) close(fd);
        return fault_set(fault, err_from_errno(number), "%s: %s", path, strerror(number));
    }
    enum err e = OK;
    if (!S_ISREG(st.st_mode)) e = fault_set(fault, ERR_INPUT, "%s: is not a file", path);
    else if (st.st_size > longest) e = fault_set(fault, ERR_LIMIT, "%s: larger than %lld bytes", path, (long long)longest);
    if (e != OK) close(fd);
    else *ret_fd = fd;
    return e;
}

/* Reads the rest of `in` once: hash, size, type, and a copy into `out` when it is not negative. */
static enum err take_in(int in, int out, const char *path, int64_t longest, struct blob *ret, struct fault *fault)
{
    unsigned char piece[PIECE], head[SNIFF_BYTES];
    size_t head_length = 0;
    struct crypto_sha256_state state;
    crypto_sha256_start(&state);
    ret->size = 0;
    ret->crc = 0;
    for (;;) {
        ssize_t n = read(in, piece, sizeof piece);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return fault_set(fault, err_from_errno(errno), "%s: %s", path, strerror(errno));
        if (n == 0) break;
        for (ssize_t i = 0; i < n && head_length < sizeof head; i++) head[head_length++] = piece[i];
        ret->size += n;
        if (ret->size > longest) return fault_set(fault, ERR_LIMIT, "%s: larger than %lld bytes", path, (long long)longest);
        crypto_sha256_add(&state, piece, (size_t)n);
        ret->crc = zip_crc32(ret->crc, piece, (size_t)n);
        enum err e = out < 0 ? OK : file_write_all(out, piece, (size_t)n);
        if (e != OK) return fault_set(fault, e, "copy %s: %s", path, err_name(e));
    }
    crypto_sha256_end(&state, ret->sha256);
    ret->media_type = blob_sniff(head, head_length, path);
    return OK;
}

enum err blob_probe_file(const char *path, int64_t longest, struct blob *ret, struct fault *fault)
{
    int fd;
    struct blob blob;
    enum err e = open_source(path, longest, &fd, fault);
    if (e != OK) return e;
    e = take_in(fd, -1, path, longest, &blob, fault);
    close(fd);
    if (e == OK) *ret = blob;
    return e;
}

/* The path a blob gets, and the folder for it. */
static enum err make_room(const char *folder, const struct blob *blob, char *out, size_t size, struct fault *fault)
{
    int n = snprintf(out, size, "%s/blobs/%.2s", folder, blob->sha256);
    if (n < 0 || (size_t)n + 66 >= size) return fault_set(fault, ERR_LIMIT, "the name of the data folder is too long");
    enum err e = file_make_directories(out, fault);
    if (e == OK) (void)snprintf(out + n, size - (size_t)n, "/%s", blob->sha256);
    return e;
}

/* A file of the right name and length is the blob: it was renamed there only after its bytes were durable. */
static bool is_there(const char *path, const struct blob *blob)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISREG(st.st_mode) && st.st_size == blob->size;
}

enum err blob_put_file(const char *folder, const char *path, int64_t longest, struct blob *ret, struct fault *fault)
{
    struct blob blob, copied;
    char target[4096];
    enum err e = blob_probe_file(path, longest, &blob, fault);
    if (e == OK) e = make_room(folder, &blob, target, sizeof target, fault);
    if (e != OK) return e;
    if (is_there(target, &blob)) {
        *ret = blob;
        return OK;
    }
    int in;
    struct file_new file;
    e = open_source(path, longest, &in, fault);
    if (e != OK) return e;
    e = file_new_open(&file, target, 0600, fault);
    if (e == OK) {
        e = take_in(in, file.fd, path, longest, &copied, fault);
        if (e == OK && strcmp(copied.sha256, blob.sha256) != 0) e = fault_set(fault, ERR_BUSY, "%s: changed while it was read", path);
        if (e == OK) e = file_new_commit(&file, fault);
        else file_new_abandon(&file);
    }
    close(in);
    if (e == OK) *ret = blob;
    return e;
}

enum err blob_put_data(const char *folder, const void *data, size_t length, struct blob *ret, struct fault *fault)
{
    struct blob blob = {.size = (int64_t)length, .crc = zip_crc32(0, data, length), .media_type = blob_sniff(data, length, NULL)};
    char target[4096];
    crypto_sha256_hex(data, length, blob.sha256);
    enum err e = make_room(folder, &blob, target, sizeof target, fault);
    if (e == OK && !is_there(target, &blob)) e = file_write_atomic(target, data, length, 0600, fault);
    if (e == OK) *ret = blob;
    return e;
}

enum err blob_put_known(const char *folder, const struct blob *expected, enum err (*write)(void *context, int fd, struct fault *fault), void *context,
    struct fault *fault)
{
    char target[4096];
    struct blob got;
    struct file_new file;
    enum err e = make_room(folder, expected, target, sizeof target, fault);
    if (e != OK || is_there(target, expected)) return e;
    e = file_new_open(&file, target, 0600, fault);
    if (e != OK) return e;
    e = write(context, file.fd, fault);
    if (e == OK && lseek(file.fd, 0, SEEK_SET) != 0) e = fault_set(fault, ERR_IO, "%s: %s", target, strerror(errno));
    if (e == OK) e = take_in(file.fd, -1, target, BLOB_LIMIT, &got, fault);
    if (e == OK && (got.size != expected->size || strcmp(got.sha256, expected->sha256) != 0)) e = fault_set(fault, ERR_CONFLICT,
        "its bytes are not what its hash says");
    if (e == OK) e = file_new_commit(&file, fault);
    else file_new_abandon(&file);
    return e;
}
