/* `plenum takeover DIR` */
#include "core/base/clock.h"
#include "core/congress/store/mirror.h"
#include "server/commands/commands.h"

#include <inttypes.h>
#include <stdio.h>

static void say_missing(void *context, const char *sentence)
{
    (void)context;
    fprintf(stderr, "plenum takeover: %s\n", sentence);
}

static void print_result(const char *copy, const char *folder, const struct takeover_figures *f)
{
    char through[CLOCK_TEXT_SIZE];
    printf("%s: taken over, with %" PRId64 " papers and pictures", folder, f->blobs - f->missing);
    if (f->missing) printf(", %" PRId64 " ARE MISSING", f->missing);
    printf(".\n");
    if (!f->through_ms) printf("It is not known how old the copy is.\n");
    else printf("The copy has everything up to %s, %" PRId64 ".%d s ago by this machine's clock.\n", clock_format(f->through_ms, through), f->age_ms / 1000,
                (int)(f->age_ms > 0 ? f->age_ms % 1000 / 100 : 0));
    printf("Scanners send again what they hold. What was done at desks and on phones after that moment is lost: do it again.\n");
    if (!f->note_kept) printf("WARNING: %s could not be marked as taken over: keep the old server away from it.\n", copy);
    printf("Leave the old server off. Start this one: plenum serve --data %s\n", folder);
}

int command_takeover(int argc, char **argv)
{
    const char *data = NULL, *copy = NULL, *folder;
    bool anyway = false;
    const struct opt options[] = {COMMAND_DATA(&data),
        {"anyway", 0, OPT_FLAG, &anyway, NULL, "although a server still writes there, or papers are missing in the copy", 0, 0}};
    const struct opt_command command = {"plenum takeover DIR [--data DIR] [--anyway]",
        "Makes a data folder, empty or not there yet, of the second copy that `plenum serve --mirror DIR` kept: checks everything, says how old it is, and tells "
        "scanners that another server answers from now on.", options, sizeof options / sizeof options[0], 1, 1};
    struct fault fault = {0};
    struct takeover_figures figures;
    int code;
    if (!command_parse(&command, argc, argv, &copy, NULL, &code)) return code;
    folder = store_choose_folder(data);
    enum err e = mirror_take_over(copy, folder, anyway, say_missing, NULL, &figures, &fault);
    if (e == OK) print_result(copy, folder, &figures);
    return command_end("takeover", e, &fault);
}
