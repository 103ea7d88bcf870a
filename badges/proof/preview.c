#include "badges/proof/preview.h"

#include "badges/proof/draw.h"
#include "badges/paint/overlay.h"
#include "badges/paint/paint.h"
#include "badges/prepare.h"
#include "core/base/text.h"
#include "catalogue.h"

#include <math.h>
#include <string.h>

#define TOKEN_LENGTH 16 /* DESIGN.md §6 */

struct preview {
    const struct badge_preview_wish *wish;
    struct arena *arena;
    struct badge_ready ready;
    struct badge_run run;
    struct badge badge;
    const char *person;
};

/* --- who is shown ---------------------------------------------------------------------------------------------------------------------- */

static bool is_wish(const struct preview *p, const char *word)
{
    return p->wish->person && strcmp(p->wish->person, word) == 0;
}

/* A code or number to load; NULL when the event has nobody yet. */
static enum err choose_person(struct preview *p, struct db *db, const char **ret, struct fault *fault)
{
    const char *asked = p->wish->person;
    struct sql_layouts_someone_row row = {0};
    *ret = asked;
    if (asked && asked[0] && asked[0] != '~') return OK;
    struct sql_layouts_someone_in in = {.slug = p->wish->event, .blank = is_wish(p, "~blank"), .photo = is_wish(p, "~no-photo") ? 2 : 1,
                                        .longest = is_wish(p, "~longest")};
    if (in.blank || in.longest) in.photo = 0;
    enum err e = sql_layouts_someone(db, p->arena, &in, &row);
    in.blank = in.photo = 0;
    if (e == ERR_NOT_FOUND) e = sql_layouts_someone(db, p->arena, &in, &row);
    if (e != OK && e != ERR_NOT_FOUND) return db_fault(db, e, fault, "look for somebody to show");
    *ret = e == OK ? row.code ? row.code : row.number : NULL;
    return OK;
}

static void fill(const char **value, const char *sample)
{
    if (!*value || !**value) *value = sample;
}

/* What a layout can show, where this person has nothing: so that every box is seen filled. */
static void fill_facts(struct preview *p)
{
    static const struct badge_line lines[] = {{"08:00", "Khai mạc · Opening"}, {"10:30", "Thảo luận · Discussion"}, {"14:00", "Biểu quyết · Vote"}};
    struct badge *b = &p->badge;
    fill(&b->name, "Trần Thị Ngọc Ánh");
    fill(&b->honorific, "Đồng chí");
    fill(&b->title, "Chủ tịch Công đoàn cơ sở");
    fill(&b->delegation, "Đoàn số 3");
    fill(&b->category_title, "Đại biểu chính thức");
    fill(&b->number, "127");
    fill(&b->seat, "A12");
    fill(&b->group, "T3");
    fill(&b->room, "305");
    fill(&b->transport, "Xe 4");
    fill(&b->diet, "Ăn chay");
    fill(&b->badge_box, "B3");
    fill(&p->run.wifi_name, "Dai hoi");
    fill(&p->run.wifi_password, "chao-mung");
    fill(&p->run.desk_phone, "0600 123 456");
    if (!b->programme_count) b->programme = lines, b->programme_count = 3;
    if (!b->paper_count) b->papers = lines, b->paper_count = 3;
}

/* The same address, with a token that no badge has. */
static const char *harmless_url(struct arena *arena, const char *url)
{
    size_t n = strlen(url);
    char *copy = arena_strdup(arena, url);
    if (copy && n > TOKEN_LENGTH) memset(copy + n - TOKEN_LENGTH, '0', TOKEN_LENGTH);
    return copy;
}

