/* Private to badges: one side of one badge, its corner in the corner of the page (the caller shifts it to its place). */
#ifndef PLENUM_BADGES_PAINT_H
#define PLENUM_BADGES_PAINT_H

#include "badges/layout/field.h"
#include "badges/paint/qr.h"

struct painter {
    struct document *document;
    const struct badge_layout *layout;
    const struct badge_side *side;
    struct badge_facts facts;
    bool mirrored;
    bool small_codes;        /* as pictures of one bit a cell instead of paths */
    const struct qr *code;   /* of the badge; NULL when the side shows none */
    const struct qr *wifi;   /* NULL when no network is known */
    const unsigned *photo, *logo; /* numbers of pictures in the document; NULL = none */
    size_t cut, missing, helped; /* counted up: texts */
    void (*on_cut)(void *data, const struct painter *painter, const struct badge_part *part); /* may be NULL: a part lost words */
    void *cut_data;
    double name_size;        /* of the name that was painted last; 0 = none */
};

/* ERR_INPUT when the badge must be refused; the sentence does not name the person. */
enum err paint_side(struct painter *painter, struct fault *fault);

/* Whether the part says the person's name. */
bool paint_names_person(const struct badge_part *part);

/* The colour of a part on a badge of this category colour. */
uint32_t paint_color(struct badge_color color, uint32_t category);
/* "#rrggbb"; a badge without a colour is dark grey. False for anything else. */
bool paint_read_category(const struct badge *badge, uint32_t *ret);

#endif
