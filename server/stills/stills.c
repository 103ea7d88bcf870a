#include "server/stills/stills.h"

#include "core/base/child.h"
#include "core/base/file.h"
#include "core/base/zone.h"
#include "core/congress/store/store.h"
#include "core/congress/title.h"
#include "docs-bundle/docs.h"
#include "server/colour.h"
#include "server/stills/draw.h"

#include "catalogue.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PICTURES_MOST 400
#define HTML_MOST (256u << 10)

static const struct child_bounds bounds = {.cpu_seconds = 30, .wall_seconds = 120, .memory = UINT64_C(2) << 30, .file_bytes = UINT64_C(128) << 20};

enum kind { WELCOME, DAY, WORK, FIGURES, BLACK };

struct picture {
    enum kind kind;
    size_t from, to;                    /* DAY: sessions */
    const struct our_work_slide *slide; /* WORK */
    const struct our_work_page *page;
    bool is_text;
    const char *name;                   /* without number and ending */
};

struct run {
    struct still_run still; /* first */
    struct our_work work;
    struct our_work_page picture, emblem; /* width 0: none */
    struct event_page_session *sessions;
    size_t session_count;
    struct figures figures;
    struct programme *programme;
    struct picture pictures[PICTURES_MOST];
    size_t count;
    const char *work_folder;
};

bool stills_size_parse(const char *text, unsigned *ret_width, unsigned *ret_height)
{
    unsigned width = 0, height = 0;
    char end;
    if (sscanf(text, "%5ux%5u%c", &width, &height, &end) != 2 || *text < '1' || *text > '9') return false;
    if (width < STILLS_SIDE_LEAST || height < STILLS_SIDE_LEAST || width > STILLS_SIDE_MOST || height > STILLS_SIDE_MOST) return false;
    if (width * height > STILLS_PIXELS_MOST) return false;
    *ret_width = width;
    *ret_height = height;
    return true;
}

/* --- what there is ----------------------------------------------------------------------------------------------------------------------- */

static enum err choose_language(struct run *r, const char *stored, const char *wished, struct fault *fault)
{
    json_t *list = NULL;
    bool found = wished && i18n_read_tag(wished, &r->still.language);
    if (wished && !found) return fault_set(fault, ERR_INPUT, "\"%.20s\" is none of vi, en, pt, ar", wished);
    if (!found && stored) (void)json_read(stored, strlen(stored), &list, NULL);
    for (size_t i = 0; !found && i < json_array_size(list); i++) {
        const char *tag = json_string_value(json_array_get(list, i));
        found = tag && i18n_read_tag(tag, &r->still.language);
    }
    json_decref(list);
    if (!found) r->still.language = I18N_VI;
    r->still.tag = i18n_tag(r->still.language);
    r->still.mirrored = strcmp(i18n_direction(r->still.language), "rtl") == 0;
    return OK;
}

static void choose_colours(struct run *r)
{
    struct colour c = {0x12, 0x39, 0x5b}, text;
    json_t *colors = NULL;
    const char *stored = r->still.event.colors;
    if (stored && json_read(stored, strlen(stored), &colors, NULL) == OK) (void)colour_read(json_string_value(json_object_get(colors, "primary")), &c);
    json_decref(colors);
    text = colour_darkened(c); /* white stands on it, and it stands on white */
    r->still.accent = r->still.accent_text = text.red << 16 | text.green << 8 | text.blue;
}

static enum err load_head(struct run *r, struct fault *fault)
{
    const struct stills_wish *w = r->still.wish;
    struct sql_delegates_event_head_row head;
    enum err e = sql_delegates_event_head(w->db, r->still.arena, w->event, &head);
    if (e == ERR_NOT_FOUND) return fault_set(fault, e, "there is no event \"%.80s\"", w->event);
    if (e == OK) e = event_page_load(w->db, r->still.arena, w->event, &r->still.event);
    if (e != OK) return db_fault(w->db, e, fault, "read the event");
    e = choose_language(r, head.languages, w->language, fault);
    if (e != OK) return e;
    choose_colours(r);
    r->still.title = title_pick(r->still.arena, head.title, r->still.tag);
    r->still.organization = title_pick(r->still.arena, head.organization, r->still.tag);
    r->still.width = w->width;
    r->still.height = w->height;
    r->still.unit = (double)(w->width < w->height ? w->width : w->height) / STILLS_HEIGHT_USUAL;
    return r->still.title && r->still.organization ? OK : fault_set(fault, ERR_NOMEM, "not enough memory");
}

static enum err load_picture(struct run *r, const char *sha256, struct our_work_page *ret)
{
    struct our_work_file file;
    enum err e = sha256 ? our_work_file_load(r->still.wish->db, r->still.arena, sha256, &file) : OK;
    if (sha256 && e == OK && file.made_count && !file.is_text) *ret = file.made[0];
    return e;
}

