/* What the page of a list on its way shows: its columns and what they are taken for, how many rows are what, and a page of rows with what they would change. */
#include "server/pages/import.h"

#include <stdio.h>
#include <string.h>

#define ROWS_A_PAGE 50
#define SHOWN_MOST 120 /* bytes of a value */

static const char *text_of(const json_t *object, const char *key)
{
    return json_string_value(json_object_get(object, key));
}

/* --- columns -------------------------------------------------------------------------------------------------------------------------------------------------- */

static const char *field_words(struct view *view, const json_t *field)
{
    const char *title = text_of(field, "title"), *code = text_of(field, "code");
    if (title) return title;
    const char *words = view_words(view, arena_printf(view->arena, "list.field.%s", code));
    return *words ? words : code;
}

/* "born:f" in words: "Birth – women". */
static const char *use_words(struct view *view, const json_t *fields, const char *use)
{
    size_t i, n = 0;
    json_t *field;
    const char *words = use;
    json_array_foreach((json_t *)fields, i, field) {
        const char *code = text_of(field, "code");
        size_t length = strlen(code);
        if (length < n || strncmp(use, code, length) != 0 || (use[length] && use[length] != ':')) continue;
        n = length;
        words = use[length] ? arena_printf(view->arena, "%s (%s)", field_words(view, field), use + length + 1) : field_words(view, field);
    }
    return words;
}

static void add_choice(json_t *choices, const char *value, const char *words, bool chosen)
{
    json_t *choice = json_object();
    view_put(choice, "value", value);
    view_put(choice, "words", words);
    view_put_flag(choice, "chosen", chosen);
    (void)json_array_append_new(choices, choice);
}

static json_t *choices_of(struct view *view, const json_t *fields, const char *use)
{
    json_t *choices = json_array(), *field;
    size_t i;
    bool found = strcmp(use, "-") == 0;
    add_choice(choices, "-", view_words(view, "list.field.none"), found);
    json_array_foreach((json_t *)fields, i, field) {
        bool chosen = strcmp(text_of(field, "code"), use) == 0;
        add_choice(choices, text_of(field, "code"), field_words(view, field), chosen);
        found = found || chosen;
    }
    if (!found) add_choice(choices, use, use_words(view, fields, use), true);
    return choices;
}

/* Whether a column has to be looked at: it may be something else, or what it is nobody knows. */
static bool is_doubtful(const json_t *column)
{
    static const char *const settled[] = {"chosen", "remembered", "ignored", "not_kept", "nothing", "empty"}, *const open[] = {"unknown", "unclear", "rival"};
    const char *why = text_of(column, "why");
    bool filled = json_integer_value(json_object_get(column, "filled")) > 0;
    for (size_t i = 0; why && i < sizeof settled / sizeof *settled; i++)
        if (strcmp(why, settled[i]) == 0) return false;
    for (size_t i = 0; why && i < sizeof open / sizeof *open; i++)
        if (strcmp(why, open[i]) == 0) return filled;
    return json_object_get(column, "rival") != NULL;
}

/* More rows are wrong than not: the columns are, most likely. */
static bool is_mostly_wrong(const json_t *counts)
{
    int64_t wrong = json_integer_value(json_object_get(counts, "wrong")), good = 0;
    for (int i = 0; i < LIST_ROW_KIND_COUNT; i++)
        if (i != LIST_ROW_WRONG) good += json_integer_value(json_object_get(counts, list_row_kind_name((enum list_row_kind)i)));
    return wrong > good;
}

