/* What `plenum rehearse` prints. No name and no token: codes and numbers. */
#include "server/rehearse/rehearse.h"

#include "core/base/clock.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define MINUTES_SIZE 24

static const char *plural(long count)
{
    return count == 1 ? "" : "s";
}

/* "1:07", in minutes. */
static const char *minutes(int64_t ms, char out[MINUTES_SIZE])
{
    int64_t s = (ms + 500) / 1000;
    (void)snprintf(out, MINUTES_SIZE, "%" PRId64 ":%02" PRId64, s / 60, s % 60);
    return out;
}

/* When it would be on the day. */
static const char *on_the_day(const struct rehearsal *r, struct arena *arena, int64_t at_ms)
{
    const char *text = finding_time(arena, r->programme->timezone, (r->plan.begins_at_ms - r->plan.opening_ms + at_ms) / 1000 * 1000);
    return text && strlen(text) > 11 ? text + 11 : "";
}

static void print_head(const struct rehearsal *r, struct arena *arena)
{
    const struct rush *plan = &r->plan;
    const char *opening = finding_time(arena, r->programme->timezone, plan->begins_at_ms);
    printf("PRACTICE: %zu people come to %s of %s within %ld minute%s, before \"%s\" (%s), to %zu scanner%s at %zu gate%s.\n", plan->people_count, plan->area->code,
           r->programme->slug, r->options->minutes, plural(r->options->minutes), plan->session ? plan->session->code : r->programme->slug, opening, plan->main_count,
           plural((long)plan->main_count), plan->gate_count, plural((long)plan->gate_count));
    if (plan->people_count < (size_t)r->options->people) printf("The event has no more than %zu delegates with a badge.\n", plan->people_count);
    if (plan->gate_count < plan->main_count) printf("There are fewer gates than scanners: several scanners stand at one gate.\n");
    printf("Simulated: when people come, how they walk, %ld s on average to show a badge (seed %ld), ", r->options->service, r->options->seed);
    if (r->speed == 1) printf("as fast as on the day.\n");
    else printf("%" PRId64 " times as fast as on the day.\n", r->speed);
    printf("Measured: the answers of a real server on a practice copy, over real connections of %zu scanners, %zu phones and %d walls; all of it on this machine, "
           "in %" PRId64 " s.\nNothing of it is in the record.\n", plan->lane_count, plan->phone_count, PLAY_WALLS, r->took_ms / 1000);
    if (r->swept) printf("Removed what %zu rehearsal%s had left that %s killed.\n", r->swept, plural((long)r->swept), r->swept == 1 ? "was" : "were");
}

static void print_queue(const struct rehearsal *r, struct arena *arena, const char *name, size_t scans, const struct queue_figures *f)
{
    char median[MINUTES_SIZE], p95[MINUTES_SIZE], longest[MINUTES_SIZE];
    printf("  %-20s %7zu %7zu %7zu  %-9s %8s %8s %8s\n", name, f->people, scans, f->longest_queue, f->longest_queue ? on_the_day(r, arena, f->longest_queue_ms) : "-",
           minutes(f->median_ms, median), minutes(f->p95_ms, p95), minutes(f->longest_ms, longest));
}

static void print_queues(const struct rehearsal *r, struct arena *arena)
{
    size_t scans = 0;
    printf("\nQueues (waiting in minutes)\n  %-20s %7s %7s %7s  %-9s %8s %8s %8s\n", "scanner", "people", "reads", "queue", "at", "median", "95 %", "longest");
    for (size_t i = 0; i < r->plan.main_count; i++) {
        print_queue(r, arena, r->plan.lanes[i].name, r->result.scans_of[i], &r->result.lanes[i]);
        scans += r->result.scans_of[i];
    }
    print_queue(r, arena, "all together", scans, &r->result.all);
    for (size_t i = r->plan.main_count; i < r->plan.lane_count; i++)
        if (r->result.scans_of[i]) printf("  %-20s %7zu %7zu  went to another room's door first\n", r->plan.lanes[i].name, r->plan.lanes[i].count, r->result.scans_of[i]);
}

