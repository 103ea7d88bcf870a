/* Private to core/sheet: the XML of a part, element by element. The only place of Expat.
 *
 * Names are compared without their prefix, so that strict and transitional files, and programs that write <x:row>, read alike. A document type is refused at its first
 * character: with it go entities of every kind. Depth and the length of one tag are bounded. */
#ifndef PLENUM_SHEET_MARKUP_H
#define PLENUM_SHEET_MARKUP_H

#include "core/sheet/parts.h"

/* An element that the reader wants: its name within a parent (0: the root). Tags are small numbers from 1; a tag may stand in several rules. What no rule names is passed
 * over with all in it. */
struct markup_rule {
    unsigned parent;
    const char *name;
    unsigned tag;
};

struct markup {
    const struct markup_rule *rules; /* ended by one without a name */
    void *context;
    /* Each may be NULL. `attributes` are names and values in turn, ended by NULL. An error ends the reading. */
    enum err (*open)(void *context, unsigned tag, const char *const *attributes, struct fault *fault);
    enum err (*close)(void *context, unsigned tag, struct fault *fault);
    enum err (*text)(void *context, unsigned tag, const char *text, size_t length, struct fault *fault); /* in pieces, not NUL-terminated */
};

/* Reads a part. `limits` are those of the parts. */
enum err markup_read(struct parts *parts, const char *name, const struct markup *markup, struct fault *fault);

/* The value of an attribute, its prefix not counted; NULL: none. */
const char *markup_attribute(const char *const *attributes, const char *name);
/* "1" and "true" are true; `otherwise` when there is none. */
bool markup_flag(const char *const *attributes, const char *name, bool otherwise);
/* A whole number without sign up to UINT32_MAX; false: none. */
bool markup_number(const char *const *attributes, const char *name, uint32_t *ret);

#endif
