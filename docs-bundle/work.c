/* What a wall gets of a picture, a text or pages of a PDF. Strangers' files are decoded by children only (core/vision/photo.h, poppler). */
#include "docs-bundle/work.h"
#include "core/base/child.h"
#include "core/base/clock.h"
#include "core/base/file.h"
#include "core/base/text.h"
#include "core/congress/our_work/our_work.h"
#include "core/vision/image_read.h"
#include "core/vision/photo.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SIDE 1920u        /* Full HD, lying or standing */
#define LARGE_WIDTH 3840u /* two of them side by side */
#define LARGE_HEIGHT 2160u
#define HTML_MOST (128u << 10)
#define WORK_TYPE_TEXT "text/html; charset=utf-8"

static const struct child_bounds look_bounds = {.cpu_seconds = 20, .wall_seconds = 60, .memory = UINT64_C(1) << 30, .file_bytes = 0};
static const struct child_bounds draw_bounds = {.cpu_seconds = 20, .wall_seconds = 90, .memory = UINT64_C(1) << 30, .file_bytes = UINT64_C(32) << 20};

struct making {
    struct arena *arena;
    const struct docs_work_wish *wish;
    struct docs_work *work;
    const char *folder; /* for poppler; NULL: none yet */
    struct fault *fault;
};

/* --- pictures ---------------------------------------------------------------------------------------------------------------------------- */

/* One picture's two sizes into the data folder. The smaller one is made of the larger: a stranger's bytes are decoded once. */
static enum err put_picture(struct making *m, const void *data, size_t length, struct docs_work_page *page)
{
    const struct photo_wish large = {.width = LARGE_WIDTH, .height = LARGE_HEIGHT, .keep = true, .wall = true};
    const struct photo_wish usual = {.width = SIDE, .height = SIDE, .keep = true, .wall = true};
    struct photo big, small;
    struct fault why = {0};
    enum err e = photo_make_apart(m->arena, data, length, &large, &big, &why);
    enum image_kind kind = image_kind_of(data, length);
    bool readable = kind == IMAGE_JPEG || kind == IMAGE_PNG || kind == IMAGE_WEBP;
    if (e == ERR_INPUT && !readable) return fault_because(m->fault, e, "work_kind", NULL, "%s", why.text);
    if (e == ERR_LIMIT) return fault_because(m->fault, e, "work_picture_large", NULL, "%s", why.text);
    if (e == ERR_INPUT) return fault_because(m->fault, e, "work_damaged", NULL, "%s", why.text);
    if (e != OK) return fault_set(m->fault, e, "%s", why.text[0] ? why.text : err_name(e));
    small = big;
    page->has_large = big.width > SIDE || big.height > SIDE;
    if (page->has_large) e = photo_make_apart(m->arena, big.data, big.length, &usual, &small, m->fault);
    if (e == OK) e = blob_put_data(m->wish->data_folder, small.data, small.length, &page->blob, m->fault);
    if (e == OK && page->has_large) e = blob_put_data(m->wish->data_folder, big.data, big.length, &page->large, m->fault);
    page->media_type = "image/jpeg";
    page->width = small.width;
    page->height = small.height;
    page->large_width = big.width;
    page->large_height = big.height;
    return e;
}

static enum err one_page(struct making *m, struct docs_work_page **ret)
{
    m->work->made = arena_array(m->arena, 1, sizeof *m->work->made);
    if (!m->work->made) return fault_set(m->fault, ERR_NOMEM, "not enough memory");
    m->work->pages = 1;
    m->work->count = 1;
    m->work->made[0] = (struct docs_work_page){.page = 1};
    *ret = m->work->made;
    return OK;
}

static enum err too_large(struct making *m, int64_t most)
{
    char megabytes[24];
    (void)snprintf(megabytes, sizeof megabytes, "%lld", (long long)(most >> 20));
    return fault_because(m->fault, ERR_LIMIT, "paper_large", megabytes, "is larger than the %s MB that such a file may have", megabytes);
}

static enum err take_picture(struct making *m)
{
    struct docs_work_page *page;
    char *data;
    size_t length;
    enum err e = file_read(m->arena, m->wish->path, (size_t)DOCS_WORK_PICTURE_MOST, &data, &length, m->fault);
    if (e == ERR_LIMIT) return too_large(m, DOCS_WORK_PICTURE_MOST);
    if (e == OK) e = one_page(m, &page);
    return e == OK ? put_picture(m, data, length, page) : e;
}

