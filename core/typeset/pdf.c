#include "core/typeset/pdf.h"

#include "core/base/text.h"

#include <hpdf.h>
#include <hpdf_version.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <zlib.h>

/* The structs that we reach into are the library's own headers, but no promise of it: 2.3 and 2.4 have been read. */
#if HPDF_VERSION_ID < 20300 || HPDF_VERSION_ID >= 20500
#error "core/typeset/pdf.c knows the object layer of libharu 2.3 and 2.4 only"
#endif

/* A node of the page tree holds at most 32767 kids, so pages hang in groups below it. */
#define PAGES_A_NODE 500

/* A box that pages share: an array of its own on each of thousands of pages is memory for nothing. */
struct shared_box {
    struct pdf_box box;
    HPDF_Array array; /* NULL before the first */
};

struct pdf {
    HPDF_Doc doc;
    HPDF_Dict resources; /* one for all pages */
    HPDF_Dict fonts;
    HPDF_Outline outline;
    struct shared_box trim, bleed;
    HPDF_Dict *pictures;
    size_t picture_count, picture_capacity;
    HPDF_STATUS error; /* libharu's first error; its state is sticky anyway */
    HPDF_STATUS detail;
};

static void note_error(HPDF_STATUS error, HPDF_STATUS detail, void *data)
{
    struct pdf *pdf = data;
    if (pdf->error) return;
    pdf->error = error;
    pdf->detail = detail;
}

static enum err pdf_fault(const struct pdf *pdf, struct fault *fault, const char *what)
{
    if (pdf->error == HPDF_FAILD_TO_ALLOC_MEM) return fault_set(fault, ERR_NOMEM, "no memory for the PDF (%s)", what);
    return fault_set(fault, ERR_BUG, "libharu refuses %s (error %04lX, detail %lu)", what, (unsigned long)pdf->error, (unsigned long)pdf->detail);
}

enum err pdf_new(struct pdf **ret, struct fault *fault)
{
    if (strcmp(HPDF_GetVersion(), HPDF_VERSION_TEXT) != 0)
        return fault_set(fault, ERR_BUG, "libharu is %s, but the program was built for %s: build it anew", HPDF_GetVersion(), HPDF_VERSION_TEXT);
    struct pdf *pdf = calloc(1, sizeof *pdf);
    if (!pdf) return fault_set(fault, ERR_NOMEM, "no memory for the PDF");
    pdf->doc = HPDF_New(note_error, pdf);
    if (!pdf->doc) {
        free(pdf);
        return fault_set(fault, ERR_NOMEM, "no memory for the PDF");
    }
    HPDF_STATUS bad = HPDF_SetPagesConfiguration(pdf->doc, PAGES_A_NODE); /* before the first page */
    pdf->doc->pdf_version = HPDF_VER_15;
    pdf->resources = HPDF_Dict_New(pdf->doc->mmgr);
    if (!bad) bad = HPDF_Xref_Add(pdf->doc->xref, pdf->resources);
    pdf->fonts = HPDF_Dict_New(pdf->doc->mmgr);
    if (!bad) bad = HPDF_Xref_Add(pdf->doc->xref, pdf->fonts); /* pages with pictures have resources of their own that share it */
    if (!bad) bad = HPDF_Dict_Add(pdf->resources, "Font", pdf->fonts);
    if (bad || !pdf->fonts) {
        enum err e = pdf_fault(pdf, fault, "a new document");
        pdf_free(pdf);
        return e;
    }
    *ret = pdf;
    return OK;
}

void pdf_free(struct pdf *pdf)
{
    if (!pdf) return;
    HPDF_Free(pdf->doc);
    free(pdf->pictures);
    free(pdf);
}

