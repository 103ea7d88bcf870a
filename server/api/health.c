#include "server/http/http.h"

void health_get(struct http_request *req);

void health_get(struct http_request *req)
{
    http_reply_text(req, 200, "application/json", "{\"status\":\"ok\"}");
}
