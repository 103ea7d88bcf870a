#include "badges/layout/layout_place.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A cursor over JSON. The text was parsed before, or is not looked into; still nothing is read beyond its end. */
struct cursor {
    const char *at, *end;
};

static void skip_blanks(struct cursor *c)
{
    while (c->at < c->end && strchr(" \t\r\n,:", *c->at) && *c->at) c->at++;
}

static void skip_string(struct cursor *c)
{
    for (c->at++; c->at < c->end && *c->at != '"'; c->at++)
        if (*c->at == '\\' && c->at + 1 < c->end) c->at++;
    if (c->at < c->end) c->at++;
}

/* Over one value, whatever it is. */
static void skip_value(struct cursor *c)
{
    size_t depth = 0;
    do {
        skip_blanks(c);
        if (c->at >= c->end) return;
        if (*c->at == '"') skip_string(c);
        else if (*c->at == '{' || *c->at == '[') depth++, c->at++;
        else if (*c->at == '}' || *c->at == ']') depth -= depth > 0, c->at++;
        else while (c->at < c->end && *c->at && !strchr(" \t\r\n,:{}[]\"", *c->at)) c->at++;
        if (c->at < c->end && !*c->at) c->at++; /* a NUL is nothing that JSON has */
    } while (depth);
}

/* Stands on "{": goes to the value of `key`; *ret is where the key begins. */
static bool enter_key(struct cursor *c, const char *key, size_t length, const char **ret)
{
    if (c->at >= c->end || *c->at != '{') return false;
    for (c->at++;;) {
        skip_blanks(c);
        if (c->at >= c->end || *c->at != '"') return false;
        const char *begin = c->at;
        skip_string(c);
        bool same = (size_t)(c->at - begin) == length + 2 && memcmp(begin + 1, key, length) == 0;
        skip_blanks(c);
        if (same) return *ret = begin, true;
        skip_value(c);
    }
}

/* Stands on "[": goes to the item. */
static bool enter_item(struct cursor *c, unsigned long index, const char **ret)
{
    if (c->at >= c->end || *c->at != '[') return false;
    c->at++;
    for (unsigned long i = 0;; i++) {
        skip_blanks(c);
        if (c->at >= c->end || *c->at == ']') return false;
        if (i == index) return *ret = c->at, true;
        skip_value(c);
    }
}

/* As deep as the place leads; the key that is missing is looked for in vain, and its object is the answer. */
static const char *walk(const char *text, size_t length, const char *place)
{
    struct cursor c = {.at = text, .end = text + length};
    skip_blanks(&c);
    const char *found = c.at;
    for (bool good = true; good && *place;) {
        if (*place == '[') {
            char *rest;
            good = enter_item(&c, strtoul(place + 1, &rest, 10), &found);
            place = *rest == ']' ? rest + 1 : "";
        } else {
            place += *place == '.';
            size_t n = strcspn(place, ".[");
            good = n > 0 && enter_key(&c, place, n, &found);
            place += n;
        }
    }
    return found;
}

static void set_line(const char *text, const char *at, struct layout_flaw *ret)
{
    const char *line = text;
    ret->line = 1;
    for (const char *p = text; p < at; p++)
        if (*p == '\n') ret->line++, line = p + 1;
    ret->column = (unsigned)(at - line) + 1;
}

void layout_flaw_find(const char *text, size_t length, const struct fault *fault, struct layout_flaw *ret)
{
    *ret = (struct layout_flaw){0};
    const char *sentence = fault->text, *after = strstr(sentence, ": ");
    if (strncmp(sentence, "layout ", 7) == 0 && after) sentence = after + 2; /* "layout NAME: " */
    unsigned line = 0, column = 0;
    if (sscanf(sentence, "line %u column %u: ", &line, &column) == 2) {
        after = strstr(sentence, ": ");
        (void)snprintf(ret->sentence, sizeof ret->sentence, "%s", after ? after + 2 : sentence);
        ret->line = line;
        ret->column = column ? column : 1;
        return;
    }
    after = strstr(sentence, ": ");
    size_t n = after ? (size_t)(after - sentence) : 0;
    bool place = n > 0 && n < sizeof ret->place && !memchr(sentence, ' ', n);
    if (place) memcpy(ret->place, sentence, n);
    (void)snprintf(ret->sentence, sizeof ret->sentence, "%s", place ? after + 2 : sentence);
    if (fault->code == ERR_INPUT) set_line(text, walk(text, length, ret->place), ret);
}
