/* What a heading says: phrases that we know, alone or as a part, over one row or several. */
#include "core/base/text.h"
#include "core/congress/list/list_private.h"

#include <string.h>

#define WORDS_MOST 14       /* longer ones are sentences, and no headings */
#define FULL 100
#define SQUEEZED 92
#define NEAR 78
#define OF_MANY 12          /* a phrase that often means something else */
#define KNOWN_ENOUGH 70
#define BEGINS 58           /* as an attribute's title does, or longer than it */
#define BEGINS_SEVERAL 36   /* so do other columns: only contents can tell */

char *list_heading_plain(struct arena *arena, const char *text)
{
    char *copy = arena_strdup(arena, text), *out = copy;
    if (!copy) return NULL;
    int depth = 0;
    for (const char *p = text; *p; p++) {
        if (*p == '(' || *p == '[') depth++;
        else if ((*p == ')' || *p == ']') && depth) depth--;
        else if (!depth) *out++ = *p;
    }
    *out = '\0';
    char *plain = depth ? NULL : text_fold(arena, copy);
    return plain && *plain ? plain : text_fold(arena, text);
}

struct meaning {
    uint8_t *fields;   /* score by field; NULL: only the best is asked */
    unsigned best, stranger;
};

static void note(struct meaning *m, const struct list_phrase *phrase, unsigned score)
{
    for (; phrase; phrase = phrase->next) {
        unsigned s = phrase->one_of_many && score > OF_MANY ? score - OF_MANY : score;
        if (s > m->best) m->best = s;
        if (phrase->field == LIST_STRANGER) {
            if (s > m->stranger) m->stranger = s;
        } else if (m->fields && s > m->fields[phrase->field]) {
            m->fields[phrase->field] = (uint8_t)s;
        }
    }
}

/* Every run of words of it that is a phrase; the more of the heading it is, the better. */
static void read_meaning(const struct list_known *known, const char *plain, struct meaning *m)
{
    char copy[512];
    size_t ends[WORDS_MOST], starts[WORDS_MOST], count = 0, n = strlen(plain);
    if (!n || n >= sizeof copy) return;
    for (size_t at = 0; at < n;) {
        size_t length = strcspn(plain + at, " ");
        if (count == WORDS_MOST) return;
        starts[count] = at;
        ends[count++] = at + length;
        at += length + 1;
    }
    for (size_t i = 0; i < count; i++) {
        for (size_t k = i; k < count; k++) {
            size_t length = ends[k] - starts[i], words = k - i + 1;
            if (words < count && length < 3) continue;
            memcpy(copy, plain + starts[i], length);
            copy[length] = '\0';
            unsigned score = words == count ? FULL : 55 + (unsigned)(40 * words / count) - (i > 0);
            note(m, map_get(&known->phrases, copy), score);
        }
    }
    if (m->best >= SQUEEZED) return;
    size_t out = 0;
    for (size_t i = 0; i < n; i++)
        if (plain[i] != ' ') copy[out++] = plain[i];
    copy[out] = '\0';
    note(m, map_get(&known->squeezed, copy), SQUEEZED);
}

unsigned list_heading_known(const struct list_known *known, const char *plain)
{
    struct meaning m = {.best = 0};
    read_meaning(known, plain, &m);
    return m.best;
}

/* Misspelt: one letter of a short phrase, two of a long one. */
static void read_near(const struct list_known *known, const char *plain, struct meaning *m)
{
    size_t n = strlen(plain);
    if (n < 6 || n > 60) return;
    for (size_t i = 0; i < known->phrases.capacity; i++) {
        const struct map_slot *slot = &known->phrases.slots[i];
        if (slot->key && strlen(slot->key) >= 6 && list_text_is_near(plain, slot->key, n >= 11 ? 2 : 1)) note(m, slot->value, NEAR);
    }
}

/* --- a column's heading --- */

struct scoring {
    const struct list_known *known;
    struct arena *scratch;
    const struct list_heading *all;
    size_t count, at;
    uint8_t *scores, *above; /* by use; by field: what the rows above the last one say */
};

static void raise(struct scoring *s, const char *field, enum list_part part, const char *value, unsigned score)
{
    size_t use = list_known_use(s->known, field, part, value);
    if (use != SIZE_MAX && score > s->scores[use]) s->scores[use] = (uint8_t)score;
}

/* Whether a neighbour under the same heading says this. */
static bool sibling_says(const struct scoring *s, const char *plain)
{
    const struct list_heading *own = &s->all[s->at];
    for (size_t i = s->at > 2 ? s->at - 2 : 0; i < s->count && i <= s->at + 2; i++) {
        const struct list_heading *h = &s->all[i];
        if (i == s->at || h->part_count != own->part_count || strcmp(h->plain[h->part_count - 1], plain) != 0) continue;
        if (own->part_count < 2 || strcmp(h->plain[0], own->plain[0]) == 0) return true;
    }
    return false;
}

