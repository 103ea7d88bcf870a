/* Names that the organisation has (units, categories, values of choices), found by code, by name without accents, by usual abbreviations, or by being close. */
#include "core/base/json.h"
#include "core/base/text.h"
#include "core/congress/list/list_private.h"

#include <stdlib.h>
#include <string.h>

#define TOKENS_MOST 48
#define CANDIDATES_MOST 96     /* names that are compared with one spelling */
#define FEW_NAMES 64           /* so many are all compared */
#define SEVERAL_MOST 3         /* that a proposal names */
#define CLOSE_LEAST 0.72f
#define CLOSE_MARGIN 0.06f

struct list_same {
    const char *code;
    const char *second; /* of another thing with the same name; NULL: none */
};

struct list_token {
    uint32_t *names;
    size_t count, capacity;
};

/* "CĐ" is Công đoàn in a unit's name, Cao đẳng in a school's degree. */
static const struct {
    const char *shorter, *longer;
    enum list_language_of way;
    bool both;
} abbreviations[] = {
    {"ldld", "lien doan lao dong", LIST_TERMS_UNITS, true}, {"cty", "cong ty", LIST_TERMS_UNITS, true}, {"tnhh", "trach nhiem huu han", LIST_TERMS_UNITS, true},
    {"cp", "co phan", LIST_TERMS_UNITS, true}, {"mtv", "mot thanh vien", LIST_TERMS_UNITS, true}, {"ubnd", "uy ban nhan dan", LIST_TERMS_UNITS, true},
    {"hdnd", "hoi dong nhan dan", LIST_TERMS_UNITS, true}, {"tp", "thanh pho", LIST_TERMS_UNITS, true}, {"tx", "thi xa", LIST_TERMS_UNITS, true},
    {"bv", "benh vien", LIST_TERMS_UNITS, true}, {"dh", "dai hoc", LIST_TERMS_UNITS, true}, {"thpt", "trung hoc pho thong", LIST_TERMS_UNITS, true},
    {"thcs", "trung hoc co so", LIST_TERMS_UNITS, true}, {"mn", "mam non", LIST_TERMS_UNITS, true}, {"kcn", "khu cong nghiep", LIST_TERMS_UNITS, true},
    {"kcx", "khu che xuat", LIST_TERMS_UNITS, true}, {"gtvt", "giao thong van tai", LIST_TERMS_UNITS, true}, {"dn", "doanh nghiep", LIST_TERMS_UNITS, true},
    {"nm", "nha may", LIST_TERMS_UNITS, true}, {"xn", "xi nghiep", LIST_TERMS_UNITS, true}, {"vp", "van phong", LIST_TERMS_UNITS, true},
    {"ths", "thac si", LIST_TERMS_UNITS, true}, {"bch", "ban chap hanh", LIST_TERMS_UNITS, true}, {"btc", "ban to chuc", LIST_TERMS_UNITS, true},
    {"sy", "si", LIST_TERMS_UNITS, true}, {"dept", "department", LIST_TERMS_UNITS, true}, {"univ", "university", LIST_TERMS_UNITS, true},
    {"dir", "directorate", LIST_TERMS_UNITS, true}, {"depto", "departamento", LIST_TERMS_UNITS, true}, {"dpto", "departamento", LIST_TERMS_UNITS, true},
    {"govt", "government", LIST_TERMS_UNITS, true}, {"natl", "national", LIST_TERMS_UNITS, true}, {"assoc", "association", LIST_TERMS_UNITS, true},
    {"inst", "institute", LIST_TERMS_UNITS, true}, {"cd", "cong doan", LIST_TERMS_UNITS, false}, {"cdcs", "cong doan co so", LIST_TERMS_UNITS, false},
    {"ct", "cong ty", LIST_TERMS_UNITS, false}, {"tt", "thi tran", LIST_TERMS_UNITS, false}, {"p", "phuong", LIST_TERMS_UNITS, false},
    {"q", "quan", LIST_TERMS_UNITS, false}, {"h", "huyen", LIST_TERMS_UNITS, false}, {"x", "xa", LIST_TERMS_UNITS, false},
    {"gd", "giao duc", LIST_TERMS_UNITS, false}, {"fac", "faculdade", LIST_TERMS_UNITS, false}, {"cd", "cao dang", LIST_TERMS_OTHER, false},
    {"tc", "trung cap", LIST_TERMS_OTHER, false}, {"ts", "tien si", LIST_TERMS_OTHER, false}, {"db", "dai bieu", LIST_TERMS_OTHER, false},
};