static struct picture *add(struct run *r, enum kind kind, const char *name)
{
    if (r->count == PICTURES_MOST) return NULL;
    r->pictures[r->count] = (struct picture){.kind = kind, .name = name};
    return &r->pictures[r->count++];
}

static int64_t day_of(const struct run *r, int64_t ms)
{
    int64_t opens = ms, closes;
    return zone_day(r->still.event.timezone, ms, &opens, &closes) == OK ? opens : ms;
}

static void add_days(struct run *r)
{
    const size_t room = still_day_room(&r->still);
    for (size_t from = 0, to; from < r->session_count; from = to) {
        struct zone_time local;
        const int64_t day = day_of(r, r->sessions[from].starts_ms);
        for (to = from + 1; to < r->session_count && to - from < room && day_of(r, r->sessions[to].starts_ms) == day;) to++;
        const char *date = zone_local(r->still.event.timezone, r->sessions[from].starts_ms, &local) == OK ?
            arena_printf(r->still.arena, "programme-%04d-%02d-%02d", local.year, local.month, local.day) : "programme";
        struct picture *picture = add(r, DAY, date);
        if (!picture) return;
        picture->from = from;
        picture->to = to;
    }
}

static enum err add_slides(struct run *r)
{
    const struct stills_wish *w = r->still.wish;
    enum err e = OK;
    for (size_t i = 0; e == OK && i < r->work.count; i++) {
        struct our_work_file file;
        int64_t first, last;
        const struct our_work_slide *slide = &r->work.slides[i];
        if (!our_work_is_on(slide, w->now_ms)) continue;
        e = our_work_file_load(w->db, r->still.arena, slide->sha256, &file);
        if (e != OK || !file.is_ready || file.problem || !our_work_range(slide, file.pages, &first, &last)) continue;
        for (int64_t number = first; number <= last; number++) {
            const struct our_work_page *page = our_work_page_find(&file, number);
            struct picture *picture = page ? add(r, WORK, "our-work") : NULL;
            if (!picture) continue;
            picture->slide = slide;
            picture->page = page;
            picture->is_text = file.is_text;
        }
    }
    return e;
}

static enum err load(struct run *r, struct fault *fault)
{
    const struct stills_wish *w = r->still.wish;
    enum err e = load_head(r, fault);
    if (e != OK) return e;
    e = our_work_load(w->db, r->still.arena, w->event, &r->work);
    if (e == OK) e = load_picture(r, r->work.welcome_sha256, &r->picture);
    if (e == OK) e = load_picture(r, r->work.emblem_sha256, &r->emblem);
    if (e == OK) e = event_page_sessions(w->db, r->still.arena, r->still.event.id, &r->sessions, &r->session_count);
    if (e == OK) e = programme_load(w->db, r->still.arena, w->event, &r->programme);
    if (e == OK) e = figures_read(w->db, r->still.arena, r->programme, w->now_ms, &r->figures);
    (void)add(r, WELCOME, "welcome");
    if (e == OK) add_days(r);
    if (e == OK) e = add_slides(r);
    if (r->count > PICTURES_MOST - 2) r->count = PICTURES_MOST - 2;
    (void)add(r, FIGURES, "figures");
    (void)add(r, BLACK, "black");
    return e == OK ? OK : db_fault(w->db, e, fault, "read what the wall shows");
}

/* --- one picture ------------------------------------------------------------------------------------------------------------------------- */

static void draw_work(struct still *s, const struct picture *picture)
{
    const struct still_run *r = s->run;
    const char *caption = picture->slide->caption ? title_pick(s->arena, picture->slide->caption, r->tag) : NULL;
    const double band = caption && *caption ? 110 * r->unit : 0;
    const struct still_look look = {.size = 46, .lines = 2, .align = ALIGN_CENTER, .valign = ALIGN_MIDDLE, .color = STILL_PAPER};
    still_fill(s, 0, 0, r->width, r->height, picture->is_text ? STILL_PAPER : STILL_DARK);
    if (picture->is_text) {
        char *html;
        size_t length;
        const char *path = blob_path(s->arena, r->wish->data_folder, picture->page->sha256);
        if (s->result == OK) s->result = path ? file_read(s->arena, path, HTML_MOST, &html, &length, s->fault) : ERR_NOMEM;
        still_fill(s, 0, 0, r->width, 24 * r->unit, r->accent);
        if (s->result == OK) still_text(s, 110 * r->unit, 70 * r->unit, r->width - 220 * r->unit, r->height - band - 120 * r->unit, html);
    } else {
        (void)still_page(s, 0, 0, r->width, r->height - band, picture->page);
    }
    if (band > 0) still_fill(s, 0, r->height - band, r->width, band, STILL_INK);
    if (band > 0) still_put(s, 60 * r->unit, r->height - band, r->width - 120 * r->unit, band, caption, &look);
}

