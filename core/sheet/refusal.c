#include "core/sheet/refusal.h"
#include "core/sheet/stream_format.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define SAVE_AS "open it with Excel or LibreOffice and save it as .xlsx"

enum err refuse(struct fault *fault, enum refusal why, const char *detail)
{
    switch (why) {
    case REFUSAL_EMPTY: return fault_because(fault, ERR_INPUT, "sheet_empty", NULL, "the file is empty");
    case REFUSAL_XLS: return fault_because(fault, ERR_INPUT, "sheet_xls", NULL, "this is a workbook of before 2007 (.xls): " SAVE_AS);
    case REFUSAL_XLSB: return fault_because(fault, ERR_INPUT, "sheet_xlsb", NULL, "this is a binary workbook (.xlsb): " SAVE_AS);
    case REFUSAL_ENCRYPTED: return fault_because(fault, ERR_INPUT, "sheet_encrypted", NULL, "the file has a password: open it and save it as .xlsx without one");
    case REFUSAL_ODS: return fault_because(fault, ERR_INPUT, "sheet_ods", NULL, "this is a sheet of OpenDocument (.ods): " SAVE_AS);
    case REFUSAL_HTML: return fault_because(fault, ERR_INPUT, "sheet_html", NULL, "this is a web page, whatever its name says: " SAVE_AS);
    case REFUSAL_XML: return fault_because(fault, ERR_INPUT, "sheet_xml", NULL, "this is XML and no .xlsx, whatever its name says: " SAVE_AS);
    case REFUSAL_PDF: return fault_because(fault, ERR_INPUT, "sheet_pdf", NULL, "this is a PDF: ask for the workbook (.xlsx) from which it was made");
    case REFUSAL_OTHER: return fault_because(fault, ERR_INPUT, "sheet_other", detail, "this is no list (%s): send an .xlsx or a .csv", detail ? detail : "?");
    case REFUSAL_BINARY: return fault_because(fault, ERR_INPUT, "sheet_binary", NULL, "this is neither a workbook nor a text: send an .xlsx or a .csv");
    case REFUSAL_ENCODING:
        return fault_because(fault, ERR_INPUT, "sheet_encoding", detail, "line %s: letters in an encoding that is not known: save it as .xlsx, or as \"CSV UTF-8\"",
            detail ? detail : "1");
    case REFUSAL_DOCTYPE: return fault_because(fault, ERR_INPUT, "sheet_doctype", NULL, "its XML declares a document type, which no office program writes: " SAVE_AS);
    case REFUSAL_BOUNDS:
        return fault_because(fault, ERR_LIMIT, "sheet_bounds", NULL, "the file cannot be read within bounds of time and memory: " SAVE_AS " anew, or divide it");
    default: return fault_set(fault, ERR_BUG, "refused without a reason");
    }
}

enum err refuse_damaged(struct fault *fault, const char *part, const char *format, ...)
{
    char text[FAULT_TEXT_SIZE];
    va_list args;
    va_start(args, format);
    (void)vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return fault_because(fault, ERR_INPUT, "sheet_damaged", part, "%s: " SAVE_AS " anew", text);
}

enum err refuse_large(struct fault *fault, const char *what, uint64_t most)
{
    static const struct { const char *what, *reason; } reasons[] = {
        {.what = NULL, .reason = "sheet_large"}, {.what = "MB", .reason = "sheet_large_mb"}, {.what = "rows", .reason = "sheet_large_rows"},
        {.what = "columns", .reason = "sheet_large_columns"}, {.what = "cells", .reason = "sheet_large_cells"},
    };
    char detail[FAULT_DETAIL_SIZE];
    const char *reason = reasons[0].reason;
    for (size_t i = 1; i < sizeof reasons / sizeof reasons[0]; i++)
        if (strcmp(reasons[i].what, what) == 0) reason = reasons[i].reason;
    (void)snprintf(detail, sizeof detail, "%" PRIu64, most);
    return fault_because(fault, ERR_LIMIT, reason, detail, "the file has more than %s %s: divide it, or delete what is not needed", detail, what);
}

enum err refuse_quote(struct fault *fault, uint64_t line)
{
    char detail[FAULT_DETAIL_SIZE];
    (void)snprintf(detail, sizeof detail, "%" PRIu64, line);
    return fault_because(fault, ERR_INPUT, "sheet_quote", detail, "line %s: a quote is opened and never closed", detail);
}

const char *refusal_reason(const char *name)
{
    static const char *const reasons[] = {
        "sheet_empty", "sheet_xls", "sheet_xlsb", "sheet_encrypted", "sheet_ods", "sheet_html", "sheet_xml", "sheet_pdf", "sheet_other",
        "sheet_binary", "sheet_encoding", "sheet_doctype", "sheet_bounds", "sheet_damaged", "sheet_large", "sheet_large_mb", "sheet_large_rows",
        "sheet_large_columns", "sheet_large_cells", "sheet_quote",
    };
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++)
        if (strcmp(reasons[i], name) == 0) return reasons[i];
    return NULL;
}
