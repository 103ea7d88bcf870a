/* One form as a workbook, and all of them as a ZIP. */
#include "core/base/buf.h"
#include "core/base/file.h"
#include "core/base/text.h"
#include "core/base/zip.h"
#include "core/congress/export/forms_private.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define ABOVE 4
#define BOOK_MOST (64u * 1024u * 1024u)

const char *forms_word(const struct forms *f, enum forms_word word)
{
    static const char *const words[FORMS_WORD_COUNT][4] = {
#define WORD(key, vi, en, pt, ar) [FORMS_##key] = {vi, en, pt, ar},
#include "core/congress/export/forms_words.def"
#undef WORD
    };
    return words[word][export_language_index(f->list->language)];
}

/* --- columns ---------------------------------------------------------------------------------------------------------------------------------- */

struct sheet_making {
    struct export_sink sink;
    struct forms *forms;
    struct sheet_writer *writer;
    struct arena arena, scratch; /* of the form; of a row */
    size_t unit, after;          /* whose it is: index in the tree, and behind its tree */
};

static enum err take_choices(struct sheet_making *s, const struct export_choice *choices, size_t count, struct sheet_column *ret)
{
    const char **list = arena_array(&s->arena, count + 1, sizeof *list);
    if (!list) return ERR_NOMEM;
    for (size_t i = 0; i < count; i++) list[i] = choices[i].title;
    ret->choices = list;
    ret->choice_count = count;
    return OK;
}

static enum err take_words(struct sheet_making *s, const struct export_column *column, const char *const *values, size_t count, struct sheet_column *ret)
{
    const char **list = arena_array(&s->arena, count + 1, sizeof *list);
    if (!list) return ERR_NOMEM;
    for (size_t i = 0; i < count; i++) list[i] = columns_word(column, values[i], s->forms->list->language);
    ret->choices = list;
    ret->choice_count = count;
    return OK;
}

/* What a column of the form may be chosen from. */
static enum err choose_from(struct sheet_making *s, const struct export_column *column, struct sheet_column *ret)
{
    static const char *const genders[] = {"m", "f", "x"}, *const mandates[] = {"elected", "ex_officio", "appointed"}, *const yes_no[] = {"true", "false"};
    struct forms *f = s->forms;
    if (column->kind == EXPORT_YES_NO) return take_words(s, column, yes_no, 2, ret);
    if (column->kind == EXPORT_CHOICE) return take_choices(s, column->choices, column->choice_count, ret);
    if (strcmp(column->key, "gender") == 0) return take_words(s, column, genders, 3, ret);
    if (strcmp(column->key, "mandate") == 0) return take_words(s, column, mandates, 3, ret);
    if (strcmp(column->key, "category") == 0) return take_choices(s, f->categories, f->category_count, ret);
    if (strcmp(column->key, "unit") != 0) return OK;
    ret->choices = f->labels + s->unit;
    ret->choice_count = s->after - s->unit;
    return OK;
}

static enum err make_column(struct sheet_making *s, const struct export_column *column, struct sheet_column *ret)
{
    const struct forms *f = s->forms;
    bool name = strcmp(column->key, "name") == 0, code = strcmp(column->key, "code") == 0 || strcmp(column->key, "person") == 0 || strcmp(column->key, "number") == 0;
    *ret = (struct sheet_column){.title = column->title, .kind = SHEET_TEXT, .locked = code, .width = name ? 28 : 0};
    if (code) ret->hint = forms_word(f, FORMS_CODE);
    if (strcmp(column->key, "phone") == 0) {
        ret->hint = forms_word(f, FORMS_PHONE);
        ret->least = 6, ret->most = 40; /* two of them, with blanks; spreadsheets know no patterns */
        ret->width = 16;
    }
    if (strcmp(column->key, "email") == 0 || strcmp(column->key, "title") == 0) ret->width = 24;
    if (column->kind == EXPORT_DAY) {
        bool person = column->code != NULL, born = strcmp(column->key, "born") == 0;
        ret->kind = SHEET_DATE;
        ret->hint = forms_word(f, FORMS_DAY);
        /* from 1900-03-01 on: a year alone becomes a day of 1905, and is understood (docs/decisions/0053-lists.md) */
        if (person) ret->least = -25508, ret->most = f->today + (born ? 0 : 366);
        ret->width = 14;
    }
    if (column->kind == EXPORT_NUMBER) ret->kind = SHEET_NUMBER, ret->least = -1e15, ret->most = 1e15;
    enum err e = choose_from(s, column, ret);
    if (ret->choice_count) {
        for (size_t i = 0; i < ret->choice_count; i++) {
            double wide = (double)text_length(ret->choices[i]) + 3;
            if (wide > ret->width) ret->width = wide > 34 ? 34 : wide;
        }
        if (ret->width < 12) ret->width = 12;
    }
    return e;
}

