/* What the cells of a column are like. */
#include "core/base/text.h"
#include "core/base/text_words.h"
#include "core/congress/list/list_look.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define LONG_TEXT 160

/* What half of all people of Vietnam, and many of Portugal, Brazil and England are called; only a hint. */
static bool is_family_name(const char *plain)
{
    static const char names[] = " "
                                "nguyen tran le pham hoang huynh phan vu vo dang bui do ho ngo duong ly dinh truong trinh doan luong mai cao lam ta ha quach vuong to "
                                "luu chu kieu dao tang la thai phung tong nghiem khong tu cu thach ma bach au trieu ninh lo hua giang silva santos ferreira pereira "
                                "oliveira costa rodrigues martins sousa souza fernandes goncalves gomes lopes smith jones taylor brown williams wilson johnson davies ";
    char key[40];
    size_t n = strlen(plain);
    if (n + 3 > sizeof key) return false;
    key[0] = ' ';
    memcpy(key + 1, plain, n);
    memcpy(key + n + 1, " ", 2);
    return strstr(names, key) != NULL;
}

struct letters {
    size_t words, letters, digits, others, small_starts, large;
    size_t bytes;
};

static bool is_particle(const char *word, size_t n)
{
    static const char *const particles[] = {"da", "de", "do", "dos", "das", "e", "bin", "binti", "van", "von", "del", "la", "di", "al", "el"};
    for (size_t i = 0; i < sizeof particles / sizeof particles[0]; i++)
        if (strlen(particles[i]) == n && memcmp(particles[i], word, n) == 0) return true;
    return false;
}

static void count_letters(const char *text, struct letters *ret)
{
    *ret = (struct letters){.bytes = strlen(text)};
    bool in_word = false;
    for (const char *p = text; *p;) {
        const char *start = p;
        int32_t c = text_next(&p);
        if (text_digit(c) >= 0) ret->digits++;
        else if (text_is_letter_or_digit(c)) {
            ret->letters++;
            bool small = text_is_small_letter(c);
            ret->large += !small;
            if (!in_word) {
                ret->words++;
                ret->small_starts += small && !is_particle(start, strcspn(start, " "));
            }
            in_word = true;
            continue;
        } else if (c == ' ' || c == 0xA0 || c == '\t' || c == '\n') {
            in_word = false;
            continue;
        } else if (c != '\'' && c != '-' && c != '.' && c != 0x2019) {
            ret->others++;
        }
    }
}

bool list_text_is_like_name(const char *text)
{
    struct letters n;
    if (strlen(text) > 90) return false;
    count_letters(text, &n);
    return n.words >= 2 && n.words <= 8 && !n.digits && !n.others && (n.small_starts == 0 || n.large == 0) && n.letters >= 4;
}

static bool is_phone(const char *text, bool *ret_short)
{
    size_t digits = 0;
    char first = 0;
    *ret_short = false;
    for (const char *p = text; *p; p++) {
        if (*p >= '0' && *p <= '9') {
            if (!first) first = *p;
            digits++;
        } else if (!strchr(" ().+-/;,", *p)) {
            return false;
        }
    }
    if (text[0] == '+') return digits >= 8 && digits <= 15;
    if (digits >= 9 && digits <= 13 && (strchr(text, '(') || strchr(text, ' '))) return true; /* set in groups, as one says it */
    if (digits == 9 && first != '0') *ret_short = true;
    if (digits == 11 && first == '8') return strncmp(text, "84", 2) == 0;
    if (digits >= 18 && digits <= 23) return strpbrk(text, "/;,-") && first == '0';
    return digits == 9 || (first == '0' && (digits == 10 || digits == 11));
}

static bool ends_with_picture(const char *text)
{
    const char *dot = strrchr(text, '.');
    return dot && (strcasecmp(dot, ".jpg") == 0 || strcasecmp(dot, ".jpeg") == 0 || strcasecmp(dot, ".png") == 0 || strcasecmp(dot, ".webp") == 0);
}

static void look_at_shape(const struct list_known *known, struct list_look *look, const char *text, const struct letters *n)
{
    bool is_short, is_day, mark;
    const char *at = strchr(text, '@');
    look->emails += at && at != text && strchr(at, '.') && !strchr(text, ' ');
    if (is_phone(text, &is_short)) {
        look->phones++;
        look->short_phones += is_short;
    }
    if (!n->letters && n->digits == 4 && n->bytes == 4) {
        long year = strtol(text, NULL, 10);
        look->years += year >= 1900 && year <= known->this_year;
    } else if (n->digits >= 4) {
        (void)list_day_order(text, &is_day);
        look->dates += is_day;
    }
    look->paths += ends_with_picture(text);
    look->codes += n->digits && n->bytes >= 2 && n->bytes <= 24 && text_is_code(text) && (n->letters || text[0] == '0');
    if (n->bytes <= 16) {
        enum list_word word = list_word_yes_no(text, &mark);
        look->marks += word == LIST_WORD_YES;
        look->no_marks += word == LIST_WORD_NO;
    }
    char polite[64];
    if (n->bytes <= 24 && n->letters) {
        memcpy(polite, text, n->bytes);
        memcpy(polite + n->bytes, " A", 3);
        look->honorifics += list_word_honorific(polite) == n->bytes + 1;
    }
}

