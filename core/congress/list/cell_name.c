/* Names of people: spaces, capitals when asked, honorifics when they are to be split off. */
#include "core/base/text.h"
#include "core/base/text_words.h"
#include "core/congress/list/list_read.h"

#include <string.h>

#define NAME_MOST 200 /* characters */

/* Bytes that text_tidy would change: spaces of other kinds, characters of no width, controls. The sheet's texts are NFC. */
static bool is_tidy(const char *text)
{
    for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
        if (*p < 0x20 || *p == 0x7f) return false;
        if (*p == ' ' && (p == (const unsigned char *)text || !p[1] || p[1] == ' ')) return false;
        if (*p == 0xC2 && p[1] <= 0xAD) return false;
        if (*p == 0xE2 && (p[1] == 0x80 || p[1] == 0x81)) return false;
        if (*p == 0xE3 && p[1] == 0x80) return false;
        if (*p == 0xE1 && (p[1] == 0xA0 || p[1] == 0x9A)) return false;
        if (*p == 0xEF || *p >= 0xF3) return false;
    }
    return true;
}

const char *list_tidy(struct arena *arena, const char *text, enum list_change *change)
{
    if (is_tidy(text)) return text;
    const char *tidy = text_tidy(arena, text);
    if (tidy && strcmp(tidy, text) != 0 && *change == LIST_AS_WRITTEN) *change = LIST_SPACES;
    return tidy;
}

/* All letters of one case: somebody held the shift key, or nobody touched it. */
static bool is_one_case(const char *text)
{
    size_t small = 0, large = 0;
    while (*text) {
        int32_t c = text_next(&text);
        if (text_digit(c) >= 0 || !text_is_letter_or_digit(c)) continue;
        if (text_is_small_letter(c)) small++;
        else large++;
    }
    return small + large > 1 && (!small || !large);
}

static bool is_particle(const char *language, const char *word, size_t n)
{
    static const char *const particles[] = {"da", "de", "do", "dos", "das", "e", "du"};
    for (size_t i = 0; text_is_of_language(language, "pt") && i < sizeof particles / sizeof particles[0]; i++)
        if (strlen(particles[i]) == n && strncasecmp(particles[i], word, n) == 0) return true;
    return false;
}

/* NGUYỄN VĂN AN → Nguyễn Văn An; DA SILVA in Portuguese → da Silva; O'BRIEN → O'Brien; MCDONALD → McDonald. */
static const char *capitals_right(struct list_reader *r, const char *name)
{
    char *all = text_capitalize(r->arena, name);
    if (!all) return NULL;
    for (char *p = all; *p;) {
        size_t n = strcspn(p, " ");
        if (p != all && is_particle(r->mapping->ways.language ? r->mapping->ways.language : "", p, n) && *p >= 'A' && *p <= 'Z') *p = (char)(*p + 32);
        if (n >= 5 && p[0] == 'M' && p[1] == 'c' && p[2] >= 'a' && p[2] <= 'z') p[2] = (char)(p[2] - 32);
        p += n + (p[n] == ' ');
    }
    return all;
}

static bool looks_odd(const char *name)
{
    size_t letters = 0;
    for (const char *p = name; *p;) {
        int32_t c = text_next(&p);
        if (text_digit(c) >= 0 || c == '@' || c == '=' || c == '#') return true;
        letters += text_is_letter_or_digit(c);
    }
    return letters < 2;
}

/* Up to two words before it ("dos Santos, Ana"), one to three behind: "João Silva Sousa, presidente" is something else. */
size_t list_name_comma(const char *text)
{
    size_t at = strcspn(text, ","), before = 1, behind = 0;
    if (!at || !text[at] || strchr(text + at + 1, ',')) return 0;
    for (size_t i = 0; i < at; i++) before += text[i] == ' ' && i + 1 < at;
    for (const char *p = text + at + 1; *p;) {
        size_t n = strcspn(p, " ");
        behind += n > 0;
        p += n + (p[n] == ' ');
    }
    return before <= 2 && behind >= 1 && behind <= 3 && strlen(text) < NAME_MOST ? at : 0;
}

/* "Doe, Jane" → "Jane Doe", where most names of the column stand so and families stand behind. */
static enum err turn_round(struct list_reader *r, struct list_cell *c, const char **name)
{
    const char *language = r->mapping->ways.language ? r->mapping->ways.language : "";
    size_t at = c->state->family_comma && !text_is_of_language(language, "vi") ? list_name_comma(*name) : 0;
    if (!at) return OK;
    const char *given = *name + at + 1;
    *name = arena_printf(r->arena, "%s %.*s", given + strspn(given, " "), (int)at, *name);
    c->change = LIST_SAID_OTHERWISE;
    return *name ? OK : ERR_NOMEM;
}

enum err list_cell_name(struct list_reader *r, struct list_cell *c, const char **ret_honorific)
{
    const char *name = list_tidy(r->arena, c->text, &c->change);
    *ret_honorific = NULL;
    if (!name || turn_round(r, c, &name) != OK) return ERR_NOMEM;
    size_t polite = r->mapping->ways.honorific && strcmp(c->field->code, "family_name") != 0 ? list_word_honorific(name) : 0;
    if (polite && name[polite]) {
        size_t length = polite;
        while (length && strchr(" :", name[length - 1])) length--;
        *ret_honorific = arena_strndup(r->arena, name, length);
        name = arena_strdup(r->arena, name + polite);
        c->change = LIST_SPLIT;
        if (!*ret_honorific || !name) return ERR_NOMEM;
    }
    if (r->mapping->ways.capitals && is_one_case(name)) {
        const char *right = capitals_right(r, name);
        if (!right) return ERR_NOMEM;
        if (strcmp(right, name) != 0) c->change = LIST_CAPITALS;
        name = right;
    }
    if (text_length(name) > NAME_MOST) {
        c->reason = "too_long";
        return OK;
    }
    if (looks_odd(name)) {
        c->reason = "name_odd";
        c->doubtful = strpbrk(name, "@=#") == NULL && strspn(name, "0123456789 .,-") != strlen(name);
        if (!c->doubtful) return OK;
    }
    c->value = name;
    return OK;
}
