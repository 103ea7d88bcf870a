/* PDF by poppler's programs, each a child within bounds. */
#include "core/base/child.h"
#include "core/base/clock.h"
#include "core/base/file.h"
#include "docs-bundle/extract.h"
#include "docs-bundle/tables.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PAGES_AT_ONCE 20
#define TEXT_OUT_MOST (64u << 20)
#define LOOK_SIDE "160"
#define LOOK_BYTES_MOST 65536
#define PAPER_WHITE 250 /* of 255 */
#define ENDED_MOST 2 /* a paper that was too much so many times is given up: others wait behind it */
#define DRAW_PATIENCE_MS (15 * CLOCK_MINUTE) /* for the pictures of all its pages */
#define READING_SIDE "3508" /* A4 at 300 dpi, whatever the page's own size says */

static const struct child_bounds look_bounds = {.cpu_seconds = 20, .wall_seconds = 60, .memory = UINT64_C(1) << 30, .file_bytes = 0};
static const struct child_bounds text_bounds = {.cpu_seconds = 8, .wall_seconds = 180, .memory = UINT64_C(1) << 30, .file_bytes = 0}; /* and 1 s for 40 pages */
static const struct child_bounds draw_bounds = {.cpu_seconds = 60, .wall_seconds = 180, .memory = UINT64_C(2) << 30, .file_bytes = (uint64_t)DOCS_PICTURE_MOST};
static const struct child_bounds grey_bounds = {.cpu_seconds = 30, .wall_seconds = 90, .memory = UINT64_C(2) << 30, .file_bytes = UINT64_C(64) << 20};

static enum err run(struct extraction *x, const char *const *argv, const struct child_bounds *bounds, struct buf *out)
{
    if (x->ended >= ENDED_MOST) return fault_because(x->fault, ERR_LIMIT, "paper_too_slow", NULL, "it takes too long again and again");
    enum err e = child_run(argv, x->wishes->folder, bounds, out, x->fault);
    x->ended += e == ERR_LIMIT;
    return e;
}

static void tell_broken(struct extraction *x, const char *what)
{
    fault_prefix(x->fault, "%s", what);
    if (x->fault && !x->fault->reason) fault_reason(x->fault, "paper_broken");
}

static enum err count_pages(struct extraction *x, const char *pdf, size_t *ret)
{
    const char *const argv[] = {"pdfinfo", "-enc", "UTF-8", pdf, NULL};
    struct buf out;
    buf_init(&out, BUF_LIMIT_LINE);
    enum err e = run(x, argv, &look_bounds, &out);
    if (e == ERR_NOT_FOUND) (void)fault_because(x->fault, e, "paper_no_poppler", NULL, "pdfinfo is not installed (package poppler-utils)");
    bool locked = e == ERR_INPUT && x->fault && strstr(x->fault->text, "assword");
    if (locked) (void)fault_because(x->fault, e, "paper_password", NULL, "needs a password; save it without one");
    else if (e == ERR_INPUT) tell_broken(x, "cannot be opened as a PDF");
    const char *line = e == OK ? strstr(buf_text(&out), "\nPages:") : NULL;
    if (e == OK && !line && strncmp(buf_text(&out), "Pages:", 6) == 0) line = buf_text(&out) - 1;
    long pages = line ? strtol(line + 7, NULL, 10) : 0;
    buf_release(&out);
    if (e == OK && pages < 1) e = fault_because(x->fault, ERR_INPUT, "paper_broken", NULL, "cannot be opened as a PDF: it has no pages");
    if (e == OK) *ret = (size_t)pages;
    return e;
}

/* The text of all pages; a form feed ends each. */
static enum err read_text(struct extraction *x, const char *pdf)
{
    char last[24];
    struct docs_reading *r = x->reading;
    struct child_bounds bounds = text_bounds;
    bounds.cpu_seconds += (unsigned)(r->count / 40); /* a page of gigabytes is given up soon, a book is read to its end */
    (void)snprintf(last, sizeof last, "%zu", r->count);
    const char *const argv[] = {"pdftotext", "-enc", "UTF-8", "-eol", "unix", "-l", last, pdf, "-", NULL};
    struct buf out;
    buf_init(&out, TEXT_OUT_MOST);
    enum err e = run(x, argv, &bounds, &out);
    const char *p = buf_text(&out);
    for (size_t i = 0; e == OK && i < r->count; i++) {
        size_t n = strcspn(p, "\f");
        r->pages[i].text = extraction_clean(x->arena, p, n);
        if (!r->pages[i].text) e = fault_set(x->fault, ERR_NOMEM, "not enough memory");
        p += n + (p[n] == '\f');
    }
    buf_release(&out);
    return e;
}