static const char *longer_of(enum list_language_of way, const char *token, size_t length)
{
    for (size_t i = 0; i < sizeof abbreviations / sizeof abbreviations[0]; i++) {
        if (!abbreviations[i].both && abbreviations[i].way != way) continue;
        if (strlen(abbreviations[i].shorter) == length && memcmp(abbreviations[i].shorter, token, length) == 0) return abbreviations[i].longer;
    }
    return NULL;
}

char *list_terms_plain(enum list_language_of way, struct arena *arena, const char *text)
{
    char *plain = text_fold(arena, text);
    if (!plain) return NULL;
    struct buf out;
    buf_init(&out, BUF_LIMIT_LINE);
    for (const char *p = plain; *p;) {
        size_t n = strcspn(p, " ");
        const char *longer = longer_of(way, p, n);
        if (p != plain) buf_putc(&out, ' ');
        if (longer) buf_puts(&out, longer);
        else buf_add(&out, p, n);
        p += n + (p[n] == ' ');
    }
    char *all = buf_ok(&out) ? arena_strdup(arena, buf_text(&out)) : arena_strndup(arena, plain, BUF_LIMIT_LINE / 2);
    buf_release(&out);
    return all;
}

static const char *caseless(struct arena *arena, const char *code)
{
    char *copy = arena_strdup(arena, code);
    for (char *p = copy; p && *p; p++)
        if (*p >= 'A' && *p <= 'Z') *p = (char)(*p + 32);
    return copy;
}

/* --- being near --- */

bool list_text_is_near(const char *a, const char *b, unsigned most)
{
    size_t n = strlen(a), m = strlen(b);
    unsigned row[130], diagonal, above;
    if (n > 128 || m > 128 || (n > m ? n - m : m - n) > most) return false;
    for (size_t j = 0; j <= m; j++) row[j] = (unsigned)j;
    for (size_t i = 1; i <= n; i++) {
        unsigned best = row[0] = (unsigned)i;
        diagonal = (unsigned)i - 1;
        for (size_t j = 1; j <= m; j++) {
            above = row[j];
            unsigned one = diagonal + (a[i - 1] != b[j - 1]);
            if (above + 1 < one) one = above + 1;
            if (row[j - 1] + 1 < one) one = row[j - 1] + 1;
            diagonal = above;
            row[j] = one;
            if (one < best) best = one;
        }
        if (best > most) return false;
    }
    return row[m] <= most;
}

static bool tokens_are_near(const char *a, const char *b)
{
    size_t n = strlen(a);
    return n >= 3 && list_text_is_near(a, b, n >= 8 ? 2 : 1);
}

/* --- making --- */

static enum err split(struct arena *arena, const char *plain, const char ***ret, uint32_t *ret_count)
{
    uint32_t count = 0;
    char *copy = arena_strdup(arena, plain);
    const char **tokens = arena_array(arena, TOKENS_MOST, sizeof *tokens);
    if (!copy || !tokens) return ERR_NOMEM;
    for (char *p = copy; *p && count < TOKENS_MOST;) {
        size_t n = strcspn(p, " ");
        tokens[count++] = p;
        bool end = p[n] == '\0';
        p[n] = '\0';
        if (end) break;
        p += n + 1;
    }
    *ret = tokens;
    *ret_count = count;
    return OK;
}