/* A text string of PDF in UTF-16 with its mark (ISO 32000-1 §7.9.2.2): any character, which libharu's encoder cannot. */
static HPDF_Binary make_text(const struct pdf *pdf, const char *text)
{
    size_t length = strlen(text), n = 0;
    HPDF_BYTE *bytes = malloc(2 + 4 * length + 1);
    if (!bytes) return NULL;
    bytes[n++] = 0xFE;
    bytes[n++] = 0xFF;
    for (const char *cursor = text; *cursor;) {
        int32_t c = text_next(&cursor);
        if (c < 0) c = 0xFFFD;
        if (c > 0xFFFF) {
            unsigned high = 0xD800u + (((unsigned)c - 0x10000u) >> 10);
            bytes[n++] = (HPDF_BYTE)(high >> 8);
            bytes[n++] = (HPDF_BYTE)high;
            c = (int32_t)(0xDC00u + (((unsigned)c - 0x10000u) & 0x3FFu));
        }
        bytes[n++] = (HPDF_BYTE)((unsigned)c >> 8);
        bytes[n++] = (HPDF_BYTE)c;
    }
    HPDF_Binary binary = HPDF_Binary_New(pdf->doc->mmgr, bytes, (HPDF_UINT)n);
    free(bytes);
    return binary;
}

static HPDF_STATUS set_dates(const struct pdf *pdf, int64_t ms)
{
    time_t seconds = (time_t)(ms / 1000);
    struct tm tm;
    gmtime_r(&seconds, &tm);
    HPDF_Date date = {.year = tm.tm_year + 1900, .month = tm.tm_mon + 1, .day = tm.tm_mday, .hour = tm.tm_hour, .minutes = tm.tm_min, .seconds = tm.tm_sec, .ind = 'Z'};
    HPDF_STATUS bad = HPDF_SetInfoDateAttr(pdf->doc, HPDF_INFO_CREATION_DATE, date);
    return bad ? bad : HPDF_SetInfoDateAttr(pdf->doc, HPDF_INFO_MOD_DATE, date);
}

/* The window shows the title, not the name of the file. */
static HPDF_STATUS show_title(const struct pdf *pdf)
{
    HPDF_Dict preferences = HPDF_Dict_New(pdf->doc->mmgr);
    if (!preferences) return HPDF_FAILD_TO_ALLOC_MEM;
    HPDF_STATUS bad = HPDF_Dict_Add(preferences, "DisplayDocTitle", HPDF_Boolean_New(pdf->doc->mmgr, HPDF_TRUE));
    return bad ? bad : HPDF_Dict_Add(pdf->doc->catalog, "ViewerPreferences", preferences);
}

enum err pdf_set_info(struct pdf *pdf, const char *title, const char *author, const char *language, int64_t created_ms, struct fault *fault)
{
    HPDF_STATUS bad = HPDF_SetInfoAttr(pdf->doc, HPDF_INFO_CREATOR, "Plenum"); /* makes the Info dictionary */
    if (!bad && title) bad = HPDF_Dict_Add(pdf->doc->info, "Title", make_text(pdf, title));
    if (!bad && author) bad = HPDF_Dict_Add(pdf->doc->info, "Author", make_text(pdf, author));
    if (!bad && language) bad = HPDF_Dict_Add(pdf->doc->catalog, "Lang", HPDF_String_New(pdf->doc->mmgr, language, NULL));
    if (!bad && title) bad = show_title(pdf);
    if (!bad && created_ms) bad = set_dates(pdf, created_ms);
    return bad ? pdf_fault(pdf, fault, "the document's title") : OK;
}

/* libharu deflates streams when the file is saved and keeps them whole until then. Ours are deflated at once; this says so in the
 * dictionary, since it removes any Filter entry of a stream that it does not deflate itself. */
static HPDF_STATUS write_filter(HPDF_Dict dict, HPDF_Stream stream)
{
    (void)dict;
    return HPDF_Stream_WriteStr(stream, "/Filter /FlateDecode\012");
}

