/* What the desk finds: names with and without accents, lettered badge numbers, phone numbers as people write them, and a badge's own delegate only. */
#include "core/base/crypto.h"
#include "core/base/file.h"
#include "core/congress/delegates/find.h"
#include "core/congress/event_file/event_file.h"
#include "core/congress/store/store.h"
#include "tests/unit/check.h"

#include "catalogue.h"

#include <stdlib.h>

/* Numbers that are the codes of others: a badge must not show them. */
static const char event[] =
    "{\"format\":\"plenum-events/1\",\"people\":[{\"code\":\"101\",\"name\":\"Łukasz Nguyễn Đức\",\"phone\":\"(0600) 912-345.678\"},"
    "{\"code\":\"102\",\"name\":\"Þórður Æsøn\"}],\"events\":[{\"slug\":\"test-2\",\"kind\":\"meeting\",\"title\":\"T\",\"timezone\":\"UTC\","
    "\"starts\":\"2026-12-01T08:00\",\"ends\":\"2026-12-01T09:00\",\"categories\":[{\"code\":\"c\",\"title\":\"C\"}],\"delegates\":["
    "{\"person\":\"101\",\"category\":\"c\",\"number\":\"102\"},{\"person\":\"102\",\"category\":\"c\",\"number\":\"101\"},"
    "{\"person\":null,\"category\":\"c\",\"number\":\"B-01\"}]}]}";

struct desk {
    struct check check;
    struct store store;
    struct arena arena;
};

/* The codes (else numbers) of all that is found, with a space after each. */
static const char *found(struct desk *d, const char *typed)
{
    struct programme *programme;
    json_t *answer = NULL, *one;
    size_t i;
    char *text = arena_strdup(&d->arena, "");
    enum err e = programme_load(d->store.db, &d->arena, "test-2", &programme);
    if (e == OK) e = delegates_find(d->store.db, &d->arena, programme, typed, 0, &answer);
    json_array_foreach(json_object_get(answer, "results"), i, one)
    {
        const char *code = json_string_value(json_object_get(one, "code"));
        text = arena_printf(&d->arena, "%s%s ", text, code ? code : json_string_value(json_object_get(one, "number")));
    }
    json_decref(answer);
    return e == OK ? text : err_name(e);
}

static void check_typed(struct desk *d)
{
    static const char *const cases[][2] = {{"nguyen duc", "101 "},   {"ĐỨC NGUYỄN", "101 "}, {"lukasz", "101 "},  {"thordur aeson", "102 "},
                                           {"b-01", "B-01 "},        {"B-01", "B-01 "},      {"5678", "101 "},    {"912 345 678", "101 "},
                                           {"0600.912.345678", "101 "}, {"%", ""},           {"( )", ""},         {"102", "101 102 "}};
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) CHECK_TEXT(&d->check, found(d, cases[i][0]), cases[i][1]);
}

static void check_badges(struct desk *d)
{
    struct sql_delegates_badges_row *rows = NULL;
    struct programme *programme;
    size_t n = 0;
    CHECK(&d->check, programme_load(d->store.db, &d->arena, "test-2", &programme) == OK);
    const struct sql_delegates_badges_in in = {.event_id = programme->event_id, .only = ""};
    CHECK(&d->check, sql_delegates_badges(d->store.db, &d->arena, &in, &rows, &n) == OK && n == 3);
    for (size_t i = 0; i < n; i++)
        CHECK_TEXT(&d->check, found(d, rows[i].token), arena_printf(&d->arena, "%s ", rows[i].code ? rows[i].code : rows[i].number));
}

int main(void)
{
    struct desk d = {0};
    char folder[] = "/tmp/plenum-test-XXXXXX", file[64], command[64];
    struct fault fault = {0};
    json_t *report = NULL;
    CHECK(&d.check, crypto_init() == OK && mkdtemp(folder));
    (void)snprintf(file, sizeof file, "%s/event.json", folder);
    struct import_options options = {.file = file, .folder = folder, .actor = "test"};
    CHECK(&d.check, file_write_atomic(file, event, strlen(event), 0600, &fault) == OK);
    bool ready = CHECK(&d.check, event_file_import(&options, &report, &fault) == OK && store_open(folder, STORE_WRITE, &d.store, &fault) == OK);
    json_decref(report);
    if (ready) {
        check_typed(&d);
        check_badges(&d);
    } else {
        printf("# %s\n", fault.text);
    }
    store_close(&d.store);
    arena_release(&d.arena);
    (void)snprintf(command, sizeof command, "rm -rf '%s'", folder);
    CHECK(&d.check, system(command) == 0);
    return check_done(&d.check, "congress/delegates find");
}
