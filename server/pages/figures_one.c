/* GET /admin/{event}/figures/{number}: one fixed figure with its sentence, count, list, and what is known since, which stands beside it and changes nothing.
 * …/print: the sentence alone in large type. */
#include "core/base/text_numbers.h"
#include "core/congress/title.h"
#include "server/pages/figures.h"

#include <inttypes.h>
#include <string.h>

#define CHANGES_MOST 500 /* shown by name; the JSON has all */

static const char *signed_number(struct figures_page *page, int64_t number)
{
    struct arena *arena = page->staff.view.arena;
    char *text = text_number(arena, page->staff.view.tag, number < 0 ? -number : number);
    if (!text || number == 0) return text;
    return arena_printf(arena, "%s%s", number < 0 ? "\u2212" : "+", text);
}

static void add_row(struct figures_page *page, json_t *rows, const char *key, int64_t was, int64_t would)
{
    json_t *row = json_object();
    if (was == would) {
        json_decref(row);
        return;
    }
    view_put(row, "what", view_words(&page->staff.view, key));
    figures_put(page, row, "was", was);
    figures_put(page, row, "would", would);
    view_put(row, "difference", signed_number(page, would - was));
    json_array_append_new(rows, row);
}

/* "Present", "Absent, excused", "Alternate, absent", or that they are not on the list. */
static const char *side_words(struct figures_page *page, const struct fixed_person *p)
{
    struct view *view = &page->staff.view;
    if (!p) return view_words(view, "fixed.not_listed");
    const char *state = view_words(view, arena_printf(view->arena, "fixed.state.%s", fixed_state_word(p->state)));
    const char *excused = p->state == FIXED_ABSENT && strcmp(p->status, "summoned") == 0 ? view_words(view, p->excused ? "fixed.excused" : "fixed.unexcused") : "";
    const char *alternate = strcmp(p->status, "alternate") == 0 ? view_words(view, "delegation.alternate") : "";
    return arena_printf(view->arena, "%s%s%s%s%s", alternate, *alternate ? " · " : "", state, *excused ? " · " : "", excused);
}

static json_t *change_view(struct figures_page *page, const struct fixed_change *c)
{
    const struct fixed_person *p = c->before ? c->before : c->after;
    json_t *out = json_object();
    view_put(out, "name", p->name);
    view_put(out, "number", p->number);
    view_put(out, "was", side_words(page, c->before));
    view_put(out, "is", side_words(page, c->after));
    if (c->before && c->after && strcmp(c->before->name, c->after->name) != 0) view_put(out, "now_called", c->after->name);
    const char *was_for = c->before ? c->before->stands_for : NULL, *is_for = c->after ? c->after->stands_for : NULL;
    if (is_for && (!was_for || strcmp(was_for, is_for) != 0)) view_put(out, "stands_for", is_for);
    return out;
}

static enum err put_later(struct figures_page *page, const struct fixed_figure *f, const struct fixed_content *now)
{
    struct view *view = &page->staff.view;
    struct fixed_change *changes;
    size_t n;
    enum err e = fixed_compare(&page->job->arena, &f->content, now, &changes, &n);
    if (e != OK) return e;
    const struct fixed_count *a = &f->content.count, *b = &now->count;
    json_t *rows = json_array(), *names = json_array();
    add_row(page, rows, "figures.expected", a->expected, b->expected);
    add_row(page, rows, "figures.present", a->present, b->present);
    add_row(page, rows, "fixed.left", a->attended - a->present, b->attended - b->present);
    add_row(page, rows, "fixed.absent", a->absent, b->absent);
    add_row(page, rows, "fixed.excused", a->excused, b->excused);
    add_row(page, rows, "fixed.unexcused", a->absent - a->excused, b->absent - b->excused);
    add_row(page, rows, "fixed.alternates", a->alternates, b->alternates);
    for (size_t i = 0; i < n && i < CHANGES_MOST; i++) json_array_append_new(names, change_view(page, &changes[i]));
    json_t *later = json_object();
    view_put_flag(later, "any", n > 0);
    view_put_flag(later, "has_rows", json_array_size(rows) > 0);
    if (n > CHANGES_MOST) figures_put(page, later, "more", (int64_t)(n - CHANGES_MOST));
    view_put_json(later, "rows", rows);
    view_put_json(later, "names", names);
    view_put_json(view->root, "later", later);
    return OK;
}

static void put_quorum(struct figures_page *page, const struct fixed_figure *f)
{
    struct view *view = &page->staff.view;
    const struct fixed_quorum *q = &f->content.quorum;
    if (!q->known || q->eligible == 0) return;
    json_t *out = json_object();
    figures_put(page, out, "required", q->required);
    figures_put(page, out, "eligible", q->eligible);
    figures_put(page, out, "present", q->present);
    view_put_flag(out, "reached", q->reached);
    if (q->reached) view_put(out, "since", view_moment(view, f->timezone, q->since_ms));
    view_put_json(view->root, "quorum", out);
}

static void put_figure(struct figures_page *page, const struct fixed_figure *f)
{
    struct view *view = &page->staff.view;
    json_t *figure = json_object(), *count = json_object();
    figures_put_head(page, figure, f);
    view_put(figure, "slug", f->event);
    view_put(figure, "event", title_pick(view->arena, f->event_title, page->words.tags[0]));
    view_put(figure, "hash", f->hash);
    figures_put_sentences(page, figure, f);
    figures_put_count(page, count, &f->content.count);
    view_put_json(figure, "count", count);
    view_put_json(view->root, "figure", figure);
    view_set_title(view, arena_printf(view->arena, "%s %" PRId64, view_words(view, "fixed.one"), f->number));
    view_set_style(view, "figures");
}

static void one_work(struct http_request *req, void *thread_state)
{
    struct figures_page page = {0};
    struct fixed_figure figure;
    struct fixed_content now;
    struct fault fault = {0};
    if (!figures_page_begin(&page, req, thread_state)) return;
    struct view *view = &page.staff.view;
    enum err e = fixed_job_load(req, page.staff.worker, page.staff.programme, &figure, &now, &fault);
    if (e == OK) e = put_later(&page, &figure, &now);
    if (e == OK) e = figures_put_people(&page, &figure);
    if (e != OK) {
        reply_error(req, e, &fault);
        return;
    }
    put_figure(&page, &figure);
    put_quorum(&page, &figure);
    figures_put_parts(&page, &figure.content);
    view_put_flag(view->root, "done", http_query(req, "done") != NULL);
    view_reply(view, 200, "admin_figure");
}

void figure_get(struct http_request *req) { figures_page_run(req, one_work); }

static void print_work(struct http_request *req, void *thread_state)
{
    struct figures_page page = {0};
    struct fixed_figure figure;
    if (!figures_page_begin(&page, req, thread_state)) return;
    enum err e = fixed_find(page.staff.worker->db, &page.job->arena, page.staff.event.id, fixed_number_of(req), &figure);
    if (e != OK) {
        reply_error(req, e, NULL);
        return;
    }
    put_figure(&page, &figure);
    view_reply(&page.staff.view, 200, "admin_figure_print");
}

void figure_print_get(struct http_request *req) { figures_page_run(req, print_work); }