void pdf_pack(const void *content, size_t length, struct pdf_packed *ret)
{
    uLongf room = compressBound((uLong)length);
    *ret = (struct pdf_packed){.data = malloc(room)};
    if (ret->data && compress2(ret->data, &room, content, (uLong)length, 6) == Z_OK) {
        void *tight = realloc(ret->data, room);
        if (tight) ret->data = tight;
        ret->length = room;
        return;
    }
    free(ret->data);
    ret->data = NULL;
}

/* Bytes as they are, in one block of just their size: libharu's own blocks of 4 KB are half empty on most pages. */
static HPDF_STATUS store_stream(HPDF_Dict dict, const void *data, size_t length)
{
    HPDF_MemStreamAttr attr = dict->stream->attr;
    attr->buf_siz = attr->w_pos = length ? (HPDF_UINT)length : 1;
    dict->filter = HPDF_STREAM_FILTER_NONE;
    return HPDF_Stream_Write(dict->stream, data, (HPDF_UINT)length);
}

static HPDF_STATUS fill_stream(HPDF_Dict dict, const void *data, size_t length)
{
    struct pdf_packed packed;
    pdf_pack(data, length, &packed);
    if (!packed.data) return HPDF_FAILD_TO_ALLOC_MEM;
    HPDF_STATUS bad = store_stream(dict, packed.data, packed.length);
    dict->write_fn = write_filter;
    free(packed.data);
    return bad;
}

static HPDF_Dict make_stream(const struct pdf *pdf, const void *data, size_t length)
{
    HPDF_Dict dict = HPDF_DictStream_New(pdf->doc->mmgr, pdf->doc->xref);
    return dict && fill_stream(dict, data, length) == HPDF_OK ? dict : NULL;
}

static HPDF_STATUS add_bookmark(struct pdf *pdf, HPDF_Page page, const char *title)
{
    if (!pdf->outline) HPDF_SetPageMode(pdf->doc, HPDF_PAGE_MODE_USE_OUTLINE);
    pdf->outline = HPDF_CreateOutline(pdf->doc, NULL, "-", NULL);
    HPDF_Destination destination = HPDF_Page_CreateDestination(page);
    if (!pdf->outline || !destination) return HPDF_FAILD_TO_ALLOC_MEM;
    HPDF_STATUS bad = HPDF_Dict_Add(pdf->outline, "Title", make_text(pdf, title));
    if (!bad) bad = HPDF_Destination_SetFit(destination);
    return bad ? bad : HPDF_Outline_SetDestination(pdf->outline, destination);
}

static HPDF_STATUS set_box(HPDF_Page page, const char *name, const struct pdf_box *box)
{
    if (!box) return HPDF_OK;
    HPDF_Box made = {.left = (HPDF_REAL)box->left, .bottom = (HPDF_REAL)box->bottom, .right = (HPDF_REAL)box->right, .top = (HPDF_REAL)box->top};
    return HPDF_Dict_Add(page, name, HPDF_Box_Array_New(page->mmgr, made));
}

static HPDF_STATUS set_shared_box(const struct pdf *pdf, HPDF_Page page, const char *name, const struct pdf_box *box, struct shared_box *shared)
{
    if (!box) return HPDF_OK;
    const struct pdf_box *known = &shared->box;
    bool same = shared->array && known->left == box->left && known->bottom == box->bottom && known->right == box->right && known->top == box->top;
    if (!same) {
        HPDF_Box made = {.left = (HPDF_REAL)box->left, .bottom = (HPDF_REAL)box->bottom, .right = (HPDF_REAL)box->right, .top = (HPDF_REAL)box->top};
        shared->array = HPDF_Box_Array_New(page->mmgr, made);
        shared->box = *box;
        if (!shared->array || HPDF_Xref_Add(pdf->doc->xref, shared->array) != HPDF_OK) return HPDF_FAILD_TO_ALLOC_MEM;
    }
    return HPDF_Dict_Add(page, name, shared->array);
}

