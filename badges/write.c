#include "badges/badges.h"

#include "badges/layout.h"
#include "badges/qr.h"
#include "badges/words.h"
#include "core/base/text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define INK 0x1A1A1Au
#define MUTED 0x595959u
#define WHITE 0xFFFFFFu
#define NO_CATEGORY 0x444444u
#define PROGRESS_EVERY 64

struct writer {
    const struct badge_run *run;
    const struct badge_layout *layout;
    const struct badge_words *words;
    bool mirrored;
    struct document *document;
    struct arena arena; /* one badge */
    struct badge_report report;
    size_t refused;
    struct fault first; /* the first badge that was refused */
};

static bool is_set(const char *text)
{
    return text && text[0];
}

/* --- colours ---------------------------------------------------------------------------------------------------------------------- */

static bool read_color(const char *text, uint32_t *ret)
{
    if (text[0] != '#' || strlen(text) != 7 || strspn(text + 1, "0123456789abcdefABCDEF") != 6) return false;
    unsigned value;
    if (sscanf(text + 1, "%x", &value) != 1) return false;
    *ret = value;
    return true;
}

static double linear(uint32_t channel)
{
    double v = (double)(channel & 0xFF) / 255.0;
    return v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4);
}

/* White or black, whichever stands out more (contrast ratio of WCAG 2.1: white wins below a luminance of 0.179). */
static uint32_t color_on(uint32_t ground)
{
    double luminance = 0.2126 * linear(ground >> 16) + 0.7152 * linear(ground >> 8) + 0.0722 * linear(ground);
    return luminance < 0.179 ? WHITE : 0x000000u;
}

static uint32_t pick_color(enum badge_color color, uint32_t category)
{
    switch (color) {
    case COLOR_MUTED: return MUTED;
    case COLOR_CATEGORY: return category;
    case COLOR_ON_CATEGORY: return color_on(category);
    case COLOR_WHITE: return WHITE;
    case COLOR_INK: break;
    }
    return INK;
}

/* --- what a field says -------------------------------------------------------------------------------------------------------------- */

/* "a · b", or the one that is there. */
static const char *join(struct writer *w, const char *a, const char *between, const char *b)
{
    if (is_set(a) && is_set(b)) return arena_printf(&w->arena, "%s%s%s", a, between, b);
    return is_set(a) ? a : b;
}

static const char *field_text(struct writer *w, const struct badge *badge, enum badge_field field)
{
    switch (field) {
    case FIELD_ORGANIZATION: return w->run->organization;
    case FIELD_EVENT: return w->run->event_title;
    case FIELD_WHEN_WHERE: return join(w, w->run->dates, " · ", w->run->venue);
    case FIELD_HONORIFIC: return badge->honorific;
    case FIELD_NAME: return badge->name;
    case FIELD_TITLE: return badge->title;
    case FIELD_DELEGATION: return badge->delegation;
    case FIELD_CATEGORY: return badge->category_title;
    case FIELD_NUMBER_LABEL: return is_set(badge->number) ? w->words->number : NULL;
    case FIELD_NUMBER: return badge->number;
    case FIELD_SEAT_LABEL: return w->words->seat;
    case FIELD_SEAT: return badge->seat;
    case FIELD_GROUP: return is_set(badge->group) ? join(w, w->words->group, " ", badge->group) : NULL;
    case FIELD_NAME_LABEL: return w->words->name;
    case FIELD_TITLE_LABEL: return w->words->title;
    case FIELD_DELEGATION_LABEL: return w->words->delegation;
    }
    return NULL;
}

static bool is_shown(const struct badge *badge, unsigned when)
{
    if ((when & WHEN_NAMED) && badge->blank) return false;
    if ((when & WHEN_BLANK) && !badge->blank) return false;
    if ((when & WHEN_SEAT) && !is_set(badge->seat)) return false;
    if ((when & WHEN_NO_SEAT) && is_set(badge->seat)) return false;
    if ((when & WHEN_DELEGATION) && !is_set(badge->delegation)) return false;
    if ((when & WHEN_NO_DELEGATION) && is_set(badge->delegation)) return false;
    if ((when & WHEN_CATEGORY) && !is_set(badge->category_title)) return false;
    return true;
}

