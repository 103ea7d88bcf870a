#include "core/typeset/fit.h"

#include "core/base/buf.h"
#include "core/base/text.h"

#include <string.h>

#define BREAKS_MOST 1024
#define LINES_MOST 64

struct fitting {
    struct fonts *fonts;
    struct arena *arena;
    const char *text;
    struct line_style line_style;
    const struct fit_style *style;
    double width, height; /* the box, points */
    double leading;       /* em */
    struct line whole;
    double *pens;  /* for each byte: em before it, in reading order */
    size_t *ends;  /* where lines may end, bytes; the last is the end of the text */
    size_t end_count;
};

/* How wide the bytes [from, to) are, without the space at their end. */
static double measure(const struct fitting *f, size_t from, size_t to)
{
    while (to > from && f->text[to - 1] == ' ') to--;
    return f->pens[to] - f->pens[from];
}

static enum err prepare(struct fitting *f)
{
    enum err e = line_shape(f->fonts, f->arena, f->text, &f->line_style, &f->whole);
    if (e != OK) return e;
    size_t bytes = strlen(f->text);
    f->pens = arena_array(f->arena, bytes + 1, sizeof *f->pens);
    if (!f->pens) return ERR_NOMEM;
    for (size_t i = 0; i < f->whole.count; i++)
        if (f->whole.glyphs[i].start < bytes) f->pens[f->whole.glyphs[i].start + 1] += (double)f->whole.glyphs[i].advance;
    for (size_t i = 1; i <= bytes; i++) f->pens[i] += f->pens[i - 1];
    f->end_count = text_line_breaks(f->arena, f->style->language ? f->style->language : "vi", f->text, &f->ends);
    if (f->end_count == 0) return ERR_NOMEM;
    return OK;
}

/* Lines that are filled up to `width` em each; writes at most `most` line ends and returns how many lines all of the text needs
 * (most + 1 when more). A piece that is too wide by itself gets a line of its own. */
static size_t fill_lines(const struct fitting *f, double width, size_t most, size_t *line_ends)
{
    size_t lines = 0, start = 0, previous = 0;
    for (size_t i = 0; i < f->end_count; i++) {
        if (previous > start && measure(f, start, f->ends[i]) > width) {
            if (lines == most) return most + 1;
            line_ends[lines++] = previous;
            start = previous;
        }
        previous = f->ends[i];
    }
    if (lines == most) return most + 1;
    line_ends[lines++] = previous;
    return lines;
}

static double widest(const struct fitting *f, const size_t *line_ends, size_t count)
{
    double most = 0;
    size_t start = 0;
    for (size_t i = 0; i < count; i++) {
        double width = measure(f, start, line_ends[i]);
        if (width > most) most = width;
        start = line_ends[i];
    }
    return most;
}

/* Breaks into at most `count` lines of which the widest is as narrow as can be. Returns the number of lines. */
static size_t balance_lines(const struct fitting *f, size_t count, size_t *line_ends)
{
    double low = f->whole.width / (double)count, high = f->whole.width;
    size_t tries[LINES_MOST];
    size_t lines = fill_lines(f, high + 1e-6, count, line_ends);
    for (int i = 0; i < 24; i++) {
        double middle = (low + high) / 2;
        size_t n = fill_lines(f, middle, count, tries);
        if (n > count || widest(f, tries, n) > middle) {
            low = middle;
            continue;
        }
        high = middle;
        lines = n;
        memcpy(line_ends, tries, n * sizeof *tries);
    }
    return lines;
}

static enum err shape_part(const struct fitting *f, size_t from, size_t to, const char *tail, struct line *ret)
{
    while (to > from && f->text[to - 1] == ' ') to--;
    while (from < to && f->text[from] == ' ') from++;
    const char *part = arena_printf(f->arena, "%.*s%s", (int)(to - from), f->text + from, tail);
    if (!part) return ERR_NOMEM;
    enum err e = line_shape(f->fonts, f->arena, part, &f->line_style, ret);
    if (e != OK || ret->right_to_left == f->whole.right_to_left) return e;
    struct line_style style = f->line_style; /* the paragraph's direction holds for all its lines, whatever letter one begins with */
    style.direction = f->whole.right_to_left ? LINE_RIGHT_TO_LEFT : LINE_LEFT_TO_RIGHT;
    return line_shape(f->fonts, f->arena, part, &style, ret);
}

/* Ink height of a block of lines and its part above the first baseline, in em. */
static void measure_block(const struct fitting *f, const struct line *lines, size_t count, double *ret_height, double *ret_top)
{
    double top = 0, bottom = 0;
    for (size_t i = 0; i < count; i++) {
        double baseline = -(double)i * f->leading;
        if (baseline + lines[i].top > top) top = baseline + lines[i].top;
        if (baseline + lines[i].bottom < bottom) bottom = baseline + lines[i].bottom;
    }
    *ret_top = top;
    *ret_height = top - bottom;
}

/* The room that a line needs across: its advances, and ink that goes past them. */
static double line_extent(const struct line *line)
{
    double left = line->left < 0 ? line->left : 0;
    double right = line->right > line->width ? line->right : line->width;
    return right - left;
}

