/* Strict reading of JSON, places of mistakes, specs. */
#include "core/base/json.h"
#include "core/base/json_plain.h"
#include "tests/unit/mutate.h"
#include "tests/unit/check.h"

#include <stddef.h>
#include <stdlib.h>

struct thing {
    const char *name;
    int64_t count;
    double share;
    bool open;
    json_t *list, *any;
};

static const struct json_spec specs[] = {
    {"name", JSON_SPEC_TEXT, offsetof(struct thing, name), JSON_REQUIRED, 8},
    {"count", JSON_SPEC_INTEGER, offsetof(struct thing, count), JSON_NULLABLE, 0},
    {"share", JSON_SPEC_REAL, offsetof(struct thing, share), 0, 0},
    {"open", JSON_SPEC_BOOLEAN, offsetof(struct thing, open), 0, 0},
    {"list", JSON_SPEC_ARRAY, offsetof(struct thing, list), 0, 2},
    {"any", JSON_SPEC_ANY, offsetof(struct thing, any), 0, 0},
};

/* What a text gives: "" when it is taken, else the fault. */
static const char *take(const char *text, struct thing *thing, struct fault *fault)
{
    json_t *root = NULL;
    struct json_place outer = {.key = "things"}, inner = {.up = &outer, .index = 4};
    *fault = (struct fault){0};
    *thing = (struct thing){.count = 42};
    if (json_read(text, strlen(text), &root, fault) == OK) (void)json_take(root, specs, sizeof specs / sizeof specs[0], thing, &inner, fault);
    thing->name = thing->name ? "taken" : NULL;
    json_decref(root);
    return fault->text;
}

static void check_reading(struct check *c)
{
    struct thing t;
    struct fault f;
    CHECK_TEXT(c, take("{\"name\":\"An\",\"count\":7,\"share\":2,\"open\":true,\"x-note\":[1]}", &t, &f), "");
    CHECK(c, t.count == 7 && t.share > 1.9 && t.open);
    CHECK_TEXT(c, take("{\"name\":\"An\",\"count\":null}", &t, &f), "");
    CHECK(c, t.count == 42);
    CHECK_TEXT(c, take("{}", &t, &f), "things[4].name: is required");
    CHECK_TEXT(c, take("{\"name\":null}", &t, &f), "things[4].name: must be a text");
    CHECK_TEXT(c, take("{\"name\":\"An\",\"age\":1}", &t, &f), "things[4].age: unknown key");
    CHECK_TEXT(c, take("{\"name\":\"An\",\"count\":1.5}", &t, &f), "things[4].count: must be a whole number");
    CHECK_TEXT(c, take("{\"name\":\"An\",\"open\":1}", &t, &f), "things[4].open: must be true or false");
    CHECK_TEXT(c, take("{\"name\":\"123456789\"}", &t, &f), "things[4].name: longer than 8 bytes");
    CHECK_TEXT(c, take("{\"name\":\"An\",\"list\":[1,2,3]}", &t, &f), "things[4].list: more than 2 items");
    CHECK_TEXT(c, take("[]", &t, &f), "things[4]: must be an object");
    CHECK(c, strstr(take("{\"name\":\"An\",\n \"name\":\"Ba\"}", &t, &f), "line 2") != NULL);
    CHECK(c, strstr(take("{\"name\":\"\xff\"}", &t, &f), "line 1") != NULL);
    CHECK(c, take("{\"name\":\"a\\u0000b\"}", &t, &f)[0] != '\0');
    CHECK(c, take("", &t, &f)[0] != '\0');
    CHECK(c, take("{\"name\":\"An\"} x", &t, &f)[0] != '\0');
}

/* One item with a NUL spoils itself, not the list that it stands in. */
static void check_nul_in_list(struct check *c)
{
    static const char list[] = "[{\"name\":\"a\\u0000b\"},{\"name\":\"An\"}]";
    json_t *root = NULL;
    struct thing t = {0};
    struct fault f = {0};
    CHECK(c, json_read(list, strlen(list), &root, &f) == ERR_INPUT);
    CHECK(c, json_read_list(list, strlen(list), &root, &f) == OK);
    CHECK(c, json_take(json_array_get(root, 0), specs, sizeof specs / sizeof specs[0], &t, NULL, &f) == ERR_INPUT);
    CHECK_TEXT(c, f.text, "name: has a NUL character");
    CHECK(c, json_take(json_array_get(root, 1), specs, sizeof specs / sizeof specs[0], &t, NULL, &f) == OK);
    json_decref(root);
}

