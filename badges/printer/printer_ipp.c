#include "badges/printer/printer_ipp.h"

#include "badges/printer/printer_media.h"
#include "core/base/clock.h"
#include "core/base/crypto.h"
#include "core/base/file.h"

#include <cups/cups.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define CONNECT_MS 5000
#define BUSY_MS 1000
#define LOOK_MS 400          /* between two looks at a job */
#define NAMES_MOST 1000
#define USUAL_PATH "/ipp/print" /* where IPP Everywhere printers listen when an address has no path */

struct talk {
    const struct printer_order *order;
    http_t *http;
    char uri[1024], resource[512], host[256];
    int minor;          /* IPP 2.0, or 1.1 for old ones */
    int64_t deadline;   /* steady ms: no wait goes beyond */
    int out;
    struct printer_step step;
    struct media_choice media;
    bool scaling_none;  /* print-scaling=none is known to it */
};

static void tell(struct talk *t, enum printer_step_kind kind)
{
    t->step.kind = kind;
    (void)file_write_all(t->out, &t->step, sizeof t->step);
}

/* As much as there is room for, cut between characters. */
static void put(char *room, size_t size, const char *text)
{
    size_t length = text ? strlen(text) : 0;
    if (length >= size)
        for (length = size - 1; length && ((unsigned char)text[length] & 0xC0) == 0x80;) length--;
    if (length) memcpy(room, text, length);
    room[length] = '\0';
}

static void put_more(char *room, size_t size, const char *separator, const char *text)
{
    size_t length = strlen(room);
    if (length) put(room + length, size - length, separator);
    length = strlen(room);
    put(room + length, size - length, text);
}

static enum err fail(struct talk *t, enum err code, const char *format, ...) __attribute__((format(printf, 3, 4)));
static enum err fail(struct talk *t, enum err code, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    (void)vsnprintf(t->step.text, sizeof t->step.text, format, args);
    va_end(args);
    return code;
}

/* --- words ------------------------------------------------------------------------------------------------------------------------------- */

/* What stands in a reasons attribute, in words; "" for none. */
static void put_reasons(ipp_t *response, const char *attribute, char *room, size_t size)
{
    ipp_attribute_t *a = ippFindAttribute(response, attribute, IPP_TAG_KEYWORD);
    char one[PRINTER_NAME_SIZE];
    for (int i = 0; a && i < ippGetCount(a) && i < 8; i++) {
        const char *keyword = ippGetString(a, i, NULL);
        if (!keyword || strcmp(keyword, "none") == 0 || strcmp(keyword, "job-completed-successfully") == 0 || strcmp(keyword, "job-printing") == 0) continue;
        put_more(room, size, ", ", printer_reason_words(keyword, one));
    }
}

static const char *text_of(ipp_t *response, const char *name)
{
    ipp_attribute_t *a = ippFindAttribute(response, name, IPP_TAG_ZERO);
    ipp_tag_t tag = a ? ippGetValueTag(a) : IPP_TAG_ZERO;
    bool text = tag == IPP_TAG_TEXT || tag == IPP_TAG_NAME || tag == IPP_TAG_TEXTLANG || tag == IPP_TAG_NAMELANG || tag == IPP_TAG_KEYWORD || tag == IPP_TAG_URI;
    const char *value = text ? ippGetString(a, 0, NULL) : NULL;
    return value && *value ? value : NULL;
}

static int number_of(ipp_t *response, const char *name, ipp_tag_t tag, int otherwise)
{
    ipp_attribute_t *a = ippFindAttribute(response, name, tag);
    return a ? ippGetInteger(a, 0) : otherwise;
}

static bool has_value(ipp_t *response, const char *attribute, const char *value)
{
    ipp_attribute_t *a = ippFindAttribute(response, attribute, IPP_TAG_ZERO);
    return a && ippContainsString(a, value);
}

/* --- reaching it --------------------------------------------------------------------------------------------------------------------------- */

/* libcups asks this when nothing has come or gone for a second. */
static int goes_on(http_t *http, void *data)
{
    (void)http;
    const struct talk *t = data;
    return clock_steady_ms() < t->deadline;
}

static const char *no_password(const char *prompt, http_t *http, const char *method, const char *resource, void *data)
{
    (void)prompt, (void)http, (void)method, (void)resource, (void)data;
    return NULL;
}

static int time_for(const struct talk *t, int most)
{
    int64_t left = t->deadline - clock_steady_ms();
    return left < 1 ? 1 : left < most ? (int)left : most;
}