static enum err add_same(struct list_terms *t, const char *plain, const char *code)
{
    struct list_same *same = map_get(&t->plain, plain);
    if (same) {
        if (strcmp(same->code, code) != 0 && !same->second) same->second = code;
        return OK;
    }
    same = arena_alloc(t->plain.arena, sizeof *same);
    if (!same) return ERR_NOMEM;
    same->code = code;
    return map_put(&t->plain, plain, same) == 0 ? OK : ERR_NOMEM;
}

static enum err add_name(struct list_terms *t, const char *code, const char *text)
{
    struct arena *arena = t->plain.arena;
    const char *plain = list_terms_plain(t->way, arena, text);
    if (!plain) return ERR_NOMEM;
    if (!*plain) return OK;
    if (arena_grow(arena, &t->names, &t->capacity, t->count, sizeof *t->names) != 0) return ERR_NOMEM;
    struct list_name *name = &t->names[t->count];
    *name = (struct list_name){.code = code, .plain = plain};
    if (split(arena, plain, &name->tokens, &name->token_count) != OK) return ERR_NOMEM;
    for (uint32_t i = 0; i < name->token_count; i++) {
        struct list_token *token = map_get(&t->tokens, name->tokens[i]);
        if (!token) token = arena_alloc(arena, sizeof *token);
        if (!token || map_put(&t->tokens, name->tokens[i], token) != 0) return ERR_NOMEM;
        if (token->count && token->names[token->count - 1] == t->count) continue;
        if (arena_grow(arena, &token->names, &token->capacity, token->count, sizeof *token->names) != 0) return ERR_NOMEM;
        token->names[token->count++] = (uint32_t)t->count;
    }
    t->count++;
    return add_same(t, plain, code);
}

static enum err add_term(struct list_terms *t, const struct list_term *term, struct fault *fault)
{
    const char *code = caseless(t->plain.arena, term->code);
    if (!code || map_put(&t->codes, code, (void *)(uintptr_t)term->code) != 0) return ERR_NOMEM;
    const char *title = term->title ? term->title : "";
    if (title[0] != '{' && title[0] != '"') return add_name(t, term->code, title);
    json_t *json = NULL;
    enum err e = json_read(title, strlen(title), &json, fault);
    if (e != OK) {
        fault_prefix(fault, "title of %s", term->code);
        return e;
    }
    const char *language;
    json_t *text;
    if (json_is_string(json)) e = add_name(t, term->code, json_string_value(json));
    json_object_foreach(json, language, text)
        if (e == OK && json_is_string(text)) e = add_name(t, term->code, json_string_value(text));
    json_decref(json);
    return e;
}

/* Rare words say more. */
static float weight_of(const struct list_terms *t, const char *token)
{
    const struct list_token *found = map_get(&t->tokens, token);
    size_t in = found ? found->count : 0, all = t->count ? t->count : 1;
    if (!found) return 1.0f;
    return in * 3 > all && all > 3 ? 0.25f : in * 10 > all && all > 10 ? 0.55f : 1.0f;
}

/* The words with which two fifths of all names begin. */
static enum err find_common(struct list_terms *t)
{
    const char *common = NULL;
    for (uint32_t words = 1; words <= 3 && t->count >= 5; words++) {
        const char *best = NULL;
        for (size_t i = 0; i < t->count && i < 64 && !best; i++) { /* what two fifths share stands among the first few */
            const struct list_name *name = &t->names[i];
            if (name->token_count <= words) continue;
            size_t length = (size_t)(name->tokens[words - 1] - name->tokens[0]) + strlen(name->tokens[words - 1]), same = 0;
            for (size_t k = 0; k < t->count; k++) same += strncmp(t->names[k].plain, name->plain, length) == 0 && t->names[k].plain[length] == ' ';
            if (same * 5 >= t->count * 2) best = arena_strndup(t->plain.arena, name->plain, length);
        }
        if (!best) break;
        common = best;
    }
    t->common = common;
    for (size_t i = 0; common && i < t->count; i++) {
        size_t n = strlen(common);
        const char *plain = t->names[i].plain;
        if (strncmp(plain, common, n) == 0 && plain[n] == ' ' && add_same(t, plain + n + 1, t->names[i].code) != OK) return ERR_NOMEM;
    }
    return OK;
}