/* --- rows ------------------------------------------------------------------------------------------------------------------------------------------ */

static const char *label_of_unit(const struct forms *f, const char *code)
{
    for (size_t i = 0; i < f->tree.count; i++)
        if (strcmp(f->tree.units[i].code, code) == 0) return f->labels[i];
    return code;
}

static const char *label_of_category(const struct forms *f, const char *code)
{
    for (size_t i = 0; i < f->category_count; i++)
        if (strcmp(f->categories[i].code, code) == 0) return f->categories[i].title;
    return code;
}

static enum err put_row(struct export_sink *sink, const json_t *object, struct fault *fault)
{
    struct sheet_making *s = (struct sheet_making *)sink;
    const struct export *x = s->forms->list;
    struct sheet_value values[EXPORT_COLUMNS_MOST];
    for (size_t i = 0; i < x->count; i++) {
        const char *key = x->columns[i].key;
        values[i] = xlsx_value(x, &s->scratch, &x->columns[i], json_object_get(object, key));
        if (values[i].kind != SHEET_TEXT || !values[i].text) continue;
        if (strcmp(key, "unit") == 0) values[i].text = label_of_unit(s->forms, values[i].text);
        else if (strcmp(key, "category") == 0) values[i].text = label_of_category(s->forms, values[i].text);
    }
    enum err e = sheet_writer_row(s->writer, values, x->count, fault);
    arena_clear(&s->scratch);
    sink->rows++;
    return e;
}

static enum err put_delegates(struct sheet_making *s, struct fault *fault)
{
    struct forms *f = s->forms;
    size_t after = f->wish->span == LIST_FORM_EACH ? s->unit + 1 : s->after, k;
    json_t *row;
    for (size_t i = s->unit; i < after; i++) {
        json_array_foreach(json_object_get(f->delegates, f->tree.units[i].code), k, row) {
            enum err e = put_row(&s->sink, row, fault);
            if (e != OK) return e;
        }
    }
    return OK;
}

static int64_t known_rows(const struct sheet_making *s)
{
    const struct forms *f = s->forms;
    const struct register_tree_unit *unit = &f->tree.units[s->unit];
    bool alone = f->wish->span == LIST_FORM_EACH;
    int64_t sum = 0;
    if (!f->wish->event) return alone ? unit->own.people : unit->below.people;
    for (size_t i = s->unit; i < (alone ? s->unit + 1 : s->after); i++) sum += (int64_t)json_array_size(json_object_get(f->delegates, f->tree.units[i].code));
    return sum;
}

/* --- a form ------------------------------------------------------------------------------------------------------------------------------------------ */

static char *mark_of(struct sheet_making *s)
{
    struct list_form form = {.target = s->forms->wish->event ? LIST_DELEGATES : LIST_PEOPLE, .span = s->forms->wish->span};
    const struct forms_wish *w = s->forms->wish;
    (void)snprintf(form.unit, sizeof form.unit, "%s", s->forms->tree.units[s->unit].code);
    (void)snprintf(form.event, sizeof form.event, "%s", w->event ? w->event : "");
    (void)snprintf(form.root, sizeof form.root, "%s", w->unit ? w->unit : "");
    (void)snprintf(form.batch, sizeof form.batch, "%s", s->forms->batch);
    return list_form_text(&s->arena, &form);
}

static enum err begin_sheet(struct sheet_making *s, const char *mark, struct fault *fault)
{
    struct forms *f = s->forms;
    const struct export *x = f->list;
    struct sheet_column *columns = arena_array(&s->arena, x->count, sizeof *columns);
    const char *title = forms_word(f, f->wish->event ? FORMS_TITLE_DELEGATES : FORMS_TITLE_PEOPLE);
    const char *above[ABOVE] = {arena_printf(&s->arena, "%s – %s", title, f->labels[s->unit]), forms_word(f, FORMS_HOW), forms_word(f, FORMS_SEND),
                                arena_printf(&s->arena, "%s %s", forms_word(f, FORMS_MARK), mark)};
    enum err e = columns && above[0] && above[3] ? OK : ERR_NOMEM;
    for (size_t i = 0; e == OK && i < x->count; i++) e = make_column(s, &x->columns[i], &columns[i]);
    if (e != OK) return fault_set(fault, e, "not enough memory");
    const struct sheet_plan plan = {.name = f->tree.units[s->unit].code, .above = above, .above_count = ABOVE, .columns = columns, .count = x->count,
                                    .right_to_left = text_is_right_to_left(x->language), .protect = true, .frozen_columns = f->wish->event ? 3 : 2,
                                    .empty_rows = (uint32_t)known_rows(s) + f->wish->empty_rows};
    return sheet_writer_sheet(s->writer, &plan, fault);
}