/* The very certificate of the pin. libcups' own store of certificates is not asked: where it is depends on who runs this, and often it is not there. */
static enum err check_trust(struct talk *t)
{
    cups_array_t *credentials = NULL;
    if (httpCopyCredentials(t->http, &credentials) != 0) credentials = NULL;
    const http_credential_t *first = credentials ? cupsArrayFirst(credentials) : NULL;
    if (!first) return fail(t, ERR_DENIED, "%s shows no certificate", t->host);
    crypto_sha256_hex(first->data, first->datalen, t->step.job.pin);
    if (!t->order->pin || !*t->order->pin || strcmp(t->order->pin, t->step.job.pin) == 0) return OK;
    return fail(t, ERR_DENIED, "the certificate of %s is another than before; look whether it is still the same printer, then add it anew", t->host);
}

static enum err connect_address(struct talk *t)
{
    char scheme[16], user[256], service[16];
    int port;
    const char *address = t->order->destination;
    http_uri_status_t s = httpSeparateURI(HTTP_URI_CODING_ALL, address, scheme, sizeof scheme, user, sizeof user, t->host, sizeof t->host, &port, t->resource,
                                          sizeof t->resource);
    if (s < HTTP_URI_STATUS_OK || !t->host[0] || user[0]) return fail(t, ERR_INPUT, "\"%.200s\" is no address of a printer", address);
    if (strcmp(t->resource, "/") == 0) put(t->resource, sizeof t->resource, USUAL_PATH);
    bool secure = strcmp(scheme, "ipps") == 0;
    (void)httpAssembleURI(HTTP_URI_CODING_ALL, t->uri, sizeof t->uri, scheme, NULL, t->host, port, t->resource);
    (void)snprintf(service, sizeof service, "%d", port);
    if (!httpAddrGetList(t->host, AF_UNSPEC, service)) return fail(t, ERR_NETWORK, "no machine is called %s", t->host);
    t->http = httpConnect2(t->host, port, NULL, AF_UNSPEC, secure ? HTTP_ENCRYPTION_ALWAYS : HTTP_ENCRYPTION_IF_REQUESTED, 1, time_for(t, CONNECT_MS), NULL);
    if (!t->http) {
        const char *why = secure ? "it does not answer, or does not speak TLS" : "it does not answer";
        return fail(t, ERR_NETWORK, "the printer at %s port %d cannot be reached: %s", t->host, port, why);
    }
    return secure ? check_trust(t) : OK;
}

static http_t *connect_cups(struct talk *t)
{
    http_t *http = httpConnect2(cupsServer(), ippPort(), NULL, AF_UNSPEC, cupsEncryption(), 1, time_for(t, 2000), NULL);
    if (http) httpSetTimeout(http, 1, goes_on, t);
    return http;
}

static enum err connect_queue(struct talk *t)
{
    const char *name = t->order->destination;
    http_t *cups = connect_cups(t);
    if (!cups) return fail(t, ERR_NOT_FOUND, "CUPS does not run on this machine, so it has no queue \"%.100s\"; give the printer's address, ipp://HOST/ipp/print", name);
    cups_dest_t *queue = cupsGetNamedDest(cups, name, NULL);
    if (!queue) return fail(t, ERR_NOT_FOUND, "CUPS knows no queue \"%.100s\"; lpstat -e lists those that it knows", name);
    t->http = cupsConnectDest(queue, CUPS_DEST_FLAGS_NONE, time_for(t, CONNECT_MS), NULL, t->resource, sizeof t->resource, NULL, NULL);
    const char *why = cupsLastErrorString();
    if (!t->http) return fail(t, ERR_NETWORK, "CUPS does not give access to its queue \"%.100s\": %.200s", name, why ? why : "it does not say why");
    const char *uri = cupsGetOption("printer-uri-supported", queue->num_options, queue->options);
    put(t->host, sizeof t->host, name);
    if (uri) put(t->uri, sizeof t->uri, uri);
    else (void)httpAssembleURI(HTTP_URI_CODING_ALL, t->uri, sizeof t->uri, "ipp", NULL, "localhost", ippPort(), t->resource);
    return OK;
}

static enum err reach(struct talk *t)
{
    cupsSetPasswordCB2(no_password, NULL);
    enum err e = strstr(t->order->destination, "://") ? connect_address(t) : connect_queue(t);
    if (e != OK) return e;
    httpSetTimeout(t->http, 1, goes_on, t);
    tell(t, STEP_ASKING);
    return OK;
}