static void put_columns(struct view *view, const struct import_ask *ask)
{
    const json_t *head = json_object_get(ask->meta, "head"), *fields = json_object_get(ask->meta, "fields");
    json_t *list = json_array(), *column, *sample;
    bool open = json_object_get(ask->meta, "problem") || is_mostly_wrong(json_object_get(head, "counts"));
    size_t i, k;
    json_array_foreach(json_object_get(json_object_get(head, "mapping"), "columns"), i, column) {
        json_t *row = json_object(), *samples = json_array();
        const char *use = text_of(column, "field"), *why = text_of(column, "why");
        view_put_number(row, "index", (int64_t)i);
        view_put(row, "letter", text_of(column, "column"));
        view_put(row, "heading", text_of(column, "heading"));
        view_put_json(row, "choices", choices_of(view, fields, use ? use : "-"));
        if (why) view_put(row, "why", view_words(view, arena_printf(view->arena, "list.why.%s", why)));
        open = open || is_doubtful(column);
        json_array_foreach(json_object_get(column, "samples"), k, sample) {
            json_t *one = json_object();
            view_put(one, "text", json_string_value(sample));
            (void)json_array_append_new(samples, one);
        }
        view_put_json(row, "samples", samples);
        (void)json_array_append_new(list, row);
    }
    view_put_json(view->root, "columns", list);
    view_put_flag(view->root, "columns_open", open);
}

static void put_sheets(struct view *view, const struct import_ask *ask)
{
    json_t *all = json_object_get(json_object_get(json_object_get(ask->meta, "head"), "mapping"), "sheets"), *list = json_array(), *sheet;
    const char *chosen = text_of(ask->meta, "sheet");
    size_t i;
    add_choice(list, "", view_words(view, "import.sheets_all"), chosen == NULL);
    json_array_foreach(all, i, sheet) {
        char number[24];
        (void)snprintf(number, sizeof number, "%zu", i + 1);
        const char *name = text_of(sheet, "sheet");
        add_choice(list, number, *name ? name : number, chosen && strcmp(chosen, number) == 0);
        const json_t *header = json_object_get(sheet, "header");
        if (!json_is_true(json_object_get(sheet, "taken")) || json_object_get(view->root, "header_first")) continue;
        view_put_number(view->root, "header_first", json_integer_value(json_array_get(header, 0)));
        view_put_number(view->root, "header_last", json_integer_value(json_array_get(header, 1)));
    }
    view_put_flag(view->root, "has_sheets", json_array_size(all) > 1);
    view_put_json(view->root, "sheets", list);
}

/* --- counts ---------------------------------------------------------------------------------------------------------------------------------------------------- */

/* Whether the page has only rows of this kind. */
static bool view_kind(const struct import_ask *ask, const char *kind)
{
    for (int i = 0; i < LIST_ROW_KIND_COUNT; i++)
        if (strcmp(kind, list_row_kind_name((enum list_row_kind)i)) == 0) return ask->filter.kinds == 1u << i;
    return false;
}

static void put_counts(struct view *view, const struct import_ask *ask)
{
    json_t *counts = json_object_get(json_object_get(ask->meta, "head"), "counts"), *list = json_array(), *count;
    const char *kind;
    json_object_foreach(counts, kind, count) {
        if (!json_integer_value(count)) continue;
        json_t *one = json_object();
        bool passed = strcmp(kind, "passed_over") == 0;
        view_put(one, "kind", kind);
        view_put(one, "words", view_words(view, arena_printf(view->arena, "import.kind.%s", kind)));
        view_put_number(one, "count", json_integer_value(count));
        bool shown = view_kind(ask, kind);
        view_put_flag(one, "shown", shown);
        if (shown) view_put(view->root, "kind", kind);
        if (!passed) view_put(one, "href", arena_printf(view->arena, "%s/%s?kind=%s#rows", ask->base, ask->id, kind));
        (void)json_array_append_new(list, one);
    }
    view_put_json(view->root, "counts", list);
    bool wrong = json_integer_value(json_object_get(counts, "wrong")) > 0;
    size_t k;
    json_t *file;
    json_array_foreach(json_object_get(json_object_get(ask->meta, "head"), "files"), k, file) wrong = wrong || json_is_object(json_object_get(file, "problem"));
    view_put_flag(view->root, "may_take_good", wrong);
    view_put_flag(view->root, "may_fetch_wrong", json_integer_value(json_object_get(counts, "wrong")) + json_integer_value(json_object_get(counts, "doubtful")) > 0);
    view_put_flag(view->root, "has_doubtful", json_integer_value(json_object_get(counts, "doubtful")) > 0);
    view_put_number(view->root, "wrong", json_integer_value(json_object_get(counts, "wrong")));
    int64_t writes = json_integer_value(json_object_get(counts, "new")) + json_integer_value(json_object_get(counts, "changed")) +
                     json_integer_value(json_object_get(counts, "removed"));
    view_put_flag(view->root, "has_writes", writes > 0);
}

