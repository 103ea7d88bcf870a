/* What the programme shows by the clock: phases of a day, nights in which clocks change, sessions over midnight and at the same time, the organiser's decisions; the
 * frame behind a wall's address; six digits as people type them. */
#include "core/base/zone.h"
#include "core/congress/scene/plan.h"
#include "core/congress/scene/wall.h"
#include "server/pages/frame_query.h"
#include "tests/unit/check.h"

#include <stdlib.h>

#define ZONE "Europe/Lisbon" /* clocks go forward on 29 March 2026 at 01:00, back on 25 October 2026 at 02:00 */
#define HALL 1
#define SIDE 2
#define MINUTE INT64_C(60000)

static int64_t at(const char *text)
{
    int64_t ms = 0;
    return zone_parse(ZONE, text, &ms) == OK ? ms : -1;
}

static struct programme_session session(int64_t id, const char *code, const char *starts, const char *ends, int64_t area)
{
    return (struct programme_session){.id = id, .code = code, .starts_ms = at(starts), .ends_ms = at(ends), .area_id = area};
}

static struct programme_area areas[] = {{.id = HALL}, {.id = SIDE}};

static struct programme event(struct programme_session *sessions, size_t count, int64_t *midnights, size_t days, const char *opens, const char *ends)
{
    int64_t begin = 0, end = 0, moment = at(opens);
    for (size_t i = 0; i < days; i++) {
        if (zone_day(ZONE, moment, &begin, &end) != OK) abort();
        midnights[i] = begin;
        moment = end;
    }
    return (struct programme){.opens_ms = at(opens), .starts_ms = at(opens), .ends_ms = at(ends), .timezone = ZONE, .areas = areas, .area_count = 2,
                              .sessions = sessions, .session_count = count, .midnights = midnights, .midnight_count = days};
}

static struct scene_moment look(const struct programme *p, const struct scene_rules *rules, int64_t ms)
{
    struct scene_moment moment;
    scene_plan_at(p, rules, ms, &moment);
    return moment;
}

static void expect(struct check *c, const struct programme *p, const struct scene_rules *rules, const char *text, enum scene_phase phase, enum scene_name scene)
{
    struct scene_moment moment = look(p, rules, at(text));
    if (moment.phase != phase || moment.scene != scene) printf("# %s: %s %s\n", text, scene_phase_word(moment.phase), scene_word(moment.scene));
    CHECK(c, moment.phase == phase && moment.scene == scene);
}

static void check_day(struct check *c)
{
    struct scene_rules rules;
    int64_t midnights[5];
    struct programme_session sessions[] = {session(1, "a", "2026-06-01T08:00", "2026-06-01T11:30", HALL), session(2, "b", "2026-06-01T13:30", "2026-06-01T17:00", HALL),
                                           session(3, "c", "2026-06-03T08:00", "2026-06-03T10:00", HALL)};
    struct programme p = event(sessions, 3, midnights, 5, "2026-06-01T00:00", "2026-06-03T17:00");
    scene_rules_default(&rules);
    expect(c, &p, &rules, "2026-05-20T10:00", SCENE_BEFORE, SCENE_WELCOME);
    expect(c, &p, &rules, "2026-06-01T06:59", SCENE_BEFORE, SCENE_WELCOME);
    expect(c, &p, &rules, "2026-06-01T07:00", SCENE_REGISTRATION, SCENE_ATTENDANCE);
    expect(c, &p, &rules, "2026-06-01T08:00", SCENE_SESSION, SCENE_PROGRAMME);
    expect(c, &p, &rules, "2026-06-01T11:30", SCENE_BREAK, SCENE_OUR_WORK);
    expect(c, &p, &rules, "2026-06-01T13:00", SCENE_BREAK, SCENE_OUR_WORK);
    expect(c, &p, &rules, "2026-06-01T13:30", SCENE_SESSION, SCENE_PROGRAMME);
    expect(c, &p, &rules, "2026-06-01T17:00", SCENE_AFTER, SCENE_WELCOME);
    expect(c, &p, &rules, "2026-06-02T09:00", SCENE_OPEN, SCENE_ATTENDANCE);
    expect(c, &p, &rules, "2026-06-03T07:30", SCENE_REGISTRATION, SCENE_ATTENDANCE);
    expect(c, &p, &rules, "2026-06-03T12:00", SCENE_AFTER, SCENE_WELCOME);
    expect(c, &p, &rules, "2026-07-01T12:00", SCENE_BEFORE, SCENE_WELCOME);
    struct scene_moment on = look(&p, &rules, at("2026-06-01T09:00"));
    CHECK(c, on.session == &sessions[0] && on.since_ms == at("2026-06-01T08:00") && on.until_ms == at("2026-06-01T11:30"));
    struct scene_moment registering = look(&p, &rules, at("2026-06-01T07:59"));
    CHECK(c, registering.session == &sessions[0] && registering.until_ms == at("2026-06-01T08:00"));
    struct scene_moment before = look(&p, &rules, at("2026-05-20T10:00")), after = look(&p, &rules, at("2026-06-20T10:00"));
    CHECK(c, before.since_ms == DB_NULL && before.until_ms == at("2026-06-01T07:00") && before.session == NULL);
    CHECK(c, after.since_ms == at("2026-06-03T10:00") && after.until_ms == INT64_MAX);
    struct scene_moment night = look(&p, &rules, at("2026-06-01T20:00"));
    CHECK(c, night.until_ms == at("2026-06-02T00:00") && night.since_ms == at("2026-06-01T17:00"));
}

