/* The pictures themselves. Sizes are those of 1920 × 1080; `u` makes them those of the wall. */
#include "server/stills/draw.h"

#include "core/congress/title.h"

#include <string.h>

/* --- welcome ----------------------------------------------------------------------------------------------------------------------------- */

void still_draw_welcome(struct still *s, const struct our_work *work, const struct our_work_page *picture, const struct our_work_page *emblem, const char *dates,
                        const char *venue)
{
    const struct still_run *r = s->run;
    const double u = r->unit, band = 24 * u, edge = 80 * u;
    const bool lying = r->width >= r->height * 1.2, shows = picture && picture->width;
    double x = edge, y = band + 50 * u, width = r->width - 2 * edge, height = r->height - y - 60 * u;
    still_fill(s, 0, 0, r->width, r->height, STILL_PAPER);
    still_fill(s, 0, 0, r->width, band, r->accent);
    if (shows && lying) {
        still_fill(s, r->width * 0.52, band, r->width * 0.48, r->height - band, STILL_DARK);
        (void)still_page(s, r->width * 0.52, band, r->width * 0.48, r->height - band, picture);
        width = r->width * 0.52 - 2 * edge;
    } else if (shows) {
        still_fill(s, 0, r->height * 0.58, r->width, r->height * 0.42, STILL_DARK);
        (void)still_page(s, 0, r->height * 0.58, r->width, r->height * 0.42, picture);
        height = r->height * 0.58 - y - 20 * u;
    }
    const bool has_emblem = emblem && emblem->width;
    const char *text = work->welcome_text ? title_pick(s->arena, work->welcome_text, r->tag) : NULL;
    const char *when = dates && venue ? arena_printf(s->arena, "\u2066%s\u2069 · \u2068%s\u2069", dates, venue) : dates ? dates : venue;
    const double top = has_emblem ? height * 0.26 : height * 0.08;
    if (has_emblem) (void)still_page(s, x, y, width, top * 0.92, emblem);
    const struct still_look small = {.size = 36, .lines = 2, .align = ALIGN_CENTER, .valign = ALIGN_MIDDLE, .color = STILL_MUTED};
    const struct still_look large = {.size = text ? 60 : 84, .lines = 4, .bold = true, .align = ALIGN_CENTER, .valign = ALIGN_MIDDLE, .color = r->accent_text};
    const struct still_look said = {.size = 92, .lines = 4, .bold = true, .align = ALIGN_CENTER, .valign = ALIGN_MIDDLE};
    const double rest = height - top;
    still_put(s, x, y + top, width, rest * 0.12, r->organization, &small);
    if (text) {
        still_put(s, x, y + top + rest * 0.13, width, rest * 0.4, text, &said);
        still_put(s, x, y + top + rest * 0.54, width, rest * 0.32, r->title, &large);
    } else {
        still_put(s, x, y + top + rest * 0.14, width, rest * 0.68, r->title, &large);
    }
    still_put(s, x, y + top + rest * 0.88, width, rest * 0.12, when, &small);
}

/* --- the programme ----------------------------------------------------------------------------------------------------------------------- */

static void draw_head(struct still *s, const char *left, const char *right)
{
    const struct still_run *r = s->run;
    const double u = r->unit;
    const struct still_look title = {.size = 60, .bold = true, .valign = ALIGN_MIDDLE, .color = STILL_PAPER};
    const struct still_look small = {.size = 34, .lines = 2, .valign = ALIGN_MIDDLE, .align = ALIGN_RIGHT, .color = STILL_PAPER};
    still_fill(s, 0, 0, r->width, r->height, STILL_PAPER);
    still_fill(s, 0, 0, r->width, 130 * u, r->accent);
    still_put(s, 70 * u, 0, r->width * 0.5 - 80 * u, 130 * u, left, &title);
    still_put(s, r->width * 0.5 + 10 * u, 0, r->width * 0.5 - 80 * u, 130 * u, right, &small);
}

size_t still_day_room(const struct still_run *r)
{
    double rows = (r->height - 170 * r->unit) / (100 * r->unit);
    return rows < 1 ? 1 : (size_t)rows;
}

void still_draw_day(struct still *s, const struct event_page_session *sessions, size_t from, size_t to)
{
    const struct still_run *r = s->run;
    const struct stills_wish *w = r->wish;
    const double u = r->unit, edge = 70 * u, room = r->height - 170 * u;
    double row = room / (double)(to - from);
    const double most = (r->width >= r->height ? 190 : 290) * u;
    if (row > most) row = most;
    draw_head(s, i18n_date(s->arena, w->i18n, r->language, r->event.timezone, sessions[from].starts_ms), r->title);
    const double clock = 330 * u;
    for (size_t i = from; i < to; i++) {
        const double y = 150 * u + row * (double)(i - from);
        const char *room_text = sessions[i].room ? title_pick(s->arena, sessions[i].room, r->tag) : NULL;
        const bool has_room = room_text && *room_text;
        const char *begins = i18n_time(s->arena, r->event.timezone, sessions[i].starts_ms), *ends = i18n_time(s->arena, r->event.timezone, sessions[i].ends_ms);
        const char *times = begins && ends ? arena_printf(s->arena, "\u2066%s–%s\u2069", begins, ends) : NULL;
        const struct still_look hour = {.size = 46, .bold = true, .valign = ALIGN_MIDDLE, .color = r->accent_text};
        const struct still_look what = {.size = 46, .lines = r->width >= r->height ? 2 : 4, .bold = true, .valign = has_room ? ALIGN_BOTTOM : ALIGN_MIDDLE};
        const struct still_look where = {.size = 32, .valign = ALIGN_TOP, .color = STILL_MUTED};
        if (i > from) still_fill(s, edge, y, r->width - 2 * edge, 2 * u, 0xD5DAE0);
        still_put(s, edge, y, clock, row, times, &hour);
        still_put(s, edge + clock + 30 * u, y + row * 0.05, r->width - 2 * edge - clock - 30 * u, row * (has_room ? 0.58 : 0.9),
                  title_pick(s->arena, sessions[i].title, r->tag), &what);
        if (has_room) still_put(s, edge + clock + 30 * u, y + row * 0.66, r->width - 2 * edge - clock - 30 * u, row * 0.3, room_text, &where);
    }
}