/* --- texts ------------------------------------------------------------------------------------------------------------------------------- */

static enum err take_text(struct making *m)
{
    struct docs_work_page *page;
    char *data;
    size_t length;
    enum err e = file_read(m->arena, m->wish->path, (size_t)DOCS_WORK_TEXT_MOST, &data, &length, m->fault);
    if (e == ERR_LIMIT) return fault_because(m->fault, e, "work_text_long", NULL, "is longer than a screen can show: 32 KB at most");
    if (e == OK) e = one_page(m, &page);
    if (e != OK) return e;
    if (!text_is_utf8(data, length)) return fault_because(m->fault, ERR_INPUT, "paper_not_utf8", NULL, "is not text in UTF-8; save it again as UTF-8");
    const char *html = docs_markdown_html(m->arena, data, length);
    if (!html) return fault_set(m->fault, ERR_NOMEM, "not enough memory");
    if (strlen(html) > HTML_MOST) return fault_because(m->fault, ERR_LIMIT, "work_text_long", NULL, "is longer than a screen can show");
    if (!html[strspn(html, " \n")]) return fault_because(m->fault, ERR_INPUT, "work_text_empty", NULL, "has no text that could be shown");
    m->work->is_text = true;
    page->media_type = WORK_TYPE_TEXT;
    return blob_put_data(m->wish->data_folder, html, strlen(html), &page->blob, m->fault);
}

/* --- pages of a PDF ---------------------------------------------------------------------------------------------------------------------- */

static enum err poppler_fault(struct making *m, enum err e)
{
    struct fault *f = m->fault;
    if (e == ERR_NOT_FOUND) return fault_because(f, e, "paper_no_poppler", NULL, "poppler-utils is not installed");
    if (e == ERR_LIMIT) return fault_because(f, e, "paper_too_slow", NULL, "it cannot be drawn within bounds of time and memory");
    if (e != ERR_INPUT) return e;
    if (f && strstr(f->text, "assword")) return fault_because(f, e, "paper_password", NULL, "needs a password; save it without one");
    return fault_because(f, e, "paper_broken", NULL, "cannot be opened as a PDF");
}

/* What pdfinfo says behind a word at a line's beginning; NULL: nothing. */
static const char *after(const char *text, const char *word)
{
    size_t n = strlen(word);
    for (const char *line = text; line; line = strchr(line, '\n')) {
        if (*line == '\n') line++;
        if (strncmp(line, word, n) == 0) return line + n;
    }
    return NULL;
}

static enum err ask(struct making *m, int64_t page, struct buf *out)
{
    char number[24];
    (void)snprintf(number, sizeof number, "%lld", (long long)page);
    const char *const argv[] = {"pdfinfo", "-enc", "UTF-8", "-f", number, "-l", number, m->wish->path, NULL};
    buf_init(out, BUF_LIMIT_LINE);
    enum err e = child_run(argv, m->folder, &look_bounds, out, m->fault);
    return e == OK ? OK : poppler_fault(m, e);
}

/* The longer side at which a page fills what it is shown on. */
static unsigned longer_side(const char *info, int64_t page)
{
    char word[48];
    double width = 0, height = 0;
    (void)snprintf(word, sizeof word, "Page %4lld size:", (long long)page);
    const char *size = after(info, word);
    (void)snprintf(word, sizeof word, "Page %4lld rot:", (long long)page);
    const char *turn = after(info, word);
    if (!size || sscanf(size, "%lf x %lf", &width, &height) != 2 || width < 1 || height < 1 || width > 1e6 || height > 1e6) return LARGE_HEIGHT;
    if (turn && strtol(turn, NULL, 10) % 180 != 0) {
        double was = width;
        width = height;
        height = was;
    }
    double scale = LARGE_WIDTH / width, other = LARGE_HEIGHT / height;
    if (other < scale) scale = other;
    unsigned side = (unsigned)(scale * (width > height ? width : height));
    return side ? side : 1;
}

