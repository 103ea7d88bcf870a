#include "docs-bundle/extract.h"
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/text.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const char *docs_source_word(enum docs_source source)
{
    static const char *const words[] = {"none", "file", "ocr", "scan"};
    return words[source];
}

static enum err one_page(struct extraction *x, const char *text)
{
    struct docs_reading *r = x->reading;
    r->pages = arena_array(x->arena, 1, sizeof *r->pages);
    if (!r->pages || !text) return fault_set(x->fault, ERR_NOMEM, "not enough memory");
    r->pages[0].text = text;
    r->count = 1;
    return OK;
}

static enum err read_plain(struct extraction *x, const char *path)
{
    char *text;
    size_t length;
    enum err e = file_read(x->arena, path, (size_t)DOCS_TEXT_MOST, &text, &length, x->fault);
    if (e != OK) return e;
    if (!text_is_utf8(text, length)) return fault_because(x->fault, ERR_INPUT, "paper_not_utf8", NULL, "is not text in UTF-8; save it again as UTF-8");
    if (x->reading->kind == DOCS_MARKDOWN) {
        const char *written = extraction_clean(x->arena, text, length); /* also what does not become text, such as a block of HTML */
        x->reading->secrecy = written ? docs_secrecy_in_text(x->arena, written, false) : NULL;
        text = written ? docs_markdown_text(x->arena, text, length) : NULL;
    }
    if (!text) return fault_set(x->fault, ERR_NOMEM, "not enough memory");
    x->reading->source = DOCS_SOURCE_FILE;
    if (strlen(text) > DOCS_PAGE_TEXT_MOST / 2) extraction_warn(x, "is long; only its first %d KB are searched and shown as text", DOCS_PAGE_TEXT_MOST / 2048);
    return one_page(x, extraction_clean(x->arena, text, strlen(text)));
}

/* A picture is a page of its own; words in it are found where Tesseract is installed. */
static enum err read_picture(struct extraction *x, const char *path)
{
    const char *text = "";
    if (x->languages[0]) {
        enum err e = ocr_read(x, path, &text);
        if (e == ERR_NOMEM || e == ERR_IO) return e;
        if (e != OK || extraction_count_letters(text) < EXTRACTION_LETTERS_LEAST) text = "";
    }
    x->reading->source = *text ? DOCS_SOURCE_OCR : DOCS_SOURCE_NONE;
    return one_page(x, text);
}

static enum err read_pdf(struct extraction *x, const char *pdf)
{
    struct docs_reading *r = x->reading;
    enum err e = poppler_read(x, pdf);
    if (e == OK && r->unread && x->languages[0]) e = ocr_read_pages(x, pdf);
    if (e != OK || !r->unread) return e;
    if (r->source == DOCS_SOURCE_SCAN) extraction_warn(x, "is only a scan: its text cannot be searched or set larger, and no program can say whether it bears a "
        "secrecy stamp%s",
                                                       x->languages[0] ? "" : " (Tesseract, package tesseract-ocr-vie, would read it)");
    else extraction_warn(x, "%zu of %zu pages have no text that could be read", r->unread, r->count);
    return OK;
}

static enum err read_office(struct extraction *x, const char *path)
{
    const char *pdf;
    enum err e = office_convert(x, path, &pdf);
    if (e == ERR_NOT_FOUND) {
        extraction_warn(x, "is an office file: many phones cannot open it, and nobody can search it or look for a secrecy stamp in it. Install LibreOffice, or "
            "save it as PDF");
        return OK;
    }
    if (e == ERR_INPUT || e == ERR_LIMIT) {
        fault_prefix(x->fault, "cannot be made a PDF");
        fault_reason(x->fault, "paper_no_pdf_of_it");
    }
    if (e != OK) return e;
    x->reading->file = pdf;
    x->reading->media_type = "application/pdf";
    return read_pdf(x, pdf);
}

enum err docs_extract(struct arena *arena, const char *path, const struct docs_wishes *wishes, struct docs_reading *ret, struct fault *fault)
{
    struct docs_wishes own = *wishes;
    struct docs_reading reading = {.file = path};
    struct extraction x = {.arena = arena, .wishes = &own, .reading = &reading, .fault = fault};
    char whole[PATH_MAX]; /* the children work in another folder, and no name is to look like an option */
    if (!own.name) own.name = file_base_name(path);
    if (!realpath(path, whole)) return fault_because(fault, err_from_errno(errno), "paper_unreadable", NULL, "cannot be read: %s", strerror(errno));
    path = whole;
    enum err e = docs_kind_find(path, own.name, &reading.kind, &reading.media_type, fault);
    if (e != OK) return e;
    if (reading.kind == DOCS_PDF || reading.kind == DOCS_OFFICE || reading.kind == DOCS_PICTURE) ocr_find(&x);
    switch (reading.kind) {
    case DOCS_PDF: e = read_pdf(&x, path); break;
    case DOCS_OFFICE: e = read_office(&x, path); break;
    case DOCS_PICTURE: e = read_picture(&x, path); break;
    case DOCS_TEXT:
    case DOCS_MARKDOWN: e = read_plain(&x, path); break;
    default: break;
    }
    if (e != OK) return e;
    const char *stamp = docs_secrecy_of(arena, own.name, reading.count ? reading.pages[0].text : NULL, reading.source == DOCS_SOURCE_OCR);
    reading.secrecy = docs_secrecy_stricter(reading.secrecy, stamp);
    *ret = reading;
    return OK;
}

/* --- work folders ------------------------------------------------------------------------------------------------------------------------ */

/* What a process that was killed left behind: pages of papers that may be restricted do not stay until the machine starts anew. No work takes a day. */
static void sweep_old(const char *base)
{
    static const char ours[] = "plenum-docs-";
    DIR *dir = opendir(base);
    for (struct dirent *entry; dir && (entry = readdir(dir)) != NULL;) {
        struct arena scratch = {0};
        struct stat st;
        const char *path = strncmp(entry->d_name, ours, sizeof ours - 1) == 0 ? file_join(&scratch, base, entry->d_name) : NULL;
        bool is_old = path && lstat(path, &st) == 0 && S_ISDIR(st.st_mode) && st.st_uid == geteuid() && (int64_t)st.st_mtim.tv_sec * 1000 + CLOCK_DAY < clock_now_ms();
        if (is_old) (void)file_remove_tree(path);
        arena_release(&scratch);
    }
    if (dir) closedir(dir);
}

char *docs_work_folder(struct arena *arena, struct fault *fault)
{
    const char *wanted = getenv("TMPDIR"), *base = wanted && *wanted == '/' ? wanted : "/tmp";
    char *folder = arena_printf(arena, "%s/plenum-docs-XXXXXX", base);
    sweep_old(base);
    if (!folder) return (void)fault_set(fault, ERR_NOMEM, "not enough memory"), NULL;
    if (mkdtemp(folder)) return folder;
    (void)fault_set(fault, err_from_errno(errno), "%s: %s", folder, strerror(errno));
    return NULL;
}

void docs_remove_folder(const char *folder)
{
    if (folder) (void)file_remove_tree(folder);
}
