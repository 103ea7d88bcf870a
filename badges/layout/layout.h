/* Private to badges: a layout as the rest of the room uses it. Millimetres from the top left corner of a badge. The file format is described
 * in docs/badge-layouts.md; badges/layout/layout_read.c reads it, badges/layout/layout_check.c refuses what cannot be printed. */
#ifndef PLENUM_BADGES_LAYOUT_H
#define PLENUM_BADGES_LAYOUT_H

#include "badges/badges.h"
#include "core/typeset/document.h"

#define BADGE_QUIET_CELLS 4      /* white cells around a QR code (ISO/IEC 18004) */
#define BADGE_CELLS_LEAST 29     /* the smallest code of an address of ours */
#define BADGE_CODE_LEAST 20.0    /* millimetres along the side of a code, without its quiet zone */
#define BADGE_PARTS_MOST 120     /* on a side */

/* What a text may name in braces, and a condition by its name. The order is that of the table in field.c. */
enum badge_field {
    FIELD_ORGANIZATION, FIELD_EVENT, FIELD_DATES, FIELD_VENUE, FIELD_HONORIFIC, FIELD_NAME, FIELD_GIVEN_NAME, FIELD_INITIALS, FIELD_TITLE, FIELD_DELEGATION,
    FIELD_CATEGORY, FIELD_NUMBER, FIELD_SEAT, FIELD_GROUP, FIELD_ROOM, FIELD_TRANSPORT, FIELD_DIET, FIELD_BADGE_BOX, FIELD_CODE, FIELD_REISSUE,
    FIELD_WIFI_NAME, FIELD_WIFI_PASSWORD, FIELD_DESK_PHONE, FIELD_ADDRESS, FIELD_BLANK, FIELD_NAMED, FIELD_PHOTO, FIELD_LOGO, FIELD_PROGRAMME, FIELD_PAPERS,
    FIELD_LABEL_NUMBER, FIELD_LABEL_SEAT, FIELD_LABEL_GROUP, FIELD_LABEL_NAME, FIELD_LABEL_TITLE, FIELD_LABEL_DELEGATION, FIELD_LABEL_ROOM, FIELD_LABEL_TRANSPORT,
    FIELD_LABEL_PROGRAMME, FIELD_LABEL_PAPERS, FIELD_LABEL_WIFI, FIELD_LABEL_DESK, FIELD_JOINED, FIELD_MEMBER_CARD,
    FIELD_LABEL_JOINED, FIELD_LABEL_MEMBER_CARD, FIELD_COUNT
};

enum badge_part_kind { PART_TEXT, PART_LIST, PART_QR, PART_WIFI, PART_PHOTO, PART_LOGO, PART_FILL, PART_LINE };
enum badge_paint { PAINT_INK, PAINT_MUTED, PAINT_CATEGORY, PAINT_ON_CATEGORY, PAINT_WHITE, PAINT_FIXED };

struct badge_color {
    enum badge_paint paint;
    uint32_t rgb; /* PAINT_FIXED */
};

/* One way to say a text: a template for each language ("" = any). */
struct badge_variant {
    const char *language, *template;
};
struct badge_choice {
    struct badge_variant *variants;
    size_t count;
};

struct badge_part {
    enum badge_part_kind kind;
    struct box box;
    uint64_t needs, needs_not; /* bits of enum badge_field: these must be known, those must not */
    bool background;           /* others may stand on it */
    bool turned;               /* upside down, for tents */
    struct badge_color color;
    double radius, line;       /* millimetres; points */
    struct badge_choice *choices; /* texts: the first of which everything is known */
    size_t choice_count;
    enum badge_field list;     /* lists: FIELD_PROGRAMME or FIELD_PAPERS */
    double first_column;       /* of a list, millimetres */
    struct fit_style fit;      /* without its language */
    enum align align;
    enum valign valign;
    size_t place;              /* in the file's array, for messages */
};

struct badge_side {
    struct badge_part *parts;
    size_t count;
};

struct badge_layout {
    const char *name, *about;
    const char *kind;     /* of paper, for the print log: "badge", "voting_card", "coupon", "sheet"; static text */
    double width, height; /* of one badge */
    double bleed;         /* background that touches the edge goes on for so much beyond it */
    double page_width, page_height;
    unsigned columns, rows;
    double left, top;    /* of the first badge on the page */
    double gap_x, gap_y; /* between badges */
    bool crop_marks;
    enum badge_duplex duplex;
    struct badge_side front, back; /* back.count 0: nothing is printed there */
};

/* Private steps of badges_layout_read. */
enum err badges_layout_check(const struct badge_layout *layout, struct fault *fault);
/* Where the badges stand on the page: fills columns, rows, left and top where they are 0 (negative for left and top: in the middle), and refuses a grid
 * that the page does not hold. */
enum err badges_layout_impose(struct badge_layout *layout, struct fault *fault);

/* A box of the layout on a badge whose corner is at (x, y), mirrored on the badge's middle where asked (text_is_right_to_left of the run's language). */
struct box badge_box(const struct badge_layout *layout, const struct box *box, bool mirrored, double x, double y);

/* How many badges a page holds. */
size_t badge_page_size(const struct badge_layout *layout);

#endif
