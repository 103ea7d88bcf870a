/* What a layout must not do, and where its badges stand on a page. */
#include "badges/layout/field.h"
#include "core/base/json.h"

#include <math.h>
#include <string.h>

#define NEAR 0.001 /* millimetres: two edges at the same place */

static enum err part_fault(struct fault *fault, const char *side, const struct badge_part *part, const char *key, const char *sentence)
{
    const struct json_place list = {.key = side}, item = {.up = &list, .index = part->place}, here = {.up = &item, .key = key};
    return json_fault(fault, &here, "%s", sentence);
}

static bool overlap(const struct box *a, const struct box *b)
{
    return a->x < b->x + b->width - NEAR && b->x < a->x + a->width - NEAR && a->y < b->y + b->height - NEAR && b->y < a->y + a->height - NEAR;
}

/* A condition of one rules the other out. */
static bool exclude_each_other(const struct badge_part *a, const struct badge_part *b)
{
    return (a->needs & b->needs_not) || (b->needs & a->needs_not);
}

/* What a part takes up: a line has a thickness. */
static struct box taken(const struct badge_part *part)
{
    struct box box = part->box;
    if (part->kind != PART_LINE) return box;
    double half = part->line * 25.4 / 72 / 2;
    return (struct box){.x = box.x - half, .y = box.y - half, .width = box.width + 2 * half, .height = box.height + 2 * half};
}

static enum err check_code(const char *side, const struct badge_part *part, struct fault *fault)
{
    double code = part->box.width * BADGE_CELLS_LEAST / (BADGE_CELLS_LEAST + 2 * BADGE_QUIET_CELLS);
    if (fabs(part->box.width - part->box.height) > NEAR) return part_fault(fault, side, part, "box", "a QR code is square");
    if (code >= BADGE_CODE_LEAST - NEAR) return OK;
    return part_fault(fault, side, part, "box", "the QR code would be under 20 mm: its box, with the quiet zone, must be 25.6 mm at least");
}

static enum err check_part(const struct badge_layout *layout, const char *side, const struct badge_part *part, struct fault *fault)
{
    const struct box *box = &part->box;
    bool line = part->kind == PART_LINE;
    if (box->width < 0 || box->height < 0 || (line ? box->width + box->height <= 0 : box->width <= 0 || box->height <= 0))
        return part_fault(fault, side, part, "box", "has no area");
    if (line && box->width > 0 && box->height > 0) return part_fault(fault, side, part, "box", "a line runs across or down: width or height must be 0");
    if (box->x < -NEAR || box->y < -NEAR || box->x + box->width > layout->width + NEAR || box->y + box->height > layout->height + NEAR)
        return part_fault(fault, side, part, "box", "is outside of the badge");
    if ((part->kind == PART_TEXT || part->kind == PART_LIST) && box->height < part->fit.least * 25.4 / 72)
        return part_fault(fault, side, part, "box", "is too low for a line of the smallest size");
    if (part->kind == PART_LIST && part->first_column >= box->width) return part_fault(fault, side, part, "first_column", "leaves no room for the second");
    if (part->needs & part->needs_not) return part_fault(fault, side, part, "when", "is never true");
    if (part->kind == PART_QR || part->kind == PART_WIFI) return check_code(side, part, fault);
    return OK;
}

static enum err check_side(const struct badge_layout *layout, const char *name, const struct badge_side *side, struct fault *fault)
{
    for (size_t i = 0; i < side->count; i++) {
        const struct badge_part *a = &side->parts[i];
        enum err e = check_part(layout, name, a, fault);
        if (e != OK) return e;
        bool covers = false;
        size_t j = 0;
        for (; j < i && !covers; j++) {
            const struct badge_part *b = &side->parts[j];
            const struct box one = taken(a), two = taken(b);
            covers = !b->background && !exclude_each_other(a, b) && overlap(&one, &two);
        }
        if (!covers) continue;
        const struct json_place list = {.key = name}, item = {.up = &list, .index = i}, here = {.up = &item, .key = "box"};
        return json_fault(fault, &here, a->background ? "a background must come before %s[%zu], which stands on it" : "overlaps %s[%zu]", name, j - 1);
    }
    return OK;
}

