/* # threads: also under the thread sanitizer */
/* What screens are told of the figures and of the doors: events small enough, nothing lost over them, floods only counted. */
#include "core/base/clock.h"
#include "server/live_delta.h"
#include "server/live_scans.h"
#include "tests/unit/check.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static json_t *figures_of(int delegations, int present, int sessions)
{
    json_t *all = json_pack("{s:s,s:i,s:i,s:i,s:n}", "as_of", "2026-01-01T00:00:00.000Z", "expected", 1000, "attended", present, "present", present, "quorum");
    json_t *by = json_object(), *in = json_object(), *quorums = json_array();
    char code[32];
    for (int i = 0; i < delegations; i++) {
        (void)snprintf(code, sizeof code, "D-%03d", i);
        (void)json_object_set_new(by, code, json_pack("{s:i,s:i,s:i}", "expected", 5, "attended", present, "present", present));
    }
    for (int i = 0; i < sessions; i++) {
        (void)snprintf(code, sizeof code, "session-%03d", i);
        (void)json_object_set_new(in, code, json_pack("{s:i,s:i}", "attended", i ? 0 : present, "present", i ? 0 : present));
        (void)json_array_append_new(quorums, json_pack("{s:s,s:i,s:b}", "session", code, "present", i ? 0 : present, "reached", 0));
    }
    (void)json_object_set_new(all, "by_delegation", by);
    (void)json_object_set_new(all, "by_session", in);
    (void)json_object_set_new(all, "quorums", quorums);
    return all;
}

/* A screen as the wall is: what comes in pieces is merged, all else replaced. */
static void draw(json_t *screen, const char *text)
{
    json_t *event = NULL, *value;
    const char *key;
    if (json_read(text, strlen(text), &event, NULL) != OK) return;
    json_object_foreach(event, key, value)
    {
        bool in_pieces = strcmp(key, "by_delegation") == 0 || strcmp(key, "by_session") == 0;
        if (in_pieces) (void)json_object_update(json_object_get(screen, key), value);
        else (void)json_object_set(screen, key, value);
    }
    json_decref(event);
}

static void test_small(struct check *check)
{
    struct live_delta delta = {0};
    struct arena arena = {0};
    const char *text = NULL;
    json_t *before = figures_of(3, 1, 2), *now = json_deep_copy(before);
    CHECK(check, live_delta_whole(&delta, before) == OK);
    CHECK(check, live_delta_stats(&delta, &arena, now, 4096, &text) == OK);
    CHECK_TEXT(check, text, "{\"as_of\":\"2026-01-01T00:00:00.000Z\",\"expected\":1000,\"attended\":1,\"present\":1,\"quorum\":null}");
    (void)json_object_set_new(json_object_get(json_object_get(now, "by_delegation"), "D-001"), "present", json_integer(4));
    CHECK(check, live_delta_stats(&delta, &arena, now, 4096, &text) == OK);
    CHECK(check, text && strstr(text, "\"by_delegation\":{\"D-001\":{\"expected\":5,\"attended\":1,\"present\":4}}"));
    CHECK(check, text && !strstr(text, "D-000") && !strstr(text, "by_session"));
    CHECK(check, live_delta_stats(&delta, &arena, now, 4096, &text) == OK && text && !strstr(text, "by_delegation"));
    CHECK(check, live_delta_stats(&delta, &arena, now, 20, &text) == ERR_LIMIT);
    CHECK(check, live_delta_structure(&arena, now, now, "") == live_delta_structure(&arena, before, before, ""));
    CHECK(check, live_delta_structure(&arena, now, now, "") != live_delta_structure(&arena, now, now, "a phone's news"));
    json_decref(before);
    json_decref(now);
    live_delta_release(&delta);
    arena_release(&arena);
}

/* 200 delegations that change all at once, every time: each event is small, each delegation has its turn, and when it is calm the screen shows what is true. */
static void test_large(struct check *check)
{
    struct live_delta delta = {0};
    struct arena arena = {0};
    const char *text = NULL;
    json_t *screen = figures_of(200, 0, 100), *now = NULL;
    size_t longest = 0;
    int events = 0, stale = 0;
    CHECK(check, live_delta_whole(&delta, screen) == OK);
    for (int present = 1; present <= 40; present++) {
        json_decref(now);
        now = figures_of(200, present, 100);
        CHECK(check, live_delta_stats(&delta, &arena, now, 4096, &text) == OK);
        if (text && strlen(text) > longest) longest = strlen(text);
        if (text) draw(screen, text);
    }
    const char *code;
    json_t *item;
    json_object_foreach(json_object_get(screen, "by_delegation"), code, item) stale += json_integer_value(json_object_get(item, "present")) < 40 - 10;
    CHECK(check, longest <= 4096 && longest > 3000 && stale == 0);
    CHECK(check, delta.owes); /* the history of a hundred quorums */
    while (!json_equal(json_object_get(screen, "by_delegation"), json_object_get(now, "by_delegation")) && events++ < 20)
        if (live_delta_stats(&delta, &arena, now, 4096, &text) == OK && text) draw(screen, text);
    CHECK(check, events > 0 && events < 20);
    CHECK(check, json_equal(json_object_get(screen, "by_session"), json_object_get(now, "by_session")));
    CHECK(check, !json_equal(json_object_get(screen, "quorums"), json_object_get(now, "quorums")));
    CHECK(check, live_delta_whole(&delta, now) == OK && !delta.owes);
    json_decref(screen);
    json_decref(now);
    live_delta_release(&delta);
    arena_release(&arena);
}

