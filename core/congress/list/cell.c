/* What a cell says, by the kind of its field. */
#include "core/base/json.h"
#include "core/base/text.h"
#include "core/congress/list/list_read.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_MOST 4096
#define SHORT_MOST 60      /* of what stands on a badge: seat, group, number */

/* A whole number as office programs keep it, without the separators that they show. */
static const char *whole_number(struct list_reader *r, const struct list_cell *c)
{
    double n = c->cell->number;
    bool whole = c->cell->kind == SHEET_NUMBER && n == floor(n) && fabs(n) < 1e15;
    return whole && strspn(c->text, "0123456789") != strlen(c->text) ? arena_printf(r->arena, "%.0f", n) : c->text;
}

/* An x under "Ăn chay", a "sim" under "Vegetariano", is what the heading says; a "no" is nothing. Under "Diet" it is what stands there. */
static enum err read_meal(struct list_reader *r, struct list_cell *c, bool *ret_said)
{
    static const struct {
        const char *words, *value;
    } usual[] = {{"an chay", "Ăn chay"}, {"vegetarian", "Vegetarian"}, {"vegan", "Vegan"}, {"halal", "Halal"}};
    bool mark;
    enum list_word word = list_word_yes_no(c->text, &mark);
    *ret_said = false;
    if (word == LIST_WORD_OTHER) return OK;
    const char *plain = list_heading_plain(r->scratch, c->column->heading);
    if (!plain) return ERR_NOMEM;
    for (size_t i = 0; i < sizeof usual / sizeof usual[0]; i++) {
        if (!strstr(plain, usual[i].words)) continue;
        *ret_said = true;
        c->value = word == LIST_WORD_YES ? usual[i].value : NULL;
        c->change = LIST_SAID_OTHERWISE;
    }
    return OK;
}

static enum err read_text(struct list_reader *r, struct list_cell *c)
{
    bool is_short = list_field_is_short(c->field), said = false;
    enum err e = strcmp(c->field->code, "diet") == 0 ? read_meal(r, c, &said) : OK;
    if (e != OK || said) return e;
    c->value = list_tidy(r->arena, c->text, &c->change);
    if (!c->value) return ERR_NOMEM;
    if (!*c->value) c->value = NULL;
    if (!c->value || text_length(c->value) <= (is_short ? SHORT_MOST : TEXT_MOST)) return OK;
    c->value = NULL;
    c->reason = "too_long";
    return OK;
}

/* --- what office programs make dates of --- */

/* Whether a date in such a column is no date: "3-4" was typed for a seat. In texts of the organisation's own, and in decisions, one may be meant. */
static bool wants_no_date(const struct list_field *field)
{
    switch (field->kind) {
    case LIST_TEXT: return !field->attribute && strcmp(field->code, "decision") != 0;
    case LIST_CODE:
    case LIST_PHONE:
    case LIST_UNIT:
    case LIST_CATEGORY:
    case LIST_CHOICE:
    case LIST_NUMBER:
    case LIST_COUNT:
    case LIST_ENUM:
    case LIST_ENUMS:
    case LIST_CODES: return true;
    default: return false;
    }
}

/* "3-4": shown so, whatever the program thinks of it. */
static bool is_shown_as_typed(const char *text)
{
    size_t n = strspn(text, "0123456789"), m = n && text[n] && strchr("-/.", text[n]) ? strspn(text + n + 1, "0123456789") : 0;
    return n && n <= 2 && m && m <= 2 && !text[n + 1 + m];
}

/* "03-Apr", "Apr-45" in a list that went through an office program and is a CSV since. */
static bool is_date_as_text(struct list_reader *r, const char *text, struct list_day *ret, bool *ret_failed)
{
    size_t n = strcspn(text, "-"), length = strlen(text);
    if (length < 5 || length > 12 || n == length || strchr(text + n + 1, '-')) return false;
    const char *a = arena_strndup(r->scratch, text, n), *b = text + n + 1;
    const char *plain_a = a ? text_fold(r->scratch, a) : NULL, *plain_b = text_fold(r->scratch, b);
    *ret_failed = !plain_a || !plain_b;
    if (*ret_failed) return false;
    int first = list_day_month(plain_a), second = list_day_month(plain_b);
    const char *digits = first ? b : a;
    size_t count = strspn(digits, "0123456789");
    if ((first == 0) == (second == 0) || count < 1 || count > 2 || digits[count]) return false;
    int number = (int)strtol(digits, NULL, 10);
    *ret = (struct list_day){.month = first ? first : second, .day = first ? 0 : number, .year = first ? number : r->known->this_year};
    return true;
}