enum err list_terms_make(struct arena *arena, const struct list_term *terms, size_t count, enum list_language_of way, struct list_terms *ret, struct fault *fault)
{
    struct list_terms t = {.way = way, .codes = {.arena = arena}, .plain = {.arena = arena}, .tokens = {.arena = arena}};
    for (size_t i = 0; i < count; i++) {
        enum err e = add_term(&t, &terms[i], fault);
        if (e != OK) return e;
    }
    if (way == LIST_TERMS_UNITS && find_common(&t) != OK) return ERR_NOMEM;
    for (size_t i = 0; i < t.count; i++)
        for (uint32_t k = 0; k < t.names[i].token_count; k++) t.names[i].weight += weight_of(&t, t.names[i].tokens[k]);
    *ret = t;
    return OK;
}

/* --- finding --- */

static float likeness(const struct list_terms *t, const struct list_name *name, const char *plain, const char *const *tokens, uint32_t count, float weight)
{
    float shared = 0;
    bool taken[TOKENS_MOST] = {false};
    for (uint32_t i = 0; i < count; i++) {
        uint32_t at = TOKENS_MOST;
        float worth = 1.0f;
        for (uint32_t k = 0; k < name->token_count && at == TOKENS_MOST; k++)
            if (!taken[k] && strcmp(tokens[i], name->tokens[k]) == 0) at = k;
        for (uint32_t k = 0; k < name->token_count && at == TOKENS_MOST; k++)
            if (!taken[k] && tokens_are_near(tokens[i], name->tokens[k])) at = k, worth = 0.85f;
        if (at == TOKENS_MOST) continue;
        taken[at] = true;
        shared += worth * weight_of(t, name->tokens[at]);
    }
    float score = 2 * shared / (weight + name->weight + 0.001f);
    size_t longest = strlen(plain) > strlen(name->plain) ? strlen(plain) : strlen(name->plain);
    unsigned most = (unsigned)(longest / 6);
    if (score < 0.9f && most && list_text_is_near(plain, name->plain, most)) score = 0.9f;
    return score;
}

struct search {
    const struct list_name *best[SEVERAL_MOST];
    float scores[SEVERAL_MOST];
};

static void keep_best(struct search *s, const struct list_name *name, float score)
{
    if (score < CLOSE_LEAST) return;
    for (size_t i = 0; i < SEVERAL_MOST; i++) /* the same thing by another of its names */
        if (s->best[i] && strcmp(s->best[i]->code, name->code) == 0) {
            if (score > s->scores[i]) s->scores[i] = score;
            return;
        }
    for (size_t i = 0; i < SEVERAL_MOST; i++) {
        if (s->best[i] && s->scores[i] >= score) continue;
        for (size_t k = SEVERAL_MOST - 1; k > i; k--) s->best[k] = s->best[k - 1], s->scores[k] = s->scores[k - 1];
        s->best[i] = name;
        s->scores[i] = score;
        return;
    }
}

/* Those that share a rare word. */
static void search_names(const struct list_terms *t, const char *plain, const char *const *tokens, uint32_t count, struct search *s)
{
    float weight = 0;
    size_t compared = 0;
    for (uint32_t i = 0; i < count; i++) weight += weight_of(t, tokens[i]);
    if (t->count <= FEW_NAMES) {
        for (size_t i = 0; i < t->count; i++) keep_best(s, &t->names[i], likeness(t, &t->names[i], plain, tokens, count, weight));
        return;
    }
    for (size_t bound = 4; bound <= 256 && compared < CANDIDATES_MOST; bound *= 8) { /* the rarest words first */
        for (uint32_t i = 0; i < count; i++) {
            const struct list_token *token = map_get(&t->tokens, tokens[i]);
            if (!token || token->count > bound || (bound > 4 && token->count <= bound / 8)) continue;
            for (size_t k = 0; k < token->count && compared < CANDIDATES_MOST; k++, compared++) {
                const struct list_name *name = &t->names[token->names[k]];
                keep_best(s, name, likeness(t, name, plain, tokens, count, weight));
            }
        }
    }
}

