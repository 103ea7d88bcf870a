/* Private to badges: layouts as tables, in millimetres from the top left corner of a badge. */
#ifndef PLENUM_BADGES_LAYOUT_H
#define PLENUM_BADGES_LAYOUT_H

#include "badges/badges.h"
#include "core/typeset/document.h"

enum badge_field {
    FIELD_ORGANIZATION,
    FIELD_EVENT,
    FIELD_WHEN_WHERE, /* dates and venue in one line */
    FIELD_HONORIFIC,
    FIELD_NAME,
    FIELD_TITLE,
    FIELD_DELEGATION,
    FIELD_CATEGORY,
    FIELD_NUMBER_LABEL,
    FIELD_NUMBER,
    FIELD_SEAT_LABEL,
    FIELD_SEAT,
    FIELD_GROUP, /* with its word */
    FIELD_NAME_LABEL,
    FIELD_TITLE_LABEL,
    FIELD_DELEGATION_LABEL,
};

enum badge_color { COLOR_INK, COLOR_MUTED, COLOR_CATEGORY, COLOR_ON_CATEGORY, COLOR_WHITE };

/* When a part is drawn: all named conditions hold. */
enum badge_when {
    WHEN_NAMED = 1,
    WHEN_BLANK = 2,
    WHEN_SEAT = 4,
    WHEN_NO_SEAT = 8,
    WHEN_CATEGORY = 16,
    WHEN_DELEGATION = 32,
    WHEN_NO_DELEGATION = 64,
};

struct badge_text {
    enum badge_field field;
    struct box box;
    double size, break_below, least; /* points, as struct fit_style */
    unsigned lines;
    double leading;
    bool bold;
    enum align align;
    enum valign valign;
    enum badge_color color;
    unsigned when;
};

struct badge_shape {
    struct box box; /* of height 0: a line to write on */
    double radius;
    enum badge_color color;
    unsigned when;
};

struct badge_layout {
    const char *name;
    const char *about;
    double page_width, page_height;
    double width, height; /* of one badge */
    unsigned columns, rows;
    double left, top;        /* of the first badge on the page */
    double gap_x, gap_y;     /* between badges */
    bool crop_marks;
    struct box qr; /* with its quiet zone of 4 cells, all white */
    const struct badge_shape *shapes;
    size_t shape_count;
    const struct badge_text *texts;
    size_t text_count;
};

#define BADGE_QUIET_CELLS 4

/* Where badge number `index` of a run stands: page from 0, and its top left corner on it. */
void badge_place(const struct badge_layout *layout, size_t index, size_t *ret_page, double *ret_x, double *ret_y);

/* Whether badges in this language are read from right to left: their layout is mirrored. NULL is not. */
bool badge_is_mirrored(const char *language);

/* A box of the layout on a badge whose corner is at (x, y), mirrored on the badge's middle where asked. */
struct box badge_box(const struct badge_layout *layout, const struct box *box, bool mirrored, double x, double y);

/* How many badges a page holds. */
size_t badge_page_size(const struct badge_layout *layout);

#endif
