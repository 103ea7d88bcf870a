/* Fixed figures: what the committee has declared, with who, when, count and list (docs/decisions/0044-fixed-figures.md).
 *
 * A fixed figure is what the record knew when it was fixed, of that moment or an earlier one. It is never altered: the database refuses it, and each carries a hash of
 * all that it says, chained to the one before of its event, so that `plenum doctor` names what was altered behind our back. What is learnt later stands beside it
 * (fixed_compare). Texts live in the arena or are borrowed. One connection. */
#ifndef PLENUM_CONGRESS_FIGURES_FIXED_H
#define PLENUM_CONGRESS_FIGURES_FIXED_H

#include "core/base/crypto.h"
#include "core/base/id.h"
#include "core/base/json.h"
#include "core/congress/programme/programme.h"

#define FIXED_LABEL_MOST 120  /* code points */
#define FIXED_MOST 1000       /* figures of one event */

/* Of the summoned who have a name: expected = present + (attended - present) + absent. The rest is told besides. */
struct fixed_count {
    int64_t expected, attended, present, absent;
    int64_t excused;     /* of the absent */
    int64_t alternates;  /* present, and not summoned */
    int64_t substitutes; /* of who came: stand for somebody */
    int64_t by_group;    /* of the present: checked in with a group, not seen themselves since */
};

struct fixed_quorum {
    bool known;                     /* the event has a rule */
    const char *session, *category; /* codes; session NULL: the day */
    int64_t eligible, required, present;
    bool reached;
    int64_t since_ms;               /* DB_NULL when not reached */
    int64_t lost_ms;                /* from when on it was missed, though reached before; DB_NULL: no, or the figure is older than this was noted */
};

enum fixed_part_kind { FIXED_CATEGORY, FIXED_DELEGATION };

struct fixed_part {
    enum fixed_part_kind kind;
    const char *code, *title; /* code "": people of no delegation; title as stored */
    struct fixed_count count;
    size_t people;            /* while gathering: of a delegation */
};

enum fixed_state { FIXED_ABSENT, FIXED_ATTENDED /* came, and is not in */, FIXED_PRESENT };
const char *fixed_state_word(enum fixed_state state); /* "absent" */
bool fixed_state_read(const char *word, enum fixed_state *ret);

struct fixed_person {
    int64_t delegate_id;
    const char *code, *name, *name_fold, *name_sort, *number, *seat; /* number, seat may be NULL */
    const char *category, *delegation;                               /* codes; delegation "": none */
    const char *status;                                              /* "summoned", "alternate"; any other: came, and no longer had a mandate */
    enum fixed_state state;
    bool excused;             /* of who is not in: the absence was excused */
    const char *reason;       /* of the absence; NULL: none given. For the organiser's eyes */
    const char *stands_for;   /* NULL: for nobody */
    bool by_group;            /* of who is in */
    int64_t first_ms, last_ms; /* the first arrival; when they were last in, DB_NULL of who is in or never came */
};

/* What there is at a moment. */
struct fixed_content {
    int64_t at_ms, known_ms;
    const char *category, *category_title; /* whom it counts; NULL: all */
    struct fixed_count count;
    struct fixed_quorum quorum;
    struct fixed_part *parts; /* categories, then delegations in protocol order */
    size_t part_count;
    struct fixed_person *people; /* protocol order: by delegation, the alternates last in each */
    size_t person_count;
};

/* Reads it all: pool or writer only. `category` (code, or NULL) restricts everything but the quorum to its people: ERR_INPUT when there is none. From one
 * unchanging view, in a transaction or a snapshot of its own. Never by the counters, which lag behind within a writer's transaction. */
enum err fixed_gather(struct db *db, struct arena *arena, const struct programme *programme, int64_t at_ms, int64_t known_ms, const char *category,
                      struct fixed_content *ret, struct fault *fault);

struct fixed_figure {
    int64_t id, event_id, number; /* number: the how-manieth of its event */
    const char *request, *event, *event_title, *timezone, *actor, *label; /* label NULL: none */
    struct fixed_content content; /* read back from the database: without parts and people, person_count is there */
    const char *quorum;           /* as stored: JSON, NULL */
    const char *sentence;         /* JSON object: language -> the sentence to read out */
    const char *parts_hash, *people_hash, *previous, *hash; /* lower-case hex */
};

/* Puts a figure into words: a JSON object by language, in the arena; NULL when out of memory. `figure->content` is whole. */
typedef char *fixed_say(void *context, struct arena *arena, const struct fixed_figure *figure);

