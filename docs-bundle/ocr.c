/* Pages that are pictures, read by Tesseract where it is installed. What it reads may be wrong: it is for search and a first look. */
#include "core/base/child.h"
#include "core/base/clock.h"
#include "docs-bundle/extract.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PATIENCE_MS (20 * CLOCK_MINUTE) /* for all pages of a paper */

static const struct child_bounds bounds = {.cpu_seconds = 90, .wall_seconds = 180, .memory = UINT64_C(2) << 30, .file_bytes = 0};

static bool has_line(const char *text, const char *line)
{
    size_t n = strlen(line);
    for (const char *p = text; (p = strstr(p, line)) != NULL; p += n)
        if ((p == text || p[-1] == '\n') && (p[n] == '\n' || p[n] == '\0')) return true;
    return false;
}

void ocr_find(struct extraction *x)
{
    const char *const argv[] = {"tesseract", "--list-langs", NULL};
    struct buf out;
    x->languages[0] = '\0';
    buf_init(&out, BUF_LIMIT_LINE);
    if (child_run(argv, x->wishes->folder, &bounds, &out, NULL) == OK) {
        bool vie = has_line(buf_text(&out), "vie"), eng = has_line(buf_text(&out), "eng");
        (void)snprintf(x->languages, sizeof x->languages, "%s", vie && eng ? "vie+eng" : vie ? "vie" : eng ? "eng" : "");
    }
    buf_release(&out);
}

enum err ocr_read(struct extraction *x, const char *picture, const char **ret)
{
    const char *const argv[] = {"tesseract", picture, "stdout", "-l", x->languages, NULL};
    struct buf out;
    buf_init(&out, 4u << 20);
    enum err e = child_run(argv, x->wishes->folder, &bounds, &out, x->fault);
    if (e == OK) {
        size_t n = strcspn(buf_text(&out), "\f");
        *ret = extraction_clean(x->arena, buf_text(&out), n);
        if (!*ret) e = fault_set(x->fault, ERR_NOMEM, "not enough memory");
    }
    buf_release(&out);
    return e;
}

enum err ocr_read_pages(struct extraction *x, const char *pdf)
{
    struct docs_reading *r = x->reading;
    int64_t until = clock_steady_ms() + PATIENCE_MS;
    size_t read = 0;
    for (size_t i = 0; i < r->count; i++) {
        const char *picture, *text = NULL;
        if (!x->lacks[i] || clock_steady_ms() > until) continue;
        enum err e = poppler_draw_for_reading(x, pdf, i + 1, &picture);
        if (e == OK) {
            e = ocr_read(x, picture, &text);
            (void)unlink(picture);
        }
        if (e == ERR_NOMEM || e == ERR_FULL || e == ERR_IO) return e;
        if (x->wishes->on_page && !x->wishes->on_page(x->wishes->context, i + 1, r->count)) return fault_set(x->fault, ERR_TIMEOUT, "stopped");
        if (e != OK || extraction_count_letters(text) < EXTRACTION_LETTERS_LEAST) continue;
        r->pages[i].text = text;
        r->source = DOCS_SOURCE_OCR;
        r->unread--;
        read++;
    }
    if (read) extraction_warn(x, "%zu of %zu pages are pictures; their text was recognised by a program and may be wrong", read, r->count);
    return OK;
}