static void check_depth(struct check *c)
{
    struct buf deep;
    json_t *root = NULL;
    struct fault f = {0};
    buf_init(&deep, BUF_LIMIT_BODY);
    for (int i = 0; i < 100000; i++) buf_putc(&deep, '[');
    CHECK(c, json_read(buf_text(&deep), deep.length, &root, &f) == ERR_INPUT);
    buf_clear(&deep);
    for (int i = 0; i < JSON_DEPTH_LIMIT; i++) buf_putc(&deep, '[');
    for (int i = 0; i < JSON_DEPTH_LIMIT; i++) buf_putc(&deep, ']');
    CHECK(c, json_read(buf_text(&deep), deep.length, &root, &f) == OK);
    json_decref(root);
    root = NULL;
    buf_clear(&deep);
    for (int i = 0; i <= JSON_DEPTH_LIMIT; i++) buf_puts(&deep, "{\"a\":");
    buf_puts(&deep, "1");
    for (int i = 0; i <= JSON_DEPTH_LIMIT; i++) buf_putc(&deep, '}');
    CHECK(c, json_read(buf_text(&deep), deep.length, &root, &f) == ERR_INPUT);
    buf_clear(&deep);
    buf_puts(&deep, "\"[[[[ in a text \\\" [[ is no depth\"");
    CHECK(c, json_read(buf_text(&deep), deep.length, &root, &f) == OK);
    json_decref(root);
    buf_release(&deep);
}

static void check_encodings(struct check *c)
{
    json_t *root = NULL;
    struct fault f;
    CHECK(c, json_read("\xEF\xBB\xBF{}", 5, &root, &f) == OK);
    json_decref(root);
    CHECK(c, json_read("\xFF\xFE{\0}\0", 6, &root, &f) == ERR_INPUT && strstr(f.text, "UTF-16"));
    CHECK(c, json_read("\0{\0}", 4, &root, &f) == ERR_INPUT && strstr(f.text, "UTF-16"));
}

/* Whatever our own reader takes, the library takes too, and for the same. */
static void check_plain(struct check *c)
{
    static const char *const texts[] = {
        "[{\"scan_id\":\"0192\",\"direction\":\"in\",\"age_ms\":-12,\"roster\":null,\"told\":true,\"x\":[false,{},[]]},\t7 ]",
        "{\"a\\n\":\"\\\"q\\\" \\\\ \\/ \\b\\f\\r\\t\",\"Đ\":\"người é 歐\",\"n\":123456789012345678,\"z\":-0,\"\":0}",
        "[1.5,1e3,01,-,12345678901234567890,\"\\u00e9\",\"\\ud800\",nul,{\"a\":1,\"a\":2}]",
    };
    uint32_t state = 7;
    int taken = 0, differ = 0;
    for (int i = 0; i < 30000; i++) {
        const char *text = texts[i % 3];
        uint8_t room[256];
        json_t *ours = NULL;
        size_t length = i < 3 ? strlen(text) : mutate_bytes(room, (const uint8_t *)text, strlen(text), &state);
        const char *data = i < 3 ? text : (const char *)room;
        if (json_read_plain(data, length, &ours) != OK) continue;
        json_t *theirs = json_loadb(data, length, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, NULL);
        taken++;
        if (!theirs || !json_equal(ours, theirs)) {
            if (differ++ < 5) printf("# %.*s\n", (int)length, data);
        }
        json_decref(ours);
        json_decref(theirs);
    }
    if (!CHECK(c, taken > 1000 && differ == 0)) printf("# %d taken, %d differ\n", taken, differ);
    json_t *value = NULL;
    CHECK(c, json_read_plain(texts[0], strlen(texts[0]), &value) == OK && json_read_plain("1.5", 3, &value) == ERR_INPUT);
    json_decref(value);
}

static void check_writing(struct check *c)
{
    struct arena a = {0};
    json_t *value = json_pack("{s:i,s:[s,n]}", "b", 1, "a", "Đ");
    CHECK_TEXT(c, json_text(&a, value), "{\"b\":1,\"a\":[\"Đ\",null]}");
    CHECK_TEXT(c, json_canonical(&a, value), "{\"a\":[\"Đ\",null],\"b\":1}");
    json_decref(value);
    arena_release(&a);
}

int main(void)
{
    struct check c = {0};
    check_reading(&c);
    check_nul_in_list(&c);
    check_depth(&c);
    check_encodings(&c);
    check_plain(&c);
    check_writing(&c);
    return check_done(&c, "base/json");
}
