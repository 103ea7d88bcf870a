/* A template is a flat list of pieces; a section knows where it ends, so rendering is a walk without allocation. */
#include "server/template/template.h"

#include <stdlib.h>
#include <string.h>

#define DEEPEST_SCOPE 16
#define LONGEST_KEY 64

enum piece_kind { PIECE_TEXT, PIECE_VALUE, PIECE_WORDS, PIECE_SECTION, PIECE_INVERTED, PIECE_PARTIAL };

struct piece {
    enum piece_kind kind;
    const char *text; /* PIECE_TEXT, borrowed */
    size_t length;
    char key[LONGEST_KEY];
    size_t end;     /* sections: the piece behind the section; partials: the template */
    unsigned line;
};

struct compiled {
    const char *name;
    struct piece *pieces;
    size_t count, capacity;
};

struct template_set {
    struct compiled *templates;
    size_t count;
};

struct compiling {
    struct template_set *set;
    struct compiled *into;
    const struct template_source *source;
    bool (*known_key)(void *context, const char *key);
    void *context;
    struct fault *fault;
    unsigned line;
    size_t open[DEEPEST_SCOPE];
    size_t open_count;
};

static enum err complain(const struct compiling *c, const char *what, const char *key)
{
    return fault_set(c->fault, ERR_INPUT, "template %s, line %u: %s \"%s\"", c->source->name, c->line, what, key);
}

static enum err piece_add(struct compiling *c, const struct piece *piece)
{
    struct compiled *t = c->into;
    if (t->count == t->capacity) {
        size_t capacity = t->capacity == 0 ? 32 : t->capacity * 2;
        struct piece *bigger = realloc(t->pieces, capacity * sizeof *bigger);
        if (bigger == NULL) return fault_set(c->fault, ERR_NOMEM, "out of memory");
        t->pieces = bigger;
        t->capacity = capacity;
    }
    t->pieces[t->count++] = *piece;
    return OK;
}

static enum err text_add(struct compiling *c, const char *text, size_t length)
{
    if (length == 0) return OK;
    struct piece piece = {.kind = PIECE_TEXT, .text = text, .length = length, .line = c->line};
    for (size_t i = 0; i < length; i++)
        if (text[i] == '\n') c->line++;
    return piece_add(c, &piece);
}

static bool template_index(const struct template_set *set, const char *name, size_t *ret)
{
    for (size_t i = 0; i < set->count; i++) {
        if (strcmp(set->templates[i].name, name) != 0) continue;
        *ret = i;
        return true;
    }
    return false;
}

