/* GET /api/v1/events/{event}/delegates/{code}: one person as the desk's card shows them, with the version that a change of them names. */
#include "core/congress/delegates/card.h"
#include "core/base/clock.h"
#include "server/refusal.h"
#include "server/routes.h"

void delegate_get(struct http_request *req)
{
    struct fault fault = {0};
    struct worker *worker = worker_of(req);
    const struct programme *programme = worker ? event_of(req, worker, NULL) : NULL;
    json_t *card = NULL;
    if (!programme) return;
    enum err e = delegate_card(worker->db, req->arena, programme, http_param(req, "code"), reader_language(req), clock_now_ms(), &card, &fault);
    if (e == OK) http_reply_json(req, 200, card);
    else refusal_reply(req, e, &fault);
}
