#include "server/pages/register_table.h"
#include "core/base/clock.h"
#include "core/base/id.h"
#include "core/sheet/sheet_write.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEPTH_MOST 6

enum err register_table_begin(struct register_table *t, struct register_view *r, const char *name)
{
    *t = (struct register_table){.r = r, .name = name};
    return OK;
}

void register_table_column(struct register_table *t, const char *title)
{
    if (t->column_count < REGISTER_COLUMNS_MOST) t->columns[t->column_count++] = title;
}

void register_table_row(struct register_table *t, const char *name, const char *code, int depth)
{
    if (arena_grow(t->r->view.arena, &t->rows, &t->row_capacity, t->row_count, sizeof *t->rows) != 0) t->failed = true;
    else t->rows[t->row_count++] = (struct register_table_row){name ? name : "", code ? code : "", NULL, depth < DEPTH_MOST ? depth : DEPTH_MOST};
}

static void add(struct register_table *t, struct register_cell cell)
{
    if (arena_grow(t->r->view.arena, &t->cells, &t->cell_capacity, t->cell_count, sizeof *t->cells) != 0) t->failed = true;
    else t->cells[t->cell_count++] = cell;
}

void register_table_number(struct register_table *t, int64_t number) { add(t, (struct register_cell){.number = number}); }

void register_table_text(struct register_table *t, const char *text) { add(t, (struct register_cell){.text = text}); }

static size_t width(const struct register_table *t) { return t->column_count - 2; }

void register_table_link(struct register_table *t, const char *href)
{
    if (t->failed) return;
    if (t->cell_count > (t->row_count - 1) * width(t)) t->cells[t->cell_count - 1].href = href;
    else t->rows[t->row_count - 1].href = href;
}

/* --- on a page --- */

void register_table_put(struct register_table *t, const char *query)
{
    struct view *view = &t->r->view;
    json_t *heads = json_array(), *rows = json_array();
    for (size_t i = 2; i < t->column_count; i++) json_array_append_new(heads, json_string(t->columns[i]));
    for (size_t i = 0; i < t->row_count && !t->failed; i++) {
        json_t *row = json_object(), *cells = json_array();
        view_put(row, "name", t->rows[i].name);
        view_put(row, "depth", arena_printf(view->arena, "%d", t->rows[i].depth));
        view_put(row, "row_href", t->rows[i].href ? t->rows[i].href : *t->rows[i].code ? register_href(view, "units", t->rows[i].code) : NULL);
        for (size_t k = 0; k < width(t); k++) {
            const struct register_cell *c = &t->cells[i * width(t) + k];
            json_t *cell = json_object();
            view_put(cell, "text", c->text ? c->text : arena_printf(view->arena, "%lld", (long long)c->number));
            if (c->href) view_put(cell, "cell_href", c->href);
            json_array_append_new(cells, cell);
        }
        view_put_json(row, "cells", cells);
        json_array_append_new(rows, row);
    }
    view_put(view->root, "unit_head", t->columns[0]);
    view_put_json(view->root, "heads", heads);
    view_put_json(view->root, "rows", rows);
    view_put_flag(view->root, "any_row", t->row_count > 0);
    view_put(view->root, "csv", arena_printf(view->arena, "%s%sformat=csv", query, query[1] ? "&" : ""));
    view_put(view->root, "xlsx", arena_printf(view->arena, "%s%sformat=xlsx", query, query[1] ? "&" : ""));
}

/* --- as a file --- */

static const char *plain(struct register_table *t, const char *text)
{
    struct buf out; /* without the marks that keep a percentage in its order on a screen */
    buf_init(&out, BUF_LIMIT_LINE);
    for (const char *p = text; *p;)
        if (strncmp(p, "\u2066", 3) == 0 || strncmp(p, "\u2069", 3) == 0) p += 3;
        else buf_putc(&out, *p++);
    const char *clean = buf_ok(&out) ? arena_strdup(t->r->view.arena, buf_text(&out)) : NULL;
    buf_release(&out);
    return clean ? clean : "";
}