static bool key_is_wellformed(const char *key)
{
    if (strcmp(key, ".") == 0) return true;
    if (key[0] == '\0' || key[0] == '.') return false;
    for (const char *p = key; *p != '\0'; p++) {
        bool fine = (*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') || (*p >= '0' && *p <= '9') || *p == '_' || *p == '.' || *p == '-';
        if (!fine || (*p == '.' && (p[1] == '.' || p[1] == '\0'))) return false;
    }
    return true;
}

static enum err section_close(struct compiling *c, const char *key)
{
    if (c->open_count == 0) return complain(c, "nothing is open to be closed by", key);
    struct piece *opened = &c->into->pieces[c->open[c->open_count - 1]];
    if (strcmp(opened->key, key) != 0) return complain(c, "another section is open at the end of", key);
    opened->end = c->into->count;
    c->open_count--;
    return OK;
}

static enum err tag_add(struct compiling *c, const char *tag, size_t length)
{
    struct piece piece = {.kind = PIECE_VALUE, .line = c->line};
    char sigil = length > 0 ? tag[0] : '\0';
    if (sigil == '!') {
        for (size_t i = 0; i < length; i++)
            if (tag[i] == '\n') c->line++;
        return OK;
    }
    if (sigil != '\0' && strchr("#^/>@", sigil) != NULL) {
        tag++;
        length--;
    } else {
        sigil = '\0';
    }
    while (length > 0 && *tag == ' ') tag++, length--;
    while (length > 0 && tag[length - 1] == ' ') length--;
    if (length >= LONGEST_KEY) return complain(c, "a key that is too long:", "{{");
    memcpy(piece.key, tag, length);
    if (!key_is_wellformed(piece.key)) return complain(c, "not a key:", piece.key);
    switch (sigil) {
    case '/': return section_close(c, piece.key);
    case '@':
        piece.kind = PIECE_WORDS;
        if (c->known_key != NULL && !c->known_key(c->context, piece.key)) return complain(c, "no such text in every language:", piece.key);
        break;
    case '>':
        piece.kind = PIECE_PARTIAL;
        if (!template_index(c->set, piece.key, &piece.end)) return complain(c, "no such template:", piece.key);
        break;
    case '#':
    case '^':
        piece.kind = sigil == '#' ? PIECE_SECTION : PIECE_INVERTED;
        if (c->open_count == DEEPEST_SCOPE) return complain(c, "nested too deep:", piece.key);
        c->open[c->open_count++] = c->into->count;
        break;
    default: break;
    }
    return piece_add(c, &piece);
}

/* A line that holds nothing but a section tag, partial or comment leaves no empty line behind: saves bytes on every page. Returns the
 * blanks before the tag, or -1 when it does not stand alone. */
static ptrdiff_t alone_on_line(const char *start, const char *from, const char *open, const char *close, const char *end)
{
    ptrdiff_t blanks = 0;
    if (strchr("#^/!>", open[2]) == NULL || close + 2 >= end || close[2] != '\n') return -1;
    while (open - blanks > from && open[-1 - blanks] == ' ') blanks++;
    return open - blanks == start || open[-1 - blanks] == '\n' ? blanks : -1;
}

static enum err compile(struct compiling *c)
{
    const char *start = c->source->text, *p = start, *end = start + c->source->length;
    c->line = 1;
    while (p < end) {
        const char *open = memmem(p, (size_t)(end - p), "{{", 2);
        if (open == NULL) break;
        const char *close = memmem(open, (size_t)(end - open), "}}", 2);
        if (close == NULL) return complain(c, "not closed:", "{{");
        ptrdiff_t blanks = alone_on_line(start, p, open, close, end);
        enum err err = text_add(c, p, (size_t)(open - p - (blanks < 0 ? 0 : blanks)));
        if (err == OK) err = tag_add(c, open + 2, (size_t)(close - open) - 2);
        if (err != OK) return err;
        p = close + 2;
        if (blanks < 0) continue;
        p++;
        c->line++;
    }
    if (c->open_count != 0) return complain(c, "never closed:", c->into->pieces[c->open[c->open_count - 1]].key);
    return text_add(c, p, (size_t)(end - p));
}

enum err template_set_make(const struct template_source *sources, size_t count, bool (*known_key)(void *context, const char *key), void *context,
                           struct template_set **ret, struct fault *fault)
{
    struct template_set *set = calloc(1, sizeof *set);
    if (set != NULL) set->templates = calloc(count + 1, sizeof *set->templates);
    if (set == NULL || set->templates == NULL) {
        free(set);
        return fault_set(fault, ERR_NOMEM, "out of memory");
    }
    set->count = count;
    for (size_t i = 0; i < count; i++) set->templates[i].name = sources[i].name;
    for (size_t i = 0; i < count; i++) {
        struct compiling c = {.set = set, .into = &set->templates[i], .source = &sources[i], .known_key = known_key, .context = context, .fault = fault};
        enum err err = compile(&c);
        if (err == OK) continue;
        template_set_free(set);
        return err;
    }
    *ret = set;
    return OK;
}

void template_set_free(struct template_set *set)
{
    if (set == NULL) return;
    for (size_t i = 0; i < set->count; i++) free(set->templates[i].pieces);
    free(set->templates);
    free(set);
}

struct rendering {
    const struct template_set *set;
    const json_t *scopes[DEEPEST_SCOPE];
    size_t depth; /* scopes in use */
    size_t nesting;
    template_words *words;
    void *words_context;
    struct buf *out;
};

static const json_t *value_below(const json_t *value, const char *rest)
{
    while (rest != NULL && value != NULL) {
        const char *dot = strchr(rest, '.');
        size_t length = dot == NULL ? strlen(rest) : (size_t)(dot - rest);
        value = json_object_getn(value, rest, length);
        rest = dot == NULL ? NULL : dot + 1;
    }
    return value;
}

static const json_t *value_find(const struct rendering *r, const char *key)
{
    if (strcmp(key, ".") == 0) return r->scopes[r->depth - 1];
    const char *dot = strchr(key, '.');
    size_t length = dot == NULL ? strlen(key) : (size_t)(dot - key);
    for (size_t i = r->depth; i-- > 0;) {
        const json_t *value = json_object_getn(r->scopes[i], key, length);
        if (value != NULL) return value_below(value, dot == NULL ? NULL : dot + 1);
    }
    return NULL;
}

static bool value_counts(const json_t *value)
{
    if (value == NULL || json_is_null(value) || json_is_false(value)) return false;
    if (json_is_string(value)) return json_string_length(value) > 0;
    if (json_is_array(value)) return json_array_size(value) > 0;
    if (json_is_object(value)) return json_object_size(value) > 0;
    return true;
}

static void value_put(const json_t *value, struct buf *out)
{
    if (json_is_string(value)) buf_put_html(out, json_string_value(value));
    else if (json_is_integer(value)) buf_printf(out, "%lld", (long long)json_integer_value(value));
    else if (json_is_real(value)) buf_printf(out, "%.6g", json_real_value(value));
    else if (json_is_boolean(value)) buf_puts(out, json_is_true(value) ? "true" : "false");
}

static enum err pieces_render(struct rendering *r, const struct compiled *t, size_t from, size_t to);

static enum err scope_render(struct rendering *r, const json_t *scope, const struct compiled *t, size_t from, size_t to)
{
    if (r->depth == DEEPEST_SCOPE) return ERR_LIMIT;
    r->scopes[r->depth++] = scope;
    enum err err = pieces_render(r, t, from, to);
    r->depth--;
    return err;
}

static enum err section_render(struct rendering *r, const struct compiled *t, size_t at)
{
    const struct piece *piece = &t->pieces[at];
    const json_t *value = value_find(r, piece->key);
    bool counts = value_counts(value);
    if (piece->kind == PIECE_INVERTED) return counts ? OK : pieces_render(r, t, at + 1, piece->end);
    if (!counts) return OK;
    if (!json_is_array(value)) return scope_render(r, value, t, at + 1, piece->end);
    for (size_t i = 0; i < json_array_size(value); i++) {
        enum err err = scope_render(r, json_array_get(value, i), t, at + 1, piece->end);
        if (err != OK) return err;
    }
    return OK;
}

static enum err pieces_render(struct rendering *r, const struct compiled *t, size_t from, size_t to)
{
    if (r->nesting == 2 * DEEPEST_SCOPE) return ERR_LIMIT;
    r->nesting++;
    enum err err = OK;
    for (size_t i = from; i < to && err == OK && !r->out->failed; i++) {
        const struct piece *piece = &t->pieces[i];
        switch (piece->kind) {
        case PIECE_TEXT: buf_add(r->out, piece->text, piece->length); break;
        case PIECE_VALUE: value_put(value_find(r, piece->key), r->out); break;
        case PIECE_WORDS: buf_put_html(r->out, r->words(r->words_context, piece->key)); break;
        case PIECE_PARTIAL: {
            const struct compiled *other = &r->set->templates[piece->end];
            err = pieces_render(r, other, 0, other->count);
            break;
        }
        case PIECE_SECTION:
        case PIECE_INVERTED:
            err = section_render(r, t, i);
            i = piece->end - 1;
            break;
        }
    }
    r->nesting--;
    return err;
}

enum err template_render(const struct template_set *set, const char *name, const json_t *view, template_words *words, void *words_context,
                         struct buf *out)
{
    size_t index;
    if (!template_index(set, name, &index)) return ERR_NOT_FOUND;
    struct rendering r = {.set = set, .depth = 1, .words = words, .words_context = words_context, .out = out};
    r.scopes[0] = view;
    enum err err = pieces_render(&r, &set->templates[index], 0, set->templates[index].count);
    if (err != OK) return err;
    return out->failed ? ERR_LIMIT : OK;
}