static void check_nothing_at_all(struct check *c)
{
    struct scene_rules rules;
    int64_t midnights[3];
    struct programme p = event(NULL, 0, midnights, 3, "2026-06-01T00:00", "2026-06-02T12:00");
    scene_rules_default(&rules);
    expect(c, &p, &rules, "2026-05-31T23:59", SCENE_BEFORE, SCENE_WELCOME);
    expect(c, &p, &rules, "2026-06-01T00:00", SCENE_OPEN, SCENE_ATTENDANCE);
    expect(c, &p, &rules, "2026-06-02T12:00", SCENE_BEFORE, SCENE_WELCOME);
    struct scene_moment open = look(&p, &rules, at("2026-06-02T11:00"));
    CHECK(c, open.since_ms == at("2026-06-01T00:00") && open.until_ms == at("2026-06-02T12:00"));
    p.area_count = 0; /* nor any room */
    expect(c, &p, &rules, "2026-06-01T10:00", SCENE_OPEN, SCENE_ATTENDANCE);
}

static void check_clocks_that_change(struct check *c)
{
    struct scene_rules rules;
    int64_t midnights[3], autumn_midnights[3];
    struct programme_session spring[] = {session(1, "a", "2026-03-29T02:30", "2026-03-29T04:00", HALL), session(2, "b", "2026-03-29T09:00", "2026-03-29T10:00", HALL)};
    struct programme p = event(spring, 2, midnights, 3, "2026-03-28T00:00", "2026-03-30T00:00");
    scene_rules_default(&rules);
    CHECK(c, midnights[2] - midnights[1] == 23 * 60 * MINUTE);
    struct scene_moment hour = look(&p, &rules, at("2026-03-29T02:30") - 30 * MINUTE);
    CHECK(c, hour.phase == SCENE_REGISTRATION && hour.since_ms == at("2026-03-29T00:30")); /* an hour of time, though the clock jumps within it */
    expect(c, &p, &rules, "2026-03-29T00:29", SCENE_BEFORE, SCENE_WELCOME);
    expect(c, &p, &rules, "2026-03-29T05:00", SCENE_BREAK, SCENE_OUR_WORK);
    struct programme_session autumn[] = {session(1, "a", "2026-10-25T00:30", "2026-10-25T03:00", HALL), session(2, "b", "2026-10-25T23:30", "2026-10-25T23:45", HALL)};
    p = event(autumn, 2, autumn_midnights, 3, "2026-10-24T00:00", "2026-10-26T00:00");
    CHECK(c, autumn_midnights[2] - autumn_midnights[1] == 25 * 60 * MINUTE);
    struct scene_moment long_one = look(&p, &rules, at("2026-10-25T03:00") - 60 * MINUTE);
    CHECK(c, long_one.phase == SCENE_SESSION && long_one.until_ms - long_one.since_ms == 210 * MINUTE);
    expect(c, &p, &rules, "2026-10-25T23:00", SCENE_BREAK, SCENE_OUR_WORK); /* the 25th hour is of the same day */
    expect(c, &p, &rules, "2026-10-24T23:40", SCENE_REGISTRATION, SCENE_ATTENDANCE); /* of a session that begins after midnight */
}

