#include "core/base/clock.h"
#include "core/base/text.h"
#include "core/sheet/stream.h"
#include "core/sheet/stream_format.h"

#include <errno.h>
#include <math.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#define ROOM (256u * 1024u)
#define TEXTS_MORE 2 /* times the texts of the file: converted ones, and those that come again because their slot was taken */

struct reader {
    int fd;
    int64_t until_ms;
    struct arena *arena;
    const struct sheet_limits *limits;
    char *room;         /* [ROOM] */
    size_t at, length;
    const char **slots; /* [STREAM_SLOTS] */
    struct sheet_cell *row; /* the row that comes in */
    size_t row_capacity;
    uint64_t cells, text_bytes, rows, merges;
    enum err result; /* the first thing that went wrong */
};

static bool fail(struct reader *r, enum err e)
{
    if (r->result == OK) r->result = e;
    return false;
}

static bool fill(struct reader *r)
{
    for (;;) {
        int64_t left = r->until_ms - clock_steady_ms();
        struct pollfd ready = {.fd = r->fd, .events = POLLIN};
        if (left <= 0) return fail(r, ERR_TIMEOUT);
        int n = poll(&ready, 1, left > 60000 ? 60000 : (int)left);
        if (n < 0 && errno != EINTR) return fail(r, ERR_IO);
        if (n <= 0) continue;
        ssize_t got = read(r->fd, r->room, ROOM);
        if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
        if (got <= 0) return fail(r, ERR_INPUT); /* it ended before it said all */
        r->at = 0;
        r->length = (size_t)got;
        return true;
    }
}

static bool get(struct reader *r, void *out, size_t length)
{
    char *p = out;
    while (length) {
        if (r->at == r->length && !fill(r)) return false;
        size_t n = r->length - r->at < length ? r->length - r->at : length;
        memcpy(p, r->room + r->at, n);
        r->at += n;
        p += n;
        length -= n;
    }
    return true;
}

/* `name` as it came; a new text is behind it. NULL with result OK: none. */
static const char *get_text(struct reader *r, uint32_t name, bool may_be_empty)
{
    uint32_t length;
    if (name == STREAM_NONE) return NULL;
    uint32_t slot = name & ~STREAM_NEW;
    if (slot >= STREAM_SLOTS) return (void)fail(r, ERR_INPUT), NULL;
    if (!(name & STREAM_NEW)) {
        if (!r->slots[slot] || (!may_be_empty && !*r->slots[slot])) (void)fail(r, ERR_INPUT);
        return r->slots[slot];
    }
    if (!get(r, &length, sizeof length)) return NULL;
    bool good = (length || may_be_empty) && length / 4 <= r->limits->cell_bytes && r->text_bytes + length <= r->limits->text_bytes * TEXTS_MORE;
    if (!good) return (void)fail(r, ERR_INPUT), NULL;
    r->text_bytes += length;
    char *text = arena_alloc(r->arena, (size_t)length + 1);
    if (!text) return (void)fail(r, ERR_NOMEM), NULL;
    if (!get(r, text, length)) return NULL;
    if (!text_is_utf8(text, length)) return (void)fail(r, ERR_INPUT), NULL;
    return r->slots[slot] = text;
}

static bool get_cell(struct reader *r, const struct sheet *sheet, size_t i)
{
    struct stream_cell in;
    if (!get(r, &in, sizeof in)) return false;
    bool good = in.column < sheet->columns && (i == 0 || in.column > r->row[i - 1].column) && in.kind > SHEET_EMPTY && in.kind <= SHEET_ERROR && isfinite(in.number);
    if (!good || ++r->cells > r->limits->cells) return fail(r, ERR_INPUT);
    if (arena_grow(r->arena, &r->row, &r->row_capacity, i, sizeof *r->row) != 0) return fail(r, ERR_NOMEM);
    const char *text = get_text(r, in.text, false); /* first the text, then the raw one, as they come */
    const char *raw = r->result == OK ? get_text(r, in.raw, false) : NULL;
    if (!text || r->result != OK) return fail(r, ERR_INPUT);
    r->row[i] = (struct sheet_cell){.column = in.column, .kind = (enum sheet_kind)in.kind, .number = in.number, .text = text, .raw = raw};
    return true;
}

static bool get_row(struct reader *r, const struct sheet *sheet, struct sheet_row *rows, size_t i)
{
    struct stream_row in;
    if (!get(r, &in, sizeof in)) return false;
    if (in.count == 0 || in.count > sheet->columns || in.number == 0 || in.number > r->limits->rows || (i && in.number <= rows[i - 1].number)) return fail(r, ERR_INPUT);
    for (uint32_t k = 0; k < in.count; k++)
        if (!get_cell(r, sheet, k)) return false;
    rows[i] = (struct sheet_row){.number = in.number, .hidden = in.hidden != 0, .count = in.count, .cells = arena_memdup(r->arena, r->row, in.count * sizeof *r->row)};
    return rows[i].cells ? true : fail(r, ERR_NOMEM);
}

