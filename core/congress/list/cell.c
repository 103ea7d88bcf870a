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

static enum err read_text(struct list_reader *r, struct list_cell *c)
{
    const char *code = c->field->code;
    bool is_short = strcmp(code, "number") == 0 || strcmp(code, "seat") == 0 || strcmp(code, "group") == 0 || strcmp(code, "badge_box") == 0 || strcmp(code,
        "room") == 0 ||
                    strcmp(code, "transport") == 0;
    c->value = list_tidy(r->arena, c->text, &c->change);
    if (!c->value) return ERR_NOMEM;
    if (!*c->value) c->value = NULL;
    if (!c->value || text_length(c->value) <= (is_short ? SHORT_MOST : TEXT_MOST)) return OK;
    c->value = NULL;
    c->reason = "too_long";
    return OK;
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

static enum err read_sex(struct list_reader *r, struct list_cell *c)
{
    const char *plain = text_fold(r->scratch, c->text);
    if (!plain) return ERR_NOMEM;
    char sex = list_word_sex(plain), one = r->mapping->ways.one;
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

static enum err read_number(struct list_reader *r, struct list_cell *c)
{
    double number = c->cell->number;
    bool count = c->field->kind == LIST_COUNT;
    if (c->cell->kind != SHEET_NUMBER) {
        char *copy = arena_strdup(r->scratch, c->text), *out = copy, *end;
        size_t marks = 0;
        if (!copy) return ERR_NOMEM;
        for (const char *p = c->text; *p;) {
            int32_t letter = text_next(&p);
            int digit = text_digit(letter);
            if (digit >= 0) *out++ = (char)('0' + digit);
            else if (letter == ',' || letter == '.' || letter == 0x066B) *out++ = '.', marks++;
            else if (letter == '-' && out == copy) *out++ = '-';
            else if (letter != ' ' && letter != 0xA0 && letter != 0x202F) marks = 99;
        }
        *out = '\0';
        number = strtod(copy, &end);
        if (!*copy || *end || marks > 1) {
            c->reason = count ? "no_count" : "no_number";
            return OK;
        }
        if (count && marks == 1 && strlen(strchr(copy, '.')) == 4) number = strtod(copy, NULL) * 1000; /* "1.234 members" */
    }
    if (count && (number < 0 || number != floor(number) || number > 1e9)) {
        c->reason = "no_count";
        return OK;
    }
    char text[40];
    for (int digits = 6; digits <= 17; digits++) { /* the shortest that is the same number */
        snprintf(text, sizeof text, "%.*g", digits, number);
        if (strtod(text, NULL) == number) break;
    }
    bool plain = number == floor(number) && fabs(number) < 1e15;
    c->value = plain ? arena_printf(r->arena, "%.0f", number) : arena_strdup(r->arena, text);
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