static enum err look_at_words(const struct list_known *known, struct arena *scratch, struct list_look *look, const char *text, const struct letters *n)
{
    static const char *const closed[] = {"mandate", "status", "needs"};
    struct list_finding found;
    char *plain = text_fold(scratch, text);
    if (!plain) return ERR_NOMEM;
    look->sexes += list_word_sex(plain, text) != 0 && strcmp(plain, "x") != 0; /* which is a mark, unless others are letters too */
    for (size_t i = 0; i < 3; i++) look->enums[i] += list_word_enum(closed[i], plain) != NULL;
    const char *bare = text + list_word_honorific(text);
    if (bare != text && !(plain = text_fold(scratch, bare))) return ERR_NOMEM;
    if (list_text_is_like_name(bare)) {
        char *space = strchr(plain, ' ');
        look->names++;
        look->capitals += n->large == n->letters;
        if (space) *space = '\0';
        const char *last = strrchr(text, ' ');
        const char *last_plain = last ? text_fold(scratch, last) : "";
        look->family += is_family_name(plain) || (last_plain && is_family_name(last_plain));
    }
    if (list_terms_find(&known->units, scratch, scratch, text, false, &found) != OK) return ERR_NOMEM;
    look->units += found.found == LIST_FOUND;
    if (list_terms_find(&known->categories, scratch, scratch, text, false, &found) != OK) return ERR_NOMEM;
    look->categories += found.found == LIST_FOUND;
    for (size_t i = 0; i < known->vocabulary->attribute_count; i++) {
        if (known->vocabulary->attributes[i].type != LIST_ATTRIBUTE_CHOICE) continue;
        if (list_terms_find(&known->choices[i], scratch, scratch, text, false, &found) != OK) return ERR_NOMEM;
        look->choices[i] += found.found == LIST_FOUND;
    }
    return OK;
}

static void look_at_number(const struct list_known *known, struct list_look *look, struct list_looking *at, const char *text)
{
    char *end;
    double number = strtod(text, &end);
    if (*end || end == text) {
        at->last = -1;
        return;
    }
    look->numbers++;
    if (at->last >= 0 && number == at->last + 1) look->counting++;
    at->last = number;
    const struct list_zeros *code = map_get(&known->codes, text + (strspn(text, "0") == strlen(text) ? 0 : strspn(text, "0")));
    look->codes += code != NULL && text[0] != '0';
}

enum err list_look_add(const struct list_known *known, struct arena *scratch, struct list_look *look, struct list_looking *at, const struct sheet_cell *cell)
{
    const char *text = list_cell_text(scratch, cell);
    if (!text) return ERR_NOMEM;
    if (!*text || cell->kind == SHEET_ERROR) return OK;
    look->filled++;
    uint64_t hash = 1469598103934665603u;
    for (const char *p = text; *p; p++) hash = (hash ^ (unsigned char)*p) * 1099511628211u;
    size_t slot = hash % LIST_LOOK_SLOTS, tries = 0;
    for (; at->seen[slot] && at->seen[slot] != hash && tries < 32; tries++) slot = (slot + 1) % LIST_LOOK_SLOTS;
    if (at->seen[slot] != hash) {
        look->distinct++;
        at->seen[slot] = hash;
    }
    if (cell->kind == SHEET_DATE) {
        look->dates++;
        return OK;
    }
    struct letters n;
    count_letters(text, &n);
    look->length += (uint32_t)n.bytes;
    look->texts += n.letters > 0;
    look->words += n.words;
    look->one_word += n.words == 1;
    look_at_number(known, look, at, text);
    if (n.bytes > LONG_TEXT) return OK;
    look_at_shape(known, look, text, &n);
    return n.letters ? look_at_words(known, scratch, look, text, &n) : OK;
}

/* --- what that says for a use --- */

static int share(uint32_t part, const struct list_look *look) { return (int)((uint64_t)part * 100 / look->filled); }

static int score_mark(const struct list_look *look)
{
    int marks = share(look->marks + look->no_marks, look);
    if (share(look->years + look->dates, look) > 30) return -60;
    return marks >= 70 ? 35 : share(look->sexes, look) >= 70 ? 20 : -60;
}

