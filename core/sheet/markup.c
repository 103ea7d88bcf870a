#include "core/sheet/markup.h"
#include "core/sheet/refusal.h"

#include <expat.h>
#include <limits.h>
#include <string.h>

#define DEPTH_MOST 100
#define TOKEN_MOST (1 << 20) /* a tag, a comment: one that does not end is looked at from its beginning again and again */

struct reading {
    const struct markup *markup;
    XML_Parser parser;
    const char *name;
    struct fault *fault;
    enum err result;
    unsigned tags[DEPTH_MOST + 1]; /* [0] is 0, what the root's parent is called */
    unsigned depth;
    unsigned unknown; /* elements within one that nobody wants */
    uint64_t given;
};

static const char *local_name(const char *name)
{
    const char *colon = strchr(name, ':');
    return colon ? colon + 1 : name;
}

const char *markup_attribute(const char *const *attributes, const char *name)
{
    for (; *attributes; attributes += 2)
        if (strcmp(local_name(attributes[0]), name) == 0) return attributes[1];
    return NULL;
}

bool markup_flag(const char *const *attributes, const char *name, bool otherwise)
{
    const char *value = markup_attribute(attributes, name);
    return value ? strcmp(value, "1") == 0 || strcmp(value, "true") == 0 || strcmp(value, "on") == 0 : otherwise;
}

bool markup_number(const char *const *attributes, const char *name, uint32_t *ret)
{
    const char *value = markup_attribute(attributes, name);
    uint64_t number = 0;
    if (!value || !*value) return false;
    for (; *value >= '0' && *value <= '9'; value++) {
        number = number * 10 + (uint64_t)(*value - '0');
        if (number > UINT32_MAX) return false;
    }
    if (*value) return false;
    *ret = (uint32_t)number;
    return true;
}

static void stop(struct reading *r, enum err e)
{
    if (r->result == OK) r->result = e;
    (void)XML_StopParser(r->parser, XML_FALSE);
}

static unsigned wanted(const struct reading *r, const char *name)
{
    unsigned parent = r->tags[r->depth];
    for (const struct markup_rule *rule = r->markup->rules; rule->name; rule++)
        if (rule->parent == parent && strcmp(rule->name, name) == 0) return rule->tag;
    return 0;
}

static void XMLCALL on_open(void *context, const XML_Char *name, const XML_Char **attributes)
{
    struct reading *r = context;
    if (r->result != OK) return;
    if (r->depth + r->unknown >= DEPTH_MOST) {
        stop(r, refuse_damaged(r->fault, r->name, "\"%.200s\" is nested too deeply", r->name));
        return;
    }
    unsigned tag = r->unknown ? 0 : wanted(r, local_name(name));
    if (!tag) {
        r->unknown++;
        return;
    }
    r->tags[++r->depth] = tag;
    if (!r->markup->open) return;
    enum err e = r->markup->open(r->markup->context, tag, (const char *const *)attributes, r->fault);
    if (e != OK) stop(r, e);
}

static void XMLCALL on_close(void *context, const XML_Char *name)
{
    struct reading *r = context;
    (void)name;
    if (r->result != OK) return;
    if (r->unknown) {
        r->unknown--;
        return;
    }
    unsigned tag = r->tags[r->depth--];
    enum err e = r->markup->close ? r->markup->close(r->markup->context, tag, r->fault) : OK;
    if (e != OK) stop(r, e);
}

static void XMLCALL on_text(void *context, const XML_Char *text, int length)
{
    struct reading *r = context;
    if (r->result != OK || r->unknown || !r->markup->text || length <= 0) return;
    enum err e = r->markup->text(r->markup->context, r->tags[r->depth], text, (size_t)length, r->fault);
    if (e != OK) stop(r, e);
}

static void XMLCALL on_doctype(void *context, const XML_Char *name, const XML_Char *system, const XML_Char *public, int internal)
{
    struct reading *r = context;
    (void)name, (void)system, (void)public, (void)internal;
    stop(r, refuse(r->fault, REFUSAL_DOCTYPE, NULL));
}

static enum err failed(struct reading *r)
{
    enum XML_Error code = XML_GetErrorCode(r->parser);
    if (r->result != OK) return r->result;
    if (code == XML_ERROR_NO_MEMORY) return fault_set(r->fault, ERR_NOMEM, "not enough memory");
    return refuse_damaged(r->fault, r->name, "\"%.200s\" is damaged in line %lu: %s", r->name, (unsigned long)XML_GetCurrentLineNumber(r->parser), XML_ErrorString(code));
}

static enum err take(void *context, const void *piece, size_t length, struct fault *fault)
{
    struct reading *r = context;
    const char *p = piece;
    while (length) {
        int step = length > 256 * 1024 ? 256 * 1024 : (int)length;
        if (XML_Parse(r->parser, p, step, XML_FALSE) != XML_STATUS_OK) return failed(r);
        r->given += (uint64_t)step;
        p += step;
        length -= (size_t)step;
        XML_Index at = XML_GetCurrentByteIndex(r->parser);
        if (at >= 0 && r->given > (uint64_t)at + TOKEN_MOST) return refuse_damaged(fault, r->name, "\"%.200s\" has a tag that does not end", r->name);
    }
    return OK;
}

enum err markup_read(struct parts *parts, const char *name, const struct markup *markup, struct fault *fault)
{
    struct reading r = {.markup = markup, .parser = XML_ParserCreate(NULL), .name = name, .fault = fault};
    if (!r.parser) return fault_set(fault, ERR_NOMEM, "not enough memory");
    XML_SetUserData(r.parser, &r);
    XML_SetElementHandler(r.parser, on_open, on_close);
    XML_SetCharacterDataHandler(r.parser, on_text);
    XML_SetStartDoctypeDeclHandler(r.parser, on_doctype);
    (void)XML_SetParamEntityParsing(r.parser, XML_PARAM_ENTITY_PARSING_NEVER);
    enum err e = parts_read(parts, name, take, &r, fault);
    if (e == OK && XML_Parse(r.parser, "", 0, XML_TRUE) != XML_STATUS_OK) e = failed(&r);
    XML_ParserFree(r.parser);
    return e;
}
