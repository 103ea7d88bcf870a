/* The words by which somebody is found, and the words that were typed. Pure.
 *
 * Both are folded by core/base/text.h, and further: digits of any script are 0 to 9, and Arabic letters that are typed one for another are one (ى for ي, ة for
 * ه, Persian ک and ی for ك and ي). Memory is the arena's; NULL or ERR_NOMEM: out of memory. */
#ifndef PLENUM_CONGRESS_FIND_WORDS_H
#define PLENUM_CONGRESS_FIND_WORDS_H

#include "core/base/arena.h"
#include "core/base/err.h"

#include <stdbool.h>
#include <stddef.h>

#define FIND_TYPED_MOST 200 /* bytes */
#define FIND_WORDS_MOST 8   /* of what was typed; the rest is not looked at: so many tell anybody apart */
#define FIND_TAIL_LEAST 3   /* digits of a phone number */

/* What is known of a person or delegate. All may be NULL. `name` and `unit` are as text_fold gives them, the others as they were written. */
struct find_facts {
    const char *name, *number, *seat, *code, *phone, *unit, *unit_code;
};

/* The columns of find_entry. */
struct find_words {
    const char *name, *whole, *rest, *tail;
};
enum err find_words_make(struct arena *arena, const struct find_facts *facts, struct find_words *ret);

struct find_query {
    const char *words[FIND_WORDS_MOST]; /* as typed, each once */
    bool covered[FIND_WORDS_MOST];      /* it is the beginning of another of them: who has that begins with this too */
    size_t last;                        /* the one that may still be typed at */
    const char *tails[FIND_WORDS_MOST]; /* the same from its end, where it may be the tail of a phone number; else NULL */
    size_t count;
    const char *joined;   /* all that was typed as one word: "b-01" as "b01" */
    const char *bare;     /* the same without the zeros that a number may begin with; NULL: there are none, or it is no number */
    const char *tail;     /* digits from the end, of what may be the tail of a phone number or all of it; else NULL */
    bool is_digits;       /* nothing but a number was typed */
};
/* ERR_INPUT: too long, or no UTF-8. count 0: nothing to look for. */
enum err find_query_read(struct arena *arena, const char *typed, struct find_query *ret);

#endif
