/* What a file is, by its content, and reading it. */
#include "core/sheet/read.h"
#include "core/sheet/csv_list.h"
#include "core/sheet/fonts.h"
#include "core/sheet/parts.h"
#include "core/sheet/refusal.h"
#include "core/sheet/xlsx.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEAD 8192u /* bytes by which marked up texts are told */

static bool starts(const char *data, size_t length, const char *with, size_t n)
{
    return length >= n && memcmp(data, with, n) == 0;
}

static bool holds(const char *data, size_t length, const char *what, size_t n)
{
    return memmem(data, length, what, n) != NULL;
}

static bool is_ole(const char *data, size_t length)
{
    return starts(data, length, "\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8);
}

/* What office programs put around an encrypted .xlsx ([MS-OFFCRYPTO] 2.1) has the outside of an old workbook. */
static bool is_encrypted(const char *data, size_t length)
{
    static const char name[] = "E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e";
    return holds(data, length, name, sizeof name);
}

/* Workbooks of before 1995 are a bare stream of records: BOF of BIFF2 to BIFF5. */
static bool is_bare_biff(const char *data, size_t length)
{
    return starts(data, length, "\x09\x00\x04\x00", 4) || starts(data, length, "\x09\x02\x06\x00", 4) || starts(data, length, "\x09\x04\x06\x00", 4) ||
           starts(data, length, "\x09\x08\x08\x00", 4) || starts(data, length, "\x09\x08\x10\x00", 4);
}

static const char *other_kind(const char *data, size_t length)
{
    static const struct { const char *magic; size_t n; const char *name; } kinds[] = {
        {"{\\rtf", 5, "RTF"}, {"\xFF\xD8\xFF", 3, "JPEG"}, {"\x89PNG", 4, "PNG"}, {"GIF8", 4, "GIF"}, {"7z\xBC\xAF", 4, "7z"}, {"Rar!", 4, "RAR"},
        {"\x1F\x8B", 2, "gzip"},
        {"SQLite format 3", 15, "SQLite"}, {"%!PS", 4, "PostScript"}, {"\x7F" "ELF", 4, "ELF"}, {"MZ\x90", 3, "EXE"}, {"BZh", 3, "bzip2"}, {"\xFD" "7zXZ", 5, "xz"},
    };
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
        if (starts(data, length, kinds[i].magic, kinds[i].n)) return kinds[i].name;
    return NULL;
}

/* Marked up texts, in UTF-16 too. False: it is none. */
static bool is_markup(const char *data, size_t length, bool *ret_html)
{
    char head[HEAD + 1];
    size_t n = 0;
    for (size_t i = 0; i < length && n < HEAD; i++) {
        unsigned char c = (unsigned char)data[i];
        if (c == 0 || c >= 0x80 || (n == 0 && c <= ' ')) continue; /* also byte order marks, and blanks before all */
        head[n++] = (char)c;
    }
    head[n] = '\0';
    static const char *const html[] = {"<html", "<!doctype html", "<table", "<head", "<body", "<meta"};
    *ret_html = strncasecmp(head, "MIME-Version:", 13) == 0;
    if (*ret_html) return true;
    if (head[0] != '<') return false;
    for (size_t i = 0; i < sizeof html / sizeof html[0]; i++)
        if (strcasestr(head, html[i])) return *ret_html = true, true;
    return strncasecmp(head, "<?xml", 5) == 0 || strstr(head, "xmlns") != NULL || strcasestr(head, "<workbook") != NULL;
}

static enum err refuse_known(const char *data, size_t length, struct fault *fault)
{
    bool html = false;
    const char *other = other_kind(data, length);
    if (build_is_blank(data, length)) return refuse(fault, REFUSAL_EMPTY, NULL);
    if (is_ole(data, length)) return refuse(fault, is_encrypted(data, length) ? REFUSAL_ENCRYPTED : REFUSAL_XLS, NULL);
    if (is_bare_biff(data, length)) return refuse(fault, REFUSAL_XLS, NULL);
    if (starts(data, length, "%PDF", 4)) return refuse(fault, REFUSAL_PDF, NULL);
    if (other) return refuse(fault, REFUSAL_OTHER, other);
    if (is_markup(data, length, &html)) return refuse(fault, html ? REFUSAL_HTML : REFUSAL_XML, NULL);
    return OK;
}

static enum err read_xlsx(const char *data, size_t length, const struct sheet_wish *wish, struct build *b, struct sheet_book *ret, struct fault *fault)
{
    struct arena scratch = {0};
    struct parts parts;
    enum err e = parts_open(&scratch, data, length, wish->limits, &parts, fault);
    if (e == OK) e = xlsx_read(&parts, b, ret, fault);
    arena_release(&scratch);
    return e;
}

struct sheet_wish read_whole_wish(const struct sheet_wish *wish)
{
    struct sheet_wish whole = wish ? *wish : (struct sheet_wish){0};
    if (!whole.limits) whole.limits = &sheet_limits_usual;
    return whole;
}

enum err read_data(const char *data, size_t length, struct arena *arena, const struct sheet_wish *wish, struct sheet_book *ret, struct fault *fault)
{
    struct build b = {0};
    struct sheet_book book = {0};
    if (length > wish->limits->file_bytes) return refuse_large(fault, "MB", wish->limits->file_bytes >> 20);
    enum err e = refuse_known(data, length, fault);
    if (e == OK) e = build_begin(&b, arena, wish->limits, length, fault);
    if (e == OK && starts(data, length, "PK", 2) && length > 3 && data[2] < 9 && data[3] < 9) e = read_xlsx(data, length, wish, &b, &book, fault);
    else if (e == OK) e = csv_list_read(data, length, wish, &b, &book, fault);
    if (e == OK) e = fonts_convert(arena, wish->fonts, b.sheets, b.sheet_count, &book.font_encoding, fault);
    book.sheets = b.sheets;
    book.count = b.sheet_count;
    build_release(&b);
    if (e == OK) *ret = book;
    return e;
}

enum err read_open(const char *path, int *ret_fd, struct fault *fault)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (fd < 0) return fault_set(fault, err_from_errno(errno), "%s: %s", path, strerror(errno));
    if (fstat(fd, &st) != 0 || S_ISDIR(st.st_mode)) {
        close(fd);
        return fault_set(fault, ERR_INPUT, "%s is no file", path);
    }
    *ret_fd = fd;
    return OK;
}