static enum err draw_page(struct making *m, int64_t number, struct docs_work_page *page)
{
    struct buf info;
    char side[24], which[24], *data;
    size_t length;
    const char *prefix = arena_printf(m->arena, "%s/page", m->folder), *path = arena_printf(m->arena, "%s/page.jpg", m->folder);
    if (!prefix || !path) return fault_set(m->fault, ERR_NOMEM, "not enough memory");
    enum err e = ask(m, number, &info);
    if (e == OK) (void)snprintf(side, sizeof side, "%u", longer_side(buf_text(&info), number));
    buf_release(&info);
    if (e != OK) return e;
    (void)snprintf(which, sizeof which, "%lld", (long long)number);
    const char *const argv[] = {"pdftoppm", "-jpeg", "-jpegopt", "quality=95", "-singlefile", "-scale-to", side, "-f", which, "-l", which, m->wish->path, prefix, NULL};
    e = child_run(argv, m->folder, &draw_bounds, NULL, m->fault);
    if (e != OK) return poppler_fault(m, e);
    e = file_read(m->arena, path, PHOTO_FILE_MOST, &data, &length, m->fault);
    if (e == ERR_NOT_FOUND || e == ERR_IO) return fault_because(m->fault, ERR_INPUT, "paper_broken", NULL, "page %s cannot be drawn", which);
    page->page = number;
    return e == OK ? put_picture(m, data, length, page) : e;
}

static enum err take_pages(struct making *m)
{
    const struct docs_work_wish *w = m->wish;
    const struct our_work_slide slide = {.first = w->first, .last = w->last};
    struct buf info;
    int64_t first, last;
    enum err e = ask(m, 1, &info);
    const char *count = e == OK ? after(buf_text(&info), "Pages:") : NULL;
    m->work->pages = count ? strtoll(count, NULL, 10) : 0;
    buf_release(&info);
    if (e != OK) return e;
    if (m->work->pages < 1) return fault_because(m->fault, ERR_INPUT, "paper_broken", NULL, "it has no pages");
    if (!our_work_range(&slide, m->work->pages, &first, &last)) return OK; /* the list asks for pages that it does not have: the console says so */
    size_t total = (size_t)(last - first + 1);
    m->work->made = arena_array(m->arena, total, sizeof *m->work->made);
    if (!m->work->made) return fault_set(m->fault, ERR_NOMEM, "not enough memory");
    struct arena *kept = m->arena;
    for (size_t i = 0; e == OK && i < total; i++) {
        struct arena scratch = {0}; /* pictures of pages do not pile up */
        m->arena = &scratch;
        m->work->made[i] = (struct docs_work_page){0};
        e = draw_page(m, first + (int64_t)i, &m->work->made[i]);
        m->arena = kept;
        arena_release(&scratch);
        m->work->count = i + 1;
        if (e == OK && w->on_page && !w->on_page(w->context, i + 1, total)) e = fault_set(m->fault, ERR_TIMEOUT, "stopped");
    }
    return e;
}

static enum err take_pdf(struct making *m)
{
    struct fault own = {0};
    if (!m->fault) m->fault = &own;
    struct blob blob;
    if (blob_probe_file(m->wish->path, DOCS_WORK_PDF_MOST, &blob, m->fault) == ERR_LIMIT) return too_large(m, DOCS_WORK_PDF_MOST);
    m->folder = docs_work_folder(m->arena, m->fault);
    enum err e = m->folder ? take_pages(m) : ERR_IO;
    docs_remove_folder(m->folder);
    return e;
}

enum err docs_work_make(struct arena *arena, const struct docs_work_wish *wish, struct docs_work *ret, struct fault *fault)
{
    struct docs_work work = {0};
    struct making m = {.arena = arena, .wish = wish, .work = &work, .fault = fault};
    enum docs_kind kind;
    enum err e = docs_kind_find(wish->path, wish->name, &kind, NULL, fault);
    if (e != OK) return e;
    switch (kind) {
    case DOCS_PICTURE: e = take_picture(&m); break;
    case DOCS_MARKDOWN: e = take_text(&m); break;
    case DOCS_PDF: e = take_pdf(&m); break;
    default: return fault_because(fault, ERR_INPUT, "work_kind", NULL, "is no picture (JPEG, PNG), PDF or Markdown (.md)");
    }
    if (e == OK) *ret = work;
    return e;
}