/* --- figures ----------------------------------------------------------------------------------------------------------------------------- */

/* Never rounded up to all of them. */
static const char *share_text(struct still *s, int64_t part, int64_t whole)
{
    if (whole < 1) return NULL;
    const int64_t tenths = part * 1000 / whole;
    const bool comma = s->run->language == I18N_VI || s->run->language == I18N_PT;
    if (tenths % 10 == 0) return arena_printf(s->arena, "\u2066%lld %%\u2069", (long long)(tenths / 10));
    return arena_printf(s->arena, "\u2066%lld%c%lld %%\u2069", (long long)(tenths / 10), comma ? ',' : '.', (long long)(tenths % 10));
}

static const char *quorum_text(struct still *s, const struct figures_quorum *q)
{
    const struct still_run *r = s->run;
    if (!q->known) return NULL;
    if (q->reached && q->since_ms != DB_NULL)
        return arena_printf(s->arena, "✓ %s %s \u2066%s\u2069", still_words(r, "wall.quorum_reached"), still_words(r, "wall.quorum_at"),
                            i18n_time(s->arena, r->event.timezone, q->since_ms));
    return arena_printf(s->arena, "%s: \u2066%lld\u2069 · %s \u2066%lld\u2069", still_words(r, "wall.quorum_needs"), (long long)q->required,
                        still_words(r, "wall.quorum_have"), (long long)q->present);
}

static void draw_categories(struct still *s, const struct figures *f, const struct programme *programme, double x, double y, double width, double height)
{
    const double u = s->run->unit;
    size_t shown = 0, row_count = 0;
    for (size_t i = 0; i < f->category_count; i++) row_count += f->categories[i].count.expected > 0;
    if (!row_count) return;
    double row = height / (double)row_count;
    if (row > 96 * u) row = 96 * u;
    for (size_t i = 0; i < f->category_count; i++) {
        const struct figures_part *part = &f->categories[i];
        const struct programme_category *category = programme_category_by_code(programme, part->code);
        const struct still_look name = {.size = 38, .lines = 2, .valign = ALIGN_MIDDLE};
        const struct still_look number = {.size = 46, .bold = true, .align = ALIGN_RIGHT, .valign = ALIGN_MIDDLE};
        if (part->count.expected < 1) continue;
        const double at = y + row * (double)shown++;
        still_put(s, x, at, width * 0.64, row, category ? title_pick(s->arena, category->title, s->run->tag) : part->code, &name);
        still_put(s, x + width * 0.66, at, width * 0.34, row,
                  arena_printf(s->arena, "\u2066%lld / %lld\u2069", (long long)part->count.present, (long long)part->count.expected), &number);
    }
}

void still_draw_figures(struct still *s, const struct figures *f, const struct programme *programme)
{
    const struct still_run *r = s->run;
    const double u = r->unit, edge = 70 * u, top = 130 * u;
    const bool lying = r->width >= r->height * 1.2;
    const char *day = i18n_date(s->arena, r->wish->i18n, r->language, r->event.timezone, f->as_of_ms);
    draw_head(s, still_words(r, "figures.present"), r->title);
    /* Of when: nobody may take it for now. */
    const struct still_look as_of = {.size = 84, .bold = true, .align = ALIGN_CENTER, .valign = ALIGN_MIDDLE, .color = STILL_PAPER};
    const double foot = 170 * u, y = top + 20 * u, height = r->height - top - foot - 40 * u, half = lying ? (r->width - 3 * edge) / 2 : r->width - 2 * edge;
    still_fill(s, 0, r->height - foot, r->width, foot, STILL_INK);
    const char *time = i18n_time(s->arena, r->event.timezone, f->as_of_ms);
    still_put(s, edge, r->height - foot, r->width - 2 * edge, foot,
              arena_printf(s->arena, "%s \u2066%s\u2069 · %s", still_words(r, "figures.as_of"), time ? time : "", day ? day : ""), &as_of);
    const double part = lying ? height : height * 0.6;
    const struct still_look huge = {.size = 380, .bold = true, .align = ALIGN_CENTER, .valign = ALIGN_MIDDLE, .color = r->accent_text};
    const struct still_look of = {.size = 62, .lines = 2, .bold = true, .align = ALIGN_CENTER, .valign = ALIGN_MIDDLE};
    const struct still_look quorum = {.size = 48, .lines = 2, .align = ALIGN_CENTER, .valign = ALIGN_MIDDLE};
    const char *share = share_text(s, f->event.present, f->event.expected);
    still_put(s, edge, y, half, part * 0.6, arena_printf(s->arena, "%lld", (long long)f->event.present), &huge);
    still_put(s, edge, y + part * 0.62, half, part * 0.16,
              arena_printf(s->arena, "%s \u2066%lld\u2069%s%s", still_words(r, "figures.expected"), (long long)f->event.expected, share ? " · " : "",
                           share ? share : ""), &of);
    still_put(s, edge, y + part * 0.8, half, part * 0.18, quorum_text(s, &f->quorum), &quorum);
    if (lying) draw_categories(s, f, programme, 2 * edge + half, y + height * 0.08, half, height * 0.84);
    else draw_categories(s, f, programme, edge, y + part + 20 * u, half, height - part - 20 * u);
}
