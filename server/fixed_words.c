#include "server/fixed_words.h"
#include "core/base/text.h"
#include "core/base/text_numbers.h"
#include "core/congress/title.h"

#include "catalogue.h"

#include <stdlib.h>
#include <string.h>

enum err fixed_words_load(struct db *db, struct arena *arena, const struct i18n *i18n, struct fixed_words *ret)
{
    struct sql_pages_organization_row row;
    json_t *list = NULL;
    enum i18n_language known;
    *ret = (struct fixed_words){.i18n = i18n};
    enum err e = sql_pages_organization(db, arena, &row);
    if (e == OK) (void)json_read(row.languages, strlen(row.languages), &list, NULL);
    else if (e != ERR_NOT_FOUND) return e;
    e = OK;
    for (size_t i = 0; e == OK && i < json_array_size(list) && ret->count < FIXED_WORDS_TAGS; i++) {
        const char *tag = json_string_value(json_array_get(list, i));
        if (!tag || !text_is_language(tag) || !i18n_read_tag(tag, &known)) continue;
        ret->tags[ret->count] = arena_strdup(arena, tag);
        if (!ret->tags[ret->count++]) e = ERR_NOMEM;
    }
    if (e == OK && ret->count == 0) ret->tags[ret->count++] = i18n_tag(I18N_VI);
    json_decref(list);
    return e;
}

/* Letters that are known only when a figure is said. */
struct saying {
    struct arena *arena;
    const struct fixed_words *words;
    enum i18n_language language;
    const char *locale;
    struct text_value values[16];
    size_t count;
    struct buf out;
    bool failed;
};

static const char *pattern(const struct saying *s, const char *key)
{
    return i18n_text(s->words->i18n, s->language, key);
}

static void put(struct saying *s, const char *key)
{
    char *text = s->failed ? NULL : text_sentence(s->arena, s->locale, pattern(s, key), s->values, s->count);
    if (text) buf_puts(&s->out, text);
    else s->failed = true;
}

static void know_number(struct saying *s, const char *name, int64_t number)
{
    s->values[s->count++] = (struct text_value){.name = name, .number = number};
}

static void know_text(struct saying *s, const char *name, const char *text)
{
    if (!text) s->failed = true;
    s->values[s->count++] = (struct text_value){.name = name, .text = text ? text : ""};
}

static const char *moment(const struct saying *s, const char *zone, int64_t ms, const char *key)
{
    return text_moment(s->arena, s->locale, zone, ms, pattern(s, key));
}

/* " (Official delegates)" when not everybody is counted. */
static const char *group(const struct saying *s, const struct fixed_content *c)
{
    if (!c->category) return "";
    const struct text_value title = {.name = "category", .text = title_pick(s->arena, c->category_title, i18n_tag(s->language))};
    return title.text ? text_sentence(s->arena, s->locale, pattern(s, "fixed.say.group"), &title, 1) : NULL;
}

/* The quorum of another day is told with its date. */
static const char *hour_of_quorum(const struct saying *s, const struct fixed_figure *f, int64_t ms)
{
    const char *zone = f->timezone, *date = moment(s, zone, f->content.at_ms, "fixed.say.date");
    const char *time = moment(s, zone, ms, "fixed.say.time"), *day = moment(s, zone, ms, "fixed.say.date");
    if (!date || !time || !day || strcmp(date, day) == 0) return date && day ? time : NULL;
    return arena_printf(s->arena, "%s, %s", time, day);
}

/* Where one o'clock asks for another word than two: "à 01:30", "às 02:30". */
static void know_hour(struct saying *s, const char *name, const char *zone, int64_t ms)
{
    const char *hour = text_moment(s->arena, "en", zone, ms, "H");
    if (!hour) s->failed = true;
    know_number(s, name, hour ? strtol(hour, NULL, 10) : 0);
}

static const char *quorum_pattern(const struct fixed_quorum *q)
{
    if (!q->reached) return "fixed.say.no_quorum";
    return q->lost_ms == DB_NULL ? "fixed.say.quorum" : "fixed.say.quorum_lost";
}

static void know_quorum(struct saying *s, const struct fixed_figure *f)
{
    const struct fixed_quorum *q = &f->content.quorum;
    know_number(s, "required", q->required);
    if (!q->reached) return;
    know_text(s, "since", hour_of_quorum(s, f, q->since_ms));
    know_hour(s, "since_hour", f->timezone, q->since_ms);
    if (q->lost_ms == DB_NULL) return;
    know_text(s, "lost", hour_of_quorum(s, f, q->lost_ms));
    know_hour(s, "lost_hour", f->timezone, q->lost_ms);
}

static void say(struct saying *s, const struct fixed_figure *f)
{
    const struct fixed_content *c = &f->content;
    know_text(s, "time", moment(s, f->timezone, c->at_ms, "fixed.say.time"));
    know_hour(s, "hour", f->timezone, c->at_ms);
    know_text(s, "date", moment(s, f->timezone, c->at_ms, "fixed.say.date"));
    know_text(s, "group", group(s, c));
    know_text(s, "share", text_hundredths(s->arena, s->locale, text_share(c->count.present, c->count.expected)));
    know_number(s, "present", c->count.present);
    know_number(s, "expected", c->count.expected);
    know_number(s, "left", c->count.attended - c->count.present);
    know_number(s, "absent", c->count.absent);
    know_number(s, "excused", c->count.excused);
    know_number(s, "alternates", c->count.alternates);
    know_quorum(s, f);
    put(s, c->count.expected ? "fixed.say.present" : "fixed.say.nobody");
    if (c->count.expected) put(s, "fixed.say.left");
    if (c->count.expected) put(s, "fixed.say.absent");
    put(s, "fixed.say.alternates");
    if (c->quorum.known && c->quorum.eligible > 0) put(s, quorum_pattern(&c->quorum));
    put(s, "fixed.say.end");
}

char *fixed_words_sentence(struct arena *arena, const struct fixed_words *words, enum i18n_language language, const struct fixed_figure *f)
{
    struct saying s = {.arena = arena, .words = words, .language = language, .locale = i18n_tag(language)};
    for (size_t i = words->count; i-- > 0;)
        if (text_is_of_language(words->tags[i], i18n_tag(language))) s.locale = words->tags[i];
    buf_init(&s.out, BUF_LIMIT_LINE);
    say(&s, f);
    char *text = !s.failed && buf_ok(&s.out) ? arena_strdup(arena, buf_text(&s.out)) : NULL;
    buf_release(&s.out);
    return text;
}

char *fixed_words_say(void *context, struct arena *arena, const struct fixed_figure *figure)
{
    const struct fixed_words *words = context;
    json_t *map = json_object();
    char *text = NULL;
    int result = map ? 0 : -1;
    for (enum i18n_language l = I18N_VI; result == 0 && l < I18N_COUNT; l++) {
        char *sentence = fixed_words_sentence(arena, words, l, figure);
        result = sentence ? json_object_set_new(map, i18n_tag(l), json_string(sentence)) : -1;
    }
    if (result == 0) text = json_text(arena, map);
    json_decref(map);
    return text;
}
