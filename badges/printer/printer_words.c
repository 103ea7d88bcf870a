/* printer-state-reasons and job-state-reasons (RFC 8011, PWG 5100.9) as people say them. */
#include "badges/printer/printer_ipp.h"

#include <stdio.h>
#include <string.h>

static const struct {
    const char *keyword, *words;
} known[] = {
    {"media-empty", "there is no paper in it"}, {"media-needed", "it wants other paper"}, {"media-jam", "paper is jammed"}, {"media-low", "little paper is left"},
    {"cover-open", "its cover is open"}, {"door-open", "a door of it is open"}, {"interlock-open", "a door of it is open"},
    {"input-tray-missing", "a paper tray is missing"}, {"output-area-full", "its output is full"}, {"output-tray-missing", "its output tray is missing"},
    {"toner-empty", "its toner is empty"}, {"toner-low", "little toner is left"}, {"marker-supply-empty", "its ink, toner or ribbon is empty"},
    {"marker-supply-low", "little ink, toner or ribbon is left"}, {"marker-waste-full", "its waste box is full"},
    {"marker-waste-almost-full", "its waste box is almost full"},
    {"developer-empty", "its developer is empty"}, {"opc-life-over", "its drum is worn"}, {"fuser-over-temp", "it is too hot"},
    {"offline", "it is switched off or not connected"}, {"paused", "it is paused"}, {"moving-to-paused", "it is being paused"}, {"shutdown", "it is shutting down"},
    {"connecting-to-device", "CUPS is still trying to reach it"}, {"timed-out", "it does not answer CUPS"}, {"spool-area-full", "its memory is full"},
    {"stopped-partly", "a part of it has stopped"}, {"stopping", "it is stopping"}, {"cups-missing-filter", "CUPS lacks its driver"},
    {"cups-insecure-filter", "CUPS does not trust its driver"}, {"job-canceled-by-user", "it was cancelled by its user"},
    {"job-canceled-by-operator", "it was cancelled by the operator"}, {"job-canceled-at-device", "it was cancelled at the printer"},
    {"aborted-by-system", "the printer gave it up"}, {"document-format-error", "it cannot read the document"}, {"unsupported-document-format", "it cannot read PDF"},
    {"document-unprintable-error", "it cannot print the document"}, {"printer-stopped", "it has stopped"}, {"printer-stopped-partly", "a part of it has stopped"},
    {"job-completed-with-errors", "it finished with errors"}, {"job-completed-with-warnings", "it finished with warnings"},
    {"queued-in-device", "it waits in the printer"}, {"job-data-insufficient", "a part of the document is missing"}, {"job-incoming", "it is still being received"}};

static const char *find(const char *keyword)
{
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
        if (strcmp(keyword, known[i].keyword) == 0) return known[i].words;
    return NULL;
}

const char *printer_reason_words(const char *keyword, char room[PRINTER_NAME_SIZE])
{
    static const char *const severities[] = {"-error", "-warning", "-report"};
    const char *words = find(keyword);
    (void)snprintf(room, PRINTER_NAME_SIZE, "%.*s", PRINTER_NAME_SIZE - 1, keyword);
    size_t length = strlen(room);
    for (size_t i = 0; !words && i < 3; i++) {
        size_t tail = strlen(severities[i]);
        if (length <= tail || strcmp(room + length - tail, severities[i]) != 0) continue;
        room[length - tail] = '\0';
        words = find(room);
        break;
    }
    return words ? words : room;
}
