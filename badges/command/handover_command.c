#include "badges/command/handover_command.h"

#include "badges/sheets/sign_sheet.h"
#include "badges/command/volumes.h"
#include "core/base/clock.h"
#include "core/base/json.h"
#include "core/congress/badges/handover.h"
#include "core/congress/badges/member_card.h"
#include "core/congress/badges/print_log.h"

#include "catalogue.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define TOLD 20

bool handover_is_wanted(const struct badge_options *o)
{
    return o->sign_for || o->handed_over || o->handovers || o->undo_handover;
}

static enum err no_memory(struct fault *fault)
{
    return fault_set(fault, ERR_NOMEM, "not enough memory");
}

/* "A,B" and "C" as one list. */
static enum err split(struct arena *arena, const struct opt_list *given, const char ***ret, size_t *ret_count, struct fault *fault)
{
    const char **words = NULL;
    size_t count = 0, capacity = 0;
    for (size_t i = 0; i < given->count; i++)
        for (const char *p = given->items[i]; *p;) {
            size_t n = strcspn(p, ",");
            if (n && arena_grow(arena, &words, &capacity, count, sizeof *words) != 0) return no_memory(fault);
            if (n && !(words[count++] = arena_strndup(arena, p, n))) return no_memory(fault);
            p += n + (p[n] == ',');
        }
    *ret = words;
    *ret_count = count;
    return OK;
}

static enum err tell_json(json_t *value, struct fault *fault)
{
    struct buf out;
    buf_init(&out, BUF_LIMIT_FILE);
    enum err e = value ? json_write(value, false, &out) : ERR_NOMEM;
    if (e == OK) puts(buf_text(&out));
    buf_release(&out);
    json_decref(value);
    return e == OK ? OK : no_memory(fault);
}

/* --- the sheet ----------------------------------------------------------------------------------------------------------------------------- */

static enum err load_list(struct session *s, struct fault *fault)
{
    struct badge_list_filter filter = s->wish.filter;
    struct db *db = s->store.db;
    filter.unit = strcmp(s->options->sign_for, "all") == 0 ? NULL : s->options->sign_for;
    const char **only;
    enum err e = split(&s->arena, &s->options->only, &only, &filter.only_count, fault);
    if (e != OK) return e;
    filter.only = filter.only_count ? (const char *const *)only : NULL;
    /* The sheet shows no address: the list is loaded with none. */
    return s->options->event ? badge_list_load(db, &s->arena, s->options->event, &filter, "", &s->ready.list, fault)
                             : member_card_load(db, &s->arena, &filter, "", &s->ready.list, fault);
}

static enum err write_sheets(struct session *s, struct buf *pdf, struct sign_book *book, size_t *ret_pages, struct fault *fault)
{
    const char *to = s->options->to;
    enum err e = load_list(s, fault);
    if (e == OK) e = sign_book_from_list(s->store.db, &s->arena, &s->ready.list, clock_now_ms(), book, fault);
    if (e == OK) e = fonts_new(&s->fonts, fault);
    if (e != OK) return e;
    book->to_name = to && to[0] ? to : NULL;
    book->allow_missing = s->options->allow_missing;
    return sign_book_write(book, s->fonts, pdf, ret_pages, fault);
}

static enum err make_sheets(struct session *s, struct fault *fault)
{
    const struct badge_options *o = s->options;
    struct sign_book book = {0};
    struct buf pdf;
    size_t pages = 0, badges = 0;
    if (!o->output) return fault_set(fault, ERR_USAGE, "--sign-for needs -o FILE.pdf");
    enum err e = volumes_check_folder(s, fault);
    if (e != OK) return e;
    buf_init(&pdf, BUF_LIMIT_FILE);
    e = write_sheets(s, &pdf, &book, &pages, fault);
    if (e == OK) e = file_write_atomic(o->output, pdf.data, pdf.length, 0600, fault); /* names and seats are not for everybody */
    buf_release(&pdf);
    if (e != OK) return e;
    for (size_t i = 0; i < book.count; i++) badges += book.sheets[i].count;
    if (!o->json) printf("%s: badges: %zu, delegations: %zu, pages to sign: %zu\n", o->output, badges, book.count, pages);
    else return tell_json(json_pack("{s:s,s:I,s:I,s:I}", "file", o->output, "badges", (json_int_t)badges, "delegations", (json_int_t)book.count, "pages",
                                    (json_int_t)pages), fault);
    return OK;
}

/* --- the record ---------------------------------------------------------------------------------------------------------------------------- */

struct recording {
    struct session *s;
    struct handover_wish wish;
    struct handover_result result;
    int64_t undo_id;
};

static enum err apply_record(struct db *db, void *arg, struct fault *fault)
{
    struct recording *r = arg;
    return handover_record(db, &r->s->arena, &r->s->ids, &r->wish, &r->result, fault);
}

static enum err apply_undo(struct db *db, void *arg, struct fault *fault)
{
    struct recording *r = arg;
    return handover_undo(db, r->wish.event, r->undo_id, r->wish.actor, r->wish.now_ms, fault);
}

