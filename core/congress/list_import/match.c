#include "core/congress/list_import/match.h"

#include <stdlib.h>
#include <string.h>

#define UNIT_MOST 400   /* people of one unit with one family or given name who are looked at for names spelt otherwise */
#define PHONE_TAIL 9    /* digits that count: with or without 0, +84 or 0084 before them */

/* What people are looked up by; part of the hash, so that one table serves all. */
enum key_kind { KEY_CODE = 1, KEY_NAME, KEY_PHONE, KEY_EMAIL, KEY_BORN, KEY_UNIT_FIRST, KEY_UNIT_LAST };

struct key {
    uint64_t hash;
    uint32_t person;
};

struct match_index {
    const struct match_facts *facts;
    struct name_forms *names;
    size_t count;
    struct key *keys; /* by hash, then person */
    size_t key_count;
};

const char *match_why_name(enum match_why why)
{
    static const char *const names[MATCH_WHY_COUNT] = {"", "same_name", "namesakes", "other_birth", "other_unit", "other_code", "other_name", "other_sex",
                                                       "other_marks", "word_order", "missing_word", "one_letter", "in_file"};
    return names[why];
}

static uint64_t mix(uint64_t hash, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) hash = (hash ^ (unsigned char)text[i]) * UINT64_C(0x100000001b3);
    return (hash ^ 0xff) * UINT64_C(0x100000001b3);
}

static uint64_t start(enum key_kind kind)
{
    return (UINT64_C(0xcbf29ce484222325) ^ (uint64_t)kind) * UINT64_C(0x100000001b3);
}

/* The last digits of a number, as many as count. */
static size_t phone_tail(const char *phone, char tail[PHONE_TAIL + 1])
{
    char digits[40];
    size_t n = 0;
    for (; phone && *phone && n < sizeof digits; phone++)
        if (*phone >= '0' && *phone <= '9') digits[n++] = *phone;
    size_t from = n > PHONE_TAIL ? n - PHONE_TAIL : 0;
    memcpy(tail, digits + from, n - from);
    tail[n - from] = '\0';
    return n - from;
}

static bool is_day(const char *born)
{
    return born && strlen(born) > 4;
}

/* Calls `add` with the hash of every key of somebody. */
static void each_key(const struct match_facts *f, const struct name_forms *name, void (*add)(void *, uint64_t), void *context)
{
    char tail[PHONE_TAIL + 1];
    const char *plain = name->plain, *last = names_last_word(plain);
    if (f->code) add(context, mix(start(KEY_CODE), f->code, strlen(f->code)));
    if (*name->marked) add(context, mix(start(KEY_NAME), name->marked, strlen(name->marked)));
    size_t n = phone_tail(f->phone, tail);
    if (n >= 6) add(context, mix(start(KEY_PHONE), tail, n));
    if (f->email) add(context, mix(start(KEY_EMAIL), f->email, strlen(f->email)));
    if (is_day(f->born)) add(context, mix(start(KEY_BORN), f->born, strlen(f->born)));
    if (!f->unit || !*plain) return;
    add(context, mix(mix(start(KEY_UNIT_FIRST), f->unit, strlen(f->unit)), plain, strcspn(plain, " ")));
    add(context, mix(mix(start(KEY_UNIT_LAST), f->unit, strlen(f->unit)), last, strlen(last)));
}

struct filling {
    struct key *keys;
    size_t count;
    uint32_t person;
};

static void count_key(void *context, uint64_t hash)
{
    (void)hash;
    (*(size_t *)context)++;
}

static void put_key(void *context, uint64_t hash)
{
    struct filling *f = context;
    f->keys[f->count++] = (struct key){hash, f->person};
}

static int by_hash(const void *a, const void *b)
{
    const struct key *x = a, *y = b;
    if (x->hash != y->hash) return x->hash < y->hash ? -1 : 1;
    return (x->person > y->person) - (x->person < y->person);
}

/* Folding takes room on the way that is many times the name's. */
static bool make_names(struct arena *arena, struct arena *scratch, const char *name, struct name_forms *ret)
{
    struct name_forms long_ones;
    arena_clear(scratch);
    if (!name || !*name) return (*ret = (struct name_forms){"", ""}, true);
    if (!names_make(scratch, name, &long_ones)) return false;
    ret->marked = arena_strdup(arena, long_ones.marked);
    ret->plain = strcmp(long_ones.marked, long_ones.plain) == 0 ? ret->marked : arena_strdup(arena, long_ones.plain);
    return ret->marked && ret->plain;
}

static enum err make_all_names(struct arena *arena, const struct match_facts *facts, size_t count, struct name_forms *names, size_t *ret_keys)
{
    struct arena scratch = {0};
    bool good = true;
    for (size_t i = 0; good && i < count; i++) {
        good = make_names(arena, &scratch, facts[i].name, &names[i]);
        if (good) each_key(&facts[i], &names[i], count_key, ret_keys);
    }
    arena_release(&scratch);
    return good ? OK : ERR_NOMEM;
}

