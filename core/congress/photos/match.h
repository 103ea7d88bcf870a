/* Whose picture is it? The file's name against the people of an event (or all people): by code, by badge number, by name.
 *
 * A name is compared word by word in any order, with or without accents, spaces, underscores or capitals, composed or not (text_fold); accents that
 * are written must be the right ones. Endings that file managers add ("(2)", " - Copy", " - sao chép") do not count. Nothing is guessed: when two
 * people fit, or code and name speak of different ones, the answer is doubtful and names them. Pure: nothing is read or written; thread-safe. */
#ifndef PLENUM_CONGRESS_PHOTOS_MATCH_H
#define PLENUM_CONGRESS_PHOTOS_MATCH_H

#include "core/base/arena.h"
#include "core/base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PHOTO_CANDIDATES_MOST 8

struct photo_person {
    int64_t id;
    const char *code, *name;
    const char *sort_name, *number, *unit, *unit_name, *photo, *photo_blob; /* may be NULL; number: of the event's badge; unit_name: a stored title */
    bool expected; /* is to have a photo: not replaced, withdrawn or disqualified */
};

struct photo_index;

/* Borrows the people, which must outlive the index; all else lives in the arena. ERR_NOMEM. */
enum err photo_index_make(struct arena *arena, const struct photo_person *people, size_t count, struct photo_index **ret);

enum photo_found { PHOTO_MATCHED, PHOTO_DOUBTFUL, PHOTO_UNKNOWN };

struct photo_match {
    enum photo_found found;
    const char *why; /* a stable word. Matched by: code, number, name, code_and_name. Doubtful: namesakes, code_or_number, disagree, accents, more_than_code,
                      * part_of_name. Unknown: nobody. Static. */
    size_t people[PHOTO_CANDIDATES_MOST]; /* indices; [0] is whose it is when matched */
    size_t count;
};

/* `name` without its folder; UTF-8, else it is unknown. `folder` (the name of the folder that it lies in, NULL: none) decides between namesakes when it
 * names the unit of exactly one of them. ERR_NOMEM. */
enum err photo_match_file(const struct photo_index *index, struct arena *arena, const char *name, const char *folder, struct photo_match *ret);

#endif