/* What may have been typed. */
static const char *typed_for(struct list_reader *r, const struct list_day *day, const char *shown)
{
    bool month_first = r->mapping->ways.order == LIST_MONTH_FIRST, month_alone = !day->day || text_digit((unsigned char)shown[0]) < 0;
    int a = month_first ? day->month : day->day, b = month_first ? day->day : day->month, year = day->year % 100;
    if (month_alone) return arena_printf(r->arena, "%d-%d", day->month, year);
    if (abs(day->year - r->known->this_year) <= 1) return arena_printf(r->arena, "%d-%d", a, b);
    return arena_printf(r->arena, "%d-%d-%d", a, b, year);
}

/* A code or a seat that became a date: what was typed cannot be told for sure, and it is never taken as it is. */
static enum err catch_date(struct list_reader *r, struct list_cell *c, bool *ret_caught)
{
    struct list_day day = {.year = 0};
    bool text = c->cell->kind == SHEET_TEXT && (c->field->kind == LIST_CODE || list_field_is_short(c->field)), failed = false;
    *ret_caught = false;
    if (text) *ret_caught = is_date_as_text(r, c->text, &day, &failed);
    else if (c->cell->kind == SHEET_DATE && wants_no_date(c->field)) *ret_caught = !is_shown_as_typed(c->text);
    if (failed) return ERR_NOMEM;
    if (!*ret_caught) return OK;
    if (!text && !list_day_from_number(c->cell->number, &day)) return c->reason = "became_date", OK;
    c->reason = "became_date";
    c->proposal = typed_for(r, &day, c->text);
    c->doubtful = c->field->kind != LIST_CODE && strcmp(c->field->code, "number") != 0 && strcmp(c->field->code, "name") != 0;
    return c->proposal ? OK : ERR_NOMEM;
}

/* --- codes --- */

static const char *without_spaces(struct arena *arena, const char *text)
{
    char *copy = arena_strdup(arena, text), *out = copy;
    for (const char *p = text; copy && *p; p++)
        if (*p != ' ') *out++ = *p;
    if (copy) *out = '\0';
    return copy;
}

static enum err read_code(struct list_reader *r, struct list_cell *c)
{
    const char *code = whole_number(r, c);
    if (!code) return ERR_NOMEM;
    if (!text_is_code(code)) {
        const char *closed = without_spaces(r->arena, code);
        if (!closed) return ERR_NOMEM;
        bool lost = strpbrk(code, "eE") && strchr(code, '+');
        c->reason = lost ? "digits_lost" : "code_form";
        c->proposal = !lost && text_is_code(closed) ? closed : NULL;
        return OK;
    }
    const char *bare = code + strspn(code, "0");
    const struct list_zeros *same = map_get(&r->known->codes, *bare || bare == code ? bare : bare - 1);
    bool longer = same && same->count == 1 && strlen(same->code) > strlen(code);
    c->value = longer ? same->code : code;
    c->change = longer ? LIST_LEADING_ZERO : code == c->text ? LIST_AS_WRITTEN : LIST_SAID_OTHERWISE;
    return OK;
}

/* --- sexes, yes and no --- */

/* "x" is a sex only where the others are letters too; else it is a mark, and of which sex nobody can tell. M is a woman where H is a man. */
static enum err read_sex(struct list_reader *r, struct list_cell *c)
{
    const char *plain = text_fold(r->scratch, c->text);
    if (!plain) return ERR_NOMEM;
    char sex = list_word_sex(plain, c->text), one = r->mapping->ways.one;
    if (sex == 'x' && strcmp(plain, "x") == 0 && !c->state->sex_letters) sex = 0;
    if (strcmp(plain, "m") == 0 && c->state->m_is_woman) sex = 'f';
    if (!sex && strlen(plain) == 1 && plain[0] >= '0' && plain[0] <= '2') {
        if (!one) {
            c->reason = "sex_number";
            return OK;
        }
        sex = (plain[0] == '1') == (one == 'm') ? 'm' : 'f';
    }
    c->value = sex == 'm' ? "m" : sex == 'f' ? "f" : sex == 'x' ? "x" : NULL;
    c->change = LIST_SAID_OTHERWISE;
    if (!c->value) c->reason = "sex_unclear";
    return OK;
}

static enum err read_yes_no(struct list_reader *r, struct list_cell *c)
{
    bool mark;
    enum list_word word = c->cell->kind == SHEET_YES_NO ? (c->cell->number != 0 ? LIST_WORD_YES : LIST_WORD_NO) : list_word_yes_no(c->text, &mark);
    const char *plain = text_fold(r->scratch, c->text), *title = text_fold(r->scratch, c->field->title);
    if (!plain || !title) return ERR_NOMEM;
    if (word == LIST_WORD_OTHER && *plain && strcmp(plain, title) == 0) word = LIST_WORD_YES; /* "Đảng viên" in the column of that name */
    c->value = word == LIST_WORD_YES ? "true" : word == LIST_WORD_NO ? "false" : NULL;
    c->change = LIST_SAID_OTHERWISE;
    if (!c->value) c->reason = "not_yes_no";
    return OK;
}

