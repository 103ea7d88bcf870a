/* Private to badges/sheets: fitted texts on a part of a page that is read from one side or the other (a sheet to sign, one slip of eight). */
#ifndef PLENUM_BADGES_SHEET_PAGE_H
#define PLENUM_BADGES_SHEET_PAGE_H

#include "core/typeset/document.h"

#define SHEET_INK 0x1A1A1Au
#define SHEET_MUTED 0x595959u

/* Texts are borrowed for as long as it is drawn on. */
struct sheet_page {
    struct document *document;
    const char *language;
    double x, y, width;       /* of the part, millimetres on the page */
    bool mirrored;            /* reading begins on the right: so do places */
    bool allow_missing;       /* as struct text_style */
    const char *kind, *whose; /* "slip", "Trần Thị B": told with what went wrong */
    struct fault *fault;
    enum err result;          /* the first error; no text is drawn after it */
};

struct look {
    double size, least; /* points */
    unsigned lines;
    bool bold;
    uint32_t color;     /* 0: ink */
    enum align align;   /* as if reading began on the left */
};

/* A place within the part, from the side on which reading begins, as a box on the page. */
struct box sheet_place(const struct sheet_page *page, double x, double y, double width, double height);
/* The text, fitted into that place, in the middle of its height. Nothing for NULL, "" and a place without width. */
void sheet_put(struct sheet_page *page, double x, double y, double width, double height, const char *text, const struct look *look);

#endif
