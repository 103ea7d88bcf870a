/* News and results: which edition may be read when, corrected, withdrawn, recalled; who wrote meanwhile; which texts are refused. Streams: where an address leads. */
#include "core/base/clock.h"
#include "core/base/crypto.h"
#include "core/base/file.h"
#include "core/congress/event_file/event_file.h"
#include "core/congress/event_page.h"
#include "core/congress/posts/posts.h"
#include "core/congress/programme/stream.h"
#include "tests/unit/check.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_TEXT "{\"format\":\"plenum-events/1\",\"organization\":{\"name\":\"O\",\"languages\":[\"vi\",\"en\"],\"units\":[]},\"people\":[]," \
                  "\"events\":[{\"slug\":\"e\",\"kind\":\"congress\",\"title\":\"T\",\"timezone\":\"Europe/Lisbon\",\"starts\":\"2026-03-28T07:30\"," \
                  "\"ends\":\"2026-03-30T17:00\",\"categories\":[{\"code\":\"c\",\"title\":\"C\"}],\"areas\":[{\"code\":\"hall\",\"title\":\"H\"}]," \
                  "\"sessions\":[{\"code\":\"s\",\"title\":\"S\",\"starts\":\"2026-03-28T08:00\",\"ends\":\"2026-03-28T09:00\",\"area\":\"hall\"}]}]}"

struct bench {
    struct check *c;
    char folder[64], file[96], data[96];
    struct store store;
    struct arena arena;
    struct id_source ids;
    struct fault fault;
    int64_t event_id, now_ms;
};

static struct doing doing(struct bench *b)
{
    b->fault = (struct fault){0};
    return (struct doing){b->store.db, &b->arena, &b->ids, b->event_id, b->now_ms, "lan", &b->fault};
}

static enum err save(struct bench *b, int64_t id, int64_t version, const char *title, const char *body, int64_t *ret_id)
{
    json_t *titles = json_pack("{s:s}", "vi", title), *bodies = *body ? json_pack("{s:s}", "vi", body) : json_object();
    const struct doing d = doing(b);
    const struct post_words words = {.session = "s", .title = titles, .body = bodies, .figure_id = DB_NULL};
    enum err e = post_save(&d, id, version, &words, ret_id);
    json_decref(titles);
    json_decref(bodies);
    return e;
}

static enum err publish(struct bench *b, int64_t id, int64_t version, int64_t from_ms)
{
    const struct doing d = doing(b);
    return post_publish(&d, id, version, from_ms);
}

static struct post at(struct bench *b, int64_t id, int64_t now_ms)
{
    struct post post = {0};
    CHECK(b->c, post_find(b->store.db, &b->arena, b->event_id, id, now_ms, &post) == OK);
    return post;
}

static const char *body_of(struct bench *b, const struct post *post)
{
    struct post_text text;
    if (!post->shown || post_read(b->store.db, &b->arena, b->event_id, post->id, post->shown->id, &text) != OK) return "?";
    return text.body;
}