struct fixed_wish {
    const char *request;        /* UUID made with the form */
    const char *label, *category; /* NULL: none */
    int64_t at_ms;              /* DB_NULL: now; not in the future, not before the event's first day */
    int64_t now_ms;
    const char *seen;             /* fixed_token of what whoever asks has read; NULL: they do not say */
    const char *actor;
    fixed_say *say;
    void *say_context;
};

/* The numbers of a count as one word: "295-287-…". */
#define FIXED_TOKEN_SIZE 176
char *fixed_token(const struct fixed_count *count, char out[FIXED_TOKEN_SIZE]);

/* Fixes the figure: in a transaction, once by its request (the same again gives the same figure and *ret_again), audited, the event's figures_seq grown. What came
 * in with the same transaction before counts. ERR_INPUT: request, label, moment or category; ERR_CONFLICT: the request was another event's or somebody else's, or the
 * figures are not those that were seen any more ("fixed_changed"); ERR_LIMIT: FIXED_MOST. A piece of work for the writer. */
enum err fixed_fix(struct db *db, struct arena *arena, struct id_source *ids, const struct programme *programme, const struct fixed_wish *wish, int64_t *ret_number,
                   bool *ret_again, struct fault *fault);

/* Those of an event with a number below `below` (INT64_MAX: all), the newest first, at most `most`. */
enum err fixed_list(struct db *db, struct arena *arena, int64_t event_id, int64_t below, int64_t most, struct fixed_figure **ret, size_t *ret_count);
/* For every screen: those that were fixed by `known_ms`, at most FIGURES_MOST_FIXED, the newest first. */
struct figures_fixed;
enum err fixed_brief(struct db *db, struct arena *arena, int64_t event_id, int64_t known_ms, struct figures_fixed **ret, size_t *ret_count);
/* One by its number. ERR_NOT_FOUND. */
enum err fixed_find(struct db *db, struct arena *arena, int64_t event_id, int64_t number, struct fixed_figure *ret);
/* Adds parts and people to its content. Pool only. */
enum err fixed_load(struct db *db, struct arena *arena, struct fixed_figure *figure);

/* The sentence in a language; else in that language without its parts ("pt" for "pt-BR"), else the first there is. */
char *fixed_sentence(struct arena *arena, const struct fixed_figure *figure, const char *language);

/* Somebody of whom something else is known now. One of `before` and `after` may be NULL: is not on the list. Reasons and times alone are no difference. */
struct fixed_change {
    const struct fixed_person *before, *after;
};
/* `figure` is loaded; `now` is gathered for the same moment and category. In the figure's order, who is new behind. */
enum err fixed_compare(struct arena *arena, const struct fixed_content *figure, const struct fixed_content *now, struct fixed_change **ret, size_t *ret_count);

/* All fixed figures of an event: numbers without a gap, hashes, the chain, the audit log. OK with how many; ERR_CONFLICT names the first that is not as it was. */
enum err fixed_verify(struct db *db, int64_t event_id, const char *slug, int64_t *ret_count, struct fault *fault);
/* Rows of the whole data folder that belong to no figure: ERR_CONFLICT. */
enum err fixed_verify_whole(struct db *db, struct fault *fault);

/* --- the JSON of all doors --- */

/* Without names: {"id", "at", "known_at", "by", "label", "category", "expected", "attended", "present", "absent": {…}, "alternates", "substitutes", "by_group",
 * "quorum", "sentence": {language: text}, "people", "hash"}. NULL when out of memory. */
json_t *fixed_json(const struct fixed_figure *figure);
/* Adds "by_category" and "by_delegation". -1: out of memory. */
int fixed_json_add_parts(json_t *figure, const struct fixed_content *content);
/* One person; `reasons`: with why somebody is absent. */
json_t *fixed_person_json(const struct fixed_person *person, bool reasons);
json_t *fixed_count_json(const struct fixed_count *count);

/* --- private to the room --- */

/* The hashes of what it says; `out` each CRYPTO_HASH_HEX bytes. */
void fixed_hash_parts(const struct fixed_part *parts, size_t count, char out[CRYPTO_HASH_HEX]);
void fixed_hash_people(const struct fixed_person *people, size_t count, char out[CRYPTO_HASH_HEX]);
void fixed_hash_figure(const struct fixed_figure *figure, char out[CRYPTO_HASH_HEX]);

#endif