/* Pages with tables get the text that keeps rows together. What goes wrong here costs the tables. A page that bears a stamp stays as it was read first. */
static enum err read_tables(struct extraction *x, const char *pdf)
{
    char last[24];
    struct docs_reading *r = x->reading;
    struct child_bounds bounds = text_bounds;
    struct fault fault = {0}, *kept = x->fault;
    bounds.cpu_seconds += (unsigned)(r->count / 40);
    (void)snprintf(last, sizeof last, "%zu", r->count);
    const char *const argv[] = {"pdftotext", "-tsv", "-enc", "UTF-8", "-eol", "unix", "-l", last, pdf, "-", NULL};
    const char **texts = arena_array(x->arena, r->count, sizeof *texts);
    struct buf out;
    if (!texts) return fault_set(x->fault, ERR_NOMEM, "not enough memory");
    buf_init(&out, TEXT_OUT_MOST);
    x->fault = &fault;
    enum err e = run(x, argv, &bounds, &out);
    x->fault = kept;
    bool good = e != OK || tables_find(x->arena, buf_text(&out), texts, r->count);
    for (size_t i = 0; good && e == OK && i < r->count; i++) {
        if (!texts[i] || docs_secrecy_in_text(x->arena, r->pages[i].text, false)) continue;
        const char *text = extraction_clean(x->arena, texts[i], strlen(texts[i]));
        good = text != NULL;
        if (good) r->pages[i].text = text;
    }
    buf_release(&out);
    return good ? OK : fault_set(x->fault, ERR_NOMEM, "not enough memory");
}

/* Width and height of a baseline or progressive JPEG; false when it is none. */
static bool measure_jpeg(const char *path, unsigned *width, unsigned *height)
{
    unsigned char head[8];
    FILE *file = fopen(path, "re");
    bool found = false;
    if (!file) return false;
    bool good = fread(head, 1, 2, file) == 2 && head[0] == 0xff && head[1] == 0xd8;
    while (good && !found && fread(head, 1, 4, file) == 4 && head[0] == 0xff) {
        long skip = (long)head[2] * 256 + head[3] - 2;
        if (head[1] >= 0xc0 && head[1] <= 0xcf && head[1] != 0xc4 && head[1] != 0xc8 && head[1] != 0xcc) {
            found = fread(head, 1, 5, file) == 5;
            *height = head[1] * 256u + head[2];
            *width = head[3] * 256u + head[4];
        } else {
            good = skip >= 0 && fseek(file, skip, SEEK_CUR) == 0;
        }
    }
    (void)fclose(file);
    return found && *width && *height && *width <= DOCS_PICTURE_SIDE + 1 && *height <= DOCS_PICTURE_SIDE + 1;
}

/* Takes in what pdftoppm wrote for a page: "page-007.jpg", with as many digits as the number of all pages has. */
static enum err take_picture(struct extraction *x, size_t index, int digits)
{
    struct docs_page *page = &x->reading->pages[index];
    const char *path = arena_printf(x->arena, "%s/page-%0*zu.jpg", x->wishes->folder, digits, index + 1);
    if (!path) return fault_set(x->fault, ERR_NOMEM, "not enough memory");
    if (measure_jpeg(path, &page->width, &page->height)) page->picture = path;
    else page->width = page->height = 0;
    return OK;
}

static enum err draw(struct extraction *x, const char *pdf, size_t all)
{
    char first[24], last[24], side[24];
    const char *prefix = arena_printf(x->arena, "%s/page", x->wishes->folder);
    const char *const argv[] = {"pdftoppm", "-jpeg", "-jpegopt", "quality=60,optimize=y", "-scale-to", side, "-f", first, "-l", last, pdf, prefix, NULL};
    struct docs_reading *r = x->reading;
    int digits = snprintf(side, sizeof side, "%zu", all);
    int64_t until = clock_steady_ms() + DRAW_PATIENCE_MS;
    size_t bad = 0;
    if (!prefix) return fault_set(x->fault, ERR_NOMEM, "not enough memory");
    (void)snprintf(side, sizeof side, "%d", DOCS_PICTURE_SIDE);
    for (size_t from = 0; from < r->count; from += PAGES_AT_ONCE) {
        size_t to = from + PAGES_AT_ONCE < r->count ? from + PAGES_AT_ONCE : r->count;
        (void)snprintf(first, sizeof first, "%zu", from + 1);
        (void)snprintf(last, sizeof last, "%zu", to);
        enum err e = clock_steady_ms() < until ? run(x, argv, &draw_bounds, NULL) : ERR_LIMIT;
        if (e != OK && e != ERR_INPUT && e != ERR_LIMIT) return e;
        for (size_t i = from; i < to; i++) {
            e = take_picture(x, i, digits);
            if (e != OK) return e;
            if (!r->pages[i].picture) bad++;
        }
        if (x->wishes->on_page && !x->wishes->on_page(x->wishes->context, to, r->count)) return fault_set(x->fault, ERR_TIMEOUT, "stopped");
    }
    if (bad) extraction_warn(x, "%zu of %zu pages cannot be shown as pictures within bounds of time and memory", bad, r->count);
    return OK;
}

