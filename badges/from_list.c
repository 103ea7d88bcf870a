#include "badges/from_list.h"

#include "core/base/zone.h"

#include <string.h>

static const char *const months[] = {"January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"};

static const char *english_dates(struct arena *arena, const struct zone_time *a, const struct zone_time *b)
{
    const char *first = months[(a->month - 1) % 12], *last = months[(b->month - 1) % 12];
    if (a->year != b->year) return arena_printf(arena, "%d %s %d – %d %s %d", a->day, first, a->year, b->day, last, b->year);
    if (a->month != b->month) return arena_printf(arena, "%d %s – %d %s %d", a->day, first, b->day, last, b->year);
    if (a->day != b->day) return arena_printf(arena, "%d–%d %s %d", a->day, b->day, last, b->year);
    return arena_printf(arena, "%d %s %d", a->day, first, a->year);
}

static const char *plain_dates(struct arena *arena, const struct zone_time *a, const struct zone_time *b)
{
    if (a->year != b->year) return arena_printf(arena, "%02d/%02d/%d – %02d/%02d/%d", a->day, a->month, a->year, b->day, b->month, b->year);
    if (a->month != b->month) return arena_printf(arena, "%02d/%02d – %02d/%02d/%d", a->day, a->month, b->day, b->month, b->year);
    if (a->day != b->day) return arena_printf(arena, "%02d–%02d/%02d/%d", a->day, b->day, b->month, b->year);
    return arena_printf(arena, "%02d/%02d/%d", a->day, a->month, a->year);
}

const char *badges_dates_text(struct arena *arena, const char *timezone, const char *language, int64_t starts_ms, int64_t ends_ms)
{
    struct zone_time first, last;
    if (zone_local(timezone, starts_ms, &first) != OK || zone_local(timezone, ends_ms < starts_ms ? starts_ms : ends_ms, &last) != OK) return NULL;
    bool english = language && strncmp(language, "en", 2) == 0;
    return english ? english_dates(arena, &first, &last) : plain_dates(arena, &first, &last);
}

static const struct badge_line *copy_lines(struct arena *arena, const struct badge_list_line *lines, size_t count)
{
    struct badge_line *copy = arena_array(arena, count + 1, sizeof *copy);
    for (size_t i = 0; copy && i < count; i++) copy[i] = (struct badge_line){.first = lines[i].first, .second = lines[i].second};
    return copy;
}

/* What a category shares is copied once, for the first badge of it, and borrowed by the others. */
static enum err share_lines(struct arena *arena, const struct badge_list *list, struct badge *badges, size_t i)
{
    const struct badge_list_category *shared = list->rows[i].shared;
    if (!shared) return OK;
    for (size_t k = i; k-- > 0 && i - k < 64;) {
        if (list->rows[k].shared != shared) continue;
        badges[i].programme = badges[k].programme;
        badges[i].papers = badges[k].papers;
        break;
    }
    if (!badges[i].programme) badges[i].programme = copy_lines(arena, shared->programme, shared->programme_count);
    if (!badges[i].papers) badges[i].papers = copy_lines(arena, shared->papers, shared->paper_count);
    badges[i].programme_count = shared->programme_count;
    badges[i].paper_count = shared->paper_count;
    return badges[i].programme && badges[i].papers ? OK : ERR_NOMEM;
}

enum err badges_run_from_list(const struct badge_list *list, const char *layout, struct arena *arena, struct badge_run *ret)
{
    struct badge *badges = arena_array(arena, list->count + 1, sizeof *badges);
    if (!badges) return ERR_NOMEM;
    for (size_t i = 0; i < list->count; i++) {
        const struct badge_list_row *row = &list->rows[i];
        badges[i] = (struct badge){.person_code = row->person_code, .name = row->name, .honorific = row->honorific, .title = row->title,
                                   .delegation = row->delegation, .category_title = row->category_title ? row->category_title : row->category,
                                   .category_color = row->category_color, .seat = row->seat, .number = row->number, .group = row->group,
                                   .room = row->room, .transport = row->transport, .diet = row->diet, .badge_box = row->badge_box, .joined = row->joined,
                                   .url = row->url, .issue = row->issue, .blank = !row->name || !row->name[0]};
        if (share_lines(arena, list, badges, i) != OK) return ERR_NOMEM;
    }
    *ret = (struct badge_run){.event_title = list->event_title, .venue = list->venue, .organization = list->organization, .language = list->language,
                              .wifi_name = list->wifi_name, .wifi_password = list->wifi_password, .wifi_security = list->wifi_security,
                              .desk_phone = list->desk_phone, .layout = layout, .badges = badges, .count = list->count, .member_cards = list->event_id == 0};
    if (list->event_id) ret->dates = badges_dates_text(arena, list->timezone, list->language, list->starts_ms, list->ends_ms);
    return OK;
}