enum err match_index_make(struct arena *arena, const struct match_facts *facts, size_t count, struct match_index **ret)
{
    struct match_index *index = arena_alloc(arena, sizeof *index);
    struct name_forms *names = arena_array(arena, count + 1, sizeof *names);
    size_t total = 0;
    if (!index || !names) return ERR_NOMEM;
    if (make_all_names(arena, facts, count, names, &total) != OK) return ERR_NOMEM;
    struct filling filling = {.keys = arena_array(arena, total + 1, sizeof *filling.keys)};
    if (!filling.keys) return ERR_NOMEM;
    for (size_t i = 0; i < count; i++) {
        filling.person = (uint32_t)i;
        each_key(&facts[i], &names[i], put_key, &filling);
    }
    qsort(filling.keys, filling.count, sizeof *filling.keys, by_hash);
    *index = (struct match_index){facts, names, count, filling.keys, filling.count};
    *ret = index;
    return OK;
}

/* --- one row ---------------------------------------------------------------------------------------------------------------------------------------- */

enum born { BORN_UNKNOWN, BORN_SAME_DAY, BORN_SAME_YEAR, BORN_OTHER };
enum unit { UNIT_UNKNOWN, UNIT_SAME, UNIT_OTHER };

struct looking {
    const struct match_index *index;
    const struct match_facts *row;
    struct name_forms name;
    size_t until;
    struct match_result *ret;
    size_t sure, likely; /* how many, and the last of them */
    size_t sure_index, likely_index;
    bool contradicted; /* somebody would be likely, but for a code or the sex */
};

static enum born compare_born(const char *a, const char *b)
{
    if (!a || !b) return BORN_UNKNOWN;
    if (is_day(a) && is_day(b)) return strcmp(a, b) == 0 ? BORN_SAME_DAY : BORN_OTHER;
    return strncmp(a, b, 4) == 0 ? BORN_SAME_YEAR : BORN_OTHER;
}

static enum unit compare_unit(const char *a, const char *b)
{
    if (!a || !b) return UNIT_UNKNOWN;
    return strcmp(a, b) == 0 ? UNIT_SAME : UNIT_OTHER;
}

/* Something that belongs to one person only, or nearly. */
static bool same_reach(const struct match_facts *a, const struct match_facts *b)
{
    char x[PHONE_TAIL + 1], y[PHONE_TAIL + 1];
    if (a->email && b->email && strcmp(a->email, b->email) == 0) return true;
    if (a->number && b->number && strcmp(a->number, b->number) == 0) return true;
    return phone_tail(a->phone, x) >= 6 && phone_tail(b->phone, y) >= 6 && strcmp(x, y) == 0;
}

/* A day that stands for "not known" in many registers. */
static bool is_placeholder(const char *born)
{
    return is_day(born) && strcmp(born + 4, "-01-01") == 0;
}

static void add_candidate(struct looking *l, size_t index, enum match_why why, bool first)
{
    struct match_result *r = l->ret;
    for (size_t i = 0; i < r->count; i++)
        if (r->candidates[i].index == index) return;
    if (r->count == MATCH_CANDIDATES_MOST && !first) return;
    size_t n = r->count < MATCH_CANDIDATES_MOST ? r->count : MATCH_CANDIDATES_MOST - 1;
    if (first) memmove(r->candidates + 1, r->candidates, n * sizeof *r->candidates);
    r->candidates[first ? 0 : n] = (struct match_candidate){index, why};
    r->count = n + 1;
}

/* Somebody of the same name. */
static void weigh_namesake(struct looking *l, size_t i)
{
    const struct match_facts *f = &l->index->facts[i], *row = l->row;
    enum born born = compare_born(row->born, f->born);
    enum unit unit = compare_unit(row->unit, f->unit);
    bool reach = same_reach(row, f), other_sex = row->gender && f->gender && strcmp(row->gender, f->gender) != 0;
    bool is_sure = (born == BORN_SAME_DAY && (unit != UNIT_OTHER || !is_placeholder(row->born))) || (reach && born != BORN_OTHER);
    bool is_likely = unit == UNIT_SAME && (born == BORN_SAME_YEAR || born == BORN_UNKNOWN);
    if ((is_sure || is_likely) && row->code && f->code) l->contradicted = true, add_candidate(l, i, MATCH_OTHER_CODE, true);
    else if ((is_sure || is_likely) && other_sex) l->contradicted = true, add_candidate(l, i, MATCH_OTHER_SEX, true);
    else if (is_sure) l->sure++, l->sure_index = i, add_candidate(l, i, MATCH_NAMESAKES, true);
    else if (is_likely) l->likely++, l->likely_index = i, add_candidate(l, i, MATCH_NAMESAKES, true);
    else if (row->code && f->code) return; /* two codes, and nothing but the name */
    else if (born == BORN_OTHER && (unit == UNIT_SAME || reach)) add_candidate(l, i, MATCH_OTHER_BIRTH, false);
    else if (born == BORN_OTHER || other_sex) return; /* somebody else */
    else add_candidate(l, i, unit == UNIT_OTHER ? MATCH_OTHER_UNIT : MATCH_SAME_NAME, false);
}

