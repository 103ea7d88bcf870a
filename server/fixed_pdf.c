/* A fixed figure to be signed, with its list. Reasons of absence never stand on it: paper goes from hand to hand. */
#include "server/fixed_pdf.h"
#include "badges/sheets/fixed_sheet.h"
#include "core/base/clock.h"
#include "core/base/text.h"
#include "core/base/text_numbers.h"
#include "core/congress/title.h"
#include "server/fixed_words.h"

#include "catalogue.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define SEAL 16

struct making {
    struct arena *arena;
    const struct i18n *i18n;
    enum i18n_language language;
    const char *tag;
    const struct fixed_figure *figure;
    struct fixed_sheet sheet;
};

static const char *words(const struct making *m, const char *key)
{
    return i18n_text(m->i18n, m->language, key);
}

static const char *number(const struct making *m, int64_t n)
{
    return text_number(m->arena, m->tag, n);
}

static const char *moment(const struct making *m, int64_t ms)
{
    const char *text = text_moment(m->arena, m->tag, m->figure->timezone, ms, "HH:mm d/M/y");
    return text ? text : "";
}

/* --- the table ---------------------------------------------------------------------------------------------------------------------------------------- */

static void put_head(const struct making *m, struct fixed_sheet_row *row, const char *key)
{
    *row = (struct fixed_sheet_row){.title = words(m, key), .is_head = true,
                                    .numbers = {words(m, "figures.expected"), words(m, "figures.present"), words(m, "figures.attended"), words(m, "fixed.absent"),
                                            words(m, "fixed.excused")}};
}

static void put_count(const struct making *m, struct fixed_sheet_row *row, const char *title, const struct fixed_count *c)
{
    *row = (struct fixed_sheet_row){.title = title,
                                    .numbers = {number(m, c->expected), number(m, c->present), number(m, c->attended), number(m, c->absent), number(m, c->excused)}};
}

static enum err put_rows(struct making *m)
{
    const struct fixed_content *c = &m->figure->content;
    struct fixed_sheet_row *rows = arena_array(m->arena, c->part_count + 4, sizeof *rows);
    size_t n = 0;
    if (!rows) return ERR_NOMEM;
    put_head(m, &rows[n++], "fixed.count");
    put_count(m, &rows[n++], c->category ? title_pick(m->arena, c->category_title, m->tag) : words(m, "fixed.everybody"), &c->count);
    for (size_t i = 0; i < c->part_count; i++) {
        const struct fixed_part *p = &c->parts[i];
        if (i == 0 || c->parts[i - 1].kind != p->kind) put_head(m, &rows[n++], p->kind == FIXED_CATEGORY ? "fixed.by_category" : "fixed.by_delegation");
        put_count(m, &rows[n++], p->code[0] ? title_pick(m->arena, p->title, m->tag) : words(m, "fixed.no_delegation"), &p->count);
    }
    m->sheet.rows = rows;
    m->sheet.row_count = n;
    return OK;
}

/* --- the list ----------------------------------------------------------------------------------------------------------------------------------------- */

static const char *delegation_title(const struct making *m, const char *code)
{
    const struct fixed_content *c = &m->figure->content;
    for (size_t i = 0; code[0] && i < c->part_count; i++)
        if (c->parts[i].kind == FIXED_DELEGATION && strcmp(c->parts[i].code, code) == 0) return title_pick(m->arena, c->parts[i].title, m->tag);
    return words(m, "fixed.no_delegation");
}

static const char *state_words(const struct making *m, const struct fixed_person *p)
{
    const char *state = words(m, arena_printf(m->arena, "fixed.state.%s", fixed_state_word(p->state)));
    if (p->state != FIXED_ABSENT || strcmp(p->status, "summoned") != 0) return state;
    return arena_printf(m->arena, "%s, %s", state, words(m, p->excused ? "fixed.excused" : "fixed.unexcused"));
}

static const char *more_words(const struct making *m, const struct fixed_person *p)
{
    const char *alternate = strcmp(p->status, "alternate") == 0 ? words(m, "delegation.alternate") : NULL, *group = p->by_group ? words(m, "fixed.by_group") : NULL;
    const char *stands = p->stands_for ? arena_printf(m->arena, "%s \u2068%s\u2069", words(m, "fixed.stands_for"), p->stands_for) : NULL;
    if (!alternate && !group && !stands) return NULL;
    return arena_printf(m->arena, "%s%s%s%s%s", alternate ? alternate : "", alternate && (group || stands) ? " · " : "", group ? group : "", group && stands ? " · " : "",
                        stands ? stands : "");
}

static enum err put_people(struct making *m)
{
    const struct fixed_content *c = &m->figure->content;
    struct fixed_sheet_person *people = arena_array(m->arena, c->person_count + 1, sizeof *people);
    if (!people) return ERR_NOMEM;
    for (size_t i = 0; i < c->person_count; i++) {
        const struct fixed_person *p = &c->people[i];
        bool same = i > 0 && strcmp(c->people[i - 1].delegation, p->delegation) == 0;
        people[i] = (struct fixed_sheet_person){.heading = same ? NULL : delegation_title(m, p->delegation), .more = more_words(m, p),
                                                .cells = {p->number, p->name, p->seat, state_words(m, p)}};
    }
    m->sheet.list_title = words(m, "fixed.people");
    m->sheet.list_head[0] = words(m, "fixed.number");
    m->sheet.list_head[1] = words(m, "fixed.name");
    m->sheet.list_head[2] = words(m, "fixed.seat");
    m->sheet.list_head[3] = words(m, "fixed.state");
    m->sheet.people = people;
    m->sheet.person_count = c->person_count;
    return OK;
}

