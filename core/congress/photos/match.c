#include "core/congress/photos/match.h"

#include "core/base/map.h"
#include "core/congress/photos/words.h"

#include <string.h>

/* People that share a key, in their order. */
struct group {
    size_t *items;
    size_t count, capacity;
};

struct photo_index {
    struct arena *arena;
    const struct photo_person *people;
    size_t count;
    const struct photo_words **names, **sort_names; /* of each person, cut behind the last word; NULL: none */
    struct map by_code, by_number, by_words, by_letters;
};

static enum err group_add(struct photo_index *index, struct map *map, const char *key, size_t person)
{
    if (!key) return ERR_NOMEM;
    if (!*key) return OK;
    struct group *group = map_get(map, key);
    if (!group) {
        group = arena_alloc(index->arena, sizeof *group);
        if (!group || map_put(map, key, group) != 0) return ERR_NOMEM;
    }
    if (group->count && group->items[group->count - 1] == person) return OK;
    if (arena_grow(index->arena, &group->items, &group->capacity, group->count, sizeof *group->items) != 0) return ERR_NOMEM;
    group->items[group->count++] = person;
    return OK;
}

/* "0127" is 127. */
static const char *without_zeros(const char *key)
{
    if (!*key || key[strspn(key, "0123456789")]) return key;
    while (key[0] == '0' && key[1]) key++;
    return key;
}

static enum err add_id(struct photo_index *index, struct map *map, const char *id, bool number, size_t person)
{
    struct photo_words words;
    if (!id) return OK;
    enum err e = photo_words_read(index->arena, id, &words);
    if (e != OK) return e == ERR_INPUT ? OK : e;
    const char *key = photo_words_squeezed(index->arena, &words, 0, words.count);
    return group_add(index, map, key && number ? without_zeros(key) : key, person);
}

static enum err add_name(struct photo_index *index, const char *name, const struct photo_words **ret, size_t person)
{
    struct photo_words words;
    if (!name) return OK;
    enum err e = photo_words_read(index->arena, name, &words);
    if (e != OK) return e == ERR_INPUT ? OK : e;
    *ret = arena_memdup(index->arena, &words, offsetof(struct photo_words, items) + words.count * sizeof words.items[0]);
    if (!*ret) return ERR_NOMEM;
    e = group_add(index, &index->by_words, photo_words_sorted(index->arena, &words, 0, words.count), person);
    return e == OK ? group_add(index, &index->by_letters, photo_words_squeezed(index->arena, &words, 0, words.count), person) : e;
}

enum err photo_index_make(struct arena *arena, const struct photo_person *people, size_t count, struct photo_index **ret)
{
    struct photo_index *index = arena_alloc(arena, sizeof *index);
    if (!index) return ERR_NOMEM;
    *index = (struct photo_index){.arena = arena, .people = people, .count = count, .by_code = {.arena = arena}, .by_number = {.arena = arena},
                                  .by_words = {.arena = arena}, .by_letters = {.arena = arena}};
    index->names = arena_array(arena, count ? count : 1, sizeof *index->names);
    index->sort_names = arena_array(arena, count ? count : 1, sizeof *index->sort_names);
    enum err e = index->names && index->sort_names ? OK : ERR_NOMEM;
    for (size_t i = 0; e == OK && i < count; i++) {
        e = add_id(index, &index->by_code, people[i].code, false, i);
        if (e == OK) e = add_id(index, &index->by_number, people[i].number, true, i);
        if (e == OK) e = add_name(index, people[i].name, &index->names[i], i);
        if (e == OK) e = add_name(index, people[i].sort_name, &index->sort_names[i], i);
    }
    if (e == OK) *ret = index;
    return e;
}

/* --- one file --- */

struct search {
    const struct photo_index *index;
    struct arena *arena;
    const struct photo_words *words;
    struct photo_match *match;
    bool no_memory;
};

static void add_person(struct photo_match *match, size_t person)
{
    for (size_t i = 0; i < match->count; i++)
        if (match->people[i] == person) return;
    if (match->count < PHOTO_CANDIDATES_MOST) match->people[match->count++] = person;
}

static void add_group(struct photo_match *match, const struct group *group)
{
    for (size_t i = 0; group && i < group->count; i++) add_person(match, group->items[i]);
}

