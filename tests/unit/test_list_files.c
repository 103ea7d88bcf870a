/* The lists of offices in tests/fixtures/lists: each is guessed and read as its JSON says under "list". */
#include "core/base/file.h"
#include "core/base/json.h"
#include "tests/unit/check.h"
#include "tests/unit/list_kit.h"

#include <dirent.h>

#define FOLDER "tests/fixtures/lists"

static const char *text_of(json_t *object, const char *key) { return json_string_value(json_object_get(object, key)); }

static void expect_columns(struct check *c, struct arena *arena, const struct list_mapping *m, json_t *wanted)
{
    char letters[SHEET_ADDRESS_SIZE];
    CHECK(c, json_object_size(wanted) == m->column_count);
    for (size_t i = 0; i < m->column_count; i++) {
        const char *address = sheet_cell_address(0, m->columns[i].column, letters);
        if (!CHECK_TEXT(c, list_use_text(arena, &m->columns[i].use), text_of(wanted, address))) printf("# column %s\n", address);
    }
}

/* "value", or ["value", "change", "what stood there"]. */
static void expect_value(struct check *c, const struct list_value *v, json_t *wanted)
{
    bool told = json_is_array(wanted);
    if (!CHECK(c, wanted != NULL)) printf("# %s=%s\n", v->field->code, v->value);
    if (!wanted) return;
    CHECK_TEXT(c, v->value, json_string_value(told ? json_array_get(wanted, 0) : wanted));
    CHECK_TEXT(c, told ? list_change_name((enum list_change)v->change) : "", told ? json_string_value(json_array_get(wanted, 1)) : "");
    CHECK_TEXT(c, told ? v->written : "", told ? json_string_value(json_array_get(wanted, 2)) : "");
    if (!told) CHECK(c, v->change < LIST_PUT_RIGHT_FIRST);
}

static void expect_table(struct check *c, struct arena *arena, const struct list_table *t, json_t *wanted)
{
    json_t *records = json_object_get(wanted, "records"), *flaws = json_object_get(wanted, "flaws"), *passed = json_object_get(wanted, "passed");
    size_t flaw = 0;
    char address[SHEET_ADDRESS_SIZE];
    CHECK(c, json_object_size(records) == t->count);
    for (size_t i = 0; i < t->count; i++) {
        const struct list_record *r = &t->records[i];
        json_t *record = json_object_get(records, arena_printf(arena, "%u:%u", r->place, r->row));
        if (!CHECK(c, json_object_size(record) == r->count)) printf("# row %u\n", r->row);
        for (size_t k = 0; k < r->count; k++) expect_value(c, &r->values[k], json_object_get(record, r->values[k].field->code));
        for (size_t k = 0; k < r->flaw_count; k++) {
            const struct list_flaw *f = &r->flaws[k];
            const char *proposal = f->proposal ? f->proposal : "";
            const char *text = arena_printf(arena, "%u:%s %s%s%s%s", r->place, sheet_cell_address(f->row, f->column, address), f->reason, f->doubtful ? "?" : "",
                                            *proposal ? " " : "", proposal);
            CHECK_TEXT(c, text, json_string_value(json_array_get(flaws, flaw++)));
        }
    }
    CHECK(c, flaw == json_array_size(flaws) && json_object_size(passed) == t->passed_count);
    for (size_t i = 0; i < t->passed_count; i++)
        CHECK_TEXT(c, list_passed_name(t->passed[i].why), text_of(passed, arena_printf(arena, "%u:%u", t->passed[i].place, t->passed[i].row)));
}

static void check_list(struct check *c, const char *path, json_t *wanted)
{
    struct arena arena = {0};
    struct fault fault = {0};
    struct sheet_book book;
    struct list_known *known;
    struct list_mapping mapping, again;
    struct list_table table;
    enum list_target target;
    char *json = NULL, *other = NULL;
    struct list_vocabulary vocabulary = list_kit_vocabulary(text_of(wanted, "language"), text_of(wanted, "country"));
    int failed = c->failed;
    bool good = CHECK(c, list_target_parse(text_of(wanted, "target"), &target)) && CHECK(c, sheet_read_file(path, &arena, NULL, &book, &fault) == OK);
    good = good && CHECK(c, list_prepare(&arena, target, &vocabulary, &known, &fault) == OK) && CHECK(c, list_guess(known, &book, &arena, &mapping, &fault) == OK);
    if (good) {
        expect_columns(c, &arena, &mapping, json_object_get(wanted, "columns"));
        if (CHECK(c, list_read(known, &book, &mapping, &arena, &table, &fault) == OK)) expect_table(c, &arena, &table, wanted);
        CHECK(c, list_mapping_write(&mapping, false, &arena, &json) == OK); /* the mapping that is remembered reads the same */
        if (CHECK(c, list_mapping_read(known, json, strlen(json), &arena, &again, &fault) == OK) && CHECK(c, list_mapping_write(&again, false, &arena, &other) == OK)) {
            CHECK_TEXT(c, other, json);
            if (CHECK(c, list_read(known, &book, &again, &arena, &table, &fault) == OK)) expect_table(c, &arena, &table, wanted);
        }
    }
    if (c->failed != failed) printf("# ^ %s %s\n", path, fault.text);
    arena_release(&arena);
}

int main(void)
{
    struct check c = {0};
    struct arena arena = {0};
    DIR *dir = opendir(FOLDER);
    int count = 0;
    for (struct dirent *entry; dir && (entry = readdir(dir)) != NULL;) {
        size_t length = strlen(entry->d_name), size = 0;
        char *text = NULL;
        json_t *json = NULL;
        if (length < 6 || strcmp(entry->d_name + length - 5, ".json") != 0) continue;
        if (!CHECK(&c, file_read(&arena, file_join(&arena, FOLDER, entry->d_name), 1 << 20, &text, &size, NULL) == OK)) continue;
        if (CHECK(&c, json_read(text, size, &json, NULL) == OK) && json_object_get(json, "list")) {
            const char *xlsx = arena_printf(&arena, FOLDER "/%.*s.xlsx", (int)length - 5, entry->d_name);
            const char *csv = arena_printf(&arena, FOLDER "/%.*s.csv", (int)length - 5, entry->d_name);
            check_list(&c, file_exists(xlsx) ? xlsx : csv, json_object_get(json, "list"));
            count++;
        }
        json_decref(json);
    }
    if (dir) closedir(dir);
    CHECK(&c, count >= 18);
    arena_release(&arena);
    return check_done(&c, "list files");
}