/* The fonts of all pages, and the pictures of this one. */
static HPDF_STATUS set_resources(const struct pdf *pdf, HPDF_Page made, const struct pdf_page *page)
{
    if (!page->picture_count) return HPDF_Dict_Add(made, "Resources", pdf->resources);
    HPDF_Dict resources = HPDF_Dict_New(made->mmgr), pictures = HPDF_Dict_New(made->mmgr);
    if (!resources || !pictures) return HPDF_FAILD_TO_ALLOC_MEM;
    HPDF_STATUS bad = HPDF_Dict_Add(made, "Resources", resources);
    if (!bad) bad = HPDF_Dict_Add(resources, "Font", pdf->fonts);
    if (!bad) bad = HPDF_Dict_Add(resources, "XObject", pictures);
    for (size_t i = 0; !bad && i < page->picture_count; i++) {
        char name[16];
        (void)snprintf(name, sizeof name, "P%u", page->pictures[i]);
        bad = HPDF_Dict_Add(pictures, name, pdf->pictures[page->pictures[i]]);
    }
    return bad;
}

enum err pdf_add_page(struct pdf *pdf, const struct pdf_page *page, struct pdf_stream **ret, struct fault *fault)
{
    HPDF_Page made = HPDF_AddPage(pdf->doc);
    if (!made) return pdf_fault(pdf, fault, "a page");
    const struct pdf_box media = {.right = page->width, .top = page->height};
    HPDF_STATUS bad = set_box(made, "MediaBox", &media);
    if (!bad) bad = set_shared_box(pdf, made, "BleedBox", page->bleed, &pdf->bleed);
    if (!bad) bad = set_shared_box(pdf, made, "TrimBox", page->trim, &pdf->trim);
    if (!bad) bad = set_resources(pdf, made, page);
    for (size_t i = 0; !bad && i < page->bookmark_count; i++) bad = add_bookmark(pdf, made, page->bookmarks[i]);
    if (bad) return pdf_fault(pdf, fault, "a page");
    *ret = (struct pdf_stream *)((HPDF_PageAttr)made->attr)->contents;
    return OK;
}

enum err pdf_fill_page(struct pdf_stream *stream, const struct pdf_packed *packed, struct fault *fault)
{
    HPDF_Dict dict = (HPDF_Dict)(void *)stream;
    dict->write_fn = write_filter;
    HPDF_STATUS bad = packed->data ? store_stream(dict, packed->data, packed->length) : HPDF_FAILD_TO_ALLOC_MEM;
    return bad ? fault_set(fault, ERR_NOMEM, "no memory for a page") : OK;
}

static HPDF_STATUS write_jpeg_filter(HPDF_Dict dict, HPDF_Stream stream)
{
    (void)dict;
    return HPDF_Stream_WriteStr(stream, "/Filter /DCTDecode\012");
}

enum err pdf_add_picture(struct pdf *pdf, const struct pdf_picture *picture, unsigned *ret_number, struct fault *fault)
{
    if (pdf->picture_count == pdf->picture_capacity) {
        size_t capacity = pdf->picture_capacity ? pdf->picture_capacity * 2 : 64;
        HPDF_Dict *more = realloc(pdf->pictures, capacity * sizeof *more);
        if (!more) return fault_set(fault, ERR_NOMEM, "no memory for a picture");
        pdf->pictures = more;
        pdf->picture_capacity = capacity;
    }
    HPDF_Dict dict = HPDF_DictStream_New(pdf->doc->mmgr, pdf->doc->xref);
    if (!dict) return pdf_fault(pdf, fault, "a picture");
    HPDF_STATUS bad = HPDF_Dict_AddName(dict, "Type", "XObject");
    bad |= HPDF_Dict_AddName(dict, "Subtype", "Image");
    bad |= HPDF_Dict_AddNumber(dict, "Width", (HPDF_INT32)picture->width);
    bad |= HPDF_Dict_AddNumber(dict, "Height", (HPDF_INT32)picture->height);
    bad |= HPDF_Dict_AddName(dict, "ColorSpace", picture->grey ? "DeviceGray" : "DeviceRGB");
    bad |= HPDF_Dict_AddNumber(dict, "BitsPerComponent", 8);
    bad |= store_stream(dict, picture->data, picture->length);
    dict->write_fn = write_jpeg_filter;
    if (bad) return pdf_fault(pdf, fault, "a picture");
    pdf->pictures[pdf->picture_count] = dict;
    *ret_number = (unsigned)pdf->picture_count++;
    return OK;
}