/* Somebody whose name is spelt otherwise: only with something that speaks for it. */
static void weigh_alike(struct looking *l, size_t i)
{
    static const enum match_why whys[] = {[NAMES_MARKS] = MATCH_MARKS, [NAMES_ORDER] = MATCH_ORDER, [NAMES_WORD] = MATCH_WORD, [NAMES_LETTER] = MATCH_LETTER};
    const struct match_facts *f = &l->index->facts[i], *row = l->row;
    if (row->code && f->code) return;
    enum likeness like = names_compare(&l->name, &l->index->names[i]);
    if (like == NAMES_EQUAL || like == NAMES_UNLIKE) return;
    enum born born = compare_born(row->born, f->born);
    bool same_unit = compare_unit(row->unit, f->unit) == UNIT_SAME;
    if (row->gender && f->gender && strcmp(row->gender, f->gender) != 0) return;
    bool good = born == BORN_SAME_DAY ? (same_unit || !is_placeholder(row->born) || same_reach(row, f)) : born == BORN_OTHER ? false : same_unit ||
        same_reach(row, f);
    if (good) add_candidate(l, i, whys[like], false);
}

static size_t first_of(const struct match_index *index, uint64_t hash)
{
    size_t low = 0, high = index->key_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (index->keys[middle].hash < hash) low = middle + 1;
        else high = middle;
    }
    return low;
}

static void each_of(struct looking *l, uint64_t hash, size_t most, void (*weigh)(struct looking *, size_t))
{
    const struct match_index *index = l->index;
    for (size_t i = first_of(index, hash); i < index->key_count && index->keys[i].hash == hash && most--; i++) {
        if (index->keys[i].person >= l->until) return;
        weigh(l, index->keys[i].person);
    }
}

static void weigh_equal_name(struct looking *l, size_t i)
{
    if (strcmp(l->name.marked, l->index->names[i].marked) == 0) weigh_namesake(l, i);
}

static void take_code(struct looking *l, size_t i)
{
    const struct match_facts *f = &l->index->facts[i];
    if (!f->code || strcmp(f->code, l->row->code) != 0) return;
    enum born born = compare_born(l->row->born, f->born);
    /* One word in common is no sign: an office numbers its own people from 1, and two of five are called Nguyễn. */
    bool known = !l->row->name || names_compare(&l->name, &l->index->names[i]) != NAMES_UNLIKE || names_contain(&l->name, &l->index->names[i]) ||
                 born == BORN_SAME_DAY || same_reach(l->row, f);
    if (known) l->ret->kind = MATCH_SAME, l->ret->index = i;
    else l->ret->kind = MATCH_DOUBT, add_candidate(l, i, MATCH_OTHER_NAME, true);
}

static void look_for_spellings(struct looking *l)
{
    const struct match_facts *row = l->row;
    const char *plain = l->name.plain, *last = names_last_word(plain);
    char tail[PHONE_TAIL + 1];
    size_t n = phone_tail(row->phone, tail);
    if (is_day(row->born)) each_of(l, mix(start(KEY_BORN), row->born, strlen(row->born)), SIZE_MAX, weigh_alike);
    if (n >= 6) each_of(l, mix(start(KEY_PHONE), tail, n), UNIT_MOST, weigh_alike);
    if (row->email) each_of(l, mix(start(KEY_EMAIL), row->email, strlen(row->email)), UNIT_MOST, weigh_alike);
    if (!row->unit || !*plain) return;
    each_of(l, mix(mix(start(KEY_UNIT_LAST), row->unit, strlen(row->unit)), last, strlen(last)), UNIT_MOST, weigh_alike);
    each_of(l, mix(mix(start(KEY_UNIT_FIRST), row->unit, strlen(row->unit)), plain, strcspn(plain, " ")), UNIT_MOST, weigh_alike);
}

enum err match_find(const struct match_index *index, struct arena *scratch, const struct match_facts *row, size_t until, struct match_result *ret)
{
    struct looking l = {.index = index, .row = row, .until = until, .ret = ret};
    *ret = (struct match_result){.kind = MATCH_NEW};
    if (!names_make(scratch, row->name ? row->name : "", &l.name)) return ERR_NOMEM;
    if (row->code) each_of(&l, mix(start(KEY_CODE), row->code, strlen(row->code)), SIZE_MAX, take_code);
    if (ret->kind != MATCH_NEW || !*l.name.marked) return OK;
    each_of(&l, mix(start(KEY_NAME), l.name.marked, strlen(l.name.marked)), SIZE_MAX, weigh_equal_name);
    if (l.sure == 1) *ret = (struct match_result){.kind = MATCH_SAME, .index = l.sure_index};
    else if (!l.sure && l.likely == 1 && !l.contradicted) *ret = (struct match_result){.kind = MATCH_SAME, .index = l.likely_index};
    else if (ret->count) ret->kind = MATCH_DOUBT;
    if (ret->kind != MATCH_NEW) return OK;
    look_for_spellings(&l);
    if (ret->count) ret->kind = MATCH_DOUBT;
    return OK;
}
