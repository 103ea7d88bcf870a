#include "core/typeset/content.h"

#include <stdlib.h>
#include <string.h>

#define PAGE_CONTENT_MOST (64u * 1024u * 1024u)

enum err document_new(struct fonts *fonts, const struct document_info *info, struct document **ret, struct fault *fault)
{
    struct document *document = calloc(1, sizeof *document);
    if (!document) return fault_set(fault, ERR_NOMEM, "no memory for a document");
    document->fonts = fonts;
    buf_init(&document->content, PAGE_CONTENT_MOST);
    enum err e = pdf_new(&document->pdf, fault);
    if (e == OK) e = pdf_set_info(document->pdf, info->title, info->author, info->language, info->created_ms, fault);
    if (e != OK) {
        document_free(document);
        return e;
    }
    *ret = document;
    return OK;
}

static void forget_bookmarks(struct document *document)
{
    while (document->bookmark_count) free(document->bookmarks[--document->bookmark_count]);
}

void document_free(struct document *document)
{
    if (!document) return;
    for (size_t i = 0; i < PACKINGS; i++) {
        struct packing *packing = &document->packings[i];
        if (packing->stream) crew_finish(document->crew, &packing->piece);
        free(packing->packed.data);
        buf_release(&packing->content);
    }
    pdf_free(document->pdf);
    free(document->pictures);
    buf_release(&document->content);
    arena_release(&document->arena);
    arena_release(&document->scratch);
    forget_bookmarks(document);
    free(document->bookmarks);
    free(document);
}

static void pack_page(void *data)
{
    struct packing *packing = data;
    pdf_pack(buf_text(&packing->content), packing->content.length, &packing->packed);
}

/* The page that waits at this place goes into the PDF. */
static enum err settle_packing(struct document *document, struct packing *packing, struct fault *fault)
{
    if (!packing->stream) return OK;
    crew_finish(document->crew, &packing->piece);
    enum err e = pdf_fill_page(packing->stream, &packing->packed, fault);
    free(packing->packed.data);
    packing->packed = (struct pdf_packed){0};
    packing->stream = NULL;
    return e;
}

static enum err end_page(struct document *document, struct fault *fault)
{
    if (!document->page_open) return OK;
    if (!buf_ok(&document->content)) return fault_set(fault, ERR_NOMEM, "no memory for page %zu", document->pages);
    struct packing *packing = &document->packings[document->packing_next++ % PACKINGS];
    enum err e = settle_packing(document, packing, fault);
    if (e != OK) return e;
    struct pdf_page page = {.width = document->page_width, .height = document->page_height};
    page.bookmarks = document->bookmarks;
    page.bookmark_count = document->bookmark_count;
    page.pictures = document->pictures;
    page.picture_count = document->picture_count;
    page.trim = document->has_trim ? &document->trim : NULL;
    page.bleed = document->has_bleed ? &document->bleed : NULL;
    e = pdf_add_page(document->pdf, &page, &packing->stream, fault);
    if (e == OK) {
        struct buf spare = packing->content;
        packing->content = document->content;
        document->content = spare;
        document->content.limit = PAGE_CONTENT_MOST;
        packing->piece = (struct crew_piece){.run = pack_page, .data = packing};
        crew_give(document->crew, &packing->piece);
    }
    buf_clear(&document->content);
    forget_bookmarks(document);
    document->picture_count = 0;
    document->page_open = document->has_trim = document->has_bleed = document->color_known = false;
    return e;
}

void document_set_crew(struct document *document, struct crew *crew)
{
    document->crew = crew;
}

enum err document_label_pages(struct document *document, unsigned first, const char *prefix, struct fault *fault)
{
    return pdf_label_pages(document->pdf, first, prefix, fault);
}