static bool settle(struct photo_match *match, enum photo_found found, const char *why)
{
    match->found = found;
    match->why = why;
    return true;
}

static const struct group *find_code(struct search *s, size_t from, size_t to)
{
    const char *key = photo_words_squeezed(s->arena, s->words, from, to);
    if (!key) s->no_memory = true;
    return map_get(&s->index->by_code, key);
}

static const struct group *find_number(struct search *s, size_t from, size_t to)
{
    const char *key = photo_words_squeezed(s->arena, s->words, from, to);
    if (!key) s->no_memory = true;
    return key ? map_get(&s->index->by_number, without_zeros(key)) : NULL;
}

/* How the accents of the words fit the name of a person whose letters fit. */
static enum photo_marks marks_of(const struct search *s, size_t from, size_t to, size_t person)
{
    enum photo_marks best = PHOTO_MARKS_DIFFER, marks;
    const struct photo_words *names[] = {s->index->names[person], s->index->sort_names[person]};
    for (size_t i = 0; i < 2; i++)
        if (names[i] && photo_words_are_in(s->words, from, to, names[i], &marks) && marks > best) best = marks;
    return best;
}

/* The people whom the words name; of those only the ones whose accents fit best, where accents are written. *ret_differ: letters fit, accents do not. */
static void find_named(struct search *s, size_t from, size_t to, struct photo_match *named, bool *ret_differ)
{
    const struct group *group = map_get(&s->index->by_words, photo_words_sorted(s->arena, s->words, from, to));
    bool written = false, by_letters = !group;
    *ret_differ = false;
    if (!group) group = map_get(&s->index->by_letters, photo_words_squeezed(s->arena, s->words, from, to));
    if (by_letters) { /* "nguyenvanan": its marks cannot be laid beside those of single words */
        add_group(named, group);
        return;
    }
    for (size_t i = from; i < to; i++) written |= s->words->items[i].has_marks;
    enum photo_marks best = PHOTO_MARKS_DIFFER;
    for (size_t i = 0; i < group->count; i++) {
        enum photo_marks marks = marks_of(s, from, to, group->items[i]);
        if (marks > best) best = marks;
    }
    *ret_differ = best == PHOTO_MARKS_DIFFER;
    if (!written && best == PHOTO_MARKS_SAME) best = PHOTO_MARKS_LEFT_OUT; /* without any accent all namesakes are meant */
    for (size_t i = 0; i < group->count; i++)
        if (marks_of(s, from, to, group->items[i]) >= best) add_person(named, group->items[i]);
}

/* The name as a whole is a code, a number, or a person's name. */
static bool match_whole(struct search *s)
{
    size_t n = s->words->count;
    bool differ;
    struct photo_match *match = s->match;
    const struct group *code = find_code(s, 0, n), *number = find_number(s, 0, n);
    add_group(match, code);
    add_group(match, number);
    if (match->count == 1) return settle(match, PHOTO_MATCHED, code ? "code" : "number");
    if (match->count) return settle(match, PHOTO_DOUBTFUL, "code_or_number");
    find_named(s, 0, n, match, &differ);
    /* "an 2" is a copy of "an": who is alone with the name is meant. */
    if (!match->count && n > 1 && photo_word_is_number(&s->words->items[n - 1], 2)) find_named(s, 0, n - 1, match, &differ);
    if (!match->count) return false;
    if (differ) return settle(match, PHOTO_DOUBTFUL, "accents");
    return settle(match, match->count == 1 ? PHOTO_MATCHED : PHOTO_DOUBTFUL, match->count == 1 ? "name" : "namesakes");
}