static void print_times(const struct rehearsal *r)
{
    static const char *const names[] = {[SAMPLE_CHECKIN] = "check-in, one scan", [SAMPLE_LATE] = "scans kept, then sent", [SAMPLE_ROSTER] = "list of badges",
                                        [SAMPLE_PAGE] = "a delegate's page", [SAMPLE_PAPER] = "a paper"};
    printf("\nThe server's answers (milliseconds)\n  %-24s %7s %8s %8s %8s %8s\n", "", "count", "median", "95 %", "99 %", "longest");
    for (size_t i = 0; i < SAMPLE_COUNT; i++) {
        const struct result_times *t = &r->result.times[i];
        if (!t->count && !t->failed) continue;
        printf("  %-24s %7zu %8.1f %8.1f %8.1f %8.1f", names[i], t->count, (double)t->p50_us / 1000, (double)t->p95_us / 1000, (double)t->p99_us / 1000,
               (double)t->longest_us / 1000);
        if (t->failed) printf("   %zu FAILED", t->failed);
        printf("\n");
    }
    if (r->after.wall_ms >= 0) printf("  The walls showed the last figure %" PRId64 " ms after the last scan.\n", r->after.wall_ms);
}

static void print_outcomes(const struct rehearsal *r)
{
    const struct result *x = &r->result;
    printf("\n%zu reads:", x->scans);
    for (size_t i = 0; i < OUTCOME_COUNT; i++)
        if (x->outcomes[i]) printf(" %zu %s,", x->outcomes[i], outcome_name((enum outcome)i));
    printf(" %zu without an answer.\n", x->scans - x->answered);
    for (size_t i = 0; i < x->refusal_count; i++) {
        const struct result_refusal *k = &x->refusals[i];
        const char *category = k->category < r->programme->category_count ? r->programme->categories[k->category].code : "no delegate's badge";
        printf("  refused %4zu × %-20s %-18s at %s%s\n", k->count, reason_code(k->reason), category, k->gate->code, k->side ? " (another room's door)" : "");
    }
    const struct rush *plan = &r->plan;
    printf("Scanner %s had no network for %" PRId64 " s: it decided by itself, kept %zu scan%s and sent %s in %.0f ms.\n", plan->lanes[plan->main_count - 1].name,
           (plan->cut_until_ms - plan->cut_from_ms) / 1000, x->kept_most, x->kept_most == 1 ? "" : "s",
           x->kept_most == 1 ? "it" : "them", (double)x->sent_late_us / 1000);
}

static void print_what_if(const struct rehearsal *r)
{
    const struct result *x = &r->result;
    const char *what = r->plan.session ? r->plan.session->code : "it";
    char longest[MINUTES_SIZE], p95[MINUTES_SIZE];
    printf("\nWith another number of scanners, all open to everybody (computed, with the times of this rehearsal)\n");
    for (size_t i = 0; i < x->what_if_count; i++) {
        const struct result_what_if *w = &x->what_if[i];
        printf("  %2zu scanner%s at most %zu people wait, %s minutes at longest (95 %%: %s); %zu still outside when \"%s\" begins%s\n", w->scanners,
               w->scanners == 1 ? ": " : "s:", w->figures.longest_queue, minutes(w->figures.longest_ms, longest), minutes(w->figures.p95_ms, p95), w->waiting, what,
               w->scanners == r->plan.main_count ? "   ← as rehearsed" : "");
    }
    if (x->recommended) printf("Recommended: %zu or more, so that nobody waits longer than %" PRId64 " minutes.\n", x->recommended, RESULT_WAIT_GOOD_MS / 60000);
    else printf("With no number of scanners up to %d nobody would wait longer than %" PRId64 " minutes.\n", QUEUE_LANES_MOST, RESULT_WAIT_GOOD_MS / 60000);
}

static void print_findings(const struct rehearsal *r)
{
    static const enum finding_grade order[] = {FINDING_BROKEN, FINDING_WARNING, FINDING_NOTE};
    static const char *const marks[] = {[FINDING_NOTE] = "note   ", [FINDING_WARNING] = "warning", [FINDING_BROKEN] = "BROKEN "};
    const bool colour = isatty(STDOUT_FILENO);
    const struct findings *f = &r->findings;
    printf("\nFound: %zu would have broken, %zu to look at\n", findings_count(f, FINDING_BROKEN), findings_count(f, FINDING_WARNING));
    for (size_t k = 0; k < sizeof order / sizeof order[0]; k++)
        for (size_t i = 0; i < f->count; i++) {
            if (f->items[i].grade != order[k]) continue;
            bool red = colour && order[k] == FINDING_BROKEN;
            printf("  %s%s  %s%s\n", red ? "\033[1;31m" : "", marks[order[k]], f->items[i].what, red ? "\033[0m" : "");
        }
}

void rehearse_print(const struct rehearsal *r)
{
    struct arena arena = {0};
    print_head(r, &arena);
    print_queues(r, &arena);
    print_times(r);
    print_outcomes(r);
    print_what_if(r);
    print_findings(r);
    if (r->kept) printf("\nThe practice copy is kept: plenum serve --practice --data %s\nIt holds badge tokens: delete it when you have looked at it.\n", r->kept);
    arena_release(&arena);
}