static void test_life(struct bench *b)
{
    struct check *c = b->c;
    int64_t id = 0, same = 0, hour = CLOCK_HOUR, t = b->now_ms;
    uint64_t mark = 0, other = 0;
    CHECK(c, save(b, 0, 0, "Một", "", &id) == OK && at(b, id, t).state == POST_DRAFT);
    CHECK(c, publish(b, id, 1, DB_NULL) == ERR_INPUT && strcmp(b->fault.reason, "post_half") == 0);
    CHECK(c, save(b, id, 1, "Một", "A", &same) == OK && same == id && at(b, id, t).version == 2);
    CHECK(c, save(b, id, 1, "Hai", "B", &same) == ERR_CONFLICT);
    CHECK(c, publish(b, id, 2, t + hour) == OK);
    struct post post = at(b, id, t);
    CHECK(c, post.state == POST_PLANNED && !post.shown && posts_next_change(&post, 1, t) == t + hour && posts_next_change(&post, 1, t + hour) == INT64_MAX);
    CHECK(c, at(b, id, t + hour - 1).state == POST_PLANNED && at(b, id, t + hour).state == POST_PUBLIC);
    CHECK(c, publish(b, id, 2, DB_NULL) == ERR_CONFLICT && publish(b, id, 3, DB_NULL) == OK); /* at once instead: what was planned is recalled */
    post = at(b, id, t + 2 * hour);
    CHECK(c, post.state == POST_PUBLIC && post.first_ms == t && post.visible_count == 1 && post.edition_count == 2 && post.editions[0].recalled);
    b->now_ms += hour;
    CHECK(c, save(b, id, 4, "Một", "Sửa", &same) == OK && publish(b, id, 5, t + 3 * hour) == OK);
    post = at(b, id, t + 2 * hour);
    CHECK(c, post.coming && post.visible_count == 1 && strcmp(body_of(b, &post), "{\"vi\":\"A\"}") == 0);
    post = at(b, id, t + 3 * hour);
    CHECK(c, post.visible_count == 2 && post.first_ms == t && post.shown->from_ms == t + 3 * hour && strcmp(body_of(b, &post), "{\"vi\":\"Sửa\"}") == 0);
    CHECK(c, posts_mark(b->store.db, &b->arena, b->event_id, &mark) == OK);
    const struct doing d = doing(b);
    CHECK(c, post_withdraw(&d, id, 6) == OK && posts_mark(b->store.db, &b->arena, b->event_id, &other) == OK && mark != other);
    CHECK(c, at(b, id, t + 4 * hour).state == POST_WITHDRAWN && at(b, id, t + 4 * hour).visible_count == 1); /* the planned correction is recalled too */
    CHECK(c, publish(b, id, 7, DB_NULL) == OK && at(b, id, b->now_ms).state == POST_PUBLIC);
}

static void test_refused(struct bench *b)
{
    struct check *c = b->c;
    const struct doing d = doing(b);
    json_t *title = json_pack("{s:s}", "vi", "x"), *body = json_object();
    const struct post_words elsewhere = {.session = "nowhere", .title = title, .body = body, .figure_id = DB_NULL}, nameless = {.title = body, .body = body};
    const char *tidy = NULL;
    int64_t id;
    CHECK(c, post_save(&d, 0, 0, &elsewhere, &id) == ERR_INPUT && post_save(&d, 0, 0, &nameless, &id) == ERR_INPUT);
    CHECK(c, post_publish(&d, 4711, 1, DB_NULL) == ERR_NOT_FOUND && post_withdraw(&d, 4711, 1) == ERR_NOT_FOUND && post_recall(&d, 4711, 1) == ERR_NOT_FOUND);
    json_decref(title);
    json_decref(body);
    CHECK(c, post_tidy(&b->arena, "a\r\nb\rc \n\n", true, 9, &tidy, &b->fault) == OK && strcmp(tidy, "a\nb\nc") == 0);
    CHECK(c, post_tidy(&b->arena, "a\xe2\x80\xae" "b\xe2\x81\xa9", true, 9, &tidy, &b->fault) == OK && strcmp(tidy, "ab") == 0);
    CHECK(c, post_tidy(&b->arena, NULL, true, 9, &tidy, &b->fault) == OK && !*tidy);
    CHECK(c, post_tidy(&b->arena, "\xff", true, 9, &tidy, &b->fault) == ERR_INPUT && post_tidy(&b->arena, "a\x01", true, 9, &tidy, &b->fault) == ERR_INPUT);
    CHECK(c, post_tidy(&b->arena, "0123456789", true, 9, &tidy, &b->fault) == ERR_INPUT && strcmp(b->fault.detail, "9") == 0);
    CHECK(c, post_tidy(&b->arena, "http://x/D/0123456789ABCDEF", true, 99, &tidy, &b->fault) == ERR_INPUT);
}

