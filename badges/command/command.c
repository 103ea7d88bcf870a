#include "badges/command/command.h"

#include "badges/command/deliver.h"
#include "badges/command/handover_command.h"
#include "badges/command/log_command.h"
#include "badges/command/poster_command.h"
#include "badges/command/paper_list_command.h"
#include "badges/command/pin_slips_command.h"
#include "badges/command/print_command.h"
#include "badges/command/tell.h"
#include "badges/command/volumes.h"
#include "core/base/clock.h"
#include "core/congress/badges/member_card.h"

#include <stdio.h>
#include <string.h>

#define SERVE_PORT 8080 /* of `plenum serve`, when no address is stored and one has to be guessed */
#define CODES_MOST 100000
#define LAYOUT_BYTES_MOST (256u * 1024u)

/* --- what is asked for ------------------------------------------------------------------------------------------------------------------ */

static enum err pick_layout(struct session *s, struct fault *fault)
{
    const char *name = s->options->layout;
    size_t length = name ? strlen(name) : 0;
    bool path = name && (strchr(name, '/') || (length > 5 && strcmp(name + length - 5, ".json") == 0));
    if (!path) {
        enum err e = badges_layout_find(&s->arena, store_choose_folder(s->options->data), name, &s->wish.layout, fault);
        return e == ERR_NOT_FOUND && fault ? fault->code = ERR_USAGE : e;
    }
    char *text;
    enum err e = file_read(&s->arena, name, LAYOUT_BYTES_MOST, &text, &length, fault);
    return e == OK ? badges_layout_read(&s->arena, name, text, length, &s->wish.layout, fault) : e;
}

/* "--only A,B --only C" as one list. */
static enum err split_codes(struct session *s, const struct opt_list *given, struct fault *fault)
{
    const char **codes = NULL;
    size_t count = 0, capacity = 0;
    for (size_t i = 0; i < given->count; i++) {
        for (const char *p = given->items[i]; *p;) {
            size_t n = strcspn(p, ",");
            if (n) {
                if (count == CODES_MOST) return fault_set(fault, ERR_USAGE, "--only: more than %d codes", CODES_MOST);
                if (arena_grow(&s->arena, &codes, &capacity, count, sizeof *codes) != 0) return fault_set(fault, ERR_NOMEM, "not enough memory");
                codes[count] = arena_strndup(&s->arena, p, n);
                if (!codes[count++]) return fault_set(fault, ERR_NOMEM, "not enough memory");
            }
            p += n + (p[n] == ',');
        }
    }
    if (given->count && !count) return fault_set(fault, ERR_USAGE, "--only names nobody");
    s->wish.filter.only = codes;
    s->wish.filter.only_count = count;
    return OK;
}

static enum err read_options(struct session *s, struct fault *fault)
{
    const struct badge_options *o = s->options;
    struct badge_wish *wish = &s->wish;
    const struct badge_wish_words words = {.order = o->order, .duplex = o->duplex, .separators = o->separators, .page = o->page};
    if (!o->output && !o->print) return fault_set(fault, ERR_USAGE, "-o or --print is needed; --help tells more");
    if (o->reissue && (o->only.count || o->unit || o->not_printed || o->changed || o->volume))
        return fault_set(fault, ERR_USAGE, "--reissue prints that one badge: it goes without --only, --unit, --not-printed, --changed and --volume");
    enum err e = badges_wish_read(&words, "--", wish, fault);
    if (e == OK) e = pick_layout(s, fault);
    if (e == OK) e = split_codes(s, &o->only, fault);
    wish->event = o->event;
    wish->filter.unit = o->unit;
    wish->desk_phone = o->desk_phone;
    wish->allow_missing = o->allow_missing;
    wish->keep = (o->not_printed ? (unsigned)PRINT_KEEP_NOT_PRINTED : 0) | (o->changed ? (unsigned)PRINT_KEEP_CHANGED : 0);
    wish->look_back = true;
    wish->threads = o->threads >= 0 ? (unsigned)o->threads : crew_threads_here();
    wish->progress_data = &s->progress;
    wish->on_progress = progress_show;
    return e;
}