/* --- asking -------------------------------------------------------------------------------------------------------------------------------- */

static ipp_t *new_request(const struct talk *t, ipp_op_t what)
{
    ipp_t *request = ippNewRequest(what);
    (void)ippSetVersion(request, t->minor ? 1 : 2, t->minor);
    (void)ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_URI, "printer-uri", NULL, t->uri);
    (void)ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_NAME, "requesting-user-name", NULL, cupsUser());
    return request;
}

/* Why there is no answer to read: libcups' last error, told for what was being done. */
static enum err no_answer(struct talk *t)
{
    http_status_t status = httpGetStatus(t->http);
    ipp_status_t error = cupsLastError();
    if (status == HTTP_STATUS_UNAUTHORIZED || status == HTTP_STATUS_CUPS_AUTHORIZATION_CANCELED || status == HTTP_STATUS_FORBIDDEN ||
        error == IPP_STATUS_ERROR_NOT_AUTHENTICATED || error == IPP_STATUS_ERROR_NOT_AUTHORIZED || error == IPP_STATUS_ERROR_FORBIDDEN ||
        error == IPP_STATUS_ERROR_CUPS_AUTHENTICATION_CANCELED)
        return fail(t, ERR_DENIED, "the printer wants a password or refuses this machine; open it to this machine, or add it to CUPS and print to the queue");
    if (status == HTTP_STATUS_UPGRADE_REQUIRED || error == IPP_STATUS_ERROR_CUPS_UPGRADE_REQUIRED)
        return fail(t, ERR_NETWORK, "the printer speaks TLS only: its address begins with ipps://");
    if (status == HTTP_STATUS_NOT_FOUND || error == IPP_STATUS_ERROR_NOT_FOUND)
        return fail(t, ERR_NETWORK, "there is no printer at %.200s; the path is usually /ipp/print", t->uri);
    if (clock_steady_ms() >= t->deadline) return fail(t, ERR_NETWORK, "the printer at %.200s does not answer in time", t->host);
    const char *why = cupsLastErrorString();
    return fail(t, ERR_NETWORK, "what answers at %.200s is no printer%s%.200s", t->host, why ? ": " : "", why ? why : "");
}

/* Sends a request, with a document or without. NULL: nothing that can be read came back. */
static ipp_t *converse(struct talk *t, ipp_t *request, const void *data, size_t length)
{
    http_status_t status = cupsSendRequest(t->http, request, t->resource, ippLength(request) + length);
    if (status == HTTP_STATUS_CONTINUE && length) {
        tell(t, STEP_SENDING);
        status = cupsWriteRequestData(t->http, data, length);
    }
    ippDelete(request);
    return cupsGetResponse(t->http, t->resource);
}

static ipp_t *ask_printer(struct talk *t)
{
    static const char *const wanted[] = {
        "printer-name", "printer-info", "printer-make-and-model", "printer-state", "printer-state-reasons", "printer-state-message", "printer-is-accepting-jobs",
        "document-format-supported", "media-supported", "media-ready", "media-col-supported", "sides-supported", "copies-supported", "print-scaling-supported"};
    for (int minor = 0; minor <= 1; minor++) {
        t->minor = minor;
        ipp_t *request = new_request(t, IPP_OP_GET_PRINTER_ATTRIBUTES);
        (void)ippAddStrings(request, IPP_TAG_OPERATION, IPP_TAG_KEYWORD, "requested-attributes", (int)(sizeof wanted / sizeof wanted[0]), NULL, wanted);
        ipp_t *response = converse(t, request, NULL, 0);
        if (!response || ippGetStatusCode(response) != IPP_STATUS_ERROR_VERSION_NOT_SUPPORTED) return response;
    }
    return NULL;
}

/* --- what it can do ------------------------------------------------------------------------------------------------------------------------ */

static enum err check_format(struct talk *t, ipp_t *printer)
{
    ipp_attribute_t *formats = ippFindAttribute(printer, "document-format-supported", IPP_TAG_MIMETYPE);
    char list[200] = "";
    for (int i = 0; formats && i < ippGetCount(formats); i++) {
        const char *format = ippGetString(formats, i, NULL);
        if (format && strcasecmp(format, "application/pdf") == 0) return OK;
        if (format && strcmp(format, "application/octet-stream") != 0 && strlen(list) + strlen(format) + 3 < sizeof list) put_more(list, sizeof list, ", ", format);
    }
    if (!formats) return fail(t, ERR_NETWORK, "what answers at %.200s does not say what it prints", t->host);
    return fail(t, ERR_CONFLICT, "%s prints no PDF, only %s; add it to CUPS on this machine, which translates, and print to the queue's name", t->step.job.printer,
                *list ? list : "what its own driver makes");
}