static int score_name(const struct list_look *look, const struct list_field *field)
{
    int names = share(look->names, look);
    if (strcmp(field->code, "name") != 0) return share(look->texts, look) >= 80 && look->numbers == 0 ? (share(look->one_word, look) >= 60 ? 12 : 6) : -50;
    if (share(look->numbers + look->dates + look->phones + look->marks, look) > 50) return -60;
    if (look->filled > 12 && look->distinct * 4 < look->filled) return -30;
    if (names >= 60) return 30 + share(look->family, look) / 4;
    return names >= 25 ? 0 : share(look->one_word, look) >= 60 ? -15 : -30;
}

static int score_text(const struct list_look *look, const struct list_field *field)
{
    if (strcmp(field->code, "honorific") == 0) return share(look->honorifics, look) >= 60 ? 50 : -45;
    if (share(look->emails + (list_field_is_short(field) ? 0 : look->dates), look) > 50) return -50; /* "3-4" of a seat becomes a date easily */
    if (strcmp(field->code, "title") == 0) {
        if (share(look->numbers + look->marks, look) > 60) return -50;
        if (share(look->honorifics, look) >= 70) return -40;
        return share(look->family, look) >= 60 && share(look->names, look) > 80 ? -30 : 5;
    }
    if (strcmp(field->code, "name") == 0) return share(look->texts, look) > 60 ? share(look->words > look->filled ? look->filled : 0, look) / 5 : -50; /* of a unit */
    return 0;
}

static int score_day(const struct list_look *look, const struct list_use *use)
{
    if (use->part >= LIST_PART_DAY) return share(look->numbers, look) >= 70 ? 25 : -60;
    int days = share(look->dates + look->years, look), numbers = share(look->numbers, look);
    int good = use->part == LIST_PART_ALL ? 30 : 45;
    if (days >= 60) return good;
    return days >= 25 ? 0 : numbers >= 70 ? -10 : share(look->marks, look) >= 50 ? -60 : -45;
}

static int score_unit(const struct list_look *look)
{
    int units = share(look->units, look);
    if (units >= 40) return 50;
    if (units >= 10) return 20;
    if (share(look->dates + look->phones + look->emails + look->marks, look) > 40) return -50;
    return share(look->family, look) >= 60 && share(look->names, look) >= 80 ? -35 : 0;
}

int list_look_score(const struct list_known *known, const struct list_look *look, const struct list_use *use)
{
    const struct list_field *field = use->field;
    if (!look->filled) return 0;
    if (use->part == LIST_PART_MARK) return score_mark(look);
    switch (field->kind) {
    case LIST_NOTHING: return strcmp(field->code, "serial") != 0 ? 0 : share(look->counting, look) >= 50 ? 40 : share(look->numbers, look) >= 60 ? 5 : -25;
    case LIST_CODE: return share(look->names + look->dates + look->emails, look) > 50 ? -50 : share(look->codes, look) >= 60 ? 25 : share(look->words,
        look) > 250 ? -30 : 0;
    case LIST_NAME: return score_name(look, field);
    case LIST_TEXT: return score_text(look, field);
    case LIST_SEX: return share(look->sexes, look) >= 70 ? 50 : share(look->numbers, look) >= 70 && look->distinct <= 3 ? 0 : -50;
    case LIST_DAY:
    case LIST_DATE: return score_day(look, use);
    case LIST_PHONE: return share(look->phones, look) >= 50 ? 50 : share(look->phones, look) >= 15 ? 5 : -45;
    case LIST_EMAIL: return share(look->emails, look) >= 50 ? 60 : -45;
    case LIST_PATH: return share(look->paths, look) >= 50 ? 60 : -30;
    case LIST_UNIT: return score_unit(look);
    case LIST_CATEGORY: return share(look->categories, look) >= 40 ? 55 : look->categories ? 10 : known->categories.count ? -20 : -50;
    case LIST_CHOICE: return share(look->choices[field->attribute - known->vocabulary->attributes], look) >= 40 ? 55 : -15;
    case LIST_YES_NO: return share(look->marks + look->no_marks, look) >= 60 ? 40 : share(look->dates, look) > 30 ? -60 : -25;
    case LIST_NUMBER:
    case LIST_COUNT: return share(look->numbers, look) >= 60 ? 25 : -35;
    case LIST_ENUM: return share(look->enums[strcmp(field->code, "mandate") == 0 ? 0 : 1], look) >= 40 ? 50 : -20;
    case LIST_ENUMS: return share(look->enums[2], look) >= 40 ? 45 : 0;
    default: return 0;
    }
}