/* --- the whole ----------------------------------------------------------------------------------------------------------------------------------------- */

static const char *facts(const struct making *m, const char *command_line)
{
    const struct fixed_figure *f = m->figure;
    const char *by = strcmp(f->actor, "command line") == 0 ? command_line : f->actor;
    return arena_printf(m->arena, "%s %s · %s \u2068%s\u2069 · %s %.*s", words(m, "fixed.known"), moment(m, f->content.known_ms), words(m, "fixed.by"), by,
                        words(m, "fixed.seal"), SEAL, f->hash);
}

static enum err put_sheet(struct making *m, struct db *db)
{
    const struct fixed_figure *f = m->figure;
    struct sql_pages_organization_row row = {0};
    enum err e = sql_pages_organization(db, m->arena, &row);
    if (e != OK && e != ERR_NOT_FOUND) return e;
    m->sheet = (struct fixed_sheet){.language = m->tag, .organization = e == OK ? title_pick(m->arena, row.name, m->tag) : NULL,
        .event_title = title_pick(m->arena, f->event_title, m->tag), .title = arena_printf(m->arena, "%s %" PRId64, words(m, "fixed.one"), f->number), .label = f->label,
        .sentence = fixed_sentence(m->arena, f, m->tag), .facts = facts(m, words(m, "common.command_line")),
        .signers = {words(m, "fixed.sign_chair"), words(m, "fixed.sign_committee"), words(m, "fixed.sign_secretary")}, .sign_here = words(m, "fixed.sign_here"),
        .page = words(m, "fixed.page"), .of = words(m, "fixed.of"), .allow_missing = true,
        .printed = arena_printf(m->arena, "%s %s", words(m, "fixed.printed"), moment(m, clock_now_ms()))};
    e = m->sheet.event_title && m->sheet.title && m->sheet.sentence && m->sheet.facts && m->sheet.printed ? put_rows(m) : ERR_NOMEM;
    return e;
}

static enum err choose_language(struct db *db, const char *lang, struct making *m)
{
    struct fixed_words known;
    enum err e = fixed_words_load(db, m->arena, m->i18n, &known);
    if (e != OK) return e;
    if (!lang || !i18n_read_tag(lang, &m->language)) (void)i18n_read_tag(known.tags[0], &m->language); /* what is signed is in the event's language, whoever prints it */
    m->tag = i18n_tag(m->language);
    for (size_t i = 0; i < known.count; i++)
        if (text_is_of_language(known.tags[i], m->tag)) m->tag = known.tags[i];
    return OK;
}

enum err fixed_pdf_write(const struct fixed_pdf *pdf, struct fonts *fonts, struct buf *out, struct fault *fault)
{
    struct making m = {.arena = pdf->arena, .i18n = pdf->i18n, .figure = pdf->figure};
    enum err e = choose_language(pdf->db, pdf->lang, &m);
    if (e == OK) e = put_sheet(&m, pdf->db);
    if (e == OK && pdf->with_list) e = put_people(&m);
    return e == OK ? fixed_sheet_write(&m.sheet, fonts, out, NULL, fault) : e;
}

/* --- of a whole event, for its archive ------------------------------------------------------------------------------------------------------------------ */

static enum err add_one(const struct fixed_pdf_all *all, struct archive *archive, struct db *db, const struct fixed_figure *head, struct fault *fault)
{
    struct arena arena = {0};
    struct fixed_figure figure = *head;
    struct buf out;
    char name[64];
    buf_init(&out, BUF_LIMIT_FILE);
    (void)snprintf(name, sizeof name, "reports/attendance-%" PRId64 ".pdf", head->number);
    enum err e = fixed_load(db, &arena, &figure);
    if (e != OK) db_fault(db, e, fault, "read a fixed figure");
    if (e == OK) e = fixed_pdf_write(&(struct fixed_pdf){db, &arena, all->i18n, &figure, NULL, true}, all->fonts, &out, fault);
    if (e == OK) e = buf_ok(&out) ? archive_add(archive, name, out.data, out.length) : ERR_NOMEM;
    buf_release(&out);
    arena_release(&arena);
    return e;
}

enum err fixed_pdf_add_all(void *context, struct archive *archive, struct db *db, int64_t event_id, struct fault *fault)
{
    const struct fixed_pdf_all *all = context;
    struct arena arena = {0};
    struct fixed_figure *list;
    size_t count = 0;
    enum err e = fixed_list(db, &arena, event_id, INT64_MAX, FIXED_MOST, &list, &count);
    if (e != OK) db_fault(db, e, fault, "read the fixed figures");
    for (size_t i = 0; e == OK && i < count; i++) e = add_one(all, archive, db, &list[i], fault);
    arena_release(&arena);
    return e;
}
