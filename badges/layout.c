#include "badges/layout.h"

#include "core/base/buf.h"

#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof(array)[0])

/* Sizes by reading distance: a capital of 1/300 of the distance is read at ease. Noto Sans has capitals of 0.714 em, so that a name of 26 pt
 * (6.5 mm) is read from 2 m, and one of 19 pt (4.8 mm) still is; a number of 24 pt is read well from 1 m. */

/* --- a6: one badge a page, for a lanyard ------------------------------------------------------------------------------------------ */

static const struct badge_shape a6_shapes[] = {
    {.box = {0, 0, 105, 37}, .color = COLOR_CATEGORY},
    {.box = {51, 103, 47, 11}, .radius = 2, .color = COLOR_CATEGORY, .when = WHEN_CATEGORY},
    {.box = {10, 64, 85, 0}, .color = COLOR_MUTED, .when = WHEN_BLANK},
    {.box = {10, 80, 85, 0}, .color = COLOR_MUTED, .when = WHEN_BLANK},
    {.box = {10, 94, 85, 0}, .color = COLOR_MUTED, .when = WHEN_BLANK},
};

static const struct badge_text a6_texts[] = {
    {.field = FIELD_ORGANIZATION, .box = {7, 5.5, 91, 6}, .size = 10.5, .least = 6, .lines = 1,
     .align = ALIGN_CENTER, .valign = ALIGN_MIDDLE, .color = COLOR_ON_CATEGORY},
    {.field = FIELD_EVENT, .box = {7, 13, 91, 20.5}, .size = 18, .break_below = 15, .least = 8, .lines = 3, .leading = 1.22, .bold = true,
     .align = ALIGN_CENTER, .valign = ALIGN_MIDDLE, .color = COLOR_ON_CATEGORY},
    {.field = FIELD_HONORIFIC, .box = {7, 40, 91, 6}, .size = 13, .least = 7, .lines = 1,
     .align = ALIGN_CENTER, .valign = ALIGN_MIDDLE, .color = COLOR_MUTED, .when = WHEN_NAMED},
    {.field = FIELD_NAME, .box = {7, 46.6, 91, 28.6}, .size = 38, .break_below = 26, .least = 14, .lines = 3, .leading = 1.2, .bold = true,
     .align = ALIGN_CENTER, .valign = ALIGN_MIDDLE, .color = COLOR_INK, .when = WHEN_NAMED},
    {.field = FIELD_TITLE, .box = {7, 75.8, 91, 12.2}, .size = 13, .break_below = 11, .least = 6.5, .lines = 4, .leading = 1.22,
     .align = ALIGN_CENTER, .valign = ALIGN_BOTTOM, .color = COLOR_INK, .when = WHEN_NAMED | WHEN_DELEGATION},
    {.field = FIELD_TITLE, .box = {7, 75.8, 91, 24}, .size = 13, .break_below = 11, .least = 7, .lines = 4, .leading = 1.22,
     .align = ALIGN_CENTER, .valign = ALIGN_MIDDLE, .color = COLOR_INK, .when = WHEN_NAMED | WHEN_NO_DELEGATION},
    {.field = FIELD_DELEGATION, .box = {7, 88.8, 91, 11}, .size = 13, .break_below = 11, .least = 7, .lines = 2, .leading = 1.22, .bold = true,
     .align = ALIGN_CENTER, .valign = ALIGN_TOP, .color = COLOR_INK, .when = WHEN_NAMED | WHEN_DELEGATION},
    {.field = FIELD_NAME_LABEL, .box = {10, 65, 85, 4}, .size = 8, .least = 6, .lines = 1,
     .align = ALIGN_LEFT, .valign = ALIGN_MIDDLE, .color = COLOR_MUTED, .when = WHEN_BLANK},
    {.field = FIELD_TITLE_LABEL, .box = {10, 81, 85, 4}, .size = 8, .least = 6, .lines = 1,
     .align = ALIGN_LEFT, .valign = ALIGN_MIDDLE, .color = COLOR_MUTED, .when = WHEN_BLANK},
    {.field = FIELD_DELEGATION_LABEL, .box = {10, 95, 85, 4}, .size = 8, .least = 6, .lines = 1,
     .align = ALIGN_LEFT, .valign = ALIGN_MIDDLE, .color = COLOR_MUTED, .when = WHEN_BLANK},
    {.field = FIELD_CATEGORY, .box = {53, 103.5, 43, 10}, .size = 15, .break_below = 12, .least = 7, .lines = 2, .leading = 1.15, .bold = true,
     .align = ALIGN_CENTER, .valign = ALIGN_MIDDLE, .color = COLOR_ON_CATEGORY, .when = WHEN_CATEGORY},
    {.field = FIELD_NUMBER_LABEL, .box = {51, 117, 21.5, 4.5}, .size = 9, .least = 6, .lines = 1,
     .align = ALIGN_CENTER, .valign = ALIGN_MIDDLE, .color = COLOR_MUTED, .when = WHEN_SEAT},
    {.field = FIELD_NUMBER, .box = {51, 122, 21.5, 13}, .size = 34, .least = 10, .lines = 1, .bold = true,
     .align = ALIGN_CENTER, .valign = ALIGN_MIDDLE, .color = COLOR_INK, .when = WHEN_SEAT},
    {.field = FIELD_SEAT_LABEL, .box = {76, 117, 22, 4.5}, .size = 9, .least = 6, .lines = 1,
     .align = ALIGN_CENTER, .valign = ALIGN_MIDDLE, .color = COLOR_MUTED, .when = WHEN_SEAT},
    {.field = FIELD_SEAT, .box = {76, 122, 22, 13}, .size = 34, .least = 10, .lines = 1, .bold = true,
     .align = ALIGN_CENTER, .valign = ALIGN_MIDDLE, .color = COLOR_INK, .when = WHEN_SEAT},
    {.field = FIELD_NUMBER_LABEL, .box = {51, 117, 47, 4.5}, .size = 9, .least = 6, .lines = 1,
     .align = ALIGN_CENTER, .valign = ALIGN_MIDDLE, .color = COLOR_MUTED, .when = WHEN_NO_SEAT},
    {.field = FIELD_NUMBER, .box = {51, 122, 47, 13}, .size = 40, .least = 10, .lines = 1, .bold = true,
     .align = ALIGN_CENTER, .valign = ALIGN_MIDDLE, .color = COLOR_INK, .when = WHEN_NO_SEAT},
    {.field = FIELD_GROUP, .box = {51, 136, 47, 5}, .size = 10, .least = 6, .lines = 1,
     .align = ALIGN_CENTER, .valign = ALIGN_MIDDLE, .color = COLOR_MUTED},
    {.field = FIELD_WHEN_WHERE, .box = {7, 142, 91, 4}, .size = 8, .least = 5, .lines = 1,
     .align = ALIGN_CENTER, .valign = ALIGN_MIDDLE, .color = COLOR_MUTED},
};