static enum err several(struct arena *arena, const struct search *s, struct list_finding *ret)
{
    const char *all = s->best[0]->code;
    for (size_t i = 1; all && i < SEVERAL_MOST && s->best[i]; i++) all = arena_printf(arena, "%s, %s", all, s->best[i]->code);
    *ret = (struct list_finding){.found = LIST_FOUND_SEVERAL, .proposal = all};
    return all ? OK : ERR_NOMEM;
}

static bool has_all(const struct list_name *name, const char *const *tokens, uint32_t count)
{
    size_t letters = 0, all = 0;
    for (uint32_t k = 0; k < name->token_count; k++) all += strlen(name->tokens[k]);
    for (uint32_t i = 0; i < count; i++) {
        uint32_t k = 0;
        while (k < name->token_count && strcmp(tokens[i], name->tokens[k]) != 0) k++;
        if (k == name->token_count) return false;
        letters += strlen(tokens[i]);
    }
    return letters * 2 >= all;
}

/* "Chính thức" for "Đại biểu chính thức": words of one thing only, and at least half of its letters. NULL: none, or several. Not for units, of which one is
 * often named like a part of another. */
static const char *part_of_one(const struct list_terms *t, const char *const *tokens, uint32_t count)
{
    const char *one = NULL;
    for (size_t i = 0; i < t->count && t->count <= FEW_NAMES * 4; i++) {
        if (!has_all(&t->names[i], tokens, count)) continue;
        if (one && strcmp(one, t->names[i].code) != 0) return NULL;
        one = t->names[i].code;
    }
    return one;
}

enum err list_terms_find(const struct list_terms *terms, struct arena *scratch, struct arena *arena, const char *written, bool search, struct list_finding *ret)
{
    *ret = (struct list_finding){.found = LIST_FOUND_NOT};
    const char *tidy = text_tidy(scratch, written), *code = tidy ? caseless(scratch, tidy) : NULL, *plain = tidy ? list_terms_plain(terms->way, scratch, tidy) : NULL;
    if (!tidy || !code || !plain) return ERR_NOMEM;
    const char *known = map_get(&terms->codes, code);
    const struct list_same *same = map_get(&terms->plain, plain);
    size_t common = terms->common ? strlen(terms->common) : 0;
    if (!same && common && strncmp(plain, terms->common, common) == 0 && plain[common] == ' ') same = map_get(&terms->plain, plain + common + 1);
    if (known || (same && !same->second)) {
        *ret = (struct list_finding){.found = LIST_FOUND, .code = known ? known : same->code};
        return OK;
    }
    if (same) {
        *ret = (struct list_finding){.found = LIST_FOUND_SEVERAL, .proposal = arena_printf(arena, "%s, %s", same->code, same->second)};
        return ret->proposal ? OK : ERR_NOMEM;
    }
    if (!search || !*plain) return OK;
    const char **tokens;
    uint32_t count;
    struct search s = {.scores = {0}};
    if (split(scratch, plain, &tokens, &count) != OK) return ERR_NOMEM;
    const char *part = terms->way == LIST_TERMS_OTHER ? part_of_one(terms, tokens, count) : NULL;
    if (part) {
        *ret = (struct list_finding){.found = LIST_FOUND, .code = part};
        return OK;
    }
    search_names(terms, plain, tokens, count, &s);
    if (!s.best[0]) return OK;
    if (s.best[1] && s.scores[0] - s.scores[1] < CLOSE_MARGIN) return several(arena, &s, ret);
    *ret = (struct list_finding){.found = LIST_FOUND_CLOSE, .code = s.best[0]->code, .proposal = s.best[0]->code};
    return OK;
}
