/* What a rehearsal plays: who comes when, to which scanner, with what, and what the rules say to it. Made beforehand and without chance but the seed's, so
 * that it is the same each time; play.c then plays it against a real server.
 *
 * The rehearsal's clock begins with the first possible arrival; its moment `opening_ms` is the beginning of the session (or event) that is rehearsed. */
#ifndef PLENUM_SERVER_REHEARSE_RUSH_H
#define PLENUM_SERVER_REHEARSE_RUSH_H

#include "core/congress/programme/programme.h"
#include "server/rehearse/queue.h"

#include <stdatomic.h>

#define RUSH_WALK_MS 45000    /* from one door to another */
#define RUSH_DESK_MS 120000   /* at the desk, for who comes with an old badge */
#define RUSH_AGAIN_MS 1500    /* a badge that is held out a second time */
#define RUSH_ASK_MS 250       /* a scanner asks so long, then decides by its own list (DESIGN.md §2) */

struct rush_wish {
    const char *session;  /* code; NULL: the first that an entry gate leads to */
    size_t scanners, people;
    int64_t span_ms;      /* of the arrivals */
    int64_t service_ms;   /* mean */
    uint64_t seed;
};

struct rush_person {
    int64_t delegate_id, delegation_id;
    unsigned category;     /* position in the programme */
    const char *code, *token; /* secrets of the copy; never shown */
    const char *old_token; /* of who has an older badge too; set when the copy is made ready */
    bool reissue;          /* to be given a newer badge */
};

enum visit_kind {
    VISIT_PLAIN,
    VISIT_TWICE,     /* holds the badge out twice */
    VISIT_FOREIGN,   /* a code that is none of ours */
    VISIT_OLD,       /* a badge that was replaced */
    VISIT_ELSEWHERE, /* at the door of another room */
    VISIT_LENT       /* a badge that was in already, at a scanner without network */
};

struct visit {
    enum visit_kind kind;
    struct rush_person *person; /* NULL: a code of nobody's */
    size_t lane;
    int64_t joins_ms, service_ms; /* planned */
    int64_t begins_ms, ends_ms;   /* planned with a server that answers at once */
    struct visit *after;          /* the same person's before this; they walk `walk_ms` from there */
    int64_t walk_ms;
    struct queue_turn played;     /* as it went */
    atomic_bool done;
};

struct rush_lane {
    const struct programme_gate *gate;
    const char *name;       /* "main", "main 2": the gate and the scanner's number there */
    bool side;              /* the door of another room: no queue of ours */
    struct visit **visits;  /* in their order */
    size_t count;
    bool is_cut;            /* loses its network from cut_from_ms until cut_until_ms */
};

enum phone_what { PHONE_PAGE, PHONE_PAPER };
struct rush_phone {
    int64_t at_ms;
    const struct rush_person *person;
    enum phone_what what; /* a page, or a page and a paper of it */
};

#define RUSH_LANES_MOST (QUEUE_LANES_MOST + 4)
struct rush {
    const struct programme *programme; /* as planned by the organiser, not moved; borrowed */
    const struct programme_area *area;
    const struct programme_session *session; /* NULL: the event's beginning */
    int64_t begins_at_ms;  /* the session's real beginning */
    int64_t opening_ms, span_ms, horizon_ms; /* of the rehearsal's clock; horizon: all is over */
    struct rush_lane lanes[RUSH_LANES_MOST];
    size_t lane_count, main_count; /* main ones first */
    size_t gate_count, area_gates; /* different gates among the main ones; all that lead into the area */
    int64_t cut_from_ms, cut_until_ms;
    struct rush_person *people;
    size_t people_count;
    struct visit **visits; /* in the order of planned joining */
    size_t visit_count, visit_capacity;
    struct rush_phone *phones; /* by time */
    size_t phone_count;
};

/* Chooses `wish->people` of those given (all when there are fewer; the array is shuffled) and plans. ERR_NOT_FOUND no such session; ERR_CONFLICT the area of that
 * session has no
 * gate that lets in, or nobody could come: the fault says which. */
enum err rush_make(struct arena *arena, const struct programme *programme, struct rush_person *people, size_t count, const struct rush_wish *wish,
                   struct rush *ret, struct fault *fault);

/* What the rules say at a moment of the rehearsal's clock to a good badge of this category that is not in. */
struct admission_answer rush_decide(const struct rush *plan, const struct programme_gate *gate, unsigned category, int64_t at_ms, bool is_in);
/* The same at a moment of the programme; used for the whole programme, too. */
struct admission_answer rush_decide_at(const struct programme *programme, const struct programme_gate *gate, unsigned category, int64_t at_ms, bool is_in);

#endif