static bool get_merges(struct reader *r, struct sheet *sheet, uint32_t count)
{
    r->merges += count;
    if (r->merges > r->limits->merges) return fail(r, ERR_INPUT);
    struct sheet_merge *merges = arena_array(r->arena, count, sizeof *merges);
    if (!merges) return fail(r, ERR_NOMEM);
    if (!get(r, merges, count * sizeof *merges)) return false;
    for (uint32_t i = 0; i < count; i++)
        if (merges[i].first_row == 0 || merges[i].first_row > merges[i].last_row || merges[i].first_column > merges[i].last_column) return fail(r, ERR_INPUT);
    sheet->merges = merges;
    sheet->merge_count = count;
    return true;
}

static bool get_converted(struct reader *r, struct sheet *sheet, uint32_t count)
{
    if (count > sheet->columns) return fail(r, ERR_INPUT);
    struct sheet_converted *list = arena_array(r->arena, count, sizeof *list);
    if (!list) return fail(r, ERR_NOMEM);
    for (uint32_t i = 0; i < count; i++) {
        struct stream_converted in;
        if (!get(r, &in, sizeof in)) return false;
        if (in.column >= sheet->columns || (i && in.column <= list[i - 1].column)) return fail(r, ERR_INPUT);
        list[i] = (struct sheet_converted){.column = in.column, .encoding = in.vni ? "vni" : "tcvn3", .by_font = in.by_font != 0, .cells = in.cells};
    }
    sheet->converted = list;
    sheet->converted_count = count;
    return true;
}

static bool get_sheet(struct reader *r, struct sheet *sheet)
{
    struct stream_sheet in;
    if (!get(r, &in, sizeof in)) return false;
    sheet->name = get_text(r, in.name, true);
    if (!sheet->name || in.columns > r->limits->columns || in.rows > r->limits->rows) return fail(r, ERR_INPUT);
    sheet->hidden = in.hidden != 0;
    sheet->columns = in.columns;
    r->rows += in.rows; /* each has a cell */
    if (r->rows > r->limits->cells) return fail(r, ERR_INPUT);
    struct sheet_row *rows = arena_array(r->arena, in.rows, sizeof *rows);
    if (!rows) return fail(r, ERR_NOMEM);
    for (uint32_t i = 0; i < in.rows; i++)
        if (!get_row(r, sheet, rows, i)) return false;
    sheet->rows = rows;
    sheet->count = in.rows;
    return get_merges(r, sheet, in.merges) && get_converted(r, sheet, in.converted);
}

static bool get_book(struct reader *r, const struct stream_head *head, struct sheet_book *ret)
{
    bool good = head->sheets > 0 && head->sheets <= r->limits->sheets && head->format < 2 && head->encoding >= 2 && head->encoding < 9 &&
                (head->font_encoding == 0xFF || (head->font_encoding >= 9 && head->font_encoding < STREAM_WORDS)) && head->separator < 0x80;
    if (!good) return fail(r, ERR_INPUT);
    struct sheet *sheets = arena_array(r->arena, head->sheets, sizeof *sheets);
    if (!sheets) return fail(r, ERR_NOMEM);
    for (uint32_t i = 0; i < head->sheets; i++)
        if (!get_sheet(r, &sheets[i])) return false;
    *ret = (struct sheet_book){.sheets = sheets, .count = head->sheets, .format = stream_words[head->format], .encoding = stream_words[head->encoding],
        .separator = (char)head->separator, .font_encoding = head->font_encoding == 0xFF ? NULL : stream_words[head->font_encoding], .has_macros = head->has_macros != 0,
        .from_1904 = head->from_1904 != 0};
    return true;
}

static void printable(char *text, size_t size)
{
    text[size - 1] = '\0';
    if (!text_is_printable(text)) text[0] = '\0';
}

static enum err take_fault(struct reader *r, uint32_t code, struct fault *fault)
{
    struct stream_fault in;
    if (!get(r, &in, sizeof in)) return r->result;
    printable(in.text, sizeof in.text);
    printable(in.reason, sizeof in.reason);
    printable(in.detail, sizeof in.detail);
    const char *reason = refusal_reason(in.reason);
    enum err e = code == ERR_LIMIT || code == ERR_NOMEM || code == ERR_IO || code == ERR_USAGE ? (enum err)code : ERR_INPUT;
    return reason ? fault_because(fault, e, reason, in.detail, "%s", in.text) : fault_set(fault, e, "%s", in.text);
}

enum err stream_read(int fd, int64_t until_ms, struct arena *arena, const struct sheet_limits *limits, struct sheet_book *ret, struct fault *fault)
{
    struct arena scratch = {0};
    struct reader r = {.fd = fd, .until_ms = until_ms, .arena = arena, .limits = limits};
    r.room = arena_alloc(&scratch, ROOM);
    r.slots = arena_array(&scratch, STREAM_SLOTS, sizeof *r.slots);
    struct stream_head head;
    enum err e = ERR_NOMEM;
    if (r.room && r.slots) {
        if (!get(&r, &head, sizeof head)) e = r.result;
        else if (head.code != OK) e = take_fault(&r, head.code, fault);
        else e = get_book(&r, &head, ret) ? OK : r.result;
    }
    arena_release(&scratch);
    return e;
}
