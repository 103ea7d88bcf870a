/* Which scene the programme shows at a moment: a pure rule, so that nobody has to press anything and a restart changes nothing. Thread-safe.
 *
 * By itself: `attendance` in the hour before a day's first session and on an event's day that has no sessions, `programme` while a session is on, `our_work`
 * between two sessions of a day, `welcome` else. The organiser may have another scene at each of these phases, in a session, and in a stretch of time; a
 * stretch goes before a session, and a session before its phase. */
#ifndef PLENUM_CONGRESS_SCENE_PLAN_H
#define PLENUM_CONGRESS_SCENE_PLAN_H

#include "core/congress/programme/programme.h"

enum scene_name { SCENE_ATTENDANCE, SCENE_QUORUM, SCENE_PROGRAMME, SCENE_OUR_WORK, SCENE_WELCOME, SCENE_MESSAGE, SCENE_BLACK, SCENE_COUNT };
const char *scene_word(enum scene_name name); /* "attendance" */
bool scene_from_word(const char *word, enum scene_name *ret); /* `word` may be NULL */

enum scene_phase { SCENE_BEFORE, SCENE_REGISTRATION, SCENE_SESSION, SCENE_BREAK, SCENE_AFTER, SCENE_OPEN, SCENE_PHASE_COUNT };
const char *scene_phase_word(enum scene_phase phase); /* "before", … */
bool scene_phase_from_word(const char *word, enum scene_phase *ret);

#define SCENE_REGISTRATION_MS INT64_C(3600000) /* before a day's first session */

struct scene_session_rule {
    int64_t session_id;
    enum scene_name scene;
};
struct scene_span {
    int64_t id, from_ms, until_ms;
    enum scene_name scene;
};
struct scene_rules {
    enum scene_name phases[SCENE_PHASE_COUNT];
    const struct scene_session_rule *sessions;
    const struct scene_span *spans;
    size_t session_count, span_count;
};
/* Those without any decision of the organiser's. */
void scene_rules_default(struct scene_rules *ret);

struct scene_moment {
    enum scene_name scene;
    enum scene_phase phase;
    const struct programme_session *session; /* that is on, or whose registration it is; NULL: none */
    int64_t since_ms; /* of this scene of this session; DB_NULL: ever since */
    int64_t until_ms; /* INT64_MAX: it stays */
};
/* Of sessions at the same time, one in the event's first area counts, else the one that began last; of stretches, the one that began last. A session is on from
 * its beginning to before its end. */
void scene_plan_at(const struct programme *programme, const struct scene_rules *rules, int64_t at_ms, struct scene_moment *ret);

#endif
