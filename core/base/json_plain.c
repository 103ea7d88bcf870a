#include "core/base/json_plain.h"
#include "core/base/text.h"

#include <stdlib.h>
#include <string.h>

#define DIGITS_MOST 18 /* of a whole number: more may not fit into 63 bits */

struct reader {
    const char *at, *end;
    char *room; /* for one text: as long as the whole, so it never grows */
};

static enum err read_value(struct reader *r, unsigned depth, json_t **ret);

static void skip_blanks(struct reader *r)
{
    while (r->at < r->end && (*r->at == ' ' || *r->at == '\t' || *r->at == '\n' || *r->at == '\r')) r->at++;
}

static bool take(struct reader *r, char c)
{
    skip_blanks(r);
    if (r->at == r->end || *r->at != c) return false;
    r->at++;
    return true;
}

static bool take_word(struct reader *r, const char *word)
{
    size_t n = strlen(word);
    if ((size_t)(r->end - r->at) < n || memcmp(r->at, word, n) != 0) return false;
    r->at += n;
    return true;
}

static char escaped(char c)
{
    static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
    const char *found = c ? strchr(from, c) : NULL;
    return found ? to[found - from] : '\0';
}

/* A text, behind its first quotation mark, into r->room. */
static enum err read_text(struct reader *r, size_t *ret_length)
{
    size_t n = 0;
    for (;; r->at++) {
        if (r->at == r->end || (unsigned char)*r->at < 0x20) return ERR_INPUT;
        if (*r->at == '"') break;
        char c = *r->at;
        if (c == '\\') {
            if (++r->at == r->end) return ERR_INPUT;
            c = escaped(*r->at);
            if (!c) return ERR_INPUT;
        }
        r->room[n++] = c;
    }
    r->at++;
    r->room[n] = '\0';
    *ret_length = n;
    return text_is_utf8(r->room, n) ? OK : ERR_INPUT;
}

static enum err read_number(struct reader *r, json_t **ret)
{
    bool minus = *r->at == '-';
    const char *first = r->at + minus, *p = first;
    json_int_t value = 0;
    while (p < r->end && *p >= '0' && *p <= '9' && p - first < DIGITS_MOST) value = value * 10 + (*p++ - '0');
    if (p == first || (*first == '0' && p - first > 1)) return ERR_INPUT;
    if (p < r->end && strchr("0123456789.eE", *p) && *p) return ERR_INPUT; /* larger, or with a fraction */
    r->at = p;
    *ret = json_integer(minus ? -value : value);
    return *ret ? OK : ERR_NOMEM;
}

static enum err read_items(struct reader *r, unsigned depth, json_t *array)
{
    do {
        json_t *item = NULL;
        enum err e = read_value(r, depth + 1, &item);
        if (e == OK && json_array_append_new(array, item) != 0) e = ERR_NOMEM;
        if (e != OK) return e;
    } while (take(r, ','));
    return take(r, ']') ? OK : ERR_INPUT;
}

static enum err read_array(struct reader *r, unsigned depth, json_t **ret)
{
    json_t *array = json_array();
    enum err e = array ? OK : ERR_NOMEM;
    if (e == OK && !take(r, ']')) e = read_items(r, depth, array);
    if (e != OK) json_decref(array);
    else *ret = array;
    return e;
}

static enum err read_pair(struct reader *r, unsigned depth, json_t *object)
{
    json_t *value = NULL;
    size_t length;
    if (!take(r, '"')) return ERR_INPUT;
    enum err e = read_text(r, &length);
    if (e != OK) return e;
    if (json_object_get(object, r->room)) return ERR_INPUT; /* twice */
    char *key = malloc(length + 1);
    if (!key) return ERR_NOMEM;
    memcpy(key, r->room, length + 1);
    e = take(r, ':') ? read_value(r, depth + 1, &value) : ERR_INPUT;
    if (e == OK && json_object_set_new_nocheck(object, key, value) != 0) e = ERR_NOMEM;
    free(key);
    return e;
}

static enum err read_object(struct reader *r, unsigned depth, json_t **ret)
{
    json_t *object = json_object();
    enum err e = object ? OK : ERR_NOMEM;
    if (e == OK && !take(r, '}')) {
        do e = read_pair(r, depth, object);
        while (e == OK && take(r, ','));
        if (e == OK && !take(r, '}')) e = ERR_INPUT;
    }
    if (e != OK) json_decref(object);
    else *ret = object;
    return e;
}

static enum err read_value(struct reader *r, unsigned depth, json_t **ret)
{
    size_t length;
    skip_blanks(r);
    if (r->at == r->end || depth > JSON_DEPTH_LIMIT) return ERR_INPUT;
    if (take(r, '{')) return read_object(r, depth, ret);
    if (take(r, '[')) return read_array(r, depth, ret);
    if (take(r, '"')) {
        enum err e = read_text(r, &length);
        if (e != OK) return e;
        *ret = json_stringn_nocheck(r->room, length);
        return *ret ? OK : ERR_NOMEM;
    }
    if (take_word(r, "null")) *ret = json_null();
    else if (take_word(r, "true")) *ret = json_true();
    else if (take_word(r, "false")) *ret = json_false();
    else return read_number(r, ret);
    return OK;
}

enum err json_read_plain(const char *text, size_t length, json_t **ret)
{
    struct reader r = {.at = text, .end = text + length, .room = malloc(length + 1)};
    json_t *value = NULL;
    if (!r.room) return ERR_NOMEM;
    enum err e = read_value(&r, 0, &value);
    skip_blanks(&r);
    if (e == OK && r.at != r.end) {
        json_decref(value);
        e = ERR_INPUT;
    }
    free(r.room);
    if (e == OK) *ret = value;
    return e;
}