enum err pdf_label_pages(struct pdf *pdf, unsigned first, const char *prefix, struct fault *fault)
{
    HPDF_STATUS bad = HPDF_AddPageLabel(pdf->doc, 0, HPDF_PAGE_NUM_STYLE_DECIMAL, first, prefix);
    return bad ? pdf_fault(pdf, fault, "page labels") : OK;
}

/* The W array (ISO 32000-1 §9.7.4.3): runs of used glyphs, "first [width …]". */
static HPDF_Array make_widths(const struct pdf *pdf, const struct pdf_font *font)
{
    HPDF_Array all = HPDF_Array_New(pdf->doc->mmgr), run = NULL;
    if (!all) return NULL;
    for (size_t glyph = 0; glyph < font->width_count; glyph++) {
        if (font->widths[glyph] == PDF_NO_WIDTH) {
            run = NULL;
            continue;
        }
        if (!run) {
            run = HPDF_Array_New(pdf->doc->mmgr);
            if (!run || HPDF_Array_AddNumber(all, (HPDF_INT32)glyph) != HPDF_OK || HPDF_Array_Add(all, run) != HPDF_OK) return NULL;
        }
        if (HPDF_Array_AddNumber(run, font->widths[glyph]) != HPDF_OK) return NULL;
    }
    return all;
}

static HPDF_Dict make_descriptor(const struct pdf *pdf, const struct pdf_font *font)
{
    HPDF_Dict file = make_stream(pdf, font->data, font->length);
    HPDF_Dict dict = HPDF_Dict_New(pdf->doc->mmgr);
    HPDF_Array box = HPDF_Array_New(pdf->doc->mmgr);
    if (!file || !dict || !box || HPDF_Xref_Add(pdf->doc->xref, dict) != HPDF_OK) return NULL;
    HPDF_STATUS bad = font->is_cff ? HPDF_Dict_AddName(file, "Subtype", "CIDFontType0C") : HPDF_Dict_AddNumber(file, "Length1", (HPDF_INT32)font->length);
    for (int i = 0; i < 4; i++) bad |= HPDF_Array_AddNumber(box, font->box[i]);
    bad |= HPDF_Dict_AddName(dict, "Type", "FontDescriptor");
    bad |= HPDF_Dict_AddName(dict, "FontName", font->name);
    bad |= HPDF_Dict_AddNumber(dict, "Flags", 4); /* symbolic: characters are glyph numbers */
    bad |= HPDF_Dict_Add(dict, "FontBBox", box);
    bad |= HPDF_Dict_AddNumber(dict, "ItalicAngle", 0);
    bad |= HPDF_Dict_AddNumber(dict, "Ascent", font->ascent);
    bad |= HPDF_Dict_AddNumber(dict, "Descent", font->descent);
    bad |= HPDF_Dict_AddNumber(dict, "CapHeight", font->cap_height);
    bad |= HPDF_Dict_AddNumber(dict, "StemV", font->bold ? 140 : 80);
    bad |= HPDF_Dict_Add(dict, font->is_cff ? "FontFile3" : "FontFile2", file);
    return bad ? NULL : dict;
}