static void put_passed(struct view *view, const struct import_ask *ask)
{
    json_t *list = json_array(), *passed;
    size_t i;
    json_array_foreach(json_object_get(ask->meta, "passed"), i, passed) {
        if (i == ROWS_A_PAGE) break;
        json_t *one = json_object();
        view_put_number(one, "row", json_integer_value(json_object_get(passed, "row")));
        view_put(one, "why", view_words(view, arena_printf(view->arena, "list.passed.%s", text_of(passed, "why"))));
        view_put(one, "text", text_of(passed, "text"));
        (void)json_array_append_new(list, one);
    }
    view_put_flag(view->root, "has_passed", json_array_size(list) > 0);
    view_put_json(view->root, "passed", list);
}

/* --- rows
 * --------------------------------------------------------------------------------------------------------------------------------------------------------- */

static const char *value_text(struct view *view, const json_t *value)
{
    if (!value || json_is_null(value)) return NULL;
    const char *text = json_is_string(value) ? json_string_value(value) : json_text(view->arena, value);
    if (!text || strlen(text) <= SHOWN_MOST) return text;
    size_t n = SHOWN_MOST;
    while (n && ((unsigned char)text[n] & 0xc0) == 0x80) n--;
    return arena_printf(view->arena, "%.*s…", (int)n, text);
}

static void put_changes(struct view *view, const struct import_ask *ask, const json_t *row, json_t *out)
{
    json_t *list = json_array(), *field;
    bool is_new = strcmp(text_of(row, "kind"), "new") == 0;
    size_t i;
    json_array_foreach(json_object_get(row, "fields"), i, field) {
        json_t *one = json_object();
        const char *code = text_of(field, "field");
        if (strcmp(code, "person") != 0) view_put(one, "field", use_words(view, json_object_get(ask->meta, "fields"), code));
        else view_put(one, "field", view_words(view, "import.person"));
        view_put(one, "cell", text_of(field, "cell"));
        view_put_flag(one, "was", !is_new);
        view_put(one, "old", value_text(view, json_object_get(field, "old")));
        view_put(one, "new", value_text(view, json_object_get(field, "new")));
        (void)json_array_append_new(list, one);
    }
    view_put_json(out, "changes", list);
}

/* Words with {cell} and the like put in, as the object has them. */
static const char *filled_words(struct view *view, const char *words, const json_t *object)
{
    static const char *const names[] = {"cell", "written", "proposal", "sheet", "count"};
    struct buf out;
    buf_init(&out, BUF_LIMIT_LINE);
    while (*words) {
        bool put = false;
        for (size_t i = 0; *words == '{' && i < sizeof names / sizeof *names; i++) {
            size_t n = strlen(names[i]);
            if (strncmp(words + 1, names[i], n) != 0 || words[n + 1] != '}') continue;
            const json_t *value = json_object_get(object, names[i]);
            const char *text = json_string_value(value);
            if (json_is_integer(value)) buf_printf(&out, "%lld", (long long)json_integer_value(value));
            else buf_puts(&out, text ? text : "–");
            words += n + 2;
            put = true;
            break;
        }
        if (!put) buf_putc(&out, *words++);
    }
    const char *text = arena_strdup(view->arena, buf_text(&out));
    buf_release(&out);
    return text;
}

