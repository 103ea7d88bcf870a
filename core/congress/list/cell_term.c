/* Units, categories, values of choices and of closed lists in cells. What was found once is remembered: a unit stands in thousands of rows. */
#include "core/base/text.h"
#include "core/congress/list/list_read.h"

#include <string.h>

#define MEMO_MOST 20000
#define SEARCHES_MOST 4000 /* for close spellings; a list with more strange names than this is no list of these units */

/* "HT-04 · Công đoàn Bến Thủy", as our forms offer it to choose from: the code says it. */
static enum err find_labelled(struct list_reader *r, const struct list_terms *terms, const char *text, const char **ret)
{
    struct list_finding found;
    const char *between = strstr(text, " \xC2\xB7 "), *code = between ? arena_strndup(r->scratch, text, (size_t)(between - text)) : NULL;
    *ret = NULL;
    if (!between) return OK;
    if (!code) return ERR_NOMEM;
    if (!text_is_code(code)) return OK;
    enum err e = list_terms_find(terms, r->scratch, r->arena, code, false, &found);
    if (e == OK && found.found == LIST_FOUND && strcmp(found.code, code) == 0) *ret = found.code;
    return e;
}

static enum err find(struct list_reader *r, const struct list_cell *c, struct list_memo *ret)
{
    const struct list_field *field = c->field;
    bool unit = field->kind == LIST_UNIT;
    const struct list_terms *terms = unit ? &r->known->units : field->kind == LIST_CATEGORY ? &r->known->categories
                                          : &r->known->choices[field->attribute - r->known->vocabulary->attributes];
    struct list_finding found;
    bool search = r->searches < SEARCHES_MOST;
    const char *labelled;
    if (find_labelled(r, terms, c->text, &labelled) != OK) return ERR_NOMEM;
    if (labelled) return *ret = (struct list_memo){.value = labelled}, OK;
    if (list_terms_find(terms, r->scratch, r->arena, c->text, search, &found) != OK) return ERR_NOMEM;
    *ret = (struct list_memo){.proposal = found.proposal};
    if (found.found != LIST_FOUND) r->searches++;
    if (found.found == LIST_FOUND) ret->value = found.code;
    else if (found.found == LIST_FOUND_CLOSE) ret->reason = unit ? "unit_close" : "choice_close";
    else if (found.found == LIST_FOUND_SEVERAL) ret->reason = unit ? "unit_several" : "choice_several";
    else ret->reason = unit ? "unit_unknown" : "choice_unknown";
    return OK;
}

static enum err find_word(struct list_reader *r, const struct list_cell *c, struct list_memo *ret)
{
    const char *plain = text_fold(r->scratch, c->text);
    if (!plain) return ERR_NOMEM;
    *ret = (struct list_memo){.value = list_word_enum(c->field->code, plain)};
    if (!ret->value) ret->reason = "choice_unknown";
    return OK;
}

/* "Xe lăn, chữ to" → "wheelchair,large_print". Every part must be known. */
static enum err find_words(struct list_reader *r, const struct list_cell *c, struct list_memo *ret)
{
    const char *all = "";
    *ret = (struct list_memo){.value = NULL};
    for (const char *p = c->text; *p;) {
        size_t n = strcspn(p, ",;\n/+");
        const char *part = arena_strndup(r->scratch, p, n), *plain = part ? text_fold(r->scratch, part) : NULL, *name;
        if (!plain) return ERR_NOMEM;
        p += n + (p[n] != '\0');
        if (!*plain) continue;
        name = list_word_enum(c->field->code, plain);
        if (!name) {
            ret->reason = "choice_unknown";
            return OK;
        }
        all = *all ? arena_printf(r->arena, "%s,%s", all, name) : name;
        if (!all) return ERR_NOMEM;
    }
    if (*all) ret->value = all;
    else ret->reason = "choice_unknown";
    return OK;
}

/* Roles: the usual ones by their words, others when they are codes already. */
static enum err find_roles(struct list_reader *r, const struct list_cell *c, struct list_memo *ret)
{
    static const struct {
        const char *words, *code;
    } roles[] = {
        {"truong doan|truong doan dai bieu|head of delegation|chefe de delegacao|رئيس الوفد", "head_of_delegation"},
            {"doan chu tich|chu tich doan|presidium|mesa|mesa do congresso|هيئة الرئاسة", "presidium"},
        {"thu ky|doan thu ky|ban thu ky|secretariat|secretariado|secretario|الامانة", "secretariat"},
        {"kiem phieu|ban kiem phieu|teller|tellers|escrutinador|escrutinadora|escrutinadores|لجنة الفرز", "teller"},
        {"tham tra tu cach|ban tham tra tu cach dai bieu|ban tham tra tu cach|credentials committee|comissao de verificacao", "credentials"},
    };
    const char *all = "";
    *ret = (struct list_memo){.value = NULL};
    for (const char *p = c->text; *p;) {
        size_t n = strcspn(p, ",;\n/+");
        const char *part = arena_strndup(r->scratch, p, n), *tidy = part ? text_tidy(r->arena, part) : NULL, *plain = tidy ? text_fold(r->scratch, tidy) : NULL,
            *code = NULL;
        if (!plain) return ERR_NOMEM;
        p += n + (p[n] != '\0');
        if (!*plain) continue;
        if (strchr(tidy, '_') && text_is_code(tidy)) code = tidy; /* nobody writes so but who means the code */
        for (size_t i = 0; !code && i < sizeof roles / sizeof roles[0]; i++) {
            const char *at = strstr(roles[i].words, plain);
            size_t length = strlen(plain);
            if (at && (at == roles[i].words || at[-1] == '|') && (at[length] == '|' || !at[length])) code = roles[i].code;
        }
        if (!code && text_is_code(tidy) && (tidy[0] < 'A' || tidy[0] > 'Z')) code = tidy; /* "Escrutinadora" is a word */
        if (!code) {
            ret->reason = "choice_unknown";
            return OK;
        }
        all = *all ? arena_printf(r->arena, "%s,%s", all, code) : code;
        if (!all) return ERR_NOMEM;
    }
    if (*all) ret->value = all;
    else ret->reason = "choice_unknown";
    return OK;
}

enum err list_cell_term(struct list_reader *r, struct list_cell *c)
{
    struct list_memo one = {.value = NULL}, *memo = map_get(&c->state->memo, c->text);
    if (!memo) {
        enum list_kind kind = c->field->kind;
        enum err e = kind == LIST_ENUM ? find_word(r, c, &one) : kind == LIST_ENUMS ? find_words(r, c, &one) : kind == LIST_CODES ? find_roles(r, c, &one)
            : find(r, c, &one);
        if (e != OK) return e;
        memo = &one;
        if (c->state->memo.count < MEMO_MOST) {
            const char *key = arena_strdup(r->arena, c->text);
            memo = arena_memdup(r->arena, &one, sizeof one);
            if (!key || !memo || map_put(&c->state->memo, key, memo) != 0) return ERR_NOMEM;
        }
    }
    c->value = memo->value;
    c->reason = memo->reason;
    c->proposal = memo->proposal;
    c->doubtful = c->reason && c->proposal;
    c->change = c->value && strcmp(c->value, c->text) == 0 ? LIST_AS_WRITTEN : LIST_SAID_OTHERWISE;
    return OK;
}