static unsigned above_score(const struct scoring *s, const char *field)
{
    size_t i = list_known_index(s->known, field);
    return i == SIZE_MAX ? 0 : s->above[i];
}

/* "Nam | Nữ", beneath "Năm sinh", beneath "Giới tính", or alone. */
static void score_sex(struct scoring *s, const char *leaf, const char *leaf_text)
{
    char sex = list_word_sex_heading(leaf);
    if (!sex || (strcmp(leaf, "nam") == 0 && (list_word_day_part(leaf, leaf_text) || (sibling_says(s, "thang") && !sibling_says(s, "nu"))))) return;
    const char *value = sex == 'm' ? "m" : "f";
    enum list_part part = sex == 'm' ? LIST_PART_MALE : LIST_PART_FEMALE;
    bool born = above_score(s, "born") >= KNOWN_ENOUGH, gender = above_score(s, "gender") >= KNOWN_ENOUGH;
    raise(s, "born", part, NULL, born ? 97 : 62);
    raise(s, "gender", LIST_PART_MARK, value, gender ? 98 : born ? 60 : 82);
}

static void score_day_parts(struct scoring *s, const char *leaf, const char *leaf_text)
{
    char part = list_word_day_part(leaf, leaf_text);
    if (!part && strcmp(leaf, "nam") == 0 && sibling_says(s, "thang")) part = 'y';
    if (!part) return;
    enum list_part which = part == 'd' ? LIST_PART_DAY : part == 'm' ? LIST_PART_MONTH : LIST_PART_YEAR;
    for (size_t i = 0; i < s->known->field_count; i++) {
        const struct list_field *field = &s->known->fields[i];
        if (field->kind == LIST_DAY || field->kind == LIST_DATE) raise(s, field->code, which, NULL, s->above[i] >= KNOWN_ENOUGH ? 97 : 0);
    }
}

/* A column for one value: "Đương nhiên", "Đại học", "Khách mời". */
static enum err score_values(struct scoring *s, const char *leaf, const char *leaf_text)
{
    for (size_t i = 0; i < s->known->use_count; i++) {
        const struct list_use *use = &s->known->uses[i];
        if (use->part != LIST_PART_MARK || use->field->kind == LIST_SEX) continue;
        unsigned above = s->above[use->field - s->known->fields];
        const char *found = NULL;
        if (list_field_names(use->field)) found = list_word_enum(use->field->code, leaf);
        else if (strcmp(use->value, leaf) == 0) found = use->value;
        if (!found && !list_field_names(use->field)) {
            const struct list_terms *terms = use->field->attribute ? &s->known->choices[use->field->attribute - s->known->vocabulary->attributes]
                : &s->known->categories;
            struct list_finding finding;
            if (list_terms_find(terms, s->scratch, s->scratch, leaf_text, false, &finding) != OK) return ERR_NOMEM;
            found = finding.found == LIST_FOUND ? finding.code : NULL;
        }
        if (!found || strcmp(found, use->value) != 0) continue;
        unsigned score = above >= KNOWN_ENOUGH ? 98 : 80;
        if (score > s->scores[i]) s->scores[i] = (uint8_t)score;
        size_t whole = list_known_use(s->known, use->field->code, LIST_PART_ALL, NULL); /* it is one value's column, then, and not the field's */
        if (above >= KNOWN_ENOUGH && whole != SIZE_MAX && s->scores[whole] > 45) s->scores[whole] = 45;
    }
    return OK;
}

static void take_fields(struct scoring *s, const uint8_t *fields, unsigned percent)
{
    for (size_t i = 0; i < s->known->field_count; i++)
        if (fields[i]) raise(s, s->known->fields[i].code, LIST_PART_ALL, NULL, fields[i] * percent / 100);
}

/* "Họ và tên" over "Họ" and "Tên". */
static void score_name_parts(struct scoring *s, const char *leaf)
{
    if (above_score(s, "name") < KNOWN_ENOUGH) return;
    if (strcmp(leaf, "ten") == 0) raise(s, "given_name", LIST_PART_ALL, NULL, 98);
    if (strcmp(leaf, "ho") == 0 || strcmp(leaf, "ho dem") == 0 || strcmp(leaf, "ho va dem") == 0) raise(s, "family_name", LIST_PART_ALL, NULL, 99);
}

static enum err join_parts(struct arena *arena, const struct list_heading *h, size_t count, const char **ret)
{
    const char *all = h->plain[0];
    for (size_t i = 1; all && i < count; i++) all = arena_printf(arena, "%s %s", all, h->plain[i]);
    *ret = all;
    return all ? OK : ERR_NOMEM;
}

/* Whether `longer` goes on behind the words of `shorter`, which are enough of it: "trinh do" of "trinh do hoc van". */
static bool begins(const char *longer, const char *shorter)
{
    size_t n = strlen(shorter), m = strlen(longer);
    if (n < 3 || strncmp(longer, shorter, n) != 0 || longer[n] != ' ') return false;
    return n * 2 + 1 >= m || (strchr(shorter, ' ') && n * 5 >= m * 2);
}