static void tell_badges(const char *what, const struct handover_badge *badges, size_t count)
{
    if (!count) return;
    fprintf(stderr, "plenum-badges: %zu %s:", count, what);
    for (size_t i = 0; i < count && i < TOLD; i++)
        fprintf(stderr, "%s %s%s%s%s%s%s", i ? "," : "", badges[i].number ? badges[i].number : badges[i].code ? badges[i].code : "", badges[i].name ? " " : "",
                badges[i].name ? badges[i].name : "", badges[i].to_name ? " (" : "", badges[i].to_name ? badges[i].to_name : "", badges[i].to_name ? ")" : "");
    fprintf(stderr, "%s\n", count > TOLD ? ", …" : "");
}

static enum err record(struct session *s, struct recording *r, struct fault *fault)
{
    const struct badge_options *o = s->options;
    const char **only, **except;
    size_t only_count;
    enum err e = split(&s->arena, &o->only, &only, &only_count, fault);
    if (e == OK) e = split(&s->arena, &o->except, &except, &r->wish.except_count, fault);
    if (e != OK) return e;
    r->wish.unit = strcmp(o->handed_over, "-") == 0 ? NULL : o->handed_over;
    r->wish.people = only_count ? (const char *const *)only : NULL;
    r->wish.people_count = only_count;
    r->wish.except = (const char *const *)except;
    r->wish.to_name = o->to;
    r->wish.to_person = o->to_person;
    r->wish.again = o->again;
    if (!r->wish.unit && !only_count) return fault_set(fault, ERR_USAGE, "--handed-over - goes with --only CODE,…");
    if (!o->to && !o->to_person) return fault_set(fault, ERR_USAGE, "--handed-over needs --to NAME or --to-person CODE");
    e = db_transaction(s->store.db, apply_record, r, fault);
    if (e != OK) return e;
    if (o->json) return tell_json(handover_result_json(&r->result), fault);
    tell_badges(o->again ? "were handed over before" : "were handed over before and are left out", r->result.already, r->result.already_count);
    tell_badges("were never printed, as far as the log knows", r->result.unprinted, r->result.unprinted_count);
    printf("%zu badges handed over to %s; --undo-handover %" PRId64 " takes it back\n", r->result.count, r->result.to_name, r->result.id);
    return OK;
}

static enum err undo(struct session *s, struct recording *r, struct fault *fault)
{
    const struct badge_options *o = s->options;
    if (!handover_read_id(o->undo_handover, &r->undo_id))
        return fault_set(fault, ERR_USAGE, "--undo-handover: \"%.40s\" is no number of a handover; --handovers lists them", o->undo_handover);
    enum err e = db_transaction(s->store.db, apply_undo, r, fault);
    if (e != OK) return e;
    if (o->json) return tell_json(json_pack("{s:s,s:b}", "id", o->undo_handover, "undone", 1), fault);
    printf("handover %s is undone: its badges count as not handed over\n", o->undo_handover);
    return OK;
}

/* The zone in which times are told: the event's, of member cards the newest event's. NULL: UTC. */
static const char *zone_of(struct session *s)
{
    struct sql_delegates_event_head_row event;
    struct sql_member_card_head_row head;
    if (!s->options->event) return sql_member_card_head(s->store.db, &s->arena, &head) == OK ? head.timezone : NULL;
    return sql_delegates_event_head(s->store.db, &s->arena, s->options->event, &event) == OK ? event.timezone : NULL;
}

static enum err list_handovers(struct session *s, struct fault *fault)
{
    struct handover *list;
    size_t count;
    enum err e = handover_list(s->store.db, &s->arena, s->options->event, &list, &count, fault);
    if (e != OK) return e;
    if (s->options->json) {
        json_t *all = json_array();
        for (size_t i = 0; all && i < count; i++)
            if (json_array_append_new(all, handover_json(&s->arena, &list[i], "vi")) != 0) {
                json_decref(all);
                return no_memory(fault);
            }
        return tell_json(all, fault);
    }
    if (!count) printf("no badges were handed over yet\n");
    const char *zone = count ? zone_of(s) : NULL;
    for (size_t i = 0; i < count; i++) {
        const char *when = print_log_when(&s->arena, zone, list[i].made_ms);
        printf("%" PRId64 "  %s  %5" PRId64 "  %-10s to %s%s%s%s  by %s%s\n", list[i].id, when ? when : "", list[i].badges, list[i].unit_code ? list[i].unit_code : "-",
               list[i].to_name, list[i].to_person ? " (" : "", list[i].to_person ? list[i].to_person : "", list[i].to_person ? ")" : "", list[i].actor,
               list[i].undone_ms == DB_NULL ? "" : "  UNDONE");
    }
    return OK;
}

enum err handover_command(struct session *s, struct fault *fault)
{
    const struct badge_options *o = s->options;
    struct recording r = {.s = s, .wish = {.event = o->event, .actor = "command line", .now_ms = clock_now_ms()}};
    if ((o->sign_for != NULL) + (o->handed_over != NULL) + o->handovers + (o->undo_handover != NULL) > 1)
        return fault_set(fault, ERR_USAGE, "--sign-for, --handed-over, --handovers and --undo-handover go one at a time");
    enum err e = store_open(store_choose_folder(o->data), STORE_WRITE, &s->store, fault);
    if (e != OK) return e;
    if (o->sign_for) return make_sheets(s, fault);
    if (o->handed_over) return record(s, &r, fault);
    return o->undo_handover ? undo(s, &r, fault) : list_handovers(s, fault);
}
