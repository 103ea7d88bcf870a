#include "core/sheet/csv_list.h"
#include "core/base/csv.h"
#include "core/base/text_encoding.h"
#include "core/sheet/refusal.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

/* Line ends within a cell become LF; other control characters, which no program shows, are dropped. Writes to `out`, which holds `length`. */
static size_t clean(char *out, const char *text, size_t length)
{
    size_t n = 0;
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c == '\r') {
            if (i + 1 < length && text[i + 1] == '\n') continue;
            c = '\n';
        }
        if (c == '\v') c = '\n'; /* a line end within a cell, as old programs wrote it */
        if ((c < ' ' && c != '\t' && c != '\n') || c == 0x7F) continue;
        out[n++] = (char)c;
    }
    return n;
}

static bool has_controls(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++)
        if ((unsigned char)text[i] < ' ' || text[i] == 0x7F) return true;
    return false;
}

/* The apostrophe before what an office program would take for a formula, as buf_put_csv writes it, says nothing: '+84… is a phone number. */
static bool is_guarded(const char *text, size_t length)
{
    size_t n = 0;
    while (n < length && text[n] == '\'') n++;
    return n && n < length && strchr("=+-@\t\r", text[n]) && text[n];
}

static enum err add_row(struct build *b, struct arena *scratch, const struct csv_cell *cells, size_t count, size_t line)
{
    build_row(b, (uint32_t)line, false);
    for (size_t i = 0; i < count; i++) {
        const char *text = cells[i].text;
        size_t length = cells[i].length;
        if (is_guarded(text, length)) text++, length--;
        if (length && has_controls(text, length)) {
            char *room = arena_alloc(scratch, length);
            if (!room) return fault_set(b->fault, ERR_NOMEM, "not enough memory");
            length = clean(room, text, length);
            text = room;
        }
        if (build_is_blank(text, length)) continue;
        const char *kept = build_text(b, text, length);
        if (!kept) return build_short(b, length);
        enum err e = build_cell(b, (uint32_t)i, SHEET_TEXT, 0, kept);
        if (e != OK) return e;
    }
    return build_row_end(b);
}

static enum err add_rows(struct build *b, struct csv_reader *r, struct fault *fault)
{
    struct arena scratch = {0};
    struct csv_cell *cells;
    size_t count, line;
    enum err e;
    while ((e = csv_next(r, &cells, &count, &line)) == OK) {
        if (r->unfinished) e = refuse_quote(fault, line);
        else if (line > b->limits->rows) e = refuse_large(fault, "rows", b->limits->rows);
        else e = add_row(b, &scratch, cells, count, line);
        arena_clear(&scratch);
        if (e != OK) break;
    }
    arena_release(&scratch);
    return e == ERR_NOT_FOUND ? OK : e == ERR_NOMEM ? fault_set(fault, e, "not enough memory") : e;
}

/* Where the text cannot be read. */
static enum err refuse_at(const char *data, size_t length, size_t wrong, struct fault *fault)
{
    char line_text[24];
    size_t line = 1;
    if (memchr(data, 0, length)) return refuse(fault, REFUSAL_BINARY, NULL);
    for (size_t i = 0; i < wrong; i++) line += data[i] == '\n';
    (void)snprintf(line_text, sizeof line_text, "%zu", line);
    return refuse(fault, REFUSAL_ENCODING, line_text);
}

static bool is_binary(const char *text, size_t length)
{
    size_t controls = 0;
    for (size_t i = 0; i < length; i++) controls += (unsigned char)text[i] < ' ' && !strchr("\t\n\v\f\r", text[i]);
    return controls > 2 && controls * 50 > length;
}

static size_t first_not_ascii(const char *data, size_t length)
{
    size_t i = 0;
    while (i < length && (unsigned char)data[i] < 0x80) i++;
    return i;
}

/* Excel's own first line, which is no row: "sep=;". Returns how long it is. */
static size_t take_separator_line(const char *text, size_t length, char *ret)
{
    if (length < 5 || strncasecmp(text, "sep=", 4) != 0 || (length > 5 && text[5] != '\r' && text[5] != '\n')) return 0;
    *ret = text[4];
    return 5;
}

enum err csv_list_read(const char *data, size_t length, const struct sheet_wish *wish, struct build *b, struct sheet_book *ret, struct fault *fault)
{
    const char *encoding = wish->encoding ? text_encoding_named(wish->encoding) : text_encoding_find(data, length);
    char *text = NULL, separator = wish->separator;
    size_t text_length = 0, wrong = 0;
    if (wish->encoding && !encoding) return fault_set(fault, ERR_USAGE, "no such encoding: %s", wish->encoding);
    if (!encoding && (wish->fonts == SHEET_FONTS_TCVN3 || wish->fonts == SHEET_FONTS_VNI)) encoding = "windows-1252";
    if (!encoding) return refuse_at(data, length, first_not_ascii(data, length), fault);
    enum err e = text_encoding_read(&b->scratch, data, length, encoding, &text, &text_length, &wrong);
    if (e == ERR_INPUT) return refuse_at(data, strncmp(encoding, "utf-16", 6) == 0 ? 0 : length, wrong, fault);
    if (e != OK) return fault_set(fault, e, "not enough memory");
    if (is_binary(text, text_length)) return refuse(fault, REFUSAL_BINARY, NULL);
    struct csv_reader r = {.arena = &b->scratch, .p = text, .end = text + text_length, .line = 1};
    char written = 0;
    size_t skip = take_separator_line(text, text_length, &written);
    r.p += skip;
    if (skip && !separator) separator = written;
    if (!separator) separator = csv_find_separator(r.p, text_length - skip);
    r.separator = separator;
    if ((e = add_rows(b, &r, fault)) != OK || (e = build_sheet_end(b, "", false)) != OK) return e;
    *ret = (struct sheet_book){.format = "csv", .encoding = encoding, .separator = separator};
    return OK;
}
