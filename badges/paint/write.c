#include "badges/badges.h"

#include "badges/paint/codes.h"
#include "badges/paint/paint.h"
#include "badges/paint/plan.h"
#include "badges/layout/words.h"
#include "core/base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MUTED 0x595959u
#define PROGRESS_EVERY 64
#define SMALL_CODES_FROM 500 /* badges: from here on the bytes count, below that the print shop's sharp edges */

struct writer {
    const struct badge_run *run;
    struct plan plan;
    struct document *document;
    struct crew *crew;
    struct codes *codes;
    struct painter painter;
    struct arena arena; /* the whole run */
    struct arena badge; /* one badge */
    struct qr wifi;
    unsigned logo;
    unsigned *photos; /* by badge: number of its picture, plus one */
    const char *group; /* of the badge before */
    struct badge_report report;
    size_t done, refused;
    struct fault first; /* the first badge that was refused */
};

static bool is_set(const char *text)
{
    return text && text[0];
}

/* "P0001 Nguyễn Văn A", or the number of a blank. */
static void name_badge(const struct badge *badge, struct fault *fault)
{
    if (badge->blank || !is_set(badge->name)) fault_prefix(fault, "badge number %.40s", is_set(badge->number) ? badge->number : "?");
    else fault_prefix(fault, "%.40s %.120s", is_set(badge->person_code) ? badge->person_code : "", badge->name);
}

/* --- what a badge needs besides its words ---------------------------------------------------------------------------------------------- */

static enum err take_code(struct writer *w, size_t index, struct qr *code, struct fault *fault)
{
    const char *url = w->run->badges[index].url;
    if (!is_set(url)) return fault_set(fault, ERR_INPUT, "has no address for its QR code");
    enum err e = codes_get(w->codes, index, code);
    if (e == ERR_LIMIT) return fault_set(fault, ERR_INPUT, "the address \"%.60s…\" is too long for a QR code", url);
    if (e != OK) return fault_set(fault, e, "no QR code: %s", err_name(e));
    if (code->side > w->report.modules) w->report.modules = code->side;
    w->painter.code = code;
    return OK;
}

static enum err add_picture(struct writer *w, const struct photo *photo, unsigned *ret, struct fault *fault)
{
    const struct document_picture picture = {.width = photo->width, .height = photo->height, .data = photo->data, .length = photo->length};
    return document_add_picture(w->document, &picture, ret, fault);
}

/* One object for each photo, also when the back shows it again. */
static enum err take_photo(struct writer *w, size_t index, unsigned *number, struct fault *fault)
{
    const struct photo *photo = w->run->badges[index].photo;
    w->painter.photo = NULL;
    if (!photo) return OK;
    if (!w->photos[index]) {
        enum err e = add_picture(w, photo, number, fault);
        if (e != OK) return e;
        w->photos[index] = *number + 1;
    }
    *number = w->photos[index] - 1;
    w->painter.photo = number;
    return OK;
}

/* --- pages ------------------------------------------------------------------------------------------------------------------------------ */

/* Short lines beyond the corners, where the knife goes. */
static void draw_crop_marks(const struct writer *w)
{
    const struct badge_layout *l = &w->plan.layout;
    const double away = l->bleed > 0.4 ? l->bleed + 0.3 : 0.7, length = 2.2, line = 0.25;
    const double x = 0, y = 0, right = l->width, bottom = l->height, columns[] = {x, right}, rows[] = {y, bottom};
    for (int i = 0; i < 2; i++) {
        document_draw_line(w->document, columns[i], y - away, columns[i], y - away - length, line, MUTED);
        document_draw_line(w->document, columns[i], bottom + away, columns[i], bottom + away + length, line, MUTED);
        document_draw_line(w->document, x - away, rows[i], x - away - length, rows[i], line, MUTED);
        document_draw_line(w->document, right + away, rows[i], right + away + length, rows[i], line, MUTED);
    }
}

static enum err draw_badge(struct writer *w, size_t index, enum plan_kind kind, size_t at, struct fault *fault)
{
    struct painter *p = &w->painter;
    const struct badge_layout *l = &w->plan.layout;
    struct qr code;
    unsigned photo;
    bool turned;
    arena_clear(&w->badge);
    p->facts.badge = &w->run->badges[index];
    p->side = kind == PLAN_BACK ? &l->back : &l->front;
    double x, y;
    badge_plan_place(l, kind, at, &x, &y, &turned);
    const struct box whole = {.width = l->width, .height = l->height};
    enum err e = take_code(w, index, &code, fault);
    if (e == OK) e = take_photo(w, index, &photo, fault);
    if (e != OK) return e;
    document_begin_shift(w->document, x, y);
    if (turned) document_begin_turn(w->document, &whole);
    e = paint_side(p, fault);
    if (turned) document_end_turn(w->document);
    if (p->name_size > 0 && (w->report.name_least <= 0 || p->name_size < w->report.name_least)) w->report.name_least = p->name_size;
    if (e == OK && l->crop_marks) draw_crop_marks(w);
    document_end_shift(w->document);
    return e;
}