enum err document_add_page(struct document *document, double width, double height, struct fault *fault)
{
    enum err e = end_page(document, fault);
    if (e != OK) return e;
    document->page_width = content_across(width);
    document->page_height = content_across(height);
    if (!(document->page_width >= 3 && document->page_width <= 14400 && document->page_height >= 3 && document->page_height <= 14400))
        return fault_set(fault, ERR_INPUT, "no page can be %.1f × %.1f mm", width, height);
    document->page_open = true;
    document->pages++;
    return OK;
}

enum err document_add_bookmark(struct document *document, const char *title)
{
    if (document->bookmark_count == document->bookmark_capacity) {
        size_t capacity = document->bookmark_capacity ? document->bookmark_capacity * 2 : 8;
        char **more = realloc(document->bookmarks, capacity * sizeof *more);
        if (!more) return ERR_NOMEM;
        document->bookmarks = more;
        document->bookmark_capacity = capacity;
    }
    char *copy = strdup(title);
    if (!copy) return ERR_NOMEM;
    document->bookmarks[document->bookmark_count++] = copy;
    return OK;
}

static struct pdf_box to_points(const struct document *document, const struct box *box)
{
    return (struct pdf_box){.left = content_across(box->x), .right = content_across(box->x + box->width),
                            .top = content_up(document, box->y), .bottom = content_up(document, box->y + box->height)};
}

void document_set_trim(struct document *document, const struct box *trim)
{
    document->trim = to_points(document, trim);
    document->has_trim = true;
}

void document_set_bleed(struct document *document, const struct box *bleed)
{
    document->bleed = to_points(document, bleed);
    document->has_bleed = true;
}

enum err document_add_picture(struct document *document, const struct document_picture *picture, unsigned *ret_number, struct fault *fault)
{
    const struct pdf_picture made = {.width = picture->width, .height = picture->height, .grey = picture->grey, .data = picture->data, .length = picture->length};
    return pdf_add_picture(document->pdf, &made, ret_number, fault);
}

enum err document_put_picture(struct document *document, const struct box *box, unsigned number)
{
    bool known = false;
    for (size_t i = 0; i < document->picture_count; i++) known = known || document->pictures[i] == number;
    if (!known && document->picture_count == document->picture_capacity) {
        size_t capacity = document->picture_capacity ? document->picture_capacity * 2 : 16;
        unsigned *more = realloc(document->pictures, capacity * sizeof *more);
        if (!more) return ERR_NOMEM;
        document->pictures = more;
        document->picture_capacity = capacity;
    }
    if (!known) document->pictures[document->picture_count++] = number;
    struct buf *out = &document->content;
    buf_puts(out, "q ");
    PUT(out, content_across(box->width), 0, 0, content_across(box->height), content_across(box->x), content_up(document, box->y + box->height));
    buf_printf(out, "cm /P%u Do Q\n", number);
    return OK;
}

size_t document_page_count(const struct document *document)
{
    return document->pages;
}

/* --- the end -------------------------------------------------------------------------------------------------------------------- */

static enum err add_fonts(struct document *document, struct fault *fault)
{
    for (unsigned i = 0; i < FONTS_MOST; i++) {
        const struct subset *subset = &document->subsets[i];
        if (!subset->font) continue;
        struct pdf_font font;
        hb_blob_t *blob = NULL;
        enum err e = subset_make(subset, strstr(subset->font->path, "Bold") != NULL, &document->arena, &font, &blob, fault);
        if (e != OK) return e;
        font.number = subset->number;
        e = pdf_add_font(document->pdf, &font, fault);
        hb_blob_destroy(blob);
        if (e != OK) return e;
    }
    return OK;
}

enum err document_save(struct document *document, struct buf *out, struct fault *fault)
{
    enum err e = end_page(document, fault);
    for (size_t i = 0; e == OK && i < PACKINGS; i++) e = settle_packing(document, &document->packings[i], fault);
    if (e == OK && document->pages == 0) e = fault_set(fault, ERR_INPUT, "a document without pages");
    if (e == OK) e = add_fonts(document, fault);
    if (e == OK) e = pdf_save(document->pdf, out, fault);
    return e;
}
