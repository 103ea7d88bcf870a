/* What may be given to phones. Name and content must agree: a file that says one thing and is another is never shown. */
#include "core/base/file.h"
#include "core/congress/store/store.h"
#include "docs-bundle/docs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEAD 512
#define OLE "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" /* Office before 2007 */

struct ending {
    const char *ending;
    enum docs_kind kind;
    const char *type;   /* how the content must be sniffed; NULL: see content_agrees */
    const char *served; /* the type that it gets; NULL: the sniffed one */
};

static const struct ending endings[] = {
    {"pdf", DOCS_PDF, "application/pdf", NULL},
    {"jpg", DOCS_PICTURE, "image/jpeg", NULL},
    {"jpeg", DOCS_PICTURE, "image/jpeg", NULL},
    {"png", DOCS_PICTURE, "image/png", NULL},
    {"gif", DOCS_PICTURE, "image/gif", NULL},
    {"webp", DOCS_PICTURE, "image/webp", NULL},
    {"mp3", DOCS_AUDIO, "audio/mpeg", NULL},
    {"m4a", DOCS_AUDIO, "audio/mp4", NULL},
    {"ogg", DOCS_AUDIO, "audio/ogg", NULL},
    {"oga", DOCS_AUDIO, "audio/ogg", NULL},
    {"opus", DOCS_AUDIO, "audio/ogg", NULL},
    {"wav", DOCS_AUDIO, "audio/wav", NULL},
    {"flac", DOCS_AUDIO, "audio/flac", NULL},
    {"mp4", DOCS_VIDEO, "video/mp4", NULL},
    {"m4v", DOCS_VIDEO, "video/mp4", NULL},
    {"webm", DOCS_VIDEO, "video/webm", NULL},
    {"txt", DOCS_TEXT, "text/plain; charset=utf-8", NULL},
    {"md", DOCS_MARKDOWN, "text/plain; charset=utf-8", "text/markdown; charset=utf-8"},
    {"markdown", DOCS_MARKDOWN, "text/plain; charset=utf-8", "text/markdown; charset=utf-8"},
    {"docx", DOCS_OFFICE, "application/vnd.openxmlformats-officedocument.wordprocessingml.document", NULL},
    {"xlsx", DOCS_OFFICE, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", NULL},
    {"pptx", DOCS_OFFICE, "application/vnd.openxmlformats-officedocument.presentationml.presentation", NULL},
    {"odt", DOCS_OFFICE, "application/vnd.oasis.opendocument.text", NULL},
    {"ods", DOCS_OFFICE, "application/vnd.oasis.opendocument.spreadsheet", NULL},
    {"odp", DOCS_OFFICE, "application/vnd.oasis.opendocument.presentation", NULL},
    {"doc", DOCS_OFFICE, NULL, "application/msword"},
    {"xls", DOCS_OFFICE, NULL, "application/vnd.ms-excel"},
    {"ppt", DOCS_OFFICE, NULL, "application/vnd.ms-powerpoint"},
    {"rtf", DOCS_OFFICE, NULL, "application/rtf"},
};

/* Why the more likely others are refused, and what to save them as instead. */
static const struct {
    const char *ending, *reason, *why, *instead;
} refused[] = {
    {"html", "paper_web_page", "a web page may run scripts", "PDF"}, {"htm", "paper_web_page", "a web page may run scripts", "PDF"},
    {"svg", "paper_drawing", "a drawing may run scripts", "PDF / PNG"}, {"exe", "paper_program", "programs are not given to phones", NULL},
    {"apk", "paper_program", "programs are not given to phones", NULL}, {"js", "paper_program", "programs are not given to phones", NULL},
    {"bat", "paper_program", "programs are not given to phones", NULL}, {"docm", "paper_macros", "it may hold macros", "DOCX / PDF"},
    {"xlsm", "paper_macros", "it may hold macros", "XLSX / PDF"}, {"pptm", "paper_macros", "it may hold macros", "PPTX / PDF"},
    {"zip", "paper_archive", "an archive; put the files themselves into the folder", NULL},
    {"rar", "paper_archive", "an archive; put the files themselves into the folder", NULL},
    {"7z", "paper_archive", "an archive; put the files themselves into the folder", NULL}, {"heic", "paper_not_on_phones", "many phones cannot open it", "JPEG"},
    {"tif", "paper_not_on_phones", "many phones cannot open it", "PDF"}, {"tiff", "paper_not_on_phones", "many phones cannot open it", "PDF"},
    {"avi", "paper_not_played", "many phones cannot play it", "MP4"}, {"mov", "paper_not_played", "many phones cannot play it", "MP4"},
    {"mkv", "paper_not_played", "many phones cannot play it", "MP4"}, {"wmv", "paper_not_played", "many phones cannot play it", "MP4"},
};

static enum err read_head(const char *path, char *head, size_t *ret_length, int64_t *ret_size, struct fault *fault)
{
    struct stat st;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0 || fstat(fd, &st) != 0) {
        int number = errno;
        if (fd >= 0) close(fd);
        return fault_because(fault, err_from_errno(number), "paper_unreadable", NULL, "cannot be read: %s", strerror(number));
    }
    ssize_t n = S_ISREG(st.st_mode) ? read(fd, head, HEAD) : -2;
    close(fd);
    if (n == -2) return fault_because(fault, ERR_INPUT, "paper_unreadable", NULL, "is not a file");
    if (n < 0) return fault_because(fault, ERR_IO, "paper_unreadable", NULL, "cannot be read");
    if (n == 0) return fault_because(fault, ERR_INPUT, "paper_empty", NULL, "is empty");
    *ret_length = (size_t)n;
    *ret_size = st.st_size;
    return OK;
}

