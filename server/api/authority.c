/* GET /authority.crt: the certificate of the local authority, for phones and laptops of staff (docs/operating.md). Public by nature.
 * Not "attachment": a phone then keeps a file, where it is to ask whether to install a certificate. */
#include "server/serve_parts.h"

void authority_get(struct http_request *req)
{
    const char *pem = serve_tls_authority(app_of(req));
    if (!pem) {
        reply_reason(req, REASON_not_found);
        return;
    }
    (void)http_set_header(req, "Content-Disposition", "inline; filename=\"plenum-authority.crt\"");
    http_reply_text(req, 200, "application/x-x509-ca-cert", pem);
}