static void check_over_midnight(struct check *c)
{
    struct scene_rules rules;
    int64_t midnights[3];
    struct programme_session sessions[] = {session(1, "night", "2026-06-01T22:00", "2026-06-02T01:00", HALL),
                                           session(2, "day", "2026-06-02T08:00", "2026-06-02T09:00", HALL)};
    struct programme p = event(sessions, 2, midnights, 3, "2026-06-01T00:00", "2026-06-02T17:00");
    scene_rules_default(&rules);
    expect(c, &p, &rules, "2026-06-01T23:59", SCENE_SESSION, SCENE_PROGRAMME);
    expect(c, &p, &rules, "2026-06-02T00:30", SCENE_SESSION, SCENE_PROGRAMME);
    struct scene_moment on = look(&p, &rules, at("2026-06-02T00:30"));
    CHECK(c, on.since_ms == at("2026-06-01T22:00") && on.until_ms == at("2026-06-02T01:00"));
    expect(c, &p, &rules, "2026-06-02T01:00", SCENE_BEFORE, SCENE_WELCOME); /* nobody sits in the hall until the morning */
    expect(c, &p, &rules, "2026-06-02T07:00", SCENE_REGISTRATION, SCENE_ATTENDANCE);
}

static void check_at_once(struct check *c)
{
    struct scene_rules rules;
    int64_t midnights[2];
    struct programme_session sessions[] = {session(1, "hall", "2026-06-01T08:00", "2026-06-01T12:00", HALL),
                                           session(2, "side", "2026-06-01T09:00", "2026-06-01T10:00", SIDE),
                                           session(3, "late", "2026-06-01T12:30", "2026-06-01T14:00", SIDE),
                                           session(4, "later", "2026-06-01T13:00", "2026-06-01T13:30", SIDE)};
    struct programme p = event(sessions, 4, midnights, 2, "2026-06-01T00:00", "2026-06-01T17:00");
    scene_rules_default(&rules);
    CHECK(c, look(&p, &rules, at("2026-06-01T09:30")).session == &sessions[0]); /* the first area's */
    CHECK(c, look(&p, &rules, at("2026-06-01T13:15")).session == &sessions[3]); /* elsewhere the one that began last */
    CHECK(c, look(&p, &rules, at("2026-06-01T13:45")).session == &sessions[2]);
    struct scene_moment on = look(&p, &rules, at("2026-06-01T09:30"));
    CHECK(c, on.since_ms == at("2026-06-01T08:00") && on.until_ms == at("2026-06-01T12:00")); /* what goes on beside it changes nothing */
}

static void check_rules(struct check *c)
{
    struct scene_rules rules;
    int64_t midnights[2];
    struct programme_session sessions[] = {session(1, "a", "2026-06-01T08:00", "2026-06-01T10:00", HALL), session(2, "b", "2026-06-01T10:00", "2026-06-01T12:00", HALL)};
    struct programme p = event(sessions, 2, midnights, 2, "2026-06-01T00:00", "2026-06-01T17:00");
    const struct scene_session_rule own[] = {{2, SCENE_QUORUM}};
    const struct scene_span spans[] = {{11, at("2026-06-01T09:00"), at("2026-06-01T11:00"), SCENE_BLACK},
                                       {12, at("2026-06-01T10:30"), at("2026-06-01T10:40"), SCENE_OUR_WORK},
                                       {13, at("2026-06-01T15:00"), at("2026-06-01T15:00"), SCENE_BLACK}};
    scene_rules_default(&rules);
    rules.phases[SCENE_REGISTRATION] = SCENE_QUORUM;
    rules.sessions = own;
    rules.session_count = 1;
    expect(c, &p, &rules, "2026-06-01T07:30", SCENE_REGISTRATION, SCENE_QUORUM);
    expect(c, &p, &rules, "2026-06-01T09:30", SCENE_SESSION, SCENE_PROGRAMME);
    expect(c, &p, &rules, "2026-06-01T10:00", SCENE_SESSION, SCENE_QUORUM);
    rules.spans = spans;
    rules.span_count = 3;
    expect(c, &p, &rules, "2026-06-01T09:30", SCENE_SESSION, SCENE_BLACK);
    expect(c, &p, &rules, "2026-06-01T10:35", SCENE_SESSION, SCENE_OUR_WORK); /* the stretch that began last */
    expect(c, &p, &rules, "2026-06-01T10:40", SCENE_SESSION, SCENE_BLACK);
    expect(c, &p, &rules, "2026-06-01T11:00", SCENE_SESSION, SCENE_QUORUM);
    expect(c, &p, &rules, "2026-06-01T15:00", SCENE_AFTER, SCENE_WELCOME); /* one without length is never */
    CHECK(c, look(&p, &rules, at("2026-06-01T10:35")).until_ms == at("2026-06-01T10:40"));
    CHECK(c, look(&p, &rules, at("2026-06-01T10:35")).since_ms == at("2026-06-01T10:30"));
}