/* "audio/mp4" is also what a video without a picture says, and the other way round. */
static bool content_agrees(const struct ending *e, const char *sniffed, const char *head, size_t length)
{
    if (!e->type && strcmp(e->ending, "rtf") == 0) return length > 5 && memcmp(head, "{\\rtf", 5) == 0;
    if (!e->type) return length > 8 && memcmp(head, OLE, 8) == 0;
    if (strcmp(e->type, "audio/mp4") == 0) return strcmp(sniffed, "audio/mp4") == 0 || strcmp(sniffed, "video/mp4") == 0;
    return strcmp(e->type, sniffed) == 0;
}

static const struct ending *find_ending(const char *name, struct fault *fault)
{
    const char *dot = strrchr(name, '.');
    if (!dot || dot == name || !dot[1]) return (void)fault_because(fault, ERR_INPUT, "paper_no_ending", NULL, "its name has no ending that says what it is"), NULL;
    for (size_t i = 0; i < sizeof endings / sizeof endings[0]; i++)
        if (strcasecmp(dot + 1, endings[i].ending) == 0) return &endings[i];
    for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++)
        if (strcasecmp(dot + 1, refused[i].ending) == 0)
            return (void)fault_because(fault, ERR_INPUT, refused[i].reason, refused[i].instead, "%s%s%s", refused[i].why, refused[i].instead ? "; save it as " : "",
                                       refused[i].instead ? refused[i].instead : ""), NULL;
    (void)fault_because(fault, ERR_INPUT, "paper_ending", dot + 1, "files with the ending .%.20s are not shown to delegates", dot + 1);
    return NULL;
}

static enum err check_size(const struct ending *e, int64_t size, struct fault *fault)
{
    int64_t most = e->kind == DOCS_VIDEO ? DOCS_VIDEO_MOST : e->kind == DOCS_TEXT || e->kind == DOCS_MARKDOWN ? DOCS_TEXT_MOST : DOCS_FILE_MOST;
    if (size <= most) return OK;
    char megabytes[24];
    (void)snprintf(megabytes, sizeof megabytes, "%lld", (long long)(most >> 20));
    return fault_because(fault, ERR_LIMIT, e->kind == DOCS_VIDEO ? "paper_video_large" : "paper_large", megabytes, "is larger than the %s MB that %s", megabytes,
                         e->kind == DOCS_VIDEO ? "a video may have: a hall of phones shares one network" : "such a file may have");
}

enum err docs_kind_find(const char *path, const char *name, enum docs_kind *ret, const char **ret_type, struct fault *fault)
{
    char head[HEAD];
    size_t length = 0;
    int64_t size = 0;
    struct fault own;
    enum err e = read_head(path, head, &length, &size, fault);
    if (e != OK) return e;
    const struct ending *ending = find_ending(file_base_name(name), fault ? fault : &own);
    if (!ending) return ERR_INPUT;
    const char *sniffed = blob_sniff(head, length, name);
    if (!content_agrees(ending, sniffed, head, length)) {
        bool text = ending->kind == DOCS_TEXT || ending->kind == DOCS_MARKDOWN;
        if (text) return fault_because(fault, ERR_INPUT, "paper_not_utf8", NULL, "is not text in UTF-8; save it again as UTF-8");
        return fault_because(fault, ERR_INPUT, "paper_differs", ending->ending, "its name says .%s, but its content is %s", ending->ending,
                             strcmp(sniffed, "application/octet-stream") == 0 ? "something else" : sniffed);
    }
    e = check_size(ending, size, fault);
    if (e != OK) return e;
    *ret = ending->kind;
    if (ret_type) *ret_type = ending->served ? ending->served : ending->type;
    return OK;
}
