/* Parts of the pages of figures: counts, sentences, tables, and the list of people by page. */
#include "core/base/text.h"
#include "core/base/text_numbers.h"
#include "core/congress/title.h"
#include "server/pages/figures.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define PEOPLE_A_PAGE 100

bool figures_page_begin(struct figures_page *page, struct http_request *req, void *thread_state)
{
    page->job = req->state;
    if (!staff_page_begin_in_pool(&page->staff, req, thread_state)) return false;
    enum err e = fixed_words_load(page->staff.worker->db, req->arena, view_i18n(&page->staff.view), &page->words);
    if (e != OK) reply_error(req, e, NULL);
    return e == OK;
}

void figures_page_run(struct http_request *req, void (*work)(struct http_request *req, void *thread_state))
{
    if (!staff_enter(req, NULL) || !fixed_job_new(req)) return;
    req->resume = NULL;
    http_run_in_pool(req, app_of(req)->pool, work);
}

/* --- counts ------------------------------------------------------------------------------------------------------------------------------------------- */

void figures_put(struct figures_page *page, json_t *object, const char *key, int64_t number)
{
    view_put(object, key, text_number(page->staff.view.arena, page->staff.view.tag, number));
}

void figures_put_count(struct figures_page *page, json_t *object, const struct fixed_count *c)
{
    struct arena *arena = page->staff.view.arena;
    figures_put(page, object, "expected", c->expected);
    figures_put(page, object, "attended", c->attended);
    figures_put(page, object, "present", c->present);
    figures_put(page, object, "absent", c->absent);
    figures_put(page, object, "excused", c->excused);
    figures_put(page, object, "unexcused", c->absent - c->excused);
    if (c->attended > c->present) figures_put(page, object, "left", c->attended - c->present);
    if (c->alternates) figures_put(page, object, "alternates", c->alternates);
    if (c->substitutes) figures_put(page, object, "substitutes", c->substitutes);
    if (c->by_group) figures_put(page, object, "by_group", c->by_group);
    if (c->expected) view_put(object, "share", text_hundredths(arena, page->staff.view.tag, text_share(c->present, c->expected)));
}

void figures_put_parts(struct figures_page *page, const struct fixed_content *content)
{
    struct view *view = &page->staff.view;
    json_t *lists[] = {[FIXED_CATEGORY] = json_array(), [FIXED_DELEGATION] = json_array()};
    for (size_t i = 0; i < content->part_count; i++) {
        const struct fixed_part *p = &content->parts[i];
        json_t *one = json_object();
        view_put(one, "code", p->code);
        view_put(one, "title", *p->code ? title_pick(view->arena, p->title, view->tag) : view_words(view, "fixed.no_delegation"));
        figures_put_count(page, one, &p->count);
        json_array_append_new(lists[p->kind], one);
    }
    view_put_flag(view->root, "has_categories", json_array_size(lists[FIXED_CATEGORY]) > 0);
    view_put_flag(view->root, "has_delegations", json_array_size(lists[FIXED_DELEGATION]) > 0);
    view_put_json(view->root, "categories", lists[FIXED_CATEGORY]);
    view_put_json(view->root, "delegations", lists[FIXED_DELEGATION]);
}

/* --- sentences ------------------------------------------------------------------------------------------------------------------------------------------ */

static json_t *sentence_view(struct figures_page *page, const struct fixed_figure *figure, const char *tag)
{
    enum i18n_language language;
    json_t *out = json_object();
    view_put(out, "tag", tag);
    view_put(out, "dir", text_is_right_to_left(tag) ? "rtl" : "ltr");
    if (i18n_read_tag(tag, &language)) view_put(out, "language", i18n_own_name(language));
    view_put(out, "text", fixed_sentence(page->staff.view.arena, figure, tag));
    return out;
}

void figures_put_sentences(struct figures_page *page, json_t *object, const struct fixed_figure *figure)
{
    json_t *own = json_array(), *others = json_array();
    for (size_t i = 0; i < page->words.count; i++) json_array_append_new(own, sentence_view(page, figure, page->words.tags[i]));
    for (enum i18n_language l = I18N_VI; l < I18N_COUNT; l++) {
        bool is_own = false;
        for (size_t i = 0; i < page->words.count; i++) is_own = is_own || text_is_of_language(page->words.tags[i], i18n_tag(l));
        if (!is_own) json_array_append_new(others, sentence_view(page, figure, i18n_tag(l)));
    }
    view_put_flag(object, "has_others", json_array_size(others) > 0);
    view_put_json(object, "sentences", own);
    view_put_json(object, "others", others);
}

