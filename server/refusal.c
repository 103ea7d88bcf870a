#include "server/refusal.h"
#include "core/base/log.h"
#include "server/pages/view.h"

#include <stdio.h>
#include <string.h>

#define PLACE "{detail}"

/* What went wrong in our own files: the log has it. */
static const char *untold(struct http_request *req, const char *sentence)
{
    log_line(LOG_ERROR, "server", "%s: %s", req->safe_path, sentence);
    return view_words_for(req, "error.500");
}

const char *refusal_words(struct http_request *req, const char *reason, const char *detail, const char *sentence)
{
    const char *key = reason ? arena_printf(req->arena, "refusal.%.60s", reason) : NULL;
    const char *words = key ? view_words_for(req, key) : "", *place = strstr(words, PLACE);
    if (!*words) return app_tells_of_files(app_of(req), sentence) ? untold(req, sentence) : sentence;
    if (!place) return words;
    /* Isolated (UAX #9): a name in other letters does not turn the sentence around it. */
    const char *whole = arena_printf(req->arena, "%.*s\u2068%s\u2069%s", (int)(place - words), words, detail ? detail : "", place + strlen(PLACE));
    return whole ? whole : sentence;
}

const char *refusal_of_fault(struct http_request *req, const struct fault *fault)
{
    return refusal_words(req, fault->reason, fault->detail, fault->text);
}

void refusal_reply(struct http_request *req, enum err error, const struct fault *fault)
{
    struct fault told = *fault;
    (void)snprintf(told.text, sizeof told.text, "%s", refusal_of_fault(req, fault));
    req->problem_reason = fault->reason;
    req->problem_about = fault->detail[0] ? arena_strdup(req->arena, fault->detail) : NULL;
    if (error != ERR_FULL || !fault->reason) {
        reply_error(req, error, &told);
        return;
    }
    log_line(LOG_ERROR, "server", "%s: %s", req->safe_path, fault->text);
    reply_reason_with(req, REASON_disk_full, told.text);
}

const char *reader_language(struct http_request *req) { return i18n_tag(view_language(req)); }
