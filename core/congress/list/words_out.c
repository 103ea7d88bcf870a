/* Names and sentences of what was found. */
#include "core/base/buf.h"
#include "core/congress/list/list_private.h"

#include <string.h>

static const struct {
    const char *name, *sentence;
} reasons[] = {
#define LIST_REASON(name, sentence) {#name, sentence},
#include "core/congress/list/list_reasons.def"
#undef LIST_REASON
};

const char *list_reason_name(size_t index) { return index < sizeof reasons / sizeof reasons[0] ? reasons[index].name : NULL; }

const char *list_change_name(enum list_change change)
{
    static const char *const names[LIST_CHANGE_COUNT] = {"as_written", "spaces", "said_otherwise", "leading_zero", "capitals", "century", "serial_day", "font",
                                                         "split", "repeated",
                                                          "month_lost"};
    return (unsigned)change < LIST_CHANGE_COUNT ? names[change] : "";
}

const char *list_passed_name(enum list_passed_why why)
{
    static const char *const names[LIST_PASSED_COUNT] = {"title", "header", "numbers", "section", "total", "note", "signature", "empty", "continued"};
    return (unsigned)why < LIST_PASSED_COUNT ? names[why] : "";
}

char *list_flaw_text(struct arena *arena, const struct list_flaw *flaw)
{
    char address[SHEET_ADDRESS_SIZE];
    const char *sentence = "{cell}: {written}";
    struct buf out;
    for (size_t i = 0; list_reason_name(i); i++)
        if (strcmp(reasons[i].name, flaw->reason) == 0) sentence = reasons[i].sentence;
    sheet_cell_address(flaw->row, flaw->column, address);
    buf_init(&out, BUF_LIMIT_BODY);
    for (const char *p = sentence; *p;) {
        const char *value = NULL;
        if (strncmp(p, "{cell}", 6) == 0) value = flaw->row ? address : "the sheet's name", p += 6;
        else if (strncmp(p, "{written}", 9) == 0) value = flaw->written ? flaw->written : "", p += 9;
        else if (strncmp(p, "{proposal}", 10) == 0) value = flaw->proposal ? flaw->proposal : "", p += 10;
        if (value) buf_puts(&out, value);
        else buf_putc(&out, *p++);
    }
    char *text = buf_ok(&out) ? arena_strdup(arena, buf_text(&out)) : NULL;
    buf_release(&out);
    return text;
}

const struct list_value *list_record_value(const struct list_record *record, const char *field_code)
{
    for (size_t i = 0; i < record->count; i++)
        if (strcmp(record->values[i].field->code, field_code) == 0) return &record->values[i];
    return NULL;
}
