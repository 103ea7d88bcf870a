#include "core/congress/list/list_form.h"
#include "core/base/crypto.h"
#include "core/base/text.h"
#include "core/sheet/sheet.h"

#include <stdio.h>
#include <string.h>

#define MARK "plenum-form/1 "
#define CHECK_LENGTH 8
#define ROWS_LOOKED 30 /* somebody may have put lines above it */
#define LINE_MOST 400

static const char *const spans[] = {[LIST_FORM_EACH] = "each", [LIST_FORM_BENEATH] = "beneath", [LIST_FORM_ONE] = "one"};

const char *list_form_span_name(enum list_form_span span) { return spans[span]; }

bool list_form_span_parse(const char *name, enum list_form_span *ret)
{
    for (int i = 0; i < 3; i++) {
        if (strcmp(spans[i], name) != 0) continue;
        *ret = (enum list_form_span)i;
        return true;
    }
    return false;
}

static void make_check(const char *line, size_t length, char ret[CHECK_LENGTH + 1])
{
    char hex[CRYPTO_HASH_HEX];
    crypto_sha256_hex(line, length, hex);
    memcpy(ret, hex, CHECK_LENGTH);
    ret[CHECK_LENGTH] = '\0';
}

static const char *or_dash(const char *text) { return *text ? text : "-"; }

char *list_form_text(struct arena *arena, const struct list_form *f)
{
    char check[CHECK_LENGTH + 1];
    const char *line = arena_printf(arena, MARK "%s %s %s %s %s %s", list_target_name(f->target), f->unit, or_dash(f->event), spans[f->span], or_dash(f->root), f->batch);
    if (!line) return NULL;
    make_check(line, strlen(line), check);
    return arena_printf(arena, "%s %s", line, check);
}

/* The words between single blanks; programs that break lines, or put hard blanks in their place, do no harm. */
static size_t split(char *line, char *words[8])
{
    size_t n = 0;
    for (char *p = line; *p && n < 8;) {
        p += strspn(p, " \t\n\r");
        if (!*p) break;
        words[n++] = p;
        p += strcspn(p, " \t\n\r");
        if (*p) *p++ = '\0';
    }
    return n;
}

static bool put_code(char ret[LIST_FORM_CODE_SIZE], const char *word, bool may_be_none)
{
    bool none = may_be_none && strcmp(word, "-") == 0;
    if (!none && !text_is_code(word)) return false;
    (void)snprintf(ret, LIST_FORM_CODE_SIZE, "%s", none ? "" : word);
    return none || strcmp(ret, word) == 0;
}

static bool read_words(char *const words[8], struct list_form *f)
{
    char line[LINE_MOST], check[CHECK_LENGTH + 1];
    int length = snprintf(line, sizeof line, "%s %s %s %s %s %s %s", words[0], words[1], words[2], words[3], words[4], words[5], words[6]);
    if (length < 0 || (size_t)length >= sizeof line) return false;
    make_check(line, (size_t)length, check);
    if (strncmp(words[7], check, CHECK_LENGTH) != 0) return false;
    bool known = list_target_parse(words[1], &f->target) && f->target != LIST_UNITS && list_form_span_parse(words[4], &f->span);
    bool codes = put_code(f->unit, words[2], false) && put_code(f->event, words[3], true) && put_code(f->root, words[5], true);
    (void)snprintf(f->batch, sizeof f->batch, "%s", words[6]);
    return known && codes && strcmp(f->batch, words[6]) == 0 && (f->target == LIST_DELEGATES) == (f->event[0] != '\0');
}

enum list_form_found list_form_read(const char *text, struct list_form *ret)
{
    struct list_form form = {0};
    char line[LINE_MOST], *words[8];
    size_t n = 0;
    const char *at = strstr(text, MARK);
    if (!at) return strstr(text, "plenum-form") ? LIST_FORM_BROKEN : LIST_FORM_NONE;
    for (; *at && n + 2 < sizeof line; at++) {
        bool hard = (unsigned char)at[0] == 0xC2 && (unsigned char)at[1] == 0xA0;
        line[n++] = hard ? ' ' : *at;
        at += hard;
    }
    line[n] = '\0';
    if (split(line, words) < 8 || !read_words(words, &form)) return LIST_FORM_BROKEN;
    *ret = form;
    return LIST_FORM_FOUND;
}

enum list_form_found list_form_find(const struct sheet *sheet, struct list_form *ret)
{
    enum list_form_found found = LIST_FORM_NONE;
    for (size_t i = 0; i < sheet->count && i < ROWS_LOOKED; i++) {
        for (size_t k = 0; k < sheet->rows[i].count; k++) {
            enum list_form_found one = sheet->rows[i].cells[k].kind == SHEET_TEXT ? list_form_read(sheet->rows[i].cells[k].text, ret) : LIST_FORM_NONE;
            if (one == LIST_FORM_FOUND) return one;
            if (one == LIST_FORM_BROKEN) found = one;
        }
    }
    return found;
}

bool list_form_is_own_sheet(const struct sheet *sheet)
{
    return strcmp(sheet->name, LIST_FORM_LISTS) == 0 || strcmp(sheet->name, LIST_FORM_SHEET) == 0;
}

enum list_form_found list_form_of(const struct sheet_book *book, size_t sheet, struct list_form *ret)
{
    enum list_form_found found = list_form_find(&book->sheets[sheet], ret);
    const struct sheet *hidden = NULL;
    size_t in_sight = 0;
    if (found == LIST_FORM_FOUND) return found;
    for (size_t i = 0; i < book->count; i++) {
        if (strcmp(book->sheets[i].name, LIST_FORM_SHEET) == 0) hidden = &book->sheets[i];
        else in_sight += !book->sheets[i].hidden && book->sheets[i].count > 0;
    }
    return hidden && in_sight == 1 && !book->sheets[sheet].hidden && list_form_find(hidden, ret) == LIST_FORM_FOUND ? LIST_FORM_FOUND : found;
}
