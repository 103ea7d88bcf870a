#include "tests/torture/event.h"
#include "core/base/clock.h"
#include "core/congress/device.h"
#include "core/congress/event_file/event_file.h"
#include "core/congress/store/store.h"

#include <stdlib.h>

static bool write_file(const char *path, size_t people)
{
    FILE *out = fopen(path, "w");
    if (!out) return false;
    fprintf(out, "{\"format\":\"plenum-events/1\",\"organization\":{\"name\":\"Thử\","
                 "\"languages\":[\"vi\",\"en\"],\"units\":[{\"code\":\"U1\",\"name\":\"Một\"}]},\"people\":[");
    for (size_t i = 0; i < people; i++) fprintf(out, "%s{\"code\":\"P%03zu\",\"name\":\"Nguyễn Thị Số %zu\",\"unit\":\"U1\"}", i ? "," : "", i, i);
    fprintf(out, "],\"events\":[{\"slug\":\"" EVENT_SLUG "\",\"kind\":\"congress\",\"title\":{\"vi\":\"Đại hội\"},\"timezone\":\"Asia/Ho_Chi_Minh\","
                 "\"starts\":\"2026-12-01T00:00\",\"ends\":\"2026-12-03T23:59\",\"categories\":[{\"code\":\"official\",\"title\":{\"vi\":\"Chính thức\"}}],"
                 "\"areas\":[{\"code\":\"hall\",\"title\":{\"vi\":\"Hội trường\"},\"capacity\":500}],"
                 "\"gates\":[{\"code\":\"main\",\"title\":{\"vi\":\"Cửa chính\"},\"kind\":\"entry\",\"area\":\"hall\",\"direction\":\"both\",\"reentry\":true}],"
                 "\"delegates\":[");
    for (size_t i = 0; i < people; i++)
        fprintf(out, "%s{\"person\":\"P%03zu\",\"number\":\"%03zu\",\"category\":\"official\",\"delegation\":\"U1\",\"seat\":\"A%zu\"}", i ? "," : "", i, i, i);
    fprintf(out, "]}]}\n");
    return fclose(out) == 0;
}

static int take_token(void *context, int columns, char **row, char **names)
{
    struct event *event = context;
    (void)columns;
    (void)names;
    if (event->count < EVENT_TOKENS_MOST) (void)snprintf(event->tokens[event->count++], ID_TOKEN_SIZE, "%s", row[0]);
    return 0;
}

struct pairing_work {
    struct arena arena;
    struct device_new device;
    int64_t event_id, gate_id;
};

static enum err pair(struct db *db, void *arg, struct fault *fault)
{
    struct pairing_work *w = arg;
    struct pairing pairing;
    (void)fault;
    pairing_make(w->event_id, w->gate_id, clock_now_ms(), &pairing);
    enum err e = pairing_insert(db, &pairing, clock_now_ms());
    return e == OK ? pairing_redeem(db, &w->arena, pairing.code, &w->device, clock_now_ms(), NULL) : e;
}

static int take_ids(void *context, int columns, char **row, char **names)
{
    struct pairing_work *w = context;
    (void)columns;
    (void)names;
    w->event_id = strtoll(row[0], NULL, 10);
    w->gate_id = strtoll(row[1], NULL, 10);
    return 0;
}

bool event_make(struct check *check, const char *folder, size_t people, struct event *ret)
{
    char path[300];
    struct fault fault = {0};
    struct store store = {0};
    struct pairing_work w = {0};
    json_t *report = NULL;
    (void)snprintf(path, sizeof path, "%.256s/event.json", folder);
    struct import_options options = {.file = path, .folder = folder, .actor = "test", .starts_on = "today"};
    bool good = write_file(path, people) && event_file_import(&options, &report, &fault) == OK;
    json_decref(report);
    (void)snprintf(path, sizeof path, "%.256s/plenum.db", folder);
    *ret = (struct event){0};
    if (good) good = kit_query(path, "SELECT token FROM credential WHERE revoked_ms IS NULL ORDER BY id", take_token, ret) && ret->count == people;
    if (good) good = kit_query(path, "SELECT e.id, g.id FROM event e JOIN gate g ON g.event_id = e.id", take_ids, &w);
    if (good) good = store_open(folder, STORE_WRITE, &store, &fault) == OK && device_make(&w.arena, "Cửa 1", &w.device, &fault) == OK &&
                     db_transaction(store.db, pair, &w, &fault) == OK;
    if (good) (void)snprintf(ret->key, sizeof ret->key, "%s", w.device.key);
    if (good) (void)snprintf(ret->device, sizeof ret->device, "%s", w.device.code);
    store_close(&store);
    arena_release(&w.arena);
    if (!CHECK(check, good)) printf("# the congress cannot be made: %s\n", fault.text);
    return good;
}
