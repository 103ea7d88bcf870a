#include "badges/command/paper_list_command.h"

#include "badges/command/volumes.h"
#include "badges/sheets/paper_list.h"
#include "core/base/clock.h"

#include <stdio.h>

struct assigning {
    struct session *s;
    struct arena piece;
    bool more;
};

static enum err assign(struct db *db, void *arg, struct fault *fault)
{
    struct assigning *a = arg;
    arena_clear(&a->piece);
    return row_codes_assign(db, &a->piece, a->s->options->event, &a->more, fault);
}

static enum err assign_all(struct session *s, struct fault *fault)
{
    struct assigning a = {.s = s, .more = true};
    enum err e = OK;
    while (e == OK && a.more) e = db_transaction(s->store.db, assign, &a, fault);
    arena_release(&a.piece);
    return e;
}

static enum err draw(struct session *s, const struct paper_list *paper, struct fault *fault)
{
    struct buf pdf;
    size_t pages = 0;
    buf_init(&pdf, BUF_LIMIT_FILE);
    enum err e = fonts_new(&s->fonts, fault);
    if (e == OK) e = paper_list_write(paper, s->fonts, &pdf, &pages, fault);
    if (e == OK) e = file_write_atomic(s->options->output, pdf.data, pdf.length, 0600, fault); /* names */
    buf_release(&pdf);
    if (e != OK) return e;
    if (!s->options->json) printf("%s: %zu people on %zu pages\n", s->options->output, paper->list->count, pages);
    else printf("{\"people\":%zu,\"pages\":%zu}\n", paper->list->count, pages);
    return OK;
}

enum err paper_list_command(struct session *s, struct fault *fault)
{
    const struct badge_options *o = s->options;
    struct row_filter filter = {.gate = o->gate, .unit = o->unit, .now_ms = clock_now_ms()};
    struct row_list list;
    const struct paper_list paper = {.list = &list, .blanks = o->blanks >= 0 ? (unsigned)o->blanks : PAPER_LIST_BLANKS, .mark_present = o->present,
                                     .allow_missing = o->allow_missing};
    if (!o->output || !o->event) return fault_set(fault, ERR_USAGE, "--paper-list needs --event and -o FILE.pdf");
    if (!row_order_read(o->order, &filter.order)) return fault_set(fault, ERR_USAGE, "--order: a paper list goes by name, number, seat or delegation");
    enum err e = volumes_check_folder(s, fault);
    if (e == OK) e = store_open(store_choose_folder(o->data), STORE_WRITE, &s->store, fault);
    if (e == OK) e = row_list_load(s->store.db, &s->arena, o->event, &filter, &list, fault); /* first: a wrong name gives no codes */
    if (e == OK && list.without) {
        e = assign_all(s, fault);
        if (e == OK) e = row_list_load(s->store.db, &s->arena, o->event, &filter, &list, fault);
    }
    return e == OK ? draw(s, &paper, fault) : e;
}