/* The CIDFont: glyph numbers are its CIDs. */
static HPDF_Dict make_descendant(const struct pdf *pdf, const struct pdf_font *font)
{
    HPDF_Dict descriptor = make_descriptor(pdf, font);
    HPDF_Dict dict = HPDF_Dict_New(pdf->doc->mmgr), system = HPDF_Dict_New(pdf->doc->mmgr);
    HPDF_Array widths = make_widths(pdf, font);
    if (!descriptor || !dict || !system || !widths || HPDF_Xref_Add(pdf->doc->xref, dict) != HPDF_OK) return NULL;
    HPDF_STATUS bad = HPDF_Dict_Add(system, "Registry", HPDF_String_New(pdf->doc->mmgr, "Adobe", NULL));
    bad |= HPDF_Dict_Add(system, "Ordering", HPDF_String_New(pdf->doc->mmgr, "Identity", NULL));
    bad |= HPDF_Dict_AddNumber(system, "Supplement", 0);
    bad |= HPDF_Dict_AddName(dict, "Type", "Font");
    bad |= HPDF_Dict_AddName(dict, "Subtype", font->is_cff ? "CIDFontType0" : "CIDFontType2");
    bad |= HPDF_Dict_AddName(dict, "BaseFont", font->name);
    bad |= HPDF_Dict_Add(dict, "CIDSystemInfo", system);
    bad |= HPDF_Dict_Add(dict, "FontDescriptor", descriptor);
    bad |= HPDF_Dict_Add(dict, "W", widths);
    if (!font->is_cff) bad |= HPDF_Dict_AddName(dict, "CIDToGIDMap", "Identity");
    return bad ? NULL : dict;
}

enum err pdf_add_font(struct pdf *pdf, const struct pdf_font *font, struct fault *fault)
{
    char key[16];
    (void)snprintf(key, sizeof key, "F%u", font->number);
    HPDF_Dict descendant = make_descendant(pdf, font);
    HPDF_Dict map = make_stream(pdf, font->to_unicode, font->to_unicode_length);
    HPDF_Dict dict = HPDF_Dict_New(pdf->doc->mmgr);
    HPDF_Array descendants = HPDF_Array_New(pdf->doc->mmgr);
    if (!descendant || !map || !dict || !descendants || HPDF_Xref_Add(pdf->doc->xref, dict) != HPDF_OK) return pdf_fault(pdf, fault, "a font");
    HPDF_STATUS bad = HPDF_Array_Add(descendants, descendant);
    bad |= HPDF_Dict_AddName(dict, "Type", "Font");
    bad |= HPDF_Dict_AddName(dict, "Subtype", "Type0");
    bad |= HPDF_Dict_AddName(dict, "BaseFont", font->name);
    bad |= HPDF_Dict_AddName(dict, "Encoding", "Identity-H");
    bad |= HPDF_Dict_Add(dict, "DescendantFonts", descendants);
    bad |= HPDF_Dict_Add(dict, "ToUnicode", map);
    bad |= HPDF_Dict_Add(pdf->fonts, key, dict);
    return bad ? pdf_fault(pdf, fault, "a font") : OK;
}

static HPDF_STATUS append(HPDF_Stream stream, const HPDF_BYTE *data, HPDF_UINT length)
{
    struct buf *out = stream->attr;
    buf_add(out, data, length);
    return out->failed ? HPDF_FAILD_TO_ALLOC_MEM : HPDF_OK;
}

enum err pdf_save(struct pdf *pdf, struct buf *out, struct fault *fault)
{
    /* A stream of ours in the place of the one that HPDF_SaveToStream would make: no second copy of the file. HPDF_Free frees it. */
    if (!pdf->doc->stream) pdf->doc->stream = HPDF_CallbackWriter_New(pdf->doc->mmgr, append, out);
    if (!pdf->doc->stream) return pdf_fault(pdf, fault, "saving");
    HPDF_STATUS bad = HPDF_SaveToStream(pdf->doc);
    if (!buf_ok(out)) return fault_set(fault, ERR_LIMIT, "the PDF is larger than the memory for it");
    return bad ? pdf_fault(pdf, fault, "saving") : OK;
}