static enum err put_hidden(struct sheet_making *s, const char *mark, struct fault *fault)
{
    static const struct sheet_column only[] = {{.title = "-", .kind = SHEET_TEXT, .locked = true}};
    const char *above[] = {mark};
    const struct sheet_plan plan = {.name = LIST_FORM_SHEET, .above = above, .above_count = 1, .columns = only, .count = 1, .hidden = true, .protect = true};
    return sheet_writer_sheet(s->writer, &plan, fault);
}

static enum err put_all(struct db *db, struct sheet_making *s, struct fault *fault)
{
    struct forms *f = s->forms;
    const char *mark = mark_of(s);
    enum err e = mark ? begin_sheet(s, mark, fault) : ERR_NOMEM;
    if (e != OK) return e;
    if (f->wish->event) {
        e = put_delegates(s, fault);
    } else {
        f->list->unit_id = f->tree.units[s->unit].unit_id;
        f->list->unit_alone = f->wish->span == LIST_FORM_EACH;
        e = rows_read(db, f->list, &s->sink, fault);
    }
    return e == OK ? put_hidden(s, mark, fault) : e;
}

enum err forms_write(struct db *db, struct forms *f, size_t index, const char *path, struct fault *fault)
{
    struct sheet_making s = {.sink = {.row = put_row, .export = f->list}, .forms = f, .unit = f->chosen[index], .after = f->tree.units[f->chosen[index]].after};
    enum err e = sheet_writer_open(path, f->made_ms, &s.writer, fault);
    if (e != OK) return e;
    e = put_all(db, &s, fault);
    if (e == OK) e = sheet_writer_close(s.writer, fault);
    else sheet_writer_abandon(s.writer);
    arena_release(&s.scratch);
    arena_release(&s.arena);
    return e == OK || (fault && fault->text[0]) ? e : fault_set(fault, e, "%s", err_name(e));
}

/* --- all of them -------------------------------------------------------------------------------------------------------------------------------------- */

struct archive {
    int fd;
    uint64_t offset;
    struct buf central; /* about 100 bytes a form */
    uint64_t count;
};

static enum err put_entry(struct archive *a, const char *name, const char *data, size_t length)
{
    const struct zip_entry entry = {.name = name, .size = length, .crc = zip_crc32(0, data, length), .offset = a->offset};
    struct buf head;
    buf_init(&head, BUF_LIMIT_LINE);
    zip_local_header(&entry, &head);
    zip_central_header(&entry, &a->central);
    a->offset += head.length + length;
    a->count++;
    enum err e = buf_ok(&head) && buf_ok(&a->central) ? file_write_all(a->fd, head.data, head.length) : ERR_NOMEM;
    buf_release(&head);
    return e == OK ? file_write_all(a->fd, data, length) : e;
}

static enum err put_form(struct db *db, struct forms *f, size_t index, const char *path, struct archive *a, struct fault *fault)
{
    struct arena arena = {0};
    char *data = NULL, *name = forms_name(f, &arena, index);
    size_t length = 0;
    enum err e = name ? forms_write(db, f, index, path, fault) : ERR_NOMEM;
    if (e == OK) e = file_read(&arena, path, BOOK_MOST, &data, &length, fault);
    if (e == OK) e = put_entry(a, name, data, length);
    (void)unlink(path);
    arena_release(&arena);
    return e == OK || (fault && fault->text[0]) ? e : fault_set(fault, e, "the archive cannot be written: %s", err_name(e));
}

static enum err end_archive(struct archive *a)
{
    struct buf end;
    buf_init(&end, BUF_LIMIT_LINE);
    zip_end(a->count, a->offset, a->central.length, &end);
    enum err e = buf_ok(&end) ? file_write_all(a->fd, a->central.data, a->central.length) : ERR_NOMEM;
    if (e == OK) e = file_write_all(a->fd, end.data, end.length);
    buf_release(&end);
    return e;
}

enum err forms_write_all(struct db *db, struct forms *f, const char *folder, int fd, void (*watch)(void *context, size_t done, size_t total), void *context,
                         struct fault *fault)
{
    struct archive a = {.fd = fd};
    struct arena arena = {0};
    const char *path = arena_printf(&arena, "%s/.form-%s-%d.xlsx", folder, f->batch, (int)getpid());
    enum err e = path ? OK : fault_set(fault, ERR_NOMEM, "not enough memory");
    buf_init(&a.central, BUF_LIMIT_BODY);
    for (size_t i = 0; e == OK && i < f->count; i++) {
        e = put_form(db, f, i, path, &a, fault);
        if (watch) watch(context, i + 1, f->count);
    }
    if (e == OK && (e = end_archive(&a)) != OK) fault_set(fault, e, "the archive cannot be written: %s", err_name(e));
    buf_release(&a.central);
    arena_release(&arena);
    return e;
}