void figures_put_head(struct figures_page *page, json_t *object, const struct fixed_figure *f)
{
    struct view *view = &page->staff.view;
    figures_put(page, object, "number", f->number);
    view_put_number(object, "id", f->number);
    view_put(object, "label", f->label);
    view_put(object, "at", view_moment(view, f->timezone, f->content.at_ms));
    view_put(object, "known", view_moment(view, f->timezone, f->content.known_ms));
    view_put_actor(view, object, "by", f->actor);
    view_put(object, "seal", arena_strndup(view->arena, f->hash, FIGURES_SEAL));
    if (f->content.category) view_put_title(view, object, "category", f->content.category_title);
}

/* --- the list --------------------------------------------------------------------------------------------------------------------------------------------- */

struct seeking {
    struct http_request *req;
    const char *state, *category, *delegation, *sort, *words; /* NULL: any */
    bool reasons;
};

static const char *query(struct http_request *req, const char *key)
{
    const char *text = http_query(req, key);
    return text && *text ? text : NULL;
}

/* Each word of the question begins a word of the name, or is the number. */
static bool has_words(const struct fixed_person *p, const char *words)
{
    for (const char *word = words; word && *word;) {
        size_t length = strcspn(word, " ");
        bool found = p->number && strlen(p->number) == length && strncasecmp(p->number, word, length) == 0;
        for (const char *name = p->name_fold; !found && name; name = strchr(name, ' ')) {
            name += *name == ' ';
            found = strncmp(name, word, length) == 0;
        }
        if (!found) return false;
        word += length;
        word += *word == ' ';
    }
    return true;
}

static bool is_sought(const struct fixed_person *p, const struct seeking *s)
{
    return (!s->state || strcmp(s->state, fixed_state_word(p->state)) == 0) && (!s->category || strcmp(s->category, p->category) == 0) &&
           (!s->delegation || strcmp(s->delegation, p->delegation) == 0) && has_words(p, s->words);
}

static int by_name(const void *a, const void *b)
{
    const struct fixed_person *const *x = a, *const *y = b;
    int order = strcmp((*x)->name_sort, (*y)->name_sort);
    return order ? order : (*x > *y) - (*x < *y);
}

static int by_state(const void *a, const void *b)
{
    const struct fixed_person *const *x = a, *const *y = b;
    return (*x)->state != (*y)->state ? (int)(*x)->state - (int)(*y)->state : (*x > *y) - (*x < *y);
}

/* "9" before "10"; who has none at the end. */
static int by_number(const void *a, const void *b)
{
    const struct fixed_person *const *x = a, *const *y = b;
    const char *left = (*x)->number, *right = (*y)->number;
    int order = left && right ? strverscmp(left, right) : (right != NULL) - (left != NULL);
    return order ? order : (*x > *y) - (*x < *y);
}

static json_t *person_view(struct figures_page *page, const struct fixed_figure *f, const struct fixed_person *p, bool reasons)
{
    struct view *view = &page->staff.view;
    json_t *out = json_object();
    const struct programme_category *category = programme_category_by_code(page->staff.programme, p->category);
    view_put(out, "name", p->name);
    view_put(out, "number", p->number);
    view_put(out, "seat", p->seat);
    view_put(out, "category", category ? title_pick(view->arena, category->title, view->tag) : p->category);
    for (size_t i = 0; i < f->content.part_count; i++) /* titles as they were */
        if (strcmp(f->content.parts[i].code, f->content.parts[i].kind == FIXED_CATEGORY ? p->category : p->delegation) == 0 && f->content.parts[i].code[0])
            json_object_set_new(out, f->content.parts[i].kind == FIXED_CATEGORY ? "category" : "delegation",
                                json_string(title_pick(view->arena, f->content.parts[i].title, view->tag)));
    view_put(out, "state", fixed_state_word(p->state));
    view_put(out, "state_words", view_words(view, arena_printf(view->arena, "fixed.state.%s", fixed_state_word(p->state))));
    view_put_flag(out, "is_alternate", strcmp(p->status, "alternate") == 0);
    view_put_flag(out, "excused", p->state != FIXED_PRESENT && p->excused);
    view_put_flag(out, "unexcused", p->state == FIXED_ABSENT && !p->excused && strcmp(p->status, "summoned") == 0);
    view_put_flag(out, "by_group", p->by_group);
    view_put(out, "stands_for", p->stands_for);
    if (reasons) view_put(out, "reason", p->reason);
    if (p->first_ms != DB_NULL) view_put(out, "first", view_moment(view, f->timezone, p->first_ms));
    return out;
}