static enum err load(struct preview *p, struct db *db, int64_t now_ms, struct fault *fault)
{
    const struct badge_preview_wish *w = p->wish;
    const char *code;
    struct photo_list photos = {0};
    enum err e = choose_person(p, db, &code, fault);
    if (e != OK) return e;
    struct badge_wish wish = {.event = w->event, .folder = w->folder, .layout = w->layout, .base_url = w->base_url, .allow_missing = true};
    wish.filter.only = &code;
    wish.filter.only_count = code ? 1 : 0;
    e = badges_prepare(db, p->arena, &wish, now_ms, &p->ready, fault);
    bool somebody = e == OK && code && p->ready.list.count > 0;
    if (e == OK) e = badges_prepare_part(&p->ready, &wish, 0, somebody ? 1 : 0, p->arena, &p->run, &photos, fault);
    if (e != OK) return e;
    if (somebody) p->badge = p->run.badges[0];
    else p->badge.url = arena_printf(p->arena, "%s/D/0000000000000000", w->base_url);
    if (photos.flaw_count) p->ready.logo_flaw = photos.flaws[0].sentence;
    if (!somebody || is_wish(p, "~full")) fill_facts(p);
    if (is_wish(p, "~no-photo")) p->badge.photo = NULL;
    if (is_wish(p, "~blank") && !p->badge.blank) p->badge.blank = true, p->badge.name = p->badge.title = p->badge.delegation = p->badge.honorific = NULL;
    p->badge.url = p->badge.url ? harmless_url(p->arena, p->badge.url) : NULL;
    if (!p->badge.url) return fault_set(fault, ERR_NOMEM, "not enough memory");
    p->person = somebody ? code : "";
    p->run.badges = &p->badge;
    p->run.count = 1;
    if (w->language && w->language[0]) p->run.language = w->language;
    return OK;
}

/* --- drawing ---------------------------------------------------------------------------------------------------------------------------- */

static enum err add_picture(struct document *document, const struct photo *photo, unsigned *number, const unsigned **ret, struct fault *fault)
{
    if (!photo) return OK;
    const struct document_picture picture = {.width = photo->width, .height = photo->height, .data = photo->data, .length = photo->length};
    enum err e = document_add_picture(document, &picture, number, fault);
    if (e == OK) *ret = number;
    return e;
}

static enum err draw(struct preview *p, struct document *document, struct badge_preview *ret, struct fault *fault)
{
    const struct badge_layout *l = p->wish->layout;
    struct qr code, wifi;
    unsigned photo, logo;
    struct painter painter = {.document = document, .layout = l, .side = p->wish->back ? &l->back : &l->front, .code = &code,
                              .mirrored = text_is_right_to_left(p->run.language), .facts = {.run = &p->run, .badge = &p->badge, .arena = p->arena}};
    const char *network = badge_wifi_payload(p->arena, &p->run);
    enum err e = qr_make(p->badge.url, p->arena, &code);
    if (e != OK) return fault_set(fault, ERR_INPUT, "the address \"%.60s…\" is too long for a QR code", p->badge.url);
    if (network && qr_make_sparse(network, p->arena, &wifi) == OK) painter.wifi = &wifi;
    e = add_picture(document, p->badge.photo, &photo, &painter.photo, fault);
    if (e == OK) e = add_picture(document, p->run.logo, &logo, &painter.logo, fault);
    if (e == OK) e = document_add_page(document, l->width, l->height, fault);
    if (e == OK) e = paint_side(&painter, fault);
    if (e == OK) *ret = (struct badge_preview){.cut = painter.cut, .missing = painter.missing, .helped = painter.helped, .name_size = painter.name_size};
    if (e == OK && p->wish->overlay) e = overlay_paint(&painter, fault);
    return e;
}

static unsigned resolution(const struct badge_preview_wish *w)
{
    double pixels = fmin(fmax(w->pixels, PREVIEW_PIXELS_LEAST), PREVIEW_PIXELS_MOST);
    return (unsigned)fmin(fmax(pixels * 25.4 / fmax(w->layout->width, w->layout->height), 8), 600);
}

enum err badges_preview(struct db *db, struct arena *arena, const struct badge_preview_wish *wish, int64_t now_ms, struct fonts *fonts, struct buf *png,
                        struct badge_preview *ret, struct fault *fault)
{
    struct preview p = {.wish = wish, .arena = arena};
    struct document *document = NULL;
    struct badge_preview preview = {0};
    struct buf pdf;
    if (wish->back && !wish->layout->back.count) return fault_set(fault, ERR_NOT_FOUND, "the layout has no back");
    buf_init(&pdf, BUF_LIMIT_BODY);
    enum err e = load(&p, db, now_ms, fault);
    if (e == OK) e = document_new(fonts, &(struct document_info){.language = p.run.language}, &document, fault);
    if (e == OK) e = draw(&p, document, &preview, fault);
    if (e == OK) e = document_save(document, &pdf, fault);
    if (e == OK) e = drawing_make_png(&pdf, resolution(wish), png, fault);
    if (e == OK) {
        *ret = preview;
        ret->person = p.person;
        ret->has_back = wish->layout->back.count > 0;
        ret->flaw = p.ready.logo_flaw;
    }
    document_free(document);
    buf_release(&pdf);
    return e;
}
