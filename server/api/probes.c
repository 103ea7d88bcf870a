/* The phones' questions whether this network leads to the internet (server/venue/probes.h); and GET /here/{nonce}: proof that it is this server that answers at
 * an address. */
#include "server/access.h"
#include "server/app.h"
#include "server/venue/proof.h"
#include "server/venue/probes.h"

void probe_get(struct http_request *req)
{
    if (probes_reply(req)) return;
    /* As any path that we do not have. */
    if (access_host_is_ours(app_of(req), req->host)) reply_reason(req, REASON_not_found);
    else http_reply_problem(req, 421, "unknown_host", "This server does not answer to this host name.");
}

void here_get(struct http_request *req)
{
    char proof[PROOF_SIZE];
    if (proof_make(app_of(req)->proof_key, http_param(req, "nonce"), proof)) http_reply_text(req, 200, "text/plain; charset=utf-8", proof);
    else reply_reason(req, REASON_bad_request);
}