/* --- drawing ------------------------------------------------------------------------------------------------------------------------ */

static enum align mirror_align(enum align align, bool mirrored)
{
    if (!mirrored || align == ALIGN_CENTER) return align;
    return align == ALIGN_LEFT ? ALIGN_RIGHT : ALIGN_LEFT;
}

static void draw_shapes(struct writer *w, const struct badge *badge, double x, double y, uint32_t category)
{
    for (size_t i = 0; i < w->layout->shape_count; i++) {
        const struct badge_shape *shape = &w->layout->shapes[i];
        if (!is_shown(badge, shape->when)) continue;
        struct box box = badge_box(w->layout, &shape->box, w->mirrored, x, y);
        uint32_t color = pick_color(shape->color, category);
        if (box.height <= 0) document_draw_line(w->document, box.x, box.y, box.x + box.width, box.y, 0.6, color);
        else if (shape->radius > 0) document_fill_round_box(w->document, &box, shape->radius, color);
        else document_fill_box(w->document, &box, color);
    }
}

static enum err draw_texts(struct writer *w, const struct badge *badge, double x, double y, uint32_t category, struct fault *fault)
{
    for (size_t i = 0; i < w->layout->text_count; i++) {
        const struct badge_text *part = &w->layout->texts[i];
        if (!is_shown(badge, part->when)) continue;
        const char *text = field_text(w, badge, part->field);
        if (!is_set(text)) continue;
        struct box box = badge_box(w->layout, &part->box, w->mirrored, x, y);
        struct text_style style = {.align = mirror_align(part->align, w->mirrored), .valign = part->valign,
                                   .color = pick_color(part->color, category), .allow_missing = w->run->allow_missing};
        style.fit = (struct fit_style){.language = w->run->language, .bold = part->bold, .size = part->size, .break_below = part->break_below,
                                       .least = part->least, .lines = part->lines, .leading = part->leading};
        struct text_report report;
        enum err e = document_put_text(w->document, &box, text, &style, &report, fault);
        if (e != OK) return e;
        if (report.cut) w->report.cut++;
        if (report.missing) w->report.missing++;
        bool smaller = w->report.name_least <= 0 || report.size < w->report.name_least;
        if (part->field == FIELD_NAME && smaller) w->report.name_least = report.size;
    }
    return OK;
}

/* The code in the middle of its quiet zone, on white of its own. */
static enum err draw_code(struct writer *w, const struct badge *badge, double x, double y, struct fault *fault)
{
    struct qr code;
    enum err e = qr_make(badge->url, &w->arena, &code);
    if (e == ERR_LIMIT) return fault_set(fault, ERR_INPUT, "the address \"%.60s…\" is too long for a QR code", badge->url);
    if (e != OK) return fault_set(fault, e, "no QR code: %s", err_name(e));
    struct box box = badge_box(w->layout, &w->layout->qr, w->mirrored, x, y);
    double cell = box.width / (double)(code.side + 2 * BADGE_QUIET_CELLS);
    document_fill_box(w->document, &box, WHITE);
    document_fill_cells(w->document, box.x + BADGE_QUIET_CELLS * cell, box.y + BADGE_QUIET_CELLS * cell, code.side * cell, code.cells, code.side);
    if (code.side > w->report.modules) w->report.modules = code.side;
    return OK;
}

/* Short lines beyond the corners, where the knife goes. */
static void draw_crop_marks(struct writer *w, double x, double y)
{
    const double away = 0.7, length = 2.2, line = 0.25;
    double right = x + w->layout->width, bottom = y + w->layout->height;
    const double columns[] = {x, right}, rows[] = {y, bottom};
    for (int i = 0; i < 2; i++) {
        document_draw_line(w->document, columns[i], y - away, columns[i], y - away - length, line, MUTED);
        document_draw_line(w->document, columns[i], bottom + away, columns[i], bottom + away + length, line, MUTED);
        document_draw_line(w->document, x - away, rows[i], x - away - length, rows[i], line, MUTED);
        document_draw_line(w->document, right + away, rows[i], right + away + length, rows[i], line, MUTED);
    }
}