static enum err check_state(struct talk *t, ipp_t *printer)
{
    char reasons[PRINTER_TEXT_SIZE] = "";
    put_reasons(printer, "printer-state-reasons", reasons, sizeof reasons);
    const char *message = text_of(printer, "printer-state-message");
    ipp_attribute_t *accepting = ippFindAttribute(printer, "printer-is-accepting-jobs", IPP_TAG_BOOLEAN);
    const char *why = *reasons ? reasons : message ? message : "it does not say why";
    if (accepting && !ippGetBoolean(accepting, 0)) return fail(t, ERR_CONFLICT, "%s takes no jobs now: %.300s", t->step.job.printer, why);
    if (number_of(printer, "printer-state", IPP_TAG_ENUM, IPP_PSTATE_IDLE) == IPP_PSTATE_STOPPED)
        return fail(t, ERR_CONFLICT, "%s has stopped: %.300s", t->step.job.printer, why);
    if (*reasons) put_more(t->step.job.warning, sizeof t->step.job.warning, "; ", reasons);
    return OK;
}

static enum err choose_media(struct talk *t, ipp_t *printer)
{
    const char *names[NAMES_MOST];
    const struct printer_order *o = t->order;
    struct printer_job *job = &t->step.job;
    ipp_attribute_t *supported = ippFindAttribute(printer, "media-supported", IPP_TAG_ZERO), *ready = ippFindAttribute(printer, "media-ready", IPP_TAG_ZERO);
    char text[PRINTER_TEXT_SIZE];
    size_t count = 0;
    if (o->width <= 0 || o->height <= 0) return OK;
    for (int i = 0; supported && i < ippGetCount(supported) && count < NAMES_MOST; i++) {
        const char *name = ippGetString(supported, i, NULL);
        if (name) names[count++] = name;
    }
    t->media = media_choose(names, count, o->width, o->height);
    if (t->media.found == MEDIA_FREE && !has_value(printer, "media-col-supported", "media-size")) t->media.found = MEDIA_NONE;
    if (t->media.found == MEDIA_FREE) (void)snprintf(job->media, sizeof job->media, "%g × %g mm", t->media.width, t->media.height);
    if (t->media.found == MEDIA_NAMED) put(job->media, sizeof job->media, t->media.name);
    if (t->media.found == MEDIA_NAMED && ready && !ippContainsString(ready, t->media.name)) {
        (void)snprintf(text, sizeof text, "it says that %.100s is not loaded now", t->media.name);
        put_more(job->warning, sizeof job->warning, "; ", text);
    }
    if (t->media.found == MEDIA_NONE) {
        (void)snprintf(text, sizeof text, "it knows no paper of %g × %g mm%s%.100s; look at what comes out", o->width, o->height,
                       t->media.name ? ", the nearest is " : "", t->media.name ? t->media.name : "");
        put_more(job->warning, sizeof job->warning, "; ", text);
    }
    return OK;
}

static const char *sides_keyword(enum printer_sides sides)
{
    return sides == PRINTER_LONG_EDGE ? "two-sided-long-edge" : sides == PRINTER_SHORT_EDGE ? "two-sided-short-edge" : "one-sided";
}

static enum err check_choices(struct talk *t, ipp_t *printer)
{
    const struct printer_order *o = t->order;
    int most = 1;
    ipp_attribute_t *copies = ippFindAttribute(printer, "copies-supported", IPP_TAG_RANGE);
    if (copies) (void)ippGetRange(copies, 0, &most);
    if (o->copies > 1 && copies && (int)o->copies > most) return fail(t, ERR_CONFLICT, "%s makes at most %d copies", t->step.job.printer, most);
    if (o->sides != PRINTER_ONE_SIDE && !has_value(printer, "sides-supported", sides_keyword(o->sides)))
        return fail(t, ERR_CONFLICT, "%s does not print both sides so; --duplex none leaves the backs out", t->step.job.printer);
    t->scaling_none = has_value(printer, "print-scaling-supported", "none");
    return choose_media(t, printer);
}

