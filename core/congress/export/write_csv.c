/* CSV as RFC 4180 has it, UTF-8 with a byte order mark. */
#include "core/base/buf.h"
#include "core/base/file.h"
#include "core/congress/export/private.h"

#include <stdio.h>
#include <string.h>

#define PIECE (256u * 1024u)

struct csv_sink {
    struct export_sink sink;
    struct buf out;
    int fd;
};

static enum err drain(struct csv_sink *s, size_t least, struct fault *fault)
{
    if (!buf_ok(&s->out)) return fault_set(fault, ERR_NOMEM, "not enough memory");
    if (s->out.length < least) return OK;
    enum err e = file_write_all(s->fd, s->out.data, s->out.length);
    buf_clear(&s->out);
    return e == OK ? OK : fault_set(fault, e, "the list cannot be written");
}

static void put_list(struct buf *out, const struct export_column *column, const json_t *list, const char *language)
{
    struct buf all;
    size_t i;
    json_t *item;
    buf_init(&all, BUF_LIMIT_LINE);
    json_array_foreach(list, i, item) {
        const char *value = json_is_string(item) ? json_string_value(item) : "";
        buf_puts(&all, i ? ", " : "");
        buf_puts(&all, language ? columns_word(column, value, language) : value);
    }
    buf_put_csv(out, buf_text(&all));
    buf_release(&all);
}

static void put_cell(struct buf *out, const struct export_column *column, const json_t *value, const char *language)
{
    char number[40];
    if (json_is_string(value)) {
        bool word = language && (column->kind == EXPORT_WORD || column->kind == EXPORT_CHOICE);
        buf_put_csv(out, word ? columns_word(column, json_string_value(value), language) : json_string_value(value));
    } else if (json_is_boolean(value)) {
        const char *name = json_is_true(value) ? "true" : "false";
        if (column->code && !language) buf_puts(out, json_is_true(value) ? "1" : "0");
        else buf_put_csv(out, language ? columns_word(column, name, language) : name);
    } else if (json_is_integer(value)) {
        (void)snprintf(number, sizeof number, "%lld", (long long)json_integer_value(value));
        buf_puts(out, number);
    } else if (json_is_real(value)) {
        (void)snprintf(number, sizeof number, "%.15g", json_real_value(value));
        buf_puts(out, number);
    } else if (json_is_array(value)) {
        put_list(out, column, value, language);
    }
}

static enum err put_row(struct export_sink *sink, const json_t *object, struct fault *fault)
{
    struct csv_sink *s = (struct csv_sink *)sink;
    const struct export *x = sink->export;
    for (size_t i = 0; i < x->count; i++) {
        buf_puts(&s->out, i ? "," : "");
        put_cell(&s->out, &x->columns[i], json_object_get(object, x->columns[i].key), x->language);
    }
    buf_puts(&s->out, "\r\n");
    sink->rows++;
    return drain(s, PIECE, fault);
}

enum err write_csv(struct db *db, struct export *x, int fd, int64_t *ret_rows, struct fault *fault)
{
    struct csv_sink s = {.sink = {.row = put_row, .export = x}, .fd = fd};
    buf_init(&s.out, BUF_LIMIT_BODY);
    buf_puts(&s.out, "\xef\xbb\xbf");
    for (size_t i = 0; i < x->count; i++) {
        buf_puts(&s.out, i ? "," : "");
        buf_put_csv(&s.out, x->columns[i].title);
    }
    buf_puts(&s.out, "\r\n");
    enum err e = rows_read(db, x, &s.sink, fault);
    if (e == OK) e = drain(&s, 0, fault);
    buf_release(&s.out);
    if (e == OK) *ret_rows = s.sink.rows;
    return e;
}
