#include "badges/prepare.h"

#include "badges/from_list.h"
#include "badges/layout/shown.h"
#include "core/base/buf.h"
#include "core/base/file.h"
#include "core/congress/badges/member_card.h"
#include "core/congress/store/store.h"

#include <stdlib.h>
#include <string.h>

#define LOGO_SIDE 600 /* pixels: 25 mm at 600 dpi */

static enum err pick_word(const char *prefix, const char *option, const char *text, const char *const *words, size_t count, int *ret, struct fault *fault)
{
    struct buf list;
    for (size_t i = 0; text && i < count; i++)
        if (strcmp(text, words[i]) == 0) return *ret = (int)i, OK;
    if (!text) return OK;
    buf_init(&list, BUF_LIMIT_LINE);
    for (size_t i = 0; i < count; i++) buf_printf(&list, "%s%s", i ? ", " : "", words[i]);
    (void)fault_set(fault, ERR_USAGE, "%s%s: \"%.40s\" is none of %s", prefix, option, text, buf_text(&list));
    buf_release(&list);
    return ERR_USAGE;
}

static enum err pick_page(const char *prefix, const char *text, struct badge_wish *wish, struct fault *fault)
{
    static const struct {
        const char *name;
        double width, height;
    } pages[] = {{"A3", 297, 420}, {"A4", 210, 297}, {"A5", 148, 210}, {"A6", 105, 148}, {"SRA3", 320, 450}, {"Letter", 215.9, 279.4}};
    if (!text) return OK;
    for (size_t i = 0; i < sizeof pages / sizeof pages[0]; i++)
        if (strcmp(text, pages[i].name) == 0) return wish->page_width = pages[i].width, wish->page_height = pages[i].height, OK;
    char *end, *rest;
    wish->page_width = strtod(text, &end);
    wish->page_height = *end == 'x' ? strtod(end + 1, &rest) : 0;
    bool good = *end == 'x' && !*rest && wish->page_width >= 20 && wish->page_width <= 2000 && wish->page_height >= 20 && wish->page_height <= 2000;
    return good ? OK : fault_set(fault, ERR_USAGE, "%spage: \"%.40s\" is none of A3, A4, A5, A6, SRA3, Letter, WIDTHxHEIGHT in millimetres", prefix, text);
}

enum err badges_wish_read(const struct badge_wish_words *words, const char *prefix, struct badge_wish *wish, struct fault *fault)
{
    static const char *const orders[] = {"delegation", "protocol", "given-name", "box"}, *const turns[] = {"none", "long", "short"};
    static const char *const groups[] = {"none", "unit", "box"};
    int order = 0, duplex = 0, separators = 0;
    enum err e = pick_word(prefix, "order", words->order, orders, 4, &order, fault);
    if (e == OK) e = pick_word(prefix, "duplex", words->duplex, turns, 3, &duplex, fault);
    if (e == OK) e = pick_word(prefix, "separators", words->separators, groups, 3, &separators, fault);
    if (e == OK) e = pick_page(prefix, words->page, wish, fault);
    if (e != OK) return e;
    wish->order = (enum badge_list_order)order;
    wish->duplex = words->duplex ? (enum badge_duplex)(duplex + 1) : DUPLEX_LAYOUT;
    wish->separators = (enum badge_groups)separators;
    bool fits = wish->separators == GROUPS_NONE || (wish->separators == GROUPS_BOX) == (wish->order == BADGE_ORDER_BOX);
    if (fits && (wish->separators != GROUPS_DELEGATION || wish->order == BADGE_ORDER_DELEGATION)) return OK;
    return fault_set(fault, ERR_USAGE, "%sseparators: unit goes with order delegation, box with order box", prefix);
}

/* A logo that cannot be read is told and left out: the badges are still right. */
static void load_logo(struct arena *arena, const char *folder, struct badge_ready *ready)
{
    const struct photo_wish wish = {.width = LOGO_SIDE, .height = LOGO_SIDE};
    const char *path = ready->list.logo_sha256 ? blob_path(arena, folder, ready->list.logo_sha256) : NULL;
    char *bytes = NULL;
    size_t length = 0;
    struct fault why = {0};
    if (!path) return;
    enum err e = file_read(arena, path, PHOTO_FILE_MOST, &bytes, &length, &why);
    if (e == OK) e = photo_make_apart(arena, bytes, length, &wish, &ready->logo, &why);
    if (e == OK) ready->run.logo = &ready->logo;
    else ready->logo_flaw = arena_strdup(arena, why.text[0] ? why.text : err_name(e));
}