/* The largest size at which these lines are inside the box. */
static enum err size_lines(const struct fitting *f, const size_t *line_ends, size_t count, struct fit *ret)
{
    struct fit fit = {.count = count, .lines = arena_array(f->arena, count, sizeof *fit.lines)};
    if (!fit.lines) return ERR_NOMEM;
    size_t start = 0;
    double extent = 0;
    for (size_t i = 0; i < count; i++) {
        enum err e = shape_part(f, start, line_ends[i], "", &fit.lines[i]);
        if (e != OK) return e;
        if (line_extent(&fit.lines[i]) > extent) extent = line_extent(&fit.lines[i]);
        start = line_ends[i];
    }
    double height, top;
    measure_block(f, fit.lines, count, &height, &top);
    fit.size = f->style->size;
    if (extent * fit.size > f->width) fit.size = f->width / extent;
    if (height * fit.size > f->height) fit.size = f->height / height;
    fit.height = height * fit.size;
    fit.top = top * fit.size;
    *ret = fit;
    return OK;
}

/* Where the text behind `start` may be cut: between letters with all that belongs to them, and never inside a ligature. Out of memory there is no place. */
static size_t letters_behind(const struct fitting *f, size_t start, size_t **ret)
{
    size_t count = text_letter_breaks(f->arena, f->text, ret), kept = 0;
    for (size_t i = 0; i < count; i++) {
        size_t at = (*ret)[i];
        if (at > start && f->text[at] && f->pens[at + 1] > f->pens[at]) (*ret)[kept++] = at;
    }
    return kept;
}

/* The last line of a cut text: as many letters as fit beside an ellipsis, found by halving. */
static enum err cut_line(const struct fitting *f, size_t start, double width, struct line *ret)
{
    size_t *cuts, low = 0; /* of `cuts`; those before it fit */
    enum err e = shape_part(f, start, start, "…", ret);
    if (e != OK) return e;
    if (line_extent(ret) > width) return ERR_LIMIT;
    size_t high = letters_behind(f, start, &cuts);
    while (low < high) {
        size_t middle = (low + high) / 2;
        struct line line;
        e = shape_part(f, start, cuts[middle], "…", &line);
        if (e != OK) return e;
        if (line_extent(&line) <= width) {
            *ret = line;
            low = middle + 1;
        } else high = middle;
    }
    return OK;
}

/* At the floor: as many full lines as the box holds, the last one cut. */
static enum err cut_text(const struct fitting *f, size_t most, struct fit *ret)
{
    double size = f->style->least, width = f->width / size;
    size_t line_ends[LINES_MOST];
    for (size_t count = most; count > 0; count--) {
        struct fit fit = {.size = size, .count = count, .cut = true, .lines = arena_array(f->arena, count, sizeof *fit.lines)};
        if (!fit.lines) return ERR_NOMEM;
        size_t lines = fill_lines(f, width, count, line_ends), start = 0;
        if (lines < count) continue;
        bool fits = true;
        for (size_t i = 0; i + 1 < count && fits; i++) {
            enum err e = shape_part(f, start, line_ends[i], "", &fit.lines[i]);
            if (e != OK) return e;
            fits = line_extent(&fit.lines[i]) <= width;
            start = line_ends[i];
        }
        if (!fits) continue; /* one unbreakable word is wider than the box: fewer lines, so that it is the one cut */
        enum err e = cut_line(f, start, width, &fit.lines[count - 1]);
        if (e != OK) return e;
        double height, top;
        measure_block(f, fit.lines, count, &height, &top);
        if (height * size > f->height) continue;
        fit.height = height * size;
        fit.top = top * size;
        *ret = fit;
        return OK;
    }
    return ERR_LIMIT;
}

static enum err choose(struct fitting *f, struct fit *ret)
{
    size_t most = f->style->lines ? f->style->lines : 1;
    if (most > LINES_MOST) most = LINES_MOST;
    double enough = f->style->break_below > 0 ? f->style->break_below : f->style->least;
    if (enough > f->style->size) enough = f->style->size;
    struct fit best = {0};
    size_t line_ends[LINES_MOST];
    for (size_t count = 1; count <= most; count++) {
        size_t lines = balance_lines(f, count, line_ends);
        if (lines > count) continue; /* cannot be: fill_lines with the whole width gives one line */
        struct fit fit;
        enum err e = size_lines(f, line_ends, lines, &fit);
        if (e != OK) return e;
        if (fit.size > best.size) best = fit;
        if (best.size >= enough) break;
    }
    if (best.size < f->style->least) return cut_text(f, most, ret);
    *ret = best;
    return OK;
}

enum err fit_text(struct fonts *fonts, struct arena *arena, const char *text, const struct fit_style *style, double width, double height,
                  struct fit *ret, struct fault *fault)
{
    struct fitting f = {.fonts = fonts, .arena = arena, .style = style, .width = width, .height = height};
    f.line_style = (struct line_style){.language = style->language, .family = style->family, .bold = style->bold};
    f.leading = style->leading > 0 ? style->leading : 1.2;
    if (strlen(text) > BUF_LIMIT_LINE) return fault_set(fault, ERR_LIMIT, "the text \"%.40s…\" is too long", text);
    if (!text_is_utf8(text, strlen(text))) return fault_set(fault, ERR_INPUT, "a text is not valid UTF-8");
    f.text = text_tidy_to_set(arena, text);
    if (!f.text) return fault_set(fault, ERR_NOMEM, "no memory for text");
    struct fit fit = {0};
    if (f.text[0]) {
        enum err e = prepare(&f);
        if (e == OK) e = choose(&f, &fit);
        if (e == ERR_LIMIT) return fault_set(fault, e, "the box of %.1f × %.1f pt is too small for \"%.60s\"", width, height, f.text);
        if (e != OK) return fault_set(fault, e, "cannot set \"%.60s\": %s", f.text, err_name(e));
    }
    fit.leading = f.leading * fit.size;
    fit.missing = f.whole.missing;
    fit.helped = f.whole.helped;
    *ret = fit;
    return OK;
}