/* --- numbers --- */

#define MARKS_MOST 8

/* Digits with marks between them, and where these stand. */
struct figure {
    char digits[40]; /* with a sign before */
    size_t count, sign;
    char marks[MARKS_MOST]; /* . and , as they stand; D and T: Arabic marks that can only be one thing */
    size_t before[MARKS_MOST]; /* digits before the mark */
    size_t mark_count;
};

static bool read_figure(const char *text, struct figure *f)
{
    *f = (struct figure){.count = 0};
    while (*text) {
        int32_t c = text_next(&text);
        int digit = text_digit(c);
        if (f->sign + f->count + 2 >= sizeof f->digits) return false;
        if (digit >= 0) {
            f->digits[f->sign + f->count++] = (char)('0' + digit);
        } else if (c == '.' || c == ',' || c == 0x066B || c == 0x066C) {
            if (f->mark_count == MARKS_MOST) return false;
            f->before[f->mark_count] = f->count;
            f->marks[f->mark_count++] = c == 0x066B ? 'D' : c == 0x066C ? 'T' : (char)c;
        } else if (c == '-' && !f->count && !f->sign && !f->mark_count) {
            f->digits[f->sign++] = '-';
        } else if (c != ' ' && c != 0xA0 && c != 0x202F) {
            return false;
        }
    }
    return f->count > 0;
}

/* Whether the first `marks` of them divide thousands. */
static bool divides_thousands(const struct figure *f, size_t marks, size_t end)
{
    if (!marks || f->before[0] < 1 || f->before[0] > 3 || f->digits[f->sign] == '0') return false;
    for (size_t i = 0; i < marks; i++)
        if ((i + 1 < marks ? f->before[i + 1] : end) - f->before[i] != 3 || f->marks[i] != f->marks[0] || f->marks[i] == 'D') return false;
    return true;
}

/* "1.234.567", "1 234 567", "1,234.5", "3,5"; of people "1.234" is no fraction. */
static bool parse_number(const char *text, bool count, double *ret)
{
    struct figure f;
    char whole[48];
    if (!read_figure(text, &f)) return false;
    size_t last = f.mark_count ? f.mark_count - 1 : 0, decimals = f.count; /* digits before the decimal mark */
    bool thousands = divides_thousands(&f, f.mark_count, f.count);
    if (f.mark_count && !(thousands && (count || f.mark_count > 1 || f.marks[0] == 'T'))) {
        bool single = f.marks[last] != 'T' && (last == 0 || (f.marks[last] != f.marks[0] && divides_thousands(&f, last, f.before[last])));
        if (!single || f.before[last] == f.count) return false;
        decimals = f.before[last];
    }
    size_t n = f.sign + decimals;
    memcpy(whole, f.digits, n);
    if (decimals < f.count) whole[n++] = '.';
    memcpy(whole + n, f.digits + f.sign + decimals, f.count - decimals);
    whole[n + f.count - decimals] = '\0';
    *ret = strtod(whole, NULL);
    return true;
}

/* The number as office programs show it: with 15 digits. */
static double shown_number(double number)
{
    char text[40];
    (void)snprintf(text, sizeof text, "%.15g", number);
    return strtod(text, NULL);
}

/* 1.001 for people: the office program took the thousands' mark for a decimal one. */
static const char *thousands_meant(struct list_reader *r, double number)
{
    double all = number * 1000;
    return number >= 1 && number < 1000 && fabs(all - round(all)) < 1e-6 ? arena_printf(r->arena, "%.0f", all) : NULL;
}

static enum err read_number(struct list_reader *r, struct list_cell *c)
{
    double number = c->cell->number;
    bool count = c->field->kind == LIST_COUNT, is_number = c->cell->kind == SHEET_NUMBER;
    if (!is_number && !parse_number(c->text, count, &number)) {
        c->reason = count ? "no_count" : "no_number";
        return OK;
    }
    number = shown_number(number);
    if (count && fabs(number - round(number)) < 1e-6) number = round(number);
    if (count && (number < 0 || number != floor(number) || number > 1e9)) {
        c->reason = "no_count";
        if (is_number) c->proposal = thousands_meant(r, number);
        return OK;
    }
    char text[40];
    for (int digits = 6; digits <= 17; digits++) { /* the shortest that is the same number */
        snprintf(text, sizeof text, "%.*g", digits, number);
        if (strtod(text, NULL) == number) break;
    }
    bool plain = number == floor(number) && fabs(number) < 1e15;
    c->value = plain ? arena_printf(r->arena, "%.0f", number == 0 ? 0 : number) : arena_strdup(r->arena, text);
    if (!c->value) return ERR_NOMEM;
    c->change = strcmp(c->value, c->text) == 0 ? LIST_AS_WRITTEN : LIST_SAID_OTHERWISE;
    return OK;
}

