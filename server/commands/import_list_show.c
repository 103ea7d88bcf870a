#include "server/commands/import_list_show.h"
#include "core/base/clock.h"
#include "server/commands/commands.h"

#include <stdio.h>
#include <string.h>

#define HISTORY_MOST 200

/* --- JSON: row by row, so that 70 000 of them need no memory ------------------------------------------------------------------------------------------------ */

struct rows {
    bool any;
};

static bool print_line(void *context, enum list_row_kind kind, const char *text, size_t length)
{
    struct rows *rows = context;
    (void)kind;
    (void)fputs(rows->any ? ",\n" : "\n", stdout);
    rows->any = true;
    return fwrite(text, 1, length, stdout) == length;
}

static enum err print_text(const json_t *value, bool open, struct fault *fault)
{
    struct buf text;
    buf_init(&text, BUF_LIMIT_BODY);
    enum err e = json_write(value, false, &text);
    size_t length = open && text.length ? text.length - 1 : text.length; /* the rows come into the same object */
    if (e == OK && fwrite(buf_text(&text), 1, length, stdout) != length) e = ERR_IO;
    buf_release(&text);
    return e == OK ? OK : fault_set(fault, e, "standard output: %s", err_name(e));
}

enum err import_show_json(struct list_import *plan, struct fault *fault)
{
    struct rows rows = {false};
    json_t *head = NULL, *passed = NULL;
    enum err e = list_import_head_json(plan, &head);
    if (e == OK) e = print_text(head, true, fault);
    if (e == OK && fputs(",\"rows\":[", stdout) < 0) e = ERR_IO;
    if (e == OK) e = list_import_rows_json(plan, print_line, &rows);
    if (e == OK) e = list_import_passed_json(plan, &passed);
    if (e == OK && fputs("],\n\"passed_over\":", stdout) < 0) e = ERR_IO;
    if (e == OK) e = print_text(passed, false, fault);
    if (e == OK && (fputs("}\n", stdout) < 0 || fflush(stdout) != 0)) e = ERR_IO;
    json_decref(passed);
    json_decref(head);
    return e == OK ? OK : fault_set(fault, e, "show the dry run: %s", err_name(e));
}

/* --- for people
 * -------------------------------------------------------------------------------------------------------------------------------------------------- */

static const char *text_or(const json_t *json, const char *otherwise)
{
    const char *text = json_string_value(json);
    return text ? text : otherwise;
}

static void print_value(const json_t *value)
{
    if (!value || json_is_null(value)) (void)fputs("-", stdout);
    else if (json_is_string(value)) printf("\"%s\"", json_string_value(value));
    else (void)json_dumpf(value, stdout, JSON_ENCODE_ANY | JSON_COMPACT);
}

static void print_fields(const json_t *row, bool is_new)
{
    size_t i;
    json_t *field;
    json_array_foreach(json_object_get(row, "fields"), i, field) {
        const char *cell = json_string_value(json_object_get(field, "cell"));
        printf("             %s%s%s%s ", text_or(json_object_get(field, "field"), ""), cell ? " (" : "", cell ? cell : "", cell ? ")" : "");
        if (!is_new) {
            print_value(json_object_get(field, "old"));
            (void)fputs(" → ", stdout);
        }
        print_value(json_object_get(field, "new"));
        printf("\n");
    }
}

static void print_candidates(const json_t *row)
{
    size_t i;
    json_t *c;
    json_array_foreach(json_object_get(row, "candidates"), i, c) {
        const json_t *other = json_object_get(c, "row");
        if (other) printf("             as in row %lld: ", (long long)json_integer_value(other));
        else printf("             perhaps %s ", text_or(json_object_get(c, "code"), "-"));
        printf("%s, born %s, unit %s (%s)\n", text_or(json_object_get(c, "name"), "-"), text_or(json_object_get(c, "born"), "-"), text_or(json_object_get(c,
                "unit"), "-"),
               text_or(json_object_get(c, "why"), ""));
    }
}

