/* What the files of forms share. Private to core/congress/export. */
#ifndef PLENUM_CONGRESS_FORMS_PRIVATE_H
#define PLENUM_CONGRESS_FORMS_PRIVATE_H

#include "core/base/map.h"
#include "core/congress/export/forms.h"
#include "core/congress/export/private.h"
#include "core/congress/register/people.h"

/* What a person reads of a code: "HT-04 · Công đoàn Bến Thủy". The reader of lists takes the code before the dot. */
#define FORMS_BETWEEN " · "

struct forms {
    const struct forms_wish *wish;
    struct arena *arena;
    struct export_wish list_wish;
    struct export *list;          /* its columns are those of the form */
    struct register_tree tree;
    const char **labels;          /* of units in the language, "CODE · Name"; as tree.units */
    size_t *chosen;               /* indices of units that get a form */
    size_t count;
    char batch[LIST_FORM_BATCH_SIZE];
    double today;                 /* days since 1970-01-01 */
    int64_t made_ms;
    json_t *delegates;            /* code of the delegation -> [row] */
    struct export_choice *categories; /* title: the label */
    size_t category_count;
};

/* --- forms_sheet.c --- */
enum forms_word {
#define WORD(key, vi, en, pt, ar) FORMS_##key,
#include "core/congress/export/forms_words.def"
#undef WORD
    FORMS_WORD_COUNT
};
const char *forms_word(const struct forms *forms, enum forms_word word);

#endif