static const char *venue_of(struct still *s)
{
    json_t *venue = NULL;
    const char *stored = s->run->event.venue;
    if (stored) (void)json_read(stored, strlen(stored), &venue, NULL);
    const char *name = title_pick_json(json_object_get(venue, "name"), s->run->tag, NULL), *copy = *name ? arena_strdup(s->arena, name) : NULL;
    json_decref(venue);
    return copy;
}

static void draw(struct still *s, const struct run *r, const struct picture *picture)
{
    switch (picture->kind) {
    case WELCOME:
        still_draw_welcome(s, &r->work, &r->picture, &r->emblem,
                           i18n_date_range(s->arena, s->run->event.timezone, s->run->event.starts_ms, s->run->event.ends_ms), venue_of(s));
        break;
    case DAY: still_draw_day(s, r->sessions, picture->from, picture->to); break;
    case WORK: draw_work(s, picture); break;
    case FIGURES: still_draw_figures(s, &r->figures, r->programme); break;
    case BLACK: still_fill(s, 0, 0, s->run->width, s->run->height, 0x000000); break;
    }
}

static enum err make_pdf(struct run *r, const struct picture *picture, struct arena *arena, struct buf *out, struct fault *fault)
{
    const struct document_info info = {.title = r->still.title, .language = r->still.tag};
    struct still s = {.run = &r->still, .arena = arena, .fault = fault};
    enum err e = document_new(r->still.wish->fonts, &info, &s.document, fault);
    if (e == OK) e = document_add_page(s.document, r->still.width * 0.1, r->still.height * 0.1, fault);
    if (e == OK) draw(&s, r, picture);
    if (e == OK) e = s.result;
    if (e == OK) e = document_save(s.document, out, fault);
    document_free(s.document);
    return e;
}

/* Drawn in the work folder; a file in the wished folder is whole. */
static enum err make_picture(struct run *r, const struct picture *picture, const char *name, struct fault *fault)
{
    struct arena arena = {0};
    struct buf pdf;
    char width[16], height[16], *data;
    size_t length;
    buf_init(&pdf, BUF_LIMIT_FILE);
    const char *in = arena_printf(&arena, "%s/still.pdf", r->work_folder), *prefix = arena_printf(&arena, "%s/still", r->work_folder);
    const char *made = arena_printf(&arena, "%s/still.png", r->work_folder), *to = file_join(&arena, r->still.wish->folder, name);
    enum err e = in && prefix && made && to ? make_pdf(r, picture, &arena, &pdf, fault) : fault_set(fault, ERR_NOMEM, "not enough memory");
    if (e == OK) e = file_write_atomic(in, pdf.data, pdf.length, 0600, fault);
    (void)snprintf(width, sizeof width, "%u", r->still.wish->width);
    (void)snprintf(height, sizeof height, "%u", r->still.wish->height);
    const char *const argv[] = {"pdftoppm", "-png", "-singlefile", "-scale-to-x", width, "-scale-to-y", height, in, prefix, NULL};
    if (e == OK) e = child_run(argv, r->work_folder, &bounds, NULL, fault);
    if (e == ERR_NOT_FOUND) e = fault_because(fault, e, "paper_no_poppler", NULL, "pdftoppm is not installed (package poppler-utils)");
    if (e == OK) e = file_read(&arena, made, (size_t)bounds.file_bytes, &data, &length, fault);
    if (e == OK) e = file_write_atomic(to, data, length, 0644, fault);
    (void)unlink(made ? made : "");
    buf_release(&pdf);
    arena_release(&arena);
    return e;
}

enum err stills_make(struct arena *arena, const struct stills_wish *wish, struct stills *ret, struct fault *fault)
{
    struct run *r = arena_alloc(arena, sizeof *r);
    if (!r) return fault_set(fault, ERR_NOMEM, "not enough memory");
    memset(r, 0, sizeof *r);
    r->still.wish = wish;
    r->still.arena = arena;
    r->still.fault = fault;
    enum err e = load(r, fault);
    const char **names = e == OK ? arena_array(arena, r->count + 1, sizeof *names) : NULL;
    if (e == OK && !names) e = fault_set(fault, ERR_NOMEM, "not enough memory");
    r->work_folder = e == OK ? docs_work_folder(arena, fault) : NULL;
    if (e == OK && !r->work_folder) e = ERR_IO;
    for (size_t i = 0; e == OK && i < r->count; i++) {
        names[i] = arena_printf(arena, "%03zu-%s.png", i + 1, r->pictures[i].name);
        e = names[i] ? make_picture(r, &r->pictures[i], names[i], fault) : ERR_NOMEM;
        if (e == OK && wish->on_picture && !wish->on_picture(wish->context, i + 1, r->count)) e = fault_set(fault, ERR_TIMEOUT, "stopped");
    }
    docs_remove_folder(r->work_folder);
    if (e == OK) *ret = (struct stills){.names = names, .count = r->count};
    return e;
}