static bool print_row(void *context, enum list_row_kind kind, const char *text, size_t length)
{
    const bool *all = context;
    json_t *row = NULL, *flaw;
    size_t i;
    bool in_the_way = kind == LIST_ROW_WRONG || kind == LIST_ROW_DOUBTFUL;
    if (kind == LIST_ROW_SAME || (!*all && !in_the_way)) return true;
    if (json_read(text, length, &row, NULL) != OK) return false;
    long long number = (long long)json_integer_value(json_object_get(row, "row"));
    printf("%-9s", list_row_kind_name(kind));
    if (number) printf(" row %lld", number);
    const char *sheet = json_string_value(json_object_get(row, "sheet")), *file = json_string_value(json_object_get(row, "file"));
    if (file) printf(" of %s", file);
    printf("%s%s  %s  %s\n", sheet ? " of " : "", sheet ? sheet : "", text_or(json_object_get(row, "code"), "-"), text_or(json_object_get(row, "name"), "-"));
    json_array_foreach(json_object_get(row, "flaws"), i, flaw) printf("             %s\n", text_or(json_object_get(flaw, "text"), text_or(json_object_get(flaw,
            "reason"), "")));
    print_candidates(row);
    print_fields(row, kind == LIST_ROW_NEW);
    json_decref(row);
    return true;
}

static void print_mapping(const json_t *head)
{
    size_t i;
    json_t *column;
    json_array_foreach(json_object_get(json_object_get(head, "mapping"), "columns"), i, column) {
        const char *use = json_string_value(json_object_get(column, "field"));
        printf("  %-4s %-30s %s\n", text_or(json_object_get(column, "column"), ""), text_or(json_object_get(column, "heading"), ""), use ? use : "-");
    }
}

static void print_hints(const json_t *head)
{
    size_t i;
    json_t *hint;
    json_array_foreach(json_object_get(head, "hints"), i, hint) {
        const char *sheet = json_string_value(json_object_get(hint, "sheet"));
        long long count = (long long)json_integer_value(json_object_get(hint, "count"));
        if (sheet)
            printf("%lld rows name units that nobody knows yet and that stand in the sheet \"%s\": take that in first (--units --sheet \"%s\")\n", count, sheet, sheet);
        else printf("%lld delegates are not withdrawn: they stand in rows that were not taken\n", count);
    }
}

static void print_counts(const json_t *counts)
{
    const char *kind;
    json_t *count;
    bool any = false;
    json_object_foreach((json_t *)counts, kind, count) {
        if (!json_integer_value(count)) continue;
        printf("%s%lld %s", any ? ", " : "", (long long)json_integer_value(count), strcmp(kind, "passed_over") == 0 ? "passed over" : kind);
        any = true;
    }
    printf("%s\n", any ? "" : "no rows");
}

static void print_files(const json_t *head)
{
    size_t i, k;
    json_t *one, *unit;
    json_array_foreach(json_object_get(head, "files"), i, one) {
        const char *problem = json_string_value(json_object_get(json_object_get(one, "problem"), "text"));
        if (problem) printf("not read  %s: %s\n", text_or(json_object_get(one, "name"), ""), problem);
    }
    json_array_foreach(json_object_get(head, "forms"), i, one) {
        const json_t *missing = json_object_get(one, "missing");
        printf("forms of %.10s: %lld of %lld are here", text_or(json_object_get(one, "batch"), ""), (long long)json_integer_value(json_object_get(one, "received")),
               (long long)json_integer_value(json_object_get(one, "expected")));
        printf(json_array_size(missing) ? "; not yet received: %zu\n" : "\n", json_array_size(missing));
        json_array_foreach((json_t *)missing, k, unit)
            printf("          %s  %s\n", text_or(json_object_get(unit, "code"), ""), text_or(json_object_get(unit, "name"), ""));
    }
}