/* The one attribute whose title begins with the heading's words, or the other way round; SIZE_MAX: none, or several. */
static size_t attribute_like(const struct list_known *known, const char *plain)
{
    size_t one = SIZE_MAX;
    for (size_t i = 0; i < known->title_count; i++) {
        const struct list_title *title = &known->titles[i];
        if (!begins(title->plain, plain) && !begins(plain, title->plain)) continue;
        if (one != SIZE_MAX && one != title->field) return SIZE_MAX;
        one = title->field;
    }
    return one;
}

/* Whether phrases for fields that everybody has begin so too: "ngày vào" may be any of several days. */
static bool begins_others(const struct list_known *known, const char *plain)
{
    for (size_t i = 0; i < known->phrases.capacity; i++) {
        const struct map_slot *slot = &known->phrases.slots[i];
        if (!slot->key || !begins(slot->key, plain)) continue;
        for (const struct list_phrase *p = slot->value; p; p = p->next)
            if (p->field != LIST_STRANGER && !known->fields[p->field].attribute) return true;
    }
    return false;
}

/* "Trình độ" over an attribute that is called "Trình độ học vấn": most likely that one, when no other is called so and no column is called as it is. */
static enum err score_beginnings(struct scoring *s, const char *plain, bool *ret_found)
{
    size_t field = attribute_like(s->known, plain), others = 0;
    *ret_found = false;
    if (field == SIZE_MAX || begins_others(s->known, plain)) return OK;
    for (size_t i = 0; i < s->count; i++) {
        const struct list_heading *h = &s->all[i];
        const char *whole = "";
        if (i == s->at || !h->part_count) continue;
        if (join_parts(s->scratch, h, h->part_count, &whole) != OK) return ERR_NOMEM;
        for (const struct list_phrase *p = map_get(&s->known->phrases, whole); p; p = p->next)
            if (p->field == field) return OK;
        others += attribute_like(s->known, whole) == field;
    }
    size_t use = list_known_use(s->known, s->known->fields[field].code, LIST_PART_ALL, NULL);
    if (others) s->scores[use] = BEGINS_SEVERAL;
    else if (s->scores[use] < BEGINS) s->scores[use] = BEGINS;
    *ret_found = true;
    return OK;
}

enum err list_heading_score(const struct list_known *known, struct arena *scratch, const struct list_heading *all, size_t count, size_t at, uint8_t *scores,
                            bool *ret_stranger)
{
    const struct list_heading *h = &all[at];
    *ret_stranger = false;
    if (!h->part_count) return OK;
    struct scoring s = {.known = known, .scratch = scratch, .all = all, .count = count, .at = at, .scores = scores};
    s.above = arena_array(scratch, known->field_count, 1);
    uint8_t *leaf_fields = arena_array(scratch, known->field_count, 1), *whole_fields = arena_array(scratch, known->field_count, 1);
    const char *leaf = h->plain[h->part_count - 1], *leaf_text = h->parts[h->part_count - 1], *above = "", *whole;
    if (!s.above || !leaf_fields || !whole_fields || join_parts(scratch, h, h->part_count, &whole) != OK) return ERR_NOMEM;
    if (h->part_count > 1 && join_parts(scratch, h, h->part_count - 1, &above) != OK) return ERR_NOMEM;
    struct meaning up = {.fields = s.above}, own = {.fields = leaf_fields}, both = {.fields = whole_fields};
    read_meaning(known, above, &up);
    if (h->part_count > 2) read_meaning(known, h->plain[h->part_count - 2], &up); /* what stands right above it counts by itself */
    read_meaning(known, leaf, &own);
    if (h->part_count > 1) read_meaning(known, whole, &both);
    if (own.best < NEAR && both.best < NEAR) read_near(known, h->part_count > 1 && strlen(whole) < 40 ? whole : leaf, &own);
    take_fields(&s, leaf_fields, 100);
    take_fields(&s, whole_fields, 98);
    if (own.best < KNOWN_ENOUGH) take_fields(&s, s.above, 84);
    score_sex(&s, leaf, leaf_text);
    score_day_parts(&s, leaf, leaf_text);
    score_name_parts(&s, leaf);
    if (score_values(&s, leaf, leaf_text) != OK) return ERR_NOMEM;
    unsigned best = 0, stranger = own.stranger > both.stranger ? own.stranger : both.stranger;
    bool begun = false;
    for (size_t i = 0; i < known->use_count; i++)
        if (scores[i] > best) best = scores[i];
    if ((best < BEGINS || (stranger > best && best < 90)) && score_beginnings(&s, whole, &begun) != OK) return ERR_NOMEM;
    if (begun) return OK;
    *ret_stranger = (stranger > best && best < 90) || (own.best < KNOWN_ENOUGH && up.stranger >= 95 && best < KNOWN_ENOUGH);
    for (size_t i = 0; *ret_stranger && i < known->use_count; i++) scores[i] = 0;
    return OK;
}