/* --- a4x8: eight on A4, 95 × 67 mm each --------------------------------------------------------------------------------------------- */

static const struct badge_shape a4x8_shapes[] = {
    {.box = {0, 0, 95, 14.5}, .color = COLOR_CATEGORY},
    {.box = {5, 51.5, 34, 6.5}, .radius = 1.2, .color = COLOR_CATEGORY, .when = WHEN_CATEGORY},
    {.box = {5, 28, 85, 0}, .color = COLOR_MUTED, .when = WHEN_BLANK},
    {.box = {5, 44, 54, 0}, .color = COLOR_MUTED, .when = WHEN_BLANK},
};

static const struct badge_text a4x8_texts[] = {
    {.field = FIELD_ORGANIZATION, .box = {5, 1.6, 85, 3.4}, .size = 7, .least = 5, .lines = 1,
     .align = ALIGN_LEFT, .valign = ALIGN_MIDDLE, .color = COLOR_ON_CATEGORY},
    {.field = FIELD_EVENT, .box = {5, 5.6, 85, 8.2}, .size = 11, .break_below = 9, .least = 6, .lines = 2, .leading = 1.18, .bold = true,
     .align = ALIGN_LEFT, .valign = ALIGN_MIDDLE, .color = COLOR_ON_CATEGORY},
    {.field = FIELD_NAME, .box = {5, 16.2, 85, 17}, .size = 27, .break_below = 19, .least = 11, .lines = 2, .leading = 1.2, .bold = true,
     .align = ALIGN_LEFT, .valign = ALIGN_MIDDLE, .color = COLOR_INK, .when = WHEN_NAMED},
    {.field = FIELD_TITLE, .box = {5, 33.6, 54.5, 8.6}, .size = 9.5, .break_below = 8.5, .least = 6, .lines = 3, .leading = 1.2,
     .align = ALIGN_LEFT, .valign = ALIGN_BOTTOM, .color = COLOR_INK, .when = WHEN_NAMED | WHEN_DELEGATION},
    {.field = FIELD_TITLE, .box = {5, 33.6, 54.5, 17.2}, .size = 10.5, .break_below = 9, .least = 6, .lines = 4, .leading = 1.2,
     .align = ALIGN_LEFT, .valign = ALIGN_MIDDLE, .color = COLOR_INK, .when = WHEN_NAMED | WHEN_NO_DELEGATION},
    {.field = FIELD_DELEGATION, .box = {5, 43.1, 54.5, 7.7}, .size = 9.5, .break_below = 8.5, .least = 6, .lines = 2, .leading = 1.2, .bold = true,
     .align = ALIGN_LEFT, .valign = ALIGN_TOP, .color = COLOR_INK, .when = WHEN_NAMED | WHEN_DELEGATION},
    {.field = FIELD_NAME_LABEL, .box = {5, 28.6, 54.5, 3.2}, .size = 6.5, .least = 5, .lines = 1,
     .align = ALIGN_LEFT, .valign = ALIGN_MIDDLE, .color = COLOR_MUTED, .when = WHEN_BLANK},
    {.field = FIELD_DELEGATION_LABEL, .box = {5, 44.6, 54.5, 3.2}, .size = 6.5, .least = 5, .lines = 1,
     .align = ALIGN_LEFT, .valign = ALIGN_MIDDLE, .color = COLOR_MUTED, .when = WHEN_BLANK},
    {.field = FIELD_CATEGORY, .box = {6, 51.7, 32, 6.1}, .size = 10, .break_below = 8, .least = 5.5, .lines = 2, .leading = 1.1, .bold = true,
     .align = ALIGN_CENTER, .valign = ALIGN_MIDDLE, .color = COLOR_ON_CATEGORY, .when = WHEN_CATEGORY},
    {.field = FIELD_SEAT_LABEL, .box = {5, 59.2, 8.5, 4.6}, .size = 8, .least = 5, .lines = 1,
     .align = ALIGN_LEFT, .valign = ALIGN_BOTTOM, .color = COLOR_MUTED, .when = WHEN_SEAT},
    {.field = FIELD_SEAT, .box = {14, 59.2, 25, 5}, .size = 13, .least = 6, .lines = 1, .bold = true,
     .align = ALIGN_LEFT, .valign = ALIGN_BOTTOM, .color = COLOR_INK, .when = WHEN_SEAT},
    {.field = FIELD_NUMBER_LABEL, .box = {41, 51.5, 18.5, 3}, .size = 7, .least = 5, .lines = 1,
     .align = ALIGN_RIGHT, .valign = ALIGN_MIDDLE, .color = COLOR_MUTED},
    {.field = FIELD_NUMBER, .box = {41, 54.6, 18.5, 9.8}, .size = 28, .least = 9, .lines = 1, .bold = true,
     .align = ALIGN_RIGHT, .valign = ALIGN_BOTTOM, .color = COLOR_INK},
};