enum err import_show_text(struct list_import *plan, bool all, struct fault *fault)
{
    json_t *head = NULL, *unit;
    size_t i;
    enum err e = list_import_head_json(plan, &head);
    if (e == OK && all) print_mapping(head);
    if (e == OK) e = list_import_rows_json(plan, print_row, &all);
    print_files(head);
    json_array_foreach(json_object_get(head, "new_units"), i, unit)
        printf("new unit   %s  %s\n", text_or(json_object_get(unit, "code"), ""), text_or(json_object_get(unit, "name"), ""));
    if (e == OK) {
        print_hints(head);
        printf("%s: ", text_or(json_object_get(head, "file"), ""));
        print_counts(json_object_get(head, "counts"));
        if (all) printf("nothing is stored\n");
    }
    json_decref(head);
    return e == OK ? OK : fault_set(fault, e, "show the dry run: %s", err_name(e));
}

enum err import_show_result(struct list_import *plan, const struct list_import_result *result, bool json, struct fault *fault)
{
    json_t *head = NULL;
    enum err e = list_import_head_json(plan, &head);
    if (e != OK) return fault_set(fault, e, "show the result: %s", err_name(e));
    json_t *counts = json_object_get(head, "counts");
    if (json) {
        json_t *report = json_pack("{s:b, s:o, s:I, s:I, s:O}", "dry_run", 0, "import", result->number ? json_integer(result->number) : json_null(), "written",
                                   (json_int_t)result->written, "meanwhile", (json_int_t)result->left, "counts", counts);
        e = report ? command_print_json(report, true, fault) : fault_set(fault, ERR_NOMEM, "not enough memory");
        json_decref(report);
    } else {
        printf("%s: ", text_or(json_object_get(head, "file"), ""));
        print_counts(counts);
        if (result->left) printf("%zu rows were changed by somebody meanwhile and were left: import the list again to see them\n", result->left);
        if (result->number) printf("this is import %lld: plenum import --undo %lld takes it back\n", (long long)result->number, (long long)result->number);
        else printf("there was nothing to change\n");
    }
    json_decref(head);
    return e;
}

/* --- the history
 * ---------------------------------------------------------------------------------------------------------------------------------------------------- */

static void print_left(const json_t *import)
{
    size_t i;
    json_t *one;
    json_array_foreach(json_object_get(import, "left"), i, one)
        printf("  %s %s stays: %s\n", text_or(json_object_get(one, "entity"), ""), text_or(json_object_get(one, "code"), ""), text_or(json_object_get(one,
                "why"), ""));
}

enum err import_show_undone(struct db *db, const struct list_import_undone *undone, bool json, struct fault *fault)
{
    json_t *list = NULL;
    enum err e = list_import_history(db, NULL, undone->number, 1, &list, fault);
    if (e != OK) return e;
    if (json) {
        json_t *report = json_pack("{s:I, s:I, s:I, s:O}", "import", (json_int_t)undone->number, "back", (json_int_t)undone->back, "left",
                                   (json_int_t)undone->left, "stays",
                                   json_object_get(json_array_get(list, 0), "left"));
        e = report ? command_print_json(report, true, fault) : fault_set(fault, ERR_NOMEM, "not enough memory");
        json_decref(report);
    } else {
        printf("import %lld is taken back: %zu things are as they were, %zu stay as they are now\n", (long long)undone->number, undone->back, undone->left);
        print_left(json_array_get(list, 0));
    }
    json_decref(list);
    return e;
}

enum err import_show_history(struct db *db, const char *event, bool json, struct fault *fault)
{
    json_t *list = NULL, *one;
    size_t i;
    enum err e = list_import_history(db, event, 0, HISTORY_MOST, &list, fault);
    if (e != OK) return e;
    if (json) {
        e = command_print_json(list, true, fault);
    } else {
        json_array_foreach(list, i, one)
            printf("%4lld  %s  %-11s %-9s %s%s%s by %s\n", (long long)json_integer_value(json_object_get(one, "number")), text_or(json_object_get(one, "began"), ""),
                   text_or(json_object_get(one, "state"), ""), text_or(json_object_get(one, "target"), ""), text_or(json_object_get(one, "file"), ""),
                   json_is_string(json_object_get(one, "event")) ? ", event " : "", text_or(json_object_get(one, "event"), ""), text_or(json_object_get(one,
                           "actor"), ""));
    }
    json_decref(list);
    return e;
}
