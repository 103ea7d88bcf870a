/* The one predicate of papers, by a table of every audience, state, restriction and viewer; titles by language. */
#include "core/congress/papers/papers.h"
#include "core/congress/title.h"
#include "tests/unit/check.h"

#define NOW INT64_C(1000000)

static const struct {
    const char *what;
    struct paper_rule rule;
    const char *category;
    bool pin_passed, pin_for_all;
    enum paper_access want;
} table[] = {
    {"for everybody, at once", {NULL, DB_NULL, DB_NULL, false, false, false, false}, "official", false, false, PAPER_OPEN},
    {"for everybody, no category", {NULL, DB_NULL, DB_NULL, false, false, false, false}, NULL, false, false, PAPER_OPEN},
    {"from a moment that has come", {NULL, NOW, DB_NULL, false, false, false, false}, "official", false, false, PAPER_OPEN},
    {"from a moment to come", {NULL, NOW + 1, DB_NULL, false, false, false, false}, "official", false, false, PAPER_HIDDEN},
    {"by hand, not yet", {NULL, DB_NULL, DB_NULL, true, false, false, false}, "official", false, false, PAPER_HIDDEN},
    {"by hand, done", {NULL, DB_NULL, NOW, true, false, false, false}, "official", false, false, PAPER_OPEN},
    {"by hand, a moment to come", {NULL, DB_NULL, NOW + 1, true, false, false, false}, "official", false, false, PAPER_HIDDEN},
    {"by hand; a time does not publish it", {NULL, NOW - 5, DB_NULL, true, false, false, false}, "official", false, false, PAPER_HIDDEN},
    {"in the audience", {"{\"categories\":[\"guest\",\"official\"]}", DB_NULL, DB_NULL, false, false, false, false}, "official", false, false, PAPER_OPEN},
    {"not in the audience", {"{\"categories\":[\"official\"]}", DB_NULL, DB_NULL, false, false, false, false}, "press", false, false, PAPER_HIDDEN},
    {"a category that only begins alike", {"{\"categories\":[\"official\"]}", DB_NULL, DB_NULL, false, false, false, false}, "off", false, false, PAPER_HIDDEN},
    {"an empty audience", {"{\"categories\":[]}", DB_NULL, DB_NULL, false, false, false, false}, "official", false, false, PAPER_HIDDEN},
    {"an audience without a bound", {"{}", DB_NULL, DB_NULL, false, false, false, false}, "official", false, false, PAPER_OPEN},
    {"an audience that cannot be read", {"{", DB_NULL, DB_NULL, false, false, false, false}, "official", false, false, PAPER_HIDDEN},
    {"an audience that is a list", {"[\"official\"]", DB_NULL, DB_NULL, false, false, false, false}, "official", false, false, PAPER_HIDDEN},
    {"restricted, without the PIN", {NULL, DB_NULL, DB_NULL, false, true, false, false}, "official", false, false, PAPER_NEEDS_PIN},
    {"restricted, with the PIN", {NULL, DB_NULL, DB_NULL, false, true, false, false}, "official", true, false, PAPER_OPEN},
    {"every paper asks for the PIN", {NULL, DB_NULL, DB_NULL, false, false, false, false}, "official", false, true, PAPER_NEEDS_PIN},
    {"every paper asks for the PIN, passed", {NULL, DB_NULL, DB_NULL, false, false, false, false}, "official", true, true, PAPER_OPEN},
    {"restricted and for others: not even that it is there",
     {"{\"categories\":[\"official\"]}", DB_NULL, DB_NULL, false, true, false, false},
     "press",
     true,
     false,
     PAPER_HIDDEN},
    {"taken back", {NULL, DB_NULL, DB_NULL, false, false, true, false}, "official", true, false, PAPER_HIDDEN},
    {"published by hand and taken back", {NULL, DB_NULL, NOW - 5, true, false, true, false}, "official", true, false, PAPER_HIDDEN},
    {"restricted and taken back: not even that it is there", {NULL, DB_NULL, DB_NULL, false, true, true, false}, "official", false, false, PAPER_HIDDEN},
    {"bears a stamp", {NULL, DB_NULL, NOW - 5, true, false, false, true}, "official", true, false, PAPER_HIDDEN},
    {"published before its planned time", {NULL, NOW + 50, NOW, false, false, false, false}, "official", false, false, PAPER_OPEN},
    {"its time has come, but the organiser said later", {NULL, NOW - 5, NOW + 5, false, false, false, false}, "official", false, false, PAPER_HIDDEN},
    {"restricted and not published", {NULL, NOW + 1, DB_NULL, false, true, false, false}, "official", true, false, PAPER_HIDDEN},
};

int main(void)
{
    struct check c = {0};
    struct arena a = {0};
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        struct paper_viewer viewer = {.category = table[i].category, .pin_passed = table[i].pin_passed, .pin_for_all = table[i].pin_for_all};
        bool same = paper_decide(&table[i].rule, &viewer, NOW) == table[i].want;
        if (!same) printf("# %s\n", table[i].what);
        CHECK(&c, same);
    }
    CHECK_TEXT(&c, title_pick(&a, "{\"vi\":\"Đại hội\",\"en\":\"Congress\"}", "en"), "Congress");
    CHECK_TEXT(&c, title_pick(&a, "{\"vi\":\"Đại hội\",\"en\":\"Congress\"}", "ar"), "Đại hội");
    CHECK_TEXT(&c, title_pick(&a, "{\"pt\":\"Congresso\"}", "ar"), "Congresso");
    CHECK_TEXT(&c, title_pick(&a, "\"Đại hội\"", "en"), "Đại hội");
    CHECK_TEXT(&c, title_pick(&a, "plain text", "en"), "plain text");
    CHECK_TEXT(&c, title_pick(&a, NULL, "en"), "");
    arena_release(&a);
    return check_done(&c, "congress/papers");
}