static void send_csv(struct register_table *t)
{
    struct http_request *req = t->r->view.req;
    struct buf out;
    buf_init(&out, BUF_LIMIT_BODY);
    buf_puts(&out, "\xef\xbb\xbf");
    for (size_t i = 0; i < t->column_count; i++) {
        buf_puts(&out, i ? "," : "");
        buf_put_csv(&out, t->columns[i]);
    }
    buf_puts(&out, "\r\n");
    for (size_t i = 0; i < t->row_count; i++) {
        buf_put_csv(&out, t->rows[i].name);
        buf_puts(&out, ",");
        buf_put_csv(&out, t->rows[i].code);
        for (size_t k = 0; k < width(t); k++) {
            const struct register_cell *c = &t->cells[i * width(t) + k];
            buf_puts(&out, ",");
            if (c->text) buf_put_csv(&out, plain(t, c->text));
            else buf_printf(&out, "%lld", (long long)c->number);
        }
        buf_puts(&out, "\r\n");
    }
    http_set_header(req, "Content-Disposition", arena_printf(req->arena, "attachment; filename=\"register-%s.csv\"", t->name));
    http_reply_buf(req, 200, "text/csv; charset=utf-8", &out);
}

static enum err write_rows(struct register_table *t, struct sheet_writer *writer, const char *above, struct fault *fault)
{
    struct sheet_column columns[REGISTER_COLUMNS_MOST];
    struct sheet_value values[REGISTER_COLUMNS_MOST];
    const char *const lines[] = {above};
    enum err e = OK;
    for (size_t i = 0; i < t->column_count; i++)
        columns[i] = (struct sheet_column){.title = t->columns[i], .kind = i < 2 ? SHEET_TEXT : SHEET_NUMBER, .width = i ? 0 : 40};
    const struct sheet_plan plan = {.name = t->name, .above = above ? lines : NULL, .above_count = above ? 1 : 0, .columns = columns, .count = t->column_count,
                                    .right_to_left = t->r->view.language == I18N_AR, .frozen_columns = 1};
    e = sheet_writer_sheet(writer, &plan, fault);
    for (size_t i = 0; e == OK && i < t->row_count; i++) {
        values[0] = (struct sheet_value){.kind = SHEET_TEXT, .text = t->rows[i].name};
        values[1] = (struct sheet_value){.kind = SHEET_TEXT, .text = t->rows[i].code};
        for (size_t k = 0; k < width(t); k++) {
            const struct register_cell *c = &t->cells[i * width(t) + k];
            values[k + 2] = (struct sheet_value){.kind = c->text ? SHEET_TEXT : SHEET_NUMBER, .text = c->text ? plain(t, c->text) : NULL, .number = (double)c->number};
        }
        e = sheet_writer_row(writer, values, t->column_count, fault);
    }
    return e;
}

/* A workbook comes to be under a name; it has lost it before anybody is answered. */
static void send_xlsx(struct register_table *t, const char *above)
{
    struct http_request *req = t->r->view.req;
    struct sheet_writer *writer = NULL;
    struct fault fault = {0};
    struct stat info;
    char uuid[ID_UUID_SIZE];
    int fd = -1;
    id_uuid7(uuid);
    const char *path = arena_printf(req->arena, "%s/.export-%s.xlsx", app_of(req)->store.folder, uuid);
    enum err e = path ? sheet_writer_open(path, clock_now_ms(), &writer, &fault) : ERR_NOMEM;
    if (e == OK) e = write_rows(t, writer, above, &fault);
    if (e == OK) e = sheet_writer_close(writer, &fault);
    else sheet_writer_abandon(writer);
    if (e == OK) fd = open(path, O_RDONLY | O_CLOEXEC);
    if (path) (void)unlink(path);
    if (e == OK && (fd < 0 || fstat(fd, &info) != 0)) e = ERR_IO;
    if (e != OK) {
        if (fd >= 0) (void)close(fd);
        reply_error(req, e, fault.text[0] ? &fault : NULL);
        return;
    }
    http_reply_file(req, &(struct http_file){.fd = fd, .size = info.st_size, .attachment = true, .cache = HTTP_NO_STORE,
                                             .content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
                                             .name = arena_printf(req->arena, "register-%s.xlsx", t->name)});
}

bool register_table_sent(struct register_table *t, const char *above)
{
    const char *format = http_query(t->r->view.req, "format");
    if (!format || t->failed) return false;
    if (strcmp(format, "csv") == 0) send_csv(t);
    else if (strcmp(format, "xlsx") == 0) send_xlsx(t, above);
    else return false;
    return true;
}
