/* One A4 page for the wall of the staff room: how a phone comes to trust the local authority. All words come from the caller, in one language; where that is
 * written from the right, the page is mirrored. */
#ifndef PLENUM_BADGES_TRUST_GUIDE_H
#define PLENUM_BADGES_TRUST_GUIDE_H

#include "core/base/buf.h"
#include "core/typeset/fonts.h"

#define TRUST_STEPS 3

struct trust_guide {
    const char *language;
    const char *title, *who, *scan, *on_phone, *called, *until, *compare, *then, *warning, *removal; /* sentences */
    const char *platform[2];                 /* "iPhone, iPad", "Android" */
    const char *steps[2][TRUST_STEPS];
    const char *name;                        /* of the authority */
    const char *good_until;                  /* "2036-11-19" */
    const char *fingerprint;                 /* "AB:CD:…", 32 bytes */
    const char *download;                    /* the code: "http://HOST:8080/authority.crt" */
    const char *page;                        /* to type: "HOST:8080/trust" */
    const char *secure;                      /* to open afterwards: "https://HOST:8443" */
};

/* The PDF appended to `out`. ERR_INPUT: a character that no font has, or no fingerprint; ERR_LIMIT: an address that no code holds. */
enum err trust_guide_write(const struct trust_guide *guide, struct fonts *fonts, struct buf *out, struct fault *fault);

/* The `group`-th of eight groups of four bytes, "AB CD EF 01", as phones show them; false when the text is no fingerprint of 32 bytes. */
#define TRUST_GROUPS 8
#define TRUST_GROUP_SIZE 12
bool trust_guide_group(const char *fingerprint, unsigned group, char out[TRUST_GROUP_SIZE]);

#endif