/* The words of a reason; without words the sentence. */
const char *import_flaw_words(struct view *view, const json_t *flaw)
{
    const char *reason = text_of(flaw, "reason"), *words = view_words(view, arena_printf(view->arena, "list.flaw.%s", reason));
    if (!*words) words = view_words(view, arena_printf(view->arena, "import.flaw.%s", reason));
    return *words ? filled_words(view, words, flaw) : text_of(flaw, "text");
}

static void put_hints(struct view *view, const struct import_ask *ask)
{
    json_t *list = json_array(), *hint;
    size_t i;
    json_array_foreach(json_object_get(json_object_get(ask->meta, "head"), "hints"), i, hint) {
        json_t *one = json_object();
        view_put(one, "words", filled_words(view, view_words(view, arena_printf(view->arena, "import.hint.%s", text_of(hint, "reason"))), hint));
        (void)json_array_append_new(list, one);
    }
    view_put_json(view->root, "hints", list);
}

static void put_flaws(struct view *view, const json_t *row, json_t *out)
{
    json_t *list = json_array(), *flaw;
    size_t i;
    json_array_foreach(json_object_get(row, "flaws"), i, flaw) {
        json_t *one = json_object();
        view_put(one, "words", import_flaw_words(view, flaw));
        (void)json_array_append_new(list, one);
    }
    view_put_json(out, "flaws", list);
}

/* Who may be meant, and the choice between them. */
static void put_doubt(struct view *view, const struct import_ask *ask, const json_t *row, json_t *out)
{
    const char *key = arena_printf(view->arena, "%lld/%lld", (long long)json_integer_value(json_object_get(row, "place")),
                                   (long long)json_integer_value(json_object_get(row, "row")));
    const char *decided = text_of(json_object_get(ask->meta, "decisions"), key), *kind = text_of(row, "kind");
    json_t *candidates = json_object_get(row, "candidates"), *choices = json_array(), *list = json_array(), *c;
    size_t i;
    bool open = strcmp(kind, "doubtful") == 0;
    if (!open && !decided) return;
    add_choice(choices, "", view_words(view, "import.decide.open"), !decided);
    json_array_foreach(candidates, i, c) {
        json_t *one = json_object();
        const char *code = text_of(c, "code"), *name = text_of(c, "name");
        view_put(one, "code", code);
        view_put(one, "name", name);
        view_put(one, "born", view_date(view, text_of(c, "born")));
        view_put(one, "unit", text_of(c, "unit"));
        view_put(one, "why", view_words(view, arena_printf(view->arena, "list.whom.%s", text_of(c, "why"))));
        if (json_object_get(c, "row")) view_put_number(one, "in_row", json_integer_value(json_object_get(c, "row")));
        (void)json_array_append_new(list, one);
        const char *words = code ? arena_printf(view->arena, "%s %s", code, name ? name : "") : NULL;
        if (words) add_choice(choices, code, words, decided && strcmp(decided, code) == 0);
    }
    add_choice(choices, "new", view_words(view, json_array_size(candidates) ? "import.decide.new" : "import.decide.take"), decided && strcmp(decided, "new") == 0);
    add_choice(choices, "leave", view_words(view, "import.decide.leave"), decided && strcmp(decided, "leave") == 0);
    view_put_json(out, "candidates", list);
    view_put_json(out, "choices", choices);
    view_put(out, "key", key);
    view_put_flag(view->root, "has_choices", true);
}

/* What a row in doubt says of somebody, to be held against those who may be meant. */
static void put_says(struct view *view, const struct import_ask *ask, const json_t *row, json_t *out)
{
    json_t *list = json_array(), *field;
    size_t i;
    json_array_foreach(json_object_get(row, "says"), i, field) {
        json_t *one = json_object();
        const char *code = text_of(field, "field"), *value = text_of(field, "value");
        view_put(one, "field", use_words(view, json_object_get(ask->meta, "fields"), code));
        view_put(one, "value", strcmp(code, "born") == 0 ? view_date(view, value) : value);
        view_put(one, "cell", text_of(field, "cell"));
        (void)json_array_append_new(list, one);
    }
    view_put_flag(out, "has_says", json_array_size(list) > 0);
    view_put_json(out, "says", list);
}