/* An id, words [from, to), with the other words [rest, end) beside it. True: settled for good. */
static bool match_pair(struct search *s, size_t from, size_t to, size_t rest, size_t end)
{
    struct photo_match ids = {0}, others = {0};
    bool differ;
    const struct group *code = find_code(s, from, to);
    add_group(&ids, code ? code : find_number(s, from, to));
    if (ids.count != 1) return false;
    size_t person = ids.people[0];
    enum photo_marks marks;
    const struct photo_words *names[] = {s->index->names[person], s->index->sort_names[person]};
    bool copy = code && end - rest == 1 && photo_word_is_number(&s->words->items[rest], 2);
    for (size_t i = 0; i < 2 && !copy; i++) copy = names[i] && photo_words_are_in(s->words, rest, end, names[i], &marks) && marks != PHOTO_MARKS_DIFFER;
    if (copy) {
        *s->match = ids;
        return settle(s->match, PHOTO_MATCHED, "code_and_name");
    }
    find_named(s, rest, end, &others, &differ);
    if (others.count) {
        *s->match = ids;
        for (size_t i = 0; i < others.count; i++) add_person(s->match, others.people[i]);
        (void)settle(s->match, PHOTO_DOUBTFUL, s->match->count > 1 ? "disagree" : "accents");
    } else if (code && !s->match->count) {
        *s->match = ids;
        (void)settle(s->match, PHOTO_DOUBTFUL, "more_than_code");
    }
    return false;
}

static bool match_pairs(struct search *s)
{
    size_t n = s->words->count;
    for (size_t k = n - 1; k >= 1; k--)
        if (match_pair(s, 0, k, k, n) || match_pair(s, n - k, n, 0, n - k)) return true;
    return s->match->count > 0;
}

/* Two words or more of the name of few people, or a whole name and more: told, never taken. */
static void suggest(struct search *s)
{
    enum photo_marks marks;
    struct photo_match some = {.found = PHOTO_DOUBTFUL, .why = "part_of_name"};
    size_t n = s->words->count, fits = 0;
    for (size_t i = 0; n >= 2 && i < s->index->count; i++) {
        const struct photo_words *name = s->index->names[i];
        if (!name) continue;
        bool part = photo_words_are_in(s->words, 0, n, name, &marks);
        if (!part && !(name->count >= 2 && photo_words_are_in(name, 0, name->count, s->words, &marks))) continue;
        add_person(&some, i);
        fits++;
    }
    if (fits && fits <= PHOTO_CANDIDATES_MOST) *s->match = some;
}

static bool names_unit(struct arena *arena, const struct photo_words *folder, const char *unit, bool *no_memory)
{
    struct photo_words words;
    if (!unit) return false;
    enum err e = photo_words_read(arena, unit, &words);
    if (e == ERR_NOMEM) *no_memory = true;
    if (e != OK || !words.count) return false;
    const char *a = photo_words_squeezed(arena, &words, 0, words.count), *b = photo_words_squeezed(arena, folder, 0, folder->count);
    if (!a || !b) *no_memory = true;
    return a && b && strcmp(a, b) == 0;
}

/* Namesakes in folders by delegation. */
static void choose_by_folder(struct search *s, const char *folder)
{
    struct photo_words words;
    struct photo_match fits = {0};
    if (!folder || photo_words_read(s->arena, folder, &words) != OK || !words.count) return;
    for (size_t i = 0; i < s->match->count; i++) {
        const struct photo_person *person = &s->index->people[s->match->people[i]];
        if (names_unit(s->arena, &words, person->unit, &s->no_memory) || names_unit(s->arena, &words, person->unit_name, &s->no_memory))
            add_person(&fits, s->match->people[i]);
    }
    if (fits.count != 1) return;
    *s->match = fits;
    (void)settle(s->match, PHOTO_MATCHED, "name");
}

enum err photo_match_file(const struct photo_index *index, struct arena *arena, const char *name, const char *folder, struct photo_match *ret)
{
    struct photo_words words;
    struct search s = {.index = index, .arena = arena, .words = &words, .match = ret};
    *ret = (struct photo_match){.found = PHOTO_UNKNOWN, .why = "nobody"};
    enum err e = photo_words_of_file(arena, name, &words);
    if (e == ERR_INPUT) return OK;
    if (e != OK || !words.count) return e;
    bool found = match_whole(&s) || match_pairs(&s);
    size_t less = photo_words_without_copy(&words);
    if (ret->found != PHOTO_MATCHED && less < words.count) {
        struct photo_match before = *ret;
        *ret = (struct photo_match){.found = PHOTO_UNKNOWN, .why = "nobody"};
        words.count = less;
        bool better = match_whole(&s) || match_pairs(&s);
        if (found && !better) *ret = before;
    }
    if (!ret->count) suggest(&s);
    if (strcmp(ret->why, "namesakes") == 0) choose_by_folder(&s, folder);
    return s.no_memory ? ERR_NOMEM : OK;
}