enum err badges_layout_check(const struct badge_layout *layout, struct fault *fault)
{
    const struct json_place front = {.key = "front"};
    if (!layout->front.count) return json_fault(fault, &front, "is empty");
    enum err e = check_side(layout, "front", &layout->front, fault);
    return e == OK ? check_side(layout, "back", &layout->back, fault) : e;
}

static unsigned fit_count(double room, double size, double gap)
{
    double count = floor((room + gap + NEAR) / (size + gap));
    return count < 1 ? 0 : count > 1000 ? 1000 : (unsigned)count;
}

enum err badges_layout_impose(struct badge_layout *l, struct fault *fault)
{
    const struct json_place sheet = {.key = "sheet"}, gutter = {.up = &sheet, .key = "gutter"};
    if (!l->columns) l->columns = fit_count(l->page_width, l->width, l->gap_x);
    if (!l->rows) l->rows = fit_count(l->page_height, l->height, l->gap_y);
    double width = l->columns * l->width + (l->columns - 1.0) * l->gap_x, height = l->rows * l->height + (l->rows - 1.0) * l->gap_y;
    if (l->left < 0) l->left = (l->page_width - width) / 2;
    if (l->top < 0) l->top = (l->page_height - height) / 2;
    bool holds = l->columns && l->rows && l->left >= -NEAR && l->top >= -NEAR && l->left + width <= l->page_width + NEAR && l->top + height <= l->page_height + NEAR;
    if (!holds)
        return json_fault(fault, &sheet,
                          "a page of %g × %g mm does not hold %u × %u badges of %g × %g mm, %g and %g mm apart, from %g mm left and %g mm below its corner",
                          l->page_width, l->page_height, l->columns, l->rows, l->width, l->height, l->gap_x, l->gap_y, l->left, l->top);
    if (l->page_width > 5000 || l->page_height > 5000) return json_fault(fault, &sheet, "no page is %g × %g mm", l->page_width, l->page_height);
    if ((l->columns > 1 && l->gap_x < 2 * l->bleed - NEAR) || (l->rows > 1 && l->gap_y < 2 * l->bleed - NEAR))
        return json_fault(fault, &gutter, "must be twice the bleed at least");
    return OK;
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

bool badges_layout_photo(const struct badge_layout *layout, unsigned *ret_width, unsigned *ret_height)
{
    const struct badge_side *sides[] = {&layout->front, &layout->back};
    for (size_t s = 0; s < 2; s++)
        for (size_t i = 0; i < sides[s]->count; i++) {
            const struct box *box = &sides[s]->parts[i].box;
            if (sides[s]->parts[i].kind != PART_PHOTO) continue;
            double scale = 300 / 25.4; /* the resolution of print */
            double most = fmax(box->width, box->height) * scale;
            if (most > 480) scale *= 480 / most;
            *ret_width = (unsigned)fmax(16, lround(box->width * scale));
            *ret_height = (unsigned)fmax(16, lround(box->height * scale));
            return true;
        }
    return false;
}

static bool shows(const struct badge_layout *layout, enum badge_part_kind kind)
{
    const struct badge_side *sides[] = {&layout->front, &layout->back};
    for (size_t s = 0; s < 2; s++)
        for (size_t i = 0; i < sides[s]->count; i++)
            if (sides[s]->parts[i].kind == kind) return true;
    return false;
}

const char *badges_layout_kind(const struct badge_layout *layout)
{
    return layout->kind;
}

bool badges_layout_lists(const struct badge_layout *layout)
{
    return shows(layout, PART_LIST);
}

bool badges_layout_shows_logo(const struct badge_layout *layout)
{
    return shows(layout, PART_LOGO);
}