/* --- others --- */

static enum err read_email(struct list_reader *r, struct list_cell *c)
{
    const char *text = list_tidy(r->arena, c->text, &c->change);
    if (!text) return ERR_NOMEM;
    if (strncmp(text, "mailto:", 7) == 0) text += 7;
    size_t n = strcspn(text, " ;,\n");
    const char *rest = text + n + strspn(text + n, " ;,\n"), *at = memchr(text, '@', n);
    const char *dot = at ? memchr(at, '.', n - (size_t)(at - text)) : NULL;
    bool good = at && at != text && dot && dot != at + 1 && text + n > dot + 1 && !memchr(at + 1, '@', n - (size_t)(at + 1 - text)) && n <= 254;
    for (size_t i = 0; good && i < n; i++) good = (unsigned char)text[i] > ' ' && (unsigned char)text[i] < 0x7f && !strchr("<>()\"", text[i]);
    if (!good || (*rest && !strchr(rest, '@'))) {
        c->reason = "email_wrong";
        return OK;
    }
    if (*rest) c->change = LIST_SPLIT;
    else if (text != c->text && c->change == LIST_AS_WRITTEN) c->change = LIST_SAID_OTHERWISE;
    while (n && text[n - 1] == '.') n--;
    c->value = text[n] ? arena_strndup(r->arena, text, n) : text;
    return c->value ? OK : ERR_NOMEM;
}

static enum err read_path(struct list_reader *r, struct list_cell *c)
{
    const char *path = list_tidy(r->arena, c->text, &c->change);
    if (!path) return ERR_NOMEM;
    bool good = path[0] != '/' && !strstr(path, "..") && !strchr(path, '\\') && !strchr(path, ':') && strlen(path) <= 512 && strchr(path, '.');
    if (good) c->value = path;
    else c->reason = "path_wrong";
    return OK;
}

/* "Có phép: đi công tác", "ốm", "không phép". What gives a reason was reported, and is excused unless it says otherwise. */
static enum err read_absence(struct list_reader *r, struct list_cell *c)
{
    static const char *const without[] = {"khong phep", "khong ly do", "vang khong phep", "khong co ly do", "kp", "unexcused", "without leave", "injustificada",
                                          "sem justificacao", "بدون عذر"};
    const char *plain = text_fold(r->scratch, c->text), *reason = list_tidy(r->arena, c->text, &c->change);
    if (!plain || !reason) return ERR_NOMEM;
    bool excused = true, mark;
    for (size_t i = 0; i < sizeof without / sizeof without[0]; i++) excused = excused && strncmp(plain, without[i], strlen(without[i])) != 0;
    enum list_word word = list_word_yes_no(c->text, &mark);
    if (word == LIST_WORD_NO) return OK; /* is not absent */
    struct buf json;
    buf_init(&json, BUF_LIMIT_LINE);
    buf_printf(&json, "{\"excused\":%s", excused ? "true" : "false");
    if (word != LIST_WORD_YES) {
        buf_puts(&json, ",\"reason\":");
        buf_put_json(&json, reason);
    }
    buf_putc(&json, '}');
    c->value = buf_ok(&json) ? arena_strdup(r->arena, buf_text(&json)) : NULL;
    if (!c->value) c->reason = "too_long";
    c->change = LIST_SAID_OTHERWISE;
    buf_release(&json);
    return OK;
}

enum err list_cell_read(struct list_reader *r, struct list_cell *c)
{
    bool caught;
    enum err e = catch_date(r, c, &caught);
    if (e != OK || caught) return e;
    switch (c->field->kind) {
    case LIST_CODE: return read_code(r, c);
    case LIST_TEXT: return read_text(r, c);
    case LIST_SEX: return read_sex(r, c);
    case LIST_DAY:
    case LIST_DATE: return list_cell_day(r, c);
    case LIST_PHONE: return list_cell_phone(r, c);
    case LIST_EMAIL: return read_email(r, c);
    case LIST_PATH: return read_path(r, c);
    case LIST_UNIT:
    case LIST_CATEGORY:
    case LIST_CHOICE:
    case LIST_ENUM:
    case LIST_ENUMS:
    case LIST_CODES: return list_cell_term(r, c);
    case LIST_YES_NO: return read_yes_no(r, c);
    case LIST_NUMBER:
    case LIST_COUNT: return read_number(r, c);
    case LIST_ABSENCE: return read_absence(r, c);
    case LIST_NAME:
    case LIST_NOTHING: return OK;
    }
    return OK;
}