static void put_choices(struct figures_page *page, json_t *object, const struct seeking *s, const struct fixed_content *content)
{
    struct view *view = &page->staff.view;
    static const char *const states[] = {"present", "attended", "absent"}, *const sorts[] = {"place", "name", "number", "state"};
    json_t *lists[] = {json_array(), json_array(), json_array(), json_array()};
    for (size_t i = 0; i < 3; i++)
        json_array_append_new(lists[0], json_pack("{s:s,s:s,s:b}", "code", states[i], "title", view_words(view, arena_printf(view->arena, "fixed.state.%s", states[i])),
                                                  "chosen", s->state && strcmp(s->state, states[i]) == 0));
    for (size_t i = 0; i < 4; i++)
        json_array_append_new(lists[1], json_pack("{s:s,s:s,s:b}", "code", sorts[i], "title", view_words(view, arena_printf(view->arena, "fixed.sort.%s", sorts[i])),
                                                  "chosen", s->sort && strcmp(s->sort, sorts[i]) == 0));
    for (size_t i = 0; i < content->part_count; i++) {
        const struct fixed_part *p = &content->parts[i];
        const char *chosen = p->kind == FIXED_CATEGORY ? s->category : s->delegation;
        if (!p->code[0]) continue;
        json_array_append_new(lists[p->kind == FIXED_CATEGORY ? 2 : 3], json_pack("{s:s,s:s,s:b}", "code", p->code, "title", title_pick(view->arena, p->title, view->tag),
                                                                                  "chosen", chosen && strcmp(chosen, p->code) == 0));
    }
    view_put_json(object, "states", lists[0]);
    view_put_json(object, "sorts", lists[1]);
    view_put_flag(object, "has_categories", json_array_size(lists[2]) > 1);
    view_put_flag(object, "has_delegations", json_array_size(lists[3]) > 1);
    view_put_json(object, "categories", lists[2]);
    view_put_json(object, "delegations", lists[3]);
    view_put_flag(object, "reasons", s->reasons);
    view_put(object, "q", query(s->req, "q"));
}

/* The same question for another page. */
static char *address(const struct seeking *s, size_t page)
{
    static const char *const keys[] = {"state", "category", "delegation", "sort", "q", "reasons"};
    struct buf out;
    buf_init(&out, BUF_LIMIT_LINE);
    buf_printf(&out, "/admin/%s/figures/%" PRId64 "?page=%zu", http_param(s->req, "event"), fixed_number_of(s->req), page);
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        if (!query(s->req, keys[i])) continue;
        buf_printf(&out, "&%s=", keys[i]);
        buf_put_url(&out, query(s->req, keys[i]));
    }
    buf_puts(&out, "#people");
    char *text = buf_ok(&out) ? arena_strdup(s->req->arena, buf_text(&out)) : NULL;
    buf_release(&out);
    return text;
}

enum err figures_put_people(struct figures_page *page, const struct fixed_figure *f)
{
    struct view *view = &page->staff.view;
    struct http_request *req = view->req;
    const char *q = query(req, "q"), *at = query(req, "page");
    struct seeking s = {.req = req, .state = query(req, "state"), .category = query(req, "category"), .delegation = query(req, "delegation"),
                        .sort = query(req, "sort"), .words = q ? text_fold(view->arena, q) : NULL, .reasons = query(req, "reasons") != NULL};
    const struct fixed_person **found = arena_array(&page->job->arena, f->content.person_count + 1, sizeof *found);
    size_t n = 0, wanted = at && strlen(at) < 6 && strspn(at, "0123456789") == strlen(at) ? (size_t)strtoul(at, NULL, 10) : 1;
    if (!found) return ERR_NOMEM;
    for (size_t i = 0; i < f->content.person_count; i++)
        if (is_sought(&f->content.people[i], &s)) found[n++] = &f->content.people[i];
    if (s.sort && strcmp(s.sort, "name") == 0) qsort(found, n, sizeof *found, by_name);
    else if (s.sort && strcmp(s.sort, "number") == 0) qsort(found, n, sizeof *found, by_number);
    else if (s.sort && strcmp(s.sort, "state") == 0) qsort(found, n, sizeof *found, by_state);
    size_t pages = n ? (n + PEOPLE_A_PAGE - 1) / PEOPLE_A_PAGE : 1;
    if (wanted < 1 || wanted > pages) wanted = 1;
    size_t from = (wanted - 1) * PEOPLE_A_PAGE, until = from + PEOPLE_A_PAGE < n ? from + PEOPLE_A_PAGE : n;
    json_t *list = json_array(), *out = json_object();
    for (size_t i = from; i < until; i++) json_array_append_new(list, person_view(page, f, found[i], s.reasons));
    const struct text_value range[] = {{.name = "from", .number = n ? (int64_t)from + 1 : 0}, {.name = "until", .number = (int64_t)until},
                                       {.name = "total", .number = (int64_t)n}};
    view_put(out, "range", text_sentence(view->arena, view->tag, view_words(view, "fixed.range"), range, 3));
    if (wanted > 1) view_put(out, "previous", address(&s, wanted - 1));
    if (wanted < pages) view_put(out, "next", address(&s, wanted + 1));
    put_choices(page, out, &s, &f->content);
    view_put_flag(out, "any", n > 0);
    view_put_json(out, "list", list);
    view_put_json(view->root, "people", out);
    return OK;
}
