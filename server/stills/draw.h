/* Private to server/stills: drawing on a page whose unit is a pixel of the wall. */
#ifndef PLENUM_SERVER_STILLS_DRAW_H
#define PLENUM_SERVER_STILLS_DRAW_H

#include "core/congress/event_page.h"
#include "core/congress/our_work/our_work.h"
#include "core/typeset/document.h"
#include "server/stills/stills.h"

#define STILL_INK 0x15191Fu
#define STILL_MUTED 0x4A5563u
#define STILL_PAPER 0xFFFFFFu
#define STILL_DARK 0x0B0E13u

/* What all pictures of one run share. Texts live in the arena. */
struct still_run {
    const struct stills_wish *wish;
    struct arena *arena;
    struct fault *fault;
    enum i18n_language language;
    const char *tag;
    struct event_page event;
    const char *title, *organization;
    uint32_t accent, accent_text; /* as a ground with white on it; as text on white */
    double width, height, unit;   /* pixels; unit: what is a pixel on 1920 × 1080 */
    bool mirrored;                /* reading begins on the right, and so do places */
};

/* One picture being drawn. */
struct still {
    const struct still_run *run;
    struct document *document;
    struct arena *arena;
    struct fault *fault;
    enum err result; /* the first error; nothing is drawn after it */
};

struct still_look {
    double size; /* pixels of 1920 × 1080; smaller where it does not fit */
    unsigned lines;
    bool bold;
    uint32_t color;
    enum align align; /* as if reading began on the left */
    enum valign valign;
};

const char *still_words(const struct still_run *run, const char *key);
void still_fill(struct still *s, double x, double y, double width, double height, uint32_t color);
void still_put(struct still *s, double x, double y, double width, double height, const char *text, const struct still_look *look);
/* A JPEG of ours whole within the place, in its middle. */
void still_picture(struct still *s, double x, double y, double width, double height, const char *sha256, int64_t pixels_wide, int64_t pixels_high);
/* A page of ours as it hangs: the larger one where the wall is large. False: there is none. */
bool still_page(struct still *s, double x, double y, double width, double height, const struct our_work_page *page);
/* The words of a fragment of HTML (docs_markdown_html), as large as they fit. */
void still_text(struct still *s, double x, double y, double width, double height, const char *html);

/* --- the pictures --- */
void still_draw_welcome(struct still *s, const struct our_work *work, const struct our_work_page *picture, const struct our_work_page *emblem, const char *dates,
                        const char *venue);
/* Sessions [from, to) of one day. */
void still_draw_day(struct still *s, const struct event_page_session *sessions, size_t from, size_t to);
size_t still_day_room(const struct still_run *run); /* sessions on one picture */
void still_draw_figures(struct still *s, const struct figures *figures, const struct programme *programme);

#endif
