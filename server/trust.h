/* How phones and laptops of staff come to trust the local authority: the printed guide (badges/sheets/trust_guide.h), the page /trust, Apple's profile. */
#ifndef PLENUM_SERVER_TRUST_H
#define PLENUM_SERVER_TRUST_H

#include "badges/sheets/trust_guide.h"
#include "server/i18n/i18n.h"
#include "server/tls/authority.h"

/* Where phones find this server; texts in an arena. */
struct trust_places {
    const char *plain;  /* "http://HOST:8080": what a phone can open before it trusts us */
    const char *secure; /* "https://HOST:8443" */
};

/* From the public URL and the port of plain HTTP: as the URL says when it is plain, else its host with our port. NULL: out of memory. */
char *trust_plain_base(struct arena *arena, const char *public_url, unsigned plain_port);

/* The guide in that language. `material` must have an authority. ERR_NOMEM. Everything is in the arena, or borrowed from i18n and material. */
enum err trust_guide_fill(struct arena *arena, const struct i18n *i18n, enum i18n_language language, const struct tls_material *material,
                          const struct trust_places *places, struct trust_guide *ret);

/* A configuration profile for iPhone and iPad with this certificate as a root (Apple, "Configuration Profile Reference", payload com.apple.security.root).
 * The same certificate gives the same profile. `about`: a sentence that the phone shows. NULL: out of memory or no PEM text. */
char *trust_profile_make(struct arena *arena, const char *authority_pem, const char *name, const char *about);

#endif