/* Whether nothing at all is on a page, seen from far away. A picture that cannot be read is not blank. */
static bool is_blank(struct arena *arena, const char *path)
{
    char *data;
    size_t length, header = 0;
    if (file_read(arena, path, LOOK_BYTES_MOST, &data, &length, NULL) != OK || length < 16 || memcmp(data, "P5", 2) != 0) return false;
    for (int lines = 0; header < length && lines < 3; header++) lines += data[header] == '\n';
    for (size_t i = header; i < length; i++)
        if ((unsigned char)data[i] < PAPER_WHITE) return false;
    return header < length;
}

/* Which pages show something but have no text. All are looked at in one go, small. */
static enum err find_lacking(struct extraction *x, const char *pdf, size_t all)
{
    struct docs_reading *r = x->reading;
    char last[24], digits_of[24];
    const char *prefix = arena_printf(x->arena, "%s/look", x->wishes->folder);
    int digits = snprintf(digits_of, sizeof digits_of, "%zu", all);
    (void)snprintf(last, sizeof last, "%zu", r->count);
    x->lacks = arena_array(x->arena, r->count, sizeof *x->lacks);
    if (!prefix || !x->lacks) return fault_set(x->fault, ERR_NOMEM, "not enough memory");
    for (size_t i = 0; i < r->count; i++) {
        x->lacks[i] = extraction_count_letters(r->pages[i].text) < EXTRACTION_LETTERS_LEAST;
        r->unread += x->lacks[i];
    }
    if (!r->unread) return OK;
    const char *const argv[] = {"pdftoppm", "-gray", "-scale-to", LOOK_SIDE, "-l", last, pdf, prefix, NULL};
    enum err e = run(x, argv, &grey_bounds, NULL);
    if (e != OK && e != ERR_INPUT && e != ERR_LIMIT) return e;
    for (size_t i = 0; i < r->count; i++) {
        struct arena scratch = {0};
        const char *path = arena_printf(&scratch, "%s-%0*zu.pgm", prefix, digits, i + 1);
        if (x->lacks[i] && path && is_blank(&scratch, path)) x->lacks[i] = false, r->unread--;
        if (path) (void)unlink(path);
        arena_release(&scratch);
    }
    return OK;
}

enum err poppler_draw_for_reading(struct extraction *x, const char *pdf, size_t page, const char **ret_path)
{
    char number[24];
    const char *prefix = arena_printf(x->arena, "%s/read-%zu", x->wishes->folder, page), *path = prefix ? arena_printf(x->arena, "%s.pgm", prefix) : NULL;
    if (!path) return fault_set(x->fault, ERR_NOMEM, "not enough memory");
    (void)snprintf(number, sizeof number, "%zu", page);
    const char *const argv[] = {"pdftoppm", "-gray", "-singlefile", "-scale-to", READING_SIDE, "-f", number, "-l", number, pdf, prefix, NULL};
    enum err e = run(x, argv, &grey_bounds, NULL);
    if (e == OK) *ret_path = path;
    return e;
}

enum err poppler_read(struct extraction *x, const char *pdf)
{
    struct docs_reading *r = x->reading;
    size_t all = 0;
    enum err e = count_pages(x, pdf, &all);
    if (e != OK) return e;
    char most[24];
    (void)snprintf(most, sizeof most, "%d", DOCS_PAGES_REFUSED);
    if (all > DOCS_PAGES_REFUSED) return fault_because(x->fault, ERR_LIMIT, "paper_pages", most, "has %zu pages; a paper has %s at most", all, most);
    r->count = all < DOCS_PAGES_MOST ? all : DOCS_PAGES_MOST;
    if (r->count < all) extraction_warn(x, "has %zu pages; the pages behind %d can be read in the file only", all, DOCS_PAGES_MOST);
    r->pages = arena_array(x->arena, r->count, sizeof *r->pages);
    if (!r->pages) return fault_set(x->fault, ERR_NOMEM, "not enough memory");
    e = read_text(x, pdf);
    if (e == ERR_INPUT || e == ERR_LIMIT) tell_broken(x, "its text cannot be read");
    if (e == OK) e = read_tables(x, pdf);
    if (e == OK) e = draw(x, pdf, all);
    if (e == OK) e = find_lacking(x, pdf, all);
    bool any = false;
    for (size_t i = 0; e == OK && i < r->count; i++) any = any || extraction_count_letters(r->pages[i].text) >= EXTRACTION_LETTERS_LEAST;
    r->source = any || !r->unread ? DOCS_SOURCE_FILE : DOCS_SOURCE_SCAN;
    return e;
}