/* Names and titles are structure, numbers are not. */
static void test_structure(struct check *check)
{
    struct arena arena = {0};
    json_t *figures = json_pack("{s:i}", "present", 1);
    json_t *a = json_pack("{s:i,s:s,s:[{s:s,s:s,s:i}],s:b}", "present", 1, "title", "Congress", "delegations", "code", "A", "name", "Alpha", "present", 1, "flag", 1);
    json_t *b = json_deep_copy(a);
    (void)json_object_set_new(b, "present", json_integer(2));
    (void)json_object_set_new(json_array_get(json_object_get(b, "delegations"), 0), "present", json_integer(2));
    uint64_t before = live_delta_structure(&arena, a, figures, "");
    CHECK(check, live_delta_structure(&arena, b, figures, "") == before);
    (void)json_object_set_new(json_array_get(json_object_get(b, "delegations"), 0), "name", json_string("Beta"));
    CHECK(check, live_delta_structure(&arena, b, figures, "") != before);
    json_decref(b);
    b = json_deep_copy(a);
    (void)json_object_set_new(b, "flag", json_false());
    CHECK(check, live_delta_structure(&arena, b, figures, "") != before);
    json_decref(a);
    json_decref(b);
    json_decref(figures);
    arena_release(&arena);
}

static size_t free_all(struct live_scan *list, bool *named)
{
    size_t count = 0;
    for (struct live_scan *next; list; list = next, count++) {
        next = list->next;
        if (list->wall && strstr(list->wall, "An Example")) *named = true;
        free(list);
    }
    return count;
}

static struct checkin_answer answer_of(enum outcome outcome)
{
    return (struct checkin_answer){.scan_id = "0190aaaa-0000-7000-8000-000000000000", .outcome = outcome, .name = "An Example", .category = "official",
                                   .first_ms = DB_NULL, .delegate_id = DB_NULL, .gate_id = DB_NULL};
}

static void test_scans(struct check *check)
{
    struct live_scans *scans = NULL;
    struct live_scans_taken taken;
    struct checkin_answer many[500], refused = answer_of(OUTCOME_refused), invalid = answer_of(OUTCOME_invalid);
    bool named = false;
    for (size_t i = 0; i < 500; i++) many[i] = answer_of(OUTCOME_admitted);
    CHECK(check, live_scans_new(&scans) == OK && !live_scans_expect(scans, "a"));
    CHECK(check, !live_scans_put(scans, "a", many, 1)); /* nobody watches */
    CHECK(check, live_scans_watch(scans, "a") == OK && live_scans_watch(scans, "a") == OK);
    CHECK(check, !live_scans_put(scans, "a", many, 1)); /* nobody listens */
    live_scans_allow(scans, "a", true, false);
    CHECK(check, live_scans_put(scans, "a", many, 1) && !live_scans_put(scans, "a", &refused, 1) && !live_scans_put(scans, "a", &invalid, 1));
    live_scans_take(scans, "a", &taken);
    CHECK(check, taken.any && !taken.untold && taken.list && taken.list->desk && strstr(taken.list->desk, "An Example") && taken.list->wall);
    CHECK(check, taken.list && taken.list->next && !taken.list->next->wall && taken.list->next->desk); /* a refusal is not for the hall */
    CHECK(check, free_all(taken.list, &named) == 2 && !named);
    live_scans_allow(scans, "a", true, true);
    CHECK(check, live_scans_put(scans, "a", many, 500)); /* a bus */
    live_scans_take(scans, "a", &taken);
    size_t told = free_all(taken.list, &named);
    CHECK(check, named && told >= LIVE_SCANS_SECOND - 5 && told <= 2 * LIVE_SCANS_SECOND && told + taken.untold == 500);
    live_scans_take(scans, "a", &taken);
    CHECK(check, !taken.any && !taken.list && !taken.untold);
    (void)live_scans_put(scans, "a", many, 3); /* left in it: freed with it */
    live_scans_free(scans);
}

struct storm {
    struct live_scans *scans;
    size_t put;
};

static void *put_many(void *arg)
{
    struct storm *storm = arg;
    struct checkin_answer answer = answer_of(OUTCOME_admitted);
    for (storm->put = 0; storm->put < 20000; storm->put++) (void)live_scans_put(storm->scans, "a", &answer, 1);
    return NULL;
}

/* Whatever comes from many threads is told or counted, once. */
static void test_threads(struct check *check)
{
    struct live_scans *scans = NULL;
    struct live_scans_taken taken;
    pthread_t threads[3];
    struct storm storms[3];
    size_t told = 0, untold = 0;
    bool named = false;
    CHECK(check, live_scans_new(&scans) == OK && live_scans_watch(scans, "a") == OK);
    live_scans_allow(scans, "a", true, false);
    for (int i = 0; i < 3; i++) {
        storms[i].scans = scans;
        CHECK(check, pthread_create(&threads[i], NULL, put_many, &storms[i]) == 0);
    }
    for (int i = 0; i < 400; i++) {
        live_scans_take(scans, "a", &taken);
        told += free_all(taken.list, &named);
        untold += taken.untold;
    }
    for (int i = 0; i < 3; i++) (void)pthread_join(threads[i], NULL);
    live_scans_take(scans, "a", &taken);
    told += free_all(taken.list, &named);
    untold += taken.untold;
    if (!CHECK(check, told + untold == 60000)) printf("# told %zu, untold %zu\n", told, untold);
    live_scans_free(scans);
}

int main(void)
{
    struct check check = {0};
    test_small(&check);
    test_large(&check);
    test_structure(&check);
    test_scans(&check);
    test_threads(&check);
    return check_done(&check, "live figures and scans");
}