static enum err look_at(struct talk *t)
{
    ipp_t *printer = ask_printer(t);
    if (!printer || ippGetStatusCode(printer) > IPP_STATUS_OK_EVENTS_COMPLETE) return no_answer(t);
    const char *model = text_of(printer, "printer-make-and-model"), *info = text_of(printer, "printer-info"), *name = text_of(printer, "printer-name");
    put(t->step.job.printer, sizeof t->step.job.printer, info ? info : model ? model : name ? name : t->host);
    enum err e = check_format(t, printer);
    if (e == OK) e = check_state(t, printer);
    return e == OK ? check_choices(t, printer) : e;
}

/* --- the job -------------------------------------------------------------------------------------------------------------------------------- */

static ipp_t *new_job(struct talk *t)
{
    const struct printer_order *o = t->order;
    ipp_t *request = new_request(t, IPP_OP_PRINT_JOB);
    (void)ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_NAME, "job-name", NULL, o->title);
    (void)ippAddString(request, IPP_TAG_OPERATION, IPP_TAG_MIMETYPE, "document-format", NULL, "application/pdf");
    if (o->copies > 1) (void)ippAddInteger(request, IPP_TAG_JOB, IPP_TAG_INTEGER, "copies", (int)o->copies);
    if (t->media.found == MEDIA_NAMED) (void)ippAddString(request, IPP_TAG_JOB, IPP_TAG_KEYWORD, "media", NULL, t->media.name);
    if (t->media.found == MEDIA_FREE) {
        ipp_t *size = ippNew(), *media = ippNew();
        (void)ippAddInteger(size, IPP_TAG_ZERO, IPP_TAG_INTEGER, "x-dimension", (int)lround(t->media.width * 100));
        (void)ippAddInteger(size, IPP_TAG_ZERO, IPP_TAG_INTEGER, "y-dimension", (int)lround(t->media.height * 100));
        (void)ippAddCollection(media, IPP_TAG_ZERO, "media-size", size);
        (void)ippAddCollection(request, IPP_TAG_JOB, "media-col", media);
        ippDelete(size);
        ippDelete(media);
    }
    /* A badge is right in its own size only. */
    if (t->scaling_none) (void)ippAddString(request, IPP_TAG_JOB, IPP_TAG_KEYWORD, "print-scaling", NULL, "none");
    (void)ippAddString(request, IPP_TAG_JOB, IPP_TAG_KEYWORD, "sides", NULL, sides_keyword(o->sides));
    return request;
}

/* A printer that prints one job at a time is asked again while there is time; one that names a range of free sizes and takes none gets the job without. */
static ipp_t *offer_job(struct talk *t)
{
    for (;;) {
        ipp_t *response = converse(t, new_job(t), t->order->pdf, t->order->pdf_length);
        bool busy = response && ippGetStatusCode(response) == IPP_STATUS_ERROR_BUSY;
        if (response && ippGetStatusCode(response) == IPP_STATUS_ERROR_ATTRIBUTES_OR_VALUES && t->media.found == MEDIA_FREE) {
            t->media.found = MEDIA_NONE;
            t->step.job.media[0] = '\0';
            put_more(t->step.job.warning, sizeof t->step.job.warning, "; ", "it takes no free paper sizes although it says so; look at what comes out");
            ippDelete(response);
            tell(t, STEP_ASKING);
            continue;
        }
        if (!busy || clock_steady_ms() + BUSY_MS >= t->deadline) return response;
        ippDelete(response);
        tell(t, STEP_ASKING); /* it took nothing */
        clock_sleep_ms(BUSY_MS);
    }
}

static enum err send_job(struct talk *t)
{
    ipp_t *response = offer_job(t);
    if (!response && (cupsLastError() == IPP_STATUS_ERROR_NOT_AUTHORIZED || httpGetStatus(t->http) == HTTP_STATUS_UNAUTHORIZED)) return no_answer(t);
    if (!response)
        return fail(t, ERR_TIMEOUT, "%s was sent the job but never said whether it took it; look there before printing again", t->step.job.printer);
    ipp_status_t status = ippGetStatusCode(response);
    const char *message = text_of(response, "status-message");
    if (status > IPP_STATUS_OK_EVENTS_COMPLETE)
        return fail(t, ERR_CONFLICT, "%s refuses the job: %.300s", t->step.job.printer, message ? message : ippErrorString(status));
    if (status == IPP_STATUS_OK_IGNORED_OR_SUBSTITUTED)
        put_more(t->step.job.warning, sizeof t->step.job.warning, "; ", "it did not do all that was asked (paper or sides); look at what comes out");
    t->step.job.id = number_of(response, "job-id", IPP_TAG_INTEGER, 0);
    t->step.job.end = PRINTER_TAKEN;
    tell(t, STEP_TAKEN);
    return OK;
}

