/* The admission rule against tests/fixtures/admission.json, the vectors shared with the browser. */
#include "core/base/file.h"
#include "core/base/json.h"
#include "core/congress/admission.h"
#include "tests/unit/check.h"

#include <stdlib.h>

#define MINUTE INT64_C(60000)

static json_t *value_of(json_t *vector, json_t *base, const char *key)
{
    json_t *value = json_object_get(vector, key);
    return value ? value : json_object_get(base, key);
}

static int64_t number(json_t *v, json_t *b, const char *key) { return json_integer_value(value_of(v, b, key)); }
static bool flag(json_t *v, json_t *b, const char *key) { return json_is_true(value_of(v, b, key)); }

static category_set set_of(json_t *list)
{
    category_set set = 0;
    size_t i;
    json_t *item;
    json_array_foreach(list, i, item) set |= UINT64_C(1) << json_integer_value(item);
    return set;
}

static struct admission build(json_t *v, json_t *b, struct admission_session *sessions)
{
    size_t i;
    json_t *s, *list = value_of(v, b, "sessions");
    json_array_foreach(list, i, s) {
        sessions[i] = (struct admission_session){json_integer_value(json_array_get(s, 0)) * MINUTE, json_integer_value(json_array_get(s, 1)) * MINUTE,
                                                 set_of(json_array_get(s, 2))};
    }
    return (struct admission){
        .opens_ms = number(v, b, "opens") * MINUTE, .closes_ms = number(v, b, "closes") * MINUTE,
        .kind = strcmp(json_string_value(value_of(v, b, "kind")), "handout") == 0 ? GATE_HANDOUT : GATE_ENTRY,
        .lets_in = flag(v, b, "lets_in"), .lets_out = flag(v, b, "lets_out"), .reentry = flag(v, b, "reentry"),
        .gate_admits = set_of(value_of(v, b, "gate_admits")), .sessions = sessions, .session_count = json_array_size(list),
        .capacity = number(v, b, "capacity"), .area_count = number(v, b, "area_count"), .known = flag(v, b, "known"), .revoked = flag(v, b, "revoked"),
        .this_event = flag(v, b, "this_event"), .named = flag(v, b, "named"),
        .status = (enum delegate_status)delegate_status_from_name(json_string_value(value_of(v, b, "status"))),
        .category = (unsigned)number(v, b, "category"), .is_in = flag(v, b, "is_in"), .was_in = flag(v, b, "was_in"),
        .handed_out = flag(v, b, "handed_out"), .going_out = flag(v, b, "going_out"), .at_ms = number(v, b, "at") * MINUTE};
}

int main(void)
{
    struct check c = {0};
    struct arena arena = {0};
    char *text;
    size_t length, i;
    json_t *root = NULL, *v;
    CHECK(&c, file_read(&arena, "tests/fixtures/admission.json", 1u << 20, &text, &length, NULL) == OK && json_read(text, length, &root, NULL) == OK);
    json_t *base = json_object_get(root, "base"), *vectors = json_object_get(root, "vectors");
    CHECK(&c, json_array_size(vectors) > 30);
    json_array_foreach(vectors, i, v) {
        struct admission_session sessions[8];
        struct admission a = build(v, base, sessions);
        struct admission_answer got = admission_decide(&a);
        json_t *want = json_object_get(v, "want");
        const char *reason = json_string_value(json_array_get(want, 1));
        bool same = strcmp(outcome_name(got.outcome), json_string_value(json_array_get(want, 0))) == 0 && got.reason == reason_from_code(reason) &&
                    (!reason || got.reason != REASON_none);
        if (!same) printf("# %s: got %s/%s\n", json_string_value(json_object_get(v, "name")), outcome_name(got.outcome), reason_code(got.reason));
        CHECK(&c, same);
    }
    json_decref(root);
    arena_release(&arena);
    return check_done(&c, "congress/admission");
}