static void put_rows(struct view *view, const struct import_ask *ask)
{
    json_t *list = json_array(), *row;
    size_t i;
    json_array_foreach(json_object_get(ask->rows, "rows"), i, row) {
        json_t *one = json_object();
        const char *kind = text_of(row, "kind"), *note = text_of(row, "note");
        int64_t number = json_integer_value(json_object_get(row, "row"));
        if (number) view_put_number(one, "row", number);
        view_put(one, "file", text_of(row, "file"));
        view_put(one, "sheet", text_of(row, "sheet"));
        view_put(one, "kind", kind);
        view_put(one, "kind_words", view_words(view, arena_printf(view->arena, "import.kind.%s", kind)));
        view_put(one, "code", text_of(row, "code"));
        view_put(one, "name", text_of(row, "name"));
        if (note) view_put(one, "note", view_words(view, arena_printf(view->arena, "import.note.%s", note)));
        put_changes(view, ask, row, one);
        put_flaws(view, row, one);
        put_says(view, ask, row, one);
        put_doubt(view, ask, row, one);
        (void)json_array_append_new(list, one);
    }
    view_put_flag(view->root, "has_rows", json_array_size(list) > 0);
    view_put_json(view->root, "rows", list);
}

static void put_pages(struct view *view, const struct import_ask *ask)
{
    size_t total = (size_t)json_integer_value(json_object_get(ask->rows, "total")), pages = total ? (total + ROWS_A_PAGE - 1) / ROWS_A_PAGE : 1;
    const char *query = ask->query ? ask->query : "";
    if (ask->page > 1) view_put(view->root, "before", arena_printf(view->arena, "?%spage=%zu#rows", query, ask->page - 1));
    if (ask->page < pages) view_put(view->root, "after", arena_printf(view->arena, "?%spage=%zu#rows", query, ask->page + 1));
    view_put(view->root, "query", arena_printf(view->arena, "%spage=%zu", query, ask->page)); /* who decides comes back to where it was */
    if (pages > 1) view_put(view->root, "page", arena_printf(view->arena, "%zu / %zu", ask->page, pages));
}

/* --- files, and forms that are not here yet ----------------------------------------------------------------------------------------------------------- */

static void put_files(struct view *view, const struct import_ask *ask)
{
    json_t *list = json_array(), *fine = json_array(), *file;
    size_t i;
    json_array_foreach(json_object_get(json_object_get(ask->meta, "head"), "files"), i, file) {
        json_t *one = json_object(), *problem = json_object_get(file, "problem");
        bool left_out = json_is_true(json_object_get(file, "left_out"));
        view_put_number(one, "index", (int64_t)i);
        view_put(one, "name", text_of(file, "name"));
        view_put(one, "unit", text_of(file, "unit"));
        view_put_flag(one, "left_out", left_out);
        if (text_of(problem, "text")) view_put(one, "problem", import_problem_words(view, problem));
        (void)json_array_append_new(left_out || text_of(problem, "text") ? list : fine, one);
    }
    view_put_flag(view->root, "has_files", json_array_size(list) + json_array_size(fine) > 0);
    view_put_number(view->root, "files_count", (int64_t)(json_array_size(list) + json_array_size(fine)));
    view_put_flag(view->root, "has_bad_files", json_array_size(list) > 0);
    view_put_json(view->root, "bad_files", list);
    view_put_json(view->root, "good_files", fine);
}