static enum err plan_reissue(struct session *s, struct fault *fault)
{
    if (!s->options->reissue) return OK;
    enum err e = s->options->event ? reissue_plan(s->store.db, &s->arena, &s->ids, s->options->event, s->options->reissue, &s->reissue, fault)
                                   : reissue_plan_card(s->store.db, &s->arena, &s->ids, s->options->reissue, &s->reissue, fault);
    s->wish.filter.only = &s->reissue.code;
    s->wish.filter.only_count = 1;
    s->wish.reissue = &s->reissue;
    return e;
}

/* Whoever is to get a card and never had one gets a token now; those who are printed anew have one. */
static enum err issue_cards(struct session *s, struct fault *fault)
{
    size_t issued;
    struct member_card_count count;
    if (!s->options->member_cards || s->wish.reissue) return OK;
    enum err e = member_card_look(s->store.db, &s->arena, &s->wish.filter, &count, fault);
    if (e != OK || s->wish.keep == PRINT_KEEP_CHANGED) return e;
    s->progress.doing = "cards";
    e = member_card_issue(s->store.db, &s->wish.filter, "command line", clock_now_ms(), progress_show, &s->progress, &issued, fault);
    progress_end(&s->progress);
    if (e == OK && count.without) fprintf(stderr, "plenum-badges: %zu people have a card that was revoked; --reissue makes each a new one\n", count.without);
    return e;
}

static enum err load(struct session *s, struct fault *fault)
{
    const struct badge_options *o = s->options;
    enum err e = store_open(store_choose_folder(o->data), STORE_WRITE, &s->store, fault);
    if (e == OK) e = public_url_choose(s->store.db, &s->arena, o->public_url, o->event, SERVE_PORT, &s->base_url, &s->guessed, fault);
    if (e == OK) e = print_choose(s, fault);
    if (e == OK) e = plan_reissue(s, fault);
    if (e == OK) e = issue_cards(s, fault);
    s->wish.folder = arena_strdup(&s->arena, s->store.folder);
    s->wish.base_url = s->base_url;
    if (e == OK) e = badges_prepare(s->store.db, &s->arena, &s->wish, clock_now_ms(), &s->ready, fault);
    store_close(&s->store); /* not held while drawing: of 70 000 badges its pages are 60 MB */
    s->store = (struct store){0};
    return e;
}

static enum err run_session(struct session *s, struct fault *fault)
{
    int64_t began = clock_steady_ms();
    if (s->options->runs || s->options->spoiled) return log_command(s, fault);
    if (handover_is_wanted(s->options)) return handover_command(s, fault);
    if (s->options->poster) return poster_command(s, fault);
    if (s->options->pin_slips) return pin_slips_command(s, fault);
    if (s->options->paper_list) return paper_list_command(s, fault);
    enum err e = read_options(s, fault);
    if (e == OK) e = volumes_check_folder(s, fault);
    if (e == OK) e = load(s, fault);
    if (e != OK) return e;
    tell_log(s);
    if (s->wish.keep && !s->ready.list.count && s->ready.before.printed + s->ready.before.not_printed > 0) {
        tell_nothing(s);
        return OK;
    }
    e = print_check_log(s, fault);
    if (e == OK) e = fonts_new(&s->fonts, fault);
    if (e == OK) e = volumes_make(s, fault);
    if (e == OK) e = s->options->print ? deliver_to_printer(s, fault) : deliver_file(s, fault);
    if (e != OK) return e;
    tell_warnings(s);
    tell_result(s, clock_steady_ms() - began);
    return OK;
}

enum err badges_command(const struct badge_options *options, struct fault *fault)
{
    struct session s = {.options = options};
    progress_begin(&s.progress, NULL);
    enum err e = run_session(&s, fault);
    volumes_abandon(&s);
    buf_release(&s.paper);
    fonts_free(s.fonts);
    store_close(&s.store);
    arena_release(&s.photos);
    arena_release(&s.arena);
    progress_finish(&s.progress);
    return e;
}

enum err badges_show_layout(const char *name, struct fault *fault)
{
    size_t length;
    const char *text = badges_layout_source(name, &length);
    if (!text) return fault_set(fault, ERR_USAGE, "no ready layout is called \"%.40s\"", name);
    return fwrite(text, 1, length, stdout) == length ? OK : fault_set(fault, ERR_IO, "the layout cannot be written");
}