/* Who was printed, what changed, and whom that leaves in the list. */
static enum err look_back(struct db *db, struct arena *arena, const struct badge_wish *wish, struct badge_ready *ready, struct fault *fault)
{
    const print_facts shown = badges_shown_facts(wish->layout, wish->duplex);
    const char *kind = badges_layout_kind(wish->layout);
    struct badge_list *list = &ready->list;
    if (!wish->look_back && !wish->keep) return OK;
    enum err e = print_log_compare(db, arena, list, kind, wish->base_url, shown, fault);
    if (e != OK) return e;
    print_log_count(list, &ready->before);
    if (ready->before.last) ready->before.last = arena_memdup(arena, ready->before.last, sizeof *ready->before.last); /* rows move below */
    if (wish->keep) e = print_log_compare_run(db, arena, list, kind, shown, &ready->common, &ready->common_count, fault);
    print_log_keep(list, wish->keep);
    return e;
}

enum err badges_prepare(struct db *db, struct arena *arena, const struct badge_wish *wish, int64_t now_ms, struct badge_ready *ret, struct fault *fault)
{
    struct badge_list_filter filter = wish->filter;
    struct badge_list *list = &ret->list;
    filter.for_name_order = wish->order == BADGE_ORDER_NAME;
    *ret = (struct badge_ready){0};
    enum err e = wish->event ? badge_list_load(db, arena, wish->event, &filter, wish->base_url, list, fault)
                             : member_card_load(db, arena, &filter, wish->base_url, list, fault);
    if (e == OK && badges_layout_lists(wish->layout)) e = badge_list_load_shared(db, arena, list, now_ms, fault);
    if (e != OK) return e;
    badge_list_sort(list, wish->order);
    if (wish->reissue) e = reissue_into_list(arena, wish->reissue, wish->base_url, list);
    if (e != OK) return fault_set(fault, e, "%s has no badge that is good", wish->reissue->code);
    e = look_back(db, arena, wish, ret, fault);
    if (e != OK) return e;
    struct badge_run *run = &ret->run;
    if (badges_run_from_list(list, NULL, arena, run) != OK) return fault_set(fault, ERR_NOMEM, "not enough memory");
    run->ready = wish->layout;
    run->page_width = wish->page_width;
    run->page_height = wish->page_height;
    run->duplex = wish->duplex;
    run->separators = wish->separators;
    run->by_name = wish->order == BADGE_ORDER_NAME;
    if (wish->desk_phone) run->desk_phone = wish->desk_phone; /* else the event's own */
    run->allow_missing = wish->allow_missing;
    run->threads = wish->threads;
    run->on_progress = wish->on_progress;
    run->progress_data = wish->progress_data;
    if (badges_layout_shows_logo(wish->layout)) load_logo(arena, wish->folder, ret);
    return OK;
}

enum err badges_prepare_part(const struct badge_ready *ready, const struct badge_wish *wish, size_t first, size_t count, struct arena *arena,
                             struct badge_run *ret, struct photo_list *ret_photos, struct fault *fault)
{
    struct photo_wish photo = {.crop = true};
    *ret = ready->run;
    ret->badges += first;
    ret->count = count;
    *ret_photos = (struct photo_list){0};
    if (!badges_layout_photo(wish->layout, &photo.width, &photo.height)) return OK;
    const char **paths = arena_array(arena, count + 1, sizeof *paths);
    struct badge *badges = arena_array(arena, count + 1, sizeof *badges);
    if (!paths || !badges) return fault_set(fault, ERR_NOMEM, "not enough memory");
    memcpy(badges, ret->badges, count * sizeof *badges);
    for (size_t i = 0; i < count; i++) {
        const char *sha256 = ready->list.rows[first + i].photo_sha256;
        if (sha256) paths[i] = blob_path(arena, wish->folder, sha256);
    }
    enum err e = photos_load(badges, paths, count, &photo, wish->threads, arena, wish->on_progress, wish->progress_data, ret_photos, fault);
    if (e == OK) ret->badges = badges;
    return e;
}
