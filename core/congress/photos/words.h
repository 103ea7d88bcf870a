/* The words of a name or of a file's name, in the form in which they are compared. Private to core/congress/photos. */
#ifndef PLENUM_CONGRESS_PHOTOS_WORDS_H
#define PLENUM_CONGRESS_PHOTOS_WORDS_H

#include "core/base/arena.h"
#include "core/base/err.h"

#include <stdbool.h>
#include <stddef.h>

#define PHOTO_WORDS_MOST 24

struct photo_word {
    const char *plain;  /* folded, Arabic letters that people mix up and digits made equal */
    const char *marked; /* with its marks; the same text as folded when it has none */
    bool has_marks;
};

struct photo_words {
    size_t count; /* first: what is kept of people ends behind its last word */
    struct photo_word items[PHOTO_WORDS_MOST];
};

/* Words of any text; more than PHOTO_WORDS_MOST are left out. ERR_INPUT: not UTF-8; ERR_NOMEM. */
enum err photo_words_read(struct arena *arena, const char *text, struct photo_words *ret);
/* Of a file's name: without ending and copy marks in brackets, "NguyenVanAn" taken apart. */
enum err photo_words_of_file(struct arena *arena, const char *name, struct photo_words *ret);
/* How many words are left without what file managers add to copies ("copy", "sao chép"). */
size_t photo_words_without_copy(const struct photo_words *words);

/* Keys for maps; NULL: out of memory. Words [from, to): in order without spaces; sorted with spaces. */
char *photo_words_squeezed(struct arena *arena, const struct photo_words *words, size_t from, size_t to);
char *photo_words_sorted(struct arena *arena, const struct photo_words *words, size_t from, size_t to);
/* One word of digits only, at most `most` of them. */
bool photo_word_is_number(const struct photo_word *word, size_t most);

enum photo_marks { PHOTO_MARKS_DIFFER, PHOTO_MARKS_LEFT_OUT, PHOTO_MARKS_SAME };
/* Each of the words [from, to) is a word of `name`, which is used once; *ret_marks: how well the accents fit. */
bool photo_words_are_in(const struct photo_words *words, size_t from, size_t to, const struct photo_words *name, enum photo_marks *ret_marks);

#endif