/* What is told of texts that were cut: names before all else, they are what a badge is for. */
static void note_cut(void *data, const struct painter *p, const struct badge_part *part)
{
    struct writer *w = data;
    struct badge_report *r = &w->report;
    const struct badge_cut cut = {.badge = (size_t)(p->facts.badge - w->run->badges), .part = part->place, .back = p->side == &w->plan.layout.back,
                                  .name = paint_names_person(part)};
    size_t at = r->cuts_told;
    r->cut_names += cut.name;
    for (size_t i = 0; cut.name && i < r->cuts_told && at == r->cuts_told; i++)
        if (!r->cuts[i].name) at = i;
    if (at == BADGE_CUTS_TOLD) return;
    size_t last = r->cuts_told < BADGE_CUTS_TOLD ? r->cuts_told++ : BADGE_CUTS_TOLD - 1;
    memmove(&r->cuts[at + 1], &r->cuts[at], (last - at) * sizeof r->cuts[0]);
    r->cuts[at] = cut;
}

static enum err add_bookmark(struct writer *w, size_t index, struct fault *fault)
{
    const char *group = badge_plan_group(w->run, &w->run->badges[index], &w->arena);
    bool same = strcmp(group ? group : "", w->group ? w->group : "") == 0;
    w->group = group;
    if (same || !is_set(group)) return OK;
    return document_add_bookmark(w->document, group) == OK ? OK : fault_set(fault, ERR_NOMEM, "no memory for bookmarks");
}

static enum err draw_badges(struct writer *w, const struct plan_page *page, struct fault *fault)
{
    for (size_t at = 0; at < page->count; at++) {
        size_t index = page->first + at;
        struct fault why = {0};
        enum err e = OK;
        if (page->kind == PLAN_FRONT && !w->run->separators) e = add_bookmark(w, index, fault);
        if (e != OK) return e;
        e = draw_badge(w, index, page->kind, at, &why);
        if (e != OK) name_badge(&w->run->badges[index], &why);
        if (e != OK && e != ERR_INPUT) return fault_set(fault, e, "%s", why.text);
        /* All badges are looked at, so that one message tells how much is wrong. */
        if (e != OK && (page->kind == PLAN_FRONT || !w->refused) && w->refused++ == 0) w->first = why;
        if (page->kind != PLAN_FRONT) continue;
        w->done++;
        if (!w->run->on_progress || (w->done % PROGRESS_EVERY != 0 && w->done != w->run->count)) continue;
        if (!w->run->on_progress(w->run->progress_data, w->done, w->run->count)) return fault_set(fault, ERR_TIMEOUT, "stopped");
    }
    return OK;
}

/* A page that says whose badges follow, so that a stack is sorted by hand in seconds. */
static enum err draw_separator(struct writer *w, const struct plan_page *page, struct fault *fault)
{
    const struct badge *badge = &w->run->badges[page->first];
    const char *group = badge_plan_group(w->run, badge, &w->arena);
    if (is_set(group) && document_add_bookmark(w->document, group) != OK) return fault_set(fault, ERR_NOMEM, "no memory for bookmarks");
    double width = w->plan.layout.page_width, height = w->plan.layout.page_height, edge = width * 0.08, size = height * 0.12;
    struct text_style style = {.align = ALIGN_CENTER, .valign = ALIGN_MIDDLE, .color = 0x1A1A1A, .allow_missing = w->run->allow_missing};
    style.fit = (struct fit_style){.language = w->run->language, .bold = true, .size = size * 72 / 25.4 * 0.5, .break_below = 14, .least = 5, .lines = 4};
    struct box box = {.x = edge, .y = height * 0.3, .width = width - 2 * edge, .height = height * 0.3};
    struct fault why = {0};
    enum err e = document_put_text(w->document, &box, is_set(group) ? group : "—", &style, NULL, &why);
    if (e != OK) return fault_set(fault, e, "separator page: %s", why.text);
    box = (struct box){.x = edge, .y = height * 0.64, .width = width - 2 * edge, .height = height * 0.12};
    style.fit.size /= 2;
    style.fit.bold = false;
    char count[32];
    (void)snprintf(count, sizeof count, "× %zu", page->count);
    document_fill_box(w->document, &(struct box){.x = edge, .y = height * 0.615, .width = width - 2 * edge, .height = 0.6}, MUTED);
    e = document_put_text(w->document, &box, count, &style, NULL, &why);
    return e == OK ? OK : fault_set(fault, e, "separator page: %s", why.text);
}