/* Whatever the moment: it lies in its own stretch, nothing changes within it, and something does at its end. */
static void check_stretches(struct check *c)
{
    struct scene_rules rules;
    int64_t midnights[4];
    struct programme_session sessions[] = {session(1, "a", "2026-03-28T22:00", "2026-03-29T03:00", HALL), session(2, "b", "2026-03-29T02:30", "2026-03-29T05:00", SIDE),
                                           session(3, "c", "2026-03-29T23:30", "2026-03-30T00:30", HALL)};
    struct programme p = event(sessions, 3, midnights, 4, "2026-03-28T00:00", "2026-03-30T12:00");
    const struct scene_span spans[] = {{1, at("2026-03-29T02:10"), at("2026-03-29T02:50"), SCENE_WELCOME}};
    scene_rules_default(&rules);
    rules.spans = spans;
    rules.span_count = 1;
    bool good = true;
    for (int64_t ms = at("2026-03-27T12:00"); ms < at("2026-03-31T12:00"); ms += 7 * MINUTE) {
        struct scene_moment now = look(&p, &rules, ms);
        good = good && (now.since_ms == DB_NULL || now.since_ms <= ms) && ms < now.until_ms;
        if (now.since_ms != DB_NULL) good = good && look(&p, &rules, now.since_ms).until_ms == now.until_ms;
        if (now.until_ms == INT64_MAX) continue;
        struct scene_moment last = look(&p, &rules, now.until_ms - 1), next = look(&p, &rules, now.until_ms);
        good = good && last.scene == now.scene && last.session == now.session && next.since_ms == now.until_ms;
        good = good && (next.scene != now.scene || next.session != now.session);
    }
    CHECK(c, good);
}

static void check_frame(struct check *c)
{
    struct arena arena = {0};
    CHECK_TEXT(c, frame_query_of(&arena, "1920", "960", "4", "1"), "?w=1920&h=960&safe=4&transparent=1");
    CHECK_TEXT(c, frame_query_of(&arena, NULL, NULL, NULL, NULL), "");
    CHECK_TEXT(c, frame_query_of(&arena, "0", "99999", "-1", "2"), "");
    CHECK_TEXT(c, frame_query_of(&arena, "16", "32768", "2.5%", "true"), "?w=16&h=32768&safe=2.5&transparent=1");
    CHECK_TEXT(c, frame_query_of(&arena, "1e3", " 90", "40px", ""), "?safe=40px");
    CHECK_TEXT(c, frame_query_of(&arena, "1920\"", "<b>", "4&x=1", "1&x=1"), "");
    CHECK_TEXT(c, frame_query_of(&arena, "12345678901234567890", "", "12345", "yes"), "?transparent=1");
    CHECK_TEXT(c, frame_query_of(&arena, NULL, "720", "4.", NULL), "?h=720");
    arena_release(&arena);
}

static void check_code(struct check *c)
{
    char code[WALL_CODE_SIZE] = "";
    CHECK(c, wall_code_read("012345", code) && strcmp(code, "012345") == 0);
    CHECK(c, wall_code_read(" 012-345 ", code) && wall_code_read("\xd9\xa0\xd9\xa1\xd9\xa2\xd9\xa3\xd9\xa4\xd9\xa5", code) && strcmp(code, "012345") == 0);
    CHECK(c, !wall_code_read("01234", code) && !wall_code_read("0123456", code) && !wall_code_read("01234a", code));
    CHECK(c, !wall_code_read(NULL, code) && !wall_code_read("", code));
}

int main(void)
{
    struct check c = {0};
    check_day(&c);
    check_nothing_at_all(&c);
    check_clocks_that_change(&c);
    check_over_midnight(&c);
    check_at_once(&c);
    check_rules(&c);
    check_stretches(&c);
    check_frame(&c);
    check_code(&c);
    return check_done(&c, "scene");
}