static void test_streams(struct check *c)
{
    static const struct {
        const char *url;
        enum stream_place place;
    } cases[] = {{"https://video.example/live", STREAM_INTERNET}, {"http://192.168.1.2:8081/x", STREAM_VENUE}, {"http://10.0.0.1", STREAM_VENUE},
                 {"http://172.16.0.1/", STREAM_VENUE},
                 {"http://172.32.0.1/", STREAM_INTERNET}, {"http://100.64.0.9/", STREAM_VENUE}, {"http://100.128.0.9/", STREAM_INTERNET},
                 {"http://[::1]:80/", STREAM_VENUE},
                 {"http://[fd00::1]/", STREAM_VENUE}, {"http://[fe80::1]/", STREAM_VENUE},
                 {"http://[2001:db8::1]/", STREAM_INTERNET},
                 {"http://[::ffff:10.0.0.1]/", STREAM_VENUE},
                 {"HTTP://Radio.LOCAL./", STREAM_VENUE}, {"http://may-chu/", STREAM_VENUE}, {"http://2130706433/", STREAM_INTERNET},
                 {"http://local.example/", STREAM_INTERNET},
                 {"javascript:alert(1)", STREAM_UNUSABLE}, {"data:text/html,x", STREAM_UNUSABLE}, {"https://a@b/", STREAM_UNUSABLE},
                 {"https://a b/", STREAM_UNUSABLE},
                 {"https://a\\b/", STREAM_UNUSABLE}, {"https:///x", STREAM_UNUSABLE}, {"https://[x]/", STREAM_UNUSABLE}, {"http://\"/", STREAM_UNUSABLE},
                 {"", STREAM_UNUSABLE},
                 {" https://a/", STREAM_UNUSABLE}, {"https://:80/", STREAM_UNUSABLE}, {"//a.example/", STREAM_UNUSABLE}};
    char host[STREAM_HOST_SIZE];
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        bool right = stream_place_of(cases[i].url, host) == cases[i].place;
        if (!right) printf("# %s\n", cases[i].url);
        CHECK(c, right);
    }
    CHECK(c, stream_place_of(NULL, host) == STREAM_UNUSABLE);
    CHECK(c, stream_place_of("https://A.example:8443/x", host) == STREAM_INTERNET && strcmp(host, "a.example:8443") == 0);
}

static bool begin(struct bench *b)
{
    struct import_options options = {.file = b->file, .folder = b->data, .actor = "file"};
    struct event_page event;
    json_t *report = NULL;
    (void)snprintf(b->folder, sizeof b->folder, "/tmp/plenum-posts-XXXXXX");
    if (!mkdtemp(b->folder)) return false;
    (void)snprintf(b->file, sizeof b->file, "%s/event.json", b->folder);
    (void)snprintf(b->data, sizeof b->data, "%s/data", b->folder);
    enum err e = file_write_atomic(b->file, FILE_TEXT, strlen(FILE_TEXT), 0600, NULL);
    if (e == OK) e = event_file_import(&options, &report, &b->fault);
    json_decref(report);
    if (e == OK) e = store_open(b->data, STORE_WRITE, &b->store, &b->fault);
    if (e == OK) e = event_page_load(b->store.db, &b->arena, "e", &event);
    if (e != OK) printf("# %s\n", b->fault.text);
    b->event_id = e == OK ? event.id : 0;
    return e == OK;
}

int main(void)
{
    struct check c = {0};
    struct bench b = {.c = &c, .now_ms = INT64_C(1774700000000)};
    if (crypto_init() != OK) return 1;
    test_streams(&c);
    if (CHECK(&c, begin(&b))) {
        test_life(&b);
        test_refused(&b);
        store_close(&b.store);
    }
    (void)file_remove_tree(b.folder);
    arena_release(&b.arena);
    return check_done(&c, "news and results");
}
