/* Whom a row of a list means: somebody known, somebody new, or perhaps one of these. Pure; nothing is guessed silently (docs/decisions/0054-list-import.md has the
 * rules and why). Private to core/congress/list_import. */
#ifndef PLENUM_LIST_IMPORT_MATCH_H
#define PLENUM_LIST_IMPORT_MATCH_H

#include "core/base/arena.h"
#include "core/base/err.h"
#include "core/congress/list_import/names.h"

#include <stddef.h>
#include <stdint.h>

/* What is compared. Borrowed; NULL: not known. */
struct match_facts {
    const char *code, *name, *born, *phone, *email, *gender;
    const char *unit; /* a code, or the folded name of a unit that is yet to be made */
    const char *number; /* of the event's delegate */
};

/* Why somebody may be meant, and why that is not sure. */
enum match_why {
    MATCH_WHY_NONE,
    MATCH_SAME_NAME,   /* the name, and nothing to tell namesakes by */
    MATCH_NAMESAKES,   /* several fit as well */
    MATCH_OTHER_BIRTH, /* name and unit (or phone, e-mail), but another day of birth */
    MATCH_OTHER_UNIT,  /* the name in another unit */
    MATCH_OTHER_CODE,  /* name and birth, but the list says another code */
    MATCH_OTHER_NAME,  /* the code, but a wholly different name */
    MATCH_OTHER_SEX,   /* name and birth, but the other sex */
    MATCH_MARKS, MATCH_ORDER, MATCH_WORD, MATCH_LETTER, /* the name is spelt otherwise */
    MATCH_IN_FILE,     /* an earlier row of the list is the same person, or likely so */
    MATCH_WHY_COUNT
};
const char *match_why_name(enum match_why why); /* "same_name"; words: list.why.NAME */

enum match_kind { MATCH_NEW, MATCH_SAME, MATCH_DOUBT };

#define MATCH_CANDIDATES_MOST 5

struct match_candidate {
    size_t index; /* of the person who is known */
    enum match_why why;
};

struct match_result {
    enum match_kind kind;
    size_t index; /* MATCH_SAME */
    struct match_candidate candidates[MATCH_CANDIDATES_MOST]; /* MATCH_DOUBT; the likeliest first */
    size_t count;
};

struct match_index;

/* Everybody who is known. `facts` are borrowed, and so are their texts. */
enum err match_index_make(struct arena *arena, const struct match_facts *facts, size_t count, struct match_index **ret);
/* ERR_NOMEM. Only the people before `until` count: of a list's own rows those above. Scratch is cleared by the caller. */
enum err match_find(const struct match_index *index, struct arena *scratch, const struct match_facts *row, size_t until, struct match_result *ret);

#endif
