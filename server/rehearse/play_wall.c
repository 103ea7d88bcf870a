/* A wall that listens to the figures, as the hall's screen does. */
#include "core/base/clock.h"
#include "core/net/http_client.h"
#include "server/rehearse/play.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LISTEN_MS (24L * 3600 * 1000)
#define PAUSE_MS 500

/* The event's own figure comes first in the figures (core/congress/figures), before those of categories and delegations. */
static void take_line(struct play_wall *wall)
{
    static const char key[] = "\"attended\":";
    const char *at = strncmp(wall->line, "data:", 5) == 0 ? strstr(wall->line, key) : NULL;
    if (strncmp(wall->line, "event:", 6) == 0) {
        (void)snprintf(wall->event, sizeof wall->event, "%.30s", wall->line + 6 + strspn(wall->line + 6, " "));
        wall->events++;
    }
    bool figures = strcmp(wall->event, "stats") == 0 || strcmp(wall->event, "snapshot") == 0;
    if (at && figures) atomic_store(&wall->attended, strtoll(at + sizeof key - 1, NULL, 10));
}

static bool take(void *context, const char *data, size_t length)
{
    struct play_wall *wall = context;
    for (size_t i = 0; i < length; i++) {
        if (data[i] == '\n') {
            wall->line[wall->length] = '\0';
            take_line(wall);
            wall->length = 0;
        } else if (wall->length + 1 < sizeof wall->line) {
            wall->line[wall->length++] = data[i]; /* the end of a longer line is of no interest */
        }
    }
    return !atomic_load(&wall->play->walls_stop);
}

void *play_wall_run(void *arg)
{
    struct play_wall *wall = arg;
    struct http_client *client = http_client_new(&(struct http_settings){.server = wall->play->url, .key = wall->key, .stop = &wall->play->walls_stop});
    struct http_answer answer;
    char path[256];
    (void)snprintf(path, sizeof path, "/api/v1/events/%.128s/live?for=wall", wall->play->slug);
    http_answer_init(&answer, BUF_LIMIT_LINE);
    answer.take = take;
    answer.context = wall;
    while (client && !atomic_load(&wall->play->walls_stop)) {
        wall->length = 0; /* half a line of a stream that broke off */
        (void)http_client_ask(client, path, NULL, NULL, LISTEN_MS, &answer, NULL);
        if (!atomic_load(&wall->play->walls_stop)) clock_sleep_ms(PAUSE_MS); /* as a browser does */
    }
    http_answer_release(&answer);
    http_client_free(client);
    return NULL;
}