static const struct badge_layout layouts[] = {
    {.name = "a4x8", .about = "eight on A4, 95 × 67 mm, with crop marks", .page_width = 210, .page_height = 297, .width = 95, .height = 67, .columns = 2, .rows = 4,
     .left = 7, .top = 8.5, .gap_x = 6, .gap_y = 4, .crop_marks = true, .qr = {60.6, 33.3, 33.4, 33.4},
     .shapes = a4x8_shapes, .shape_count = COUNT(a4x8_shapes), .texts = a4x8_texts, .text_count = COUNT(a4x8_texts)},
    {.name = "a6", .about = "one badge a page, 105 × 148 mm", .page_width = 105, .page_height = 148, .width = 105, .height = 148, .columns = 1, .rows = 1,
     .qr = {5, 100, 42, 42}, .shapes = a6_shapes, .shape_count = COUNT(a6_shapes), .texts = a6_texts, .text_count = COUNT(a6_texts)},
};

const char *badges_layout_name(size_t index)
{
    return index < COUNT(layouts) ? layouts[index].name : NULL;
}

enum err badges_layout_find(const char *name, const struct badge_layout **ret, struct fault *fault)
{
    for (size_t i = 0; i < COUNT(layouts); i++) {
        if (name && strcmp(name, layouts[i].name) != 0) continue;
        *ret = &layouts[i];
        return OK;
    }
    struct buf names;
    buf_init(&names, BUF_LIMIT_LINE);
    for (size_t i = 0; i < COUNT(layouts); i++) buf_printf(&names, "%s%s", i ? ", " : "", layouts[i].name);
    (void)fault_set(fault, ERR_NOT_FOUND, "no layout is called \"%.60s\"; there are %s", name, buf_text(&names));
    buf_release(&names);
    return ERR_NOT_FOUND;
}

bool badge_is_mirrored(const char *language)
{
    static const char *const languages[] = {"ar", "fa", "he", "ur"};
    for (size_t i = 0; language && i < COUNT(languages); i++)
        if (strncmp(language, languages[i], 2) == 0 && (language[2] == '\0' || language[2] == '-')) return true;
    return false;
}

struct box badge_box(const struct badge_layout *layout, const struct box *box, bool mirrored, double x, double y)
{
    double left = mirrored ? layout->width - box->x - box->width : box->x;
    return (struct box){.x = x + left, .y = y + box->y, .width = box->width, .height = box->height};
}

size_t badge_page_size(const struct badge_layout *layout)
{
    return (size_t)layout->columns * layout->rows;
}

void badge_place(const struct badge_layout *layout, size_t index, size_t *ret_page, double *ret_x, double *ret_y)
{
    size_t on_page = index % badge_page_size(layout);
    *ret_page = index / badge_page_size(layout);
    *ret_x = layout->left + (double)(on_page % layout->columns) * (layout->width + layout->gap_x);
    *ret_y = layout->top + (double)(on_page / layout->columns) * (layout->height + layout->gap_y);
}