/* "P0001 Nguyễn Văn A", or the number of a blank. */
static void name_badge(const struct badge *badge, struct fault *fault)
{
    if (badge->blank || !is_set(badge->name)) fault_prefix(fault, "badge number %.40s", is_set(badge->number) ? badge->number : "?");
    else fault_prefix(fault, "%.40s %.120s", is_set(badge->person_code) ? badge->person_code : "", badge->name);
}

static enum err draw_badge(struct writer *w, const struct badge *badge, double x, double y, struct fault *fault)
{
    uint32_t category = NO_CATEGORY;
    arena_clear(&w->arena);
    if (!is_set(badge->url)) return fault_set(fault, ERR_INPUT, "has no address for its QR code");
    if (is_set(badge->category_color) && !read_color(badge->category_color, &category))
        return fault_set(fault, ERR_INPUT, "the colour \"%.20s\" is not of the form #rrggbb", badge->category_color);
    draw_shapes(w, badge, x, y, category);
    enum err e = draw_code(w, badge, x, y, fault);
    if (e == OK) e = draw_texts(w, badge, x, y, category, fault);
    if (e == OK && w->layout->crop_marks) draw_crop_marks(w, x, y);
    return e;
}

static bool same_text(const char *a, const char *b)
{
    return strcmp(a ? a : "", b ? b : "") == 0;
}

static enum err write_badges(struct writer *w, struct fault *fault)
{
    size_t open_page = SIZE_MAX;
    for (size_t i = 0; i < w->run->count; i++) {
        const struct badge *badge = &w->run->badges[i];
        size_t page;
        double x, y;
        badge_place(w->layout, i, &page, &x, &y);
        enum err e = OK;
        if (page != open_page) e = document_add_page(w->document, w->layout->page_width, w->layout->page_height, fault);
        if (e != OK) return e;
        open_page = page;
        if (is_set(badge->delegation) && (i == 0 || !same_text(badge->delegation, w->run->badges[i - 1].delegation)))
            if (document_add_bookmark(w->document, badge->delegation) != OK) return fault_set(fault, ERR_NOMEM, "no memory for bookmarks");
        struct fault why = {0};
        e = draw_badge(w, badge, x, y, &why);
        if (e == ERR_INPUT) { /* all badges are looked at, so that one message tells how much is wrong */
            name_badge(badge, &why);
            if (w->refused++ == 0) w->first = why;
        } else if (e != OK) {
            name_badge(badge, &why);
            return fault_set(fault, e, "%s", why.text);
        }
        if (w->run->on_progress && (i % PROGRESS_EVERY == 0 || i + 1 == w->run->count)) w->run->on_progress(w->run->progress_data, i + 1, w->run->count);
    }
    if (w->refused == 1) return fault_set(fault, ERR_INPUT, "%s", w->first.text);
    if (w->refused) return fault_set(fault, ERR_INPUT, "%s (and %zu more badges are refused)", w->first.text, w->refused - 1);
    return OK;
}

enum err badges_write(const struct badge_run *run, struct fonts *fonts, struct buf *out, struct badge_report *ret, struct fault *fault)
{
    struct writer w = {.run = run, .words = badge_words_find(run->language), .mirrored = badge_is_mirrored(run->language)};
    enum err e = badges_layout_find(run->layout, &w.layout, fault);
    if (e != OK) return e;
    if (run->count == 0) return fault_set(fault, ERR_INPUT, "there is no badge to print");
    const char *title = join(&w, run->event_title, " – ", w.words->badges);
    struct document_info info = {.title = title, .author = run->organization, .language = run->language};
    e = document_new(fonts, &info, &w.document, fault);
    if (e == OK) e = write_badges(&w, fault);
    if (e == OK) e = document_save(w.document, out, fault);
    if (e == OK && ret) {
        w.report.badges = run->count;
        w.report.pages = document_page_count(w.document);
        *ret = w.report;
    }
    document_free(w.document);
    arena_release(&w.arena);
    return e;
}
