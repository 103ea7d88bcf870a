#include "server/print_badges.h"

#include "core/base/clock.h"
#include "core/base/log.h"
#include "core/congress/badges/member_card.h"

#include "catalogue.h"

#include <string.h>

#define MOST_ONLY 500
#define ELSEWHERE "print delegation by delegation, or with plenum-badges on this machine"

enum err print_badges_find(struct arena *arena, const struct app *app, const char *layout_name, struct print_badges *p, struct fault *fault)
{
    enum err e = badges_layout_find(arena, app->store.folder, layout_name, &p->layout, fault);
    if (e == OK) p->layout_name = layout_name;
    return e;
}

enum err print_badges_split(struct arena *arena, const char *text, struct badge_list_filter *filter, struct fault *fault)
{
    if (!text || !*text) return OK;
    const char **codes = arena_array(arena, MOST_ONLY, sizeof *codes);
    char *copy = arena_strdup(arena, text), *rest = NULL;
    if (!codes || !copy) return ERR_NOMEM;
    filter->only = codes;
    for (char *code = strtok_r(copy, ", \t\r\n", &rest); code; code = strtok_r(NULL, ", \t\r\n", &rest)) {
        if (filter->only_count == MOST_ONLY) return fault_set(fault, ERR_INPUT, "only: more than %d codes", MOST_ONLY);
        codes[filter->only_count++] = code;
    }
    if (!filter->only_count) filter->only = NULL;
    return OK;
}

/* A list of 70 000 is not read to be refused. */
enum err print_badges_scope(struct db *db, struct arena *arena, const char *event, const struct badge_list_filter *filter, struct fault *fault)
{
    struct sql_delegates_badges_count_row row;
    struct member_card_count cards;
    if (filter->only) return OK;
    if (!event) {
        enum err looked = member_card_look(db, arena, filter, &cards, fault);
        if (looked != OK || cards.people - cards.new_cards - cards.without <= PRINT_BADGES_SCOPE) return looked;
        return fault_set(fault, ERR_LIMIT, "%zu cards are too many here: print unit by unit, or with plenum-badges on this machine",
                         cards.people - cards.new_cards - cards.without);
    }
    enum err e = sql_delegates_badges_count(db, arena, event, filter->unit ? filter->unit : "", &row);
    if (e != OK) return e == ERR_NOT_FOUND ? e : db_fault(db, e, fault, "count the badges");
    if (row.badges <= PRINT_BADGES_SCOPE) return OK;
    return fault_set(fault, ERR_LIMIT, "%lld badges are too many here: " ELSEWHERE, (long long)row.badges);
}

static enum err check_count(const struct print_badges *p, struct fault *fault)
{
    unsigned width, height;
    bool photos = badges_layout_photo(p->layout, &width, &height);
    size_t most = photos ? PRINT_BADGES_PHOTOS_MOST : PRINT_BADGES_MOST;
    if (p->ready.run.count <= most) return OK;
    return fault_set(fault, ERR_LIMIT, "%zu badges at once, at most %zu%s: " ELSEWHERE, p->ready.run.count, most, photos ? " with photos" : "");
}

static bool is_in_time(void *data, size_t done, size_t total)
{
    const int64_t *end_ms = data;
    (void)done, (void)total;
    return clock_steady_ms() < *end_ms;
}

static void tell_flaws(const struct badge_run *run, const struct badge_ready *ready, const struct photo_list *photos)
{
    if (ready->logo_flaw) log_line(LOG_WARNING, "badges", "the organization's logo is left out: %s", ready->logo_flaw);
    for (size_t i = 0; i < photos->flaw_count && i < 20; i++) {
        const char *code = run->badges[photos->flaws[i].index].person_code;
        log_line(LOG_WARNING, "badges", "the photo of %s is left out: %s", code ? code : "a blank badge", photos->flaws[i].sentence);
    }
}

enum err print_badges_make(struct arena *arena, struct worker *worker, const char *event, const struct badge_list_filter *filter, struct print_badges *p,
                           struct fault *fault)
{
    bool guessed;
    struct badge_run run;
    struct photo_list photos = {0};
    int64_t end_ms = clock_steady_ms() + PRINT_BADGES_MS;
    struct badge_wish wish = {.event = event, .folder = worker->app->store.folder, .layout = p->layout, .desk_phone = p->desk_phone, .filter = *filter,
                              .keep = p->keep, .look_back = p->look_back,
                              .on_progress = is_in_time, .progress_data = &end_ms};
    enum err e = badges_wish_read(&p->words, "", &wish, fault);
    if (e == OK) e = print_badges_scope(worker->db, arena, event, filter, fault);
    if (e == OK) e = public_url_choose(worker->db, arena, NULL, event, worker->app->plain_port, &p->base_url, &guessed, fault);
    wish.base_url = p->base_url;
    if (e == OK) e = badges_prepare(worker->db, arena, &wish, clock_now_ms(), &p->ready, fault);
    if (e == OK && !p->ready.list.count) return OK;
    if (e == OK) e = check_count(p, fault);
    if (e == OK && !worker->fonts) e = fonts_new(&worker->fonts, fault);
    if (e == OK) e = badges_prepare_part(&p->ready, &wish, 0, p->ready.run.count, arena, &run, &photos, fault);
    if (e == OK) tell_flaws(&run, &p->ready, &photos);
    if (e == OK) e = badges_write(&run, worker->fonts, &p->pdf, NULL, fault);
    if (e == ERR_TIMEOUT) return fault_set(fault, ERR_LIMIT, "this takes longer than %d s: " ELSEWHERE, PRINT_BADGES_MS / 1000);
    return e;
}
