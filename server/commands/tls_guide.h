/* `plenum tls show --guide FILE.pdf`: the page to print (server/trust.h). */
#ifndef PLENUM_SERVER_COMMANDS_TLS_GUIDE_H
#define PLENUM_SERVER_COMMANDS_TLS_GUIDE_H

#include "server/tls/authority.h"

struct tls_guide {
    const char *file, *language, *public_url; /* language NULL: the organisation's first; public_url NULL: what the data folder knows */
    const char *folder;                       /* the data folder, absolute */
    const struct tls_material *material;
    const struct tls_names *names;            /* of this machine, for a folder without a database */
};

/* Writes the PDF (replacing FILE in one step) and says on standard output where phones will look. ERR_USAGE: no such language; ERR_INPUT: a public URL that is
 * none, or a certificate of one's own, which needs no guide. */
enum err tls_guide_write(const struct tls_guide *guide, struct arena *arena, struct fault *fault);

#endif