enum err read_all(int fd, struct arena *arena, uint64_t most, char **ret, size_t *ret_length, struct fault *fault)
{
    struct stat st;
    size_t length = 0, room;
    if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) return fault_set(fault, ERR_INPUT, "this is no plain file");
    if ((uint64_t)st.st_size > most) return refuse_large(fault, "MB", most >> 20);
    room = (size_t)st.st_size;
    char *data = arena_alloc(arena, room + 1);
    if (!data) return fault_set(fault, ERR_NOMEM, "not enough memory");
    while (length < room) {
        ssize_t n = read(fd, data + length, room - length);
        if (n < 0 && errno == EINTR) continue;
        if (n < 0) return fault_set(fault, err_from_errno(errno), "the file cannot be read: %s", strerror(errno));
        if (n == 0) break;
        length += (size_t)n;
    }
    data[length] = '\0';
    *ret = data;
    *ret_length = length;
    return OK;
}

enum err sheet_read_file(const char *path, struct arena *arena, const struct sheet_wish *wish, struct sheet_book *ret, struct fault *fault)
{
    struct sheet_wish whole = read_whole_wish(wish);
    struct arena file = {0};
    char *data = NULL;
    size_t length = 0;
    int fd = -1;
    enum err e = read_open(path, &fd, fault);
    if (e == OK) e = read_all(fd, &file, whole.limits->file_bytes, &data, &length, fault);
    if (e == OK) e = read_data(data, length, arena, &whole, ret, fault);
    if (fd >= 0) close(fd);
    arena_release(&file);
    return e;
}

enum err sheet_read_bytes(const void *data, size_t length, struct arena *arena, const struct sheet_wish *wish, struct sheet_book *ret, struct fault *fault)
{
    struct sheet_wish whole = read_whole_wish(wish);
    struct arena copy = {0};
    if (length > whole.limits->file_bytes) return refuse_large(fault, "MB", whole.limits->file_bytes >> 20);
    char *room = arena_alloc(&copy, length + 1);
    if (!room) return fault_set(fault, ERR_NOMEM, "not enough memory");
    if (length) memcpy(room, data, length);
    enum err e = read_data(room, length, arena, &whole, ret, fault);
    arena_release(&copy);
    return e;
}