static ipp_t *ask_job(struct talk *t)
{
    static const char *const wanted[] = {"job-state", "job-state-reasons", "job-printer-state-reasons", "job-state-message"};
    ipp_t *request = new_request(t, IPP_OP_GET_JOB_ATTRIBUTES);
    (void)ippAddInteger(request, IPP_TAG_OPERATION, IPP_TAG_INTEGER, "job-id", (int)t->step.job.id);
    (void)ippAddStrings(request, IPP_TAG_OPERATION, IPP_TAG_KEYWORD, "requested-attributes", (int)(sizeof wanted / sizeof wanted[0]), NULL, wanted);
    return converse(t, request, NULL, 0);
}

/* The reasons of a printer that holds a job up. */
static void put_printer_reasons(struct talk *t)
{
    ipp_t *printer = ask_printer(t);
    if (printer) put_reasons(printer, "printer-state-reasons", t->step.job.reasons, sizeof t->step.job.reasons);
    ippDelete(printer);
}

/* Looks at the job until it has ended or the time is over. What is no longer known after it was taken is no failure. */
static enum err wait_for_end(struct talk *t)
{
    struct printer_job *job = &t->step.job;
    t->deadline = clock_steady_ms() + t->order->wait_ms;
    for (int64_t pause = 50; job->id > 0 && clock_steady_ms() < t->deadline; pause = LOOK_MS) {
        clock_sleep_ms(time_for(t, (int)pause));
        ipp_t *response = ask_job(t);
        if (!response || ippGetStatusCode(response) > IPP_STATUS_OK_EVENTS_COMPLETE) {
            put(job->reasons, sizeof job->reasons, "it no longer tells of the job");
            return OK;
        }
        int state = number_of(response, "job-state", IPP_TAG_ENUM, 0);
        job->reasons[0] = '\0';
        put_reasons(response, "job-state-reasons", job->reasons, sizeof job->reasons);
        put_reasons(response, "job-printer-state-reasons", job->reasons, sizeof job->reasons);
        const char *message = text_of(response, "job-state-message");
        if (state == IPP_JSTATE_COMPLETED) return job->end = PRINTER_DONE, OK;
        if (state == IPP_JSTATE_CANCELED || state == IPP_JSTATE_ABORTED)
            return fail(t, ERR_CONFLICT, "%s took the job and %s it: %.300s", job->printer, state == IPP_JSTATE_ABORTED ? "gave up" : "cancelled",
                        *job->reasons ? job->reasons : message ? message : "it does not say why");
        ippDelete(response);
    }
    if (job->id > 0) {
        t->deadline = clock_steady_ms() + 1000;
        put_printer_reasons(t);
    }
    return OK;
}

void printer_talk(const struct printer_order *order, int out)
{
    struct talk t = {.order = order, .out = out, .deadline = clock_steady_ms() + order->timeout_ms};
    enum err e = reach(&t);
    if (e == OK) e = look_at(&t);
    if (e == OK && order->pdf) e = send_job(&t);
    if (e == OK && order->pdf && order->wait_ms) e = wait_for_end(&t);
    t.step.code = (uint32_t)e;
    tell(&t, STEP_END);
}

void printer_talk_list(int out)
{
    struct talk t = {.out = out, .deadline = clock_steady_ms() + CONNECT_MS};
    cups_dest_t *queues = NULL;
    cupsSetPasswordCB2(no_password, NULL);
    http_t *cups = connect_cups(&t);
    int count = cups ? cupsGetDests2(cups, &queues) : 0;
    for (int i = 0; i < count; i++) {
        const char *info = cupsGetOption("printer-info", queues[i].num_options, queues[i].options);
        const char *model = cupsGetOption("printer-make-and-model", queues[i].num_options, queues[i].options);
        if (queues[i].instance) continue;
        put(t.step.queue.name, sizeof t.step.queue.name, queues[i].name);
        put(t.step.queue.about, sizeof t.step.queue.about, info && *info ? info : model);
        t.step.queue.is_default = queues[i].is_default;
        tell(&t, STEP_QUEUE);
    }
    t.step.code = cups ? OK : (uint32_t)fail(&t, ERR_NOT_FOUND, "CUPS does not run on this machine; a printer is named by its address, ipp://HOST/ipp/print");
    tell(&t, STEP_END);
}