static void put_forms(struct view *view, const struct import_ask *ask)
{
    json_t *list = json_array(), *batch, *unit;
    size_t i, k;
    json_array_foreach(json_object_get(json_object_get(ask->meta, "head"), "forms"), i, batch) {
        json_t *one = json_object(), *missing = json_array();
        const char *sent = text_of(batch, "batch");
        view_put(one, "sent", view_date(view, arena_printf(view->arena, "%.10s", sent ? sent : "")));
        view_put_number(one, "received", json_integer_value(json_object_get(batch, "received")));
        view_put_number(one, "expected", json_integer_value(json_object_get(batch, "expected")));
        json_array_foreach(json_object_get(batch, "missing"), k, unit) {
            json_t *absent = json_object();
            view_put(absent, "code", text_of(unit, "code"));
            view_put(absent, "name", text_of(unit, "name"));
            (void)json_array_append_new(missing, absent);
        }
        view_put_flag(one, "has_missing", json_array_size(missing) > 0);
        view_put_number(one, "missing_count", (int64_t)json_array_size(missing));
        view_put_json(one, "missing", missing);
        (void)json_array_append_new(list, one);
    }
    view_put_json(view->root, "forms", list);
}

/* --- what is chosen for all
 * ------------------------------------------------------------------------------------------------------------------------------------------ */

static void put_ways(struct view *view, const struct import_ask *ask)
{
    static const char *const doubts[] = {"ask", "new", "same", "leave"};
    const char *chosen = text_of(ask->meta, "doubts");
    json_t *list = json_array();
    for (size_t i = 0; i < 4; i++)
        add_choice(list, doubts[i], view_words(view, arena_printf(view->arena, "import.doubts.%s", doubts[i])), strcmp(doubts[i], chosen ? chosen : "ask") == 0);
    view_put_json(view->root, "doubts", list);
    view_put_flag(view->root, "doubts_decided", chosen && strcmp(chosen, "ask") != 0);
    view_put_flag(view->root, "capitals", json_is_true(json_object_get(ask->meta, "capitals")));
    view_put_flag(view->root, "new_units", json_is_true(json_object_get(ask->meta, "new_units")));
    view_put_flag(view->root, "prune", json_is_true(json_object_get(ask->meta, "prune")));
    view_put_flag(view->root, "remembered", json_is_true(json_object_get(json_object_get(ask->meta, "head"), "remembered")));
}

static void put_categories(struct view *view, const struct import_ask *ask, const struct programme *programme)
{
    const char *chosen = text_of(ask->meta, "category");
    json_t *list = json_array();
    add_choice(list, "", "–", chosen == NULL);
    for (size_t i = 0; programme && i < programme->category_count; i++) {
        json_t *one = json_object();
        view_put(one, "value", programme->categories[i].code);
        view_put_title(view, one, "words", programme->categories[i].title);
        view_put_flag(one, "chosen", chosen && strcmp(chosen, programme->categories[i].code) == 0);
        (void)json_array_append_new(list, one);
    }
    view_put_json(view->root, "categories", list);
}

void import_put_plan(struct view *view, struct import_ask *ask)
{
    struct worker *worker = ask->event ? worker_of(view->req) : NULL;
    const char *target = text_of(ask->meta, "target");
    view_put(view->root, "id", ask->id);
    view_put(view->root, "file", text_of(ask->meta, "name"));
    view_put(view->root, "target", view_words(view, arena_printf(view->arena, "import.target.%s", target ? target : "people")));
    view_put(view->root, "digest", text_of(ask->meta, "digest"));
    view_put_flag(view->root, "is_units", target && strcmp(target, "units") == 0);
    put_ways(view, ask);
    if (!json_object_get(ask->meta, "head")) return;
    view_put_flag(view->root, "has_plan", true);
    put_files(view, ask);
    put_forms(view, ask);
    put_columns(view, ask);
    put_sheets(view, ask);
    put_categories(view, ask, worker ? event_of(view->req, worker, NULL) : NULL);
    if (!ask->rows) return;
    put_counts(view, ask);
    put_hints(view, ask);
    put_passed(view, ask);
    put_rows(view, ask);
    put_pages(view, ask);
    view_put(view->root, "words", ask->filter.words);
}