static void set_boxes(struct writer *w)
{
    const struct badge_layout *l = &w->plan.layout;
    struct box trim = {.x = l->left, .y = l->top, .width = l->columns * l->width + (l->columns - 1.0) * l->gap_x,
                       .height = l->rows * l->height + (l->rows - 1.0) * l->gap_y};
    struct box bleed = {.x = trim.x - l->bleed, .y = trim.y - l->bleed, .width = trim.width + 2 * l->bleed, .height = trim.height + 2 * l->bleed};
    document_set_trim(w->document, &trim);
    document_set_bleed(w->document, l->bleed > 0 ? &bleed : &trim);
}

static enum err write_pages(struct writer *w, struct fault *fault)
{
    for (size_t i = 0; i < w->plan.count; i++) {
        const struct plan_page *page = &w->plan.pages[i];
        enum err e = document_add_page(w->document, w->plan.layout.page_width, w->plan.layout.page_height, fault);
        if (e != OK) return e;
        set_boxes(w);
        e = page->kind == PLAN_SEPARATOR ? draw_separator(w, page, fault) : draw_badges(w, page, fault);
        if (e != OK) return e;
    }
    if (w->refused == 1) return fault_set(fault, ERR_INPUT, "%s", w->first.text);
    if (w->refused) return fault_set(fault, ERR_INPUT, "%s (and %zu more badges are refused)", w->first.text, w->refused - 1);
    return OK;
}

/* --- the run ---------------------------------------------------------------------------------------------------------------------------- */

static enum err start_writer(struct writer *w, struct fonts *fonts, struct fault *fault)
{
    const struct badge_run *run = w->run;
    const struct badge_words *words = badge_words_find(run->language);
    const char *word = run->member_cards ? words->member_cards : words->badges, *of = run->member_cards ? run->organization : run->event_title;
    const char *title = is_set(of) ? arena_printf(&w->arena, "%s – %s", of, word) : word;
    const struct document_info info = {.title = title, .author = run->organization, .language = run->language};
    enum err e = document_new(fonts, &info, &w->document, fault);
    if (e == OK) e = document_label_pages(w->document, run->first_page ? run->first_page : 1, NULL, fault);
    if (e != OK) return e;
    e = crew_new(run->threads, &w->crew);
    if (e == OK) e = codes_new(run, w->crew, &w->codes);
    w->photos = arena_array(&w->arena, run->count, sizeof *w->photos);
    if (e != OK || !w->photos) return fault_set(fault, ERR_NOMEM, "no memory for %zu badges", run->count);
    document_set_crew(w->document, w->crew);
    w->painter = (struct painter){.document = w->document, .layout = &w->plan.layout, .mirrored = text_is_right_to_left(run->language),
                                  .small_codes = run->count >= SMALL_CODES_FROM, .facts = {.run = run, .arena = &w->badge},
                                  .on_cut = note_cut, .cut_data = w};
    const char *network = badge_wifi_payload(&w->arena, run);
    if (network && qr_make_sparse(network, &w->arena, &w->wifi) == OK) w->painter.wifi = &w->wifi;
    if (!run->logo) return OK;
    e = add_picture(w, run->logo, &w->logo, fault);
    w->painter.logo = &w->logo;
    return e;
}

enum err badges_write(const struct badge_run *run, struct fonts *fonts, struct buf *out, struct badge_report *ret, struct fault *fault)
{
    struct writer w = {.run = run};
    enum err e = badge_plan_make(run, &w.arena, &w.plan, fault);
    if (e == OK && run->count == 0) e = fault_set(fault, ERR_INPUT, "there is no badge to print");
    if (e == OK) e = start_writer(&w, fonts, fault);
    if (e == OK) e = write_pages(&w, fault);
    if (e == OK) e = document_save(w.document, out, fault);
    if (e == OK && ret) {
        w.report.badges = run->count;
        w.report.pages = document_page_count(w.document);
        w.report.cut = w.painter.cut;
        w.report.missing = w.painter.missing;
        w.report.helped = w.painter.helped;
        *ret = w.report;
    }
    document_free(w.document); /* before the crew that deflates its pages */
    codes_free(w.codes);
    crew_free(w.crew);
    arena_release(&w.badge);
    arena_release(&w.arena);
    return e;
}
