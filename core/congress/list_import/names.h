/* How alike two names are. Pure. Names are compared by their words as text_fold_marks and text_fold give them, so that hoà and hòa, composed and decomposed
 * spellings, capitals and blanks make no difference. Private to core/congress/list_import. */
#ifndef PLENUM_LIST_IMPORT_NAMES_H
#define PLENUM_LIST_IMPORT_NAMES_H

#include "core/base/arena.h"

#include <stdbool.h>

enum likeness {
    NAMES_EQUAL,     /* the same letters and marks */
    NAMES_MARKS,     /* the same letters, other marks: Hoà, Hoa */
    NAMES_ORDER,     /* the same words in another order */
    NAMES_WORD,      /* a word in the middle is missing in one of them */
    NAMES_LETTER,    /* one letter more, less or other, or two that changed places */
    NAMES_UNLIKE
};

struct name_forms {
    const char *marked; /* text_fold_marks */
    const char *plain;  /* text_fold */
};

/* False when out of memory, or for what is no UTF-8. */
bool names_make(struct arena *arena, const char *name, struct name_forms *ret);
enum likeness names_compare(const struct name_forms *a, const struct name_forms *b);
/* Whether one has all words of the other, two at least, in their order: "Lê Thị Hoa Mai" has those of "Lê Thị Hoa". */
bool names_contain(const struct name_forms *a, const struct name_forms *b);

/* The same words in the order of their letters: equal for names of NAMES_ORDER. NULL: out of memory. */
char *names_sorted(struct arena *arena, const char *plain);
/* The last word, "" when there is none; borrowed. */
const char *names_last_word(const char *plain);

#endif
