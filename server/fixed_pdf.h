/* A fixed figure as PDF: the sentence, the table, lines to sign, the list (badges/sheets/fixed_sheet.h), in the words of the screens. */
#ifndef PLENUM_SERVER_FIXED_PDF_H
#define PLENUM_SERVER_FIXED_PDF_H

#include "core/congress/archive.h"
#include "core/congress/figures/fixed.h"
#include "core/typeset/fonts.h"
#include "server/i18n/i18n.h"

struct fixed_pdf {
    struct db *db;
    struct arena *arena; /* grows with the list */
    const struct i18n *i18n;
    const struct fixed_figure *figure; /* loaded whole */
    const char *lang;                  /* NULL or none of ours: the organisation's first */
    bool with_list;
};

/* Appended to `out`. Errors as fixed_sheet_write's. */
enum err fixed_pdf_write(const struct fixed_pdf *pdf, struct fonts *fonts, struct buf *out, struct fault *fault);

/* `more` of struct archive_options: all of an event as reports/attendance-NUMBER.pdf; the context is a struct fixed_pdf_all. One figure's list in memory at a time. */
struct fixed_pdf_all {
    const struct i18n *i18n;
    struct fonts *fonts;
};
enum err fixed_pdf_add_all(void *context, struct archive *archive, struct db *db, int64_t event_id, struct fault *fault);

#endif
