/* `plenum rehearse` */
#include "server/rehearse/rehearse.h"
#include "server/commands/commands.h"

#include <string.h>

static enum err show(const struct rehearsal *r, bool json, struct fault *fault)
{
    if (!json) {
        rehearse_print(r);
        return OK;
    }
    json_t *report = rehearse_json(r);
    enum err e = report ? command_print_json(report, true, fault) : fault_set(fault, ERR_NOMEM, "not enough memory");
    json_decref(report);
    return e;
}

int command_rehearse(int argc, char **argv)
{
    struct rehearse_options o = {.gates = 4, .people = 300, .minutes = 10, .seed = 1, .service = 5};
    bool json = false;
    const struct opt options[] = {
        COMMAND_DATA(&o.data),
        {"event", 0, OPT_TEXT, &o.event, "SLUG", "the event", 0, 0},
        {"session", 0, OPT_TEXT, &o.session, "CODE", "before which session they arrive (default: the first that a gate leads to)", 0, 0},
        {"gates", 0, OPT_NUMBER, &o.gates, "N", "how many scanners, in turn at the entry gates of that session's area (4)", 1, QUEUE_LANES_MOST},
        {"people", 0, OPT_NUMBER, &o.people, "N", "how many delegates come (300; all when there are fewer)", 1, 100000},
        {"minutes", 0, OPT_NUMBER, &o.minutes, "N", "within how many minutes they arrive (10)", 1, 240},
        {"service", 0, OPT_NUMBER, &o.service, "SECONDS", "how long one person takes before a scanner (5): measure it at your door", 1, 120},
        {"speed", 0, OPT_NUMBER, &o.speed, "N", "so many times as fast as the day; 1 = as it will be (default: so that it takes under a minute)", 1, 2000},
        {"seed", 0, OPT_NUMBER, &o.seed, "N", "another number, other arrivals (1)", 0, 1000000000},
        {"scratch", 0, OPT_TEXT, &o.scratch, "DIR", "where the practice copy is made (default: beside the data folder, on the same disk)", 0, 0},
        {"keep", 0, OPT_FLAG, &o.keep, NULL, "keep the practice copy, to look at it with plenum serve --practice", 0, 0},
        {"json", 0, OPT_FLAG, &json, NULL, "the report as JSON", 0, 0},
    };
    const struct opt_command command = {"plenum rehearse --event SLUG [options]",
        "Plays the rush at the doors, the evening before: a real server on a practice copy of the data folder, real requests of scanners, phones and walls; prints "
        "queues, waiting times, the server's answer times and what would have broken. Practice scans never enter the record. Exit code 1: something would have broken.",
        options, sizeof options / sizeof options[0], 0, 0};
    struct fault fault = {0};
    struct rehearsal r;
    int code;
    if (!command_parse(&command, argc, argv, NULL, NULL, &code)) return code;
    if (!o.event) return command_end("rehearse", fault_set(&fault, ERR_USAGE, "--event SLUG is needed"), &fault);
    enum err e = rehearse_run(&o, &r, &fault);
    if (e == OK) e = show(&r, json, &fault);
    code = command_end("rehearse", e, &fault);
    if (e == OK && findings_count(&r.findings, FINDING_BROKEN)) code = 1;
    rehearse_end(&r);
    return code;
}
